/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Advertisements written by hand from the RFCs' pictures; their checksums were
 * computed by another program.
 */
#ifndef KC_UNIT_PACKET_VECTORS_H
#define KC_UNIT_PACKET_VECTORS_H

#include "ktap.h"
#include "vrrp_packet.h"

#define VECTORS 5

struct vector {
	const char *name;
	const struct kc_vrrp_format *format;
	const u8 *data;
	size_t len;
};

extern const u8 src4[16], dst4[16], src6[16], dst6[16];
extern const struct kc_vrrp_format v3_ipv4, v3_pseudo, v3_ipv6, v2, v2_pass;
extern const u8 vector_v3[12], vector_pseudo[12], vector_ipv6[24];
extern const u8 vector_v2[20], vector_v2_pass[20];
extern const struct vector vectors[VECTORS];

#define for_each_vector(v)						\
	for ((v) = vectors; (v) < vectors + VECTORS &&			\
	     about("%s", (v)->name); (v)++)

u16 add_octets(u16 sum, const u8 *data, size_t len);
u16 add_pseudo(u16 sum, u8 family, const u8 *src, const u8 *dst, size_t len);
void seal(const struct kc_vrrp_format *format, u8 *data, size_t len);
enum kc_vrrp_verdict parse_ttl(const struct kc_vrrp_format *format,
			       const u8 *data, size_t len, u8 ttl,
			       struct kc_vrrp_advert *advert);
enum kc_vrrp_verdict parse(const struct kc_vrrp_format *format,
			   const u8 *data, size_t len,
			   struct kc_vrrp_advert *advert);

#endif
