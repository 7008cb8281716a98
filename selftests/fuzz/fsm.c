// SPDX-License-Identifier: GPL-2.0
/*
 * Any sequence of events into one state machine; every step must follow the
 * rules of fsm_rules.h.
 *
 * Input: eight octets of configuration, then events of four octets each:
 * what, how much later (two octets, in a unit that the first one chooses),
 * and an argument.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fsm_rules.h"

static const u32 intervals_v3[] = {
	10, 20, 100, 990, 1000, 1010, 5000, 40950,
};
static const u32 intervals_v2[] = {
	1000, 2000, 3000, 10000, 60000, 100000, 254000, 255000,
};

static u32 interval_of(u8 version, u8 choice)
{
	return version == 2 ? intervals_v2[choice % 8] :
	       intervals_v3[choice % 8];
}

static void read_config(struct kc_fsm_config *cfg, const u8 *in, u8 version)
{
	memset(cfg, 0, sizeof(*cfg));
	cfg->version = version;
	cfg->interval_ms = interval_of(version, in[1]);
	cfg->priority = in[2] ? in[2] : 1;
	cfg->preempt = in[3] & 1;
	cfg->start_master = in[3] & 2;
	cfg->preempt_delay_ms = in[4] * 40;
	cfg->startup_delay_ms = in[5] * 40;
}

/* What the callers promise: events that make sense in the present state. */
static bool makes_sense(enum fsm_event event, enum kc_fsm_state state)
{
	if (event == FSM_START)
		return state == KC_FSM_INIT;
	if (event == FSM_RECOVER)
		return state == KC_FSM_FAULT;
	return true;
}

static void one_event(struct kc_fsm *fsm, const u8 *in, const u8 *end, u64 *now)
{
	static const u64 units[] = { 1, 100000, MS, 100 * MS };
	enum fsm_event event = in[0] & 7;
	struct kc_fsm_config cfg;
	unsigned int actions = 0;
	struct kc_fsm was;
	const char *broken;

	*now += (in[1] << 8 | in[2]) * units[in[0] >> 3 & 3];
	/* Timers mostly fire when they are due. */
	if (event == FSM_TIMER && in[0] & 0x80 && fsm->deadline > *now &&
	    fsm->deadline != KC_FSM_NEVER)
		*now = fsm->deadline;
	if (!makes_sense(event, fsm->state))
		return;

	was = *fsm;
	switch (event) {
	case FSM_START:
		actions = kc_fsm_start(fsm, *now);
		break;
	case FSM_TIMER:
		actions = kc_fsm_timer(fsm, *now);
		break;
	case FSM_ADVERT:
		actions = kc_fsm_advert(fsm, in[3],
					in[0] & 0x20 ? fsm->cfg.interval_ms :
					interval_of(fsm->cfg.version, in[2]),
					(in[0] >> 6) - 1, *now);
		break;
	case FSM_FAULT:
		actions = kc_fsm_fault(fsm);
		break;
	case FSM_RECOVER:
		actions = kc_fsm_recover(fsm, *now);
		break;
	case FSM_STOP:
		actions = kc_fsm_stop(fsm);
		break;
	case FSM_SET_PRIORITY:
		kc_fsm_set_priority(fsm, kc_fsm_weigh(fsm->cfg.priority,
						      in[3] - 128));
		break;
	case FSM_CONFIGURE:
		if (end - in < 12)
			return;
		read_config(&cfg, in + 4, fsm->cfg.version);
		kc_fsm_configure(fsm, &cfg, *now);
		kc_fsm_set_priority(fsm, cfg.priority);
		/* The state stays, whatever was chosen. */
		was.cfg = cfg;
		break;
	}
	broken = fsm_broken(&was, fsm, event, actions, *now);
	if (!broken && !fsm->priority)
		broken = "0 is not a priority";
	if (broken) {
		fprintf(stderr, "broken: %s (event %d, actions %#x)\n", broken,
			event, actions);
		abort();
	}
}

int LLVMFuzzerTestOneInput(const u8 *input, size_t size);

int LLVMFuzzerTestOneInput(const u8 *input, size_t size)
{
	const u8 *end = input + size;
	struct kc_fsm_config cfg;
	struct kc_fsm fsm;
	u64 now = SECOND;

	if (size < 8)
		return 0;
	read_config(&cfg, input, input[0] & 1 ? 2 : 3);
	kc_fsm_init(&fsm, &cfg);
	for (input += 8; end - input >= 4; input += 4)
		one_event(&fsm, input, end, &now);

	/* Nothing more happens: a router that takes part ends up as master. */
	if (fsm_active(&fsm)) {
		while (fsm.state != KC_FSM_MASTER) {
			now = fsm.deadline;
			if (!kc_fsm_timer(&fsm, now))
				abort();
		}
	}
	return 0;
}
