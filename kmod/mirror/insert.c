// SPDX-License-Identifier: GPL-2.0
/*
 * What a peer says becomes so: a connection is created, brought up to date or
 * deleted.
 *
 * A connection that came from a peer is marked as such before anybody can find
 * it, and stays so until this node becomes its owner. Its end is nobody else's
 * business: while the mark is there nothing of it is told (capture.c). So a
 * copy that expires can not take the original with it.
 */
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_timestamp.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>

#include "../core/ports.h"
#include "mirror.h"

/* What we found in the way was removed: so often is tried again. */
#define TRIES 4
/* No helper nests deeper, and ends are as deep on the stack. */
#define MASTERS_MAX 4

static void zone_of(const struct kc_flow_key *key,
		    struct nf_conntrack_zone *zone)
{
	nf_ct_zone_init(zone, key->zone, key->zone_dir, 0);
}

/* What replies look like. */
static void reply_of(const struct kc_flow *flow,
		     const struct nf_conntrack_tuple *orig,
		     struct nf_conntrack_tuple *reply)
{
	size_t len = kc_addr_len(flow->key.family);

	nf_ct_invert_tuple(reply, orig);
	if (!(flow->has & KC_FLOW_NAT))
		return;
	memcpy(&reply->src.u3, flow->reply_src, len);
	memcpy(&reply->dst.u3, flow->reply_dst, len);
	reply->src.u.all = htons(flow->reply_sport);
	reply->dst.u.all = htons(flow->reply_dport);
}

/* One address, and one port where there are any: nothing is left to choose. */
static int manipulate(struct nf_conn *ct, const union nf_inet_addr *addr,
		      __be16 port, bool has_port, enum nf_nat_manip_type what)
{
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS,
		.min_addr = *addr,
		.max_addr = *addr,
	};

	if (has_port) {
		range.flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
		range.min_proto.all = port;
		range.max_proto.all = port;
	}
	return nf_nat_setup_info(ct, &range, what) == NF_ACCEPT ? 0 : -EBUSY;
}

/*
 * Before any other state is set, and destination first, as packets do it. The
 * owner may have chosen what is taken here.
 */
static int restore_nat(struct nf_conn *ct, const struct kc_flow *flow,
		       const struct nf_conntrack_tuple *reply)
{
	bool ports = kc_has_ports(flow->key.protocol);
	bool icmp = flow->key.protocol == IPPROTO_ICMP ||
		    flow->key.protocol == IPPROTO_ICMPV6;
	int err = 0;

	if (!(flow->has & KC_FLOW_NAT))
		return 0;
	if (flow->status & KC_FLOW_DST_NAT)
		err = manipulate(ct, &reply->src.u3, reply->src.u.all, ports,
				 NF_NAT_MANIP_DST);
	if (!err && (flow->status & KC_FLOW_SRC_NAT))
		err = manipulate(ct, &reply->dst.u3,
				 icmp ? reply->src.u.all : reply->dst.u.all,
				 ports || icmp, NF_NAT_MANIP_SRC);
	if (!err && !nf_ct_tuple_equal(reply,
				       nf_ct_tuple(ct, IP_CT_DIR_REPLY)))
		err = -EBUSY;
	return err;
}

static struct nf_conn *find(struct kc_mirror *m, const struct kc_flow_key *key,
			    const struct nf_conntrack_tuple *tuple)
{
	struct nf_conntrack_tuple_hash *hash;
	struct nf_conntrack_zone zone;

	zone_of(key, &zone);
	hash = nf_conntrack_find_get(m->net, &zone, tuple);
	return hash ? nf_ct_tuplehash_to_ctrack(hash) : NULL;
}

/* Each holds the next one, so that the end of this may be the end of all. */
static bool is_deep(const struct nf_conn *master)
{
	unsigned int depth = 0;

	for (; master; master = master->master)
		if (++depth > MASTERS_MAX)
			return true;
	return false;
}

/* The flow that was expected needs to know because of which. */
static void restore_master(struct kc_mirror *m, struct nf_conn *ct,
			   const struct kc_flow *flow)
{
	struct nf_conntrack_tuple tuple;
	struct nf_conn *master;

	if (!(flow->has & KC_FLOW_MASTER) ||
	    !kc_flow_key_to_tuple(&flow->master, &tuple))
		return;
	master = find(m, &flow->master, &tuple);
	if (!master)
		return;
	if (is_deep(master)) {
		nf_ct_put(master);
		return;
	}
	ct->master = master;
	ct->status |= IPS_EXPECTED;
}

static unsigned long imported(u16 stamp)
{
	return KC_CT(IMPORTED) | (unsigned long)stamp << KC_CT_STAMP_SHIFT;
}

static int fill(struct kc_mirror *m, struct nf_conn *ct,
		const struct kc_flow *flow,
		const struct nf_conntrack_tuple *reply, u16 stamp)
{
	struct nf_conn_tstamp *tstamp;
	int err;

	kc_flow_add_extensions(m, ct, flow);
	err = restore_nat(ct, flow, reply);
	if (err)
		return err;
	/* From here on it is one, and no extension can be added. */
	ct->status |= IPS_CONFIRMED | kc_flow_restore_status(flow) |
		      imported(stamp);
	kc_flow_restore_timeout(ct, flow);
	kc_flow_restore_proto(ct, flow);
	kc_flow_restore_parts(m, ct, flow);
	restore_master(m, ct, flow);
	tstamp = nf_conn_tstamp_find(ct);
	if (tstamp)
		tstamp->start = ktime_get_real_ns();

	err = nf_conntrack_hash_check_insert(ct);
	if (err && ct->master)
		nf_ct_put(ct->master);
	return err;
}

static int create(struct kc_mirror *m, const struct kc_flow *flow,
		  const struct nf_conntrack_tuple *orig,
		  const struct nf_conntrack_tuple *reply, u16 stamp)
{
	struct nf_conntrack_tuple inverse;
	struct nf_conntrack_zone zone;
	struct nf_conn *ct;
	int err;

	/* To allocate one more could throw out one of our own. */
	if (nf_conntrack_max && nf_conntrack_count(m->net) >= nf_conntrack_max)
		return -ENFILE;
	zone_of(&flow->key, &zone);
	nf_ct_invert_tuple(&inverse, orig);
	ct = nf_conntrack_alloc(m->net, &zone, orig, &inverse, GFP_KERNEL);
	if (IS_ERR(ct))
		return PTR_ERR(ct);
	rcu_read_lock();
	err = fill(m, ct, flow, reply, stamp);
	rcu_read_unlock();
	if (err)
		nf_conntrack_free(ct);
	else
		nf_ct_put(ct);
	return err;
}

/* Whose is it now? A peer says that it is its. */
static bool is_own(struct kc_mirror *m, const struct nf_conn *ct)
{
	bool own;

	if (READ_ONCE(ct->status) & (KC_CT(IMPORTED) | KC_CT(DISOWNED)))
		return false;
	rcu_read_lock();
	own = kc_mirror_owns(m, ct);
	rcu_read_unlock();
	return own;
}

static void mark_imported(struct kc_mirror *m, struct nf_conn *ct, u16 stamp)
{
	m->imported += !(READ_ONCE(ct->status) & KC_CT(IMPORTED));
	set_mask_bits(&ct->status,
		      KC_CT_STAMP_MASK | KC_CT(SENT) | KC_CT(DISOWNED) |
		      KC_CT(STALE), imported(stamp));
}

static void kill(struct kc_mirror *m, struct nf_conn *ct)
{
	/* So that its end is not told. */
	if (test_and_set_bit(KC_CT_IMPORTED_BIT, &ct->status))
		kc_mirror_one_less(&m->imported);
	nf_ct_delete(ct, 0, 0);
}

/*
 * What lies in the way of a peer's flow must go if it is only a copy, or came
 * to nothing so far; the owner knows better.
 */
static int make_way(struct kc_mirror *m, struct nf_conn *ct)
{
	unsigned long status = READ_ONCE(ct->status);

	if (!(status & (KC_CT(IMPORTED) | KC_CT(DISOWNED)))) {
		if (status & IPS_ASSURED)
			return is_own(m, ct) ? -EPERM : -EBUSY;
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_REPLACED);
	}
	kill(m, ct);
	return -EAGAIN;
}

/*
 * Two nodes were master, and both saw packets of it. What we know of its windows
 * may be from before.
 */
static void be_liberal(struct nf_conn *ct)
{
	unsigned int dir;

	if (nf_ct_protonum(ct) != IPPROTO_TCP)
		return;
	spin_lock_bh(&ct->lock);
	for (dir = 0; dir < 2; dir++)
		ct->proto.tcp.seen[dir].flags |= IP_CT_TCP_FLAG_BE_LIBERAL;
	spin_unlock_bh(&ct->lock);
}

static int update(struct kc_mirror *m, struct nf_conn *ct,
		  const struct kc_flow *flow,
		  const struct nf_conntrack_tuple *orig,
		  const struct nf_conntrack_tuple *reply, u16 stamp)
{
	unsigned long status = kc_flow_restore_status(flow);

	if (!nf_ct_tuple_equal(orig, nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL)) ||
	    !nf_ct_tuple_equal(reply, nf_ct_tuple(ct, IP_CT_DIR_REPLY)))
		return make_way(m, ct);
	if (is_own(m, ct)) {
		be_liberal(ct);
		return -EPERM;
	}
	mark_imported(m, ct, stamp);
	set_mask_bits(&ct->status, 0, status);
	spin_lock_bh(&ct->lock);
	kc_flow_restore_proto(ct, flow);
	spin_unlock_bh(&ct->lock);
	kc_flow_restore_timeout(ct, flow);
	rcu_read_lock();
	kc_flow_restore_parts(m, ct, flow);
	rcu_read_unlock();
	return 0;
}

/* Returns -EAGAIN if what was there is no more. */
static int try_once(struct kc_mirror *m, const struct kc_flow *flow,
		    const struct nf_conntrack_tuple *orig,
		    const struct nf_conntrack_tuple *reply, u16 stamp)
{
	struct nf_conn *ct = find(m, &flow->key, orig);
	int err;

	if (ct) {
		err = update(m, ct, flow, orig, reply, stamp);
		nf_ct_put(ct);
		if (!err)
			kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_UPDATED);
		return err;
	}
	err = create(m, flow, orig, reply, stamp);
	if (!err) {
		m->imported++;
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_CREATED);
	}
	if (err != -EEXIST && err != -EBUSY)
		return err;
	/* Does another flow have these replies? */
	ct = find(m, &flow->key, reply);
	if (!ct)
		return err == -EEXIST ? -EAGAIN : err;
	err = make_way(m, ct);
	nf_ct_put(ct);
	return err;
}

/**
 * kc_mirror_insert() - a peer owns this flow
 * @m: the mirror, locked
 * @flow: what it says of it
 * @stamp: who says it, and in which sweep
 * @full: set if there was no room in the table
 *
 * Context: the worker
 */
void kc_mirror_insert(struct kc_mirror *m, const struct kc_flow *flow,
		      u16 stamp, bool *full)
{
	struct nf_conntrack_tuple orig, reply;
	unsigned int tries;
	int err = -EINVAL;

	if (!kc_flow_key_to_tuple(&flow->key, &orig)) {
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_DISCARD_MALFORMED);
		return;
	}
	reply_of(flow, &orig, &reply);
	for (tries = 0; tries < TRIES; tries++) {
		err = try_once(m, flow, &orig, &reply, stamp);
		if (err != -EAGAIN)
			break;
	}
	switch (err) {
	case 0:
		break;
	case -ENFILE:
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_TABLE_FULL);
		*full = true;
		break;
	case -EPERM:
		m->contested = true;
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_CONTESTED);
		break;
	case -EAGAIN:
	case -EBUSY:
	case -EEXIST:
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_CLASHES);
		break;
	default:
		*full = true;
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_INSERT_ERRORS);
		break;
	}
}

/**
 * kc_mirror_remove() - a peer says that a flow is no more
 * @m: the mirror, locked
 * @key: by what it is known
 *
 * Context: the worker
 */
void kc_mirror_remove(struct kc_mirror *m, const struct kc_flow_key *key)
{
	struct nf_conntrack_tuple tuple;
	struct nf_conn *ct;

	if (!kc_flow_key_to_tuple(key, &tuple)) {
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_DISCARD_MALFORMED);
		return;
	}
	ct = find(m, key, &tuple);
	if (!ct)
		return;
	if (!nf_ct_tuple_equal(&tuple, nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL))) {
		/* Replies of another one look so. */
	} else if (is_own(m, ct)) {
		m->contested = true;
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_CONTESTED);
	} else {
		kill(m, ct);
		kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_DELETED);
	}
	nf_ct_put(ct);
}
