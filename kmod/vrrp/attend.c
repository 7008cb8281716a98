// SPDX-License-Identifier: GPL-2.0
/*
 * Who wants to be ready before a virtual router comes or goes.
 */
#include "../net.h"
#include "attend.h"
#include "router.h"

static const struct kc_vrrp_attendant *attendant;

/**
 * kc_vrrp_attend() - be asked and told; NULL for nobody any more
 * @who: the one
 *
 * Context: module init and exit, while there are no routers.
 */
void kc_vrrp_attend(const struct kc_vrrp_attendant *who)
{
	attendant = who;
}

/**
 * kc_vrrp_attend_takeover() - addresses are about to be put in place
 * @kn: the namespace
 *
 * Context: its worker
 */
void kc_vrrp_attend_takeover(struct kc_net *kn)
{
	if (attendant)
		attendant->takeover(kn);
}

/**
 * kc_vrrp_attend_leave() - routers are about to stand by
 * @kn: the namespace, its mutex held
 *
 * Context: process
 */
void kc_vrrp_attend_leave(struct kc_net *kn)
{
	if (attendant)
		attendant->leave(kn);
}

/**
 * kc_vrrp_is_patient() - is a master of lower priority to be left in office?
 * @r: the router, locked
 * @now: present time, ns
 *
 * Only this is put off, and not for ever: whoever takes over from a master that
 * is silent waits for nothing.
 */
bool kc_vrrp_is_patient(struct kc_vrrp *r, u64 now)
{
	lockdep_assert_held(&r->lock);

	if (r->fsm.state != KC_FSM_BACKUP || !attendant ||
	    !attendant->unready(r->kn)) {
		r->patient_until = 0;
		return false;
	}
	if (!r->patient_until)
		r->patient_until = now + KC_VRRP_PATIENCE;
	return now < r->patient_until;
}
