// SPDX-License-Identifier: GPL-2.0
/*
 * Groups in networks that lose messages.
 */
#include "group_network.h"
#include "ktap.h"

#define IN_FLIGHT_MAX 4096
#define BIT(flag) (1 << (flag))

struct message {
	u64 arrives;
	u64 number;
	u8 from, to, segment;
	u8 priority;
	u32 interval_ms;
	bool used;
};

struct node nodes[NODES_MAX];
unsigned int n_nodes;
bool in_step;
u64 now;

static unsigned int loss;
static struct message in_flight[IN_FLIGHT_MAX];
static u64 messages, random_state;
static u64 last_arrival[NODES_MAX][NODES_MAX][SEGMENTS];

static u32 random_below(u32 limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 20) % limit;
}

static void put(u8 from, u8 to, u8 segment, u8 priority)
{
	struct message *message = NULL;
	unsigned int i;

	if (nodes[from].members[segment].side !=
	    nodes[to].members[segment].side)
		return;
	if (nodes[from].members[segment].faulty ||
	    nodes[to].members[segment].faulty || random_below(100) < loss)
		return;
	for (i = 0; i < IN_FLIGHT_MAX && !message; i++)
		if (!in_flight[i].used)
			message = &in_flight[i];
	expect(message);
	if (!message)
		return;
	message->arrives = now + (in_step ? DELAY_MAX :
				  1 + random_below(DELAY_MAX));
	if (message->arrives < last_arrival[from][to][segment])
		message->arrives = last_arrival[from][to][segment];
	last_arrival[from][to][segment] = message->arrives;
	message->number = messages++;
	message->from = from;
	message->to = to;
	message->segment = segment;
	message->priority = priority;
	message->interval_ms = nodes[from].members[segment].fsm.cfg.interval_ms;
	message->used = true;
}

static void carry_out(u8 who, u8 segment, unsigned int actions)
{
	struct kc_fsm *fsm = &nodes[who].members[segment].fsm;
	u8 to;

	if ((actions & KC_FSM_CHANGED) && fsm->state == KC_FSM_MASTER)
		nodes[who].takeovers++;
	for (to = 0; to < n_nodes; to++) {
		if (to == who)
			continue;
		if (actions & KC_FSM_SEND)
			put(who, to, segment, fsm->priority);
		if (actions & KC_FSM_SEND_ZERO)
			put(who, to, segment, 0);
	}
}

/* What the shell does whenever something happened to a router. */
static void sync_member(u8 who, u8 segment)
{
	struct node *node = &nodes[who];
	struct member *member = &node->members[segment];
	struct kc_fsm *fsm = &member->fsm;
	unsigned int i, actions, change;
	enum kc_group_order order;
	struct kc_group_sight is;
	bool fault;

	for (i = 0; i < 4; i++) {
		kc_fsm_sight(fsm, &is, now);
		if (member->faulty)
			is.flags |= BIT(KC_GROUP_FAULT);
		change = kc_group_update(&node->group, &member->said, &is,
					 fsm->cfg.interval_ms,
					 random_below(1 << 30), now);
		node->visit |= change & KC_GROUP_VISIT;
		node->told += !!(change & KC_GROUP_TOLD);
		order = kc_group_order(&node->group, &member->said);
		kc_fsm_hurry(fsm, &node->group, now);
		fault = member->faulty || order == KC_GROUP_TO_FAULT;
		if (fault)
			actions = kc_fsm_fault(fsm);
		else if (fsm->state == KC_FSM_FAULT)
			actions = kc_fsm_recover(fsm, now);
		else
			actions = kc_fsm_order(fsm, order, now);
		carry_out(who, segment, actions);
		if (!actions)
			break;
	}
	expect(i < 4);
}

static void visit_all(void)
{
	unsigned int i, j, rounds = 0;
	bool again;

	do {
		again = false;
		for (i = 0; i < n_nodes; i++) {
			if (!nodes[i].visit)
				continue;
			nodes[i].visit = false;
			again = true;
			for (j = 0; j < SEGMENTS; j++)
				sync_member(i, j);
		}
	} while (again && ++rounds < 10);
	expect(rounds < 10);
}

void happened(u8 who, u8 segment, unsigned int actions)
{
	carry_out(who, segment, actions);
	sync_member(who, segment);
	visit_all();
}

void pass(u64 until)
{
	for (;;) {
		struct message *message = NULL;
		u64 when = until + 1;
		int who = -1, segment = -1;
		unsigned int i, j;

		for (i = 0; i < IN_FLIGHT_MAX; i++) {
			if (!in_flight[i].used)
				continue;
			if (!message ||
			    in_flight[i].arrives < message->arrives ||
			    (in_flight[i].arrives == message->arrives &&
			     in_flight[i].number < message->number))
				message = &in_flight[i];
		}
		if (message)
			when = message->arrives;
		for (i = 0; i < n_nodes; i++) {
			for (j = 0; j < SEGMENTS; j++) {
				struct member *m = &nodes[i].members[j];
				u64 at = m->fsm.deadline;

				/* A takeover that was put off. */
				if (m->fsm.ready && nodes[i].group.until > now)
					at = nodes[i].group.until;
				if (at >= when)
					continue;
				when = at;
				who = i;
				segment = j;
			}
		}
		if (when > until)
			break;
		now = when > now ? when : now;
		if (who >= 0) {
			happened(who, segment,
				 kc_fsm_timer(&nodes[who].members[segment].fsm,
					      now));
		} else {
			struct member *to =
				&nodes[message->to].members[message->segment];
			struct member *from =
				&nodes[message->from].members[message->segment];

			message->used = false;
			happened(message->to, message->segment,
				 kc_fsm_advert(&to->fsm, message->priority,
					       message->interval_ms,
					       from->rank - to->rank, now));
		}
	}
	now = until;
}

void set_up(u64 seed, int ranks)
{
	static const u32 intervals[] = { 100, 1000 };
	unsigned int i, j, turn;
	u32 interval;

	random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	memset(in_flight, 0, sizeof(in_flight));
	memset(last_arrival, 0, sizeof(last_arrival));
	memset(nodes, 0, sizeof(nodes));
	now = T0;
	loss = 0;
	n_nodes = 2 + random_below(2);
	interval = intervals[random_below(2)];
	about("seed %llu", (unsigned long long)seed);
	turn = random_below(n_nodes);
	for (i = 0; i < n_nodes; i++) {
		struct kc_fsm_config cfg = {
			.interval_ms = interval, .version = 3,
			.priority = 1 + random_below(254),
			.preempt = random_below(4),
		};

		if (random_below(3) == 0)
			cfg.priority = 100;
		if (random_below(6) == 0)
			cfg.preempt_delay_ms = 5 * interval;
		if (random_below(6) == 0)
			cfg.startup_delay_ms = 7 * interval;
		for (j = 0; j < SEGMENTS; j++) {
			struct member *m = &nodes[i].members[j];

			m->rank = i;
			if (ranks == RANKS_MIXED) {
				if (random_below(2))
					cfg.priority = 1 + random_below(254);
				m->rank = j ? (i + turn) % n_nodes : i;
			}
			kc_fsm_init(&m->fsm, &cfg);
			m->said.state = KC_FSM_INIT;
			kc_fsm_join(&m->fsm);
			kc_group_join(&nodes[i].group, &m->said, now);
		}
	}
}

void start_all(bool at_once)
{
	unsigned int i, j;

	for (i = 0; i < n_nodes; i++) {
		for (j = 0; j < SEGMENTS; j++)
			happened(i, j, kc_fsm_start(&nodes[i].members[j].fsm,
						    now));
		if (!at_once)
			pass(now + random_below(6000) * MS);
	}
}

void order_standby(u8 who, u8 segment, bool standby)
{
	happened(who, segment,
		 kc_fsm_standby(&nodes[who].members[segment].fsm, standby,
				now));
}

void disturb(void)
{
	unsigned int steps = 3 + random_below(10);
	struct member *m;
	u8 who, segment;

	loss = random_below(40);
	while (steps--) {
		pass(now + random_below(6000) * MS);
		who = random_below(n_nodes);
		segment = random_below(SEGMENTS);
		m = &nodes[who].members[segment];
		switch (random_below(4)) {
		case 0:
			m->faulty = !m->faulty;
			happened(who, segment, 0);
			break;
		case 1:
			order_standby(who, segment, !m->fsm.standby);
			break;
		case 2:
			kc_fsm_set_priority(&m->fsm, m->fsm.cfg.priority);
			happened(who, segment, 0);
			break;
		default:
			m->side = !m->side;
		}
	}
	loss = 0;
}

void repair(bool sides)
{
	unsigned int i, j;

	for (i = 0; i < n_nodes; i++) {
		for (j = 0; j < SEGMENTS; j++) {
			struct member *m = &nodes[i].members[j];

			if (sides) {
				m->side = 0;
				m->faulty = false;
			}
			happened(i, j, 0);
			if (sides)
				order_standby(i, j, false);
		}
	}
}

u64 intervals(unsigned int n)
{
	return n * nodes[0].members[0].fsm.cfg.interval_ms * MS;
}

/* All members of a node in one state; returns how many nodes are master. */
unsigned int masters(void)
{
	unsigned int i, found = 0;

	for (i = 0; i < n_nodes; i++) {
		expect_eq(nodes[i].members[0].fsm.state,
			  nodes[i].members[1].fsm.state);
		expect_eq(nodes[i].group.told, nodes[i].members[0].fsm.state);
		found += nodes[i].members[0].fsm.state == KC_FSM_MASTER;
	}
	return found;
}

void is_quiet(void)
{
	unsigned int i, takeovers[NODES_MAX], told[NODES_MAX];

	for (i = 0; i < n_nodes; i++) {
		takeovers[i] = nodes[i].takeovers;
		told[i] = nodes[i].told;
	}
	pass(now + intervals(100));
	for (i = 0; i < n_nodes; i++) {
		expect_eq(nodes[i].takeovers, takeovers[i]);
		expect_eq(nodes[i].told, told[i]);
	}
}
