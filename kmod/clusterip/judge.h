/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose packet is it? The part that each packet takes, in one piece with the
 * hook: another node's packet, which is most of what comes, is to cost no more
 * than a firewall that drops everything.
 */
#ifndef KC_CLUSTERIP_JUDGE_H
#define KC_CLUSTERIP_JUDGE_H

#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "clusterip.h"
#include "set.h"

/* Whose is what has this hash? Counts it. */
static inline enum kc_cip_verdict kc_cip_judge_hash(const struct kc_cip *cip,
						    const struct kc_cip_split *map,
						    u32 hash)
{
	struct kc_cip_counts __percpu *counts = cip->counts;
	u32 bucket = kc_cip_bucket(hash, map->buckets);

	this_cpu_inc(counts->bucket[bucket]);
	if (kc_cip_is_mine(map, bucket)) {
		this_cpu_inc(counts->stats[KCLUSTER_A_CLUSTERIP_STATS_MINE]);
		return KC_CIP_TAKE;
	}
	this_cpu_inc(counts->stats[KCLUSTER_A_CLUSTERIP_STATS_OTHERS]);
	return KC_CIP_DROP;
}

/* What has none of our addresses: nearly all of it has nothing to do with us. */
static inline enum kc_cip_verdict kc_cip_judge_none(const struct kc_cip_set *set)
{
	return unlikely(set->n_gateways) ? KC_CIP_PASSING : KC_CIP_NONE;
}

/**
 * kc_cip_receiver() - where does a packet go?
 * @skb: the packet, beginning with its IP header
 * @buf: room for an address
 *
 * Return: its destination, network order; NULL if it is no IP, or too short
 */
static inline const u8 *kc_cip_receiver(const struct sk_buff *skb, u8 *buf)
{
	if (skb->protocol == htons(ETH_P_IP))
		return skb_header_pointer(skb, offsetof(struct iphdr, daddr),
					  sizeof(struct in_addr), buf);
	if (skb->protocol == htons(ETH_P_IPV6))
		return skb_header_pointer(skb, offsetof(struct ipv6hdr, daddr),
					  sizeof(struct in6_addr), buf);
	return NULL;
}

/**
 * kc_cip_judge4() - is an IPv4 packet for this node?
 * @cd: by which device it came
 * @skb: the packet, beginning with its IP header
 *
 * Context: under RCU; takes no lock, allocates nothing
 * Return: what is to become of it, or KC_CIP_UNCLEAR if only
 * kc_cip_judge_closely() can tell, KC_CIP_PASSING if kc_cip_judge_passing()
 */
static __always_inline enum kc_cip_verdict
kc_cip_judge4(const struct kc_cip_device *cd, const struct sk_buff *skb)
{
	const struct kc_cip_split *map;
	const struct kc_cip_set *set;
	const u8 *data = skb->data;
	const struct kc_cip *cip;
	u32 hash;

	if (unlikely(skb_headlen(skb) < KC_CIP_QUICK4_LEN))
		return KC_CIP_UNCLEAR;
	set = rcu_dereference(cd->set);
	cip = kc_cip_set_find4(set, data + offsetof(struct iphdr, daddr));
	if (!cip)
		return kc_cip_judge_none(set);
	map = rcu_dereference(cip->map);
	if (unlikely(!kc_cip_quick4(&map->mix, KC_CIP_SENDER, data, &hash)))
		return KC_CIP_UNCLEAR;
	return kc_cip_judge_hash(cip, map, hash);
}

/**
 * kc_cip_judge6() - is an IPv6 packet for this node?
 * @cd: by which device it came
 * @skb: the packet, beginning with its IP header
 *
 * Context: under RCU; takes no lock, allocates nothing
 * Return: likewise
 */
static __always_inline enum kc_cip_verdict
kc_cip_judge6(const struct kc_cip_device *cd, const struct sk_buff *skb)
{
	const struct kc_cip_split *map;
	const struct kc_cip_set *set;
	const u8 *data = skb->data;
	const struct kc_cip *cip;
	u32 hash;

	if (unlikely(skb_headlen(skb) < KC_CIP_QUICK6_LEN))
		return KC_CIP_UNCLEAR;
	set = rcu_dereference(cd->set);
	cip = kc_cip_set_find6(set, data + offsetof(struct ipv6hdr, daddr));
	if (!cip)
		return kc_cip_judge_none(set);
	map = rcu_dereference(cip->map);
	if (unlikely(!kc_cip_quick6(&map->mix, KC_CIP_SENDER, data, &hash)))
		return KC_CIP_UNCLEAR;
	return kc_cip_judge_hash(cip, map, hash);
}

#endif
