/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cluster IP: who should own which bucket.
 *
 * Each node has a quota of the buckets, its share by weight, rounded down or up.
 * A bucket stays where it is while its owner may have it; who has too many gives
 * up some, and what is free goes to who has too few. Which bucket goes to which
 * node is said by a score of each pair of them that nothing else changes
 * (rendezvous hashing). So shares are exact, a node that joins gets what it must
 * have and no other bucket moves, the loss of a node moves its buckets only (if
 * weights differ, rounding may move some more), and a node that comes back gets
 * mostly the buckets that it had.
 *
 * The same input gives the same output on every node, in whatever order the
 * nodes are listed: it is part of the protocol, KC_CIP_PLAN_VERSION says which.
 */
#ifndef KC_CORE_CLUSTERIP_PLAN_H
#define KC_CORE_CLUSTERIP_PLAN_H

#include "types.h"

#define KC_CIP_PLAN_VERSION 1

#define KC_CIP_NODES_MAX 64
#define KC_CIP_BUCKETS_MIN 16
#define KC_CIP_BUCKETS_MAX 512
#define KC_CIP_BUCKETS_DEFAULT 256

/* Who owns a bucket that nobody owns. */
#define KC_CIP_NOBODY 0xff

/**
 * struct kc_cip_node - one who may own buckets
 * @id: its number; no two nodes have the same
 * @weight: its share is this of the sum of all weights; 0: it is drained
 * @alive: it can own some
 */
struct kc_cip_node {
	u64 id;
	u16 weight;
	bool alive;
};

/**
 * struct kc_cip_members - those among whom buckets are divided
 * @nodes: they
 * @n: how many, KC_CIP_NODES_MAX at most
 * @seed: any number that all of them have in common
 * @buckets: to be divided, KC_CIP_BUCKETS_MIN to KC_CIP_BUCKETS_MAX
 *
 * A map of owners is an array of @buckets octets, each an index of @nodes or
 * KC_CIP_NOBODY.
 */
struct kc_cip_members {
	const struct kc_cip_node *nodes;
	unsigned int n;
	u32 seed;
	unsigned int buckets;
};

/**
 * struct kc_cip_scratch - memory that planning needs meanwhile
 * @gain: of each bucket, what its best move gains
 * @best: of each bucket, the node it would go to
 * @lost: maps after the loss of a node, and of another one
 * @has: of each node, how many buckets it has
 * @quota: of each node, how many it should have
 */
struct kc_cip_scratch {
	s64 gain[KC_CIP_BUCKETS_MAX];
	u8 best[KC_CIP_BUCKETS_MAX];
	u8 lost[2][KC_CIP_BUCKETS_MAX];
	u16 has[KC_CIP_NODES_MAX];
	u16 quota[KC_CIP_NODES_MAX];
};

int kc_cip_plan(const struct kc_cip_members *members, const u8 *now, u8 *next,
		struct kc_cip_scratch *scratch);
int kc_cip_successors(const struct kc_cip_members *members, unsigned int owner,
		      const u8 *now, u8 *first, u8 *second,
		      struct kc_cip_scratch *scratch);

#endif
