// SPDX-License-Identifier: GPL-2.0
/*
 * The shell around leases: what the core asks for is done here, and what is due.
 */
#include <linux/ktime.h>

#include "../net.h"
#include "share.h"

/* Not sooner again, whatever the core thinks, ns. */
#define BREATH (NSEC_PER_MSEC / 2)

/* News of a share are collected for so long. */
#define NEWS_DELAY (HZ / 10)

static bool rules(const struct kc_cip_share *share)
{
	return !kc_cip_share_crowded(share) && share->rule.on &&
	       share->hold.authority == share->hold.cfg.id;
}

/* Who stands by has none, but may take part again. */
static void note_weights(struct kc_cip_share *share)
{
	const struct kc_cip_map *map = &share->map;
	unsigned int i, member;

	for (i = 0; i < map->n; i++)
		for (member = 0; map->weights[i] && member < share->n; member++)
			if (share->ids[member] == map->ids[i])
				share->weights[member] = map->weights[i];
}

/**
 * kc_cip_share_note_map() - has the draft become the map that we go by?
 * @share: the share, locked
 * @now: present time, ns
 */
void kc_cip_share_note_map(struct kc_cip_share *share, u64 now)
{
	const struct kc_cip_head *head = &share->draft.lease.head;
	const struct kc_cip_head *last = &share->map.lease.head;
	const struct kc_cip_hold *h = &share->hold;

	if (!head->seq || head->seq != h->seq || head->epoch != h->epoch ||
	    head->authority != h->authority)
		return;
	if (last->seq == head->seq && last->epoch == head->epoch &&
	    last->authority == head->authority)
		return;
	share->map = share->draft;
	share->map_at = now;
	note_weights(share);
}

/* In the place of telling ourselves. */
static unsigned int tell_self(struct kc_cip_share *share, u64 now)
{
	unsigned int actions;

	actions = kc_cip_self(&share->rule, &share->draft, &share->status,
			      now);
	kc_cip_share_note_map(share, now);
	return actions;
}

static void grant_to_all(struct kc_cip_share *share, unsigned int actions,
			 u64 now, struct kc_cip_post *post)
{
	bool all, ask;
	unsigned int to;

	actions |= tell_self(share, now);
	all = actions & (KC_CIP_GRANT_ALL | KC_CIP_ASK_ALL);
	ask = !(actions & KC_CIP_GRANT_ALL) || actions & KC_CIP_ASK_ALL;
	for (to = 1; to < share->n; to++)
		if (all || kc_cip_rule_silent(&share->rule, to))
			kc_cip_share_send_grant(share, to, ask, now, post);
}

static void say(struct kc_cip_share *share, u64 now, struct kc_cip_post *post)
{
	struct kc_cip_hold *h = &share->hold;
	bool lost = kc_cip_hold_lost(h, now);
	unsigned int actions, to;

	if (rules(share)) {
		actions = tell_self(share, now);
		if (actions & (KC_CIP_GRANT_ALL | KC_CIP_ASK_ALL))
			grant_to_all(share, actions, now, post);
		return;
	}
	/* Also if there is nobody to send it to. */
	h->status_at = now + h->cfg.lease / 8;
	for (to = 1; to < share->n; to++)
		if (lost || share->ids[to] == h->authority)
			kc_cip_share_send_status(share, to, now, post);
}

/**
 * kc_cip_share_carry_out() - do what the core asks for
 * @share: the share, locked
 * @member: who is meant
 * @actions: enum kc_cip_actions
 * @now: present time, ns
 * @post: gets messages
 */
void kc_cip_share_carry_out(struct kc_cip_share *share, unsigned int member,
			    unsigned int actions, u64 now,
			    struct kc_cip_post *post)
{
	const unsigned int all = KC_CIP_GRANT_ALL | KC_CIP_ASK_ALL |
				 KC_CIP_ASK_SILENT;

	if (actions & all)
		grant_to_all(share, actions, now, post);
	else if (actions & KC_CIP_GRANT)
		kc_cip_share_send_grant(share, member, false, now, post);
	if (actions & KC_CIP_SAY)
		say(share, now, post);
	if (actions & KC_CIP_SAY_BACK)
		kc_cip_share_send_status(share, member, now, post);
}

/*
 * Packets look at their bucket first, and then whether the time has not come.
 * So what is lost goes before the time is another one, and what is gained comes
 * after that: at no moment is there time for what was not granted with it.
 */
static void show_packets(struct kc_cip_share *share)
{
	const struct kc_cip_hold *h = &share->hold;
	struct kc_cip_split *split;
	u8 held[KC_CIP_BITS_LEN];
	unsigned int i;

	/* It lives as long as the cluster IP, as shares are not set otherwise. */
	split = rcu_dereference_protected(share->cip->map,
					  lockdep_is_held(&share->lock));
	for (i = 0; i < KC_CIP_BITS_LEN; i++)
		held[i] = h->mine[i / 8] >> 8 * (i % 8);
	for (i = 0; i < split->buckets; i++)
		if (split->ours[i] && !kc_cip_bit(held, i))
			WRITE_ONCE(split->ours[i], false);
	WRITE_ONCE(split->until, h->until);
	for (i = 0; i < split->buckets; i++)
		if (!split->ours[i] && kc_cip_bit(held, i))
			/* Pairs with kc_cip_is_mine(). */
			smp_store_release(&split->ours[i], true);
	memcpy(split->mine, held, sizeof(held));
}

/* Is there news? */
static void notice(struct kc_cip_share *share, u64 now)
{
	const struct kc_cip_hold *h = &share->hold;
	struct kc_cip_seen seen;

	memset(&seen, 0, sizeof(seen));
	seen.epoch = h->epoch;
	seen.authority = h->authority;
	seen.seq = h->seq;
	seen.ruling = rules(share);
	seen.serving = now < h->until &&
		       memchr_inv(h->mine, 0, sizeof(h->mine));
	if (!memcmp(&seen, &share->noticed, sizeof(seen)))
		return;
	share->noticed = seen;
	kc_cip_estate_soon(share->cip->kn);
	kc_cip_tell_soon(share->cip->kn, NEWS_DELAY);
}

static void set_clock(struct kc_cip_share *share, u64 now)
{
	struct kc_cip_net *cn = &share->cip->kn->cip;
	u64 when = share->hold.status_at, standby;

	if (!kc_cip_share_crowded(share))
		when = min(when, kc_cip_rule_due(&share->rule, now));
	/* What has lapsed is to be told. */
	if (share->hold.until > now)
		when = min(when, share->hold.until);
	standby = READ_ONCE(cn->standby_until);
	if (standby > now)
		when = min(when, standby);
	kc_clock_set(&cn->clock, &share->clock,
		     share->dead ? KC_CLOCK_NEVER : max(when, now + BREATH));
}

/**
 * kc_cip_share_publish() - let packets, user space and the clock know
 * @share: the share, locked, and started
 * @now: present time, ns
 *
 * To be called after anything that may have changed what it holds or waits for.
 */
void kc_cip_share_publish(struct kc_cip_share *share, u64 now)
{
	lockdep_assert_held(&share->lock);

	show_packets(share);
	notice(share, now);
	set_clock(share, now);
}

/**
 * kc_cip_share_poke() - something outside has changed: look at once
 * @share: the share, locked
 */
void kc_cip_share_poke(struct kc_cip_share *share)
{
	if (share->started && !share->dead)
		kc_clock_set(&share->cip->kn->cip.clock, &share->clock,
			     kc_now());
}

static void look_at_peers(struct kc_cip_share *share, u64 now,
			  struct kc_cip_post *post)
{
	unsigned int i, actions;

	for (i = 1; i < share->n; i++) {
		actions = kc_cip_rule_alive(&share->rule, i,
					    kc_peer_is_alive(share->peers[i]),
					    now);
		kc_cip_share_carry_out(share, i, actions, now, post);
	}
}

static bool is_wanted(const struct kc_cip_share *share)
{
	if (share->leaving || share->router_state != KCLUSTER_VRRP_STATE_MASTER)
		return false;
	/* One that knows of no others may be one of many. */
	return share->n > 1 || share->hold.cfg.serve;
}

/* Milliseconds are many enough: a term lasts longer than one. */
static u64 lowest_epoch(void)
{
	return div_u64(ktime_get_real_ns(), NSEC_PER_MSEC);
}

static bool is_isolated(const struct kc_cip_share *share)
{
	unsigned int i, alive = 1;

	for (i = 1; i < share->n; i++)
		alive += kc_peer_state(share->peers[i]) !=
			 KCLUSTER_PEER_STATE_DEAD;
	return alive <= share->total / 2 && !share->hold.cfg.serve;
}

/*
 * While we were alone, or asleep, others went on with what was ours. Before we
 * take it back we want to know what they know of its flows.
 */
static bool is_learning(struct kc_cip_share *share, u64 now)
{
	if (is_isolated(share) ||
	    now > share->looked_at + share->hold.cfg.lease) {
		share->fresh = true;
		share->fresh_at = now;
	}
	share->looked_at = now;
	if (share->fresh)
		share->fresh = kc_estate_unready(share->cip->kn,
						 share->fresh_at);
	return share->fresh;
}

static void look_around(struct kc_cip_share *share, u64 now,
			struct kc_cip_post *post)
{
	struct kc_cip_net *cn = &share->cip->kn->cip;
	struct kc_cip_hold *h = &share->hold;
	bool standby = now < READ_ONCE(cn->standby_until);
	unsigned int actions;

	standby |= is_learning(share, now);
	if (h->standby != standby || h->weight != share->weight) {
		h->standby = standby;
		h->weight = share->weight;
		h->status_at = now;
	}
	if (!kc_cip_share_crowded(share)) {
		look_at_peers(share, now, post);
		actions = kc_cip_rule_want(&share->rule, is_wanted(share),
					   lowest_epoch(), now);
		kc_cip_share_carry_out(share, 0, actions, now, post);
	}
	if (now >= h->status_at)
		say(share, now, post);
	if (!kc_cip_share_crowded(share)) {
		actions = kc_cip_rule_run(&share->rule, now);
		kc_cip_share_carry_out(share, 0, actions, now, post);
	}
}

/**
 * kc_cip_share_due() - do what is due
 * @entry: of the share
 *
 * Context: softirq, under RCU
 */
void kc_cip_share_due(struct kc_clock_entry *entry)
{
	struct kc_cip_share *share;
	struct kc_cip_post post;
	u64 now;

	share = container_of(entry, struct kc_cip_share, clock);
	kc_cip_post_init(&post);
	spin_lock(&share->lock);
	if (!share->dead && share->started) {
		now = kc_now();
		look_around(share, now, &post);
		kc_cip_share_publish(share, now);
	}
	spin_unlock(&share->lock);
	kc_cip_post_send(&post);
}

/**
 * kc_cip_share_release() - give up everything at once, or take part again
 * @share: the share
 * @released: give up; one that is leaving stays so
 *
 * Context: any but hard interrupts, under RCU, no lock held that a softirq takes
 */
void kc_cip_share_release(struct kc_cip_share *share, bool released)
{
	struct kc_cip_post post;
	unsigned int actions;
	u64 now;

	kc_cip_post_init(&post);
	spin_lock_bh(&share->lock);
	if (share->started && !share->dead) {
		now = kc_now();
		actions = kc_cip_hold_release(&share->hold,
					      released || share->leaving, now);
		kc_cip_share_carry_out(share, 0, actions, now, &post);
		kc_cip_share_publish(share, now);
	}
	spin_unlock_bh(&share->lock);
	kc_cip_post_send(&post);
}
