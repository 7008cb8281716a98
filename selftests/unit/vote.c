// SPDX-License-Identifier: GPL-2.0
/*
 * Votes: the messages, the rules one by one, and a model of three and of five
 * nodes whose network loses, delays, doubles and cuts, whose clocks differ, and
 * that forget everything now and then: never two owners, and always one where
 * a majority can talk.
 */
#include "fsm_rules.h"
#include "ktap.h"
#include "vote.h"

/* --- messages ------------------------------------------------------------ */

static const struct kc_vrrp_format format4 = {
	.version = 3, .family = KC_AF_INET,
};

static const struct kc_vote_message sample = {
	.kind = KC_VOTE_ANSWER, .vote = KC_VOTE_TAKEN, .priority = 200,
	.preempt = true, .votes = 5, .reach = 3, .lease_ms = 122850,
	.from = 0x0123456789abcdefULL, .asker = U64_MAX,
	.stamp = 0xfedcba9876543210ULL,
};

static struct kc_vrrp_packet packet_of(const struct kc_vrrp_format *format,
				       const u8 *buf)
{
	struct kc_vrrp_packet packet = {
		.data = buf, .len = KC_VOTE_LEN, .src = { 10, 1, 0, 1 },
		.dst = { 10, 1, 0, 2 }, .family = format->family, .ttl = 255,
	};

	return packet;
}

static void round_trip(void)
{
	static const u8 families[] = { KC_AF_INET, KC_AF_INET6 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		struct kc_vrrp_format format = {
			.version = i ? 3 : 2, .family = families[i],
			.auth = "secret",
		};
		u8 buf[KC_VOTE_LEN] = {};
		struct kc_vrrp_packet packet = packet_of(&format, buf);
		struct kc_vote_message back;

		kc_vote_build(&format, 7, &sample, packet.src, packet.dst, buf);
		expect(kc_vote_is(buf, sizeof(buf)));
		expect_eq(kc_vrrp_peek_vrid(buf, sizeof(buf)), 7);
		expect_eq(kc_vote_parse(&format, &packet, &back), KC_VRRP_OK);
		expect_eq(back.kind, sample.kind);
		expect_eq(back.vote, sample.vote);
		expect_eq(back.priority, sample.priority);
		expect_eq(back.preempt, sample.preempt);
		expect_eq(back.votes, sample.votes);
		expect_eq(back.reach, sample.reach);
		expect_eq(back.lease_ms, sample.lease_ms);
		expect_eq(back.from, sample.from);
		expect_eq(back.asker, sample.asker);
		expect_eq(back.stamp, sample.stamp);
	}
}

/* Those who know advertisements only discard it by its type. */
static void no_advert(void)
{
	u8 buf[KC_VOTE_LEN] = {};
	struct kc_vrrp_packet packet = packet_of(&format4, buf);
	struct kc_vrrp_advert advert;

	kc_vote_build(&format4, 7, &sample, packet.src, packet.dst, buf);
	expect_eq(kc_vrrp_parse(&format4, &packet, &advert), KC_VRRP_BAD_TYPE);
	buf[0] = 0x31;
	expect(!kc_vote_is(buf, sizeof(buf)));
}

static void refused(void)
{
	struct kc_vrrp_format other = format4;
	static const u8 kinds[] = { 0, 4, 255 };
	u8 buf[KC_VOTE_LEN] = {};
	struct kc_vrrp_packet packet = packet_of(&format4, buf);
	struct kc_vote_message back, odd = sample;
	unsigned int i;

	kc_vote_build(&format4, 7, &sample, packet.src, packet.dst, buf);
	packet.ttl = 254;
	expect_eq(kc_vote_parse(&format4, &packet, &back), KC_VRRP_BAD_TTL);
	packet.ttl_min = 254;
	expect_eq(kc_vote_parse(&format4, &packet, &back), KC_VRRP_OK);
	packet.len--;
	expect_eq(kc_vote_parse(&format4, &packet, &back), KC_VRRP_BAD_LENGTH);
	packet.len++;
	packet.src[3]++;
	expect_eq(kc_vote_parse(&format4, &packet, &back),
		  KC_VRRP_BAD_CHECKSUM);
	packet.src[3]--;
	for (i = 1; i < KC_VOTE_LEN; i++) {
		buf[i] ^= 1;
		expect_eq(kc_vote_parse(&format4, &packet, &back),
			  KC_VRRP_BAD_CHECKSUM);
		buf[i] ^= 1;
	}
	other.version = 2;
	expect_eq(kc_vote_parse(&other, &packet, &back), KC_VRRP_BAD_VERSION);
	memcpy(other.auth, "secret", 6);
	other.version = 3;
	expect_eq(kc_vote_parse(&other, &packet, &back), KC_VRRP_BAD_AUTH);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		odd.kind = kinds[i];
		kc_vote_build(&format4, 7, &odd, packet.src, packet.dst, buf);
		expect_eq(kc_vote_parse(&format4, &packet, &back),
			  KC_VRRP_BAD_TYPE);
	}
}

/* --- the rules ----------------------------------------------------------- */

#define LEASE_MS 3000
#define LEASE (LEASE_MS * MS)

static struct kc_ballot a, b, c;
static struct kc_vote_message request, answer;

/* Three nodes that are no longer silent. */
static u64 three(void)
{
	kc_ballot_init(&a, 1, LEASE_MS, SECOND);
	kc_ballot_init(&b, 2, LEASE_MS, SECOND);
	kc_ballot_init(&c, 3, LEASE_MS, SECOND);
	a.n = 2;
	b.n = 2;
	c.n = 2;
	return SECOND + LEASE;
}

static u8 ask_for(struct kc_ballot *asker, struct kc_ballot *of, u64 now)
{
	kc_ballot_ask(asker, 100, true, &request, now);
	kc_ballot_asked(of, &request, &answer, now);
	kc_ballot_meet(asker, of == &b ? 0 : of == &c, answer.from, now);
	kc_ballot_answered(asker, of == &b ? 0 : of == &c, &answer, now);
	return answer.vote;
}

static void one_at_a_time(void)
{
	u64 now = three();

	expect_eq(ask_for(&a, &c, now), KC_VOTE_FREE);
	expect_eq(kc_ballot_lease(&a, now), 0);
	expect_eq(kc_ballot_reach(&a, now), 2);
	expect_eq(ask_for(&a, &c, now + MS), KC_VOTE_GRANTED);
	expect_eq(kc_ballot_lease(&a, now + MS), now + MS + LEASE / 12 * 11);
	expect_eq(kc_ballot_granted(&a, now + MS), 2);
	expect_eq(ask_for(&b, &c, now + LEASE), KC_VOTE_TAKEN);
	expect_eq(ask_for(&b, &c, now + LEASE + MS), KC_VOTE_GRANTED);
	expect(kc_ballot_lease(&b, now + LEASE + MS));
	expect_eq(kc_ballot_lease(&a, now + LEASE + MS), 0);
}

static void asked_counts(void)
{
	u64 now = three();

	ask_for(&a, &c, now);
	/* The answer takes a second: the lease is that much shorter. */
	kc_ballot_ask(&a, 100, true, &request, now + MS);
	kc_ballot_asked(&c, &request, &answer, now + SECOND);
	kc_ballot_answered(&a, 1, &answer, now + 2 * SECOND);
	expect_eq(kc_ballot_lease(&a, now + 2 * SECOND),
		  now + MS + LEASE / 12 * 11);
	expect_eq(c.promised_until, now + SECOND + LEASE);
	/* One that comes too late is worth nothing. */
	three();
	ask_for(&a, &c, now);
	kc_ballot_ask(&a, 100, true, &request, now + MS);
	kc_ballot_asked(&c, &request, &answer, now + SECOND);
	kc_ballot_answered(&a, 1, &answer, now + 2 * MS + LEASE);
	expect_eq(kc_ballot_granted(&a, now + 2 * MS + LEASE), 1);
}

static void forgetful(void)
{
	u64 now = three();

	kc_ballot_init(&c, 4, LEASE_MS, now);
	c.n = 2;
	expect_eq(ask_for(&a, &c, now), KC_VOTE_WAITING);
	expect_eq(kc_ballot_reach(&a, now), 1);
	expect_eq(ask_for(&a, &c, now + LEASE - 1), KC_VOTE_WAITING);
	expect_eq(ask_for(&a, &c, now + LEASE), KC_VOTE_FREE);
	/* The same for one's own vote. */
	kc_ballot_init(&a, 5, LEASE_MS, now + LEASE);
	a.n = 2;
	ask_for(&a, &c, now + LEASE + MS);
	expect_eq(ask_for(&a, &c, now + LEASE + 2 * MS), KC_VOTE_FREE);
	expect_eq(kc_ballot_granted(&a, now + LEASE + 2 * MS), 0);
}

static void given_back(void)
{
	struct kc_vote_message release, old;
	u64 now = three();

	ask_for(&a, &c, now);
	ask_for(&a, &c, now + MS);
	old = answer;
	kc_ballot_release(&a, &release, now + 2 * MS);
	expect_eq(kc_ballot_lease(&a, now + 2 * MS), 0);
	kc_ballot_released(&c, &release);
	ask_for(&b, &c, now + 3 * MS);
	expect_eq(ask_for(&b, &c, now + 4 * MS), KC_VOTE_GRANTED);
	/* An answer from before does not count. */
	kc_ballot_answered(&a, 1, &old, now + 5 * MS);
	expect_eq(kc_ballot_granted(&a, now + 5 * MS), 1);
	/* Nor is it for others to give it back. */
	kc_ballot_released(&c, &release);
	expect_eq(ask_for(&a, &c, now + 6 * MS), KC_VOTE_TAKEN);

	/* Nor does one that was overtaken by a new request. */
	now = three();
	ask_for(&a, &c, now);
	ask_for(&a, &c, now + MS);
	kc_ballot_release(&a, &release, now + 2 * MS);
	expect_eq(ask_for(&a, &c, now + 3 * MS), KC_VOTE_GRANTED);
	kc_ballot_released(&c, &release);
	expect_eq(ask_for(&b, &c, now + 4 * MS), KC_VOTE_TAKEN);
}

static void deaf(void)
{
	u64 now = three();
	unsigned int i;

	/* It asks and asks and hears no answer. */
	for (i = 0; i < 20; i++) {
		kc_ballot_ask(&a, 100, true, &request, now + i * MS);
		expect_eq(request.reach, 1);
		kc_ballot_asked(&c, &request, &answer, now + i * MS);
		expect_eq(answer.vote, KC_VOTE_FREE);
	}
	ask_for(&b, &c, now + i * MS);
	expect_eq(ask_for(&b, &c, now + (i + 1) * MS), KC_VOTE_GRANTED);
}

static void differing(void)
{
	u64 now = three();

	a.n = 4;
	expect_eq(ask_for(&a, &c, now), KC_VOTE_DIFFERS);
	a.n = 2;
	a.lease_ms = LEASE_MS + 1;
	expect_eq(ask_for(&a, &c, now), KC_VOTE_DIFFERS);
	expect_eq(kc_ballot_reach(&a, now), 1);
	a.lease_ms = LEASE_MS - 1;
	expect_eq(ask_for(&a, &c, now), KC_VOTE_FREE);
}

/* One node under two of its addresses: that is one vote, not two. */
static void named_twice(void)
{
	u64 now = three();
	unsigned int i;

	a.n = 3;
	c.n = 3;
	for (i = 0; i < 4; i++) {
		kc_ballot_ask(&a, 100, true, &request, now + i * MS);
		kc_ballot_asked(&c, &request, &answer, now + i * MS);
		kc_ballot_meet(&a, 0, answer.from, now + i * MS);
		kc_ballot_meet(&a, 2, answer.from, now + i * MS);
		kc_ballot_answered(&a, 0, &answer, now + i * MS);
		kc_ballot_answered(&a, 2, &answer, now + i * MS);
	}
	expect_eq(kc_ballot_reach(&a, now + 4 * MS), 2);
	expect_eq(kc_ballot_lease(&a, now + 4 * MS), 0);
}

/* --- the state machine --------------------------------------------------- */

static struct kc_fsm machine(u8 priority, u64 at)
{
	struct kc_fsm_config cfg = {
		.interval_ms = 1000, .version = 3, .priority = priority,
		.preempt = true, .voting = true,
	};
	struct kc_fsm fsm;

	kc_fsm_init(&fsm, &cfg);
	kc_fsm_start(&fsm, at);
	return fsm;
}

/* One that is master from then on, for a lease. */
static struct kc_fsm master(u64 at)
{
	struct kc_fsm fsm = machine(200, at - 4 * SECOND);

	expect_eq(kc_fsm_timer(&fsm, at), KC_FSM_ASK);
	expect_eq(kc_fsm_lease(&fsm, at + 2750 * MS, at),
		  KC_FSM_SEND | KC_FSM_ANNOUNCE | KC_FSM_CHANGED);
	return fsm;
}

static void candidate(void)
{
	struct kc_fsm fsm = machine(200, SECOND);
	unsigned int i;
	u64 at;

	/* Not even the owner of the addresses is master by itself. */
	expect_eq(machine(KC_FSM_OWNER, SECOND).state, KC_FSM_BACKUP);
	for (i = 0; i < KC_FSM_HURRY + 4; i++) {
		at = fsm.deadline;
		expect_eq(kc_fsm_timer(&fsm, at), KC_FSM_ASK);
		expect_eq(fsm.state, KC_FSM_BACKUP);
		expect_eq(fsm.deadline - at,
			  i < KC_FSM_HURRY ? SECOND / 8 : SECOND);
		expect_eq(kc_fsm_lease(&fsm, 0, at), 0);
	}
	/* Whoever hears a master does not want to be one. */
	kc_fsm_advert(&fsm, 200, 1000, -1, at);
	expect_eq(fsm.asks, 0);
	expect_eq(kc_fsm_lease(&fsm, at + SECOND, at), 0);
	expect_eq(fsm.state, KC_FSM_BACKUP);
}

static void lapsed(void)
{
	u64 at = 10 * SECOND, end = at + 2750 * MS;
	struct kc_fsm fsm = master(at);

	for (; fsm.deadline < end; at = fsm.deadline)
		kc_fsm_timer(&fsm, fsm.deadline);
	expect_eq(kc_fsm_timer(&fsm, end - 1), 0);
	expect_eq(kc_fsm_timer(&fsm, end),
		  KC_FSM_SEND_ZERO | KC_FSM_CHANGED | KC_FSM_ISOLATED);
	expect_eq(fsm.state, KC_FSM_BACKUP);
	expect_eq(fsm.deadline, end + kc_fsm_down_interval(&fsm));
	/* A longer lease stays, whatever is counted later. */
	fsm = master(at);
	kc_fsm_lease(&fsm, 0, at);
	expect_eq(kc_fsm_timer(&fsm, at + SECOND), KC_FSM_SEND);
}

/* It hears of the new master before its timer runs: no advert, no claim. */
static void frozen(void)
{
	u64 at = 10 * SECOND;
	struct kc_fsm fsm = master(at);
	unsigned int actions = kc_fsm_advert(&fsm, 100, 1000, -1, at + LEASE);

	expect(actions & KC_FSM_ISOLATED);
	expect(!(actions & (KC_FSM_SEND | KC_FSM_ANNOUNCE)));
	expect_eq(fsm.state, KC_FSM_BACKUP);
}

static void rivals(void)
{
	u64 at = 10 * SECOND;
	struct kc_fsm fsm = master(at);

	expect_eq(kc_fsm_rival(&fsm, 200, true, true, at), 0);
	expect_eq(kc_fsm_rival(&fsm, 254, false, true, at), 0);
	expect_eq(kc_fsm_rival(&fsm, 201, true, false, at),
		  KC_FSM_SEND | KC_FSM_CHANGED);
	expect_eq(fsm.state, KC_FSM_BACKUP);
	/* Of two candidates the better one goes on. */
	fsm = machine(200, SECOND);
	kc_fsm_timer(&fsm, at);
	kc_fsm_rival(&fsm, 200, true, false, at);
	expect_eq(fsm.asks, 1);
	kc_fsm_rival(&fsm, 200, false, true, at);
	expect_eq(fsm.asks, 0);
	expect_eq(fsm.deadline, at + kc_fsm_down_interval(&fsm));
}

static void keep(void)
{
	struct kc_fsm fsm = machine(200, SECOND);

	fsm.cfg.voting = false;
	expect_eq(kc_fsm_timer(&fsm, 10 * SECOND),
		  KC_FSM_SEND | KC_FSM_ANNOUNCE | KC_FSM_CHANGED);
	expect_eq(kc_fsm_rival(&fsm, 254, true, true, 10 * SECOND), 0);
	expect_eq(kc_fsm_timer(&fsm, 11 * SECOND), KC_FSM_SEND);
}

static void witness(void)
{
	struct kc_fsm_config cfg = {
		.interval_ms = 1000, .version = 3, .priority = 255,
		.witness = true,
	};
	struct kc_fsm fsm;

	kc_fsm_init(&fsm, &cfg);
	expect_eq(kc_fsm_start(&fsm, SECOND), KC_FSM_CHANGED);
	expect_eq(fsm.state, KC_FSM_WITNESS);
	expect_eq(fsm.deadline, KC_FSM_NEVER);
	expect_eq(kc_fsm_timer(&fsm, 100 * SECOND), 0);
	expect_eq(kc_fsm_advert(&fsm, 0, 1000, -1, 100 * SECOND), 0);
	expect_eq(kc_fsm_fault(&fsm), KC_FSM_CHANGED);
	expect_eq(kc_fsm_recover(&fsm, 101 * SECOND), KC_FSM_CHANGED);
	expect_eq(fsm.state, KC_FSM_WITNESS);
	expect_eq(kc_fsm_stop(&fsm), KC_FSM_CHANGED);
}

/* --- the model ----------------------------------------------------------- */

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
	{ "message: what is written is read", round_trip },
	{ "message: no advertisement, by its type", no_advert },
	{ "message: malformed ones are refused", refused },
	{ "a vote is given to one at a time, for a lease", one_at_a_time },
	{ "a lease is counted from when it was asked for", asked_counts },
	{ "who starts keeps silent for a lease", forgetful },
	{ "a vote that is given back is free, and stays so", given_back },
	{ "who is deaf gets no vote", deaf },
	{ "who counts other votes or a longer lease gets none", differing },
	{ "a node named twice has one vote", named_twice },
	{ "state: a backup without a majority asks", candidate },
	{ "state: a master whose lease has lapsed gives up", lapsed },
	{ "state: and does so before anything else", frozen },
	{ "state: a better one that can win is let through", rivals },
	{ "state: with keep nothing of that", keep },
	{ "state: a witness is no more than that", witness },
	{ "model: 3 routers", model_three },
	{ "model: 2 routers and a witness", model_witness },
	{ "model: 5 routers", model_five },
	{ "model: 3 routers and 2 witnesses", model_five_witnesses },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
