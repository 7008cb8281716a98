// SPDX-License-Identifier: GPL-2.0
/*
 * The sender's side of a stream, see mirror_stream.h.
 */
#include "mirror_stream.h"

#define MS 1000000ULL
#define SECOND (1000 * MS)

/* What a receiver is believed to take before it said what it takes. */
#define FIRST_LIMIT 16

/* Bulk never has to wait while fewer than this are on their way. */
#define BULK_MIN 16

/* Progress is awaited for at least so long, and at most so long, before... */
#define PROBE_MIN (20 * MS)
#define PROBE_MAX SECOND
#define PROBES_DOUBLED 6

/* ... and nothing is sent twice within a round trip, or this. */
#define AGAIN_MIN MS

/* Nanoseconds of the real time that are as good as random. */
#define JUMP 0xffffff

/* More than one in so many missing: that is a full line, not a bad one. */
#define FULL_SHARE 8

static u32 slot_of(const struct kc_tx_window *tx, u64 seq)
{
	return seq & (tx->size - 1);
}

/* Whoever measured it: no round trip we know of lasts longer. */
static u64 sane(u64 rtt)
{
	return kc_earlier(rtt, 10 * SECOND);
}

static u32 bulk_start(const struct kc_tx_window *tx)
{
	return tx->size / 2 < BULK_MIN ? tx->size / 2 : BULK_MIN;
}

/**
 * kc_tx_init() - a window that sends nothing yet
 * @tx: the window
 * @slots: memory for what it remembers of each datagram
 * @size: how many, a power of two, KC_STREAM_SLOTS_MIN to KC_STREAM_SLOTS_MAX
 */
void kc_tx_init(struct kc_tx_window *tx, struct kc_tx_slot *slots, u32 size)
{
	memset(tx, 0, sizeof(*tx));
	tx->slots = slots;
	tx->size = size;
	tx->freed = 1;
	tx->base = 1;
	tx->next = 1;
}

/**
 * kc_tx_start() - start another stream
 * @tx: the window; its user has emptied all its slots
 * @wish: number of the stream, real time in nanoseconds; a higher one is taken
 *	if need be, so that the receiver follows
 * @now: present time
 *
 * What the receiver did not get of the stream before it will not get: the new
 * one is to begin with a sweep.
 */
void kc_tx_start(struct kc_tx_window *tx, u64 wish, u64 now)
{
	u64 heard = tx->heard, above = kc_later(tx->stream, heard);
	u64 stream = kc_later(wish, 1);

	/* Not the very next: a life in between may have taken that. */
	if (stream <= above)
		stream = above + 1 + (wish & JUMP);
	kc_tx_init(tx, tx->slots, tx->size);
	memset(tx->slots, 0, tx->size * sizeof(*tx->slots));
	tx->heard = heard;
	tx->stream = kc_earlier(stream, KC_STREAM_MAX);
	tx->limit = FIRST_LIMIT;
	tx->bulk = bulk_start(tx);
	tx->progress_at = now;
}

/**
 * kc_tx_in_flight() - how many datagrams are not in the peer's table yet?
 * @tx: the window
 */
u32 kc_tx_in_flight(const struct kc_tx_window *tx)
{
	return tx->next - tx->base;
}

/**
 * kc_tx_room() - how many datagrams may be added now?
 * @tx: the window
 * @bulk: for what can wait. It leaves half of the window to what cannot, and
 *	gives way where the line is full.
 */
u32 kc_tx_room(const struct kc_tx_window *tx, bool bulk)
{
	u32 flight = kc_tx_in_flight(tx);
	u64 window = tx->size, slots = tx->size - (tx->next - tx->freed), most;

	if (!tx->stream || tx->limit < tx->next)
		return 0;
	window = kc_earlier(window, tx->limit + 1 - tx->base);
	slots = kc_earlier(slots, tx->limit + 1 - tx->next);
	if (!bulk)
		return slots;
	most = kc_earlier(window / 2, tx->bulk);
	return most > flight ? kc_earlier(slots, most - flight) : 0;
}

static void fill_header(const struct kc_tx_window *tx, u64 seq,
			struct kc_stream_data *header)
{
	header->stream = tx->stream;
	header->seq = seq;
	header->kept = seq - tx->base;
	header->flags = 0;
}

/**
 * kc_tx_add() - send one more datagram
 * @tx: the window
 * @now: present time
 * @header: filled in
 * @slot: filled in: where a copy of the datagram is to be kept
 *
 * Return: false if there is no room
 */
bool kc_tx_add(struct kc_tx_window *tx, u64 now, struct kc_stream_data *header,
	       u32 *slot)
{
	struct kc_tx_slot *s;

	if (!kc_tx_room(tx, false))
		return false;
	if (tx->base == tx->next) {
		tx->progress_at = now;
		tx->probes = 0;
	}
	*slot = slot_of(tx, tx->next);
	s = &tx->slots[*slot];
	s->added_at = now;
	s->sent_at = now;
	s->again = false;
	fill_header(tx, tx->next, header);
	tx->next++;
	return true;
}

static void mark(struct kc_tx_window *tx, u64 seq)
{
	struct kc_tx_slot *s = &tx->slots[slot_of(tx, seq)];

	if (s->again)
		return;
	s->again = true;
	if (!tx->again || seq < tx->again_at)
		tx->again_at = seq;
	tx->again++;
}

/* The peer has all below. */
static void advance(struct kc_tx_window *tx, u64 next, u64 now)
{
	u32 arrived = next - tx->base;

	for (; tx->base < next; tx->base++) {
		struct kc_tx_slot *s = &tx->slots[slot_of(tx, tx->base)];

		tx->again -= s->again;
		s->again = false;
	}
	tx->progress_at = now;
	tx->probes = 0;
	/* Quickly until the line was full for the first time. */
	if (!tx->slowed_at) {
		tx->bulk += arrived;
	} else {
		tx->bulk_acked += arrived;
		if (tx->bulk_acked >= tx->bulk) {
			tx->bulk_acked = 0;
			tx->bulk++;
		}
	}
	if (tx->bulk > tx->size / 2)
		tx->bulk = tx->size / 2;
}

/* What was sent so long ago that the peer should have it by now. */
static u32 mark_missing(struct kc_tx_window *tx,
			const struct kc_stream_status *status, u64 rtt, u64 now)
{
	u64 seq = tx->base, patience = kc_later(rtt + rtt / 4, AGAIN_MIN);
	u32 marked = 0;
	unsigned int i;

	for (i = 0; i < status->n && i < KC_STREAM_RANGES_MAX; i++) {
		const struct kc_stream_range *range = &status->missing[i];
		u64 end = kc_earlier(range->first + range->count, tx->next);

		/* No datagram is looked at twice, whatever the ranges are. */
		for (seq = kc_later(seq, range->first); seq < end; seq++) {
			struct kc_tx_slot *s = &tx->slots[slot_of(tx, seq)];

			if (s->again || now < s->sent_at + patience)
				continue;
			mark(tx, seq);
			marked++;
		}
	}
	return marked;
}

/* Once within a round trip, as it is one and the same queue that runs over. */
static void slow_down(struct kc_tx_window *tx, u32 marked, u64 rtt, u64 now)
{
	if (marked <= kc_tx_in_flight(tx) / FULL_SHARE || marked < 2 ||
	    (tx->slowed_at && now < tx->slowed_at + kc_later(rtt, AGAIN_MIN)))
		return;
	tx->slowed_at = kc_later(now, 1);
	tx->bulk_acked = 0;
	tx->bulk /= 2;
	if (tx->bulk < bulk_start(tx))
		tx->bulk = bulk_start(tx);
}

/**
 * kc_tx_status() - the peer says what it has
 * @tx: the window
 * @status: what it says
 * @rtt: round trip to the peer, nanoseconds, 0 if unknown
 * @now: present time
 *
 * Afterwards kc_tx_free() names slots to be emptied, and kc_tx_resend()
 * datagrams to be sent again.
 *
 * Return: what it means. Every new stream costs a sweep: it is for the user of
 * the window not to start one too often, as the peer may ask again and again.
 */
enum kc_tx_verdict kc_tx_status(struct kc_tx_window *tx,
				const struct kc_stream_status *status,
				u64 rtt, u64 now)
{
	u32 marked;

	if (status->heard > KC_STREAM_MAX)
		return KC_TX_BAD;
	if (status->heard > tx->stream) {
		tx->heard = kc_later(tx->heard, status->heard);
		return tx->stream ? KC_TX_BEHIND : KC_TX_OLD;
	}
	if (!tx->stream || status->heard < tx->stream)
		return KC_TX_OLD;
	if (!status->next || status->next > tx->next ||
	    status->limit > KC_STREAM_SEQ_MAX)
		return KC_TX_BAD;

	rtt = sane(rtt);
	/* One that came late says less than others said, or the same. */
	tx->limit = kc_later(tx->limit, status->limit);
	if (status->next > tx->base)
		advance(tx, status->next, now);
	marked = mark_missing(tx, status, rtt, now);
	if (marked)
		slow_down(tx, marked, rtt, now);
	return status->flags & KC_STREAM_NEED_RESYNC ? KC_TX_RESYNC : KC_TX_OK;
}

/**
 * kc_tx_free() - is there a datagram that need not be kept any more?
 * @tx: the window
 * @slot: filled in: where its copy is
 *
 * Return: false if not. To be called until then.
 */
bool kc_tx_free(struct kc_tx_window *tx, u32 *slot)
{
	if (tx->freed >= tx->base)
		return false;
	*slot = slot_of(tx, tx->freed++);
	return true;
}

/**
 * kc_tx_deadline() - when shall kc_tx_timer() be called?
 * @tx: the window
 * @rtt: round trip to the peer, nanoseconds, 0 if unknown
 *
 * Return: the time, KC_STREAM_NEVER if nothing is awaited
 */
u64 kc_tx_deadline(const struct kc_tx_window *tx, u64 rtt)
{
	u64 wait = kc_later(4 * sane(rtt), PROBE_MIN);
	u64 longest = kc_later(4 * sane(rtt), PROBE_MAX);
	u64 since = tx->progress_at;

	if (tx->base == tx->next)
		return KC_STREAM_NEVER;
	if (tx->probes)
		since = kc_later(since, tx->probed_at);
	wait <<= tx->probes < PROBES_DOUBLED ? tx->probes : PROBES_DOUBLED;
	return since + kc_earlier(wait, longest);
}

/**
 * kc_tx_timer() - time has passed
 * @tx: the window
 * @rtt: round trip to the peer, nanoseconds, 0 if unknown
 * @now: present time; earlier than kc_tx_deadline() does no harm
 *
 * If the peer took nothing for too long: either it lacks the first of what is
 * on its way, or it cannot know about the last, or its STATUS was lost. Both
 * are sent again, and what lies between it will ask for.
 */
void kc_tx_timer(struct kc_tx_window *tx, u64 rtt, u64 now)
{
	if (now < kc_tx_deadline(tx, rtt))
		return;
	tx->probes++;
	tx->probed_at = now;
	mark(tx, tx->base);
	mark(tx, tx->next - 1);
}

/**
 * kc_tx_resend() - is there a datagram to be sent again?
 * @tx: the window
 * @now: present time
 * @header: filled in; the copy may also go with the header that it had, which
 *	promises less
 * @slot: filled in: where the copy is
 *
 * Return: false if not. To be called until then, or as long as there is time.
 */
bool kc_tx_resend(struct kc_tx_window *tx, u64 now,
		  struct kc_stream_data *header, u32 *slot)
{
	u64 seq;

	if (!tx->again)
		return false;
	for (seq = kc_later(tx->again_at, tx->base); seq < tx->next; seq++) {
		struct kc_tx_slot *s = &tx->slots[slot_of(tx, seq)];

		if (!s->again)
			continue;
		s->again = false;
		s->sent_at = now;
		tx->again--;
		tx->again_at = seq + 1;
		*slot = slot_of(tx, seq);
		fill_header(tx, seq, header);
		return true;
	}
	return false;
}

/**
 * kc_tx_lag() - how long ago was sent what the peer's table lacks?
 * @tx: the window
 * @now: present time
 *
 * Return: nanoseconds, 0 if it lacks nothing
 */
u64 kc_tx_lag(const struct kc_tx_window *tx, u64 now)
{
	if (tx->base == tx->next)
		return 0;
	return now - kc_earlier(now, tx->slots[slot_of(tx, tx->base)].added_at);
}

/**
 * kc_tx_stalled() - since when has the peer taken nothing that it should?
 * @tx: the window
 * @now: present time
 *
 * Return: nanoseconds, 0 if there is nothing to take
 */
u64 kc_tx_stalled(const struct kc_tx_window *tx, u64 now)
{
	if (tx->base == tx->next)
		return 0;
	return now - kc_earlier(now, tx->progress_at);
}

/**
 * kc_tx_fill() - what to say in a STATUS about what we send
 * @tx: the window
 * @status: @stream, @oldest, @last and @lag_us are filled in
 * @now: present time
 */
void kc_tx_fill(const struct kc_tx_window *tx, struct kc_stream_status *status,
		u64 now)
{
	status->stream = tx->stream;
	status->oldest = tx->base;
	status->last = tx->next - 1;
	status->lag_us = kc_earlier(kc_tx_lag(tx, now) >> 10, U32_MAX);
}
