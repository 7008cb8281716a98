// SPDX-License-Identifier: GPL-2.0
/*
 * Keys and peers of a WireGuard device, over the generic netlink family "wireguard".
 */
#include <errno.h>
#include <linux/wireguard.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "wireguard.h"

/* A nest has 16 bits for its length; one message is not much more than a nest. */
#define MESSAGE_MAX 60000
/* What one more allowed IP takes at most, and one more peer without any. */
#define ALLOWED_ROOM 48
#define PEER_ROOM 160

static struct nl_sock *sock;
static int family;

/*
 * The message that is being filled, of wg_begin() to wg_end().
 */
static struct {
	char name[KCLUSTER_IFNAME_MAX + 1];
	struct nl_msg *msg;
	struct nlattr *peers;
	int result;
} batch;

static int wg_connect(void)
{
	int result;

	if (sock)
		return 0;
	sock = need_memory(nl_socket_alloc());
	result = genl_connect(sock);
	if (!result)
		result = nl_socket_set_msg_buf_size(sock, 64 * 1024);
	if (!result) {
		family = genl_ctrl_resolve(sock, WG_GENL_NAME);
		result = family < 0 ? family : 0;
	}
	if (result) {
		nl_socket_free(sock);
		sock = NULL;
	}
	return result;
}

/* After a failure libnl may wait for an answer to what was never sent. */
static void wg_disconnect(void)
{
	nl_socket_free(sock);
	sock = NULL;
}

static enum status no_wireguard(int result)
{
	if (result == -NLE_OBJ_NOTFOUND)
		error("WireGuard: this kernel has none: load the module wireguard ('modprobe wireguard'), or install a kernel that has it (5.6 or later)");
	else
		error("WireGuard: %s", nl_geterror(result));
	return REFUSED;
}

static struct nl_msg *new_message(uint8_t command, int flags, const char *name)
{
	struct nl_msg *msg = need_memory(nlmsg_alloc_size(MESSAGE_MAX + 4096));

	need_memory(genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, command,
				WG_GENL_VERSION));
	nla_put_string(msg, WGDEVICE_A_IFNAME, name);
	return msg;
}

static void take_allowed(struct wg_peer *peer, struct nlattr *nest)
{
	struct nlattr *entry, *attr[WGALLOWEDIP_A_MAX + 1];
	struct ipaddr address = { 0 };
	int rest;

	nla_for_each_nested(entry, nest, rest) {
		if (nla_parse_nested(attr, WGALLOWEDIP_A_MAX, entry, NULL) ||
		    !attr[WGALLOWEDIP_A_IPADDR] || !attr[WGALLOWEDIP_A_CIDR_MASK] ||
		    nla_len(attr[WGALLOWEDIP_A_IPADDR]) > 16)
			continue;
		memset(&address, 0, sizeof(address));
		address.length = (uint8_t)nla_len(attr[WGALLOWEDIP_A_IPADDR]);
		memcpy(address.bytes, nla_data(attr[WGALLOWEDIP_A_IPADDR]), address.length);
		prefixes_add(&peer->allowed, &address, nla_get_u8(attr[WGALLOWEDIP_A_CIDR_MASK]));
	}
}

static void take_peer(struct tunnel *tunnel, struct nlattr *nest)
{
	struct nlattr *attr[WGPEER_A_MAX + 1];
	struct wg_peer *peer;

	if (nla_parse_nested(attr, WGPEER_A_MAX, nest, NULL) || !attr[WGPEER_A_PUBLIC_KEY] ||
	    nla_len(attr[WGPEER_A_PUBLIC_KEY]) != KEY_BYTES)
		return;
	/* A long list of allowed IPs goes on in the next message. */
	peer = tunnel->peer_count ? &tunnel->peers[tunnel->peer_count - 1] : NULL;
	if (!peer || memcmp(peer->key, nla_data(attr[WGPEER_A_PUBLIC_KEY]), KEY_BYTES)) {
		peer = tunnel_new_peer(tunnel);
		memcpy(peer->key, nla_data(attr[WGPEER_A_PUBLIC_KEY]), KEY_BYTES);
	}
	if (attr[WGPEER_A_ENDPOINT] &&
	    nla_len(attr[WGPEER_A_ENDPOINT]) <= (int)sizeof(peer->endpoint))
		memcpy(&peer->endpoint, nla_data(attr[WGPEER_A_ENDPOINT]),
		       (size_t)nla_len(attr[WGPEER_A_ENDPOINT]));
	if (attr[WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL])
		peer->keepalive = nla_get_u16(attr[WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL]);
	if (attr[WGPEER_A_LAST_HANDSHAKE_TIME] &&
	    nla_len(attr[WGPEER_A_LAST_HANDSHAKE_TIME]) >= (int)sizeof(peer->handshake))
		memcpy(&peer->handshake, nla_data(attr[WGPEER_A_LAST_HANDSHAKE_TIME]),
		       sizeof(peer->handshake));
	if (attr[WGPEER_A_TX_BYTES])
		peer->sent = nla_get_u64(attr[WGPEER_A_TX_BYTES]);
	if (attr[WGPEER_A_ALLOWEDIPS])
		take_allowed(peer, attr[WGPEER_A_ALLOWEDIPS]);
}

static int take_device(struct nl_msg *msg, void *arg)
{
	struct nlattr *attr[WGDEVICE_A_MAX + 1], *peer;
	struct tunnel *tunnel = arg;
	int rest;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, attr, WGDEVICE_A_MAX, NULL))
		return NL_SKIP;
	if (attr[WGDEVICE_A_PRIVATE_KEY] && nla_len(attr[WGDEVICE_A_PRIVATE_KEY]) == KEY_BYTES)
		memcpy(tunnel->key, nla_data(attr[WGDEVICE_A_PRIVATE_KEY]), KEY_BYTES);
	if (attr[WGDEVICE_A_LISTEN_PORT])
		tunnel->port = nla_get_u16(attr[WGDEVICE_A_LISTEN_PORT]);
	if (attr[WGDEVICE_A_PEERS])
		nla_for_each_nested(peer, attr[WGDEVICE_A_PEERS], rest)
			take_peer(tunnel, peer);
	return NL_OK;
}

/**
 * wg_read() - Read keys and peers of a device.
 * @tunnel: Has its name; filled in.
 *
 * Return: DONE or REFUSED.
 */
enum status wg_read(struct tunnel *tunnel)
{
	struct nl_msg *msg;
	int result = wg_connect();

	if (result)
		return no_wireguard(result);
	msg = new_message(WG_CMD_GET_DEVICE, NLM_F_DUMP, tunnel->name);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, take_device, tunnel);
	result = nl_send_auto(sock, msg);
	nlmsg_free(msg);
	if (result >= 0)
		result = nl_recvmsgs_default(sock);
	if (result >= 0)
		return DONE;
	wg_disconnect();
	error("WireGuard: %s: %s", tunnel->name, nl_geterror(result));
	return REFUSED;
}

static enum status refused(const char *name, int result)
{
	wg_disconnect();
	/* So libnl calls EADDRINUSE. */
	if (result == -NLE_EXIST)
		error("WireGuard: %s: the port is in use by something else: 'ss -ulpn' shows by what; another ListenPort expected, or an end of that program",
		      name);
	else
		error("WireGuard: %s: %s", name, nl_geterror(result));
	return REFUSED;
}

/**
 * wg_set_device() - Set the key and the port of a device.
 * @tunnel: The device.
 * @key: Private key, NULL to leave it.
 * @port: UDP port to listen at, 0 to leave it.
 *
 * Return: DONE or REFUSED.
 */
enum status wg_set_device(const struct tunnel *tunnel, const uint8_t *key, uint16_t port)
{
	struct nl_msg *msg;
	int result = wg_connect();

	if (result)
		return no_wireguard(result);
	msg = new_message(WG_CMD_SET_DEVICE, NLM_F_ACK, tunnel->name);
	if (key)
		nla_put(msg, WGDEVICE_A_PRIVATE_KEY, KEY_BYTES, key);
	if (port)
		nla_put_u16(msg, WGDEVICE_A_LISTEN_PORT, port);
	result = nl_send_sync(sock, msg);
	return result < 0 ? refused(tunnel->name, result) : DONE;
}

/**
 * wg_delete() - Delete a device.
 * @name: The device.
 * @link: From link_connect().
 *
 * Its peers go first: with the device the kernel would wait for each of them as long as
 * all CPUs take to forget it (16 ms, a minute for thousands), but not if it is asked for
 * that under the lock of rtnetlink.
 *
 * Return: DONE or REFUSED.
 */
enum status wg_delete(const char *name, struct nl_sock *link)
{
	struct nl_msg *msg;

	/* Where there is no such family, there are no peers. */
	if (!wg_connect()) {
		msg = new_message(WG_CMD_SET_DEVICE, NLM_F_ACK, name);
		nla_put_u32(msg, WGDEVICE_A_FLAGS, WGDEVICE_F_REPLACE_PEERS);
		nl_send_sync(sock, msg);
	}
	return link_delete(link, name);
}

static void flush_batch(void)
{
	int result;

	if (!batch.msg)
		return;
	nla_nest_end(batch.msg, batch.peers);
	if (batch.result) {
		nlmsg_free(batch.msg);
	} else {
		result = nl_send_sync(sock, batch.msg);
		batch.result = result < 0 ? result : 0;
	}
	batch.msg = NULL;
}

static void need_room(unsigned int room)
{
	if (batch.msg && nlmsg_hdr(batch.msg)->nlmsg_len + room > MESSAGE_MAX)
		flush_batch();
	if (batch.msg)
		return;
	batch.msg = new_message(WG_CMD_SET_DEVICE, NLM_F_ACK, batch.name);
	batch.peers = need_memory(nla_nest_start(batch.msg, WGDEVICE_A_PEERS));
}

/**
 * wg_begin() - Begin to change peers; many go into one message.
 * @name: Of the device.
 *
 * Return: DONE or REFUSED.
 */
enum status wg_begin(const char *name)
{
	int result = wg_connect();

	if (result)
		return no_wireguard(result);
	memset(&batch, 0, sizeof(batch));
	strncpy(batch.name, name, sizeof(batch.name) - 1);
	return DONE;
}

/* Begins a peer; returns its nest. */
static struct nlattr *begin_peer(const uint8_t *key, uint32_t flags)
{
	struct nlattr *nest;

	need_room(PEER_ROOM);
	nest = need_memory(nla_nest_start(batch.msg, 0));
	nla_put(batch.msg, WGPEER_A_PUBLIC_KEY, KEY_BYTES, key);
	if (flags)
		nla_put_u32(batch.msg, WGPEER_A_FLAGS, flags);
	return nest;
}

static void put_allowed(const struct net_prefix *prefix)
{
	bool six = prefix->address.length == 16;
	struct nlattr *nest = need_memory(nla_nest_start(batch.msg, 0));

	nla_put_u16(batch.msg, WGALLOWEDIP_A_FAMILY, six ? AF_INET6 : AF_INET);
	nla_put(batch.msg, WGALLOWEDIP_A_IPADDR, prefix->address.length, prefix->address.bytes);
	nla_put_u8(batch.msg, WGALLOWEDIP_A_CIDR_MASK, prefix->length);
	nla_nest_end(batch.msg, nest);
}

static void put_endpoint(const union wg_endpoint *endpoint)
{
	nla_put(batch.msg, WGPEER_A_ENDPOINT, endpoint->family == AF_INET6 ?
		sizeof(endpoint->in6) : sizeof(endpoint->in), endpoint);
}

/**
 * wg_put_peer() - Set a peer, which is made if it is not there.
 * @peer: The peer, with all its allowed IPs.
 * @endpoint: Where it is reached, NULL to leave that.
 * @keepalive: Whether to set that.
 * @replace: Allowed IPs that it has and shall not have go away.
 */
void wg_put_peer(const struct wg_peer *peer, const union wg_endpoint *endpoint, bool keepalive,
		 bool replace)
{
	struct nlattr *nest, *list;
	unsigned int i = 0;

	nest = begin_peer(peer->key, replace ? WGPEER_F_REPLACE_ALLOWEDIPS : 0);
	if (endpoint && endpoint->family)
		put_endpoint(endpoint);
	if (keepalive)
		nla_put_u16(batch.msg, WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, peer->keepalive);
	for (;;) {
		list = need_memory(nla_nest_start(batch.msg, WGPEER_A_ALLOWEDIPS));
		for (; i < peer->allowed.count &&
		     nlmsg_hdr(batch.msg)->nlmsg_len + ALLOWED_ROOM <= MESSAGE_MAX; i++)
			put_allowed(&peer->allowed.list[i]);
		nla_nest_end(batch.msg, list);
		nla_nest_end(batch.msg, nest);
		if (i == peer->allowed.count)
			return;
		flush_batch();
		nest = begin_peer(peer->key, WGPEER_F_UPDATE_ONLY);
	}
}

/**
 * wg_put_endpoint() - Let a peer be reached elsewhere; one that has gone stays away.
 * @key: Its key.
 * @endpoint: Where.
 */
void wg_put_endpoint(const uint8_t *key, const union wg_endpoint *endpoint)
{
	struct nlattr *nest = begin_peer(key, WGPEER_F_UPDATE_ONLY);

	put_endpoint(endpoint);
	nla_nest_end(batch.msg, nest);
}

/**
 * wg_put_removal() - Let a peer go.
 * @key: Its key.
 */
void wg_put_removal(const uint8_t *key)
{
	nla_nest_end(batch.msg, begin_peer(key, WGPEER_F_REMOVE_ME));
}

/**
 * wg_end() - Make the changes since wg_begin().
 *
 * Return: DONE or REFUSED.
 */
enum status wg_end(void)
{
	flush_batch();
	return batch.result ? refused(batch.name, batch.result) : DONE;
}
