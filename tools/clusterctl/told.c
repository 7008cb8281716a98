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
 *
 * Return: Whether that is news.
 */
bool told_update(struct told_list *told, const char *name, uint8_t state)
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
		entry->seen = true;
		return true;
	}
	entry = &told->list[i];
	entry->seen = true;
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
 *	told_next_gone() until it returns NULL.
 */
void told_begin(struct told_list *told)
{
	unsigned int i;

	for (i = 0; i < told->count; i++)
		told->list[i].seen = false;
}

/**
 * told_next_gone() - Forget a router that is not there any more.
 * @told: The news.
 *
 * Return: Its name, to be freed; NULL when there is none left.
 */
char *told_next_gone(struct told_list *told)
{
	char *name;
	unsigned int i;

	for (i = 0; i < told->count && told->list[i].seen; i++)
		;
	if (i == told->count)
		return NULL;
	name = copy_text(told->list[i].name);
	forget(told, &told->list[i]);
	return name;
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
