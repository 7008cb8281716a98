// SPDX-License-Identifier: GPL-2.0
/*
 * All that is there, and which events it has in it.
 */
#include "info.h"
#include "state.h"

/**
 * state_read() - Read the present state.
 * @state: Filled in; starts out zeroed. To be freed with state_free().
 *
 * Return: 0 or a negative errno.
 */
int state_read(struct state *state)
{
	struct info before, after;
	int result, tries;

	for (tries = 0; tries < 5; tries++) {
		result = info_try_get(&before);
		if (!result)
			result = routers_try_get(&state->routers);
		if (!result)
			result = values_try_get(&state->values);
		if (!result)
			result = peers_try_get(&state->peers);
		if (!result)
			result = clusterips_try_get(&state->clusterips);
		if (!result)
			result = info_try_get(&after);
		if (result)
			return result;
		state->sequence = before.sequence;
		if (before.sequence == after.sequence)
			break;
	}
	return 0;
}

/**
 * state_free() - Give back what a state holds.
 * @state: The state; empty afterwards.
 */
void state_free(struct state *state)
{
	clusterips_free(&state->clusterips);
	peers_free(&state->peers);
	values_free(&state->values);
	routers_free(&state->routers);
}
