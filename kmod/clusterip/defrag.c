// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that came in pieces, where ports are needed to tell whose they are:
 * every node puts them together, and judges then.
 *
 * The kernel's own defragmentation does it, where the pieces come in, so that
 * nothing but packets to cluster IPs has to pass it. Its users do not get each
 * other's pieces: ours are found by what no other has, the numbers below.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "../net.h"
#include "clusterip.h"

/*
 * No macvlan of a device with a cluster IP gets a piece that we have taken. Of
 * IPv6 there are two defragmentations; conntrack's does not use this number.
 */
#define USER4 IP_DEFRAG_MACVLAN
#define USER6 IP6_DEFRAG_LOCAL_DELIVER

/* Whether the header is one that the stack would take as well. */
static bool is_good4(struct sk_buff *skb)
{
	const struct iphdr *ip4;

	if (!pskb_may_pull(skb, sizeof(*ip4)))
		return false;
	ip4 = ip_hdr(skb);
	return ip4->ihl >= 5 && pskb_may_pull(skb, ip4->ihl * 4) &&
	       !ip_fast_csum(skb->data, ip_hdr(skb)->ihl);
}

/* Padding of the frame is no part of it. */
static bool trim6(struct sk_buff *skb)
{
	unsigned int len;

	if (!pskb_may_pull(skb, sizeof(struct ipv6hdr)))
		return false;
	len = sizeof(struct ipv6hdr) + ntohs(ipv6_hdr(skb)->payload_len);
	return len <= skb->len && !pskb_trim_rcsum(skb, len);
}

static int gather(struct net *net, struct sk_buff *skb)
{
	int err;

	if (skb->protocol == htons(ETH_P_IP)) {
		if (!is_good4(skb))
			return NF_DROP;
		if (!ip_check_defrag(net, skb, USER4))
			return NF_STOLEN;
		/* Where it passes through it may leave in pieces again. */
		skb->ignore_df = true;
		return NF_ACCEPT;
	}
	if (!trim6(skb))
		return NF_DROP;
	memset(IP6CB(skb), 0, sizeof(struct inet6_skb_parm));
	err = nf_ct_frag6_gather(net, skb, USER6);
	if (err == -EINPROGRESS)
		return NF_STOLEN;
	return err ? NF_DROP : NF_ACCEPT;
}

/**
 * kc_cip_assemble() - keep a piece of a packet until all of them are there
 * @cd: by which device it came
 * @skb: the piece, which becomes the whole packet if it was the last one
 *
 * Context: softirq, under RCU
 * Return: verdict of the hook
 */
unsigned int kc_cip_assemble(const struct kc_cip_device *cd,
			     struct sk_buff *skb)
{
	int verdict;

	/* The packet would become another one than the hook has. */
	if (skb_shared(skb))
		return NF_DROP;
	/* No node complains if a piece never comes: all of them would. */
	skb->pkt_type = PACKET_MULTICAST;
	verdict = gather(cd->kn->net, skb);
	if (verdict != NF_ACCEPT)
		return verdict;
	/* What still is in pieces will never be told. */
	if (kc_cip_judge_closely(cd, skb) != KC_CIP_TAKE)
		return NF_DROP;
	skb->pkt_type = PACKET_HOST;
	return NF_ACCEPT;
}
