// SPDX-License-Identifier: GPL-2.0
/*
 * Records about expectations as octets, see mirror_record.h.
 *
 *	EXPECT	key of the tuple, key of the master, has (4), timeout (4),
 *		class (4), flags (1), direction (1), mask of the port (2),
 *		mask of the source (4 or 16), parts
 */
#include "mirror_parts.h"

/**
 * kc_record_put_expect() - write that an expectation exists
 * @buf: where to
 * @room: octets there
 * @expect: all about it; names are zero-terminated and not empty
 *
 * Return: octets written, 0 if there is no room
 */
size_t kc_record_put_expect(u8 *buf, size_t room,
			    const struct kc_flow_expect *expect)
{
	struct kc_writer w = kc_record_begin(buf, room, KC_RECORD_EXPECT);
	size_t addr = kc_addr_len(expect->tuple.family);

	kc_record_write_key(&w, &expect->tuple);
	kc_record_write_key(&w, &expect->master);
	kc_write_number(&w, expect->has & KC_EXPECT_PARTS, 4);
	kc_write_number(&w, expect->timeout_ms, 4);
	kc_write_number(&w, expect->class, 4);
	kc_write_number(&w, expect->flags, 1);
	kc_write_number(&w, expect->dir, 1);
	kc_write_number(&w, expect->mask_sport, 2);
	kc_write(&w, expect->mask_src, addr);
	if (expect->has & KC_EXPECT_NAT) {
		kc_write(&w, expect->saved_addr, addr);
		kc_write_number(&w, expect->saved_port, 2);
	}
	if (expect->has & KC_EXPECT_FUNCTION)
		kc_write(&w, expect->function, KC_FLOW_NAT_NAME_LEN);
	if (expect->has & KC_EXPECT_HELPER)
		kc_write(&w, expect->helper, KC_FLOW_HELPER_LEN);
	return kc_record_finish(buf, &w);
}

/**
 * kc_record_read_expect() - an expectation from octets
 * @r: where from
 * @expect: filled in
 *
 * Return: false if it is none
 */
bool kc_record_read_expect(struct kc_reader *r, struct kc_flow_expect *expect)
{
	size_t addr;
	u32 has;

	memset(expect, 0, sizeof(*expect));
	if (!kc_record_read_key(r, &expect->tuple) ||
	    !kc_record_read_key(r, &expect->master))
		return false;
	addr = kc_addr_len(expect->tuple.family);
	has = kc_read_number(r, 4);
	expect->has = has & KC_EXPECT_PARTS;
	expect->timeout_ms = kc_read_number(r, 4);
	expect->class = kc_read_number(r, 4);
	expect->flags = kc_read_number(r, 1);
	expect->dir = kc_read_number(r, 1);
	if (expect->dir > 1)
		return false;
	expect->mask_sport = kc_read_number(r, 2);
	kc_read(r, expect->mask_src, addr);
	if (expect->has & KC_EXPECT_NAT) {
		kc_read(r, expect->saved_addr, addr);
		expect->saved_port = kc_read_number(r, 2);
	}
	if (expect->has & KC_EXPECT_FUNCTION &&
	    !kc_record_read_name(r, expect->function, KC_FLOW_NAT_NAME_LEN))
		return false;
	if (expect->has & KC_EXPECT_HELPER &&
	    !kc_record_read_name(r, expect->helper, KC_FLOW_HELPER_LEN))
		return false;
	return !r->cut;
}
