// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	uapi/kcluster.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/kcluster.h>

/* Integer value ranges */
static const struct netlink_range_validation kcluster_a_track_interval_range = {
	.min	= 100ULL,
	.max	= 60000ULL,
};

static const struct netlink_range_validation kcluster_a_vrrp_interval_range = {
	.min	= 10ULL,
	.max	= 255000ULL,
};

static const struct netlink_range_validation kcluster_a_vrrp_preempt_delay_range = {
	.max	= 3600000ULL,
};

static const struct netlink_range_validation kcluster_a_vrrp_startup_delay_range = {
	.max	= 3600000ULL,
};

static const struct netlink_range_validation kcluster_a_value_ttl_range = {
	.max	= 3600000ULL,
};

static const struct netlink_range_validation kcluster_a_mirror_limit_range = {
	.min	= 16ULL,
	.max	= 1048576ULL,
};

static const struct netlink_range_validation kcluster_a_clusterip_lease_range = {
	.min	= KCLUSTER_CLUSTERIP_LEASE_MIN,
	.max	= KCLUSTER_CLUSTERIP_LEASE_MAX,
};

/* Common nested types */
const struct nla_policy kcluster_address_nl_policy[KCLUSTER_A_ADDRESS_LOCAL + 1] = {
	[KCLUSTER_A_ADDRESS_ADDRESS] = { .type = NLA_BINARY, },
	[KCLUSTER_A_ADDRESS_PREFIXLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[KCLUSTER_A_ADDRESS_IFNAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_IFNAME_MAX, },
	[KCLUSTER_A_ADDRESS_SCOPE] = { .type = NLA_U8, },
	[KCLUSTER_A_ADDRESS_EXCLUDED] = { .type = NLA_FLAG, },
	[KCLUSTER_A_ADDRESS_STATE] = NLA_POLICY_MAX(NLA_U8, 3),
	[KCLUSTER_A_ADDRESS_ERROR] = { .type = NLA_U32, },
	[KCLUSTER_A_ADDRESS_LOCAL] = { .type = NLA_FLAG, },
};

const struct nla_policy kcluster_claim_prefix_nl_policy[KCLUSTER_A_CLAIM_PREFIX_FLAW + 1] = {
	[KCLUSTER_A_CLAIM_PREFIX_ADDRESS] = { .type = NLA_BINARY, },
	[KCLUSTER_A_CLAIM_PREFIX_PREFIXLEN] = { .type = NLA_U8, },
	[KCLUSTER_A_CLAIM_PREFIX_IFNAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_IFNAME_MAX, },
	[KCLUSTER_A_CLAIM_PREFIX_ROUTED] = { .type = NLA_U8, },
	[KCLUSTER_A_CLAIM_PREFIX_ROUTER] = { .type = NLA_U8, },
	[KCLUSTER_A_CLAIM_PREFIX_FLAW] = { .type = NLA_NUL_STRING, },
};

const struct nla_policy kcluster_mirror_filter_nl_policy[KCLUSTER_A_MIRROR_FILTER_PORT + 1] = {
	[KCLUSTER_A_MIRROR_FILTER_ACTION] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_MIRROR_FILTER_PROTOCOL] = { .type = NLA_U8, },
	[KCLUSTER_A_MIRROR_FILTER_ADDRESS] = { .type = NLA_BINARY, },
	[KCLUSTER_A_MIRROR_FILTER_PREFIXLEN] = { .type = NLA_U8, },
	[KCLUSTER_A_MIRROR_FILTER_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
};

const struct nla_policy kcluster_node_path_nl_policy[KCLUSTER_A_NODE_PATH_PAD + 1] = {
	[KCLUSTER_A_NODE_PATH_ADDRESS] = { .type = NLA_BINARY, },
	[KCLUSTER_A_NODE_PATH_IFNAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_IFNAME_MAX, },
	[KCLUSTER_A_NODE_PATH_UP] = { .type = NLA_U8, },
	[KCLUSTER_A_NODE_PATH_BEST] = { .type = NLA_U8, },
	[KCLUSTER_A_NODE_PATH_FLAW] = { .type = NLA_NUL_STRING, },
	[KCLUSTER_A_NODE_PATH_LAST_HEARD] = { .type = NLA_U64, },
	[KCLUSTER_A_NODE_PATH_RTT] = { .type = NLA_U32, },
	[KCLUSTER_A_NODE_PATH_RTT_DEVIATION] = { .type = NLA_U32, },
	[KCLUSTER_A_NODE_PATH_LOSS] = { .type = NLA_U8, },
	[KCLUSTER_A_NODE_PATH_SENT] = { .type = NLA_U64, },
	[KCLUSTER_A_NODE_PATH_RECEIVED] = { .type = NLA_U64, },
};

const struct nla_policy kcluster_path_nl_policy[KCLUSTER_A_PATH_PAD + 1] = {
	[KCLUSTER_A_PATH_IFNAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_IFNAME_MAX, },
	[KCLUSTER_A_PATH_PEER] = NLA_POLICY_NESTED(kcluster_peer_nl_policy),
	[KCLUSTER_A_PATH_HOP_LIMIT] = NLA_POLICY_MIN(NLA_U8, 1),
	[KCLUSTER_A_PATH_TRUSTED] = { .type = NLA_FLAG, },
	[KCLUSTER_A_PATH_UP] = { .type = NLA_U8, },
	[KCLUSTER_A_PATH_SILENT] = { .type = NLA_U8, },
	[KCLUSTER_A_PATH_FLAW] = { .type = NLA_NUL_STRING, },
	[KCLUSTER_A_PATH_SOURCE] = { .type = NLA_BINARY, },
	[KCLUSTER_A_PATH_LAST_HEARD] = { .type = NLA_U64, },
};

const struct nla_policy kcluster_peer_nl_policy[KCLUSTER_A_PEER_ADDRESS + 1] = {
	[KCLUSTER_A_PEER_ADDRESS] = { .type = NLA_BINARY, },
};

const struct nla_policy kcluster_route_nl_policy[KCLUSTER_A_ROUTE_ERROR + 1] = {
	[KCLUSTER_A_ROUTE_DST] = { .type = NLA_BINARY, },
	[KCLUSTER_A_ROUTE_PREFIXLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[KCLUSTER_A_ROUTE_VIA] = { .type = NLA_BINARY, },
	[KCLUSTER_A_ROUTE_IFNAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_IFNAME_MAX, },
	[KCLUSTER_A_ROUTE_METRIC] = { .type = NLA_U32, },
	[KCLUSTER_A_ROUTE_TABLE] = NLA_POLICY_MIN(NLA_U32, 1),
	[KCLUSTER_A_ROUTE_STATE] = NLA_POLICY_MAX(NLA_U8, 3),
	[KCLUSTER_A_ROUTE_ERROR] = { .type = NLA_U32, },
};

const struct nla_policy kcluster_track_nl_policy[KCLUSTER_A_TRACK_LOSE + 1] = {
	[KCLUSTER_A_TRACK_IFNAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_IFNAME_MAX, },
	[KCLUSTER_A_TRACK_WEIGHT] = { .type = NLA_S32, },
	[KCLUSTER_A_TRACK_UP] = { .type = NLA_U8, },
	[KCLUSTER_A_TRACK_VALUE] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_TRACK_NEIGHBOUR] = { .type = NLA_BINARY, },
	[KCLUSTER_A_TRACK_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &kcluster_a_track_interval_range),
	[KCLUSTER_A_TRACK_LOSE] = NLA_POLICY_RANGE(NLA_U8, 1, 100),
};

const struct nla_policy kcluster_witness_nl_policy[KCLUSTER_A_WITNESS_PAD + 1] = {
	[KCLUSTER_A_WITNESS_ADDRESS] = { .type = NLA_BINARY, },
	[KCLUSTER_A_WITNESS_VOTE] = NLA_POLICY_MAX(NLA_U8, 5),
	[KCLUSTER_A_WITNESS_LAST_HEARD] = { .type = NLA_U64, },
	[KCLUSTER_A_WITNESS_PROMISE] = { .type = NLA_U32, },
};

/* KCLUSTER_CMD_VRRP_GET - do */
static const struct nla_policy kcluster_vrrp_get_nl_policy[KCLUSTER_A_VRRP_NAME + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_VRRP_ADD - do */
static const struct nla_policy kcluster_vrrp_add_nl_policy[KCLUSTER_A_VRRP_GROUP + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_VRRP_IFNAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_IFNAME_MAX, },
	[KCLUSTER_A_VRRP_VRID] = NLA_POLICY_MIN(NLA_U8, 1),
	[KCLUSTER_A_VRRP_VERSION] = NLA_POLICY_RANGE(NLA_U8, 2, 3),
	[KCLUSTER_A_VRRP_FAMILY] = { .type = NLA_U8, },
	[KCLUSTER_A_VRRP_INITIAL_STATE] = NLA_POLICY_RANGE(NLA_U8, 1, 5),
	[KCLUSTER_A_VRRP_PRIORITY] = NLA_POLICY_MIN(NLA_U8, 1),
	[KCLUSTER_A_VRRP_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &kcluster_a_vrrp_interval_range),
	[KCLUSTER_A_VRRP_PREEMPT] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_VRRP_PREEMPT_DELAY] = NLA_POLICY_FULL_RANGE(NLA_U32, &kcluster_a_vrrp_preempt_delay_range),
	[KCLUSTER_A_VRRP_STARTUP_DELAY] = NLA_POLICY_FULL_RANGE(NLA_U32, &kcluster_a_vrrp_startup_delay_range),
	[KCLUSTER_A_VRRP_AUTH_PASS] = { .type = NLA_NUL_STRING, .len = KCLUSTER_AUTH_PASS_MAX, },
	[KCLUSTER_A_VRRP_CHECKSUM] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_VRRP_PEER] = NLA_POLICY_NESTED(kcluster_peer_nl_policy),
	[KCLUSTER_A_VRRP_ADDRESS] = NLA_POLICY_NESTED(kcluster_address_nl_policy),
	[KCLUSTER_A_VRRP_ROUTE] = NLA_POLICY_NESTED(kcluster_route_nl_policy),
	[KCLUSTER_A_VRRP_TRACK] = NLA_POLICY_NESTED(kcluster_track_nl_policy),
	[KCLUSTER_A_VRRP_PATH] = NLA_POLICY_NESTED(kcluster_path_nl_policy),
	[KCLUSTER_A_VRRP_VMAC] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_VRRP_ACCEPT] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_VRRP_ON_ISOLATION] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_VRRP_WITNESS] = NLA_POLICY_NESTED(kcluster_witness_nl_policy),
	[KCLUSTER_A_VRRP_GROUP] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_VRRP_SET - do */
static const struct nla_policy kcluster_vrrp_set_nl_policy[KCLUSTER_A_VRRP_GROUP + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_VRRP_INITIAL_STATE] = NLA_POLICY_RANGE(NLA_U8, 1, 5),
	[KCLUSTER_A_VRRP_PRIORITY] = NLA_POLICY_MIN(NLA_U8, 1),
	[KCLUSTER_A_VRRP_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &kcluster_a_vrrp_interval_range),
	[KCLUSTER_A_VRRP_PREEMPT] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_VRRP_PREEMPT_DELAY] = NLA_POLICY_FULL_RANGE(NLA_U32, &kcluster_a_vrrp_preempt_delay_range),
	[KCLUSTER_A_VRRP_STARTUP_DELAY] = NLA_POLICY_FULL_RANGE(NLA_U32, &kcluster_a_vrrp_startup_delay_range),
	[KCLUSTER_A_VRRP_AUTH_PASS] = { .type = NLA_NUL_STRING, .len = KCLUSTER_AUTH_PASS_MAX, },
	[KCLUSTER_A_VRRP_CHECKSUM] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_VRRP_PEER] = NLA_POLICY_NESTED(kcluster_peer_nl_policy),
	[KCLUSTER_A_VRRP_VMAC] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_VRRP_ACCEPT] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_VRRP_ON_ISOLATION] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_VRRP_WITNESS] = NLA_POLICY_NESTED(kcluster_witness_nl_policy),
	[KCLUSTER_A_VRRP_GROUP] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_VRRP_DEL - do */
static const struct nla_policy kcluster_vrrp_del_nl_policy[KCLUSTER_A_VRRP_NAME + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_VRRP_ADDRESS_ADD - do */
static const struct nla_policy kcluster_vrrp_address_add_nl_policy[KCLUSTER_A_VRRP_ADDRESS + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_VRRP_ADDRESS] = NLA_POLICY_NESTED(kcluster_address_nl_policy),
};

/* KCLUSTER_CMD_VRRP_ADDRESS_DEL - do */
static const struct nla_policy kcluster_vrrp_address_del_nl_policy[KCLUSTER_A_VRRP_ADDRESS + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_VRRP_ADDRESS] = NLA_POLICY_NESTED(kcluster_address_nl_policy),
};

/* KCLUSTER_CMD_VRRP_ROUTE_ADD - do */
static const struct nla_policy kcluster_vrrp_route_add_nl_policy[KCLUSTER_A_VRRP_ROUTE + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_VRRP_ROUTE] = NLA_POLICY_NESTED(kcluster_route_nl_policy),
};

/* KCLUSTER_CMD_VRRP_ROUTE_DEL - do */
static const struct nla_policy kcluster_vrrp_route_del_nl_policy[KCLUSTER_A_VRRP_ROUTE + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_VRRP_ROUTE] = NLA_POLICY_NESTED(kcluster_route_nl_policy),
};

/* KCLUSTER_CMD_VRRP_TRACK_ADD - do */
static const struct nla_policy kcluster_vrrp_track_add_nl_policy[KCLUSTER_A_VRRP_TRACK + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_VRRP_TRACK] = NLA_POLICY_NESTED(kcluster_track_nl_policy),
};

/* KCLUSTER_CMD_VRRP_TRACK_DEL - do */
static const struct nla_policy kcluster_vrrp_track_del_nl_policy[KCLUSTER_A_VRRP_TRACK + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_VRRP_TRACK] = NLA_POLICY_NESTED(kcluster_track_nl_policy),
};

/* KCLUSTER_CMD_VRRP_PATH_ADD - do */
static const struct nla_policy kcluster_vrrp_path_add_nl_policy[KCLUSTER_A_VRRP_PATH + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_VRRP_PATH] = NLA_POLICY_NESTED(kcluster_path_nl_policy),
};

/* KCLUSTER_CMD_VRRP_PATH_DEL - do */
static const struct nla_policy kcluster_vrrp_path_del_nl_policy[KCLUSTER_A_VRRP_PATH + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_VRRP_PATH] = NLA_POLICY_NESTED(kcluster_path_nl_policy),
};

/* KCLUSTER_CMD_VRRP_STANDBY - do */
static const struct nla_policy kcluster_vrrp_standby_nl_policy[KCLUSTER_A_VRRP_STANDBY_TIME + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_VRRP_STANDBY] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_VRRP_STANDBY_TIME] = { .type = NLA_U32, },
};

/* KCLUSTER_CMD_VRRP_HISTORY - do */
static const struct nla_policy kcluster_vrrp_history_nl_policy[KCLUSTER_A_VRRP_NAME + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_VALUE_GET - do */
static const struct nla_policy kcluster_value_get_nl_policy[KCLUSTER_A_VALUE_NAME + 1] = {
	[KCLUSTER_A_VALUE_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_VALUE_SET - do */
static const struct nla_policy kcluster_value_set_nl_policy[KCLUSTER_A_VALUE_INITIAL + 1] = {
	[KCLUSTER_A_VALUE_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_VALUE_STATE] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[KCLUSTER_A_VALUE_NUMBER] = { .type = NLA_S32, },
	[KCLUSTER_A_VALUE_WEIGHT] = { .type = NLA_S32, },
	[KCLUSTER_A_VALUE_TTL] = NLA_POLICY_FULL_RANGE(NLA_U32, &kcluster_a_value_ttl_range),
	[KCLUSTER_A_VALUE_INITIAL] = { .type = NLA_FLAG, },
};

/* KCLUSTER_CMD_VALUE_DEL - do */
static const struct nla_policy kcluster_value_del_nl_policy[KCLUSTER_A_VALUE_NAME + 1] = {
	[KCLUSTER_A_VALUE_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_VRRP_ADDRESS_GET - dump */
static const struct nla_policy kcluster_vrrp_address_get_nl_policy[KCLUSTER_A_VRRP_NAME + 1] = {
	[KCLUSTER_A_VRRP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_PEER_GET - do */
static const struct nla_policy kcluster_peer_get_nl_policy[KCLUSTER_A_NODE_NAME + 1] = {
	[KCLUSTER_A_NODE_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_PEER_ADD - do */
static const struct nla_policy kcluster_peer_add_nl_policy[KCLUSTER_A_NODE_OBSERVER + 1] = {
	[KCLUSTER_A_NODE_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_NODE_PATH] = NLA_POLICY_NESTED(kcluster_node_path_nl_policy),
	[KCLUSTER_A_NODE_INTERVAL] = NLA_POLICY_RANGE(NLA_U32, 10, 10000),
	[KCLUSTER_A_NODE_LOSE] = NLA_POLICY_RANGE(NLA_U8, 2, 20),
	[KCLUSTER_A_NODE_OBSERVER] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* KCLUSTER_CMD_PEER_SET - do */
static const struct nla_policy kcluster_peer_set_nl_policy[KCLUSTER_A_NODE_LOSE + 1] = {
	[KCLUSTER_A_NODE_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_NODE_INTERVAL] = NLA_POLICY_RANGE(NLA_U32, 10, 10000),
	[KCLUSTER_A_NODE_LOSE] = NLA_POLICY_RANGE(NLA_U8, 2, 20),
};

/* KCLUSTER_CMD_PEER_DEL - do */
static const struct nla_policy kcluster_peer_del_nl_policy[KCLUSTER_A_NODE_NAME + 1] = {
	[KCLUSTER_A_NODE_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_MIRROR_SET - do */
static const struct nla_policy kcluster_mirror_set_nl_policy[KCLUSTER_A_MIRROR_DEFER + 1] = {
	[KCLUSTER_A_MIRROR_ON] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_MIRROR_FROM] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_MIRROR_LIMIT] = NLA_POLICY_FULL_RANGE(NLA_U32, &kcluster_a_mirror_limit_range),
	[KCLUSTER_A_MIRROR_FILTER] = NLA_POLICY_NESTED(kcluster_mirror_filter_nl_policy),
	[KCLUSTER_A_MIRROR_DEFER] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* KCLUSTER_CMD_MIRROR_RESYNC - do */
static const struct nla_policy kcluster_mirror_resync_nl_policy[KCLUSTER_A_MIRROR_NAME + 1] = {
	[KCLUSTER_A_MIRROR_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_CLUSTERIP_GET - do */
static const struct nla_policy kcluster_clusterip_get_nl_policy[KCLUSTER_A_CLUSTERIP_NAME + 1] = {
	[KCLUSTER_A_CLUSTERIP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_CLUSTERIP_ADD - do */
static const struct nla_policy kcluster_clusterip_add_nl_policy[KCLUSTER_A_CLUSTERIP_GATEWAY + 1] = {
	[KCLUSTER_A_CLUSTERIP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_CLUSTERIP_IFNAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_IFNAME_MAX, },
	[KCLUSTER_A_CLUSTERIP_ADDRESS] = NLA_POLICY_NESTED(kcluster_address_nl_policy),
	[KCLUSTER_A_CLUSTERIP_HASH] = NLA_POLICY_MAX(NLA_U8, 5),
	[KCLUSTER_A_CLUSTERIP_SEED] = { .type = NLA_U32, },
	[KCLUSTER_A_CLUSTERIP_MAC] = NLA_POLICY_EXACT_LEN(6),
	[KCLUSTER_A_CLUSTERIP_NODES] = NLA_POLICY_RANGE(NLA_U16, 1, KCLUSTER_CLUSTERIP_NODES_MAX),
	[KCLUSTER_A_CLUSTERIP_LOCAL] = { .type = NLA_BINARY, },
	[KCLUSTER_A_CLUSTERIP_MODE] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_CLUSTERIP_ROUTER] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_CLUSTERIP_WEIGHT] = { .type = NLA_U16, },
	[KCLUSTER_A_CLUSTERIP_ON_PARTITION] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_CLUSTERIP_SUCCESSORS] = NLA_POLICY_MAX(NLA_U8, KCLUSTER_CLUSTERIP_SUCCESSORS_MAX),
	[KCLUSTER_A_CLUSTERIP_LEASE] = NLA_POLICY_FULL_RANGE(NLA_U32, &kcluster_a_clusterip_lease_range),
	[KCLUSTER_A_CLUSTERIP_BUCKETS] = NLA_POLICY_RANGE(NLA_U16, KCLUSTER_CLUSTERIP_BUCKETS_MIN, KCLUSTER_CLUSTERIP_NODES_MAX),
	[KCLUSTER_A_CLUSTERIP_VMAC] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_CLUSTERIP_FOLLOW] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_CLUSTERIP_GATEWAY] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* KCLUSTER_CMD_CLUSTERIP_SET - do */
static const struct nla_policy kcluster_clusterip_set_nl_policy[KCLUSTER_A_CLUSTERIP_GATEWAY + 1] = {
	[KCLUSTER_A_CLUSTERIP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_CLUSTERIP_HASH] = NLA_POLICY_MAX(NLA_U8, 5),
	[KCLUSTER_A_CLUSTERIP_SEED] = { .type = NLA_U32, },
	[KCLUSTER_A_CLUSTERIP_NODES] = NLA_POLICY_RANGE(NLA_U16, 1, KCLUSTER_CLUSTERIP_NODES_MAX),
	[KCLUSTER_A_CLUSTERIP_LOCAL] = { .type = NLA_BINARY, },
	[KCLUSTER_A_CLUSTERIP_LOCAL_ADD] = { .type = NLA_BINARY, },
	[KCLUSTER_A_CLUSTERIP_LOCAL_REMOVE] = { .type = NLA_BINARY, },
	[KCLUSTER_A_CLUSTERIP_WEIGHT] = { .type = NLA_U16, },
	[KCLUSTER_A_CLUSTERIP_ON_PARTITION] = NLA_POLICY_MAX(NLA_U8, 1),
	[KCLUSTER_A_CLUSTERIP_SUCCESSORS] = NLA_POLICY_MAX(NLA_U8, KCLUSTER_CLUSTERIP_SUCCESSORS_MAX),
	[KCLUSTER_A_CLUSTERIP_GATEWAY] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* KCLUSTER_CMD_CLUSTERIP_DEL - do */
static const struct nla_policy kcluster_clusterip_del_nl_policy[KCLUSTER_A_CLUSTERIP_NAME + 1] = {
	[KCLUSTER_A_CLUSTERIP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_CLUSTERIP_ADDRESS_GET - dump */
static const struct nla_policy kcluster_clusterip_address_get_nl_policy[KCLUSTER_A_CLUSTERIP_NAME + 1] = {
	[KCLUSTER_A_CLUSTERIP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_CLUSTERIP_BUCKET_GET - dump */
static const struct nla_policy kcluster_clusterip_bucket_get_nl_policy[KCLUSTER_A_CLUSTERIP_NAME + 1] = {
	[KCLUSTER_A_CLUSTERIP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_CLUSTERIP_MEMBER_GET - dump */
static const struct nla_policy kcluster_clusterip_member_get_nl_policy[KCLUSTER_A_CLUSTERIP_NAME + 1] = {
	[KCLUSTER_A_CLUSTERIP_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_CLAIM_GET - do */
static const struct nla_policy kcluster_claim_get_nl_policy[KCLUSTER_A_CLAIM_NAME + 1] = {
	[KCLUSTER_A_CLAIM_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_CLAIM_ADD - do */
static const struct nla_policy kcluster_claim_add_nl_policy[KCLUSTER_A_CLAIM_PREFIX + 1] = {
	[KCLUSTER_A_CLAIM_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_CLAIM_PREFIX] = NLA_POLICY_NESTED(kcluster_claim_prefix_nl_policy),
};

/* KCLUSTER_CMD_CLAIM_SET - do */
static const struct nla_policy kcluster_claim_set_nl_policy[KCLUSTER_A_CLAIM_PREFIX + 1] = {
	[KCLUSTER_A_CLAIM_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
	[KCLUSTER_A_CLAIM_PREFIX] = NLA_POLICY_NESTED(kcluster_claim_prefix_nl_policy),
};

/* KCLUSTER_CMD_CLAIM_DEL - do */
static const struct nla_policy kcluster_claim_del_nl_policy[KCLUSTER_A_CLAIM_NAME + 1] = {
	[KCLUSTER_A_CLAIM_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_CLAIM_PREFIX_GET - dump */
static const struct nla_policy kcluster_claim_prefix_get_nl_policy[KCLUSTER_A_CLAIM_NAME + 1] = {
	[KCLUSTER_A_CLAIM_NAME] = { .type = NLA_NUL_STRING, .len = KCLUSTER_NAME_MAX, },
};

/* KCLUSTER_CMD_INFO_SET - do */
static const struct nla_policy kcluster_info_set_nl_policy[KCLUSTER_A_INFO_FILE + 1] = {
	[KCLUSTER_A_INFO_FILE] = { .type = NLA_U64, },
};

/* Ops table for kcluster */
static const struct genl_split_ops kcluster_nl_ops[] = {
	{
		.cmd	= KCLUSTER_CMD_INFO_GET,
		.doit	= kcluster_nl_info_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_GET,
		.doit		= kcluster_nl_vrrp_get_doit,
		.policy		= kcluster_vrrp_get_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KCLUSTER_CMD_VRRP_GET,
		.start	= kcluster_nl_vrrp_get_start,
		.dumpit	= kcluster_nl_vrrp_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_ADD,
		.doit		= kcluster_nl_vrrp_add_doit,
		.policy		= kcluster_vrrp_add_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_GROUP,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_SET,
		.doit		= kcluster_nl_vrrp_set_doit,
		.policy		= kcluster_vrrp_set_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_GROUP,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_DEL,
		.doit		= kcluster_nl_vrrp_del_doit,
		.policy		= kcluster_vrrp_del_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KCLUSTER_CMD_VRRP_FLUSH,
		.doit	= kcluster_nl_vrrp_flush_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_ADDRESS_ADD,
		.doit		= kcluster_nl_vrrp_address_add_doit,
		.policy		= kcluster_vrrp_address_add_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_ADDRESS,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_ADDRESS_DEL,
		.doit		= kcluster_nl_vrrp_address_del_doit,
		.policy		= kcluster_vrrp_address_del_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_ADDRESS,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_ROUTE_ADD,
		.doit		= kcluster_nl_vrrp_route_add_doit,
		.policy		= kcluster_vrrp_route_add_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_ROUTE,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_ROUTE_DEL,
		.doit		= kcluster_nl_vrrp_route_del_doit,
		.policy		= kcluster_vrrp_route_del_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_ROUTE,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_TRACK_ADD,
		.doit		= kcluster_nl_vrrp_track_add_doit,
		.policy		= kcluster_vrrp_track_add_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_TRACK,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_TRACK_DEL,
		.doit		= kcluster_nl_vrrp_track_del_doit,
		.policy		= kcluster_vrrp_track_del_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_TRACK,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_PATH_ADD,
		.doit		= kcluster_nl_vrrp_path_add_doit,
		.policy		= kcluster_vrrp_path_add_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_PATH,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_PATH_DEL,
		.doit		= kcluster_nl_vrrp_path_del_doit,
		.policy		= kcluster_vrrp_path_del_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_PATH,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_STANDBY,
		.doit		= kcluster_nl_vrrp_standby_doit,
		.policy		= kcluster_vrrp_standby_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_STANDBY_TIME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_HISTORY,
		.doit		= kcluster_nl_vrrp_history_doit,
		.policy		= kcluster_vrrp_history_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VALUE_GET,
		.doit		= kcluster_nl_value_get_doit,
		.policy		= kcluster_value_get_nl_policy,
		.maxattr	= KCLUSTER_A_VALUE_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KCLUSTER_CMD_VALUE_GET,
		.dumpit	= kcluster_nl_value_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KCLUSTER_CMD_VALUE_SET,
		.doit		= kcluster_nl_value_set_doit,
		.policy		= kcluster_value_set_nl_policy,
		.maxattr	= KCLUSTER_A_VALUE_INITIAL,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VALUE_DEL,
		.doit		= kcluster_nl_value_del_doit,
		.policy		= kcluster_value_del_nl_policy,
		.maxattr	= KCLUSTER_A_VALUE_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KCLUSTER_CMD_VALUE_FLUSH,
		.doit	= kcluster_nl_value_flush_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_VRRP_ADDRESS_GET,
		.dumpit		= kcluster_nl_vrrp_address_get_dumpit,
		.policy		= kcluster_vrrp_address_get_nl_policy,
		.maxattr	= KCLUSTER_A_VRRP_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KCLUSTER_CMD_PEER_GET,
		.doit		= kcluster_nl_peer_get_doit,
		.policy		= kcluster_peer_get_nl_policy,
		.maxattr	= KCLUSTER_A_NODE_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KCLUSTER_CMD_PEER_GET,
		.dumpit	= kcluster_nl_peer_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KCLUSTER_CMD_PEER_ADD,
		.doit		= kcluster_nl_peer_add_doit,
		.policy		= kcluster_peer_add_nl_policy,
		.maxattr	= KCLUSTER_A_NODE_OBSERVER,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_PEER_SET,
		.doit		= kcluster_nl_peer_set_doit,
		.policy		= kcluster_peer_set_nl_policy,
		.maxattr	= KCLUSTER_A_NODE_LOSE,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_PEER_DEL,
		.doit		= kcluster_nl_peer_del_doit,
		.policy		= kcluster_peer_del_nl_policy,
		.maxattr	= KCLUSTER_A_NODE_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KCLUSTER_CMD_PEER_FLUSH,
		.doit	= kcluster_nl_peer_flush_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KCLUSTER_CMD_MIRROR_GET,
		.doit	= kcluster_nl_mirror_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_MIRROR_SET,
		.doit		= kcluster_nl_mirror_set_doit,
		.policy		= kcluster_mirror_set_nl_policy,
		.maxattr	= KCLUSTER_A_MIRROR_DEFER,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_MIRROR_RESYNC,
		.doit		= kcluster_nl_mirror_resync_doit,
		.policy		= kcluster_mirror_resync_nl_policy,
		.maxattr	= KCLUSTER_A_MIRROR_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KCLUSTER_CMD_MIRROR_FLUSH,
		.doit	= kcluster_nl_mirror_flush_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_CLUSTERIP_GET,
		.doit		= kcluster_nl_clusterip_get_doit,
		.policy		= kcluster_clusterip_get_nl_policy,
		.maxattr	= KCLUSTER_A_CLUSTERIP_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KCLUSTER_CMD_CLUSTERIP_GET,
		.dumpit	= kcluster_nl_clusterip_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KCLUSTER_CMD_CLUSTERIP_ADD,
		.doit		= kcluster_nl_clusterip_add_doit,
		.policy		= kcluster_clusterip_add_nl_policy,
		.maxattr	= KCLUSTER_A_CLUSTERIP_GATEWAY,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_CLUSTERIP_SET,
		.doit		= kcluster_nl_clusterip_set_doit,
		.policy		= kcluster_clusterip_set_nl_policy,
		.maxattr	= KCLUSTER_A_CLUSTERIP_GATEWAY,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_CLUSTERIP_DEL,
		.doit		= kcluster_nl_clusterip_del_doit,
		.policy		= kcluster_clusterip_del_nl_policy,
		.maxattr	= KCLUSTER_A_CLUSTERIP_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KCLUSTER_CMD_CLUSTERIP_FLUSH,
		.doit	= kcluster_nl_clusterip_flush_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_CLUSTERIP_ADDRESS_GET,
		.dumpit		= kcluster_nl_clusterip_address_get_dumpit,
		.policy		= kcluster_clusterip_address_get_nl_policy,
		.maxattr	= KCLUSTER_A_CLUSTERIP_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KCLUSTER_CMD_CLUSTERIP_BUCKET_GET,
		.dumpit		= kcluster_nl_clusterip_bucket_get_dumpit,
		.policy		= kcluster_clusterip_bucket_get_nl_policy,
		.maxattr	= KCLUSTER_A_CLUSTERIP_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KCLUSTER_CMD_CLUSTERIP_MEMBER_GET,
		.dumpit		= kcluster_nl_clusterip_member_get_dumpit,
		.policy		= kcluster_clusterip_member_get_nl_policy,
		.maxattr	= KCLUSTER_A_CLUSTERIP_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KCLUSTER_CMD_CLAIM_GET,
		.doit		= kcluster_nl_claim_get_doit,
		.policy		= kcluster_claim_get_nl_policy,
		.maxattr	= KCLUSTER_A_CLAIM_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KCLUSTER_CMD_CLAIM_GET,
		.dumpit	= kcluster_nl_claim_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KCLUSTER_CMD_CLAIM_ADD,
		.doit		= kcluster_nl_claim_add_doit,
		.policy		= kcluster_claim_add_nl_policy,
		.maxattr	= KCLUSTER_A_CLAIM_PREFIX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_CLAIM_SET,
		.doit		= kcluster_nl_claim_set_doit,
		.policy		= kcluster_claim_set_nl_policy,
		.maxattr	= KCLUSTER_A_CLAIM_PREFIX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_CLAIM_DEL,
		.doit		= kcluster_nl_claim_del_doit,
		.policy		= kcluster_claim_del_nl_policy,
		.maxattr	= KCLUSTER_A_CLAIM_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KCLUSTER_CMD_CLAIM_FLUSH,
		.doit	= kcluster_nl_claim_flush_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KCLUSTER_CMD_CLAIM_PREFIX_GET,
		.dumpit		= kcluster_nl_claim_prefix_get_dumpit,
		.policy		= kcluster_claim_prefix_get_nl_policy,
		.maxattr	= KCLUSTER_A_CLAIM_NAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KCLUSTER_CMD_INFO_SET,
		.doit		= kcluster_nl_info_set_doit,
		.policy		= kcluster_info_set_nl_policy,
		.maxattr	= KCLUSTER_A_INFO_FILE,
		.flags		= GENL_CMD_CAP_DO,
	},
};

static const struct genl_multicast_group kcluster_nl_mcgrps[] = {
	[KCLUSTER_NLGRP_EVENTS] = { "events", },
};

struct genl_family kcluster_nl_family __ro_after_init = {
	.name		= KCLUSTER_FAMILY_NAME,
	.version	= KCLUSTER_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= kcluster_nl_ops,
	.n_split_ops	= ARRAY_SIZE(kcluster_nl_ops),
	.mcgrps		= kcluster_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(kcluster_nl_mcgrps),
};
