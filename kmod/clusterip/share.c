// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IPs that peers divide: how their shares come, change and go. See
 * share.h for who may do what.
 */
#include <linux/etherdevice.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../net.h"
#include "share.h"

/**
 * kc_cip_share_make() - what peers divide, as it was asked for
 * @cip: the cluster IP, which has its name and its map
 * @spec: what was asked for, checked
 *
 * It is at rest: nobody but the caller knows it.
 *
 * Return: the share, for kc_cip_share_free(), or NULL
 */
struct kc_cip_share *kc_cip_share_make(struct kc_cip *cip,
				       const struct kc_cip_spec *spec)
{
	struct kc_cip_share *share;
	struct kc_cip_config *cfg;

	BUILD_BUG_ON(sizeof(cfg->object) !=
		     KCLUSTER_CLUSTERIP_SHARED_NAME_MAX + 1);
	BUILD_BUG_ON(KCLUSTER_CLUSTERIP_MEMBERS_MAX != KC_CIP_NODES_MAX);
	BUILD_BUG_ON(KCLUSTER_CLUSTERIP_BUCKETS_MIN != KC_CIP_BUCKETS_MIN);
	BUILD_BUG_ON(KCLUSTER_CLUSTERIP_BUCKETS != KC_CIP_BUCKETS_DEFAULT);

	share = kvzalloc(sizeof(*share), GFP_KERNEL_ACCOUNT);
	if (!share)
		return NULL;
	share->cip = cip;
	spin_lock_init(&share->lock);
	kc_clock_entry_init(&share->clock, kc_cip_share_due);
	strscpy(share->router, spec->router, sizeof(share->router));
	share->vmac = spec->vmac;
	share->successors = spec->successors;
	share->weight = spec->weight;
	share->router_state = KCLUSTER_VRRP_STATE_STOP;
	share->n = 1;
	share->total = 1;
	cfg = &share->hold.cfg;
	memcpy(cfg->object, cip->name, strlen(cip->name));
	cfg->lease = (u64)spec->lease_ms * NSEC_PER_MSEC;
	cfg->seed = spec->seed;
	cfg->buckets = spec->nodes;
	cfg->mode = spec->hash;
	cfg->serve = spec->serve;
	return share;
}

/**
 * kc_cip_share_free() - give it back
 * @share: the share, unknown to everybody, or NULL
 */
void kc_cip_share_free(struct kc_cip_share *share)
{
	kvfree(share);
}

/**
 * kc_cip_share_enter() - hear of peers and of the virtual router from now on
 * @share: the share
 *
 * Context: process
 */
void kc_cip_share_enter(struct kc_cip_share *share)
{
	struct kc_cip_net *cn = &share->cip->kn->cip;

	lockdep_assert_held(&cn->mutex);
	list_add_tail_rcu(&share->list, &cn->shares);
	kc_cip_share_look(share);
}

/**
 * kc_cip_share_set() - change what can be changed
 * @share: the share
 * @spec: what is asked for, checked
 *
 * Context: process
 */
void kc_cip_share_set(struct kc_cip_share *share,
		      const struct kc_cip_spec *spec)
{
	struct nlattr **attrs = spec->attrs;

	lockdep_assert_held(&share->cip->kn->cip.mutex);
	if (attrs[KCLUSTER_A_CLUSTERIP_SUCCESSORS])
		share->successors = spec->successors;
	spin_lock_bh(&share->lock);
	if (attrs[KCLUSTER_A_CLUSTERIP_WEIGHT])
		share->weight = spec->weight;
	if (attrs[KCLUSTER_A_CLUSTERIP_ON_PARTITION])
		share->hold.cfg.serve = spec->serve;
	kc_cip_share_poke(share);
	spin_unlock_bh(&share->lock);
}

static void start(struct kc_cip_share *share, const u8 *mac)
{
	struct kc_cip_config cfg = share->hold.cfg;
	u64 now = kc_now();

	/* What it was stays, whatever becomes of the device. */
	cfg.id = ether_addr_to_u64(mac);
	cfg.life = get_random_u32();
	kc_cip_hold_init(&share->hold, &cfg, now);
	share->hold.weight = share->weight;
	share->ids[0] = cfg.id;
	kc_cip_share_count(share);
	share->started = true;
	share->fresh = true;
	share->fresh_at = now;
	share->looked_at = now;
	kc_cip_share_poke(share);
}

/**
 * kc_cip_share_use() - clients can reach us, or cannot
 * @share: the share
 * @mac: of the device by which they can, NULL if they cannot
 *
 * Who cannot be reached owns nothing, but votes still.
 *
 * Context: process
 */
void kc_cip_share_use(struct kc_cip_share *share, const u8 *mac)
{
	bool started;

	lockdep_assert_held(&share->cip->kn->cip.mutex);
	spin_lock_bh(&share->lock);
	if (!share->started && !share->dead && mac)
		start(share, mac);
	started = share->started;
	spin_unlock_bh(&share->lock);
	if (!started)
		return;
	rcu_read_lock();
	kc_cip_share_release(share, !mac);
	rcu_read_unlock();
}

/**
 * kc_cip_share_leave() - give up everything, and let nobody find it any more
 * @share: the share, entered; to be freed after a grace period
 *
 * Context: process
 */
void kc_cip_share_leave(struct kc_cip_share *share)
{
	lockdep_assert_held(&share->cip->kn->cip.mutex);

	rcu_read_lock();
	kc_cip_share_release(share, true);
	spin_lock_bh(&share->lock);
	share->dead = true;
	kc_clock_set(&share->cip->kn->cip.clock, &share->clock,
		     KC_CLOCK_NEVER);
	kc_cip_share_disband(share);
	spin_unlock_bh(&share->lock);
	rcu_read_unlock();
	list_del_rcu(&share->list);
}
