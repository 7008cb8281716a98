#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Watch who has an address, in several network namespaces at once.

	vrrp_owners.py ADDRESS NAMESPACE...

Prints a line whenever that changes: seconds since 1970, and the namespaces
that have it, or "nobody". The kernel tells each of them when the address is
put on a device or taken from it, so nothing is missed however short it is.
"""
import ctypes
import ipaddress
import os
import select
import socket
import struct
import sys
import time

RTM_NEWADDR, RTM_DELADDR = 20, 21
RTMGRP = 0x10 | 0x100           # IPv4 and IPv6 addresses
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)

wanted = ipaddress.ip_address(sys.argv[1]).packed
spaces = {}
for name in sys.argv[2:]:
    with open(f"/run/netns/{name}", "rb") as space:
        if libc.setns(space.fileno(), CLONE_NEWNET):
            sys.exit(f"{name}: {os.strerror(ctypes.get_errno())}")
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    link.bind((0, RTMGRP))
    spaces[link.fileno()] = (name, link)


def changes(data):
    """True for each time the address came, False for each time it went."""
    while len(data) >= 16:
        length, kind = struct.unpack_from("=IH", data)
        at = 16 + 8
        while kind in (RTM_NEWADDR, RTM_DELADDR) and at + 4 <= length:
            size, attribute = struct.unpack_from("=HH", data, at)
            # IFA_ADDRESS
            if attribute == 1 and data[at + 4:at + size] == wanted:
                yield kind == RTM_NEWADDR
            at += max(4, (size + 3) & ~3)
        data = data[(length + 3) & ~3:] if length >= 16 else b""


owners = set()
poll = select.poll()
for number in spaces:
    poll.register(number, select.POLLIN)
print("watching", flush=True)
while True:
    for number, _ in poll.poll():
        name, link = spaces[number]
        for came in changes(link.recv(65536)):
            before = set(owners)
            (owners.add if came else owners.discard)(name)
            if owners != before:
                print(f"{time.time():.6f}", *sorted(owners) or ["nobody"], flush=True)
