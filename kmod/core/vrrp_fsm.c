// SPDX-License-Identifier: GPL-2.0
/*
 * State machine of one virtual router, see vrrp_fsm.h.
 */
#include "vrrp_step.h"

/*
 * A master answers each rival at once (RFC 9568, 6.4.3), but a rival that
 * floods gets at most one answer in this time, and the neighbours at most one
 * announcement a second.
 */
#define REPLY_GAP (10 * NS_PER_MS)
#define ANNOUNCE_GAP NS_PER_S

/* An advert goes with it, whether it is time for the next one or not. */
static void hurry_announcement(struct kc_fsm *fsm)
{
	fsm->deadline = kc_earlier(fsm->deadline,
				   fsm->announced_at + ANNOUNCE_GAP);
}

/**
 * kc_fsm_init() - set up a machine that is not started
 * @fsm: the machine
 * @cfg: what the operator chose, already checked
 */
void kc_fsm_init(struct kc_fsm *fsm, const struct kc_fsm_config *cfg)
{
	memset(fsm, 0, sizeof(*fsm));
	fsm->cfg = *cfg;
	fsm->priority = cfg->priority;
	fsm->active_interval_ms = cfg->interval_ms;
	fsm->state = KC_FSM_INIT;
	fsm->deadline = KC_FSM_NEVER;
}

static unsigned int begin(struct kc_fsm *fsm, bool assume_master, u64 now)
{
	bool owner = fsm->priority == KC_FSM_OWNER;
	u64 wait = 0;

	fsm->active_interval_ms = fsm->cfg.interval_ms;
	fsm->preempt_at = 0;
	fsm->patient_until = 0;
	fsm->lease_until = 0;
	fsm->blocked = false;
	fsm->listening = false;
	if (fsm->cfg.witness) {
		fsm->state = KC_FSM_WITNESS;
		return KC_FSM_CHANGED;
	}
	if (owner && !fsm->grouped && !fsm->standby &&
	    now >= fsm->hold_until && kc_step_majority(fsm, now))
		return kc_step_master(fsm, now);

	fsm->state = KC_FSM_BACKUP;
	/*
	 * An owner waits for nobody, only for the end of the startup delay;
	 * who assumes to be master for long enough to hear another one, too
	 * short for three losses.
	 */
	if (!owner) {
		wait = assume_master ?
		       kc_step_interval(fsm) + kc_step_skew(fsm) :
		       kc_fsm_down_interval(fsm);
		fsm->listening = true;
	}
	kc_step_wait(fsm, wait, now);
	return KC_FSM_CHANGED;
}

/**
 * kc_fsm_start() - the Startup event (RFC 9568, 6.4.1)
 * @fsm: a machine in INIT
 * @now: present time, nanoseconds
 *
 * Return: actions
 */
unsigned int kc_fsm_start(struct kc_fsm *fsm, u64 now)
{
	fsm->hold_until = 0;
	if (fsm->cfg.startup_delay_ms)
		fsm->hold_until = now + fsm->cfg.startup_delay_ms * NS_PER_MS;
	return begin(fsm, fsm->cfg.start_master, now);
}

/**
 * kc_fsm_recover() - what made the router faulty is over
 * @fsm: a machine in FAULT
 * @now: present time, nanoseconds
 *
 * Return: actions
 */
unsigned int kc_fsm_recover(struct kc_fsm *fsm, u64 now)
{
	return begin(fsm, false, now);
}

/*
 * The lease has lapsed: give up before others may take over. Whoever can hear
 * us though we do not hear them need not wait for long.
 */
static unsigned int isolate(struct kc_fsm *fsm, u64 now)
{
	unsigned int actions = kc_step_leave(fsm, KC_FSM_BACKUP);

	fsm->preempt_at = 0;
	fsm->patient_until = 0;
	fsm->deposed = true;
	kc_step_wait(fsm, kc_fsm_down_interval(fsm), now);
	return actions | KC_FSM_ISOLATED;
}

/**
 * kc_fsm_fault() - the router cannot take part any more
 * @fsm: the machine
 *
 * Return: actions
 */
unsigned int kc_fsm_fault(struct kc_fsm *fsm)
{
	return kc_step_leave(fsm, KC_FSM_FAULT);
}

/**
 * kc_fsm_stop() - the Shutdown event (RFC 9568, 6.4.2, 6.4.3)
 * @fsm: the machine
 *
 * Return: actions
 */
unsigned int kc_fsm_stop(struct kc_fsm *fsm)
{
	return kc_step_leave(fsm, KC_FSM_INIT);
}

/**
 * kc_fsm_standby() - the operator wants this node to stand by, or no longer
 * @fsm: the machine
 * @standby: stand by
 * @now: present time, nanoseconds
 *
 * A master leaves as it does at the Shutdown event, so that another one follows
 * at once. Who is active again waits as after a start, except for an owner.
 *
 * Return: actions
 */
unsigned int kc_fsm_standby(struct kc_fsm *fsm, bool standby, u64 now)
{
	bool owner = fsm->priority == KC_FSM_OWNER;
	unsigned int actions = 0;

	if (fsm->standby == standby)
		return 0;
	fsm->standby = standby;
	fsm->preempt_at = 0;
	fsm->patient_until = 0;
	fsm->listening = !standby && !owner && fsm->state == KC_FSM_BACKUP;
	if (fsm->state == KC_FSM_MASTER)
		actions = kc_step_leave(fsm, KC_FSM_BACKUP);
	else if (fsm->state == KC_FSM_BACKUP)
		kc_step_wait(fsm, owner ? 0 : kc_fsm_down_interval(fsm), now);
	return actions;
}

/* Nothing keeps it from being master any more: the rest is up to its group. */
static unsigned int may_lead(struct kc_fsm *fsm, u64 now)
{
	if (fsm->seeking)
		return kc_step_ask(fsm, now);
	fsm->ready = true;
	fsm->blocked = false;
	fsm->listening = false;
	fsm->deadline = KC_FSM_NEVER;
	return 0;
}

/**
 * kc_fsm_timer() - time has passed
 * @fsm: the machine
 * @now: present time, nanoseconds
 *
 * May be called at any time; nothing happens before the deadline.
 *
 * Return: actions
 */
unsigned int kc_fsm_timer(struct kc_fsm *fsm, u64 now)
{
	unsigned int actions = KC_FSM_SEND;

	if (fsm->state == KC_FSM_MASTER && !kc_step_majority(fsm, now))
		return isolate(fsm, now);
	if (now < fsm->deadline)
		return 0;
	if (fsm->state == KC_FSM_BACKUP && fsm->grouped)
		return may_lead(fsm, now);
	if (fsm->state == KC_FSM_BACKUP)
		return kc_step_majority(fsm, now) ? kc_step_master(fsm, now) :
						kc_step_ask(fsm, now);
	if (fsm->state != KC_FSM_MASTER) {
		fsm->deadline = KC_FSM_NEVER;
		return 0;
	}

	/*
	 * Whoever slept for longer than a backup waits must expect that
	 * another one has taken the addresses meanwhile: claim them anew. If
	 * the other one has the higher priority its next advert settles it.
	 * The last regular advert was due one interval before this one.
	 */
	if (now - fsm->deadline > 2 * kc_step_interval(fsm)) {
		actions |= KC_FSM_OVERSLEPT | KC_FSM_ANNOUNCE;
	} else if (fsm->announce_due &&
		   now - fsm->announced_at >= ANNOUNCE_GAP) {
		actions |= KC_FSM_ANNOUNCE;
	}
	if (actions & KC_FSM_ANNOUNCE) {
		fsm->announced_at = now;
		fsm->announce_due = false;
	}
	fsm->sent_at = now;
	/* Keep the cadence; a beat that was missed altogether is not caught up. */
	fsm->deadline += kc_step_interval(fsm);
	if (fsm->deadline <= now)
		fsm->deadline = now + kc_step_interval(fsm);
	if (fsm->announce_due)
		hurry_announcement(fsm);
	return actions;
}

static void obey(struct kc_fsm *fsm, u32 interval_ms, u64 now)
{
	fsm->active_interval_ms = interval_ms;
	kc_step_wait(fsm, kc_fsm_down_interval(fsm), now);
}

/* Is it left in office although it could be deposed? */
static bool is_patient(struct kc_fsm *fsm, u64 now)
{
	if (!fsm->unready)
		return false;
	if (!fsm->patient_until)
		fsm->patient_until = now + KC_FSM_PATIENCE_MS * NS_PER_MS;
	return now < fsm->patient_until;
}

/* May a master of lower priority be replaced? (RFC 9568, 6.1, 6.4.2) */
static bool may_preempt(struct kc_fsm *fsm, u64 now)
{
	if (fsm->priority == KC_FSM_OWNER)
		return true;
	if (!fsm->cfg.preempt)
		return false;
	if (fsm->cfg.preempt_delay_ms) {
		if (!fsm->preempt_at)
			fsm->preempt_at = now + fsm->cfg.preempt_delay_ms *
						NS_PER_MS;
		if (now < fsm->preempt_at)
			return false;
	}
	return !is_patient(fsm, now);
}

static unsigned int heard_as_backup(struct kc_fsm *fsm, u8 priority,
				    u32 interval_ms, int sender_above, u64 now)
{
	fsm->listening = false;
	if (priority == 0) {
		fsm->blocked = false;
		fsm->freed = true;
		if (!fsm->ready)
			kc_step_wait(fsm, kc_step_skew(fsm), now);
		return 0;
	}
	if (priority >= fsm->priority) {
		/*
		 * Among equals a master of the lower address would give way
		 * to its rival, so it is none that keeps a group back. Where
		 * another path decides what was so stays so.
		 */
		if (priority > fsm->priority || !fsm->cfg.preempt)
			fsm->blocked = true;
		else if (sender_above)
			fsm->blocked = sender_above > 0;
		fsm->preempt_at = 0;
		fsm->patient_until = 0;
		obey(fsm, interval_ms, now);
		return 0;
	}
	fsm->blocked = !may_preempt(fsm, now);
	if (!fsm->blocked)
		return KC_FSM_LOWER;
	obey(fsm, interval_ms, now);
	return 0;
}

/* Tell a rival at once who is master. */
static unsigned int answer(struct kc_fsm *fsm, u64 now)
{
	if (fsm->replied_at && now - fsm->replied_at < REPLY_GAP)
		return 0;
	fsm->replied_at = now;
	fsm->sent_at = now;
	return KC_FSM_SEND;
}

/*
 * A rival may have announced the addresses as its own, and later than this
 * master did: what is too soon now must not be forgotten, or the neighbours
 * keep sending to the wrong one.
 */
static unsigned int announce_anew(struct kc_fsm *fsm, u64 now)
{
	if (now - fsm->announced_at >= ANNOUNCE_GAP) {
		fsm->announced_at = now;
		fsm->announce_due = false;
		return KC_FSM_ANNOUNCE;
	}
	fsm->announce_due = true;
	hurry_announcement(fsm);
	return 0;
}

/*
 * To a better master, or to one who has the votes of a majority as soon as we
 * give ours back. One more advert before: a winner that returns from a freeze
 * must learn that there was a rival, to announce the addresses anew.
 */
static unsigned int yield(struct kc_fsm *fsm, u32 interval_ms, u64 now)
{
	fsm->state = KC_FSM_BACKUP;
	fsm->preempt_at = 0;
	fsm->patient_until = 0;
	fsm->lease_until = 0;
	fsm->blocked = true;
	fsm->deposed = true;
	obey(fsm, interval_ms, now);
	return KC_FSM_SEND | KC_FSM_CHANGED;
}

static unsigned int heard_as_master(struct kc_fsm *fsm, u8 priority,
				    u32 interval_ms, int sender_above, u64 now)
{
	unsigned int actions;

	if (priority == 0) {
		/*
		 * Backups wait no longer than their skew: not even a flood
		 * may leave the last one of its adverts without an answer.
		 */
		actions = answer(fsm, now);
		fsm->deadline = actions ? now + kc_step_interval(fsm) :
			kc_earlier(fsm->deadline, fsm->replied_at + REPLY_GAP);
		return actions | announce_anew(fsm, now);
	}
	if (priority > fsm->priority ||
	    (priority == fsm->priority && sender_above > 0))
		return yield(fsm, interval_ms, now);

	actions = answer(fsm, now);
	return actions | announce_anew(fsm, now) | KC_FSM_LOWER;
}

/**
 * kc_fsm_advert() - a valid advertisement of this router arrived
 * @fsm: the machine
 * @priority: the sender's
 * @interval_ms: the sender's advertisement interval, milliseconds
 * @sender_above: above 0 if the sender's address is higher than ours
 * @now: present time, nanoseconds
 *
 * RFC 9568, 6.4.2 and 6.4.3. An interval that differs is learned in version 3
 * and makes the advertisement invalid in version 2 (RFC 3768, 7.1).
 *
 * Return: actions
 */
unsigned int kc_fsm_advert(struct kc_fsm *fsm, u8 priority, u32 interval_ms,
			   int sender_above, u64 now)
{
	if (fsm->cfg.version == 2 && interval_ms != fsm->cfg.interval_ms)
		return KC_FSM_BAD_INTERVAL;
	/* One that was frozen may hear of it before its timer does. */
	if (fsm->state == KC_FSM_MASTER && !kc_step_majority(fsm, now))
		return isolate(fsm, now) |
		       heard_as_backup(fsm, priority, interval_ms,
				       sender_above, now);
	if (fsm->state == KC_FSM_BACKUP)
		return heard_as_backup(fsm, priority, interval_ms,
				       sender_above, now);
	if (fsm->state == KC_FSM_MASTER)
		return heard_as_master(fsm, priority, interval_ms,
				       sender_above, now);
	return 0;
}

/**
 * kc_fsm_lease() - votes were counted
 * @fsm: the machine
 * @until: how long there is a majority, 0 if there is none
 * @now: present time, nanoseconds
 *
 * A master keeps the longest lease that it ever had: what was promised holds.
 *
 * Return: actions
 */
unsigned int kc_fsm_lease(struct kc_fsm *fsm, u64 until, u64 now)
{
	if (!fsm->cfg.voting || (fsm->state != KC_FSM_MASTER && !fsm->asks))
		return 0;
	fsm->lease_until = kc_later(fsm->lease_until, until);
	if (fsm->state == KC_FSM_BACKUP && !fsm->grouped &&
	    kc_step_majority(fsm, now))
		return kc_step_master(fsm, now);
	return 0;
}

/**
 * kc_fsm_rival() - another node asks for votes, and hears a majority
 * @fsm: the machine
 * @priority: its
 * @preempt: it takes over from a master of lower priority
 * @above: it comes first among equals
 * @now: present time, nanoseconds
 *
 * Advertisements cannot tell a master to yield who may not be master yet, and
 * candidates that keep their own votes from each other would all fail.
 *
 * Return: actions
 */
unsigned int kc_fsm_rival(struct kc_fsm *fsm, u8 priority, bool preempt,
			  bool above, u64 now)
{
	if (!fsm->cfg.voting)
		return 0;
	if (fsm->state == KC_FSM_MASTER && preempt && priority > fsm->priority)
		return yield(fsm, fsm->active_interval_ms, now);
	if (fsm->state == KC_FSM_BACKUP && fsm->asks &&
	    (priority > fsm->priority ||
	     (priority == fsm->priority && above))) {
		fsm->blocked = true;
		fsm->deposed = true;
		kc_step_wait(fsm, kc_fsm_down_interval(fsm), now);
	}
	return 0;
}

/**
 * kc_fsm_configure() - the operator chose anew
 * @fsm: the machine
 * @cfg: the new choice, already checked; the version does not change
 * @now: present time, nanoseconds
 *
 * The state stays. The caller sets the effective priority afterwards.
 */
void kc_fsm_configure(struct kc_fsm *fsm, const struct kc_fsm_config *cfg,
		      u64 now)
{
	bool faster = cfg->interval_ms < fsm->cfg.interval_ms;

	if (cfg->preempt_delay_ms != fsm->cfg.preempt_delay_ms)
		fsm->preempt_at = 0;
	/* Whoever begins to count has none at first. */
	if (cfg->voting && !fsm->cfg.voting)
		fsm->lease_until = fsm->state != KC_FSM_MASTER ? 0 :
			now + 2ULL * kc_fsm_lease_ms(cfg) * NS_PER_MS;
	fsm->cfg = *cfg;
	if (fsm->state == KC_FSM_MASTER) {
		fsm->active_interval_ms = cfg->interval_ms;
		if (faster && fsm->deadline > now + kc_step_interval(fsm))
			fsm->deadline = now + kc_step_interval(fsm);
	}
	/* Version 2 has nothing to learn: both ends are configured alike. */
	if (cfg->version == 2)
		fsm->active_interval_ms = cfg->interval_ms;
}
