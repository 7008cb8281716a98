// SPDX-License-Identifier: GPL-2.0
/*
 * A virtual router for people and for programs.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "attributes.h"
#include "block.h"
#include "output.h"
#include "router.h"

static int vip_prefixlen(const struct vip *vip)
{
	return vip->prefixlen >= 0 ? vip->prefixlen : vip->address.length * 8;
}

static int route_prefixlen(const struct route *route)
{
	return route->prefixlen >= 0 ? route->prefixlen : route->dst.length * 8;
}

/**
 * router_show_state() - Print a state in its colour.
 * @state: enum kcluster_vrrp_state.
 */
void router_show_state(uint8_t state)
{
	enum color color = COLOR_WARN;

	if (state == KCLUSTER_VRRP_STATE_MASTER)
		color = COLOR_GOOD;
	else if (state == KCLUSTER_VRRP_STATE_BACKUP || state == KCLUSTER_VRRP_STATE_WITNESS)
		color = COLOR_CALM;
	else if (state == KCLUSTER_VRRP_STATE_FAULT)
		color = COLOR_BAD;
	print_colored(color, state_text(state));
}

/**
 * router_show_item_state() - Print what became of an address or a route.
 * @state: enum kcluster_vrrp_item_state.
 * @error_number: Positive errno when it failed.
 */
void router_show_item_state(uint8_t state, uint32_t error_number)
{
	if (state == KCLUSTER_VRRP_ITEM_STATE_FAILED) {
		print_colored(COLOR_BAD, item_state_text(state));
		if (error_number)
			printf(" (%s)", strerror((int)error_number));
		return;
	}
	print_colored(state == KCLUSTER_VRRP_ITEM_STATE_HELD ? COLOR_GOOD :
		      state == KCLUSTER_VRRP_ITEM_STATE_FOREIGN ? COLOR_WARN : COLOR_NONE,
		      item_state_text(state));
}

/* Prints addresses as they are configured: @count, each following the other. */
static void show_addresses(const struct vip *vip, unsigned int count)
{
	char text[ADDRESS_TEXT_MAX], scope[4];

	printf("address %s", address_text(&vip->address, text));
	if (count > 1)
		printf("-%s", address_text(&vip[count - 1].address, text));
	printf("/%d", vip_prefixlen(vip));
	if (vip->ifname)
		printf(" dev %s", vip->ifname);
	if (vip->scope)
		printf(" scope %s", scope_text(vip->scope, scope));
	if (vip->excluded)
		printf(" excluded");
	if (vip->local)
		printf(" local");
}

/**
 * router_show_addresses() - Print addresses, and what became of them.
 * @router: The router.
 * @separator: What comes in between.
 */
void router_show_addresses(const struct router *router, const char *separator)
{
	unsigned int i, run;

	for (i = 0; i < router->address_count; i += run) {
		run = block_run(router, i, true);
		printf("    ");
		show_addresses(&router->addresses[i], run);
		printf("%s", separator);
		router_show_item_state(router->addresses[i].state, router->addresses[i].error);
		putchar('\n');
	}
}

/**
 * router_show_route() - Print a route as it is configured.
 * @route: The route.
 * @family: Family of its router.
 */
void router_show_route(const struct route *route, uint8_t family)
{
	char text[ADDRESS_TEXT_MAX], table[11];

	if (route_is_default(route, family))
		printf("route default");
	else
		printf("route %s/%d", address_text(&route->dst, text), route_prefixlen(route));
	if (route->via.length)
		printf(" via %s", address_text(&route->via, text));
	if (route->ifname)
		printf(" dev %s", route->ifname);
	if (!route_metric_is_usual(route))
		printf(" metric %" PRIu32, route->metric);
	if (route->has_table)
		printf(" table %s", table_text(route->table, table));
}

/**
 * router_show_track() - Print what is tracked, as it is configured.
 * @track: The device, the neighbour or the value.
 */
void router_show_track(const struct track *track)
{
	char text[TIME_TEXT_MAX];

	printf("track");
	if (track->neighbour.length)
		printf(" arp %s", address_text(&track->neighbour, text));
	printf(" %s %s", track->value ? "value" : "dev", track->value ?: track->ifname ?: "?");
	if (track->has_interval)
		printf(" interval %s", time_text(track->interval, text));
	if (track->has_lose)
		printf(" lose %u", (unsigned int)track->lose);
	if (track->has_weight)
		printf(" weight %" PRId32, track->weight);
}

/**
 * vmac_text() - Write the virtual MAC of a router.
 * @router: The router.
 * @text: Buffer of 18 bytes.
 *
 * Return: @text.
 */
const char *vmac_text(const struct router *router, char *text)
{
	const uint8_t *mac = router->vmac_address;

	snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
		 mac[4], mac[5]);
	return text;
}

static void show_settings(const struct router *router)
{
	char text[TIME_TEXT_MAX];
	unsigned int i;

	printf("    state %s", word_for(initial_state_words, router->initial_state) ?: "?");
	printf(" interval %s", time_text(router->interval, text));
	printf(" preempt %s", router->preempt ? "on" : "off");
	if (router->preempt_delay)
		printf(" preempt-delay %s", time_text(router->preempt_delay, text));
	if (router->startup_delay)
		printf(" startup-delay %s", time_text(router->startup_delay, text));
	if (router->auth_pass && *router->auth_pass)
		printf(" auth-pass %s", router->auth_pass);
	if (router->version == 3 && router->family == AF_INET)
		printf(" checksum %s", word_for(checksum_words, router->checksum) ?: "?");
	/* What a module that has no virtual MACs does not say. */
	if (router_has(router, KCLUSTER_A_VRRP_VMAC))
		printf(" vmac %s", router->vmac ? "on" : "off");
	if (router_has(router, KCLUSTER_A_VRRP_ACCEPT))
		printf(" accept %s", router->accept ? "on" : "off");
	if (router->group)
		printf(" group %s", router->group);
	putchar('\n');
	if (router->vmac)
		printf("    vmac-address %s\n", vmac_text(router, text));
	if (router->vmac_flaw)
		printf("    vmac-flaw %s\n", router->vmac_flaw);
	if (router->peer_count) {
		printf("   ");
		for (i = 0; i < router->peer_count; i++)
			printf(" peer %s", address_text(&router->peers[i], text));
		putchar('\n');
	}
}

static void show_situation(const struct router *router)
{
	char text[TIME_TEXT_MAX];

	printf("    since %s", age_text(router->since, text));
	if (router->reason && *router->reason)
		printf(": %s", router->reason);
	putchar('\n');
	if (router->claim_epoch)
		printf("    claims its addresses inside the VPN, epoch %" PRIu64 "\n",
		       router->claim_epoch);
	if (router->standby) {
		printf("    ");
		print_colored(COLOR_WARN, "standby");
		if (router->standby_time)
			printf(" for another %s", age_text(router->standby_time, text));
		putchar('\n');
	}
	if (router->source.length)
		printf("    source %s", address_text(&router->source, text));
	if (router_has(router, KCLUSTER_A_VRRP_MASTER_DOWN_INTERVAL))
		printf("%s master-down-interval %s", router->source.length ? "" : "   ",
		       time_text(router->master_down_interval, text));
	if (router->source.length || router_has(router, KCLUSTER_A_VRRP_MASTER_DOWN_INTERVAL))
		putchar('\n');
	if (!router->master_address.length)
		return;
	printf("    master %s", address_text(&router->master_address, text));
	if (router_has(router, KCLUSTER_A_VRRP_MASTER_PRIORITY))
		printf(" priority %u", (unsigned int)router->master_priority);
	if (router_has(router, KCLUSTER_A_VRRP_MASTER_INTERVAL))
		printf(" interval %s", time_text(router->master_interval, text));
	if (router_has(router, KCLUSTER_A_VRRP_LAST_HEARD))
		printf(" heard %s ago", age_text(router->last_heard, text));
	putchar('\n');
}

static void show_statistics(const struct router *router)
{
	unsigned int i, column = 0;

	for (i = 1; i <= KCLUSTER_A_VRRP_STATS_MAX; i++) {
		if (!stats_name(i) || !(router->stats_given & (UINT64_C(1) << i)))
			continue;
		printf("%s%-20s%-10" PRIu64, column % 3 ? " " : "    ", stats_name(i),
		       router->stats[i]);
		if (++column % 3 == 0)
			putchar('\n');
	}
	if (column % 3)
		putchar('\n');
}

/**
 * router_show() - Print all of a router.
 * @router: The router.
 * @statistics: Whether to add its counters.
 */
void router_show(const struct router *router, bool statistics)
{
	unsigned int i;

	print_colored(COLOR_NAME, router->name);
	printf(": ");
	router_show_state(router->state);
	printf(" dev %s vrid %u version %u family %s priority %u", router->ifname,
	       (unsigned int)router->vrid, (unsigned int)router->version,
	       word_for(family_words, router->family) ?: "?", (unsigned int)router->priority);
	if (router_has(router, KCLUSTER_A_VRRP_EFFECTIVE_PRIORITY) &&
	    router->effective_priority != router->priority)
		printf(" effective-priority %u", (unsigned int)router->effective_priority);
	putchar('\n');
	show_settings(router);
	show_situation(router);
	votes_show(router);
	router_show_addresses(router, "  ");
	for (i = 0; i < router->route_count; i++) {
		printf("    ");
		router_show_route(&router->routes[i], router->family);
		printf("  ");
		router_show_item_state(router->routes[i].state, router->routes[i].error);
		putchar('\n');
	}
	for (i = 0; i < router->path_count; i++) {
		printf("    ");
		path_show(&router->paths[i]);
		putchar('\n');
	}
	for (i = 0; i < router->track_count; i++) {
		printf("    ");
		router_show_track(&router->tracks[i]);
		printf("  ");
		print_colored(router->tracks[i].up ? COLOR_GOOD : COLOR_BAD,
			      router->tracks[i].up ? "up" : "down");
		putchar('\n');
	}
	if (statistics)
		show_statistics(router);
}

static void json_add_item_state(struct json_object *object, uint8_t state, uint32_t error_number)
{
	json_add_text(object, "state", item_state_text(state));
	if (!error_number)
		return;
	json_add_number(object, "error", error_number);
	json_add_text(object, "error_text", strerror((int)error_number));
}

static struct json_object *new_object(struct json_object *array)
{
	struct json_object *object = need_memory(json_object_new_object());

	json_object_array_add(array, object);
	return object;
}

static struct json_object *new_array(struct json_object *object, const char *key)
{
	struct json_object *array = need_memory(json_object_new_array());

	json_object_object_add(object, key, array);
	return array;
}

/**
 * vip_json() - An address as a JSON object, and what became of it.
 * @vip: The address.
 *
 * Return: The object, to be freed with json_object_put().
 */
struct json_object *vip_json(const struct vip *vip)
{
	struct json_object *object = need_memory(json_object_new_object());
	char text[TIME_TEXT_MAX];

	json_add_address(object, "address", &vip->address);
	json_add_integer(object, "prefixlen", vip_prefixlen(vip));
	json_add_text(object, "ifname", vip->ifname);
	json_add_text(object, "scope", scope_text(vip->scope, text));
	json_add_bool(object, "excluded", vip->excluded);
	json_add_bool(object, "local", vip->local);
	json_add_item_state(object, vip->state, vip->error);
	return object;
}

static void json_add_lists(struct json_object *object, const struct router *router)
{
	struct json_object *array = new_array(object, "peers"), *item;
	char text[TIME_TEXT_MAX];
	unsigned int i;

	for (i = 0; i < router->peer_count; i++) {
		item = json_object_new_string(address_text(&router->peers[i], text));
		json_object_array_add(array, need_memory(item));
	}
	array = new_array(object, "addresses");
	for (i = 0; i < router->address_count; i++)
		json_object_array_add(array, vip_json(&router->addresses[i]));
	array = new_array(object, "routes");
	for (i = 0; i < router->route_count; i++) {
		const struct route *route = &router->routes[i];

		item = new_object(array);
		json_add_text(item, "dst", route_is_default(route, router->family) ? "default" :
			      address_text(&route->dst, text));
		json_add_integer(item, "prefixlen", route_prefixlen(route));
		json_add_address(item, "gateway", &route->via);
		json_add_text(item, "ifname", route->ifname);
		if (route->has_metric)
			json_add_number(item, "metric", route->metric);
		if (route->has_table)
			json_add_text(item, "table", table_text(route->table, text));
		json_add_item_state(item, route->state, route->error);
	}
	array = new_array(object, "paths");
	for (i = 0; i < router->path_count; i++)
		json_object_array_add(array, path_json(&router->paths[i]));
	array = new_array(object, "tracks");
	for (i = 0; i < router->track_count; i++) {
		item = new_object(array);
		json_add_text(item, "ifname", router->tracks[i].ifname);
		json_add_text(item, "value", router->tracks[i].value);
		if (router->tracks[i].neighbour.length)
			json_add_text(item, "neighbour",
				      address_text(&router->tracks[i].neighbour, text));
		if (router->tracks[i].has_interval)
			json_add_number(item, "interval", router->tracks[i].interval);
		if (router->tracks[i].has_lose)
			json_add_number(item, "lose", router->tracks[i].lose);
		if (router->tracks[i].has_weight)
			json_add_integer(item, "weight", router->tracks[i].weight);
		json_add_bool(item, "up", router->tracks[i].up);
	}
}

static void json_add_number_given(struct json_object *object, const struct router *router,
				  unsigned int attribute, const char *key, uint64_t number)
{
	if (router_has(router, attribute))
		json_add_number(object, key, number);
}

/**
 * router_json() - All of a router as a JSON object.
 * @router: The router.
 * @statistics: Whether to add its counters.
 *
 * Return: The object, to be freed with json_object_put().
 */
struct json_object *router_json(const struct router *router, bool statistics)
{
	struct json_object *object = need_memory(json_object_new_object()), *stats;
	char text[18];
	unsigned int i;

	json_add_text(object, "name", router->name);
	json_add_text(object, "ifname", router->ifname);
	json_add_number_given(object, router, KCLUSTER_A_VRRP_IFINDEX, "ifindex", router->ifindex);
	json_add_number(object, "vrid", router->vrid);
	json_add_number(object, "version", router->version);
	json_add_text(object, "family", word_for(family_words, router->family));
	json_add_text(object, "initial_state", state_text(router->initial_state));
	json_add_number(object, "priority", router->priority);
	json_add_number(object, "interval", router->interval);
	json_add_bool(object, "preempt", router->preempt);
	json_add_number(object, "preempt_delay", router->preempt_delay);
	json_add_number(object, "startup_delay", router->startup_delay);
	json_add_text(object, "auth_pass", router->auth_pass);
	json_add_text(object, "group", router->group);
	json_add_text(object, "checksum", word_for(checksum_words, router->checksum));
	if (router_has(router, KCLUSTER_A_VRRP_VMAC))
		json_add_bool(object, "vmac", router->vmac);
	if (router->vmac)
		json_add_text(object, "vmac_address", vmac_text(router, text));
	json_add_text(object, "vmac_flaw", router->vmac_flaw);
	if (router_has(router, KCLUSTER_A_VRRP_ACCEPT))
		json_add_bool(object, "accept", router->accept);
	json_add_text(object, "state", state_text(router->state));
	json_add_number(object, "effective_priority", router->effective_priority);
	json_add_text(object, "reason", router->reason);
	json_add_number(object, "since", router->since);
	json_add_number_given(object, router, KCLUSTER_A_VRRP_CLAIM_EPOCH, "claim_epoch",
			      router->claim_epoch);
	json_add_address(object, "source", &router->source);
	json_add_address(object, "master_address", &router->master_address);
	json_add_number_given(object, router, KCLUSTER_A_VRRP_MASTER_PRIORITY, "master_priority",
			      router->master_priority);
	json_add_number_given(object, router, KCLUSTER_A_VRRP_MASTER_INTERVAL, "master_interval",
			      router->master_interval);
	json_add_number_given(object, router, KCLUSTER_A_VRRP_MASTER_DOWN_INTERVAL,
			      "master_down_interval", router->master_down_interval);
	json_add_number_given(object, router, KCLUSTER_A_VRRP_LAST_HEARD, "last_heard",
			      router->last_heard);
	json_add_bool(object, "standby", router->standby);
	json_add_number_given(object, router, KCLUSTER_A_VRRP_STANDBY_TIME, "standby_time",
			      router->standby_time);
	json_add_number_given(object, router, KCLUSTER_A_VRRP_PREEMPT_WAIT, "preempt_wait",
			      router->preempt_wait);
	json_add_number_given(object, router, KCLUSTER_A_VRRP_HANDOVER_WAIT, "handover_wait",
			      router->handover_wait);
	json_add_number_given(object, router, KCLUSTER_A_VRRP_STARTUP_WAIT, "startup_wait",
			      router->startup_wait);
	votes_json(object, router);
	json_add_lists(object, router);
	if (!statistics)
		return object;
	stats = need_memory(json_object_new_object());
	json_object_object_add(object, "statistics", stats);
	for (i = 1; i <= KCLUSTER_A_VRRP_STATS_MAX; i++)
		if (stats_name(i) && (router->stats_given & (UINT64_C(1) << i)))
			json_add_number(stats, stats_name(i), router->stats[i]);
	return object;
}
