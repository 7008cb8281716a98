/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a virtual router is in the state in which it is, and how it came there.
 */
#ifndef WHY_H
#define WHY_H

#include <stdbool.h>
#include <stddef.h>

#include "clusterctl.h"

struct router;
struct values;

/* why.c: the sentence */
char *why_no_majority(const struct router *router);
void why_text(const struct router *router, const struct values *values, char *text,
	      size_t size);

/* history.c: commands that tell */
enum status why_show(int argc, char **argv);
enum status history_show(int argc, char **argv);

/* standby.c */
enum status standby_order(const char *name, bool standby, char **argv);

#endif
