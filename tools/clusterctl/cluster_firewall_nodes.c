// SPDX-License-Identifier: GPL-2.0
/*
 * What the other nodes of a cluster may say to a node: VRRP where its virtual routers
 * are, and to its module from inside the tunnel. The file says all of that elsewhere
 * already.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cluster_firewall_match.h"

#define VRRP_PROTOCOL 112

/* A line, once: several routers on a device need one. */
static void put_once(FILE *out, char **all, char *line)
{
	char *more;

	if (!*all || !strstr(*all, line)) {
		fprintf(out, "\t\t%s\n", line);
		if (asprintf(&more, "%s%s\n", *all ?: "", line) < 0)
			more = NULL;
		free(*all);
		*all = need_memory(more);
	}
	free(line);
}

static char *addresses_text(const struct ipaddr *list, unsigned int count, uint8_t family)
{
	struct net_prefixes prefixes = { .count = count };
	unsigned int i;
	char *text;

	prefixes.list = need_memory(calloc(count + 1, sizeof(*prefixes.list)));
	for (i = 0; i < count; i++) {
		prefixes.list[i].address = list[i];
		prefixes.list[i].length = 8 * list[i].length;
	}
	text = prefixes_text(&prefixes, family);
	free(prefixes.list);
	return text;
}

static void put_unicast(FILE *out, char **all, const char *dev, const struct ipaddr *peers,
			unsigned int count)
{
	for (uint8_t family = 4; family <= 16; family += 12) {
		char *from = addresses_text(peers, count, family), *line;

		if (!from)
			continue;
		if (asprintf(&line, "iifname \"%s\" %s saddr %s meta l4proto %d accept", dev,
			     family == 16 ? "ip6" : "ip", from, VRRP_PROTOCOL) < 0)
			line = NULL;
		put_once(out, all, need_memory(line));
		free(from);
	}
}

/* Who the others are is not known, but that they are on the same link. */
static void put_multicast(FILE *out, char **all, const char *dev, bool six)
{
	char *line;

	if (asprintf(&line, "iifname \"%s\" %s meta l4proto %d accept", dev,
		     six ? "ip6 daddr ff02::12 ip6 hoplimit 255" : "ip daddr 224.0.0.18 ip ttl 255",
		     VRRP_PROTOCOL) < 0)
		line = NULL;
	put_once(out, all, need_memory(line));
	if (six)
		return;
	/* So that switches know where to send it; MLD is let in everywhere. */
	if (asprintf(&line, "iifname \"%s\" meta l4proto 2 accept", dev) < 0)
		line = NULL;
	put_once(out, all, need_memory(line));
}

/* What could end the name is in none. */
static bool can_name(struct cluster *cluster, const struct conf_section *section,
		     const char *dev)
{
	if (is_device_name(dev))
		return true;
	conf_wrong(cluster->conf, section->number,
		   "%s %s: the firewall cannot name the device '%s': letters, digits and . _ - + expected, or a node without [Firewall]",
		   conf_kind_text(section->kind), section->name, dev);
	return false;
}

static void put_device(FILE *out, char **all, const struct router *router, const char *dev,
		       const struct ipaddr *peers, unsigned int count)
{
	if (count)
		put_unicast(out, all, dev, peers, count);
	else
		put_multicast(out, all, dev, router->family == AF_INET6);
}

static void put_routers(FILE *out, struct cluster *cluster, unsigned int node)
{
	char *all = NULL;
	unsigned int i, j;

	for (i = 0; i < cluster->shared_count; i++) {
		const struct shared *shared = &cluster->shared[i];
		struct router router = { 0 };

		if (shared->section->kind != CONF_ROUTER || !shared_has(shared, node))
			continue;
		if (cluster_router(cluster, shared, node, &router)) {
			for (j = 0; j < router.path_count; j++)
				if (can_name(cluster, shared->section, router.paths[j].ifname))
					put_device(out, &all, &router, router.paths[j].ifname,
						   router.paths[j].peers,
						   router.paths[j].peer_count);
			if (!router.path_count &&
			    can_name(cluster, shared->section, router.ifname))
				put_device(out, &all, &router, router.ifname, router.peers,
					   router.peer_count);
		}
		router_free(&router);
	}
	free(all);
}

/* By the paths that the module of this node has to theirs. */
static void put_peers(FILE *out, struct cluster *cluster, unsigned int node)
{
	struct net_prefixes inside = { 0 };
	unsigned int i, j;

	inside.list = need_memory(calloc(cluster->node_count, sizeof(*inside.list)));
	for (i = 0; i < cluster->node_count; i++) {
		const struct peer *peer = &cluster->nodes[i].peer;

		if (i == node || !peer->path_count || cluster_share(cluster, node, i) == SHARE_NOTHING)
			continue;
		inside.list[inside.count].address = peer->paths[0].address;
		inside.list[inside.count++].length = 8 * peer->paths[0].address.length;
		for (j = 1; j < peer->path_count; j++) {
			struct net_prefix other = { .address = peer->paths[j].address };
			const char *dev = peer->paths[j].ifname;

			if (dev && !can_name(cluster, cluster->nodes[i].section, dev))
				continue;
			other.length = 8 * other.address.length;
			fprintf(out, "\t\t");
			if (dev)
				fprintf(out, "iifname \"%s\" ", dev);
			match_prefix(out, "saddr", &other);
			fprintf(out, "udp dport %d accept\n", KCLUSTER_PORT);
		}
	}
	for (uint8_t family = 4; family <= 16; family += 12) {
		char *from = prefixes_text(&inside, family);

		if (from)
			fprintf(out, "\t\tiifname \"%s\" %s saddr %s udp dport %d accept\n",
				cluster->nodes[node].interface, family == 16 ? "ip6" : "ip", from,
				KCLUSTER_PORT);
		free(from);
	}
	free(inside.list);
}

/**
 * match_nodes() - Let in what the other nodes say.
 * @out: Written to.
 * @cluster: The cluster.
 * @node: The node.
 */
void match_nodes(FILE *out, struct cluster *cluster, unsigned int node)
{
	put_routers(out, cluster, node);
	if (cluster->networks.count)
		put_peers(out, cluster, node);
}
