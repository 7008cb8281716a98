// SPDX-License-Identifier: GPL-2.0
/*
 * Would another node go on with everything? One line for an operator who is
 * about to find out.
 */
#include "stream.h"

/* What is on its way for longer is lost if this node dies now, us. */
#define LAG_MAX USEC_PER_SEC

/* What is wrong with this peer as an heir? False if nothing is. */
static bool flaw(struct kc_mirror_peer *mp, u64 now, char *reason, size_t size)
{
	const char *name = mp->peer->name;
	u64 lag;

	if (kc_peer_state(mp->peer) == KCLUSTER_PEER_STATE_DEAD) {
		snprintf(reason, size, "%s is dead", name);
		return true;
	}
	switch (mp->state) {
	case KCLUSTER_MIRROR_STATE_IDLE:
		snprintf(reason, size, "%s does not mirror", name);
		return true;
	case KCLUSTER_MIRROR_STATE_BULK:
		snprintf(reason, size, "%s is being told of all flows", name);
		return true;
	}
	lag = div_u64(kc_tx_lag(&mp->tx, now), NSEC_PER_USEC);
	if (lag > LAG_MAX) {
		snprintf(reason, size, "%s is %llu ms behind", name,
			 div_u64(lag, USEC_PER_MSEC));
		return true;
	}
	if (mp->peer_full) {
		snprintf(reason, size, "the connection table of %s is full",
			 name);
		return true;
	}
	return false;
}

/*
 * Flows of addresses that nodes divide are told to those only who would go on with
 * them, so all of these have to know. Counts them; false if one does not.
 */
static bool heirs_are_safe(struct kc_mirror *m, u64 now, unsigned int *heirs,
			   char *reason, size_t size)
{
	struct kc_mirror_peer *mp;

	*heirs = 0;
	list_for_each_entry(mp, &m->peers, list) {
		if (!kc_estate_is_heir(m->kn, mp->peer))
			continue;
		if (flaw(mp, now, reason, size))
			return false;
		++*heirs;
	}
	return true;
}

static bool owner_is_safe(struct kc_mirror *m, u64 now, char *reason,
			  size_t size)
{
	struct kc_mirror_peer *mp;
	unsigned int heirs;

	if (list_empty(&m->peers)) {
		snprintf(reason, size, "there is no peer");
		return false;
	}
	if (test_bit(KC_MIRROR_TODO_OVERFLOW, &m->todo)) {
		snprintf(reason, size, "changes were lost and are being healed");
		return false;
	}
	if (!heirs_are_safe(m, now, &heirs, reason, size))
		return false;
	if (heirs) {
		snprintf(reason, size,
			 "who would get established flows of this node knows them, peers: %u",
			 heirs);
		return true;
	}
	list_for_each_entry(mp, &m->peers, list) {
		if (flaw(mp, now, reason, size))
			continue;
		snprintf(reason, size, "%s knows all established flows of this node",
			 mp->peer->name);
		return true;
	}
	return false;
}

static bool standby_is_safe(struct kc_mirror *m, u64 now, char *reason,
			    size_t size)
{
	struct kc_mirror_peer *mp;

	snprintf(reason, size, "there is no peer");
	list_for_each_entry(mp, &m->peers, list) {
		const char *name = mp->peer->name;

		if (!mp->complete) {
			snprintf(reason, size,
				 "%s has not told of all its flows yet", name);
		} else if (kc_rx_missing(&mp->rx)) {
			snprintf(reason, size,
				 "messages of %s are missing", name);
		} else if (mp->own_full) {
			snprintf(reason, size,
				 "the connection table of this node is full");
		} else {
			snprintf(reason, size,
				 "this node knows all established flows of %s", name);
			return true;
		}
	}
	return false;
}

/**
 * kc_mirror_safe() - would a failover go by without a connection noticing?
 * @m: the mirror, locked
 * @reason: one clause that tells why, or why not
 * @size: of @reason
 */
bool kc_mirror_safe(struct kc_mirror *m, char *reason, size_t size)
{
	u64 now = kc_now();
	bool owner;

	rcu_read_lock();
	owner = kc_mirror_owns_any(m);
	rcu_read_unlock();
	return owner ? owner_is_safe(m, now, reason, size) :
		       standby_is_safe(m, now, reason, size);
}
