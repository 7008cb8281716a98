/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KC_COMPAT_NET_GSO_H
#define KC_COMPAT_NET_GSO_H

#ifdef KC_HAVE_NET_GSO
#include_next <net/gso.h>
#else
/* Before 6.5 it was there. */
#include <linux/netdevice.h>
#endif

#endif
