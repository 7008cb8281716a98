// SPDX-License-Identifier: GPL-2.0
/*
 * A virtual router as netlink attributes.
 */
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "extack.h"
#include "module.h"
#include "router.h"

static void put_text(struct nl_msg *msg, int type, const char *text)
{
	if (text)
		module_must(nla_put_string(msg, type, text));
}

static void put_address(struct nl_msg *msg, int type, const struct ipaddr *address)
{
	if (address->length)
		module_must(nla_put(msg, type, address->length, address->bytes));
}

/**
 * vip_encode() - Write an address into a request.
 * @msg: The request.
 * @type: Of the attribute.
 * @vip: The address; what became of it is not written.
 */
void vip_encode(struct nl_msg *msg, int type, const struct vip *vip)
{
	struct nlattr *nest = module_nest(msg, type);

	put_address(msg, KCLUSTER_A_ADDRESS_ADDRESS, &vip->address);
	if (vip->prefixlen >= 0)
		module_must(nla_put_u8(msg, KCLUSTER_A_ADDRESS_PREFIXLEN, (uint8_t)vip->prefixlen));
	put_text(msg, KCLUSTER_A_ADDRESS_IFNAME, vip->ifname);
	if (vip->has_scope)
		module_must(nla_put_u8(msg, KCLUSTER_A_ADDRESS_SCOPE, vip->scope));
	if (vip->excluded)
		module_must(nla_put_flag(msg, KCLUSTER_A_ADDRESS_EXCLUDED));
	if (vip->local)
		module_must(nla_put_flag(msg, KCLUSTER_A_ADDRESS_LOCAL));
	module_must(nla_nest_end(msg, nest));
}

static void encode_route(struct nl_msg *msg, const struct route *route)
{
	struct nlattr *nest = module_nest(msg, KCLUSTER_A_VRRP_ROUTE);

	put_address(msg, KCLUSTER_A_ROUTE_DST, &route->dst);
	if (route->prefixlen >= 0)
		module_must(nla_put_u8(msg, KCLUSTER_A_ROUTE_PREFIXLEN, (uint8_t)route->prefixlen));
	put_address(msg, KCLUSTER_A_ROUTE_VIA, &route->via);
	put_text(msg, KCLUSTER_A_ROUTE_IFNAME, route->ifname);
	if (route->has_metric)
		module_must(nla_put_u32(msg, KCLUSTER_A_ROUTE_METRIC, route->metric));
	if (route->has_table)
		module_must(nla_put_u32(msg, KCLUSTER_A_ROUTE_TABLE, route->table));
	/* "default" alone has no attribute, and yet is a route. */
	module_must(nla_nest_end_keep_empty(msg, nest));
}

static void encode_track(struct nl_msg *msg, const struct track *track)
{
	struct nlattr *nest = module_nest(msg, KCLUSTER_A_VRRP_TRACK);

	put_text(msg, KCLUSTER_A_TRACK_IFNAME, track->ifname);
	put_text(msg, KCLUSTER_A_TRACK_VALUE, track->value);
	put_address(msg, KCLUSTER_A_TRACK_NEIGHBOUR, &track->neighbour);
	if (track->has_interval)
		module_must(nla_put_u32(msg, KCLUSTER_A_TRACK_INTERVAL, track->interval));
	if (track->has_lose)
		module_must(nla_put_u8(msg, KCLUSTER_A_TRACK_LOSE, track->lose));
	if (track->has_weight)
		module_must(nla_put_s32(msg, KCLUSTER_A_TRACK_WEIGHT, track->weight));
	module_must(nla_nest_end(msg, nest));
}

static void put_u8(struct nl_msg *msg, const struct router *router, int type, uint8_t value)
{
	if (router_has(router, (unsigned int)type))
		module_must(nla_put_u8(msg, type, value));
}

static void put_u32(struct nl_msg *msg, const struct router *router, int type, uint32_t value)
{
	if (router_has(router, (unsigned int)type))
		module_must(nla_put_u32(msg, type, value));
}

/**
 * router_encode() - Write what is given of a router into a request.
 * @msg: The request.
 * @router: The router; only what can be configured is written.
 */
void router_encode(struct nl_msg *msg, const struct router *router)
{
	struct nlattr *nest;
	unsigned int i;

	put_text(msg, KCLUSTER_A_VRRP_NAME, router->name);
	put_text(msg, KCLUSTER_A_VRRP_IFNAME, router->ifname);
	put_u8(msg, router, KCLUSTER_A_VRRP_VRID, router->vrid);
	put_u8(msg, router, KCLUSTER_A_VRRP_VERSION, router->version);
	put_u8(msg, router, KCLUSTER_A_VRRP_FAMILY, router->family);
	put_u8(msg, router, KCLUSTER_A_VRRP_INITIAL_STATE, router->initial_state);
	put_u8(msg, router, KCLUSTER_A_VRRP_PRIORITY, router->priority);
	put_u32(msg, router, KCLUSTER_A_VRRP_INTERVAL, router->interval);
	put_u8(msg, router, KCLUSTER_A_VRRP_PREEMPT, router->preempt);
	put_u32(msg, router, KCLUSTER_A_VRRP_PREEMPT_DELAY, router->preempt_delay);
	put_u32(msg, router, KCLUSTER_A_VRRP_STARTUP_DELAY, router->startup_delay);
	put_text(msg, KCLUSTER_A_VRRP_AUTH_PASS, router->auth_pass);
	put_text(msg, KCLUSTER_A_VRRP_GROUP, router->group);
	put_u8(msg, router, KCLUSTER_A_VRRP_CHECKSUM, router->checksum);
	put_u8(msg, router, KCLUSTER_A_VRRP_VMAC, router->vmac);
	put_u8(msg, router, KCLUSTER_A_VRRP_ACCEPT, router->accept);
	put_u8(msg, router, KCLUSTER_A_VRRP_ON_ISOLATION, router->on_isolation);
	for (i = 0; i < router->peer_count; i++) {
		nest = module_nest(msg, KCLUSTER_A_VRRP_PEER);
		put_address(msg, KCLUSTER_A_PEER_ADDRESS, &router->peers[i]);
		module_must(nla_nest_end(msg, nest));
	}
	if (router->no_peer)
		module_must(nla_nest_end_keep_empty(msg, module_nest(msg, KCLUSTER_A_VRRP_PEER)));
	for (i = 0; i < router->witness_count; i++)
		witness_encode(msg, &router->witnesses[i]);
	if (router->no_witness)
		module_must(nla_nest_end_keep_empty(msg, module_nest(msg,
								     KCLUSTER_A_VRRP_WITNESS)));
	for (i = 0; i < router->address_count; i++)
		vip_encode(msg, KCLUSTER_A_VRRP_ADDRESS, &router->addresses[i]);
	for (i = 0; i < router->route_count; i++)
		encode_route(msg, &router->routes[i]);
	for (i = 0; i < router->track_count; i++)
		encode_track(msg, &router->tracks[i]);
	for (i = 0; i < router->path_count; i++)
		path_encode(msg, &router->paths[i]);
}

/**
 * vip_decode() - Read an address from an attribute.
 * @vip: Filled in; starts out empty.
 * @nest: The attribute.
 */
void vip_decode(struct vip *vip, struct nlattr *nest)
{
	const struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		switch (nla_type(attr)) {
		case KCLUSTER_A_ADDRESS_ADDRESS:
			address_from_attribute(&vip->address, attr);
			break;
		case KCLUSTER_A_ADDRESS_PREFIXLEN:
			vip->prefixlen = (int)number_from_attribute(attr);
			break;
		case KCLUSTER_A_ADDRESS_IFNAME:
			free(vip->ifname);
			vip->ifname = text_from_attribute(attr);
			break;
		case KCLUSTER_A_ADDRESS_SCOPE:
			vip->scope = (uint8_t)number_from_attribute(attr);
			vip->has_scope = true;
			break;
		case KCLUSTER_A_ADDRESS_EXCLUDED:
			vip->excluded = true;
			break;
		case KCLUSTER_A_ADDRESS_LOCAL:
			vip->local = true;
			break;
		case KCLUSTER_A_ADDRESS_STATE:
			vip->state = (uint8_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_ADDRESS_ERROR:
			vip->error = (uint32_t)number_from_attribute(attr);
			break;
		}
	}
}

static void decode_route(struct route *route, struct nlattr *nest)
{
	const struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		switch (nla_type(attr)) {
		case KCLUSTER_A_ROUTE_DST:
			address_from_attribute(&route->dst, attr);
			break;
		case KCLUSTER_A_ROUTE_PREFIXLEN:
			route->prefixlen = (int)number_from_attribute(attr);
			break;
		case KCLUSTER_A_ROUTE_VIA:
			address_from_attribute(&route->via, attr);
			break;
		case KCLUSTER_A_ROUTE_IFNAME:
			free(route->ifname);
			route->ifname = text_from_attribute(attr);
			break;
		case KCLUSTER_A_ROUTE_METRIC:
			route->metric = (uint32_t)number_from_attribute(attr);
			route->has_metric = true;
			break;
		case KCLUSTER_A_ROUTE_TABLE:
			route->table = (uint32_t)number_from_attribute(attr);
			route->has_table = true;
			break;
		case KCLUSTER_A_ROUTE_STATE:
			route->state = (uint8_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_ROUTE_ERROR:
			route->error = (uint32_t)number_from_attribute(attr);
			break;
		}
	}
}

static void decode_track(struct track *track, struct nlattr *nest)
{
	const struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		switch (nla_type(attr)) {
		case KCLUSTER_A_TRACK_IFNAME:
			free(track->ifname);
			track->ifname = text_from_attribute(attr);
			break;
		case KCLUSTER_A_TRACK_VALUE:
			free(track->value);
			track->value = text_from_attribute(attr);
			break;
		case KCLUSTER_A_TRACK_WEIGHT:
			track->weight = (int32_t)number_from_attribute(attr);
			track->has_weight = true;
			break;
		case KCLUSTER_A_TRACK_NEIGHBOUR:
			address_from_attribute(&track->neighbour, attr);
			break;
		case KCLUSTER_A_TRACK_INTERVAL:
			track->interval = (uint32_t)number_from_attribute(attr);
			track->has_interval = true;
			break;
		case KCLUSTER_A_TRACK_LOSE:
			track->lose = (uint8_t)number_from_attribute(attr);
			track->has_lose = true;
			break;
		case KCLUSTER_A_TRACK_UP:
			track->up = number_from_attribute(attr);
			break;
		}
	}
}

static void decode_stats(struct router *router, struct nlattr *nest)
{
	const struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		unsigned int type = (unsigned int)nla_type(attr);

		if (type > KCLUSTER_A_VRRP_STATS_MAX || type == KCLUSTER_A_VRRP_STATS_PAD)
			continue;
		router->stats[type] = number_from_attribute(attr);
		router->stats_given |= UINT64_C(1) << type;
	}
}

/* Sets a member that is a number or an address; the lists come elsewhere. */
static void decode_scalar(struct router *router, const struct nlattr *attr)
{
	uint64_t number = number_from_attribute(attr);

	switch (nla_type(attr)) {
	case KCLUSTER_A_VRRP_VRID:
		router->vrid = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_VERSION:
		router->version = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_FAMILY:
		router->family = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_INITIAL_STATE:
		router->initial_state = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_PRIORITY:
		router->priority = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_INTERVAL:
		router->interval = (uint32_t)number;
		break;
	case KCLUSTER_A_VRRP_PREEMPT:
		router->preempt = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_PREEMPT_DELAY:
		router->preempt_delay = (uint32_t)number;
		break;
	case KCLUSTER_A_VRRP_STARTUP_DELAY:
		router->startup_delay = (uint32_t)number;
		break;
	case KCLUSTER_A_VRRP_CHECKSUM:
		router->checksum = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_IFINDEX:
		router->ifindex = (uint32_t)number;
		break;
	case KCLUSTER_A_VRRP_STATE:
		router->state = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_EFFECTIVE_PRIORITY:
		router->effective_priority = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_SINCE:
		router->since = number;
		break;
	case KCLUSTER_A_VRRP_SOURCE:
		address_from_attribute(&router->source, attr);
		break;
	case KCLUSTER_A_VRRP_MASTER_ADDRESS:
		address_from_attribute(&router->master_address, attr);
		break;
	case KCLUSTER_A_VRRP_MASTER_PRIORITY:
		router->master_priority = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_MASTER_INTERVAL:
		router->master_interval = (uint32_t)number;
		break;
	case KCLUSTER_A_VRRP_MASTER_DOWN_INTERVAL:
		router->master_down_interval = (uint32_t)number;
		break;
	case KCLUSTER_A_VRRP_LAST_HEARD:
		router->last_heard = number;
		break;
	case KCLUSTER_A_VRRP_CLAIM_EPOCH:
		router->claim_epoch = number;
		break;
	case KCLUSTER_A_VRRP_SEQUENCE:
		router->sequence = (uint32_t)number;
		break;
	case KCLUSTER_A_VRRP_VMAC:
		router->vmac = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_ACCEPT:
		router->accept = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_VMAC_ADDRESS:
		if (nla_len(attr) == sizeof(router->vmac_address))
			memcpy(router->vmac_address, nla_data(attr),
			       sizeof(router->vmac_address));
		break;
	case KCLUSTER_A_VRRP_OLD_STATE:
		router->old_state = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_ADDRESSES:
		router->addresses_total = (uint32_t)number;
		break;
	case KCLUSTER_A_VRRP_STANDBY:
		router->standby = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_STANDBY_TIME:
		router->standby_time = (uint32_t)number;
		break;
	case KCLUSTER_A_VRRP_PREEMPT_WAIT:
		router->preempt_wait = (uint32_t)number;
		break;
	case KCLUSTER_A_VRRP_HANDOVER_WAIT:
		router->handover_wait = (uint32_t)number;
		break;
	case KCLUSTER_A_VRRP_STARTUP_WAIT:
		router->startup_wait = (uint32_t)number;
		break;
	default:
		votes_decode(router, nla_type(attr), number);
	}
}

static void set_text(char **text, const struct nlattr *attr)
{
	free(*text);
	*text = text_from_attribute(attr);
}

static void decode_peer(struct router *router, struct nlattr *nest)
{
	const struct nlattr *attr = nla_find(nla_data(nest), nla_len(nest),
					     KCLUSTER_A_PEER_ADDRESS);

	if (attr)
		address_from_attribute(router_new_peer(router), attr);
}

/**
 * router_decode() - Read a router from a message of the kernel.
 * @router: Filled in; starts out zeroed. To be freed with router_free().
 * @message: A message with a generic netlink header. What it has that this
 *	tool does not know is passed over.
 */
void router_decode(struct router *router, const struct nlmsghdr *message)
{
	struct nlattr *attr, *first;
	int length, left;

	first = message_attributes(message, &length);
	nla_for_each_attr(attr, first, length, left) {
		unsigned int type = (unsigned int)nla_type(attr);

		if (type > KCLUSTER_A_VRRP_MAX)
			continue;
		router_mark(router, type);
		switch (type) {
		case KCLUSTER_A_VRRP_NAME:
			set_text(&router->name, attr);
			break;
		case KCLUSTER_A_VRRP_IFNAME:
			set_text(&router->ifname, attr);
			break;
		case KCLUSTER_A_VRRP_AUTH_PASS:
			set_text(&router->auth_pass, attr);
			break;
		case KCLUSTER_A_VRRP_GROUP:
			set_text(&router->group, attr);
			break;
		case KCLUSTER_A_VRRP_REASON:
			set_text(&router->reason, attr);
			break;
		case KCLUSTER_A_VRRP_VMAC_FLAW:
			set_text(&router->vmac_flaw, attr);
			break;
		case KCLUSTER_A_VRRP_PEER:
			decode_peer(router, attr);
			break;
		case KCLUSTER_A_VRRP_ADDRESS:
			vip_decode(router_new_address(router), attr);
			break;
		case KCLUSTER_A_VRRP_ROUTE:
			decode_route(router_new_route(router), attr);
			break;
		case KCLUSTER_A_VRRP_TRACK:
			decode_track(router_new_track(router), attr);
			break;
		case KCLUSTER_A_VRRP_PATH:
			path_decode(router_new_path(router), attr);
			break;
		case KCLUSTER_A_VRRP_WITNESS:
			witness_decode(router_new_witness(router), attr);
			break;
		case KCLUSTER_A_VRRP_STATS:
			decode_stats(router, attr);
			break;
		default:
			decode_scalar(router, attr);
		}
	}
	if (!router->name)
		router->name = copy_text("");
	if (!router->ifname)
		router->ifname = copy_text("");
}
