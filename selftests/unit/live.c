// SPDX-License-Identifier: GPL-2.0
/*
 * Is a peer alive, and by which paths (live.c)? Two nodes find that out about
 * each other while paths are cut, nodes go, sleep and come back.
 */
#include "live_pair.h"
#include "ktap.h"

static void meet(void)
{
	live_setup(1, 100, 3);
	expect_eq(world.node[0].live.state, KC_LIVE_ADDED);
	/* A word, an answer, and the answer to that. */
	live_after(4);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[1].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[0].live.best, 0);
	live_after(5000);
	expect_eq(world.node[0].changes, 1);
	expect_eq(world.node[0].live.paths[0].rtt / MS, 2);
	expect_eq(kc_seen_loss(&world.node[0].live.paths[0].seen), 0);
	expect_eq(world.node[0].answers, 1);
}

static void meet_late(void)
{
	live_setup(1, 100, 3);
	world.node[1].gone = true;
	live_after(299);
	expect_eq(world.node[0].live.state, KC_LIVE_ADDED);
	live_after(2);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	expect_eq(world.node[0].live.why, KC_LIVE_WHY_SILENT);
	live_after(5000);
	live_begin(1, 1, 100, 3, 5000);
	live_after(4);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[1].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[0].restarts, 0);
}

/* When it is suspect and when dead, for intervals and patience of all kinds. */
static void silence(void)
{
	static const struct {
		u32 own, its;
		unsigned int lose;
		u32 suspect, dead;
	} rows[] = {
		{ 100, 100, 3, 150, 300 },
		{ 10, 10, 3, 15, 30 },
		{ 10, 10, 2, 15, 20 },
		{ 100, 100, 20, 1000, 2000 },
		{ 100, 1000, 3, 1500, 3000 },
		{ 1000, 100, 3, 1500, 3000 },
		{ 10000, 10000, 3, 15000, 30000 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct kc_live *live = &world.node[0].live;
		u64 heard;

		about("%u and %u ms times %u", rows[i].own, rows[i].its,
		      rows[i].lose);
		live_setup(1, rows[i].own, rows[i].lose);
		live_begin(1, 1, rows[i].its, rows[i].lose, 5000);
		live_after(3 * rows[i].its + 7);
		expect_eq(live->state, KC_LIVE_ALIVE);
		world.node[1].gone = true;
		world.n_flights = 0;
		heard = live->heard_at;
		live_until(heard + rows[i].suspect * MS - 1);
		expect_eq(live->state, KC_LIVE_ALIVE);
		live_until(heard + rows[i].suspect * MS);
		expect_eq(live->state, KC_LIVE_SUSPECT);
		expect(live->paths[0].up);
		live_until(heard + rows[i].dead * MS - 1);
		expect_eq(live->state, KC_LIVE_SUSPECT);
		live_until(heard + rows[i].dead * MS);
		expect_eq(live->state, KC_LIVE_DEAD);
		expect(!live->paths[0].up);
		expect_eq(live->why, KC_LIVE_WHY_SILENT);
		live_after(100000);
		expect_eq(world.node[0].changes, 3);
	}
}

static void suspicion_ends(void)
{
	live_setup(1, 100, 3);
	live_after(1010);
	world.cut[1] = 1;
	live_after(200);
	expect_eq(world.node[0].live.state, KC_LIVE_SUSPECT);
	world.cut[1] = 0;
	live_after(95);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[0].restarts, 0);
	/* The other one never noticed. */
	expect_eq(world.node[1].changes, 1);
}

static void two_paths(void)
{
	struct kc_live *live = &world.node[0].live;

	live_setup(2, 100, 3);
	live_after(1010);
	expect_eq(live->best, 0);
	world.cut[0] = 1;
	world.cut[1] = 1;
	live_after(310);
	expect(!live->paths[0].up && live->paths[1].up);
	expect_eq(live->best, 1);
	expect_eq(live->state, KC_LIVE_ALIVE);
	expect_eq(world.node[0].changes, 1);
	world.cut[0] = 0;
	world.cut[1] = 0;
	live_after(110);
	expect(live->paths[0].up);
	expect_eq(live->best, 0);
	expect(kc_seen_loss(&live->paths[0].seen) > 0);
	expect_eq(kc_seen_loss(&live->paths[1].seen), 0);
	expect_eq(world.node[0].changes, 1);
}

/* It talks, but nothing reaches it. */
static void deaf(void)
{
	struct kc_live *live = &world.node[0].live;

	live_setup(1, 100, 3);
	live_after(1010);
	world.cut[0] = 1;
	/* It has to notice itself, and to say so. */
	live_after(520);
	expect_eq(world.node[1].live.state, KC_LIVE_DEAD);
	expect_eq(world.node[1].live.why, KC_LIVE_WHY_SILENT);
	expect_eq(live->state, KC_LIVE_DEAD);
	expect_eq(live->why, KC_LIVE_WHY_DEAF);
	expect_eq(live->best, KC_LIVE_NO_PATH);
	world.cut[0] = 0;
	live_after(110);
	expect_eq(live->state, KC_LIVE_ALIVE);
	expect_eq(world.node[1].live.state, KC_LIVE_ALIVE);
}

static void deaf_from_the_start(void)
{
	live_setup(1, 100, 3);
	world.cut[0] = 1;
	live_after(299);
	expect_eq(world.node[0].live.state, KC_LIVE_ADDED);
	live_after(10);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	expect_eq(world.node[0].live.why, KC_LIVE_WHY_DEAF);
}

static void goodbye(void)
{
	live_setup(1, 100, 3);
	live_after(1010);
	live_say(1, KC_HELLO_GOODBYE);
	world.node[1].gone = true;
	live_after(2);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	expect_eq(world.node[0].live.why, KC_LIVE_WHY_GOODBYE);
	/* What was under way, and what somebody kept, is worth nothing. */
	live_say(1, 0);
	live_after(2000);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	expect_eq(world.node[0].live.why, KC_LIVE_WHY_GOODBYE);
	/* A new life is. */
	live_begin(1, 1, 100, 3, 6000);
	live_after(4);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[0].restarts, 1);
}

static void restart(void)
{
	live_setup(1, 100, 3);
	live_after(1010);
	live_begin(1, 1, 100, 3, 6000);
	live_after(1);
	expect_eq(world.node[0].restarts, 1);
	expect_eq(world.node[0].live.state, KC_LIVE_SUSPECT);
	expect_eq(world.node[0].live.why, KC_LIVE_WHY_RESTARTED);
	live_after(3);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[1].live.state, KC_LIVE_ALIVE);
	live_after(5000);
	expect_eq(world.node[0].restarts, 1);
	expect_eq(world.node[0].changes, 3);
}

/* It comes back and nothing that we say reaches it. */
static void restart_deaf(void)
{
	live_setup(1, 100, 3);
	live_after(1010);
	world.cut[0] = 1;
	live_begin(1, 1, 100, 3, 6000);
	live_after(299);
	expect_eq(world.node[0].live.state, KC_LIVE_SUSPECT);
	live_after(10);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	expect_eq(world.node[0].live.why, KC_LIVE_WHY_DEAF);
}

/* Its clock was set back over the restart. */
static void earlier_life(void)
{
	live_setup(1, 100, 3);
	live_after(1010);
	live_begin(1, 1, 100, 3, 4000);
	/* While the other one could still live, it does not count. */
	live_after(290);
	expect_eq(world.node[0].restarts, 0);
	expect_eq(world.node[1].live.state, KC_LIVE_ADDED);
	live_after(600);
	expect_eq(world.node[0].restarts, 1);
	expect_eq(world.node[0].live.incarnation, 4000);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[1].live.state, KC_LIVE_ALIVE);
}

static void replayed(void)
{
	struct kc_channel_header header = {
		.version = 1, .version_min = 1, .version_max = 1,
		.incarnation = 5000, .sequence = 1,
	};
	unsigned int actions;

	live_setup(1, 100, 3);
	live_after(1010);
	expect_eq(kc_live_arrive(&world.node[0].live, 0, &header, world.now,
				 &actions), KC_LIVE_DUPLICATE);
	header.incarnation = 4999;
	expect_eq(kc_live_arrive(&world.node[0].live, 0, &header, world.now,
				 &actions), KC_LIVE_STALE);
	live_after(10000);
	header.incarnation = 5000;
	expect_eq(kc_live_arrive(&world.node[0].live, 0, &header, world.now,
				 &actions), KC_LIVE_LATE);
	expect_eq(actions, 0);
}

/* Who did not run for a while looks at what waits before it judges. */
static void asleep(void)
{
	live_setup(1, 100, 3);
	live_after(1010);
	world.node[0].frozen = true;
	live_after(280);
	world.node[0].frozen = false;
	/* The clock is served first, as it would be. */
	live_run(&world.node[0]);
	expect(world.node[0].live.paths[0].up);
	live_after(500);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[0].deaths, 0);
	expect_eq(world.node[1].deaths, 0);
	/* After so long the other one thinks that we are dead, and is right. */
	world.node[0].frozen = true;
	live_after(20000);
	world.node[0].frozen = false;
	live_run(&world.node[0]);
	live_after(500);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[1].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[1].deaths, 1);
	/* But not for ever, if nothing comes. */
	world.node[0].frozen = true;
	world.node[1].gone = true;
	world.n_flights = 0;
	live_after(20000);
	world.n_flights = 0;
	world.node[0].frozen = false;
	live_run(&world.node[0]);
	live_after(99);
	expect_eq(world.node[0].live.state != KC_LIVE_DEAD, true);
	live_after(1);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	/* Nor does sleep bring anybody to life. */
	world.node[0].frozen = true;
	live_after(20000);
	world.node[0].frozen = false;
	live_run(&world.node[0]);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	expect(!world.node[0].live.paths[0].up);
}

static void configured(void)
{
	struct kc_live *live = &world.node[0].live;
	u64 heard;

	live_setup(1, 100, 3);
	live_after(1010);
	kc_live_configure(live, 10000, 10, world.now);
	world.node[0].next = world.now;
	live_after(11);
	expect_eq(world.node[1].live.peer_interval_us, 10000);
	/* The longer one still counts. */
	expect_eq(kc_live_dead_time(live), 1000 * MS);
	kc_live_configure(&world.node[1].live, 10000, 3, world.now);
	world.node[1].next = world.now;
	live_after(11);
	expect_eq(kc_live_dead_time(live), 100 * MS);
	world.node[1].gone = true;
	world.n_flights = 0;
	heard = live->heard_at;
	live_until(heard + 100 * MS);
	expect_eq(live->state, KC_LIVE_DEAD);
}

static unsigned int tell(u64 sequence, u64 stamp, unsigned int path, u64 file,
			 u64 incarnation)
{
	struct kc_live *live = &world.node[0].live;
	struct kc_channel_header header = {
		.version = 1, .version_min = 1, .version_max = 1,
		.type = KC_CHANNEL_HELLO, .incarnation = incarnation,
		.sequence = sequence,
	};
	struct kc_hello hello = {
		.interval_us = 100000, .stamp = stamp, .file = file,
	};
	unsigned int actions;

	expect_eq(kc_live_arrive(live, path, &header, world.now, &actions),
		  KC_LIVE_OK);
	return kc_live_hello(live, path, &header, &hello, world.now) &
	       KC_LIVE_FILE;
}

/* Paths are not equally fast, and a file is told of as often as a HELLO. */
static void file(void)
{
	const struct kc_live *live = &world.node[0].live;

	live_setup(2, 100, 3);
	expect(!live->file);
	expect_eq(tell(1, 1000, 0, 0, 7000), 0);
	expect_eq(tell(2, 2000, 0, 5, 7000), KC_LIVE_FILE);
	expect_eq(live->file, 5);
	expect_eq(tell(3, 3000, 0, 5, 7000), 0);
	about("an older word by the other path");
	expect_eq(tell(1, 2500, 1, 4, 7000), 0);
	expect_eq(live->file, 5);
	about("a new word by the other path");
	expect_eq(tell(2, 4000, 1, 6, 7000), KC_LIVE_FILE);
	expect_eq(live->file, 6);
	about("not any more");
	expect_eq(tell(4, 5000, 0, 0, 7000), KC_LIVE_FILE);
	expect_eq(live->file, 0);
	about("a new life whose clock has begun anew");
	expect_eq(tell(5, 6000, 0, 8, 7000), KC_LIVE_FILE);
	expect_eq(tell(1, 10, 0, 8, 8000), 0);
	expect_eq(tell(2, 20, 0, 9, 8000), KC_LIVE_FILE);
	expect_eq(live->file, 9);
}

int main(void)
{
	static const struct check checks[] = {
		{ "two nodes meet in one round trip", meet },
		{ "one is there earlier", meet_late },
		{ "suspect and dead by silence", silence },
		{ "a suspicion that was wrong", suspicion_ends },
		{ "two paths, one is cut", two_paths },
		{ "heard, but it does not hear us", deaf },
		{ "never heard by it", deaf_from_the_start },
		{ "goodbye", goodbye },
		{ "a new life", restart },
		{ "a new life that hears nothing", restart_deaf },
		{ "a life with a lower number", earlier_life },
		{ "datagrams that were kept", replayed },
		{ "our own sleep is not its death", asleep },
		{ "other intervals", configured },
		{ "the cluster file of a peer", file },
	};

	return ktap_run(checks, ARRAY_SIZE(checks));
}
