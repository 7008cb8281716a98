/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What must hold whatever happens to a virtual router, in any order. The
 * unit tests and the fuzzer check each single step against it.
 */
#ifndef KC_UNIT_FSM_RULES_H
#define KC_UNIT_FSM_RULES_H

#include "vrrp_fsm.h"

#define MS 1000000ULL
#define SECOND 1000000000ULL

enum fsm_event {
	FSM_START,
	FSM_TIMER,
	FSM_ADVERT,
	FSM_FAULT,
	FSM_RECOVER,
	FSM_STOP,
	FSM_SET_PRIORITY,
	FSM_CONFIGURE,
};

/* The longest that anything of RFC 9568, 6.1 takes from now on. */
static inline u64 fsm_longest_wait(const struct kc_fsm *fsm, u64 now)
{
	u64 interval = fsm->active_interval_ms * MS;
	u64 wait = now + 3 * interval +
		   (interval > SECOND ? interval : SECOND);

	return wait > fsm->hold_until ? wait : fsm->hold_until;
}

static inline bool fsm_active(const struct kc_fsm *fsm)
{
	return fsm->state == KC_FSM_BACKUP || fsm->state == KC_FSM_MASTER;
}

/**
 * fsm_broken() - check one step
 * @was: the machine before it
 * @is: the machine after it
 * @event: what happened
 * @actions: what the machine asked for
 * @now: when
 *
 * Return: the rule that was broken, NULL if none
 */
static inline const char *fsm_broken(const struct kc_fsm *was,
				     const struct kc_fsm *is,
				     enum fsm_event event,
				     unsigned int actions, u64 now)
{
	bool was_master = was->state == KC_FSM_MASTER;
	bool is_master = is->state == KC_FSM_MASTER;

	if (fsm_active(is) != (is->deadline != KC_FSM_NEVER))
		return "the timer runs in BACKUP and MASTER, and only there";
	if (!!(actions & KC_FSM_CHANGED) != (was->state != is->state))
		return "a change of state is reported, nothing else is";
	if (!!(actions & KC_FSM_SEND_ZERO) !=
	    (was_master && !fsm_active(is)))
		return "priority 0 is sent by a master that stops";
	if ((actions & KC_FSM_ANNOUNCE) && !is_master)
		return "only a master announces";
	if ((actions & KC_FSM_SEND) && !is_master && !was_master)
		return "only a master advertises";
	if (is_master && !was_master &&
	    actions != (KC_FSM_SEND | KC_FSM_ANNOUNCE | KC_FSM_CHANGED))
		return "a new master advertises and announces";
	if (is_master && !was_master && event != FSM_TIMER &&
	    !((event == FSM_START || event == FSM_RECOVER) &&
	      is->priority == KC_FSM_OWNER))
		return "only silence makes a master";
	if (is_master && !was_master && event == FSM_TIMER &&
	    now < was->deadline)
		return "nobody takes over before the time";
	if (is_master && !was_master && event != FSM_START &&
	    now < was->hold_until)
		return "nobody takes over during the startup delay";
	if (event == FSM_TIMER && is_master && was_master &&
	    !!(actions & KC_FSM_SEND) != (now >= was->deadline))
		return "a master advertises when it is time";
	if (event == FSM_TIMER && is->deadline <= now)
		return "a timer that fired is in the future";
	if ((actions & KC_FSM_OVERSLEPT) &&
	    now - was->deadline <= was->cfg.interval_ms * MS)
		return "whoever is in time has not slept";
	if (is->state == KC_FSM_BACKUP && is->deadline != was->deadline &&
	    is->deadline > fsm_longest_wait(is, now))
		return "no backup waits longer than the down interval";
	if (is_master && is->deadline != was->deadline &&
	    is->deadline > now + is->cfg.interval_ms * MS)
		return "no master is silent longer than the interval";
	if ((actions & KC_FSM_LOWER) && was->state == KC_FSM_BACKUP &&
	    is->deadline != was->deadline)
		return "a discarded advertisement leaves the timer alone";
	if ((actions & KC_FSM_BAD_INTERVAL) &&
	    (actions != KC_FSM_BAD_INTERVAL || memcmp(was, is, sizeof(*is))))
		return "an invalid advertisement changes nothing";
	if (is_master && is->announce_due &&
	    is->deadline > is->announced_at + SECOND)
		return "a rival is followed by an announcement";
	if (is_master && was_master && event == FSM_ADVERT &&
	    (actions & KC_FSM_SEND) && was->replied_at &&
	    now - was->replied_at < 10 * MS)
		return "a flood is answered every 10 ms at most";
	if (event == FSM_ADVERT && (actions & KC_FSM_ANNOUNCE) &&
	    now - was->announced_at < SECOND)
		return "a flood is announced every second at most";
	return NULL;
}

#endif
