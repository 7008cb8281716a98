// SPDX-License-Identifier: GPL-2.0
/*
 * Allowed IPs that we gave to somebody, of prefixes that are gone: they have to be
 * taken away, though nobody knows them any more.
 */
#include <linux/slab.h>

#include "../net.h"
#include "claim.h"

/**
 * kc_claim_orphan() - a prefix goes, which is with somebody
 * @claim: of this claim
 * @p: the prefix
 *
 * Context: process, by the worker
 */
void kc_claim_orphan(struct kc_claim *claim, const struct kc_claim_prefix *p)
{
	struct kc_claim_orphan *orphan;

	orphan = kzalloc(sizeof(*orphan), GFP_KERNEL | __GFP_NOFAIL);
	orphan->prefix = p->prefix;
	strscpy(orphan->at, p->at, sizeof(orphan->at));
	list_add_tail(&orphan->list, &claim->kn->claim.orphans);
}

static void free_all(struct list_head *orphans)
{
	struct kc_claim_orphan *orphan, *next;

	list_for_each_entry_safe(orphan, next, orphans, list)
		kfree(orphan);
	INIT_LIST_HEAD(orphans);
}

/**
 * kc_claim_orphans_remove() - let them be nobody's
 * @kn: the namespace
 *
 * Those that WireGuard refuses to take away stay what they are.
 *
 * Context: process, by the worker, without locks
 */
void kc_claim_orphans_remove(struct kc_net *kn)
{
	struct kc_claim_net *cn = &kn->claim;
	struct kc_prefix prefixes[KC_TUNNEL_BATCH];
	struct kc_claim_orphan *orphan, *next;
	LIST_HEAD(kept);
	LIST_HEAD(some);
	char at[IFNAMSIZ];
	unsigned int n;
	int err;

	while (!list_empty(&cn->orphans)) {
		n = 0;
		list_for_each_entry_safe(orphan, next, &cn->orphans, list) {
			if (!n)
				strscpy(at, orphan->at, sizeof(at));
			if (n == KC_TUNNEL_BATCH || strcmp(at, orphan->at))
				break;
			prefixes[n++] = orphan->prefix;
			list_move_tail(&orphan->list, &some);
		}
		err = kc_tunnel_remove(&cn->request, at, prefixes, n);
		if (err && err != -ENODEV)
			list_splice_tail_init(&some, &kept);
		else
			free_all(&some);
	}
	list_splice(&kept, &cn->orphans);
}

/**
 * kc_claim_orphans_free() - know nothing of them any more
 * @kn: the namespace
 *
 * Context: process, when the worker is no more
 */
void kc_claim_orphans_free(struct kc_net *kn)
{
	free_all(&kn->claim.orphans);
}
