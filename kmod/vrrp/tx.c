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
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/pkt_sched.h>
#include <linux/sched.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "../net.h"
#include "../send.h"
#include "device.h"
#include "router.h"
#include "vmac.h"

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

static const u8 *group(const struct kc_vrrp *r)
{
	return r->family == KC_AF_INET6 ? kc_vrrp_group6 : kc_vrrp_group4;
}

/* An skb with room for all headers and for a message. */
static struct sk_buff *message_skb(size_t headroom, size_t len)
{
	struct sk_buff *skb = kc_send_alloc(headroom, len, GFP_ATOMIC);

	if (skb)
		skb->priority = TC_PRIO_CONTROL;
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

static void address(const struct kc_vrrp_path *path, const u8 *src,
		    const u8 *dst, struct kc_send *to)
{
	size_t len = kc_addr_len(path->router->family);

	memset(to, 0, sizeof(*to));
	to->family = path->router->family;
	to->protocol = KC_VRRP_PROTO;
	to->ttl = KC_VRRP_TTL;
	to->tos = KC_SEND_TOS_CONTROL;
	memcpy(to->src, src, len);
	memcpy(to->dst, dst, len);
}

static int send_multicast(const struct kc_vrrp_path *path,
			  struct net_device *dev, u8 priority)
{
	const struct kc_vrrp *r = path->router;
	struct sk_buff *skb;
	struct kc_send to;
	u8 mac[ETH_ALEN];

	skb = advert_skb(path, priority, group(r),
			 LL_RESERVED_SPACE(dev) + sizeof(struct ipv6hdr));
	if (!skb)
		return -ENOMEM;
	address(path, path->now.source, group(r), &to);
	kc_send_push_ip(skb, &to);
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
	return kc_send_error(dev_queue_xmit(skb));
}

/* Takes over the message, which may be NULL. */
static int send_unicast(const struct kc_vrrp_path *path,
			struct net_device *dev, struct sk_buff *skb,
			const u8 *src, const u8 *dst)
{
	struct net *net = path->router->kn->net;
	struct dst_entry *route;
	struct kc_send to;

	if (!skb)
		return -ENOMEM;
	address(path, src, dst, &to);
	route = kc_send_route(net, dev, &to);
	if (IS_ERR(route)) {
		kfree_skb(skb);
		return PTR_ERR(route);
	}
	return kc_send_out(net, skb, &to, route);
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
