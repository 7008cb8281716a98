/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A stream of datagrams from one node to another: in order, nothing lost and
 * nothing twice, over a network that loses, doubles and reorders.
 *
 * There is one for each direction between two nodes. It has a number, and its
 * datagrams have sequence numbers from 1. A sender that must tell everything
 * anew starts another stream; the receiver follows the one with the highest
 * number and nothing of an earlier one counts any more. Numbers start at the
 * real time in nanoseconds so that no life of a sender uses one again; should
 * its clock have gone back, then the receiver says which one it follows, and
 * the sender starts above that.
 *
 * The sender keeps a datagram until the receiver has put it into its table,
 * and sends no more than the receiver said it would take. So a gap can always
 * be filled, unless one of both has forgotten: every datagram says how many
 * before it are still kept, and a receiver that misses an earlier one asks for
 * a resync, that is for a new stream. It goes on meanwhile with what it gets.
 *
 * Whoever uses this owns the buffers, in arrays of as many slots as a window
 * has; windows talk in slots. He also owns the clock (nanoseconds, monotonic)
 * and the lock: calls for one window are serialized. Nothing here sleeps, and
 * all is bounded by the size of the window, whatever the other side says.
 *
 * DATA, all numbers big-endian:
 *
 *	 0  stream (8)      8  sequence (8)    16  kept before this one (4)
 *	20  offset of the records (2)          22  flags (2)
 *
 * STATUS, about what comes in and what goes out:
 *
 *	 0  stream heard (8)     8  next (8)       16  limit (8)
 *	24  own stream (8)      32  oldest kept (8) 40  last sent (8)
 *	48  queue (4)           52  lag, us (4)    56  flags (4)
 *	60  ranges missing (2)  62  offset of the ranges (2)
 *	    each: first - next (4), count (4)
 *
 * The offsets let both headers grow. Flags that a receiver does not know mean
 * nothing to it; senders from before there were any leave 0 there, and receivers
 * from then do not look.
 *
 * How to send: kc_tx_start() at first and on KC_TX_RESYNC or KC_TX_BEHIND, with
 * all slots empty. While kc_tx_room(): kc_tx_add(), write the header, keep a
 * copy in the slot, send. A STATUS comes: kc_tx_status(), empty what
 * kc_tx_free() names, send again what kc_tx_resend() names, go on. At
 * kc_tx_deadline(): kc_tx_timer(), then kc_tx_resend().
 *
 * How to receive: kc_rx_data() says where to keep a datagram; while
 * kc_rx_take(): take it out of the slot, apply its records, kc_rx_done(). At
 * kc_rx_deadline(), which may have passed already, and at least every 100 ms:
 * a STATUS, by kc_rx_fill() and kc_tx_fill(), that of the other direction. A
 * STATUS that comes goes to both kc_tx_status() and kc_rx_status().
 */
#ifndef KC_CORE_MIRROR_STREAM_H
#define KC_CORE_MIRROR_STREAM_H

#include "types.h"

#define KC_STREAM_DATA_LEN 24
#define KC_STREAM_STATUS_LEN 64
#define KC_STREAM_RANGES_MAX 32
#define KC_STREAM_STATUS_MAX (KC_STREAM_STATUS_LEN + 8 * KC_STREAM_RANGES_MAX)

/* Higher ones are refused, so that no sum below overflows. */
#define KC_STREAM_MAX (U64_MAX >> 1)
#define KC_STREAM_SEQ_MAX (U64_MAX >> 2)

/* Slots of a window, a power of two. */
#define KC_STREAM_SLOTS_MIN 4
#define KC_STREAM_SLOTS_MAX 32768

#define KC_STREAM_NEVER U64_MAX

/* What DATA says besides numbers. */
enum {
	/* Somebody waits for it: a STATUS as soon as it is in the table. */
	KC_STREAM_PROMPT = 1 << 0,
};

/* What a STATUS says besides numbers. The first is for the window to set. */
enum {
	KC_STREAM_NEED_RESYNC = 1 << 0,	/* of the stream that is named as heard */
	KC_STREAM_TABLE_FULL = 1 << 1,	/* something could not be inserted */
};

/**
 * struct kc_stream_data - the header of a datagram
 * @stream: number of the stream
 * @seq: its place in it, from 1
 * @kept: so many before it the sender could send again
 * @flags: KC_STREAM_PROMPT and so on; for the user of the window to fill in,
 *	which leaves 0 here
 */
struct kc_stream_data {
	u64 stream;
	u64 seq;
	u32 kept;
	u16 flags;
};

/**
 * struct kc_stream_range - datagrams that are missing
 * @first: sequence number of the first
 * @count: how many
 */
struct kc_stream_range {
	u64 first;
	u32 count;
};

/**
 * struct kc_stream_status - what a node says about both directions
 * @heard: number of the stream that it follows, 0 if none
 * @next: all below are in its table
 * @limit: the highest sequence number that it takes
 * @stream: number of the stream that it sends, 0 if none
 * @oldest: the first datagram of that which it could send again
 * @last: the last one that it has sent, 0 if none
 * @queue: events that wait to be sent; for the user of the windows to fill in
 * @lag_us: age of the oldest datagram that is not yet in the other's table, in
 *	units of 1024 ns
 * @flags: KC_STREAM_NEED_RESYNC and so on
 * @n: ranges that are missing
 * @missing: they, in ascending order, none of which touch
 */
struct kc_stream_status {
	u64 heard;
	u64 next;
	u64 limit;
	u64 stream;
	u64 oldest;
	u64 last;
	u32 queue;
	u32 lag_us;
	u32 flags;
	u16 n;
	struct kc_stream_range missing[KC_STREAM_RANGES_MAX];
};

void kc_stream_data_build(u8 buf[KC_STREAM_DATA_LEN],
			  const struct kc_stream_data *header);
size_t kc_stream_data_parse(const u8 *data, size_t len,
			    struct kc_stream_data *header);
size_t kc_stream_status_build(u8 *buf, size_t room,
			      const struct kc_stream_status *status);
bool kc_stream_status_parse(const u8 *data, size_t len,
			    struct kc_stream_status *status);

/* --- the sender's side ---------------------------------------------------- */

/**
 * struct kc_tx_slot - what the window remembers of a datagram
 * @added_at: when it was sent first
 * @sent_at: when it was sent last
 * @again: it is to be sent again
 */
struct kc_tx_slot {
	u64 added_at;
	u64 sent_at;
	bool again;
};

/**
 * struct kc_tx_window - datagrams on their way to one peer
 * @slots: memory of the window's user, @size of them
 * @size: a power of two
 * @bulk: so many may be on their way before bulk has to wait
 * @bulk_acked: of those that arrived since @bulk last grew
 * @stream: number, 0 before the first kc_tx_start()
 * @heard: the highest number of ours that the peer named
 * @freed: the first whose slot was not given back yet
 * @base: the first that is not in the peer's table yet
 * @next: the next to be added
 * @limit: the last that the peer would take
 * @again: how many are to be sent again
 * @again_at: none below this is
 * @progress_at: when the peer last took something, or the first was added
 * @probes: how often we have probed since
 * @probed_at: when we last did
 * @slowed_at: when @bulk was last made smaller, 0 if never in this stream
 */
struct kc_tx_window {
	struct kc_tx_slot *slots;
	u32 size;
	u32 bulk;
	u32 bulk_acked;
	u64 stream;
	u64 heard;
	u64 freed;
	u64 base;
	u64 next;
	u64 limit;
	u32 again;
	u64 again_at;
	u64 progress_at;
	u32 probes;
	u64 probed_at;
	u64 slowed_at;
};

/**
 * enum kc_tx_verdict - what a STATUS means to the sender
 * @KC_TX_OK: about the present stream
 * @KC_TX_OLD: the peer does not follow it yet, or this came late
 * @KC_TX_RESYNC: the peer cannot go on: tell all anew, after kc_tx_start()
 * @KC_TX_BEHIND: the peer follows a stream that is none of this life: likewise
 * @KC_TX_BAD: the peer says to have what was not sent: nothing of it counts
 */
enum kc_tx_verdict {
	KC_TX_OK,
	KC_TX_OLD,
	KC_TX_RESYNC,
	KC_TX_BEHIND,
	KC_TX_BAD,
};

void kc_tx_init(struct kc_tx_window *tx, struct kc_tx_slot *slots, u32 size);
void kc_tx_start(struct kc_tx_window *tx, u64 wish, u64 now);
u32 kc_tx_room(const struct kc_tx_window *tx, bool bulk);
bool kc_tx_add(struct kc_tx_window *tx, u64 now, struct kc_stream_data *header,
	       u32 *slot);
enum kc_tx_verdict kc_tx_status(struct kc_tx_window *tx,
				const struct kc_stream_status *status,
				u64 rtt, u64 now);
bool kc_tx_free(struct kc_tx_window *tx, u32 *slot);
u64 kc_tx_deadline(const struct kc_tx_window *tx, u64 rtt);
void kc_tx_timer(struct kc_tx_window *tx, u64 rtt, u64 now);
bool kc_tx_resend(struct kc_tx_window *tx, u64 now,
		  struct kc_stream_data *header, u32 *slot);
u32 kc_tx_in_flight(const struct kc_tx_window *tx);
u64 kc_tx_lag(const struct kc_tx_window *tx, u64 now);
u64 kc_tx_stalled(const struct kc_tx_window *tx, u64 now);
void kc_tx_fill(const struct kc_tx_window *tx, struct kc_stream_status *status,
		u64 now);

/* --- the receiver's side -------------------------------------------------- */

/* Words of the bitmap that a receive window of so many slots needs. */
#define KC_RX_WORDS(size) (((size) + 63) / 64)

/**
 * struct kc_rx_window - datagrams that came from one peer
 * @held: bitmap of what waits in slots, memory of the window's user
 * @size: slots, a power of two
 * @holding: how many of them
 * @grace: what overtook another has so long to be overtaken; may be changed
 * @stream: number of the stream that is followed, 0 if none
 * @next: all below are in our table, or were given up
 * @taken: all below were given to the window's user, or given up
 * @last_taken: the last that was given to him
 * @floor: of those below, what is missing is given up
 * @top: the last that we know to exist, within the window
 * @top_held: the last that came
 * @prompt: the last that somebody waits for, 0 if none
 * @torn: something was given up, since the stream began
 * @need_resync: the peer is to start another stream
 * @news: datagrams since the last STATUS
 * @status_at: when the next STATUS is due
 * @status_after: how long after one the next is due while something is missing
 * @gap_top: what is missing up to here may be asked for when @gap_at has come
 * @gap_at: when; KC_STREAM_NEVER if nothing is missing
 * @asked_top: what is missing up to here is asked for
 */
struct kc_rx_window {
	u64 *held;
	u32 size;
	u32 holding;
	u64 grace;
	u64 stream;
	u64 next;
	u64 taken;
	u64 last_taken;
	u64 floor;
	u64 top;
	u64 top_held;
	u64 prompt;
	bool torn;
	bool need_resync;
	u32 news;
	u64 status_at;
	u64 status_after;
	u64 gap_top;
	u64 gap_at;
	u64 asked_top;
};

/**
 * enum kc_rx_verdict - what is to be done with a datagram
 * @KC_RX_STORE: keep it in the slot; the window counts on it. Of a STATUS:
 *	it was heeded
 * @KC_RX_NEWER: it starts another stream: free all slots, call kc_rx_follow(),
 *	and ask again
 * @KC_RX_STALE: of an earlier stream, drop it
 * @KC_RX_DUPLICATE: known already or given up, drop it
 * @KC_RX_BEYOND: more than we said to take, drop it
 */
enum kc_rx_verdict {
	KC_RX_STORE,
	KC_RX_NEWER,
	KC_RX_STALE,
	KC_RX_DUPLICATE,
	KC_RX_BEYOND,
};

/**
 * struct kc_rx_item - a datagram whose turn it is
 * @stream: number of its stream
 * @seq: its place in that
 * @slot: where it was kept; the slot is in use until kc_rx_done()
 * @torn: something before it never came: a sweep that ends here must not
 *	remove anything
 */
struct kc_rx_item {
	u64 stream;
	u64 seq;
	u32 slot;
	bool torn;
};

void kc_rx_init(struct kc_rx_window *rx, u64 *held, u32 size);
enum kc_rx_verdict kc_rx_data(struct kc_rx_window *rx,
			      const struct kc_stream_data *header, u64 now,
			      u32 *slot);
enum kc_rx_verdict kc_rx_status(struct kc_rx_window *rx,
				const struct kc_stream_status *status,
				u64 now);
void kc_rx_follow(struct kc_rx_window *rx, u64 stream, u64 oldest, u64 now);
bool kc_rx_take(struct kc_rx_window *rx, struct kc_rx_item *item);
void kc_rx_done(struct kc_rx_window *rx, const struct kc_rx_item *item,
		u64 now);
void kc_rx_flush(struct kc_rx_window *rx, u64 now);
void kc_rx_resync(struct kc_rx_window *rx, u64 now);
u64 kc_rx_deadline(const struct kc_rx_window *rx);
void kc_rx_fill(struct kc_rx_window *rx, struct kc_stream_status *status,
		u64 now);
u32 kc_rx_missing(const struct kc_rx_window *rx);

#endif
