// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses of virtual routers as packets find them: by address, under
 * RCU, without a lock. Only routers that have a virtual MAC or do not accept
 * packets are found here; the others cost nothing.
 *
 * The worker of the namespace is the only writer.
 */
#include <linux/jhash.h>
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "../net.h"
#include "router.h"
#include "vmac.h"

static struct hlist_head *bucket_of(struct kc_vrrp_claim_table *table,
				    u8 family, const void *addr)
{
	u32 hash = jhash(addr, kc_addr_len(family), family);

	return &table->bucket[hash >> (32 - KC_VRRP_CLAIM_BITS)];
}

/**
 * kc_vrrp_claim_next() - who claims an address?
 * @kn: the namespace
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: the address, network order
 * @after: the claim found last, NULL for the first one
 *
 * Context: under RCU
 * Return: the next claim, NULL if there is none
 */
const struct kc_vrrp_claim *
kc_vrrp_claim_next(const struct kc_net *kn, u8 family, const void *addr,
		   const struct kc_vrrp_claim *after)
{
	struct kc_vrrp_claim_table *table;
	const struct hlist_node *node;

	if (after) {
		node = rcu_dereference(hlist_next_rcu(&after->hash));
	} else {
		table = rcu_dereference(kn->vrrp.claims);
		if (!table)
			return NULL;
		node = rcu_dereference(hlist_first_rcu(bucket_of(table, family,
								 addr)));
	}
	for (; node; node = rcu_dereference(hlist_next_rcu(node))) {
		const struct kc_vrrp_claim *claim =
			hlist_entry(node, struct kc_vrrp_claim, hash);

		if (claim->family == family &&
		    !memcmp(claim->addr, addr, kc_addr_len(family)))
			return claim;
	}
	return NULL;
}

/* One for each address of the item. */
static void fill_claims(struct kc_vrrp_claims *claims, struct kc_vrrp *r,
			const struct kc_vrrp_item *item, bool vmac, bool deny)
{
	unsigned int i, size = kc_vrrp_item_size(item);
	const struct net_device *dev;
	struct kc_vrrp_claim *claim;
	int ifindex;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(r->kn->net, item->ifname[0] ? item->ifname :
							       r->ifname);
	ifindex = dev ? dev->ifindex : 0;
	rcu_read_unlock();
	for (i = 0; i < size; i++) {
		claim = &claims->list[claims->n++];
		claim->router = r;
		claim->ifindex = ifindex;
		claim->family = item->family;
		kc_vrrp_item_nth(item, i, claim->addr);
		claim->vmac = vmac;
		claim->deny = deny;
		claim->held = item->state == KCLUSTER_VRRP_ITEM_STATE_HELD;
		claim->foreign =
			item->state == KCLUSTER_VRRP_ITEM_STATE_FOREIGN;
	}
}

/* All but the links of the hash. */
static bool same_claims(const struct kc_vrrp_claims *a,
			const struct kc_vrrp_claims *b)
{
	const size_t from = offsetof(struct kc_vrrp_claim, router);
	unsigned int i;

	if (!a || !b || a->n != b->n)
		return a == b;
	for (i = 0; i < a->n; i++)
		if (memcmp((const u8 *)&a->list[i] + from,
			   (const u8 *)&b->list[i] + from,
			   sizeof(a->list[i]) - from))
			return false;
	return true;
}

static struct kc_vrrp_claim_table *get_table(struct kc_net *kn)
{
	struct kc_vrrp_claim_table *table;

	table = rcu_dereference_protected(kn->vrrp.claims, true);
	if (table)
		return table;
	table = kvzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	rcu_assign_pointer(kn->vrrp.claims, table);
	return table;
}

/* What the router is to claim now; NULL for nothing. */
static int make_claims(struct kc_vrrp *r, struct kc_vrrp_claims **made)
{
	const struct kc_vrrp_item *item;
	struct kc_vrrp_claims *claims;
	unsigned int n = 0;
	bool vmac, deny;

	spin_lock_bh(&r->lock);
	vmac = r->settings.vmac && !r->dead;
	deny = !r->settings.accept && !r->dead &&
	       r->settings.fsm.priority != KC_FSM_OWNER;
	spin_unlock_bh(&r->lock);

	*made = NULL;
	list_for_each_entry(item, &r->items, list)
		n += item->is_route ? 0 : kc_vrrp_item_size(item);
	if (!n || (!vmac && !deny))
		return 0;
	claims = kvzalloc(struct_size(claims, list, n), GFP_KERNEL_ACCOUNT);
	if (!claims)
		return -ENOMEM;
	list_for_each_entry(item, &r->items, list)
		if (!item->is_route)
			fill_claims(claims, r, item, vmac, deny);
	*made = claims;
	return 0;
}

/**
 * kc_vrrp_claims_build() - let packets find what a router has now
 * @r: the router, hold_mutex held
 *
 * Addresses that are about to be removed count as long as they are there.
 *
 * Context: worker of the namespace
 * Return: 0 or -ENOMEM; then everything is as before
 */
int kc_vrrp_claims_build(struct kc_vrrp *r)
{
	struct kc_vrrp_claims *claims, *before = r->claims;
	struct kc_vrrp_claim_table *table;
	struct kc_vrrp_claim *claim;
	unsigned int i;
	int err;

	lockdep_assert_held(&r->hold_mutex);

	err = make_claims(r, &claims);
	if (err)
		return err;
	if (same_claims(claims, before)) {
		kvfree(claims);
		return 0;
	}
	/* Nobody else writes here. */
	table = get_table(r->kn);
	if (!table) {
		kvfree(claims);
		return -ENOMEM;
	}
	/* New ones first: whoever looks meanwhile finds at least one. */
	for (i = 0; claims && i < claims->n; i++) {
		claim = &claims->list[i];
		hlist_add_head_rcu(&claim->hash,
				   bucket_of(table, claim->family,
					     claim->addr));
	}
	for (i = 0; before && i < before->n; i++)
		hlist_del_rcu(&before->list[i].hash);
	r->claims = claims;
	if (before)
		kvfree_rcu(before, rcu);
	return 0;
}

/**
 * kc_vrrp_claims_exit() - the namespace or the module goes away
 * @kn: the namespace, without routers
 */
void kc_vrrp_claims_exit(struct kc_net *kn)
{
	struct kc_vrrp_claim_table *table;

	table = rcu_dereference_protected(kn->vrrp.claims, true);
	RCU_INIT_POINTER(kn->vrrp.claims, NULL);
	if (table)
		kvfree_rcu(table, rcu);
}
