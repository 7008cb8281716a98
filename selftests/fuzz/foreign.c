// SPDX-License-Identifier: GPL-2.0
/*
 * Any rules of others, as iptables-save prints them or as nft lists them in JSON: what
 * eats our traffic is looked for, and there is a remedy for all that was found.
 *
 * Input: JSON if it starts with {, else what iptables-save prints.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"

struct options options;

const struct object *object_find(const char *name)
{
	(void)name;
	return NULL;
}

bool option_for_output(const char *word)
{
	(void)word;
	return false;
}

static const struct traffic traffic[] = {
	{ .kind = TRAFFIC_WIREGUARD, .family = 4, .in = "eth0", .protocol = 17, .port = 51820 },
	{ .kind = TRAFFIC_TUNNEL, .family = 4, .in = "wg0", .protocol = 6, .port = -1,
	  .from = { .address = { 4, { 10, 6 } }, .length = 24 } },
	{ .kind = TRAFFIC_RELAY, .family = 4, .forward = true, .in = "wg0", .out = "wg0",
	  .protocol = 6, .port = -1 },
	{ .kind = TRAFFIC_VRRP, .family = 4, .in = "eth1", .protocol = 112, .port = -1,
	  .to = { .address = { 4, { 224, 0, 0, 18 } }, .length = 32 } },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct traffics traffics = { .count = sizeof(traffic) / sizeof(traffic[0]) };
	char *text = strndup((const char *)data, size);
	struct foreign foreign = { 0 };
	struct json_object *all = NULL, *list = NULL, *found;
	unsigned int i;

	traffics.list = malloc(sizeof(traffic));
	memcpy(traffics.list, traffic, sizeof(traffic));
	if (*text == '{') {
		all = json_tokener_parse(text);
		if (json_object_is_type(all, json_type_object))
			json_object_object_get_ex(all, "nftables", &list);
	}
	foreign.ruleset = json_object_is_type(list, json_type_array) ? json_object_get(list) :
								       json_object_new_array();
	json_object_put(all);
	if (*text != '{')
		foreign_take_save(foreign.ruleset, text, 4, size & 1);
	foreign_find(&foreign, &traffics);
	foreign_take_text(&foreign, text);
	for (i = 0; i < foreign.count; i++) {
		found = foreign_remedies(&foreign, &foreign.hits[i]);
		if (!json_object_array_length(found))
			abort();
		json_object_put(found);
	}
	json_object_put(foreign_json(&foreign));
	foreign_free(&foreign);
	free(traffics.list);
	free(text);
	return 0;
}
