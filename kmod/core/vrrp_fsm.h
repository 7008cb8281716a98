/* SPDX-License-Identifier: GPL-2.0 */
/*
 * State machine of one virtual router (RFC 9568, 6.4; RFC 3768, 6.4).
 *
 * The caller feeds events with the present time and carries out the actions
 * that come back. Times are nanoseconds of one monotonic clock. The caller
 * serializes all calls for one machine.
 */
#ifndef KC_CORE_VRRP_FSM_H
#define KC_CORE_VRRP_FSM_H

#include "types.h"

/* The same numbers as enum kcluster_vrrp_state of the uAPI. */
enum kc_fsm_state {
	KC_FSM_INIT,
	KC_FSM_BACKUP,
	KC_FSM_MASTER,
	KC_FSM_FAULT,
	KC_FSM_WITNESS = 5,
};

#define KC_FSM_NEVER U64_MAX
#define KC_FSM_OWNER 255

/**
 * struct kc_fsm_config - what the operator chose
 * @interval_ms: advertisement interval, milliseconds
 * @preempt_delay_ms: how long a master of lower priority is left in office
 * @startup_delay_ms: no takeover for so long after the start
 * @version: 2 or 3
 * @priority: 1 to 255, 255 for the owner of the addresses
 * @preempt: take over from a master of lower priority
 * @start_master: at start wait only until a master would have been heard
 * @voting: be master only with a majority of the votes, see vote.h
 * @witness: never be master, only vote
 */
struct kc_fsm_config {
	u32 interval_ms;
	u32 preempt_delay_ms;
	u32 startup_delay_ms;
	u8 version;
	u8 priority;
	bool preempt;
	bool start_master;
	bool voting;
	bool witness;
};

/**
 * struct kc_fsm - one virtual router
 * @cfg: what the operator chose; change it through kc_fsm_configure()
 * @state: present state
 * @priority: effective priority, after tracking
 * @active_interval_ms: interval learned from the master (RFC 9568, 6.1,
 *	Active_Adver_Interval)
 * @deadline: when kc_fsm_timer() wants to be called, KC_FSM_NEVER if not
 * @hold_until: end of the startup delay, 0 if none
 * @preempt_at: when a master of lower priority may be replaced, 0 if none
 *	has been heard
 * @sent_at: last advertisement, 0 if none
 * @replied_at: last advertisement that answered a rival
 * @announced_at: last announcement
 * @announce_due: a rival was heard too soon after it for another one
 * @patient_until: for how long such a master is left in office while @unready,
 *	0 if none has been heard
 * @unready: a takeover now would lose something that it would not lose later;
 *	set by the caller, any time
 * @standby: told not to be master, whatever the election says
 * @asks: how often a backup that wants to be master has asked for votes, 0 if
 *	it is none
 * @lease_until: no master from then on if @cfg.voting
 * @grouped: it is master when its group says so, see vrrp_group.h
 * @ready: grouped, and by itself it would be master by now
 * @blocked: the last advertisement came from a master that it could not depose
 * @listening: has just begun, and heard nothing yet
 * @seeking: its group has it ask for votes
 * @deposed: gave up by itself; until its group knows
 * @freed: heard that the master stops; likewise
 * @freed_seen: last &kc_group.freed that it took notice of
 */
struct kc_fsm {
	struct kc_fsm_config cfg;
	enum kc_fsm_state state;
	u8 priority;
	u32 active_interval_ms;
	u64 deadline;
	u64 hold_until;
	u64 preempt_at;
	u64 patient_until;
	u64 sent_at;
	u64 replied_at;
	u64 announced_at;
	bool announce_due;
	bool unready;
	bool standby;
	u8 asks;
	u64 lease_until;
	bool grouped;
	bool ready;
	bool blocked;
	bool listening;
	bool seeking;
	bool deposed;
	bool freed;
	u32 freed_seen;
};

/**
 * enum kc_fsm_action - what the caller must do, in the order of the bits
 * @KC_FSM_SEND: advertise with the effective priority
 * @KC_FSM_SEND_ZERO: advertise with priority 0, "I stop being master"
 * @KC_FSM_ANNOUNCE: gratuitous ARP / unsolicited NA for every address
 * @KC_FSM_CHANGED: the state is another one
 * @KC_FSM_LOWER: the advertisement lost the election and was discarded
 * @KC_FSM_BAD_INTERVAL: the interval made the advertisement invalid
 * @KC_FSM_OVERSLEPT: this master was silent for longer than a backup waits
 * @KC_FSM_ASK: ask for votes, and tell kc_fsm_lease() what came of it
 * @KC_FSM_ISOLATED: this master has no majority any more and gave up
 */
enum kc_fsm_action {
	KC_FSM_SEND		= 1 << 0,
	KC_FSM_SEND_ZERO	= 1 << 1,
	KC_FSM_ANNOUNCE		= 1 << 2,
	KC_FSM_CHANGED		= 1 << 3,
	KC_FSM_LOWER		= 1 << 4,
	KC_FSM_BAD_INTERVAL	= 1 << 5,
	KC_FSM_OVERSLEPT	= 1 << 6,
	KC_FSM_ASK		= 1 << 7,
	KC_FSM_ISOLATED		= 1 << 8,
};

/*
 * So long a master of lower priority stays in office for the sake of what else
 * would be lost. Whoever takes over from one that is silent waits for nothing.
 */
#define KC_FSM_PATIENCE_MS 10000

/* A candidate asks so often in a hurry, eight times an interval. */
#define KC_FSM_HURRY 8

void kc_fsm_init(struct kc_fsm *fsm, const struct kc_fsm_config *cfg);
unsigned int kc_fsm_start(struct kc_fsm *fsm, u64 now);
unsigned int kc_fsm_timer(struct kc_fsm *fsm, u64 now);
unsigned int kc_fsm_advert(struct kc_fsm *fsm, u8 priority, u32 interval_ms,
			   int sender_above, u64 now);
unsigned int kc_fsm_fault(struct kc_fsm *fsm);
unsigned int kc_fsm_recover(struct kc_fsm *fsm, u64 now);
unsigned int kc_fsm_stop(struct kc_fsm *fsm);
unsigned int kc_fsm_standby(struct kc_fsm *fsm, bool standby, u64 now);
unsigned int kc_fsm_lease(struct kc_fsm *fsm, u64 until, u64 now);
unsigned int kc_fsm_rival(struct kc_fsm *fsm, u8 priority, bool preempt,
			  bool above, u64 now);
void kc_fsm_set_priority(struct kc_fsm *fsm, u8 priority);
void kc_fsm_configure(struct kc_fsm *fsm, const struct kc_fsm_config *cfg,
		      u64 now);
u64 kc_fsm_down_interval(const struct kc_fsm *fsm);
u8 kc_fsm_weigh(u8 base, int weights);

/* Does it take over from a master of lower priority? An owner always does. */
static inline bool kc_fsm_preempts(const struct kc_fsm *fsm)
{
	return fsm->cfg.preempt || fsm->priority == KC_FSM_OWNER;
}

/*
 * For how long a vote is given, milliseconds: a backup waits for longer (RFC
 * 9568, 6.1), so votes are free again when it takes over from a silent master.
 */
static inline u32 kc_fsm_lease_ms(const struct kc_fsm_config *cfg)
{
	return 3 * cfg->interval_ms;
}

#endif
