// SPDX-License-Identifier: GPL-2.0
/*
 * What the authority over buckets sends, see clusterip_lease.h.
 */
#include "clusterip_move.h"

#define NS_PER_US 1000ULL

/**
 * kc_cip_rule_grant() - what to send to a node
 * @r: the authority
 * @member: which node, an index of @r->members
 * @ask: it shall answer at once
 * @lease: filled in, but for the length it is a claim if we have no majority; it
 *	is taken as sent
 * @now: present time
 *
 * Return: true if a MAP has to be sent with it, see kc_cip_rule_map(). Nothing
 * is to be sent if @lease->head.epoch is 0.
 */
bool kc_cip_rule_grant(struct kc_cip_rule *r, unsigned int member, bool ask,
		       struct kc_cip_lease *lease, u64 now)
{
	struct kc_cip_member *m = &r->members[member];
	struct kc_cip_head *head = &lease->head;
	u64 until = kc_cip_rule_until(r), length = 0;

	memset(lease, 0, sizeof(*lease));
	if (!kc_cip_rule_on(r))
		return false;
	r->stamped = kc_later(now, r->stamped + 1);
	memcpy(head->object, r->hold->cfg.object, sizeof(head->object));
	head->epoch = r->epoch;
	head->authority = r->hold->cfg.id;
	head->stamp = r->stamped;
	head->life = r->hold->cfg.life;
	head->echo = m->stamp;
	head->echo_life = m->life;
	head->seq = r->seq;
	if (ask)
		head->flags |= KC_CIP_ANSWER;
	if (!r->settled && !m->confirmed)
		head->flags |= KC_CIP_KEEP;
	if (!m->obeys || !r->seq)
		return false;
	if (now < until && !m->released) {
		length = kc_earlier(until - now, kc_cip_rule_lease(r));
		m->lapse = kc_later(m->lapse, now + length);
	}
	lease->length_us = div_u64(length, NS_PER_US);
	return m->seq != r->seq;
}

/**
 * kc_cip_rule_map() - what a MAP says besides the lease
 * @r: the authority
 * @map: filled in but for @map->lease
 */
void kc_cip_rule_map(const struct kc_cip_rule *r, struct kc_cip_map *map)
{
	const struct kc_cip_config *cfg = &r->hold->cfg;
	unsigned int i;

	map->seed = cfg->seed;
	map->buckets = cfg->buckets;
	map->n = r->n;
	map->mode = cfg->mode;
	map->plan = KC_CIP_PLAN_VERSION;
	for (i = 0; i < r->n; i++) {
		map->ids[i] = r->members[i].id;
		map->weights[i] = r->members[i].weight;
		map->states[i] = r->members[i].planned ? KC_CIP_NODE_ALIVE : 0;
	}
	memcpy(map->owners, r->owners, cfg->buckets);
}

/**
 * kc_cip_self() - let the authority hear itself
 * @r: the authority, also while it is none
 * @map: memory; afterwards the map that this node has taken, if
 *	@map->lease.head.seq is not 0
 * @status: memory
 * @now: present time
 *
 * In the place of sending STATUS to oneself: when that is due, and whenever
 * something was to be granted to all. Of what it returns KC_CIP_GRANT_ALL is for
 * the others.
 *
 * Return: what has to be done, enum kc_cip_actions
 */
unsigned int kc_cip_self(struct kc_cip_rule *r, struct kc_cip_map *map,
			 struct kc_cip_status *status, u64 now)
{
	unsigned int actions = 0, rounds, one;
	struct kc_cip_lease lease;
	bool with_map;

	map->lease.head.seq = 0;
	/* A status, a new map for it, a status by that: then all is said. */
	for (rounds = 0; rounds < 4 && kc_cip_rule_on(r); rounds++) {
		kc_cip_hold_status(r->hold, status, now);
		actions |= kc_cip_rule_status(r, r->self, status, now);
		with_map = kc_cip_rule_grant(r, r->self, false, &lease, now);
		if (with_map) {
			kc_cip_rule_map(r, map);
			map->lease = lease;
		}
		one = kc_cip_hold_hear(r->hold, r->hold->cfg.id, &lease,
				       with_map ? map : NULL, now);
		actions |= one & KC_CIP_CHANGED;
		/* The stamp of this one has still to be repeated. */
		if (!(one & KC_CIP_SAY) && rounds)
			break;
	}
	return actions & (KC_CIP_CHANGED | KC_CIP_GRANT_ALL | KC_CIP_ASK_ALL);
}
