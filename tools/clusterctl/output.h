/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Colours and JSON, the same for every object.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

struct ipaddr;
struct json_object;

/**
 * enum color - What a colour means.
 * @COLOR_NONE: Back to plain text.
 * @COLOR_NAME: The name of an object.
 * @COLOR_GOOD: It works, and here.
 * @COLOR_CALM: It works, elsewhere.
 * @COLOR_WARN: Look at it.
 * @COLOR_BAD: It does not work.
 */
enum color {
	COLOR_NONE,
	COLOR_NAME,
	COLOR_GOOD,
	COLOR_CALM,
	COLOR_WARN,
	COLOR_BAD,
};

int color_set(const char *when);
void print_colored(enum color color, const char *text);

void progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

void json_add_text(struct json_object *object, const char *key, const char *text);
void json_add_number(struct json_object *object, const char *key, uint64_t number);
void json_add_integer(struct json_object *object, const char *key, int64_t number);
void json_add_bool(struct json_object *object, const char *key, bool value);
void json_add_address(struct json_object *object, const char *key, const struct ipaddr *address);
void json_add_file(struct json_object *object, uint64_t file);
void json_print(struct json_object *object);

#endif
