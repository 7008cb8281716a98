// SPDX-License-Identifier: GPL-2.0
/*
 * Cluster IPs that follow another one: on the other side of the same nodes, as
 * the gateway of those who answer its clients. They have no nodes, hash or seed
 * of their own; who follows whom never changes.
 */
#include "../extack.h"
#include "../net.h"
#include "clusterip.h"
#include "share.h"

/* The next one behind @after, or the first one if that is NULL. */
static struct kc_cip *next_follower(const struct kc_cip *cip,
				    struct kc_cip *after)
{
	struct list_head *objects = &cip->kn->cip.objects;

	lockdep_assert_held(&cip->kn->cip.mutex);
	after = list_prepare_entry(after, objects, list);
	list_for_each_entry_continue(after, objects, list)
		if (after->leader == cip)
			return after;
	return NULL;
}

static int check_hash(const char *leader, u8 hash, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	if (kc_cip_two_sided(hash))
		return 0;
	return kc_refuse(extack, attr, -EINVAL,
			 "cluster IP \"%s\" goes by the port of the service, which answers may not tell: to be followed its hash has to be source-ip or source-ip-port",
			 leader);
}

/**
 * kc_cip_follow_check() - may what is asked for follow another one?
 * @kn: the namespace, mutex of its cluster IPs held
 * @spec: what is asked for, which names it; gets @spec->leader
 * @extack: why not
 *
 * Return: 0 or a negative errno, explained
 */
int kc_cip_follow_check(struct kc_net *kn, struct kc_cip_spec *spec,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = spec->attrs[KCLUSTER_A_CLUSTERIP_FOLLOW];
	struct kc_cip *leader = kc_cip_find(kn, spec->follow);

	if (!leader)
		return kc_refuse(extack, attr, -ENOENT,
				 "no cluster IP named \"%s\": what is followed has to be there first",
				 spec->follow);
	if (leader->leader)
		return kc_refuse(extack, attr, -EINVAL,
				 "cluster IP \"%s\" follows \"%s\" itself: follow that one",
				 leader->name, leader->leader->name);
	spec->leader = leader;
	spec->hash = kc_cip_map(leader)->hash;
	return check_hash(leader->name, spec->hash, attr, extack);
}

/**
 * kc_cip_follow_check_map() - can those who follow go by another map?
 * @cip: whom they follow, mutex held
 * @spec: what the map shall be
 * @extack: why not
 *
 * Return: 0 or a negative errno, explained
 */
int kc_cip_follow_check_map(const struct kc_cip *cip,
			    const struct kc_cip_spec *spec,
			    struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = spec->attrs[KCLUSTER_A_CLUSTERIP_HASH];
	struct kc_cip *follower = next_follower(cip, NULL);

	if (follower && !kc_cip_two_sided(spec->hash))
		return kc_refuse(extack, attr, -EINVAL,
				 "cluster IP \"%s\" follows it, and answers may not tell the port of the service: give hash source-ip or source-ip-port",
				 follower->name);
	for (; follower; follower = next_follower(cip, follower))
		if (kc_cip_legacy(spec->hash) &&
		    kc_cip_has_ipv6(&follower->items))
			return kc_refuse(extack, attr, -EAFNOSUPPORT,
					 "the legacy hashes are for IPv4 only, and cluster IP \"%s\", which follows it, has an IPv6 address",
					 follower->name);
	return 0;
}

/**
 * kc_cip_follow_check_del() - is there nobody who follows?
 * @cip: whom, mutex held
 * @extack: who does
 *
 * Return: 0 or a negative errno, explained
 */
int kc_cip_follow_check_del(const struct kc_cip *cip,
			    struct netlink_ext_ack *extack)
{
	const struct kc_cip *follower = next_follower(cip, NULL);

	if (!follower)
		return 0;
	return kc_refuse(extack, NULL, -EBUSY,
			 "cluster IP \"%s\" follows \"%s\": delete that one first",
			 follower->name, cip->name);
}

/**
 * kc_cip_follow_map() - let those who follow go by the new map, too
 * @cip: whom they follow, mutex held
 * @map: its map; the one before is looked at for a grace period
 */
void kc_cip_follow_map(struct kc_cip *cip, struct kc_cip_split *map)
{
	struct kc_cip *follower = NULL;

	while ((follower = next_follower(cip, follower)))
		rcu_assign_pointer(follower->map, map);
}

/**
 * kc_cip_follow_usable() - can packets come, and their answers, too?
 * @cip: the cluster IP, which follows nobody, mutex held
 * @mac: set to that of its device if they can
 *
 * A node without the other side is of no use to clients.
 *
 * Context: process; takes RTNL
 */
bool kc_cip_follow_usable(const struct kc_cip *cip, u8 *mac)
{
	bool usable = kc_cip_device_usable(cip, mac);
	struct kc_cip *follower = NULL;
	u8 other[KC_MAC_LEN];

	while (usable && (follower = next_follower(cip, follower)))
		usable = kc_cip_device_usable(follower, other);
	return usable;
}

/**
 * kc_cip_follow_describe() - why is a node of no use to clients?
 * @cip: the cluster IP, mutex held
 * @reason: one clause, empty if it is
 * @size: of @reason
 *
 * Context: process
 */
void kc_cip_follow_describe(const struct kc_cip *cip, char *reason,
			    size_t size)
{
	char why[KC_CIP_REASON_MAX / 2];
	struct kc_cip *follower = NULL;

	*reason = 0;
	while ((follower = next_follower(cip, follower))) {
		kc_cip_device_describe(follower, why, sizeof(why));
		if (*why) {
			snprintf(reason, size, "cluster IP %s follows it: %s",
				 follower->name, why);
			return;
		}
	}
}
