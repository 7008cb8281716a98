// SPDX-License-Identifier: GPL-2.0
/*
 * All that is there, and which events it has in it.
 */
#include "info.h"
#include "peer.h"
#include "router.h"
#include "state.h"
#include "value.h"

/**
 * state_read() - Read the present state.
 * @routers: Filled in.
 * @values: Filled in.
 * @peers: Filled in.
 * @sequence: Number of an event that is not newer than the state; with luck no event
 *	came in between and it is exact.
 *
 * Return: 0 or a negative errno.
 */
int state_read(struct routers *routers, struct values *values, struct peers *peers,
	       uint32_t *sequence)
{
	struct info before, after;
	int result, tries;

	for (tries = 0; tries < 5; tries++) {
		result = info_try_get(&before);
		if (!result)
			result = routers_try_get(routers);
		if (!result)
			result = values_try_get(values);
		if (!result)
			result = peers_try_get(peers);
		if (!result)
			result = info_try_get(&after);
		if (result)
			return result;
		*sequence = before.sequence;
		if (before.sequence == after.sequence)
			break;
	}
	return 0;
}
