// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IP: leases, one story after the other, and for how long nobody answers
 * in each.
 */
#include "clusterip_cluster.h"

/* There and back, and two steps of the model. */
#define RTT (2 * MS + 2 * STEP)

/* Those that belonged to a node, and were without an owner for so long. */
static void remember(int *was)
{
	unsigned int i;

	for (i = 0; i < BUCKETS; i++)
		was[i] = owner_of(i);
}

static void starting(void)
{
	cluster_begin(5, false, 1);
	pass(MS);
	node_master(0, true);
	pass(2 * LEASE - 10 * MS);
	expect_eq(buckets_of(0), 0);
	expect(wait_owned(LEASE) < 40 * MS);
	pass(RTT);
	expect_exact();
}

static void planned(void)
{
	int was[BUCKETS];
	unsigned int i, moved = 0;

	cluster_settled(5, false);
	remember(was);
	nodes[3].weight = 300;
	node_changed(3);
	pass(LEASE);
	expect_exact();
	for (i = 0; i < BUCKETS; i++) {
		moved += was[i] != owner_of(i);
		expect(was[i] != owner_of(i) || !unowned[i]);
		expect(unowned_run[i] <= 2 * RTT);
	}
	expect(moved);
	printf("# a weight is changed: %u of %u buckets move and are nobody's for %llu us, a round trip being 2000 us\n",
	       moved, BUCKETS, (unsigned long long)longest_unowned() / 1000);
}

static void drained(void)
{
	int was[BUCKETS];
	unsigned int i;

	cluster_settled(4, false);
	remember(was);
	nodes[2].hold.standby = true;
	node_changed(2);
	pass(LEASE);
	expect_eq(buckets_of(2), 0);
	expect_exact();
	for (i = 0; i < BUCKETS; i++)
		expect(unowned_run[i] <= (was[i] == 2 ? 2 * RTT : 0));
	/* And back. */
	forget_unowned();
	nodes[2].hold.standby = false;
	node_changed(2);
	pass(LEASE);
	expect_exact();
	expect(longest_unowned() <= 2 * RTT);
}

static void released(void)
{
	cluster_settled(4, false);
	kc_cip_hold_release(&nodes[1].hold, true, clock_of(1));
	node_changed(1);
	pass(LEASE);
	expect_eq(buckets_of(1), 0);
	expect_exact();
	expect(longest_unowned() <= 2 * RTT);
	kc_cip_hold_release(&nodes[1].hold, false, clock_of(1));
	node_changed(1);
	pass(LEASE);
	expect_exact();
}

/* It does not say that it goes. */
static void crash(void)
{
	int was[BUCKETS];
	unsigned int i;

	cluster_settled(8, false);
	remember(was);
	node_crash(5);
	pass(2 * LEASE);
	expect_exact();
	for (i = 0; i < BUCKETS; i++)
		expect(unowned_run[i] <=
		       (was[i] == 5 ? LEASE + LEASE / 16 + 3 * RTT : 0));
	printf("# 1 of 8 crashes: its buckets answer again after %llu ms, the time after which it is dead being %llu ms; no other is interrupted\n",
	       (unsigned long long)(longest_unowned() / MS), LEASE / MS);
	forget_unowned();
	node_start(5, true);
	pass(4 * LEASE);
	expect_exact();
	expect(longest_unowned() <= 2 * RTT);
}

/* The next master is there after as long as VRRP needs. */
static void crash_of_authority(void)
{
	u64 down = LEASE / 3;
	int was[BUCKETS];
	unsigned int i;

	cluster_settled(8, false);
	remember(was);
	node_crash(0);
	pass(down);
	node_master(4, true);
	pass(3 * LEASE);
	expect_exact();
	for (i = 0; i < BUCKETS; i++)
		expect(unowned_run[i] <=
		       (was[i] ? 0 : down + LEASE + LEASE / 16 + 5 * RTT));
	printf("# the authority of 8 crashes, another is there after %llu ms: its buckets answer again after %llu ms, no other is interrupted\n",
	       (unsigned long long)(down / MS),
	       (unsigned long long)(longest_unowned() / MS));
}

static void handed_over(void)
{
	cluster_settled(8, false);
	node_master(0, false);
	node_master(3, true);
	pass(2 * LEASE);
	expect_eq(longest_unowned(), 0);
	/* For a while there are two masters. */
	node_master(5, true);
	pass(20 * MS);
	node_master(3, false);
	pass(2 * LEASE);
	expect_eq(longest_unowned(), 0);
	expect_exact();
	expect_eq(nodes[1].hold.authority, nodes[5].hold.cfg.id);
}

static void divide_at(unsigned int first)
{
	unsigned int i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++)
			cut[i][j] = (i < first) != (j < first);
}

static void partition(void)
{
	unsigned int i, sum = 0;

	cluster_settled(5, false);
	/* The authority is on the smaller side; the other gets one as well. */
	divide_at(2);
	pass(LEASE / 3);
	node_master(3, true);
	pass(LEASE);
	expect_eq(buckets_of(0) + buckets_of(1), 0);
	pass(2 * LEASE);
	for (i = 2; i < 5; i++)
		sum += buckets_of(i);
	expect_eq(sum, BUCKETS);
	memset(cut, 0, sizeof(cut));
	forget_unowned();
	node_master(0, false);
	pass(3 * LEASE);
	expect_exact();
	expect(longest_unowned() <= 2 * RTT);
}

static void two_stop(void)
{
	cluster_settled(2, false);
	divide_at(1);
	node_master(1, true);
	pass(4 * LEASE);
	expect_eq(buckets_of(0) + buckets_of(1), 0);
	memset(cut, 0, sizeof(cut));
	node_master(1, false);
	wait_owned(2 * LEASE);
	pass(LEASE);
	expect_exact();
}

static void two_serve(void)
{
	cluster_settled(2, true);
	divide_at(1);
	may_double = true;
	node_master(1, true);
	pass(4 * LEASE);
	expect_eq(buckets_of(0), BUCKETS);
	expect_eq(buckets_of(1), BUCKETS);
	memset(cut, 0, sizeof(cut));
	node_master(1, false);
	pass(3 * LEASE);
	may_double = false;
	pass(LEASE);
	expect_exact();
	cluster_begin(1, true, 1);
	node_master(0, true);
	pass(3 * LEASE);
	expect_eq(buckets_of(0), BUCKETS);
}

/* It knows nothing of what it promised. */
static void forgetful(void)
{
	cluster_settled(3, false);
	node_crash(2);
	node_start(2, false);
	pass(2 * LEASE - 10 * MS);
	expect_eq(nodes[2].hold.epoch, 0);
	expect_eq(buckets_of(2), 0);
	pass(20 * MS + LEASE / 8);
	expect(buckets_of(2));
	expect_exact();
}

/* --- one node, and what it must not believe ------------------------------- */

static struct kc_cip_hold hold;
static struct kc_cip_map map;
static struct kc_cip_status status;

static void one_node(void)
{
	struct kc_cip_config cfg = {
		.object = "web", .id = 1, .life = 11, .lease = LEASE,
		.seed = 7, .buckets = BUCKETS, .mode = KC_CIP_SOURCE_IP,
		.votes = 3,
	};

	kc_cip_hold_init(&hold, &cfg, MS);
	kc_cip_hold_status(&hold, &status, MS + 2 * LEASE);
	memset(&map, 0, sizeof(map));
	map.lease.head.epoch = 5;
	map.lease.head.authority = 9;
	map.lease.head.stamp = 1000;
	map.lease.head.life = 99;
	map.lease.head.echo = status.head.stamp;
	map.lease.head.echo_life = 11;
	map.lease.head.seq = 1;
	map.lease.length_us = LEASE / 1000;
	map.seed = 7;
	map.buckets = BUCKETS;
	map.n = 2;
	map.ids[0] = 1;
	map.ids[1] = 9;
	map.mode = KC_CIP_SOURCE_IP;
}

static unsigned int hear(void)
{
	return kc_cip_hold_hear(&hold, 9, &map.lease, &map,
				MS + 2 * LEASE + MS);
}

static bool has(void)
{
	return kc_cip_owns(&hold, 0, MS + 2 * LEASE + MS);
}

static void believed(void)
{
	u64 end = MS + 2 * LEASE + LEASE - LEASE / 32;

	one_node();
	expect_eq(hear(), KC_CIP_SAY | KC_CIP_CHANGED);
	expect(has());
	expect(kc_cip_owns(&hold, BUCKETS - 1, end - 1));
	expect(!kc_cip_owns(&hold, BUCKETS - 1, end));
}

static void not_believed(void)
{
	about("by another than the authority");
	one_node();
	kc_cip_hold_hear(&hold, 8, &map.lease, &map, MS + 2 * LEASE + MS);
	expect(!has());
	expect_eq(hold.epoch, 0);
	about("while it is silent");
	one_node();
	kc_cip_hold_hear(&hold, 9, &map.lease, &map, 2 * LEASE);
	expect_eq(hold.epoch, 0);
	about("echo of another life");
	one_node();
	map.lease.head.echo_life = 12;
	hear();
	expect(!has());
	about("echo of what it did not say yet");
	one_node();
	map.lease.head.echo++;
	hear();
	expect(!has());
	about("no echo");
	one_node();
	map.lease.head.echo = 0;
	hear();
	expect(!has());
	about("longer than a lease can be");
	one_node();
	map.lease.length_us = U32_MAX;
	hear();
	expect(has());
	expect(!kc_cip_owns(&hold, 0, MS + 3 * LEASE));
	about("other buckets");
	one_node();
	map.buckets = BUCKETS / 2;
	hear();
	expect(!has());
	expect(hold.differs);
	about("another hash");
	one_node();
	map.seed++;
	hear();
	expect(!has());
	about("on condition that it is held already");
	one_node();
	map.lease.head.flags = KC_CIP_KEEP;
	hear();
	expect(!has());
	about("a lower epoch");
	one_node();
	hear();
	map.lease.head.epoch--;
	map.lease.head.seq++;
	memset(map.owners, 1, BUCKETS);
	expect_eq(hear(), KC_CIP_SAY_BACK);
	expect(has());
	about("an older map");
	one_node();
	map.lease.head.seq = 4;
	hear();
	map.lease.head.seq--;
	memset(map.owners, 1, BUCKETS);
	hear();
	expect(has());
	about("the same authority in another life");
	one_node();
	hear();
	map.lease.head.life++;
	map.lease.head.seq++;
	memset(map.owners, 1, BUCKETS);
	expect_eq(hear(), KC_CIP_SAY_BACK);
	expect(has());
}

static void not_members(void)
{
	static struct kc_cip_rule rule;
	u64 ids[KC_CIP_NODES_MAX + 1] = { 1, 2, 3 };

	one_node();
	expect_eq(kc_cip_rule_init(&rule, &hold, ids, 3), 0);
	expect_eq(kc_cip_rule_init(&rule, &hold, ids, 2), -EINVAL);
	ids[1] = 3;
	expect_eq(kc_cip_rule_init(&rule, &hold, ids, 3), -EINVAL);
	ids[0] = 2;
	ids[2] = 4;
	expect_eq(kc_cip_rule_init(&rule, &hold, ids, 3), -EINVAL);
	ids[0] = 0;
	expect_eq(kc_cip_rule_init(&rule, &hold, ids, 3), -EINVAL);
	expect_eq(kc_cip_rule_init(&rule, &hold, ids, 0), -EINVAL);
}

static const struct check checks[] = {
	{ "who starts keeps silent, then all is shared", starting },
	{ "a planned move takes two round trips at most, and moves nothing else", planned },
	{ "a node on standby gives up everything, and gets it back", drained },
	{ "who releases is followed at once", released },
	{ "a crash interrupts the dead node's buckets only, for its dead time", crash },
	{ "so does that of the authority, and its successor's delay", crash_of_authority },
	{ "another authority interrupts nothing", handed_over },
	{ "a partition: the majority has everything, the others nothing", partition },
	{ "two nodes that ask for a majority stop without each other", two_stop },
	{ "two that do not both serve, and one alone does", two_serve },
	{ "who has forgotten everything obeys nobody for two leases", forgetful },
	{ "a lease runs from the stamp it repeats, less the margin", believed },
	{ "what is late, from elsewhere or hostile gives nothing", not_believed },
	{ "no two nodes are the same, and we are one of them", not_members },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
