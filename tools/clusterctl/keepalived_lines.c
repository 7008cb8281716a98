// SPDX-License-Identifier: GPL-2.0
/*
 * The lines of keepalived.conf: comments, conditions, includes, parameters.
 * What is left of a line goes to ka_parse_settings().
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "clusterctl.h"
#include "keepalived_parse.h"

static const char *skip_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\f' || *at == '\v')
		at++;
	return at;
}

/* Cuts a comment off; only double quotes protect what looks like one. */
static void cut_comment(char *line)
{
	bool quoted = false;

	for (; *line; line++) {
		if (*line == '"')
			quoted = !quoted;
		if (!quoted && (*line == '#' || *line == '!')) {
			*line = '\0';
			return;
		}
	}
}

/*
 * "@ID rest" is for the machine ID, "@^ID rest" for all others. Returns the
 * rest, NULL when it is not for us.
 */
static const char *meet_condition(struct ka_config *config, const char *at)
{
	bool others = at[1] == '^', same;
	size_t length;

	at += others ? 2 : 1;
	length = strcspn(at, " \t\r\f\v");
	same = config->id && strlen(config->id) == length && !strncmp(config->id, at, length);
	if (!others && !config->condition_file) {
		config->condition_file = config->file;
		config->condition_line = config->line;
	}
	config->condition_met |= !others && same;
	return same != others ? at + length : NULL;
}

static const char *include_pattern(const char *at)
{
	size_t length = strcspn(at, " \t\r\f\v");

	/* include, and includer, m, w, b, a, which differ in what is an error. */
	if (strncmp(at, "include", 7) || length > 8 || !at[length] ||
	    (length == 8 && !strchr("rmwba", at[7])))
		return NULL;
	at = skip_blanks(at + length);
	return *at ? at : NULL;
}

static int follow_include(struct ka_config *config, const char *pattern)
{
	const char *file = config->file;
	unsigned int line = config->line;
	char *trimmed;
	size_t length = strlen(pattern);
	int result;

	while (length && isspace((unsigned char)pattern[length - 1]))
		length--;
	trimmed = need_memory(strndup(pattern, length));
	if (!config->include) {
		ka_remark(config->report, file, line, KA_LEFT_OUT, NULL, "include",
			  "'%s' is not read", trimmed);
		free(trimmed);
		return 0;
	}
	result = config->include(config, trimmed);
	free(trimmed);
	if (!result) {
		config->file = file;
		config->line = line;
	}
	return result;
}

static int take_line(struct ka_config *config, const char *line, unsigned int depth);

/* Takes the lines that came out of a parameter one by one. */
static int take_lines(struct ka_config *config, char *lines, unsigned int depth)
{
	while (lines) {
		char *next = strchr(lines, '\n');

		if (next)
			*next++ = '\0';
		if (take_line(config, lines, depth))
			return -1;
		lines = next;
	}
	return 0;
}

/*
 * Replaces the first parameter and looks again, for keepalived lets one hold
 * anything: a condition, the name of another one, many lines.
 */
static int take_line(struct ka_config *config, const char *line, unsigned int depth)
{
	char *changed;
	int result;

	line = skip_blanks(line);
	if (*line == '@') {
		line = meet_condition(config, line);
		if (!line)
			return 0;
		line = skip_blanks(line);
	}
	if (*line == '~' && (!strncmp(line, "~SEQ", 4) || !strncmp(line, "~LST", 4))) {
		ka_remark(config->report, config->file, config->line, KA_LEFT_OUT, NULL,
			  line[1] == 'S' ? "~SEQ" : "~LST",
			  "write out the lines that it stands for and import again");
		return 0;
	}
	if (ka_is_definition(line, NULL))
		return ka_define(config, line);
	if (!strchr(line, '$'))
		return ka_parse_settings(config, line);
	changed = copy_text(line);
	result = ka_substitute(config, &changed);
	if (result > 0 && depth >= KA_REPLACED_MAX)
		result = ka_fail(config, "more than %d parameters, one out of the other",
				 KA_REPLACED_MAX);
	else if (result > 0)
		result = take_lines(config, changed, depth + 1);
	else if (!result)
		result = ka_parse_settings(config, changed);
	free(changed);
	return result;
}

/* A line as it stands in the file; it is changed. */
static int take_file_line(struct ka_config *config, char *line)
{
	const char *pattern;

	cut_comment(line);
	if (config->defining)
		return ka_define_more(config, line);
	if (!*skip_blanks(line))
		return 0;
	/* Before parameters and conditions, as in keepalived. */
	pattern = include_pattern(skip_blanks(line));
	if (pattern)
		return follow_include(config, pattern);
	return take_line(config, line, 0);
}

/**
 * ka_parse_text() - Read a file of a configuration.
 * @config: The configuration.
 * @file: Name of the file, for messages.
 * @text: What is in the file.
 * @length: Bytes of it.
 *
 * Called again by the include hook for what an include names. ka_parse_end()
 * follows when all is read.
 *
 * Return: 0, or -1 with the error in @config.
 */
int ka_parse_text(struct ka_config *config, const char *file, const char *text, size_t length)
{
	const char *end = text + length;
	int result = 0;

	if (!config->root) {
		config->root = need_memory(calloc(1, sizeof(*config->root) +
						  sizeof(config->root->words[0])));
		config->block = config->root;
	}
	config->files = need_memory(realloc(config->files, (config->file_count + 1) *
					    sizeof(*config->files)));
	config->files[config->file_count] = copy_text(file);
	config->file = config->files[config->file_count++];
	config->line = 0;
	if (config->size > KA_SIZE_MAX || length > KA_SIZE_MAX - config->size)
		return ka_fail(config, "this is more than %u MB, too much to be a configuration",
			       KA_SIZE_MAX >> 20);
	config->size += length;
	while (!result && text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t line_length = (size_t)((newline ? newline : end) - text);
		char *line;

		config->line++;
		if (line_length > KA_LINE_MAX)
			return ka_fail(config, "the line is longer than %u bytes", KA_LINE_MAX);
		if (memchr(text, '\0', line_length))
			return ka_fail(config, "this is not text: it has a NUL byte");
		line = need_memory(strndup(text, line_length));
		result = take_file_line(config, line);
		free(line);
		text += line_length + 1;
	}
	/* A definition ends with its file. */
	free(config->defining);
	config->defining = NULL;
	return result;
}
