// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses and routes come and go with mastership.
 *
 * One worker per namespace makes the system agree with what the state machine
 * wants. It asks rtnetlink, so that everybody who watches addresses and routes
 * sees what we do, and marks what it puts in place. What does not carry the
 * mark is never taken away.
 *
 * A block of thousands of addresses takes its time. After each batch those let
 * in who wait for the worker, such as other routers that take over; what is
 * held in &kc_vrrp tells how far it came. Each address is a request of its own,
 * so RTNL is never held for long.
 *
 * items.c sees to it that no two routers of a namespace have the same address
 * or route; so what carries the mark and equals our item is ours, whatever
 * became of the answer that should have told us.
 */
#include <linux/inet.h>
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "../log.h"
#include "../net.h"
#include "attend.h"
#include "router.h"
#include "vmac.h"

/* What failed for want of memory or of a gateway may work later. */
#define RETRY NSEC_PER_SEC
/* So many requests in a row before others are let in. */
#define BATCH 128

static int index_of(const struct kc_vrrp *r, const char *ifname)
{
	struct net_device *dev;
	int ifindex;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(r->kn->net, ifname);
	ifindex = dev ? dev->ifindex : 0;
	rcu_read_unlock();
	return ifindex;
}

static const char *ifname_of(const struct kc_vrrp *r,
			     const struct kc_vrrp_item *item)
{
	return item->ifname[0] || item->is_route ? item->ifname : r->ifname;
}

static void complain(struct kc_vrrp *r, const struct kc_vrrp_item *item,
		     const char *verb, int err)
{
	const char *ifname = ifname_of(r, item);
	char addr[INET6_ADDRSTRLEN];

	if (!__ratelimit(&r->log))
		return;
	snprintf(addr, sizeof(addr),
		 item->family == KC_AF_INET6 ? "%pI6c" : "%pI4", item->addr);
	kc_warn("(%s) %s %s/%u%s%s: %srefused by the kernel: %pe (%d)\n",
		r->name, item->is_route ? "route" : "address", addr,
		item->prefixlen, ifname[0] ? " on " : "", ifname, verb,
		ERR_PTR(err), err);
}

/* Take an item away if we put it there; -errno if that is impossible. */
static int withdraw(struct kc_vrrp *r, struct kc_vrrp_item *item)
{
	int err;

	switch (item->state) {
	case KCLUSTER_VRRP_ITEM_STATE_HELD:
		break;
	case KCLUSTER_VRRP_ITEM_STATE_FAILED:
		/* It may have been held before, or the answer got lost. */
		if (item->ifindex || item->is_route)
			break;
		fallthrough;
	default:
		item->state = KCLUSTER_VRRP_ITEM_STATE_ABSENT;
		item->error = 0;
		return 0;
	}

	err = item->is_route ? kc_vrrp_route_del(r, item) :
	      item->local ? kc_vrrp_local_del(&r->kn->vrrp.request, item) :
			    kc_vrrp_address_del(&r->kn->vrrp.request, item);
	if (err == -EADDRNOTAVAIL || err == -ENODEV || err == -ENXIO ||
	    err == -ESRCH)
		err = 0;
	if (err) {
		if (item->error != -err)
			complain(r, item, "removal ", err);
		item->error = -err;
		return err;
	}
	item->state = KCLUSTER_VRRP_ITEM_STATE_ABSENT;
	item->error = 0;
	item->ifindex = 0;
	return 0;
}

/* It exists already: by us or by somebody else? */
static bool is_ours(struct kc_vrrp *r, const struct kc_vrrp_item *item,
		    int ifindex)
{
	/* The mark is part of what makes a local route unique. */
	if (item->local)
		return true;
	if (!item->is_route)
		return kc_vrrp_address_look(&r->kn->vrrp.request, item,
					    ifindex).ours;
	/*
	 * The protocol is part of what makes an IPv4 route unique. IPv6 looks
	 * at destination and metric only.
	 */
	return item->family == KC_AF_INET ||
	       item->state == KCLUSTER_VRRP_ITEM_STATE_HELD;
}

static int ask_for(struct kc_vrrp *r, struct kc_vrrp_item *item, int ifindex)
{
	/* It is there, so do not look for it among thousands. */
	if (item->seen && item->ifindex == ifindex)
		return -EALREADY;
	if (item->is_route)
		return kc_vrrp_route_add(r, item, ifindex);
	if (item->local)
		return kc_vrrp_local_add(&r->kn->vrrp.request, item, ifindex);
	return kc_vrrp_address_add(&r->kn->vrrp.request, item, ifindex);
}

/* Put an item in place; true if it was not there. */
static bool establish(struct kc_vrrp *r, struct kc_vrrp_item *item)
{
	bool held = item->state == KCLUSTER_VRRP_ITEM_STATE_HELD;
	const char *ifname = ifname_of(r, item);
	int ifindex = 0, err = 0;

	if (ifname[0]) {
		ifindex = index_of(r, ifname);
		/* The name may have passed to another device. */
		if (item->ifindex && item->ifindex != ifindex)
			withdraw(r, item);
		if (!ifindex)
			err = -ENODEV;
	}
	if (!err) {
		err = ask_for(r, item, ifindex);
		if (err == -EALREADY)
			return false;
		if (!err || err == -ENOBUFS)
			item->ifindex = ifindex;
	}

	if (err == -EEXIST || err == -EADDRINUSE) {
		if (err == -EEXIST && is_ours(r, item, ifindex)) {
			item->state = KCLUSTER_VRRP_ITEM_STATE_HELD;
			item->ifindex = ifindex;
		} else {
			item->state = KCLUSTER_VRRP_ITEM_STATE_FOREIGN;
			item->ifindex = 0;
		}
		item->error = 0;
		return false;
	}
	if (err) {
		/* Once is enough; it is tried again and again. */
		if (item->error != -err)
			complain(r, item, "", err);
		item->state = KCLUSTER_VRRP_ITEM_STATE_FAILED;
		item->error = -err;
		return false;
	}
	item->state = KCLUSTER_VRRP_ITEM_STATE_HELD;
	item->error = 0;
	if (held && r->pass.lost)
		kc_vrrp_guard_restored(r, item, ifname);
	return true;
}

/* One request more. Enough for now, and somebody waits? */
static bool spent(struct kc_vrrp *r, unsigned int *budget)
{
	if (*budget && --*budget)
		return false;
	return !list_empty_careful(&r->kn->vrrp.worker->work_list);
}

/*
 * In the reverse order of acquire(), so that primary addresses go last. False
 * if it is not through yet.
 */
static bool release(struct kc_vrrp *r, bool want, bool routes,
		    unsigned int *budget)
{
	struct kc_vrrp_item *item, *next;

	list_for_each_entry_safe_reverse(item, next, &r->items, list) {
		if (item->is_route != routes || (want && !item->dying))
			continue;
		/* Master again meanwhile. */
		if (!item->dying && READ_ONCE(r->want_held))
			continue;
		if (item->tried)
			continue;
		if (item->state != KCLUSTER_VRRP_ITEM_STATE_ABSENT &&
		    spent(r, budget))
			return false;
		item->tried = true;
		withdraw(r, item);
		if (item->dying) {
			list_del(&item->list);
			kfree(item);
		}
	}
	return true;
}

/* Notes if an address came that was not there. False as for release(). */
static bool acquire(struct kc_vrrp *r, bool routes, unsigned int *budget)
{
	struct kc_vrrp_item *item;

	list_for_each_entry(item, &r->items, list) {
		if (item->is_route != routes || item->dying)
			continue;
		if (item->tried)
			continue;
		if (!r->pass.recheck &&
		    (item->state == KCLUSTER_VRRP_ITEM_STATE_HELD ||
		     item->state == KCLUSTER_VRRP_ITEM_STATE_FOREIGN))
			continue;
		/* No master any more: the next pass takes back what came. */
		if (!READ_ONCE(r->want_held))
			break;
		if (spent(r, budget))
			return false;
		item->tried = true;
		r->pass.added |= establish(r, item) && !routes;
	}
	return true;
}

/* Is something not as it is wanted? */
static bool unsettled(const struct kc_vrrp *r, bool want)
{
	const struct kc_vrrp_item *item;

	list_for_each_entry(item, &r->items, list)
		if (want ? item->state == KCLUSTER_VRRP_ITEM_STATE_FAILED :
			   item->state != KCLUSTER_VRRP_ITEM_STATE_ABSENT)
			return true;
	return false;
}

/* No event tells when memory is back, and a backup must not keep an address. */
static void retry_later(struct kc_vrrp *r, bool retry)
{
	spin_lock_bh(&r->lock);
	r->retry_at = retry ? kc_now() + RETRY : KC_FSM_NEVER;
	if (retry)
		kc_vrrp_requeue(r);
	spin_unlock_bh(&r->lock);
}

/*
 * The takeover was announced when it happened. Whoever believed it got no
 * answer until now, so tell them again.
 */
static void announce_again(struct kc_vrrp *r)
{
	spin_lock_bh(&r->lock);
	if (!r->dead && r->fsm.state == KC_FSM_MASTER) {
		kc_vrrp_announce_start(r, kc_now());
		kc_vrrp_requeue(r);
	}
	spin_unlock_bh(&r->lock);
}

/* What is to be done now? A pass that let others in goes on where it was. */
static void begin(struct kc_vrrp *r)
{
	struct kc_vrrp_pass *pass = &r->pass;
	struct kc_vrrp_item *item;
	bool recheck, lost, want;

	spin_lock_bh(&r->lock);
	want = r->want_held;
	recheck = r->recheck;
	r->recheck = false;
	spin_unlock_bh(&r->lock);
	lost = test_and_clear_bit(KC_VRRP_LOST, &r->lost);
	recheck |= lost;

	if (pass->unfinished && pass->want == want && !recheck)
		return;
	pass->want = want;
	pass->recheck = recheck || (pass->unfinished && pass->recheck);
	pass->lost = lost || (pass->unfinished && pass->lost);
	list_for_each_entry(item, &r->items, list) {
		item->tried = false;
		item->seen = false;
	}
	if (want && pass->recheck)
		kc_vrrp_addresses_look(r);
}

/* Gateways are reached through the addresses. */
static bool make_agree(struct kc_vrrp *r, unsigned int *budget)
{
	bool want = r->pass.want;

	return release(r, want, true, budget) &&
	       release(r, want, false, budget) &&
	       (!want || (acquire(r, false, budget) &&
			  acquire(r, true, budget)));
}

/**
 * kc_vrrp_hold_work() - make the system agree with @want_held
 * @work: hold_work of a router
 *
 * Context: worker of the namespace; takes hold_mutex, and RTNL inside.
 */
void kc_vrrp_hold_work(struct kthread_work *work)
{
	struct kc_vrrp *r = container_of(work, struct kc_vrrp, hold_work);
	struct kc_vrrp_pass *pass = &r->pass;
	unsigned int budget = BATCH;
	bool retry, added, through, want;
	int lacking, vmac = 0;

	mutex_lock(&r->hold_mutex);
	do {
		begin(r);
		/* What packets must know precedes the addresses, and stays. */
		lacking = kc_vrrp_claims_build(r);
		if (pass->want && !r->attended)
			kc_vrrp_attend_takeover(r->kn);
		r->attended = pass->want;
		if (pass->want)
			pass->added |= kc_vrrp_vmac_apply(r, true) > 0;
		through = make_agree(r, &budget);
		WRITE_ONCE(pass->unfinished, !through);
		if (!through)
			break;
		lacking |= kc_vrrp_claims_build(r);
		vmac = kc_vrrp_vmac_apply(r, pass->want);
		pass->added |= vmac > 0;
	} while (READ_ONCE(r->want_held) != pass->want);
	if (!through) {
		mutex_unlock(&r->hold_mutex);
		kthread_queue_work(r->kn->vrrp.worker, &r->hold_work);
		return;
	}
	retry = unsettled(r, pass->want) || lacking || vmac < 0;
	added = pass->added;
	want = pass->want;
	pass->added = false;
	mutex_unlock(&r->hold_mutex);

	retry_later(r, retry);
	if (!want && !retry)
		kc_vrrp_votes_release(r);
	if (added)
		announce_again(r);
	kc_vrrp_paths_rejoin(r);
}

/**
 * kc_vrrp_hold_wait() - wait until the worker is through with a router
 * @r: the router, mutex of its namespace held
 *
 * Context: process, not under RTNL
 */
void kc_vrrp_hold_wait(struct kc_vrrp *r)
{
	/* An unfinished pass has queued itself before it is waited for. */
	do {
		kthread_flush_work(&r->hold_work);
	} while (READ_ONCE(r->pass.unfinished));
}

/**
 * kc_vrrp_hold_again() - look again at what a router holds
 * @r: the router
 *
 * IPv6 addresses and all routes vanish when a device goes down, and what a
 * missing device refused may be possible now. Which items live on which device
 * is known under hold_mutex only, so the worker looks at all of them.
 *
 * Context: process, also under RTNL; takes the router's lock.
 */
void kc_vrrp_hold_again(struct kc_vrrp *r)
{
	spin_lock_bh(&r->lock);
	if (!r->dead && r->want_held) {
		r->recheck = true;
		kthread_queue_work(r->kn->vrrp.worker, &r->hold_work);
	}
	spin_unlock_bh(&r->lock);
}

/**
 * kc_vrrp_hold_now() - let the worker look now and wait for it
 * @r: the router, mutex of its namespace held
 *
 * Also for a router that is dead: what packets know of it is forgotten then.
 *
 * Context: process, not under RTNL
 */
void kc_vrrp_hold_now(struct kc_vrrp *r)
{
	kthread_queue_work(r->kn->vrrp.worker, &r->hold_work);
	kc_vrrp_hold_wait(r);
}
