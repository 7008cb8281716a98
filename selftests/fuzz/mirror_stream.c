// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of the stream: any octets as the header of a datagram and as a
 * STATUS, and as a story of what a hostile peer tells both windows. Whatever
 * that is, no slot is used twice or freed twice, nothing comes out twice or in
 * another order, and neither window says what it does not have.
 */
#include <stdint.h>
#include <stdlib.h>

#include "mirror_stream.h"

#define MS 1000000ULL
#define SLOTS_MAX 128

static void must(bool condition)
{
	if (!condition)
		abort();
}

/* --- headers -------------------------------------------------------------- */

static void headers(const u8 *data, size_t size)
{
	struct kc_stream_data header, header_back;
	struct kc_stream_status status, back;
	u8 buf[KC_STREAM_STATUS_MAX];
	size_t at, len;

	at = kc_stream_data_parse(data, size, &header);
	must(!at || (at >= KC_STREAM_DATA_LEN && at <= size));
	if (at) {
		kc_stream_data_build(buf, &header);
		must(kc_stream_data_parse(buf, KC_STREAM_DATA_LEN,
					  &header_back) == KC_STREAM_DATA_LEN);
		must(!memcmp(&header, &header_back, sizeof(header.stream) * 2));
		must(header.kept == header_back.kept);
		must(header.flags == header_back.flags);
	}
	if (!kc_stream_status_parse(data, size, &status))
		return;
	len = kc_stream_status_build(buf, sizeof(buf), &status);
	must(len == KC_STREAM_STATUS_LEN + 8u * status.n && len <= size);
	must(kc_stream_status_parse(buf, len, &back));
	must(!memcmp(&status, &back, sizeof(status)));
}

/* --- a story -------------------------------------------------------------- */

struct story {
	const u8 *data;
	size_t size;
	u64 now;
	u32 slots;
	struct kc_tx_window tx;
	struct kc_tx_slot tx_slots[SLOTS_MAX];
	bool kept[SLOTS_MAX];
	struct kc_rx_window rx;
	u64 held[KC_RX_WORDS(SLOTS_MAX)];
	bool waiting[SLOTS_MAX];
	bool prompt[SLOTS_MAX];
	struct kc_rx_item undone;
	u64 last_stream, last_seq;
};

static u8 octet(struct story *s)
{
	if (!s->size)
		return 0;
	s->size--;
	return *s->data++;
}

/* Mostly near to what counts, now and then as far away as can be. */
static u64 number(struct story *s, u64 near, u64 most)
{
	u8 how = octet(s);
	u64 value;

	if (how < 200)
		value = near + how - 100;
	else if (how < 230)
		value = near + ((u64)octet(s) << (how - 200));
	else if (how < 250)
		value = most - octet(s);
	else
		value = octet(s);
	return value > most ? most : value;
}

static void start(struct story *s)
{
	u64 before = s->tx.stream;

	memset(s->kept, 0, sizeof(s->kept));
	kc_tx_start(&s->tx, 5000 + octet(s), s->now);
	must(s->tx.stream > before || before == KC_STREAM_MAX);
}

static void send_some(struct story *s, unsigned int n)
{
	struct kc_stream_data header;
	u32 slot;

	while (n-- && kc_tx_add(&s->tx, s->now, &header, &slot)) {
		must(slot < s->slots && !s->kept[slot]);
		s->kept[slot] = true;
		must(header.seq == s->tx.next - 1 && header.kept < header.seq);
		must(!header.flags);
	}
	must(kc_tx_room(&s->tx, true) <= kc_tx_room(&s->tx, false));
	must(kc_tx_room(&s->tx, false) <= s->slots);
}

static void hear_status(struct story *s)
{
	struct kc_stream_status status = {};
	u32 slot, flight = kc_tx_in_flight(&s->tx), freed = 0;
	struct kc_stream_data header;
	enum kc_tx_verdict verdict;
	u64 was = s->tx.base;
	unsigned int i;

	status.heard = number(s, s->tx.stream + 100, KC_STREAM_MAX);
	if (octet(s) & 3)
		status.heard = s->tx.stream;
	status.next = number(s, s->tx.base + 100, U64_MAX);
	status.limit = number(s, s->tx.base + 100, U64_MAX);
	status.stream = s->rx.stream;
	status.oldest = number(s, s->rx.next, KC_STREAM_SEQ_MAX);
	status.last = number(s, s->rx.next + 100, KC_STREAM_SEQ_MAX);
	status.flags = octet(s);
	status.n = octet(s) & 3;
	/* In no order at all: the window does not rely on the parser. */
	for (i = 0; i < status.n; i++) {
		status.missing[i].first = number(s, s->tx.base, U64_MAX >> 1);
		status.missing[i].count = octet(s);
		status.missing[i].count <<= octet(s) & 24;
	}
	verdict = kc_tx_status(&s->tx, &status, (u64)octet(s) << (octet(s) & 63),
			       s->now);
	must(s->tx.base >= was && s->tx.base <= s->tx.next);
	must(verdict == KC_TX_OK || verdict == KC_TX_RESYNC ||
	     s->tx.base == was);
	while (kc_tx_free(&s->tx, &slot)) {
		must(slot < s->slots && s->kept[slot]);
		s->kept[slot] = false;
		freed++;
	}
	must(freed <= flight);
	must(s->tx.again <= kc_tx_in_flight(&s->tx));
	for (i = 0; kc_tx_resend(&s->tx, s->now, &header, &slot); i++)
		must(slot < s->slots && s->kept[slot]);
	must(i <= s->slots && !s->tx.again);
	if (verdict == KC_TX_BEHIND || verdict == KC_TX_RESYNC)
		start(s);
	if (s->rx.stream)
		must(kc_rx_status(&s->rx, &status, s->now) == KC_RX_STORE);
}

static void hear_data(struct story *s)
{
	struct kc_stream_data header;
	enum kc_rx_verdict verdict;
	u32 slot;

	header.stream = s->rx.stream;
	if (!(octet(s) & 7) || !header.stream)
		header.stream = number(s, s->rx.stream + 100, KC_STREAM_MAX);
	header.seq = number(s, s->rx.next + 90, KC_STREAM_SEQ_MAX);
	if (!header.stream || !header.seq)
		return;
	header.kept = octet(s) & 7 ? header.seq - 1 : number(s, 100, U32_MAX);
	if (header.kept >= header.seq)
		header.kept = header.seq - 1;
	header.flags = octet(s);
	verdict = kc_rx_data(&s->rx, &header, s->now, &slot);
	must((verdict == KC_RX_NEWER) == (header.stream > s->rx.stream));
	if (verdict == KC_RX_NEWER) {
		memset(s->waiting, 0, sizeof(s->waiting));
		kc_rx_follow(&s->rx, header.stream, header.seq - header.kept,
			     s->now);
		verdict = kc_rx_data(&s->rx, &header, s->now, &slot);
	}
	if (verdict != KC_RX_STORE)
		return;
	must(slot < s->slots && !s->waiting[slot]);
	s->waiting[slot] = true;
	s->prompt[slot] = header.flags & KC_STREAM_PROMPT;
}

static void take_some(struct story *s, unsigned int n, bool done)
{
	struct kc_rx_item item;
	u64 next = s->rx.next;

	while (n-- && kc_rx_take(&s->rx, &item)) {
		must(item.slot < s->slots && s->waiting[item.slot]);
		s->waiting[item.slot] = false;
		must(item.stream > s->last_stream ||
		     (item.stream == s->last_stream &&
		      item.seq > s->last_seq));
		must(item.torn || item.seq == 1 ||
		     (item.stream == s->last_stream &&
		      item.seq == s->last_seq + 1));
		s->last_stream = item.stream;
		s->last_seq = item.seq;
		s->undone = item;
	}
	if (!done)
		return;
	kc_rx_done(&s->rx, &s->undone, s->now);
	/* Who waits for it hears of it now. */
	if (s->undone.stream == s->rx.stream && s->undone.seq >= next &&
	    s->prompt[s->undone.slot])
		must(kc_rx_deadline(&s->rx) <= s->now);
}

static void say_status(struct story *s)
{
	struct kc_stream_status status = {}, back;
	u8 buf[KC_STREAM_STATUS_MAX];
	unsigned int i;
	size_t len;

	kc_rx_fill(&s->rx, &status, s->now);
	kc_tx_fill(&s->tx, &status, s->now);
	must(status.next <= s->rx.taken);
	must(status.limit <= status.next - 1 + s->slots);
	for (i = 0; i < status.n; i++) {
		must(status.missing[i].count <= s->slots);
		must(status.missing[i].first >= status.next);
		must(status.missing[i].first + status.missing[i].count - 1 <=
		     status.limit);
	}
	must(kc_rx_missing(&s->rx) <= s->slots ||
	     s->rx.floor > s->rx.taken);
	must(s->rx.status_at > s->now);
	/* What we say ourselves is never refused. */
	len = kc_stream_status_build(buf, sizeof(buf), &status);
	must(len && kc_stream_status_parse(buf, len, &back));
	must(!memcmp(&status, &back, sizeof(status)));
}

static void forget(struct story *s)
{
	memset(s->waiting, 0, sizeof(s->waiting));
	kc_rx_init(&s->rx, s->held, s->slots);
	s->last_stream = 0;
	s->last_seq = 0;
	memset(&s->undone, 0, sizeof(s->undone));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct story s;
	u8 what;

	headers(data, size);
	memset(&s, 0, sizeof(s));
	s.data = data;
	s.size = size < 2000 ? size : 2000;
	s.now = 1000 * MS;
	s.slots = KC_STREAM_SLOTS_MIN << octet(&s) % 6;
	kc_tx_init(&s.tx, s.tx_slots, s.slots);
	forget(&s);
	start(&s);
	while (s.size) {
		what = octet(&s);
		s.now += (u64)(what >> 4) * MS;
		switch (what & 15) {
		case 0: case 1: case 2:
			send_some(&s, octet(&s));
			break;
		case 3: case 4: case 5:
			hear_status(&s);
			break;
		case 6: case 7: case 8: case 9:
			hear_data(&s);
			break;
		case 10: case 11:
			take_some(&s, octet(&s) & 15, what & 1);
			break;
		case 12:
			say_status(&s);
			break;
		case 13:
			kc_tx_timer(&s.tx, (u64)octet(&s) * MS, s.now);
			break;
		case 14:
			kc_rx_flush(&s.rx, s.now);
			break;
		default:
			if (what == 0xff)
				forget(&s);
			else
				kc_rx_resync(&s.rx, s.now);
		}
	}
	say_status(&s);
	return 0;
}
