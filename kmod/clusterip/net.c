// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IPs in a network namespace: what they share, from the first one to the
 * end of the namespace, and the worker that looks after them.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>

#include "../event.h"
#include "../net.h"
#include "../vrrp/item.h"
#include "clusterip.h"
#include "share.h"

/* What all of them together can make us log. */
#define LOG_INTERVAL (5 * HZ)
#define LOG_BURST 20

static void run(struct kthread_work *work)
{
	struct kc_net *kn = container_of(work, struct kc_net, cip.work.work);
	struct kc_cip_net *cn = &kn->cip;
	bool recheck, again = false;
	struct kc_cip *cip;

	mutex_lock(&cn->mutex);
	WRITE_ONCE(cn->ran_at, jiffies);
	recheck = test_and_clear_bit(KC_CIP_RECHECK, &cn->flags);
	list_for_each_entry(cip, &cn->objects, list)
		again |= kc_cip_run(cip, recheck);
	mutex_unlock(&cn->mutex);
	/* No event tells when memory is back. */
	if (again)
		kc_cip_wake(kn, HZ);
}

/**
 * kc_cip_wake() - let the worker look
 * @kn: the namespace
 * @delay: in so many jiffies
 *
 * Context: any
 */
void kc_cip_wake(struct kc_net *kn, unsigned long delay)
{
	struct kc_cip_net *cn = &kn->cip;

	rcu_read_lock();
	if (READ_ONCE(cn->running)) {
		if (delay)
			kthread_queue_delayed_work(cn->worker, &cn->work,
						   delay);
		else
			kthread_mod_delayed_work(cn->worker, &cn->work, 0);
	}
	rcu_read_unlock();
}

static void tell_news(struct kthread_work *work)
{
	struct kc_net *kn = container_of(work, struct kc_net, cip.news.work);
	struct kc_cip *cip;

	mutex_lock(&kn->cip.mutex);
	list_for_each_entry(cip, &kn->cip.objects, list)
		kc_cip_assess(cip);
	mutex_unlock(&kn->cip.mutex);
}

/**
 * kc_cip_tell_soon() - something is to be told; what comes meanwhile with it
 * @kn: the namespace
 * @delay: in so many jiffies
 *
 * Context: any
 */
void kc_cip_tell_soon(struct kc_net *kn, unsigned long delay)
{
	struct kc_cip_net *cn = &kn->cip;

	rcu_read_lock();
	if (READ_ONCE(cn->running))
		kthread_queue_delayed_work(cn->worker, &cn->news, delay);
	rcu_read_unlock();
}

static void tell_estates(struct kthread_work *work)
{
	struct kc_net *kn = container_of(work, struct kc_net, cip.estates);
	struct kc_cip *cip;

	mutex_lock(&kn->cip.mutex);
	list_for_each_entry(cip, &kn->cip.objects, list)
		kc_cip_estate_run(cip);
	mutex_unlock(&kn->cip.mutex);
}

/**
 * kc_cip_estate_soon() - who has which bucket may have changed
 * @kn: the namespace
 *
 * Context: any
 */
void kc_cip_estate_soon(struct kc_net *kn)
{
	struct kc_cip_net *cn = &kn->cip;

	rcu_read_lock();
	if (READ_ONCE(cn->running))
		kthread_queue_work(cn->worker, &cn->estates);
	rcu_read_unlock();
}

/* Who takes addresses away again and again shall not keep us busy. */
static void address_lost(struct kc_net *kn)
{
	unsigned long next = READ_ONCE(kn->cip.ran_at) + HZ;

	if (!READ_ONCE(kn->cip.running))
		return;
	set_bit(KC_CIP_RECHECK, &kn->cip.flags);
	kc_cip_wake(kn, time_before(jiffies, next) ? next - jiffies : 0);
}

static int address4_event(struct notifier_block *nb, unsigned long event,
			  void *ptr)
{
	const struct in_ifaddr *ifa = ptr;

	if (event == NETDEV_DOWN && ifa->ifa_proto == KC_MARK_CLUSTERIP &&
	    ifa->ifa_dev->dev->flags & IFF_UP)
		address_lost(kc_net(dev_net(ifa->ifa_dev->dev)));
	return NOTIFY_DONE;
}

static int address6_event(struct notifier_block *nb, unsigned long event,
			  void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;

	if (event == NETDEV_DOWN && ifa->ifa_proto == KC_MARK_CLUSTERIP &&
	    ifa->idev->dev->flags & IFF_UP)
		address_lost(kc_net(dev_net(ifa->idev->dev)));
	return NOTIFY_DONE;
}

static struct notifier_block address4_nb = {
	.notifier_call = address4_event,
};

static struct notifier_block address6_nb = {
	.notifier_call = address6_event,
};

/**
 * kc_cip_net_init() - a namespace without cluster IPs
 * @kn: the namespace
 */
void kc_cip_net_init(struct kc_net *kn)
{
	struct kc_cip_net *cn = &kn->cip;

	mutex_init(&cn->mutex);
	INIT_LIST_HEAD(&cn->objects);
	INIT_LIST_HEAD(&cn->devices);
	INIT_LIST_HEAD(&cn->shares);
	kc_clock_init(&cn->clock, NULL);
	kthread_init_delayed_work(&cn->work, run);
	kthread_init_delayed_work(&cn->news, tell_news);
	kthread_init_work(&cn->estates, tell_estates);
	ratelimit_state_init(&cn->log, LOG_INTERVAL, LOG_BURST);
	ratelimit_set_flags(&cn->log, RATELIMIT_MSG_ON_RELEASE);
	cn->device_nb.notifier_call = kc_cip_device_event;
	cn->event_nb.notifier_call = kc_cip_share_event;
}

/**
 * kc_cip_net_start() - worker and notifier for the first cluster IP
 * @kn: the namespace, its mutex held
 *
 * They stay until the namespace or the module goes.
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno
 */
int kc_cip_net_start(struct kc_net *kn)
{
	struct kc_cip_net *cn = &kn->cip;
	int err;

	lockdep_assert_held(&cn->mutex);
	if (cn->running)
		return 0;
	cn->index = kc_vrrp_index_alloc();
	if (!cn->index)
		return -ENOMEM;
	cn->worker = kthread_run_worker(0, "kccip/%x", kn->net->ns.inum);
	if (IS_ERR(cn->worker)) {
		err = PTR_ERR(cn->worker);
		goto err_index;
	}
	err = kc_request_open(&cn->request, kn->net, KC_MARK_CLUSTERIP);
	if (err)
		goto err_worker;
	err = register_netdevice_notifier_net(kn->net, &cn->device_nb);
	if (err)
		goto err_request;
	err = kc_event_subscribe(kn, &cn->event_nb);
	if (err)
		goto err_device;
	WRITE_ONCE(cn->running, true);
	return 0;

err_device:
	unregister_netdevice_notifier_net(kn->net, &cn->device_nb);
err_request:
	kc_request_close(&cn->request);
err_worker:
	kthread_destroy_worker(cn->worker);
err_index:
	kvfree(cn->index);
	return err;
}

/**
 * kc_cip_net_exit() - the namespace or the module goes away
 * @kn: the namespace
 *
 * The addresses are taken away, for devices are still there.
 */
void kc_cip_net_exit(struct kc_net *kn)
{
	struct kc_cip_net *cn = &kn->cip;
	bool was_running;

	mutex_lock(&cn->mutex);
	cn->dying = true;
	was_running = cn->running;
	kc_cip_flush(kn);
	WRITE_ONCE(cn->running, false);
	mutex_unlock(&cn->mutex);
	if (!was_running)
		return;
	kc_event_unsubscribe(kn, &cn->event_nb);
	unregister_netdevice_notifier_net(kn->net, &cn->device_nb);
	/* Who saw it running has queued what he wanted to. */
	synchronize_rcu();
	kc_clock_stop(&cn->clock);
	kthread_cancel_delayed_work_sync(&cn->news);
	kthread_cancel_delayed_work_sync(&cn->work);
	kthread_cancel_work_sync(&cn->estates);
	kthread_destroy_worker(cn->worker);
	kc_request_close(&cn->request);
	kvfree(cn->index);
}

/**
 * kc_cip_init() - hear of addresses in all network namespaces
 *
 * Return: 0 or a negative errno
 */
int kc_cip_init(void)
{
	int err;

	err = register_inetaddr_notifier(&address4_nb);
	if (err)
		return err;
	err = register_inet6addr_notifier(&address6_nb);
	if (err)
		goto err_address4;
	err = kc_cip_share_talk_init();
	if (err)
		goto err_address6;
	return 0;

err_address6:
	unregister_inet6addr_notifier(&address6_nb);
err_address4:
	unregister_inetaddr_notifier(&address4_nb);
	return err;
}

/**
 * kc_cip_exit() - hear of addresses no more
 */
void kc_cip_exit(void)
{
	kc_cip_share_talk_exit();
	unregister_inet6addr_notifier(&address6_nb);
	unregister_inetaddr_notifier(&address4_nb);
}
