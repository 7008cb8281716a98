// SPDX-License-Identifier: GPL-2.0
/*
 * The commands "vrrp track set", "unset" and "show": tracked values. Which of
 * them a virtual router follows is for "vrrp track add" and "del".
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>

#include "module.h"
#include "output.h"
#include "parse.h"
#include "router.h"
#include "value.h"

enum command {
	SET, UNSET, SHOW,
};

static const struct word commands[] = {
	{ "set", SET },
	{ "unset", UNSET },
	{ "show", SHOW },
	{ "list", SHOW },
	{ "lst", SHOW },
	{ "ls", SHOW },
	{ NULL, 0 },
};

/**
 * value_show_state() - Print what a value counts as, in its colour.
 * @state: enum kcluster_value_state.
 */
void value_show_state(uint8_t state)
{
	print_colored(state == KCLUSTER_VALUE_STATE_UP ? COLOR_GOOD : COLOR_BAD,
		      value_state_text(state));
}

static enum status send_value(uint8_t command, const struct value *value, const char *what)
{
	struct nl_msg *msg;

	if (module_connect() != DONE)
		return REFUSED;
	msg = module_new(command, NLM_F_ACK);
	value_encode(msg, value);
	return module_request(msg, what, NULL, NULL);
}

static enum status track_set(int argc, char **argv)
{
	struct value value = { 0 };
	enum status status;
	char what[128];

	if (!argc || !argv[0][0])
		return wrong("vrrp", "vrrp track set: the name of a tracked value expected");
	value.name = copy_text(argv[0]);
	snprintf(what, sizeof(what), "vrrp track set %s", argv[0]);
	status = value_parse(&value, argv + 1, what);
	if (status == DONE)
		status = send_value(KCLUSTER_CMD_VALUE_SET, &value, what);
	value_free(&value);
	return status;
}

static enum status track_unset(int argc, char **argv)
{
	struct value value = { 0 };
	enum status status;
	char what[128];

	if (!argc || !argv[0][0])
		return wrong("vrrp", "vrrp track unset: the name of a tracked value expected");
	if (argc > 1)
		return wrong("vrrp", "vrrp track unset %s: '%s' is too much, only a name is expected",
			     argv[0], argv[1]);
	value.name = copy_text(argv[0]);
	snprintf(what, sizeof(what), "vrrp track unset %s", argv[0]);
	status = send_value(KCLUSTER_CMD_VALUE_DEL, &value, what);
	value_free(&value);
	return status;
}

static bool follows(const struct router *router, const struct value *value)
{
	unsigned int i;

	for (i = 0; i < router->track_count; i++)
		if (router->tracks[i].value && !strcmp(router->tracks[i].value, value->name))
			return true;
	return false;
}

static void show_value(const struct value *value, const struct routers *routers)
{
	char text[TIME_TEXT_MAX];
	bool any = false;
	unsigned int i;

	print_colored(COLOR_NAME, value->name);
	printf(": ");
	value_show_state(value->state);
	if (value->state != KCLUSTER_VALUE_STATE_UNSET) {
		printf(" number %" PRId32 " weight %" PRId32, value->number, value->weight);
		if (value->ttl)
			printf(" ttl %s", time_text(value->ttl, text));
		printf(", set %s ago", age_text(value->age, text));
	}
	putchar('\n');
	for (i = 0; i < routers->count; i++) {
		if (!follows(&routers->list[i], value))
			continue;
		printf("%s %s", any ? "" : "    followed by", routers->list[i].name);
		any = true;
	}
	if (any)
		putchar('\n');
}

static struct json_object *value_json(const struct value *value, const struct routers *routers)
{
	struct json_object *object = need_memory(json_object_new_object());
	struct json_object *array = need_memory(json_object_new_array()), *name;
	unsigned int i;

	json_add_text(object, "name", value->name);
	json_add_text(object, "state", value_state_text(value->state));
	if (value->state != KCLUSTER_VALUE_STATE_UNSET) {
		json_add_integer(object, "number", value->number);
		json_add_integer(object, "weight", value->weight);
		json_add_number(object, "ttl", value->ttl);
		json_add_number(object, "age", value->age);
	}
	for (i = 0; i < routers->count; i++) {
		if (!follows(&routers->list[i], value))
			continue;
		name = json_object_new_string(routers->list[i].name);
		json_object_array_add(array, need_memory(name));
	}
	json_object_object_add(object, "followers", array);
	return object;
}

static void show_all(const struct values *values, const struct routers *routers)
{
	struct json_object *array;
	unsigned int i;

	if (!options.json) {
		for (i = 0; i < values->count; i++)
			show_value(&values->list[i], routers);
		return;
	}
	array = need_memory(json_object_new_array());
	for (i = 0; i < values->count; i++)
		json_object_array_add(array, value_json(&values->list[i], routers));
	json_print(array);
}

static enum status track_show(int argc, char **argv)
{
	struct routers routers = { 0 };
	struct values values = { 0 };
	const char *name = NULL;
	enum status status;
	char what[128];

	if (option_for_name("vrrp", "vrrp track show", argc, argv, &name) != DONE)
		return WRONG_USAGE;
	snprintf(what, sizeof(what), "vrrp track show%s%s", name ? " " : "", name ? name : "");
	status = name ? values_get_one(&values, name, what) : values_get(&values, what);
	if (status == DONE)
		status = routers_get(&routers, what);
	if (status == DONE)
		show_all(&values, &routers);
	routers_free(&routers);
	values_free(&values);
	return status;
}

/**
 * track_is_command() - Tell whether a word after "vrrp track" is for values.
 * @word: The word.
 *
 * Return: Whether track_command() takes it.
 */
bool track_is_command(const char *word)
{
	return word_find(commands, word) != WORD_UNKNOWN;
}

/**
 * track_command() - Run a command for tracked values.
 * @argc: Number of words after "vrrp track", at least one.
 * @argv: Those words, followed by NULL; track_is_command() takes the first.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status track_command(int argc, char **argv)
{
	char list[64];

	switch (word_find(commands, argv[0])) {
	case SET:
		return track_set(argc - 1, argv + 1);
	case UNSET:
		return track_unset(argc - 1, argv + 1);
	case SHOW:
		return track_show(argc - 1, argv + 1);
	default:
		word_list(commands, argv[0], list, sizeof(list));
		return wrong("vrrp", "vrrp track: '%s' could be any of: %s", argv[0], list);
	}
}
