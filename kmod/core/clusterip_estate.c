// SPDX-License-Identifier: GPL-2.0
/*
 * Who has to know the flows of which bucket, see clusterip_estate.h.
 */
#include "clusterip_estate.h"

static u64 bit(u8 node)
{
	return node < KC_CIP_NODES_MAX ? 1ULL << node : 0;
}

/* Any but us. */
static u64 all_others(const struct kc_cip_estate_in *in)
{
	u64 all = 0;
	unsigned int i;

	for (i = 0; i < in->members.n; i++)
		if (i != in->self)
			all |= bit(i);
	return all;
}

/* What would a node get from us, if it took part? */
static int add_joining(const struct kc_cip_estate_in *in, unsigned int node,
		       u64 *heirs, struct kc_cip_estate_scratch *s)
{
	struct kc_cip_members with = in->members;
	unsigned int i;
	int err;

	memcpy(s->nodes, in->members.nodes, with.n * sizeof(s->nodes[0]));
	s->nodes[node].alive = true;
	s->nodes[node].weight = in->weights[node];
	with.nodes = s->nodes;
	err = kc_cip_plan(&with, in->owners, s->next, &s->plan);
	if (err < 0)
		return err;
	for (i = 0; i < with.buckets; i++)
		if (in->owners[i] == in->self && s->next[i] == node)
			heirs[i] |= bit(node);
	return 0;
}

/**
 * kc_cip_estate() - who has to know the flows of which bucket
 * @in: who is there
 * @heirs: filled in: of each bucket a bit map of nodes
 * @scratch: memory, its contents do not matter
 *
 * It costs as much as a plan for each that joins, for us, and with two
 * successors for each heir of ours.
 *
 * Return: 0; -EINVAL as kc_cip_plan()
 */
int kc_cip_estate(const struct kc_cip_estate_in *in, u64 *heirs,
		  struct kc_cip_estate_scratch *scratch)
{
	const struct kc_cip_members *members = &in->members;
	bool both = in->successors > 1;
	unsigned int i;
	int err = 0;

	if (in->successors)
		err = kc_cip_successors(members, in->self, in->owners,
					scratch->first,
					both ? scratch->second : NULL,
					&scratch->plan);
	for (i = 0; !err && i < members->buckets; i++) {
		/* On its way to somebody, who may not take it for forgotten. */
		if (in->owners[i] == KC_CIP_NOBODY) {
			heirs[i] = all_others(in);
			continue;
		}
		if (in->owners[i] != in->self) {
			heirs[i] = bit(in->owners[i]);
			continue;
		}
		heirs[i] = 0;
		if (in->successors)
			heirs[i] |= bit(scratch->first[i]);
		if (both)
			heirs[i] |= bit(scratch->second[i]);
	}
	if (!in->successors)
		return 0;
	for (i = 0; !err && i < members->n; i++)
		if (in->joining >> i & 1 && i != in->self)
			err = add_joining(in, i, heirs, scratch);
	return err;
}
