// SPDX-License-Identifier: GPL-2.0
/*
 * Whose endpoint is to be looked up again. Pure.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "resolve.h"

/* What had been sent to it when it was silent at the last run. */
static bool find_sent(const char *before, const char *key, uint64_t *sent)
{
	const char *line = before ? strstr(before, key) : NULL;
	char *end;

	if (!line || line[strlen(key)] != ' ')
		return false;
	*sent = strtoull(line + strlen(key) + 1, &end, 10);
	return *end == '\n';
}

/**
 * resolve_is_due() - Is the name of a peer to be looked up again?
 * @peer: The peer, as it is.
 * @before: What the last run has written, NULL for nothing.
 * @after: Written to for the next run.
 * @now: Seconds since 1970.
 */
bool resolve_is_due(const struct wg_peer *peer, const char *before, FILE *after, int64_t now)
{
	char key[KEY_TEXT_MAX];
	uint64_t sent;

	/* That which has never been heard has not moved either. */
	if (!peer->endpoint.family || !peer->handshake)
		return true;
	if (now - peer->handshake < SESSION_SECONDS)
		return false;
	key_text(peer->key, key);
	fprintf(after, "%s %" PRIu64 "\n", key, peer->sent);
	return find_sent(before, key, &sent) && sent != peer->sent;
}
