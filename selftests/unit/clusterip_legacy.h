/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a real ipt_CLUSTERIP chose, on Linux 6.1 and x86: it had all nodes, so
 * that every packet came through, and the node is the mark that it left on the
 * connection. The two ports are what it takes for them: of ESP and AH the SPI,
 * of other protocols without ports, and of what is too short, nothing.
 */
#ifndef KC_UNIT_CLUSTERIP_LEGACY_H
#define KC_UNIT_CLUSTERIP_LEGACY_H

#include "clusterip_hash.h"

#define IP KC_CIP_LEGACY_SOURCE_IP
#define PORT KC_CIP_LEGACY_SOURCE_IP_PORT
#define PORTS KC_CIP_LEGACY_SOURCE_IP_PORT_DEST_PORT

struct legacy_vector {
	enum kc_cip_mode mode;
	u32 seed;
	u8 nodes;
	u8 src[4];
	u16 sport;
	u16 dport;
	u8 node;
};

static const struct legacy_vector legacy[] = {
	{ IP, 4711, 16, { 10, 245, 217, 16 }, 0x8000, 0x16, 15 },	/* UDP */
	{ IP, 4711, 16, { 10, 247, 203, 13 }, 0x1234, 0x5678, 16 },	/* UDP */
	{ IP, 4711, 16, { 10, 242, 109, 10 }, 0x4d2, 0x1bb, 7 },	/* UDP */
	{ IP, 4711, 16, { 10, 247, 96, 96 }, 0, 0, 11 },	/* ICMP */
	{ IP, 4711, 16, { 10, 219, 60, 147 }, 0xffff, 0x1, 3 },	/* UDP */
	{ IP, 4711, 16, { 10, 213, 37, 211 }, 0x1, 0x50, 11 },	/* UDP */
	{ IP, 4711, 16, { 10, 244, 218, 199 }, 0xa0b, 0xc0d, 14 },	/* AH */
	{ IP, 4711, 16, { 10, 239, 185, 77 }, 0, 0, 13 },	/* 99 */
	{ IP, 4711, 16, { 10, 216, 32, 145 }, 0x102, 0x304, 7 },	/* ESP */
	{ IP, 4711, 16, { 10, 213, 105, 128 }, 0xa1b2, 0xc3d4, 1 },	/* ESP */
	{ IP, 4711, 16, { 10, 225, 92, 179 }, 0, 0, 3 },	/* ESP */
	{ IP, 4711, 16, { 10, 230, 238, 150 }, 0, 0, 3 },	/* GRE */
	{ PORT, 4711, 16, { 10, 245, 217, 16 }, 0x8000, 0x16, 15 },	/* UDP */
	{ PORT, 4711, 16, { 10, 247, 203, 13 }, 0x1234, 0x5678, 3 },	/* UDP */
	{ PORT, 4711, 16, { 10, 242, 109, 10 }, 0x4d2, 0x1bb, 13 },	/* UDP */
	{ PORT, 4711, 16, { 10, 247, 96, 96 }, 0, 0, 9 },	/* ICMP */
	{ PORT, 4711, 16, { 10, 219, 60, 147 }, 0xffff, 0x1, 15 },	/* UDP */
	{ PORT, 4711, 16, { 10, 213, 37, 211 }, 0x1, 0x50, 12 },	/* UDP */
	{ PORT, 4711, 16, { 10, 244, 218, 199 }, 0xa0b, 0xc0d, 6 },	/* AH */
	{ PORT, 4711, 16, { 10, 239, 185, 77 }, 0, 0, 4 },	/* 99 */
	{ PORT, 4711, 16, { 10, 216, 32, 145 }, 0x102, 0x304, 16 },	/* ESP */
	{ PORT, 4711, 16, { 10, 213, 105, 128 }, 0xa1b2, 0xc3d4, 3 },	/* ESP */
	{ PORT, 4711, 16, { 10, 225, 92, 179 }, 0, 0, 11 },	/* ESP */
	{ PORT, 4711, 16, { 10, 230, 238, 150 }, 0, 0, 4 },	/* GRE */
	{ PORTS, 4711, 16, { 10, 245, 217, 16 }, 0x8000, 0x16, 14 },	/* UDP */
	{ PORTS, 4711, 16, { 10, 247, 203, 13 }, 0x1234, 0x5678, 1 },	/* UDP */
	{ PORTS, 4711, 16, { 10, 242, 109, 10 }, 0x4d2, 0x1bb, 8 },	/* UDP */
	{ PORTS, 4711, 16, { 10, 247, 96, 96 }, 0, 0, 10 },	/* ICMP */
	{ PORTS, 4711, 16, { 10, 219, 60, 147 }, 0xffff, 0x1, 4 },	/* UDP */
	{ PORTS, 4711, 16, { 10, 213, 37, 211 }, 0x1, 0x50, 16 },	/* UDP */
	{ PORTS, 4711, 16, { 10, 244, 218, 199 }, 0xa0b, 0xc0d, 6 },	/* AH */
	{ PORTS, 4711, 16, { 10, 239, 185, 77 }, 0, 0, 3 },	/* 99 */
	{ PORTS, 4711, 16, { 10, 216, 32, 145 }, 0x102, 0x304, 9 },	/* ESP */
	{ PORTS, 4711, 16, { 10, 213, 105, 128 }, 0xa1b2, 0xc3d4, 1 },	/* ESP */
	{ PORTS, 4711, 16, { 10, 225, 92, 179 }, 0, 0, 4 },	/* ESP */
	{ PORTS, 4711, 16, { 10, 230, 238, 150 }, 0, 0, 3 },	/* GRE */
	{ IP, 0xdeadbeef, 7, { 10, 245, 217, 16 }, 0x8000, 0x16, 6 },	/* UDP */
	{ IP, 0xdeadbeef, 7, { 10, 219, 60, 147 }, 0xffff, 0x1, 1 },	/* UDP */
	{ IP, 0xdeadbeef, 7, { 10, 216, 32, 145 }, 0x102, 0x304, 1 },	/* ESP */
	{ PORT, 0xdeadbeef, 7, { 10, 245, 217, 16 }, 0x8000, 0x16, 4 },	/* UDP */
	{ PORT, 0xdeadbeef, 7, { 10, 219, 60, 147 }, 0xffff, 0x1, 5 },	/* UDP */
	{ PORT, 0xdeadbeef, 7, { 10, 216, 32, 145 }, 0x102, 0x304, 2 },	/* ESP */
	{ PORTS, 0xdeadbeef, 7, { 10, 245, 217, 16 }, 0x8000, 0x16, 2 },	/* UDP */
	{ PORTS, 0xdeadbeef, 7, { 10, 219, 60, 147 }, 0xffff, 0x1, 5 },	/* UDP */
	{ PORTS, 0xdeadbeef, 7, { 10, 216, 32, 145 }, 0x102, 0x304, 3 },	/* ESP */
	{ IP, 0, 2, { 10, 245, 217, 16 }, 0x8000, 0x16, 2 },	/* UDP */
	{ IP, 0, 2, { 10, 213, 37, 211 }, 0x1, 0x50, 2 },	/* UDP */
	{ IP, 0, 2, { 10, 225, 92, 179 }, 0, 0, 2 },	/* ESP */
	{ PORT, 0, 2, { 10, 247, 96, 96 }, 0, 0, 1 },	/* ICMP */
	{ PORT, 0, 2, { 10, 216, 32, 145 }, 0x102, 0x304, 2 },	/* ESP */
	{ PORTS, 0, 2, { 10, 247, 203, 13 }, 0x1234, 0x5678, 1 },	/* UDP */
	{ PORTS, 0, 2, { 10, 244, 218, 199 }, 0xa0b, 0xc0d, 1 },	/* AH */
	{ PORTS, 0, 2, { 10, 230, 238, 150 }, 0, 0, 1 },	/* GRE */
};

#undef IP
#undef PORT
#undef PORTS

#endif
