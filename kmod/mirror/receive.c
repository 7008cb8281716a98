// SPDX-License-Identifier: GPL-2.0
/*
 * From peers: datagrams with records, which are put in order, and what they say
 * of ours.
 *
 * In softirq a message is copied to the peer's inbox; the worker does the rest.
 */
#include <linux/slab.h>

#include "stream.h"

/* A peer without the mirror, or a namespace, says nothing and hears nothing. */
static void receive(struct kc_peer *p, u8 type, const u8 *data, size_t len)
{
	struct kc_mirror_message *message = NULL;
	struct kc_mirror_peer *mp;
	struct kc_mirror *m;

	mp = rcu_dereference(p->user[KC_PEER_USER_MIRROR]);
	if (!mp)
		return;
	m = mp->m;
	if (atomic_inc_return(&mp->waiting) <= KC_MIRROR_INBOX_MAX)
		message = kmalloc(struct_size(message, data, len),
				  GFP_ATOMIC | __GFP_NOWARN);
	if (!message) {
		atomic_dec(&mp->waiting);
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_DISCARD_MEMORY);
		return;
	}
	message->type = type;
	message->len = len;
	memcpy(message->data, data, len);
	llist_add(&message->node, &mp->inbox);
	kthread_queue_work(m->worker, &m->work);
}

static void receive_data(struct kc_peer *p, const u8 *data, size_t len)
{
	receive(p, KC_CHANNEL_MIRROR_DATA, data, len);
}

static void receive_status(struct kc_peer *p, const u8 *data, size_t len)
{
	receive(p, KC_CHANNEL_MIRROR_STATUS, data, len);
}

static const struct kc_channel_type data_type = {
	.type = KC_CHANNEL_MIRROR_DATA,
	.receive = receive_data,
};

static const struct kc_channel_type status_type = {
	.type = KC_CHANNEL_MIRROR_STATUS,
	.receive = receive_status,
};

static void empty_slots(struct kc_mirror_peer *mp)
{
	unsigned int i;

	for (i = 0; i < KC_MIRROR_SLOTS; i++) {
		kfree(mp->kept[i]);
		mp->kept[i] = NULL;
	}
}

/* True if the message is kept. */
static bool on_data(struct kc_mirror_peer *mp,
		    struct kc_mirror_message *message, u64 now)
{
	struct kc_stream_data header;
	enum kc_rx_verdict verdict;
	u32 slot;

	if (!kc_stream_data_parse(message->data, message->len, &header)) {
		kc_mirror_count(mp->m,
				KCLUSTER_A_MIRROR_STATS_DISCARD_MALFORMED);
		return false;
	}
	verdict = kc_rx_data(&mp->rx, &header, now, &slot);
	if (verdict == KC_RX_NEWER) {
		empty_slots(mp);
		kc_rx_follow(&mp->rx, header.stream, header.seq - header.kept,
			     now);
		/* What follows is not all before a sweep has ended. */
		mp->sweeping = false;
		mp->complete = false;
		verdict = kc_rx_data(&mp->rx, &header, now, &slot);
	}
	if (verdict != KC_RX_STORE)
		return false;
	kfree(mp->kept[slot]);
	mp->kept[slot] = message;
	return true;
}

static void on_status(struct kc_mirror_peer *mp,
		      const struct kc_mirror_message *message, u64 now)
{
	struct kc_stream_status status;

	if (!kc_stream_status_parse(message->data, message->len, &status)) {
		kc_mirror_count(mp->m,
				KCLUSTER_A_MIRROR_STATS_DISCARD_MALFORMED);
		return;
	}
	mp->status_heard_at = now;
	mp->peer_queue = status.queue;
	mp->peer_lag = status.lag_us;
	mp->peer_full = status.flags & KC_STREAM_TABLE_FULL;
	if (kc_rx_status(&mp->rx, &status, now) == KC_RX_NEWER) {
		empty_slots(mp);
		kc_rx_follow(&mp->rx, status.stream, status.oldest, now);
		mp->sweeping = false;
		mp->complete = false;
		kc_rx_status(&mp->rx, &status, now);
	}
	switch (kc_tx_status(&mp->tx, &status, kc_mirror_rtt(mp), now)) {
	case KC_TX_OK:
		kc_mirror_stream_free(mp);
		break;
	case KC_TX_RESYNC:
		kc_mirror_stream_free(mp);
		fallthrough;
	case KC_TX_BEHIND:
		/* It may ask again and again before it hears of the new one. */
		if (now - mp->begun_at > KC_MIRROR_STREAM_INTERVAL)
			kc_mirror_stream_begin(mp, now);
		break;
	case KC_TX_BAD:
		kc_mirror_count(mp->m,
				KCLUSTER_A_MIRROR_STATS_DISCARD_MALFORMED);
		break;
	case KC_TX_OLD:
		break;
	}
	/* It mirrors, so it is to hear of us. */
	if (!kc_mirror_streams(mp) &&
	    (!mp->begun_at || now - mp->begun_at > KC_MIRROR_STREAM_INTERVAL))
		kc_mirror_stream_begin(mp, now);
}

static void take_all(struct kc_mirror_peer *mp, u64 now)
{
	struct kc_mirror_message *message;
	struct kc_stream_data header;
	struct kc_mirror *m = mp->m;
	struct kc_rx_item item;
	unsigned int stat;
	size_t offset;

	while (kc_rx_take(&mp->rx, &item)) {
		message = mp->kept[item.slot];
		mp->kept[item.slot] = NULL;
		if (message) {
			offset = kc_stream_data_parse(message->data,
						      message->len, &header);
			kc_mirror_apply(mp, message->data + offset,
					message->len - offset, item.torn, now);
			stat = KCLUSTER_A_MIRROR_STATS_DATAGRAMS_RECEIVED;
			kc_mirror_count(m, stat);
			kfree(message);
		}
		/* Until it has told everything anew. */
		if (item.torn)
			mp->complete = false;
		kc_rx_done(&mp->rx, &item, now);
		cond_resched();
	}
}

/**
 * kc_mirror_inbox_run() - take what came
 * @mp: the peer
 * @now: present time, ns
 * @flush: what is there counts, whatever is missing
 *
 * Context: the worker
 */
void kc_mirror_inbox_run(struct kc_mirror_peer *mp, u64 now, bool flush)
{
	struct kc_mirror_message *message, *next;
	struct llist_node *list;

	list = llist_reverse_order(llist_del_all(&mp->inbox));
	llist_for_each_entry_safe(message, next, list, node) {
		bool kept = false;

		atomic_dec(&mp->waiting);
		if (message->type == KC_CHANNEL_MIRROR_DATA)
			kept = on_data(mp, message, now);
		else
			on_status(mp, message, now);
		if (!kept)
			kfree(message);
		cond_resched();
	}
	take_all(mp, now);
	if (flush) {
		kc_rx_flush(&mp->rx, now);
		take_all(mp, now);
	}
}

/**
 * kc_mirror_status_run() - tell the peer how far we are, if that is due
 * @mp: the peer
 * @now: present time, ns
 *
 * Context: the worker
 * Return: when it will be due next, ns
 */
u64 kc_mirror_status_run(struct kc_mirror_peer *mp, u64 now)
{
	u64 due = min(kc_rx_deadline(&mp->rx),
		      mp->status_said_at + KC_MIRROR_STATUS_INTERVAL);
	struct kc_stream_status *status;
	u8 *buf;
	size_t len;

	if (now < due)
		return due;
	status = kzalloc(sizeof(*status) + KC_STREAM_STATUS_MAX, GFP_KERNEL);
	if (status) {
		buf = (u8 *)(status + 1);
		kc_rx_fill(&mp->rx, status, now);
		kc_tx_fill(&mp->tx, status, now);
		status->queue = atomic_read(&mp->m->queue.count);
		if (mp->own_full)
			status->flags |= KC_STREAM_TABLE_FULL;
		len = kc_stream_status_build(buf, KC_STREAM_STATUS_MAX, status);
		if (len)
			kc_mirror_post(mp, KC_CHANNEL_MIRROR_STATUS, buf, len);
		kfree(status);
	}
	mp->status_said_at = now;
	due = min(kc_rx_deadline(&mp->rx), now + KC_MIRROR_STATUS_INTERVAL);
	/* Whatever it wants: not for ever. */
	return max(due, now + NSEC_PER_MSEC);
}

/**
 * kc_mirror_inbox_init() - nothing came yet
 * @mp: the peer
 *
 * Return: 0 or -ENOMEM; then, too, kc_mirror_inbox_exit() is to be called
 */
int kc_mirror_inbox_init(struct kc_mirror_peer *mp)
{
	init_llist_head(&mp->inbox);
	mp->rx_held = kvcalloc(KC_RX_WORDS(KC_MIRROR_SLOTS),
			       sizeof(*mp->rx_held), GFP_KERNEL_ACCOUNT);
	mp->kept = kvcalloc(KC_MIRROR_SLOTS, sizeof(*mp->kept),
			    GFP_KERNEL_ACCOUNT);
	if (!mp->rx_held || !mp->kept)
		return -ENOMEM;
	kc_rx_init(&mp->rx, mp->rx_held, KC_MIRROR_SLOTS);
	return 0;
}

/**
 * kc_mirror_inbox_exit() - nothing comes any more; free all that waits
 * @mp: the peer
 */
void kc_mirror_inbox_exit(struct kc_mirror_peer *mp)
{
	struct kc_mirror_message *message, *next;

	llist_for_each_entry_safe(message, next, llist_del_all(&mp->inbox),
				  node)
		kfree(message);
	if (mp->kept)
		empty_slots(mp);
	kvfree(mp->kept);
	kvfree(mp->rx_held);
}

/**
 * kc_mirror_receive_init() - take messages of peers
 *
 * Return: 0 or a negative errno
 */
int kc_mirror_receive_init(void)
{
	int err = kc_channel_register(&data_type);

	if (err)
		return err;
	err = kc_channel_register(&status_type);
	if (err)
		kc_channel_unregister(&data_type);
	return err;
}

/**
 * kc_mirror_receive_exit() - take no more; waits for those under way
 */
void kc_mirror_receive_exit(void)
{
	kc_channel_unregister(&status_type);
	kc_channel_unregister(&data_type);
}
