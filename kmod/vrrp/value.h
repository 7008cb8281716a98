/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracked values: what user space says about the health of a service, for as
 * long as it goes on saying so.
 *
 * A value belongs to a network namespace, so that many routers can follow one
 * check. It exists while it is set or while a router's track names it; one
 * that is only named counts as failed, and a name written wrongly is seen.
 *
 * Values are created and deleted under &kc_vrrp_net.mutex. A softirq gets at a
 * value through a track, under the lock of the router; the track keeps it. A
 * request that sets a value finds it under RCU and does not wait for the mutex:
 * whoever holds that may wait for RTNL, and a healthy service must not count as
 * failed meanwhile. What changes is protected by the value's own lock, which is
 * taken under the router's, never the other way round; under it only news is
 * told. The time is taken under it as well, so that no decision rests on a time
 * before that of another one.
 *
 * A value dies in this order: marked gone, so that whoever finds it now takes
 * another; unlinked; one grace period; freed.
 */
#ifndef KC_VRRP_VALUE_H
#define KC_VRRP_VALUE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <uapi/linux/kcluster.h>

struct kc_net;
struct netlink_ext_ack;
struct nlattr;

/**
 * struct kc_vrrp_value - a tracked value
 */
struct kc_vrrp_value {
	/** @kn: where it lives; outlives it */
	struct kc_net *kn;
	/** @list: in kc_vrrp_net.values; written under mutex, read under RCU */
	struct list_head list;
	/** @grave: in kc_vrrp_net.values_gone; under mutex */
	struct list_head grave;
	/** @users: tracks that name it; under mutex */
	unsigned int users;
	/** @name: never changes */
	char name[KCLUSTER_NAME_MAX + 1];

	/** @lock: protects all that follows; softirq-safe */
	spinlock_t lock;
	/** @gone: unlinked, or about to be */
	bool gone;
	/** @set: somebody has set it; the rest means nothing before */
	bool set;
	/** @up: what it stands for works */
	bool up;
	/** @told: state that was told last, enum kcluster_value_state */
	u8 told;
	/** @number: added to the priority of those who follow it */
	int number;
	/** @weight: for tracks that have none of their own */
	int weight;
	/** @ttl_ms: counts as failed when not set again within; 0 for never */
	u32 ttl_ms;
	/** @set_at: when it was set last, ns */
	u64 set_at;
};

/**
 * struct kc_vrrp_value_sight - a value at one moment
 */
struct kc_vrrp_value_sight {
	/** @state: enum kcluster_value_state */
	u8 state;
	/** @number: to be added to the priority while up */
	int number;
	/** @weight: for tracks that have none of their own */
	int weight;
	/** @ttl_ms: 0 for never */
	u32 ttl_ms;
	/** @set_at: when it was set last, ns; 0 if it is not set */
	u64 set_at;
	/** @expires_at: end of being up, ns; KC_FSM_NEVER if none is in sight */
	u64 expires_at;
};

/**
 * struct kc_vrrp_value_spec - a value as asked for
 */
struct kc_vrrp_value_spec {
	const char *name;
	bool up;
	/** @initial: only if nobody has set it before */
	bool initial;
	/** @has_weight: @weight is meant, otherwise it stays */
	bool has_weight;
	/** @has_ttl: @ttl_ms is meant, otherwise it stays */
	bool has_ttl;
	int number;
	int weight;
	u32 ttl_ms;
	/** @attrs: the request, indexed by KCLUSTER_A_VALUE_*, for errors */
	struct nlattr **attrs;
};

/* Where values live; kc_vrrp_net.mutex held, except for set. */
struct kc_vrrp_value *kc_vrrp_value_find(struct kc_net *kn, const char *name);
int kc_vrrp_value_set(struct kc_net *kn, const struct kc_vrrp_value_spec *spec,
		      struct netlink_ext_ack *extack);
int kc_vrrp_value_del(struct kc_net *kn, const char *name,
		      const struct nlattr *attr,
		      struct netlink_ext_ack *extack);
void kc_vrrp_values_flush(struct kc_net *kn);
unsigned int kc_vrrp_values_max(const struct kc_net *kn);

/* For tracks; likewise */
struct kc_vrrp_value *kc_vrrp_value_hold(struct kc_net *kn, const char *name,
					 const struct nlattr *attr,
					 struct netlink_ext_ack *extack);
void kc_vrrp_value_put(struct kc_vrrp_value *value);
void kc_vrrp_values_reap(struct kc_net *kn);

/* For softirqs, and for those who show it */
void kc_vrrp_value_look(struct kc_vrrp_value *value,
			struct kc_vrrp_value_sight *sight);
void kc_vrrp_value_describe(const char *name, u8 state, u32 ttl_ms, char *text,
			    size_t size);

#endif
