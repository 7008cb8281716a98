// SPDX-License-Identifier: GPL-2.0
/*
 * What can be wrong with what peers are to divide, and what is said of those who
 * divide it otherwise.
 */
#include <linux/netdevice.h>

#include "../extack.h"
#include "../net.h"
#include "../vrrp/router.h"
#include "share.h"

#define LEASE_MIN_USER 1000U	/* ms: it is kept by messages in softirq */

struct alien {
	u16 type;
	/** @fixed: it cannot be set, so no such request has room for it */
	bool fixed;
	const char *what;
};

/* What only one kind of nodes has. */
static const struct alien of_static[] = {
	{ KCLUSTER_A_CLUSTERIP_NODES, false, "number of nodes" },
	{ KCLUSTER_A_CLUSTERIP_LOCAL, false, "share that is said" },
	{ KCLUSTER_A_CLUSTERIP_LOCAL_ADD, false, "share that is said" },
	{ KCLUSTER_A_CLUSTERIP_LOCAL_REMOVE, false, "share that is said" },
};

static const struct alien of_peers[] = {
	{ KCLUSTER_A_CLUSTERIP_ROUTER, true, "virtual router" },
	{ KCLUSTER_A_CLUSTERIP_WEIGHT, false, "weights" },
	{ KCLUSTER_A_CLUSTERIP_ON_PARTITION, false, "partitions" },
	{ KCLUSTER_A_CLUSTERIP_SUCCESSORS, false, "successors" },
	{ KCLUSTER_A_CLUSTERIP_LEASE, true, "leases" },
	{ KCLUSTER_A_CLUSTERIP_BUCKETS, true, "buckets" },
	{ KCLUSTER_A_CLUSTERIP_VMAC, true, "MAC of a virtual router" },
};

/* What follows another one has none of these either. */
static const struct alien of_both[] = {
	{ KCLUSTER_A_CLUSTERIP_MODE, true, "nodes of its own" },
	{ KCLUSTER_A_CLUSTERIP_HASH, false, "hash of its own" },
	{ KCLUSTER_A_CLUSTERIP_SEED, false, "seed of its own" },
};

static int refuse_aliens(const struct kc_cip_spec *spec, bool adding,
			 const struct alien *aliens, size_t n, const char *who,
			 struct netlink_ext_ack *extack)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (aliens[i].fixed && !adding)
			continue;
		if (spec->attrs[aliens[i].type])
			return kc_refuse(extack, spec->attrs[aliens[i].type],
					 -EINVAL, "%s no %s: leave it out", who,
					 aliens[i].what);
	}
	return 0;
}

static int check_aliens(const struct kc_cip_spec *spec, bool peers, bool adding,
			struct netlink_ext_ack *extack)
{
	if (peers)
		return refuse_aliens(spec, adding, of_static,
				     ARRAY_SIZE(of_static),
				     "what peers divide has", extack);
	return refuse_aliens(spec, adding, of_peers, ARRAY_SIZE(of_peers),
			     "static nodes have", extack);
}

/* It is what it is by the one that it follows. */
static int check_follower(const struct kc_cip_spec *spec, bool adding,
			  struct netlink_ext_ack *extack)
{
	static const char who[] = "what follows another cluster IP has";
	const struct nlattr *gateway =
		spec->attrs[KCLUSTER_A_CLUSTERIP_GATEWAY];
	int err;

	err = refuse_aliens(spec, adding, of_both, ARRAY_SIZE(of_both), who,
			    extack);
	if (!err)
		err = refuse_aliens(spec, adding, of_static,
				    ARRAY_SIZE(of_static), who, extack);
	if (!err)
		err = refuse_aliens(spec, adding, of_peers,
				    ARRAY_SIZE(of_peers), who, extack);
	if (!err && gateway && !spec->gateway)
		err = kc_refuse(extack, gateway, -EINVAL,
				"what follows another cluster IP is a gateway: leave it out");
	return err;
}

/* It may appear later; then it is a matter of its FDB. */
static int check_bridge(struct kc_net *kn, const struct kc_cip_spec *spec,
			struct netlink_ext_ack *extack)
{
	const struct net_device *dev;
	bool bridge;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(kn->net, spec->ifname);
	bridge = dev && netif_is_bridge_master(dev);
	rcu_read_unlock();
	if (!bridge)
		return 0;
	return kc_refuse(extack, spec->attrs[KCLUSTER_A_CLUSTERIP_VMAC],
			 -EOPNOTSUPP,
			 "%s is a bridge, which takes unicast for itself only to MACs it knows: give a multicast one",
			 spec->ifname);
}

static int check_router(struct kc_net *kn, struct kc_cip_spec *spec,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = spec->attrs[KCLUSTER_A_CLUSTERIP_ROUTER];
	const struct kc_vrrp *r;
	int err = 0;

	mutex_lock(&kn->vrrp.mutex);
	r = kc_vrrp_find(kn, spec->router);
	if (!r)
		err = kc_refuse(extack, attr, -ENOENT,
				"no virtual router named \"%s\": its master decides who answers whom, so it has to be there first",
				spec->router);
	else if (spec->vmac && r->settings.vmac)
		err = kc_refuse(extack,
				spec->attrs[KCLUSTER_A_CLUSTERIP_VMAC], -EBUSY,
				"virtual router %s sends from its virtual MAC, and switches would learn where it is: give another MAC",
				spec->router);
	else if (spec->vmac)
		memcpy(spec->mac, r->mac, sizeof(spec->mac));
	mutex_unlock(&kn->vrrp.mutex);
	return err;
}

/**
 * kc_cip_share_check() - may peers divide this, or is it for static nodes, or
 * does it follow another one?
 * @kn: the namespace, mutex of its cluster IPs held
 * @spec: what is asked for; a virtual MAC is filled in
 * @extack: why not
 *
 * Context: process
 * Return: 0 or a negative errno, explained
 */
int kc_cip_share_check(struct kc_net *kn, struct kc_cip_spec *spec,
		       struct netlink_ext_ack *extack)
{
	struct nlattr **attrs = spec->attrs;
	int err;

	if (spec->follow[0])
		return check_follower(spec, true, extack) ?:
		       kc_cip_follow_check(kn, spec, extack);
	err = check_aliens(spec, spec->peers, true, extack);
	if (err || !spec->peers)
		return err;
	if (strlen(spec->name) > KCLUSTER_CLUSTERIP_SHARED_NAME_MAX)
		return kc_refuse(extack, attrs[KCLUSTER_A_CLUSTERIP_NAME],
				 -ENAMETOOLONG,
				 "the name of what peers divide is in every message to them: it has %d characters at most",
				 KCLUSTER_CLUSTERIP_SHARED_NAME_MAX);
	if (kc_cip_legacy(spec->hash))
		return kc_refuse(extack, attrs[KCLUSTER_A_CLUSTERIP_HASH],
				 -EINVAL,
				 "the legacy hashes are for static nodes only");
	if (!kc_net_privileged(kn) && spec->lease_ms < LEASE_MIN_USER)
		return kc_refuse(extack, attrs[KCLUSTER_A_CLUSTERIP_LEASE],
				 -EPERM,
				 "a lease of %u ms is too short: in a user's own namespace it is %u ms or more",
				 spec->lease_ms, LEASE_MIN_USER);
	if (spec->vmac && attrs[KCLUSTER_A_CLUSTERIP_MAC])
		return kc_refuse(extack, attrs[KCLUSTER_A_CLUSTERIP_MAC],
				 -EINVAL,
				 "there is one MAC: this one, or that of the virtual router");
	err = spec->vmac ? check_bridge(kn, spec, extack) : 0;
	return err ?: check_router(kn, spec, extack);
}

/**
 * kc_cip_check_set() - can this be changed of a cluster IP?
 * @cip: the cluster IP, mutex held
 * @spec: what is asked for
 * @extack: why not
 *
 * Return: 0 or a negative errno, explained
 */
int kc_cip_check_set(const struct kc_cip *cip, const struct kc_cip_spec *spec,
		     struct netlink_ext_ack *extack)
{
	static const u16 fixed[] = {
		KCLUSTER_A_CLUSTERIP_HASH, KCLUSTER_A_CLUSTERIP_SEED,
	};
	const struct nlattr *gateway =
		spec->attrs[KCLUSTER_A_CLUSTERIP_GATEWAY];
	int err;
	size_t i;

	if (cip->leader)
		return check_follower(spec, false, extack);
	err = gateway && spec->gateway ?
	      kc_cip_check_gateway(cip->kn, cip, cip->ifname, cip->mac,
				   gateway, extack) : 0;
	if (err)
		return err;
	for (i = 0; cip->share && i < ARRAY_SIZE(fixed); i++)
		if (spec->attrs[fixed[i]])
			return kc_refuse(extack, spec->attrs[fixed[i]], -EBUSY,
					 "peers divide it by the same hash and seed: delete it on all nodes and add it anew");
	return check_aliens(spec, cip->share, false, extack);
}
