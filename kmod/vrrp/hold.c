// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses and routes come and go with mastership.
 *
 * One worker per namespace makes the system agree with what the state machine
 * wants. It asks rtnetlink, so that everybody who watches addresses and routes
 * sees what we do, and marks what it puts in place with KC_RTPROT. What does
 * not carry the mark is never taken away.
 *
 * items.c sees to it that no two routers of a namespace have the same address
 * or route; so what carries the mark and equals our item is ours, whatever
 * became of the answer that should have told us.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/inet.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/if_inet6.h>
#include <net/addrconf.h>

#include "../net.h"
#include "router.h"

/* What failed for want of memory or of a gateway may work later. */
#define RETRY NSEC_PER_SEC

/**
 * struct sight - an address as the system has it
 * @there: it exists
 * @ours: it carries our mark
 * @bears: others would be deleted together with it
 */
struct sight {
	bool there;
	bool ours;
	bool bears;
};

static int index_of(const struct kc_vrrp *r, const char *ifname)
{
	struct net_device *dev;
	int ifindex;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(r->kn->net, ifname);
	ifindex = dev ? dev->ifindex : 0;
	rcu_read_unlock();
	return ifindex;
}

static const char *ifname_of(const struct kc_vrrp *r,
			     const struct kc_vrrp_item *item)
{
	return item->ifname[0] || item->is_route ? item->ifname : r->ifname;
}

static void complain(struct kc_vrrp *r, const struct kc_vrrp_item *item,
		     const char *verb, int err)
{
	const char *ifname = ifname_of(r, item);
	char addr[INET6_ADDRSTRLEN];

	if (!__ratelimit(&r->log))
		return;
	snprintf(addr, sizeof(addr),
		 item->family == KC_AF_INET6 ? "%pI6c" : "%pI4", item->addr);
	pr_warn("(%s) %s %s/%u%s%s: %srefused by the kernel: %pe (%d)\n",
		r->name, item->is_route ? "route" : "address", addr,
		item->prefixlen, ifname[0] ? " on " : "", ifname, verb,
		ERR_PTR(err), err);
}

static void look4(const struct net_device *dev,
		  const struct kc_vrrp_item *item, struct sight *sight)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa, *found = NULL;

	if (!in_dev)
		return;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (ifa->ifa_prefixlen == item->prefixlen &&
		    !memcmp(&ifa->ifa_local, item->addr, 4))
			found = ifa;
	}
	if (!found)
		return;
	sight->there = true;
	sight->ours = READ_ONCE(found->ifa_proto) == KC_RTPROT;

	/*
	 * Secondary addresses go with their primary one unless the device
	 * promotes them. Ours becomes the primary one of its subnet when the
	 * host got its own address later.
	 */
	if ((found->ifa_flags & IFA_F_SECONDARY) ||
	    IN_DEV_PROMOTE_SECONDARIES(in_dev))
		return;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if ((ifa->ifa_flags & IFA_F_SECONDARY) &&
		    ifa->ifa_mask == found->ifa_mask &&
		    inet_ifa_match(found->ifa_address, ifa))
			sight->bears = true;
	}
}

static void look6(const struct net_device *dev,
		  const struct kc_vrrp_item *item, struct sight *sight)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;

	if (!idev)
		return;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list) {
		if (memcmp(&ifa->addr, item->addr, sizeof(ifa->addr)))
			continue;
		sight->there = true;
		/* The length is not part of what makes it unique. */
		sight->ours = ifa->ifa_proto == KC_RTPROT &&
			      ifa->prefix_len == item->prefixlen;
	}
	read_unlock_bh(&idev->lock);
}

/* What is on the device now, whoever put it there? */
static struct sight look(const struct kc_vrrp *r,
			 const struct kc_vrrp_item *item, int ifindex)
{
	const struct net_device *dev;
	struct sight sight = {};

	rcu_read_lock();
	dev = dev_get_by_index_rcu(r->kn->net, ifindex);
	if (dev && item->family == KC_AF_INET6)
		look6(dev, item, &sight);
	else if (dev)
		look4(dev, item, &sight);
	rcu_read_unlock();
	return sight;
}

/*
 * Let the device keep secondary addresses when their primary one goes.
 * rtnetlink takes any setting of the device here, by its number.
 */
static int set_promote(struct kc_request *req, int ifindex, u32 value)
{
	struct ifinfomsg *ifi;
	struct nlattr *spec, *inet, *conf;

	ifi = kc_request_begin(req, RTM_SETLINK, 0, sizeof(*ifi));
	ifi->ifi_family = AF_UNSPEC;
	ifi->ifi_index = ifindex;
	spec = kc_request_nest(req, IFLA_AF_SPEC);
	inet = kc_request_nest(req, AF_INET);
	conf = kc_request_nest(req, IFLA_INET_CONF);
	kc_request_put(req, IPV4_DEVCONF_PROMOTE_SECONDARIES, &value,
		       sizeof(value));
	kc_request_nest_end(req, conf);
	kc_request_nest_end(req, inet);
	kc_request_nest_end(req, spec);
	return kc_request_send(req);
}

static void begin_address(struct kc_request *req, u16 type, u16 flags,
			  const struct kc_vrrp_item *item, int ifindex)
{
	size_t len = kc_addr_len(item->family);
	struct ifaddrmsg *ifa;

	ifa = kc_request_begin(req, type, flags, sizeof(*ifa));
	ifa->ifa_family = item->family;
	ifa->ifa_prefixlen = item->prefixlen;
	ifa->ifa_index = ifindex;
	ifa->ifa_scope = item->scope;
	if (item->family == KC_AF_INET6)
		ifa->ifa_flags = IFA_F_NODAD;
	kc_request_put(req, IFA_LOCAL, item->addr, len);
	/* Without this one a deletion does not look at the prefix length. */
	kc_request_put(req, IFA_ADDRESS, item->addr, len);
}

static int add_address(struct kc_vrrp *r, const struct kc_vrrp_item *item,
		       int ifindex)
{
	struct kc_request *req = &r->kn->vrrp.request;
	static const u8 proto = KC_RTPROT;

	begin_address(req, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, item,
		      ifindex);
	kc_request_put(req, IFA_PROTO, &proto, sizeof(proto));
	if (item->family == KC_AF_INET6) {
		/* Never preferred: not to be chosen as a source address. */
		static const struct ifa_cacheinfo lifetime = {
			.ifa_prefered = 0,
			.ifa_valid = U32_MAX,	/* for ever */
		};

		kc_request_put(req, IFA_CACHEINFO, &lifetime,
			       sizeof(lifetime));
	}
	return kc_request_send(req);
}

static int del_address(struct kc_vrrp *r, const struct kc_vrrp_item *item)
{
	struct kc_request *req = &r->kn->vrrp.request;
	struct sight sight = look(r, item, item->ifindex);
	bool promote;
	int err;

	/* Gone, or replaced by somebody else's. */
	if (!sight.there || !sight.ours)
		return 0;
	/*
	 * A namespace that ends loses all its addresses anyway, and from 6.13
	 * on RTM_SETLINK takes a reference to it, which is too late then.
	 */
	promote = sight.bears && check_net(r->kn->net);
	if (promote) {
		/* Rather keep ours than take the host's own address away. */
		err = set_promote(req, item->ifindex, 1);
		if (err)
			return err;
	}
	begin_address(req, RTM_DELADDR, 0, item, item->ifindex);
	err = kc_request_send(req);
	if (promote)
		set_promote(req, item->ifindex, 0);
	return err;
}

static int send_route(struct kc_vrrp *r, u16 type, u16 flags,
		      const struct kc_vrrp_item *item, int ifindex)
{
	struct kc_request *req = &r->kn->vrrp.request;
	size_t len = kc_addr_len(item->family);
	struct rtmsg *rtm;

	rtm = kc_request_begin(req, type, flags, sizeof(*rtm));
	rtm->rtm_family = item->family;
	rtm->rtm_dst_len = item->prefixlen;
	rtm->rtm_protocol = KC_RTPROT;
	rtm->rtm_scope = item->has_via ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	rtm->rtm_type = RTN_UNICAST;
	if (!item->table)
		rtm->rtm_table = RT_TABLE_MAIN;
	else
		kc_request_put(req, RTA_TABLE, &item->table,
			       sizeof(item->table));
	if (item->prefixlen)
		kc_request_put(req, RTA_DST, item->addr, len);
	if (item->has_via)
		kc_request_put(req, RTA_GATEWAY, item->via, len);
	if (ifindex)
		kc_request_put(req, RTA_OIF, &ifindex, sizeof(ifindex));
	if (item->metric)
		kc_request_put(req, RTA_PRIORITY, &item->metric,
			       sizeof(item->metric));
	return kc_request_send(req);
}

static int add_route(struct kc_vrrp *r, const struct kc_vrrp_item *item,
		     int ifindex)
{
	/*
	 * IPv4 puts a new route before those of the same metric, so that it
	 * counts while it is there and theirs is what remains. IPv6 would
	 * balance over both, hence exclusively.
	 */
	u16 flags = item->family == KC_AF_INET6 ? NLM_F_CREATE | NLM_F_EXCL :
						  NLM_F_CREATE;

	return send_route(r, RTM_NEWROUTE, flags, item, ifindex);
}

/* Only finds a route that carries our mark. */
static int del_route(struct kc_vrrp *r, const struct kc_vrrp_item *item)
{
	return send_route(r, RTM_DELROUTE, 0, item, item->ifindex);
}

/* Take an item away if we put it there; -errno if that is impossible. */
static int withdraw(struct kc_vrrp *r, struct kc_vrrp_item *item)
{
	int err;

	switch (item->state) {
	case KCLUSTER_VRRP_ITEM_STATE_HELD:
		break;
	case KCLUSTER_VRRP_ITEM_STATE_FAILED:
		/* It may have been held before, or the answer got lost. */
		if (item->ifindex || item->is_route)
			break;
		fallthrough;
	default:
		item->state = KCLUSTER_VRRP_ITEM_STATE_ABSENT;
		item->error = 0;
		return 0;
	}

	err = item->is_route ? del_route(r, item) : del_address(r, item);
	if (err == -EADDRNOTAVAIL || err == -ENODEV || err == -ENXIO ||
	    err == -ESRCH)
		err = 0;
	if (err) {
		if (item->error != -err)
			complain(r, item, "removal ", err);
		item->error = -err;
		return err;
	}
	item->state = KCLUSTER_VRRP_ITEM_STATE_ABSENT;
	item->error = 0;
	item->ifindex = 0;
	return 0;
}

/* It exists already: by us or by somebody else? */
static bool is_ours(struct kc_vrrp *r, const struct kc_vrrp_item *item,
		    int ifindex)
{
	if (!item->is_route)
		return look(r, item, ifindex).ours;
	/*
	 * The protocol is part of what makes an IPv4 route unique. IPv6 looks
	 * at destination and metric only.
	 */
	return item->family == KC_AF_INET ||
	       item->state == KCLUSTER_VRRP_ITEM_STATE_HELD;
}

/* Put an item in place; true if it was not there. */
static bool establish(struct kc_vrrp *r, struct kc_vrrp_item *item)
{
	const char *ifname = ifname_of(r, item);
	int ifindex = 0, err = 0;

	if (ifname[0]) {
		ifindex = index_of(r, ifname);
		/* The name may have passed to another device. */
		if (item->ifindex && item->ifindex != ifindex)
			withdraw(r, item);
		if (!ifindex)
			err = -ENODEV;
	}
	if (!err) {
		err = item->is_route ? add_route(r, item, ifindex) :
				       add_address(r, item, ifindex);
		if (!err || err == -ENOBUFS)
			item->ifindex = ifindex;
	}

	if (err == -EEXIST) {
		if (is_ours(r, item, ifindex)) {
			item->state = KCLUSTER_VRRP_ITEM_STATE_HELD;
			item->ifindex = ifindex;
		} else {
			item->state = KCLUSTER_VRRP_ITEM_STATE_FOREIGN;
			item->ifindex = 0;
		}
		item->error = 0;
		return false;
	}
	if (err) {
		/* Once is enough; it is tried again and again. */
		if (item->error != -err)
			complain(r, item, "", err);
		item->state = KCLUSTER_VRRP_ITEM_STATE_FAILED;
		item->error = -err;
		return false;
	}
	item->state = KCLUSTER_VRRP_ITEM_STATE_HELD;
	item->error = 0;
	return true;
}

/* In the reverse order of acquire(), so that primary addresses go last. */
static void release(struct kc_vrrp *r, bool want, bool routes)
{
	struct kc_vrrp_item *item, *next;

	list_for_each_entry_safe_reverse(item, next, &r->items, list) {
		if (item->is_route != routes || (want && !item->dying))
			continue;
		/* Master again meanwhile. */
		if (!item->dying && READ_ONCE(r->want_held))
			continue;
		withdraw(r, item);
		if (item->dying) {
			list_del(&item->list);
			kfree(item);
		}
	}
}

/* True if an address came that was not there. */
static bool acquire(struct kc_vrrp *r, bool recheck, bool routes)
{
	struct kc_vrrp_item *item;
	bool added = false;

	list_for_each_entry(item, &r->items, list) {
		if (item->is_route != routes || item->dying)
			continue;
		if (!recheck &&
		    (item->state == KCLUSTER_VRRP_ITEM_STATE_HELD ||
		     item->state == KCLUSTER_VRRP_ITEM_STATE_FOREIGN))
			continue;
		/* No master any more: what was added goes with the next pass. */
		if (!READ_ONCE(r->want_held))
			break;
		if (establish(r, item))
			added = true;
	}
	return added && !routes;
}

/* Is something not as it is wanted? */
static bool unsettled(const struct kc_vrrp *r, bool want)
{
	const struct kc_vrrp_item *item;

	list_for_each_entry(item, &r->items, list)
		if (want ? item->state == KCLUSTER_VRRP_ITEM_STATE_FAILED :
			   item->state != KCLUSTER_VRRP_ITEM_STATE_ABSENT)
			return true;
	return false;
}

/* No event tells when memory is back, and a backup must not keep an address. */
static void retry_later(struct kc_vrrp *r, bool retry)
{
	spin_lock_bh(&r->lock);
	r->retry_at = retry ? kc_now() + RETRY : KC_FSM_NEVER;
	if (retry)
		kc_vrrp_requeue(r);
	spin_unlock_bh(&r->lock);
}

/*
 * The takeover was announced when it happened. Whoever believed it got no
 * answer until now, so tell them again.
 */
static void announce_again(struct kc_vrrp *r)
{
	spin_lock_bh(&r->lock);
	if (!r->dead && r->fsm.state == KC_FSM_MASTER) {
		kc_vrrp_announce_start(r, kc_now());
		kc_vrrp_requeue(r);
	}
	spin_unlock_bh(&r->lock);
}

/**
 * kc_vrrp_hold_work() - make the system agree with @want_held
 * @work: hold_work of a router
 *
 * Context: worker of the namespace; takes hold_mutex, and RTNL inside.
 */
void kc_vrrp_hold_work(struct kthread_work *work)
{
	struct kc_vrrp *r = container_of(work, struct kc_vrrp, hold_work);
	bool want, recheck, retry, added = false;

	mutex_lock(&r->hold_mutex);
	do {
		spin_lock_bh(&r->lock);
		want = r->want_held;
		recheck = r->recheck;
		r->recheck = false;
		spin_unlock_bh(&r->lock);

		release(r, want, true);
		release(r, want, false);
		if (want) {
			/* Gateways are reached through the addresses. */
			added |= acquire(r, recheck, false);
			acquire(r, recheck, true);
		}
	} while (READ_ONCE(r->want_held) != want);
	retry = unsettled(r, want);
	mutex_unlock(&r->hold_mutex);

	retry_later(r, retry);
	if (added)
		announce_again(r);
	kc_vrrp_device_rejoin(r);
}

/**
 * kc_vrrp_hold_device() - look again at what a router holds
 * @r: the router
 * @ifindex: device that came, went or changed; 0 for any
 *
 * IPv6 addresses and all routes vanish when a device goes down, and what a
 * missing device refused may be possible now. Which items live on the device
 * is known under hold_mutex only, so the worker looks at all of them.
 *
 * Context: process, also under RTNL; takes the router's lock.
 */
void kc_vrrp_hold_device(struct kc_vrrp *r, int ifindex)
{
	spin_lock_bh(&r->lock);
	if (!r->dead && r->want_held) {
		r->recheck = true;
		kthread_queue_work(r->kn->vrrp.worker, &r->hold_work);
	}
	spin_unlock_bh(&r->lock);
}
