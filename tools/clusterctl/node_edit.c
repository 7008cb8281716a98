// SPDX-License-Identifier: GPL-2.0
/*
 * "clusterctl node add" and "node remove": change the cluster file, which is looked at
 * as a whole before it takes the place of the old one.
 */
#include <json-c/json.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "key.h"
#include "member.h"
#include "node_edit.h"
#include "output.h"
#include "setup.h"

/**
 * struct edit - A change of a cluster file.
 * @args: The words of the command.
 * @file: The file.
 * @text: What is in it.
 * @conf: Its lines.
 * @cluster: What it says.
 * @member: The node that comes or goes; of one that goes, only the name.
 */
struct edit {
	struct args args;
	const char *file;
	char *text;
	struct conf conf;
	struct cluster cluster;
	struct member member;
};

static enum status take_words(struct edit *edit, char **argv, const char *command)
{
	struct args *args = &edit->args;
	const char *name = *argv;

	args->at = argv;
	args->object = "node";
	snprintf(args->of, sizeof(args->of), "node %s", command);
	if (!name || !member_has_name(name))
		return args_wrong(args, "the name of a node expected: at most %d characters without blanks and / @ , # ; [ ] ' \" \\, and no point in front",
				  KCLUSTER_NAME_MAX);
	args->at++;
	edit->member.name = copy_text(name);
	edit->member.settings.kind = CONF_NODE;
	while (*args->at) {
		int taken = -1;

		if (option_for_output(*args->at)) {
			args->at++;
			continue;
		}
		if (!strcmp(*args->at, "file")) {
			args->at++;
			edit->file = args_take(args, "file", "the name of a cluster file");
			if (!edit->file)
				return WRONG_USAGE;
			continue;
		}
		if (!strcmp(command, "add"))
			taken = settings_take(&edit->member.settings, args);
		if (taken == WRONG_USAGE)
			return WRONG_USAGE;
		if (taken < 0)
			return args_wrong(args, "'%s' is too much, 'file FILE' expected%s",
					  *args->at, strcmp(command, "add") ? "" :
					  ", key, address, endpoint, behind-nat or another key of [Node] in kcluster.conf(5)");
	}
	return DONE;
}

static enum status read_file(struct edit *edit)
{
	size_t length;

	edit->text = conf_slurp(edit->file, &length);
	if (!edit->text)
		return REFUSED;
	if (!conf_read_text(&edit->conf, edit->file, edit->text, length) &&
	    !cluster_make(&edit->cluster, &edit->conf))
		return DONE;
	error("%s: the file is wrong as it is: it has to be right before it is changed",
	      edit->args.of);
	return REFUSED;
}

/* Would the file be right? */
static enum status check(const struct edit *edit, const char *text)
{
	struct cluster cluster = { 0 };
	struct conf conf = { 0 };
	enum status status = DONE;

	if (conf_read_text(&conf, edit->file, text, strlen(text)) ||
	    cluster_make(&cluster, &conf)) {
		error("%s: the file is left as it is, for it would be wrong in these lines",
		      edit->args.of);
		status = REFUSED;
	}
	cluster_free(&cluster);
	conf_free(&conf);
	return status;
}

static enum status give_address(struct edit *edit)
{
	struct settings *settings = &edit->member.settings;
	enum status status = DONE;
	struct room room;

	if (setting_get(settings, "Address"))
		return DONE;
	room_begin(&room, &edit->cluster.networks);
	room_use_cluster(&room, &edit->cluster);
	if (!room_give(&room, settings)) {
		error("%s: no address of the network is left: 'address ADDRESS' expected, or a larger network in %s",
		      edit->args.of, edit->file);
		status = REFUSED;
	}
	room_free(&room);
	return status;
}

/* Where gen puts the keys: beside the file. */
static char *directory_of(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return copy_text(".");
	return need_memory(strndup(file, slash == file ? 1 : (size_t)(slash - file)));
}

static char *with_member(const struct edit *edit)
{
	char *lines = NULL, *text;
	size_t size;
	FILE *out = need_memory(open_memstream(&lines, &size));

	member_print(out, &edit->member);
	fclose(out);
	text = conf_add_node(&edit->conf, edit->text, lines);
	free(lines);
	return text;
}

static void say_added(const struct edit *edit, const char *directory)
{
	const struct member *member = &edit->member;
	const char *address = setting_get(&member->settings, "Address");
	char *key = member_file(directory, member->name, "private.key");
	struct json_object *object;

	if (options.json) {
		object = need_memory(json_object_new_object());
		json_add_text(object, "file", edit->file);
		json_add_text(object, "node", member->name);
		json_add_text(object, "public_key", setting_get(&member->settings, "PublicKey"));
		if (address)
			json_add_text(object, "address", address);
		if (member->has_private)
			json_add_text(object, "private_key", key);
		json_print(object);
	} else {
		printf("node %s is in %s%s%s%s%s; 'clusterctl setup' on each node makes it true\n",
		       member->name, edit->file, address ? " with the address " : "",
		       address ?: "", member->has_private ? " and the private key " : "",
		       member->has_private ? key : "");
	}
	free(key);
}

static enum status add(struct edit *edit)
{
	unsigned int there = cluster_find_node(&edit->cluster, edit->member.name);
	char *directory, *text = NULL;
	enum status status;

	if (there != NO_NODE) {
		error("%s: there is a node %s in line %u of %s already: another name expected",
		      edit->args.of, edit->member.name,
		      edit->cluster.nodes[there].section->number, edit->file);
		return REFUSED;
	}
	directory = directory_of(edit->file);
	status = give_address(edit);
	if (status == DONE)
		status = member_need_key(&edit->member, directory);
	/* It may be that of a node of this name that was removed, and not by chance. */
	if (status == DONE && edit->member.has_private && !edit->member.is_new)
		warning("node %s: there is a private key '%s/%s/private.key' already, and it is used: remove it before for a new one",
			edit->member.name, directory, edit->member.name);
	if (status == DONE) {
		member_finish(&edit->member);
		text = with_member(edit);
		status = check(edit, text);
	}
	if (status == DONE)
		status = member_keep_key(&edit->member, directory);
	if (status == DONE && file_replace(edit->file, text)) {
		member_drop_key(&edit->member, directory);
		status = REFUSED;
	}
	if (status == DONE)
		say_added(edit, directory);
	free(text);
	free(directory);
	return status;
}

static enum status take_out(struct edit *edit)
{
	unsigned int there = cluster_find_node(&edit->cluster, edit->member.name);
	const struct conf_section *section;
	struct json_object *object;
	enum status status;
	char *text;

	if (there == NO_NODE) {
		error("%s: there is no node %s in %s", edit->args.of, edit->member.name,
		      edit->file);
		return REFUSED;
	}
	section = edit->cluster.nodes[there].section;
	if (conf_names_node(&edit->conf, section))
		return REFUSED;
	text = conf_remove(edit->text, section);
	status = check(edit, text);
	if (status == DONE && file_replace(edit->file, text))
		status = REFUSED;
	free(text);
	if (status != DONE)
		return status;
	if (options.json) {
		object = need_memory(json_object_new_object());
		json_add_text(object, "file", edit->file);
		json_add_text(object, "node", edit->member.name);
		json_print(object);
	} else {
		printf("node %s is no more in %s; 'clusterctl setup' on each other node makes it true\n",
		       edit->member.name, edit->file);
	}
	return DONE;
}

static enum status run(char **argv, const char *command, enum status (*change)(struct edit *edit))
{
	struct edit edit = { .file = SETUP_FILE };
	enum status status = take_words(&edit, argv, command);

	if (status == DONE && sodium_init() < 0) {
		error("node: libsodium does not work: there is no randomness for keys");
		status = REFUSED;
	}
	if (status == DONE)
		status = read_file(&edit);
	if (status == DONE)
		status = change(&edit);
	member_free(&edit.member);
	cluster_free(&edit.cluster);
	conf_free(&edit.conf);
	free(edit.text);
	return status;
}

/**
 * node_add() - Put a node into the cluster file.
 * @argv: Words after "node add", followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status node_add(char **argv)
{
	return run(argv, "add", add);
}

/**
 * node_remove() - Take a node out of the cluster file.
 * @argv: Words after "node remove", followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status node_remove(char **argv)
{
	return run(argv, "remove", take_out);
}
