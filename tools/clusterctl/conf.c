// SPDX-License-Identifier: GPL-2.0
/*
 * The lines of a cluster file: sections, keys and values.
 *
 *	# a comment, as with ; at the start of a line
 *	[VirtualRouter KA]
 *	Priority = 100
 *	Priority@KA1,KA2 = 207
 *	Address = 192.0.2.1/24 dev eth1		# the words of a value are as in a batch
 *
 * libinih, which Debian has, hands out neither the line of each key nor sections
 * of one name apart from each other, so the lines are read here.
 */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kcluster.h>

#include "clusterctl.h"
#include "conf.h"

#define BLANKS " \t\r\f\v"

static char *trimmed(const char *start, const char *end)
{
	while (start < end && strchr(BLANKS, *start))
		start++;
	while (end > start && strchr(BLANKS, end[-1]))
		end--;
	return need_memory(strndup(start, (size_t)(end - start)));
}

static struct conf_section *new_section(struct conf *conf)
{
	struct conf_section *section;

	if (conf->count == conf->room) {
		conf->room = conf->room ? conf->room * 2 : 16;
		conf->sections = need_memory(realloc(conf->sections, conf->room *
						     sizeof(*conf->sections)));
	}
	section = &conf->sections[conf->count++];
	memset(section, 0, sizeof(*section));
	section->number = conf->number;
	return section;
}

static struct conf_line *new_line(struct conf_section *section)
{
	struct conf_line *line;

	if (section->count == section->room) {
		section->room = section->room ? section->room * 2 : 8;
		section->lines = need_memory(realloc(section->lines, section->room *
						     sizeof(*section->lines)));
	}
	line = &section->lines[section->count++];
	memset(line, 0, sizeof(*line));
	return line;
}

/* What names are used for: commands, and what follows an @. */
static bool is_name(const char *name)
{
	return !name[strcspn(name, "@,#;[]'\"\\\n" BLANKS)];
}

/**
 * conf_is_name() - Can a section be called so?
 * @name: The name.
 */
bool conf_is_name(const char *name)
{
	return *name && is_name(name) && strlen(name) <= KCLUSTER_NAME_MAX;
}

static void check_header(struct conf *conf, const char *kind_text, int kind, const char *name)
{
	unsigned int number = conf->number;
	const char *meant;

	if (kind < 0) {
		meant = conf_suggest_kind(kind_text);
		if (meant)
			conf_wrong(conf, number, "there are no sections [%s]: was [%s] meant?",
				   kind_text, meant);
		else
			conf_wrong(conf, number,
				   "there are no sections [%s]; there are: Cluster, Node, Device, VirtualRouter, ClusterIP, Mirror, Firewall",
				   kind_text);
	} else if (conf_kind_has_name((enum conf_kind)kind) && !*name) {
		conf_wrong(conf, number, "[%s] has no name: [%s NAME] expected", kind_text,
			   conf_kind_text((enum conf_kind)kind));
	} else if (!conf_kind_has_name((enum conf_kind)kind) && *name) {
		conf_wrong(conf, number, "[%s %s]: there is only one, so it has no name: [%s] expected",
			   kind_text, name, conf_kind_text((enum conf_kind)kind));
	} else if (!is_name(name)) {
		conf_wrong(conf, number,
			   "the name '%s' has a blank or one of @ , # ; [ ] ' \" \\ in it: one word without them expected",
			   name);
	} else if (strlen(name) > KCLUSTER_NAME_MAX) {
		conf_wrong(conf, number, "the name '%s' is too long: %d characters are allowed",
			   name, KCLUSTER_NAME_MAX);
	} else {
		conf->skip = false;
	}
}

/* "[Kind]" or "[Kind NAME]", and maybe a comment. */
static void take_header(struct conf *conf, const char *line)
{
	const char *end = strchr(line, ']'), *rest;
	char *text, *kind_text, *name;
	size_t length;
	int kind;

	/* What belongs to a section that is wrong is not looked at. */
	conf->skip = true;
	rest = end ? end + 1 + strspn(end + 1, BLANKS) : "";
	if (!end || (*rest && *rest != '#' && *rest != ';')) {
		conf_wrong(conf, conf->number, "a section starts with '[KIND]' or '[KIND NAME]' and nothing behind it");
		return;
	}
	text = trimmed(line + 1, end);
	length = strcspn(text, BLANKS);
	kind_text = trimmed(text, text + length);
	name = trimmed(text + length, text + strlen(text));
	kind = conf_find_kind(kind_text, length);
	check_header(conf, kind_text, kind, name);
	if (!conf->skip) {
		struct conf_section *section = new_section(conf);

		section->kind = (enum conf_kind)kind;
		section->name = *name ? copy_text(name) : NULL;
	}
	free(name);
	free(kind_text);
	free(text);
}

static const struct conf_key *find_key(struct conf *conf, const struct conf_section *section,
				       const char *text)
{
	const char *section_name = conf_kind_text(section->kind), *meant;
	const struct conf_key *key = conf_find_key(section->kind, text);
	int kind;

	if (key)
		return key;
	meant = conf_suggest_key(section->kind, text);
	if (meant) {
		conf_wrong(conf, conf->number, "[%s] has no key %s: was %s meant?", section_name,
			   text, meant);
		return NULL;
	}
	for (kind = 0; kind < CONF_KINDS; kind++) {
		key = conf_find_key((enum conf_kind)kind, text);
		if (!key)
			continue;
		conf_wrong(conf, conf->number, "[%s] has no key %s: it belongs to [%s]",
			   section_name, text, conf_kind_text((enum conf_kind)kind));
		return NULL;
	}
	conf_wrong(conf, conf->number, "[%s] has no key %s: kcluster.conf(5) lists those it has",
		   section_name, text);
	return NULL;
}

static const struct conf_line *given_before(const struct conf_section *section,
					    const struct conf_key *key, const char *nodes)
{
	unsigned int i;

	for (i = 0; i < section->count; i++)
		if (section->lines[i].key == key && !section->lines[i].nodes == !nodes &&
		    (!nodes || !strcmp(section->lines[i].nodes, nodes)))
			return &section->lines[i];
	return NULL;
}

/* Takes the words of a value; false after a complaint. */
static bool take_value(struct conf *conf, const struct conf_key *key, const char *text,
		       struct words *words)
{
	const char *why = "";

	switch (words_split(words, text, &why)) {
	case WORDS_MORE:
		conf_wrong(conf, conf->number, "%s: a line ends where it ends, it is not continued by a backslash: give %s once more for another value, or quote the backslash",
			   key->name, key->name);
		return false;
	case WORDS_BAD:
		conf_wrong(conf, conf->number, "%s: %s", key->name, why);
		return false;
	}
	if (!words->count) {
		conf_wrong(conf, conf->number, "%s has no value: '%s = VALUE' expected, or no such line",
			   key->name, key->name);
		return false;
	}
	if (words->count > 1 && !(key->flags & CONF_WORDS)) {
		conf_wrong(conf, conf->number, "%s: '%s' is too much, one value is expected (in quotes if it has blanks)",
			   key->name, words->list[1]);
		return false;
	}
	return true;
}

static void take_pair(struct conf *conf, const char *text, char *nodes, const char *value)
{
	struct conf_section *section = &conf->sections[conf->count - 1];
	const struct conf_key *key = find_key(conf, section, text);
	const struct conf_line *before;
	struct words words = { 0 };
	struct conf_line *line;

	if (!key)
		return;
	if (nodes && !(key->flags & CONF_PER_NODE)) {
		conf_wrong(conf, conf->number, "%s is the same for all nodes: '%s = VALUE' expected, without '@%s'",
			   key->name, key->name, nodes);
		return;
	}
	if (nodes && !*nodes) {
		conf_wrong(conf, conf->number, "%s@ names no node: '%s@NODE = VALUE' or '%s = VALUE' expected",
			   key->name, key->name, key->name);
		return;
	}
	before = key->flags & CONF_MANY ? NULL : given_before(section, key, nodes);
	if (before) {
		conf_wrong(conf, conf->number, "%s is given already in line %u: leave one of them",
			   key->name, before->number);
		return;
	}
	if (!take_value(conf, key, value, &words)) {
		words_free(&words);
		return;
	}
	line = new_line(section);
	line->number = conf->number;
	line->key = key;
	line->nodes = copy_text(nodes);
	line->value = words;
}

static void take_line(struct conf *conf, const char *line)
{
	const char *equals, *at;
	char *text, *nodes;

	line += strspn(line, BLANKS);
	if (!*line || *line == '#' || *line == ';')
		return;
	if (*line == '[') {
		take_header(conf, line);
		return;
	}
	if (conf->skip)
		return;
	if (!conf->count) {
		conf_wrong(conf, conf->number, "this belongs to no section: '[Cluster]' or another one expected first");
		conf->skip = true;
		return;
	}
	equals = strchr(line, '=');
	if (!equals || equals == line) {
		conf_wrong(conf, conf->number, "'Key = VALUE' or '[SECTION]' expected");
		return;
	}
	at = memchr(line, '@', (size_t)(equals - line));
	text = trimmed(line, at ? at : equals);
	nodes = at ? trimmed(at + 1, equals) : NULL;
	take_pair(conf, text, nodes, equals + 1);
	free(nodes);
	free(text);
}

/**
 * conf_read_text() - Read a cluster file from memory.
 * @conf: Filled in; starts out zeroed. To be freed with conf_free().
 * @file: Its name, for messages. Not copied.
 * @text: What is in it.
 * @length: Bytes of it.
 *
 * Goes on after something wrong, so that all of it is said at once.
 *
 * Return: 0, or -1 after complaints.
 */
int conf_read_text(struct conf *conf, const char *file, const char *text, size_t length)
{
	const char *end = text + length;

	conf->file = file;
	if (length > CONF_SIZE_MAX) {
		conf_wrong(conf, 0, "this is more than %u MB, too much to be a cluster file",
			   CONF_SIZE_MAX >> 20);
		return -1;
	}
	while (text < end && !conf_full(conf)) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t size = (size_t)((newline ? newline : end) - text);
		char *line;

		conf->number++;
		if (memchr(text, '\0', size)) {
			conf_wrong(conf, conf->number, "this is not text: it has a NUL byte");
			return -1;
		}
		line = need_memory(strndup(text, size));
		take_line(conf, line);
		free(line);
		text += size + 1;
	}
	return conf->errors ? -1 : 0;
}

/**
 * conf_slurp() - What is in a cluster file.
 * @file: Its name.
 * @length: Filled in: bytes of it, one more than CONF_SIZE_MAX at most.
 *
 * Return: The text, with a NUL behind it, to be freed with free(); NULL after a
 * complaint.
 */
char *conf_slurp(const char *file, size_t *length)
{
	FILE *in = fopen(file, "re");
	char *text = NULL;

	if (in) {
		text = need_memory(malloc(CONF_SIZE_MAX + 2));
		*length = fread(text, 1, CONF_SIZE_MAX + 1, in);
		text[*length] = '\0';
	}
	if (!in || ferror(in)) {
		error("cluster file '%s': %s", file, strerror(errno));
		free(text);
		text = NULL;
	}
	if (in)
		fclose(in);
	return text;
}

/* As "b2sum -l 256" makes it. */
#define FILE_HASH_BYTES 32

/**
 * conf_hash() - By what nodes tell each other which cluster file they have.
 * @text: The file.
 * @length: Octets of it.
 *
 * Return: The first eight octets of its BLAKE2b ("b2sum -l 256") as a number; never 0.
 */
uint64_t conf_hash(const char *text, size_t length)
{
	uint8_t hash[FILE_HASH_BYTES];
	uint64_t number = 0;
	unsigned int i;

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)text, length, NULL, 0);
	for (i = 0; i < sizeof(number); i++)
		number = number << 8 | hash[i];
	return number ? number : 1;
}

/**
 * conf_read_file() - Read a cluster file.
 * @conf: Filled in; starts out zeroed. To be freed with conf_free().
 * @file: Its name; must live as long as @conf.
 *
 * Return: 0, or -1 after complaints.
 */
int conf_read_file(struct conf *conf, const char *file)
{
	size_t length = 0;
	char *text = conf_slurp(file, &length);
	int result = -1;

	if (text) {
		result = conf_read_text(conf, file, text, length);
		conf->hash = conf_hash(text, length);
	} else {
		conf->errors++;
	}
	free(text);
	return result;
}

/**
 * conf_free() - Give back what a cluster file holds; it is empty afterwards.
 * @conf: The file.
 */
void conf_free(struct conf *conf)
{
	unsigned int i, j;

	for (i = 0; i < conf->count; i++) {
		for (j = 0; j < conf->sections[i].count; j++) {
			free(conf->sections[i].lines[j].nodes);
			words_free(&conf->sections[i].lines[j].value);
		}
		free(conf->sections[i].lines);
		free(conf->sections[i].name);
	}
	free(conf->sections);
	memset(conf, 0, sizeof(*conf));
}
