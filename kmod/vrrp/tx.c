// SPDX-License-Identifier: GPL-2.0
/*
 * Sending advertisements (RFC 9568, 5, 7.2).
 *
 * Sent with the router's lock held, so that "priority 0" can never be
 * overtaken by an older advert of the same router.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/igmp.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/pkt_sched.h>
#include <linux/sched.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "../net.h"
#include "device.h"
#include "router.h"
#include "vmac.h"

#define CONTROL_TOS 0xc0	/* CS6, network control */
#define UNICAST_HEADROOM (LL_MAX_HEADER + sizeof(struct ipv6hdr))

/**
 * kc_vrrp_payload_max() - octets an advertisement may have on a device
 * @dev: the device
 * @family: KC_AF_INET or KC_AF_INET6
 *
 * Return: octets after the IP header
 */
unsigned int kc_vrrp_payload_max(const struct net_device *dev, u8 family)
{
	unsigned int header = family == KC_AF_INET6 ? sizeof(struct ipv6hdr) :
						      sizeof(struct iphdr);
	unsigned int mtu = READ_ONCE(dev->mtu);

	return mtu > header ? mtu - header : 0;
}

/* Congestion further on is no failure of ours. The macro evaluates twice. */
static int xmit_error(int ret)
{
	return net_xmit_eval(ret);
}

static const u8 *group(const struct kc_vrrp *r)
{
	return r->family == KC_AF_INET6 ? kc_vrrp_group6 : kc_vrrp_group4;
}

/* An skb with room for all headers and for a message. */
static struct sk_buff *message_skb(size_t headroom, size_t len)
{
	struct sk_buff *skb = alloc_skb(headroom + len, GFP_ATOMIC);

	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_reset_transport_header(skb);
	skb->priority = TC_PRIO_CONTROL;
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	return skb;
}

/* One that holds the advertisement. */
static struct sk_buff *advert_skb(const struct kc_vrrp_path *path, u8 priority,
				  const u8 *dst, size_t headroom)
{
	const struct kc_vrrp *r = path->router;
	struct kc_vrrp_advert advert = {
		.addresses = r->payload,
		.interval_ms = r->settings.fsm.interval_ms,
		.vrid = r->vrid,
		.priority = priority,
		.count = r->n_payload,
	};
	size_t len = kc_vrrp_length(&r->format, r->n_payload);
	struct sk_buff *skb;

	skb = message_skb(headroom, len);
	if (!skb)
		return NULL;
	kc_vrrp_build(&r->format, &advert, path->now.source, dst,
		      skb_put(skb, len), len);
	return skb;
}

static void push_ip_header(const struct kc_vrrp_path *path,
			   struct sk_buff *skb, const u8 *source,
			   const u8 *dst)
{
	size_t len = skb->len;

	if (path->router->family == KC_AF_INET6) {
		struct ipv6hdr *ip6 = skb_push(skb, sizeof(*ip6));

		ip6_flow_hdr(ip6, CONTROL_TOS, 0);
		ip6->payload_len = htons(len);
		ip6->nexthdr = KC_VRRP_PROTO;
		ip6->hop_limit = KC_VRRP_TTL;
		memcpy(&ip6->saddr, source, sizeof(ip6->saddr));
		memcpy(&ip6->daddr, dst, sizeof(ip6->daddr));
		skb->protocol = htons(ETH_P_IPV6);
	} else {
		struct iphdr *ip = skb_push(skb, sizeof(*ip));

		memset(ip, 0, sizeof(*ip));
		ip->version = 4;
		ip->ihl = sizeof(*ip) / 4;
		ip->tos = CONTROL_TOS;
		ip->tot_len = htons(len + sizeof(*ip));
		ip->frag_off = htons(IP_DF);
		ip->ttl = KC_VRRP_TTL;
		ip->protocol = KC_VRRP_PROTO;
		memcpy(&ip->saddr, source, sizeof(ip->saddr));
		memcpy(&ip->daddr, dst, sizeof(ip->daddr));
		ip_send_check(ip);
		skb->protocol = htons(ETH_P_IP);
	}
	skb_reset_network_header(skb);
}

static int send_multicast(const struct kc_vrrp_path *path,
			  struct net_device *dev, u8 priority)
{
	const struct kc_vrrp *r = path->router;
	struct sk_buff *skb;
	u8 mac[ETH_ALEN];

	skb = advert_skb(path, priority, group(r),
			 LL_RESERVED_SPACE(dev) + sizeof(struct ipv6hdr));
	if (!skb)
		return -ENOMEM;
	push_ip_header(path, skb, path->now.source, group(r));
	skb->dev = dev;
	if (r->family == KC_AF_INET6)
		ipv6_eth_mc_map((const struct in6_addr *)group(r), mac);
	else
		ip_eth_mc_map(*(const __be32 *)group(r), mac);
	if (dev_hard_header(skb, dev, ntohs(skb->protocol),
			    dev->type == ARPHRD_ETHER ? mac : dev->broadcast,
			    kc_vrrp_vmac_on(r, dev), skb->len) < 0) {
		kfree_skb(skb);
		return -EINVAL;
	}
	return xmit_error(dev_queue_xmit(skb));
}

static struct dst_entry *route_to(const struct kc_vrrp_path *path,
				  const struct net_device *dev, const u8 *src,
				  const u8 *dst)
{
	const struct kc_vrrp *r = path->router;
	struct net *net = r->kn->net;
	struct dst_entry *route;
	struct rtable *rt;

	if (r->family == KC_AF_INET6) {
		struct flowi6 fl6 = {
			.flowi6_oif = dev->ifindex,
			.flowi6_proto = KC_VRRP_PROTO,
		};

		memcpy(&fl6.saddr, src, sizeof(fl6.saddr));
		memcpy(&fl6.daddr, dst, sizeof(fl6.daddr));
		/* IPv6 would take another device if this one has no route. */
		route = ip6_route_output_flags(net, NULL, &fl6,
					       RT6_LOOKUP_F_IFACE);
		if (route->error) {
			int err = route->error;

			dst_release(route);
			return ERR_PTR(err);
		}
	} else {
		struct flowi4 fl4 = {
			.flowi4_oif = dev->ifindex,
			.flowi4_proto = KC_VRRP_PROTO,
		};

		memcpy(&fl4.saddr, src, sizeof(fl4.saddr));
		memcpy(&fl4.daddr, dst, sizeof(fl4.daddr));
		rt = ip_route_output_key(net, &fl4);
		if (IS_ERR(rt))
			return ERR_CAST(rt);
		route = &rt->dst;
	}
	return route;
}

/* Takes over the message, which may be NULL. */
static int send_unicast(const struct kc_vrrp_path *path,
			struct net_device *dev, struct sk_buff *skb,
			const u8 *src, const u8 *dst)
{
	const struct kc_vrrp *r = path->router;
	struct net *net = r->kn->net;
	struct dst_entry *route;

	if (!skb)
		return -ENOMEM;
	route = route_to(path, dev, src, dst);
	if (IS_ERR(route)) {
		kfree_skb(skb);
		return PTR_ERR(route);
	}
	push_ip_header(path, skb, src, dst);
	skb_dst_set(skb, route);
	skb->dev = route->dev;
	memset(skb->cb, 0, sizeof(skb->cb));
	if (r->family == KC_AF_INET6)
		return xmit_error(ip6_local_out(net, NULL, skb));
	return xmit_error(ip_local_out(net, NULL, skb));
}

/* Who sends on this CPU, with a router's lock held and BH disabled. */
static DEFINE_PER_CPU(struct task_struct *, sender);

/**
 * kc_vrrp_sending() - is a packet that arrives one that is being sent?
 *
 * Up to 6.7, tc's mirred hands a packet from egress to ingress at once. Whoever
 * took a router's lock for it would wait for the sender, that is, for itself.
 *
 * Context: softirq
 */
bool kc_vrrp_sending(void)
{
	return this_cpu_read(sender) == current;
}

/* By one path: to the group, or to each peer. */
static int send_by(const struct kc_vrrp_path *path, u8 priority)
{
	struct net_device *dev;
	unsigned int i;
	int err = 0;

	dev = dev_get_by_index_rcu(path->router->kn->net, path->now.ifindex);
	if (!dev || !(dev->flags & IFF_UP))
		return -ENETDOWN;
	if (!path->peers.n)
		return send_multicast(path, dev, priority);
	for (i = 0; i < path->peers.n; i++) {
		const u8 *dst = path->peers.list[i].addr;
		int one = send_unicast(path, dev,
				       advert_skb(path, priority, dst,
						  UNICAST_HEADROOM),
				       path->now.source, dst);

		err = one ?: err;
	}
	return err;
}

/**
 * kc_vrrp_send_to() - send another message than an advertisement
 * @path: by which path, its router locked
 * @src: source address
 * @dst: unicast destination
 * @data: the message
 * @len: octets of it
 *
 * Return: 0 or a negative errno
 */
int kc_vrrp_send_to(const struct kc_vrrp_path *path, const u8 *src,
		    const u8 *dst, const u8 *data, size_t len)
{
	struct net_device *dev;
	struct sk_buff *skb;
	int err = -ENETDOWN;

	lockdep_assert_held(&path->router->lock);

	rcu_read_lock();
	this_cpu_write(sender, current);
	dev = dev_get_by_index_rcu(path->router->kn->net, path->now.ifindex);
	if (dev && dev->flags & IFF_UP) {
		skb = message_skb(UNICAST_HEADROOM, len);
		if (skb)
			skb_put_data(skb, data, len);
		err = send_unicast(path, dev, skb, src, dst);
	}
	this_cpu_write(sender, NULL);
	rcu_read_unlock();
	return err;
}

/**
 * kc_vrrp_send() - advertise once, by all paths that can
 * @r: the router, locked
 * @priority: 0 to 255; 0 says that we stop being master
 */
void kc_vrrp_send(struct kc_vrrp *r, u8 priority)
{
	const struct kc_vrrp_path *path;
	bool sent = false;

	lockdep_assert_held(&r->lock);

	rcu_read_lock();
	this_cpu_write(sender, current);
	list_for_each_entry(path, &r->paths, list) {
		if (!path->now.up)
			continue;
		if (send_by(path, priority))
			r->stats[KCLUSTER_A_VRRP_STATS_SEND_ERRORS]++;
		else
			sent = true;
	}
	this_cpu_write(sender, NULL);
	rcu_read_unlock();

	if (!sent)
		return;
	if (priority)
		r->stats[KCLUSTER_A_VRRP_STATS_ADVERTS_SENT]++;
	else
		r->stats[KCLUSTER_A_VRRP_STATS_PRIO0_SENT]++;
}
