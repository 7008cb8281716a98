// SPDX-License-Identifier: GPL-2.0
/*
 * The channel: who takes which messages, and what a datagram means before that.
 */
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>

#include "../net.h"
#include "peer.h"

static const struct kc_channel_type __rcu *types[U8_MAX + 1];
static DEFINE_MUTEX(types_mutex);

/**
 * kc_channel_register() - take messages of a type
 * @type: which, and who takes them; must stay
 *
 * Context: process; module init
 * Return: 0, or -EBUSY if somebody does already
 */
int kc_channel_register(const struct kc_channel_type *type)
{
	int err = -EBUSY;

	mutex_lock(&types_mutex);
	if (!rcu_access_pointer(types[type->type])) {
		rcu_assign_pointer(types[type->type], type);
		err = 0;
	}
	mutex_unlock(&types_mutex);
	return err;
}

/**
 * kc_channel_unregister() - take them no more; waits for those under way
 * @type: as registered
 *
 * Context: process; module exit
 */
void kc_channel_unregister(const struct kc_channel_type *type)
{
	mutex_lock(&types_mutex);
	if (rcu_access_pointer(types[type->type]) == type)
		RCU_INIT_POINTER(types[type->type], NULL);
	mutex_unlock(&types_mutex);
	synchronize_net();
}

static const u8 live_stat[] = {
	[KC_LIVE_STALE] = KCLUSTER_A_NODE_STATS_DISCARD_STALE,
	[KC_LIVE_DUPLICATE] = KCLUSTER_A_NODE_STATS_DUPLICATES,
	[KC_LIVE_LATE] = KCLUSTER_A_NODE_STATS_LATE,
};

/**
 * kc_peer_arrive() - does a valid datagram count?
 * @path: by which it came; its peer is locked
 * @header: of the datagram
 * @now: present time, ns
 * @actions: enum kc_live_actions, if it counts
 *
 * Return: true if it does; otherwise that was counted and nothing has changed
 */
bool kc_peer_arrive(struct kc_peer_path *path,
		    const struct kc_channel_header *header, u64 now,
		    unsigned int *actions)
{
	struct kc_peer *p = path->peer;
	enum kc_live_verdict verdict;

	lockdep_assert_held(&p->lock);

	if (p->gone)
		return false;
	verdict = kc_live_arrive(&p->live, path - p->paths, header, now,
				 actions);
	if (verdict != KC_LIVE_OK) {
		kc_peer_count(p, live_stat[verdict]);
		return false;
	}
	path->received++;
	return true;
}

/* The message has been looked at by nobody yet, its header is right. */
static bool note(struct kc_peer_path *path,
		 const struct kc_channel_header *header)
{
	struct kc_peer *p = path->peer;
	unsigned int actions;
	bool counts;
	u64 now;
	u8 old;

	spin_lock_bh(&p->lock);
	now = kc_now();
	old = p->live.state;
	counts = kc_peer_arrive(path, header, now, &actions);
	if (counts)
		kc_peer_act(p, actions, old);
	spin_unlock_bh(&p->lock);
	return counts;
}

/**
 * kc_peer_receive() - a datagram came from a peer
 * @path: by which path, as the device and the address say
 * @data: behind the UDP header, linear, hostile until proven otherwise
 * @len: octets of @data
 *
 * Context: softirq, under RCU
 */
void kc_peer_receive(struct kc_peer_path *path, const u8 *data, size_t len)
{
	struct kc_peer *p = path->peer;
	const struct kc_channel_type *type;
	struct kc_channel_header header;

	switch (kc_channel_parse(data, len, &header)) {
	case KC_CHANNEL_OK:
		break;
	case KC_CHANNEL_BAD_VERSION:
		kc_peer_count(p, KCLUSTER_A_NODE_STATS_DISCARD_VERSION);
		return;
	default:
		kc_peer_count(p, KCLUSTER_A_NODE_STATS_DISCARD_MALFORMED);
		return;
	}
	data += KC_CHANNEL_HEADER_LEN;
	type = rcu_dereference(types[header.type]);
	if (type && type->receive_by) {
		type->receive_by(path, &header, data, header.length);
		return;
	}
	if (!note(path, &header))
		return;
	if (type)
		type->receive(p, data, header.length);
	else
		kc_peer_count(p, KCLUSTER_A_NODE_STATS_DISCARD_TYPE);
}
