/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets as they are put together by hand, one at a time.
 */
#ifndef KC_UNIT_CLUSTERIP_PACKETS_H
#define KC_UNIT_CLUSTERIP_PACKETS_H

#include "types.h"

#define PACKET_MAX 512

/* A packet as it is put together, and where the length of its IP header is. */
static u8 packet[PACKET_MAX];
static size_t size;

static const u8 client4[4] = { 192, 0, 2, 7 };
static const u8 service4[4] = { 198, 51, 100, 1 };
static const u8 router4[4] = { 203, 0, 113, 254 };
static const u8 client6[16] = { 0x20, 1, 0xd, 0xb8, [8] = 1, [15] = 7 };
static const u8 service6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };
static const u8 router6[16] = { 0xfe, 0x80, [15] = 0xfe };

static inline void octets(const void *data, size_t len)
{
	memcpy(packet + size, data, len);
	size += len;
}

static inline void zeros(size_t len)
{
	memset(packet + size, 0, len);
	size += len;
}

static inline void number(unsigned int value, unsigned int len)
{
	while (len--)
		packet[size++] = value >> 8 * len;
}

static inline size_t ip4(u8 proto, const u8 *src, const u8 *dst,
			 unsigned int fragment, unsigned int options)
{
	size_t at = size;

	number(0x45 + options / 4, 1);
	number(0, 3);
	number(1, 2);
	number(fragment, 2);
	number(64, 1);
	number(proto, 1);
	number(0, 2);
	octets(src, 4);
	octets(dst, 4);
	zeros(options);
	return at;
}

static inline size_t ip6(u8 next, const u8 *src, const u8 *dst)
{
	size_t at = size;

	number(0x60, 1);
	zeros(5);
	number(next, 1);
	number(64, 1);
	octets(src, 16);
	octets(dst, 16);
	return at;
}

/* The packet that begins there ends here. */
static inline void end(size_t at)
{
	bool six = packet[at] >> 4 == 6;
	size_t len = size - at - (six ? 40 : 0);

	packet[at + (six ? 4 : 2)] = len >> 8;
	packet[at + (six ? 5 : 3)] = len & 0xff;
}

static inline void ports(unsigned int sport, unsigned int dport)
{
	number(sport, 2);
	number(dport, 2);
	zeros(16);
}

static inline void extension(u8 next, unsigned int units)
{
	number(next, 1);
	number(units, 1);
	zeros(6 + 8 * units);
}

static inline void fragment_header(u8 next, unsigned int offset)
{
	number(next, 1);
	number(0, 1);
	number(offset, 2);
	number(7, 4);
}

static inline size_t begin4(u8 proto, unsigned int fragment)
{
	size = 0;
	return ip4(proto, client4, service4, fragment, 0);
}

static inline size_t begin6(u8 next)
{
	size = 0;
	return ip6(next, client6, service6);
}

#endif
