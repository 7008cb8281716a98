// SPDX-License-Identifier: GPL-2.0
/*
 * Steps of the state machine of a virtual router, see vrrp_step.h.
 */
#include "vrrp_step.h"

/**
 * kc_step_interval() - our own advertisement interval
 * @fsm: the machine
 *
 * Return: nanoseconds
 */
u64 kc_step_interval(const struct kc_fsm *fsm)
{
	return fsm->cfg.interval_ms * NS_PER_MS;
}

/**
 * kc_step_skew() - by how much the weaker wait longer
 * @fsm: the machine
 *
 * RFC 9568, 6.1: Skew_Time; RFC 3768, 6.1 has it in whole-second units.
 *
 * Return: nanoseconds
 */
u64 kc_step_skew(const struct kc_fsm *fsm)
{
	u64 unit = fsm->cfg.version == 2 ? NS_PER_S :
		   fsm->active_interval_ms * NS_PER_MS;

	return (256 - fsm->priority) * unit / 256;
}

/**
 * kc_fsm_down_interval() - silence after which a backup takes over
 * @fsm: the machine
 *
 * RFC 9568, 6.1: Active_Down_Interval; RFC 3768: Master_Down_Interval.
 *
 * Return: nanoseconds
 */
u64 kc_fsm_down_interval(const struct kc_fsm *fsm)
{
	return 3 * fsm->active_interval_ms * NS_PER_MS + kc_step_skew(fsm);
}

/**
 * kc_step_majority() - does it have what it takes to be master?
 * @fsm: the machine
 * @now: present time, nanoseconds
 *
 * Without a majority of the votes nobody is master, where votes count.
 */
bool kc_step_majority(const struct kc_fsm *fsm, u64 now)
{
	return !fsm->cfg.voting || now < fsm->lease_until;
}

/**
 * kc_step_wait() - wait for a master, as a backup
 * @fsm: the machine
 * @wait: for how long, nanoseconds
 * @now: present time, nanoseconds
 */
void kc_step_wait(struct kc_fsm *fsm, u64 wait, u64 now)
{
	fsm->deadline = fsm->standby ? KC_FSM_NEVER :
			kc_later(now + wait, fsm->hold_until);
	fsm->asks = 0;
	fsm->ready = false;
	fsm->seeking = false;
}

/**
 * kc_step_ask() - ask for votes, as a backup that wants to be master
 * @fsm: the machine
 * @now: present time, nanoseconds
 *
 * Those who are in doubt answer soon or, because of a split, for long not.
 *
 * Return: actions
 */
unsigned int kc_step_ask(struct kc_fsm *fsm, u64 now)
{
	u64 wait = fsm->active_interval_ms * NS_PER_MS;

	if (fsm->asks < KC_FSM_HURRY) {
		fsm->asks++;
		wait /= KC_FSM_HURRY;
	}
	fsm->deadline = now + wait;
	return KC_FSM_ASK;
}

/**
 * kc_step_master() - become master
 * @fsm: the machine
 * @now: present time, nanoseconds
 *
 * Return: actions
 */
unsigned int kc_step_master(struct kc_fsm *fsm, u64 now)
{
	fsm->state = KC_FSM_MASTER;
	fsm->preempt_at = 0;
	fsm->patient_until = 0;
	fsm->hold_until = 0;
	fsm->active_interval_ms = fsm->cfg.interval_ms;
	fsm->sent_at = now;
	fsm->announced_at = now;
	fsm->announce_due = false;
	fsm->asks = 0;
	fsm->ready = false;
	fsm->blocked = false;
	fsm->listening = false;
	fsm->seeking = false;
	fsm->deposed = false;
	fsm->freed = false;
	fsm->deadline = now + kc_step_interval(fsm);
	return KC_FSM_SEND | KC_FSM_ANNOUNCE | KC_FSM_CHANGED;
}

/**
 * kc_step_leave() - go to a state in which nothing is waited for
 * @fsm: the machine
 * @state: the state
 *
 * Return: actions
 */
unsigned int kc_step_leave(struct kc_fsm *fsm, enum kc_fsm_state state)
{
	unsigned int actions = KC_FSM_CHANGED;

	if (fsm->state == state)
		return 0;
	if (fsm->state == KC_FSM_MASTER)
		actions |= KC_FSM_SEND_ZERO;
	fsm->state = state;
	fsm->deadline = KC_FSM_NEVER;
	fsm->asks = 0;
	fsm->ready = false;
	fsm->blocked = false;
	fsm->listening = false;
	fsm->seeking = false;
	fsm->lease_until = 0;
	return actions;
}
