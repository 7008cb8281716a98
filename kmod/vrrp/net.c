// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual routers in a network namespace: what they share, from the first
 * router to the end of the namespace.
 */
#include <linux/netdevice.h>
#include <linux/sched.h>

#include "../net.h"
#include "device.h"
#include "group.h"
#include "probe.h"
#include "router.h"
#include "value.h"
#include "vmac.h"

/* What all values together can make us log. */
#define LOG_INTERVAL (5 * HZ)
#define LOG_BURST 100

/**
 * kc_vrrp_net_init() - a namespace without virtual routers
 * @kn: the namespace
 */
void kc_vrrp_net_init(struct kc_net *kn)
{
	struct kc_vrrp_net *vn = &kn->vrrp;

	mutex_init(&vn->mutex);
	INIT_LIST_HEAD(&vn->routers);
	INIT_LIST_HEAD(&vn->groups);
	INIT_LIST_HEAD(&vn->groups_dirty);
	INIT_LIST_HEAD(&vn->values);
	INIT_LIST_HEAD(&vn->values_gone);
	ratelimit_state_init(&vn->values_log, LOG_INTERVAL, LOG_BURST);
	ratelimit_set_flags(&vn->values_log, RATELIMIT_MSG_ON_RELEASE);
	INIT_LIST_HEAD(&vn->members);
	INIT_LIST_HEAD(&vn->segments);
	vn->device_nb.notifier_call = kc_vrrp_device_event;
	kc_vrrp_clock_init(kn);
}

/**
 * kc_vrrp_net_start() - hooks, worker and notifier for the first router
 * @kn: the namespace, its mutex held
 *
 * A namespace that never has a router pays for nothing. They stay until the
 * namespace or the module goes.
 *
 * Return: 0 or a negative errno
 */
int kc_vrrp_net_start(struct kc_net *kn)
{
	struct kc_vrrp_net *vn = &kn->vrrp;
	int err;

	lockdep_assert_held(&vn->mutex);
	if (vn->running)
		return 0;

	vn->index = kc_vrrp_index_alloc();
	if (!vn->index)
		return -ENOMEM;
	vn->worker = kthread_run_worker(0, "kcluster/%x", kn->net->ns.inum);
	if (IS_ERR(vn->worker)) {
		err = PTR_ERR(vn->worker);
		goto err_index;
	}
	if (kc_net_privileged(kn))
		sched_set_fifo(vn->worker->task);

	err = kc_request_open(&vn->request, kn->net, KC_MARK_VRRP);
	if (err)
		goto err_worker;
	err = register_netdevice_notifier_net(kn->net, &vn->device_nb);
	if (err)
		goto err_request;
	err = kc_vrrp_guard_register(kn);
	if (err)
		goto err_notifier;
	err = kc_vrrp_rx_register(kn);
	if (err)
		goto err_guard;
	vn->running = true;
	return 0;

err_guard:
	kc_vrrp_guard_unregister(kn);
err_notifier:
	unregister_netdevice_notifier_net(kn->net, &vn->device_nb);
err_request:
	kc_request_close(&vn->request);
err_worker:
	kthread_destroy_worker(vn->worker);
err_index:
	kvfree(vn->index);
	return err;
}

/**
 * kc_vrrp_net_exit() - the namespace or the module goes away
 * @kn: the namespace
 *
 * Masters say goodbye, for devices are still there, and what they hold is
 * removed.
 */
void kc_vrrp_net_exit(struct kc_net *kn)
{
	struct kc_vrrp_net *vn = &kn->vrrp;

	mutex_lock(&vn->mutex);
	vn->dying = true;
	kc_vrrp_flush(kn, "the network namespace or the module is going away");
	kc_vrrp_values_flush(kn);
	kc_vrrp_hear_exit(kn);
	if (vn->running) {
		kc_vrrp_rx_unregister(kn);
		kc_vrrp_guard_unregister(kn);
		unregister_netdevice_notifier_net(kn->net, &vn->device_nb);
		kc_clock_stop(&vn->clock);
		kthread_destroy_worker(vn->worker);
		kc_request_close(&vn->request);
		kc_vrrp_claims_exit(kn);
		kvfree(vn->index);
		vn->running = false;
	}
	mutex_unlock(&vn->mutex);
}

/**
 * kc_vrrp_net_goodbye() - the system or the module is about to stop
 * @kn: the namespace
 * @reason: why
 *
 * All routers stop, masters with priority 0. That what they held is removed
 * by the worker is not waited for.
 */
void kc_vrrp_net_goodbye(struct kc_net *kn, const char *reason)
{
	struct kc_vrrp *r;

	rcu_read_lock();
	list_for_each_entry_rcu(r, &kn->vrrp.routers, list) {
		spin_lock_bh(&r->lock);
		if (!r->dead) {
			kc_vrrp_act(r, kc_fsm_stop(&r->fsm), reason);
			kc_vrrp_group_stop(r);
			r->dead = true;
			kc_vrrp_clock_set(r, KC_FSM_NEVER);
		}
		spin_unlock_bh(&r->lock);
	}
	rcu_read_unlock();
}
