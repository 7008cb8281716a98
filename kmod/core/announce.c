// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that tell the neighbours who holds an address.
 */
#include "checksum.h"
#include "solicit.h"
#include "vrrp_packet.h"

#define ICMPV6 58

/**
 * kc_garp_build() - gratuitous ARP request (RFC 5227, 3; RFC 9568, 6.4.2)
 * @frame: KC_GARP_LEN octets
 * @mac: link-layer address that answers for @addr
 * @addr: IPv4 address, network order
 *
 * Return: octets written
 */
size_t kc_garp_build(u8 *frame, const u8 *mac, const u8 *addr)
{
	return kc_arp_request_build(frame, mac, addr, addr);
}

/**
 * kc_na_build() - unsolicited neighbour advertisement (RFC 4861, 4.4, 7.2.6)
 * @frame: KC_NA_LEN octets
 * @mac: link-layer address that answers for @addr
 * @addr: IPv6 address
 *
 * To all nodes, with R=1, S=0, O=1 (RFC 9568, 6.4.2).
 *
 * Return: octets written
 */
size_t kc_na_build(u8 *frame, const u8 *mac, const u8 *addr)
{
	static const u8 all_nodes_mac[6] = { 0x33, 0x33, 0, 0, 0, 1 };
	static const u8 all_nodes[16] = {
		0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
	};
	static const u8 head[] = {
		0x86, 0xdd,		/* IPv6 */
		0x60, 0, 0, 0, 0, 32,	/* payload length */
		ICMPV6, 255,		/* hop limit */
	};
	static const u8 icmp_head[] = {
		136, 0, 0, 0,		/* neighbour advertisement */
		0xa0, 0, 0, 0,		/* router, override */
	};
	u8 *at = frame, *icmp;
	u16 check;
	u32 sum;

	at = kc_put(at, all_nodes_mac, 6);
	at = kc_put(at, mac, 6);
	at = kc_put(at, head, sizeof(head));
	at = kc_put(at, addr, 16);
	at = kc_put(at, all_nodes, 16);
	icmp = at;
	at = kc_put(at, icmp_head, sizeof(icmp_head));
	at = kc_put(at, addr, 16);
	*at++ = 2;			/* target link-layer address */
	*at++ = 1;
	at = kc_put(at, mac, 6);

	sum = kc_sum_pseudo(KC_AF_INET6, addr, all_nodes, at - icmp, ICMPV6);
	check = ~kc_sum_fold(kc_sum_bytes(sum, icmp, at - icmp));
	icmp[2] = check >> 8;
	icmp[3] = check & 0xff;
	return at - frame;
}
