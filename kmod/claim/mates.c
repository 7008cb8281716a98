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
 * kc_claim_node_find() - which node is a peer?
 * @kn: the namespace, mutex of its claims held
 * @p: the peer
 *
 * Return: the node, or NULL
 */
struct kc_claim_node *kc_claim_node_find(struct kc_net *kn,
					 const struct kc_peer *p)
{
	struct kc_claim_node *node;

	list_for_each_entry(node, &kn->claim.nodes, list)
		if (node->peer == p)
			return node;
	return NULL;
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

	list_for_each_entry(mate, &claim->mates, list)
		if (mate->node == node)
			return mate;
	mate = kzalloc(sizeof(*mate), GFP_KERNEL_ACCOUNT);
	if (!mate)
		return NULL;
	mate->node = node;
	mate->told.at = KC_CLAIM_NEVER;
	list_add_tail(&mate->list, &claim->mates);
	return mate;
}

/* Also from claims; its allowed IPs stay until somebody else has them. */
static void drop(struct kc_net *kn, struct kc_claim_node *node)
{
	struct kc_claim_mate *mate, *next;
	struct kc_claim *claim;

	list_for_each_entry(claim, &kn->claim.claims, list) {
		list_for_each_entry_safe(mate, next, &claim->mates, list)
			if (mate->node == node)
				kc_claim_mate_free(mate);
		if (claim->believed == node)
			claim->believed = NULL;
	}
	list_del(&node->list);
	kc_peer_put(node->peer);
	kfree(node);
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
		if (!kc_claim_node_find(kn, p))
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
