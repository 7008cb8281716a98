/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cluster IP: from the octets of a packet to what is hashed of it.
 *
 * An ICMP error says who sent the packet that it quotes. That went from one of
 * our addresses to the client, so the client is its destination; whoever sent
 * the error, some router mostly, plays no role. Likewise the other way round: an
 * error that passes on its way to the client quotes what the client sent.
 *
 * In modes with ports a fragment cannot be told before it has been put together
 * with the others. In modes without, it belongs to its source whatever it has
 * inside: so does a fragment of an ICMP error, as no router sends one that is
 * long enough (RFC 1812, 4.3.2.3; RFC 4443, 2.4).
 */
#ifndef KC_CORE_CLUSTERIP_PARSE_H
#define KC_CORE_CLUSTERIP_PARSE_H

#include "clusterip_hash.h"

/* Extension headers of IPv6, or AH, that are skipped before what they precede. */
#define KC_CIP_HEADERS_MAX 8

/**
 * enum kc_cip_look - what is to be done with a packet
 * @KC_CIP_KEY: hash its key
 * @KC_CIP_SHORT: more of its octets are needed, if it has them
 * @KC_CIP_FRAGMENT: it is a fragment of what has ports: look at the whole
 * @KC_CIP_EVERYBODY: it cannot be told whose it is, and all nodes may have it:
 *	an ICMP error whose quote lacks the ports, neighbour discovery, MLD, IGMP
 * @KC_CIP_BAD: it is malformed, nobody wants it
 */
enum kc_cip_look {
	KC_CIP_KEY,
	KC_CIP_SHORT,
	KC_CIP_FRAGMENT,
	KC_CIP_EVERYBODY,
	KC_CIP_BAD,
};

enum kc_cip_look kc_cip_look(const u8 *data, size_t len,
			     enum kc_cip_ports ports, enum kc_cip_side side,
			     struct kc_cip_key *key, u32 *want);

#endif
