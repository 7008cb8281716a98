/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walks through the words of a command and complains about the wrong ones.
 */
#ifndef ARGS_H
#define ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "clusterctl.h"
#include "parse.h"

/**
 * struct args - Where we are in the words of a command.
 * @at: The next word; NULL at the end.
 * @outer: Words that end a clause.
 * @of: What the command works on, for messages: "vrrp add KA1".
 * @object: Whose usage helps; NULL for that of vrrp.
 */
struct args {
	char **at;
	const struct word *outer;
	char of[96];
	const char *object;
};

#define args_wrong(args, format, ...) \
	wrong((args)->object ?: "vrrp", "%s: " format, (args)->of, ##__VA_ARGS__)

enum status args_bad_key(const struct args *args, const struct word *clause,
			 const char *clause_name, int found, const char *word);
enum status args_bad_value(const struct args *args, const char *key, const char *value,
			   const char *why);
const char *args_take(struct args *args, const char *key, const char *expected);
enum status args_take_text(struct args *args, const char *key, const char *expected, char **text);
enum status args_take_number(struct args *args, const char *key, uint32_t *number);
enum status args_take_u8(struct args *args, const char *key, const char *expected,
			 uint8_t *number);
enum status args_take_time(struct args *args, const char *key, uint32_t *ms);
enum status args_take_word(struct args *args, const char *key, const struct word *words,
			   uint8_t *number);
enum status args_take_address(struct args *args, const char *key, struct ipaddr *address);
int args_take_key(struct args *args, const struct word *clause, const char *name,
		  unsigned int *seen, int *key);

#endif
