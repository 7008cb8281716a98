#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
A peer that has gone mad: it lives, by what it says on the channel, and tells of
flows what no flow can be.

    mirror_fuzz.py malformed ADDRESS    each kind of nonsense once, in streams of
                                        their own; prints how many datagrams or
                                        records there were
    mirror_fuzz.py chain ADDRESS        flows each of which was expected because
                                        of the one before, and the end of all
    mirror_fuzz.py storm ADDRESS SECONDS SEED
                                        good ones, changed at random

Flows that are told of are from 198.51.100.0/24; those of nonsense to
198.51.100.66, those of good records to 198.51.100.1.
"""

import random
import socket
import struct
import sys
import time

PORT = 3780
HEADER = struct.Struct(">BBHBBHQQ")
HELLO = struct.Struct(">IIQQII")
DATA_HEADER = struct.Struct(">QQIHH")
DATA, STATUS = 2, 3
SET, DEL, EXPECT, EXPECT_DEL, BEGIN, END = range(1, 7)
NAT, TCP, SCTP, MARK, LABELS, SEQADJ, HELPER, MASTER, SYNPROXY = (
    1 << n for n in range(9))
ASSURED = 3         # and replies seen


def record(kind, body):
    return struct.pack(">BBH", kind, 0, 4 + len(body)) + body


def key(port, to=66, protocol=17, kind=0x40, zone=0):
    return (struct.pack(">BBH", protocol, kind, zone) +
            socket.inet_aton("198.51.100.2") +
            socket.inet_aton(f"198.51.100.{to}") +
            struct.pack(">HH", port, 7))


def flow(port, has=0, parts=b"", timeout=60000, **more):
    return record(SET, key(port, **more) +
                  struct.pack(">IIH", has, timeout, ASSURED) + parts)


def tcp(state=3, scale=(7, 7)):
    return struct.pack(">BBBBB", state, 0, 0, *scale)


def name(text):
    return text.ljust(16, b"\0")


def expect(port, to=66):
    """Of a flow that is told of; to be changed."""
    return record(EXPECT, key(port, to, 6) + key(port, to, 6) + b"\xff" * 4 +
                  struct.pack(">HIIIBB", 0xffff, 0, 60000, 0, 0, 0))


def nonsense():
    """Records that no node writes, and that may be in no table."""
    n = iter(range(1000, 2000))
    yield flow(next(n), kind=0x50)              # of no family
    yield flow(next(n), kind=0x4f)              # zones of no direction
    yield flow(next(n), TCP, tcp(), protocol=17)
    yield flow(next(n), TCP, tcp(state=99), protocol=6)
    yield flow(next(n), TCP, tcp(scale=(15, 0)), protocol=6)
    yield flow(next(n), TCP, tcp()[:3], protocol=6)
    yield flow(next(n), SCTP, bytes([10] + 8 * [0]), protocol=132)
    yield flow(next(n), HELPER, name(b""))
    yield flow(next(n), HELPER, b"x" * 16)
    yield flow(next(n), HELPER, name(b"f\0p"))
    yield flow(next(n), HELPER, name(b"%s\n"))
    yield flow(next(n), NAT, b"\0" * 11)
    yield flow(next(n), LABELS, b"\0" * 15)
    yield flow(next(n), SEQADJ, b"\0" * 23)
    yield flow(next(n), MASTER, b"\0" * 16)
    yield flow(next(n), SYNPROXY, b"\0" * 12)   # UDP has none
    yield record(SET, key(next(n)))
    yield record(DEL, key(next(n), kind=0))
    yield record(DEL, b"")
    yield record(EXPECT_DEL, key(next(n), kind=0x90))
    yield record(EXPECT, key(next(n)))
    yield record(BEGIN, b"\0")
    yield record(END, b"\0" * 11)


def broken():
    """Datagrams of which nothing can be read."""
    good = flow(3000)
    now = time.time_ns()
    for body in (
            b"", b"\0" * 23,
            DATA_HEADER.pack(0, 1, 0, 24, 0) + good,
            DATA_HEADER.pack(now, 0, 0, 24, 0) + good,
            DATA_HEADER.pack(1 << 63, 1, 0, 24, 0) + good,
            DATA_HEADER.pack(now, 1 << 63, 0, 24, 0) + good,
            DATA_HEADER.pack(now, 1, 1, 24, 0) + good,
            DATA_HEADER.pack(now, 1, 0, 23, 0) + good,
            DATA_HEADER.pack(now, 1, 0, 60000, 0) + good):
        yield DATA, body
    yield STATUS, b""
    yield STATUS, b"\0" * 63
    # More ranges than there is room for, and an offset behind the end.
    yield STATUS, b"\0" * 60 + struct.pack(">HH", 33, 64)
    yield STATUS, b"\0" * 60 + struct.pack(">HH", 1, 60000)
    # A record that is longer than the datagram, and one that is shorter than
    # any: nothing behind it can be found.
    for bad in b"\1\0\xff\xff", b"\1\0\0\3":
        yield DATA, DATA_HEADER.pack(now, 1, 0, 24, 0) + bad + good
        now += 1


class Peer:
    """Answers signs of life and says what it is told to."""

    def __init__(self, address):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("", PORT))
        self.sock.connect((address, PORT))
        self.life = time.time_ns()
        self.sequence = 0
        self.stream = time.time_ns()

    def say(self, kind, body):
        self.sequence += 1
        try:
            self.sock.send(HEADER.pack(1, kind, len(body), 1, 1, 0, self.life,
                                       self.sequence) + body)
        except OSError:
            pass

    def live(self, seconds):
        """For a while, or not at all if 0, but answer what came."""
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            self.sock.settimeout(max(left, 0.0001))
            try:
                data = self.sock.recv(65536)
            except OSError:
                data = b""
            if len(data) >= HEADER.size + 64 and data[1] == STATUS:
                # Of what was changed the number may have been, too.
                heard, = struct.unpack_from(">Q", data, HEADER.size)
                self.stream = max(self.stream, heard)
            if len(data) >= HEADER.size + HELLO.size and data[1] == 1:
                life, = struct.unpack_from(">Q", data, 8)
                stamp, = struct.unpack_from(">Q", data, HEADER.size + 8)
                self.say(1, HELLO.pack(100000, 1, time.monotonic_ns(), stamp, 0,
                                       life & 0xffffffff))
                self.say(STATUS, struct.pack(">QQQQQQIIIHH", 0, 0, 0, 0, 0, 0,
                                             0, 0, 0, 0, 64))
            if left <= 0:
                return

    def tell(self, *records):
        """In a stream of its own."""
        self.stream += 1
        self.say(DATA, DATA_HEADER.pack(self.stream, 1, 0, 24, 0) +
                 b"".join(records))


def malformed(peer):
    count = 0
    for bad in nonsense():
        # What is around it is good, and counts.
        peer.tell(flow(2000 + count, to=1), bad, flow(4000 + count, to=1))
        peer.live(0.02)
        count += 1
    for kind, body in broken():
        peer.say(kind, body)
        peer.live(0.02)
        count += 1
    peer.live(1)
    print(count)


def chain(peer):
    """The last one holds all others, which end with it."""
    for port in range(1, 1001):
        peer.tell(flow(port, TCP | MASTER, tcp() + key(port - 1, 1, 6), to=1,
                       protocol=6))
        peer.live(0.002)
    # Again what got lost, if a slow machine did not keep up.
    for _ in range(2):
        for port in range(1, 1001):
            peer.tell(record(DEL, key(port, 1, 6)))
            peer.live(0.002)
    peer.live(1)


def mutate(chance, body):
    """A few octets are others, or missing, or too many."""
    body = bytearray(body)
    for _ in range(chance.choice((0, 1, 1, 2, 4, 16))):
        at = chance.randrange(len(body))
        what = chance.random()
        if what < 0.5:
            body[at] ^= 1 << chance.randrange(8)
        elif what < 0.7:
            body[at] = chance.choice((0, 1, 0x7f, 0x80, 0xff))
        elif what < 0.8:
            del body[at:at + chance.randrange(1, 9)]
        elif what < 0.9:
            body[at:at] = chance.randbytes(chance.randrange(1, 9))
        else:
            del body[at + 1:]
        if not body:
            return b""
    return bytes(body)


def any_record(chance):
    port = chance.randrange(1, 200)
    has = chance.randrange(1 << 9) if chance.random() < 0.3 else 0
    return chance.choice((
        lambda: flow(port, to=1),
        lambda: flow(port, TCP, tcp(), to=1, protocol=6),
        lambda: flow(port, TCP | HELPER, tcp() + name(b"ftp"), to=1,
                     protocol=6),
        lambda: flow(port, has, chance.randbytes(120), to=1,
                     protocol=chance.choice((1, 6, 17, 47, 58, 132, 253))),
        lambda: flow(port, SEQADJ, chance.randbytes(24), to=1, protocol=6),
        lambda: flow(port, MASTER, key(port - 1, 1, 6), to=1, protocol=6),
        lambda: flow(port, NAT | LABELS, chance.randbytes(28), to=1),
        lambda: expect(port, 1),
        lambda: record(EXPECT_DEL, key(port, 1, 6)),
        lambda: record(DEL, key(port, 1)),
        lambda: record(BEGIN, struct.pack(">I", chance.randrange(3))),
        lambda: record(END, struct.pack(">IQ", chance.randrange(3), 0)),
        lambda: record(chance.randrange(256), chance.randbytes(8))))()


def storm(peer, seconds, seed):
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    sent = seq = 0
    while time.monotonic() < end:
        if chance.random() < 0.05:
            peer.stream += 1
            seq = 0
        if chance.random() < 0.25:
            body = struct.pack(">QQQQQQIIIHH",
                               chance.choice((0, peer.stream)),
                               chance.choice((0, 1, 2**62, seq)),
                               chance.choice((0, 1000, 2**62)), peer.stream,
                               chance.randrange(seq + 1), seq,
                               0, 0, chance.randrange(4), 1, 64)
            peer.say(STATUS, mutate(chance, body +
                                    struct.pack(">II", 0, 1)))
        else:
            seq += chance.choice((0, 1, 1, 1, 1, 1, 2, 50))
            body = DATA_HEADER.pack(peer.stream, max(seq, 1),
                                    chance.randrange(max(seq, 1)), 24, 0)
            body += b"".join(any_record(chance)
                             for _ in range(chance.randrange(8)))
            peer.say(DATA, mutate(chance, body))
        sent += 1
        if sent % 16 == 0:
            peer.live(0)
    print(sent)


def main():
    peer = Peer(sys.argv[2])
    peer.live(1)
    if sys.argv[1] == "malformed":
        malformed(peer)
    elif sys.argv[1] == "chain":
        chain(peer)
    else:
        storm(peer, float(sys.argv[3]), int(sys.argv[4]))


main()
