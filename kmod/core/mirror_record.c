// SPDX-License-Identifier: GPL-2.0
/*
 * Records about flows as octets, see mirror_record.h.
 *
 *	key	protocol (1), IP version << 4 | zone direction (1), zone (2),
 *		source and destination (4 or 16 each), their ports (2 each)
 *	SET	key, has (4), timeout (4), status (2), parts
 *	DEL	key
 *	EXPECT_DEL	key
 *	SWEEP_BEGIN	epoch (4)
 *	SWEEP_END	epoch (4), count (8)
 */
#include "mirror_parts.h"

#define HEADER_LEN 4
#define PROTOCOL_TCP 6
#define PROTOCOL_SCTP 132

/* --- what records have in common ------------------------------------------ */

/**
 * kc_record_begin() - write what every record begins with
 * @buf: where to
 * @room: octets there
 * @type: of the record
 *
 * Return: where the rest goes; its length is filled in by kc_record_finish()
 */
struct kc_writer kc_record_begin(u8 *buf, size_t room,
				 enum kc_record_type type)
{
	struct kc_writer w = { .at = buf, .end = buf + room };

	kc_write_number(&w, type, 1);
	kc_write_number(&w, 0, 1);
	kc_write_number(&w, 0, 2);
	return w;
}

/**
 * kc_record_finish() - fill in the length
 * @buf: where the record begins
 * @w: where it ends
 *
 * Return: its octets, 0 if there was no room for it
 */
size_t kc_record_finish(u8 *buf, const struct kc_writer *w)
{
	size_t len = w->at - buf;

	if (w->cut)
		return 0;
	buf[2] = len >> 8;
	buf[3] = len & 0xff;
	return len;
}

/**
 * kc_record_write_key() - a key as octets
 * @w: where to
 * @key: the key
 */
void kc_record_write_key(struct kc_writer *w, const struct kc_flow_key *key)
{
	size_t addr = kc_addr_len(key->family);
	u8 version = key->family == KC_AF_INET6 ? 6 : 4;

	kc_write_number(w, key->protocol, 1);
	kc_write_number(w, version << 4 | (key->zone_dir & 0x0f), 1);
	kc_write_number(w, key->zone, 2);
	kc_write(w, key->src, addr);
	kc_write(w, key->dst, addr);
	kc_write_number(w, key->sport, 2);
	kc_write_number(w, key->dport, 2);
}

/**
 * kc_record_read_key() - a key from octets
 * @r: where from
 * @key: filled in
 *
 * Return: false if it is none
 */
bool kc_record_read_key(struct kc_reader *r, struct kc_flow_key *key)
{
	size_t addr;
	u8 kind;

	memset(key, 0, sizeof(*key));
	key->protocol = kc_read_number(r, 1);
	kind = kc_read_number(r, 1);
	if (kind >> 4 == 4)
		key->family = KC_AF_INET;
	else if (kind >> 4 == 6)
		key->family = KC_AF_INET6;
	else
		return false;
	key->zone_dir = kind & 0x0f;
	key->zone = kc_read_number(r, 2);
	addr = kc_addr_len(key->family);
	kc_read(r, key->src, addr);
	kc_read(r, key->dst, addr);
	key->sport = kc_read_number(r, 2);
	key->dport = kc_read_number(r, 2);
	return !r->cut && key->zone_dir <= 3;
}

/**
 * kc_record_read_name() - a name from octets
 * @r: where from
 * @name: filled in
 * @len: octets of @name, the same that travel
 *
 * Names are looked up and shown: nothing but printable ASCII, and zeros to the
 * end, at least one.
 *
 * Return: false if it is none
 */
bool kc_record_read_name(struct kc_reader *r, char *name, size_t len)
{
	size_t i;

	kc_read(r, name, len);
	for (i = 0; i < len && name[i] > ' ' && name[i] <= '~'; i++)
		;
	if (!i || i == len)
		return false;
	for (; i < len; i++)
		if (name[i])
			return false;
	return true;
}

/**
 * kc_flow_key_equal() - is it the same flow?
 * @a: a key
 * @b: another one
 */
bool kc_flow_key_equal(const struct kc_flow_key *a,
		       const struct kc_flow_key *b)
{
	size_t addr = kc_addr_len(a->family);

	return a->family == b->family && a->protocol == b->protocol &&
	       a->zone == b->zone && a->zone_dir == b->zone_dir &&
	       a->sport == b->sport && a->dport == b->dport &&
	       !memcmp(a->src, b->src, addr) && !memcmp(a->dst, b->dst, addr);
}

/* --- flows ---------------------------------------------------------------- */

static void write_parts(struct kc_writer *w, const struct kc_flow *flow)
{
	size_t addr = kc_addr_len(flow->key.family);
	unsigned int i;

	if (flow->has & KC_FLOW_NAT) {
		kc_write(w, flow->reply_src, addr);
		kc_write(w, flow->reply_dst, addr);
		kc_write_number(w, flow->reply_sport, 2);
		kc_write_number(w, flow->reply_dport, 2);
	}
	if (flow->has & KC_FLOW_TCP) {
		kc_write_number(w, flow->tcp_state, 1);
		kc_write(w, flow->tcp_flags, 2);
		kc_write(w, flow->tcp_scale, 2);
	}
	if (flow->has & KC_FLOW_SCTP) {
		kc_write_number(w, flow->sctp_state, 1);
		kc_write_number(w, flow->sctp_vtag[0], 4);
		kc_write_number(w, flow->sctp_vtag[1], 4);
	}
	if (flow->has & KC_FLOW_MARK)
		kc_write_number(w, flow->mark, 4);
	if (flow->has & KC_FLOW_LABELS)
		kc_write(w, flow->labels, KC_FLOW_LABELS_LEN);
	for (i = 0; i < 2 && flow->has & KC_FLOW_SEQADJ; i++) {
		kc_write_number(w, flow->seqadj[i].correction_pos, 4);
		kc_write_number(w, (u32)flow->seqadj[i].offset_before, 4);
		kc_write_number(w, (u32)flow->seqadj[i].offset_after, 4);
	}
	if (flow->has & KC_FLOW_HELPER)
		kc_write(w, flow->helper, KC_FLOW_HELPER_LEN);
	if (flow->has & KC_FLOW_MASTER)
		kc_record_write_key(w, &flow->master);
	if (flow->has & KC_FLOW_SYNPROXY) {
		kc_write_number(w, flow->synproxy_isn, 4);
		kc_write_number(w, flow->synproxy_its, 4);
		kc_write_number(w, flow->synproxy_tsoff, 4);
	}
}

static bool read_tcp(struct kc_reader *r, struct kc_flow *flow)
{
	flow->tcp_state = kc_read_number(r, 1);
	kc_read(r, flow->tcp_flags, 2);
	kc_read(r, flow->tcp_scale, 2);
	return flow->key.protocol == PROTOCOL_TCP &&
	       flow->tcp_state < KC_FLOW_TCP_STATES &&
	       flow->tcp_scale[0] <= KC_FLOW_TCP_SCALE_MAX &&
	       flow->tcp_scale[1] <= KC_FLOW_TCP_SCALE_MAX;
}

static bool read_sctp(struct kc_reader *r, struct kc_flow *flow)
{
	flow->sctp_state = kc_read_number(r, 1);
	flow->sctp_vtag[0] = kc_read_number(r, 4);
	flow->sctp_vtag[1] = kc_read_number(r, 4);
	return flow->key.protocol == PROTOCOL_SCTP &&
	       flow->sctp_state < KC_FLOW_SCTP_STATES;
}

/* In the order in which write_parts() writes. */
static bool read_parts(struct kc_reader *r, struct kc_flow *flow)
{
	size_t addr = kc_addr_len(flow->key.family);
	unsigned int i;

	if (flow->has & KC_FLOW_NAT) {
		kc_read(r, flow->reply_src, addr);
		kc_read(r, flow->reply_dst, addr);
		flow->reply_sport = kc_read_number(r, 2);
		flow->reply_dport = kc_read_number(r, 2);
	}
	if (flow->has & KC_FLOW_TCP && !read_tcp(r, flow))
		return false;
	if (flow->has & KC_FLOW_SCTP && !read_sctp(r, flow))
		return false;
	if (flow->has & KC_FLOW_MARK)
		flow->mark = kc_read_number(r, 4);
	if (flow->has & KC_FLOW_LABELS)
		kc_read(r, flow->labels, KC_FLOW_LABELS_LEN);
	for (i = 0; i < 2 && flow->has & KC_FLOW_SEQADJ; i++) {
		flow->seqadj[i].correction_pos = kc_read_number(r, 4);
		flow->seqadj[i].offset_before = (s32)kc_read_number(r, 4);
		flow->seqadj[i].offset_after = (s32)kc_read_number(r, 4);
	}
	if (flow->has & KC_FLOW_HELPER &&
	    !kc_record_read_name(r, flow->helper, KC_FLOW_HELPER_LEN))
		return false;
	if (flow->has & KC_FLOW_MASTER && !kc_record_read_key(r, &flow->master))
		return false;
	if (flow->has & KC_FLOW_SYNPROXY) {
		flow->synproxy_isn = kc_read_number(r, 4);
		flow->synproxy_its = kc_read_number(r, 4);
		flow->synproxy_tsoff = kc_read_number(r, 4);
		return flow->key.protocol == PROTOCOL_TCP;
	}
	return true;
}

static bool read_flow(struct kc_reader *r, struct kc_flow *flow)
{
	u32 has;

	memset(flow, 0, sizeof(*flow));
	if (!kc_record_read_key(r, &flow->key))
		return false;
	has = kc_read_number(r, 4);
	flow->has = has & KC_FLOW_PARTS;
	flow->timeout_ms = kc_read_number(r, 4);
	flow->status = kc_read_number(r, 2) & KC_FLOW_STATUS;
	return read_parts(r, flow) && !r->cut;
}

/* --- one by one ----------------------------------------------------------- */

/**
 * kc_record_put_set() - write that a flow exists, and its state
 * @buf: where to
 * @room: octets there
 * @flow: the flow; names in it are zero-terminated and not empty
 *
 * Return: octets written, 0 if there is no room
 */
size_t kc_record_put_set(u8 *buf, size_t room, const struct kc_flow *flow)
{
	struct kc_writer w = kc_record_begin(buf, room, KC_RECORD_SET);

	kc_record_write_key(&w, &flow->key);
	kc_write_number(&w, flow->has & KC_FLOW_PARTS, 4);
	kc_write_number(&w, flow->timeout_ms, 4);
	kc_write_number(&w, flow->status & KC_FLOW_STATUS, 2);
	write_parts(&w, flow);
	return kc_record_finish(buf, &w);
}

static size_t put_key(u8 *buf, size_t room, enum kc_record_type type,
		      const struct kc_flow_key *key)
{
	struct kc_writer w = kc_record_begin(buf, room, type);

	kc_record_write_key(&w, key);
	return kc_record_finish(buf, &w);
}

/**
 * kc_record_put_del() - write that a flow is no more
 * @buf: where to
 * @room: octets there
 * @key: of the flow
 *
 * Return: octets written, 0 if there is no room
 */
size_t kc_record_put_del(u8 *buf, size_t room, const struct kc_flow_key *key)
{
	return put_key(buf, room, KC_RECORD_DEL, key);
}

/**
 * kc_record_put_expect_del() - write that an expectation is no more
 * @buf: where to
 * @room: octets there
 * @tuple: what was expected
 *
 * Return: octets written, 0 if there is no room
 */
size_t kc_record_put_expect_del(u8 *buf, size_t room,
				const struct kc_flow_key *tuple)
{
	return put_key(buf, room, KC_RECORD_EXPECT_DEL, tuple);
}

/**
 * kc_record_put_sweep_begin() - write that a sweep begins
 * @buf: where to
 * @room: octets there
 * @epoch: its number; a sweep that has another one is not this one
 *
 * Return: octets written, 0 if there is no room
 */
size_t kc_record_put_sweep_begin(u8 *buf, size_t room, u32 epoch)
{
	struct kc_writer w = kc_record_begin(buf, room, KC_RECORD_SWEEP_BEGIN);

	kc_write_number(&w, epoch, 4);
	return kc_record_finish(buf, &w);
}

/**
 * kc_record_put_sweep_end() - write that a sweep is through
 * @buf: where to
 * @room: octets there
 * @epoch: as it began
 * @count: flows that passed by
 *
 * Return: octets written, 0 if there is no room
 */
size_t kc_record_put_sweep_end(u8 *buf, size_t room, u32 epoch, u64 count)
{
	struct kc_writer w = kc_record_begin(buf, room, KC_RECORD_SWEEP_END);

	kc_write_number(&w, epoch, 4);
	kc_write_number(&w, count, 8);
	return kc_record_finish(buf, &w);
}

static bool read_sweep(struct kc_reader *r, struct kc_record *record, bool end)
{
	record->epoch = kc_read_number(r, 4);
	record->count = end ? kc_read_number(r, 8) : 0;
	return !r->cut;
}

/**
 * kc_record_get() - take the first of some records apart
 * @data: records, hostile until proven otherwise
 * @len: octets there, at least 1
 * @record: filled in on KC_RECORD_OK
 * @used: filled in: where the next one begins, never 0 and at most @len
 *
 * Return: the verdict
 */
enum kc_record_verdict kc_record_get(const u8 *data, size_t len,
				     struct kc_record *record, size_t *used)
{
	struct kc_reader r = { .at = data, .end = data + len };
	bool good;
	u16 all;
	u8 type;

	type = kc_read_number(&r, 1);
	kc_read_number(&r, 1);
	all = kc_read_number(&r, 2);
	*used = len;
	if (r.cut || all < HEADER_LEN || all > len)
		return KC_RECORD_CUT;
	*used = all;
	r.end = data + all;
	record->type = type;
	switch (type) {
	case KC_RECORD_SET:
		good = read_flow(&r, &record->flow);
		break;
	case KC_RECORD_DEL:
	case KC_RECORD_EXPECT_DEL:
		good = kc_record_read_key(&r, &record->key);
		break;
	case KC_RECORD_EXPECT:
		good = kc_record_read_expect(&r, &record->expect);
		break;
	case KC_RECORD_SWEEP_BEGIN:
	case KC_RECORD_SWEEP_END:
		good = read_sweep(&r, record, type == KC_RECORD_SWEEP_END);
		break;
	default:
		return KC_RECORD_UNKNOWN;
	}
	return good ? KC_RECORD_OK : KC_RECORD_BAD;
}
