// SPDX-License-Identifier: GPL-2.0
/*
 * Two nodes and the paths between them, see live_pair.h.
 */
#include "live_pair.h"
#include "ktap.h"

struct world world;

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

void live_say(unsigned int who, u32 flags)
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

void live_run(struct node *node)
{
	u8 old = node->live.state;

	note(node, kc_live_run(&node->live, world.now), old);
	if (world.now >= node->next) {
		live_say(node == &world.node[1], 0);
		node->next = world.now + node->live.interval_us * 1000ULL;
	}
	/* Otherwise it would be called for ever. */
	expect(due(node) > world.now);
}

/* Let time pass. A frozen node's datagrams wait. */
void live_until(u64 end)
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
				live_run(&world.node[i]);
	}
	world.now = end;
}

void live_after(u64 ms)
{
	live_until(world.now + ms * MS);
}

void live_begin(unsigned int who, unsigned int paths, u32 interval_ms,
		unsigned int lose, u64 incarnation)
{
	struct node *node = &world.node[who];

	memset(node, 0, sizeof(*node));
	node->incarnation = incarnation;
	node->next = world.now;
	kc_live_init(&node->live, paths, interval_ms * 1000, lose, incarnation,
		     world.now);
}

void live_setup(unsigned int paths, u32 interval_ms, unsigned int lose)
{
	memset(&world, 0, sizeof(world));
	world.now = START;
	world.delay = MS;
	live_begin(0, paths, interval_ms, lose, 1000);
	live_begin(1, paths, interval_ms, lose, 5000);
}
