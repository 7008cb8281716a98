/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual MACs, and what a packet tells the neighbours about an address.
 */
#ifndef KC_CORE_NEIGH_H
#define KC_CORE_NEIGH_H

#include "types.h"

#define KC_MAC_LEN 6
#define KC_ARP_LEN 28

/**
 * struct kc_neigh - a packet that tells where an address lives
 * @addr: the address, 4 or 16 octets
 * @mac: where the packet says its link-layer address, octets from its
 *	beginning; 0 if nowhere
 * @check: where the checksum is that covers it, 0 if there is none
 * @family: KC_AF_INET or KC_AF_INET6
 */
struct kc_neigh {
	u8 addr[16];
	u16 mac;
	u16 check;
	u8 family;
};

/**
 * kc_vmac_build() - the virtual MAC of a virtual router (RFC 9568, 7.3)
 * @mac: KC_MAC_LEN octets
 * @family: KC_AF_INET or KC_AF_INET6
 * @vrid: virtual router identifier
 */
static inline void kc_vmac_build(u8 *mac, u8 family, u8 vrid)
{
	mac[0] = 0x00;
	mac[1] = 0x00;
	mac[2] = 0x5e;
	mac[3] = 0x00;
	mac[4] = family == KC_AF_INET6 ? 0x02 : 0x01;
	mac[5] = vrid;
}

/**
 * kc_vmac_family() - whose virtual MAC is it?
 * @mac: KC_MAC_LEN octets; the last one is the VRID
 *
 * Return: KC_AF_INET, KC_AF_INET6, or 0 if it is no virtual MAC
 */
static inline u8 kc_vmac_family(const u8 *mac)
{
	if (mac[0] || mac[1] || mac[2] != 0x5e || mac[3])
		return 0;
	return mac[4] == 0x01 ? KC_AF_INET : mac[4] == 0x02 ? KC_AF_INET6 : 0;
}

bool kc_neigh_parse(u8 family, const u8 *packet, size_t len,
		    struct kc_neigh *neigh);
void kc_neigh_rewrite(u8 *packet, const struct kc_neigh *neigh, const u8 *mac);

#endif
