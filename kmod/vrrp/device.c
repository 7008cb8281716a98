// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices as virtual routers see them: are they up, from which
 * address do we send; and the events of devices and addresses.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ip.h>

#include "../net.h"
#include "device.h"
#include "router.h"
#include "track.h"
#include "vmac.h"

const u8 kc_vrrp_group4[4] __aligned(4) = { 224, 0, 0, 18 };
const u8 kc_vrrp_group6[16] __aligned(4) = {
	0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12
};

/**
 * kc_vrrp_device_up() - can the device carry packets?
 * @dev: the device, under RCU or RTNL
 * @going: a device that counts as down already, or NULL
 */
bool kc_vrrp_device_up(const struct net_device *dev,
		       const struct net_device *going)
{
	return dev != going && (dev->flags & IFF_UP) && netif_running(dev) &&
	       netif_carrier_ok(dev) && !netif_dormant(dev);
}

/**
 * kc_vrrp_is_virtual() - is an address of this node one that is only lent?
 * @r: the router that asks, locked
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: the address, network order
 * @proto: its mark
 *
 * Such an address never says who we are.
 */
bool kc_vrrp_is_virtual(const struct kc_vrrp *r, u8 family, const void *addr,
			u8 proto)
{
	unsigned int i;

	if (kc_mark_is_ours(proto))
		return true;
	for (i = 0; i < r->n_vips; i++)
		if (r->vips[i].family == family &&
		    !memcmp(r->vips[i].addr, addr, kc_addr_len(family)))
			return true;
	return false;
}

static bool source4(const struct kc_vrrp *r, const struct net_device *dev,
		    u8 *source)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (kc_vrrp_is_virtual(r, KC_AF_INET, &ifa->ifa_local,
				       ifa->ifa_proto))
			continue;
		memcpy(source, &ifa->ifa_local, sizeof(ifa->ifa_local));
		return true;
	}
	/* The owner's address may be the only one: it is no loan there. */
	if (r->settings.fsm.priority != KC_FSM_OWNER)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (kc_mark_is_ours(ifa->ifa_proto))
			continue;
		memcpy(source, &ifa->ifa_local, sizeof(ifa->ifa_local));
		return true;
	}
	return false;
}

static bool source6(const struct kc_vrrp_path *path,
		    const struct net_device *dev, u8 *source)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	const struct in6_addr *best = NULL;
	bool link_local, best_link_local = false;
	/* Peers beyond the link need more than a link-local address. */
	bool want_local = !path->peers.n ||
		(ipv6_addr_type((const struct in6_addr *)
				path->peers.list[0].addr) &
		 IPV6_ADDR_LINKLOCAL);

	if (!idev)
		return false;
	/* RFC 9568, 7.2: the link-local address is the source. */
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list) {
		/* Peers know an address that stays. */
		if (ifa->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED |
				  IFA_F_TEMPORARY) ||
		    kc_vrrp_is_virtual(path->router, KC_AF_INET6, &ifa->addr,
				       ifa->ifa_proto))
			continue;
		link_local = ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL;
		if (want_local && !link_local)
			continue;
		if (!best || (best_link_local && !link_local)) {
			best = &ifa->addr;
			best_link_local = link_local;
		}
	}
	if (best)
		memcpy(source, best, sizeof(*best));
	read_unlock_bh(&idev->lock);
	return best;
}

/**
 * kc_vrrp_device_source() - choose the address that adverts come from
 * @path: the path, its router locked
 * @dev: its device, under RCU
 * @source: 16 octets, filled in if there is one
 *
 * RFC 9568, 7.2: the primary IPv4 or a link-local IPv6 address of the device.
 *
 * Return: false if there is none
 */
bool kc_vrrp_device_source(const struct kc_vrrp_path *path,
			   const struct net_device *dev, u8 *source)
{
	return path->router->family == KC_AF_INET6 ?
	       source6(path, dev, source) : source4(path->router, dev, source);
}

/* A device that is being unregistered is found under no name any more. */
static bool is_named(const struct net_device *dev, struct net *net,
		     const char *ifname)
{
	/* Also by one of its alternative names. */
	return !strcmp(dev->name, ifname) ||
	       dev_get_by_name_rcu(net, ifname) == dev;
}

static bool tracks(const struct kc_vrrp *r, const struct net_device *dev)
{
	const struct kc_vrrp_track *track;

	list_for_each_entry(track, &r->tracks, list)
		if (is_named(dev, r->kn->net, track->of.ifname))
			return true;
	return false;
}

static bool goes_by(const struct kc_vrrp *r, const struct net_device *dev)
{
	const struct kc_vrrp_path *path;

	list_for_each_entry(path, &r->paths, list)
		if (path->now.ifindex == dev->ifindex ||
		    is_named(dev, r->kn->net, path->ifname))
			return true;
	return false;
}

static bool holds_on(const struct kc_vrrp *r, const struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < r->n_vips; i++)
		if (r->vips[i].first &&
		    is_named(dev, r->kn->net, r->vips[i].ifname))
			return true;
	return false;
}

/*
 * Something about a device is different. Each router that knows its name or
 * used it looks again, those that hold addresses put back what went with it.
 */
static void device_changed(struct kc_net *kn, const struct net_device *dev,
			   const struct net_device *going, bool renamed)
{
	bool mine, holder;
	struct kc_vrrp *r;

	rcu_read_lock();
	list_for_each_entry_rcu(r, &kn->vrrp.routers, list) {
		spin_lock_bh(&r->lock);
		mine = renamed || r->ifindex == dev->ifindex ||
		       is_named(dev, kn->net, r->ifname);
		holder = !r->dead && r->fsm.state == KC_FSM_MASTER &&
			 (mine || r->n_routes || holds_on(r, dev));
		if (mine || goes_by(r, dev) || tracks(r, dev)) {
			kc_vrrp_reassess(r, going);
			kc_vrrp_requeue(r);
		}
		spin_unlock_bh(&r->lock);
		if (holder && !going)
			kc_vrrp_hold_again(r);
	}
	rcu_read_unlock();
}

/* Membership ends with the device; joining sleeps, so no RCU here. */
static void memberships(struct kc_net *kn, const struct net_device *gone)
{
	struct kc_vrrp_path *path;

	ASSERT_RTNL();
	list_for_each_entry(path, &kn->vrrp.members, member) {
		if (!gone)
			kc_vrrp_path_join(path);
		else if (path->joined == gone->ifindex)
			kc_vrrp_path_leave(path);
	}
}

/*
 * IP ends on a device whose MTU is too small, and the stack forgets the groups
 * of others. The address that comes back later makes the router join again.
 */
static void membership_fits(struct kc_net *kn, const struct net_device *dev)
{
	struct kc_vrrp_path *path;

	ASSERT_RTNL();
	list_for_each_entry(path, &kn->vrrp.members, member)
		if (path->joined == dev->ifindex &&
		    dev->mtu < (path->router->family == KC_AF_INET6 ?
				IPV6_MIN_MTU : IPV4_MIN_MTU))
			kc_vrrp_path_leave(path);
}

/**
 * kc_vrrp_device_event() - per-namespace notifier of device events
 * @nb: in &kc_vrrp_net
 * @event: NETDEV_*
 * @ptr: the device
 *
 * Context: under RTNL
 * Return: NOTIFY_DONE
 */
int kc_vrrp_device_event(struct notifier_block *nb, unsigned long event,
			 void *ptr)
{
	struct kc_net *kn = container_of(nb, struct kc_net, vrrp.device_nb);
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	switch (event) {
	case NETDEV_GOING_DOWN:
		/* The last moment at which priority 0 can be sent. */
		device_changed(kn, dev, dev, false);
		break;
	case NETDEV_UNREGISTER:
		memberships(kn, dev);
		device_changed(kn, dev, dev, false);
		kc_vrrp_vmac_device_gone(kn, dev);
		break;
	case NETDEV_REGISTER:
	case NETDEV_UP:
	case NETDEV_CHANGENAME:
		memberships(kn, NULL);
		device_changed(kn, dev, NULL, event == NETDEV_CHANGENAME);
		kc_vrrp_vmac_device_came(kn);
		break;
	case NETDEV_CHANGEMTU:
		membership_fits(kn, dev);
		fallthrough;
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		device_changed(kn, dev, NULL, false);
		break;
	}
	return NOTIFY_DONE;
}

/*
 * @removed: an address went, and not because its device went down. @ours: it
 * carries our mark, and so is nobody's source; of a block many come at once.
 */
static void address_changed(const struct net_device *dev, bool removed,
			    bool ours)
{
	struct kc_net *kn = kc_net(dev_net(dev));
	struct kc_vrrp *r;
	bool lost;

	if (ours && !removed)
		return;
	rcu_read_lock();
	list_for_each_entry_rcu(r, &kn->vrrp.routers, list) {
		spin_lock_bh(&r->lock);
		if (!ours && goes_by(r, dev)) {
			kc_vrrp_reassess(r, NULL);
			kc_vrrp_requeue(r);
		}
		lost = removed && r->want_held && holds_on(r, dev);
		spin_unlock_bh(&r->lock);
		if (lost)
			kc_vrrp_guard_lost(r);
	}
	rcu_read_unlock();
}

static int address4_event(struct notifier_block *nb, unsigned long event,
			  void *ptr)
{
	const struct in_ifaddr *ifa = ptr;

	address_changed(ifa->ifa_dev->dev, event == NETDEV_DOWN &&
			ifa->ifa_dev->dev->flags & IFF_UP,
			kc_mark_is_ours(ifa->ifa_proto));
	return NOTIFY_DONE;
}

static int address6_event(struct notifier_block *nb, unsigned long event,
			  void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;

	address_changed(ifa->idev->dev, event == NETDEV_DOWN &&
			ifa->idev->dev->flags & IFF_UP,
			kc_mark_is_ours(ifa->ifa_proto));
	return NOTIFY_DONE;
}

static struct notifier_block address4_nb = {
	.notifier_call = address4_event,
};

static struct notifier_block address6_nb = {
	.notifier_call = address6_event,
};

/**
 * kc_vrrp_device_init() - hear of addresses in all network namespaces
 *
 * Return: 0 or a negative errno
 */
int kc_vrrp_device_init(void)
{
	int err;

	err = register_inetaddr_notifier(&address4_nb);
	if (err)
		return err;
	err = register_inet6addr_notifier(&address6_nb);
	if (err)
		unregister_inetaddr_notifier(&address4_nb);
	return err;
}

/**
 * kc_vrrp_device_exit() - hear of addresses no more
 */
void kc_vrrp_device_exit(void)
{
	unregister_inet6addr_notifier(&address6_nb);
	unregister_inetaddr_notifier(&address4_nb);
}
