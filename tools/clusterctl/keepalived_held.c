// SPDX-License-Identifier: GPL-2.0
/*
 * Which addresses and routes the virtual routers have among them: the module
 * does not let two of them have the same.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "keepalived.h"

/**
 * struct held - An address or a route of a virtual router.
 * @next: Another one of the same @key.
 * @holder: Name of the virtual router.
 * @ifname: Device; NULL when a route leaves it open.
 * @key: Makes it the same as another one, but for the device.
 */
struct held {
	struct held *next;
	char *holder;
	char *ifname;
	struct {
		uint32_t is_route;
		uint32_t prefixlen;
		uint32_t metric;
		uint32_t table;
		struct ipaddr address;
		struct ipaddr via;
		/* No padding: the key is compared as a whole. */
		uint8_t zero[2];
	} key;
};

_Static_assert(sizeof(((struct held *)0)->key) == 4 * 4 + 2 * sizeof(struct ipaddr) + 2,
	       "the key has padding");

static int compare(const void *a, const void *b)
{
	const struct held *left = a, *right = b;

	return memcmp(&left->key, &right->key, sizeof(left->key));
}

static struct held address_key(const struct vip *vip)
{
	struct held held = { 0 };

	held.key.prefixlen = (uint32_t)vip->prefixlen;
	held.key.address = vip->address;
	return held;
}

static struct held route_key(const struct router *router, const struct route *route)
{
	uint8_t length = route->dst.length ? route->dst.length : route->via.length;
	struct held held = { 0 };

	held.key.is_route = 1;
	held.key.prefixlen = route->prefixlen > 0 ? (uint32_t)route->prefixlen : 0;
	held.key.address = route->dst;
	held.key.address.length = length ? length : router->family == AF_INET6 ? 16 : 4;
	held.key.metric = route->has_metric ? route->metric : 0;
	held.key.table = route->has_table ? route->table : 0;
	/* IPv6 has one route of a metric, whatever its gateway. */
	if (held.key.address.length == 4)
		held.key.via = route->via;
	return held;
}

static const char *holder_of(const struct ka_import *import, const struct held *key,
			     const char *ifname)
{
	void *found = tfind(key, &import->held, compare);
	const struct held *held = found ? *(struct held **)found : NULL;
	bool any = key->key.is_route && key->key.address.length == 16;

	for (; held; held = held->next)
		if (any || !held->ifname || !ifname || !strcmp(held->ifname, ifname))
			return held->holder;
	return NULL;
}

/**
 * ka_held_address() - Find out which virtual router has an address.
 * @import: The virtual routers there are.
 * @router: The one that wants it.
 * @vip: The address.
 *
 * Return: Name of the virtual router that has it already, or NULL.
 */
const char *ka_held_address(const struct ka_import *import, const struct router *router,
			    const struct vip *vip)
{
	struct held key = address_key(vip);

	return holder_of(import, &key, vip->ifname ? vip->ifname : router->ifname);
}

/**
 * ka_held_route() - Find out which virtual router has a route.
 * @import: The virtual routers there are.
 * @router: The one that wants it.
 * @route: The route.
 *
 * Return: Name of the virtual router that has it already, or NULL.
 */
const char *ka_held_route(const struct ka_import *import, const struct router *router,
			  const struct route *route)
{
	struct held key = route_key(router, route);

	return holder_of(import, &key, route->ifname);
}

static void hold(struct ka_import *import, const struct router *router, const struct held *key,
		 const char *ifname)
{
	struct held *held = need_memory(malloc(sizeof(*held))), *first;

	memcpy(held, key, sizeof(*held));
	held->holder = copy_text(router->name);
	held->ifname = copy_text(ifname);
	first = *(struct held **)need_memory(tsearch(held, &import->held, compare));
	if (first == held)
		return;
	held->next = first->next;
	first->next = held;
}

/**
 * ka_hold() - Remember what a virtual router has.
 * @import: The virtual routers there are.
 * @router: The one that joins them.
 */
void ka_hold(struct ka_import *import, const struct router *router)
{
	unsigned int i;

	for (i = 0; i < router->address_count; i++) {
		const struct vip *vip = &router->addresses[i];
		struct held key = address_key(vip);

		hold(import, router, &key, vip->ifname ? vip->ifname : router->ifname);
	}
	for (i = 0; i < router->route_count; i++) {
		struct held key = route_key(router, &router->routes[i]);

		hold(import, router, &key, router->routes[i].ifname);
	}
}

static void free_held(void *node)
{
	struct held *held = node;

	while (held) {
		struct held *next = held->next;

		free(held->holder);
		free(held->ifname);
		free(held);
		held = next;
	}
}

/**
 * ka_held_free() - Forget who has what.
 * @import: The virtual routers there are.
 */
void ka_held_free(struct ka_import *import)
{
	tdestroy(import->held, free_held);
	import->held = NULL;
}
