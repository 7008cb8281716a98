// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IPs over generic netlink: parse a request, call the concept, fill a
 * reply. Their lists are told by netlink-clusterip-list.c.
 */
#include <linux/mutex.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "clusterip/share.h"
#include "extack.h"
#include "net.h"
#include "netlink-gen.h"
#include "netlink-parse.h"
#include "netlink.h"
#include "vrrp/item.h"

static int get_name(const struct genl_info *info, char *name)
{
	const struct nlattr *attr = info->attrs[KCLUSTER_A_CLUSTERIP_NAME];

	if (attr)
		return kc_netlink_get_name(name, attr, info->extack);
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, KCLUSTER_A_CLUSTERIP_NAME);
	return kc_refuse(info->extack, NULL, -EINVAL,
			 "the request names no cluster IP");
}

static int get_bits(u8 *bits, const struct nlattr *attr,
		    struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (nla_len(attr) > KC_CIP_BITS_LEN)
		return kc_refuse(extack, attr, -ERANGE,
				 "there are at most %d nodes",
				 KCLUSTER_CLUSTERIP_NODES_MAX);
	memcpy(bits, nla_data(attr), nla_len(attr));
	return 0;
}

static int missing(const struct genl_info *info, u16 type, const char *what)
{
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, type);
	return kc_refuse(info->extack, NULL, -EINVAL,
			 "a cluster IP needs %s", what);
}

/* What add and set have in common. */
static int parse_map(const struct genl_info *info, struct kc_cip_spec *spec)
{
	struct nlattr **attrs = info->attrs;
	int err;

	spec->attrs = attrs;
	err = get_name(info, spec->name);
	if (err)
		return err;
	if (attrs[KCLUSTER_A_CLUSTERIP_HASH])
		spec->hash = nla_get_u8(attrs[KCLUSTER_A_CLUSTERIP_HASH]);
	if (attrs[KCLUSTER_A_CLUSTERIP_SEED])
		spec->seed = nla_get_u32(attrs[KCLUSTER_A_CLUSTERIP_SEED]);
	if (attrs[KCLUSTER_A_CLUSTERIP_NODES])
		spec->nodes = nla_get_u16(attrs[KCLUSTER_A_CLUSTERIP_NODES]);
	if (attrs[KCLUSTER_A_CLUSTERIP_WEIGHT])
		spec->weight = nla_get_u16(attrs[KCLUSTER_A_CLUSTERIP_WEIGHT]);
	if (attrs[KCLUSTER_A_CLUSTERIP_ON_PARTITION])
		spec->serve = nla_get_u8(attrs[KCLUSTER_A_CLUSTERIP_ON_PARTITION]) ==
			      KCLUSTER_CLUSTERIP_PARTITION_SERVE;
	if (attrs[KCLUSTER_A_CLUSTERIP_SUCCESSORS])
		spec->successors =
			nla_get_u8(attrs[KCLUSTER_A_CLUSTERIP_SUCCESSORS]);
	if (attrs[KCLUSTER_A_CLUSTERIP_GATEWAY])
		spec->gateway = nla_get_u8(attrs[KCLUSTER_A_CLUSTERIP_GATEWAY]);
	return get_bits(spec->local, attrs[KCLUSTER_A_CLUSTERIP_LOCAL],
			info->extack);
}

static u32 number(const struct nlattr *attr, u32 otherwise)
{
	if (!attr)
		return otherwise;
	return nla_len(attr) == sizeof(u16) ? nla_get_u16(attr) :
					      nla_get_u32(attr);
}

/* What peers divide, or who static nodes are, or that another one tells. */
static int parse_nodes(const struct genl_info *info, struct kc_cip_spec *spec)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[KCLUSTER_A_CLUSTERIP_FOLLOW])
		return kc_netlink_get_name(spec->follow,
					   attrs[KCLUSTER_A_CLUSTERIP_FOLLOW],
					   info->extack);
	if (attrs[KCLUSTER_A_CLUSTERIP_MODE])
		spec->peers = nla_get_u8(attrs[KCLUSTER_A_CLUSTERIP_MODE]) ==
			      KCLUSTER_CLUSTERIP_MODE_PEERS;
	if (!spec->peers) {
		if (!attrs[KCLUSTER_A_CLUSTERIP_NODES])
			return missing(info, KCLUSTER_A_CLUSTERIP_NODES,
				       "the number of nodes");
		if (!attrs[KCLUSTER_A_CLUSTERIP_LOCAL])
			return missing(info, KCLUSTER_A_CLUSTERIP_LOCAL,
				       "to be told which of the nodes this one is");
		return 0;
	}
	if (!attrs[KCLUSTER_A_CLUSTERIP_ROUTER])
		return missing(info, KCLUSTER_A_CLUSTERIP_ROUTER,
			       "a virtual router whose master divides it among peers");
	if (!attrs[KCLUSTER_A_CLUSTERIP_NODES])
		spec->nodes = number(attrs[KCLUSTER_A_CLUSTERIP_BUCKETS],
				     KCLUSTER_CLUSTERIP_BUCKETS);
	if (!attrs[KCLUSTER_A_CLUSTERIP_SUCCESSORS])
		spec->successors = KCLUSTER_CLUSTERIP_SUCCESSORS;
	spec->weight = number(attrs[KCLUSTER_A_CLUSTERIP_WEIGHT],
			      KCLUSTER_CLUSTERIP_WEIGHT);
	spec->lease_ms = number(attrs[KCLUSTER_A_CLUSTERIP_LEASE],
				KCLUSTER_CLUSTERIP_LEASE);
	spec->vmac = attrs[KCLUSTER_A_CLUSTERIP_VMAC] &&
		     nla_get_u8(attrs[KCLUSTER_A_CLUSTERIP_VMAC]);
	return kc_netlink_get_name(spec->router,
				   attrs[KCLUSTER_A_CLUSTERIP_ROUTER],
				   info->extack);
}

static int parse_spec(const struct genl_info *info, struct kc_cip_spec *spec)
{
	struct nlattr **attrs = info->attrs;
	int err;

	err = parse_map(info, spec);
	if (err)
		return err;
	if (!attrs[KCLUSTER_A_CLUSTERIP_IFNAME])
		return missing(info, KCLUSTER_A_CLUSTERIP_IFNAME, "a device");
	err = kc_netlink_get_ifname(spec->ifname,
				    attrs[KCLUSTER_A_CLUSTERIP_IFNAME],
				    info->extack);
	if (err)
		return err;
	err = parse_nodes(info, spec);
	if (err)
		return err;
	if (attrs[KCLUSTER_A_CLUSTERIP_MAC])
		memcpy(spec->mac, nla_data(attrs[KCLUSTER_A_CLUSTERIP_MAC]),
		       sizeof(spec->mac));
	err = kc_netlink_parse_items(info, KC_AF_INET, spec->ifname,
				     KCLUSTER_A_CLUSTERIP_ADDRESS,
				     KC_NETLINK_SHARE, &spec->items);
	if (!err && list_empty(&spec->items))
		err = missing(info, KCLUSTER_A_CLUSTERIP_ADDRESS,
			      "an address");
	return err;
}

int kcluster_nl_clusterip_add_doit(struct sk_buff *skb,
				   struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_cip_spec spec = {};
	int err;

	INIT_LIST_HEAD(&spec.items);
	err = kc_netlink_check_may_write(skb, info, kn);
	if (!err)
		err = parse_spec(info, &spec);
	if (!err) {
		mutex_lock(&kn->cip.mutex);
		err = kc_cip_add(kn, &spec, info->extack);
		mutex_unlock(&kn->cip.mutex);
	}
	/* Empty if they were taken over. */
	kc_vrrp_items_free(&spec.items);
	return err;
}

/**
 * kc_netlink_find_clusterip() - the cluster IP that a request names
 * @kn: the namespace, mutex of its cluster IPs held
 * @info: the request
 *
 * Return: the cluster IP or ERR_PTR(), explained
 */
struct kc_cip *kc_netlink_find_clusterip(struct kc_net *kn,
					 const struct genl_info *info)
{
	char name[KCLUSTER_NAME_MAX + 1];
	struct kc_cip *cip;
	int err;

	err = get_name(info, name);
	if (err)
		return ERR_PTR(err);
	cip = kc_cip_find(kn, name);
	if (cip)
		return cip;
	return ERR_PTR(kc_refuse(info->extack,
				 info->attrs[KCLUSTER_A_CLUSTERIP_NAME],
				 -ENOENT, "no cluster IP named \"%s\"", name));
}

int kcluster_nl_clusterip_set_doit(struct sk_buff *skb,
				   struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_cip_spec spec = {};
	struct kc_cip *cip;
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (!err)
		err = parse_map(info, &spec);
	if (!err)
		err = get_bits(spec.add,
			       info->attrs[KCLUSTER_A_CLUSTERIP_LOCAL_ADD],
			       info->extack);
	if (!err)
		err = get_bits(spec.remove,
			       info->attrs[KCLUSTER_A_CLUSTERIP_LOCAL_REMOVE],
			       info->extack);
	if (err)
		return err;

	mutex_lock(&kn->cip.mutex);
	cip = kc_netlink_find_clusterip(kn, info);
	err = IS_ERR(cip) ? PTR_ERR(cip) :
			    kc_cip_set(cip, &spec, info->extack);
	mutex_unlock(&kn->cip.mutex);
	return err;
}

int kcluster_nl_clusterip_del_doit(struct sk_buff *skb,
				   struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_cip *cip;
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;

	mutex_lock(&kn->cip.mutex);
	cip = kc_netlink_find_clusterip(kn, info);
	if (IS_ERR(cip))
		err = PTR_ERR(cip);
	else
		err = kc_cip_del(cip, info->extack);
	mutex_unlock(&kn->cip.mutex);
	return err;
}

int kcluster_nl_clusterip_flush_doit(struct sk_buff *skb,
				     struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;

	mutex_lock(&kn->cip.mutex);
	kc_cip_flush(kn);
	mutex_unlock(&kn->cip.mutex);
	return 0;
}

static int fill_stats(struct sk_buff *skb, const struct kc_cip *cip)
{
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_CLUSTERIP_STATS);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = KCLUSTER_A_CLUSTERIP_STATS_PAD + 1; i < KC_CIP_STATS; i++)
		if (nla_put_u64_64bit(skb, i, kc_cip_count(cip, i),
				      KCLUSTER_A_CLUSTERIP_STATS_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_static(struct sk_buff *skb, const struct kc_cip_split *map)
{
	return nla_put_u16(skb, KCLUSTER_A_CLUSTERIP_NODES, map->buckets) ||
	       nla_put(skb, KCLUSTER_A_CLUSTERIP_LOCAL,
		       DIV_ROUND_UP(map->buckets, 8), map->mine) ?
	       -EMSGSIZE : 0;
}

static int fill_u64(struct sk_buff *skb, u16 type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, KCLUSTER_A_CLUSTERIP_PAD);
}

static int fill_share(struct sk_buff *skb, struct kc_cip_share *share,
		      const struct kc_cip_split *map)
{
	struct kc_cip_view v;

	kc_cip_share_view(share, &v);
	if (nla_put_string(skb, KCLUSTER_A_CLUSTERIP_ROUTER, share->router) ||
	    nla_put_u16(skb, KCLUSTER_A_CLUSTERIP_WEIGHT, v.weight) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_ON_PARTITION,
		       v.serve ? KCLUSTER_CLUSTERIP_PARTITION_SERVE :
				 KCLUSTER_CLUSTERIP_PARTITION_STOP) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_SUCCESSORS,
		       share->successors) ||
	    nla_put_u32(skb, KCLUSTER_A_CLUSTERIP_LEASE, v.lease_ms) ||
	    nla_put_u16(skb, KCLUSTER_A_CLUSTERIP_BUCKETS, map->buckets) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_VMAC, share->vmac) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_ROLE, v.role) ||
	    nla_put_u16(skb, KCLUSTER_A_CLUSTERIP_VOTES, v.votes))
		return -EMSGSIZE;
	/* Before its device was there it takes no part. */
	if (v.id && (fill_u64(skb, KCLUSTER_A_CLUSTERIP_ID, v.id) ||
		     nla_put_u16(skb, KCLUSTER_A_CLUSTERIP_MEMBERS, v.members) ||
		     nla_put_u32(skb, KCLUSTER_A_CLUSTERIP_LEASE_LEFT,
				 v.left_ms)))
		return -EMSGSIZE;
	if (v.epoch && (fill_u64(skb, KCLUSTER_A_CLUSTERIP_EPOCH, v.epoch) ||
			fill_u64(skb, KCLUSTER_A_CLUSTERIP_AUTHORITY,
				 v.authority) ||
			nla_put_u32(skb, KCLUSTER_A_CLUSTERIP_MAP, v.seq)))
		return -EMSGSIZE;
	if (v.epoch && v.seq &&
	    fill_u64(skb, KCLUSTER_A_CLUSTERIP_DECIDED, v.decided_ms))
		return -EMSGSIZE;
	return *v.authority_name &&
	       nla_put_string(skb, KCLUSTER_A_CLUSTERIP_AUTHORITY_NAME,
			      v.authority_name) ? -EMSGSIZE : 0;
}

/* What it has by itself, not by whom it follows. */
static int fill_division(struct sk_buff *skb, const struct kc_cip *cip,
			 const struct kc_cip_split *map)
{
	if (cip->share)
		return fill_share(skb, cip->share, map);
	if (!kc_cip_share_of(cip))
		return fill_static(skb, map);
	return nla_put_u16(skb, KCLUSTER_A_CLUSTERIP_BUCKETS, map->buckets);
}

/* Needs the mutex. */
static int fill_cip(struct sk_buff *skb, const struct kc_cip *cip)
{
	const struct kc_cip_split *map = kc_cip_map(cip);
	char reason[KC_CIP_REASON_MAX];
	u8 state = kc_cip_state(cip, reason);

	if (nla_put_string(skb, KCLUSTER_A_CLUSTERIP_NAME, cip->name) ||
	    nla_put_string(skb, KCLUSTER_A_CLUSTERIP_IFNAME, cip->ifname) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_HASH, map->hash) ||
	    nla_put_u32(skb, KCLUSTER_A_CLUSTERIP_SEED, map->seed) ||
	    nla_put(skb, KCLUSTER_A_CLUSTERIP_MAC, sizeof(cip->mac),
		    cip->mac) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_MODE,
		       kc_cip_share_of(cip) ? KCLUSTER_CLUSTERIP_MODE_PEERS :
					      KCLUSTER_CLUSTERIP_MODE_STATIC) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_GATEWAY, cip->gateway) ||
	    (cip->leader && nla_put_string(skb, KCLUSTER_A_CLUSTERIP_FOLLOW,
					   cip->leader->name)) ||
	    nla_put_u16(skb, KCLUSTER_A_CLUSTERIP_SHARES,
			kc_cip_map_shares(map)) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_STATE, state) ||
	    (*reason &&
	     nla_put_string(skb, KCLUSTER_A_CLUSTERIP_REASON, reason)) ||
	    nla_put_u32(skb, KCLUSTER_A_CLUSTERIP_ADDRESSES, cip->n_items) ||
	    fill_division(skb, cip, map))
		return -EMSGSIZE;
	return fill_stats(skb, cip);
}

static int fill_object(struct sk_buff *skb, struct list_head *object,
		       bool secrets)
{
	return fill_cip(skb, list_entry(object, struct kc_cip, list));
}

int kcluster_nl_clusterip_get_doit(struct sk_buff *skb,
				   struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct sk_buff *reply;
	struct kc_cip *cip;

	mutex_lock(&kn->cip.mutex);
	cip = kc_netlink_find_clusterip(kn, info);
	reply = IS_ERR(cip) ? ERR_CAST(cip) :
			      kc_netlink_reply(info, KCLUSTER_CMD_CLUSTERIP_GET,
					       fill_object, &cip->list);
	mutex_unlock(&kn->cip.mutex);
	if (IS_ERR(reply))
		return PTR_ERR(reply);
	return genlmsg_reply(reply, info);
}

int kcluster_nl_clusterip_get_dumpit(struct sk_buff *skb,
				     struct netlink_callback *cb)
{
	struct kc_net *kn = kc_net(sock_net(skb->sk));
	int ret;

	mutex_lock(&kn->cip.mutex);
	ret = kc_netlink_dump(skb, cb, KCLUSTER_CMD_CLUSTERIP_GET,
			      &kn->cip.objects, kn->cip.generation,
			      fill_object, false);
	mutex_unlock(&kn->cip.mutex);
	return ret;
}
