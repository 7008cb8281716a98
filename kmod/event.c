// SPDX-License-Identifier: GPL-2.0
/*
 * News travels up the floors as events, per network namespace.
 */
#include <linux/notifier.h>

#include "event.h"
#include "net.h"

/**
 * kc_event_subscribe() - hear what happens in a network namespace
 * @kn: the namespace
 * @nb: called in atomic context with &enum kc_event and its news
 *
 * Context: process.
 * Return: 0 or a negative errno
 */
int kc_event_subscribe(struct kc_net *kn, struct notifier_block *nb)
{
	return atomic_notifier_chain_register(&kn->events, nb);
}

/**
 * kc_event_unsubscribe() - hear no more; waits for calls under way
 * @kn: the namespace
 * @nb: as subscribed
 *
 * Context: process.
 */
void kc_event_unsubscribe(struct kc_net *kn, struct notifier_block *nb)
{
	atomic_notifier_chain_unregister(&kn->events, nb);
}

/**
 * kc_event_tell() - something happened
 * @kn: where
 * @event: what
 * @news: details, see &enum kc_event
 *
 * Context: any, also softirq with the lock of the object held.
 */
void kc_event_tell(struct kc_net *kn, enum kc_event event, void *news)
{
	atomic_notifier_call_chain(&kn->events, event, news);
}
