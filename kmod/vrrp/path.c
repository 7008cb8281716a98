// SPDX-License-Identifier: GPL-2.0
/*
 * Paths: the devices by which the advertisements of a virtual router go and
 * come. All feed one state machine, so a backup takes over only when all of
 * them are silent.
 *
 * Where one of them goes through WireGuard, which knows the sender, only those
 * count that do or that the operator trusts: a host on an open LAN can say
 * what it likes.
 */
#include <linux/igmp.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>

#include "../event.h"
#include "../extack.h"
#include "../link.h"
#include "../log.h"
#include "../net.h"
#include "device.h"
#include "router.h"

static struct kc_vrrp_path *find_path(const struct list_head *paths,
				      const char *ifname)
{
	struct kc_vrrp_path *path;

	list_for_each_entry(path, paths, list)
		if (!strcmp(path->ifname, ifname))
			return path;
	return NULL;
}

/* Whoever else gets the adverts of this VRID on the device. */
static const struct kc_vrrp_path *find_rival(const struct kc_vrrp *r,
					     const char *ifname)
{
	const struct kc_vrrp_path *path;

	hlist_for_each_entry(path, &r->kn->vrrp.hash[r->vrid], hash)
		if (path->router != r && path->router->family == r->family &&
		    !strcmp(path->ifname, ifname))
			return path;
	return NULL;
}

/**
 * kc_vrrp_paths_check() - may these be added?
 * @r: the router, mutex of its namespace held
 * @paths: &struct kc_vrrp_path with their attributes
 * @extack: why not
 *
 * Return: 0 or a negative errno
 */
int kc_vrrp_paths_check(const struct kc_vrrp *r, const struct list_head *paths,
			struct netlink_ext_ack *extack)
{
	const struct kc_vrrp_path *path, *rival;
	unsigned int n = r->n_paths, peers = 0;

	lockdep_assert_held(&r->kn->vrrp.mutex);

	list_for_each_entry(path, &r->paths, list)
		peers += path->peers.n;
	list_for_each_entry(path, paths, list) {
		if (find_path(&r->paths, path->ifname))
			return kc_refuse(extack, path->attr, -EEXIST,
					 "virtual router \"%s\" has a path by %s already",
					 r->name, path->ifname);
		if (++n > KCLUSTER_VRRP_PATHS_MAX)
			return kc_refuse(extack, path->attr, -E2BIG,
					 "a virtual router has at most %u paths",
					 KCLUSTER_VRRP_PATHS_MAX);
		peers += path->peers.n;
		if (peers > KCLUSTER_VRRP_PEERS_MAX)
			return kc_refuse(extack, path->attr, -E2BIG,
					 "a virtual router has at most %u peers on all its paths",
					 KCLUSTER_VRRP_PEERS_MAX);
		rival = find_rival(r, path->ifname);
		if (rival)
			return kc_refuse(extack, path->attr, -EEXIST,
					 "vrid %u is used on %s by virtual router \"%s\" already",
					 r->vrid, path->ifname,
					 rival->router->name);
	}
	return 0;
}

/**
 * kc_vrrp_paths_adopt() - take checked paths over
 * @r: the router, mutex of its namespace held
 * @paths: empty afterwards
 *
 * Context: under RTNL; takes the router's lock
 */
void kc_vrrp_paths_adopt(struct kc_vrrp *r, struct list_head *paths)
{
	struct hlist_head *bucket = &r->kn->vrrp.hash[r->vrid];
	struct kc_vrrp_path *path;

	ASSERT_RTNL();
	list_for_each_entry(path, paths, list) {
		path->attr = NULL;
		path->router = r;
		list_add_tail(&path->member, &r->kn->vrrp.members);
		kc_vrrp_path_join(path);
		r->n_paths++;
	}
	spin_lock_bh(&r->lock);
	list_for_each_entry(path, paths, list)
		hlist_add_head_rcu(&path->hash, bucket);
	list_splice_tail_init(paths, &r->paths);
	spin_unlock_bh(&r->lock);
}

/* Nobody new finds it; a grace period must pass before it is freed. */
static void unlink_path(struct kc_vrrp_path *path)
{
	list_del_init(&path->member);
	kc_vrrp_path_leave(path);
	hlist_del_rcu(&path->hash);
}

/**
 * kc_vrrp_paths_unlink() - a router is being deleted: packets find it no more
 * @r: the router, mutex of its namespace held
 *
 * Context: under RTNL
 */
void kc_vrrp_paths_unlink(struct kc_vrrp *r)
{
	struct kc_vrrp_path *path;

	list_for_each_entry(path, &r->paths, list)
		unlink_path(path);
}

/**
 * kc_vrrp_paths_free() - free paths that nobody knows any more
 * @paths: the list
 */
void kc_vrrp_paths_free(struct list_head *paths)
{
	struct kc_vrrp_path *path, *next;

	list_for_each_entry_safe(path, next, paths, list) {
		kfree(path->peers.list);
		kfree(path);
	}
	INIT_LIST_HEAD(paths);
}

static void paths_changed(struct kc_vrrp *r)
{
	spin_lock_bh(&r->lock);
	kc_vrrp_reassess(r, NULL);
	kc_vrrp_requeue(r);
	spin_unlock_bh(&r->lock);
}

/**
 * kc_vrrp_paths_add() - add paths to a router
 * @r: the router, mutex of its namespace held
 * @paths: what to add; taken over on success
 * @extack: why not
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_vrrp_paths_add(struct kc_vrrp *r, struct list_head *paths,
		      struct netlink_ext_ack *extack)
{
	struct kc_vrrp_path *path;
	int err;

	err = kc_vrrp_paths_check(r, paths, extack);
	if (err)
		return err;
	rtnl_lock();
	/* From now on it is one of several, and said. */
	list_for_each_entry(path, &r->paths, list)
		path->implied = false;
	kc_vrrp_paths_adopt(r, paths);
	rtnl_unlock();
	paths_changed(r);
	return 0;
}

/**
 * kc_vrrp_paths_del() - take paths from a router
 * @r: the router, mutex of its namespace held
 * @paths: which, by their device; stays the caller's
 * @extack: why not
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_vrrp_paths_del(struct kc_vrrp *r, struct list_head *paths,
		      struct netlink_ext_ack *extack)
{
	struct kc_vrrp_path *like, *path;
	const struct nlattr *attr = NULL;
	unsigned int n = 0;
	LIST_HEAD(gone);

	lockdep_assert_held(&r->kn->vrrp.mutex);

	list_for_each_entry(like, paths, list) {
		attr = like->attr;
		n++;
		if (!find_path(&r->paths, like->ifname))
			return kc_refuse(extack, attr, -ENOENT,
					 "virtual router \"%s\" has no path by %s",
					 r->name, like->ifname);
	}
	if (n >= r->n_paths)
		return kc_refuse(extack, attr, -EINVAL,
				 "a virtual router needs a path: add another one before taking the last one away");

	rtnl_lock();
	spin_lock_bh(&r->lock);
	list_for_each_entry(like, paths, list) {
		path = find_path(&r->paths, like->ifname);
		path->gone = true;
		path->now.up = false;
		list_move_tail(&path->list, &gone);
		r->n_paths--;
	}
	spin_unlock_bh(&r->lock);
	list_for_each_entry(path, &gone, list)
		unlink_path(path);
	rtnl_unlock();
	paths_changed(r);
	synchronize_net();
	kc_vrrp_paths_free(&gone);
	return 0;
}

/**
 * kc_vrrp_path_tell() - tell everybody who listens how a path does
 * @path: the path, its router locked
 */
void kc_vrrp_path_tell(const struct kc_vrrp_path *path)
{
	struct kc_vrrp_path_news news = {
		.name = path->router->name,
		.ifname = path->ifname,
		.up = path->now.up,
		.silent = path->silent,
	};

	kc_event_tell(path->router->kn, KC_EVENT_VRRP_PATH, &news);
}

/* What does the device lack? NULL if nothing. */
static const char *flaw_of(struct kc_vrrp_path *path,
			   const struct net_device *dev,
			   const struct net_device *going)
{
	const struct kc_vrrp *r = path->router;

	if (!dev)
		return "does not exist";
	if (dev == going || !(dev->flags & IFF_UP))
		return "is down";
	if (!kc_vrrp_device_up(dev, going))
		return "has no carrier";
	if (!path->peers.n && !(dev->flags & IFF_MULTICAST))
		return "cannot carry multicast, give it peers";
	if (!kc_vrrp_device_source(path, dev, path->now.source))
		return r->family == KC_AF_INET ?
			"has no IPv4 address to send from" : path->peers.n ?
			"has no IPv6 address to send from" :
			"has no IPv6 link-local address to send from";
	if (kc_vrrp_length(&r->format, r->n_payload) >
	    kc_vrrp_payload_max(dev, r->family))
		return "has too small an MTU for the advertisement";
	return NULL;
}

static void assess_path(struct kc_vrrp_path *path,
			const struct net_device *going)
{
	struct kc_vrrp *r = path->router;
	struct net_device *dev;

	path->before = path->now;
	dev = dev_get_by_name_rcu(r->kn->net, path->ifname);
	WRITE_ONCE(path->now.ifindex, dev ? dev->ifindex : 0);
	path->flaw = flaw_of(path, dev, going);
	path->now.up = !path->flaw;
	if (path->now.up && !path->before.up)
		path->up_at = kc_now();
	/*
	 * Whoever removes the tunnel must not open the door, nor may it be
	 * open until the tunnel is there: peers by a device that was never
	 * seen may be reached through one.
	 */
	if (dev)
		path->tunnel = path->peers.n &&
			       (kc_link_is_wireguard(dev) || (path->seen && path->tunnel));
	else if (!path->seen)
		path->tunnel = path->peers.n;
	path->seen |= !!dev;

	if (r->n_paths < 2 || path->now.up == path->before.up)
		return;
	path->silent = false;
	if (__ratelimit(&r->log_state))
		kc_info("(%s) path by %s %s\n", r->name, path->ifname,
			path->flaw ?: "can be used");
	kc_vrrp_path_tell(path);
}

/**
 * kc_vrrp_paths_assess() - which paths can send?
 * @r: the router, locked
 * @going: a device that counts as down already, or NULL
 * @reason: filled in if there is none, why
 * @size: of @reason
 *
 * Context: under RCU
 * Return: true if one can that counts
 */
bool kc_vrrp_paths_assess(struct kc_vrrp *r, const struct net_device *going,
			  char *reason, size_t size)
{
	const struct kc_vrrp_path *flawed = NULL;
	struct kc_vrrp_path *path;
	bool any = false, tunnel = false;

	lockdep_assert_held(&r->lock);
	list_for_each_entry(path, &r->paths, list) {
		assess_path(path, going);
		tunnel |= path->tunnel;
	}
	r->guarded = tunnel;
	/* Who may listen to none must not believe that there is silence. */
	list_for_each_entry(path, &r->paths, list) {
		if (!kc_vrrp_path_counts(path))
			continue;
		any |= path->now.up;
		if (!path->now.up && !flawed)
			flawed = path;
	}
	if (!any && flawed)
		snprintf(reason, size, "%s %s", flawed->ifname, flawed->flaw);
	return any;
}

/**
 * kc_vrrp_paths_heard() - a valid advert came by a path
 * @heard: the path, its router locked
 * @now: present time, ns
 *
 * What one path brings the others should have brought, too: those that did
 * not for as long as a backup waits are told of.
 */
void kc_vrrp_paths_heard(struct kc_vrrp_path *heard, u64 now)
{
	struct kc_vrrp *r = heard->router;
	struct kc_vrrp_path *path;
	u64 wait;

	if (r->n_paths < 2 && !heard->silent)
		return;
	wait = kc_fsm_down_interval(&r->fsm);
	list_for_each_entry(path, &r->paths, list) {
		bool silent = path != heard && r->fsm.state == KC_FSM_BACKUP &&
			      path->now.up && kc_vrrp_path_counts(path) &&
			      now > max3(path->heard_at, r->since,
					 path->up_at) + wait;

		if (silent == path->silent ||
		    (path->silent && path != heard &&
		     kc_vrrp_path_counts(path)))
			continue;
		path->silent = silent;
		if (__ratelimit(&r->log_state))
			kc_info("(%s) path by %s is %s\n", r->name,
				path->ifname, silent ?
				"silent, others are not" : "heard again");
		kc_vrrp_path_tell(path);
	}
}

/**
 * kc_vrrp_path_leave() - leave the multicast group
 * @path: the path
 *
 * Context: under RTNL
 */
void kc_vrrp_path_leave(struct kc_vrrp_path *path)
{
	struct kc_vrrp *r = path->router;
	struct net_device *dev;

	ASSERT_RTNL();
	if (!path->joined)
		return;
	dev = __dev_get_by_index(r->kn->net, path->joined);
	path->joined = 0;
	if (!dev)
		return;
	if (r->family == KC_AF_INET6) {
		if (__in6_dev_get(dev))
			ipv6_dev_mc_dec(dev, (const struct in6_addr *)
					kc_vrrp_group6);
	} else if (__in_dev_get_rtnl(dev)) {
		ip_mc_dec_group(__in_dev_get_rtnl(dev),
				*(const __be32 *)kc_vrrp_group4);
	}
}

/**
 * kc_vrrp_path_join() - be in the multicast group of the present device
 * @path: the path
 *
 * Context: under RTNL
 */
void kc_vrrp_path_join(struct kc_vrrp_path *path)
{
	struct kc_vrrp *r = path->router;
	struct net_device *dev;

	ASSERT_RTNL();
	dev = __dev_get_by_name(r->kn->net, path->ifname);
	if (path->joined && (!dev || dev->ifindex != path->joined))
		kc_vrrp_path_leave(path);
	if (path->joined || !dev || !(dev->flags & IFF_MULTICAST))
		return;
	if (r->family == KC_AF_INET6) {
		if (!__in6_dev_get(dev) ||
		    ipv6_dev_mc_inc(dev, (const struct in6_addr *)
				    kc_vrrp_group6))
			return;
	} else {
		if (!__in_dev_get_rtnl(dev))
			return;
		ip_mc_inc_group(__in_dev_get_rtnl(dev),
				*(const __be32 *)kc_vrrp_group4);
	}
	path->joined = dev->ifindex;
}

/**
 * kc_vrrp_paths_rejoin() - be in the multicast groups that were left
 * @r: the router
 *
 * No event is late enough to join when an MTU has become large enough again,
 * and none tells of a new alternative name.
 *
 * Context: process; takes RTNL
 */
void kc_vrrp_paths_rejoin(struct kc_vrrp *r)
{
	struct kc_vrrp_path *path;
	bool left = false;

	spin_lock_bh(&r->lock);
	list_for_each_entry(path, &r->paths, list)
		left |= !READ_ONCE(path->joined);
	spin_unlock_bh(&r->lock);
	if (!left)
		return;
	rtnl_lock();
	/* Not those that are being deleted and have left for good. */
	list_for_each_entry(path, &r->paths, list)
		if (!list_empty(&path->member))
			kc_vrrp_path_join(path);
	rtnl_unlock();
}
