// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of leases: a story of what hostile peers tell a node, which may be the
 * authority. Whatever that is, the node obeys nobody lower than before, holds
 * nothing for longer than a lease after it asked, and as the authority gives no
 * bucket to another that its owner may still hold.
 */
#include <stdint.h>
#include <stdlib.h>

#include "clusterip_lease.h"

#define MS 1000000ULL
#define LEASE (100 * MS)
#define BUCKETS 32
#define NODES 5
#define SELF 2

static struct kc_cip_hold h;
static struct kc_cip_rule r;
static struct kc_cip_map map;
static struct kc_cip_status status;
static const u8 *data;
static size_t size;
static u64 now;

static void must(bool condition)
{
	if (!condition)
		abort();
}

static u8 octet(void)
{
	if (!size)
		return 0;
	size--;
	return *data++;
}

/* Mostly near to what counts, now and then as far away as can be. */
static u64 number(u64 near, u64 most)
{
	u8 how = octet();
	u64 value;

	if (how < 120)
		value = near;
	else if (how < 220)
		value = near + how - 170;
	else if (how < 245)
		value = near - ((u64)octet() << (how - 220));
	else
		value = most - octet();
	return value > most ? most : value;
}

static void hear_map(bool whole)
{
	struct kc_cip_head *head = &map.lease.head;
	u64 epoch = h.epoch, authority = h.authority, until = h.until, from;
	unsigned int i;
	u32 seq = h.seq;

	memset(&map, 0, sizeof(map));
	from = 100 + octet() % NODES;
	head->epoch = number(h.epoch, KC_CIP_EPOCH_MAX);
	head->authority = octet() & 7 ? from : number(from, U64_MAX);
	head->stamp = number(now, U64_MAX);
	head->echo = number(h.asked, U64_MAX);
	head->life = octet() & 7 ? h.authority_life : octet();
	head->echo_life = octet() & 7 ? h.cfg.life : octet();
	head->seq = number(h.seq + whole, KC_CIP_SEQ_MAX);
	head->flags = octet();
	map.lease.length_us = number(LEASE / 1000, U32_MAX);
	map.seed = 7;
	map.mode = octet() & 15 ? KC_CIP_SOURCE_IP : KC_CIP_SOURCE_IP_PORT;
	map.buckets = octet() & 15 ? BUCKETS : KC_CIP_BUCKETS_MAX;
	map.n = 1 + octet() % KC_CIP_NODES_MAX;
	for (i = 0; i < map.n; i++)
		map.ids[i] = 100 + i;
	for (i = 0; i < map.buckets; i++)
		map.owners[i] = (octet() | 1) % map.n;
	kc_cip_hold_hear(&h, from, &map.lease, whole ? &map : NULL, now);

	must(h.epoch > epoch ||
	     (h.epoch == epoch && h.authority >= authority));
	must(h.epoch != epoch || h.authority != authority || h.seq >= seq);
	must(now >= h.silent_until || (h.epoch == epoch && h.until == until));
	must(h.until <= until || h.until <= h.asked + LEASE);
	must(h.epoch == epoch || (head->authority == from &&
				  head->epoch > epoch));
	for (i = BUCKETS; i < KC_CIP_BUCKETS_MAX; i++)
		must(!kc_cip_held(h.mine, i));
}

/* After anything that may have changed the map. */
static void look_at_map(const u8 *owners, u32 seq, u64 epoch)
{
	unsigned int i;

	must(r.epoch >= epoch);
	must(r.epoch != epoch || r.seq >= seq);
	for (i = 0; i < BUCKETS; i++) {
		must(r.owners[i] < NODES || r.owners[i] == KC_CIP_NOBODY);
		if (r.epoch != epoch || owners[i] == r.owners[i])
			continue;
		must(r.seq > seq || !seq);
		/* Both steps at once if it is known that it has it not. */
		must(owners[i] == KC_CIP_NOBODY ||
		     r.owners[i] == KC_CIP_NOBODY ||
		     r.seq >= seq + 2 ||
		     r.majority >= r.members[owners[i]].lapse ||
		     r.members[owners[i]].released);
	}
	must(kc_cip_rule_until(&r) <= r.stamped + LEASE);
}

static void hear_status(void)
{
	struct kc_cip_head *head = &status.head;
	unsigned int member = octet() % NODES, i;
	struct kc_cip_member *m = &r.members[member];

	/* Nobody can tell it something in its own name. */
	if (member == SELF)
		member = 0;
	memset(&status, 0, sizeof(status));
	head->epoch = number(r.epoch, KC_CIP_EPOCH_MAX);
	head->authority = octet() & 15 ? 100 + SELF : octet();
	head->stamp = number(m->stamp + 1, U64_MAX);
	head->echo = number(r.stamped, U64_MAX);
	head->life = octet() & 15 ? m->life : octet();
	head->echo_life = octet() & 15 ? h.cfg.life : octet();
	head->seq = number(r.seq, KC_CIP_SEQ_MAX);
	head->flags = octet() & 3 ? 0 : octet();
	status.weight = octet();
	status.buckets = octet() & 15 ? BUCKETS : 64;
	status.votes = octet() & 15 ? NODES : octet();
	status.node = r.members[member].id;
	status.lease_us = LEASE / 1000;
	for (i = 0; i < BUCKETS; i += 8)
		status.held[0] |= (u64)octet() << i;
	kc_cip_rule_status(&r, member, &status, now);
}

static void grant(void)
{
	unsigned int member = octet() % NODES;
	u64 until = kc_cip_rule_until(&r);
	struct kc_cip_lease lease;

	kc_cip_rule_grant(&r, member, octet() & 1, &lease, now);
	must(lease.length_us * 1000ULL <= LEASE);
	must(!lease.length_us || now + lease.length_us * 1000ULL <= until);
	must(!lease.length_us || r.members[member].obeys);
}

static void step(void)
{
	u8 what = octet();

	now += (u64)(what >> 4) * MS;
	switch (what & 15) {
	case 0: case 1: case 2: case 3: case 4: case 5:
		hear_status();
		break;
	case 6: case 7:
		hear_map(what & 1);
		break;
	case 8: case 9:
		kc_cip_rule_run(&r, now);
		break;
	case 10: case 11:
		kc_cip_self(&r, &map, &status, now);
		must(h.until <= now + LEASE);
		break;
	case 12:
		grant();
		break;
	case 13:
		kc_cip_rule_alive(&r, octet() % NODES, octet() & 3, now);
		break;
	case 14:
		kc_cip_rule_want(&r, octet() & 7, octet(), now);
		break;
	default:
		if (what == 0xff)
			kc_cip_hold_release(&h, octet() & 1, now);
		else
			kc_cip_hold_status(&h, &status, now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct kc_cip_config cfg = {
		.object = "web", .id = 100 + SELF, .life = 5, .lease = LEASE,
		.seed = 7, .buckets = BUCKETS, .mode = KC_CIP_SOURCE_IP,
		.votes = NODES,
	};
	u64 ids[NODES] = { 100, 101, 102, 103, 104 };
	u8 owners[BUCKETS];
	u64 epoch;
	u32 seq;

	data = octets;
	size = len < 4000 ? len : 4000;
	now = 1000 * MS;
	kc_cip_hold_init(&h, &cfg, now);
	h.weight = 100;
	must(!kc_cip_rule_init(&r, &h, ids, NODES));
	if (octet() & 3)
		now += 2 * LEASE;
	if (octet() & 3)
		kc_cip_rule_want(&r, true, 1, now);
	while (size) {
		memcpy(owners, r.owners, sizeof(owners));
		seq = r.seq;
		epoch = r.epoch;
		step();
		look_at_map(owners, seq, epoch);
	}
	return 0;
}
