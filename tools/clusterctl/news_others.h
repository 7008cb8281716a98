/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the monitor tells of besides virtual routers; its script is not told of it.
 */
#ifndef NEWS_OTHERS_H
#define NEWS_OTHERS_H

#include <linux/netlink.h>
#include <stdint.h>

#include "told.h"

struct state;

/**
 * struct others - What was told last.
 * @values: Of tracked values.
 * @peers: Of peers.
 * @clusterips: Of cluster IPs.
 */
struct others {
	struct told_list values;
	struct told_list peers;
	struct told_list clusterips;
};

/**
 * typedef take_number_fn - Takes notice of the number of an event.
 * @arg: What was passed along.
 * @sequence: The number.
 *
 * Return: How far it is ahead: 1 for the next one, more if some are missing, 0 or
 * less for what was told already.
 */
typedef int32_t (*take_number_fn)(void *arg, uint32_t sequence);

void others_take(struct others *others, const struct nlmsghdr *message, uint8_t command,
		 take_number_fn take_number, void *arg);
void others_replay(struct others *others, const struct state *state);
void others_free(struct others *others);

#endif
