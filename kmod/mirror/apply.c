// SPDX-License-Identifier: GPL-2.0
/*
 * What the records of a peer mean, in their order.
 *
 * Each flow that it sends is stamped with the peer's number and the mark of its
 * present sweep. When a sweep has ended, what has another mark was not in it,
 * and its owner has it no more.
 */
#include "stream.h"

/* Buckets of the connection table at once. */
#define BUCKETS 4096

static u16 stamp_of(const struct kc_mirror_peer *mp)
{
	return mp->slot << 8 | mp->mark;
}

static bool unseen(struct kc_mirror *m, struct nf_conn *ct, void *arg)
{
	const struct kc_mirror_peer *mp = arg;

	/* What is about to be ours is no business of its former owner. */
	return READ_ONCE(ct->status) & KC_CT(IMPORTED) &&
	       kc_ct_stamp(ct) >> 8 == mp->slot &&
	       (u8)kc_ct_stamp(ct) != mp->mark && !kc_mirror_adopts(m, ct);
}

/**
 * kc_mirror_reap() - go on removing what a sweep did not bring
 * @mp: the peer
 *
 * Context: the worker
 * Return: there is more to do
 */
bool kc_mirror_reap(struct kc_mirror_peer *mp)
{
	struct kc_mirror *m = mp->m;
	unsigned int i, n;
	bool gone;

	if (!mp->reaping)
		return false;
	n = kc_mirror_walk_on(m, &mp->reap, unseen, mp, BUCKETS);
	for (i = 0; i < n; i++) {
		rcu_read_lock();
		gone = unseen(m, m->found[i], mp);
		rcu_read_unlock();
		if (gone) {
			kc_mirror_one_less(&m->imported);
			nf_ct_delete(m->found[i], 0, 0);
			kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_SWEPT);
		}
		nf_ct_put(m->found[i]);
	}
	/* A table of another size may hide some; the next sweep finds them. */
	mp->reaping = !kc_mirror_walk_over(&mp->reap);
	return mp->reaping;
}

static void sweep_begin(struct kc_mirror_peer *mp, u32 epoch)
{
	/* Marks are few: what the last sweep left behind must go before. */
	while (kc_mirror_reap(mp))
		cond_resched();
	mp->sweeping = true;
	mp->complete = false;
	mp->spoilt = false;
	mp->peer_epoch = epoch;
	mp->mark++;
	mp->own_full = false;
}

static void sweep_end(struct kc_mirror_peer *mp, u32 epoch, bool torn, u64 now)
{
	if (!mp->sweeping || mp->peer_epoch != epoch)
		return;
	mp->sweeping = false;
	if (torn) {
		kc_rx_resync(&mp->rx, now);
		return;
	}
	mp->complete = true;
	/* What we could not read may be what we would remove. */
	if (mp->spoilt)
		return;
	mp->reaping = true;
	kc_mirror_walk_begin(&mp->reap);
}

static void apply(struct kc_mirror_peer *mp, const struct kc_record *record,
		  bool torn, u64 now)
{
	struct kc_mirror *m = mp->m;

	switch (record->type) {
	case KC_RECORD_SET:
		kc_mirror_insert(m, &record->flow, stamp_of(mp),
				 &mp->own_full);
		break;
	case KC_RECORD_DEL:
		kc_mirror_remove(m, &record->key);
		break;
	case KC_RECORD_EXPECT:
		kc_mirror_expect_insert(m, &record->expect);
		break;
	case KC_RECORD_EXPECT_DEL:
		kc_mirror_expect_remove(m, &record->key);
		break;
	case KC_RECORD_SWEEP_BEGIN:
		sweep_begin(mp, record->epoch);
		break;
	case KC_RECORD_SWEEP_END:
		sweep_end(mp, record->epoch, torn, now);
		break;
	}
}

/**
 * kc_mirror_apply() - do what the records of a datagram say
 * @mp: the peer
 * @data: the records
 * @len: octets of @data
 * @torn: something before it never came
 * @now: present time, ns
 *
 * Context: the worker
 */
void kc_mirror_apply(struct kc_mirror_peer *mp, const u8 *data, size_t len,
		     bool torn, u64 now)
{
	static const unsigned int unknown =
		KCLUSTER_A_MIRROR_STATS_DISCARD_UNKNOWN;
	static const unsigned int malformed =
		KCLUSTER_A_MIRROR_STATS_DISCARD_MALFORMED;
	struct kc_record record;
	size_t used;

	while (len) {
		switch (kc_record_get(data, len, &record, &used)) {
		case KC_RECORD_OK:
			apply(mp, &record, torn, now);
			break;
		case KC_RECORD_UNKNOWN:
			kc_mirror_count(mp->m, unknown);
			break;
		case KC_RECORD_BAD:
			mp->spoilt = true;
			kc_mirror_count(mp->m, malformed);
			break;
		case KC_RECORD_CUT:
			mp->spoilt = true;
			kc_mirror_count(mp->m, malformed);
			return;
		}
		data += used;
		len -= used;
	}
}
