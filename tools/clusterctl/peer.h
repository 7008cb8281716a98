/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A peer, another node of the cluster, as the tool knows it: filled from the
 * command line or from the kernel's answer, written into a request or shown.
 */
#ifndef PEER_H
#define PEER_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/kcluster.h>

#include "clusterctl.h"
#include "parse.h"

struct args;
struct json_object;
struct nl_msg;

/**
 * struct peer_path - A way to a peer.
 * @address: Its address.
 * @ifname: The WireGuard device; NULL when not given.
 * @flaw: Why nothing can be sent by it, NULL if it can.
 * @up: Both nodes hear each other by it.
 * @best: Messages go by it.
 * @heard: Whether anything came by it.
 * @last_heard: Milliseconds since then.
 * @rtt: Round-trip time in microseconds, 0 if not known.
 * @rtt_deviation: Of it, in microseconds.
 * @loss: Per cent of the last datagrams that are missing.
 * @sent: Datagrams.
 * @received: Datagrams.
 */
struct peer_path {
	struct ipaddr address;
	char *ifname;
	char *flaw;
	bool up;
	bool best;
	bool heard;
	uint64_t last_heard;
	uint32_t rtt;
	uint32_t rtt_deviation;
	uint8_t loss;
	uint64_t sent;
	uint64_t received;
};

/**
 * struct peer - Another node.
 * @given: Bit 1 << KCLUSTER_A_NODE_* for each attribute that is set.
 * @name: Its name.
 * @paths: How it is reached, @path_count of them.
 * @path_count: See @paths.
 * @interval: Milliseconds between our signs of life.
 * @lose: Intervals of silence after which it is dead.
 * @observer: Nothing but claims is shared with it.
 * @state: enum kcluster_peer_state.
 * @old_state: State before an event, likewise.
 * @restarted: Of an event: it has started anew.
 * @reason: What led to the state.
 * @since: Milliseconds in the state.
 * @last_heard: Milliseconds since its last datagram.
 * @incarnation: Number of its life.
 * @version: Of messages, 0 for none in common.
 * @peer_interval: Milliseconds between its signs of life.
 * @claims: How many claims it owns.
 * @file: Which cluster file it was set up from, 0 if it does not tell.
 * @payload_max: Octets of a message in one datagram.
 * @stats: Counters by KCLUSTER_A_NODE_STATS_*.
 * @sequence: Number of an event.
 */
struct peer {
	uint32_t given;
	char *name;
	struct peer_path *paths;
	unsigned int path_count;
	uint32_t interval;
	uint8_t lose;
	uint8_t observer;
	uint8_t state;
	uint8_t old_state;
	bool restarted;
	char *reason;
	uint64_t since;
	uint64_t last_heard;
	uint64_t incarnation;
	uint8_t version;
	uint32_t peer_interval;
	uint32_t claims;
	uint64_t file;
	uint32_t payload_max;
	uint64_t stats[KCLUSTER_A_NODE_STATS_MAX + 1];
	uint32_t sequence;
};

/**
 * struct peers - Several peers.
 * @list: The peers.
 * @count: How many.
 */
struct peers {
	struct peer *list;
	unsigned int count;
};

static inline bool peer_has(const struct peer *peer, unsigned int attribute)
{
	return peer->given & (UINT32_C(1) << attribute);
}

static inline void peer_mark(struct peer *peer, unsigned int attribute)
{
	peer->given |= UINT32_C(1) << attribute;
}

/* peer.c: the object, from the command line and to a batch */
void peer_free(struct peer *peer);
void peers_free(struct peers *peers);
struct peer *peers_find(const struct peers *peers, const char *name, unsigned int near);
struct peer_path *peer_new_path(struct peer *peer);
const char *peer_state_text(uint8_t state);
enum status peer_parse_add(struct peer *peer, char **argv, const char *what);
enum status peer_parse_set(struct peer *peer, char **argv, const char *what);
bool peer_same_place(const struct peer *wanted, const struct peer *present);
void peer_save(FILE *out, const struct peer *peer);

/* peer_netlink.c: to and from the kernel */
void peer_encode(struct nl_msg *msg, const struct peer *peer);
void peer_decode(struct peer *peer, const struct nlmsghdr *message);
int peers_try_get(struct peers *peers);
enum status peers_get(struct peers *peers, const char *what);
enum status peers_get_one(struct peers *peers, const char *name, const char *what);

/* peer_command.c: the object peer */
enum status peer_send(uint8_t command, const struct peer *peer, const char *what);

/* peer_show.c: for people and programs */
void peer_show_state(uint8_t state);
void peer_show_brief(const struct peer *peer);
void peer_show(const struct peer *peer);
struct json_object *peer_json(const struct peer *peer);

#endif
