// SPDX-License-Identifier: GPL-2.0
/*
 * Tracked values: what user space says about the health of a service, for as
 * long as it goes on saying so. See value.h for who may do what.
 */
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../event.h"
#include "../extack.h"
#include "../log.h"
#include "../net.h"
#include "router.h"
#include "track.h"
#include "value.h"

/**
 * kc_vrrp_values_max() - how many values a network namespace may have
 * @kn: the namespace
 *
 * Return: the number
 */
unsigned int kc_vrrp_values_max(const struct kc_net *kn)
{
	return kc_net_privileged(kn) ? KC_VRRP_VALUES_MAX :
				       KC_VRRP_VALUES_MAX_USER;
}

/**
 * kc_vrrp_value_describe() - one clause on a value
 * @name: of the value
 * @state: enum kcluster_value_state
 * @ttl_ms: its ttl, which counts only if it expired
 * @text: where to
 * @size: of @text
 */
void kc_vrrp_value_describe(const char *name, u8 state, u32 ttl_ms, char *text,
			    size_t size)
{
	switch (state) {
	case KCLUSTER_VALUE_STATE_UP:
		snprintf(text, size, "tracked value %s is up", name);
		break;
	case KCLUSTER_VALUE_STATE_DOWN:
		snprintf(text, size, "tracked value %s has failed", name);
		break;
	case KCLUSTER_VALUE_STATE_EXPIRED:
		snprintf(text, size,
			 "tracked value %s was not renewed for %u ms", name,
			 ttl_ms);
		break;
	default:
		snprintf(text, size, "tracked value %s is not set", name);
	}
}

/* Say what it counts as from now on, if that was not said before. */
static void tell(struct kc_vrrp_value *value, u8 state)
{
	struct kc_value_news news = {
		.name = value->name,
		.ttl_ms = value->ttl_ms,
		.old_state = value->told,
		.state = state,
	};
	char text[KC_VRRP_REASON_MAX];

	lockdep_assert_held(&value->lock);

	if (state == value->told)
		return;
	value->told = state;
	if (__ratelimit(&value->kn->vrrp.values_log)) {
		kc_vrrp_value_describe(value->name, state, value->ttl_ms, text,
				       sizeof(text));
		kc_info("%s\n", text);
	}
	kc_event_tell(value->kn, KC_EVENT_VALUE, &news);
}

static void take_sight(const struct kc_vrrp_value *value,
		       struct kc_vrrp_value_sight *sight, u64 now)
{
	u64 end = KC_FSM_NEVER;

	lockdep_assert_held(&value->lock);

	memset(sight, 0, sizeof(*sight));
	sight->expires_at = KC_FSM_NEVER;
	if (!value->set)
		return;		/* KCLUSTER_VALUE_STATE_UNSET */
	if (value->ttl_ms)
		end = value->set_at + (u64)value->ttl_ms * NSEC_PER_MSEC;
	sight->number = value->number;
	sight->weight = value->weight;
	sight->ttl_ms = value->ttl_ms;
	sight->set_at = value->set_at;
	if (!value->up) {
		sight->state = KCLUSTER_VALUE_STATE_DOWN;
	} else if (now >= end) {
		sight->state = KCLUSTER_VALUE_STATE_EXPIRED;
	} else {
		sight->state = KCLUSTER_VALUE_STATE_UP;
		sight->expires_at = end;
	}
}

/**
 * kc_vrrp_value_look() - what a value counts as now
 * @value: the value, kept by a track or by the mutex of its namespace
 * @sight: filled in
 *
 * Whoever looks first after a value has expired makes that known.
 *
 * Context: any but hard interrupts; also with the lock of a router held.
 */
void kc_vrrp_value_look(struct kc_vrrp_value *value,
			struct kc_vrrp_value_sight *sight)
{
	spin_lock_bh(&value->lock);
	take_sight(value, sight, kc_now());
	if (sight->state == KCLUSTER_VALUE_STATE_EXPIRED)
		tell(value, sight->state);
	spin_unlock_bh(&value->lock);
}

/* Let the routers that follow a value, or any if NULL, look again. */
static void reassess_followers(struct kc_net *kn,
			       const struct kc_vrrp_value *value)
{
	struct kc_vrrp *r;

	rcu_read_lock();
	list_for_each_entry_rcu(r, &kn->vrrp.routers, list) {
		spin_lock_bh(&r->lock);
		if (kc_vrrp_tracks_follow(r, value)) {
			kc_vrrp_reassess(r, NULL);
			kc_vrrp_requeue(r);
		}
		spin_unlock_bh(&r->lock);
	}
	rcu_read_unlock();
}

/* The caller has the mutex or is under RCU. */
static struct kc_vrrp_value *find(struct kc_net *kn, const char *name)
{
	struct kc_vrrp_value *value;

	list_for_each_entry_rcu(value, &kn->vrrp.values, list,
				lockdep_is_held(&kn->vrrp.mutex))
		if (!strcmp(value->name, name))
			return value;
	return NULL;
}

/**
 * kc_vrrp_value_find() - a value by its name
 * @kn: the namespace, its mutex held
 * @name: the name
 *
 * Return: the value, which may be one that is only named; or NULL
 */
struct kc_vrrp_value *kc_vrrp_value_find(struct kc_net *kn, const char *name)
{
	lockdep_assert_held(&kn->vrrp.mutex);
	return find(kn, name);
}

static struct kc_vrrp_value *find_or_create(struct kc_net *kn, const char *name,
					    const struct nlattr *attr,
					    struct netlink_ext_ack *extack)
{
	struct kc_vrrp_net *vn = &kn->vrrp;
	struct kc_vrrp_value *value = kc_vrrp_value_find(kn, name);

	if (value)
		return value;
	if (vn->dying)
		return ERR_PTR(kc_refuse(extack, NULL, -ENODEV,
					 "the network namespace is going away"));
	if (vn->n_values >= kc_vrrp_values_max(kn))
		return ERR_PTR(kc_refuse(extack, attr, -ENOSPC,
					 "this network namespace may have %u tracked values and has them",
					 kc_vrrp_values_max(kn)));
	value = kzalloc(sizeof(*value), GFP_KERNEL_ACCOUNT);
	if (!value)
		return ERR_PTR(-ENOMEM);
	value->kn = kn;
	strscpy(value->name, name, sizeof(value->name));
	spin_lock_init(&value->lock);
	value->told = KCLUSTER_VALUE_STATE_UNSET;
	list_add_tail_rcu(&value->list, &vn->values);
	vn->n_values++;
	vn->values_generation++;
	return value;
}

/* Unlink it unless it is set or named. It is freed by kc_vrrp_values_reap(). */
static void drop_if_unused(struct kc_vrrp_value *value)
{
	struct kc_vrrp_net *vn = &value->kn->vrrp;

	lockdep_assert_held(&vn->mutex);

	spin_lock_bh(&value->lock);
	value->gone = !value->set && !value->users;
	spin_unlock_bh(&value->lock);
	if (!value->gone)
		return;
	list_del_rcu(&value->list);
	list_add(&value->grave, &vn->values_gone);
	vn->n_values--;
	vn->values_generation++;
}

/**
 * kc_vrrp_values_reap() - free the values that nobody needs any more
 * @kn: the namespace, its mutex held
 *
 * Context: process; waits for a grace period if there is anything to free.
 */
void kc_vrrp_values_reap(struct kc_net *kn)
{
	struct kc_vrrp_value *value, *next;

	lockdep_assert_held(&kn->vrrp.mutex);

	if (list_empty(&kn->vrrp.values_gone))
		return;
	/* Requests that set values let go of them. */
	synchronize_net();
	list_for_each_entry_safe(value, next, &kn->vrrp.values_gone, grave)
		kfree(value);
	INIT_LIST_HEAD(&kn->vrrp.values_gone);
}

/**
 * kc_vrrp_value_hold() - a value for a track, which need not be set yet
 * @kn: the namespace, its mutex held
 * @name: of the value
 * @attr: where the name came from
 * @extack: why not
 *
 * Return: the value, to be given back with kc_vrrp_value_put(), or ERR_PTR()
 */
struct kc_vrrp_value *kc_vrrp_value_hold(struct kc_net *kn, const char *name,
					 const struct nlattr *attr,
					 struct netlink_ext_ack *extack)
{
	struct kc_vrrp_value *value = find_or_create(kn, name, attr, extack);

	if (!IS_ERR(value))
		value->users++;
	return value;
}

/**
 * kc_vrrp_value_put() - a track needs the value no longer
 * @value: the value, mutex of its namespace held; no softirq finds it through
 *	the track any more
 *
 * The caller reaps afterwards.
 */
void kc_vrrp_value_put(struct kc_vrrp_value *value)
{
	value->users--;
	drop_if_unused(value);
}

/* Returns -ESTALE if the value was deleted before it could be set. */
static int set_value(struct kc_vrrp_value *value,
		     const struct kc_vrrp_value_spec *spec)
{
	struct kc_vrrp_value_sight before, after;
	bool changed;
	u64 now;

	spin_lock_bh(&value->lock);
	if (value->gone || (spec->initial && value->set)) {
		int err = value->gone ? -ESTALE : 0;

		spin_unlock_bh(&value->lock);
		return err;
	}
	now = kc_now();
	take_sight(value, &before, now);
	if (spec->has_weight || !value->set)
		value->weight = spec->weight;
	if (spec->has_ttl || !value->set)
		value->ttl_ms = spec->ttl_ms;
	value->set = true;
	value->up = spec->up;
	value->number = spec->number;
	value->set_at = now;
	take_sight(value, &after, now);
	tell(value, after.state);
	spin_unlock_bh(&value->lock);

	/*
	 * Renewed in time is no news for those who follow it: they look again
	 * when it would have expired. Only an earlier end they must be told.
	 */
	changed = before.state != after.state ||
		  before.number != after.number ||
		  before.weight != after.weight ||
		  before.expires_at > after.expires_at;
	if (changed)
		reassess_followers(value->kn, value);
	return 0;
}

static int check_ttl(struct kc_net *kn, const struct kc_vrrp_value_spec *spec,
		     struct netlink_ext_ack *extack)
{
	bool privileged = kc_net_privileged(kn);
	const struct nlattr *attr = spec->attrs[KCLUSTER_A_VALUE_TTL];

	if (!spec->has_ttl || !spec->ttl_ms)
		return 0;
	if (spec->ttl_ms < KC_VRRP_TTL_MIN)
		return kc_refuse(extack, attr, -ERANGE,
				 "a value lasts for %d ms or more; 0 is for ever",
				 KC_VRRP_TTL_MIN);
	if (!privileged && spec->ttl_ms < KC_VRRP_TTL_MIN_USER)
		return kc_refuse(extack, attr, -EPERM,
				 "a user namespace may have a ttl of %d ms or more",
				 KC_VRRP_TTL_MIN_USER);
	return 0;
}

/**
 * kc_vrrp_value_set() - set a value, which is also how it is renewed
 * @kn: the namespace, its mutex not held
 * @spec: what it shall be
 * @extack: why not
 *
 * Those who follow it have acted when this returns: a master that must not be
 * one any more has sent priority 0.
 *
 * Context: process, not under RTNL. A value that exists is set without sleeping.
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_vrrp_value_set(struct kc_net *kn, const struct kc_vrrp_value_spec *spec,
		      struct netlink_ext_ack *extack)
{
	struct kc_vrrp_value *value;
	int err;

	err = check_ttl(kn, spec, extack);
	if (err)
		return err;

	rcu_read_lock();
	value = find(kn, spec->name);
	err = value ? set_value(value, spec) : -ESTALE;
	rcu_read_unlock();
	if (!err)
		return 0;

	mutex_lock(&kn->vrrp.mutex);
	value = find_or_create(kn, spec->name,
			       spec->attrs[KCLUSTER_A_VALUE_NAME], extack);
	/* Under the mutex it cannot go. */
	err = IS_ERR(value) ? PTR_ERR(value) : set_value(value, spec);
	mutex_unlock(&kn->vrrp.mutex);
	return err;
}

/* Forget what was set. Returns whether it was. */
static bool unset(struct kc_vrrp_value *value)
{
	bool was_set;

	spin_lock_bh(&value->lock);
	was_set = value->set;
	value->set = false;
	/* Too late for news when the namespace or the module goes. */
	if (!value->kn->vrrp.dying)
		tell(value, KCLUSTER_VALUE_STATE_UNSET);
	spin_unlock_bh(&value->lock);
	return was_set;
}

/**
 * kc_vrrp_value_del() - delete a value
 * @kn: the namespace, its mutex held
 * @name: of the value
 * @attr: where the name came from
 * @extack: why not
 *
 * For those who follow it, it has failed.
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_vrrp_value_del(struct kc_net *kn, const char *name,
		      const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	struct kc_vrrp_value *value = kc_vrrp_value_find(kn, name);

	if (!value || !unset(value))
		return kc_refuse(extack, attr, -ENOENT,
				 "tracked value \"%s\" is not set", name);
	reassess_followers(kn, value);
	drop_if_unused(value);
	kc_vrrp_values_reap(kn);
	return 0;
}

/**
 * kc_vrrp_values_flush() - delete all values of a network namespace
 * @kn: the namespace, its mutex held
 *
 * Context: process, not under RTNL
 */
void kc_vrrp_values_flush(struct kc_net *kn)
{
	struct kc_vrrp_value *value, *next;

	lockdep_assert_held(&kn->vrrp.mutex);

	list_for_each_entry_safe(value, next, &kn->vrrp.values, list) {
		unset(value);
		drop_if_unused(value);
	}
	reassess_followers(kn, NULL);
	kc_vrrp_values_reap(kn);
}
