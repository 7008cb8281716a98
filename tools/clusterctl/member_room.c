// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses in the VPN that nobody has yet.
 */
#include <stdlib.h>
#include <string.h>

#include "member.h"

static void clear_host(struct ipaddr *address, unsigned int length)
{
	unsigned int bit;

	for (bit = length; bit < 8u * address->length; bit++)
		address->bytes[bit / 8] &= (uint8_t)~(0x80 >> bit % 8);
}

/* The address behind the last one of a prefix; wraps around at the end of all. */
static void step(struct ipaddr *address, unsigned int length)
{
	unsigned int byte = (length - 1) / 8, carry = 0x80u >> (length - 1) % 8;

	clear_host(address, length);
	for (;;) {
		carry += address->bytes[byte];
		address->bytes[byte] = (uint8_t)carry;
		if (carry <= 0xff || !byte--)
			return;
		carry = 1;
	}
}

static void add(struct net_prefixes *prefixes, const struct ipaddr *address, uint8_t length)
{
	prefixes->list = need_memory(realloc(prefixes->list, (prefixes->count + 1) *
					     sizeof(*prefixes->list)));
	prefixes->list[prefixes->count++] = (struct net_prefix){
		.address = *address, .length = length,
	};
}

/**
 * room_begin() - Nothing is used yet.
 * @room: Filled in. To be freed with room_free().
 * @networks: Where addresses are looked for.
 */
void room_begin(struct room *room, const struct net_prefixes *networks)
{
	unsigned int i;

	memset(room, 0, sizeof(*room));
	room->next = need_memory(calloc(networks->count + 1, sizeof(*room->next)));
	for (i = 0; i < networks->count; i++) {
		add(&room->networks, &networks->list[i].address, networks->list[i].length);
		room->next[i] = networks->list[i].address;
		step(&room->next[i], 8u * room->next[i].length);
	}
}

/**
 * room_use() - Addresses that are not free.
 * @room: Where.
 * @address: One of them.
 * @length: Length of the prefix, not 0.
 */
void room_use(struct room *room, const struct ipaddr *address, uint8_t length)
{
	add(&room->used, address, length);
}

/**
 * room_use_settings() - The addresses of a node or device are not free.
 * @room: Where.
 * @settings: Of the node or device. What is no address counts for nothing.
 */
void room_use_settings(struct room *room, const struct settings *settings)
{
	unsigned int i;

	for (i = 0; i < settings->count; i++) {
		char *text = copy_text(settings->list[i].value), *rest = text, *word;
		struct ipaddr address;
		const char *why;
		int length;

		while (!strcmp(settings->list[i].key->name, "Address") &&
		       (word = strsep(&rest, " \t,")))
			if (!parse_prefix(word, &address, &length, &why))
				room_use(room, &address, (uint8_t)(8 * address.length));
		free(text);
	}
}

static void use_all(struct room *room, const struct net_prefixes *addresses)
{
	unsigned int i;

	for (i = 0; i < addresses->count; i++)
		room_use(room, &addresses->list[i].address,
			 (uint8_t)(8 * addresses->list[i].address.length));
}

/* What a virtual router or cluster IP holds; as a local route, the whole prefix. */
static void use_virtual(struct room *room, const struct router *router)
{
	unsigned int i;

	for (i = 0; i < router->address_count; i++) {
		const struct vip *vip = &router->addresses[i];
		bool whole = vip->local && vip->prefixlen > 0;

		room_use(room, &vip->address,
			 (uint8_t)(whole ? vip->prefixlen : 8 * vip->address.length));
	}
}

static void use_shared(struct room *room, struct cluster *cluster, const struct shared *shared,
		       unsigned int node)
{
	struct router router = { 0 };
	struct clusterip ip = { 0 };

	if (shared->section->kind == CONF_ROUTER) {
		if (cluster_router(cluster, shared, node, &router))
			use_virtual(room, &router);
	} else if (shared->section->kind == CONF_CLUSTERIP) {
		if (cluster_clusterip(cluster, shared, node, &ip))
			use_virtual(room, &ip.holder);
	}
	router_free(&router);
	clusterip_free(&ip);
}

/**
 * room_use_cluster() - What a cluster has is not free.
 * @room: Where.
 * @cluster: The cluster, which is right.
 */
void room_use_cluster(struct room *room, struct cluster *cluster)
{
	unsigned int i, j;

	for (i = 0; i < cluster->node_count; i++)
		use_all(room, &cluster->nodes[i].addresses);
	for (i = 0; i < cluster->device_count; i++)
		use_all(room, &cluster->devices[i].addresses);
	for (i = 0; i < cluster->shared_count; i++)
		for (j = 0; j < cluster->node_count; j++)
			if (shared_has(&cluster->shared[i], j))
				use_shared(room, cluster, &cluster->shared[i], j);
}

/* All bits of the host are 1: for IPv4 that is nobody's. */
static bool is_broadcast(const struct net_prefix *network, const struct ipaddr *address)
{
	struct ipaddr after = *address, first = *address;

	if (address->length != 4)
		return false;
	step(&after, 32);
	clear_host(&first, network->length);
	step(&first, network->length);
	return !memcmp(&after, &first, sizeof(after));
}

static const struct net_prefix *user_of(const struct room *room, const struct ipaddr *address)
{
	unsigned int i;

	for (i = 0; i < room->used.count; i++)
		if (prefix_contains(&room->used.list[i], address))
			return &room->used.list[i];
	return NULL;
}

static bool find(struct room *room, unsigned int i, struct ipaddr *found)
{
	const struct net_prefix *network = &room->networks.list[i], *user;
	struct ipaddr *next = &room->next[i];

	while (prefix_contains(network, next) && !is_broadcast(network, next)) {
		user = user_of(room, next);
		if (!user) {
			*found = *next;
			step(next, 8u * next->length);
			return true;
		}
		if (user->length <= network->length)
			return false;
		step(next, user->length);
		/* Wrapped around. */
		if (address_is_zero(next))
			return false;
	}
	return false;
}

/**
 * room_give() - Give a node or device the next free address in each network.
 * @room: Where.
 * @settings: Of the node or device, gets an Address.
 *
 * Return: Whether there was one.
 */
bool room_give(struct room *room, struct settings *settings)
{
	char text[ADDRESS_TEXT_MAX];
	struct ipaddr address;
	unsigned int i;

	for (i = 0; i < room->networks.count; i++) {
		if (!find(room, i, &address))
			return false;
		setting_add(settings, "Address", address_text(&address, text));
	}
	return true;
}

/**
 * room_free() - Give back what it holds.
 * @room: Where.
 */
void room_free(struct room *room)
{
	free(room->networks.list);
	free(room->used.list);
	free(room->next);
	memset(room, 0, sizeof(*room));
}
