/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The channel: what nodes say to each other, as bytes, and which of it is
 * missing.
 *
 * One datagram is one message. All numbers are big-endian, everything is
 * aligned to its size from the first octet of the datagram:
 *
 *	 0  version      1  type         2  length of the payload (2)
 *	 4  version min  5  version max  6  flags (2)
 *	 8  incarnation (8)
 *	16  sequence (8)
 *	24  payload
 *
 * The version is that of the datagram; the range is what the sender knows, so
 * that both choose the highest one they share. Flags are sent as 0 and ignored.
 * The incarnation tells the lives of the sender apart: a later one has the
 * higher number. The sequence counts what was sent by one path, from 1.
 *
 * HELLO, the sign of life:
 *
 *	 0  interval, us (4)        4  flags (4)
 *	 8  stamp (8)              16  echo (8)
 *	24  echo delay, us (4)     28  echo incarnation (4)
 *	32  more: type (2), length (2), that many octets, padded to 4
 *
 * The stamp is the sender's clock, the echo the last stamp that it heard by the
 * path, so long ago as the delay says, and which life of its receiver that came
 * from (the low half of the incarnation). What follows and is not known is
 * skipped, and so is what is known but of another length:
 *
 *	type 1	which cluster file the sender was set up from (8), not 0
 */
#ifndef KC_CORE_CHANNEL_H
#define KC_CORE_CHANNEL_H

#include "types.h"

#define KC_CHANNEL_HEADER_LEN 24
#define KC_CHANNEL_VERSION_MIN 1
#define KC_CHANNEL_VERSION_MAX 1
/* Longer messages are neither sent nor taken. */
#define KC_CHANNEL_PAYLOAD_MAX 8192

#define KC_HELLO_LEN 32
#define KC_HELLO_LEN_MAX 44
#define KC_HELLO_INTERVAL_MIN 10000U	/* us */
#define KC_HELLO_INTERVAL_MAX 10000000U

/* Types of messages. Their owners register who receives them. */
enum kc_channel_message {
	KC_CHANNEL_HELLO = 1,
	KC_CHANNEL_MIRROR_DATA = 2,
	KC_CHANNEL_MIRROR_STATUS = 3,
	KC_CHANNEL_CLUSTERIP_MAP = 4,
	KC_CHANNEL_CLUSTERIP_STATUS = 5,
	KC_CHANNEL_CLUSTERIP_LEASE = 6,
	KC_CHANNEL_CLAIM = 7,
	KC_CHANNEL_CLAIM_ACK = 8,
};

enum kc_channel_verdict {
	KC_CHANNEL_OK,
	KC_CHANNEL_BAD_LENGTH,
	KC_CHANNEL_BAD_VERSION,
	/* No sequence, no incarnation, or an impossible range of versions. */
	KC_CHANNEL_BAD_CONTENT,
};

/**
 * struct kc_channel_header - what precedes every message
 * @version: of the datagram
 * @type: enum kc_channel_message, or one that we do not know
 * @length: octets of the payload
 * @version_min: what the sender understands, from here
 * @version_max: up to here
 * @incarnation: which life of the sender, not 0
 * @sequence: from 1, of the sender by this path
 */
struct kc_channel_header {
	u8 version;
	u8 type;
	u16 length;
	u8 version_min;
	u8 version_max;
	u64 incarnation;
	u64 sequence;
};

/* What can follow in a HELLO. */
#define KC_HELLO_FILE 1
#define KC_HELLO_FILE_LEN 8

/* The sender hears its receiver by this path, in the life that it echoes. */
#define KC_HELLO_HEARS 1
/* The sender ends its life. */
#define KC_HELLO_GOODBYE 2

/**
 * struct kc_hello - a sign of life
 * @interval_us: the sender sends one so often, microseconds
 * @flags: KC_HELLO_HEARS and KC_HELLO_GOODBYE; others are ignored
 * @stamp: the sender's clock, ns, not 0
 * @echo: the last stamp that it heard by this path, 0 if none
 * @echo_delay_us: since when it has that, microseconds
 * @echo_incarnation: low half of the incarnation that the echo came from
 * @file: the first octets of the hash of the sender's cluster file, 0 if it
 *	does not tell
 */
struct kc_hello {
	u32 interval_us;
	u32 flags;
	u64 stamp;
	u64 echo;
	u32 echo_delay_us;
	u32 echo_incarnation;
	u64 file;
};

enum kc_channel_verdict kc_channel_parse(const u8 *data, size_t len,
					 struct kc_channel_header *header);
void kc_channel_build(const struct kc_channel_header *header,
		      u8 buf[KC_CHANNEL_HEADER_LEN]);
u8 kc_channel_common(u8 version_min, u8 version_max);

enum kc_channel_verdict kc_hello_parse(const u8 *data, size_t len,
				       struct kc_hello *hello);
size_t kc_hello_len(const struct kc_hello *hello);
void kc_hello_build(const struct kc_hello *hello, u8 *buf);

/* So many of the last sequence numbers are remembered. */
#define KC_SEEN_WINDOW 64

enum kc_seen_verdict {
	KC_SEEN_NEW,
	KC_SEEN_DUPLICATE,
	/* Too old to tell. */
	KC_SEEN_LATE,
};

/**
 * struct kc_seen - which of the last datagrams by one path came
 * @top: highest sequence number that came, 0 if none
 * @first: the first one that came; what was before is not missed
 * @bits: bit n is set if @top - n came
 */
struct kc_seen {
	u64 top;
	u64 first;
	u64 bits;
};

void kc_seen_init(struct kc_seen *seen);
enum kc_seen_verdict kc_seen_note(struct kc_seen *seen, u64 sequence);
unsigned int kc_seen_loss(const struct kc_seen *seen);

#endif
