/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Claims: which node has the prefixes that move with a name, as octets, and who
 * is believed.
 *
 * Who becomes the owner of a name says so to every peer with an epoch above all
 * that it has seen; who gives it up says that, too. A CLAIM is said again until
 * it was acknowledged whole, and its head now and then after that. What a node
 * said last replaces what it said before: sequences count what it has to say of
 * a name, in each of its lives from 1. Of all owners that are alive the one with
 * the highest epoch, then the highest number, is believed; that depends on
 * nothing but what they said last, so that nodes which hear the same agree.
 *
 * Numbers are big-endian, everything is aligned to its size:
 *
 * CLAIM:  0  name (32), zero padded
 *	  32  epoch (8)             40  node (8)
 *	  48  sequence (4)          52  flags (2)   54  where the rest is (2)
 *	  56  prefixes in all (2)   58  number of the first one here (2)
 *	  60  prefixes here (2)     62  reserved (2)
 *	  the rest: of all prefixes here the family (1), 4 or 6, the length (1),
 *	  reserved (2), the address (16), zero padded
 *
 * ACK:	   0  name (32)
 *	  32  highest epoch seen (8)
 *	  40  sequence (4)          44  prefixes known of it (2)
 *	  46  flags (2)
 *
 * What follows and is not known is ignored.
 */
#ifndef KC_CORE_CLAIM_H
#define KC_CORE_CLAIM_H

#include "types.h"

#define KC_CLAIM_NAME_LEN 32
#define KC_CLAIM_LEN 64
#define KC_CLAIM_PREFIX_LEN 20
#define KC_CLAIM_ACK_LEN 48
/* Of one name. */
#define KC_CLAIM_PREFIXES_MAX 4096
/* In one message, at most. */
#define KC_CLAIM_HERE_MAX 64
#define KC_CLAIM_MAX (KC_CLAIM_LEN + KC_CLAIM_HERE_MAX * KC_CLAIM_PREFIX_LEN)

/* Higher ones are refused, so that there is always one more. */
#define KC_CLAIM_EPOCH_MAX (U64_MAX >> 1)

/* Flags of CLAIM. */
enum {
	KC_CLAIM_OWNER = 1 << 0,	/* otherwise it was given up */
};

/* Flags of ACK. */
enum {
	KC_CLAIM_UNKNOWN = 1 << 0,	/* the name means nothing here */
};

/**
 * struct kc_prefix - addresses that begin alike
 * @family: KC_AF_INET or KC_AF_INET6
 * @length: bits that count
 * @addr: network order; the bits that do not count, and what IPv4 does not need,
 *	are 0
 */
struct kc_prefix {
	u8 family;
	u8 length;
	u8 addr[16];
};

/**
 * struct kc_claim_msg - CLAIM: the prefixes of a name are mine, or not any more
 * @name: what it is about
 * @epoch: of the takeover, from 1
 * @node: number of the sender
 * @seq: of what it has to say of the name, from 1
 * @owner: it has them
 * @total: how many prefixes; 0 if it is not the owner
 * @first: number of the first one in the message
 * @n: how many are in the message
 * @prefixes: they
 */
struct kc_claim_msg {
	u8 name[KC_CLAIM_NAME_LEN];
	u64 epoch;
	u64 node;
	u32 seq;
	bool owner;
	u16 total;
	u16 first;
	u16 n;
	struct kc_prefix prefixes[KC_CLAIM_HERE_MAX];
};

/**
 * struct kc_claim_ack - ACK: so much of it was heard
 * @name: what it is about
 * @seen: highest epoch that the sender has seen
 * @seq: what it heard last of its receiver, 0 if nothing
 * @got: prefixes that it has of that
 * @unknown: it does not care
 */
struct kc_claim_ack {
	u8 name[KC_CLAIM_NAME_LEN];
	u64 seen;
	u32 seq;
	u16 got;
	bool unknown;
};

size_t kc_claim_build(u8 *buf, size_t room, const struct kc_claim_msg *msg);
bool kc_claim_parse(const u8 *data, size_t len, struct kc_claim_msg *msg);
size_t kc_claim_ack_build(u8 buf[KC_CLAIM_ACK_LEN],
			  const struct kc_claim_ack *ack);
bool kc_claim_ack_parse(const u8 *data, size_t len, struct kc_claim_ack *ack);

bool kc_prefix_valid(const struct kc_prefix *prefix);
void kc_prefix_mask(struct kc_prefix *prefix);
int kc_prefix_compare(const struct kc_prefix *a, const struct kc_prefix *b);
bool kc_prefix_has(const struct kc_prefix *prefix, u8 family, const u8 *addr);

/**
 * struct kc_claim_said - what a node said last of a name
 * @life: in which of its lives, 0 if nothing was heard yet
 * @epoch: of its takeover
 * @node: its number
 * @seq: of what it said
 * @owner: that it has the prefixes
 * @total: how many there are
 * @got: how many of them were heard, one after the other
 */
struct kc_claim_said {
	u64 life;
	u64 epoch;
	u64 node;
	u32 seq;
	bool owner;
	u16 total;
	u16 got;
};

enum kc_claim_heard {
	/* It said more than that already, or something else under that number. */
	KC_CLAIM_STALE,
	/* Nothing that was not known. */
	KC_CLAIM_SAME,
	/* It says something new, and this begins it: forget what came of it. */
	KC_CLAIM_NEW,
	/* Its next prefixes are in the message. */
	KC_CLAIM_MORE,
};

/* Has all of it been heard? */
static inline bool kc_claim_whole(const struct kc_claim_said *said)
{
	return said->seq && said->got == said->total;
}

enum kc_claim_heard kc_claim_hear(struct kc_claim_said *said, u64 life,
				  const struct kc_claim_msg *msg);
bool kc_claim_beats(u64 epoch, u64 node, u64 other_epoch, u64 other_node);
u64 kc_claim_next_epoch(u64 seen, u64 clock);

/* Times in ns: until it is said again, which doubles up to the refresh. */
#define KC_CLAIM_RETRY 20000000ULL
#define KC_CLAIM_REFRESH 1000000000ULL
#define KC_CLAIM_NEVER U64_MAX

/**
 * struct kc_claim_told - how much a peer has heard of what we say of a name
 * @life: in which of its lives
 * @seq: of what it was told, 0 if nothing
 * @got: prefixes that it has of that
 * @done: it has all of it
 * @at: when it is to be told again, ns
 * @wait: for how long after the last time, ns
 */
struct kc_claim_told {
	u64 life;
	u32 seq;
	u16 got;
	bool done;
	u64 at;
	u64 wait;
};

void kc_claim_tell(struct kc_claim_told *told, u64 life, u32 seq, u64 now);
void kc_claim_sent(struct kc_claim_told *told, bool owner, u64 now);
void kc_claim_acked(struct kc_claim_told *told, const struct kc_claim_ack *ack,
		    bool owner, u16 total, u64 now);

#endif
