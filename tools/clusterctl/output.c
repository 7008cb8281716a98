// SPDX-License-Identifier: GPL-2.0
/*
 * Colours and JSON, the same for every object.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clusterctl.h"
#include "output.h"
#include "parse.h"

static enum { AUTO, ALWAYS, NEVER } color_when;

/**
 * color_set() - Choose when to use colours.
 * @when: "auto": on a terminal, unless NO_COLOR is set; "always"; "never".
 *
 * Return: 0, or -1 when @when is none of these.
 */
int color_set(const char *when)
{
	static const struct word words[] = {
		{ "auto", AUTO }, { "always", ALWAYS }, { "never", NEVER }, { NULL, 0 },
	};
	int found = word_find(words, when);

	if (found < 0)
		return -1;
	color_when = found;
	return 0;
}

static bool color_wanted(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	if (color_when != AUTO)
		return color_when == ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
	       !(terminal && !strcmp(terminal, "dumb"));
}

/**
 * print_colored() - Print a word in a colour, when colours are wanted.
 * @color: The colour.
 * @text: The word.
 */
void print_colored(enum color color, const char *text)
{
	static const char * const start[] = {
		[COLOR_NONE] = "", [COLOR_NAME] = "\033[1m", [COLOR_GOOD] = "\033[1;32m",
		[COLOR_CALM] = "\033[36m", [COLOR_WARN] = "\033[33m", [COLOR_BAD] = "\033[1;31m",
	};

	if (color != COLOR_NONE && color_wanted())
		printf("%s%s\033[0m", start[color], text);
	else
		fputs(text, stdout);
}

/**
 * json_add_text() - Add a string to a JSON object.
 * @object: The object.
 * @key: Key, which is not in it yet.
 * @text: The string; nothing is added for NULL.
 */
void json_add_text(struct json_object *object, const char *key, const char *text)
{
	if (text)
		json_object_object_add(object, key, need_memory(json_object_new_string(text)));
}

/**
 * json_add_number() - Add an unsigned number to a JSON object.
 * @object: The object.
 * @key: Key, which is not in it yet.
 * @number: The number.
 */
void json_add_number(struct json_object *object, const char *key, uint64_t number)
{
	json_object_object_add(object, key, need_memory(json_object_new_uint64(number)));
}

/**
 * json_add_integer() - Add a number that may be negative to a JSON object.
 * @object: The object.
 * @key: Key, which is not in it yet.
 * @number: The number.
 */
void json_add_integer(struct json_object *object, const char *key, int64_t number)
{
	json_object_object_add(object, key, need_memory(json_object_new_int64(number)));
}

/**
 * json_add_bool() - Add a truth value to a JSON object.
 * @object: The object.
 * @key: Key, which is not in it yet.
 * @value: The value.
 */
void json_add_bool(struct json_object *object, const char *key, bool value)
{
	json_object_object_add(object, key, need_memory(json_object_new_boolean(value)));
}

/**
 * json_add_address() - Add an address to a JSON object.
 * @object: The object.
 * @key: Key, which is not in it yet.
 * @address: The address; nothing is added for none.
 */
void json_add_address(struct json_object *object, const char *key, const struct ipaddr *address)
{
	char text[ADDRESS_TEXT_MAX];

	if (address->length)
		json_add_text(object, key, address_text(address, text));
}

/**
 * json_add_file() - Add which cluster file a node has to a JSON object.
 * @object: The object.
 * @file: As from conf_hash(); nothing is added for 0, none.
 */
void json_add_file(struct json_object *object, uint64_t file)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, file);
	if (file)
		json_add_text(object, "file", text);
}

/**
 * json_print() - Print a JSON value on a line of its own, and free it.
 * @object: The value.
 */
void json_print(struct json_object *object)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (options.pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	puts(need_memory((void *)json_object_to_json_string_ext(object, flags)));
	json_object_put(object);
}

/**
 * progress() - Tell people what is being done, in a line, at once; nothing with -j.
 * @format: As of printf(), without a line feed.
 */
void progress(const char *format, ...)
{
	va_list args;

	if (options.json)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}
