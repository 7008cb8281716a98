// SPDX-License-Identifier: GPL-2.0
/*
 * What nodes say to each other about claims. Messages that come wait for the
 * worker; so many of each peer that none can keep the others from being heard.
 */
#include <linux/bitmap.h>
#include <linux/hash.h>
#include <linux/slab.h>

#include "../net.h"
#include "claim.h"

/* Longer ones, with a longer header than we know, are not taken. */
#define LETTER_MAX (KC_CLAIM_MAX + 256)

/* A message that waits. */
struct letter {
	struct list_head list;
	struct kc_peer *peer;
	u64 life;
	u8 type;
	u16 len;
	u8 data[];
};

static u16 *waiting_of(struct kc_net *kn, const struct kc_peer *p)
{
	return &kn->claim.waiting_of[hash_ptr(p, KC_CLAIM_INBOX_BITS)];
}

static bool put_into_inbox(struct kc_net *kn, struct letter *letter)
{
	struct kc_claim_net *cn = &kn->claim;
	bool room;

	spin_lock_bh(&cn->inbox_lock);
	room = cn->waiting < KC_CLAIM_INBOX_MAX &&
	       *waiting_of(kn, letter->peer) < KC_CLAIM_INBOX_EACH;
	if (room) {
		cn->waiting++;
		++*waiting_of(kn, letter->peer);
		list_add_tail(&letter->list, &cn->inbox);
	}
	spin_unlock_bh(&cn->inbox_lock);
	return room;
}

static void receive(struct kc_peer *p, u8 type, const u8 *data, size_t len)
{
	struct kc_net *kn = p->kn;
	struct letter *letter;

	if (!READ_ONCE(kn->claim.running)) {
		kc_peer_count(p, KCLUSTER_A_NODE_STATS_CLAIMS_IGNORED);
		return;
	}
	if (len < KC_CLAIM_ACK_LEN || len > LETTER_MAX) {
		kc_peer_count(p, KCLUSTER_A_NODE_STATS_DISCARD_MALFORMED);
		return;
	}
	letter = kmalloc(struct_size(letter, data, len), GFP_ATOMIC);
	if (!letter)
		goto dropped;
	/* It may be on its way out. */
	if (!refcount_inc_not_zero(&p->refs)) {
		kfree(letter);
		return;
	}
	letter->peer = p;
	letter->life = kc_peer_incarnation(p);
	letter->type = type;
	letter->len = len;
	memcpy(letter->data, data, len);
	if (put_into_inbox(kn, letter)) {
		kc_claim_wake(kn);
		return;
	}
	kc_peer_put(p);
	kfree(letter);
dropped:
	kc_peer_count(p, KCLUSTER_A_NODE_STATS_CLAIMS_DROPPED);
}

static void receive_claim(struct kc_peer *p, const u8 *data, size_t len)
{
	receive(p, KC_CHANNEL_CLAIM, data, len);
}

static void receive_ack(struct kc_peer *p, const u8 *data, size_t len)
{
	receive(p, KC_CHANNEL_CLAIM_ACK, data, len);
}

static void send_ack(struct kc_peer *p, const struct kc_claim_ack *ack)
{
	struct sk_buff *skb = kc_channel_alloc(KC_CLAIM_ACK_LEN, GFP_KERNEL);

	if (!skb)
		return;
	kc_claim_ack_build(skb_put(skb, KC_CLAIM_ACK_LEN), ack);
	kc_channel_send(p, KC_CHANNEL_CLAIM_ACK, skb);
}

/* Which of these prefixes do we know? The others are none of ours. */
static void note_prefixes(struct kc_claim *claim, struct kc_claim_mate *mate,
			  const struct kc_claim_msg *msg)
{
	unsigned int i;
	int number;

	for (i = 0; i < msg->n; i++) {
		number = kc_claim_number(claim, &msg->prefixes[i]);
		if (number < 0)
			kc_peer_count(mate->node->peer,
				      KCLUSTER_A_NODE_STATS_CLAIMS_IGNORED);
		else
			__set_bit(number, mate->draft);
	}
}

static void hear(struct kc_claim *claim, struct kc_claim_mate *mate, u64 life,
		 const struct kc_claim_msg *msg)
{
	struct kc_claim_said *said = &mate->said;
	unsigned int got = life == said->life && msg->seq == said->seq ?
			   said->got : 0;
	enum kc_claim_heard heard = kc_claim_hear(said, life, msg);

	claim->seen = max(claim->seen, msg->epoch);
	if (heard != KC_CLAIM_NEW && heard != KC_CLAIM_MORE &&
	    mate->whole.seq == said->seq && mate->whole.life == said->life)
		return;
	if (heard == KC_CLAIM_STALE)
		return;
	if (heard == KC_CLAIM_NEW || !mate->draft) {
		bitmap_free(mate->draft);
		mate->draft = bitmap_zalloc(claim->n ?: 1, GFP_KERNEL_ACCOUNT);
		if (!mate->draft) {
			said->got = 0;
			return;
		}
	}
	if (said->got > got)
		note_prefixes(claim, mate, msg);
	if (!kc_claim_whole(said))
		return;
	mate->whole = *said;
	bitmap_free(mate->has);
	mate->has = mate->draft;
	mate->draft = NULL;
}

static void open_claim(struct kc_net *kn, struct kc_claim_node *node,
		       const struct letter *letter)
{
	struct kc_claim_ack ack = {};
	struct kc_claim_mate *mate;
	struct kc_claim_msg msg;
	struct kc_claim *claim;

	if (!kc_claim_parse(letter->data, letter->len, &msg)) {
		kc_peer_count(node->peer,
			      KCLUSTER_A_NODE_STATS_DISCARD_MALFORMED);
		return;
	}
	memcpy(ack.name, msg.name, sizeof(ack.name));
	claim = kc_claim_find(kn, (const char *)msg.name);
	if (!claim || !claim->n) {
		kc_peer_count(node->peer, KCLUSTER_A_NODE_STATS_CLAIMS_IGNORED);
		ack.unknown = true;
		send_ack(node->peer, &ack);
		return;
	}
	kc_claim_count(claim, KCLUSTER_A_CLAIM_STATS_RECEIVED, 1);
	mate = kc_claim_mate(claim, node);
	if (!mate)
		return;
	hear(claim, mate, letter->life, &msg);
	ack.seen = claim->seen;
	ack.seq = mate->said.seq;
	ack.got = mate->said.got;
	send_ack(node->peer, &ack);
}

static void open_ack(struct kc_net *kn, struct kc_claim_node *node,
		     const struct letter *letter, u64 now)
{
	struct kc_claim_mate *mate;
	struct kc_claim_ack ack;
	struct kc_claim *claim;

	if (!kc_claim_ack_parse(letter->data, letter->len, &ack)) {
		kc_peer_count(node->peer,
			      KCLUSTER_A_NODE_STATS_DISCARD_MALFORMED);
		return;
	}
	claim = kc_claim_find(kn, (const char *)ack.name);
	mate = claim ? kc_claim_mate(claim, node) : NULL;
	if (!mate)
		return;
	claim->seen = max(claim->seen, ack.seen);
	kc_claim_acked(&mate->told, &ack, claim->owner,
		       claim->owner ? claim->n : 0, now);
}

static struct letter *take_from_inbox(struct kc_net *kn)
{
	struct kc_claim_net *cn = &kn->claim;
	struct letter *letter;

	spin_lock_bh(&cn->inbox_lock);
	letter = list_first_entry_or_null(&cn->inbox, struct letter, list);
	if (letter) {
		list_del(&letter->list);
		cn->waiting--;
		--*waiting_of(kn, letter->peer);
	}
	spin_unlock_bh(&cn->inbox_lock);
	return letter;
}

/**
 * kc_claim_inbox_run() - hear what was said
 * @kn: the namespace, mutex of its claims held
 *
 * Context: process, by the worker
 */
void kc_claim_inbox_run(struct kc_net *kn)
{
	unsigned int most = KC_CLAIM_INBOX_MAX;
	struct kc_claim_node *node;
	struct letter *letter;

	while (most-- && (letter = take_from_inbox(kn))) {
		node = kc_claim_node_of(letter->peer);
		if (node && letter->type == KC_CHANNEL_CLAIM)
			open_claim(kn, node, letter);
		else if (node)
			open_ack(kn, node, letter, kc_now());
		kc_peer_put(letter->peer);
		kfree(letter);
	}
}

/**
 * kc_claim_inbox_purge() - nobody listens any more
 * @kn: the namespace, in which nothing is received
 */
void kc_claim_inbox_purge(struct kc_net *kn)
{
	struct letter *letter;

	while ((letter = take_from_inbox(kn))) {
		kc_peer_put(letter->peer);
		kfree(letter);
	}
}

/**
 * kc_claim_ask_owner() - let the owner say again what it has
 * @claim: the claim, whose prefixes have changed
 */
void kc_claim_ask_owner(struct kc_claim *claim)
{
	struct kc_claim_ack ack = { .seen = claim->seen };
	struct kc_claim_mate *mate;

	strscpy(ack.name, claim->name, sizeof(ack.name));
	list_for_each_entry(mate, &claim->mates, list) {
		if (!mate->whole.owner || !kc_peer_is_alive(mate->node->peer))
			continue;
		ack.seq = mate->said.seq;
		send_ack(mate->node->peer, &ack);
	}
}

/**
 * kc_claim_tell_all() - there is something new to say of a claim
 * @claim: the claim
 * @now: present time, ns
 */
void kc_claim_tell_all(struct kc_claim *claim, u64 now)
{
	struct kc_claim_net *cn = &claim->kn->claim;
	struct kc_claim_node *node;
	struct kc_claim_mate *mate;

	/* For all claims, so that one that is made anew goes on counting. */
	claim->seq = ++cn->seq;
	list_for_each_entry(node, &cn->nodes, list) {
		mate = kc_claim_mate(claim, node);
		if (mate)
			kc_claim_tell(&mate->told,
				      kc_peer_incarnation(node->peer),
				      claim->seq, now);
	}
}

static void send_part(struct kc_claim *claim, struct kc_peer *p,
		      unsigned int first, unsigned int n)
{
	struct kc_claim_msg msg = {
		.epoch = claim->epoch,
		.node = claim->kn->claim.node,
		.seq = claim->seq,
		.owner = claim->owner,
		.total = claim->owner ? claim->n : 0,
		.first = first,
		.n = n,
	};
	struct sk_buff *skb = kc_channel_alloc(KC_CLAIM_MAX, GFP_KERNEL);
	unsigned int i;
	size_t len;

	if (!skb)
		return;
	strscpy(msg.name, claim->name, sizeof(msg.name));
	for (i = 0; i < n; i++)
		msg.prefixes[i] = claim->prefixes[first + i].prefix;
	len = kc_claim_build(skb->data, KC_CLAIM_MAX, &msg);
	skb_put(skb, len);
	kc_channel_send(p, KC_CHANNEL_CLAIM, skb);
	kc_claim_count(claim, KCLUSTER_A_CLAIM_STATS_SENT, 1);
}

/* All that it has not heard yet; of what it has, only the head. */
static void say(struct kc_claim *claim, struct kc_claim_mate *mate, u64 now)
{
	unsigned int total = claim->owner ? claim->n : 0;
	unsigned int first = min_t(unsigned int, mate->told.got, total);
	struct kc_peer *p = mate->node->peer;
	unsigned int room = kc_channel_room(p), here, fit;

	fit = room > KC_CLAIM_LEN ? (room - KC_CLAIM_LEN) /
				    KC_CLAIM_PREFIX_LEN : 0;
	fit = clamp_t(unsigned int, fit, 1, KC_CLAIM_HERE_MAX);
	do {
		here = mate->told.done ? 0 : min(total - first, fit);
		send_part(claim, p, first, here);
		first += here;
	} while (here && first < total);
	kc_claim_sent(&mate->told, claim->owner, now);
}

/**
 * kc_claim_talk() - say what is due
 * @claim: the claim
 * @now: present time, ns
 *
 * Return: when something is due again, ns
 */
u64 kc_claim_talk(struct kc_claim *claim, u64 now)
{
	u64 next = KC_CLAIM_NEVER, life;
	struct kc_claim_node *node;
	struct kc_claim_mate *mate;

	if (!claim->seq)
		return next;
	list_for_each_entry(node, &claim->kn->claim.nodes, list) {
		if (!kc_peer_is_alive(node->peer))
			continue;
		mate = kc_claim_mate(claim, node);
		if (!mate)
			continue;
		life = kc_peer_incarnation(node->peer);
		/* Who has begun anew knows of nothing; of no owner it need not. */
		if (life != mate->told.life || mate->told.seq != claim->seq) {
			kc_claim_tell(&mate->told, life, claim->seq, now);
			if (!claim->owner)
				mate->told.at = KC_CLAIM_NEVER;
		}
		if (now >= mate->told.at)
			say(claim, mate, now);
		next = min(next, mate->told.at);
	}
	return next;
}

static const struct kc_channel_type types[] = {
	{ .type = KC_CHANNEL_CLAIM, .receive = receive_claim },
	{ .type = KC_CHANNEL_CLAIM_ACK, .receive = receive_ack },
};

/**
 * kc_claim_talk_init() - the channel knows about claims
 *
 * Return: 0 or a negative errno
 */
int kc_claim_talk_init(void)
{
	int err;

	err = kc_channel_register(&types[0]);
	if (err)
		return err;
	err = kc_channel_register(&types[1]);
	if (err)
		kc_channel_unregister(&types[0]);
	return err;
}

/**
 * kc_claim_talk_exit() - and knows nothing of them any more
 */
void kc_claim_talk_exit(void)
{
	kc_channel_unregister(&types[1]);
	kc_channel_unregister(&types[0]);
}
