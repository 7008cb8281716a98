// SPDX-License-Identifier: GPL-2.0
/*
 * What there is to tell user space: replies and dumps.
 */
#include <linux/capability.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/time64.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "claim/claim.h"
#include "net.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "vrrp/group.h"
#include "vrrp/router.h"

/* Room for the largest router: addresses, routes, peers, tracks, statistics. */
#define DUMP_SIZE 40960

/* What of a router changes by itself, taken at one moment. */
struct moment {
	u64 stats[KC_VRRP_STATS];
	u64 since_ms;
	u64 heard_ms;
	u64 down_ms;
	u32 master_interval_ms;
	u32 standby_ms;
	u32 preempt_ms;
	u32 handover_ms;
	u32 startup_ms;
	int ifindex;
	char reason[KC_VRRP_REASON_MAX];
	u8 source[16];
	u8 master[16];
	u8 state;
	u8 priority;
	u8 master_priority;
	bool standby;
	bool has_source;
	bool has_master;
	bool heard;
};

/**
 * kc_netlink_may_write() - may the sender change what is in the namespace?
 * @skb: the request
 * @kn: the namespace
 */
bool kc_netlink_may_write(const struct sk_buff *skb, const struct kc_net *kn)
{
	return netlink_ns_capable(skb, kn->net->user_ns, CAP_NET_ADMIN);
}

static void take_moment(struct kc_vrrp *r, struct moment *m)
{
	const struct kc_vrrp_path *path;
	u64 now;

	memset(m, 0, sizeof(*m));
	spin_lock_bh(&r->lock);
	now = kc_now();
	memcpy(m->stats, r->stats, sizeof(m->stats));
	m->since_ms = kc_netlink_ms_between(r->since, now);
	m->heard = r->heard_at;
	m->heard_ms = kc_netlink_ms_between(r->heard_at, now);
	m->down_ms = div_u64(kc_fsm_down_interval(&r->fsm), NSEC_PER_MSEC);
	m->master_interval_ms = r->master_interval_ms;
	m->standby = now < kc_vrrp_standby_until(r);
	if (kc_vrrp_standby_until(r) != KC_FSM_NEVER)
		m->standby_ms =
			kc_netlink_ms_between(now, kc_vrrp_standby_until(r));
	m->startup_ms = kc_netlink_ms_between(now, r->fsm.hold_until);
	m->preempt_ms = kc_netlink_ms_between(now, r->fsm.preempt_at);
	if (r->fsm.unready)
		m->handover_ms =
			kc_netlink_ms_between(now, r->fsm.patient_until);
	m->ifindex = r->ifindex;
	kc_vrrp_group_explain(r);
	strscpy(m->reason, r->reason, sizeof(m->reason));
	list_for_each_entry(path, &r->paths, list) {
		if (!path->now.up || m->has_source)
			continue;
		memcpy(m->source, path->now.source, sizeof(m->source));
		m->has_source = true;
	}
	memcpy(m->master, r->master, sizeof(m->master));
	m->state = r->fsm.state;
	m->priority = r->fsm.priority;
	m->master_priority = r->master_priority;
	m->has_master = r->has_master;
	spin_unlock_bh(&r->lock);
}

static int fill_settings(struct sk_buff *skb, const struct kc_vrrp *r,
			 bool secrets)
{
	const struct kc_vrrp_settings *settings = &r->settings;
	const struct kc_fsm_config *cfg = &settings->fsm;
	u8 initial = cfg->witness ? KCLUSTER_VRRP_STATE_WITNESS :
		     cfg->start_master ? KCLUSTER_VRRP_STATE_MASTER :
					 KCLUSTER_VRRP_STATE_BACKUP;

	if (nla_put_string(skb, KCLUSTER_A_VRRP_NAME, r->name) ||
	    nla_put_string(skb, KCLUSTER_A_VRRP_IFNAME, r->ifname) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_VRID, r->vrid) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_VERSION, cfg->version) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_FAMILY, r->family) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_INITIAL_STATE, initial) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_PRIORITY, cfg->priority) ||
	    nla_put_u32(skb, KCLUSTER_A_VRRP_INTERVAL, cfg->interval_ms) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_PREEMPT, cfg->preempt) ||
	    nla_put_u32(skb, KCLUSTER_A_VRRP_PREEMPT_DELAY,
			cfg->preempt_delay_ms) ||
	    nla_put_u32(skb, KCLUSTER_A_VRRP_STARTUP_DELAY,
			cfg->startup_delay_ms) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_CHECKSUM, settings->checksum))
		return -EMSGSIZE;
	if (settings->group[0] &&
	    nla_put_string(skb, KCLUSTER_A_VRRP_GROUP, settings->group))
		return -EMSGSIZE;
	if (secrets && settings->auth_pass[0] &&
	    nla_put_string(skb, KCLUSTER_A_VRRP_AUTH_PASS,
			   settings->auth_pass))
		return -EMSGSIZE;
	return 0;
}

static int fill_peers(struct sk_buff *skb, const struct kc_vrrp_path *path,
		      u16 type)
{
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < path->peers.n; i++) {
		nest = nla_nest_start(skb, type);
		if (!nest || nla_put(skb, KCLUSTER_A_PEER_ADDRESS,
				     kc_addr_len(path->router->family),
				     path->peers.list[i].addr))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int fill_path(struct sk_buff *skb, const struct kc_vrrp_path *path,
		     u64 now)
{
	size_t len = kc_addr_len(path->router->family);
	struct nlattr *nest;

	nest = nla_nest_start(skb, KCLUSTER_A_VRRP_PATH);
	if (!nest ||
	    nla_put_string(skb, KCLUSTER_A_PATH_IFNAME, path->ifname) ||
	    fill_peers(skb, path, KCLUSTER_A_PATH_PEER) ||
	    nla_put_u8(skb, KCLUSTER_A_PATH_HOP_LIMIT, path->hop_limit) ||
	    nla_put_u8(skb, KCLUSTER_A_PATH_UP, path->now.up) ||
	    nla_put_u8(skb, KCLUSTER_A_PATH_SILENT, path->silent))
		return -EMSGSIZE;
	if (path->trusted && nla_put_flag(skb, KCLUSTER_A_PATH_TRUSTED))
		return -EMSGSIZE;
	if (path->flaw &&
	    nla_put_string(skb, KCLUSTER_A_PATH_FLAW, path->flaw))
		return -EMSGSIZE;
	if (path->now.up &&
	    nla_put(skb, KCLUSTER_A_PATH_SOURCE, len, path->now.source))
		return -EMSGSIZE;
	if (path->heard_at &&
	    nla_put_u64_64bit(skb, KCLUSTER_A_PATH_LAST_HEARD,
			      kc_netlink_ms_between(path->heard_at, now),
			      KCLUSTER_A_PATH_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* The router's own device is no path unless somebody called it one. */
static int fill_paths(struct sk_buff *skb, struct kc_vrrp *r)
{
	const struct kc_vrrp_path *path;
	u64 now = kc_now();
	int err = 0;

	spin_lock_bh(&r->lock);
	list_for_each_entry(path, &r->paths, list) {
		err = path->implied ?
		      fill_peers(skb, path, KCLUSTER_A_VRRP_PEER) :
		      fill_path(skb, path, now);
		if (err)
			break;
	}
	spin_unlock_bh(&r->lock);
	return err;
}

static int fill_route(struct sk_buff *skb, const struct kc_vrrp_item *item)
{
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_VRRP_ROUTE);
	size_t len = kc_addr_len(item->family);

	/* The destination also tells the family, hence even for a default. */
	if (!nest || nla_put(skb, KCLUSTER_A_ROUTE_DST, len, item->addr) ||
	    nla_put_u8(skb, KCLUSTER_A_ROUTE_PREFIXLEN, item->prefixlen) ||
	    nla_put_u32(skb, KCLUSTER_A_ROUTE_METRIC, item->metric) ||
	    nla_put_u8(skb, KCLUSTER_A_ROUTE_STATE, item->state))
		return -EMSGSIZE;
	if (item->has_via &&
	    nla_put(skb, KCLUSTER_A_ROUTE_VIA, len, item->via))
		return -EMSGSIZE;
	if (item->ifname[0] &&
	    nla_put_string(skb, KCLUSTER_A_ROUTE_IFNAME, item->ifname))
		return -EMSGSIZE;
	if (item->table &&
	    nla_put_u32(skb, KCLUSTER_A_ROUTE_TABLE, item->table))
		return -EMSGSIZE;
	if (item->error &&
	    nla_put_u32(skb, KCLUSTER_A_ROUTE_ERROR, item->error))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_items(struct sk_buff *skb, const struct kc_vrrp *r)
{
	const struct kc_vrrp_item *item;
	unsigned int addresses = 0;
	int err;

	lockdep_assert_held(&r->hold_mutex);
	list_for_each_entry(item, &r->items, list) {
		if (item->dying)
			continue;
		/* All of a block would not fit in a message. */
		if (!item->is_route && addresses++ >= KCLUSTER_VRRP_LISTED_MAX)
			continue;
		if (item->is_route)
			err = fill_route(skb, item);
		else
			err = kc_netlink_fill_address(skb,
						      KCLUSTER_A_VRRP_ADDRESS,
						      item);
		if (err)
			return err;
	}
	return nla_put_u32(skb, KCLUSTER_A_VRRP_ADDRESSES, r->n_addresses);
}

static int fill_moment(struct sk_buff *skb, const struct kc_vrrp *r,
		       const struct moment *m)
{
	size_t len = kc_addr_len(r->family);
	struct nlattr *nest;
	int i;

	if (m->ifindex &&
	    nla_put_u32(skb, KCLUSTER_A_VRRP_IFINDEX, m->ifindex))
		return -EMSGSIZE;
	if (nla_put_u8(skb, KCLUSTER_A_VRRP_STATE, m->state) ||
	    nla_put_u8(skb, KCLUSTER_A_VRRP_EFFECTIVE_PRIORITY, m->priority) ||
	    nla_put_string(skb, KCLUSTER_A_VRRP_REASON, m->reason) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_VRRP_SINCE, m->since_ms,
			      KCLUSTER_A_VRRP_PAD) ||
	    nla_put_u32(skb, KCLUSTER_A_VRRP_MASTER_DOWN_INTERVAL, m->down_ms))
		return -EMSGSIZE;
	if (m->has_source &&
	    nla_put(skb, KCLUSTER_A_VRRP_SOURCE, len, m->source))
		return -EMSGSIZE;
	if (m->has_master &&
	    (nla_put(skb, KCLUSTER_A_VRRP_MASTER_ADDRESS, len, m->master) ||
	     nla_put_u8(skb, KCLUSTER_A_VRRP_MASTER_PRIORITY,
			m->master_priority) ||
	     nla_put_u32(skb, KCLUSTER_A_VRRP_MASTER_INTERVAL,
			 m->master_interval_ms)))
		return -EMSGSIZE;
	if (m->heard &&
	    nla_put_u64_64bit(skb, KCLUSTER_A_VRRP_LAST_HEARD, m->heard_ms,
			      KCLUSTER_A_VRRP_PAD))
		return -EMSGSIZE;

	if (nla_put_u8(skb, KCLUSTER_A_VRRP_STANDBY, m->standby) ||
	    (m->standby && m->standby_ms &&
	     nla_put_u32(skb, KCLUSTER_A_VRRP_STANDBY_TIME, m->standby_ms)) ||
	    (m->preempt_ms &&
	     nla_put_u32(skb, KCLUSTER_A_VRRP_PREEMPT_WAIT, m->preempt_ms)) ||
	    (m->handover_ms &&
	     nla_put_u32(skb, KCLUSTER_A_VRRP_HANDOVER_WAIT,
			 m->handover_ms)) ||
	    (m->startup_ms &&
	     nla_put_u32(skb, KCLUSTER_A_VRRP_STARTUP_WAIT, m->startup_ms)))
		return -EMSGSIZE;

	nest = nla_nest_start(skb, KCLUSTER_A_VRRP_STATS);
	if (!nest)
		return -EMSGSIZE;
	for (i = KCLUSTER_A_VRRP_STATS_PAD + 1; i < KC_VRRP_STATS; i++)
		if (nla_put_u64_64bit(skb, i, m->stats[i],
				      KCLUSTER_A_VRRP_STATS_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* By which epoch it has what moves inside the VPN. */
static int fill_claim(struct sk_buff *skb, const struct kc_vrrp *r)
{
	u64 epoch = kc_claim_epoch_of(r->kn, r->name);

	return epoch ? nla_put_u64_64bit(skb, KCLUSTER_A_VRRP_CLAIM_EPOCH,
					 epoch, KCLUSTER_A_VRRP_PAD) : 0;
}

/* Needs the mutex, against changes, and hold_mutex. */
static int fill_router(struct sk_buff *skb, struct kc_vrrp *r, bool secrets)
{
	struct moment moment;
	int err;

	take_moment(r, &moment);
	err = fill_settings(skb, r, secrets);
	if (!err)
		err = kc_netlink_fill_vmac(skb, r);
	if (!err)
		err = fill_items(skb, r);
	if (!err)
		err = kc_netlink_fill_tracks(skb, r);
	if (!err)
		err = fill_paths(skb, r);
	if (!err)
		err = kc_netlink_fill_votes(skb, r);
	if (!err)
		err = fill_claim(skb, r);
	if (!err)
		err = fill_moment(skb, r, &moment);
	return err;
}

/* Upper bound of what fill_router() needs, with hold_mutex held. */
static size_t router_size(const struct kc_vrrp *r)
{
	size_t addr = nla_total_size(16), ifname = nla_total_size(IFNAMSIZ);
	size_t number = nla_total_size(sizeof(u32));
	size_t counter = nla_total_size_64bit(sizeof(u64));
	size_t nest = nla_total_size(0), paths = 0;
	unsigned int addresses = min_t(unsigned int, r->n_addresses,
				       KCLUSTER_VRRP_LISTED_MAX);
	const struct kc_vrrp_path *path;

	list_for_each_entry(path, &r->paths, list)
		paths += nest + 2 * ifname + 2 * addr + 5 * number + counter +
			 nla_total_size(KC_VRRP_REASON_MAX) +
			 path->peers.n * (nest + addr);
	return nla_total_size(sizeof(r->name)) +
	       nla_total_size(sizeof(r->settings.group)) +
	       nla_total_size(sizeof(r->settings.auth_pass)) +
	       2 * nla_total_size(sizeof(r->reason)) + ifname + 3 * addr +
	       3 * counter + 27 * number +
	       nest + KC_VRRP_STATS * counter +
	       paths + kc_netlink_votes_size(r) +
	       addresses * (nest + addr + ifname + 6 * number) +
	       r->n_routes * (nest + 2 * addr + ifname + 5 * number) +
	       kc_netlink_tracks_size(r);
}

/**
 * kc_netlink_vrrp_reply() - a message that tells all about a router
 * @r: the router
 * @info: the request
 * @secrets: the requester may see passwords
 *
 * Context: under kc_vrrp_net.mutex; takes hold_mutex.
 * Return: the message or ERR_PTR()
 */
struct sk_buff *kc_netlink_vrrp_reply(struct kc_vrrp *r,
				      const struct genl_info *info,
				      bool secrets)
{
	struct sk_buff *skb;
	int err = -EMSGSIZE;
	void *hdr;

	mutex_lock(&r->hold_mutex);
	skb = genlmsg_new(router_size(r), GFP_KERNEL);
	if (!skb) {
		err = -ENOMEM;
		goto err_unlock;
	}
	hdr = genlmsg_put(skb, info->snd_portid, info->snd_seq,
			  &kcluster_nl_family, 0, KCLUSTER_CMD_VRRP_GET);
	if (hdr)
		err = fill_router(skb, r, secrets);
	if (err)
		goto err_free;
	genlmsg_end(skb, hdr);
	mutex_unlock(&r->hold_mutex);
	return skb;

err_free:
	nlmsg_free(skb);
err_unlock:
	mutex_unlock(&r->hold_mutex);
	return ERR_PTR(err);
}

static int dump_router(struct sk_buff *skb, struct list_head *object,
		       bool secrets)
{
	struct kc_vrrp *r = list_entry(object, struct kc_vrrp, list);
	int err;

	mutex_lock(&r->hold_mutex);
	err = fill_router(skb, r, secrets);
	mutex_unlock(&r->hold_mutex);
	return err;
}

int kcluster_nl_vrrp_get_start(struct netlink_callback *cb)
{
	cb->min_dump_alloc = DUMP_SIZE;
	return 0;
}

int kcluster_nl_vrrp_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct kc_net *kn = kc_net(sock_net(skb->sk));
	bool secrets = kc_netlink_may_write(cb->skb, kn);
	int ret;

	mutex_lock(&kn->vrrp.mutex);
	ret = kc_netlink_dump(skb, cb, KCLUSTER_CMD_VRRP_GET,
			      &kn->vrrp.routers, kn->vrrp.generation,
			      dump_router, secrets);
	mutex_unlock(&kn->vrrp.mutex);
	return ret;
}
