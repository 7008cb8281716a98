// SPDX-License-Identifier: GPL-2.0
/*
 * What a virtual router tracks, devices and values: the list, and what it
 * means for the router.
 */
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "../extack.h"
#include "../net.h"
#include "device.h"
#include "router.h"
#include "track.h"
#include "value.h"

static const char *track_name(const struct kc_vrrp_track *track)
{
	return track->value_name[0] ? track->value_name : track->ifname;
}

static struct kc_vrrp_track *find_track(const struct list_head *tracks,
					const struct kc_vrrp_track *like)
{
	struct kc_vrrp_track *track;

	/* One of the two names is empty. */
	list_for_each_entry(track, tracks, list)
		if (!strcmp(track->ifname, like->ifname) &&
		    !strcmp(track->value_name, like->value_name))
			return track;
	return NULL;
}

/**
 * kc_vrrp_tracks_bind() - let tracks hold the values that they name
 * @kn: the namespace, its mutex held
 * @tracks: &struct kc_vrrp_track
 * @extack: why not
 *
 * Return: 0 or a negative errno; then none of them is held
 */
int kc_vrrp_tracks_bind(struct kc_net *kn, struct list_head *tracks,
			struct netlink_ext_ack *extack)
{
	struct kc_vrrp_track *track;
	struct kc_vrrp_value *value;

	list_for_each_entry(track, tracks, list) {
		if (!track->value_name[0])
			continue;
		value = kc_vrrp_value_hold(kn, track->value_name, track->attr,
					   extack);
		if (IS_ERR(value)) {
			kc_vrrp_tracks_unbind(tracks);
			kc_vrrp_values_reap(kn);
			return PTR_ERR(value);
		}
		track->value = value;
	}
	return 0;
}

/**
 * kc_vrrp_tracks_unbind() - let go of the values
 * @tracks: those of a router that is dead and locked, or of no router
 *
 * Context: mutex of the namespace held; the caller reaps the values.
 */
void kc_vrrp_tracks_unbind(struct list_head *tracks)
{
	struct kc_vrrp_track *track;

	list_for_each_entry(track, tracks, list) {
		if (!track->value)
			continue;
		kc_vrrp_value_put(track->value);
		track->value = NULL;
	}
}

/**
 * kc_vrrp_tracks_adopt() - take checked and bound tracks over
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
 * kc_vrrp_tracks_add() - track devices and values
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
	int err;

	lockdep_assert_held(&r->kn->vrrp.mutex);

	list_for_each_entry(track, tracks, list) {
		if (find_track(&r->tracks, track))
			return kc_refuse(extack, track->attr, -EEXIST,
					 "virtual router \"%s\" tracks %s already",
					 r->name, track_name(track));
		if (++n > KCLUSTER_VRRP_TRACKS_MAX)
			return kc_refuse(extack, track->attr, -E2BIG,
					 "a virtual router tracks at most %u devices and values",
					 KCLUSTER_VRRP_TRACKS_MAX);
	}
	err = kc_vrrp_tracks_bind(r->kn, tracks, extack);
	if (err)
		return err;
	spin_lock_bh(&r->lock);
	kc_vrrp_tracks_adopt(r, tracks);
	kc_vrrp_reassess(r, NULL);
	kc_vrrp_requeue(r);
	spin_unlock_bh(&r->lock);
	return 0;
}

/**
 * kc_vrrp_tracks_del() - track devices and values no longer
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
		if (!find_track(&r->tracks, like))
			return kc_refuse(extack, like->attr, -ENOENT,
					 "virtual router \"%s\" does not track %s",
					 r->name, track_name(like));
	spin_lock_bh(&r->lock);
	list_for_each_entry(like, tracks, list) {
		track = find_track(&r->tracks, like);
		if (!track)
			continue;	/* named twice */
		list_move_tail(&track->list, &gone);
		r->n_tracks--;
	}
	kc_vrrp_reassess(r, NULL);
	kc_vrrp_requeue(r);
	spin_unlock_bh(&r->lock);
	kc_vrrp_tracks_unbind(&gone);
	kc_vrrp_tracks_free(&gone);
	kc_vrrp_values_reap(r->kn);
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

/**
 * kc_vrrp_tracks_follow() - does a router follow a value?
 * @r: the router, locked
 * @value: the value, which need not exist any more; NULL for any
 */
bool kc_vrrp_tracks_follow(const struct kc_vrrp *r,
			   const struct kc_vrrp_value *value)
{
	const struct kc_vrrp_track *track;

	list_for_each_entry(track, &r->tracks, list)
		if (track->value && (!value || track->value == value))
			return true;
	return false;
}

/**
 * kc_vrrp_tracks_due() - has a tracked value expired?
 * @r: the router, locked
 * @now: present time, ns
 *
 * Those that were renewed in the meantime only move &kc_vrrp.track_at.
 *
 * Return: whether the router must be assessed anew
 */
bool kc_vrrp_tracks_due(struct kc_vrrp *r, u64 now)
{
	struct kc_vrrp_value_sight sight;
	struct kc_vrrp_track *track;
	bool expired = false;

	if (now < r->track_at)
		return false;
	r->track_at = KC_FSM_NEVER;
	list_for_each_entry(track, &r->tracks, list) {
		if (!track->value || !track->up)
			continue;
		kc_vrrp_value_look(track->value, &sight);
		if (sight.state != KCLUSTER_VALUE_STATE_UP)
			expired = true;
		r->track_at = min(r->track_at, sight.expires_at);
	}
	return expired;
}

/* Look at a value. Returns its weight, which a track need not have itself. */
static int assess_value(struct kc_vrrp *r, struct kc_vrrp_track *track,
			int *weights)
{
	struct kc_vrrp_value_sight sight;

	kc_vrrp_value_look(track->value, &sight);
	track->value_state = sight.state;
	track->value_ttl_ms = sight.ttl_ms;
	track->up = sight.state == KCLUSTER_VALUE_STATE_UP;
	if (track->up)
		*weights += sight.number;
	r->track_at = min(r->track_at, sight.expires_at);
	return track->has_weight ? track->weight : sight.weight;
}

static int assess_device(struct kc_vrrp *r, struct kc_vrrp_track *track,
			 const struct net_device *going)
{
	struct net_device *dev;

	dev = dev_get_by_name_rcu(r->kn->net, track->ifname);
	track->up = dev && kc_vrrp_device_up(dev, going);
	return track->weight;
}

/**
 * kc_vrrp_tracks_assess() - look at all that a router tracks
 * @r: the router, locked and alive
 * @going: a device that counts as down already, or NULL
 * @weights: what counts is added
 *
 * Context: under RCU
 * Return: what keeps the router in FAULT, or NULL
 */
const struct kc_vrrp_track *
kc_vrrp_tracks_assess(struct kc_vrrp *r, const struct net_device *going,
		      int *weights)
{
	const struct kc_vrrp_track *culprit = NULL;
	struct kc_vrrp_track *track;
	int weight;

	lockdep_assert_held(&r->lock);

	r->track_at = KC_FSM_NEVER;
	list_for_each_entry(track, &r->tracks, list) {
		weight = track->value ? assess_value(r, track, weights) :
					assess_device(r, track, going);
		if (weight > 0 && track->up)
			*weights += weight;
		else if (weight < 0 && !track->up)
			*weights += weight;
		else if (!weight && !track->up)
			culprit = track;
	}
	return culprit;
}

/**
 * kc_vrrp_track_describe() - one clause on what has failed
 * @track: of a router that is locked, found by kc_vrrp_tracks_assess()
 * @reason: where to
 * @size: of @reason
 */
void kc_vrrp_track_describe(const struct kc_vrrp_track *track, char *reason,
			    size_t size)
{
	if (track->value)
		kc_vrrp_value_describe(track->value_name, track->value_state,
				       track->value_ttl_ms, reason, size);
	else
		snprintf(reason, size, "tracked %s is down", track->ifname);
}
