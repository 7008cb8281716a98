/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cluster IPs that peers divide among themselves.
 *
 * A share (struct kc_cip_share) belongs to a cluster IP and lives as long. It is
 * the shell around core/clusterip_lease.h: it has the node's hold of its buckets,
 * and the authority's rule, which is at rest unless the virtual router that is
 * named is master here. Every peer of the namespace is a member, known by the
 * number that it says; ours is the MAC of the device, which is unique where the
 * cluster IP is shared.
 *
 * What changes of a share is under its lock, which softirqs take: whoever
 * receives, the clock, events of peers and of virtual routers, and requests, which
 * hold kc_cip_net.mutex besides. Events come with their peer or router locked, so
 * the order is: mutex, lock of a virtual router or of a peer, lock of a share,
 * that of the clock. Under it nothing is sent: messages are written and leave when
 * it has been given back (struct kc_cip_post).
 *
 * Packets read none of this: what we hold is published in the &struct kc_cip_split
 * of the cluster IP, with the time until which it counts.
 *
 * A share ends in this order: it gives up its buckets, and says so; it is dead,
 * its members given back; off the list; a grace period; freed.
 */
#ifndef KC_CLUSTERIP_SHARE_H
#define KC_CLUSTERIP_SHARE_H

#include <linux/list.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <uapi/linux/kcluster.h>

#include "../clock.h"
#include "../core/clusterip_lease.h"
#include "../peer/peer.h"
#include "clusterip.h"

/**
 * struct kc_cip_share - what peers divide
 */
struct kc_cip_share {
	/** @list: in kc_cip_net.shares; written under the mutex, read under RCU */
	struct list_head list;
	/** @cip: what is divided */
	struct kc_cip *cip;
	/** @router: its master is the authority; never changes */
	char router[KCLUSTER_NAME_MAX + 1];
	/** @vmac: the shared MAC is that of @router; never changes */
	bool vmac;
	/** @successors: as asked for; under the mutex */
	u8 successors;

	/** @lock: protects what follows; softirq-safe */
	spinlock_t lock;
	/** @dead: nothing may be done any more */
	bool dead;
	/** @started: our number is known, and @hold is in use */
	bool started;
	/** @leaving: the node goes, and takes nothing any more */
	bool leaving;
	/** @strangers: a peer was deleted that may hold something */
	bool strangers;
	/** @weight: as asked for */
	u16 weight;
	/** @fresh: we may have missed what others know of flows */
	bool fresh;
	/** @fresh_at: since when, ns */
	u64 fresh_at;
	/** @looked_at: when we last looked around, ns */
	u64 looked_at;
	/** @router_state: enum kcluster_vrrp_state */
	u8 router_state;
	/** @total: this node and all peers; more than @n if there are too many */
	unsigned int total;
	/** @n: members, the first one being this node */
	unsigned int n;
	/** @peers: they, each with a reference */
	struct kc_peer *peers[KC_CIP_NODES_MAX];
	/** @ids: their numbers, 0 if not known */
	u64 ids[KC_CIP_NODES_MAX];
	/** @weights: that they last had, 0 if not known */
	u16 weights[KC_CIP_NODES_MAX];
	/** @clash: the last peer that said a number it cannot have */
	char clash[KCLUSTER_NAME_MAX + 1];
	/** @clash_at: when that was, ns; 0 if never */
	u64 clash_at;
	/** @hold: what we hold, and whom we obey */
	struct kc_cip_hold hold;
	/** @rule: the authority, if we are it; in use if @n is @total */
	struct kc_cip_rule rule;
	/** @map: the last one that we went by; no sequence if there was none */
	struct kc_cip_map map;
	/** @map_at: when it came, ns */
	u64 map_at;
	/** @draft: memory for a map that is read or written */
	struct kc_cip_map draft;
	/** @status: memory for a STATUS */
	struct kc_cip_status status;
	/** @noticed: of what user space was to be told last */
	struct kc_cip_seen {
		u64 epoch;
		u64 authority;
		u32 seq;
		bool ruling;
		bool serving;
	} noticed;
	/** @clock: when something is due */
	struct kc_clock_entry clock;
};

/**
 * struct kc_cip_post - messages that leave when no lock is held
 */
struct kc_cip_post {
	struct sk_buff_head queue;
};

/**
 * struct kc_cip_view - what there is to tell of a share
 */
struct kc_cip_view {
	/** @role: enum kcluster_clusterip_role */
	u8 role;
	/** @weight: of this node */
	u16 weight;
	/** @serve: without a majority, if there are two nodes */
	bool serve;
	/** @seq: of the map, 0 if there is none of this authority yet */
	u32 seq;
	u32 lease_ms;
	/** @left_ms: until our lease lapses */
	u64 left_ms;
	/** @decided_ms: since the map came */
	u64 decided_ms;
	u64 id;
	u64 epoch;
	u64 authority;
	/** @authority_name: empty if it is this node, or unknown */
	char authority_name[KCLUSTER_NAME_MAX + 1];
	/** @votes: nodes there are */
	u16 votes;
	/** @members: that take part, as far as we know */
	u16 members;
};

/**
 * struct kc_cip_member_view - what there is to tell of one of its nodes
 */
struct kc_cip_member_view {
	/** @name: empty for this node */
	char name[KCLUSTER_NAME_MAX + 1];
	/** @id: 0 if not known */
	u64 id;
	bool alive;
	/** @ruled: we are the authority, and what follows is known */
	bool ruled;
	bool obeys;
	u64 left_ms;
	u16 weight;
	u16 buckets;
};

/**
 * struct kc_cip_heirs - who would get what
 */
struct kc_cip_heirs {
	/** @n: nodes; 0 if there is no map */
	unsigned int n;
	struct kc_cip_node nodes[KC_CIP_NODES_MAX];
	/** @names: of them, empty for this node */
	char names[KC_CIP_NODES_MAX][KCLUSTER_NAME_MAX + 1];
	/** @owners: of the buckets */
	u8 owners[KC_CIP_BUCKETS_MAX];
	/** @first: their successors, KC_CIP_NOBODY if there is none */
	u8 first[KC_CIP_BUCKETS_MAX];
	/** @second: and those of these */
	u8 second[KC_CIP_BUCKETS_MAX];
	struct kc_cip_scratch scratch;
};

/* share.c: it comes, changes and goes; all need the mutex */
struct kc_cip_share *kc_cip_share_make(struct kc_cip *cip,
				       const struct kc_cip_spec *spec);
void kc_cip_share_free(struct kc_cip_share *share);
void kc_cip_share_enter(struct kc_cip_share *share);
void kc_cip_share_set(struct kc_cip_share *share,
		      const struct kc_cip_spec *spec);
void kc_cip_share_use(struct kc_cip_share *share, const u8 *mac);
void kc_cip_share_leave(struct kc_cip_share *share);

/* share_check.c */
int kc_cip_share_check(struct kc_net *kn, struct kc_cip_spec *spec,
		       struct netlink_ext_ack *extack);

/* share_members.c: peers as members; the share is locked */
void kc_cip_share_count(struct kc_cip_share *share);
void kc_cip_share_disband(struct kc_cip_share *share);
int kc_cip_share_member(const struct kc_cip_share *share,
			const struct kc_peer *p);
bool kc_cip_share_name(struct kc_cip_share *share, unsigned int member, u64 id);
const char *kc_cip_share_name_of(const struct kc_cip_share *share, u64 id);

static inline bool kc_cip_share_crowded(const struct kc_cip_share *share)
{
	return share->total > share->n;
}

/* share_run.c: what the core asks for; the share is locked */
void kc_cip_share_carry_out(struct kc_cip_share *share, unsigned int member,
			    unsigned int actions, u64 now,
			    struct kc_cip_post *post);
void kc_cip_share_note_map(struct kc_cip_share *share, u64 now);
void kc_cip_share_publish(struct kc_cip_share *share, u64 now);
void kc_cip_share_poke(struct kc_cip_share *share);
void kc_cip_share_due(struct kc_clock_entry *entry);
void kc_cip_share_release(struct kc_cip_share *share, bool released);

/* share_talk.c: messages */
void kc_cip_post_init(struct kc_cip_post *post);
void kc_cip_post_send(struct kc_cip_post *post);
void kc_cip_share_send_status(struct kc_cip_share *share, unsigned int member,
			      u64 now, struct kc_cip_post *post);
void kc_cip_share_send_grant(struct kc_cip_share *share, unsigned int member,
			     bool ask, u64 now, struct kc_cip_post *post);
int kc_cip_share_talk_init(void);
void kc_cip_share_talk_exit(void);

/* share_hear.c: events of a namespace, and what an operator orders */
int kc_cip_share_event(struct notifier_block *nb, unsigned long event,
		       void *data);
void kc_cip_share_look(struct kc_cip_share *share);

/* share_view.c: for those who ask; the mutex is held, or as it says */
void kc_cip_share_view(struct kc_cip_share *share, struct kc_cip_view *view);
bool kc_cip_share_view_member(struct kc_cip_share *share, unsigned int member,
			      struct kc_cip_member_view *view);
void kc_cip_share_heirs(struct kc_cip_share *share,
			struct kc_cip_heirs *heirs);
void kc_cip_share_describe(struct kc_cip_share *share, char *reason,
			   size_t size);

#endif
