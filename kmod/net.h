/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kcluster keeps per network namespace.
 */
#ifndef KC_NET_H
#define KC_NET_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/notifier.h>
#include <linux/ratelimit.h>
#include <linux/rbtree.h>
#include <net/net_namespace.h>

#include "clock.h"
#include "estate.h"
#include "request.h"

/* A virtual router that runs in a user's own namespace may not cost much. */
#define KC_VRRP_ROUTERS_MAX 4080
#define KC_VRRP_ROUTERS_MAX_USER 16
#define KC_VRRP_INTERVAL_MIN 10		/* ms, RFC 9568 has centiseconds */
#define KC_VRRP_INTERVAL_MIN_USER 1000	/* ms */
#define KC_VRRP_VALUES_MAX 256
#define KC_VRRP_VALUES_MAX_USER 16
#define KC_VRRP_TTL_MIN 10		/* ms */
#define KC_VRRP_TTL_MIN_USER 1000	/* ms */

#define KC_VRRP_PROBES_MAX 256
#define KC_VRRP_PROBES_MAX_USER 16
#define KC_VRRP_PROBE_INTERVAL_MIN_USER 1000	/* ms */

#define KC_PEERS_MAX 256
#define KC_PEERS_MAX_USER 16
#define KC_OBSERVERS_MAX 4096
#define KC_OBSERVERS_MAX_USER 16
#define KC_PEER_INTERVAL_MIN 10		/* ms */
#define KC_PEER_INTERVAL_MIN_USER 1000	/* ms */

#define KC_CIPS_MAX 64
#define KC_CIPS_MAX_USER 4

#define KC_CLAIMS_MAX 64
#define KC_CLAIMS_MAX_USER 4

#define KC_VRRP_HASH_BITS 8
#define KC_VRRP_PROBE_BITS 6
#define KC_VRRP_ROUTE_BITS 256

struct kc_mirror;
struct kc_peer_table;
struct kc_vrrp_claim_table;
struct socket;

/**
 * struct kc_vrrp_net - the virtual routers of a network namespace
 */
struct kc_vrrp_net {
	/**
	 * @mutex: serializes configuration: the list, and what of a router
	 * its header says. Taken before RTNL, never under it.
	 */
	struct mutex mutex;
	/** @groups: of routers, see vrrp/group.h; under @mutex */
	struct list_head groups;
	/** @groups_dirty: those to be visited; under the lock of @clock */
	struct list_head groups_dirty;
	/** @routers: all routers; written under @mutex, read under RCU */
	struct list_head routers;
	/** @hash: their paths by VRID; written under @mutex, read under RCU */
	struct hlist_head hash[1 << KC_VRRP_HASH_BITS];
	/** @count: routers; under @mutex */
	unsigned int count;
	/** @generation: moves when @routers or their items change */
	unsigned int generation;
	/** @members: paths that may be in a multicast group; under RTNL */
	/** @values: tracked values; written under @mutex, read under RCU */
	struct list_head values;
	/** @values_gone: those to be freed after a grace period; under @mutex */
	struct list_head values_gone;
	/** @n_values: in @values; under @mutex */
	unsigned int n_values;
	/** @values_generation: moves when @values changes; under @mutex */
	unsigned int values_generation;
	/** @values_log: limits what they, and neighbours, can make us log */
	struct ratelimit_state values_log;
	/** @probes: tracked neighbours; written under @mutex, read under RCU */
	struct hlist_head probes[1 << KC_VRRP_PROBE_BITS];
	/** @n_probes: in @probes; under @mutex */
	unsigned int n_probes;
	/** @hears4: ARP replies are listened to; under @mutex */
	bool hears4;
	/** @hears6: so are neighbour advertisements; likewise */
	bool hears6;
	/** @members: routers that may be in a multicast group; under RTNL */
	struct list_head members;
	/** @segments: devices on which virtual MACs may be used; under RTNL */
	struct list_head segments;
	/** @claims: addresses packets must know of; worker, RCU; or NULL */
	struct kc_vrrp_claim_table __rcu *claims;
	/** @deniers: routers that do not accept packets; under @mutex */
	unsigned int deniers;
	/** @device_nb: hears of the devices of the namespace */
	struct notifier_block device_nb;
	/** @fib_nb: hears of routes that are removed */
	struct notifier_block fib_nb;
	/** @index: items of all routers by their address; under @mutex */
	struct hlist_head *index;
	/** @route_bits: kc_vrrp_route_bit() of all that were ever held */
	DECLARE_BITMAP(route_bits, KC_VRRP_ROUTE_BITS);
	/** @standby_until: all stand by until then, ns; 0 if not; under @mutex */
	u64 standby_until;
	/** @running: hooks, timer and worker are there; under @mutex */
	bool running;
	/** @dying: the namespace goes away, nothing new; under @mutex */
	bool dying;

	/** @clock: runs routers, and visits the members of groups */
	struct kc_clock clock;

	/** @worker: changes addresses and routes; real-time if allowed */
	struct kthread_worker *worker;
	/** @request: rtnetlink as seen by @worker; used by @worker only */
	struct kc_request request;

	/** @discard_vrid: adverts for nobody here */
	atomic64_t discard_vrid;
	/** @discard_malformed: too short to tell for whom */
	atomic64_t discard_malformed;
	/** @discard_fragment: fragments of protocol 112 */
	atomic64_t discard_fragment;
};

/**
 * struct kc_peer_net - the peers of a network namespace
 */
struct kc_peer_net {
	/** @mutex: serializes configuration; never taken under RTNL */
	struct mutex mutex;
	/** @peers: all peers; written under @mutex, read under RCU */
	struct list_head peers;
	/** @table: where they are found, while @running; likewise */
	struct kc_peer_table __rcu *table;
	/** @count: peers; under @mutex */
	unsigned int count;
	/** @observers: how many of these only share claims; under @mutex */
	unsigned int observers;
	/** @generation: moves when @peers changes; under @mutex */
	unsigned int generation;
	/** @incarnation: the last one that was given; under @mutex */
	u64 incarnation;
	/** @file: the cluster file that this node was set up from, 0 for none */
	atomic64_t file;
	/** @running: there are hooks and a socket; under @mutex */
	bool running;
	/** @dying: the namespace goes away, nothing new; under @mutex */
	bool dying;
	/** @socket: holds the port and counts strays, while @running */
	struct socket *socket;
	/** @clock: sends signs of life and judges those of peers */
	struct kc_clock clock;
	/** @returned: one that was dead is heard again */
	bool returned;
	/** @prompt_at: who is away is not prompted before, ns; @clock's runs only */
	u64 prompt_at;
	/** @discard_not_a_peer: to our port, from an address unknown */
	atomic64_t discard_not_a_peer;
	/** @discard_wrong_device: to our port, not by the device of the path */
	atomic64_t discard_wrong_device;
};

/**
 * struct kc_mirror_net - the mirror of a network namespace, on or off
 */
struct kc_mirror_net {
	/** @mutex: serializes configuration; never taken under RTNL */
	struct mutex mutex;
	/** @active: NULL if off; written under @mutex, read under RCU */
	struct kc_mirror __rcu *active;
	/** @dying: the namespace goes away, nothing new; under @mutex */
	bool dying;
};

/* Bits of kc_cip_net.flags. */
enum {
	KC_CIP_RECHECK,		/* addresses may be gone */
};

/**
 * struct kc_cip_net - the cluster IPs of a network namespace
 */
struct kc_cip_net {
	/**
	 * @mutex: serializes configuration and the worker; taken before RTNL and
	 * the mutex of virtual routers, never under them
	 */
	struct mutex mutex;
	/** @objects: &struct kc_cip; under @mutex */
	struct list_head objects;
	/** @shares: &struct kc_cip_share; written under @mutex, read under RCU */
	struct list_head shares;
	/** @clock: when leases are due */
	struct kc_clock clock;
	/** @event_nb: hears of peers and of virtual routers */
	struct notifier_block event_nb;
	/** @standby_until: what peers divide goes to others until then, ns */
	u64 standby_until;
	/** @count: in @objects; written under @mutex */
	unsigned int count;
	/** @followers: how many of them follow another one; likewise */
	unsigned int followers;
	/** @generation: moves when @objects changes; under @mutex */
	unsigned int generation;
	/** @index: their addresses; under @mutex */
	struct hlist_head *index;
	/** @devices: &struct kc_cip_device; under RTNL, read under RCU */
	struct list_head devices;
	/** @device_nb: hears of the devices of the namespace */
	struct notifier_block device_nb;
	/** @running: there is a worker; written under @mutex */
	bool running;
	/** @dying: the namespace goes away, nothing new; under @mutex */
	bool dying;
	/** @flags: KC_CIP_RECHECK */
	unsigned long flags;
	/** @ran_at: when the worker last looked, jiffies */
	unsigned long ran_at;
	/** @worker: looks after addresses and devices */
	struct kthread_worker *worker;
	struct kthread_delayed_work work;
	/** @news: tells what changed */
	struct kthread_delayed_work news;
	/** @estates: tells those who copy flows */
	struct kthread_work estates;
	/** @request: rtnetlink; under @mutex */
	struct kc_request request;
	/** @log: limits what they can make us log */
	struct ratelimit_state log;
};

/* Messages about claims that wait, in all and by where peers hash to. */
#define KC_CLAIM_INBOX_MAX 1024
#define KC_CLAIM_INBOX_EACH 80
#define KC_CLAIM_INBOX_BITS 6

/**
 * struct kc_claim_net - the claims of a network namespace
 */
struct kc_claim_net {
	/** @mutex: see claim/claim.h; taken before those of routers and peers */
	struct mutex mutex;
	/** @claims: &struct kc_claim; under @mutex, read under RCU */
	struct list_head claims;
	/** @count: in @claims; written under @mutex */
	unsigned int count;
	/** @generation: moves when @claims or their prefixes change */
	unsigned int generation;
	/** @seq: the last number of what we say; of the worker */
	u32 seq;
	/** @node: our number */
	u64 node;
	/** @nodes: &struct kc_claim_node; of the worker */
	struct list_head nodes;
	/** @peers_generation: of the peers that @nodes are; likewise */
	unsigned int peers_generation;
	/** @routers_generation: of the routers that were looked at; likewise */
	unsigned int routers_generation;
	/** @orphans: &struct kc_claim_orphan; likewise */
	struct list_head orphans;
	/** @look: WireGuard is to be asked; likewise */
	bool look;
	/** @looked_at: when it was asked last, ns; likewise */
	u64 looked_at;
	/** @running: there is a worker; written under @mutex */
	bool running;
	/** @dying: the namespace goes away, nothing new; under @mutex */
	bool dying;
	/** @inbox_lock: protects what follows; innermost */
	spinlock_t inbox_lock;
	/** @inbox: messages that wait */
	struct list_head inbox;
	/** @waiting: how many */
	unsigned int waiting;
	/** @waiting_of: peers, by the hash of them */
	u16 waiting_of[1 << KC_CLAIM_INBOX_BITS];
	/** @event_nb: hears of peers and of virtual routers */
	struct notifier_block event_nb;
	/** @worker: does everything; real-time if allowed */
	struct kthread_worker *worker;
	struct kthread_delayed_work work;
	/** @request: generic netlink; of the worker */
	struct kc_request request;
	/** @log: limits what they can make us log */
	struct ratelimit_state log;
};

/**
 * struct kc_net - kcluster in one network namespace
 */
struct kc_net {
	/** @net: back pointer; the namespace owns us */
	struct net *net;
	/** @events: subscribers to news, see event.h */
	struct atomic_notifier_head events;
	/** @sequence: number of the last event told to user space */
	atomic_t sequence;
	/** @events_lost: events that could not be told for want of memory */
	atomic64_t events_lost;
	/** @netlink_nb: tells user space of events */
	struct notifier_block netlink_nb;
	/** @netlink_lock: events leave in the order of their numbers */
	spinlock_t netlink_lock;
	/** @vrrp: virtual routers */
	struct kc_vrrp_net vrrp;
	/** @peer: the other nodes */
	struct kc_peer_net peer;
	/** @mirror: what they know of connections */
	struct kc_mirror_net mirror;
	/** @cip: addresses that all nodes answer together */
	struct kc_cip_net cip;
	/** @estate: who answers which flows of these */
	struct kc_estate_net estate;
	/** @claim: prefixes that move inside the VPN */
	struct kc_claim_net claim;
};

struct kc_net *kc_net(const struct net *net);

/* Is this namespace owned by the system, not by a user's own namespace? */
static inline bool kc_net_privileged(const struct kc_net *kn)
{
	return kn->net->user_ns == &init_user_ns;
}

#endif
