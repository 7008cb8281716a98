// SPDX-License-Identifier: GPL-2.0
/*
 * What there is to tell of a share: copied under its lock, for those who ask.
 */
#include "../net.h"
#include "share.h"

static u64 ms_until(u64 when, u64 now)
{
	return when > now ? div_u64(when - now, NSEC_PER_MSEC) : 0;
}

static bool is_ruling(const struct kc_cip_share *share)
{
	const struct kc_cip_hold *h = &share->hold;

	return !kc_cip_share_crowded(share) && share->rule.on &&
	       h->authority == h->cfg.id && h->epoch == share->rule.epoch;
}

/* Which node of the map is it? -1 if it is not in it. */
static int in_map(const struct kc_cip_share *share, u64 id)
{
	const struct kc_cip_map *map = &share->map;
	unsigned int i;

	if (!map->lease.head.seq)
		return -1;
	for (i = 0; i < map->n; i++)
		if (map->ids[i] == id)
			return i;
	return -1;
}

static unsigned int count_obeying(const struct kc_cip_share *share)
{
	unsigned int i, n = 0;

	for (i = 0; i < share->n; i++)
		n += share->rule.members[i].obeys;
	return n;
}

static unsigned int count_planned(const struct kc_cip_share *share)
{
	const struct kc_cip_map *map = &share->map;
	unsigned int i, n = 0;

	for (i = 0; map->lease.head.seq && i < map->n; i++)
		n += map->states[i] & KC_CIP_NODE_ALIVE;
	return n;
}

/**
 * kc_cip_share_view() - all that is not of one node or one bucket
 * @share: the share
 * @view: filled in
 *
 * Context: process
 */
void kc_cip_share_view(struct kc_cip_share *share, struct kc_cip_view *view)
{
	const struct kc_cip_hold *h = &share->hold;
	const char *name;
	u64 now;

	memset(view, 0, sizeof(*view));
	spin_lock_bh(&share->lock);
	now = kc_now();
	view->weight = share->weight;
	view->serve = h->cfg.serve;
	view->lease_ms = div_u64(h->cfg.lease, NSEC_PER_MSEC);
	view->votes = share->total;
	if (share->started) {
		view->id = h->cfg.id;
		view->epoch = h->epoch;
		view->authority = h->authority;
		view->seq = h->seq;
		if (is_ruling(share))
			view->role = KCLUSTER_CLUSTERIP_ROLE_AUTHORITY;
		else if (!kc_cip_hold_lost(h, now))
			view->role = KCLUSTER_CLUSTERIP_ROLE_MEMBER;
		view->left_ms = ms_until(h->until, now);
		if (share->map_at)
			view->decided_ms = ms_until(now, share->map_at);
		view->members = is_ruling(share) ? count_obeying(share) :
						   count_planned(share);
		name = kc_cip_share_name_of(share, h->authority);
		if (name)
			strscpy(view->authority_name, name,
				sizeof(view->authority_name));
	}
	spin_unlock_bh(&share->lock);
}

/**
 * kc_cip_share_view_member() - one of the nodes
 * @share: the share
 * @member: which one, from 0 on, which is this node
 * @view: filled in
 *
 * Context: process
 * Return: false if there are not so many
 */
bool kc_cip_share_view_member(struct kc_cip_share *share, unsigned int member,
			      struct kc_cip_member_view *view)
{
	const struct kc_cip_map *map = &share->map;
	const struct kc_cip_member *m;
	unsigned int i;
	bool there;
	int at;

	memset(view, 0, sizeof(*view));
	spin_lock_bh(&share->lock);
	there = member < share->n;
	if (!there)
		goto out;
	if (member)
		strscpy(view->name, share->peers[member]->name,
			sizeof(view->name));
	view->id = share->ids[member];
	view->alive = !member || kc_peer_is_alive(share->peers[member]);
	at = in_map(share, view->id);
	if (at >= 0) {
		view->weight = map->weights[at];
		for (i = 0; i < map->buckets; i++)
			view->buckets += map->owners[i] == at;
	}
	view->ruled = is_ruling(share);
	if (view->ruled) {
		m = &share->rule.members[member];
		view->obeys = m->obeys;
		view->left_ms = ms_until(m->lapse, kc_now());
		view->weight = m->weight;
	}
out:
	spin_unlock_bh(&share->lock);
	return there;
}

/**
 * kc_cip_share_heirs() - who owns which bucket, and who would follow
 * @share: the share
 * @heirs: filled in
 *
 * Context: process; a moment of computing
 */
void kc_cip_share_heirs(struct kc_cip_share *share, struct kc_cip_heirs *heirs)
{
	struct kc_cip_members members = { .nodes = heirs->nodes };
	const struct kc_cip_map *map = &share->map;
	const char *name;
	unsigned int i;

	spin_lock_bh(&share->lock);
	heirs->n = map->lease.head.seq ? map->n : 0;
	for (i = 0; i < heirs->n; i++) {
		heirs->nodes[i].id = map->ids[i];
		heirs->nodes[i].weight = map->weights[i];
		heirs->nodes[i].alive = map->states[i] & KC_CIP_NODE_ALIVE;
		name = kc_cip_share_name_of(share, map->ids[i]);
		strscpy(heirs->names[i], name ?: "?", sizeof(heirs->names[i]));
	}
	memcpy(heirs->owners, map->owners, sizeof(heirs->owners));
	members.n = heirs->n;
	members.seed = map->seed;
	members.buckets = map->buckets;
	spin_unlock_bh(&share->lock);
	memset(heirs->first, KC_CIP_NOBODY, sizeof(heirs->first));
	memset(heirs->second, KC_CIP_NOBODY, sizeof(heirs->second));
	for (i = 0; share->successors && i < heirs->n; i++) {
		kc_cip_successors(&members, i, heirs->owners, heirs->first,
				  share->successors > 1 ? heirs->second : NULL,
				  &heirs->scratch);
		cond_resched();
	}
}

static void describe_authority(const struct kc_cip_share *share, char *reason,
			       size_t size)
{
	const struct kc_cip_rule *r = &share->rule;
	unsigned int obeying = count_obeying(share);

	if (obeying < kc_cip_rule_needed(r))
		snprintf(reason, size,
			 "%u of %u nodes obey this one, and %u have to", obeying,
			 share->n, kc_cip_rule_needed(r));
	else if (!r->settled)
		snprintf(reason, size,
			 "others may have leases of an earlier authority still");
}

static void describe_router(const struct kc_cip_share *share, char *reason,
			    size_t size)
{
	if (share->router_state == KCLUSTER_VRRP_STATE_STOP)
		snprintf(reason, size,
			 "no authority is heard, and there is no virtual router %s here",
			 share->router);
	else
		snprintf(reason, size,
			 "no authority is heard: the master of virtual router %s has no majority, or not this cluster IP",
			 share->router);
}

/* Under the lock. */
static void describe(const struct kc_cip_share *share, char *reason,
		     size_t size)
{
	const struct kc_cip_hold *h = &share->hold;
	u64 now = kc_now();

	if (kc_cip_share_crowded(share))
		snprintf(reason, size,
			 "%u peers are more than can share a cluster IP, which are %u",
			 share->total - 1, KC_CIP_NODES_MAX - 1);
	else if (share->n == 1 && !h->cfg.serve)
		snprintf(reason, size, "there are no peers");
	else if (now < h->until && memchr_inv(h->mine, 0, sizeof(h->mine)))
		return;
	else if (share->fresh)
		snprintf(reason, size,
			 "it first learns what peers know of connections");
	else if (h->standby)
		snprintf(reason, size, "told to stand by");
	else if (now < h->silent_until)
		snprintf(reason, size,
			 "it has just started, and waits for what it may have promised before to lapse");
	else if (h->seen >= KC_CIP_EPOCH_MAX)
		snprintf(reason, size,
			 "a peer has named the highest epoch there is: delete and add it on all nodes");
	else if (share->clash_at && now < share->clash_at + h->cfg.lease)
		snprintf(reason, size,
			 "peer %s says a number that another node has, or none: its device may have the same MAC",
			 share->clash);
	else if (is_ruling(share))
		describe_authority(share, reason, size);
	else if (kc_cip_hold_lost(h, now))
		describe_router(share, reason, size);
	else if (h->differs)
		snprintf(reason, size,
			 "the authority has other buckets, or another hash or seed");
	else if (!h->seq || now >= h->until)
		snprintf(reason, size,
			 "the authority grants nothing: it has no majority, or other settings");
	else if (!h->weight)
		snprintf(reason, size, "its weight is 0");
}

/**
 * kc_cip_share_describe() - why does it answer nobody?
 * @share: the share
 * @reason: one clause, empty if it does, or if nothing is wrong
 * @size: of @reason
 *
 * Context: process
 */
void kc_cip_share_describe(struct kc_cip_share *share, char *reason,
			   size_t size)
{
	*reason = 0;
	spin_lock_bh(&share->lock);
	if (share->started)
		describe(share, reason, size);
	spin_unlock_bh(&share->lock);
}
