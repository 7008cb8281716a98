// SPDX-License-Identifier: GPL-2.0
/*
 * From the WireGuard device that is there to the one that shall be: only what differs
 * is touched, what comes before what goes.
 */
#include <arpa/inet.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "wireguard.h"

/**
 * struct difference - What of a peer is not as it shall be.
 * @new: It is not there at all.
 * @endpoint: Where it is reached.
 * @keepalive: How often it is spoken to.
 * @more: Allowed IPs are missing.
 * @less: It has allowed IPs that it shall not have.
 */
struct difference {
	bool new;
	bool endpoint;
	bool keepalive;
	bool more;
	bool less;
};

static struct difference compare(const struct wg_peer *is, const struct wg_peer *want)
{
	struct difference differs = { .new = !is };

	if (!is) {
		differs.endpoint = want->endpoint.family;
		differs.keepalive = want->keepalive;
		return differs;
	}
	differs.endpoint = want->endpoint.family &&
			   memcmp(&is->endpoint, &want->endpoint, sizeof(is->endpoint));
	differs.keepalive = is->keepalive != want->keepalive;
	differs.more = !prefixes_all_in(&want->allowed, &is->allowed);
	differs.less = !prefixes_all_in(&is->allowed, &want->allowed);
	return differs;
}

static bool any(const struct difference *differs)
{
	return differs->new || differs->endpoint || differs->keepalive || differs->more ||
	       differs->less;
}

/**
 * endpoint_text() - Write an endpoint as wg(8) does.
 * @endpoint: It.
 * @text: Room for it.
 * @size: How much, ENDPOINT_TEXT_MAX at least.
 *
 * Return: @text.
 */
const char *endpoint_text(const union wg_endpoint *endpoint, char *text, size_t size)
{
	char address[INET6_ADDRSTRLEN];

	if (endpoint->family == AF_INET6)
		snprintf(text, size, "[%s]:%u", inet_ntop(AF_INET6, &endpoint->in6.sin6_addr,
							  address, sizeof(address)),
			 ntohs(endpoint->in6.sin6_port));
	else
		snprintf(text, size, "%s:%u", inet_ntop(AF_INET, &endpoint->in.sin_addr, address,
							sizeof(address)),
			 ntohs(endpoint->in.sin_port));
	return text;
}

/* Shown as wg(8) would be told. */
static void show_peer(const char *name, const struct wg_peer *want, char sign,
		      const struct difference *differs)
{
	char text[PREFIX_TEXT_MAX + 16], key[KEY_TEXT_MAX];
	unsigned int i;

	printf("%c wg set %s peer %s", sign, name, key_text(want->key, key));
	if (differs->endpoint && want->endpoint.family)
		printf(" endpoint %s", endpoint_text(&want->endpoint, text, sizeof(text)));
	if (differs->keepalive || differs->new)
		printf(" persistent-keepalive %u", (unsigned int)want->keepalive);
	if (differs->new || differs->more || differs->less) {
		printf(" allowed-ips ");
		for (i = 0; i < want->allowed.count; i++)
			printf("%s%s", i ? "," : "", prefix_text(&want->allowed.list[i], text));
	}
	putchar('\n');
}

static char *allowed_text(const struct wg_peer *peer)
{
	char *text = NULL, prefix[PREFIX_TEXT_MAX];
	unsigned int i;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));

	for (i = 0; i < peer->allowed.count; i++)
		fprintf(out, "%s%s", i ? "," : "", prefix_text(&peer->allowed.list[i], prefix));
	fclose(out);
	return text;
}

/* What of a peer differs, for JSON. */
static void tell_peer(struct work *work, const struct wg_peer *is, const struct wg_peer *want,
		      const struct difference *differs)
{
	char key[KEY_TEXT_MAX], from[PREFIX_TEXT_MAX + 16] = "", to[PREFIX_TEXT_MAX + 16] = "";
	char *old = is ? allowed_text(is) : NULL, *new = allowed_text(want);

	key_text(want->key, key);
	if (!is)
		work_tell(work, CHANGE("wireguard-peer", key, "add"));
	if (differs->endpoint) {
		if (is && is->endpoint.family)
			endpoint_text(&is->endpoint, from, sizeof(from));
		endpoint_text(&want->endpoint, to, sizeof(to));
		work_tell(work, CHANGE("wireguard-peer", key, "set", .key = "endpoint",
				       .from = *from ? from : NULL, .to = to));
	}
	if (differs->keepalive) {
		snprintf(from, sizeof(from), "%u", is ? (unsigned int)is->keepalive : 0);
		snprintf(to, sizeof(to), "%u", (unsigned int)want->keepalive);
		work_tell(work, CHANGE("wireguard-peer", key, "set", .key = "persistent-keepalive",
				       .from = is ? from : NULL, .to = to));
	}
	if (differs->new || differs->more || differs->less)
		work_tell(work, CHANGE("wireguard-peer", key, "set", .key = "allowed-ips",
				       .from = old, .to = new));
	free(old);
	free(new);
}

/* Peers that gain come first: a prefix that moves is taken from the one that loses it. */
static enum status change_peers(struct work *work, const struct tunnel *is,
				const struct tunnel *want)
{
	bool begun = false;
	unsigned int i, pass;
	char key[KEY_TEXT_MAX];

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < want->peer_count; i++) {
			const struct wg_peer *peer = &want->peers[i];
			const struct wg_peer *present = tunnel_find_peer(is, peer->key);
			struct difference differs = compare(present, peer);

			if (!any(&differs) || differs.less != pass)
				continue;
			work->changes++;
			tell_peer(work, present, peer, &differs);
			if (work->diff) {
				if (work_tells(work))
					continue;
				if (present)
					show_peer(is->name, present, '-', &differs);
				show_peer(want->name, peer, '+', &differs);
				continue;
			}
			if (!begun && wg_begin(want->name) != DONE)
				return REFUSED;
			begun = true;
			wg_put_peer(peer, differs.endpoint ? &peer->endpoint : NULL,
				    differs.keepalive, differs.less);
		}
	for (i = 0; i < is->peer_count; i++) {
		const struct wg_peer *peer = &is->peers[i];

		if (tunnel_find_peer(want, peer->key) ||
		    !work_do(work, CHANGE("wireguard-peer", key_text(peer->key, key), "del"),
			     "- wg set %s peer %s", is->name, key))
			continue;
		if (!begun && wg_begin(want->name) != DONE)
			return REFUSED;
		begun = true;
		wg_put_removal(peer->key);
	}
	return begun ? wg_end() : DONE;
}

static enum status change_device(struct work *work, const struct tunnel *is,
				 const struct tunnel *want)
{
	bool key = memcmp(is->key, want->key, KEY_BYTES), port = is->port != want->port;
	char from[8], to[8];

	snprintf(from, sizeof(from), "%u", (unsigned int)is->port);
	snprintf(to, sizeof(to), "%u", (unsigned int)want->port);
	if (key && !work_do(work, CHANGE("link", want->name, "set", .key = "private-key"),
			    "+ wg set %s private-key (that of this node)", want->name))
		key = false;
	if (port && !work_do(work, CHANGE("link", want->name, "set", .key = "listen-port",
					  .from = from, .to = to),
			     "+ wg set %s listen-port %s", want->name, to))
		port = false;
	return key || port ? wg_set_device(is, key ? want->key : NULL, port ? want->port : 0) : DONE;
}

static enum status change_addresses(struct work *work, const struct tunnel *is,
				    const struct tunnel *want, int index, struct nl_sock *sock)
{
	enum status status = DONE;
	char text[PREFIX_TEXT_MAX];
	unsigned int i;

	for (i = 0; status == DONE && i < want->addresses.count; i++)
		if (!prefixes_have(&is->addresses, &want->addresses.list[i]) &&
		    work_do(work, CHANGE("address", prefix_text(&want->addresses.list[i], text),
					 "add", .key = "dev", .to = want->name),
			    "+ ip address add %s dev %s", text, want->name))
			status = link_address(sock, want, index, &want->addresses.list[i], true);
	for (i = 0; status == DONE && i < is->addresses.count; i++)
		if (!prefixes_have(&want->addresses, &is->addresses.list[i]) &&
		    work_do(work, CHANGE("address", prefix_text(&is->addresses.list[i], text),
					 "del", .key = "dev", .from = is->name),
			    "- ip address add %s dev %s", text, is->name)) {
			status = link_promote(is->name);
			if (status == DONE)
				status = link_address(sock, is, index, &is->addresses.list[i],
						      false);
		}
	return status;
}

static enum status change_routes(struct work *work, const struct tunnel *is,
				 const struct tunnel *want, int index, struct nl_sock *sock)
{
	enum status status = DONE;
	char text[PREFIX_TEXT_MAX];
	unsigned int i;

	for (i = 0; status == DONE && i < want->routes.count; i++)
		if (!prefixes_have(&is->routes, &want->routes.list[i]) &&
		    work_do(work, CHANGE("route", prefix_text(&want->routes.list[i], text),
					 "add", .key = "dev", .to = want->name),
			    "+ ip route add %s dev %s", text, want->name))
			status = link_route(sock, want->name, index, &want->routes.list[i], true);
	for (i = 0; status == DONE && i < is->routes.count; i++)
		if (!prefixes_have(&want->routes, &is->routes.list[i]) &&
		    work_do(work, CHANGE("route", prefix_text(&is->routes.list[i], text),
					 "del", .key = "dev", .from = is->name),
			    "- ip route add %s dev %s", text, is->name))
			status = link_route(sock, is->name, index, &is->routes.list[i], false);
	return status;
}

/* Up and MTU; what is up first has its routes. */
static enum status change_link(struct work *work, const struct tunnel *is,
			       const struct tunnel *want, struct nl_sock *sock)
{
	bool mtu = is->mtu != want->mtu, up = is->up != want->up;
	char from[12], to[12];

	snprintf(from, sizeof(from), "%u", is->mtu);
	snprintf(to, sizeof(to), "%u", want->mtu);
	if (mtu && !work_do(work, CHANGE("link", want->name, "set", .key = "mtu",
					 .from = is->exists ? from : NULL, .to = to),
			    "+ ip link set %s mtu %s", want->name, to))
		mtu = false;
	if (up && !work_do(work, CHANGE("link", want->name, "set", .key = "state",
					.from = is->up ? "up" : "down", .to = want->up ? "up" : "down"),
			   "+ ip link set %s %s", want->name, want->up ? "up" : "down"))
		up = false;
	return mtu || up ? link_set(sock, want->name, want->up, mtu ? want->mtu : 0) : DONE;
}

/**
 * tunnel_change() - Make the device what it shall be.
 * @work: The run.
 * @is: As it is, sorted.
 * @want: As it shall be, sorted; does not exist if it shall go.
 * @sock: From link_connect().
 *
 * Return: DONE or REFUSED; then some of it may have been done.
 */
enum status tunnel_change(struct work *work, const struct tunnel *is, const struct tunnel *want,
			  struct nl_sock *sock)
{
	enum status status = DONE;
	int index = is->index;

	work->step = "wireguard";
	if (!want->exists) {
		if (is->exists && work_do(work, CHANGE("link", is->name, "del"),
					  "- ip link add %s type wireguard", is->name))
			status = wg_delete(is->name, sock);
		return status;
	}
	if (!is->exists && work_do(work, CHANGE("link", want->name, "add"),
				   "+ ip link add %s type wireguard", want->name))
		status = link_add(sock, want->name, &index);
	if (status == DONE)
		status = change_device(work, is, want);
	if (status == DONE)
		status = change_peers(work, is, want);
	if (status == DONE)
		status = change_addresses(work, is, want, index, sock);
	if (status == DONE)
		status = change_link(work, is, want, sock);
	if (status == DONE)
		status = change_routes(work, is, want, index, sock);
	if (status == DONE && is->forwarding != want->forwarding)
		status = link_forward(work, want->name, want->forwarding);
	if (status == DONE && is->forwarding6 != want->forwarding6)
		status = link_forward6(work, want->forwarding6);
	return status;
}

/* As there is none, which changes nothing that is not the device's. */
static struct tunnel absent(const struct tunnel *tunnel)
{
	struct tunnel none = {
		.forwarding6 = tunnel->forwarding6,
	};

	memcpy(none.name, tunnel->name, sizeof(none.name));
	return none;
}

/**
 * tunnels_remove() - Delete devices.
 * @work: The run.
 * @is: They.
 * @sock: From link_connect().
 *
 * Return: DONE or REFUSED; then some of them may be gone.
 */
enum status tunnels_remove(struct work *work, const struct tunnels *is, struct nl_sock *sock)
{
	enum status status = DONE;
	unsigned int i;

	for (i = 0; status == DONE && i < is->count; i++) {
		struct tunnel none = absent(&is->list[i]);

		status = tunnel_change(work, &is->list[i], &none, sock);
	}
	return status;
}

/**
 * tunnels_return() - Make devices that there were.
 * @work: The run.
 * @is: Those that there are.
 * @want: Those that there were.
 * @sock: From link_connect().
 *
 * Return: DONE or REFUSED; then some of them may be there again.
 */
enum status tunnels_return(struct work *work, const struct tunnels *is, const struct tunnels *want,
			   struct nl_sock *sock)
{
	enum status status = DONE;
	unsigned int i, j;

	for (i = 0; status == DONE && i < want->count; i++) {
		struct tunnel none = absent(&want->list[i]);

		for (j = 0; j < is->count; j++)
			if (!strcmp(is->list[j].name, none.name))
				break;
		if (j == is->count)
			status = tunnel_change(work, &none, &want->list[i], sock);
	}
	return status;
}
