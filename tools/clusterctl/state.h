/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that is there, and which events it has in it.
 */
#ifndef STATE_H
#define STATE_H

#include <stdint.h>

#include "clusterip.h"
#include "peer.h"
#include "router.h"
#include "value.h"

/**
 * struct state - What the monitor tells of.
 * @routers: The virtual routers.
 * @values: The tracked values.
 * @peers: The peers.
 * @clusterips: The cluster IPs.
 * @sequence: Number of an event that is not newer than all of this; with luck no event
 *	came in between and it is exact.
 */
struct state {
	struct routers routers;
	struct values values;
	struct peers peers;
	struct clusterips clusterips;
	uint32_t sequence;
};

int state_read(struct state *state);
void state_free(struct state *state);

#endif
