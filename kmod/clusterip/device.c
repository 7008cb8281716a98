// SPDX-License-Identifier: GPL-2.0
/*
 * The devices of cluster IPs: hooks, the shared MAC in their filter, and the set
 * of addresses that packets find.
 *
 * Frames of a bridge or a bond are seen on the bridge or the bond, those of a
 * VLAN on the VLAN's device; what belongs to another device is refused, and so
 * is what gets copies only.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/rtnetlink.h>

#include "../net.h"
#include "clusterip.h"
#include "set.h"

/* Multicast goes to these and to their lower device: it would be judged twice. */
static bool shares_multicast(const struct net_device *dev)
{
	return netif_is_macvlan(dev) ||
	       (dev->rtnl_link_ops && dev->rtnl_link_ops->kind &&
		!strcmp(dev->rtnl_link_ops->kind, "ipvlan"));
}

/**
 * kc_cip_device_flaw() - why can a device not have a cluster IP?
 * @dev: the device, under RCU
 * @buf: room for what has to be put together
 * @size: of @buf
 *
 * Return: what is wrong with it, to follow its name; NULL if nothing is
 */
const char *kc_cip_device_flaw(const struct net_device *dev, char *buf,
			       size_t size)
{
	const struct net_device *master;

	if (dev->flags & (IFF_LOOPBACK | IFF_NOARP) ||
	    dev->type != ARPHRD_ETHER)
		return "is no Ethernet device with neighbours";
	if (shares_multicast(dev))
		return "gets copies of what the device below it takes as well: use that one";
	master = netdev_master_upper_dev_get_rcu((struct net_device *)dev);
	if (!master || netif_is_l3_master(master))
		return NULL;
	snprintf(buf, size, "belongs to %s: use that one", master->name);
	return buf;
}

static bool is_flawed(const struct net_device *dev)
{
	char buf[KC_CIP_REASON_MAX];
	bool flawed;

	rcu_read_lock();
	flawed = kc_cip_device_flaw(dev, buf, sizeof(buf));
	rcu_read_unlock();
	return flawed;
}

static bool is_up(const struct net_device *dev)
{
	return dev->flags & IFF_UP && netif_carrier_ok(dev);
}

static struct kc_cip_device *device_for(struct kc_net *kn,
					struct net_device *dev)
{
	struct kc_cip_device *cd;
	struct kc_cip_set *set;

	list_for_each_entry(cd, &kn->cip.devices, list)
		if (cd->dev == dev)
			return cd;
	cd = kzalloc(sizeof(*cd), GFP_KERNEL_ACCOUNT);
	if (!cd)
		return NULL;
	cd->kn = kn;
	cd->dev = dev;
	cd->ifindex = dev->ifindex;
	INIT_LIST_HEAD(&cd->members);
	/* Packets find one from the first on. */
	set = kc_cip_set_make(cd);
	RCU_INIT_POINTER(cd->set, set);
	if (!set || kc_cip_hook_register(cd)) {
		kvfree(set);
		kfree(cd);
		return NULL;
	}
	list_add_tail_rcu(&cd->list, &kn->cip.devices);
	return cd;
}

static struct kc_cip_set *set_of(const struct kc_cip_device *cd)
{
	return rcu_dereference_protected(cd->set, lockdep_rtnl_is_held());
}

static void drop_device(struct kc_cip_device *cd)
{
	if (!list_empty(&cd->members))
		return;
	list_del_rcu(&cd->list);
	kc_cip_hook_unregister(cd);
	/* Who still looks at the device may look at the set, too. */
	kvfree_rcu(set_of(cd), rcu);
	kfree_rcu(cd, rcu);
}

static int filter_add(struct kc_cip_device *cd, const u8 *mac)
{
	int err;

	if (is_multicast_ether_addr(mac))
		return dev_mc_add(cd->dev, mac);
	err = dev_uc_add(cd->dev, mac);
	if (!err)
		WRITE_ONCE(cd->unicast, cd->unicast + 1);
	return err;
}

static void filter_del(struct kc_cip_device *cd, const u8 *mac)
{
	if (is_multicast_ether_addr(mac)) {
		dev_mc_del(cd->dev, mac);
		return;
	}
	dev_uc_del(cd->dev, mac);
	WRITE_ONCE(cd->unicast, cd->unicast - 1);
}

static void leave(struct kc_cip *cip)
{
	struct kc_cip_device *cd = cip->device;

	if (!cd)
		return;
	kc_cip_set_forget(set_of(cd), cip);
	filter_del(cd, cip->mac);
	list_del(&cip->beside);
	cip->device = NULL;
	drop_device(cd);
	kc_estate_moved(cip->kn, !list_empty(&cip->kn->cip.devices));
}

static int join(struct kc_cip *cip, struct net_device *dev)
{
	struct kc_cip_device *cd = device_for(cip->kn, dev);
	struct kc_cip_set *set, *before;
	int err;

	if (!cd)
		return -ENOMEM;
	list_add_tail(&cip->beside, &cd->members);
	set = kc_cip_set_make(cd);
	err = set ? filter_add(cd, cip->mac) : -ENOMEM;
	if (err) {
		kvfree(set);
		list_del(&cip->beside);
		drop_device(cd);
		return err;
	}
	cip->device = cd;
	before = set_of(cd);
	rcu_assign_pointer(cd->set, set);
	kvfree_rcu(before, rcu);
	kc_estate_moved(cip->kn, true);
	return 0;
}

/**
 * kc_cip_device_attach() - let a cluster IP be on its device, if it can
 * @cip: the cluster IP, mutex held
 *
 * One whose device has another name by now, or belongs to another one, leaves it.
 *
 * Context: process; takes RTNL
 * Return: 0, also if it has to wait for its device, or a negative errno if it is
 * to be tried again
 */
int kc_cip_device_attach(struct kc_cip *cip)
{
	struct net_device *dev;
	int err = 0;

	lockdep_assert_held(&cip->kn->cip.mutex);

	rtnl_lock();
	dev = __dev_get_by_name(cip->kn->net, cip->ifname);
	if (dev && is_flawed(dev))
		dev = NULL;
	if (cip->device && cip->device->dev != dev)
		leave(cip);
	if (dev && !cip->device)
		err = join(cip, dev);
	rtnl_unlock();
	return err;
}

/**
 * kc_cip_device_detach() - let it be on no device
 * @cip: the cluster IP, mutex held; packets find it for a grace period still
 *
 * Context: process; takes RTNL
 */
void kc_cip_device_detach(struct kc_cip *cip)
{
	lockdep_assert_held(&cip->kn->cip.mutex);

	rtnl_lock();
	leave(cip);
	rtnl_unlock();
}

/**
 * kc_cip_device_renew() - let packets know that it is a gateway, or none
 * @cip: the cluster IP, mutex held
 *
 * When it returns, no packet is judged as before any more.
 *
 * Context: process; takes RTNL
 * Return: 0 or -ENOMEM
 */
int kc_cip_device_renew(struct kc_cip *cip)
{
	struct kc_cip_set *set = NULL, *before = NULL;
	struct kc_cip_device *cd;

	lockdep_assert_held(&cip->kn->cip.mutex);

	rtnl_lock();
	cd = cip->device;
	if (cd) {
		set = kc_cip_set_make(cd);
		before = set_of(cd);
	}
	if (set)
		rcu_assign_pointer(cd->set, set);
	rtnl_unlock();
	if (!cd)
		return 0;
	if (!set)
		return -ENOMEM;
	synchronize_rcu();
	kvfree(before);
	return 0;
}

/**
 * kc_cip_device_of() - where are addresses to be?
 * @cip: the cluster IP, mutex held
 *
 * Context: process; takes RTNL
 * Return: interface index; 0 if nowhere; negative if what is there is to stay as
 * it is, for the device is down
 */
int kc_cip_device_of(const struct kc_cip *cip)
{
	int ifindex = 0;

	rtnl_lock();
	if (cip->device)
		ifindex = cip->device->dev->flags & IFF_UP ?
			  cip->device->ifindex : -1;
	rtnl_unlock();
	return ifindex;
}

/**
 * kc_cip_device_usable() - can clients reach us?
 * @cip: the cluster IP, mutex held
 * @mac: set to that of the device if they can
 *
 * Context: process; takes RTNL
 */
bool kc_cip_device_usable(const struct kc_cip *cip, u8 *mac)
{
	bool usable;

	rtnl_lock();
	usable = cip->device && is_up(cip->device->dev);
	if (usable)
		memcpy(mac, cip->device->dev->dev_addr, KC_MAC_LEN);
	rtnl_unlock();
	return usable;
}

/**
 * kc_cip_device_describe() - why does a cluster IP wait?
 * @cip: the cluster IP
 * @reason: one clause, empty if it does not
 * @size: of @reason
 *
 * Context: process
 */
void kc_cip_device_describe(const struct kc_cip *cip, char *reason,
			    size_t size)
{
	char buf[KC_CIP_REASON_MAX];
	const struct net_device *dev;
	const char *flaw;

	*reason = 0;
	rcu_read_lock();
	dev = dev_get_by_name_rcu(cip->kn->net, cip->ifname);
	flaw = dev ? kc_cip_device_flaw(dev, buf, sizeof(buf)) : NULL;
	if (!dev)
		snprintf(reason, size, "there is no device %s", cip->ifname);
	else if (flaw)
		snprintf(reason, size, "%s %s", cip->ifname, flaw);
	else if (!is_up(dev))
		snprintf(reason, size, "%s is down", cip->ifname);
	rcu_read_unlock();
}

/* Nothing of ours may be left on a device that goes. */
static void device_gone(struct kc_net *kn, const struct net_device *dev)
{
	struct kc_cip_device *cd, *next;
	struct kc_cip *cip, *after;

	list_for_each_entry_safe(cd, next, &kn->cip.devices, list) {
		if (cd->dev != dev)
			continue;
		/* The last one takes the device along. */
		list_for_each_entry_safe(cip, after, &cd->members, beside)
			leave(cip);
		return;
	}
}

/**
 * kc_cip_device_event() - per-namespace notifier of device events
 * @nb: in &kc_cip_net
 * @event: NETDEV_*
 * @ptr: the device
 *
 * Context: under RTNL
 * Return: NOTIFY_DONE
 */
int kc_cip_device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct kc_net *kn = container_of(nb, struct kc_net, cip.device_nb);
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	switch (event) {
	case NETDEV_UNREGISTER:
		device_gone(kn, dev);
		break;
	case NETDEV_UP:
		/* What it lost when it went down is to come back. */
		set_bit(KC_CIP_RECHECK, &kn->cip.flags);
		break;
	case NETDEV_REGISTER:
	case NETDEV_CHANGENAME:
	case NETDEV_CHANGEUPPER:
	case NETDEV_CHANGE:
	case NETDEV_DOWN:
		break;
	default:
		return NOTIFY_DONE;
	}
	kc_cip_wake(kn, 0);
	return NOTIFY_DONE;
}
