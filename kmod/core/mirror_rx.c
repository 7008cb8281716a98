// SPDX-License-Identifier: GPL-2.0
/*
 * The receiver's side of a stream, see mirror_stream.h.
 */
#include "mirror_stream.h"

#define MS 1000000ULL

/* A STATUS after so many datagrams, or so long after the first of them. */
#define NEWS_MAX 8
#define NEWS_WAIT (10 * MS)

/* One without news, so that the sender knows how we are. */
#define IDLE_WAIT (100 * MS)

#define GRACE (2 * MS)

static u64 limit_of(const struct kc_rx_window *rx)
{
	return kc_earlier(rx->next - 1 + rx->size, KC_STREAM_SEQ_MAX);
}

static bool is_held(const struct kc_rx_window *rx, u64 seq)
{
	u32 slot = seq & (rx->size - 1);

	return rx->held[slot / 64] >> slot % 64 & 1;
}

static void set_held(struct kc_rx_window *rx, u64 seq, bool held)
{
	u32 slot = seq & (rx->size - 1);
	u64 bit = 1ULL << slot % 64;

	if (held) {
		rx->held[slot / 64] |= bit;
		rx->holding++;
	} else {
		rx->held[slot / 64] &= ~bit;
		rx->holding--;
	}
}

/* The first from @seq on that is held, or is not; @end if there is none. */
static u64 find(const struct kc_rx_window *rx, u64 seq, u64 end, bool held)
{
	u64 none = held ? 0 : U64_MAX;

	while (seq < end) {
		u32 slot = seq & (rx->size - 1);

		if (!(slot % 64) && end - seq >= 64 &&
		    rx->held[slot / 64] == none) {
			seq += 64;
			continue;
		}
		if (is_held(rx, seq) == held)
			return seq;
		seq++;
	}
	return end;
}

static void status_by(struct kc_rx_window *rx, u64 at)
{
	rx->status_at = kc_earlier(rx->status_at, at);
}

/**
 * kc_rx_missing() - how many datagrams are missing?
 * @rx: the window
 *
 * Return: of those that must exist, as later ones do or the sender says so
 */
u32 kc_rx_missing(const struct kc_rx_window *rx)
{
	return rx->top + 1 - rx->taken - rx->holding;
}

/* When may be asked for what is missing? */
static void look_for_gaps(struct kc_rx_window *rx, u64 now)
{
	if (!kc_rx_missing(rx)) {
		rx->gap_at = KC_STREAM_NEVER;
		rx->gap_top = rx->top;
		rx->asked_top = 0;
	} else if (rx->gap_at == KC_STREAM_NEVER && rx->top > rx->gap_top) {
		rx->gap_top = rx->top;
		rx->gap_at = now + rx->grace;
	}
}

static void give_up_below(struct kc_rx_window *rx, u64 floor)
{
	rx->floor = kc_later(rx->floor, floor);
}

static void begin(struct kc_rx_window *rx, u64 stream, u64 oldest, u64 now)
{
	memset(rx->held, 0, KC_RX_WORDS(rx->size) * sizeof(*rx->held));
	rx->holding = 0;
	rx->stream = stream;
	rx->next = oldest;
	rx->taken = oldest;
	rx->floor = oldest;
	rx->last_taken = oldest - 1;
	rx->top = oldest - 1;
	rx->top_held = oldest - 1;
	rx->prompt = 0;
	rx->torn = oldest > 1;
	rx->need_resync = oldest > 1;
	rx->news = 0;
	rx->status_at = now;
	rx->status_after = NEWS_WAIT;
	rx->gap_top = oldest - 1;
	rx->gap_at = KC_STREAM_NEVER;
	rx->asked_top = 0;
}

/**
 * kc_rx_init() - a window that follows no stream yet
 * @rx: the window
 * @held: memory for a bitmap, KC_RX_WORDS(@size) words
 * @size: slots, a power of two, KC_STREAM_SLOTS_MIN to KC_STREAM_SLOTS_MAX
 *
 * Also for a peer that has started anew, after all slots were emptied.
 */
void kc_rx_init(struct kc_rx_window *rx, u64 *held, u32 size)
{
	memset(rx, 0, sizeof(*rx));
	rx->held = held;
	rx->size = size;
	rx->grace = GRACE;
	begin(rx, 0, 1, 0);
}

/**
 * kc_rx_follow() - from here on another stream counts
 * @rx: the window; its user has emptied all its slots
 * @stream: number of the stream, higher than that of the present one
 * @oldest: what the sender keeps begins there
 * @now: present time
 *
 * After KC_RX_NEWER. What was before @oldest is gone: then a resync is needed.
 */
void kc_rx_follow(struct kc_rx_window *rx, u64 stream, u64 oldest, u64 now)
{
	if (stream > rx->stream && oldest)
		begin(rx, stream, oldest, now);
}

/**
 * kc_rx_data() - a datagram came
 * @rx: the window
 * @header: what kc_stream_data_parse() said of it
 * @now: present time
 * @slot: filled in on KC_RX_STORE: where to keep it
 *
 * Return: what is to be done with it
 */
enum kc_rx_verdict kc_rx_data(struct kc_rx_window *rx,
			      const struct kc_stream_data *header, u64 now,
			      u32 *slot)
{
	u64 seq = header->seq;

	if (header->stream > rx->stream)
		return KC_RX_NEWER;
	/* The sender may be one whose clock went back: let it know. */
	status_by(rx, now + NEWS_WAIT);
	if (header->stream < rx->stream)
		return KC_RX_STALE;
	give_up_below(rx, seq - header->kept);
	if (seq < rx->taken)
		return KC_RX_DUPLICATE;
	if (seq > limit_of(rx))
		return KC_RX_BEYOND;
	if (is_held(rx, seq))
		return KC_RX_DUPLICATE;
	set_held(rx, seq, true);
	rx->top_held = kc_later(rx->top_held, seq);
	rx->top = kc_later(rx->top, seq);
	if (header->flags & KC_STREAM_PROMPT)
		rx->prompt = kc_later(rx->prompt, seq);
	rx->status_after = NEWS_WAIT;
	look_for_gaps(rx, now);
	*slot = seq & (rx->size - 1);
	return KC_RX_STORE;
}

/**
 * kc_rx_status() - the peer says what it has sent
 * @rx: the window
 * @status: what it says
 * @now: present time
 *
 * This is how the loss of the last datagrams is found.
 *
 * Return: KC_RX_STORE if it was heeded, KC_RX_NEWER or KC_RX_STALE as
 * kc_rx_data(); after KC_RX_NEWER kc_rx_follow() is called with @status's
 * @stream and @oldest
 */
enum kc_rx_verdict kc_rx_status(struct kc_rx_window *rx,
				const struct kc_stream_status *status, u64 now)
{
	if (status->stream > rx->stream)
		return KC_RX_NEWER;
	if (status->stream < rx->stream || !rx->stream) {
		if (status->stream)
			status_by(rx, now + NEWS_WAIT);
		return KC_RX_STALE;
	}
	give_up_below(rx, status->oldest);
	rx->top = kc_later(rx->top, kc_earlier(status->last, limit_of(rx)));
	look_for_gaps(rx, now);
	return KC_RX_STORE;
}

/* What is missing here will not come. True if something behind it may be. */
static bool skip(struct kc_rx_window *rx)
{
	u64 end = kc_earlier(rx->floor, rx->top_held + 1);
	u64 seq = rx->taken;

	if (rx->taken >= rx->floor)
		return false;
	if (rx->taken < end)
		seq = find(rx, rx->taken, end, true);
	/* Nothing is held up to the floor. */
	if (rx->taken >= end || seq == end)
		seq = rx->floor;
	rx->taken = seq;
	rx->top = kc_later(rx->top, seq - 1);
	if (rx->next > rx->last_taken)
		rx->next = rx->taken;
	rx->torn = true;
	rx->need_resync = true;
	rx->status_at = 0;
	return true;
}

/**
 * kc_rx_take() - whose turn is it?
 * @rx: the window
 * @item: filled in
 *
 * To be called until it is nobody's. The buffer leaves the slot now; the
 * records in it are applied before kc_rx_done().
 *
 * Return: false if it is nobody's
 */
bool kc_rx_take(struct kc_rx_window *rx, struct kc_rx_item *item)
{
	bool here = rx->taken <= rx->top_held && is_held(rx, rx->taken);

	if (!here && skip(rx))
		here = rx->taken <= rx->top_held && is_held(rx, rx->taken);
	if (!here)
		return false;
	item->stream = rx->stream;
	item->seq = rx->taken;
	item->slot = rx->taken & (rx->size - 1);
	item->torn = rx->torn;
	set_held(rx, rx->taken, false);
	rx->last_taken = rx->taken++;
	return true;
}

/**
 * kc_rx_done() - its records are in our table
 * @rx: the window
 * @item: what kc_rx_take() said; with it all that were taken before are done
 * @now: present time
 *
 * No harm is done if another stream has begun meanwhile.
 */
void kc_rx_done(struct kc_rx_window *rx, const struct kc_rx_item *item, u64 now)
{
	if (item->stream != rx->stream || item->seq < rx->next ||
	    item->seq > rx->last_taken)
		return;
	rx->next = item->seq + 1;
	/* Behind the last one something may have been given up. */
	if (item->seq == rx->last_taken)
		rx->next = rx->taken;
	if (!rx->news++)
		status_by(rx, now + NEWS_WAIT);
	/* Whoever waits for one waits for all before it. */
	if (rx->news >= NEWS_MAX || item->seq <= rx->prompt)
		status_by(rx, now);
}

/**
 * kc_rx_flush() - the sender is gone: wait for nothing
 * @rx: the window
 * @now: present time
 *
 * kc_rx_take() then gives all that is there, in order. What fills a gap later
 * comes too late, as what came after it counts already; if it turns out that
 * the sender is there, it is asked for a resync.
 */
void kc_rx_flush(struct kc_rx_window *rx, u64 now)
{
	if (!rx->holding)
		return;
	give_up_below(rx, rx->top_held + 1);
	status_by(rx, now);
}

/**
 * kc_rx_resync() - ask the sender to tell all anew
 * @rx: the window
 * @now: present time
 *
 * Until it does the present stream goes on.
 */
void kc_rx_resync(struct kc_rx_window *rx, u64 now)
{
	rx->need_resync = true;
	status_by(rx, now);
}

/**
 * kc_rx_deadline() - when is the next STATUS due?
 * @rx: the window
 *
 * Return: the time, may be past
 */
u64 kc_rx_deadline(const struct kc_rx_window *rx)
{
	return kc_earlier(rx->status_at, rx->gap_at);
}

/* What may be asked for by now? */
static void ask(struct kc_rx_window *rx, u64 now)
{
	look_for_gaps(rx, now);
	if (now < rx->gap_at)
		return;
	rx->asked_top = rx->gap_top;
	rx->status_after = NEWS_WAIT;
	rx->gap_at = KC_STREAM_NEVER;
	look_for_gaps(rx, now);
}

static void fill_missing(const struct kc_rx_window *rx,
			 struct kc_stream_status *status)
{
	u64 end = rx->asked_top + 1;
	u64 seq = find(rx, kc_later(rx->taken, rx->floor), end, false);

	while (seq < end && status->n < KC_STREAM_RANGES_MAX) {
		struct kc_stream_range *range = &status->missing[status->n++];

		range->first = seq;
		seq = find(rx, seq, end, true);
		range->count = seq - range->first;
		seq = find(rx, seq, end, false);
	}
}

/**
 * kc_rx_fill() - what to say in a STATUS about what we hear
 * @rx: the window
 * @status: @heard, @next, @limit and @missing are filled in, KC_STREAM_NEED_RESYNC
 *	is added to @flags
 * @now: present time
 *
 * The STATUS is taken as sent.
 */
void kc_rx_fill(struct kc_rx_window *rx, struct kc_stream_status *status,
		u64 now)
{
	ask(rx, now);
	status->heard = rx->stream;
	status->next = rx->next;
	status->limit = limit_of(rx);
	status->n = 0;
	if (rx->need_resync)
		status->flags |= KC_STREAM_NEED_RESYNC;
	fill_missing(rx, status);

	rx->news = 0;
	rx->status_at = now + IDLE_WAIT;
	if (!status->n)
		return;
	/* A sender that does not answer is asked less and less often. */
	rx->status_at = now + rx->status_after;
	rx->status_after = kc_earlier(2 * rx->status_after, IDLE_WAIT);
}
