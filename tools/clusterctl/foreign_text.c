// SPDX-License-Identifier: GPL-2.0
/*
 * Rules as nft prints them, for people: each gets its line, by its handle.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"

#define HANDLE " # handle "
#define PLACE_TEXT 256

/* Where a line stands. */
struct place {
	char family[16];
	char table[PLACE_TEXT];
	char chain[PLACE_TEXT];
};

static void set_text(struct foreign *foreign, const struct place *place, int64_t handle,
		     const char *line)
{
	unsigned int i;

	for (i = 0; i < foreign->count; i++) {
		struct json_object *rule = foreign->hits[i].rule;

		if (rule &&
		    json_object_get_int64(json_object_object_get(rule, "handle")) == handle &&
		    !strcmp(json_text(rule, "chain"), place->chain) &&
		    !strcmp(json_text(rule, "table"), place->table) &&
		    !strcmp(json_text(rule, "family"), place->family))
			json_object_object_add(rule, "text",
					       need_memory(json_object_new_string(line)));
	}
}

/**
 * foreign_take_text() - Give those rules that were found their texts.
 * @foreign: They.
 * @text: What "nft -a -s list ruleset" has printed.
 */
void foreign_take_text(struct foreign *foreign, const char *text)
{
	char *copy = copy_text(text), *rest = copy, *line, *handle;
	struct place place = { .chain = "" };

	while ((line = strsep(&rest, "\n"))) {
		line += strspn(line, "\t ");
		if (sscanf(line, "table %15s %255s {", place.family, place.table) == 2)
			continue;
		if (sscanf(line, "chain %255s {", place.chain) == 1)
			continue;
		handle = strstr(line, HANDLE);
		if (!handle)
			continue;
		*handle = '\0';
		set_text(foreign, &place, atoll(handle + strlen(HANDLE)), line);
	}
	free(copy);
}
