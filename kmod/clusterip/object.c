// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IPs: how they come, change and go. See clusterip.h for who may do
 * what.
 */
#include <linux/slab.h>

#include "../event.h"
#include "../extack.h"
#include "../net.h"
#include "../vrrp/item.h"
#include "clusterip.h"
#include "share.h"

/**
 * kc_cips_max() - how many cluster IPs a network namespace may have
 * @kn: the namespace
 *
 * Return: the number
 */
unsigned int kc_cips_max(const struct kc_net *kn)
{
	return kc_net_privileged(kn) ? KC_CIPS_MAX : KC_CIPS_MAX_USER;
}

/**
 * kc_cip_find() - a cluster IP by its name
 * @kn: the namespace, mutex of its cluster IPs held
 * @name: the name
 *
 * Return: the cluster IP or NULL
 */
struct kc_cip *kc_cip_find(struct kc_net *kn, const char *name)
{
	struct kc_cip *cip;

	lockdep_assert_held(&kn->cip.mutex);

	list_for_each_entry(cip, &kn->cip.objects, list)
		if (!strcmp(cip->name, name))
			return cip;
	return NULL;
}

/**
 * kc_cip_map() - who packets belong to
 * @cip: the cluster IP, mutex held
 *
 * Return: the map
 */
const struct kc_cip_split *kc_cip_map(const struct kc_cip *cip)
{
	return rcu_dereference_protected(cip->map,
					 lockdep_is_held(&cip->kn->cip.mutex));
}

/**
 * kc_cip_share_of() - by what do peers divide it?
 * @cip: the cluster IP
 *
 * Return: the share, its own or that of whom it follows; NULL with static nodes
 */
struct kc_cip_share *kc_cip_share_of(const struct kc_cip *cip)
{
	return cip->leader ? cip->leader->share : cip->share;
}

/**
 * kc_cip_count() - what was counted so far
 * @cip: the cluster IP, mutex held
 * @stat: KCLUSTER_A_CLUSTERIP_STATS_*
 *
 * Return: the number, of all CPUs
 */
u64 kc_cip_count(const struct kc_cip *cip, unsigned int stat)
{
	u64 sum = 0;
	int cpu;

	if (stat == KCLUSTER_A_CLUSTERIP_STATS_RESTORED)
		return cip->restored;
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(cip->counts, cpu)->stats[stat]);
	return sum;
}

/**
 * kc_cip_count_bucket() - how many packets were for a bucket
 * @cip: the cluster IP, mutex held
 * @bucket: which one
 *
 * Return: the number, of all CPUs
 */
u64 kc_cip_count_bucket(const struct kc_cip *cip, unsigned int bucket)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(cip->counts, cpu)->bucket[bucket]);
	return sum;
}

static bool is_new(const struct kc_cip *cip, const struct kc_cip_news *news)
{
	return news->state != news->old_state ||
	       news->shares != cip->told_shares ||
	       news->nodes != cip->told_nodes ||
	       news->epoch != cip->told_epoch ||
	       news->authority != cip->told_authority ||
	       news->seq != cip->told_seq || news->role != cip->told_role;
}

static void tell(struct kc_cip *cip, u8 state, const char *reason)
{
	const struct kc_cip_split *map = kc_cip_map(cip);
	struct kc_cip_share *share = kc_cip_share_of(cip);
	struct kc_cip_news news = {
		.name = cip->name,
		.reason = reason,
		.old_state = cip->state,
		.state = state,
		.nodes = map->buckets,
		.shares = kc_cip_map_shares(map),
		.peers = share,
	};
	struct kc_cip_view view;

	if (share) {
		kc_cip_share_view(share, &view);
		news.role = view.role;
		news.seq = view.seq;
		news.epoch = view.epoch;
		news.authority = view.authority;
	}
	if (!is_new(cip, &news))
		return;
	cip->told_epoch = news.epoch;
	cip->told_authority = news.authority;
	cip->told_seq = news.seq;
	cip->told_role = news.role;
	cip->state = state;
	cip->told_shares = news.shares;
	cip->told_nodes = news.nodes;
	kc_event_tell(cip->kn, KC_EVENT_CLUSTERIP, &news);
}

/**
 * kc_cip_state() - what does a cluster IP do?
 * @cip: the cluster IP, mutex held
 * @reason: KC_CIP_REASON_MAX octets, set to why it waits, or why it answers
 *	nobody if that is not as it should be; else empty
 *
 * Context: process
 * Return: the state
 */
enum kcluster_clusterip_state kc_cip_state(const struct kc_cip *cip,
					   char *reason)
{
	struct kc_cip_share *share = kc_cip_share_of(cip);

	kc_cip_device_describe(cip, reason, KC_CIP_REASON_MAX);
	if (*reason)
		return KCLUSTER_CLUSTERIP_STATE_WAITING;
	if (share)
		kc_cip_follow_describe(cip->leader ?: cip, reason,
				       KC_CIP_REASON_MAX);
	if (share && !*reason)
		kc_cip_share_describe(share, reason, KC_CIP_REASON_MAX);
	return kc_cip_map_shares(kc_cip_map(cip)) ?
	       KCLUSTER_CLUSTERIP_STATE_SERVING :
	       KCLUSTER_CLUSTERIP_STATE_IDLE;
}

/**
 * kc_cip_assess() - tell whatever is different now
 * @cip: the cluster IP, mutex held
 */
void kc_cip_assess(struct kc_cip *cip)
{
	char reason[KC_CIP_REASON_MAX];

	tell(cip, kc_cip_state(cip, reason), reason);
}

/* Whether clients can reach us, by all that they need. */
static void use_share(struct kc_cip *cip)
{
	struct kc_cip *leader = cip->leader ?: cip;
	u8 mac[KC_MAC_LEN];

	if (leader->share)
		kc_cip_share_use(leader->share,
				 kc_cip_follow_usable(leader, mac) ? mac : NULL);
}

/**
 * kc_cip_run() - make the system agree with what is wanted
 * @cip: the cluster IP, mutex held
 * @recheck: look whether addresses are still there
 *
 * Context: process; takes RTNL
 * Return: true if it is to be tried again
 */
bool kc_cip_run(struct kc_cip *cip, bool recheck)
{
	bool again;

	/* What packets must know precedes the addresses. */
	again = kc_cip_device_attach(cip) < 0;
	again |= kc_cip_hold(cip, recheck);
	use_share(cip);
	kc_cip_estate_run(cip);
	kc_cip_assess(cip);
	return again;
}

static void free_cip(struct kc_cip *cip)
{
	kc_vrrp_items_free(&cip->items);
	kc_cip_share_free(cip->share);
	if (!cip->leader)
		kfree(rcu_dereference_protected(cip->map, true));
	free_percpu(cip->counts);
	kfree(cip);
}

static struct kc_cip *make_cip(struct kc_net *kn,
			       const struct kc_cip_spec *spec)
{
	struct kc_cip *cip = kzalloc(sizeof(*cip), GFP_KERNEL_ACCOUNT);
	struct kc_cip_split *map;

	if (!cip)
		return NULL;
	INIT_LIST_HEAD(&cip->items);
	cip->kn = kn;
	cip->state = KCLUSTER_CLUSTERIP_STATE_GONE;
	strscpy(cip->name, spec->name, sizeof(cip->name));
	strscpy(cip->ifname, spec->ifname, sizeof(cip->ifname));
	memcpy(cip->mac, spec->mac, sizeof(cip->mac));
	cip->counts = alloc_percpu_gfp(struct kc_cip_counts,
				       GFP_KERNEL_ACCOUNT);
	cip->leader = spec->leader;
	cip->gateway = spec->gateway || cip->leader;
	map = cip->leader ? (struct kc_cip_split *)kc_cip_map(cip->leader) :
			    kc_cip_map_make(spec);
	RCU_INIT_POINTER(cip->map, map);
	if (spec->peers)
		cip->share = kc_cip_share_make(cip, spec);
	if (cip->counts && map && (cip->share || !spec->peers))
		return cip;
	free_cip(cip);
	return NULL;
}

static void unindex(struct list_head *items)
{
	struct kc_vrrp_item *item;

	list_for_each_entry(item, items, list)
		hlist_del_init(&item->index);
}

static void adopt_items(struct kc_cip *cip, struct list_head *items)
{
	struct kc_vrrp_item *item;

	list_splice_init(items, &cip->items);
	list_for_each_entry(item, &cip->items, list) {
		item->attr = NULL;
		cip->n_items++;
	}
}

/**
 * kc_cip_add() - create a cluster IP and begin to serve it
 * @kn: the namespace, mutex of its cluster IPs held
 * @spec: what it shall be; its addresses are taken over if it succeeds
 * @extack: why not
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno
 */
int kc_cip_add(struct kc_net *kn, struct kc_cip_spec *spec,
	       struct netlink_ext_ack *extack)
{
	struct kc_cip *cip;
	int err;

	lockdep_assert_held(&kn->cip.mutex);

	if (kn->cip.dying)
		return kc_refuse(extack, NULL, -ENODEV,
				 "the network namespace is going away");
	err = kc_cip_net_start(kn);
	if (!err)
		err = kc_cip_check(kn, spec, extack);
	if (err)
		return err;
	cip = make_cip(kn, spec);
	if (!cip) {
		err = -ENOMEM;
		goto err_index;
	}
	adopt_items(cip, &spec->items);
	list_add_tail(&cip->list, &kn->cip.objects);
	WRITE_ONCE(kn->cip.count, kn->cip.count + 1);
	WRITE_ONCE(kn->cip.followers, kn->cip.followers + !!cip->leader);
	kn->cip.generation++;
	if (cip->share)
		kc_cip_share_enter(cip->share);
	if (kc_cip_run(cip, false))
		kc_cip_wake(kn, HZ);
	return 0;

err_index:
	unindex(&spec->items);
	return err;
}

/* What is not asked for is as it was. */
static void complete_spec(struct kc_cip_spec *spec, const struct kc_cip_split *map)
{
	if (!spec->attrs[KCLUSTER_A_CLUSTERIP_HASH])
		spec->hash = map->hash;
	if (!spec->attrs[KCLUSTER_A_CLUSTERIP_SEED])
		spec->seed = map->seed;
	if (!spec->attrs[KCLUSTER_A_CLUSTERIP_NODES])
		spec->nodes = map->buckets;
	if (!spec->attrs[KCLUSTER_A_CLUSTERIP_LOCAL])
		memcpy(spec->local, map->mine, sizeof(spec->local));
}

static int set_gateway(struct kc_cip *cip, bool gateway)
{
	int err;

	if (cip->gateway == gateway)
		return 0;
	cip->gateway = gateway;
	err = kc_cip_device_renew(cip);
	if (err)
		cip->gateway = !gateway;
	return err;
}

static int set_map(struct kc_cip *cip, const struct kc_cip_spec *spec)
{
	const struct kc_cip_split *before = kc_cip_map(cip);
	struct kc_cip_split *map = kc_cip_map_make(spec);

	if (!map)
		return -ENOMEM;
	rcu_assign_pointer(cip->map, map);
	kc_cip_follow_map(cip, map);
	synchronize_rcu();
	kfree(before);
	return 0;
}

/**
 * kc_cip_set() - divide the clients of a cluster IP otherwise, or let packets
 * pass through it, or no more
 * @cip: the cluster IP, mutex held
 * @spec: what is asked for; completed
 * @extack: why not
 *
 * When it returns, no packet is judged as before any more: what this node gave
 * up another one may take.
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno
 */
int kc_cip_set(struct kc_cip *cip, struct kc_cip_spec *spec,
	       struct netlink_ext_ack *extack)
{
	struct kc_cip *follower;
	int err;

	err = kc_cip_check_set(cip, spec, extack);
	if (err)
		return err;
	if (!cip->share && !cip->leader) {
		complete_spec(spec, kc_cip_map(cip));
		err = kc_cip_check_map(spec, kc_cip_has_ipv6(&cip->items),
				       extack) ?:
		      kc_cip_follow_check_map(cip, spec, extack);
		if (err)
			return err;
	}
	if (spec->attrs[KCLUSTER_A_CLUSTERIP_GATEWAY])
		err = set_gateway(cip, spec->gateway);
	if (!err && cip->share)
		kc_cip_share_set(cip->share, spec);
	else if (!err && !cip->leader)
		err = set_map(cip, spec);
	if (err)
		return err;
	kc_cip_estate_run(cip);
	list_for_each_entry(follower, &cip->kn->cip.objects, list)
		if (follower == cip || follower->leader == cip)
			kc_cip_assess(follower);
	return 0;
}

/* Off the list, and nothing of it is left in the system. */
static void withdraw(struct kc_cip *cip)
{
	struct kc_net *kn = cip->kn;

	list_del(&cip->list);
	WRITE_ONCE(kn->cip.count, kn->cip.count - 1);
	WRITE_ONCE(kn->cip.followers, kn->cip.followers - !!cip->leader);
	kn->cip.generation++;
	unindex(&cip->items);
	if (cip->share)
		kc_cip_share_leave(cip->share);
	if (cip->leader)
		use_share(cip);
	kc_cip_release(cip);
	kc_estate_withdraw(kn, &cip->estate);
	tell(cip, KCLUSTER_CLUSTERIP_STATE_GONE, "");
}

/**
 * kc_cip_del() - answer no more
 * @cip: the cluster IP, mutex held
 * @extack: why not
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno
 */
int kc_cip_del(struct kc_cip *cip, struct netlink_ext_ack *extack)
{
	int err = kc_cip_follow_check_del(cip, extack);

	if (err)
		return err;
	withdraw(cip);
	synchronize_rcu();
	free_cip(cip);
	return 0;
}

/**
 * kc_cip_flush() - delete all cluster IPs
 * @kn: the namespace, mutex of its cluster IPs held
 *
 * Context: process, not under RTNL
 */
void kc_cip_flush(struct kc_net *kn)
{
	struct kc_cip *cip, *next;
	LIST_HEAD(gone);

	lockdep_assert_held(&kn->cip.mutex);

	list_for_each_entry_safe(cip, next, &kn->cip.objects, list) {
		withdraw(cip);
		list_add_tail(&cip->list, &gone);
	}
	if (list_empty(&gone))
		return;
	synchronize_rcu();
	list_for_each_entry_safe(cip, next, &gone, list)
		free_cip(cip);
}
