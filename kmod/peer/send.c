// SPDX-License-Identifier: GPL-2.0
/*
 * The channel: sending to a peer.
 *
 * Nothing here takes a lock: what is sent by several CPUs at once may arrive in
 * any order anyway.
 */
#include <linux/netdevice.h>
#include <linux/pkt_sched.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/ip6_checksum.h>
#include <net/udp.h>

#include "../link.h"
#include "../net.h"
#include "../send.h"
#include "peer.h"

#define HEADERS (sizeof(struct udphdr) + KC_CHANNEL_HEADER_LEN)
/* In front: what WireGuard adds, and what lies below it. Behind: padding, MAC. */
#define HEADROOM (LL_MAX_HEADER + 2 * sizeof(struct ipv6hdr) + \
		  sizeof(struct udphdr) + 16 + HEADERS)
#define TAILROOM 32

#define TTL 64

/**
 * kc_channel_alloc() - an empty message
 * @len: octets that will be put into it, KC_CHANNEL_PAYLOAD_MAX at most
 * @gfp: how to allocate
 *
 * Return: the message, to be filled with skb_put(); or NULL
 */
struct sk_buff *kc_channel_alloc(size_t len, gfp_t gfp)
{
	return kc_send_alloc(HEADROOM, len + TAILROOM, gfp);
}

static void push_udp_header(struct sk_buff *skb, struct kc_send *to)
{
	struct udphdr *udp = skb_push(skb, sizeof(*udp));
	__be32 src4, dst4;

	skb_reset_transport_header(skb);
	udp->source = htons(KCLUSTER_PORT);
	udp->dest = htons(KCLUSTER_PORT);
	udp->len = htons(skb->len);
	udp->check = 0;
	if (to->family == KC_AF_INET6) {
		struct in6_addr src6, dst6;

		memcpy(&src6, to->src, sizeof(src6));
		memcpy(&dst6, to->dst, sizeof(dst6));
		udp6_set_csum(false, skb, &src6, &dst6, skb->len);
	} else {
		memcpy(&src4, to->src, sizeof(src4));
		memcpy(&dst4, to->dst, sizeof(dst4));
		udp_set_csum(false, skb, src4, dst4, skb->len);
	}
}

static void push_header(struct kc_peer_path *path, u8 type,
			struct sk_buff *skb)
{
	const struct kc_peer *p = path->peer;
	struct kc_channel_header header = {
		/* Whoever is not known yet may know no more than this. */
		.version = kc_peer_version(p) ?: KC_CHANNEL_VERSION_MIN,
		.type = type,
		.length = skb->len,
		.version_min = KC_CHANNEL_VERSION_MIN,
		.version_max = KC_CHANNEL_VERSION_MAX,
		.incarnation = p->live.own_incarnation,
		.sequence = atomic64_inc_return(&path->sequence),
	};

	kc_channel_build(&header, skb_push(skb, KC_CHANNEL_HEADER_LEN));
}

/* What keeps a device from carrying what we say? NULL if nothing. */
static const char *flaw_of(const struct net_device *dev)
{
	if (!dev)
		return "does not exist";
	if (!kc_link_is_wireguard(dev))
		return "is not a WireGuard device";
	return dev->flags & IFF_UP ? NULL : "is down";
}

/* Needs RCU. Leaves the message to the caller if it fails before sending. */
static struct dst_entry *route_by(struct kc_peer_path *path,
				  struct kc_send *to)
{
	struct net *net = path->peer->kn->net;
	struct dst_entry *route;
	struct net_device *dev;
	const char *flaw;

	dev = dev_get_by_name_rcu(net, path->ifname);
	flaw = flaw_of(dev);
	if (flaw) {
		WRITE_ONCE(path->flaw, flaw);
		return ERR_PTR(-ENETDOWN);
	}
	to->family = path->family;
	memcpy(to->dst, path->addr, sizeof(to->dst));
	route = kc_send_route(net, dev, to);
	/* An address of our own would lead elsewhere. */
	if (!IS_ERR(route) && route->dev != dev) {
		dst_release(route);
		route = ERR_PTR(-EHOSTUNREACH);
	}
	WRITE_ONCE(path->flaw, IS_ERR(route) ? "has no route to the peer" :
					       NULL);
	return route;
}

/**
 * kc_channel_send_by() - send a message by a path, whether it is up or not
 * @path: the path, kept by RCU or by a reference on its peer
 * @type: of the message
 * @skb: the message, from kc_channel_alloc(); consumed
 *
 * Context: any but hard interrupts
 * Return: 0 or a negative errno
 */
int kc_channel_send_by(struct kc_peer_path *path, u8 type,
		       struct sk_buff *skb)
{
	struct kc_send to = {
		.protocol = IPPROTO_UDP,
		.ttl = TTL,
	};
	struct kc_peer *p = path->peer;
	struct dst_entry *route;
	int err;

	if (type == KC_CHANNEL_HELLO) {
		skb->priority = TC_PRIO_CONTROL;
		to.tos = KC_SEND_TOS_CONTROL;
	}
	local_bh_disable();
	rcu_read_lock();
	route = route_by(path, &to);
	if (IS_ERR(route)) {
		err = PTR_ERR(route);
		kfree_skb(skb);
	} else {
		push_header(path, type, skb);
		push_udp_header(skb, &to);
		err = kc_send_out(p->kn->net, skb, &to, route);
	}
	rcu_read_unlock();
	local_bh_enable();
	if (err)
		kc_peer_count(p, KCLUSTER_A_NODE_STATS_SEND_ERRORS);
	return err;
}

/* The best path that is up, or NULL. */
static struct kc_peer_path *best(struct kc_peer *p)
{
	int n = READ_ONCE(p->live.best);

	return n == KC_LIVE_NO_PATH || READ_ONCE(p->gone) ? NULL :
							    &p->paths[n];
}

/**
 * kc_channel_send() - send a message to a peer
 * @p: the peer, kept by RCU or by a reference
 * @type: enum kc_channel_message
 * @skb: the message, from kc_channel_alloc(); consumed, also by a failure
 *
 * Context: any but hard interrupts; also with locks of the caller held, but not
 * with one that receive() of the type takes
 * Return: 0; -ENOTCONN if no path is up; -EMSGSIZE if the message is longer
 * than any may be; another negative errno if it could not be sent
 */
int kc_channel_send(struct kc_peer *p, u8 type, struct sk_buff *skb)
{
	struct kc_peer_path *path = best(p);

	if (!path || skb->len > KC_CHANNEL_PAYLOAD_MAX) {
		kfree_skb(skb);
		return path ? -EMSGSIZE : -ENOTCONN;
	}
	return kc_channel_send_by(path, type, skb);
}

/**
 * kc_channel_room() - how long may a message to a peer be?
 * @p: the peer, kept by RCU or by a reference
 *
 * Context: any but hard interrupts
 * Return: octets of payload that fit the MTU of the best path, 0 without one
 */
unsigned int kc_channel_room(struct kc_peer *p)
{
	const struct kc_peer_path *path = best(p);
	unsigned int mtu = 0, headers = HEADERS;
	const struct net_device *dev;

	if (!path)
		return 0;
	rcu_read_lock();
	dev = dev_get_by_name_rcu(p->kn->net, path->ifname);
	if (dev)
		mtu = READ_ONCE(dev->mtu);
	rcu_read_unlock();
	headers += path->family == KC_AF_INET6 ? sizeof(struct ipv6hdr) :
						 sizeof(struct iphdr);
	return mtu > headers ? min_t(unsigned int, mtu - headers,
				     KC_CHANNEL_PAYLOAD_MAX) : 0;
}
