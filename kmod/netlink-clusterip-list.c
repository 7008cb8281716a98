// SPDX-License-Identifier: GPL-2.0
/*
 * What there is to tell of the lists of a cluster IP: its addresses, its buckets
 * and its nodes, of which there may be more than fit in a message.
 */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "clusterip/share.h"
#include "extack.h"
#include "net.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "vrrp/item.h"

/*
 * Adds to a message what there is from number *@next on, as much as there is
 * room for, and sets which one is next. False if there is nothing, or no room.
 */
typedef bool (*fill_some)(struct sk_buff *skb, const struct kc_cip *cip,
			  unsigned long *next);

static bool fill_addresses(struct sk_buff *skb, const struct kc_cip *cip,
			   unsigned long *next)
{
	unsigned long index = 0, first = *next;
	const struct kc_vrrp_item *item;

	list_for_each_entry(item, &cip->items, list) {
		if (index++ < first)
			continue;
		if (kc_netlink_fill_address(skb, KCLUSTER_A_CLUSTERIP_ADDRESS,
					    item))
			break;
		++*next;
	}
	return *next > first;
}

/* Not there if it is nobody's. */
static int fill_node(struct sk_buff *skb, u16 type,
		     const struct kc_cip_heirs *heirs, u8 node)
{
	return node < heirs->n ? nla_put_string(skb, type, heirs->names[node]) :
				 0;
}

static int fill_bucket(struct sk_buff *skb, const struct kc_cip *cip,
		       const struct kc_cip_heirs *heirs, unsigned int bucket)
{
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_CLUSTERIP_BUCKET);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u16(skb, KCLUSTER_A_CLUSTERIP_BUCKET_NUMBER, bucket + 1) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_BUCKET_MINE,
		       kc_cip_is_mine(kc_cip_map(cip), bucket)) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_CLUSTERIP_BUCKET_PACKETS,
			      kc_cip_count_bucket(cip, bucket),
			      KCLUSTER_A_CLUSTERIP_BUCKET_PAD) ||
	    (heirs && (fill_node(skb, KCLUSTER_A_CLUSTERIP_BUCKET_OWNER, heirs,
				 heirs->owners[bucket]) ||
		       fill_node(skb, KCLUSTER_A_CLUSTERIP_BUCKET_SUCCESSOR,
				 heirs, heirs->first[bucket]) ||
		       fill_node(skb, KCLUSTER_A_CLUSTERIP_BUCKET_SUCCESSOR,
				 heirs, heirs->second[bucket])))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static bool fill_buckets(struct sk_buff *skb, const struct kc_cip *cip,
			 unsigned long *next)
{
	struct kc_cip_share *share = kc_cip_share_of(cip);
	struct kc_cip_heirs *heirs = NULL;
	unsigned long first = *next;

	if (share && *next < kc_cip_map(cip)->buckets) {
		heirs = kvmalloc(sizeof(*heirs), GFP_KERNEL);
		if (heirs)
			kc_cip_share_heirs(share, heirs);
	}
	while (*next < kc_cip_map(cip)->buckets &&
	       !fill_bucket(skb, cip, heirs, *next))
		++*next;
	kvfree(heirs);
	return *next > first;
}

static int fill_member(struct sk_buff *skb,
		       const struct kc_cip_member_view *v)
{
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_CLUSTERIP_MEMBER);

	if (!nest)
		return -EMSGSIZE;
	if ((*v->name &&
	     nla_put_string(skb, KCLUSTER_A_CLUSTERIP_MEMBER_NAME, v->name)) ||
	    (v->id &&
	     nla_put_u64_64bit(skb, KCLUSTER_A_CLUSTERIP_MEMBER_ID, v->id,
			       KCLUSTER_A_CLUSTERIP_MEMBER_PAD)) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_MEMBER_ALIVE, v->alive) ||
	    nla_put_u16(skb, KCLUSTER_A_CLUSTERIP_MEMBER_WEIGHT, v->weight) ||
	    nla_put_u16(skb, KCLUSTER_A_CLUSTERIP_MEMBER_BUCKETS, v->buckets) ||
	    (v->ruled &&
	     (nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_MEMBER_OBEYS, v->obeys) ||
	      nla_put_u32(skb, KCLUSTER_A_CLUSTERIP_MEMBER_LEASE_LEFT,
			  v->left_ms)))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static bool fill_members(struct sk_buff *skb, const struct kc_cip *cip,
			 unsigned long *next)
{
	struct kc_cip_share *share = kc_cip_share_of(cip);
	struct kc_cip_member_view view;
	unsigned long first = *next;

	while (share && kc_cip_share_view_member(share, *next, &view) &&
	       !fill_member(skb, &view))
		++*next;
	return *next > first;
}

static int dump_some(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		     const struct kc_cip *cip, fill_some fill)
{
	unsigned long *next = (unsigned long *)&cb->args[0];
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &kcluster_nl_family, NLM_F_MULTI, cmd);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (nla_put_string(skb, KCLUSTER_A_CLUSTERIP_NAME, cip->name)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	if (fill(skb, cip, next))
		genlmsg_end(skb, hdr);
	else
		genlmsg_cancel(skb, hdr);
	return 0;
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		fill_some fill)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct kc_net *kn = kc_net(sock_net(skb->sk));
	struct kc_cip *cip;
	int err;

	mutex_lock(&kn->cip.mutex);
	/* 0 would mean that there is nothing to compare. */
	cb->seq = kn->cip.generation + 1;
	cip = kc_netlink_find_clusterip(kn, info);
	err = IS_ERR(cip) ? PTR_ERR(cip) : dump_some(skb, cb, cmd, cip, fill);
	mutex_unlock(&kn->cip.mutex);
	return skb->len ?: err;
}

int kcluster_nl_clusterip_address_get_dumpit(struct sk_buff *skb,
					     struct netlink_callback *cb)
{
	return dump(skb, cb, KCLUSTER_CMD_CLUSTERIP_ADDRESS_GET,
		    fill_addresses);
}

int kcluster_nl_clusterip_bucket_get_dumpit(struct sk_buff *skb,
					    struct netlink_callback *cb)
{
	return dump(skb, cb, KCLUSTER_CMD_CLUSTERIP_BUCKET_GET, fill_buckets);
}

int kcluster_nl_clusterip_member_get_dumpit(struct sk_buff *skb,
					    struct netlink_callback *cb)
{
	return dump(skb, cb, KCLUSTER_CMD_CLUSTERIP_MEMBER_GET, fill_members);
}
