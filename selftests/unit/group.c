// SPDX-License-Identifier: GPL-2.0
/*
 * Groups (vrrp_group.c): single decisions.
 */
#include "../../kmod/core/vrrp_group.h"
#include "ktap.h"

#define MS 1000000ULL
#define SECOND (1000 * MS)
#define T0 (1000 * SECOND)
#define BIT(flag) (1 << (flag))

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
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
