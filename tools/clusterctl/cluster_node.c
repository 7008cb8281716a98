// SPDX-License-Identifier: GPL-2.0
/*
 * The sections [Cluster], [Node] and [Device] of a cluster file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "cluster.h"

/* The least that IPv6 wants, and the most that the kernel takes. */
#define MTU_MIN 1280
#define MTU_MAX 65456

static bool key_is(const struct conf_line *line, const char *name)
{
	return !strcmp(line->key->name, name);
}

static void take_network(struct cluster *cluster, const struct conf_line *line)
{
	unsigned int i = cluster->networks.count;
	char text[ADDRESS_TEXT_MAX];

	take_prefixes(cluster, line, &cluster->networks);
	for (; i < cluster->networks.count; i++) {
		struct net_prefix *prefix = &cluster->networks.list[i], network = *prefix;

		prefix_clear_host(&network);
		if (memcmp(&network.address, &prefix->address, sizeof(network.address)))
			conf_wrong(cluster->conf, line->number,
				   "Network: this is an address in a network, not the network: %s/%u expected",
				   address_text(&network.address, text),
				   (unsigned int)prefix->length);
		else if (prefix->length + 2u > 8u * network.address.length)
			conf_wrong(cluster->conf, line->number,
				   "Network: %s/%u has no room for nodes: a network such as 10.6.0.0/24 expected",
				   address_text(&network.address, text),
				   (unsigned int)prefix->length);
	}
}

static void take_topology(struct cluster *cluster, const struct conf_line *line)
{
	const char *text = line->value.list[0];

	cluster->hub_only = !strcmp(text, "hub");
	if (!cluster->hub_only && strcmp(text, "mesh"))
		conf_wrong(cluster->conf, line->number, "Topology: '%s' given, mesh or hub expected",
			   text);
}

/* The index of a node that is named, NO_NODE after a complaint. */
static unsigned int take_node_name(struct cluster *cluster, const struct conf_line *line)
{
	unsigned int found = cluster_find_node(cluster, line->value.list[0]);

	if (found == NO_NODE)
		cluster_no_node(cluster, line->number, line->key->name, line->value.list[0]);
	return found;
}

static void check_interface(struct cluster *cluster, const struct conf_line *line)
{
	const char *name = line->value.list[0];

	if (!is_device_name(name))
		conf_wrong(cluster->conf, line->number,
			   "Interface: '%s' can be no device: at most %d letters, digits and . _ - + expected",
			   name, KCLUSTER_IFNAME_MAX);
}

static bool take_mtu(struct cluster *cluster, const struct conf_line *line, uint32_t *mtu)
{
	*mtu = 0;
	if (!strcmp(line->value.list[0], "auto"))
		return true;
	return take_number(cluster, line, MTU_MIN, MTU_MAX, mtu);
}

/*
 * Reads a line with the words of "peer add", which complain by themselves. Into a
 * peer of its own if it is only to be seen whether it is right.
 */
static void take_peer_line(struct cluster *cluster, const struct conf_line *line,
			   struct peer *peer)
{
	char *words[2];
	char address[] = "address", any[] = "192.0.2.1", word[16];
	struct peer alone = { 0 };
	struct peer *to = peer ? peer : &alone;
	char **list;
	int i, n = 0;

	if (!peer || !peer->path_count) {
		words[n++] = address;
		words[n++] = any;
	}
	if (line->value.count > 3) {
		conf_wrong(cluster->conf, line->number, "%s: '%s' is too much, 'ADDRESS' or 'ADDRESS dev DEV' expected",
			   line->key->name, line->value.list[3]);
		return;
	}
	snprintf(word, sizeof(word), "%s", line->key->word);
	list = need_memory(calloc((size_t)(n + line->value.count + 2), sizeof(*list)));
	memcpy(list, words, (size_t)n * sizeof(*list));
	list[n++] = word;
	for (i = 0; i < line->value.count; i++)
		list[n++] = line->value.list[i];
	conf_at(cluster->conf, line->number);
	if (peer_parse_add(to, list, line->key->name) != DONE)
		cluster->conf->errors++;
	conf_at(cluster->conf, 0);
	free(list);
	peer_free(&alone);
}

/**
 * cluster_take_common() - Read [Cluster], but for what names nodes.
 * @cluster: Has its section.
 */
void cluster_take_common(struct cluster *cluster)
{
	const struct conf_section *section = cluster->section;
	uint32_t unused;
	unsigned int i;

	for (i = 0; i < section->count; i++) {
		const struct conf_line *line = &section->lines[i];

		if (key_is(line, "Name"))
			cluster->name = line->value.list[0];
		else if (key_is(line, "Interface"))
			check_interface(cluster, line);
		else if (key_is(line, "Network"))
			take_network(cluster, line);
		else if (key_is(line, "ListenPort"))
			take_number(cluster, line, 1, UINT16_MAX, &unused);
		else if (key_is(line, "Topology"))
			take_topology(cluster, line);
		else if (key_is(line, "MTU"))
			take_mtu(cluster, line, &unused);
		else if (key_is(line, "PeerInterval") || key_is(line, "PeerLose"))
			take_peer_line(cluster, line, NULL);
		else if (key_is(line, "Hub")) {
			cluster->hub = take_node_name(cluster, line);
			cluster->hub_line = line->number;
		}
	}
}

/* What the node says, or else the cluster. */
static const struct conf_line *own_or_common(const struct cluster *cluster,
					     const struct node *node, const char *key)
{
	const struct conf_line *line = conf_get(node->section, key);

	return line ? line : conf_get(cluster->section, key);
}

static void take_device(struct cluster *cluster, struct node *node)
{
	const struct conf_line *line = conf_get(node->section, "Interface");
	uint32_t number;

	if (line)
		check_interface(cluster, line);
	line = own_or_common(cluster, node, "Interface");
	node->interface = line ? line->value.list[0] : CLUSTER_INTERFACE;
	node->listen_port = CLUSTER_PORT;
	line = conf_get(node->section, "ListenPort");
	if (line && !take_number(cluster, line, 1, UINT16_MAX, &number))
		return;
	line = own_or_common(cluster, node, "ListenPort");
	/* What is wrong in [Cluster] was said there. */
	if (line)
		node->listen_port = (uint16_t)strtoul(line->value.list[0], NULL, 10);
	line = conf_get(node->section, "MTU");
	if (line && !take_mtu(cluster, line, &number))
		return;
	line = own_or_common(cluster, node, "MTU");
	if (line)
		node->mtu = (uint32_t)strtoul(line->value.list[0], NULL, 10);
}

/* How others know it: needs its addresses. */
static void take_peer(struct cluster *cluster, struct node *node)
{
	static const char * const keys[] = { "PeerInterval", "PeerLose" };
	const struct conf_line *line;
	unsigned int i;

	node->peer.name = copy_text(node->section->name);
	if (node->addresses.count)
		peer_new_path(&node->peer)->address = node->addresses.list[0].address;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		line = conf_get(node->section, keys[i]);
		if (line)
			take_peer_line(cluster, line, &node->peer);
		/* If that is wrong, [Cluster] has said so. */
		else if (!cluster->conf->errors && (line = conf_get(cluster->section, keys[i])))
			take_peer_line(cluster, line, &node->peer);
	}
	for (i = 0; i < node->section->count; i++) {
		line = &node->section->lines[i];
		if (!key_is(line, "PeerPath"))
			continue;
		if (node->peer.path_count >= KCLUSTER_PEER_PATHS_MAX) {
			conf_wrong(cluster->conf, line->number,
				   "PeerPath: this is one too much: a node has at most %d ways to it, with its own address",
				   KCLUSTER_PEER_PATHS_MAX);
			break;
		}
		take_peer_line(cluster, line, &node->peer);
	}
}

static void take_outside(struct cluster *cluster, struct node *node)
{
	const struct conf_line *line = conf_get(node->section, "Endpoint");
	uint32_t number;

	if (line)
		take_endpoint(cluster, line, node->listen_port, &node->endpoint);
	line = conf_get(node->section, "SiteEndpoint");
	if (line)
		take_endpoint(cluster, line, node->listen_port, &node->site_endpoint);
	if (line && !node->site)
		conf_wrong(cluster->conf, line->number,
			   "SiteEndpoint: this is for nodes of the same site, and node %s has none: 'Site = NAME' expected as well",
			   node->section->name);
	line = conf_get(node->section, "BehindNAT");
	node->behind_nat = !conf_get(node->section, "Endpoint");
	if (line)
		take_switch(cluster, line, &node->behind_nat);
	node->keepalive = node->behind_nat ? CLUSTER_KEEPALIVE : 0;
	line = conf_get(node->section, "Keepalive");
	if (line && strcmp(line->value.list[0], "off")) {
		if (take_number(cluster, line, 0, UINT16_MAX, &number))
			node->keepalive = (uint16_t)number;
	} else if (line) {
		node->keepalive = 0;
	}
	line = conf_get(node->section, "Relay");
	if (line)
		node->relay = take_node_name(cluster, line);
	if (line && node->relay == (unsigned int)(node - cluster->nodes))
		conf_wrong(cluster->conf, line->number,
			   "Relay: node %s cannot be its own relay: another node expected",
			   node->section->name);
}

/* What begins with a hyphen would be an option of ssh. */
static void take_ssh(struct cluster *cluster, struct node *node)
{
	const struct conf_line *line = conf_get(node->section, "Ssh");

	if (!line)
		return;
	node->ssh = line->value.list[0];
	if (*node->ssh == '-' || !*node->ssh)
		conf_wrong(cluster->conf, line->number,
			   "Ssh: '%s' is no host: HOST or USER@HOST expected", node->ssh);
}

/* Returns the line of it, 0 after a complaint. */
static unsigned int take_public_key(struct cluster *cluster, const struct conf_section *section,
				    uint8_t *key)
{
	const char *kind = section->kind == CONF_NODE ? "node" : "device";
	const struct conf_line *line = conf_get(section, "PublicKey");

	if (!line) {
		conf_wrong(cluster->conf, section->number,
			   "%s %s has no PublicKey: 'PublicKey = KEY' expected, as 'wg pubkey' prints it of the %s's private key",
			   kind, section->name, kind);
		return 0;
	}
	return take_key(cluster, line, key) ? line->number : 0;
}

/* The prefixes in all lines of a key. */
static void take_all(struct cluster *cluster, const struct conf_section *section, const char *key,
		     struct net_prefixes *prefixes)
{
	unsigned int i;

	for (i = 0; i < section->count; i++)
		if (key_is(&section->lines[i], key))
			take_prefixes(cluster, &section->lines[i], prefixes);
}

/**
 * cluster_take_node() - Read a section [Node NAME].
 * @cluster: [Cluster] has been read, and all nodes have their names.
 * @index: Of the node.
 */
void cluster_take_node(struct cluster *cluster, unsigned int index)
{
	struct node *node = &cluster->nodes[index];
	const struct conf_section *section = node->section;
	const struct conf_line *line;
	uint32_t number;

	node->key_line = take_public_key(cluster, section, node->key);
	take_all(cluster, section, "Address", &node->addresses);
	take_all(cluster, section, "AllowedIPs", &node->allowed);
	line = conf_get(section, "Site");
	node->site = line ? line->value.list[0] : NULL;
	take_ssh(cluster, node);
	line = conf_get(section, "Weight");
	if (line && take_number(cluster, line, 0, UINT16_MAX, &number)) {
		node->has_weight = true;
		node->weight = (uint16_t)number;
	}
	take_device(cluster, node);
	take_outside(cluster, node);
	take_peer(cluster, node);
}

/**
 * cluster_take_device() - Read a section [Device NAME].
 * @cluster: [Cluster] has been read, and all nodes have their names.
 * @index: Of the device.
 */
void cluster_take_device(struct cluster *cluster, unsigned int index)
{
	struct device *device = &cluster->devices[index];
	const struct conf_section *section = device->section;
	const struct conf_line *line = conf_get(section, "Via");

	device->key_line = take_public_key(cluster, section, device->key);
	take_all(cluster, section, "Address", &device->addresses);
	device->via = line ? take_node_name(cluster, line) : cluster->hub;
	device->via_line = line ? line->number : section->number;
	if (!line && device->via == NO_NODE)
		conf_wrong(cluster->conf, section->number,
			   "device %s has no node that it is configured with: 'Via = NODE' expected, or 'Hub = NODE' in [Cluster]",
			   section->name);
}

/**
 * node_free() - Give back what a node holds.
 * @node: The node.
 */
void node_free(struct node *node)
{
	free(node->addresses.list);
	free(node->allowed.list);
	free(node->endpoint.host);
	free(node->site_endpoint.host);
	peer_free(&node->peer);
}
