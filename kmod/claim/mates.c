// SPDX-License-Identifier: GPL-2.0
/*
 * Peers as claims know them: nodes, once in a namespace, and mates, once in a
 * claim. All of it is the worker's.
 */
#include <linux/bitmap.h>
#include <linux/slab.h>

#include "../net.h"
#include "claim.h"

/**
 * kc_claim_node_of() - what claims keep with a peer
 * @p: the peer, mutex of the claims of its namespace held
 *
 * Context: process
 * Return: that, or NULL if it is not known yet or any more
 */
struct kc_claim_node *kc_claim_node_of(const struct kc_peer *p)
{
	return rcu_dereference_protected(p->user[KC_PEER_USER_CLAIM],
					 lockdep_is_held(&p->kn->claim.mutex));
}

/**
 * kc_claim_mate_forget() - what a peer said of prefixes means nothing any more
 * @mate: the peer, and the claim; it will be asked again
 */
void kc_claim_mate_forget(struct kc_claim_mate *mate)
{
	bitmap_free(mate->has);
	bitmap_free(mate->draft);
	mate->has = NULL;
	mate->draft = NULL;
	mate->said.got = 0;
}

/**
 * kc_claim_mate_free() - a peer is of no concern for a claim any more
 * @mate: it; gone afterwards
 */
void kc_claim_mate_free(struct kc_claim_mate *mate)
{
	kc_claim_mate_forget(mate);
	list_del(&mate->list);
	list_del(&mate->of_node);
	kfree(mate);
}

/**
 * kc_claim_mate() - what a claim keeps with a peer
 * @claim: the claim
 * @node: the peer
 *
 * Return: that, made if there was none; NULL for want of memory
 */
struct kc_claim_mate *kc_claim_mate(struct kc_claim *claim,
				    struct kc_claim_node *node)
{
	struct kc_claim_mate *mate;

	list_for_each_entry(mate, &node->mates, of_node)
		if (mate->claim == claim)
			return mate;
	mate = kzalloc(sizeof(*mate), GFP_KERNEL_ACCOUNT);
	if (!mate)
		return NULL;
	mate->claim = claim;
	mate->node = node;
	mate->told.at = KC_CLAIM_NEVER;
	list_add_tail(&mate->list, &claim->mates);
	list_add_tail(&mate->of_node, &node->mates);
	return mate;
}

/* Also from claims; its allowed IPs stay until somebody else has them. */
static void drop(struct kc_net *kn, struct kc_claim_node *node)
{
	struct kc_claim_mate *mate, *next;
	struct kc_claim *claim;

	list_for_each_entry_safe(mate, next, &node->mates, of_node)
		kc_claim_mate_free(mate);
	list_for_each_entry(claim, &kn->claim.claims, list)
		if (claim->believed == node)
			claim->believed = NULL;
	list_del(&node->list);
	spin_lock_bh(&node->peer->lock);
	if (rcu_access_pointer(node->peer->user[KC_PEER_USER_CLAIM]) == node)
		RCU_INIT_POINTER(node->peer->user[KC_PEER_USER_CLAIM], NULL);
	spin_unlock_bh(&node->peer->lock);
	kc_peer_put(node->peer);
	kfree(node);
}

/* False if the peer has gone meanwhile. */
static bool attach(struct kc_claim_node *node, struct kc_peer *p)
{
	bool gone;

	spin_lock_bh(&p->lock);
	gone = p->gone;
	if (!gone)
		rcu_assign_pointer(p->user[KC_PEER_USER_CLAIM], node);
	spin_unlock_bh(&p->lock);
	return !gone;
}

static void add(struct kc_net *kn, struct kc_peer *p)
{
	struct kc_claim_node *node = kzalloc(sizeof(*node),
					     GFP_KERNEL_ACCOUNT);
	unsigned int i;

	/* Without memory the next change of peers is another chance. */
	if (!node)
		return;
	for (i = 0; i < ARRAY_SIZE(node->bits); i++)
		node->bits[i] = -1;
	INIT_LIST_HEAD(&node->mates);
	if (!attach(node, p)) {
		kfree(node);
		return;
	}
	kc_peer_hold(p);
	node->peer = p;
	list_add_tail(&node->list, &kn->claim.nodes);
	kn->claim.look = true;
}

/**
 * kc_claim_nodes_sync() - see which peers there are now
 * @kn: the namespace, mutex of its claims held
 *
 * Context: process
 */
void kc_claim_nodes_sync(struct kc_net *kn)
{
	struct kc_claim_node *node, *next;
	struct kc_peer *p;

	list_for_each_entry_safe(node, next, &kn->claim.nodes, list)
		if (kc_peer_state(node->peer) == KCLUSTER_PEER_STATE_GONE)
			drop(kn, node);
	mutex_lock(&kn->peer.mutex);
	kn->claim.peers_generation = kn->peer.generation;
	list_for_each_entry(p, &kn->peer.peers, list)
		if (!kc_claim_node_of(p))
			add(kn, p);
	mutex_unlock(&kn->peer.mutex);
}

/**
 * kc_claim_nodes_free() - no peers any more
 * @kn: the namespace, mutex of its claims held
 */
void kc_claim_nodes_free(struct kc_net *kn)
{
	struct kc_claim_node *node, *next;

	list_for_each_entry_safe(node, next, &kn->claim.nodes, list)
		drop(kn, node);
}
