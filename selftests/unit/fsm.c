// SPDX-License-Identifier: GPL-2.0
/*
 * The state machine of one virtual router (vrrp_fsm.c), step by step: its times,
 * start and end, and what happens when it is told otherwise. Rows are those of
 * RFC 9568 and RFC 3768 in the order of the requirements list.
 */
#include "fsm_steps.h"

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
