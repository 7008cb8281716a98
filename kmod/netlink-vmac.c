// SPDX-License-Identifier: GPL-2.0
/*
 * What there is to tell user space of virtual MACs and of Accept_Mode.
 */
#include <net/genetlink.h>

#include "net.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "vrrp/router.h"

/**
 * kc_netlink_fill_vmac() - tell how packets see a router's addresses
 * @skb: the message
 * @r: the router, mutex of its namespace held
 *
 * Return: 0 or -EMSGSIZE
 */
int kc_netlink_fill_vmac(struct sk_buff *skb, struct kc_vrrp *r)
{
	char flaw[KC_VRRP_REASON_MAX];

	spin_lock_bh(&r->lock);
	strscpy(flaw, r->vmac_flaw, sizeof(flaw));
	spin_unlock_bh(&r->lock);

	if (nla_put_u8(skb, KCLUSTER_A_VRRP_VMAC, r->settings.vmac) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_ACCEPT, r->settings.accept))
		return -EMSGSIZE;
	if (!r->settings.vmac)
		return 0;
	if (nla_put(skb, KCLUSTER_A_VRRP_VMAC_ADDRESS, sizeof(r->mac), r->mac))
		return -EMSGSIZE;
	if (flaw[0] && nla_put_string(skb, KCLUSTER_A_VRRP_VMAC_FLAW, flaw))
		return -EMSGSIZE;
	return 0;
}
