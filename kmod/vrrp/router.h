/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual routers: the object and who may touch what of it.
 *
 * A router is created, changed and deleted by configuration requests, under
 * &kc_vrrp_net.mutex. Packets, the timer and device events find it under RCU
 * and then take its lock. Its worker item puts addresses and routes in place.
 *
 * It dies in this order: marked dead under @lock with priority 0 sent if it was
 * master, after which nothing is queued any more; if packets know of it, its
 * work done once more, so that they do not; unlinked from list and hash; one
 * grace period; its work flushed, which removes what it held; freed.
 *
 * Lock order: kc_vrrp_net.mutex, hold_mutex, RTNL, lock, that of its group (see
 * group.h), that of a tracked value or neighbour (see value.h, probe.h),
 * the clock's or that of events (netlink_lock). The worker takes hold_mutex and
 * waits for RTNL inside, so nobody may take hold_mutex or wait for the worker
 * under RTNL. Nobody has the locks of two routers.
 */
#ifndef KC_VRRP_ROUTER_H
#define KC_VRRP_ROUTER_H

#include <linux/if.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/spinlock.h>
#include <uapi/linux/kcluster.h>

#include "../clock.h"
#include "../core/vrrp_fsm.h"
#include "../core/vrrp_packet.h"
#include "item.h"
#include "path.h"
#include "vote.h"

struct kc_net;
struct kc_vrrp_claims;
struct kc_vrrp_member;
struct net_device;
struct netlink_ext_ack;
struct nlattr;

#define KC_VRRP_STATS (KCLUSTER_A_VRRP_STATS_MAX + 1)
#define KC_VRRP_REASON_MAX 96

/**
 * struct kc_vrrp_settings - what can be changed while a router runs
 */
struct kc_vrrp_settings {
	/** @fsm: priority, intervals, preemption */
	struct kc_fsm_config fsm;
	/** @auth_pass: VRRPv2 password, empty for none */
	char auth_pass[KCLUSTER_AUTH_PASS_MAX + 1];
	/** @group: that it changes state with, empty for none */
	char group[KCLUSTER_NAME_MAX + 1];
	/** @checksum: enum kcluster_vrrp_checksum */
	u8 checksum;
	/** @vmac: the addresses live at the virtual MAC */
	bool vmac;
	/** @accept: packets to the addresses are delivered to the host */
	bool accept;
};

/**
 * struct kc_vrrp_spec - a router as asked for
 *
 * kc_vrrp_add() takes items, tracks and paths over (and empties the lists) only
 * if it succeeds.
 */
struct kc_vrrp_spec {
	char name[KCLUSTER_NAME_MAX + 1];
	char ifname[IFNAMSIZ];
	u8 vrid;
	u8 family;
	struct kc_vrrp_settings settings;
	/** @items: &struct kc_vrrp_item */
	struct list_head items;
	/** @tracks: &struct kc_vrrp_track */
	struct list_head tracks;
	/** @paths: &struct kc_vrrp_path, one or more */
	struct list_head paths;
	/** @witnesses: other nodes that vote; taken over as the lists are */
	struct kc_vrrp_witnesses witnesses;
	/** @attrs: the request, indexed by KCLUSTER_A_VRRP_*, for errors */
	struct nlattr **attrs;
};

/**
 * struct kc_vrrp_transition - a change of state
 */
struct kc_vrrp_transition {
	/** @at: wall clock, ns since 1970 */
	u64 at;
	/** @old: state before, enum kcluster_vrrp_state */
	u8 old;
	/** @state: state after, likewise */
	u8 state;
	/** @priority: the effective one */
	u8 priority;
	/** @reason: what led to it */
	char reason[KC_VRRP_REASON_MAX];
};

/* How many of them are remembered. */
#define KC_VRRP_HISTORY 32

/**
 * struct kc_vrrp_pass - the worker on its way through the items of a router
 *
 * Protected by hold_mutex.
 */
struct kc_vrrp_pass {
	/** @want: what it makes the system agree with */
	bool want;
	/** @recheck: what is held may be gone */
	bool recheck;
	/** @lost: because somebody took something away */
	bool lost;
	/** @added: an address came, which is to be announced in the end */
	bool added;
	/** @unfinished: it let others in, and is queued again */
	bool unfinished;
};

/**
 * struct kc_vrrp - a virtual router
 */
struct kc_vrrp {
	/** @kn: where it lives; outlives it */
	struct kc_net *kn;
	/** @list: in kc_vrrp_net.routers */
	struct list_head list;

	/* Never change: */
	char name[KCLUSTER_NAME_MAX + 1];
	/** @ifname: device of the addresses, which need not exist */
	char ifname[IFNAMSIZ];
	u8 vrid;
	u8 family;
	/** @mac: virtual MAC, whether used or not */
	u8 mac[6];

	/** @lock: protects all that follows up to @hold_mutex; softirq-safe */
	spinlock_t lock;
	/** @dead: deleted; nothing may be queued any more */
	bool dead;
	/** @settings: written under mutex and lock */
	struct kc_vrrp_settings settings;
	/** @format: what @settings mean on the wire */
	struct kc_vrrp_format format;
	/** @fsm: the state machine */
	struct kc_fsm fsm;
	/** @told: state that was told last */
	u8 told;
	/** @started: left INIT once */
	bool started;
	/** @own_fault: what it sees itself keeps it in FAULT */
	bool own_fault;
	/** @member: of its group, NULL for none; written under mutex and lock */
	struct kc_vrrp_member *member;
	/** @group_waits: the reason tells by whom the group is held back */
	bool group_waits;
	/** @group_at: ask the group again, ns */
	u64 group_at;
	/** @ifindex: present device, 0 if there is none */
	int ifindex;
	/** @paths: &struct kc_vrrp_path, @n_paths of them, one or more */
	struct list_head paths;
	unsigned int n_paths;
	/** @guarded: one of them is a tunnel, so not all of them count */
	bool guarded;
	/** @tracks: &struct kc_vrrp_track, @n_tracks of them; see track.h */
	struct list_head tracks;
	unsigned int n_tracks;
	/** @track_fault: in FAULT for nothing but what it tracks */
	bool track_fault;
	/** @vips: @n_vips addresses, rebuilt when the items change */
	struct kc_vrrp_vip *vips;
	unsigned int n_vips;
	/** @payload: the advertisement's address list */
	u8 *payload;
	unsigned int n_payload;
	/** @reason: one clause on the present state */
	char reason[KC_VRRP_REASON_MAX];
	/** @since: when the present state began, ns */
	u64 since;
	/** @heard_at: last valid advert of this router, ns, 0 if none */
	u64 heard_at;
	/** @accepted_at: the last of them that was not below us, ns */
	u64 accepted_at;
	/** @poll_at: look again whether a fault is over, ns */
	u64 poll_at;
	/** @retry_at: let the worker try again what it could not do, ns */
	u64 retry_at;
	/** @track_at: look again at values that expire and neighbours, ns */
	u64 track_at;
	/** @master: who sent it */
	u8 master[16];
	bool has_master;
	u8 master_priority;
	u32 master_interval_ms;
	/** @announce_next: next address to announce, @n_vips when done */
	unsigned int announce_next;
	/** @announce_round: rounds done since the takeover */
	unsigned int announce_round;
	/** @announce_at: when the next round begins, ns, KC_FSM_NEVER if none */
	u64 announce_at;
	/** @batch_at: when the last batch of announcements left, ns */
	u64 batch_at;
	/** @introduced: all neighbours know @vips at the virtual MAC */
	bool introduced;
	/** @witnesses: other nodes that vote; written under mutex and lock */
	struct kc_vrrp_witnesses witnesses;
	/** @ballot: who has which vote; its voters are those of @witnesses */
	struct kc_ballot ballot;
	/** @asked_as: state in which it asks others for votes, else INIT */
	u8 asked_as;
	/** @release_due: votes go back when what it held is gone */
	bool release_due;
	/** @stats: by KCLUSTER_A_VRRP_STATS_* */
	u64 stats[KC_VRRP_STATS];
	/** @log: limits what packets can make us log */
	struct ratelimit_state log;
	/** @log_state: the same for states, which chatter must not hide */
	struct ratelimit_state log_state;
	/** @clock: when kc_vrrp_run() is to be called */
	struct kc_clock_entry clock;
	/** @standby_until: told to stand by until then, ns; 0 if not */
	u64 standby_until;
	/** @history: the last @n_history % KC_VRRP_HISTORY changes of state */
	struct kc_vrrp_transition *history;
	unsigned int n_history;
	/** @want_held: the addresses belong here; written under @lock */
	bool want_held;
	/** @vmac_flaw: why it has no virtual MAC somewhere, else empty */
	char vmac_flaw[KC_VRRP_REASON_MAX];
	/** @bearers: &struct kc_vrrp_bearer; written under RTNL and @lock */
	struct list_head bearers;
	/** @recheck: see whether what is held is still there; under @lock */
	bool recheck;
	/** @fight: who takes away what we hold, until @fight_until, ns */
	char fight[KC_VRRP_REASON_MAX];
	u64 fight_until;
	/** @lost: bit KC_VRRP_LOST: somebody removed an address or a route */
	unsigned long lost;

	/** @hold_mutex: protects @items and what is known of them */
	struct mutex hold_mutex;
	/**
	 * @items: &struct kc_vrrp_item, @n_addresses and @n_routes of them;
	 * @n_locals of the addresses are local routes
	 */
	struct list_head items;
	unsigned int n_addresses;
	unsigned int n_routes;
	unsigned int n_locals;
	/** @attended: whoever wants to be ready for this takeover was told */
	bool attended;
	/** @pass: how far the worker is with the items */
	struct kc_vrrp_pass pass;
	/** @claims: what packets know of @items, or NULL */
	struct kc_vrrp_claims *claims;
	/** @hold_work: makes the system agree with @want_held */
	struct kthread_work hold_work;
};

/* router.c: objects; all need kc_vrrp_net.mutex */
struct kc_vrrp *kc_vrrp_find(struct kc_net *kn, const char *name);
int kc_vrrp_add(struct kc_net *kn, struct kc_vrrp_spec *spec,
		struct netlink_ext_ack *extack);
int kc_vrrp_set(struct kc_vrrp *r, const struct kc_vrrp_settings *settings,
		struct kc_vrrp_peers *peers,
		struct kc_vrrp_witnesses *witnesses, struct nlattr **attrs,
		struct netlink_ext_ack *extack);
void kc_vrrp_del(struct kc_vrrp *r, const char *reason);
void kc_vrrp_flush(struct kc_net *kn, const char *reason);

/* hold.c: the worker side of addresses and routes */
void kc_vrrp_hold_work(struct kthread_work *work);
void kc_vrrp_hold_again(struct kc_vrrp *r);
void kc_vrrp_hold_now(struct kc_vrrp *r);
void kc_vrrp_hold_wait(struct kc_vrrp *r);

/* state.c: carry out what the state machine says; need r->lock */
const char *kc_vrrp_state_name(enum kc_fsm_state state);
void kc_vrrp_tell(struct kc_vrrp *r, u8 old, u8 state);
void kc_vrrp_act(struct kc_vrrp *r, unsigned int actions, const char *reason);
void kc_vrrp_why_master(const struct kc_vrrp *r, u64 now, char *reason,
			size_t size);
void kc_vrrp_run(struct kc_vrrp *r, u64 now);
void kc_vrrp_reassess(struct kc_vrrp *r, const struct net_device *going);
void kc_vrrp_requeue(struct kc_vrrp *r);

/* standby.c: what the operator orders; history.c: what became of it */
void kc_vrrp_standby_apply(struct kc_vrrp *r, u64 now);
u64 kc_vrrp_standby_until(const struct kc_vrrp *r);
int kc_vrrp_standby_set(struct kc_net *kn, struct kc_vrrp *r, bool standby,
			u32 ms, const struct nlattr *attr,
			struct netlink_ext_ack *extack);
void kc_vrrp_history_add(struct kc_vrrp *r, u8 old, u8 state);

/* clock.c: one clock per namespace */
#define KC_VRRP_TICK BIT_ULL(20)	/* ns: about a millisecond */

static inline u64 kc_vrrp_tick(u64 when)
{
	return when == KC_FSM_NEVER ? when : round_up(when, KC_VRRP_TICK);
}

void kc_vrrp_clock_init(struct kc_net *kn);
void kc_vrrp_clock_enter(struct kc_vrrp *r);
void kc_vrrp_clock_set(struct kc_vrrp *r, u64 when);

/* rx.c, tx.c, announce.c */
int kc_vrrp_proto_init(void);
void kc_vrrp_proto_exit(void);
int kc_vrrp_rx_register(struct kc_net *kn);
void kc_vrrp_rx_unregister(struct kc_net *kn);
bool kc_vrrp_sending(void);
void kc_vrrp_send(struct kc_vrrp *r, u8 priority);
int kc_vrrp_send_to(const struct kc_vrrp_path *path, const u8 *src,
		    const u8 *dst, const u8 *data, size_t len);
void kc_vrrp_count_verdict(struct kc_vrrp *r, enum kc_vrrp_verdict verdict);
void kc_vrrp_announce_start(struct kc_vrrp *r, u64 now);
void kc_vrrp_announce_run(struct kc_vrrp *r, u64 now);
unsigned int kc_vrrp_payload_max(const struct net_device *dev, u8 family);

/* device.c: devices and their addresses come and go */
int kc_vrrp_device_init(void);
void kc_vrrp_device_exit(void);

/* net.c: the concept in a network namespace and in the module */
int kc_vrrp_net_start(struct kc_net *kn);
void kc_vrrp_net_goodbye(struct kc_net *kn, const char *reason);
void kc_vrrp_net_init(struct kc_net *kn);
void kc_vrrp_net_exit(struct kc_net *kn);

/* May what comes by this path decide anything? Its router is locked. */
static inline bool kc_vrrp_path_counts(const struct kc_vrrp_path *path)
{
	return !path->router->guarded || path->tunnel || path->trusted;
}

#endif
