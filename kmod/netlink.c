// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: parse a request, call the concept, fill a reply.
 *
 * Handlers run in parallel. Whatever concerns virtual routers holds
 * kc_vrrp_net.mutex from the look-up to the reply, so a request sees and
 * leaves the configuration whole. The socket of the requester keeps the
 * network namespace while a handler runs.
 */
#include <linux/capability.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "claim/claim.h"
#include "extack.h"
#include "net.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "vrrp/router.h"
#include "vrrp/track.h"

/**
 * kc_netlink_find_router() - the router that a request names
 * @kn: the namespace, mutex of its routers held
 * @info: the request
 *
 * Return: the router or ERR_PTR(), explained
 */
struct kc_vrrp *kc_netlink_find_router(struct kc_net *kn,
				       const struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[KCLUSTER_A_VRRP_NAME];
	struct kc_vrrp *r;
	int err;

	err = kc_netlink_check_name(info);
	if (err)
		return ERR_PTR(err);
	r = kc_vrrp_find(kn, nla_data(attr));
	if (!r)
		return ERR_PTR(kc_refuse(info->extack, attr, -ENOENT,
					 "no virtual router named \"%s\"",
					 (const char *)nla_data(attr)));
	return r;
}

/**
 * kc_netlink_check_may_write() - refuse those who may not change anything
 * @skb: the request
 * @info: likewise
 * @kn: the namespace
 *
 * Return: 0 or a negative errno, explained
 */
int kc_netlink_check_may_write(const struct sk_buff *skb,
			       const struct genl_info *info,
			       const struct kc_net *kn)
{
	if (kc_netlink_may_write(skb, kn))
		return 0;
	return kc_refuse(info->extack, NULL, -EPERM,
			 "changing what the cluster does needs CAP_NET_ADMIN in the user namespace that owns this network namespace");
}

/* Each of these is called for a router that exists, under the mutex. */
typedef int (*router_change)(struct kc_vrrp *r, const struct genl_info *info);

static int change_router(struct sk_buff *skb, struct genl_info *info,
			 router_change change)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_vrrp *r;
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;

	mutex_lock(&kn->vrrp.mutex);
	r = kc_netlink_find_router(kn, info);
	err = IS_ERR(r) ? PTR_ERR(r) : change(r, info);
	mutex_unlock(&kn->vrrp.mutex);
	return err;
}

int kcluster_nl_vrrp_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	bool secrets = kc_netlink_may_write(skb, kn);
	struct sk_buff *reply;
	struct kc_vrrp *r;

	mutex_lock(&kn->vrrp.mutex);
	r = kc_netlink_find_router(kn, info);
	reply = IS_ERR(r) ? ERR_CAST(r) :
			    kc_netlink_vrrp_reply(r, info, secrets);
	mutex_unlock(&kn->vrrp.mutex);
	if (IS_ERR(reply))
		return PTR_ERR(reply);
	return genlmsg_reply(reply, info);
}

int kcluster_nl_vrrp_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_vrrp_spec spec = {};
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;

	INIT_LIST_HEAD(&spec.items);
	INIT_LIST_HEAD(&spec.tracks);
	INIT_LIST_HEAD(&spec.paths);
	err = kc_netlink_parse_spec(info, &spec);
	if (!err) {
		mutex_lock(&kn->vrrp.mutex);
		err = kc_vrrp_add(kn, &spec, info->extack);
		mutex_unlock(&kn->vrrp.mutex);
	}
	if (err) {
		kc_vrrp_items_free(&spec.items);
		kc_vrrp_tracks_free(&spec.tracks);
		kc_vrrp_paths_free(&spec.paths);
		kfree(spec.witnesses.list);
		return err;
	}
	/* Its addresses may be such as move inside the VPN. */
	kc_claim_look(kn);
	return 0;
}

static int set_router(struct kc_vrrp *r, const struct genl_info *info)
{
	/* Written under the mutex, which we hold. */
	struct kc_vrrp_settings settings = r->settings;
	struct kc_vrrp_witnesses witnesses = {};
	struct kc_vrrp_peers peers = {};
	int err;

	err = kc_netlink_parse_settings(info, r->family, &settings);
	if (!err)
		err = kc_netlink_parse_peers(info, r->family, &peers);
	if (!err)
		err = kc_netlink_parse_witnesses(info, r->family, &witnesses);
	if (!err)
		err = kc_vrrp_set(r, &settings, &peers, &witnesses,
				  info->attrs, info->extack);
	/* Those that it does not have now. */
	kfree(peers.list);
	kfree(witnesses.list);
	return err;
}

int kcluster_nl_vrrp_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_router(skb, info, set_router);
}

static int del_router(struct kc_vrrp *r, const struct genl_info *info)
{
	kc_vrrp_del(r, "deleted");
	return 0;
}

int kcluster_nl_vrrp_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_router(skb, info, del_router);
}

int kcluster_nl_vrrp_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;

	mutex_lock(&kn->vrrp.mutex);
	kc_vrrp_flush(kn, "flushed");
	mutex_unlock(&kn->vrrp.mutex);
	return 0;
}

static int change_items(struct kc_vrrp *r, const struct genl_info *info,
			u16 type, enum kc_netlink_purpose purpose)
{
	LIST_HEAD(items);
	int err;

	err = kc_netlink_parse_items(info, r->family, r->ifname, type, purpose,
				     &items);
	if (!err && list_empty(&items)) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, type);
		err = kc_refuse(info->extack, NULL, -EINVAL,
				"the request names no %s",
				type == KCLUSTER_A_VRRP_ROUTE ? "route" :
								"address");
	}
	if (!err && purpose == KC_NETLINK_ADD)
		err = kc_vrrp_items_add(r, &items, info->extack);
	else if (!err)
		err = kc_vrrp_items_del(r, &items, info->extack);
	/* Empty if they were taken over. */
	kc_vrrp_items_free(&items);
	return err;
}

static int add_addresses(struct kc_vrrp *r, const struct genl_info *info)
{
	return change_items(r, info, KCLUSTER_A_VRRP_ADDRESS, KC_NETLINK_ADD);
}

static int del_addresses(struct kc_vrrp *r, const struct genl_info *info)
{
	return change_items(r, info, KCLUSTER_A_VRRP_ADDRESS, KC_NETLINK_DEL);
}

static int add_routes(struct kc_vrrp *r, const struct genl_info *info)
{
	return change_items(r, info, KCLUSTER_A_VRRP_ROUTE, KC_NETLINK_ADD);
}

static int del_routes(struct kc_vrrp *r, const struct genl_info *info)
{
	return change_items(r, info, KCLUSTER_A_VRRP_ROUTE, KC_NETLINK_DEL);
}

int kcluster_nl_vrrp_address_add_doit(struct sk_buff *skb,
				      struct genl_info *info)
{
	int err = change_router(skb, info, add_addresses);

	if (!err)
		kc_claim_look(kc_net(genl_info_net(info)));
	return err;
}

int kcluster_nl_vrrp_address_del_doit(struct sk_buff *skb,
				      struct genl_info *info)
{
	int err = change_router(skb, info, del_addresses);

	if (!err)
		kc_claim_look(kc_net(genl_info_net(info)));
	return err;
}

int kcluster_nl_vrrp_route_add_doit(struct sk_buff *skb,
				    struct genl_info *info)
{
	return change_router(skb, info, add_routes);
}

int kcluster_nl_vrrp_route_del_doit(struct sk_buff *skb,
				    struct genl_info *info)
{
	return change_router(skb, info, del_routes);
}

typedef int (*paths_change)(struct kc_vrrp *r, struct list_head *paths,
			    struct netlink_ext_ack *extack);

static int change_paths(struct kc_vrrp *r, const struct genl_info *info,
			paths_change change)
{
	LIST_HEAD(paths);
	int err;

	err = kc_netlink_parse_paths(info, r->family, NULL, &paths);
	if (!err && list_empty(&paths)) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, KCLUSTER_A_VRRP_PATH);
		err = kc_refuse(info->extack, NULL, -EINVAL,
				"the request names no path");
	}
	if (!err)
		err = change(r, &paths, info->extack);
	kc_vrrp_paths_free(&paths);
	return err;
}

static int add_paths(struct kc_vrrp *r, const struct genl_info *info)
{
	return change_paths(r, info, kc_vrrp_paths_add);
}

static int del_paths(struct kc_vrrp *r, const struct genl_info *info)
{
	return change_paths(r, info, kc_vrrp_paths_del);
}

int kcluster_nl_vrrp_path_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_router(skb, info, add_paths);
}

int kcluster_nl_vrrp_path_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_router(skb, info, del_paths);
}

typedef int (*tracks_change)(struct kc_vrrp *r, struct list_head *tracks,
			     struct netlink_ext_ack *extack);

static int change_tracks(struct kc_vrrp *r, const struct genl_info *info,
			 tracks_change change)
{
	LIST_HEAD(tracks);
	int err;

	err = kc_netlink_parse_tracks(info, &tracks);
	if (!err && list_empty(&tracks)) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, KCLUSTER_A_VRRP_TRACK);
		err = kc_refuse(info->extack, NULL, -EINVAL,
				"the request names no tracked device, neighbour or value");
	}
	if (!err)
		err = change(r, &tracks, info->extack);
	kc_vrrp_tracks_free(&tracks);
	return err;
}

static int add_tracks(struct kc_vrrp *r, const struct genl_info *info)
{
	return change_tracks(r, info, kc_vrrp_tracks_add);
}

static int del_tracks(struct kc_vrrp *r, const struct genl_info *info)
{
	return change_tracks(r, info, kc_vrrp_tracks_del);
}

int kcluster_nl_vrrp_track_add_doit(struct sk_buff *skb,
				    struct genl_info *info)
{
	return change_router(skb, info, add_tracks);
}

int kcluster_nl_vrrp_track_del_doit(struct sk_buff *skb,
				    struct genl_info *info)
{
	return change_router(skb, info, del_tracks);
}

/**
 * kc_netlink_init() - accept requests
 *
 * The namespaces must be ready before.
 *
 * Return: 0 or a negative errno
 */
int __init kc_netlink_init(void)
{
	return genl_register_family(&kcluster_nl_family);
}

/**
 * kc_netlink_exit() - accept no more requests; waits for those under way
 */
void kc_netlink_exit(void)
{
	genl_unregister_family(&kcluster_nl_family);
}
