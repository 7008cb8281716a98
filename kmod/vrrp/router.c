// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual routers: creating, changing and deleting them.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "../core/neigh.h"
#include "../extack.h"
#include "../net.h"
#include "device.h"
#include "group.h"
#include "router.h"
#include "track.h"
#include "value.h"
#include "vmac.h"

/* What packets and devices can make one router log. */
#define LOG_INTERVAL (5 * HZ)
#define LOG_BURST 20

/**
 * kc_vrrp_find() - a router by its name
 * @kn: the namespace, its mutex held
 * @name: the name
 *
 * Return: the router or NULL
 */
struct kc_vrrp *kc_vrrp_find(struct kc_net *kn, const char *name)
{
	struct kc_vrrp *r;

	lockdep_assert_held(&kn->vrrp.mutex);
	list_for_each_entry(r, &kn->vrrp.routers, list)
		if (!strcmp(r->name, name))
			return r;
	return NULL;
}

static void set_format(struct kc_vrrp_format *format,
		       const struct kc_vrrp_settings *settings, u8 family)
{
	memset(format, 0, sizeof(*format));
	format->version = settings->fsm.version;
	format->family = family;
	format->authenticate = settings->auth_pass[0];
	memcpy(format->auth, settings->auth_pass, KC_VRRP_AUTH_LEN);
	format->pseudo = settings->checksum == KCLUSTER_VRRP_CHECKSUM_RFC5798;
}

static int check_limits(struct kc_net *kn, u32 interval_ms,
			struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	if (!kc_net_privileged(kn) && interval_ms < KC_VRRP_INTERVAL_MIN_USER)
		return kc_refuse(extack, attrs[KCLUSTER_A_VRRP_INTERVAL],
				 -EPERM,
				 "a user namespace may advertise once per second at most: give an interval of %u ms or more",
				 KC_VRRP_INTERVAL_MIN_USER);
	return 0;
}

static int check_new(struct kc_net *kn, const struct kc_vrrp_spec *spec,
		     struct netlink_ext_ack *extack)
{
	unsigned int max = kc_net_privileged(kn) ? KC_VRRP_ROUTERS_MAX :
						   KC_VRRP_ROUTERS_MAX_USER;
	struct nlattr **attrs = spec->attrs;

	if (kn->vrrp.dying)
		return kc_refuse(extack, NULL, -ENODEV,
				 "the network namespace is going away");
	if (kc_vrrp_find(kn, spec->name))
		return kc_refuse(extack, attrs[KCLUSTER_A_VRRP_NAME], -EEXIST,
				 "virtual router \"%s\" exists already: change it with set or choose another name",
				 spec->name);
	if (kn->vrrp.count >= max)
		return kc_refuse(extack, attrs[KCLUSTER_A_VRRP_NAME], -ENOSPC,
				 "this network namespace may have %u virtual routers and has them",
				 max);
	if (spec->settings.fsm.witness && !list_empty(&spec->items))
		return kc_refuse(extack, attrs[KCLUSTER_A_VRRP_INITIAL_STATE],
				 -EINVAL,
				 "a witness holds nothing: give addresses and routes to the virtual routers that it votes on");
	return check_limits(kn, spec->settings.fsm.interval_ms, attrs, extack);
}

static struct kc_vrrp *new_router(struct kc_net *kn,
				  const struct kc_vrrp_spec *spec)
{
	struct kc_vrrp *r;

	r = kzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);
	if (!r)
		return NULL;
	r->history = kcalloc(KC_VRRP_HISTORY, sizeof(*r->history),
			     GFP_KERNEL_ACCOUNT);
	if (!r->history) {
		kfree(r);
		return NULL;
	}
	r->kn = kn;
	strscpy(r->name, spec->name, sizeof(r->name));
	strscpy(r->ifname, spec->ifname, sizeof(r->ifname));
	r->vrid = spec->vrid;
	r->family = spec->family;
	kc_vmac_build(r->mac, r->family, r->vrid);
	spin_lock_init(&r->lock);
	mutex_init(&r->hold_mutex);
	INIT_LIST_HEAD(&r->items);
	INIT_LIST_HEAD(&r->tracks);
	INIT_LIST_HEAD(&r->paths);
	INIT_LIST_HEAD(&r->bearers);
	kthread_init_work(&r->hold_work, kc_vrrp_hold_work);
	kc_vrrp_clock_enter(r);
	ratelimit_state_init(&r->log, LOG_INTERVAL, LOG_BURST);
	ratelimit_set_flags(&r->log, RATELIMIT_MSG_ON_RELEASE);
	ratelimit_state_init(&r->log_state, LOG_INTERVAL, LOG_BURST);
	ratelimit_set_flags(&r->log_state, RATELIMIT_MSG_ON_RELEASE);
	r->announce_at = KC_FSM_NEVER;
	r->poll_at = KC_FSM_NEVER;
	r->retry_at = KC_FSM_NEVER;
	r->track_at = KC_FSM_NEVER;
	r->group_at = KC_FSM_NEVER;
	r->since = kc_now();
	kc_fsm_init(&r->fsm, &spec->settings.fsm);
	return r;
}

static void free_router(struct kc_vrrp *r)
{
	kc_vrrp_items_free(&r->items);
	kc_vrrp_tracks_free(&r->tracks);
	kfree(r->history);
	kvfree(r->vips);
	kvfree(r->payload);
	kc_vrrp_paths_free(&r->paths);
	kfree(r->witnesses.list);
	kfree_sensitive(r);
}

static bool is_known_to_packets(const struct kc_vrrp_settings *settings)
{
	return settings->vmac || !settings->accept;
}

/**
 * kc_vrrp_add() - create a virtual router and start it
 * @kn: the namespace, its mutex held
 * @spec: what it shall be; its lists are taken over on success
 * @extack: why not
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_vrrp_add(struct kc_net *kn, struct kc_vrrp_spec *spec,
		struct netlink_ext_ack *extack)
{
	struct kc_vrrp_member *member;
	struct kc_vrrp *r;
	int err;

	lockdep_assert_held(&kn->vrrp.mutex);

	err = check_new(kn, spec, extack);
	if (err)
		return err;
	err = kc_vrrp_net_start(kn);
	if (err)
		return kc_refuse(extack, NULL, err,
				 "cannot start virtual routers in this network namespace (error %d)",
				 err);
	r = new_router(kn, spec);
	if (!r)
		return -ENOMEM;
	set_format(&r->format, &spec->settings, spec->family);
	err = kc_vrrp_votes_check(NULL, &spec->settings, spec->witnesses.n,
				  spec->attrs, extack);
	if (!err)
		err = kc_vrrp_paths_check(r, &spec->paths, extack);
	if (err)
		goto err_free;
	err = kc_vrrp_items_check(r, &spec->items, &spec->paths, extack);
	if (!err)
		err = kc_vrrp_vmac_check(r, &spec->settings, &spec->items,
					 spec->attrs, extack);
	if (!err)
		err = kc_vrrp_tracks_check(&spec->tracks, &spec->items, false,
					   extack);
	if (err)
		goto err_free;
	member = kc_vrrp_group_prepare(kn, spec->settings.group,
				       spec->attrs[KCLUSTER_A_VRRP_GROUP],
				       extack);
	if (IS_ERR(member)) {
		err = PTR_ERR(member);
		goto err_free;
	}
	/* Last, for nobody who frees them unbinds them. */
	err = kc_vrrp_tracks_bind(kn, &spec->tracks, extack);
	if (err)
		goto err_group;
	mutex_lock(&r->hold_mutex);
	kc_vrrp_items_adopt(r, &spec->items);
	err = kc_vrrp_vips_build(r);
	mutex_unlock(&r->hold_mutex);
	if (!err && !spec->settings.accept)
		err = kc_vrrp_accept_get(kn);
	if (err)
		goto err_return;

	kc_vrrp_tracks_adopt(r, &spec->tracks);
	r->settings = spec->settings;
	/* Whoever becomes master at once has his virtual MAC by then. */
	if (is_known_to_packets(&r->settings))
		kc_vrrp_hold_now(r);

	rtnl_lock();
	kc_vrrp_paths_adopt(r, &spec->paths);
	list_add_tail_rcu(&r->list, &kn->vrrp.routers);
	kn->vrrp.count++;
	kn->vrrp.generation++;
	spin_lock_bh(&r->lock);
	kc_vrrp_votes_set(r, &spec->witnesses, false);
	if (member)
		kc_vrrp_group_join(r, member);
	kc_vrrp_reassess(r, NULL);
	kc_vrrp_requeue(r);
	spin_unlock_bh(&r->lock);
	rtnl_unlock();
	return 0;

err_return:
	/* The caller frees what it came with. */
	kc_vrrp_items_return(r, &spec->items);
	kc_vrrp_tracks_unbind(&spec->tracks);
	kc_vrrp_values_reap(kn);
err_group:
	kc_vrrp_group_abandon(member);
err_free:
	free_router(r);
	return err;
}

/**
 * kc_vrrp_set() - change the settings of a virtual router
 * @r: the router, mutex of its namespace held
 * @settings: all of them
 * @peers: taken over on success if @attrs has peers, otherwise its stay
 * @witnesses: likewise
 * @attrs: what was asked for
 * @extack: why not
 *
 * The state does not change by this, the election decides.
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_vrrp_set(struct kc_vrrp *r, const struct kc_vrrp_settings *settings,
		struct kc_vrrp_peers *peers,
		struct kc_vrrp_witnesses *witnesses, struct nlattr **attrs,
		struct netlink_ext_ack *extack)
{
	bool revote = attrs[KCLUSTER_A_VRRP_WITNESS];
	const struct kc_vrrp_settings before = r->settings;
	struct nlattr *attr = attrs[KCLUSTER_A_VRRP_PEER];
	bool regroup = strcmp(before.group, settings->group);
	struct kc_vrrp_member *member = NULL;
	struct kc_vrrp_path *path;
	int err;

	lockdep_assert_held(&r->kn->vrrp.mutex);

	err = check_limits(r->kn, settings->fsm.interval_ms, attrs, extack);
	if (err)
		return err;

	err = kc_vrrp_votes_check(r, settings, revote ? witnesses->n :
							r->witnesses.n,
				  attrs, extack);
	if (err)
		return err;

	path = list_first_entry(&r->paths, struct kc_vrrp_path, list);
	if (attr && !path->implied)
		return kc_refuse(extack, attr, -EINVAL,
				 "virtual router \"%s\" has paths, each with its own peers: take the path away and add it anew",
				 r->name);

	/* What became of the devices meanwhile is no reason to refuse more. */
	if (attrs[KCLUSTER_A_VRRP_VMAC]) {
		mutex_lock(&r->hold_mutex);
		err = kc_vrrp_vmac_check(r, settings, &r->items, attrs, extack);
		mutex_unlock(&r->hold_mutex);
	}
	if (err)
		return err;
	if (regroup)
		member = kc_vrrp_group_prepare(r->kn, settings->group,
					       attrs[KCLUSTER_A_VRRP_GROUP],
					       extack);
	if (IS_ERR(member))
		return PTR_ERR(member);
	if (before.accept && !settings->accept)
		err = kc_vrrp_accept_get(r->kn);
	if (err) {
		kc_vrrp_group_abandon(member);
		return err;
	}

	spin_lock_bh(&r->lock);
	/* The caller frees those that are no peers any more. */
	if (attr)
		swap(path->peers, *peers);
	if (settings->vmac != before.vmac)
		r->introduced = false;
	r->settings = *settings;
	set_format(&r->format, &r->settings, r->family);
	kc_fsm_configure(&r->fsm, &r->settings.fsm, kc_now());
	kc_vrrp_votes_set(r, revote ? witnesses : NULL,
			  before.fsm.voting || before.fsm.witness);
	if (regroup)
		kc_vrrp_group_leave(r);
	if (member)
		kc_vrrp_group_join(r, member);
	kc_vrrp_reassess(r, NULL);
	kc_vrrp_requeue(r);
	spin_unlock_bh(&r->lock);
	if (is_known_to_packets(&before) || is_known_to_packets(settings))
		kc_vrrp_hold_now(r);
	if (!before.accept && settings->accept)
		kc_vrrp_accept_put(r->kn);
	return 0;
}

/* Say goodbye and let go of everything; nothing is queued afterwards. */
static void stop_router(struct kc_vrrp *r, const char *reason)
{
	unsigned int actions;

	spin_lock_bh(&r->lock);
	/* It may have said goodbye already, see kc_vrrp_net_goodbye(). */
	actions = kc_fsm_stop(&r->fsm);
	if (!r->dead)
		kc_vrrp_act(r, actions, reason);
	kc_vrrp_group_leave(r);
	r->dead = true;
	kc_vrrp_clock_set(r, KC_FSM_NEVER);
	spin_unlock_bh(&r->lock);
}

/* Also what packets know of it, which they must not during the grace period. */
static void unlink_router(struct kc_vrrp *r)
{
	struct kc_net *kn = r->kn;

	if (is_known_to_packets(&r->settings))
		kc_vrrp_hold_now(r);
	rtnl_lock();
	kc_vrrp_paths_unlink(r);
	rtnl_unlock();
	spin_lock_bh(&r->lock);
	kc_vrrp_tracks_unbind(&r->tracks);
	spin_unlock_bh(&r->lock);
	list_del_rcu(&r->list);
	kn->vrrp.count--;
	kn->vrrp.generation++;
}

static void delete_routers(struct kc_vrrp **routers, unsigned int n)
{
	struct kc_net *kn = routers[0]->kn;
	unsigned int i;

	/* Packets, the timer and device events let go of them. */
	synchronize_net();
	for (i = 0; i < n; i++) {
		kc_vrrp_hold_wait(routers[i]);
		if (!routers[i]->settings.accept)
			kc_vrrp_accept_put(routers[i]->kn);
		free_router(routers[i]);
	}
	kc_vrrp_values_reap(kn);
}

/**
 * kc_vrrp_del() - delete a virtual router
 * @r: the router, mutex of its namespace held; gone afterwards
 * @reason: why
 *
 * A master says goodbye first; what it held is removed when this returns.
 *
 * Context: process, not under RTNL
 */
void kc_vrrp_del(struct kc_vrrp *r, const char *reason)
{
	lockdep_assert_held(&r->kn->vrrp.mutex);

	stop_router(r, reason);
	unlink_router(r);
	delete_routers(&r, 1);
}

/**
 * kc_vrrp_flush() - delete all virtual routers of a network namespace
 * @kn: the namespace, its mutex held
 * @reason: why
 *
 * Context: process, not under RTNL
 */
void kc_vrrp_flush(struct kc_net *kn, const char *reason)
{
	struct kc_vrrp *batch[32], *r, *next;
	unsigned int n;

	lockdep_assert_held(&kn->vrrp.mutex);

	/* All say goodbye at once, then one grace period serves many. */
	list_for_each_entry(r, &kn->vrrp.routers, list)
		stop_router(r, reason);
	while (!list_empty(&kn->vrrp.routers)) {
		n = 0;
		list_for_each_entry_safe(r, next, &kn->vrrp.routers, list) {
			if (n == ARRAY_SIZE(batch))
				break;
			unlink_router(r);
			batch[n++] = r;
		}
		delete_routers(batch, n);
	}
}
