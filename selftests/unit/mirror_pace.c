// SPDX-License-Identifier: GPL-2.0
/*
 * How long changes gather: a millisecond while there are few, longer the more
 * there are, and never longer than four.
 */
#include "ktap.h"
#include "mirror_pace.h"

#define MS 1000000ULL
#define SECOND (1000 * MS)

/* @rate changes per second for @length, counted every @step, from @now on. */
static u32 steady(struct kc_pace *pace, u64 *now, u32 rate, u64 length,
		  u64 step)
{
	u64 end = *now + length, told = 0, begin = *now;
	u32 wait = pace->wait;

	while (*now < end) {
		u64 due;

		*now += step;
		due = (*now - begin) * rate / SECOND;
		wait = kc_pace_count(pace, (u32)(due - told), *now);
		told = due;
	}
	return wait;
}

static void rates(void)
{
	static const struct {
		u32 rate, low, high;
	} rows[] = {
		{ 0, 1000, 1000 }, { 100, 1000, 1000 }, { 450, 1000, 1000 },
		{ 1000, 1900, 2100 }, { 1500, 2900, 3100 },
		{ 2100, 4000, 4000 }, { 10000, 4000, 4000 },
		{ 1000000, 4000, 4000 },
	};
	unsigned int i, step;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		for (step = 1; step <= 4; step++) {
			struct kc_pace pace;
			u64 now = 77 * SECOND;
			u32 wait;

			about("%u per second, looked at every %u ms",
			      rows[i].rate, step);
			kc_pace_init(&pace, now);
			wait = steady(&pace, &now, rows[i].rate, SECOND,
				      step * MS);
			expect(wait >= rows[i].low * 1000);
			expect(wait <= rows[i].high * 1000);
		}
}

/* What was once much is soon forgotten, and so is a long rest. */
static void changes(void)
{
	struct kc_pace pace;
	u64 now = SECOND;

	kc_pace_init(&pace, now);
	expect_eq(kc_pace_count(&pace, 1000, now), KC_PACE_MIN);
	expect_eq(steady(&pace, &now, 5000, SECOND, MS), KC_PACE_MAX);
	expect_eq(steady(&pace, &now, 100, 40 * MS, MS), KC_PACE_MIN);
	expect_eq(steady(&pace, &now, 5000, 40 * MS, MS), KC_PACE_MAX);
	/* Nobody looked for a day; the first that is told does not hurry. */
	now += 86400 * SECOND;
	expect_eq(kc_pace_count(&pace, 1, now), KC_PACE_MIN);
}

/* Whatever was counted. */
static void bounds(void)
{
	struct kc_pace pace;

	kc_pace_init(&pace, 0);
	expect_eq(kc_pace_count(&pace, 0xffffffff, 16 * MS), KC_PACE_MAX);
	expect_eq(kc_pace_count(&pace, 0, 16 * MS), KC_PACE_MAX);
	expect_eq(kc_pace_count(&pace, 0xffffffff, ~0ULL), KC_PACE_MIN);
}

static const struct check checks[] = {
	{ "pace: the more there is, the longer it gathers", rates },
	{ "pace: soon after a change", changes },
	{ "pace: between one and four milliseconds", bounds },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
