/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Claims: prefixes that move, inside the VPN, to the node on which the virtual
 * router of the same name is master.
 *
 * WireGuard has no neighbours and no multicast: an address moves by moving its
 * allowed IP, on every node. A claim (struct kc_claim) knows its prefixes, those
 * that were added and those that its router has on WireGuard devices; whether
 * this node has them; what peers say of that (struct kc_claim_mate); and at which
 * WireGuard peer each of them is here. A claim of a peer counts for prefixes that
 * this node knows by that name, and for no others. Who is believed and who is told
 * again is core/claim.h.
 *
 * There is one worker per namespace, which does everything: messages that come are
 * put into its inbox, events wake it. Configuration requests and the worker take
 * kc_claim_net.mutex. The worker talks to WireGuard without it: a request holds a
 * lock of generic netlink (cb_lock) which talking to WireGuard takes as well, so
 * whoever holds the mutex must never wait for that. Only the worker changes what
 * it needs meanwhile: arrays of prefixes, mates and nodes.
 *
 * Lock order: mutex, kc_vrrp_net.mutex or kc_peer_net.mutex; locks of routers and
 * peers are held when events are told, after which nothing is taken but that of
 * the inbox, innermost. Whoever holds the mutex of routers or peers may look at
 * claims under RCU.
 *
 * A claim that was not added, or was deleted, and whose router has no address on
 * WireGuard, has no prefixes and fades: the worker takes its allowed IPs away and
 * gives it up; when peers have heard that, or it has taken too long, it is
 * unlinked, and freed after a grace period. One that is wanted again meanwhile
 * goes on.
 */
#ifndef KC_CLAIM_CLAIM_H
#define KC_CLAIM_CLAIM_H

#include <linux/atomic.h>
#include <linux/if.h>
#include <linux/list.h>
#include <linux/types.h>
#include <uapi/linux/kcluster.h>
#include <uapi/linux/wireguard.h>

#include "../core/claim.h"
#include "../peer/peer.h"
#include "../request.h"

struct kc_net;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

#define KC_CLAIM_STATS (KCLUSTER_A_CLAIM_STATS_MAX + 1)
#define KC_CLAIM_FLAW_MAX 160
/* So many prefixes are moved by one request. */
#define KC_TUNNEL_BATCH 8

/* Why a prefix is not where it should be. */
enum kc_claim_flaw {
	KC_CLAIM_FINE,
	/* Its owner is not a WireGuard peer of the device. */
	KC_CLAIM_NO_KEY,
	/* No path by the device leads to its owner. */
	KC_CLAIM_NO_PATH,
	/* It is an allowed IP of somebody, who did not get it from us. */
	KC_CLAIM_STATIC,
	/* A peer is reached by an address in it, and would be no more. */
	KC_CLAIM_COVERS,
	/* WireGuard refused it. */
	KC_CLAIM_REFUSED,
};

/**
 * struct kc_claim_prefix - one that moves
 *
 * Written by the worker, under the mutex.
 */
struct kc_claim_prefix {
	struct kc_prefix prefix;
	/** @ifname: WireGuard device where it moves; empty: that of the path */
	char ifname[IFNAMSIZ];
	/** @router: it is an address of the virtual router */
	bool router;
	/** @flaw: enum kc_claim_flaw */
	u8 flaw;
	/** @error: positive errno, of KC_CLAIM_REFUSED */
	int error;
	/** @culprit: which peer KC_CLAIM_STATIC and KC_CLAIM_COVERS are about */
	char culprit[KCLUSTER_NAME_MAX + 1];
	/** @checked: WireGuard was asked who has it, before we gave it to anybody */
	bool checked;
	/** @at: device on which we gave it to @key; empty if we did not */
	char at[IFNAMSIZ];
	/** @key: of the WireGuard peer */
	u8 key[WG_KEY_LEN];
	/** @found: while a device is read: who has it */
	bool found;
	/** @found_key: of that WireGuard peer */
	u8 found_key[WG_KEY_LEN];
	/** @old_flaw: while devices are read: what @flaw was before */
	u8 old_flaw;
	/** @unread: likewise: one on which it can be could not be read */
	bool unread;
};

/**
 * struct kc_claim_want - a prefix as asked for
 */
struct kc_claim_want {
	struct kc_prefix prefix;
	char ifname[IFNAMSIZ];
	/** @attr: where it came from; only while a request runs */
	const struct nlattr *attr;
};

/**
 * struct kc_claim_spec - a claim as asked for
 */
struct kc_claim_spec {
	char name[KCLUSTER_NAME_MAX + 1];
	/** @wants: kvmalloc(); taken over on success, then NULL */
	struct kc_claim_want *wants;
	unsigned int n;
	/** @name_attr: where the name came from */
	const struct nlattr *name_attr;
};

/**
 * struct kc_claim_node - a peer, and the WireGuard peer that it is
 *
 * Of the worker.
 */
struct kc_claim_node {
	/** @list: in kc_claim_net.nodes */
	struct list_head list;
	/** @peer: with a reference; leads here until it is gone */
	struct kc_peer *peer;
	/** @mates: what claims keep with it, by &kc_claim_mate.of_node */
	struct list_head mates;
	/** @bits: length of the allowed IP that @key has it by, -1 for none */
	int bits[KCLUSTER_PEER_PATHS_MAX];
	/** @key: by path */
	u8 key[KCLUSTER_PEER_PATHS_MAX][WG_KEY_LEN];
	/** @old_bits: while a device is read: what @bits were before */
	int old_bits[KCLUSTER_PEER_PATHS_MAX];
	/** @old_key: likewise @key */
	u8 old_key[KCLUSTER_PEER_PATHS_MAX][WG_KEY_LEN];
};

/**
 * struct kc_claim_mate - a claim and a peer
 *
 * Of the worker.
 */
struct kc_claim_mate {
	/** @list: in &kc_claim.mates */
	struct list_head list;
	/** @of_node: in &kc_claim_node.mates: claims are few, nodes many */
	struct list_head of_node;
	struct kc_claim *claim;
	struct kc_claim_node *node;
	/** @said: what it says, as far as it was heard */
	struct kc_claim_said said;
	/** @whole: what it said last that was heard whole */
	struct kc_claim_said whole;
	/** @told: what it has heard of us */
	struct kc_claim_told told;
	/** @has: the prefixes of @whole, by number, or NULL */
	unsigned long *has;
	/** @draft: those of @said, or NULL */
	unsigned long *draft;
};

/**
 * struct kc_claim - prefixes that move with a name
 */
struct kc_claim {
	/** @list: in kc_claim_net.claims; under the mutex, read under RCU */
	struct list_head list;
	struct rcu_head rcu;
	/** @kn: where it lives */
	struct kc_net *kn;
	/** @name: never changes */
	char name[KCLUSTER_NAME_MAX + 1];
	/** @wants: prefixes that were added, sorted; under the mutex */
	struct kc_claim_want *wants;
	unsigned int n_wants;
	/** @configured: it was added, not only found; under the mutex */
	bool configured;
	/** @changed: prefixes are to be gathered anew; under the mutex */
	bool changed;
	/** @router_state: enum kcluster_vrrp_state; without a lock */
	u8 router_state;

	/* Written by the worker, under the mutex: */
	/** @prefixes: sorted, @n of them */
	struct kc_claim_prefix *prefixes;
	unsigned int n;
	/** @mates: &struct kc_claim_mate */
	struct list_head mates;
	/** @owner: we have the prefixes */
	bool owner;
	/** @epoch: of our takeover */
	u64 epoch;
	/** @seen: the highest epoch that was heard of */
	u64 seen;
	/** @seq: of what we say */
	u32 seq;
	/** @state: enum kcluster_claim_state, of whom is believed */
	u8 state;
	/** @believed: the peer that is, of KCLUSTER_CLAIM_STATE_PEER */
	struct kc_claim_node *believed;
	/** @believed_peer: likewise, to be compared without a lock */
	const struct kc_peer *believed_peer;
	/** @lost_at: nobody claims it any more: forget the owner then, ns; or 0 */
	u64 lost_at;
	/** @fade_at: unlink it then, whoever has heard, ns; or 0 */
	u64 fade_at;
	/** @believed_epoch: of the owner */
	u64 believed_epoch;
	/** @believed_node: its number */
	u64 believed_node;
	/** @since: with the present owner, ns */
	u64 since;
	/** @stats: by KCLUSTER_A_CLAIM_STATS_* */
	atomic64_t stats[KC_CLAIM_STATS];
};

/**
 * struct kc_claim_orphan - an allowed IP that we gave, of a prefix that is gone
 */
struct kc_claim_orphan {
	/** @list: in kc_claim_net.orphans, of the worker */
	struct list_head list;
	struct kc_prefix prefix;
	char at[IFNAMSIZ];
};

/**
 * struct kc_claim_news - with KC_EVENT_CLAIM: it has another owner, came or went
 */
struct kc_claim_news {
	const char *name;
	/** @owner: the peer that has it, or NULL */
	const char *owner;
	u64 epoch;
	u32 prefixes;
	u8 old_state;
	u8 state;
};

/* Takes an allowed IP of a WireGuard device. */
typedef void (*kc_tunnel_take)(void *arg, const u8 *key,
			       const struct kc_prefix *prefix);

/* tunnel.c: WireGuard; no lock held */
int kc_tunnel_open(struct kc_request *req, struct kc_net *kn);
int kc_tunnel_read(struct kc_request *req, const char *ifname,
		   kc_tunnel_take take, void *arg);
int kc_tunnel_move(struct kc_request *req, const char *ifname, const u8 *key,
		   const struct kc_prefix *prefixes, unsigned int n);
int kc_tunnel_remove(struct kc_request *req, const char *ifname,
		     const struct kc_prefix *prefixes, unsigned int n);

/* object.c: configuration; needs the mutex */
unsigned int kc_claims_max(const struct kc_net *kn);
struct kc_claim *kc_claim_find(struct kc_net *kn, const char *name);
int kc_claim_add(struct kc_net *kn, struct kc_claim_spec *spec,
		 struct netlink_ext_ack *extack);
int kc_claim_set(struct kc_claim *claim, struct kc_claim_spec *spec,
		 struct netlink_ext_ack *extack);
void kc_claim_del(struct kc_claim *claim);
void kc_claim_flush(struct kc_net *kn);
void kc_claim_describe(const struct kc_claim *claim, char *text, size_t size);
void kc_claim_describe_prefix(const struct kc_claim *claim,
			      const struct kc_claim_prefix *prefix, char *text,
			      size_t size);
struct kc_claim *kc_claim_new(struct kc_net *kn, const char *name);
void kc_claim_unlink(struct kc_claim *claim);
u64 kc_claim_epoch_of(struct kc_net *kn, const char *name);
unsigned int kc_claims_of(struct kc_net *kn, const struct kc_peer *p);

/* gather.c: prefixes of claims; by the worker, with the mutex */
void kc_claim_gather(struct kc_net *kn, bool all);
bool kc_claim_router_tunnels(struct kc_net *kn);
int kc_claim_number(const struct kc_claim *claim,
		    const struct kc_prefix *prefix);

/* orphan.c: allowed IPs of prefixes that are gone; by the worker, without locks */
void kc_claim_orphan(struct kc_claim *claim, const struct kc_claim_prefix *p);
void kc_claim_orphans_remove(struct kc_net *kn);
void kc_claim_orphans_free(struct kc_net *kn);

/* mates.c: nodes and mates; likewise */
void kc_claim_nodes_sync(struct kc_net *kn);
void kc_claim_nodes_free(struct kc_net *kn);
struct kc_claim_node *kc_claim_node_of(const struct kc_peer *p);
struct kc_claim_mate *kc_claim_mate(struct kc_claim *claim,
				    struct kc_claim_node *node);
void kc_claim_mate_forget(struct kc_claim_mate *mate);
void kc_claim_mate_free(struct kc_claim_mate *mate);

/* talk.c: messages */
int kc_claim_talk_init(void);
void kc_claim_talk_exit(void);
void kc_claim_inbox_run(struct kc_net *kn);
void kc_claim_inbox_purge(struct kc_net *kn);
void kc_claim_tell_all(struct kc_claim *claim, u64 now);
void kc_claim_ask_owner(struct kc_claim *claim);
u64 kc_claim_talk(struct kc_claim *claim, u64 now);

/* decide.c: who has them; by the worker, with the mutex */
void kc_claim_own(struct kc_claim *claim, u64 now);
u64 kc_claim_believe(struct kc_claim *claim, u64 now);
void kc_claim_news(struct kc_claim *claim, u8 old_state, u8 state);
bool kc_claim_faded(struct kc_claim *claim, u64 now);

/* place.c: allowed IPs; by the worker, which has no lock when it calls these */
void kc_claim_place(struct kc_net *kn);
void kc_claim_remove_all(struct kc_net *kn);
void kc_claim_look_around(struct kc_net *kn);

/* net.c */
void kc_claim_wake(struct kc_net *kn);
void kc_claim_look(struct kc_net *kn);
int kc_claim_net_start(struct kc_net *kn);
void kc_claim_net_init(struct kc_net *kn);
void kc_claim_net_exit(struct kc_net *kn);
int kc_claim_init(void);
void kc_claim_exit(void);

static inline void kc_claim_count(struct kc_claim *claim, unsigned int stat,
				  unsigned int n)
{
	atomic64_add(n, &claim->stats[stat]);
}

#endif
