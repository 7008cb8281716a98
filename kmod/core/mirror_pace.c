// SPDX-License-Identifier: GPL-2.0
/*
 * How long changes gather, see mirror_pace.h.
 */
#include "mirror_pace.h"

#define SECOND 1000000000ULL

/* How much there is to tell is found out so often, ns. */
#define WINDOW 16000000U
/* What one change per second is worth, ns: 500 wait no longer than one does. */
#define WORTH (KC_PACE_MIN / 500)

/**
 * kc_pace_init() - nothing was told yet
 * @pace: filled in
 * @now: present time, ns
 */
void kc_pace_init(struct kc_pace *pace, u64 now)
{
	pace->since = now;
	pace->count = 0;
	pace->wait = KC_PACE_MIN;
}

/**
 * kc_pace_count() - changes were told
 * @pace: how many there were lately
 * @changes: how many now, may be 0
 * @now: present time, ns, not before that of the last call
 *
 * Return: how long those that come now shall gather, ns
 */
u32 kc_pace_count(struct kc_pace *pace, u32 changes, u64 now)
{
	u64 length = now - pace->since, wait;

	pace->count += changes;
	if (length < WINDOW)
		return pace->wait;
	wait = pace->count * SECOND / length * WORTH;
	if (wait < KC_PACE_MIN)
		wait = KC_PACE_MIN;
	if (wait > KC_PACE_MAX)
		wait = KC_PACE_MAX;
	pace->since = now;
	pace->count = 0;
	pace->wait = (u32)wait;
	return pace->wait;
}
