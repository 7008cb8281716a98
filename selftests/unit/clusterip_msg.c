// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IP: messages about buckets as octets.
 */
#include "clusterip_msg.h"
#include "ktap.h"

static struct kc_cip_map map, map_back;
static u8 buf[KC_CIP_MAP_MAX + 64];

static const struct kc_cip_head head = {
	.object = "web", .epoch = 0x0102030405060708ULL,
	.authority = 0x1112131415161718ULL, .stamp = 0x2122232425262728ULL,
	.echo = 0x3132333435363738ULL, .life = 0x41424344,
	.echo_life = 0x51525354, .seq = 0x61626364,
	.flags = KC_CIP_KEEP,
};

static void whole_map(unsigned int n, unsigned int buckets)
{
	unsigned int i;

	memset(&map, 0, sizeof(map));
	map.lease.head = head;
	map.lease.length_us = 300000;
	map.seed = 0x71727374;
	map.buckets = buckets;
	map.n = n;
	map.mode = KC_CIP_SOURCE_IP_PORT;
	map.plan = KC_CIP_PLAN_VERSION;
	for (i = 0; i < n; i++) {
		map.ids[i] = U64_MAX - i;
		map.weights[i] = 0xff00 + i;
		map.states[i] = i & 1;
	}
	for (i = 0; i < buckets; i++)
		map.owners[i] = i % 5 ? i % n : KC_CIP_NOBODY;
}

static void expect_head(const struct kc_cip_head *back)
{
	expect(!memcmp(back->object, head.object, sizeof(head.object)));
	expect_eq(back->epoch, head.epoch);
	expect_eq(back->authority, head.authority);
	expect_eq(back->stamp, head.stamp);
	expect_eq(back->echo, head.echo);
	expect_eq(back->life, head.life);
	expect_eq(back->echo_life, head.echo_life);
	expect_eq(back->seq, head.seq);
	expect_eq(back->flags, head.flags);
}

static void lease_octets(void)
{
	static const u8 octets[KC_CIP_LEASE_LEN] = {
		'w', 'e', 'b', [16] = 1, 2, 3, 4, 5, 6, 7, 8,
		0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
		0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,
		0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38,
		0x41, 0x42, 0x43, 0x44, 0x51, 0x52, 0x53, 0x54,
		0x61, 0x62, 0x63, 0x64, 0, 2, 0, 72,
		0x00, 0x04, 0x93, 0xe0,
	};
	struct kc_cip_lease lease = { .head = head, .length_us = 300000 }, back;

	expect_eq(kc_cip_lease_build(buf, &lease), KC_CIP_LEASE_LEN);
	expect(!memcmp(buf, octets, sizeof(octets)));
	expect(kc_cip_lease_parse(octets, sizeof(octets), &back));
	expect_head(&back.head);
	expect_eq(back.length_us, 300000);
}

static void map_trip(void)
{
	static const unsigned int nodes[] = { 1, 2, 8, 64 };
	static const unsigned int buckets[] = { 16, 100, 256, 512 };
	unsigned int i, j;
	size_t len;

	for (i = 0; i < ARRAY_SIZE(nodes); i++)
		for (j = 0; j < ARRAY_SIZE(buckets); j++) {
			about("%u nodes, %u buckets", nodes[i], buckets[j]);
			whole_map(nodes[i], buckets[j]);
			len = kc_cip_map_build(buf, sizeof(buf), &map);
			expect_eq(len, 80 + 11 * nodes[i] + buckets[j]);
			expect(kc_cip_map_parse(buf, len, &map_back));
			expect_head(&map_back.lease.head);
			expect_eq(map_back.seed, map.seed);
			expect_eq(map_back.mode, map.mode);
			expect_eq(map_back.plan, map.plan);
			expect_eq(map_back.n, nodes[i]);
			expect_eq(map_back.buckets, buckets[j]);
			expect(!memcmp(map.ids, map_back.ids, sizeof(map.ids)));
			expect(!memcmp(map.weights, map_back.weights,
				       sizeof(map.weights)));
			expect(!memcmp(map.states, map_back.states,
				       sizeof(map.states)));
			expect(!memcmp(map.owners, map_back.owners,
				       sizeof(map.owners)));
			expect_eq(kc_cip_map_build(buf, len - 1, &map), 0);
		}
	/* With our header, UDP, IPv6 and WireGuard it is less than 1500. */
	expect_eq(KC_CIP_MAP_MAX, 1296);
}

static void status_trip(void)
{
	struct kc_cip_status status = {
		.head = head, .weight = 100, .votes = 3,
		.node = 0x0123456789abULL, .lease_us = 300000,
	}, back;
	static const unsigned int buckets[] = { 16, 64, 100, 256, 512 };
	unsigned int i, j;
	size_t len;

	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		about("%u buckets", buckets[i]);
		status.buckets = buckets[i];
		memset(status.held, 0, sizeof(status.held));
		for (j = 0; j < buckets[i]; j += 3)
			status.held[j / 64] |= 1ULL << j % 64;
		len = kc_cip_status_build(buf, sizeof(buf), &status);
		expect_eq(len, 88 + 8 * ((buckets[i] + 63) / 64));
		expect(kc_cip_status_parse(buf, len, &back));
		expect_head(&back.head);
		expect_eq(back.weight, 100);
		expect_eq(back.votes, 3);
		expect_eq(back.node, 0x0123456789abULL);
		expect_eq(back.lease_us, 300000);
		expect_eq(back.buckets, buckets[i]);
		expect(!memcmp(status.held, back.held, sizeof(status.held)));
		for (j = 0; j < buckets[i]; j++)
			expect_eq(kc_cip_held(back.held, j), j % 3 == 0);
		expect_eq(kc_cip_status_build(buf, len - 1, &status), 0);
	}
}

/* No shorter one is one, and what is behind it does not matter. */
static void lengths(void)
{
	struct kc_cip_status status = {
		.head = head, .buckets = 100, .votes = 3, .node = 1,
	}, status_back;
	struct kc_cip_lease lease = { .head = head }, lease_back;
	size_t len, i;

	whole_map(3, 100);
	len = kc_cip_map_build(buf, sizeof(buf), &map);
	for (i = 0; i < len; i++)
		expect(!kc_cip_map_parse(buf, i, &map_back));
	memset(buf + len, 0xff, 16);
	expect(kc_cip_map_parse(buf, len + 16, &map_back));
	expect(!memcmp(&map, &map_back, sizeof(map)));
	len = kc_cip_status_build(buf, sizeof(buf), &status);
	for (i = 0; i < len; i++)
		expect(!kc_cip_status_parse(buf, i, &status_back));
	expect(kc_cip_status_parse(buf, len + 16, &status_back));
	len = kc_cip_lease_build(buf, &lease);
	for (i = 0; i < len; i++)
		expect(!kc_cip_lease_parse(buf, i, &lease_back));
	expect(kc_cip_lease_parse(buf, len + 16, &lease_back));
}

/* A header that has grown by eight octets is read as one that has not. */
static void grown(void)
{
	size_t len;

	whole_map(3, 100);
	len = kc_cip_map_build(buf, sizeof(buf), &map);
	memmove(buf + 88, buf + 80, len - 80);
	memset(buf + 80, 0xee, 8);
	buf[63] = 88;
	expect(kc_cip_map_parse(buf, len + 8, &map_back));
	expect(!memcmp(&map, &map_back, sizeof(map)));
	buf[63] = 79;
	expect(!kc_cip_map_parse(buf, len + 8, &map_back));
	buf[62] = 0xff;
	expect(!kc_cip_map_parse(buf, len + 8, &map_back));
}

/* Some octets of a message are others: is it refused? */
static bool refused_map(size_t at, u64 value, unsigned int octets)
{
	size_t len;

	whole_map(3, 100);
	len = kc_cip_map_build(buf, sizeof(buf), &map);
	while (octets--) {
		buf[at + octets] = value;
		value >>= 8;
	}
	return !kc_cip_map_parse(buf, len, &map_back);
}

static bool refused_status(size_t at, u64 value, unsigned int octets)
{
	struct kc_cip_status status = {
		.head = head, .buckets = 100, .votes = 3, .node = 1,
	}, back;
	size_t len = kc_cip_status_build(buf, sizeof(buf), &status);

	while (octets--) {
		buf[at + octets] = value;
		value >>= 8;
	}
	return !kc_cip_status_parse(buf, len, &back);
}

static void refused(void)
{
	expect(!refused_map(0, 'w', 1));
	expect(refused_map(0, 0, 1));		/* no name */
	expect(refused_map(15, 'x', 1));	/* something behind it */
	expect(refused_map(16, 0, 8));		/* no epoch */
	expect(refused_map(16, 1ULL << 63, 8));	/* too high a one */
	expect(refused_map(24, 0, 8));		/* no authority */
	expect(refused_map(32, 0, 8));		/* no stamp */
	expect(refused_map(56, 0, 4));		/* no sequence */
	expect(refused_map(56, 1U << 31, 4));
	expect(refused_map(72, 15, 2));		/* buckets */
	expect(refused_map(72, 513, 2));
	expect(refused_map(74, 0, 2));		/* nodes */
	expect(refused_map(74, 65, 2));
	expect(refused_map(76, KC_CIP_MODES, 1));
	expect(refused_map(80, 0, 8));		/* a node without a number */
	expect(refused_map(80, U64_MAX - 1, 8));	/* the same twice */
	expect(refused_map(80 + 33, 3, 1));	/* an owner that is none */
	expect(!refused_map(80 + 33, 255, 1));
	expect(!refused_status(0, 'w', 1));
	expect(refused_status(16, 0, 8));	/* an authority of no epoch */
	expect(refused_status(24, 0, 8));	/* an epoch of nobody */
	expect(refused_status(66, 15, 2));
	expect(refused_status(66, 513, 2));
	expect(refused_status(68, 0, 2));	/* no votes */
	expect(refused_status(72, 0, 8));	/* from nobody */
	expect(refused_status(96, 1ULL << 36, 8));	/* bucket 100 of 100 */
	expect(!refused_status(96, 1ULL << 35, 8));
}

static const struct check checks[] = {
	{ "LEASE: octet by octet", lease_octets },
	{ "MAP: what is written is read, and fits a frame", map_trip },
	{ "STATUS: what is written is read", status_trip },
	{ "what is cut off is refused, what is behind is ignored", lengths },
	{ "headers can grow", grown },
	{ "malformed ones are refused", refused },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
