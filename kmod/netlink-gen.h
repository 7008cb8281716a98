/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	uapi/kcluster.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_KCLUSTER_GEN_H
#define _LINUX_KCLUSTER_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/kcluster.h>

/* Common nested types */
extern const struct nla_policy kcluster_address_nl_policy[KCLUSTER_A_ADDRESS_LOCAL + 1];
extern const struct nla_policy kcluster_claim_prefix_nl_policy[KCLUSTER_A_CLAIM_PREFIX_FLAW + 1];
extern const struct nla_policy kcluster_mirror_filter_nl_policy[KCLUSTER_A_MIRROR_FILTER_PORT + 1];
extern const struct nla_policy kcluster_node_path_nl_policy[KCLUSTER_A_NODE_PATH_PAD + 1];
extern const struct nla_policy kcluster_path_nl_policy[KCLUSTER_A_PATH_PAD + 1];
extern const struct nla_policy kcluster_peer_nl_policy[KCLUSTER_A_PEER_ADDRESS + 1];
extern const struct nla_policy kcluster_route_nl_policy[KCLUSTER_A_ROUTE_ERROR + 1];
extern const struct nla_policy kcluster_track_nl_policy[KCLUSTER_A_TRACK_LOSE + 1];
extern const struct nla_policy kcluster_witness_nl_policy[KCLUSTER_A_WITNESS_PAD + 1];

int kcluster_nl_vrrp_get_start(struct netlink_callback *cb);

int kcluster_nl_info_get_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_vrrp_get_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_vrrp_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int kcluster_nl_vrrp_add_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_vrrp_set_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_vrrp_del_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_vrrp_flush_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_vrrp_address_add_doit(struct sk_buff *skb,
				      struct genl_info *info);
int kcluster_nl_vrrp_address_del_doit(struct sk_buff *skb,
				      struct genl_info *info);
int kcluster_nl_vrrp_route_add_doit(struct sk_buff *skb,
				    struct genl_info *info);
int kcluster_nl_vrrp_route_del_doit(struct sk_buff *skb,
				    struct genl_info *info);
int kcluster_nl_vrrp_track_add_doit(struct sk_buff *skb,
				    struct genl_info *info);
int kcluster_nl_vrrp_track_del_doit(struct sk_buff *skb,
				    struct genl_info *info);
int kcluster_nl_vrrp_path_add_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_vrrp_path_del_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_vrrp_standby_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_vrrp_history_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_value_get_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_value_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int kcluster_nl_value_set_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_value_del_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_value_flush_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_vrrp_address_get_dumpit(struct sk_buff *skb,
					struct netlink_callback *cb);
int kcluster_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_peer_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int kcluster_nl_peer_add_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_peer_set_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_peer_flush_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_mirror_get_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_mirror_set_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_mirror_resync_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_mirror_flush_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_clusterip_get_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_clusterip_get_dumpit(struct sk_buff *skb,
				     struct netlink_callback *cb);
int kcluster_nl_clusterip_add_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_clusterip_set_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_clusterip_del_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_clusterip_flush_doit(struct sk_buff *skb,
				     struct genl_info *info);
int kcluster_nl_clusterip_address_get_dumpit(struct sk_buff *skb,
					     struct netlink_callback *cb);
int kcluster_nl_clusterip_bucket_get_dumpit(struct sk_buff *skb,
					    struct netlink_callback *cb);
int kcluster_nl_clusterip_member_get_dumpit(struct sk_buff *skb,
					    struct netlink_callback *cb);
int kcluster_nl_claim_get_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_claim_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int kcluster_nl_claim_add_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_claim_set_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_claim_del_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_claim_flush_doit(struct sk_buff *skb, struct genl_info *info);
int kcluster_nl_claim_prefix_get_dumpit(struct sk_buff *skb,
					struct netlink_callback *cb);
int kcluster_nl_info_set_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	KCLUSTER_NLGRP_EVENTS,
};

extern struct genl_family kcluster_nl_family;

#endif /* _LINUX_KCLUSTER_GEN_H */
