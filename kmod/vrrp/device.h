/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network devices as virtual routers see them.
 */
#ifndef KC_VRRP_DEVICE_H
#define KC_VRRP_DEVICE_H

#include <linux/types.h>

struct kc_vrrp;
struct kc_vrrp_path;
struct net_device;
struct notifier_block;

/* 224.0.0.18 and ff02::12, network order */
extern const u8 kc_vrrp_group4[4] __aligned(4);
extern const u8 kc_vrrp_group6[16] __aligned(4);

bool kc_vrrp_device_up(const struct net_device *dev,
		       const struct net_device *going);
int kc_vrrp_device_event(struct notifier_block *nb, unsigned long event,
			 void *ptr);
bool kc_vrrp_is_virtual(const struct kc_vrrp *r, u8 family, const void *addr,
			u8 proto);
bool kc_vrrp_device_source(const struct kc_vrrp_path *path,
			   const struct net_device *dev, u8 *source);

#endif
