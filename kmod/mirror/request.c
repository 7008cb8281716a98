// SPDX-License-Identifier: GPL-2.0
/*
 * What an operator asks for.
 */
#include "stream.h"

/**
 * kc_mirror_resync() - tell all flows anew, and ask for all of theirs
 * @m: the mirror
 * @name: of the only peer that is meant, NULL for all
 *
 * Context: process
 * Return: false if there is no such peer
 */
bool kc_mirror_resync(struct kc_mirror *m, const char *name)
{
	struct kc_mirror_peer *mp;
	bool found = !name;

	mutex_lock(&m->lock);
	list_for_each_entry(mp, &m->peers, list) {
		if (name && strcmp(mp->peer->name, name))
			continue;
		found = true;
		set_bit(KC_MIRROR_PEER_RESYNC, &mp->flags);
		kc_rx_resync(&mp->rx, kc_now());
	}
	mutex_unlock(&m->lock);
	kthread_queue_work(m->worker, &m->work);
	return found;
}

static bool is_copy(struct kc_mirror *m, struct nf_conn *ct, void *arg)
{
	return READ_ONCE(ct->status) & (KC_CT(IMPORTED) | KC_CT(DISOWNED)) &&
	       !kc_mirror_owns(m, ct);
}

/**
 * kc_mirror_flush() - delete what came from peers
 * @m: the mirror
 *
 * Context: process
 */
void kc_mirror_flush(struct kc_mirror *m)
{
	struct kc_mirror_walk walk;
	unsigned int i, n;

	kc_mirror_walk_begin(&walk);
	while (!kc_mirror_walk_over(&walk)) {
		mutex_lock(&m->lock);
		n = kc_mirror_walk_on(m, &walk, is_copy, NULL, 1024);
		for (i = 0; i < n; i++) {
			if (test_and_set_bit(KC_CT_IMPORTED_BIT,
					     &m->found[i]->status))
				kc_mirror_one_less(&m->imported);
			nf_ct_delete(m->found[i], 0, 0);
			nf_ct_put(m->found[i]);
		}
		mutex_unlock(&m->lock);
		cond_resched();
	}
}
