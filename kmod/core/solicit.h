/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames that ask where an address lives, and the answers.
 */
#ifndef KC_CORE_SOLICIT_H
#define KC_CORE_SOLICIT_H

#include "types.h"

#define KC_ARP_REQUEST_LEN 42
#define KC_NS_LEN_MAX 86

/**
 * struct kc_answer - somebody answers for an address
 * @addr: the address, 4 or 16 octets
 * @asked: to somebody who asked; otherwise to all
 */
struct kc_answer {
	u8 addr[16];
	bool asked;
};

size_t kc_arp_request_build(u8 *frame, const u8 *mac, const u8 *sender,
			    const u8 *target);
size_t kc_ns_build(u8 *frame, const u8 *mac, const u8 *sender,
		   const u8 *target);
bool kc_answer_parse(u8 family, const u8 *packet, size_t len,
		     struct kc_answer *answer);

#endif
