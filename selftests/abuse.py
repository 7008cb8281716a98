# SPDX-License-Identifier: GPL-2.0
"""
What the abusers of the netlink interface share: how requests are put together,
two routers that must survive, and that a refusal says why and changes nothing.
"""

import os
import socket
import struct
import subprocess
import sys

from genl import K, Refused, Socket, Tap, attr, nest, parse, u8, unshare

CLONE_NEWNET = 0x40000000
NAME, IFNAME, VRID = (K["KCLUSTER_A_VRRP_" + n] for n in
                      ("NAME", "IFNAME", "VRID"))
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


def n(name):
    """Number of a peer's attribute."""
    return K["KCLUSTER_A_NODE_" + name]


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


def chosen(reply, kind, names):
    """Of an object those attributes that do not change by themselves."""
    wanted = [K[f"KCLUSTER_A_{kind}_{name}"] for name in names]
    return [(k, data) for k, data in parse(reply) if k in wanted]


def configuration(nl):
    """What is configured, without what changes by itself."""
    volatile = {a(n) for n in VOLATILE}
    return [[(k, data) for k, data in parse(reply) if k not in volatile]
            for reply in nl.dump(cmd("VRRP_GET"))] + values(nl) + \
        [chosen(reply, "NODE", ("NAME", "INTERVAL", "LOSE", "OBSERVER"))
         for reply in nl.dump(cmd("PEER_GET"))] + \
        [chosen(reply, "CLAIM", ("NAME", "CONFIGURED")) for reply in nl.dump(cmd("CLAIM_GET"))] + \
        [parse(reply) for reply in nl.dump(cmd("CLUSTERIP_GET"))]


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


def begin():
    """A namespace with two routers that must survive; returns its socket."""
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
    return nl
