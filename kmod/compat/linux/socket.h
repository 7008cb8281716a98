/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KC_COMPAT_LINUX_SOCKET_H
#define KC_COMPAT_LINUX_SOCKET_H

#include_next <linux/socket.h>

#ifndef KC_HAVE_SOCKADDR_UNSIZED
/* Before 6.19 an address of any size was of the type that has 14 octets. */
#define sockaddr_unsized sockaddr
#endif

#endif
