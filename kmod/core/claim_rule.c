// SPDX-License-Identifier: GPL-2.0
/*
 * Who is believed, and who is to be told again; see claim.h.
 */
#include "claim.h"

/**
 * kc_claim_hear() - a node said something of a name
 * @said: what it said before; in the end what it says now
 * @life: which life of the node this is, not 0
 * @msg: a sound CLAIM
 *
 * Prefixes are taken in their order; what is missing comes again.
 *
 * Return: what that means
 */
enum kc_claim_heard kc_claim_hear(struct kc_claim_said *said, u64 life,
				  const struct kc_claim_msg *msg)
{
	bool new = life != said->life || msg->seq > said->seq;

	if (new) {
		said->life = life;
		said->epoch = msg->epoch;
		said->node = msg->node;
		said->seq = msg->seq;
		said->owner = msg->owner;
		said->total = msg->total;
		said->got = 0;
	} else if (msg->seq < said->seq || msg->epoch != said->epoch ||
		   msg->node != said->node || msg->owner != said->owner ||
		   msg->total != said->total) {
		return KC_CLAIM_STALE;
	}
	if (msg->n && msg->first == said->got) {
		said->got += msg->n;
		return new ? KC_CLAIM_NEW : KC_CLAIM_MORE;
	}
	return new ? KC_CLAIM_NEW : KC_CLAIM_SAME;
}

/**
 * kc_claim_beats() - of two owners, who is believed?
 * @epoch: of the one
 * @node: its number
 * @other_epoch: of the other one
 * @other_node: its number
 *
 * Return: true if it is the one
 */
bool kc_claim_beats(u64 epoch, u64 node, u64 other_epoch, u64 other_node)
{
	return epoch != other_epoch ? epoch > other_epoch : node > other_node;
}

/**
 * kc_claim_next_epoch() - the epoch of a takeover
 * @seen: the highest one that was seen
 * @clock: what everybody's clock is about, in any unit in which takeovers take
 *	longer than one
 *
 * A node that has just begun has seen nothing, so the clock helps it to be above
 * those before it.
 *
 * Return: the epoch
 */
u64 kc_claim_next_epoch(u64 seen, u64 clock)
{
	u64 next = kc_later(seen + 1, clock);

	return kc_earlier(next, KC_CLAIM_EPOCH_MAX);
}

/**
 * kc_claim_tell() - a peer is to be told something new, or all of it again
 * @told: what it has heard
 * @life: which life of the peer this is
 * @seq: of what it shall hear
 * @now: present time, ns
 */
void kc_claim_tell(struct kc_claim_told *told, u64 life, u32 seq, u64 now)
{
	told->life = life;
	told->seq = seq;
	told->got = 0;
	told->done = false;
	told->at = now;
	told->wait = KC_CLAIM_RETRY;
}

/**
 * kc_claim_sent() - it was told
 * @told: what it has heard
 * @owner: what was said is that we have the prefixes
 * @now: present time, ns
 */
void kc_claim_sent(struct kc_claim_told *told, bool owner, u64 now)
{
	if (told->done) {
		told->at = owner ? now + KC_CLAIM_REFRESH : KC_CLAIM_NEVER;
		return;
	}
	told->at = now + told->wait;
	told->wait = kc_earlier(2 * told->wait, KC_CLAIM_REFRESH);
}

/**
 * kc_claim_acked() - it says what it has heard
 * @told: that
 * @ack: what it says
 * @owner: what was said is that we have the prefixes
 * @total: how many they are
 * @now: present time, ns
 *
 * Only progress is answered at once, so that nobody can make us talk faster.
 */
void kc_claim_acked(struct kc_claim_told *told, const struct kc_claim_ack *ack,
		    bool owner, u16 total, u64 now)
{
	if (!told->seq)
		return;
	if (ack->unknown || ack->seq != told->seq) {
		/* It has begun anew, or knows the name no more, or not yet. */
		told->got = 0;
		told->done = false;
		told->at = ack->unknown ? now + KC_CLAIM_REFRESH :
				kc_earlier(told->at, now + KC_CLAIM_REFRESH);
		return;
	}
	if (ack->got >= total) {
		told->got = total;
		told->done = true;
		told->at = owner ? now + KC_CLAIM_REFRESH : KC_CLAIM_NEVER;
	} else if (ack->got > told->got) {
		told->got = ack->got;
		told->done = false;
		told->at = now;
	} else if (told->done) {
		/* It has lost something. */
		kc_claim_tell(told, told->life, told->seq,
			      now + KC_CLAIM_RETRY);
		told->got = ack->got;
	}
}
