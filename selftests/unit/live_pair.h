/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two nodes that talk to each other as the shell lets them, by paths that can
 * be cut in each direction: around live.h what the module is around it.
 */
#ifndef KC_UNIT_LIVE_PAIR_H
#define KC_UNIT_LIVE_PAIR_H

#include "live.h"

#define MS 1000000ULL
#define START (1000 * MS)
#define MAX_FLIGHT 4096

/**
 * struct node - one side
 * @live: what it knows of the other
 * @incarnation: its own
 * @next: when its next HELLO is due
 * @sequence: of the last datagram by each path
 * @restarts: events
 * @answers: HELLOs asked for at once
 * @changes: changes of state
 * @deaths: those to dead
 * @gone: it does nothing any more
 * @frozen: it does nothing for now
 */
struct node {
	struct kc_live live;
	u64 incarnation;
	u64 next;
	u64 sequence[KC_LIVE_PATHS_MAX];
	unsigned int restarts, answers, changes, deaths;
	bool gone, frozen;
};

struct flight {
	u64 at;
	unsigned int to, path;
	struct kc_channel_header header;
	struct kc_hello hello;
};

/**
 * struct world - two nodes and what is between them
 * @cut: paths that lose all, by the sender
 * @delay: of each path, ns
 */
struct world {
	u64 now;
	struct node node[2];
	unsigned int cut[2];
	u64 delay;
	struct flight flights[MAX_FLIGHT];
	unsigned int n_flights;
};

extern struct world world;

void live_say(unsigned int who, u32 flags);
void live_run(struct node *node);
void live_until(u64 end);
void live_after(u64 ms);
void live_begin(unsigned int who, unsigned int paths, u32 interval_ms,
		unsigned int lose, u64 incarnation);
void live_setup(unsigned int paths, u32 interval_ms, unsigned int lose);

#endif
