// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of the channel: any octets as a datagram, and what is one as news of
 * a peer, with time between. What was read is written again as it was, and
 * whatever a peer says, what is known of it makes sense.
 */
#include <stdint.h>
#include <stdlib.h>

#include "live.h"

#define MS 1000000ULL
#define OWN 0x1111222233334444ULL

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void rewrite_header(const u8 *data, const struct kc_channel_header *header)
{
	u8 buf[KC_CHANNEL_HEADER_LEN];

	kc_channel_build(header, buf);
	/* But for the flags. */
	must(!memcmp(buf, data, 6) && !memcmp(buf + 8, data + 8, 16));
}

static void rewrite_hello(const u8 *data, const struct kc_hello *hello)
{
	u8 buf[KC_HELLO_LEN_MAX];

	kc_hello_build(hello, buf);
	must(!memcmp(buf, data, KC_HELLO_LEN));
}

static void check(const struct kc_live *live, u64 now)
{
	struct kc_hello hello;
	bool any = false;
	unsigned int i;
	u8 buf[KC_HELLO_LEN_MAX];
	u64 file;

	for (i = 0; i < live->n; i++) {
		const struct kc_live_path *p = &live->paths[i];

		if (p->up && !any)
			must(live->best == (int)i);
		any |= p->up;
		must(!p->up || (p->hears && p->heard_at));
		must(p->heard_at <= now && p->heard_at <= live->heard_at);
		must(kc_seen_loss(&p->seen) <= 100);
		must(!p->rtt || p->rtt <= 61 * 1000 * MS);
		kc_live_speak(live, i, &hello, now);
		file = live->file;
		hello.file = file;
		kc_hello_build(&hello, buf);
		must(kc_hello_parse(buf, kc_hello_len(&hello), &hello) ==
		     KC_CHANNEL_OK);
		must(hello.file == file);
	}
	must(any == (live->best != KC_LIVE_NO_PATH));
	must(!any || live->state == KC_LIVE_ALIVE ||
	     live->state == KC_LIVE_SUSPECT);
	must(live->state != KC_LIVE_ALIVE || any);
	must(live->state <= KC_LIVE_DEAD);
}

static void hear(struct kc_live *live, unsigned int path, const u8 *data,
		 size_t len, u64 now)
{
	struct kc_channel_header header;
	struct kc_live was = *live;
	struct kc_hello hello;
	unsigned int actions;

	if (kc_channel_parse(data, len, &header) != KC_CHANNEL_OK)
		return;
	rewrite_header(data, &header);
	data += KC_CHANNEL_HEADER_LEN;
	if (header.type == KC_CHANNEL_HELLO) {
		if (kc_hello_parse(data, header.length, &hello) != KC_CHANNEL_OK)
			return;
		rewrite_hello(data, &hello);
	}
	if (kc_live_arrive(live, path, &header, now, &actions) != KC_LIVE_OK) {
		must(!memcmp(&was, live, sizeof(was)));
		must(!actions);
		return;
	}
	must(live->incarnation == header.incarnation);
	must(live->incarnation != was.finished);
	must(live->incarnation >= was.incarnation ||
	     was.state == KC_LIVE_DEAD);
	must((live->incarnation != was.incarnation && was.incarnation) ==
	     !!(actions & KC_LIVE_RESTARTED));
	if (header.type == KC_CHANNEL_HELLO)
		actions |= kc_live_hello(live, path, &header, &hello, now);
	must(live->state == was.state || actions & KC_LIVE_STATE);
	must((live->file != was.file) == !!(actions & KC_LIVE_FILE));
	check(live, now);
}

/*
 * The input is a list of: 1 octet path and whether the octets are a whole
 * datagram, 2 octets of time, 1 octet of length, and so many octets.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kc_live live;
	u64 now = 1000 * MS;
	unsigned int i;

	kc_live_init(&live, KC_LIVE_PATHS_MAX, 100000, 3, OWN, now);
	while (size >= 4) {
		unsigned int path = data[0] % KC_LIVE_PATHS_MAX;
		size_t len = data[3];

		now += (data[1] << 8 | data[2]) * MS / 16;
		data += 4;
		size -= 4;
		len = len > size ? size : len;
		/* At most so often can something be due before there is peace. */
		for (i = 0; kc_live_due(&live) <= now; i++) {
			must(i < 4 * KC_LIVE_PATHS_MAX);
			kc_live_run(&live, kc_live_due(&live));
		}
		kc_live_run(&live, now);
		must(kc_live_due(&live) > now);
		check(&live, now);
		hear(&live, path, data, len, now);
		data += len;
		size -= len;
	}
	return 0;
}
