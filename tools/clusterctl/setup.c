// SPDX-License-Identifier: GPL-2.0
/*
 * The object setup: makes this machine its part of what a cluster file says.
 */
#include <json-c/json.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster_firewall.h"
#include "foreign.h"
#include "key.h"
#include "load.h"
#include "output.h"
#include "resolve.h"
#include "setup.h"
#include "upgrade.h"

const char setup_usage[] =
	"Usage: clusterctl [ -j ] setup [ -f FILE ] [ -key FILE ]\n"
	"                               [ -check | -diff | -confirm TIME | -resolve ]\n"
	"       clusterctl setup -confirmed\n"
	"Makes this machine its part of the cluster that FILE describes, by default\n"
	"/etc/kcluster/cluster.conf: see kcluster.conf(5). Without such a file it loads the\n"
	"kcluster module with what it depends on, or says why it cannot be loaded.\n"
	"Which node this is says its private key, by default /etc/kcluster/private.key.\n"
	"Only what differs is touched. With -check only what is wrong with FILE is said, and as\n"
	"root which rules of other programs eat what the cluster sends; with -diff what would\n"
	"change. With -confirm the old state returns by itself after TIME,\n"
	"unless \"clusterctl setup -confirmed\" comes before. With -resolve only endpoints that\n"
	"are sent to in vain are looked up by their names again.\n";

enum option {
	OPTION_FILE, OPTION_KEY, OPTION_CHECK, OPTION_DIFF, OPTION_CONFIRM, OPTION_CONFIRMED,
	OPTION_RESOLVE,
};

static const struct word option_words[] = {
	{ "f", OPTION_FILE },
	{ "file", OPTION_FILE },
	{ "key", OPTION_KEY },
	{ "check", OPTION_CHECK },
	{ "diff", OPTION_DIFF },
	{ "confirm", OPTION_CONFIRM },
	{ "confirmed", OPTION_CONFIRMED },
	{ "resolve", OPTION_RESOLVE },
	{ NULL, 0 },
};

static enum status take_value(struct setup *setup, int option, const char *word,
			      const char *value)
{
	const char *why;

	if (option == OPTION_CONFIRM) {
		if (value && !parse_time(value, &setup->confirm, &why) && setup->confirm)
			return DONE;
		return wrong("setup", "setup: %s: a time such as 60s expected, after which the old state returns",
			     word);
	}
	if (!value || !*value)
		return wrong("setup", "setup: %s: the name of a file expected", word);
	if (option == OPTION_FILE)
		setup->file = value;
	else
		setup->key_file = value;
	return DONE;
}

static enum status take_options(struct setup *setup, int argc, char **argv)
{
	for (; argc; argc--, argv++) {
		const char *word = argv[0];
		int option;

		/* -c alone could be too much: then it is no colour, either. */
		option = *word == '-' ? word_find(option_words, word + 1 + (word[1] == '-')) :
			 WORD_UNKNOWN;
		if (option == WORD_UNKNOWN && option_for_output(word))
			continue;
		if (word[0] != '-' || !word[1])
			return wrong("setup", "setup: '%s' is too much, only options are expected",
				     word);
		if (option == WORD_AMBIGUOUS)
			return wrong("setup", "setup: '%s' could be any of: -check, -confirm, -confirmed",
				     word);
		if (option < 0)
			return wrong("setup", "setup: there is no option '%s'", word);
		if (option == OPTION_CHECK || option == OPTION_DIFF ||
		    option == OPTION_CONFIRMED || option == OPTION_RESOLVE) {
			setup->check |= option == OPTION_CHECK;
			setup->diff |= option == OPTION_DIFF;
			setup->confirmed |= option == OPTION_CONFIRMED;
			setup->resolve |= option == OPTION_RESOLVE;
			continue;
		}
		if (take_value(setup, option, word, argc > 1 ? argv[1] : NULL) != DONE)
			return WRONG_USAGE;
		argc--;
		argv++;
	}
	return setup->check + setup->diff + setup->confirmed + setup->resolve +
	       !!setup->confirm > 1 ?
	       wrong("setup", "setup: only one of -check, -diff, -confirm, -confirmed and -resolve expected") :
	       DONE;
}

/**
 * setup_read() - Read the cluster file.
 * @setup: Says which one; starts out without a cluster, but with its conf.
 *
 * Return: DONE or REFUSED.
 */
enum status setup_read(struct setup *setup)
{
	struct conf *conf = setup->cluster.conf;

	return conf_read_file(conf, setup->file) || cluster_make(&setup->cluster, conf) ?
	       REFUSED : DONE;
}

/**
 * setup_find_node() - Which node is this?
 * @setup: The cluster, and where the private key is.
 *
 * What cannot be known is no error where it is not needed.
 *
 * Return: DONE or REFUSED.
 */
enum status setup_find_node(struct setup *setup)
{
	char text[KEY_TEXT_MAX];
	uint8_t key[KEY_BYTES];

	switch (key_read(setup->key_file, setup->private_key)) {
	case KEY_MISSING:
		if (setup->check)
			return DONE;
		error("there is no private key '%s', by which this node would find itself in the cluster file: 'wg genkey' makes one, its 'wg pubkey' belongs into the file",
		      setup->key_file);
		return REFUSED;
	case KEY_HIDDEN:
		if (setup->check)
			return DONE;
		error("private key '%s': only root can read it (run as root or with sudo)",
		      setup->key_file);
		return REFUSED;
	case KEY_BAD:
		return REFUSED;
	case KEY_READ:
		break;
	}
	if (key_public(setup->private_key, key)) {
		error("private key '%s': it has no public key: make another one with 'wg genkey'",
		      setup->key_file);
		return REFUSED;
	}
	setup->node = cluster_find_key(&setup->cluster, key);
	if (setup->node != NO_NODE)
		return DONE;
	error("%s: no node has the public key of this one: 'PublicKey = %s' expected in the section [Node NAME] of this node",
	      setup->file, key_text(key, text));
	return REFUSED;
}

static bool device_exists(const char *name)
{
	return if_nametoindex(name);
}

static enum status say_checked(const struct setup *setup, struct json_object *foreign)
{
	const char *name = setup->node == NO_NODE ? NULL : node_name(&setup->cluster, setup->node);
	struct json_object *object;

	if (options.json) {
		object = need_memory(json_object_new_object());
		json_add_text(object, "file", setup->file);
		json_object_object_add(object, "nodes",
				       json_object_new_int64(setup->cluster.node_count));
		if (name)
			json_add_text(object, "node", name);
		if (foreign)
			json_object_object_add(object, "foreign", foreign);
		json_print(object);
	} else if (name) {
		printf("%s is right; this is node %s of %u\n", setup->file, name,
		       setup->cluster.node_count);
	} else {
		printf("%s is right; which of its %u nodes this is is not known, for the private key %s is not there or not readable\n",
		       setup->file, setup->cluster.node_count, setup->key_file);
	}
	return DONE;
}

/* What others let not pass is no fault of the file, nor is that it cannot be seen. */
static struct json_object *check_foreign(struct setup *setup)
{
	struct foreign foreign = { 0 };
	struct traffics traffics = { 0 };
	struct json_object *list = NULL;
	unsigned int i, count;
	char **outside, *text;

	/* What it is sent is not known without knowing who it is. */
	if (setup->node == NO_NODE && geteuid())
		warning("rules of others, which may eat what the cluster sends, were not looked at (run as root or with sudo)");
	if (setup->node == NO_NODE || !foreign_read(&foreign))
		return NULL;
	outside = foreign_outside(&count);
	traffics_make(&traffics, &setup->cluster, setup->node, outside, count);
	foreign_find(&foreign, &traffics);
	text = foreign.count ? foreign_text() : NULL;
	if (text)
		foreign_take_text(&foreign, text);
	free(text);
	if (options.json)
		list = foreign_json(&foreign);
	else
		foreign_warn(&foreign);
	traffics_free(&traffics);
	foreign_free(&foreign);
	for (i = 0; i < count; i++)
		free(outside[i]);
	free(outside);
	return list;
}

static enum status say_done(const struct setup *setup, unsigned int changes)
{
	char time[TIME_TEXT_MAX];
	const char *name = node_name(&setup->cluster, setup->node);
	struct json_object *object;

	if (options.json && !setup->diff) {
		object = need_memory(json_object_new_object());
		json_add_text(object, "node", name);
		json_object_object_add(object, "changes", json_object_new_int64(changes));
		if (setup->confirm)
			json_add_number(object, "confirm", setup->confirm);
		json_print(object);
	} else if (!changes && !setup->diff) {
		printf("this is node %s, and all is as it shall be already\n", name);
	} else if (!setup->diff) {
		printf("this is node %s, as %s says; %u change%s\n", name, setup->file, changes,
		       changes == 1 ? "" : "s");
	}
	if (setup->confirm && !options.json)
		printf("unless 'clusterctl setup -confirmed' comes within %s, all will be as it was before\n",
		       time_text(setup->confirm, time));
	return DONE;
}

static enum status say_resolved(unsigned int changes)
{
	struct json_object *object;

	if (options.json) {
		object = need_memory(json_object_new_object());
		json_add_number(object, "changes", changes);
		json_print(object);
	}
	return DONE;
}

static enum status show(struct setup *setup)
{
	unsigned int changes;
	enum status status = setup_apply(setup, &changes);

	return status == DONE ? say_done(setup, changes) : status;
}

/* What it could not take back returns, if that was asked for. */
static enum status apply_confirmed(struct setup *setup)
{
	char time[TIME_TEXT_MAX];
	unsigned int changes;
	enum status status;

	/* What would return would take with it what comes now. */
	if (confirm_is_pending()) {
		error("setup: the one before waits to be confirmed: 'clusterctl setup -confirmed' expected, or that its time is over");
		return REFUSED;
	}
	if (setup->confirm && confirm_begin(setup) != DONE)
		return REFUSED;
	status = setup_apply(setup, &changes);
	if (setup->confirm && !changes) {
		confirm_end();
		setup->confirm = 0;
	}
	if (status == DONE)
		return say_done(setup, changes);
	if (setup->confirm)
		error("setup: unless 'clusterctl setup -confirmed' comes within %s, all will be as it was before",
		      time_text(setup->confirm, time));
	return status;
}

static enum status apply(struct setup *setup)
{
	enum status status = setup_lock();

	if (status == DONE)
		status = apply_confirmed(setup);
	setup_unlock();
	return status;
}

/* Of each node, for it may be that nobody knows which one this is. */
static enum status check_firewalls(struct setup *setup)
{
	unsigned int i;

	for (i = 0; i < setup->cluster.node_count && !setup->cluster.conf->errors; i++)
		free(firewall_text(&setup->cluster, i));
	return setup->cluster.conf->errors ? REFUSED : DONE;
}

static enum status run(struct setup *setup)
{
	struct conf *conf = setup->cluster.conf;
	enum status status = setup_read(setup);
	unsigned int changes;

	if (status == DONE)
		status = setup_find_node(setup);
	if (status != DONE)
		return status;
	if (setup->node != NO_NODE)
		cluster_check_devices(&setup->cluster, setup->node, device_exists);
	/* A device may come later: what needs it waits for it. */
	if (conf->errors && setup->check)
		return REFUSED;
	conf->errors = 0;
	if (setup->check)
		return check_firewalls(setup) == DONE ?
		       say_checked(setup, check_foreign(setup)) : REFUSED;
	if (setup->resolve) {
		status = setup_resolve(setup, &changes);
		return status == DONE ? say_resolved(changes) : status;
	}
	if (setup->diff)
		return show(setup);
	/* It sets up by itself, and a module that is loaded now would be in its way. */
	if (upgrade_is_running()) {
		error("setup: an upgrade of the module runs on this machine: wait for its end");
		return REFUSED;
	}
	return apply(setup);
}

static enum status load(void)
{
	struct info info;
	enum status status;
	bool loaded;

	status = load_module(&loaded, &info);
	if (status == DONE)
		printf("the kcluster module %s %s loaded\n", info.module_version,
		       loaded ? "has been" : "is");
	return status;
}

static enum status say_confirmed(void)
{
	if (confirm_end()) {
		if (!options.json)
			printf("confirmed: all stays as it was set up\n");
		return DONE;
	}
	error("setup: nothing waits to be confirmed: 'clusterctl setup -confirm TIME' expected before, or its time is over and all is as it was before that");
	return REFUSED;
}

/**
 * setup_command() - Make this machine its part of the cluster.
 * @argc: Number of words after "setup".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status setup_command(int argc, char **argv)
{
	struct conf conf = { 0 };
	struct setup setup = { .key_file = KEY_FILE, .node = NO_NODE, .cluster.conf = &conf };
	enum status status;

	status = take_options(&setup, argc, argv);
	if (status != DONE)
		return status;
	if (setup.confirmed)
		return say_confirmed();
	if (!setup.file && !setup.check && access(SETUP_FILE, F_OK))
		return load();
	if (!setup.file)
		setup.file = SETUP_FILE;
	status = run(&setup);
	key_forget(setup.private_key);
	cluster_free(&setup.cluster);
	conf_free(&conf);
	return status;
}
