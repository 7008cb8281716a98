// SPDX-License-Identifier: GPL-2.0
/*
 * Is a peer alive, and by which paths? See live.h.
 */
#include "live.h"

#define NS_PER_US 1000U
/* A round trip that takes longer is none. */
#define RTT_MAX (60 * 1000000000ULL)

/* How often something comes, as far as we may expect. */
static u64 pace(const struct kc_live *live)
{
	return kc_later(live->interval_us, live->peer_interval_us) * NS_PER_US;
}

/**
 * kc_live_dead_time() - how long a peer may be silent
 * @live: the peer
 *
 * Return: nanoseconds
 */
u64 kc_live_dead_time(const struct kc_live *live)
{
	return pace(live) * live->lose;
}

static u64 suspect_time(const struct kc_live *live)
{
	return kc_later(pace(live) * 3 / 2, kc_live_dead_time(live) / 2);
}

/*
 * From when on is silence counted, if something came last at @heard_at? Who
 * was asleep himself waits for one interval more: what was said meanwhile may
 * lie in a queue.
 */
static u64 silent_from(const struct kc_live *live, u64 heard_at)
{
	u64 dead = kc_live_dead_time(live), woke;

	woke = live->awake_at + pace(live);
	return live->awake_at && woke > dead ?
	       kc_later(heard_at, woke - dead) : heard_at;
}

static u64 path_due(const struct kc_live *live, const struct kc_live_path *p)
{
	/* Our sleep keeps up what is up, it brings nothing up. */
	return (p->up ? silent_from(live, p->heard_at) : p->heard_at) +
	       kc_live_dead_time(live);
}

static bool is_heard(const struct kc_live *live, const struct kc_live_path *p,
		     u64 now)
{
	return p->heard_at && now < path_due(live, p);
}

static unsigned int become(struct kc_live *live, u8 state, u8 why)
{
	if (live->state == state)
		return 0;
	live->state = state;
	live->why = why;
	return KC_LIVE_STATE;
}

/* Which paths are up, and is the best one another one? */
static unsigned int judge_paths(struct kc_live *live, u64 now)
{
	unsigned int i, actions = 0;

	live->best = KC_LIVE_NO_PATH;
	for (i = 0; i < live->n; i++) {
		struct kc_live_path *p = &live->paths[i];
		bool up;

		/* It has to say so again, once it was not heard. */
		p->hears &= is_heard(live, p, now);
		up = p->hears;
		if (up != p->up)
			actions |= KC_LIVE_PATHS;
		p->up = up;
		if (up && live->best == KC_LIVE_NO_PATH)
			live->best = i;
	}
	return actions;
}

/* No path is up. How long does that go on before it means death? */
static bool is_patient(const struct kc_live *live, u64 now)
{
	bool waits = live->state == KC_LIVE_ADDED ||
		     (live->state == KC_LIVE_SUSPECT &&
		      live->why == KC_LIVE_WHY_RESTARTED);

	return waits && now < silent_from(live, live->quiet_since) +
			      kc_live_dead_time(live);
}

static unsigned int judge(struct kc_live *live, u64 now)
{
	unsigned int i, actions = judge_paths(live, now);
	bool heard = false;

	if (live->best != KC_LIVE_NO_PATH) {
		u64 from = silent_from(live, live->heard_at);

		if (now < from + suspect_time(live))
			actions |= become(live, KC_LIVE_ALIVE,
					  KC_LIVE_WHY_HEARD);
		else
			actions |= become(live, KC_LIVE_SUSPECT,
					  KC_LIVE_WHY_SILENT);
		return actions;
	}
	if (is_patient(live, now))
		return actions;
	for (i = 0; i < live->n; i++)
		heard |= is_heard(live, &live->paths[i], now);
	actions |= become(live, KC_LIVE_DEAD, KC_LIVE_WHY_SILENT);
	/* It may have said goodbye, and nothing since. */
	if (heard)
		live->why = KC_LIVE_WHY_DEAF;
	else if (live->why == KC_LIVE_WHY_DEAF)
		live->why = KC_LIVE_WHY_SILENT;
	return actions;
}

/**
 * kc_live_init() - a peer that nothing is known of
 * @live: the peer
 * @n: paths to it
 * @interval_us: between our signs of life, microseconds
 * @lose: intervals of silence that mean death
 * @own_incarnation: ours
 * @now: present time
 */
void kc_live_init(struct kc_live *live, unsigned int n, u32 interval_us,
		  unsigned int lose, u64 own_incarnation, u64 now)
{
	memset(live, 0, sizeof(*live));
	live->n = n;
	live->interval_us = interval_us;
	live->lose = lose;
	live->own_incarnation = own_incarnation;
	live->quiet_since = now;
	live->ran_at = now;
	live->best = KC_LIVE_NO_PATH;
}

/**
 * kc_live_configure() - another interval, or another patience
 * @live: the peer
 * @interval_us: between our signs of life, microseconds
 * @lose: intervals of silence that mean death
 * @now: present time
 *
 * Return: enum kc_live_actions
 */
unsigned int kc_live_configure(struct kc_live *live, u32 interval_us,
			       unsigned int lose, u64 now)
{
	live->interval_us = interval_us;
	live->lose = lose;
	live->ran_at = now;
	return judge(live, now);
}

static void forget_paths(struct kc_live *live)
{
	unsigned int i;

	for (i = 0; i < live->n; i++) {
		bool up = live->paths[i].up;

		memset(&live->paths[i], 0, sizeof(live->paths[i]));
		/* Whoever judges next sees that it is not. */
		live->paths[i].up = up;
	}
}

/* Returns false if what comes from that life does not count. */
static bool accept_life(struct kc_live *live, u64 incarnation, u64 now,
			unsigned int *actions)
{
	if (incarnation == live->finished)
		return false;
	if (incarnation == live->incarnation)
		return true;
	if (incarnation < live->incarnation && live->state != KC_LIVE_DEAD)
		return false;
	if (live->incarnation) {
		*actions |= KC_LIVE_RESTARTED;
		if (live->state == KC_LIVE_ALIVE)
			*actions |= KC_LIVE_STATE;
		if (live->state == KC_LIVE_ALIVE ||
		    live->state == KC_LIVE_SUSPECT) {
			live->state = KC_LIVE_SUSPECT;
			live->why = KC_LIVE_WHY_RESTARTED;
			live->quiet_since = now;
		}
	}
	live->incarnation = incarnation;
	/* Its clock may have begun anew; the file is what it says next. */
	live->file_stamp = 0;
	forget_paths(live);
	return true;
}

/**
 * kc_live_arrive() - a valid datagram came
 * @live: the peer
 * @path: by which path
 * @header: of the datagram
 * @now: present time
 * @actions: enum kc_live_actions, only with KC_LIVE_OK
 *
 * Return: KC_LIVE_OK if it counts; otherwise nothing has changed
 */
enum kc_live_verdict kc_live_arrive(struct kc_live *live, unsigned int path,
				    const struct kc_channel_header *header,
				    u64 now, unsigned int *actions)
{
	struct kc_live_path *p = &live->paths[path];

	*actions = 0;
	if (!accept_life(live, header->incarnation, now, actions))
		return KC_LIVE_STALE;
	switch (kc_seen_note(&p->seen, header->sequence)) {
	case KC_SEEN_NEW:
		break;
	case KC_SEEN_DUPLICATE:
		return KC_LIVE_DUPLICATE;
	case KC_SEEN_LATE:
		return KC_LIVE_LATE;
	}
	/* It may have been waiting for as long as we heard nothing. */
	if (!is_heard(live, p, now))
		*actions |= KC_LIVE_ANSWER;
	p->heard_at = now;
	live->heard_at = now;
	live->version_min = header->version_min;
	live->version_max = header->version_max;
	*actions |= judge(live, now);
	return KC_LIVE_OK;
}

/* RFC 6298, 2. */
static void measure(struct kc_live_path *p, u64 rtt)
{
	u64 difference;

	if (!p->rtt) {
		p->rtt = kc_later(rtt, 1);
		p->rtt_deviation = rtt / 2;
		return;
	}
	difference = rtt > p->rtt ? rtt - p->rtt : p->rtt - rtt;
	p->rtt_deviation = (3 * p->rtt_deviation + difference) / 4;
	p->rtt = kc_later((7 * p->rtt + rtt) / 8, 1);
}

/* Paths differ in how late they are: the last word counts, of all of them. */
static unsigned int note_file(struct kc_live *live,
			      const struct kc_hello *hello)
{
	bool other = hello->file != live->file;

	if (hello->stamp < live->file_stamp)
		return 0;
	live->file_stamp = hello->stamp;
	live->file = hello->file;
	return other ? KC_LIVE_FILE : 0;
}

static unsigned int goodbye(struct kc_live *live, u64 now)
{
	live->finished = live->incarnation;
	forget_paths(live);
	return judge_paths(live, now) |
	       become(live, KC_LIVE_DEAD, KC_LIVE_WHY_GOODBYE);
}

/**
 * kc_live_hello() - what came is a sign of life
 * @live: the peer
 * @path: by which path
 * @header: of the datagram, for which kc_live_arrive() said KC_LIVE_OK
 * @hello: what it says
 * @now: present time
 *
 * Return: enum kc_live_actions
 */
unsigned int kc_live_hello(struct kc_live *live, unsigned int path,
			   const struct kc_channel_header *header,
			   const struct kc_hello *hello, u64 now)
{
	struct kc_live_path *p = &live->paths[path];
	u64 delay = (u64)hello->echo_delay_us * NS_PER_US;
	unsigned int actions;
	bool ours;

	if (hello->flags & KC_HELLO_GOODBYE)
		return goodbye(live, now);
	/* Overtaken by one that knows more. */
	if (header->sequence < p->hello_sequence)
		return 0;
	actions = note_file(live, hello);
	p->hello_sequence = header->sequence;
	p->stamp = hello->stamp;
	p->stamp_at = now;
	live->peer_interval_us = hello->interval_us;
	/* What it heard of an earlier life of ours means nothing. */
	ours = hello->echo_incarnation == (u32)live->own_incarnation;
	p->hears = ours && hello->flags & KC_HELLO_HEARS;
	if (ours && hello->echo && hello->echo <= now &&
	    now - hello->echo >= delay &&
	    now - hello->echo - delay < RTT_MAX)
		measure(p, now - hello->echo - delay);
	return actions | judge(live, now);
}

/**
 * kc_live_run() - time has passed
 * @live: the peer
 * @now: present time
 *
 * To be called when kc_live_due() says, and at each interval of ours. Whoever
 * comes much later was kept from it, and the peer is given one interval more,
 * once in each silence.
 *
 * Return: enum kc_live_actions
 */
unsigned int kc_live_run(struct kc_live *live, u64 now)
{
	u64 own = (u64)live->interval_us * NS_PER_US;

	if (now - live->ran_at > own + own / 2 &&
	    live->awake_at <= live->heard_at)
		live->awake_at = now;
	live->ran_at = now;
	return judge(live, now);
}

/**
 * kc_live_due() - when will silence have changed something?
 * @live: the peer
 *
 * Return: time for kc_live_run(), KC_LIVE_NEVER if there is none
 */
u64 kc_live_due(const struct kc_live *live)
{
	u64 dead = kc_live_dead_time(live), due = KC_LIVE_NEVER;
	unsigned int i;

	for (i = 0; i < live->n; i++) {
		const struct kc_live_path *p = &live->paths[i];

		if (p->up)
			due = kc_earlier(due, path_due(live, p));
	}
	if (live->state == KC_LIVE_ALIVE)
		due = kc_earlier(due, silent_from(live, live->heard_at) +
				      suspect_time(live));
	if (live->state == KC_LIVE_ADDED ||
	    (live->state == KC_LIVE_SUSPECT &&
	     live->why == KC_LIVE_WHY_RESTARTED))
		due = kc_earlier(due, silent_from(live, live->quiet_since) +
				      dead);
	return due;
}

/**
 * kc_live_speak() - what to say in a sign of life
 * @live: the peer
 * @path: by which path
 * @hello: filled in
 * @now: present time
 */
void kc_live_speak(const struct kc_live *live, unsigned int path,
		   struct kc_hello *hello, u64 now)
{
	const struct kc_live_path *p = &live->paths[path];

	memset(hello, 0, sizeof(*hello));
	hello->interval_us = live->interval_us;
	hello->stamp = now;
	hello->echo_incarnation = (u32)live->incarnation;
	if (is_heard(live, p, now))
		hello->flags |= KC_HELLO_HEARS;
	if (!p->stamp || now < p->stamp_at)
		return;
	hello->echo = p->stamp;
	hello->echo_delay_us = kc_earlier(div_u64(now - p->stamp_at, NS_PER_US),
					  U32_MAX);
}
