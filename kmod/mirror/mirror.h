/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mirror: what this node knows of connections, peers know, too, so that
 * these go on when another node takes the addresses over.
 *
 * A network namespace has one struct kc_mirror, from "mirror set on" to "mirror
 * set off" or the end of the namespace. It is published in kc_mirror_net.active,
 * written under kc_mirror_net.mutex and read under RCU: by the callback of
 * conntrack, by messages from peers and by events.
 *
 * These only note what there is to do: a connection that changed goes to a queue
 * (queue.c), a message to a list (receive.c), a router or a peer sets a bit of
 * kc_mirror.todo. All else is done by one worker (run.c), which holds
 * kc_mirror.lock meanwhile; requests take it to look, and to say what is wanted.
 * So what is sent to a peer is in the order in which it happened, and nothing
 * of streams and sweeps needs another lock.
 *
 * It is published before it takes the slot of conntrack's events, so that the
 * callback always finds it. It dies in this order: packets that are held go on
 * (defer.c); the slot given back and the subscription to events ended; a grace
 * period; unpublished; another one, after which nobody notes anything any more;
 * the worker ended; what waits in queues freed, which gives back references to
 * connections; peers given back; freed.
 *
 * Lock order: kc_mirror_net.mutex, the mutex of slot.c, kc_mirror.lock, a
 * bucket of conntrack, the lock of a connection. Under kc_mirror.lock nobody
 * waits for the worker, and the locks of routers and peers are taken only for
 * a moment.
 */
#ifndef KC_MIRROR_MIRROR_H
#define KC_MIRROR_MIRROR_H

#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <uapi/linux/kcluster.h>

#include "../core/mirror_pace.h"
#include "../core/mirror_record.h"
#include "../core/mirror_stream.h"
#include "../net.h"
#include "defer.h"

struct kc_mirror_owners;
struct kc_mirror_peer;
struct kc_peer;
struct netlink_ext_ack;

#define KC_MIRROR_STATS (KCLUSTER_A_MIRROR_STATS_MAX + 1)

/* A user's own namespace may not make the kernel keep much. */
#define KC_MIRROR_LIMIT_MAX_USER 4096

/*
 * What we note in nf_conn.status, where conntrack uses the low bits only. All
 * of it is cleared when the mirror of the namespace begins and ends.
 */
enum kc_ct_bit {
	/* It waits in the queue, which holds a reference. */
	KC_CT_QUEUED_BIT = 32,
	/* It came from a peer that owns it: never sent, never missed. */
	KC_CT_IMPORTED_BIT,
	/* Own, and peers know it, so they must hear of its end. */
	KC_CT_SENT_BIT,
	/* It was ours until another node became master of its address. */
	KC_CT_DISOWNED_BIT,
	/* Another node could go on with it; if neither, that is not known. */
	KC_CT_MOVES_BIT,
	/* It ends at this node, or filters leave it out. */
	KC_CT_STAYS_BIT,
	/* It changed a little; the next round through the table tells peers. */
	KC_CT_STALE_BIT,
	/* Its first packet waits until peers know it. */
	KC_CT_HELD_BIT,
	/*
	 * 16 bits. Of an own flow, and of one that was, the expiry that peers
	 * know, or a digest (core/mirror_ticks.h); of an imported one, the peer
	 * that sent it (high) and the sweep that saw it last (low octet).
	 */
	KC_CT_STAMP_SHIFT = 40,
	KC_CT_BITS_END = KC_CT_STAMP_SHIFT + 16,
};

#define KC_CT(name) BIT(KC_CT_##name##_BIT)
#define KC_CT_STAMP_MASK GENMASK(KC_CT_STAMP_SHIFT + 15, KC_CT_STAMP_SHIFT)
#define KC_CT_ALL GENMASK(KC_CT_BITS_END - 1, KC_CT_QUEUED_BIT)

/**
 * struct kc_mirror_filter - flows, by what they have in common
 */
struct kc_mirror_filter {
	/** @action: enum kcluster_mirror_action */
	u8 action;
	/** @protocol: of IP, if @has_protocol */
	u8 protocol;
	bool has_protocol;
	/** @family: of @addr, 0 if any address will do */
	u8 family;
	u8 prefixlen;
	/** @port: host order, 0 for any */
	u16 port;
	/** @addr: network order */
	u8 addr[16];
};

/**
 * struct kc_mirror_settings - what is wanted
 */
struct kc_mirror_settings {
	struct rcu_head rcu;
	/** @from: enum kcluster_mirror_from */
	u8 from;
	/** @defer: first packets wait until peers know their flow */
	bool defer;
	/** @limit: events that may wait */
	u32 limit;
	unsigned int n_filters;
	struct kc_mirror_filter filters[KCLUSTER_MIRROR_FILTERS_MAX];
};

/**
 * struct kc_mirror_item - a change that waits in the queue
 *
 * Either of @flow, whose state will be read when its turn comes, or of an
 * expectation, copied, which conntrack frees soon.
 */
struct kc_mirror_item {
	struct llist_node node;
	/** @flow: a reference, NULL if it is about @expect */
	struct nf_conn *flow;
	/** @gone: the expectation is no more */
	bool gone;
	/** @expect: it */
	struct kc_flow_expect expect[];
};

#define KC_MIRROR_BUCKETS 64

/**
 * struct kc_mirror_queue - changes that wait
 */
struct kc_mirror_queue {
	/** @bucket: &struct kc_mirror_item, by flow, latest first */
	struct llist_head bucket[KC_MIRROR_BUCKETS];
	/** @count: of them all, including those that the worker has taken */
	atomic_t count;
	/** @limit: of @count */
	unsigned int limit;
};

/**
 * struct kc_mirror_walk - a way through all of the connection table
 *
 * See walk.c; only the worker has one.
 */
struct kc_mirror_walk {
	/** @bucket: to be looked at next */
	unsigned int bucket;
	/** @passed: how many buckets have been */
	unsigned int passed;
	/** @size: of the table when it began, 0 if it has not */
	unsigned int size;
};

/* What the worker is to do, besides what waits: bits of kc_mirror.todo. */
enum {
	KC_MIRROR_TODO_PEERS,		/* peers came, went or restarted */
	KC_MIRROR_TODO_OWNERS,		/* routers or their addresses changed */
	KC_MIRROR_TODO_ESTATES,		/* who has which bucket has changed */
	KC_MIRROR_TODO_OVERFLOW,	/* something was not queued */
	KC_MIRROR_TODO_TAKEOVER,	/* insert what came, gaps or not */
	KC_MIRROR_TODO_ROUND,		/* go through the whole table soon */
	KC_MIRROR_TODO_RECLASSIFY,	/* filters or addresses are others */
	KC_MIRROR_TODO_ARMED,		/* the timer runs */
};

/**
 * struct kc_mirror - the mirror of a network namespace that has it on
 */
struct kc_mirror {
	/** @kn: where it lives; outlives it */
	struct kc_net *kn;
	/** @net: likewise */
	struct net *net;
	/** @refs: one while it is on, one for whoever waits for a takeover */
	refcount_t refs;
	struct rcu_head rcu;

	/* slot.c; under its mutex */
	/** @active: in the list of those that have, or want, the slot */
	struct list_head active;
	/** @prev: who had the slot before us, NULL if nobody; read under RCU */
	struct nf_ct_event_notifier __rcu *prev;
	/** @sysctl_events: of the namespace before us */
	u8 sysctl_events;

	/* Read by everybody */
	/** @settings: what is wanted; written under the mutex, read under RCU */
	struct kc_mirror_settings __rcu *settings;
	/** @owners: virtual addresses; written by the worker, read under RCU */
	struct kc_mirror_owners __rcu *owners;
	/** @streams: peers to which anything is sent; so far as it matters */
	unsigned int streams;
	/** @stats: by KCLUSTER_A_MIRROR_STATS_* */
	atomic64_t stats[KC_MIRROR_STATS];

	/** @queue: what changed */
	struct kc_mirror_queue queue;
	/** @pass: through it, present or last; written by the worker */
	u64 pass;
	/** @defer: packets that wait until peers know their flow */
	struct kc_mirror_defer defer;
	/** @todo: KC_MIRROR_TODO_*, set by everybody, cleared by the worker */
	unsigned long todo;
	/** @gather: so long, ns; written by the worker */
	u32 gather;
	/** @soon: lets events gather a little before it wakes the worker */
	struct hrtimer soon;
	/** @wake: wakes the worker when something is due; set by the worker */
	struct hrtimer wake;
	/** @nb: hears of routers and peers */
	struct notifier_block nb;

	struct kthread_worker *worker;
	struct kthread_work work;
	/** @takeover: woken when @inserted grew */
	wait_queue_head_t takeover;
	/** @inserted: how often all that had been received was inserted */
	unsigned int inserted;
	/** @unready: a peer is about to tell what we do not know yet */
	bool unready;
	/** @learning: one that is within reach is */
	bool learning;
	/** @hung_at: when a takeover last waited in vain, ns, 0 if never */
	u64 hung_at;

	/** @lock: protects all that follows; see above */
	struct mutex lock;
	/** @peers: &struct kc_mirror_peer */
	struct list_head peers;
	/** @stopping: the worker does nothing any more */
	bool stopping;
	/** @slots: which numbers are taken by peers; 0 by nobody */
	DECLARE_BITMAP(slots, 256);
	/** @pending: items taken from the queue, oldest first */
	struct llist_node *pending;
	/** @next_bucket: of the queue, from which to take then */
	unsigned int next_bucket;
	/** @pace: how much there was to tell lately */
	struct kc_pace pace;
	/** @told: all that was queued before that pass is told, see known.c */
	u64 told;
	/** @round: through the table, once in a while */
	struct kc_mirror_walk round;
	/** @round_at: when to go on with it, ns */
	u64 round_at;
	/** @hurry: as soon as possible */
	bool hurry;
	/** @counting_imported: flows found by this round so far */
	u32 counting_imported, counting_own;
	/** @imported: flows, by the last round and what the worker did since */
	u32 imported, own;
	/** @disowned_at: when flows were last left to another node, ns */
	u64 disowned_at;
	/** @contested: a peer told of flows that are ours */
	bool contested;
	/** @divided: some flows of addresses that nodes divide are ours */
	bool divided;
	/** @bulk_at: not before this a peer is told of all flows again, ns */
	u64 bulk_at;
	/** @moves: which addresses those were, as kc_estate_net counts */
	int moves;
	/** @generation: of the routers when @owners was made */
	unsigned int generation;
	/** @owners_at: when it was made, ns */
	u64 owners_at;
	/** @has_labels: this namespace was told to keep labels */
	bool has_labels;
	/** @found: room for a bucket of conntrack, see walk.c */
	struct nf_conn **found;
};

static inline void kc_mirror_add(struct kc_mirror *m, unsigned int stat,
				 unsigned int n)
{
	atomic64_add(n, &m->stats[stat]);
}

static inline void kc_mirror_count(struct kc_mirror *m, unsigned int stat)
{
	atomic64_inc(&m->stats[stat]);
}

/* --- for the floors above ------------------------------------------------- */

/* net.c: on, off, and the concept in a namespace and in the module */
int kc_mirror_set_on(struct kc_net *kn,
		     const struct kc_mirror_settings *settings,
		     struct netlink_ext_ack *extack);
int kc_mirror_set_off(struct kc_net *kn, struct netlink_ext_ack *extack);
void kc_mirror_net_init(struct kc_net *kn);
void kc_mirror_net_exit(struct kc_net *kn);
int kc_mirror_init(void);
void kc_mirror_exit(void);

/* request.c: what an operator asks for; kc_mirror_net.mutex held */
bool kc_mirror_resync(struct kc_mirror *m, const char *name);
void kc_mirror_flush(struct kc_mirror *m);

/* verdict.c: kc_mirror.lock held */
bool kc_mirror_safe(struct kc_mirror *m, char *reason, size_t size);

/* --- between the files of this folder ------------------------------------- */

/* slot.c: the events of conntrack */
int kc_mirror_slot_init(void);
void kc_mirror_slot_exit(void);
void kc_mirror_slot_take(struct kc_mirror *m);
bool kc_mirror_slot_free(struct kc_mirror *m);
void kc_mirror_slot_give(struct kc_mirror *m);

/* capture.c: what they mean */
void kc_mirror_capture(struct kc_mirror *m, unsigned int events,
		       struct nf_conn *ct);
void kc_mirror_capture_expect(struct kc_mirror *m, unsigned int events,
			      struct nf_conntrack_expect *exp);
bool kc_mirror_ripe(struct kc_mirror *m, const struct nf_conn *ct);

/* queue.c: what waits */
int kc_mirror_queue_init(void);
void kc_mirror_queue_exit(void);
bool kc_mirror_push(struct kc_mirror *m, struct nf_conn *ct);
void kc_mirror_push_expect(struct kc_mirror *m,
			   const struct kc_flow_expect *expect, bool gone);
struct kc_mirror_item *kc_mirror_pull(struct kc_mirror *m);
void kc_mirror_item_free(struct kc_mirror *m, struct kc_mirror_item *item);
void kc_mirror_queue_drain(struct kc_mirror *m);

/* known.c: what was told, and what peers know of it */
void kc_mirror_pass_begin(struct kc_mirror *m);
void kc_mirror_pass_end(struct kc_mirror *m);
u64 kc_mirror_pass_after(const struct kc_mirror *m);
void kc_mirror_known_run(struct kc_mirror *m);

/* filter.c: which flows can move */
bool kc_mirror_moves(struct kc_mirror *m, struct nf_conn *ct);
const char *kc_mirror_filter_flaw(const struct kc_mirror_filter *filter);

/* owner.c: which flows are ours */
bool kc_mirror_owns(struct kc_mirror *m, const struct nf_conn *ct);
bool kc_mirror_owns_any(struct kc_mirror *m);
bool kc_mirror_adopts(struct kc_mirror *m, const struct nf_conn *ct);
bool kc_mirror_is_virtual(struct kc_mirror *m, u8 family, const void *addr);
void kc_mirror_owners_run(struct kc_mirror *m, u64 now);
void kc_mirror_ask_again(struct kc_mirror *m, u64 now);
void kc_mirror_owners_free(struct kc_mirror *m);

/* divided.c: flows of addresses that nodes divide */
enum kc_mirror_claim {
	KC_MIRROR_NONE,		/* none of its addresses is virtual */
	KC_MIRROR_OTHER,	/* but it is not ours */
	KC_MIRROR_OURS,
};

/**
 * struct kc_mirror_heirs - who is to know a flow
 */
struct kc_mirror_heirs {
	/** @everybody: all peers; what follows does not count */
	bool everybody;
	unsigned int n;
	/** @peers: those who are; only to be compared */
	const struct kc_peer *peers[KC_CIP_NODES_MAX];
};

enum kc_mirror_claim kc_mirror_divided_claim(struct kc_mirror *m,
					     const struct nf_conn *ct);
bool kc_mirror_is_divided(struct kc_mirror *m, u8 family, const void *addr);
void kc_mirror_heirs_of(struct kc_mirror *m, const struct nf_conn *ct,
			struct kc_mirror_heirs *heirs);
bool kc_mirror_is_heir(const struct kc_mirror_heirs *heirs,
		       const struct kc_mirror_peer *mp);
void kc_mirror_divided_run(struct kc_mirror *m, u64 now);
void kc_mirror_divided_init(void);
void kc_mirror_divided_exit(void);

/* state.c: a connection as peers hear of it */
void kc_flow_key_from_tuple(struct kc_flow_key *key,
			    const struct nf_conntrack_tuple *tuple,
			    const struct nf_conntrack_zone *zone);
bool kc_flow_key_to_tuple(const struct kc_flow_key *key,
			  struct nf_conntrack_tuple *tuple);
void kc_flow_key_of(const struct nf_conn *ct, struct kc_flow_key *key);
void kc_flow_of(struct nf_conn *ct, struct kc_flow *flow);
void kc_flow_seqadj_of(const struct nf_conn *ct, struct kc_flow *flow);
u32 kc_flow_left_ms(const struct nf_conn *ct);

/* restore.c: and back */
unsigned long kc_flow_restore_status(const struct kc_flow *flow);
void kc_flow_restore_timeout(struct nf_conn *ct, const struct kc_flow *flow);
void kc_flow_restore_proto(struct nf_conn *ct, const struct kc_flow *flow);
void kc_flow_restore_parts(struct kc_mirror *m, struct nf_conn *ct,
			   const struct kc_flow *flow);
void kc_flow_add_extensions(struct kc_mirror *m, struct nf_conn *ct,
			    const struct kc_flow *flow);

/* insert.c: what a peer says becomes so; the worker */
void kc_mirror_insert(struct kc_mirror *m, const struct kc_flow *flow,
		      u16 stamp, bool *full);
void kc_mirror_remove(struct kc_mirror *m, const struct kc_flow_key *key);

/* expect.c: expectations */
bool kc_mirror_expect_copy(struct kc_flow_expect *copy,
			   const struct nf_conntrack_expect *exp);
void kc_mirror_expect_insert(struct kc_mirror *m,
			     const struct kc_flow_expect *expect);
void kc_mirror_expect_remove(struct kc_mirror *m,
			     const struct kc_flow_key *tuple);

/* walk.c: through the connection table; the worker */
#define KC_MIRROR_FOUND_MAX 512

typedef bool (*kc_mirror_want)(struct kc_mirror *m, struct nf_conn *ct,
			       void *arg);

void kc_mirror_walk_begin(struct kc_mirror_walk *walk);
unsigned int kc_mirror_walk_on(struct kc_mirror *m,
			       struct kc_mirror_walk *walk,
			       kc_mirror_want want, void *arg,
			       unsigned int buckets);
bool kc_mirror_walk_over(const struct kc_mirror_walk *walk);
bool kc_mirror_walk_torn(const struct kc_mirror_walk *walk);
void kc_mirror_forget(struct kc_mirror *m, unsigned long bits);

/* round.c: refresh, adopt, disown; the worker. True if there is more to do. */
bool kc_mirror_round(struct kc_mirror *m, u64 now);
bool kc_mirror_is_telling(struct kc_mirror *m, struct nf_conn *ct);
u16 kc_mirror_stamp_of(const struct kc_flow *flow);

/* attend.c: virtual routers wait for us, a little */
void kc_mirror_attend_init(void);
void kc_mirror_attend_exit(void);
void kc_mirror_put(struct kc_mirror *m);

/* run.c: the worker */
void kc_mirror_run(struct kthread_work *work);
void kc_mirror_todo(struct kc_mirror *m, unsigned int what);
void kc_mirror_gather(struct kc_mirror *m);
void kc_mirror_timers_init(struct kc_mirror *m);
void kc_mirror_timers_stop(struct kc_mirror *m);

/* The mirror of a namespace, NULL if it is off; under RCU. */
static inline struct kc_mirror *kc_mirror_get(const struct kc_net *kn)
{
	return rcu_dereference(kn->mirror.active);
}

/* What timed out since the last round may be counted still. */
static inline void kc_mirror_one_less(u32 *count)
{
	if (*count)
		--*count;
}

/* The 16 bits that we keep with a flow. */
static inline u16 kc_ct_stamp(const struct nf_conn *ct)
{
	return READ_ONCE(ct->status) >> KC_CT_STAMP_SHIFT;
}

static inline void kc_ct_set_stamp(struct nf_conn *ct, u16 stamp)
{
	set_mask_bits(&ct->status, KC_CT_STAMP_MASK,
		      (unsigned long)stamp << KC_CT_STAMP_SHIFT);
}

static inline u64 kc_mirror_now_ms(void)
{
	return ktime_to_ms(ktime_get());
}

#endif
