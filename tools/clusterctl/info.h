/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module tells about itself.
 */
#ifndef INFO_H
#define INFO_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/kcluster.h>

#include "clusterctl.h"

/**
 * struct info - The module, as seen from a network namespace.
 * @module_version: Its version.
 * @routers: Virtual routers there are.
 * @peers: Peers there are.
 * @clusterips: Cluster IPs there are.
 * @routers_max: How many there may be.
 * @interval_min: Shortest advertisement interval allowed, in milliseconds.
 * @sequence: Number of the last event.
 * @standby: Whether the node was told to stand by.
 * @standby_time: Milliseconds left of it, 0 for no end.
 * @file: Which cluster file peers are told of, 0 for none.
 * @file_known: Whether the module can tell them.
 * @stats: Counters by KCLUSTER_A_INFO_STATS_*.
 * @stats_given: Bit 1 << KCLUSTER_A_INFO_STATS_* for each counter that is set.
 */
struct info {
	char module_version[64];
	uint32_t routers;
	uint32_t peers;
	uint32_t clusterips;
	uint32_t routers_max;
	uint32_t interval_min;
	uint32_t sequence;
	bool standby;
	uint32_t standby_time;
	uint64_t file;
	bool file_known;
	uint64_t stats[KCLUSTER_A_INFO_STATS_MAX + 1];
	uint64_t stats_given;
};

int info_try_get(struct info *info);
enum status info_tell_file(uint64_t file);
const char *info_stats_name(unsigned int counter);

#endif
