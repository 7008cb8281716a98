// SPDX-License-Identifier: GPL-2.0
/*
 * Groups (vrrp_group.c): whatever happens to the networks, there is one master
 * in the end, of all members or of none.
 */
#include "group_network.h"
#include "ktap.h"

#define RUNS 400

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
