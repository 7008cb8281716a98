// SPDX-License-Identifier: GPL-2.0
/*
 * The WireGuard device that a node shall have, as its cluster file says.
 */
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "objects.h"
#include "wireguard.h"

/* What WireGuard adds to a packet, over IPv6 and rounded up. */
#define OVERHEAD 80
#define MTU_USUAL 1420
#define MTU_LEAST 1280
/* So many endpoints tell enough about the ways to them. */
#define MTU_ENDPOINTS 16

static uint32_t choose_mtu(const struct tunnel *want, struct nl_sock *sock)
{
	uint32_t least = 0, mtu;
	unsigned int i, seen = 0;

	for (i = 0; i < want->peer_count && seen < MTU_ENDPOINTS; i++) {
		/* Where others come from is not known at first. */
		if (!want->peers[i].named || !want->peers[i].endpoint.family)
			continue;
		seen++;
		mtu = link_path_mtu(sock, &want->peers[i].endpoint);
		if (mtu && (!least || mtu < least))
			least = mtu;
	}
	if (!least)
		return MTU_USUAL;
	return least < MTU_LEAST + OVERHEAD ? MTU_LEAST : least - OVERHEAD;
}

static void allow_addresses(struct wg_peer *peer, const struct net_prefixes *addresses)
{
	unsigned int i;

	for (i = 0; i < addresses->count; i++)
		prefixes_add(&peer->allowed, &addresses->list[i].address,
			     8 * addresses->list[i].address.length);
}

/* What goes to a node: its addresses, and what is behind it. */
static void allow(struct wg_peer *peer, const struct node *node)
{
	unsigned int i;

	allow_addresses(peer, &node->addresses);
	for (i = 0; i < node->allowed.count; i++)
		prefixes_add(&peer->allowed, &node->allowed.list[i].address,
			     node->allowed.list[i].length);
}

static void want_peers(struct tunnel *want, const struct setup *setup)
{
	const struct cluster *cluster = &setup->cluster;
	unsigned int i, j, via, me = setup->node;
	unsigned int *index;

	index = need_memory(calloc(cluster->node_count, sizeof(*index)));
	for (i = 0; i < cluster->node_count; i++) {
		struct wg_peer *peer;

		if (i == me || !cluster_is_direct(cluster, me, i))
			continue;
		peer = tunnel_new_peer(want);
		index[i] = want->peer_count;
		memcpy(peer->key, cluster->nodes[i].key, KEY_BYTES);
		peer->named = cluster_endpoint(cluster, me, i);
		peer->keepalive = cluster->nodes[me].keepalive;
	}
	for (i = 0; i < cluster->node_count; i++) {
		if (i == me)
			continue;
		via = cluster_via(cluster, me, i);
		allow(&want->peers[index[via] - 1], &cluster->nodes[i]);
		for (j = 0; j < cluster->nodes[i].allowed.count; j++)
			prefixes_add(&want->routes, &cluster->nodes[i].allowed.list[j].address,
				     cluster->nodes[i].allowed.list[j].length);
	}
	for (i = 0; i < cluster->device_count; i++) {
		const struct device *device = &cluster->devices[i];
		struct wg_peer *peer;

		if (device->via == me) {
			peer = tunnel_new_peer(want);
			memcpy(peer->key, device->key, KEY_BYTES);
		} else {
			via = cluster_via(cluster, me, device->via);
			peer = &want->peers[index[via] - 1];
		}
		allow_addresses(peer, &device->addresses);
	}
	free(index);
}

/* What of a prefix is not its own counts for nobody. */
static void clear_hosts(struct net_prefixes *prefixes)
{
	unsigned int i;

	for (i = 0; i < prefixes->count; i++)
		prefix_clear_host(&prefixes->list[i]);
}

static void drop_prefix(struct net_prefixes *prefixes, const struct net_prefix *prefix)
{
	unsigned int i, kept = 0;

	for (i = 0; i < prefixes->count; i++)
		if (prefixes->list[i].length != prefix->length ||
		    prefixes->list[i].address.length != prefix->address.length ||
		    memcmp(prefixes->list[i].address.bytes, prefix->address.bytes,
			   prefix->address.length))
			prefixes->list[kept++] = prefixes->list[i];
	prefixes->count = kept;
}

/* The peer that has it now keeps it, whoever had it before. */
static void keep_prefix(struct tunnel *want, const struct tunnel *is,
			const struct net_prefix *prefix)
{
	const struct wg_peer *present;
	unsigned int i;

	for (i = 0; i < want->peer_count; i++) {
		drop_prefix(&want->peers[i].allowed, prefix);
		present = tunnel_find_peer(is, want->peers[i].key);
		if (present && prefixes_have(&present->allowed, prefix))
			prefixes_add(&want->peers[i].allowed, &prefix->address, prefix->length);
	}
}

/**
 * tunnel_keep_moving() - Leave to the module what it moves from peer to peer.
 * @want: From tunnel_want(), or as it was before.
 * @is: The device as it is.
 * @all: What the module shall have: addresses of its virtual routers on the device
 *	move, and what it claims.
 */
void tunnel_keep_moving(struct tunnel *want, const struct tunnel *is,
			const struct objects *all)
{
	struct net_prefix prefix = { 0 };
	unsigned int i, j;

	for (i = 0; i < all->routers.count; i++)
		for (j = 0; j < all->routers.list[i].address_count; j++)
			if (router_tunnel_prefix(&all->routers.list[i], j, want->name,
						 &prefix))
				keep_prefix(want, is, &prefix);
	for (i = 0; i < all->claims.count; i++)
		for (j = 0; j < all->claims.list[i].count; j++) {
			prefix.address = all->claims.list[i].prefixes[j].address;
			prefix.length = all->claims.list[i].prefixes[j].length;
			keep_prefix(want, is, &prefix);
		}
	tunnel_sort(want);
}

static bool in_networks(const struct cluster *cluster, const struct ipaddr *address)
{
	unsigned int i;

	for (i = 0; i < cluster->networks.count; i++)
		if (prefix_contains(&cluster->networks.list[i], address))
			return true;
	return false;
}

/*
 * What moves and lies outside leads into the tunnel where it cannot be: the nodes that
 * can have it have their own ways, and forward to it.
 */
static void want_claims(struct tunnel *want, struct setup *setup)
{
	struct cluster *cluster = &setup->cluster;
	unsigned int i, j;

	for (i = 0; i < cluster->shared_count; i++) {
		const struct shared *shared = &cluster->shared[i];
		struct claim claim = { 0 };

		if (!shared_has(shared, setup->node) &&
		    cluster_claim(cluster, shared, setup->node, &claim))
			for (j = 0; j < claim.count; j++)
				if (!in_networks(cluster, &claim.prefixes[j].address))
					prefixes_add(&want->routes, &claim.prefixes[j].address,
						     claim.prefixes[j].length);
		claim_free(&claim);
	}
}

static bool any_of_family(const struct net_prefixes *prefixes, uint8_t length)
{
	unsigned int i;

	for (i = 0; i < prefixes->count; i++)
		if (prefixes->list[i].address.length == length)
			return true;
	return false;
}

/* For other nodes or devices, or for networks behind it, also those that move. */
static bool forwards(const struct setup *setup, uint8_t length)
{
	const struct cluster *cluster = &setup->cluster;
	unsigned int i;

	for (i = 0; i < cluster->shared_count; i++)
		if (shared_has(&cluster->shared[i], setup->node) &&
		    any_of_family(&cluster->shared[i].claims, length))
			return true;
	return any_of_family(&cluster->nodes[setup->node].allowed, length) ||
	       (cluster_is_relay(cluster, setup->node) &&
		any_of_family(&cluster->networks, length));
}

/**
 * tunnel_want() - The device as it shall be.
 * @want: Filled in; starts out zeroed. To be freed with tunnel_free().
 * @is: As it is.
 * @setup: The cluster, and which node this is.
 * @sock: From link_connect().
 *
 * Return: DONE.
 */
enum status tunnel_want(struct tunnel *want, const struct tunnel *is, struct setup *setup,
			struct nl_sock *sock)
{
	const struct node *node = &setup->cluster.nodes[setup->node];
	unsigned int i;

	snprintf(want->name, sizeof(want->name), "%s", node->interface);
	want->exists = true;
	want->up = true;
	memcpy(want->key, setup->private_key, KEY_BYTES);
	/* As the kernel keeps it. */
	want->key[0] &= 248;
	want->key[31] = (want->key[31] & 127) | 64;
	want->port = node->listen_port;
	for (i = 0; i < node->addresses.count; i++)
		prefixes_add(&want->addresses, &node->addresses.list[i].address,
			     node->addresses.list[i].length);
	want_peers(want, setup);
	want_claims(want, setup);
	for (i = 0; i < want->peer_count; i++)
		clear_hosts(&want->peers[i].allowed);
	clear_hosts(&want->routes);
	tunnel_sort(want);
	tunnel_resolve(want, is);
	want->mtu = node->mtu ? node->mtu : choose_mtu(want, sock);
	/* Who does not forward for others is not told not to. */
	want->forwarding = is->forwarding || forwards(setup, 4);
	want->forwarding6 = is->forwarding6 || forwards(setup, 16);
	return DONE;
}
