// SPDX-License-Identifier: GPL-2.0
/*
 * Any cluster file: it is refused with a complaint, or each node of it has what can be
 * asked for: a way to each other one that the other one takes as well, and routers,
 * cluster IPs and a mirror that the grammar of the commands knows.
 *
 * Input: the text of the file.
 */
#include <stdlib.h>
#include <string.h>

#include "cluster_firewall.h"

/* Little, so that pairs of nodes take no time. */
#define NODES_MAX 64

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

static void check_ways(const struct cluster *cluster, unsigned int a, unsigned int b)
{
	unsigned int via = cluster_via(cluster, a, b), back = cluster_via(cluster, b, a);

	must(via != NO_NODE && via != a);
	/* WireGuard takes packets only from where it would send the answer to. */
	must(via == b ? back == a : back == via);
	must(cluster_is_direct(cluster, a, via));
}

static void check_node(struct cluster *cluster, unsigned int node)
{
	const struct node *self = &cluster->nodes[node];
	unsigned int i, errors = cluster->conf->errors;
	char *rules;

	must(cluster_find_node(cluster, node_name(cluster, node)) == node);
	must(cluster_find_key(cluster, self->key) == node);
	must(*self->interface && strlen(self->interface) <= KCLUSTER_IFNAME_MAX);
	must(self->listen_port && (!self->mtu || self->mtu >= 1280));
	must(self->peer.path_count <= KCLUSTER_PEER_PATHS_MAX);
	for (i = 0; i < cluster->node_count && cluster->networks.count; i++)
		if (i != node)
			check_ways(cluster, node, i);
	for (i = 0; i < cluster->shared_count; i++) {
		const struct shared *shared = &cluster->shared[i];
		struct router router = { 0 };
		struct clusterip ip = { 0 };
		struct mirror mirror = { 0 };

		if (!shared_has(shared, node))
			continue;
		switch (shared->section->kind) {
		case CONF_ROUTER:
			must(cluster_router(cluster, shared, node, &router));
			must(router.vrid && router.ifname && *router.name);
			break;
		case CONF_CLUSTERIP:
			must(cluster_clusterip(cluster, shared, node, &ip));
			must(ip.holder.address_count && ip.ifname);
			break;
		default:
			must(cluster_mirror(cluster, shared, node, &mirror) && mirror.on);
		}
		router_free(&router);
		clusterip_free(&ip);
		mirror_free(&mirror);
	}
	/* A device that nft cannot name is all that can be wrong yet. */
	rules = firewall_text(cluster, node);
	must(!rules == (!cluster_has_firewall(cluster, node) || errors != cluster->conf->errors));
	cluster->conf->errors = errors;
	free(rules);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	FILE *before = stderr;
	struct cluster cluster = { 0 };
	struct conf conf = { 0 };
	char *said = NULL;
	size_t length;
	unsigned int i;
	int result;

	/* A file of addresses that the input names is the machine's own. */
	if (memmem(input, size, "rom", 3))
		return 0;
	stderr = open_memstream(&said, &length);
	result = conf_read_text(&conf, "f", (const char *)input, size);
	if (!result && conf.count <= NODES_MAX)
		result = cluster_make(&cluster, &conf);
	else
		result = -1;
	fclose(stderr);
	stderr = before;
	must(!result == !conf.errors || conf.count > NODES_MAX);
	must(!conf.errors || *said);
	for (i = 0; !result && i < cluster.node_count; i++)
		check_node(&cluster, i);
	free(said);
	cluster_free(&cluster);
	conf_free(&conf);
	return 0;
}
