/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two nodes that send each other a stream over a network that loses, delays,
 * doubles and reorders: around the windows of mirror_stream.h what the module
 * is around them, with buffers in slots, datagrams as octets, and a worker that
 * lags. What travels is the business of the test.
 */
#ifndef KC_UNIT_MIRROR_PAIR_H
#define KC_UNIT_MIRROR_PAIR_H

#include "mirror_stream.h"

#define MS 1000000ULL
#define PAIR_SLOTS_MAX 256
#define PAIR_ROOM 240			/* octets of records in a datagram */
#define PAIR_RTT (4 * MS)

struct pair_buffer {
	bool used;
	u16 len;
	u8 data[KC_STREAM_DATA_LEN + PAIR_ROOM];
};

struct pair_side {
	unsigned int number;
	struct kc_tx_window tx;
	struct kc_tx_slot tx_slots[PAIR_SLOTS_MAX];
	struct pair_buffer kept[PAIR_SLOTS_MAX];
	struct kc_rx_window rx;
	u64 held[KC_RX_WORDS(PAIR_SLOTS_MAX)];
	struct pair_buffer waiting[PAIR_SLOTS_MAX];
	u64 clock;			/* offset of the monotonic one */
	u64 real;			/* and of the other one */
	u64 incarnation, peer_incarnation;
	u64 started_at;
	unsigned int forgot;		/* how often what came was forgotten */
	struct kc_rx_item undone;	/* taken by the worker, not done */
	bool is_undone;
	unsigned int starts, datagrams, again;
	u32 flight_max;
};

/* What the test does. Both may be called with anything in flight. */
struct pair_user {
	/* octets to be sent; 0 for none */
	u16 (*produce)(struct pair_side *side, u8 *buf, u16 room, bool bulk);
	/* octets that came */
	void (*consume)(struct pair_side *side, const u8 *data, u16 len,
			const struct kc_rx_item *item);
	/* another stream begins: all is to be told anew */
	void (*started)(struct pair_side *side);
};

extern struct pair_side pair[2];
extern unsigned int pair_loss, pair_late, pair_double;	/* percent */
extern bool pair_cut[2];		/* by who sends */
extern u64 pair_now;

u32 pair_random(u32 limit);
void pair_begin(u64 seed, u32 tx_size, u32 rx_size,
		const struct pair_user *user);
void pair_pass(u64 time);
void pair_restart_sender(struct pair_side *side, bool clock_back, bool node);
void pair_restart_receiver(struct pair_side *side);

#endif
