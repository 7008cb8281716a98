/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that is there, and which events it has in it.
 */
#ifndef STATE_H
#define STATE_H

#include <stdint.h>

struct peers;
struct routers;
struct values;

int state_read(struct routers *routers, struct values *values, struct peers *peers,
	       uint32_t *sequence);

#endif
