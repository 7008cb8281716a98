// SPDX-License-Identifier: GPL-2.0
/*
 * The mirror in a network namespace: on and off.
 *
 * Off, it costs nothing: no hook of conntrack, no slot, no thread.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_labels.h>

#include "../event.h"
#include "../extack.h"
#include "../log.h"
#include "stream.h"

static int on_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct kc_mirror *m = container_of(nb, struct kc_mirror, nb);
	const struct kc_peer_news *news = data;
	struct kc_mirror_peer *mp;
	struct kc_peer *p;

	if (event == KC_EVENT_VRRP) {
		kc_mirror_todo(m, KC_MIRROR_TODO_OWNERS);
		return NOTIFY_DONE;
	}
	if (event == KC_EVENT_ESTATE) {
		kc_mirror_todo(m, KC_MIRROR_TODO_ESTATES);
		return NOTIFY_DONE;
	}
	if (event != KC_EVENT_PEER)
		return NOTIFY_DONE;
	/* The peer is locked. */
	p = news->peer;
	mp = rcu_dereference_protected(p->user[KC_PEER_USER_MIRROR],
				       lockdep_is_held(&p->lock));
	if (mp && mp->m == m) {
		if (news->restarted)
			set_bit(KC_MIRROR_PEER_RESTARTED, &mp->flags);
		if (news->state == KCLUSTER_PEER_STATE_GONE) {
			set_bit(KC_MIRROR_PEER_GONE, &mp->flags);
			RCU_INIT_POINTER(p->user[KC_PEER_USER_MIRROR], NULL);
		}
	}
	kc_mirror_todo(m, KC_MIRROR_TODO_PEERS);
	return NOTIFY_DONE;
}

static void free_mirror(struct kc_mirror *m)
{
	kfree(rcu_dereference_protected(m->settings, true));
	kc_mirror_owners_free(m);
	kvfree(m->found);
	kvfree(m);
}

/**
 * kc_mirror_put() - give back a reference
 * @m: the mirror
 *
 * Context: process
 */
void kc_mirror_put(struct kc_mirror *m)
{
	if (refcount_dec_and_test(&m->refs))
		free_mirror(m);
}

static struct kc_mirror *alloc_mirror(struct kc_net *kn)
{
	struct kc_mirror *m = kvzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);
	unsigned int i;

	if (!m)
		return NULL;
	m->kn = kn;
	m->net = kn->net;
	refcount_set(&m->refs, 1);
	mutex_init(&m->lock);
	INIT_LIST_HEAD(&m->peers);
	init_waitqueue_head(&m->takeover);
	for (i = 0; i < KC_MIRROR_BUCKETS; i++)
		init_llist_head(&m->queue.bucket[i]);
	kthread_init_work(&m->work, kc_mirror_run);
	kc_mirror_timers_init(m);
	kc_mirror_defer_setup(m);
	m->nb.notifier_call = on_event;
	/* Until the worker has looked at the peers there are. */
	m->unready = true;
	m->learning = true;
	m->todo = BIT(KC_MIRROR_TODO_PEERS) | BIT(KC_MIRROR_TODO_OWNERS) |
		  BIT(KC_MIRROR_TODO_ESTATES);
	kc_mirror_walk_begin(&m->round);
	m->found = kvcalloc(KC_MIRROR_FOUND_MAX, sizeof(*m->found),
			    GFP_KERNEL_ACCOUNT);
	if (!m->found) {
		kvfree(m);
		return NULL;
	}
	return m;
}

static int apply_settings(struct kc_mirror *m,
			  const struct kc_mirror_settings *settings)
{
	struct kc_mirror_settings *made, *before;
	struct kc_net *kn = m->kn;

	made = kmemdup(settings, sizeof(*settings), GFP_KERNEL_ACCOUNT);
	if (!made)
		return -ENOMEM;
	before = rcu_dereference_protected(m->settings,
					   lockdep_is_held(&kn->mirror.mutex));
	rcu_assign_pointer(m->settings, made);
	WRITE_ONCE(m->queue.limit, made->limit);
	if (before)
		kfree_rcu(before, rcu);
	return 0;
}

static int check(const struct kc_net *kn,
		 const struct kc_mirror_settings *settings,
		 struct netlink_ext_ack *extack)
{
	if (kn->mirror.dying)
		return -ESHUTDOWN;
	if (!kc_net_privileged(kn) &&
	    settings->limit > KC_MIRROR_LIMIT_MAX_USER)
		return kc_refuse(extack, NULL, -EPERM,
				 "limit %u is out of range: in a user's own namespace it is 16 to %u",
				 settings->limit, KC_MIRROR_LIMIT_MAX_USER);
	return 0;
}

static bool wants_defer(const struct kc_mirror *m)
{
	const struct kc_mirror_settings *settings;

	settings = rcu_dereference_protected(m->settings,
					     lockdep_is_held(&m->kn->mirror.mutex));
	return settings->defer;
}

static int begin_to_defer(struct kc_mirror *m, struct netlink_ext_ack *extack)
{
	int err = kc_mirror_defer_begin(m);

	if (err)
		kc_refuse(extack, NULL, err,
			  "first packets cannot be held here: leave defer on out");
	return err;
}

static int start(struct kc_net *kn, const struct kc_mirror_settings *settings,
		 struct netlink_ext_ack *extack)
{
	struct kc_mirror *m = alloc_mirror(kn);
	int err;

	if (!m)
		return -ENOMEM;
	err = apply_settings(m, settings);
	if (err)
		goto err_free;
	/* Both families, and what they need of hooks and defragmentation. */
	err = nf_ct_netns_get(kn->net, NFPROTO_INET);
	if (err) {
		kc_refuse(extack, NULL, err,
			  "connection tracking cannot be switched on here");
		goto err_free;
	}
	m->worker = kthread_run_worker(0, "kcmirror/%x", kn->net->ns.inum);
	if (IS_ERR(m->worker)) {
		err = PTR_ERR(m->worker);
		goto err_netns;
	}
	if (kc_net_privileged(kn))
		set_user_nice(m->worker->task, -10);
	mutex_lock(&m->lock);
	kc_mirror_forget(m, KC_CT_ALL);
	mutex_unlock(&m->lock);
	if (settings->defer)
		err = begin_to_defer(m, extack);
	if (err)
		goto err_worker;
	err = kc_event_subscribe(kn, &m->nb);
	if (err)
		goto err_defer;
	rcu_assign_pointer(kn->mirror.active, m);
	kc_mirror_slot_take(m);
	kc_mirror_todo(m, KC_MIRROR_TODO_ROUND);
	return 0;

err_defer:
	kc_mirror_defer_end(m);
err_worker:
	kthread_destroy_worker(m->worker);
err_netns:
	nf_ct_netns_put(kn->net, NFPROTO_INET);
err_free:
	free_mirror(m);
	return err;
}

static void stop(struct kc_mirror *m)
{
	struct kc_net *kn = m->kn;

	kc_mirror_defer_end(m);
	kc_mirror_slot_give(m);
	kc_event_unsubscribe(kn, &m->nb);
	mutex_lock(&m->lock);
	kc_mirror_peers_detach(m);
	mutex_unlock(&m->lock);
	synchronize_rcu();
	RCU_INIT_POINTER(kn->mirror.active, NULL);
	synchronize_rcu();
	/* What the worker began before it was told to stop is over then. */
	kthread_flush_work(&m->work);
	kc_mirror_timers_stop(m);
	kthread_destroy_worker(m->worker);

	mutex_lock(&m->lock);
	kc_mirror_queue_drain(m);
	kc_mirror_peers_free(m);
	kc_mirror_forget(m, KC_CT_ALL);
	mutex_unlock(&m->lock);
	if (m->has_labels)
		nf_connlabels_put(m->net);
	nf_ct_netns_put(m->net, NFPROTO_INET);
	kc_mirror_put(m);
}

/**
 * kc_mirror_set_on() - mirror, or mirror otherwise than before
 * @kn: the namespace
 * @settings: what is wanted
 * @extack: why not
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno
 */
int kc_mirror_set_on(struct kc_net *kn,
		     const struct kc_mirror_settings *settings,
		     struct netlink_ext_ack *extack)
{
	struct kc_mirror *m;
	int err;

	mutex_lock(&kn->mirror.mutex);
	err = check(kn, settings, extack);
	if (err)
		goto out;
	m = rcu_dereference_protected(kn->mirror.active,
				      lockdep_is_held(&kn->mirror.mutex));
	if (!m) {
		err = start(kn, settings, extack);
		goto out;
	}
	if (settings->defer)
		err = begin_to_defer(m, extack);
	if (!err)
		err = apply_settings(m, settings);
	/* If that failed, what was wanted before still counts. */
	if (!wants_defer(m))
		kc_mirror_defer_end(m);
	if (!err) {
		set_bit(KC_MIRROR_TODO_RECLASSIFY, &m->todo);
		kc_mirror_todo(m, KC_MIRROR_TODO_ROUND);
	}
out:
	mutex_unlock(&kn->mirror.mutex);
	return err;
}

/**
 * kc_mirror_set_off() - mirror no more; what came from peers stays
 * @kn: the namespace
 * @extack: why not
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno
 */
int kc_mirror_set_off(struct kc_net *kn, struct netlink_ext_ack *extack)
{
	struct kc_mirror *m;
	int err = 0;

	mutex_lock(&kn->mirror.mutex);
	m = rcu_dereference_protected(kn->mirror.active,
				      lockdep_is_held(&kn->mirror.mutex));
	if (m && !kc_mirror_slot_free(m))
		err = kc_refuse(extack, NULL, -EBUSY,
				"another module hears of connections through us: unload it first");
	else if (m)
		stop(m);
	mutex_unlock(&kn->mirror.mutex);
	return err;
}

/**
 * kc_mirror_net_init() - a namespace that does not mirror
 * @kn: the namespace
 */
void kc_mirror_net_init(struct kc_net *kn)
{
	mutex_init(&kn->mirror.mutex);
}

/**
 * kc_mirror_net_exit() - the namespace or the module goes away
 * @kn: the namespace, whose peers and routers are still there
 */
void kc_mirror_net_exit(struct kc_net *kn)
{
	struct kc_mirror *m;

	mutex_lock(&kn->mirror.mutex);
	kn->mirror.dying = true;
	m = rcu_dereference_protected(kn->mirror.active,
				      lockdep_is_held(&kn->mirror.mutex));
	if (m)
		stop(m);
	mutex_unlock(&kn->mirror.mutex);
}

/**
 * kc_mirror_init() - when the module is loaded, before namespaces
 *
 * Return: 0 or a negative errno
 */
int kc_mirror_init(void)
{
	int err;

	err = kc_mirror_queue_init();
	if (err)
		return err;
	err = kc_mirror_defer_init();
	if (err)
		goto err_queue;
	err = kc_mirror_slot_init();
	if (err)
		goto err_defer;
	err = kc_mirror_receive_init();
	if (err)
		goto err_slot;
	kc_mirror_attend_init();
	kc_mirror_divided_init();
	return 0;

err_slot:
	kc_mirror_slot_exit();
err_defer:
	kc_mirror_defer_exit();
err_queue:
	kc_mirror_queue_exit();
	return err;
}

/**
 * kc_mirror_exit() - when it goes; no namespace has a mirror
 */
void kc_mirror_exit(void)
{
	kc_mirror_divided_exit();
	kc_mirror_attend_exit();
	kc_mirror_receive_exit();
	kc_mirror_slot_exit();
	kc_mirror_defer_exit();
	kc_mirror_queue_exit();
}
