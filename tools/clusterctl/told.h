/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the listener of the monitor has been told last, per virtual router. Pure.
 */
#ifndef TOLD_H
#define TOLD_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct told - The last news of a virtual router.
 * @name: Its name.
 * @state: enum kcluster_vrrp_state.
 * @priority: Its priority after tracking.
 * @seen: For told_next_gone(): whether it was found in the present state.
 */
struct told {
	char *name;
	uint8_t state;
	uint8_t priority;
	bool seen;
};

/**
 * struct told_list - The last news of all of them.
 * @list: The news.
 * @count: How many.
 */
struct told_list {
	struct told *list;
	unsigned int count;
};

bool told_update(struct told_list *told, const char *name, uint8_t state, uint8_t priority);
void told_keep(struct told_list *told, const char *name);
void told_begin(struct told_list *told);
const struct told *told_next_gone(const struct told_list *told);
void told_free(struct told_list *told);

#endif
