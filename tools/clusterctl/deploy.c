// SPDX-License-Identifier: GPL-2.0
/*
 * The object deploy: one cluster file for all nodes, by ssh. All of them check it before
 * the first one is touched; then one after the other is set up from it, backups before
 * masters, and must be reached and at rest again before the next one's turn.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deploy.h"
#include "key.h"
#include "output.h"

#define CONFIRM_MS 60000
/* A connection by ssh takes a moment. */
#define CONFIRM_MIN_MS 5000

const char deploy_usage[] =
	"Usage: clusterctl [ -j ] deploy [ NODE ]... [ -f FILE ] [ -key FILE ] [ -to FILE ]\n"
	"                                [ -confirm TIME ] [ -e SSH-COMMAND ] [ -n ]\n"
	"Sets all nodes of a cluster file up from it, or only those that are named: copies it to\n"
	"each by ssh, where it becomes /etc/kcluster/cluster.conf or what is given with -to, and\n"
	"runs \"clusterctl setup\" there. All check it before the first one is changed. Backups come\n"
	"before masters, and this machine is the last. A node that is not reached or does not come\n"
	"to rest within TIME, 1min if not given, goes back by itself, and those behind it stay as\n"
	"they are. ssh is told the node's key Ssh, or its name; -n only prints the plan.\n";

enum option {
	OPTION_FILE, OPTION_KEY, OPTION_TO, OPTION_CONFIRM, OPTION_SSH, OPTION_PLAN,
};

static const struct word option_words[] = {
	{ "f", OPTION_FILE },
	{ "file", OPTION_FILE },
	{ "key", OPTION_KEY },
	{ "to", OPTION_TO },
	{ "confirm", OPTION_CONFIRM },
	{ "e", OPTION_SSH },
	{ "n", OPTION_PLAN },
	{ NULL, 0 },
};

static enum status take_value(struct deploy *deploy, int option, const char *word,
			      const char *value)
{
	const char *why;

	if (option == OPTION_CONFIRM) {
		if (value && !parse_time(value, &deploy->confirm, &why) &&
		    deploy->confirm >= CONFIRM_MIN_MS)
			return DONE;
		return wrong("deploy", "deploy: %s: a time such as 60s, at least 5s, expected, after which a node goes back that was not confirmed",
			     word);
	}
	if (!value || !*value)
		return wrong("deploy", "deploy: %s: %s expected", word,
			     option == OPTION_SSH ? "a command such as 'ssh -p 2222'" :
						    "the name of a file");
	if (option == OPTION_SSH) {
		if (words_split(&deploy->ssh, value, &why) == WORDS_DONE && deploy->ssh.count)
			return DONE;
		return wrong("deploy", "deploy: %s: a command such as 'ssh -p 2222' expected", word);
	}
	if (option == OPTION_FILE)
		deploy->setup.file = value;
	else if (option == OPTION_TO)
		deploy->where = value;
	else
		deploy->setup.key_file = value;
	return DONE;
}

/* Names are looked for later, when the file has been read: they are moved to the front. */
static enum status take_words(struct deploy *deploy, int argc, char **argv, int *names)
{
	int i, option;

	*names = 0;
	for (i = 0; i < argc; i++) {
		char *word = argv[i];

		if (word[0] != '-' || !word[1]) {
			argv[(*names)++] = word;
			continue;
		}
		option = word_find(option_words, word + 1 + (word[1] == '-'));
		if (option < 0 && option_for_output(word))
			continue;
		if (option < 0)
			return wrong("deploy", "deploy: there is no option '%s'", word);
		if (option == OPTION_PLAN) {
			deploy->plan = true;
			continue;
		}
		if (take_value(deploy, option, word, i + 1 < argc ? argv[i + 1] : NULL) != DONE)
			return WRONG_USAGE;
		i++;
	}
	return DONE;
}

static void add_node(struct deploy *deploy, unsigned int node)
{
	const struct cluster *cluster = &deploy->setup.cluster;
	struct deploy_node *added;
	unsigned int i;

	for (i = 0; i < deploy->count; i++)
		if (deploy->list[i].node == node)
			return;
	deploy->list = need_memory(realloc(deploy->list,
					   (deploy->count + 1) * sizeof(*deploy->list)));
	added = &deploy->list[deploy->count++];
	memset(added, 0, sizeof(*added));
	added->node = node;
	added->name = node_name(cluster, node);
	if (node != deploy->setup.node)
		added->target = cluster->nodes[node].ssh ? cluster->nodes[node].ssh : added->name;
}

static enum status find_nodes(struct deploy *deploy, int names, char **argv)
{
	const struct cluster *cluster = &deploy->setup.cluster;
	unsigned int i;
	int n;

	for (n = 0; n < names; n++) {
		unsigned int node = cluster_find_node(cluster, argv[n]);

		if (node == NO_NODE) {
			error("deploy: %s: there is no node '%s' in it", deploy->setup.file, argv[n]);
			return REFUSED;
		}
		add_node(deploy, node);
	}
	for (i = 0; !names && i < cluster->node_count; i++)
		add_node(deploy, i);
	return DONE;
}

/* Reads it once: what was checked here is what others get. */
static enum status read_file(struct deploy *deploy)
{
	struct setup *setup = &deploy->setup;
	enum status status = setup_read(setup);

	if (status == DONE)
		deploy->text = conf_slurp(setup->file, &deploy->length);
	if (status != DONE || !deploy->text)
		return REFUSED;
	if (conf_hash(deploy->text, deploy->length) != setup->cluster.conf->hash) {
		error("deploy: %s: somebody writes into it: once more, when that is done",
		      setup->file);
		return REFUSED;
	}
	/* A machine without a key is none of the nodes. */
	setup->check = true;
	return setup_find_node(setup);
}

/* Asks each of them, and says all that is wrong rather than the first of it. */
static enum status for_all(struct deploy *deploy,
			   enum status (*step)(struct deploy *deploy, struct deploy_node *node))
{
	enum status status = DONE;
	unsigned int i;

	for (i = 0; i < deploy->count; i++)
		if (deploy->list[i].result == DEPLOY_UNTOUCHED &&
		    step(deploy, &deploy->list[i]) != DONE)
			status = REFUSED;
	return status;
}

static void say_plan(const struct deploy *deploy)
{
	unsigned int i;

	for (i = 0; i < deploy->count; i++) {
		const struct deploy_node *node = &deploy->list[i];

		progress("%u. %s (%s): master of %u virtual router%s%s", i + 1, node->name,
		    node->target ? node->target : "this machine", node->masters,
		    node->masters == 1 ? "" : "s",
		    node->result == DEPLOY_SAME ? "; has this file already" : "");
	}
}

static void print_json(const struct deploy *deploy)
{
	static const char * const results[] = {
		[DEPLOY_UNTOUCHED] = "untouched", [DEPLOY_SAME] = "same", [DEPLOY_DONE] = "done",
		[DEPLOY_FAILED] = "failed",
	};
	struct json_object *top = need_memory(json_object_new_object());
	struct json_object *array = need_memory(json_object_new_array());
	unsigned int i;

	json_add_file(top, deploy->setup.cluster.conf->hash);
	for (i = 0; i < deploy->count; i++) {
		const struct deploy_node *node = &deploy->list[i];
		struct json_object *object = need_memory(json_object_new_object());

		json_add_text(object, "name", node->name);
		json_add_text(object, "ssh", node->target);
		json_add_number(object, "masters", node->masters);
		json_add_file(object, node->file);
		json_add_text(object, "result", results[node->result]);
		json_object_array_add(array, object);
	}
	json_object_object_add(top, "nodes", array);
	json_print(top);
}

static enum status set_all_up(struct deploy *deploy)
{
	unsigned int i, left = 0;
	enum status status = DONE;

	for (i = 0; i < deploy->count && status == DONE; i++) {
		struct deploy_node *node = &deploy->list[i];

		if (node->result == DEPLOY_SAME)
			continue;
		status = deploy_set_up(deploy, node);
		if (status == DONE)
			progress("%s: set up and confirmed", node->name);
	}
	for (i = 0; i < deploy->count; i++)
		left += deploy->list[i].result == DEPLOY_UNTOUCHED;
	if (status != DONE && left)
		error("deploy: the %u node%s behind it stay%s as they are", left,
		      left == 1 ? "" : "s", left == 1 ? "s" : "");
	return status;
}

static enum status roll_out(struct deploy *deploy)
{
	enum status status = for_all(deploy, deploy_ask);
	unsigned int i;

	if (status != DONE) {
		error("deploy: nothing was changed on any node");
		return REFUSED;
	}
	for (i = 0; i < deploy->count; i++)
		if (deploy->list[i].file == deploy->setup.cluster.conf->hash)
			deploy->list[i].result = DEPLOY_SAME;
	deploy_sort(deploy->list, deploy->count);
	say_plan(deploy);
	if (deploy->plan)
		return DONE;
	if (for_all(deploy, deploy_check) == DONE) {
		status = set_all_up(deploy);
	} else {
		error("deploy: not all nodes accept the file: nothing was changed on any of them");
		status = REFUSED;
	}
	for (i = 0; i < deploy->count; i++)
		deploy_clean(deploy, &deploy->list[i]);
	return status;
}

/**
 * deploy_command() - Set nodes up from a cluster file.
 * @argc: Number of words after "deploy".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status deploy_command(int argc, char **argv)
{
	struct conf conf = { 0 };
	struct deploy deploy = {
		.setup = { .file = SETUP_FILE, .key_file = KEY_FILE, .node = NO_NODE,
			   .cluster.conf = &conf },
		.where = SETUP_FILE, .confirm = CONFIRM_MS,
	};
	enum status status;
	const char *why;
	int names;

	status = take_words(&deploy, argc, argv, &names);
	if (status == DONE && !deploy.ssh.count)
		words_split(&deploy.ssh, "ssh", &why);
	if (status == DONE)
		status = read_file(&deploy);
	if (status == DONE)
		status = find_nodes(&deploy, names, argv);
	if (status == DONE) {
		status = roll_out(&deploy);
		if (options.json)
			print_json(&deploy);
	}
	free(deploy.list);
	free(deploy.text);
	words_free(&deploy.ssh);
	key_forget(deploy.setup.private_key);
	cluster_free(&deploy.setup.cluster);
	conf_free(&conf);
	return status;
}
