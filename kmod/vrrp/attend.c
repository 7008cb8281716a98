// SPDX-License-Identifier: GPL-2.0
/*
 * Who wants to be ready before a virtual router comes or goes.
 */
#include "../net.h"
#include "attend.h"

static const struct kc_vrrp_attendant *attendant;

/**
 * kc_vrrp_attend() - be asked and told; NULL for nobody any more
 * @who: the one
 *
 * Context: module init and exit, while there are no routers.
 */
void kc_vrrp_attend(const struct kc_vrrp_attendant *who)
{
	attendant = who;
}

/**
 * kc_vrrp_attend_takeover() - addresses are about to be put in place
 * @kn: the namespace
 *
 * Context: its worker
 */
void kc_vrrp_attend_takeover(struct kc_net *kn)
{
	if (attendant)
		attendant->takeover(kn);
}

/**
 * kc_vrrp_attend_leave() - routers are about to stand by
 * @kn: the namespace, its mutex held
 *
 * Context: process
 */
void kc_vrrp_attend_leave(struct kc_net *kn)
{
	if (attendant)
		attendant->leave(kn);
}

/**
 * kc_vrrp_is_unready() - would a takeover now lose what it would not lose later?
 * @kn: the namespace
 *
 * Context: softirq or process, a router may be locked
 */
bool kc_vrrp_is_unready(struct kc_net *kn)
{
	return attendant && attendant->unready(kn);
}
