// SPDX-License-Identifier: GPL-2.0
/*
 * What nodes that share a cluster IP say to each other: messages are written
 * under the lock of the share, and leave without it.
 */
#include "../net.h"
#include "share.h"

/* On a message that waits. */
struct stamp {
	struct kc_peer *peer;
	u8 type;
};

static struct stamp *stamp_of(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct stamp) > sizeof(skb->cb));
	return (struct stamp *)skb->cb;
}

/**
 * kc_cip_post_init() - no messages yet
 * @post: they; to be sent in the same RCU section, which keeps their peers
 */
void kc_cip_post_init(struct kc_cip_post *post)
{
	__skb_queue_head_init(&post->queue);
}

/**
 * kc_cip_post_send() - let messages leave
 * @post: they
 *
 * Context: any but hard interrupts, under RCU, no lock held
 */
void kc_cip_post_send(struct kc_cip_post *post)
{
	struct sk_buff *skb;
	struct stamp stamp;

	while ((skb = __skb_dequeue(&post->queue))) {
		stamp = *stamp_of(skb);
		memset(skb->cb, 0, sizeof(skb->cb));
		kc_channel_send(stamp.peer, stamp.type, skb);
	}
}

/* Room for a message to a member; NULL if it would not arrive anyway. */
static struct sk_buff *letter(struct kc_cip_share *share, unsigned int member,
			      u8 type, size_t len)
{
	struct kc_peer *p = share->peers[member];
	struct sk_buff *skb;

	if (!p || !kc_peer_is_alive(p))
		return NULL;
	skb = kc_channel_alloc(len, GFP_ATOMIC);
	if (!skb) {
		kc_peer_count(p, KCLUSTER_A_NODE_STATS_SEND_ERRORS);
		return NULL;
	}
	stamp_of(skb)->peer = p;
	stamp_of(skb)->type = type;
	return skb;
}

static void post_letter(struct kc_cip_post *post, struct sk_buff *skb,
			size_t len)
{
	skb_put(skb, len);
	__skb_queue_tail(&post->queue, skb);
}

/**
 * kc_cip_share_send_status() - tell a member whom we obey and what we hold
 * @share: the share, locked
 * @member: which one; nothing is sent to ourselves
 * @now: present time, ns
 * @post: gets the message
 */
void kc_cip_share_send_status(struct kc_cip_share *share, unsigned int member,
			      u64 now, struct kc_cip_post *post)
{
	struct sk_buff *skb;

	skb = letter(share, member, KC_CHANNEL_CLUSTERIP_STATUS,
		     KC_CIP_STATUS_MAX);
	if (!skb)
		return;
	kc_cip_hold_status(&share->hold, &share->status, now);
	post_letter(post, skb,
		    kc_cip_status_build(skb_tail_pointer(skb),
					KC_CIP_STATUS_MAX, &share->status));
}

/**
 * kc_cip_share_send_grant() - tell a member how long it may answer, and for what
 * @share: the share, locked
 * @member: which one; nothing is sent to ourselves
 * @ask: it shall answer at once
 * @now: present time, ns
 * @post: gets the message
 */
void kc_cip_share_send_grant(struct kc_cip_share *share, unsigned int member,
			     bool ask, u64 now, struct kc_cip_post *post)
{
	struct kc_cip_map *map = &share->draft;
	struct sk_buff *skb;
	bool with_map;

	/* What is not sent is not granted. */
	skb = letter(share, member, KC_CHANNEL_CLUSTERIP_LEASE, KC_CIP_MAP_MAX);
	if (!skb)
		return;
	with_map = kc_cip_rule_grant(&share->rule, member, ask, &map->lease,
				     now);
	if (!map->lease.head.epoch) {
		kfree_skb(skb);
		return;
	}
	if (!with_map) {
		post_letter(post, skb,
			    kc_cip_lease_build(skb_tail_pointer(skb),
					       &map->lease));
		return;
	}
	stamp_of(skb)->type = KC_CHANNEL_CLUSTERIP_MAP;
	kc_cip_rule_map(&share->rule, map);
	post_letter(post, skb, kc_cip_map_build(skb_tail_pointer(skb),
						KC_CIP_MAP_MAX, map));
}

/* --- what comes ----------------------------------------------------------- */

/* Whose object is it about? Under RCU. */
static struct kc_cip_share *find(struct kc_net *kn, const u8 *data, size_t len)
{
	struct kc_cip_share *share;

	if (len < KC_CIP_NAME_LEN)
		return NULL;
	list_for_each_entry_rcu(share, &kn->cip.shares, list)
		if (!memcmp(share->hold.cfg.object, data, KC_CIP_NAME_LEN))
			return share;
	return NULL;
}

static unsigned int hear(struct kc_cip_share *share, int member, bool with_map,
			 u64 now)
{
	struct kc_cip_map *map = &share->draft;
	u64 id = map->lease.head.authority;
	unsigned int actions;

	if (!kc_cip_share_name(share, member, id))
		return 0;
	actions = kc_cip_hold_hear(&share->hold, id, &map->lease,
				   with_map ? map : NULL, now);
	if (with_map)
		kc_cip_share_note_map(share, now);
	return actions;
}

static unsigned int hear_status(struct kc_cip_share *share, int member, u64 now)
{
	const struct kc_cip_status *status = &share->status;

	if (!kc_cip_share_name(share, member, status->node) ||
	    kc_cip_share_crowded(share))
		return 0;
	return kc_cip_rule_status(&share->rule, member, status, now);
}

/* False if it is malformed. */
static bool take(struct kc_cip_share *share, int member, u8 type,
		 const u8 *data, size_t len, struct kc_cip_post *post)
{
	unsigned int actions;
	u64 now = kc_now();

	switch (type) {
	case KC_CHANNEL_CLUSTERIP_MAP:
		if (!kc_cip_map_parse(data, len, &share->draft))
			return false;
		actions = hear(share, member, true, now);
		break;
	case KC_CHANNEL_CLUSTERIP_LEASE:
		if (!kc_cip_lease_parse(data, len, &share->draft.lease))
			return false;
		actions = hear(share, member, false, now);
		break;
	default:
		if (!kc_cip_status_parse(data, len, &share->status))
			return false;
		actions = hear_status(share, member, now);
	}
	kc_cip_share_carry_out(share, member, actions, now, post);
	kc_cip_share_publish(share, now);
	return true;
}

static void receive(struct kc_peer *p, u8 type, const u8 *data, size_t len)
{
	struct kc_cip_share *share = find(p->kn, data, len);
	struct kc_cip_post post;
	bool sound = true;
	int member;

	if (!share)
		return;
	kc_cip_post_init(&post);
	spin_lock_bh(&share->lock);
	if (!share->dead && share->started) {
		member = kc_cip_share_member(share, p);
		if (member > 0)
			sound = take(share, member, type, data, len, &post);
	}
	spin_unlock_bh(&share->lock);
	if (!sound)
		kc_peer_count(p, KCLUSTER_A_NODE_STATS_DISCARD_MALFORMED);
	kc_cip_post_send(&post);
}

static void receive_map(struct kc_peer *p, const u8 *data, size_t len)
{
	receive(p, KC_CHANNEL_CLUSTERIP_MAP, data, len);
}

static void receive_lease(struct kc_peer *p, const u8 *data, size_t len)
{
	receive(p, KC_CHANNEL_CLUSTERIP_LEASE, data, len);
}

static void receive_status(struct kc_peer *p, const u8 *data, size_t len)
{
	receive(p, KC_CHANNEL_CLUSTERIP_STATUS, data, len);
}

static const struct kc_channel_type types[] = {
	{ .type = KC_CHANNEL_CLUSTERIP_MAP, .receive = receive_map },
	{ .type = KC_CHANNEL_CLUSTERIP_STATUS, .receive = receive_status },
	{ .type = KC_CHANNEL_CLUSTERIP_LEASE, .receive = receive_lease },
};

/**
 * kc_cip_share_talk_init() - the channel knows about buckets
 *
 * Return: 0 or a negative errno
 */
int kc_cip_share_talk_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		err = kc_channel_register(&types[i]);
		if (err)
			goto err_types;
	}
	return 0;

err_types:
	while (i--)
		kc_channel_unregister(&types[i]);
	return err;
}

/**
 * kc_cip_share_talk_exit() - and knows nothing of them any more
 */
void kc_cip_share_talk_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		kc_channel_unregister(&types[i]);
}
