// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of mirror records: any octets, taken apart to the end; what is a
 * record is written and read again as it was.
 */
#include <stdint.h>
#include <stdlib.h>

#include "mirror_record.h"

static void must(bool condition)
{
	if (!condition)
		abort();
}

static size_t write_again(u8 *buf, size_t room, const struct kc_record *record)
{
	switch (record->type) {
	case KC_RECORD_SET:
		return kc_record_put_set(buf, room, &record->flow);
	case KC_RECORD_DEL:
		return kc_record_put_del(buf, room, &record->key);
	case KC_RECORD_EXPECT:
		return kc_record_put_expect(buf, room, &record->expect);
	case KC_RECORD_EXPECT_DEL:
		return kc_record_put_expect_del(buf, room, &record->key);
	case KC_RECORD_SWEEP_BEGIN:
		return kc_record_put_sweep_begin(buf, room, record->epoch);
	case KC_RECORD_SWEEP_END:
		return kc_record_put_sweep_end(buf, room, record->epoch,
					       record->count);
	}
	abort();
}

static void no_worse_than_flows(const struct kc_flow *flow)
{
	must(!(flow->has & ~KC_FLOW_PARTS) && !(flow->status & ~KC_FLOW_STATUS));
	must(flow->tcp_state < KC_FLOW_TCP_STATES);
	must(flow->sctp_state < KC_FLOW_SCTP_STATES);
	must(flow->tcp_scale[0] <= 14 && flow->tcp_scale[1] <= 14);
	must(!flow->helper[KC_FLOW_HELPER_LEN - 1]);
	must(!(flow->has & KC_FLOW_HELPER) == !flow->helper[0]);
	must(!(flow->has & KC_FLOW_TCP) || flow->key.protocol == 6);
}

static void look_at(const struct kc_record *record, size_t len)
{
	struct kc_record back;
	u8 first[KC_RECORD_MAX], second[KC_RECORD_MAX];
	size_t n, used;

	if (record->type == KC_RECORD_SET)
		no_worse_than_flows(&record->flow);
	n = write_again(first, sizeof(first), record);
	/* Nothing that was read needs more than it took. */
	must(n && n <= len);
	must(!write_again(second, n - 1, record));
	memset(&back, 0xee, sizeof(back));
	must(kc_record_get(first, n, &back, &used) == KC_RECORD_OK);
	must(used == n && back.type == record->type);
	must(write_again(second, sizeof(second), &back) == n);
	must(!memcmp(first, second, n));
	if (record->type == KC_RECORD_DEL)
		must(kc_flow_key_equal(&back.key, &record->key));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kc_record record;
	enum kc_record_verdict verdict;
	size_t used;

	for (; size; data += used, size -= used) {
		/* What is filled in does not depend on what was there. */
		memset(&record, size & 1 ? 0xee : 0x55, sizeof(record));
		verdict = kc_record_get(data, size, &record, &used);
		must(used && used <= size);
		if (verdict == KC_RECORD_CUT)
			must(used == size);
		if (verdict == KC_RECORD_OK)
			look_at(&record, used);
	}
	return 0;
}
