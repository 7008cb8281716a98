// SPDX-License-Identifier: GPL-2.0
/*
 * Any cluster file that is right: a node is added, and the file is right and has it;
 * it is removed, and the file is as it was. Each node that nobody names is removed, and
 * its section alone is gone.
 *
 * Input: the text of the file.
 */
#include <stdlib.h>
#include <string.h>

#include "cluster.h"

/* Little, so that all of them can be removed. */
#define NODES_MAX 16

#define NEW "kcluster-fuzz"
#define LINES "[Node " NEW "]\nPublicKey = PznVw0jlt50G6ELBFObMVxWDu/ROSw6/2hoB7AV0XUM=\n" \
	      "Weight = 7\n"

struct options options;

const struct object *object_find(const char *name)
{
	(void)name;
	return NULL;
}

static void must(bool condition)
{
	if (!condition)
		abort();
}

/* The lines of a file, which are right. */
static void must_read(struct conf *conf, const char *text)
{
	memset(conf, 0, sizeof(*conf));
	must(!conf_read_text(conf, "f", text, strlen(text)));
}

static bool same_section(const struct conf_section *a, const struct conf_section *b)
{
	unsigned int i;
	int j;

	if (a->kind != b->kind || a->count != b->count ||
	    strcmp(a->name ?: "", b->name ?: ""))
		return false;
	for (i = 0; i < a->count; i++) {
		const struct words *x = &a->lines[i].value, *y = &b->lines[i].value;

		if (a->lines[i].key != b->lines[i].key || x->count != y->count)
			return false;
		for (j = 0; j < x->count; j++)
			if (strcmp(x->list[j], y->list[j]))
				return false;
	}
	return true;
}

/* All sections of one file are in the other one, in order, but for one of the latter. */
static void must_differ_by(const struct conf *less, const struct conf *more, unsigned int one)
{
	unsigned int i;

	must(less->count + 1 == more->count);
	for (i = 0; i < less->count; i++)
		must(same_section(&less->sections[i], &more->sections[i + (i >= one)]));
}

static void check_addition(const struct conf *conf, const char *text)
{
	char *with = conf_add_node(conf, text, LINES), *without;
	struct conf longer, again;
	size_t length = strlen(text);
	unsigned int i;

	must_read(&longer, with);
	for (i = 0; i < longer.count; i++)
		if (longer.sections[i].name && !strcmp(longer.sections[i].name, NEW))
			break;
	must(i < longer.count);
	must_differ_by(conf, &longer, i);
	without = conf_remove(with, &longer.sections[i]);
	/* A last line without an end gets one. */
	must(!strncmp(without, text, length) &&
	     (!without[length] || !strcmp(without + length, "\n")));
	must_read(&again, without);
	conf_free(&again);
	conf_free(&longer);
	free(without);
	free(with);
}

static void check_removal(struct conf *conf, const char *text, unsigned int one)
{
	char *without;
	struct conf shorter;

	if (conf_names_node(conf, &conf->sections[one]))
		return;
	without = conf_remove(text, &conf->sections[one]);
	must_read(&shorter, without);
	must_differ_by(&shorter, conf, one);
	conf_free(&shorter);
	free(without);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	FILE *before = stderr;
	char *text = strndup((const char *)input, size), *said = NULL;
	struct conf conf = { 0 };
	unsigned int i, nodes = 0;
	size_t length;

	must(text);
	stderr = open_memstream(&said, &length);
	if (!conf_read_text(&conf, "f", text, strlen(text))) {
		for (i = 0; i < conf.count; i++)
			nodes += conf.sections[i].kind == CONF_NODE;
		if (nodes && nodes <= NODES_MAX && !strstr(text, NEW))
			check_addition(&conf, text);
		for (i = 0; i < conf.count && nodes <= NODES_MAX; i++)
			if (conf.sections[i].kind == CONF_NODE)
				check_removal(&conf, text, i);
	}
	fclose(stderr);
	stderr = before;
	conf_free(&conf);
	free(said);
	free(text);
	return 0;
}
