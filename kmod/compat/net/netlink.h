/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KC_COMPAT_NET_NETLINK_H
#define KC_COMPAT_NET_NETLINK_H

#include_next <net/netlink.h>

#ifndef KC_HAVE_CONST_NLA_RANGE
/* Before 6.8 the pointer was not const, though nobody writes through it. */
#undef NLA_POLICY_FULL_RANGE
#define NLA_POLICY_FULL_RANGE(tp, _range) {				\
	.type = NLA_ENSURE_UINT_OR_BINARY_TYPE(tp),			\
	.validation_type = NLA_VALIDATE_RANGE_PTR,			\
	.range = (struct netlink_range_validation *)(_range),		\
}
#endif

#endif
