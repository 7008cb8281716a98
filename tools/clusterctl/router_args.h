/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual router from the words of a command line: what its parts share.
 */
#ifndef ROUTER_ARGS_H
#define ROUTER_ARGS_H

#include "clusterctl.h"

struct args;
struct route;
struct router;
struct track;
struct word;

enum status router_args_address(struct args *args, struct router *router);
enum status router_args_address_from(struct args *args, struct router *router);
enum status router_args_route(struct args *args, struct route *route);
enum status router_args_track(struct args *args, struct track *track);
const struct word *router_args_words(int key);

#endif
