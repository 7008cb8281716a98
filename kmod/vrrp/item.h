/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses and routes of a virtual router: as they were asked for, as softirqs
 * need them, and as the system has them.
 */
#ifndef KC_VRRP_ITEM_H
#define KC_VRRP_ITEM_H

#include <linux/if.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/types.h>

#include "../core/types.h"

struct kc_net;
struct kc_request;
struct kc_vrrp;
struct netlink_ext_ack;
struct nlattr;

/* Items by their address: so many buckets in a namespace, and in a request. */
#define KC_VRRP_INDEX_SIZE 4096
#define KC_VRRP_INDEX_BITS ilog2(KC_VRRP_INDEX_SIZE)

/**
 * struct kc_vrrp_item - an address or a route that comes with mastership
 *
 * The first part is what the operator asked for and does not change. The
 * second part is protected by the router's hold_mutex.
 */
struct kc_vrrp_item {
	/** @list: in &kc_vrrp.items; under hold_mutex */
	struct list_head list;
	/** @attr: netlink attribute it came from; only while a request runs */
	const struct nlattr *attr;
	/** @index: finds it by @addr, see index.c; under the mutex */
	struct hlist_node index;
	/** @router: whose it is, NULL while a request runs */
	struct kc_vrrp *router;
	/** @is_route: a route, not an address */
	bool is_route;
	/** @family: KC_AF_INET or KC_AF_INET6 */
	u8 family;
	/** @prefixlen: of @addr */
	u8 prefixlen;
	/** @scope: rtnetlink scope of an address */
	u8 scope;
	/** @excluded: address not listed in advertisements */
	bool excluded;
	/** @local: IPv4 addresses held as a local route: all of the prefix */
	bool local;
	/** @has_via: @via is meant */
	bool has_via;
	/** @addr: the address, or the route's destination; network order */
	u8 addr[16];
	/** @via: gateway of a route; network order */
	u8 via[16];
	/** @metric: priority of a route */
	u32 metric;
	/** @table: table of a route, 0 for main */
	u32 table;
	/** @ifname: device; empty: the router's for addresses, any for routes */
	char ifname[IFNAMSIZ];

	/** @sight: while many are looked for at once, see address.c */
	struct hlist_node sight;
	/** @seen: it was found to be in place and ours */
	bool seen;
	/** @tried: the worker did what it could in this pass */
	bool tried;
	/** @state: enum kcluster_vrrp_item_state */
	u8 state;
	/** @dying: to be removed from the system and freed */
	bool dying;
	/** @error: positive errno of the last refusal */
	int error;
	/** @ifindex: device it was put on, 0 if none */
	int ifindex;
	/** @removals: how often somebody else removed it since @removed_at */
	unsigned int removals;
	/** @removed_at: ns */
	u64 removed_at;
	/** @counted_at: when the last of them counted, ns */
	u64 counted_at;
};

/**
 * struct kc_vrrp_vip - an address as softirqs need it
 */
struct kc_vrrp_vip {
	/** @addr: network order */
	u8 addr[16];
	/** @family: KC_AF_INET or KC_AF_INET6 */
	u8 family;
	/** @listed: in advertisements */
	bool listed;
	/** @first: of those on its device */
	bool first;
	/** @ifname: device that carries it */
	char ifname[IFNAMSIZ];
};

/* items.c: addresses and routes of a router; need the mutex.
 * They take the lists over only if they succeed.
 */
int kc_vrrp_items_check(const struct kc_vrrp *r, struct list_head *items,
			const struct list_head *paths,
			struct netlink_ext_ack *extack);
int kc_vrrp_items_add(struct kc_vrrp *r, struct list_head *items,
		      struct netlink_ext_ack *extack);
int kc_vrrp_items_del(struct kc_vrrp *r, struct list_head *items,
		      struct netlink_ext_ack *extack);
void kc_vrrp_items_free(struct list_head *items);
void kc_vrrp_items_return(struct kc_vrrp *r, struct list_head *items);
int kc_vrrp_vips_build(struct kc_vrrp *r);
void kc_vrrp_items_adopt(struct kc_vrrp *r, struct list_head *items);

/* index.c: items by their address */
struct hlist_head *kc_vrrp_index_alloc(void);
struct hlist_head *kc_vrrp_index_bucket(struct hlist_head *index, u8 family,
					const u8 *addr);
void kc_vrrp_index_add(struct kc_vrrp *r, struct kc_vrrp_item *item);
void kc_vrrp_index_del(struct kc_vrrp_item *item);
struct kc_vrrp_item *kc_vrrp_index_find(const struct kc_vrrp *r,
					const struct kc_vrrp_item *like,
					bool elsewhere);
const char *kc_vrrp_index_owner(const struct kc_net *kn, u8 family,
				const u8 *addr);
struct kc_vrrp_item *kc_vrrp_index_meant(const struct kc_vrrp *r,
					 const struct kc_vrrp_item *like);

/**
 * struct kc_vrrp_sight - an address as the system has it
 */
struct kc_vrrp_sight {
	/** @there: it exists */
	bool there;
	/** @ours: it carries our mark */
	bool ours;
	/** @bears: others would be deleted together with it */
	bool bears;
};

/* address.c, route.c: the system's addresses and routes, for whose request it
 * is. Addresses may be those of other concepts.
 */
struct kc_vrrp_sight
kc_vrrp_address_look(const struct kc_request *req,
		     const struct kc_vrrp_item *item, int ifindex);
int kc_vrrp_address_add(struct kc_request *req,
			const struct kc_vrrp_item *item, int ifindex);
int kc_vrrp_address_del(struct kc_request *req,
			const struct kc_vrrp_item *item);
void kc_vrrp_addresses_look(struct kc_vrrp *r);
int kc_vrrp_route_add(struct kc_vrrp *r, const struct kc_vrrp_item *item,
		      int ifindex);
int kc_vrrp_route_del(struct kc_vrrp *r, const struct kc_vrrp_item *item);
int kc_vrrp_local_add(struct kc_request *req, const struct kc_vrrp_item *item,
		      int ifindex);
int kc_vrrp_local_del(struct kc_request *req, const struct kc_vrrp_item *item);

/* guard.c: what others take away */
#define KC_VRRP_LOST 0

unsigned int kc_vrrp_route_bit(u8 family, const u8 *dst, u8 prefixlen);
int kc_vrrp_guard_register(struct kc_net *kn);
void kc_vrrp_guard_unregister(struct kc_net *kn);
void kc_vrrp_guard_lost(struct kc_vrrp *r);
void kc_vrrp_guard_restored(struct kc_vrrp *r, struct kc_vrrp_item *item,
			    const char *where);

/* How many addresses is it? Those of a local route are all of its prefix. */
static inline unsigned int kc_vrrp_item_size(const struct kc_vrrp_item *item)
{
	if (!item->local)
		return 1;
	return 1U << (8 * kc_addr_len(item->family) - item->prefixlen);
}

/* One of the addresses of an item; @nth below its size. */
static inline void kc_vrrp_item_nth(const struct kc_vrrp_item *item,
				    unsigned int nth, u8 *addr)
{
	size_t i = kc_addr_len(item->family);

	memcpy(addr, item->addr, sizeof(item->addr));
	/* The host bits are zero where there is more than one. */
	for (; nth; nth >>= 8)
		addr[--i] |= nth & 0xff;
}

/* Is the address one of those of an item, which is no route? */
static inline bool kc_vrrp_item_covers(const struct kc_vrrp_item *item,
				       u8 family, const u8 *addr)
{
	unsigned int bits = 8 * kc_addr_len(family), whole;

	if (item->is_route || item->family != family)
		return false;
	if (item->local)
		bits = item->prefixlen;
	whole = bits / 8;
	return !memcmp(item->addr, addr, whole) &&
	       (bits % 8 == 0 ||
		!((item->addr[whole] ^ addr[whole]) >> (8 - bits % 8)));
}

#endif
