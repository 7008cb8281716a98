// SPDX-License-Identifier: GPL-2.0
/*
 * Hostile answers of neighbours (kc_answer_parse), and the questions that are
 * asked: none of these is ever taken for an answer.
 *
 * Input: one octet of flags, then a packet. The fuzzer cannot guess checksums,
 * so a flag asks for a right one.
 */
#include <stdlib.h>

#include "checksum.h"
#include "solicit.h"

#define FLAG_IPV6 (1 << 0)
#define FLAG_SEAL (1 << 1)
#define FLAG_ASK (1 << 2)	/* the packet is an address to ask for */

#define ETH 14
#define IPV6 40

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void seal(u8 *packet, size_t len)
{
	size_t size = packet[4] << 8 | packet[5];
	u32 sum;
	u16 check;

	if (size < 4 || size > len - IPV6)
		return;
	packet[IPV6 + 2] = 0;
	packet[IPV6 + 3] = 0;
	sum = kc_sum_pseudo(KC_AF_INET6, packet + 8, packet + 24, size, 58);
	check = ~kc_sum_fold(kc_sum_bytes(sum, packet + IPV6, size));
	packet[IPV6 + 2] = check >> 8;
	packet[IPV6 + 3] = check & 0xff;
}

static void ask(u8 family, const u8 *data, size_t len)
{
	u8 frame[KC_NS_LEN_MAX], mac[6] = { 2 }, sender[16] = {}, target[16] = {};
	struct kc_answer answer;
	size_t size;

	memcpy(target, data, len < 16 ? len : 16);
	if (len > 16)
		memcpy(sender, data + 16, len < 32 ? len - 16 : 16);
	size = family == KC_AF_INET6 ?
	       kc_ns_build(frame, mac, sender, target) :
	       kc_arp_request_build(frame, mac, sender, target);
	must(size <= sizeof(frame));
	must(!kc_answer_parse(family, frame + ETH, size - ETH, &answer));
}

int LLVMFuzzerTestOneInput(const u8 *input, size_t size)
{
	struct kc_answer answer;
	u8 family, *data;
	size_t len;

	if (size < 1)
		return 0;
	len = size - 1;
	family = input[0] & FLAG_IPV6 ? KC_AF_INET6 : KC_AF_INET;
	if (input[0] & FLAG_ASK) {
		ask(family, input + 1, len);
		return 0;
	}
	/* Of exactly this size, so that one octet more is found out. */
	data = malloc(len ? len : 1);
	memcpy(data, input + 1, len);
	if (input[0] & FLAG_SEAL && family == KC_AF_INET6 && len >= IPV6)
		seal(data, len);
	if (kc_answer_parse(family, data, len, &answer)) {
		/* Whatever it is, it names an address, and that is in it. */
		must(len >= (family == KC_AF_INET6 ? 64 : 28));
		must(!memcmp(answer.addr, data + (family == KC_AF_INET6 ?
						  IPV6 + 8 : 14),
			     kc_addr_len(family)));
		must(family != KC_AF_INET6 || answer.addr[0] != 0xff);
	}
	free(data);
	return 0;
}
