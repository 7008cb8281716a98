// SPDX-License-Identifier: GPL-2.0
/*
 * The object firewall: what setup makes of the section [Firewall] of a cluster file.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster_firewall.h"
#include "key.h"
#include "output.h"
#include "setup.h"

const char firewall_usage[] =
	"Usage: clusterctl [ -j ] firewall show [ NODE ] [ -f FILE ] [ -key FILE ]\n"
	"Prints the ruleset that \"clusterctl setup\" makes of a cluster file on this node, or\n"
	"on another one, as \"nft -f\" takes it.\n";

static struct json_object *chain_json(const char *name, size_t length)
{
	struct json_object *chain = need_memory(json_object_new_object());

	json_object_object_add(chain, "name", json_object_new_string_len(name, (int)length));
	json_object_object_add(chain, "rules", json_object_new_array());
	return chain;
}

/* Its lines are the chains, what they hang on, and one rule each. */
static struct json_object *table_json(const char *node, char *text)
{
	struct json_object *table = need_memory(json_object_new_object()), *chain = NULL;
	struct json_object *chains = json_object_new_array();
	char *line;

	json_add_text(table, "node", node);
	json_add_text(table, "family", "inet");
	json_add_text(table, "table", "kcluster");
	json_object_object_add(table, "chains", chains);
	while ((line = strsep(&text, "\n"))) {
		line += strspn(line, "\t");
		if (!strncmp(line, "chain ", 6)) {
			chain = chain_json(line + 6, strcspn(line + 6, " "));
			json_object_array_add(chains, chain);
		} else if (!strcmp(line, "}")) {
			chain = NULL;
		} else if (chain && !strncmp(line, "type ", 5)) {
			json_add_text(chain, "hook", line);
		} else if (chain && *line) {
			json_object_array_add(json_object_object_get(chain, "rules"),
					      json_object_new_string(line));
		}
	}
	return table;
}

static enum status show(struct setup *setup, const char *name)
{
	struct cluster *cluster = &setup->cluster;
	enum status status;
	char *text;

	status = setup_read(setup);
	if (status != DONE)
		return status;
	if (!name) {
		status = setup_find_node(setup);
		if (status != DONE)
			return status;
	} else {
		setup->node = cluster_find_node(cluster, name);
		if (setup->node == NO_NODE) {
			error("%s: there is no node %s: a name expected that stands in a section [Node NAME]",
			      setup->file, name);
			return REFUSED;
		}
	}
	if (!cluster_has_firewall(cluster, setup->node)) {
		error("%s: node %s has no firewall: a section [Firewall] expected that names it or all nodes",
		      setup->file, node_name(cluster, setup->node));
		return REFUSED;
	}
	text = firewall_text(cluster, setup->node);
	if (text && options.json)
		json_print(table_json(node_name(cluster, setup->node), text));
	else if (text)
		fputs(text, stdout);
	status = text ? DONE : REFUSED;
	free(text);
	return status;
}

static enum status take_options(struct setup *setup, const char **name, int argc, char **argv)
{
	static const struct word option_words[] = {
		{ "f", 0 }, { "file", 0 }, { "key", 1 }, { NULL, 0 },
	};

	for (; argc; argc--, argv++) {
		const char *word = argv[0];
		int option;

		if (option_for_output(word))
			continue;
		if (word[0] != '-' || !word[1]) {
			if (*name || !*word)
				return wrong("firewall", "firewall show: '%s' is too much, at most one node is expected",
					     word);
			*name = word;
			continue;
		}
		option = word_find(option_words, word + 1 + (word[1] == '-'));
		if (option < 0)
			return wrong("firewall", "firewall show: there is no option '%s'", word);
		if (argc < 2 || !*argv[1])
			return wrong("firewall", "firewall show: %s: the name of a file expected",
				     word);
		*(option ? &setup->key_file : &setup->file) = argv[1];
		argc--;
		argv++;
	}
	return DONE;
}

/**
 * firewall_command() - Show what setup makes of [Firewall].
 * @argc: Number of words after "firewall".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status firewall_command(int argc, char **argv)
{
	struct conf conf = { 0 };
	struct setup setup = { .file = SETUP_FILE, .key_file = KEY_FILE, .node = NO_NODE,
			       .cluster.conf = &conf };
	const char *name = NULL;
	enum status status;

	if (!argc || strncmp("show", argv[0], strlen(argv[0])) || !*argv[0])
		return wrong("firewall", "firewall: %s%s%s given, 'show' expected",
			     argc ? "'" : "nothing", argc ? argv[0] : "", argc ? "'" : "");
	status = take_options(&setup, &name, argc - 1, argv + 1);
	if (status == DONE)
		status = show(&setup, name);
	key_forget(setup.private_key);
	cluster_free(&setup.cluster);
	conf_free(&conf);
	return status;
}
