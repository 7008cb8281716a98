/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Steps of the state machine of a virtual router, for the core only: each
 * leaves it in a state that makes sense.
 */
#ifndef KC_CORE_VRRP_STEP_H
#define KC_CORE_VRRP_STEP_H

#include "vrrp_fsm.h"

#define NS_PER_MS 1000000ULL
#define NS_PER_S 1000000000ULL

u64 kc_step_interval(const struct kc_fsm *fsm);
u64 kc_step_skew(const struct kc_fsm *fsm);
bool kc_step_majority(const struct kc_fsm *fsm, u64 now);
void kc_step_wait(struct kc_fsm *fsm, u64 wait, u64 now);
unsigned int kc_step_ask(struct kc_fsm *fsm, u64 now);
unsigned int kc_step_master(struct kc_fsm *fsm, u64 now);
unsigned int kc_step_leave(struct kc_fsm *fsm, enum kc_fsm_state state);

#endif
