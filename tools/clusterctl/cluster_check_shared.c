// SPDX-License-Identifier: GPL-2.0
/*
 * Whether what the nodes of a cluster file share can be: what the module would
 * refuse on one of them is said here with its line, before any of them has it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cluster.h"

/**
 * struct whole - What one node has of all.
 * @routers: By the index of what is shared; only virtual routers are filled in.
 * @ips: The same for cluster IPs.
 */
struct whole {
	struct router *routers;
	struct clusterip *ips;
};

static unsigned int line_of(const struct cluster *cluster, const struct shared *shared,
			    const char *word, unsigned int node)
{
	return cluster_line_of(cluster, shared->section, word, node);
}

static void check_numbers(struct cluster *cluster, const struct shared *shared,
			  unsigned int node, const struct router *router)
{
	struct conf *conf = cluster->conf;

	if (!router->vrid)
		conf_wrong(conf, line_of(cluster, shared, "vrid", node),
			   "VRID: 0 given, a number from 1 to 255 expected, the same on all nodes");
	if (router_has(router, KCLUSTER_A_VRRP_PRIORITY) && !router->priority)
		conf_wrong(conf, line_of(cluster, shared, "priority", node),
			   "Priority: 0 given, which says that a master leaves: a number from 1 to 255 expected");
	if (router_has(router, KCLUSTER_A_VRRP_VERSION) && router->version != 2 &&
	    router->version != 3)
		conf_wrong(conf, line_of(cluster, shared, "version", node),
			   "Version: %u given, 2 or 3 expected", (unsigned int)router->version);
	if (router->auth_pass && router->version != 2)
		conf_wrong(conf, line_of(cluster, shared, "auth-pass", node),
			   "AuthPass: VRRP version 3 has no passwords: 'Version = 2' expected as well, or no AuthPass");
}

static void check_router(struct cluster *cluster, const struct shared *shared, unsigned int node,
			 const struct router *router)
{
	bool is_witness = router->initial_state == KCLUSTER_VRRP_STATE_WITNESS;
	struct conf *conf = cluster->conf;

	check_numbers(cluster, shared, node, router);
	if (router->version == 2 && router->family == AF_INET6)
		conf_wrong(conf, line_of(cluster, shared, "version", node),
			   "Version: VRRP version 2 knows only IPv4: 'Version = 3' expected for IPv6");
	if (router_has(router, KCLUSTER_A_VRRP_INTERVAL)) {
		uint32_t step = router->version == 2 ? 1000 : 10;
		uint32_t max = router->version == 2 ? 255000 : 40950;

		if (!router->interval || router->interval % step || router->interval > max)
			conf_wrong(conf, line_of(cluster, shared, "interval", node),
				   "Interval: %u ms given, VRRP version %d expects a multiple of %u ms up to %u ms",
				   router->interval, router->version == 2 ? 2 : 3, step, max);
	}
	if (!router->address_count && !is_witness)
		conf_wrong(conf, shared->section->number,
			   "VirtualRouter %s has no address on node %s: 'Address = ADDRESS/LEN' expected",
			   router->name, node_name(cluster, node));
	if (router->ifname && strlen(router->ifname) > KCLUSTER_IFNAME_MAX)
		conf_wrong(conf, line_of(cluster, shared, "dev", node),
			   "Dev: '%s' can be no device: at most %d characters expected", router->ifname,
			   KCLUSTER_IFNAME_MAX);
}

static bool same_identity(const struct router *a, const struct router *b)
{
	return a->vrid == b->vrid && !strcmp(a->ifname, b->ifname) &&
	       (a->family == AF_INET6) == (b->family == AF_INET6);
}

static const struct vip *common_address(const struct router *a, const struct router *b)
{
	unsigned int i, j;

	for (i = 0; i < a->address_count; i++)
		for (j = 0; j < b->address_count; j++)
			if (a->addresses[i].address.length == b->addresses[j].address.length &&
			    !memcmp(a->addresses[i].address.bytes, b->addresses[j].address.bytes,
				    a->addresses[i].address.length))
				return &b->addresses[j];
	return NULL;
}

/* Two virtual routers, the second of which stands further down. */
static void check_pair(struct cluster *cluster, unsigned int first, unsigned int second,
		       const struct router *a, const struct router *b, unsigned int node)
{
	const struct shared *one = &cluster->shared[first], *other = &cluster->shared[second];
	const struct vip *vip;
	char text[ADDRESS_TEXT_MAX];

	if (same_identity(a, b))
		conf_wrong(cluster->conf, line_of(cluster, other, "vrid", node),
			   "VRID: %u is that of VirtualRouter %s on %s already in line %u: another number expected",
			   (unsigned int)b->vrid, a->name, b->ifname,
			   line_of(cluster, one, "vrid", node));
	vip = common_address(a, b);
	if (vip)
		conf_wrong(cluster->conf, line_of(cluster, other, "address", node),
			   "Address: VirtualRouter %s has %s already in line %u: an address belongs to one virtual router",
			   a->name, address_text(&vip->address, text),
			   line_of(cluster, one, "address", node));
}

/* A virtual address is no node's own. */
static void check_own(struct cluster *cluster, const struct shared *shared, unsigned int node,
		      const struct router *router)
{
	char text[ADDRESS_TEXT_MAX];
	unsigned int i, j, n;

	for (n = 0; n < cluster->node_count; n++)
		for (i = 0; i < cluster->nodes[n].addresses.count; i++)
			for (j = 0; j < router->address_count; j++) {
				const struct net_prefix *own = &cluster->nodes[n].addresses.list[i];
				const struct ipaddr *vip = &router->addresses[j].address;

				if (own->address.length != vip->length ||
				    memcmp(own->address.bytes, vip->bytes, vip->length))
					continue;
				conf_wrong(cluster->conf, line_of(cluster, shared, "address", node),
					   "Address: %s is that of node %s itself in line %u: an address expected that moves",
					   address_text(vip, text), node_name(cluster, n), own->line);
				return;
			}
}

/* The virtual router whose master decides is there. */
static void check_authority(struct cluster *cluster, const struct shared *shared,
			    unsigned int node, const struct clusterip *ip)
{
	unsigned int line = line_of(cluster, shared, "router", node), i;

	for (i = 0; i < cluster->shared_count; i++)
		if (cluster->shared[i].section->kind == CONF_ROUTER &&
		    !strcmp(cluster->shared[i].section->name, ip->router))
			break;
	if (i == cluster->shared_count)
		conf_wrong(cluster->conf, line,
			   "Router: there is no VirtualRouter %s: the name of one expected, whose master decides",
			   ip->router);
	else if (!shared_has(&cluster->shared[i], node))
		conf_wrong(cluster->conf, line,
			   "Router: node %s has ClusterIP %s, but not VirtualRouter %s: it expected in the Nodes of both",
			   node_name(cluster, node), ip->name, ip->router);
}

/* The cluster IP that it follows is there, and is added first. */
static void check_followed(struct cluster *cluster, const struct shared *shared,
			   unsigned int node, const struct clusterip *ip)
{
	unsigned int line = line_of(cluster, shared, "follow", node), i;
	const struct shared *other = NULL;

	for (i = 0; i < cluster->shared_count && !other; i++)
		if (cluster->shared[i].section->kind == CONF_CLUSTERIP &&
		    !strcmp(cluster->shared[i].section->name, ip->follow))
			other = &cluster->shared[i];
	if (!other)
		conf_wrong(cluster->conf, line,
			   "Follow: there is no ClusterIP %s: the name of one expected that is divided",
			   ip->follow);
	else if (other->section->number >= shared->section->number)
		conf_wrong(cluster->conf, line,
			   "Follow: ClusterIP %s stands in line %u: a section before this one expected",
			   ip->follow, other->section->number);
	else if (!shared_has(other, node))
		conf_wrong(cluster->conf, line,
			   "Follow: node %s has ClusterIP %s, but not ClusterIP %s: it expected in the Nodes of both",
			   node_name(cluster, node), ip->name, ip->follow);
}

/* What only goes through the VPN needs one. */
static void need_network(struct cluster *cluster, const struct shared *shared)
{
	if (!cluster->networks.count)
		conf_wrong(cluster->conf, shared->section->number,
			   "%s: nodes speak of this through the VPN, and there is none: 'Network = PREFIX' expected in [Cluster], and an Address in each [Node]",
			   conf_kind_text(shared->section->kind));
}

/* Is there a line in the file that is for this node only? */
static bool is_special(const struct cluster *cluster, unsigned int node)
{
	const char *name = node_name(cluster, node);
	unsigned int i, j;

	for (i = 0; i < cluster->shared_count; i++)
		for (j = 0; j < cluster->shared[i].section->count; j++) {
			const char *nodes = cluster->shared[i].section->lines[j].nodes;

			if (nodes && strstr(nodes, name))
				return true;
		}
	return false;
}

/* Whether two nodes have the same of everything. */
static bool same_part(const struct cluster *cluster, unsigned int a, unsigned int b)
{
	unsigned int i;

	for (i = 0; i < cluster->shared_count; i++)
		if (shared_has(&cluster->shared[i], a) != shared_has(&cluster->shared[i], b))
			return false;
	return true;
}

/* What one node has. */
static void check_node(struct cluster *cluster, unsigned int node, struct whole *whole)
{
	unsigned int i, j;

	for (i = 0; i < cluster->shared_count && !conf_full(cluster->conf); i++) {
		const struct shared *shared = &cluster->shared[i];
		struct mirror mirror = { 0 };

		if (!shared_has(shared, node))
			continue;
		if (shared->section->kind == CONF_MIRROR) {
			cluster_mirror(cluster, shared, node, &mirror);
			mirror_free(&mirror);
		} else if (shared->section->kind == CONF_CLUSTERIP) {
			if (!cluster_clusterip(cluster, shared, node, &whole->ips[i]))
				continue;
			if (whole->ips[i].follow)
				check_followed(cluster, shared, node, &whole->ips[i]);
			else if (clusterip_is_shared(&whole->ips[i]))
				check_authority(cluster, shared, node, &whole->ips[i]);
		} else if (cluster_router(cluster, shared, node, &whole->routers[i])) {
			check_router(cluster, shared, node, &whole->routers[i]);
			check_own(cluster, shared, node, &whole->routers[i]);
			for (j = 0; j < i; j++)
				if (whole->routers[j].ifname)
					check_pair(cluster, j, i, &whole->routers[j],
						   &whole->routers[i], node);
		}
	}
	for (i = 0; i < cluster->shared_count; i++) {
		router_free(&whole->routers[i]);
		clusterip_free(&whole->ips[i]);
	}
}

/**
 * cluster_check_shared() - Can each node have what it shall have?
 * @cluster: The cluster.
 *
 * Nodes of which the file says the same are looked at once. What is wrong on one
 * node is not searched on others: they would repeat it.
 */
void cluster_check_shared(struct cluster *cluster)
{
	unsigned int i, plain = NO_NODE, errors = cluster->conf->errors;
	struct whole whole;

	for (i = 0; i < cluster->shared_count; i++) {
		const struct shared *shared = &cluster->shared[i];
		enum conf_kind kind = shared->section->kind;

		if (kind == CONF_MIRROR ||
		    (kind == CONF_CLUSTERIP && conf_get(shared->section, "Router")) ||
		    shared->claims.count)
			need_network(cluster, shared);
	}
	whole.routers = need_memory(calloc(cluster->shared_count + 1, sizeof(*whole.routers)));
	whole.ips = need_memory(calloc(cluster->shared_count + 1, sizeof(*whole.ips)));
	for (i = 0; i < cluster->node_count && errors == cluster->conf->errors; i++) {
		bool special = is_special(cluster, i);

		if (!special && plain != NO_NODE && same_part(cluster, i, plain))
			continue;
		if (!special)
			plain = i;
		check_node(cluster, i, &whole);
	}
	free(whole.routers);
	free(whole.ips);
}

static void check_device(struct cluster *cluster, unsigned int line, const char *key,
			 const char *name, bool (*exists)(const char *name))
{
	if (!exists(name))
		conf_wrong(cluster->conf, line,
			   "%s: there is no device %s on this node: one expected that 'ip link' shows", key,
			   name);
}

/**
 * cluster_check_devices() - Are there the devices that the file names?
 * @cluster: The cluster.
 * @node: This node.
 * @exists: Says whether there is a device; that of the VPN need not be there.
 */
void cluster_check_devices(struct cluster *cluster, unsigned int node,
			   bool (*exists)(const char *name))
{
	const char *own = cluster->networks.count ? cluster->nodes[node].interface : "";
	unsigned int i, j;

	for (i = 0; i < cluster->shared_count; i++) {
		const struct shared *shared = &cluster->shared[i];
		struct clusterip ip = { 0 };
		struct router router = { 0 };
		struct conf *conf = cluster->conf;

		if (!shared_has(shared, node))
			continue;
		if (shared->section->kind == CONF_CLUSTERIP &&
		    cluster_clusterip(cluster, shared, node, &ip)) {
			check_device(cluster, line_of(cluster, shared, "dev", node), "Dev",
				     ip.ifname, exists);
		} else if (shared->section->kind == CONF_ROUTER &&
			   cluster_router(cluster, shared, node, &router)) {
			if (strcmp(router.ifname, own))
				check_device(cluster, line_of(cluster, shared, "dev", node), "Dev",
					     router.ifname, exists);
			for (j = 0; j < router.address_count; j++) {
				const char *name = router.addresses[j].ifname;

				/* A block of them is on one device. */
				if (name && strcmp(name, own) && !conf_full(conf) &&
				    (!j || !router.addresses[j - 1].ifname ||
				     strcmp(name, router.addresses[j - 1].ifname)))
					check_device(cluster, line_of(cluster, shared, "address",
								      node),
						     "Address: dev", name, exists);
			}
		}
		clusterip_free(&ip);
		router_free(&router);
	}
}
