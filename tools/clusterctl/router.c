// SPDX-License-Identifier: GPL-2.0
/*
 * A virtual router as the tool knows it: its lists and the names of its states.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "router.h"

/* Makes room for one more item, zeroed, at the end of a list. */
static void *grow(void *list, unsigned int *count, size_t size)
{
	char *new_list = list;

	/* The room doubles when it is used up: there may be thousands of items. */
	if (!(*count & (*count - 1)))
		new_list = need_memory(realloc(list, (*count ? 2 * *count : 1) * size));
	memset(new_list + *count * size, 0, size);
	(*count)++;
	return new_list;
}

/**
 * router_new_peer() - Add a peer.
 * @router: The router.
 *
 * Return: The peer, empty; valid until the next one is added.
 */
struct ipaddr *router_new_peer(struct router *router)
{
	router->peers = grow(router->peers, &router->peer_count, sizeof(*router->peers));
	return &router->peers[router->peer_count - 1];
}

/**
 * router_new_witness() - Add another node that votes.
 * @router: The router.
 *
 * Return: The witness, empty; valid until the next one is added.
 */
struct witness *router_new_witness(struct router *router)
{
	router->witnesses = grow(router->witnesses, &router->witness_count,
				 sizeof(*router->witnesses));
	return &router->witnesses[router->witness_count - 1];
}

/**
 * router_new_address() - Add an address.
 * @router: The router.
 *
 * Return: The address, empty; valid until the next one is added.
 */
struct vip *router_new_address(struct router *router)
{
	router->addresses = grow(router->addresses, &router->address_count,
				 sizeof(*router->addresses));
	router->addresses[router->address_count - 1].prefixlen = -1;
	return &router->addresses[router->address_count - 1];
}

/**
 * router_new_route() - Add a route.
 * @router: The router.
 *
 * Return: The route, empty; valid until the next one is added.
 */
struct route *router_new_route(struct router *router)
{
	router->routes = grow(router->routes, &router->route_count, sizeof(*router->routes));
	router->routes[router->route_count - 1].prefixlen = -1;
	return &router->routes[router->route_count - 1];
}

/**
 * router_new_track() - Add a tracked device, neighbour or value.
 * @router: The router.
 *
 * Return: It, empty; valid until the next one is added.
 */
struct track *router_new_track(struct router *router)
{
	router->tracks = grow(router->tracks, &router->track_count, sizeof(*router->tracks));
	return &router->tracks[router->track_count - 1];
}

/**
 * router_same_track() - Tell whether two tracks are of the same thing.
 * @a: One.
 * @b: The other.
 *
 * Return: Whether they are, whatever their weights and how a neighbour is asked.
 */
bool router_same_track(const struct track *a, const struct track *b)
{
	const char *of_a = a->value ? a->value : a->ifname;
	const char *of_b = b->value ? b->value : b->ifname;

	return !a->value == !b->value && of_a && of_b && !strcmp(of_a, of_b) &&
	       a->neighbour.length == b->neighbour.length &&
	       !memcmp(a->neighbour.bytes, b->neighbour.bytes, a->neighbour.length);
}

/**
 * router_new_path() - Add a path.
 * @router: The router.
 *
 * Return: The path, empty; valid until the next one is added.
 */
struct path *router_new_path(struct router *router)
{
	router->paths = grow(router->paths, &router->path_count, sizeof(*router->paths));
	return &router->paths[router->path_count - 1];
}

/**
 * router_drop_paths() - Leave it to its device by what it advertises.
 * @router: The virtual router.
 */
void router_drop_paths(struct router *router)
{
	unsigned int i;

	for (i = 0; i < router->path_count; i++)
		path_free(&router->paths[i]);
	free(router->paths);
	router->paths = NULL;
	router->path_count = 0;
}

/**
 * router_free() - Give back what a router holds; it is empty afterwards.
 * @router: The router.
 */
void router_free(struct router *router)
{
	unsigned int i;

	for (i = 0; i < router->address_count; i++)
		free(router->addresses[i].ifname);
	for (i = 0; i < router->route_count; i++)
		free(router->routes[i].ifname);
	for (i = 0; i < router->track_count; i++) {
		free(router->tracks[i].ifname);
		free(router->tracks[i].value);
	}
	router_drop_paths(router);
	for (i = 0; i < router->witness_count; i++)
		witness_free(&router->witnesses[i]);
	free(router->witnesses);
	free(router->peers);
	free(router->addresses);
	free(router->routes);
	free(router->tracks);
	free(router->name);
	free(router->ifname);
	free(router->auth_pass);
	free(router->group);
	free(router->reason);
	free(router->vmac_flaw);
	memset(router, 0, sizeof(*router));
}

/**
 * routers_free() - Give back what several routers hold.
 * @routers: The routers; none afterwards.
 */
void routers_free(struct routers *routers)
{
	unsigned int i;

	for (i = 0; i < routers->count; i++)
		router_free(&routers->list[i]);
	free(routers->list);
	routers->list = NULL;
	routers->count = 0;
}

/**
 * routers_find() - Find a virtual router by its name.
 * @all: All of them.
 * @name: The name.
 *
 * Return: The virtual router, or NULL.
 */
struct router *routers_find(const struct routers *all, const char *name)
{
	unsigned int i;

	for (i = 0; i < all->count; i++)
		if (!strcmp(all->list[i].name, name))
			return &all->list[i];
	return NULL;
}

/**
 * route_is_default() - Tell whether a route is what "default" alone means.
 * @route: The route.
 * @family: Family of the router.
 *
 * Return: Whether "default" with the gateway, if there is one, says it all.
 */
bool route_is_default(const struct route *route, uint8_t family)
{
	uint8_t length = family == AF_INET6 ? 16 : 4;

	if (route->prefixlen > 0 || !address_is_zero(&route->dst))
		return false;
	if (!route->dst.length)
		return true;
	return route->prefixlen == 0 &&
	       route->dst.length == (route->via.length ? route->via.length : length);
}

/**
 * route_metric_is_usual() - Tell whether a route has the metric that the module
 * chooses when none is given.
 * @route: The route.
 *
 * Return: Whether it need not be said.
 */
bool route_metric_is_usual(const struct route *route)
{
	bool inet6 = route->dst.length == 16 || route->via.length == 16;

	return !route->has_metric || route->metric == (inet6 ? 1 : 0);
}

/**
 * state_text() - The name of a state, as keepalived prints it.
 * @state: enum kcluster_vrrp_state.
 *
 * Return: The name; "UNKNOWN" for a state newer than this tool.
 */
const char *state_text(uint8_t state)
{
	static const char * const names[] = {
		[KCLUSTER_VRRP_STATE_INIT] = "INIT",
		[KCLUSTER_VRRP_STATE_BACKUP] = "BACKUP",
		[KCLUSTER_VRRP_STATE_MASTER] = "MASTER",
		[KCLUSTER_VRRP_STATE_FAULT] = "FAULT",
		[KCLUSTER_VRRP_STATE_STOP] = "STOP",
		[KCLUSTER_VRRP_STATE_WITNESS] = "WITNESS",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "UNKNOWN";
}

/**
 * item_state_text() - What became of an address or a route.
 * @state: enum kcluster_vrrp_item_state.
 *
 * Return: The word for it; "unknown" for a state newer than this tool.
 */
const char *item_state_text(uint8_t state)
{
	static const char * const names[] = {
		[KCLUSTER_VRRP_ITEM_STATE_ABSENT] = "absent",
		[KCLUSTER_VRRP_ITEM_STATE_HELD] = "held",
		[KCLUSTER_VRRP_ITEM_STATE_FOREIGN] = "foreign",
		[KCLUSTER_VRRP_ITEM_STATE_FAILED] = "failed",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

/**
 * stats_name() - The name of a counter.
 * @counter: KCLUSTER_A_VRRP_STATS_*.
 *
 * Return: The name it has in the netlink spec, or NULL for none.
 */
const char *stats_name(unsigned int counter)
{
	static const char * const names[KCLUSTER_A_VRRP_STATS_MAX + 1] = {
		[KCLUSTER_A_VRRP_STATS_ADVERTS_SENT] = "adverts-sent",
		[KCLUSTER_A_VRRP_STATS_ADVERTS_RECEIVED] = "adverts-received",
		[KCLUSTER_A_VRRP_STATS_PRIO0_SENT] = "prio0-sent",
		[KCLUSTER_A_VRRP_STATS_PRIO0_RECEIVED] = "prio0-received",
		[KCLUSTER_A_VRRP_STATS_BECOME_MASTER] = "become-master",
		[KCLUSTER_A_VRRP_STATS_LOWER_PRIORITY] = "lower-priority",
		[KCLUSTER_A_VRRP_STATS_SEND_ERRORS] = "send-errors",
		[KCLUSTER_A_VRRP_STATS_ANNOUNCEMENTS] = "announcements",
		[KCLUSTER_A_VRRP_STATS_DISCARD_TTL] = "discard-ttl",
		[KCLUSTER_A_VRRP_STATS_DISCARD_VERSION] = "discard-version",
		[KCLUSTER_A_VRRP_STATS_DISCARD_TYPE] = "discard-type",
		[KCLUSTER_A_VRRP_STATS_DISCARD_LENGTH] = "discard-length",
		[KCLUSTER_A_VRRP_STATS_DISCARD_CHECKSUM] = "discard-checksum",
		[KCLUSTER_A_VRRP_STATS_DISCARD_INTERVAL] = "discard-interval",
		[KCLUSTER_A_VRRP_STATS_DISCARD_AUTH_TYPE] = "discard-auth-type",
		[KCLUSTER_A_VRRP_STATS_DISCARD_AUTH] = "discard-auth",
		[KCLUSTER_A_VRRP_STATS_DISCARD_SOURCE] = "discard-source",
		[KCLUSTER_A_VRRP_STATS_DISCARD_DESTINATION] = "discard-destination",
		[KCLUSTER_A_VRRP_STATS_DISCARD_COUNT] = "discard-count",
		[KCLUSTER_A_VRRP_STATS_MISMATCH_INTERVAL] = "mismatch-interval",
		[KCLUSTER_A_VRRP_STATS_MISMATCH_ADDRESSES] = "mismatch-addresses",
		[KCLUSTER_A_VRRP_STATS_OVERSLEPT] = "overslept",
		[KCLUSTER_A_VRRP_STATS_DISCARD_UNTRUSTED] = "discard-untrusted",
		[KCLUSTER_A_VRRP_STATS_RESTORED] = "restored",
		[KCLUSTER_A_VRRP_STATS_ISOLATED] = "isolated",
	};

	return counter <= KCLUSTER_A_VRRP_STATS_MAX ? names[counter] : NULL;
}
