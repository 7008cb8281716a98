/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual routers that change state together.
 *
 * A group knows of its members only what each of them last said about itself:
 * a state and some flags, which are counted. From the counts follows what each
 * member shall be:
 *
 * - FAULT while one of the others is faulty by itself. What a group makes of a
 *   member is no fault of its own, or none would ever recover.
 * - BACKUP while one stands by, or has given up by itself.
 * - MASTER as soon as one would be master by itself, unless another one hears a
 *   master that it could not depose or has not listened for long enough: what
 *   took over there would be deposed at once, and the whole group with it.
 *
 * Where one member hears priority 0, the node that was master has probably given
 * up all of them, though a network that failed could not carry the news: there
 * one missing advertisement is enough then, instead of three.
 *
 * Where votes count, all who vote must have a majority before any becomes
 * master. Until all of them can be heard by one they take no vote away from
 * others.
 *
 * If nodes are ranked differently in different networks, two of them may depose
 * each other in the same moment. Whoever was master for no longer than a few
 * intervals waits for a random time before it is again.
 *
 * The caller serializes all calls for one group.
 */
#ifndef KC_CORE_VRRP_GROUP_H
#define KC_CORE_VRRP_GROUP_H

#include "vrrp_fsm.h"

/**
 * enum kc_group_flag - what is counted
 * @KC_GROUP_FAULT: faulty by itself
 * @KC_GROUP_STANDBY: told to stand by
 * @KC_GROUP_READY: would be master by itself
 * @KC_GROUP_BLOCKED: hears a master that it could not depose
 * @KC_GROUP_WAITS: must listen for longer, or has a startup delay
 * @KC_GROUP_VOTES: is master only with a majority of the votes
 * @KC_GROUP_ELECTED: has that majority
 * @KC_GROUP_REACHES: hears a majority of those who vote
 * @KC_GROUP_FLAGS: how many of them there are
 */
enum kc_group_flag {
	KC_GROUP_FAULT,
	KC_GROUP_STANDBY,
	KC_GROUP_READY,
	KC_GROUP_BLOCKED,
	KC_GROUP_WAITS,
	KC_GROUP_VOTES,
	KC_GROUP_ELECTED,
	KC_GROUP_REACHES,
	KC_GROUP_FLAGS,
};

/**
 * enum kc_group_order - what a member shall be
 * @KC_GROUP_TO_BACKUP: no master
 * @KC_GROUP_TO_SEEK: a backup that asks for votes
 * @KC_GROUP_TO_MASTER: master
 * @KC_GROUP_TO_FAULT: in FAULT, for another one's sake
 */
enum kc_group_order {
	KC_GROUP_TO_BACKUP,
	KC_GROUP_TO_SEEK,
	KC_GROUP_TO_MASTER,
	KC_GROUP_TO_FAULT,
};

/**
 * enum kc_group_change - what an update has changed, bits
 * @KC_GROUP_VISIT: what members shall be, or why
 * @KC_GROUP_TOLD: all are in the same state, another than when they last were
 */
enum kc_group_change {
	KC_GROUP_VISIT	= 1 << 0,
	KC_GROUP_TOLD	= 1 << 1,
};

/**
 * struct kc_group_sight - what a member says about itself
 * @state: its state
 * @flags: bits of enum kc_group_flag
 * @deposed: it gave up by itself what it was, or was about to be
 * @freed: it heard a master that stops
 */
struct kc_group_sight {
	enum kc_fsm_state state;
	u16 flags;
	bool deposed;
	bool freed;
};

#define KC_GROUP_STATES (KC_FSM_WITNESS + 1)

/**
 * struct kc_group - a group
 * @order: what those shall be for whom nobody is in FAULT
 * @told: state in which all members were last
 * @members: how many
 * @in_state: how many are in which state
 * @flagged: how many have which flag
 * @interval_ms: the longest that a member ever advertised in
 * @since: when @order became another one, ns
 * @until: no takeover before, ns
 * @deposed_at: when a member was deposed last, ns, 0 if never
 * @clashes: how often in a row that came soon after the takeover
 * @freed: how many masters were heard that stop, one in an interval
 * @freed_at: when the last of them was, ns, 0 if never
 */
struct kc_group {
	enum kc_group_order order;
	enum kc_fsm_state told;
	unsigned int members;
	unsigned int in_state[KC_GROUP_STATES];
	unsigned int flagged[KC_GROUP_FLAGS];
	u32 interval_ms;
	u64 since;
	u64 until;
	u64 deposed_at;
	unsigned int clashes;
	u32 freed;
	u64 freed_at;
};

/* The group's decisions. */
unsigned int kc_group_join(struct kc_group *g,
			   const struct kc_group_sight *sight, u64 now);
unsigned int kc_group_update(struct kc_group *g, struct kc_group_sight *was,
			     const struct kc_group_sight *is, u32 interval_ms,
			     u32 random, u64 now);
unsigned int kc_group_leave(struct kc_group *g,
			    const struct kc_group_sight *sight, u64 now);
enum kc_group_order kc_group_order(const struct kc_group *g,
				   const struct kc_group_sight *sight);

/* Is there a point in taking votes away from others? */
static inline bool kc_group_earnest(const struct kc_group *g)
{
	return g->flagged[KC_GROUP_REACHES] >= g->flagged[KC_GROUP_VOTES];
}

/* What they mean for the machine of a member. */
void kc_fsm_sight(struct kc_fsm *fsm, struct kc_group_sight *sight, u64 now);
void kc_fsm_join(struct kc_fsm *fsm);
void kc_fsm_hurry(struct kc_fsm *fsm, const struct kc_group *g, u64 now);
void kc_fsm_part(struct kc_fsm *fsm, u64 now);
unsigned int kc_fsm_order(struct kc_fsm *fsm, enum kc_group_order order,
			  u64 now);

#endif
