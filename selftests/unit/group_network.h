/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two or three nodes in two networks that lose messages, fall apart and are
 * whole again; on each node a group of two virtual routers.
 *
 *	  node 0       node 1       node 2	a group on each node
 *	 LAN  WAN     LAN  WAN     LAN  WAN	and its two members
 *	==+====|=======+====|=======+====|==	segment 0
 *	=======+============+============+==	segment 1
 */
#ifndef GROUP_NETWORK_H
#define GROUP_NETWORK_H

#include "../../kmod/core/vrrp_group.h"

#define MS 1000000ULL
#define SECOND (1000 * MS)
#define T0 (1000 * SECOND)

#define NODES_MAX 3
#define SEGMENTS 2
#define DELAY_MAX (2 * MS)

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

/* How nodes rank in one network and in the other. */
enum { RANKS_ALIKE, RANKS_MIXED };

extern struct node nodes[NODES_MAX];
extern unsigned int n_nodes;
/* Everything happens in the same moment. */
extern bool in_step;
extern u64 now;

void happened(u8 who, u8 segment, unsigned int actions);
void pass(u64 until);
void set_up(u64 seed, int ranks);
void start_all(bool at_once);
void order_standby(u8 who, u8 segment, bool standby);
void disturb(void);
void repair(bool sides);
u64 intervals(unsigned int n);
unsigned int masters(void);
void is_quiet(void);

#endif
