// SPDX-License-Identifier: GPL-2.0
/*
 * A virtual router as the command of a batch that adds it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "attributes.h"
#include "block.h"
#include "router.h"
#include "words.h"

static void save_word(FILE *out, const char *key, const char *value)
{
	fprintf(out, " %s ", key);
	word_quote(out, value);
}

static void save_next_line(FILE *out)
{
	fprintf(out, " \\\n\t");
}

static void save_settings(FILE *out, const struct router *router)
{
	char text[TIME_TEXT_MAX];
	const char *word;

	save_word(out, "dev", router->ifname);
	fprintf(out, " vrid %u version %u family %s", (unsigned int)router->vrid,
		(unsigned int)router->version, word_for(family_words, router->family) ?: "inet");
	save_next_line(out);
	word = word_for(initial_state_words, router->initial_state);
	fprintf(out, "state %s priority %u interval %s", word ? word : "backup",
		(unsigned int)router->priority, time_text(router->interval, text));
	fprintf(out, " preempt %s", router->preempt ? "on" : "off");
	if (router->preempt_delay)
		fprintf(out, " preempt-delay %s", time_text(router->preempt_delay, text));
	if (router->startup_delay)
		fprintf(out, " startup-delay %s", time_text(router->startup_delay, text));
	if (router->auth_pass && *router->auth_pass)
		save_word(out, "auth-pass", router->auth_pass);
	word = word_for(checksum_words, router->checksum);
	if (word && router->checksum != KCLUSTER_VRRP_CHECKSUM_RFC9568)
		fprintf(out, " checksum %s", word);
	if (router->vmac)
		fprintf(out, " vmac on");
	if (router_has(router, KCLUSTER_A_VRRP_ACCEPT) && !router->accept)
		fprintf(out, " accept off");
	if (router->on_isolation == KCLUSTER_VRRP_ISOLATION_YIELD)
		fprintf(out, " on-isolation yield");
	if (router->group && *router->group)
		save_word(out, "group", router->group);
}

/**
 * router_save_address() - Write an address as it is configured.
 * @out: Where to.
 * @vip: The address.
 */
void router_save_address(FILE *out, const struct vip *vip)
{
	router_save_addresses(out, vip, 1);
}

/**
 * router_save_addresses() - Write a range of addresses as it is configured.
 * @out: Where to.
 * @vip: The first of them.
 * @count: How many, each following the one before.
 */
void router_save_addresses(FILE *out, const struct vip *vip, unsigned int count)
{
	char text[ADDRESS_TEXT_MAX], scope[4];

	fprintf(out, "address %s", address_text(&vip->address, text));
	if (count > 1)
		fprintf(out, "-%s", address_text(&vip[count - 1].address, text));
	if (vip->prefixlen >= 0)
		fprintf(out, "/%d", vip->prefixlen);
	if (vip->ifname)
		save_word(out, "dev", vip->ifname);
	if (vip->scope)
		fprintf(out, " scope %s", scope_text(vip->scope, scope));
	if (vip->excluded)
		fprintf(out, " excluded");
	if (vip->local)
		fprintf(out, " local");
}

/**
 * router_save_route() - Write a route as it is configured.
 * @out: Where to.
 * @route: The route.
 * @family: Family of its router.
 */
void router_save_route(FILE *out, const struct route *route, uint8_t family)
{
	char text[ADDRESS_TEXT_MAX];

	if (route_is_default(route, family))
		fprintf(out, "route default");
	else
		fprintf(out, "route %s", address_text(&route->dst, text));
	if (!route_is_default(route, family) && route->prefixlen >= 0)
		fprintf(out, "/%d", route->prefixlen);
	if (route->via.length)
		fprintf(out, " via %s", address_text(&route->via, text));
	if (route->ifname)
		save_word(out, "dev", route->ifname);
	if (!route_metric_is_usual(route))
		fprintf(out, " metric %" PRIu32, route->metric);
	if (route->has_table)
		fprintf(out, " table %" PRIu32, route->table);
}

/**
 * router_save_track() - Write what is tracked as it is configured.
 * @out: Where to.
 * @track: It.
 */
void router_save_track(FILE *out, const struct track *track)
{
	char text[TIME_TEXT_MAX];

	fprintf(out, "track");
	if (track->neighbour.length)
		fprintf(out, " arp %s", address_text(&track->neighbour, text));
	if (track->value)
		save_word(out, "value", track->value);
	else
		save_word(out, "dev", track->ifname ? track->ifname : "");
	/* What is usual is left out, so that it compares equal to what is not given. */
	if (track->has_interval && track->interval != KCLUSTER_NEIGHBOUR_INTERVAL)
		fprintf(out, " interval %s", time_text(track->interval, text));
	if (track->has_lose && track->lose != KCLUSTER_NEIGHBOUR_LOSE)
		fprintf(out, " lose %u", (unsigned int)track->lose);
	/* 0 is usual for a device; for a value it hides that of the value itself. */
	if (track->weight || (track->value && track->has_weight))
		fprintf(out, " weight %" PRId32, track->weight);
}

/**
 * router_save() - Write the command that adds a router, as a line of a batch.
 * @out: Where to.
 * @router: The router, with all its settings.
 */
void router_save(FILE *out, const struct router *router)
{
	char text[ADDRESS_TEXT_MAX];
	unsigned int i, run;

	fprintf(out, "vrrp add ");
	word_quote(out, router->name);
	save_settings(out, router);
	for (i = 0; i < router->peer_count; i++) {
		if (i % 4 == 0)
			save_next_line(out);
		else
			fputc(' ', out);
		fprintf(out, "peer %s", address_text(&router->peers[i], text));
	}
	for (i = 0; i < router->witness_count; i++) {
		char *witness = witness_text(&router->witnesses[i]);

		save_next_line(out);
		fprintf(out, "witness %s", witness);
		free(witness);
	}
	for (i = 0; i < router->address_count; i += run) {
		run = block_run(router, i, false);
		save_next_line(out);
		router_save_addresses(out, &router->addresses[i], run);
	}
	for (i = 0; i < router->route_count; i++) {
		save_next_line(out);
		router_save_route(out, &router->routes[i], router->family);
	}
	for (i = 0; i < router->path_count; i++) {
		save_next_line(out);
		path_save(out, &router->paths[i]);
	}
	for (i = 0; i < router->track_count; i++) {
		save_next_line(out);
		router_save_track(out, &router->tracks[i]);
	}
	fputc('\n', out);
}
