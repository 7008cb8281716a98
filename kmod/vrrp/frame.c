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
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "../frame.h"
#include "../net.h"
#include "router.h"
#include "vmac.h"

static unsigned int ingress(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	const struct kc_vrrp_segment *segment = priv;
	const struct kc_vrrp *r;
	const u8 *dest;
	u8 family;

	if (skb->pkt_type != PACKET_OTHERHOST || kc_frame_is_of_vlan(skb) ||
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

static unsigned int egress(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	const struct kc_vrrp_segment *segment = priv;
	const struct kc_vrrp_claim *claim = NULL;
	struct kc_frame frame;
	struct ethhdr *eth;

	if (!kc_frame_parse(skb, segment->dev, &frame))
		return NF_ACCEPT;
	do {
		claim = kc_vrrp_claim_next(segment->kn, frame.neigh.family,
					   frame.neigh.addr, claim);
		if (!claim)
			return NF_ACCEPT;
	} while (!claim->vmac || claim->ifindex != segment->ifindex);

	if (!READ_ONCE(claim->router->want_held))
		/* Either the host's own, or ours and not yet removed. */
		return claim->held ? NF_DROP : NF_ACCEPT;

	if (kc_frame_rewrite(skb, &frame, claim->router->mac))
		return NF_DROP;
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
