// SPDX-License-Identifier: GPL-2.0
/*
 * vrrp why and vrrp history: what a virtual router does, and what it did.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attributes.h"
#include "module.h"
#include "output.h"
#include "router.h"
#include "value.h"
#include "why.h"

#define SENTENCE_MAX 768

/**
 * struct transition - A change of state.
 * @time: Milliseconds since 1970.
 * @reason: What led to it.
 * @old_state: State before.
 * @state: State after.
 * @priority: Priority after tracking.
 */
struct transition {
	uint64_t time;
	char *reason;
	uint8_t old_state;
	uint8_t state;
	uint8_t priority;
};

/* Takes the name of a router and what concerns the output; NULL after a complaint. */
static const char *take_name(int argc, char **argv, const char *command, bool needed)
{
	const char *name = "";

	for (; argc; argc--, argv++) {
		if (option_for_output(argv[0]))
			continue;
		if (*name || !argv[0][0]) {
			wrong("vrrp", "vrrp %s: '%s' is too much, %s name is expected", command,
			      argv[0], needed ? "only a" : "at most one");
			return NULL;
		}
		name = argv[0];
	}
	if (needed && !*name) {
		wrong("vrrp", "vrrp %s: the name of a virtual router expected", command);
		return NULL;
	}
	return name;
}

/**
 * why_show() - One sentence for a virtual router, or for each of them.
 * @argc: Number of words after "vrrp why".
 * @argv: Those words.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status why_show(int argc, char **argv)
{
	const char *name = take_name(argc, argv, "why", false);
	struct routers routers = { 0 };
	struct values values = { 0 };
	struct json_object *array, *object;
	char text[SENTENCE_MAX];
	enum status status;
	unsigned int i;

	if (!name)
		return WRONG_USAGE;
	snprintf(text, sizeof(text), "vrrp why%s%s", *name ? " " : "", name);
	status = *name ? routers_get_one(&routers, name, text) : routers_get(&routers, text);
	if (status != DONE) {
		routers_free(&routers);
		return status;
	}
	/* Without them there is still a sentence, which says less. */
	values_try_get(&values);
	array = need_memory(json_object_new_array());
	for (i = 0; i < routers.count; i++) {
		why_text(&routers.list[i], &values, text, sizeof(text));
		if (!options.json) {
			printf("%s\n", text);
			continue;
		}
		object = need_memory(json_object_new_object());
		json_add_text(object, "name", routers.list[i].name);
		json_add_text(object, "state", state_text(routers.list[i].state));
		json_add_text(object, "why", text);
		json_object_array_add(array, object);
	}
	if (options.json)
		json_print(array);
	else
		json_object_put(array);
	values_free(&values);
	routers_free(&routers);
	return DONE;
}

static void decode_transition(struct transition *transition, struct nlattr *nest)
{
	const struct nlattr *attr;
	int left;

	memset(transition, 0, sizeof(*transition));
	nla_for_each_nested(attr, nest, left) {
		switch (nla_type(attr)) {
		case KCLUSTER_A_TRANSITION_TIME:
			transition->time = number_from_attribute(attr);
			break;
		case KCLUSTER_A_TRANSITION_OLD_STATE:
			transition->old_state = (uint8_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_TRANSITION_STATE:
			transition->state = (uint8_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_TRANSITION_PRIORITY:
			transition->priority = (uint8_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_TRANSITION_REASON:
			free(transition->reason);
			transition->reason = text_from_attribute(attr);
			break;
		}
	}
}

static void show_transition(const struct transition *transition, struct json_object *array)
{
	time_t seconds = (time_t)(transition->time / 1000);
	struct json_object *object;
	char clock[40];
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(clock, sizeof(clock), "%Y-%m-%dT%H:%M:%S", &tm);
	if (array) {
		object = need_memory(json_object_new_object());
		json_add_number(object, "time", transition->time);
		json_add_text(object, "old_state", state_text(transition->old_state));
		json_add_text(object, "state", state_text(transition->state));
		json_add_number(object, "effective_priority", transition->priority);
		json_add_text(object, "reason", transition->reason);
		json_object_array_add(array, object);
		return;
	}
	printf("%s.%03u %s -> ", clock, (unsigned int)(transition->time % 1000),
	       state_text(transition->old_state));
	router_show_state(transition->state);
	printf(" priority %u", (unsigned int)transition->priority);
	if (transition->reason && *transition->reason)
		printf(" (%s)", transition->reason);
	putchar('\n');
}

static void take_history(const struct nlmsghdr *message, void *arg)
{
	struct json_object *array = arg;
	struct nlattr *attr, *first;
	struct transition transition;
	int length, left;

	first = message_attributes(message, &length);
	nla_for_each_attr(attr, first, length, left) {
		if (nla_type(attr) != KCLUSTER_A_VRRP_TRANSITION)
			continue;
		decode_transition(&transition, attr);
		show_transition(&transition, array);
		free(transition.reason);
	}
}

/**
 * history_show() - The last changes of state of a virtual router.
 * @argc: Number of words after "vrrp history".
 * @argv: Those words.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status history_show(int argc, char **argv)
{
	const char *name = take_name(argc, argv, "history", true);
	struct json_object *array = NULL;
	enum status status;
	struct nl_msg *msg;
	char what[128];

	if (!name)
		return WRONG_USAGE;
	if (module_connect() != DONE)
		return REFUSED;
	if (options.json)
		array = need_memory(json_object_new_array());
	snprintf(what, sizeof(what), "vrrp history %s", name);
	msg = module_new(KCLUSTER_CMD_VRRP_HISTORY, NLM_F_ACK);
	module_must(nla_put_string(msg, KCLUSTER_A_VRRP_NAME, name));
	status = module_request(msg, what, take_history, array);
	if (array && status == DONE)
		json_print(array);
	else
		json_object_put(array);
	return status;
}
