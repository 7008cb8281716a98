// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual routers on a simulated network; see network.h.
 */
#include "ktap.h"
#include "network.h"

#define IN_FLIGHT_MAX 65536

struct message {
	u64 arrives;
	u64 number;
	u8 from, to;
	u8 priority;
	u32 interval_ms;
	bool announcement;
	bool used;
};

struct router routers[ROUTERS_MAX];
unsigned int count;
u64 now, messages, last_sent[ROUTERS_MAX];

static struct message in_flight[IN_FLIGHT_MAX];
static unsigned int in_flight_end;
static u64 last_arrival[ROUTERS_MAX][ROUTERS_MAX];
static u64 random_state;

u32 random_below(u32 limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 20) % limit;
}

static void put(u8 from, u8 to, u8 priority, bool announcement)
{
	struct message *message = NULL;
	unsigned int i;

	if (routers[from].side != routers[to].side)
		return;
	for (i = 0; i < IN_FLIGHT_MAX; i++) {
		if (!in_flight[i].used) {
			message = &in_flight[i];
			break;
		}
	}
	expect(message);
	if (!message)
		return;
	if (i >= in_flight_end)
		in_flight_end = i + 1;
	message->arrives = now + 1 + random_below(DELAY_MAX);
	/* A path does not change the order. */
	if (message->arrives < last_arrival[from][to])
		message->arrives = last_arrival[from][to];
	last_arrival[from][to] = message->arrives;
	message->number = messages++;
	message->from = from;
	message->to = to;
	message->priority = priority;
	message->interval_ms = routers[from].fsm.cfg.interval_ms;
	message->announcement = announcement;
	message->used = true;
}

static void carry_out(u8 who, unsigned int actions)
{
	u8 to;

	if (actions & (KC_FSM_SEND | KC_FSM_SEND_ZERO))
		last_sent[who] = now;
	for (to = 0; to < count; to++) {
		if (actions & KC_FSM_ANNOUNCE)
			put(who, to, 0, true);
		if (to == who)
			continue;
		if (actions & KC_FSM_SEND)
			put(who, to, routers[who].fsm.priority, false);
		if (actions & KC_FSM_SEND_ZERO)
			put(who, to, 0, false);
	}
}

void happen(u8 who, enum fsm_event event, const struct message *message)
{
	struct kc_fsm *fsm = &routers[who].fsm;
	struct kc_fsm was = *fsm;
	unsigned int actions = 0;
	const char *broken;
	int weights;

	switch (event) {
	case FSM_START:
		actions = kc_fsm_start(fsm, now);
		break;
	case FSM_TIMER:
		actions = kc_fsm_timer(fsm, now);
		break;
	case FSM_ADVERT:
		actions = kc_fsm_advert(fsm, message->priority,
					message->interval_ms,
					message->from - who, now);
		break;
	case FSM_FAULT:
		actions = kc_fsm_fault(fsm);
		break;
	case FSM_RECOVER:
		actions = kc_fsm_recover(fsm, now);
		break;
	case FSM_STOP:
		actions = kc_fsm_stop(fsm);
		break;
	case FSM_SET_PRIORITY:
		weights = (int)random_below(100) - 50;
		kc_fsm_set_priority(fsm, kc_fsm_weigh(fsm->cfg.priority,
						      weights));
		break;
	case FSM_CONFIGURE:
		/* Only what all the routers need not have in common. */
		was.cfg.preempt_delay_ms = random_below(2) * 700;
		kc_fsm_configure(fsm, &was.cfg, now);
		was = *fsm;
		break;
	}
	broken = fsm_broken(&was, fsm, event, actions, now);
	if (broken)
		printf("# broken: %s\n", broken);
	expect(!broken);
	carry_out(who, actions);
}

static struct message *next_message(void)
{
	struct message *next = NULL;
	unsigned int i;

	for (i = 0; i < in_flight_end; i++) {
		struct message *message = &in_flight[i];

		if (!message->used)
			continue;
		/* What waits for a frozen router keeps its order. */
		if (!message->announcement &&
		    message->arrives < routers[message->to].frozen_until)
			message->arrives = routers[message->to].frozen_until;
		if (!next || message->arrives < next->arrives ||
		    (message->arrives == next->arrives &&
		     message->number < next->number))
			next = message;
	}
	return next;
}

void pass(u64 until)
{
	for (;;) {
		struct message *message = next_message();
		u64 when = message ? message->arrives : KC_FSM_NEVER;
		int timer_of = -1;
		unsigned int i;

		for (i = 0; i < count; i++) {
			u64 at = routers[i].fsm.deadline;

			if (at < routers[i].frozen_until)
				at = routers[i].frozen_until;
			/* Who wakes may find either first. */
			if (at < when || (at == when && random_below(2))) {
				when = at;
				timer_of = i;
			}
		}
		if (when > until)
			break;
		now = when > now ? when : now;
		if (timer_of >= 0) {
			happen(timer_of, FSM_TIMER, NULL);
			continue;
		}
		message->used = false;
		while (in_flight_end && !in_flight[in_flight_end - 1].used)
			in_flight_end--;
		if (message->announcement)
			routers[message->to].told = message->from;
		else
			happen(message->to, FSM_ADVERT, message);
	}
	now = until;
}

void network_begin(u64 seed)
{
	random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	memset(in_flight, 0, sizeof(in_flight));
	memset(last_arrival, 0, sizeof(last_arrival));
	in_flight_end = 0;
	now = 1000 * SECOND;
}
