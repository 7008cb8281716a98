// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses and routes of a virtual router: the lists.
 */
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "../extack.h"
#include "../net.h"
#include "router.h"
#include "track.h"

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

/* What @like, as said to router @r, is in router @in. */
static struct kc_vrrp_item *find_item(const struct kc_vrrp *in,
				      const struct kc_vrrp *r,
				      const struct kc_vrrp_item *like)
{
	struct kc_vrrp_item *item;

	list_for_each_entry(item, &in->items, list)
		if (!item->dying && same_item(in, item, r, like))
			return item;
	return NULL;
}

/* What to delete: gateway and device of a route matter only if given. */
static struct kc_vrrp_item *find_meant(const struct kc_vrrp *r,
				       const struct kc_vrrp_item *like)
{
	struct kc_vrrp_item *item;

	if (!like->is_route)
		return find_item(r, r, like);
	list_for_each_entry(item, &r->items, list) {
		if (item->dying || !item->is_route ||
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

/*
 * Two routers that put the same thing in place would take it from each other.
 */
static int check_others(const struct kc_vrrp *r, const struct list_head *items,
			struct netlink_ext_ack *extack)
{
	const struct kc_vrrp_item *item;
	struct kc_vrrp *other;
	int err = 0;

	list_for_each_entry(other, &r->kn->vrrp.routers, list) {
		if (other == r)
			continue;
		/* The namespace's mutex orders those who hold two of them. */
		mutex_lock_nested(&other->hold_mutex, SINGLE_DEPTH_NESTING);
		list_for_each_entry(item, items, list) {
			if (!find_item(other, r, item))
				continue;
			err = kc_refuse(extack, item->attr, -EEXIST,
					"virtual router \"%s\" has this %s already",
					other->name,
					item->is_route ? "route" : "address");
			break;
		}
		mutex_unlock(&other->hold_mutex);
		if (err)
			break;
	}
	return err;
}

static unsigned int count_listed(const struct list_head *items)
{
	const struct kc_vrrp_item *item;
	unsigned int n = 0;

	list_for_each_entry(item, items, list)
		if (!item->is_route && !item->excluded && !item->dying)
			n++;
	return n;
}

/* Will the advertisement still fit the device, if there is one? */
static int check_room(const struct kc_vrrp *r, const char *ifname,
		      unsigned int listed, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	unsigned int room = 0, fits;
	struct net_device *dev;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(r->kn->net, ifname);
	if (dev)
		room = kc_vrrp_payload_max(dev, r->family);
	rcu_read_unlock();
	if (!dev || kc_vrrp_length(&r->format, listed) <= room)
		return 0;
	fits = room < kc_vrrp_length(&r->format, 0) ? 0 :
	       (room - kc_vrrp_length(&r->format, 0)) / kc_addr_len(r->family);
	return kc_refuse(extack, attr, -EMSGSIZE,
			 "%u addresses do not fit an advertisement on %s, its MTU has room for %u: exclude the others",
			 listed, ifname, fits);
}

/**
 * kc_vrrp_items_check() - may these be added?
 * @r: the router, mutex of its namespace held
 * @items: &struct kc_vrrp_item with their attributes
 * @paths: the paths that the router has or will have
 * @extack: why not
 *
 * Return: 0 or a negative errno
 */
int kc_vrrp_items_check(const struct kc_vrrp *r, struct list_head *items,
			const struct list_head *paths,
			struct netlink_ext_ack *extack)
{
	const struct kc_vrrp_path *path;
	unsigned int addresses = r->n_addresses, routes = r->n_routes, listed;
	const struct nlattr *attr = NULL;
	struct kc_vrrp_item *item, *other;
	int err;

	lockdep_assert_held(&r->kn->vrrp.mutex);

	list_for_each_entry(item, items, list) {
		const char *what = item->is_route ? "route" : "address";

		attr = item->attr;
		if (find_item(r, r, item))
			return kc_refuse(extack, attr, -EEXIST,
					 "virtual router \"%s\" has this %s already",
					 r->name, what);
		list_for_each_entry(other, items, list) {
			if (other == item)
				break;
			if (same_item(r, item, r, other))
				return kc_refuse(extack, attr, -EEXIST,
						 "this %s is given twice",
						 what);
		}
		if (!item->is_route && item->family != r->family &&
		    !item->excluded)
			return kc_refuse(extack, attr, -EINVAL,
					 "an IPv%u address cannot be listed in IPv%u advertisements: mark it excluded",
					 item->family == KC_AF_INET6 ? 6 : 4,
					 r->family == KC_AF_INET6 ? 6 : 4);
		if (item->is_route)
			routes++;
		else
			addresses++;
	}
	if (addresses > KCLUSTER_VRRP_ADDRESSES_MAX)
		return kc_refuse(extack, attr, -E2BIG,
				 "a virtual router has at most %u addresses",
				 KCLUSTER_VRRP_ADDRESSES_MAX);
	if (routes > KCLUSTER_VRRP_ROUTES_MAX)
		return kc_refuse(extack, attr, -E2BIG,
				 "a virtual router has at most %u routes",
				 KCLUSTER_VRRP_ROUTES_MAX);
	err = kc_vrrp_tracks_check(&r->tracks, items, true, extack);
	if (!err)
		err = check_others(r, items, extack);
	if (err)
		return err;
	listed = count_listed(&r->items) + count_listed(items);
	list_for_each_entry(path, paths, list) {
		err = check_room(r, path->ifname, listed, attr, extack);
		if (err)
			return err;
	}
	return 0;
}

/**
 * kc_vrrp_items_adopt() - take checked items over
 * @r: the router, hold_mutex held
 * @items: empty afterwards
 */
void kc_vrrp_items_adopt(struct kc_vrrp *r, struct list_head *items)
{
	struct kc_vrrp_item *item;

	lockdep_assert_held(&r->hold_mutex);
	list_for_each_entry(item, items, list) {
		item->attr = NULL;
		if (item->is_route) {
			r->n_routes++;
			set_bit(kc_vrrp_route_bit(item->family, item->addr,
						  item->prefixlen),
				r->kn->vrrp.route_bits);
		} else {
			r->n_addresses++;
		}
	}
	list_splice_tail_init(items, &r->items);
}

static bool is_link_local6(const struct kc_vrrp_item *item)
{
	return item->family == KC_AF_INET6 && item->addr[0] == 0xfe &&
	       (item->addr[1] & 0xc0) == 0x80;
}

/*
 * The addresses of the advertisement, as configured, but "the first address
 * MUST be the IPv6 link-local address" (RFC 9568, 5.2.9). Returns how many.
 */
static unsigned int fill_payload(const struct kc_vrrp *r, u8 *payload)
{
	size_t len = kc_addr_len(r->family);
	const struct kc_vrrp_item *item;
	unsigned int n = 0, pass;

	for (pass = 0; pass < 2; pass++)
		list_for_each_entry(item, &r->items, list)
			if (!item->is_route && !item->dying &&
			    !item->excluded && is_link_local6(item) == !pass)
				memcpy(payload + len * n++, item->addr, len);
	return n;
}

/**
 * kc_vrrp_vips_build() - make what softirqs need from the items
 * @r: the router, hold_mutex held
 *
 * Return: 0 or -ENOMEM; then everything is as before
 */
int kc_vrrp_vips_build(struct kc_vrrp *r)
{
	size_t len = kc_addr_len(r->family);
	struct kc_vrrp_vip *vips, *vip, *before;
	struct kc_vrrp_item *item;
	unsigned int n = 0, listed;
	u8 *payload;

	lockdep_assert_held(&r->hold_mutex);
	/* One more than needed: an empty list is an array, too. */
	vips = kvcalloc(r->n_addresses + 1, sizeof(*vips), GFP_KERNEL_ACCOUNT);
	payload = kvcalloc(r->n_addresses + 1, len, GFP_KERNEL_ACCOUNT);
	if (!vips || !payload) {
		kvfree(vips);
		kvfree(payload);
		return -ENOMEM;
	}
	list_for_each_entry(item, &r->items, list) {
		if (item->is_route || item->dying)
			continue;
		vip = &vips[n++];
		vip->family = item->family;
		vip->listed = !item->excluded;
		vip->first = true;
		memcpy(vip->addr, item->addr, sizeof(vip->addr));
		strscpy(vip->ifname, item->ifname[0] ? item->ifname : r->ifname,
			sizeof(vip->ifname));
		for (before = vips; before < vip && vip->first; before++)
			vip->first = strcmp(before->ifname, vip->ifname);
	}
	listed = fill_payload(r, payload);

	spin_lock_bh(&r->lock);
	swap(r->vips, vips);
	swap(r->payload, payload);
	r->n_vips = n;
	r->n_payload = listed;
	r->announce_next = 0;
	spin_unlock_bh(&r->lock);
	kvfree(vips);
	kvfree(payload);
	return 0;
}

/* The lists are new: look again, let the worker catch up and wait for it. */
static void items_changed(struct kc_vrrp *r)
{
	spin_lock_bh(&r->lock);
	/* What others removed may not be wanted any more. */
	r->fight_until = 0;
	kc_vrrp_reassess(r, NULL);
	kc_vrrp_requeue(r);
	kthread_queue_work(r->kn->vrrp.worker, &r->hold_work);
	spin_unlock_bh(&r->lock);
	kthread_flush_work(&r->hold_work);
}

/**
 * kc_vrrp_items_add() - add addresses or routes to a router
 * @r: the router, mutex of its namespace held
 * @items: what to add; taken over on success
 * @extack: why not
 *
 * On a master they are in place, or have failed, when this returns.
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_vrrp_items_add(struct kc_vrrp *r, struct list_head *items,
		      struct netlink_ext_ack *extack)
{
	struct kc_vrrp_item *item, *next;
	int err;

	lockdep_assert_held(&r->kn->vrrp.mutex);

	mutex_lock(&r->hold_mutex);
	err = kc_vrrp_items_check(r, items, &r->paths, extack);
	if (err)
		goto out;
	item = list_first_entry(items, struct kc_vrrp_item, list);
	kc_vrrp_items_adopt(r, items);
	err = kc_vrrp_vips_build(r);
	if (!err)
		goto out;
	/* Give back from the first one added on. */
	list_for_each_entry_safe_from(item, next, &r->items, list) {
		if (item->is_route)
			r->n_routes--;
		else
			r->n_addresses--;
		list_move_tail(&item->list, items);
	}
out:
	mutex_unlock(&r->hold_mutex);
	if (!err)
		items_changed(r);
	return err;
}

/**
 * kc_vrrp_items_del() - take addresses or routes from a router
 * @r: the router, mutex of its namespace held
 * @items: which; stays the caller's
 * @extack: why not
 *
 * They are gone from the system when this returns.
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_vrrp_items_del(struct kc_vrrp *r, struct list_head *items,
		      struct netlink_ext_ack *extack)
{
	struct kc_vrrp_item *like, *item;
	int err = 0;

	lockdep_assert_held(&r->kn->vrrp.mutex);

	mutex_lock(&r->hold_mutex);
	list_for_each_entry(like, items, list) {
		if (find_meant(r, like))
			continue;
		err = kc_refuse(extack, like->attr, -ENOENT,
				"virtual router \"%s\" has no such %s",
				r->name, like->is_route ? "route" : "address");
		goto out;
	}
	list_for_each_entry(like, items, list) {
		item = find_meant(r, like);
		if (!item)
			continue;	/* named twice */
		item->dying = true;
		if (item->is_route)
			r->n_routes--;
		else
			r->n_addresses--;
	}
	err = kc_vrrp_vips_build(r);
	if (!err)
		goto out;
	list_for_each_entry(item, &r->items, list) {
		if (!item->dying)
			continue;
		item->dying = false;
		if (item->is_route)
			r->n_routes++;
		else
			r->n_addresses++;
	}
out:
	mutex_unlock(&r->hold_mutex);
	if (!err)
		items_changed(r);
	return err;
}

/**
 * kc_vrrp_items_free() - free items that nobody knows any more
 * @items: the list
 */
void kc_vrrp_items_free(struct list_head *items)
{
	struct kc_vrrp_item *item, *next;

	list_for_each_entry_safe(item, next, items, list)
		kfree(item);
	INIT_LIST_HEAD(items);
}
