// SPDX-License-Identifier: GPL-2.0
/*
 * Claims: nodes take over, give up, start anew and are cut off from each other,
 * while datagrams are lost, doubled and delayed. Some time after the last of that
 * all of them believe the same owner, and know exactly its prefixes.
 */
#include "claim.h"
#include "ktap.h"

#define NODES 4
#define STORIES 300
#define STEPS 400
#define PREFIXES 300
#define FLYING 512
#define MS 1000000ULL

static u64 seed, now;

static unsigned int any(unsigned int n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 32) % n;
}

static struct node {
	u64 id, life, epoch, seen;
	u32 seq;
	bool owner;
	u16 total;
	bool mine[PREFIXES];
	struct kc_claim_said said[NODES];
	bool has[NODES][PREFIXES];
	struct kc_claim_told told[NODES];
} nodes[NODES];

static struct datagram {
	bool used, ack;
	unsigned int from, to;
	u64 life, at;
	size_t len;
	u8 octets[KC_CLAIM_MAX];
} flying[FLYING];

static bool cut[NODES][NODES], calm;

static void post(unsigned int from, unsigned int to, bool ack, const u8 *octets,
		 size_t len)
{
	unsigned int i, copies = calm ? 1 : any(8) ? any(4) != 0 : 2;

	if (cut[from][to])
		return;
	for (i = 0; i < FLYING && copies; i++) {
		if (flying[i].used)
			continue;
		flying[i].used = true;
		flying[i].ack = ack;
		flying[i].from = from;
		flying[i].to = to;
		flying[i].life = nodes[from].life;
		flying[i].at = now + (1 + any(calm ? 2 : 60)) * MS;
		flying[i].len = len;
		memcpy(flying[i].octets, octets, len);
		copies--;
	}
}

/* Prefix number @i, and the number of a prefix. */
static struct kc_prefix prefix(unsigned int i)
{
	struct kc_prefix p = {
		.family = KC_AF_INET, .length = 32,
		.addr = { 10, 6, i >> 8, i },
	};

	return p;
}

static unsigned int number(const struct kc_prefix *p)
{
	return p->addr[2] << 8 | p->addr[3];
}

static void say_part(struct node *n, unsigned int to, unsigned int first,
		     unsigned int here)
{
	struct kc_claim_msg msg = {
		.name = "api", .epoch = n->epoch, .node = n->id, .seq = n->seq,
		.owner = n->owner, .total = n->total, .first = first,
		.n = here,
	};
	unsigned int i, at = 0;
	u8 octets[KC_CLAIM_MAX];

	for (i = 0; i < PREFIXES; i++) {
		if (!n->mine[i])
			continue;
		if (at >= first && at < first + here)
			msg.prefixes[at - first] = prefix(i);
		at++;
	}
	post(n - nodes, to, false, octets,
	     kc_claim_build(octets, sizeof(octets), &msg));
}

static void say(struct node *n, unsigned int to)
{
	struct kc_claim_told *told = &n->told[to];
	unsigned int first = told->got, here;

	do {
		here = told->done ? 0 : n->total - first;
		if (here > KC_CLAIM_HERE_MAX)
			here = KC_CLAIM_HERE_MAX;
		say_part(n, to, first, here);
		first += here;
	} while (here && first < n->total);
	kc_claim_sent(told, n->owner, now);
}

static void tell_all(struct node *n)
{
	unsigned int i;

	n->seq++;
	for (i = 0; i < NODES; i++)
		if (i != n - nodes)
			kc_claim_tell(&n->told[i], nodes[i].life, n->seq, now);
}

static void take_over(struct node *n)
{
	unsigned int i, most = any(4) ? 3 : PREFIXES;

	n->owner = true;
	n->epoch = kc_claim_next_epoch(n->seen, any(3) ? 0 : now / MS);
	n->seen = n->epoch;
	n->total = 0;
	for (i = 0; i < PREFIXES; i++) {
		n->mine[i] = i < most && any(2);
		n->total += n->mine[i];
	}
	tell_all(n);
}

static void give_up(struct node *n)
{
	if (!n->owner)
		return;
	n->owner = false;
	n->total = 0;
	memset(n->mine, 0, sizeof(n->mine));
	tell_all(n);
}

static void start_anew(struct node *n)
{
	u64 id = n->id, life = n->life;

	memset(n, 0, sizeof(*n));
	n->id = id;
	n->life = life + 1;
}

static void hear_claim(struct node *n, const struct datagram *d)
{
	struct kc_claim_said *said = &n->said[d->from];
	struct kc_claim_ack ack = { .name = "api" };
	struct kc_claim_msg msg;
	enum kc_claim_heard heard;
	u8 octets[KC_CLAIM_ACK_LEN];
	unsigned int i, before;

	expect(kc_claim_parse(d->octets, d->len, &msg));
	before = said->got;
	heard = kc_claim_hear(said, d->life, &msg);
	if (heard == KC_CLAIM_NEW) {
		memset(n->has[d->from], 0, sizeof(n->has[0]));
		before = 0;
	}
	if (said->got > before &&
	    (heard == KC_CLAIM_NEW || heard == KC_CLAIM_MORE))
		for (i = 0; i < msg.n; i++)
			n->has[d->from][number(&msg.prefixes[i])] = true;
	n->seen = kc_later(n->seen, msg.epoch);
	ack.seen = n->seen;
	ack.seq = said->seq;
	ack.got = said->got;
	kc_claim_ack_build(octets, &ack);
	post(n - nodes, d->from, true, octets, sizeof(octets));
}

static void deliver(struct datagram *d)
{
	struct node *n = &nodes[d->to];
	struct kc_claim_ack ack;

	d->used = false;
	/* The channel does not let through what an earlier life sent. */
	if (cut[d->from][d->to] || d->life != nodes[d->from].life)
		return;
	if (!d->ack) {
		hear_claim(n, d);
		return;
	}
	expect(kc_claim_ack_parse(d->octets, d->len, &ack));
	n->seen = kc_later(n->seen, ack.seen);
	kc_claim_acked(&n->told[d->from], &ack, n->owner, n->total, now);
}

static void run(u64 until)
{
	unsigned int i, j;

	for (; now < until; now += MS) {
		for (i = 0; i < FLYING; i++)
			if (flying[i].used && now >= flying[i].at)
				deliver(&flying[i]);
		for (i = 0; i < NODES; i++)
			for (j = 0; j < NODES; j++) {
				struct kc_claim_told *told = &nodes[i].told[j];

				if (i == j || !nodes[i].seq)
					continue;
				if (told->life != nodes[j].life)
					kc_claim_tell(told, nodes[j].life,
						      nodes[i].seq, now);
				if (now >= told->at)
					say(&nodes[i], j);
			}
	}
}

static void trouble(void)
{
	struct node *n = &nodes[any(NODES)];
	unsigned int i, j;

	switch (any(6)) {
	case 0:
	case 1:
		take_over(n);
		break;
	case 2:
		give_up(n);
		break;
	case 3:
		start_anew(n);
		break;
	default:
		i = any(NODES);
		j = any(NODES);
		cut[i][j] = !cut[i][j];
	}
}

/* Whom does a node believe? NODES if nobody. */
static unsigned int believed(const struct node *n)
{
	unsigned int self = n - nodes, best = n->owner ? self : NODES, i;
	u64 epoch = n->epoch, id = n->id;

	for (i = 0; i < NODES; i++) {
		const struct kc_claim_said *said = &n->said[i];

		if (i == self || said->life != nodes[i].life ||
		    !kc_claim_whole(said) || !said->owner)
			continue;
		if (best != NODES &&
		    !kc_claim_beats(said->epoch, said->node, epoch, id))
			continue;
		best = i;
		epoch = said->epoch;
		id = said->node;
	}
	return best;
}

static void agree(void)
{
	unsigned int first = believed(&nodes[0]), i, j;

	for (i = 0; i < NODES; i++) {
		expect_eq(believed(&nodes[i]), first);
		for (j = 0; j < NODES; j++)
			if (j != i && nodes[j].owner)
				expect(!memcmp(nodes[i].has[j], nodes[j].mine,
					       sizeof(nodes[j].mine)));
	}
	/* The epoch rises above all that were seen. */
	take_over(&nodes[1]);
	for (i = 0; i < NODES; i++)
		expect(i == 1 || nodes[1].epoch > nodes[i].epoch);
	run(now + 500 * MS);
	for (i = 0; i < NODES; i++)
		expect_eq(believed(&nodes[i]), 1);
}

/* Nothing is said any more but the refresh: so many datagrams per second. */
static void quiet(void)
{
	unsigned int i, j;

	for (i = 0; i < NODES; i++)
		for (j = 0; j < NODES; j++)
			if (i != j && nodes[i].seq)
				expect(nodes[i].told[j].done &&
				       nodes[i].told[j].at >= now);
}

static void stories(void)
{
	unsigned int story, step, i;

	for (story = 1; story <= STORIES && !ktap_failures; story++) {
		about("story %u", story);
		seed = story * 0x9e3779b97f4a7c15ULL;
		now = MS;
		calm = false;
		memset(nodes, 0, sizeof(nodes));
		memset(flying, 0, sizeof(flying));
		memset(cut, 0, sizeof(cut));
		for (i = 0; i < NODES; i++) {
			nodes[i].id = 100 + (i * 7 + story) % NODES;
			nodes[i].life = 1;
		}
		for (step = 0; step < STEPS / 10; step++) {
			trouble();
			run(now + any(100) * MS);
		}
		memset(cut, 0, sizeof(cut));
		calm = true;
		run(now + 4000 * MS);
		agree();
		quiet();
	}
}

static const struct check checks[] = {
	{ "all agree after partitions, restarts and loss", stories },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
