/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What makes one virtual router out of another.
 */
#ifndef REPLACE_H
#define REPLACE_H

#include "router.h"

#define REPLACE_STEPS 12

/**
 * struct replace_step - Items of one list that come or go.
 * @key: KCLUSTER_A_VRRP_* of the list.
 * @add: They come.
 * @empty: There are none.
 * @part: A router that has just these; they belong to another one.
 */
struct replace_step {
	int key;
	bool add;
	bool empty;
	struct router part;
};

/**
 * struct replace_plan - All that differs, in the order in which to do it.
 * @fixed: Word for what cannot be changed but differs, NULL if nothing.
 * @change_set: Whether @set is needed.
 * @set: Settings.
 * @steps: Items.
 */
struct replace_plan {
	const char *fixed;
	bool change_set;
	struct router set;
	struct replace_step steps[REPLACE_STEPS];
};

void replace_prepare(struct replace_plan *plan, struct router *is, struct router *wanted);
void replace_usual(struct router *router);
void replace_free(struct replace_plan *plan);

/* vrrp.c */
enum status router_run_plan(struct replace_plan *plan, const char *name, const char *what);

#endif
