// SPDX-License-Identifier: GPL-2.0
/*
 * Which WireGuard devices are setup's: one that it made says so by its alias, which
 * "ip link" shows and which goes with the device. On one that somebody else made only
 * routes are.
 */
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wireguard.h"

#define ALIAS "made by clusterctl setup"

/**
 * link_claim() - Have a device say that setup made it.
 * @sock: From link_connect().
 * @link: The device.
 *
 * Return: 0, or a negative error of libnl.
 */
int link_claim(struct nl_sock *sock, struct rtnl_link *link)
{
	struct rtnl_link *changes = need_memory(rtnl_link_alloc());
	int result;

	/* With the request that makes a device the kernel does not look at it. */
	rtnl_link_set_ifalias(changes, ALIAS);
	result = rtnl_link_change(sock, link, changes, 0);
	rtnl_link_put(changes);
	return result;
}

static bool is_tunnel(struct rtnl_link *link)
{
	const char *type = rtnl_link_get_type(link);

	return type && !strcmp(type, "wireguard");
}

static bool is_ours(struct rtnl_link *link)
{
	const char *alias = rtnl_link_get_ifalias(link);

	return alias && !strcmp(alias, ALIAS);
}

/* NULL after a complaint. */
static struct nl_cache *all_links(struct nl_sock *sock)
{
	struct nl_cache *cache;
	int result = rtnl_link_alloc_cache(sock, AF_UNSPEC, &cache);

	if (!result)
		return cache;
	error("rtnetlink: %s", nl_geterror(result));
	return NULL;
}

/**
 * links_other() - Find the devices that setup made under other names than that of now.
 * @sock: From link_connect().
 * @name: That of now.
 * @others: Filled in, with their names only; starts out zeroed.
 *
 * Return: DONE or REFUSED.
 */
enum status links_other(struct nl_sock *sock, const char *name, struct tunnels *others)
{
	struct nl_cache *cache = all_links(sock);
	struct nl_object *object;

	if (!cache)
		return REFUSED;
	for (object = nl_cache_get_first(cache); object; object = nl_cache_get_next(object)) {
		struct rtnl_link *link = (struct rtnl_link *)object;
		struct tunnel *other;

		if (!is_tunnel(link) || !is_ours(link) || !strcmp(rtnl_link_get_name(link), name))
			continue;
		others->list = need_memory(realloc(others->list, (others->count + 1) *
						   sizeof(*others->list)));
		other = &others->list[others->count++];
		memset(other, 0, sizeof(*other));
		snprintf(other->name, sizeof(other->name), "%s", rtnl_link_get_name(link));
	}
	nl_cache_free(cache);
	return DONE;
}

static enum status forget_routes(struct work *work, struct nl_sock *sock, const char *name)
{
	struct tunnel tunnel = { 0 };
	char text[PREFIX_TEXT_MAX];
	enum status status;
	unsigned int i;

	snprintf(tunnel.name, sizeof(tunnel.name), "%s", name);
	status = link_read(sock, &tunnel);
	for (i = 0; status == DONE && i < tunnel.routes.count; i++)
		if (work_do(work, CHANGE("route", prefix_text(&tunnel.routes.list[i], text), "del",
					 .key = "dev", .from = name),
			    "- ip route add %s dev %s", text, name))
			status = link_route(sock, name, tunnel.index, &tunnel.routes.list[i],
					    false);
	tunnel_free(&tunnel);
	return status;
}

/**
 * links_forget() - Delete the WireGuard devices that setup made, and its routes elsewhere.
 * @work: The run.
 * @sock: From link_connect().
 *
 * Return: DONE or REFUSED; then some of it may have been done.
 */
enum status links_forget(struct work *work, struct nl_sock *sock)
{
	enum status status = DONE;
	struct nl_cache *cache = all_links(sock);
	struct nl_object *object;

	if (!cache)
		return REFUSED;
	for (object = nl_cache_get_first(cache); status == DONE && object;
	     object = nl_cache_get_next(object)) {
		struct rtnl_link *link = (struct rtnl_link *)object;
		const char *name = rtnl_link_get_name(link);

		if (!is_tunnel(link))
			continue;
		if (!is_ours(link))
			status = forget_routes(work, sock, name);
		else if (work_do(work, CHANGE("link", name, "del"),
				 "- ip link add %s type wireguard", name))
			status = wg_delete(name, sock);
	}
	nl_cache_free(cache);
	return status;
}
