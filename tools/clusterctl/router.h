/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual router as the tool knows it: filled from the command line or from
 * the kernel's answer, written into a request or shown.
 */
#ifndef ROUTER_H
#define ROUTER_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/kcluster.h>

#include "clusterctl.h"
#include "parse.h"
#include "path.h"
#include "witness.h"

struct nl_msg;
struct nlattr;

/**
 * struct vip - An address of a virtual router.
 * @address: The address.
 * @prefixlen: Its prefix length, -1 when not given.
 * @ifname: Device, NULL for the router's own.
 * @has_scope: Whether @scope was given.
 * @scope: Scope as in rtnetlink.
 * @excluded: Not listed in advertisements.
 * @local: Held as a local route: all addresses of the prefix.
 * @state: What became of it, enum kcluster_vrrp_item_state.
 * @error: Positive errno when it failed.
 */
struct vip {
	struct ipaddr address;
	int prefixlen;
	char *ifname;
	bool has_scope;
	uint8_t scope;
	bool excluded;
	bool local;
	uint8_t state;
	uint32_t error;
};

/**
 * struct route - A route of a virtual router.
 * @dst: Destination; none for the default route of the gateway's or the
 *	router's family.
 * @prefixlen: Prefix length of @dst, -1 when not given.
 * @via: Gateway, may be none.
 * @ifname: Output device, NULL to find it by the gateway.
 * @has_metric: Whether @metric was given.
 * @metric: Priority of the route.
 * @has_table: Whether @table was given.
 * @table: Routing table.
 * @state: What became of it, enum kcluster_vrrp_item_state.
 * @error: Positive errno when it failed.
 */
struct route {
	struct ipaddr dst;
	int prefixlen;
	struct ipaddr via;
	char *ifname;
	bool has_metric;
	uint32_t metric;
	bool has_table;
	uint32_t table;
	uint8_t state;
	uint32_t error;
};

/**
 * struct track - A device, a neighbour or a value a virtual router watches.
 * @neighbour: The neighbour, asked through @ifname; none for a device or a value.
 * @ifname: The device; NULL for a value.
 * @value: The value; NULL for a device.
 * @has_weight: Whether @weight was given.
 * @weight: What it counts.
 * @has_interval: Whether @interval was given.
 * @interval: Milliseconds between questions to the neighbour.
 * @has_lose: Whether @lose was given.
 * @lose: Questions in a row without an answer that are one too many.
 * @up: Whether the device is up and has carrier, the neighbour answers or the value is up.
 */
struct track {
	struct ipaddr neighbour;
	char *ifname;
	char *value;
	bool has_weight;
	int32_t weight;
	bool has_interval;
	uint32_t interval;
	bool has_lose;
	uint8_t lose;
	bool up;
};

/**
 * struct router - A virtual router.
 * @given: Bit 1 << KCLUSTER_A_VRRP_* for each attribute that is set.
 * @peers: Unicast peers, @peer_count of them.
 * @addresses: Addresses, @address_count of them.
 * @routes: Routes, @route_count of them.
 * @tracks: Tracked devices, neighbours and values, @track_count of them.
 * @paths: Paths, @path_count of them; none where @ifname is the only one.
 * @stats: Counters by KCLUSTER_A_VRRP_STATS_*.
 * @stats_given: Bit 1 << KCLUSTER_A_VRRP_STATS_* for each counter that is set.
 * @no_peer: Asked to have no peers any more.
 * @witnesses: Other nodes that vote, @witness_count of them.
 * @no_witness: Asked to have none any more.
 * @witness_count: See @witnesses.
 * @peer_count: See @peers.
 * @address_count: See @addresses.
 * @route_count: See @routes.
 * @track_count: See @tracks.
 * @path_count: See @paths.
 * @addresses_total: How many addresses the kernel has; @addresses may lack some.
 *
 * The other members are the attributes of the same name. Times are in
 * milliseconds.
 */
struct router {
	uint64_t given;
	char *name;
	char *ifname;
	char *auth_pass;
	char *group;
	char *reason;
	char *vmac_flaw;
	uint64_t claim_epoch;
	uint8_t vrid;
	uint8_t version;
	uint8_t family;
	uint8_t initial_state;
	uint8_t priority;
	uint8_t preempt;
	uint8_t checksum;
	uint8_t state;
	uint8_t old_state;
	uint8_t effective_priority;
	uint8_t master_priority;
	uint8_t standby;
	uint8_t vmac;
	uint8_t accept;
	uint8_t on_isolation;
	uint8_t votes;
	uint8_t votes_granted;
	uint8_t candidate;
	uint32_t lease;
	uint8_t vmac_address[6];
	uint32_t interval;
	uint32_t preempt_delay;
	uint32_t startup_delay;
	uint32_t ifindex;
	uint32_t master_interval;
	uint32_t master_down_interval;
	uint32_t sequence;
	uint32_t standby_time;
	uint32_t preempt_wait;
	uint32_t handover_wait;
	uint32_t startup_wait;
	uint64_t since;
	uint64_t last_heard;
	struct ipaddr source;
	struct ipaddr master_address;
	struct ipaddr *peers;
	struct vip *addresses;
	struct route *routes;
	struct track *tracks;
	struct path *paths;
	struct witness *witnesses;
	bool no_peer;
	bool no_witness;
	unsigned int witness_count;
	unsigned int peer_count;
	unsigned int address_count;
	unsigned int route_count;
	unsigned int track_count;
	unsigned int path_count;
	uint32_t addresses_total;
	uint64_t stats[KCLUSTER_A_VRRP_STATS_MAX + 1];
	uint64_t stats_given;
};

/**
 * struct routers - Several virtual routers.
 * @list: The routers.
 * @count: How many.
 */
struct routers {
	struct router *list;
	unsigned int count;
};

/* router.c: the object and its lists */
void router_drop_paths(struct router *router);
void router_free(struct router *router);
void routers_free(struct routers *routers);
struct router *routers_find(const struct routers *all, const char *name);
struct ipaddr *router_new_peer(struct router *router);
struct vip *router_new_address(struct router *router);
struct route *router_new_route(struct router *router);
struct track *router_new_track(struct router *router);
struct path *router_new_path(struct router *router);
struct witness *router_new_witness(struct router *router);
bool router_same_track(const struct track *a, const struct track *b);

static inline bool router_has(const struct router *router, unsigned int attribute)
{
	return router->given & (UINT64_C(1) << attribute);
}

static inline void router_mark(struct router *router, unsigned int attribute)
{
	router->given |= UINT64_C(1) << attribute;
}

bool route_is_default(const struct route *route, uint8_t family);
bool route_metric_is_usual(const struct route *route);

const char *state_text(uint8_t state);
const char *item_state_text(uint8_t state);
const char *stats_name(unsigned int counter);

/* router_netlink.c: to and from the kernel */
void router_encode(struct nl_msg *msg, const struct router *router);
void router_decode(struct router *router, const struct nlmsghdr *message);
void vip_encode(struct nl_msg *msg, int type, const struct vip *vip);
void vip_decode(struct vip *vip, struct nlattr *nest);

/* router_get.c: what the kernel has */
int routers_try_get(struct routers *routers);
enum status routers_get(struct routers *routers, const char *what);
enum status routers_get_one(struct routers *routers, const char *name, const char *what);

/* router_args.c: from the command line */
enum status router_parse_settings(struct router *router, char **argv, bool set);
enum status router_parse_more(struct router *router, char **argv, const char *what);
enum status router_parse_end(struct router *router, const char *what);
enum status router_parse_list(struct router *router, char **argv, int key, const char *what);

/* router_save.c: for a batch */
void router_save_address(FILE *out, const struct vip *vip);
void router_save_addresses(FILE *out, const struct vip *vip, unsigned int count);
void router_save_route(FILE *out, const struct route *route, uint8_t family);
void router_save_track(FILE *out, const struct track *track);
void router_save(FILE *out, const struct router *router);

/* vrrp.c: the object vrrp */
enum status router_send(uint8_t command, const struct router *router, const char *what);

/* router_show.c: for people and programs */
struct json_object *router_json(const struct router *router, bool statistics);
struct json_object *vip_json(const struct vip *vip);
void router_show(const struct router *router, bool statistics);
void router_show_addresses(const struct router *router, const char *separator);
const char *vmac_text(const struct router *router, char *text);
void router_show_route(const struct route *route, uint8_t family);
void router_show_track(const struct track *track);
void router_show_state(uint8_t state);
void router_show_item_state(uint8_t state, uint32_t error_number);

#endif
