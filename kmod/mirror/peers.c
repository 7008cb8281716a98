// SPDX-License-Identifier: GPL-2.0
/*
 * Peers come and go, and start anew, which events tell that may do no more than
 * set a flag; the worker follows.
 */
#include <linux/slab.h>

#include "stream.h"

/* When nothing is known of the way, ns. */
#define RTT_DEFAULT (20 * NSEC_PER_MSEC)

/**
 * kc_mirror_rtt() - how long an answer takes
 * @mp: the peer
 *
 * Return: ns
 */
u64 kc_mirror_rtt(struct kc_mirror_peer *mp)
{
	struct kc_peer *p = mp->peer;
	u64 rtt = 0;

	spin_lock_bh(&p->lock);
	if (p->live.best >= 0 && p->live.best < (int)p->live.n)
		rtt = p->live.paths[p->live.best].rtt;
	spin_unlock_bh(&p->lock);
	return rtt ?: RTT_DEFAULT;
}

static void destroy(struct kc_mirror_peer *mp)
{
	kc_mirror_stream_exit(mp);
	kc_mirror_inbox_exit(mp);
	if (mp->slot)
		clear_bit(mp->slot, mp->m->slots);
	kc_peer_put(mp->peer);
	kvfree(mp);
}

/* Takes over a reference of the peer. */
static struct kc_mirror_peer *create(struct kc_mirror *m, struct kc_peer *p)
{
	struct kc_mirror_peer *mp;
	unsigned int slot;

	mp = kvzalloc(sizeof(*mp), GFP_KERNEL_ACCOUNT);
	if (!mp) {
		kc_peer_put(p);
		return NULL;
	}
	mp->m = m;
	mp->peer = p;
	mp->since = kc_now();
	mp->state = KCLUSTER_MIRROR_STATE_IDLE;
	slot = find_next_zero_bit(m->slots, 256, 1);
	if (slot < 256) {
		mp->slot = slot;
		set_bit(slot, m->slots);
	}
	/* Both are tried, so that both can be undone. */
	if (kc_mirror_stream_init(mp) | kc_mirror_inbox_init(mp) || !mp->slot) {
		destroy(mp);
		return NULL;
	}
	return mp;
}

/* A peer of which we keep nothing yet, with a reference; NULL if none. */
static struct kc_peer *find_new(struct kc_mirror *m)
{
	struct kc_peer *p, *found = NULL;

	rcu_read_lock();
	list_for_each_entry_rcu(p, &m->kn->peer.peers, list) {
		if (p->observer ||
		    rcu_access_pointer(p->user[KC_PEER_USER_MIRROR]) ||
		    READ_ONCE(p->gone) || !refcount_inc_not_zero(&p->refs))
			continue;
		found = p;
		break;
	}
	rcu_read_unlock();
	return found;
}

/* False if the peer has gone meanwhile. */
static bool attach(struct kc_mirror_peer *mp)
{
	struct kc_peer *p = mp->peer;
	bool gone;

	spin_lock_bh(&p->lock);
	gone = p->gone;
	if (!gone)
		rcu_assign_pointer(p->user[KC_PEER_USER_MIRROR], mp);
	spin_unlock_bh(&p->lock);
	return !gone;
}

static void add_new(struct kc_mirror *m)
{
	struct kc_mirror_peer *mp;
	struct kc_peer *p;

	while ((p = find_new(m))) {
		mp = create(m, p);
		if (!mp) {
			/* For want of memory; look again a little later. */
			set_bit(KC_MIRROR_TODO_PEERS, &m->todo);
			return;
		}
		if (attach(mp))
			list_add_tail(&mp->list, &m->peers);
		else
			destroy(mp);
	}
}

static void remove_gone(struct kc_mirror *m)
{
	struct kc_mirror_peer *mp, *next;
	LIST_HEAD(gone);

	list_for_each_entry_safe(mp, next, &m->peers, list) {
		if (!test_bit(KC_MIRROR_PEER_GONE, &mp->flags))
			continue;
		kc_mirror_stream_end(mp);
		list_move(&mp->list, &gone);
	}
	if (list_empty(&gone))
		return;
	/* The event took it from the peer; who still has it is in softirq. */
	synchronize_rcu();
	list_for_each_entry_safe(mp, next, &gone, list)
		destroy(mp);
}

/**
 * kc_mirror_peers_run() - see which peers there are now
 * @m: the mirror, locked
 *
 * Context: the worker
 */
void kc_mirror_peers_run(struct kc_mirror *m)
{
	struct kc_mirror_peer *mp;

	if (test_and_clear_bit(KC_MIRROR_TODO_PEERS, &m->todo)) {
		remove_gone(m);
		add_new(m);
	}
	list_for_each_entry(mp, &m->peers, list) {
		if (test_and_clear_bit(KC_MIRROR_PEER_RESTARTED, &mp->flags)) {
			kc_mirror_stream_end(mp);
			mp->since = kc_now();
			mp->status_heard_at = 0;
			mp->complete = false;
		}
	}
}

/**
 * kc_mirror_peers_detach() - the mirror goes: hear of no peer any more
 * @m: the mirror, locked
 *
 * A grace period later nothing is received.
 */
void kc_mirror_peers_detach(struct kc_mirror *m)
{
	struct kc_mirror_peer *mp;

	m->stopping = true;
	list_for_each_entry(mp, &m->peers, list) {
		spin_lock_bh(&mp->peer->lock);
		if (rcu_access_pointer(mp->peer->user[KC_PEER_USER_MIRROR]) ==
		    mp)
			RCU_INIT_POINTER(mp->peer->user[KC_PEER_USER_MIRROR],
					 NULL);
		spin_unlock_bh(&mp->peer->lock);
	}
}

/**
 * kc_mirror_peers_free() - and give them back
 * @m: the mirror, without worker
 */
void kc_mirror_peers_free(struct kc_mirror *m)
{
	struct kc_mirror_peer *mp, *next;

	list_for_each_entry_safe(mp, next, &m->peers, list) {
		list_del(&mp->list);
		destroy(mp);
	}
}
