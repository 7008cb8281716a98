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

static const char *kind_of(const struct kc_vrrp_item *item)
{
	return item->is_route ? "route" : "address";
}

/* May it be added, as far as what is there already is concerned? */
static int check_item(const struct kc_vrrp *r, const struct kc_vrrp_item *item,
		      struct netlink_ext_ack *extack)
{
	const struct kc_vrrp_item *other;

	if (kc_vrrp_index_find(r, item, false))
		return kc_refuse(extack, item->attr, -EEXIST,
				 "virtual router \"%s\" has this %s already",
				 r->name, kind_of(item));
	/*
	 * Two routers that put the same thing in place would take it from each
	 * other.
	 */
	other = kc_vrrp_index_find(r, item, true);
	if (other)
		return kc_refuse(extack, item->attr, -EEXIST,
				 "virtual router \"%s\" has this %s already",
				 other->router->name, kind_of(item));
	if (!item->is_route && item->family != r->family && !item->excluded)
		return kc_refuse(extack, item->attr, -EINVAL,
				 "an IPv%u address cannot be listed in IPv%u advertisements: mark it excluded",
				 item->family == KC_AF_INET6 ? 6 : 4,
				 r->family == KC_AF_INET6 ? 6 : 4);
	return 0;
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
	fits = min_t(unsigned int, fits, KCLUSTER_VRRP_LISTED_MAX);
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
	unsigned int addresses = r->n_vips, routes = r->n_routes, listed;
	const struct kc_vrrp_path *path;
	const struct nlattr *attr = NULL;
	struct kc_vrrp_item *item;
	int err;

	lockdep_assert_held(&r->kn->vrrp.mutex);

	list_for_each_entry(item, items, list) {
		attr = item->attr;
		err = check_item(r, item, extack);
		if (err)
			return err;
		if (item->is_route)
			routes++;
		else
			addresses += kc_vrrp_item_size(item);
	}
	if (addresses > KCLUSTER_VRRP_ADDRESSES_MAX)
		return kc_refuse(extack, attr, -E2BIG,
				 "%u addresses are too many: a virtual router has at most %u",
				 addresses, KCLUSTER_VRRP_ADDRESSES_MAX);
	if (routes > KCLUSTER_VRRP_ROUTES_MAX)
		return kc_refuse(extack, attr, -E2BIG,
				 "a virtual router has at most %u routes",
				 KCLUSTER_VRRP_ROUTES_MAX);
	err = kc_vrrp_tracks_check(&r->tracks, items, true, extack);
	if (err)
		return err;
	listed = count_listed(&r->items) + count_listed(items);
	list_for_each_entry(path, paths, list) {
		err = check_room(r, path->ifname, listed, attr, extack);
		if (err)
			return err;
	}
	/* Where there is room for them, one octet counts them. */
	if (listed > KCLUSTER_VRRP_LISTED_MAX)
		return kc_refuse(extack, attr, -E2BIG,
				 "%u addresses do not fit an advertisement, which lists at most %u: exclude the others",
				 listed, KCLUSTER_VRRP_LISTED_MAX);
	return 0;
}

static void count(struct kc_vrrp *r, const struct kc_vrrp_item *item, int by)
{
	if (item->is_route)
		r->n_routes += by;
	else
		r->n_addresses += by;
	if (item->local)
		r->n_locals += by;
}

/**
 * kc_vrrp_items_adopt() - take checked items over
 * @r: the router, hold_mutex and mutex of its namespace held
 * @items: empty afterwards
 */
void kc_vrrp_items_adopt(struct kc_vrrp *r, struct list_head *items)
{
	struct kc_vrrp_item *item;

	lockdep_assert_held(&r->hold_mutex);
	list_for_each_entry(item, items, list) {
		item->attr = NULL;
		count(r, item, 1);
		kc_vrrp_index_add(r, item);
		if (item->is_route)
			set_bit(kc_vrrp_route_bit(item->family, item->addr,
						  item->prefixlen),
				r->kn->vrrp.route_bits);
	}
	list_splice_tail_init(items, &r->items);
}

/* Undo kc_vrrp_items_adopt() from the @first one on. */
static void give_back(struct kc_vrrp *r, struct kc_vrrp_item *first,
		      struct list_head *items)
{
	struct kc_vrrp_item *item = first, *next;

	list_for_each_entry_safe_from(item, next, &r->items, list) {
		count(r, item, -1);
		kc_vrrp_index_del(item);
		list_move_tail(&item->list, items);
	}
}

/**
 * kc_vrrp_items_return() - undo kc_vrrp_items_adopt() for a new router
 * @r: the router, mutex of its namespace held
 * @items: gets all of its items
 */
void kc_vrrp_items_return(struct kc_vrrp *r, struct list_head *items)
{
	give_back(r, list_first_entry(&r->items, struct kc_vrrp_item, list),
		  items);
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

/* Is there no address on its device among the @n before? */
static bool is_first(const struct kc_vrrp_vip *vips, unsigned int n)
{
	const struct kc_vrrp_vip *vip = &vips[n], *before;

	/* Most are on the device of the one before. */
	if (n && !strcmp(vip[-1].ifname, vip->ifname))
		return false;
	for (before = vips; before < vip; before++)
		if (before->first && !strcmp(before->ifname, vip->ifname))
			return false;
	return true;
}

/* Adds the addresses of an item to those @n before. Returns how many. */
static unsigned int fill_vips(const struct kc_vrrp *r,
			      const struct kc_vrrp_item *item,
			      struct kc_vrrp_vip *vips, unsigned int n)
{
	unsigned int i, size = kc_vrrp_item_size(item);
	struct kc_vrrp_vip *vip;

	for (i = 0; i < size; i++) {
		vip = &vips[n + i];
		vip->family = item->family;
		vip->listed = !item->excluded;
		kc_vrrp_item_nth(item, i, vip->addr);
		strscpy(vip->ifname, item->ifname[0] ? item->ifname : r->ifname,
			sizeof(vip->ifname));
		vip->first = is_first(vips, n + i);
	}
	return size;
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
	unsigned int max = 1, n = 0, listed;
	struct kc_vrrp_item *item;
	struct kc_vrrp_vip *vips;
	u8 *payload;

	lockdep_assert_held(&r->hold_mutex);
	list_for_each_entry(item, &r->items, list)
		if (!item->is_route && !item->dying)
			max += kc_vrrp_item_size(item);
	/* One more than needed: an empty list is an array, too. */
	vips = kvcalloc(max, sizeof(*vips), GFP_KERNEL_ACCOUNT);
	payload = kvcalloc(count_listed(&r->items) + 1, len,
			   GFP_KERNEL_ACCOUNT);
	if (!vips || !payload) {
		kvfree(vips);
		kvfree(payload);
		return -ENOMEM;
	}
	list_for_each_entry(item, &r->items, list)
		if (!item->is_route && !item->dying)
			n += fill_vips(r, item, vips, n);
	listed = fill_payload(r, payload);

	spin_lock_bh(&r->lock);
	swap(r->vips, vips);
	swap(r->payload, payload);
	r->n_vips = n;
	r->n_payload = listed;
	r->announce_next = 0;
	r->introduced = false;
	spin_unlock_bh(&r->lock);
	kvfree(vips);
	kvfree(payload);
	return 0;
}

/* The lists are new: look again, let the worker catch up and wait for it. */
static void items_changed(struct kc_vrrp *r)
{
	spin_lock_bh(&r->lock);
	r->kn->vrrp.generation++;
	/* What others removed may not be wanted any more. */
	r->fight_until = 0;
	kc_vrrp_reassess(r, NULL);
	kc_vrrp_requeue(r);
	kthread_queue_work(r->kn->vrrp.worker, &r->hold_work);
	spin_unlock_bh(&r->lock);
	kc_vrrp_hold_wait(r);
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
	struct kc_vrrp_item *item;
	int err;

	lockdep_assert_held(&r->kn->vrrp.mutex);

	item = list_first_entry(items, struct kc_vrrp_item, list);
	if (r->settings.fsm.witness)
		return kc_refuse(extack, item->attr, -EINVAL,
				 "\"%s\" is a witness and holds nothing: give addresses and routes to the virtual routers that it votes on",
				 r->name);
	mutex_lock(&r->hold_mutex);
	err = kc_vrrp_items_check(r, items, &r->paths, extack);
	if (err)
		goto out;
	kc_vrrp_items_adopt(r, items);
	err = kc_vrrp_vips_build(r);
	if (err)
		give_back(r, item, items);
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
		if (kc_vrrp_index_meant(r, like))
			continue;
		err = kc_refuse(extack, like->attr, -ENOENT,
				"virtual router \"%s\" has no such %s",
				r->name, kind_of(like));
		goto out;
	}
	list_for_each_entry(like, items, list) {
		item = kc_vrrp_index_meant(r, like);
		if (!item)
			continue;	/* named twice */
		item->dying = true;
		item->tried = false;
		count(r, item, -1);
		kc_vrrp_index_del(item);
	}
	err = kc_vrrp_vips_build(r);
	if (!err)
		goto out;
	list_for_each_entry(item, &r->items, list) {
		if (!item->dying)
			continue;
		item->dying = false;
		item->tried = false;
		count(r, item, 1);
		kc_vrrp_index_add(r, item);
	}
out:
	mutex_unlock(&r->hold_mutex);
	if (!err)
		items_changed(r);
	return err;
}

/**
 * kc_vrrp_items_free() - free items that nobody knows any more
 * @items: the list; the mutex is held if a router adopted them
 */
void kc_vrrp_items_free(struct list_head *items)
{
	struct kc_vrrp_item *item, *next;

	list_for_each_entry_safe(item, next, items, list) {
		kc_vrrp_index_del(item);
		kfree(item);
	}
	INIT_LIST_HEAD(items);
}
