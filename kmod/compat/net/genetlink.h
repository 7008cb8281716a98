/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KC_COMPAT_NET_GENETLINK_H
#define KC_COMPAT_NET_GENETLINK_H

#include_next <net/genetlink.h>

#ifndef KC_HAVE_GENL_SPLIT_OPS
/*
 * Before 6.2 "do" and "dump" of a command were one entry. The generated table
 * has two; they become one when the family is registered. Where their
 * policies differ, that of "do" serves both.
 */
#include <linux/module.h>

#define genl_split_ops genl_ops
#define split_ops ops
#define n_split_ops n_ops

#define KC_GENL_OPS_MAX 64

static inline int kc_genl_register_family(struct genl_family *family)
{
	static struct genl_ops merged[KC_GENL_OPS_MAX];
	unsigned int i, n = 0;

	for (i = 0; i < family->n_ops; i++) {
		const struct genl_ops *op = &family->ops[i];
		struct genl_ops *last = n ? &merged[n - 1] : NULL;

		if (last && last->cmd == op->cmd) {
			last->start = op->start;
			last->dumpit = op->dumpit;
			last->done = op->done;
			last->flags |= op->flags;
			continue;
		}
		if (n == KC_GENL_OPS_MAX)
			return -E2BIG;
		merged[n++] = *op;
	}
	family->ops = merged;
	family->n_ops = n;
	return genl_register_family(family);
}

#define genl_register_family kc_genl_register_family
#endif

#ifndef KC_HAVE_GENL_INFO_DUMP
/* Before 6.6 a dump knew of its request only the attributes. */
#define genl_info_dump(cb) (&(const struct genl_info) {			\
	.attrs = genl_dumpit_info(cb)->attrs,				\
	.extack = (cb)->extack,						\
})
#endif

#endif
