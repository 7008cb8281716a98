// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of what is hashed of a packet: any octets as a packet, of which less
 * or more can be read. More octets never change what was said of fewer.
 */
#include <stdint.h>
#include <stdlib.h>

#include "clusterip_parse.h"
#include "clusterip_quick.h"

static void must(bool condition)
{
	if (!condition)
		abort();
}

/* With the octets that are asked for it gets on, in few steps. */
static enum kc_cip_look patiently(const u8 *data, size_t size,
				  enum kc_cip_ports ports,
				  enum kc_cip_side side, struct kc_cip_key *key)
{
	enum kc_cip_look look;
	unsigned int steps;
	size_t len = 0;
	u32 want = 0;

	for (steps = 0; steps < 64; steps++) {
		/* So that whoever reads beyond is caught. */
		u8 *copy = malloc(len + 1);

		memcpy(copy, data, len);
		look = kc_cip_look(copy, len, ports, side, key, &want);
		free(copy);
		if (look != KC_CIP_SHORT)
			return look;
		must(want > len);
		if (want > size)
			return KC_CIP_SHORT;
		len = want;
	}
	abort();
}

static void one(const u8 *data, size_t size, enum kc_cip_ports ports,
		enum kc_cip_side side)
{
	struct kc_cip_key key = {}, slowly = {}, other = {};
	enum kc_cip_look look;
	u32 want = 0;

	look = kc_cip_look(data, size, ports, side, &key, &want);
	must(look != KC_CIP_SHORT || want > size);
	must(patiently(data, size, ports, side, &slowly) == look);
	if (look != KC_CIP_KEY)
		return;
	must(key.family == KC_AF_INET || key.family == KC_AF_INET6);
	must(!memcmp(key.src, slowly.src, kc_addr_len(key.family)));
	must(key.sport == slowly.sport && key.dport == slowly.dport);
	/* The other end has the other port. */
	must(kc_cip_look(data, size, ports, side == KC_CIP_SENDER ?
			 KC_CIP_RECEIVER : KC_CIP_SENDER, &other, &want) ==
	     KC_CIP_KEY);
	must(other.family == key.family);
	must(key.sport == other.dport && key.dport == other.sport);
	must(ports != KC_CIP_PORTS_NONE || (!key.sport && !key.dport));
	must(kc_cip_bucket(kc_cip_hash(KC_CIP_SOURCE_IP_PORT_DEST_PORT, 1,
				       &key), 100) < 100);
}

/* The short way for most packets says what the long one does. */
static void quick(const u8 *data, size_t size, enum kc_cip_mode mode,
		  enum kc_cip_side side)
{
	struct kc_cip_key key = {};
	struct kc_cip_mix mix;
	u32 want, hash;

	kc_cip_mix_make(&mix, mode, 7);
	if (!(size >= KC_CIP_QUICK4_LEN &&
	      kc_cip_quick4(&mix, side, data, &hash)) &&
	    !(size >= KC_CIP_QUICK6_LEN && !kc_cip_legacy(mode) &&
	      kc_cip_quick6(&mix, side, data, &hash)))
		return;
	must(kc_cip_look(data, size, kc_cip_ports(mode), side, &key, &want) ==
	     KC_CIP_KEY);
	must(kc_cip_hash(mode, 7, &key) == hash);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum kc_cip_side sides[] = {
		KC_CIP_SENDER, KC_CIP_RECEIVER,
	};
	unsigned int mode, i;

	for (i = 0; i < 2; i++) {
		for (mode = 0; mode < KC_CIP_MODES; mode++)
			quick(data, size, mode, sides[i]);
		one(data, size, KC_CIP_PORTS_NONE, sides[i]);
		one(data, size, KC_CIP_PORTS_USED, sides[i]);
		one(data, size, KC_CIP_PORTS_LEGACY, sides[i]);
	}
	return 0;
}
