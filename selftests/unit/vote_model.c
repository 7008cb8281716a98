// SPDX-License-Identifier: GPL-2.0
/*
 * Votes: a model of three and of five nodes whose network loses, delays, doubles
 * and cuts, whose clocks differ, and that forget everything now and then: never
 * two owners, and always one where a majority can talk.
 */
#include "fsm_rules.h"
#include "ktap.h"
#include "vote.h"

#define NODES_MAX 5
#define FLIGHT_MAX 4096
#define INTERVAL_MS 100
#define INTERVAL (INTERVAL_MS * MS)
#define STEP MS
#define WORKER_MAX (20 * MS)	/* less than a quarter of the interval */

struct node {
	struct kc_fsm fsm;
	struct kc_ballot ballot;
	u64 offset;		/* of its clock */
	int drift;		/* parts per million */
	bool holds;		/* the addresses are there */
	bool was_asking, was_master, owes;
	u64 withdrawn_at;	/* when its worker is done, true time */
};

struct flight {
	u64 arrives;
	u8 from, to;
	bool used, advert;
	u8 priority;
	struct kc_vote_message message;
};

static struct node nodes[NODES_MAX];
static unsigned int count;
static struct flight flights[FLIGHT_MAX];
static unsigned int flights_end;
static bool cut[NODES_MAX][NODES_MAX];
static unsigned int loss, late;		/* percent */
static u64 now, starts, random_state;

static u32 random_below(u32 limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 20) % limit;
}

static u64 clock_of(const struct node *n)
{
	return n->offset + now + (long long)(now / 1000000) * n->drift;
}

static void put(u8 from, u8 to, bool advert, u8 priority,
		const struct kc_vote_message *message)
{
	unsigned int i, copies = 1 + (loss && !random_below(20));

	if (cut[from][to] || random_below(100) < loss)
		return;
	for (i = 0; i < FLIGHT_MAX && copies; i++) {
		struct flight *f = &flights[i];

		if (f->used)
			continue;
		copies--;
		if (i >= flights_end)
			flights_end = i + 1;
		f->used = true;
		f->arrives = now + random_below(3 * MS);
		/* Now and then by a way around the world. */
		if (random_below(100) < late)
			f->arrives += (u64)random_below(10 * INTERVAL_MS) * MS;
		f->from = from;
		f->to = to;
		f->advert = advert;
		f->priority = priority;
		if (message)
			f->message = *message;
	}
	expect(!copies);
}

static void to_all(u8 from, bool advert, u8 priority,
		   const struct kc_vote_message *message)
{
	u8 to;

	for (to = 0; to < count; to++)
		if (to != from)
			put(from, to, advert, priority, message);
}

/* A node's voters are the others in turn. */
static unsigned int voter_of(u8 node, u8 other)
{
	return other < node ? other : other - 1u;
}

static void give_back(u8 who)
{
	struct kc_vote_message release;

	kc_ballot_release(&nodes[who].ballot, &release, clock_of(&nodes[who]));
	to_all(who, false, 0, &release);
}

/* What the module does around the state machine. */
static void carry_out(u8 who, unsigned int actions)
{
	struct node *n = &nodes[who];
	bool master = n->fsm.state == KC_FSM_MASTER;
	bool asking = master || n->fsm.asks;

	if (actions & KC_FSM_SEND)
		to_all(who, true, n->fsm.priority, NULL);
	if (actions & KC_FSM_SEND_ZERO)
		to_all(who, true, 0, NULL);
	if ((actions & KC_FSM_ASK) || (master && (actions & KC_FSM_SEND))) {
		struct kc_vote_message ask;

		kc_ballot_ask(&n->ballot, n->fsm.priority,
			      kc_fsm_preempts(&n->fsm), &ask, clock_of(n));
		to_all(who, false, 0, &ask);
	}
	if (master) {
		n->holds = true;
		n->owes = false;
	} else if (n->was_master) {
		n->owes = true;
		n->withdrawn_at = now + random_below(WORKER_MAX);
	} else if (n->was_asking && !asking) {
		give_back(who);
	}
	n->was_asking = asking;
	n->was_master = master;
}

static void begin(u8 who, bool witness)
{
	static const u8 priorities[] = { 100, 100, 150, 200, 254, 255 };
	struct kc_fsm_config cfg = {
		.interval_ms = INTERVAL_MS, .version = 3,
		.priority = priorities[random_below(ARRAY_SIZE(priorities))],
		.preempt = random_below(4), .voting = true,
		.start_master = !random_below(4), .witness = witness,
	};
	struct node *n = &nodes[who];

	memset(n, 0, sizeof(*n));
	n->offset = (u64)random_below(1000000) * SECOND;
	n->drift = (int)random_below(400) - 200;
	kc_ballot_init(&n->ballot, ++starts, kc_fsm_lease_ms(&cfg),
		       clock_of(n));
	n->ballot.n = count - 1;
	kc_fsm_init(&n->fsm, &cfg);
	carry_out(who, kc_fsm_start(&n->fsm, clock_of(n)));
}

static void arrive(const struct flight *f)
{
	struct node *n = &nodes[f->to];
	struct kc_vote_message reply;
	unsigned int actions = 0;
	u64 at = clock_of(n), until;
	bool above;

	if (f->advert) {
		carry_out(f->to, kc_fsm_advert(&n->fsm, f->priority,
					       INTERVAL_MS, f->from - f->to,
					       at));
		return;
	}
	kc_ballot_meet(&n->ballot, voter_of(f->to, f->from), f->message.from,
		       at);
	switch (f->message.kind) {
	case KC_VOTE_REQUEST:
		above = f->message.from > n->ballot.node;
		if (kc_ballot_majority(&n->ballot, f->message.reach))
			actions = kc_fsm_rival(&n->fsm, f->message.priority,
					       f->message.preempt, above, at);
		carry_out(f->to, actions);
		kc_ballot_asked(&n->ballot, &f->message, &reply, at);
		put(f->to, f->from, false, 0, &reply);
		break;
	case KC_VOTE_ANSWER:
		kc_ballot_answered(&n->ballot, voter_of(f->to, f->from),
				   &f->message, at);
		until = kc_ballot_lease(&n->ballot, at);
		carry_out(f->to, kc_fsm_lease(&n->fsm, until, at));
		break;
	case KC_VOTE_RELEASE:
		kc_ballot_released(&n->ballot, &f->message);
		break;
	}
}

static int owner(void)
{
	int found = -1;
	unsigned int i, owners = 0;

	for (i = 0; i < count; i++) {
		if (!nodes[i].holds)
			continue;
		found = i;
		owners++;
	}
	expect(owners <= 1);
	return found;
}

static void pass(u64 time)
{
	u64 until = now + time;
	unsigned int i;

	for (; now < until && !ktap_failures; now += STEP) {
		while (flights_end && !flights[flights_end - 1].used)
			flights_end--;
		for (i = 0; i < flights_end; i++) {
			if (!flights[i].used || flights[i].arrives > now)
				continue;
			flights[i].used = false;
			arrive(&flights[i]);
			owner();
		}
		for (i = 0; i < count; i++) {
			struct node *n = &nodes[i];

			carry_out(i, kc_fsm_timer(&n->fsm, clock_of(n)));
			/* Not before the addresses are gone. */
			if (n->owes && now >= n->withdrawn_at) {
				n->owes = false;
				n->holds = false;
				give_back(i);
			}
			owner();
		}
	}
}

static void disturb(unsigned int witnesses)
{
	unsigned int i, j;
	u8 sides = 0;

	switch (random_below(6)) {
	case 0:
	case 1:	/* two sides */
		sides = random_below(1 << count);
		for (i = 0; i < count; i++)
			for (j = 0; j < count; j++)
				cut[i][j] = (sides >> i ^ sides >> j) & 1;
		break;
	case 2:	/* single links, each way for itself */
		for (i = 0; i < count; i++)
			for (j = 0; j < count; j++)
				cut[i][j] = random_below(3) == 0;
		break;
	case 3:
		loss = random_below(60);
		late = random_below(20);
		break;
	case 4:	/* one forgets everything */
		i = random_below(count);
		begin(i, i < witnesses);
		break;
	default: /* the operator interferes */
		i = random_below(count);
		if (nodes[i].fsm.state == KC_FSM_WITNESS)
			break;
		carry_out(i, kc_fsm_standby(&nodes[i].fsm, true,
					    clock_of(&nodes[i])));
		pass(random_below(10) * INTERVAL);
		carry_out(i, kc_fsm_standby(&nodes[i].fsm, false,
					    clock_of(&nodes[i])));
	}
}

/* A majority can talk again; the others may shout but not be heard. True: all. */
static bool calm(void)
{
	unsigned int i, j, rest = random_below((count + 1) / 2);
	unsigned int how = random_below(3);

	loss = 0;
	late = 0;
	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++)
			cut[i][j] = (i >= count - rest) != (j >= count - rest);
	/* Deaf or mute ones must not hold up the others. */
	for (i = count - rest; i < count; i++)
		for (j = 0; j < count - rest; j++) {
			cut[i][j] &= how != 1;
			cut[j][i] &= how != 2;
		}
	return !rest;
}

/* A better one that preempts has asked the master to yield. */
static void is_best(int master)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		expect(!kc_fsm_preempts(&nodes[i].fsm) || nodes[i].fsm.cfg.witness ||
		       nodes[i].fsm.priority <= nodes[master].fsm.priority);
}

static void run(u64 seed, unsigned int n, unsigned int witnesses)
{
	unsigned int i, changes;
	bool whole;
	int first;

	random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	about("seed %llu, %u nodes", (unsigned long long)seed, n);
	memset(flights, 0, sizeof(flights));
	flights_end = 0;
	memset(cut, 0, sizeof(cut));
	now = SECOND;
	loss = 0;
	late = 0;
	count = n;
	for (i = 0; i < count; i++)
		begin(i, i < witnesses);
	for (changes = 5 + random_below(10); changes; changes--) {
		pass(random_below(1500) * MS);
		disturb(witnesses);
	}
	whole = calm();
	/* What was sent before, and what it can still do, is over. */
	pass(10 * INTERVAL + 12 * INTERVAL);
	first = owner();
	expect(first >= 0);
	/* It stays, unless a better one is only now heard of. */
	for (i = 0; i < 200; i++) {
		pass(5 * MS);
		if (first >= 0 && nodes[first].fsm.cfg.priority == 255)
			expect_eq(owner(), first);
	}
	expect(owner() >= 0);
	if (whole && !ktap_failures)
		is_best(owner());
}

static void model(unsigned int n, unsigned int witnesses)
{
	u64 seed;

	for (seed = 1; seed <= 600 && !ktap_failures; seed++)
		run(seed, n, witnesses);
}

static void model_three(void)
{
	model(3, 0);
}

static void model_witness(void)
{
	model(3, 1);
}

static void model_five(void)
{
	model(5, 0);
}

static void model_five_witnesses(void)
{
	model(5, 2);
}

static const struct check checks[] = {
	{ "model: 3 routers", model_three },
	{ "model: 2 routers and a witness", model_witness },
	{ "model: 5 routers", model_five },
	{ "model: 3 routers and 2 witnesses", model_five_witnesses },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
