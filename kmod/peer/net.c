// SPDX-License-Identifier: GPL-2.0
/*
 * Peers in a network namespace: what they share, while there are any.
 */
#include <linux/delay.h>
#include <linux/netdevice.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../net.h"
#include "peer.h"

#define FAREWELL_US 5000

/**
 * kc_peer_net_init() - a namespace without peers
 * @kn: the namespace
 */
void kc_peer_net_init(struct kc_net *kn)
{
	struct kc_peer_net *pn = &kn->peer;

	mutex_init(&pn->mutex);
	INIT_LIST_HEAD(&pn->peers);
	kc_clock_init(&pn->clock, kc_peer_prompt);
}

/* Waits for who looks into it. */
static void free_table(struct kc_peer_net *pn)
{
	struct kc_peer_table *table;

	table = rcu_dereference_protected(pn->table,
					  lockdep_is_held(&pn->mutex));
	RCU_INIT_POINTER(pn->table, NULL);
	/* Datagrams under way know the namespace as well. */
	synchronize_net();
	kvfree(table);
}

/**
 * kc_peer_net_start() - hooks and socket for the first peer
 * @kn: the namespace, mutex of its peers held
 *
 * Context: process
 * Return: 0 or a negative errno
 */
int kc_peer_net_start(struct kc_net *kn)
{
	struct kc_peer_net *pn = &kn->peer;
	struct kc_peer_table *table;
	int err;

	lockdep_assert_held(&pn->mutex);
	if (pn->running)
		return 0;
	table = kvzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	rcu_assign_pointer(pn->table, table);
	err = kc_peer_stray_open(kn);
	if (err)
		goto err_table;
	err = kc_peer_rx_register(kn);
	if (err)
		goto err_stray;
	pn->running = true;
	return 0;

err_stray:
	kc_peer_stray_close(kn);
err_table:
	free_table(pn);
	return err;
}

/**
 * kc_peer_net_rest() - a peer went; is there nobody to hear any more?
 * @kn: the namespace, mutex of its peers held
 *
 * Context: process
 */
void kc_peer_net_rest(struct kc_net *kn)
{
	struct kc_peer_net *pn = &kn->peer;

	lockdep_assert_held(&pn->mutex);
	if (!pn->running || pn->count)
		return;
	kc_peer_rx_unregister(kn);
	kc_peer_stray_close(kn);
	free_table(pn);
	pn->running = false;
}

/**
 * kc_peer_net_exit() - the namespace or the module goes away
 * @kn: the namespace
 *
 * Peers are told, for devices are still there.
 */
void kc_peer_net_exit(struct kc_net *kn)
{
	struct kc_peer_net *pn = &kn->peer;

	mutex_lock(&pn->mutex);
	pn->dying = true;
	kc_peer_flush(kn, "the network namespace or the module is going away");
	kc_clock_stop(&pn->clock);
	mutex_unlock(&pn->mutex);
}

/**
 * kc_peer_net_goodbye() - the system or the module is about to stop
 * @kn: the namespace
 * @reason: why
 *
 * Peers are told. They stay, but nothing is sent or heard any more.
 */
void kc_peer_net_goodbye(struct kc_net *kn, const char *reason)
{
	struct kc_peer *p;

	rcu_read_lock();
	list_for_each_entry_rcu(p, &kn->peer.peers, list)
		kc_peer_stop(p, reason);
	rcu_read_unlock();
}

/**
 * kc_peer_net_farewell() - the namespace is about to go away
 * @kn: the namespace
 *
 * WireGuard encrypts in workers of its own, and sends nothing that is not
 * encrypted when its turn to leave comes. They get a moment for it.
 *
 * Context: process
 */
void kc_peer_net_farewell(struct kc_net *kn)
{
	if (list_empty(&kn->peer.peers))
		return;
	kc_peer_net_goodbye(kn, "the network namespace is going away");
	usleep_range(FAREWELL_US, 2 * FAREWELL_US);
}

/**
 * kc_peer_init() - the channel knows signs of life
 *
 * Return: 0 or a negative errno
 */
int kc_peer_init(void)
{
	return kc_channel_register(&kc_peer_hello);
}

/**
 * kc_peer_exit() - and nothing any more; there are no peers
 */
void kc_peer_exit(void)
{
	kc_channel_unregister(&kc_peer_hello);
}
