// SPDX-License-Identifier: GPL-2.0
/*
 * The state machine as a master, step by step: its cadence, its rivals. Rows as
 * in fsm.c.
 */
#include "fsm_steps.h"

static void cadence(void)
{
	struct kc_fsm fsm;
	u64 t = T0 + SECOND;
	int i;

	make_master(&fsm, &plain);
	for (i = 0; i < 100; i++, t += SECOND) {
		expect_eq(timer(&fsm, t - 1), 0);
		/* A timer that fires late does not delay the next one. */
		expect_eq(timer(&fsm, t + i * 9 * MS), SEND);
		expect_eq(fsm.deadline, t + SECOND);
		expect_eq(fsm.sent_at, t + i * 9 * MS);
	}
}

static void missed_beats(void)
{
	struct kc_fsm fsm;

	make_master(&fsm, &plain);
	expect_eq(timer(&fsm, T0 + 2500 * MS), SEND);
	expect_eq(fsm.deadline, T0 + 3500 * MS);
	expect_eq(timer(&fsm, T0 + 4500 * MS), SEND);
	expect_eq(fsm.deadline, T0 + 5500 * MS);
}

static void overslept(void)
{
	struct kc_fsm fsm;

	make_master(&fsm, &plain);
	expect_eq(timer(&fsm, T0 + 3 * SECOND), SEND);
	make_master(&fsm, &plain);
	expect_eq(timer(&fsm, T0 + 3 * SECOND + 1),
		  SEND | ANNOUNCE | KC_FSM_OVERSLEPT);
	expect_eq(fsm.state, KC_FSM_MASTER);
	expect_eq(fsm.deadline, T0 + 4 * SECOND + 1);
	expect_eq(timer(&fsm, T0 + 4 * SECOND + 1), SEND);
}

static void overslept_rival_first(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;
	unsigned int actions;

	/* The rival's advert is read before the timer fires. */
	cfg.interval_ms = 100;
	make_master(&fsm, &cfg);
	actions = advert(&fsm, 50, 100, BELOW, T0 + 500 * MS);
	expect_eq(actions, SEND | LOWER);
	actions = timer(&fsm, T0 + 501 * MS);
	expect_eq(actions, SEND | ANNOUNCE | KC_FSM_OVERSLEPT);
}

static void overslept_and_lost(void)
{
	struct kc_fsm fsm;

	make_master(&fsm, &plain);
	timer(&fsm, T0 + 10 * SECOND);
	expect_eq(advert(&fsm, 101, 1000, BELOW, T0 + 10 * SECOND),
		  SEND | CHANGED);
	expect_eq(fsm.state, KC_FSM_BACKUP);
}

static void not_overslept_after_configure(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;

	cfg.interval_ms = 40000;
	make_master(&fsm, &cfg);
	kc_fsm_configure(&fsm, &plain, T0 + 30 * SECOND);
	expect_eq(fsm.deadline, T0 + 31 * SECOND);
	expect_eq(timer(&fsm, T0 + 31 * SECOND), SEND);
}

static void master_priority_0(void)
{
	struct kc_fsm fsm;

	make_master(&fsm, &plain);
	expect_eq(advert(&fsm, 0, 1000, ABOVE, T0 + 300 * MS), SEND);
	expect_eq(fsm.state, KC_FSM_MASTER);
	expect_eq(fsm.sent_at, T0 + 300 * MS);
	/* Reset, but for the announcement that is due. */
	expect_eq(fsm.deadline, T0 + SECOND);
	make_master(&fsm, &plain);
	timer(&fsm, T0 + SECOND);
	timer(&fsm, T0 + 2 * SECOND);
	expect_eq(advert(&fsm, 0, 1000, ABOVE, T0 + 2300 * MS),
		  SEND | ANNOUNCE);
	expect_eq(fsm.deadline, T0 + 3300 * MS);
}

static void priority_0_flood(void)
{
	unsigned int sent = 0, announced = 0;
	struct kc_fsm fsm;
	u64 t;

	make_master(&fsm, &plain);
	for (t = T0; t < T0 + 10 * SECOND; t += MS / 2) {
		unsigned int actions = advert(&fsm, 0, 1000, ABOVE, t);

		actions |= timer(&fsm, t);
		sent += !!(actions & SEND);
		announced += !!(actions & ANNOUNCE);
	}
	expect(sent >= 500 && sent <= 2000);
	expect(announced >= 9 && announced <= 11);
	/* The last one is answered, too, before any backup gives up. */
	advert(&fsm, 0, 1000, ABOVE, t);
	advert(&fsm, 0, 1000, ABOVE, t + MS);
	expect(fsm.deadline <= t + 10 * MS);
}

static void loses_election(void)
{
	static const struct {
		u8 mine, heard;
		int above;
		bool preempt;
	} rows[] = {
		{ 100, 101, BELOW, true }, { 100, 255, BELOW, true },
		{ 100, 100, ABOVE, true }, { 100, 101, BELOW, false },
		{ 100, 100, ABOVE, false }, { 255, 255, ABOVE, true },
		{ 1, 2, 0, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kc_fsm_config cfg = with_priority(rows[i].mine);
		struct kc_fsm fsm;

		about("mine %u, heard %u, preempt %d", rows[i].mine,
		      rows[i].heard, rows[i].preempt);
		cfg.preempt = rows[i].preempt;
		make_master(&fsm, &cfg);
		expect_eq(advert(&fsm, rows[i].heard, 2000, rows[i].above,
				 T0 + SECOND / 2), SEND | CHANGED);
		expect_eq(fsm.state, KC_FSM_BACKUP);
		expect_eq(fsm.active_interval_ms, 2000);
		expect_eq(fsm.deadline, T0 + SECOND / 2 + 6 * SECOND +
			  (256 - rows[i].mine) * 2000 * MS / 256);
	}
}

static void wins_election(void)
{
	static const struct {
		u8 mine, heard;
		int above;
		bool preempt;
	} rows[] = {
		{ 100, 99, ABOVE, true }, { 100, 1, ABOVE, true },
		{ 100, 100, BELOW, true }, { 100, 100, 0, true },
		{ 100, 99, ABOVE, false },	/* row 33 */
		{ 100, 100, BELOW, false }, { 255, 254, ABOVE, true },
		{ 255, 255, BELOW, true },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kc_fsm_config cfg = with_priority(rows[i].mine);
		struct kc_fsm fsm;

		about("mine %u, heard %u, preempt %d", rows[i].mine,
		      rows[i].heard, rows[i].preempt);
		cfg.preempt = rows[i].preempt;
		make_master(&fsm, &cfg);
		timer(&fsm, T0 + SECOND);
		expect_eq(advert(&fsm, rows[i].heard, 2000, rows[i].above,
				 T0 + 1500 * MS), SEND | ANNOUNCE | LOWER);
		expect_eq(fsm.state, KC_FSM_MASTER);
		expect_eq(fsm.active_interval_ms, 1000);
		expect_eq(fsm.sent_at, T0 + 1500 * MS);
		/* The regular adverts are not disturbed. */
		expect_eq(fsm.deadline, T0 + 2 * SECOND);
	}
}

static void rival_soon_after_takeover(void)
{
	struct kc_fsm fsm;

	/*
	 * Two took over at nearly the same time; the rival's announcement was
	 * the later one, and it is not heard of again.
	 */
	make_master(&fsm, &plain);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + 300 * MS), SEND | LOWER);
	expect_eq(timer(&fsm, T0 + SECOND), SEND | ANNOUNCE);
	expect_eq(timer(&fsm, T0 + 2 * SECOND), SEND);
}

static void rival_slow_interval(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;

	cfg.interval_ms = 40000;
	make_master(&fsm, &cfg);
	expect_eq(advert(&fsm, 50, 40000, BELOW, T0 + 300 * MS), SEND | LOWER);
	expect_eq(fsm.deadline, T0 + SECOND);
	expect_eq(timer(&fsm, T0 + SECOND), SEND | ANNOUNCE);
	expect_eq(fsm.deadline, T0 + 41 * SECOND);
}

static void rival_fast_interval(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;
	u64 t;

	cfg.interval_ms = 100;
	make_master(&fsm, &cfg);
	expect_eq(advert(&fsm, 50, 100, BELOW, T0 + 50 * MS), SEND | LOWER);
	for (t = T0 + 100 * MS; t < T0 + SECOND; t += 100 * MS)
		expect_eq(timer(&fsm, t), SEND);
	expect_eq(timer(&fsm, t), SEND | ANNOUNCE);
	expect_eq(timer(&fsm, t + 100 * MS), SEND);
	expect_eq(timer(&fsm, t + 200 * MS), SEND);
	expect_eq(advert(&fsm, 50, 100, BELOW, t + 999 * MS), SEND | LOWER);
}

static void rival_forgotten_when_yielding(void)
{
	struct kc_fsm fsm;

	make_master(&fsm, &plain);
	advert(&fsm, 50, 1000, BELOW, T0 + 300 * MS);
	advert(&fsm, 200, 1000, BELOW, T0 + 400 * MS);
	expect_eq(timer(&fsm, fsm.deadline), TAKEOVER);
	expect_eq(timer(&fsm, fsm.deadline), SEND);
}

static void rival_flood(void)
{
	unsigned int sent = 0, announced = 0, lower = 0;
	struct kc_fsm fsm;
	u64 t;

	make_master(&fsm, &plain);
	for (t = T0; t < T0 + 10 * SECOND; t += MS / 10) {
		unsigned int actions = advert(&fsm, 50, 1000, BELOW, t);

		lower += !!(actions & LOWER);
		sent += !!(actions & SEND);
		actions |= timer(&fsm, t);
		announced += !!(actions & ANNOUNCE);
	}
	expect_eq(lower, 100000);
	expect_eq(sent, 1000);
	expect(announced >= 9 && announced <= 11);
	expect_eq(fsm.state, KC_FSM_MASTER);
}

static const struct check checks[] = {
	{ "master keeps the cadence when timers are late", cadence },
	{ "master does not catch up on missed adverts", missed_beats },
	{ "overslept: announces anew after 3 intervals, not before",
	  overslept },
	{ "overslept: also when a rival is heard first",
	  overslept_rival_first },
	{ "overslept: yields to a higher rival", overslept_and_lost },
	{ "overslept: a slower interval before is no sleep",
	  not_overslept_after_configure },
	{ "row 28: master that hears priority 0 advertises and resets",
	  master_priority_0 },
	{ "row 28: a flood of priority 0 is bounded, the last one answered",
	  priority_0_flood },
	{ "rows 29, 33: master yields to the better one", loses_election },
	{ "rows 30, 33: master answers the lesser one at once",
	  wins_election },
	{ "rival soon after takeover: announced anew, later",
	  rival_soon_after_takeover },
	{ "rival soon after takeover: also with a slow interval",
	  rival_slow_interval },
	{ "rival soon after takeover: also with a fast interval",
	  rival_fast_interval },
	{ "rival: nothing is owed after yielding",
	  rival_forgotten_when_yielding },
	{ "rival: a flood gets bounded answers and announcements",
	  rival_flood },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
