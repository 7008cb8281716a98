// SPDX-License-Identifier: GPL-2.0
/*
 * Claims: messages as octets, prefixes, who is believed, who is told again.
 */
#include "claim.h"
#include "ktap.h"

#define MS 1000000ULL

static u8 buf[KC_CLAIM_MAX];

static struct kc_prefix prefix4(u8 a, u8 b, u8 c, u8 d, u8 length)
{
	struct kc_prefix p = {
		.family = KC_AF_INET, .length = length, .addr = { a, b, c, d },
	};

	return p;
}

static struct kc_claim_msg claim(unsigned int total, unsigned int first,
				 unsigned int n)
{
	struct kc_claim_msg msg = {
		.name = "api", .epoch = 0x0102030405060708ULL,
		.node = 0x1112131415161718ULL, .seq = 0x21222324,
		.owner = true, .total = total, .first = first, .n = n,
	};
	unsigned int i;

	for (i = 0; i < n; i++)
		msg.prefixes[i] = prefix4(10, (first + i) >> 8, first + i, 0,
					  24);
	return msg;
}

static void claim_octets(void)
{
	static const u8 octets[] = {
		'a', 'p', 'i', [32] = 1, 2, 3, 4, 5, 6, 7, 8,
		0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
		0x21, 0x22, 0x23, 0x24, 0, 1, 0, 64, 0, 9, 0, 3, 0, 2, 0, 0,
		4, 32, 0, 0, 10, 6, 0, 100, [84] = 6, 64, 0, 0, 0xfd, 0, 0, 0,
		0, 0, 0, 6, [103] = 0,
	};
	struct kc_claim_msg msg = claim(9, 3, 2), back;
	struct kc_prefix six = {
		.family = KC_AF_INET6, .length = 64,
		.addr = { 0xfd, [7] = 6 },
	};

	msg.prefixes[0] = prefix4(10, 6, 0, 100, 32);
	msg.prefixes[1] = six;
	expect_eq(kc_claim_build(buf, sizeof(buf), &msg), sizeof(octets));
	expect(!memcmp(buf, octets, sizeof(octets)));
	expect(kc_claim_parse(octets, sizeof(octets), &back));
	expect(!memcmp(&msg, &back, sizeof(msg)));
	expect_eq(kc_claim_build(buf, sizeof(octets) - 1, &msg), 0);
}

static void ack_octets(void)
{
	static const u8 octets[KC_CLAIM_ACK_LEN] = {
		'a', 'p', 'i', [32] = 1, 2, 3, 4, 5, 6, 7, 8,
		0x21, 0x22, 0x23, 0x24, 0x03, 0xe8, 0, 1,
	};
	struct kc_claim_ack ack = {
		.name = "api", .seen = 0x0102030405060708ULL,
		.seq = 0x21222324, .got = 1000, .unknown = true,
	}, back;

	expect_eq(kc_claim_ack_build(buf, &ack), KC_CLAIM_ACK_LEN);
	expect(!memcmp(buf, octets, sizeof(octets)));
	expect(kc_claim_ack_parse(octets, sizeof(octets), &back));
	expect(!memcmp(&ack, &back, sizeof(ack)));
}

static void trips(void)
{
	static const unsigned int sizes[] = { 0, 1, 63, 64 };
	struct kc_claim_msg msg, back;
	unsigned int i;
	size_t len;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		about("%u prefixes", sizes[i]);
		msg = claim(KC_CLAIM_PREFIXES_MAX, 7, sizes[i]);
		len = kc_claim_build(buf, sizeof(buf), &msg);
		expect_eq(len, KC_CLAIM_LEN + sizes[i] * KC_CLAIM_PREFIX_LEN);
		expect(kc_claim_parse(buf, len, &back));
		expect(!memcmp(&msg, &back, sizeof(msg)));
		while (len--)
			expect(!kc_claim_parse(buf, len, &back));
	}
}

/* Would a CLAIM be refused with these octets? */
static bool refused(unsigned int at, u64 value, unsigned int octets)
{
	struct kc_claim_msg msg = claim(9, 3, 2), back;
	size_t len = kc_claim_build(buf, sizeof(buf), &msg);

	while (octets--) {
		buf[at + octets] = value;
		value >>= 8;
	}
	return !kc_claim_parse(buf, len, &back);
}

static void malformed(void)
{
	expect(refused(0, 0, 1));		/* no name */
	expect(refused(5, 'x', 1));		/* something behind it */
	expect(refused(32, 0, 8));
	expect(!refused(32, KC_CLAIM_EPOCH_MAX, 8));
	expect(refused(32, KC_CLAIM_EPOCH_MAX + 1, 8));
	expect(refused(40, 0, 8));		/* from nobody */
	expect(refused(48, 0, 4));
	expect(refused(52, 0, 2));		/* prefixes that nobody has */
	expect(!refused(52, 0xffff, 2));
	expect(refused(54, 63, 2));
	expect(refused(54, 65, 2));		/* the last one is cut */
	expect(refused(56, 4, 2));		/* more than there are */
	expect(refused(56, KC_CLAIM_PREFIXES_MAX + 1, 2));
	expect(refused(58, 8, 2));
	expect(refused(60, KC_CLAIM_HERE_MAX + 1, 2));
	expect(refused(64, 5, 1));		/* no family */
	expect(refused(65, 33, 1));
	expect(refused(65, 8, 1));		/* bits that do not count */
	expect(refused(72, 1, 1));		/* IPv4 of five octets */
	expect(!refused(66, 0xffff, 2));	/* reserved */
}

static void prefixes(void)
{
	struct kc_prefix p = prefix4(10, 6, 1, 100, 23), all = {
		.family = KC_AF_INET6,
	};
	static const u8 in[4] = { 10, 6, 0, 1 }, out[4] = { 10, 6, 2, 1 };
	static const u8 six[16] = { 10, 6, 0, 1 };
	struct kc_prefix q;

	expect(!kc_prefix_valid(&p));
	kc_prefix_mask(&p);
	expect(kc_prefix_valid(&p));
	expect(p.addr[2] == 0 && p.addr[3] == 0);
	expect(kc_prefix_has(&p, KC_AF_INET, in));
	expect(!kc_prefix_has(&p, KC_AF_INET, out));
	expect(!kc_prefix_has(&p, KC_AF_INET6, six));
	expect(kc_prefix_valid(&all));
	expect(kc_prefix_has(&all, KC_AF_INET6, six));
	q = prefix4(10, 6, 0, 0, 24);
	expect(!kc_prefix_compare(&p, &p));
	expect(kc_prefix_compare(&p, &q) < 0);
	expect(kc_prefix_compare(&q, &p) > 0);
	q.length = 129;
	q.family = KC_AF_INET6;
	expect(!kc_prefix_valid(&q));
}

static void hearing(void)
{
	struct kc_claim_said said = { 0 };
	struct kc_claim_msg msg = claim(100, 0, 64);

	expect(!kc_claim_whole(&said));
	expect_eq(kc_claim_hear(&said, 1, &msg), KC_CLAIM_NEW);
	expect_eq(said.got, 64);
	expect(!kc_claim_whole(&said));
	expect_eq(kc_claim_hear(&said, 1, &msg), KC_CLAIM_SAME);
	msg = claim(100, 70, 30);
	expect_eq(kc_claim_hear(&said, 1, &msg), KC_CLAIM_SAME);
	expect_eq(said.got, 64);
	msg = claim(100, 64, 36);
	expect_eq(kc_claim_hear(&said, 1, &msg), KC_CLAIM_MORE);
	expect(kc_claim_whole(&said));
	/* The same number says the same. */
	msg.epoch++;
	expect_eq(kc_claim_hear(&said, 1, &msg), KC_CLAIM_STALE);
	msg = claim(99, 0, 0);
	expect_eq(kc_claim_hear(&said, 1, &msg), KC_CLAIM_STALE);
	/* A later number replaces it, an earlier one comes too late. */
	msg = claim(0, 0, 0);
	msg.owner = false;
	msg.seq++;
	expect_eq(kc_claim_hear(&said, 1, &msg), KC_CLAIM_NEW);
	expect(kc_claim_whole(&said) && !said.owner);
	msg = claim(100, 0, 64);
	expect_eq(kc_claim_hear(&said, 1, &msg), KC_CLAIM_STALE);
	expect(!said.owner);
	/* Another life begins its numbers anew. */
	msg.seq = 1;
	expect_eq(kc_claim_hear(&said, 2, &msg), KC_CLAIM_NEW);
	expect(said.owner);
	expect_eq(said.got, 64);
}

static void believed(void)
{
	expect(kc_claim_beats(2, 1, 1, 9));
	expect(!kc_claim_beats(1, 9, 2, 1));
	expect(kc_claim_beats(2, 9, 2, 1));
	expect(!kc_claim_beats(2, 1, 2, 9));
	expect(!kc_claim_beats(2, 1, 2, 1));
	expect_eq(kc_claim_next_epoch(0, 0), 1);
	expect_eq(kc_claim_next_epoch(41, 7), 42);
	expect_eq(kc_claim_next_epoch(41, 1000), 1000);
	expect_eq(kc_claim_next_epoch(KC_CLAIM_EPOCH_MAX, 1000),
		  KC_CLAIM_EPOCH_MAX);
}

static void telling(void)
{
	struct kc_claim_told told = { 0 };
	struct kc_claim_ack ack = { .name = "api", .seq = 3, .got = 0 };
	u64 now = 1000 * MS;

	kc_claim_acked(&told, &ack, true, 10, now);
	expect_eq(told.seq, 0);
	kc_claim_tell(&told, 1, 3, now);
	expect_eq(told.at, now);
	/* Silence: ever more slowly. */
	kc_claim_sent(&told, true, now);
	expect_eq(told.at, now + 20 * MS);
	kc_claim_sent(&told, true, now);
	expect_eq(told.at, now + 40 * MS);
	for (ack.got = 0; ack.got < 20; ack.got++)
		kc_claim_sent(&told, true, now);
	expect_eq(told.at, now + 1000 * MS);
	/* Nothing new is no reason to talk; progress is. */
	ack.got = 0;
	kc_claim_acked(&told, &ack, true, 10, now);
	expect_eq(told.at, now + 1000 * MS);
	ack.got = 4;
	kc_claim_acked(&told, &ack, true, 10, now);
	expect_eq(told.at, now);
	expect_eq(told.got, 4);
	ack.got = 10;
	kc_claim_acked(&told, &ack, true, 10, now);
	expect(told.done);
	expect_eq(told.at, now + 1000 * MS);
	/* It has forgotten: all again, but not at its command. */
	ack.got = 0;
	kc_claim_acked(&told, &ack, true, 10, now);
	expect(!told.done);
	expect_eq(told.at, now + 20 * MS);
	/* It heard something else last. */
	ack.got = 10;
	kc_claim_acked(&told, &ack, true, 10, now);
	expect(told.done);
	ack.seq = 2;
	kc_claim_acked(&told, &ack, true, 10, now);
	expect(!told.done);
	ack.unknown = true;
	kc_claim_acked(&told, &ack, true, 10, now);
	expect_eq(told.at, now + 1000 * MS);
	/* That it was given up needs no refresh. */
	kc_claim_tell(&told, 1, 4, now);
	ack.unknown = false;
	ack.seq = 4;
	ack.got = 0;
	kc_claim_acked(&told, &ack, false, 0, now);
	expect(told.done);
	expect_eq(told.at, KC_CLAIM_NEVER);
}

static const struct check checks[] = {
	{ "CLAIM: octet by octet", claim_octets },
	{ "ACK: octet by octet", ack_octets },
	{ "what is written is read, what is cut off is refused", trips },
	{ "malformed ones are refused", malformed },
	{ "prefixes", prefixes },
	{ "what was said last counts, and is put together in order", hearing },
	{ "the highest epoch, then the highest number is believed", believed },
	{ "it is said again until it was heard, at our own pace", telling },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
