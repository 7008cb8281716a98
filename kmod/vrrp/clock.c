// SPDX-License-Identifier: GPL-2.0
/*
 * One clock per network namespace for all its virtual routers.
 *
 * What routers wait for is rounded up to a tick, so that many share one. Not
 * so the adverts of a master, which have to be regular: there only the first
 * is at a tick, and those of equal intervals share it for ever.
 */
#include "../net.h"
#include "group.h"
#include "router.h"

static void router_due(struct kc_clock_entry *entry)
{
	struct kc_vrrp *r = container_of(entry, struct kc_vrrp, clock);

	spin_lock(&r->lock);
	kc_vrrp_run(r, kc_now());
	spin_unlock(&r->lock);
}

static void visit_groups(struct kc_clock *clock)
{
	kc_vrrp_groups_run(container_of(clock, struct kc_net, vrrp.clock));
}

/**
 * kc_vrrp_clock_set() - call kc_vrrp_run() at a time, or earlier
 * @r: the router, locked
 * @when: ns, KC_FSM_NEVER for no call at all
 */
void kc_vrrp_clock_set(struct kc_vrrp *r, u64 when)
{
	lockdep_assert_held(&r->lock);
	kc_clock_set(&r->kn->vrrp.clock, &r->clock, when);
}

/**
 * kc_vrrp_clock_enter() - a router that has no time yet
 * @r: the router
 */
void kc_vrrp_clock_enter(struct kc_vrrp *r)
{
	kc_clock_entry_init(&r->clock, router_due);
}

/**
 * kc_vrrp_clock_init() - set up the clock of a network namespace
 * @kn: the namespace
 */
void kc_vrrp_clock_init(struct kc_net *kn)
{
	BUILD_BUG_ON(KC_FSM_NEVER != KC_CLOCK_NEVER);
	kc_clock_init(&kn->vrrp.clock, visit_groups);
}
