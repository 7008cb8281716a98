// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IP: packets that pass a gateway in both directions. What a client
 * sends is told by its sender, the answers by their receiver, and all of it
 * belongs to the same node, whatever has become of the near end on the way.
 */
#include "clusterip_packets.h"
#include "clusterip_parse.h"
#include "clusterip_quick.h"
#include "ktap.h"

static const u8 inside4[4] = { 10, 3, 0, 9 };
static const u8 inside6[16] = { 0xfd, 3, [15] = 9 };

static const enum kc_cip_mode modes[] = {
	KC_CIP_SOURCE_IP, KC_CIP_SOURCE_IP_PORT,
	KC_CIP_LEGACY_SOURCE_IP, KC_CIP_LEGACY_SOURCE_IP_PORT,
};

/* What each of these says of a packet; 0 where it is not for its version. */
struct told {
	u32 hash[ARRAY_SIZE(modes)];
};

static bool quick(enum kc_cip_mode mode, enum kc_cip_side side, u32 *hash)
{
	struct kc_cip_mix mix;

	kc_cip_mix_make(&mix, mode, 99);
	if (size < KC_CIP_QUICK6_LEN)
		return false;
	return kc_cip_quick4(&mix, side, packet, hash) ||
	       (!kc_cip_legacy(mode) &&
		kc_cip_quick6(&mix, side, packet, hash));
}

static struct told tell(enum kc_cip_side side)
{
	bool six = packet[0] >> 4 == 6;
	struct kc_cip_key key;
	struct told told = {};
	unsigned int i;
	u32 want, hash;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		if (six && kc_cip_legacy(modes[i]))
			continue;
		expect_eq(kc_cip_look(packet, size, kc_cip_ports(modes[i]),
				      side, &key, &want), KC_CIP_KEY);
		told.hash[i] = kc_cip_hash(modes[i], 99, &key);
		if (quick(modes[i], side, &hash))
			expect_eq(hash, told.hash[i]);
	}
	return told;
}

#define expect_same(a, b)						\
do {									\
	unsigned int mode;						\
									\
	for (mode = 0; mode < ARRAY_SIZE(modes); mode++)		\
		expect_eq((a).hash[mode], (b).hash[mode]);		\
} while (0)

/* The client's port 0x1234, which the other side knows as the destination. */
static struct told there4(u8 proto)
{
	begin4(proto, 0);
	ports(0x1234, 443);
	end(0);
	return tell(KC_CIP_SENDER);
}

static struct told there6(u8 proto)
{
	begin6(proto);
	ports(0x1234, 443);
	end(0);
	return tell(KC_CIP_SENDER);
}

static void answers(void)
{
	static const u8 protos[] = { 6, 17, 33, 132, 136, 1, 47, 99 };
	struct told there;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		about("protocol %u", protos[i]);
		there = there4(protos[i]);
		size = 0;
		ip4(protos[i], inside4, client4, 0, 0);
		ports(8443, 0x1234);
		end(0);
		expect_same(tell(KC_CIP_RECEIVER), there);
		there = there6(protos[i]);
		size = 0;
		ip6(protos[i], inside6, client6);
		ports(8443, 0x1234);
		end(0);
		expect_same(tell(KC_CIP_RECEIVER), there);
	}
}

static void near_end(void)
{
	struct told one, other;
	u32 want;
	struct kc_cip_key key;

	about("of the answer the sender does not count");
	size = 0;
	ip4(17, inside4, client4, 0, 0);
	ports(53, 0x1234);
	end(0);
	one = tell(KC_CIP_RECEIVER);
	packet[15] ^= 1;
	packet[21] ^= 1;
	other = tell(KC_CIP_RECEIVER);
	expect_same(one, other);
	about("and the receiver does");
	packet[19] ^= 1;
	expect_eq(kc_cip_look(packet, size, KC_CIP_PORTS_NONE, KC_CIP_RECEIVER,
			      &key, &want), KC_CIP_KEY);
	expect(memcmp(key.src, client4, 4));
	expect(tell(KC_CIP_RECEIVER).hash[0] != one.hash[0]);
	about("and its port, in modes with ports only");
	packet[19] ^= 1;
	packet[23] ^= 1;
	other = tell(KC_CIP_RECEIVER);
	expect_eq(other.hash[0], one.hash[0]);
	expect(other.hash[1] != one.hash[1]);
}

/* Of a server, or a router inside, about what the client sent it. */
static void errors_outwards(void)
{
	struct told there;

	about("IPv4");
	there = there4(17);
	size = 0;
	ip4(1, router4, client4, 0, 0);
	number(3, 1);
	zeros(7);
	ip4(17, client4, inside4, 0, 0);
	number(0x1234, 2);
	number(8443, 2);
	number(0, 4);
	end(0);
	expect_same(tell(KC_CIP_RECEIVER), there);
	about("IPv6, behind extension headers, and with some in the quote");
	there = there6(17);
	size = 0;
	ip6(60, router6, client6);
	extension(58, 0);
	number(1, 1);
	zeros(7);
	ip6(60, client6, inside6);
	extension(17, 0);
	number(0x1234, 2);
	number(8443, 2);
	end(0);
	expect_same(tell(KC_CIP_RECEIVER), there);
}

/* Of a router outside, about what went to the client. */
static void errors_inwards(void)
{
	struct told there;

	there = there4(6);
	size = 0;
	ip4(1, router4, service4, 0, 0);
	number(11, 1);
	zeros(7);
	ip4(6, service4, client4, 0, 0);
	number(443, 2);
	number(0x1234, 2);
	number(0, 4);
	end(0);
	expect_same(tell(KC_CIP_SENDER), there);
}

static void unclear(void)
{
	struct kc_cip_key key;
	u32 want;

	about("a fragment, where ports are needed");
	size = 0;
	ip4(17, inside4, client4, 0x2000, 0);
	ports(53, 0x1234);
	end(0);
	expect_eq(kc_cip_look(packet, size, KC_CIP_PORTS_USED, KC_CIP_RECEIVER,
			      &key, &want), KC_CIP_FRAGMENT);
	expect_eq(kc_cip_look(packet, size, KC_CIP_PORTS_NONE, KC_CIP_RECEIVER,
			      &key, &want), KC_CIP_KEY);
	expect(!memcmp(key.src, client4, 4));
	about("an error about a later fragment");
	size = 0;
	ip4(1, router4, client4, 0, 0);
	number(3, 1);
	zeros(7);
	ip4(17, client4, inside4, 0x0010, 0);
	zeros(8);
	end(0);
	expect_eq(kc_cip_look(packet, size, KC_CIP_PORTS_USED, KC_CIP_RECEIVER,
			      &key, &want), KC_CIP_EVERYBODY);
	expect_eq(kc_cip_look(packet, size, KC_CIP_PORTS_NONE, KC_CIP_RECEIVER,
			      &key, &want), KC_CIP_KEY);
	expect(!memcmp(key.src, client4, 4));
}

static void which_modes(void)
{
	unsigned int mode, n = 0;

	for (mode = 0; mode < KC_CIP_MODES; mode++)
		n += kc_cip_two_sided(mode);
	expect_eq(n, ARRAY_SIZE(modes));
	for (mode = 0; mode < ARRAY_SIZE(modes); mode++)
		expect(kc_cip_two_sided(modes[mode]));
}

static const struct check checks[] = {
	{ "answers belong to the node of what they answer", answers },
	{ "what the near end is does not count", near_end },
	{ "nor who tells a client of an error, on its way out", errors_outwards },
	{ "nor on its way in", errors_inwards },
	{ "fragments, and errors about them", unclear },
	{ "in modes that do without the near port", which_modes },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
