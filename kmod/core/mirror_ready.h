/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is it too early to become master?
 *
 * A node that would depose a master first wants to know the connections that
 * this one knows. Which peer that is nobody tells, so all count that could have
 * something to tell. How long it waits for them at most is not decided here.
 */
#ifndef KC_CORE_MIRROR_READY_H
#define KC_CORE_MIRROR_READY_H

#include "types.h"

/* A peer that is there and says nothing for so long does not mirror, ns. */
#define KC_MIRROR_SILENCE 1000000000ULL

/**
 * struct kc_mirror_source - a peer that may have something to tell
 * @dead: it is out of reach
 * @complete: it told all that it had at one time, and all changes since
 * @missing: datagrams that it has sent and that did not arrive yet
 * @since: when it came within reach, or started anew, ns
 * @said_at: when it last said how far it is, ns, 0 if never
 */
struct kc_mirror_source {
	bool dead;
	bool complete;
	u32 missing;
	u64 since;
	u64 said_at;
};

bool kc_mirror_awaits(const struct kc_mirror_source *source, u64 now);

#endif
