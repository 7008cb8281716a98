// SPDX-License-Identifier: GPL-2.0
/*
 * A virtual MAC without a device of its own (RFC 9568, 7.3).
 *
 * The devices that carry addresses of a router, and the router's own, bear its
 * virtual MAC: hooks see their frames (frame.c) as long as the router exists,
 * so that a takeover has nothing to set up, and while it is master their
 * filter takes frames to that MAC besides those to their own. Whether a
 * device bears it is for the worker to see to, whether the router is master
 * the hooks see for themselves.
 *
 * The virtual MAC is that of the router's family, also for addresses of the
 * other one: the VRID belongs to somebody else there.
 */
#include <linux/if_arp.h>
#include <linux/if_macvlan.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "../extack.h"
#include "../log.h"
#include "../net.h"
#include "router.h"
#include "vmac.h"

/* Nobody asks for the MAC of an address on it. */
static bool has_no_neighbours(const struct net_device *dev)
{
	return dev->type != ARPHRD_ETHER || dev->flags & IFF_NOARP;
}

/* Why can the device not bear a virtual MAC? NULL if it can. */
static const char *flaw_of(const struct net_device *dev)
{
	const struct macvlan_dev *macvlan;

	if (has_no_neighbours(dev))
		return "is no Ethernet device with neighbours";
	if (!netif_is_macvlan(dev))
		return NULL;
	macvlan = netdev_priv(dev);
	return macvlan->mode == MACVLAN_MODE_PASSTHRU ? NULL :
		"is a macvlan, which only gets frames to its own MAC";
}

static const char *ifname_of(const struct kc_vrrp *r,
			     const struct kc_vrrp_item *item)
{
	return item->ifname[0] ? item->ifname : r->ifname;
}

/**
 * kc_vrrp_vmac_check() - can there be a virtual MAC?
 * @r: the router, mutex of its namespace held
 * @settings: what it shall have
 * @items: its addresses
 * @attrs: what was asked for
 * @extack: why not
 *
 * Devices that do not exist yet may turn out to be suitable, and one that is
 * not, such as a tunnel that carries the advertisements, does no harm.
 *
 * Return: 0 or a negative errno
 */
int kc_vrrp_vmac_check(const struct kc_vrrp *r,
		       const struct kc_vrrp_settings *settings,
		       const struct list_head *items, struct nlattr **attrs,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = attrs[KCLUSTER_A_VRRP_VMAC];
	const struct kc_vrrp_item *item;
	const struct net_device *dev;
	const char *flaw = NULL;
	bool suits = false;

	if (!settings->vmac)
		return 0;
	if (!IS_ENABLED(CONFIG_NETFILTER_EGRESS))
		return kc_refuse(extack, attr, -EOPNOTSUPP,
				 "a virtual MAC needs CONFIG_NETFILTER_EGRESS, without which this kernel was built");
	rcu_read_lock();
	dev = dev_get_by_name_rcu(r->kn->net, r->ifname);
	if (dev)
		flaw = flaw_of(dev);
	suits = !flaw;
	list_for_each_entry(item, items, list) {
		if (item->is_route || item->dying)
			continue;
		dev = dev_get_by_name_rcu(r->kn->net, ifname_of(r, item));
		suits |= !dev || !flaw_of(dev);
	}
	rcu_read_unlock();
	if (suits)
		return 0;
	return kc_refuse(extack, attr, -EOPNOTSUPP,
			 "no device of the virtual router can have a virtual MAC: %s %s",
			 r->ifname, flaw);
}

static struct kc_vrrp __rcu **slot_of(const struct kc_vrrp_bearer *bearer)
{
	const struct kc_vrrp *r = bearer->router;

	return &bearer->segment->router[r->family == KC_AF_INET6][r->vrid];
}

static struct kc_vrrp_segment *get_segment(struct kc_net *kn,
					   struct net_device *dev)
{
	struct kc_vrrp_segment *segment;

	list_for_each_entry(segment, &kn->vrrp.segments, list)
		if (segment->dev == dev)
			return segment;
	segment = kvzalloc(sizeof(*segment), GFP_KERNEL_ACCOUNT);
	if (!segment)
		return NULL;
	segment->kn = kn;
	segment->dev = dev;
	segment->ifindex = dev->ifindex;
	INIT_LIST_HEAD(&segment->bearers);
	if (kc_vrrp_frame_register(segment)) {
		kvfree(segment);
		return NULL;
	}
	list_add_tail(&segment->list, &kn->vrrp.segments);
	return segment;
}

static void put_segment(struct kc_vrrp_segment *segment)
{
	if (!list_empty(&segment->bearers))
		return;
	list_del(&segment->list);
	kc_vrrp_frame_unregister(segment);
	kvfree_rcu(segment, rcu);
}

static void unfilter(struct kc_vrrp_bearer *bearer)
{
	if (bearer->filtered)
		dev_uc_del(bearer->segment->dev, bearer->router->mac);
	bearer->filtered = false;
}

/* The caller puts the segment. */
static void leave_segment(struct kc_vrrp_bearer *bearer)
{
	unfilter(bearer);
	RCU_INIT_POINTER(*slot_of(bearer), NULL);
	list_del(&bearer->beside);
	bearer->segment = NULL;
}

static void drop_bearer(struct kc_vrrp_bearer *bearer)
{
	struct kc_vrrp *r = bearer->router;

	if (bearer->segment)
		leave_segment(bearer);
	spin_lock_bh(&r->lock);
	r->introduced = false;
	list_del(&bearer->list);
	spin_unlock_bh(&r->lock);
	kfree(bearer);
}

/*
 * A VLAN of a bridge went, and the bridge still has the virtual MAC: it would
 * keep the frames from the next master behind one of its ports. The worker
 * removes it; meanwhile the device may come back with its old index.
 */
static void orphan_bearer(struct kc_vrrp_bearer *bearer)
{
	struct kc_vrrp *r = bearer->router;

	leave_segment(bearer);
	spin_lock_bh(&r->lock);
	bearer->ifindex = -bearer->ifindex;
	/* Whoever deletes a router sees to it by itself. */
	if (!r->dead)
		kthread_queue_work(r->kn->vrrp.worker, &r->hold_work);
	spin_unlock_bh(&r->lock);
}

static struct kc_vrrp_bearer *find_bearer(const struct kc_vrrp *r, int ifindex)
{
	struct kc_vrrp_bearer *bearer;

	list_for_each_entry(bearer, &r->bearers, list)
		if (bearer->ifindex == ifindex)
			return bearer;
	return NULL;
}

/* Let the device bear the router's virtual MAC; NULL or why it cannot. */
static const char *bear(struct kc_vrrp *r, struct net_device *dev)
{
	struct kc_vrrp_bearer *bearer = find_bearer(r, dev->ifindex);
	struct kc_vrrp_segment *segment;

	if (bearer) {
		bearer->wanted = true;
		return NULL;
	}
	segment = get_segment(r->kn, dev);
	if (!segment)
		return "has no room for it: there is not enough memory";
	bearer = kzalloc(sizeof(*bearer), GFP_KERNEL_ACCOUNT);
	if (!bearer) {
		put_segment(segment);
		return "has no room for it: there is not enough memory";
	}
	bearer->router = r;
	bearer->segment = segment;
	bearer->ifindex = dev->ifindex;
	bearer->wanted = true;
	bearer->bridge = kc_vrrp_fdb_bridge(dev, &bearer->vlan);
	if (rtnl_dereference(*slot_of(bearer))) {
		kfree(bearer);
		return "bears the virtual MAC of another virtual router with this vrid";
	}
	rcu_assign_pointer(*slot_of(bearer), r);
	list_add_tail(&bearer->beside, &segment->bearers);
	spin_lock_bh(&r->lock);
	r->introduced = false;
	list_add_tail(&bearer->list, &r->bearers);
	spin_unlock_bh(&r->lock);
	return NULL;
}

/**
 * struct sight - what kc_vrrp_vmac_apply() comes upon
 * @flaw: what some device lacks, empty if nothing
 * @alive: the router has a virtual MAC and is not being deleted
 * @changed: on some device another MAC is right now
 * @failed: to be tried again
 */
struct sight {
	char flaw[KC_VRRP_REASON_MAX];
	bool alive;
	bool changed;
	bool failed;
};

static void note_flaw(struct sight *sight, const char *ifname, const char *flaw)
{
	if (!sight->flaw[0])
		snprintf(sight->flaw, sizeof(sight->flaw), "%s %s", ifname,
			 flaw);
}

static void bear_by_name(struct kc_vrrp *r, const char *ifname,
			 struct sight *sight)
{
	struct net_device *dev = __dev_get_by_name(r->kn->net, ifname);
	const char *flaw;

	/* One that appears is told of; one without neighbours needs none. */
	if (!dev || has_no_neighbours(dev))
		return;
	flaw = flaw_of(dev);
	if (!flaw) {
		flaw = bear(r, dev);
		sight->failed |= !!flaw;
	}
	if (flaw)
		note_flaw(sight, ifname, flaw);
}

/* Which devices are to bear the virtual MAC? Those that do not yet begin. */
static void bear_where_wanted(struct kc_vrrp *r, struct sight *sight)
{
	struct kc_vrrp_bearer *bearer;
	struct kc_vrrp_item *item;
	const char *last = r->ifname;

	list_for_each_entry(bearer, &r->bearers, list)
		bearer->wanted = false;
	spin_lock_bh(&r->lock);
	sight->alive = r->settings.vmac && !r->dead;
	spin_unlock_bh(&r->lock);
	if (!sight->alive)
		return;
	bear_by_name(r, r->ifname, sight);
	list_for_each_entry(item, &r->items, list) {
		if (item->is_route || !strcmp(ifname_of(r, item), last))
			continue;
		last = ifname_of(r, item);
		bear_by_name(r, last, sight);
	}
}

static void filter_where_wanted(struct kc_vrrp *r, struct sight *sight)
{
	struct kc_vrrp_bearer *bearer;

	list_for_each_entry(bearer, &r->bearers, list) {
		if (!bearer->wanted || bearer->filtered || bearer->bridge)
			continue;
		if (dev_uc_add(bearer->segment->dev, r->mac)) {
			note_flaw(sight, bearer->segment->dev->name,
				  "has no room for it in its filter");
			sight->failed = true;
			continue;
		}
		bearer->filtered = true;
		sight->changed = true;
	}
}

static void drop_unwanted(struct kc_vrrp *r, bool want, struct sight *sight)
{
	struct kc_vrrp_bearer *bearer, *next;
	struct kc_vrrp_segment *segment;

	list_for_each_entry_safe(bearer, next, &r->bearers, list) {
		if (!want)
			unfilter(bearer);
		/* What a bridge refuses is tried again as long as that goes. */
		if (bearer->wanted || (bearer->entered && sight->alive))
			continue;
		segment = bearer->segment;
		drop_bearer(bearer);
		if (segment)
			put_segment(segment);
		sight->changed = true;
	}
}

/* One whose bridge is not as it shall be. */
static struct kc_vrrp_bearer *find_unswitched(const struct kc_vrrp *r,
					      bool want)
{
	struct kc_vrrp_bearer *bearer;

	list_for_each_entry(bearer, &r->bearers, list)
		if (bearer->bridge &&
		    bearer->entered != (want && bearer->wanted))
			return bearer;
	return NULL;
}

/*
 * Bridges are told through rtnetlink, which takes RTNL by itself; meanwhile
 * the device may go.
 */
static void switch_where_wanted(struct kc_vrrp *r, bool want,
				struct sight *sight)
{
	struct kc_vrrp_bearer *bearer;
	int bridge, ifindex, err;
	bool enter;
	u16 vlan;

	ASSERT_RTNL();
	while ((bearer = find_unswitched(r, want))) {
		enter = !bearer->entered;
		ifindex = bearer->ifindex;
		bridge = bearer->bridge;
		vlan = bearer->vlan;
		rtnl_unlock();
		err = enter ? kc_vrrp_fdb_enter(r, bridge, &vlan) :
			      kc_vrrp_fdb_remove(r, bridge, vlan);
		rtnl_lock();
		bearer = find_bearer(r, ifindex);
		if (err) {
			note_flaw(sight, bearer && bearer->segment ?
				  bearer->segment->dev->name : "a bridge",
				  "refuses it in its forwarding database");
			sight->failed = true;
			return;
		}
		if (!bearer)
			continue;
		bearer->entered = enter;
		bearer->vlan = vlan;
		sight->changed |= enter;
	}
}

/**
 * kc_vrrp_vmac_apply() - make the devices agree with what is wanted
 * @r: the router, hold_mutex held
 * @want: they are to take frames to the virtual MAC
 *
 * Context: worker of the namespace; takes RTNL
 * Return: 1 if neighbours are to be told anew, 0, or a negative errno if it is
 * to be tried again
 */
int kc_vrrp_vmac_apply(struct kc_vrrp *r, bool want)
{
	struct sight sight = {};

	lockdep_assert_held(&r->hold_mutex);

	/* The end of devices shortens the list, nobody else adds to it. */
	if (!READ_ONCE(r->settings.vmac) && list_empty_careful(&r->bearers))
		return 0;
	rtnl_lock();
	bear_where_wanted(r, &sight);
	if (want)
		filter_where_wanted(r, &sight);
	switch_where_wanted(r, want, &sight);
	drop_unwanted(r, want, &sight);
	rtnl_unlock();

	spin_lock_bh(&r->lock);
	if (sight.flaw[0] && strcmp(sight.flaw, r->vmac_flaw) &&
	    __ratelimit(&r->log))
		kc_warn("(%s) no virtual MAC: %s\n", r->name, sight.flaw);
	strscpy(r->vmac_flaw, sight.flaw, sizeof(r->vmac_flaw));
	spin_unlock_bh(&r->lock);
	if (sight.changed && want)
		return 1;
	return sight.failed ? -EAGAIN : 0;
}

/**
 * kc_vrrp_vmac_on() - as whom does a router speak on a device?
 * @r: the router, locked
 * @dev: the device
 *
 * Return: the virtual MAC, or NULL for the MAC of the device
 */
const u8 *kc_vrrp_vmac_on(const struct kc_vrrp *r,
			  const struct net_device *dev)
{
	lockdep_assert_held(&r->lock);

	if (!r->settings.vmac)
		return NULL;
	return find_bearer(r, dev->ifindex) ? r->mac : NULL;
}

/**
 * kc_vrrp_vmac_device_gone() - nothing of ours may be left on a device
 * @kn: the namespace it leaves
 * @dev: the device, still there
 *
 * Context: under RTNL
 */
void kc_vrrp_vmac_device_gone(struct kc_net *kn, const struct net_device *dev)
{
	struct kc_vrrp_segment *segment, *next;
	struct kc_vrrp_bearer *bearer, *after;

	ASSERT_RTNL();
	list_for_each_entry_safe(segment, next, &kn->vrrp.segments, list) {
		if (segment->dev != dev)
			continue;
		list_for_each_entry_safe(bearer, after, &segment->bearers,
					 beside) {
			if (bearer->entered && bearer->bridge != dev->ifindex)
				orphan_bearer(bearer);
			else
				drop_bearer(bearer);
		}
		put_segment(segment);
	}
}

/**
 * kc_vrrp_vmac_device_came() - a device exists, or has another name
 * @kn: the namespace
 *
 * Backups look as well: they are to be ready when they take over.
 *
 * Context: process, also under RTNL; takes the routers' locks
 */
void kc_vrrp_vmac_device_came(struct kc_net *kn)
{
	struct kc_vrrp *r;

	rcu_read_lock();
	list_for_each_entry_rcu(r, &kn->vrrp.routers, list) {
		spin_lock_bh(&r->lock);
		if (!r->dead && (r->settings.vmac || !r->settings.accept))
			kthread_queue_work(kn->vrrp.worker, &r->hold_work);
		spin_unlock_bh(&r->lock);
	}
	rcu_read_unlock();
}
