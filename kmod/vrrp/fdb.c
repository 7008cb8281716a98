// SPDX-License-Identifier: GPL-2.0
/*
 * Bridges: what they deliver to themselves is in their forwarding database.
 *
 * An address in the filter of a bridge would make it promiscuous instead, and
 * leave frames to the virtual MAC to flooding, or to a port on which the last
 * master was learned.
 */
#include <linux/if_bridge.h>
#include <linux/if_vlan.h>
#include <linux/neighbour.h>
#include <linux/netdevice.h>

#include "../net.h"
#include "router.h"
#include "vmac.h"

/**
 * kc_vrrp_fdb_bridge() - does a bridge decide which frames a device gets?
 * @dev: the device, under RTNL or RCU
 * @vlan: set to the VLAN of the bridge that is @dev, 0 for the bridge itself
 *
 * Return: interface index of the bridge, 0 if there is none
 */
int kc_vrrp_fdb_bridge(const struct net_device *dev, u16 *vlan)
{
	const struct net_device *real;

	*vlan = 0;
	if (netif_is_bridge_master(dev))
		return dev->ifindex;
	if (!is_vlan_dev(dev))
		return 0;
	/* The lowest one, which is the next one unless VLANs are stacked. */
	real = vlan_dev_real_dev(dev);
	if (!netif_is_bridge_master(real) ||
	    dev_get_iflink(dev) != real->ifindex)
		return 0;
	*vlan = vlan_dev_vlan_id(dev);
	return real->ifindex;
}

static void begin(struct kc_vrrp *r, u16 type, u16 flags, int bridge, u16 vlan)
{
	struct kc_request *req = &r->kn->vrrp.request;
	struct ndmsg *ndm;

	ndm = kc_request_begin(req, type, flags, sizeof(*ndm));
	ndm->ndm_family = AF_BRIDGE;
	ndm->ndm_ifindex = bridge;
	ndm->ndm_state = NUD_PERMANENT;
	ndm->ndm_flags = NTF_SELF;
	kc_request_put(req, NDA_LLADDR, r->mac, sizeof(r->mac));
	if (vlan)
		kc_request_put(req, NDA_VLAN, &vlan, sizeof(vlan));
}

/**
 * kc_vrrp_fdb_enter() - let a bridge deliver frames to the virtual MAC
 * @r: the router
 * @bridge: interface index
 * @vlan: VLAN, 0 for all; cleared if the bridge does not tell VLANs apart
 *
 * Context: worker of the namespace; takes RTNL
 * Return: 0 or a negative errno
 */
int kc_vrrp_fdb_enter(struct kc_vrrp *r, int bridge, u16 *vlan)
{
	const u16 flags = NLM_F_CREATE | NLM_F_REPLACE;
	int err;

	begin(r, RTM_NEWNEIGH, flags, bridge, *vlan);
	err = kc_request_send(&r->kn->vrrp.request);
	if (err != -EINVAL || !*vlan)
		return err;
	*vlan = 0;
	begin(r, RTM_NEWNEIGH, flags, bridge, 0);
	return kc_request_send(&r->kn->vrrp.request);
}

/**
 * kc_vrrp_fdb_remove() - let a bridge treat the virtual MAC as any other
 * @r: the router
 * @bridge: interface index
 * @vlan: as kc_vrrp_fdb_enter() left it
 *
 * Context: worker of the namespace; takes RTNL
 * Return: 0, also if there is no such entry, or a negative errno
 */
int kc_vrrp_fdb_remove(struct kc_vrrp *r, int bridge, u16 vlan)
{
	int err;

	begin(r, RTM_DELNEIGH, 0, bridge, vlan);
	err = kc_request_send(&r->kn->vrrp.request);
	return err == -ENOENT || err == -ENODEV ? 0 : err;
}
