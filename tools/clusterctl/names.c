// SPDX-License-Identifier: GPL-2.0
/*
 * Scopes and routing tables, by the names iproute2 gives them.
 */
#include <inttypes.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

static const struct word scopes[] = {
	{ "global", RT_SCOPE_UNIVERSE },
	{ "site", RT_SCOPE_SITE },
	{ "link", RT_SCOPE_LINK },
	{ "host", RT_SCOPE_HOST },
	{ "nowhere", RT_SCOPE_NOWHERE },
	{ NULL, 0 },
};

static const struct word tables[] = {
	{ "default", RT_TABLE_DEFAULT },
	{ "main", RT_TABLE_MAIN },
	{ "local", RT_TABLE_LOCAL },
	{ NULL, 0 },
};

/**
 * parse_scope() - Read a scope by name or number.
 * @text: What the user wrote.
 * @scope: The scope as in rtnetlink.
 * @why: On failure: what would be right.
 *
 * Return: 0, or -1 when @text is no scope.
 */
int parse_scope(const char *text, uint8_t *scope, const char **why)
{
	int found = word_find(scopes, text);
	uint32_t number;

	if (found >= 0) {
		*scope = (uint8_t)found;
		return 0;
	}
	if (parse_number(text, 0, 255, &number, why)) {
		*why = "global, site, link, host, nowhere or a number from 0 to 255";
		return -1;
	}
	*scope = (uint8_t)number;
	return 0;
}

/**
 * scope_text() - The name of a scope.
 * @scope: The scope as in rtnetlink.
 * @text: Buffer of 4 bytes, used when the scope has no name.
 *
 * Return: The name or @text.
 */
const char *scope_text(uint8_t scope, char *text)
{
	const char *name = word_for(scopes, scope);

	if (name)
		return name;
	snprintf(text, 4, "%u", (unsigned int)scope);
	return text;
}

/* Looks a table up as iproute2 does, in its file of "NUMBER NAME" lines. */
static int table_from_file(const char *path, const char *name, uint32_t *table)
{
	FILE *file = fopen(path, "re");
	char line[256], word[64];
	uint32_t number;
	int result = -1;

	if (!file)
		return -1;
	while (result && fgets(line, sizeof(line), file)) {
		if (line[0] == '#' || sscanf(line, "%" SCNi32 " %63s", (int32_t *)&number,
					     word) != 2)
			continue;
		if (!strcmp(word, name)) {
			*table = number;
			result = 0;
		}
	}
	fclose(file);
	return result;
}

/**
 * parse_table() - Read a routing table by number, name or entry of rt_tables.
 * @text: What the user wrote.
 * @table: The table's number.
 * @why: On failure: what would be right.
 *
 * Return: 0, or -1 when @text is no routing table.
 */
int parse_table(const char *text, uint32_t *table, const char **why)
{
	int found = word_find(tables, text);

	if (found >= 0) {
		*table = (uint32_t)found;
		return 0;
	}
	if (!parse_number(text, 0, UINT32_MAX, table, why))
		return 0;
	if (!table_from_file("/etc/iproute2/rt_tables", text, table) ||
	    !table_from_file("/usr/share/iproute2/rt_tables", text, table))
		return 0;
	*why = "a number, main, local, default or a name from /etc/iproute2/rt_tables";
	return -1;
}

/**
 * table_text() - The name every system has for a routing table.
 * @table: The table's number.
 * @text: Buffer of 11 bytes, used when the table has no name.
 *
 * Return: The name or @text.
 */
const char *table_text(uint32_t table, char *text)
{
	const char *name = table <= RT_TABLE_LOCAL ? word_for(tables, (int)table) : NULL;

	if (name)
		return name;
	snprintf(text, 11, "%" PRIu32, table);
	return text;
}
