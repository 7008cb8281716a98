// SPDX-License-Identifier: GPL-2.0
/*
 * How much peers know, for those who wait for that.
 *
 * The worker takes changes from the queue in passes, which have numbers. When it
 * found nothing more in one, then all that was queued before that pass began has
 * been told to all streams. The last datagram of a stream then bears the number
 * of the pass, and when it is confirmed, and with it all before it, the peer
 * knows all of that.
 *
 * A flow that was queued, and then sees pass n, is told in pass n + 1 at the
 * latest: either the worker sees it in the queue when it begins that pass, or it
 * would have been seen that this pass has begun.
 */
#include "stream.h"

/**
 * kc_mirror_pass_begin() - begin to tell what waits
 * @m: the mirror, locked
 */
void kc_mirror_pass_begin(struct kc_mirror *m)
{
	WRITE_ONCE(m->pass, m->pass + 1);
	/* Pairs with that of kc_mirror_pass_after(): before the queue is read. */
	smp_mb();
}

/**
 * kc_mirror_pass_end() - nothing more waits
 * @m: the mirror, locked
 */
void kc_mirror_pass_end(struct kc_mirror *m)
{
	m->told = m->pass;
}

/**
 * kc_mirror_pass_after() - when will be told what was queued before?
 * @m: the mirror
 *
 * Context: any
 * Return: the number of the pass after which it surely is
 */
u64 kc_mirror_pass_after(const struct kc_mirror *m)
{
	/* Pairs with that of kc_mirror_pass_begin(): after the queue is written. */
	smp_mb();
	return READ_ONCE(m->pass) + 1;
}

/**
 * kc_mirror_known_mark() - all that was told to a peer was sent
 * @mp: the peer
 *
 * A stream that began anew lost what was told before it, until all flows have
 * been told in it.
 */
void kc_mirror_known_mark(struct kc_mirror_peer *mp)
{
	u32 last = (mp->tx.next - 1) & (KC_MIRROR_SLOTS - 1);

	if (!kc_mirror_streams(mp) || mp->behind)
		return;
	if (!kc_tx_in_flight(&mp->tx))
		mp->known = mp->m->told;
	else if (mp->sent[last])
		mp->sent[last]->told = mp->m->told;
}

/**
 * kc_mirror_known_confirm() - a peer has this in its table, and all before it
 * @mp: the peer
 * @message: a datagram
 */
void kc_mirror_known_confirm(struct kc_mirror_peer *mp,
			     const struct kc_mirror_message *message)
{
	mp->known = max(mp->known, message->told);
}

/*
 * One that is dead, or is being told of all flows, could not go on with the
 * others either.
 */
static bool is_awaited(const struct kc_mirror_peer *mp)
{
	return kc_mirror_streams(mp) && !mp->behind &&
	       kc_peer_state(mp->peer) != KCLUSTER_PEER_STATE_DEAD;
}

/**
 * kc_mirror_known_run() - let go what waits for no more than peers know
 * @m: the mirror, locked
 *
 * Context: the worker
 */
void kc_mirror_known_run(struct kc_mirror *m)
{
	struct kc_mirror_peer *mp;
	unsigned int awaited = 0;
	u64 known = U64_MAX;

	list_for_each_entry(mp, &m->peers, list) {
		if (!is_awaited(mp))
			continue;
		awaited++;
		known = min(known, mp->known);
	}
	WRITE_ONCE(m->defer.awaited, awaited);
	kc_mirror_defer_release(m, known);
}
