// SPDX-License-Identifier: GPL-2.0
/*
 * Advertisements as bytes (vrrp_packet.c): building them, and reading what was
 * built. Rows are those of RFC 9568 and RFC 3768 in the order of the
 * requirements list.
 */
#include "packet_vectors.h"

static const struct kc_vrrp_format *const formats[] = {
	&v3_ipv4, &v3_pseudo, &v3_ipv6, &v2, &v2_pass,
};

static void vectors_build(void)
{
	static const u8 address4[] = { 192, 0, 2, 100 };
	static const u8 address6[16] = { 0xfe, 0x80, [15] = 0x64 };
	const struct vector *v;

	for_each_vector(v) {
		bool ipv6 = v->format->family == KC_AF_INET6;
		const struct kc_vrrp_advert advert = {
			.addresses = ipv6 ? address6 : address4,
			.interval_ms = 1000, .vrid = 51, .priority = 100,
			.count = 1,
		};
		u8 buf[64];

		memset(buf, 0xa5, sizeof(buf));
		expect_eq(kc_vrrp_build(v->format, &advert,
					ipv6 ? src6 : src4, ipv6 ? dst6 : dst4,
					buf, sizeof(buf)), v->len);
		expect(!memcmp(buf, v->data, v->len));
		expect_eq(buf[v->len], 0xa5);
	}
}

static void reserved_bits_sent(void)
{
	const struct kc_vrrp_advert advert = {
		.addresses = src6, .interval_ms = 65535000, .count = 1,
	};
	u8 buf[64];

	kc_vrrp_build(&v3_ipv4, &advert, src4, dst4, buf, sizeof(buf));
	expect_eq(buf[4] & 0xf0, 0);
}

static void interval_12_bits(void)
{
	u8 buf[64];
	u32 i;

	for (i = 1; i < 4096; i++) {
		const struct kc_vrrp_advert advert = {
			.addresses = src6, .interval_ms = i * 10, .vrid = 1,
			.priority = 1, .count = 1,
		};
		struct kc_vrrp_advert parsed = {};
		size_t len;

		about("%u centiseconds", i);
		len = kc_vrrp_build(&v3_ipv4, &advert, src4, dst4, buf,
				    sizeof(buf));
		expect_eq(buf[4] * 256 + buf[5], i);
		expect_eq(parse(&v3_ipv4, buf, len, &parsed), KC_VRRP_OK);
		expect_eq(parsed.interval_ms, i * 10);
	}
}

static void v2_interval(void)
{
	u8 buf[64];
	u32 i;

	for (i = 1; i < 256; i++) {
		const struct kc_vrrp_advert advert = {
			.addresses = src6, .interval_ms = i * 1000, .count = 1,
		};
		struct kc_vrrp_advert parsed = {};
		size_t len;

		about("%u seconds", i);
		len = kc_vrrp_build(&v2, &advert, src4, dst4, buf, sizeof(buf));
		expect_eq(buf[5], i);
		expect_eq(parse(&v2, buf, len, &parsed), KC_VRRP_OK);
		expect_eq(parsed.interval_ms, i * 1000);
	}
}

static void auth_unused_is_zero(void)
{
	static const u8 zero[8];
	const struct kc_vrrp_advert advert = {
		.addresses = src6, .interval_ms = 1000, .count = 1,
	};
	struct kc_vrrp_format stale = v2_pass;
	u8 buf[64];

	stale.authenticate = false;
	expect_eq(kc_vrrp_build(&stale, &advert, src4, dst4, buf, sizeof(buf)),
		  20);
	expect(!memcmp(buf + 12, zero, 8));
}

static void lengths(void)
{
	unsigned int i;

	for (i = 0; i < 256; i++) {
		about("%u addresses", i);
		expect_eq(kc_vrrp_length(&v3_ipv4, i), 8 + i * 4);
		expect_eq(kc_vrrp_length(&v3_ipv6, i), 8 + i * 16);
		expect_eq(kc_vrrp_length(&v2, i), 16 + i * 4);
		expect_eq(kc_vrrp_length(&v2_pass, i), 16 + i * 4);
	}
	expect_eq(kc_vrrp_length(&v3_ipv6, 255), KC_VRRP_LEN_MAX);
}

static void roundtrip_one(const struct kc_vrrp_format *format, u8 count)
{
	bool ipv6 = format->family == KC_AF_INET6;
	const u8 *src = ipv6 ? src6 : src4, *dst = ipv6 ? dst6 : dst4;
	size_t len = kc_vrrp_length(format, count), i, list_len;
	struct kc_vrrp_packet packet = {
		.len = len, .family = format->family, .ttl = 255,
	};
	struct kc_vrrp_advert advert = {
		.interval_ms = 3000, .vrid = 255 - count, .priority = count,
		.count = count,
	}, parsed = {};
	u8 list[255 * 16], *buf = malloc(len);

	list_len = count * (ipv6 ? 16 : 4);
	for (i = 0; i < list_len; i++)
		list[i] = i * 37 + 11;
	/* Full of ones: every sum has to be folded more than once. */
	if (count % 2)
		memset(list, 0xff, list_len);
	advert.addresses = list;
	expect_eq(kc_vrrp_build(format, &advert, src, dst, buf, len), len);
	packet.data = buf;
	memcpy(packet.src, src, 16);
	memcpy(packet.dst, dst, 16);
	expect_eq(kc_vrrp_parse(format, &packet, &parsed),
		  count ? KC_VRRP_OK : KC_VRRP_BAD_COUNT);
	if (count) {
		expect_eq(parsed.vrid, advert.vrid);
		expect_eq(parsed.priority, advert.priority);
		expect_eq(parsed.count, count);
		expect_eq(parsed.interval_ms, 3000);
		expect(!memcmp(parsed.addresses, list, list_len));
	}
	free(buf);
}

static void roundtrip(void)
{
	size_t i;
	int count;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		for (count = 0; count < 256; count++) {
			about("format %zu, %d addresses", i, count);
			roundtrip_one(formats[i], count);
		}
	}
}

static void short_buffer(void)
{
	static const u8 list[255 * 16];
	static const u8 counts[] = { 1, 2, 255 };
	size_t i, j, size;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		for (j = 0; j < ARRAY_SIZE(counts); j++) {
			const struct kc_vrrp_advert advert = {
				.addresses = list, .interval_ms = 1000,
				.count = counts[j],
			};
			size_t len = kc_vrrp_length(formats[i], counts[j]);

			for (size = 0; size < len; size++) {
				u8 *buf = malloc(size ? size : 1);

				memset(buf, 0xa5, size ? size : 1);
				about("format %zu, %u, size %zu", i, counts[j],
				      size);
				expect_eq(kc_vrrp_build(formats[i], &advert,
							src6, dst6, buf, size),
					  0);
				expect_eq(buf[0], 0xa5);
				free(buf);
			}
		}
	}
}

static const struct check checks[] = {
	{ "packets are built octet for octet as written by hand",
	  vectors_build },
	{ "row 12: reserved bits are 0 on send", reserved_bits_sent },
	{ "row 13: interval is 12 bits of centiseconds", interval_12_bits },
	{ "row 34: v2 interval is seconds", v2_interval },
	{ "row 34: v2 authentication octets are zero without PASS",
	  auth_unused_is_zero },
	{ "lengths for 0 to 255 addresses", lengths },
	{ "built messages are parsed, 0 to 255 addresses", roundtrip },
	{ "a buffer too short is left alone", short_buffer },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
