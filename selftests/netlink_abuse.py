#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Abuse of the netlink interface: whatever arrives, the kernel refuses it with a
text that says why, changes nothing, and lives on.

Runs in network namespaces of its own. The random part is seeded: KC_SEED
repeats a run, KC_FUZZ is the number of messages.
"""

import ctypes
import os
import random
import socket
import struct
import subprocess
import sys

from genl import K, NESTED, NLM_F_ACK, Refused, Socket, Tap, attr, nest, \
    parse, u8, unshare

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
NAME, IFNAME, VRID = (K["KCLUSTER_A_VRRP_" + n] for n in
                      ("NAME", "IFNAME", "VRID"))
WRITES = ["VRRP_ADD", "VRRP_SET", "VRRP_DEL", "VRRP_FLUSH",
          "VRRP_ADDRESS_ADD", "VRRP_ADDRESS_DEL", "VRRP_ROUTE_ADD",
          "VRRP_ROUTE_DEL", "VRRP_TRACK_ADD", "VRRP_TRACK_DEL",
          "VALUE_SET", "VALUE_DEL", "VALUE_FLUSH"]
VOLATILE = ("SINCE", "LAST_HEARD", "STATS", "STATE", "REASON",
            "MASTER_DOWN_INTERVAL", "SOURCE", "MASTER_ADDRESS",
            "MASTER_PRIORITY", "MASTER_INTERVAL")
tap = Tap()


def a(name):
    """Number of a virtual router's attribute."""
    return K["KCLUSTER_A_VRRP_" + name]


def cmd(name):
    """Number of a command."""
    return K["KCLUSTER_CMD_" + name]


def router(name="R", vrid=7, dev="lo"):
    """The least that makes a router; "lo" keeps it quiet."""
    return attr(NAME, name) + attr(IFNAME, dev) + u8(VRID, vrid)


def address(text, prefixlen=None, *more):
    """An address as nested attribute."""
    kind = socket.AF_INET6 if ":" in text else socket.AF_INET
    inside = [attr(K["KCLUSTER_A_ADDRESS_ADDRESS"], socket.inet_pton(kind, text))]
    if prefixlen is not None:
        inside.append(u8(K["KCLUSTER_A_ADDRESS_PREFIXLEN"], prefixlen))
    return nest(a("ADDRESS"), *inside, *more)


def peer(text):
    """A unicast peer as nested attribute."""
    kind = socket.AF_INET6 if ":" in text else socket.AF_INET
    return nest(a("PEER"), attr(K["KCLUSTER_A_PEER_ADDRESS"],
                                socket.inet_pton(kind, text)))


def route(dst=None, prefixlen=None, via="10.0.0.254"):
    """A route as nested attribute."""
    inside = []
    if dst:
        inside.append(attr(K["KCLUSTER_A_ROUTE_DST"], socket.inet_aton(dst)))
    if prefixlen is not None:
        inside.append(u8(K["KCLUSTER_A_ROUTE_PREFIXLEN"], prefixlen))
    if via:
        inside.append(attr(K["KCLUSTER_A_ROUTE_VIA"], socket.inet_aton(via)))
    return nest(a("ROUTE"), *inside)


def track(dev="lo", weight=0):
    """A tracked device as nested attribute."""
    return nest(a("TRACK"), attr(K["KCLUSTER_A_TRACK_IFNAME"], dev),
                attr(K["KCLUSTER_A_TRACK_WEIGHT"], struct.pack("=i", weight)))


def v(name):
    """Number of a tracked value's attribute."""
    return K["KCLUSTER_A_VALUE_" + name]


def s32(kind, number):
    """An attribute of a signed number."""
    return attr(kind, struct.pack("=i", number))


def track_value(name, *more):
    """A tracked value as nested attribute."""
    return nest(a("TRACK"), attr(K["KCLUSTER_A_TRACK_VALUE"], name), *more)


def track_neighbour(text, *more, dev="dummy0"):
    """A tracked neighbour as nested attribute."""
    kind = socket.AF_INET6 if ":" in text else socket.AF_INET
    return nest(a("TRACK"), attr(K["KCLUSTER_A_TRACK_IFNAME"], dev),
                attr(K["KCLUSTER_A_TRACK_NEIGHBOUR"], socket.inet_pton(kind, text)), *more)


def values(nl):
    """The tracked values, without what changes by itself."""
    return [[(k, data) for k, data in parse(reply) if k not in (v("AGE"), v("PAD"))]
            for reply in nl.dump(cmd("VALUE_GET"))]


def configuration(nl):
    """What is configured, without what changes by itself."""
    volatile = {a(n) for n in VOLATILE}
    return [[(k, data) for k, data in parse(reply) if k not in volatile]
            for reply in nl.dump(cmd("VRRP_GET"))] + values(nl)


def refused(nl, what, command, body, error=None, names=None):
    """The request is refused with a text, and leaves everything as it was."""
    before = configuration(nl)
    try:
        nl.request(cmd(command), body)
        tap.check(f"{what}: refused", False, "it was accepted")
        return
    except Refused as e:
        why = e
    problem = []
    if not why.text and why.missing is None:
        problem.append("no text")
    if error and why.error != error:
        problem.append(f"errno {why.error} instead of {error}")
    if names and names not in why.text and why.offset is None and \
            why.missing is None:
        problem.append("does not name the attribute")
    if configuration(nl) != before:
        problem.append("something was applied")
    tap.check(f"{what}: refused ({why.text})", not problem,
              ", ".join(problem))


def wrong_requests(nl):
    """Requests that are well formed and wrong."""
    EINVAL, EEXIST, ENOENT, ERANGE = 22, 17, 2, 34
    full = router("new", 9)
    refused(nl, "add without a name", "VRRP_ADD", attr(IFNAME, "lo") + u8(VRID, 9), EINVAL)
    refused(nl, "add without a device", "VRRP_ADD", attr(NAME, "new") + u8(VRID, 9), EINVAL)
    refused(nl, "add without a vrid", "VRRP_ADD", attr(NAME, "new") + attr(IFNAME, "lo"), EINVAL)
    refused(nl, "vrid 0", "VRRP_ADD", attr(NAME, "new") + attr(IFNAME, "lo") + u8(VRID, 0))
    refused(nl, "an empty name", "VRRP_ADD", router("", 9))
    refused(nl, "a name of 32 characters", "VRRP_ADD", router("n" * 32, 9))
    refused(nl, "a name with a space and a newline", "VRRP_ADD", router("a b\n", 9))
    refused(nl, "a device name of 16 characters", "VRRP_ADD", router("new", 9, "d" * 16))
    refused(nl, "a device name with a slash", "VRRP_ADD", router("new", 9, "../x"))
    refused(nl, "the name of another router", "VRRP_ADD", router("R", 9), EEXIST)
    refused(nl, "vrid and device of another router", "VRRP_ADD", router("new", 7), EEXIST)
    for version in (0, 1, 4, 255):
        refused(nl, f"version {version}", "VRRP_ADD", full + u8(a("VERSION"), version))
    refused(nl, "family 7", "VRRP_ADD", full + u8(a("FAMILY"), 7))
    refused(nl, "version 2 with IPv6", "VRRP_ADD",
            full + u8(a("VERSION"), 2) + u8(a("FAMILY"), 10))
    refused(nl, "priority 0", "VRRP_ADD", full + u8(a("PRIORITY"), 0))
    for ms in (0, 9, 15, 40960, 255001, 0xffffffff):
        refused(nl, f"interval of {ms} ms in version 3", "VRRP_ADD",
                full + attr(a("INTERVAL"), ms))
    refused(nl, "interval of 1500 ms in version 2", "VRRP_ADD",
            full + u8(a("VERSION"), 2) + attr(a("INTERVAL"), 1500))
    refused(nl, "preempt 2", "VRRP_ADD", full + u8(a("PREEMPT"), 2))
    refused(nl, "preempt-delay of two hours", "VRRP_ADD", full + attr(a("PREEMPT_DELAY"), 7200000))
    refused(nl, "checksum 2", "VRRP_ADD", full + u8(a("CHECKSUM"), 2))
    refused(nl, "initial state FAULT", "VRRP_ADD", full + u8(a("INITIAL_STATE"), 3))
    refused(nl, "a password with version 3", "VRRP_ADD", full + attr(a("AUTH_PASS"), "secret"))
    refused(nl, "a password of 9 characters", "VRRP_ADD",
            full + u8(a("VERSION"), 2) + attr(a("AUTH_PASS"), "123456789"))
    refused(nl, "an address of 5 bytes", "VRRP_ADD",
            full + nest(a("ADDRESS"), attr(K["KCLUSTER_A_ADDRESS_ADDRESS"], b"12345")))
    refused(nl, "an IPv6 address in an IPv4 router", "VRRP_ADD", full + address("fd00::1"))
    refused(nl, "an address without an address", "VRRP_ADD",
            full + nest(a("ADDRESS"), u8(K["KCLUSTER_A_ADDRESS_PREFIXLEN"], 24)))
    refused(nl, "prefix length 33", "VRRP_ADD", full + address("10.0.0.1", 33))
    refused(nl, "prefix length 129", "VRRP_ADD", full + address("10.0.0.1", 129))
    refused(nl, "the same address twice", "VRRP_ADD",
            full + address("10.0.0.9", 24) + address("10.0.0.9", 24))
    refused(nl, "address 0.0.0.0", "VRRP_ADD", full + address("0.0.0.0", 24))
    refused(nl, "a multicast address", "VRRP_ADD", full + address("224.0.0.5", 24))
    refused(nl, "a read-only attribute in an address", "VRRP_ADD",
            full + address("10.0.0.9", 24, u8(K["KCLUSTER_A_ADDRESS_STATE"], 1)))
    refused(nl, "a read-only attribute", "VRRP_ADD", full + u8(a("STATE"), 2))
    refused(nl, "a peer of another family", "VRRP_ADD", full + peer("fd00::2"))
    refused(nl, "a multicast peer", "VRRP_ADD", full + peer("224.0.0.18"))
    refused(nl, "the same peer twice", "VRRP_ADD", full + peer("10.0.0.2") * 2)
    vote = K["KCLUSTER_A_WITNESS_ADDRESS"]
    refused(nl, "a witness of 5 bytes", "VRRP_ADD", full + nest(a("WITNESS"), attr(vote, b"12345")))
    refused(nl, "a witness without an address", "VRRP_ADD",
            full + nest(a("WITNESS"), u8(K["KCLUSTER_A_WITNESS_VOTE"], 1)))
    refused(nl, "a read-only attribute in a witness", "VRRP_ADD",
            full + nest(a("WITNESS"), attr(vote, bytes([10, 0, 0, 2])) +
                        u8(K["KCLUSTER_A_WITNESS_VOTE"], 1)))
    refused(nl, "a witness with 9 addresses", "VRRP_ADD",
            full + nest(a("WITNESS"), b"".join(attr(vote, bytes([10, 0, 0, i]))
                                               for i in range(1, 10))))
    refused(nl, "9 witnesses", "VRRP_ADD",
            full + b"".join(nest(a("WITNESS"), attr(vote, bytes([10, 0, 0, i])))
                            for i in range(1, 10)))
    refused(nl, "yield without witnesses", "VRRP_ADD", full + u8(a("ON_ISOLATION"), 1))
    refused(nl, "on-isolation 2", "VRRP_ADD", full + u8(a("ON_ISOLATION"), 2))
    refused(nl, "votes, which are read only", "VRRP_ADD", full + u8(a("VOTES"), 3))
    refused(nl, "65 peers", "VRRP_ADD",
            full + b"".join(peer(f"10.1.0.{i}") for i in range(1, 66)))
    refused(nl, "256 addresses", "VRRP_ADD", full + b"".join(
        address(f"10.7.{i >> 7}.{(i & 127) + 1}", 24) for i in range(256)))
    local = attr(K["KCLUSTER_A_ADDRESS_LOCAL"], b"")
    excluded = attr(K["KCLUSTER_A_ADDRESS_EXCLUDED"], b"")
    refused(nl, "4097 addresses", "VRRP_ADD", full + b"".join(
        address(f"10.{7 + (i >> 12)}.{i >> 7 & 31}.{(i & 127) + 1}", 24, excluded)
        for i in range(4097)))
    refused(nl, "4097 addresses as local routes", "VRRP_ADD",
            full + address("10.16.0.0", 20, local, excluded) + address("10.17.0.0", 32))
    refused(nl, "more of them in one", "VRRP_ADD",
            full + address("10.16.0.0", 19, local, excluded))
    refused(nl, "a listed block of local routes", "VRRP_ADD",
            full + address("10.16.0.0", 24, local))
    refused(nl, "an IPv6 local route", "VRRP_ADD", full + address("fd00::9", 128, local, excluded))
    refused(nl, "65 routes", "VRRP_ADD",
            full + b"".join(route(f"10.2.{i}.0", 24) for i in range(65)))
    refused(nl, "33 tracked devices", "VRRP_ADD",
            full + b"".join(track(f"d{i}") for i in range(33)))
    refused(nl, "the last of many addresses is wrong", "VRRP_ADD", full + b"".join(
        address(f"10.3.0.{i}", 24) for i in range(1, 50)) + address("fd00::1"))
    refused(nl, "a route with prefix length 40", "VRRP_ADD", full + route("10.2.0.0", 40))
    refused(nl, "a route with host bits", "VRRP_ADD", full + route("10.2.0.7", 24))
    refused(nl, "a tracked device of weight 255", "VRRP_ADD", full + track("lo", 255))
    refused(nl, "a tracked device of weight -2147483648", "VRRP_ADD", full + track("lo", -1 << 31))
    refused(nl, "a track of a device and a value", "VRRP_ADD", full + nest(
        a("TRACK"), attr(K["KCLUSTER_A_TRACK_IFNAME"], "lo"),
        attr(K["KCLUSTER_A_TRACK_VALUE"], "web")))
    refused(nl, "a track of nothing", "VRRP_ADD",
            full + nest(a("TRACK"), s32(K["KCLUSTER_A_TRACK_WEIGHT"], 5)))
    refused(nl, "a tracked value twice", "VRRP_ADD",
            full + track_value("web") + track_value("lo") + track_value("web"))
    refused(nl, "a tracked value with a space in its name", "VRRP_ADD", full + track_value("a b"))
    refused(nl, "a tracked value without a name", "VRRP_ADD", full + track_value(""))
    refused(nl, "33 tracked values", "VRRP_ADD",
            full + b"".join(track_value(f"v{i}") for i in range(33)))
    for text in ("0.0.0.0", "255.255.255.255", "224.0.0.5", "127.0.0.1", "::", "ff02::1"):
        refused(nl, f"neighbour {text}", "VRRP_ADD", full + track_neighbour(text))
    for ms in (0, 99, 60001):
        refused(nl, f"a neighbour asked every {ms} ms", "VRRP_ADD", full + track_neighbour(
            "10.0.0.254", attr(K["KCLUSTER_A_TRACK_INTERVAL"], ms)))
    for times in (0, 101):
        refused(nl, f"a neighbour lost after {times}", "VRRP_ADD", full + track_neighbour(
            "10.0.0.254", u8(K["KCLUSTER_A_TRACK_LOSE"], times)))
    refused(nl, "a neighbour of 5 octets", "VRRP_ADD", full + nest(
        a("TRACK"), attr(K["KCLUSTER_A_TRACK_IFNAME"], "dummy0"),
        attr(K["KCLUSTER_A_TRACK_NEIGHBOUR"], b"12345")))
    refused(nl, "a neighbour of no device", "VRRP_ADD", full + track_value("web", attr(
        K["KCLUSTER_A_TRACK_NEIGHBOUR"], b"1234")))
    refused(nl, "a device that is asked", "VRRP_ADD", full + nest(
        a("TRACK"), attr(K["KCLUSTER_A_TRACK_IFNAME"], "dummy0"),
        u8(K["KCLUSTER_A_TRACK_LOSE"], 3)))
    refused(nl, "a neighbour twice", "VRRP_ADD", full + track_neighbour("10.0.0.254") +
            track_neighbour("10.0.0.254", u8(K["KCLUSTER_A_TRACK_LOSE"], 5)))
    refused(nl, "a neighbour that is one of its own addresses", "VRRP_ADD",
            full + address("10.0.0.77", 24) + track_neighbour("10.0.0.77"))
    refused(nl, "a neighbour through the loopback device", "VRRP_ADD",
            full + track_neighbour("fd00::1", dev="lo"))
    refused(nl, "a neighbour and a wrong address", "VRRP_ADD",
            full + track_neighbour("10.0.0.254") + address("224.0.0.5", 24))
    refused(nl, "a neighbour, and the vrid of another router", "VRRP_ADD",
            router("new", 7) + track_neighbour("10.0.0.254"), EEXIST)
    refused(nl, "a tracked value and a wrong address", "VRRP_ADD",
            full + track_value("web") + address("224.0.0.5", 24))
    refused(nl, "a tracked value, and the vrid of another router", "VRRP_ADD",
            router("new", 7) + track_value("web"), EEXIST)
    refused(nl, "90 IPv6 addresses, more than the MTU of dummy0 holds", "VRRP_ADD",
            router("new", 9, "dummy0") + u8(a("FAMILY"), 10) + b"".join(
                address(f"fd00::{i:x}", 64) for i in range(1, 95)))
    for name in ("VRRP_SET", "VRRP_DEL", "VRRP_ADDRESS_ADD", "VRRP_ADDRESS_DEL",
                 "VRRP_ROUTE_ADD", "VRRP_ROUTE_DEL", "VRRP_TRACK_ADD", "VRRP_TRACK_DEL"):
        item = {"ADDRESS": address("10.0.0.9", 24), "ROUTE": route("10.2.0.0", 24),
                "TRACK": track("lo")}.get(name.split("_")[1], b"")
        refused(nl, f"{name} of a router that does not exist", name,
                attr(NAME, "nobody") + item, ENOENT)
        refused(nl, f"{name} without a name", name, item, EINVAL)
    refused(nl, "vrrp-get of a router that does not exist", "VRRP_GET",
            attr(NAME, "nobody"), ENOENT)
    refused(nl, "set to priority 0", "VRRP_SET", attr(NAME, "R") + u8(a("PRIORITY"), 0))
    refused(nl, "set of two things, the second wrong", "VRRP_SET",
            attr(NAME, "R") + u8(a("PRIORITY"), 77) + attr(a("INTERVAL"), 15))
    refused(nl, "set of what cannot be changed (vrid)", "VRRP_SET", attr(NAME, "R") + u8(VRID, 9))
    refused(nl, "delete of an address that is not there", "VRRP_ADDRESS_DEL",
            attr(NAME, "R") + address("10.0.0.77", 24))
    refused(nl, "add of two addresses, the second already there", "VRRP_ADDRESS_ADD",
            attr(NAME, "R") + address("10.0.0.88", 24) + address("10.0.0.1", 24))
    refused(nl, "delete of two addresses, the second not there", "VRRP_ADDRESS_DEL",
            attr(NAME, "R") + address("10.0.0.1", 24) + address("10.0.0.77", 24))


def wrong_values(nl):
    """Tracked values that are well formed and wrong."""
    web = attr(v("NAME"), "web")
    refused(nl, "a value without a name", "VALUE_SET", u8(v("STATE"), 1), 22)
    refused(nl, "a value with an empty name", "VALUE_SET", attr(v("NAME"), ""), 22)
    refused(nl, "a value with a slash in its name", "VALUE_SET", attr(v("NAME"), "a/b"), 22)
    refused(nl, "a value with a name of 32 characters", "VALUE_SET", attr(v("NAME"), "n" * 32))
    for state in (0, 3, 255):
        refused(nl, f"state {state}", "VALUE_SET", web + u8(v("STATE"), state))
    for number in (255, -255, 0x7fffffff, -1 << 31):
        refused(nl, f"number {number}", "VALUE_SET", web + s32(v("NUMBER"), number), 34)
        refused(nl, f"weight {number}", "VALUE_SET", web + s32(v("WEIGHT"), number), 34)
    for ms in (1, 9, 3600001, 0xffffffff):
        refused(nl, f"ttl of {ms} ms", "VALUE_SET", web + attr(v("TTL"), ms), 34)
    refused(nl, "a read-only attribute of a value", "VALUE_SET",
            web + attr(v("AGE"), struct.pack("=Q", 7)))
    for name in ("VALUE_DEL", "VALUE_GET"):
        refused(nl, f"{name} of a value that does not exist", name, web, 2)
        refused(nl, f"{name} without a name", name, b"", 22)
    nl.request(cmd("VALUE_SET"), web + attr(v("TTL"), 3600000) + s32(v("WEIGHT"), -254))
    kept = values(nl)
    nl.request(cmd("VALUE_SET"), web)
    tap.check("weight and ttl stay when they are not given", values(nl) == kept, values(nl))
    refused(nl, "a wrong number leaves a value as it is", "VALUE_SET",
            web + u8(v("STATE"), 2) + s32(v("NUMBER"), 300), 34)
    nl.request(cmd("VALUE_SET"), web + u8(v("STATE"), 2) + attr(v("INITIAL")))
    tap.check("initial leaves a value as it is", values(nl) == kept, values(nl))
    for i in range(1, 256):
        nl.request(cmd("VALUE_SET"), attr(v("NAME"), f"v{i}"))
    tap.check("256 values are accepted, and dumped in several messages", len(values(nl)) == 256)
    refused(nl, "the 257th", "VALUE_SET", attr(v("NAME"), "v256"), 28)
    refused(nl, "a track that names a 257th", "VRRP_TRACK_ADD",
            attr(NAME, "R") + track_value("v1") + track_value("v256"), 28)
    refused(nl, "a router that names a 257th", "VRRP_ADD",
            router("new", 9) + track_value("v1") + track_value("v256"), 28)
    nl.request(cmd("VRRP_TRACK_ADD"), attr(NAME, "R") + track_value("v1"))
    nl.request(cmd("VALUE_FLUSH"))
    tap.check("flushed: only the one that a router names is left, unset",
              values(nl) == [[(v("NAME"), b"v1\0"), (v("STATE"), b"\0")]], values(nl))
    refused(nl, "delete of a value that is only named", "VALUE_DEL", attr(v("NAME"), "v1"), 2)
    nl.request(cmd("VRRP_TRACK_DEL"), attr(NAME, "R") + track_value("v1"))
    tap.check("and gone with the track", values(nl) == [], values(nl))


def malformed(nl):
    """Messages that are not even well formed."""
    full = router("new", 9)
    refused(nl, "an unknown attribute", "VRRP_ADD", full + attr(200, b"1234"))
    refused(nl, "attribute 0", "VRRP_ADD", full + attr(0, b"1234"))
    refused(nl, "a u8 of 4 bytes", "VRRP_ADD", full + attr(a("PRIORITY"), 77))
    refused(nl, "a u32 of 1 byte", "VRRP_ADD", full + u8(a("INTERVAL"), 100))
    refused(nl, "an empty nest where an address belongs", "VRRP_ADD", full + nest(a("ADDRESS")))
    refused(nl, "an address without the nested flag", "VRRP_ADD",
            full + attr(a("ADDRESS"), attr(1, b"\x0a\0\0\x09")))
    refused(nl, "garbage in a nest", "VRRP_ADD", full + attr(a("ADDRESS") | NESTED, b"\xff" * 40))
    deep = b""
    for _ in range(40):
        deep = nest(a("ADDRESS"), deep)
    refused(nl, "40 nests in each other", "VRRP_ADD", full + deep)
    refused(nl, "an attribute longer than the message", "VRRP_ADD",
            full + struct.pack("=HH", 400, a("AUTH_PASS")) + b"12345678")
    refused(nl, "an attribute of length 2", "VRRP_ADD",
            full + struct.pack("=HH", 2, a("PRIORITY")) + b"\0" * 4)
    refused(nl, "a text without its NUL", "VRRP_ADD",
            attr(NAME, b"n" * 32) + attr(IFNAME, "lo") + u8(VRID, 9))
    try:
        nl.request(99, full)
        tap.check("an unknown command is refused", False)
    except Refused as e:
        tap.check("an unknown command is refused", e.error == 95, str(e))
    before = configuration(nl)
    whole = nl.message(cmd("VRRP_ADD"), full, NLM_F_ACK)
    for cut in range(0, len(whole)):
        nl.sock.send(whole[:cut] + b"\0" * 0 if cut else b"\0")
    drain(nl)
    tap.check("a message cut at every length changes nothing", configuration(nl) == before)
    for length in (0, 15, 17, 0x7fffffff, 0xffffffff):
        nl.sock.send(nl.message(cmd("VRRP_ADD"), full, NLM_F_ACK, length=length))
    drain(nl)
    tap.check("a message that lies about its length changes nothing", configuration(nl) == before)
    big = full + b"".join(address(f"10.8.{i >> 8}.{i & 255}", 24) for i in range(3000))
    refused(nl, "3000 addresses in one message", "VRRP_ADD", big)


def drain(nl):
    """Forget every answer that is waiting."""
    nl.sock.settimeout(0.2)
    try:
        while True:
            nl.sock.recv(1 << 16)
    except OSError:
        nl.sock.settimeout(10)


def fuzz(nl):
    """Random bytes, and real requests with a few bytes wrong."""
    seed = int(os.environ.get("KC_SEED", "20"))
    count = int(os.environ.get("KC_FUZZ", "3000"))
    rng = random.Random(seed)
    other = Socket()
    base = [router("f", 9) + address("10.0.0.9", 24) + route("10.2.0.0", 24) +
            track("lo", 5) + peer("10.0.0.3"), attr(NAME, "R"),
            attr(NAME, "R") + address("10.0.0.9", 24), attr(NAME, "R") + track(),
            attr(v("NAME"), "f") + u8(v("STATE"), 1) + s32(v("NUMBER"), 5) +
            s32(v("WEIGHT"), -5) + attr(v("TTL"), 1000) + attr(v("INITIAL")),
            attr(NAME, "R") + track_value("f"), attr(NAME, "R") + track_value("g")]
    for _ in range(count):
        if rng.random() < 0.3:
            body = bytes(rng.getrandbits(8) for _ in range(rng.randrange(200)))
        else:
            body = bytearray(rng.choice(base))
            for _ in range(rng.randrange(1, 6)):
                body[rng.randrange(len(body))] = rng.getrandbits(8)
            body = bytes(body)
        command = rng.randrange(1, cmd("VALUE_EVENT") + 1)
        if command == cmd("VRRP_FLUSH"):
            continue
        try:
            other.sock.send(other.message(command, body, NLM_F_ACK))
            other.sock.settimeout(0.001)
            other.sock.recv(1 << 16)
        except OSError:
            pass
    drain(other)
    try:
        configuration(nl)
        nl.request(cmd("VRRP_FLUSH"))
        nl.request(cmd("VALUE_FLUSH"))
        tap.check(f"{count} random messages (KC_SEED={seed}) and still answering",
                  configuration(nl) == [])
    except (Refused, OSError) as e:
        tap.check(f"{count} random messages (KC_SEED={seed}) and still answering", False, str(e))


def child(work):
    """Run it in a child process and print its results as ours."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        out = os.fdopen(writing, "w")
        status = 1
        try:
            work(lambda good, name, detail="": print(
                f"{int(bool(good))}\t{name}\t{detail}", file=out, flush=True))
            status = 0
        except BaseException as e:      # pylint: disable=broad-except
            print(f"0\t{work.__name__} ran to its end\t{e!r}", file=out, flush=True)
        os._exit(status)
    os.close(writing)
    for line in os.fdopen(reading):
        good, name, detail = line.rstrip("\n").split("\t", 2)
        tap.check(name, good == "1", detail)
    os.waitpid(pid, 0)


def unprivileged(say):
    """nobody may look, not touch, and not see the password."""
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    nl = Socket()
    bodies = {"VRRP_ADD": router("new", 9), "VRRP_FLUSH": b"", "VALUE_FLUSH": b""}
    before = configuration(nl)
    for name in WRITES:
        item = {"ADDRESS": address("10.0.0.9", 24), "ROUTE": route("10.2.0.0", 24),
                "TRACK": track("lo")}.get(name.split("_")[1], b"")
        try:
            nl.request(cmd(name), bodies.get(name, attr(NAME, "R") + item))
            say(False, f"unprivileged {name} is refused", "it was accepted")
        except Refused as e:
            say(e.error == 1 and e.text, f"unprivileged {name}: EPERM ({e.text})",
                f"errno {e.error}, text '{e.text}'")
    say(configuration(nl) == before and before, "unprivileged: reading works, nothing changed")
    shown = [k for reply in nl.dump(cmd("VRRP_GET")) for k, _ in parse(reply)]
    shown += [k for k, _ in parse(nl.request(cmd("VRRP_GET"), attr(NAME, "P"))[0])]
    say(a("AUTH_PASS") not in shown, "unprivileged: the password is not shown")
    say(b"secret" not in b"".join(nl.dump(cmd("VRRP_GET"))), "nor found anywhere in the answer")


def user_namespace(say):
    """The owner of a user namespace: 16 routers, 1 s or slower."""
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    # Whoever changed his identity does not own /proc/self until he says so.
    ctypes.CDLL(None).prctl(4, 1)       # PR_SET_DUMPABLE
    unshare(CLONE_NEWUSER | CLONE_NEWNET)
    for name, text in (("setgroups", "deny"), ("uid_map", "0 65534 1"), ("gid_map", "0 65534 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    subprocess.run("ip link set lo up; ip link add e0 type veth peer e1; "
                   "ip link set e1 up; ip addr add 10.5.0.1/24 dev e0; "
                   "ip link set e0 up", shell=True, check=True)
    nl = Socket()
    info = dict(parse(nl.request(cmd("INFO_GET"))[0]))
    at = lambda n: struct.unpack("=I", info[K["KCLUSTER_A_INFO_" + n]])[0]
    say(at("ROUTERS_MAX") == 16, "user namespace: info says 16 routers", at("ROUTERS_MAX"))
    say(at("INTERVAL_MIN") == 1000, "user namespace: info says 1 s", at("INTERVAL_MIN"))
    try:
        nl.request(cmd("VRRP_ADD"), router("fast", 1, "e0") + attr(a("INTERVAL"), 990))
        say(False, "user namespace: 990 ms is refused", "it was accepted")
    except Refused as e:
        say(e.text, f"user namespace: 990 ms is refused ({e.text})", "no text")
    for i in range(1, 17):
        nl.request(cmd("VRRP_ADD"), router(f"u{i}", i, "e0") + u8(a("INITIAL_STATE"), 2) +
                   u8(a("PRIORITY"), 254) + address(f"10.5.0.{i + 10}", 24))
    say(len(nl.dump(cmd("VRRP_GET"))) == 16, "user namespace: 16 routers at 1 s are accepted")
    try:
        nl.request(cmd("VRRP_ADD"), router("u17", 17, "e0"))
        say(False, "user namespace: the 17th is refused", "it was accepted")
    except Refused as e:
        say(e.text, f"user namespace: the 17th is refused ({e.text})", "no text")
    try:
        nl.request(cmd("VRRP_SET"), attr(NAME, "u1") + attr(a("INTERVAL"), 10))
        say(False, "user namespace: set to 10 ms is refused", "it was accepted")
    except Refused as e:
        say(e.text, f"user namespace: set to 10 ms is refused ({e.text})", "no text")
    say(at("VALUES_MAX") == 16, "user namespace: info says 16 values", at("VALUES_MAX"))
    for i in range(16):
        nl.request(cmd("VALUE_SET"), attr(v("NAME"), f"v{i}") + attr(v("TTL"), 1000))
    for what, body in (("the 17th value", attr(v("NAME"), "v16")),
                       ("a ttl of 999 ms", attr(v("NAME"), "v0") + attr(v("TTL"), 999))):
        try:
            nl.request(cmd("VALUE_SET"), body)
            say(False, f"user namespace: {what} is refused", "it was accepted")
        except Refused as e:
            say(e.text, f"user namespace: {what} is refused ({e.text})", "no text")
    ask = [track_neighbour(f"10.5.0.{i + 100}", dev="e0") for i in range(17)]
    nl.request(cmd("VRRP_TRACK_ADD"), attr(NAME, "u1") + b"".join(ask[:16]))
    nl.request(cmd("VRRP_TRACK_ADD"), attr(NAME, "u2") + ask[0])
    fast = track_neighbour("10.5.0.99", attr(K["KCLUSTER_A_TRACK_INTERVAL"], 990), dev="e0")
    for what, body in (("the 17th neighbour", ask[16]), ("a neighbour every 990 ms", fast)):
        try:
            nl.request(cmd("VRRP_TRACK_ADD"), attr(NAME, "u2") + body)
            say(False, f"user namespace: {what} is refused", "it was accepted")
        except Refused as e:
            say(e.text, f"user namespace: {what} is refused ({e.text})", "no text")
    nl.request(cmd("VRRP_TRACK_DEL"), attr(NAME, "u1") + b"".join(ask[:16]))
    nl.request(cmd("VRRP_TRACK_DEL"), attr(NAME, "u2") + ask[0])
    shown = subprocess.run("for i in $(seq 100); do ip -o addr show e0 | "
                           "grep -q 10.5.0.26/ && exit 0; sleep 0.1; done; exit 1",
                           shell=True, check=False).returncode
    say(shown == 0, "user namespace: its routers become master and hold their addresses")
    threads = subprocess.run("ps -eLo rtprio,comm | awk '$1 != \"-\"' | grep -c kcluster",
                             shell=True, capture_output=True, text=True, check=False).stdout
    say(int(threads) <= realtime_before, "user namespace: no real-time worker was started for it",
        f"{threads.strip()} now, {realtime_before} before")


def main():
    """All of it, in a namespace with two routers that must survive."""
    global realtime_before          # pylint: disable=global-statement
    if os.geteuid():
        tap.skip_all("needs to be root")
    if subprocess.run(["modprobe", "kcluster"], check=False).returncode:
        print("Bail out! kcluster.ko does not load")
        sys.exit(1)
    unshare(CLONE_NEWNET)
    subprocess.run("ip link set lo up; ip link add dummy0 type dummy; "
                   "ip addr add 10.0.0.200/24 dev dummy0; ip link set dummy0 up",
                   shell=True, check=True)
    nl = Socket()
    nl.request(cmd("VRRP_ADD"), router("R", 7) + address("10.0.0.1", 24))
    nl.request(cmd("VRRP_ADD"), router("P", 8) + u8(a("VERSION"), 2) +
               attr(a("AUTH_PASS"), "secret"))
    tap.check("two routers to begin with", len(configuration(nl)) == 2)
    tap.check("root sees the password",
              b"secret" in b"".join(nl.dump(cmd("VRRP_GET"))))
    wrong_requests(nl)
    wrong_values(nl)
    malformed(nl)
    child(unprivileged)
    realtime_before = int(subprocess.run(
        "ps -eLo rtprio,comm | awk '$1 != \"-\"' | grep -c kcluster",
        shell=True, capture_output=True, text=True, check=False).stdout)
    child(user_namespace)

    # Another network namespace sees and reaches nothing of this one.
    before = configuration(nl)
    pid = os.fork()
    if pid == 0:
        unshare(CLONE_NEWNET)
        other = Socket()
        good = other.dump(cmd("VRRP_GET")) == []
        try:
            other.request(cmd("VRRP_DEL"), attr(NAME, "R"))
            good = False
        except Refused as e:
            good = good and e.error == 2
        os._exit(0 if good else 1)
    tap.check("another network namespace sees none of our routers and cannot delete one",
              os.waitpid(pid, 0)[1] == 0 and configuration(nl) == before)
    fuzz(nl)
    tap.finish()


realtime_before = 0
if __name__ == "__main__":
    main()
