// SPDX-License-Identifier: GPL-2.0
/*
 * News of the concepts become messages to a multicast group.
 */
#include <linux/notifier.h>
#include <net/genetlink.h>

#include "claim/claim.h"
#include "clusterip/clusterip.h"
#include "event.h"
#include "net.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "peer/peer.h"
#include "vrrp/router.h"

/* A message with @news in it; @sequence is its number. */
typedef int (*fill_news)(struct sk_buff *skb, const void *news, u32 sequence);

static int fill_router(struct sk_buff *skb, const void *arg, u32 sequence)
{
	const struct kc_vrrp_news *news = arg;
	void *hdr = genlmsg_put(skb, 0, 0, &kcluster_nl_family, 0,
				KCLUSTER_CMD_VRRP_EVENT);

	if (!hdr ||
	    nla_put_string(skb, KCLUSTER_A_VRRP_NAME, news->name) ||
	    nla_put_string(skb, KCLUSTER_A_VRRP_IFNAME, news->ifname) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_VRID, news->vrid) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_VERSION, news->version) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_FAMILY, news->family) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_PRIORITY, news->priority) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_EFFECTIVE_PRIORITY,
		       news->effective_priority) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_OLD_STATE, news->old_state) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_STATE, news->state) ||
	    nla_put_string(skb, KCLUSTER_A_VRRP_REASON, news->reason) ||
	    nla_put_u32(skb, KCLUSTER_A_VRRP_SEQUENCE, sequence))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

static int fill_path(struct sk_buff *skb, const void *arg, u32 sequence)
{
	const struct kc_vrrp_path_news *news = arg;
	void *hdr = genlmsg_put(skb, 0, 0, &kcluster_nl_family, 0,
				KCLUSTER_CMD_VRRP_PATH_EVENT);
	struct nlattr *nest;

	if (!hdr || nla_put_string(skb, KCLUSTER_A_VRRP_NAME, news->name))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, KCLUSTER_A_VRRP_PATH);
	if (!nest ||
	    nla_put_string(skb, KCLUSTER_A_PATH_IFNAME, news->ifname) ||
	    nla_put_u8(skb, KCLUSTER_A_PATH_UP, news->up) ||
	    nla_put_u8(skb, KCLUSTER_A_PATH_SILENT, news->silent))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	if (nla_put_u32(skb, KCLUSTER_A_VRRP_SEQUENCE, sequence))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

static int fill_value(struct sk_buff *skb, const void *arg, u32 sequence)
{
	const struct kc_value_news *news = arg;
	void *hdr = genlmsg_put(skb, 0, 0, &kcluster_nl_family, 0,
				KCLUSTER_CMD_VALUE_EVENT);

	if (!hdr ||
	    nla_put_string(skb, KCLUSTER_A_VALUE_NAME, news->name) ||
	    nla_put_u8(skb, KCLUSTER_A_VALUE_OLD_STATE, news->old_state) ||
	    nla_put_u8(skb, KCLUSTER_A_VALUE_STATE, news->state) ||
	    nla_put_u32(skb, KCLUSTER_A_VALUE_TTL, news->ttl_ms) ||
	    nla_put_u32(skb, KCLUSTER_A_VALUE_SEQUENCE, sequence))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

static int fill_group(struct sk_buff *skb, const void *arg, u32 sequence)
{
	const struct kc_vrrp_group_news *news = arg;
	void *hdr = genlmsg_put(skb, 0, 0, &kcluster_nl_family, 0,
				KCLUSTER_CMD_VRRP_GROUP_EVENT);

	if (!hdr ||
	    nla_put_string(skb, KCLUSTER_A_VRRP_GROUP, news->name) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_OLD_STATE, news->old_state) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_STATE, news->state) ||
	    nla_put_u32(skb, KCLUSTER_A_VRRP_SEQUENCE, sequence))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

static int fill_peer(struct sk_buff *skb, const void *arg, u32 sequence)
{
	const struct kc_peer_news *news = arg;
	void *hdr = genlmsg_put(skb, 0, 0, &kcluster_nl_family, 0,
				KCLUSTER_CMD_PEER_EVENT);

	if (!hdr ||
	    nla_put_string(skb, KCLUSTER_A_NODE_NAME, news->name) ||
	    nla_put_u8(skb, KCLUSTER_A_NODE_OLD_STATE, news->old_state) ||
	    nla_put_u8(skb, KCLUSTER_A_NODE_STATE, news->state) ||
	    (news->restarted &&
	     nla_put_flag(skb, KCLUSTER_A_NODE_RESTARTED)) ||
	    nla_put_string(skb, KCLUSTER_A_NODE_REASON, news->reason) ||
	    nla_put_u32(skb, KCLUSTER_A_NODE_SEQUENCE, sequence))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

static int fill_peer_path(struct sk_buff *skb, const void *arg, u32 sequence)
{
	const struct kc_peer_path_news *news = arg;
	void *hdr = genlmsg_put(skb, 0, 0, &kcluster_nl_family, 0,
				KCLUSTER_CMD_PEER_PATH_EVENT);
	struct nlattr *nest;

	if (!hdr || nla_put_string(skb, KCLUSTER_A_NODE_NAME, news->name))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, KCLUSTER_A_NODE_PATH);
	if (!nest ||
	    nla_put(skb, KCLUSTER_A_NODE_PATH_ADDRESS,
		    kc_addr_len(news->path->family), news->path->addr) ||
	    nla_put_string(skb, KCLUSTER_A_NODE_PATH_IFNAME,
			   news->path->ifname) ||
	    nla_put_u8(skb, KCLUSTER_A_NODE_PATH_UP, news->up))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	if (nla_put_u32(skb, KCLUSTER_A_NODE_SEQUENCE, sequence))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

static int fill_peer_file(struct sk_buff *skb, const void *arg, u32 sequence)
{
	const struct kc_peer_file_news *news = arg;
	void *hdr = genlmsg_put(skb, 0, 0, &kcluster_nl_family, 0,
				KCLUSTER_CMD_PEER_FILE_EVENT);

	if (!hdr ||
	    nla_put_string(skb, KCLUSTER_A_NODE_NAME, news->name) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_NODE_FILE, news->file,
			      KCLUSTER_A_NODE_PAD) ||
	    nla_put_u32(skb, KCLUSTER_A_NODE_SEQUENCE, sequence))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

static int fill_clusterip(struct sk_buff *skb, const void *arg, u32 sequence)
{
	const struct kc_cip_news *news = arg;
	void *hdr = genlmsg_put(skb, 0, 0, &kcluster_nl_family, 0,
				KCLUSTER_CMD_CLUSTERIP_EVENT);

	if (!hdr ||
	    nla_put_string(skb, KCLUSTER_A_CLUSTERIP_NAME, news->name) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_OLD_STATE, news->old_state) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_STATE, news->state) ||
	    (*news->reason &&
	     nla_put_string(skb, KCLUSTER_A_CLUSTERIP_REASON, news->reason)) ||
	    nla_put_u16(skb, KCLUSTER_A_CLUSTERIP_SHARES, news->shares) ||
	    nla_put_u32(skb, KCLUSTER_A_CLUSTERIP_SEQUENCE, sequence) ||
	    nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_MODE, news->peers) ||
	    nla_put_u16(skb, news->peers ? KCLUSTER_A_CLUSTERIP_BUCKETS :
					   KCLUSTER_A_CLUSTERIP_NODES,
			news->nodes))
		return -EMSGSIZE;
	if (news->peers &&
	    (nla_put_u8(skb, KCLUSTER_A_CLUSTERIP_ROLE, news->role) ||
	     nla_put_u32(skb, KCLUSTER_A_CLUSTERIP_MAP, news->seq) ||
	     nla_put_u64_64bit(skb, KCLUSTER_A_CLUSTERIP_EPOCH, news->epoch,
			       KCLUSTER_A_CLUSTERIP_PAD) ||
	     nla_put_u64_64bit(skb, KCLUSTER_A_CLUSTERIP_AUTHORITY,
			       news->authority, KCLUSTER_A_CLUSTERIP_PAD)))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

static int fill_claim(struct sk_buff *skb, const void *arg, u32 sequence)
{
	const struct kc_claim_news *news = arg;
	void *hdr = genlmsg_put(skb, 0, 0, &kcluster_nl_family, 0,
				KCLUSTER_CMD_CLAIM_EVENT);

	if (!hdr ||
	    nla_put_string(skb, KCLUSTER_A_CLAIM_NAME, news->name) ||
	    nla_put_u8(skb, KCLUSTER_A_CLAIM_OLD_STATE, news->old_state) ||
	    nla_put_u8(skb, KCLUSTER_A_CLAIM_STATE, news->state) ||
	    (news->owner &&
	     nla_put_string(skb, KCLUSTER_A_CLAIM_OWNER, news->owner)) ||
	    (news->epoch &&
	     nla_put_u64_64bit(skb, KCLUSTER_A_CLAIM_EPOCH, news->epoch,
			       KCLUSTER_A_CLAIM_PAD)) ||
	    nla_put_u32(skb, KCLUSTER_A_CLAIM_PREFIXES, news->prefixes) ||
	    nla_put_u32(skb, KCLUSTER_A_CLAIM_SEQUENCE, sequence))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

static struct sk_buff *event_message(fill_news fill, const void *news,
				     u32 sequence)
{
	size_t size = nla_total_size(KCLUSTER_NAME_MAX + 1) +
		      nla_total_size(IFNAMSIZ) +
		      nla_total_size(KC_CIP_REASON_MAX) +
		      8 * nla_total_size(sizeof(u32)) +
		      4 * nla_total_size_64bit(sizeof(u64));
	struct sk_buff *skb;

	skb = genlmsg_new(size, GFP_ATOMIC);
	if (skb && fill(skb, news, sequence)) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

/*
 * Tell user space of a virtual router, a tracked value or a peer, whose lock is
 * held.
 * Events that cannot be sent have a number all the same, and listeners get
 * -ENOBUFS, so they know that they must look for themselves.
 */
static void tell(struct kc_net *kn, fill_news fill, const void *news)
{
	struct sk_buff *skb;
	u32 sequence;

	spin_lock_bh(&kn->netlink_lock);
	sequence = atomic_inc_return(&kn->sequence);
	if (!genl_has_listeners(&kcluster_nl_family, kn->net,
				KCLUSTER_NLGRP_EVENTS))
		goto out;
	skb = event_message(fill, news, sequence);
	if (skb) {
		genlmsg_multicast_netns(&kcluster_nl_family, kn->net, skb, 0,
					KCLUSTER_NLGRP_EVENTS, GFP_ATOMIC);
	} else {
		atomic64_inc(&kn->events_lost);
		genl_set_err(&kcluster_nl_family, kn->net, 0,
			     KCLUSTER_NLGRP_EVENTS, -ENOBUFS);
	}
out:
	spin_unlock_bh(&kn->netlink_lock);
}

static int on_event(struct notifier_block *nb, unsigned long event, void *news)
{
	struct kc_net *kn = container_of(nb, struct kc_net, netlink_nb);

	switch (event) {
	case KC_EVENT_VRRP:
		tell(kn, fill_router, news);
		break;
	case KC_EVENT_VRRP_PATH:
		tell(kn, fill_path, news);
		break;
	case KC_EVENT_VRRP_GROUP:
		tell(kn, fill_group, news);
		break;
	case KC_EVENT_VALUE:
		tell(kn, fill_value, news);
		break;
	case KC_EVENT_PEER:
		tell(kn, fill_peer, news);
		break;
	case KC_EVENT_PEER_PATH:
		tell(kn, fill_peer_path, news);
		break;
	case KC_EVENT_PEER_FILE:
		tell(kn, fill_peer_file, news);
		break;
	case KC_EVENT_CLUSTERIP:
		tell(kn, fill_clusterip, news);
		break;
	case KC_EVENT_CLAIM:
		tell(kn, fill_claim, news);
		break;
	}
	return NOTIFY_DONE;
}

/**
 * kc_netlink_net_init() - tell user space what happens in a namespace
 * @kn: the namespace; its event chain is ready
 */
void kc_netlink_net_init(struct kc_net *kn)
{
	spin_lock_init(&kn->netlink_lock);
	kn->netlink_nb.notifier_call = on_event;
	/* Cannot fail: it is subscribed once. */
	kc_event_subscribe(kn, &kn->netlink_nb);
}

/**
 * kc_netlink_net_exit() - tell nothing more
 * @kn: the namespace
 */
void kc_netlink_net_exit(struct kc_net *kn)
{
	kc_event_unsubscribe(kn, &kn->netlink_nb);
}
