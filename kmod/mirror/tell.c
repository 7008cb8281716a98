// SPDX-License-Identifier: GPL-2.0
/*
 * What waits in the queue becomes records, for all peers that have to know it
 * at once.
 *
 * A peer that takes nothing more holds up the others for a moment only, and
 * then has to hear everything anew when it does.
 */
#include "stream.h"

/* So long the others wait for one, ns. */
#define PATIENCE (200 * NSEC_PER_MSEC)
/* Items at once. */
#define BUDGET 2048

/**
 * kc_mirror_record_of() - the record of a flow that is about to be sent
 * @m: the mirror, locked
 * @ct: the connection
 * @record: KC_RECORD_MAX octets
 *
 * The flow is marked first and looked at afterwards: if it ends meanwhile, then
 * either we see that, or the callback sees the mark and its end is told.
 *
 * Return: octets of the record, 0 if it has ended
 */
size_t kc_mirror_record_of(struct kc_mirror *m, struct nf_conn *ct, u8 *record)
{
	struct kc_flow flow;
	size_t len;
	bool known;

	/* What was ours is told as it is, but its end is for others to tell. */
	if (READ_ONCE(ct->status) & KC_CT(DISOWNED)) {
		rcu_read_lock();
		kc_flow_of(ct, &flow);
		rcu_read_unlock();
		return kc_record_put_set(record, KC_RECORD_MAX, &flow);
	}
	known = test_and_set_bit(KC_CT_SENT_BIT, &ct->status);
	if (nf_ct_is_dying(ct)) {
		if (!known)
			clear_bit(KC_CT_SENT_BIT, &ct->status);
		return 0;
	}
	clear_bit(KC_CT_STALE_BIT, &ct->status);
	/* What changes after we looked sets it again. */
	smp_mb__after_atomic();
	rcu_read_lock();
	kc_flow_of(ct, &flow);
	rcu_read_unlock();
	len = kc_record_put_set(record, KC_RECORD_MAX, &flow);
	if (!len) {
		clear_bit(KC_CT_SENT_BIT, &ct->status);
		return 0;
	}
	m->own += !known;
	kc_ct_set_stamp(ct, kc_mirror_stamp_of(&flow));
	return len;
}

static void tell_all(struct kc_mirror *m, const struct kc_mirror_heirs *heirs,
		     const u8 *record, size_t len, unsigned int stat,
		     bool prompt)
{
	struct kc_mirror_peer *mp;

	list_for_each_entry(mp, &m->peers, list) {
		if (!kc_mirror_streams(mp) || !kc_mirror_is_heir(heirs, mp))
			continue;
		kc_mirror_append(mp, record, len);
		mp->draft_prompt |= prompt;
		kc_mirror_count(m, stat);
	}
}

static void tell_end(struct kc_mirror *m, const struct nf_conn *ct)
{
	struct kc_mirror_heirs heirs;
	struct kc_flow_key key;
	u8 record[KC_RECORD_MAX];
	size_t len;

	rcu_read_lock();
	kc_mirror_heirs_of(m, ct, &heirs);
	rcu_read_unlock();
	kc_flow_key_of(ct, &key);
	len = kc_record_put_del(record, sizeof(record), &key);
	tell_all(m, &heirs, record, len, KCLUSTER_A_MIRROR_STATS_DELS_SENT,
		 false);
}

static void tell_flow(struct kc_mirror *m, struct nf_conn *ct)
{
	struct kc_mirror_heirs heirs;
	u8 record[KC_RECORD_MAX];
	bool telling, prompt;
	unsigned long status;
	size_t len;

	clear_bit(KC_CT_QUEUED_BIT, &ct->status);
	/* What changes from here on queues it again. */
	smp_mb__after_atomic();
	status = READ_ONCE(ct->status);
	if (status & (KC_CT(IMPORTED) | KC_CT(DISOWNED)))
		return;
	if (status & IPS_DYING) {
		/* Of what nobody heard nobody needs to hear the end. */
		if (test_and_clear_bit(KC_CT_SENT_BIT, &ct->status)) {
			kc_mirror_one_less(&m->own);
			tell_end(m, ct);
		}
		return;
	}
	rcu_read_lock();
	telling = kc_mirror_is_telling(m, ct);
	kc_mirror_heirs_of(m, ct, &heirs);
	rcu_read_unlock();
	if (!telling)
		return;
	/* We may be faster than whoever is about to hold its first packet. */
	prompt = READ_ONCE(m->defer.on) &&
		 (!(status & KC_CT(SENT)) || (status & KC_CT(HELD)));
	len = kc_mirror_record_of(m, ct, record);
	if (len)
		tell_all(m, &heirs, record, len,
			 KCLUSTER_A_MIRROR_STATS_SETS_SENT, prompt);
}

static void tell_expect(struct kc_mirror *m, const struct kc_mirror_item *item)
{
	const struct kc_flow_expect *expect = item->expect;
	struct kc_mirror_heirs heirs = { .everybody = true };
	u8 record[KC_RECORD_MAX];
	size_t len;

	if (item->gone)
		len = kc_record_put_expect_del(record, sizeof(record),
					       &expect->tuple);
	else
		len = kc_record_put_expect(record, sizeof(record), expect);
	if (len)
		tell_all(m, &heirs, record, len,
			 KCLUSTER_A_MIRROR_STATS_EXPECTS_SENT, false);
}

/* Would everybody take more? */
static bool all_ready(struct kc_mirror *m, u64 now)
{
	unsigned int crowd = READ_ONCE(m->queue.limit) / 2;
	struct kc_mirror_peer *mp;
	bool ready = true;

	list_for_each_entry(mp, &m->peers, list) {
		if (!kc_mirror_streams(mp))
			continue;
		if (kc_mirror_stream_ready(mp, false)) {
			mp->refused_at = 0;
			continue;
		}
		if (!mp->refused_at)
			mp->refused_at = now;
		if (kc_peer_state(mp->peer) == KCLUSTER_PEER_STATE_DEAD ||
		    (now - mp->refused_at > PATIENCE &&
		     (m->streams > 1 ||
		      atomic_read(&m->queue.count) > crowd))) {
			kc_mirror_stream_end(mp);
			continue;
		}
		ready = false;
	}
	return ready;
}

/* True if there is more to tell, and they would hear it; @told were told. */
static bool tell_some(struct kc_mirror *m, u64 now, u32 *told)
{
	struct kc_mirror_item *item;

	for (*told = 0; *told < BUDGET; ++*told) {
		if (!all_ready(m, now))
			return false;
		item = kc_mirror_pull(m);
		if (!item) {
			kc_mirror_pass_end(m);
			return false;
		}
		if (!item->flow)
			tell_expect(m, item);
		else if (m->streams)
			tell_flow(m, item->flow);
		else
			clear_bit(KC_CT_QUEUED_BIT, &item->flow->status);
		kc_mirror_item_free(m, item);
		cond_resched();
	}
	return true;
}

/**
 * kc_mirror_tell() - tell peers what waits
 * @m: the mirror, locked
 * @now: present time, ns
 *
 * Context: the worker
 * Return: there is more to tell, and they would hear it
 */
bool kc_mirror_tell(struct kc_mirror *m, u64 now)
{
	bool more;
	u32 told;

	kc_mirror_pass_begin(m);
	more = tell_some(m, now, &told);
	WRITE_ONCE(m->gather, kc_pace_count(&m->pace, told, now));
	return more;
}
