// SPDX-License-Identifier: GPL-2.0
/*
 * What the tests of leases share, see clusterip_cluster.h.
 */
#include "clusterip_cluster.h"

#define FLIGHT_MAX 8192
#define HELLO (LEASE / 8)

enum kind { GOT_LEASE, GOT_MAP, GOT_STATUS };

struct flight {
	u64 arrives;
	u8 from, to;
	bool used;
	enum kind kind;
	size_t len;
	u8 data[KC_CIP_MAP_LEN + 11 * NODES_MAX + BUCKETS];
};

struct cluster_node nodes[NODES_MAX];
unsigned int count;
u64 now;
unsigned int loss, late, doubled;
u64 delay_min, delay_max;
bool cut[NODES_MAX][NODES_MAX];
bool may_double;
u64 unowned[BUCKETS], unowned_run[BUCKETS];

static struct flight flights[FLIGHT_MAX];
static unsigned int flights_end;
static u64 random_state, since[BUCKETS], hello_at;
static bool serves;

u32 random_below(u32 limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 20) % limit;
}

u64 clock_of(unsigned int who)
{
	return nodes[who].offset + now +
	       (long long)(now / 1000000) * nodes[who].drift;
}

/* --- the network ---------------------------------------------------------- */

static void put(u8 from, u8 to, enum kind kind, const u8 *data, size_t len)
{
	unsigned int i, copies = 1 + (random_below(100) < doubled);

	expect(len && len <= sizeof(flights[0].data));
	if (cut[from][to] || random_below(100) < loss)
		return;
	for (i = 0; i < FLIGHT_MAX && copies; i++) {
		struct flight *f = &flights[i];

		if (f->used)
			continue;
		copies--;
		if (i >= flights_end)
			flights_end = i + 1;
		f->used = true;
		f->arrives = now + delay_min +
			     random_below(delay_max - delay_min + 1);
		/* Now and then by a way around the world. */
		if (random_below(100) < late)
			f->arrives += random_below(1000) * 3 * MS;
		f->from = from;
		f->to = to;
		f->kind = kind;
		f->len = len;
		memcpy(f->data, data, len);
	}
	expect(!copies);
}

static void send_grant(u8 from, u8 to, bool ask)
{
	static struct kc_cip_map map;
	static u8 buf[KC_CIP_MAP_MAX];
	bool with_map;

	with_map = kc_cip_rule_grant(&nodes[from].rule, to, ask, &map.lease,
				     clock_of(from));
	if (!map.lease.head.epoch)
		return;
	if (!with_map) {
		put(from, to, GOT_LEASE, buf,
		    kc_cip_lease_build(buf, &map.lease));
		return;
	}
	kc_cip_rule_map(&nodes[from].rule, &map);
	put(from, to, GOT_MAP, buf, kc_cip_map_build(buf, sizeof(buf), &map));
}

static void send_status(u8 from, u8 to)
{
	struct kc_cip_status status;
	u8 buf[KC_CIP_STATUS_MAX];

	kc_cip_hold_status(&nodes[from].hold, &status, clock_of(from));
	put(from, to, GOT_STATUS, buf,
	    kc_cip_status_build(buf, sizeof(buf), &status));
}

/* --- what the module does around the core --------------------------------- */

static unsigned int grant_to_all(u8 who, unsigned int actions)
{
	static struct kc_cip_status status;
	static struct kc_cip_map map;
	unsigned int again;
	u8 to;

	again = kc_cip_self(&nodes[who].rule, &map, &status, clock_of(who));
	for (to = 0; to < count; to++) {
		if (to == who)
			continue;
		if ((actions | again) & (KC_CIP_GRANT_ALL | KC_CIP_ASK_ALL) ||
		    kc_cip_rule_silent(&nodes[who].rule, to))
			send_grant(who, to,
				   !((actions | again) & KC_CIP_GRANT_ALL) ||
				   (actions | again) & KC_CIP_ASK_ALL);
	}
	return again;
}

static void say(u8 who)
{
	struct kc_cip_hold *h = &nodes[who].hold;
	u8 to;

	if (h->authority == h->cfg.id && nodes[who].rule.on) {
		static struct kc_cip_status status;
		static struct kc_cip_map map;
		unsigned int actions;

		actions = kc_cip_self(&nodes[who].rule, &map, &status,
				      clock_of(who));
		if (actions & (KC_CIP_GRANT_ALL | KC_CIP_ASK_ALL))
			grant_to_all(who, actions);
		return;
	}
	for (to = 0; to < count; to++)
		if (to != who && (nodes[to].hold.cfg.id == h->authority ||
				  kc_cip_hold_lost(h, clock_of(who))))
			send_status(who, to);
	/* Nobody to send it to: it is due later all the same. */
	h->status_at = kc_later(h->status_at, clock_of(who) + LEASE / 8);
}

static void carry_out(u8 who, u8 from, unsigned int actions)
{
	if (actions & (KC_CIP_GRANT_ALL | KC_CIP_ASK_ALL | KC_CIP_ASK_SILENT))
		grant_to_all(who, actions);
	else if (actions & KC_CIP_GRANT)
		send_grant(who, from, false);
	if (actions & KC_CIP_SAY)
		say(who);
	if (actions & KC_CIP_SAY_BACK)
		send_status(who, from);
}

static void arrive(const struct flight *f)
{
	static struct kc_cip_status status;
	static struct kc_cip_map map;
	struct cluster_node *n = &nodes[f->to];
	u64 from = nodes[f->from].hold.cfg.id, at = clock_of(f->to);
	unsigned int actions = 0;

	switch (f->kind) {
	case GOT_STATUS:
		expect(kc_cip_status_parse(f->data, f->len, &status));
		actions = kc_cip_rule_status(&n->rule, f->from, &status, at);
		break;
	case GOT_MAP:
		expect(kc_cip_map_parse(f->data, f->len, &map));
		actions = kc_cip_hold_hear(&n->hold, from, &map.lease, &map, at);
		break;
	case GOT_LEASE:
		expect(kc_cip_lease_parse(f->data, f->len, &map.lease));
		actions = kc_cip_hold_hear(&n->hold, from, &map.lease, NULL, at);
		break;
	}
	carry_out(f->to, f->from, actions);
}

/* --- nodes ---------------------------------------------------------------- */

void node_start(unsigned int who, bool reboot)
{
	struct cluster_node *n = &nodes[who];
	struct kc_cip_config cfg = {
		.object = "web", .id = 100 + who, .lease = LEASE, .seed = 7,
		.buckets = BUCKETS, .mode = KC_CIP_SOURCE_IP, .votes = count,
		.serve = serves,
	};
	u64 ids[NODES_MAX];
	unsigned int i;

	n->lives++;
	cfg.life = n->lives * 1000 + who;
	/* The clock goes on if only the module was loaded anew. */
	if (reboot) {
		n->drift = (int)random_below(20001) - 10000;
		n->offset = 500 * MS - now -
			    (long long)(now / 1000000) * n->drift;
	}
	n->up = true;
	n->master = false;
	n->frozen_until = 0;
	kc_cip_hold_init(&n->hold, &cfg, clock_of(who));
	n->hold.weight = n->weight;
	for (i = 0; i < count; i++) {
		ids[i] = 100 + i;
		n->heard_at[i] = 0;
	}
	expect_eq(kc_cip_rule_init(&n->rule, &n->hold, ids, count), 0);
}

void node_crash(unsigned int who)
{
	nodes[who].up = false;
}

void node_master(unsigned int who, bool master)
{
	struct cluster_node *n = &nodes[who];

	n->master = master;
	carry_out(who, who, kc_cip_rule_want(&n->rule, master,
					     1000 + now / (1000 * MS),
					     clock_of(who)));
}

/* What it says of itself is another: it says so at once. */
void node_changed(unsigned int who)
{
	nodes[who].hold.weight = nodes[who].weight;
	say(who);
}

static void hellos(void)
{
	unsigned int i, j;

	if (now < hello_at)
		return;
	hello_at = now + HELLO;
	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++)
			if (nodes[i].up && nodes[j].up && !cut[i][j] &&
			    nodes[i].frozen_until <= now &&
			    random_below(100) >= loss)
				nodes[j].heard_at[i] = now;
}

static void run_node(unsigned int who)
{
	struct cluster_node *n = &nodes[who];
	unsigned int i;

	for (i = 0; i < count; i++)
		if (i != who)
			carry_out(who, i, kc_cip_rule_alive(&n->rule, i,
				  n->heard_at[i] &&
				  now < n->heard_at[i] + LEASE, clock_of(who)));
	if (clock_of(who) >= n->hold.status_at)
		say(who);
	carry_out(who, who, kc_cip_rule_run(&n->rule, clock_of(who)));
}

/* --- the oracle ----------------------------------------------------------- */

int owner_of(unsigned int bucket)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (nodes[i].up && kc_cip_owns(&nodes[i].hold, bucket,
					       clock_of(i)))
			return i;
	return -1;
}

unsigned int buckets_of(unsigned int who)
{
	unsigned int i, n = 0;

	for (i = 0; i < BUCKETS; i++)
		n += nodes[who].up && kc_cip_owns(&nodes[who].hold, i,
						  clock_of(who));
	return n;
}

bool all_owned(void)
{
	unsigned int i;

	for (i = 0; i < BUCKETS; i++)
		if (owner_of(i) < 0)
			return false;
	return true;
}

/* Also who is frozen may have a packet that it is about to answer. */
static void judge(void)
{
	u64 all = 0, twice = 0;
	unsigned int i;

	for (i = 0; i < count; i++) {
		u64 its = nodes[i].up && clock_of(i) < nodes[i].hold.until ?
			  nodes[i].hold.mine[0] : 0;

		twice |= all & its;
		all |= its;
	}
	if (!may_double)
		expect_eq(twice, 0);
	for (i = 0; i < BUCKETS; i++) {
		if (all >> i & 1) {
			since[i] = now;
			continue;
		}
		unowned[i] += STEP;
		if (now - since[i] > unowned_run[i])
			unowned_run[i] = now - since[i];
	}
}

void expect_exact(void)
{
	unsigned int i, total = 0;

	for (i = 0; i < count; i++)
		if (nodes[i].up && !nodes[i].hold.standby &&
		    !nodes[i].hold.released)
			total += nodes[i].weight;
	for (i = 0; total && i < count; i++) {
		bool out = !nodes[i].up || nodes[i].hold.standby ||
			   nodes[i].hold.released;
		unsigned int share = out ? 0 : BUCKETS * nodes[i].weight;

		expect(buckets_of(i) >= share / total);
		expect(buckets_of(i) <= (share + total - 1) / total);
	}
}

void forget_unowned(void)
{
	unsigned int i;

	for (i = 0; i < BUCKETS; i++) {
		unowned[i] = 0;
		unowned_run[i] = 0;
		since[i] = now;
	}
}

/* --- time ----------------------------------------------------------------- */

static void step(void)
{
	unsigned int i;

	now += STEP;
	hellos();
	for (i = 0; i < flights_end; i++) {
		struct flight *f = &flights[i];

		if (!f->used || f->arrives > now)
			continue;
		/* What comes for a frozen one waits in its socket. */
		if (nodes[f->to].frozen_until > now) {
			f->arrives = nodes[f->to].frozen_until;
			continue;
		}
		f->used = false;
		if (nodes[f->to].up)
			arrive(f);
	}
	while (flights_end && !flights[flights_end - 1].used)
		flights_end--;
	for (i = 0; i < count; i++)
		if (nodes[i].up && nodes[i].frozen_until <= now)
			run_node(i);
	judge();
}

void pass(u64 time)
{
	u64 end = now + time;

	while (now < end && !ktap_failures)
		step();
}

u64 wait_owned(u64 limit)
{
	u64 begun = now;

	while (!all_owned() && now < begun + limit && !ktap_failures)
		step();
	expect(all_owned());
	return now - begun;
}

void cluster_begin(unsigned int n, bool serve, u64 seed)
{
	unsigned int i;

	random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	memset(flights, 0, sizeof(flights));
	flights_end = 0;
	memset(cut, 0, sizeof(cut));
	memset(nodes, 0, sizeof(nodes));
	now = 1000 * MS;
	hello_at = 0;
	loss = 0;
	late = 0;
	doubled = 0;
	delay_min = MS;
	delay_max = MS;
	may_double = false;
	count = n;
	serves = serve;
	for (i = 0; i < count; i++) {
		nodes[i].offset = (u64)random_below(1000000) * MS;
		nodes[i].drift = (int)random_below(20001) - 10000;
		nodes[i].weight = 100;
		node_start(i, false);
	}
	forget_unowned();
}

/* All have started and are served, the first one being master. */
void cluster_settled(unsigned int n, bool serve)
{
	cluster_begin(n, serve, n);
	pass(MS);
	node_master(0, true);
	pass(3 * LEASE);
	expect(all_owned());
	expect_exact();
	forget_unowned();
}

u64 longest_unowned(void)
{
	u64 most = 0;
	unsigned int i;

	for (i = 0; i < BUCKETS; i++)
		most = kc_later(most, unowned_run[i]);
	return most;
}
