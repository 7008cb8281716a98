// SPDX-License-Identifier: GPL-2.0
/*
 * Is a peer alive, and by which paths (live.c)? Two nodes talk to each other as
 * the shell lets them, by paths that can be cut in each direction.
 */
#include "live.h"
#include "ktap.h"

#define MS 1000000ULL
#define START (1000 * MS)
#define MAX_FLIGHT 4096

/**
 * struct node - one side
 * @live: what it knows of the other
 * @incarnation: its own
 * @next: when its next HELLO is due
 * @sequence: of the last datagram by each path
 * @restarts: events
 * @answers: HELLOs asked for at once
 * @changes: changes of state
 * @deaths: those to dead
 * @gone: it does nothing any more
 * @frozen: it does nothing for now
 */
struct node {
	struct kc_live live;
	u64 incarnation;
	u64 next;
	u64 sequence[KC_LIVE_PATHS_MAX];
	unsigned int restarts, answers, changes, deaths;
	bool gone, frozen;
};

struct flight {
	u64 at;
	unsigned int to, path;
	struct kc_channel_header header;
	struct kc_hello hello;
};

/**
 * struct world - two nodes and what is between them
 * @cut: paths that lose all, by the sender
 * @delay: of each path, ns
 */
struct world {
	u64 now;
	struct node node[2];
	unsigned int cut[2];
	u64 delay;
	struct flight flights[MAX_FLIGHT];
	unsigned int n_flights;
};

static struct world world;

static void note(struct node *node, unsigned int actions, u8 old)
{
	if (node->live.state != old) {
		expect(actions & KC_LIVE_STATE);
		node->changes++;
		node->deaths += node->live.state == KC_LIVE_DEAD;
	}
	if (actions & KC_LIVE_RESTARTED)
		node->restarts++;
	if (actions & KC_LIVE_ANSWER) {
		node->answers++;
		if (node->next > world.now)
			node->next = world.now;
	}
}

static void say(unsigned int who, u32 flags)
{
	struct node *node = &world.node[who];
	unsigned int i;

	for (i = 0; i < node->live.n; i++) {
		struct flight *f = &world.flights[world.n_flights];

		f->at = world.now + world.delay;
		f->to = !who;
		f->path = i;
		memset(&f->header, 0, sizeof(f->header));
		f->header.version = 1;
		f->header.version_min = 1;
		f->header.version_max = 1;
		f->header.incarnation = node->incarnation;
		f->header.sequence = ++node->sequence[i];
		kc_live_speak(&node->live, i, &f->hello, world.now);
		f->hello.flags |= flags;
		if (!(world.cut[who] & 1u << i) && world.n_flights < MAX_FLIGHT - 1)
			world.n_flights++;
	}
}

static void land(struct flight *f)
{
	struct node *node = &world.node[f->to];
	unsigned int actions;
	u8 old = node->live.state;

	if (node->gone)
		return;
	if (kc_live_arrive(&node->live, f->path, &f->header, world.now,
			   &actions) != KC_LIVE_OK)
		return;
	actions |= kc_live_hello(&node->live, f->path, &f->header, &f->hello,
				 world.now);
	note(node, actions, old);
}

static u64 due(const struct node *node)
{
	if (node->gone || node->frozen)
		return KC_LIVE_NEVER;
	return kc_earlier(node->next, kc_live_due(&node->live));
}

static void run(struct node *node)
{
	u8 old = node->live.state;

	note(node, kc_live_run(&node->live, world.now), old);
	if (world.now >= node->next) {
		say(node == &world.node[1], 0);
		node->next = world.now + node->live.interval_us * 1000ULL;
	}
	/* Otherwise it would be called for ever. */
	expect(due(node) > world.now);
}

/* Let time pass. A frozen node's datagrams wait. */
static void until(u64 end)
{
	for (;;) {
		u64 at = kc_earlier(due(&world.node[0]), due(&world.node[1]));
		unsigned int i, first = MAX_FLIGHT;

		for (i = 0; i < world.n_flights; i++)
			if (!world.node[world.flights[i].to].frozen &&
			    world.flights[i].at <= at) {
				at = world.flights[i].at;
				first = i;
			}
		if (at > end)
			break;
		world.now = kc_later(at, world.now);
		if (first < MAX_FLIGHT) {
			struct flight f = world.flights[first];

			memmove(&world.flights[first],
				&world.flights[first + 1],
				(--world.n_flights - first) * sizeof(f));
			land(&f);
			continue;
		}
		for (i = 0; i < 2; i++)
			if (due(&world.node[i]) <= world.now)
				run(&world.node[i]);
	}
	world.now = end;
}

static void after(u64 ms)
{
	until(world.now + ms * MS);
}

static void begin(unsigned int who, unsigned int paths, u32 interval_ms,
		  unsigned int lose, u64 incarnation)
{
	struct node *node = &world.node[who];

	memset(node, 0, sizeof(*node));
	node->incarnation = incarnation;
	node->next = world.now;
	kc_live_init(&node->live, paths, interval_ms * 1000, lose, incarnation,
		     world.now);
}

static void setup(unsigned int paths, u32 interval_ms, unsigned int lose)
{
	memset(&world, 0, sizeof(world));
	world.now = START;
	world.delay = MS;
	begin(0, paths, interval_ms, lose, 1000);
	begin(1, paths, interval_ms, lose, 5000);
}

static void meet(void)
{
	setup(1, 100, 3);
	expect_eq(world.node[0].live.state, KC_LIVE_ADDED);
	/* A word, an answer, and the answer to that. */
	after(4);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[1].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[0].live.best, 0);
	after(5000);
	expect_eq(world.node[0].changes, 1);
	expect_eq(world.node[0].live.paths[0].rtt / MS, 2);
	expect_eq(kc_seen_loss(&world.node[0].live.paths[0].seen), 0);
	expect_eq(world.node[0].answers, 1);
}

static void meet_late(void)
{
	setup(1, 100, 3);
	world.node[1].gone = true;
	after(299);
	expect_eq(world.node[0].live.state, KC_LIVE_ADDED);
	after(2);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	expect_eq(world.node[0].live.why, KC_LIVE_WHY_SILENT);
	after(5000);
	begin(1, 1, 100, 3, 5000);
	after(4);
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
		setup(1, rows[i].own, rows[i].lose);
		begin(1, 1, rows[i].its, rows[i].lose, 5000);
		after(3 * rows[i].its + 7);
		expect_eq(live->state, KC_LIVE_ALIVE);
		world.node[1].gone = true;
		world.n_flights = 0;
		heard = live->heard_at;
		until(heard + rows[i].suspect * MS - 1);
		expect_eq(live->state, KC_LIVE_ALIVE);
		until(heard + rows[i].suspect * MS);
		expect_eq(live->state, KC_LIVE_SUSPECT);
		expect(live->paths[0].up);
		until(heard + rows[i].dead * MS - 1);
		expect_eq(live->state, KC_LIVE_SUSPECT);
		until(heard + rows[i].dead * MS);
		expect_eq(live->state, KC_LIVE_DEAD);
		expect(!live->paths[0].up);
		expect_eq(live->why, KC_LIVE_WHY_SILENT);
		after(100000);
		expect_eq(world.node[0].changes, 3);
	}
}

static void suspicion_ends(void)
{
	setup(1, 100, 3);
	after(1010);
	world.cut[1] = 1;
	after(200);
	expect_eq(world.node[0].live.state, KC_LIVE_SUSPECT);
	world.cut[1] = 0;
	after(95);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[0].restarts, 0);
	/* The other one never noticed. */
	expect_eq(world.node[1].changes, 1);
}

static void two_paths(void)
{
	struct kc_live *live = &world.node[0].live;

	setup(2, 100, 3);
	after(1010);
	expect_eq(live->best, 0);
	world.cut[0] = 1;
	world.cut[1] = 1;
	after(310);
	expect(!live->paths[0].up && live->paths[1].up);
	expect_eq(live->best, 1);
	expect_eq(live->state, KC_LIVE_ALIVE);
	expect_eq(world.node[0].changes, 1);
	world.cut[0] = 0;
	world.cut[1] = 0;
	after(110);
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

	setup(1, 100, 3);
	after(1010);
	world.cut[0] = 1;
	/* It has to notice itself, and to say so. */
	after(520);
	expect_eq(world.node[1].live.state, KC_LIVE_DEAD);
	expect_eq(world.node[1].live.why, KC_LIVE_WHY_SILENT);
	expect_eq(live->state, KC_LIVE_DEAD);
	expect_eq(live->why, KC_LIVE_WHY_DEAF);
	expect_eq(live->best, KC_LIVE_NO_PATH);
	world.cut[0] = 0;
	after(110);
	expect_eq(live->state, KC_LIVE_ALIVE);
	expect_eq(world.node[1].live.state, KC_LIVE_ALIVE);
}

static void deaf_from_the_start(void)
{
	setup(1, 100, 3);
	world.cut[0] = 1;
	after(299);
	expect_eq(world.node[0].live.state, KC_LIVE_ADDED);
	after(10);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	expect_eq(world.node[0].live.why, KC_LIVE_WHY_DEAF);
}

static void goodbye(void)
{
	setup(1, 100, 3);
	after(1010);
	say(1, KC_HELLO_GOODBYE);
	world.node[1].gone = true;
	after(2);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	expect_eq(world.node[0].live.why, KC_LIVE_WHY_GOODBYE);
	/* What was under way, and what somebody kept, is worth nothing. */
	say(1, 0);
	after(2000);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	expect_eq(world.node[0].live.why, KC_LIVE_WHY_GOODBYE);
	/* A new life is. */
	begin(1, 1, 100, 3, 6000);
	after(4);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[0].restarts, 1);
}

static void restart(void)
{
	setup(1, 100, 3);
	after(1010);
	begin(1, 1, 100, 3, 6000);
	after(1);
	expect_eq(world.node[0].restarts, 1);
	expect_eq(world.node[0].live.state, KC_LIVE_SUSPECT);
	expect_eq(world.node[0].live.why, KC_LIVE_WHY_RESTARTED);
	after(3);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[1].live.state, KC_LIVE_ALIVE);
	after(5000);
	expect_eq(world.node[0].restarts, 1);
	expect_eq(world.node[0].changes, 3);
}

/* It comes back and nothing that we say reaches it. */
static void restart_deaf(void)
{
	setup(1, 100, 3);
	after(1010);
	world.cut[0] = 1;
	begin(1, 1, 100, 3, 6000);
	after(299);
	expect_eq(world.node[0].live.state, KC_LIVE_SUSPECT);
	after(10);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	expect_eq(world.node[0].live.why, KC_LIVE_WHY_DEAF);
}

/* Its clock was set back over the restart. */
static void earlier_life(void)
{
	setup(1, 100, 3);
	after(1010);
	begin(1, 1, 100, 3, 4000);
	/* While the other one could still live, it does not count. */
	after(290);
	expect_eq(world.node[0].restarts, 0);
	expect_eq(world.node[1].live.state, KC_LIVE_ADDED);
	after(600);
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

	setup(1, 100, 3);
	after(1010);
	expect_eq(kc_live_arrive(&world.node[0].live, 0, &header, world.now,
				 &actions), KC_LIVE_DUPLICATE);
	header.incarnation = 4999;
	expect_eq(kc_live_arrive(&world.node[0].live, 0, &header, world.now,
				 &actions), KC_LIVE_STALE);
	after(10000);
	header.incarnation = 5000;
	expect_eq(kc_live_arrive(&world.node[0].live, 0, &header, world.now,
				 &actions), KC_LIVE_LATE);
	expect_eq(actions, 0);
}

/* Who did not run for a while looks at what waits before it judges. */
static void asleep(void)
{
	setup(1, 100, 3);
	after(1010);
	world.node[0].frozen = true;
	after(280);
	world.node[0].frozen = false;
	/* The clock is served first, as it would be. */
	run(&world.node[0]);
	expect(world.node[0].live.paths[0].up);
	after(500);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[0].deaths, 0);
	expect_eq(world.node[1].deaths, 0);
	/* After so long the other one thinks that we are dead, and is right. */
	world.node[0].frozen = true;
	after(20000);
	world.node[0].frozen = false;
	run(&world.node[0]);
	after(500);
	expect_eq(world.node[0].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[1].live.state, KC_LIVE_ALIVE);
	expect_eq(world.node[1].deaths, 1);
	/* But not for ever, if nothing comes. */
	world.node[0].frozen = true;
	world.node[1].gone = true;
	world.n_flights = 0;
	after(20000);
	world.n_flights = 0;
	world.node[0].frozen = false;
	run(&world.node[0]);
	after(99);
	expect_eq(world.node[0].live.state != KC_LIVE_DEAD, true);
	after(1);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	/* Nor does sleep bring anybody to life. */
	world.node[0].frozen = true;
	after(20000);
	world.node[0].frozen = false;
	run(&world.node[0]);
	expect_eq(world.node[0].live.state, KC_LIVE_DEAD);
	expect(!world.node[0].live.paths[0].up);
}

static void configured(void)
{
	struct kc_live *live = &world.node[0].live;
	u64 heard;

	setup(1, 100, 3);
	after(1010);
	kc_live_configure(live, 10000, 10, world.now);
	world.node[0].next = world.now;
	after(11);
	expect_eq(world.node[1].live.peer_interval_us, 10000);
	/* The longer one still counts. */
	expect_eq(kc_live_dead_time(live), 1000 * MS);
	kc_live_configure(&world.node[1].live, 10000, 3, world.now);
	world.node[1].next = world.now;
	after(11);
	expect_eq(kc_live_dead_time(live), 100 * MS);
	world.node[1].gone = true;
	world.n_flights = 0;
	heard = live->heard_at;
	until(heard + 100 * MS);
	expect_eq(live->state, KC_LIVE_DEAD);
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
	};

	return ktap_run(checks, ARRAY_SIZE(checks));
}
