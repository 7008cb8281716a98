// SPDX-License-Identifier: GPL-2.0
/*
 * Who should own which bucket, see clusterip_plan.h.
 *
 * Weights count by the quotas alone: the scores of two nodes compare the same
 * whatever their weights are, so that a change of weight moves no bucket that
 * the quotas leave where it is. All loops are bounded by the numbers of buckets
 * and nodes; the longest, many nodes that join at once, does a few hundred
 * thousand steps.
 */
#include "clusterip_hash.h"
#include "clusterip_plan.h"

/**
 * struct plan - one that is being made
 * @m: the members
 * @lost: bit i: node i is taken for dead
 * @next: the map that it becomes
 * @s: memory
 */
struct plan {
	const struct kc_cip_members *m;
	u64 lost;
	u8 *next;
	struct kc_cip_scratch *s;
};

static bool is_alive(const struct plan *p, unsigned int node)
{
	return p->m->nodes[node].alive && !(p->lost >> node & 1);
}

static u32 weight_of(const struct plan *p, unsigned int node)
{
	return is_alive(p, node) ? p->m->nodes[node].weight : 0;
}

/* How much does a node want a bucket? */
static u32 score(const struct plan *p, unsigned int node, u32 bucket)
{
	u64 id = p->m->nodes[node].id;

	return kc_cip_jhash((u32)id, id >> 32, bucket, 3, p->m->seed);
}

static bool valid(const struct kc_cip_members *m)
{
	unsigned int i, j;

	if (m->n > KC_CIP_NODES_MAX || m->buckets < KC_CIP_BUCKETS_MIN ||
	    m->buckets > KC_CIP_BUCKETS_MAX)
		return false;
	for (i = 0; i < m->n; i++)
		for (j = 0; j < i; j++)
			if (m->nodes[i].id == m->nodes[j].id)
				return false;
	return true;
}

/*
 * What stays where it is for now. Where no weight is left at all, those who
 * are drained keep what they have: there is nobody to take it.
 */
static void keep(struct plan *p, const u8 *now, bool drained)
{
	unsigned int i;

	memset(p->s->has, 0, sizeof(p->s->has));
	for (i = 0; i < p->m->buckets; i++) {
		u8 owner = now[i];

		if (owner >= p->m->n ||
		    !(drained ? is_alive(p, owner) : weight_of(p, owner)))
			owner = KC_CIP_NOBODY;
		else
			p->s->has[owner]++;
		p->next[i] = owner;
	}
}

/* Of two nodes with a rest, does @a come before @b for a bucket more? */
static bool sooner(const struct plan *p, unsigned int a, unsigned int b,
		   const u32 *rest)
{
	bool holds_a = p->s->has[a] > p->s->quota[a];
	bool holds_b = p->s->has[b] > p->s->quota[b];
	u32 score_a, score_b;

	if (holds_a != holds_b)
		return holds_a;
	if (rest[a] != rest[b])
		return rest[a] > rest[b];
	score_a = score(p, a, KC_CIP_BUCKETS_MAX);
	score_b = score(p, b, KC_CIP_BUCKETS_MAX);
	if (score_a != score_b)
		return score_a > score_b;
	return p->m->nodes[a].id < p->m->nodes[b].id;
}

/*
 * The share of each, rounded down; what is left over goes first to those who
 * hold a bucket more anyway, then to those who lost most by the rounding.
 */
static void set_quotas(struct plan *p, u32 total)
{
	u32 rest[KC_CIP_NODES_MAX];
	u32 left = p->m->buckets;
	unsigned int i;

	for (i = 0; i < p->m->n; i++) {
		/* 512 times 65535 at most. */
		u32 share = p->m->buckets * weight_of(p, i);

		p->s->quota[i] = share / total;
		rest[i] = share % total;
		left -= p->s->quota[i];
	}
	while (left--) {
		int first = -1;

		for (i = 0; i < p->m->n; i++)
			if (rest[i] && (first < 0 || sooner(p, i, first, rest)))
				first = i;
		/* The rests add up to what is left, so there is one. */
		if (first < 0)
			return;
		p->s->quota[first]++;
		rest[first] = 0;
	}
}

static bool may_move(const struct plan *p, unsigned int bucket)
{
	u8 owner = p->next[bucket];

	return owner == KC_CIP_NOBODY || p->s->has[owner] > p->s->quota[owner];
}

/* Who wants it most, of those who have too few? */
static void find_best(struct plan *p, unsigned int bucket)
{
	u8 owner = p->next[bucket], best = KC_CIP_NOBODY;
	u32 most = 0;
	unsigned int i;

	for (i = 0; i < p->m->n; i++) {
		u32 one;

		if (p->s->has[i] >= p->s->quota[i])
			continue;
		one = score(p, i, bucket);
		if (best == KC_CIP_NOBODY || one > most ||
		    (one == most && p->m->nodes[i].id < p->m->nodes[best].id)) {
			best = i;
			most = one;
		}
	}
	p->s->best[bucket] = best;
	p->s->gain[bucket] = most;
	/* What a node had before has more to gain than what never was its. */
	if (owner != KC_CIP_NOBODY)
		p->s->gain[bucket] -= score(p, owner, bucket);
}

/* The bucket whose move gains most; the number of buckets if none has to. */
static unsigned int best_move(const struct plan *p)
{
	unsigned int i, best = p->m->buckets;

	for (i = 0; i < p->m->buckets; i++)
		if (may_move(p, i) && p->s->best[i] != KC_CIP_NOBODY &&
		    (best == p->m->buckets || p->s->gain[i] > p->s->gain[best]))
			best = i;
	return best;
}

static void divide(struct plan *p)
{
	unsigned int i, bucket;

	for (i = 0; i < p->m->buckets; i++)
		if (may_move(p, i))
			find_best(p, i);
	while ((bucket = best_move(p)) < p->m->buckets) {
		u8 to = p->s->best[bucket], from = p->next[bucket];

		if (from != KC_CIP_NOBODY)
			p->s->has[from]--;
		p->s->has[to]++;
		p->next[bucket] = to;
		/* It takes no more: who is second to it? */
		if (p->s->has[to] < p->s->quota[to])
			continue;
		for (i = 0; i < p->m->buckets; i++)
			if (may_move(p, i) && p->s->best[i] == to)
				find_best(p, i);
	}
}

static void make(struct plan *p, const u8 *now)
{
	unsigned int i;
	u32 total = 0;

	for (i = 0; i < p->m->n; i++)
		total += weight_of(p, i);
	keep(p, now, !total);
	if (!total)
		return;
	set_quotas(p, total);
	divide(p);
}

/**
 * kc_cip_plan() - who should own which bucket?
 * @members: among whom they are divided
 * @now: who owns them now, @members->buckets octets; what is no index of a node
 *	means nobody
 * @next: filled in likewise; another array than @now
 * @scratch: memory, its contents do not matter
 *
 * Where all nodes that are alive are drained, they keep what they have.
 *
 * Return: how many buckets get another owner, or none; -EINVAL if there are too
 * many nodes, too few or too many buckets, or two nodes with the same number
 */
int kc_cip_plan(const struct kc_cip_members *members, const u8 *now, u8 *next,
		struct kc_cip_scratch *scratch)
{
	struct plan p = { .m = members, .next = next, .s = scratch };
	unsigned int i;
	int moved = 0;

	if (!valid(members))
		return -EINVAL;
	make(&p, now);
	for (i = 0; i < members->buckets; i++)
		moved += next[i] != now[i];
	return moved;
}

/* Who would take over from @heir as well? */
static void find_second(struct plan *p, unsigned int heir, const u8 *now,
			unsigned int owner, const u8 *first, u8 *second)
{
	const u8 *after = p->next;
	unsigned int i;

	p->lost |= 1ULL << heir;
	p->next = p->s->lost[1];
	make(p, after);
	for (i = 0; i < p->m->buckets; i++)
		if (now[i] == owner && first[i] == heir)
			second[i] = p->next[i];
	p->next = p->s->lost[0];
	p->lost &= ~(1ULL << heir);
}

/**
 * kc_cip_successors() - who would get a node's buckets if it died?
 * @members: among whom they are divided
 * @owner: the node, an index of @members->nodes
 * @now: who owns them now, as kc_cip_plan() made it
 * @first: of its buckets, who would; others are not touched
 * @second: of its buckets, who would if that one died next; may be NULL
 * @scratch: memory, its contents do not matter
 *
 * It is what kc_cip_plan() would say then, so it holds while no other node
 * changes. With @second there is a plan to be made for each heir: some ten
 * thousand steps each.
 *
 * Return: 0; -EINVAL as kc_cip_plan(), and if there is no such node
 */
int kc_cip_successors(const struct kc_cip_members *members, unsigned int owner,
		      const u8 *now, u8 *first, u8 *second,
		      struct kc_cip_scratch *scratch)
{
	struct plan p = { .m = members, .next = scratch->lost[0], .s = scratch };
	unsigned int i;
	u64 heirs = 0;

	if (!valid(members) || owner >= members->n)
		return -EINVAL;
	p.lost = 1ULL << owner;
	make(&p, now);
	for (i = 0; i < members->buckets; i++) {
		if (now[i] != owner)
			continue;
		first[i] = p.next[i];
		if (second)
			second[i] = KC_CIP_NOBODY;
		if (first[i] != KC_CIP_NOBODY)
			heirs |= 1ULL << first[i];
	}
	for (i = 0; second && i < members->n; i++)
		if (heirs >> i & 1)
			find_second(&p, i, now, owner, first, second);
	return 0;
}
