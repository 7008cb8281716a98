// SPDX-License-Identifier: GPL-2.0
/*
 * The cluster file of "clusterctl gen": what was not said is found, and the text is
 * one to learn from.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

static bool is_node(const struct member *member)
{
	return member->settings.kind == CONF_NODE;
}

/* "nodes N" are node1 to nodeN, before those that have names. */
static enum status add_counted(struct gen *gen)
{
	struct member *named = gen->members;
	unsigned int count = gen->member_count, i;
	char name[32];

	gen->members = NULL;
	gen->member_count = 0;
	for (i = 1; i <= gen->count; i++) {
		snprintf(name, sizeof(name), "node%u", i);
		gen_new(gen, CONF_NODE, name);
	}
	gen->members = need_memory(realloc(gen->members, (gen->count + count + 1) *
					   sizeof(*gen->members)));
	for (i = 0; i < count; i++) {
		const char *number = named[i].name + 4;

		gen->members[gen->member_count++] = named[i];
		if (!strncmp(named[i].name, "node", 4) && *number && *number != '0' &&
		    !number[strspn(number, "0123456789")] &&
		    strtoul(number, NULL, 10) <= gen->count) {
			wrong("gen", "gen: %s is one of the %u nodes already, another name expected",
			      named[i].name, gen->count);
			memcpy(&gen->members[gen->member_count], &named[i + 1],
			       (count - i - 1) * sizeof(*named));
			gen->member_count += count - i - 1;
			free(named);
			return WRONG_USAGE;
		}
	}
	free(named);
	return DONE;
}

static enum status give_keys(struct gen *gen)
{
	unsigned int i;

	for (i = 0; i < gen->key_count; i++) {
		struct member *member = gen_find(gen, gen->keys[i].name);

		if (!member)
			return wrong("gen", "gen: key: there is no %s: the name of a node or device expected",
				     gen->keys[i].name);
		if (setting_get(&member->settings, "PublicKey"))
			return wrong("gen", "gen: key: that of %s is given twice, once expected",
				     member->name);
		setting_add(&member->settings, "PublicKey", gen->keys[i].key);
	}
	return DONE;
}

/* The first node that is reached from outside serves those that are not. */
static enum status choose_hub(struct gen *gen)
{
	struct member *first = NULL, *hub = NULL;
	unsigned int i, nodes = 0;

	for (i = 0; i < gen->member_count; i++) {
		struct member *member = &gen->members[i];

		if (!is_node(member))
			continue;
		if (!nodes++)
			first = member;
		if (first == member && gen->endpoint &&
		    !setting_get(&member->settings, "Endpoint"))
			setting_add(&member->settings, "Endpoint", gen->endpoint);
		else if (first == member && gen->endpoint)
			return wrong("gen", "gen: node %s has two endpoints, one expected: before all nodes or behind it",
				     member->name);
		if (!hub && setting_get(&member->settings, "Endpoint"))
			hub = member;
	}
	if (!nodes)
		return wrong("gen", "gen: 'nodes N' or 'node NAME' expected");
	if (!hub && (nodes > 1 || gen->member_count > nodes))
		return wrong("gen", "gen: no node has an endpoint: 'endpoint HOST[:PORT]' expected, where the first node is reached from outside");
	if (hub && !setting_get(&gen->common, "Hub"))
		setting_add(&gen->common, "Hub", hub->name);
	return DONE;
}

/* The networks, as far as they are some; the file is looked at as a whole later. */
static enum status take_networks(const struct gen *gen, struct net_prefixes *networks)
{
	const char *why = "a network such as 10.6.0.0/24";
	unsigned int i;

	for (i = 0; i < gen->common.count; i++) {
		char *text = copy_text(gen->common.list[i].value), *rest = text, *word;
		struct net_prefix found = { .line = 0 };
		int failed = 0;

		while (!failed && !strcmp(gen->common.list[i].key->name, "Network") &&
		       (word = strsep(&rest, " \t,"))) {
			if (!*word)
				continue;
			failed = prefix_parse(word, &found, &why);
			if (!failed && (!found.length || !strchr(word, '/'))) {
				failed = -1;
				why = "a network with the length of its mask, such as 10.6.0.0/24,";
			}
			if (failed)
				wrong("gen", "gen: network: '%s' given, %s expected", word, why);
			networks->list = need_memory(realloc(networks->list,
							     (networks->count + 1) *
							     sizeof(*networks->list)));
			networks->list[networks->count++] = found;
		}
		free(text);
		if (failed)
			return WRONG_USAGE;
	}
	return DONE;
}

static enum status give_addresses(struct gen *gen)
{
	struct net_prefixes networks = { 0 };
	enum status status = take_networks(gen, &networks);
	struct room room;
	unsigned int i;

	if (status != DONE) {
		free(networks.list);
		return status;
	}
	room_begin(&room, &networks);
	for (i = 0; i < gen->member_count; i++)
		room_use_settings(&room, &gen->members[i].settings);
	for (i = 0; status == DONE && i < gen->member_count; i++) {
		struct member *member = &gen->members[i];

		if (setting_get(&member->settings, "Address") ||
		    room_give(&room, &member->settings))
			continue;
		error("gen: the network %s has no address left for %s: a larger network or less nodes expected",
		      setting_get(&gen->common, "Network"), member->name);
		status = REFUSED;
	}
	room_free(&room);
	free(networks.list);
	return status;
}

/**
 * gen_complete() - Find what was not said, but for keys.
 * @gen: As it was asked for.
 *
 * Return: DONE; WRONG_USAGE or REFUSED after a complaint.
 */
enum status gen_complete(struct gen *gen)
{
	enum status status = gen->count ? add_counted(gen) : DONE;
	unsigned int i;

	if (status == DONE)
		status = give_keys(gen);
	if (status == DONE)
		status = choose_hub(gen);
	if (status == DONE)
		status = give_addresses(gen);
	for (i = 0; status == DONE && i < gen->member_count; i++)
		member_finish(&gen->members[i]);
	return status;
}

static const char head[] =
	"# The cluster file, the same on every node as /etc/kcluster/cluster.conf; all keys\n"
	"# are explained in kcluster.conf(5). A node finds itself here by its own private\n"
	"# key, /etc/kcluster/private.key, which nobody but root may read.\n"
	"#\n"
	"#\tclusterctl setup -check\twhat is wrong with this file\n"
	"#\tclusterctl setup -diff\twhat would change on this node\n"
	"#\tclusterctl setup\tmake it so\n"
	"#\n"
	"# \"clusterctl node add NAME\" and \"clusterctl node remove NAME\" change it.\n"
	"\n"
	"# The VPN between the nodes. The hub forwards between those that cannot meet, for\n"
	"# neither is reached from outside.\n";

static const char outside[] =
	"# A node that others reach: at its Endpoint, by UDP. WireGuard listens at its\n"
	"# ListenPort, which may be another port where a router forwards that of the Endpoint.\n";

static const char inside[] =
	"# A node without an Endpoint may be behind NAT: it speaks first, and keeps its way\n"
	"# open by a packet now and then (Keepalive).\n";

static const char device[] =
	"# A device is no node: it runs plain WireGuard, and speaks with one node only, the hub\n"
	"# or that which is named by Via. Its file for wg-quick has been made with this one.\n";

static const char tail[] =
	"# What nodes share comes here: an address that one of them has at a time,\n"
	"#\n"
	"#[VirtualRouter lan]\n"
	"#Dev = eth0\n"
	"#VRID = 10\n"
	"#Priority = 100\n"
	"#Priority@%s = 200\t\t# for this node only\n"
	"#Address = 192.168.1.254/24\n"
	"#\n"
	"# addresses that all of them answer together [ClusterIP NAME], and connections that\n"
	"# outlive the node they go through [Mirror].\n";

/**
 * gen_text() - The cluster file.
 * @gen: All that shall be in it; at least one node.
 *
 * Return: Its text, to be freed with free().
 */
char *gen_text(const struct gen *gen)
{
	bool said_outside = false, said_inside = false, said_device = false;
	const char *hub = setting_get(&gen->common, "Hub") ?: gen->members[0].name;
	char *text = NULL;
	unsigned int i;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));

	fprintf(out, "%s[Cluster]\n", head);
	settings_print(out, &gen->common);
	for (i = 0; i < gen->member_count; i++) {
		const struct member *member = &gen->members[i];
		bool reached = setting_get(&member->settings, "Endpoint");
		bool *said = !is_node(member) ? &said_device : reached ? &said_outside :
								       &said_inside;

		fputc('\n', out);
		if (!*said)
			fputs(!is_node(member) ? device : reached ? outside : inside, out);
		*said = true;
		member_print(out, member);
	}
	fputc('\n', out);
	fprintf(out, tail, hub);
	fclose(out);
	return text;
}
