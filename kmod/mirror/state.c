// SPDX-License-Identifier: GPL-2.0
/*
 * A connection as peers hear of it.
 */
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_labels.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_synproxy.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "mirror.h"

static void put_addr(u8 *to, u8 family, const union nf_inet_addr *from)
{
	memset(to, 0, 16);
	memcpy(to, from, kc_addr_len(family));
}

/**
 * kc_flow_key_from_tuple() - by what a flow is known
 * @key: filled in
 * @tuple: its tuple, original direction
 * @zone: its zone
 *
 * Ports, and what ICMP and GRE have instead, are in the same place in the
 * tuples of all protocols.
 */
void kc_flow_key_from_tuple(struct kc_flow_key *key,
			    const struct nf_conntrack_tuple *tuple,
			    const struct nf_conntrack_zone *zone)
{
	memset(key, 0, sizeof(*key));
	key->family = tuple->src.l3num;
	key->protocol = tuple->dst.protonum;
	key->zone = zone->id;
	key->zone_dir = zone->dir;
	put_addr(key->src, key->family, &tuple->src.u3);
	put_addr(key->dst, key->family, &tuple->dst.u3);
	key->sport = ntohs(tuple->src.u.all);
	key->dport = ntohs(tuple->dst.u.all);
}

/**
 * kc_flow_key_to_tuple() - and back
 * @key: from a peer
 * @tuple: filled in
 *
 * Return: false if no flow could have it
 */
bool kc_flow_key_to_tuple(const struct kc_flow_key *key,
			  struct nf_conntrack_tuple *tuple)
{
	memset(tuple, 0, sizeof(*tuple));
	if (key->family != KC_AF_INET && key->family != KC_AF_INET6)
		return false;
	tuple->src.l3num = key->family;
	tuple->dst.protonum = key->protocol;
	tuple->dst.dir = IP_CT_DIR_ORIGINAL;
	memcpy(&tuple->src.u3, key->src, kc_addr_len(key->family));
	memcpy(&tuple->dst.u3, key->dst, kc_addr_len(key->family));
	tuple->src.u.all = htons(key->sport);
	tuple->dst.u.all = htons(key->dport);
	return true;
}

/**
 * kc_flow_key_of() - by what a connection is known
 * @ct: the connection
 * @key: filled in
 */
void kc_flow_key_of(const struct nf_conn *ct, struct kc_flow_key *key)
{
	kc_flow_key_from_tuple(key, nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL),
			       nf_ct_zone(ct));
}

/**
 * kc_flow_left_ms() - how long it lives if no packet comes
 * @ct: the connection
 *
 * A flow table keeps what it took over alive by itself, with a timeout that
 * means nothing. Elsewhere such a flow is like any other.
 *
 * Return: milliseconds
 */
u32 kc_flow_left_ms(const struct nf_conn *ct)
{
	const struct nf_ip_net *pn = &nf_ct_net(ct)->ct.nf_ct_proto;
	unsigned long left = nf_ct_expires(ct);

	if (test_bit(IPS_OFFLOAD_BIT, &ct->status)) {
		if (nf_ct_protonum(ct) == IPPROTO_UDP)
			left = pn->udp.timeouts[UDP_CT_REPLIED];
		else if (nf_ct_protonum(ct) == IPPROTO_TCP)
			left = pn->tcp.timeouts[TCP_CONNTRACK_ESTABLISHED];
	}
	return min_t(u64, (u64)left * MSEC_PER_SEC / HZ, U32_MAX);
}

static const struct {
	unsigned long kernel;
	u16 flow;
} status_bits[] = {
	{ IPS_SEEN_REPLY, KC_FLOW_SEEN_REPLY },
	{ IPS_ASSURED, KC_FLOW_ASSURED },
	{ IPS_SRC_NAT, KC_FLOW_SRC_NAT },
	{ IPS_DST_NAT, KC_FLOW_DST_NAT },
	{ IPS_SEQ_ADJUST, KC_FLOW_SEQ_ADJUST },
	{ IPS_EXPECTED, KC_FLOW_EXPECTED },
	{ IPS_FIXED_TIMEOUT, KC_FLOW_FIXED_TIMEOUT },
};

static u16 status_of(const struct nf_conn *ct)
{
	unsigned long status = READ_ONCE(ct->status);
	unsigned int i;
	u16 flow = 0;

	for (i = 0; i < ARRAY_SIZE(status_bits); i++)
		if (status & status_bits[i].kernel)
			flow |= status_bits[i].flow;
	return flow;
}

/**
 * kc_flow_restore_status() - what conntrack calls the status of a flow
 * @flow: from a peer
 *
 * Return: set of IPS_* that may be set before the flow is confirmed; those of
 * NAT and expectation are not in it, they come about by what they mean.
 */
unsigned long kc_flow_restore_status(const struct kc_flow *flow)
{
	unsigned long status = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(status_bits); i++)
		if (flow->status & status_bits[i].flow)
			status |= status_bits[i].kernel;
	return status & ~(IPS_NAT_MASK | IPS_EXPECTED | IPS_SEQ_ADJUST);
}

static void copy_nat(const struct nf_conn *ct, struct kc_flow *flow)
{
	const struct nf_conntrack_tuple *reply =
		nf_ct_tuple(ct, IP_CT_DIR_REPLY);

	if (!(flow->status & (KC_FLOW_SRC_NAT | KC_FLOW_DST_NAT)))
		return;
	flow->has |= KC_FLOW_NAT;
	put_addr(flow->reply_src, flow->key.family, &reply->src.u3);
	put_addr(flow->reply_dst, flow->key.family, &reply->dst.u3);
	flow->reply_sport = ntohs(reply->src.u.all);
	flow->reply_dport = ntohs(reply->dst.u.all);
}

/* What may change at any time: the connection is locked. */
static void copy_proto(const struct nf_conn *ct, struct kc_flow *flow)
{
	unsigned int dir;

	switch (flow->key.protocol) {
	case IPPROTO_TCP:
		flow->has |= KC_FLOW_TCP;
		flow->tcp_state = ct->proto.tcp.state;
		for (dir = 0; dir < 2; dir++) {
			flow->tcp_flags[dir] = ct->proto.tcp.seen[dir].flags;
			flow->tcp_scale[dir] = ct->proto.tcp.seen[dir].td_scale;
		}
		break;
#if IS_ENABLED(CONFIG_NF_CT_PROTO_SCTP)
	case IPPROTO_SCTP:
		flow->has |= KC_FLOW_SCTP;
		flow->sctp_state = ct->proto.sctp.state;
		for (dir = 0; dir < 2; dir++)
			flow->sctp_vtag[dir] =
				ntohl(ct->proto.sctp.vtag[dir]);
		break;
#endif
	}
}

static void copy_seqadj(const struct nf_conn *ct, struct kc_flow *flow)
{
	const struct nf_conn_seqadj *seqadj = nfct_seqadj(ct);
	unsigned int dir;

	if (!(flow->status & KC_FLOW_SEQ_ADJUST) || !seqadj)
		return;
	flow->has |= KC_FLOW_SEQADJ;
	for (dir = 0; dir < 2; dir++) {
		flow->seqadj[dir].correction_pos =
			seqadj->seq[dir].correction_pos;
		flow->seqadj[dir].offset_before =
			seqadj->seq[dir].offset_before;
		flow->seqadj[dir].offset_after = seqadj->seq[dir].offset_after;
	}
}

/**
 * kc_flow_seqadj_of() - only by what the numbers of a stream are shifted
 * @ct: the connection
 * @flow: its @seqadj, and whether it has that
 *
 * Without its lock: who looks again and again need not be right each time.
 *
 * Context: any, under RCU
 */
void kc_flow_seqadj_of(const struct nf_conn *ct, struct kc_flow *flow)
{
	flow->has = 0;
	flow->status = status_of(ct);
	copy_seqadj(ct, flow);
}

static void copy_labels(const struct nf_conn *ct, struct kc_flow *flow)
{
	const struct nf_conn_labels *labels = nf_ct_labels_find(ct);
	unsigned int bit;

	BUILD_BUG_ON(sizeof(labels->bits) != KC_FLOW_LABELS_LEN);
	if (!labels || bitmap_empty(labels->bits, 8 * KC_FLOW_LABELS_LEN))
		return;
	flow->has |= KC_FLOW_LABELS;
	for_each_set_bit(bit, labels->bits, 8 * KC_FLOW_LABELS_LEN)
		flow->labels[bit / 8] |= BIT(bit % 8);
}

static void copy_helper(const struct nf_conn *ct, struct kc_flow *flow)
{
	const struct nf_conn_help *help = nfct_help(ct);
	const struct nf_conntrack_helper *helper;

	if (help) {
		helper = rcu_dereference(help->helper);
		if (helper && strscpy(flow->helper, helper->name,
				      sizeof(flow->helper)) > 0)
			flow->has |= KC_FLOW_HELPER;
	}
	if (ct->master) {
		flow->has |= KC_FLOW_MASTER;
		kc_flow_key_of(ct->master, &flow->master);
	}
}

static void copy_synproxy(const struct nf_conn *ct, struct kc_flow *flow)
{
	const struct nf_conn_synproxy *synproxy = nfct_synproxy(ct);

	if (!synproxy || !(synproxy->isn | synproxy->its | synproxy->tsoff))
		return;
	flow->has |= KC_FLOW_SYNPROXY;
	flow->synproxy_isn = synproxy->isn;
	flow->synproxy_its = synproxy->its;
	flow->synproxy_tsoff = synproxy->tsoff;
}

/**
 * kc_flow_of() - all that another node must know of a connection
 * @ct: the connection; a reference is held
 * @flow: filled in
 *
 * Context: process or softirq, under RCU; takes the lock of the connection
 */
void kc_flow_of(struct nf_conn *ct, struct kc_flow *flow)
{
	memset(flow, 0, sizeof(*flow));
	kc_flow_key_of(ct, &flow->key);
	flow->timeout_ms = kc_flow_left_ms(ct);

	spin_lock_bh(&ct->lock);
	flow->status = status_of(ct);
	copy_proto(ct, flow);
	copy_seqadj(ct, flow);
	spin_unlock_bh(&ct->lock);

	copy_nat(ct, flow);
	copy_labels(ct, flow);
	copy_helper(ct, flow);
	copy_synproxy(ct, flow);
#ifdef CONFIG_NF_CONNTRACK_MARK
	flow->mark = READ_ONCE(ct->mark);
	if (flow->mark)
		flow->has |= KC_FLOW_MARK;
#endif
}
