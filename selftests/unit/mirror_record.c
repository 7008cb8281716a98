// SPDX-License-Identifier: GPL-2.0
/*
 * Mirror records: each kind octet by octet, what is refused, and that nobody
 * stumbles over what later versions add.
 */
#include "ktap.h"
#include "mirror_record.h"

#define KEY4 {								\
	.family = KC_AF_INET, .protocol = 6, .zone = 0x1234,		\
	.zone_dir = 3, .src = { 10, 0, 0, 1 }, .dst = { 192, 0, 2, 2 },	\
	.sport = 12345, .dport = 443,					\
}
#define KEY6 {								\
	.family = KC_AF_INET6, .protocol = 132, .zone_dir = 1,		\
	.src = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 },			\
	.dst = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 },			\
	.sport = 1, .dport = 0xffff,					\
}

static const struct kc_flow_key key4 = KEY4;
static const struct kc_flow_key key6 = KEY6;

static const struct kc_flow tcp4 = {
	.key = KEY4, .has = KC_FLOW_TCP, .timeout_ms = 432000000,
	.status = KC_FLOW_SEEN_REPLY | KC_FLOW_ASSURED,
	.tcp_state = 3, .tcp_flags = { 0x23, 0x2b }, .tcp_scale = { 7, 14 },
};

/* All parts that one flow can have. */
static const struct kc_flow all4 = {
	.key = KEY4, .has = KC_FLOW_PARTS & ~KC_FLOW_SCTP,
	.timeout_ms = 1, .status = KC_FLOW_STATUS,
	.reply_src = { 172, 16, 0, 9 }, .reply_dst = { 198, 51, 100, 7 },
	.reply_sport = 8443, .reply_dport = 0x8001,
	.tcp_state = 9, .tcp_flags = { 1, 2 }, .tcp_scale = { 0, 1 },
	.mark = 0xdeadbeef, .labels = { 0x80, [15] = 1 },
	.seqadj = { { 0x01020304, -1, 2 }, { 5, -0x7fffffff - 1, 0x7fffffff } },
	.helper = "ftp", .master = KEY6,
	.synproxy_isn = 0xa1a2a3a4, .synproxy_its = 0xb1b2b3b4,
	.synproxy_tsoff = 0xc1c2c3c4,
};

static const struct kc_flow sctp6 = {
	.key = KEY6, .has = KC_FLOW_SCTP, .timeout_ms = 0xffffffff,
	.sctp_state = 4, .sctp_vtag = { 0x11223344, 0x55667788 },
};

static const struct kc_flow_expect expect4 = {
	.tuple = {
		.family = KC_AF_INET, .protocol = 6, .zone = 0x1234,
		.zone_dir = 3, .src = { 192, 0, 2, 2 }, .dst = { 10, 0, 0, 1 },
		.dport = 40000,
	},
	.master = KEY4, .mask_src = { 255, 255, 255, 255 },
	.has = KC_EXPECT_PARTS, .timeout_ms = 300000, .class = 1, .flags = 4,
	.dir = 1, .saved_addr = { 10, 0, 0, 1 }, .saved_port = 40001,
	.function = "nat-follow-master", .helper = "ftp",
};

#define KEY4_OCTETS							\
	6, 0x43, 0x12, 0x34, 10, 0, 0, 1, 192, 0, 2, 2,			\
	0x30, 0x39, 0x01, 0xbb
#define KEY6_OCTETS							\
	132, 0x61, 0, 0,						\
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,	\
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,	\
	0, 1, 0xff, 0xff
#define FTP_OCTETS 'f', 't', 'p', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0

static const u8 tcp4_octets[] = {
	1, 0, 0, 35, KEY4_OCTETS, 0, 0, 0, 2, 0x19, 0xbf, 0xcc, 0, 0, 3,
	3, 0x23, 0x2b, 7, 14,
};

static const u8 all4_octets[] = {
	1, 0, 0, 159, KEY4_OCTETS, 0, 0, 1, 0xfb, 0, 0, 0, 1, 0, 0x7f,
	172, 16, 0, 9, 198, 51, 100, 7, 0x20, 0xfb, 0x80, 1,
	9, 1, 2, 0, 1,
	0xde, 0xad, 0xbe, 0xef,
	0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	1, 2, 3, 4, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2,
	0, 0, 0, 5, 0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff,
	FTP_OCTETS,
	KEY6_OCTETS,
	0xa1, 0xa2, 0xa3, 0xa4, 0xb1, 0xb2, 0xb3, 0xb4, 0xc1, 0xc2, 0xc3, 0xc4,
};

static const u8 sctp6_octets[] = {
	1, 0, 0, 63, KEY6_OCTETS, 0, 0, 0, 4, 255, 255, 255, 255, 0, 0,
	4, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
};

static const u8 del4_octets[] = { 2, 0, 0, 20, KEY4_OCTETS };
static const u8 del6_octets[] = { 2, 0, 0, 44, KEY6_OCTETS };

static const u8 expect4_octets[] = {
	3, 0, 0, 110,
	6, 0x43, 0x12, 0x34, 192, 0, 2, 2, 10, 0, 0, 1, 0, 0, 0x9c, 0x40,
	KEY4_OCTETS,
	0, 0, 0, 7, 0, 4, 0x93, 0xe0, 0, 0, 0, 1, 4, 1, 0, 0,
	255, 255, 255, 255,
	10, 0, 0, 1, 0x9c, 0x41,
	'n', 'a', 't', '-', 'f', 'o', 'l', 'l', 'o', 'w', '-', 'm', 'a', 's',
	't', 'e', 'r', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	FTP_OCTETS,
};

static const u8 expect_del4_octets[] = { 4, 0, 0, 20, KEY4_OCTETS };
static const u8 begin_octets[] = { 5, 0, 0, 8, 0x01, 0x02, 0x03, 0x04 };
static const u8 end_octets[] = {
	6, 0, 0, 16, 0x01, 0x02, 0x03, 0x04, 0, 0, 0, 1, 0, 0, 0, 2,
};

/* --- octet by octet ------------------------------------------------------- */

static size_t put(u8 *buf, size_t room, const struct kc_record *record)
{
	switch (record->type) {
	case KC_RECORD_SET:
		return kc_record_put_set(buf, room, &record->flow);
	case KC_RECORD_DEL:
		return kc_record_put_del(buf, room, &record->key);
	case KC_RECORD_EXPECT:
		return kc_record_put_expect(buf, room, &record->expect);
	case KC_RECORD_EXPECT_DEL:
		return kc_record_put_expect_del(buf, room, &record->key);
	case KC_RECORD_SWEEP_BEGIN:
		return kc_record_put_sweep_begin(buf, room, record->epoch);
	default:
		return kc_record_put_sweep_end(buf, room, record->epoch,
					       record->count);
	}
}

/* Holes in between are nobody's business: part by part. */
static void same_flow(const struct kc_flow *a, const struct kc_flow *b)
{
	unsigned int i;

	expect(!memcmp(&a->key, &b->key, sizeof(a->key)));
	expect_eq(a->has, b->has);
	expect_eq(a->status, b->status);
	expect_eq(a->timeout_ms, b->timeout_ms);
	expect(!memcmp(a->reply_src, b->reply_src, 16));
	expect(!memcmp(a->reply_dst, b->reply_dst, 16));
	expect_eq(a->reply_sport, b->reply_sport);
	expect_eq(a->reply_dport, b->reply_dport);
	expect_eq(a->tcp_state, b->tcp_state);
	expect_eq(a->sctp_state, b->sctp_state);
	expect_eq(a->mark, b->mark);
	expect(!memcmp(a->labels, b->labels, sizeof(a->labels)));
	for (i = 0; i < 2; i++) {
		expect_eq(a->tcp_flags[i], b->tcp_flags[i]);
		expect_eq(a->tcp_scale[i], b->tcp_scale[i]);
		expect_eq(a->sctp_vtag[i], b->sctp_vtag[i]);
		expect(!memcmp(&a->seqadj[i], &b->seqadj[i],
			       sizeof(a->seqadj[i])));
	}
	expect(!memcmp(a->helper, b->helper, sizeof(a->helper)));
	expect(!memcmp(&a->master, &b->master, sizeof(a->master)));
	expect_eq(a->synproxy_isn, b->synproxy_isn);
	expect_eq(a->synproxy_its, b->synproxy_its);
	expect_eq(a->synproxy_tsoff, b->synproxy_tsoff);
}

static void same_expect(const struct kc_flow_expect *a,
			const struct kc_flow_expect *b)
{
	expect(!memcmp(&a->tuple, &b->tuple, sizeof(a->tuple)));
	expect(!memcmp(&a->master, &b->master, sizeof(a->master)));
	expect(!memcmp(a->mask_src, b->mask_src, 16));
	expect_eq(a->mask_sport, b->mask_sport);
	expect_eq(a->has, b->has);
	expect_eq(a->timeout_ms, b->timeout_ms);
	expect_eq(a->class, b->class);
	expect_eq(a->flags, b->flags);
	expect_eq(a->dir, b->dir);
	expect(!memcmp(a->saved_addr, b->saved_addr, 16));
	expect_eq(a->saved_port, b->saved_port);
	expect(!memcmp(a->function, b->function, sizeof(a->function)));
	expect(!memcmp(a->helper, b->helper, sizeof(a->helper)));
}

static void vector(const char *name, const struct kc_record *record,
		   const u8 *octets, size_t len)
{
	static u8 buf[KC_RECORD_MAX];
	struct kc_record back;
	size_t used, room;

	about("%s", name);
	memset(buf, 0xee, sizeof(buf));
	expect_eq(put(buf, sizeof(buf), record), len);
	expect(!memcmp(buf, octets, len));
	expect_eq(buf[len], 0xee);
	for (room = 0; room < len; room++) {
		memset(buf, 0xee, sizeof(buf));
		expect_eq(put(buf, room, record), 0);
		expect_eq(buf[room], 0xee);
	}

	memset(&back, 0xee, sizeof(back));
	expect_eq(kc_record_get(octets, len, &back, &used), KC_RECORD_OK);
	expect_eq(used, len);
	expect_eq(back.type, record->type);
	if (record->type == KC_RECORD_SET) {
		same_flow(&back.flow, &record->flow);
	} else if (record->type == KC_RECORD_EXPECT) {
		same_expect(&back.expect, &record->expect);
	} else if (record->type >= KC_RECORD_SWEEP_BEGIN) {
		expect_eq(back.epoch, record->epoch);
		expect_eq(back.count, record->count);
	} else {
		expect(!memcmp(&back.key, &record->key, sizeof(back.key)));
	}
}

static void vectors(void)
{
	struct kc_record r = { .type = KC_RECORD_SET, .flow = tcp4 };

#define VECTOR(octets) vector(#octets, &r, octets, sizeof(octets))
	VECTOR(tcp4_octets);
	r.flow = all4;
	VECTOR(all4_octets);
	r.flow = sctp6;
	VECTOR(sctp6_octets);
	r.type = KC_RECORD_DEL;
	r.key = key4;
	VECTOR(del4_octets);
	r.key = key6;
	VECTOR(del6_octets);
	r.type = KC_RECORD_EXPECT;
	r.expect = expect4;
	VECTOR(expect4_octets);
	r.type = KC_RECORD_EXPECT_DEL;
	r.key = key4;
	VECTOR(expect_del4_octets);
	r.type = KC_RECORD_SWEEP_BEGIN;
	r.epoch = 0x01020304;
	r.count = 0;
	VECTOR(begin_octets);
	r.type = KC_RECORD_SWEEP_END;
	r.count = 0x100000002ULL;
	VECTOR(end_octets);
}

/* What most flows are costs little, and what is largest fits. */
static void sizes(void)
{
	u8 buf[KC_RECORD_MAX];
	struct kc_flow flow = all4;

	expect(sizeof(tcp4_octets) <= 40);
	expect(sizeof(del4_octets) <= 20);
	flow.key.family = KC_AF_INET6;
	flow.has = KC_FLOW_PARTS;
	expect(kc_record_put_set(buf, sizeof(buf), &flow) > 0);
	expect_eq(kc_record_put_set(buf, sizeof(buf), &flow), 216);
}

/* --- what is refused ------------------------------------------------------ */

static enum kc_record_verdict verdict_with(const u8 *octets, size_t len,
					   size_t at, u8 value)
{
	struct kc_record record;
	u8 buf[KC_RECORD_MAX];
	size_t used;

	memcpy(buf, octets, len);
	buf[at] = value;
	return kc_record_get(buf, len, &record, &used);
}

static void refused(void)
{
	static const struct {
		const char *name;
		const u8 *octets;
		size_t len, at;
		u8 value;
	} rows[] = {
#define ROW(name, octets, at, value) \
	{ name, octets, sizeof(octets), at, value }
		ROW("IP version", tcp4_octets, 5, 0x53),
		ROW("IP version 6 in too little", tcp4_octets, 5, 0x63),
		ROW("zone direction", tcp4_octets, 5, 0x44),
		ROW("TCP state", tcp4_octets, 30, 10),
		ROW("window scale", tcp4_octets, 33, 15),
		ROW("window scale of the reply", tcp4_octets, 34, 15),
		ROW("TCP of something else", tcp4_octets, 4, 17),
		ROW("SCTP of something else", sctp6_octets, 4, 6),
		ROW("SCTP state", sctp6_octets, 54, 10),
		ROW("synproxy and too little", tcp4_octets, 22, 1),
		ROW("name empty", all4_octets, 91, 0),
		ROW("name not printable", all4_octets, 92, ' '),
		ROW("name not ASCII", all4_octets, 92, 0xc3),
		ROW("name with something behind", all4_octets, 106, 'x'),
		ROW("master of no family", all4_octets, 108, 0x13),
		ROW("IP version of a DEL", del4_octets, 5, 0),
		ROW("expected by no direction", expect4_octets, 49, 2),
		ROW("function empty", expect4_octets, 62, 0),
		ROW("helper empty", expect4_octets, 94, 0),
		ROW("master of an expectation", expect4_octets, 21, 0xf3),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		about("%s", rows[i].name);
		expect_eq(verdict_with(rows[i].octets, rows[i].len, rows[i].at,
				       rows[i].octets[rows[i].at]),
			  KC_RECORD_OK);
		expect_eq(verdict_with(rows[i].octets, rows[i].len, rows[i].at,
				       rows[i].value),
			  KC_RECORD_BAD);
	}
}

/* A name that fills its field has no end. */
static void endless_name(void)
{
	struct kc_record record;
	u8 buf[sizeof(all4_octets)];
	size_t used;

	memcpy(buf, all4_octets, sizeof(buf));
	memset(buf + 91, 'x', 15);
	expect_eq(kc_record_get(buf, sizeof(buf), &record, &used),
		  KC_RECORD_OK);
	buf[106] = 'x';
	expect_eq(kc_record_get(buf, sizeof(buf), &record, &used),
		  KC_RECORD_BAD);
	expect_eq(used, sizeof(buf));
}

/* Shorter than what it says to have; and shorter than any record. */
static void too_short(void)
{
	static const struct {
		const u8 *octets;
		size_t len;
	} rows[] = {
		{ all4_octets, sizeof(all4_octets) },
		{ sctp6_octets, sizeof(sctp6_octets) },
		{ del6_octets, sizeof(del6_octets) },
		{ expect4_octets, sizeof(expect4_octets) },
		{ expect_del4_octets, sizeof(expect_del4_octets) },
		{ begin_octets, sizeof(begin_octets) },
		{ end_octets, sizeof(end_octets) },
	};
	struct kc_record record;
	u8 whole[KC_RECORD_MAX];
	unsigned int i;
	size_t len, used;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (len = 1; len < rows[i].len; len++) {
			/* Exactly so long: the sanitizer sees what is beyond. */
			u8 *buf = malloc(len);

			about("row %u, %zu octets", i, len);
			memcpy(buf, rows[i].octets, len);
			expect_eq(kc_record_get(buf, len, &record, &used),
				  KC_RECORD_CUT);
			expect_eq(used, len);
			if (len >= 4) {
				buf[3] = len;
				expect_eq(kc_record_get(buf, len, &record,
							&used), KC_RECORD_BAD);
				expect_eq(used, len);
				/* Nor does it take from the next one. */
				memcpy(whole, rows[i].octets, rows[i].len);
				whole[3] = len;
				expect_eq(kc_record_get(whole, rows[i].len,
							&record, &used),
					  KC_RECORD_BAD);
				expect_eq(used, len);
				buf[3] = 3;
				expect_eq(kc_record_get(buf, len, &record,
							&used), KC_RECORD_CUT);
			}
			free(buf);
		}
	}
}

/* --- what later versions add ---------------------------------------------- */

static void later(void)
{
	struct kc_record record;
	u8 buf[64] = { 200, 0, 0, 7, 1, 2, 3 };
	size_t used;

	/* Types, */
	memcpy(buf + 7, tcp4_octets, sizeof(tcp4_octets));
	expect_eq(kc_record_get(buf, sizeof(buf), &record, &used),
		  KC_RECORD_UNKNOWN);
	expect_eq(used, 7);
	/* flags, octets at the end, parts and states, all at once. */
	buf[7 + 1] = 0xff;
	buf[7 + 3] += 5;
	buf[7 + 20] = 0xff;
	buf[7 + 28] = 0xff;
	expect_eq(kc_record_get(buf + 7, sizeof(buf) - 7, &record, &used),
		  KC_RECORD_OK);
	expect_eq(used, sizeof(tcp4_octets) + 5);
	same_flow(&record.flow, &tcp4);
}

static void keys(void)
{
	struct kc_flow_key other = key4;

	expect(kc_flow_key_equal(&key4, &other));
	/* What IPv4 does not use does not count. */
	other.src[4] = 1;
	expect(kc_flow_key_equal(&key4, &other));
#define DIFFERS(member) do {						\
	other = key6;							\
	expect(kc_flow_key_equal(&key6, &other));			\
	other.member ^= 8;						\
	expect(!kc_flow_key_equal(&key6, &other));			\
} while (0)
	DIFFERS(family);
	DIFFERS(protocol);
	DIFFERS(zone);
	DIFFERS(zone_dir);
	DIFFERS(sport);
	DIFFERS(dport);
	DIFFERS(src[15]);
	DIFFERS(dst[15]);
	expect_eq(sizeof(struct kc_flow_key), 42);
}

static const struct check checks[] = {
	{ "record: every kind, octet by octet", vectors },
	{ "record: sizes", sizes },
	{ "record: what no flow can be", refused },
	{ "record: a name without an end", endless_name },
	{ "record: too short", too_short },
	{ "record: what later versions add", later },
	{ "record: keys", keys },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
