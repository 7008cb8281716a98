/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blocks of addresses: ranges, and files with one address per line.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include <stdbool.h>

#include "clusterctl.h"
#include "router.h"

int block_parse(const char *text, struct ipaddr *first, struct ipaddr *last, int *prefixlen,
		const char **why);
unsigned int block_size(const struct ipaddr *first, const struct ipaddr *last);
void block_fill(struct router *router, unsigned int at, unsigned int size);
enum status block_read(struct router *router, const char *file, const struct vip *like);
unsigned int block_run(const struct router *router, unsigned int at, bool states);

#endif
