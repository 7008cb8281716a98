// SPDX-License-Identifier: GPL-2.0
/*
 * Advertisements as bytes (vrrp_packet.c): what a receiver makes of those that
 * others send, right or wrong. Rows as in packet.c.
 */
#include "packet_vectors.h"

/* The verdict on a vector with one octet changed and the checksum right. */
static enum kc_vrrp_verdict parse_changed(const struct vector *vector,
					  size_t at, u8 value,
					  struct kc_vrrp_advert *advert)
{
	u8 data[64];

	memcpy(data, vector->data, vector->len);
	data[at] = value;
	seal(vector->format, data, vector->len);
	return parse(vector->format, data, vector->len, advert);
}

static void vectors_parse(void)
{
	const struct vector *v;

	for_each_vector(v) {
		struct kc_vrrp_advert advert = {};

		expect_eq(parse(v->format, v->data, v->len, &advert),
			  KC_VRRP_OK);
		expect_eq(advert.vrid, 51);
		expect_eq(advert.priority, 100);
		expect_eq(advert.count, 1);
		expect_eq(advert.interval_ms, 1000);
	}
}

static void ttl(void)
{
	const struct vector *v;
	int i;

	for_each_vector(v) {
		for (i = 0; i < 255; i++)
			expect_eq(parse_ttl(v->format, v->data, v->len, i,
					    NULL), KC_VRRP_BAD_TTL);
		/* Whatever else is wrong. */
		expect_eq(parse_ttl(v->format, v->data, 0, 254, NULL),
			  KC_VRRP_BAD_TTL);
	}
}

static void version(void)
{
	const struct vector *v;
	u8 i;

	for_each_vector(v) {
		for (i = 0; i < 16; i++) {
			if (i == v->format->version)
				continue;
			expect_eq(parse_changed(v, 0, i << 4 | 1, NULL),
				  KC_VRRP_BAD_VERSION);
		}
	}
}

static void type(void)
{
	const struct vector *v;
	u8 i;

	for_each_vector(v) {
		for (i = 0; i < 16; i++) {
			if (i == 1)
				continue;
			expect_eq(parse_changed(v, 0, v->format->version << 4 |
						i, NULL), KC_VRRP_BAD_TYPE);
		}
	}
}

static void short_length(void)
{
	const struct vector *v;
	size_t len;

	for_each_vector(v) {
		for (len = 0; len < v->len; len++)
			expect_eq(parse(v->format, v->data, len, NULL),
				  KC_VRRP_BAD_LENGTH);
		/* One address more than there is. */
		expect_eq(parse_changed(v, 3, 2, NULL), KC_VRRP_BAD_LENGTH);
		expect_eq(parse_changed(v, 3, 255, NULL), KC_VRRP_BAD_LENGTH);
	}
}

static void long_length(void)
{
	const struct vector *v;
	u8 data[64];
	size_t more;

	for_each_vector(v) {
		for (more = 1; more < 5; more++) {
			struct kc_vrrp_advert advert = {};

			memset(data, 0x5a, sizeof(data));
			memcpy(data, v->data, v->len);
			/* The trailer is part of what is summed ... */
			expect_eq(parse(v->format, data, v->len + more, NULL),
				  KC_VRRP_BAD_CHECKSUM);
			/* ... and of nothing else. */
			seal(v->format, data, v->len + more);
			expect_eq(parse(v->format, data, v->len + more,
					&advert), KC_VRRP_OK);
			expect_eq(advert.count, 1);
		}
	}
}

static void peek(void)
{
	size_t len;

	for (len = 0; len < 8; len++)
		expect(kc_vrrp_peek_vrid(vector_v3, len) == -1);
	expect(kc_vrrp_peek_vrid(vector_v3, 8) == 51);
	expect(kc_vrrp_peek_vrid(vector_v2, sizeof(vector_v2)) == 51);
}

static void owner(void)
{
	const struct vector *v;

	for_each_vector(v) {
		struct kc_vrrp_advert advert = {};
		int i;

		for (i = 0; i < 256; i++) {
			expect_eq(parse_changed(v, 2, i, &advert), KC_VRRP_OK);
			expect_eq(advert.priority, i);
		}
	}
}

static void count_0(void)
{
	const struct vector *v;

	for_each_vector(v)
		expect_eq(parse_changed(v, 3, 0, NULL), KC_VRRP_BAD_COUNT);
}

static void reserved_bits(void)
{
	u8 i;

	for (i = 0; i < 16; i++) {
		struct kc_vrrp_advert advert = {};

		expect_eq(parse_changed(&vectors[0], 4, i << 4, &advert),
			  KC_VRRP_OK);
		expect_eq(advert.interval_ms, 1000);
		expect_eq(parse_changed(&vectors[2], 4, i << 4 | 0x0f,
					&advert), KC_VRRP_OK);
		expect_eq(advert.interval_ms, (0xf00 + 0x64) * 10);
	}
}

static void interval_0(void)
{
	const struct vector *v;
	u8 data[64];

	for_each_vector(v) {
		if (v->format->version == 2)
			continue;
		memcpy(data, v->data, v->len);
		data[4] = 0xf0;
		data[5] = 0;
		seal(v->format, data, v->len);
		expect_eq(parse(v->format, data, v->len, NULL),
			  KC_VRRP_BAD_INTERVAL);
	}
}

static void checksum_both_forms(void)
{
	expect_eq(parse(&v3_ipv4, vector_v3, sizeof(vector_v3), NULL),
		  KC_VRRP_OK);
	expect_eq(parse(&v3_ipv4, vector_pseudo, sizeof(vector_pseudo), NULL),
		  KC_VRRP_OK);
	expect_eq(parse(&v3_pseudo, vector_v3, sizeof(vector_v3), NULL),
		  KC_VRRP_OK);
}

static void checksum_ipv6_pseudo_only(void)
{
	u8 data[sizeof(vector_ipv6)];
	u16 sum;

	memcpy(data, vector_ipv6, sizeof(data));
	data[6] = 0;
	data[7] = 0;
	sum = 0xffff - add_octets(0, data, sizeof(data));
	data[6] = sum / 256;
	data[7] = sum % 256;
	expect_eq(parse(&v3_ipv6, data, sizeof(data), NULL),
		  KC_VRRP_BAD_CHECKSUM);
}

static void checksum_v2_no_pseudo(void)
{
	struct kc_vrrp_format pseudo = v2;
	u8 data[sizeof(vector_v2)];
	const struct kc_vrrp_advert advert = {
		.addresses = vector_v2 + 8, .interval_ms = 1000, .vrid = 51,
		.priority = 100, .count = 1,
	};

	pseudo.pseudo = true;
	memcpy(data, vector_v2, sizeof(data));
	seal(&pseudo, data, sizeof(data));
	expect_eq(parse(&v2, data, sizeof(data), NULL), KC_VRRP_BAD_CHECKSUM);
	/* The switch is one of version 3. */
	kc_vrrp_build(&pseudo, &advert, src4, dst4, data, sizeof(data));
	expect(!memcmp(data, vector_v2, sizeof(data)));
}

static void every_bit_counts(void)
{
	const struct vector *v;
	size_t bit;

	for_each_vector(v) {
		for (bit = 0; bit < v->len * 8; bit++) {
			u8 data[64];

			memcpy(data, v->data, v->len);
			data[bit / 8] ^= 1 << bit % 8;
			expect(parse(v->format, data, v->len, NULL) !=
			       KC_VRRP_OK);
		}
	}
}

static void addresses_in_pseudo_header(void)
{
	struct kc_vrrp_packet packet = {
		.data = vector_ipv6, .len = sizeof(vector_ipv6),
		.family = KC_AF_INET6, .ttl = 255,
	};
	struct kc_vrrp_advert advert;
	int i;

	for (i = 0; i < 32; i++) {
		about("octet %d", i);
		memcpy(packet.src, src6, 16);
		memcpy(packet.dst, dst6, 16);
		*(i < 16 ? &packet.src[i] : &packet.dst[i - 16]) ^= 0x10;
		expect_eq(kc_vrrp_parse(&v3_ipv6, &packet, &advert),
			  KC_VRRP_BAD_CHECKSUM);
	}
}

static void auth_type(void)
{
	int i;

	for (i = 0; i < 256; i++) {
		about("type %d", i);
		expect_eq(parse_changed(&vectors[3], 4, i, NULL),
			  i == 0 ? KC_VRRP_OK : KC_VRRP_BAD_AUTH_TYPE);
		expect_eq(parse_changed(&vectors[4], 4, i, NULL),
			  i == 1 ? KC_VRRP_OK : KC_VRRP_BAD_AUTH_TYPE);
	}
}

static void auth_text(void)
{
	size_t i;

	for (i = 12; i < 20; i++) {
		about("octet %zu", i);
		expect_eq(parse_changed(&vectors[4], i, 'x', NULL),
			  KC_VRRP_BAD_AUTH);
		/* Without authentication the octets mean nothing. */
		expect_eq(parse_changed(&vectors[3], i, 'x', NULL),
			  KC_VRRP_OK);
	}
}

/* Verdicts are found in the order of the enum; each counts once. */
static void order_of_verdicts(void)
{
	u8 data[20];

	memcpy(data, vector_v2_pass, sizeof(data));
	data[0] = 0x42;
	data[3] = 0;
	data[4] = 9;
	data[12] = 'x';
	data[7] ^= 1;
	expect_eq(parse(&v2_pass, data, 7, NULL), KC_VRRP_BAD_LENGTH);
	expect_eq(parse(&v2_pass, data, 20, NULL), KC_VRRP_BAD_VERSION);
	data[0] = 0x22;
	expect_eq(parse(&v2_pass, data, 20, NULL), KC_VRRP_BAD_TYPE);
	data[0] = 0x21;
	expect_eq(parse(&v2_pass, data, 20, NULL), KC_VRRP_BAD_CHECKSUM);
	seal(&v2_pass, data, 20);
	expect_eq(parse(&v2_pass, data, 20, NULL), KC_VRRP_BAD_COUNT);
	data[3] = 1;
	seal(&v2_pass, data, 20);
	expect_eq(parse(&v2_pass, data, 20, NULL), KC_VRRP_BAD_AUTH_TYPE);
	data[4] = 1;
	seal(&v2_pass, data, 20);
	expect_eq(parse(&v2_pass, data, 20, NULL), KC_VRRP_BAD_AUTH);
}

static void families_differ(void)
{
	struct kc_vrrp_packet packet = { .family = KC_AF_INET6, .ttl = 255 };
	struct kc_vrrp_advert advert;
	u8 *copy = malloc(sizeof(vector_v2_pass));
	u16 sum;

	/* Nobody reads past the end even if the caller mixes them up. */
	memcpy(copy, vector_v2_pass, sizeof(vector_v2_pass));
	memcpy(packet.src, src6, 16);
	memcpy(packet.dst, dst6, 16);
	copy[6] = 0;
	copy[7] = 0;
	sum = add_octets(0, copy, sizeof(vector_v2_pass));
	sum = 0xffff - add_pseudo(sum, KC_AF_INET6, src6, dst6,
				  sizeof(vector_v2_pass));
	copy[6] = sum / 256;
	copy[7] = sum % 256;
	packet.data = copy;
	packet.len = sizeof(vector_v2_pass);
	expect_eq(kc_vrrp_parse(&v2_pass, &packet, &advert), KC_VRRP_OK);
	free(copy);
}

static const struct check checks[] = {
	{ "packets written by hand are parsed", vectors_parse },
	{ "row 1: TTL or hop limit other than 255 is discarded", ttl },
	{ "row 6: other versions are discarded", version },
	{ "row 7: types other than 1 are discarded", type },
	{ "row 8: short messages are discarded, nothing is read past the end",
	  short_length },
	{ "row 8: a trailer is summed and otherwise ignored", long_length },
	{ "row 9: the VRID of a message, and none of a short one", peek },
	{ "row 10: every priority is parsed, 0 and 255 included", owner },
	{ "row 11: address count 0 is discarded", count_0 },
	{ "row 12: reserved bits are ignored on receive", reserved_bits },
	{ "row 13: interval 0 is discarded", interval_0 },
	{ "row 14: IPv4 checksum with and without pseudo-header is accepted",
	  checksum_both_forms },
	{ "row 15: IPv6 checksum without pseudo-header is discarded",
	  checksum_ipv6_pseudo_only },
	{ "row 15: both addresses are in the IPv6 checksum",
	  addresses_in_pseudo_header },
	{ "row 14: every single bit is protected", every_bit_counts },
	{ "row 17: a mix-up of families reads nothing past the end",
	  families_differ },
	{ "row 34: v2 checksum never has a pseudo-header",
	  checksum_v2_no_pseudo },
	{ "row 34: v2 authentication type must be the configured one",
	  auth_type },
	{ "row 34: v2 PASS text must match in 8 octets", auth_text },
	{ "verdicts come in the order of the enum", order_of_verdicts },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
