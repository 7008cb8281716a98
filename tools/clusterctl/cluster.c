// SPDX-License-Identifier: GPL-2.0
/*
 * The cluster that a cluster file describes, out of its sections.
 */
#include <stdlib.h>
#include <string.h>

#include "cluster_firewall.h"

/**
 * cluster_find_node() - Find a node by its name.
 * @cluster: Where.
 * @name: The name.
 *
 * Return: Its index, or NO_NODE.
 */
unsigned int cluster_find_node(const struct cluster *cluster, const char *name)
{
	unsigned int i;

	for (i = 0; i < cluster->node_count; i++)
		if (!strcmp(node_name(cluster, i), name))
			return i;
	return NO_NODE;
}

/**
 * cluster_find_key() - Find a node by its public key.
 * @cluster: Where.
 * @key: The key.
 *
 * Return: Its index, or NO_NODE.
 */
unsigned int cluster_find_key(const struct cluster *cluster, const uint8_t *key)
{
	unsigned int i;

	for (i = 0; i < cluster->node_count; i++)
		if (!memcmp(cluster->nodes[i].key, key, KEY_BYTES))
			return i;
	return NO_NODE;
}

/**
 * cluster_no_node() - Complain about a node that is not there.
 * @cluster: Where.
 * @line: Line that names it.
 * @what: Key of that line.
 * @name: The name.
 */
void cluster_no_node(struct cluster *cluster, unsigned int line, const char *what,
		     const char *name)
{
	unsigned int i;

	for (i = 0; i < cluster->node_count; i++)
		if (conf_is_near(name, node_name(cluster, i)))
			break;
	if (i < cluster->node_count)
		conf_wrong(cluster->conf, line, "%s: there is no node %s: was %s meant?", what,
			   name, node_name(cluster, i));
	else
		conf_wrong(cluster->conf, line,
			   "%s: there is no node %s: a name expected that stands in a section [Node NAME]",
			   what, name);
}

static int by_name(const void *a, const void *b)
{
	const struct conf_section *x = *(const struct conf_section * const *)a;
	const struct conf_section *y = *(const struct conf_section * const *)b;
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = strcmp(x->name ?: "", y->name ?: "");
	return order ? order : x->number < y->number ? -1 : x->number > y->number;
}

/* Each section is there once. */
static void check_sections(struct conf *conf)
{
	const struct conf_section **sorted;
	unsigned int i;

	sorted = need_memory(calloc(conf->count + 1, sizeof(*sorted)));
	for (i = 0; i < conf->count; i++)
		sorted[i] = &conf->sections[i];
	qsort(sorted, conf->count, sizeof(*sorted), by_name);
	for (i = 1; i < conf->count; i++) {
		const struct conf_section *now = sorted[i], *before = sorted[i - 1];
		const char *kind = conf_kind_text(now->kind);

		if (now->kind != before->kind)
			continue;
		if (!now->name)
			conf_wrong(conf, now->number, "[%s] is there already in line %u: put both together",
				   kind, before->number);
		else if (!strcmp(now->name, before->name))
			conf_wrong(conf, now->number, "[%s %s] is there already in line %u: another name expected",
				   kind, now->name, before->number);
	}
	free(sorted);
}

static bool is_shared(enum conf_kind kind)
{
	return kind == CONF_ROUTER || kind == CONF_CLUSTERIP || kind == CONF_MIRROR;
}

/* Who has it. */
static void take_members(struct cluster *cluster, struct shared *shared)
{
	const struct conf_section *section = shared->section;
	unsigned int i, node;
	int j;

	shared->all = true;
	shared->member = need_memory(calloc(cluster->node_count + 1, sizeof(bool)));
	for (i = 0; i < section->count; i++) {
		const struct conf_line *line = &section->lines[i];

		if (strcmp(line->key->name, "Nodes"))
			continue;
		if (line->value.count == 1 && !strcmp(line->value.list[0], "all"))
			continue;
		shared->all = false;
		for (j = 0; j < line->value.count; j++) {
			char *text = copy_text(line->value.list[j]), *rest = text, *name;

			while ((name = strsep(&rest, ","))) {
				if (!*name)
					continue;
				node = cluster_find_node(cluster, name);
				if (node == NO_NODE)
					cluster_no_node(cluster, line->number, "Nodes", name);
				else
					shared->member[node] = true;
			}
			free(text);
		}
	}
}

/* What is for some nodes only names nodes that have it. */
static void check_names(struct cluster *cluster, const struct shared *shared,
			const struct conf_line *line)
{
	char *text = copy_text(line->nodes), *rest = text, *name;

	while ((name = strsep(&rest, ","))) {
		unsigned int node;
		char what[64];

		name += strspn(name, " \t");
		name[strcspn(name, " \t")] = '\0';
		node = cluster_find_node(cluster, name);
		snprintf(what, sizeof(what), "%s@", line->key->name);
		if (node == NO_NODE)
			cluster_no_node(cluster, line->number, what, name);
		else if (!shared_has(shared, node))
			conf_wrong(cluster->conf, line->number,
				   "%s: node %s does not have this: it expected in Nodes, or no such line",
				   what, name);
	}
	free(text);
}

static void take_shared(struct cluster *cluster, struct shared *shared)
{
	unsigned int i;

	take_members(cluster, shared);
	for (i = 0; i < shared->section->count; i++)
		if (shared->section->lines[i].nodes)
			check_names(cluster, shared, &shared->section->lines[i]);
	if (shared->section->kind == CONF_ROUTER)
		cluster_take_claims(cluster, shared);
}

static void take_sections(struct cluster *cluster)
{
	struct conf *conf = cluster->conf;
	unsigned int i, nodes = 0;

	cluster->nodes = need_memory(calloc(conf->count + 1, sizeof(*cluster->nodes)));
	cluster->devices = need_memory(calloc(conf->count + 1, sizeof(*cluster->devices)));
	cluster->shared = need_memory(calloc(conf->count + 1, sizeof(*cluster->shared)));
	for (i = 0; i < conf->count; i++) {
		const struct conf_section *section = &conf->sections[i];

		if (section->kind == CONF_CLUSTER) {
			cluster->section = section;
		} else if (section->kind == CONF_NODE) {
			cluster->nodes[nodes].section = section;
			cluster->nodes[nodes++].relay = NO_NODE;
		} else if (section->kind == CONF_DEVICE) {
			cluster->devices[cluster->device_count++].section = section;
		} else if (is_shared(section->kind)) {
			cluster->shared[cluster->shared_count++].section = section;
		} else if (section->kind == CONF_FIREWALL) {
			cluster->firewall.section = section;
		}
	}
	cluster->node_count = nodes;
	if (!cluster->section || !nodes)
		return;
	cluster_take_common(cluster);
	for (i = 0; i < nodes && !conf_full(conf); i++)
		cluster_take_node(cluster, i);
	for (i = 0; i < cluster->device_count && !conf_full(conf); i++)
		cluster_take_device(cluster, i);
	for (i = 0; i < cluster->shared_count; i++)
		take_shared(cluster, &cluster->shared[i]);
	if (cluster->firewall.section)
		take_shared(cluster, &cluster->firewall);
}

/**
 * cluster_make() - Understand a cluster file.
 * @cluster: Filled in; starts out zeroed. To be freed with cluster_free().
 * @conf: The file, read without complaints; must outlive @cluster.
 *
 * Return: 0, or -1 after complaints.
 */
int cluster_make(struct cluster *cluster, struct conf *conf)
{
	cluster->conf = conf;
	cluster->hub = NO_NODE;
	check_sections(conf);
	if (conf->errors)
		return -1;
	take_sections(cluster);
	if (!cluster->section)
		conf_wrong(conf, 0, "there is no section [Cluster]: it expected, and one [Node NAME] for each node");
	else if (!cluster->node_count)
		conf_wrong(conf, 0, "there is no node: a section [Node NAME] expected for each");
	if (!conf->errors)
		cluster_check(cluster);
	return conf->errors ? -1 : 0;
}

/**
 * cluster_free() - Give back what a cluster holds; it is empty afterwards.
 * @cluster: The cluster.
 */
void cluster_free(struct cluster *cluster)
{
	unsigned int i;

	for (i = 0; i < cluster->node_count; i++)
		node_free(&cluster->nodes[i]);
	for (i = 0; i < cluster->device_count; i++)
		free(cluster->devices[i].addresses.list);
	for (i = 0; i < cluster->shared_count; i++) {
		free(cluster->shared[i].member);
		free(cluster->shared[i].claims.list);
	}
	free(cluster->firewall.member);
	free(cluster->networks.list);
	free(cluster->nodes);
	free(cluster->devices);
	free(cluster->shared);
	memset(cluster, 0, sizeof(*cluster));
}
