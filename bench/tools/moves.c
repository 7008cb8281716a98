// SPDX-License-Identifier: GPL-2.0
/*
 * One of several nodes dies: which clients does that disturb, and how much does
 * each of the others have to do then? For kcluster, with what the module itself
 * is made of, and for other ways to divide clients among nodes:
 *
 *	moves CLIENTS
 *
 * kcluster	256 buckets, the default, and 512; clusterip_plan.c
 * modulo	hash modulo the number of nodes
 * maglev	a table of 65537 slots that the nodes fill in turns, each in an
 *		order of its own (Eisenbud et al., "Maglev: A Fast and Reliable
 *		Software Network Load Balancer", NSDI 2016, 3.4)
 * clusterip	as many buckets as nodes; one of the others adopts the dead one's
 *		number, as ipt_CLUSTERIP had it done through /proc
 *
 * Clients are random addresses, the same ones for everybody, and are hashed with
 * the hash of kcluster's mode source-ip. Prints lines for bench/run.
 */
#include <stdio.h>
#include <stdlib.h>

#include "clusterip_hash.h"
#include "clusterip_plan.h"

#define SLOTS 65537
#define NODES_MAX KC_CIP_NODES_MAX
#define LOSSES_MAX 16

/* What a client is looked up in: which node has it, before and after. */
static u8 before[SLOTS], after[SLOTS];

struct way {
	const char *name;
	/* Fills the table for the nodes that live; returns its size. */
	unsigned int (*fill)(u8 *table, unsigned int nodes, unsigned int dead);
	u32 (*find)(u32 hash, u32 size);
};

static u32 *clients;
static unsigned int n_clients;

static u64 id_of(unsigned int node)
{
	return 0x9e3779b97f4a7c15ULL * (node + 1);
}

static u32 scale(u32 hash, u32 size)
{
	return kc_cip_bucket(hash, size);
}

static u32 modulo(u32 hash, u32 size)
{
	return hash % size;
}

/* --- ways ----------------------------------------------------------------- */

/* From the map of all nodes, as it happens; @dead is one of them or NODES_MAX. */
static unsigned int plan(u8 *table, unsigned int nodes, unsigned int dead,
			 unsigned int buckets)
{
	static struct kc_cip_scratch scratch;
	struct kc_cip_node list[NODES_MAX];
	struct kc_cip_members members = {
		.nodes = list, .n = nodes, .seed = 1, .buckets = buckets,
	};
	u8 now[KC_CIP_BUCKETS_MAX];
	unsigned int i;

	for (i = 0; i < nodes; i++)
		list[i] = (struct kc_cip_node){
			.id = id_of(i), .weight = 100, .alive = true,
		};
	memset(now, KC_CIP_NOBODY, sizeof(now));
	if (kc_cip_plan(&members, now, table, &scratch) < 0)
		exit(1);
	if (dead == NODES_MAX)
		return buckets;
	list[dead].alive = false;
	memcpy(now, table, buckets);
	if (kc_cip_plan(&members, now, table, &scratch) < 0)
		exit(1);
	return buckets;
}

static unsigned int fill_256(u8 *table, unsigned int nodes, unsigned int dead)
{
	return plan(table, nodes, dead, 256);
}

static unsigned int fill_512(u8 *table, unsigned int nodes, unsigned int dead)
{
	return plan(table, nodes, dead, 512);
}

static unsigned int fill_modulo(u8 *table, unsigned int nodes,
				unsigned int dead)
{
	unsigned int i, n = 0;

	for (i = 0; i < nodes; i++)
		if (i != dead)
			table[n++] = (u8)i;
	return n;
}

static unsigned int fill_maglev(u8 *table, unsigned int nodes,
				unsigned int dead)
{
	u32 offset[NODES_MAX], skip[NODES_MAX], next[NODES_MAX] = { 0 };
	unsigned int i, filled = 0;
	u32 slot;

	for (i = 0; i < nodes; i++) {
		u32 low = (u32)id_of(i), high = (u32)(id_of(i) >> 32);

		offset[i] = kc_cip_jhash(low, high, 0, 2, 1) % SLOTS;
		skip[i] = kc_cip_jhash(low, high, 0, 2, 2) % (SLOTS - 1) + 1;
	}
	memset(table, KC_CIP_NOBODY, SLOTS);
	for (i = 0; filled < SLOTS; i = (i + 1) % nodes) {
		if (i == dead)
			continue;
		do {
			slot = (u32)((offset[i] + (u64)next[i]++ * skip[i]) %
				     SLOTS);
		} while (table[slot] != KC_CIP_NOBODY);
		table[slot] = (u8)i;
		filled++;
	}
	return SLOTS;
}

static unsigned int fill_clusterip(u8 *table, unsigned int nodes,
				   unsigned int dead)
{
	unsigned int i;

	for (i = 0; i < nodes; i++)
		table[i] = (u8)(i == dead ? (i + 1) % nodes : i);
	return nodes;
}

static const struct way ways[] = {
	{ "kcluster", fill_256, scale },
	{ "kcluster-512", fill_512, scale },
	{ "modulo", fill_modulo, modulo },
	{ "maglev", fill_maglev, modulo },
	{ "clusterip", fill_clusterip, scale },
};

/* --- what is counted ------------------------------------------------------ */

/**
 * struct loss - what the loss of a node does
 * @moved: share of the clients of the others that have another node after it
 * @busiest: the largest share of a node, compared with an equal one
 * @even: the same while all are alive
 */
struct loss {
	double moved;
	double busiest;
	double even;
};

static double largest(const unsigned int *has, unsigned int nodes,
		      unsigned int alive)
{
	unsigned int i, most = 0;

	for (i = 0; i < nodes; i++)
		if (has[i] > most)
			most = has[i];
	return (double)most * alive / n_clients;
}

static struct loss lose(const struct way *way, unsigned int nodes,
			unsigned int dead)
{
	unsigned int has[2][NODES_MAX] = { { 0 } }, kept = 0, moved = 0, i;
	u32 size = way->fill(before, nodes, NODES_MAX);
	u32 rest = way->fill(after, nodes, dead);

	for (i = 0; i < n_clients; i++) {
		u8 was = before[way->find(clients[i], size)];
		u8 is = after[way->find(clients[i], rest)];

		has[0][was]++;
		has[1][is]++;
		if (was == dead)
			continue;
		kept++;
		moved += was != is;
	}
	return (struct loss){
		.moved = kept ? (double)moved / kept : 0,
		.busiest = largest(has[1], nodes, nodes - 1),
		.even = largest(has[0], nodes, nodes),
	};
}

/* The mean of what moves, and the worst of what nodes have. */
static void tell(const struct way *way, unsigned int nodes)
{
	unsigned int losses = nodes < LOSSES_MAX ? nodes : LOSSES_MAX, i;
	struct loss all = { 0 }, one;

	for (i = 0; i < losses; i++) {
		one = lose(way, nodes, i * nodes / losses);
		all.moved += one.moved / losses;
		all.busiest = one.busiest > all.busiest ? one.busiest :
							  all.busiest;
		all.even = one.even;
	}
	printf("result %s %% %.4f clients of the others that move when a node dies: one of %u\n",
	       way->name, 100 * all.moved, nodes);
	printf("result %s %% %.4f busiest node, above an equal share: one of %u has died\n",
	       way->name, 100 * (all.busiest - 1), nodes);
	printf("result %s %% %.4f busiest node, above an equal share: all of %u live\n",
	       way->name, 100 * (all.even - 1), nodes);
}

int main(int argc, char **argv)
{
	static const unsigned int sizes[] = { 2, 3, 4, 8, 16, 32, 64 };
	struct kc_cip_key key = { .family = KC_AF_INET };
	unsigned int i, j;
	u32 random = 1;

	if (argc != 2 || atoi(argv[1]) < 1) {
		fprintf(stderr, "usage: moves CLIENTS\n");
		return 2;
	}
	n_clients = (unsigned int)atoi(argv[1]);
	clients = malloc(n_clients * sizeof(*clients));
	if (!clients)
		return 1;
	for (i = 0; i < n_clients; i++) {
		random = random * 1664525 + 1013904223;
		memcpy(key.src, &random, 4);
		clients[i] = kc_cip_hash(KC_CIP_SOURCE_IP, 0, &key);
	}
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (j = 0; j < sizeof(ways) / sizeof(*ways); j++)
			tell(&ways[j], sizes[i]);
	free(clients);
	return 0;
}
