// SPDX-License-Identifier: GPL-2.0
/*
 * Who answers which flows of an address that nodes divide, see estate.h.
 */
#include <linux/mm.h>
#include <linux/rculist.h>

#include "estate.h"
#include "event.h"
#include "net.h"

/* There is one of each at most. */
static const struct kc_estate_source *source;
static const struct kc_estate_user *user;

/**
 * kc_estate_set_source() - who divides addresses
 * @it: they, or NULL
 */
void kc_estate_set_source(const struct kc_estate_source *it)
{
	source = it;
}

/**
 * kc_estate_set_user() - who copies flows
 * @it: they, or NULL
 */
void kc_estate_set_user(const struct kc_estate_user *it)
{
	user = it;
}

/**
 * kc_estate_net_init() - nothing is divided
 * @kn: the namespace
 */
void kc_estate_net_init(struct kc_net *kn)
{
	spin_lock_init(&kn->estate.lock);
	INIT_LIST_HEAD(&kn->estate.holders);
}

static struct kc_estate *present_of(struct kc_net *kn,
				    struct kc_estate_holder *holder)
{
	return rcu_dereference_protected(holder->present,
					 lockdep_is_held(&kn->estate.lock));
}

static void drop(struct kc_estate *estate)
{
	if (estate)
		kvfree_rcu(estate, rcu);
}

/**
 * kc_estate_publish() - it is divided so now
 * @kn: the namespace
 * @holder: of what is divided
 * @estate: from kvmalloc(), taken over
 *
 * Context: process
 */
void kc_estate_publish(struct kc_net *kn, struct kc_estate_holder *holder,
		       struct kc_estate *estate)
{
	struct kc_estate *before;

	spin_lock_bh(&kn->estate.lock);
	if (!holder->list.next)
		list_add_tail(&holder->list, &kn->estate.holders);
	before = holder->latest;
	holder->latest = estate;
	if (before == present_of(kn, holder))
		before = NULL;
	spin_unlock_bh(&kn->estate.lock);
	drop(before);
	kc_event_tell(kn, KC_EVENT_ESTATE, NULL);
}

/**
 * kc_estate_withdraw() - it is divided no more
 * @kn: the namespace
 * @holder: of what was divided, whether or not it was published
 *
 * Context: process
 */
void kc_estate_withdraw(struct kc_net *kn, struct kc_estate_holder *holder)
{
	struct kc_estate *latest, *present;

	spin_lock_bh(&kn->estate.lock);
	if (holder->list.next) {
		list_del(&holder->list);
		holder->list.next = NULL;
	}
	latest = holder->latest;
	present = present_of(kn, holder);
	holder->latest = NULL;
	RCU_INIT_POINTER(holder->present, NULL);
	spin_unlock_bh(&kn->estate.lock);
	if (latest != present)
		drop(latest);
	drop(present);
	kc_event_tell(kn, KC_EVENT_ESTATE, NULL);
}

/**
 * kc_estate_moved() - other addresses are divided than before
 * @kn: the namespace
 * @divided: whether any are
 *
 * Context: any, by one at a time
 */
void kc_estate_moved(struct kc_net *kn, bool divided)
{
	WRITE_ONCE(kn->estate.divided, divided);
	atomic_inc(&kn->estate.moves);
	kc_event_tell(kn, KC_EVENT_ESTATE, NULL);
}

/**
 * kc_estate_advance() - go by the latest estates from here on
 * @kn: the namespace
 * @any: set to whether any flows of what is divided are ours
 *
 * Context: process, or softirq; by one at a time
 * Return: some are others than before
 */
bool kc_estate_advance(struct kc_net *kn, bool *any)
{
	struct kc_estate_holder *holder;
	struct kc_estate *before;
	bool changed = false;

	*any = false;
	spin_lock_bh(&kn->estate.lock);
	list_for_each_entry(holder, &kn->estate.holders, list) {
		before = present_of(kn, holder);
		if (holder->latest != before) {
			rcu_assign_pointer(holder->present, holder->latest);
			drop(before);
			changed = true;
		}
		*any |= holder->latest->any;
	}
	spin_unlock_bh(&kn->estate.lock);
	return changed;
}

/* Most have no cluster IPs: asked for each event of each flow. */
static bool is_divided(const struct kc_net *kn)
{
	return READ_ONCE(kn->estate.divided);
}

/**
 * kc_estate_find() - is an address divided?
 * @kn: the namespace
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 *
 * Context: any, under RCU
 * Return: the holder of its estate, NULL if it is not
 */
struct kc_estate_holder *kc_estate_find(struct kc_net *kn, u8 family,
					const void *addr)
{
	return is_divided(kn) ? source->find(kn, family, addr) : NULL;
}

/**
 * kc_estate_is_heir() - would a peer go on with flows of ours?
 * @kn: the namespace
 * @p: the peer
 *
 * Context: any
 * Return: false also if who would is not known
 */
bool kc_estate_is_heir(struct kc_net *kn, const struct kc_peer *p)
{
	const struct kc_estate *estate;
	struct kc_estate_holder *holder;
	bool heir = false;
	u64 left;

	spin_lock_bh(&kn->estate.lock);
	list_for_each_entry(holder, &kn->estate.holders, list) {
		estate = holder->latest;
		for (left = estate->next; left; left &= left - 1)
			heir |= estate->peers[__ffs64(left)] == p;
	}
	spin_unlock_bh(&kn->estate.lock);
	return heir;
}

/**
 * kc_estate_near() - is an address behind nodes that divide its clients?
 * @kn: the namespace
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 *
 * Context: any but hard interrupts, under RCU
 * Return: the holder of the estate by which they do, NULL if it is not
 */
struct kc_estate_holder *kc_estate_near(struct kc_net *kn, u8 family,
					const void *addr)
{
	return is_divided(kn) ? source->near(kn, family, addr) : NULL;
}

/**
 * kc_estate_unready() - is it too early to take a share?
 * @kn: the namespace
 * @since: since when this node is there, ns
 *
 * Context: any, under RCU
 */
bool kc_estate_unready(struct kc_net *kn, u64 since)
{
	return user && user->unready(kn, since);
}
