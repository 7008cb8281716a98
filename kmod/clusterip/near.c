// SPDX-License-Identifier: GPL-2.0
/*
 * Flows that have no address of a cluster IP but pass through one that follows
 * another: the end that routing finds behind it is the near one, and the other
 * one tells whom the flow belongs to.
 */
#include <linux/rculist.h>
#include <net/dst.h>

#include "../net.h"
#include "../send.h"
#include "clusterip.h"
#include "set.h"

/* By which device do packets get there? 0 if they do not. */
static int leaves_by(struct kc_net *kn, u8 family, const void *addr)
{
	struct kc_send to = { .family = family };
	struct dst_entry *route;
	int ifindex;

	memcpy(to.dst, addr, kc_addr_len(family));
	route = kc_send_route(kn->net, NULL, &to);
	if (IS_ERR(route))
		return 0;
	ifindex = route->dev->ifindex;
	dst_release(route);
	return ifindex;
}

/**
 * kc_cip_near() - is an address behind a cluster IP that follows another one?
 * @kn: the namespace
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 *
 * Context: any but hard interrupts, under RCU
 * Return: the holder of the estate of the other one, or NULL
 */
struct kc_estate_holder *kc_cip_near(struct kc_net *kn, u8 family,
				     const void *addr)
{
	const struct kc_cip_device *cd;
	const struct kc_cip_set *set;
	const struct kc_cip *cip;
	unsigned int i;
	int ifindex;

	if (!READ_ONCE(kn->cip.followers))
		return NULL;
	ifindex = leaves_by(kn, family, addr);
	list_for_each_entry_rcu(cd, &kn->cip.devices, list) {
		if (cd->ifindex != ifindex)
			continue;
		set = rcu_dereference(cd->set);
		for (i = 0; i < set->n_gateways; i++) {
			cip = READ_ONCE(set->gateways[i].cip);
			if (cip && cip->leader)
				return &cip->leader->estate;
		}
	}
	return NULL;
}
