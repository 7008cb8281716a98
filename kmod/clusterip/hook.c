// SPDX-License-Identifier: GPL-2.0
/*
 * The packets of a device with cluster IPs.
 *
 * What came is judged at the ingress of the device, before conntrack and routing
 * see it. It came to a MAC that all nodes share, and the stack would not deliver
 * it for that: what is ours becomes as if it had come to the MAC of the device.
 *
 * ARP and neighbour discovery that leave and speak for one of the addresses
 * say the shared MAC. The Ethernet header keeps the device's own, for a
 * multicast MAC cannot send; switches would have to learn it, too. The host's
 * own addresses are left alone.
 */
#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>

#include "../frame.h"
#include "../net.h"
#include "judge.h"

/* To a virtual MAC, which is no other host's if the address is of ours. */
static bool is_to_router(const struct kc_cip_device *cd,
			 const struct sk_buff *skb)
{
	static const u8 prefix[4] = { 0x00, 0x00, 0x5e, 0x00 };

	return READ_ONCE(cd->unicast) && skb_mac_header_was_set(skb) &&
	       !memcmp(eth_hdr(skb)->h_dest, prefix, sizeof(prefix));
}

static unsigned int deliver(enum kc_cip_verdict verdict,
			    const struct kc_cip_device *cd,
			    struct sk_buff *skb)
{
	if (verdict == KC_CIP_NONE)
		return NF_ACCEPT;
	/* RFC 1122, 3.3.6: not in a broadcast frame. */
	if (verdict == KC_CIP_DROP || skb->pkt_type == PACKET_BROADCAST)
		return NF_DROP;
	if (verdict == KC_CIP_LATER)
		return kc_cip_assemble(cd, skb);
	skb->pkt_type = PACKET_HOST;
	return NF_ACCEPT;
}

static noinline unsigned int ingress_closely(const struct kc_cip_device *cd,
					     struct sk_buff *skb)
{
	/* Seen only because somebody captures. */
	if (skb->pkt_type == PACKET_OTHERHOST && !is_to_router(cd, skb))
		return NF_ACCEPT;
	return deliver(kc_cip_judge_closely(cd, skb), cd, skb);
}

static noinline unsigned int ingress_passing(const struct kc_cip_device *cd,
					     struct sk_buff *skb)
{
	return deliver(kc_cip_judge_passing(cd, skb), cd, skb);
}

static __always_inline unsigned int execute(enum kc_cip_verdict verdict,
					    const struct kc_cip_device *cd,
					    struct sk_buff *skb)
{
	switch (verdict) {
	case KC_CIP_DROP:
		return NF_DROP;
	case KC_CIP_TAKE:
		skb->pkt_type = PACKET_HOST;
		return NF_ACCEPT;
	case KC_CIP_UNCLEAR:
		return ingress_closely(cd, skb);
	case KC_CIP_PASSING:
		return ingress_passing(cd, skb);
	default:
		return NF_ACCEPT;
	}
}

static noinline unsigned int ingress4(const struct kc_cip_device *cd,
				      struct sk_buff *skb)
{
	return execute(kc_cip_judge4(cd, skb), cd, skb);
}

static noinline unsigned int ingress6(const struct kc_cip_device *cd,
				      struct sk_buff *skb)
{
	return execute(kc_cip_judge6(cd, skb), cd, skb);
}

static unsigned int ingress(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	BUILD_BUG_ON(PACKET_HOST & 1 || PACKET_MULTICAST & 1);
	BUILD_BUG_ON(!(PACKET_BROADCAST & 1 && PACKET_OTHERHOST & 1));

	/* Seen only because there is a VLAN above. */
	if (kc_frame_is_of_vlan(skb))
		return NF_ACCEPT;
	/* What is neither ours by its MAC nor multicast. */
	if (unlikely(skb->pkt_type & 1))
		return ingress_closely(priv, skb);
	/* Each of them keeps little, so that little is to be saved. */
	if (skb->protocol == htons(ETH_P_IP))
		return ingress4(priv, skb);
	if (skb->protocol == htons(ETH_P_IPV6))
		return ingress6(priv, skb);
	return NF_ACCEPT;
}

static unsigned int egress(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	const struct kc_cip_device *cd = priv;
	const struct kc_cip_set *set;
	const struct kc_cip *cip;
	struct kc_frame frame;

	if (!kc_frame_parse(skb, cd->dev, &frame))
		return NF_ACCEPT;
	set = rcu_dereference(cd->set);
	cip = frame.neigh.family == KC_AF_INET6 ?
	      kc_cip_set_find6(set, frame.neigh.addr) :
	      kc_cip_set_find4(set, frame.neigh.addr);
	if (!cip)
		return NF_ACCEPT;
	if (kc_frame_rewrite(skb, &frame, cip->mac))
		return NF_DROP;
	kc_cip_stat(cip, KCLUSTER_A_CLUSTERIP_STATS_NEIGHBOURS);
	return NF_ACCEPT;
}

/**
 * kc_cip_hook_register() - see the packets of a device
 * @cd: the device
 *
 * Context: process, under RTNL
 * Return: 0 or a negative errno
 */
int kc_cip_hook_register(struct kc_cip_device *cd)
{
	static const struct nf_hook_ops hooks[2] = {
		{
			/* Behind that of virtual MACs, before all others. */
			.hook = ingress,
			.pf = NFPROTO_NETDEV,
			.hooknum = NF_NETDEV_INGRESS,
			.priority = INT_MIN + 1,
		}, {
			.hook = egress,
			.pf = NFPROTO_NETDEV,
			.hooknum = NF_NETDEV_EGRESS,
			.priority = INT_MAX - 1,
		},
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		cd->hooks[i] = hooks[i];
		cd->hooks[i].dev = cd->dev;
		cd->hooks[i].priv = cd;
	}
	return nf_register_net_hooks(cd->kn->net, cd->hooks,
				     ARRAY_SIZE(cd->hooks));
}

/**
 * kc_cip_hook_unregister() - see them no more, after a grace period
 * @cd: the device
 *
 * Context: process, under RTNL
 */
void kc_cip_hook_unregister(struct kc_cip_device *cd)
{
	nf_unregister_net_hooks(cd->kn->net, cd->hooks, ARRAY_SIZE(cd->hooks));
}
