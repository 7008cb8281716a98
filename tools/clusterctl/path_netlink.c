// SPDX-License-Identifier: GPL-2.0
/*
 * A path as netlink attributes.
 */
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>

#include "attributes.h"
#include "module.h"
#include "path.h"

/**
 * path_encode() - Write a path into a request.
 * @msg: The request.
 * @path: The path.
 */
void path_encode(struct nl_msg *msg, const struct path *path)
{
	struct nlattr *nest = module_nest(msg, KCLUSTER_A_VRRP_PATH), *peer;
	unsigned int i;

	if (path->ifname)
		module_must(nla_put_string(msg, KCLUSTER_A_PATH_IFNAME, path->ifname));
	for (i = 0; i < path->peer_count; i++) {
		peer = module_nest(msg, KCLUSTER_A_PATH_PEER);
		module_must(nla_put(msg, KCLUSTER_A_PEER_ADDRESS, path->peers[i].length,
				    path->peers[i].bytes));
		module_must(nla_nest_end(msg, peer));
	}
	if (path->hop_limit)
		module_must(nla_put_u8(msg, KCLUSTER_A_PATH_HOP_LIMIT, path->hop_limit));
	if (path->trusted)
		module_must(nla_put_flag(msg, KCLUSTER_A_PATH_TRUSTED));
	module_must(nla_nest_end(msg, nest));
}

/**
 * path_decode() - Read a path from a message of the kernel.
 * @path: Filled in; starts out zeroed.
 * @nest: The attribute.
 */
void path_decode(struct path *path, struct nlattr *nest)
{
	struct nlattr *attr, *address;
	int left;

	nla_for_each_nested(attr, nest, left) {
		switch (nla_type(attr)) {
		case KCLUSTER_A_PATH_IFNAME:
			free(path->ifname);
			path->ifname = text_from_attribute(attr);
			break;
		case KCLUSTER_A_PATH_PEER:
			address = nla_find(nla_data(attr), nla_len(attr), KCLUSTER_A_PEER_ADDRESS);
			if (address)
				address_from_attribute(path_new_peer(path), address);
			break;
		case KCLUSTER_A_PATH_HOP_LIMIT:
			path->hop_limit = (uint8_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_PATH_TRUSTED:
			path->trusted = true;
			break;
		case KCLUSTER_A_PATH_UP:
			path->up = number_from_attribute(attr);
			break;
		case KCLUSTER_A_PATH_SILENT:
			path->silent = number_from_attribute(attr);
			break;
		case KCLUSTER_A_PATH_FLAW:
			free(path->flaw);
			path->flaw = text_from_attribute(attr);
			break;
		case KCLUSTER_A_PATH_SOURCE:
			address_from_attribute(&path->source, attr);
			break;
		case KCLUSTER_A_PATH_LAST_HEARD:
			path->last_heard = number_from_attribute(attr);
			path->heard = true;
			break;
		}
	}
}
