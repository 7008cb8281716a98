/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the authority over buckets have in common: its terms
 * (clusterip_rule.c), how buckets move, and what it sends (clusterip_grant.c).
 */
#ifndef KC_CORE_CLUSTERIP_MOVE_H
#define KC_CORE_CLUSTERIP_MOVE_H

#include "clusterip_lease.h"

static inline u64 kc_cip_rule_lease(const struct kc_cip_rule *r)
{
	return r->hold->cfg.lease;
}

/* Ourselves we obey as others do, and like them a higher one instead. */
static inline bool kc_cip_rule_on(const struct kc_cip_rule *r)
{
	return r->on && r->hold->epoch == r->epoch &&
	       r->hold->authority == r->hold->cfg.id;
}

void kc_cip_move_begin(struct kc_cip_rule *r);
bool kc_cip_move_found(struct kc_cip_rule *r, unsigned int member,
		       const u64 *held);
bool kc_cip_move_checked(struct kc_cip_rule *r, unsigned int member,
			 const u64 *held);
bool kc_cip_move_on(struct kc_cip_rule *r, u64 now);
bool kc_cip_move_eligible(const struct kc_cip_rule *r, unsigned int member,
			  u64 now);

#endif
