// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of messages about buckets: any octets as each of them. What is taken is
 * sound, and is read again as it was when it is written.
 */
#include <stdint.h>
#include <stdlib.h>

#include "clusterip_msg.h"

static struct kc_cip_map map, map_back;
static struct kc_cip_status status, status_back;

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void sound_map(void)
{
	unsigned int i;

	must(map.n && map.n <= KC_CIP_NODES_MAX);
	must(map.buckets >= KC_CIP_BUCKETS_MIN &&
	     map.buckets <= KC_CIP_BUCKETS_MAX);
	must(map.mode < KC_CIP_MODES);
	must(map.lease.head.epoch && map.lease.head.seq);
	must(map.lease.head.epoch <= KC_CIP_EPOCH_MAX);
	for (i = 0; i < map.buckets; i++)
		must(map.owners[i] < map.n || map.owners[i] == KC_CIP_NOBODY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kc_cip_lease lease, lease_back;
	u8 buf[KC_CIP_MAP_MAX];
	size_t len;

	if (kc_cip_lease_parse(data, size, &lease)) {
		len = kc_cip_lease_build(buf, &lease);
		must(len <= size);
		must(kc_cip_lease_parse(buf, len, &lease_back));
		must(!memcmp(&lease.head, &lease_back.head,
			     sizeof(lease.head)));
		must(lease.length_us == lease_back.length_us);
	}
	if (kc_cip_map_parse(data, size, &map)) {
		sound_map();
		len = kc_cip_map_build(buf, sizeof(buf), &map);
		must(len && len <= size);
		must(kc_cip_map_parse(buf, len, &map_back));
		must(!memcmp(&map, &map_back, sizeof(map)));
	}
	if (kc_cip_status_parse(data, size, &status)) {
		must(status.buckets <= KC_CIP_BUCKETS_MAX && status.votes);
		len = kc_cip_status_build(buf, sizeof(buf), &status);
		must(len && len <= size);
		must(kc_cip_status_parse(buf, len, &status_back));
		must(!memcmp(&status, &status_back, sizeof(status)));
	}
	return 0;
}
