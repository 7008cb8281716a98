// SPDX-License-Identifier: GPL-2.0
/*
 * The WireGuard device, its addresses and its routes, over rtnetlink.
 */
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "wireguard.h"

/**
 * link_connect() - Open a socket to rtnetlink.
 *
 * The kernel answers while it is asked. libnl 3.7 waits for the links also if its
 * question was not sent; so that it does not wait for ever there is a limit.
 *
 * Return: The socket, for nl_socket_free(), or NULL after a complaint.
 */
struct nl_sock *link_connect(void)
{
	struct nl_sock *sock = need_memory(nl_socket_alloc());
	struct timeval limit = { .tv_sec = 5 };
	int result = nl_connect(sock, NETLINK_ROUTE);

	if (!result && setsockopt(nl_socket_get_fd(sock), SOL_SOCKET, SO_RCVTIMEO, &limit,
				  sizeof(limit)))
		result = -NLE_FAILURE;
	if (!result)
		return sock;
	error("rtnetlink: %s", nl_geterror(result));
	nl_socket_free(sock);
	return NULL;
}

static enum status refused(const char *name, const char *what, int result)
{
	if (result >= 0)
		return DONE;
	if (result == -NLE_PERM)
		error("%s: %s needs CAP_NET_ADMIN (run as root or with sudo)", name, what);
	else
		error("%s: %s: %s", name, what, nl_geterror(result));
	return REFUSED;
}

static bool take_address(struct nl_addr *from, struct ipaddr *address)
{
	unsigned int length = nl_addr_get_len(from);

	if (length != 4 && length != 16)
		return false;
	memset(address, 0, sizeof(*address));
	address->length = (uint8_t)length;
	memcpy(address->bytes, nl_addr_get_binary_addr(from), length);
	return true;
}

static int read_addresses(struct nl_sock *sock, struct tunnel *tunnel)
{
	struct nl_cache *cache;
	struct nl_object *object;
	int result = rtnl_addr_alloc_cache(sock, &cache);

	if (result)
		return result;
	for (object = nl_cache_get_first(cache); object; object = nl_cache_get_next(object)) {
		struct rtnl_addr *addr = (struct rtnl_addr *)object;
		struct ipaddr address;

		if (rtnl_addr_get_ifindex(addr) != tunnel->index ||
		    rtnl_addr_get_scope(addr) == RT_SCOPE_LINK ||
		    !take_address(rtnl_addr_get_local(addr), &address))
			continue;
		prefixes_add(&tunnel->addresses, &address,
			     (uint8_t)rtnl_addr_get_prefixlen(addr));
	}
	nl_cache_free(cache);
	return 0;
}

static int read_routes(struct nl_sock *sock, struct tunnel *tunnel)
{
	struct nl_cache *cache;
	struct nl_object *object;
	int result = rtnl_route_alloc_cache(sock, AF_UNSPEC, 0, &cache);

	if (result)
		return result;
	for (object = nl_cache_get_first(cache); object; object = nl_cache_get_next(object)) {
		struct rtnl_route *route = (struct rtnl_route *)object;
		struct nl_addr *dst = rtnl_route_get_dst(route);
		struct rtnl_nexthop *hop;
		struct ipaddr address;

		if (rtnl_route_get_protocol(route) != TUNNEL_PROTOCOL ||
		    rtnl_route_get_nnexthops(route) != 1 || !dst || !take_address(dst, &address))
			continue;
		hop = rtnl_route_nexthop_n(route, 0);
		if (rtnl_route_nh_get_ifindex(hop) == tunnel->index)
			prefixes_add(&tunnel->routes, &address,
				     (uint8_t)nl_addr_get_prefixlen(dst));
	}
	nl_cache_free(cache);
	return 0;
}

/**
 * link_read() - Read the device, its addresses and its routes.
 * @sock: From link_connect().
 * @tunnel: Has its name; filled in. That there is no device is an answer.
 *
 * Return: DONE; REFUSED if the name is that of something else, or on an error.
 */
enum status link_read(struct nl_sock *sock, struct tunnel *tunnel)
{
	struct rtnl_link *link;
	const char *type;
	int result;

	link_read_forwarding(tunnel);
	result = rtnl_link_get_kernel(sock, 0, tunnel->name, &link);
	if (result == -NLE_OBJ_NOTFOUND || result == -NLE_NODEV)
		return DONE;
	if (result)
		return refused(tunnel->name, "reading the device", result);
	type = rtnl_link_get_type(link);
	if (!type || strcmp(type, "wireguard")) {
		error("%s: there is a device of this name that is not WireGuard's (%s): another Interface expected in the cluster file, or another name for that device",
		      tunnel->name, type ?: "no kind");
		rtnl_link_put(link);
		return REFUSED;
	}
	tunnel->exists = true;
	tunnel->index = rtnl_link_get_ifindex(link);
	tunnel->up = rtnl_link_get_flags(link) & IFF_UP;
	tunnel->mtu = rtnl_link_get_mtu(link);
	link_read_forwarding(tunnel);
	rtnl_link_put(link);
	result = read_addresses(sock, tunnel);
	if (!result)
		result = read_routes(sock, tunnel);
	return refused(tunnel->name, "reading addresses and routes", result);
}

/**
 * link_add() - Make a WireGuard device.
 * @sock: From link_connect().
 * @name: Its name.
 * @index: Its number, filled in.
 *
 * Return: DONE or REFUSED.
 */
enum status link_add(struct nl_sock *sock, const char *name, int *index)
{
	struct rtnl_link *link = need_memory(rtnl_link_alloc());
	int result;

	rtnl_link_set_name(link, name);
	rtnl_link_set_type(link, "wireguard");
	result = rtnl_link_add(sock, link, NLM_F_CREATE | NLM_F_EXCL);
	rtnl_link_put(link);
	if (result == -NLE_OPNOTSUPP) {
		error("%s: this kernel has no WireGuard: load the module wireguard ('modprobe wireguard'), or install a kernel that has it (5.6 or later)",
		      name);
		return REFUSED;
	}
	if (result)
		return refused(name, "making the device", result);
	result = rtnl_link_get_kernel(sock, 0, name, &link);
	if (result)
		return refused(name, "reading the device", result);
	*index = rtnl_link_get_ifindex(link);
	result = link_claim(sock, link);
	rtnl_link_put(link);
	return refused(name, "giving it its alias", result);
}

/**
 * link_delete() - Delete a device.
 * @sock: From link_connect().
 * @name: Its name.
 *
 * Return: DONE or REFUSED.
 */
enum status link_delete(struct nl_sock *sock, const char *name)
{
	struct rtnl_link *link = need_memory(rtnl_link_alloc());
	int result;

	rtnl_link_set_name(link, name);
	result = rtnl_link_delete(sock, link);
	rtnl_link_put(link);
	return refused(name, "deleting the device", result);
}

/**
 * link_set() - Set a device up or down, and its MTU.
 * @sock: From link_connect().
 * @name: Its name.
 * @up: Whether it is up.
 * @mtu: Its MTU, 0 to leave it.
 *
 * Return: DONE or REFUSED.
 */
enum status link_set(struct nl_sock *sock, const char *name, bool up, uint32_t mtu)
{
	struct rtnl_link *link, *changes = need_memory(rtnl_link_alloc());
	int result = rtnl_link_get_kernel(sock, 0, name, &link);

	if (!result) {
		if (up)
			rtnl_link_set_flags(changes, IFF_UP);
		else
			rtnl_link_unset_flags(changes, IFF_UP);
		if (mtu)
			rtnl_link_set_mtu(changes, mtu);
		result = rtnl_link_change(sock, link, changes, 0);
		rtnl_link_put(link);
	}
	rtnl_link_put(changes);
	/* So libnl calls EADDRINUSE. */
	if (result == -NLE_EXIST) {
		error("%s: its UDP port is in use by something else: 'ss -ulpn' shows by what; another ListenPort expected, or an end of that program",
		      name);
		return REFUSED;
	}
	return refused(name, up ? "setting it up" : "setting it down", result);
}

static struct nl_addr *make_address(const struct net_prefix *prefix, bool whole)
{
	struct nl_addr *addr;

	addr = need_memory(nl_addr_build(prefix->address.length == 16 ? AF_INET6 : AF_INET,
					 prefix->address.bytes, prefix->address.length));
	nl_addr_set_prefixlen(addr, whole ? 8 * prefix->address.length : prefix->length);
	return addr;
}

/**
 * link_address() - Give an address to a device, or take it away.
 * @sock: From link_connect().
 * @tunnel: The device.
 * @index: Its number.
 * @address: The address, with the length of its network.
 * @add: Which of them.
 *
 * Return: DONE or REFUSED.
 */
enum status link_address(struct nl_sock *sock, const struct tunnel *tunnel, int index,
			 const struct net_prefix *address, bool add)
{
	struct rtnl_addr *addr = need_memory(rtnl_addr_alloc());
	struct nl_addr *local = make_address(address, false);
	char text[PREFIX_TEXT_MAX], what[PREFIX_TEXT_MAX + 16];
	int result;

	rtnl_addr_set_ifindex(addr, index);
	rtnl_addr_set_local(addr, local);
	/* There is nobody else who could have it. */
	if (address->address.length == 16)
		rtnl_addr_set_flags(addr, IFA_F_NODAD);
	result = add ? rtnl_addr_add(sock, addr, 0) : rtnl_addr_delete(sock, addr, 0);
	nl_addr_put(local);
	rtnl_addr_put(addr);
	snprintf(what, sizeof(what), "address %s", prefix_text(address, text));
	return refused(tunnel->name, what, result);
}

/**
 * link_route() - Lead a network into a device, or no more.
 * @sock: From link_connect().
 * @name: The device.
 * @index: Its number.
 * @route: The network.
 * @add: Which of them.
 *
 * Return: DONE or REFUSED.
 */
enum status link_route(struct nl_sock *sock, const char *name, int index,
		       const struct net_prefix *route, bool add)
{
	struct rtnl_route *entry = need_memory(rtnl_route_alloc());
	struct rtnl_nexthop *hop = need_memory(rtnl_route_nh_alloc());
	struct nl_addr *dst = make_address(route, false);
	char text[PREFIX_TEXT_MAX], what[PREFIX_TEXT_MAX + 16];
	int result;

	rtnl_route_set_family(entry, route->address.length == 16 ? AF_INET6 : AF_INET);
	rtnl_route_set_scope(entry, route->address.length == 16 ? RT_SCOPE_UNIVERSE :
								   RT_SCOPE_LINK);
	rtnl_route_set_table(entry, RT_TABLE_MAIN);
	rtnl_route_set_protocol(entry, TUNNEL_PROTOCOL);
	rtnl_route_set_dst(entry, dst);
	rtnl_route_nh_set_ifindex(hop, index);
	rtnl_route_add_nexthop(entry, hop);
	result = add ? rtnl_route_add(sock, entry, NLM_F_CREATE | NLM_F_EXCL) :
		       rtnl_route_delete(sock, entry, 0);
	nl_addr_put(dst);
	rtnl_route_put(entry);
	snprintf(what, sizeof(what), "route to %s", prefix_text(route, text));
	return refused(name, what, result);
}

/**
 * link_path_mtu() - The MTU of the device by which an endpoint is reached.
 * @sock: From link_connect().
 * @endpoint: The endpoint.
 *
 * Return: The MTU, 0 if it is not reached now.
 */
uint32_t link_path_mtu(struct nl_sock *sock, const union wg_endpoint *endpoint)
{
	bool six = endpoint->family == AF_INET6;
	const void *bytes = six ? (const void *)&endpoint->in6.sin6_addr :
				  (const void *)&endpoint->in.sin_addr;
	struct nl_addr *dst = need_memory(nl_addr_build(endpoint->family, bytes, six ? 16 : 4));
	struct rtnl_route *route = NULL;
	struct rtnl_link *link;
	uint32_t mtu = 0;

	if (!rtnl_route_lookup(sock, dst, &route) && rtnl_route_get_nnexthops(route)) {
		int index = rtnl_route_nh_get_ifindex(rtnl_route_nexthop_n(route, 0));

		if (!rtnl_link_get_kernel(sock, index, NULL, &link)) {
			mtu = rtnl_link_get_mtu(link);
			rtnl_link_put(link);
		}
	}
	if (route)
		rtnl_route_put(route);
	nl_addr_put(dst);
	return mtu;
}
