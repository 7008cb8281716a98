// SPDX-License-Identifier: GPL-2.0
/*
 * When a neighbour counts as down and as up again (probe.c), the questions it
 * is asked and the answers that count (solicit.c).
 */
#include "checksum.h"
#include "neigh.h"
#include "probe.h"
#include "solicit.h"
#include "vrrp_packet.h"
#include "ktap.h"

#define MS 1000000ULL
#define ETH 14
#define IPV6 40

static const u8 own[6] = { 0x02, 0xff, 0xfe, 0x00, 0x77, 0x01 };
static const u8 own4[4] = { 192, 0, 2, 7 };
static const u8 own6[16] = { 0xfe, 0x80, [15] = 7 };
static const u8 target4[4] = { 192, 0, 2, 254 };
static const u8 target6[16] = { 0x20, 0x01, 0x0d, 0xb8, [13] = 1, 2, 0xfe };
static const u8 none[16];

/*
 * Serve a probe as a shell does, with a neighbour that answers after @delay
 * as long as it lives, until @end. Returns when @up became @wanted, or 0.
 */
struct world {
	struct kc_probe probe;
	u64 now;
	u64 dies, lives;
	u64 delay;
	u64 answers_at[64];
	unsigned int asked, answered;
	bool heard;
};

static u64 serve(struct world *w, u64 end, bool wanted)
{
	unsigned int actions;
	bool heard;

	while (w->probe.due < end) {
		w->now = w->probe.due > w->now ? w->probe.due : w->now;
		while (w->answered < w->asked &&
		       w->answers_at[w->answered % 64] <= w->now) {
			w->heard |= w->answers_at[w->answered % 64] > 0;
			w->answered++;
		}
		heard = false;
		if (kc_probe_judges(&w->probe, w->now)) {
			heard = w->heard;
			w->heard = false;
		}
		actions = kc_probe_run(&w->probe, w->now, heard);
		if (actions & KC_PROBE_SEND)
			w->answers_at[w->asked++ % 64] =
				w->now < w->dies || w->now >= w->lives ?
				w->now + w->delay : 0;
		if (actions & KC_PROBE_CHANGED && w->probe.up == wanted)
			return w->now;
	}
	return 0;
}

/* Whenever it dies: no later than lose * interval and the time for an answer. */
static void dies(void)
{
	static const struct {
		u32 interval;
		u8 lose;
	} how[] = { { 1000, 3 }, { 100, 1 }, { 100, 3 }, { 60000, 2 }, { 300, 100 } };
	size_t i;
	u64 phase, at, wait;

	for (i = 0; i < ARRAY_SIZE(how); i++) {
		for (phase = 0; phase < 20; phase++) {
			struct world w = { .delay = MS, .lives = U64_MAX };
			u64 interval = how[i].interval * MS;

			about("interval %u lose %u phase %llu", how[i].interval,
			      how[i].lose, (unsigned long long)phase);
			w.now = 12345 * MS;
			w.dies = w.now + 5 * interval + phase * interval / 20;
			kc_probe_init(&w.probe, how[i].interval, how[i].lose);
			wait = w.probe.wait;
			expect(wait <= 200 * MS && wait * 2 <= interval);
			expect(w.probe.up);
			at = serve(&w, U64_MAX, false);
			expect(at > w.dies);
			expect(at <= w.dies + how[i].lose * interval + wait);
			expect(at > w.dies + (how[i].lose - 1) * interval);
		}
	}
}

/* It is up again after as many answers in a row, not after one. */
static void comes_back(void)
{
	struct world w = { .delay = MS, .now = 1000 * MS, .dies = 1500 * MS,
			   .lives = 9500 * MS };
	u64 at;

	kc_probe_init(&w.probe, 1000, 3);
	expect_eq(serve(&w, 9500 * MS, false), 4200 * MS);
	at = serve(&w, U64_MAX, true);
	expect_eq(at, 12200 * MS);
}

/* One that loses two questions of three is neither lost nor found. */
static void flaps(void)
{
	struct kc_probe probe;
	unsigned int i, actions = 0;

	kc_probe_init(&probe, 1000, 3);
	for (i = 0; i < 60; i++)
		actions |= kc_probe_run(&probe, probe.due, i / 2 % 3 == 0);
	expect(probe.up && !(actions & KC_PROBE_CHANGED));
	for (i = 0; i < 6; i++)
		kc_probe_run(&probe, probe.due, false);
	expect(!probe.up);
	actions = 0;
	for (i = 0; i < 60; i++)
		actions |= kc_probe_run(&probe, probe.due, i / 2 % 3 > 0);
	expect(!probe.up && !(actions & KC_PROBE_CHANGED));
}

/* A slow neighbour is not a dead one. */
static void slow(void)
{
	struct world w = { .delay = 700 * MS, .now = MS, .dies = U64_MAX };

	kc_probe_init(&w.probe, 1000, 2);
	expect_eq(serve(&w, 60000 * MS, false), 0);
	expect(w.probe.up);
}

/* Ten seconds stood still: the answer is still to be read. */
static void overslept(void)
{
	struct kc_probe probe;
	u64 now = 1000 * MS;

	kc_probe_init(&probe, 1000, 1);
	expect_eq(kc_probe_run(&probe, now, false), KC_PROBE_SEND);
	expect_eq(kc_probe_run(&probe, now + 100 * MS, true), 0);
	expect_eq(probe.due, now + 200 * MS);
	now += 10000 * MS;
	expect_eq(kc_probe_run(&probe, now, false), 0);
	expect(probe.up);
	expect_eq(probe.due, now + 200 * MS);
	expect_eq(kc_probe_run(&probe, probe.due, true), 0);
	expect(probe.up);
	/* The next question at once, and from then on in step again. */
	now += 200 * MS;
	expect_eq(probe.due, now);
	expect_eq(kc_probe_run(&probe, now, false), KC_PROBE_SEND);
	/* Once, not for ever. */
	expect_eq(kc_probe_run(&probe, now + 5000 * MS, false), 0);
	expect_eq(kc_probe_run(&probe, now + 9000 * MS, false),
		  KC_PROBE_CHANGED);
	expect(!probe.up);
}

/* Questions are in step, however late each one is. */
static void in_step(void)
{
	struct kc_probe probe;
	unsigned int i;
	u64 first;

	kc_probe_init(&probe, 1000, 3);
	kc_probe_run(&probe, 5000 * MS, false);
	first = 5000 * MS;
	for (i = 1; i < 50; i++) {
		kc_probe_run(&probe, probe.due + 3 * MS, true);
		expect_eq(probe.due, first + i * 1000 * MS);
		expect_eq(kc_probe_run(&probe, probe.due + 2 * MS, false),
			  KC_PROBE_SEND);
	}
}

/* Without a device it is down at once, and must prove itself afterwards. */
static void stops(void)
{
	struct kc_probe probe;

	kc_probe_init(&probe, 100, 2);
	kc_probe_run(&probe, 1000 * MS, false);
	expect_eq(kc_probe_stop(&probe), KC_PROBE_CHANGED);
	expect_eq(kc_probe_stop(&probe), 0);
	expect(!probe.up && !kc_probe_judges(&probe, U64_MAX));
	expect_eq(kc_probe_run(&probe, 2000 * MS, true), KC_PROBE_SEND);
	expect_eq(kc_probe_run(&probe, probe.due, true), 0);
	expect_eq(kc_probe_run(&probe, probe.due, false), KC_PROBE_SEND);
	expect_eq(kc_probe_run(&probe, probe.due, true), KC_PROBE_CHANGED);
	expect(probe.up);
	/* Want of memory is nobody's silence. */
	kc_probe_run(&probe, probe.due, false);
	kc_probe_unsent(&probe, 5000 * MS);
	expect(!kc_probe_judges(&probe, U64_MAX));
	expect_eq(probe.due, 5050 * MS);
}

static void arp(void)
{
	u8 frame[KC_ARP_REQUEST_LEN], reply[28];
	struct kc_answer answer;
	struct kc_neigh neigh;
	u8 op;

	expect_eq(kc_arp_request_build(frame, own, own4, target4),
		  sizeof(frame));
	expect(frame[0] == 0xff && !memcmp(frame + 6, own, 6));
	expect(kc_neigh_parse(KC_AF_INET, frame + ETH, 28, &neigh));
	expect(!memcmp(neigh.addr, own4, 4));
	expect(!memcmp(frame + ETH + 8, own, 6));
	expect(!memcmp(frame + ETH + 24, target4, 4));
	/* A question is no answer. */
	expect(!kc_answer_parse(KC_AF_INET, frame + ETH, 28, &answer));
	memcpy(reply, frame + ETH, 8);
	memcpy(reply + 14, target4, 4);
	memcpy(reply + 24, own4, 4);
	for (op = 0; op < 4; op++) {
		reply[7] = op;
		about("operation %u", op);
		expect_eq(kc_answer_parse(KC_AF_INET, reply, 28, &answer),
			  op == 2);
	}
	reply[7] = 2;
	expect(kc_answer_parse(KC_AF_INET, reply, 28, &answer));
	expect(answer.asked && !memcmp(answer.addr, target4, 4));
	expect(!kc_answer_parse(KC_AF_INET, reply, 27, &answer));
	/* To one who asked with no address. */
	memcpy(reply + 24, none, 4);
	expect(kc_answer_parse(KC_AF_INET, reply, 28, &answer) && answer.asked);
	/* Gratuitous */
	memcpy(reply + 24, target4, 4);
	expect(kc_answer_parse(KC_AF_INET, reply, 28, &answer) && !answer.asked);
	reply[1] = 2;
	expect(!kc_answer_parse(KC_AF_INET, reply, 28, &answer));
}

/* The checksum of an IPv6 packet; 0xffff if it is right. */
static u16 checksum(const u8 *packet)
{
	size_t size = packet[4] << 8 | packet[5];
	u32 sum = kc_sum_pseudo(KC_AF_INET6, packet + 8, packet + 24, size, 58);

	return kc_sum_fold(kc_sum_bytes(sum, packet + IPV6, size));
}

static void solicitation(void)
{
	static const u8 group_mac[6] = { 0x33, 0x33, 0xff, 1, 2, 0xfe };
	static const u8 group[16] = {
		0xff, 2, [11] = 1, 0xff, 1, 2, 0xfe
	};
	u8 frame[KC_NS_LEN_MAX];
	struct kc_neigh neigh;

	expect_eq(kc_ns_build(frame, own, own6, target6), 86);
	expect(!memcmp(frame, group_mac, 6) && !memcmp(frame + 6, own, 6));
	expect(!memcmp(frame + ETH + 24, group, 16));
	expect(!memcmp(frame + ETH + IPV6 + 8, target6, 16));
	expect_eq(checksum(frame + ETH), 0xffff);
	expect(kc_neigh_parse(KC_AF_INET6, frame + ETH, 72, &neigh));
	expect(!memcmp(neigh.addr, own6, 16));
	expect_eq(neigh.mac, IPV6 + 26);
	expect(!memcmp(frame + ETH + neigh.mac, own, 6));

	/* RFC 4861, 4.3: no link-layer address from the unspecified one. */
	expect_eq(kc_ns_build(frame, own, none, target6), 78);
	expect_eq(checksum(frame + ETH), 0xffff);
	expect(kc_neigh_parse(KC_AF_INET6, frame + ETH, 64, &neigh));
	expect_eq(neigh.mac, 0);
}

static void reseal(u8 *packet)
{
	u16 sum;

	packet[IPV6 + 2] = 0;
	packet[IPV6 + 3] = 0;
	sum = 0xffff - checksum(packet);
	packet[IPV6 + 2] = sum >> 8;
	packet[IPV6 + 3] = sum & 0xff;
}

static void advertisement(void)
{
	u8 frame[KC_NA_LEN], *packet = frame + ETH, copy[KC_NA_LEN];
	size_t len = sizeof(frame) - ETH, at;
	struct kc_answer answer;

	kc_na_build(frame, own, target6);
	expect(kc_answer_parse(KC_AF_INET6, packet, len, &answer));
	expect(!answer.asked && !memcmp(answer.addr, target6, 16));
	/* Solicited, but to all: not valid. */
	packet[IPV6 + 4] |= 0x40;
	reseal(packet);
	expect(!kc_answer_parse(KC_AF_INET6, packet, len, &answer));
	memcpy(packet + 24, own6, 16);
	reseal(packet);
	expect(kc_answer_parse(KC_AF_INET6, packet, len, &answer));
	expect(answer.asked);
	for (at = 0; at < len; at++)
		expect(!kc_answer_parse(KC_AF_INET6, packet, at, &answer));
	/* Each of these octets counts, for the checksum at least. */
	for (at = 4; at < len; at++) {
		about("octet %zu", at);
		memcpy(copy, packet, len);
		copy[at] ^= 1;
		expect(!kc_answer_parse(KC_AF_INET6, copy, len, &answer));
	}
	about("%s", "option of length 0");
	packet[IPV6 + 25] = 0;
	reseal(packet);
	expect(!kc_answer_parse(KC_AF_INET6, packet, len, &answer));
	about("%s", "option beyond the end");
	packet[IPV6 + 25] = 2;
	reseal(packet);
	expect(!kc_answer_parse(KC_AF_INET6, packet, len, &answer));
	/* A frame that Ethernet filled up. */
	about("%s", "filled up");
	packet[5] = 24;
	reseal(packet);
	expect(kc_answer_parse(KC_AF_INET6, packet, len, &answer));
}

int main(void)
{
	static const struct check checks[] = {
		{ "a neighbour that dies is down in time", dies },
		{ "as many answers in a row bring it back", comes_back },
		{ "what comes and goes changes nothing", flaps },
		{ "a slow neighbour is not a dead one", slow },
		{ "who overslept reads the answers first", overslept },
		{ "questions are in step", in_step },
		{ "without a device it is down at once", stops },
		{ "ARP requests and replies", arp },
		{ "neighbour solicitations", solicitation },
		{ "neighbour advertisements", advertisement },
	};

	return ktap_run(checks, ARRAY_SIZE(checks));
}
