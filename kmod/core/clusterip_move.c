// SPDX-License-Identifier: GPL-2.0
/*
 * How buckets move from one owner to another, see clusterip_lease.h. Here is who
 * might still hold what; when a majority has repeated which stamp is known from
 * clusterip_rule.c.
 */
#include "clusterip_move.h"

/**
 * kc_cip_move_begin() - a term begins: anybody may hold anything
 * @r: the authority
 */
void kc_cip_move_begin(struct kc_cip_rule *r)
{
	unsigned int i;

	r->settled = false;
	r->dirty = false;
	memset(r->owners, KC_CIP_NOBODY, sizeof(r->owners));
	for (i = 0; i < KC_CIP_BUCKETS_MAX; i++)
		r->left[i].by = KC_CIP_SOMEBODY;
}

/**
 * kc_cip_move_found() - a node says what it holds under an earlier authority
 * @r: the authority
 * @member: which node
 * @held: bit map of the buckets
 *
 * Return: true if the map is another one now
 */
bool kc_cip_move_found(struct kc_cip_rule *r, unsigned int member,
		       const u64 *held)
{
	unsigned int i, found = 0;

	if (r->settled)
		return false;
	for (i = 0; i < r->hold->cfg.buckets; i++) {
		if (!kc_cip_held(held, i) || r->owners[i] != KC_CIP_NOBODY ||
		    r->left[i].by != KC_CIP_SOMEBODY)
			continue;
		r->owners[i] = member;
		found++;
	}
	return found;
}

/**
 * kc_cip_move_checked() - a node says what it holds by our map
 * @r: the authority
 * @member: which node; it goes by our last map, or by its first one
 * @held: bit map of the buckets
 *
 * It has not what it held no more when the map came. While others may still
 * have leases of an earlier authority, one of them may have that.
 *
 * Return: true if the map is another one now
 */
bool kc_cip_move_checked(struct kc_cip_rule *r, unsigned int member,
			 const u64 *held)
{
	unsigned int i, missing = 0;

	for (i = 0; i < r->hold->cfg.buckets; i++) {
		if (r->owners[i] != member || kc_cip_held(held, i))
			continue;
		r->owners[i] = KC_CIP_NOBODY;
		r->left[i].by = r->settled ? KC_CIP_NOBODY : KC_CIP_SOMEBODY;
		missing++;
	}
	r->dirty |= missing;
	return missing;
}

/*
 * With the next map it is nobody's; until when may its owner hold it? By what we
 * granted it, or by what an earlier authority did.
 */
static void take_away(struct kc_cip_rule *r, unsigned int bucket)
{
	unsigned int owner = r->owners[bucket];

	r->left[bucket].by = owner;
	r->left[bucket].seq = r->seq + 1;
	r->left[bucket].lapse = kc_later(r->members[owner].lapse,
					 r->majority_at +
					 r->hold->cfg.lease);
	r->owners[bucket] = KC_CIP_NOBODY;
}

/*
 * Everybody there is goes by a map of ours, or what others were granted before we
 * had a majority has lapsed and a majority has obeyed us since.
 */
static bool settle(struct kc_cip_rule *r, bool *changed)
{
	u64 lapsed = r->majority_at + r->hold->cfg.lease;
	unsigned int i, confirmed = 0;

	for (i = 0; i < r->n; i++)
		confirmed += r->members[i].confirmed && r->members[i].agrees;
	if ((confirmed < r->n || r->strangers) && r->majority < lapsed) {
		r->wait_at = kc_earlier(r->wait_at, lapsed);
		return false;
	}
	r->settled = true;
	r->dirty = true;
	for (i = 0; i < r->hold->cfg.buckets; i++) {
		unsigned int owner = r->owners[i];

		if (owner == KC_CIP_NOBODY) {
			r->left[i].by = KC_CIP_NOBODY;
		} else if (!r->members[owner].confirmed) {
			take_away(r, i);
			*changed = true;
		}
	}
	return true;
}

/* What might still be held, and is not. */
static void find_free(struct kc_cip_rule *r)
{
	unsigned int i;

	for (i = 0; i < r->hold->cfg.buckets; i++) {
		struct kc_cip_left *left = &r->left[i];

		if (r->owners[i] != KC_CIP_NOBODY || left->by >= r->n)
			continue;
		if (!r->members[left->by].released &&
		    r->members[left->by].acked < left->seq &&
		    r->majority < left->lapse) {
			r->wait_at = kc_earlier(r->wait_at, left->lapse);
			continue;
		}
		left->by = KC_CIP_NOBODY;
		r->dirty = true;
	}
}

/**
 * kc_cip_move_eligible() - may a node own anything?
 * @r: the authority
 * @member: which node
 * @now: present time
 */
bool kc_cip_move_eligible(const struct kc_cip_rule *r, unsigned int member,
			  u64 now)
{
	const struct kc_cip_member *m = &r->members[member];

	return m->alive && m->obeys && m->confirmed && !m->released &&
	       now < m->heard_at + r->hold->cfg.lease;
}

/* Divide anew. True if the map is another one now. */
static bool divide(struct kc_cip_rule *r, u64 now)
{
	struct kc_cip_members among = {
		.nodes = r->nodes, .n = r->n, .seed = r->hold->cfg.seed,
		.buckets = r->hold->cfg.buckets,
	};
	unsigned int i, changes = 0;

	r->dirty = false;
	for (i = 0; i < r->n; i++) {
		struct kc_cip_member *m = &r->members[i];

		m->planned = kc_cip_move_eligible(r, i, now);
		r->nodes[i].id = m->id;
		r->nodes[i].weight = m->weight;
		r->nodes[i].alive = m->planned;
	}
	if (kc_cip_plan(&among, r->owners, r->next, &r->scratch) < 0)
		return false;
	for (i = 0; i < among.buckets; i++) {
		u8 owner = r->owners[i];

		if (owner == r->next[i] ||
		    (owner == KC_CIP_NOBODY && r->left[i].by != KC_CIP_NOBODY))
			continue;
		if (owner != KC_CIP_NOBODY && !r->members[owner].released) {
			take_away(r, i);
		} else {
			r->owners[i] = r->next[i];
			r->left[i].by = KC_CIP_NOBODY;
		}
		changes++;
	}
	return changes;
}

/**
 * kc_cip_move_on() - let buckets move as far as they can
 * @r: the authority, which has a majority
 * @now: present time
 *
 * @r->wait_at is when it may get further if nobody says anything new.
 *
 * Return: true if the map is another one now
 */
bool kc_cip_move_on(struct kc_cip_rule *r, u64 now)
{
	bool changed = false;

	r->wait_at = KC_CIP_NEVER;
	if (!r->settled && !settle(r, &changed))
		return false;
	find_free(r);
	if (r->dirty)
		changed |= divide(r, now);
	return changed;
}
