/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The Internet checksum (RFC 1071), byte by byte: it needs no alignment and
 * no knowledge of the machine's byte order.
 */
#ifndef KC_CORE_CHECKSUM_H
#define KC_CORE_CHECKSUM_H

#include "types.h"

/**
 * kc_sum_bytes() - add octets to a sum
 * @sum: the sum so far
 * @data: octets; only the last piece of a message may have an odd number
 * @len: octets of @data; 65535 and a pseudo-header do not overflow the sum
 *
 * Return: the sum, not folded
 */
static inline u32 kc_sum_bytes(u32 sum, const u8 *data, size_t len)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += data[i] << 8 | data[i + 1];
	if (i < len)
		sum += data[i] << 8;
	return sum;
}

/**
 * kc_sum_pseudo() - the pseudo-header (RFC 8200, 8.1; over IPv4 RFC 9293, 3.1)
 * @family: KC_AF_INET or KC_AF_INET6
 * @src: source address, network order
 * @dst: destination address likewise
 * @len: octets of the message
 * @proto: its protocol number
 *
 * Return: the sum, not folded
 */
static inline u32 kc_sum_pseudo(u8 family, const u8 *src, const u8 *dst,
				size_t len, u8 proto)
{
	u32 sum = 0;

	sum = kc_sum_bytes(sum, src, kc_addr_len(family));
	sum = kc_sum_bytes(sum, dst, kc_addr_len(family));
	return sum + len + proto;
}

/**
 * kc_sum_fold() - the sum in 16 bits
 * @sum: the sum
 *
 * Return: 0xffff for a message that carries its own valid checksum; the
 * complement is the checksum of one whose checksum field is 0
 */
static inline u16 kc_sum_fold(u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

#endif
