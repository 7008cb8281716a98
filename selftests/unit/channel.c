// SPDX-License-Identifier: GPL-2.0
/*
 * What nodes say to each other as bytes (channel.c), and which of it is missing
 * (channel_seen.c).
 */
#include "channel.h"
#include "ktap.h"

static const struct kc_channel_header example = {
	.version = 1,
	.type = KC_CHANNEL_HELLO,
	.length = KC_HELLO_LEN,
	.version_min = 1,
	.version_max = 3,
	.incarnation = 0x1122334455667788,
	.sequence = 0x0102030405060708,
};

/* Every octet of the header, as it is on the wire. */
static const u8 example_wire[KC_CHANNEL_HEADER_LEN] = {
	1, 1, 0, 32, 1, 3, 0, 0,
	0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
	1, 2, 3, 4, 5, 6, 7, 8,
};

static const struct kc_hello example_hello = {
	.interval_us = 100000,
	.flags = KC_HELLO_HEARS,
	.stamp = 0x0a0b0c0d0e0f1011,
	.echo = 0x2122232425262728,
	.echo_delay_us = 0x31323334,
	.echo_incarnation = 0x41424344,
};

static const u8 hello_wire[KC_HELLO_LEN] = {
	0x00, 0x01, 0x86, 0xa0, 0, 0, 0, 1,
	0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11,
	0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,
	0x31, 0x32, 0x33, 0x34, 0x41, 0x42, 0x43, 0x44,
};

static void header_wire(void)
{
	u8 buf[KC_CHANNEL_HEADER_LEN + KC_HELLO_LEN] = { 0 };
	struct kc_channel_header back;

	kc_channel_build(&example, buf);
	expect(!memcmp(buf, example_wire, sizeof(example_wire)));
	memset(&back, 0, sizeof(back));
	expect_eq(kc_channel_parse(buf, sizeof(buf), &back), KC_CHANNEL_OK);
	expect(!memcmp(&back, &example, sizeof(back)));
	/* Octets behind the payload mean nothing, nor do flags. */
	buf[7] = 0xff;
	expect_eq(kc_channel_parse(buf, sizeof(buf), &back), KC_CHANNEL_OK);
}

static void header_refused(void)
{
	static const struct {
		const char *what;
		unsigned int at;
		u8 octet;
		enum kc_channel_verdict verdict;
	} rows[] = {
		{ "version 0", 0, 0, KC_CHANNEL_BAD_VERSION },
		{ "version 2", 0, 2, KC_CHANNEL_BAD_VERSION },
		{ "a payload that is not there", 3, 33, KC_CHANNEL_BAD_LENGTH },
		{ "64 kB of it", 2, 0xff, KC_CHANNEL_BAD_LENGTH },
		{ "a range above the version", 4, 2, KC_CHANNEL_BAD_CONTENT },
		{ "a range below the version", 5, 0, KC_CHANNEL_BAD_CONTENT },
		{ "a type nobody knows", 1, 77, KC_CHANNEL_OK },
	};
	u8 buf[KC_CHANNEL_HEADER_LEN + KC_HELLO_LEN] = { 0 };
	struct kc_channel_header header, back;
	unsigned int i;
	size_t len;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		about("%s", rows[i].what);
		kc_channel_build(&example, buf);
		buf[rows[i].at] = rows[i].octet;
		expect_eq(kc_channel_parse(buf, sizeof(buf), &back),
			  rows[i].verdict);
	}
	about("no incarnation");
	header = example;
	header.incarnation = 0;
	kc_channel_build(&header, buf);
	expect_eq(kc_channel_parse(buf, sizeof(buf), &back),
		  KC_CHANNEL_BAD_CONTENT);
	about("no sequence");
	header = example;
	header.sequence = 0;
	kc_channel_build(&header, buf);
	expect_eq(kc_channel_parse(buf, sizeof(buf), &back),
		  KC_CHANNEL_BAD_CONTENT);
	kc_channel_build(&example, buf);
	for (len = 0; len < sizeof(buf); len++) {
		about("%zu octets", len);
		expect_eq(kc_channel_parse(buf, len, &back),
			  KC_CHANNEL_BAD_LENGTH);
	}
}

static void version_common(void)
{
	expect_eq(kc_channel_common(1, 1), 1);
	expect_eq(kc_channel_common(1, 9), 1);
	expect_eq(kc_channel_common(2, 9), 0);
	expect_eq(kc_channel_common(0, 0), 0);
}

static void hello_wire_form(void)
{
	struct kc_hello back;
	u8 buf[KC_HELLO_LEN];

	kc_hello_build(&example_hello, buf);
	expect(!memcmp(buf, hello_wire, sizeof(hello_wire)));
	memset(&back, 0, sizeof(back));
	expect_eq(kc_hello_parse(buf, sizeof(buf), &back), KC_CHANNEL_OK);
	expect(!memcmp(&back, &example_hello, sizeof(back)));
}

static void hello_refused(void)
{
	struct kc_hello hello, back;
	u8 buf[KC_HELLO_LEN];
	size_t len;

	kc_hello_build(&example_hello, buf);
	for (len = 0; len < sizeof(buf); len++) {
		about("%zu octets", len);
		expect_eq(kc_hello_parse(buf, len, &back),
			  KC_CHANNEL_BAD_LENGTH);
	}
	about("no stamp");
	hello = example_hello;
	hello.stamp = 0;
	kc_hello_build(&hello, buf);
	expect_eq(kc_hello_parse(buf, sizeof(buf), &back),
		  KC_CHANNEL_BAD_CONTENT);
	about("an interval of 9999 us");
	hello = example_hello;
	hello.interval_us = KC_HELLO_INTERVAL_MIN - 1;
	kc_hello_build(&hello, buf);
	expect_eq(kc_hello_parse(buf, sizeof(buf), &back),
		  KC_CHANNEL_BAD_CONTENT);
	about("an interval above 10 s");
	hello.interval_us = KC_HELLO_INTERVAL_MAX + 1;
	kc_hello_build(&hello, buf);
	expect_eq(kc_hello_parse(buf, sizeof(buf), &back),
		  KC_CHANNEL_BAD_CONTENT);
}

/* Whatever a later version adds is passed over, but it has to be well-formed. */
static void hello_more(void)
{
	static const struct {
		const char *what;
		u8 more[16];
		size_t len;
		enum kc_channel_verdict verdict;
	} rows[] = {
		{ "an empty one", { 0, 9, 0, 0 }, 4, KC_CHANNEL_OK },
		{ "one of 3 octets", { 0, 9, 0, 3, 1, 2, 3, 0 }, 8,
		  KC_CHANNEL_OK },
		{ "two", { 0, 9, 0, 4, 1, 2, 3, 4, 0, 8, 0, 0 }, 12,
		  KC_CHANNEL_OK },
		{ "no padding", { 0, 9, 0, 3, 1, 2, 3 }, 7,
		  KC_CHANNEL_BAD_LENGTH },
		{ "half of one", { 0, 9 }, 2, KC_CHANNEL_BAD_LENGTH },
		{ "too long", { 0, 9, 0, 9, 1, 2, 3, 4 }, 8,
		  KC_CHANNEL_BAD_LENGTH },
		{ "the longest", { 0, 9, 0xff, 0xff }, 4,
		  KC_CHANNEL_BAD_LENGTH },
	};
	u8 buf[KC_HELLO_LEN + 16];
	struct kc_hello back;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		about("%s", rows[i].what);
		kc_hello_build(&example_hello, buf);
		memcpy(buf + KC_HELLO_LEN, rows[i].more, sizeof(rows[i].more));
		expect_eq(kc_hello_parse(buf, KC_HELLO_LEN + rows[i].len,
					 &back), rows[i].verdict);
	}
}

/* Which cluster file the sender was set up from: as bytes, and as none. */
static void hello_file(void)
{
	static const u8 wire[] = {
		0, 1, 0, 8, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
	};
	static const struct {
		const char *what;
		u8 more[28];
		size_t len;
		u64 file;
	} rows[] = {
		{ "another one before it",
		  { 0, 9, 0, 1, 7, 0, 0, 0, 0, 1, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8 },
		  20, 0x0102030405060708 },
		{ "another one behind it",
		  { 0, 1, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 0, 0 }, 16,
		  0x0102030405060708 },
		{ "the last of two",
		  { 0, 1, 0, 8, 1, 1, 1, 1, 1, 1, 1, 1,
		    0, 1, 0, 8, 2, 2, 2, 2, 2, 2, 2, 2 }, 24,
		  0x0202020202020202 },
		{ "a shorter one", { 0, 1, 0, 7, 1, 2, 3, 4, 5, 6, 7, 0 }, 12, 0 },
		{ "a longer one",
		  { 0, 1, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, 16, 0 },
		{ "an empty one", { 0, 1, 0, 0 }, 4, 0 },
		{ "no number", { 0, 1, 0, 8 }, 12, 0 },
		{ "none", { 0 }, 0, 0 },
	};
	struct kc_hello hello = example_hello, back;
	u8 buf[KC_HELLO_LEN + 28];
	unsigned int i;
	size_t len;

	about("as bytes");
	hello.file = 0x1122334455667788;
	expect_eq(kc_hello_len(&example_hello), KC_HELLO_LEN);
	expect_eq(kc_hello_len(&hello), KC_HELLO_LEN_MAX);
	kc_hello_build(&hello, buf);
	expect(!memcmp(buf, hello_wire, KC_HELLO_LEN));
	expect(!memcmp(buf + KC_HELLO_LEN, wire, sizeof(wire)));
	memset(&back, 0, sizeof(back));
	expect_eq(kc_hello_parse(buf, KC_HELLO_LEN_MAX, &back), KC_CHANNEL_OK);
	expect(!memcmp(&back, &hello, sizeof(back)));
	for (len = KC_HELLO_LEN + 1; len < KC_HELLO_LEN_MAX; len++) {
		about("%zu octets", len);
		expect_eq(kc_hello_parse(buf, len, &back),
			  KC_CHANNEL_BAD_LENGTH);
	}
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		about("%s", rows[i].what);
		memcpy(buf + KC_HELLO_LEN, rows[i].more, sizeof(rows[i].more));
		back.file = 99;
		expect_eq(kc_hello_parse(buf, KC_HELLO_LEN + rows[i].len,
					 &back), KC_CHANNEL_OK);
		expect_eq(back.file, rows[i].file);
	}
}

static void seen_window(void)
{
	struct kc_seen seen;
	u64 n;

	kc_seen_init(&seen);
	expect_eq(kc_seen_loss(&seen), 0);
	for (n = 1000; n < 1100; n++)
		expect_eq(kc_seen_note(&seen, n), KC_SEEN_NEW);
	expect_eq(kc_seen_loss(&seen), 0);
	expect_eq(kc_seen_note(&seen, 1099), KC_SEEN_DUPLICATE);
	expect_eq(kc_seen_note(&seen, 1036), KC_SEEN_DUPLICATE);
	expect_eq(kc_seen_note(&seen, 1035), KC_SEEN_LATE);
	expect_eq(kc_seen_note(&seen, 1), KC_SEEN_LATE);
	/* A gap of one, then it comes after all, then once more. */
	expect_eq(kc_seen_note(&seen, 1101), KC_SEEN_NEW);
	expect_eq(kc_seen_loss(&seen), 2);
	expect_eq(kc_seen_note(&seen, 1100), KC_SEEN_NEW);
	expect_eq(kc_seen_loss(&seen), 0);
	expect_eq(kc_seen_note(&seen, 1100), KC_SEEN_DUPLICATE);
	/* Far ahead: all but one of the last 64 are missing. */
	expect_eq(kc_seen_note(&seen, 1101 + 64), KC_SEEN_NEW);
	expect_eq(kc_seen_loss(&seen), 99);
	expect_eq(kc_seen_note(&seen, ~0ULL), KC_SEEN_NEW);
	expect_eq(kc_seen_note(&seen, ~0ULL), KC_SEEN_DUPLICATE);
}

static void seen_start(void)
{
	struct kc_seen seen;

	kc_seen_init(&seen);
	/* Whoever starts in the middle does not miss what was before. */
	expect_eq(kc_seen_note(&seen, 500), KC_SEEN_NEW);
	expect_eq(kc_seen_loss(&seen), 0);
	expect_eq(kc_seen_note(&seen, 503), KC_SEEN_NEW);
	expect_eq(kc_seen_loss(&seen), 50);
	expect_eq(kc_seen_note(&seen, 498), KC_SEEN_NEW);
	expect_eq(kc_seen_loss(&seen), 50);
	expect_eq(kc_seen_note(&seen, 501), KC_SEEN_NEW);
	expect_eq(kc_seen_loss(&seen), 34);
}

/* Against the simplest thing that could be right. */
static void seen_random(void)
{
	static bool came[4096];
	struct kc_seen seen;
	unsigned int i, seed;
	u64 top = 0, n;

	for (seed = 1; seed <= 20; seed++) {
		about("seed %u", seed);
		srand(seed);
		memset(came, 0, sizeof(came));
		kc_seen_init(&seen);
		top = 0;
		for (i = 0; i < 3000; i++) {
			enum kc_seen_verdict wanted = KC_SEEN_NEW;

			n = top + 1 + (unsigned int)rand() % 3;
			if (top && rand() % 3 == 0)
				n = top - (unsigned int)rand() % 80;
			if (!n || n > top + 3 || n >= ARRAY_SIZE(came))
				continue;
			if (n <= top && top - n >= KC_SEEN_WINDOW)
				wanted = KC_SEEN_LATE;
			else if (came[n])
				wanted = KC_SEEN_DUPLICATE;
			expect_eq(kc_seen_note(&seen, n), wanted);
			came[n] = true;
			top = n > top ? n : top;
		}
	}
}

int main(void)
{
	static const struct check checks[] = {
		{ "a header as bytes", header_wire },
		{ "headers that are refused", header_refused },
		{ "the version both know", version_common },
		{ "a HELLO as bytes", hello_wire_form },
		{ "HELLOs that are refused", hello_refused },
		{ "what a HELLO may have more", hello_more },
		{ "the cluster file in a HELLO", hello_file },
		{ "which datagrams came", seen_window },
		{ "the first datagrams", seen_start },
		{ "any order of datagrams", seen_random },
	};

	return ktap_run(checks, ARRAY_SIZE(checks));
}
