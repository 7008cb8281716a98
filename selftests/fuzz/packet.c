// SPDX-License-Identifier: GPL-2.0
/*
 * Hostile advertisements (kc_vrrp_parse), and back: what was parsed is built
 * again and must be the same message but for its reserved bits, its checksum
 * form, unused authentication and trailer.
 *
 * Input: one octet of flags, the TTL, then the message. The fuzzer cannot
 * guess checksums, so a flag asks for a right one.
 */
#include <stdlib.h>

#include "vrrp_packet.h"

#define FLAG_IPV6 (1 << 0)
#define FLAG_V2 (1 << 1)
#define FLAG_PASS (1 << 2)
#define FLAG_PSEUDO (1 << 3)
#define FLAG_SEAL (1 << 4)
#define FLAG_TTL (1 << 5)	/* 255 instead of the octet */
#define FLAG_MIXED (1 << 6)	/* the packet has the other family */

static const u8 src[16] = { 0xfe, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1 };
static const u8 dst[16] = { 0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 18 };

/* Read for the sanitizer's sake. */
static volatile u8 octet;

static void must(bool condition)
{
	if (!condition)
		abort();
}

static u16 checksum(const u8 *data, size_t len, const u8 *more,
		    size_t more_len)
{
	u64 sum = 0;
	size_t i;

	for (i = 0; i < len; i++)
		sum += (u64)data[i] << (i % 2 ? 0 : 8);
	for (i = 0; i < more_len; i++)
		sum += (u64)more[i] << (i % 2 ? 0 : 8);
	while (sum > 0xffff)
		sum = (sum >> 16) + (sum & 0xffff);
	return 0xffff - sum;
}

static void seal(const struct kc_vrrp_packet *packet, u8 *data, bool pseudo)
{
	size_t size = packet->family == KC_AF_INET6 ? 16 : 4;
	u8 more[40] = {};
	u16 sum;

	memcpy(more, src, size);
	memcpy(more + size, dst, size);
	more[2 * size] = packet->len >> 24;
	more[2 * size + 1] = packet->len >> 16;
	more[2 * size + 2] = packet->len >> 8;
	more[2 * size + 3] = packet->len;
	more[2 * size + 7] = 112;
	data[6] = 0;
	data[7] = 0;
	sum = checksum(data, packet->len, more, pseudo ? 2 * size + 8 : 0);
	data[6] = sum >> 8;
	data[7] = sum;
}

static void build_again(const struct kc_vrrp_format *format,
			const struct kc_vrrp_packet *packet,
			const struct kc_vrrp_advert *advert)
{
	size_t len = kc_vrrp_length(format, advert->count);
	size_t list_len = advert->count * kc_addr_len(format->family);
	struct kc_vrrp_packet again = *packet;
	struct kc_vrrp_advert parsed;
	u8 *built = malloc(len);

	must(len <= packet->len);
	must(kc_vrrp_build(format, advert, src, dst, built, len - 1) == 0);
	must(kc_vrrp_build(format, advert, src, dst, built, len) == len);
	must(!memcmp(built, packet->data, 4));
	must(built[5] == packet->data[5]);
	must(!memcmp(built + 8, packet->data + 8, list_len));
	if (format->authenticate)
		must(!memcmp(built + 8 + list_len, packet->data + 8 + list_len,
			     len - 8 - list_len));
	again.data = built;
	again.len = len;
	must(kc_vrrp_parse(format, &again, &parsed) == KC_VRRP_OK);
	must(parsed.vrid == advert->vrid);
	must(parsed.priority == advert->priority);
	must(parsed.count == advert->count);
	must(parsed.interval_ms == advert->interval_ms);
	must(!memcmp(parsed.addresses, advert->addresses, list_len));
	free(built);
}

int LLVMFuzzerTestOneInput(const u8 *input, size_t size);

int LLVMFuzzerTestOneInput(const u8 *input, size_t size)
{
	struct kc_vrrp_format format = { .version = 3, .family = KC_AF_INET };
	struct kc_vrrp_packet packet = {};
	struct kc_vrrp_advert advert;
	enum kc_vrrp_verdict verdict;
	u8 flags, *data;
	size_t i;

	if (size < 2)
		return 0;
	flags = input[0];
	if (flags & FLAG_IPV6)
		format.family = KC_AF_INET6;
	else if (flags & FLAG_V2)
		format.version = 2;
	if (format.version == 2 && flags & FLAG_PASS) {
		format.authenticate = true;
		memcpy(format.auth, "secret", 6);
	}
	format.pseudo = flags & FLAG_PSEUDO;

	packet.len = size - 2;
	packet.ttl = flags & FLAG_TTL ? 255 : input[1];
	packet.family = format.family;
	if (flags & FLAG_MIXED)
		packet.family ^= KC_AF_INET ^ KC_AF_INET6;
	memcpy(packet.src, src, 16);
	memcpy(packet.dst, dst, 16);
	/* Of exactly this size, so that one octet more is found out. */
	data = malloc(packet.len ? packet.len : 1);
	memcpy(data, input + 2, packet.len);
	packet.data = packet.len ? data : data + 1;
	if (flags & FLAG_SEAL && packet.len >= 8)
		seal(&packet, data, packet.family == KC_AF_INET6 ||
		     (format.pseudo && format.version == 3));

	must(kc_vrrp_peek_vrid(packet.data, packet.len) ==
	     (packet.len < 8 ? -1 : packet.data[1]));
	memset(&advert, 0xa5, sizeof(advert));
	verdict = kc_vrrp_parse(&format, &packet, &advert);
	must(verdict <= KC_VRRP_BAD_AUTH);
	if (verdict == KC_VRRP_OK) {
		must(packet.ttl == 255);
		must(advert.count > 0);
		must(advert.addresses == data + 8);
		must(advert.interval_ms <= 255000);
		must(format.version == 2 ||
		     (advert.interval_ms >= 10 && advert.interval_ms <= 40950));
		/* Whoever walks the list stays in the packet. */
		for (i = 0; i < advert.count * kc_addr_len(format.family); i++)
			octet = advert.addresses[i];
		if (!(flags & FLAG_MIXED))
			build_again(&format, &packet, &advert);
	}
	free(data);
	return 0;
}
