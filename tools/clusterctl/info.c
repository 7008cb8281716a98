// SPDX-License-Identifier: GPL-2.0
/*
 * What the module tells about itself.
 */
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "attributes.h"
#include "extack.h"
#include "info.h"
#include "module.h"

/**
 * info_stats_name() - The name of a counter of the network namespace.
 * @counter: KCLUSTER_A_INFO_STATS_*.
 *
 * Return: The name it has in the netlink spec, or NULL for none.
 */
const char *info_stats_name(unsigned int counter)
{
	static const char * const names[KCLUSTER_A_INFO_STATS_MAX + 1] = {
		[KCLUSTER_A_INFO_STATS_DISCARD_VRID] = "discard-vrid",
		[KCLUSTER_A_INFO_STATS_DISCARD_MALFORMED] = "discard-malformed",
		[KCLUSTER_A_INFO_STATS_DISCARD_FRAGMENT] = "discard-fragment",
		[KCLUSTER_A_INFO_STATS_EVENTS_LOST] = "events-lost",
		[KCLUSTER_A_INFO_STATS_DISCARD_NOT_A_PEER] = "discard-not-a-peer",
		[KCLUSTER_A_INFO_STATS_DISCARD_WRONG_DEVICE] = "discard-wrong-device",
	};

	return counter <= KCLUSTER_A_INFO_STATS_MAX ? names[counter] : NULL;
}

static void take_stats(struct info *info, struct nlattr *nest)
{
	const struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		unsigned int type = (unsigned int)nla_type(attr);

		if (type > KCLUSTER_A_INFO_STATS_MAX || !info_stats_name(type))
			continue;
		info->stats[type] = number_from_attribute(attr);
		info->stats_given |= UINT64_C(1) << type;
	}
}

static void take_info(const struct nlmsghdr *message, void *arg)
{
	struct info *info = arg;
	struct nlattr *attr, *first;
	int length, left;

	first = message_attributes(message, &length);
	nla_for_each_attr(attr, first, length, left) {
		switch (nla_type(attr)) {
		case KCLUSTER_A_INFO_MODULE_VERSION:
			nla_strlcpy(info->module_version, attr, sizeof(info->module_version));
			break;
		case KCLUSTER_A_INFO_ROUTERS:
			info->routers = (uint32_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_INFO_PEERS:
			info->peers = (uint32_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_INFO_CLUSTERIPS:
			info->clusterips = (uint32_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_INFO_ROUTERS_MAX:
			info->routers_max = (uint32_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_INFO_INTERVAL_MIN:
			info->interval_min = (uint32_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_INFO_SEQUENCE:
			info->sequence = (uint32_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_INFO_STANDBY:
			info->standby = number_from_attribute(attr);
			break;
		case KCLUSTER_A_INFO_STANDBY_TIME:
			info->standby_time = (uint32_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_INFO_FILE:
			info->file = number_from_attribute(attr);
			info->file_known = true;
			break;
		case KCLUSTER_A_INFO_STATS:
			take_stats(info, attr);
			break;
		}
	}
}

/**
 * info_try_get() - Ask the module about itself.
 * @info: Filled in.
 *
 * Return: 0 or a negative errno; -ENOENT when the module is not there.
 */
int info_try_get(struct info *info)
{
	struct extack extack;
	int result = module_try_connect();

	memset(info, 0, sizeof(*info));
	if (result)
		return result;
	return module_transact(module_new(KCLUSTER_CMD_INFO_GET, NLM_F_ACK), take_info, info,
			       &extack);
}

/**
 * info_tell_file() - Let peers know which cluster file this node was set up from.
 * @file: As from conf_hash(), 0 for none.
 *
 * Return: DONE or REFUSED.
 */
enum status info_tell_file(uint64_t file)
{
	struct nl_msg *msg;

	if (module_connect() != DONE)
		return REFUSED;
	msg = module_new(KCLUSTER_CMD_INFO_SET, NLM_F_ACK);
	module_must(nla_put_u64(msg, KCLUSTER_A_INFO_FILE, file));
	return module_request(msg, "cluster file", NULL, NULL);
}
