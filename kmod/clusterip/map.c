// SPDX-License-Identifier: GPL-2.0
/*
 * Which buckets there are, and which of them are ours.
 *
 * With static nodes, of which the operator says which ones this node is, each
 * of them is a bucket. Of what peers divide nothing is ours in the beginning.
 */
#include <linux/slab.h>

#include "clusterip.h"

/**
 * kc_cip_map_make() - a map as it was asked for
 * @spec: what was asked for, checked
 *
 * Return: the map, for kfree(), or NULL
 */
struct kc_cip_split *kc_cip_map_make(const struct kc_cip_spec *spec)
{
	struct kc_cip_split *map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	unsigned int i;

	BUILD_BUG_ON((int)KCLUSTER_CLUSTERIP_HASH_SOURCE_IP !=
		     (int)KC_CIP_SOURCE_IP);
	BUILD_BUG_ON((int)KCLUSTER_CLUSTERIP_HASH_LEGACY_SOURCE_IP !=
		     (int)KC_CIP_LEGACY_SOURCE_IP);
	BUILD_BUG_ON((int)KCLUSTER_CLUSTERIP_HASH_LEGACY_SOURCE_IP_PORT_DEST_PORT !=
		     (int)KC_CIP_LEGACY_SOURCE_IP_PORT_DEST_PORT);

	if (!map)
		return NULL;
	map->hash = spec->hash;
	map->ports = kc_cip_ports(spec->hash);
	map->buckets = spec->nodes;
	map->seed = spec->seed;
	kc_cip_mix_make(&map->mix, map->hash, map->seed);
	if (spec->peers)
		return map;
	map->until = KC_CIP_FOR_GOOD;
	for (i = 0; i < KC_CIP_BITS_LEN; i++)
		map->mine[i] = (spec->local[i] | spec->add[i]) &
			       ~spec->remove[i];
	for (i = 0; i < map->buckets; i++)
		map->ours[i] = kc_cip_bit(map->mine, i);
	return map;
}

/**
 * kc_cip_map_shares() - how many buckets are ours, now?
 * @map: the map
 *
 * Return: the number
 */
unsigned int kc_cip_map_shares(const struct kc_cip_split *map)
{
	unsigned int i, n = 0;

	for (i = 0; i < map->buckets; i++)
		n += kc_cip_is_mine(map, i);
	return n;
}
