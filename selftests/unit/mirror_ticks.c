// SPDX-License-Identifier: GPL-2.0
/*
 * Coarse expiry: one by one, and flows of all kinds over days of walks: the
 * standby never forgets what its owner keeps, and is not told all the time.
 */
#include "ktap.h"
#include "mirror_ticks.h"

#define UNIT 8192ULL
#define DAY (86400 * 1000ULL)

static void rounding(void)
{
	expect_eq(kc_tick_expiry(0, 0), 0);
	expect_eq(kc_tick_expiry(0, UNIT - 1), 0);
	expect_eq(kc_tick_expiry(UNIT - 1, 1), 1);
	expect_eq(kc_tick_expiry(10 * UNIT, 5 * UNIT), 15);
	expect_eq(kc_tick_left(15, 10 * UNIT), 5);
	expect_eq(kc_tick_left(15, 15 * UNIT), 0);
	/* Over, until half a day later. */
	expect_eq(kc_tick_left(15, 16 * UNIT), 0);
	expect_eq(kc_tick_left(15, (15 + 8192) * UNIT), 0);
	expect(kc_tick_left(15, (15 + 8193) * UNIT) > 0);
}

/* Wherever the number wraps. */
static void wrap(void)
{
	u64 tick;

	for (tick = 65536 - 10; tick < 65536 + 10; tick++) {
		u64 now = tick * UNIT + 17;
		u16 told = kc_tick_expiry(now, 100 * UNIT);

		about("tick %llu", (unsigned long long)tick);
		expect_eq(told, (u16)(tick + 100));
		expect_eq(kc_tick_left(told, now), 100);
		expect_eq(kc_tick_left(told, now + 40 * UNIT), 60);
		expect_eq(kc_tick_left(told, now + 140 * UNIT), 0);
		/* Five days, as conntrack has for TCP, are not the past. */
		told = kc_tick_expiry(now, 5 * DAY);
		expect_eq(kc_tick_left(told, now), 5 * DAY / UNIT);
		/* And what is longer than can be said is at least that. */
		told = kc_tick_expiry(now, 0xffffffff);
		expect_eq(kc_tick_left(told, now), 57343);
		expect(!kc_tick_lags(told, now, 0xffffffff));
	}
}

static void lags(void)
{
	static const struct {
		u16 told, left;
		bool lags;
	} rows[] = {
		{ 100, 100, false }, { 100, 99, false }, { 100, 133, false },
		{ 100, 134, true }, { 4, 5, false }, { 4, 6, true },
		{ 3, 4, false }, { 3, 5, true },
		/* Would be over before one looks again. */
		{ 2, 3, true }, { 2, 2, false }, { 1, 2, true },
		{ 0, 1, true }, { 0, 0, false }, { 1, 0, false },
		{ 52734, 57343, false }, { 0, 57343, true },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u64 now = 70000 * UNIT;
		u16 told = (u16)(70000 + rows[i].told);

		about("%u told, %u left", rows[i].told, rows[i].left);
		expect_eq(kc_tick_lags(told, now, rows[i].left * UNIT),
			  rows[i].lags);
	}
}

/* One that always has packets, looked at every 8 seconds and a bit. */
static unsigned int live(u32 timeout_ms, u64 time_ms)
{
	u64 now = 65530 * UNIT, end = now + time_ms, copy_ends;
	u16 told = kc_tick_expiry(now, timeout_ms);
	unsigned int again = 0;

	about("timeout %u ms", timeout_ms);
	for (copy_ends = now + timeout_ms; now < end; now += 8300) {
		expect(copy_ends > now);
		if (!kc_tick_lags(told, now, timeout_ms))
			continue;
		told = kc_tick_expiry(now, timeout_ms);
		copy_ends = now + timeout_ms;
		again++;
	}
	return again;
}

static void lives(void)
{
	/* A walk looks every 8 s: what lives shorter cannot be kept alive. */
	expect(live(30000, 6000000) <= 6000000 / 8300);
	expect(live(60000, 6000000) <= 6000000 / 8300 / 2);
	expect(live(120000, 6000000) <= 6000000 / 24000);
	expect(live(600000, 60000000) <= 60000000 / 140000);
	expect(live(5 * DAY, 20 * DAY) <= 17);
	expect(live(5 * DAY, 20 * DAY) >= 12);
	expect(live(0xffffffff, 60 * DAY) <= 60);
	/* Told once, nothing came since: nothing to tell. */
	expect(!kc_tick_lags(kc_tick_expiry(0, 120000), 60000, 60000));
}

/* Whatever changes shows, as often as 16 bits can tell. */
static void digest(void)
{
	u32 words[4] = { 0x12345678, (u32)-3, 0, 0 };
	u16 told = kc_tick_digest(52734, words, 4);
	unsigned int i, same = 0, n = 0;

	expect(kc_tick_digest(52734, words, 4) == told);
	expect(kc_tick_digest(52735, words, 4) != told);
	for (i = 0; i < 4; i++) {
		for (s32 by = -1000; by <= 1000; by++) {
			u32 was = words[i];

			words[i] += by;
			n += by != 0;
			same += by && kc_tick_digest(52734, words, 4) == told;
			words[i] = was;
		}
	}
	for (i = 1; i < 65536; i++, n++)
		same += kc_tick_digest(52734 + i, words, 4) == told;
	expect(same <= 5);
	expect(n == 8000 + 65535);
}

static const struct check checks[] = {
	{ "ticks: rounding", rounding },
	{ "ticks: wrap", wrap },
	{ "ticks: when a copy lags", lags },
	{ "ticks: flows that live on", lives },
	{ "ticks: what changes without a word", digest },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
