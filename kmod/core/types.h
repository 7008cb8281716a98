/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few types the pure core needs, in the kernel and in user space.
 *
 * Nothing in core/ knows a clock, a lock, an skb or an allocator: bytes and
 * events go in, bytes and actions come out.
 */
#ifndef KC_CORE_TYPES_H
#define KC_CORE_TYPES_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#ifndef U64_MAX
#define U64_MAX UINT64_MAX
#endif
#ifndef U32_MAX
#define U32_MAX UINT32_MAX
#endif

/* A machine of 32 bits has a function for it in the kernel. */
static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}
#endif

/* The address families of every Linux; user space headers differ in where. */
#define KC_AF_INET 2
#define KC_AF_INET6 10

/**
 * kc_addr_len() - octets of an address
 * @family: KC_AF_INET or KC_AF_INET6
 */
static inline size_t kc_addr_len(u8 family)
{
	return family == KC_AF_INET6 ? 16 : 4;
}

/* Appends octets to a frame; returns where the next ones go. */
static inline u8 *kc_put(u8 *at, const void *data, size_t len)
{
	memcpy(at, data, len);
	return at + len;
}

/* Of two times. */
static inline u64 kc_later(u64 a, u64 b)
{
	return a > b ? a : b;
}

static inline u64 kc_earlier(u64 a, u64 b)
{
	return a < b ? a : b;
}

#endif
