// SPDX-License-Identifier: GPL-2.0
/*
 * From the address of a packet to its cluster IP: see set.h.
 */
#include <linux/log2.h>
#include <linux/slab.h>

#include "../vrrp/item.h"
#include "clusterip.h"
#include "set.h"

static u8 bits_for(unsigned int n)
{
	/* At most half full, so that each search comes to an end soon. */
	return n ? order_base_2(2 * n) : 1;
}

/* The length of a prefix, which is noted in the set. */
static const struct kc_cip_len *note_len(struct kc_cip_set *set, u8 prefixlen)
{
	__be32 mask = htonl(~0U << (32 - prefixlen));
	u64 key = (u64)prefixlen << 32;
	struct kc_cip_len *len;

	for (len = set->lens; len->key && len->key != key; len++)
		;
	len->key = key;
	len->mask = (__force u32)mask;
	return len;
}

static void enter4(struct kc_cip_set *set, struct kc_cip *cip,
		   const struct kc_vrrp_item *item)
{
	const struct kc_cip_len *len;
	u32 addr, i;
	u64 key;

	len = note_len(set, item->local ? item->prefixlen : 32);
	memcpy(&addr, item->addr, sizeof(addr));
	key = (addr & len->mask) | len->key;
	i = kc_cip_slot4(key, set->shift4);
	while (set->table4[i].key)
		i = (i + 1) & set->mask4;
	set->table4[i].key = key;
	set->table4[i].cip = cip;
}

static void enter6(struct kc_cip_set *set, struct kc_cip *cip,
		   const struct kc_vrrp_item *item)
{
	struct kc_cip_entry6 *entry;
	u64 high, low;
	u32 i;

	memcpy(&high, item->addr, sizeof(high));
	memcpy(&low, item->addr + sizeof(high), sizeof(low));
	i = kc_cip_slot6(high, low, set->shift6);
	for (;; i = (i + 1) & set->mask6) {
		entry = &set->table6[i];
		if (!entry->low && !entry->high)
			break;
	}
	entry->high = high;
	entry->low = low;
	entry->cip = cip;
}

static void enter_gateway(struct kc_cip_set *set, struct kc_cip *cip)
{
	struct kc_cip_gateway *gateway = &set->gateways[set->n_gateways++];

	memcpy(gateway->mac, cip->mac, sizeof(gateway->mac));
	gateway->cip = cip;
}

/**
 * kc_cip_set_make() - all addresses of a device
 * @cd: the device, with its members; their mutex and RTNL held
 *
 * Return: the set, for kvfree(), or NULL if there is no memory for it
 */
struct kc_cip_set *kc_cip_set_make(const struct kc_cip_device *cd)
{
	const struct kc_vrrp_item *item;
	unsigned int n4 = 0, n6 = 0, gateways = 0;
	struct kc_cip_set *set;
	struct kc_cip *cip;
	size_t size4, size6;
	u8 bits4, bits6;

	list_for_each_entry(cip, &cd->members, beside) {
		gateways += cip->gateway;
		list_for_each_entry(item, &cip->items, list) {
			if (item->family == KC_AF_INET6)
				n6++;
			else
				n4++;
		}
	}
	bits4 = bits_for(n4);
	bits6 = bits_for(n6);
	size4 = sizeof(*set->table4) << bits4;
	size6 = sizeof(*set->table6) << bits6;
	set = kvzalloc(sizeof(*set) + size4 + size6 +
		       gateways * sizeof(*set->gateways), GFP_KERNEL_ACCOUNT);
	if (!set)
		return NULL;
	set->shift4 = 32 - bits4;
	set->shift6 = 64 - bits6;
	set->mask4 = (1U << bits4) - 1;
	set->mask6 = (1U << bits6) - 1;
	set->table4 = (void *)(set + 1);
	set->table6 = (void *)((u8 *)(set + 1) + size4);
	set->gateways = (void *)((u8 *)set->table6 + size6);
	list_for_each_entry(cip, &cd->members, beside) {
		if (cip->gateway)
			enter_gateway(set, cip);
		list_for_each_entry(item, &cip->items, list) {
			if (item->family == KC_AF_INET6)
				enter6(set, cip, item);
			else
				enter4(set, cip, item);
		}
	}
	return set;
}

/**
 * kc_cip_set_forget() - let a cluster IP not be found
 * @set: the set, which packets may be looking at; RTNL held
 * @cip: the cluster IP
 *
 * Nobody finds it any more after a grace period.
 */
void kc_cip_set_forget(struct kc_cip_set *set, const struct kc_cip *cip)
{
	u32 i;

	for (i = 0; i < set->n_gateways; i++)
		if (set->gateways[i].cip == cip)
			WRITE_ONCE(set->gateways[i].cip, NULL);
	for (i = 0; i <= set->mask4; i++)
		if (set->table4[i].cip == cip)
			WRITE_ONCE(set->table4[i].cip, NULL);
	for (i = 0; i <= set->mask6; i++)
		if (set->table6[i].cip == cip)
			WRITE_ONCE(set->table6[i].cip, NULL);
}
