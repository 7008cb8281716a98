/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Octets written and read one after the other, never beyond the end: whoever
 * does looks once, when he is through, whether there was room for all of it.
 * Numbers are big-endian; nothing needs to be aligned.
 */
#ifndef KC_CORE_OCTETS_H
#define KC_CORE_OCTETS_H

#include "types.h"

/**
 * struct kc_writer - where octets go
 * @at: the next one
 * @end: behind the last one
 * @cut: there was no room for something
 */
struct kc_writer {
	u8 *at;
	u8 *end;
	bool cut;
};

/**
 * struct kc_reader - where octets come from
 * @at: the next one
 * @end: behind the last one
 * @cut: there was less than was asked for; that was read as zeros
 */
struct kc_reader {
	const u8 *at;
	const u8 *end;
	bool cut;
};

static inline void kc_write(struct kc_writer *w, const void *data, size_t len)
{
	if (w->cut || (size_t)(w->end - w->at) < len) {
		w->cut = true;
		return;
	}
	memcpy(w->at, data, len);
	w->at += len;
}

static inline void kc_write_number(struct kc_writer *w, u64 value,
				   unsigned int octets)
{
	u8 buf[8];
	unsigned int i;

	for (i = octets; i--; value >>= 8)
		buf[i] = value & 0xff;
	kc_write(w, buf, octets);
}

static inline void kc_read(struct kc_reader *r, void *data, size_t len)
{
	if (r->cut || (size_t)(r->end - r->at) < len) {
		r->cut = true;
		memset(data, 0, len);
		return;
	}
	memcpy(data, r->at, len);
	r->at += len;
}

static inline u64 kc_read_number(struct kc_reader *r, unsigned int octets)
{
	u8 buf[8];
	u64 value = 0;
	unsigned int i;

	kc_read(r, buf, octets);
	for (i = 0; i < octets; i++)
		value = value << 8 | buf[i];
	return value;
}

#endif
