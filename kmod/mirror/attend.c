// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual routers wait for the mirror, a little: with the addresses of a
 * takeover until what was received is in the table, as without it the local
 * stack would reset connections; with deposing a master until we know what it
 * knows; and with leaving until others know what we know.
 */
#include <linux/delay.h>
#include <linux/wait.h>

#include "../vrrp/attend.h"
#include "stream.h"

/* So long nobody may have the addresses. */
#define TAKEOVER_MAX msecs_to_jiffies(50)
/* If that was not enough, the next routers need not try, ns. */
#define HUNG ((u64)NSEC_PER_SEC)
/* So long an operator waits, in steps, ms. */
#define LEAVE_MAX 500
#define LEAVE_STEP 2

static struct kc_mirror *hold(struct kc_net *kn, unsigned int todo)
{
	struct kc_mirror *m;

	/* While it is published it has a worker. */
	rcu_read_lock();
	m = kc_mirror_get(kn);
	if (m && refcount_inc_not_zero(&m->refs))
		kc_mirror_todo(m, todo);
	else
		m = NULL;
	rcu_read_unlock();
	return m;
}

static void takeover(struct kc_net *kn)
{
	unsigned int inserted;
	struct kc_mirror *m;
	u64 hung_at;

	rcu_read_lock();
	m = kc_mirror_get(kn);
	inserted = m ? READ_ONCE(m->inserted) : 0;
	hung_at = m ? READ_ONCE(m->hung_at) : 0;
	rcu_read_unlock();
	if (!m || (hung_at && kc_now() - hung_at < HUNG))
		return;
	m = hold(kn, KC_MIRROR_TODO_TAKEOVER);
	if (!m)
		return;
	kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_TAKEOVER_WAITS);
	if (!wait_event_timeout(m->takeover,
				READ_ONCE(m->inserted) != inserted,
				TAKEOVER_MAX)) {
		WRITE_ONCE(m->hung_at, kc_now());
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_TAKEOVER_TIMEOUTS);
	}
	kc_mirror_put(m);
}

static bool unready(struct kc_net *kn)
{
	struct kc_mirror *m;
	bool unready;

	rcu_read_lock();
	m = kc_mirror_get(kn);
	unready = m && READ_ONCE(m->unready);
	rcu_read_unlock();
	return unready;
}

/* Is there anything that somebody who listens has not in its table? */
static bool is_told(struct kc_mirror *m)
{
	struct kc_mirror_peer *mp;
	bool told;

	mutex_lock(&m->lock);
	told = !m->hurry && !test_bit(KC_MIRROR_TODO_ROUND, &m->todo) &&
	       !atomic_read(&m->queue.count);
	list_for_each_entry(mp, &m->peers, list)
		if ((mp->state == KCLUSTER_MIRROR_STATE_SYNC || mp->bulk_due) &&
		    (mp->draft_len || kc_tx_in_flight(&mp->tx)))
			told = false;
	mutex_unlock(&m->lock);
	return told;
}

static void leave(struct kc_net *kn)
{
	struct kc_mirror *m = hold(kn, KC_MIRROR_TODO_ROUND);
	unsigned int waited;

	if (!m)
		return;
	for (waited = 0; waited < LEAVE_MAX && m->streams && !is_told(m);
	     waited += LEAVE_STEP)
		msleep(LEAVE_STEP);
	kc_mirror_put(m);
}

static const struct kc_vrrp_attendant attendant = {
	.takeover = takeover,
	.unready = unready,
	.leave = leave,
};

/**
 * kc_mirror_attend_init() - let virtual routers wait, before there are any
 */
void kc_mirror_attend_init(void)
{
	kc_vrrp_attend(&attendant);
}

/**
 * kc_mirror_attend_exit() - no more; there are none
 */
void kc_mirror_attend_exit(void)
{
	kc_vrrp_attend(NULL);
}
