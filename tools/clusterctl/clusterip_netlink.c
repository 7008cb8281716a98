// SPDX-License-Identifier: GPL-2.0
/*
 * A cluster IP as netlink attributes.
 */
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "clusterip.h"
#include "extack.h"
#include "module.h"

static void put_bits(struct nl_msg *msg, const struct clusterip *ip, int type, const uint8_t *bits)
{
	if (clusterip_has(ip, (unsigned int)type))
		module_must(nla_put(msg, type, CLUSTERIP_BITS, bits));
}

/**
 * clusterip_encode() - Write what is given of a cluster IP into a request.
 * @msg: The request.
 * @ip: The cluster IP; only what can be set is written.
 */
void clusterip_encode(struct nl_msg *msg, const struct clusterip *ip)
{
	unsigned int i;

	module_must(nla_put_string(msg, KCLUSTER_A_CLUSTERIP_NAME, ip->name));
	if (ip->ifname)
		module_must(nla_put_string(msg, KCLUSTER_A_CLUSTERIP_IFNAME, ip->ifname));
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_HASH))
		module_must(nla_put_u8(msg, KCLUSTER_A_CLUSTERIP_HASH, ip->hash));
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_SEED))
		module_must(nla_put_u32(msg, KCLUSTER_A_CLUSTERIP_SEED, ip->seed));
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_MAC))
		module_must(nla_put(msg, KCLUSTER_A_CLUSTERIP_MAC, sizeof(ip->mac), ip->mac));
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_NODES))
		module_must(nla_put_u16(msg, KCLUSTER_A_CLUSTERIP_NODES, ip->nodes));
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_MODE))
		module_must(nla_put_u8(msg, KCLUSTER_A_CLUSTERIP_MODE, ip->mode));
	if (ip->router)
		module_must(nla_put_string(msg, KCLUSTER_A_CLUSTERIP_ROUTER, ip->router));
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_WEIGHT))
		module_must(nla_put_u16(msg, KCLUSTER_A_CLUSTERIP_WEIGHT, ip->weight));
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_ON_PARTITION))
		module_must(nla_put_u8(msg, KCLUSTER_A_CLUSTERIP_ON_PARTITION, ip->on_partition));
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_SUCCESSORS))
		module_must(nla_put_u8(msg, KCLUSTER_A_CLUSTERIP_SUCCESSORS, ip->successors));
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_LEASE))
		module_must(nla_put_u32(msg, KCLUSTER_A_CLUSTERIP_LEASE, ip->lease));
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_BUCKETS))
		module_must(nla_put_u16(msg, KCLUSTER_A_CLUSTERIP_BUCKETS, ip->bucket_total));
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_VMAC))
		module_must(nla_put_u8(msg, KCLUSTER_A_CLUSTERIP_VMAC, ip->vmac));
	if (ip->follow)
		module_must(nla_put_string(msg, KCLUSTER_A_CLUSTERIP_FOLLOW, ip->follow));
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_GATEWAY))
		module_must(nla_put_u8(msg, KCLUSTER_A_CLUSTERIP_GATEWAY, ip->gateway));
	put_bits(msg, ip, KCLUSTER_A_CLUSTERIP_LOCAL, ip->local);
	put_bits(msg, ip, KCLUSTER_A_CLUSTERIP_LOCAL_ADD, ip->add);
	put_bits(msg, ip, KCLUSTER_A_CLUSTERIP_LOCAL_REMOVE, ip->remove);
	for (i = 0; i < ip->holder.address_count; i++)
		vip_encode(msg, KCLUSTER_A_CLUSTERIP_ADDRESS, &ip->holder.addresses[i]);
}

static void decode_bytes(uint8_t *bytes, size_t size, const struct nlattr *attr)
{
	size_t length = nla_len(attr) > 0 ? (size_t)nla_len(attr) : 0;

	memset(bytes, 0, size);
	memcpy(bytes, nla_data(attr), length < size ? length : size);
}

static void decode_stats(struct clusterip *ip, struct nlattr *nest)
{
	struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left)
		if (nla_type(attr) <= KCLUSTER_A_CLUSTERIP_STATS_MAX)
			ip->stats[nla_type(attr)] = number_from_attribute(attr);
}

static void replace_text(char **text, const struct nlattr *attr)
{
	free(*text);
	*text = text_from_attribute(attr);
}

static void decode_bucket(struct clusterip *ip, struct nlattr *nest)
{
	unsigned int successors = 0;
	struct clusterip_bucket *bucket;
	const struct nlattr *attr;
	int left;

	ip->buckets = need_memory(realloc(ip->buckets, (ip->bucket_count + 1) *
					  sizeof(*ip->buckets)));
	bucket = &ip->buckets[ip->bucket_count++];
	memset(bucket, 0, sizeof(*bucket));
	nla_for_each_nested(attr, nest, left) {
		switch (nla_type(attr)) {
		case KCLUSTER_A_CLUSTERIP_BUCKET_NUMBER:
			bucket->number = (uint16_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLUSTERIP_BUCKET_MINE:
			bucket->mine = number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLUSTERIP_BUCKET_PACKETS:
			bucket->packets = number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLUSTERIP_BUCKET_OWNER:
			replace_text(&bucket->owner, attr);
			break;
		case KCLUSTER_A_CLUSTERIP_BUCKET_SUCCESSOR:
			if (successors < KCLUSTER_CLUSTERIP_SUCCESSORS_MAX)
				replace_text(&bucket->successors[successors++], attr);
			break;
		}
	}
}

static void decode_member(struct clusterip *ip, struct nlattr *nest)
{
	struct clusterip_member *member;
	const struct nlattr *attr;
	int left;

	ip->members = need_memory(realloc(ip->members, (ip->member_count + 1) *
					  sizeof(*ip->members)));
	member = &ip->members[ip->member_count++];
	memset(member, 0, sizeof(*member));
	nla_for_each_nested(attr, nest, left) {
		switch (nla_type(attr)) {
		case KCLUSTER_A_CLUSTERIP_MEMBER_NAME:
			replace_text(&member->name, attr);
			break;
		case KCLUSTER_A_CLUSTERIP_MEMBER_ID:
			member->id = number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLUSTERIP_MEMBER_ALIVE:
			member->alive = number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLUSTERIP_MEMBER_WEIGHT:
			member->weight = (uint16_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLUSTERIP_MEMBER_BUCKETS:
			member->buckets = (uint16_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLUSTERIP_MEMBER_OBEYS:
			member->has_obeys = true;
			member->obeys = number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLUSTERIP_MEMBER_LEASE_LEFT:
			member->lease_left = (uint32_t)number_from_attribute(attr);
			break;
		}
	}
}

/* What is only told of what peers divide. */
static void decode_share_number(struct clusterip *ip, unsigned int type, uint64_t number)
{
	switch (type) {
	case KCLUSTER_A_CLUSTERIP_MODE:
		ip->mode = (uint8_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_WEIGHT:
		ip->weight = (uint16_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_ON_PARTITION:
		ip->on_partition = (uint8_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_SUCCESSORS:
		ip->successors = (uint8_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_LEASE:
		ip->lease = (uint32_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_BUCKETS:
		ip->bucket_total = (uint16_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_VMAC:
		ip->vmac = number;
		break;
	case KCLUSTER_A_CLUSTERIP_ROLE:
		ip->role = (uint8_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_ID:
		ip->id = number;
		break;
	case KCLUSTER_A_CLUSTERIP_EPOCH:
		ip->epoch = number;
		break;
	case KCLUSTER_A_CLUSTERIP_AUTHORITY:
		ip->authority = number;
		break;
	case KCLUSTER_A_CLUSTERIP_MAP:
		ip->map = (uint32_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_DECIDED:
		ip->decided = number;
		break;
	case KCLUSTER_A_CLUSTERIP_LEASE_LEFT:
		ip->lease_left = (uint32_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_VOTES:
		ip->votes = (uint16_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_MEMBERS:
		ip->taking_part = (uint16_t)number;
		break;
	}
}

static void decode_number(struct clusterip *ip, unsigned int type, uint64_t number)
{
	switch (type) {
	case KCLUSTER_A_CLUSTERIP_HASH:
		ip->hash = (uint8_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_SEED:
		ip->seed = (uint32_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_NODES:
		ip->nodes = (uint16_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_SHARES:
		ip->shares = (uint16_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_STATE:
		ip->state = (uint8_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_OLD_STATE:
		ip->old_state = (uint8_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_ADDRESSES:
		ip->addresses = (uint32_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_SEQUENCE:
		ip->sequence = (uint32_t)number;
		break;
	case KCLUSTER_A_CLUSTERIP_GATEWAY:
		ip->gateway = (uint8_t)number;
		break;
	default:
		decode_share_number(ip, type, number);
	}
}

/**
 * clusterip_decode() - Read a cluster IP from a message of the kernel.
 * @ip: Filled in; starts out zeroed, or has what other messages told of it. To be
 *	freed with clusterip_free().
 * @message: A message with a generic netlink header. What it has that this
 *	tool does not know is passed over.
 */
void clusterip_decode(struct clusterip *ip, const struct nlmsghdr *message)
{
	struct nlattr *attr, *first;
	int length, left;

	first = message_attributes(message, &length);
	nla_for_each_attr(attr, first, length, left) {
		unsigned int type = (unsigned int)nla_type(attr);

		if (type > KCLUSTER_A_CLUSTERIP_MAX)
			continue;
		clusterip_mark(ip, type);
		switch (type) {
		case KCLUSTER_A_CLUSTERIP_NAME:
			replace_text(&ip->name, attr);
			break;
		case KCLUSTER_A_CLUSTERIP_IFNAME:
			replace_text(&ip->ifname, attr);
			break;
		case KCLUSTER_A_CLUSTERIP_REASON:
			replace_text(&ip->reason, attr);
			break;
		case KCLUSTER_A_CLUSTERIP_ROUTER:
			replace_text(&ip->router, attr);
			break;
		case KCLUSTER_A_CLUSTERIP_FOLLOW:
			replace_text(&ip->follow, attr);
			break;
		case KCLUSTER_A_CLUSTERIP_AUTHORITY_NAME:
			replace_text(&ip->authority_name, attr);
			break;
		case KCLUSTER_A_CLUSTERIP_MEMBER:
			decode_member(ip, attr);
			break;
		case KCLUSTER_A_CLUSTERIP_MAC:
			decode_bytes(ip->mac, sizeof(ip->mac), attr);
			break;
		case KCLUSTER_A_CLUSTERIP_LOCAL:
			decode_bytes(ip->local, sizeof(ip->local), attr);
			break;
		case KCLUSTER_A_CLUSTERIP_ADDRESS:
			vip_decode(router_new_address(&ip->holder), attr);
			break;
		case KCLUSTER_A_CLUSTERIP_BUCKET:
			decode_bucket(ip, attr);
			break;
		case KCLUSTER_A_CLUSTERIP_STATS:
			decode_stats(ip, attr);
			break;
		default:
			decode_number(ip, type, number_from_attribute(attr));
		}
	}
	if (!ip->name)
		ip->name = copy_text("");
	if (!ip->ifname)
		ip->ifname = copy_text("");
}

static void take_more(const struct nlmsghdr *message, void *arg)
{
	clusterip_decode(arg, message);
}

/* Dumps one of the lists of a cluster IP; returns 0 or a negative errno. */
static int get_list(struct clusterip *ip, uint8_t command)
{
	struct nl_msg *msg = module_new(command, NLM_F_DUMP);
	struct extack extack;

	module_must(nla_put_string(msg, KCLUSTER_A_CLUSTERIP_NAME, ip->name));
	return module_transact(msg, take_more, ip, &extack);
}

/* -EAGAIN if it changes meanwhile, and the list may lack some. */
static int get_addresses(struct clusterip *ip)
{
	int result = get_list(ip, KCLUSTER_CMD_CLUSTERIP_ADDRESS_GET);

	if (result == -ENOENT || (!result && ip->holder.address_count != ip->addresses))
		return -EAGAIN;
	return result;
}

static void take_clusterip(const struct nlmsghdr *message, void *arg)
{
	struct clusterips *ips = arg;

	ips->list = need_memory(realloc(ips->list, (ips->count + 1) * sizeof(*ips->list)));
	memset(&ips->list[ips->count], 0, sizeof(*ips->list));
	clusterip_decode(&ips->list[ips->count], message);
	ips->count++;
}

/**
 * clusterips_try_get() - Ask for all cluster IPs, again if a change gets in between.
 * @ips: Filled in; starts out zeroed. To be freed with clusterips_free().
 *
 * The socket must be connected. A module that knows no cluster IPs has none.
 *
 * Return: 0 or a negative errno; -EAGAIN when changes did not cease, and the list
 * may lack some or have others twice.
 */
int clusterips_try_get(struct clusterips *ips)
{
	struct extack extack;
	int result, tries = 20;
	unsigned int i;

	do {
		clusterips_free(ips);
		result = module_transact(module_new(KCLUSTER_CMD_CLUSTERIP_GET, NLM_F_DUMP),
					 take_clusterip, ips, &extack);
		for (i = 0; !result && i < ips->count; i++)
			result = get_addresses(&ips->list[i]);
	} while (result == -EAGAIN && --tries);
	return result == -EOPNOTSUPP ? 0 : result;
}

static enum status report(int result, const char *what)
{
	/* For a reader, what was read last is as good as it gets. */
	if (!result || result == -EAGAIN)
		return DONE;
	error("%s: %s", what, strerror(-result));
	return REFUSED;
}

/**
 * clusterips_get() - Ask for all cluster IPs, and report what goes wrong.
 * @ips: Filled in; starts out zeroed. To be freed with clusterips_free().
 * @what: What the user asked for, for the report.
 *
 * Return: DONE or REFUSED.
 */
enum status clusterips_get(struct clusterips *ips, const char *what)
{
	if (module_connect() != DONE)
		return REFUSED;
	return report(clusterips_try_get(ips), what);
}

/**
 * clusterips_get_one() - Ask for one cluster IP, and report what goes wrong.
 * @ips: Filled in; starts out zeroed. To be freed with clusterips_free().
 * @name: Its name.
 * @what: What the user asked for, for the report.
 *
 * Return: DONE or REFUSED.
 */
enum status clusterips_get_one(struct clusterips *ips, const char *name, const char *what)
{
	int result, tries = 20;
	enum status status;
	struct nl_msg *msg;

	if (module_connect() != DONE)
		return REFUSED;
	do {
		clusterips_free(ips);
		msg = module_new(KCLUSTER_CMD_CLUSTERIP_GET, NLM_F_ACK);
		module_must(nla_put_string(msg, KCLUSTER_A_CLUSTERIP_NAME, name));
		status = module_request(msg, what, take_clusterip, ips);
		if (status != DONE || !ips->count)
			return status;
		result = get_addresses(&ips->list[0]);
	} while (result == -EAGAIN && --tries);
	return report(result, what);
}

/**
 * clusterip_get_buckets() - Ask what packets were for.
 * @ip: The cluster IP, filled in; gets its buckets.
 * @what: What the user asked for, for the report.
 *
 * Return: DONE or REFUSED.
 */
enum status clusterip_get_buckets(struct clusterip *ip, const char *what)
{
	int result = get_list(ip, KCLUSTER_CMD_CLUSTERIP_BUCKET_GET);

	/* It is gone since. */
	return report(result == -ENOENT ? 0 : result, what);
}

/**
 * clusterip_get_members() - Ask which nodes share it, if peers do, by itself.
 * @ip: The cluster IP, filled in; gets its members.
 * @what: What the user asked for, for the report.
 *
 * Return: DONE or REFUSED.
 */
enum status clusterip_get_members(struct clusterip *ip, const char *what)
{
	int result;

	if (!clusterip_is_shared(ip) || ip->follow)
		return DONE;
	result = get_list(ip, KCLUSTER_CMD_CLUSTERIP_MEMBER_GET);
	return report(result == -ENOENT ? 0 : result, what);
}
