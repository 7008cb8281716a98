/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the user's words to values, and back. Pure: no system call but the
 * reading of rt_tables, no output. A parser that fails says in *why what would be right.
 */
#ifndef PARSE_H
#define PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct ipaddr - An IPv4 or IPv6 address.
 * @length: 4 or 16 bytes; 0 when there is no address.
 * @bytes: The address in network order.
 */
struct ipaddr {
	uint8_t length;
	uint8_t bytes[16];
};

/**
 * struct word - A word of the language and what it stands for.
 * @text: The word; NULL ends a table.
 * @value: Its meaning, not negative. Synonyms have the same.
 */
struct word {
	const char *text;
	int value;
};

enum {
	WORD_UNKNOWN = -1,
	WORD_AMBIGUOUS = -2,
};

int word_find(const struct word *table, const char *text);
int word_find_in_clause(const struct word *clause, const struct word *outer,
			const char *text, bool *in_clause);
const char *word_for(const struct word *table, int value);
void word_list(const struct word *table, const char *start, char *list, size_t size);

int parse_number(const char *text, uint32_t min, uint32_t max, uint32_t *value, const char **why);
int parse_integer(const char *text, int32_t *value, const char **why);
int parse_time(const char *text, uint32_t *ms, const char **why);
int parse_address(const char *text, struct ipaddr *address, const char **why);
int parse_prefix(const char *text, struct ipaddr *address, int *prefixlen, const char **why);
int parse_scope(const char *text, uint8_t *scope, const char **why);
int parse_table(const char *text, uint32_t *table, const char **why);

#define ADDRESS_TEXT_MAX 46
#define TIME_TEXT_MAX 48

const char *address_text(const struct ipaddr *address, char *text);
bool address_is_zero(const struct ipaddr *address);
const char *time_text(uint32_t ms, char *text);
const char *age_text(uint64_t ms, char *text);
const char *scope_text(uint8_t scope, char *text);
const char *table_text(uint32_t table, char *text);

#endif
