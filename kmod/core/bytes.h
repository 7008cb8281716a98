/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Big-endian numbers, octet by octet: no alignment, no byte order of the
 * machine.
 */
#ifndef KC_CORE_BYTES_H
#define KC_CORE_BYTES_H

#include "types.h"

/**
 * kc_bytes_put() - write a number
 * @buf: where to
 * @value: the number
 * @octets: how many of its low octets
 */
static inline void kc_bytes_put(u8 *buf, u64 value, unsigned int octets)
{
	while (octets--) {
		buf[octets] = value & 0xff;
		value >>= 8;
	}
}

/**
 * kc_bytes_get() - read a number
 * @buf: from where
 * @octets: how many, 8 at most
 */
static inline u64 kc_bytes_get(const u8 *buf, unsigned int octets)
{
	u64 value = 0;

	while (octets--)
		value = value << 8 | *buf++;
	return value;
}

#endif
