// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IP: the authority, and what it must not believe.
 */
#include "clusterip_cluster.h"

/* What node 1 says to the authority now, which is node 0. */
static struct kc_cip_status says(void)
{
	struct kc_cip_status said;

	kc_cip_hold_status(&nodes[1].hold, &said, clock_of(1));
	return said;
}

static unsigned int told(const struct kc_cip_status *said)
{
	return kc_cip_rule_status(&nodes[0].rule, 1, said, clock_of(0));
}

/*
 * A STATUS of an earlier life arrives after one of the present life. Whatever its
 * stamp is, it must not count: the authority would take what the former life held
 * for what the node holds, or that it holds nothing, and give it to others.
 */
static void overtaken(void)
{
	const struct kc_cip_member *m = &nodes[0].rule.members[1];
	struct kc_cip_status before, nobody, present;
	u32 life;

	about("one that obeyed the same authority");
	cluster_settled(3, false);
	before = says();
	before.head.stamp += 1000000 * MS;
	node_crash(1);
	node_start(1, false);
	pass(4 * LEASE);
	expect(buckets_of(1));
	life = m->life;
	expect_eq(life, nodes[1].hold.cfg.life);
	expect(before.head.life != life);
	expect_eq(told(&before), 0);
	expect_eq(m->life, life);
	expect(m->obeys && m->confirmed);
	about("one that obeyed nobody yet");
	nobody = before;
	nobody.head.epoch = 0;
	nobody.head.authority = 0;
	nobody.head.seq = 0;
	nobody.head.echo = 0;
	expect_eq(told(&nobody), 0);
	expect_eq(m->life, life);
	expect(m->obeys && m->confirmed);
	about("one of the same life");
	present = says();
	expect(told(&present));
	present.head.stamp--;
	present.head.seq = 0;
	expect_eq(told(&present), 0);
	expect_eq(m->seq, nodes[0].rule.seq);
	about("what may be another life, as it was not heard for a lease");
	node_crash(1);
	pass(LEASE + MS);
	nobody.head.life = life + 1;
	expect(told(&nobody));
	expect_eq(m->life, life + 1);
	expect(!m->obeys);
}

/* Node 1 has other settings, or is about to count one node more. */
static void unlike(void)
{
	const struct kc_cip_member *m = &nodes[0].rule.members[1];
	struct kc_cip_status said;

	cluster_settled(3, false);
	said = says();
	said.lease_us++;
	expect_eq(told(&said), 0);
	said = says();
	said.buckets *= 2;
	expect_eq(told(&said), 0);
	said = says();
	said.votes = 5;
	expect_eq(told(&said), 0);
	said.votes = 1;
	expect_eq(told(&said), 0);
	expect(m->agrees);
	said.votes = 4;
	expect_eq(told(&said), KC_CIP_GRANT);
	expect(!m->agrees);
	said = says();
	expect_eq(told(&said), KC_CIP_GRANT);
	expect(m->agrees);
}

/* A node more is known to the authority, and to no other yet. */
static void one_more(void)
{
	u64 ids[] = { 100, 101, 102, 1ULL << 63 };
	struct cluster_node *n = &nodes[0];
	unsigned int i;

	cluster_settled(3, false);
	n->hold.cfg.votes = 4;
	expect_eq(kc_cip_rule_init(&n->rule, &n->hold, ids, 4), 0);
	for (i = 1; i < 3; i++)
		kc_cip_rule_alive(&n->rule, i, true, clock_of(0));
	node_master(0, true);
	pass(3 * LEASE);
	expect_exact();
	/* What was held goes on, and nothing else is given away. */
	expect_eq(longest_unowned(), 0);
	expect(!kc_cip_rule_name(&n->rule, 3, 102));
	expect(kc_cip_rule_name(&n->rule, 3, 103));
	expect_eq(n->rule.members[3].id, 103);
}

/* One that is no member any more may hold something for a lease. */
static void one_less(void)
{
	u64 ids[] = { 100, 101, 102 }, begun;
	unsigned int i, j;

	cluster_settled(4, false);
	for (i = 0; i < 3; i++) {
		nodes[i].hold.cfg.votes = 3;
		expect_eq(kc_cip_rule_init(&nodes[i].rule, &nodes[i].hold, ids,
					   3), 0);
		nodes[i].rule.strangers = true;
		for (j = 0; j < 3; j++)
			kc_cip_rule_alive(&nodes[i].rule, j, true, clock_of(i));
		cut[i][3] = true;
		cut[3][i] = true;
	}
	begun = now;
	node_master(0, true);
	while (buckets_of(3) && now < begun + 2 * LEASE && !ktap_failures)
		pass(STEP);
	expect(now > begun + LEASE / 2);
	/* Whoever of three does not count to four believes it still. */
	nodes[3].up = false;
	pass(2 * LEASE);
	expect_exact();
}

static const struct check checks[] = {
	{ "a STATUS of an earlier life that was overtaken does not count", overtaken },
	{ "who has other settings does not count", unlike },
	{ "a node more interrupts nothing", one_more },
	{ "what a node that was removed may hold is not given away", one_less },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
