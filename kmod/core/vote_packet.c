// SPDX-License-Identifier: GPL-2.0
/*
 * Messages about votes as bytes, see vote.h.
 *
 *	 0  version and type      1  vrid         2  kind        3  vote
 *	 4  priority              5  votes        6  checksum (2)
 *	 8  reach                 9  flags       10  reserved (2)
 *	12  lease, ms (4)        16  from (8)    24  asker (8)
 *	32  stamp (8)            40  password of VRRPv2 (8)
 *
 * The checksum includes a pseudo-header, over IPv4 as well: there is nobody
 * who reads it otherwise.
 */
#include "bytes.h"
#include "checksum.h"
#include "vote.h"

#define TYPE 14
#define FLAG_PREEMPT 1

/**
 * kc_vote_is() - is this a message about votes, not an advertisement?
 * @data: VRRP message
 * @len: octets of @data
 */
bool kc_vote_is(const u8 *data, size_t len)
{
	return len && (data[0] & 0x0f) == TYPE;
}

/**
 * kc_vote_parse() - check a message about votes and take it apart
 * @format: what the virtual router expects
 * @packet: the packet, hostile until proven otherwise
 * @message: filled in on KC_VRRP_OK
 *
 * As for advertisements the virtual router identifier has been looked at.
 *
 * Return: the verdict
 */
enum kc_vrrp_verdict kc_vote_parse(const struct kc_vrrp_format *format,
				   const struct kc_vrrp_packet *packet,
				   struct kc_vote_message *message)
{
	const u8 *data = packet->data;
	u32 sum;

	if (packet->ttl < (packet->ttl_min ? packet->ttl_min : KC_VRRP_TTL))
		return KC_VRRP_BAD_TTL;
	if (packet->len < KC_VOTE_LEN)
		return KC_VRRP_BAD_LENGTH;
	if (data[0] >> 4 != format->version)
		return KC_VRRP_BAD_VERSION;
	sum = kc_sum_bytes(0, data, packet->len) +
	      kc_sum_pseudo(packet->family, packet->src, packet->dst,
			    packet->len, KC_VRRP_PROTO);
	if (kc_sum_fold(sum) != 0xffff)
		return KC_VRRP_BAD_CHECKSUM;
	/* All zero where there is no password. */
	if (memcmp(data + 40, format->auth, KC_VRRP_AUTH_LEN))
		return KC_VRRP_BAD_AUTH;

	memset(message, 0, sizeof(*message));
	message->kind = data[2];
	message->vote = data[3];
	message->priority = data[4];
	message->votes = data[5];
	message->reach = data[8];
	message->preempt = data[9] & FLAG_PREEMPT;
	message->lease_ms = kc_bytes_get(data + 12, 4);
	message->from = kc_bytes_get(data + 16, 8);
	message->asker = kc_bytes_get(data + 24, 8);
	message->stamp = kc_bytes_get(data + 32, 8);
	if (!message->kind || message->kind > KC_VOTE_RELEASE ||
	    message->vote > KC_VOTE_DIFFERS || !message->from)
		return KC_VRRP_BAD_TYPE;
	return KC_VRRP_OK;
}

/**
 * kc_vote_build() - write a message about votes
 * @format: version, family, password
 * @vrid: of the virtual router
 * @message: its fields
 * @src: source address of the packet, for the pseudo-header
 * @dst: destination address likewise
 * @buf: where to
 */
void kc_vote_build(const struct kc_vrrp_format *format, u8 vrid,
		   const struct kc_vote_message *message,
		   const u8 *src, const u8 *dst, u8 buf[KC_VOTE_LEN])
{
	u32 sum;

	memset(buf, 0, KC_VOTE_LEN);
	buf[0] = format->version << 4 | TYPE;
	buf[1] = vrid;
	buf[2] = message->kind;
	buf[3] = message->vote;
	buf[4] = message->priority;
	buf[5] = message->votes;
	buf[8] = message->reach;
	buf[9] = message->preempt ? FLAG_PREEMPT : 0;
	kc_bytes_put(buf + 12, message->lease_ms, 4);
	kc_bytes_put(buf + 16, message->from, 8);
	kc_bytes_put(buf + 24, message->asker, 8);
	kc_bytes_put(buf + 32, message->stamp, 8);
	memcpy(buf + 40, format->auth, KC_VRRP_AUTH_LEN);
	sum = kc_sum_bytes(0, buf, KC_VOTE_LEN) +
	      kc_sum_pseudo(format->family, src, dst, KC_VOTE_LEN,
			    KC_VRRP_PROTO);
	kc_bytes_put(buf + 6, (u16)~kc_sum_fold(sum), 2);
}
