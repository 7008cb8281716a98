/* SPDX-License-Identifier: GPL-2.0 */
/*
 * News travels up the floors as events, per network namespace.
 *
 * Subscribers are called in atomic context with the lock of the object held
 * that the news is about: copy what is needed and return.
 */
#ifndef KC_EVENT_H
#define KC_EVENT_H

#include <linux/types.h>

struct kc_net;
struct notifier_block;

enum kc_event {
	/** @KC_EVENT_VRRP: &struct kc_vrrp_news */
	KC_EVENT_VRRP,
	/** @KC_EVENT_VRRP_PATH: &struct kc_vrrp_path_news */
	KC_EVENT_VRRP_PATH,
	/** @KC_EVENT_VALUE: &struct kc_value_news */
	KC_EVENT_VALUE,
	/** @KC_EVENT_VRRP_GROUP: &struct kc_vrrp_group_news */
	KC_EVENT_VRRP_GROUP,
	/** @KC_EVENT_PEER: &struct kc_peer_news of peer/peer.h */
	KC_EVENT_PEER,
	/** @KC_EVENT_PEER_PATH: &struct kc_peer_path_news, likewise */
	KC_EVENT_PEER_PATH,
	/** @KC_EVENT_PEER_FILE: &struct kc_peer_file_news, likewise */
	KC_EVENT_PEER_FILE,
	/** @KC_EVENT_CLUSTERIP: &struct kc_cip_news of clusterip/clusterip.h */
	KC_EVENT_CLUSTERIP,
	/** @KC_EVENT_ESTATE: none; see estate.h */
	KC_EVENT_ESTATE,
	/** @KC_EVENT_CLAIM: &struct kc_claim_news of claim/claim.h */
	KC_EVENT_CLAIM,
};

/**
 * struct kc_vrrp_news - a virtual router was created, changed state or went
 */
struct kc_vrrp_news {
	const char *name;
	const char *ifname;
	const char *reason;
	u8 vrid;
	u8 version;
	u8 family;
	u8 priority;
	u8 effective_priority;
	/** @old_state: enum kcluster_vrrp_state */
	u8 old_state;
	/** @state: enum kcluster_vrrp_state */
	u8 state;
};

/**
 * struct kc_vrrp_path_news - one of several paths of a virtual router changed
 */
struct kc_vrrp_path_news {
	/** @name: of the router */
	const char *name;
	/** @ifname: device of the path */
	const char *ifname;
	/** @up: advertisements can go */
	bool up;
	/** @silent: none come, though they do by others */
	bool silent;
};

/**
 * struct kc_vrrp_group_news - all members of a group are in another state
 */
struct kc_vrrp_group_news {
	const char *name;
	/** @old_state: in which all were last, enum kcluster_vrrp_state */
	u8 old_state;
	/** @state: in which all are, likewise */
	u8 state;
};

/**
 * struct kc_value_news - a tracked value failed, recovered, expired or went
 */
struct kc_value_news {
	const char *name;
	/** @ttl_ms: what it was not renewed within, if it expired */
	u32 ttl_ms;
	/** @old_state: enum kcluster_value_state */
	u8 old_state;
	/** @state: enum kcluster_value_state */
	u8 state;
};

int kc_event_subscribe(struct kc_net *kn, struct notifier_block *nb);
void kc_event_unsubscribe(struct kc_net *kn, struct notifier_block *nb);
void kc_event_tell(struct kc_net *kn, enum kc_event event, void *news);

#endif
