// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving advertisements.
 *
 * A PRE_ROUTING hook before conntrack sees protocol 112 first: rp_filter,
 * INPUT rules and a full connection table cannot silence a master. The packet
 * goes on untracked, so that raw sockets (keepalived on the same host) get it,
 * too. The hook exists only in namespaces that have virtual routers.
 */
#include <linux/etherdevice.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/inet.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/protocol.h>

#include "../link.h"
#include "../log.h"
#include "../net.h"
#include "attend.h"
#include "device.h"
#include "router.h"

/* Extra octets behind the longest advertisement are still an advertisement. */
#define RX_LEN_MAX (KC_VRRP_LEN_MAX + 64)

static const u8 verdict_stat[] = {
	[KC_VRRP_BAD_TTL] = KCLUSTER_A_VRRP_STATS_DISCARD_TTL,
	[KC_VRRP_BAD_LENGTH] = KCLUSTER_A_VRRP_STATS_DISCARD_LENGTH,
	[KC_VRRP_BAD_VERSION] = KCLUSTER_A_VRRP_STATS_DISCARD_VERSION,
	[KC_VRRP_BAD_TYPE] = KCLUSTER_A_VRRP_STATS_DISCARD_TYPE,
	[KC_VRRP_BAD_CHECKSUM] = KCLUSTER_A_VRRP_STATS_DISCARD_CHECKSUM,
	[KC_VRRP_BAD_COUNT] = KCLUSTER_A_VRRP_STATS_DISCARD_COUNT,
	[KC_VRRP_BAD_INTERVAL] = KCLUSTER_A_VRRP_STATS_DISCARD_INTERVAL,
	[KC_VRRP_BAD_AUTH_TYPE] = KCLUSTER_A_VRRP_STATS_DISCARD_AUTH_TYPE,
	[KC_VRRP_BAD_AUTH] = KCLUSTER_A_VRRP_STATS_DISCARD_AUTH,
};

/**
 * kc_vrrp_count_verdict() - a message was discarded
 * @r: the router, locked
 * @verdict: why
 */
void kc_vrrp_count_verdict(struct kc_vrrp *r, enum kc_vrrp_verdict verdict)
{
	r->stats[verdict_stat[verdict]]++;
}

static bool is_peer(const struct kc_vrrp_path *path, const u8 *src)
{
	size_t len = kc_addr_len(path->router->family);
	unsigned int i;

	for (i = 0; i < path->peers.n; i++)
		if (!memcmp(path->peers.list[i].addr, src, len))
			return true;
	return false;
}

static bool is_multicast(const struct kc_vrrp_packet *packet)
{
	return packet->family == KC_AF_INET6 ? packet->dst[0] == 0xff :
					       (packet->dst[0] & 0xf0) == 0xe0;
}

static bool is_local(const struct kc_vrrp_packet *packet,
		     const struct net_device *in)
{
	return kc_link_is_local(in, packet->family, packet->dst);
}

/* Two of our paths may lead into the same network. */
static bool is_own(const struct kc_vrrp *r, const u8 *src)
{
	const struct kc_vrrp_path *path;

	list_for_each_entry(path, &r->paths, list)
		if (path->now.up && !memcmp(src, path->now.source,
					    kc_addr_len(r->family)))
			return true;
	return false;
}

/* RFC 9568, 5.1.1.2: to the group, unless peers are configured. */
static bool is_for(const struct kc_vrrp_path *path,
		   const struct kc_vrrp_packet *packet,
		   const struct net_device *in)
{
	if (path->peers.n)
		return !is_multicast(packet) && is_local(packet, in);
	if (packet->family == KC_AF_INET6)
		return !memcmp(packet->dst, kc_vrrp_group6,
			       sizeof(kc_vrrp_group6));
	return !memcmp(packet->dst, kc_vrrp_group4, sizeof(kc_vrrp_group4));
}

/* The order of an address list has no meaning. */
static bool same_addresses(const struct kc_vrrp *r,
			   const struct kc_vrrp_advert *advert)
{
	size_t len = kc_addr_len(r->family);
	unsigned int i, j;

	if (advert->count != r->n_payload)
		return false;
	if (!memcmp(advert->addresses, r->payload, len * advert->count))
		return true;
	/* Comparing long lists in any order would cost too much here. */
	if (advert->count > 16)
		return false;
	for (i = 0; i < advert->count; i++) {
		for (j = 0; j < advert->count; j++)
			if (!memcmp(advert->addresses + i * len,
				    r->payload + j * len, len))
				break;
		if (j == advert->count)
			return false;
	}
	return true;
}

static void note_differences(struct kc_vrrp *r,
			     const struct kc_vrrp_advert *advert,
			     const char *from)
{
	if (!same_addresses(r, advert) && !r->settings.fsm.witness) {
		if (!r->stats[KCLUSTER_A_VRRP_STATS_MISMATCH_ADDRESSES]++)
			kc_warn("(%s) the address list of %s on %s differs from ours\n",
				r->name, from, r->ifname);
	}
	if (r->format.version == 3 &&
	    advert->interval_ms != r->settings.fsm.interval_ms) {
		if (!r->stats[KCLUSTER_A_VRRP_STATS_MISMATCH_INTERVAL]++)
			kc_warn("(%s) %s on %s advertises every %u ms, we are set to %u ms\n",
				r->name, from, r->ifname, advert->interval_ms,
				r->settings.fsm.interval_ms);
	}
	if (r->fsm.priority == KC_FSM_OWNER && advert->priority &&
	    __ratelimit(&r->log))
		kc_warn("(%s) %s on %s advertises priority %u though we own the addresses\n",
			r->name, from, r->ifname, advert->priority);
}

/*
 * Equal priorities are decided by the addresses (RFC 9568, 6.4.3). These are
 * others on each path, but the decision must be one: the first path by which
 * rivals are heard makes it.
 */
static int compare_source(const struct kc_vrrp_path *path,
			  const struct kc_vrrp_packet *packet, u64 now)
{
	const struct kc_vrrp *r = path->router;
	const struct kc_vrrp_path *other;

	list_for_each_entry(other, &r->paths, list) {
		if (other == path)
			break;
		if (other->heard_at && kc_vrrp_path_counts(other) &&
		    now - other->heard_at <= kc_fsm_down_interval(&r->fsm))
			return 0;
	}
	return memcmp(packet->src, path->now.source, kc_addr_len(r->family));
}

static void heard(struct kc_vrrp_path *path,
		  const struct kc_vrrp_packet *packet,
		  const struct kc_vrrp_advert *advert, u64 now)
{
	struct kc_vrrp *r = path->router;
	size_t len = kc_addr_len(r->family);
	char reason[KC_VRRP_REASON_MAX];
	unsigned int actions;
	char from[INET6_ADDRSTRLEN];

	if (r->family == KC_AF_INET6)
		snprintf(from, sizeof(from), "%pI6c", packet->src);
	else
		snprintf(from, sizeof(from), "%pI4", packet->src);

	r->fsm.unready = kc_vrrp_is_unready(r->kn);
	actions = kc_fsm_advert(&r->fsm, advert->priority, advert->interval_ms,
				compare_source(path, packet, now), now);
	if (actions & KC_FSM_BAD_INTERVAL) {
		if (!r->stats[KCLUSTER_A_VRRP_STATS_DISCARD_INTERVAL]++)
			kc_warn("(%s) %s on %s advertises every %u ms, we are set to %u ms - discarding\n",
				r->name, from, r->ifname, advert->interval_ms,
				r->settings.fsm.interval_ms);
		return;
	}

	r->stats[KCLUSTER_A_VRRP_STATS_ADVERTS_RECEIVED]++;
	r->heard_at = now;
	path->heard_at = now;
	memcpy(r->master, packet->src, len);
	r->has_master = true;
	r->master_priority = advert->priority;
	r->master_interval_ms = advert->interval_ms;
	note_differences(r, advert, from);

	if (!advert->priority) {
		r->stats[KCLUSTER_A_VRRP_STATS_PRIO0_RECEIVED]++;
		if (__ratelimit(&r->log))
			kc_info("(%s) %s on %s sent 0 priority\n", r->name,
				from, r->ifname);
	}
	if (actions & KC_FSM_LOWER) {
		r->stats[KCLUSTER_A_VRRP_STATS_LOWER_PRIORITY]++;
		if (__ratelimit(&r->log))
			kc_info("(%s) received lower priority (%u) advert from %s on %s - discarding\n",
				r->name, advert->priority, from, r->ifname);
	} else {
		r->accepted_at = now;
	}
	if (actions) {
		if (actions & KC_FSM_ISOLATED)
			kc_vrrp_votes_describe(r, now, reason, sizeof(reason));
		else
			snprintf(reason, sizeof(reason),
				 "%s advertises priority %u, ours is %u", from,
				 advert->priority, r->fsm.priority);
		kc_vrrp_act(r, actions, reason);
	}
	/* After it: since when we are backup is known now. */
	kc_vrrp_paths_heard(path, now);
	kc_vrrp_requeue(r);
}

/* Did it come from the virtual MAC, so that the neighbours know that? */
static bool is_from_vmac(const struct kc_vrrp *r, const struct sk_buff *skb,
			 const struct net_device *in)
{
	return r->settings.vmac && in->type == ARPHRD_ETHER &&
	       skb_mac_header_was_set(skb) &&
	       ether_addr_equal(eth_hdr(skb)->h_source, r->mac);
}

static void receive(struct kc_vrrp_path *path, struct kc_vrrp_packet *packet,
		    const struct sk_buff *skb, const struct net_device *in)
{
	struct kc_vrrp *r = path->router;
	struct kc_vrrp_advert advert;
	enum kc_vrrp_verdict verdict;
	bool vote;

	spin_lock_bh(&r->lock);
	packet->ttl_min = path->hop_limit;
	vote = kc_vote_is(packet->data, packet->len) && kc_vrrp_votes(r);
	if (r->dead || path->gone || !path->now.up)
		goto out;
	/* Whoever cannot be master can still vote. */
	if (!vote && (r->fsm.state == KC_FSM_INIT ||
		      r->fsm.state == KC_FSM_FAULT))
		goto out;
	if (!kc_vrrp_path_counts(path)) {
		r->stats[KCLUSTER_A_VRRP_STATS_DISCARD_UNTRUSTED]++;
		goto out;
	}
	if (vote) {
		if (is_local(packet, in))
			kc_vrrp_votes_heard(path, packet);
		else
			r->stats[KCLUSTER_A_VRRP_STATS_DISCARD_DESTINATION]++;
		goto out;
	}
	if (!is_for(path, packet, in)) {
		r->stats[KCLUSTER_A_VRRP_STATS_DISCARD_DESTINATION]++;
		goto out;
	}
	if (is_own(r, packet->src) ||
	    (path->peers.n && !is_peer(path, packet->src))) {
		r->stats[KCLUSTER_A_VRRP_STATS_DISCARD_SOURCE]++;
		goto out;
	}
	verdict = kc_vrrp_parse(&r->format, packet, &advert);
	if (verdict == KC_VRRP_OK) {
		if (is_from_vmac(r, skb, in))
			r->introduced = true;
		heard(path, packet, &advert, kc_now());
	} else {
		kc_vrrp_count_verdict(r, verdict);
	}
out:
	spin_unlock_bh(&r->lock);
}

/* Hand the message at @offset to its router, if there is one. */
static void deliver(struct kc_net *kn, struct sk_buff *skb,
		    const struct net_device *in, struct kc_vrrp_packet *packet,
		    unsigned int offset, unsigned int len)
{
	struct kc_vrrp_path *path;
	int vrid;

	if (kc_vrrp_sending())
		return;
	if (len > RX_LEN_MAX || !pskb_may_pull(skb, offset + len)) {
		atomic64_inc(&kn->vrrp.discard_malformed);
		return;
	}
	packet->data = skb->data + offset;
	packet->len = len;
	vrid = kc_vrrp_peek_vrid(packet->data, len);
	if (vrid < 0) {
		atomic64_inc(&kn->vrrp.discard_malformed);
		return;
	}
	/* Netfilter hooks run under RCU. */
	hlist_for_each_entry_rcu(path, &kn->vrrp.hash[vrid], hash) {
		if (READ_ONCE(path->now.ifindex) == in->ifindex &&
		    path->router->family == packet->family) {
			receive(path, packet, skb, in);
			return;
		}
	}
	atomic64_inc(&kn->vrrp.discard_vrid);
}

static void leave_untracked(struct sk_buff *skb)
{
	if (!skb_nfct(skb))
		nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
}

static unsigned int hook4(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	struct kc_vrrp_packet packet = { .family = KC_AF_INET };
	const struct iphdr *ip = ip_hdr(skb);
	unsigned int offset, len;

	if (ip->protocol != KC_VRRP_PROTO)
		return NF_ACCEPT;
	/* A VRF brings each packet by a second time; the first one counted. */
	if (netif_is_l3_master(state->in)) {
		leave_untracked(skb);
		return NF_ACCEPT;
	}
	if (ip_is_fragment(ip)) {
		atomic64_inc(&kc_net(state->net)->vrrp.discard_fragment);
		return NF_ACCEPT;
	}
	packet.ttl = ip->ttl;
	memcpy(packet.src, &ip->saddr, sizeof(ip->saddr));
	memcpy(packet.dst, &ip->daddr, sizeof(ip->daddr));
	offset = ip_hdrlen(skb);
	len = ntohs(ip->tot_len);
	len = len > offset ? len - offset : 0;
	deliver(kc_net(state->net), skb, state->in, &packet, offset, len);
	leave_untracked(skb);
	return NF_ACCEPT;
}

static unsigned int hook6(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	struct kc_vrrp_packet packet = { .family = KC_AF_INET6 };
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);

	/* No extension header belongs before an advertisement. */
	if (ip6->nexthdr != KC_VRRP_PROTO)
		return NF_ACCEPT;
	if (netif_is_l3_master(state->in)) {
		leave_untracked(skb);
		return NF_ACCEPT;
	}
	packet.ttl = ip6->hop_limit;
	memcpy(packet.src, &ip6->saddr, sizeof(ip6->saddr));
	memcpy(packet.dst, &ip6->daddr, sizeof(ip6->daddr));
	deliver(kc_net(state->net), skb, state->in, &packet, sizeof(*ip6),
		ntohs(ip6->payload_len));
	leave_untracked(skb);
	return NF_ACCEPT;
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
 * kc_vrrp_rx_register() - begin to receive in a network namespace
 * @kn: the namespace
 *
 * Return: 0 or a negative errno
 */
int kc_vrrp_rx_register(struct kc_net *kn)
{
	return nf_register_net_hooks(kn->net, hooks, ARRAY_SIZE(hooks));
}

/**
 * kc_vrrp_rx_unregister() - receive no more
 * @kn: the namespace
 */
void kc_vrrp_rx_unregister(struct kc_net *kn)
{
	nf_unregister_net_hooks(kn->net, hooks, ARRAY_SIZE(hooks));
}

/*
 * Without a handler for protocol 112 the stack would answer each unicast
 * advert with ICMP "protocol unreachable". There is one slot for the whole
 * system; if somebody else has it, that purpose is served as well.
 */
static int swallow(struct sk_buff *skb)
{
	consume_skb(skb);
	return 0;
}

static const struct net_protocol proto4 = {
	.handler = swallow,
	.no_policy = 1,
};

static const struct inet6_protocol proto6 = {
	.handler = swallow,
	.flags = INET6_PROTO_NOPOLICY | INET6_PROTO_FINAL,
};

static bool have_proto4, have_proto6;

/**
 * kc_vrrp_proto_init() - keep the stack from refusing protocol 112
 *
 * Return: 0
 */
int kc_vrrp_proto_init(void)
{
	have_proto4 = !inet_add_protocol(&proto4, KC_VRRP_PROTO);
	have_proto6 = !inet6_add_protocol(&proto6, KC_VRRP_PROTO);
	return 0;
}

/**
 * kc_vrrp_proto_exit() - give protocol 112 back
 */
void kc_vrrp_proto_exit(void)
{
	if (have_proto6)
		inet6_del_protocol(&proto6, KC_VRRP_PROTO);
	if (have_proto4)
		inet_del_protocol(&proto4, KC_VRRP_PROTO);
}
