// SPDX-License-Identifier: GPL-2.0
/*
 * What a node holds, and whom it obeys, see clusterip_lease.h.
 */
#include "clusterip_lease.h"

/* A STATUS so many times in a lease: some may be lost without harm. */
#define STATUS_SHARE 8

/* What is taken off a lease, and far more than paces of clocks differ by. */
#define MARGIN_SHARE 32

#define NS_PER_US 1000ULL

/**
 * kc_cip_hold_init() - a node that starts
 * @h: what it holds: nothing
 * @cfg: who it is
 * @now: present time
 */
void kc_cip_hold_init(struct kc_cip_hold *h, const struct kc_cip_config *cfg,
		      u64 now)
{
	memset(h, 0, sizeof(*h));
	h->cfg = *cfg;
	h->silent_until = now + 2 * cfg->lease;
	h->since = now;
	h->status_at = now;
}

/* Is that one below, above, or the one that we obey? */
static int compare(const struct kc_cip_hold *h, const struct kc_cip_head *head)
{
	if (head->epoch != h->epoch)
		return head->epoch < h->epoch ? -1 : 1;
	if (head->authority != h->authority)
		return head->authority < h->authority ? -1 : 1;
	return 0;
}

/* What we hold we go on with until it lapses, and say so. */
static void obey(struct kc_cip_hold *h, const struct kc_cip_head *head, u64 now)
{
	if (now >= h->until)
		memset(h->mine, 0, sizeof(h->mine));
	h->epoch = head->epoch;
	h->authority = head->authority;
	h->authority_life = head->life;
	h->seq = 0;
	h->echo = 0;
	h->its_lease = false;
}

static bool same_buckets(const struct kc_cip_hold *h,
			 const struct kc_cip_map *map)
{
	return map->mode == h->cfg.mode && map->seed == h->cfg.seed &&
	       map->buckets == h->cfg.buckets;
}

static void take(struct kc_cip_hold *h, const struct kc_cip_map *map, u64 now)
{
	bool keep = map->lease.head.flags & KC_CIP_KEEP;
	u64 given[KC_CIP_HELD_MAX] = {};
	unsigned int i;

	for (i = 0; i < map->buckets; i++)
		if (map->owners[i] != KC_CIP_NOBODY && !h->released &&
		    map->ids[map->owners[i]] == h->cfg.id)
			given[i / 64] |= 1ULL << i % 64;
	for (i = 0; i < KC_CIP_HELD_MAX; i++) {
		if (!keep)
			h->mine[i] = given[i];
		else
			h->mine[i] &= now < h->until ? given[i] : 0;
	}
	/* The time that an earlier authority gave was not for these. */
	if (!keep && !h->its_lease)
		h->until = 0;
	h->seq = map->lease.head.seq;
}

static bool extend(struct kc_cip_hold *h, const struct kc_cip_lease *lease)
{
	u64 length = kc_earlier(lease->length_us * NS_PER_US, h->cfg.lease);
	u64 until;

	if (h->released || !length || !h->seq || lease->head.seq != h->seq ||
	    lease->head.echo_life != h->cfg.life ||
	    lease->head.echo < h->since || lease->head.echo > h->asked)
		return false;
	until = lease->head.echo + length - length / MARGIN_SHARE;
	if (until <= h->until)
		return false;
	h->until = until;
	h->its_lease = true;
	return true;
}

/**
 * kc_cip_hold_hear() - a LEASE or a MAP came
 * @h: what we hold
 * @from: number of the node that sent it
 * @lease: the LEASE, or that of the MAP
 * @map: the MAP; NULL if it was a LEASE
 * @now: present time
 *
 * Return: what has to be done, enum kc_cip_actions
 */
unsigned int kc_cip_hold_hear(struct kc_cip_hold *h, u64 from,
			      const struct kc_cip_lease *lease,
			      const struct kc_cip_map *map, u64 now)
{
	const struct kc_cip_head *head = &lease->head;
	unsigned int actions = 0;
	int order;

	if (!from || head->authority != from || !head->epoch)
		return 0;
	h->seen = kc_later(h->seen, head->epoch);
	if (now < h->silent_until)
		return 0;
	order = compare(h, head);
	if (order < 0 || (!order && head->life != h->authority_life))
		return KC_CIP_SAY_BACK;
	if (order > 0) {
		obey(h, head, now);
		actions |= KC_CIP_SAY | KC_CIP_CHANGED;
	}
	h->echo = kc_later(h->echo, head->stamp);
	h->heard_at = now;
	if (map && head->seq > h->seq) {
		h->differs = !same_buckets(h, map);
		if (h->differs)
			return actions;
		take(h, map, now);
		actions |= KC_CIP_SAY | KC_CIP_CHANGED;
	}
	if (extend(h, lease))
		actions |= KC_CIP_CHANGED;
	if (head->flags & KC_CIP_ANSWER)
		actions |= KC_CIP_SAY;
	return actions;
}

/**
 * kc_cip_hold_status() - what to say in a STATUS
 * @h: what we hold
 * @status: filled in; it is taken as sent
 * @now: present time
 */
void kc_cip_hold_status(struct kc_cip_hold *h, struct kc_cip_status *status,
			u64 now)
{
	struct kc_cip_head *head = &status->head;

	memset(status, 0, sizeof(*status));
	/* No two have the same stamp: so it is known which is the later one. */
	h->asked = kc_later(now, h->asked + 1);
	h->status_at = now + h->cfg.lease / STATUS_SHARE;
	memcpy(head->object, h->cfg.object, sizeof(head->object));
	head->stamp = h->asked;
	head->life = h->cfg.life;
	head->epoch = h->epoch;
	head->authority = h->authority;
	head->seq = h->seq;
	head->echo = h->echo;
	head->echo_life = h->authority_life;
	if (h->standby)
		head->flags |= KC_CIP_STANDBY;
	if (h->released)
		head->flags |= KC_CIP_RELEASED;
	if (now < h->silent_until)
		head->flags |= KC_CIP_SILENT;
	status->weight = h->weight;
	status->buckets = h->cfg.buckets;
	status->votes = h->cfg.votes;
	status->node = h->cfg.id;
	status->lease_us = div_u64(h->cfg.lease, NS_PER_US);
	/* Without a map of this authority what has lapsed may be another's. */
	if (h->seq || now < h->until)
		memcpy(status->held, h->mine, sizeof(status->held));
}

/**
 * kc_cip_hold_release() - give up everything at once, or take part again
 * @h: what we hold
 * @released: give up
 * @now: present time
 *
 * Return: what has to be done, enum kc_cip_actions
 */
unsigned int kc_cip_hold_release(struct kc_cip_hold *h, bool released, u64 now)
{
	if (h->released == released)
		return 0;
	h->released = released;
	memset(h->mine, 0, sizeof(h->mine));
	h->until = 0;
	/* What was granted meanwhile, or before, is given to others. */
	h->asked = kc_later(h->asked, now);
	h->since = h->asked + 1;
	h->seq = 0;
	h->its_lease = false;
	return KC_CIP_SAY | KC_CIP_CHANGED;
}

/**
 * kc_cip_hold_lost() - is nobody heard that could grant a lease?
 * @h: what we hold
 * @now: present time
 *
 * Then all get our STATUS, as one of them may be an authority that does not
 * know of us.
 */
bool kc_cip_hold_lost(const struct kc_cip_hold *h, u64 now)
{
	return !h->epoch || now >= h->heard_at + h->cfg.lease / 2;
}
