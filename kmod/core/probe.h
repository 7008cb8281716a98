/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does a neighbour answer? It is asked at an interval, and what counts is how
 * often in a row it did not, or did.
 */
#ifndef KC_CORE_PROBE_H
#define KC_CORE_PROBE_H

#include "types.h"

/* An answer is waited for half the interval, and no longer than this. */
#define KC_PROBE_WAIT_MAX 200000000ULL	/* ns */

/**
 * enum kc_probe_action - what the caller must do
 * @KC_PROBE_SEND: ask the neighbour
 * @KC_PROBE_CHANGED: &kc_probe.up is another one now
 */
enum kc_probe_action {
	KC_PROBE_SEND = 1 << 0,
	KC_PROBE_CHANGED = 1 << 1,
};

/**
 * struct kc_probe - a neighbour that is asked
 * @interval: between questions, ns
 * @wait: for an answer, ns
 * @due: when to call kc_probe_run(), ns
 * @asked_at: when the last question was due, ns
 * @lose: questions in a row that change @up
 * @run: answers, while not @up, or else silences in a row
 * @up: the neighbour answers, as far as is known
 * @asked: a question is out
 * @late: its judgement was put off once
 */
struct kc_probe {
	u64 interval;
	u64 wait;
	u64 due;
	u64 asked_at;
	u8 lose;
	u8 run;
	bool up;
	bool asked;
	bool late;
};

void kc_probe_init(struct kc_probe *probe, u32 interval_ms, u8 lose);
unsigned int kc_probe_run(struct kc_probe *probe, u64 now, bool heard);
unsigned int kc_probe_stop(struct kc_probe *probe);
void kc_probe_unsent(struct kc_probe *probe, u64 now);

/**
 * kc_probe_judges() - will kc_probe_run() look at the answers?
 * @probe: the neighbour
 * @now: present time, ns
 */
static inline bool kc_probe_judges(const struct kc_probe *probe, u64 now)
{
	return probe->asked && now >= probe->due;
}

#endif
