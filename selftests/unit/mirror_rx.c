// SPDX-License-Identifier: GPL-2.0
/*
 * The receiver's side of a stream, rule by rule.
 */
#include "ktap.h"
#include "mirror_stream.h"

#define MS 1000000ULL
#define SIZE 16
#define STREAM 1000ULL

static struct kc_rx_window rx;
static u64 held[KC_RX_WORDS(SIZE)];

static enum kc_rx_verdict come_with(u64 stream, u64 seq, u32 kept, u16 flags,
				    u64 now)
{
	struct kc_stream_data header = {
		.stream = stream, .seq = seq, .kept = kept, .flags = flags,
	};
	enum kc_rx_verdict verdict;
	u32 slot;

	verdict = kc_rx_data(&rx, &header, now, &slot);
	if (verdict == KC_RX_STORE)
		expect_eq(slot, seq % rx.size);
	return verdict;
}

static enum kc_rx_verdict come(u64 stream, u64 seq, u32 kept, u64 now)
{
	return come_with(stream, seq, kept, 0, now);
}

/* Takes all that is there, and is done; a bitmap of what it was. */
static u64 take(u64 now)
{
	struct kc_rx_item item;
	u64 map = 0;

	while (kc_rx_take(&rx, &item)) {
		expect_eq(item.stream, rx.stream);
		expect_eq(item.slot, item.seq % SIZE);
		map |= 1ULL << (item.seq & 63);
		kc_rx_done(&rx, &item, now);
	}
	return map;
}

static struct kc_stream_status say(u64 now)
{
	struct kc_stream_status s = {};

	kc_rx_fill(&rx, &s, now);
	return s;
}

static void rx_begin(void)
{
	kc_rx_init(&rx, held, SIZE);
	kc_rx_follow(&rx, STREAM, 1, 0);
	say(0);
}

static void rx_order(void)
{
	struct kc_rx_item item, second;

	rx_begin();
	expect_eq(come(STREAM, 2, 1, 0), KC_RX_STORE);
	expect_eq(take(0), 0);
	expect_eq(come(STREAM, 2, 1, 0), KC_RX_DUPLICATE);
	expect_eq(come(STREAM, 1, 0, 0), KC_RX_STORE);
	expect_eq(come(STREAM, 16, 15, 0), KC_RX_STORE);
	expect_eq(come(STREAM, 17, 16, 0), KC_RX_BEYOND);
	/* What was taken is in the table when it is done, not before. */
	expect(kc_rx_take(&rx, &item));
	expect(kc_rx_take(&rx, &second));
	expect(!kc_rx_take(&rx, &second));
	expect_eq(item.seq, 1);
	expect_eq(second.seq, 2);
	expect(!second.torn);
	expect_eq(come(STREAM, 1, 0, 0), KC_RX_DUPLICATE);
	expect_eq(come(STREAM, 2, 1, 0), KC_RX_DUPLICATE);
	expect_eq(come(STREAM, 17, 16, 0), KC_RX_BEYOND);
	expect_eq(say(0).next, 1);
	kc_rx_done(&rx, &item, 0);
	expect_eq(say(0).next, 2);
	expect_eq(say(0).limit, 17);
	expect_eq(come(STREAM, 17, 16, 0), KC_RX_STORE);
	kc_rx_done(&rx, &second, 0);
	expect_eq(say(0).next, 3);
	/* Once, and of this stream, and of what was taken. */
	kc_rx_done(&rx, &item, 0);
	second.seq = 10;
	kc_rx_done(&rx, &second, 0);
	expect_eq(say(0).next, 3);
	expect_eq(kc_rx_missing(&rx), 13);
}

static void rx_streams(void)
{
	struct kc_rx_item item, other;

	rx_begin();
	come(STREAM, 1, 0, 0);
	come(STREAM, 2, 1, 0);
	expect(kc_rx_take(&rx, &item));
	expect_eq(come(STREAM - 1, 1, 0, 0), KC_RX_STALE);
	expect_eq(come(STREAM + 1, 3, 2, 0), KC_RX_NEWER);
	expect_eq(rx.stream, STREAM);
	/* Back it does not go. */
	kc_rx_follow(&rx, STREAM - 1, 1, 0);
	expect_eq(rx.stream, STREAM);
	kc_rx_follow(&rx, STREAM + 1, 1, 0);
	expect_eq(come(STREAM + 1, 3, 2, 0), KC_RX_STORE);
	expect_eq(come(STREAM, 3, 2, 0), KC_RX_STALE);
	expect_eq(come(STREAM + 1, 1, 0, 0), KC_RX_STORE);
	/* What was under way when it began is none of it. */
	expect(kc_rx_take(&rx, &other));
	expect_eq(other.seq, item.seq);
	kc_rx_done(&rx, &item, 0);
	expect_eq(say(0).next, 1);
	expect_eq(say(0).flags, 0);
	kc_rx_done(&rx, &other, 0);
	expect_eq(say(0).next, 2);
	expect_eq(say(0).heard, STREAM + 1);
}

/* The sender believes that we have the first ones, and keeps them no more. */
static void rx_forgot(void)
{
	struct kc_stream_status s = {
		.stream = STREAM, .oldest = 50, .last = 52,
	};
	struct kc_rx_item item;

	kc_rx_init(&rx, held, SIZE);
	expect_eq(say(0).heard, 0);
	expect_eq(say(0).next, 1);
	expect_eq(kc_rx_status(&rx, &s, 0), KC_RX_NEWER);
	kc_rx_follow(&rx, s.stream, s.oldest, 0);
	expect_eq(kc_rx_status(&rx, &s, 0), KC_RX_STORE);
	expect_eq(say(0).flags, KC_STREAM_NEED_RESYNC);
	expect_eq(say(0).next, 50);
	/* It goes on with what it gets, and does not hide it. */
	expect_eq(come(STREAM, 50, 0, 0), KC_RX_STORE);
	expect(kc_rx_take(&rx, &item));
	expect(item.torn);
	kc_rx_follow(&rx, STREAM + 1, 1, 0);
	expect_eq(say(0).flags, 0);
	come(STREAM + 1, 1, 0, 0);
	expect(kc_rx_take(&rx, &item));
	expect(!item.torn);
	/* Also when that shows later. */
	expect_eq(come(STREAM + 1, 7, 2, 0), KC_RX_STORE);
	expect(!kc_rx_take(&rx, &item));
	expect_eq(say(0).flags, KC_STREAM_NEED_RESYNC);
	expect_eq(come(STREAM + 1, 5, 0, 0), KC_RX_STORE);
	expect(kc_rx_take(&rx, &item));
	expect_eq(item.seq, 5);
	expect(item.torn);
	expect(!kc_rx_take(&rx, &item));
	s.stream = STREAM;
	expect_eq(kc_rx_status(&rx, &s, 0), KC_RX_STALE);
	s.stream = 0;
	expect_eq(kc_rx_status(&rx, &s, 0), KC_RX_STALE);
}

static void rx_gaps(void)
{
	struct kc_stream_status s;

	rx_begin();
	rx.grace = 3 * MS;
	come(STREAM, 1, 0, 0);
	come(STREAM, 3, 2, 0);
	come(STREAM, 6, 5, MS);
	expect_eq(kc_rx_deadline(&rx), 3 * MS);
	/* What is late may come yet. */
	s = say(3 * MS - 1);
	expect_eq(s.n, 0);
	s = say(3 * MS);
	expect_eq(s.n, 1);
	expect_eq(s.missing[0].first, 2);
	expect_eq(s.missing[0].count, 1);
	expect_eq(kc_rx_deadline(&rx), 6 * MS);
	s = say(6 * MS);
	expect_eq(s.n, 2);
	expect_eq(s.missing[1].first, 4);
	expect_eq(s.missing[1].count, 2);
	/* It is asked again, and again, and slower. */
	expect_eq(kc_rx_deadline(&rx), 16 * MS);
	say(16 * MS);
	expect_eq(kc_rx_deadline(&rx), 36 * MS);
	say(36 * MS);
	say(76 * MS);
	say(156 * MS);
	expect_eq(kc_rx_deadline(&rx), 256 * MS);
	expect_eq(come(STREAM, 2, 1, 300 * MS), KC_RX_STORE);
	s = say(300 * MS);
	expect_eq(s.n, 1);
	come(STREAM, 4, 3, 300 * MS);
	come(STREAM, 5, 4, 300 * MS);
	expect_eq(say(300 * MS).n, 0);
	expect_eq(kc_rx_missing(&rx), 0);
	expect_eq(take(300 * MS), 0x7e);
}

/* In a window of several words, wherever it begins. */
static void rx_wide(void)
{
	static u64 many[KC_RX_WORDS(256)];
	struct kc_stream_status s;
	u64 base, seq;

	for (base = 1; base < 600; base += 37) {
		about("from %llu", (unsigned long long)base);
		kc_rx_init(&rx, many, 256);
		kc_rx_follow(&rx, STREAM, base, 0);
		for (seq = base + 130; seq <= base + 211; seq++)
			come(STREAM, seq, seq - base, 0);
		come(STREAM, base + 255, 255, 0);
		expect_eq(come(STREAM, base + 256, 256, 0), KC_RX_BEYOND);
		say(rx.grace);
		s = say(2 * rx.grace);
		expect_eq(s.n, 2);
		expect_eq(s.missing[0].first, base);
		expect_eq(s.missing[0].count, 130);
		expect_eq(s.missing[1].first, base + 212);
		expect_eq(s.missing[1].count, 43);
		expect_eq(kc_rx_missing(&rx), 173);
		/* Over the gaps, in order. */
		kc_rx_flush(&rx, 0);
		for (seq = base + 130; seq <= base + 211; seq++) {
			struct kc_rx_item item;

			expect(kc_rx_take(&rx, &item));
			expect_eq(item.seq, seq);
		}
	}
}

/* The last ones leave no gap: the sender says that there are some. */
static void rx_tail(void)
{
	struct kc_stream_status s = {
		.stream = STREAM, .oldest = 1, .last = 4,
	};
	struct kc_stream_status mine;

	rx_begin();
	come(STREAM, 1, 0, 0);
	take(0);
	say(0);
	kc_rx_status(&rx, &s, 100 * MS);
	expect_eq(kc_rx_missing(&rx), 3);
	mine = say(110 * MS);
	expect_eq(mine.n, 1);
	expect_eq(mine.missing[0].first, 2);
	expect_eq(mine.missing[0].count, 3);
	/* And more of them than there can be. */
	s.last = KC_STREAM_SEQ_MAX;
	kc_rx_status(&rx, &s, 110 * MS);
	mine = say(120 * MS);
	expect_eq(mine.missing[0].count, 16);
	expect_eq(kc_rx_missing(&rx), 16);
}

static void rx_status_due(void)
{
	unsigned int i;

	rx_begin();
	expect_eq(kc_rx_deadline(&rx), 100 * MS);
	for (i = 1; i <= 7; i++) {
		come(STREAM, i, i - 1, i * MS);
		take(i * MS);
	}
	expect_eq(kc_rx_deadline(&rx), 11 * MS);
	come(STREAM, 8, 7, 8 * MS);
	take(8 * MS);
	expect_eq(kc_rx_deadline(&rx), 8 * MS);
	expect_eq(say(8 * MS).next, 9);
	expect_eq(kc_rx_deadline(&rx), 108 * MS);
	/* Who sends again lacks our STATUS; so does who is of yesterday. */
	come(STREAM, 8, 7, 20 * MS);
	expect_eq(kc_rx_deadline(&rx), 30 * MS);
	say(30 * MS);
	come(STREAM - 1, 8, 7, 40 * MS);
	expect_eq(kc_rx_deadline(&rx), 50 * MS);
	say(50 * MS);
	kc_rx_resync(&rx, 60 * MS);
	expect_eq(kc_rx_deadline(&rx), 60 * MS);
	expect_eq(say(60 * MS).flags, KC_STREAM_NEED_RESYNC);
	expect_eq(come(STREAM, 9, 8, 60 * MS), KC_RX_STORE);
}

/* Somebody waits for some of them: they are confirmed when they are done. */
static void rx_prompt(void)
{
	struct kc_rx_item item, second;

	rx_begin();
	come_with(STREAM, 1, 0, (u16)~KC_STREAM_PROMPT, MS);
	take(MS);
	expect_eq(kc_rx_deadline(&rx), 11 * MS);
	come_with(STREAM, 2, 1, KC_STREAM_PROMPT, 2 * MS);
	expect_eq(kc_rx_deadline(&rx), 11 * MS);
	take(2 * MS);
	expect_eq(kc_rx_deadline(&rx), 2 * MS);
	expect_eq(say(2 * MS).next, 3);
	/* Once. */
	come(STREAM, 3, 2, 3 * MS);
	take(3 * MS);
	expect_eq(kc_rx_deadline(&rx), 13 * MS);
	say(3 * MS);
	/* What is before it counts, too, as it may be taken by itself. */
	come(STREAM, 4, 3, 4 * MS);
	come_with(STREAM, 5, 4, KC_STREAM_PROMPT, 4 * MS);
	come(STREAM, 6, 5, 4 * MS);
	expect(kc_rx_take(&rx, &item));
	expect(kc_rx_take(&rx, &second));
	kc_rx_done(&rx, &item, 4 * MS);
	expect_eq(kc_rx_deadline(&rx), 4 * MS);
	expect_eq(say(4 * MS).next, 5);
	kc_rx_done(&rx, &second, 5 * MS);
	expect_eq(kc_rx_deadline(&rx), 5 * MS);
	say(5 * MS);
	take(6 * MS);
	expect_eq(kc_rx_deadline(&rx), 16 * MS);
	say(16 * MS);
	/* One that overtook another waits for it; no longer than for its turn. */
	come_with(STREAM, 8, 7, KC_STREAM_PROMPT, 20 * MS);
	take(20 * MS);
	expect_eq(kc_rx_deadline(&rx), 20 * MS + rx.grace);
	come(STREAM, 7, 6, 21 * MS);
	expect_eq(take(21 * MS), 1 << 7 | 1 << 8);
	expect_eq(kc_rx_deadline(&rx), 21 * MS);
	expect_eq(say(21 * MS).next, 9);
	/* Of another stream nobody has asked yet. */
	come_with(STREAM, 12, 11, KC_STREAM_PROMPT, 30 * MS);
	kc_rx_follow(&rx, STREAM + 1, 1, 30 * MS);
	say(30 * MS);
	come(STREAM + 1, 1, 0, 30 * MS);
	take(30 * MS);
	expect_eq(kc_rx_deadline(&rx), 40 * MS);
}

static void rx_flush(void)
{
	struct kc_rx_item item;

	rx_begin();
	kc_rx_flush(&rx, 0);
	/* Where nothing is missing nothing happens. */
	come(STREAM, 1, 0, 0);
	kc_rx_flush(&rx, 0);
	expect_eq(take(0), 1 << 1);
	expect_eq(say(0).flags, 0);

	come(STREAM, 3, 2, 0);
	come(STREAM, 4, 3, 0);
	come(STREAM, 7, 6, 0);
	kc_rx_flush(&rx, 0);
	/* In order as long as it is not too late, */
	come(STREAM, 6, 5, 0);
	expect(kc_rx_take(&rx, &item));
	expect_eq(item.seq, 3);
	expect(item.torn);
	kc_rx_done(&rx, &item, 0);
	expect_eq(take(0), 1 << 4 | 1 << 6 | 1 << 7);
	/* then nothing that is older than what counts. */
	expect_eq(come(STREAM, 2, 1, 0), KC_RX_DUPLICATE);
	expect_eq(come(STREAM, 5, 4, 0), KC_RX_DUPLICATE);
	expect_eq(say(0).flags, KC_STREAM_NEED_RESYNC);
	expect_eq(say(0).next, 8);
	expect_eq(come(STREAM, 8, 7, 0), KC_RX_STORE);
	expect_eq(come(STREAM, 10, 9, 0), KC_RX_STORE);
	expect_eq(take(0), 1 << 8);
	expect_eq(kc_rx_missing(&rx), 1);
}

/* Numbers as high as they get, and jumps from one end to the other. */
static void rx_hostile(void)
{
	struct kc_stream_status s = {
		.stream = STREAM, .oldest = KC_STREAM_SEQ_MAX,
		.last = KC_STREAM_SEQ_MAX,
	};

	rx_begin();
	expect_eq(come(STREAM, KC_STREAM_SEQ_MAX, 0xffffffff, 0),
		  KC_RX_BEYOND);
	come(STREAM, 3, 2, 0);
	expect_eq(take(0), 1 << 3);
	expect_eq(say(0).next, KC_STREAM_SEQ_MAX - 0xffffffff);
	kc_rx_status(&rx, &s, 0);
	expect_eq(take(0), 0);
	expect_eq(say(0).next, KC_STREAM_SEQ_MAX);
	expect_eq(say(0).limit, KC_STREAM_SEQ_MAX);
	expect_eq(come(STREAM, KC_STREAM_SEQ_MAX, 0, 0), KC_RX_STORE);
	expect_eq(take(0), 1ULL << 63);
	expect_eq(say(0).next, KC_STREAM_SEQ_MAX + 1);
	expect_eq(come(STREAM, KC_STREAM_SEQ_MAX, 0, 0), KC_RX_DUPLICATE);
	expect_eq(kc_rx_missing(&rx), 0);
}

/* Something is given up while the worker has not done what is before it. */
static void rx_given_up(void)
{
	struct kc_stream_status s = {
		.stream = STREAM, .oldest = 9, .last = 8,
	};
	struct kc_rx_item item, none;

	rx_begin();
	come(STREAM, 1, 0, 0);
	expect(kc_rx_take(&rx, &item));
	kc_rx_status(&rx, &s, 0);
	expect(!kc_rx_take(&rx, &none));
	expect_eq(say(0).next, 1);
	kc_rx_done(&rx, &item, 0);
	expect_eq(say(0).next, 9);
	expect_eq(say(0).flags, KC_STREAM_NEED_RESYNC);
}

static const struct check checks[] = {
	{ "receiver: order", rx_order },
	{ "receiver: streams", rx_streams },
	{ "receiver: forgot what it had", rx_forgot },
	{ "receiver: gaps", rx_gaps },
	{ "receiver: gaps in a wide window", rx_wide },
	{ "receiver: the tail", rx_tail },
	{ "receiver: when a STATUS is due", rx_status_due },
	{ "receiver: confirmed at once", rx_prompt },
	{ "receiver: flush", rx_flush },
	{ "receiver: hostile numbers", rx_hostile },
	{ "receiver: given up behind the worker's back", rx_given_up },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
