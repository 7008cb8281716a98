#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Send VRRP packets that no honest router sends.

Builds the frame by itself, from the Ethernet header up, so that every field
can be wrong, and hands it to the device.

    vrrp_send.py --dev eth0 --src 10.0.0.9 --vrid 7 --priority 50 [--ttl 254]

With --batch the options of one packet per line are read from standard input
and "sent" is printed after each: one process serves a whole test.
"""

import argparse
import shlex
import socket
import struct
import sys
import time

MULTICAST = {4: "224.0.0.18", 6: "ff02::12"}


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def parser():
    """The fields that can be set."""
    p = argparse.ArgumentParser()
    number = lambda text: int(text, 0)
    p.add_argument("--dev")
    p.add_argument("--src")
    p.add_argument("--dst")
    p.add_argument("--smac", default="02:00:00:00:00:99")
    p.add_argument("--dmac")
    p.add_argument("--ttl", type=number, default=255)
    p.add_argument("--proto", type=number, default=112)
    p.add_argument("--version", type=number, default=3)
    p.add_argument("--type", type=number, default=1)
    p.add_argument("--vrid", type=number, default=1)
    p.add_argument("--priority", type=number, default=100)
    p.add_argument("--interval", type=number, default=None,
                   help="as on the wire: seconds (v2), centiseconds (v3)")
    p.add_argument("--reserved", type=number, default=0)
    p.add_argument("--auth-type", type=number, default=0)
    p.add_argument("--auth", default="")
    p.add_argument("--address", action="append", default=[])
    p.add_argument("--count", type=number, default=None)
    p.add_argument("--checksum", default="rfc9568",
                   choices=["rfc9568", "rfc5798", "plain", "wrong"],
                   help="plain: IPv6 without its pseudo-header")
    p.add_argument("--cut", type=number, default=None,
                   help="keep that many bytes of the VRRP message")
    p.add_argument("--pad", type=number, default=0)
    p.add_argument("--fragment", action="store_true")
    p.add_argument("--options", action="store_true",
                   help="an IP header with options")
    p.add_argument("--raw", help="the VRRP message in hexadecimal")
    p.add_argument("--repeat", type=number, default=1)
    p.add_argument("--every", type=float, default=0.0, help="seconds")
    p.add_argument("--batch", action="store_true")
    return p


def pseudo_header(family, src, dst, length):
    """What RFC 5798 and IPv6 put in front of the message for the sum."""
    if family == 4:
        return src + dst + struct.pack("!BBH", 0, 112, length)
    return src + dst + struct.pack("!IHBB", length, 0, 0, 112)


def message(o, family, src, dst):
    """The VRRP message."""
    if o.raw is not None:
        return bytes.fromhex(o.raw)
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    addresses = [socket.inet_pton(kind, a) for a in o.address
                 if (":" in a) == (family == 6)]
    count = len(addresses) if o.count is None else o.count
    head = struct.pack("!BBBB", o.version << 4 | o.type, o.vrid,
                       o.priority, count)
    if o.version == 2:
        tail = struct.pack("!BB", o.auth_type,
                           1 if o.interval is None else o.interval)
        trailer = o.auth.encode()[:8].ljust(8, b"\0")
    else:
        tail = struct.pack("!H", o.reserved << 12 |
                           (100 if o.interval is None else o.interval))
        trailer = b""
    body = b"".join(addresses) + trailer
    length = len(head) + 4 + len(body)
    summed = head + tail + b"\0\0" + body
    if o.checksum != "plain" and (family == 6 or o.checksum == "rfc5798"):
        summed = pseudo_header(family, src, dst, length) + summed
    total = checksum(summed)
    if o.checksum == "wrong":
        total ^= 0x5555
    data = head + tail + struct.pack("!H", total) + body + b"\0" * o.pad
    return data if o.cut is None else data[:o.cut]


def frame(o):
    """The whole Ethernet frame."""
    family = 6 if ":" in o.src else 4
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    to = o.dst or MULTICAST[family]
    src = socket.inet_pton(kind, o.src)
    dst = socket.inet_pton(kind, to)
    data = message(o, family, src, dst)
    mac = o.dmac
    if not mac and family == 4:
        mac = "01:00:5e:%02x:%02x:%02x" % (dst[1] & 0x7f, dst[2], dst[3])
    elif not mac:
        mac = "33:33:%02x:%02x:%02x:%02x" % tuple(dst[12:])
    ether = bytes.fromhex((mac + o.smac).replace(":", ""))
    if family == 6:
        ip = struct.pack("!IHBB", 6 << 28, len(data), o.proto, o.ttl)
        return ether + b"\x86\xdd" + ip + src + dst + data
    options = b"\x94\x04\0\0" if o.options else b""
    length = 20 + len(options)
    ip = struct.pack("!BBHHHBBH", 0x40 | length // 4, 0xc0,
                     length + len(data), 1, 0x2000 if o.fragment else 0,
                     o.ttl, o.proto, 0) + src + dst + options
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return ether + b"\x08\x00" + ip + data


def send(o, sockets):
    """Send one packet as often as asked."""
    if o.dev not in sockets:
        sockets[o.dev] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        sockets[o.dev].bind((o.dev, 0))
    data = frame(o)
    for i in range(o.repeat):
        if i and o.every:
            time.sleep(o.every)
        sockets[o.dev].send(data)


def main():
    """One packet from the arguments, or many from standard input."""
    sockets = {}
    p = parser()
    first = p.parse_args()
    if not first.batch:
        send(first, sockets)
        return
    base = [a for a in sys.argv[1:] if a != "--batch"]
    for line in sys.stdin:
        send(p.parse_args(base + shlex.split(line)), sockets)
        print("sent", flush=True)


if __name__ == "__main__":
    main()
