/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cluster IP, addresses that all nodes answer together, as the tool knows it:
 * filled from the command line or from the kernel's answer, written into a
 * request or shown.
 */
#ifndef CLUSTERIP_H
#define CLUSTERIP_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/kcluster.h>

#include "clusterctl.h"
#include "router.h"

struct args;
struct json_object;
struct nl_msg;

#define CLUSTERIP_BITS (KCLUSTER_CLUSTERIP_NODES_MAX / 8)
#define CLUSTERIP_LIST_MAX (5 * KCLUSTER_CLUSTERIP_NODES_MAX)
#define MAC_TEXT_MAX 18

/**
 * struct clusterip_bucket - What the packets for a bucket came to.
 * @number: Its number, from 1 on.
 * @mine: It belongs to this node.
 * @packets: How many.
 * @owner: Peer that owns it, empty for this node, NULL for nobody; and only what
 *	peers divide has owners.
 * @successors: Who would get it, likewise.
 */
struct clusterip_bucket {
	uint16_t number;
	bool mine;
	uint64_t packets;
	char *owner;
	char *successors[KCLUSTER_CLUSTERIP_SUCCESSORS_MAX];
};

/**
 * struct clusterip_member - A node that shares a cluster IP.
 * @name: Of the peer, NULL for this node.
 * @id: Its number, 0 if it is not known.
 * @alive: It is alive as a peer.
 * @weight: As it was last heard.
 * @buckets: How many it owns.
 * @has_obeys: This node is the authority, and what follows is known.
 * @obeys: It obeys this node.
 * @lease_left: Until its lease lapses, milliseconds.
 */
struct clusterip_member {
	char *name;
	uint64_t id;
	bool alive;
	uint16_t weight;
	uint16_t buckets;
	bool has_obeys;
	bool obeys;
	uint32_t lease_left;
};

/**
 * struct clusterip - A cluster IP.
 * @given: Bit 1 << KCLUSTER_A_CLUSTERIP_* for each attribute that is set.
 * @name: Its name.
 * @ifname: Its device.
 * @holder: Only its addresses count: they are written as those of a router.
 * @hash: enum kcluster_clusterip_hash.
 * @seed: Where the hash starts from.
 * @mac: The MAC that the nodes share.
 * @nodes: How many there are.
 * @local: Which of them this one is: bit N - 1 for node N.
 * @add: Which ones it is besides.
 * @remove: Which ones it is no more.
 * @shares: How many of them it is.
 * @state: enum kcluster_clusterip_state.
 * @old_state: State before an event, likewise.
 * @reason: Why it waits.
 * @addresses: How many entries the kernel has.
 * @buckets: What packets were for, @bucket_count of them.
 * @bucket_count: See @buckets.
 * @stats: Counters by KCLUSTER_A_CLUSTERIP_STATS_*.
 * @sequence: Number of an event.
 * @mode: enum kcluster_clusterip_mode; what follows is of what peers divide.
 * @router: Its master is the authority.
 * @weight: Of this node.
 * @on_partition: enum kcluster_clusterip_partition.
 * @successors: How many are known in advance.
 * @lease: Milliseconds.
 * @bucket_total: How many buckets there are.
 * @vmac: The MAC is that of the router.
 * @role: enum kcluster_clusterip_role.
 * @id: The number of this node.
 * @epoch: Of the authority, 0 if there is none.
 * @authority: Its number.
 * @authority_name: The peer that it is, NULL if it is none.
 * @map: Number of the map.
 * @decided: Milliseconds since it came.
 * @lease_left: Milliseconds that this node may still answer.
 * @votes: Nodes there are.
 * @taking_part: Nodes that take part.
 * @members: The nodes, @member_count of them.
 * @member_count: See @members.
 * @follow: Whom it follows, NULL if nobody.
 * @gateway: What comes to its MAC for others passes through.
 */
struct clusterip {
	uint64_t given;
	char *name;
	char *ifname;
	struct router holder;
	uint8_t hash;
	uint32_t seed;
	uint8_t mac[6];
	uint16_t nodes;
	uint8_t local[CLUSTERIP_BITS];
	uint8_t add[CLUSTERIP_BITS];
	uint8_t remove[CLUSTERIP_BITS];
	uint16_t shares;
	uint8_t state;
	uint8_t old_state;
	char *reason;
	uint32_t addresses;
	struct clusterip_bucket *buckets;
	unsigned int bucket_count;
	uint64_t stats[KCLUSTER_A_CLUSTERIP_STATS_MAX + 1];
	uint32_t sequence;
	uint8_t mode;
	char *router;
	uint16_t weight;
	uint8_t on_partition;
	uint8_t successors;
	uint32_t lease;
	uint16_t bucket_total;
	bool vmac;
	uint8_t role;
	uint64_t id;
	uint64_t epoch;
	uint64_t authority;
	char *authority_name;
	uint32_t map;
	uint64_t decided;
	uint32_t lease_left;
	uint16_t votes;
	uint16_t taking_part;
	struct clusterip_member *members;
	unsigned int member_count;
	char *follow;
	uint8_t gateway;
};

/**
 * struct clusterips - Several of them.
 * @list: They.
 * @count: How many.
 */
struct clusterips {
	struct clusterip *list;
	unsigned int count;
};

static inline bool clusterip_has(const struct clusterip *ip, unsigned int attribute)
{
	return ip->given & (UINT64_C(1) << attribute);
}

static inline void clusterip_mark(struct clusterip *ip, unsigned int attribute)
{
	ip->given |= UINT64_C(1) << attribute;
}

static inline bool clusterip_is_shared(const struct clusterip *ip)
{
	return ip->mode == KCLUSTER_CLUSTERIP_MODE_PEERS;
}

/* What its shares are of. */
static inline unsigned int clusterip_total(const struct clusterip *ip)
{
	return clusterip_is_shared(ip) ? ip->bucket_total : ip->nodes;
}

/* clusterip.c: the object, and how its parts are written */
void clusterip_free(struct clusterip *ip);
void clusterips_free(struct clusterips *ips);
struct clusterip *clusterips_find(const struct clusterips *all, const char *name);
const char *clusterip_state_text(uint8_t state);
const char *clusterip_hash_text(uint8_t hash);
int clusterip_parse_nodes(const char *text, uint8_t *bits, const char **why);
const char *clusterip_nodes_text(const uint8_t *bits, char *text);
const char *mac_text(const uint8_t *mac, char *text);
int mac_parse(const char *text, uint8_t *mac);
bool clusterip_same_place(const struct clusterip *wanted, const struct clusterip *present);
void clusterip_save(FILE *out, const struct clusterip *ip);

/* clusterip_args.c: from the command line */
enum status clusterip_parse_add(struct clusterip *ip, char **argv, const char *what);
enum status clusterip_parse_more(struct clusterip *ip, char **argv, const char *what);
enum status clusterip_parse_end(struct clusterip *ip, const char *what);
enum status clusterip_parse_set(struct clusterip *ip, char **argv, const char *what);

/* clusterip_netlink.c: to and from the kernel */
void clusterip_encode(struct nl_msg *msg, const struct clusterip *ip);
void clusterip_decode(struct clusterip *ip, const struct nlmsghdr *message);
int clusterips_try_get(struct clusterips *ips);
enum status clusterips_get(struct clusterips *ips, const char *what);
enum status clusterips_get_one(struct clusterips *ips, const char *name, const char *what);
enum status clusterip_get_buckets(struct clusterip *ip, const char *what);
enum status clusterip_get_members(struct clusterip *ip, const char *what);

/* clusterip_command.c: the object clusterip */
enum status clusterip_send(uint8_t command, const struct clusterip *ip, const char *what);
enum status clusterip_become(const struct clusterip *ip, const struct clusterip *present,
			     const char *what);

/* clusterip_share.c: what peers divide */
const char *clusterip_role_text(uint8_t role);
const char *clusterip_node_text(uint64_t id, char *text);
void clusterip_show_share(const struct clusterip *ip);
void clusterip_share_json(struct json_object *object, const struct clusterip *ip);

/* clusterip_show.c: for people and programs */
void clusterip_show_state(uint8_t state);
void clusterip_show_brief(const struct clusterip *ip);
void clusterip_show(const struct clusterip *ip);
struct json_object *clusterip_json(const struct clusterip *ip);

#endif
