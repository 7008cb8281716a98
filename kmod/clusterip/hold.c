// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses of cluster IPs: every node has all of them on its device. What
 * was there before is used as it is, and stays when the cluster IP goes.
 *
 * Neighbours are told when an address comes; the shared MAC they are told is put
 * in by the hook.
 */
#include <linux/delay.h>
#include <linux/inet.h>
#include <linux/netdevice.h>

#include "../frame.h"
#include "../log.h"
#include "../net.h"
#include "../vrrp/item.h"
#include "clusterip.h"

/* So many announcements in a row, not to flood a switch. */
#define BATCH 64

static void complain(struct kc_cip *cip, const struct kc_vrrp_item *item,
		     const char *what, int err)
{
	char addr[INET6_ADDRSTRLEN];

	if (!__ratelimit(&cip->kn->cip.log))
		return;
	snprintf(addr, sizeof(addr),
		 item->family == KC_AF_INET6 ? "%pI6c" : "%pI4", item->addr);
	if (err)
		kc_warn("(%s) address %s/%u on %s: %srefused by the kernel: %pe (%d)\n",
			cip->name, addr, item->prefixlen, cip->ifname, what,
			ERR_PTR(err), err);
	else
		kc_warn("(%s) address %s/%u on %s %s\n", cip->name, addr,
			item->prefixlen, cip->ifname, what);
}

/* One for each address of the item, as long as the device can send them. */
static void announce(struct kc_cip *cip, const struct kc_vrrp_item *item,
		     int ifindex, unsigned int *sent)
{
	unsigned int i, size = kc_vrrp_item_size(item);
	struct net_device *dev;
	u8 addr[16];

	for (i = 0; i < size; i++) {
		if (++*sent % BATCH == 0)
			usleep_range(1000, 2000);
		kc_vrrp_item_nth(item, i, addr);
		rcu_read_lock();
		dev = dev_get_by_index_rcu(cip->kn->net, ifindex);
		if (dev && dev->flags & IFF_UP)
			kc_frame_announce(dev, dev->dev_addr, item->family,
					  addr);
		rcu_read_unlock();
	}
}

static int ask_for(struct kc_cip *cip, struct kc_vrrp_item *item, int ifindex)
{
	struct kc_request *req = &cip->kn->cip.request;

	return item->local ? kc_vrrp_local_add(req, item, ifindex) :
			     kc_vrrp_address_add(req, item, ifindex);
}

static bool is_ours(struct kc_cip *cip, const struct kc_vrrp_item *item,
		    int ifindex)
{
	/* The mark is part of what makes a local route unique. */
	return item->local ||
	       kc_vrrp_address_look(&cip->kn->cip.request, item, ifindex).ours;
}

/* Put an address in place; true if it is new to neighbours. */
static bool establish(struct kc_cip *cip, struct kc_vrrp_item *item,
		      int ifindex)
{
	u8 before = item->state;
	int err = ask_for(cip, item, ifindex);

	if (err == -EEXIST || err == -EADDRINUSE) {
		if (err == -EEXIST && is_ours(cip, item, ifindex))
			item->state = KCLUSTER_VRRP_ITEM_STATE_HELD;
		else
			item->state = KCLUSTER_VRRP_ITEM_STATE_FOREIGN;
		item->ifindex = ifindex;
		item->error = 0;
		return item->state != before;
	}
	if (err) {
		/* Once is enough; it is tried again and again. */
		if (item->error != -err)
			complain(cip, item, "", err);
		/* The answer may have got lost. */
		item->ifindex = err == -ENOBUFS ? ifindex : 0;
		item->state = KCLUSTER_VRRP_ITEM_STATE_FAILED;
		item->error = -err;
		return false;
	}
	if (before == KCLUSTER_VRRP_ITEM_STATE_HELD &&
	    item->ifindex == ifindex) {
		cip->restored++;
		complain(cip, item, "was removed by somebody else - put back",
			 0);
	}
	item->state = KCLUSTER_VRRP_ITEM_STATE_HELD;
	item->ifindex = ifindex;
	item->error = 0;
	return true;
}

/* Take an address away if we put it there; false if that is impossible. */
static bool withdraw(struct kc_cip *cip, struct kc_vrrp_item *item)
{
	struct kc_request *req = &cip->kn->cip.request;
	int err = 0;

	if (item->ifindex && item->state != KCLUSTER_VRRP_ITEM_STATE_FOREIGN)
		err = item->local ? kc_vrrp_local_del(req, item) :
				    kc_vrrp_address_del(req, item);
	if (err && err != -EADDRNOTAVAIL && err != -ENODEV && err != -ENXIO &&
	    err != -ESRCH) {
		if (item->error != -err)
			complain(cip, item, "removal ", err);
		item->error = -err;
		return false;
	}
	item->state = KCLUSTER_VRRP_ITEM_STATE_ABSENT;
	item->error = 0;
	item->ifindex = 0;
	return true;
}

/*
 * Those that are not where they belong; in the reverse order, so that primary
 * addresses go last. False if that is impossible for one.
 */
static bool withdraw_others(struct kc_cip *cip, int ifindex)
{
	struct kc_vrrp_item *item;
	bool all = true;

	list_for_each_entry_reverse(item, &cip->items, list)
		if (!ifindex || (item->ifindex && item->ifindex != ifindex))
			all &= withdraw(cip, item);
	return all;
}

/**
 * kc_cip_hold() - let the addresses be where they belong
 * @cip: the cluster IP, mutex held
 * @recheck: look whether those that were put there are still there
 *
 * Context: process; takes RTNL
 * Return: true if it is to be tried again
 */
bool kc_cip_hold(struct kc_cip *cip, bool recheck)
{
	int ifindex = kc_cip_device_of(cip);
	struct kc_vrrp_item *item;
	unsigned int sent = 0;
	bool again;

	lockdep_assert_held(&cip->kn->cip.mutex);

	if (ifindex < 0)
		return false;
	/* The name may have passed to another device. */
	again = !withdraw_others(cip, ifindex);
	if (!ifindex)
		return again;
	list_for_each_entry(item, &cip->items, list) {
		bool there = item->ifindex == ifindex &&
			     item->state != KCLUSTER_VRRP_ITEM_STATE_FAILED;

		if (there && !recheck)
			continue;
		if (establish(cip, item, ifindex))
			announce(cip, item, ifindex, &sent);
		again |= item->state == KCLUSTER_VRRP_ITEM_STATE_FAILED;
	}
	return again;
}

/**
 * kc_cip_release() - take all addresses away, and be on no device
 * @cip: the cluster IP, mutex held
 *
 * Those that the host had by itself live at the MAC of the device again.
 *
 * Context: process; takes RTNL
 */
void kc_cip_release(struct kc_cip *cip)
{
	int ifindex = kc_cip_device_of(cip);
	struct kc_vrrp_item *item;
	unsigned int sent = 0;

	lockdep_assert_held(&cip->kn->cip.mutex);

	list_for_each_entry_reverse(item, &cip->items, list)
		if (item->state != KCLUSTER_VRRP_ITEM_STATE_FOREIGN)
			withdraw(cip, item);
	kc_cip_device_detach(cip);
	list_for_each_entry(item, &cip->items, list)
		if (item->state == KCLUSTER_VRRP_ITEM_STATE_FOREIGN &&
		    ifindex > 0)
			announce(cip, item, ifindex, &sent);
}
