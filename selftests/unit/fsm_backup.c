// SPDX-License-Identifier: GPL-2.0
/*
 * The state machine as a backup, step by step: whom it obeys, and when it takes
 * over. Rows as in fsm.c.
 */
#include "fsm_steps.h"

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

/* --- delays -------------------------------------------------------------- */

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

/* --- what would be lost --------------------------------------------------- */

#define PATIENCE (KC_FSM_PATIENCE_MS * MS)

static void unready(void)
{
	struct kc_fsm fsm;
	u64 t;

	start(&fsm, &plain, T0);
	fsm.unready = true;
	for (t = T0 + SECOND; t < T0 + 6 * SECOND; t += SECOND) {
		expect_eq(advert(&fsm, 50, 1000, BELOW, t), 0);
		expect_eq(fsm.deadline, t + kc_fsm_down_interval(&fsm));
	}
	/* As soon as nothing would be lost any more. */
	fsm.unready = false;
	expect_eq(advert(&fsm, 50, 1000, BELOW, t), LOWER);
	expect_eq(timer(&fsm, fsm.deadline), TAKEOVER);
	expect_eq(fsm.patient_until, 0);
}

static void unready_for_ever(void)
{
	struct kc_fsm fsm;

	start(&fsm, &plain, T0);
	fsm.unready = true;
	advert(&fsm, 50, 1000, BELOW, T0);
	/* Nor does it begin anew when it was ready for a moment. */
	fsm.unready = false;
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + SECOND), LOWER);
	fsm.unready = true;
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + PATIENCE - 1), 0);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + PATIENCE), LOWER);
	expect_eq(timer(&fsm, fsm.deadline), TAKEOVER);
}

static void unready_again(void)
{
	struct kc_fsm fsm;
	u64 now = T0 + 20 * SECOND;

	start(&fsm, &plain, T0);
	fsm.unready = true;
	advert(&fsm, 50, 1000, BELOW, T0);
	expect_eq(advert(&fsm, 50, 1000, BELOW, T0 + PATIENCE), LOWER);
	/* Another master came and went: the next one is waited for anew. */
	advert(&fsm, 200, 1000, ABOVE, T0 + PATIENCE + SECOND);
	expect_eq(advert(&fsm, 50, 1000, BELOW, now), 0);
	/* So it is after this one was master itself, ... */
	expect_eq(timer(&fsm, fsm.deadline), TAKEOVER);
	advert(&fsm, 200, 1000, ABOVE, now + 20 * SECOND);
	expect_eq(advert(&fsm, 50, 1000, BELOW, now + 21 * SECOND), 0);
	/* ... and after a fault. */
	fault(&fsm);
	recover(&fsm, now + 40 * SECOND);
	expect_eq(advert(&fsm, 50, 1000, BELOW, now + 41 * SECOND), 0);
	expect_eq(advert(&fsm, 50, 1000, BELOW,
			 now + 41 * SECOND + PATIENCE), LOWER);
}

static void unready_master_dies(void)
{
	struct kc_fsm fsm;

	start(&fsm, &plain, T0);
	fsm.unready = true;
	advert(&fsm, 50, 1000, BELOW, T0);
	expect_eq(timer(&fsm, T0 + kc_fsm_down_interval(&fsm)), TAKEOVER);
	stop(&fsm);
	kc_fsm_start(&fsm, T0);
	advert(&fsm, 50, 1000, BELOW, T0);
	advert(&fsm, 0, 1000, BELOW, T0);
	expect_eq(timer(&fsm, T0 + SECOND), TAKEOVER);
}

static void unready_after_delay(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;
	u64 end = T0 + 60 * SECOND;

	/* Only what would depose a master now makes it wait. */
	cfg.preempt_delay_ms = 60000;
	start(&fsm, &cfg, T0);
	fsm.unready = true;
	advert(&fsm, 50, 1000, BELOW, T0);
	expect_eq(advert(&fsm, 50, 1000, BELOW, end - 1), 0);
	expect_eq(fsm.patient_until, 0);
	expect_eq(advert(&fsm, 50, 1000, BELOW, end), 0);
	expect_eq(advert(&fsm, 50, 1000, BELOW, end + PATIENCE), LOWER);
}

static const struct check checks[] = {
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
	{ "unready: a lower master is left in office", unready },
	{ "unready: but not for ever", unready_for_ever },
	{ "unready: each master is waited for", unready_again },
	{ "unready: does not protect a dead master", unready_master_dies },
	{ "unready: counts from the end of the preempt delay",
	  unready_after_delay },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
