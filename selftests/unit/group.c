// SPDX-License-Identifier: GPL-2.0
/*
 * Groups (vrrp_group.c): single decisions, then two or three nodes in two
 * networks that lose messages, fall apart and are whole again.
 *
 *	  node 0       node 1       node 2	a group on each node
 *	 LAN  WAN     LAN  WAN     LAN  WAN	and its two members
 *	==+====|=======+====|=======+====|==	segment 0
 *	=======+============+============+==	segment 1
 */
#include "../../kmod/core/vrrp_group.h"
#include "ktap.h"

#define MS 1000000ULL
#define SECOND (1000 * MS)
#define T0 (1000 * SECOND)
#define BIT(flag) (1 << (flag))

#define NODES_MAX 3
#define SEGMENTS 2
#define IN_FLIGHT_MAX 4096
#define RUNS 1000
#define DELAY_MAX (2 * MS)

/* --- decisions ----------------------------------------------------------- */

struct duo {
	struct kc_group group;
	struct kc_group_sight said[2];
	unsigned int change;
};

static void say(struct duo *duo, unsigned int who, enum kc_fsm_state state,
		unsigned int flags, u64 now)
{
	struct kc_group_sight sight = { .state = state, .flags = flags };

	duo->change = kc_group_update(&duo->group, &duo->said[who], &sight,
				      1000, 0, now);
}

static struct duo two(enum kc_fsm_state state)
{
	struct duo duo = { .said = { { .state = state }, { .state = state } } };

	kc_group_join(&duo.group, &duo.said[0], T0);
	kc_group_join(&duo.group, &duo.said[1], T0);
	return duo;
}

static void fault_of_another(void)
{
	struct duo duo = two(KC_FSM_BACKUP);

	say(&duo, 0, KC_FSM_FAULT, BIT(KC_GROUP_FAULT), T0);
	expect(duo.change & KC_GROUP_VISIT);
	expect_eq(kc_group_order(&duo.group, &duo.said[1]), KC_GROUP_TO_FAULT);
	/* What the group does to the second does not hold the first. */
	say(&duo, 1, KC_FSM_FAULT, 0, T0);
	expect_eq(kc_group_order(&duo.group, &duo.said[0]), KC_GROUP_TO_BACKUP);
	say(&duo, 0, KC_FSM_BACKUP, 0, T0);
	expect(duo.change & KC_GROUP_VISIT);
	expect_eq(kc_group_order(&duo.group, &duo.said[1]), KC_GROUP_TO_BACKUP);
}

static void faults_of_both(void)
{
	struct duo duo = two(KC_FSM_BACKUP);

	say(&duo, 0, KC_FSM_FAULT, BIT(KC_GROUP_FAULT), T0);
	say(&duo, 1, KC_FSM_FAULT, BIT(KC_GROUP_FAULT), T0);
	expect_eq(kc_group_order(&duo.group, &duo.said[0]), KC_GROUP_TO_FAULT);
	say(&duo, 0, KC_FSM_FAULT, 0, T0);
	expect_eq(kc_group_order(&duo.group, &duo.said[0]), KC_GROUP_TO_FAULT);
	expect_eq(kc_group_order(&duo.group, &duo.said[1]), KC_GROUP_TO_BACKUP);
}

static void ready_takes_all(void)
{
	struct duo duo = two(KC_FSM_BACKUP);

	say(&duo, 0, KC_FSM_BACKUP, BIT(KC_GROUP_READY), T0);
	expect(duo.change & KC_GROUP_VISIT);
	expect_eq(kc_group_order(&duo.group, &duo.said[1]), KC_GROUP_TO_MASTER);
}

static void obstacles(void)
{
	static const enum kc_group_flag obstacle[] = {
		KC_GROUP_BLOCKED, KC_GROUP_WAITS, KC_GROUP_STANDBY,
		KC_GROUP_FAULT,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(obstacle); i++) {
		struct duo duo = two(KC_FSM_BACKUP);

		about("obstacle %u", i);
		say(&duo, 1, KC_FSM_BACKUP, BIT(obstacle[i]), T0);
		say(&duo, 0, KC_FSM_BACKUP, BIT(KC_GROUP_READY), T0);
		expect_eq(duo.group.order, KC_GROUP_TO_BACKUP);
		say(&duo, 1, KC_FSM_BACKUP, 0, T0);
		expect_eq(duo.group.order, KC_GROUP_TO_MASTER);
	}
}

static void deposed_takes_all(void)
{
	struct duo duo = two(KC_FSM_MASTER);
	struct kc_group_sight sight = {
		.state = KC_FSM_BACKUP, .deposed = true,
	};

	expect_eq(duo.group.order, KC_GROUP_TO_MASTER);
	duo.change = kc_group_update(&duo.group, &duo.said[0], &sight, 1000, 0,
				     T0);
	expect(duo.change & KC_GROUP_VISIT);
	expect_eq(kc_group_order(&duo.group, &duo.said[1]), KC_GROUP_TO_BACKUP);
}

static void joins_later(void)
{
	struct duo duo = two(KC_FSM_MASTER);
	struct kc_group_sight sight = {
		.state = KC_FSM_BACKUP, .flags = BIT(KC_GROUP_WAITS),
	};

	expect_eq(kc_group_join(&duo.group, &sight, T0) & KC_GROUP_TOLD, 0);
	expect_eq(duo.group.order, KC_GROUP_TO_MASTER);
	expect_eq(kc_group_leave(&duo.group, &sight, T0) & KC_GROUP_TOLD, 0);
	sight.flags = BIT(KC_GROUP_BLOCKED);
	kc_group_join(&duo.group, &sight, T0);
	expect_eq(duo.group.order, KC_GROUP_TO_BACKUP);
}

static void told_once(void)
{
	struct duo duo = { .said = { { .state = KC_FSM_INIT } } };

	expect_eq(kc_group_join(&duo.group, &duo.said[0], T0), 0);
	expect_eq(kc_group_join(&duo.group, &duo.said[1], T0), 0);
	say(&duo, 0, KC_FSM_BACKUP, 0, T0);
	expect_eq(duo.change & KC_GROUP_TOLD, 0);
	say(&duo, 1, KC_FSM_BACKUP, 0, T0);
	expect(duo.change & KC_GROUP_TOLD);
	expect_eq(duo.group.told, KC_FSM_BACKUP);
	say(&duo, 0, KC_FSM_MASTER, 0, T0);
	say(&duo, 0, KC_FSM_BACKUP, 0, T0);
	expect_eq(duo.change & KC_GROUP_TOLD, 0);
	expect_eq(kc_group_leave(&duo.group, &duo.said[0], T0) & KC_GROUP_TOLD,
		  0);
	expect(kc_group_leave(&duo.group, &duo.said[1], T0) & KC_GROUP_TOLD);
	expect_eq(duo.group.told, KC_FSM_INIT);
}

static void votes_of_all(void)
{
	struct duo duo = two(KC_FSM_BACKUP);
	unsigned int votes = BIT(KC_GROUP_VOTES);
	unsigned int elected = votes | BIT(KC_GROUP_ELECTED);

	say(&duo, 0, KC_FSM_BACKUP, votes, T0);
	say(&duo, 1, KC_FSM_BACKUP, votes | BIT(KC_GROUP_READY), T0);
	expect_eq(duo.group.order, KC_GROUP_TO_SEEK);
	expect(!kc_group_earnest(&duo.group));
	say(&duo, 1, KC_FSM_BACKUP, elected | BIT(KC_GROUP_REACHES), T0);
	expect_eq(duo.group.order, KC_GROUP_TO_SEEK);
	expect(!kc_group_earnest(&duo.group));
	say(&duo, 0, KC_FSM_BACKUP, votes | BIT(KC_GROUP_REACHES), T0);
	expect(kc_group_earnest(&duo.group));
	say(&duo, 0, KC_FSM_BACKUP, elected, T0);
	expect_eq(duo.group.order, KC_GROUP_TO_MASTER);
}

/* --- a network ----------------------------------------------------------- */

struct member {
	struct kc_fsm fsm;
	struct kc_group_sight said;
	bool faulty;
	u8 side;
	u8 rank;	/* its address */
};

struct node {
	struct kc_group group;
	struct member members[SEGMENTS];
	bool visit;
	unsigned int takeovers;
	unsigned int told;
};

struct message {
	u64 arrives;
	u64 number;
	u8 from, to, segment;
	u8 priority;
	u32 interval_ms;
	bool used;
};

static struct node nodes[NODES_MAX];
static unsigned int n_nodes, loss;
static bool in_step;
static struct message in_flight[IN_FLIGHT_MAX];
static u64 now, messages, random_state;
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

static void happened(u8 who, u8 segment, unsigned int actions)
{
	carry_out(who, segment, actions);
	sync_member(who, segment);
	visit_all();
}

static void pass(u64 until)
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

enum { RANKS_ALIKE, RANKS_MIXED };

static void set_up(u64 seed, int ranks)
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

static void start_all(bool at_once)
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

static void order_standby(u8 who, u8 segment, bool standby)
{
	happened(who, segment,
		 kc_fsm_standby(&nodes[who].members[segment].fsm, standby,
				now));
}

static void disturb(void)
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

static void repair(bool sides)
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

static u64 intervals(unsigned int n)
{
	return n * nodes[0].members[0].fsm.cfg.interval_ms * MS;
}

/* All members of a node in one state; returns how many nodes are master. */
static unsigned int masters(void)
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

static void is_quiet(void)
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

static void heals(int ranks)
{
	u64 seed;

	for (seed = 1; seed <= RUNS && !ktap_failures; seed++) {
		set_up(seed, ranks);
		start_all(seed & 1);
		disturb();
		repair(true);
		pass(now + intervals(60));
		expect_eq(masters(), 1);
		is_quiet();
		expect_eq(masters(), 1);
	}
}

static void heals_alike(void)
{
	heals(RANKS_ALIKE);
}

static void heals_mixed(void)
{
	heals(RANKS_MIXED);
}

static void stays_broken(void)
{
	u64 seed;

	for (seed = 1; seed <= RUNS && !ktap_failures; seed++) {
		set_up(seed, RANKS_ALIKE);
		start_all(seed & 1);
		disturb();
		repair(false);
		pass(now + intervals(60));
		masters();
		is_quiet();
		masters();
	}
}

static void set_up_pair(u64 seed, u8 first, u8 second)
{
	static const struct kc_fsm_config cfg = {
		.interval_ms = 1000, .version = 3, .preempt = true,
	};
	unsigned int i, j;

	set_up(seed, RANKS_ALIKE);
	n_nodes = 2;
	memset(nodes, 0, sizeof(nodes));
	for (i = 0; i < n_nodes; i++) {
		for (j = 0; j < SEGMENTS; j++) {
			struct member *m = &nodes[i].members[j];

			m->rank = i;
			kc_fsm_init(&m->fsm, &cfg);
			m->fsm.cfg.priority = i ? second : first;
			m->fsm.priority = m->fsm.cfg.priority;
			kc_fsm_join(&m->fsm);
			kc_group_join(&nodes[i].group, &m->said, now);
		}
	}
}

static void plain_pair(void)
{
	set_up_pair(1, 200, 100);
	start_all(true);
	pass(now + intervals(10));
	expect_eq(nodes[0].members[0].fsm.state, KC_FSM_MASTER);
	expect_eq(masters(), 1);
}

/*
 * Twins in whose two networks the one and the other comes first, and which do
 * everything in the same moment: only chance can tell them apart.
 */
static void twins(void)
{
	u64 seed;

	for (seed = 1; seed <= RUNS && !ktap_failures; seed++) {
		set_up_pair(seed, 100, 100);
		nodes[0].members[1].rank = 1;
		nodes[1].members[1].rank = 0;
		in_step = true;
		start_all(true);
		pass(now + intervals(60));
		expect_eq(masters(), 1);
		is_quiet();
		in_step = false;
	}
}

/* One network is cut in silence: nobody moves. */
static void silent_cut(void)
{
	plain_pair();
	nodes[0].members[0].side = 1;
	pass(now + intervals(20));
	expect_eq(masters(), 1);
	expect_eq(nodes[0].members[0].fsm.state, KC_FSM_MASTER);
	expect_eq(nodes[0].takeovers, 2);
	expect_eq(nodes[1].takeovers, 0);
	expect(nodes[1].members[0].fsm.ready);
	expect(nodes[1].members[1].fsm.blocked);
}

/*
 * Both go together. The network that works says so at once; in the other one
 * the next advertisement is waited for.
 */
static void carrier_loss(void)
{
	struct kc_fsm *fsm = &nodes[1].members[0].fsm;

	plain_pair();
	nodes[0].members[0].faulty = true;
	happened(0, 0, 0);
	expect_eq(nodes[0].members[1].fsm.state, KC_FSM_FAULT);
	pass(now + intervals(1) + kc_fsm_down_interval(fsm) % intervals(1) +
	     2 * DELAY_MAX);
	expect_eq(nodes[1].members[0].fsm.state, KC_FSM_MASTER);
	expect_eq(nodes[1].members[1].fsm.state, KC_FSM_MASTER);
	nodes[0].members[0].faulty = false;
	happened(0, 0, 0);
	pass(now + intervals(10));
	expect_eq(nodes[0].members[0].fsm.state, KC_FSM_MASTER);
	expect_eq(masters(), 1);
}

static void one_stands_by(void)
{
	plain_pair();
	order_standby(0, 1, true);
	expect_eq(nodes[0].members[0].fsm.state, KC_FSM_BACKUP);
	pass(now + intervals(1));
	expect_eq(nodes[1].members[0].fsm.state, KC_FSM_MASTER);
	expect_eq(masters(), 1);
	order_standby(0, 1, false);
	pass(now + intervals(10));
	expect_eq(nodes[0].members[1].fsm.state, KC_FSM_MASTER);
	expect_eq(masters(), 1);
}

/* The longest delay of the members is that of the group. */
static void longest_delay(void)
{
	plain_pair();
	order_standby(0, 1, true);
	pass(now + intervals(10));
	nodes[0].members[1].fsm.cfg.preempt_delay_ms = 20000;
	order_standby(0, 1, false);
	pass(now + intervals(19));
	expect_eq(nodes[1].members[0].fsm.state, KC_FSM_MASTER);
	expect_eq(masters(), 1);
	pass(now + intervals(5));
	expect_eq(nodes[0].members[0].fsm.state, KC_FSM_MASTER);
	expect_eq(masters(), 1);
}

static void lone_again(void)
{
	struct kc_fsm *fsm = &nodes[1].members[0].fsm;

	silent_cut();
	kc_fsm_part(fsm, now);
	expect(kc_fsm_timer(fsm, fsm->deadline) & KC_FSM_CHANGED);
	expect_eq(fsm->state, KC_FSM_MASTER);
}

static const struct check checks[] = {
	{ "a fault of one is a fault of all, and ends with it",
	  fault_of_another },
	{ "faults of two end when both do", faults_of_both },
	{ "one that would be master takes all others along", ready_takes_all },
	{ "unless one cannot come along", obstacles },
	{ "one that is deposed takes all others along", deposed_takes_all },
	{ "one that joins a master waits for its time", joins_later },
	{ "all in the same state is told once", told_once },
	{ "votes: all need a majority before any is master", votes_of_all },
	{ "a network is cut in silence: nobody moves", silent_cut },
	{ "a fault moves both networks at once", carrier_loss },
	{ "one stands by: all go, and come back", one_stands_by },
	{ "the longest preempt delay counts", longest_delay },
	{ "out of the group it is master by itself", lone_again },
	{ "networks that are whole again have one master", heals_alike },
	{ "also with nodes ranked differently in each", heals_mixed },
	{ "networks that stay broken are quiet", stays_broken },
	{ "twins that act in step come apart", twins },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
