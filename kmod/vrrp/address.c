// SPDX-License-Identifier: GPL-2.0
/*
 * Asking rtnetlink for addresses.
 */
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/if_inet6.h>
#include <net/addrconf.h>

#include "../net.h"
#include "router.h"

/* So many addresses are simply asked for. */
#define FEW 32

static void look4(const struct net_device *dev,
		  const struct kc_vrrp_item *item, u8 mark,
		  struct kc_vrrp_sight *sight)
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
	sight->ours = READ_ONCE(found->ifa_proto) == mark;

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
		  const struct kc_vrrp_item *item, u8 mark,
		  struct kc_vrrp_sight *sight)
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
		sight->ours = ifa->ifa_proto == mark &&
			      ifa->prefix_len == item->prefixlen;
	}
	read_unlock_bh(&idev->lock);
}

/**
 * kc_vrrp_address_look() - what is on a device now, whoever put it there?
 * @req: who asks; what carries its mark is ours
 * @item: an address
 * @ifindex: the device
 *
 * Context: process
 */
struct kc_vrrp_sight
kc_vrrp_address_look(const struct kc_request *req,
		     const struct kc_vrrp_item *item, int ifindex)
{
	const struct net_device *dev;
	struct kc_vrrp_sight sight = {};

	rcu_read_lock();
	dev = dev_get_by_index_rcu(req->net, ifindex);
	if (dev && item->family == KC_AF_INET6)
		look6(dev, item, req->mark, &sight);
	else if (dev)
		look4(dev, item, req->mark, &sight);
	rcu_read_unlock();
	return sight;
}

/* What carries our mark is what we look for, wherever it is in @sights. */
static void see(struct hlist_head *sights, int ifindex, u8 family,
		const void *addr, u8 prefixlen)
{
	struct kc_vrrp_item *item;

	hlist_for_each_entry(item, kc_vrrp_index_bucket(sights, family, addr),
			     sight)
		if (item->ifindex == ifindex && item->family == family &&
		    item->prefixlen == prefixlen &&
		    !memcmp(item->addr, addr, kc_addr_len(family)))
			item->seen = true;
}

static void look_at_device(struct hlist_head *sights,
			   const struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa6;
	const struct in_ifaddr *ifa;

	if (in_dev)
		in_dev_for_each_ifa_rcu(ifa, in_dev)
			if (READ_ONCE(ifa->ifa_proto) == KC_MARK_VRRP)
				see(sights, dev->ifindex, KC_AF_INET,
				    &ifa->ifa_local, ifa->ifa_prefixlen);
	if (!idev)
		return;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa6, &idev->addr_list, if_list)
		if (ifa6->ifa_proto == KC_MARK_VRRP)
			see(sights, dev->ifindex, KC_AF_INET6, &ifa6->addr,
			    ifa6->prefix_len);
	read_unlock_bh(&idev->lock);
}

/**
 * kc_vrrp_addresses_look() - which of the held addresses are still there?
 * @r: the router, hold_mutex held
 *
 * Sets &kc_vrrp_item.seen, which was cleared. To look for each of thousands
 * among thousands, as rtnetlink does, takes long; here each device is looked
 * at once. Of a few, or without memory for it, none is seen.
 *
 * Context: worker of the namespace
 */
void kc_vrrp_addresses_look(struct kc_vrrp *r)
{
	struct hlist_head *sights;
	const struct net_device *dev;
	struct kc_vrrp_item *item;
	int done = 0;

	lockdep_assert_held(&r->hold_mutex);

	if (r->n_addresses < FEW)
		return;
	sights = kc_vrrp_index_alloc();
	if (!sights)
		return;
	list_for_each_entry(item, &r->items, list) {
		if (!item->is_route && !item->local &&
		    item->state == KCLUSTER_VRRP_ITEM_STATE_HELD)
			hlist_add_head(&item->sight,
				       kc_vrrp_index_bucket(sights,
							    item->family,
							    item->addr));
	}
	list_for_each_entry(item, &r->items, list) {
		/* Most are on the device of the one before. */
		if (item->is_route || item->seen || item->ifindex == done)
			continue;
		done = item->ifindex;
		rcu_read_lock();
		dev = dev_get_by_index_rcu(r->kn->net, done);
		if (dev)
			look_at_device(sights, dev);
		rcu_read_unlock();
	}
	kvfree(sights);
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

/**
 * kc_vrrp_address_add() - put an address on a device
 * @req: who asks
 * @item: the address
 * @ifindex: the device
 *
 * Context: process, whose @req it is; takes RTNL
 * Return: 0 or a negative errno, -EEXIST if somebody has put it there
 */
int kc_vrrp_address_add(struct kc_request *req,
			const struct kc_vrrp_item *item, int ifindex)
{
	begin_address(req, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, item,
		      ifindex);
	kc_request_put(req, IFA_PROTO, &req->mark, sizeof(req->mark));
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

/**
 * kc_vrrp_address_del() - take an address away, but no others with it
 * @req: who asks
 * @item: the address, on the device that it says
 *
 * Context: process, whose @req it is; takes RTNL
 * Return: 0, also if it is not ours or not there, or a negative errno
 */
int kc_vrrp_address_del(struct kc_request *req, const struct kc_vrrp_item *item)
{
	struct kc_vrrp_sight sight;
	bool promote;
	int err;

	sight = kc_vrrp_address_look(req, item, item->ifindex);
	/* Gone, or replaced by somebody else's. */
	if (!sight.there || !sight.ours)
		return 0;
	/*
	 * A namespace that ends loses all its addresses anyway, and from 6.13
	 * on RTM_SETLINK takes a reference to it, which is too late then.
	 */
	promote = sight.bears && check_net(req->net);
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
