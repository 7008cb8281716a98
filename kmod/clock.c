// SPDX-License-Identifier: GPL-2.0
/*
 * One timer for many objects.
 *
 * A hard hrtimer does nothing but schedule a tasklet_hi: of all contexts
 * tried it alone keeps its time while every CPU is busy and memory is gone.
 *
 * An entry in the queue may be earlier than what its owner waits for: a
 * packet that arrives moves a deadline into the future, which costs nothing
 * here; when the old time comes the owner looks and sets its entry anew.
 */
#include "clock.h"

static enum hrtimer_restart clock_fire(struct hrtimer *timer)
{
	struct kc_clock *clock = container_of(timer, struct kc_clock, timer);

	tasklet_hi_schedule(&clock->tasklet);
	return HRTIMER_NORESTART;
}

/* Take the first entry that is due, or set the timer for the first. */
static struct kc_clock_entry *clock_next(struct kc_clock *clock, u64 now)
{
	struct kc_clock_entry *entry = NULL;
	struct timerqueue_node *node;

	spin_lock(&clock->lock);
	node = timerqueue_getnext(&clock->queue);
	if (node && node->expires <= now) {
		timerqueue_del(&clock->queue, node);
		entry = container_of(node, struct kc_clock_entry, node);
		entry->queued = false;
	} else if (node) {
		hrtimer_start(&clock->timer, node->expires,
			      HRTIMER_MODE_ABS_HARD);
	}
	spin_unlock(&clock->lock);
	return entry;
}

static void clock_run(struct tasklet_struct *tasklet)
{
	struct kc_clock *clock = container_of(tasklet, struct kc_clock,
					      tasklet);
	struct kc_clock_entry *entry;
	u64 began = kc_now();

	/* Keeps an owner alive that goes while its entry is in no queue. */
	rcu_read_lock();
	/*
	 * What comes due meanwhile is for the next run, which the timer starts
	 * at once: more than the CPU can serve must not keep it here.
	 */
	while ((entry = clock_next(clock, began)))
		entry->due(entry);
	if (clock->after)
		clock->after(clock);
	rcu_read_unlock();
}

/**
 * kc_clock_set() - be called at a time, or earlier
 * @clock: the clock
 * @entry: the entry; its owner serializes calls for it
 * @when: ns, KC_CLOCK_NEVER for no call at all
 *
 * An entry that is set for an earlier time stays so.
 *
 * Context: any but hard interrupts, with BH disabled
 */
void kc_clock_set(struct kc_clock *clock, struct kc_clock_entry *entry,
		  u64 when)
{
	spin_lock(&clock->lock);
	if (entry->queued && when != KC_CLOCK_NEVER &&
	    entry->node.expires <= when)
		goto out;
	if (entry->queued) {
		timerqueue_del(&clock->queue, &entry->node);
		entry->queued = false;
	}
	if (when == KC_CLOCK_NEVER)
		goto out;
	entry->node.expires = when;
	entry->queued = true;
	/* True if it is the first now. */
	if (timerqueue_add(&clock->queue, &entry->node))
		hrtimer_start(&clock->timer, when, HRTIMER_MODE_ABS_HARD);
out:
	spin_unlock(&clock->lock);
}

/**
 * kc_clock_entry_init() - one who will wait
 * @entry: the entry
 * @due: called in softirq under RCU, at the time that is set or earlier
 */
void kc_clock_entry_init(struct kc_clock_entry *entry,
			 void (*due)(struct kc_clock_entry *entry))
{
	timerqueue_init(&entry->node);
	entry->queued = false;
	entry->due = due;
}

/**
 * kc_clock_init() - set up a clock
 * @clock: the clock
 * @after: called at the end of each run, or NULL
 */
void kc_clock_init(struct kc_clock *clock,
		   void (*after)(struct kc_clock *clock))
{
	spin_lock_init(&clock->lock);
	timerqueue_init_head(&clock->queue);
	clock->after = after;
	hrtimer_setup(&clock->timer, clock_fire, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_HARD);
	tasklet_setup(&clock->tasklet, clock_run);
}

/**
 * kc_clock_stop() - end the timer; nobody is queued any more
 * @clock: the clock
 *
 * Context: process.
 */
void kc_clock_stop(struct kc_clock *clock)
{
	/* The tasklet sets the timer only for an entry in the queue. */
	hrtimer_cancel(&clock->timer);
	tasklet_kill(&clock->tasklet);
}
