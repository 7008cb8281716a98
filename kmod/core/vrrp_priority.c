// SPDX-License-Identifier: GPL-2.0
/*
 * The effective priority of a virtual router, after tracking.
 */
#include "vrrp_fsm.h"

/**
 * kc_fsm_set_priority() - tracking changed the effective priority
 * @fsm: the machine
 * @priority: 1 to 255
 *
 * The next advertisement, sent or heard, lets the election see it.
 */
void kc_fsm_set_priority(struct kc_fsm *fsm, u8 priority)
{
	fsm->priority = priority;
}

/**
 * kc_fsm_weigh() - effective priority
 * @base: configured priority
 * @weights: sum of the weights that apply
 *
 * Tracking neither makes nor unmakes an owner, and 0 is not a priority.
 *
 * Return: 1 to 255
 */
u8 kc_fsm_weigh(u8 base, int weights)
{
	int priority = base + weights;

	if (base == KC_FSM_OWNER)
		return base;
	if (priority < 1)
		return 1;
	return priority > 254 ? 254 : priority;
}
