/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The language of keepalived.conf: text becomes a tree of settings. What a
 * setting means is of no concern here.
 */
#ifndef KEEPALIVED_PARSE_H
#define KEEPALIVED_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "keepalived_report.h"

#define KA_SIZE_MAX (16u << 20)
#define KA_LINE_MAX 65536u
#define KA_DEPTH_MAX 32
#define KA_INCLUDE_DEPTH_MAX 16
#define KA_FILES_MAX 1024
#define KA_PARAMETERS_MAX 4096
#define KA_REPLACED_MAX 256
#define KA_SETTINGS_MAX (1u << 20)

/**
 * struct ka_node - A setting, or a block of them.
 * @next: The one that follows in the same block.
 * @parent: The block it is in; NULL for the whole configuration.
 * @children: First setting of the block, if it is one.
 * @last: Last setting of the block.
 * @file: File it is in.
 * @line: Line it starts on.
 * @is_block: Whether braces followed.
 * @count: Number of words, at least 1 but for the whole configuration.
 * @words: The words, followed by NULL.
 */
struct ka_node {
	struct ka_node *next;
	struct ka_node *parent;
	struct ka_node *children;
	struct ka_node *last;
	const char *file;
	unsigned int line;
	bool is_block;
	unsigned int count;
	char *words[];
};

struct ka_config;

/**
 * typedef ka_include - Reads the files that an include names.
 * @config: What to add them to, with ka_parse_text().
 * @pattern: File name, perhaps with wildcards, as it was written.
 *
 * Return: 0, or -1 after ka_fail().
 */
typedef int (*ka_include)(struct ka_config *config, const char *pattern);

/**
 * struct ka_parameter - A $NAME=VALUE.
 * @name: The name, without $.
 * @value: The value; of several lines, each but the last ends in a newline.
 */
struct ka_parameter {
	char *name;
	char *value;
};

/**
 * struct ka_config - A configuration being read.
 * @id: For which machine, as keepalived's --config-id; NULL for none.
 * @include: Follows includes; NULL to report them.
 * @report: Takes what cannot be followed.
 * @root: The tree.
 * @block: Where the next setting goes; @root when all blocks are closed.
 * @depth: Number of blocks that are open.
 * @file: File being read.
 * @line: Line being read.
 * @files: Names of all files.
 * @file_count: How many.
 * @include_depth: Number of files that are open.
 * @parameters: All parameters.
 * @parameter_count: How many.
 * @defining: Parameter whose lines are being read, or NULL.
 * @size: Bytes taken so far, with what parameters became.
 * @settings: Number of settings in the tree.
 * @words: Words of the setting being read.
 * @word_count: How many.
 * @word_room: How many fit in @words.
 * @condition_file: File of the first line that is for one machine, or NULL.
 * @condition_line: Number of it.
 * @condition_met: Whether one was for @id.
 * @error: The first thing that was wrong, with its place; NULL for nothing.
 *
 * Starts out zeroed but for the first three.
 */
struct ka_config {
	const char *id;
	ka_include include;
	struct ka_report *report;
	struct ka_node *root;
	struct ka_node *block;
	unsigned int depth;
	const char *file;
	unsigned int line;
	char **files;
	unsigned int file_count;
	unsigned int include_depth;
	struct ka_parameter *parameters;
	unsigned int parameter_count;
	char *defining;
	size_t size;
	unsigned int settings;
	char **words;
	unsigned int word_count;
	unsigned int word_room;
	const char *condition_file;
	unsigned int condition_line;
	bool condition_met;
	char *error;
};

/* keepalived_parse.c */
int ka_parse_settings(struct ka_config *config, const char *line);
int ka_parse_end(struct ka_config *config);
int ka_fail(struct ka_config *config, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void ka_config_free(struct ka_config *config);

/* keepalived_lines.c */
int ka_parse_text(struct ka_config *config, const char *file, const char *text, size_t length);

/* keepalived_parameter.c */
bool ka_is_definition(const char *line, const char **value);
int ka_define(struct ka_config *config, const char *line);
int ka_define_more(struct ka_config *config, const char *line);
int ka_substitute(struct ka_config *config, char **line);

/* keepalived_read.c */
int ka_read_file(struct ka_config *config, const char *file);
int ka_include_files(struct ka_config *config, const char *pattern);

#endif
