/* SPDX-License-Identifier: GPL-2.0 */
/*
 * First packets of new flows that wait until peers know the flow, see defer.c.
 */
#ifndef KC_MIRROR_DEFER_H
#define KC_MIRROR_DEFER_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/spinlock.h>

struct kc_mirror;
struct nf_conn;

#define KC_MIRROR_HELD_BUCKETS 64

/**
 * struct kc_mirror_defer - packets that wait
 */
struct kc_mirror_defer {
	/** @on: packets may be held; written under the mutex, read by all */
	bool on;
	/** @limit: packets that may wait */
	unsigned int limit;
	/** @awaited: peers whose answer is worth it; written by the worker */
	unsigned int awaited;

	/** @lock: protects all that follows; taken in softirq */
	spinlock_t lock;
	/** @held: &struct held_packet, oldest first */
	struct list_head held;
	/** @by_flow: the same */
	struct hlist_head by_flow[KC_MIRROR_HELD_BUCKETS];
	/** @count: of them */
	unsigned int count;
	/** @armed: @timer runs, and ends with the time of the oldest */
	bool armed;
	struct hrtimer timer;
};

int kc_mirror_defer_init(void);
void kc_mirror_defer_exit(void);
void kc_mirror_defer_setup(struct kc_mirror *m);
int kc_mirror_defer_begin(struct kc_mirror *m);
void kc_mirror_defer_end(struct kc_mirror *m);
void kc_mirror_defer_release(struct kc_mirror *m, u64 known);

#endif
