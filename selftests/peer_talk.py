#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
The channel between nodes, written down a second time: hears what a node says
to its peers, says what a peer would, and what none would.

    peer_talk.py hear SECONDS                   a line of JSON per datagram
    peer_talk.py send ADDRESS PORT HEX [SOURCE]
    peer_talk.py be SECONDS [MAX]               answer as a peer does, one that
                                                knows versions 1 to MAX
"""

import json
import socket
import struct
import sys
import time

PORT = 3780
HEADER = struct.Struct(">BBHBBHQQ")
HELLO = struct.Struct(">IIQQII")
HEARS, GOODBYE = 1, 2


def listen():
    """The port, for both families."""
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.bind(("::", PORT))
    sock.settimeout(0.05)
    return sock


def datagrams(sock, seconds):
    """Each datagram and its sender, None when there is none for a moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            yield sock.recvfrom(65536)
        except TimeoutError:
            yield None, None


def take_apart(data):
    """A datagram as a dictionary."""
    version, kind, length, low, high, flags, incarnation, sequence = \
        HEADER.unpack_from(data)
    seen = {"version": version, "type": kind, "length": length, "min": low,
            "max": high, "reserved": flags, "incarnation": incarnation,
            "sequence": sequence, "octets": len(data)}
    if kind == 1:
        interval, flags, stamp, echo, delay, life = \
            HELLO.unpack_from(data, HEADER.size)
        seen.update({"interval": interval, "hears": bool(flags & HEARS),
                     "goodbye": bool(flags & GOODBYE), "stamp": stamp,
                     "echo": echo, "delay": delay, "life": life})
    return seen


def hear(seconds):
    """Print what comes."""
    for data, sender in datagrams(listen(), seconds):
        if data:
            print(json.dumps({"from": sender[0].removeprefix("::ffff:"),
                              "port": sender[1], **take_apart(data)}),
                  flush=True)


def send(address, port, octets, source=None):
    """One datagram."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        if source:
            sock.bind((source, 0))
        sock.sendto(bytes.fromhex(octets), (address, port))


def be(seconds, high):
    """A peer that answers each sign of life, with something new behind it."""
    sock = listen()
    life = time.time_ns()
    sequence = 0

    def say(kind, payload, to):
        nonlocal sequence
        sequence += 1
        sock.sendto(HEADER.pack(1, kind, len(payload), 1, high, 0xffff, life,
                                sequence) + payload, to)

    for data, sender in datagrams(sock, seconds):
        if not data:
            continue
        seen = take_apart(data)
        if seen["type"] != 1:
            continue
        more = struct.pack(">HH3sx", 999, 3, b"new")
        say(1, HELLO.pack(100000, HEARS | 1 << 31, time.monotonic_ns(),
                          seen["stamp"], 0, seen["incarnation"] & 0xffffffff) +
            more, sender)
        say(200, b"", sender)


def main():
    """See above."""
    command, *rest = sys.argv[1:]
    if command == "hear":
        hear(float(rest[0]))
    elif command == "send":
        send(rest[0], int(rest[1]), rest[2], *rest[3:])
    else:
        be(float(rest[0]), int(rest[1]) if rest[1:] else 1)


main()
