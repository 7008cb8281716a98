// SPDX-License-Identifier: GPL-2.0
/*
 * Whether the nodes of a cluster file fit together: keys, addresses, ways.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster_firewall.h"

/**
 * struct stake - A prefix that belongs to a node or a device.
 * @prefix: The prefix; only @behind ones can be more than an address.
 * @owner: Section of the node or the device.
 * @behind: A network behind it rather than its address.
 */
struct stake {
	struct net_prefix prefix;
	const struct conf_section *owner;
	bool behind;
};

/**
 * struct holder - Who has a key.
 * @key: The key.
 * @line: Line of it.
 * @owner: Section of the node or the device.
 */
struct holder {
	const uint8_t *key;
	unsigned int line;
	const struct conf_section *owner;
};

static const char *kind_of(const struct conf_section *owner)
{
	return owner->kind == CONF_NODE ? "node" :
	       owner->kind == CONF_ROUTER ? "virtual router" : "device";
}

static int by_key(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;
	int order = memcmp(x->key, y->key, KEY_BYTES);

	return order ? order : x->line < y->line ? -1 : x->line > y->line;
}

/**
 * cluster_check_keys() - No two nodes or devices have the same key.
 * @cluster: The cluster.
 */
void cluster_check_keys(struct cluster *cluster)
{
	unsigned int i, n = 0;
	struct holder *sorted;

	sorted = need_memory(calloc(cluster->node_count + cluster->device_count + 1,
				    sizeof(*sorted)));
	for (i = 0; i < cluster->node_count; i++)
		sorted[n++] = (struct holder){ cluster->nodes[i].key, cluster->nodes[i].key_line,
					       cluster->nodes[i].section };
	for (i = 0; i < cluster->device_count; i++)
		sorted[n++] = (struct holder){ cluster->devices[i].key,
					       cluster->devices[i].key_line,
					       cluster->devices[i].section };
	qsort(sorted, n, sizeof(*sorted), by_key);
	for (i = 1; i < n; i++)
		if (!memcmp(sorted[i].key, sorted[i - 1].key, KEY_BYTES))
			conf_wrong(cluster->conf, sorted[i].line,
				   "PublicKey: %s %s has this key already in line %u: each %s needs its own",
				   kind_of(sorted[i - 1].owner), sorted[i - 1].owner->name,
				   sorted[i - 1].line, kind_of(sorted[i].owner));
	free(sorted);
}

static const struct net_prefix *network_of(const struct cluster *cluster,
					   const struct ipaddr *address)
{
	unsigned int i;

	for (i = 0; i < cluster->networks.count; i++)
		if (prefix_contains(&cluster->networks.list[i], address))
			return &cluster->networks.list[i];
	return NULL;
}

/* All bits of the host are 0, or all are 1. */
static bool is_edge(const struct net_prefix *network, const struct ipaddr *address)
{
	unsigned int bit, ones = 0, bits = 8u * address->length;

	for (bit = network->length; bit < bits; bit++)
		ones += address->bytes[bit / 8] >> (7 - bit % 8) & 1;
	return !ones || (address->length == 4 && ones == bits - network->length);
}

static void check_address(struct cluster *cluster, const struct conf_section *owner,
			  struct net_prefix *address)
{
	const struct net_prefix *network = network_of(cluster, &address->address);
	char text[PREFIX_TEXT_MAX], net[PREFIX_TEXT_MAX];

	address_text(&address->address, text);
	if (!cluster->networks.count) {
		conf_wrong(cluster->conf, address->line,
			   "Address: %s is in no network, for [Cluster] names none: 'Network = PREFIX' expected there",
			   text);
	} else if (!network) {
		conf_wrong(cluster->conf, address->line,
			   "Address: %s of %s %s is in no network of the cluster: an address in %s expected",
			   text, kind_of(owner), owner->name,
			   prefix_text(&cluster->networks.list[0], net));
	} else if (address->length != network->length &&
		   address->length != 8 * address->address.length) {
		conf_wrong(cluster->conf, address->line,
			   "Address: %s/%u has another mask than its network %s: %s/%u expected, or %s alone",
			   text, (unsigned int)address->length, prefix_text(network, net), text,
			   (unsigned int)network->length, text);
	} else if (is_edge(network, &address->address)) {
		conf_wrong(cluster->conf, address->line,
			   "Address: %s is the first or the last one of %s, which nobody can have: one in between expected",
			   text, prefix_text(network, net));
	} else {
		address->length = network->length;
	}
}

static void check_allowed(struct cluster *cluster, const struct net_prefix *allowed,
			  const char *key)
{
	char text[PREFIX_TEXT_MAX];

	if (!allowed->length)
		conf_wrong(cluster->conf, allowed->line,
			   "%s: %s would lead the ways to the endpoints into the tunnel itself: the networks behind the node expected",
			   key, prefix_text(allowed, text));
}

static int by_prefix(const void *a, const void *b)
{
	const struct stake *x = a, *y = b;
	int order;

	if (x->prefix.address.length != y->prefix.address.length)
		return x->prefix.address.length - y->prefix.address.length;
	order = memcmp(x->prefix.address.bytes, y->prefix.address.bytes, x->prefix.address.length);
	if (order)
		return order;
	if (x->prefix.length != y->prefix.length)
		return x->prefix.length - y->prefix.length;
	return x->prefix.line < y->prefix.line ? -1 : x->prefix.line > y->prefix.line;
}

static struct stake *stake_addresses(struct stake *stake, const struct conf_section *owner,
				     const struct net_prefixes *addresses)
{
	unsigned int i;

	for (i = 0; i < addresses->count; i++, stake++) {
		stake->prefix = addresses->list[i];
		stake->prefix.length = 8 * addresses->list[i].address.length;
		stake->owner = owner;
	}
	return stake;
}

static struct stake *stake_networks(struct stake *stake, const struct conf_section *owner,
				    const struct net_prefixes *networks)
{
	unsigned int i;

	for (i = 0; i < networks->count; i++, stake++) {
		stake->prefix = networks->list[i];
		prefix_clear_host(&stake->prefix);
		stake->behind = true;
		stake->owner = owner;
	}
	return stake;
}

static struct stake *all_stakes(struct cluster *cluster, unsigned int *count)
{
	struct stake *stakes, *stake;
	unsigned int i, n = 0;

	for (i = 0; i < cluster->shared_count; i++)
		n += cluster->shared[i].claims.count;
	for (i = 0; i < cluster->node_count; i++)
		n += cluster->nodes[i].addresses.count + cluster->nodes[i].allowed.count;
	for (i = 0; i < cluster->device_count; i++)
		n += cluster->devices[i].addresses.count;
	stakes = need_memory(calloc(n + 1, sizeof(*stakes)));
	stake = stakes;
	*count = n;
	for (i = 0; i < cluster->node_count; i++) {
		const struct node *node = &cluster->nodes[i];

		stake = stake_addresses(stake, node->section, &node->addresses);
		stake = stake_networks(stake, node->section, &node->allowed);
	}
	for (i = 0; i < cluster->shared_count; i++)
		stake = stake_networks(stake, cluster->shared[i].section,
				       &cluster->shared[i].claims);
	for (i = 0; i < cluster->device_count; i++)
		stake = stake_addresses(stake, cluster->devices[i].section,
					&cluster->devices[i].addresses);
	return stakes;
}

static void say_overlap(struct cluster *cluster, const struct stake *a, const struct stake *b)
{
	char one[PREFIX_TEXT_MAX], other[PREFIX_TEXT_MAX];
	const struct stake *first = a->prefix.line < b->prefix.line ? a : b;
	const struct stake *last = first == a ? b : a;

	if (!a->behind && !b->behind)
		conf_wrong(cluster->conf, last->prefix.line,
			   "Address: %s %s has %s already in line %u: another address expected",
			   kind_of(first->owner), first->owner->name,
			   address_text(&first->prefix.address, one), first->prefix.line);
	else
		conf_wrong(cluster->conf, last->prefix.line,
			   "%s: %s overlaps %s of %s %s in line %u, and each packet can go to one node only: separate them",
			   last->owner->kind == CONF_ROUTER ? "Claim" :
			   last->behind ? "AllowedIPs" : "Address",
			   prefix_text(&last->prefix, one), prefix_text(&first->prefix, other),
			   kind_of(first->owner), first->owner->name, first->prefix.line);
}

/*
 * Sorted, a prefix comes before all that is in it, so that one look back is enough
 * to find one of each that overlap.
 */
static void check_overlaps(struct cluster *cluster)
{
	unsigned int count, i, outer = 0;
	struct stake *stakes;

	stakes = all_stakes(cluster, &count);
	qsort(stakes, count, sizeof(*stakes), by_prefix);
	for (i = 1; i < count; i++) {
		if (prefix_contains(&stakes[outer].prefix, &stakes[i].prefix.address))
			say_overlap(cluster, &stakes[outer], &stakes[i]);
		else
			outer = i;
	}
	free(stakes);
}

/* What is behind a node is not in the VPN. */
static void check_behind(struct cluster *cluster, const struct net_prefix *allowed)
{
	char text[PREFIX_TEXT_MAX], other[PREFIX_TEXT_MAX];
	unsigned int i;

	for (i = 0; i < cluster->networks.count; i++) {
		const struct net_prefix *network = &cluster->networks.list[i];

		if (!prefix_contains(network, &allowed->address) &&
		    !prefix_contains(allowed, &network->address))
			continue;
		conf_wrong(cluster->conf, allowed->line,
			   "AllowedIPs: %s overlaps the network %s of the cluster in line %u: only networks behind the node expected",
			   prefix_text(allowed, text), prefix_text(network, other), network->line);
	}
}

static void check_own(struct cluster *cluster, const struct conf_section *owner,
		      struct net_prefixes *addresses)
{
	unsigned int i;

	for (i = 0; i < addresses->count; i++)
		check_address(cluster, owner, &addresses->list[i]);
	if (!addresses->count && cluster->networks.count)
		conf_wrong(cluster->conf, owner->number,
			   "%s %s has no Address: one in the network of the cluster expected",
			   kind_of(owner), owner->name);
}

/**
 * cluster_check_addresses() - Each address belongs to one node or device.
 * @cluster: The cluster.
 */
void cluster_check_addresses(struct cluster *cluster)
{
	unsigned int i, j, errors = cluster->conf->errors;

	for (i = 0; i < cluster->node_count; i++) {
		struct node *node = &cluster->nodes[i];

		check_own(cluster, node->section, &node->addresses);
		for (j = 0; j < node->allowed.count; j++) {
			check_allowed(cluster, &node->allowed.list[j], "AllowedIPs");
			if (node->allowed.list[j].length)
				check_behind(cluster, &node->allowed.list[j]);
		}
	}
	for (i = 0; i < cluster->device_count; i++)
		check_own(cluster, cluster->devices[i].section, &cluster->devices[i].addresses);
	for (i = 0; i < cluster->shared_count; i++)
		for (j = 0; j < cluster->shared[i].claims.count; j++)
			check_allowed(cluster, &cluster->shared[i].claims.list[j], "Claim");
	if (errors == cluster->conf->errors)
		check_overlaps(cluster);
}

static int by_endpoint(const void *a, const void *b)
{
	const struct endpoint *x = *(const struct endpoint * const *)a;
	const struct endpoint *y = *(const struct endpoint * const *)b;
	int order = strcmp(x->host, y->host);

	if (!order)
		order = x->port - y->port;
	return order ? order : x->line < y->line ? -1 : x->line > y->line;
}

/* One socket cannot be two nodes. */
static void check_endpoints(struct cluster *cluster)
{
	const struct endpoint **sorted;
	unsigned int i, n = 0;

	sorted = need_memory(calloc(cluster->node_count + 1, sizeof(*sorted)));
	for (i = 0; i < cluster->node_count; i++)
		if (cluster->nodes[i].endpoint.host)
			sorted[n++] = &cluster->nodes[i].endpoint;
	qsort(sorted, n, sizeof(*sorted), by_endpoint);
	for (i = 1; i < n; i++)
		if (!strcmp(sorted[i]->host, sorted[i - 1]->host) &&
		    sorted[i]->port == sorted[i - 1]->port)
			conf_wrong(cluster->conf, sorted[i]->line,
				   "Endpoint: %s port %u is another node's already in line %u: another port expected",
				   sorted[i]->host, (unsigned int)sorted[i]->port,
				   sorted[i - 1]->line);
	free(sorted);
}

/* Wherever a device is, it can speak with its node. */
static void check_via(struct cluster *cluster, const struct device *device)
{
	const struct node *via = &cluster->nodes[device->via];

	if (!via->endpoint.host)
		conf_wrong(cluster->conf, device->via_line,
			   "device %s cannot reach node %s that it is configured with, for that has no Endpoint: 'Via = NODE' with another node expected, or 'Endpoint = HOST:PORT' there",
			   device->section->name, via->section->name);
}

/*
 * All reach it by its own Endpoint, or by the one that forwards for it, which has one.
 * Of thousands of nodes nearly all are such, and need not be compared with each other.
 */
static bool meets_all(const struct cluster *cluster, const struct node *node)
{
	if (!cluster->hub_only && node->endpoint.host)
		return true;
	if (!cluster->hub_only && node->relay != NO_NODE)
		return cluster->nodes[node->relay].endpoint.host;
	return cluster->hub != NO_NODE && cluster->nodes[cluster->hub].endpoint.host;
}

/* The first one that a node cannot meet, NO_NODE for none. */
static unsigned int first_missed(const struct cluster *cluster, unsigned int node)
{
	unsigned int i;

	if (meets_all(cluster, &cluster->nodes[node]))
		return NO_NODE;
	for (i = node + 1; i < cluster->node_count; i++)
		if (!meets_all(cluster, &cluster->nodes[i]) &&
		    cluster_via(cluster, node, i) == NO_NODE)
			return i;
	return NO_NODE;
}

/**
 * cluster_check_reach() - Each node reaches each other one, each device its node.
 * @cluster: The cluster.
 */
void cluster_check_reach(struct cluster *cluster)
{
	unsigned int a, b;

	check_endpoints(cluster);
	if (cluster->hub_only && cluster->hub == NO_NODE) {
		conf_wrong(cluster->conf, cluster->section->number,
			   "Topology: who is the hub is not said: 'Hub = NODE' expected as well");
		return;
	}
	for (a = 0; a < cluster->node_count && !conf_full(cluster->conf); a++) {
		b = first_missed(cluster, a);
		if (b == NO_NODE)
			continue;
		conf_wrong(cluster->conf, cluster->nodes[b].section->number,
			   "nodes %s and %s cannot meet, for neither has an Endpoint, and no node with one is the relay of one of them: 'Endpoint = HOST:PORT' expected in one of their sections, 'Relay = NODE', or 'Hub = NODE' in [Cluster]",
			   node_name(cluster, a), node_name(cluster, b));
	}
	for (a = 0; a < cluster->device_count; a++)
		check_via(cluster, &cluster->devices[a]);
}

/**
 * cluster_check() - Does everything fit together?
 * @cluster: The cluster, of which each part is right.
 */
void cluster_check(struct cluster *cluster)
{
	cluster_check_keys(cluster);
	cluster_check_addresses(cluster);
	if (cluster->networks.count && !cluster->conf->errors)
		cluster_check_reach(cluster);
	cluster_check_shared(cluster);
	if (cluster->firewall.section)
		cluster_check_firewall(cluster);
}
