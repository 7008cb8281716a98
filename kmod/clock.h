/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Clocks: one timer and one tasklet for many objects that wait for something.
 *
 * Who owns a clock owns one per network namespace. An object embeds an entry;
 * setting it is serialized by the object's own lock, under which the lock of
 * the clock is taken. What is due is called in softirq under RCU with no lock
 * held. An entry that is not set any more may still be called once by a tasklet
 * that took it before: the object must know that it is dead, and is freed a
 * grace period after its entry was cleared for good.
 */
#ifndef KC_CLOCK_H
#define KC_CLOCK_H

#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/spinlock.h>
#include <linux/timerqueue.h>

#define KC_CLOCK_NEVER U64_MAX

/**
 * struct kc_clock - a timer for many
 */
struct kc_clock {
	/** @timer: hard, only schedules @tasklet */
	struct hrtimer timer;
	/** @tasklet: calls what is due */
	struct tasklet_struct tasklet;
	/** @after: called at the end of each run, or NULL; softirq, RCU */
	void (*after)(struct kc_clock *clock);
	/**
	 * @lock: protects @queue and when @timer fires, and what the owner
	 * says; innermost
	 */
	spinlock_t lock;
	/** @queue: entries by their times */
	struct timerqueue_head queue;
};

/**
 * struct kc_clock_entry - one who waits
 */
struct kc_clock_entry {
	/** @node: in the queue; under the clock's lock */
	struct timerqueue_node node;
	/** @queued: @node is in the queue; likewise */
	bool queued;
	/** @due: called at its time or earlier; never changes */
	void (*due)(struct kc_clock_entry *entry);
};

/* Monotonic, in nanoseconds: the only clock there is. */
static inline u64 kc_now(void)
{
	return ktime_get_ns();
}

void kc_clock_init(struct kc_clock *clock,
		   void (*after)(struct kc_clock *clock));
void kc_clock_stop(struct kc_clock *clock);
void kc_clock_entry_init(struct kc_clock_entry *entry,
			 void (*due)(struct kc_clock_entry *entry));
void kc_clock_set(struct kc_clock *clock, struct kc_clock_entry *entry,
		  u64 when);

#endif
