/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Questions about devices and the addresses they have.
 */
#ifndef KC_LINK_H
#define KC_LINK_H

#include <linux/types.h>

struct net_device;

bool kc_link_is_wireguard(const struct net_device *dev);
bool kc_link_is_local(const struct net_device *dev, u8 family, const u8 *addr);

#endif
