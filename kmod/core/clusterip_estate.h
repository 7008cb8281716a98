/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cluster IP: who has to know the flows of which bucket.
 *
 * Those who would go on with them, which is known in advance: of a bucket of our
 * own the nodes that would get it if we died, and, if two are asked for, those
 * that would get it if they died next; and who is about to join, or stands by, and
 * would get it as soon as it takes part. Of another node's bucket only that node,
 * for what we know of flows that were ours a moment ago; and of one that has none,
 * as while it moves, any node, for it may get it next.
 */
#ifndef KC_CORE_CLUSTERIP_ESTATE_H
#define KC_CORE_CLUSTERIP_ESTATE_H

#include "clusterip_plan.h"

/* How many may be asked for. */
#define KC_CIP_SUCCESSORS_MAX 2

/**
 * struct kc_cip_estate_in - what heirs are made of
 * @members: those among whom buckets are divided, and those who would join them,
 *	which are not alive, or have no weight
 * @self: which of them we are
 * @owners: of the buckets
 * @successors: how many shall know a flow, 0 to KC_CIP_SUCCESSORS_MAX
 * @joining: bit i: node i is there and would take part
 * @weights: what each of those would have then; others do not matter
 */
struct kc_cip_estate_in {
	struct kc_cip_members members;
	unsigned int self;
	const u8 *owners;
	unsigned int successors;
	u64 joining;
	const u16 *weights;
};

/**
 * struct kc_cip_estate_scratch - memory that this needs meanwhile
 * @plan: for planning
 * @nodes: the members, one of them as it would be
 * @first: of each bucket, who would get it
 * @second: likewise next
 * @next: a map
 */
struct kc_cip_estate_scratch {
	struct kc_cip_scratch plan;
	struct kc_cip_node nodes[KC_CIP_NODES_MAX];
	u8 first[KC_CIP_BUCKETS_MAX];
	u8 second[KC_CIP_BUCKETS_MAX];
	u8 next[KC_CIP_BUCKETS_MAX];
};

int kc_cip_estate(const struct kc_cip_estate_in *in, u64 *heirs,
		  struct kc_cip_estate_scratch *scratch);

#endif
