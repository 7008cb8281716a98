// SPDX-License-Identifier: GPL-2.0
/*
 * What a virtual router tracks: the lists.
 */
#include <linux/slab.h>

#include "../extack.h"
#include "../net.h"
#include "router.h"

static struct kc_vrrp_track *find_track(const struct list_head *tracks,
					const char *ifname)
{
	struct kc_vrrp_track *track;

	list_for_each_entry(track, tracks, list)
		if (!strcmp(track->ifname, ifname))
			return track;
	return NULL;
}

/**
 * kc_vrrp_tracks_adopt() - take checked tracks over
 * @r: the router, locked or not yet known to anybody
 * @tracks: empty afterwards
 */
void kc_vrrp_tracks_adopt(struct kc_vrrp *r, struct list_head *tracks)
{
	struct kc_vrrp_track *track;

	list_for_each_entry(track, tracks, list) {
		track->attr = NULL;
		r->n_tracks++;
	}
	list_splice_tail_init(tracks, &r->tracks);
}

/**
 * kc_vrrp_tracks_add() - track devices
 * @r: the router, mutex of its namespace held
 * @tracks: which; taken over on success
 * @extack: why not
 *
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_vrrp_tracks_add(struct kc_vrrp *r, struct list_head *tracks,
		       struct netlink_ext_ack *extack)
{
	unsigned int n = r->n_tracks;
	struct kc_vrrp_track *track;

	lockdep_assert_held(&r->kn->vrrp.mutex);

	list_for_each_entry(track, tracks, list) {
		if (find_track(&r->tracks, track->ifname))
			return kc_refuse(extack, track->attr, -EEXIST,
					 "virtual router \"%s\" tracks %s already",
					 r->name, track->ifname);
		if (++n > KCLUSTER_VRRP_TRACKS_MAX)
			return kc_refuse(extack, track->attr, -E2BIG,
					 "a virtual router tracks at most %u devices",
					 KCLUSTER_VRRP_TRACKS_MAX);
	}
	spin_lock_bh(&r->lock);
	kc_vrrp_tracks_adopt(r, tracks);
	kc_vrrp_reassess(r, NULL);
	kc_vrrp_requeue(r);
	spin_unlock_bh(&r->lock);
	return 0;
}

/**
 * kc_vrrp_tracks_del() - track devices no longer
 * @r: the router, mutex of its namespace held
 * @tracks: which; stays the caller's
 * @extack: why not
 *
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_vrrp_tracks_del(struct kc_vrrp *r, struct list_head *tracks,
		       struct netlink_ext_ack *extack)
{
	struct kc_vrrp_track *like, *track;
	LIST_HEAD(gone);

	lockdep_assert_held(&r->kn->vrrp.mutex);

	list_for_each_entry(like, tracks, list)
		if (!find_track(&r->tracks, like->ifname))
			return kc_refuse(extack, like->attr, -ENOENT,
					 "virtual router \"%s\" does not track %s",
					 r->name, like->ifname);
	spin_lock_bh(&r->lock);
	list_for_each_entry(like, tracks, list) {
		track = find_track(&r->tracks, like->ifname);
		if (!track)
			continue;	/* named twice */
		list_move_tail(&track->list, &gone);
		r->n_tracks--;
	}
	kc_vrrp_reassess(r, NULL);
	kc_vrrp_requeue(r);
	spin_unlock_bh(&r->lock);
	kc_vrrp_tracks_free(&gone);
	return 0;
}

/**
 * kc_vrrp_tracks_free() - free tracks that nobody knows any more
 * @tracks: the list
 */
void kc_vrrp_tracks_free(struct list_head *tracks)
{
	struct kc_vrrp_track *track, *next;

	list_for_each_entry_safe(track, next, tracks, list)
		kfree(track);
	INIT_LIST_HEAD(tracks);
}
