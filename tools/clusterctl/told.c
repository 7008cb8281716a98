// SPDX-License-Identifier: GPL-2.0
/*
 * What the listener of the monitor has been told last, so that after lost
 * events only what differs is told again.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/kcluster.h>

#include "clusterctl.h"
#include "told.h"

static void forget(struct told_list *told, struct told *entry)
{
	free(entry->name);
	*entry = told->list[--told->count];
}

/**
 * told_update() - Remember the state of a virtual router.
 * @told: The news.
 * @name: Name of the router.
 * @state: Its state; KCLUSTER_VRRP_STATE_STOP when it is gone.
 * @priority: Its priority after tracking.
 *
 * Return: Whether that is news.
 */
bool told_update(struct told_list *told, const char *name, uint8_t state, uint8_t priority)
{
	struct told *entry;
	unsigned int i;

	for (i = 0; i < told->count && strcmp(told->list[i].name, name); i++)
		;
	if (i == told->count) {
		if (state == KCLUSTER_VRRP_STATE_STOP)
			return false;
		told->list = need_memory(realloc(told->list, (told->count + 1) *
						 sizeof(*told->list)));
		entry = &told->list[told->count++];
		entry->name = copy_text(name);
		entry->state = state;
		entry->priority = priority;
		entry->seen = true;
		return true;
	}
	entry = &told->list[i];
	entry->seen = true;
	entry->priority = priority;
	if (state == KCLUSTER_VRRP_STATE_STOP) {
		forget(told, entry);
		return true;
	}
	if (entry->state == state)
		return false;
	entry->state = state;
	return true;
}

/**
 * told_begin() - Start to compare with the present state.
 * @told: The news. Call told_update() for each router there is, then
 *	forget what told_next_gone() returns, until that is NULL.
 */
void told_begin(struct told_list *told)
{
	unsigned int i;

	for (i = 0; i < told->count; i++)
		told->list[i].seen = false;
}

/**
 * told_keep() - What was told of somebody is still to be believed.
 * @told: The news.
 * @name: Its name.
 */
void told_keep(struct told_list *told, const char *name)
{
	unsigned int i;

	for (i = 0; i < told->count; i++)
		if (!strcmp(told->list[i].name, name))
			told->list[i].seen = true;
}

/**
 * told_next_gone() - Find a router that is not there any more.
 * @told: The news.
 *
 * Return: It, to be forgotten with told_update(); NULL when there is none left.
 */
const struct told *told_next_gone(const struct told_list *told)
{
	unsigned int i;

	for (i = 0; i < told->count; i++)
		if (!told->list[i].seen)
			return &told->list[i];
	return NULL;
}

/**
 * told_free() - Forget everything.
 * @told: The news.
 */
void told_free(struct told_list *told)
{
	while (told->count)
		forget(told, &told->list[0]);
	free(told->list);
	told->list = NULL;
}
