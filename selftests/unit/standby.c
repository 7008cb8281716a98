// SPDX-License-Identifier: GPL-2.0
/*
 * Standing by, as the state machine sees it (vrrp_fsm.c).
 */
#include "../../kmod/core/vrrp_fsm.h"
#include "ktap.h"

#define MS 1000000ULL
#define SECOND (1000 * MS)
#define T0 (1000 * SECOND)

static const struct kc_fsm_config plain = {
	.interval_ms = 1000, .version = 3, .priority = 100, .preempt = true,
};

static const struct kc_fsm_config owner = {
	.interval_ms = 1000, .version = 3, .priority = 255, .preempt = true,
};

static struct kc_fsm started(const struct kc_fsm_config *cfg)
{
	struct kc_fsm fsm;

	kc_fsm_init(&fsm, cfg);
	kc_fsm_start(&fsm, T0);
	return fsm;
}

static void master_leaves(void)
{
	struct kc_fsm fsm = started(&owner);

	expect_eq(fsm.state, KC_FSM_MASTER);
	expect_eq(kc_fsm_standby(&fsm, true, T0 + SECOND),
		  KC_FSM_SEND_ZERO | KC_FSM_CHANGED);
	expect_eq(fsm.state, KC_FSM_BACKUP);
	expect_eq(fsm.deadline, KC_FSM_NEVER);
	expect_eq(kc_fsm_standby(&fsm, true, T0 + 2 * SECOND), 0);
}

static void never_master(void)
{
	struct kc_fsm fsm = started(&plain);
	u64 now = T0;

	expect_eq(kc_fsm_standby(&fsm, true, now), 0);
	for (; now < T0 + 100 * SECOND; now += 333 * MS) {
		expect_eq(kc_fsm_timer(&fsm, now), 0);
		kc_fsm_advert(&fsm, now % 3 ? 50 : 0, 1000, -1, now);
		expect_eq(fsm.state, KC_FSM_BACKUP);
		expect_eq(fsm.deadline, KC_FSM_NEVER);
	}
	/* Neither after a fault nor with another configuration. */
	kc_fsm_fault(&fsm);
	kc_fsm_recover(&fsm, now);
	expect_eq(fsm.deadline, KC_FSM_NEVER);
	kc_fsm_configure(&fsm, &owner, now);
	kc_fsm_set_priority(&fsm, 255);
	expect_eq(kc_fsm_timer(&fsm, now + 100 * SECOND), 0);
}

static void starts_so(void)
{
	struct kc_fsm fsm;

	kc_fsm_init(&fsm, &owner);
	fsm.standby = true;
	expect_eq(kc_fsm_start(&fsm, T0), KC_FSM_CHANGED);
	expect_eq(fsm.state, KC_FSM_BACKUP);
	expect_eq(fsm.deadline, KC_FSM_NEVER);
}

static void active_again(void)
{
	struct kc_fsm fsm = started(&plain);

	kc_fsm_standby(&fsm, true, T0);
	expect_eq(kc_fsm_standby(&fsm, false, T0 + SECOND), 0);
	expect_eq(fsm.deadline, T0 + SECOND + kc_fsm_down_interval(&fsm));
	expect_eq(kc_fsm_timer(&fsm, fsm.deadline) & KC_FSM_CHANGED,
		  KC_FSM_CHANGED);
	expect_eq(fsm.state, KC_FSM_MASTER);
}

static void owner_again(void)
{
	struct kc_fsm fsm = started(&owner);

	kc_fsm_standby(&fsm, true, T0 + SECOND);
	kc_fsm_standby(&fsm, false, T0 + 2 * SECOND);
	expect_eq(fsm.deadline, T0 + 2 * SECOND);
}

static void startup_delay_holds(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;

	cfg.startup_delay_ms = 60000;
	fsm = started(&cfg);
	kc_fsm_standby(&fsm, true, T0 + SECOND);
	kc_fsm_standby(&fsm, false, T0 + 2 * SECOND);
	expect_eq(fsm.deadline, T0 + 60 * SECOND);
}

static void preempt_delay_begins_anew(void)
{
	struct kc_fsm_config cfg = plain;
	struct kc_fsm fsm;
	u64 now;

	cfg.preempt_delay_ms = 60000;
	fsm = started(&cfg);
	kc_fsm_standby(&fsm, true, T0);
	for (now = T0; now < T0 + 100 * SECOND; now += SECOND)
		kc_fsm_advert(&fsm, 50, 1000, -1, now);
	kc_fsm_standby(&fsm, false, now);
	expect_eq(kc_fsm_advert(&fsm, 50, 1000, -1, now), 0);
	expect_eq(fsm.preempt_at, now + 60 * SECOND);
	expect_eq(kc_fsm_advert(&fsm, 50, 1000, -1, now + 59 * SECOND), 0);
}

static const struct check checks[] = {
	{ "a master leaves with priority 0", master_leaves },
	{ "whoever stands by never becomes master", never_master },
	{ "it starts as backup, an owner too", starts_so },
	{ "active again: it waits as after a start", active_again },
	{ "active again: an owner does not wait", owner_again },
	{ "active again: the startup delay still holds", startup_delay_holds },
	{ "active again: the preempt delay begins anew",
	  preempt_delay_begins_anew },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
