// SPDX-License-Identifier: GPL-2.0
/*
 * The words users have for the attributes of the kcluster family.
 */
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/kcluster.h>

#include "attributes.h"
#include "clusterctl.h"

const struct word on_off_words[] = {
	{ "on", 1 }, { "off", 0 }, { NULL, 0 },
};

const struct word family_words[] = {
	{ "inet", AF_INET }, { "inet6", AF_INET6 }, { NULL, 0 },
};

const struct word checksum_words[] = {
	{ "rfc9568", KCLUSTER_VRRP_CHECKSUM_RFC9568 },
	{ "rfc5798", KCLUSTER_VRRP_CHECKSUM_RFC5798 },
	{ NULL, 0 },
};

const struct word initial_state_words[] = {
	{ "backup", KCLUSTER_VRRP_STATE_BACKUP },
	{ "master", KCLUSTER_VRRP_STATE_MASTER },
	/* as keepalived's users write them */
	{ "BACKUP", KCLUSTER_VRRP_STATE_BACKUP },
	{ "MASTER", KCLUSTER_VRRP_STATE_MASTER },
	{ "witness", KCLUSTER_VRRP_STATE_WITNESS },
	{ NULL, 0 },
};

const struct word isolation_words[] = {
	{ "keep", KCLUSTER_VRRP_ISOLATION_KEEP },
	{ "yield", KCLUSTER_VRRP_ISOLATION_YIELD },
	{ NULL, 0 },
};

static const struct attribute witness_attributes[] = {
	{ KCLUSTER_A_WITNESS_ADDRESS, "address", KIND_ADDRESS, NULL, NULL },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

static const struct attribute peer_attributes[] = {
	{ KCLUSTER_A_PEER_ADDRESS, "address", KIND_ADDRESS, NULL, NULL },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

static const struct attribute path_attributes[] = {
	{ KCLUSTER_A_PATH_IFNAME, "dev", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_PATH_PEER, "peer", KIND_NEST, NULL, peer_attributes },
	{ KCLUSTER_A_PATH_HOP_LIMIT, "hop-limit", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_PATH_TRUSTED, "trust", KIND_FLAG, NULL, NULL },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

static const struct attribute address_attributes[] = {
	{ KCLUSTER_A_ADDRESS_ADDRESS, "address", KIND_ADDRESS, NULL, NULL },
	{ KCLUSTER_A_ADDRESS_PREFIXLEN, "prefix length", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_ADDRESS_IFNAME, "dev", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_ADDRESS_SCOPE, "scope", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_ADDRESS_EXCLUDED, "excluded", KIND_FLAG, NULL, NULL },
	{ KCLUSTER_A_ADDRESS_LOCAL, "local", KIND_FLAG, NULL, NULL },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

static const struct attribute route_attributes[] = {
	{ KCLUSTER_A_ROUTE_DST, "destination", KIND_ADDRESS, NULL, NULL },
	{ KCLUSTER_A_ROUTE_PREFIXLEN, "prefix length", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_ROUTE_VIA, "via", KIND_ADDRESS, NULL, NULL },
	{ KCLUSTER_A_ROUTE_IFNAME, "dev", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_ROUTE_METRIC, "metric", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_ROUTE_TABLE, "table", KIND_NUMBER, NULL, NULL },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

static const struct attribute track_attributes[] = {
	{ KCLUSTER_A_TRACK_IFNAME, "dev", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_TRACK_WEIGHT, "weight", KIND_INTEGER, NULL, NULL },
	{ KCLUSTER_A_TRACK_VALUE, "value", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_TRACK_NEIGHBOUR, "arp", KIND_ADDRESS, NULL, NULL },
	{ KCLUSTER_A_TRACK_INTERVAL, "interval", KIND_TIME, NULL, NULL },
	{ KCLUSTER_A_TRACK_LOSE, "lose", KIND_NUMBER, NULL, NULL },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

const struct attribute vrrp_attributes[] = {
	{ KCLUSTER_A_VRRP_NAME, "name", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_VRRP_IFNAME, "dev", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_VRRP_VRID, "vrid", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_VRRP_VERSION, "version", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_VRRP_FAMILY, "family", KIND_WORD, family_words, NULL },
	{ KCLUSTER_A_VRRP_INITIAL_STATE, "state", KIND_WORD, initial_state_words, NULL },
	{ KCLUSTER_A_VRRP_PRIORITY, "priority", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_VRRP_INTERVAL, "interval", KIND_TIME, NULL, NULL },
	{ KCLUSTER_A_VRRP_PREEMPT, "preempt", KIND_WORD, on_off_words, NULL },
	{ KCLUSTER_A_VRRP_PREEMPT_DELAY, "preempt-delay", KIND_TIME, NULL, NULL },
	{ KCLUSTER_A_VRRP_STARTUP_DELAY, "startup-delay", KIND_TIME, NULL, NULL },
	{ KCLUSTER_A_VRRP_AUTH_PASS, "auth-pass", KIND_SECRET, NULL, NULL },
	{ KCLUSTER_A_VRRP_CHECKSUM, "checksum", KIND_WORD, checksum_words, NULL },
	{ KCLUSTER_A_VRRP_PEER, "peer", KIND_NEST, NULL, peer_attributes },
	{ KCLUSTER_A_VRRP_ADDRESS, "address", KIND_NEST, NULL, address_attributes },
	{ KCLUSTER_A_VRRP_ROUTE, "route", KIND_NEST, NULL, route_attributes },
	{ KCLUSTER_A_VRRP_TRACK, "track", KIND_NEST, NULL, track_attributes },
	{ KCLUSTER_A_VRRP_PATH, "path", KIND_NEST, NULL, path_attributes },
	{ KCLUSTER_A_VRRP_VMAC, "vmac", KIND_WORD, on_off_words, NULL },
	{ KCLUSTER_A_VRRP_ACCEPT, "accept", KIND_WORD, on_off_words, NULL },
	{ KCLUSTER_A_VRRP_GROUP, "group", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_VRRP_ON_ISOLATION, "on-isolation", KIND_WORD, isolation_words, NULL },
	{ KCLUSTER_A_VRRP_WITNESS, "witness", KIND_NEST, NULL, witness_attributes },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

const struct attribute value_attributes[] = {
	{ KCLUSTER_A_VALUE_NAME, "name", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_VALUE_STATE, "value", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_VALUE_NUMBER, "number", KIND_INTEGER, NULL, NULL },
	{ KCLUSTER_A_VALUE_WEIGHT, "weight", KIND_INTEGER, NULL, NULL },
	{ KCLUSTER_A_VALUE_TTL, "ttl", KIND_TIME, NULL, NULL },
	{ KCLUSTER_A_VALUE_INITIAL, "initial", KIND_FLAG, NULL, NULL },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

static const struct word mirror_action_words[] = {
	{ "only", KCLUSTER_MIRROR_ACTION_ONLY },
	{ "except", KCLUSTER_MIRROR_ACTION_EXCEPT },
	{ NULL, 0 },
};

static const struct attribute mirror_filter_attributes[] = {
	{ KCLUSTER_A_MIRROR_FILTER_ACTION, "filter", KIND_WORD, mirror_action_words, NULL },
	{ KCLUSTER_A_MIRROR_FILTER_PROTOCOL, "protocol", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_MIRROR_FILTER_ADDRESS, "address", KIND_ADDRESS, NULL, NULL },
	{ KCLUSTER_A_MIRROR_FILTER_PREFIXLEN, "prefix length", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_MIRROR_FILTER_PORT, "port", KIND_NUMBER, NULL, NULL },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

static const struct attribute mirror_attributes[] = {
	{ KCLUSTER_A_MIRROR_ON, "set", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_MIRROR_FROM, "from", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_MIRROR_LIMIT, "limit", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_MIRROR_FILTER, "filter", KIND_NEST, NULL, mirror_filter_attributes },
	{ KCLUSTER_A_MIRROR_NAME, "peer", KIND_TEXT, NULL, NULL },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

const struct word clusterip_hash_words[] = {
	{ "source-ip", KCLUSTER_CLUSTERIP_HASH_SOURCE_IP },
	{ "source-ip-port", KCLUSTER_CLUSTERIP_HASH_SOURCE_IP_PORT },
	{ "source-ip-port-dest-port", KCLUSTER_CLUSTERIP_HASH_SOURCE_IP_PORT_DEST_PORT },
	{ "legacy-source-ip", KCLUSTER_CLUSTERIP_HASH_LEGACY_SOURCE_IP },
	{ "legacy-source-ip-port", KCLUSTER_CLUSTERIP_HASH_LEGACY_SOURCE_IP_PORT },
	{ "legacy-source-ip-port-dest-port",
	  KCLUSTER_CLUSTERIP_HASH_LEGACY_SOURCE_IP_PORT_DEST_PORT },
	{ NULL, 0 },
};

const struct word clusterip_partition_words[] = {
	{ "stop", KCLUSTER_CLUSTERIP_PARTITION_STOP },
	{ "serve", KCLUSTER_CLUSTERIP_PARTITION_SERVE },
	{ NULL, 0 },
};

static const struct attribute clusterip_attributes[] = {
	{ KCLUSTER_A_CLUSTERIP_NAME, "name", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_IFNAME, "dev", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_ADDRESS, "address", KIND_NEST, NULL, address_attributes },
	{ KCLUSTER_A_CLUSTERIP_HASH, "hash", KIND_WORD, clusterip_hash_words, NULL },
	{ KCLUSTER_A_CLUSTERIP_SEED, "seed", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_MAC, "mac", KIND_FLAG, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_NODES, "nodes", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_LOCAL, "local", KIND_FLAG, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_LOCAL_ADD, "local", KIND_FLAG, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_LOCAL_REMOVE, "local", KIND_FLAG, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_MODE, "nodes", KIND_FLAG, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_ROUTER, "router", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_WEIGHT, "weight", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_ON_PARTITION, "on-partition", KIND_WORD, clusterip_partition_words,
	  NULL },
	{ KCLUSTER_A_CLUSTERIP_SUCCESSORS, "successors", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_LEASE, "lease", KIND_TIME, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_BUCKETS, "buckets", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_VMAC, "mac", KIND_FLAG, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_FOLLOW, "follow", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_CLUSTERIP_GATEWAY, "gateway", KIND_WORD, on_off_words, NULL },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

static const struct attribute node_path_attributes[] = {
	{ KCLUSTER_A_NODE_PATH_ADDRESS, "address", KIND_ADDRESS, NULL, NULL },
	{ KCLUSTER_A_NODE_PATH_IFNAME, "dev", KIND_TEXT, NULL, NULL },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

static const struct attribute node_attributes[] = {
	{ KCLUSTER_A_NODE_NAME, "name", KIND_TEXT, NULL, NULL },
	{ KCLUSTER_A_NODE_PATH, "path", KIND_NEST, NULL, node_path_attributes },
	{ KCLUSTER_A_NODE_INTERVAL, "interval", KIND_TIME, NULL, NULL },
	{ KCLUSTER_A_NODE_LOSE, "lose", KIND_NUMBER, NULL, NULL },
	{ KCLUSTER_A_NODE_OBSERVER, "observer", KIND_WORD, on_off_words, NULL },
	{ 0, NULL, KIND_FLAG, NULL, NULL },
};

/**
 * attributes_of() - The attributes a request is made of.
 * @request: The request, which has its generic netlink header.
 *
 * Return: Their table.
 */
const struct attribute *attributes_of(const struct nlmsghdr *request)
{
	struct genlmsghdr header;

	memcpy(&header, (const char *)request + NLMSG_HDRLEN, sizeof(header));
	switch (header.cmd) {
	case KCLUSTER_CMD_VALUE_GET:
	case KCLUSTER_CMD_VALUE_SET:
	case KCLUSTER_CMD_VALUE_DEL:
		return value_attributes;
	case KCLUSTER_CMD_PEER_GET:
	case KCLUSTER_CMD_PEER_ADD:
	case KCLUSTER_CMD_PEER_SET:
	case KCLUSTER_CMD_PEER_DEL:
		return node_attributes;
	case KCLUSTER_CMD_MIRROR_SET:
	case KCLUSTER_CMD_MIRROR_GET:
	case KCLUSTER_CMD_MIRROR_RESYNC:
	case KCLUSTER_CMD_MIRROR_FLUSH:
		return mirror_attributes;
	case KCLUSTER_CMD_CLUSTERIP_GET:
	case KCLUSTER_CMD_CLUSTERIP_ADD:
	case KCLUSTER_CMD_CLUSTERIP_SET:
	case KCLUSTER_CMD_CLUSTERIP_DEL:
	case KCLUSTER_CMD_CLUSTERIP_ADDRESS_GET:
	case KCLUSTER_CMD_CLUSTERIP_BUCKET_GET:
	case KCLUSTER_CMD_CLUSTERIP_MEMBER_GET:
		return clusterip_attributes;
	default:
		return vrrp_attributes;
	}
}

/**
 * attribute_find() - Find an attribute by its number.
 * @table: Where to look.
 * @type: The number.
 *
 * Return: The attribute, or NULL.
 */
const struct attribute *attribute_find(const struct attribute *table, uint16_t type)
{
	for (; table->type; table++)
		if (table->type == type)
			return table;
	return NULL;
}

/**
 * message_attributes() - Find the attributes of a generic netlink message.
 * @message: The message, which has its generic netlink header.
 * @length: Set to the bytes they take, for nla_for_each_attr().
 *
 * Return: The first one.
 */
struct nlattr *message_attributes(const struct nlmsghdr *message, int *length)
{
	*length = (int)message->nlmsg_len - NLMSG_HDRLEN - (int)GENL_HDRLEN;
	return (void *)((char *)(uintptr_t)message + NLMSG_HDRLEN + GENL_HDRLEN);
}

/**
 * number_from_attribute() - Read an unsigned number.
 * @attr: An attribute of 1, 2, 4 or 8 bytes. The length it comes with counts: a
 *	newer module may have widened it.
 *
 * Return: The number; 0 for any other length.
 */
uint64_t number_from_attribute(const struct nlattr *attr)
{
	uint64_t value = 0;

	switch (nla_len(attr)) {
	case 1:
		return nla_get_u8(attr);
	case 2:
		return nla_get_u16(attr);
	case 4:
		return nla_get_u32(attr);
	case 8:
		memcpy(&value, nla_data(attr), sizeof(value));
	}
	return value;
}

/**
 * address_from_attribute() - Read an IPv4 or IPv6 address.
 * @address: Filled in; left as it is for any other length.
 * @attr: An attribute of 4 or 16 bytes.
 */
void address_from_attribute(struct ipaddr *address, const struct nlattr *attr)
{
	int length = nla_len(attr);

	if (length != 4 && length != 16)
		return;
	address->length = (uint8_t)length;
	memcpy(address->bytes, nla_data(attr), (size_t)length);
}

/**
 * text_from_attribute() - Read a string.
 * @attr: An attribute, whether it ends with a NUL or not.
 *
 * Return: A copy, to be freed.
 */
char *text_from_attribute(const struct nlattr *attr)
{
	int length = nla_len(attr);

	return need_memory(strndup(nla_data(attr), length > 0 ? (size_t)length : 0));
}
