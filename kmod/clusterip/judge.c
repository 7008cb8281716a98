// SPDX-License-Identifier: GPL-2.0
/*
 * Whose packet is it? All that can be said of one, for those that judge.h does
 * not tell at once.
 *
 * Only the client counts, never which of our addresses it talks to, so that all
 * of its flows, and ICMP about them, belong to the same node. Packets that were
 * put together on their way here (GRO) are of one flow, and so judged as one.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>

#include "../core/clusterip_parse.h"
#include "judge.h"

/* Whose headers are longer than this is nobody's. */
#define LOOK_MAX 256

static struct kc_cip *find(const struct kc_cip_set *set,
			   const struct sk_buff *skb)
{
	u8 buf[sizeof(struct in6_addr)];
	const u8 *addr = kc_cip_receiver(skb, buf);

	if (!addr)
		return NULL;
	return skb->protocol == htons(ETH_P_IPV6) ?
	       kc_cip_set_find6(set, addr) : kc_cip_set_find4(set, addr);
}

/* What of a packet is in one piece is enough, mostly. */
static enum kc_cip_look look(const struct sk_buff *skb,
			     enum kc_cip_ports ports, enum kc_cip_side side,
			     struct kc_cip_key *key)
{
	u8 buf[LOOK_MAX];
	enum kc_cip_look what;
	const u8 *data;
	u32 want, len;

	what = kc_cip_look(skb->data, skb_headlen(skb), ports, side, key,
			   &want);
	if (what != KC_CIP_SHORT || !skb_is_nonlinear(skb))
		return what;
	len = min_t(u32, skb->len, LOOK_MAX);
	data = skb_header_pointer(skb, 0, len, buf);
	if (!data)
		return KC_CIP_BAD;
	return kc_cip_look(data, len, ports, side, key, &want);
}

/**
 * kc_cip_judge_by() - does a packet of a cluster IP belong to this node?
 * @cip: the cluster IP
 * @side: which end of the packet tells
 * @skb: the packet, beginning with its IP header
 *
 * Context: under RCU; takes no lock, allocates nothing
 * Return: what is to become of it; KC_CIP_LATER for a fragment without the
 * ports that are needed
 */
enum kc_cip_verdict kc_cip_judge_by(const struct kc_cip *cip,
				    enum kc_cip_side side,
				    const struct sk_buff *skb)
{
	const struct kc_cip_split *map = rcu_dereference(cip->map);
	struct kc_cip_key key;

	switch (look(skb, map->ports, side, &key)) {
	case KC_CIP_KEY:
		return kc_cip_judge_hash(cip, map,
					 kc_cip_hash(map->hash, map->seed,
						     &key));
	case KC_CIP_FRAGMENT:
		kc_cip_stat(cip, KCLUSTER_A_CLUSTERIP_STATS_FRAGMENTS);
		return KC_CIP_LATER;
	case KC_CIP_EVERYBODY:
		kc_cip_stat(cip, KCLUSTER_A_CLUSTERIP_STATS_EVERYBODY);
		return KC_CIP_TAKE;
	case KC_CIP_SHORT:
	case KC_CIP_BAD:
		break;
	}
	kc_cip_stat(cip, KCLUSTER_A_CLUSTERIP_STATS_MALFORMED);
	return KC_CIP_DROP;
}

/**
 * kc_cip_judge_closely() - is a packet of any kind for this node?
 * @cd: by which device it came
 * @skb: the packet, beginning with its IP header
 *
 * Context: under RCU; takes no lock, allocates nothing
 * Return: what is to become of it, see kc_cip_judge_by()
 */
enum kc_cip_verdict kc_cip_judge_closely(const struct kc_cip_device *cd,
					 const struct sk_buff *skb)
{
	const struct kc_cip *cip = find(rcu_dereference(cd->set), skb);

	return cip ? kc_cip_judge_by(cip, KC_CIP_SENDER, skb) :
		     kc_cip_judge_passing(cd, skb);
}
