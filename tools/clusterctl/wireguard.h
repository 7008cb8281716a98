/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A WireGuard device with its addresses and routes: as it is, as it shall be, and the
 * way from one to the other.
 */
#ifndef WIREGUARD_H
#define WIREGUARD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "cluster.h"
#include "setup.h"
#include "work.h"

/* Routes of this protocol on the device are ours. */
#define TUNNEL_PROTOCOL 107

/* After this long without a handshake a session is at its end. */
#define SESSION_SECONDS 180

struct nl_sock;
struct objects;
struct rtnl_link;

/**
 * union wg_endpoint - Where a peer is reached.
 * @family: AF_UNSPEC for nowhere, AF_INET or AF_INET6.
 * @in: If it is AF_INET.
 * @in6: If it is AF_INET6.
 */
union wg_endpoint {
	sa_family_t family;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/**
 * struct wg_peer - A peer.
 * @key: Its public key.
 * @endpoint: Where it is reached.
 * @named: Where the file says it is reached, NULL for nowhere; only of what shall be.
 * @keepalive: Seconds between keepalives, 0 for none.
 * @allowed: What may come from it and goes to it, sorted.
 * @handshake: When it was heard last, seconds since 1970, 0 for never.
 * @sent: Bytes sent to it; only of what is there.
 */
struct wg_peer {
	uint8_t key[KEY_BYTES];
	union wg_endpoint endpoint;
	const struct endpoint *named;
	uint16_t keepalive;
	struct net_prefixes allowed;
	int64_t handshake;
	uint64_t sent;
};

/**
 * struct tunnel - The device.
 * @name: Its name.
 * @exists: It is there.
 * @index: Its number, if it is.
 * @up: It is up.
 * @mtu: Its MTU.
 * @forwarding: What of IPv4 comes by it is forwarded.
 * @forwarding6: IPv6 is, by all devices.
 * @key: Private key.
 * @port: UDP port it listens at.
 * @peers: Its peers, sorted by their keys, @peer_count of them.
 * @peer_count: See @peers.
 * @addresses: Its addresses, sorted; without those of virtual routers.
 * @routes: Those that are ours, sorted.
 */
struct tunnel {
	char name[KCLUSTER_IFNAME_MAX + 1];
	bool exists;
	int index;
	bool up;
	uint32_t mtu;
	bool forwarding;
	bool forwarding6;
	uint8_t key[KEY_BYTES];
	uint16_t port;
	struct wg_peer *peers;
	unsigned int peer_count;
	struct net_prefixes addresses;
	struct net_prefixes routes;
};

/**
 * struct tunnels - Several of them.
 * @list: They, @count of them.
 * @count: See @list.
 */
struct tunnels {
	struct tunnel *list;
	unsigned int count;
};

/* wireguard.c: the object */
void tunnel_free(struct tunnel *tunnel);
void tunnels_free(struct tunnels *tunnels);
struct wg_peer *tunnel_new_peer(struct tunnel *tunnel);
struct wg_peer *tunnel_find_peer(const struct tunnel *tunnel, const uint8_t *key);
void tunnel_sort(struct tunnel *tunnel);
void prefixes_add(struct net_prefixes *prefixes, const struct ipaddr *address, uint8_t length);
bool prefixes_have(const struct net_prefixes *prefixes, const struct net_prefix *prefix);
bool prefixes_all_in(const struct net_prefixes *these, const struct net_prefixes *those);

/* wireguard_want.c: as it shall be */
enum status tunnel_want(struct tunnel *want, const struct tunnel *is, struct setup *setup,
			struct nl_sock *sock);
void tunnel_keep_moving(struct tunnel *want, const struct tunnel *is,
			const struct objects *all);

/* wireguard_resolve.c: where peers are reached */
bool endpoint_same(const union wg_endpoint *a, const union wg_endpoint *b);
bool endpoint_resolve(const struct endpoint *endpoint, const union wg_endpoint *present,
		      union wg_endpoint *found);
void tunnel_resolve(struct tunnel *want, const struct tunnel *is);

/* wireguard_change.c: from one to the other */
enum status tunnel_change(struct work *work, const struct tunnel *is, const struct tunnel *want,
			  struct nl_sock *sock);
enum status tunnels_remove(struct work *work, const struct tunnels *is, struct nl_sock *sock);
enum status tunnels_return(struct work *work, const struct tunnels *is, const struct tunnels *want,
			   struct nl_sock *sock);

const char *endpoint_text(const union wg_endpoint *endpoint, char *text, size_t size);
#define ENDPOINT_TEXT_MAX (ADDRESS_TEXT_MAX + 8)

/* wireguard_link.c: the device, its addresses and routes */
struct nl_sock *link_connect(void);
enum status link_read(struct nl_sock *sock, struct tunnel *tunnel);
enum status link_add(struct nl_sock *sock, const char *name, int *index);
enum status link_delete(struct nl_sock *sock, const char *name);
enum status link_set(struct nl_sock *sock, const char *name, bool up, uint32_t mtu);
enum status link_address(struct nl_sock *sock, const struct tunnel *tunnel, int index,
			 const struct net_prefix *address, bool add);
enum status link_route(struct nl_sock *sock, const char *name, int index,
		       const struct net_prefix *route, bool add);
uint32_t link_path_mtu(struct nl_sock *sock, const union wg_endpoint *endpoint);

/* wireguard_sysctl.c: forwarding */
void link_read_forwarding(struct tunnel *tunnel);
enum status link_forward(struct work *work, const char *name, bool on);
enum status link_forward6(struct work *work, bool on);
enum status link_promote(const char *name);
long sysctls_kept(void);
enum status sysctls_return(struct work *work, long since);

/* wireguard_ours.c: which devices setup made */
int link_claim(struct nl_sock *sock, struct rtnl_link *link);
enum status links_other(struct nl_sock *sock, const char *name, struct tunnels *others);
enum status links_forget(struct work *work, struct nl_sock *sock);

/* wireguard_netlink.c: keys and peers */
enum status wg_read(struct tunnel *tunnel);
enum status wg_set_device(const struct tunnel *tunnel, const uint8_t *key, uint16_t port);
enum status wg_delete(const char *name, struct nl_sock *link);
enum status wg_begin(const char *name);
void wg_put_peer(const struct wg_peer *peer, const union wg_endpoint *endpoint,
		 bool keepalive, bool replace);
void wg_put_endpoint(const uint8_t *key, const union wg_endpoint *endpoint);
void wg_put_removal(const uint8_t *key);
enum status wg_end(void);

#endif
