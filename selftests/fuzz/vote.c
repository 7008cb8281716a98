// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of votes: any octets as a message, and what is a message as news for
 * the votes of one node. Whatever was sent, no vote is given to two at a time,
 * and what was promised is kept.
 */
#include <stdint.h>
#include <stdlib.h>

#include "vote.h"

#define MS 1000000ULL
#define LEASE_MS 300

static void must(bool condition)
{
	if (!condition)
		abort();
}

/* What was written is read again as it was. */
static void rewrite(const struct kc_vrrp_format *format,
		    const struct kc_vrrp_packet *packet,
		    const struct kc_vote_message *message)
{
	u8 buf[KC_VOTE_LEN];
	struct kc_vrrp_packet again = *packet;
	struct kc_vote_message back;

	kc_vote_build(format, 7, message, packet->src, packet->dst, buf);
	again.data = buf;
	again.len = sizeof(buf);
	again.ttl = 255;
	must(kc_vote_parse(format, &again, &back) == KC_VRRP_OK);
	must(!memcmp(&back, message, sizeof(back)));
}

static void hear(struct kc_ballot *b, struct kc_vote_message *message, u64 now)
{
	struct kc_ballot was = *b;
	struct kc_vote_message answer;

	switch (message->kind) {
	case KC_VOTE_REQUEST:
		kc_ballot_asked(b, message, &answer, now);
		must(answer.vote != KC_VOTE_GRANTED ||
		     b->promised_to == message->from);
		must(answer.stamp == message->stamp);
		if (was.promised_to != b->promised_to)
			must(now >= was.promised_until &&
			     now >= b->silent_until);
		if (was.promised_to == b->promised_to)
			must(b->promised_until >= was.promised_until);
		must(b->promised_until <= was.promised_until ||
		     b->promised_until <= now + LEASE_MS * MS);
		break;
	case KC_VOTE_ANSWER:
		kc_ballot_meet(b, message->priority % KC_VOTERS_MAX,
			       message->from, now);
		kc_ballot_answered(b, message->priority % KC_VOTERS_MAX,
				   message, now);
		must(kc_ballot_lease(b, now) <= now + LEASE_MS * MS);
		must(b->promised_until == was.promised_until);
		break;
	case KC_VOTE_RELEASE:
		kc_ballot_released(b, message);
		must(b->promised_until == was.promised_until ||
		     b->promised_to == message->from);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kc_vrrp_format format = { .version = 3, .family = KC_AF_INET };
	struct kc_vrrp_packet packet = {
		.src = { 10, 1, 0, 1 }, .dst = { 10, 1, 0, 2 },
		.family = KC_AF_INET,
	};
	struct kc_vote_message message, mine;
	struct kc_ballot b;
	u64 now = 1000 * MS;

	if (!size)
		return 0;
	if (data[0] & 1) {
		format.family = KC_AF_INET6;
		packet.family = KC_AF_INET6;
	}
	packet.ttl = data[0] & 2 ? 255 : data[0];
	packet.data = data + 1;
	packet.len = size - 1;
	if (kc_vote_parse(&format, &packet, &message) == KC_VRRP_OK)
		rewrite(&format, &packet, &message);

	/* The same octets as a story, without a checksum to be guessed. */
	kc_ballot_init(&b, 1, LEASE_MS, now);
	b.n = 1 + data[0] % KC_VOTERS_MAX;
	for (; size >= 10; size -= 10, data += 10) {
		now += data[0] * MS;
		memset(&message, 0, sizeof(message));
		message.kind = 1 + data[1] % 3;
		message.vote = data[2] % (KC_VOTE_DIFFERS + 1);
		message.votes = data[2] & 0x80 ? data[3] : b.n + 1;
		message.reach = data[4];
		message.priority = data[5];
		message.lease_ms = data[6] & 1 ? LEASE_MS : data[6] << 2;
		message.from = 1 + data[7] % 8;
		message.asker = data[8] & 1 ? 1 : data[8];
		message.stamp = now - data[9] * MS;
		hear(&b, &message, now);
		if (data[1] & 0x80)
			kc_ballot_ask(&b, 100, true, &mine, now);
		if ((data[1] & 0xc0) == 0x40)
			kc_ballot_release(&b, &mine, now);
		must(kc_ballot_reach(&b, now) <= b.n + 1u);
		must(kc_ballot_granted(&b, now) <= b.n + 1u);
	}
	return 0;
}
