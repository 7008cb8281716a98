// SPDX-License-Identifier: GPL-2.0
/*
 * The headers of a stream's datagrams, octet by octet, and what is refused.
 */
#include "ktap.h"
#include "mirror_stream.h"

static const struct kc_stream_data data = {
	.stream = 0x0102030405060708, .seq = 0x1112131415161718,
	.kept = 0x21222324, .flags = 0x2526,
};

static const u8 data_octets[KC_STREAM_DATA_LEN] = {
	1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
	0x21, 0x22, 0x23, 0x24, 0, 24, 0x25, 0x26,
};

static const struct kc_stream_status status = {
	.heard = 0x0102030405060708, .next = 0x10, .limit = 0x1000,
	.stream = 0x3132333435363738, .oldest = 0x41, .last = 0x40,
	.queue = 0x51525354, .lag_us = 0x61626364, .flags = 0x71727371, .n = 2,
	.missing = { { 0x11, 1 }, { 0x110, 0x203 } },
};

static const u8 status_octets[] = {
	1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0x10,
	0, 0, 0, 0, 0, 0, 0x10, 0,
	0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38,
	0, 0, 0, 0, 0, 0, 0, 0x41, 0, 0, 0, 0, 0, 0, 0, 0x40,
	0x51, 0x52, 0x53, 0x54, 0x61, 0x62, 0x63, 0x64, 0x71, 0x72, 0x73, 0x71,
	0, 2, 0, 64, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 2, 3,
};

static void data_header(void)
{
	struct kc_stream_data back;
	u8 buf[40] = {};
	size_t len;

	kc_stream_data_build(buf, &data);
	expect(!memcmp(buf, data_octets, sizeof(data_octets)));
	expect_eq(kc_stream_data_parse(buf, sizeof(data_octets), &back), 24);
	expect_eq(back.stream, data.stream);
	expect_eq(back.seq, data.seq);
	expect_eq(back.kept, data.kept);
	expect_eq(back.flags, data.flags);
	for (len = 0; len < sizeof(data_octets); len++)
		expect_eq(kc_stream_data_parse(buf, len, &back), 0);
	/* One that has grown. */
	buf[21] = 40;
	expect_eq(kc_stream_data_parse(buf, 40, &back), 40);
	expect_eq(kc_stream_data_parse(buf, 39, &back), 0);
	buf[21] = 23;
	expect_eq(kc_stream_data_parse(buf, 40, &back), 0);
}

static void data_refused(void)
{
	static const struct kc_stream_data rows[] = {
		{ .stream = 0, .seq = 1 },
		{ .stream = KC_STREAM_MAX + 1, .seq = 1 },
		{ .stream = 1, .seq = 0 },
		{ .stream = 1, .seq = KC_STREAM_SEQ_MAX + 1 },
		{ .stream = 1, .seq = 5, .kept = 5 },
	};
	static const struct kc_stream_data good[] = {
		{ .stream = KC_STREAM_MAX, .seq = KC_STREAM_SEQ_MAX },
		{ .stream = 1, .seq = 5, .kept = 4 },
	};
	struct kc_stream_data back;
	unsigned int i;
	u8 buf[KC_STREAM_DATA_LEN];

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		about("row %u", i);
		kc_stream_data_build(buf, &rows[i]);
		expect_eq(kc_stream_data_parse(buf, sizeof(buf), &back), 0);
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		about("good %u", i);
		kc_stream_data_build(buf, &good[i]);
		expect_eq(kc_stream_data_parse(buf, sizeof(buf), &back), 24);
	}
}

static void status_header(void)
{
	struct kc_stream_status back;
	u8 buf[KC_STREAM_STATUS_MAX] = {};
	size_t len;

	expect_eq(kc_stream_status_build(buf, sizeof(buf), &status),
		  sizeof(status_octets));
	expect(!memcmp(buf, status_octets, sizeof(status_octets)));
	expect(kc_stream_status_parse(buf, sizeof(status_octets), &back));
	expect(!memcmp(&back, &status, sizeof(back)));
	for (len = 0; len < sizeof(status_octets); len++) {
		u8 *cut = malloc(len + 1);

		/* One octet before the end of it, for the sanitizer. */
		memcpy(cut + 1, status_octets, len);
		expect(!kc_stream_status_parse(cut + 1, len, &back));
		free(cut);
	}
	/* As much of what is missing as there is room for. */
	expect_eq(kc_stream_status_build(buf, 79, &status), 72);
	expect(kc_stream_status_parse(buf, 72, &back));
	expect_eq(back.n, 1);
	expect_eq(kc_stream_status_build(buf, 64, &status), 64);
	expect_eq(kc_stream_status_build(buf, 63, &status), 0);
}

static void status_refused(void)
{
	static const struct {
		const char *name;
		unsigned int at;
		u8 value;
	} rows[] = {
		{ "heard", 0, 0x80 }, { "next 0", 15, 0 },
		{ "next", 8, 0x40 }, { "limit", 16, 0x40 },
		{ "own stream", 24, 0x80 }, { "oldest 0", 39, 0 },
		{ "oldest not sent", 39, 0x42 }, { "last", 40, 0x40 },
		{ "too many ranges", 61, 33 }, { "more ranges", 61, 3 },
		{ "offset", 63, 63 }, { "offset beyond", 63, 81 },
		{ "none in a range", 71, 0 }, { "ranges in no order", 74, 0 },
	};
	struct kc_stream_status back;
	u8 buf[sizeof(status_octets)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		about("%s", rows[i].name);
		memcpy(buf, status_octets, sizeof(buf));
		buf[rows[i].at] = rows[i].value;
		expect(!kc_stream_status_parse(buf, sizeof(buf), &back));
	}
	/* Ranges that touch are one, written so that it costs more. */
	memcpy(buf, status_octets, sizeof(buf));
	buf[74] = 0;
	buf[75] = 2;
	expect(!kc_stream_status_parse(buf, sizeof(buf), &back));
	/* Nothing is missing, but where it would be is beyond the end. */
	memcpy(buf, status_octets, sizeof(buf));
	buf[61] = 0;
	buf[63] = 65;
	expect(!kc_stream_status_parse(buf, 64, &back));
	expect(kc_stream_status_parse(buf, 65, &back));
	memcpy(buf, status_octets, sizeof(buf));
	buf[74] = 0;
	buf[75] = 3;
	expect(kc_stream_status_parse(buf, sizeof(buf), &back));
}

static const struct check checks[] = {
	{ "stream: header of DATA", data_header },
	{ "stream: DATA refused", data_refused },
	{ "stream: STATUS", status_header },
	{ "stream: STATUS refused", status_refused },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
