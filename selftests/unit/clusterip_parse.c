// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IP: packets written by hand, and what is hashed of them.
 */
#include "clusterip_packets.h"
#include "clusterip_parse.h"
#include "clusterip_quick.h"
#include "ktap.h"

/* --- what is expected ----------------------------------------------------- */

static struct kc_cip_key key;

/* Does the short way know the packet? Then it says what the long one does. */
static bool quick(enum kc_cip_mode mode, u32 seed)
{
	struct kc_cip_key long_key;
	struct kc_cip_mix mix;
	bool known;
	u8 *copy;
	u32 want, hash;

	kc_cip_mix_make(&mix, mode, seed);
	copy = malloc(size + 1);
	memcpy(copy + 1, packet, size);
	known = size >= KC_CIP_QUICK4_LEN &&
		kc_cip_quick4(&mix, KC_CIP_SENDER, copy + 1, &hash);
	if (!known)
		known = size >= KC_CIP_QUICK6_LEN && !kc_cip_legacy(mode) &&
			kc_cip_quick6(&mix, KC_CIP_SENDER, copy + 1, &hash);
	free(copy);
	if (!known)
		return false;
	expect_eq(kc_cip_look(packet, size, kc_cip_ports(mode),
			      KC_CIP_SENDER, &long_key, &want), KC_CIP_KEY);
	expect_eq(hash, kc_cip_hash(mode, seed, &long_key));
	return true;
}

static unsigned int quick_modes(void)
{
	unsigned int mode, n = 0;

	for (mode = 0; mode < KC_CIP_MODES; mode++)
		n += quick(mode, 0) && quick(mode, 0xfedcba98);
	return n;
}

/*
 * The same answer from each address in memory. Fewer octets give the same, or
 * say that they are too few and how many would be enough to get on.
 */
static enum kc_cip_look look(enum kc_cip_ports how)
{
	enum kc_cip_look whole, part;
	struct kc_cip_key other;
	u8 *copy;
	u32 want;
	size_t len;

	quick_modes();
	whole = kc_cip_look(packet, size, how, KC_CIP_SENDER, &key, &want);
	for (len = 0; len < size; len++) {
		/* So small that whoever reads beyond is caught. */
		copy = malloc(len + 1);
		memcpy(copy + 1, packet, len);
		want = 0;
		part = kc_cip_look(copy + 1, len, how, KC_CIP_SENDER, &other,
				   &want);
		free(copy);
		if (part == KC_CIP_SHORT) {
			expect(want > len);
			if (whole != KC_CIP_SHORT && whole != KC_CIP_BAD)
				expect(want <= size);
			continue;
		}
		expect_eq(part, whole);
		if (part == KC_CIP_KEY && whole == KC_CIP_KEY) {
			expect(!memcmp(other.src, key.src,
				       kc_addr_len(key.family)));
			expect_eq(other.sport, key.sport);
			expect_eq(other.dport, key.dport);
		}
	}
	return whole;
}

#define expect_key(how, client, sports, dports)				\
do {									\
	expect_eq(look(how), KC_CIP_KEY);				\
	expect_eq(key.family, sizeof(client) == 4 ? KC_AF_INET :	\
						    KC_AF_INET6);	\
	expect(!memcmp(key.src, client, sizeof(client)));		\
	expect_eq(key.sport, sports);					\
	expect_eq(key.dport, dports);					\
} while (0)

static const u8 with_ports[] = { 6, 17, 33, 132, 136 };
static const u8 without[] = { 1, 47, 50, 58, 99 };

/* --- IPv4 ----------------------------------------------------------------- */

static void ipv4_ports(void)
{
	unsigned int i, options;

	for (i = 0; i < ARRAY_SIZE(with_ports); i++)
		for (options = 0; options <= 40; options += 4) {
			about("protocol %u, %u octets of options",
			      with_ports[i], options);
			size = 0;
			ip4(with_ports[i], client4, service4, 0, options);
			ports(0x1234, 443);
			end(0);
			expect_key(KC_CIP_PORTS_NONE, client4, 0, 0);
			expect_key(KC_CIP_PORTS_USED, client4, 0x1234, 443);
			expect_key(KC_CIP_PORTS_LEGACY, client4, 0x1234, 443);
		}
}

static void ipv4_no_ports(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(without); i++) {
		about("protocol %u", without[i]);
		begin4(without[i], 0);
		/* Of ICMP that is an echo request. */
		number(8, 1);
		zeros(19);
		end(0);
		expect_key(KC_CIP_PORTS_NONE, client4, 0, 0);
		expect_key(KC_CIP_PORTS_USED, client4, 0, 0);
	}
	begin4(2, 0);
	zeros(8);
	end(0);
	about("IGMP");
	expect_eq(look(KC_CIP_PORTS_NONE), KC_CIP_EVERYBODY);
}

static void ipv4_fragments(void)
{
	/* The first one, one in between, the last one. */
	static const u16 fields[] = { 0x2000, 0x2010, 0x0010 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		about("fragment field %x", fields[i]);
		begin4(17, fields[i]);
		ports(1, 2);
		end(0);
		expect_key(KC_CIP_PORTS_NONE, client4, 0, 0);
		expect_eq(look(KC_CIP_PORTS_USED), KC_CIP_FRAGMENT);
		expect_eq(look(KC_CIP_PORTS_LEGACY), KC_CIP_FRAGMENT);
		/* All of a big echo go the same way, whatever is in them. */
		begin4(1, fields[i]);
		number(3, 1);
		zeros(7);
		end(0);
		expect_key(KC_CIP_PORTS_NONE, client4, 0, 0);
		expect_eq(look(KC_CIP_PORTS_USED), KC_CIP_FRAGMENT);
	}
	about("don't fragment");
	begin4(6, 0x4000);
	ports(1, 2);
	end(0);
	expect_key(KC_CIP_PORTS_USED, client4, 1, 2);
}

static void legacy_spi(void)
{
	begin4(50, 0);
	number(0x01020304, 4);
	zeros(8);
	end(0);
	expect_key(KC_CIP_PORTS_LEGACY, client4, 0x0102, 0x0304);
	begin4(51, 0);
	number(6, 1);
	number(1, 1);
	number(0, 2);
	number(0x0a0b0c0d, 4);
	zeros(4);
	ports(1234, 80);
	end(0);
	expect_key(KC_CIP_PORTS_LEGACY, client4, 0x0a0b, 0x0c0d);
	expect_key(KC_CIP_PORTS_USED, client4, 1234, 80);
	/* Too short for an SPI. */
	begin4(50, 0);
	zeros(2);
	end(0);
	expect_key(KC_CIP_PORTS_LEGACY, client4, 0, 0);
}

static void ipv4_bad(void)
{
	begin4(6, 0);
	ports(1, 2);
	end(0);
	packet[0] = 0x44;
	about("a header of 16 octets");
	expect_eq(look(KC_CIP_PORTS_NONE), KC_CIP_BAD);
	packet[0] = 0x55;
	about("version 5");
	expect_eq(look(KC_CIP_PORTS_NONE), KC_CIP_BAD);
	packet[0] = 0x46;
	packet[3] = 20;
	about("shorter than its header");
	expect_eq(look(KC_CIP_PORTS_NONE), KC_CIP_BAD);
	packet[0] = 0x45;
	packet[3] = 23;
	about("ports that are the padding of the frame");
	expect_eq(look(KC_CIP_PORTS_USED), KC_CIP_BAD);
	expect_key(KC_CIP_PORTS_NONE, client4, 0, 0);
	/* Aggregated ones may be too long to be said. */
	packet[3] = 0;
	about("no length");
	expect_key(KC_CIP_PORTS_USED, client4, 1, 2);
}

/* --- IPv6 ----------------------------------------------------------------- */

static void ipv6_ports(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(with_ports); i++) {
		about("protocol %u", with_ports[i]);
		begin6(with_ports[i]);
		ports(0x1234, 443);
		end(0);
		expect_key(KC_CIP_PORTS_NONE, client6, 0, 0);
		expect_key(KC_CIP_PORTS_USED, client6, 0x1234, 443);
	}
	for (i = 0; i < ARRAY_SIZE(without); i++) {
		about("protocol %u", without[i]);
		begin6(without[i]);
		number(128, 1);
		zeros(19);
		end(0);
		expect_key(KC_CIP_PORTS_USED, client6, 0, 0);
	}
	about("no next header");
	begin6(59);
	expect_key(KC_CIP_PORTS_USED, client6, 0, 0);
}

static void ipv6_extensions(void)
{
	unsigned int n, i;

	for (n = 1; n <= KC_CIP_HEADERS_MAX + 1; n++) {
		static const u8 kinds[] = { 0, 60, 43, 60 };

		about("%u headers", n);
		begin6(kinds[0]);
		for (i = 1; i < n; i++)
			extension(kinds[i % 4], i % 3);
		extension(6, 1);
		ports(1234, 80);
		end(0);
		if (n > KC_CIP_HEADERS_MAX) {
			expect_eq(look(KC_CIP_PORTS_USED), KC_CIP_BAD);
			continue;
		}
		expect_key(KC_CIP_PORTS_USED, client6, 1234, 80);
		expect_key(KC_CIP_PORTS_NONE, client6, 0, 0);
	}
	about("AH, whose length counts in fours");
	begin6(51);
	number(17, 1);
	number(4, 1);
	zeros(22);
	ports(53, 5353);
	end(0);
	expect_key(KC_CIP_PORTS_USED, client6, 53, 5353);
	about("a header that goes beyond the packet");
	begin6(60);
	number(6, 1);
	number(200, 1);
	zeros(14);
	end(0);
	expect_eq(look(KC_CIP_PORTS_USED), KC_CIP_BAD);
}

static void ipv6_fragments(void)
{
	static const u16 fields[] = { 0x0001, 0x0081, 0x0080 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		about("fragment field %x", fields[i]);
		begin6(0);
		extension(44, 0);
		fragment_header(17, fields[i]);
		ports(1, 2);
		end(0);
		expect_key(KC_CIP_PORTS_NONE, client6, 0, 0);
		expect_eq(look(KC_CIP_PORTS_USED), KC_CIP_FRAGMENT);
		/* What follows a later one is no header, nor is it looked at. */
		begin6(44);
		fragment_header(60, fields[i]);
		number(0xffff, 2);
		end(0);
		expect_key(KC_CIP_PORTS_NONE, client6, 0, 0);
		expect_eq(look(KC_CIP_PORTS_USED), KC_CIP_FRAGMENT);
	}
	about("the whole in one fragment");
	begin6(44);
	fragment_header(17, 0);
	ports(1, 2);
	end(0);
	expect_key(KC_CIP_PORTS_USED, client6, 1, 2);
}

static void ipv6_everybody(void)
{
	static const u8 types[] = {
		130, 131, 132, 133, 134, 135, 136, 137, 141, 142, 143, 148, 149,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		about("type %u", types[i]);
		begin6(58);
		number(types[i], 1);
		zeros(23);
		end(0);
		expect_eq(look(KC_CIP_PORTS_NONE), KC_CIP_EVERYBODY);
		expect_eq(look(KC_CIP_PORTS_USED), KC_CIP_EVERYBODY);
	}
	about("an echo request");
	begin6(58);
	number(128, 1);
	zeros(7);
	end(0);
	expect_key(KC_CIP_PORTS_NONE, client6, 0, 0);
}

/* --- ICMP errors ---------------------------------------------------------- */

/* A router's answer to what we sent from port 443 to the client's 0x1234. */
static size_t error4(u8 type, u8 proto, unsigned int fragment)
{
	size_t at;

	size = 0;
	ip4(1, router4, service4, 0, 0);
	number(type, 1);
	zeros(7);
	at = ip4(proto, service4, client4, fragment, 0);
	packet[at + 2] = 5;	/* it was longer than what is quoted */
	return at;
}

static void errors_ipv4(void)
{
	static const u8 types[] = { 3, 4, 5, 11, 12 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		about("type %u", types[i]);
		error4(types[i], 6, 0);
		number(443, 2);
		number(0x1234, 2);
		number(0, 4);	/* eight octets must do (RFC 792) */
		end(0);
		expect_key(KC_CIP_PORTS_NONE, client4, 0, 0);
		expect_key(KC_CIP_PORTS_USED, client4, 0x1234, 443);
		expect_key(KC_CIP_PORTS_LEGACY, client4, 0x1234, 443);
	}
	about("an echo reply of ours");
	error4(3, 1, 0);
	zeros(8);
	end(0);
	expect_key(KC_CIP_PORTS_USED, client4, 0, 0);
	about("the first fragment of ours");
	error4(3, 17, 0x2000);
	number(443, 2);
	number(0x1234, 2);
	end(0);
	expect_key(KC_CIP_PORTS_USED, client4, 0x1234, 443);
	about("a later fragment of ours");
	error4(3, 17, 0x0010);
	zeros(8);
	end(0);
	expect_key(KC_CIP_PORTS_NONE, client4, 0, 0);
	expect_eq(look(KC_CIP_PORTS_USED), KC_CIP_EVERYBODY);
	about("no ports in the quote");
	error4(3, 17, 0);
	number(443, 2);
	end(0);
	expect_key(KC_CIP_PORTS_NONE, client4, 0, 0);
	expect_eq(look(KC_CIP_PORTS_USED), KC_CIP_EVERYBODY);
	about("no whole header in the quote");
	error4(3, 17, 0);
	size -= 4;
	end(0);
	expect_eq(look(KC_CIP_PORTS_USED), KC_CIP_EVERYBODY);
	about("a quote of the other version");
	size = 0;
	ip4(1, router4, service4, 0, 0);
	number(3, 1);
	zeros(7);
	ip6(6, service6, client6);
	end(0);
	expect_eq(look(KC_CIP_PORTS_NONE), KC_CIP_BAD);
}

static void errors_ipv6(void)
{
	static const u8 types[] = { 1, 2, 3, 4, 100 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		about("type %u", types[i]);
		size = 0;
		/* Also behind extension headers, and with some in the quote. */
		ip6(60, router6, service6);
		extension(58, 0);
		number(types[i], 1);
		zeros(7);
		ip6(60, service6, client6);
		extension(17, 0);
		number(443, 2);
		number(0x1234, 2);
		end(0);
		expect_key(KC_CIP_PORTS_NONE, client6, 0, 0);
		expect_key(KC_CIP_PORTS_USED, client6, 0x1234, 443);
	}
	about("a fragment of ours");
	size = 0;
	ip6(58, router6, service6);
	number(2, 1);
	zeros(7);
	ip6(44, service6, client6);
	fragment_header(17, 0x0081);
	zeros(8);
	end(0);
	expect_key(KC_CIP_PORTS_NONE, client6, 0, 0);
	expect_eq(look(KC_CIP_PORTS_USED), KC_CIP_EVERYBODY);
}

/* --- most packets --------------------------------------------------------- */

static void most_packets(void)
{
	static const u8 protos[] = { 6, 17 };
	unsigned int i, changed, how;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		about("protocol %u", protos[i]);
		begin4(protos[i], 0x4000);
		ports(0x1234, 443);
		end(0);
		expect_eq(quick_modes(), KC_CIP_MODES);
		begin6(protos[i]);
		ports(0x1234, 443);
		end(0);
		/* The legacy ones are for IPv4 only. */
		expect_eq(quick_modes(), 3);
	}
	about("one octet of its headers is another one");
	for (i = 0; i < 2; i++) {
		for (changed = 0; changed < (i ? 44 : 24) * 256; changed++) {
			if (i)
				begin6(17);
			else
				begin4(17, 0);
			ports(0x8001, 0x0280);
			end(0);
			packet[changed / 256] = changed % 256;
			how = quick_modes();
			/* Addresses, ports and what nobody looks at. */
			if (changed / 256 >= (i ? 8 : 12))
				expect_eq(how, i ? 3 : KC_CIP_MODES);
		}
	}
}

static const struct check checks[] = {
	{ "most packets: the short way says what the long one does", most_packets },
	{ "IPv4: ports, with all lengths of options", ipv4_ports },
	{ "IPv4: protocols without ports, and IGMP", ipv4_no_ports },
	{ "IPv4: fragments", ipv4_fragments },
	{ "legacy: the SPI of ESP and AH counts as ports", legacy_spi },
	{ "IPv4: malformed packets", ipv4_bad },
	{ "IPv6: ports", ipv6_ports },
	{ "IPv6: extension headers, up to a bound", ipv6_extensions },
	{ "IPv6: fragments", ipv6_fragments },
	{ "IPv6: neighbour discovery and MLD are everybody's", ipv6_everybody },
	{ "ICMP errors belong to the client of the packet that they quote", errors_ipv4 },
	{ "ICMPv6 errors too", errors_ipv6 },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
