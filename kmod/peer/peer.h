/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Peers: the other nodes of the cluster, and the channel that leads to them.
 *
 * A peer belongs to a network namespace. It is in kc_peer_net.peers, written
 * under kc_peer_net.mutex and read under RCU; packets find its paths in
 * kc_peer_net.table. What changes of it has its own lock, which softirqs take,
 * too; under it only events are told and the clock is set, never anything sent.
 *
 * Who wants to keep a peer longer than an RCU section holds a reference. It
 * must be given back before the namespace goes, at the latest when the event
 * tells that the peer is gone.
 *
 * A peer dies in this order: marked gone, so that nothing is sent or judged any
 * more; goodbye said, news told; unlinked; the reference of the list given
 * back. With the last reference it is freed, after a grace period.
 */
#ifndef KC_PEER_PEER_H
#define KC_PEER_PEER_H

#include <linux/atomic.h>
#include <linux/if.h>
#include <linux/list.h>
#include <linux/ratelimit.h>
#include <linux/refcount.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <uapi/linux/kcluster.h>

#include "../clock.h"
#include "../core/live.h"

struct kc_net;
struct kc_peer;
struct net_device;
struct netlink_ext_ack;
struct nlattr;

#define KC_PEER_REASON_MAX 64
#define KC_PEER_HASH_BITS 10
/* So many observers are spoken to first within an interval. */
#define KC_PEER_AT_ONCE 256
#define KC_PEER_STATS (KCLUSTER_A_NODE_STATS_MAX + 1)

/* Who of the higher floors keeps something with a peer. */
enum kc_peer_user {
	KC_PEER_USER_MIRROR,
	KC_PEER_USER_CLAIM,
	KC_PEER_USERS
};

/**
 * struct kc_peer_path - one way to a peer
 */
struct kc_peer_path {
	/** @peer: whose it is; never changes */
	struct kc_peer *peer;
	/** @hash: in kc_peer_table.paths; written under mutex, read under RCU */
	struct hlist_node hash;
	/** @ifname: WireGuard device, which need not exist; never changes */
	char ifname[IFNAMSIZ];
	/** @family: KC_AF_INET or KC_AF_INET6; never changes */
	u8 family;
	/** @addr: of the peer, network order; never changes */
	u8 addr[16];
	/** @sequence: number of the last datagram sent */
	atomic64_t sequence;
	/** @received: valid datagrams; under the lock of the peer */
	u64 received;
	/** @flaw: why nothing could be sent last, NULL if it could; no lock */
	const char *flaw;
};

/**
 * struct kc_peer - another node of the cluster
 */
struct kc_peer {
	/** @kn: where it lives; outlives it */
	struct kc_net *kn;
	/** @list: in kc_peer_net.peers; written under mutex, read under RCU */
	struct list_head list;
	/** @by_name: in kc_peer_table.names; under mutex */
	struct hlist_node by_name;
	/** @refs: one is the list's */
	refcount_t refs;
	/** @rcu: it is freed after a grace period */
	struct rcu_head rcu;
	/** @name: never changes */
	char name[KCLUSTER_NAME_MAX + 1];
	/** @observer: nothing but claims is shared with it; never changes */
	bool observer;
	/** @n_paths: never changes */
	unsigned int n_paths;
	/** @paths: the preferred one first */
	struct kc_peer_path paths[KCLUSTER_PEER_PATHS_MAX];
	/**
	 * @user: what higher floors keep with it, by &enum kc_peer_user. Each
	 * one protects and frees its own; all must be NULL when the event has
	 * been told that the peer is gone.
	 */
	void __rcu *user[KC_PEER_USERS];
	/** @stats: by KCLUSTER_A_NODE_STATS_* */
	atomic64_t stats[KC_PEER_STATS];

	/** @lock: protects what follows; softirq-safe */
	spinlock_t lock;
	/** @gone: deleted; nothing may be sent or queued any more */
	bool gone;
	/** @live: is it alive? @live.state and others are read without lock */
	struct kc_live live;
	/** @told_up: paths that were told to be up, a set of bits */
	unsigned int told_up;
	/** @since: in the present state, ns */
	u64 since;
	/** @hello_at: when the next sign of life is due, ns */
	u64 hello_at;
	/** @clock: when to send, and to judge */
	struct kc_clock_entry clock;
	/** @log: limits what it can make us log */
	struct ratelimit_state log;
};

/**
 * struct kc_peer_table - where peers of a namespace are found
 *
 * Most namespaces have none, so it comes with the first one.
 */
struct kc_peer_table {
	/** @paths: by address; written under the mutex, read under RCU */
	struct hlist_head paths[1 << KC_PEER_HASH_BITS];
	/** @names: peers by name; under the mutex */
	struct hlist_head names[1 << KC_PEER_HASH_BITS];
};

/**
 * struct kc_peer_news - a peer was added, changed its state or went
 *
 * With KC_EVENT_PEER; the peer is locked. The first news has @old_state
 * KCLUSTER_PEER_STATE_GONE and @state KCLUSTER_PEER_STATE_ADDED, the last one
 * has @state KCLUSTER_PEER_STATE_GONE.
 */
struct kc_peer_news {
	struct kc_peer *peer;
	const char *name;
	/** @reason: one clause */
	const char *reason;
	/** @old_state: enum kcluster_peer_state */
	u8 old_state;
	/** @state: likewise; may be the same if @restarted */
	u8 state;
	/**
	 * @restarted: it has begun another life and knows nothing any more.
	 * Told before anything that it sent in that life is received.
	 */
	bool restarted;
};

/**
 * struct kc_peer_path_news - a path to a peer came or went
 *
 * With KC_EVENT_PEER_PATH; the peer is locked.
 */
struct kc_peer_path_news {
	/** @name: of the peer */
	const char *name;
	/** @path: which */
	const struct kc_peer_path *path;
	/** @up: both nodes hear each other by it */
	bool up;
};

/**
 * struct kc_peer_file_news - a peer was set up from another cluster file
 *
 * With KC_EVENT_PEER_FILE; the peer is locked.
 */
struct kc_peer_file_news {
	/** @name: of the peer */
	const char *name;
	/** @file: which one, 0 if it does not tell any more */
	u64 file;
};

/* object.c: lifetime and what others may know */
void kc_peer_hold(struct kc_peer *p);
void kc_peer_put(struct kc_peer *p);
enum kcluster_peer_state kc_peer_state(const struct kc_peer *p);
bool kc_peer_is_alive(const struct kc_peer *p);
u8 kc_peer_version(const struct kc_peer *p);
u64 kc_peer_incarnation(const struct kc_peer *p);

/**
 * struct kc_channel_type - a type of message, and who takes it
 */
struct kc_channel_type {
	/** @type: enum kc_channel_message */
	u8 type;
	/**
	 * @receive: take a message. Softirq, under RCU, no lock held; @data is
	 * linear, belongs to the caller and has at most KC_CHANNEL_PAYLOAD_MAX
	 * octets. May run on several CPUs at once, also for the same peer.
	 */
	void (*receive)(struct kc_peer *p, const u8 *data, size_t len);
	/**
	 * @receive_by: instead of @receive, for the channel's own messages:
	 * also tells the path and the header, and has to note itself that the
	 * datagram came (kc_peer_arrive()).
	 */
	void (*receive_by)(struct kc_peer_path *path,
			   const struct kc_channel_header *header,
			   const u8 *data, size_t len);
};

/* channel.c: types of messages; module init and exit */
int kc_channel_register(const struct kc_channel_type *type);
void kc_channel_unregister(const struct kc_channel_type *type);

/* send.c: to a peer */
struct sk_buff *kc_channel_alloc(size_t len, gfp_t gfp);
int kc_channel_send(struct kc_peer *p, u8 type, struct sk_buff *skb);
unsigned int kc_channel_room(struct kc_peer *p);

/* The rest is between the files of this folder, and for main and netlink. */

/**
 * struct kc_peer_spec - a peer as asked for
 */
struct kc_peer_spec {
	char name[KCLUSTER_NAME_MAX + 1];
	/** @interval_ms: 0 leaves it as it is, or at its default */
	u32 interval_ms;
	/** @lose: likewise */
	u8 lose;
	bool observer;
	unsigned int n_paths;
	struct kc_peer_path_spec {
		/** @ifname: empty for that of the present route */
		char ifname[IFNAMSIZ];
		u8 family;
		u8 addr[16];
		/** @attr: where it came from */
		const struct nlattr *attr;
	} paths[KCLUSTER_PEER_PATHS_MAX];
	/** @attrs: the request, indexed by KCLUSTER_A_NODE_*, for errors */
	struct nlattr **attrs;
};

/* object.c; kc_peer_net.mutex held */
struct kc_peer *kc_peer_find(struct kc_net *kn, const char *name);
int kc_peer_add(struct kc_net *kn, struct kc_peer_spec *spec,
		struct netlink_ext_ack *extack);
int kc_peer_set(struct kc_peer *p, const struct kc_peer_spec *spec,
		struct netlink_ext_ack *extack);
void kc_peer_del(struct kc_peer *p, const char *reason);
void kc_peer_flush(struct kc_net *kn, const char *reason);
unsigned int kc_peers_max(const struct kc_net *kn);
unsigned int kc_observers_max(const struct kc_net *kn);

/* check.c: may it be had? kc_peer_net.mutex held */
int kc_peer_check(struct kc_net *kn, struct kc_peer_spec *spec,
		  struct netlink_ext_ack *extack);
int kc_peer_check_interval(struct kc_net *kn, const struct kc_peer_spec *spec,
			   struct netlink_ext_ack *extack);

/* hello.c: signs of life; what it does is due to the clock */
void kc_peer_start(struct kc_peer *p);
void kc_peer_due(struct kc_clock_entry *entry);
void kc_peer_prompt(struct kc_clock *clock);
void kc_peer_stop(struct kc_peer *p, const char *reason);
void kc_peer_requeue(struct kc_peer *p);
extern const struct kc_channel_type kc_peer_hello;

/* news.c: the peer is locked */
void kc_peer_act(struct kc_peer *p, unsigned int actions, u8 old_state);
void kc_peer_tell(struct kc_peer *p, u8 old_state, u8 state, bool restarted,
		  const char *reason);
void kc_peer_describe(const struct kc_peer *p, char *text, size_t size);

/* channel.c: what came; under RCU */
void kc_peer_receive(struct kc_peer_path *path, const u8 *data, size_t len);
bool kc_peer_arrive(struct kc_peer_path *path,
		    const struct kc_channel_header *header, u64 now,
		    unsigned int *actions);

static inline void kc_peer_count(struct kc_peer *p, unsigned int stat)
{
	atomic64_inc(&p->stats[stat]);
}

/* send.c: by one path */
int kc_channel_send_by(struct kc_peer_path *path, u8 type,
		       struct sk_buff *skb);

/* object.c: by address; written under the mutex, read under RCU */
struct hlist_head *kc_peer_bucket(struct kc_net *kn, u8 family,
				  const u8 *addr);

/* rx.c, stray.c: reception in a namespace */
struct kc_peer_path *kc_peer_whose(struct kc_net *kn, u8 family,
				   const u8 *src, const struct net_device *in,
				   bool *known);
int kc_peer_rx_register(struct kc_net *kn);
void kc_peer_rx_unregister(struct kc_net *kn);
int kc_peer_stray_open(struct kc_net *kn);
void kc_peer_stray_close(struct kc_net *kn);

/* net.c: the concept in a network namespace and in the module */
void kc_peer_net_init(struct kc_net *kn);
void kc_peer_net_exit(struct kc_net *kn);
void kc_peer_net_farewell(struct kc_net *kn);
void kc_peer_net_goodbye(struct kc_net *kn, const char *reason);
int kc_peer_net_start(struct kc_net *kn);
void kc_peer_net_rest(struct kc_net *kn);
int kc_peer_init(void);
void kc_peer_exit(void);

#endif
