// SPDX-License-Identifier: GPL-2.0
/*
 * Which flows are ours: if one of its addresses is divided among nodes, that is
 * for divided.c to tell; if one is a virtual address, the flow belongs to whoever
 * is master of that; if none is either, to any master, as forwarded
 * traffic comes to the virtual address of a gateway; and in a namespace without
 * virtual routers to whom it passes through.
 *
 * The addresses of all routers are kept in a table by themselves, with whether
 * their router is master here. The worker makes another one when a router
 * changed, or its addresses, and packets read it under RCU.
 */
#include <linux/jhash.h>
#include <linux/slab.h>

#include "../vrrp/router.h"
#include "stream.h"

/* Addresses come and go without an event. */
#define LOOK_INTERVAL NSEC_PER_SEC

struct owned {
	struct hlist_node hash;
	u8 addr[16];
	u8 family;
	bool master;
};

/**
 * struct kc_mirror_owners - virtual addresses, and whose they are
 */
struct kc_mirror_owners {
	/** @rcu: the worker replaces it */
	struct rcu_head rcu;
	/** @routers: how many there are */
	unsigned int routers;
	/** @masters: how many of them are master here */
	unsigned int masters;
	/** @n: of @list */
	unsigned int n;
	/** @bits: of the hash */
	unsigned int bits;
	/** @bucket: in @list, behind which it lies */
	struct hlist_head *bucket;
	/** @list: the addresses */
	struct owned list[];
};

static u32 hash_of(u8 family, const void *addr, unsigned int bits)
{
	return jhash(addr, kc_addr_len(family), family) >> (32 - bits);
}

static const struct owned *find(const struct kc_mirror_owners *owners,
				u8 family, const void *addr)
{
	const struct owned *owned;

	if (!owners->n)
		return NULL;
	hlist_for_each_entry(owned, &owners->bucket[hash_of(family, addr,
							    owners->bits)],
			     hash)
		if (owned->family == family &&
		    !memcmp(owned->addr, addr, kc_addr_len(family)))
			return owned;
	return NULL;
}

/**
 * kc_mirror_is_virtual() - is it an address of a virtual router?
 * @m: the mirror
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 *
 * Context: any, under RCU
 */
bool kc_mirror_is_virtual(struct kc_mirror *m, u8 family, const void *addr)
{
	const struct kc_mirror_owners *owners = rcu_dereference(m->owners);

	return (owners && find(owners, family, addr)) ||
	       kc_mirror_is_divided(m, family, addr);
}

/**
 * kc_mirror_owns_any() - are any flows ours?
 * @m: the mirror
 *
 * Context: any, under RCU
 */
bool kc_mirror_owns_any(struct kc_mirror *m)
{
	const struct kc_mirror_owners *owners = rcu_dereference(m->owners);

	return READ_ONCE(m->divided) ||
	       (owners && (owners->masters || !owners->routers));
}

/* What do its addresses say? */
static enum kc_mirror_claim claim_of(struct kc_mirror *m,
				     const struct kc_mirror_owners *owners,
				     const struct nf_conn *ct)
{
	const union nf_inet_addr *addrs[] = {
		&nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL)->dst.u3,
		&nf_ct_tuple(ct, IP_CT_DIR_REPLY)->dst.u3,
		&nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL)->src.u3,
		&nf_ct_tuple(ct, IP_CT_DIR_REPLY)->src.u3,
	};
	enum kc_mirror_claim claim = kc_mirror_divided_claim(m, ct);
	unsigned int i;

	/* Who has its part of an address has it whoever is master. */
	if (claim != KC_MIRROR_NONE)
		return claim;
	for (i = 0; i < ARRAY_SIZE(addrs); i++) {
		const struct owned *owned = find(owners, nf_ct_l3num(ct),
						 addrs[i]);

		if (owned && owned->master)
			return KC_MIRROR_OURS;
		if (owned)
			claim = KC_MIRROR_OTHER;
	}
	return claim;
}

/**
 * kc_mirror_owns() - is this flow ours, as it passes here?
 * @m: the mirror
 * @ct: the connection
 *
 * Context: any, under RCU
 */
bool kc_mirror_owns(struct kc_mirror *m, const struct nf_conn *ct)
{
	const struct kc_mirror_owners *owners = rcu_dereference(m->owners);

	if (!owners)
		return false;
	switch (claim_of(m, owners, ct)) {
	case KC_MIRROR_OURS:
		return true;
	case KC_MIRROR_NONE:
		return owners->masters || !owners->routers;
	default:
		return false;
	}
}

/**
 * kc_mirror_adopts() - does a flow that came from a peer become ours?
 * @m: the mirror
 * @ct: the connection
 *
 * A flow without virtual addresses may pass by another master, unless there can
 * be none; and where there are no virtual routers at all nothing tells that
 * another node has given it up.
 *
 * Context: any, under RCU
 */
bool kc_mirror_adopts(struct kc_mirror *m, const struct nf_conn *ct)
{
	const struct kc_mirror_owners *owners = rcu_dereference(m->owners);

	if (!owners)
		return false;
	switch (claim_of(m, owners, ct)) {
	case KC_MIRROR_OURS:
		return true;
	case KC_MIRROR_NONE:
		return owners->masters && owners->masters == owners->routers;
	default:
		return false;
	}
}

/* Those of one router, as many as there is room for; counts all of them. */
static void look_at(struct kc_vrrp *r, struct kc_mirror_owners *owners,
		    unsigned int room, unsigned int *needed)
{
	unsigned int i;
	bool master;

	spin_lock_bh(&r->lock);
	if (r->dead || r->fsm.state == KC_FSM_WITNESS) {
		spin_unlock_bh(&r->lock);
		return;
	}
	master = r->fsm.state == KC_FSM_MASTER;
	owners->routers++;
	owners->masters += master;
	*needed += r->n_vips;
	for (i = 0; i < r->n_vips && owners->n < room; i++) {
		struct owned *owned = &owners->list[owners->n++];

		owned->family = r->vips[i].family;
		owned->master = master;
		memcpy(owned->addr, r->vips[i].addr, sizeof(owned->addr));
	}
	spin_unlock_bh(&r->lock);
}

static struct kc_mirror_owners *make(struct kc_mirror *m)
{
	unsigned int room = 64, needed, bits, i;
	struct kc_mirror_owners *owners;
	struct kc_vrrp *r;

again:
	bits = max(ilog2(roundup_pow_of_two(room)), 4);
	owners = kvzalloc(struct_size(owners, list, room) +
			  (sizeof(struct hlist_head) << bits),
			  GFP_KERNEL_ACCOUNT);
	if (!owners)
		return NULL;
	needed = 0;
	rcu_read_lock();
	list_for_each_entry_rcu(r, &m->kn->vrrp.routers, list)
		look_at(r, owners, room, &needed);
	rcu_read_unlock();
	if (needed > room) {
		kvfree(owners);
		room = needed;
		goto again;
	}
	owners->bits = bits;
	owners->bucket = (struct hlist_head *)&owners->list[room];
	for (i = 0; i < owners->n; i++) {
		struct owned *owned = &owners->list[i];

		hlist_add_head(&owned->hash,
			       &owners->bucket[hash_of(owned->family,
						       owned->addr, bits)]);
	}
	return owners;
}

/* Are they the same addresses, in the same order? */
static bool same_addresses(const struct kc_mirror_owners *a,
			   const struct kc_mirror_owners *b)
{
	unsigned int i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (a->list[i].family != b->list[i].family ||
		    memcmp(a->list[i].addr, b->list[i].addr,
			   sizeof(a->list[i].addr)))
			return false;
	return true;
}

/* And whose are they? @a and @b have the same addresses. */
static bool same_masters(const struct kc_mirror_owners *a,
			 const struct kc_mirror_owners *b)
{
	unsigned int i;

	if (a->routers != b->routers || a->masters != b->masters)
		return false;
	for (i = 0; i < a->n; i++)
		if (a->list[i].master != b->list[i].master)
			return false;
	return true;
}

/**
 * kc_mirror_ask_again() - whose flows are whose has changed
 * @m: the mirror, locked
 * @now: present time, ns
 *
 * While two nodes hold a flow for theirs each keeps its own. Whoever has to give
 * in refused what the other one will not tell again by itself.
 */
void kc_mirror_ask_again(struct kc_mirror *m, u64 now)
{
	struct kc_mirror_peer *mp;

	if (!m->contested)
		return;
	m->contested = false;
	list_for_each_entry(mp, &m->peers, list)
		kc_rx_resync(&mp->rx, now);
}

/**
 * kc_mirror_owners_run() - see whose the virtual addresses are now
 * @m: the mirror, locked
 * @now: present time, ns
 *
 * If that changed, a round through the table adopts flows, or leaves them.
 *
 * Context: the worker
 */
void kc_mirror_owners_run(struct kc_mirror *m, u64 now)
{
	unsigned int generation = READ_ONCE(m->kn->vrrp.generation);
	struct kc_mirror_owners *owners, *before;

	if (!test_and_clear_bit(KC_MIRROR_TODO_OWNERS, &m->todo) &&
	    generation == m->generation && now - m->owners_at < LOOK_INTERVAL)
		return;
	m->owners_at = now;
	before = rcu_dereference_protected(m->owners,
					   lockdep_is_held(&m->lock));
	owners = make(m);
	if (!owners)
		return;
	m->generation = generation;
	if (before && same_addresses(owners, before)) {
		if (same_masters(owners, before)) {
			kvfree(owners);
			return;
		}
	} else if (before) {
		set_bit(KC_MIRROR_TODO_RECLASSIFY, &m->todo);
	}
	rcu_assign_pointer(m->owners, owners);
	set_bit(KC_MIRROR_TODO_ROUND, &m->todo);
	kc_mirror_ask_again(m, now);
	if (before)
		kvfree_rcu(before, rcu);
}

/**
 * kc_mirror_owners_free() - nobody looks any more
 * @m: the mirror, after a grace period
 */
void kc_mirror_owners_free(struct kc_mirror *m)
{
	kvfree(rcu_dereference_protected(m->owners, true));
}
