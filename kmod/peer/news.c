// SPDX-License-Identifier: GPL-2.0
/*
 * What became of a peer is made known: as events and in the log.
 */
#include <linux/inet.h>
#include <linux/math64.h>
#include <linux/ratelimit.h>

#include "../event.h"
#include "../log.h"
#include "../net.h"
#include "peer.h"

static const char * const state_names[] = {
	[KCLUSTER_PEER_STATE_ADDED] = "not heard yet",
	[KCLUSTER_PEER_STATE_ALIVE] = "alive",
	[KCLUSTER_PEER_STATE_SUSPECT] = "suspect",
	[KCLUSTER_PEER_STATE_DEAD] = "dead",
	[KCLUSTER_PEER_STATE_GONE] = "gone",
};

/**
 * kc_peer_describe() - one clause on what led to the state of a peer
 * @p: the peer, locked
 * @text: where to
 * @size: of @text
 */
void kc_peer_describe(const struct kc_peer *p, char *text, size_t size)
{
	const struct kc_live *live = &p->live;
	u64 silence = kc_now() - (live->heard_at ?: live->quiet_since);

	lockdep_assert_held(&p->lock);

	switch (live->why) {
	case KC_LIVE_WHY_HEARD:
		snprintf(text, size, "both nodes hear each other");
		break;
	case KC_LIVE_WHY_SILENT:
		snprintf(text, size, "silent for %llu ms",
			 div_u64(silence, NSEC_PER_MSEC));
		break;
	case KC_LIVE_WHY_DEAF:
		snprintf(text, size, "it is heard, but does not hear us");
		break;
	case KC_LIVE_WHY_GOODBYE:
		snprintf(text, size, "it said goodbye");
		break;
	case KC_LIVE_WHY_RESTARTED:
		snprintf(text, size, "it has started anew");
		break;
	default:
		snprintf(text, size, "nothing was heard yet");
	}
}

/**
 * kc_peer_tell() - a peer was added, is in another state, or goes
 * @p: the peer, locked
 * @old_state: enum kcluster_peer_state
 * @state: likewise
 * @restarted: it has begun another life
 * @reason: one clause
 */
void kc_peer_tell(struct kc_peer *p, u8 old_state, u8 state, bool restarted,
		  const char *reason)
{
	struct kc_peer_news news = {
		.peer = p,
		.name = p->name,
		.reason = reason,
		.old_state = old_state,
		.state = state,
		.restarted = restarted,
	};

	lockdep_assert_held(&p->lock);

	/* There may be thousands, and none of them is missed. */
	if (p->observer || !__ratelimit(&p->log))
		goto tell;
	if (state == KCLUSTER_PEER_STATE_DEAD && old_state != state)
		kc_warn("peer %s is dead: %s\n", p->name, reason);
	else if (restarted)
		kc_info("peer %s has started anew\n", p->name);
	else
		kc_info("peer %s is %s: %s\n", p->name, state_names[state],
			reason);
tell:
	kc_event_tell(p->kn, KC_EVENT_PEER, &news);
}

static void tell_path(struct kc_peer *p, unsigned int n, bool up)
{
	struct kc_peer_path_news news = {
		.name = p->name,
		.path = &p->paths[n],
		.up = up,
	};
	char addr[INET6_ADDRSTRLEN];

	if (!p->observer && __ratelimit(&p->log)) {
		snprintf(addr, sizeof(addr),
			 p->paths[n].family == KC_AF_INET6 ? "%pI6c" : "%pI4",
			 p->paths[n].addr);
		kc_info("peer %s: path %s by %s is %s\n", p->name, addr,
			p->paths[n].ifname, up ? "up" : "down");
	}
	kc_event_tell(p->kn, KC_EVENT_PEER_PATH, &news);
}

/* A single path is the peer itself, nothing more is to be said of it. */
static void tell_paths(struct kc_peer *p)
{
	unsigned int i;

	if (p->n_paths < 2)
		return;
	for (i = 0; i < p->n_paths; i++) {
		bool up = p->live.paths[i].up;

		if (up == !!(p->told_up & BIT(i)))
			continue;
		p->told_up ^= BIT(i);
		tell_path(p, i, up);
	}
}

static void tell_file(struct kc_peer *p)
{
	struct kc_peer_file_news news = {
		.name = p->name,
		.file = p->live.file,
	};

	kc_event_tell(p->kn, KC_EVENT_PEER_FILE, &news);
}

/**
 * kc_peer_act() - do what the core asks for
 * @p: the peer, locked
 * @actions: enum kc_live_actions
 * @old_state: before
 */
void kc_peer_act(struct kc_peer *p, unsigned int actions, u8 old_state)
{
	u8 state = p->live.state;
	char reason[KC_PEER_REASON_MAX];
	bool restarted = actions & KC_LIVE_RESTARTED;

	lockdep_assert_held(&p->lock);

	if (actions & KC_LIVE_PATHS)
		tell_paths(p);
	if (restarted)
		kc_peer_count(p, KCLUSTER_A_NODE_STATS_RESTARTS);
	if (state != old_state) {
		p->since = kc_now();
		if (state == KCLUSTER_PEER_STATE_DEAD)
			kc_peer_count(p, KCLUSTER_A_NODE_STATS_DEATHS);
		else if (old_state == KCLUSTER_PEER_STATE_DEAD)
			WRITE_ONCE(p->kn->peer.returned, true);
	}
	if (restarted || state != old_state) {
		kc_peer_describe(p, reason, sizeof(reason));
		kc_peer_tell(p, old_state, state, restarted,
			     restarted ? "it has started anew" : reason);
	}
	if (actions & KC_LIVE_FILE)
		tell_file(p);
	if (actions & KC_LIVE_ANSWER) {
		p->hello_at = min(p->hello_at, kc_now());
		kc_peer_requeue(p);
	}
}
