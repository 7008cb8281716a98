// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving from peers.
 *
 * A PRE_ROUTING hook before conntrack takes the datagrams of peers out of the
 * stack: rp_filter, INPUT rules and a full connection table cannot cut the
 * channel. It takes only what came by the WireGuard device of a path from the
 * address of that path, which WireGuard has verified. Everything else to our
 * port goes the way of all packets, to a socket that counts it (stray.c). The
 * hook exists only in namespaces that have peers.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rculist.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/gso.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "../link.h"
#include "../net.h"
#include "peer.h"

/**
 * kc_peer_whose() - from whom is a datagram?
 * @kn: the namespace
 * @family: KC_AF_INET or KC_AF_INET6
 * @src: source address, network order
 * @in: device by which it came
 * @known: filled in: some peer has that address
 *
 * Context: under RCU
 * Return: the path by which it came, NULL if it did not come by one
 */
struct kc_peer_path *kc_peer_whose(struct kc_net *kn, u8 family,
				   const u8 *src, const struct net_device *in,
				   bool *known)
{
	struct kc_peer_path *path;

	*known = false;
	hlist_for_each_entry_rcu(path, kc_peer_bucket(kn, family, src), hash) {
		if (path->family != family ||
		    memcmp(path->addr, src, kc_addr_len(family)))
			continue;
		*known = true;
		/* Whoever had the name before it was renamed counts no more. */
		if (!strcmp(path->ifname, in->name) &&
		    kc_link_is_wireguard(in))
			return path;
	}
	return NULL;
}

/* A single datagram, its UDP header at @offset. */
static void take_one(struct kc_peer_path *path, struct sk_buff *skb,
		     unsigned int offset)
{
	const struct udphdr *udp;
	struct udphdr copy;
	unsigned int len;

	udp = skb_header_pointer(skb, offset, sizeof(copy), &copy);
	len = udp ? ntohs(udp->len) : 0;
	if (len < sizeof(*udp) ||
	    len > sizeof(*udp) + KC_CHANNEL_HEADER_LEN +
		  KC_CHANNEL_PAYLOAD_MAX ||
	    !pskb_may_pull(skb, offset + len)) {
		kc_peer_count(path->peer,
			      KCLUSTER_A_NODE_STATS_DISCARD_MALFORMED);
		return;
	}
	kc_peer_receive(path, skb->data + offset + sizeof(*udp),
			len - sizeof(*udp));
}

/* What GRO has put together is taken apart again. */
static void take_many(struct kc_peer_path *path, struct sk_buff *skb,
		      unsigned int offset)
{
	struct sk_buff *segments, *segment, *next;

	segments = __skb_gso_segment(skb, NETIF_F_SG, false);
	if (IS_ERR_OR_NULL(segments)) {
		kc_peer_count(path->peer,
			      KCLUSTER_A_NODE_STATS_DISCARD_MALFORMED);
		return;
	}
	skb_list_walk_safe(segments, segment, next) {
		skb_mark_not_on_list(segment);
		take_one(path, segment, offset);
		consume_skb(segment);
	}
}

static bool checksum_ok(struct sk_buff *skb, unsigned int offset, u8 family)
{
	const struct udphdr *udp;
	struct udphdr copy;

	udp = skb_header_pointer(skb, offset, sizeof(copy), &copy);
	if (!udp)
		return false;
	/* IPv4 may go without (RFC 768). */
	if (!udp->check && family == KC_AF_INET)
		return true;
	return !nf_checksum(skb, NF_INET_PRE_ROUTING, offset, IPPROTO_UDP,
			    family);
}

static unsigned int take(struct kc_peer_path *path, struct sk_buff *skb,
			 unsigned int offset)
{
	if (!checksum_ok(skb, offset, path->family))
		kc_peer_count(path->peer,
			      KCLUSTER_A_NODE_STATS_DISCARD_CHECKSUM);
	else if (skb_is_gso(skb))
		take_many(path, skb, offset);
	else
		take_one(path, skb, offset);
	consume_skb(skb);
	return NF_STOLEN;
}

static bool is_to_port(const struct sk_buff *skb, unsigned int offset)
{
	const struct udphdr *udp;
	struct udphdr copy;

	udp = skb_header_pointer(skb, offset, sizeof(copy), &copy);
	return udp && udp->dest == htons(KCLUSTER_PORT);
}

static unsigned int hook(struct sk_buff *skb, const struct nf_hook_state *state,
			 u8 family, const u8 *src, const u8 *dst,
			 unsigned int offset)
{
	struct kc_peer_path *path;
	bool known;

	if (!is_to_port(skb, offset))
		return NF_ACCEPT;
	/* Netfilter hooks run under RCU. */
	path = kc_peer_whose(kc_net(state->net), family, src, state->in,
			     &known);
	/* Peers may talk to each other through this node. */
	if (!path || !kc_link_is_local(state->in, family, dst))
		return NF_ACCEPT;
	return take(path, skb, offset);
}

static unsigned int hook4(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	const struct iphdr *ip = ip_hdr(skb);

	if (ip->protocol != IPPROTO_UDP || ip_is_fragment(ip))
		return NF_ACCEPT;
	return hook(skb, state, KC_AF_INET, (const u8 *)&ip->saddr,
		    (const u8 *)&ip->daddr, ip_hdrlen(skb));
}

static unsigned int hook6(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);

	/* Peers send no extension headers. */
	if (ip6->nexthdr != IPPROTO_UDP)
		return NF_ACCEPT;
	return hook(skb, state, KC_AF_INET6, (const u8 *)&ip6->saddr,
		    (const u8 *)&ip6->daddr, sizeof(*ip6));
}

static const struct nf_hook_ops hooks[] = {
	{
		.hook = hook4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_RAW - 1,
	}, {
		.hook = hook6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_RAW - 1,
	},
};

/**
 * kc_peer_rx_register() - begin to receive in a network namespace
 * @kn: the namespace
 *
 * Return: 0 or a negative errno
 */
int kc_peer_rx_register(struct kc_net *kn)
{
	return nf_register_net_hooks(kn->net, hooks, ARRAY_SIZE(hooks));
}

/**
 * kc_peer_rx_unregister() - receive no more
 * @kn: the namespace
 */
void kc_peer_rx_unregister(struct kc_net *kn)
{
	nf_unregister_net_hooks(kn->net, hooks, ARRAY_SIZE(hooks));
}
