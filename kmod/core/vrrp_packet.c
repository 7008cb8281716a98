// SPDX-License-Identifier: GPL-2.0
/*
 * VRRP advertisements as bytes, see vrrp_packet.h.
 */
#include "checksum.h"
#include "vrrp_packet.h"

#define VRRP_ADVERTISEMENT 1
#define AUTH_NONE 0
#define AUTH_SIMPLE 1
#define CENTISECONDS_MASK 0x0fff

static u32 sum_pseudo(u8 family, const u8 *src, const u8 *dst, size_t len)
{
	return kc_sum_pseudo(family, src, dst, len, KC_VRRP_PROTO);
}

static bool checksum_valid(u8 version, const struct kc_vrrp_packet *packet)
{
	u32 sum = kc_sum_bytes(0, packet->data, packet->len);
	u32 pseudo;

	pseudo = sum_pseudo(packet->family, packet->src, packet->dst,
			    packet->len);
	if (packet->family == KC_AF_INET6)
		return kc_sum_fold(sum + pseudo) == 0xffff;
	if (kc_sum_fold(sum) == 0xffff)
		return true;
	/*
	 * RFC 5798 was commonly read as asking for the pseudo-header over
	 * IPv4 as well: keepalived before 2.2.8, scapy.
	 */
	return version == 3 && kc_sum_fold(sum + pseudo) == 0xffff;
}

/**
 * kc_vrrp_peek_vrid() - whom is this for?
 * @data: VRRP message
 * @len: octets of @data
 *
 * Return: the virtual router identifier, -1 if the message is too short
 */
int kc_vrrp_peek_vrid(const u8 *data, size_t len)
{
	return len < KC_VRRP_HEADER_LEN ? -1 : data[1];
}

/**
 * kc_vrrp_length() - octets of an advertisement
 * @format: version, family
 * @count: addresses listed
 *
 * Return: octets, without the IP header
 */
size_t kc_vrrp_length(const struct kc_vrrp_format *format, unsigned int count)
{
	return KC_VRRP_HEADER_LEN + count * kc_addr_len(format->family) +
	       (format->version == 2 ? KC_VRRP_AUTH_LEN : 0);
}

static enum kc_vrrp_verdict parse_v2(const struct kc_vrrp_format *format,
				     const u8 *data, size_t list_len,
				     struct kc_vrrp_advert *advert)
{
	const u8 *auth = data + KC_VRRP_HEADER_LEN + list_len;
	u8 type = data[4];

	if (type != (format->authenticate ? AUTH_SIMPLE : AUTH_NONE))
		return KC_VRRP_BAD_AUTH_TYPE;
	if (format->authenticate &&
	    memcmp(auth, format->auth, KC_VRRP_AUTH_LEN))
		return KC_VRRP_BAD_AUTH;
	advert->interval_ms = data[5] * 1000;
	return KC_VRRP_OK;
}

/**
 * kc_vrrp_parse() - check an advertisement and take it apart
 * @format: what the virtual router expects
 * @packet: the packet, hostile until proven otherwise
 * @advert: filled in on KC_VRRP_OK; points into @packet
 *
 * RFC 9568, 7.1; RFC 3768, 7.1. The virtual router identifier has chosen
 * @format already and is not checked again.
 *
 * Return: the verdict
 */
enum kc_vrrp_verdict kc_vrrp_parse(const struct kc_vrrp_format *format,
				   const struct kc_vrrp_packet *packet,
				   struct kc_vrrp_advert *advert)
{
	const u8 *data = packet->data;
	size_t list_len, len;

	if (packet->ttl < (packet->ttl_min ? packet->ttl_min : KC_VRRP_TTL))
		return KC_VRRP_BAD_TTL;
	if (packet->len < KC_VRRP_HEADER_LEN)
		return KC_VRRP_BAD_LENGTH;
	if (data[0] >> 4 != format->version)
		return KC_VRRP_BAD_VERSION;
	if ((data[0] & 0x0f) != VRRP_ADVERTISEMENT)
		return KC_VRRP_BAD_TYPE;

	list_len = data[3] * kc_addr_len(format->family);
	len = kc_vrrp_length(format, data[3]);
	if (packet->len < len)
		return KC_VRRP_BAD_LENGTH;
	/* The whole payload is summed: what follows the list is sent, too. */
	if (!checksum_valid(format->version, packet))
		return KC_VRRP_BAD_CHECKSUM;
	if (!data[3])
		return KC_VRRP_BAD_COUNT;

	advert->vrid = data[1];
	advert->priority = data[2];
	advert->count = data[3];
	advert->addresses = data + KC_VRRP_HEADER_LEN;
	if (format->version == 2)
		return parse_v2(format, data, list_len, advert);

	/* The four reserved bits are ignored (RFC 9568, 5.2.6). */
	advert->interval_ms =
		((data[4] << 8 | data[5]) & CENTISECONDS_MASK) * 10;
	return advert->interval_ms ? KC_VRRP_OK : KC_VRRP_BAD_INTERVAL;
}

/**
 * kc_vrrp_build() - write an advertisement
 * @format: version, family, password, checksum
 * @advert: its fields; @advert->addresses are @advert->count addresses
 * @src: source address of the packet, for the pseudo-header
 * @dst: destination address likewise
 * @buf: where to
 * @size: octets of @buf
 *
 * Return: octets written, 0 if @size is too small
 */
size_t kc_vrrp_build(const struct kc_vrrp_format *format,
		     const struct kc_vrrp_advert *advert,
		     const u8 *src, const u8 *dst, u8 *buf, size_t size)
{
	size_t list_len = advert->count * kc_addr_len(format->family);
	size_t len = kc_vrrp_length(format, advert->count);
	u32 sum;
	u16 check;

	if (size < len)
		return 0;
	buf[0] = format->version << 4 | VRRP_ADVERTISEMENT;
	buf[1] = advert->vrid;
	buf[2] = advert->priority;
	buf[3] = advert->count;
	if (format->version == 2) {
		buf[4] = format->authenticate ? AUTH_SIMPLE : AUTH_NONE;
		buf[5] = advert->interval_ms / 1000;
	} else {
		u16 centiseconds = advert->interval_ms / 10;

		buf[4] = centiseconds >> 8 & 0x0f;
		buf[5] = centiseconds & 0xff;
	}
	buf[6] = 0;
	buf[7] = 0;
	memcpy(buf + KC_VRRP_HEADER_LEN, advert->addresses, list_len);
	if (format->version == 2) {
		u8 *auth = buf + KC_VRRP_HEADER_LEN + list_len;

		/* A password that is not in use is not shown either. */
		if (format->authenticate)
			memcpy(auth, format->auth, KC_VRRP_AUTH_LEN);
		else
			memset(auth, 0, KC_VRRP_AUTH_LEN);
	}

	sum = kc_sum_bytes(0, buf, len);
	if (format->family == KC_AF_INET6 ||
	    (format->version == 3 && format->pseudo))
		sum += sum_pseudo(format->family, src, dst, len);
	check = ~kc_sum_fold(sum);
	buf[6] = check >> 8;
	buf[7] = check & 0xff;
	return len;
}
