// SPDX-License-Identifier: GPL-2.0
/*
 * Votes for people and for programs.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "output.h"
#include "router.h"
#include "witness.h"

/**
 * vote_text() - What a node answered when it was asked for its vote.
 * @vote: enum kcluster_vrrp_vote.
 *
 * Return: The word for it; "unknown" for one newer than this tool.
 */
const char *vote_text(uint8_t vote)
{
	static const char * const names[] = {
		[KCLUSTER_VRRP_VOTE_NONE] = "none",
		[KCLUSTER_VRRP_VOTE_GRANTED] = "granted",
		[KCLUSTER_VRRP_VOTE_FREE] = "free",
		[KCLUSTER_VRRP_VOTE_TAKEN] = "taken",
		[KCLUSTER_VRRP_VOTE_WAITING] = "waiting",
		[KCLUSTER_VRRP_VOTE_DIFFERS] = "differs",
	};

	return vote < sizeof(names) / sizeof(names[0]) ? names[vote] : "unknown";
}

static bool asks(const struct router *router)
{
	return router->candidate ||
	       (router->state == KCLUSTER_VRRP_STATE_MASTER &&
		router->on_isolation == KCLUSTER_VRRP_ISOLATION_YIELD);
}

static void show_witness(const struct router *router, const struct witness *witness)
{
	char *text = witness_text(witness), age[TIME_TEXT_MAX];

	printf("    witness %s", text);
	free(text);
	if (asks(router)) {
		printf("  ");
		print_colored(witness->vote == KCLUSTER_VRRP_VOTE_GRANTED ? COLOR_GOOD :
			      COLOR_WARN, vote_text(witness->vote));
	}
	if (witness->promise)
		printf("  has our vote for %s", age_text(witness->promise, age));
	if (witness->heard)
		printf(" heard %s ago", age_text(witness->last_heard, age));
	putchar('\n');
}

/**
 * votes_show() - Print the votes on a router.
 * @router: The router.
 */
void votes_show(const struct router *router)
{
	char age[TIME_TEXT_MAX];
	unsigned int i;

	if (router->on_isolation == KCLUSTER_VRRP_ISOLATION_YIELD) {
		printf("    on-isolation yield votes %u of %u", (unsigned int)router->votes_granted,
		       (unsigned int)router->votes);
		if (router->state == KCLUSTER_VRRP_STATE_MASTER)
			printf(" lease %s", age_text(router->lease, age));
		if (router->candidate)
			printf(" candidate");
		putchar('\n');
	}
	for (i = 0; i < router->witness_count; i++)
		show_witness(router, &router->witnesses[i]);
}

static struct json_object *witness_json(const struct witness *witness)
{
	struct json_object *object = need_memory(json_object_new_object());
	struct json_object *array = need_memory(json_object_new_array());
	char text[ADDRESS_TEXT_MAX];
	unsigned int i;

	for (i = 0; i < witness->address_count; i++)
		json_object_array_add(array,
				      need_memory(json_object_new_string(address_text(
				      &witness->addresses[i], text))));
	json_object_object_add(object, "addresses", array);
	json_add_text(object, "vote", vote_text(witness->vote));
	if (witness->heard)
		json_add_number(object, "last_heard", witness->last_heard);
	if (witness->promise)
		json_add_number(object, "promise", witness->promise);
	return object;
}

/**
 * votes_json() - Add the votes on a router to a JSON object.
 * @object: The object.
 * @router: The router.
 */
void votes_json(struct json_object *object, const struct router *router)
{
	struct json_object *array = need_memory(json_object_new_array());
	unsigned int i;

	if (router_has(router, KCLUSTER_A_VRRP_ON_ISOLATION))
		json_add_text(object, "on_isolation",
			      router->on_isolation == KCLUSTER_VRRP_ISOLATION_YIELD ? "yield" :
			      "keep");
	if (router_has(router, KCLUSTER_A_VRRP_VOTES)) {
		json_add_number(object, "votes", router->votes);
		json_add_number(object, "votes_granted", router->votes_granted);
		json_add_number(object, "lease", router->lease);
		json_add_bool(object, "candidate", router->candidate);
	}
	for (i = 0; i < router->witness_count; i++)
		json_object_array_add(array, witness_json(&router->witnesses[i]));
	json_object_object_add(object, "witnesses", array);
}
