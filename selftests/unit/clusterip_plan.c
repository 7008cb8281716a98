// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IP: who should own which bucket. Shares are exact, and no bucket moves
 * that need not.
 */
#include "clusterip_hash.h"
#include "clusterip_plan.h"
#include "ktap.h"

#define BUCKETS KC_CIP_BUCKETS_DEFAULT

static struct kc_cip_node nodes[KC_CIP_NODES_MAX + 1];
static struct kc_cip_members members = { .nodes = nodes };
static struct kc_cip_scratch scratch;
static u8 now[KC_CIP_BUCKETS_MAX], next[KC_CIP_BUCKETS_MAX];
static u64 random_state;

static u32 random_below(u32 below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 11) % below;
}

/* So many nodes of the same weight, and nobody owns anything yet. */
static void begin(unsigned int n, unsigned int buckets, u32 seed)
{
	unsigned int i;

	random_state = seed * 0x9e3779b97f4a7c15ULL + n + 1;
	for (i = 0; i < n; i++) {
		nodes[i].id = ((u64)random_below(U32_MAX) << 8) + i;
		nodes[i].weight = 100;
		nodes[i].alive = true;
	}
	members.n = n;
	members.buckets = buckets;
	members.seed = seed;
	memset(now, KC_CIP_NOBODY, sizeof(now));
}

static int replan(void)
{
	int moved = kc_cip_plan(&members, now, next, &scratch);

	memcpy(now, next, members.buckets);
	return moved;
}

static unsigned int count(const u8 *map, unsigned int node)
{
	unsigned int i, n = 0;

	for (i = 0; i < members.buckets; i++)
		n += map[i] == node;
	return n;
}

/* Every node has its share, rounded down or up. */
static void expect_exact(void)
{
	unsigned int i, total = 0;

	for (i = 0; i < members.n; i++)
		total += nodes[i].alive ? nodes[i].weight : 0;
	for (i = 0; total && i < members.n; i++) {
		u32 share = nodes[i].alive ?
			    members.buckets * nodes[i].weight : 0;

		expect(count(now, i) >= share / total);
		expect(count(now, i) <= (share + total - 1) / total);
	}
	if (total)
		expect_eq(count(now, KC_CIP_NOBODY), 0);
}

static void shares(void)
{
	static const unsigned int sizes[] = { 16, 100, 256, 512 };
	unsigned int n, i, s;

	for (s = 0; s < ARRAY_SIZE(sizes); s++)
		for (n = 1; n <= KC_CIP_NODES_MAX; n++) {
			about("%u nodes, %u buckets", n, sizes[s]);
			begin(n, sizes[s], n);
			expect_eq(replan(), sizes[s]);
			expect_exact();
			for (i = 0; i < n; i++)
				nodes[i].weight = 1 + random_below(65535);
			replan();
			expect_exact();
			expect_eq(replan(), 0);
		}
}

/* Of each number of nodes each one dies; what others own stays. */
static void loss(void)
{
	unsigned int n, dead, i, died = 0;
	u8 whole[KC_CIP_BUCKETS_MAX];

	for (n = 2; n <= KC_CIP_NODES_MAX; n++) {
		begin(n, BUCKETS, n);
		replan();
		memcpy(whole, now, sizeof(whole));
		for (dead = 0; dead < n; dead++, died++) {
			about("%u of %u", dead, n);
			memcpy(now, whole, sizeof(whole));
			nodes[dead].alive = false;
			expect_eq(replan(), count(whole, dead));
			for (i = 0; i < BUCKETS; i++)
				expect(whole[i] == dead || whole[i] == now[i]);
			expect_exact();
			nodes[dead].alive = true;
		}
	}
	printf("# %u losses, of 2 to 64 nodes: no bucket of another node moved\n",
	       died);
}

/* The same, counted in clients, for source-ip and eight nodes. */
static void loss_of_clients(void)
{
	unsigned int hits[8] = {}, before[8] = {}, i, dead, clients = 100000;
	unsigned int least = clients, most = 0, moved = 0;

	begin(8, BUCKETS, 3);
	replan();
	dead = 5;
	nodes[dead].alive = false;
	kc_cip_plan(&members, now, next, &scratch);
	for (i = 0; i < clients; i++) {
		struct kc_cip_key key = {
			.family = KC_AF_INET,
			.src = { 10, i >> 16, i >> 8 & 0xff, i & 0xff },
		};
		u32 bucket = kc_cip_bucket(kc_cip_hash(KC_CIP_SOURCE_IP, 3,
						       &key), BUCKETS);

		before[now[bucket]]++;
		hits[next[bucket]]++;
		moved += now[bucket] != next[bucket];
	}
	expect_eq(moved, before[dead]);
	expect_eq(hits[dead], 0);
	for (i = 0; i < 8; i++) {
		if (i == dead)
			continue;
		least = hits[i] < least ? hits[i] : least;
		most = hits[i] > most ? hits[i] : most;
		/* Within a tenth of a seventh. */
		expect(hits[i] * 7 > clients / 10 * 9);
		expect(hits[i] * 7 < clients / 10 * 11);
	}
	printf("# 1 of 8 dies: %u of %u clients move, all of them its own; survivors have %u to %u\n",
	       moved, clients, least, most);
}

static void join(void)
{
	unsigned int n, i;

	for (n = 1; n < KC_CIP_NODES_MAX; n++) {
		about("%u and one more", n);
		begin(n + 1, BUCKETS, n);
		nodes[n].alive = false;
		replan();
		nodes[n].alive = true;
		kc_cip_plan(&members, now, next, &scratch);
		for (i = 0; i < BUCKETS; i++)
			expect(next[i] == now[i] || next[i] == n);
		memcpy(now, next, BUCKETS);
		expect_exact();
	}
}

/* Of the buckets that a node had before it died, how many has it afterwards? */
static void return_of(void)
{
	unsigned int n, i, dead, had = 0, again = 0;
	u8 first[KC_CIP_BUCKETS_MAX];

	for (n = 2; n <= KC_CIP_NODES_MAX; n++) {
		begin(n, BUCKETS, n);
		replan();
		memcpy(first, now, sizeof(first));
		for (dead = 0; dead < n; dead++) {
			memcpy(now, first, sizeof(first));
			nodes[dead].alive = false;
			replan();
			nodes[dead].alive = true;
			replan();
			for (i = 0; i < BUCKETS; i++) {
				had += first[i] == dead;
				again += first[i] == dead && now[i] == dead;
			}
		}
	}
	expect(again * 5 > had * 4);
	printf("# who dies and comes back gets %u of %u buckets that it had\n",
	       again, had);
}

/* What a change costs: what is free, and what is beyond a quota, no more. */
static unsigned int least_moves(const u8 *before, const u8 *after)
{
	unsigned int i, must = count(before, KC_CIP_NOBODY);

	/* Those that nobody can have. */
	if (count(after, KC_CIP_NOBODY))
		must = 0;
	for (i = 0; i < members.n; i++) {
		unsigned int had = count(before, i), has = count(after, i);

		if (had > has)
			must += had - has;
	}
	return must;
}

static void walk(void)
{
	unsigned int step, i, node, changes = 0, extra = 0;
	u8 was[KC_CIP_BUCKETS_MAX];
	u32 seed;

	for (seed = 1; seed <= 40; seed++) {
		begin(2 + random_below(40), BUCKETS, seed);
		replan();
		for (step = 0; step < 60; step++) {
			bool lost;

			about("seed %u, step %u", seed, step);
			node = random_below(members.n);
			lost = random_below(2) && nodes[node].alive;
			if (lost)
				nodes[node].alive = false;
			else if (random_below(2))
				nodes[node].alive = true;
			else
				nodes[node].weight = random_below(300);
			memcpy(was, now, sizeof(was));
			expect_eq(replan(), least_moves(was, now));
			expect_exact();
			for (i = 0; lost && i < BUCKETS; i++)
				extra += was[i] != node && was[i] != now[i];
			changes++;
		}
	}
	printf("# %u changes of nodes and weights: shares exact, no move too many (by rounding %u buckets beside those of who died)\n",
	       changes, extra);
}

static void order(void)
{
	u8 map[KC_CIP_BUCKETS_MAX];
	struct kc_cip_node swap;
	unsigned int i, j, k, round;

	for (round = 0; round < 20; round++) {
		u64 ids[KC_CIP_BUCKETS_MAX];

		about("round %u", round);
		begin(3 + 3 * round, BUCKETS, round);
		for (i = 0; i < members.n; i++)
			nodes[i].weight = 1 + random_below(200);
		kc_cip_plan(&members, now, map, &scratch);
		for (i = 0; i < BUCKETS; i++)
			ids[i] = nodes[map[i]].id;
		for (k = 0; k < 100; k++) {
			i = random_below(members.n);
			j = random_below(members.n);
			swap = nodes[i];
			nodes[i] = nodes[j];
			nodes[j] = swap;
		}
		kc_cip_plan(&members, now, map, &scratch);
		for (i = 0; i < BUCKETS; i++)
			expect(ids[i] == nodes[map[i]].id);
	}
}

/* Whoever changes what it says has to change KC_CIP_PLAN_VERSION. */
static void version(void)
{
	unsigned int i;
	u32 sum = 0;

	begin(5, BUCKETS, 9);
	for (i = 0; i < 5; i++) {
		nodes[i].id = 1000 + i;
		nodes[i].weight = 50 + 25 * i;
	}
	replan();
	nodes[2].alive = false;
	replan();
	for (i = 0; i < BUCKETS; i++)
		sum = kc_cip_jhash(now[i], i, 0, 2, sum);
	expect_eq(KC_CIP_PLAN_VERSION, 1);
	expect_eq(sum, 0x8739b362);
}

static void drained(void)
{
	unsigned int i;

	begin(4, BUCKETS, 1);
	replan();
	nodes[1].weight = 0;
	about("one is drained");
	expect_eq(replan(), BUCKETS / 4);
	expect_exact();
	expect_eq(count(now, 1), 0);
	for (i = 0; i < 4; i++)
		nodes[i].weight = 0;
	about("all are drained");
	expect_eq(replan(), 0);
	nodes[0].alive = false;
	about("and one of them is dead");
	replan();
	expect_eq(count(now, 0), 0);
	expect_eq(count(now, 2) + count(now, 3) + count(now, KC_CIP_NOBODY),
		  BUCKETS);
	expect_eq(count(now, 2), 85);
	for (i = 0; i < 4; i++)
		nodes[i].alive = false;
	about("nobody is alive");
	replan();
	expect_eq(count(now, KC_CIP_NOBODY), BUCKETS);
}

static void heirs(void)
{
	u8 first[KC_CIP_BUCKETS_MAX], second[KC_CIP_BUCKETS_MAX];
	u8 once[KC_CIP_BUCKETS_MAX], twice[KC_CIP_BUCKETS_MAX];
	unsigned int n, i, owner, heir;

	for (n = 1; n <= 12; n++) {
		begin(n, BUCKETS, n);
		replan();
		for (owner = 0; owner < n; owner++) {
			about("%u of %u", owner, n);
			memset(first, 0xee, sizeof(first));
			memset(second, 0xee, sizeof(second));
			expect_eq(kc_cip_successors(&members, owner, now, first,
						    second, &scratch), 0);
			nodes[owner].alive = false;
			kc_cip_plan(&members, now, once, &scratch);
			for (heir = 0; heir < n; heir++) {
				if (heir == owner)
					continue;
				nodes[heir].alive = false;
				kc_cip_plan(&members, once, twice, &scratch);
				nodes[heir].alive = true;
				for (i = 0; i < BUCKETS; i++)
					expect(now[i] != owner ||
					       first[i] != heir ||
					       second[i] == twice[i]);
			}
			for (i = 0; i < BUCKETS; i++) {
				bool its = now[i] == owner;

				expect_eq(first[i], its ? once[i] : 0xee);
				expect(its || second[i] == 0xee);
			}
			nodes[owner].alive = true;
		}
	}
}

static void refused(void)
{
	begin(3, BUCKETS, 1);
	expect_eq(kc_cip_successors(&members, 3, now, next, NULL, &scratch),
		  -EINVAL);
	members.buckets = KC_CIP_BUCKETS_MIN - 1;
	expect_eq(kc_cip_plan(&members, now, next, &scratch), -EINVAL);
	members.buckets = KC_CIP_BUCKETS_MAX + 1;
	expect_eq(kc_cip_plan(&members, now, next, &scratch), -EINVAL);
	members.buckets = BUCKETS;
	nodes[2].id = nodes[0].id;
	expect_eq(kc_cip_plan(&members, now, next, &scratch), -EINVAL);
	begin(KC_CIP_NODES_MAX + 1, BUCKETS, 1);
	expect_eq(kc_cip_plan(&members, now, next, &scratch), -EINVAL);
	/* A map of who knows what is one of nobody. */
	begin(3, BUCKETS, 1);
	memset(now, 77, sizeof(now));
	expect_eq(replan(), BUCKETS);
	expect_exact();
}

static const struct check checks[] = {
	{ "every node has its share by weight, rounded", shares },
	{ "the loss of a node moves its buckets only", loss },
	{ "and its clients only, evenly", loss_of_clients },
	{ "who joins takes from others, and nothing else moves", join },
	{ "who comes back gets what it had", return_of },
	{ "no change moves more than it must", walk },
	{ "the order of the nodes does not matter", order },
	{ "the plan is that of its version", version },
	{ "drained nodes give up what others can take", drained },
	{ "the successors are those who would get it", heirs },
	{ "what cannot be divided is refused", refused },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
