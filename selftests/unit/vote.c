// SPDX-License-Identifier: GPL-2.0
/*
 * Votes: the messages, the rules one by one, and what the state machine makes
 * of them.
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
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
