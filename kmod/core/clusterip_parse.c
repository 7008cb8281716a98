// SPDX-License-Identifier: GPL-2.0
/*
 * What of a packet is hashed, see clusterip_parse.h.
 */
#include "bytes.h"
#include "clusterip_parse.h"
#include "ports.h"

#define IPV4_LEN 20
#define IPV6_LEN 40

/* Protocols, as both versions of IP number them. */
enum {
	HOP_BY_HOP = 0,
	ICMP = 1,
	IGMP = 2,
	ROUTING = 43,
	FRAGMENT = 44,
	ESP = 50,
	AH = 51,
	ICMPV6 = 58,
	DESTINATION = 60,
};

/* An error of either ICMP has the packet that it is about behind its header. */
#define ICMP_LEN 8

/**
 * struct look - a packet that is looked at
 * @data: its octets
 * @len: how many can be read
 * @end: how many it has, by what it says itself
 * @at: where we are, octets from @data
 * @proto: what begins there
 * @src: where its source address is
 * @dst: where its destination address is
 * @family: KC_AF_INET or KC_AF_INET6
 * @fragment: it is a fragment
 * @later: and not the first one, so what begins is not a header
 * @quoted: it is the quote of an ICMP error, which may end anywhere
 */
struct look {
	const u8 *data;
	size_t len;
	size_t end;
	size_t at;
	u8 proto;
	size_t src;
	size_t dst;
	u8 family;
	bool fragment;
	bool later;
	bool quoted;
};

/*
 * Can so many octets be read from where we are? KC_CIP_KEY says yes. A quote is
 * not malformed because the router did not quote more.
 */
static enum kc_cip_look need(const struct look *look, size_t octets, u32 *want)
{
	if (look->at + octets > look->end)
		return look->quoted ? KC_CIP_EVERYBODY : KC_CIP_BAD;
	if (look->at + octets <= look->len)
		return KC_CIP_KEY;
	*want = look->at + octets;
	return KC_CIP_SHORT;
}

/*
 * The packet ends where it says, the padding of a frame is not part of it. One
 * that says 0 is aggregated and too long to be said (RFC 2675). A quote is
 * shorter than what it quotes: it ends with the packet that it is in.
 */
static void ends(struct look *look, size_t octets, size_t said)
{
	if (!look->quoted && said)
		look->end = look->at + octets;
}

static enum kc_cip_look ipv4(struct look *look, u32 *want)
{
	enum kc_cip_look verdict = need(look, IPV4_LEN, want);
	const u8 *ip = look->data + look->at;
	size_t header, total;
	u16 offset;

	if (verdict != KC_CIP_KEY)
		return verdict;
	header = (ip[0] & 15) * 4;
	total = kc_bytes_get(ip + 2, 2);
	if (header < IPV4_LEN || (total && total < header))
		return KC_CIP_BAD;
	ends(look, total, total);
	offset = kc_bytes_get(ip + 6, 2) & 0x3fff;
	look->family = KC_AF_INET;
	look->fragment = offset;
	look->later = offset & 0x1fff;
	look->proto = ip[9];
	look->src = look->at + 12;
	look->dst = look->at + 16;
	look->at += header;
	return KC_CIP_KEY;
}

static enum kc_cip_look ipv6(struct look *look, u32 *want)
{
	enum kc_cip_look verdict = need(look, IPV6_LEN, want);
	const u8 *ip = look->data + look->at;
	size_t payload;

	if (verdict != KC_CIP_KEY)
		return verdict;
	payload = kc_bytes_get(ip + 4, 2);
	ends(look, IPV6_LEN + payload, payload);
	look->family = KC_AF_INET6;
	look->proto = ip[6];
	look->src = look->at + 8;
	look->dst = look->at + 24;
	look->at += IPV6_LEN;
	return KC_CIP_KEY;
}

/*
 * Of a fragment all must agree with the others of its packet, which do not have
 * the headers: nobody looks further.
 */
static bool is_extension(const struct look *look)
{
	if (look->later || (look->fragment && !look->quoted))
		return false;
	/* IPv4 has this one only (RFC 4302). */
	if (look->proto == AH)
		return true;
	return look->family == KC_AF_INET6 &&
	       (look->proto == HOP_BY_HOP || look->proto == ROUTING ||
		look->proto == FRAGMENT || look->proto == DESTINATION);
}

/* Goes to what follows all the extension headers (RFC 8200, 4). */
static enum kc_cip_look skip(struct look *look, u32 *want)
{
	enum kc_cip_look verdict;
	unsigned int headers;
	const u8 *header;
	size_t size;

	for (headers = 0; is_extension(look); headers++) {
		if (headers == KC_CIP_HEADERS_MAX)
			return KC_CIP_BAD;
		verdict = need(look, 8, want);
		if (verdict != KC_CIP_KEY)
			return verdict;
		header = look->data + look->at;
		size = (header[1] + 1) * 8;
		if (look->proto == AH) {
			size = (header[1] + 2) * 4;
		} else if (look->proto == FRAGMENT) {
			u16 offset = kc_bytes_get(header + 2, 2);

			size = 8;
			/* The whole may be in one fragment (RFC 6946). */
			look->fragment |= (offset & 0xfff9) != 0;
			look->later = offset & 0xfff8;
		}
		look->proto = header[0];
		look->at += size;
	}
	return KC_CIP_KEY;
}

/* Where the two numbers are, octets from where we are; -1: there are none. */
static int ports_at(const struct look *look, enum kc_cip_ports ports)
{
	if (ports == KC_CIP_PORTS_NONE)
		return -1;
	if (kc_has_ports(look->proto))
		return 0;
	if (ports != KC_CIP_PORTS_LEGACY)
		return -1;
	return look->proto == ESP ? 0 : look->proto == AH ? 4 : -1;
}

static bool for_everybody(u8 type)
{
	/* MLD 130-132, 143, ND 133-137, IND 141-142, SEND 148-149. */
	return (type >= 130 && type <= 137) || (type >= 141 && type <= 143) ||
	       type == 148 || type == 149;
}

static bool is_icmp(const struct look *look)
{
	return look->proto == (look->family == KC_AF_INET6 ? ICMPV6 : ICMP);
}

static bool is_error(const struct look *look, u8 type)
{
	if (look->family == KC_AF_INET6)
		return type && type < 128;
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/* From the header's version to what it carries. */
static enum kc_cip_look unwrap(struct look *look, enum kc_cip_ports ports,
			       u32 *want)
{
	enum kc_cip_look verdict = need(look, 1, want);
	u8 version;

	if (verdict != KC_CIP_KEY)
		return verdict;
	version = look->data[look->at] >> 4;
	/* An error quotes a packet of its own kind. */
	if (look->quoted && version != (look->family == KC_AF_INET6 ? 6 : 4))
		return KC_CIP_BAD;
	if (version == 4)
		verdict = ipv4(look, want);
	else if (version == 6)
		verdict = ipv6(look, want);
	else
		return KC_CIP_BAD;
	if (verdict != KC_CIP_KEY)
		return verdict;
	/* ipt_CLUSTERIP did not look behind AH. */
	if (ports == KC_CIP_PORTS_LEGACY && look->proto == AH)
		return KC_CIP_KEY;
	return skip(look, want);
}

/* Is the packet an ICMP error? Then look at what it quotes instead. */
static enum kc_cip_look errors(struct look *look, enum kc_cip_ports ports,
			       u32 *want)
{
	enum kc_cip_look verdict;
	u8 type;

	if (!is_icmp(look) || look->fragment)
		return KC_CIP_KEY;
	verdict = need(look, 1, want);
	if (verdict != KC_CIP_KEY)
		return verdict;
	type = look->data[look->at];
	if (look->family == KC_AF_INET6 && for_everybody(type))
		return KC_CIP_EVERYBODY;
	if (!is_error(look, type))
		return KC_CIP_KEY;
	look->at += ICMP_LEN;
	look->quoted = true;
	look->fragment = false;
	look->later = false;
	return unwrap(look, ports, want);
}

/**
 * kc_cip_look() - whose is a packet?
 * @data: the packet from its IP header on; needs no alignment
 * @len: octets that can be read, may be less than the packet has
 * @ports: what the mode needs, see kc_cip_ports()
 * @side: which end of the packet is the client's, whose key it is
 * @key: filled in on KC_CIP_KEY; may be touched otherwise
 * @want: filled in on KC_CIP_SHORT: how many octets must be readable, more than
 *	@len. A packet that does not have as many is a bad one.
 *
 * The version is that of the header, not of the frame's type. Checksums are not
 * looked at. Asked again with @want octets, it says KC_CIP_SHORT once more for
 * each header there may be, so the number of times is bounded.
 *
 * Return: what is to be done with the packet
 */
enum kc_cip_look kc_cip_look(const u8 *data, size_t len,
			     enum kc_cip_ports ports, enum kc_cip_side side,
			     struct kc_cip_key *key, u32 *want)
{
	struct look look = { .data = data, .len = len, .end = U32_MAX };
	enum kc_cip_look verdict;
	const u8 *two;
	bool sender;
	int at;

	verdict = unwrap(&look, ports, want);
	if (verdict == KC_CIP_KEY)
		verdict = errors(&look, ports, want);
	if (verdict != KC_CIP_KEY)
		return verdict;
	if (look.family == KC_AF_INET && look.proto == IGMP && !look.quoted)
		return KC_CIP_EVERYBODY;

	/* What is quoted went in the other direction. */
	sender = (side == KC_CIP_SENDER) != look.quoted;
	key->family = look.family;
	key->sport = 0;
	key->dport = 0;
	memcpy(key->src, data + (sender ? look.src : look.dst),
	       kc_addr_len(look.family));
	at = ports_at(&look, ports);
	if (look.fragment && ports != KC_CIP_PORTS_NONE && !look.quoted)
		return KC_CIP_FRAGMENT;
	if (at < 0)
		return KC_CIP_KEY;
	if (look.later)
		return KC_CIP_EVERYBODY;
	verdict = need(&look, at + 4, want);
	/* Of a packet that is too short for them ipt_CLUSTERIP hashed 0. */
	if (verdict == KC_CIP_BAD && ports == KC_CIP_PORTS_LEGACY)
		return KC_CIP_KEY;
	if (verdict != KC_CIP_KEY)
		return verdict;
	two = data + look.at + at;
	key->sport = kc_bytes_get(two + (sender ? 0 : 2), 2);
	key->dport = kc_bytes_get(two + (sender ? 2 : 0), 2);
	return KC_CIP_KEY;
}
