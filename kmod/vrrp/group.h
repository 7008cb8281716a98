/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups: virtual routers of one namespace that change state together.
 *
 * A group is there while it has members. It is created, joined and left under
 * &kc_vrrp_net.mutex. A member says what there is to say about itself with its
 * own router's lock held, under the lock of the group inside of it. Nobody ever
 * has the locks of two routers: what others must know makes the group dirty,
 * and the tasklet of the namespace visits its members one by one, under RCU. So
 * members, and a group that nobody is in any more, are freed after a grace
 * period.
 */
#ifndef KC_VRRP_GROUP_H
#define KC_VRRP_GROUP_H

#include <linux/list.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <uapi/linux/kcluster.h>

#include "../core/vrrp_group.h"

struct kc_net;
struct kc_vrrp;
struct netlink_ext_ack;
struct nlattr;

/**
 * struct kc_vrrp_group - a group
 */
struct kc_vrrp_group {
	/** @kn: where it lives; outlives it */
	struct kc_net *kn;
	/** @list: in &kc_vrrp_net.groups; under the mutex */
	struct list_head list;
	/** @name: never changes */
	char name[KCLUSTER_NAME_MAX + 1];
	/** @lock: protects all that follows up to @dirty; softirq-safe */
	spinlock_t lock;
	/** @core: what it decides */
	struct kc_group core;
	/** @members: written under mutex and lock, read also under RCU */
	struct list_head members;
	/** @log: limits what it can make us log */
	struct ratelimit_state log;
	/** @dirty: in &kc_vrrp_net.groups_dirty; under the clock's lock */
	struct list_head dirty;
	/** @rcu: for the tasklet */
	struct rcu_head rcu;
};

/**
 * struct kc_vrrp_member - a virtual router in a group
 */
struct kc_vrrp_member {
	/** @list: in &kc_vrrp_group.members */
	struct list_head list;
	/** @group: its group; never changes */
	struct kc_vrrp_group *group;
	/** @router: the router; never changes once it has joined */
	struct kc_vrrp *router;
	/** @said: what it said last; under the group's lock */
	struct kc_group_sight said;
	/** @master: whom it heard last, for those who ask; likewise */
	u8 master[16];
	/** @master_priority: his; likewise */
	u8 master_priority;
	/** @rcu: for the tasklet */
	struct rcu_head rcu;
};

/* Under the mutex of the namespace */
struct kc_vrrp_member *kc_vrrp_group_prepare(struct kc_net *kn,
					     const char *name,
					     const struct nlattr *attr,
					     struct netlink_ext_ack *extack);
void kc_vrrp_group_abandon(struct kc_vrrp_member *member);
void kc_vrrp_group_wait(struct kc_vrrp *r);

/* With the router locked, and for the first two under the mutex, too */
void kc_vrrp_group_join(struct kc_vrrp *r, struct kc_vrrp_member *member);
void kc_vrrp_group_leave(struct kc_vrrp *r);
void kc_vrrp_group_stop(struct kc_vrrp *r);
bool kc_vrrp_group_faulty(struct kc_vrrp *r, char *reason, size_t size);
bool kc_vrrp_group_earnest(const struct kc_vrrp *r);
void kc_vrrp_group_sync(struct kc_vrrp *r);
void kc_vrrp_group_explain(struct kc_vrrp *r);

/* group_text.c */
void kc_vrrp_group_describe(const struct kc_vrrp *r, enum kc_group_order order,
			    char *text, size_t size);

/* Under RCU, with no lock held */
void kc_vrrp_groups_run(struct kc_net *kn);

#endif
