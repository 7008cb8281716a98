/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KC_COMPAT_NET_NETFILTER_NF_CONNTRACK_EXPECT_H
#define KC_COMPAT_NET_NETFILTER_NF_CONNTRACK_EXPECT_H

#include_next <net/netfilter/nf_conntrack_expect.h>

/* Later kernels keep the tuple of the master, too, for those who only dump. */
static inline void kc_expect_set_master(struct nf_conntrack_expect *exp,
					struct nf_conn *master)
{
	exp->master = master;
#ifdef KC_HAVE_EXPECT_MASTER_TUPLE
	exp->master_tuple = *nf_ct_tuple(master, IP_CT_DIR_ORIGINAL);
#endif
}

#endif
