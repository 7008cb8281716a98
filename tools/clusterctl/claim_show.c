// SPDX-License-Identifier: GPL-2.0
/*
 * A claim for people and for programs.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "claim.h"
#include "output.h"

static const char * const stats_names[KCLUSTER_A_CLAIM_STATS_MAX + 1] = {
	[KCLUSTER_A_CLAIM_STATS_SENT] = "sent",
	[KCLUSTER_A_CLAIM_STATS_RECEIVED] = "received",
	[KCLUSTER_A_CLAIM_STATS_TAKEOVERS] = "takeovers",
	[KCLUSTER_A_CLAIM_STATS_MOVED] = "moved",
	[KCLUSTER_A_CLAIM_STATS_REMOVED] = "removed",
	[KCLUSTER_A_CLAIM_STATS_ERRORS] = "errors",
};

/**
 * claim_show_state() - Print who has the prefixes, in its colour.
 * @claim: The claim.
 */
void claim_show_state(const struct claim *claim)
{
	enum color color = COLOR_WARN;

	if (claim->state == KCLUSTER_CLAIM_STATE_HERE)
		color = COLOR_GOOD;
	else if (claim->state == KCLUSTER_CLAIM_STATE_PEER)
		color = COLOR_CALM;
	print_colored(color, claim_state_text(claim->state));
	if (claim->owner)
		printf(" %s", claim->owner);
}

static void show_line(const struct claim *claim)
{
	char text[TIME_TEXT_MAX];

	print_colored(COLOR_NAME, claim->name);
	printf(": ");
	claim_show_state(claim);
	printf(", for %s", age_text(claim->since, text));
	if (claim->epoch)
		printf(", epoch %" PRIu64, claim->epoch);
}

/**
 * claim_show_brief() - Print who has the prefixes of a claim.
 * @claim: The claim.
 */
void claim_show_brief(const struct claim *claim)
{
	printf("claim ");
	show_line(claim);
	printf(", %u prefix%s\n", claim->count, claim->count == 1 ? "" : "es");
}

static void show_prefix(const struct claim_prefix *prefix)
{
	char text[ADDRESS_TEXT_MAX];

	printf("    prefix %s/%u", address_text(&prefix->address, text),
	       (unsigned int)prefix->length);
	if (prefix->ifname)
		printf(" dev %s", prefix->ifname);
	if (prefix->router)
		printf(" router");
	if (prefix->routed) {
		printf(" ");
		print_colored(COLOR_GOOD, "routed");
	}
	if (prefix->flaw) {
		printf(" ");
		print_colored(COLOR_BAD, "failed");
		printf(" (%s)", prefix->flaw);
	}
	putchar('\n');
}

/**
 * claim_show() - Print all of a claim.
 * @claim: The claim.
 */
void claim_show(const struct claim *claim)
{
	unsigned int i;

	show_line(claim);
	putchar('\n');
	for (i = 0; i < claim->count; i++)
		show_prefix(&claim->prefixes[i]);
	for (i = 1; options.statistics && i <= KCLUSTER_A_CLAIM_STATS_MAX; i++)
		if (stats_names[i])
			printf("    %s %" PRIu64 "\n", stats_names[i], claim->stats[i]);
}

static struct json_object *prefix_json(const struct claim_prefix *prefix)
{
	struct json_object *object = need_memory(json_object_new_object());

	json_add_address(object, "address", &prefix->address);
	json_add_number(object, "prefixlen", prefix->length);
	json_add_text(object, "ifname", prefix->ifname);
	json_add_bool(object, "routed", prefix->routed);
	json_add_bool(object, "router", prefix->router);
	json_add_text(object, "flaw", prefix->flaw);
	return object;
}

/**
 * claim_json() - All of a claim as a JSON object.
 * @claim: The claim.
 *
 * Return: The object, to be freed with json_object_put().
 */
struct json_object *claim_json(const struct claim *claim)
{
	struct json_object *object = need_memory(json_object_new_object());
	struct json_object *prefixes = need_memory(json_object_new_array());
	struct json_object *stats;
	unsigned int i;

	json_add_text(object, "name", claim->name);
	json_add_text(object, "state", claim_state_text(claim->state));
	json_add_text(object, "owner", claim->owner);
	if (claim->epoch) {
		json_add_number(object, "epoch", claim->epoch);
		json_add_number(object, "node", claim->node);
	}
	json_add_number(object, "since", claim->since);
	json_add_bool(object, "configured", claim->configured);
	json_add_text(object, "flaw", claim->flaw);
	for (i = 0; i < claim->count; i++)
		json_object_array_add(prefixes, prefix_json(&claim->prefixes[i]));
	json_object_object_add(object, "prefixes", prefixes);
	if (!options.statistics)
		return object;
	stats = need_memory(json_object_new_object());
	for (i = 1; i <= KCLUSTER_A_CLAIM_STATS_MAX; i++)
		if (stats_names[i])
			json_add_number(stats, stats_names[i], claim->stats[i]);
	json_object_object_add(object, "statistics", stats);
	return object;
}
