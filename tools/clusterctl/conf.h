/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cluster file: its lines and sections, and what is wrong with them. Pure
 * but for the reading of the file.
 *
 * What it means is in cluster.h.
 */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "words.h"

/* Of the file, and of what is complained about in one go. */
#define CONF_SIZE_MAX (16u << 20)
#define CONF_ERRORS_MAX 20

/**
 * enum conf_kind - Kinds of sections.
 * @CONF_CLUSTER: What all nodes have in common.
 * @CONF_NODE: A node; has a name.
 * @CONF_DEVICE: A device in the VPN that is no node; has a name.
 * @CONF_ROUTER: A virtual router; has a name.
 * @CONF_CLUSTERIP: A cluster IP; has a name.
 * @CONF_MIRROR: The mirror.
 * @CONF_FIREWALL: The firewall.
 * @CONF_KINDS: How many there are.
 */
enum conf_kind {
	CONF_CLUSTER, CONF_NODE, CONF_DEVICE, CONF_ROUTER, CONF_CLUSTERIP, CONF_MIRROR, CONF_FIREWALL,
	CONF_KINDS,
};

/* What a key is. */
#define CONF_MANY	(1u << 0)	/* there can be several lines of it */
#define CONF_WORDS	(1u << 1)	/* its value can be more than one word */
#define CONF_PER_NODE	(1u << 2)	/* Key@NODE is for that node only */

/**
 * struct conf_key - A key of a section.
 * @name: As it is documented; case and hyphens do not count.
 * @word: The word of the command that it stands for, NULL for none.
 * @flags: CONF_MANY and its like.
 */
struct conf_key {
	const char *name;
	const char *word;
	unsigned int flags;
};

/**
 * struct conf_line - A key and its value.
 * @number: Of the line.
 * @key: The key.
 * @nodes: Names after the @, separated by commas; NULL for all nodes.
 * @value: The words of the value, at least one.
 */
struct conf_line {
	unsigned int number;
	const struct conf_key *key;
	char *nodes;
	struct words value;
};

/**
 * struct conf_section - A section.
 * @kind: Its kind.
 * @name: Its name, NULL if its kind has none.
 * @number: Of the line that starts it.
 * @lines: Its lines, @count of them.
 * @count: See @lines.
 * @room: How many fit in @lines.
 */
struct conf_section {
	enum conf_kind kind;
	char *name;
	unsigned int number;
	struct conf_line *lines;
	unsigned int count;
	unsigned int room;
};

/**
 * struct conf - A cluster file.
 * @file: Its name, for messages.
 * @sections: Its sections, @count of them.
 * @count: See @sections.
 * @room: How many fit in @sections.
 * @number: Of the line that is being read.
 * @errors: How many complaints there were.
 * @skip: What follows belongs to a section that is none.
 * @hash: By which nodes tell each other which file they have; 0 if it was not read
 *	from a file.
 */
struct conf {
	const char *file;
	struct conf_section *sections;
	unsigned int count;
	unsigned int room;
	unsigned int number;
	unsigned int errors;
	bool skip;
	uint64_t hash;
};

/* conf.c: the lines */
int conf_read_file(struct conf *conf, const char *file);
char *conf_slurp(const char *file, size_t *length);
uint64_t conf_hash(const char *text, size_t length);
int conf_read_text(struct conf *conf, const char *file, const char *text, size_t length);
void conf_free(struct conf *conf);
bool conf_is_name(const char *name);

/* conf_edit.c: other lines in the same file */
char *conf_add_node(const struct conf *conf, const char *text, const char *lines);
char *conf_remove(const char *text, const struct conf_section *section);
bool conf_names_node(struct conf *conf, const struct conf_section *node);

/* conf_keys.c: what can stand in a section */
const char *conf_kind_text(enum conf_kind kind);
bool conf_kind_has_name(enum conf_kind kind);
int conf_find_kind(const char *text, size_t length);
const struct conf_key *conf_keys(enum conf_kind kind);
const struct conf_key *conf_find_key(enum conf_kind kind, const char *text);
const char *conf_suggest_kind(const char *text);
const char *conf_suggest_key(enum conf_kind kind, const char *text);
unsigned int conf_distance(const char *a, const char *b);
bool conf_is_near(const char *text, const char *meant);

/* conf_say.c: what is wrong */
void conf_at(const struct conf *conf, unsigned int line);
void conf_say(struct conf *conf, unsigned int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool conf_full(const struct conf *conf);

/*
 * A complaint: what is wrong, and what would be right. The unit test sees to it
 * that each of them is made once at least.
 */
#ifdef CONF_SITES
struct conf_site {
	const char *file;
	int line;
	bool hit;
};

#define CONF_SITE do {							\
	static struct conf_site here = { __FILE__, __LINE__, false };		\
	static struct conf_site *site						\
		__attribute__((section("conf_sites"), used)) = &here;		\
	site->hit = true;							\
} while (0)
#else
#define CONF_SITE do { } while (0)
#endif

#define conf_wrong(conf, line, ...) do {					\
	CONF_SITE;								\
	conf_say(conf, line, __VA_ARGS__);					\
} while (0)

#endif
