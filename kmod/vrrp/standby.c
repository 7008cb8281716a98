// SPDX-License-Identifier: GPL-2.0
/*
 * Standing by: the operator takes a virtual router, or the node with all of
 * its virtual routers, out of the election, for good or for a time. It is
 * stronger than priority and preemption, and it survives both.
 */
#include "../extack.h"
#include "../net.h"
#include "attend.h"
#include "group.h"
#include "router.h"

/**
 * kc_vrrp_standby_until() - how long does a router stand by?
 * @r: the router, locked
 *
 * Return: until when, ns, KC_FSM_NEVER for no end, 0 if it does not
 */
u64 kc_vrrp_standby_until(const struct kc_vrrp *r)
{
	return max(r->standby_until, READ_ONCE(r->kn->vrrp.standby_until));
}

/**
 * kc_vrrp_standby_apply() - let the state machine know what was ordered
 * @r: the router, locked; the caller requeues it
 * @now: present time, ns
 */
void kc_vrrp_standby_apply(struct kc_vrrp *r, u64 now)
{
	bool standby = now < kc_vrrp_standby_until(r);
	const char *reason = standby ? "told to stand by" : "active again";
	unsigned int actions;

	lockdep_assert_held(&r->lock);
	if (r->dead || r->fsm.standby == standby)
		return;
	actions = kc_fsm_standby(&r->fsm, standby, now);
	kc_vrrp_act(r, actions, reason);
	/* No other state, but another reason to be in it. */
	if (!actions && r->fsm.state == KC_FSM_BACKUP)
		strscpy(r->reason, reason, sizeof(r->reason));
}

static void apply(struct kc_vrrp *r)
{
	spin_lock_bh(&r->lock);
	kc_vrrp_standby_apply(r, kc_now());
	kc_vrrp_requeue(r);
	spin_unlock_bh(&r->lock);
}

/**
 * kc_vrrp_standby_set() - stand by, or be active again
 * @kn: the namespace, its mutex held
 * @r: the router, NULL for the whole node
 * @standby: stand by
 * @ms: for how long, milliseconds, 0 for no end
 * @attr: the order, for errors
 * @extack: why not
 *
 * A master has said goodbye, and its addresses are gone, when this returns; so
 * have those of its group.
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno
 */
int kc_vrrp_standby_set(struct kc_net *kn, struct kc_vrrp *r, bool standby,
			u32 ms, const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	u64 until = 0;

	lockdep_assert_held(&kn->vrrp.mutex);
	if (standby)
		until = ms ? kc_now() + (u64)ms * NSEC_PER_MSEC : KC_FSM_NEVER;
	/* What others should know is told while there is somebody to ask. */
	if (standby)
		kc_vrrp_attend_leave(kn);

	if (r) {
		if (!standby && kc_now() < READ_ONCE(kn->vrrp.standby_until))
			return kc_refuse(extack, attr, -EBUSY,
					 "the whole node stands by: make the node active");
		spin_lock_bh(&r->lock);
		r->standby_until = until;
		spin_unlock_bh(&r->lock);
		apply(r);
		kc_vrrp_group_wait(r);
		return 0;
	}

	WRITE_ONCE(kn->vrrp.standby_until, until);
	list_for_each_entry(r, &kn->vrrp.routers, list)
		apply(r);
	list_for_each_entry(r, &kn->vrrp.routers, list)
		kc_vrrp_hold_wait(r);
	return 0;
}
