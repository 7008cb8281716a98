/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is a peer alive, and by which paths?
 *
 * Both nodes send signs of life by every path, each at its own interval; each
 * judges the other's silence by the longer one of the two. A path is up while
 * it is heard and the peer says that it hears us by it. The peer is alive
 * while a path is up, suspect when nothing has come for longer than it should,
 * and dead when that has gone on for as many intervals as may be lost, when no
 * path is up though it is heard, or when it said goodbye.
 *
 * A new life of the peer (a higher incarnation) is believed at once, an earlier
 * one only if the peer is dead: its clock may have been set back. What belongs
 * to a life that has said goodbye never counts again.
 *
 * Times are nanoseconds of one monotonic clock, not 0. The caller serializes.
 */
#ifndef KC_CORE_LIVE_H
#define KC_CORE_LIVE_H

#include "channel.h"

#define KC_LIVE_PATHS_MAX 4
#define KC_LIVE_NO_PATH (-1)
#define KC_LIVE_NEVER U64_MAX

/* The same numbers as enum kcluster_peer_state of the uAPI. */
enum kc_live_state {
	KC_LIVE_ADDED,
	KC_LIVE_ALIVE,
	KC_LIVE_SUSPECT,
	KC_LIVE_DEAD,
};

/* What led to the present state. */
enum kc_live_why {
	KC_LIVE_WHY_ADDED,
	/* A path is up. */
	KC_LIVE_WHY_HEARD,
	KC_LIVE_WHY_SILENT,
	/* It is heard, but does not hear us. */
	KC_LIVE_WHY_DEAF,
	KC_LIVE_WHY_GOODBYE,
	KC_LIVE_WHY_RESTARTED,
};

/* What has to be done after a call, a set of these. */
enum kc_live_actions {
	/* The state is another one. */
	KC_LIVE_STATE = 1,
	/* The peer has begun a new life; not said of the first one known. */
	KC_LIVE_RESTARTED = 2,
	/* Some path came up or went down. */
	KC_LIVE_PATHS = 4,
	/* Send a sign of life by all paths now: it is waited for. */
	KC_LIVE_ANSWER = 8,
	/* The peer tells of another cluster file, or of none any more. */
	KC_LIVE_FILE = 16,
};

enum kc_live_verdict {
	KC_LIVE_OK,
	KC_LIVE_STALE,
	KC_LIVE_DUPLICATE,
	KC_LIVE_LATE,
};

/**
 * struct kc_live_path - one path to a peer
 * @seen: which of its datagrams came
 * @heard_at: when the last one did, 0 if none in this life of the peer
 * @hello_sequence: sequence of the last HELLO that was believed, 0 if none
 * @stamp: its stamp
 * @stamp_at: when it came
 * @hears: it said that the peer hears us
 * @up: the path can be used
 * @rtt: smoothed round-trip time (RFC 6298, 2), ns; 0 if not known
 * @rtt_deviation: of it, ns
 */
struct kc_live_path {
	struct kc_seen seen;
	u64 heard_at;
	u64 hello_sequence;
	u64 stamp;
	u64 stamp_at;
	bool hears;
	bool up;
	u64 rtt;
	u64 rtt_deviation;
};

/**
 * struct kc_live - the life of a peer
 * @interval_us: of our signs of life
 * @peer_interval_us: of its, 0 if not known
 * @lose: intervals of silence that mean death
 * @own_incarnation: ours
 * @incarnation: its, 0 if not known
 * @finished: the one that said goodbye, 0 if none
 * @version_min: what it understands, from here
 * @version_max: up to here, 0 if not known
 * @state: enum kc_live_state
 * @why: what led to it, enum kc_live_why
 * @heard_at: when the last datagram came, 0 if none
 * @quiet_since: from when silence counts at the earliest
 * @ran_at: when kc_live_run() was called last
 * @awake_at: when it was called again after it had been missed
 * @file: which cluster file it was set up from, 0 if it does not tell
 * @file_stamp: of the HELLO that said so, of whatever path
 * @best: which of @paths is up and preferred, or KC_LIVE_NO_PATH
 * @n: paths
 * @paths: the paths, the preferred one first
 */
struct kc_live {
	u32 interval_us;
	u32 peer_interval_us;
	unsigned int lose;
	u64 own_incarnation;
	u64 incarnation;
	u64 finished;
	u8 version_min;
	u8 version_max;
	u8 state;
	u8 why;
	u64 heard_at;
	u64 quiet_since;
	u64 ran_at;
	u64 awake_at;
	u64 file;
	u64 file_stamp;
	int best;
	unsigned int n;
	struct kc_live_path paths[KC_LIVE_PATHS_MAX];
};

void kc_live_init(struct kc_live *live, unsigned int n, u32 interval_us,
		  unsigned int lose, u64 own_incarnation, u64 now);
unsigned int kc_live_configure(struct kc_live *live, u32 interval_us,
			       unsigned int lose, u64 now);
enum kc_live_verdict kc_live_arrive(struct kc_live *live, unsigned int path,
				    const struct kc_channel_header *header,
				    u64 now, unsigned int *actions);
unsigned int kc_live_hello(struct kc_live *live, unsigned int path,
			   const struct kc_channel_header *header,
			   const struct kc_hello *hello, u64 now);
unsigned int kc_live_run(struct kc_live *live, u64 now);
u64 kc_live_due(const struct kc_live *live);
void kc_live_speak(const struct kc_live *live, unsigned int path,
		   struct kc_hello *hello, u64 now);
u64 kc_live_dead_time(const struct kc_live *live);

#endif
