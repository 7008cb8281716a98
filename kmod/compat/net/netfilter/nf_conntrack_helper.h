/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KC_COMPAT_NET_NETFILTER_NF_CONNTRACK_HELPER_H
#define KC_COMPAT_NET_NETFILTER_NF_CONNTRACK_HELPER_H

#include_next <net/netfilter/nf_conntrack_helper.h>

/*
 * From 7.1 on helpers are counted by the connections that have them. Before,
 * they were taken away from all of these when they went.
 */
static inline bool kc_helper_hold(struct nf_conntrack_helper *helper)
{
#ifdef KC_HAVE_HELPER_REFCNT
	return refcount_inc_not_zero(&helper->ct_refcnt);
#else
	return true;
#endif
}

static inline void kc_helper_drop(struct nf_conntrack_helper *helper)
{
#ifdef KC_HAVE_HELPER_REFCNT
	if (refcount_dec_and_test(&helper->ct_refcnt))
		kfree_rcu(helper, rcu);
#endif
}

#endif
