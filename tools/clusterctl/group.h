/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups: virtual routers that change state together. Pure.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "clusterctl.h"

struct args;
struct router;
struct routers;

enum status group_take(struct args *args, struct router *router);
bool group_holds(const struct router *router);
bool group_is_first(const struct routers *routers, unsigned int i);
bool group_state(const struct routers *routers, unsigned int i, uint8_t *state);

#endif
