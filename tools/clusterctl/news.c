// SPDX-License-Identifier: GPL-2.0
/*
 * What the monitor prints: a line per change, for people or as JSON.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <time.h>

#include "clusterctl.h"
#include "news.h"
#include "output.h"
#include "router.h"

static const char *write_time(char *text, size_t size)
{
	struct timespec now;
	struct tm tm;
	size_t used;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	used = strftime(text, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + used, size - used, ".%03ld", now.tv_nsec / 1000000);
	return text;
}

/**
 * news_begin() - What every event has as JSON.
 * @type: What it is about.
 *
 * Return: An object with the present time and @type, for json_print().
 */
struct json_object *news_begin(const char *type)
{
	struct json_object *object = need_memory(json_object_new_object());
	char time[40];

	json_add_text(object, "timestamp", write_time(time, sizeof(time)));
	json_add_text(object, "type", type);
	return object;
}

/**
 * news_stamp() - Begin a line with the present time, if that is wanted.
 */
void news_stamp(void)
{
	char time[40];

	if (options.timestamp)
		printf("[%s] ", write_time(time, sizeof(time)));
}

/**
 * news_type() - What it is about, as keepalived calls it.
 * @news: What happened.
 */
const char *news_type(const struct news *news)
{
	return news->is_group ? "GROUP" : "INSTANCE";
}

static void print_json(const struct news *news)
{
	struct json_object *object = news_begin(news_type(news));

	json_add_text(object, "name", news->name);
	json_add_text(object, "state", state_text(news->state));
	json_add_bool(object, "replay", news->replay);
	if (!news->replay) {
		json_add_text(object, "old_state", state_text(news->old_state));
		json_add_number(object, "sequence", news->sequence);
	}
	if (!news->is_group)
		json_add_number(object, "effective_priority", news->priority);
	if (news->ifname && *news->ifname) {
		json_add_text(object, "ifname", news->ifname);
		json_add_number(object, "vrid", news->vrid);
	}
	json_add_text(object, "reason", news->reason);
	json_print(object);
}

static void print_text(const struct news *news)
{
	news_stamp();
	if (news->is_group)
		printf("group ");
	print_colored(COLOR_NAME, news->name);
	printf(": ");
	if (!news->replay && news->old_state != news->state)
		printf("%s -> ", state_text(news->old_state));
	router_show_state(news->state);
	if (!news->is_group)
		printf(" priority %u", (unsigned int)news->priority);
	if (news->ifname && *news->ifname)
		printf(" dev %s vrid %u", news->ifname, (unsigned int)news->vrid);
	if (news->reason && *news->reason)
		printf(" (%s)", news->reason);
	putchar('\n');
}

/**
 * news_print() - Print a line, at once.
 * @news: What happened.
 */
void news_print(const struct news *news)
{
	if (options.json)
		print_json(news);
	else
		print_text(news);
	fflush(stdout);
}

/**
 * news_print_path() - Print a line about a path, at once.
 * @name: Its virtual router.
 * @path: What is known of it: its device, and whether it is up or silent.
 * @sequence: Number of the event.
 */
void news_print_path(const char *name, const struct path *path, uint32_t sequence)
{
	struct json_object *object;

	if (options.json) {
		object = news_begin("PATH");
		json_add_text(object, "name", name);
		json_add_text(object, "ifname", path->ifname);
		json_add_bool(object, "up", path->up);
		json_add_bool(object, "silent", path->silent);
		json_add_number(object, "sequence", sequence);
		json_print(object);
	} else {
		news_stamp();
		print_colored(COLOR_NAME, name);
		printf(": path dev %s ", path->ifname ? path->ifname : "?");
		path_show_state(path);
		putchar('\n');
	}
	fflush(stdout);
}
