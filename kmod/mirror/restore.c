// SPDX-License-Identifier: GPL-2.0
/*
 * What a peer says of a flow becomes the state of a connection, new or known.
 *
 * A new one is not in the table yet and nobody else knows it; a known one is
 * locked for what packets may change, too.
 */
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_labels.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_synproxy.h>
#include <net/netfilter/nf_conntrack_timestamp.h>

#include "mirror.h"

/*
 * What of a direction's options holds at another node. The others say what was
 * seen of sequence numbers, which do not travel.
 */
#define TCP_FLAGS (IP_CT_TCP_FLAG_WINDOW_SCALE |	\
		   IP_CT_TCP_FLAG_SACK_PERM |		\
		   IP_CT_TCP_FLAG_CLOSE_INIT)

/**
 * kc_flow_restore_timeout() - how long it lives
 * @ct: the connection
 * @flow: from a peer
 */
void kc_flow_restore_timeout(struct nf_conn *ct, const struct kc_flow *flow)
{
	/* At least a moment: what has ended is told as such. */
	u64 left = max_t(u64, (u64)flow->timeout_ms * HZ / MSEC_PER_SEC, 1);

	/* A flow table of ours keeps it alive by itself. */
	if (!test_bit(IPS_OFFLOAD_BIT, &ct->status))
		__nf_ct_set_timeout(ct, left);
}

/*
 * Sequence numbers change with every packet and are never told, so windows are
 * learned from the first packets that come by here. Until then, and as one end
 * may be far ahead of the other, nothing may be invalid for its window alone:
 * a strict start stalls bulk transfers for ever.
 */
static void restore_tcp(struct nf_conn *ct, const struct kc_flow *flow)
{
	struct ip_ct_tcp *tcp = &ct->proto.tcp;
	unsigned int dir;

	memset(tcp, 0, sizeof(*tcp));
	tcp->state = flow->tcp_state;
	for (dir = 0; dir < 2; dir++) {
		tcp->seen[dir].flags = (flow->tcp_flags[dir] & TCP_FLAGS) |
				       IP_CT_TCP_FLAG_BE_LIBERAL;
		tcp->seen[dir].td_scale = flow->tcp_scale[dir];
	}
}

static void restore_sctp(struct nf_conn *ct, const struct kc_flow *flow)
{
#if IS_ENABLED(CONFIG_NF_CT_PROTO_SCTP)
	unsigned int dir;

	memset(&ct->proto.sctp, 0, sizeof(ct->proto.sctp));
	ct->proto.sctp.state = flow->sctp_state < SCTP_CONNTRACK_MAX ?
			       flow->sctp_state : SCTP_CONNTRACK_ESTABLISHED;
	for (dir = 0; dir < 2; dir++)
		ct->proto.sctp.vtag[dir] = htonl(flow->sctp_vtag[dir]);
#endif
}

/*
 * With each packet its life is extended by what was noted of timeouts when it
 * began: with nothing noted it would end at once.
 */
static void restore_gre(struct nf_conn *ct)
{
#if IS_ENABLED(CONFIG_NF_CT_PROTO_GRE)
	const unsigned int *timeouts = nf_gre_pernet(nf_ct_net(ct))->timeouts;

	ct->proto.gre.stream_timeout = timeouts[GRE_CT_REPLIED];
	ct->proto.gre.timeout = timeouts[GRE_CT_UNREPLIED];
#endif
}

/**
 * kc_flow_restore_proto() - what the protocol knows
 * @ct: the connection, locked or new
 * @flow: from a peer
 */
void kc_flow_restore_proto(struct nf_conn *ct, const struct kc_flow *flow)
{
	if ((flow->has & KC_FLOW_TCP) && nf_ct_protonum(ct) == IPPROTO_TCP)
		restore_tcp(ct, flow);
	else if ((flow->has & KC_FLOW_SCTP) &&
		 nf_ct_protonum(ct) == IPPROTO_SCTP)
		restore_sctp(ct, flow);
	else if (nf_ct_protonum(ct) == IPPROTO_GRE)
		restore_gre(ct);
}

static void restore_seqadj(struct nf_conn *ct, const struct kc_flow *flow)
{
	struct nf_conn_seqadj *seqadj = nfct_seqadj(ct);
	unsigned int dir;

	/* Whatever has one is adjusted as if it were TCP. */
	if (!(flow->has & KC_FLOW_SEQADJ) || !seqadj ||
	    nf_ct_protonum(ct) != IPPROTO_TCP)
		return;
	spin_lock_bh(&ct->lock);
	for (dir = 0; dir < 2; dir++) {
		seqadj->seq[dir].correction_pos =
			flow->seqadj[dir].correction_pos;
		seqadj->seq[dir].offset_before =
			flow->seqadj[dir].offset_before;
		seqadj->seq[dir].offset_after = flow->seqadj[dir].offset_after;
	}
	set_bit(IPS_SEQ_ADJUST_BIT, &ct->status);
	spin_unlock_bh(&ct->lock);
}

static void restore_labels(struct nf_conn *ct, const struct kc_flow *flow)
{
	struct nf_conn_labels *labels = nf_ct_labels_find(ct);
	unsigned int bit;

	if (!labels)
		return;
	for (bit = 0; bit < 8 * KC_FLOW_LABELS_LEN; bit++)
		if (!(flow->has & KC_FLOW_LABELS) ||
		    !(flow->labels[bit / 8] & BIT(bit % 8)))
			clear_bit(bit, labels->bits);
		else
			set_bit(bit, labels->bits);
}

static void restore_synproxy(struct nf_conn *ct, const struct kc_flow *flow)
{
	struct nf_conn_synproxy *synproxy = nfct_synproxy(ct);

	if (!(flow->has & KC_FLOW_SYNPROXY) || !synproxy)
		return;
	synproxy->isn = flow->synproxy_isn;
	synproxy->its = flow->synproxy_its;
	synproxy->tsoff = flow->synproxy_tsoff;
}

/**
 * kc_flow_restore_parts() - what extensions hold, and the mark
 * @m: the mirror
 * @ct: the connection, not locked
 * @flow: from a peer
 *
 * What a known connection has no room for is left out: extensions are added to
 * new ones only.
 */
void kc_flow_restore_parts(struct kc_mirror *m, struct nf_conn *ct,
			   const struct kc_flow *flow)
{
	restore_seqadj(ct, flow);
	restore_labels(ct, flow);
	restore_synproxy(ct, flow);
#ifdef CONFIG_NF_CONNTRACK_MARK
	WRITE_ONCE(ct->mark, flow->has & KC_FLOW_MARK ? flow->mark : 0);
#endif
}

/*
 * A helper follows sequence numbers, too, and must begin anew. Only that of FTP
 * has a way to say so, which looks at nothing that it is given.
 */
static void add_helper(struct kc_mirror *m, struct nf_conn *ct,
		       const struct kc_flow *flow)
{
	struct nf_conntrack_helper *helper;
	struct nf_conn_help *help;

	helper = __nf_conntrack_helper_find(flow->helper, nf_ct_l3num(ct),
					    nf_ct_protonum(ct));
	if (!helper || !kc_helper_hold(helper)) {
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_NO_HELPER);
		return;
	}
	help = nf_ct_helper_ext_add(ct, GFP_ATOMIC);
	if (!help) {
		kc_helper_drop(helper);
		return;
	}
	if (helper->from_nlattr && !strcmp(helper->name, "ftp"))
		helper->from_nlattr(NULL, ct);
	/* It is not to be found by the ports once more. */
	ct->status |= IPS_HELPER;
	rcu_assign_pointer(help->helper, helper);
}

/**
 * kc_flow_add_extensions() - room for all that a new connection has
 * @m: the mirror, locked
 * @ct: the connection, new
 * @flow: from a peer
 *
 * Context: process, under RCU; the worker
 */
void kc_flow_add_extensions(struct kc_mirror *m, struct nf_conn *ct,
			    const struct kc_flow *flow)
{
	if (flow->has & KC_FLOW_HELPER)
		add_helper(m, ct, flow);
	nf_ct_acct_ext_add(ct, GFP_ATOMIC);
	nf_ct_tstamp_ext_add(ct, GFP_ATOMIC);
	nf_ct_ecache_ext_add(ct, 0, 0, GFP_ATOMIC);
	/* Without rules that use labels no connection here has any. */
	if ((flow->has & KC_FLOW_LABELS) && !m->has_labels)
		m->has_labels = !nf_connlabels_get(m->net, 0);
	nf_ct_labels_ext_add(ct);
	if (flow->has & KC_FLOW_SEQADJ)
		nfct_seqadj_ext_add(ct);
	if (flow->has & KC_FLOW_SYNPROXY)
		nfct_synproxy_ext_add(ct);
}
