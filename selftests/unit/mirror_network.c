// SPDX-License-Identifier: GPL-2.0
/*
 * The stream over a network that does everything networks do: what comes out
 * is what went in, in order and nothing twice, or a resync was asked for and
 * came; and in the end all of it is there.
 */
#include "ktap.h"
#include "mirror_pair.h"

#define STREAMS_MAX 512

/* What is in a datagram: where it belongs. */
struct payload {
	u64 stream;
	u64 number;
};

struct flow {
	u64 backlog, bulk;		/* datagrams that shall be sent */
	u64 sent;			/* of the present stream */
	u64 stream, number;		/* what came last */
	bool torn;
	unsigned int forgot;		/* times the receiver did */
	unsigned int torn_streams, delivered;
	u64 used[STREAMS_MAX];		/* numbers of streams so far */
	unsigned int n_used;
};

static struct flow flows[2];		/* by who sends */
static bool both_ways;

static u16 produce(struct pair_side *side, u8 *buf, u16 room, bool bulk)
{
	struct flow *f = &flows[side->number];
	u64 *backlog = bulk ? &f->bulk : &f->backlog;
	struct payload p = { side->tx.stream, f->sent + 1 };

	if (!*backlog || room < sizeof(p))
		return 0;
	--*backlog;
	f->sent++;
	memcpy(buf, &p, sizeof(p));
	return sizeof(p);
}

static void consume(struct pair_side *side, const u8 *data, u16 len,
		    const struct kc_rx_item *item)
{
	struct flow *f = &flows[!side->number];
	struct payload p;

	expect_eq(len, sizeof(p));
	memcpy(&p, data, sizeof(p));
	expect_eq(p.stream, item->stream);
	expect_eq(p.number, item->seq);
	f->delivered++;
	if (p.stream != f->stream || side->forgot != f->forgot) {
		if (!item->torn)
			expect_eq(p.number, 1);
		expect(p.stream > f->stream || side->forgot != f->forgot);
		f->forgot = side->forgot;
		f->torn = false;
	} else if (!item->torn) {
		expect_eq(p.number, f->number + 1);
	} else {
		expect(p.number > f->number);
	}
	/* Once torn it remains so. */
	expect(item->torn || !f->torn);
	f->torn_streams += item->torn && !f->torn;
	f->torn = item->torn;
	f->stream = p.stream;
	f->number = p.number;
}

static void started(struct pair_side *side)
{
	struct flow *f = &flows[side->number];
	unsigned int i;

	/* No number twice, in whatever life. */
	for (i = 0; i < f->n_used; i++)
		expect(f->used[i] != side->tx.stream);
	if (f->n_used < STREAMS_MAX)
		f->used[f->n_used++] = side->tx.stream;
	f->sent = 0;
}

static const struct pair_user user = { produce, consume, started };

static void begin(u64 seed, u32 tx_size, u32 rx_size)
{
	about("seed %llu, windows %u %u", (unsigned long long)seed, tx_size,
	      rx_size);
	memset(flows, 0, sizeof(flows));
	pair_begin(seed, tx_size, rx_size, &user);
}

static void offer(u32 most)
{
	flows[0].backlog += pair_random(most);
	flows[0].bulk += pair_random(most);
	if (both_ways) {
		flows[1].backlog += pair_random(most);
		flows[1].bulk += pair_random(most);
	}
}

static bool is_through(unsigned int from)
{
	const struct flow *f = &flows[from];

	return !f->backlog && !f->bulk &&
	       pair[from].tx.base == pair[from].tx.next &&
	       pair[!from].rx.stream == pair[from].tx.stream &&
	       !pair[!from].rx.need_resync;
}

/* All that was offered has come, and nobody has anything to complain of. */
static void settle(u64 longest)
{
	u64 until = pair_now + longest;
	unsigned int i;

	while (pair_now < until && !ktap_failures &&
	       !(is_through(0) && is_through(1)))
		pair_pass(10 * MS);
	/* What was under way says nothing new. */
	pair_pass(200 * MS);
	for (i = 0; i < 2 && !ktap_failures; i++) {
		expect(is_through(i));
		expect(!flows[i].sent || flows[i].number == flows[i].sent);
		expect(!flows[i].sent || !flows[i].torn);
		expect(!kc_rx_missing(&pair[!i].rx));
		expect(!kc_tx_lag(&pair[i].tx, U64_MAX));
		expect_eq(kc_tx_deadline(&pair[i].tx, PAIR_RTT),
			  KC_STREAM_NEVER);
	}
}

static void weather(unsigned int loss)
{
	pair_loss = pair_random(loss + 1);
	pair_late = pair_random(30);
	pair_double = pair_random(20);
}

/* Faults of the network alone never cost a resync. */
static void lossy(u32 tx_size, u32 rx_size)
{
	unsigned int i;
	u64 seed;

	for (seed = 1; seed <= 40 && !ktap_failures; seed++) {
		begin(seed, tx_size, rx_size);
		both_ways = seed & 1;
		for (i = 0; i < 10; i++) {
			weather(30);
			offer(60);
			pair_pass(pair_random(100) * MS);
		}
		settle(60000 * MS);
		expect_eq(pair[0].starts, 1);
		expect_eq(pair[1].starts, 1);
	}
}

static void lossy_windows(void)
{
	lossy(64, 64);
}

static void lossy_tiny(void)
{
	lossy(4, 4);
}

static void lossy_unequal(void)
{
	lossy(128, 8);
	lossy(8, 128);
}

/* Cut for a second, one way or both; nobody gives up. */
static void cuts(void)
{
	unsigned int i;
	u64 seed;

	for (seed = 1; seed <= 40 && !ktap_failures; seed++) {
		begin(seed, 32, 32);
		both_ways = true;
		for (i = 0; i < 4; i++) {
			weather(10);
			offer(100);
			pair_pass(pair_random(20) * MS);
			pair_cut[0] = pair_random(2);
			pair_cut[1] = pair_random(2);
			pair_pass(1000 * MS);
			memset(pair_cut, 0, sizeof(pair_cut));
		}
		settle(60000 * MS);
		expect_eq(pair[0].starts + pair[1].starts, 2);
	}
}

static void interfere(void)
{
	struct pair_side *side = &pair[pair_random(2)];

	switch (pair_random(5)) {
	case 0:
		pair_restart_sender(side, pair_random(2), pair_random(2));
		break;
	case 1:
		pair_restart_receiver(side);
		break;
	case 2:
		pair_restart_receiver(side);
		pair_restart_sender(side, pair_random(2), true);
		break;
	case 3:
		kc_rx_flush(&side->rx, side->clock + pair_now);
		break;
	default:
		kc_rx_resync(&side->rx, side->clock + pair_now);
	}
}

static void restarts(void)
{
	unsigned int i, torn = 0;
	u64 seed;

	for (seed = 1; seed <= 150 && !ktap_failures; seed++) {
		begin(seed, 32, 16 << seed % 3);
		both_ways = true;
		for (i = 0; i < 12; i++) {
			weather(20);
			offer(60);
			pair_pass(pair_random(60) * MS);
			interfere();
		}
		settle(60000 * MS);
		torn += flows[0].torn_streams + flows[1].torn_streams;
	}
	/* It is about something. */
	expect(torn > 100);
}

/* Both have far more to say than windows take: neither waits for the other. */
static void both_full(void)
{
	u64 seed;

	for (seed = 1; seed <= 10 && !ktap_failures; seed++) {
		begin(seed, 16, 8);
		flows[0].backlog = 2000;
		flows[1].backlog = 2000;
		flows[0].bulk = 500;
		flows[1].bulk = 500;
		weather(10);
		settle(120000 * MS);
		expect_eq(flows[0].delivered, 2500);
		expect_eq(flows[1].delivered, 2500);
	}
}

/* Bulk waits for the window, events do not wait for bulk. */
static void bulk_leaves_room(void)
{
	begin(1, 64, 64);
	flows[0].bulk = 100000;
	pair_pass(1000 * MS);
	expect_eq(pair[0].tx.bulk, 32);
	expect(pair[0].flight_max > 24 && pair[0].flight_max <= 32);
	expect(kc_tx_room(&pair[0].tx, false) >= 32);
}

/* A good line carries what it can, and nothing goes twice over it. */
static void good_line(void)
{
	begin(1, 256, 256);
	pair[1].rx.grace = 5 * MS;
	flows[0].bulk = 3000;
	settle(2000 * MS);
	expect_eq(pair[0].again, 0);
}

/* On a bad one not much more is sent than is lost. */
static void storms(void)
{
	begin(1, 256, 256);
	pair_loss = 20;
	flows[0].bulk = 10000;
	settle(20000 * MS);
	/* A fifth of all, and a fifth of these, and so on: 2500. */
	expect(pair[0].again > 2300 && pair[0].again < 2800);
}

static const struct check checks[] = {
	{ "network: loss, reordering, duplicates", lossy_windows },
	{ "network: the same with tiny windows", lossy_tiny },
	{ "network: the same with unequal windows", lossy_unequal },
	{ "network: cut and joined again", cuts },
	{ "network: restarts, takeovers and resyncs", restarts },
	{ "network: both sides full", both_full },
	{ "network: bulk leaves half of the window", bulk_leaves_room },
	{ "network: a good line carries nothing twice", good_line },
	{ "network: no more again than is lost", storms },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
