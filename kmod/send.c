// SPDX-License-Identifier: GPL-2.0
/*
 * Sending unicast packets of our own.
 *
 * They are untracked: a full connection table must not stop them, nor shall
 * they appear in it.
 */
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "core/types.h"
#include "send.h"

/**
 * kc_send_alloc() - an empty packet
 * @headroom: octets for headers
 * @size: octets behind them
 * @gfp: how to allocate
 *
 * Return: the packet, whose transport header is yet to be put; or NULL
 */
struct sk_buff *kc_send_alloc(size_t headroom, size_t size, gfp_t gfp)
{
	struct sk_buff *skb = alloc_skb(headroom + size, gfp);

	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_reset_transport_header(skb);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	return skb;
}

static struct dst_entry *route6(struct net *net, const struct net_device *dev,
				struct kc_send *to)
{
	struct flowi6 fl6 = {
		.flowi6_oif = dev ? dev->ifindex : 0,
		.flowi6_proto = to->protocol,
	};
	struct dst_entry *route;
	int err;

	if (!ipv6_mod_enabled())
		return ERR_PTR(-EAFNOSUPPORT);
	memcpy(&fl6.saddr, to->src, sizeof(fl6.saddr));
	memcpy(&fl6.daddr, to->dst, sizeof(fl6.daddr));
	/* IPv6 would take another device if this one has no route. */
	route = ip6_route_output_flags(net, NULL, &fl6,
				       dev ? RT6_LOOKUP_F_IFACE : 0);
	err = route->error;
	if (!err && ipv6_addr_any(&fl6.saddr)) {
		err = ipv6_dev_get_saddr(net, route->dev, &fl6.daddr, 0,
					 &fl6.saddr);
		memcpy(to->src, &fl6.saddr, sizeof(fl6.saddr));
	}
	if (!err)
		return route;
	dst_release(route);
	return ERR_PTR(err);
}

static struct dst_entry *route4(struct net *net, const struct net_device *dev,
				struct kc_send *to)
{
	struct flowi4 fl4 = {
		.flowi4_oif = dev ? dev->ifindex : 0,
		.flowi4_proto = to->protocol,
	};
	struct rtable *rt;

	memcpy(&fl4.saddr, to->src, sizeof(fl4.saddr));
	memcpy(&fl4.daddr, to->dst, sizeof(fl4.daddr));
	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return ERR_CAST(rt);
	memcpy(to->src, &fl4.saddr, sizeof(fl4.saddr));
	return &rt->dst;
}

/**
 * kc_send_route() - how to get there
 * @net: the namespace
 * @dev: by which device; NULL for whichever leads there
 * @to: destination; a source that is all zero is filled in
 *
 * Context: any but hard interrupts, under RCU
 * Return: the route, to be released or handed to kc_send_out(); or ERR_PTR()
 */
struct dst_entry *kc_send_route(struct net *net, const struct net_device *dev,
				struct kc_send *to)
{
	return to->family == KC_AF_INET6 ? route6(net, dev, to) :
					   route4(net, dev, to);
}

/**
 * kc_send_push_ip() - put the IP header in front
 * @skb: the packet
 * @to: what is in the header
 */
void kc_send_push_ip(struct sk_buff *skb, const struct kc_send *to)
{
	size_t len = skb->len;

	if (to->family == KC_AF_INET6) {
		struct ipv6hdr *ip6 = skb_push(skb, sizeof(*ip6));

		ip6_flow_hdr(ip6, to->tos, 0);
		ip6->payload_len = htons(len);
		ip6->nexthdr = to->protocol;
		ip6->hop_limit = to->ttl;
		memcpy(&ip6->saddr, to->src, sizeof(ip6->saddr));
		memcpy(&ip6->daddr, to->dst, sizeof(ip6->daddr));
		skb->protocol = htons(ETH_P_IPV6);
	} else {
		struct iphdr *ip = skb_push(skb, sizeof(*ip));

		memset(ip, 0, sizeof(*ip));
		ip->version = 4;
		ip->ihl = sizeof(*ip) / 4;
		ip->tos = to->tos;
		ip->tot_len = htons(len + sizeof(*ip));
		ip->frag_off = htons(IP_DF);
		ip->ttl = to->ttl;
		ip->protocol = to->protocol;
		memcpy(&ip->saddr, to->src, sizeof(ip->saddr));
		memcpy(&ip->daddr, to->dst, sizeof(ip->daddr));
		ip_send_check(ip);
		skb->protocol = htons(ETH_P_IP);
	}
	skb_reset_network_header(skb);
}

/**
 * kc_send_out() - send a packet
 * @net: the namespace
 * @skb: the packet with its transport header; consumed
 * @to: what is in the IP header
 * @route: from kc_send_route(); consumed
 *
 * Context: any but hard interrupts, BH disabled
 * Return: 0 or a negative errno
 */
int kc_send_out(struct net *net, struct sk_buff *skb, const struct kc_send *to,
		struct dst_entry *route)
{
	kc_send_push_ip(skb, to);
	skb_dst_set(skb, route);
	skb->dev = route->dev;
	memset(skb->cb, 0, sizeof(skb->cb));
	if (to->family == KC_AF_INET6)
		return kc_send_error(ip6_local_out(net, NULL, skb));
	return kc_send_error(ip_local_out(net, NULL, skb));
}
