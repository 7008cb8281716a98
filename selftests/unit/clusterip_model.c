// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IP: a model of two to eight nodes that crash, start anew, freeze, are
 * cut off from each other and are several masters at once: never two owners of a
 * bucket, and one of each where all can talk.
 */
#include "clusterip_cluster.h"

#ifndef RUNS
#define RUNS 200
#endif

static u64 model_time, most_wait;
static unsigned int model_runs;

static void split(void)
{
	unsigned int i, j, sides[NODES_MAX];

	for (i = 0; i < count; i++)
		sides[i] = random_below(2);
	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++)
			cut[i][j] = sides[i] != sides[j];
}

static void disturb(void)
{
	unsigned int i = random_below(count), j;

	switch (random_below(12)) {
	case 0:
		memset(cut, 0, sizeof(cut));
		break;
	case 1:
	case 2:
		split();
		break;
	case 3:	/* some hear each other, some one way only */
		for (i = 0; i < count; i++)
			for (j = 0; j < count; j++)
				cut[i][j] = random_below(4) == 0;
		break;
	case 4:
		loss = random_below(50);
		late = random_below(15);
		doubled = random_below(20);
		delay_max = MS + random_below(20) * MS;
		break;
	case 5:
		node_crash(i);
		break;
	case 6:
	case 7:
		node_start(i, random_below(2));
		break;
	case 8:
		if (nodes[i].up)
			nodes[i].frozen_until = now + random_below(1500) * MS;
		break;
	case 9:
		nodes[i].weight = random_below(200);
		nodes[i].hold.weight = nodes[i].weight;
		break;
	case 10:
		nodes[i].hold.standby = !nodes[i].hold.standby;
		break;
	default:
		if (nodes[i].up)
			kc_cip_hold_release(&nodes[i].hold, random_below(2),
					    clock_of(i));
	}
	/* A master more, or one less, or another one. */
	for (j = 0; j < count; j++)
		if (nodes[j].up && nodes[j].frozen_until <= now &&
		    random_below(4) == 0)
			node_master(j, !random_below(3));
}

/* All are there, can talk, and agree who is master. */
static void calm(void)
{
	unsigned int i, master = random_below(count);

	loss = 0;
	late = 0;
	doubled = 0;
	delay_max = MS;
	memset(cut, 0, sizeof(cut));
	for (i = 0; i < count; i++) {
		if (!nodes[i].up)
			node_start(i, true);
		nodes[i].frozen_until = 0;
		nodes[i].weight = 50 + random_below(100);
		nodes[i].hold.weight = nodes[i].weight;
		nodes[i].hold.standby = false;
		kc_cip_hold_release(&nodes[i].hold, false, clock_of(i));
		node_master(i, i == master);
	}
}

static void run(u64 seed, unsigned int n)
{
	unsigned int changes;
	u64 waited, begun;

	about("seed %llu, %u nodes", (unsigned long long)seed, n);
	cluster_begin(n, false, seed);
	begun = now;
	delay_max = 3 * MS;
	node_master(random_below(n), true);
	pass(random_below(3) * LEASE);
	for (changes = 10 + random_below(20); changes; changes--) {
		disturb();
		pass(random_below(2000) * MS / (1 + random_below(8)));
	}
	calm();
	/* Two leases of silence, one to settle, and what was on its way. */
	waited = wait_owned(6 * LEASE);
	most_wait = kc_later(most_wait, waited);
	pass(3000 * MS + 4 * LEASE);
	forget_unowned();
	for (changes = 0; changes < 100 && !ktap_failures; changes++) {
		pass(2 * MS);
		expect(all_owned());
	}
	expect_exact();
	model_time += now - begun;
	model_runs++;
}

static void model(unsigned int n)
{
	u64 seed;

	model_time = 0;
	model_runs = 0;
	most_wait = 0;
	for (seed = 1; seed <= RUNS && !ktap_failures; seed++)
		run(seed, n);
	printf("# %u runs, %llu s: no bucket had two owners; after the last disturbance all had one within %llu ms, leases being %llu ms\n",
	       model_runs, (unsigned long long)(model_time / (1000 * MS)),
	       (unsigned long long)(most_wait / MS), LEASE / MS);
}

static void model_2(void)
{
	model(2);
}

static void model_3(void)
{
	model(3);
}

static void model_4(void)
{
	model(4);
}

static void model_5(void)
{
	model(5);
}

static void model_8(void)
{
	model(8);
}

static const struct check checks[] = {
	{ "model: 2 nodes that stop rather than serve twice", model_2 },
	{ "model: 3 nodes", model_3 },
	{ "model: 4 nodes", model_4 },
	{ "model: 5 nodes", model_5 },
	{ "model: 8 nodes", model_8 },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
