// SPDX-License-Identifier: GPL-2.0
/*
 * What the monitor prints of tracked values: a line per change.
 */
#include <json-c/json.h>
#include <stdio.h>

#include "clusterctl.h"
#include "news.h"
#include "output.h"
#include "parse.h"
#include "told.h"
#include "value.h"

static void print_value_json(const struct value *value, bool replay)
{
	struct json_object *object = news_begin("VALUE");

	json_add_text(object, "name", value->name);
	json_add_text(object, "state", value_state_text(value->state));
	json_add_bool(object, "replay", replay);
	if (!replay) {
		json_add_text(object, "old_state", value_state_text(value->old_state));
		json_add_number(object, "sequence", value->sequence);
	}
	json_print(object);
}

static void print_value_text(const struct value *value, bool replay)
{
	char text[TIME_TEXT_MAX];

	news_stamp();
	printf("value ");
	print_colored(COLOR_NAME, value->name);
	printf(": ");
	if (!replay)
		printf("%s -> ", value_state_text(value->old_state));
	value_show_state(value->state);
	if (value->state == KCLUSTER_VALUE_STATE_EXPIRED && value->ttl)
		printf(" (not renewed for %s)", time_text(value->ttl, text));
	putchar('\n');
}

static void print_value(const struct value *value, bool replay)
{
	if (options.json)
		print_value_json(value, replay);
	else
		print_value_text(value, replay);
	fflush(stdout);
}

/**
 * news_tell_value() - Print a line about a tracked value, at once.
 * @told: What was told last of tracked values.
 * @value: Its name and its state; of an event also the state before.
 * @replay: Whether it was found by looking, not told by an event; then it is only
 *	news if it differs.
 */
void news_tell_value(struct told_list *told, const struct value *value, bool replay)
{
	bool changed = told_update(told, value->name, value->state, 0);

	if (changed || !replay)
		print_value(value, replay);
}

/**
 * news_replay_values() - Print what differs from what was told last.
 * @told: What was told last of tracked values.
 * @values: Those there are. What the kernel does not even call unset is gone, which
 *	is the same to us.
 */
void news_replay_values(struct told_list *told, const struct values *values)
{
	const struct told *gone;
	unsigned int i;

	told_begin(told);
	for (i = 0; i < values->count; i++)
		news_tell_value(told, &values->list[i], true);
	while ((gone = told_next_gone(told))) {
		struct value value = { .name = copy_text(gone->name) };

		if (gone->state != KCLUSTER_VALUE_STATE_UNSET)
			print_value(&value, true);
		told_update(told, value.name, KCLUSTER_VRRP_STATE_STOP, 0);
		value_free(&value);
	}
}
