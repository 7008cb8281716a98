/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family: parse a request, call the concept, fill a reply.
 */
#ifndef KC_NETLINK_H
#define KC_NETLINK_H

#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/types.h>

struct genl_info;
struct kc_cip;
struct kc_net;
struct kc_vrrp;
struct kc_vrrp_item;
struct kc_vrrp_peers;
struct kc_vrrp_settings;
struct kc_vrrp_spec;
struct kc_vrrp_witnesses;
struct list_head;
struct netlink_callback;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

/* netlink.c: for main */
int kc_netlink_init(void);
void kc_netlink_exit(void);

/* netlink.c: for all requests */
struct kc_vrrp *kc_netlink_find_router(struct kc_net *kn,
				       const struct genl_info *info);
int kc_netlink_check_may_write(const struct sk_buff *skb,
			       const struct genl_info *info,
			       const struct kc_net *kn);

/* netlink-reply.c: likewise. An object is given by its place in its list. */
typedef int (*kc_netlink_fill)(struct sk_buff *skb, struct list_head *object,
			       bool secrets);

struct sk_buff *kc_netlink_reply(const struct genl_info *info, u8 cmd,
				 kc_netlink_fill fill,
				 struct list_head *object);
int kc_netlink_dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		    struct list_head *list, unsigned int generation,
		    kc_netlink_fill fill, bool secrets);

/* netlink-event.c: likewise */
void kc_netlink_net_init(struct kc_net *kn);
void kc_netlink_net_exit(struct kc_net *kn);

/* netlink-vrrp.c: what a request asks for. What is handed out belongs to the
 * caller, also after a failure.
 */
int kc_netlink_check_name(const struct genl_info *info);
int kc_netlink_parse_spec(const struct genl_info *info,
			  struct kc_vrrp_spec *spec);
int kc_netlink_parse_settings(const struct genl_info *info, u8 family,
			      struct kc_vrrp_settings *settings);

/* netlink-track.c: what is tracked, likewise; and what there is to tell of it */
int kc_netlink_parse_tracks(const struct genl_info *info,
			    struct list_head *tracks);
int kc_netlink_fill_tracks(struct sk_buff *skb, const struct kc_vrrp *r);
size_t kc_netlink_tracks_size(const struct kc_vrrp *r);

/* netlink-path.c: paths and peers, likewise */
int kc_netlink_parse_peers(const struct genl_info *info, u8 family,
			   struct kc_vrrp_peers *peers);
int kc_netlink_parse_paths(const struct genl_info *info, u8 family,
			   const char *ifname, struct list_head *paths);

/* netlink-vote.c: votes */
int kc_netlink_parse_witnesses(const struct genl_info *info, u8 family,
			       struct kc_vrrp_witnesses *witnesses);
int kc_netlink_fill_votes(struct sk_buff *skb, struct kc_vrrp *r);
size_t kc_netlink_votes_size(const struct kc_vrrp *r);

/* netlink-items.c: addresses and routes, likewise */
/**
 * enum kc_netlink_purpose - what items are parsed for
 * @KC_NETLINK_ADD: to have them; they must make sense
 * @KC_NETLINK_DEL: to find them
 * @KC_NETLINK_SHARE: to have them on all nodes, so nothing is advertised
 */
enum kc_netlink_purpose {
	KC_NETLINK_ADD,
	KC_NETLINK_DEL,
	KC_NETLINK_SHARE,
};

int kc_netlink_parse_items(const struct genl_info *info, u8 family,
			   const char *ifname, u16 type,
			   enum kc_netlink_purpose purpose,
			   struct list_head *items);

/* Milliseconds between two times in nanoseconds, 0 if they are not in order. */
static inline u64 kc_netlink_ms_between(u64 from, u64 to)
{
	return to > from ? div_u64(to - from, NSEC_PER_MSEC) : 0;
}

/* netlink-fill.c: what there is to tell */
bool kc_netlink_may_write(const struct sk_buff *skb, const struct kc_net *kn);
struct sk_buff *kc_netlink_vrrp_reply(struct kc_vrrp *r,
				      const struct genl_info *info,
				      bool secrets);

/* netlink-address.c: likewise */
int kc_netlink_fill_address(struct sk_buff *skb, u16 type,
			    const struct kc_vrrp_item *item);

/* netlink-vmac.c: likewise */
int kc_netlink_fill_vmac(struct sk_buff *skb, struct kc_vrrp *r);

/* netlink-clusterip.c: for requests about cluster IPs */
struct kc_cip *kc_netlink_find_clusterip(struct kc_net *kn,
					 const struct genl_info *info);

#endif
