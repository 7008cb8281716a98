// SPDX-License-Identifier: GPL-2.0
/*
 * The members of a share are the peers of the namespace, all of them.
 */
#include <linux/rculist.h>

#include "../net.h"
#include "share.h"

/* MACs have fewer bits; until it is known, a number is one that nobody has. */
#define ID_MAX (BIT_ULL(48) - 1)
#define ID_UNKNOWN(member) (BIT_ULL(63) | (member))

/**
 * kc_cip_share_member() - which member is a peer?
 * @share: the share, locked
 * @p: the peer
 *
 * Return: its index, -1 if it is none
 */
int kc_cip_share_member(const struct kc_cip_share *share,
			const struct kc_peer *p)
{
	unsigned int i;

	for (i = 1; i < share->n; i++)
		if (share->peers[i] == p)
			return i;
	return -1;
}

/* Those who are not in the list any more. True if there are any. */
static bool remove_gone(struct kc_cip_share *share)
{
	unsigned int i, kept = 1;

	for (i = 1; i < share->n; i++) {
		struct kc_peer *p = share->peers[i];

		if (READ_ONCE(p->gone)) {
			share->strangers |= share->ids[i] != 0;
			kc_peer_put(p);
			continue;
		}
		share->peers[kept] = p;
		share->ids[kept] = share->ids[i];
		share->weights[kept] = share->weights[i];
		kept++;
	}
	swap(share->n, kept);
	return share->n != kept;
}

/* True if there are any. */
static bool add_new(struct kc_cip_share *share)
{
	struct kc_net *kn = share->cip->kn;
	unsigned int before = share->n, total = share->total;
	struct kc_peer *p;

	share->total = 1;
	rcu_read_lock();
	list_for_each_entry_rcu(p, &kn->peer.peers, list) {
		if (p->observer || READ_ONCE(p->gone))
			continue;
		share->total++;
		if (share->n == KC_CIP_NODES_MAX ||
		    kc_cip_share_member(share, p) > 0 ||
		    !refcount_inc_not_zero(&p->refs))
			continue;
		share->peers[share->n] = p;
		share->ids[share->n] = 0;
		share->weights[share->n] = 0;
		share->n++;
	}
	rcu_read_unlock();
	return share->n != before || share->total != total;
}

/*
 * With other members the authority begins anew. What we hold we go on with.
 */
static void rebuild(struct kc_cip_share *share)
{
	struct kc_cip_hold *h = &share->hold;
	u64 ids[KC_CIP_NODES_MAX];
	unsigned int i;

	h->cfg.votes = share->total;
	if (kc_cip_share_crowded(share))
		return;
	ids[0] = h->cfg.id;
	for (i = 1; i < share->n; i++)
		ids[i] = share->ids[i] ?: ID_UNKNOWN(i);
	if (WARN_ON_ONCE(kc_cip_rule_init(&share->rule, h, ids, share->n)))
		return;
	share->rule.strangers = share->strangers;
}

/**
 * kc_cip_share_count() - see which peers there are now
 * @share: the share, locked, and started
 *
 * Context: any, a peer may be locked
 */
void kc_cip_share_count(struct kc_cip_share *share)
{
	bool changed = remove_gone(share);

	changed |= add_new(share);
	/* The first time there is always something to do. */
	if (changed || !share->rule.n)
		rebuild(share);
}

/**
 * kc_cip_share_disband() - give all peers back
 * @share: the share, locked
 */
void kc_cip_share_disband(struct kc_cip_share *share)
{
	while (share->n > 1)
		kc_peer_put(share->peers[--share->n]);
}

/**
 * kc_cip_share_name() - a member says its number
 * @share: the share, locked
 * @member: which one
 * @id: its number
 *
 * Return: false if it cannot have that one, and is not to be believed
 */
bool kc_cip_share_name(struct kc_cip_share *share, unsigned int member, u64 id)
{
	unsigned int i;

	if (share->ids[member] == id)
		return true;
	if (!id || id > ID_MAX)
		goto clash;
	for (i = 0; i < share->n; i++)
		if (share->ids[i] == id)
			goto clash;
	share->ids[member] = id;
	if (!kc_cip_share_crowded(share))
		kc_cip_rule_name(&share->rule, member, id);
	return true;

clash:
	strscpy(share->clash, share->peers[member]->name,
		sizeof(share->clash));
	share->clash_at = kc_now();
	return false;
}

/**
 * kc_cip_share_name_of() - what we call a node
 * @share: the share, locked
 * @id: its number
 *
 * Return: its name, empty for ourselves; NULL if we do not know it
 */
const char *kc_cip_share_name_of(const struct kc_cip_share *share, u64 id)
{
	unsigned int i;

	for (i = 0; i < share->n; i++)
		if (share->ids[i] == id)
			return i ? share->peers[i]->name : "";
	return NULL;
}
