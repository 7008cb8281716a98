/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VRRP advertisements as bytes (RFC 9568, 5; RFC 3768, 5).
 */
#ifndef KC_CORE_VRRP_PACKET_H
#define KC_CORE_VRRP_PACKET_H

#include "types.h"

#define KC_VRRP_PROTO 112
#define KC_VRRP_TTL 255
#define KC_VRRP_HEADER_LEN 8
#define KC_VRRP_AUTH_LEN 8
#define KC_VRRP_ADDRESSES_MAX 255
#define KC_VRRP_LEN_MAX (KC_VRRP_HEADER_LEN + KC_VRRP_ADDRESSES_MAX * 16)

/**
 * enum kc_vrrp_verdict - why an advertisement was discarded
 *
 * In the order in which kc_vrrp_parse() looks.
 */
enum kc_vrrp_verdict {
	KC_VRRP_OK,
	KC_VRRP_BAD_TTL,	/* RFC 9568, 5.1.1.3 */
	KC_VRRP_BAD_LENGTH,
	KC_VRRP_BAD_VERSION,
	KC_VRRP_BAD_TYPE,
	KC_VRRP_BAD_CHECKSUM,
	KC_VRRP_BAD_COUNT,
	KC_VRRP_BAD_INTERVAL,	/* erratum 8301: interval 0 */
	KC_VRRP_BAD_AUTH_TYPE,
	KC_VRRP_BAD_AUTH,
};

/**
 * struct kc_vrrp_packet - a received IP packet of protocol 112
 * @data: VRRP message, after the IP header and its extensions
 * @len: octets of @data
 * @src: source address, 4 or 16 octets, network order
 * @dst: destination address likewise
 * @family: KC_AF_INET or KC_AF_INET6
 * @ttl: TTL or hop limit
 * @ttl_min: least one that is accepted, 0 for 255: a path through a hub
 */
struct kc_vrrp_packet {
	const u8 *data;
	size_t len;
	u8 src[16];
	u8 dst[16];
	u8 family;
	u8 ttl;
	u8 ttl_min;
};

/**
 * struct kc_vrrp_advert - a parsed advertisement
 * @addresses: address list in the packet, @count times 4 or 16 octets
 * @interval_ms: advertisement interval
 * @vrid: virtual router identifier
 * @priority: 0 to 255
 * @count: addresses
 */
struct kc_vrrp_advert {
	const u8 *addresses;
	u32 interval_ms;
	u8 vrid;
	u8 priority;
	u8 count;
};

/**
 * struct kc_vrrp_format - what both ends of a virtual router agree on
 * @auth: VRRPv2 password, zero padded; all zero for none
 * @version: 2 or 3
 * @family: KC_AF_INET or KC_AF_INET6
 * @authenticate: VRRPv2 simple text password in use
 * @pseudo: VRRPv3 over IPv4: send the checksum with a pseudo-header
 */
struct kc_vrrp_format {
	u8 auth[KC_VRRP_AUTH_LEN];
	u8 version;
	u8 family;
	bool authenticate;
	bool pseudo;
};

int kc_vrrp_peek_vrid(const u8 *data, size_t len);
enum kc_vrrp_verdict kc_vrrp_parse(const struct kc_vrrp_format *format,
				   const struct kc_vrrp_packet *packet,
				   struct kc_vrrp_advert *advert);
size_t kc_vrrp_length(const struct kc_vrrp_format *format, unsigned int count);
size_t kc_vrrp_build(const struct kc_vrrp_format *format,
		     const struct kc_vrrp_advert *advert,
		     const u8 *src, const u8 *dst, u8 *buf, size_t size);

/* Frames that tell the neighbours who holds an address. */
#define KC_GARP_LEN 42
#define KC_NA_LEN 86

size_t kc_garp_build(u8 *frame, const u8 *mac, const u8 *addr);
size_t kc_na_build(u8 *frame, const u8 *mac, const u8 *addr);

#endif
