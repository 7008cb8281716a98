/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cluster IP: the hash of most packets, at once: those of TCP or UDP, whole, and
 * with nothing between the IP header and theirs. Of all others kc_cip_look() and
 * kc_cip_hash() tell, which say the same of these.
 *
 * It is what each packet of a cluster pays for, also those of other nodes.
 */
#ifndef KC_CORE_CLUSTERIP_QUICK_H
#define KC_CORE_CLUSTERIP_QUICK_H

#include "clusterip_hash.h"

/* What must be readable of a packet: up to the ports. */
#define KC_CIP_QUICK4_LEN 24
#define KC_CIP_QUICK6_LEN 44

/**
 * struct kc_cip_mix - how a mode and a seed mix what packets have
 * @start4: where the hash of an IPv4 packet starts from
 * @start6: likewise of IPv6
 * @ports: which bits count of the two ports, the source's being the upper ones
 * @swap: each of the two is swapped before, for the legacy modes, so of IPv4
 */
struct kc_cip_mix {
	u32 start4;
	u32 start6;
	u32 ports;
	bool swap;
};

/**
 * kc_cip_mix_make() - prepare what does not change from packet to packet
 * @mix: filled in
 * @mode: see kc_cip_hash()
 * @seed: likewise
 */
static inline void kc_cip_mix_make(struct kc_cip_mix *mix,
				   enum kc_cip_mode mode, u32 seed)
{
	unsigned int ports;

	switch (mode) {
	case KC_CIP_SOURCE_IP_PORT:
	case KC_CIP_LEGACY_SOURCE_IP_PORT:
		ports = 1;
		mix->ports = 0xffff0000;
		break;
	case KC_CIP_SOURCE_IP_PORT_DEST_PORT:
	case KC_CIP_LEGACY_SOURCE_IP_PORT_DEST_PORT:
		ports = 2;
		mix->ports = 0xffffffff;
		break;
	default:
		ports = 0;
		mix->ports = 0;
		break;
	}
	mix->start4 = kc_cip_jhash_start(1 + ports, seed);
	mix->start6 = kc_cip_jhash_start(4 + ports, seed);
	mix->swap = kc_cip_legacy(mode) && kc_cip_legacy_port(1) != 1;
}

/* The far end's port in the upper half, whichever of the two it is. */
static inline u32 kc_cip_quick_ports(const u8 *ports, enum kc_cip_side side)
{
	u32 word = kc_cip_word(ports);

	return side == KC_CIP_RECEIVER ? kc_cip_rol(word, 16) : word;
}

/**
 * kc_cip_quick4() - the hash of an IPv4 packet
 * @mix: how
 * @side: which end of it is hashed
 * @ip: the packet, of which KC_CIP_QUICK4_LEN octets can be read; needs no
 *	alignment
 * @hash: filled in
 *
 * Return: false if it is not that simple, or is none
 */
static inline bool kc_cip_quick4(const struct kc_cip_mix *mix,
				 enum kc_cip_side side, const u8 *ip, u32 *hash)
{
	const u8 *far = ip + (side == KC_CIP_RECEIVER ? 16 : 12);
	u32 start = mix->start4, ports;

	/* No options, no fragment, and not shorter than it must be. */
	if (ip[0] != 0x45 || (kc_cip_word(ip + 4) & 0x3fff) ||
	    (ip[9] != 17 && ip[9] != 6) ||
	    (!ip[2] && ip[3] < KC_CIP_QUICK4_LEN))
		return false;
	ports = kc_cip_quick_ports(ip + 20, side);
	if (mix->swap)
		ports = (ports & 0x00ff00ff) << 8 | (ports >> 8 & 0x00ff00ff);
	ports &= mix->ports;
	*hash = kc_cip_final(kc_cip_word(far) + start,
			     (ports >> 16) + start, (ports & 0xffff) + start);
	return true;
}

/**
 * kc_cip_quick6() - the hash of an IPv6 packet
 * @mix: how
 * @side: which end of it is hashed
 * @ip: the packet, of which KC_CIP_QUICK6_LEN octets can be read
 * @hash: filled in
 *
 * Return: likewise
 */
static inline bool kc_cip_quick6(const struct kc_cip_mix *mix,
				 enum kc_cip_side side, const u8 *ip, u32 *hash)
{
	const u8 *far = ip + (side == KC_CIP_RECEIVER ? 24 : 8);
	u32 ports;

	/* The upper half of the second word is how long the payload is. */
	if (ip[0] >> 4 != 6 || (ip[6] != 17 && ip[6] != 6) ||
	    kc_cip_word(ip + 4) < (KC_CIP_QUICK6_LEN - 40) << 16)
		return false;
	ports = kc_cip_quick_ports(ip + 40, side) & mix->ports;
	*hash = kc_cip_jhash_six(kc_cip_word(far), kc_cip_word(far + 4),
				 kc_cip_word(far + 8), kc_cip_word(far + 12),
				 ports >> 16, ports & 0xffff, mix->start6);
	return true;
}

#endif
