/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who wants to be ready before a virtual router comes or goes: what lives above
 * virtual routers, and of which these know nothing. There is one at most, from
 * before the first namespace to after the last one, so nothing needs a lock.
 */
#ifndef KC_VRRP_ATTEND_H
#define KC_VRRP_ATTEND_H

#include <linux/types.h>

struct kc_net;

/**
 * struct kc_vrrp_attendant - what to ask and to tell
 */
struct kc_vrrp_attendant {
	/**
	 * @takeover: a router is master, and its addresses are about to be put
	 * in place. Worker of the namespace; may sleep, but only for a moment:
	 * meanwhile nobody has the addresses.
	 */
	void (*takeover)(struct kc_net *kn);
	/**
	 * @unready: would a takeover lose something now that it would not lose
	 * later? Softirq, a router is locked.
	 */
	bool (*unready)(struct kc_net *kn);
	/**
	 * @leave: routers are about to give up their addresses because the
	 * operator says so. Process, may sleep for less than a second.
	 */
	void (*leave)(struct kc_net *kn);
};

void kc_vrrp_attend(const struct kc_vrrp_attendant *attendant);
void kc_vrrp_attend_takeover(struct kc_net *kn);
void kc_vrrp_attend_leave(struct kc_net *kn);
bool kc_vrrp_is_unready(struct kc_net *kn);

#endif
