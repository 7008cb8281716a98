/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What records of flows and of expectations have in common, for those who
 * write and read them; others need mirror_record.h only.
 */
#ifndef KC_CORE_MIRROR_PARTS_H
#define KC_CORE_MIRROR_PARTS_H

#include "mirror_record.h"
#include "octets.h"

struct kc_writer kc_record_begin(u8 *buf, size_t room,
				 enum kc_record_type type);
size_t kc_record_finish(u8 *buf, const struct kc_writer *w);
void kc_record_write_key(struct kc_writer *w, const struct kc_flow_key *key);
bool kc_record_read_key(struct kc_reader *r, struct kc_flow_key *key);
bool kc_record_read_name(struct kc_reader *r, char *name, size_t len);
bool kc_record_read_expect(struct kc_reader *r, struct kc_flow_expect *expect);

#endif
