// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of keepalived.conf: $NAME=VALUE, and what becomes of $NAME.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clusterctl.h"
#include "keepalived_parse.h"

static size_t name_length(const char *name)
{
	size_t length = 0;

	if (!isalpha((unsigned char)*name) && *name != '_')
		return 0;
	while (isalnum((unsigned char)name[length]) || name[length] == '_')
		length++;
	return length;
}

/**
 * ka_is_definition() - Tell whether a line defines a parameter.
 * @line: The line, from its first word on.
 * @value: Set to what follows the equals sign, unless NULL.
 *
 * Return: Whether it does.
 */
bool ka_is_definition(const char *line, const char **value)
{
	size_t length = *line == '$' ? name_length(line + 1) : 0;

	if (!length || line[length + 1] != '=')
		return false;
	if (value)
		*value = line + length + 2;
	return true;
}

static struct ka_parameter *find(const struct ka_config *config, const char *name, size_t length)
{
	unsigned int i;

	for (i = 0; i < config->parameter_count; i++)
		if (strlen(config->parameters[i].name) == length &&
		    !strncmp(config->parameters[i].name, name, length))
			return &config->parameters[i];
	return NULL;
}

/* Copies @text without the blanks at either end, nor a final backslash. */
static char *trimmed(const char *text, bool *more)
{
	size_t length;

	while (isspace((unsigned char)*text))
		text++;
	length = strlen(text);
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	*more = length && text[length - 1] == '\\';
	if (*more)
		length--;
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	return need_memory(strndup(text, length));
}

/**
 * ka_define() - Define a parameter, or give it another value.
 * @config: The configuration.
 * @line: A line that ka_is_definition().
 *
 * When there is only a backslash instead of a value, the lines that follow are
 * it, up to one that does not end in a backslash.
 *
 * Return: 0, or -1 with the error in @config.
 */
int ka_define(struct ka_config *config, const char *line)
{
	struct ka_parameter *parameter;
	const char *value = line;
	bool more;
	size_t length;

	if (!ka_is_definition(line, &value))
		return 0;
	length = (size_t)(value - line) - 2;
	parameter = find(config, line + 1, length);
	if (!parameter) {
		if (config->parameter_count == KA_PARAMETERS_MAX)
			return ka_fail(config, "there are more than %d parameters",
				       KA_PARAMETERS_MAX);
		config->parameters =
			need_memory(realloc(config->parameters, (config->parameter_count + 1) *
					    sizeof(*config->parameters)));
		parameter = &config->parameters[config->parameter_count++];
		parameter->name = need_memory(strndup(line + 1, length));
		parameter->value = NULL;
	}
	free(parameter->value);
	parameter->value = trimmed(value, &more);
	if (more && !*parameter->value) {
		free(config->defining);
		config->defining = copy_text(parameter->name);
	}
	return 0;
}

/**
 * ka_define_more() - Add a line to the parameter that is being defined.
 * @config: The configuration, with a parameter being defined.
 * @line: The line; without a final backslash, as an empty one, it is the last.
 *
 * Return: 0, or -1 with the error in @config.
 */
int ka_define_more(struct ka_config *config, const char *line)
{
	struct ka_parameter *parameter = find(config, config->defining,
					      strlen(config->defining));
	size_t old = strlen(parameter->value);
	char *added;
	bool more;

	added = trimmed(line, &more);
	if (old + strlen(added) > KA_LINE_MAX) {
		free(added);
		return ka_fail(config, "the value of $%s is longer than %u bytes",
			       parameter->name, KA_LINE_MAX);
	}
	parameter->value = need_memory(realloc(parameter->value, old + strlen(added) + 2));
	strcpy(parameter->value + old, added);
	free(added);
	if (more) {
		strcat(parameter->value, "\n");
	} else {
		free(config->defining);
		config->defining = NULL;
	}
	return 0;
}

/* The value of one of keepalived's own parameters, in @buffer if need be. */
static const char *built_in(const struct ka_config *config, const char *name, size_t length,
			    char *buffer, size_t size)
{
	const char *slash = strrchr(config->file, '/');

	if (length == 5 && !strncmp(name, "_HASH", length))
		return "#";
	if (length == 5 && !strncmp(name, "_BANG", length))
		return "!";
	if (length == 9 && !strncmp(name, "_INSTANCE", length))
		return config->id;
	if (length == 4 && !strncmp(name, "_PWD", length)) {
		snprintf(buffer, size, "%.*s", slash ? (int)(slash - config->file) : 1,
			 slash ? config->file : ".");
		return buffer;
	}
	return NULL;
}

/* Finds "${NAME}", or "$NAME" before a blank or the end. Returns its length. */
static size_t reference(const char *at, const char **name, size_t *length)
{
	bool braces = at[1] == '{';
	char after;

	*name = at + (braces ? 2 : 1);
	*length = name_length(*name);
	if (!*length)
		return 0;
	after = (*name)[*length];
	if (braces)
		return after == '}' ? *length + 3 : 0;
	return !after || isspace((unsigned char)after) ? *length + 1 : 0;
}

/**
 * ka_substitute() - Put in the value of the first parameter in a line.
 * @config: The configuration.
 * @line: The line; replaced. A parameter that is not defined stays.
 *
 * Return: 1 when something was put in, 0, or -1 with the error in @config.
 */
int ka_substitute(struct ka_config *config, char **line)
{
	char *at, *result, buffer[4096];
	const char *name, *value = NULL;
	size_t taken, length, total;

	for (at = strchr(*line, '$'); at; at = strchr(at + 1, '$')) {
		const struct ka_parameter *parameter;

		taken = reference(at, &name, &length);
		if (!taken)
			continue;
		parameter = find(config, name, length);
		value = parameter ? parameter->value :
			built_in(config, name, length, buffer, sizeof(buffer));
		if (value)
			break;
	}
	if (!at || !value)
		return 0;
	total = strlen(*line) - taken + strlen(value);
	config->size += strlen(value);
	if (total > KA_LINE_MAX || config->size > KA_SIZE_MAX)
		return ka_fail(config, "parameters make this longer than %u bytes",
			       total > KA_LINE_MAX ? KA_LINE_MAX : KA_SIZE_MAX);
	result = need_memory(malloc(total + 1));
	memcpy(result, *line, (size_t)(at - *line));
	strcpy(result + (at - *line), value);
	strcat(result, at + taken);
	free(*line);
	*line = result;
	return 1;
}
