// SPDX-License-Identifier: GPL-2.0
/*
 * Advertisements written by hand, and what the tests do with octets.
 */
#include "packet_vectors.h"

const u8 src4[16] = { 192, 0, 2, 1 };
const u8 dst4[16] = { 224, 0, 0, 18 };
const u8 src6[16] = { 0xfe, 0x80, [15] = 1 };
const u8 dst6[16] = { 0xff, 0x02, [15] = 0x12 };

const struct kc_vrrp_format v3_ipv4 = {
	.version = 3, .family = KC_AF_INET,
};
const struct kc_vrrp_format v3_pseudo = {
	.version = 3, .family = KC_AF_INET, .pseudo = true,
};
const struct kc_vrrp_format v3_ipv6 = {
	.version = 3, .family = KC_AF_INET6,
};
const struct kc_vrrp_format v2 = {
	.version = 2, .family = KC_AF_INET,
};
const struct kc_vrrp_format v2_pass = {
	.version = 2, .family = KC_AF_INET, .authenticate = true,
	.auth = "secret",
};

/* VRID 51, priority 100, one second, 192.0.2.100. */
const u8 vector_v3[12] = {
	0x31, 0x33, 0x64, 0x01, 0x00, 0x64, 0xa8, 0x02, 192, 0, 2, 100,
};

/* The same, and 192.0.2.1, 224.0.0.18, 112 and 12 are summed, too. */
const u8 vector_pseudo[12] = {
	0x31, 0x33, 0x64, 0x01, 0x00, 0x64, 0x05, 0x72, 192, 0, 2, 100,
};

/* The same in fe80::1's adverts to ff02::12, for fe80::64. */
const u8 vector_ipv6[24] = {
	0x31, 0x33, 0x64, 0x01, 0x00, 0x64, 0x6d, 0x63,
	0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x64,
};

const u8 vector_v2[20] = {
	0x21, 0x33, 0x64, 0x01, 0x00, 0x01, 0xb8, 0x65, 192, 0, 2, 100,
	0, 0, 0, 0, 0, 0, 0, 0,
};

const u8 vector_v2_pass[20] = {
	0x21, 0x33, 0x64, 0x01, 0x01, 0x01, 0x7b, 0x19, 192, 0, 2, 100,
	's', 'e', 'c', 'r', 'e', 't', 0, 0,
};

const struct vector vectors[VECTORS] = {
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

u16 add_octets(u16 sum, const u8 *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum = add_word(sum, i % 2 ? data[i] : data[i] * 256);
	return sum;
}

u16 add_pseudo(u16 sum, u8 family, const u8 *src, const u8 *dst, size_t len)
{
	sum = add_octets(sum, src, family == KC_AF_INET6 ? 16 : 4);
	sum = add_octets(sum, dst, family == KC_AF_INET6 ? 16 : 4);
	sum = add_word(sum, len);
	return add_word(sum, 112);
}

void seal(const struct kc_vrrp_format *format, u8 *data, size_t len)
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

enum kc_vrrp_verdict parse_ttl(const struct kc_vrrp_format *format,
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

enum kc_vrrp_verdict parse(const struct kc_vrrp_format *format,
			   const u8 *data, size_t len,
			   struct kc_vrrp_advert *advert)
{
	return parse_ttl(format, data, len, 255, advert);
}
