// SPDX-License-Identifier: GPL-2.0
/*
 * Two nodes and the network between them, see mirror_pair.h.
 */
#include "ktap.h"
#include "mirror_pair.h"

#define FLIGHT_MAX 8192
#define STEP (MS / 4)
#define START_PAUSE (50 * MS)	/* a sweep costs something */

struct flight {
	u64 arrives;
	u64 incarnation;
	bool used, status;
	u8 from;
	u16 len;
	u8 data[KC_STREAM_STATUS_MAX];
};

struct pair_side pair[2];
unsigned int pair_loss, pair_late, pair_double;
bool pair_cut[2];
u64 pair_now;

static struct flight flights[FLIGHT_MAX];
static unsigned int flights_end;
static const struct pair_user *user;
static u64 random_state;

_Static_assert(KC_STREAM_STATUS_MAX >= KC_STREAM_DATA_LEN + PAIR_ROOM,
	       "room for both");

u32 pair_random(u32 limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 20) % limit;
}

static u64 clock_of(const struct pair_side *side)
{
	return side->clock + pair_now;
}

static void put(const struct pair_side *side, bool status, const u8 *data,
		size_t len)
{
	unsigned int i, copies = 1 + (pair_random(100) < pair_double);

	if (pair_cut[side->number] || pair_random(100) < pair_loss)
		return;
	for (i = 0; i < FLIGHT_MAX && copies; i++) {
		struct flight *f = &flights[i];

		if (f->used)
			continue;
		copies--;
		if (i >= flights_end)
			flights_end = i + 1;
		f->used = true;
		f->status = status;
		f->from = side->number;
		f->incarnation = side->incarnation;
		f->arrives = pair_now + MS / 2 + pair_random(MS);
		/* Now and then by a way around the world. */
		if (pair_random(100) < pair_late)
			f->arrives += pair_random(30) * MS;
		f->len = len;
		memcpy(f->data, data, len);
	}
	expect(!copies);
}

/* --- sending -------------------------------------------------------------- */

static void start(struct pair_side *side)
{
	u64 before = side->tx.stream;
	unsigned int i;

	for (i = 0; i < PAIR_SLOTS_MAX; i++)
		side->kept[i].used = false;
	kc_tx_start(&side->tx, side->real + pair_now + pair_random(16 * MS),
		    clock_of(side));
	expect(side->tx.stream > before);
	side->started_at = pair_now;
	side->starts++;
	user->started(side);
}

static void send_new(struct pair_side *side)
{
	unsigned int bulk;

	for (bulk = 0; bulk < 2; bulk++) {
		while (kc_tx_room(&side->tx, bulk)) {
			struct kc_stream_data header;
			struct pair_buffer *b;
			u8 buf[PAIR_ROOM];
			u16 len = user->produce(side, buf, PAIR_ROOM, bulk);
			u32 slot, flight;

			if (!len)
				break;
			expect(kc_tx_add(&side->tx, clock_of(side), &header,
					 &slot));
			flight = kc_tx_in_flight(&side->tx);
			if (flight > side->flight_max)
				side->flight_max = flight;
			if (bulk)
				expect(flight <= side->tx.size / 2);
			b = &side->kept[slot];
			expect(!b->used);
			b->used = true;
			b->len = KC_STREAM_DATA_LEN + len;
			kc_stream_data_build(b->data, &header);
			memcpy(b->data + KC_STREAM_DATA_LEN, buf, len);
			put(side, false, b->data, b->len);
			side->datagrams++;
		}
	}
}

static void send_again(struct pair_side *side)
{
	struct kc_stream_data header;
	u32 slot;

	while (kc_tx_resend(&side->tx, clock_of(side), &header, &slot)) {
		struct pair_buffer *b = &side->kept[slot];

		expect(b->used);
		expect_eq(header.seq & (side->tx.size - 1), slot);
		if (pair_random(2))
			kc_stream_data_build(b->data, &header);
		put(side, false, b->data, b->len);
		side->again++;
	}
}

static void send_status(struct pair_side *side)
{
	struct kc_stream_status status = {};
	u8 buf[KC_STREAM_STATUS_MAX];
	size_t len;

	kc_rx_fill(&side->rx, &status, clock_of(side));
	kc_tx_fill(&side->tx, &status, clock_of(side));
	len = kc_stream_status_build(buf, sizeof(buf), &status);
	put(side, true, buf, len);
	expect(kc_rx_deadline(&side->rx) > clock_of(side));
}

/* --- receiving ------------------------------------------------------------ */

static void follow(struct pair_side *side, u64 stream, u64 oldest)
{
	unsigned int i;

	for (i = 0; i < PAIR_SLOTS_MAX; i++)
		side->waiting[i].used = false;
	kc_rx_follow(&side->rx, stream, oldest, clock_of(side));
	expect_eq(side->rx.stream, stream);
}

static void came_data(struct pair_side *side, const struct flight *f)
{
	struct kc_stream_data header;
	size_t at = kc_stream_data_parse(f->data, f->len, &header);
	enum kc_rx_verdict verdict;
	struct pair_buffer *b;
	u32 slot;

	expect_eq(at, KC_STREAM_DATA_LEN);
	verdict = kc_rx_data(&side->rx, &header, clock_of(side), &slot);
	if (verdict == KC_RX_NEWER) {
		follow(side, header.stream, header.seq - header.kept);
		verdict = kc_rx_data(&side->rx, &header, clock_of(side), &slot);
		expect(verdict == KC_RX_STORE || verdict == KC_RX_BEYOND);
	}
	if (verdict != KC_RX_STORE)
		return;
	b = &side->waiting[slot];
	expect(!b->used);
	b->used = true;
	b->len = f->len - at;
	memcpy(b->data, f->data + at, b->len);
}

static void came_status(struct pair_side *side, const struct flight *f)
{
	struct kc_stream_status status;
	enum kc_tx_verdict verdict;
	u32 slot;

	expect(kc_stream_status_parse(f->data, f->len, &status));
	if (kc_rx_status(&side->rx, &status, clock_of(side)) == KC_RX_NEWER) {
		follow(side, status.stream, status.oldest);
		kc_rx_status(&side->rx, &status, clock_of(side));
	}
	verdict = kc_tx_status(&side->tx, &status, PAIR_RTT, clock_of(side));
	while (kc_tx_free(&side->tx, &slot)) {
		expect(side->kept[slot].used);
		side->kept[slot].used = false;
	}
	if ((verdict == KC_TX_RESYNC || verdict == KC_TX_BEHIND) &&
	    pair_now >= side->started_at + START_PAUSE)
		start(side);
}

static void arrive(const struct flight *f)
{
	struct pair_side *side = &pair[!f->from];

	/* As the channel does. */
	if (f->incarnation < side->peer_incarnation)
		return;
	if (f->incarnation > side->peer_incarnation && pair_random(2))
		pair_restart_receiver(side);
	side->peer_incarnation = f->incarnation;
	if (f->status)
		came_status(side, f);
	else
		came_data(side, f);
}

/* The worker takes some, and is done with them when it comes again. */
static void work(struct pair_side *side)
{
	unsigned int n = pair_random(20);
	struct kc_rx_item item;

	if (side->is_undone)
		kc_rx_done(&side->rx, &side->undone, clock_of(side));
	side->is_undone = false;
	while (n-- && kc_rx_take(&side->rx, &item)) {
		struct pair_buffer *b = &side->waiting[item.slot];

		expect(b->used);
		b->used = false;
		user->consume(side, b->data, b->len, &item);
		if (pair_random(4)) {
			kc_rx_done(&side->rx, &item, clock_of(side));
			side->is_undone = false;
		} else {
			side->undone = item;
			side->is_undone = true;
		}
	}
}

/* --- time ----------------------------------------------------------------- */

static void live(struct pair_side *side)
{
	if (pair_random(3))
		work(side);
	if (clock_of(side) >= kc_tx_deadline(&side->tx, PAIR_RTT))
		kc_tx_timer(&side->tx, PAIR_RTT, clock_of(side));
	send_again(side);
	send_new(side);
	if (clock_of(side) >= kc_rx_deadline(&side->rx))
		send_status(side);
}

void pair_pass(u64 time)
{
	u64 until = pair_now + time;
	unsigned int i;

	for (; pair_now < until && !ktap_failures; pair_now += STEP) {
		while (flights_end && !flights[flights_end - 1].used)
			flights_end--;
		for (i = 0; i < flights_end; i++) {
			if (!flights[i].used || flights[i].arrives > pair_now)
				continue;
			flights[i].used = false;
			arrive(&flights[i]);
		}
		live(&pair[0]);
		live(&pair[1]);
	}
}

/* Its mirror was switched off and on, or all of the node was. */
void pair_restart_sender(struct pair_side *side, bool clock_back, bool node)
{
	if (clock_back)
		side->real -= kc_earlier(side->real, pair_random(1000000) * MS);
	if (node)
		side->incarnation++;
	kc_tx_init(&side->tx, side->tx_slots, side->tx.size);
	start(side);
}

void pair_restart_receiver(struct pair_side *side)
{
	unsigned int i;

	for (i = 0; i < PAIR_SLOTS_MAX; i++)
		side->waiting[i].used = false;
	kc_rx_init(&side->rx, side->held, side->rx.size);
	side->is_undone = false;
	side->forgot++;
}

void pair_begin(u64 seed, u32 tx_size, u32 rx_size,
		const struct pair_user *test)
{
	unsigned int i;

	random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	memset(pair, 0, sizeof(pair));
	memset(flights, 0, sizeof(flights));
	flights_end = 0;
	pair_now = 0;
	pair_loss = 0;
	pair_late = 0;
	pair_double = 0;
	memset(pair_cut, 0, sizeof(pair_cut));
	user = test;
	for (i = 0; i < 2; i++) {
		struct pair_side *side = &pair[i];

		side->number = i;
		side->clock = (u64)pair_random(1000000) * 1000 * MS;
		side->real = 1000000000ULL * MS + pair_random(1000) * MS;
		side->incarnation = 1;
		side->peer_incarnation = 1;
		kc_tx_init(&side->tx, side->tx_slots, tx_size);
		kc_rx_init(&side->rx, side->held, rx_size);
		start(side);
	}
}
