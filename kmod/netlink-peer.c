// SPDX-License-Identifier: GPL-2.0
/*
 * Peers over generic netlink: parse a request, call the concept, fill a reply.
 */
#include <linux/inet.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "claim/claim.h"
#include "extack.h"
#include "net.h"
#include "netlink-gen.h"
#include "netlink-parse.h"
#include "netlink.h"
#include "peer/peer.h"

static int get_name(const struct genl_info *info, char *name)
{
	const struct nlattr *attr = info->attrs[KCLUSTER_A_NODE_NAME];

	if (attr)
		return kc_netlink_get_name(name, attr, info->extack);
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, KCLUSTER_A_NODE_NAME);
	return kc_refuse(info->extack, NULL, -EINVAL,
			 "the request names no peer");
}

static int parse_path(const struct nlattr *attr,
		      struct kc_peer_path_spec *path,
		      struct netlink_ext_ack *extack)
{
	static const u16 read_only[] = {
		KCLUSTER_A_NODE_PATH_UP,
		KCLUSTER_A_NODE_PATH_BEST,
		KCLUSTER_A_NODE_PATH_FLAW,
		KCLUSTER_A_NODE_PATH_LAST_HEARD,
		KCLUSTER_A_NODE_PATH_RTT,
		KCLUSTER_A_NODE_PATH_RTT_DEVIATION,
		KCLUSTER_A_NODE_PATH_LOSS,
		KCLUSTER_A_NODE_PATH_SENT,
		KCLUSTER_A_NODE_PATH_RECEIVED,
	};
	struct nlattr *tb[KCLUSTER_A_NODE_PATH_MAX + 1];
	const struct nlattr *addr;
	int err;

	err = nla_parse_nested(tb, KCLUSTER_A_NODE_PATH_MAX, attr,
			       kcluster_node_path_nl_policy, extack);
	if (err)
		return err;
	err = kc_netlink_check_read_only(tb, read_only, ARRAY_SIZE(read_only),
					 extack);
	if (err)
		return err;
	addr = tb[KCLUSTER_A_NODE_PATH_ADDRESS];
	if (!addr)
		return kc_refuse(extack, attr, -EINVAL,
				 "a path without an address");
	path->attr = addr;
	if (nla_len(addr) != kc_addr_len(KC_AF_INET) &&
	    nla_len(addr) != kc_addr_len(KC_AF_INET6))
		return kc_refuse(extack, addr, -EINVAL,
				 "an address has 4 or 16 octets, not %d",
				 nla_len(addr));
	path->family = nla_len(addr) == kc_addr_len(KC_AF_INET6) ?
		       KC_AF_INET6 : KC_AF_INET;
	memcpy(path->addr, nla_data(addr), nla_len(addr));
	err = kc_netlink_check_unicast(path->family, path->addr, addr, "peer",
				       extack);
	if (err || !tb[KCLUSTER_A_NODE_PATH_IFNAME])
		return err;
	return kc_netlink_get_ifname(path->ifname,
				     tb[KCLUSTER_A_NODE_PATH_IFNAME], extack);
}

static int parse_spec(const struct genl_info *info, struct kc_peer_spec *spec)
{
	const struct nlattr *attr;
	int rem, err;

	spec->attrs = info->attrs;
	err = get_name(info, spec->name);
	if (err)
		return err;
	attr = info->attrs[KCLUSTER_A_NODE_INTERVAL];
	if (attr)
		spec->interval_ms = nla_get_u32(attr);
	attr = info->attrs[KCLUSTER_A_NODE_LOSE];
	if (attr)
		spec->lose = nla_get_u8(attr);
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KCLUSTER_A_NODE_PATH)
			continue;
		if (spec->n_paths == KCLUSTER_PEER_PATHS_MAX)
			return kc_refuse(info->extack, attr, -E2BIG,
					 "more than %d paths",
					 KCLUSTER_PEER_PATHS_MAX);
		err = parse_path(attr, &spec->paths[spec->n_paths++],
				 info->extack);
		if (err)
			return err;
	}
	return 0;
}

int kcluster_nl_peer_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_peer_spec spec = {};
	const struct nlattr *observer;
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (!err)
		err = parse_spec(info, &spec);
	if (err)
		return err;
	/* Only this request knows it. */
	observer = info->attrs[KCLUSTER_A_NODE_OBSERVER];
	spec.observer = observer && nla_get_u8(observer);
	if (!spec.n_paths) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, KCLUSTER_A_NODE_PATH);
		return kc_refuse(info->extack, NULL, -EINVAL,
				 "a peer needs an address");
	}

	mutex_lock(&kn->peer.mutex);
	err = kc_peer_add(kn, &spec, info->extack);
	mutex_unlock(&kn->peer.mutex);
	/* There is somebody to be told who has what inside the VPN. */
	if (!err)
		kc_claim_look(kn);
	return err;
}

/* The peer that a request names; needs the mutex. */
static struct kc_peer *find_peer(struct kc_net *kn,
				 const struct genl_info *info,
				 const char *name)
{
	struct kc_peer *p = kc_peer_find(kn, name);

	if (p)
		return p;
	return ERR_PTR(kc_refuse(info->extack,
				 info->attrs[KCLUSTER_A_NODE_NAME], -ENOENT,
				 "no peer named \"%s\"", name));
}

int kcluster_nl_peer_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_peer_spec spec = {};
	struct kc_peer *p;
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (!err)
		err = parse_spec(info, &spec);
	if (err)
		return err;

	mutex_lock(&kn->peer.mutex);
	p = find_peer(kn, info, spec.name);
	err = IS_ERR(p) ? PTR_ERR(p) : kc_peer_set(p, &spec, info->extack);
	mutex_unlock(&kn->peer.mutex);
	return err;
}

int kcluster_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	char name[KCLUSTER_NAME_MAX + 1];
	struct kc_peer *p;
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (!err)
		err = get_name(info, name);
	if (err)
		return err;

	mutex_lock(&kn->peer.mutex);
	p = find_peer(kn, info, name);
	if (IS_ERR(p))
		err = PTR_ERR(p);
	else
		kc_peer_del(p, "deleted");
	mutex_unlock(&kn->peer.mutex);
	return err;
}

int kcluster_nl_peer_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;

	mutex_lock(&kn->peer.mutex);
	kc_peer_flush(kn, "flushed");
	mutex_unlock(&kn->peer.mutex);
	return 0;
}

/* What changes without the mutex, at one moment. */
struct moment {
	struct kc_live live;
	u64 received[KCLUSTER_PEER_PATHS_MAX];
	char reason[KC_PEER_REASON_MAX];
	u64 since, now;
};

static void take_moment(struct kc_peer *p, struct moment *m)
{
	unsigned int i;

	spin_lock_bh(&p->lock);
	m->live = p->live;
	for (i = 0; i < p->n_paths; i++)
		m->received[i] = p->paths[i].received;
	kc_peer_describe(p, m->reason, sizeof(m->reason));
	m->since = p->since;
	m->now = kc_now();
	spin_unlock_bh(&p->lock);
}

static int fill_rtt(struct sk_buff *skb, const struct kc_live_path *live)
{
	if (!live->rtt)
		return 0;
	return nla_put_u32(skb, KCLUSTER_A_NODE_PATH_RTT,
			   div_u64(live->rtt, NSEC_PER_USEC)) ?:
	       nla_put_u32(skb, KCLUSTER_A_NODE_PATH_RTT_DEVIATION,
			   div_u64(live->rtt_deviation, NSEC_PER_USEC));
}

static int fill_path(struct sk_buff *skb, const struct kc_peer *p,
		     unsigned int n, const struct moment *m)
{
	const struct kc_live_path *live = &m->live.paths[n];
	const struct kc_peer_path *path = &p->paths[n];
	const char *flaw = READ_ONCE(path->flaw);
	struct nlattr *nest;

	nest = nla_nest_start(skb, KCLUSTER_A_NODE_PATH);
	if (!nest ||
	    nla_put(skb, KCLUSTER_A_NODE_PATH_ADDRESS,
		    kc_addr_len(path->family), path->addr) ||
	    nla_put_string(skb, KCLUSTER_A_NODE_PATH_IFNAME, path->ifname) ||
	    nla_put_u8(skb, KCLUSTER_A_NODE_PATH_UP, live->up) ||
	    nla_put_u8(skb, KCLUSTER_A_NODE_PATH_BEST,
		       m->live.best == (int)n) ||
	    (flaw && nla_put_string(skb, KCLUSTER_A_NODE_PATH_FLAW, flaw)) ||
	    (live->heard_at &&
	     nla_put_u64_64bit(skb, KCLUSTER_A_NODE_PATH_LAST_HEARD,
			       kc_netlink_ms_between(live->heard_at, m->now),
			       KCLUSTER_A_NODE_PATH_PAD)) ||
	    fill_rtt(skb, live) ||
	    nla_put_u8(skb, KCLUSTER_A_NODE_PATH_LOSS,
		       kc_seen_loss(&live->seen)) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_NODE_PATH_SENT,
			      atomic64_read(&path->sequence),
			      KCLUSTER_A_NODE_PATH_PAD) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_NODE_PATH_RECEIVED,
			      m->received[n], KCLUSTER_A_NODE_PATH_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* What it said of itself, if it was heard. */
static int fill_heard(struct sk_buff *skb, const struct kc_live *live, u64 now)
{
	if (live->heard_at &&
	    nla_put_u64_64bit(skb, KCLUSTER_A_NODE_LAST_HEARD,
			      kc_netlink_ms_between(live->heard_at, now),
			      KCLUSTER_A_NODE_PAD))
		return -EMSGSIZE;
	if (live->incarnation &&
	    (nla_put_u64_64bit(skb, KCLUSTER_A_NODE_INCARNATION,
			       live->incarnation, KCLUSTER_A_NODE_PAD) ||
	     nla_put_u8(skb, KCLUSTER_A_NODE_VERSION,
			kc_channel_common(live->version_min,
					  live->version_max))))
		return -EMSGSIZE;
	if (live->file &&
	    nla_put_u64_64bit(skb, KCLUSTER_A_NODE_FILE, live->file,
			      KCLUSTER_A_NODE_PAD))
		return -EMSGSIZE;
	if (live->peer_interval_us &&
	    nla_put_u32(skb, KCLUSTER_A_NODE_PEER_INTERVAL,
			live->peer_interval_us / USEC_PER_MSEC))
		return -EMSGSIZE;
	return 0;
}

static int fill_stats(struct sk_buff *skb, const struct kc_peer *p)
{
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_NODE_STATS);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = KCLUSTER_A_NODE_STATS_PAD + 1; i < KC_PEER_STATS; i++)
		if (nla_put_u64_64bit(skb, i, atomic64_read(&p->stats[i]),
				      KCLUSTER_A_NODE_STATS_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Needs the mutex. */
static int fill_peer(struct sk_buff *skb, struct kc_peer *p)
{
	unsigned int i, room = kc_channel_room(p);
	unsigned int claims = kc_claims_of(p->kn, p);
	struct moment m;
	int err;

	take_moment(p, &m);
	if (nla_put_string(skb, KCLUSTER_A_NODE_NAME, p->name) ||
	    nla_put_u32(skb, KCLUSTER_A_NODE_INTERVAL,
			m.live.interval_us / USEC_PER_MSEC) ||
	    nla_put_u8(skb, KCLUSTER_A_NODE_LOSE, m.live.lose) ||
	    nla_put_u8(skb, KCLUSTER_A_NODE_STATE, kc_peer_state(p)) ||
	    nla_put_u8(skb, KCLUSTER_A_NODE_OBSERVER, p->observer) ||
	    nla_put_string(skb, KCLUSTER_A_NODE_REASON, m.reason) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_NODE_SINCE,
			      kc_netlink_ms_between(m.since, m.now),
			      KCLUSTER_A_NODE_PAD) ||
	    (room && nla_put_u32(skb, KCLUSTER_A_NODE_PAYLOAD_MAX, room)) ||
	    (claims && nla_put_u32(skb, KCLUSTER_A_NODE_CLAIMS, claims)))
		return -EMSGSIZE;
	err = fill_heard(skb, &m.live, m.now);
	for (i = 0; i < p->n_paths && !err; i++)
		err = fill_path(skb, p, i, &m);
	return err ?: fill_stats(skb, p);
}

static int fill_object(struct sk_buff *skb, struct list_head *object,
		       bool secrets)
{
	return fill_peer(skb, list_entry(object, struct kc_peer, list));
}

int kcluster_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	char name[KCLUSTER_NAME_MAX + 1];
	struct sk_buff *reply;
	struct kc_peer *p;
	int err;

	err = get_name(info, name);
	if (err)
		return err;
	mutex_lock(&kn->peer.mutex);
	p = find_peer(kn, info, name);
	reply = IS_ERR(p) ? ERR_CAST(p) :
			    kc_netlink_reply(info, KCLUSTER_CMD_PEER_GET,
					     fill_object, &p->list);
	mutex_unlock(&kn->peer.mutex);
	if (IS_ERR(reply))
		return PTR_ERR(reply);
	return genlmsg_reply(reply, info);
}

int kcluster_nl_peer_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct kc_net *kn = kc_net(sock_net(skb->sk));
	int ret;

	mutex_lock(&kn->peer.mutex);
	ret = kc_netlink_dump(skb, cb, KCLUSTER_CMD_PEER_GET, &kn->peer.peers,
			      kn->peer.generation, fill_object, false);
	mutex_unlock(&kn->peer.mutex);
	return ret;
}
