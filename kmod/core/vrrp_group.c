// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual routers that change state together, see vrrp_group.h.
 */
#include "vrrp_group.h"
#include "vrrp_step.h"

/* A clash is what ends the mastership of a group after so few intervals. */
#define CLASH_INTERVALS 4
/* Those who clash wait for up to 2^CLASHES_MAX / 4 intervals. */
#define CLASHES_MAX 5
/* One that was not deposed for so long starts counting again. */
#define PEACE_INTERVALS 64

static void count(struct kc_group *g, const struct kc_group_sight *sight,
		  int by)
{
	unsigned int i;

	g->in_state[sight->state] += by;
	for (i = 0; i < KC_GROUP_FLAGS; i++)
		if (sight->flags & (1 << i))
			g->flagged[i] += by;
}

static void set_order(struct kc_group *g, enum kc_group_order order, u64 now)
{
	g->order = order;
	g->since = now;
}

static void step_down(struct kc_group *g, u32 random, u64 now)
{
	u64 interval = g->interval_ms * NS_PER_MS;

	if (now - g->since >= CLASH_INTERVALS * interval ||
	    (g->deposed_at && now - g->deposed_at > PEACE_INTERVALS * interval))
		g->clashes = 0;
	else if (g->clashes < CLASHES_MAX)
		g->clashes++;
	g->deposed_at = now;
	g->until = now + interval / 4 * (random % (1U << g->clashes));
	set_order(g, KC_GROUP_TO_BACKUP, now);
}

static void decide(struct kc_group *g, bool deposed, u32 random, u64 now)
{
	bool elected = g->flagged[KC_GROUP_ELECTED] >=
		       g->flagged[KC_GROUP_VOTES];

	if (g->order == KC_GROUP_TO_BACKUP) {
		if (g->flagged[KC_GROUP_READY] &&
		    !g->flagged[KC_GROUP_FAULT] &&
		    !g->flagged[KC_GROUP_STANDBY] &&
		    !g->flagged[KC_GROUP_BLOCKED] &&
		    !g->flagged[KC_GROUP_WAITS] && now >= g->until)
			set_order(g, elected ? KC_GROUP_TO_MASTER :
					       KC_GROUP_TO_SEEK, now);
		return;
	}
	if (g->flagged[KC_GROUP_FAULT] || g->flagged[KC_GROUP_STANDBY])
		set_order(g, KC_GROUP_TO_BACKUP, now);
	else if (deposed || g->flagged[KC_GROUP_BLOCKED])
		step_down(g, random, now);
	else if (g->order == KC_GROUP_TO_SEEK && elected)
		set_order(g, KC_GROUP_TO_MASTER, now);
}

/*
 * Is a flag of one news for the others, even where no order follows? What
 * adverts alone can change is none: whoever floods must not have all visited.
 */
static bool is_news(enum kc_group_flag flag)
{
	return flag == KC_GROUP_FAULT || flag == KC_GROUP_STANDBY ||
	       flag == KC_GROUP_REACHES;
}

/* Is there anything new for the others? */
static unsigned int compare(struct kc_group *g, const struct kc_group *was)
{
	unsigned int i, change = 0;
	enum kc_fsm_state state;

	if (g->order != was->order || g->freed != was->freed)
		change |= KC_GROUP_VISIT;
	for (i = 0; i < KC_GROUP_FLAGS; i++)
		if (is_news(i) && g->flagged[i] != was->flagged[i])
			change |= KC_GROUP_VISIT;
	for (state = 0; state < KC_GROUP_STATES; state++)
		if (g->members && g->in_state[state] == g->members)
			break;
	if (!g->members)
		state = KC_FSM_INIT;
	if (state == KC_GROUP_STATES || state == g->told)
		return change;
	g->told = state;
	return change | KC_GROUP_TOLD;
}

/**
 * kc_group_join() - a group has one member more
 * @g: the group, zeroed before the first one
 * @sight: of the member
 * @now: present time, nanoseconds
 *
 * The first one makes the group what it is itself.
 *
 * Return: bits of enum kc_group_change
 */
unsigned int kc_group_join(struct kc_group *g,
			   const struct kc_group_sight *sight, u64 now)
{
	struct kc_group was = *g;

	if (!g->members++)
		set_order(g, sight->state == KC_FSM_MASTER ?
			     KC_GROUP_TO_MASTER : KC_GROUP_TO_BACKUP, now);
	count(g, sight, 1);
	decide(g, false, 0, now);
	return compare(g, &was);
}

/**
 * kc_group_update() - a member has something to say
 * @g: the group
 * @was: what it said last; set to @is
 * @is: what it says now
 * @interval_ms: its advertisement interval, milliseconds
 * @random: any number
 * @now: present time, nanoseconds
 *
 * Return: bits of enum kc_group_change
 */
unsigned int kc_group_update(struct kc_group *g, struct kc_group_sight *was,
			     const struct kc_group_sight *is, u32 interval_ms,
			     u32 random, u64 now)
{
	struct kc_group before = *g;

	if (interval_ms > g->interval_ms)
		g->interval_ms = interval_ms;
	count(g, was, -1);
	*was = *is;
	count(g, was, 1);
	if (is->freed && now - g->freed_at >= g->interval_ms * NS_PER_MS) {
		g->freed_at = now;
		g->freed++;
	}
	decide(g, is->deposed, random, now);
	return compare(g, &before);
}

/**
 * kc_group_leave() - a group has one member less
 * @g: the group
 * @sight: what the member said last
 * @now: present time, nanoseconds
 *
 * Return: bits of enum kc_group_change
 */
unsigned int kc_group_leave(struct kc_group *g,
			    const struct kc_group_sight *sight, u64 now)
{
	struct kc_group was = *g;

	g->members--;
	count(g, sight, -1);
	decide(g, false, 0, now);
	return compare(g, &was);
}

/**
 * kc_group_order() - what a member shall be
 * @g: the group
 * @sight: what the member said last
 *
 * One that is faulty by itself must know without being told.
 */
enum kc_group_order kc_group_order(const struct kc_group *g,
				   const struct kc_group_sight *sight)
{
	unsigned int own = !!(sight->flags & (1 << KC_GROUP_FAULT));

	return g->flagged[KC_GROUP_FAULT] > own ? KC_GROUP_TO_FAULT : g->order;
}

/**
 * kc_fsm_sight() - what a machine says to its group
 * @fsm: the machine
 * @sight: filled in
 * @now: present time, nanoseconds
 *
 * That it was deposed or freed is said once.
 */
void kc_fsm_sight(struct kc_fsm *fsm, struct kc_group_sight *sight, u64 now)
{
	bool backup = fsm->state == KC_FSM_BACKUP;
	bool flags[KC_GROUP_FLAGS] = {
		[KC_GROUP_STANDBY] = fsm->standby &&
				     (backup || fsm->state == KC_FSM_MASTER),
		[KC_GROUP_READY] = backup && fsm->ready,
		[KC_GROUP_BLOCKED] = backup && fsm->blocked,
		[KC_GROUP_WAITS] = backup && (fsm->listening ||
					      now < fsm->hold_until),
		[KC_GROUP_VOTES] = fsm->cfg.voting,
		[KC_GROUP_ELECTED] = fsm->cfg.voting && now < fsm->lease_until,
	};
	unsigned int i;

	sight->state = fsm->state;
	sight->deposed = fsm->deposed;
	sight->flags = 0;
	for (i = 0; i < KC_GROUP_FLAGS; i++)
		sight->flags |= flags[i] << i;
	sight->freed = fsm->freed;
	fsm->deposed = false;
	fsm->freed = false;
}

/**
 * kc_fsm_join() - a machine is a member of a group from now on
 * @fsm: the machine
 */
void kc_fsm_join(struct kc_fsm *fsm)
{
	fsm->grouped = true;
	fsm->deposed = false;
	fsm->freed = false;
	/* What it has asked for by itself may come too early for the others. */
	if (fsm->state == KC_FSM_BACKUP && fsm->asks) {
		fsm->asks = 0;
		fsm->ready = true;
		fsm->deadline = KC_FSM_NEVER;
	}
}

/**
 * kc_fsm_hurry() - the master of another member may have stopped
 * @fsm: the machine
 * @g: its group
 * @now: present time, nanoseconds
 *
 * If so, believe that ours has stopped as well when its next advertisement is
 * overdue.
 */
void kc_fsm_hurry(struct kc_fsm *fsm, const struct kc_group *g, u64 now)
{
	u64 active = fsm->active_interval_ms * NS_PER_MS;
	u64 due;

	if (fsm->freed_seen == g->freed)
		return;
	fsm->freed_seen = g->freed;
	if (fsm->state != KC_FSM_BACKUP || !fsm->blocked || fsm->standby)
		return;
	due = kc_later(fsm->deadline - 2 * active, now + kc_step_skew(fsm));
	fsm->deadline = kc_earlier(fsm->deadline,
				   kc_later(due, fsm->hold_until));
}

/**
 * kc_fsm_part() - a machine is on its own from now on
 * @fsm: the machine
 * @now: present time, nanoseconds
 */
void kc_fsm_part(struct kc_fsm *fsm, u64 now)
{
	fsm->grouped = false;
	if (fsm->state == KC_FSM_BACKUP && (fsm->ready || fsm->seeking))
		kc_step_wait(fsm, 0, now);
}

static unsigned int seek(struct kc_fsm *fsm, u64 now)
{
	if (!fsm->cfg.voting || fsm->seeking)
		return 0;
	fsm->seeking = true;
	fsm->asks = 0;
	return kc_step_ask(fsm, now);
}

static unsigned int lead(struct kc_fsm *fsm, u64 now)
{
	/* Others are master already: it comes after them. */
	if (fsm->listening || now < fsm->hold_until)
		return 0;
	if (kc_step_majority(fsm, now))
		return kc_step_master(fsm, now);
	/* But not for ever without it. */
	if (fsm->asks >= KC_FSM_HURRY)
		fsm->deposed = true;
	return seek(fsm, now);
}

static unsigned int follow(struct kc_fsm *fsm, u64 now)
{
	unsigned int actions = 0;

	if (fsm->state == KC_FSM_MASTER)
		actions = kc_step_leave(fsm, KC_FSM_BACKUP);
	else if (!fsm->seeking)
		return 0;
	fsm->preempt_at = 0;
	kc_step_wait(fsm, kc_fsm_down_interval(fsm), now);
	return actions;
}

/**
 * kc_fsm_order() - the group says what the machine shall be
 * @fsm: the machine
 * @order: what, but not FAULT
 * @now: present time, nanoseconds
 *
 * Return: actions
 */
unsigned int kc_fsm_order(struct kc_fsm *fsm, enum kc_group_order order,
			  u64 now)
{
	if (fsm->state != KC_FSM_BACKUP && fsm->state != KC_FSM_MASTER)
		return 0;
	if (order == KC_GROUP_TO_BACKUP)
		return follow(fsm, now);
	if (fsm->state == KC_FSM_MASTER || fsm->standby)
		return 0;
	return order == KC_GROUP_TO_MASTER ? lead(fsm, now) : seek(fsm, now);
}
