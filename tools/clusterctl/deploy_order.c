// SPDX-License-Identifier: GPL-2.0
/*
 * In which order nodes are set up from another file, and what they say of themselves.
 * Pure.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deploy.h"

/* Backups first, so that a master is there for what they lose; this machine last. */
static int compare(const void *a, const void *b)
{
	const struct deploy_node *first = a, *second = b;

	if (!first->target != !second->target)
		return first->target ? -1 : 1;
	if (first->masters != second->masters)
		return first->masters < second->masters ? -1 : 1;
	return first->node < second->node ? -1 : first->node > second->node;
}

/**
 * deploy_sort() - Who comes when.
 * @list: The nodes.
 * @count: How many.
 */
void deploy_sort(struct deploy_node *list, unsigned int count)
{
	qsort(list, count, sizeof(*list), compare);
}

static const char *get_text(struct json_object *object, const char *key)
{
	struct json_object *member;

	return json_object_object_get_ex(object, key, &member) ? json_object_get_string(member) : "";
}

static struct json_object *get_routers(struct json_object *top)
{
	struct json_object *array;

	if (!json_object_is_type(top, json_type_object) ||
	    !json_object_object_get_ex(top, "routers", &array) ||
	    !json_object_is_type(array, json_type_array))
		return NULL;
	return array;
}

/**
 * deploy_take_status() - What a node says of itself.
 * @node: Gets it.
 * @json: As "clusterctl -j status" prints it.
 *
 * Return: Whether it can be understood.
 */
bool deploy_take_status(struct deploy_node *node, const char *json)
{
	struct json_object *top = json_tokener_parse(json), *routers = get_routers(top);
	size_t i, count = routers ? json_object_array_length(routers) : 0;

	node->masters = 0;
	node->faults = 0;
	node->file = 0;
	for (i = 0; i < count; i++) {
		const char *state = get_text(json_object_array_get_idx(routers, i), "state");

		node->masters += !strcmp(state, "MASTER");
		node->faults += !strcmp(state, "FAULT");
	}
	if (routers)
		node->file = strtoull(get_text(top, "file"), NULL, 16);
	json_object_put(top);
	return routers;
}

static bool is_router_settled(struct json_object *router, unsigned int *faults)
{
	const char *state = get_text(router, "state");

	if (!strcmp(state, "MASTER"))
		return true;
	if (!strcmp(state, "FAULT"))
		return (*faults)++, true;
	/* One that waits to preempt has still to come into office. */
	return !strcmp(state, "BACKUP") && *get_text(router, "master_address") &&
	       !json_object_object_get_ex(router, "handover_wait", NULL);
}

/**
 * deploy_is_settled() - Has a node come to rest?
 * @node: As it was before.
 * @json: As "clusterctl -j status" prints it now.
 * @why: Filled in if it has not; DEPLOY_WHY_MAX octets.
 * @size: Of @why.
 *
 * Each of its virtual routers is master or hears one; no more of them than before are in
 * FAULT.
 *
 * Return: Whether it has.
 */
bool deploy_is_settled(const struct deploy_node *node, const char *json, char *why, size_t size)
{
	struct json_object *top = json_tokener_parse(json), *routers = get_routers(top);
	size_t i, count = routers ? json_object_array_length(routers) : 0;
	unsigned int faults = 0;
	bool settled = routers;

	snprintf(why, size, "its status cannot be understood");
	for (i = 0; settled && i < count; i++) {
		struct json_object *router = json_object_array_get_idx(routers, i);

		settled = is_router_settled(router, &faults);
		if (settled && faults > node->faults)
			settled = false;
		if (!settled)
			snprintf(why, size, "%s is %s%s%s", get_text(router, "name"),
				 get_text(router, "state"),
				 *get_text(router, "reason") ? ": " : "",
				 get_text(router, "reason"));
	}
	json_object_put(top);
	return settled;
}
