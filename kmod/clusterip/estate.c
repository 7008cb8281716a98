// SPDX-License-Identifier: GPL-2.0
/*
 * What those who copy flows are told of cluster IPs: which buckets are ours, and
 * who would go on with them. Of static nodes nobody knows who has the others.
 *
 * It is made by the worker after anything changed that may change it.
 */
#include <linux/slab.h>

#include "../net.h"
#include "set.h"
#include "share.h"

/**
 * struct making - memory for one that is made
 * @in: from what
 * @nodes: its members
 * @weights: that of those that join
 * @owners: of buckets
 * @scratch: for the core
 */
struct making {
	struct kc_cip_estate_in in;
	struct kc_cip_node nodes[KC_CIP_NODES_MAX];
	u16 weights[KC_CIP_NODES_MAX];
	u8 owners[KC_CIP_BUCKETS_MAX];
	struct kc_cip_estate_scratch scratch;
};

/* Which node of the map is a member? One that is not in it yet is added. */
static unsigned int node_of(struct making *making, u64 id)
{
	struct kc_cip_members *members = &making->in.members;
	unsigned int i;

	for (i = 0; i < members->n; i++)
		if (making->nodes[i].id == id)
			return i;
	if (i == KC_CIP_NODES_MAX)
		return i;
	making->nodes[i].id = id;
	members->n++;
	return i;
}

static void look_at_map(struct making *making,
			const struct kc_cip_map *map)
{
	struct kc_cip_members *members = &making->in.members;
	unsigned int i;

	members->nodes = making->nodes;
	members->n = map->lease.head.seq ? map->n : 0;
	for (i = 0; i < members->n; i++) {
		making->nodes[i].id = map->ids[i];
		making->nodes[i].weight = map->weights[i];
		making->nodes[i].alive = map->states[i] & KC_CIP_NODE_ALIVE;
	}
	if (members->n)
		memcpy(making->owners, map->owners, sizeof(making->owners));
	else
		memset(making->owners, KC_CIP_NOBODY, sizeof(making->owners));
}

static void look_at_members(struct making *making, struct kc_estate *estate,
			    const struct kc_cip_share *share)
{
	unsigned int i, node;

	for (i = 1; i < share->n; i++) {
		if (!share->ids[i])
			continue;
		node = node_of(making, share->ids[i]);
		if (node == KC_CIP_NODES_MAX)
			continue;
		estate->peers[node] = share->peers[i];
		making->weights[node] = share->weights[i] ?: share->weight;
		if (kc_peer_is_alive(share->peers[i]) &&
		    !(making->nodes[node].alive && making->nodes[node].weight))
			making->in.joining |= BIT_ULL(node);
	}
}

/* What we hold says more than a map that we have heard of only. */
static void look_at_ours(struct making *making, struct kc_estate *estate,
			 const struct kc_cip_share *share, unsigned int self)
{
	unsigned int i;

	memcpy(estate->ours, share->hold.mine, sizeof(estate->ours));
	for (i = 0; i < estate->buckets; i++) {
		if (kc_cip_held(estate->ours, i))
			making->owners[i] = self;
		else if (making->owners[i] == self)
			making->owners[i] = KC_CIP_NOBODY;
	}
}

/* False if there is nothing to tell yet. */
static bool make_shared(struct kc_cip_share *share, struct kc_estate *estate,
			struct making *making)
{
	struct kc_cip_estate_in *in = &making->in;

	spin_lock_bh(&share->lock);
	if (!share->started) {
		spin_unlock_bh(&share->lock);
		return false;
	}
	look_at_map(making, &share->map);
	in->self = node_of(making, share->ids[0]);
	look_at_members(making, estate, share);
	look_at_ours(making, estate, share, in->self);
	spin_unlock_bh(&share->lock);
	in->members.seed = estate->seed;
	in->members.buckets = estate->buckets;
	in->owners = making->owners;
	in->weights = making->weights;
	/* A map of as many others: nobody is told anything of our flows. */
	if (in->self < KC_CIP_NODES_MAX)
		in->successors = share->successors;
	return !kc_cip_estate(in, estate->heirs, &making->scratch);
}

static void note_heirs(struct kc_estate *estate)
{
	unsigned int i;

	for (i = 0; i < estate->buckets; i++)
		if (kc_cip_held(estate->ours, i))
			estate->next |= estate->heirs[i];
}

static void make_static(const struct kc_cip_split *split,
			struct kc_estate *estate)
{
	unsigned int i;

	estate->everybody = true;
	for (i = 0; i < estate->buckets; i++)
		if (kc_cip_bit(split->mine, i))
			estate->ours[i / 64] |= BIT_ULL(i % 64);
}

static struct kc_estate *make(struct kc_cip *cip)
{
	const struct kc_cip_split *split = kc_cip_map(cip);
	struct making *making = NULL;
	struct kc_estate *estate;
	bool made = true;

	estate = kvzalloc(sizeof(*estate), GFP_KERNEL_ACCOUNT);
	if (!estate)
		return NULL;
	estate->mode = split->hash;
	estate->seed = split->seed;
	estate->buckets = split->buckets;
	if (cip->share) {
		making = kvzalloc(sizeof(*making), GFP_KERNEL);
		made = making && make_shared(cip->share, estate, making);
		kvfree(making);
		note_heirs(estate);
	} else {
		make_static(split, estate);
	}
	estate->any = memchr_inv(estate->ours, 0, sizeof(estate->ours));
	if (made)
		return estate;
	kvfree(estate);
	return NULL;
}

static bool same(const struct kc_estate *a, const struct kc_estate *b)
{
	const size_t from = offsetof(struct kc_estate, mode);

	return !memcmp((const u8 *)a + from, (const u8 *)b + from,
		       sizeof(*a) - from);
}

/**
 * kc_cip_estate_run() - tell whose flows are whose, if it is different now
 * @cip: the cluster IP, mutex held
 *
 * Context: process
 */
void kc_cip_estate_run(struct kc_cip *cip)
{
	struct kc_estate *estate;

	lockdep_assert_held(&cip->kn->cip.mutex);
	/* Its addresses lead to that of the other one. */
	if (cip->leader)
		return;
	estate = make(cip);
	if (!estate)
		return;
	/* Only we replace it. */
	if (cip->estate.latest && same(estate, cip->estate.latest))
		kvfree(estate);
	else
		kc_estate_publish(cip->kn, &cip->estate, estate);
}

static struct kc_estate_holder *find(struct kc_net *kn, u8 family,
				     const void *addr)
{
	const struct kc_cip_device *cd;
	const struct kc_cip_set *set;
	struct kc_cip *cip;

	list_for_each_entry_rcu(cd, &kn->cip.devices, list) {
		set = rcu_dereference(cd->set);
		cip = family == KC_AF_INET6 ? kc_cip_set_find6(set, addr) :
					      kc_cip_set_find4(set, addr);
		if (cip)
			return cip->leader ? &cip->leader->estate :
					     &cip->estate;
	}
	return NULL;
}

static const struct kc_estate_source source = {
	.find = find,
	.near = kc_cip_near,
};

/**
 * kc_cip_estate_init() - let those who copy flows ask, before there are any
 */
void kc_cip_estate_init(void)
{
	kc_estate_set_source(&source);
}

/**
 * kc_cip_estate_exit() - no more; there are no namespaces
 */
void kc_cip_estate_exit(void)
{
	kc_estate_set_source(NULL);
}
