// SPDX-License-Identifier: GPL-2.0
/*
 * The server of flows: echoes TCP and UDP, IPv4 and IPv6.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flows.h"

static int listener(int type, const char *port)
{
	struct sockaddr_in6 any = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(atoi(port)),
	};
	int off = 0, on = 1, size = 4 << 20;
	int fd = socket(AF_INET6, type | SOCK_NONBLOCK, 0);

	if (fd < 0)
		die("socket: %s", strerror(errno));
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)))
		die("port %s: %s", port, strerror(errno));
	if (type == SOCK_STREAM && listen(fd, 1024))
		die("listen: %s", strerror(errno));
	return fd;
}

/* A connection of the server: what it could not yet send back. */
struct echo {
	int fd;
	size_t from, to;
	char buffer[BUFFER];
};

static void echo_end(struct echo *echo)
{
	close(echo->fd);
	free(echo);
}

static void echo_serve(struct echo *echo)
{
	struct epoll_event event = { .data.ptr = echo };
	ssize_t n;

	for (;;) {
		while (echo->from < echo->to) {
			n = send(echo->fd, echo->buffer + echo->from,
				 echo->to - echo->from, MSG_NOSIGNAL);
			if (n < 0 && errno == EAGAIN) {
				event.events = EPOLLOUT;
				epoll_ctl(epoll_fd, EPOLL_CTL_MOD, echo->fd,
					  &event);
				return;
			}
			if (n < 0) {
				echo_end(echo);
				return;
			}
			echo->from += n;
		}
		n = recv(echo->fd, echo->buffer, sizeof(echo->buffer), 0);
		if (n < 0 && errno == EAGAIN) {
			event.events = EPOLLIN;
			epoll_ctl(epoll_fd, EPOLL_CTL_MOD, echo->fd, &event);
			return;
		}
		if (n <= 0) {
			echo_end(echo);
			return;
		}
		echo->from = 0;
		echo->to = n;
	}
}

/* The answer leaves from the address that was asked: it may be one of many. */
static void echo_datagrams(int fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control;
	struct sockaddr_in6 from;
	char data[CHUNK_MAX];
	struct iovec part = { .iov_base = data };
	struct msghdr message = { .msg_name = &from, .msg_iov = &part,
				  .msg_iovlen = 1, .msg_control = &control };
	ssize_t n;

	for (;;) {
		part.iov_len = sizeof(data);
		message.msg_namelen = sizeof(from);
		message.msg_controllen = sizeof(control);
		n = recvmsg(fd, &message, 0);
		if (n < 0)
			return;
		part.iov_len = n;
		if (message.msg_controllen) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(&control.header), sizeof(info));
			info.ipi6_ifindex = 0;
			memcpy(CMSG_DATA(&control.header), &info, sizeof(info));
		}
		sendmsg(fd, &message, 0);
	}
}

/* Until it is killed. */
void serve(const char *port)
{
	int tcp = listener(SOCK_STREAM, port), udp = listener(SOCK_DGRAM, port);
	struct epoll_event events[EVENTS];
	int on = 1, i, n, fd;

	setsockopt(udp, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
	watch(tcp, &tcp);
	watch(udp, &udp);
	puts("ready");
	fflush(stdout);
	for (;;) {
		n = epoll_wait(epoll_fd, events, EVENTS, -1);
		for (i = 0; i < n; i++) {
			void *what = events[i].data.ptr;

			if (what == &udp) {
				echo_datagrams(udp);
			} else if (what != &tcp) {
				echo_serve(what);
			} else {
				while ((fd = accept4(tcp, NULL, NULL,
						     SOCK_NONBLOCK)) >= 0) {
					struct echo *echo =
						calloc(1, sizeof(*echo));

					if (!echo)
						die("no memory");
					setsockopt(fd, IPPROTO_TCP, TCP_NODELAY,
						   &on, sizeof(on));
					echo->fd = fd;
					watch(fd, echo);
				}
			}
		}
	}
}
