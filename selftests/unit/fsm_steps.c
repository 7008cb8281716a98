// SPDX-License-Identifier: GPL-2.0
/*
 * The steps of the state machine, each checked against the rules.
 */
#include "fsm_steps.h"

const struct kc_fsm_config plain = {
	.interval_ms = 1000, .version = 3, .priority = 100, .preempt = true,
};

static void obeys(const struct kc_fsm *was, const struct kc_fsm *is,
		  enum fsm_event event, unsigned int actions, u64 now)
{
	const char *broken = fsm_broken(was, is, event, actions, now);

	if (broken)
		printf("# broken: %s\n", broken);
	expect(!broken);
}

unsigned int start(struct kc_fsm *fsm, const struct kc_fsm_config *cfg,
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

unsigned int timer(struct kc_fsm *fsm, u64 now)
{
	struct kc_fsm was = *fsm;
	unsigned int actions = kc_fsm_timer(fsm, now);

	obeys(&was, fsm, FSM_TIMER, actions, now);
	return actions;
}

unsigned int advert(struct kc_fsm *fsm, u8 priority, u32 interval_ms,
		    int sender_above, u64 now)
{
	struct kc_fsm was = *fsm;
	unsigned int actions;

	actions = kc_fsm_advert(fsm, priority, interval_ms, sender_above, now);
	obeys(&was, fsm, FSM_ADVERT, actions, now);
	return actions;
}

unsigned int fault(struct kc_fsm *fsm)
{
	struct kc_fsm was = *fsm;
	unsigned int actions = kc_fsm_fault(fsm);

	obeys(&was, fsm, FSM_FAULT, actions, 0);
	return actions;
}

unsigned int stop(struct kc_fsm *fsm)
{
	struct kc_fsm was = *fsm;
	unsigned int actions = kc_fsm_stop(fsm);

	obeys(&was, fsm, FSM_STOP, actions, 0);
	return actions;
}

unsigned int recover(struct kc_fsm *fsm, u64 now)
{
	struct kc_fsm was = *fsm;
	unsigned int actions = kc_fsm_recover(fsm, now);

	obeys(&was, fsm, FSM_RECOVER, actions, now);
	return actions;
}

/* A master since T0 that has advertised at T0 and has nothing else behind. */
void make_master(struct kc_fsm *fsm, const struct kc_fsm_config *cfg)
{
	start(fsm, cfg, T0 - 400 * SECOND);
	if (fsm->state != KC_FSM_MASTER)
		expect_eq(timer(fsm, T0), TAKEOVER);
	else
		timer(fsm, T0);
	expect_eq(fsm->state, KC_FSM_MASTER);
	fsm->deadline = T0 + cfg->interval_ms * MS;
}

struct kc_fsm_config with_priority(u8 priority)
{
	struct kc_fsm_config cfg = plain;

	cfg.priority = priority;
	return cfg;
}
