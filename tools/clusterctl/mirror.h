/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mirror as the tool knows it: filled from the command line or from the
 * kernel's answer, written into a request or shown.
 */
#ifndef MIRROR_H
#define MIRROR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/kcluster.h>

#include "clusterctl.h"
#include "parse.h"

struct json_object;
struct nl_msg;
struct nlmsghdr;

/**
 * struct mirror_filter - Flows, by what they have in common.
 * @given: Bit 1 << KCLUSTER_A_MIRROR_FILTER_* for each attribute that is set.
 * @action: enum kcluster_mirror_action.
 * @protocol: Number of an IP protocol.
 * @address: Address or network of either end.
 * @prefixlen: Its prefix length.
 * @port: Port that the flow leads to.
 */
struct mirror_filter {
	uint32_t given;
	uint8_t action;
	uint8_t protocol;
	struct ipaddr address;
	uint8_t prefixlen;
	uint16_t port;
};

/**
 * struct mirror_peer - What is between this node and one peer.
 * @name: Its name.
 * @state: enum kcluster_mirror_state, of what this node sends.
 * @peer_state: Likewise, of what the peer sends.
 * @in_flight: Datagrams that are not in the peer's table yet.
 * @lag: Age of the oldest of them, microseconds.
 * @bulk_sent: Flows sent since all of them were last begun to be sent.
 * @missing: Datagrams of the peer that are missing.
 * @peer_queue: Events that wait there.
 * @peer_lag: What it says of its lag, microseconds.
 * @resyncs: Times that all flows were sent to it.
 * @table_full: It had no room for some flows.
 */
struct mirror_peer {
	char *name;
	uint8_t state;
	uint8_t peer_state;
	uint32_t in_flight;
	uint64_t lag;
	uint64_t bulk_sent;
	uint32_t missing;
	uint32_t peer_queue;
	uint32_t peer_lag;
	uint64_t resyncs;
	bool table_full;
};

/**
 * struct mirror - The mirror of a network namespace.
 * @given: Bit 1 << KCLUSTER_A_MIRROR_* for each attribute that is set.
 * @on: Flows are mirrored.
 * @from: enum kcluster_mirror_from.
 * @limit: Events that may wait.
 * @defer: First packets wait until peers know their flow.
 * @filters: What is mirrored of all that could be.
 * @filter_count: How many.
 * @queue: Events that wait.
 * @owner: This node owns flows.
 * @safe: Another node could take over.
 * @reason: Why, or why not.
 * @imported: Flows of others that are known here.
 * @own: Own flows that others know.
 * @peers: All peers.
 * @peer_count: How many.
 * @stats: Counters, by KCLUSTER_A_MIRROR_STATS_*.
 * @stats_given: Bit 1 << KCLUSTER_A_MIRROR_STATS_* for each that is set.
 */
struct mirror {
	uint32_t given;
	bool on;
	uint8_t from;
	uint32_t limit;
	bool defer;
	struct mirror_filter *filters;
	unsigned int filter_count;
	uint32_t queue;
	bool owner;
	bool safe;
	char *reason;
	uint32_t imported;
	uint32_t own;
	struct mirror_peer *peers;
	unsigned int peer_count;
	uint64_t stats[KCLUSTER_A_MIRROR_STATS_MAX + 1];
	uint64_t stats_given;
};

/* mirror.c: its part of save, flush and status */
enum status mirror_send(const struct mirror *mirror, const char *what);
enum status mirror_save(FILE *out);
enum status mirror_off(const char *what);
int mirror_try_get(struct mirror *mirror);

/* mirror_args.c: the object, from the command line, and as it is written there */
void mirror_free(struct mirror *mirror);
struct mirror_filter *mirror_filter_new(struct mirror *mirror);
enum status mirror_parse(struct mirror *mirror, char **argv, const char *what);
const char *mirror_protocol_text(uint8_t protocol, char *text);
void mirror_print_settings(FILE *out, const struct mirror *mirror);

/* mirror_netlink.c: to and from the kernel */
void mirror_encode(struct nl_msg *msg, const struct mirror *mirror);
void mirror_decode(struct mirror *mirror, const struct nlmsghdr *message);
const char *mirror_stats_name(unsigned int stat);

/* mirror_show.c: to the user */
const char *mirror_state_text(uint8_t state);
void mirror_show(const struct mirror *mirror);
void mirror_show_line(const struct mirror *mirror);
struct json_object *mirror_json(const struct mirror *mirror);

#endif
