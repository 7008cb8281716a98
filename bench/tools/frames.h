/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames with a UDP packet that are made beforehand, sent out of a veth as they
 * are, and received, or not, in the network namespace at its other end.
 */
#ifndef BENCH_FRAMES_H
#define BENCH_FRAMES_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FROM_PORT 40000
#define TO_PORT 5000
/* Of either family, as it is copied. */
#define FRAME_LEN 80

struct frame {
	uint8_t data[FRAME_LEN];
};

/* Whose addresses a series of frames has. */
struct addresses {
	bool six;
	uint8_t mac[6];
	uint8_t from[16];
	uint8_t to[16];
};

static inline void need(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(1);
}

static inline void put16(uint8_t *at, unsigned int value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline uint32_t sum(const uint8_t *data, size_t len)
{
	uint32_t all = 0;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		all += (uint32_t)data[i] << 8 | data[i + 1];
	return all;
}

static inline unsigned int fold(uint32_t all)
{
	while (all >> 16)
		all = (all & 0xffff) + (all >> 16);
	return ~all & 0xffff;
}

/* Adds to the last four octets of an address. */
static inline void add(uint8_t *addr, bool six, unsigned int n)
{
	uint8_t *at = addr + (six ? 12 : 0);
	uint32_t last;

	memcpy(&last, at, 4);
	last = htonl(ntohl(last) + n);
	memcpy(at, &last, 4);
}

static inline void write_udp(uint8_t *udp, size_t size,
			     const uint8_t *addresses, size_t len)
{
	put16(udp, FROM_PORT);
	put16(udp + 2, TO_PORT);
	put16(udp + 4, (unsigned int)size);
	memset(udp + 8, 'k', size - 8);
	put16(udp + 6, fold(sum(addresses, 2 * len) + sum(udp, size) +
			    IPPROTO_UDP + (uint32_t)size));
}

static inline void read_addresses(struct addresses *all, const char *mac,
				  const char *from, const char *to)
{
	int family = strchr(to, ':') ? AF_INET6 : AF_INET;
	uint8_t *m = all->mac;

	all->six = family == AF_INET6;
	need(inet_pton(family, from, all->from) == 1 &&
	     inet_pton(family, to, all->to) == 1 &&
	     sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &m[0], &m[1], &m[2],
		    &m[3], &m[4], &m[5]) == 6, "addresses");
}

static inline void write_frame(struct frame *frame, const struct addresses *all)
{
	const uint8_t *from = all->from, *to = all->to;
	const bool six = all->six;
	uint8_t *ip = frame->data + ETH_HLEN;
	size_t size = FRAME_LEN - ETH_HLEN - (six ? 40 : 20);

	memcpy(frame->data, all->mac, 6);
	memcpy(frame->data + 6, "\x02\0\0\0\0\1", 6);

	put16(frame->data + 12, six ? ETH_P_IPV6 : ETH_P_IP);
	if (six) {
		ip[0] = 0x60;
		put16(ip + 4, (unsigned int)size);
		ip[6] = IPPROTO_UDP;
		ip[7] = 64;
		memcpy(ip + 8, from, 16);
		memcpy(ip + 24, to, 16);
		write_udp(ip + 40, size, ip + 8, 16);
	} else {
		ip[0] = 0x45;
		put16(ip + 2, FRAME_LEN - ETH_HLEN);
		put16(ip + 6, 0x4000);
		ip[8] = 64;
		ip[9] = IPPROTO_UDP;
		memcpy(ip + 12, from, 4);
		memcpy(ip + 16, to, 4);
		put16(ip + 10, fold(sum(ip, 20)));
		write_udp(ip + 20, size, ip + 12, 4);
	}
}

static inline int sender(const char *dev)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(dev),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	need(fd >= 0 && where.sll_ifindex, dev);
	need(!bind(fd, (struct sockaddr *)&where, sizeof(where)), "bind");
	return fd;
}

/* IPv4, too, comes to a socket of IPv6, but it would take longer. */
static inline int receiver(const char *netns, bool six)
{
	struct sockaddr_in here4 = {
		.sin_family = AF_INET, .sin_port = htons(TO_PORT),
	};
	struct sockaddr_in6 here6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(TO_PORT),
	};
	int space = open(netns, O_RDONLY | O_CLOEXEC), fd;

	need(space >= 0 && !setns(space, CLONE_NEWNET), netns);
	fd = socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	need(fd >= 0 && !(six ?
			  bind(fd, (struct sockaddr *)&here6, sizeof(here6)) :
			  bind(fd, (struct sockaddr *)&here4, sizeof(here4))),
	     "bind");
	close(space);
	return fd;
}

static inline double nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

#endif
