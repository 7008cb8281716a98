/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The other nodes that vote on a virtual router.
 */
#ifndef WITNESS_H
#define WITNESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/kcluster.h>

#include "clusterctl.h"
#include "parse.h"

struct args;
struct json_object;
struct nl_msg;
struct nlattr;
struct router;

/**
 * struct witness - Another node that votes.
 * @addresses: Its addresses, @address_count of them, by each path one at most.
 * @address_count: See @addresses.
 * @vote: What it answered, enum kcluster_vrrp_vote.
 * @heard: Whether it was heard at all.
 * @last_heard: Milliseconds since then.
 * @promise: Milliseconds for which it has this node's vote, 0 if it has not.
 */
struct witness {
	struct ipaddr *addresses;
	unsigned int address_count;
	uint8_t vote;
	bool heard;
	uint64_t last_heard;
	uint32_t promise;
};

/* witness.c: the object, and from the command line */
struct ipaddr *witness_new_address(struct witness *witness);
void witness_free(struct witness *witness);
enum status witness_parse(struct args *args, struct witness *witness);
bool witness_same(const struct witness *a, const struct witness *b);
char *witness_text(const struct witness *witness);

/* witness_netlink.c: to and from the kernel */
void witness_encode(struct nl_msg *msg, const struct witness *witness);
void witness_decode(struct witness *witness, struct nlattr *nest);
void votes_decode(struct router *router, int type, uint64_t number);

/* witness_show.c: for people and programs */
const char *vote_text(uint8_t vote);
void votes_show(const struct router *router);
void votes_json(struct json_object *object, const struct router *router);

#endif
