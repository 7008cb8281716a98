// SPDX-License-Identifier: GPL-2.0
/*
 * The worker: one for each mirror, so that all happens in one order.
 *
 * It does what there is to do in small portions: what came from peers first,
 * then changes, then what can wait. As long as any of it says that there is
 * more it comes again at once, otherwise when something is due.
 */
#include <linux/hrtimer.h>

#include "stream.h"

/* It looks around so often, ns. */
#define LOOK (100 * NSEC_PER_MSEC)
/* What found no room is asked for so often, ns. */
#define RECOVER (10 * (u64)NSEC_PER_SEC)
/* What was not confirmed for so long is forgotten, ns. */
#define STALLED (30 * (u64)NSEC_PER_SEC)

/**
 * kc_mirror_todo() - let the worker do something
 * @m: the mirror
 * @what: KC_MIRROR_TODO_*
 *
 * Context: any, while the mirror is published or its mutex is held
 */
void kc_mirror_todo(struct kc_mirror *m, unsigned int what)
{
	set_bit(what, &m->todo);
	kthread_queue_work(m->worker, &m->work);
}

/**
 * kc_mirror_gather() - something was queued
 * @m: the mirror
 *
 * Context: any
 */
void kc_mirror_gather(struct kc_mirror *m)
{
	u32 wait;

	if (atomic_read(&m->queue.count) == KC_PACE_ENOUGH) {
		kthread_queue_work(m->worker, &m->work);
		return;
	}
	if (test_bit(KC_MIRROR_TODO_ARMED, &m->todo) ||
	    test_and_set_bit(KC_MIRROR_TODO_ARMED, &m->todo))
		return;
	/* A packet may be held until it is told. */
	wait = READ_ONCE(m->defer.on) ? KC_PACE_MIN : READ_ONCE(m->gather);
	hrtimer_start(&m->soon, ns_to_ktime(wait), HRTIMER_MODE_REL);
}

static enum hrtimer_restart soon(struct hrtimer *timer)
{
	struct kc_mirror *m = container_of(timer, struct kc_mirror, soon);

	kthread_queue_work(m->worker, &m->work);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart wake(struct hrtimer *timer)
{
	struct kc_mirror *m = container_of(timer, struct kc_mirror, wake);

	kthread_queue_work(m->worker, &m->work);
	return HRTIMER_NORESTART;
}

/**
 * kc_mirror_timers_init() - before anything is noted
 * @m: the mirror
 */
void kc_mirror_timers_init(struct kc_mirror *m)
{
	hrtimer_setup(&m->soon, soon, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer_setup(&m->wake, wake, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	kc_pace_init(&m->pace, kc_now());
	m->gather = KC_PACE_MIN;
}

/**
 * kc_mirror_timers_stop() - nothing is noted any more
 * @m: the mirror
 */
void kc_mirror_timers_stop(struct kc_mirror *m)
{
	hrtimer_cancel(&m->soon);
	hrtimer_cancel(&m->wake);
}

/* Whoever owns flows now, or filters: what was found out counts no more. */
static void reclassify(struct kc_mirror *m)
{
	if (!test_and_clear_bit(KC_MIRROR_TODO_RECLASSIFY, &m->todo))
		return;
	kc_mirror_forget(m, KC_CT(MOVES) | KC_CT(STAYS));
	set_bit(KC_MIRROR_TODO_OVERFLOW, &m->todo);
}

/* Something was not told: whoever hears anything has to hear everything. */
static void heal(struct kc_mirror *m)
{
	struct kc_mirror_peer *mp;

	if (!test_and_clear_bit(KC_MIRROR_TODO_OVERFLOW, &m->todo))
		return;
	list_for_each_entry(mp, &m->peers, list)
		mp->bulk_due |= kc_mirror_streams(mp);
}

/* Is it of any use to keep what the peer did not confirm? */
static void judge(struct kc_mirror_peer *mp, u64 now)
{
	bool alive = kc_peer_state(mp->peer) != KCLUSTER_PEER_STATE_DEAD;

	if (test_and_clear_bit(KC_MIRROR_PEER_RESYNC, &mp->flags) &&
	    kc_mirror_streams(mp))
		mp->bulk_due = true;
	if (!kc_mirror_streams(mp))
		return;
	if ((alive && now - mp->status_heard_at > 2 * KC_MIRROR_SILENCE) ||
	    kc_tx_stalled(&mp->tx, now) > STALLED)
		kc_mirror_stream_end(mp);
	else if (!mp->bulk_due && mp->bulk_end && mp->tx.base > mp->bulk_end)
		mp->state = KCLUSTER_MIRROR_STATE_SYNC;
	else if (mp->bulk_due || mp->bulk_runs || mp->bulk_end)
		mp->state = KCLUSTER_MIRROR_STATE_BULK;
}

/*
 * What found no room is told again by nobody: ask for all of it when there is
 * room, so that asking does not fill the table at once.
 */
static void recover(struct kc_mirror_peer *mp, u64 now)
{
	unsigned int count = nf_conntrack_count(mp->m->net);
	unsigned int max = READ_ONCE(nf_conntrack_max);

	if (!mp->own_full || now - mp->asked_at < RECOVER ||
	    (max && count > max - max / 8))
		return;
	mp->asked_at = now;
	kc_rx_resync(&mp->rx, now);
}

static bool run_peer(struct kc_mirror_peer *mp, u64 now, u64 *next)
{
	bool more;

	judge(mp, now);
	recover(mp, now);
	more = kc_mirror_bulk(mp);
	more |= kc_mirror_reap(mp);
	kc_mirror_ship(mp);
	kc_mirror_known_mark(mp);
	kc_mirror_resend(mp, now);
	*next = min(*next, kc_mirror_status_run(mp, now));
	if (kc_mirror_streams(mp))
		*next = min(*next, kc_tx_deadline(&mp->tx, kc_mirror_rtt(mp)));
	if (mp->bulk_due && now < mp->m->bulk_at)
		*next = min(*next, mp->m->bulk_at);
	return more;
}

/* Has it something to tell that we want to know before we are master? */
static bool awaits(struct kc_mirror_peer *mp, u64 now)
{
	bool alive = kc_peer_state(mp->peer) != KCLUSTER_PEER_STATE_DEAD;
	struct kc_mirror_source source = {
		.dead = !alive,
		.complete = mp->complete,
		.missing = kc_rx_missing(&mp->rx),
		.said_at = mp->status_heard_at,
	};

	if (alive && !mp->alive)
		mp->since = now;
	mp->alive = alive;
	source.since = mp->since;
	return kc_mirror_awaits(&source, now);
}

/*
 * Wake up at @next, or somewhat earlier: to set the timer costs more than to be
 * woken for nothing once in a while.
 */
static void wake_by(struct kc_mirror *m, u64 next)
{
	if (hrtimer_active(&m->wake) &&
	    ktime_to_ns(hrtimer_get_expires(&m->wake)) <= (s64)next)
		return;
	hrtimer_start(&m->wake, ns_to_ktime(next), HRTIMER_MODE_ABS);
}

/**
 * kc_mirror_run() - do what there is to do
 * @work: of the mirror
 */
void kc_mirror_run(struct kthread_work *work)
{
	struct kc_mirror *m = container_of(work, struct kc_mirror, work);
	struct kc_mirror_peer *mp;
	bool takeover, more, unready = false, learning = false;
	u64 now, next;

	mutex_lock(&m->lock);
	/* Then it starts no timer any more, either. */
	if (m->stopping) {
		mutex_unlock(&m->lock);
		return;
	}
	clear_bit(KC_MIRROR_TODO_ARMED, &m->todo);
	/* What is queued from here on starts the timer again. */
	smp_mb__after_atomic();
	takeover = test_and_clear_bit(KC_MIRROR_TODO_TAKEOVER, &m->todo);
	now = kc_now();
	next = now + LOOK;

	kc_mirror_peers_run(m);
	/*
	 * What happened while flows were ours is told before they are not; and
	 * they are not any more before their new owner tells of them.
	 */
	more = kc_mirror_tell(m, now);
	kc_mirror_owners_run(m, now);
	kc_mirror_divided_run(m, now);
	list_for_each_entry(mp, &m->peers, list)
		kc_mirror_inbox_run(mp, now, takeover);
	if (takeover) {
		WRITE_ONCE(m->inserted, m->inserted + 1);
		wake_up_all(&m->takeover);
	}
	reclassify(m);
	heal(m);
	list_for_each_entry(mp, &m->peers, list) {
		more |= run_peer(mp, now, &next);
		if (!awaits(mp, now))
			continue;
		unready = true;
		learning |= mp->alive;
	}
	WRITE_ONCE(m->unready, unready);
	WRITE_ONCE(m->learning, learning);
	kc_mirror_known_run(m);
	more |= kc_mirror_round(m, now);
	mutex_unlock(&m->lock);

	if (more)
		kthread_queue_work(m->worker, &m->work);
	else
		wake_by(m, max(next, now + 100000));
}
