// SPDX-License-Identifier: GPL-2.0
/*
 * What there is to tell user space of addresses, of which a router may have
 * more than fit in a message.
 */
#include <linux/mutex.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "extack.h"
#include "net.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "vrrp/router.h"

/**
 * kc_netlink_fill_address() - tell of an address
 * @skb: the message
 * @type: of the attribute that tells it
 * @item: the address, with the lock that protects what became of it
 *
 * Return: 0 or -EMSGSIZE
 */
int kc_netlink_fill_address(struct sk_buff *skb, u16 type,
			    const struct kc_vrrp_item *item)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    nla_put(skb, KCLUSTER_A_ADDRESS_ADDRESS,
		    kc_addr_len(item->family), item->addr) ||
	    nla_put_u8(skb, KCLUSTER_A_ADDRESS_PREFIXLEN, item->prefixlen) ||
	    nla_put_u8(skb, KCLUSTER_A_ADDRESS_SCOPE, item->scope) ||
	    nla_put_u8(skb, KCLUSTER_A_ADDRESS_STATE, item->state))
		goto cancel;
	if (item->ifname[0] &&
	    nla_put_string(skb, KCLUSTER_A_ADDRESS_IFNAME, item->ifname))
		goto cancel;
	if (item->excluded && nla_put_flag(skb, KCLUSTER_A_ADDRESS_EXCLUDED))
		goto cancel;
	if (item->local && nla_put_flag(skb, KCLUSTER_A_ADDRESS_LOCAL))
		goto cancel;
	if (item->error &&
	    nla_put_u32(skb, KCLUSTER_A_ADDRESS_ERROR, item->error))
		goto cancel;
	nla_nest_end(skb, nest);
	return 0;

cancel:
	if (nest)
		nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

/*
 * Adds addresses from the one of number *@next on, as many as there is room
 * for, and sets which one is next; hold_mutex is held. False if none fits.
 */
static bool fill_some(struct sk_buff *skb, const struct kc_vrrp *r,
		      unsigned long *next)
{
	unsigned long index = 0, first = *next;
	const struct kc_vrrp_item *item;

	list_for_each_entry(item, &r->items, list) {
		if (item->is_route || item->dying || index++ < first)
			continue;
		if (kc_netlink_fill_address(skb, KCLUSTER_A_VRRP_ADDRESS, item))
			break;
		++*next;
	}
	return *next > first;
}

static int dump_addresses(struct sk_buff *skb, struct netlink_callback *cb,
			  struct kc_vrrp *r)
{
	unsigned long *next = (unsigned long *)&cb->args[0];
	bool some;
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &kcluster_nl_family, NLM_F_MULTI,
			  KCLUSTER_CMD_VRRP_ADDRESS_GET);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (nla_put_string(skb, KCLUSTER_A_VRRP_NAME, r->name)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	mutex_lock(&r->hold_mutex);
	some = *next < r->n_addresses && fill_some(skb, r, next);
	mutex_unlock(&r->hold_mutex);
	if (some)
		genlmsg_end(skb, hdr);
	else
		genlmsg_cancel(skb, hdr);
	return 0;
}

int kcluster_nl_vrrp_address_get_dumpit(struct sk_buff *skb,
					struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct kc_net *kn = kc_net(sock_net(skb->sk));
	struct kc_vrrp *r;
	int err;

	mutex_lock(&kn->vrrp.mutex);
	/* 0 would mean that there is nothing to compare. */
	cb->seq = kn->vrrp.generation + 1;
	r = kc_netlink_find_router(kn, info);
	err = IS_ERR(r) ? PTR_ERR(r) : dump_addresses(skb, cb, r);
	mutex_unlock(&kn->vrrp.mutex);
	return skb->len ?: err;
}
