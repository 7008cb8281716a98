// SPDX-License-Identifier: GPL-2.0
/*
 * The events of conntrack.
 *
 * Each network namespace has one pointer to whoever hears of them, and usually
 * nf_conntrack_netlink is it, which registers itself in every namespace when it
 * is loaded, would warn if somebody were there, and leaves NULL behind when it
 * goes. So we stand before it, call it for each event and answer what it
 * answers: a negative answer to the end of a connection has conntrack tell it
 * again. While it is being loaded we step aside; when it has gone we return.
 *
 * The pointer is exchanged by comparison only, so that what somebody else puts
 * there is never lost. Who was there before us, kc_mirror.prev, is read under
 * RCU: it is set before we are there, and changes only while we are not.
 *
 * The mutex protects the list of mirrors and all changes of slots; it is taken
 * under kc_mirror_net.mutex and by the notifier of modules.
 */
#include <linux/module.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_expect.h>

#include "mirror.h"

#define CTNETLINK "nf_conntrack_netlink"

static DEFINE_MUTEX(slot_mutex);
static LIST_HEAD(mirrors);
/* It is being loaded: what it finds must be empty. */
static bool aside;

static int on_flow(unsigned int events, const struct nf_ct_event *item)
{
	struct net *net = nf_ct_net(item->ct);
	struct nf_ct_event_notifier *prev;
	struct kc_mirror *m;
	int ret = 0;

	/* The caller is in an RCU section. */
	m = kc_mirror_get(kc_net(net));
	if (!m)
		return 0;
	prev = rcu_dereference(m->prev);
	if (prev)
		ret = prev->ct_event(events, item);
	kc_mirror_capture(m, events, item->ct);
	return ret;
}

static int on_expect(unsigned int events, const struct nf_exp_event *item)
{
	struct net *net = nf_ct_net(item->exp->master);
	struct nf_ct_event_notifier *prev;
	struct kc_mirror *m;
	int ret = 0;

	m = kc_mirror_get(kc_net(net));
	if (!m)
		return 0;
	prev = rcu_dereference(m->prev);
	if (prev)
		ret = prev->exp_event(events, item);
	kc_mirror_capture_expect(m, events, item->exp);
	return ret;
}

static struct nf_ct_event_notifier ours = {
	.ct_event = on_flow,
	.exp_event = on_expect,
};

/* Plain pointers: what they point to is protected by whoever owns it. */
static struct nf_ct_event_notifier **slot_of(const struct kc_mirror *m)
{
	return (__force struct nf_ct_event_notifier **)
		&m->net->ct.nf_conntrack_event_cb;
}

static void chain(struct kc_mirror *m)
{
	struct nf_ct_event_notifier **slot = slot_of(m);
	struct nf_ct_event_notifier *prev = READ_ONCE(*slot);

	while (prev != &ours) {
		rcu_assign_pointer(m->prev, prev);
		if (try_cmpxchg(slot, &prev, &ours))
			return;
	}
}

/* Leave to whom we followed. Afterwards we may still be called for a while. */
static void unchain(struct kc_mirror *m)
{
	struct nf_ct_event_notifier *prev;

	prev = rcu_dereference_protected(m->prev,
					 lockdep_is_held(&slot_mutex));
	cmpxchg(slot_of(m), &ours, prev);
}

/*
 * While nobody chained nothing was heard: all flows that end meanwhile are
 * found by a sweep.
 */
static void return_to_all(void)
{
	struct kc_mirror *m;

	aside = false;
	list_for_each_entry(m, &mirrors, active) {
		chain(m);
		kc_mirror_todo(m, KC_MIRROR_TODO_OVERFLOW);
	}
}

static int on_module(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *module = data;
	struct kc_mirror *m;

	if (strcmp(module->name, CTNETLINK))
		return NOTIFY_DONE;
	mutex_lock(&slot_mutex);
	switch (event) {
	case MODULE_STATE_COMING:
		aside = true;
		list_for_each_entry(m, &mirrors, active)
			unchain(m);
		break;
	case MODULE_STATE_LIVE:
		return_to_all();
		break;
	case MODULE_STATE_GOING:
		/*
		 * Its exit, or failed init, is over and has emptied the slots,
		 * but its memory is there until we are through.
		 */
		list_for_each_entry(m, &mirrors, active) {
			unchain(m);
			RCU_INIT_POINTER(m->prev, NULL);
		}
		synchronize_rcu();
		return_to_all();
		break;
	}
	mutex_unlock(&slot_mutex);
	return NOTIFY_OK;
}

static struct notifier_block module_nb = {
	.notifier_call = on_module,
};

/**
 * kc_mirror_slot_take() - hear the events of a namespace from now on
 * @m: the mirror, published
 *
 * Only connections that have a place for events tell them, which by default
 * they have only while somebody listens in user space.
 *
 * Context: process
 */
void kc_mirror_slot_take(struct kc_mirror *m)
{
	mutex_lock(&slot_mutex);
	m->sysctl_events = READ_ONCE(m->net->ct.sysctl_events);
	WRITE_ONCE(m->net->ct.sysctl_events, 1);
	list_add(&m->active, &mirrors);
	if (!aside)
		chain(m);
	mutex_unlock(&slot_mutex);
}

/**
 * kc_mirror_slot_free() - could we leave?
 * @m: the mirror
 *
 * Context: process
 * Return: false if somebody else has chained before us, who would call us for
 * ever
 */
bool kc_mirror_slot_free(struct kc_mirror *m)
{
	struct nf_ct_event_notifier *now, *prev;

	mutex_lock(&slot_mutex);
	now = READ_ONCE(*slot_of(m));
	prev = rcu_dereference_protected(m->prev,
					 lockdep_is_held(&slot_mutex));
	mutex_unlock(&slot_mutex);
	return !now || now == &ours || now == prev;
}

/**
 * kc_mirror_slot_give() - hear no more; a grace period later nothing comes
 * @m: the mirror
 *
 * Context: process
 */
void kc_mirror_slot_give(struct kc_mirror *m)
{
	mutex_lock(&slot_mutex);
	list_del(&m->active);
	unchain(m);
	if (READ_ONCE(m->net->ct.sysctl_events) == 1)
		WRITE_ONCE(m->net->ct.sysctl_events, m->sysctl_events);
	mutex_unlock(&slot_mutex);
}

/**
 * kc_mirror_slot_init() - when the module is loaded
 *
 * Return: 0 or a negative errno
 */
int kc_mirror_slot_init(void)
{
	return register_module_notifier(&module_nb);
}

/**
 * kc_mirror_slot_exit() - when it goes; no namespace has a mirror
 */
void kc_mirror_slot_exit(void)
{
	unregister_module_notifier(&module_nb);
}
