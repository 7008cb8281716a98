// SPDX-License-Identifier: GPL-2.0
/*
 * Two to five virtual routers on a simulated network: random events first,
 * then silence, and what must be true afterwards whatever happened.
 *
 *	router 0      router 1   ...  router N-1	 one host beside each
 *	+ host 0      + host 1        + host N-1	 router, for what it was
 *	    |             |               |		 told by announcements
 *	  ==+=============+===============+==	 delays, and splits
 *
 * A router's number is its address: the higher one wins a tie.
 */
#include "fsm_rules.h"
#include "ktap.h"

#define ROUTERS_MAX 5
#define IN_FLIGHT_MAX 65536
#define RUNS 1000

/* RFC 9568 elects the best only if adverts take less than the skews differ. */
#define DELAY_MAX (2 * MS)

enum { DISTURB_NOTHING, DISTURB_FREEZE, DISTURB_SPLIT, DISTURB_ALL };

struct router {
	struct kc_fsm fsm;
	u64 frozen_until;
	u8 side;	/* of a split network */
	u8 told;	/* whom its host believes in, ROUTERS_MAX if nobody */
};

struct message {
	u64 arrives;
	u64 number;
	u8 from, to;
	u8 priority;
	u32 interval_ms;
	bool announcement;
	bool used;
};

static struct router routers[ROUTERS_MAX];
static unsigned int count;
static struct message in_flight[IN_FLIGHT_MAX];
static unsigned int in_flight_end;
static u64 now, messages, last_sent[ROUTERS_MAX];
static u64 last_arrival[ROUTERS_MAX][ROUTERS_MAX];
static u64 random_state;

static u32 random_below(u32 limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 20) % limit;
}

static void put(u8 from, u8 to, u8 priority, bool announcement)
{
	struct message *message = NULL;
	unsigned int i;

	if (routers[from].side != routers[to].side)
		return;
	for (i = 0; i < IN_FLIGHT_MAX; i++) {
		if (!in_flight[i].used) {
			message = &in_flight[i];
			break;
		}
	}
	expect(message);
	if (!message)
		return;
	if (i >= in_flight_end)
		in_flight_end = i + 1;
	message->arrives = now + 1 + random_below(DELAY_MAX);
	/* A path does not change the order. */
	if (message->arrives < last_arrival[from][to])
		message->arrives = last_arrival[from][to];
	last_arrival[from][to] = message->arrives;
	message->number = messages++;
	message->from = from;
	message->to = to;
	message->priority = priority;
	message->interval_ms = routers[from].fsm.cfg.interval_ms;
	message->announcement = announcement;
	message->used = true;
}

static void carry_out(u8 who, unsigned int actions)
{
	u8 to;

	if (actions & (KC_FSM_SEND | KC_FSM_SEND_ZERO))
		last_sent[who] = now;
	for (to = 0; to < count; to++) {
		if (actions & KC_FSM_ANNOUNCE)
			put(who, to, 0, true);
		if (to == who)
			continue;
		if (actions & KC_FSM_SEND)
			put(who, to, routers[who].fsm.priority, false);
		if (actions & KC_FSM_SEND_ZERO)
			put(who, to, 0, false);
	}
}

static void happen(u8 who, enum fsm_event event, const struct message *message)
{
	struct kc_fsm *fsm = &routers[who].fsm;
	struct kc_fsm was = *fsm;
	unsigned int actions = 0;
	const char *broken;
	int weights;

	switch (event) {
	case FSM_START:
		actions = kc_fsm_start(fsm, now);
		break;
	case FSM_TIMER:
		actions = kc_fsm_timer(fsm, now);
		break;
	case FSM_ADVERT:
		actions = kc_fsm_advert(fsm, message->priority,
					message->interval_ms,
					message->from - who, now);
		break;
	case FSM_FAULT:
		actions = kc_fsm_fault(fsm);
		break;
	case FSM_RECOVER:
		actions = kc_fsm_recover(fsm, now);
		break;
	case FSM_STOP:
		actions = kc_fsm_stop(fsm);
		break;
	case FSM_SET_PRIORITY:
		weights = (int)random_below(100) - 50;
		kc_fsm_set_priority(fsm, kc_fsm_weigh(fsm->cfg.priority,
						      weights));
		break;
	case FSM_CONFIGURE:
		/* Only what all the routers need not have in common. */
		was.cfg.preempt_delay_ms = random_below(2) * 700;
		kc_fsm_configure(fsm, &was.cfg, now);
		was = *fsm;
		break;
	}
	broken = fsm_broken(&was, fsm, event, actions, now);
	if (broken)
		printf("# broken: %s\n", broken);
	expect(!broken);
	carry_out(who, actions);
}

static struct message *next_message(void)
{
	struct message *next = NULL;
	unsigned int i;

	for (i = 0; i < in_flight_end; i++) {
		struct message *message = &in_flight[i];

		if (!message->used)
			continue;
		/* What waits for a frozen router keeps its order. */
		if (!message->announcement &&
		    message->arrives < routers[message->to].frozen_until)
			message->arrives = routers[message->to].frozen_until;
		if (!next || message->arrives < next->arrives ||
		    (message->arrives == next->arrives &&
		     message->number < next->number))
			next = message;
	}
	return next;
}

/* Everything that happens until then. */
static void pass(u64 until)
{
	for (;;) {
		struct message *message = next_message();
		u64 when = message ? message->arrives : KC_FSM_NEVER;
		int timer_of = -1;
		unsigned int i;

		for (i = 0; i < count; i++) {
			u64 at = routers[i].fsm.deadline;

			if (at < routers[i].frozen_until)
				at = routers[i].frozen_until;
			/* Who wakes may find either first. */
			if (at < when || (at == when && random_below(2))) {
				when = at;
				timer_of = i;
			}
		}
		if (when > until)
			break;
		now = when > now ? when : now;
		if (timer_of >= 0) {
			happen(timer_of, FSM_TIMER, NULL);
			continue;
		}
		message->used = false;
		while (in_flight_end && !in_flight[in_flight_end - 1].used)
			in_flight_end--;
		if (message->announcement)
			routers[message->to].told = message->from;
		else
			happen(message->to, FSM_ADVERT, message);
	}
	now = until;
}

/* --- one run ------------------------------------------------------------- */

static void set_up(u64 seed, bool preempt)
{
	static const u32 intervals[] = { 100, 1000, 2000 };
	u8 version = 3;
	u32 interval;
	unsigned int i;

	random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	memset(in_flight, 0, sizeof(in_flight));
	memset(last_arrival, 0, sizeof(last_arrival));
	in_flight_end = 0;
	now = 1000 * SECOND;
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
