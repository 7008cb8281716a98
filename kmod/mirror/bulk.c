// SPDX-License-Identifier: GPL-2.0
/*
 * All flows to one peer, which may have none of them, or some that are no more:
 * between two marks in the stream everything that we own and it would go on with
 * passes by, and what the peer has from us besides can go.
 *
 * What changes meanwhile is told as always, in the same stream and before it:
 * half of the window is reserved for it.
 *
 * What was ours until a moment ago passes by, too. The new owner may have been
 * out of reach while it came about, or while it went on here.
 */
#include "stream.h"

/* Buckets of the connection table at once, and looks. */
#define BUCKETS 256
#define LOOKS 64

static bool want(struct kc_mirror *m, struct nf_conn *ct, void *arg)
{
	unsigned long status = READ_ONCE(ct->status);

	if (status & KC_CT(DISOWNED) || kc_mirror_is_telling(m, ct))
		return true;
	/* And what is about to be: the round that does it may come later. */
	return status & KC_CT(SENT) && !kc_mirror_owns(m, ct);
}

static void begin(struct kc_mirror_peer *mp)
{
	u8 record[KC_RECORD_MAX];
	size_t len;

	mp->bulk_due = false;
	mp->bulk_runs = true;
	mp->bulk_sent = 0;
	mp->bulk_end = 0;
	mp->resyncs++;
	mp->epoch++;
	kc_mirror_count(mp->m, KCLUSTER_A_MIRROR_STATS_RESYNCS);
	kc_mirror_walk_begin(&mp->bulk);
	len = kc_record_put_sweep_begin(record, sizeof(record), mp->epoch);
	kc_mirror_append(mp, record, len);
}

static void end(struct kc_mirror_peer *mp)
{
	u8 record[KC_RECORD_MAX];
	size_t len;

	mp->bulk_runs = false;
	/* It may have missed something, so nothing may be removed after it. */
	if (kc_mirror_walk_torn(&mp->bulk)) {
		mp->bulk_due = true;
		return;
	}
	len = kc_record_put_sweep_end(record, sizeof(record), mp->epoch,
				      mp->bulk_sent);
	kc_mirror_append(mp, record, len);
	kc_mirror_ship(mp);
	mp->bulk_end = mp->tx.next - 1;
	mp->behind = false;
}

static void send(struct kc_mirror_peer *mp, struct nf_conn *ct)
{
	struct kc_mirror_heirs heirs;
	u8 record[KC_RECORD_MAX];
	size_t len;

	/* It may have died, or been taken over, since it was found. */
	if (READ_ONCE(ct->status) & KC_CT(IMPORTED))
		return;
	rcu_read_lock();
	kc_mirror_heirs_of(mp->m, ct, &heirs);
	rcu_read_unlock();
	if (!kc_mirror_is_heir(&heirs, mp))
		return;
	len = kc_mirror_record_of(mp->m, ct, record);
	if (!len)
		return;
	kc_mirror_append(mp, record, len);
	kc_mirror_count(mp->m, KCLUSTER_A_MIRROR_STATS_SETS_SENT);
	mp->bulk_sent++;
}

/**
 * kc_mirror_bulk() - go on telling one peer of all flows, if it is due
 * @mp: the peer
 *
 * Context: the worker
 * Return: there is more, and it would take it
 */
bool kc_mirror_bulk(struct kc_mirror_peer *mp)
{
	struct kc_mirror *m = mp->m;
	unsigned int i, n, looks;

	for (looks = 0; looks < LOOKS; looks++) {
		if (!kc_mirror_streams(mp) || (!mp->bulk_due && !mp->bulk_runs))
			return false;
		if (!kc_mirror_stream_ready(mp, true))
			return false;
		if (!mp->bulk_runs && kc_now() < m->bulk_at)
			return false;
		if (!mp->bulk_runs)
			begin(mp);
		n = kc_mirror_walk_on(m, &mp->bulk, want, NULL, BUCKETS);
		for (i = 0; i < n; i++) {
			if (kc_mirror_streams(mp))
				send(mp, m->found[i]);
			nf_ct_put(m->found[i]);
		}
		if (kc_mirror_streams(mp) && kc_mirror_walk_over(&mp->bulk))
			end(mp);
		cond_resched();
	}
	return true;
}
