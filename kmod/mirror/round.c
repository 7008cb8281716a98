// SPDX-License-Identifier: GPL-2.0
/*
 * A round through the connection table, again and again, for what no event
 * tells: that packets keep a flow alive, that flows changed their owner, that
 * something was there before the mirror was.
 *
 * A round takes eight seconds; when an owner changed it is made at once. It only
 * finds flows and queues them; how fast that goes is limited by the queue.
 */
#include "../core/mirror_ticks.h"
#include "stream.h"

/* A round is made in so many steps, with so much between them. */
#define STEPS 80
#define STEP (100 * NSEC_PER_MSEC)
/* Buckets at once when there is hurry, and looks at once. */
#define BUCKETS 1024
#define LOOKS 64
/* So long another owner has to claim what we left. */
#define CLAIM (60 * (u64)NSEC_PER_SEC)

/**
 * kc_mirror_is_telling() - is this a flow that peers are to know from us?
 * @m: the mirror
 * @ct: the connection
 *
 * Context: any, under RCU
 */
bool kc_mirror_is_telling(struct kc_mirror *m, struct nf_conn *ct)
{
	return !(READ_ONCE(ct->status) &
		 (KC_CT(IMPORTED) | KC_CT(DISOWNED) | KC_CT(STAYS))) &&
	       kc_mirror_ripe(m, ct) && kc_mirror_moves(m, ct) &&
	       kc_mirror_owns(m, ct);
}

static bool lags(const struct nf_conn *ct)
{
	return kc_tick_lags(kc_ct_stamp(ct), kc_mirror_now_ms(),
			    kc_flow_left_ms(ct));
}

/**
 * kc_mirror_stamp_of() - what to remember of a flow that is told
 * @flow: what is told; of it the sequence adjustment and the timeout
 *
 * Return: 16 bits, for kc_ct_set_stamp()
 */
u16 kc_mirror_stamp_of(const struct kc_flow *flow)
{
	u16 expiry = kc_tick_expiry(kc_mirror_now_ms(), flow->timeout_ms);
	u32 words[4];
	unsigned int dir;

	if (!(flow->has & KC_FLOW_SEQADJ))
		return expiry;
	for (dir = 0; dir < 2; dir++) {
		words[2 * dir] = flow->seqadj[dir].correction_pos;
		words[2 * dir + 1] = flow->seqadj[dir].offset_after;
	}
	return kc_tick_digest(expiry, words, ARRAY_SIZE(words));
}

/*
 * Would peers be wrong about a flow that was told? That the numbers of a stream
 * are shifted by something new is no event, either.
 */
static bool differs(const struct nf_conn *ct)
{
	struct kc_flow flow;

	if (!(READ_ONCE(ct->status) & IPS_SEQ_ADJUST))
		return lags(ct);
	kc_flow_seqadj_of(ct, &flow);
	flow.timeout_ms = kc_flow_left_ms(ct);
	return kc_ct_stamp(ct) != kc_mirror_stamp_of(&flow);
}

/* Has nobody claimed what we left, though somebody could? */
static bool unclaimed(const struct kc_mirror *m)
{
	const struct kc_mirror_peer *mp;

	if (kc_now() - m->disowned_at < CLAIM)
		return false;
	list_for_each_entry(mp, &m->peers, list)
		if (mp->complete &&
		    kc_now() - mp->status_heard_at < KC_MIRROR_SILENCE)
			return true;
	return false;
}

/* Is there anything to do with it? Counts besides. */
static bool want(struct kc_mirror *m, struct nf_conn *ct, void *arg)
{
	unsigned long status = READ_ONCE(ct->status);
	const bool *leave = arg;

	if (status & KC_CT(IMPORTED)) {
		m->counting_imported++;
		return kc_mirror_adopts(m, ct);
	}
	if (status & KC_CT(DISOWNED))
		return *leave || kc_mirror_owns(m, ct);
	if (kc_mirror_is_telling(m, ct)) {
		m->counting_own += !!(status & KC_CT(SENT));
		return m->streams && !(status & KC_CT(QUEUED)) &&
		       (!(status & KC_CT(SENT)) || (status & KC_CT(STALE)) ||
			differs(ct));
	}
	return status & KC_CT(SENT) && !kc_mirror_owns(m, ct);
}

/* From here on its end, and all its changes, are told by us. */
static void adopt(struct kc_mirror *m, struct nf_conn *ct)
{
	if (READ_ONCE(ct->status) & KC_CT(IMPORTED)) {
		kc_mirror_one_less(&m->imported);
		/* This round has just counted it. */
		kc_mirror_one_less(&m->counting_imported);
	}
	set_mask_bits(&ct->status,
		      KC_CT(IMPORTED) | KC_CT(DISOWNED) | KC_CT(SENT) |
		      KC_CT(STALE) | KC_CT_STAMP_MASK, 0);
	kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_ADOPTED);
	if (m->streams && kc_mirror_is_telling(m, ct))
		kc_mirror_push(m, ct);
}

/*
 * Another node is master of its address now, and tells of it if it knows it.
 * The stamp remembers its expiry, so that it shows whether packets still come.
 */
static void disown(struct kc_mirror *m, struct nf_conn *ct)
{
	kc_ct_set_stamp(ct, kc_tick_expiry(kc_mirror_now_ms(),
					   kc_flow_left_ms(ct)));
	set_mask_bits(&ct->status, KC_CT(SENT) | KC_CT(STALE),
		      KC_CT(DISOWNED));
	m->disowned_at = kc_now();
	kc_mirror_one_less(&m->own);
	kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_DISOWNED);
}

/* The new owner does not have it: it ends, unless it lives on here. */
static void leave(struct kc_mirror *m, struct nf_conn *ct)
{
	if (lags(ct)) {
		clear_bit(KC_CT_DISOWNED_BIT, &ct->status);
		return;
	}
	nf_ct_delete(ct, 0, 0);
	kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_SWEPT);
}

static void visit(struct kc_mirror *m, struct nf_conn *ct, bool leaving)
{
	unsigned long status = READ_ONCE(ct->status);

	rcu_read_lock();
	if (status & (KC_CT(IMPORTED) | KC_CT(DISOWNED))) {
		if (status & KC_CT(IMPORTED) ? kc_mirror_adopts(m, ct) :
					       kc_mirror_owns(m, ct))
			adopt(m, ct);
		else if (leaving && (status & KC_CT(DISOWNED)))
			leave(m, ct);
	} else if (kc_mirror_is_telling(m, ct)) {
		if (status & KC_CT(SENT))
			kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_REFRESHED);
		kc_mirror_push(m, ct);
	} else if (status & KC_CT(SENT)) {
		disown(m, ct);
	}
	rcu_read_unlock();
}

static bool is_crowded(struct kc_mirror *m)
{
	return atomic_read(&m->queue.count) > READ_ONCE(m->queue.limit) / 2;
}

/* True if there is more to do at once. */
static bool go_on(struct kc_mirror *m, unsigned int buckets)
{
	bool leaving = unclaimed(m);
	unsigned int i, n, end, look;

	end = min(m->round.size, m->round.passed + buckets);
	for (look = 0; look < LOOKS && m->round.passed < end; look++) {
		if (is_crowded(m))
			return false;
		n = kc_mirror_walk_on(m, &m->round, want, &leaving,
				      end - m->round.passed);
		for (i = 0; i < n; i++) {
			visit(m, m->found[i], leaving);
			nf_ct_put(m->found[i]);
		}
		cond_resched();
	}
	return m->round.passed < end;
}

static void begin(struct kc_mirror *m, bool hurry)
{
	m->counting_imported = 0;
	m->counting_own = 0;
	m->hurry = hurry;
	kc_mirror_walk_begin(&m->round);
}

static void finish(struct kc_mirror *m)
{
	m->imported = m->counting_imported;
	m->own = m->counting_own;
	begin(m, false);
}

/**
 * kc_mirror_round() - go on with the present round
 * @m: the mirror, locked
 * @now: present time, ns
 *
 * Context: the worker
 * Return: there is more to do at once
 */
bool kc_mirror_round(struct kc_mirror *m, u64 now)
{
	unsigned int buckets = BUCKETS;
	bool more;

	if (test_and_clear_bit(KC_MIRROR_TODO_ROUND, &m->todo)) {
		begin(m, true);
		m->round_at = now;
	}
	if (now < m->round_at)
		return false;
	if (!m->hurry)
		buckets = m->round.size / STEPS + 1;
	more = go_on(m, buckets);
	if (kc_mirror_walk_over(&m->round))
		finish(m);
	else if (more || m->hurry)
		return !is_crowded(m);
	m->round_at = now + STEP;
	return false;
}
