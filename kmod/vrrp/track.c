// SPDX-License-Identifier: GPL-2.0
/*
 * What a virtual router tracks, devices, neighbours and values: the list, and
 * what it means for the router.
 */
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "../extack.h"
#include "../net.h"
#include "device.h"
#include "router.h"
#include "track.h"
#include "value.h"

/**
 * kc_vrrp_track_name() - what is tracked
 * @track: the track
 * @text: where to
 * @size: of @text, KC_VRRP_PROBE_TEXT is enough
 */
void kc_vrrp_track_name(const struct kc_vrrp_track *track, char *text,
			size_t size)
{
	if (track->of.family)
		kc_vrrp_probe_name(&track->of, text, size);
	else
		strscpy(text, track->value_name[0] ? track->value_name :
						     track->of.ifname, size);
}

static struct kc_vrrp_track *find_track(const struct list_head *tracks,
					const struct kc_vrrp_track *like)
{
	struct kc_vrrp_track *track;

	list_for_each_entry(track, tracks, list)
		if (kc_vrrp_track_same(track, like))
			return track;
	return NULL;
}

/**
 * kc_vrrp_tracks_check() - does a router ask for its own virtual address?
 * @tracks: what it tracks
 * @items: its addresses
 * @by_item: @items are the new ones of the two, not @tracks
 * @extack: why not
 *
 * It would be told that the address is there by whoever is master, and the
 * master itself by nobody.
 *
 * Return: 0 or a negative errno
 */
int kc_vrrp_tracks_check(const struct list_head *tracks,
			 const struct list_head *items, bool by_item,
			 struct netlink_ext_ack *extack)
{
	const struct kc_vrrp_track *track;
	const struct kc_vrrp_item *item;
	char name[KC_VRRP_PROBE_TEXT];

	list_for_each_entry(track, tracks, list) {
		if (!track->of.family)
			continue;
		list_for_each_entry(item, items, list) {
			if (item->dying ||
			    !kc_vrrp_item_covers(item, track->of.family,
						 track->of.addr))
				continue;
			kc_vrrp_track_name(track, name, sizeof(name));
			return kc_refuse(extack,
					 by_item ? item->attr : track->attr,
					 -EINVAL,
					 "%s would be an address of the virtual router itself: track one that is always elsewhere",
					 name);
		}
	}
	return 0;
}

static int bind_track(struct kc_net *kn, struct kc_vrrp_track *track,
		      struct netlink_ext_ack *extack)
{
	struct kc_vrrp_value *value;
	struct kc_vrrp_probe *probe;

	if (track->of.family) {
		probe = kc_vrrp_probe_hold(kn, &track->of, track->attr, extack);
		if (IS_ERR(probe))
			return PTR_ERR(probe);
		track->probe = probe;
	} else if (track->value_name[0]) {
		value = kc_vrrp_value_hold(kn, track->value_name, track->attr,
					   extack);
		if (IS_ERR(value))
			return PTR_ERR(value);
		track->value = value;
	}
	return 0;
}

/**
 * kc_vrrp_tracks_bind() - let tracks hold the values and probes that they name
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
	int err;

	list_for_each_entry(track, tracks, list) {
		err = bind_track(kn, track, extack);
		if (!err)
			continue;
		kc_vrrp_tracks_unbind(tracks);
		kc_vrrp_values_reap(kn);
		return err;
	}
	return 0;
}

/**
 * kc_vrrp_tracks_unbind() - let go of the values and probes
 * @tracks: those of a router that is dead and locked, or of no router
 *
 * Context: mutex of the namespace held; the caller reaps the values.
 */
void kc_vrrp_tracks_unbind(struct list_head *tracks)
{
	struct kc_vrrp_track *track;

	list_for_each_entry(track, tracks, list) {
		if (track->value)
			kc_vrrp_value_put(track->value);
		if (track->probe)
			kc_vrrp_probe_put(track->probe);
		track->value = NULL;
		track->probe = NULL;
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
 * kc_vrrp_tracks_add() - track devices, neighbours and values
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
	char name[KC_VRRP_PROBE_TEXT];
	int err;

	lockdep_assert_held(&r->kn->vrrp.mutex);

	list_for_each_entry(track, tracks, list) {
		kc_vrrp_track_name(track, name, sizeof(name));
		if (find_track(&r->tracks, track))
			return kc_refuse(extack, track->attr, -EEXIST,
					 "virtual router \"%s\" tracks %s already",
					 r->name, name);
		if (++n > KCLUSTER_VRRP_TRACKS_MAX)
			return kc_refuse(extack, track->attr, -E2BIG,
					 "a virtual router tracks at most %u devices, neighbours and values",
					 KCLUSTER_VRRP_TRACKS_MAX);
	}
	mutex_lock(&r->hold_mutex);
	err = kc_vrrp_tracks_check(tracks, &r->items, false, extack);
	mutex_unlock(&r->hold_mutex);
	if (!err)
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
 * kc_vrrp_tracks_del() - track devices, neighbours and values no longer
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
	char name[KC_VRRP_PROBE_TEXT];
	LIST_HEAD(gone);

	lockdep_assert_held(&r->kn->vrrp.mutex);

	list_for_each_entry(like, tracks, list) {
		kc_vrrp_track_name(like, name, sizeof(name));
		if (!find_track(&r->tracks, like))
			return kc_refuse(extack, like->attr, -ENOENT,
					 "virtual router \"%s\" does not track %s",
					 r->name, name);
	}
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
 * kc_vrrp_tracks_due() - has a tracked value expired, or a neighbour gone?
 * @r: the router, locked
 * @now: present time, ns
 *
 * Values that were renewed in the meantime only move &kc_vrrp.track_at, and so
 * do neighbours that are asked, or that answered as before.
 *
 * Context: under RCU
 * Return: whether the router must be assessed anew
 */
bool kc_vrrp_tracks_due(struct kc_vrrp *r, u64 now)
{
	struct kc_vrrp_probe_sight neighbour;
	struct kc_vrrp_value_sight value;
	struct kc_vrrp_track *track;
	bool changed = false;

	if (now < r->track_at)
		return false;
	r->track_at = KC_FSM_NEVER;
	list_for_each_entry(track, &r->tracks, list) {
		if (track->probe) {
			kc_vrrp_probe_look(track->probe, r, NULL, &neighbour);
			changed |= neighbour.up != track->up;
			r->track_at = min(r->track_at, neighbour.due_at);
		} else if (track->value && track->up) {
			kc_vrrp_value_look(track->value, &value);
			changed |= value.state != KCLUSTER_VALUE_STATE_UP;
			r->track_at = min(r->track_at, value.expires_at);
		}
	}
	return changed;
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

static int assess_neighbour(struct kc_vrrp *r, struct kc_vrrp_track *track,
			    const struct net_device *going)
{
	struct kc_vrrp_probe_sight sight;

	kc_vrrp_probe_look(track->probe, r, going, &sight);
	track->up = sight.up;
	track->flaw = sight.flaw;
	r->track_at = min(r->track_at, sight.due_at);
	return track->weight;
}

static int assess_device(struct kc_vrrp *r, struct kc_vrrp_track *track,
			 const struct net_device *going)
{
	struct net_device *dev;

	dev = dev_get_by_name_rcu(r->kn->net, track->of.ifname);
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
			 track->probe ? assess_neighbour(r, track, going) :
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
	else if (track->probe)
		kc_vrrp_probe_describe(&track->of, track->up, track->flaw,
				       reason, size);
	else
		snprintf(reason, size, "tracked %s is down", track->of.ifname);
}
