// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of a cluster file that leave all else in it as it is: comments, order, blanks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clusterctl.h"
#include "conf.h"

#define BLANKS " \t\r\f\v"

/* Start of the line with this number; the end of the text if there is none. */
static const char *line_at(const char *text, unsigned int number)
{
	while (--number && *text) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return text;
}

/* The first character that is no blank; a newline or NUL for a blank line. */
static char first_of(const char *line)
{
	return line[strspn(line, BLANKS)];
}

static bool is_blank(const char *line)
{
	char c = first_of(line);

	return !c || c == '\n';
}

static bool is_comment(const char *line)
{
	char c = first_of(line);

	return c == '#' || c == ';';
}

/*
 * Where a section ends: behind its last line, and the comments that follow that
 * without a blank line; but these belong to the next section if they stand directly
 * above it.
 */
static const char *end_of(const char *text, const struct conf_section *section)
{
	unsigned int last = section->count ? section->lines[section->count - 1].number :
					     section->number;
	const char *end = line_at(text, last + 1), *after = end;

	while (is_comment(after))
		after = line_at(after, 2);
	return first_of(after) == '[' ? end : after;
}

static char *joined(const char *text, size_t length, const char *lines, const char *rest)
{
	char *result = NULL;

	if (asprintf(&result, "%.*s%s%s", (int)length, text, lines, rest) < 0)
		result = NULL;
	return need_memory(result);
}

/**
 * conf_add_node() - Put a section behind the last [Node NAME].
 * @conf: What @text says; it has a node.
 * @text: The file.
 * @lines: The section.
 *
 * Return: The new text, to be freed with free().
 */
char *conf_add_node(const struct conf *conf, const char *text, const char *lines)
{
	const char *end = text, *before;
	char *with_blanks, *result;
	unsigned int i;

	for (i = 0; i < conf->count; i++)
		if (conf->sections[i].kind == CONF_NODE)
			end = end_of(text, &conf->sections[i]);
	/* Where sections follow each other without blank lines, this one does too. */
	before = !*end && end > text && end[-1] != '\n' ? "\n\n" : is_blank(end) ? "\n" : "";
	if (asprintf(&with_blanks, "%s%s", before, lines) < 0)
		with_blanks = NULL;
	result = joined(text, (size_t)(end - text), need_memory(with_blanks), end);
	free(with_blanks);
	return result;
}

/**
 * conf_remove() - Take a section out.
 * @text: The file.
 * @section: The section. Comments above it stay.
 *
 * Return: The new text, to be freed with free().
 */
char *conf_remove(const char *text, const struct conf_section *section)
{
	const char *start = line_at(text, section->number), *end = end_of(text, section);
	const char *above = section->number > 1 ? line_at(text, section->number - 1) : NULL;

	if (is_blank(end) && above && is_blank(above))
		start = above;
	return joined(text, (size_t)(start - text), "", end);
}

static bool list_names(const char *list, const char *name)
{
	char *text = copy_text(list), *rest = text, *word;
	bool found = false;

	while ((word = strsep(&rest, ", \t")))
		found |= !strcmp(word, name);
	free(text);
	return found;
}

static bool key_is(const struct conf_line *line, const char *name)
{
	return !strcmp(line->key->name, name);
}

static void look_at(struct conf *conf, const struct conf_line *line, const char *name)
{
	int i;

	if (line->nodes && list_names(line->nodes, name))
		conf_wrong(conf, line->number,
			   "%s@: this is for node %s, which cannot be removed before: another node expected, or no such line",
			   line->key->name, name);
	for (i = 0; i < line->value.count; i++) {
		const char *value = line->value.list[i];

		if (key_is(line, "Nodes") && list_names(value, name))
			conf_wrong(conf, line->number,
				   "Nodes: node %s is among them, and cannot be removed before: the others expected",
				   name);
		else if ((key_is(line, "Hub") || key_is(line, "Relay") || key_is(line, "Via")) &&
			 !strcmp(value, name))
			conf_wrong(conf, line->number,
				   "%s: this is node %s, which cannot be removed before: another node expected, or no such line",
				   line->key->name, name);
	}
}

/**
 * conf_names_node() - Complain about all lines that name a node.
 * @conf: The file.
 * @node: Section of the node; its own lines do not count.
 *
 * Return: Whether there were some.
 */
bool conf_names_node(struct conf *conf, const struct conf_section *node)
{
	unsigned int i, j, errors = conf->errors;

	for (i = 0; i < conf->count; i++)
		for (j = 0; j < conf->sections[i].count && &conf->sections[i] != node; j++)
			look_at(conf, &conf->sections[i].lines[j], node->name);
	return conf->errors != errors;
}
