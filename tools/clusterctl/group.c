// SPDX-License-Identifier: GPL-2.0
/*
 * Groups: virtual routers that change state together.
 */
#include <string.h>

#include "args.h"
#include "group.h"
#include "router.h"

/**
 * group_take() - Take the name of a group, or none.
 * @args: The command.
 * @router: Gets it; an empty one for none.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status group_take(struct args *args, struct router *router)
{
	enum status status = args_take_text(args, "group", "a name or none", &router->group);

	if (status == DONE && !strcmp(router->group, "none"))
		*router->group = '\0';
	return status;
}

/**
 * group_holds() - Tell whether its group keeps a backup from being master.
 * @router: The router; its reason tells by whom.
 */
bool group_holds(const struct router *router)
{
	static const char start[] = "group ", wait[] = " waits: ";
	const char *rest = router->reason;
	size_t length;

	if (!rest || !router->group || strncmp(rest, start, strlen(start)))
		return false;
	rest += strlen(start);
	length = strlen(router->group);
	return !strncmp(rest, router->group, length) &&
	       !strncmp(rest + length, wait, strlen(wait));
}

static bool same(const struct router *a, const struct router *b)
{
	return a->group && b->group && !strcmp(a->group, b->group);
}

/**
 * group_is_first() - Tell whether a router is the first of its group.
 * @routers: All routers.
 * @i: Which of them.
 */
bool group_is_first(const struct routers *routers, unsigned int i)
{
	unsigned int j;

	if (!routers->list[i].group || !*routers->list[i].group)
		return false;
	for (j = 0; j < i; j++)
		if (same(&routers->list[j], &routers->list[i]))
			return false;
	return true;
}

/**
 * group_state() - Find out in which state all of a group are.
 * @routers: All routers.
 * @i: The first of the group.
 * @state: Filled in.
 *
 * Return: Whether there is such a state.
 */
bool group_state(const struct routers *routers, unsigned int i, uint8_t *state)
{
	unsigned int j;

	*state = routers->list[i].state;
	for (j = i + 1; j < routers->count; j++)
		if (same(&routers->list[j], &routers->list[i]) &&
		    routers->list[j].state != *state)
			return false;
	return *state != KCLUSTER_VRRP_STATE_INIT;
}
