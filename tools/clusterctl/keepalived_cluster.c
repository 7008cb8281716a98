// SPDX-License-Identifier: GPL-2.0
/*
 * Configurations of keepalived on several machines become one cluster file: what is one
 * virtual router becomes one section, with what nodes have of their own.
 */
#include <stdlib.h>
#include <string.h>

#include "import_cluster.h"
#include "router_section.h"

/**
 * struct merged - A virtual router of several nodes.
 * @routers: What each node has of it, NULL for nothing; as many as there are nodes.
 * @first: The first of them.
 */
struct merged {
	const struct router **routers;
	const struct router *first;
};

static bool share_address(const struct router *a, const struct router *b)
{
	unsigned int i, j;

	for (i = 0; i < a->address_count; i++)
		for (j = 0; j < b->address_count; j++)
			if (a->addresses[i].address.length == b->addresses[j].address.length &&
			    !memcmp(a->addresses[i].address.bytes, b->addresses[j].address.bytes,
				    a->addresses[i].address.length))
				return true;
	return false;
}

/* Two that have the same VRID may be of two networks all the same. */
static bool is_same(const struct router *a, const struct router *b)
{
	return a->vrid == b->vrid && a->family == b->family &&
	       (!strcmp(a->name, b->name) || !strcmp(a->ifname, b->ifname) ||
		share_address(a, b));
}

static void take(struct merged **list, unsigned int *count, const struct import_nodes *nodes,
		 unsigned int node, const struct router *router)
{
	unsigned int i;

	for (i = 0; i < *count; i++)
		if (!(*list)[i].routers[node] && is_same((*list)[i].first, router))
			break;
	if (i == *count) {
		*list = need_memory(realloc(*list, (*count + 1) * sizeof(**list)));
		(*list)[i].routers = need_memory(calloc(nodes->count,
							sizeof(const struct router *)));
		(*list)[(*count)++].first = router;
	}
	(*list)[i].routers[node] = router;
}

static bool is_taken(const struct merged *list, unsigned int count, const char *name)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!strcmp(list[i].first->name, name))
			return true;
	return false;
}

/* Of two that are called the same, on nodes that do not know of each other. */
static char *name_of(const struct merged *list, unsigned int index)
{
	const struct router *router = list[index].first;
	char *name = NULL;

	if (!conf_is_name(router->name) || is_taken(list, index, router->name)) {
		if (asprintf(&name, "router%u-%u", (unsigned int)router->vrid, index) < 0)
			name = NULL;
		return need_memory(name);
	}
	return copy_text(router->name);
}

static void print_merged(FILE *out, const struct merged *list, unsigned int index,
			 const struct import_nodes *nodes)
{
	struct settings *lines = need_memory(calloc(nodes->count, sizeof(*lines)));
	const char **names = need_memory(calloc(nodes->count, sizeof(*names)));
	char *name = name_of(list, index);
	unsigned int i, count = 0;

	for (i = 0; i < nodes->count; i++) {
		if (!list[index].routers[i])
			continue;
		lines[count].kind = CONF_ROUTER;
		router_lines(&lines[count], list[index].routers[i]);
		names[count++] = nodes->list[i].name;
	}
	fputc('\n', out);
	router_section_print(out, name, lines, names, count, count == nodes->count);
	for (i = 0; i < count; i++)
		settings_free(&lines[i]);
	free(name);
	free(names);
	free(lines);
}

static void print_node(FILE *out, const struct import_node *node)
{
	fprintf(out, "\n# ");
	ka_print_clean(out, node->file);
	fprintf(out, "\n[Node %s]\n", node->name);
	if (node->key) {
		fprintf(out, "PublicKey = ");
		word_quote(out, node->key);
		fputc('\n', out);
		return;
	}
	fprintf(out, "# To be added: PublicKey = KEY, what 'wg pubkey' prints of its private.key\n");
}

/**
 * ka_cluster_print() - Write the cluster file.
 * @out: Where to.
 * @nodes: The nodes, of which the configurations were imported.
 */
void ka_cluster_print(FILE *out, const struct import_nodes *nodes)
{
	struct merged *list = NULL;
	unsigned int i, j, count = 0;

	for (i = 0; i < nodes->count; i++)
		for (j = 0; j < nodes->list[i].import.routers.count; j++)
			take(&list, &count, nodes, i, &nodes->list[i].import.routers.list[j]);
	fprintf(out, "# Imported from keepalived. Without 'Network = PREFIX' in [Cluster], an Address and\n"
		"# for some an Endpoint in each [Node] there is no VPN; kcluster.conf(5) explains all.\n"
		"[Cluster]\n");
	for (i = 0; i < nodes->count; i++)
		print_node(out, &nodes->list[i]);
	for (i = 0; i < count; i++)
		print_merged(out, list, i, nodes);
	for (i = 0; i < count; i++)
		free(list[i].routers);
	free(list);
	/* What checks the services is the same as for a batch; of each file once. */
	for (i = 0; i < nodes->count; i++) {
		for (j = 0; j < i && strcmp(nodes->list[i].file, nodes->list[j].file); j++)
			;
		if (i == j)
			ka_print_scripts(out, &nodes->list[i].import, nodes->list[i].file);
	}
}

static bool is_said(const struct ka_report *report, const struct ka_remark *remark)
{
	unsigned int i;

	for (i = 0; i < report->count; i++) {
		const struct ka_remark *other = &report->list[i];

		if (!strcmp(other->file, remark->file) && other->line == remark->line &&
		    other->kind == remark->kind && !strcmp(other->what, remark->what) &&
		    !strcmp(other->text, remark->text))
			return true;
	}
	return false;
}

/* That a file is for several machines is what it is here for. */
static bool is_wanted(const struct ka_remark *remark)
{
	return remark->kind != KA_NOTE || strcmp(remark->what, "@NAME");
}

/**
 * ka_cluster_report() - What is to be said of all configurations, once each.
 * @report: Gets it; starts out zeroed.
 * @nodes: The nodes, which must live as long as @report.
 */
void ka_cluster_report(struct ka_report *report, const struct import_nodes *nodes)
{
	unsigned int i, j;

	for (i = 0; i < nodes->count; i++) {
		const struct ka_report *own = &nodes->list[i].import.report;

		for (j = 0; j < own->count; j++) {
			const struct ka_remark *remark = &own->list[j];

			if (is_wanted(remark) && !is_said(report, remark))
				ka_remark(report, remark->file, remark->line, remark->kind,
					  remark->router, remark->what, "%s", remark->text);
		}
		if (!nodes->list[i].key)
			ka_remark(report, nodes->list[i].file, 1, KA_LEFT_OUT, NULL, "PublicKey",
				  "keepalived knows none of node %s: 'key %s=PUBLIC', what 'wg pubkey' prints of its private.key",
				  nodes->list[i].name, nodes->list[i].name);
	}
	ka_report_sort(report);
}
