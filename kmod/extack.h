/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Refusals that speak.
 */
#ifndef KC_EXTACK_H
#define KC_EXTACK_H

#include <linux/netlink.h>

/*
 * Format a message for the acknowledgment of a request, with the attribute
 * that is to blame (may be NULL), and hand the error through:
 *
 *	return kc_refuse(extack, attr, -EEXIST, "%s exists already", name);
 *
 * The kernel's own NL_SET_ERR_MSG_FMT came after 6.1 and cuts at 80 octets.
 */
__printf(4, 5)
int kc_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
	      int error, const char *format, ...);

#endif
