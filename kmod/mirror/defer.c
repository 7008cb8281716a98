// SPDX-License-Identifier: GPL-2.0
/*
 * The first packet of a new flow is held until peers know the flow, so that
 * there is no moment at which its other end has seen it and the next master has
 * not. For 20 ms at most, for a number of packets only, and if anything is not
 * as it should be then not at all: a packet is delayed, never lost.
 *
 * Conntrack confirms a flow in the very last hook, and tells of it there. No
 * hook can be sure to come after that one, so ours comes before it: a flow that
 * is not confirmed yet is new. It has the hooks behind it called, as the kernel
 * itself does for a packet that comes back from a queue, and then holds what
 * they accept. All others go their usual way.
 *
 * A packet goes on when all peers that are worth waiting for have confirmed
 * (known.c), when its time is over, when another one of its flow comes, so that
 * their order is kept, and when nothing is to be held any more. Whoever takes it
 * from the list lets it go, without the lock.
 *
 * Who may hold is in an RCU section: a grace period after the hooks are gone
 * nothing is added, and what is there then goes on.
 */
#include <linux/hash.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/netfilter/nf_conntrack.h>

#include "stream.h"

/* So long nobody's packet waits. */
#define PATIENCE (20 * NSEC_PER_MSEC)
/* So many may wait, and in the namespace of a user. */
#define LIMIT 1024
#define LIMIT_USER 64

/**
 * struct held_packet - a packet that waits
 */
struct held_packet {
	/** @list: in kc_mirror_defer.held */
	struct list_head list;
	/** @by_flow: in kc_mirror_defer.by_flow */
	struct hlist_node by_flow;
	/** @skb: it, which holds its flow */
	struct sk_buff *skb;
	/** @flow: it is the first packet of */
	struct nf_conn *flow;
	/** @state: how to go on; its devices are held */
	struct nf_hook_state state;
	/** @dev: of @skb, held */
	struct net_device *dev;
	/** @need: it may go when peers know so much, see known.c */
	u64 need;
	/** @until: or at this time, ns */
	u64 until;
};

static struct kmem_cache *packets;

static struct hlist_head *bucket_of(struct kc_mirror_defer *d,
				    const struct nf_conn *ct)
{
	BUILD_BUG_ON(!is_power_of_2(KC_MIRROR_HELD_BUCKETS));
	return &d->by_flow[hash_ptr(ct, ilog2(KC_MIRROR_HELD_BUCKETS))];
}

/* The packet itself has gone, or is not ours. */
static void free_packet(struct held_packet *held)
{
	dev_put(held->state.in);
	dev_put(held->state.out);
	dev_put(held->dev);
	kmem_cache_free(packets, held);
}

/* From the list of those that wait to a list of those that go; locked. */
static void detach(struct kc_mirror_defer *d, struct held_packet *held,
		   struct list_head *go)
{
	list_move_tail(&held->list, go);
	hlist_del(&held->by_flow);
	clear_bit(KC_CT_HELD_BIT, &held->flow->status);
	d->count--;
}

/* As if nothing had been: in softirq, or what looks like it, and under RCU. */
static void let_go(struct list_head *go)
{
	struct held_packet *held, *next;

	list_for_each_entry_safe(held, next, go, list) {
		struct nf_hook_state *state = &held->state;

		local_bh_disable();
		rcu_read_lock();
		state->okfn(state->net, state->sk, held->skb);
		rcu_read_unlock();
		local_bh_enable();
		free_packet(held);
	}
}

/**
 * kc_mirror_defer_release() - peers know more than before
 * @m: the mirror
 * @known: all packets that need no more go on
 *
 * Context: process
 */
void kc_mirror_defer_release(struct kc_mirror *m, u64 known)
{
	struct kc_mirror_defer *d = &m->defer;
	struct held_packet *held, *next;
	LIST_HEAD(go);

	/* Who is about to hold one wakes the worker afterwards. */
	if (list_empty_careful(&d->held))
		return;
	spin_lock_bh(&d->lock);
	/* Each needs at least as much as the one before it. */
	list_for_each_entry_safe(held, next, &d->held, list) {
		if (held->need > known)
			break;
		detach(d, held, &go);
	}
	spin_unlock_bh(&d->lock);
	let_go(&go);
}

/* One more packet of its flow is here. */
static void release_flow(struct kc_mirror *m, const struct nf_conn *ct)
{
	struct kc_mirror_defer *d = &m->defer;
	struct held_packet *held;
	LIST_HEAD(go);

	spin_lock_bh(&d->lock);
	hlist_for_each_entry(held, bucket_of(d, ct), by_flow) {
		if (held->flow != ct)
			continue;
		detach(d, held, &go);
		break;
	}
	spin_unlock_bh(&d->lock);
	let_go(&go);
}

static enum hrtimer_restart on_timer(struct hrtimer *timer)
{
	struct kc_mirror *m = container_of(timer, struct kc_mirror,
					   defer.timer);
	struct kc_mirror_defer *d = &m->defer;
	struct held_packet *held, *next;
	unsigned int late = 0;
	u64 now = kc_now();
	LIST_HEAD(go);
	bool again;

	spin_lock_bh(&d->lock);
	list_for_each_entry_safe(held, next, &d->held, list) {
		if (held->until > now)
			break;
		detach(d, held, &go);
		late++;
	}
	held = list_first_entry_or_null(&d->held, struct held_packet, list);
	if (held)
		hrtimer_set_expires(timer, ns_to_ktime(held->until));
	again = held;
	d->armed = again;
	spin_unlock_bh(&d->lock);
	kc_mirror_add(m, KCLUSTER_A_MIRROR_STATS_DEFERRED_LATE, late);
	let_go(&go);
	return again ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

/* The route of a packet may be one that only this RCU section protects. */
static bool keep_route(struct sk_buff *skb)
{
	unsigned long route = skb->_skb_refdst;

	if (skb_dst_force(skb))
		return true;
	skb->_skb_refdst = route;
	return false;
}

/* Is it told, or will it be? Its event may have found the queue full. */
static bool is_told(struct kc_mirror *m, struct nf_conn *ct)
{
	return READ_ONCE(ct->status) & (KC_CT(QUEUED) | KC_CT(SENT)) ||
	       kc_mirror_push(m, ct);
}

static struct held_packet *new_packet(struct sk_buff *skb, struct nf_conn *ct,
				      const struct nf_hook_state *state)
{
	struct held_packet *held;

	if (!keep_route(skb))
		return NULL;
	held = kmem_cache_alloc(packets, GFP_ATOMIC | __GFP_NOWARN);
	if (!held)
		return NULL;
	held->skb = skb;
	held->flow = ct;
	held->state = *state;
	held->dev = skb->dev;
	dev_hold(state->in);
	dev_hold(state->out);
	dev_hold(skb->dev);
	return held;
}

/* The flow was confirmed just now. False if the packet is not held. */
static bool hold(struct kc_mirror *m, struct sk_buff *skb, struct nf_conn *ct,
		 const struct nf_hook_state *state)
{
	struct kc_mirror_defer *d = &m->defer;
	struct held_packet *held;
	bool done = false;

	if (!is_told(m, ct))
		return false;
	held = READ_ONCE(d->count) < d->limit ? new_packet(skb, ct, state) :
						NULL;
	if (!held)
		goto full;
	spin_lock_bh(&d->lock);
	if (d->count < d->limit) {
		/* What it needs to be known is queued by now. */
		held->need = kc_mirror_pass_after(m);
		held->until = kc_now() + PATIENCE;
		set_bit(KC_CT_HELD_BIT, &ct->status);
		list_add_tail(&held->list, &d->held);
		hlist_add_head(&held->by_flow, bucket_of(d, ct));
		d->count++;
		if (!d->armed) {
			d->armed = true;
			hrtimer_start(&d->timer, ns_to_ktime(held->until),
				      HRTIMER_MODE_ABS_SOFT);
		}
		done = true;
	}
	spin_unlock_bh(&d->lock);
	if (!done) {
		free_packet(held);
		goto full;
	}
	kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_DEFERRED);
	kthread_queue_work(m->worker, &m->work);
	return true;
full:
	kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_DEFERRED_FULL);
	return false;
}

/* Of those that are not confirmed: is it worth it, and do we dare? */
static bool may_wait(struct kc_mirror *m, const struct sk_buff *skb,
		     struct nf_conn *ct, enum ip_conntrack_info ctinfo,
		     const struct nf_hook_state *state)
{
	if (ctinfo != IP_CT_NEW && ctinfo != IP_CT_RELATED)
		return false;
	if (!READ_ONCE(m->defer.awaited) || nf_ct_is_template(ct))
		return false;
	/* Those of local sockets hold these up; a bridge has state of its own. */
	if (skb->sk || state->sk || nf_bridge_info_exists(skb))
		return false;
	return kc_mirror_is_telling(m, ct);
}

/* The hooks of this place behind ours, NULL if we are about to go. */
static const struct nf_hook_entries *
hooks_behind(const struct nf_hook_state *state, nf_hookfn *ours,
	     unsigned int *index)
{
	const struct netns_nf *nf = &state->net->nf;
	const struct nf_hook_entries *entries;
	unsigned int i;

	if (state->pf == NFPROTO_IPV4)
		entries = rcu_dereference(nf->hooks_ipv4[state->hook]);
	else
		entries = rcu_dereference(nf->hooks_ipv6[state->hook]);
	for (i = 0; entries && i < entries->num_hook_entries; i++) {
		if (READ_ONCE(entries->hooks[i].hook) != ours)
			continue;
		*index = i + 1;
		return entries;
	}
	return NULL;
}

/* Have its flow confirmed, and hold it, or let it go on from here. */
static void take(struct kc_mirror *m, struct sk_buff *skb,
		 const struct nf_hook_state *state,
		 const struct nf_hook_entries *behind, unsigned int index)
{
	struct nf_hook_state rest = *state;
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	if (nf_hook_slow(skb, &rest, behind, index) != 1)
		return;
	/* Two of its packets at once: it has become the flow of the other. */
	ct = nf_ct_get(skb, &ctinfo);
	if (ct && test_bit(KC_CT_HELD_BIT, &ct->status))
		release_flow(m, ct);
	else if (ct && nf_ct_is_confirmed(ct) && hold(m, skb, ct, &rest))
		return;
	rest.okfn(rest.net, rest.sk, skb);
}

static unsigned int on_packet(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	const struct nf_hook_entries *behind;
	enum ip_conntrack_info ctinfo;
	struct kc_mirror *m;
	struct nf_conn *ct;
	unsigned int index;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct)
		return NF_ACCEPT;
	m = kc_mirror_get(kc_net(state->net));
	if (!m)
		return NF_ACCEPT;
	if (nf_ct_is_confirmed(ct)) {
		if (test_bit(KC_CT_HELD_BIT, &ct->status))
			release_flow(m, ct);
		return NF_ACCEPT;
	}
	if (!may_wait(m, skb, ct, ctinfo, state))
		return NF_ACCEPT;
	behind = hooks_behind(state, on_packet, &index);
	if (!behind)
		return NF_ACCEPT;
	take(m, skb, state, behind, index);
	return NF_STOLEN;
}

/* Just before conntrack confirms, which is last. */
#define BEFORE_CONFIRM (INT_MAX - 1)

static const struct nf_hook_ops hooks[] = {
	{
		.hook = on_packet,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = BEFORE_CONFIRM,
	},
	{
		.hook = on_packet,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = BEFORE_CONFIRM,
	},
	{
		.hook = on_packet,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = BEFORE_CONFIRM,
	},
	{
		.hook = on_packet,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = BEFORE_CONFIRM,
	},
};

/**
 * kc_mirror_defer_setup() - of a mirror that is not published yet
 * @m: the mirror
 */
void kc_mirror_defer_setup(struct kc_mirror *m)
{
	struct kc_mirror_defer *d = &m->defer;
	unsigned int i;

	spin_lock_init(&d->lock);
	INIT_LIST_HEAD(&d->held);
	for (i = 0; i < KC_MIRROR_HELD_BUCKETS; i++)
		INIT_HLIST_HEAD(&d->by_flow[i]);
	d->limit = kc_net_privileged(m->kn) ? LIMIT : LIMIT_USER;
	hrtimer_setup(&d->timer, on_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_SOFT);
}

/**
 * kc_mirror_defer_begin() - hold first packets from now on
 * @m: the mirror; nothing happens if it does already
 *
 * Context: process, kc_mirror_net.mutex held
 * Return: 0 or a negative errno
 */
int kc_mirror_defer_begin(struct kc_mirror *m)
{
	int err;

	if (m->defer.on)
		return 0;
	err = nf_register_net_hooks(m->net, hooks, ARRAY_SIZE(hooks));
	if (!err)
		WRITE_ONCE(m->defer.on, true);
	return err;
}

/**
 * kc_mirror_defer_end() - hold none any more; those that wait go on
 * @m: the mirror; nothing happens if it holds none
 *
 * Context: process, kc_mirror_net.mutex held
 */
void kc_mirror_defer_end(struct kc_mirror *m)
{
	if (!m->defer.on)
		return;
	WRITE_ONCE(m->defer.on, false);
	nf_unregister_net_hooks(m->net, hooks, ARRAY_SIZE(hooks));
	synchronize_rcu();
	hrtimer_cancel(&m->defer.timer);
	m->defer.armed = false;
	kc_mirror_defer_release(m, U64_MAX);
}

/**
 * kc_mirror_defer_init() - when the module is loaded
 *
 * Return: 0 or a negative errno
 */
int kc_mirror_defer_init(void)
{
	packets = kmem_cache_create("kcluster_mirror_held",
				    sizeof(struct held_packet), 0, 0, NULL);
	return packets ? 0 : -ENOMEM;
}

/**
 * kc_mirror_defer_exit() - when it goes; no packet waits anywhere
 */
void kc_mirror_defer_exit(void)
{
	kmem_cache_destroy(packets);
}
