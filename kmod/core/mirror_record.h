/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What nodes tell each other about flows: records, one after the other in a
 * stream that keeps their order (mirror_stream.h).
 *
 * A record says in four octets what it is and how long:
 *
 *	0  type     1  flags, 0, ignored     2  length of all of it (2)
 *
 * and all numbers are big-endian. Formats grow by adding: a type that is not
 * known is skipped by its length, octets at the end of a known one are ignored,
 * and a part that a flow has lies behind those with lower bits in @has, so that
 * who does not know it has read all that it knows.
 *
 * A record tells all about a flow, never a difference: the last one counts,
 * and to hear one twice does no harm.
 */
#ifndef KC_CORE_MIRROR_RECORD_H
#define KC_CORE_MIRROR_RECORD_H

#include "types.h"

/* No record is longer than this, whatever the flow has. */
#define KC_RECORD_MAX 224

#define KC_FLOW_HELPER_LEN 16	/* with the zero at the end */
#define KC_FLOW_NAT_NAME_LEN 32	/* likewise */
#define KC_FLOW_LABELS_LEN 16

/**
 * enum kc_record_type - what a record is
 * @KC_RECORD_SET: a flow exists, and this is its state
 * @KC_RECORD_DEL: a flow is no more
 * @KC_RECORD_EXPECT: an expectation exists, and this is all about it
 * @KC_RECORD_EXPECT_DEL: an expectation is no more
 * @KC_RECORD_SWEEP_BEGIN: from here on all that the sender owns passes by
 * @KC_RECORD_SWEEP_END: and that was all: what was not seen since is no more
 */
enum kc_record_type {
	KC_RECORD_SET = 1,
	KC_RECORD_DEL,
	KC_RECORD_EXPECT,
	KC_RECORD_EXPECT_DEL,
	KC_RECORD_SWEEP_BEGIN,
	KC_RECORD_SWEEP_END,
};

/* Parts that a flow has or has not, in the order in which they travel. */
enum {
	KC_FLOW_NAT = 1 << 0,
	KC_FLOW_TCP = 1 << 1,
	KC_FLOW_SCTP = 1 << 2,
	KC_FLOW_MARK = 1 << 3,
	KC_FLOW_LABELS = 1 << 4,
	KC_FLOW_SEQADJ = 1 << 5,
	KC_FLOW_HELPER = 1 << 6,
	KC_FLOW_MASTER = 1 << 7,
	KC_FLOW_SYNPROXY = 1 << 8,
	KC_FLOW_PARTS = (1 << 9) - 1,
};

/* Status of a flow; the numbers are ours, not the kernel's. */
enum {
	KC_FLOW_SEEN_REPLY = 1 << 0,
	KC_FLOW_ASSURED = 1 << 1,
	KC_FLOW_SRC_NAT = 1 << 2,
	KC_FLOW_DST_NAT = 1 << 3,
	KC_FLOW_SEQ_ADJUST = 1 << 4,
	KC_FLOW_EXPECTED = 1 << 5,
	KC_FLOW_FIXED_TIMEOUT = 1 << 6,
	KC_FLOW_STATUS = (1 << 7) - 1,
};

/* Parts of an expectation, in the order in which they travel. */
enum {
	KC_EXPECT_NAT = 1 << 0,
	KC_EXPECT_FUNCTION = 1 << 1,
	KC_EXPECT_HELPER = 1 << 2,
	KC_EXPECT_PARTS = (1 << 3) - 1,
};

/* Bounds of what a record may say; these index tables in the kernel. */
#define KC_FLOW_TCP_STATES 10	/* up to TCP_CONNTRACK_SYN_SENT2 */
#define KC_FLOW_TCP_SCALE_MAX 14	/* RFC 7323, 2.3 */
#define KC_FLOW_SCTP_STATES 10

/**
 * struct kc_flow_key - by what a flow is known: its tuple, original direction
 * @family: KC_AF_INET or KC_AF_INET6
 * @protocol: of IP
 * @zone: conntrack zone
 * @zone_dir: directions in which the zone counts, 0 to 3 as the kernel has them
 * @reserved: 0
 * @src: source, 4 or 16 octets, the others 0
 * @dst: destination likewise
 * @sport: host order; ICMP: the identifier; GRE: the key; 0 where there is none
 * @dport: host order; ICMP: type << 8 | code; GRE: the key
 *
 * There are no holes in it.
 */
struct kc_flow_key {
	u8 family;
	u8 protocol;
	u16 zone;
	u8 zone_dir;
	u8 reserved;
	u8 src[16];
	u8 dst[16];
	u16 sport;
	u16 dport;
};

/**
 * struct kc_flow_seqadj - by how much one direction's sequence numbers differ
 * @correction_pos: sequence number of the last change, host order
 * @offset_before: before it
 * @offset_after: after it
 */
struct kc_flow_seqadj {
	u32 correction_pos;
	s32 offset_before;
	s32 offset_after;
};

/**
 * struct kc_flow - all that another node must know of a flow to go on with it
 * @key: which
 * @has: KC_FLOW_NAT and so on: which of the parts below count
 * @status: KC_FLOW_SEEN_REPLY and so on
 * @timeout_ms: how long it lives if nothing comes, milliseconds from now on
 * @reply_src: of NAT: source of the reply direction
 * @reply_dst: its destination
 * @reply_sport: its source port, as in a key
 * @reply_dport: its destination port
 * @tcp_state: as user space knows the kernel's (linux/netfilter/nf_conntrack_tcp.h)
 * @tcp_flags: IP_CT_TCP_FLAG_*, original and reply direction
 * @tcp_scale: window scale of each direction
 * @sctp_state: as user space knows the kernel's; a kernel may know fewer
 * @sctp_vtag: verification tags, original and reply direction, host order
 * @mark: connection mark
 * @labels: label n is bit n % 8 of octet n / 8
 * @seqadj: original and reply direction
 * @helper: name, zero-terminated and all zero behind
 * @master: whose expectation this flow met
 * @synproxy_isn: host order, as the two below
 * @synproxy_its: timestamp
 * @synproxy_tsoff: offset of timestamps
 */
struct kc_flow {
	struct kc_flow_key key;
	u32 has;
	u16 status;
	u32 timeout_ms;
	u8 reply_src[16];
	u8 reply_dst[16];
	u16 reply_sport;
	u16 reply_dport;
	u8 tcp_state;
	u8 tcp_flags[2];
	u8 tcp_scale[2];
	u8 sctp_state;
	u32 sctp_vtag[2];
	u32 mark;
	u8 labels[KC_FLOW_LABELS_LEN];
	struct kc_flow_seqadj seqadj[2];
	char helper[KC_FLOW_HELPER_LEN];
	struct kc_flow_key master;
	u32 synproxy_isn;
	u32 synproxy_its;
	u32 synproxy_tsoff;
};

/**
 * struct kc_flow_expect - a flow that is expected because of another one
 * @tuple: of the flow that is expected; zone and direction as of its master
 * @master: the flow because of which
 * @mask_src: bits of @tuple's source address that count
 * @mask_sport: bits of @tuple's source port that count
 * @has: KC_EXPECT_NAT and so on: which of the parts below count
 * @timeout_ms: milliseconds from now on
 * @class: of the helper's policy
 * @flags: NF_CT_EXPECT_*
 * @dir: which direction of the master expects it, 0 or 1
 * @saved_addr: of NAT: the address before, 4 or 16 octets as of @tuple
 * @saved_port: of NAT: the port before, host order
 * @function: name of what is called when it is met
 * @helper: name of the helper that the flow gets
 */
struct kc_flow_expect {
	struct kc_flow_key tuple;
	struct kc_flow_key master;
	u8 mask_src[16];
	u16 mask_sport;
	u32 has;
	u32 timeout_ms;
	u32 class;
	u8 flags;
	u8 dir;
	u8 saved_addr[16];
	u16 saved_port;
	char function[KC_FLOW_NAT_NAME_LEN];
	char helper[KC_FLOW_HELPER_LEN];
};

/**
 * struct kc_record - a record, taken apart
 * @type: enum kc_record_type; says which of the following counts
 * @flow: of KC_RECORD_SET
 * @key: of KC_RECORD_DEL the flow, of KC_RECORD_EXPECT_DEL the tuple expected
 * @expect: of KC_RECORD_EXPECT
 * @epoch: of KC_RECORD_SWEEP_BEGIN and _END, the same number
 * @count: of KC_RECORD_SWEEP_END: flows that passed by, to compare with
 */
struct kc_record {
	u8 type;
	union {
		struct kc_flow flow;
		struct kc_flow_key key;
		struct kc_flow_expect expect;
		struct {
			u32 epoch;
			u64 count;
		};
	};
};

/**
 * enum kc_record_verdict - what kc_record_get() found
 * @KC_RECORD_OK: a record, filled in
 * @KC_RECORD_UNKNOWN: of a type from later times, skip it
 * @KC_RECORD_BAD: it says what no flow can be, skip it
 * @KC_RECORD_CUT: its length is not possible: nothing after it can be found
 */
enum kc_record_verdict {
	KC_RECORD_OK,
	KC_RECORD_UNKNOWN,
	KC_RECORD_BAD,
	KC_RECORD_CUT,
};

/* All that write return octets written, or 0 if there is no room for them. */
size_t kc_record_put_set(u8 *buf, size_t room, const struct kc_flow *flow);
size_t kc_record_put_del(u8 *buf, size_t room, const struct kc_flow_key *key);
size_t kc_record_put_expect(u8 *buf, size_t room,
			    const struct kc_flow_expect *expect);
size_t kc_record_put_expect_del(u8 *buf, size_t room,
				const struct kc_flow_key *tuple);
size_t kc_record_put_sweep_begin(u8 *buf, size_t room, u32 epoch);
size_t kc_record_put_sweep_end(u8 *buf, size_t room, u32 epoch, u64 count);

enum kc_record_verdict kc_record_get(const u8 *data, size_t len,
				     struct kc_record *record, size_t *used);

bool kc_flow_key_equal(const struct kc_flow_key *a,
		       const struct kc_flow_key *b);

#endif
