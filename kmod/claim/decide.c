// SPDX-License-Identifier: GPL-2.0
/*
 * Who has the prefixes of a claim: whether this node has, which its virtual router
 * decides, and whom it believes.
 */
#include <linux/ktime.h>

#include "../event.h"
#include "../log.h"
#include "../net.h"
#include "claim.h"

/* Who died or gave up is remembered for so long: another one may claim at once. */
#define LINGER NSEC_PER_SEC
/* So long peers are told that a claim is gone, if they do not say that they know. */
#define FADE (2 * (u64)NSEC_PER_SEC)

/**
 * kc_claim_news() - a claim came, has another owner or goes
 * @claim: the claim, mutex held
 * @old_state: enum kcluster_claim_state
 * @state: likewise
 */
void kc_claim_news(struct kc_claim *claim, u8 old_state, u8 state)
{
	const char *owner = claim->believed ? claim->believed->peer->name :
					      NULL;
	struct kc_claim_news news = {
		.name = claim->name,
		.owner = state == KCLUSTER_CLAIM_STATE_PEER ? owner : NULL,
		.epoch = claim->believed_epoch,
		.prefixes = claim->n,
		.old_state = old_state,
		.state = state,
	};

	kc_event_tell(claim->kn, KC_EVENT_CLAIM, &news);
	if (!__ratelimit(&claim->kn->claim.log))
		return;
	if (news.owner)
		kc_info("claim %s: peer %s has its prefixes\n", claim->name,
			news.owner);
	else if (state == KCLUSTER_CLAIM_STATE_HERE)
		kc_info("claim %s: this node has its prefixes\n", claim->name);
	else if (old_state > KCLUSTER_CLAIM_STATE_NOBODY)
		kc_info("claim %s: nobody has its prefixes\n", claim->name);
}

/* Milliseconds are many enough: a takeover lasts longer than one. */
static u64 clock(void)
{
	return div_u64(ktime_get_real_ns(), NSEC_PER_MSEC);
}

/**
 * kc_claim_own() - do we have the prefixes?
 * @claim: the claim, mutex held
 * @now: present time, ns
 *
 * Context: process, by the worker
 */
void kc_claim_own(struct kc_claim *claim, u64 now)
{
	bool owner = claim->n && READ_ONCE(claim->router_state) ==
				 KCLUSTER_VRRP_STATE_MASTER;

	if (owner == claim->owner)
		return;
	WRITE_ONCE(claim->owner, owner);
	if (owner) {
		WRITE_ONCE(claim->epoch,
			   kc_claim_next_epoch(claim->seen, clock()));
		claim->seen = claim->epoch;
		kc_claim_count(claim, KCLUSTER_A_CLAIM_STATS_TAKEOVERS, 1);
	}
	kc_claim_tell_all(claim, now);
}

/* Does what a peer said last count? */
static bool counts(const struct kc_claim_mate *mate)
{
	const struct kc_peer *p = mate->node->peer;

	return mate->has && mate->whole.owner && kc_peer_is_alive(p) &&
	       mate->whole.life == kc_peer_incarnation(p);
}

/* Of the peers, the one that is to be believed; NULL for none. */
static struct kc_claim_mate *best_mate(struct kc_claim *claim)
{
	struct kc_claim_mate *mate, *best = NULL;

	list_for_each_entry(mate, &claim->mates, list) {
		if (!counts(mate))
			continue;
		if (!best || kc_claim_beats(mate->whole.epoch, mate->whole.node,
					    best->whole.epoch,
					    best->whole.node))
			best = mate;
	}
	return best;
}

static void believe(struct kc_claim *claim, u8 state,
		    struct kc_claim_node *node, u64 epoch, u64 id, u64 now)
{
	u8 old_state = claim->state;

	claim->lost_at = 0;
	if (state == old_state && node == claim->believed &&
	    epoch == claim->believed_epoch)
		return;
	claim->state = state;
	claim->believed = node;
	WRITE_ONCE(claim->believed_peer, node ? node->peer : NULL);
	claim->believed_epoch = epoch;
	claim->believed_node = id;
	claim->since = now;
	kc_claim_news(claim, old_state, state);
}

/**
 * kc_claim_believe() - see who has the prefixes
 * @claim: the claim, mutex held
 * @now: present time, ns
 *
 * Context: process, by the worker
 * Return: when to look again, ns
 */
u64 kc_claim_believe(struct kc_claim *claim, u64 now)
{
	struct kc_claim_mate *mate = best_mate(claim);

	if (mate && claim->owner &&
	    !kc_claim_beats(mate->whole.epoch, mate->whole.node, claim->epoch,
			    claim->kn->claim.node))
		mate = NULL;
	if (mate) {
		believe(claim, KCLUSTER_CLAIM_STATE_PEER, mate->node,
			mate->whole.epoch, mate->whole.node, now);
		return KC_CLAIM_NEVER;
	}
	if (claim->owner) {
		believe(claim, KCLUSTER_CLAIM_STATE_HERE, NULL, claim->epoch,
			claim->kn->claim.node, now);
		return KC_CLAIM_NEVER;
	}
	if (claim->state == KCLUSTER_CLAIM_STATE_NOBODY)
		return KC_CLAIM_NEVER;
	/* A deleted peer is not waited for, it is not known any more. */
	if (claim->state == KCLUSTER_CLAIM_STATE_PEER && claim->believed) {
		if (!claim->lost_at)
			claim->lost_at = now + LINGER;
		if (now < claim->lost_at)
			return claim->lost_at;
	}
	believe(claim, KCLUSTER_CLAIM_STATE_NOBODY, NULL, 0, 0, now);
	return KC_CLAIM_NEVER;
}

static bool all_know(struct kc_claim *claim)
{
	struct kc_claim_mate *mate;

	list_for_each_entry(mate, &claim->mates, list)
		if (kc_peer_is_alive(mate->node->peer) && !mate->told.done)
			return false;
	return true;
}

/**
 * kc_claim_faded() - is a claim to be unlinked?
 * @claim: the claim, mutex held
 * @now: present time, ns
 *
 * Context: process, by the worker
 * Return: true if nothing wants it any more, and nobody has to hear that
 */
bool kc_claim_faded(struct kc_claim *claim, u64 now)
{
	if (claim->configured || claim->changed || claim->n) {
		claim->fade_at = 0;
		return false;
	}
	if (!claim->seq)
		return true;
	if (!claim->fade_at)
		claim->fade_at = now + FADE;
	return now >= claim->fade_at || all_know(claim);
}
