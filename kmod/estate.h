/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who answers which flows of an address that nodes divide, and who would go on
 * with them: told by those who divide it to those who copy flows, of whom they
 * know nothing.
 *
 * An estate is never changed, only replaced. The latest one is published when it
 * is made; present is the one that was when whoever copies flows last looked. So
 * what happened to a flow while it was ours can be told before it is not.
 *
 * Lists and pointers are written under kc_estate_net.lock and read under RCU. A
 * holder is part of what is divided, which outlives its withdrawal by a grace
 * period.
 */
#ifndef KC_ESTATE_H
#define KC_ESTATE_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "core/clusterip_estate.h"
#include "core/clusterip_hash.h"
#include "core/clusterip_msg.h"

struct kc_net;
struct kc_peer;

/**
 * struct kc_estate - who has which bucket
 */
struct kc_estate {
	struct rcu_head rcu;
	/** @mode: by what a flow has its bucket, enum kc_cip_mode */
	u8 mode;
	/** @everybody: who would go on with flows is not known */
	bool everybody;
	/** @any: some buckets are ours */
	bool any;
	u16 buckets;
	u32 seed;
	/** @ours: bit map of our buckets */
	u64 ours[KC_CIP_HELD_MAX];
	/** @next: those who are heirs of any of them, a bit map of @peers */
	u64 next;
	/** @peers: nodes, only to be compared; NULL for us, and for unknown ones */
	const struct kc_peer *peers[KC_CIP_NODES_MAX];
	/** @heirs: of each bucket, a bit map of @peers */
	u64 heirs[KC_CIP_BUCKETS_MAX];
};

/**
 * struct kc_estate_holder - of what is divided
 */
struct kc_estate_holder {
	/** @list: in kc_estate_net.holders; not in it if @list.next is NULL */
	struct list_head list;
	/** @latest: NULL if there is none yet */
	struct kc_estate *latest;
	/** @present: NULL if nobody looked yet; read under RCU */
	struct kc_estate __rcu *present;
};

/**
 * struct kc_estate_net - all that is divided in a network namespace
 */
struct kc_estate_net {
	/** @lock: protects what follows; taken last of all */
	spinlock_t lock;
	/** @holders: &struct kc_estate_holder */
	struct list_head holders;
	/** @divided: any address is; read without the lock */
	bool divided;
	/** @moves: how often other addresses were divided than before */
	atomic_t moves;
};

/**
 * struct kc_estate_source - who divides addresses
 */
struct kc_estate_source {
	/**
	 * @find: to what does an address belong? Any context, under RCU. NULL if
	 * it is not divided.
	 */
	struct kc_estate_holder *(*find)(struct kc_net *kn, u8 family,
					 const void *addr);
	/**
	 * @near: what is behind nodes that pass it on to each other's clients,
	 * by whose addresses do they divide it? Any context but hard interrupts,
	 * under RCU. NULL if it is not behind any.
	 */
	struct kc_estate_holder *(*near)(struct kc_net *kn, u8 family,
					 const void *addr);
};

/**
 * struct kc_estate_user - who copies flows
 */
struct kc_estate_user {
	/**
	 * @unready: would a node that is there since @since, ns, lose something
	 * if it got its share now? Any context, under RCU.
	 */
	bool (*unready)(struct kc_net *kn, u64 since);
};

/* Set before the first namespace, and to NULL after the last one. */
void kc_estate_set_source(const struct kc_estate_source *source);
void kc_estate_set_user(const struct kc_estate_user *user);

void kc_estate_net_init(struct kc_net *kn);
void kc_estate_publish(struct kc_net *kn, struct kc_estate_holder *holder,
		       struct kc_estate *estate);
void kc_estate_withdraw(struct kc_net *kn, struct kc_estate_holder *holder);
void kc_estate_moved(struct kc_net *kn, bool divided);
bool kc_estate_advance(struct kc_net *kn, bool *any);
struct kc_estate_holder *kc_estate_find(struct kc_net *kn, u8 family,
					const void *addr);
bool kc_estate_is_heir(struct kc_net *kn, const struct kc_peer *p);
struct kc_estate_holder *kc_estate_near(struct kc_net *kn, u8 family,
					const void *addr);
bool kc_estate_unready(struct kc_net *kn, u64 since);

#endif
