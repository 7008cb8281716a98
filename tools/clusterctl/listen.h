/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hearing what a generic netlink family says to a multicast group, and signals.
 */
#ifndef LISTEN_H
#define LISTEN_H

#include <netlink/handlers.h>
#include <stdbool.h>

struct nl_sock;

struct nl_sock *listen_to_group(const char *family, const char *group,
				nl_recvmsg_msg_cb_t handler, void *arg);
int listen_drain(struct nl_sock *sock, bool *overflow);
int listen_to_signals(void);

#endif
