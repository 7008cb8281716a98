// SPDX-License-Identifier: GPL-2.0
/*
 * Which prefixes a claim has: those that were added, and the addresses that its
 * virtual router has on WireGuard devices.
 */
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ipv6.h>

#include "../link.h"
#include "../net.h"
#include "../vrrp/router.h"
#include "claim.h"

static bool is_tunnel(struct kc_net *kn, const char *ifname, bool absent)
{
	const struct net_device *dev;
	bool is;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(kn->net, ifname);
	is = dev ? kc_link_is_wireguard(dev) : absent;
	rcu_read_unlock();
	return is;
}

/* It has a meaning on its link only, and WireGuard has none. */
static bool is_link_local(const struct kc_vrrp_item *item)
{
	struct in6_addr addr;

	if (item->family != KC_AF_INET6)
		return false;
	memcpy(&addr, item->addr, sizeof(addr));
	return ipv6_addr_type(&addr) & IPV6_ADDR_LINKLOCAL;
}

/* An address of a router that lives on WireGuard, or may when it appears. */
static bool moves(const struct kc_vrrp *r, const struct kc_vrrp_item *item,
		  bool absent)
{
	return !item->is_route && !item->dying && !is_link_local(item) &&
	       is_tunnel(r->kn, item->ifname[0] ? item->ifname : r->ifname,
			 absent);
}

/* Needs the mutex of routers. */
static unsigned int count_items(struct kc_vrrp *r, bool absent)
{
	const struct kc_vrrp_item *item;
	unsigned int n = 0;

	mutex_lock(&r->hold_mutex);
	list_for_each_entry(item, &r->items, list)
		n += moves(r, item, absent);
	mutex_unlock(&r->hold_mutex);
	return n;
}

/**
 * kc_claim_router_tunnels() - has any virtual router an address on WireGuard?
 * @kn: the namespace
 *
 * Return: true also for one on a device that does not exist yet
 */
bool kc_claim_router_tunnels(struct kc_net *kn)
{
	struct kc_vrrp *r;
	bool any = false;

	mutex_lock(&kn->vrrp.mutex);
	list_for_each_entry(r, &kn->vrrp.routers, list) {
		any = count_items(r, true);
		if (any)
			break;
	}
	mutex_unlock(&kn->vrrp.mutex);
	return any;
}

static int compare(const void *a, const void *b)
{
	const struct kc_claim_prefix *one = a, *other = b;

	return kc_prefix_compare(&one->prefix, &other->prefix);
}

/**
 * kc_claim_number() - the number of a prefix
 * @claim: of this claim
 * @prefix: the prefix
 *
 * Return: the number, or -1 if it has no such prefix
 */
int kc_claim_number(const struct kc_claim *claim,
		    const struct kc_prefix *prefix)
{
	unsigned int low = 0, high = claim->n, middle;
	int order;

	while (low < high) {
		middle = (low + high) / 2;
		order = kc_prefix_compare(prefix,
					  &claim->prefixes[middle].prefix);
		if (!order)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

/* What is gathered, until it takes the place of what was. */
struct gathered {
	struct kc_claim_prefix *prefixes;
	unsigned int n, room;
};

static void put(struct gathered *g, const struct kc_prefix *prefix,
		const char *ifname, bool router)
{
	struct kc_claim_prefix *p = &g->prefixes[g->n];

	if (g->n == g->room)
		return;
	p->prefix = *prefix;
	strscpy(p->ifname, ifname, sizeof(p->ifname));
	p->router = router;
	g->n++;
}

static void put_items(struct gathered *g, const struct kc_vrrp *r)
{
	const struct kc_vrrp_item *item;

	list_for_each_entry(item, &r->items, list) {
		struct kc_prefix prefix = { .family = item->family };

		if (!moves(r, item, false))
			continue;
		memcpy(prefix.addr, item->addr, kc_addr_len(item->family));
		prefix.length = item->local ? item->prefixlen :
					      8 * kc_addr_len(item->family);
		kc_prefix_mask(&prefix);
		put(g, &prefix, item->ifname[0] ? item->ifname : r->ifname,
		    true);
	}
}

/* The same prefix twice is one; that it is the router's is known then. */
static void unite(struct gathered *g)
{
	unsigned int i, n = 0;

	sort(g->prefixes, g->n, sizeof(*g->prefixes), compare, NULL);
	for (i = 0; i < g->n; i++) {
		struct kc_claim_prefix *last = n ? &g->prefixes[n - 1] : NULL;
		const struct kc_claim_prefix *p = &g->prefixes[i];

		if (!last || compare(last, p)) {
			if (n != i)
				g->prefixes[n] = *p;
			n++;
			continue;
		}
		last->router |= p->router;
		if (!last->ifname[0])
			strscpy(last->ifname, p->ifname, sizeof(last->ifname));
	}
	g->n = n;
}

/* False for want of memory; the worker comes again. */
static bool gather(struct kc_claim *claim, struct gathered *g)
{
	struct kc_net *kn = claim->kn;
	struct kc_vrrp *r;
	unsigned int i;
	bool made;

	mutex_lock(&kn->vrrp.mutex);
	r = kc_vrrp_find(kn, claim->name);
	g->n = 0;
	g->room = claim->n_wants + (r ? count_items(r, false) : 0);
	g->room = min_t(unsigned int, g->room, KC_CLAIM_PREFIXES_MAX);
	g->prefixes = kvcalloc(g->room ?: 1, sizeof(*g->prefixes),
			       GFP_KERNEL_ACCOUNT);
	made = g->prefixes;
	if (made) {
		for (i = 0; i < claim->n_wants; i++)
			put(g, &claim->wants[i].prefix, claim->wants[i].ifname,
			    false);
		if (r) {
			mutex_lock(&r->hold_mutex);
			put_items(g, r);
			mutex_unlock(&r->hold_mutex);
		}
	}
	if (r) {
		/* What is told of it, is told with its lock. */
		spin_lock_bh(&r->lock);
		WRITE_ONCE(claim->router_state, r->fsm.state);
		spin_unlock_bh(&r->lock);
	} else {
		WRITE_ONCE(claim->router_state, KCLUSTER_VRRP_STATE_STOP);
	}
	mutex_unlock(&kn->vrrp.mutex);
	if (made)
		unite(g);
	return made;
}

/* Nothing but what was asked for is compared. */
static bool same(const struct kc_claim *claim, const struct gathered *g)
{
	unsigned int i;

	if (claim->n != g->n)
		return false;
	for (i = 0; i < g->n; i++) {
		const struct kc_claim_prefix *a = &claim->prefixes[i];
		const struct kc_claim_prefix *b = &g->prefixes[i];

		if (compare(a, b) || strcmp(a->ifname, b->ifname) ||
		    a->router != b->router)
			return false;
	}
	return true;
}

static void adopt(struct kc_claim *claim, struct gathered *g)
{
	struct kc_claim_prefix *old = claim->prefixes;
	unsigned int n = claim->n, i;
	struct kc_claim_mate *mate;
	int number;

	claim->prefixes = g->prefixes;
	claim->n = g->n;
	claim->kn->claim.generation++;
	for (i = 0; i < n; i++) {
		struct kc_claim_prefix *p;

		number = kc_claim_number(claim, &old[i].prefix);
		if (number < 0) {
			if (old[i].at[0])
				kc_claim_orphan(claim, &old[i]);
			continue;
		}
		p = &claim->prefixes[number];
		p->checked = old[i].checked;
		p->flaw = old[i].flaw;
		p->error = old[i].error;
		memcpy(p->culprit, old[i].culprit, sizeof(p->culprit));
		memcpy(p->at, old[i].at, sizeof(p->at));
		memcpy(p->key, old[i].key, sizeof(p->key));
	}
	kvfree(old);
	list_for_each_entry(mate, &claim->mates, list)
		kc_claim_mate_forget(mate);
	kc_claim_ask_owner(claim);
	if (claim->owner)
		kc_claim_tell_all(claim, kc_now());
}

/* Virtual routers whose addresses move without anybody having said so. */
static void discover(struct kc_net *kn)
{
	struct kc_vrrp *r;

	mutex_lock(&kn->vrrp.mutex);
	kn->claim.routers_generation = kn->vrrp.generation;
	list_for_each_entry(r, &kn->vrrp.routers, list)
		if (count_items(r, false) && !kc_claim_find(kn, r->name) &&
		    kn->claim.count < kc_claims_max(kn))
			kc_claim_new(kn, r->name);
	mutex_unlock(&kn->vrrp.mutex);
}

/**
 * kc_claim_gather() - see which prefixes claims have
 * @kn: the namespace, mutex of its claims held
 * @all: virtual routers or devices may have changed; otherwise those claims that
 *	have
 *
 * Context: process
 */
void kc_claim_gather(struct kc_net *kn, bool all)
{
	struct kc_claim *claim;
	struct gathered g;

	if (all)
		discover(kn);
	list_for_each_entry(claim, &kn->claim.claims, list) {
		if (!all && !claim->changed)
			continue;
		if (!gather(claim, &g))
			continue;
		claim->changed = false;
		if (same(claim, &g))
			kvfree(g.prefixes);
		else
			adopt(claim, &g);
	}
}
