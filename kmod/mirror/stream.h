/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A peer as the mirror sees it: a stream to it and a stream from it.
 *
 * It is kept with the peer, found there under RCU by what is received, and in
 * kc_mirror.peers. All but the inbox and the flags belongs to the worker and is
 * protected by kc_mirror.lock. It dies when the peer goes or the mirror is
 * switched off: taken from the peer, under the peer's lock; a grace period; what
 * waits freed; the reference of the peer given back.
 */
#ifndef KC_MIRROR_STREAM_H
#define KC_MIRROR_STREAM_H

#include "../core/mirror_ready.h"
#include "../peer/peer.h"
#include "mirror.h"

/* Datagrams that may be on their way to a peer, or wait for one before them. */
#define KC_MIRROR_SLOTS 1024
/* Messages that may wait for the worker: all of a window, and as many STATUS. */
#define KC_MIRROR_INBOX_MAX (2 * KC_MIRROR_SLOTS)
/* No datagram is larger, whatever the path could take. */
#define KC_MIRROR_ROOM_MAX 1400
/* Another stream is begun no more often, ns. */
#define KC_MIRROR_STREAM_INTERVAL NSEC_PER_SEC
/* It says something at least so often, ns. */
#define KC_MIRROR_STATUS_INTERVAL (100 * NSEC_PER_MSEC)

/**
 * struct kc_mirror_message - octets that wait
 */
struct kc_mirror_message {
	struct llist_node node;
	/** @type: enum kc_channel_message */
	u8 type;
	/** @prompt: of one that was sent: somebody waits for it */
	bool prompt;
	u16 len;
	/** @told: of one that was sent: all that was told until that pass */
	u64 told;
	u8 data[];
};

enum {
	KC_MIRROR_PEER_GONE,		/* it was deleted */
	KC_MIRROR_PEER_RESTARTED,	/* it knows nothing any more */
	KC_MIRROR_PEER_RESYNC,		/* the operator wants all to be sent */
};

/**
 * struct kc_mirror_peer - the streams to and from a peer
 */
struct kc_mirror_peer {
	/** @list: in kc_mirror.peers */
	struct list_head list;
	struct kc_mirror *m;
	/** @peer: a reference */
	struct kc_peer *peer;
	/** @slot: number of the peer in stamps, from 1 */
	u8 slot;
	/** @alive: it was within reach when we last looked */
	bool alive;
	/** @since: when it came, came within reach or started anew, ns */
	u64 since;
	/** @flags: KC_MIRROR_PEER_*, set by everybody */
	unsigned long flags;
	/** @inbox: &struct kc_mirror_message, latest first */
	struct llist_head inbox;
	/** @waiting: how many are in it */
	atomic_t waiting;

	/* What we send. */
	/** @state: enum kcluster_mirror_state */
	u8 state;
	struct kc_tx_window tx;
	struct kc_tx_slot *tx_slots;
	/** @sent: what was sent and is not confirmed, by slot */
	struct kc_mirror_message **sent;
	/** @draft: the records of the next datagram, behind a place for its header */
	u8 draft[KC_MIRROR_ROOM_MAX];
	/** @draft_len: octets in it, no more than @draft_room */
	unsigned int draft_len;
	unsigned int draft_room;
	/** @draft_prompt: somebody waits for one of them */
	bool draft_prompt;
	/** @behind: it has not been told of all flows since its stream began */
	bool behind;
	/** @known: all that was told until that pass is in its table */
	u64 known;
	/** @status_heard_at: when it last told how far it is, ns, 0 if never */
	u64 status_heard_at;
	/** @refused_at: since when it takes nothing more, ns, 0 if it does */
	u64 refused_at;
	/** @begun_at: when the present stream began, ns */
	u64 begun_at;
	/** @bulk_due: it is to hear of all flows */
	bool bulk_due;
	/** @bulk_runs: and does; @bulk tells how far */
	bool bulk_runs;
	struct kc_mirror_walk bulk;
	/** @epoch: number of that sweep */
	u32 epoch;
	/** @bulk_sent: flows sent in it */
	u64 bulk_sent;
	/** @bulk_end: sequence number of the datagram that ended it, 0 if none */
	u64 bulk_end;
	/** @resyncs: sweeps begun */
	u64 resyncs;
	/** @peer_full: it had no room for something */
	bool peer_full;

	/* What it sends. */
	struct kc_rx_window rx;
	u64 *rx_held;
	/** @kept: what came too early, by slot */
	struct kc_mirror_message **kept;
	/** @status_said_at: when we last told how far we are, ns */
	u64 status_said_at;
	/** @sweeping: it is telling of all its flows */
	bool sweeping;
	/** @spoilt: something in that could not be read */
	bool spoilt;
	/** @peer_epoch: number of that sweep, by its count */
	u32 peer_epoch;
	/** @mark: of that sweep in stamps */
	u8 mark;
	/** @reaping: flows without that mark are being removed, see @reap */
	bool reaping;
	struct kc_mirror_walk reap;
	/** @complete: we heard of all its flows, and of what followed */
	bool complete;
	/** @own_full: we had no room for something, since its last sweep */
	bool own_full;
	/** @asked_at: when we last asked for what we had no room for, ns */
	u64 asked_at;
	/** @peer_queue: events that wait there */
	u32 peer_queue;
	/** @peer_lag: what it says of how far we are behind, us */
	u32 peer_lag;
};

/* peers.c: they come and go */
void kc_mirror_peers_run(struct kc_mirror *m);
void kc_mirror_peers_detach(struct kc_mirror *m);
void kc_mirror_peers_free(struct kc_mirror *m);
u64 kc_mirror_rtt(struct kc_mirror_peer *mp);

/* receive.c: from peers */
int kc_mirror_receive_init(void);
void kc_mirror_receive_exit(void);
int kc_mirror_inbox_init(struct kc_mirror_peer *mp);
void kc_mirror_inbox_exit(struct kc_mirror_peer *mp);
void kc_mirror_inbox_run(struct kc_mirror_peer *mp, u64 now, bool flush);
u64 kc_mirror_status_run(struct kc_mirror_peer *mp, u64 now);

/* apply.c: what their records mean */
void kc_mirror_apply(struct kc_mirror_peer *mp, const u8 *data, size_t len,
		     bool torn, u64 now);
bool kc_mirror_reap(struct kc_mirror_peer *mp);

/* send.c: to peers */
int kc_mirror_stream_init(struct kc_mirror_peer *mp);
void kc_mirror_stream_exit(struct kc_mirror_peer *mp);
void kc_mirror_stream_begin(struct kc_mirror_peer *mp, u64 now);
void kc_mirror_stream_end(struct kc_mirror_peer *mp);
void kc_mirror_stream_free(struct kc_mirror_peer *mp);
bool kc_mirror_stream_ready(struct kc_mirror_peer *mp, bool bulk);
void kc_mirror_append(struct kc_mirror_peer *mp, const u8 *record, size_t len);
void kc_mirror_ship(struct kc_mirror_peer *mp);
void kc_mirror_resend(struct kc_mirror_peer *mp, u64 now);
int kc_mirror_post(struct kc_mirror_peer *mp, u8 type, const u8 *data,
		   size_t len);

static inline bool kc_mirror_streams(const struct kc_mirror_peer *mp)
{
	return mp->state != KCLUSTER_MIRROR_STATE_IDLE;
}

/* tell.c: what waits becomes records; false if peers take nothing now */
bool kc_mirror_tell(struct kc_mirror *m, u64 now);
size_t kc_mirror_record_of(struct kc_mirror *m, struct nf_conn *ct,
			   u8 *record);

/* known.c: what it knows */
void kc_mirror_known_mark(struct kc_mirror_peer *mp);
void kc_mirror_known_confirm(struct kc_mirror_peer *mp,
			     const struct kc_mirror_message *message);

/* bulk.c: all flows to one peer; true if there is more to do */
bool kc_mirror_bulk(struct kc_mirror_peer *mp);

#endif
