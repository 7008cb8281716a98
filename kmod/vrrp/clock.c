// SPDX-License-Identifier: GPL-2.0
/*
 * One timer per network namespace for all its virtual routers.
 *
 * A hard hrtimer does nothing but schedule a tasklet_hi: of all contexts
 * tried it alone keeps its time while every CPU is busy and memory is gone.
 *
 * A router's entry in the queue may be earlier than what the router waits
 * for: an advert that arrives moves a deadline into the future, which costs
 * nothing here; when the old time comes the router looks and queues itself
 * anew.
 *
 * What routers wait for is rounded up to a tick, so that many share one. Not
 * so the adverts of a master, which have to be regular: there only the first
 * is at a tick, and those of equal intervals share it for ever.
 */
#include "../net.h"
#include "group.h"
#include "router.h"

static enum hrtimer_restart clock_fire(struct hrtimer *timer)
{
	struct kc_net *kn = container_of(timer, struct kc_net, vrrp.timer);

	tasklet_hi_schedule(&kn->vrrp.tasklet);
	return HRTIMER_NORESTART;
}

/* Take the first router that is due, or set the timer for the first. */
static struct kc_vrrp *clock_next(struct kc_net *kn, u64 now)
{
	struct timerqueue_node *node;
	struct kc_vrrp *r = NULL;

	spin_lock(&kn->vrrp.queue_lock);
	node = timerqueue_getnext(&kn->vrrp.queue);
	if (node && node->expires <= now) {
		timerqueue_del(&kn->vrrp.queue, node);
		r = container_of(node, struct kc_vrrp, node);
		r->queued = false;
	} else if (node) {
		hrtimer_start(&kn->vrrp.timer, node->expires,
			      HRTIMER_MODE_ABS_HARD);
	}
	spin_unlock(&kn->vrrp.queue_lock);
	return r;
}

static void clock_due(struct tasklet_struct *tasklet)
{
	struct kc_net *kn = container_of(tasklet, struct kc_net, vrrp.tasklet);
	struct kc_vrrp *r;
	u64 began = kc_now();

	/* Keeps a router alive that is deleted while it is in no queue. */
	rcu_read_lock();
	/*
	 * What comes due meanwhile is for the next run, which the timer starts
	 * at once: more routers than the CPU can serve must not keep it here.
	 */
	while ((r = clock_next(kn, began))) {
		spin_lock(&r->lock);
		kc_vrrp_run(r, kc_now());
		spin_unlock(&r->lock);
	}
	kc_vrrp_groups_run(kn);
	rcu_read_unlock();
}

/**
 * kc_vrrp_clock_set() - call kc_vrrp_run() at a time, or earlier
 * @r: the router, locked
 * @when: ns, KC_FSM_NEVER for no call at all
 */
void kc_vrrp_clock_set(struct kc_vrrp *r, u64 when)
{
	struct kc_vrrp_net *vn = &r->kn->vrrp;

	lockdep_assert_held(&r->lock);

	spin_lock(&vn->queue_lock);
	if (r->queued && when != KC_FSM_NEVER && r->node.expires <= when)
		goto out;
	if (r->queued) {
		timerqueue_del(&vn->queue, &r->node);
		r->queued = false;
	}
	if (when == KC_FSM_NEVER)
		goto out;
	r->node.expires = when;
	r->queued = true;
	/* True if it is the first now. */
	if (timerqueue_add(&vn->queue, &r->node))
		hrtimer_start(&vn->timer, when, HRTIMER_MODE_ABS_HARD);
out:
	spin_unlock(&vn->queue_lock);
}

/**
 * kc_vrrp_clock_init() - set up the timer of a network namespace
 * @kn: the namespace
 */
void kc_vrrp_clock_init(struct kc_net *kn)
{
	struct kc_vrrp_net *vn = &kn->vrrp;

	spin_lock_init(&vn->queue_lock);
	timerqueue_init_head(&vn->queue);
	hrtimer_setup(&vn->timer, clock_fire, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_HARD);
	tasklet_setup(&vn->tasklet, clock_due);
}

/**
 * kc_vrrp_clock_stop() - end the timer; no router is queued any more
 * @kn: the namespace
 *
 * Context: process.
 */
void kc_vrrp_clock_stop(struct kc_net *kn)
{
	/* The tasklet sets the timer only for a router in the queue. */
	hrtimer_cancel(&kn->vrrp.timer);
	tasklet_kill(&kn->vrrp.tasklet);
}
