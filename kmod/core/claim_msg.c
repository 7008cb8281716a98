// SPDX-License-Identifier: GPL-2.0
/*
 * Messages about claims as octets, and prefixes; see claim.h.
 */
#include "claim.h"
#include "octets.h"

#define FAMILY_4 4
#define FAMILY_6 6

static unsigned int bits(u8 family)
{
	return 8 * kc_addr_len(family);
}

/* Octet @i of the mask of a prefix. */
static u8 mask(unsigned int length, unsigned int i)
{
	if (length >= 8 * i + 8)
		return 0xff;
	return length <= 8 * i ? 0 : 0xff << (8 * i + 8 - length) & 0xff;
}

/**
 * kc_prefix_valid() - is it one, with nothing in the bits that do not count?
 * @prefix: the prefix
 */
bool kc_prefix_valid(const struct kc_prefix *prefix)
{
	unsigned int i;

	if (prefix->family != KC_AF_INET && prefix->family != KC_AF_INET6)
		return false;
	if (prefix->length > bits(prefix->family))
		return false;
	for (i = 0; i < sizeof(prefix->addr); i++)
		if (prefix->addr[i] & ~mask(prefix->length, i))
			return false;
	return true;
}

/**
 * kc_prefix_mask() - clear the bits that do not count
 * @prefix: the prefix; its family and length are valid
 */
void kc_prefix_mask(struct kc_prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < sizeof(prefix->addr); i++)
		prefix->addr[i] &= mask(prefix->length, i);
}

/**
 * kc_prefix_compare() - the order of prefixes
 * @a: a valid one
 * @b: another one
 *
 * Return: less than, equal to or greater than 0, as memcmp()
 */
int kc_prefix_compare(const struct kc_prefix *a, const struct kc_prefix *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->length != b->length)
		return a->length < b->length ? -1 : 1;
	return memcmp(a->addr, b->addr, sizeof(a->addr));
}

/**
 * kc_prefix_has() - does an address begin so?
 * @prefix: a valid prefix
 * @family: of the address, KC_AF_INET or KC_AF_INET6
 * @addr: network order
 */
bool kc_prefix_has(const struct kc_prefix *prefix, u8 family, const u8 *addr)
{
	unsigned int i;

	if (prefix->family != family)
		return false;
	for (i = 0; i < kc_addr_len(family); i++)
		if ((prefix->addr[i] ^ addr[i]) & mask(prefix->length, i))
			return false;
	return true;
}

/* A name, and zeros behind it. */
static bool is_name(const u8 name[KC_CLAIM_NAME_LEN])
{
	unsigned int i;

	for (i = 1; i < KC_CLAIM_NAME_LEN; i++)
		if (name[i] && !name[i - 1])
			return false;
	return name[0] && !name[KC_CLAIM_NAME_LEN - 1];
}

static void write_prefix(struct kc_writer *w, const struct kc_prefix *prefix)
{
	kc_write_number(w, prefix->family == KC_AF_INET6 ? FAMILY_6 : FAMILY_4,
			1);
	kc_write_number(w, prefix->length, 1);
	kc_write_number(w, 0, 2);
	kc_write(w, prefix->addr, sizeof(prefix->addr));
}

static bool read_prefix(struct kc_reader *r, struct kc_prefix *prefix)
{
	unsigned int family = kc_read_number(r, 1);

	prefix->family = family == FAMILY_4 ? KC_AF_INET :
			 family == FAMILY_6 ? KC_AF_INET6 : 0;
	prefix->length = kc_read_number(r, 1);
	kc_read_number(r, 2);
	kc_read(r, prefix->addr, sizeof(prefix->addr));
	return !r->cut && kc_prefix_valid(prefix);
}

/**
 * kc_claim_build() - write a CLAIM
 * @buf: where to
 * @room: octets there, KC_CLAIM_MAX is enough for every one
 * @msg: what it says
 *
 * Return: octets written, 0 if there is too little room
 */
size_t kc_claim_build(u8 *buf, size_t room, const struct kc_claim_msg *msg)
{
	struct kc_writer w = { .at = buf, .end = buf + room };
	unsigned int i;

	kc_write(&w, msg->name, KC_CLAIM_NAME_LEN);
	kc_write_number(&w, msg->epoch, 8);
	kc_write_number(&w, msg->node, 8);
	kc_write_number(&w, msg->seq, 4);
	kc_write_number(&w, msg->owner ? KC_CLAIM_OWNER : 0, 2);
	kc_write_number(&w, KC_CLAIM_LEN, 2);
	kc_write_number(&w, msg->total, 2);
	kc_write_number(&w, msg->first, 2);
	kc_write_number(&w, msg->n, 2);
	kc_write_number(&w, 0, 2);
	for (i = 0; i < msg->n; i++)
		write_prefix(&w, &msg->prefixes[i]);
	return w.cut ? 0 : w.at - buf;
}

static bool sound(const struct kc_claim_msg *msg)
{
	return is_name(msg->name) && msg->epoch &&
	       msg->epoch <= KC_CLAIM_EPOCH_MAX && msg->node && msg->seq &&
	       msg->total <= KC_CLAIM_PREFIXES_MAX &&
	       msg->n <= KC_CLAIM_HERE_MAX && msg->first <= msg->total &&
	       msg->n <= msg->total - msg->first &&
	       (msg->owner || !msg->total);
}

/**
 * kc_claim_parse() - take a CLAIM apart
 * @data: the payload, hostile until proven otherwise
 * @len: octets of @data
 * @msg: filled in
 *
 * Return: false if this is none
 */
bool kc_claim_parse(const u8 *data, size_t len, struct kc_claim_msg *msg)
{
	struct kc_reader r = { .at = data, .end = data + len };
	unsigned int rest, i;

	memset(msg, 0, sizeof(*msg));
	kc_read(&r, msg->name, KC_CLAIM_NAME_LEN);
	msg->epoch = kc_read_number(&r, 8);
	msg->node = kc_read_number(&r, 8);
	msg->seq = kc_read_number(&r, 4);
	msg->owner = kc_read_number(&r, 2) & KC_CLAIM_OWNER;
	rest = kc_read_number(&r, 2);
	msg->total = kc_read_number(&r, 2);
	msg->first = kc_read_number(&r, 2);
	msg->n = kc_read_number(&r, 2);
	kc_read_number(&r, 2);
	if (r.cut || rest < KC_CLAIM_LEN || rest > len || !sound(msg))
		return false;
	r.at = data + rest;
	for (i = 0; i < msg->n; i++)
		if (!read_prefix(&r, &msg->prefixes[i]))
			return false;
	return true;
}

/**
 * kc_claim_ack_build() - write an ACK
 * @buf: where to
 * @ack: what it says
 *
 * Return: octets written
 */
size_t kc_claim_ack_build(u8 buf[KC_CLAIM_ACK_LEN],
			  const struct kc_claim_ack *ack)
{
	struct kc_writer w = { .at = buf, .end = buf + KC_CLAIM_ACK_LEN };

	kc_write(&w, ack->name, KC_CLAIM_NAME_LEN);
	kc_write_number(&w, ack->seen, 8);
	kc_write_number(&w, ack->seq, 4);
	kc_write_number(&w, ack->got, 2);
	kc_write_number(&w, ack->unknown ? KC_CLAIM_UNKNOWN : 0, 2);
	return KC_CLAIM_ACK_LEN;
}

/**
 * kc_claim_ack_parse() - take an ACK apart
 * @data: the payload, hostile until proven otherwise
 * @len: octets of @data
 * @ack: filled in
 *
 * Return: false if this is none
 */
bool kc_claim_ack_parse(const u8 *data, size_t len, struct kc_claim_ack *ack)
{
	struct kc_reader r = { .at = data, .end = data + len };

	memset(ack, 0, sizeof(*ack));
	kc_read(&r, ack->name, KC_CLAIM_NAME_LEN);
	ack->seen = kc_read_number(&r, 8);
	ack->seq = kc_read_number(&r, 4);
	ack->got = kc_read_number(&r, 2);
	ack->unknown = kc_read_number(&r, 2) & KC_CLAIM_UNKNOWN;
	return !r.cut && is_name(ack->name) &&
	       ack->seen <= KC_CLAIM_EPOCH_MAX &&
	       ack->got <= KC_CLAIM_PREFIXES_MAX;
}
