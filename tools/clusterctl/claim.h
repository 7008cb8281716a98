/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A claim, prefixes that move inside the VPN, as the tool knows it: filled from
 * the command line or from the kernel's answer, written into a request or shown.
 */
#ifndef CLAIM_H
#define CLAIM_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/kcluster.h>

#include "clusterctl.h"
#include "parse.h"

struct json_object;
struct nl_msg;

/**
 * struct claim_prefix - Addresses that begin alike.
 * @address: What they begin with.
 * @length: How many bits of it count.
 * @ifname: WireGuard device on which it moves; NULL for that of the path.
 * @routed: It is an allowed IP of the owner's WireGuard peer.
 * @router: It is an address of the virtual router.
 * @flaw: Why it is not where it should be, or NULL.
 */
struct claim_prefix {
	struct ipaddr address;
	uint8_t length;
	char *ifname;
	bool routed;
	bool router;
	char *flaw;
};

/**
 * struct claim - Prefixes that move with a name.
 * @name: Of the claim and of the virtual router.
 * @prefixes: They, @count of them.
 * @count: See @prefixes.
 * @total: How many the kernel says there are.
 * @state: enum kcluster_claim_state.
 * @old_state: State before an event, likewise.
 * @owner: The peer that has them, or NULL.
 * @epoch: Of its takeover, 0 if there is no owner.
 * @node: Number of the owner.
 * @since: Milliseconds with it.
 * @flaw: What is not as it should be, or NULL.
 * @configured: It was added, not only found.
 * @stats: Counters by KCLUSTER_A_CLAIM_STATS_*.
 * @sequence: Number of an event.
 */
struct claim {
	char *name;
	struct claim_prefix *prefixes;
	unsigned int count;
	uint32_t total;
	uint8_t state;
	uint8_t old_state;
	char *owner;
	uint64_t epoch;
	uint64_t node;
	uint64_t since;
	char *flaw;
	bool configured;
	uint64_t stats[KCLUSTER_A_CLAIM_STATS_MAX + 1];
	uint32_t sequence;
};

/**
 * struct claims - Several claims.
 * @list: The claims.
 * @count: How many.
 */
struct claims {
	struct claim *list;
	unsigned int count;
};

/* claim.c: the object, from the command line and to a batch */
void claim_free(struct claim *claim);
void claims_free(struct claims *claims);
struct claim *claims_find(const struct claims *all, const char *name);
struct claim_prefix *claim_new_prefix(struct claim *claim);
bool claim_same_prefix(const struct claim_prefix *a, const struct claim_prefix *b);
const char *claim_state_text(uint8_t state);
enum status claim_parse(struct claim *claim, char **argv, const char *what);
void claim_save(FILE *out, const struct claim *claim);

/* claim_netlink.c: to and from the kernel */
void claim_encode(struct nl_msg *msg, const struct claim *claim);
void claim_decode(struct claim *claim, const struct nlmsghdr *message);
int claims_try_get(struct claims *claims);
enum status claims_get(struct claims *claims, const char *what);
enum status claims_get_one(struct claims *claims, const char *name, const char *what);

/* claim_command.c: the object claim */
enum status claim_send(uint8_t command, const struct claim *claim, const char *what);

/* claim_show.c: for people and programs */
void claim_show_state(const struct claim *claim);
void claim_show_brief(const struct claim *claim);
void claim_show(const struct claim *claim);
struct json_object *claim_json(const struct claim *claim);

#endif
