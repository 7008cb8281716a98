#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Requests over netlink that are well formed and wrong: the kernel refuses each
with a text that says why, and changes nothing.

Runs in a network namespace of its own.
"""

import struct

from abuse import IFNAME, NAME, VRID, a, address, begin, cmd, n, peer, refused, \
    route, router, s32, tap, track, track_neighbour, track_value, v, values
from genl import K, attr, nest, u8


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
    refused(nl, "a group with a space in its name", "VRRP_ADD", full + attr(a("GROUP"), "a b"))
    refused(nl, "a group with a slash in its name", "VRRP_ADD", full + attr(a("GROUP"), "a/b"))
    refused(nl, "a group of 32 characters", "VRRP_ADD", full + attr(a("GROUP"), "g" * 32))
    refused(nl, "a group called none", "VRRP_ADD", full + attr(a("GROUP"), "none"))
    refused(nl, "an owner in a group", "VRRP_ADD",
            full + u8(a("PRIORITY"), 255) + attr(a("GROUP"), "G"))
    refused(nl, "a witness in a group", "VRRP_ADD",
            full + u8(a("INITIAL_STATE"), 5) + attr(a("GROUP"), "G") +
            nest(a("WITNESS"), attr(vote, bytes([10, 0, 0, 2]))))
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


def node_path(octets, dev="later0", *more):
    """A path to a peer as nested attribute."""
    return nest(n("PATH"), attr(n("PATH_ADDRESS"), octets),
                attr(n("PATH_IFNAME"), dev), *more)


def wrong_peers(nl):
    """The same of peers."""
    EINVAL, EEXIST, ENOENT, E2BIG = 22, 17, 2, 7
    name, path = attr(n("NAME"), "p"), node_path(bytes([10, 6, 0, 2]))
    refused(nl, "a peer without a name", "PEER_ADD", path, EINVAL)
    refused(nl, "a peer without a path", "PEER_ADD", name, EINVAL)
    refused(nl, "a peer with an empty name", "PEER_ADD", attr(n("NAME"), "") + path, EINVAL)
    refused(nl, "a peer with a space in its name", "PEER_ADD", attr(n("NAME"), "a b") + path,
            EINVAL)
    refused(nl, "a peer's name of 32 characters", "PEER_ADD", attr(n("NAME"), "p" * 32) + path)
    refused(nl, "a path without an address", "PEER_ADD",
            name + nest(n("PATH"), attr(n("PATH_IFNAME"), "later0")), EINVAL)
    for length in (0, 3, 5, 15, 17):
        refused(nl, f"an address of {length} bytes", "PEER_ADD",
                name + node_path(bytes([10] * length)), EINVAL)
    refused(nl, "a broadcast address", "PEER_ADD", name + node_path(bytes([255] * 4)), EINVAL)
    refused(nl, "an IPv6 multicast address", "PEER_ADD", name + node_path(bytes([255] * 16)),
            EINVAL)
    refused(nl, "a mapped address", "PEER_ADD",
            name + node_path(bytes([0] * 10 + [255, 255, 10, 6, 0, 2])), EINVAL)
    refused(nl, "a device with a slash", "PEER_ADD",
            name + node_path(bytes([10, 6, 0, 2]), "../x"), EINVAL)
    refused(nl, "a path that says that it is up", "PEER_ADD",
            name + node_path(bytes([10, 6, 0, 2]), "later0", u8(n("PATH_UP"), 1)), EINVAL)
    refused(nl, "the same path twice", "PEER_ADD", name + path + path, EEXIST)
    refused(nl, "five paths", "PEER_ADD", name + b"".join(
        node_path(bytes([10, 6, 0, i])) for i in range(2, 7)), E2BIG)
    for ms in (0, 9, 10001, 0xffffffff):
        refused(nl, f"a peer with an interval of {ms} ms", "PEER_ADD",
                name + path + attr(n("INTERVAL"), ms))
    for lose in (0, 1, 21, 255):
        refused(nl, f"a peer that may lose {lose}", "PEER_ADD", name + path + u8(n("LOSE"), lose))
    refused(nl, "a peer that is alive", "PEER_ADD", name + path + u8(n("STATE"), 1))
    refused(nl, "setting a peer that is not there", "PEER_SET", name + u8(n("LOSE"), 4), ENOENT)
    refused(nl, "setting the path of a peer", "PEER_SET", name + path)
    refused(nl, "deleting a peer that is not there", "PEER_DEL", name, ENOENT)
    refused(nl, "deleting without a name", "PEER_DEL", b"", EINVAL)
    refused(nl, "showing a peer that is not there", "PEER_GET", name, ENOENT)


def wrong_mirrors(nl):
    """And of the mirror."""
    on, start, defer, limit = (K["KCLUSTER_A_MIRROR_" + i]
                               for i in ("ON", "FROM", "DEFER", "LIMIT"))
    refused(nl, "neither on nor off", "MIRROR_SET", u8(defer, 1), 22)
    refused(nl, "from 2", "MIRROR_SET", u8(on, 1) + u8(start, 2))
    refused(nl, "defer 2", "MIRROR_SET", u8(on, 1) + u8(defer, 2))
    refused(nl, "a limit of 15", "MIRROR_SET", u8(on, 1) + attr(limit, 15))
    refused(nl, "defer from assured", "MIRROR_SET", u8(on, 1) + u8(start, 0) + u8(defer, 1), 22)
    refused(nl, "a read-only attribute of the mirror", "MIRROR_SET",
            u8(on, 1) + u8(K["KCLUSTER_A_MIRROR_SAFE"], 1))
    for name in ("MIRROR_RESYNC", "MIRROR_FLUSH"):
        refused(nl, f"{name} without a mirror", name, b"", 2)


def c(name):
    """Number of a cluster IP's attribute."""
    return K["KCLUSTER_A_CLUSTERIP_" + name]


def u16(kind, value):
    """An attribute of two bytes."""
    return attr(kind, struct.pack("=H", value))


def shared(octets, prefixlen=None, *more):
    """An address of a cluster IP as nested attribute."""
    inside = [attr(K["KCLUSTER_A_ADDRESS_ADDRESS"], octets)]
    if prefixlen is not None:
        inside.append(u8(K["KCLUSTER_A_ADDRESS_PREFIXLEN"], prefixlen))
    return nest(c("ADDRESS"), *inside, *more)


def wrong_shares(nl, least, static):
    """The same of what peers divide; there is one of static nodes, which is deleted."""
    EINVAL, ENOENT, EBUSY = 22, 2, 16
    peers, router_r = u8(c("MODE"), 1), attr(c("ROUTER"), "R")
    full = least + peers + router_r
    name = attr(c("NAME"), "web")

    for wrong in (u16(c("WEIGHT"), 5), u8(c("ON_PARTITION"), 1), u8(c("SUCCESSORS"), 1)):
        refused(nl, "set for static nodes of what peers have", "CLUSTERIP_SET", name + wrong,
                EINVAL)
    nl.request(cmd("CLUSTERIP_DEL"), name)
    refused(nl, "peers without a router", "CLUSTERIP_ADD", least + peers, EINVAL)
    refused(nl, "peers with a router that is not there", "CLUSTERIP_ADD",
            least + peers + attr(c("ROUTER"), "S"), ENOENT)
    refused(nl, "peers with a number of nodes", "CLUSTERIP_ADD", full + static, EINVAL)
    refused(nl, "mode 2", "CLUSTERIP_ADD", least + u8(c("MODE"), 2) + router_r)
    refused(nl, "a legacy hash for peers", "CLUSTERIP_ADD", full + u8(c("HASH"), 3), EINVAL)
    refused(nl, "a name of 16 characters for peers", "CLUSTERIP_ADD",
            attr(c("NAME"), "w" * 16) + full[len(name):], 36)
    refused(nl, "static nodes with a router", "CLUSTERIP_ADD", least + static + router_r, EINVAL)
    refused(nl, "two MACs", "CLUSTERIP_ADD",
            full + u8(c("VMAC"), 1) + attr(c("MAC"), b"\1\0\x5e\0\0\1"), EINVAL)
    for kind, wrong in (("LEASE", (49, 60001)), ("VMAC", (2,)), ("SUCCESSORS", (3,)),
                        ("ON_PARTITION", (2,)), ("BUCKETS", (0, 15, 513))):
        make = {"LEASE": attr, "BUCKETS": u16}.get(kind, u8)
        for value in wrong:
            refused(nl, f"{kind} {value}", "CLUSTERIP_ADD", full + make(c(kind), value))
    for kind in ("ROLE", "EPOCH", "AUTHORITY", "ID", "MEMBER"):
        refused(nl, f"{kind} as asked for", "CLUSTERIP_ADD", full + attr(c(kind), b"\0" * 8))
    nl.request(cmd("CLUSTERIP_ADD"), full)
    for wrong in (u8(c("HASH"), 1), attr(c("SEED"), 1)):
        refused(nl, "set of what peers agree on", "CLUSTERIP_SET", name + wrong, EBUSY)
    refused(nl, "set of a share that peers divide", "CLUSTERIP_SET",
            name + attr(c("LOCAL_ADD"), b"\1"), EINVAL)
    for wrong in (attr(c("LEASE"), 100), u16(c("BUCKETS"), 64), router_r):
        refused(nl, "set of what cannot be set", "CLUSTERIP_SET", name + wrong)


def wrong_clusterips(nl):
    """The same of cluster IPs."""
    EINVAL, EEXIST, ENOENT, ERANGE, E2BIG, EAFNOSUPPORT = 22, 17, 2, 34, 7, 97
    name, dev = attr(c("NAME"), "web"), attr(c("IFNAME"), "later0")
    nodes, local = u16(c("NODES"), 2), attr(c("LOCAL"), b"\1")
    ten, flag = bytes([10, 0, 1, 1]), attr(K["KCLUSTER_A_ADDRESS_LOCAL"])
    least = name + dev + nodes + local
    full = least + shared(ten, 24)

    refused(nl, "a cluster IP without a name", "CLUSTERIP_ADD",
            dev + nodes + local + shared(ten), EINVAL)
    refused(nl, "without a device", "CLUSTERIP_ADD", name + nodes + local + shared(ten), EINVAL)
    refused(nl, "without nodes", "CLUSTERIP_ADD", name + dev + local + shared(ten), EINVAL)
    refused(nl, "without local nodes", "CLUSTERIP_ADD", name + dev + nodes + shared(ten), EINVAL)
    refused(nl, "without an address", "CLUSTERIP_ADD", least, EINVAL)
    for text in ("", "a b", "a/b"):
        refused(nl, f"a name '{text}'", "CLUSTERIP_ADD",
                attr(c("NAME"), text) + full[len(name):], EINVAL)
    refused(nl, "a name of 32 characters", "CLUSTERIP_ADD",
            attr(c("NAME"), "w" * 32) + full[len(name):])
    refused(nl, "a device with a slash", "CLUSTERIP_ADD",
            name + attr(c("IFNAME"), "../x") + nodes + local + shared(ten), EINVAL)
    refused(nl, "the device lo", "CLUSTERIP_ADD",
            name + attr(c("IFNAME"), "lo") + nodes + local + shared(ten), 95)
    refused(nl, "a device without neighbours", "CLUSTERIP_ADD",
            name + attr(c("IFNAME"), "dummy0") + nodes + local + shared(ten), 95)
    for number in (0, 513, 0xffff):
        refused(nl, f"{number} nodes", "CLUSTERIP_ADD",
                name + dev + u16(c("NODES"), number) + local + shared(ten), ERANGE)
    for bits in (b"\4", b"\0\1", b"\0" * 63 + b"\x80", b"\0" * 65):
        refused(nl, f"local nodes that do not exist ({len(bits)} octets)", "CLUSTERIP_ADD",
                name + dev + nodes + attr(c("LOCAL"), bits) + shared(ten), ERANGE)
    for mode in (6, 255):
        refused(nl, f"hash {mode}", "CLUSTERIP_ADD", full + u8(c("HASH"), mode))
    refused(nl, "a legacy hash and IPv6", "CLUSTERIP_ADD",
            full + shared(bytes([0xfd] + [0] * 14 + [1]), 64) + u8(c("HASH"), 3), EAFNOSUPPORT)
    for mac in (b"\x02\0\0\0\0\1", b"\xff" * 6, b"\x01\x80\xc2\0\0\0", b"\0" * 6):
        refused(nl, f"MAC {mac.hex(':')}", "CLUSTERIP_ADD", full + attr(c("MAC"), mac), EINVAL)
    for length in (0, 5, 7, 8):
        refused(nl, f"a MAC of {length} octets", "CLUSTERIP_ADD",
                full + attr(c("MAC"), b"\1" * length))
    for length in (0, 3, 5, 15, 17):
        refused(nl, f"an address of {length} octets", "CLUSTERIP_ADD",
                least + shared(bytes([10] * length)), EINVAL)
    for octets in (bytes([224, 0, 0, 5]), bytes(4), bytes([255] * 4), bytes([127, 0, 0, 1]),
                   bytes([255] * 16), bytes(16)):
        refused(nl, f"the address {octets.hex()}", "CLUSTERIP_ADD", least + shared(octets), EINVAL)
    for length in (0, 33, 129):
        refused(nl, f"a prefix length of {length}", "CLUSTERIP_ADD", least + shared(ten, length))
    refused(nl, "the same address twice", "CLUSTERIP_ADD", full + shared(ten, 24), EEXIST)
    refused(nl, "an address and its prefix", "CLUSTERIP_ADD",
            full + shared(bytes([10, 0, 1, 0]), 24, flag), EEXIST)
    refused(nl, "a local prefix with host bits", "CLUSTERIP_ADD", least + shared(ten, 24, flag),
            EINVAL)
    refused(nl, "a local /19", "CLUSTERIP_ADD", least + shared(bytes([10, 0, 0, 0]), 19, flag),
            ERANGE)
    refused(nl, "a local prefix of IPv6", "CLUSTERIP_ADD",
            least + shared(bytes([0xfd] + [0] * 15), 64, flag))
    refused(nl, "more than 4096 addresses", "CLUSTERIP_ADD",
            least + shared(bytes([10, 16, 0, 0]), 20, flag) + shared(ten), E2BIG)
    refused(nl, "an address with a device of its own", "CLUSTERIP_ADD",
            least + shared(ten, 24, attr(K["KCLUSTER_A_ADDRESS_IFNAME"], "later1")), EINVAL)
    refused(nl, "an excluded address", "CLUSTERIP_ADD",
            least + shared(ten, 24, attr(K["KCLUSTER_A_ADDRESS_EXCLUDED"])), EINVAL)
    refused(nl, "an address that is held", "CLUSTERIP_ADD",
            least + shared(ten, 24, u8(K["KCLUSTER_A_ADDRESS_STATE"], 1)), EINVAL)
    refused(nl, "the address of a virtual router", "CLUSTERIP_ADD",
            least + shared(bytes([10, 0, 0, 1]), 24), EEXIST)
    refused(nl, "a cluster IP that serves", "CLUSTERIP_ADD", full + u8(c("STATE"), 2))
    refused(nl, "a cluster IP with counters", "CLUSTERIP_ADD", full + nest(c("STATS")))

    nl.request(cmd("CLUSTERIP_ADD"), full)
    refused(nl, "the name of another one", "CLUSTERIP_ADD",
            least + shared(bytes([10, 0, 1, 2])), EEXIST)
    refused(nl, "the address of another one", "CLUSTERIP_ADD",
            attr(c("NAME"), "two") + full[len(name):], EEXIST)
    for bits in ("LOCAL", "LOCAL_ADD", "LOCAL_REMOVE"):
        refused(nl, f"set {bits} to node 3 of 2", "CLUSTERIP_SET", name + attr(c(bits), b"\4"),
                ERANGE)
        refused(nl, f"set {bits} to too many", "CLUSTERIP_SET", name + attr(c(bits), b"\0" * 65),
                ERANGE)
    nl.request(cmd("CLUSTERIP_SET"), name + attr(c("LOCAL_ADD"), b"\2"))
    refused(nl, "fewer nodes than it is", "CLUSTERIP_SET", name + u16(c("NODES"), 1), ERANGE)
    for wrong in (dev, shared(ten), attr(c("MAC"), b"\1\0\x5e\0\0\1")):
        refused(nl, "set of what cannot be set", "CLUSTERIP_SET", name + wrong)
    for command in ("CLUSTERIP_SET", "CLUSTERIP_DEL", "CLUSTERIP_GET"):
        refused(nl, f"{command} without a name", command, b"", EINVAL)
        refused(nl, f"{command} of one that is not there", command, attr(c("NAME"), "two"), ENOENT)
    wrong_shares(nl, name + dev + shared(ten, 24), nodes + local)
    nl.request(cmd("CLUSTERIP_FLUSH"))
    tap.check("flushed", nl.dump(cmd("CLUSTERIP_GET")) == [])


def main():
    """All of it."""
    nl = begin()
    wrong_requests(nl)
    wrong_values(nl)
    wrong_peers(nl)
    wrong_mirrors(nl)
    wrong_clusterips(nl)
    tap.finish()


if __name__ == "__main__":
    main()
