// SPDX-License-Identifier: GPL-2.0
/*
 * Records become datagrams, which are kept until the peer has them in its
 * table. All here belongs to the worker.
 */
#include <linux/slab.h>

#include "stream.h"

/* What fits through most tunnels, while no path is up that would tell. */
#define ROOM_DEFAULT 1200
/* Datagrams that one look at the table, or one item, can fill. */
#define READY_BULK 4
#define READY_LIVE 2

/**
 * kc_mirror_post() - send a message as it is
 * @mp: the peer
 * @type: enum kc_channel_message
 * @data: the message
 * @len: octets of @data
 *
 * Return: 0 or a negative errno
 */
int kc_mirror_post(struct kc_mirror_peer *mp, u8 type, const u8 *data,
		   size_t len)
{
	struct sk_buff *skb = kc_channel_alloc(len, GFP_KERNEL);

	if (!skb)
		return -ENOMEM;
	skb_put_data(skb, data, len);
	return kc_channel_send(mp->peer, type, skb);
}

static void count_streams(struct kc_mirror *m)
{
	struct kc_mirror_peer *mp;
	unsigned int n = 0;

	list_for_each_entry(mp, &m->peers, list)
		n += kc_mirror_streams(mp);
	WRITE_ONCE(m->streams, n);
}

static void empty_slots(struct kc_mirror_peer *mp)
{
	unsigned int i;

	for (i = 0; i < KC_MIRROR_SLOTS; i++) {
		kfree(mp->sent[i]);
		mp->sent[i] = NULL;
	}
}

/**
 * kc_mirror_stream_free() - forget what the peer has in its table
 * @mp: the peer
 */
void kc_mirror_stream_free(struct kc_mirror_peer *mp)
{
	u32 slot;

	while (kc_tx_free(&mp->tx, &slot)) {
		if (mp->sent[slot])
			kc_mirror_known_confirm(mp, mp->sent[slot]);
		kfree(mp->sent[slot]);
		mp->sent[slot] = NULL;
	}
}

/**
 * kc_mirror_stream_end() - send nothing more; all is forgotten
 * @mp: the peer
 */
void kc_mirror_stream_end(struct kc_mirror_peer *mp)
{
	empty_slots(mp);
	mp->state = KCLUSTER_MIRROR_STATE_IDLE;
	mp->draft_len = 0;
	mp->draft_prompt = false;
	mp->bulk_due = false;
	mp->bulk_runs = false;
	mp->bulk_end = 0;
	mp->refused_at = 0;
	count_streams(mp->m);
}

/**
 * kc_mirror_stream_begin() - another stream, which begins with all flows
 * @mp: the peer
 * @now: present time, ns
 */
void kc_mirror_stream_begin(struct kc_mirror_peer *mp, u64 now)
{
	kc_mirror_stream_end(mp);
	kc_tx_start(&mp->tx, ktime_get_real_ns(), now);
	mp->state = KCLUSTER_MIRROR_STATE_BULK;
	mp->begun_at = now;
	mp->bulk_due = true;
	mp->behind = true;
	count_streams(mp->m);
}

/**
 * kc_mirror_stream_ready() - would it take more?
 * @mp: the peer
 * @bulk: flows that did not change just now
 */
bool kc_mirror_stream_ready(struct kc_mirror_peer *mp, bool bulk)
{
	return kc_tx_room(&mp->tx, bulk) >= (bulk ? READY_BULK : READY_LIVE);
}

static void set_flags(const struct kc_mirror_message *message,
		      struct kc_stream_data *header)
{
	header->flags = message->prompt ? KC_STREAM_PROMPT : 0;
}

/**
 * kc_mirror_ship() - send what was collected
 * @mp: the peer
 */
void kc_mirror_ship(struct kc_mirror_peer *mp)
{
	struct kc_mirror *m = mp->m;
	struct kc_mirror_message *message;
	struct kc_stream_data header;
	u32 slot;

	if (mp->draft_len <= KC_STREAM_DATA_LEN)
		return;
	message = kmalloc(struct_size(message, data, mp->draft_len),
			  GFP_KERNEL_ACCOUNT);
	if (!message || !kc_tx_add(&mp->tx, kc_now(), &header, &slot)) {
		/* It has to be told everything anew. */
		kfree(message);
		kc_mirror_stream_end(mp);
		return;
	}
	message->prompt = mp->draft_prompt;
	message->told = 0;
	set_flags(message, &header);
	kc_stream_data_build(mp->draft, &header);
	message->len = mp->draft_len;
	memcpy(message->data, mp->draft, mp->draft_len);
	mp->draft_len = 0;
	mp->draft_prompt = false;
	mp->sent[slot] = message;
	kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_DATAGRAMS_SENT);
	kc_mirror_add(m, KCLUSTER_A_MIRROR_STATS_BYTES_SENT, message->len);
	if (kc_mirror_post(mp, KC_CHANNEL_MIRROR_DATA, message->data,
			   message->len))
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_SEND_ERRORS);
}

/**
 * kc_mirror_append() - collect a record
 * @mp: the peer, which would take more
 * @record: the record
 * @len: octets of @record
 */
void kc_mirror_append(struct kc_mirror_peer *mp, const u8 *record, size_t len)
{
	unsigned int room;

	if (mp->draft_len + len > mp->draft_room)
		kc_mirror_ship(mp);
	if (!kc_mirror_streams(mp))
		return;
	if (!mp->draft_len) {
		room = kc_channel_room(mp->peer);
		if (room < KC_STREAM_DATA_LEN + KC_RECORD_MAX)
			room = ROOM_DEFAULT;
		mp->draft_room = min_t(unsigned int, room, KC_MIRROR_ROOM_MAX);
		mp->draft_len = KC_STREAM_DATA_LEN;
	}
	memcpy(mp->draft + mp->draft_len, record, len);
	mp->draft_len += len;
}

/**
 * kc_mirror_resend() - send again what got lost
 * @mp: the peer
 * @now: present time, ns
 */
void kc_mirror_resend(struct kc_mirror_peer *mp, u64 now)
{
	struct kc_mirror_message *message;
	struct kc_stream_data header;
	u64 rtt;
	u32 slot;

	if (!kc_mirror_streams(mp))
		return;
	rtt = kc_mirror_rtt(mp);
	if (kc_tx_deadline(&mp->tx, rtt) <= now)
		kc_tx_timer(&mp->tx, rtt, now);
	while (kc_tx_resend(&mp->tx, now, &header, &slot)) {
		message = mp->sent[slot];
		if (!message)
			continue;
		set_flags(message, &header);
		kc_stream_data_build(message->data, &header);
		kc_mirror_count(mp->m, KCLUSTER_A_MIRROR_STATS_SENT_AGAIN);
		kc_mirror_post(mp, KC_CHANNEL_MIRROR_DATA, message->data,
			       message->len);
	}
}

/**
 * kc_mirror_stream_init() - no stream yet
 * @mp: the peer
 *
 * Return: 0 or -ENOMEM; then, too, kc_mirror_stream_exit() is to be called
 */
int kc_mirror_stream_init(struct kc_mirror_peer *mp)
{
	mp->tx_slots = kvcalloc(KC_MIRROR_SLOTS, sizeof(*mp->tx_slots),
				GFP_KERNEL_ACCOUNT);
	mp->sent = kvcalloc(KC_MIRROR_SLOTS, sizeof(*mp->sent),
			    GFP_KERNEL_ACCOUNT);
	if (!mp->tx_slots || !mp->sent)
		return -ENOMEM;
	kc_tx_init(&mp->tx, mp->tx_slots, KC_MIRROR_SLOTS);
	return 0;
}

/**
 * kc_mirror_stream_exit() - free all that is kept
 * @mp: the peer
 */
void kc_mirror_stream_exit(struct kc_mirror_peer *mp)
{
	if (mp->sent)
		empty_slots(mp);
	kvfree(mp->sent);
	kvfree(mp->tx_slots);
}
