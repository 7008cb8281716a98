// SPDX-License-Identifier: GPL-2.0
/*
 * Frames on a device that bears virtual MACs.
 *
 * The device takes frames to a virtual MAC, but the stack drops what is not
 * addressed to the device's own: the ingress hook says whose they are. ARP and
 * neighbour discovery speak for an address with the MAC of the device: the
 * egress hook makes those that speak for a virtual address say the virtual
 * MAC (RFC 9568, 8.1.2, 8.2.2), and leaves the host's own addresses alone. All
 * other traffic leaves with the MAC of the device.
 *
 * Both see the state of a router as it is, not as the worker has seen it: the
 * moment a router is no master any more, its frames are nobody's and it says
 * nothing about its addresses, even while these are still there.
 */
#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "../core/neigh.h"
#include "../net.h"
#include "router.h"
#include "vmac.h"

/* Longer ones are no business of ours. */
#define ND_LEN_MAX 2048

/* Frames of a VLAN pass the device below it, too. */
static bool is_of_vlan(const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb);
}

static unsigned int ingress(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	const struct kc_vrrp_segment *segment = priv;
	const struct kc_vrrp *r;
	const u8 *dest;
	u8 family;

	if (skb->pkt_type != PACKET_OTHERHOST || is_of_vlan(skb) ||
	    !skb_mac_header_was_set(skb))
		return NF_ACCEPT;
	dest = eth_hdr(skb)->h_dest;
	family = kc_vmac_family(dest);
	if (!family)
		return NF_ACCEPT;
	r = rcu_dereference(segment->router[family == KC_AF_INET6][dest[5]]);
	if (r && READ_ONCE(r->want_held))
		skb->pkt_type = PACKET_HOST;
	return NF_ACCEPT;
}

static bool is_discovery(const struct sk_buff *skb, unsigned int offset)
{
	const u8 *octet;
	u8 buf;

	octet = skb_header_pointer(skb, offset + offsetof(struct ipv6hdr,
							  nexthdr), 1, &buf);
	if (!octet || *octet != IPPROTO_ICMPV6)
		return false;
	octet = skb_header_pointer(skb, offset + sizeof(struct ipv6hdr), 1,
				   &buf);
	return octet && *octet >= NDISC_ROUTER_SOLICITATION &&
	       *octet <= NDISC_NEIGHBOUR_ADVERTISEMENT;
}

/*
 * Could the frame speak for an address? Sets where its packet begins and how
 * many octets from the beginning of the frame on are of interest.
 */
static u8 family_of(const struct sk_buff *skb, const struct net_device *dev,
		    unsigned int *offset, unsigned int *len)
{
	const struct vlan_ethhdr *eth;
	struct vlan_ethhdr buf;
	__be16 proto;

	if (is_of_vlan(skb))
		return 0;
	eth = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (!eth)
		return 0;
	proto = eth->h_vlan_proto;
	*offset = ETH_HLEN;
	if (eth_type_vlan(proto)) {
		/* That of another device, unless a VLAN device wrote it. */
		if (!is_vlan_dev(dev))
			return 0;
		proto = eth->h_vlan_encapsulated_proto;
		*offset = VLAN_ETH_HLEN;
	}
	if (proto == htons(ETH_P_ARP)) {
		*len = *offset + KC_ARP_LEN;
		return KC_AF_INET;
	}
	if (proto != htons(ETH_P_IPV6) || skb->len > ND_LEN_MAX ||
	    !is_discovery(skb, *offset))
		return 0;
	*len = skb->len;
	return KC_AF_INET6;
}

static unsigned int egress(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	const struct kc_vrrp_segment *segment = priv;
	const struct kc_vrrp_claim *claim = NULL;
	unsigned int offset, len;
	struct kc_neigh neigh;
	struct ethhdr *eth;
	u8 family;

	family = family_of(skb, segment->dev, &offset, &len);
	if (!family || !pskb_may_pull(skb, len) ||
	    !kc_neigh_parse(family, skb->data + offset, len - offset, &neigh))
		return NF_ACCEPT;
	do {
		claim = kc_vrrp_claim_next(segment->kn, family, neigh.addr,
					   claim);
		if (!claim)
			return NF_ACCEPT;
	} while (!claim->vmac || claim->ifindex != segment->ifindex);

	if (!READ_ONCE(claim->router->want_held))
		/* Either the host's own, or ours and not yet removed. */
		return claim->held ? NF_DROP : NF_ACCEPT;

	/* Others may have the data too: captures, a clone in a queue. */
	if (skb_ensure_writable(skb, len))
		return NF_DROP;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		neigh.check = 0;	/* the device computes it */
	else
		skb->ip_summed = CHECKSUM_NONE;
	kc_neigh_rewrite(skb->data + offset, &neigh, claim->router->mac);
	eth = (struct ethhdr *)skb->data;
	ether_addr_copy(eth->h_source, claim->router->mac);
	return NF_ACCEPT;
}

/**
 * kc_vrrp_frame_register() - see the frames of a device
 * @segment: the device
 *
 * Context: process, under RTNL
 * Return: 0 or a negative errno
 */
int kc_vrrp_frame_register(struct kc_vrrp_segment *segment)
{
	static const struct nf_hook_ops hooks[2] = {
		{
			/* First, so that everybody knows that it is ours. */
			.hook = ingress,
			.pf = NFPROTO_NETDEV,
			.hooknum = NF_NETDEV_INGRESS,
			.priority = INT_MIN,
		}, {
			/* Last, so that nobody undoes it. */
			.hook = egress,
			.pf = NFPROTO_NETDEV,
			.hooknum = NF_NETDEV_EGRESS,
			.priority = INT_MAX,
		},
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		segment->hooks[i] = hooks[i];
		segment->hooks[i].dev = segment->dev;
		segment->hooks[i].priv = segment;
	}
	return nf_register_net_hooks(segment->kn->net, segment->hooks,
				     ARRAY_SIZE(hooks));
}

/**
 * kc_vrrp_frame_unregister() - see them no more, after a grace period
 * @segment: the device
 *
 * Context: process, under RTNL
 */
void kc_vrrp_frame_unregister(struct kc_vrrp_segment *segment)
{
	nf_unregister_net_hooks(segment->kn->net, segment->hooks,
				ARRAY_SIZE(segment->hooks));
}
