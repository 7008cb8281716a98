/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When a flow expires, roughly, in 16 bits: what its owner last told others.
 *
 * A unit is 8.192 s, so that no division is needed. The number wraps after six
 * days: it tells five and a half days ahead from half a day back, which takes
 * conntrack's five days. What lives longer is told again earlier than needed.
 *
 * Of a flow of which more changes without a word, the same 16 bits remember a
 * digest of all that.
 */
#ifndef KC_CORE_MIRROR_TICKS_H
#define KC_CORE_MIRROR_TICKS_H

#include "types.h"

#define KC_TICK_SHIFT 13	/* milliseconds of a unit */

u16 kc_tick_expiry(u64 now_ms, u32 left_ms);
u32 kc_tick_left(u16 told, u64 now_ms);
bool kc_tick_lags(u16 told, u64 now_ms, u32 left_ms);
u16 kc_tick_digest(u16 expiry, const u32 *words, unsigned int n);

#endif
