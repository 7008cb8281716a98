// SPDX-License-Identifier: GPL-2.0
/*
 * Connection tables, by ctnetlink, IPv4 and TCP:
 *
 *	entries fill COUNT
 *		established connections, none of which any packet belongs to
 *	entries lag CLIENT STANDBY ADDRESS PORT COUNT GAP
 *		connect from the network namespace CLIENT (a path), and ask that of
 *		STANDBY for the connection until it is there; COUNT times, GAP
 *		milliseconds apart. Prints "lag MICROSECONDS" from connect() on, or
 *		"lag never" after PATIENCE.
 *
 * Whoever asks does so at SCHED_IDLE, when nobody else has anything to do.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 2.0		/* s */
#define PRECISION 0.02		/* of what is measured */
#define LIFE 7200		/* s */
#define TOGETHER 100		/* entries per system call */

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- messages --------------------------------------------------------------- */

static void *put(struct nlmsghdr *msg, uint16_t type, const void *data,
		 size_t len)
{
	struct nlattr *at = (void *)((char *)msg + NLMSG_ALIGN(msg->nlmsg_len));

	at->nla_type = type;
	at->nla_len = (uint16_t)(NLA_HDRLEN + len);
	if (len)
		memcpy((char *)at + NLA_HDRLEN, data, len);
	msg->nlmsg_len = NLMSG_ALIGN(msg->nlmsg_len) + NLA_ALIGN(at->nla_len);
	return at;
}

static struct nlattr *nest(struct nlmsghdr *msg, uint16_t type)
{
	return put(msg, type | NLA_F_NESTED, NULL, 0);
}

static void nest_end(struct nlmsghdr *msg, struct nlattr *at)
{
	at->nla_len = (uint16_t)((char *)msg + msg->nlmsg_len - (char *)at);
}

static void put_tuple(struct nlmsghdr *msg, uint16_t type,
		      const struct sockaddr_in *from,
		      const struct sockaddr_in *to)
{
	struct nlattr *tuple = nest(msg, type), *part;
	uint8_t tcp = IPPROTO_TCP;

	part = nest(msg, CTA_TUPLE_IP);
	put(msg, CTA_IP_V4_SRC, &from->sin_addr, 4);
	put(msg, CTA_IP_V4_DST, &to->sin_addr, 4);
	nest_end(msg, part);
	part = nest(msg, CTA_TUPLE_PROTO);
	put(msg, CTA_PROTO_NUM, &tcp, 1);
	put(msg, CTA_PROTO_SRC_PORT, &from->sin_port, 2);
	put(msg, CTA_PROTO_DST_PORT, &to->sin_port, 2);
	nest_end(msg, part);
	nest_end(msg, tuple);
}

static struct nlmsghdr *begin(void *buf, unsigned int type, unsigned int flags)
{
	struct nlmsghdr *msg = buf;
	struct nfgenmsg *head = NLMSG_DATA(msg);

	memset(buf, 0, NLMSG_LENGTH(sizeof(*head)));
	msg->nlmsg_len = NLMSG_LENGTH(sizeof(*head));
	msg->nlmsg_type = (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | type);
	msg->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	head->nfgen_family = AF_INET;
	head->version = NFNETLINK_V0;
	return msg;
}

static int ctnetlink(void)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);

	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)))
		die("ctnetlink");
	return fd;
}

/* --- fill ------------------------------------------------------------------- */

static struct nlmsghdr *entry(void *buf, unsigned int i)
{
	struct sockaddr_in from = {
		.sin_addr.s_addr = htonl(0x0a0a0100 + i / 50000),
		.sin_port = htons((uint16_t)(10000 + i % 50000)),
	}, to = {
		.sin_addr.s_addr = htonl(0xcb007164),	/* 203.0.113.100 */
		.sin_port = htons(443),
	};
	uint32_t status = htonl(IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED);
	uint32_t life = htonl(LIFE);
	uint8_t state = TCP_CONNTRACK_ESTABLISHED;
	struct nlattr *outer, *inner;
	struct nlmsghdr *msg;

	msg = begin(buf, IPCTNL_MSG_CT_NEW, NLM_F_CREATE | NLM_F_EXCL);
	put_tuple(msg, CTA_TUPLE_ORIG, &from, &to);
	put_tuple(msg, CTA_TUPLE_REPLY, &to, &from);
	put(msg, CTA_STATUS, &status, 4);
	put(msg, CTA_TIMEOUT, &life, 4);
	outer = nest(msg, CTA_PROTOINFO);
	inner = nest(msg, CTA_PROTOINFO_TCP);
	put(msg, CTA_PROTOINFO_TCP_STATE, &state, 1);
	nest_end(msg, inner);
	nest_end(msg, outer);
	return msg;
}

static int fill(unsigned int count)
{
	static _Alignas(struct nlmsghdr) char buf[TOGETHER * 512];
	static _Alignas(struct nlmsghdr) char answer[65536];
	unsigned int i, n, bad = 0;
	int fd = ctnetlink();
	size_t len;

	for (i = 0; i < count;) {
		for (n = 0, len = 0; n < TOGETHER && i < count; n++, i++)
			len += NLMSG_ALIGN(entry(buf + len, i)->nlmsg_len);
		if (send(fd, buf, len, 0) < 0)
			die("send");
		/* Only what fails is answered. */
		while (recv(fd, answer, sizeof(answer), MSG_DONTWAIT) > 0) {
			struct nlmsghdr *msg = (void *)answer;
			struct nlmsgerr *error = NLMSG_DATA(msg);

			if (!bad++)
				fprintf(stderr, "entries: %s\n",
					strerror(-error->error));
		}
	}
	return bad != 0;
}

/* --- lag -------------------------------------------------------------------- */

static void enter(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

static int is_known(int fd, const struct sockaddr_in *from,
		    const struct sockaddr_in *to)
{
	_Alignas(struct nlmsghdr) char buf[8192];
	struct nlmsghdr *msg = begin(buf, IPCTNL_MSG_CT_GET, 0);

	put_tuple(msg, CTA_TUPLE_ORIG, from, to);
	if (send(fd, buf, msg->nlmsg_len, 0) < 0)
		die("send");
	if (recv(fd, buf, sizeof(buf), 0) < (ssize_t)sizeof(*msg))
		die("recv");
	return msg->nlmsg_type != NLMSG_ERROR;
}

static void priority(int policy)
{
	struct sched_param none = { 0 };

	if (sched_setscheduler(0, policy, &none))
		die("scheduler");
}

static void lag_of_one(int table, const struct sockaddr_in *to)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	int fd = socket(AF_INET, SOCK_STREAM, 0), known;
	double start = seconds(), pause;

	if (fd < 0 || connect(fd, (const struct sockaddr *)to, sizeof(*to)) ||
	    getsockname(fd, (struct sockaddr *)&from, &len))
		die("connect");
	priority(SCHED_IDLE);
	for (;;) {
		known = is_known(table, &from, to);
		if (known || seconds() > start + PATIENCE)
			break;
		/* As exact as it needs to be: emulated, asking is what takes time. */
		pause = (seconds() - start) * PRECISION;
		usleep((useconds_t)(1e6 * pause));
	}
	if (known)
		printf("lag %.1f\n", 1e6 * (seconds() - start));
	else
		puts("lag never");
	priority(SCHED_OTHER);
	close(fd);
}

static int lag(char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)atoi(argv[3])) };
	int count = atoi(argv[4]), gap = atoi(argv[5]), table, i;

	if (!inet_pton(AF_INET, argv[2], &to.sin_addr))
		return 2;
	prctl(PR_SET_TIMERSLACK, 1UL);
	enter(argv[1]);
	table = ctnetlink();
	enter(argv[0]);
	for (i = 0; i < count; i++) {
		lag_of_one(table, &to);
		/* Not always at the same time of what others do regularly. */
		usleep((useconds_t)(1000 * gap + i * 977 % 1000));
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "fill"))
		return fill((unsigned int)atoi(argv[2]));
	if (argc == 8 && !strcmp(argv[1], "lag"))
		return lag(argv + 2);
	fprintf(stderr, "usage: entries fill COUNT\n"
		"       entries lag CLIENT STANDBY ADDRESS PORT COUNT GAP\n");
	return 2;
}
