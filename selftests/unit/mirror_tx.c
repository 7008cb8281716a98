// SPDX-License-Identifier: GPL-2.0
/*
 * The sender's side of a stream, rule by rule.
 */
#include "ktap.h"
#include "mirror_stream.h"

#define MS 1000000ULL
#define SIZE 16
#define STREAM 1000ULL
#define RTT (2 * MS)

static struct kc_tx_window tx;
static struct kc_tx_slot slots[SIZE];

static struct kc_stream_status answer(u64 next, u64 limit)
{
	struct kc_stream_status s = {
		.heard = tx.stream, .next = next, .limit = limit, .oldest = 1,
	};

	return s;
}

static enum kc_tx_verdict tell(struct kc_stream_status s, u64 now)
{
	return kc_tx_status(&tx, &s, RTT, now);
}

static unsigned int add(unsigned int n, u64 now)
{
	struct kc_stream_data header;
	unsigned int i;
	u32 slot;

	for (i = 0; i < n && kc_tx_add(&tx, now, &header, &slot); i++) {
		expect_eq(header.stream, tx.stream);
		expect_eq(header.seq, tx.next - 1);
		expect_eq(header.kept, header.seq - tx.base);
	}
	return i;
}

static unsigned int free_all(void)
{
	unsigned int n;
	u32 slot;

	for (n = 0; kc_tx_free(&tx, &slot); n++)
		expect(slot < tx.size);
	return n;
}

/* What is sent again, as a bitmap of sequence numbers. */
static u64 again(u64 now)
{
	struct kc_stream_data header;
	u64 map = 0;
	u32 slot;

	while (kc_tx_resend(&tx, now, &header, &slot)) {
		expect(header.seq >= tx.base && header.seq < tx.next);
		expect_eq(slot, header.seq % SIZE);
		expect_eq(header.kept, header.seq - tx.base);
		map |= 1ULL << header.seq;
	}
	return map;
}

static void tx_begin(void)
{
	kc_tx_init(&tx, slots, SIZE);
	expect_eq(kc_tx_room(&tx, false), 0);
	kc_tx_start(&tx, STREAM, 0);
	expect_eq(tx.stream, STREAM);
}

static void tx_room(void)
{
	struct kc_stream_status s;

	tx_begin();
	expect_eq(kc_tx_deadline(&tx, RTT), KC_STREAM_NEVER);
	expect_eq(kc_tx_room(&tx, false), 16);
	expect_eq(kc_tx_room(&tx, true), 8);
	expect_eq(add(6, 0), 6);
	expect_eq(kc_tx_room(&tx, true), 2);
	expect_eq(add(20, 0), 10);
	expect_eq(kc_tx_room(&tx, true), 0);
	/* Slots that were not given back are in use. */
	expect_eq(tell(answer(5, 100), MS), KC_TX_OK);
	expect_eq(kc_tx_room(&tx, false), 0);
	expect_eq(free_all(), 4);
	expect_eq(kc_tx_room(&tx, false), 4);
	expect_eq(kc_tx_room(&tx, true), 0);
	/* A peer that takes less is the limit, and half of that for bulk. */
	tx_begin();
	tell(answer(1, 8), MS);
	expect_eq(kc_tx_room(&tx, false), 16);
	s = answer(1, 1000);
	tell(s, MS);
	expect_eq(add(20, 0), 16);
	tell(answer(17, 20), MS);
	free_all();
	expect_eq(kc_tx_room(&tx, false), 16);
	tx_begin();
	add(16, 0);
	tell(answer(17, 22), MS);
	free_all();
	expect_eq(kc_tx_room(&tx, false), 6);
	expect_eq(kc_tx_room(&tx, true), 3);
	/* It does not take back what it said. */
	tell(answer(17, 20), MS);
	expect_eq(kc_tx_room(&tx, false), 6);
}

static void tx_verdicts(void)
{
	struct kc_stream_status s;

	tx_begin();
	add(5, 0);
	/* Of others, and of nobody. */
	s = answer(3, 100);
	s.heard = STREAM - 1;
	expect_eq(tell(s, MS), KC_TX_OLD);
	s.heard = 0;
	s.flags = KC_STREAM_NEED_RESYNC;
	expect_eq(tell(s, MS), KC_TX_OLD);
	s.heard = STREAM - 1;
	expect_eq(tell(s, MS), KC_TX_OLD);
	/* To have what was not sent, */
	expect_eq(tell(answer(7, 100), MS), KC_TX_BAD);
	expect_eq(tell(answer(0, 100), MS), KC_TX_BAD);
	expect_eq(tell(answer(2, KC_STREAM_SEQ_MAX + 1), MS), KC_TX_BAD);
	expect_eq(tx.base, 1);
	expect_eq(tx.limit, 16);
	/* all that was sent, and less than was said before. */
	expect_eq(tell(answer(6, 100), MS), KC_TX_OK);
	expect_eq(tell(answer(3, 50), MS), KC_TX_OK);
	expect_eq(tx.base, 6);
	expect_eq(tx.limit, 100);
	/* A resync: what it had counts. */
	add(2, 0);
	s = answer(7, 100);
	s.flags = KC_STREAM_NEED_RESYNC | KC_STREAM_TABLE_FULL;
	expect_eq(tell(s, MS), KC_TX_RESYNC);
	expect_eq(tx.base, 7);
	kc_tx_start(&tx, STREAM + 50, 0);
	expect_eq(tx.stream, STREAM + 50);
	expect_eq(tx.next, 1);
	expect_eq(tell(s, MS), KC_TX_OLD);
}

static void tx_numbers(void)
{
	struct kc_stream_status s;

	tx_begin();
	/* A life before had a clock that was ahead. */
	s = answer(1, 16);
	s.heard = STREAM + 5000;
	expect_eq(tell(s, 0), KC_TX_BEHIND);
	kc_tx_start(&tx, STREAM + 7, 0);
	expect(tx.stream > STREAM + 5000);
	kc_tx_start(&tx, STREAM + 7, 0);
	expect(tx.stream > STREAM + 5001);
	/* Two lives that find the same do not take the same. */
	kc_tx_init(&tx, slots, SIZE);
	expect_eq(tell(s, 0), KC_TX_OLD);
	kc_tx_start(&tx, 100, 0);
	expect(tx.stream > STREAM + 5000);
	s.next = tx.stream;
	kc_tx_init(&tx, slots, SIZE);
	tell(s, 0);
	kc_tx_start(&tx, 101, 0);
	expect(tx.stream != s.next);
	/* As far as it goes, and no further. */
	s.heard = KC_STREAM_MAX;
	expect_eq(tell(s, 0), KC_TX_BEHIND);
	kc_tx_start(&tx, 1, 0);
	expect_eq(tx.stream, KC_STREAM_MAX);
	s.heard = KC_STREAM_MAX + 1;
	expect_eq(tell(s, 0), KC_TX_BAD);
	kc_tx_init(&tx, slots, SIZE);
	kc_tx_start(&tx, 0, 0);
	expect_eq(tx.stream, 1);
}

static void tx_again(void)
{
	struct kc_stream_status s;

	tx_begin();
	add(12, 0);
	s = answer(3, 100);
	s.n = 3;
	s.missing[0] = (struct kc_stream_range){ 1, 3 };
	s.missing[1] = (struct kc_stream_range){ 7, 2 };
	s.missing[2] = (struct kc_stream_range){ 12, 1000000 };
	/* Sent less than a round trip ago: it may be there by now. */
	tell(s, RTT);
	expect_eq(again(RTT), 0);
	/* Only what is on its way: 3, 7, 8 and 12. */
	tell(s, 2 * RTT);
	tell(s, 2 * RTT);
	expect_eq(again(2 * RTT), 1 << 3 | 1 << 7 | 1 << 8 | 1 << 12);
	expect_eq(again(2 * RTT), 0);
	/* A storm of the same does not send them more often than that. */
	tell(s, 3 * RTT);
	expect_eq(again(3 * RTT), 0);
	tell(s, 4 * RTT);
	expect_eq(again(4 * RTT), 1 << 3 | 1 << 7 | 1 << 8 | 1 << 12);
	/* What arrived meanwhile is not sent. */
	tell(s, 8 * RTT);
	tell(answer(8, 100), 8 * RTT);
	expect_eq(tx.again, 2);
	expect_eq(again(8 * RTT), 1 << 8 | 1 << 12);
	/* Ranges that cross, from somebody who knows no order. */
	s.missing[0] = (struct kc_stream_range){ 10, 0xffffffff };
	s.missing[1] = (struct kc_stream_range){ 1, 0xffffffff };
	s.missing[2] = (struct kc_stream_range){ 9, 1 };
	tell(s, 20 * RTT);
	expect_eq(again(20 * RTT), 1 << 10 | 1 << 11 | 1 << 12);
	/* Where the round trip is next to nothing it is a millisecond. */
	kc_tx_status(&tx, &s, 0, 20 * RTT + MS / 2);
	expect_eq(again(20 * RTT), 0);
	kc_tx_status(&tx, &s, 0, 20 * RTT + MS);
	expect(again(20 * RTT));
}

static void tx_tail(void)
{
	u64 at;

	tx_begin();
	add(5, 100 * MS);
	expect_eq(kc_tx_deadline(&tx, RTT), 120 * MS);
	expect_eq(kc_tx_deadline(&tx, 50 * MS), 300 * MS);
	add(1, 110 * MS);
	expect_eq(kc_tx_deadline(&tx, RTT), 120 * MS);
	kc_tx_timer(&tx, RTT, 119 * MS);
	expect_eq(again(119 * MS), 0);
	/* The first and the last. */
	kc_tx_timer(&tx, RTT, 120 * MS);
	expect_eq(again(120 * MS), 1 << 1 | 1 << 6);
	/* Again, and again, and slower. */
	for (at = 160 * MS; at < 5000 * MS; at = kc_tx_deadline(&tx, RTT)) {
		expect_eq(kc_tx_deadline(&tx, RTT), at);
		kc_tx_timer(&tx, RTT, at);
		expect_eq(again(at), 1 << 1 | 1 << 6);
		expect(kc_tx_deadline(&tx, RTT) > at);
		expect(kc_tx_deadline(&tx, RTT) <= at + 1000 * MS);
	}
	expect_eq(kc_tx_deadline(&tx, RTT) - tx.probed_at, 1000 * MS);
	expect_eq(kc_tx_stalled(&tx, 5000 * MS), 4900 * MS);
	expect_eq(kc_tx_lag(&tx, 5000 * MS), 4900 * MS);
	/* Until something gets through. */
	tell(answer(6, 100), 5000 * MS);
	expect_eq(kc_tx_deadline(&tx, RTT), 5020 * MS);
	expect_eq(kc_tx_stalled(&tx, 5000 * MS), 0);
	expect_eq(kc_tx_lag(&tx, 5000 * MS), 4890 * MS);
	tell(answer(7, 100), 5000 * MS);
	expect_eq(kc_tx_deadline(&tx, RTT), KC_STREAM_NEVER);
	expect_eq(kc_tx_lag(&tx, 5000 * MS), 0);
	/* A round trip that nobody has. */
	add(1, 0);
	expect(kc_tx_deadline(&tx, U64_MAX) < KC_STREAM_NEVER / 2);
}

static void tx_bulk(void)
{
	static struct kc_tx_slot many[256];
	struct kc_stream_status s;

	kc_tx_init(&tx, many, 256);
	kc_tx_start(&tx, STREAM, 0);
	expect_eq(tx.bulk, 16);
	add(16, 0);
	tell(answer(17, 10000), MS);
	expect_eq(tx.bulk, 32);
	free_all();
	add(200, MS);
	tell(answer(217, 10000), 2 * MS);
	expect_eq(tx.bulk, 128);
	free_all();
	/* One in twenty is missing: a bad line. */
	add(100, 10 * MS);
	s = answer(217, 10000);
	s.n = 1;
	s.missing[0] = (struct kc_stream_range){ 230, 5 };
	tell(s, 20 * MS);
	expect_eq(tx.bulk, 128);
	/* One in five: a full one, for which one complaint a round trip counts. */
	s.missing[0] = (struct kc_stream_range){ 240, 20 };
	tell(s, 20 * MS);
	expect_eq(tx.bulk, 64);
	s.missing[0] = (struct kc_stream_range){ 260, 20 };
	tell(s, 20 * MS);
	expect_eq(tx.bulk, 64);
	s.missing[0] = (struct kc_stream_range){ 280, 30 };
	tell(s, 20 * MS + RTT);
	expect_eq(tx.bulk, 32);
	/* From here on it grows by one a window. */
	tell(answer(217 + 33, 10000), 30 * MS);
	expect_eq(tx.bulk, 33);
}

static const struct check checks[] = {
	{ "sender: room", tx_room },
	{ "sender: what a STATUS means", tx_verdicts },
	{ "sender: numbers of streams", tx_numbers },
	{ "sender: what is sent again", tx_again },
	{ "sender: the tail", tx_tail },
	{ "sender: bulk gives way", tx_bulk },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
