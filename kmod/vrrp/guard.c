// SPDX-License-Identifier: GPL-2.0
/*
 * What a master holds and somebody else takes away: network managers remove
 * addresses and routes that they do not know. It is put back at once; where
 * that goes on and on, the one who removes it wins, and the router is in FAULT
 * and says why, rather than master of an address that comes and goes.
 */
#include <linux/inet.h>
#include <linux/netdevice.h>
#include <net/fib_notifier.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/nexthop.h>

#include "../log.h"
#include "../net.h"
#include "router.h"

/* So many removals of one item in that time are a fight, and end it for long. */
#define REMOVALS_MAX 5
#define REMOVALS_TIME (10 * NSEC_PER_SEC)
#define FIGHT_PAUSE (30 * NSEC_PER_SEC)
/* A flush comes back until nothing is left: that is one removal. */
#define REMOVALS_GAP (NSEC_PER_SEC / 2)

/**
 * kc_vrrp_guard_lost() - something of what a router holds may be gone
 * @r: the router, found under RCU
 *
 * Context: any, also with locks held under which the router's lock must not be
 * taken; those of routing tables are taken while it advertises.
 */
void kc_vrrp_guard_lost(struct kc_vrrp *r)
{
	/* Deleted meanwhile: the work is flushed after a grace period. */
	if (!READ_ONCE(r->want_held))
		return;
	set_bit(KC_VRRP_LOST, &r->lost);
	kthread_queue_work(r->kn->vrrp.worker, &r->hold_work);
}

/**
 * kc_vrrp_route_bit() - hash of a route's destination
 * @family: KC_AF_INET or KC_AF_INET6
 * @dst: network order
 * @prefixlen: of @dst
 *
 * Return: number below KC_VRRP_ROUTE_BITS
 */
unsigned int kc_vrrp_route_bit(u8 family, const u8 *dst, u8 prefixlen)
{
	unsigned int hash = family * 31 + prefixlen;
	size_t i;

	for (i = 0; i < kc_addr_len(family); i++)
		hash = hash * 31 + dst[i];
	return hash % KC_VRRP_ROUTE_BITS;
}

/**
 * struct removal - what an event of the routing tables says
 * @bit: of the destination
 * @ours: it is about a route that carries our mark
 * @up: its device is up: those of a device that goes down are nobody's deed
 */
struct removal {
	unsigned int bit;
	bool ours;
	bool up;
};

static struct removal look4(const struct fib_entry_notifier_info *info)
{
	const struct net_device *dev = fib_info_nhc(info->fi, 0)->nhc_dev;
	__be32 dst = htonl(info->dst);

	return (struct removal) {
		.bit = kc_vrrp_route_bit(KC_AF_INET, (const u8 *)&dst,
					 info->dst_len),
		.ours = info->fi->fib_protocol == KC_MARK_VRRP,
		.up = !dev || dev->flags & IFF_UP,
	};
}

static struct removal look6(const struct fib6_entry_notifier_info *info)
{
	const struct net_device *dev = fib6_info_nh_dev(info->rt);
	const struct rt6key *dst = &info->rt->fib6_dst;

	return (struct removal) {
		.bit = kc_vrrp_route_bit(KC_AF_INET6, dst->addr.s6_addr,
					 dst->plen),
		.ours = info->rt->fib6_protocol == KC_MARK_VRRP,
		.up = !dev || dev->flags & IFF_UP,
	};
}

/*
 * A route that goes is told of as deleted if it was the last one of its
 * destination, otherwise as replaced by the one that counts now. One that did
 * not count is not told of at all. Called with locks of the tables held.
 */
static int route_event(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	struct kc_net *kn = container_of(nb, struct kc_net, vrrp.fib_nb);
	struct fib_notifier_info *info = ptr;
	struct removal removal;
	struct kc_vrrp *r;

	if (event != FIB_EVENT_ENTRY_DEL && event != FIB_EVENT_ENTRY_REPLACE)
		return NOTIFY_DONE;
	if (info->family == AF_INET)
		removal = look4(container_of(info,
					     struct fib_entry_notifier_info,
					     info));
	else if (info->family == AF_INET6)
		removal = look6(container_of(info,
					     struct fib6_entry_notifier_info,
					     info));
	else
		return NOTIFY_DONE;
	if (event == FIB_EVENT_ENTRY_DEL ? !removal.ours || !removal.up :
	    removal.ours || !test_bit(removal.bit, kn->vrrp.route_bits))
		return NOTIFY_DONE;
	/* A local route is ours alone: it is not replaced, it goes. */
	rcu_read_lock();
	list_for_each_entry_rcu(r, &kn->vrrp.routers, list)
		if (READ_ONCE(r->n_routes) ||
		    (event == FIB_EVENT_ENTRY_DEL && READ_ONCE(r->n_locals)))
			kc_vrrp_guard_lost(r);
	rcu_read_unlock();
	return NOTIFY_DONE;
}

/**
 * kc_vrrp_guard_register() - hear of routes in a network namespace
 * @kn: the namespace, its worker ready
 *
 * Return: 0 or a negative errno
 */
int kc_vrrp_guard_register(struct kc_net *kn)
{
	int err;

	kn->vrrp.fib_nb.notifier_call = route_event;
	err = register_fib_notifier(kn->net, &kn->vrrp.fib_nb, NULL, NULL);
	if (err != -EBUSY)
		return err;
	/* Better without this than not at all. */
	kc_warn("routes change too fast to begin to watch them: those that others remove are not put back\n");
	return 0;
}

/**
 * kc_vrrp_guard_unregister() - hear of them no more
 * @kn: the namespace
 */
void kc_vrrp_guard_unregister(struct kc_net *kn)
{
	unregister_fib_notifier(kn->net, &kn->vrrp.fib_nb);
}

/**
 * kc_vrrp_guard_restored() - an item was put back that had been removed
 * @r: the router
 * @item: the item, hold_mutex held
 * @where: name of its device, or empty
 *
 * Context: worker of the namespace; takes the router's lock
 */
void kc_vrrp_guard_restored(struct kc_vrrp *r, struct kc_vrrp_item *item,
			    const char *where)
{
	const char *what = item->is_route ? "route" : "address";
	char addr[INET6_ADDRSTRLEN];
	u64 now = kc_now();

	lockdep_assert_held(&r->hold_mutex);
	if (!item->removals || now - item->removed_at > REMOVALS_TIME) {
		item->removals = 0;
		item->removed_at = now;
	}
	if (!item->removals || now - item->counted_at > REMOVALS_GAP) {
		item->removals++;
		item->counted_at = now;
	}
	snprintf(addr, sizeof(addr),
		 item->family == KC_AF_INET6 ? "%pI6c" : "%pI4", item->addr);

	spin_lock_bh(&r->lock);
	r->stats[KCLUSTER_A_VRRP_STATS_RESTORED]++;
	if (__ratelimit(&r->log))
		kc_warn("(%s) %s %s/%u%s%s was removed by somebody else - put back\n",
			r->name, what, addr, item->prefixlen,
			where[0] ? " on " : "", where);
	if (item->removals >= REMOVALS_MAX && !r->dead) {
		item->removals = 0;
		snprintf(r->fight, sizeof(r->fight),
			 "somebody else removes %s %s/%u%s%s again and again",
			 what, addr, item->prefixlen, where[0] ? " on " : "",
			 where);
		r->fight_until = now + FIGHT_PAUSE;
		kc_vrrp_reassess(r, NULL);
		kc_vrrp_requeue(r);
	}
	spin_unlock_bh(&r->lock);
}
