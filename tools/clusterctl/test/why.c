// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the sentence on why a virtual router is in its state.
 */
#include <string.h>

#include "../router.h"
#include "../value.h"
#include "../why.h"
#include "test.h"

static void check_because(const struct router *router, const struct values *values,
			  const char *because)
{
	char text[256];

	why_text(router, values, text, sizeof(text));
	check(strstr(text, because) != NULL, "because of what is tracked: %s", text);
}

static char name[] = "KA1", device[] = "eth1", web[] = "web", db[] = "db";

/* Who does not vote for a candidate, and why. */
static void test_votes(void)
{
	struct ipaddr addresses[] = {
		{ .length = 4, .bytes = { 10, 1, 0, 2 } },
		{ .length = 4, .bytes = { 10, 2, 0, 2 } },
		{ .length = 4, .bytes = { 10, 1, 0, 3 } },
	};
	struct witness witnesses[] = {
		{ .addresses = addresses, .address_count = 2, .heard = true, .last_heard = 3200 },
		{ .addresses = addresses + 2, .address_count = 1 },
	};
	const struct values none = { 0 };
	struct router router = {
		.name = name, .state = KCLUSTER_VRRP_STATE_BACKUP, .priority = 200,
		.effective_priority = 200, .candidate = 1, .votes = 3, .votes_granted = 1,
		.witnesses = witnesses, .witness_count = 2,
	};

	check_because(&router, &none,
		      "no majority: 1 of 3 votes (10.1.0.2,10.2.0.2 does not answer since 3.2 s, 10.1.0.3 never answered).");
	witnesses[0].vote = KCLUSTER_VRRP_VOTE_TAKEN;
	witnesses[1].vote = KCLUSTER_VRRP_VOTE_WAITING;
	check_because(&router, &none,
		      "(10.1.0.2,10.2.0.2 votes for another node, 10.1.0.3 has just started).");
	witnesses[0].vote = KCLUSTER_VRRP_VOTE_GRANTED;
	witnesses[1].vote = KCLUSTER_VRRP_VOTE_DIFFERS;
	check_because(&router, &none,
		      "(10.1.0.3 counts other votes or has a shorter interval).");
}

/* Before it deposes a master it wants to know what that one knows. */
static void test_handover(void)
{
	char group[] = "FW", reason[] = "group FW waits: KA1 hears 10.1.0.2, priority 100";
	const struct values none = { 0 };
	struct router router = {
		.name = name, .state = KCLUSTER_VRRP_STATE_BACKUP, .priority = 200,
		.effective_priority = 200, .preempt = 1, .handover_wait = 8000,
		.master_address = { .length = 4, .bytes = { 10, 1, 0, 2 } },
		.master_priority = 100,
	};

	check_because(&router, &none,
		      "; it waits until it knows the connections of its peers, for another 8.0 s at most.");
	router.group = group;
	router.reason = reason;
	check_because(&router, &none, "; it waits until it knows the connections of its peers");
	router.handover_wait = 0;
	check_because(&router, &none, "; group FW waits: KA1 hears 10.1.0.2");
}

static void test_group(void)
{
	char group[] = "FW", reason[] = "group FW waits: IN hears 10.1.0.1, priority 200";
	const struct values none = { 0 };
	struct router router = {
		.name = name, .state = KCLUSTER_VRRP_STATE_BACKUP, .priority = 100,
		.effective_priority = 100, .group = group, .reason = reason, .preempt = 1,
	};

	check_because(&router, &none,
		      "no master was heard yet; group FW waits: IN hears 10.1.0.1, priority 200.");
}

/* A weight of its own goes before that of the value, and a number counts always. */
void test_why(void)
{
	struct track tracks[] = {
		{ .ifname = device, .has_weight = true, .weight = -10 },
		{ .value = web },
		{ .value = db, .has_weight = true, .weight = 0, .up = true },
	};
	struct value list[] = {
		{ .name = db, .state = KCLUSTER_VALUE_STATE_UP, .weight = 7 },
		{ .name = web, .state = KCLUSTER_VALUE_STATE_EXPIRED, .weight = -50 },
	};
	const struct values values = { .list = list, .count = 2 }, none = { 0 };
	struct router router = {
		.name = name, .state = KCLUSTER_VRRP_STATE_MASTER, .priority = 200,
		.effective_priority = 140, .tracks = tracks, .track_count = 3,
	};

	check_because(&router, &values, "140 (200, because eth1 is down and value web is expired):");
	check_because(&router, &none, "140 (200, because eth1 is down):");
	tracks[0].up = true;
	list[0].number = -20;
	check_because(&router, &values, "(200, because value web is expired and value db is -20):");
	tracks[1].up = true;
	tracks[2].weight = 20;
	check_because(&router, &values, "(200, because of what is tracked):");
	list[1].weight = 50;
	check_because(&router, &values, "(200, because value web is up):");
	tracks[1] = (struct track){ .value = web, .has_weight = true, .weight = -5 };
	check_because(&router, &none, "(200, because value web is down");
	tracks[1] = (struct track){ .ifname = device, .neighbour = { 4, { 192, 0, 2, 1 } },
				    .has_weight = true, .weight = -5 };
	check_because(&router, &none, "(200, because neighbour 192.0.2.1 on eth1 does not answer");
	test_votes();
	test_handover();
	test_group();
}
