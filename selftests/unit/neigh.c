// SPDX-License-Identifier: GPL-2.0
/*
 * What ARP and neighbour discovery say about an address, and making them say
 * the virtual MAC (neigh.c). RFC 9568, 7.3, 8.1.2, 8.2.2; row 5 of the
 * requirements. The oracle for a rewritten packet is the one that was built
 * with the other MAC to begin with.
 */
#include "checksum.h"
#include "neigh.h"
#include "vrrp_packet.h"
#include "ktap.h"

#define ETH 14
#define IPV6 40

static const u8 own[6] = { 0x02, 0xff, 0xfe, 0x00, 0x77, 0x01 };
static const u8 vip4[4] = { 192, 0, 2, 100 };
static const u8 vip6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 0x64 };

static void virtual_macs(void)
{
	static const u8 four[6] = { 0, 0, 0x5e, 0, 1, 51 };
	static const u8 six[6] = { 0, 0, 0x5e, 0, 2, 51 };
	static const u8 no[][6] = {
		{ 0, 0, 0x5e, 0, 0, 51 }, { 0, 0, 0x5e, 0, 3, 51 },
		{ 1, 0, 0x5e, 0, 1, 51 }, { 0, 1, 0x5e, 0, 1, 51 },
		{ 0, 0, 0x5f, 0, 1, 51 }, { 0, 0, 0x5e, 1, 1, 51 },
	};
	u8 mac[6];
	size_t i;

	kc_vmac_build(mac, KC_AF_INET, 51);
	expect(!memcmp(mac, four, 6));
	kc_vmac_build(mac, KC_AF_INET6, 51);
	expect(!memcmp(mac, six, 6));
	expect_eq(kc_vmac_family(four), KC_AF_INET);
	expect_eq(kc_vmac_family(six), KC_AF_INET6);
	expect_eq(kc_vmac_family(own), 0);
	for (i = 0; i < ARRAY_SIZE(no); i++)
		expect_eq(kc_vmac_family(no[i]), 0);
}

static void arp(void)
{
	u8 frame[KC_GARP_LEN], wanted[KC_GARP_LEN], mac[6];
	struct kc_neigh neigh;
	u8 op;

	kc_vmac_build(mac, KC_AF_INET, 7);
	for (op = 0; op < 4; op++) {
		about("operation %u", op);
		kc_garp_build(frame, own, vip4);
		kc_garp_build(wanted, mac, vip4);
		frame[ETH + 7] = op;
		wanted[ETH + 7] = op;
		if (op < 1 || op > 2) {
			expect(!kc_neigh_parse(KC_AF_INET, frame + ETH,
					       KC_ARP_LEN, &neigh));
			continue;
		}
		expect(kc_neigh_parse(KC_AF_INET, frame + ETH, KC_ARP_LEN,
				      &neigh));
		expect(!memcmp(neigh.addr, vip4, 4));
		kc_neigh_rewrite(frame + ETH, &neigh, mac);
		expect(!memcmp(frame + ETH, wanted + ETH, KC_ARP_LEN));
	}
}

/* An advertisement of the target, from another source address. */
static void advertisement(void)
{
	u8 frame[KC_NA_LEN], wanted[KC_NA_LEN], mac[6];
	struct kc_neigh neigh;

	kc_vmac_build(mac, KC_AF_INET6, 7);
	kc_na_build(frame, own, vip6);
	kc_na_build(wanted, mac, vip6);
	expect(kc_neigh_parse(KC_AF_INET6, frame + ETH, sizeof(frame) - ETH,
			      &neigh));
	expect(!memcmp(neigh.addr, vip6, 16));
	kc_neigh_rewrite(frame + ETH, &neigh, mac);
	expect(!memcmp(frame + ETH, wanted + ETH, sizeof(frame) - ETH));
	/* Once more changes nothing. */
	kc_neigh_rewrite(frame + ETH, &neigh, mac);
	expect(!memcmp(frame + ETH, wanted + ETH, sizeof(frame) - ETH));
	/* The device computes the checksum. */
	kc_na_build(frame, own, vip6);
	frame[ETH + IPV6 + 2] = 0x12;
	neigh.check = 0;
	kc_neigh_rewrite(frame + ETH, &neigh, mac);
	expect_eq(frame[ETH + IPV6 + 2], 0x12);
	/* The target counts, not the source address. */
	frame[ETH + 8 + 15] ^= 1;
	expect(kc_neigh_parse(KC_AF_INET6, frame + ETH, sizeof(frame) - ETH,
			      &neigh));
	expect(!memcmp(neigh.addr, vip6, 16));
}

/* An ND message of a type with other options before the one that counts. */
static size_t build(u8 *packet, u8 type, u8 option, const u8 *mac)
{
	static const u8 all[16] = { 0xff, 0x02, [15] = 1 };
	static const size_t options[] = { 8, 16, 24, 24 };
	u8 *icmp = packet + IPV6, *at = icmp + options[type - 133];
	size_t len;
	u16 check;
	u32 sum;

	memset(packet, 0, 160);
	icmp[0] = type;
	if (type >= 135)
		memcpy(icmp + 8, vip6, 16);
	at[0] = 5;			/* MTU */
	at[1] = 1;
	at[8] = 3;			/* prefix information */
	at[9] = 4;
	at[40] = option;
	at[41] = 1;
	memcpy(at + 42, mac, 6);
	len = at + 48 - icmp;
	packet[0] = 0x60;
	packet[5] = len;
	packet[6] = 58;
	packet[7] = 255;
	memcpy(packet + 8, vip6, 16);
	memcpy(packet + 24, all, 16);
	sum = kc_sum_pseudo(KC_AF_INET6, vip6, all, len, 58);
	check = ~kc_sum_fold(kc_sum_bytes(sum, icmp, len));
	icmp[2] = check >> 8;
	icmp[3] = check & 0xff;
	return IPV6 + len;
}

static void discovery(void)
{
	u8 packet[160], wanted[160], mac[6];
	struct kc_neigh neigh;
	size_t len, cut;
	u8 type, *exact;

	kc_vmac_build(mac, KC_AF_INET6, 200);
	for (type = 133; type <= 136; type++) {
		u8 right = type == 136 ? 2 : 1;

		about("type %u", type);
		len = build(packet, type, right, own);
		build(wanted, type, right, mac);
		expect(kc_neigh_parse(KC_AF_INET6, packet, len, &neigh));
		expect(!memcmp(neigh.addr, vip6, 16));
		kc_neigh_rewrite(packet, &neigh, mac);
		expect(!memcmp(packet, wanted, len));

		/* The other option is about somebody else. */
		build(packet, type, 3 - right, own);
		memcpy(wanted, packet, len);
		expect(kc_neigh_parse(KC_AF_INET6, packet, len, &neigh));
		expect_eq(neigh.mac, 0);
		kc_neigh_rewrite(packet, &neigh, mac);
		expect(!memcmp(packet, wanted, len));

		/* Not an octet beyond the end is read. */
		for (cut = 1; cut < len; cut++) {
			build(packet, type, right, own);
			exact = malloc(len - cut);
			memcpy(exact, packet, len - cut);
			expect(!kc_neigh_parse(KC_AF_INET6, exact, len - cut,
					       &neigh));
			free(exact);
		}
		/* An option of no length would be read for ever. */
		build(packet, type, right, own);
		packet[IPV6 + (type == 133 ? 8 : type == 134 ? 16 : 24) + 1] = 0;
		expect(!kc_neigh_parse(KC_AF_INET6, packet, len, &neigh));
		/* It came through a router. */
		build(packet, type, right, own);
		packet[7] = 254;
		expect(!kc_neigh_parse(KC_AF_INET6, packet, len, &neigh));
		/* Anything else. */
		build(packet, type, right, own);
		packet[IPV6] = 128;
		expect(!kc_neigh_parse(KC_AF_INET6, packet, len, &neigh));
	}
}

static void arp_short(void)
{
	u8 frame[KC_GARP_LEN], *exact;
	struct kc_neigh neigh;
	size_t len, i;

	kc_garp_build(frame, own, vip4);
	for (len = 1; len < KC_ARP_LEN; len++) {
		exact = malloc(len);
		memcpy(exact, frame + ETH, len);
		expect(!kc_neigh_parse(KC_AF_INET, exact, len, &neigh));
		free(exact);
	}
	/* Not Ethernet, not IPv4, other lengths. */
	for (i = 0; i < 7; i++) {
		kc_garp_build(frame, own, vip4);
		frame[ETH + i] ^= 0x10;
		expect(!kc_neigh_parse(KC_AF_INET, frame + ETH, KC_ARP_LEN,
				       &neigh));
	}
}

/* Checksums that fold, among them those of 0 and of all ones. */
static void checksums(void)
{
	u8 packet[160], wanted[160], from[6], to[6];
	unsigned int random = 1, i, j;
	struct kc_neigh neigh;
	size_t len;

	for (i = 0; i < 20000; i++) {
		for (j = 0; j < 6; j++) {
			random = random * 1103515245 + 12345;
			from[j] = i % 5 ? random >> 16 : 0xff;
			random = random * 1103515245 + 12345;
			to[j] = i % 7 ? random >> 16 : 0;
		}
		about("packet %u", i);
		len = build(packet, 136, 2, from);
		build(wanted, 136, 2, to);
		kc_neigh_parse(KC_AF_INET6, packet, len, &neigh);
		kc_neigh_rewrite(packet, &neigh, to);
		expect(!memcmp(packet, wanted, len));
	}
}

static const struct check checks[] = {
	{ "row 5: virtual MACs, and what is none", virtual_macs },
	{ "row 5: ARP says the virtual MAC", arp },
	{ "ARP that is short or no ARP for IPv4 over Ethernet", arp_short },
	{ "row 5: neighbour advertisements say the virtual MAC", advertisement },
	{ "solicitations and router messages, options in any order",
	  discovery },
	{ "row 5: the checksum of what was rewritten", checksums },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
