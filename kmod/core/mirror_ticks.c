// SPDX-License-Identifier: GPL-2.0
/*
 * When a flow expires, roughly, see mirror_ticks.h.
 */
#include "mirror_ticks.h"

/* Ahead of now; the rest of 16 bits is behind. */
#define AHEAD_MAX 57343

static u32 ticks_left(u64 now_ms, u32 left_ms)
{
	u64 end = (now_ms + left_ms) >> KC_TICK_SHIFT;
	u64 left = end - (now_ms >> KC_TICK_SHIFT);

	return left < AHEAD_MAX ? left : AHEAD_MAX;
}

/**
 * kc_tick_expiry() - when does it expire?
 * @now_ms: present time, milliseconds of a clock that does not go back
 * @left_ms: how long it lives if nothing comes
 *
 * Return: in units, rounded down, what is to be remembered as told
 */
u16 kc_tick_expiry(u64 now_ms, u32 left_ms)
{
	return (now_ms >> KC_TICK_SHIFT) + ticks_left(now_ms, left_ms);
}

/**
 * kc_tick_left() - how much is left of what was told?
 * @told: what kc_tick_expiry() returned, half a day ago or later than that
 * @now_ms: present time
 *
 * Return: units, 0 if it is over
 */
u32 kc_tick_left(u16 told, u64 now_ms)
{
	u16 left = told - (u16)(now_ms >> KC_TICK_SHIFT);

	return left <= AHEAD_MAX ? left : 0;
}

/**
 * kc_tick_lags() - must a flow's expiry be told again?
 * @told: what kc_tick_expiry() returned when it was told last
 * @now_ms: present time
 * @left_ms: how long the flow lives now if nothing comes
 *
 * What was told lies behind what is true by a unit at least, and by more than
 * a quarter of what is left; where that is little, one unit is more. To be
 * asked every unit or so, and no more seldom than twice a day: an older number
 * means another time.
 *
 * Return: whether
 */
bool kc_tick_lags(u16 told, u64 now_ms, u32 left_ms)
{
	u32 is = ticks_left(now_ms, left_ms);
	u32 was = kc_tick_left(told, now_ms);

	if (is <= was)
		return false;
	return (is - was) * 4 > is;
}

/**
 * kc_tick_digest() - what is remembered of a flow of which more than its expiry
 * must be told anew
 * @expiry: what kc_tick_expiry() returned
 * @words: the rest
 * @n: of @words
 *
 * Each step can be undone, so that what differs in one word differs until the
 * end, where 16 of 32 bits are kept.
 *
 * Return: a number that is another one, most probably, if any of it is
 */
u16 kc_tick_digest(u16 expiry, const u32 *words, unsigned int n)
{
	u32 hash = expiry + 1;
	unsigned int i;

	for (i = 0; i < n; i++) {
		hash = (hash ^ words[i]) * 0x9e3779b1;
		hash ^= hash >> 15;
	}
	hash *= 0x85ebca6b;
	return hash >> 16;
}
