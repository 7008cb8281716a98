/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cluster that a cluster file describes: its nodes, how they reach each
 * other, and what each of them has. Pure: no netlink, no clock.
 */
#ifndef CLUSTER_H
#define CLUSTER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "clusterip.h"
#include "conf.h"
#include "mirror.h"
#include "parse.h"
#include "peer.h"
#include "router.h"

#define CLUSTER_PORT		51820
#define CLUSTER_INTERFACE	"wg0"
#define CLUSTER_KEEPALIVE	25
#define KEY_BYTES		32
#define KEY_TEXT_MAX		45

struct claim;

/* No node of the cluster. */
#define NO_NODE			UINT_MAX

/**
 * struct net_prefix - A prefix, and where it was given.
 * @address: An address in it.
 * @length: Its length in bits.
 * @line: Line of the file.
 */
struct net_prefix {
	struct ipaddr address;
	uint8_t length;
	unsigned int line;
};

/**
 * struct net_prefixes - Several prefixes.
 * @list: They.
 * @count: How many.
 */
struct net_prefixes {
	struct net_prefix *list;
	unsigned int count;
};

/**
 * struct endpoint - Where a node is reached from outside.
 * @host: Name or address; NULL for nowhere.
 * @port: UDP port.
 * @line: Line of the file.
 */
struct endpoint {
	char *host;
	uint16_t port;
	unsigned int line;
};

/**
 * struct node - A node.
 * @section: Its section.
 * @key: Its public key, if @key_line is not 0.
 * @key_line: Line of it.
 * @addresses: Its addresses in the VPN, with the length of their network.
 * @allowed: Networks behind it.
 * @endpoint: Where all others reach it.
 * @site: Name of its site, NULL for none.
 * @site_endpoint: Where those of the same site reach it.
 * @behind_nat: Nobody reaches it unless it has spoken first.
 * @keepalive: Seconds between its keepalives, 0 for none.
 * @relay: Index of the node that forwards to it, NO_NODE for that of the cluster.
 * @interface: Its WireGuard device.
 * @listen_port: UDP port it listens at.
 * @mtu: Of @interface, 0 for automatic.
 * @has_weight: Whether @weight was given.
 * @weight: Its part of what nodes divide.
 * @ssh: How ssh reaches it, NULL for by its name.
 * @peer: How the module of the others knows it.
 */
struct node {
	const struct conf_section *section;
	uint8_t key[KEY_BYTES];
	unsigned int key_line;
	struct net_prefixes addresses;
	struct net_prefixes allowed;
	struct endpoint endpoint;
	const char *site;
	struct endpoint site_endpoint;
	bool behind_nat;
	uint16_t keepalive;
	unsigned int relay;
	const char *interface;
	uint16_t listen_port;
	uint32_t mtu;
	bool has_weight;
	uint16_t weight;
	const char *ssh;
	struct peer peer;
};

/**
 * struct device - What is in the VPN, but is no node, such as a phone.
 * @section: Its section.
 * @key: Its public key, if @key_line is not 0.
 * @key_line: Line of it.
 * @addresses: Its addresses in the VPN, with the length of their network.
 * @via: Index of the node that it is configured with.
 * @via_line: Line that names it, or that of the section.
 */
struct device {
	const struct conf_section *section;
	uint8_t key[KEY_BYTES];
	unsigned int key_line;
	struct net_prefixes addresses;
	unsigned int via;
	unsigned int via_line;
};

/**
 * struct shared - A virtual router, a cluster IP or the mirror.
 * @section: Its section.
 * @all: All nodes have it.
 * @member: Whether each node has it; NULL if @all.
 * @moves: Of a virtual router: something moves with it inside the VPN.
 * @claims: Of a virtual router: prefixes that move with it besides its addresses.
 */
struct shared {
	const struct conf_section *section;
	bool all;
	bool *member;
	bool moves;
	struct net_prefixes claims;
};

/**
 * enum cluster_share - What two nodes share.
 * @SHARE_NOTHING: Nothing.
 * @SHARE_CLAIMS: One of them has what moves inside the VPN, and the other one hears of it.
 * @SHARE_OBJECTS: A virtual router, a cluster IP or the mirror.
 */
enum cluster_share {
	SHARE_NOTHING, SHARE_CLAIMS, SHARE_OBJECTS,
};

/**
 * struct cluster - All of it.
 * @conf: The file; must outlive this.
 * @name: Its name, NULL for none.
 * @section: Of what all nodes have in common.
 * @networks: Of the VPN; none if there is no VPN.
 * @hub_only: Nodes only speak with the hub.
 * @hub: Index of the node that forwards, NO_NODE for none.
 * @hub_line: Line that names it.
 * @nodes: The nodes, @node_count of them.
 * @node_count: See @nodes.
 * @devices: What is no node, @device_count of them.
 * @device_count: See @devices.
 * @shared: What nodes share, @shared_count of them, in the order of the file.
 * @shared_count: See @shared.
 * @firewall: Which nodes have it; without a section if none has.
 */
struct cluster {
	struct conf *conf;
	const char *name;
	const struct conf_section *section;
	struct net_prefixes networks;
	bool hub_only;
	unsigned int hub;
	unsigned int hub_line;
	struct node *nodes;
	unsigned int node_count;
	struct device *devices;
	unsigned int device_count;
	struct shared *shared;
	unsigned int shared_count;
	struct shared firewall;
};

static inline const char *node_name(const struct cluster *cluster, unsigned int node)
{
	return cluster->nodes[node].section->name;
}

static inline bool shared_has(const struct shared *shared, unsigned int node)
{
	return shared->all || shared->member[node];
}

/* cluster.c: out of a file */
int cluster_make(struct cluster *cluster, struct conf *conf);
void cluster_free(struct cluster *cluster);
unsigned int cluster_find_node(const struct cluster *cluster, const char *name);
unsigned int cluster_find_key(const struct cluster *cluster, const uint8_t *key);
void cluster_no_node(struct cluster *cluster, unsigned int line, const char *what,
		     const char *name);

/* cluster_node.c: the sections [Cluster], [Node] and [Device] */
void cluster_take_common(struct cluster *cluster);
void cluster_take_node(struct cluster *cluster, unsigned int node);
void cluster_take_device(struct cluster *cluster, unsigned int device);
void node_free(struct node *node);

/* cluster_value.c: what their values are made of */
const struct conf_line *conf_get(const struct conf_section *section, const char *key);
bool take_prefixes(struct cluster *cluster, const struct conf_line *line,
		   struct net_prefixes *prefixes);
bool take_endpoint(struct cluster *cluster, const struct conf_line *line, uint16_t usual,
		   struct endpoint *endpoint);
bool take_number(struct cluster *cluster, const struct conf_line *line, uint32_t min,
		 uint32_t max, uint32_t *number);
bool take_switch(struct cluster *cluster, const struct conf_line *line, bool *on);
bool take_key(struct cluster *cluster, const struct conf_line *line, uint8_t *key);
bool split_endpoint(char *text, char **host, char **port);
bool is_device_name(const char *name);
void prefix_clear_host(struct net_prefix *prefix);
bool prefix_contains(const struct net_prefix *outer, const struct ipaddr *address);
int prefix_parse(const char *text, struct net_prefix *prefix, const char **why);
const char *prefix_text(const struct net_prefix *prefix, char *text);
#define PREFIX_TEXT_MAX (ADDRESS_TEXT_MAX + 4)

/* cluster_shared.c: the other sections, as a node has them */
bool cluster_router(struct cluster *cluster, const struct shared *shared, unsigned int node,
		    struct router *router);
bool cluster_clusterip(struct cluster *cluster, const struct shared *shared, unsigned int node,
		       struct clusterip *ip);
bool cluster_mirror(struct cluster *cluster, const struct shared *shared, unsigned int node,
		    struct mirror *mirror);
bool conf_line_is_for(const struct conf_section *section, const struct conf_line *line,
		      const char *name);
unsigned int cluster_line_of(const struct cluster *cluster, const struct conf_section *section,
			     const char *word, unsigned int node);

/* cluster_claims.c: what moves inside the VPN */
void cluster_take_claims(struct cluster *cluster, struct shared *shared);
bool cluster_claim(struct cluster *cluster, const struct shared *shared, unsigned int node,
		   struct claim *claim);
bool router_tunnel_prefix(const struct router *router, unsigned int number,
			  const char *interface, struct net_prefix *prefix);
enum cluster_share cluster_share(const struct cluster *cluster, unsigned int a, unsigned int b);

/* cluster_reach.c: who speaks with whom */
bool cluster_is_direct(const struct cluster *cluster, unsigned int a, unsigned int b);
unsigned int cluster_via(const struct cluster *cluster, unsigned int from, unsigned int to);
const struct endpoint *cluster_endpoint(const struct cluster *cluster, unsigned int from,
					unsigned int to);
bool cluster_is_relay(const struct cluster *cluster, unsigned int node);

/* cluster_check.c: what fits together and what does not */
void cluster_check(struct cluster *cluster);
void cluster_check_keys(struct cluster *cluster);
void cluster_check_addresses(struct cluster *cluster);
void cluster_check_reach(struct cluster *cluster);
void cluster_check_shared(struct cluster *cluster);
void cluster_check_devices(struct cluster *cluster, unsigned int node,
			   bool (*exists)(const char *name));

#endif
