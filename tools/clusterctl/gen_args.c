// SPDX-License-Identifier: GPL-2.0
/*
 * The words of "clusterctl gen".
 */
#include <stdlib.h>
#include <string.h>

#include "gen.h"

enum word_of_gen {
	WORD_NODES, WORD_NODE, WORD_DEVICE, WORD_FORCE, WORD_QR, WORD_ENDPOINT, WORD_KEY,
};

/* Those that stand by themselves, wherever they are. */
static const struct word words_anywhere[] = {
	{ "nodes", WORD_NODES },
	{ "node", WORD_NODE },
	{ "device", WORD_DEVICE },
	{ "force", WORD_FORCE },
	{ "qr", WORD_QR },
	{ NULL, 0 },
};

/* Those that are for nobody yet. */
static const struct word words_common[] = {
	{ "endpoint", WORD_ENDPOINT },
	{ "key", WORD_KEY },
	{ NULL, 0 },
};

/* The whole word: keys of sections begin like others. */
static int find_whole(const struct word *words, const char *text)
{
	for (; words->text; words++)
		if (!strcmp(words->text, text))
			return words->value;
	return -1;
}

/**
 * gen_find() - Find a node or device by its name.
 * @gen: Where.
 * @name: The name.
 *
 * Return: It, or NULL.
 */
struct member *gen_find(struct gen *gen, const char *name)
{
	unsigned int i;

	for (i = 0; i < gen->member_count; i++)
		if (!strcmp(gen->members[i].name, name))
			return &gen->members[i];
	return NULL;
}

/**
 * gen_new() - One more node or device.
 * @gen: Where.
 * @kind: CONF_NODE or CONF_DEVICE.
 * @name: Its name; copied.
 *
 * Return: It, until the next one.
 */
struct member *gen_new(struct gen *gen, enum conf_kind kind, const char *name)
{
	struct member *member;

	gen->members = need_memory(realloc(gen->members, (gen->member_count + 1) *
					   sizeof(*gen->members)));
	member = &gen->members[gen->member_count++];
	memset(member, 0, sizeof(*member));
	member->name = copy_text(name);
	member->settings.kind = kind;
	return member;
}

static enum status take_member(struct gen *gen, struct args *args, enum conf_kind kind,
			       struct settings **now)
{
	const char *word = *args->at, *name;

	args->at++;
	name = args_take(args, word, "a name");
	if (!name)
		return WRONG_USAGE;
	if (!member_has_name(name))
		return args_wrong(args, "%s: '%s' can be no name: at most %d characters expected, without blanks and / @ , # ; [ ] ' \" \\, and no point in front",
				  word, name, KCLUSTER_NAME_MAX);
	if (gen_find(gen, name))
		return args_wrong(args, "%s: there is %s already, another name expected", word,
				  name);
	*now = &gen_new(gen, kind, name)->settings;
	return DONE;
}

static enum status take_count(struct gen *gen, struct args *args)
{
	if (gen->count)
		return args_wrong(args, "nodes is given twice, once expected");
	args->at++;
	if (args_take_number(args, "nodes", &gen->count) != DONE)
		return WRONG_USAGE;
	return gen->count && gen->count <= UINT16_MAX ? DONE :
	       args_wrong(args, "nodes: '%s' given, a number from 1 to %d expected", args->at[-1],
			  UINT16_MAX);
}

/* "key NAME=PUBLIC" */
static enum status take_key_of(struct gen *gen, struct args *args)
{
	const char *text, *equals;

	args->at++;
	text = args_take(args, "key", "NAME=PUBLIC");
	if (!text)
		return WRONG_USAGE;
	equals = strchr(text, '=');
	if (!equals || equals == text || !equals[1])
		return args_wrong(args, "key: '%s' given, NAME=PUBLIC expected, or 'key PUBLIC' behind 'node NAME'",
				  text);
	gen->keys = need_memory(realloc(gen->keys, (gen->key_count + 1) * sizeof(*gen->keys)));
	gen->keys[gen->key_count].name = need_memory(strndup(text, (size_t)(equals - text)));
	gen->keys[gen->key_count++].key = equals + 1;
	return DONE;
}

/* What all have in common, or the first node. */
static enum status take_common(struct gen *gen, struct args *args)
{
	const char *word = *args->at;

	switch (find_whole(words_common, word)) {
	case WORD_ENDPOINT:
		if (gen->endpoint)
			return args_wrong(args, "endpoint is given twice, once expected, and others behind 'node NAME'");
		args->at++;
		gen->endpoint = args_take(args, word, "HOST or HOST:PORT");
		return gen->endpoint ? DONE : WRONG_USAGE;
	case WORD_KEY:
		return take_key_of(gen, args);
	default:
		return args_wrong(args, "'%s' is no word for a cluster: network, endpoint, key, nodes, node, device, force, qr expected, or a key of [Cluster] in kcluster.conf(5)",
				  word);
	}
}

static enum status take_word(struct gen *gen, struct args *args, struct settings **now)
{
	const char *word = *args->at;
	int taken;

	switch (find_whole(words_anywhere, word)) {
	case WORD_NODES:
		*now = &gen->common;
		return take_count(gen, args);
	case WORD_NODE:
		return take_member(gen, args, CONF_NODE, now);
	case WORD_DEVICE:
		return take_member(gen, args, CONF_DEVICE, now);
	case WORD_FORCE:
		gen->force = true;
		args->at++;
		return DONE;
	case WORD_QR:
		gen->qr = true;
		args->at++;
		return DONE;
	}
	taken = settings_take(*now, args);
	if (taken >= 0)
		return (enum status)taken;
	if (*now == &gen->common)
		return take_common(gen, args);
	return args_wrong(args, "'%s' is no word for a %s: one of the keys of [%s] in kcluster.conf(5) expected; what is for the whole cluster comes before the first node",
			  word, (*now)->kind == CONF_NODE ? "node" : "device",
			  conf_kind_text((*now)->kind));
}

/**
 * gen_parse() - Understand what was asked for.
 * @gen: Filled in; starts out zeroed.
 * @argv: Words after "gen", followed by NULL; must outlive @gen.
 *
 * Return: DONE, or WRONG_USAGE after a complaint.
 */
enum status gen_parse(struct gen *gen, char **argv)
{
	struct args args = { .at = argv, .of = "gen", .object = "gen" };
	struct settings *now = &gen->common;
	enum status status;

	gen->common.kind = CONF_CLUSTER;
	if (!*args.at || !**args.at)
		return args_wrong(&args, "the directory expected into which the files go");
	gen->directory = *args.at++;
	while (*args.at) {
		status = take_word(gen, &args, &now);
		if (status != DONE)
			return status;
	}
	if (!setting_get(&gen->common, "Network"))
		return args_wrong(&args, "'network PREFIX' expected, that of the VPN, such as 10.6.0.0/24");
	return DONE;
}
