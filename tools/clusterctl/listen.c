// SPDX-License-Identifier: GPL-2.0
/*
 * Hearing what a generic netlink family says to a multicast group.
 */
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include "clusterctl.h"
#include "listen.h"

/* Room for bursts: an event takes about a kilobyte of it. */
#define RECEIVE_BUFFER (8 * 1024 * 1024)
/* Messages read before others get their turn. */
#define DRAIN_MAX 1000

/**
 * listen_to_group() - Open a socket that hears a group of a family.
 * @family: Name of the family.
 * @group: Name of the group.
 * @handler: Called by listen_drain() for each message.
 * @arg: For @handler.
 *
 * Return: The socket, or NULL.
 */
struct nl_sock *listen_to_group(const char *family, const char *group,
				nl_recvmsg_msg_cb_t handler, void *arg)
{
	struct nl_sock *sock = need_memory(nl_socket_alloc());
	int size = RECEIVE_BUFFER, number, fd;

	nl_socket_disable_seq_check(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, handler, arg);
	if (genl_connect(sock))
		goto fail;
	number = genl_ctrl_resolve_grp(sock, family, group);
	if (number < 0)
		goto fail;
	fd = nl_socket_get_fd(sock);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (nl_socket_set_msg_buf_size(sock, 65536) || nl_socket_set_nonblocking(sock) ||
	    nl_socket_add_membership(sock, number))
		goto fail;
	return sock;

fail:
	nl_socket_free(sock);
	return NULL;
}

/**
 * listen_drain() - Take what has come, but not without end.
 * @sock: The socket.
 * @overflow: Set if it overflowed.
 *
 * Return: 1 when there may be more, 0 when there is not, -1 when that is unknown.
 */
int listen_drain(struct nl_sock *sock, bool *overflow)
{
	unsigned int turns;

	for (turns = 0; turns < DRAIN_MAX; turns++) {
		int result = nl_recvmsgs_default(sock);

		if (result == -NLE_AGAIN)
			return 0;
		/* ENOBUFS: what was received before the overflow can still be read. */
		if (result == -NLE_NOMEM)
			*overflow = true;
		else if (result < 0)
			return -1;
	}
	return 1;
}

/**
 * listen_to_signals() - Take SIGCHLD, SIGINT and SIGTERM as news like others.
 *
 * Return: A file descriptor to read them from, or -1 with errno set.
 */
int listen_to_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}
