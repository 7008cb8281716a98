/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a virtual router tracks: devices, neighbours and values.
 */
#ifndef KC_VRRP_TRACK_H
#define KC_VRRP_TRACK_H

#include <linux/if.h>
#include <linux/list.h>
#include <linux/string.h>
#include <uapi/linux/kcluster.h>

#include "probe.h"

struct kc_net;
struct kc_vrrp;
struct kc_vrrp_value;
struct net_device;
struct netlink_ext_ack;
struct nlattr;

/**
 * struct kc_vrrp_track - a device, a neighbour or a value whose state counts
 */
struct kc_vrrp_track {
	/** @list: in &kc_vrrp.tracks; written under mutex and lock */
	struct list_head list;
	/** @attr: netlink attribute it came from; only while a request runs */
	const struct nlattr *attr;
	/** @weight: 0 for FAULT while down */
	int weight;
	/** @has_weight: @weight is meant, not that of the value */
	bool has_weight;
	/** @up: what it stands for works; under the router's lock */
	bool up;
	/** @value_state: enum kcluster_value_state when looked at; likewise */
	u8 value_state;
	/** @value_ttl_ms: what it was not renewed within; likewise */
	u32 value_ttl_ms;
	/** @value: held for @value_name; written under mutex and lock */
	struct kc_vrrp_value *value;
	/** @probe: held for @of; written under mutex and lock */
	struct kc_vrrp_probe *probe;
	/** @flaw: why @probe cannot ask, NULL if it can; under the lock */
	const char *flaw;
	/**
	 * @of: the neighbour, with the family 0 if it is the device itself;
	 * the name of the device, which need not exist, empty for a value
	 */
	struct kc_vrrp_probe_spec of;
	/** @value_name: name of the value, else empty */
	char value_name[KCLUSTER_NAME_MAX + 1];
};

/* The list; kc_vrrp_net.mutex held. Bound tracks hold their values. */
int kc_vrrp_tracks_bind(struct kc_net *kn, struct list_head *tracks,
			struct netlink_ext_ack *extack);
void kc_vrrp_tracks_unbind(struct list_head *tracks);
int kc_vrrp_tracks_add(struct kc_vrrp *r, struct list_head *tracks,
		       struct netlink_ext_ack *extack);
int kc_vrrp_tracks_del(struct kc_vrrp *r, struct list_head *tracks,
		       struct netlink_ext_ack *extack);
void kc_vrrp_tracks_free(struct list_head *tracks);
int kc_vrrp_tracks_check(const struct list_head *tracks,
			 const struct list_head *items, bool by_item,
			 struct netlink_ext_ack *extack);
void kc_vrrp_tracks_adopt(struct kc_vrrp *r, struct list_head *tracks);

/* Two tracks of the same thing? How they count does not matter. */
static inline bool kc_vrrp_track_same(const struct kc_vrrp_track *a,
				      const struct kc_vrrp_track *b)
{
	/* Either the device or the value is empty. */
	return a->of.family == b->of.family &&
	       !memcmp(a->of.addr, b->of.addr, sizeof(a->of.addr)) &&
	       !strcmp(a->of.ifname, b->of.ifname) &&
	       !strcmp(a->value_name, b->value_name);
}

/* What that means for a router, whose lock is held */
bool kc_vrrp_tracks_follow(const struct kc_vrrp *r,
			   const struct kc_vrrp_value *value);
bool kc_vrrp_tracks_due(struct kc_vrrp *r, u64 now);
const struct kc_vrrp_track *
kc_vrrp_tracks_assess(struct kc_vrrp *r, const struct net_device *going,
		      int *weights);
void kc_vrrp_track_name(const struct kc_vrrp_track *track, char *text,
			size_t size);
void kc_vrrp_track_describe(const struct kc_vrrp_track *track, char *reason,
			    size_t size);

#endif
