// SPDX-License-Identifier: GPL-2.0
/*
 * Asking rtnetlink for routes.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>

#include "../net.h"
#include "router.h"

static int send_route(struct kc_vrrp *r, u16 type, u16 flags,
		      const struct kc_vrrp_item *item, int ifindex)
{
	struct kc_request *req = &r->kn->vrrp.request;
	size_t len = kc_addr_len(item->family);
	struct rtmsg *rtm;

	rtm = kc_request_begin(req, type, flags, sizeof(*rtm));
	rtm->rtm_family = item->family;
	rtm->rtm_dst_len = item->prefixlen;
	rtm->rtm_protocol = req->mark;
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

/* What makes the addresses of a prefix those of the host. */
static int send_local(struct kc_request *req, u16 type, u16 flags,
		      const struct kc_vrrp_item *item, int ifindex)
{
	struct rtmsg *rtm;

	rtm = kc_request_begin(req, type, flags, sizeof(*rtm));
	rtm->rtm_family = item->family;
	rtm->rtm_dst_len = item->prefixlen;
	rtm->rtm_protocol = req->mark;
	rtm->rtm_scope = RT_SCOPE_HOST;
	rtm->rtm_type = RTN_LOCAL;
	rtm->rtm_table = RT_TABLE_LOCAL;
	kc_request_put(req, RTA_DST, item->addr, kc_addr_len(item->family));
	kc_request_put(req, RTA_OIF, &ifindex, sizeof(ifindex));
	return kc_request_send(req);
}

/* Does anybody here have the address? */
static bool is_taken(struct net *net, const struct kc_vrrp_item *item)
{
	bool taken;
	__be32 addr;

	memcpy(&addr, item->addr, sizeof(addr));
	rcu_read_lock();
	taken = __ip_dev_find(net, addr, false);
	rcu_read_unlock();
	return taken;
}

/**
 * kc_vrrp_local_add() - let the addresses of an item be those of the host
 * @req: who asks
 * @item: the addresses
 * @ifindex: device that they are behind
 *
 * A single address that the host has already stays as it is.
 *
 * Context: process, whose @req it is; takes RTNL
 * Return: 0 or a negative errno, -EEXIST if our route is there, -EADDRINUSE if
 * the address was there before us
 */
int kc_vrrp_local_add(struct kc_request *req, const struct kc_vrrp_item *item,
		      int ifindex)
{
	bool fresh = item->state == KCLUSTER_VRRP_ITEM_STATE_ABSENT ||
		     item->state == KCLUSTER_VRRP_ITEM_STATE_FOREIGN;

	if (fresh && kc_vrrp_item_size(item) == 1 && is_taken(req->net, item))
		return -EADDRINUSE;
	/* Others' route of the same prefix remains behind ours. */
	return send_local(req, RTM_NEWROUTE, NLM_F_CREATE, item, ifindex);
}

/**
 * kc_vrrp_local_del() - let them not be those of the host any more
 * @req: who asks
 * @item: the addresses, behind the device that it says
 *
 * Context: process, whose @req it is; takes RTNL
 * Return: 0 or a negative errno
 */
int kc_vrrp_local_del(struct kc_request *req, const struct kc_vrrp_item *item)
{
	return send_local(req, RTM_DELROUTE, 0, item, item->ifindex);
}

/**
 * kc_vrrp_route_add() - add a route
 * @r: the router
 * @item: the route
 * @ifindex: its device, 0 for the one that leads to the gateway
 *
 * Context: worker of the namespace; takes RTNL
 * Return: 0 or a negative errno, -EEXIST if there is one
 */
int kc_vrrp_route_add(struct kc_vrrp *r, const struct kc_vrrp_item *item,
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

/**
 * kc_vrrp_route_del() - delete a route that carries our mark, no other one
 * @r: the router
 * @item: the route
 *
 * Context: worker of the namespace; takes RTNL
 * Return: 0 or a negative errno
 */
int kc_vrrp_route_del(struct kc_vrrp *r, const struct kc_vrrp_item *item)
{
	return send_route(r, RTM_DELROUTE, 0, item, item->ifindex);
}
