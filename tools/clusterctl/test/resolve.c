// SPDX-License-Identifier: GPL-2.0
/*
 * Whose endpoint is looked up again by its name: run after run, as time passes.
 */
#include <stdlib.h>
#include <string.h>

#include "../resolve.h"
#include "check.h"
#include "edit.h"

static char *state;

/* A run: whether the peer is due; what it writes is what the next one reads. */
static bool run(const struct wg_peer *peer, int64_t now)
{
	char *after = NULL;
	size_t size;
	FILE *out = open_memstream(&after, &size);
	bool due = resolve_is_due(peer, state, out, now);

	fclose(out);
	free(state);
	state = after;
	return due;
}

/**
 * check_resolve() - Check whose endpoint is looked up again.
 */
void check_resolve(void)
{
	struct wg_peer peer = { .key = { 7 } };

	check(run(&peer, 1000), "a peer without an endpoint is looked up");
	peer.endpoint.family = AF_INET;
	check(run(&peer, 1000), "so is one that was never heard");
	check(!*state, "nothing is kept of these");
	peer.handshake = 1000;
	peer.sent = 500;
	check(!run(&peer, 1179), "one that was heard is not");
	check(!run(&peer, 1180), "nor one that has just become silent");
	check(*state, "which is kept");
	check(!run(&peer, 1300), "nor one to which nothing is sent");
	check(!run(&peer, 1420), "for as long as it likes");
	peer.sent += 148;
	check(run(&peer, 1540), "one to which something was sent in vain is");
	check(!run(&peer, 1660), "once, unless there is more");
	peer.sent += 148;
	check(run(&peer, 1780), "as there is");
	peer.handshake = 1785;
	check(!run(&peer, 1900), "who is heard again is left alone");
	check(!*state, "and forgotten");
	peer.sent += 148;
	check(!run(&peer, 2020), "so that it starts anew");
	free(state);
	state = strdup("nonsense\n");
	check(!run(&peer, 2140), "a file that is none says nothing");
	free(state);
	state = NULL;
}
