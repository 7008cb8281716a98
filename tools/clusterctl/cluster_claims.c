// SPDX-License-Identifier: GPL-2.0
/*
 * What moves inside the VPN: addresses that a virtual router has there, and prefixes
 * that its section claims. All nodes have to know of it, also those that do not have
 * the virtual router.
 */
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "cluster.h"

static bool is_tunnel(const struct cluster *cluster, const char *ifname)
{
	unsigned int i;

	for (i = 0; i < cluster->node_count; i++)
		if (!strcmp(cluster->nodes[i].interface, ifname))
			return true;
	return false;
}

/* Does a line put something onto the device of the VPN? */
static bool names_tunnel(const struct cluster *cluster, const struct conf_line *line)
{
	bool is_dev = !strcmp(line->key->name, "Dev");
	int i;

	if (is_dev)
		return is_tunnel(cluster, line->value.list[0]);
	if (strncmp(line->key->name, "Address", strlen("Address")))
		return false;
	for (i = 0; i + 1 < line->value.count; i++)
		if (!strcmp(line->value.list[i], "dev"))
			return is_tunnel(cluster, line->value.list[i + 1]);
	return false;
}

/**
 * cluster_take_claims() - See what of a virtual router moves inside the VPN.
 * @cluster: All nodes have been read.
 * @shared: The virtual router.
 */
void cluster_take_claims(struct cluster *cluster, struct shared *shared)
{
	const struct conf_section *section = shared->section;
	unsigned int i, j;

	for (i = 0; i < section->count; i++) {
		const struct conf_line *line = &section->lines[i];

		if (!strcmp(line->key->name, "Claim"))
			take_prefixes(cluster, line, &shared->claims);
		else if (cluster->networks.count)
			shared->moves |= names_tunnel(cluster, line);
	}
	shared->moves |= shared->claims.count;
	for (j = 0; j < shared->claims.count; j++)
		prefix_clear_host(&shared->claims.list[j]);
}

static bool is_link_local(const struct ipaddr *address)
{
	return address->length == 16 && address->bytes[0] == 0xfe &&
	       (address->bytes[1] & 0xc0) == 0x80;
}

static void add(struct claim *claim, const struct net_prefix *prefix)
{
	struct claim_prefix *new;
	unsigned int i;

	for (i = 0; i < claim->count; i++)
		if (claim->prefixes[i].length == prefix->length &&
		    !memcmp(&claim->prefixes[i].address, &prefix->address,
			    sizeof(prefix->address)))
			return;
	new = claim_new_prefix(claim);
	new->address = prefix->address;
	new->length = prefix->length;
}

/**
 * router_tunnel_prefix() - Does an address of a virtual router move inside the VPN?
 * @router: The virtual router, as a node has it.
 * @number: Of the address.
 * @interface: WireGuard device of that node.
 * @prefix: Filled in, if it does: what of it is an allowed IP.
 */
bool router_tunnel_prefix(const struct router *router, unsigned int number,
			  const char *interface, struct net_prefix *prefix)
{
	const struct vip *vip = &router->addresses[number];

	if (strcmp(vip->ifname ?: router->ifname, interface) || is_link_local(&vip->address))
		return false;
	memset(prefix, 0, sizeof(*prefix));
	prefix->address = vip->address;
	prefix->length = 8 * vip->address.length;
	if (vip->local && vip->prefixlen >= 0)
		prefix->length = (uint8_t)vip->prefixlen;
	prefix_clear_host(prefix);
	return true;
}

/* What a virtual router has inside the VPN on one of the nodes that have it. */
static void add_router(struct cluster *cluster, const struct shared *shared, unsigned int node,
		       struct claim *claim)
{
	const char *interface = cluster->nodes[node].interface;
	struct router router = { 0 };
	struct net_prefix prefix;
	unsigned int i;

	if (cluster_router(cluster, shared, node, &router))
		for (i = 0; i < router.address_count; i++)
			if (router_tunnel_prefix(&router, i, interface, &prefix))
				add(claim, &prefix);
	router_free(&router);
}

/**
 * cluster_claim() - What a node has to claim by the name of a virtual router.
 * @cluster: The cluster, which was checked.
 * @shared: The virtual router.
 * @node: The node. Where the virtual router is, its addresses need not be claimed.
 * @claim: Filled in; starts out zeroed. To be freed with claim_free().
 *
 * Return: Whether there is anything.
 */
bool cluster_claim(struct cluster *cluster, const struct shared *shared, unsigned int node,
		   struct claim *claim)
{
	unsigned int i;

	if (!shared->moves)
		return false;
	for (i = 0; i < cluster->node_count && !shared_has(shared, node); i++)
		if (shared_has(shared, i))
			add_router(cluster, shared, i, claim);
	for (i = 0; i < shared->claims.count; i++)
		add(claim, &shared->claims.list[i]);
	if (claim->count)
		claim->name = copy_text(shared->section->name);
	return claim->count;
}

/**
 * cluster_share() - What do two nodes share?
 * @cluster: The cluster.
 * @a: A node.
 * @b: Another one.
 *
 * Only those that share something have to know each other in the module: what is idle
 * costs the less, the fewer there are.
 *
 * Return: enum cluster_share.
 */
enum cluster_share cluster_share(const struct cluster *cluster, unsigned int a, unsigned int b)
{
	enum cluster_share found = SHARE_NOTHING;
	unsigned int i;

	for (i = 0; i < cluster->shared_count; i++) {
		const struct shared *shared = &cluster->shared[i];
		bool has_a = shared_has(shared, a), has_b = shared_has(shared, b);

		if (has_a && has_b)
			return SHARE_OBJECTS;
		if (shared->moves && (has_a || has_b))
			found = SHARE_CLAIMS;
	}
	return found;
}
