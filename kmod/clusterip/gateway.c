// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that pass through: they came to the MAC that all nodes share, but are
 * for none of its addresses. One node forwards each of them, the one that its
 * far end belongs to.
 *
 * What comes from the clients is told by its sender, as what is for an address.
 * What follows another cluster IP is on the other side, where servers send their
 * answers: there the far end is the receiver. So both directions of a flow pass
 * through the same node, whether or not that rewrites the near end.
 */
#include <linux/etherdevice.h>
#include <linux/in.h>
#include <linux/netdevice.h>
#include <net/ipv6.h>

#include "judge.h"

static struct kc_cip *find(const struct kc_cip_set *set,
			   const struct sk_buff *skb)
{
	unsigned int i;

	if (!set->n_gateways || !skb_mac_header_was_set(skb))
		return NULL;
	for (i = 0; i < set->n_gateways; i++)
		if (ether_addr_equal(set->gateways[i].mac,
				     eth_hdr(skb)->h_dest))
			return READ_ONCE(set->gateways[i].cip);
	return NULL;
}

/* Groups are everybody's, and nobody forwards a broadcast. */
static bool is_unicast(const struct sk_buff *skb)
{
	u8 buf[sizeof(struct in6_addr)];
	const u8 *addr = kc_cip_receiver(skb, buf);
	__be32 addr4;

	if (!addr)
		return false;
	if (skb->protocol == htons(ETH_P_IPV6))
		return addr[0] != 0xff;
	memcpy(&addr4, addr, sizeof(addr4));
	return !ipv4_is_multicast(addr4) && !ipv4_is_lbcast(addr4);
}

static bool quick(const struct kc_cip_mix *mix, enum kc_cip_side side,
		  const struct sk_buff *skb, u32 *hash)
{
	if (skb->protocol == htons(ETH_P_IPV6))
		return skb_headlen(skb) >= KC_CIP_QUICK6_LEN &&
		       kc_cip_quick6(mix, side, skb->data, hash);
	return skb_headlen(skb) >= KC_CIP_QUICK4_LEN &&
	       kc_cip_quick4(mix, side, skb->data, hash);
}

/**
 * kc_cip_judge_passing() - is it for this node to forward a packet?
 * @cd: by which device it came
 * @skb: the packet, beginning with its IP header, for no address of a cluster IP
 *
 * Context: under RCU; takes no lock, allocates nothing
 * Return: what is to become of it, see kc_cip_judge_by(); KC_CIP_NONE if it
 * came to another MAC, or is not to be forwarded by us
 */
enum kc_cip_verdict kc_cip_judge_passing(const struct kc_cip_device *cd,
					 const struct sk_buff *skb)
{
	const struct kc_cip *cip = find(rcu_dereference(cd->set), skb);
	const struct kc_cip_split *map;
	enum kc_cip_side side;
	u32 hash;

	if (!cip || !is_unicast(skb))
		return KC_CIP_NONE;
	map = rcu_dereference(cip->map);
	/* These are for IPv4 only. */
	if (skb->protocol == htons(ETH_P_IPV6) && kc_cip_legacy(map->hash))
		return KC_CIP_NONE;
	side = cip->leader ? KC_CIP_RECEIVER : KC_CIP_SENDER;
	if (likely(quick(&map->mix, side, skb, &hash)))
		return kc_cip_judge_hash(cip, map, hash);
	return kc_cip_judge_by(cip, side, skb);
}
