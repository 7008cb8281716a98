// SPDX-License-Identifier: GPL-2.0
/*
 * The last changes of state of a virtual router, for those who ask afterwards.
 */
#include <linux/ktime.h>

#include "router.h"

/**
 * kc_vrrp_history_add() - remember a change of state
 * @r: the router, locked; its reason is the cause
 * @old: state before
 * @state: state now
 */
void kc_vrrp_history_add(struct kc_vrrp *r, u8 old, u8 state)
{
	struct kc_vrrp_transition *to;

	lockdep_assert_held(&r->lock);
	to = &r->history[r->n_history++ % KC_VRRP_HISTORY];
	to->at = ktime_get_real_ns();
	to->old = old;
	to->state = state;
	to->priority = r->fsm.priority;
	strscpy(to->reason, r->reason, sizeof(to->reason));
}
