// SPDX-License-Identifier: GPL-2.0
/*
 * Who has which vote, see vote.h.
 */
#include "vote.h"

#define NS_PER_MS 1000000ULL

/*
 * A master stops counting on a vote so much earlier than the voter is free
 * again: a twelfth of the lease, a quarter of the advertisement interval. That
 * is what its timer may be late, what taking the addresses away may last, and
 * far more than what the pace of clocks differs by.
 */
#define GUARD_SHARE 12

static u64 lease_ns(const struct kc_ballot *b)
{
	return b->lease_ms * NS_PER_MS;
}

/**
 * kc_ballot_init() - votes of a virtual router that starts to vote
 * @b: the votes
 * @node: our number, random and not 0, so that nobody takes us for who we were
 * @lease_ms: how long a vote is given for, milliseconds
 * @now: present time
 */
void kc_ballot_init(struct kc_ballot *b, u64 node, u32 lease_ms, u64 now)
{
	memset(b, 0, sizeof(*b));
	b->node = node;
	b->lease_ms = lease_ms;
	b->silent_until = now + lease_ns(b);
	b->released_at = now;
}

/**
 * kc_ballot_majority() - are so many votes more than half of all?
 * @b: the votes
 * @votes: how many
 */
bool kc_ballot_majority(const struct kc_ballot *b, unsigned int votes)
{
	return votes > (b->n + 1) / 2;
}

/* A node that was named twice, by two of its addresses, has one vote. */
static bool counted_before(const struct kc_ballot *b, unsigned int voter)
{
	unsigned int i;

	if (b->voters[voter].node == b->node)
		return true;
	for (i = 0; i < voter; i++)
		if (b->voters[i].node && b->voters[i].node ==
					 b->voters[voter].node)
			return true;
	return false;
}

/**
 * kc_ballot_reach() - with how many of those who can vote can we talk?
 * @b: the votes
 * @now: present time
 *
 * Return: votes, with our own
 */
unsigned int kc_ballot_reach(const struct kc_ballot *b, u64 now)
{
	unsigned int i, reach = now >= b->silent_until;

	for (i = 0; i < b->n; i++) {
		const struct kc_voter *v = &b->voters[i];

		if (v->proven && now < v->proven + lease_ns(b) &&
		    (v->vote == KC_VOTE_GRANTED || v->vote == KC_VOTE_FREE ||
		     v->vote == KC_VOTE_TAKEN) && !counted_before(b, i))
			reach++;
	}
	return reach;
}

static u64 own_until(const struct kc_ballot *b)
{
	return b->promised_to == b->node ? b->promised_until : 0;
}

/**
 * kc_ballot_granted() - how many votes do we have?
 * @b: the votes
 * @now: present time
 *
 * Our own is one of them also while it is nobody's.
 *
 * Return: votes, for those who want to know
 */
unsigned int kc_ballot_granted(const struct kc_ballot *b, u64 now)
{
	u64 guard = lease_ns(b) / GUARD_SHARE;
	unsigned int i, granted;

	granted = now >= b->silent_until &&
		  (b->promised_to == b->node || now >= b->promised_until);

	for (i = 0; i < b->n; i++)
		if (now + guard < b->voters[i].granted_until &&
		    !counted_before(b, i))
			granted++;
	return granted;
}

/**
 * kc_ballot_lease() - until when do we have a majority?
 * @b: the votes
 * @now: present time
 *
 * Return: when to give up at the latest, 0 if there is none now
 */
u64 kc_ballot_lease(const struct kc_ballot *b, u64 now)
{
	u64 until[KC_VOTERS_MAX + 1];
	unsigned int i, j, n = 0;
	u64 lease;

	for (i = 0; i <= b->n; i++) {
		u64 one = i < b->n ? b->voters[i].granted_until : own_until(b);

		if (i < b->n && counted_before(b, i))
			continue;
		/* The longest first. */
		for (j = n++; j && until[j - 1] < one; j--)
			until[j] = until[j - 1];
		until[j] = one;
	}
	/* The vote that makes it a majority. */
	i = (b->n + 1) / 2;
	if (i >= n || until[i] <= lease_ns(b) / GUARD_SHARE)
		return 0;
	lease = until[i] - lease_ns(b) / GUARD_SHARE;
	return lease > now ? lease : 0;
}

/**
 * kc_ballot_meet() - a message of another node came
 * @b: the votes
 * @voter: which of @b->voters
 * @node: its number
 * @now: present time
 */
void kc_ballot_meet(struct kc_ballot *b, unsigned int voter, u64 node, u64 now)
{
	struct kc_voter *v = &b->voters[voter];

	/* It has started anew. What it promised it keeps by its silence. */
	if (v->node != node)
		v->proven = 0;
	v->node = node;
	v->heard_at = now;
}

/**
 * kc_ballot_ask() - ask all others for their votes, and for more time
 * @b: the votes
 * @priority: ours
 * @preempt: whether we take over from a master of lower priority
 * @request: filled in
 * @now: present time
 *
 * Our own vote is ours if we may give it, and if there is a point in it.
 */
void kc_ballot_ask(struct kc_ballot *b, u8 priority, bool preempt,
		   struct kc_vote_message *request, u64 now)
{
	unsigned int reach = kc_ballot_reach(b, now);

	if (kc_ballot_majority(b, reach) && now >= b->silent_until &&
	    (b->promised_to == b->node || now >= b->promised_until)) {
		b->promised_to = b->node;
		b->promised_until = now + lease_ns(b);
		b->promised_stamp = now;
	}
	kc_ballot_probe(b, request, now);
	request->priority = priority;
	request->preempt = preempt;
	request->reach = reach;
}

/**
 * kc_ballot_probe() - ask all others whether they can be heard
 * @b: the votes
 * @request: filled in
 * @now: present time
 *
 * Nobody gives a vote to one who says that he hears nobody, nor gives way.
 */
void kc_ballot_probe(const struct kc_ballot *b, struct kc_vote_message *request,
		     u64 now)
{
	memset(request, 0, sizeof(*request));
	request->kind = KC_VOTE_REQUEST;
	request->votes = b->n + 1;
	request->lease_ms = b->lease_ms;
	request->from = b->node;
	request->stamp = now;
}

/* May the one who asks have our vote? */
static enum kc_vote decide(const struct kc_ballot *b,
			   const struct kc_vote_message *request, u64 now)
{
	if (request->votes != b->n + 1 || !request->lease_ms ||
	    request->lease_ms > b->lease_ms)
		return KC_VOTE_DIFFERS;
	if (now < b->silent_until)
		return KC_VOTE_WAITING;
	if (b->promised_to != request->from && now < b->promised_until)
		return KC_VOTE_TAKEN;
	if (!kc_ballot_majority(b, request->reach))
		return KC_VOTE_FREE;
	return KC_VOTE_GRANTED;
}

/**
 * kc_ballot_asked() - another node asks for our vote
 * @b: the votes
 * @request: what it says
 * @answer: filled in; what it says of a vote is a promise
 * @now: present time
 */
void kc_ballot_asked(struct kc_ballot *b, const struct kc_vote_message *request,
		     struct kc_vote_message *answer, u64 now)
{
	enum kc_vote vote = decide(b, request, now);

	if (vote == KC_VOTE_GRANTED) {
		u64 until = now + request->lease_ms * NS_PER_MS;

		/* What was promised before holds, whatever is asked now. */
		if (b->promised_to == request->from) {
			until = kc_later(until, b->promised_until);
			b->promised_stamp = kc_later(b->promised_stamp,
						     request->stamp);
		} else {
			b->promised_stamp = request->stamp;
		}
		b->promised_to = request->from;
		b->promised_until = until;
	}
	memset(answer, 0, sizeof(*answer));
	answer->kind = KC_VOTE_ANSWER;
	answer->vote = vote;
	answer->votes = b->n + 1;
	answer->lease_ms = request->lease_ms;
	answer->from = b->node;
	answer->asker = request->from;
	answer->stamp = request->stamp;
}

/**
 * kc_ballot_answered() - another node answers
 * @b: the votes
 * @voter: which of @b->voters, met already
 * @answer: what it says
 * @now: present time
 */
void kc_ballot_answered(struct kc_ballot *b, unsigned int voter,
			const struct kc_vote_message *answer, u64 now)
{
	struct kc_voter *v = &b->voters[voter];
	u64 until;

	/* Not ours, given back meanwhile, or worth nothing any more. */
	if (answer->asker != b->node || answer->stamp <= b->released_at ||
	    answer->stamp > now || now - answer->stamp > lease_ns(b))
		return;
	if (answer->stamp < v->proven)
		return;
	v->proven = answer->stamp;
	v->vote = answer->vote;
	if (answer->vote != KC_VOTE_GRANTED)
		return;
	until = answer->stamp + answer->lease_ms * NS_PER_MS;
	/* No longer than we would ask for now. */
	if (answer->lease_ms > b->lease_ms)
		until = answer->stamp + lease_ns(b);
	v->granted_until = kc_later(v->granted_until, until);
}

/**
 * kc_ballot_release() - give all votes back that we have
 * @b: the votes
 * @release: filled in, for all others
 * @now: present time
 */
void kc_ballot_release(struct kc_ballot *b, struct kc_vote_message *release,
		       u64 now)
{
	unsigned int i;

	b->released_at = now;
	if (b->promised_to == b->node)
		b->promised_until = 0;
	for (i = 0; i < b->n; i++)
		b->voters[i].granted_until = 0;
	memset(release, 0, sizeof(*release));
	release->kind = KC_VOTE_RELEASE;
	release->votes = b->n + 1;
	release->from = b->node;
	release->stamp = now;
}

/**
 * kc_ballot_released() - another node gives our vote back
 * @b: the votes
 * @release: what it says
 *
 * One that was overtaken by a request must not take back what was promised
 * because of that.
 */
void kc_ballot_released(struct kc_ballot *b,
			const struct kc_vote_message *release)
{
	if (b->promised_to == release->from &&
	    release->stamp >= b->promised_stamp)
		b->promised_until = 0;
}
