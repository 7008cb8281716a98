// SPDX-License-Identifier: GPL-2.0
/*
 * Telling the neighbours who holds the addresses: gratuitous ARP and
 * unsolicited neighbour advertisements (RFC 9568, 6.4.2, 6.4.3).
 *
 * Each takeover announces every address several times: the first round is
 * sent together with the first advert, the later ones reach neighbours whose
 * link or switch was not ready. A round goes out in batches, so that many
 * addresses neither hold the CPU nor flood a switch.
 *
 * A virtual MAC stays where the neighbours know it: when another node takes
 * over, only the switches have to learn, for which one frame per device will
 * do. A large block is announced like that, once all of it has been announced
 * by us, or by whoever sent adverts from that MAC before.
 */
#include <linux/if_arp.h>
#include <linux/netdevice.h>

#include "../frame.h"
#include "../net.h"
#include "router.h"
#include "vmac.h"

#define BATCH 64
#define BATCH_GAP NSEC_PER_MSEC

/*
 * A switch forgets a virtual MAC from which it hears nothing, and floods what
 * goes there. Advertisements remind it, but not on each device; that is what
 * one frame per device is for. Switches remember for minutes.
 */
#define REMIND (60 * NSEC_PER_SEC)

/* When round n+1 begins, after round n. */
static const u64 round_gap[] = {
	50 * NSEC_PER_MSEC,
	450 * NSEC_PER_MSEC,
	1500 * NSEC_PER_MSEC,
	3000 * NSEC_PER_MSEC,
};

/*
 * Is the address to be announced where it lives at the virtual MAC? @first: of
 * its device.
 */
static bool is_needed(const struct kc_vrrp *r, bool first)
{
	if (first)
		return true;
	if (r->announce_round > ARRAY_SIZE(round_gap))
		return false;
	return r->n_vips <= BATCH || (!r->introduced && !r->announce_round);
}

static void announce_one(struct kc_vrrp *r, const struct kc_vrrp_vip *vip)
{
	struct net_device *dev;
	const u8 *mac;

	dev = dev_get_by_name_rcu(r->kn->net, vip->ifname);
	if (!dev || !(dev->flags & IFF_UP) || (dev->flags & IFF_NOARP) ||
	    dev->type != ARPHRD_ETHER)
		return;

	mac = kc_vrrp_vmac_on(r, dev);
	if (mac && !is_needed(r, vip->first))
		return;
	if (kc_frame_announce(dev, mac ?: dev->dev_addr, vip->family,
			      vip->addr))
		r->stats[KCLUSTER_A_VRRP_STATS_SEND_ERRORS]++;
	else
		r->stats[KCLUSTER_A_VRRP_STATS_ANNOUNCEMENTS]++;
}

/**
 * kc_vrrp_announce_run() - send the next batch if it is due
 * @r: the router, locked
 * @now: present time, ns
 */
void kc_vrrp_announce_run(struct kc_vrrp *r, u64 now)
{
	const struct kc_vrrp_vip *vip;
	unsigned int end;

	lockdep_assert_held(&r->lock);

	if (now < r->announce_at)
		return;
	if (r->fsm.state != KC_FSM_MASTER) {
		r->announce_at = KC_FSM_NEVER;
		return;
	}

	end = min(r->announce_next + BATCH, r->n_vips);
	r->batch_at = now;
	rcu_read_lock();
	while (r->announce_next < end) {
		vip = &r->vips[r->announce_next++];
		if (vip->first || r->announce_round <= ARRAY_SIZE(round_gap))
			announce_one(r, vip);
	}
	rcu_read_unlock();

	if (r->announce_next < r->n_vips) {
		r->announce_at = now + BATCH_GAP;
		return;
	}
	r->announce_next = 0;
	if (!r->announce_round && r->settings.vmac)
		r->introduced = true;
	if (r->announce_round < ARRAY_SIZE(round_gap)) {
		r->announce_at = now + round_gap[r->announce_round++];
	} else if (r->settings.vmac) {
		r->announce_round = ARRAY_SIZE(round_gap) + 1;
		r->announce_at = now + REMIND;
	} else {
		r->announce_at = KC_FSM_NEVER;
	}
}

/**
 * kc_vrrp_announce_start() - announce all addresses, beginning now or as soon
 * as another batch may follow the last one
 * @r: the router, locked; a master
 * @now: present time, ns
 */
void kc_vrrp_announce_start(struct kc_vrrp *r, u64 now)
{
	lockdep_assert_held(&r->lock);

	r->announce_next = 0;
	r->announce_round = 0;
	r->announce_at = max(now, r->batch_at + BATCH_GAP);
	kc_vrrp_announce_run(r, now);
}
