// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that ask where an address lives, and the answers: ARP (RFC 826,
 * RFC 5227) and neighbour discovery (RFC 4861).
 */
#include "checksum.h"
#include "solicit.h"

#define ARP_LEN 28
#define ARP_OPERATION 7
#define ARP_SENDER_IP 14
#define ARP_TARGET_IP 24

#define IPV6_LEN 40
#define IPV6_SRC 8
#define IPV6_DST 24
#define ICMPV6 58
#define ND_HOP_LIMIT 255
#define ND_FLAGS 4
#define ND_TARGET 8
#define ND_OPTIONS 24
#define NA_SOLICITED 0x40

static const u8 nobody[16];

/**
 * kc_arp_request_build() - ask for the MAC of an IPv4 address
 * @frame: KC_ARP_REQUEST_LEN octets
 * @mac: link-layer address of the asking device
 * @sender: its IPv4 address, or 0.0.0.0 if it has none (RFC 5227, 2.1.1)
 * @target: IPv4 address that is asked for
 *
 * Return: octets written
 */
size_t kc_arp_request_build(u8 *frame, const u8 *mac, const u8 *sender,
			    const u8 *target)
{
	static const u8 broadcast[6] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff
	};
	static const u8 head[] = {
		0x08, 0x06,		/* ARP */
		0x00, 0x01, 0x08, 0x00,	/* Ethernet, IPv4 */
		6, 4, 0x00, 0x01,	/* request */
	};
	u8 *at = frame;

	at = kc_put(at, broadcast, 6);
	at = kc_put(at, mac, 6);
	at = kc_put(at, head, sizeof(head));
	at = kc_put(at, mac, 6);
	at = kc_put(at, sender, 4);
	at = kc_put(at, nobody, 6);
	at = kc_put(at, target, 4);
	return at - frame;
}

/**
 * kc_ns_build() - ask for the MAC of an IPv6 address (RFC 4861, 4.3)
 * @frame: KC_NS_LEN_MAX octets
 * @mac: link-layer address of the asking device
 * @sender: its IPv6 address, or :: if it has none, and then the MAC is not
 *	said either
 * @target: IPv6 address that is asked for
 *
 * To the target's solicited-node multicast address (RFC 4291, 2.7.1).
 *
 * Return: octets written
 */
size_t kc_ns_build(u8 *frame, const u8 *mac, const u8 *sender,
		   const u8 *target)
{
	static const u8 icmp_head[] = { 135, 0, 0, 0, 0, 0, 0, 0 };
	static const u8 option[] = { 1, 1 };	/* source link-layer address */
	u8 group[16] = {
		0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff,
	};
	u8 head[] = {
		0x86, 0xdd,		/* IPv6 */
		0x60, 0, 0, 0, 0, 24,	/* payload length */
		ICMPV6, ND_HOP_LIMIT,
	};
	static const u8 multicast[] = { 0x33, 0x33 };
	bool named = memcmp(sender, nobody, 16);
	u8 *at = frame, *icmp;
	u16 check;
	u32 sum;

	memcpy(group + 13, target + 13, 3);
	if (named)
		head[7] += 8;
	at = kc_put(at, multicast, sizeof(multicast));
	at = kc_put(at, group + 12, 4);
	at = kc_put(at, mac, 6);
	at = kc_put(at, head, sizeof(head));
	at = kc_put(at, sender, 16);
	at = kc_put(at, group, 16);
	icmp = at;
	at = kc_put(at, icmp_head, sizeof(icmp_head));
	at = kc_put(at, target, 16);
	if (named) {
		at = kc_put(at, option, sizeof(option));
		at = kc_put(at, mac, 6);
	}
	sum = kc_sum_pseudo(KC_AF_INET6, sender, group, at - icmp, ICMPV6);
	check = ~kc_sum_fold(kc_sum_bytes(sum, icmp, at - icmp));
	icmp[2] = check >> 8;
	icmp[3] = check & 0xff;
	return at - frame;
}

static bool parse_reply(const u8 *packet, size_t len, struct kc_answer *answer)
{
	static const u8 head[] = { 0x00, 0x01, 0x08, 0x00, 6, 4, 0x00, 0x02 };

	if (len < ARP_LEN || memcmp(packet, head, sizeof(head)))
		return false;
	memcpy(answer->addr, packet + ARP_SENDER_IP, 4);
	/* One that nobody asked for tells everybody of itself. */
	answer->asked = memcmp(packet + ARP_TARGET_IP, answer->addr, 4);
	return true;
}

/* RFC 4861, 7.1.2 */
static bool parse_advertisement(const u8 *packet, size_t len,
				struct kc_answer *answer)
{
	const u8 *icmp = packet + IPV6_LEN;
	size_t size, at;
	u32 sum;

	if (len < IPV6_LEN + ND_OPTIONS || packet[0] >> 4 != 6 ||
	    packet[6] != ICMPV6 || packet[7] != ND_HOP_LIMIT)
		return false;
	/* Ethernet may have filled up a short frame. */
	size = packet[4] << 8 | packet[5];
	if (size < ND_OPTIONS || size > len - IPV6_LEN)
		return false;
	if (icmp[0] != 136 || icmp[1] || icmp[ND_TARGET] == 0xff)
		return false;
	for (at = ND_OPTIONS; at < size; at += icmp[at + 1] * 8)
		if (at + 2 > size || !icmp[at + 1] ||
		    at + icmp[at + 1] * 8 > size)
			return false;
	answer->asked = icmp[ND_FLAGS] & NA_SOLICITED;
	if (answer->asked && packet[IPV6_DST] == 0xff)
		return false;
	sum = kc_sum_pseudo(KC_AF_INET6, packet + IPV6_SRC, packet + IPV6_DST,
			    size, ICMPV6);
	if (kc_sum_fold(kc_sum_bytes(sum, icmp, size)) != 0xffff)
		return false;
	memcpy(answer->addr, icmp + ND_TARGET, 16);
	return true;
}

/**
 * kc_answer_parse() - does a packet answer for an address?
 * @family: KC_AF_INET for ARP, KC_AF_INET6 for IPv6
 * @packet: what follows the Ethernet header
 * @len: octets of @packet
 * @answer: filled in if it does
 *
 * Return: true if it is a valid ARP reply or neighbour advertisement
 */
bool kc_answer_parse(u8 family, const u8 *packet, size_t len,
		     struct kc_answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	return family == KC_AF_INET6 ?
	       parse_advertisement(packet, len, answer) :
	       parse_reply(packet, len, answer);
}
