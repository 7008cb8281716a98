// SPDX-License-Identifier: GPL-2.0
/*
 * The shell around the state machine: what it asks for is done here, and what
 * the devices say is told to it here.
 */
#include <linux/netdevice.h>

#include "../event.h"
#include "../log.h"
#include "../net.h"
#include "device.h"
#include "group.h"
#include "router.h"
#include "track.h"

/* A fault of which no event tells the end is looked at this often. */
#define FAULT_POLL NSEC_PER_SEC

/**
 * kc_vrrp_state_name() - a state as the log has it
 * @state: the state
 */
const char *kc_vrrp_state_name(enum kc_fsm_state state)
{
	switch (state) {
	case KC_FSM_BACKUP:
		return "BACKUP";
	case KC_FSM_MASTER:
		return "MASTER";
	case KC_FSM_FAULT:
		return "FAULT";
	case KC_FSM_WITNESS:
		return "WITNESS";
	default:
		return "STOP";
	}
}

/**
 * kc_vrrp_tell() - tell everybody who listens what state a router is in
 * @r: the router, locked
 * @old: state before, enum kcluster_vrrp_state
 * @state: state now, likewise
 */
void kc_vrrp_tell(struct kc_vrrp *r, u8 old, u8 state)
{
	struct kc_vrrp_news news = {
		.name = r->name,
		.ifname = r->ifname,
		.reason = r->reason,
		.vrid = r->vrid,
		.version = r->format.version,
		.family = r->family,
		.priority = r->settings.fsm.priority,
		.effective_priority = r->fsm.priority,
		.old_state = old,
		.state = state,
	};

	kc_event_tell(r->kn, KC_EVENT_VRRP, &news);
}

static void enter_state(struct kc_vrrp *r, const char *reason)
{
	struct kc_vrrp_path *path;
	u8 old = r->told;

	strscpy(r->reason, reason, sizeof(r->reason));
	r->since = kc_now();
	r->told = r->fsm.state;
	r->announce_at = KC_FSM_NEVER;
	r->poll_at = KC_FSM_NEVER;
	/* Only a backup can tell by which path it hears nothing. */
	list_for_each_entry(path, &r->paths, list) {
		if (!path->silent)
			continue;
		path->silent = false;
		kc_vrrp_path_tell(path);
	}
	if (r->fsm.state == KC_FSM_MASTER) {
		r->stats[KCLUSTER_A_VRRP_STATS_BECOME_MASTER]++;
		r->fsm.deadline = round_down(r->fsm.deadline, KC_VRRP_TICK);
	}

	if (__ratelimit(&r->log_state))
		kc_info("(%s) Entering %s STATE on %s vrid %u: %s\n", r->name,
			kc_vrrp_state_name(r->fsm.state), r->ifname, r->vrid,
			r->reason);

	WRITE_ONCE(r->want_held, r->fsm.state == KC_FSM_MASTER);
	kthread_queue_work(r->kn->vrrp.worker, &r->hold_work);
	kc_vrrp_history_add(r, old, r->fsm.state);
	kc_vrrp_tell(r, old, r->fsm.state == KC_FSM_INIT ?
				KCLUSTER_VRRP_STATE_STOP : r->fsm.state);
}

/**
 * kc_vrrp_act() - carry out what the state machine asked for
 * @r: the router, locked
 * @actions: of enum kc_fsm_action
 * @reason: why the state changed, if it did
 */
void kc_vrrp_act(struct kc_vrrp *r, unsigned int actions, const char *reason)
{
	lockdep_assert_held(&r->lock);

	if (actions & KC_FSM_SEND)
		kc_vrrp_send(r, r->fsm.priority);
	if (actions & KC_FSM_SEND_ZERO) {
		kc_vrrp_send(r, 0);
		if (__ratelimit(&r->log_state))
			kc_info("(%s) sent 0 priority on %s\n", r->name,
				r->ifname);
	}
	if (actions & KC_FSM_OVERSLEPT) {
		r->stats[KCLUSTER_A_VRRP_STATS_OVERSLEPT]++;
		if (__ratelimit(&r->log))
			kc_warn("(%s) missed its timer on %s for longer than a backup waits - announcing the addresses again\n",
				r->name, r->ifname);
	}
	if (actions & KC_FSM_ISOLATED)
		r->stats[KCLUSTER_A_VRRP_STATS_ISOLATED]++;
	if (actions & KC_FSM_CHANGED)
		enter_state(r, reason);
	if (actions & KC_FSM_ANNOUNCE)
		kc_vrrp_announce_start(r, kc_now());
	/* A master asks for more time with each advertisement. */
	if ((actions & KC_FSM_ASK) ||
	    ((actions & KC_FSM_SEND) && r->fsm.state == KC_FSM_MASTER))
		kc_vrrp_votes_ask(r);
	kc_vrrp_votes_settle(r);
}

/**
 * kc_vrrp_requeue() - let the group and the clock know what the router waits for
 * @r: the router, locked
 *
 * To be called after anything that may have changed its state.
 */
void kc_vrrp_requeue(struct kc_vrrp *r)
{
	u64 exact = KC_FSM_NEVER, when;

	kc_vrrp_group_sync(r);
	kc_vrrp_votes_settle(r);
	when = min3(r->announce_at, r->poll_at, r->group_at);
	when = min3(when, r->retry_at, r->track_at);
	if (r->fsm.standby)
		when = min(when, kc_vrrp_standby_until(r));
	if (r->fsm.state != KC_FSM_MASTER)
		when = min(when, r->fsm.deadline);
	else if (r->fsm.cfg.voting)
		exact = min(r->fsm.deadline, r->fsm.lease_until);
	else
		exact = r->fsm.deadline;
	kc_vrrp_clock_set(r, r->dead ? KC_FSM_NEVER :
				min(exact, kc_vrrp_tick(when)));
}

/**
 * kc_vrrp_why_master() - why it is time to become master
 * @r: the router, locked
 * @now: present time, ns
 * @reason: filled in
 * @size: of @reason
 */
void kc_vrrp_why_master(const struct kc_vrrp *r, u64 now, char *reason,
			size_t size)
{
	if (!r->heard_at)
		snprintf(reason, size, "nobody else advertises");
	else if (!r->master_priority)
		snprintf(reason, size, "the master sent 0 priority");
	else if (r->heard_at > r->accepted_at)
		snprintf(reason, size, "preempting a master of priority %u",
			 r->master_priority);
	else
		snprintf(reason, size, "the master was silent for %llu ms",
			 div_u64(now - r->heard_at, NSEC_PER_MSEC));
}

/**
 * kc_vrrp_run() - do what is due
 * @r: the router, locked
 * @now: present time, ns
 *
 * Context: softirq
 */
void kc_vrrp_run(struct kc_vrrp *r, u64 now)
{
	char reason[KC_VRRP_REASON_MAX];
	unsigned int actions;

	if (r->dead)
		return;
	if (r->fsm.standby)
		kc_vrrp_standby_apply(r, now);
	actions = kc_fsm_timer(&r->fsm, now);
	if (actions) {
		if (actions & (KC_FSM_ISOLATED | KC_FSM_ASK))
			kc_vrrp_votes_describe(r, now, reason, sizeof(reason));
		else
			kc_vrrp_why_master(r, now, reason, sizeof(reason));
		kc_vrrp_act(r, actions, reason);
	}
	kc_vrrp_announce_run(r, now);
	if (kc_vrrp_tracks_due(r, now) || now >= r->poll_at)
		kc_vrrp_reassess(r, NULL);
	if (now >= r->retry_at) {
		r->retry_at = KC_FSM_NEVER;
		kthread_queue_work(r->kn->vrrp.worker, &r->hold_work);
	}
	kc_vrrp_requeue(r);
}

/* What keeps the router from taking part? Fills in @reason and returns true. */
static bool assess(struct kc_vrrp *r, const struct net_device *going,
		   int *weights, char *reason, size_t size)
{
	const struct kc_vrrp_track *culprit;
	struct net_device *dev;
	bool reachable;

	culprit = kc_vrrp_tracks_assess(r, going, weights);
	reachable = kc_vrrp_paths_assess(r, going, reason, size);
	dev = dev_get_by_name_rcu(r->kn->net, r->ifname);
	WRITE_ONCE(r->ifindex, dev ? dev->ifindex : 0);
	if (!dev) {
		snprintf(reason, size, "%s does not exist", r->ifname);
		return true;
	}
	if (dev == going || !(dev->flags & IFF_UP)) {
		snprintf(reason, size, "%s is down", r->ifname);
		return true;
	}
	if (!kc_vrrp_device_up(dev, going)) {
		snprintf(reason, size, "%s has no carrier", r->ifname);
		return true;
	}
	if (!reachable)
		return true;
	if (!r->n_payload && !r->settings.fsm.witness) {
		snprintf(reason, size, "there is no address to advertise");
		return true;
	}
	if (kc_now() < r->fight_until) {
		strscpy(reason, r->fight, size);
		return true;
	}
	if (culprit) {
		r->track_fault = true;
		kc_vrrp_track_describe(culprit, reason, size);
		return true;
	}
	return false;
}

static void new_priority(struct kc_vrrp *r, u8 priority)
{
	if (priority == r->fsm.priority)
		return;
	if (__ratelimit(&r->log))
		kc_info("(%s) Changing effective priority on %s from %u to %u\n",
			r->name, r->ifname, r->fsm.priority, priority);
	kc_fsm_set_priority(&r->fsm, priority);
}

/*
 * Goodbye leaves the way the adverts did: a device that has another name now,
 * or has just lost the address, can still send.
 */
static void say_goodbye(struct kc_vrrp *r, unsigned int *actions)
{
	struct kc_vrrp_path *path;

	if (!(*actions & KC_FSM_SEND_ZERO))
		return;
	*actions &= ~KC_FSM_SEND_ZERO;
	list_for_each_entry(path, &r->paths, list)
		swap(path->now, path->before);
	kc_vrrp_act(r, KC_FSM_SEND_ZERO, NULL);
	list_for_each_entry(path, &r->paths, list)
		swap(path->now, path->before);
}

/**
 * kc_vrrp_reassess() - look at devices and values and act on what they say
 * @r: the router, locked
 * @going: a device that is about to go down but still can send, or NULL
 *
 * Context: any; RCU is taken here. The caller requeues the router.
 */
void kc_vrrp_reassess(struct kc_vrrp *r, const struct net_device *going)
{
	char reason[KC_VRRP_REASON_MAX];
	bool track_fault = r->track_fault, own_fault = r->own_fault;
	unsigned int actions = 0;
	int weights = 0;
	bool fault;

	lockdep_assert_held(&r->lock);

	r->poll_at = KC_FSM_NEVER;
	if (r->dead)
		return;
	r->track_fault = false;
	rcu_read_lock();
	fault = assess(r, going, &weights, reason, sizeof(reason));
	rcu_read_unlock();
	new_priority(r, kc_fsm_weigh(r->settings.fsm.priority, weights));
	r->own_fault = fault;
	if (!fault)
		fault = kc_vrrp_group_faulty(r, reason, sizeof(reason));

	if (fault) {
		actions = kc_fsm_fault(&r->fsm);
		/* Another reason than before is worth showing, too. */
		strscpy(r->reason, reason, sizeof(r->reason));
		say_goodbye(r, &actions);
	} else if (!r->started) {
		r->started = true;
		r->fsm.standby = kc_now() < kc_vrrp_standby_until(r);
		strscpy(reason, r->fsm.standby ? "told to stand by" : "started",
			sizeof(reason));
		actions = kc_fsm_start(&r->fsm, kc_now());
	} else if (r->fsm.state == KC_FSM_FAULT) {
		if (r->fsm.standby)
			strscpy(reason, "told to stand by", sizeof(reason));
		else if (r->member && !own_fault)
			snprintf(reason, sizeof(reason),
				 "group %s: all others can take part again",
				 r->settings.group);
		else if (track_fault)
			strscpy(reason, "what it tracks works again",
				sizeof(reason));
		else
			snprintf(reason, sizeof(reason), "%s is usable again",
				 r->ifname);
		actions = kc_fsm_recover(&r->fsm, kc_now());
	}
	if (actions)
		kc_vrrp_act(r, actions, reason);
	if (r->own_fault)
		r->poll_at = kc_now() + FAULT_POLL;
}
