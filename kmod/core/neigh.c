// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that tell the neighbours where an address lives: ARP (RFC 826) and
 * neighbour discovery (RFC 4861).
 */
#include "checksum.h"
#include "neigh.h"

/* ARP for IPv4 over Ethernet */
#define ARP_OPERATION 7
#define ARP_SENDER_MAC 8
#define ARP_SENDER_IP 14

#define IPV6_LEN 40
#define IPV6_SRC 8
#define ICMPV6 58
#define ICMPV6_CHECK 2
#define ND_HOP_LIMIT 255
#define ND_TARGET 8

#define OPTION_SOURCE 1		/* source link-layer address */
#define OPTION_TARGET 2		/* target link-layer address */
#define OPTION_UNIT 8		/* octets that an option's length counts */

/**
 * struct nd_message - what of a message interests here
 * @options: where its options begin, octets from its type
 * @option: which of them has the link-layer address
 */
struct nd_message {
	u8 options;
	u8 option;
};

static const struct nd_message nd_messages[] = {
	{ 8, OPTION_SOURCE },	/* 133, router solicitation */
	{ 16, OPTION_SOURCE },	/* 134, router advertisement */
	{ 24, OPTION_SOURCE },	/* 135, neighbour solicitation */
	{ 24, OPTION_TARGET },	/* 136, neighbour advertisement */
};

static bool parse_arp(const u8 *packet, size_t len, struct kc_neigh *neigh)
{
	static const u8 head[] = { 0x00, 0x01, 0x08, 0x00, 6, 4, 0x00 };

	if (len < KC_ARP_LEN || memcmp(packet, head, sizeof(head)) ||
	    packet[ARP_OPERATION] < 1 || packet[ARP_OPERATION] > 2)
		return false;
	memcpy(neigh->addr, packet + ARP_SENDER_IP, 4);
	neigh->mac = ARP_SENDER_MAC;
	return true;
}

static bool parse_nd(const u8 *packet, size_t len, struct kc_neigh *neigh)
{
	const struct nd_message *message;
	const u8 *icmp = packet + IPV6_LEN;
	size_t at, size;

	if (len < IPV6_LEN + ND_TARGET || packet[0] >> 4 != 6 ||
	    packet[6] != ICMPV6 || packet[7] != ND_HOP_LIMIT)
		return false;
	/* Ethernet may have filled up a short frame. */
	size = packet[4] << 8 | packet[5];
	if (size > len - IPV6_LEN || size > 0xffff - IPV6_LEN)
		return false;
	if (icmp[0] < 133 || icmp[0] > 136)
		return false;
	message = &nd_messages[icmp[0] - 133];
	if (size < message->options)
		return false;
	/* Who answers speaks for the target, who asks for himself. */
	memcpy(neigh->addr, message->option == OPTION_TARGET ?
	       icmp + ND_TARGET : packet + IPV6_SRC, 16);
	for (at = message->options; at + OPTION_UNIT <= size;
	     at += icmp[at + 1] * OPTION_UNIT) {
		if (!icmp[at + 1])
			return false;
		if (icmp[at] != message->option || icmp[at + 1] != 1)
			continue;
		neigh->mac = IPV6_LEN + at + 2;
		neigh->check = IPV6_LEN + ICMPV6_CHECK;
		break;
	}
	return true;
}

/**
 * kc_neigh_parse() - does a packet tell where an address lives?
 * @family: KC_AF_INET for ARP, KC_AF_INET6 for IPv6
 * @packet: what follows the Ethernet header
 * @len: octets of @packet
 * @neigh: filled in
 *
 * Return: true if it does. Then its sender speaks for the address, whether or
 * not the packet also says a link-layer address.
 */
bool kc_neigh_parse(u8 family, const u8 *packet, size_t len,
		    struct kc_neigh *neigh)
{
	memset(neigh, 0, sizeof(*neigh));
	neigh->family = family;
	return family == KC_AF_INET6 ? parse_nd(packet, len, neigh) :
				       parse_arp(packet, len, neigh);
}

/**
 * kc_neigh_rewrite() - let the address live at another link-layer address
 * @packet: what kc_neigh_parse() read
 * @neigh: what it found; with @check cleared the checksum stays as it is
 * @mac: KC_MAC_LEN octets
 */
void kc_neigh_rewrite(u8 *packet, const struct kc_neigh *neigh, const u8 *mac)
{
	u8 *said = packet + neigh->mac, *check = packet + neigh->check;
	unsigned int i;
	u32 sum;

	if (!neigh->mac)
		return;
	if (neigh->check) {
		/* RFC 1624: take the old octets out, put the new ones in. */
		sum = 0xffff - (check[0] << 8 | check[1]);
		for (i = 0; i < KC_MAC_LEN; i += 2)
			sum += 0xffff - (said[i] << 8 | said[i + 1]);
		sum = 0xffff - kc_sum_fold(kc_sum_bytes(sum, mac, KC_MAC_LEN));
		check[0] = sum >> 8;
		check[1] = sum & 0xff;
	}
	memcpy(said, mac, KC_MAC_LEN);
}
