#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
A peer that tells lies about buckets: it lives, by what it says on the channel.

    clusterip_hostile.py KIND SECONDS ME AUTHORITY NAME ADDRESS...

ME and AUTHORITY are numbers of nodes (MACs), NAME is the cluster IP, and the
addresses are those of the nodes that hear it, the authority first. KIND:

    malformed   each message with each field wrong, and cut off everywhere; prints
                how many none of the nodes may take, for each node
    forged      maps and leases in the name of the authority, of no node, and of
                an epoch that is over, that give all buckets to the liar; and a
                STATUS by which it is the authority
    storm       good messages, changed at random
    highest     the claim to be the authority with the highest epoch there is
"""

import random
import socket
import struct
import sys
import time

PORT = 3780
HEADER = struct.Struct(">BBHBBHQQ")
HELLO = struct.Struct(">IIQQII")
HEARS = 1
MAP, STATUS, LEASE = 4, 5, 6
EPOCH_MAX = (1 << 63) - 1
HEAD = struct.Struct(">16sQQQQIIIHH")


def number(mac):
    """A node's number."""
    return int(mac.replace(":", ""), 16)


def head(name, epoch, authority, rest, seq=1, **more):
    """What all messages begin with."""
    return HEAD.pack(name.encode().ljust(16, b"\0"), epoch, authority,
                     more.get("stamp", time.monotonic_ns()), more.get("echo", 0),
                     more.get("life", 7), more.get("echo_life", 0), seq,
                     more.get("flags", 0), rest)


def lease(name, epoch, authority, **more):
    """LEASE."""
    return head(name, epoch, authority, 72, **more) + struct.pack(">II", 300000, 0)


def bucket_map(name, epoch, authority, ids, owners, **more):
    """MAP."""
    return (head(name, epoch, authority, 80, **more) +
            struct.pack(">IIHHBBH", 300000, 0, len(owners), len(ids), 0, 1, 0) +
            b"".join(struct.pack(">Q", one) for one in ids) +
            struct.pack(">H", 100) * len(ids) + b"\1" * len(ids) + bytes(owners))


def status(name, epoch, authority, node, **more):
    """STATUS that has all of 256 buckets."""
    return (head(name, epoch, authority, 88, **more) +
            struct.pack(">HHHHQII", 100, 256, 3, 0, node, 300000, 0) + b"\xff" * 32)


def malformed(name, me):
    """Nothing of this can be read."""
    ids, owners = [me, me + 1], [0, 1] * 128
    good = {MAP: bucket_map(name, 9, me, ids, owners), LEASE: lease(name, 9, me),
            STATUS: status(name, 9, me, me)}
    for kind, data in good.items():
        # Without a whole name it is about nothing that we have.
        for length in list(range(16, 96)) + [len(data) - 1]:
            if length < len(data):
                yield kind, data[:length]
        for at, wrong in ((32, bytes(8)), (16, b"\xff" * 8), (62, b"\xff\xff"),
                          (62, b"\0\0"), (56, b"\xff" * 4)):
            yield kind, data[:at] + wrong + data[at + len(wrong):]
    for at, wrong in ((72, b"\0\x0f"), (72, b"\2\1"), (74, b"\0\0"), (74, b"\0\x41"),
                      (76, b"\6"), (80, bytes(8)), (88, struct.pack(">Q", me)),
                      (102, b"\2")):
        data = good[MAP]
        yield MAP, data[:at] + wrong + data[at + len(wrong):]
    for at, wrong in ((66, b"\0\0"), (68, b"\0\0"), (72, bytes(8))):
        data = good[STATUS]
        yield STATUS, data[:at] + wrong + data[at + len(wrong):]


def forged(name, me, authority, now):
    """All of it can be read, and none of it is to be believed."""
    mine = [0] * 256
    for epoch in (1, now, now + (1 << 40)):
        for who in (authority, me ^ 1 << 50, 0xffffffffffffffff):
            for seq in (1, 1000, 0x7fffffff):
                yield MAP, bucket_map(name, epoch, who, [me, who ^ 5], mine, seq=seq)
                yield LEASE, lease(name, epoch, who, seq=seq)
        yield STATUS, status(name, epoch, authority, authority)
        yield STATUS, status(name, epoch, authority, 1 << 60)
        yield STATUS, status(name, epoch, me, me)
    # An epoch that is over, in its own name.
    yield MAP, bucket_map(name, 1, me, [me, authority], mine, seq=1000)
    yield LEASE, lease(name, 1, me, seq=1000)
    yield MAP, bucket_map("other", now, me, [me, authority], mine)


class Peer:
    """One that is alive to those it lies to."""

    def __init__(self, addresses):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("", PORT))
        self.sock.settimeout(0.02)
        self.addresses = addresses
        self.life = time.time_ns()
        self.sequence = 0
        self.heard = set()

    def say(self, kind, payload, to):
        """A datagram."""
        self.sequence += 1
        self.sock.sendto(HEADER.pack(1, kind, len(payload), 1, 1, 0, self.life,
                                     self.sequence) + payload, (to, PORT))

    def say_all(self, kind, payload):
        """To each of them."""
        for address in self.addresses:
            self.say(kind, payload, address)

    def live(self, seconds):
        """Answer signs of life for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                data, sender = self.sock.recvfrom(65536)
            except TimeoutError:
                continue
            if data[1] != 1 or sender[0] not in self.addresses:
                continue
            life = HEADER.unpack_from(data)[6]
            stamp = HELLO.unpack_from(data, HEADER.size)[2]
            self.say(1, HELLO.pack(100000, HEARS, time.monotonic_ns(), stamp, 0,
                                   life & 0xffffffff), sender[0])
            self.heard.add(sender[0])


def main():
    """See above."""
    kind, seconds, me, authority, name, *addresses = sys.argv[1:]
    me, authority = number(me), number(authority)
    now = time.time_ns() // 1000000
    peer = Peer(addresses)
    while len(peer.heard) < len(addresses):
        peer.live(0.2)
    peer.live(0.5)
    sent = 0
    if kind == "storm":
        rng = random.Random(5)
        good = list(forged(name, me, authority, now))
        end = time.monotonic() + float(seconds)
        while time.monotonic() < end:
            for _ in range(20):
                what, data = rng.choice(good)
                data = bytearray(data)
                for _ in range(rng.randrange(1, 6)):
                    # Not its name, so that it is read; nor so high an epoch.
                    at = rng.randrange(18, len(data))
                    data[at] = rng.randrange(256)
                peer.say_all(what, bytes(data))
                sent += 1
            peer.live(0.05)
    elif kind == "highest":
        end = time.monotonic() + float(seconds)
        while time.monotonic() < end:
            peer.say_all(LEASE, lease(name, EPOCH_MAX, me, seq=0))
            peer.live(0.1)
            sent += 1
    else:
        lies = malformed(name, me) if kind == "malformed" else \
            forged(name, me, authority, now)
        for what, data in lies:
            peer.say_all(what, data)
            peer.live(0.02)
            sent += 1
        peer.live(float(seconds))
    print(sent)


main()
