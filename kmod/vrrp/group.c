// SPDX-License-Identifier: GPL-2.0
/*
 * Groups: virtual routers that change state together. What they decide is in
 * core/vrrp_group.c; see group.h for who may do what.
 */
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../event.h"
#include "../extack.h"
#include "../log.h"
#include "../net.h"
#include "group.h"
#include "router.h"

#define LOG_INTERVAL (5 * HZ)
#define LOG_BURST 20

/* So many groups are visited in one run of the tasklet; the rest comes next. */
#define VISITS 64

/* A member says something, is told, says what became of it, and is done. */
#define ROUNDS 4

static struct kc_vrrp_group *find_group(struct kc_net *kn, const char *name)
{
	struct kc_vrrp_group *g;

	lockdep_assert_held(&kn->vrrp.mutex);
	list_for_each_entry(g, &kn->vrrp.groups, list)
		if (!strcmp(g->name, name))
			return g;
	return NULL;
}

static struct kc_vrrp_group *new_group(struct kc_net *kn, const char *name)
{
	struct kc_vrrp_group *g = kzalloc(sizeof(*g), GFP_KERNEL_ACCOUNT);

	if (!g)
		return NULL;
	g->kn = kn;
	strscpy(g->name, name, sizeof(g->name));
	spin_lock_init(&g->lock);
	INIT_LIST_HEAD(&g->members);
	INIT_LIST_HEAD(&g->dirty);
	ratelimit_state_init(&g->log, LOG_INTERVAL, LOG_BURST);
	ratelimit_set_flags(&g->log, RATELIMIT_MSG_ON_RELEASE);
	list_add_tail(&g->list, &kn->vrrp.groups);
	return g;
}

/* Nobody is in it any more, so nobody can make it dirty again. */
static void drop_empty(struct kc_vrrp_group *g)
{
	struct kc_vrrp_net *vn = &g->kn->vrrp;

	lockdep_assert_held(&vn->mutex);
	if (!list_empty(&g->members))
		return;
	list_del(&g->list);
	spin_lock_bh(&vn->clock.lock);
	list_del_init(&g->dirty);
	spin_unlock_bh(&vn->clock.lock);
	kfree_rcu(g, rcu);
}

/**
 * kc_vrrp_group_prepare() - get ready to join a group
 * @kn: the namespace, its mutex held
 * @name: of the group, empty for none
 * @attr: where the name came from
 * @extack: why not
 *
 * A group that does not exist yet is created.
 *
 * Return: what kc_vrrp_group_join() or kc_vrrp_group_abandon() needs, NULL for
 * no group, or ERR_PTR()
 */
struct kc_vrrp_member *kc_vrrp_group_prepare(struct kc_net *kn,
					     const char *name,
					     const struct nlattr *attr,
					     struct netlink_ext_ack *extack)
{
	struct kc_vrrp_member *member;
	struct kc_vrrp_group *g;

	if (!*name)
		return NULL;
	g = find_group(kn, name);
	if (g && g->core.members >= KCLUSTER_VRRP_GROUP_MEMBERS_MAX)
		return ERR_PTR(kc_refuse(extack, attr, -E2BIG,
					 "group \"%s\" has %u virtual routers, more are not possible",
					 name, KCLUSTER_VRRP_GROUP_MEMBERS_MAX));
	member = kzalloc(sizeof(*member), GFP_KERNEL_ACCOUNT);
	if (member && !g)
		g = new_group(kn, name);
	if (!member || !g) {
		kfree(member);
		return ERR_PTR(-ENOMEM);
	}
	member->group = g;
	return member;
}

/**
 * kc_vrrp_group_abandon() - do not join a group after all
 * @member: prepared, or NULL
 */
void kc_vrrp_group_abandon(struct kc_vrrp_member *member)
{
	if (!member)
		return;
	drop_empty(member->group);
	kfree(member);
}

static void tell(struct kc_vrrp_group *g, u8 old)
{
	u8 state = g->core.told == KC_FSM_INIT ? KCLUSTER_VRRP_STATE_STOP :
						 g->core.told;
	struct kc_vrrp_group_news news = {
		.name = g->name,
		.old_state = old,
		.state = state,
	};

	if (__ratelimit(&g->log))
		kc_info("(group %s) Entering %s STATE\n", g->name,
			kc_vrrp_state_name(g->core.told));
	kc_event_tell(g->kn, KC_EVENT_VRRP_GROUP, &news);
}

/* Let all know what has changed, those outside and the other members. */
static void spread(struct kc_vrrp_group *g, unsigned int change, u8 old)
{
	struct kc_vrrp_net *vn = &g->kn->vrrp;

	lockdep_assert_held(&g->lock);
	if (change & KC_GROUP_TOLD)
		tell(g, old);
	if (!(change & KC_GROUP_VISIT))
		return;
	spin_lock(&vn->clock.lock);
	if (list_empty(&g->dirty))
		list_add_tail(&g->dirty, &vn->groups_dirty);
	spin_unlock(&vn->clock.lock);
	tasklet_hi_schedule(&vn->clock.tasklet);
}

static void take_sight(struct kc_vrrp *r, struct kc_group_sight *sight, u64 now)
{
	struct kc_ballot *b = &r->ballot;

	lockdep_assert_held(&r->lock);
	kc_fsm_sight(&r->fsm, sight, now);
	if (r->own_fault)
		sight->flags |= BIT(KC_GROUP_FAULT);
	if (r->settings.fsm.voting &&
	    kc_ballot_majority(b, kc_ballot_reach(b, now)))
		sight->flags |= BIT(KC_GROUP_REACHES);
}

/**
 * kc_vrrp_group_join() - a router changes state together with others now
 * @r: the router, locked, in no group; mutex of its namespace held
 * @member: prepared
 *
 * The caller reassesses and requeues the router.
 */
void kc_vrrp_group_join(struct kc_vrrp *r, struct kc_vrrp_member *member)
{
	struct kc_vrrp_group *g = member->group;
	u8 old;

	lockdep_assert_held(&r->lock);
	member->router = r;
	r->member = member;
	kc_fsm_join(&r->fsm);
	take_sight(r, &member->said, kc_now());
	spin_lock(&g->lock);
	old = g->core.told;
	list_add_tail_rcu(&member->list, &g->members);
	spread(g, kc_group_join(&g->core, &member->said, kc_now()), old);
	spin_unlock(&g->lock);
}

/**
 * kc_vrrp_group_leave() - a router is on its own from now on
 * @r: the router, locked; mutex of its namespace held
 */
void kc_vrrp_group_leave(struct kc_vrrp *r)
{
	struct kc_vrrp_member *member = r->member;
	struct kc_vrrp_group *g;
	u8 old;

	lockdep_assert_held(&r->lock);
	if (!member)
		return;
	g = member->group;
	spin_lock(&g->lock);
	old = g->core.told;
	list_del_rcu(&member->list);
	spread(g, kc_group_leave(&g->core, &member->said, kc_now()), old);
	spin_unlock(&g->lock);
	r->member = NULL;
	r->group_at = KC_FSM_NEVER;
	kc_fsm_part(&r->fsm, kc_now());
	kfree_rcu(member, rcu);
	drop_empty(g);
}

/* Say what there is to say, and hear what to do and why. */
static enum kc_group_order consult(struct kc_vrrp *r, char *reason, size_t size)
{
	struct kc_vrrp_member *member = r->member;
	struct kc_vrrp_group *g = member->group;
	struct kc_group_sight sight;
	enum kc_group_order order;
	u64 now = kc_now();
	unsigned int change;
	u8 old;

	take_sight(r, &sight, now);
	spin_lock(&g->lock);
	memcpy(member->master, r->master, sizeof(member->master));
	member->master_priority = r->master_priority;
	old = g->core.told;
	change = kc_group_update(&g->core, &member->said, &sight,
				 r->settings.fsm.interval_ms,
				 sight.deposed ? get_random_u32() : 0, now);
	spread(g, change, old);
	kc_fsm_hurry(&r->fsm, &g->core, now);
	order = kc_group_order(&g->core, &member->said);
	r->group_at = r->fsm.ready && g->core.until > now ? g->core.until :
							    KC_FSM_NEVER;
	/* Whoever is what it shall be need not know why. */
	if (reason && (order != KC_GROUP_TO_MASTER ||
		       r->fsm.state != KC_FSM_MASTER))
		kc_vrrp_group_describe(r, order, reason, size);
	spin_unlock(&g->lock);
	return order;
}

/**
 * kc_vrrp_group_faulty() - is a router in FAULT for another one's sake?
 * @r: the router, locked; its own_fault is up to date
 * @reason: filled in if so
 * @size: of @reason
 */
bool kc_vrrp_group_faulty(struct kc_vrrp *r, char *reason, size_t size)
{
	char text[KC_VRRP_REASON_MAX];

	if (!r->member ||
	    consult(r, text, sizeof(text)) != KC_GROUP_TO_FAULT)
		return false;
	strscpy(reason, text, size);
	return true;
}

/**
 * kc_vrrp_group_stop() - a router has stopped for good
 * @r: the router, locked, about to be dead
 */
void kc_vrrp_group_stop(struct kc_vrrp *r)
{
	r->own_fault = false;
	if (r->member)
		consult(r, NULL, 0);
}

/**
 * kc_vrrp_group_earnest() - may a router ask others for their votes?
 * @r: the router, locked
 *
 * Not before each one of its group that needs votes can hear a majority.
 */
bool kc_vrrp_group_earnest(const struct kc_vrrp *r)
{
	bool earnest;

	if (!r->member || r->fsm.state == KC_FSM_MASTER)
		return true;
	spin_lock(&r->member->group->lock);
	earnest = kc_group_earnest(&r->member->group->core);
	spin_unlock(&r->member->group->lock);
	return earnest;
}

/* No other state, but another reason to be in it, or not any more. */
static void explain(struct kc_vrrp *r, const char *reason)
{
	if (*reason)
		strscpy(r->reason, reason, sizeof(r->reason));
	else if (r->group_waits)
		strscpy(r->reason, "another node is or becomes master",
			sizeof(r->reason));
	r->group_waits = *reason;
}

static bool obey(struct kc_vrrp *r, enum kc_group_order order,
		 const char *reason)
{
	bool is_fault = r->fsm.state == KC_FSM_FAULT;
	bool fault = order == KC_GROUP_TO_FAULT;
	unsigned int actions;

	if (r->fsm.state != KC_FSM_BACKUP)
		r->group_waits = false;
	if (r->fsm.state == KC_FSM_INIT || r->own_fault)
		return false;
	if (fault != is_fault) {
		kc_vrrp_reassess(r, NULL);
		return true;
	}
	if (fault) {
		/* Perhaps because of another one than before. */
		strscpy(r->reason, reason, sizeof(r->reason));
		return false;
	}
	actions = kc_fsm_order(&r->fsm, order, kc_now());
	if (actions)
		kc_vrrp_act(r, actions, reason);
	else if (r->fsm.state == KC_FSM_BACKUP && !r->fsm.seeking)
		explain(r, reason);
	return actions;
}

/**
 * kc_vrrp_group_sync() - let a router and its group know of each other
 * @r: the router, locked, after anything that may have changed its state
 *
 * Context: any but hard interrupts
 */
void kc_vrrp_group_sync(struct kc_vrrp *r)
{
	char reason[KC_VRRP_REASON_MAX];
	enum kc_group_order order;
	unsigned int i;

	lockdep_assert_held(&r->lock);
	if (!r->member || r->dead)
		return;
	for (i = 0; i < ROUNDS; i++) {
		order = consult(r, reason, sizeof(reason));
		if (!obey(r, order, reason))
			break;
	}
}

static struct kc_vrrp_group *next_dirty(struct kc_vrrp_net *vn)
{
	struct kc_vrrp_group *g;

	spin_lock_bh(&vn->clock.lock);
	g = list_first_entry_or_null(&vn->groups_dirty, struct kc_vrrp_group,
				     dirty);
	if (g)
		list_del_init(&g->dirty);
	spin_unlock_bh(&vn->clock.lock);
	return g;
}

static void visit(struct kc_vrrp_group *g)
{
	struct kc_vrrp_member *member;
	struct kc_vrrp *r;

	list_for_each_entry_rcu(member, &g->members, list) {
		r = member->router;
		spin_lock_bh(&r->lock);
		if (r->member == member)
			kc_vrrp_requeue(r);
		spin_unlock_bh(&r->lock);
	}
}

/**
 * kc_vrrp_groups_run() - let the members of groups know what has changed
 * @kn: the namespace
 *
 * Context: any but hard interrupts, under RCU, with no lock held
 */
void kc_vrrp_groups_run(struct kc_net *kn)
{
	unsigned int visits = VISITS;
	struct kc_vrrp_group *g;

	/* Whatever makes a group dirty has scheduled the tasklet, too. */
	while (visits-- && (g = next_dirty(&kn->vrrp)))
		visit(g);
}

/**
 * kc_vrrp_group_explain() - bring the reason of a router up to date
 * @r: the router, locked
 *
 * What holds its group back may have changed without anything to do for it.
 */
void kc_vrrp_group_explain(struct kc_vrrp *r)
{
	char reason[KC_VRRP_REASON_MAX];

	if (!r->member || r->dead || r->fsm.state != KC_FSM_BACKUP ||
	    r->fsm.seeking)
		return;
	spin_lock(&r->member->group->lock);
	kc_vrrp_group_describe(r, KC_GROUP_TO_BACKUP, reason, sizeof(reason));
	spin_unlock(&r->member->group->lock);
	explain(r, reason);
}

/**
 * kc_vrrp_group_wait() - wait until a change has reached a whole group
 * @r: one of its routers, mutex of its namespace held
 *
 * Context: process, not under RTNL
 */
void kc_vrrp_group_wait(struct kc_vrrp *r)
{
	struct kc_vrrp_member *member;

	lockdep_assert_held(&r->kn->vrrp.mutex);
	if (!r->member) {
		kc_vrrp_hold_wait(r);
		return;
	}
	/* The tasklet may be on its way to them. */
	rcu_read_lock();
	visit(r->member->group);
	rcu_read_unlock();
	list_for_each_entry(member, &r->member->group->members, list)
		kc_vrrp_hold_wait(member->router);
}
