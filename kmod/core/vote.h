/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Votes: who may be master where a split must not have two of them.
 *
 * Every node that votes on a virtual router gives its vote to one node at a
 * time, for a lease, by its own clock and counted from when it answers. A node
 * is master only while it has a majority of the votes, by its own clock and
 * counted from when it asked: so it gives up earlier than any of those who
 * voted for it is free again. Clocks need the same pace, not the same time.
 * What is asked for carries a stamp that the answer repeats, so an answer that
 * comes late is worth no more than it was when it was asked for.
 *
 * Whoever starts may have forgotten a promise and keeps silent for one lease.
 * A vote is given only to who hears a majority already: one who is deaf cannot
 * keep a vote from others. Nothing here is part of VRRP; the messages have a
 * type of protocol 112 that no advertisement has (RFC 9568, 5.2.2: unknown
 * types are discarded), and go only to nodes that are named as voters.
 *
 * Times are nanoseconds of one monotonic clock. The caller serializes.
 */
#ifndef KC_CORE_VOTE_H
#define KC_CORE_VOTE_H

#include "vrrp_packet.h"

/* Other nodes that vote. */
#define KC_VOTERS_MAX 8
#define KC_VOTE_LEN 48

/* Fewer than three cannot be cut in two of which one is a majority. */
#define KC_VOTES_MIN 3

enum kc_vote_kind {
	KC_VOTE_REQUEST = 1,
	KC_VOTE_ANSWER,
	KC_VOTE_RELEASE,
};

/* The same numbers as enum kcluster_vrrp_vote of the uAPI. */
enum kc_vote {
	KC_VOTE_NONE,
	KC_VOTE_GRANTED,
	KC_VOTE_FREE,
	KC_VOTE_TAKEN,
	KC_VOTE_WAITING,
	KC_VOTE_DIFFERS,
};

/**
 * struct kc_vote_message - a message about votes
 * @kind: enum kc_vote_kind
 * @vote: of an answer, enum kc_vote
 * @priority: of who asks
 * @preempt: who asks takes over from a master of lower priority
 * @votes: all votes that the sender knows of, with its own
 * @reach: votes that the sender hears, with its own
 * @lease_ms: what is asked for, milliseconds
 * @from: number of the sender's virtual router, another one each time it starts
 * @asker: of an answer, the number of who asked
 * @stamp: when it was asked, by the asker's clock
 */
struct kc_vote_message {
	u8 kind;
	u8 vote;
	u8 priority;
	bool preempt;
	u8 votes;
	u8 reach;
	u32 lease_ms;
	u64 from;
	u64 asker;
	u64 stamp;
};

/**
 * struct kc_voter - another node that votes
 * @node: its number, 0 if it was never heard
 * @heard_at: its last message, 0 if none
 * @proven: when we sent the last request that it answered, 0 if none
 * @granted_until: until then we have its vote
 * @vote: what it answered, enum kc_vote
 */
struct kc_voter {
	u64 node;
	u64 heard_at;
	u64 proven;
	u64 granted_until;
	u8 vote;
};

/**
 * struct kc_ballot - the votes on one virtual router as this node knows them
 * @node: our number
 * @lease_ms: what we ask for, and the most that we grant
 * @silent_until: what we promised before we started has lapsed then
 * @promised_to: who has our vote, may be ourselves
 * @promised_until: until then
 * @promised_stamp: when that node asked for it, by its clock
 * @released_at: answers to what we asked until then count no more
 * @n: other nodes that vote
 * @voters: they
 */
struct kc_ballot {
	u64 node;
	u32 lease_ms;
	u64 silent_until;
	u64 promised_to;
	u64 promised_until;
	u64 promised_stamp;
	u64 released_at;
	unsigned int n;
	struct kc_voter voters[KC_VOTERS_MAX];
};

void kc_ballot_init(struct kc_ballot *b, u64 node, u32 lease_ms, u64 now);
unsigned int kc_ballot_reach(const struct kc_ballot *b, u64 now);
unsigned int kc_ballot_granted(const struct kc_ballot *b, u64 now);
bool kc_ballot_majority(const struct kc_ballot *b, unsigned int votes);
void kc_ballot_meet(struct kc_ballot *b, unsigned int voter, u64 node, u64 now);
u64 kc_ballot_lease(const struct kc_ballot *b, u64 now);
void kc_ballot_ask(struct kc_ballot *b, u8 priority, bool preempt,
		   struct kc_vote_message *request, u64 now);
void kc_ballot_probe(const struct kc_ballot *b, struct kc_vote_message *request,
		     u64 now);
void kc_ballot_asked(struct kc_ballot *b, const struct kc_vote_message *request,
		     struct kc_vote_message *answer, u64 now);
void kc_ballot_answered(struct kc_ballot *b, unsigned int voter,
			const struct kc_vote_message *answer, u64 now);
void kc_ballot_release(struct kc_ballot *b, struct kc_vote_message *release,
		       u64 now);
void kc_ballot_released(struct kc_ballot *b,
			const struct kc_vote_message *release);

bool kc_vote_is(const u8 *data, size_t len);
enum kc_vrrp_verdict kc_vote_parse(const struct kc_vrrp_format *format,
				   const struct kc_vrrp_packet *packet,
				   struct kc_vote_message *message);
void kc_vote_build(const struct kc_vrrp_format *format, u8 vrid,
		   const struct kc_vote_message *message,
		   const u8 *src, const u8 *dst, u8 buf[KC_VOTE_LEN]);

#endif
