// SPDX-License-Identifier: GPL-2.0
/*
 * Two to five virtual routers on a simulated network: random events first,
 * then silence, and what must be true afterwards whatever happened.
 */
#include "ktap.h"
#include "network.h"

#define RUNS 1000

enum { DISTURB_NOTHING, DISTURB_FREEZE, DISTURB_SPLIT, DISTURB_ALL };

/* --- one run ------------------------------------------------------------- */

static void set_up(u64 seed, bool preempt)
{
	static const u32 intervals[] = { 100, 1000, 2000 };
	u8 version = 3;
	u32 interval;
	unsigned int i;

	network_begin(seed);
	count = 2 + random_below(ROUTERS_MAX - 1);
	interval = intervals[random_below(ARRAY_SIZE(intervals))];
	if (interval > 100 && random_below(4) == 0)
		version = 2;
	about("seed %llu", (unsigned long long)seed);
	for (i = 0; i < count; i++) {
		struct kc_fsm_config cfg = {
			.interval_ms = interval, .version = version,
			.priority = 1 + random_below(254),
			.preempt = preempt,
			.startup_delay_ms = random_below(4) ? 0 : 2500,
			.start_master = random_below(4) == 0,
		};

		/* Ties and owners more often than by chance. */
		if (random_below(3) == 0)
			cfg.priority = 100;
		if (random_below(12) == 0)
			cfg.priority = 255;
		/* Version 3 learns what the master's interval is. */
		if (version == 3 && random_below(4) == 0)
			cfg.interval_ms *= 2;
		kc_fsm_init(&routers[i].fsm, &cfg);
		routers[i].frozen_until = 0;
		routers[i].side = 0;
		routers[i].told = ROUTERS_MAX;
		last_sent[i] = 0;
	}
}

static void start_all(void)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		happen(i, FSM_START, NULL);
		pass(now + random_below(2000) * MS);
	}
}

static void disturb_state(u8 who)
{
	struct kc_fsm *fsm = &routers[who].fsm;

	switch (random_below(5)) {
	case 0:
		happen(who, FSM_FAULT, NULL);
		break;
	case 1:
		happen(who, FSM_STOP, NULL);
		break;
	case 2:
		if (fsm->state == KC_FSM_INIT)
			happen(who, FSM_START, NULL);
		else if (fsm->state == KC_FSM_FAULT)
			happen(who, FSM_RECOVER, NULL);
		break;
	case 3:
		happen(who, FSM_SET_PRIORITY, NULL);
		break;
	default:
		happen(who, FSM_CONFIGURE, NULL);
		break;
	}
}

static void split(void)
{
	unsigned int i, alone = random_below(count);

	for (i = 0; i < count; i++)
		routers[i].side = random_below(2);
	routers[alone].side = 0;
	routers[(alone + 1) % count].side = 1;
}

static void disturb(int how)
{
	unsigned int i, steps = 3 + random_below(12);
	u8 who;

	while (steps--) {
		pass(now + (u64)random_below(3000) * MS);
		who = random_below(count);
		if (how == DISTURB_FREEZE ||
		    (how == DISTURB_ALL && random_below(3) == 0))
			routers[who].frozen_until =
				now + (u64)random_below(20000) * MS;
		else if (how == DISTURB_SPLIT ||
			 (how == DISTURB_ALL && random_below(2)))
			split();
		else if (how == DISTURB_ALL)
			disturb_state(who);
		/*
		 * An announcement that a split swallows is lost for good,
		 * unless the other side has found a master, too.
		 */
		if (how == DISTURB_SPLIT)
			pass(now + 30 * SECOND);
	}
	/* The end of it. */
	for (i = 0; i < count; i++) {
		routers[i].side = 0;
		if (routers[i].frozen_until > now + 3 * SECOND)
			routers[i].frozen_until = now + 3 * SECOND;
		if (how != DISTURB_ALL)
			continue;
		if (routers[i].fsm.state == KC_FSM_INIT)
			happen(i, FSM_START, NULL);
		else if (routers[i].fsm.state == KC_FSM_FAULT)
			happen(i, FSM_RECOVER, NULL);
	}
}

/* Enough for the slowest, several times over. */
static void settle(void)
{
	pass(now + 60 * SECOND);
}

static int only_master(void)
{
	int master = -1;
	unsigned int i, masters = 0;

	for (i = 0; i < count; i++) {
		if (routers[i].fsm.state == KC_FSM_MASTER) {
			master = i;
			masters++;
		}
	}
	expect_eq(masters, 1);
	return masters == 1 ? master : -1;
}

static int best(int except)
{
	int found = -1;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if ((int)i == except)
			continue;
		if (found < 0 ||
		    routers[i].fsm.priority >= routers[found].fsm.priority)
			found = i;
	}
	return found;
}

static void all_believe_in(int master)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		expect_eq(routers[i].told, master);
}

static void run_all(int how, bool preempt, void (*then)(int master))
{
	u64 seed;

	for (seed = 1; seed <= RUNS && !ktap_failures; seed++) {
		int master;

		set_up(seed, preempt);
		start_all();
		disturb(how);
		settle();
		master = only_master();
		if (master >= 0)
			then(master);
	}
}

/* --- what must be true afterwards ---------------------------------------- */

/* Ties do not preempt: the higher address wins only among masters. */
static void is_best(int master)
{
	expect_eq(routers[master].fsm.priority,
		  routers[best(-1)].fsm.priority);
}

static void is_best_and_believed(int master)
{
	is_best(master);
	all_believe_in(master);
}

static void nothing(int master)
{
	(void)master;
}

/* Nobody takes over from a master that is there. */
static void is_quiet(int master)
{
	unsigned int i;
	u64 sent = messages;
	u64 beats;

	pass(now + 40 * SECOND);
	expect_eq(only_master(), master);
	beats = 40 * SECOND / (routers[master].fsm.cfg.interval_ms * MS);
	/* One message to each of the others, and nothing else. */
	expect(messages - sent <= (beats + 1) * (count - 1));
	expect(messages - sent >= (beats - 1) * (count - 1));
	for (i = 0; i < count; i++) {
		expect_eq(routers[i].fsm.active_interval_ms,
			  routers[master].fsm.cfg.interval_ms);
	}
}

static u64 interval_of(int who)
{
	return routers[who].fsm.cfg.interval_ms * MS;
}

static u64 skew_of(int who, u64 interval)
{
	if (routers[who].fsm.cfg.version == 2)
		interval = SECOND;
	return (256 - routers[who].fsm.priority) * interval / 256;
}

/* Until somebody is master again, in steps of a millisecond. */
static u64 until_master(void)
{
	unsigned int i;
	u64 end = now + 60 * SECOND;

	while (now < end) {
		for (i = 0; i < count; i++)
			if (routers[i].fsm.state == KC_FSM_MASTER)
				return now;
		pass(now + MS);
	}
	return KC_FSM_NEVER;
}

static void dies(int master)
{
	int heir = best(master);
	u64 interval = interval_of(master), sent, silence;

	pass(now + (u64)random_below(2000) * MS);
	sent = last_sent[master];
	/* Without a last word. */
	routers[master].fsm.state = KC_FSM_INIT;
	routers[master].fsm.deadline = KC_FSM_NEVER;
	silence = until_master() - sent;
	expect(silence >= 3 * interval);
	expect(silence <= 3 * interval + skew_of(heir, interval) +
	       DELAY_MAX + MS);
	kc_fsm_set_priority(&routers[master].fsm, 0);
	settle();
	if (only_master() >= 0)
		is_best_and_believed(only_master());
}

static void resigns(int master)
{
	int heir = best(master);
	u64 interval = interval_of(master), since;

	pass(now + (u64)random_below(2000) * MS);
	since = now;
	happen(master, FSM_STOP, NULL);
	expect(until_master() - since <=
	       skew_of(heir, interval) + DELAY_MAX + MS);
	kc_fsm_set_priority(&routers[master].fsm, 0);
	settle();
	if (only_master() >= 0)
		is_best_and_believed(only_master());
}

/* Another one comes back: it gets the office with preempt only. */
static void returns(int master)
{
	unsigned int other = (master + 1) % count;

	happen(other, FSM_STOP, NULL);
	pass(now + 5 * SECOND);
	kc_fsm_set_priority(&routers[other].fsm, 254);
	/* That one would not even wait until it has heard the master. */
	routers[other].fsm.cfg.start_master = false;
	happen(other, FSM_START, NULL);
	settle();
	expect_eq(only_master(), master);
}

static void start_only(void)
{
	run_all(DISTURB_NOTHING, true, is_best_and_believed);
}

static void freezes(void)
{
	run_all(DISTURB_FREEZE, true, is_best_and_believed);
}

static void splits(void)
{
	run_all(DISTURB_SPLIT, true, is_best_and_believed);
}

static void chaos(void)
{
	run_all(DISTURB_ALL, true, is_best);
}

static void chaos_nopreempt(void)
{
	run_all(DISTURB_ALL, false, nothing);
}

static void nopreempt_believed(void)
{
	run_all(DISTURB_SPLIT, false, all_believe_in);
	run_all(DISTURB_FREEZE, false, all_believe_in);
}

static void quiet(void)
{
	run_all(DISTURB_ALL, true, is_quiet);
	run_all(DISTURB_ALL, false, is_quiet);
}

static void death(void)
{
	run_all(DISTURB_FREEZE, true, dies);
}

static void resignation(void)
{
	run_all(DISTURB_FREEZE, true, resigns);
}

static void no_return(void)
{
	run_all(DISTURB_NOTHING, false, returns);
}

/* Masters of one priority, healed: the higher address stays (row 29). */
static void tie(void)
{
	u64 seed;

	for (seed = 1; seed <= RUNS && !ktap_failures; seed++) {
		unsigned int i;

		set_up(seed, true);
		for (i = 0; i < count; i++) {
			kc_fsm_set_priority(&routers[i].fsm, 100);
			routers[i].fsm.cfg.priority = 100;
			routers[i].side = i;
		}
		start_all();
		settle();
		for (i = 0; i < count; i++) {
			expect_eq(routers[i].fsm.state, KC_FSM_MASTER);
			routers[i].side = 0;
		}
		settle();
		expect_eq(only_master(), count - 1);
		all_believe_in(count - 1);
	}
}

static const struct check checks[] = {
	{ "after the start: one master, the best, and all hosts know",
	  start_only },
	{ "after freezes: one master, the best, and all hosts know",
	  freezes },
	{ "after splits: one master, the best, and all hosts know", splits },
	{ "after anything: one master, the best", chaos },
	{ "after anything, without preempt: one master", chaos_nopreempt },
	{ "after freezes and splits, without preempt: all hosts know",
	  nopreempt_believed },
	{ "row 29: a tie of masters goes to the higher address", tie },
	{ "a settled network stays so, one advert an interval", quiet },
	{ "row 20: a dead master is replaced within the down interval",
	  death },
	{ "rows 23, 31: a master that resigns is replaced within the skew",
	  resignation },
	{ "without preempt: a better one that returns stays backup",
	  no_return },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
