// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IP: the hash. It has the results of Linux' jhash, the legacy modes have
 * those of ipt_CLUSTERIP, and clients are spread evenly.
 */
#include "clusterip_hash.h"
#include "clusterip_legacy.h"
#include "ktap.h"

static const char *const mode_names[] = {
	"source-ip", "source-ip-port", "source-ip-port-dest-port",
	"legacy source-ip", "legacy source-ip-port",
	"legacy source-ip-port-dest-port",
};

/* --- jhash ---------------------------------------------------------------- */

/* Computed with include/linux/jhash.h of Linux 6.1. */
static void jhash_vectors(void)
{
	static const u32 word[] = {
		0x01020304, 0x11223344, 0xa5a5a5a5, 0xfffefdfc,
	};
	unsigned int n;
	u32 start;

	expect_eq(kc_cip_jhash(word[0], 0, 0, 1, 42), 0x7e31be72);
	expect_eq(kc_cip_jhash(word[0], word[1], 0, 2, 42), 0xdca17544);
	expect_eq(kc_cip_jhash(word[0], word[1], word[2], 3, 42), 0xda7e9954);
	for (n = 4; n <= 6; n++) {
		static const u32 expected[] = {
			0x81fc2d04, 0x51b49981, 0x6612bf67,
		};

		start = kc_cip_jhash_start(n, 42);
		expect_eq(kc_cip_jhash_six(word[0], word[1], word[2], word[3],
					   n > 4 ? 7 : 0, n > 5 ? 8 : 0, start),
			  expected[n - 4]);
	}
}

/* --- ipt_CLUSTERIP -------------------------------------------------------- */

static void legacy_vectors(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(legacy); i++) {
		const struct legacy_vector *v = &legacy[i];
		struct kc_cip_key key = {
			.family = KC_AF_INET, .sport = v->sport,
			.dport = v->dport,
		};

		about("vector %u, %s", i, mode_names[v->mode]);
		memcpy(key.src, v->src, sizeof(v->src));
		expect_eq(kc_cip_bucket(kc_cip_hash(v->mode, v->seed, &key),
					v->nodes) + 1, v->node);
	}
}

/* A hash that took the ports as numbers would be another one. */
static void legacy_ports(void)
{
	struct kc_cip_key key = {
		.family = KC_AF_INET, .src = { 10, 0, 0, 1 }, .sport = 0x1234,
		.dport = 0x0050,
	};
	u32 now = kc_cip_hash(KC_CIP_SOURCE_IP_PORT, 1, &key);
	u32 both = kc_cip_hash(KC_CIP_SOURCE_IP_PORT_DEST_PORT, 1, &key);
	u16 one = 1;
	u8 first;

	memcpy(&first, &one, 1);
	expect_eq(kc_cip_hash(KC_CIP_LEGACY_SOURCE_IP, 1, &key),
		  kc_cip_hash(KC_CIP_SOURCE_IP, 1, &key));
	expect_eq(kc_cip_hash(KC_CIP_LEGACY_SOURCE_IP_PORT, 1, &key) == now,
		  !first);
	expect_eq(kc_cip_hash(KC_CIP_LEGACY_SOURCE_IP_PORT_DEST_PORT, 1, &key)
		  == both, !first);
	key.sport = 0x3412;
	key.dport = 0x5000;
	if (first) {
		expect_eq(kc_cip_hash(KC_CIP_LEGACY_SOURCE_IP_PORT, 1, &key),
			  now);
		expect_eq(kc_cip_hash(KC_CIP_LEGACY_SOURCE_IP_PORT_DEST_PORT,
				      1, &key), both);
	}
}

/* --- what counts ---------------------------------------------------------- */

static void what_counts(void)
{
	static const u8 families[] = { KC_AF_INET, KC_AF_INET6 };
	unsigned int f, mode, i;

	for (f = 0; f < ARRAY_SIZE(families); f++)
		for (mode = 0; mode <= KC_CIP_SOURCE_IP_PORT_DEST_PORT; mode++) {
			struct kc_cip_key key = {
				.family = families[f], .sport = 1, .dport = 2,
			};
			u32 was = kc_cip_hash(mode, 7, &key);

			about("%s, family %u", mode_names[mode], families[f]);
			expect(kc_cip_hash(mode, 8, &key) != was);
			/* All of an IPv6 address does, also its host part. */
			for (i = 0; i < 16; i++) {
				key.src[i] ^= 1;
				expect_eq(kc_cip_hash(mode, 7, &key) != was,
					  i < kc_addr_len(families[f]));
				key.src[i] ^= 1;
			}
			key.sport++;
			expect_eq(kc_cip_hash(mode, 7, &key) != was, mode >= 1);
			key.sport--;
			key.dport++;
			expect_eq(kc_cip_hash(mode, 7, &key) != was, mode >= 2);
		}
}

static void ports_needed(void)
{
	expect_eq(kc_cip_ports(KC_CIP_SOURCE_IP), KC_CIP_PORTS_NONE);
	expect_eq(kc_cip_ports(KC_CIP_LEGACY_SOURCE_IP), KC_CIP_PORTS_NONE);
	expect_eq(kc_cip_ports(KC_CIP_SOURCE_IP_PORT), KC_CIP_PORTS_USED);
	expect_eq(kc_cip_ports(KC_CIP_LEGACY_SOURCE_IP_PORT),
		  KC_CIP_PORTS_LEGACY);
}

static void buckets_in_range(void)
{
	u32 n;

	for (n = 1; n <= 512; n++) {
		expect_eq(kc_cip_bucket(0, n), 0);
		expect_eq(kc_cip_bucket(U32_MAX, n), n - 1);
	}
}

/* --- distribution --------------------------------------------------------- */

/* The squares of deviations; their mean is @n - 1, their variance twice that. */
static double chi_square(const unsigned int *hits, unsigned int n, double each)
{
	double sum = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		sum += (hits[i] - each) * (hits[i] - each) / each;
	return sum;
}

/*
 * Five standard deviations from the mean. Also below: what is too even is not
 * spread but counted.
 */
static double spread(enum kc_cip_mode mode, u8 family, unsigned int buckets,
		     u32 seed, unsigned int clients, unsigned int ports)
{
	unsigned int hits[512] = {};
	struct kc_cip_key key = { .family = family, .dport = 443 };
	unsigned int i, j;
	double chi;

	memcpy(key.src, family == KC_AF_INET ? "\x0a\x00\x00\x00" :
	       "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
	       kc_addr_len(family));
	for (i = 0; i < clients; i++) {
		key.src[kc_addr_len(family) - 2] = i >> 8;
		key.src[kc_addr_len(family) - 1] = i & 0xff;
		for (j = 0; j < ports; j++) {
			key.sport = 32768 + j;
			hits[kc_cip_bucket(kc_cip_hash(mode, seed, &key),
					   buckets)]++;
		}
	}
	chi = chi_square(hits, buckets, (double)clients * ports / buckets);
	chi = (chi - (buckets - 1)) * (chi - (buckets - 1)) /
	      (2.0 * (buckets - 1));
	expect(chi < 25);
	return chi;
}

static void distribution(void)
{
	static const unsigned int sizes[] = { 2, 3, 8, 16, 256, 512 };
	double worst = 0, one;
	unsigned int mode, i, tried = 0, off = 0;
	u32 seed;

	for (mode = 0; mode < KC_CIP_MODES; mode++)
		for (i = 0; i < ARRAY_SIZE(sizes); i++)
			for (seed = 0; seed < 8; seed++) {
				bool ports = kc_cip_ports(mode) !=
					     KC_CIP_PORTS_NONE;

				about("%s, %u buckets, seed %u",
				      mode_names[mode], sizes[i], seed);
				one = spread(mode, KC_AF_INET, sizes[i], seed,
					     ports ? 256 : 65536,
					     ports ? 256 : 1);
				worst = one > worst ? one : worst;
				tried++;
				if (kc_cip_legacy(mode))
					continue;
				one = spread(mode, KC_AF_INET6, sizes[i], seed,
					     ports ? 256 : 65536,
					     ports ? 256 : 1);
				worst = one > worst ? one : worst;
				tried++;
			}
	while (off * off < worst * 10000)
		off++;
	printf("# %u times 65536 neighbouring clients: chi-square is off its mean by %u.%02u deviations at most\n",
	       tried, off / 100, off % 100);
}

static const struct check checks[] = {
	{ "the hash is that of Linux", jhash_vectors },
	{ "legacy: the node is the one that ipt_CLUSTERIP chooses", legacy_vectors },
	{ "legacy: ports count as they lie in memory", legacy_ports },
	{ "what a mode says counts, and nothing else does", what_counts },
	{ "which modes need ports", ports_needed },
	{ "no hash is outside the buckets", buckets_in_range },
	{ "clients are spread over the buckets by chance, and not worse", distribution },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
