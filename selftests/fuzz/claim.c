// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of claims: any octets as each of the messages. What is taken is sound,
 * is read again as it was when it is written, and leaves the rules sound, whatever
 * a node says in whatever order.
 */
#include <stdint.h>
#include <stdlib.h>

#include "claim.h"

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void one_claim(const u8 *data, size_t len, struct kc_claim_said *said)
{
	struct kc_claim_msg msg, back;
	u8 buf[KC_CLAIM_MAX];
	unsigned int i;

	if (!kc_claim_parse(data, len, &msg))
		return;
	must(msg.first + msg.n <= msg.total);
	must(msg.total <= KC_CLAIM_PREFIXES_MAX);
	must(msg.epoch && msg.epoch <= KC_CLAIM_EPOCH_MAX);
	for (i = 0; i < msg.n; i++)
		must(kc_prefix_valid(&msg.prefixes[i]));
	i = kc_claim_build(buf, sizeof(buf), &msg);
	must(i && i <= len);
	must(kc_claim_parse(buf, i, &back));
	must(!memcmp(&msg, &back, sizeof(msg)));
	kc_claim_hear(said, 1, &msg);
	must(said->got <= said->total);
	must(said->owner || kc_claim_whole(said));
}

static void one_ack(const u8 *data, size_t len, struct kc_claim_told *told)
{
	struct kc_claim_ack ack, back;
	u8 buf[KC_CLAIM_ACK_LEN];

	if (!kc_claim_ack_parse(data, len, &ack))
		return;
	kc_claim_ack_build(buf, &ack);
	must(kc_claim_ack_parse(buf, sizeof(buf), &back));
	must(!memcmp(&ack, &back, sizeof(ack)));
	kc_claim_acked(told, &ack, true, 300, 1000);
	must(told->got <= 300);
	must(!told->done || told->got == 300);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Messages one after the other, each behind its length. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kc_claim_said said = { 0 };
	struct kc_claim_told told = { 0 };
	size_t len;

	kc_claim_tell(&told, 1, 5, 0);
	one_claim(data, size, &said);
	one_ack(data, size, &told);
	while (size > 2) {
		len = (data[0] << 8 | data[1]) % (size - 1);
		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		one_claim(data, len, &said);
		one_ack(data, len, &told);
		data += len;
		size -= len;
	}
	return 0;
}
