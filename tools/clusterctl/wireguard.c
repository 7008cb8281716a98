// SPDX-License-Identifier: GPL-2.0
/*
 * A WireGuard device as the tool knows it.
 */
#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "wireguard.h"

/**
 * tunnel_free() - Give back what a tunnel holds, and wipe its key; it is empty afterwards.
 * @tunnel: The tunnel.
 */
void tunnel_free(struct tunnel *tunnel)
{
	unsigned int i;

	for (i = 0; i < tunnel->peer_count; i++)
		free(tunnel->peers[i].allowed.list);
	free(tunnel->peers);
	free(tunnel->addresses.list);
	free(tunnel->routes.list);
	key_forget(tunnel->key);
	memset(tunnel, 0, sizeof(*tunnel));
}

/**
 * tunnels_free() - Give back what several tunnels hold.
 * @tunnels: They.
 */
void tunnels_free(struct tunnels *tunnels)
{
	while (tunnels->count)
		tunnel_free(&tunnels->list[--tunnels->count]);
	free(tunnels->list);
	tunnels->list = NULL;
}

/**
 * tunnel_new_peer() - Add a peer.
 * @tunnel: The tunnel.
 *
 * Return: The peer, empty; valid until the next one is added.
 */
struct wg_peer *tunnel_new_peer(struct tunnel *tunnel)
{
	/* Room doubles, at each power of two. */
	if (!(tunnel->peer_count & (tunnel->peer_count - 1)))
		tunnel->peers = need_memory(realloc(tunnel->peers, (tunnel->peer_count * 2 + 1) *
						    sizeof(*tunnel->peers)));
	memset(&tunnel->peers[tunnel->peer_count], 0, sizeof(*tunnel->peers));
	return &tunnel->peers[tunnel->peer_count++];
}

static int by_key(const void *a, const void *b)
{
	return memcmp(((const struct wg_peer *)a)->key, ((const struct wg_peer *)b)->key,
		      KEY_BYTES);
}

static int by_prefix(const void *a, const void *b)
{
	const struct net_prefix *x = a, *y = b;
	int order;

	if (x->address.length != y->address.length)
		return x->address.length - y->address.length;
	order = memcmp(x->address.bytes, y->address.bytes, x->address.length);
	return order ? order : x->length - y->length;
}

static void sort_prefixes(struct net_prefixes *prefixes)
{
	if (prefixes->count)
		qsort(prefixes->list, prefixes->count, sizeof(*prefixes->list), by_prefix);
}

/**
 * tunnel_sort() - Put all in order, so that it can be found and compared.
 * @tunnel: The tunnel.
 */
void tunnel_sort(struct tunnel *tunnel)
{
	unsigned int i;

	if (tunnel->peer_count)
		qsort(tunnel->peers, tunnel->peer_count, sizeof(*tunnel->peers), by_key);
	for (i = 0; i < tunnel->peer_count; i++)
		sort_prefixes(&tunnel->peers[i].allowed);
	sort_prefixes(&tunnel->addresses);
	sort_prefixes(&tunnel->routes);
}

/**
 * tunnel_find_peer() - Find a peer by its key.
 * @tunnel: The tunnel, sorted.
 * @key: The key.
 *
 * Return: The peer, or NULL.
 */
struct wg_peer *tunnel_find_peer(const struct tunnel *tunnel, const uint8_t *key)
{
	struct wg_peer wanted;

	memcpy(wanted.key, key, KEY_BYTES);
	return tunnel->peer_count ? bsearch(&wanted, tunnel->peers, tunnel->peer_count,
					    sizeof(*tunnel->peers), by_key) : NULL;
}

/**
 * prefixes_add() - Add a prefix.
 * @prefixes: To these.
 * @address: Its address.
 * @length: Its length.
 */
void prefixes_add(struct net_prefixes *prefixes, const struct ipaddr *address, uint8_t length)
{
	struct net_prefix *prefix;

	if (!(prefixes->count & (prefixes->count - 1)))
		prefixes->list = need_memory(realloc(prefixes->list, (prefixes->count * 2 + 1) *
						     sizeof(*prefixes->list)));
	prefix = &prefixes->list[prefixes->count++];
	memset(prefix, 0, sizeof(*prefix));
	prefix->address = *address;
	prefix->length = length;
}

/**
 * prefixes_have() - Is a prefix among these?
 * @prefixes: These, sorted.
 * @prefix: The prefix.
 */
bool prefixes_have(const struct net_prefixes *prefixes, const struct net_prefix *prefix)
{
	return prefixes->count && bsearch(prefix, prefixes->list, prefixes->count,
					  sizeof(*prefixes->list), by_prefix);
}

/**
 * prefixes_all_in() - Are all of these among those?
 * @these: These.
 * @those: Those, sorted.
 */
bool prefixes_all_in(const struct net_prefixes *these, const struct net_prefixes *those)
{
	unsigned int i;

	for (i = 0; i < these->count; i++)
		if (!prefixes_have(those, &these->list[i]))
			return false;
	return true;
}
