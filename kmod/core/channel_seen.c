// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the last datagrams by a path came, see channel.h.
 */
#include "channel.h"

/**
 * kc_seen_init() - nothing came yet
 * @seen: what came
 */
void kc_seen_init(struct kc_seen *seen)
{
	memset(seen, 0, sizeof(*seen));
}

/**
 * kc_seen_note() - a datagram came
 * @seen: what came
 * @sequence: its number, not 0
 *
 * Return: whether it came for the first time; otherwise nothing has changed
 */
enum kc_seen_verdict kc_seen_note(struct kc_seen *seen, u64 sequence)
{
	u64 behind;

	if (sequence > seen->top) {
		behind = sequence - seen->top;
		seen->bits = !seen->top || behind >= KC_SEEN_WINDOW ? 0 :
			     seen->bits << behind;
		if (!seen->top)
			seen->first = sequence;
		seen->bits |= 1;
		seen->top = sequence;
		return KC_SEEN_NEW;
	}
	behind = seen->top - sequence;
	if (behind >= KC_SEEN_WINDOW)
		return KC_SEEN_LATE;
	if (seen->bits & 1ULL << behind)
		return KC_SEEN_DUPLICATE;
	seen->bits |= 1ULL << behind;
	seen->first = kc_earlier(seen->first, sequence);
	return KC_SEEN_NEW;
}

/**
 * kc_seen_loss() - how many of the last datagrams are missing
 * @seen: what came
 *
 * Return: per cent, rounded up, so that 0 is none
 */
unsigned int kc_seen_loss(const struct kc_seen *seen)
{
	unsigned int span, came = 0;
	u64 bits;

	if (!seen->top)
		return 0;
	span = kc_earlier(seen->top - seen->first + 1, KC_SEEN_WINDOW);
	/* No bit is set for what is before the first. */
	for (bits = seen->bits; bits; bits &= bits - 1)
		came++;
	return ((span - came) * 100 + span - 1) / span;
}
