// SPDX-License-Identifier: GPL-2.0
/*
 * Claims in a network namespace: the worker, from the first claim on to the end of
 * the namespace, and what wakes it.
 */
#include <linux/bitmap.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "../event.h"
#include "../net.h"
#include "../vrrp/router.h"
#include "claim.h"

/* What all claims together can make us log. */
#define LOG_INTERVAL (5 * HZ)
#define LOG_BURST 50

/* WireGuard is asked so often at least, and at most, ns. */
#define LOOK_MAX (10 * (u64)NSEC_PER_SEC)
#define LOOK_MIN NSEC_PER_SEC

/* Needs the mutex. Who is here, what is there to say? When is the next time? */
static u64 run_claims(struct kc_net *kn)
{
	struct kc_claim_net *cn = &kn->claim;
	u64 now = kc_now(), next = KC_CLAIM_NEVER;
	struct kc_claim *claim, *following;

	if (cn->peers_generation != READ_ONCE(kn->peer.generation))
		kc_claim_nodes_sync(kn);
	kc_claim_gather(kn, cn->routers_generation !=
				READ_ONCE(kn->vrrp.generation) ||
			    now >= cn->looked_at + LOOK_MAX);
	/* Who takes over says so before it hears what others say. */
	list_for_each_entry(claim, &cn->claims, list) {
		kc_claim_own(claim, now);
		next = min(next, kc_claim_talk(claim, now));
	}
	kc_claim_inbox_run(kn);
	list_for_each_entry_safe(claim, following, &cn->claims, list) {
		next = min(next, kc_claim_talk(claim, now));
		next = min(next, kc_claim_believe(claim, now));
		if (kc_claim_faded(claim, now))
			kc_claim_unlink(claim);
		else if (claim->fade_at)
			next = min(next, claim->fade_at);
	}
	return next;
}

static void run(struct kthread_work *work)
{
	struct kc_net *kn = container_of(work, struct kc_net, claim.work.work);
	struct kc_claim_net *cn = &kn->claim;
	bool any;
	u64 next, now;

	mutex_lock(&cn->mutex);
	next = run_claims(kn);
	any = !list_empty(&cn->claims);
	mutex_unlock(&cn->mutex);
	kc_claim_place(kn);
	now = kc_now();
	if (any && ((cn->look && now >= cn->looked_at + LOOK_MIN) ||
		    !cn->looked_at || now >= cn->looked_at + LOOK_MAX)) {
		kc_claim_look_around(kn);
		kc_claim_place(kn);
		now = kc_now();
	}
	if (!any)
		return;
	next = min(next, cn->looked_at + (cn->look ? LOOK_MIN : LOOK_MAX));
	kthread_queue_delayed_work(cn->worker, &cn->work,
				   next > now ? nsecs_to_jiffies(next - now) +
						1 : 1);
}

/**
 * kc_claim_wake() - let the worker look at once
 * @kn: the namespace
 *
 * Context: any
 */
void kc_claim_wake(struct kc_net *kn)
{
	struct kc_claim_net *cn = &kn->claim;

	rcu_read_lock();
	if (READ_ONCE(cn->running))
		kthread_mod_delayed_work(cn->worker, &cn->work, 0);
	rcu_read_unlock();
}

/**
 * kc_claim_look() - virtual routers were changed by a request
 * @kn: the namespace
 *
 * Context: process, without locks
 */
void kc_claim_look(struct kc_net *kn)
{
	struct kc_claim_net *cn = &kn->claim;

	/* Who has no peers has nobody to tell. */
	if (!READ_ONCE(cn->running) && READ_ONCE(kn->peer.count) &&
	    kc_claim_router_tunnels(kn)) {
		mutex_lock(&cn->mutex);
		/* It comes again with the next request. */
		if (!cn->dying)
			kc_claim_net_start(kn);
		mutex_unlock(&cn->mutex);
	}
	kc_claim_wake(kn);
}

/* It is locked. What was kept with it the worker frees. */
static void forget_gone(const struct kc_peer_news *news)
{
	if (news->state == KCLUSTER_PEER_STATE_GONE)
		RCU_INIT_POINTER(news->peer->user[KC_PEER_USER_CLAIM], NULL);
}

static int on_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct kc_net *kn = container_of(nb, struct kc_net, claim.event_nb);
	const struct kc_vrrp_news *news = data;
	struct kc_claim *claim;

	if (event != KC_EVENT_VRRP && event != KC_EVENT_PEER &&
	    event != KC_EVENT_PEER_PATH)
		return NOTIFY_DONE;
	if (event == KC_EVENT_PEER)
		forget_gone(data);
	if (!READ_ONCE(kn->claim.running))
		return NOTIFY_DONE;
	if (event == KC_EVENT_VRRP) {
		rcu_read_lock();
		list_for_each_entry_rcu(claim, &kn->claim.claims, list)
			if (!strcmp(claim->name, news->name))
				WRITE_ONCE(claim->router_state, news->state);
		rcu_read_unlock();
	}
	kc_claim_wake(kn);
	return NOTIFY_DONE;
}

/**
 * kc_claim_net_init() - a namespace without claims
 * @kn: the namespace; its event chain is ready
 */
void kc_claim_net_init(struct kc_net *kn)
{
	struct kc_claim_net *cn = &kn->claim;

	mutex_init(&cn->mutex);
	INIT_LIST_HEAD(&cn->claims);
	INIT_LIST_HEAD(&cn->nodes);
	INIT_LIST_HEAD(&cn->orphans);
	INIT_LIST_HEAD(&cn->inbox);
	spin_lock_init(&cn->inbox_lock);
	kthread_init_delayed_work(&cn->work, run);
	ratelimit_state_init(&cn->log, LOG_INTERVAL, LOG_BURST);
	ratelimit_set_flags(&cn->log, RATELIMIT_MSG_ON_RELEASE);
	cn->event_nb.notifier_call = on_event;
}

/**
 * kc_claim_net_start() - worker and subscriptions for the first claim
 * @kn: the namespace, mutex of its claims held
 *
 * They stay until the namespace or the module goes.
 *
 * Context: process
 * Return: 0 or a negative errno
 */
int kc_claim_net_start(struct kc_net *kn)
{
	struct kc_claim_net *cn = &kn->claim;
	int err;

	lockdep_assert_held(&cn->mutex);
	if (cn->running)
		return 0;
	do {
		cn->node = get_random_u64();
	} while (!cn->node);
	/* Peers and routers are looked at the first time it runs. */
	cn->peers_generation = READ_ONCE(kn->peer.generation) - 1;
	cn->routers_generation = READ_ONCE(kn->vrrp.generation) - 1;
	cn->worker = kthread_run_worker(0, "kcclaim/%x", kn->net->ns.inum);
	if (IS_ERR(cn->worker))
		return PTR_ERR(cn->worker);
	if (kc_net_privileged(kn))
		sched_set_fifo(cn->worker->task);
	err = kc_tunnel_open(&cn->request, kn);
	if (err)
		goto err_worker;
	err = kc_event_subscribe(kn, &cn->event_nb);
	if (err)
		goto err_request;
	WRITE_ONCE(cn->running, true);
	return 0;

err_request:
	kc_request_close(&cn->request);
err_worker:
	kthread_destroy_worker(cn->worker);
	return err;
}

static void free_claims(struct kc_net *kn)
{
	struct kc_claim *claim, *next;

	mutex_lock(&kn->claim.mutex);
	list_for_each_entry_safe(claim, next, &kn->claim.claims, list)
		kc_claim_unlink(claim);
	kc_claim_nodes_free(kn);
	mutex_unlock(&kn->claim.mutex);
}

/**
 * kc_claim_net_exit() - the namespace or the module goes away
 * @kn: the namespace
 *
 * Peers have been told that this node goes. What it gave to them is taken away,
 * unless WireGuard goes as well, with the namespace.
 */
void kc_claim_net_exit(struct kc_net *kn)
{
	struct kc_claim_net *cn = &kn->claim;
	bool was_running;

	mutex_lock(&cn->mutex);
	cn->dying = true;
	was_running = cn->running;
	WRITE_ONCE(cn->running, false);
	mutex_unlock(&cn->mutex);
	if (!was_running)
		return;
	kc_event_unsubscribe(kn, &cn->event_nb);
	/* Who saw it running has queued what he wanted to. */
	synchronize_net();
	kthread_cancel_delayed_work_sync(&cn->work);
	kthread_destroy_worker(cn->worker);
	kc_claim_inbox_purge(kn);
	if (check_net(kn->net))
		kc_claim_remove_all(kn);
	kc_claim_orphans_free(kn);
	free_claims(kn);
	kc_request_close(&cn->request);
}

/**
 * kc_claim_init() - the channel knows about claims
 *
 * Return: 0 or a negative errno
 */
int kc_claim_init(void)
{
	return kc_claim_talk_init();
}

/**
 * kc_claim_exit() - and knows nothing of them any more
 */
void kc_claim_exit(void)
{
	kc_claim_talk_exit();
}
