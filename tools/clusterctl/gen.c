// SPDX-License-Identifier: GPL-2.0
/*
 * The object gen: makes keys, a cluster file, and files for devices that are no nodes.
 */
#include <errno.h>
#include <json-c/json.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "gen.h"
#include "output.h"
#include "qr.h"

#define CLUSTER_FILE "cluster.conf"

const char gen_usage[] =
	"Usage: clusterctl [ -j ] gen DIRECTORY network PREFIX... [ endpoint HOST[:PORT] ]\n"
	"                  [ key NAME=PUBLIC ]... [ CLUSTERKEY VALUE ]...\n"
	"                  { nodes N | node NAME [ NODEKEY VALUE ]... }...\n"
	"                  [ device NAME [ DEVICEKEY VALUE ]... ]... [ qr ] [ force ]\n"
	"Writes DIRECTORY/cluster.conf, DIRECTORY/NAME/private.key for each node and device, and\n"
	"for each device also DIRECTORY/NAME/wg0.conf for wg-quick; qr shows that as a QR code.\n"
	"A private key that is there is used, one whose PUBLIC key is given is not asked for.\n"
	"The endpoint is that of the first node; others follow their names. The keys are those\n"
	"of [Cluster], [Node] and [Device] in kcluster.conf(5), such as\n"
	"   clusterctl gen vpn network 10.6.0.0/24 endpoint example.com:51820 \\\n"
	"       node hub node A node B endpoint 192.0.2.7 device phone\n"
	"What is there is only replaced with force; keys never are.\n";

/* What a device reads, with its private key; to be given to forget_text(). */
static char *quick_text(const struct gen *gen, unsigned int device)
{
	const struct cluster *cluster = &gen->cluster;
	struct member *member = gen_find((struct gen *)gen,
					 cluster->devices[device].section->name);

	return gen_quick(cluster, device, member->has_private ? member->private_key : NULL);
}

static void forget_text(char *text)
{
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
}

static char *quick_file(const struct gen *gen, unsigned int device)
{
	const struct cluster *cluster = &gen->cluster;
	const struct conf_line *line = conf_get(cluster->section, "Interface");
	const char *interface = line ? line->value.list[0] : CLUSTER_INTERFACE;
	char name[KCLUSTER_IFNAME_MAX + sizeof(".conf")];

	snprintf(name, sizeof(name), "%s.conf", interface);
	return member_file(gen->directory, cluster->devices[device].section->name, name);
}

static enum status must_be_new(const struct gen *gen, const char *file)
{
	if (gen->force || (access(file, F_OK) && errno == ENOENT))
		return DONE;
	error("gen: '%s' is there already: another directory expected, or 'force' to replace it",
	      file);
	return REFUSED;
}

/* Nothing is written before all that can be known to be wrong is known to be right. */
static enum status prepare(struct gen *gen, const char *file)
{
	enum status status = gen->qr && !qr_ready() ? REFUSED : gen_complete(gen);
	unsigned int i;

	if (status == DONE)
		status = must_be_new(gen, file);
	for (i = 0; status == DONE && i < gen->member_count; i++)
		status = member_need_key(&gen->members[i], gen->directory);
	if (status != DONE)
		return status;
	gen->text = gen_text(gen);
	if (conf_read_text(&gen->conf, file, gen->text, strlen(gen->text)) ||
	    cluster_make(&gen->cluster, &gen->conf)) {
		error("gen: nothing was written, for the file would be wrong in these lines");
		return REFUSED;
	}
	for (i = 0; status == DONE && i < gen->cluster.device_count; i++) {
		char *quick = quick_file(gen, i);

		status = must_be_new(gen, quick);
		free(quick);
	}
	return status;
}

static enum status write_quick(const struct gen *gen, unsigned int device)
{
	char *place = member_file(gen->directory, gen->cluster.devices[device].section->name,
				  NULL);
	char *file = quick_file(gen, device), *text = quick_text(gen, device);
	int failed = file_directory(place) || file_create(file, text, 0600, gen->force);

	forget_text(text);
	free(file);
	free(place);
	return failed ? REFUSED : DONE;
}

/* The cluster file comes last: with it, all is there. */
static enum status write_all(const struct gen *gen, const char *file)
{
	enum status status = file_directory(gen->directory) ? REFUSED : DONE;
	unsigned int i;

	for (i = 0; status == DONE && i < gen->member_count; i++)
		status = member_keep_key(&gen->members[i], gen->directory);
	for (i = 0; status == DONE && i < gen->cluster.device_count; i++)
		status = write_quick(gen, i);
	if (status == DONE && file_create(file, gen->text, 0644, gen->force))
		status = REFUSED;
	return status;
}

static struct json_object *member_json(const struct gen *gen, struct member *member)
{
	struct json_object *object = need_memory(json_object_new_object());
	struct json_object *addresses = need_memory(json_object_new_array());
	unsigned int i;

	json_add_text(object, "name", member->name);
	json_add_text(object, "public_key", setting_get(&member->settings, "PublicKey"));
	for (i = 0; i < member->settings.count; i++)
		if (!strcmp(member->settings.list[i].key->name, "Address"))
			json_object_array_add(addresses,
					      json_object_new_string(member->settings.list[i].value));
	json_object_object_add(object, "addresses", addresses);
	if (member->has_private) {
		char *file = member_file(gen->directory, member->name, "private.key");

		json_add_text(object, "private_key", file);
		json_add_bool(object, "new", member->is_new);
		free(file);
	}
	return object;
}

static void say_json(struct gen *gen, const char *file)
{
	struct json_object *object = need_memory(json_object_new_object());
	struct json_object *nodes = need_memory(json_object_new_array());
	struct json_object *devices = need_memory(json_object_new_array());
	unsigned int i, device = 0;

	json_add_text(object, "file", file);
	for (i = 0; i < gen->member_count; i++) {
		struct member *member = &gen->members[i];
		struct json_object *one = member_json(gen, member);

		if (member->settings.kind == CONF_NODE) {
			json_object_array_add(nodes, one);
		} else {
			char *quick = quick_file(gen, device++);

			json_add_text(one, "wg_quick", quick);
			json_object_array_add(devices, one);
			free(quick);
		}
	}
	json_object_object_add(object, "nodes", nodes);
	json_object_object_add(object, "devices", devices);
	json_print(object);
}

static void say(struct gen *gen, const char *file)
{
	unsigned int i, made = 0;

	if (options.json) {
		say_json(gen, file);
		return;
	}
	for (i = 0; i < gen->member_count; i++)
		made += gen->members[i].is_new;
	printf("%s: %u node%s and %u device%s, %u new private key%s\n", file,
	       gen->cluster.node_count, gen->cluster.node_count == 1 ? "" : "s",
	       gen->cluster.device_count, gen->cluster.device_count == 1 ? "" : "s", made,
	       made == 1 ? "" : "s");
	printf("each node needs it as /etc/kcluster/cluster.conf, its own %s/NAME/private.key as /etc/kcluster/private.key, and 'clusterctl setup'\n",
	       gen->directory);
}

static enum status show_codes(const struct gen *gen)
{
	enum status status = DONE;
	unsigned int i;

	for (i = 0; status == DONE && i < gen->cluster.device_count; i++) {
		char *text = quick_text(gen, i);

		printf("%s:\n", gen->cluster.devices[i].section->name);
		if (qr_print(stdout, text, isatty(STDOUT_FILENO)))
			status = REFUSED;
		forget_text(text);
	}
	return status;
}

/* What a QR code is for: a device, with all it has to know. */
static enum status check_codes(struct gen *gen)
{
	unsigned int i, devices = 0;

	if (options.json)
		return wrong("gen", "gen: qr is for people: either it or -j expected");
	for (i = 0; i < gen->member_count; i++) {
		const struct member *member = &gen->members[i];

		if (member->settings.kind != CONF_DEVICE)
			continue;
		devices++;
		if (setting_get(&member->settings, "PublicKey"))
			return wrong("gen", "gen: qr: %s keeps its private key to itself, so that a QR code lacks it: no key expected, or no qr",
				     member->name);
	}
	return devices ? DONE : wrong("gen", "gen: qr shows what devices need: 'device NAME' expected");
}

static enum status run(struct gen *gen, char **argv)
{
	enum status status = gen_parse(gen, argv);
	char *file;

	if (status == DONE && gen->qr)
		status = check_codes(gen);
	if (status != DONE)
		return status;
	if (sodium_init() < 0) {
		error("gen: libsodium does not work: there is no randomness for keys");
		return REFUSED;
	}
	if (asprintf(&file, "%s/" CLUSTER_FILE, gen->directory) < 0)
		file = NULL;
	need_memory(file);
	status = prepare(gen, file);
	if (status == DONE)
		status = write_all(gen, file);
	if (status == DONE)
		say(gen, file);
	if (status == DONE && gen->qr)
		status = show_codes(gen);
	cluster_free(&gen->cluster);
	conf_free(&gen->conf);
	free(file);
	return status;
}

/**
 * gen_command() - Make keys and a cluster file.
 * @argc: Number of words after "gen".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status gen_command(int argc, char **argv)
{
	struct gen gen = { 0 };
	enum status status;
	unsigned int i;

	(void)argc;
	status = run(&gen, argv);
	for (i = 0; i < gen.member_count; i++)
		member_free(&gen.members[i]);
	for (i = 0; i < gen.key_count; i++)
		free(gen.keys[i].name);
	settings_free(&gen.common);
	free(gen.members);
	free(gen.keys);
	free(gen.text);
	return status;
}
