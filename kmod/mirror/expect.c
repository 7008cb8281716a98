// SPDX-License-Identifier: GPL-2.0
/*
 * Expectations: flows that a helper has read about in another flow, such as the
 * data connections of FTP.
 *
 * A peer's expectation needs its master, which came before it in the stream,
 * and the master's helper. Its time is that of the helper's policy, as if it
 * had been read about here; the owner tells when it is no more.
 */
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "mirror.h"

/* Others mean something to whoever made the expectation only. */
#define FLAGS (NF_CT_EXPECT_PERMANENT | NF_CT_EXPECT_INACTIVE)

static void copy_addr(u8 *to, u8 family, const union nf_inet_addr *from)
{
	memcpy(to, from, kc_addr_len(family));
}

/**
 * kc_mirror_expect_copy() - all that there is to tell of an expectation
 * @copy: filled in
 * @exp: the expectation
 *
 * Context: under the lock of expectations and RCU
 * Return: false if it cannot be told
 */
bool kc_mirror_expect_copy(struct kc_flow_expect *copy,
			   const struct nf_conntrack_expect *exp)
{
	const struct nf_conntrack_helper *helper;
	struct nf_ct_helper_expectfn *function;
	s32 left = exp->timeout - nfct_time_stamp;
	u8 family = exp->tuple.src.l3num;

	/* Those of user space's helpers are for user space to tell. */
	if (exp->flags & NF_CT_EXPECT_USERSPACE)
		return false;
	memset(copy, 0, sizeof(*copy));
	kc_flow_key_of(exp->master, &copy->master);
	kc_flow_key_from_tuple(&copy->tuple, &exp->tuple,
			       nf_ct_zone(exp->master));
	copy_addr(copy->mask_src, family, &exp->mask.src.u3);
	copy->mask_sport = ntohs(exp->mask.src.u.all);
	copy->timeout_ms = left > 0 ? jiffies_to_msecs(left) : 0;
	copy->class = exp->class;
	copy->flags = exp->flags & FLAGS;
	if (exp->expectfn) {
		function = nf_ct_helper_expectfn_find_by_symbol(exp->expectfn);
		/* Without it the flow would be translated wrongly. */
		if (!function || strscpy(copy->function, function->name,
					 sizeof(copy->function)) < 0)
			return false;
		copy->has |= KC_EXPECT_FUNCTION;
	}
	helper = rcu_dereference(exp->assign_helper);
	if (helper && strscpy(copy->helper, helper->name,
			      sizeof(copy->helper)) > 0)
		copy->has |= KC_EXPECT_HELPER;
	if (!nf_inet_addr_cmp(&exp->saved_addr, &(union nf_inet_addr){}) ||
	    exp->saved_proto.all) {
		copy->has |= KC_EXPECT_NAT;
		copy_addr(copy->saved_addr, family, &exp->saved_addr);
		copy->saved_port = ntohs(exp->saved_proto.all);
	}
	copy->dir = exp->dir;
	return true;
}

static bool fill(struct nf_conntrack_expect *exp,
		 const struct kc_flow_expect *expect,
		 const struct nf_conntrack_tuple *tuple,
		 struct nf_conn *master, struct nf_conntrack_helper *helper)
{
	size_t len = kc_addr_len(expect->tuple.family);
	struct nf_ct_helper_expectfn *function = NULL;
	struct nf_conntrack_helper *assign = NULL;

	if (expect->has & KC_EXPECT_FUNCTION) {
		function = nf_ct_helper_expectfn_find_by_name(expect->function);
		if (!function)
			return false;
	}
	if (expect->has & KC_EXPECT_HELPER)
		assign = __nf_conntrack_helper_find(expect->helper,
						    expect->tuple.family,
						    expect->tuple.protocol);
	kc_expect_set_master(exp, master);
	write_pnet(&exp->net, nf_ct_net(master));
#ifdef CONFIG_NF_CONNTRACK_ZONES
	exp->zone = master->zone;
#endif
	exp->tuple = *tuple;
	memset(&exp->mask, 0, sizeof(exp->mask));
	memcpy(&exp->mask.src.u3, expect->mask_src, len);
	exp->mask.src.u.all = htons(expect->mask_sport);
	exp->flags = expect->flags & FLAGS;
	exp->class = expect->class;
	exp->expectfn = function ? function->expectfn : NULL;
	rcu_assign_pointer(exp->helper, helper);
	rcu_assign_pointer(exp->assign_helper, assign);
	memset(&exp->saved_addr, 0, sizeof(exp->saved_addr));
	memset(&exp->saved_proto, 0, sizeof(exp->saved_proto));
	if (expect->has & KC_EXPECT_NAT) {
		memcpy(&exp->saved_addr, expect->saved_addr, len);
		exp->saved_proto.all = htons(expect->saved_port);
	}
	exp->dir = expect->dir;
	return true;
}

static bool insert(const struct kc_flow_expect *expect,
		   const struct nf_conntrack_tuple *tuple,
		   struct nf_conn *master)
{
	const struct nf_conn_help *help = nfct_help(master);
	struct nf_conntrack_helper *helper;
	struct nf_conntrack_expect *exp;
	bool done = false;

	helper = help ? rcu_dereference(help->helper) : NULL;
	if (!helper || expect->class > helper->expect_class_max ||
	    nf_ct_is_dying(master))
		return false;
	exp = nf_ct_expect_alloc(master);
	if (!exp)
		return false;
	if (fill(exp, expect, tuple, master, helper))
		done = !nf_ct_expect_related_report(exp, 0, 0, 0);
	nf_ct_expect_put(exp);
	return done;
}

static struct nf_conn *find_master(struct kc_mirror *m,
				   const struct kc_flow_key *key)
{
	struct nf_conntrack_tuple_hash *hash;
	struct nf_conntrack_tuple tuple;
	struct nf_conntrack_zone zone;

	if (!kc_flow_key_to_tuple(key, &tuple))
		return NULL;
	nf_ct_zone_init(&zone, key->zone, key->zone_dir, 0);
	hash = nf_conntrack_find_get(m->net, &zone, &tuple);
	return hash ? nf_ct_tuplehash_to_ctrack(hash) : NULL;
}

/**
 * kc_mirror_expect_insert() - a peer expects a flow
 * @m: the mirror, locked
 * @expect: what it says of it
 *
 * Context: the worker
 */
void kc_mirror_expect_insert(struct kc_mirror *m,
			     const struct kc_flow_expect *expect)
{
	struct nf_conntrack_tuple tuple;
	struct nf_conn *master;

	if (!kc_flow_key_to_tuple(&expect->tuple, &tuple))
		return;
	master = find_master(m, &expect->master);
	if (!master)
		return;
	rcu_read_lock();
	/* What we own has expectations of our own. */
	if (READ_ONCE(master->status) & KC_CT(IMPORTED) &&
	    insert(expect, &tuple, master))
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_EXPECTS_RECEIVED);
	rcu_read_unlock();
	nf_ct_put(master);
}

/**
 * kc_mirror_expect_remove() - a peer expects it no more
 * @m: the mirror, locked
 * @key: what it expected
 *
 * Context: the worker
 */
void kc_mirror_expect_remove(struct kc_mirror *m,
			     const struct kc_flow_key *key)
{
	struct nf_conntrack_expect *exp;
	struct nf_conntrack_tuple tuple;
	struct nf_conntrack_zone zone;

	if (!kc_flow_key_to_tuple(key, &tuple))
		return;
	nf_ct_zone_init(&zone, key->zone, key->zone_dir, 0);
	exp = nf_ct_expect_find_get(m->net, &zone, &tuple);
	if (!exp)
		return;
	if (READ_ONCE(exp->master->status) & KC_CT(IMPORTED))
		nf_ct_unexpect_related(exp);
	nf_ct_expect_put(exp);
}
