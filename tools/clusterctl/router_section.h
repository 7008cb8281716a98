/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual router as the section of a cluster file that it would be.
 */
#ifndef ROUTER_SECTION_H
#define ROUTER_SECTION_H

#include <stdio.h>

#include "member.h"
#include "router.h"

void router_lines(struct settings *lines, const struct router *router);
char *router_lines_of(const struct settings *lines, const char *key);
void router_section_print(FILE *out, const char *name, const struct settings *lines,
			  const char *const *names, unsigned int count, bool all);

#endif
