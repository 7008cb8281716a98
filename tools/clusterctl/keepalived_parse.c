// SPDX-License-Identifier: GPL-2.0
/*
 * The settings and blocks of keepalived.conf.
 *
 * A setting ends with its line, or with a brace. An opening brace belongs to
 * the setting before it, on the same line or the next one that is not empty.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clusterctl.h"
#include "keepalived_parse.h"

static const char blanks[] = " \t\r\f\v\n";

/**
 * ka_fail() - Give up: what was read is no configuration.
 * @config: The configuration; remembers the first error, with the present place.
 * @format: What is wrong, as for printf().
 *
 * Return: -1, so that the caller can return it.
 */
int ka_fail(struct ka_config *config, const char *format, ...)
{
	va_list args;
	int n;

	if (config->error)
		return -1;
	va_start(args, format);
	n = vasprintf(&config->error, format, args);
	va_end(args);
	need_memory(n < 0 ? NULL : config->error);
	return -1;
}

static void add_word(struct ka_config *config, const char *start, size_t length)
{
	if (config->word_count == config->word_room) {
		config->word_room = config->word_room ? config->word_room * 2 : 16;
		config->words = need_memory(realloc(config->words, config->word_room *
						    sizeof(*config->words)));
	}
	config->words[config->word_count++] = need_memory(strndup(start, length));
}

/* Makes a setting of the words read so far, if there are any. */
static int end_setting(struct ka_config *config)
{
	struct ka_node *block = config->block, *node;
	unsigned int i;

	if (!config->word_count)
		return 0;
	if (++config->settings > KA_SETTINGS_MAX)
		return ka_fail(config, "there are more than %u settings", KA_SETTINGS_MAX);
	node = need_memory(calloc(1, sizeof(*node) +
				  (config->word_count + 1) * sizeof(node->words[0])));
	node->parent = block;
	node->file = config->file;
	node->line = config->line;
	node->count = config->word_count;
	for (i = 0; i < config->word_count; i++)
		node->words[i] = config->words[i];
	config->word_count = 0;
	if (block->last)
		block->last->next = node;
	else
		block->children = node;
	block->last = node;
	return 0;
}

static int open_block(struct ka_config *config)
{
	struct ka_node *node;

	if (end_setting(config))
		return -1;
	node = config->block->last;
	if (!node || node->is_block)
		return ka_fail(config, "there is a { without a name before it");
	if (config->depth == KA_DEPTH_MAX)
		return ka_fail(config, "blocks are nested more than %d deep", KA_DEPTH_MAX);
	config->depth++;
	node->is_block = true;
	config->block = node;
	return 0;
}

static int close_block(struct ka_config *config)
{
	if (end_setting(config))
		return -1;
	if (!config->depth)
		return ka_fail(config, "there is a } too much: no block is open");
	config->depth--;
	config->block = config->block->parent;
	return 0;
}

/**
 * ka_parse_settings() - Read the settings of a line.
 * @config: The configuration.
 * @line: The line, without comments and parameters.
 *
 * Return: 0, or -1 with the error in @config.
 */
int ka_parse_settings(struct ka_config *config, const char *line)
{
	size_t length;
	int result = 0;

	while (!result && *(line += strspn(line, blanks))) {
		switch (*line) {
		case '{':
			result = open_block(config);
			line++;
			break;
		case '}':
			result = close_block(config);
			line++;
			break;
		case '"':
			length = strcspn(line + 1, "\"");
			if (!line[length + 1])
				return ka_fail(config, "a quote is not closed on its line");
			add_word(config, line + 1, length);
			line += length + 2;
			break;
		default:
			length = strcspn(line, " \t\r\f\v\n{}\"");
			add_word(config, line, length);
			line += length;
		}
	}
	return result ? result : end_setting(config);
}

/**
 * ka_parse_end() - Everything is read.
 * @config: The configuration.
 *
 * Return: 0, or -1 with the error in @config when a block is still open.
 */
int ka_parse_end(struct ka_config *config)
{
	if (!config->depth)
		return 0;
	config->file = config->block->file;
	config->line = config->block->line;
	return ka_fail(config, "the block that starts here is not closed: a } is missing");
}

static void free_children(struct ka_node *block)
{
	struct ka_node *node = block->children;

	while (node) {
		struct ka_node *next = node->next;
		unsigned int i;

		/* No deeper than KA_DEPTH_MAX. */
		free_children(node);
		for (i = 0; i < node->count; i++)
			free(node->words[i]);
		free(node);
		node = next;
	}
}

/**
 * ka_config_free() - Give back what a configuration holds; it is empty afterwards.
 * @config: The configuration. Remarks about it name its files: print them before.
 */
void ka_config_free(struct ka_config *config)
{
	unsigned int i;

	if (config->root)
		free_children(config->root);
	free(config->root);
	for (i = 0; i < config->file_count; i++)
		free(config->files[i]);
	for (i = 0; i < config->parameter_count; i++) {
		free(config->parameters[i].name);
		free(config->parameters[i].value);
	}
	for (i = 0; i < config->word_count; i++)
		free(config->words[i]);
	free(config->files);
	free(config->parameters);
	free(config->words);
	free(config->defining);
	free(config->error);
	memset(config, 0, sizeof(*config));
}
