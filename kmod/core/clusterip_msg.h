/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cluster IP: what nodes say to each other about buckets, as octets. Who says
 * what when is told in clusterip_lease.h.
 *
 * All messages begin alike; numbers are big-endian, and everything is aligned to
 * its size from the first octet of the payload:
 *
 *	 0  object (16)            its name, zero padded
 *	16  epoch (8)             24  authority (8)
 *	32  stamp (8)             40  echo (8)
 *	48  life (4)              52  echo life (4)
 *	56  sequence (4)          60  flags (2)
 *	62  where the rest is (2)
 *
 * The stamp is the sender's clock, the echo the last stamp that it heard of its
 * receiver, and which life of that it was from.
 *
 * LEASE:  64  length, us (4)     68  reserved (4)
 *
 * MAP:    64  length, us (4)     68  seed (4)
 *         72  buckets (2)        74  nodes (2)
 *         76  hash mode (1)      77  version of the plan (1)  78  reserved (2)
 *	   the rest: of all nodes the number (8), of all the weight (2), of all the
 *	   state (1); of all buckets the owner (1), an index of the nodes or 255
 *
 * STATUS: 64  weight (2)         66  buckets (2)
 *         68  votes (2)          70  reserved (2)
 *         72  node (8)           80  longest lease, us (4)   84  reserved (4)
 *	   the rest: words (8) of 64 buckets, the lowest bit first: those it holds
 *
 * As it is said where the rest is, what is before it can grow; what is behind it
 * is ignored. The longest MAP has 1296 octets, so that it is one frame.
 */
#ifndef KC_CORE_CLUSTERIP_MSG_H
#define KC_CORE_CLUSTERIP_MSG_H

#include "clusterip_hash.h"
#include "clusterip_plan.h"

#define KC_CIP_NAME_LEN 16
#define KC_CIP_LEASE_LEN 72
#define KC_CIP_MAP_LEN 80
#define KC_CIP_STATUS_LEN 88
#define KC_CIP_WORDS(buckets) (((buckets) + 63) / 64)
#define KC_CIP_HELD_MAX KC_CIP_WORDS(KC_CIP_BUCKETS_MAX)
#define KC_CIP_MAP_MAX (KC_CIP_MAP_LEN + 11 * KC_CIP_NODES_MAX + \
			KC_CIP_BUCKETS_MAX)
#define KC_CIP_STATUS_MAX (KC_CIP_STATUS_LEN + 8 * KC_CIP_HELD_MAX)

/* Higher ones are refused, so that there is always one more. */
#define KC_CIP_EPOCH_MAX (U64_MAX >> 1)
#define KC_CIP_SEQ_MAX (U32_MAX >> 1)

/* Flags of LEASE and MAP. */
enum {
	KC_CIP_ANSWER = 1 << 0,	/* send a STATUS at once */
	KC_CIP_KEEP = 1 << 1,	/* of what is assigned have what you hold already */
};

/* Flags of STATUS. */
enum {
	KC_CIP_STANDBY = 1 << 0,	/* what I have shall move away */
	KC_CIP_RELEASED = 1 << 1,	/* I have nothing, and take nothing */
	KC_CIP_SILENT = 1 << 2,	/* I have just started, and promise nothing yet */
};

/* States of a node in a MAP. */
enum {
	KC_CIP_NODE_ALIVE = 1 << 0,
};

/**
 * struct kc_cip_head - what all messages have
 * @object: name of the object
 * @epoch: of the authority that is meant, from 1; of a STATUS 0: none is obeyed
 * @authority: its number
 * @stamp: the sender's clock, ns
 * @echo: the last stamp of the receiver that the sender heard, 0 if none
 * @life: which life of the sender
 * @echo_life: which life of the receiver @echo is from
 * @seq: of the authority's maps, from 1; 0 if there is none yet
 * @flags: see above; others are ignored
 */
struct kc_cip_head {
	u8 object[KC_CIP_NAME_LEN];
	u64 epoch;
	u64 authority;
	u64 stamp;
	u64 echo;
	u32 life;
	u32 echo_life;
	u32 seq;
	u16 flags;
};

/**
 * struct kc_cip_lease - LEASE: the time in which a node may answer
 * @head: what all have; without a @seq it is the claim of a new authority
 * @length_us: from @head.echo on, by the receiver's clock
 */
struct kc_cip_lease {
	struct kc_cip_head head;
	u32 length_us;
};

/**
 * struct kc_cip_map - MAP: the same, and who owns what
 * @lease: what a LEASE has
 * @seed: of the hash, and of the plan
 * @buckets: how many
 * @n: how many nodes
 * @mode: enum kc_cip_mode
 * @plan: KC_CIP_PLAN_VERSION of the sender
 * @ids: numbers of the nodes, no two of them the same
 * @weights: of the nodes
 * @states: of the nodes, KC_CIP_NODE_ALIVE; other bits are ignored
 * @owners: of the buckets
 */
struct kc_cip_map {
	struct kc_cip_lease lease;
	u32 seed;
	u16 buckets;
	u16 n;
	u8 mode;
	u8 plan;
	u64 ids[KC_CIP_NODES_MAX];
	u16 weights[KC_CIP_NODES_MAX];
	u8 states[KC_CIP_NODES_MAX];
	u8 owners[KC_CIP_BUCKETS_MAX];
};

/**
 * struct kc_cip_status - STATUS: whom a node obeys, and what it holds
 * @head: what all have; @seq is that of the map it goes by
 * @weight: its weight
 * @buckets: how many there are
 * @votes: nodes that it counts, with itself
 * @node: the sender's number
 * @lease_us: the longest lease that it knows of
 * @held: bit map of the buckets that it holds
 */
struct kc_cip_status {
	struct kc_cip_head head;
	u16 weight;
	u16 buckets;
	u16 votes;
	u64 node;
	u32 lease_us;
	u64 held[KC_CIP_HELD_MAX];
};

size_t kc_cip_lease_build(u8 buf[KC_CIP_LEASE_LEN],
			  const struct kc_cip_lease *lease);
bool kc_cip_lease_parse(const u8 *data, size_t len, struct kc_cip_lease *lease);
size_t kc_cip_map_build(u8 *buf, size_t room, const struct kc_cip_map *map);
bool kc_cip_map_parse(const u8 *data, size_t len, struct kc_cip_map *map);
size_t kc_cip_status_build(u8 *buf, size_t room,
			   const struct kc_cip_status *status);
bool kc_cip_status_parse(const u8 *data, size_t len,
			 struct kc_cip_status *status);

/**
 * kc_cip_held() - is a bucket among those?
 * @held: bit map of buckets
 * @bucket: which
 */
static inline bool kc_cip_held(const u64 *held, unsigned int bucket)
{
	return held[bucket / 64] >> bucket % 64 & 1;
}

#endif
