// SPDX-License-Identifier: GPL-2.0
/*
 * Is it too early to become master? See mirror_ready.h.
 */
#include "mirror_ready.h"

/**
 * kc_mirror_awaits() - would we know more if we waited for this peer?
 * @source: the peer
 * @now: present time, ns
 *
 * One that is out of reach may be the very master that would be deposed, heard
 * again before the channel to it is up again.
 */
bool kc_mirror_awaits(const struct kc_mirror_source *source, u64 now)
{
	u64 last = source->since;

	if (source->dead)
		return true;
	/* What it said before it went out of reach says nothing of today. */
	if (source->said_at > last)
		last = source->said_at;
	if (now > last && now - last >= KC_MIRROR_SILENCE)
		return false;
	return source->said_at < source->since || !source->complete ||
	       source->missing;
}
