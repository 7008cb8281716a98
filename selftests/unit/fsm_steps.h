/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of the state machine share: its steps, each checked against
 * the rules, and short names for what comes out of them.
 */
#ifndef KC_UNIT_FSM_STEPS_H
#define KC_UNIT_FSM_STEPS_H

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

/* Version 3, one second, priority 100, and it preempts. */
extern const struct kc_fsm_config plain;

unsigned int start(struct kc_fsm *fsm, const struct kc_fsm_config *cfg,
		   u64 now);
unsigned int timer(struct kc_fsm *fsm, u64 now);
unsigned int advert(struct kc_fsm *fsm, u8 priority, u32 interval_ms,
		    int sender_above, u64 now);
unsigned int fault(struct kc_fsm *fsm);
unsigned int stop(struct kc_fsm *fsm);
unsigned int recover(struct kc_fsm *fsm, u64 now);
void make_master(struct kc_fsm *fsm, const struct kc_fsm_config *cfg);
struct kc_fsm_config with_priority(u8 priority);

#endif
