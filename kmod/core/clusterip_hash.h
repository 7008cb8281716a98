/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cluster IP: which bucket does a packet belong to?
 *
 * Every node computes the same from what a packet says of its far end, which is
 * its sender, or, if it passes through a gateway on its way back, its receiver.
 * Never of the other end and never of the protocol, so that all of a client's
 * flows to a block of addresses agree, and so do ICMP messages about them.
 *
 * The hash is Bob Jenkins' lookup3 (public domain) over words of 32 bits, with
 * the results of Linux' jhash_1word() to jhash_3words() and jhash2(). The legacy
 * modes compute what ipt_CLUSTERIP of Linux 6.1 computes on the same machine;
 * there a bucket is a node, bucket n being its node n + 1.
 *
 * All of it is here because it runs for each packet.
 */
#ifndef KC_CORE_CLUSTERIP_HASH_H
#define KC_CORE_CLUSTERIP_HASH_H

#include "types.h"

/* Appended to only: the numbers are said on the wire. */
enum kc_cip_mode {
	KC_CIP_SOURCE_IP,
	KC_CIP_SOURCE_IP_PORT,
	KC_CIP_SOURCE_IP_PORT_DEST_PORT,
	/* The same for IPv4 only, as ipt_CLUSTERIP computed them. */
	KC_CIP_LEGACY_SOURCE_IP,
	KC_CIP_LEGACY_SOURCE_IP_PORT,
	KC_CIP_LEGACY_SOURCE_IP_PORT_DEST_PORT,
	KC_CIP_MODES,
};

/**
 * enum kc_cip_ports - what a mode needs of a packet besides its source
 * @KC_CIP_PORTS_NONE: nothing
 * @KC_CIP_PORTS_USED: the ports of protocols that have some
 * @KC_CIP_PORTS_LEGACY: and of ESP and AH the SPI in their place
 */
enum kc_cip_ports {
	KC_CIP_PORTS_NONE,
	KC_CIP_PORTS_USED,
	KC_CIP_PORTS_LEGACY,
};

/**
 * enum kc_cip_side - which end of a packet is the far one, the client's
 * @KC_CIP_SENDER: where it comes from
 * @KC_CIP_RECEIVER: where it goes to; not for modes that need both ports
 */
enum kc_cip_side {
	KC_CIP_SENDER,
	KC_CIP_RECEIVER,
};

/**
 * struct kc_cip_key - what of a packet is hashed
 * @family: KC_AF_INET or KC_AF_INET6
 * @src: the client's address, network order; only kc_addr_len() octets count
 * @sport: its port, host order, 0 if it has none or the mode needs none
 * @dport: that of the service likewise
 */
struct kc_cip_key {
	u8 family;
	u8 src[16];
	u16 sport;
	u16 dport;
};

/**
 * kc_cip_legacy() - is it one of ipt_CLUSTERIP's modes?
 * @mode: the mode
 */
static inline bool kc_cip_legacy(enum kc_cip_mode mode)
{
	return mode >= KC_CIP_LEGACY_SOURCE_IP;
}

/**
 * kc_cip_ports() - what does a mode need besides the source?
 * @mode: the mode
 */
static inline enum kc_cip_ports kc_cip_ports(enum kc_cip_mode mode)
{
	if (mode == KC_CIP_SOURCE_IP || mode == KC_CIP_LEGACY_SOURCE_IP)
		return KC_CIP_PORTS_NONE;
	return kc_cip_legacy(mode) ? KC_CIP_PORTS_LEGACY : KC_CIP_PORTS_USED;
}

/**
 * kc_cip_two_sided() - does a mode tell the same of packets in both directions?
 * @mode: the mode
 *
 * The port of the service may be another one where the answers pass.
 */
static inline bool kc_cip_two_sided(enum kc_cip_mode mode)
{
	return mode != KC_CIP_SOURCE_IP_PORT_DEST_PORT &&
	       mode != KC_CIP_LEGACY_SOURCE_IP_PORT_DEST_PORT;
}

static inline u32 kc_cip_rol(u32 word, unsigned int by)
{
	return word << by | word >> (32 - by);
}

static inline u32 kc_cip_final(u32 a, u32 b, u32 c)
{
	c = (c ^ b) - kc_cip_rol(b, 14);
	a = (a ^ c) - kc_cip_rol(c, 11);
	b = (b ^ a) - kc_cip_rol(a, 25);
	c = (c ^ b) - kc_cip_rol(b, 16);
	a = (a ^ c) - kc_cip_rol(c, 4);
	b = (b ^ a) - kc_cip_rol(a, 14);
	return (c ^ b) - kc_cip_rol(b, 24);
}

/**
 * kc_cip_jhash_start() - what is added to the first words
 * @n: how many words there are
 * @seed: where to start from
 */
static inline u32 kc_cip_jhash_start(unsigned int n, u32 seed)
{
	return seed + 0xdeadbeef + (n << 2);
}

/**
 * kc_cip_jhash() - hash of up to three words
 * @a: first word
 * @b: second word, 0 if there is none
 * @c: third word, 0 if there is none
 * @n: how many there are
 * @seed: where to start from
 */
static inline u32 kc_cip_jhash(u32 a, u32 b, u32 c, unsigned int n, u32 seed)
{
	u32 start = kc_cip_jhash_start(n, seed);

	return kc_cip_final(a + start, b + start, c + start);
}

/**
 * kc_cip_jhash_six() - hash of four to six words
 * @a: first word
 * @b: second word
 * @c: third word
 * @d: fourth word
 * @e: fifth word, 0 if there is none
 * @f: sixth word, 0 if there is none
 * @start: what kc_cip_jhash_start() said
 */
static inline u32 kc_cip_jhash_six(u32 a, u32 b, u32 c, u32 d, u32 e, u32 f,
				   u32 start)
{
	a += start;
	b += start;
	c += start;

	a = (a - c) ^ kc_cip_rol(c, 4);
	c += b;
	b = (b - a) ^ kc_cip_rol(a, 6);
	a += c;
	c = (c - b) ^ kc_cip_rol(b, 8);
	b += a;
	a = (a - c) ^ kc_cip_rol(c, 16);
	c += b;
	b = (b - a) ^ kc_cip_rol(a, 19);
	a += c;
	c = (c - b) ^ kc_cip_rol(b, 4);
	b += a;

	return kc_cip_final(a + d, b + e, c + f);
}

static inline u32 kc_cip_word(const u8 *octets)
{
	return (u32)octets[0] << 24 | (u32)octets[1] << 16 |
	       (u32)octets[2] << 8 | octets[3];
}

/* ipt_CLUSTERIP took the ports as they lie in memory, see its hash function. */
static inline u16 kc_cip_legacy_port(u16 port)
{
	u8 octets[2] = { port >> 8, port & 0xff };
	u16 as_it_lies;

	memcpy(&as_it_lies, octets, sizeof(as_it_lies));
	return as_it_lies;
}

static inline u32 kc_cip_hash6(enum kc_cip_mode mode, u32 seed,
			       const struct kc_cip_key *key)
{
	unsigned int words = 4;
	u32 e = 0, f = 0;

	if (mode == KC_CIP_SOURCE_IP_PORT_DEST_PORT) {
		words = 6;
		f = key->dport;
	} else if (mode == KC_CIP_SOURCE_IP_PORT) {
		words = 5;
	}
	if (words > 4)
		e = key->sport;
	return kc_cip_jhash_six(kc_cip_word(key->src),
				kc_cip_word(key->src + 4),
				kc_cip_word(key->src + 8),
				kc_cip_word(key->src + 12), e, f,
				kc_cip_jhash_start(words, seed));
}

/**
 * kc_cip_hash() - the hash of a packet
 * @mode: what counts; a legacy one is for IPv4 only, of an IPv6 key it would
 *	hash the address
 * @seed: any number that all nodes have in common
 * @key: what kc_cip_look() said of the packet
 */
static inline u32 kc_cip_hash(enum kc_cip_mode mode, u32 seed,
			      const struct kc_cip_key *key)
{
	u32 src;

	if (key->family == KC_AF_INET6)
		return kc_cip_hash6(mode, seed, key);
	src = kc_cip_word(key->src);
	switch (mode) {
	case KC_CIP_SOURCE_IP_PORT:
		return kc_cip_jhash(src, key->sport, 0, 2, seed);
	case KC_CIP_SOURCE_IP_PORT_DEST_PORT:
		return kc_cip_jhash(src, key->sport, key->dport, 3, seed);
	case KC_CIP_LEGACY_SOURCE_IP_PORT:
		return kc_cip_jhash(src, kc_cip_legacy_port(key->sport), 0, 2,
				    seed);
	case KC_CIP_LEGACY_SOURCE_IP_PORT_DEST_PORT:
		return kc_cip_jhash(src, kc_cip_legacy_port(key->sport),
				    kc_cip_legacy_port(key->dport), 3, seed);
	default:
		return kc_cip_jhash(src, 0, 0, 1, seed);
	}
}

/**
 * kc_cip_bucket() - which of so many buckets?
 * @hash: what kc_cip_hash() said
 * @buckets: how many there are; in legacy modes the number of nodes
 *
 * Return: 0 to @buckets - 1
 */
static inline u32 kc_cip_bucket(u32 hash, u32 buckets)
{
	return (u64)hash * buckets >> 32;
}

#endif
