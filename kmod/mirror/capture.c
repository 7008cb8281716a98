// SPDX-License-Identifier: GPL-2.0
/*
 * What an event of conntrack means: mostly nothing, sometimes that peers must
 * hear of the flow.
 *
 * All here runs in conntrack's callback: in the path of packets, under RCU and
 * perhaps under locks of conntrack. It only decides.
 */
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_seqadj.h>

#include "mirror.h"

/* Security marks do not travel. */
#define TELLING (BIT(IPCT_NEW) | BIT(IPCT_RELATED) | BIT(IPCT_REPLY) |	\
		 BIT(IPCT_ASSURED) | BIT(IPCT_PROTOINFO) |		\
		 BIT(IPCT_HELPER) | BIT(IPCT_MARK) | BIT(IPCT_SEQADJ) |	\
		 BIT(IPCT_LABEL) | BIT(IPCT_SYNPROXY))

/**
 * kc_mirror_ripe() - has a flow lived for long enough to be told?
 * @m: the mirror
 * @ct: the connection
 *
 * A flood of connections that never become any is not to flood peers.
 *
 * Context: any, under RCU
 */
bool kc_mirror_ripe(struct kc_mirror *m, const struct nf_conn *ct)
{
	unsigned long status = READ_ONCE(ct->status);

	/* Its state does not travel, and what has none is invalid elsewhere. */
	if (IS_ENABLED(CONFIG_NF_CT_PROTO_DCCP) &&
	    nf_ct_protonum(ct) == IPPROTO_DCCP)
		return false;
	if ((status & IPS_ASSURED) ||
	    rcu_dereference(m->settings)->from == KCLUSTER_MIRROR_FROM_NEW)
		return true;
	switch (nf_ct_protonum(ct)) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		return false;
	case IPPROTO_UDPLITE:
		if (IS_ENABLED(CONFIG_NF_CT_PROTO_UDPLITE))
			return false;
		break;
	case IPPROTO_SCTP:
		if (IS_ENABLED(CONFIG_NF_CT_PROTO_SCTP))
			return false;
		break;
	case IPPROTO_GRE:
		if (IS_ENABLED(CONFIG_NF_CT_PROTO_GRE))
			return false;
		break;
	}
	/* No other one, nor one that this kernel does not know, is ever assured. */
	return status & IPS_SEEN_REPLY;
}

/*
 * While a connection closes its state changes with every packet. Peers that
 * hold it for established would go on with it just as well, so they hear of the
 * last state only, or in the next round if it stays half closed.
 */
static bool is_closing(const struct nf_conn *ct)
{
	if (nf_ct_protonum(ct) != IPPROTO_TCP)
		return false;
	switch (READ_ONCE(ct->proto.tcp.state)) {
	case TCP_CONNTRACK_FIN_WAIT:
	case TCP_CONNTRACK_CLOSE_WAIT:
	case TCP_CONNTRACK_LAST_ACK:
		return true;
	}
	return false;
}

/**
 * kc_mirror_capture() - something happened to a flow
 * @m: the mirror
 * @events: set of bits of enum ip_conntrack_events
 * @ct: the connection
 *
 * Context: any, under RCU
 */
void kc_mirror_capture(struct kc_mirror *m, unsigned int events,
		       struct nf_conn *ct)
{
	unsigned long status = READ_ONCE(ct->status);

	BUILD_BUG_ON(KC_CT_BITS_END > BITS_PER_LONG);
	BUILD_BUG_ON((int)__IPS_MAX_BIT > (int)KC_CT_QUEUED_BIT);

	if (!READ_ONCE(m->streams))
		return;
	/* What came from a peer ends here without anybody hearing of it. */
	if (status & (KC_CT(IMPORTED) | KC_CT(DISOWNED) | KC_CT(STAYS)))
		return;
	if (events & BIT(IPCT_DESTROY)) {
		if (status & KC_CT(SENT))
			kc_mirror_push(m, ct);
		return;
	}
	if (!(events & TELLING) || (status & KC_CT(QUEUED)) ||
	    !kc_mirror_ripe(m, ct))
		return;
	if (events == BIT(IPCT_PROTOINFO) && (status & KC_CT(SENT)) &&
	    is_closing(ct)) {
		set_bit(KC_CT_STALE_BIT, &ct->status);
		return;
	}
	if (kc_mirror_owns_any(m) && kc_mirror_moves(m, ct))
		kc_mirror_push(m, ct);
}

/**
 * kc_mirror_capture_expect() - something happened to an expectation
 * @m: the mirror
 * @events: set of bits of enum ip_conntrack_expect_events
 * @exp: the expectation
 *
 * Context: under the lock of expectations and RCU
 */
void kc_mirror_capture_expect(struct kc_mirror *m, unsigned int events,
			      struct nf_conntrack_expect *exp)
{
	struct nf_conn *master = exp->master;
	unsigned long status = READ_ONCE(master->status);
	struct kc_flow_expect expect;

	if (!READ_ONCE(m->streams) || !kc_mirror_owns_any(m) ||
	    (status & (KC_CT(IMPORTED) | KC_CT(DISOWNED) | KC_CT(STAYS))) ||
	    nf_ct_is_dying(master) || !kc_mirror_ripe(m, master) ||
	    !kc_mirror_moves(m, master))
		return;
	if (kc_mirror_expect_copy(&expect, exp))
		kc_mirror_push_expect(m, &expect,
				      events & BIT(IPEXP_DESTROY));
	/*
	 * Whoever expects something is about to rewrite what was said of it,
	 * which shifts the numbers of all that follows and is no event.
	 */
	if (!(events & BIT(IPEXP_DESTROY)) && nfct_seqadj(master))
		kc_mirror_push(m, master);
}
