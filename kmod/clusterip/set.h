/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the address of a packet to its cluster IP.
 *
 * Two open hash tables, at most half full, of addresses masked by the few
 * prefix lengths there are: 4096 addresses cost what one does. Made anew when a
 * cluster IP comes; one that goes is only forgotten, which cannot fail.
 */
#ifndef KC_CLUSTERIP_SET_H
#define KC_CLUSTERIP_SET_H

#include <linux/hash.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/types.h>

#include "../core/neigh.h"

struct kc_cip;

/* Local prefixes have /20 to /32. */
#define KC_CIP_LENS_MAX 13

/**
 * struct kc_cip_entry4 - an IPv4 prefix
 */
struct kc_cip_entry4 {
	/** @key: address and length; 0 where there is none, which ends a search */
	u64 key;
	/** @cip: NULL if it is forgotten */
	struct kc_cip *cip;
};

/**
 * struct kc_cip_entry6 - an IPv6 address
 */
struct kc_cip_entry6 {
	/** @high: upper half of the address, network order */
	u64 high;
	/** @low: lower half; both are 0 where there is none, which ends a search */
	u64 low;
	/** @cip: NULL if it is forgotten */
	struct kc_cip *cip;
};

/**
 * struct kc_cip_len - a prefix length of IPv4
 */
struct kc_cip_len {
	/** @key: what all keys of this length have; 0 behind the last one */
	u64 key;
	/** @mask: network order, in the lower half */
	u64 mask;
};

/**
 * struct kc_cip_gateway - a MAC to which comes what is for others
 */
struct kc_cip_gateway {
	u8 mac[KC_MAC_LEN];
	/** @cip: NULL if it is forgotten */
	struct kc_cip *cip;
};

/**
 * struct kc_cip_set - the addresses of a device, and its gateways
 */
struct kc_cip_set {
	struct rcu_head rcu;
	/** @shift4: what leaves a slot of a hash of 32 bits */
	u8 shift4;
	/** @shift6: what leaves a slot of a hash of 64 bits */
	u8 shift6;
	/** @n_gateways: in @gateways */
	u16 n_gateways;
	/** @mask4: slots of @table4 less one */
	u32 mask4;
	/** @mask6: slots of @table6 less one */
	u32 mask6;
	/** @table4: behind this struct */
	struct kc_cip_entry4 *table4;
	/** @table6: behind @table4 */
	struct kc_cip_entry6 *table6;
	/** @gateways: behind @table6 */
	struct kc_cip_gateway *gateways;
	/** @lens: prefix lengths in @table4 */
	struct kc_cip_len lens[KC_CIP_LENS_MAX + 1];
};

/* The upper bits of these are as good as those of numbers in host order. */
static inline u32 kc_cip_slot4(u64 key, u8 shift)
{
	return (u32)key * GOLDEN_RATIO_32 >> shift;
}

static inline u32 kc_cip_slot6(u64 high, u64 low, u8 shift)
{
	return (high ^ low) * GOLDEN_RATIO_64 >> shift;
}

/**
 * kc_cip_set_find4() - the cluster IP of an IPv4 address
 * @set: the set
 * @addr: the address, network order; needs no alignment
 *
 * Context: under RCU; for each packet
 * Return: the cluster IP or NULL
 */
static inline struct kc_cip *kc_cip_set_find4(const struct kc_cip_set *set,
					      const u8 *addr)
{
	const struct kc_cip_entry4 *entry;
	const struct kc_cip_len *len;
	unsigned long i;
	u32 whole;
	u64 key;

	memcpy(&whole, addr, sizeof(whole));
	for (len = set->lens; len->key; len++) {
		key = (whole & len->mask) | len->key;
		i = kc_cip_slot4(key, set->shift4);
		do {
			entry = &set->table4[i];
			if (entry->key == key)
				return READ_ONCE(entry->cip);
			i = (i + 1) & set->mask4;
		} while (entry->key);
	}
	return NULL;
}

/**
 * kc_cip_set_find6() - the cluster IP of an IPv6 address
 * @set: the set
 * @addr: the address, network order; needs no alignment
 *
 * Context: under RCU; for each packet
 * Return: the cluster IP or NULL
 */
static inline struct kc_cip *kc_cip_set_find6(const struct kc_cip_set *set,
					      const u8 *addr)
{
	const struct kc_cip_entry6 *entry;
	unsigned long i;
	u64 high, low;

	memcpy(&high, addr, sizeof(high));
	memcpy(&low, addr + sizeof(high), sizeof(low));
	i = kc_cip_slot6(high, low, set->shift6);
	do {
		entry = &set->table6[i];
		if (entry->low == low && entry->high == high)
			return READ_ONCE(entry->cip);
		i = (i + 1) & set->mask6;
	} while (entry->low || entry->high);
	return NULL;
}

#endif
