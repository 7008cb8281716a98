/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Nodes that share buckets over a network that loses, delays, doubles and cuts;
 * their clocks differ in time and pace. Whatever happens, whenever time passes
 * it is checked that no bucket has two owners.
 */
#ifndef KC_UNIT_CLUSTERIP_CLUSTER_H
#define KC_UNIT_CLUSTERIP_CLUSTER_H

#include "clusterip_lease.h"
#include "ktap.h"

#define MS 1000000ULL
#define LEASE (300 * MS)
#define STEP (MS / 2)
#define BUCKETS 64
#define NODES_MAX 8

struct cluster_node {
	struct kc_cip_hold hold;
	struct kc_cip_rule rule;
	bool up;
	bool master;		/* VRRP says so */
	u64 frozen_until;	/* true time */
	long long offset;	/* of its clock */
	int drift;		/* parts per million */
	u16 weight;
	u32 lives;
	u64 heard_at[NODES_MAX];	/* signs of life, true time */
};

extern struct cluster_node nodes[NODES_MAX];
extern unsigned int count;
extern u64 now;
extern unsigned int loss, late, doubled;	/* percent */
extern u64 delay_min, delay_max;
extern bool cut[NODES_MAX][NODES_MAX];		/* from, to */
extern bool may_double;				/* two owners are no failure */
extern u64 unowned[BUCKETS];			/* for how long, all in all */
extern u64 unowned_run[BUCKETS];		/* the longest time at a stretch */

u32 random_below(u32 limit);
void cluster_settled(unsigned int n, bool serve);
u64 longest_unowned(void);
void cluster_begin(unsigned int n, bool serve, u64 seed);
void node_start(unsigned int who, bool reboot);
void node_crash(unsigned int who);
void node_master(unsigned int who, bool master);
void node_changed(unsigned int who);
void pass(u64 time);
u64 clock_of(unsigned int who);
int owner_of(unsigned int bucket);
unsigned int buckets_of(unsigned int who);
bool all_owned(void);
void expect_exact(void);
void forget_unowned(void);
u64 wait_owned(u64 limit);

#endif
