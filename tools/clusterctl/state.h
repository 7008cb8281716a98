/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that is there, and which events it has in it.
 */
#ifndef STATE_H
#define STATE_H

#include <stdint.h>

struct routers;
struct values;

int state_read(struct routers *routers, struct values *values, uint32_t *sequence);

#endif
