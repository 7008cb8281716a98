#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
RFC 9568, 5 and 7, and RFC 3768, 5 and 7, sentence by sentence: what an
advertisement must look like, and what becomes of one that does not. The state
machine, section 6, is in vrrp_conformance_fsm.py; the topology is drawn in
vrrp_wire.py.

Each hand-made packet is a valid one with a single fault, so that the counter
it raises is that fault's and the state stays; a valid one before and after
shows that the router listens.

    vrrp_conformance.py [FUNCTION...]   only these of the functions below
"""

import os
import sys

from genl import Tap
from vrrp_wire import DEFAULTS, MAC_A, Log, Wire, topology, wait_for

tap = Tap()

# Valid adverts for R: of a better master, with a long interval.
V3 = {"src": "10.1.0.9", "vrid": 7, "priority": 200, "interval": 3000,
      "address": ["10.1.0.100"]}
V6 = {**V3, "src": "fe80::9", "address": ["fe80::100"]}
V2 = {**V3, "version": 2, "interval": 30}
PASS = {**V2, "auth_type": 1, "auth": "secret"}
TO_A = {"dst": "10.1.0.5", "dmac": MAC_A}

ADD = "vrrp add R dev eth0 vrid 7 interval 30s "
ADD3 = ADD + "priority 100 address 10.1.0.100/32"
ADD6 = ADD + "priority 100 family inet6 address fe80::100/64"


class Bench:
    """The router under test and what is known of it."""

    def __init__(self):
        self.a, self.x = topology()
        self.log = Log()
        self.wire = Wire(self.x)
        self.other = Wire(self.x, "eth1")
        self.valid = self.before = None

    def router(self, command, valid=None):
        """A new router R; VALID is an advert that it must take for good."""
        self.a.flush()
        self.wire.mark()
        self.a.cc(command)
        self.before = None
        self.valid = valid
        if not valid:
            return
        self.a.is_state("backup")
        self.wire.send(**valid)
        tap.check(f"listening as backup: {command[9:]}", wait_for(
            lambda: self.a.get()["stats"]["adverts_received"] == 1) and
            self.a.state() == "backup")

    def snapshot(self):
        """Counters, and what else an advert may change."""
        router = self.a.get()
        seen = {k: router.get(k) for k in (
            "state", "master_address", "master_priority", "master_interval",
            "master_down_interval")}
        seen.update(router["stats"])
        seen.update(self.a.info_stats())
        return seen

    def costs(self, name, counter, fields=None, wire=None, **fault):
        """A packet with that fault raises that counter and does nothing else."""
        before = self.before or self.snapshot()
        fields = {**DEFAULTS, **(self.valid if fields is None else fields), **fault}
        fields.pop("dev")
        (wire or self.wire).send(**fields)
        after = before

        def changed():
            nonlocal after
            after = self.snapshot()
            return after != before

        wait_for(changed)
        seen = {k: (before[k], after[k]) for k in after if before[k] != after[k]}
        tap.check(name, seen == {counter: (before[counter], before[counter] + 1)},
                  seen or "nothing changed")
        self.before = after

    def heard(self, name, **deviation):
        """A packet that is valid in spite of that."""
        self.costs(name, "adverts_received", **deviation)

    def sent(self, command, **wanted):
        """The first advert of a new master; the owner sends it at once."""
        self.router(command)
        return self.wire.wait(kind="vrrp", out=False, **wanted)


# --- receiving --------------------------------------------------------------

def receive_v3(b):
    """RFC 9568, 5.1, 5.2, 7.1 over IPv4."""
    b.router(ADD3, V3)
    b.heard("RFC 9568 7.1: a valid advert is received")
    for ttl in (254, 1, 0):
        b.costs(f"RFC 9568 5.1.1.3: TTL {ttl} is discarded and counted",
                "discard_ttl", ttl=ttl)
    b.costs("RFC 9568 5.1.1.2: an advert to another group is discarded and counted",
            "discard_destination", dst="224.0.0.1")
    b.costs("RFC 9568 5.1.1.2: unicast to a router without peers is discarded and counted",
            "discard_destination", **TO_A)
    before = b.snapshot()
    b.wire.send(**V3, proto=113)
    b.heard("RFC 9568 5.1.1.4: only protocol 112 is VRRP, the same under 113 is not")
    tap.check("RFC 9568 5.1.1.4: and 113 costs nothing",
              {k: v for k, v in b.before.items() if v != before[k]} ==
              {"adverts_received": before["adverts_received"] + 1})
    b.costs("RFC 9568 5.1.1.1: an advert from our own address is discarded and counted",
            "discard_source", src="10.1.0.5")
    for version in (2, 4, 0, 15):
        b.costs(f"RFC 9568 5.2.1: version {version} is discarded and counted",
                "discard_version", version=version, interval=30)
    for kind in (0, 2, 15):
        b.costs(f"RFC 9568 5.2.2: type {kind} is discarded and counted",
                "discard_type", type=kind)
    b.costs("RFC 9568 5.2.3: an unknown VRID is discarded and counted",
            "discard_vrid", vrid=8)
    b.costs("RFC 9568 7.1: a VRID of another device is discarded and counted",
            "discard_vrid", wire=b.other, src="10.2.0.9")
    b.costs("RFC 9568 5.2.9: an IPv6 advert is not for an IPv4 router of that VRID",
            "discard_vrid", fields=V6)
    b.costs("RFC 9568 7.1: a message cut in its header is discarded and counted",
            "discard_malformed", cut=7)
    b.costs("RFC 9568 7.1: a message without its address is discarded and counted",
            "discard_length", cut=8)
    b.costs("RFC 9568 7.1: a message cut in its last address is discarded and counted",
            "discard_length", address=["10.1.0.100", "10.1.0.101"], cut=8 + 2 * 4 - 1)
    b.costs("RFC 9568 7.1: a count beyond the message is discarded and counted",
            "discard_length", count=2)
    b.costs("RFC 9568 5.2.5, erratum 8299: count 0 is ignored and counted",
            "discard_count", count=0)
    b.heard("RFC 9568 5.2.6: reserved bits are ignored on receive", reserved=15)
    tap.check("RFC 9568 5.2.6: and are no part of the interval",
              b.before["master_interval"] == 30000, b.before["master_interval"])
    b.costs("RFC 9568 5.2.7, erratum 8301: interval 0 is discarded and counted",
            "discard_interval", interval=0)
    b.costs("RFC 9568 5.2.7, erratum 8301: interval 0 behind reserved bits, too",
            "discard_interval", interval=0, reserved=15)
    b.costs("RFC 9568 5.2.8: a wrong checksum is discarded and counted",
            "discard_checksum", checksum="wrong")
    b.heard("RFC 9568 5.2.8: the checksum of RFC 5798, with pseudo-header, is taken as well",
            checksum="rfc5798")
    b.heard("RFC 9568 7.1: a valid advert is received after all that")


def receive_interval(b):
    """The interval is 12 bits of centiseconds, and learned."""
    b.router(ADD3, V3)
    for centiseconds in (1, 100, 4095):
        b.wire.send(**{**V3, "interval": centiseconds})
        tap.check(f"RFC 9568 5.2.7: interval {centiseconds} means {centiseconds * 10} ms",
                  wait_for(lambda want=centiseconds:
                           b.a.get()["master_interval"] == want * 10),
                  b.a.get().get("master_interval"))
        b.wire.send(**V3)   # or 10 ms of silence would make it master
    for interval, right in (("10ms", True), ("40950ms", True), ("5ms", False),
                            ("15ms", False), ("40960ms", False), ("0", False)):
        done = b.a.run(f"clusterctl vrrp set R interval {interval}")
        tap.check(f"RFC 9568 6.1, erratum 8301: an interval of {interval} "
                  f"can{'' if right else 'not'} be configured",
                  (done.returncode == 0) == right, done.stdout)


def receive_v6(b):
    """The same over IPv6, where it differs."""
    b.router(ADD6, V6)
    b.heard("RFC 9568 7.1: a valid IPv6 advert is received")
    for limit in (254, 1, 64):
        b.costs(f"RFC 9568 5.1.2.3: hop limit {limit} is discarded and counted",
                "discard_ttl", ttl=limit)
    b.costs("RFC 9568 5.1.2.2: an IPv6 advert to another group is discarded and counted",
            "discard_destination", dst="ff02::1")
    b.costs("RFC 9568 5.1.2.2: unicast to an IPv6 router without peers is discarded and counted",
            "discard_destination", dst="fe80::5", dmac=MAC_A)
    b.costs("RFC 9568 5.1.2.1: an IPv6 advert from our own address is discarded and counted",
            "discard_source", src="fe80::5")
    b.costs("RFC 9568 5.2.1: version 2 over IPv6 is discarded and counted",
            "discard_version", version=2, interval=30)
    b.costs("RFC 9568 5.2.2: type 2 over IPv6 is discarded and counted",
            "discard_type", type=2)
    b.costs("RFC 9568 5.2.3: an unknown VRID over IPv6 is discarded and counted",
            "discard_vrid", vrid=8)
    b.costs("RFC 9568 7.1: an IPv6 message cut in its header is discarded and counted",
            "discard_malformed", cut=7)
    b.costs("RFC 9568 7.1: an IPv6 message cut in its last address is discarded and counted",
            "discard_length", address=["fe80::100", "fd01::100"], cut=8 + 2 * 16 - 1)
    b.costs("RFC 9568 5.2.5, erratum 8299: count 0 over IPv6 is ignored and counted",
            "discard_count", count=0)
    b.heard("RFC 9568 5.2.6: reserved bits over IPv6 are ignored", reserved=15)
    b.costs("RFC 9568 5.2.7, erratum 8301: interval 0 over IPv6 is discarded and counted",
            "discard_interval", interval=0)
    b.costs("RFC 9568 5.2.8: an IPv6 checksum without the pseudo-header is discarded and counted",
            "discard_checksum", checksum="plain")
    b.costs("RFC 9568 5.2.8: a wrong IPv6 checksum is discarded and counted",
            "discard_checksum", checksum="wrong")
    b.costs("RFC 9568 5.2.9: an IPv4 advert is not for an IPv6 router of that VRID",
            "discard_vrid", fields=V3)


def receive_v2(b):
    """RFC 3768 with and without the password of RFC 2338."""
    b.router(ADD3 + " version 2", V2)
    b.heard("RFC 3768 7.1: a valid version 2 advert is received")
    b.costs("RFC 3768 5.2.3: TTL 254 is discarded and counted", "discard_ttl", ttl=254)
    b.costs("RFC 3768 5.3.1: version 3 is discarded by a version 2 router and counted",
            "discard_version", fields=V3)
    b.costs("RFC 3768 5.3.2: type 2 is discarded and counted", "discard_type", type=2)
    b.costs("RFC 3768 7.1: a message without its authentication data is discarded and counted",
            "discard_length", cut=8 + 4 + 7)
    b.costs("RFC 3768 7.1: another interval is discarded and counted",
            "discard_interval", interval=29)
    b.costs("RFC 3768 7.1: interval 0 is discarded and counted",
            "discard_interval", interval=0)
    b.costs("RFC 3768 5.3.8: a wrong checksum is discarded and counted",
            "discard_checksum", checksum="wrong")
    b.costs("RFC 3768 5.3.8: a checksum with pseudo-header is discarded and counted",
            "discard_checksum", checksum="rfc5798")
    b.costs("RFC 3768 7.1: a password where none is configured is discarded and counted",
            "discard_auth_type", fields=PASS)
    b.heard("RFC 3768 5.3.10: authentication data of type 0 is ignored", auth="whatever")

    b.router(ADD3 + " version 2 auth-pass secret", PASS)
    b.heard("RFC 3768 5.3.6: the configured password is received")
    b.costs("RFC 3768 7.1: no authentication where there is a password is discarded and counted",
            "discard_auth_type", auth_type=0)
    b.costs("RFC 3768 7.1: authentication type 2 is discarded and counted",
            "discard_auth_type", auth_type=2)
    for wrong in ("secreT", "secre", "secret1", ""):
        b.costs(f"RFC 3768 5.3.10: password '{wrong}' for 'secret' is discarded and counted",
                "discard_auth", auth=wrong)


def receive_owner(b):
    """RFC 9568, 7.1 with erratum 8298: an owner hears others, and says so."""
    b.router(ADD + "priority 255 address 10.1.0.100/32")
    b.a.is_state("master")
    b.log.forget()
    b.wire.mark()
    b.wire.send(**{**V3, "priority": 254})
    tap.check("RFC 9568 7.1, erratum 8298: an owner processes the advert of another router",
              wait_for(lambda: b.a.get()["stats"]["adverts_received"] == 1),
              b.a.get()["stats"])
    tap.check("RFC 9568 7.1, erratum 8298: and logs it with sender, device and priority",
              b.log.says("(R) 10.1.0.9 on eth0 advertises priority 254 though we own"),
              b.log.read())
    tap.check("RFC 9568 6.4.3: and stays master", b.a.state() == "master")
    tap.check("RFC 9568 6.4.3: and asserts itself with an advert",
              b.wire.wait(kind="vrrp", out=False, priority=255))


def differences(b):
    """RFC 9568, 7.1: what differs is logged and no reason to discard."""
    two = "address 10.1.0.100/32 address 10.1.0.101/32"
    both = ["10.1.0.100", "10.1.0.101"]
    b.router(ADD + f"priority 100 {two}", {**V3, "address": both})
    b.heard("RFC 9568 7.1: the order of the addresses is no difference",
            address=both[::-1])
    b.log.forget()
    for what, seen, counter, line in (
            ("another interval", {"interval": 4000}, "mismatch_interval",
             "advertises every 40000 ms, we are set to 30000 ms"),
            ("another address list", {"address": ["10.1.0.100", "10.1.0.102"]},
             "mismatch_addresses", "address list of 10.1.0.9 on eth0 differs"),
            ("a shorter address list", {"address": ["10.1.0.100"]},
             "mismatch_addresses", None)):
        before = b.a.get()["stats"]
        b.wire.send(**{**b.valid, **seen})
        tap.check(f"RFC 9568 7.1: {what} is counted", wait_for(
            lambda c=counter, s=before: b.a.get()["stats"][c] == s[c] + 1))
        if line:    # the first of its kind
            tap.check(f"RFC 9568 7.1: {what} is logged", b.log.says(line),
                      b.log.read())
        tap.check(f"RFC 9568 7.1: {what} is no reason to discard",
                  b.a.get()["stats"]["adverts_received"] ==
                  before["adverts_received"] + 1)
    tap.check("RFC 9568 7.1: whatever differed, the router is backup", b.a.state() == "backup")


def unicast(b):
    """Unicast peers instead of the group: the one or the other."""
    peers = "peer 10.1.0.9 peer 10.1.0.8"
    b.router(f"{ADD3} {peers}", {**V3, **TO_A})
    b.heard("RFC 9568 5.1.1.2, with peers: unicast from a peer is received")
    b.wire.send(**{**b.valid, "src": "10.1.0.8"})
    tap.check("RFC 9568 5.1.1.2, with peers: from the other peer, too", wait_for(
        lambda: b.a.get()["master_address"] == "10.1.0.8"))
    b.wire.send(**b.valid)
    b.before = None
    wait_for(lambda: b.a.get()["master_address"] == "10.1.0.9")
    b.costs("RFC 9568 5.1.1.2, with peers: multicast is discarded and counted",
            "discard_destination", fields=V3)
    b.costs("RFC 9568 5.1.1.2, with peers: unicast from nobody known is discarded and counted",
            "discard_source", src="10.1.0.7")
    b.costs("RFC 9568 5.1.1.3, with peers: TTL 254 is discarded and counted",
            "discard_ttl", ttl=254)
    b.a.ip("neighbour add 10.1.0.8 lladdr 02:00:00:00:00:08 dev eth0")
    p = b.sent(f"{ADD}priority 255 address 10.1.0.100/32 {peers}", dst="10.1.0.9")
    tap.check("RFC 9568 5.1.1.2, with peers: each of them is sent an advert",
              p and b.wire.wait(kind="vrrp", out=False, dst="10.1.0.8"))
    tap.check("RFC 9568 5.1.1.3, with peers: the TTL sent is 255",
              [p.ttl for p in b.wire.all(kind="vrrp", out=False)] == [255, 255])
    tap.check("RFC 9568 5.1.1.2, with peers: the group is sent none",
              not b.wire.all(kind="vrrp", out=False, dst="224.0.0.18"))


def not_forwarded(b):
    """RFC 9568, 5.1.1.2: never forwarded, whatever the TTL."""
    b.router(ADD3, V3)
    b.a.sysctl("ipv4/conf/all/forwarding", 1)
    b.a.sysctl("ipv6/conf/all/forwarding", 1)
    b.a.ip("neighbour add 10.2.0.8 lladdr 02:00:00:00:01:08 dev eth1")
    b.other.mark()
    b.wire.send(**V3)
    b.wire.send(**V6)
    b.wire.send(**{**V3, "dst": "10.2.0.8", "dmac": MAC_A, "proto": 113})
    tap.check("RFC 9568 5.1.1.2: a router that forwards does forward other packets",
              b.other.wait(dst="10.2.0.8", proto=113))
    tap.check("RFC 9568 5.1.1.2, 5.1.2.2: an advert to the group is not forwarded",
              not b.other.all(kind="vrrp"))
    b.a.sysctl("ipv4/conf/all/forwarding", 0)
    b.a.sysctl("ipv6/conf/all/forwarding", 0)


# --- sending ----------------------------------------------------------------

def equal(name, seen, wanted):
    """The two are the same."""
    tap.check(name, seen == wanted, f"expected {wanted}, seen {seen}")


def send_v3(b):
    """RFC 9568, 5 and 7.2 over IPv4: an owner's first advert."""
    p = b.sent("vrrp add R dev eth0 vrid 7 interval 40950ms priority 255 "
               "address 10.1.0.100/32 address 10.1.0.101/24 "
               "address 10.1.0.102/32 excluded address fd01::100/64 excluded")
    if not tap.check("RFC 9568 7.2: an advert is sent", p):
        return
    equal("RFC 9568 5.1.1.1: it comes from the primary address, not the secondary one",
          p.src, "10.1.0.5")
    equal("RFC 9568 5.1.1.2: it goes to 224.0.0.18 and the group's MAC address",
          (p.dst, p.dmac), ("224.0.0.18", "01:00:5e:00:00:12"))
    equal("RFC 9568 5.1.1.3: its TTL is 255", p.ttl, 255)
    equal("RFC 9568 5.1.1.4: its protocol is 112", p.proto, 112)
    equal("RFC 9568 5.2.1, 5.2.2: its version is 3 and its type 1",
          (p.version, p.type), (3, 1))
    equal("RFC 9568 5.2.3, 5.2.4: VRID and priority are those configured",
          (p.vrid, p.priority), (7, 255))
    equal("RFC 9568 5.2.5: it counts the addresses that are not excluded", p.count, 2)
    equal("RFC 9568 5.2.6: the reserved bits are 0, also with the longest interval",
          p.reserved, 0)
    equal("RFC 9568 5.2.7: 40.95 s are 4095 centiseconds in 12 bits", p.interval, 4095)
    equal("RFC 9568 5.2.8: the IPv4 checksum covers the VRRP message only",
          (p.sum_plain, p.sum_pseudo), (True, False))
    equal("RFC 9568 5.2.9: the addresses are those configured, IPv4 only",
          p.addresses, ["10.1.0.100", "10.1.0.101"])
    equal("RFC 9568 5.2: nothing follows the addresses", p.trailer, b"")
    p = b.sent(ADD + "priority 255 address 10.1.0.100/32 checksum rfc5798")
    equal("RFC 5798 5.2.8: checksum rfc5798 covers the pseudo-header as well",
          p and (p.sum_plain, p.sum_pseudo), (False, True))


def send_v6(b):
    """The same over IPv6."""
    p = b.sent("vrrp add R dev eth0 vrid 7 family inet6 interval 40950ms "
               "priority 255 address fe80::100/64 address fd01::100/64 "
               "address fd01::101/64 excluded")
    if not tap.check("RFC 9568 7.2: an IPv6 advert is sent", p):
        return
    equal("RFC 9568 5.1.2.1: it comes from the link-local address of the device",
          p.src, "fe80::5")
    equal("RFC 9568 5.1.2.2: it goes to ff02::12 and the group's MAC address",
          (p.dst, p.dmac), ("ff02::12", "33:33:00:00:00:12"))
    equal("RFC 9568 5.1.2.3: its hop limit is 255", p.ttl, 255)
    equal("RFC 9568 5.1.2.4: its next header is 112", p.proto, 112)
    equal("RFC 9568 5.2.1, 5.2.2: over IPv6 its version is 3 and its type 1",
          (p.version, p.type), (3, 1))
    equal("RFC 9568 5.2.6, 5.2.7: over IPv6 reserved bits are 0, the interval 4095",
          (p.reserved, p.interval), (0, 4095))
    equal("RFC 9568 5.2.8: the IPv6 checksum includes the pseudo-header of next header 112",
          (p.sum_plain, p.sum_pseudo), (False, True))
    equal("RFC 9568 5.2.9: the first IPv6 address is the link-local one",
          p.addresses, ["fe80::100", "fd01::100"])


def link_local_first(b):
    """RFC 9568, 5.2.9: whatever the order in which they are configured."""
    p = b.sent("vrrp add R dev eth0 vrid 7 family inet6 interval 1s priority 255 "
               "address fd01::100/64 address fe80::100/64")
    equal("RFC 9568 5.2.9: a link-local address given last is sent first",
          p and p.addresses, ["fe80::100", "fd01::100"])
    b.router("vrrp add R dev eth0 vrid 7 family inet6 interval 1s priority 255 "
             "address fe80::100/64 address fd01::100/64")
    b.a.cc("vrrp address del R fe80::100/64")
    b.a.cc("vrrp address add R fe80::101/64")
    b.wire.mark()
    p = b.wire.wait(kind="vrrp", out=False)
    equal("RFC 9568 5.2.9: a link-local address added later is sent first",
          p and p.addresses, ["fe80::101", "fd01::100"])
    b.a.flush()


def families(b):
    """RFC 9568, 5.2.9: the addresses are of the family of the advert."""
    for router, command, address in (
            ("IPv4", ADD3, "fd01::100/64"), ("IPv6", ADD6, "10.1.0.100/32")):
        b.router(command)
        done = b.a.run(f"clusterctl vrrp address add R {address}")
        tap.check(f"RFC 9568 5.2.9: {address} cannot be listed in {router} adverts",
                  done.returncode == 1, done.stdout)
    done = b.a.run("clusterctl vrrp add V2 dev eth0 vrid 8 version 2 address fe80::101/64")
    tap.check("RFC 3768 1: version 2 has no IPv6", done.returncode != 0, done.stdout)


def send_v2(b):
    """RFC 3768, 5 and 7.2."""
    v2 = ("vrrp add R dev eth0 vrid 7 version 2 interval 255s priority 255 "
          "address 10.1.0.100/32 ")
    p = b.sent(v2)
    if not tap.check("RFC 3768 7.2: a version 2 advert is sent", p):
        return
    equal("RFC 3768 5.2: source, destination, TTL and protocol are those of version 3",
          (p.src, p.dst, p.ttl, p.proto), ("10.1.0.5", "224.0.0.18", 255, 112))
    equal("RFC 3768 5.3.1, 5.3.2: its version is 2 and its type 1",
          (p.version, p.type), (2, 1))
    equal("RFC 3768 5.3.7: the interval is in seconds", p.interval, 255)
    equal("RFC 3768 5.3.8: the checksum has no pseudo-header",
          (p.sum_plain, p.sum_pseudo), (True, False))
    equal("RFC 3768 5.3.6, 5.3.10: no authentication is type 0 and 8 octets of 0",
          (p.auth_type, p.trailer), (0, b"\0" * 8))
    p = b.sent(v2 + "auth-pass secret")
    equal("RFC 3768 5.3.6, 5.3.10: a password is type 1 and fills 8 octets",
          p and (p.auth_type, p.trailer, p.sum_plain), (1, b"secret\0\0", True))
    p = b.sent(v2 + "auth-pass eight678")
    equal("RFC 3768 5.3.10: a password of 8 characters is sent whole",
          p and p.trailer, b"eight678")


def main():
    """All of them, or those that are named."""
    if os.geteuid():
        tap.skip_all("needs to be root")
    bench = Bench()
    for function in (receive_v3, receive_interval, receive_v6, receive_v2,
                     receive_owner, differences, unicast, not_forwarded,
                     send_v3, send_v6, link_local_first, families, send_v2):
        if len(sys.argv) == 1 or function.__name__ in sys.argv[1:]:
            function(bench)
    tap.finish()


if __name__ == "__main__":
    main()
