// SPDX-License-Identifier: GPL-2.0
/*
 * Questions about devices and the addresses they have.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/route.h>
#include <net/rtnetlink.h>

#include "core/types.h"
#include "link.h"

/**
 * kc_link_is_wireguard() - does the device know who sends what it receives?
 * @dev: the device
 *
 * Context: under RCU or RTNL
 */
bool kc_link_is_wireguard(const struct net_device *dev)
{
	return dev->rtnl_link_ops && dev->rtnl_link_ops->kind &&
	       !strcmp(dev->rtnl_link_ops->kind, "wireguard");
}

/**
 * kc_link_is_local() - is a unicast address one of this node?
 * @dev: where a packet to it came in
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 *
 * Packets that are only routed or bridged through here pass PRE_ROUTING, too.
 *
 * Context: under RCU
 */
bool kc_link_is_local(const struct net_device *dev, u8 family, const u8 *addr)
{
	struct in6_addr addr6;
	__be32 addr4;

	if (family == KC_AF_INET6) {
		memcpy(&addr6, addr, sizeof(addr6));
		return ipv6_chk_addr(dev_net(dev), &addr6, dev, 0);
	}
	memcpy(&addr4, addr, sizeof(addr4));
	return inet_addr_type_dev_table(dev_net(dev), dev, addr4) == RTN_LOCAL;
}
