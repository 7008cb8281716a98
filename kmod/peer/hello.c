// SPDX-License-Identifier: GPL-2.0
/*
 * Signs of life: when they are sent, and what those mean that come.
 *
 * All that is due is done by the clock, also what a datagram asks for at once:
 * so there is one place that sends, and never with a lock held.
 */
#include "../net.h"
#include "peer.h"

/* What is to be said by each path, taken under the lock. */
struct words {
	struct kc_hello hello[KCLUSTER_PEER_PATHS_MAX];
};

static void find_words(const struct kc_peer *p, struct words *words, u64 now,
		       u32 flags)
{
	unsigned int i;

	lockdep_assert_held(&p->lock);

	for (i = 0; i < p->n_paths; i++) {
		kc_live_speak(&p->live, i, &words->hello[i], now);
		words->hello[i].flags |= flags;
		words->hello[i].file = atomic64_read(&p->kn->peer.file);
	}
}

static void say(struct kc_peer *p, const struct words *words)
{
	struct sk_buff *skb;
	unsigned int i;
	size_t len;

	for (i = 0; i < p->n_paths; i++) {
		len = kc_hello_len(&words->hello[i]);
		skb = kc_channel_alloc(len, GFP_ATOMIC);
		if (!skb) {
			kc_peer_count(p, KCLUSTER_A_NODE_STATS_SEND_ERRORS);
			continue;
		}
		kc_hello_build(&words->hello[i], skb_put(skb, len));
		if (!kc_channel_send_by(&p->paths[i], KC_CHANNEL_HELLO, skb))
			kc_peer_count(p, KCLUSTER_A_NODE_STATS_HELLOS_SENT);
	}
}

/**
 * kc_peer_requeue() - look again when something may be due
 * @p: the peer, locked
 */
void kc_peer_requeue(struct kc_peer *p)
{
	lockdep_assert_held(&p->lock);

	kc_clock_set(&p->kn->peer.clock, &p->clock, p->gone ? KC_CLOCK_NEVER :
		     min(p->hello_at, kc_live_due(&p->live)));
}

/*
 * To who is away each word costs a handshake of WireGuard. Thousands may be, and
 * who returns speaks first.
 */
#define AWAY_INTERVALS 10
/* But for who was cut off everybody was: once in so long all are spoken to. */
#define PROMPT_EVERY (3 * (u64)NSEC_PER_SEC)

static u64 interval_of(const struct kc_peer *p)
{
	return (u64)p->live.interval_us * NSEC_PER_USEC;
}

/* One that is heard waits for us to be heard. */
static bool is_away(const struct kc_peer *p)
{
	return p->observer && p->live.state == KC_LIVE_DEAD &&
	       p->live.why != KC_LIVE_WHY_DEAF;
}

/* Regularly, unless we are late by more than one. */
static void plan_next(struct kc_peer *p, u64 now)
{
	u64 interval = interval_of(p);

	if (is_away(p))
		interval *= AWAY_INTERVALS;
	p->hello_at += interval;
	if (p->hello_at <= now)
		p->hello_at = now + interval;
}

/**
 * kc_peer_due() - do what is due
 * @entry: of the peer
 *
 * Context: softirq, under RCU
 */
void kc_peer_due(struct kc_clock_entry *entry)
{
	struct kc_peer *p = container_of(entry, struct kc_peer, clock);
	struct words words;
	bool speak = false;
	u64 now;
	u8 old;

	spin_lock(&p->lock);
	if (p->gone) {
		spin_unlock(&p->lock);
		return;
	}
	now = kc_now();
	old = p->live.state;
	kc_peer_act(p, kc_live_run(&p->live, now), old);
	if (now >= p->hello_at) {
		find_words(p, &words, now, 0);
		plan_next(p, now);
		speak = true;
	}
	kc_peer_requeue(p);
	spin_unlock(&p->lock);
	if (speak)
		say(p, &words);
}

/**
 * kc_peer_prompt() - somebody is back: speak to all who are away, it may have been us
 * @clock: the clock of peers, at the end of a run
 *
 * Context: softirq, under RCU
 */
void kc_peer_prompt(struct kc_clock *clock)
{
	struct kc_peer_net *pn = container_of(clock, struct kc_peer_net, clock);
	u64 now = kc_now();
	struct kc_peer *p;
	unsigned int n = 0;

	/* What is too early is done by a later run. */
	if (!READ_ONCE(pn->returned) || now < pn->prompt_at)
		return;
	WRITE_ONCE(pn->returned, false);
	pn->prompt_at = now + PROMPT_EVERY;
	list_for_each_entry_rcu(p, &pn->peers, list) {
		if (!p->observer)
			continue;
		spin_lock(&p->lock);
		if (!p->gone && is_away(p)) {
			p->hello_at = min(p->hello_at, now + interval_of(p) *
					  n++ / KC_PEER_AT_ONCE);
			kc_peer_requeue(p);
		}
		spin_unlock(&p->lock);
	}
}

/**
 * kc_peer_start() - begin to talk to a peer
 * @p: the peer, in list and hash
 *
 * Context: process
 */
void kc_peer_start(struct kc_peer *p)
{
	spin_lock_bh(&p->lock);
	kc_peer_tell(p, KCLUSTER_PEER_STATE_GONE, p->live.state, false,
		     "added");
	kc_peer_requeue(p);
	spin_unlock_bh(&p->lock);
}

/**
 * kc_peer_stop() - say goodbye to a peer; it is not used any more
 * @p: the peer, which may have been stopped before
 * @reason: why
 *
 * Context: process, under RCU or the mutex of the namespace
 */
void kc_peer_stop(struct kc_peer *p, const char *reason)
{
	struct words words;
	bool known;
	u8 old;

	spin_lock_bh(&p->lock);
	if (p->gone) {
		spin_unlock_bh(&p->lock);
		return;
	}
	/* Nobody misses an observer that was never there. */
	known = !p->observer || p->live.heard_at;
	old = p->live.state;
	WRITE_ONCE(p->gone, true);
	kc_peer_requeue(p);
	find_words(p, &words, kc_now(), KC_HELLO_GOODBYE);
	kc_peer_tell(p, old, KCLUSTER_PEER_STATE_GONE, false, reason);
	spin_unlock_bh(&p->lock);
	if (known)
		say(p, &words);
}

/* What it says counts only if all of it makes sense. */
static void receive(struct kc_peer_path *path,
		    const struct kc_channel_header *header, const u8 *data,
		    size_t len)
{
	struct kc_peer *p = path->peer;
	struct kc_hello hello;
	unsigned int actions;
	u64 now;
	u8 old;

	if (kc_hello_parse(data, len, &hello) != KC_CHANNEL_OK) {
		kc_peer_count(p, KCLUSTER_A_NODE_STATS_DISCARD_MALFORMED);
		return;
	}
	spin_lock_bh(&p->lock);
	now = kc_now();
	old = p->live.state;
	if (kc_peer_arrive(path, header, now, &actions)) {
		kc_peer_count(p, KCLUSTER_A_NODE_STATS_HELLOS_RECEIVED);
		actions |= kc_live_hello(&p->live, path - p->paths, header,
					 &hello, now);
		kc_peer_act(p, actions, old);
	}
	spin_unlock_bh(&p->lock);
}

const struct kc_channel_type kc_peer_hello = {
	.type = KC_CHANNEL_HELLO,
	.receive_by = receive,
};
