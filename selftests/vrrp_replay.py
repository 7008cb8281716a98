#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Record the VRRP packets that a device hears, and send them again.

    vrrp_replay.py --dev eth0 --record FILE --frames 20 [--seconds 10]
    vrrp_replay.py --dev eth0 --send FILE --times 100 [--flip SEED]

With --flip one to three bits behind the Ethernet header are turned over in each
frame; the seed makes it the same bits every time.
"""

import argparse
import json
import random
import socket
import sys
import time

ETHER = 14
ETH_P_ALL = 3
OUTGOING = 4


def is_vrrp(frame):
    """IPv4 or IPv6 with protocol 112."""
    kind = frame[12:14]
    return (kind == b"\x08\x00" and frame[23:24] == b"\x70" or
            kind == b"\x86\xdd" and frame[20:21] == b"\x70")


def record(sock, o):
    """What others sent, until there is enough of it."""
    frames, end = [], time.monotonic() + o.seconds
    sock.settimeout(0.2)
    while len(frames) < o.frames and time.monotonic() < end:
        try:
            frame, address = sock.recvfrom(2048)
        except socket.timeout:
            continue
        if address[2] != OUTGOING and is_vrrp(frame):
            frames.append(frame.hex())
    with open(o.record, "w") as file:
        json.dump(frames, file)
    print(len(frames))
    return 0 if frames else 1


def flip(frame, chance):
    """The same frame with a few bits wrong."""
    data = bytearray(frame)
    for _ in range(chance.randint(1, 3)):
        bit = chance.randrange(ETHER * 8, len(data) * 8)
        data[bit // 8] ^= 1 << bit % 8
    return bytes(data)


def main():
    """Record or send."""
    p = argparse.ArgumentParser()
    p.add_argument("--dev", required=True)
    p.add_argument("--record")
    p.add_argument("--send")
    p.add_argument("--frames", type=int, default=20)
    p.add_argument("--seconds", type=float, default=10)
    p.add_argument("--times", type=int, default=1)
    p.add_argument("--flip", type=int)
    o = p.parse_args()
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.bind((o.dev, 0))
    if o.record:
        return record(sock, o)
    with open(o.send) as file:
        frames = [bytes.fromhex(line) for line in json.load(file)]
    chance = random.Random(o.flip)
    for _ in range(o.times):
        for frame in frames:
            sock.send(frame if o.flip is None else flip(frame, chance))
    print(len(frames) * o.times)
    return 0


if __name__ == "__main__":
    sys.exit(main())
