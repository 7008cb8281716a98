// SPDX-License-Identifier: GPL-2.0
/*
 * A vrrp_sync_group of keepalived becomes the group of its members.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived.h"

#define OWNER 255

/**
 * struct sync_group - A vrrp_sync_group on its way.
 * @import: The import.
 * @what: What it is called in remarks.
 * @name: Its name here.
 * @first: Its first member, NULL before.
 */
struct sync_group {
	struct ka_import *import;
	char what[96];
	char name[KCLUSTER_NAME_MAX + 1];
	const struct router *first;
};

#define say(group, node, kind, ...) \
	ka_remark(&(group)->import->report, (node)->file, (node)->line, kind, NULL, \
		  (group)->what, __VA_ARGS__)

static struct router *find_instance(struct ka_import *import, const char *name)
{
	unsigned int i;

	for (i = 0; i < import->routers.count; i++)
		if (!strcmp(ka_value(import->nodes[i]), name))
			return &import->routers.list[i];
	return NULL;
}

static bool is_instance(const struct ka_import *import, const char *name)
{
	const struct ka_node *node;

	ka_for_each(node, import->root)
		if (!strcmp(node->words[0], "vrrp_instance") && !strcmp(ka_value(node), name))
			return true;
	return false;
}

static void take_member(struct sync_group *group, const struct ka_node *node, const char *name)
{
	struct router *router = find_instance(group->import, name);

	if (!router) {
		if (is_instance(group->import, name))
			say(group, node, KA_LEFT_OUT, "'%s' was not imported", name);
		else
			say(group, node, KA_NOTE,
			    "there is no vrrp_instance '%s', keepalived ignores it, too", name);
		return;
	}
	if (router->group) {
		if (strcmp(router->group, group->name))
			say(group, node, KA_LEFT_OUT, "'%s' is in group '%s' already", name,
			    router->group);
		return;
	}
	if (router->priority == OWNER) {
		say(group, node, KA_LEFT_OUT,
		    "'%s' owns its addresses (priority 255) and is master whatever others do: give it a priority up to 254, then 'group %s'",
		    name, group->name);
		return;
	}
	router->group = copy_text(group->name);
	router_mark(router, KCLUSTER_A_VRRP_GROUP);
	if (!group->first)
		group->first = router;
	else if (group->first->priority != router->priority)
		say(group, node, KA_NOTE,
		    "'%s' and '%s' have different priorities: a group takes over only where all of it can",
		    group->first->name, router->name);
}

static bool name_is_taken(const struct ka_import *import, const char *name)
{
	unsigned int i;

	for (i = 0; i < import->routers.count; i++)
		if (import->routers.list[i].group && !strcmp(import->routers.list[i].group, name))
			return true;
	return false;
}

/* A name that the module takes. */
static bool set_name(struct sync_group *group, const struct ka_node *block)
{
	const char *wanted = ka_value(block);
	unsigned int i;

	snprintf(group->name, sizeof(group->name), "%s", *wanted ? wanted : "_");
	for (i = 0; group->name[i]; i++)
		if (group->name[i] <= ' ' || group->name[i] > '~' || group->name[i] == '/')
			group->name[i] = '_';
	if (!strcmp(group->name, "none"))
		strcpy(group->name, "_none");
	if (name_is_taken(group->import, group->name)) {
		say(group, block, KA_LEFT_OUT, "there is a group '%s' already", group->name);
		return false;
	}
	if (strcmp(group->name, wanted))
		say(group, block, KA_CHANGED,
		    "imported as '%s': a name has 1 to %d printable ASCII characters without spaces and /, and is not none",
		    group->name, KCLUSTER_NAME_MAX);
	return true;
}

static void convert_group(struct ka_import *import, const struct ka_node *block)
{
	struct sync_group group = { .import = import };
	const struct ka_node *node, *line;
	unsigned int i;

	snprintf(group.what, sizeof(group.what), "vrrp_sync_group %s", ka_value(block));
	if (!set_name(&group, block))
		return;
	ka_for_each(node, block) {
		ka_apply_rule(&import->report, NULL, ka_group_rules, node);
		if (strcmp(node->words[0], "group"))
			continue;
		ka_for_each(line, node)
			for (i = 0; i < line->count; i++)
				take_member(&group, line, line->words[i]);
	}
	if (!group.first)
		say(&group, block, KA_NOTE, "it has no members, keepalived ignores it, too");
}

/**
 * ka_convert_groups() - Give the virtual routers the groups that they are in.
 * @import: The import, with its routers.
 * @root: The configuration.
 */
void ka_convert_groups(struct ka_import *import, const struct ka_node *root)
{
	const struct ka_node *node;

	ka_for_each(node, root)
		if (!strcmp(node->words[0], "vrrp_sync_group"))
			convert_group(import, node);
}
