// SPDX-License-Identifier: GPL-2.0
/*
 * Paths and peers of a request: attributes become structures.
 */
#include <linux/inet.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "extack.h"
#include "netlink-gen.h"
#include "netlink-parse.h"
#include "netlink.h"
#include "vrrp/router.h"

static int parse_peer(const struct nlattr *attr, u8 family,
		      struct kc_vrrp_peers *peers,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KCLUSTER_A_PEER_ADDRESS + 1];
	struct kc_vrrp_peer *peer = &peers->list[peers->n];
	size_t len = kc_addr_len(family);
	const struct nlattr *addr;
	unsigned int i;
	int err;

	err = nla_parse_nested(tb, KCLUSTER_A_PEER_ADDRESS, attr,
			       kcluster_peer_nl_policy, extack);
	if (err)
		return err;
	addr = tb[KCLUSTER_A_PEER_ADDRESS];
	if (!addr)
		return kc_refuse(extack, attr, -EINVAL,
				 "a peer without an address");
	if (nla_len(addr) != len)
		return kc_refuse(extack, addr, -EINVAL,
				 "peers of this virtual router have %s addresses",
				 family == KC_AF_INET6 ? "IPv6" : "IPv4");
	memcpy(peer->addr, nla_data(addr), len);
	err = kc_netlink_check_unicast(family, peer->addr, addr, "peer", extack);
	if (err)
		return err;
	for (i = 0; i < peers->n; i++) {
		char text[INET6_ADDRSTRLEN];

		if (memcmp(peers->list[i].addr, peer->addr, len))
			continue;
		kc_netlink_print_addr(text, sizeof(text), family, peer->addr);
		return kc_refuse(extack, addr, -EEXIST, "peer %s twice", text);
	}
	peers->n++;
	return 0;
}

/*
 * The attributes of one type among @len octets from @head on. A single empty
 * one says that there is none, and takes back what was said.
 */
static int parse_peers(const struct nlattr *head, int len, u16 type, u8 family,
		       struct kc_vrrp_peers *peers,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	unsigned int n = 0;
	bool empty = false;
	int rem, err;

	nla_for_each_attr(attr, head, len, rem) {
		if (nla_type(attr) != type)
			continue;
		empty |= !nla_len(attr);
		if (++n > KCLUSTER_VRRP_PEERS_MAX)
			return kc_refuse(extack, attr, -E2BIG,
					 "more than %d peers",
					 KCLUSTER_VRRP_PEERS_MAX);
	}
	if (!n || (empty && n == 1))
		return 0;
	peers->list = kcalloc(n, sizeof(*peers->list), GFP_KERNEL_ACCOUNT);
	if (!peers->list)
		return -ENOMEM;
	nla_for_each_attr(attr, head, len, rem) {
		if (nla_type(attr) != type)
			continue;
		err = parse_peer(attr, family, peers, extack);
		if (err)
			return err;
	}
	return 0;
}

/**
 * kc_netlink_parse_peers() - the peers of a router's own device
 * @info: the request
 * @family: of the router
 * @peers: empty, filled in
 *
 * Return: 0 or a negative errno, explained. The caller frees @peers->list.
 */
int kc_netlink_parse_peers(const struct genl_info *info, u8 family,
			   struct kc_vrrp_peers *peers)
{
	return parse_peers(nlmsg_attrdata(info->nlhdr, GENL_HDRLEN),
			   nlmsg_attrlen(info->nlhdr, GENL_HDRLEN),
			   KCLUSTER_A_VRRP_PEER, family, peers, info->extack);
}

static int parse_path(const struct nlattr *attr, u8 family,
		      struct kc_vrrp_path *path,
		      struct netlink_ext_ack *extack)
{
	static const u16 read_only[] = {
		KCLUSTER_A_PATH_UP, KCLUSTER_A_PATH_SILENT,
		KCLUSTER_A_PATH_FLAW, KCLUSTER_A_PATH_SOURCE,
		KCLUSTER_A_PATH_LAST_HEARD,
	};
	struct nlattr *tb[KCLUSTER_A_PATH_MAX + 1];
	int err;

	err = nla_parse_nested(tb, KCLUSTER_A_PATH_MAX, attr,
			       kcluster_path_nl_policy, extack);
	if (err)
		return err;
	err = kc_netlink_check_read_only(tb, read_only, ARRAY_SIZE(read_only),
					 extack);
	if (err)
		return err;
	if (!tb[KCLUSTER_A_PATH_IFNAME])
		return kc_refuse(extack, attr, -EINVAL,
				 "a path without a device");
	err = kc_netlink_get_ifname(path->ifname, tb[KCLUSTER_A_PATH_IFNAME],
				    extack);
	if (err)
		return err;
	if (tb[KCLUSTER_A_PATH_HOP_LIMIT])
		path->hop_limit = nla_get_u8(tb[KCLUSTER_A_PATH_HOP_LIMIT]);
	path->trusted = nla_get_flag(tb[KCLUSTER_A_PATH_TRUSTED]);
	err = parse_peers(nla_data(attr), nla_len(attr), KCLUSTER_A_PATH_PEER,
			  family, &path->peers, extack);
	if (err)
		return err;
	if (path->hop_limit != KC_VRRP_TTL && !path->peers.n)
		return kc_refuse(extack, tb[KCLUSTER_A_PATH_HOP_LIMIT],
				 -EINVAL,
				 "multicast crosses no hub: a hop limit needs peers");
	return 0;
}

static struct kc_vrrp_path *new_path(struct list_head *paths,
				     const struct nlattr *attr)
{
	struct kc_vrrp_path *path;

	path = kzalloc(sizeof(*path), GFP_KERNEL_ACCOUNT);
	if (!path)
		return NULL;
	path->attr = attr;
	path->hop_limit = KC_VRRP_TTL;
	INIT_LIST_HEAD(&path->member);
	list_add_tail(&path->list, paths);
	return path;
}

/**
 * kc_netlink_parse_paths() - the paths of a request
 * @info: the request
 * @family: of the router
 * @ifname: of the router, which is the path if none is given; NULL for
 *	requests that are about paths
 * @paths: &struct kc_vrrp_path are appended here
 *
 * Return: 0 or a negative errno, explained. The caller frees @paths.
 */
int kc_netlink_parse_paths(const struct genl_info *info, u8 family,
			   const char *ifname, struct list_head *paths)
{
	const struct kc_vrrp_path *other;
	struct kc_vrrp_path *path;
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KCLUSTER_A_VRRP_PATH)
			continue;
		if (++n > KCLUSTER_VRRP_PATHS_MAX)
			return kc_refuse(info->extack, attr, -E2BIG,
					 "more than %d paths",
					 KCLUSTER_VRRP_PATHS_MAX);
		path = new_path(paths, attr);
		if (!path)
			return -ENOMEM;
		err = parse_path(attr, family, path, info->extack);
		if (err)
			return err;
		list_for_each_entry(other, paths, list)
			if (other != path &&
			    !strcmp(other->ifname, path->ifname))
				return kc_refuse(info->extack, attr, -EEXIST,
						 "two paths by %s",
						 path->ifname);
	}
	attr = info->attrs[KCLUSTER_A_VRRP_PEER];
	if (n && attr)
		return kc_refuse(info->extack, attr, -EINVAL,
				 "where paths are given each one has its own peers");
	if (n || !ifname)
		return 0;
	path = new_path(paths, info->attrs[KCLUSTER_A_VRRP_IFNAME]);
	if (!path)
		return -ENOMEM;
	path->implied = true;
	strscpy(path->ifname, ifname, sizeof(path->ifname));
	return kc_netlink_parse_peers(info, family, &path->peers);
}
