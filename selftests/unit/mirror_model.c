// SPDX-License-Identifier: GPL-2.0
/*
 * Two tables of flows and the stream between them: flows come, change, go and
 * come again on the same ports, queues run over, sweeps carry everything, nodes
 * forget; in the end what one node owns the other one knows, no more and no
 * less. Records are those of the module, in both directions at once.
 */
#include "ktap.h"
#include "mirror_pair.h"
#include "mirror_record.h"

#define FLOWS 200
#define QUEUE_MAX 64

/* A flow's state is its mark; 0: there is none. */
struct table {
	/* what this node owns */
	u32 own[FLOWS];
	bool queued[FLOWS], sent[FLOWS];
	u16 queue[QUEUE_MAX];
	unsigned int queued_from, n_queued;
	bool needs_sweep, sweeping;
	u32 epoch;
	u16 walk;
	u64 passed;
	u32 last_mark;
	unsigned int overflows, sweeps;
	/* what it knows of the other's */
	u32 copy[FLOWS];
	u32 seen[FLOWS];
	u32 sweep;			/* epoch, 0 if none goes on */
	u64 sweep_stream, counted;
	unsigned int removed, refused;
};

static struct table tables[2];

static struct kc_flow_key key_of(const struct pair_side *side, u16 flow)
{
	struct kc_flow_key key = {
		.family = KC_AF_INET, .protocol = 6, .zone_dir = 3,
		.src = { 10, 0, side->number, 1 }, .dst = { 10, 9, 9, 9 },
		.sport = 1024 + flow, .dport = 443,
	};

	return key;
}

/* --- the owner ------------------------------------------------------------ */

static void push(struct table *t, u16 flow)
{
	if (t->queued[flow])
		return;
	if (t->n_queued == QUEUE_MAX) {
		t->overflows++;
		t->needs_sweep = true;
		return;
	}
	t->queue[(t->queued_from + t->n_queued++) % QUEUE_MAX] = flow;
	t->queued[flow] = true;
}

static void event(struct table *t)
{
	u16 flow = pair_random(FLOWS);

	switch (pair_random(4)) {
	case 0:		/* gone */
		t->own[flow] = 0;
		break;
	case 1:		/* gone, and another one on the same port */
		t->own[flow] = 0;
		push(t, flow);
		t->own[flow] = ++t->last_mark;
		break;
	default:
		t->own[flow] = ++t->last_mark;
	}
	push(t, flow);
}

static size_t put_flow(const struct pair_side *side, struct table *t, u16 flow,
		       u8 *buf, size_t room)
{
	struct kc_flow set = {
		.key = key_of(side, flow), .has = KC_FLOW_TCP | KC_FLOW_MARK,
		.tcp_state = 3, .mark = t->own[flow], .timeout_ms = 432000000,
	};
	size_t len;

	if (!t->own[flow])
		return kc_record_put_del(buf, room, &set.key);
	len = kc_record_put_set(buf, room, &set);
	if (len)
		t->sent[flow] = true;
	return len;
}

/* The latest state of what is queued; no end of what was never told. */
static u16 put_events(const struct pair_side *side, struct table *t, u8 *buf,
		      u16 room)
{
	size_t len, used = 0;

	while (t->n_queued) {
		u16 flow = t->queue[t->queued_from];

		if (t->own[flow] || t->sent[flow]) {
			len = put_flow(side, t, flow, buf + used, room - used);
			if (!len)
				break;
			used += len;
			t->sent[flow] = t->own[flow];
		}
		t->queued[flow] = false;
		t->queued_from = (t->queued_from + 1) % QUEUE_MAX;
		t->n_queued--;
	}
	return used;
}

static u16 put_sweep(const struct pair_side *side, struct table *t, u8 *buf,
		     u16 room)
{
	size_t len, used = 0;

	if (t->needs_sweep && !t->sweeping) {
		t->needs_sweep = false;
		t->sweeping = true;
		t->walk = 0;
		t->passed = 0;
		used = kc_record_put_sweep_begin(buf, room, ++t->epoch);
	}
	for (; t->sweeping && t->walk < FLOWS; t->walk++) {
		if (!t->own[t->walk])
			continue;
		len = put_flow(side, t, t->walk, buf + used, room - used);
		if (!len)
			return used;
		used += len;
		t->passed++;
	}
	if (!t->sweeping)
		return used;
	len = kc_record_put_sweep_end(buf + used, room - used, t->epoch,
				      t->passed);
	if (len) {
		t->sweeping = false;
		t->sweeps++;
	}
	return used + len;
}

static u16 produce(struct pair_side *side, u8 *buf, u16 room, bool bulk)
{
	struct table *t = &tables[side->number];

	return bulk ? put_sweep(side, t, buf, room) :
		      put_events(side, t, buf, room);
}

static void started(struct pair_side *side)
{
	struct table *t = &tables[side->number];

	t->sweeping = false;
	t->needs_sweep = true;
}

/* --- the other one -------------------------------------------------------- */

static void sweep_end(struct table *t, const struct kc_record *record,
		      const struct kc_rx_item *item)
{
	unsigned int i;

	if (!t->sweep || t->sweep != record->epoch ||
	    t->sweep_stream != item->stream || item->torn) {
		t->refused++;
		return;
	}
	/* With what came as news in between there may be more. */
	expect(t->counted >= record->count);
	for (i = 0; i < FLOWS; i++) {
		if (t->copy[i] && t->seen[i] != t->sweep) {
			t->copy[i] = 0;
			t->removed++;
		}
	}
	t->sweep = 0;
}

static void apply(struct table *t, const struct pair_side *from,
		  const struct kc_record *record, const struct kc_rx_item *item)
{
	const struct kc_flow_key *key = &record->flow.key;
	struct kc_flow_key wanted;
	u16 flow;

	switch (record->type) {
	case KC_RECORD_SET:
		flow = key->sport - 1024;
		wanted = key_of(from, flow);
		expect(kc_flow_key_equal(key, &wanted));
		t->copy[flow] = record->flow.mark;
		t->seen[flow] = t->sweep;
		t->counted++;
		break;
	case KC_RECORD_DEL:
		flow = record->key.sport - 1024;
		t->copy[flow] = 0;
		break;
	case KC_RECORD_SWEEP_BEGIN:
		t->sweep = record->epoch;
		t->sweep_stream = item->stream;
		t->counted = 0;
		memset(t->seen, 0, sizeof(t->seen));
		break;
	case KC_RECORD_SWEEP_END:
		sweep_end(t, record, item);
		break;
	default:
		expect(false);
	}
}

static void consume(struct pair_side *side, const u8 *data, u16 len,
		    const struct kc_rx_item *item)
{
	struct kc_record record;
	size_t used;

	for (; len; data += used, len -= used) {
		expect_eq(kc_record_get(data, len, &record, &used),
			  KC_RECORD_OK);
		apply(&tables[side->number], &pair[!side->number], &record,
		      item);
	}
}

/* --- stories -------------------------------------------------------------- */

static const struct pair_user user = { produce, consume, started };

static bool is_quiet(void)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		const struct table *t = &tables[i];

		if (t->n_queued || t->sweeping || t->needs_sweep ||
		    pair[i].tx.base != pair[i].tx.next ||
		    pair[!i].rx.stream != pair[i].tx.stream ||
		    pair[!i].rx.need_resync)
			return false;
	}
	return true;
}

static void settle(void)
{
	u64 until = pair_now + 60000 * MS;
	unsigned int side, flow;

	while (pair_now < until && !ktap_failures && !is_quiet())
		pair_pass(10 * MS);
	pair_pass(200 * MS);
	expect(is_quiet());
	for (side = 0; side < 2 && !ktap_failures; side++)
		for (flow = 0; flow < FLOWS; flow++)
			expect_eq(tables[!side].copy[flow],
				  tables[side].own[flow]);
}

static void begin(u64 seed)
{
	about("seed %llu", (unsigned long long)seed);
	memset(tables, 0, sizeof(tables));
	pair_begin(seed, 64, 64, &user);
}

static void weather(void)
{
	pair_loss = pair_random(25);
	pair_late = pair_random(30);
	pair_double = pair_random(20);
}

/* So many at once, of so many that there may be in a while. */
static void busy(unsigned int most, unsigned int times)
{
	unsigned int i, n;

	while (times--) {
		for (i = 0; i < 2; i++)
			for (n = pair_random(most); n; n--)
				event(&tables[i]);
		pair_pass(pair_random(4) * MS);
	}
}

static void events(void)
{
	u64 seed;

	for (seed = 1; seed <= 60 && !ktap_failures; seed++) {
		begin(seed);
		weather();
		busy(8, 100);
		settle();
		expect_eq(pair[0].starts, 1);
	}
}

static void overflows(void)
{
	unsigned int seen = 0, swept = 0;
	u64 seed;

	for (seed = 1; seed <= 60 && !ktap_failures; seed++) {
		begin(seed);
		weather();
		busy(100, 40);
		settle();
		seen += tables[0].overflows;
		swept += tables[1].removed;
		/* The stream goes on: nothing was lost in it. */
		expect_eq(pair[0].starts, 1);
	}
	expect(seen && swept);
}

/* The table of a node that starts anew is empty, or what it was. */
static void restart(struct pair_side *side)
{
	struct table *t = &tables[side->number];

	switch (pair_random(4)) {
	case 0:		/* all of it */
		memset(t->own, 0, sizeof(t->own));
		memset(t->copy, 0, sizeof(t->copy));
		/* fall through */
	case 1:		/* its mirror only */
		pair_restart_receiver(side);
		memset(t->sent, 0, sizeof(t->sent));
		memset(t->queued, 0, sizeof(t->queued));
		t->n_queued = 0;
		t->sweep = 0;
		pair_restart_sender(side, pair_random(2), true);
		break;
	case 2:		/* what came only */
		pair_restart_receiver(side);
		break;
	default:	/* a takeover that was none */
		kc_rx_flush(&side->rx, side->clock + pair_now);
	}
}

static void restarts(void)
{
	unsigned int i, refused = 0;
	u64 seed;

	for (seed = 1; seed <= 150 && !ktap_failures; seed++) {
		begin(seed);
		for (i = 0; i < 6; i++) {
			weather();
			busy(20, pair_random(30));
			restart(&pair[pair_random(2)]);
		}
		settle();
		refused += tables[0].refused + tables[1].refused;
	}
	expect(refused);
}

static const struct check checks[] = {
	{ "model: flows come, change, go and come again", events },
	{ "model: queues run over", overflows },
	{ "model: nodes forget and take over", restarts },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
