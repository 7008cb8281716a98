// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IP: who has to know the flows of which bucket. Whatever becomes of the
 * nodes, who gets a bucket next has been one of its heirs.
 */
#include "clusterip_estate.h"
#include "ktap.h"

#define BUCKETS KC_CIP_BUCKETS_DEFAULT

static struct kc_cip_node nodes[KC_CIP_NODES_MAX];
static u16 weights[KC_CIP_NODES_MAX];
static u8 now[KC_CIP_BUCKETS_MAX], next[KC_CIP_BUCKETS_MAX];
static u8 after[KC_CIP_BUCKETS_MAX];
static u64 heirs[KC_CIP_BUCKETS_MAX];
static struct kc_cip_scratch scratch;
static struct kc_cip_estate_scratch memory;
static struct kc_cip_estate_in in;

/* So many nodes, of which each has its share. */
static void begin(unsigned int n, u32 seed)
{
	unsigned int i;

	memset(&in, 0, sizeof(in));
	for (i = 0; i < n; i++) {
		nodes[i].id = 0x020000000000ULL + seed * 1000003ULL + i * i * 77;
		nodes[i].weight = 100;
		nodes[i].alive = true;
		weights[i] = 100;
	}
	in.members.nodes = nodes;
	in.members.n = n;
	in.members.seed = seed;
	in.members.buckets = BUCKETS;
	in.owners = now;
	in.weights = weights;
	memset(next, KC_CIP_NOBODY, sizeof(next));
	kc_cip_plan(&in.members, next, now, &scratch);
	about("%u nodes, seed %u", n, seed);
}

static unsigned int count(u64 set)
{
	return __builtin_popcountll(set);
}

/* Of our own buckets: is who owns it by a map among its heirs? */
static void expect_heir(const u8 *map)
{
	unsigned int i;

	for (i = 0; i < BUCKETS; i++)
		if (now[i] == in.self && map[i] != in.self)
			expect(heirs[i] >> map[i] & 1);
}

static void one(void)
{
	unsigned int n, seed, i;

	for (n = 2; n <= 9; n++) {
		for (seed = 0; seed < 4; seed++) {
			begin(n, seed);
			in.self = seed % n;
			in.successors = 1;
			expect_eq(kc_cip_estate(&in, heirs, &memory), 0);
			nodes[in.self].alive = false;
			kc_cip_plan(&in.members, now, next, &scratch);
			expect_heir(next);
			for (i = 0; i < BUCKETS; i++)
				expect_eq(count(heirs[i]), 1);
		}
	}
}

static void two(void)
{
	unsigned int n, i, first;

	for (n = 3; n <= 8; n++) {
		begin(n, n);
		in.self = n - 1;
		in.successors = 2;
		expect_eq(kc_cip_estate(&in, heirs, &memory), 0);
		for (i = 0; i < BUCKETS; i++)
			expect_eq(count(heirs[i]), now[i] == in.self ? 2 : 1);
		nodes[in.self].alive = false;
		kc_cip_plan(&in.members, now, next, &scratch);
		expect_heir(next);
		/* And if the one that got it dies, too. */
		for (first = 0; first < n - 1; first++) {
			nodes[first].alive = false;
			kc_cip_plan(&in.members, next, after, &scratch);
			nodes[first].alive = true;
			for (i = 0; i < BUCKETS; i++)
				expect(now[i] != in.self || next[i] != first ||
				       heirs[i] >> after[i] & 1);
		}
	}
}

static void none(void)
{
	unsigned int i;

	begin(4, 7);
	in.self = 1;
	in.joining = 1 << 2;
	expect_eq(kc_cip_estate(&in, heirs, &memory), 0);
	for (i = 0; i < BUCKETS; i++)
		expect_eq(heirs[i], now[i] == 1 ? 0 : 1ULL << now[i]);
}

/* One that is not there yet, and one that stands by. */
static void joining(void)
{
	unsigned int n, i, got, known;
	int drained;

	for (n = 3; n <= 8; n++) {
		for (drained = 0; drained < 2; drained++) {
			begin(n, n);
			nodes[0].alive = drained;
			nodes[0].weight = 0;
			kc_cip_plan(&in.members, now, next, &scratch);
			memcpy(now, next, sizeof(now));
			in.self = 1;
			in.successors = 1;
			in.joining = 1;
			expect_eq(kc_cip_estate(&in, heirs, &memory), 0);
			nodes[0].alive = true;
			nodes[0].weight = weights[0];
			kc_cip_plan(&in.members, now, next, &scratch);
			expect_heir(next);
			for (i = got = known = 0; i < BUCKETS; i++) {
				got += now[i] == 1 && next[i] == 0;
				known += now[i] == 1 && heirs[i] & 1;
			}
			expect(got);
			/* And it is told nothing else. */
			expect_eq(known, got);
		}
	}
}

static void bounded(void)
{
	unsigned int i;

	begin(KC_CIP_NODES_MAX, 3);
	in.self = 5;
	in.successors = 2;
	expect_eq(kc_cip_estate(&in, heirs, &memory), 0);
	for (i = 0; i < BUCKETS; i++)
		expect(count(heirs[i]) <= 2 && !(heirs[i] >> 5 & 1 &&
						 now[i] == 5));
}

/* Given back by us, and granted to another one in a moment. */
static void moving(void)
{
	unsigned int n;

	for (n = 2; n <= KC_CIP_NODES_MAX; n++) {
		begin(n, 3);
		in.self = n - 1;
		in.successors = 1;
		now[7] = KC_CIP_NOBODY;
		now[8] = 0;
		expect_eq(kc_cip_estate(&in, heirs, &memory), 0);
		expect_eq(count(heirs[7]), n - 1);
		expect(!(heirs[7] >> in.self & 1));
		expect_eq(heirs[8], 1);
	}
}

static void alone(void)
{
	unsigned int i;

	begin(1, 3);
	in.successors = 2;
	expect_eq(kc_cip_estate(&in, heirs, &memory), 0);
	for (i = 0; i < BUCKETS; i++)
		expect_eq(heirs[i], 0);
	begin(3, 3);
	in.successors = 1;
	in.self = 3;
	expect_eq(kc_cip_estate(&in, heirs, &memory), -EINVAL);
}

static const struct check checks[] = {
	{ "who gets a bucket when we die knows its flows", one },
	{ "with two successors who gets it next, too", two },
	{ "without successors nobody is told anything", none },
	{ "who is about to join knows what it will get", joining },
	{ "no flow is told to more than was asked for", bounded },
	{ "of a bucket on its way to somebody all others know", moving },
	{ "one that is alone tells nobody", alone },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
