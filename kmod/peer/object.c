// SPDX-License-Identifier: GPL-2.0
/*
 * Peers: how they come, change and go. See peer.h for who may do what.
 */
#include <linux/jhash.h>
#include <linux/ktime.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../extack.h"
#include "../net.h"
#include "peer.h"

/* What one peer can make us log. */
#define LOG_INTERVAL (5 * HZ)
#define LOG_BURST 20

/**
 * kc_peers_max() - how many peers a network namespace may have
 * @kn: the namespace
 *
 * Return: the number
 */
unsigned int kc_peers_max(const struct kc_net *kn)
{
	return kc_net_privileged(kn) ? KC_PEERS_MAX : KC_PEERS_MAX_USER;
}

/**
 * kc_observers_max() - how many more there may be that share nothing but claims
 * @kn: the namespace
 *
 * Return: the number
 */
unsigned int kc_observers_max(const struct kc_net *kn)
{
	return kc_net_privileged(kn) ? KC_OBSERVERS_MAX : KC_OBSERVERS_MAX_USER;
}

/**
 * kc_peer_hold() - keep a peer
 * @p: the peer, kept by RCU or by a reference
 *
 * What is left of it after it is gone can only be given back.
 */
void kc_peer_hold(struct kc_peer *p)
{
	refcount_inc(&p->refs);
}

/**
 * kc_peer_put() - give a reference back
 * @p: the peer
 *
 * Context: any but hard interrupts
 */
void kc_peer_put(struct kc_peer *p)
{
	if (refcount_dec_and_test(&p->refs))
		kfree_rcu(p, rcu);
}

/**
 * kc_peer_state() - is a peer alive?
 * @p: the peer
 *
 * Context: any; takes no lock, so it may be another one already
 * Return: the state; KCLUSTER_PEER_STATE_GONE for one that was deleted
 */
enum kcluster_peer_state kc_peer_state(const struct kc_peer *p)
{
	return READ_ONCE(p->gone) ? KCLUSTER_PEER_STATE_GONE :
				    READ_ONCE(p->live.state);
}

/**
 * kc_peer_is_alive() - was a peer heard of within its dead time?
 * @p: the peer; one that is suspect still may be
 *
 * Context: any
 */
bool kc_peer_is_alive(const struct kc_peer *p)
{
	enum kcluster_peer_state state = kc_peer_state(p);

	return state == KCLUSTER_PEER_STATE_ALIVE ||
	       state == KCLUSTER_PEER_STATE_SUSPECT;
}

/**
 * kc_peer_version() - what can be spoken with a peer?
 * @p: the peer
 *
 * Context: any; takes no lock
 * Return: the highest version that both know; 0 if there is none, or if it is
 * not known yet
 */
u8 kc_peer_version(const struct kc_peer *p)
{
	return kc_channel_common(READ_ONCE(p->live.version_min),
				 READ_ONCE(p->live.version_max));
}

/**
 * kc_peer_incarnation() - which life of a peer is this?
 * @p: the peer
 *
 * Context: any; takes no lock
 * Return: its number, higher for each later life; 0 if it was never heard
 */
u64 kc_peer_incarnation(const struct kc_peer *p)
{
	return READ_ONCE(p->live.incarnation);
}

/* Where there is no table. */
static struct hlist_head nobody;

static struct hlist_head *namesakes(struct kc_net *kn, const char *name)
{
	u32 hash = jhash(name, strlen(name), 0);
	struct kc_peer_table *table;

	table = rcu_dereference_protected(kn->peer.table,
					  lockdep_is_held(&kn->peer.mutex));
	return table ? &table->names[hash & ((1 << KC_PEER_HASH_BITS) - 1)] :
		       &nobody;
}

/**
 * kc_peer_find() - a peer by its name
 * @kn: the namespace, mutex of its peers held
 * @name: the name
 *
 * Return: the peer or NULL
 */
struct kc_peer *kc_peer_find(struct kc_net *kn, const char *name)
{
	struct kc_peer *p;

	lockdep_assert_held(&kn->peer.mutex);

	hlist_for_each_entry(p, namesakes(kn, name), by_name)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

/**
 * kc_peer_bucket() - where the paths to an address are
 * @kn: the namespace
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 *
 * Context: under RCU, or the mutex of its peers held
 * Return: the list of its hash
 */
struct hlist_head *kc_peer_bucket(struct kc_net *kn, u8 family, const u8 *addr)
{
	u32 hash = jhash(addr, kc_addr_len(family), 0);
	struct kc_peer_table *table;

	table = rcu_dereference_check(kn->peer.table,
				      lockdep_is_held(&kn->peer.mutex));
	return table ? &table->paths[hash & ((1 << KC_PEER_HASH_BITS) - 1)] :
		       &nobody;
}

/*
 * Each peer sees lives of its own: whoever is deleted and added again is new to
 * the other node, too. Later means higher, unless the clock was set back and
 * the module loaded anew.
 */
static u64 next_incarnation(struct kc_net *kn)
{
	kn->peer.incarnation = max_t(u64, ktime_get_real_ns(),
				     kn->peer.incarnation + 1);
	return kn->peer.incarnation;
}

/*
 * When a peer is spoken to first, ns from now. Thousands of observers are not told
 * all at once, for each costs a handshake of WireGuard.
 */
static u64 first_hello(struct kc_net *kn, const struct kc_peer_spec *spec)
{
	u64 interval = spec->interval_ms ?: KCLUSTER_PEER_INTERVAL;

	return spec->observer ? interval * NSEC_PER_MSEC *
				kn->peer.observers / KC_PEER_AT_ONCE : 0;
}

static struct kc_peer *create(struct kc_net *kn,
			      const struct kc_peer_spec *spec)
{
	struct kc_peer *p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	unsigned int i;
	u64 now = kc_now();

	BUILD_BUG_ON(KCLUSTER_PEER_PATHS_MAX != KC_LIVE_PATHS_MAX);
	BUILD_BUG_ON((int)KCLUSTER_PEER_STATE_ADDED != (int)KC_LIVE_ADDED ||
		     (int)KCLUSTER_PEER_STATE_ALIVE != (int)KC_LIVE_ALIVE ||
		     (int)KCLUSTER_PEER_STATE_SUSPECT != (int)KC_LIVE_SUSPECT ||
		     (int)KCLUSTER_PEER_STATE_DEAD != (int)KC_LIVE_DEAD);

	if (!p)
		return NULL;
	p->kn = kn;
	refcount_set(&p->refs, 1);
	strscpy(p->name, spec->name, sizeof(p->name));
	p->observer = spec->observer;
	spin_lock_init(&p->lock);
	kc_clock_entry_init(&p->clock, kc_peer_due);
	ratelimit_state_init(&p->log, LOG_INTERVAL, LOG_BURST);
	ratelimit_set_flags(&p->log, RATELIMIT_MSG_ON_RELEASE);
	p->since = now;
	p->hello_at = now + first_hello(kn, spec);
	p->n_paths = spec->n_paths;
	for (i = 0; i < p->n_paths; i++) {
		struct kc_peer_path *path = &p->paths[i];

		path->peer = p;
		path->family = spec->paths[i].family;
		memcpy(path->addr, spec->paths[i].addr, sizeof(path->addr));
		strscpy(path->ifname, spec->paths[i].ifname,
			sizeof(path->ifname));
	}
	kc_live_init(&p->live, p->n_paths,
		     (spec->interval_ms ?: KCLUSTER_PEER_INTERVAL) *
		     USEC_PER_MSEC, spec->lose ?: KCLUSTER_PEER_LOSE,
		     next_incarnation(kn), now);
	return p;
}

/**
 * kc_peer_add() - add a peer and begin to talk to it
 * @kn: the namespace, mutex of its peers held
 * @spec: what is asked for; devices that were left out are filled in
 * @extack: why not
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_peer_add(struct kc_net *kn, struct kc_peer_spec *spec,
		struct netlink_ext_ack *extack)
{
	struct kc_peer_net *pn = &kn->peer;
	struct kc_peer *p;
	unsigned int i;
	int err;

	lockdep_assert_held(&pn->mutex);

	err = kc_peer_check(kn, spec, extack);
	if (err)
		return err;
	p = create(kn, spec);
	if (!p)
		return -ENOMEM;
	err = kc_peer_net_start(kn);
	if (err) {
		kfree(p);
		if (err == -EADDRINUSE)
			return kc_refuse(extack, spec->attrs[KCLUSTER_A_NODE_NAME],
					 err, "another program has UDP port %d: it must give it up",
					 KCLUSTER_PORT);
		return kc_refuse(extack, NULL, err,
				 "cannot receive from peers (error %d)", err);
	}
	for (i = 0; i < p->n_paths; i++)
		hlist_add_head_rcu(&p->paths[i].hash,
				   kc_peer_bucket(kn, p->paths[i].family,
						  p->paths[i].addr));
	hlist_add_head(&p->by_name, namesakes(kn, p->name));
	list_add_tail_rcu(&p->list, &pn->peers);
	pn->count++;
	pn->observers += p->observer;
	pn->generation++;
	kc_peer_start(p);
	return 0;
}

/**
 * kc_peer_set() - change settings of a peer
 * @p: the peer, mutex of its namespace held
 * @spec: what is asked for
 * @extack: why not
 *
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_peer_set(struct kc_peer *p, const struct kc_peer_spec *spec,
		struct netlink_ext_ack *extack)
{
	struct kc_live *live = &p->live;
	u64 now;
	u8 old;
	int err;

	lockdep_assert_held(&p->kn->peer.mutex);

	err = kc_peer_check_interval(p->kn, spec, extack);
	if (err)
		return err;
	spin_lock_bh(&p->lock);
	now = kc_now();
	old = live->state;
	kc_peer_act(p, kc_live_configure(live, spec->interval_ms ?
					 spec->interval_ms * USEC_PER_MSEC :
					 live->interval_us,
					 spec->lose ?: live->lose, now), old);
	/* The other node shall know of it before it judges. */
	p->hello_at = now;
	kc_peer_requeue(p);
	spin_unlock_bh(&p->lock);
	return 0;
}

static void unlink_peer(struct kc_peer *p)
{
	struct kc_peer_net *pn = &p->kn->peer;
	unsigned int i;

	for (i = 0; i < p->n_paths; i++)
		hlist_del_rcu(&p->paths[i].hash);
	hlist_del(&p->by_name);
	list_del_rcu(&p->list);
	pn->count--;
	pn->observers -= p->observer;
	pn->generation++;
	kc_peer_put(p);
}

/**
 * kc_peer_del() - say goodbye to a peer and forget it
 * @p: the peer, mutex of its namespace held
 * @reason: why
 *
 * Context: process, not under RTNL
 */
void kc_peer_del(struct kc_peer *p, const char *reason)
{
	struct kc_net *kn = p->kn;

	lockdep_assert_held(&kn->peer.mutex);

	kc_peer_stop(p, reason);
	unlink_peer(p);
	kc_peer_net_rest(kn);
}

/**
 * kc_peer_flush() - delete all peers of a network namespace
 * @kn: the namespace, mutex of its peers held
 * @reason: why
 *
 * Context: process, not under RTNL
 */
void kc_peer_flush(struct kc_net *kn, const char *reason)
{
	struct kc_peer *p, *next;

	lockdep_assert_held(&kn->peer.mutex);

	list_for_each_entry_safe(p, next, &kn->peer.peers, list) {
		kc_peer_stop(p, reason);
		unlink_peer(p);
	}
	kc_peer_net_rest(kn);
}
