// SPDX-License-Identifier: GPL-2.0
/*
 * The state machine of one virtual router (vrrp_fsm.c), step by step. Rows
 * are those of RFC 9568 and RFC 3768 in the order of the requirements list.
 */
#include "fsm_rules.h"
#include "ktap.h"

#define CHANGED KC_FSM_CHANGED
#define SEND KC_FSM_SEND
#define ZERO KC_FSM_SEND_ZERO
#define ANNOUNCE KC_FSM_ANNOUNCE
#define LOWER KC_FSM_LOWER
#define TAKEOVER (SEND | ANNOUNCE | CHANGED)

#define BELOW (-1)
#define ABOVE 1

/* The clock starts late enough for nothing to be mistaken for 0. */
#define T0 (1000 * SECOND)

static const struct kc_fsm_config plain = {
	.interval_ms = 1000, .version = 3, .priority = 100, .preempt = true,
};

/* --- steps, each checked against the rules ------------------------------- */

static void obeys(const struct kc_fsm *was, const struct kc_fsm *is,
		  enum fsm_event event, unsigned int actions, u64 now)
{
	const char *broken = fsm_broken(was, is, event, actions, now);

	if (broken)
		printf("# broken: %s\n", broken);
	expect(!broken);
}

static unsigned int start(struct kc_fsm *fsm, const struct kc_fsm_config *cfg,
			  u64 now)
{
	struct kc_fsm was;
	unsigned int actions;

	kc_fsm_init(fsm, cfg);
	was = *fsm;
	actions = kc_fsm_start(fsm, now);
	obeys(&was, fsm, FSM_START, actions, now);
	return actions;
}

static unsigned int timer(struct kc_fsm *fsm, u64 now)
{
	struct kc_fsm was = *fsm;
	unsigned int actions = kc_fsm_timer(fsm, now);

	obeys(&was, fsm, FSM_TIMER, actions, now);
	return actions;
}

static unsigned int advert(struct kc_fsm *fsm, u8 priority, u32 interval_ms,
			   int sender_above, u64 now)
{
	struct kc_fsm was = *fsm;
	unsigned int actions;

	actions = kc_fsm_advert(fsm, priority, interval_ms, sender_above, now);
	obeys(&was, fsm, FSM_ADVERT, actions, now);
	return actions;
}

static unsigned int fault(struct kc_fsm *fsm)
{
	struct kc_fsm was = *fsm;
	unsigned int actions = kc_fsm_fault(fsm);

	obeys(&was, fsm, FSM_FAULT, actions, 0);
	return actions;
}

static unsigned int stop(struct kc_fsm *fsm)
{
	struct kc_fsm was = *fsm;
	unsigned int actions = kc_fsm_stop(fsm);

	obeys(&was, fsm, FSM_STOP, actions, 0);
	return actions;
}

static unsigned int recover(struct kc_fsm *fsm, u64 now)
{
	struct kc_fsm was = *fsm;
	unsigned int actions = kc_fsm_recover(fsm, now);

	obeys(&was, fsm, FSM_RECOVER, actions, now);
	return actions;
}

/* A master since T0 that has advertised at T0 and has nothing else behind. */
static void make_master(struct kc_fsm *fsm, const struct kc_fsm_config *cfg)
{
	start(fsm, cfg, T0 - 400 * SECOND);
	if (fsm->state != KC_FSM_MASTER)
		expect_eq(timer(fsm, T0), TAKEOVER);
	else
		timer(fsm, T0);
	expect_eq(fsm->state, KC_FSM_MASTER);
	fsm->deadline = T0 + cfg->interval_ms * MS;
}

static struct kc_fsm_config with_priority(u8 priority)
{
	struct kc_fsm_config cfg = plain;

	cfg.priority = priority;
	return cfg;
}

/* --- times --------------------------------------------------------------- */

static void intervals(void)
{
	static const struct {
		u8 version, priority;
		u32 interval_ms;
		u64 ns;
	} rows[] = {
		{ 3, 100, 1000, 3609375000 },
		{ 3, 254, 1000, 3007812500 },
		{ 3, 1, 1000, 3996093750 },
		{ 3, 255, 1000, 3003906250 },
		{ 3, 100, 10, 36093750 },
		{ 3, 1, 40950, 163640039062 },
		{ 2, 100, 1000, 3609375000 },
		{ 2, 100, 2000, 6609375000 },
		{ 2, 1, 255000, 765996093750 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kc_fsm_config cfg = plain;
		struct kc_fsm fsm;

		about("v%u, priority %u, %u ms", rows[i].version,
		      rows[i].priority, rows[i].interval_ms);
		cfg.version = rows[i].version;
		cfg.priority = rows[i].priority;
		cfg.interval_ms = rows[i].interval_ms;
		kc_fsm_init(&fsm, &cfg);
		expect_eq(kc_fsm_down_interval(&fsm), rows[i].ns);
	}
}

static void down_interval_learned(void)
{
	struct kc_fsm fsm;

	start(&fsm, &plain, T0);
	advert(&fsm, 200, 4000, ABOVE, T0 + SECOND);
	expect_eq(fsm.active_interval_ms, 4000);
	expect_eq(kc_fsm_down_interval(&fsm), 12000 * MS + 156 * 4000 * MS / 256);
	expect_eq(fsm.deadline, T0 + SECOND + kc_fsm_down_interval(&fsm));
}

/* --- start, shutdown, fault ---------------------------------------------- */

static void initial(void)
{
	struct kc_fsm fsm;

	memset(&fsm, 0xa5, sizeof(fsm));
	kc_fsm_init(&fsm, &plain);
	expect_eq(fsm.state, KC_FSM_INIT);
	expect_eq(fsm.deadline, KC_FSM_NEVER);
	expect_eq(fsm.priority, 100);
	expect_eq(timer(&fsm, T0), 0);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0), 0);
	expect_eq(advert(&fsm, 0, 1000, BELOW, T0), 0);
	expect_eq(stop(&fsm), 0);
	expect_eq(fsm.state, KC_FSM_INIT);
}

static void start_owner(void)
{
	struct kc_fsm_config cfg = with_priority(255);
	struct kc_fsm fsm;

	expect_eq(start(&fsm, &cfg, T0), TAKEOVER);
	expect_eq(fsm.state, KC_FSM_MASTER);
	expect_eq(fsm.deadline, T0 + SECOND);
}

static void start_backup(void)
{
	struct kc_fsm fsm;

	expect_eq(start(&fsm, &plain, T0), CHANGED);
	expect_eq(fsm.state, KC_FSM_BACKUP);
	expect_eq(fsm.deadline, T0 + 3609375 * (MS / 1000));
	expect_eq(timer(&fsm, fsm.deadline - 1), 0);
	expect_eq(fsm.state, KC_FSM_BACKUP);
}

static void start_as_master(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;

	cfg.start_master = true;
	expect_eq(start(&fsm, &cfg, T0), CHANGED);
	expect_eq(fsm.state, KC_FSM_BACKUP);
	expect_eq(fsm.deadline, T0 + 1609375 * (MS / 1000));
	/* A fault later is no reason to hurry. */
	fault(&fsm);
	recover(&fsm, T0);
	expect_eq(fsm.deadline, T0 + 3609375 * (MS / 1000));
}

static void startup_delay(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;

	cfg.startup_delay_ms = 10000;
	expect_eq(start(&fsm, &cfg, T0), CHANGED);
	expect_eq(fsm.deadline, T0 + 10 * SECOND);
	/* Neither a master that leaves nor a fault shortens it. */
	advert(&fsm, 0, 1000, BELOW, T0 + SECOND);
	expect_eq(fsm.deadline, T0 + 10 * SECOND);
	fault(&fsm);
	recover(&fsm, T0 + 2 * SECOND);
	expect_eq(fsm.deadline, T0 + 10 * SECOND);
	expect_eq(timer(&fsm, T0 + 10 * SECOND - 1), 0);
	/* A master that is heard is waited for. */
	advert(&fsm, 200, 1000, ABOVE, T0 + 9 * SECOND);
	expect_eq(fsm.deadline, T0 + 9 * SECOND + kc_fsm_down_interval(&fsm));
	expect_eq(timer(&fsm, fsm.deadline), TAKEOVER);
	/* It is over: the next fault waits for the down interval. */
	fault(&fsm);
	recover(&fsm, T0 + 13 * SECOND);
	expect_eq(fsm.deadline, T0 + 13 * SECOND + kc_fsm_down_interval(&fsm));
}

static void startup_delay_owner(void)
{
	struct kc_fsm_config cfg = with_priority(255);
	struct kc_fsm fsm;

	cfg.startup_delay_ms = 10000;
	expect_eq(start(&fsm, &cfg, T0), CHANGED);
	expect_eq(fsm.state, KC_FSM_BACKUP);
	expect_eq(fsm.deadline, T0 + 10 * SECOND);
	expect_eq(advert(&fsm, 100, 1000, ABOVE, T0 + SECOND), LOWER);
	expect_eq(timer(&fsm, T0 + 10 * SECOND - 1), 0);
	expect_eq(timer(&fsm, T0 + 10 * SECOND), TAKEOVER);
}

static void startup_delay_owner_fault(void)
{
	struct kc_fsm_config cfg = with_priority(255);
	struct kc_fsm fsm;

	cfg.startup_delay_ms = 10000;
	start(&fsm, &cfg, T0);
	fault(&fsm);
	expect_eq(recover(&fsm, T0 + SECOND), CHANGED);
	expect_eq(fsm.deadline, T0 + 10 * SECOND);
	fault(&fsm);
	expect_eq(recover(&fsm, T0 + 11 * SECOND), TAKEOVER);
}

static void startup_delay_removed(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;

	cfg.startup_delay_ms = 10000;
	start(&fsm, &cfg, T0);
	stop(&fsm);
	kc_fsm_configure(&fsm, &plain, T0 + SECOND);
	kc_fsm_start(&fsm, T0 + SECOND);
	expect_eq(fsm.deadline, T0 + SECOND + kc_fsm_down_interval(&fsm));
}

static void stop_master(void)
{
	struct kc_fsm fsm;

	make_master(&fsm, &plain);
	expect_eq(stop(&fsm), ZERO | CHANGED);
	expect_eq(fsm.state, KC_FSM_INIT);
	expect_eq(fsm.deadline, KC_FSM_NEVER);
	expect_eq(stop(&fsm), 0);
	make_master(&fsm, &plain);
	expect_eq(fault(&fsm), ZERO | CHANGED);
	expect_eq(fsm.state, KC_FSM_FAULT);
	expect_eq(fault(&fsm), 0);
	expect_eq(stop(&fsm), CHANGED);
}

static void stop_backup(void)
{
	struct kc_fsm fsm;

	start(&fsm, &plain, T0);
	expect_eq(stop(&fsm), CHANGED);
	expect_eq(fsm.state, KC_FSM_INIT);
	start(&fsm, &plain, T0);
	expect_eq(fault(&fsm), CHANGED);
	expect_eq(fsm.state, KC_FSM_FAULT);
}

static void deaf_in_fault(void)
{
	struct kc_fsm fsm;

	make_master(&fsm, &plain);
	fault(&fsm);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + SECOND), 0);
	expect_eq(advert(&fsm, 0, 1000, BELOW, T0 + SECOND), 0);
	expect_eq(advert(&fsm, 200, 1000, BELOW, T0 + SECOND), 0);
	expect_eq(timer(&fsm, T0 + 100 * SECOND), 0);
	expect_eq(fsm.state, KC_FSM_FAULT);
	/* A timer that was on its way does not count either. */
	fsm.deadline = T0;
	expect_eq(timer(&fsm, T0 + 100 * SECOND), 0);
	expect_eq(fsm.deadline, KC_FSM_NEVER);
}

static void recovers(void)
{
	struct kc_fsm_config owner = with_priority(255);
	struct kc_fsm fsm;

	start(&fsm, &plain, T0);
	advert(&fsm, 200, 4000, ABOVE, T0);
	fault(&fsm);
	expect_eq(recover(&fsm, T0 + 50 * SECOND), CHANGED);
	expect_eq(fsm.state, KC_FSM_BACKUP);
	/* What was learned before is not what is true now. */
	expect_eq(fsm.active_interval_ms, 1000);
	expect_eq(fsm.deadline, T0 + 50 * SECOND + kc_fsm_down_interval(&fsm));
	start(&fsm, &owner, T0);
	fault(&fsm);
	expect_eq(recover(&fsm, T0 + SECOND), TAKEOVER);
}

/* --- backup -------------------------------------------------------------- */

static void backup_priority_0(void)
{
	struct kc_fsm fsm;

	start(&fsm, &plain, T0);
	advert(&fsm, 200, 2000, ABOVE, T0);
	expect_eq(advert(&fsm, 0, 1000, ABOVE, T0 + SECOND), 0);
	/* Skew of the interval that was learned while there was a master. */
	expect_eq(fsm.deadline, T0 + SECOND + 156 * 2000 * MS / 256);
	expect_eq(timer(&fsm, fsm.deadline), TAKEOVER);
	expect_eq(fsm.active_interval_ms, 1000);
}

static void backup_obeys(void)
{
	static const struct {
		u8 mine, heard;
		bool preempt;
		int above;
	} rows[] = {
		{ 100, 101, true, BELOW }, { 100, 255, true, BELOW },
		{ 100, 100, true, BELOW }, { 100, 100, true, ABOVE },
		{ 100, 100, true, 0 }, { 100, 99, false, ABOVE },
		{ 100, 1, false, BELOW }, { 255, 255, true, BELOW },
		{ 254, 1, false, ABOVE },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kc_fsm_config cfg = plain;
		struct kc_fsm fsm;

		about("mine %u, heard %u, preempt %d", rows[i].mine,
		      rows[i].heard, rows[i].preempt);
		cfg.preempt = rows[i].preempt;
		start(&fsm, &cfg, T0);
		kc_fsm_set_priority(&fsm, rows[i].mine);
		expect_eq(advert(&fsm, rows[i].heard, 3000, rows[i].above,
				 T0 + 2 * SECOND), 0);
		expect_eq(fsm.state, KC_FSM_BACKUP);
		expect_eq(fsm.active_interval_ms, 3000);
		expect_eq(fsm.deadline, T0 + 2 * SECOND + 9 * SECOND +
			  (256 - rows[i].mine) * 3000 * MS / 256);
	}
}

static void backup_discards(void)
{
	static const struct {
		u8 mine, heard;
		bool preempt;
	} rows[] = {
		{ 100, 99, true }, { 100, 1, true }, { 255, 254, true },
		{ 255, 1, false },	/* row 33: an owner always preempts */
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kc_fsm_config cfg = plain;
		struct kc_fsm fsm;
		u64 deadline;

		about("mine %u, heard %u", rows[i].mine, rows[i].heard);
		cfg.preempt = rows[i].preempt;
		start(&fsm, &cfg, T0);
		kc_fsm_set_priority(&fsm, rows[i].mine);
		deadline = fsm.deadline;
		expect_eq(advert(&fsm, rows[i].heard, 3000, ABOVE,
				 T0 + 2 * SECOND), LOWER);
		expect_eq(fsm.deadline, deadline);
		expect_eq(fsm.active_interval_ms, 1000);
		expect_eq(timer(&fsm, deadline), TAKEOVER);
	}
}

static void takeover(void)
{
	struct kc_fsm fsm;

	start(&fsm, &plain, T0);
	expect_eq(timer(&fsm, fsm.deadline + MS), TAKEOVER);
	expect_eq(fsm.state, KC_FSM_MASTER);
	expect_eq(fsm.deadline, T0 + 3609375 * (MS / 1000) + MS + SECOND);
	/* The bits are in the order in which they are carried out. */
	expect(KC_FSM_SEND < KC_FSM_ANNOUNCE);
}

static void takeover_own_interval(void)
{
	struct kc_fsm fsm;

	start(&fsm, &plain, T0);
	advert(&fsm, 200, 40000, ABOVE, T0);
	timer(&fsm, fsm.deadline);
	expect_eq(fsm.active_interval_ms, 1000);
	expect_eq(timer(&fsm, fsm.deadline), SEND);
}

static void preempt_delay(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;
	u64 t, deadline;

	cfg.preempt_delay_ms = 5000;
	start(&fsm, &cfg, T0);
	for (t = T0 + SECOND; t < T0 + 6 * SECOND; t += SECOND) {
		expect_eq(advert(&fsm, 50, 1000, BELOW, t), 0);
		expect_eq(fsm.deadline, t + kc_fsm_down_interval(&fsm));
	}
	deadline = fsm.deadline;
	expect_eq(advert(&fsm, 50, 1000, BELOW, t), LOWER);
	expect_eq(fsm.deadline, deadline);
}

static void preempt_delay_again(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;

	cfg.preempt_delay_ms = 5000;
	start(&fsm, &cfg, T0);
	advert(&fsm, 50, 1000, BELOW, T0);
	/* Another master came and went: the next one gets its time. */
	advert(&fsm, 200, 1000, ABOVE, T0 + 2 * SECOND);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + 4 * SECOND), 0);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + 8 * SECOND), 0);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + 9 * SECOND), LOWER);
	/* Mastership and faults end it as well. */
	timer(&fsm, fsm.deadline);
	expect_eq(fsm.preempt_at, 0);
	advert(&fsm, 200, 1000, ABOVE, T0 + 20 * SECOND);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + 21 * SECOND), 0);
	fault(&fsm);
	recover(&fsm, T0 + 30 * SECOND);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + 31 * SECOND), 0);
	/* So does a new delay. */
	cfg.preempt_delay_ms = 7000;
	kc_fsm_configure(&fsm, &cfg, T0 + 35 * SECOND);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + 37 * SECOND), 0);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + 44 * SECOND), LOWER);
}

static void preempt_delay_master_dies(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;

	cfg.preempt_delay_ms = 600000;
	start(&fsm, &cfg, T0);
	advert(&fsm, 50, 1000, BELOW, T0);
	/* The delay protects a master, not the lack of one. */
	expect_eq(timer(&fsm, T0 + kc_fsm_down_interval(&fsm)), TAKEOVER);
	stop(&fsm);
	kc_fsm_start(&fsm, T0);
	advert(&fsm, 50, 1000, BELOW, T0);
	advert(&fsm, 0, 1000, BELOW, T0);
	expect_eq(timer(&fsm, T0 + SECOND), TAKEOVER);
}

static void owner_ignores_delay(void)
{
	struct kc_fsm_config cfg = with_priority(255);
	struct kc_fsm fsm;

	cfg.preempt = false;
	cfg.preempt_delay_ms = 5000;
	cfg.startup_delay_ms = 1000;
	start(&fsm, &cfg, T0);
	expect_eq(advert(&fsm, 254, 1000, ABOVE, T0), LOWER);
	expect_eq(timer(&fsm, T0 + SECOND), TAKEOVER);
}

/* --- master -------------------------------------------------------------- */

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

/* --- version 2 ----------------------------------------------------------- */

static void v2_interval_mismatch(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;

	cfg.version = 2;
	start(&fsm, &cfg, T0);
	expect_eq(advert(&fsm, 200, 2000, ABOVE, T0 + SECOND),
		  KC_FSM_BAD_INTERVAL);
	expect_eq(advert(&fsm, 200, 0, ABOVE, T0 + SECOND),
		  KC_FSM_BAD_INTERVAL);
	expect_eq(advert(&fsm, 0, 2000, ABOVE, T0 + SECOND),
		  KC_FSM_BAD_INTERVAL);
	expect_eq(advert(&fsm, 200, 1000, ABOVE, T0 + SECOND), 0);
	make_master(&fsm, &cfg);
	expect_eq(advert(&fsm, 200, 2000, ABOVE, T0 + SECOND / 2),
		  KC_FSM_BAD_INTERVAL);
	expect_eq(fsm.state, KC_FSM_MASTER);
}

static void v3_interval_mismatch(void)
{
	struct kc_fsm fsm;

	make_master(&fsm, &plain);
	expect_eq(advert(&fsm, 200, 10, BELOW, T0 + SECOND / 2),
		  SEND | CHANGED);
	expect_eq(fsm.active_interval_ms, 10);
}

static void v2_skew(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;

	cfg.version = 2;
	cfg.interval_ms = 10000;
	start(&fsm, &cfg, T0);
	advert(&fsm, 0, 10000, ABOVE, T0 + SECOND);
	expect_eq(fsm.deadline, T0 + SECOND + 156 * SECOND / 256);
}

static void v2_configure(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;

	cfg.version = 2;
	start(&fsm, &cfg, T0);
	cfg.interval_ms = 5000;
	kc_fsm_configure(&fsm, &cfg, T0 + SECOND);
	expect_eq(kc_fsm_down_interval(&fsm), 15609375 * (MS / 1000));
	expect_eq(advert(&fsm, 200, 5000, ABOVE, T0 + SECOND), 0);
}

/* --- change of mind ------------------------------------------------------ */

static void weights(void)
{
	static const struct {
		u8 base;
		int weights;
		u8 effective;
	} rows[] = {
		{ 100, 0, 100 }, { 100, -30, 70 }, { 100, 50, 150 },
		{ 100, -99, 1 }, { 100, -100, 1 }, { 100, -1000000, 1 },
		{ 100, 154, 254 }, { 100, 155, 254 }, { 100, 1000000, 254 },
		{ 1, -1, 1 }, { 254, 1, 254 }, { 254, -1, 253 },
		{ 255, -200, 255 }, { 255, 0, 255 }, { 255, 5, 255 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		about("%u and %d", rows[i].base, rows[i].weights);
		expect_eq(kc_fsm_weigh(rows[i].base, rows[i].weights),
			  rows[i].effective);
	}
}

static void priority_changes(void)
{
	struct kc_fsm fsm;

	make_master(&fsm, &plain);
	kc_fsm_set_priority(&fsm, 40);
	expect_eq(fsm.state, KC_FSM_MASTER);
	expect_eq(fsm.deadline, T0 + SECOND);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + SECOND / 2),
		  SEND | CHANGED);
	kc_fsm_set_priority(&fsm, 60);
	expect_eq(advert(&fsm, 50, 1000, ABOVE, T0 + SECOND), LOWER);
	/* A fault does not undo what tracking has found. */
	fault(&fsm);
	recover(&fsm, T0 + 2 * SECOND);
	expect_eq(fsm.priority, 60);
}

static void configure_same(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm, was;

	cfg.preempt_delay_ms = 5000;
	make_master(&fsm, &cfg);
	was = fsm;
	kc_fsm_configure(&fsm, &cfg, T0 + SECOND / 2);
	expect(!memcmp(&was, &fsm, sizeof(was)));
	start(&fsm, &cfg, T0);
	advert(&fsm, 50, 7000, BELOW, T0 + SECOND / 2);
	was = fsm;
	kc_fsm_configure(&fsm, &cfg, T0 + SECOND / 2);
	expect(!memcmp(&was, &fsm, sizeof(was)));
	stop(&fsm);
	was = fsm;
	kc_fsm_configure(&fsm, &cfg, T0 + SECOND / 2);
	expect(!memcmp(&was, &fsm, sizeof(was)));
}

static void configure_interval(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;

	/* Faster: the backups must not wait for the old beat. */
	make_master(&fsm, &plain);
	cfg.interval_ms = 100;
	kc_fsm_configure(&fsm, &cfg, T0 + MS);
	expect_eq(fsm.deadline, T0 + 101 * MS);
	expect_eq(fsm.active_interval_ms, 100);
	/* Never later than it would have been. */
	make_master(&fsm, &plain);
	kc_fsm_configure(&fsm, &cfg, T0 + 950 * MS);
	expect_eq(fsm.deadline, T0 + SECOND);
	/* Slower: the advert they expect tells them. */
	make_master(&fsm, &plain);
	cfg.interval_ms = 10000;
	kc_fsm_configure(&fsm, &cfg, T0 + MS);
	expect_eq(fsm.deadline, T0 + SECOND);
	expect_eq(timer(&fsm, T0 + SECOND), SEND);
	expect_eq(fsm.deadline, T0 + 11 * SECOND);
}

static void configure_backup(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;
	u64 deadline;

	start(&fsm, &plain, T0);
	advert(&fsm, 200, 3000, ABOVE, T0);
	deadline = fsm.deadline;
	cfg.interval_ms = 100;
	kc_fsm_configure(&fsm, &cfg, T0 + SECOND);
	expect_eq(fsm.state, KC_FSM_BACKUP);
	expect_eq(fsm.deadline, deadline);
	expect_eq(fsm.active_interval_ms, 3000);
	expect_eq(timer(&fsm, deadline), TAKEOVER);
	expect_eq(fsm.deadline, deadline + 100 * MS);
}

static const struct check checks[] = {
	{ "a router not started does nothing", initial },
	{ "rows 19, 20, 34: skew and down interval", intervals },
	{ "row 20: down interval follows the learned interval",
	  down_interval_learned },
	{ "row 21: an owner is master at once", start_owner },
	{ "row 22: any other starts as backup", start_backup },
	{ "start as master waits one interval and skew", start_as_master },
	{ "startup delay: no takeover before its end", startup_delay },
	{ "startup delay: an owner waits as well", startup_delay_owner },
	{ "startup delay: an owner's fault does not end it",
	  startup_delay_owner_fault },
	{ "startup delay: not inherited by a start without",
	  startup_delay_removed },
	{ "row 23: backup that hears priority 0 waits for skew",
	  backup_priority_0 },
	{ "row 24: backup learns the interval and resets", backup_obeys },
	{ "rows 25, 33: backup discards a lower priority", backup_discards },
	{ "row 26: takeover advertises, then announces", takeover },
	{ "a new master uses its own interval", takeover_own_interval },
	{ "preempt delay: a lower master is left in office", preempt_delay },
	{ "preempt delay: starts anew with another master",
	  preempt_delay_again },
	{ "preempt delay: does not protect a dead master",
	  preempt_delay_master_dies },
	{ "row 33: an owner knows no preempt delay", owner_ignores_delay },
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
	{ "row 31: master that stops or fails sends priority 0",
	  stop_master },
	{ "row 31: backup that stops or fails is silent", stop_backup },
	{ "fault: nothing is heard, nothing is sent", deaf_in_fault },
	{ "fault: recovery is a start", recovers },
	{ "row 18: v3 interval mismatch is learned", v3_interval_mismatch },
	{ "row 34: v2 interval mismatch is discarded", v2_interval_mismatch },
	{ "row 34: v2 skew is in seconds", v2_skew },
	{ "row 34: v2 new interval counts at once", v2_configure },
	{ "weights: 1 to 254, owners excepted", weights },
	{ "weights: election sees a change with the next advert",
	  priority_changes },
	{ "configure: the same again changes nothing", configure_same },
	{ "configure: master's interval", configure_interval },
	{ "configure: a backup keeps what it learned", configure_backup },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
