// SPDX-License-Identifier: GPL-2.0
/*
 * Advertisements as bytes (vrrp_packet.c). Rows are those of RFC 9568 and
 * RFC 3768 in the order of the requirements list; all vectors were written by
 * hand from the RFCs' pictures, their checksums were computed by another
 * program.
 */
#include "vrrp_packet.h"
#include "ktap.h"

static const u8 src4[16] = { 192, 0, 2, 1 };
static const u8 dst4[16] = { 224, 0, 0, 18 };
static const u8 src6[16] = { 0xfe, 0x80, [15] = 1 };
static const u8 dst6[16] = { 0xff, 0x02, [15] = 0x12 };

static const struct kc_vrrp_format v3_ipv4 = {
	.version = 3, .family = KC_AF_INET,
};
static const struct kc_vrrp_format v3_pseudo = {
	.version = 3, .family = KC_AF_INET, .pseudo = true,
};
static const struct kc_vrrp_format v3_ipv6 = {
	.version = 3, .family = KC_AF_INET6,
};
static const struct kc_vrrp_format v2 = {
	.version = 2, .family = KC_AF_INET,
};
static const struct kc_vrrp_format v2_pass = {
	.version = 2, .family = KC_AF_INET, .authenticate = true,
	.auth = "secret",
};

static const struct kc_vrrp_format *const formats[] = {
	&v3_ipv4, &v3_pseudo, &v3_ipv6, &v2, &v2_pass,
};

/* VRID 51, priority 100, one second, 192.0.2.100. */
static const u8 vector_v3[] = {
	0x31, 0x33, 0x64, 0x01, 0x00, 0x64, 0xa8, 0x02, 192, 0, 2, 100,
};

/* The same, and 192.0.2.1, 224.0.0.18, 112 and 12 are summed, too. */
static const u8 vector_pseudo[] = {
	0x31, 0x33, 0x64, 0x01, 0x00, 0x64, 0x05, 0x72, 192, 0, 2, 100,
};

/* The same in fe80::1's adverts to ff02::12, for fe80::64. */
static const u8 vector_ipv6[] = {
	0x31, 0x33, 0x64, 0x01, 0x00, 0x64, 0x6d, 0x63,
	0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x64,
};

static const u8 vector_v2[] = {
	0x21, 0x33, 0x64, 0x01, 0x00, 0x01, 0xb8, 0x65, 192, 0, 2, 100,
	0, 0, 0, 0, 0, 0, 0, 0,
};

static const u8 vector_v2_pass[] = {
	0x21, 0x33, 0x64, 0x01, 0x01, 0x01, 0x7b, 0x19, 192, 0, 2, 100,
	's', 'e', 'c', 'r', 'e', 't', 0, 0,
};

static const struct vector {
	const char *name;
	const struct kc_vrrp_format *format;
	const u8 *data;
	size_t len;
} vectors[] = {
	{ "v3", &v3_ipv4, vector_v3, sizeof(vector_v3) },
	{ "v3 pseudo", &v3_pseudo, vector_pseudo, sizeof(vector_pseudo) },
	{ "v3 IPv6", &v3_ipv6, vector_ipv6, sizeof(vector_ipv6) },
	{ "v2", &v2, vector_v2, sizeof(vector_v2) },
	{ "v2 PASS", &v2_pass, vector_v2_pass, sizeof(vector_v2_pass) },
};

/* --- checksums, once more, in another way -------------------------------- */

/* Ones' complement addition of one word (RFC 1071, 1). */
static u16 add_word(u16 sum, u16 word)
{
	unsigned int total = sum + word;

	return total > 0xffff ? total - 0xffff : total;
}

static u16 add_octets(u16 sum, const u8 *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum = add_word(sum, i % 2 ? data[i] : data[i] * 256);
	return sum;
}

static u16 add_pseudo(u16 sum, u8 family, const u8 *src, const u8 *dst,
		      size_t len)
{
	sum = add_octets(sum, src, family == KC_AF_INET6 ? 16 : 4);
	sum = add_octets(sum, dst, family == KC_AF_INET6 ? 16 : 4);
	sum = add_word(sum, len);
	return add_word(sum, 112);
}

static void seal(const struct kc_vrrp_format *format, u8 *data, size_t len)
{
	bool ipv6 = format->family == KC_AF_INET6;
	u16 sum;

	data[6] = 0;
	data[7] = 0;
	sum = add_octets(0, data, len);
	if (ipv6 || format->pseudo)
		sum = add_pseudo(sum, format->family, ipv6 ? src6 : src4,
				 ipv6 ? dst6 : dst4, len);
	data[6] = (0xffff - sum) / 256;
	data[7] = (0xffff - sum) % 256;
}

/* --- parsing a copy of exactly the right size ---------------------------- */

static enum kc_vrrp_verdict parse_ttl(const struct kc_vrrp_format *format,
				      const u8 *data, size_t len, u8 ttl,
				      struct kc_vrrp_advert *advert)
{
	bool ipv6 = format->family == KC_AF_INET6;
	struct kc_vrrp_packet packet = {
		.len = len, .family = format->family, .ttl = ttl,
	};
	struct kc_vrrp_advert ignored;
	enum kc_vrrp_verdict verdict;
	u8 *copy = malloc(len ? len : 1);

	memcpy(packet.src, ipv6 ? src6 : src4, 16);
	memcpy(packet.dst, ipv6 ? dst6 : dst4, 16);
	if (len)
		memcpy(copy, data, len);
	packet.data = len ? copy : copy + 1;
	if (!advert)
		advert = &ignored;
	verdict = kc_vrrp_parse(format, &packet, advert);
	if (verdict == KC_VRRP_OK) {
		expect(advert->addresses == packet.data + 8);
		advert->addresses = NULL;
	}
	free(copy);
	return verdict;
}

static enum kc_vrrp_verdict parse(const struct kc_vrrp_format *format,
				  const u8 *data, size_t len,
				  struct kc_vrrp_advert *advert)
{
	return parse_ttl(format, data, len, 255, advert);
}

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

#define for_each_vector(v)						\
	for ((v) = vectors; (v) < vectors + ARRAY_SIZE(vectors) &&	\
	     about("%s", (v)->name); (v)++)

/* --- checks -------------------------------------------------------------- */

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
	{ "packets written by hand are parsed", vectors_parse },
	{ "packets are built octet for octet as written by hand",
	  vectors_build },
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
	{ "row 12: reserved bits are 0 on send", reserved_bits_sent },
	{ "row 13: interval is 12 bits of centiseconds", interval_12_bits },
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
	{ "row 34: v2 interval is seconds", v2_interval },
	{ "row 34: v2 checksum never has a pseudo-header",
	  checksum_v2_no_pseudo },
	{ "row 34: v2 authentication type must be the configured one",
	  auth_type },
	{ "row 34: v2 PASS text must match in 8 octets", auth_text },
	{ "row 34: v2 authentication octets are zero without PASS",
	  auth_unused_is_zero },
	{ "verdicts come in the order of the enum", order_of_verdicts },
	{ "lengths for 0 to 255 addresses", lengths },
	{ "built messages are parsed, 0 to 255 addresses", roundtrip },
	{ "a buffer too short is left alone", short_buffer },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
