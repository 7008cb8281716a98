/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long changes gather before they are sent.
 *
 * What costs is the datagram, hardly the record in it. While there is little to
 * tell, that is of no concern, and a change waits a millisecond, in which a flow
 * often changes once more. The more there is to tell the longer it waits, up to
 * four milliseconds, so that some go together; beyond 8 000 changes per second a
 * datagram is full before that.
 *
 * No clock is read here and no lock taken: one user at a time.
 */
#ifndef KC_CORE_MIRROR_PACE_H
#define KC_CORE_MIRROR_PACE_H

#include "types.h"

/* Changes gather so long, ns ... */
#define KC_PACE_MIN 1000000U
#define KC_PACE_MAX 4000000U
/* ... or until there are so many, which about fill a datagram. */
#define KC_PACE_ENOUGH 32

/**
 * struct kc_pace - how much there was to tell lately
 */
struct kc_pace {
	/** @since: the present count began, ns */
	u64 since;
	/** @count: changes since then */
	u32 count;
	/** @wait: what kc_pace_count() said last, ns */
	u32 wait;
};

void kc_pace_init(struct kc_pace *pace, u64 now);
u32 kc_pace_count(struct kc_pace *pace, u32 changes, u64 now);

#endif
