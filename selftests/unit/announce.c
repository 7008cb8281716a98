// SPDX-License-Identifier: GPL-2.0
/*
 * Gratuitous ARP and unsolicited neighbour advertisements (announce.c),
 * octet for octet. RFC 9568, 6.4.2: row 26 of the requirements.
 */
#include "vrrp_packet.h"
#include "ktap.h"

static const u8 mac[6] = { 0x00, 0x00, 0x5e, 0x00, 0x01, 0x33 };

static void garp(void)
{
	static const u8 address[4] = { 192, 0, 2, 100 };
	static const u8 wanted[] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0x00, 0x00, 0x5e, 0x00, 0x01, 0x33,
		0x08, 0x06,
		0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01,
		0x00, 0x00, 0x5e, 0x00, 0x01, 0x33, 192, 0, 2, 100,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 192, 0, 2, 100,
	};
	u8 *frame = malloc(KC_GARP_LEN);

	memset(frame, 0xa5, KC_GARP_LEN);
	expect_eq(sizeof(wanted), KC_GARP_LEN);
	expect_eq(kc_garp_build(frame, mac, address), KC_GARP_LEN);
	expect(!memcmp(frame, wanted, sizeof(wanted)));
	free(frame);
}

/* 2001:db8::64 at 00:00:5e:00:02:33 */
static void na(void)
{
	static const u8 mac6[6] = { 0x00, 0x00, 0x5e, 0x00, 0x02, 0x33 };
	static const u8 address[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 0x64 };
	static const u8 wanted[] = {
		0x33, 0x33, 0x00, 0x00, 0x00, 0x01,
		0x00, 0x00, 0x5e, 0x00, 0x02, 0x33,
		0x86, 0xdd,
		0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 0x3a, 0xff,
		0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0x64,
		0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01,
		0x88, 0x00, 0x1a, 0x32, 0xa0, 0x00, 0x00, 0x00,
		0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0x64,
		0x02, 0x01, 0x00, 0x00, 0x5e, 0x00, 0x02, 0x33,
	};
	u8 *frame = malloc(KC_NA_LEN);

	memset(frame, 0xa5, KC_NA_LEN);
	expect_eq(sizeof(wanted), KC_NA_LEN);
	expect_eq(kc_na_build(frame, mac6, address), KC_NA_LEN);
	expect(!memcmp(frame, wanted, sizeof(wanted)));
	free(frame);
}

/* RFC 4861, 4.4: Router, Solicited, Override; 7.1.2: hop limit 255. */
static void na_flags(void)
{
	static const u8 address[16] = { 0xfe, 0x80, [15] = 1 };
	u8 frame[KC_NA_LEN];

	kc_na_build(frame, mac, address);
	expect_eq(frame[58] >> 7 & 1, 1);
	expect_eq(frame[58] >> 6 & 1, 0);
	expect_eq(frame[58] >> 5 & 1, 1);
	expect_eq(frame[21], 255);
}

/* RFC 4443, 2.3, summed here in another order: message, then pseudo-header. */
static void na_checksum(void)
{
	u32 random = 1;
	int i, j;

	for (i = 0; i < 10000; i++) {
		u8 frame[KC_NA_LEN], address[16], from[6];
		u64 sum = 0;

		for (j = 0; j < 16; j++) {
			random = random * 1103515245 + 12345;
			address[j] = i % 3 ? random >> 16 : 0xff;
		}
		for (j = 0; j < 6; j++) {
			random = random * 1103515245 + 12345;
			from[j] = random >> 16;
		}
		about("frame %d", i);
		kc_na_build(frame, from, address);
		for (j = 54; j < 86; j++)
			sum += (u64)frame[j] << (j % 2 ? 0 : 8);
		for (j = 22; j < 54; j++)
			sum += (u64)frame[j] << (j % 2 ? 0 : 8);
		sum += 86 - 54;
		sum += 58;
		/* Ones' complement sums are sums modulo 0xffff. */
		expect_eq(sum % 0xffff, 0);
		expect(frame[56] || frame[57]);
	}
}

static const struct check checks[] = {
	{ "row 26: gratuitous ARP, octet for octet", garp },
	{ "row 26: neighbour advertisement, octet for octet", na },
	{ "row 26: neighbour advertisement has R=1 S=0 O=1, hop limit 255",
	  na_flags },
	{ "row 26: neighbour advertisement's checksum", na_checksum },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
