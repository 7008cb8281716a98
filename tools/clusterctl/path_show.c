// SPDX-License-Identifier: GPL-2.0
/*
 * A path for people and for programs.
 */
#include <json-c/json.h>
#include <stdio.h>

#include "output.h"
#include "path.h"

/**
 * path_show_state() - Print how a path does.
 * @path: The path.
 */
void path_show_state(const struct path *path)
{
	if (!path->up)
		print_colored(COLOR_BAD, "down");
	else if (path->silent)
		print_colored(COLOR_WARN, "silent");
	else
		print_colored(COLOR_GOOD, "up");
	if (!path->up && path->flaw)
		printf(" (%s %s)", path->ifname ? path->ifname : "it", path->flaw);
}

/**
 * path_show() - Print all of a path.
 * @path: The path.
 */
void path_show(const struct path *path)
{
	char text[TIME_TEXT_MAX];

	path_save(stdout, path);
	printf("  ");
	path_show_state(path);
	if (path->source.length)
		printf(" source %s", address_text(&path->source, text));
	if (path->heard)
		printf(" heard %s ago", age_text(path->last_heard, text));
}

/**
 * path_json() - All of a path as a JSON object.
 * @path: The path.
 *
 * Return: The object, to be freed with json_object_put().
 */
struct json_object *path_json(const struct path *path)
{
	struct json_object *object = need_memory(json_object_new_object());
	struct json_object *peers = need_memory(json_object_new_array());
	char text[ADDRESS_TEXT_MAX];
	unsigned int i;

	json_add_text(object, "ifname", path->ifname);
	for (i = 0; i < path->peer_count; i++)
		json_object_array_add(peers, need_memory(json_object_new_string(
				      address_text(&path->peers[i], text))));
	json_object_object_add(object, "peers", peers);
	json_add_number(object, "hop_limit", path->hop_limit);
	json_add_bool(object, "trusted", path->trusted);
	json_add_bool(object, "up", path->up);
	json_add_bool(object, "silent", path->silent);
	json_add_text(object, "flaw", path->flaw);
	json_add_address(object, "source", &path->source);
	if (path->heard)
		json_add_number(object, "last_heard", path->last_heard);
	return object;
}
