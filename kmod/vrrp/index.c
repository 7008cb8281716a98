// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses and routes of all routers of a namespace by their address, so that
 * a block of thousands is compared with what is there without being compared
 * with all of it.
 *
 * All of it needs kc_vrrp_net.mutex. Items that are to be removed are not
 * found any more.
 */
#include <linux/jhash.h>
#include <linux/slab.h>

#include "../net.h"
#include "router.h"

/**
 * kc_vrrp_index_alloc() - make room for items by their address
 *
 * Return: KC_VRRP_INDEX_SIZE empty buckets, for kvfree(), or NULL
 */
struct hlist_head *kc_vrrp_index_alloc(void)
{
	return kvcalloc(KC_VRRP_INDEX_SIZE, sizeof(struct hlist_head),
			GFP_KERNEL_ACCOUNT);
}

/**
 * kc_vrrp_index_bucket() - where are items of an address?
 * @index: the buckets
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 */
struct hlist_head *kc_vrrp_index_bucket(struct hlist_head *index, u8 family,
					const u8 *addr)
{
	u32 hash = jhash(addr, kc_addr_len(family), family);

	return &index[hash >> (32 - KC_VRRP_INDEX_BITS)];
}

static struct hlist_head *bucket_of(const struct kc_vrrp *r,
				    const struct kc_vrrp_item *item)
{
	lockdep_assert_held(&r->kn->vrrp.mutex);
	return kc_vrrp_index_bucket(r->kn->vrrp.index, item->family,
				    item->addr);
}

/**
 * kc_vrrp_index_add() - let an item be found
 * @r: whose it is
 * @item: the item, which is in no index
 */
void kc_vrrp_index_add(struct kc_vrrp *r, struct kc_vrrp_item *item)
{
	item->router = r;
	hlist_add_head(&item->index, bucket_of(r, item));
}

/**
 * kc_vrrp_index_del() - let an item not be found any more
 * @item: the item, which may be in no index
 */
void kc_vrrp_index_del(struct kc_vrrp_item *item)
{
	hlist_del_init(&item->index);
	item->router = NULL;
}

static bool same_via(const struct kc_vrrp_item *a, const struct kc_vrrp_item *b)
{
	return a->has_via == b->has_via &&
	       !memcmp(a->via, b->via, kc_addr_len(a->family));
}

/*
 * The same object of the system, whatever else was said about it: @a as said
 * to router @r, @b as said to router @s.
 */
static bool same_item(const struct kc_vrrp *r, const struct kc_vrrp_item *a,
		      const struct kc_vrrp *s, const struct kc_vrrp_item *b)
{
	const char *ifname_a = a->ifname[0] ? a->ifname : r->ifname;
	const char *ifname_b = b->ifname[0] ? b->ifname : s->ifname;

	if (a->is_route != b->is_route || a->family != b->family ||
	    a->prefixlen != b->prefixlen ||
	    memcmp(a->addr, b->addr, kc_addr_len(a->family)))
		return false;
	if (!a->is_route)
		return !strcmp(ifname_a, ifname_b);
	if (a->metric != b->metric || a->table != b->table)
		return false;
	/* IPv6 has one route of a metric, or balances over them. */
	if (a->family == KC_AF_INET6)
		return true;
	/* The kernel may find for one the device that the other one names. */
	return same_via(a, b) && (!a->ifname[0] || !b->ifname[0] ||
				  !strcmp(a->ifname, b->ifname));
}

/**
 * kc_vrrp_index_find() - is there an item already?
 * @r: the router
 * @like: the item, as said to @r
 * @elsewhere: in the other routers of the namespace, not in @r
 *
 * Return: the item or NULL
 */
struct kc_vrrp_item *kc_vrrp_index_find(const struct kc_vrrp *r,
					const struct kc_vrrp_item *like,
					bool elsewhere)
{
	struct kc_vrrp_item *item;

	hlist_for_each_entry(item, bucket_of(r, like), index) {
		bool other = item->router != r;

		if (other == elsewhere &&
		    same_item(item->router, item, r, like))
			return item;
	}
	return NULL;
}

/**
 * kc_vrrp_index_owner() - the virtual router that has an address
 * @kn: the namespace
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 *
 * Return: its name, NULL if there is none
 */
const char *kc_vrrp_index_owner(const struct kc_net *kn, u8 family,
				const u8 *addr)
{
	const struct kc_vrrp_item *item;

	lockdep_assert_held(&kn->vrrp.mutex);

	if (!kn->vrrp.running)
		return NULL;
	hlist_for_each_entry(item, kc_vrrp_index_bucket(kn->vrrp.index, family,
							addr), index)
		if (!item->is_route && item->family == family &&
		    !memcmp(item->addr, addr, kc_addr_len(family)))
			return item->router->name;
	return NULL;
}

/**
 * kc_vrrp_index_meant() - what is to be deleted?
 * @r: the router
 * @like: what was said of it; gateway and device of a route matter only if
 * given
 *
 * Return: the item or NULL
 */
struct kc_vrrp_item *kc_vrrp_index_meant(const struct kc_vrrp *r,
					 const struct kc_vrrp_item *like)
{
	struct kc_vrrp_item *item;

	if (!like->is_route)
		return kc_vrrp_index_find(r, like, false);
	hlist_for_each_entry(item, bucket_of(r, like), index) {
		if (item->router != r || !item->is_route ||
		    item->family != like->family ||
		    item->prefixlen != like->prefixlen ||
		    memcmp(item->addr, like->addr, kc_addr_len(like->family)) ||
		    item->metric != like->metric || item->table != like->table)
			continue;
		if (like->has_via && !same_via(item, like))
			continue;
		if (like->ifname[0] && strcmp(item->ifname, like->ifname))
			continue;
		return item;
	}
	return NULL;
}
