// SPDX-License-Identifier: GPL-2.0
/*
 * The mirror over generic netlink: parse a request, call the concept, fill a
 * reply.
 */
#include <linux/inet.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "extack.h"
#include "mirror/stream.h"
#include "netlink-gen.h"
#include "netlink-parse.h"
#include "netlink.h"

#define REASON_MAX 96

static int parse_address(const struct nlattr *attr, const struct nlattr *prefix,
			 struct kc_mirror_filter *filter,
			 struct netlink_ext_ack *extack)
{
	unsigned int len, bits, i;
	char text[INET6_ADDRSTRLEN];

	if (!attr) {
		if (prefix)
			return kc_refuse(extack, prefix, -EINVAL,
					 "a prefix length without an address");
		return 0;
	}
	len = nla_len(attr);
	if (len != 4 && len != 16)
		return kc_refuse(extack, attr, -EINVAL,
				 "an address has 4 or 16 octets, not %u", len);
	filter->family = len == 16 ? KC_AF_INET6 : KC_AF_INET;
	memcpy(filter->addr, nla_data(attr), len);
	bits = 8 * len;
	filter->prefixlen = prefix ? nla_get_u8(prefix) : bits;
	if (filter->prefixlen > bits)
		return kc_refuse(extack, prefix, -ERANGE,
				 "prefix length %u is out of range: it is 0 to %u",
				 filter->prefixlen, bits);
	for (i = filter->prefixlen; i < bits; i++) {
		if (!(filter->addr[i / 8] & (0x80 >> i % 8)))
			continue;
		kc_netlink_print_addr(text, sizeof(text), filter->family,
				      filter->addr);
		return kc_refuse(extack, attr, -EINVAL,
				 "%s/%u has host bits set", text,
				 filter->prefixlen);
	}
	return 0;
}

static int parse_filter(const struct nlattr *nest,
			struct kc_mirror_filter *filter,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KCLUSTER_A_MIRROR_FILTER_MAX + 1];
	const char *flaw;
	int err;

	err = nla_parse_nested(tb, KCLUSTER_A_MIRROR_FILTER_MAX, nest,
			       kcluster_mirror_filter_nl_policy, extack);
	if (err)
		return err;
	memset(filter, 0, sizeof(*filter));
	if (tb[KCLUSTER_A_MIRROR_FILTER_ACTION])
		filter->action =
			nla_get_u8(tb[KCLUSTER_A_MIRROR_FILTER_ACTION]);
	if (tb[KCLUSTER_A_MIRROR_FILTER_PROTOCOL]) {
		filter->has_protocol = true;
		filter->protocol =
			nla_get_u8(tb[KCLUSTER_A_MIRROR_FILTER_PROTOCOL]);
	}
	if (tb[KCLUSTER_A_MIRROR_FILTER_PORT])
		filter->port = nla_get_u16(tb[KCLUSTER_A_MIRROR_FILTER_PORT]);
	err = parse_address(tb[KCLUSTER_A_MIRROR_FILTER_ADDRESS],
			    tb[KCLUSTER_A_MIRROR_FILTER_PREFIXLEN], filter,
			    extack);
	if (err)
		return err;
	flaw = kc_mirror_filter_flaw(filter);
	return flaw ? kc_refuse(extack, nest, -EINVAL, "%s", flaw) : 0;
}

/* @from is parsed already. */
static int parse_defer(const struct genl_info *info,
		       struct kc_mirror_settings *settings)
{
	const struct nlattr *attr = info->attrs[KCLUSTER_A_MIRROR_DEFER];
	const struct nlattr *from = info->attrs[KCLUSTER_A_MIRROR_FROM];

	if (!attr || !nla_get_u8(attr))
		return 0;
	if (from && settings->from != KCLUSTER_MIRROR_FROM_NEW)
		return kc_refuse(info->extack, from, -EINVAL,
				 "defer on holds a first packet until its flow is told, but from assured tells it later: say from new, or leave from out");
	settings->from = KCLUSTER_MIRROR_FROM_NEW;
	settings->defer = true;
	return 0;
}

static int parse_settings(const struct kc_net *kn,
			  const struct genl_info *info,
			  struct kc_mirror_settings *settings)
{
	const struct nlattr *attr;
	int rem, err;

	settings->limit = kc_net_privileged(kn) ? KCLUSTER_MIRROR_LIMIT :
						  KC_MIRROR_LIMIT_MAX_USER;
	if (info->attrs[KCLUSTER_A_MIRROR_LIMIT])
		settings->limit =
			nla_get_u32(info->attrs[KCLUSTER_A_MIRROR_LIMIT]);
	if (info->attrs[KCLUSTER_A_MIRROR_FROM])
		settings->from =
			nla_get_u8(info->attrs[KCLUSTER_A_MIRROR_FROM]);
	err = parse_defer(info, settings);
	if (err)
		return err;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KCLUSTER_A_MIRROR_FILTER)
			continue;
		if (settings->n_filters == KCLUSTER_MIRROR_FILTERS_MAX)
			return kc_refuse(info->extack, attr, -E2BIG,
					 "more than %d filters",
					 KCLUSTER_MIRROR_FILTERS_MAX);
		err = parse_filter(attr,
				   &settings->filters[settings->n_filters++],
				   info->extack);
		if (err)
			return err;
	}
	return 0;
}

int kcluster_nl_mirror_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *on = info->attrs[KCLUSTER_A_MIRROR_ON];
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_mirror_settings *settings;
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;
	if (!on)
		return kc_refuse(info->extack, NULL, -EINVAL,
				 "the request says neither on nor off");
	if (!nla_get_u8(on))
		return kc_mirror_set_off(kn, info->extack);
	settings = kzalloc(sizeof(*settings), GFP_KERNEL);
	if (!settings)
		return -ENOMEM;
	err = parse_settings(kn, info, settings);
	if (!err)
		err = kc_mirror_set_on(kn, settings, info->extack);
	kfree(settings);
	return err;
}

static int fill_filter(struct sk_buff *skb,
		       const struct kc_mirror_filter *filter)
{
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_MIRROR_FILTER);

	if (!nest ||
	    nla_put_u8(skb, KCLUSTER_A_MIRROR_FILTER_ACTION, filter->action))
		return -EMSGSIZE;
	if (filter->has_protocol &&
	    nla_put_u8(skb, KCLUSTER_A_MIRROR_FILTER_PROTOCOL,
		       filter->protocol))
		return -EMSGSIZE;
	if (filter->family &&
	    (nla_put(skb, KCLUSTER_A_MIRROR_FILTER_ADDRESS,
		     kc_addr_len(filter->family), filter->addr) ||
	     nla_put_u8(skb, KCLUSTER_A_MIRROR_FILTER_PREFIXLEN,
			filter->prefixlen)))
		return -EMSGSIZE;
	if (filter->port &&
	    nla_put_u16(skb, KCLUSTER_A_MIRROR_FILTER_PORT, filter->port))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static u8 state_of(const struct kc_mirror_peer *mp, u64 now)
{
	if (mp->state == KCLUSTER_MIRROR_STATE_SYNC &&
	    kc_tx_stalled(&mp->tx, now) > KC_MIRROR_SILENCE)
		return KCLUSTER_MIRROR_STATE_STALLED;
	return mp->state;
}

static u8 peer_state_of(const struct kc_mirror_peer *mp, u64 now)
{
	if (!mp->status_heard_at || !mp->rx.stream)
		return KCLUSTER_MIRROR_STATE_IDLE;
	if (!mp->complete)
		return KCLUSTER_MIRROR_STATE_BULK;
	if (now - mp->status_heard_at > KC_MIRROR_SILENCE)
		return KCLUSTER_MIRROR_STATE_STALLED;
	return KCLUSTER_MIRROR_STATE_SYNC;
}

static int fill_peer(struct sk_buff *skb, const struct kc_mirror_peer *mp,
		     u64 now)
{
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_MIRROR_PEER);
	const u8 pad = KCLUSTER_A_MIRROR_PEER_PAD;
	u32 flight = 0;
	u64 lag = 0;

	if (kc_mirror_streams(mp)) {
		flight = kc_tx_in_flight(&mp->tx);
		lag = div_u64(kc_tx_lag(&mp->tx, now), NSEC_PER_USEC);
	}
	if (!nest ||
	    nla_put_string(skb, KCLUSTER_A_MIRROR_PEER_NAME, mp->peer->name) ||
	    nla_put_u8(skb, KCLUSTER_A_MIRROR_PEER_STATE, state_of(mp, now)) ||
	    nla_put_u8(skb, KCLUSTER_A_MIRROR_PEER_PEER_STATE,
		       peer_state_of(mp, now)) ||
	    nla_put_u32(skb, KCLUSTER_A_MIRROR_PEER_IN_FLIGHT, flight) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_MIRROR_PEER_LAG, lag, pad) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_MIRROR_PEER_BULK_SENT,
			      mp->bulk_sent, pad) ||
	    nla_put_u32(skb, KCLUSTER_A_MIRROR_PEER_MISSING,
			kc_rx_missing(&mp->rx)) ||
	    nla_put_u32(skb, KCLUSTER_A_MIRROR_PEER_PEER_QUEUE,
			mp->peer_queue) ||
	    nla_put_u32(skb, KCLUSTER_A_MIRROR_PEER_PEER_LAG, mp->peer_lag) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_MIRROR_PEER_RESYNCS,
			      mp->resyncs, pad) ||
	    (mp->peer_full &&
	     nla_put_flag(skb, KCLUSTER_A_MIRROR_PEER_TABLE_FULL)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_stats(struct sk_buff *skb, const struct kc_mirror *m)
{
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_MIRROR_STATS);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = KCLUSTER_A_MIRROR_STATS_PAD + 1; i < KC_MIRROR_STATS; i++)
		if (nla_put_u64_64bit(skb, i, atomic64_read(&m->stats[i]),
				      KCLUSTER_A_MIRROR_STATS_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* The mirror is locked, and so is what is wanted of it. */
static int fill_mirror(struct sk_buff *skb, struct kc_mirror *m)
{
	const struct kc_mirror_settings *settings;
	const struct kc_net *kn = m->kn;
	const struct kc_mirror_peer *mp;
	char reason[REASON_MAX];
	u64 now = kc_now();
	unsigned int i;
	bool owner;

	settings = rcu_dereference_protected(m->settings,
					     lockdep_is_held(&kn->mirror.mutex));
	rcu_read_lock();
	owner = kc_mirror_owns_any(m);
	rcu_read_unlock();
	if (nla_put_u8(skb, KCLUSTER_A_MIRROR_FROM, settings->from) ||
	    nla_put_u32(skb, KCLUSTER_A_MIRROR_LIMIT, settings->limit) ||
	    nla_put_u32(skb, KCLUSTER_A_MIRROR_QUEUE,
			atomic_read(&m->queue.count)) ||
	    nla_put_u8(skb, KCLUSTER_A_MIRROR_OWNER, owner) ||
	    nla_put_u8(skb, KCLUSTER_A_MIRROR_SAFE,
		       kc_mirror_safe(m, reason, sizeof(reason))) ||
	    nla_put_string(skb, KCLUSTER_A_MIRROR_REASON, reason) ||
	    nla_put_u32(skb, KCLUSTER_A_MIRROR_IMPORTED, m->imported) ||
	    nla_put_u32(skb, KCLUSTER_A_MIRROR_OWN, m->own) ||
	    nla_put_u8(skb, KCLUSTER_A_MIRROR_DEFER, settings->defer))
		return -EMSGSIZE;
	for (i = 0; i < settings->n_filters; i++)
		if (fill_filter(skb, &settings->filters[i]))
			return -EMSGSIZE;
	list_for_each_entry(mp, &m->peers, list)
		if (fill_peer(skb, mp, now))
			return -EMSGSIZE;
	return fill_stats(skb, m);
}

/* 256 peers and 64 filters at most. */
#define REPLY_SIZE (256 * 160 + 64 * 64 + 2048)

static int fill(struct sk_buff *skb, struct kc_net *kn)
{
	struct kc_mirror *m;
	int err;

	m = rcu_dereference_protected(kn->mirror.active,
				      lockdep_is_held(&kn->mirror.mutex));
	if (nla_put_u8(skb, KCLUSTER_A_MIRROR_ON, !!m))
		return -EMSGSIZE;
	if (!m)
		return 0;
	mutex_lock(&m->lock);
	err = fill_mirror(skb, m);
	mutex_unlock(&m->lock);
	return err;
}

int kcluster_nl_mirror_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct sk_buff *reply;
	int err = -EMSGSIZE;
	void *hdr;

	reply = genlmsg_new(REPLY_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&kn->mirror.mutex);
	hdr = genlmsg_put_reply(reply, info, &kcluster_nl_family, 0,
				KCLUSTER_CMD_MIRROR_GET);
	if (hdr)
		err = fill(reply, kn);
	mutex_unlock(&kn->mirror.mutex);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

/* The mirror of a request that makes no sense without; mutex held. */
static struct kc_mirror *get_active(struct kc_net *kn,
				    const struct genl_info *info)
{
	struct kc_mirror *m;

	m = rcu_dereference_protected(kn->mirror.active,
				      lockdep_is_held(&kn->mirror.mutex));
	if (!m)
		kc_refuse(info->extack, NULL, -ENOENT,
			  "nothing is mirrored here: switch the mirror on first");
	return m;
}

int kcluster_nl_mirror_resync_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[KCLUSTER_A_MIRROR_NAME];
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_mirror *m;
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;
	mutex_lock(&kn->mirror.mutex);
	m = get_active(kn, info);
	if (!m)
		err = -ENOENT;
	else if (!kc_mirror_resync(m, attr ? nla_data(attr) : NULL))
		err = kc_refuse(info->extack, attr, -ENOENT,
				"no peer named \"%s\"",
				(const char *)nla_data(attr));
	mutex_unlock(&kn->mirror.mutex);
	return err;
}

int kcluster_nl_mirror_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_mirror *m;
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;
	mutex_lock(&kn->mirror.mutex);
	m = get_active(kn, info);
	if (m)
		kc_mirror_flush(m);
	else
		err = -ENOENT;
	mutex_unlock(&kn->mirror.mutex);
	return err;
}
