// SPDX-License-Identifier: GPL-2.0
/*
 * What shares hear of: peers and virtual routers that come, change and go, and
 * the operator, who lets the node stand by.
 *
 * Events come with the lock of their object, so all that is done is to note them;
 * the clock does the rest at once.
 */
#include <linux/delay.h>
#include <linux/rculist.h>

#include "../event.h"
#include "../net.h"
#include "../vrrp/router.h"
#include "share.h"

/* An operator waits for buckets to move for so long, in steps, ms. */
#define DRAIN_MAX 1000
#define DRAIN_STEP 2

static void hear_router(struct kc_cip_share *share,
			const struct kc_vrrp_news *news)
{
	if (strcmp(share->router, news->name))
		return;
	spin_lock_bh(&share->lock);
	share->router_state = news->state;
	kc_cip_share_poke(share);
	spin_unlock_bh(&share->lock);
}

static void hear_peer(struct kc_cip_share *share,
		      const struct kc_peer_news *news)
{
	spin_lock_bh(&share->lock);
	if (share->started && !share->dead) {
		if (news->state == KCLUSTER_PEER_STATE_GONE ||
		    news->old_state == KCLUSTER_PEER_STATE_GONE)
			kc_cip_share_count(share);
		kc_cip_share_poke(share);
	}
	spin_unlock_bh(&share->lock);
	kc_cip_estate_soon(share->cip->kn);
}

/**
 * kc_cip_share_event() - something happened in a namespace
 * @nb: in &kc_cip_net
 * @event: enum kc_event
 * @data: its news
 *
 * Context: atomic, under RCU, with the lock of what the news is about
 * Return: NOTIFY_DONE
 */
int kc_cip_share_event(struct notifier_block *nb, unsigned long event,
		       void *data)
{
	struct kc_net *kn = container_of(nb, struct kc_net, cip.event_nb);
	struct kc_cip_share *share;

	if (event != KC_EVENT_VRRP && event != KC_EVENT_PEER)
		return NOTIFY_DONE;
	list_for_each_entry_rcu(share, &kn->cip.shares, list) {
		if (event == KC_EVENT_VRRP)
			hear_router(share, data);
		else
			hear_peer(share, data);
	}
	return NOTIFY_DONE;
}

/**
 * kc_cip_share_look() - see what the virtual router is at present
 * @share: the share, which hears of changes already; mutex held
 *
 * Context: process
 */
void kc_cip_share_look(struct kc_cip_share *share)
{
	struct kc_net *kn = share->cip->kn;
	struct kc_vrrp *r;

	mutex_lock(&kn->vrrp.mutex);
	r = kc_vrrp_find(kn, share->router);
	if (r) {
		/* What is told, is told with its lock. */
		spin_lock_bh(&r->lock);
		spin_lock(&share->lock);
		share->router_state = r->fsm.state;
		kc_cip_share_poke(share);
		spin_unlock(&share->lock);
		spin_unlock_bh(&r->lock);
	}
	mutex_unlock(&kn->vrrp.mutex);
}

/* Is there anything that others could take, and have not yet? */
static bool is_drained(struct kc_cip_share *share)
{
	const struct kc_cip_hold *h = &share->hold;
	bool drained, others = false;
	unsigned int i;

	spin_lock_bh(&share->lock);
	for (i = 1; i < share->n; i++)
		others |= kc_peer_state(share->peers[i]) ==
			  KCLUSTER_PEER_STATE_ALIVE;
	drained = !others || kc_now() >= h->until ||
		  !memchr_inv(h->mine, 0, sizeof(h->mine));
	spin_unlock_bh(&share->lock);
	return drained;
}

static bool all_drained(struct kc_net *kn)
{
	struct kc_cip_share *share;
	bool all = true;

	rcu_read_lock();
	list_for_each_entry_rcu(share, &kn->cip.shares, list)
		all &= is_drained(share);
	rcu_read_unlock();
	return all;
}

/**
 * kc_cip_standby() - let buckets move away from this node, or come back
 * @kn: the namespace
 * @standby: let them go
 * @ms: for how long, milliseconds, 0 for no end
 *
 * When it returns, they belong to others, if there are any that take them.
 *
 * Context: process; sleeps for a second at most
 */
void kc_cip_standby(struct kc_net *kn, bool standby, u32 ms)
{
	struct kc_cip_share *share;
	unsigned int waited;
	u64 until = 0;

	if (standby)
		until = ms ? kc_now() + (u64)ms * NSEC_PER_MSEC :
			     KC_CLOCK_NEVER;
	WRITE_ONCE(kn->cip.standby_until, until);
	rcu_read_lock();
	list_for_each_entry_rcu(share, &kn->cip.shares, list) {
		spin_lock_bh(&share->lock);
		kc_cip_share_poke(share);
		spin_unlock_bh(&share->lock);
	}
	rcu_read_unlock();
	for (waited = 0; standby && waited < DRAIN_MAX && !all_drained(kn);
	     waited += DRAIN_STEP)
		msleep(DRAIN_STEP);
}

/**
 * kc_cip_net_goodbye() - the namespace, the system or the module is about to go
 * @kn: the namespace
 *
 * What belongs to this node is given to others at once, while they can be told.
 *
 * Context: process
 */
void kc_cip_net_goodbye(struct kc_net *kn)
{
	struct kc_cip_share *share;

	rcu_read_lock();
	list_for_each_entry_rcu(share, &kn->cip.shares, list) {
		spin_lock_bh(&share->lock);
		share->leaving = true;
		spin_unlock_bh(&share->lock);
		kc_cip_share_release(share, true);
	}
	rcu_read_unlock();
}
