#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
RFC 9568, 6, and RFC 3768, 6, sentence by sentence: the state machine, told
adverts by hand and timed by the time stamps of packets. The topology is drawn
in vrrp_wire.py; what packets look like is in vrrp_conformance.py.

Adverts of X carry 20 cs where R is set to 1 s, so that learned and configured
interval give different times.

    vrrp_conformance_fsm.py [FUNCTION...]   only these of the functions below
"""

import os
import sys
import time

from vrrp_wire import MAC_A, PatientTap, Wire, arp_request, \
    neighbour_solicitation, topology, wait_for

tap = PatientTap()

# What a machine may add to each time: a tick of a millisecond and the test.
EARLY, LATE = 0.002, 0.030

V4 = {"name": "IPv4", "src": "10.1.0.9", "below": "10.1.0.4", "vip": "10.1.0.100",
      "add": "address 10.1.0.100/32 address 10.1.0.101/32",
      "all": ["10.1.0.100", "10.1.0.101"], "kind": "arp"}
V6 = {"name": "IPv6", "src": "fe80::9", "below": "fe80::4", "vip": "fe80::100",
      "add": "family inet6 address fe80::100/64 address fd01::101/64",
      "all": ["fe80::100", "fd01::101"], "kind": "na"}


def skew(priority, interval):
    """RFC 9568, 6.1: seconds."""
    return (256 - priority) * interval / 256


def down(priority, interval):
    """RFC 9568, 6.1: seconds."""
    return 3 * interval + skew(priority, interval)


class Bench:
    """The router under test and one cable."""

    def __init__(self):
        self.a, self.x = topology()
        self.wire = Wire(self.x)
        self.family = V4

    def start(self, settings, family=V4):
        """A new router R; only what it sends from now on counts."""
        self.a.flush()
        self.wire.mark()
        self.family = family
        began = time.time()
        self.a.cc(f"vrrp add R dev eth0 vrid 7 {settings} {family['add']}")
        return began

    def master(self, settings, family=V4):
        """A new router R that is master and has announced itself."""
        self.start(f"{settings} state master", family)
        if not self.a.is_state("master", 10):
            tap.check(f"ready: R is master with {settings}", False, self.a.get())
        # Its addresses are there, and the second announcement is out.
        wait_for(lambda: self.has(family["all"][1]))
        self.wire.watch(0.02)
        self.wire.mark()

    def say(self, priority, **fields):
        """An advert of X; returns when it left."""
        family = self.family
        self.wire.read()
        known = len(self.wire.all(kind="vrrp", out=True))
        self.wire.send(**{"src": family["src"], "vrid": 7, "priority": priority,
                          "interval": 20, "address": family["all"], **fields})
        wait_for(lambda: len(self.wire.all(kind="vrrp", out=True)) > known)
        return self.wire.all(kind="vrrp", out=True)[-1].time

    def advert(self, seconds=3.0, after=0.0, **wanted):
        """The next advert of R."""
        return self.wire.wait(seconds, after, kind="vrrp", out=False, **wanted)

    def after(self, name, since, low, high=None):
        """R's first advert since then comes after so many seconds."""
        high = low if high is None else high
        p = self.advert(high + 3, since)
        took = p.time - since if p else None
        tap.check(name, p and low - EARLY <= took <= high + LATE,
                  f"{took} s, allowed {low:.3f} to {high + LATE:.3f}")
        return p

    def says(self, name, key, wanted):
        """What the module tells of R."""
        good = wait_for(lambda: self.a.get().get(key) == wanted)
        tap.check(name, good, self.a.get().get(key))

    def has(self, address):
        """A carries that address."""
        return f" {address}/" in self.a.run("ip -o address show dev eth0").stdout


def both(function):
    """Run it over IPv4 and over IPv6."""
    function.families = (V4, V6)
    return function


# --- 6.1: parameters --------------------------------------------------------

def intervals(b):
    """Skew_Time and Active_Down_Interval, as told and as learned."""
    for priority in (1, 100, 254):
        b.start(f"priority {priority} interval 2s")
        b.says(f"RFC 9568 6.1: priority {priority}, 2 s: 3 intervals and the skew make "
               f"{down(priority, 2):.3f} s", "master_down_interval",
               int(down(priority, 2) * 1000))
    b.start("priority 100 interval 2s")
    b.say(200)
    b.says("RFC 9568 6.1: both follow the interval learned from the master",
           "master_down_interval", int(down(100, 0.2) * 1000))


# --- 6.4.1: Initialize ------------------------------------------------------

@both
def startup(b, family):
    """The Startup event."""
    what = family["name"]
    b.start("priority 255 interval 1s", family)
    tap.check(f"RFC 9568 6.4.1, {what}: priority 255 is master at once",
              b.a.is_state("master", 0.3))
    p = b.advert(0.3)
    tap.check(f"RFC 9568 6.4.1, {what}: and advertises at once",
              p and p.priority == 255)
    announced(b, family, p, "RFC 9568 6.4.1")
    p and b.after(f"RFC 9568 6.4.1, {what}: and then once per interval", p.time, 1)

    began = b.start("priority 254 interval 200ms", family)
    tap.check(f"RFC 9568 6.4.1, {what}: priority 254 begins as backup",
              b.a.state() == "backup")
    ended = time.time()
    p = b.advert()
    tap.check(f"RFC 9568 6.4.1, {what}: and waits for the down interval before it advertises",
              p and p.time - ended <= down(254, 0.2) + LATE and
              p.time - began >= down(254, 0.2) - EARLY, p and p.time - began)


def announced(b, family, p, section):
    """After advert P came one announcement per address."""
    what, kind = family["name"], family["kind"]
    if not p:
        tap.check(f"{section}, {what}: it is announced", False, "no advert")
        return
    b.wire.wait(1, kind=kind, out=False, target=family["all"][1])
    order = [(q.kind, getattr(q, "target", None)) for q in b.wire.all(out=False)
             if q.kind in ("vrrp", kind) and q.time >= p.time]
    wanted = [("vrrp", None)] + [(kind, vip) for vip in family["all"]]
    tap.check(f"{section}, {what}: the advert comes first, then each address is announced",
              order[:3] == wanted, order)
    q = next((q for q in b.wire.all(kind=kind, out=False) if q.time >= p.time), None)
    if not q:
        tap.check(f"{section}, {what}: the announcement", False, "there is none")
    elif kind == "arp":
        tap.check(f"{section}: gratuitous ARP, broadcast, sender and target the address",
                  (q.dmac, q.op, q.sender, q.sender_mac, q.smac) ==
                  ("ff:ff:ff:ff:ff:ff", 1, family["vip"], MAC_A, MAC_A), vars(q))
    else:
        tap.check(f"{section}: neighbour advertisement to all nodes, valid, of our MAC address",
                  (q.dmac, q.dst, q.src, q.ttl, q.sum_pseudo, q.option.hex(":")) ==
                  ("33:33:00:00:00:01", "ff02::1", family["vip"], 255, True,
                   "02:01:" + MAC_A), vars(q))
        tap.check(f"{section}: with Router and Override set and Solicited clear",
                  q.flags == 0b101, bin(q.flags))


# --- 6.4.2: Backup ----------------------------------------------------------

@both
def backup_obeys(b, family):
    """Adverts that keep a backup quiet."""
    what = family["name"]
    for name, settings, priority in (
            ("a higher priority", "priority 100", 200),
            ("the same priority", "priority 100", 100),
            ("a lower priority with preempt off", "priority 100 preempt off", 50)):
        b.start(f"{settings} interval 1s", family)
        last = b.say(priority)
        b.says(f"RFC 9568 6.4.2, {what}: {name}: its interval is learned",
               "master_interval", 200)
        for _ in range(3):
            b.wire.watch(0.5)   # more than two thirds of the down interval
            last = b.say(priority)
        tap.check(f"RFC 9568 6.4.2, {what}: {name}: each advert resets the timer",
                  not b.wire.all(kind="vrrp", out=False) and b.a.state() == "backup")
        p = b.after(f"RFC 9568 6.4.2, {what}: {name}: after its silence the backup takes over",
                    last, down(100, 0.2))
        if priority == 200:
            announced(b, family, p, "RFC 9568 6.4.2")
            tap.check(f"RFC 9568 6.4.2, {what}: and holds the addresses", wait_for(
                lambda: all(map(b.has, family["all"]))))


@both
def backup_zero(b, family):
    """Priority 0 shortens the wait to the skew."""
    what = family["name"]
    for priority in (100, 200):
        b.start(f"priority {priority} interval 4s", family)
        b.say(255, interval=40)
        last = b.say(0, interval=40)
        b.after(f"RFC 9568 6.4.2, {what}: priority 0 heard, {priority}: "
                f"master after the skew, {skew(priority, 0.4):.3f} s",
                last, skew(priority, 0.4))


@both
def backup_preempts(b, family):
    """Preempt on: adverts of lower priority are as good as none."""
    what = family["name"]
    b.start("priority 100 interval 1s preempt on", family)
    last = b.say(200)
    for _ in range(4):
        b.wire.watch(0.1)
        b.say(50, interval=400)
    b.says(f"RFC 9568 6.4.2, {what}: lower priority with preempt on does not touch the timer",
           "master_down_interval", int(down(100, 0.2) * 1000))
    b.after(f"RFC 9568 6.4.2, {what}: which runs from the last advert of the better master",
            last, down(100, 0.2))
    tap.check(f"RFC 9568 6.4.2, {what}: such adverts are counted",
              b.a.get()["stats"]["lower_priority"] >= 4)


def silent(b):
    """A backup answers for no address; a master does."""
    b.a.flush()
    for family, own, ask, kind in (
            (V4, "10.1.0.5", arp_request, "arp"),
            (V6, "fe80::5", neighbour_solicitation, "na")):
        protocol = "ARP" if kind == "arp" else "neighbour discovery"
        mine = "sender" if kind == "arp" else "target"
        for state, priority in (("backup", 100), ("master", 255)):
            b.start(f"priority {priority} interval 30s", family)
            b.a.is_state(state)
            if state == "master":
                wait_for(lambda f=family: b.has(f["all"][1]))
                b.wire.watch(1.0)     # announcements are no answers
            b.wire.mark()
            asked = list(family["all"]) + [own]
            for target in asked:
                b.wire.send_frame(ask(family["src"], target))
                if kind == "na":
                    b.wire.send_frame(ask(family["src"], target, True))

            def answers():
                return {getattr(q, mine) for q in b.wire.all(kind=kind, out=False)
                        if q.dmac == "02:00:00:00:00:09"}

            wait_for(lambda: own in answers())
            if state == "master":
                wait_for(lambda: answers() == set(asked))
                wanted = set(asked)
                name = "a master answers for them"
            else:
                b.wire.watch(0.2)
                wanted = {own}
                name = "a backup answers for its own address only"
            tap.check(f"RFC 9568 6.4.{2 if state == 'backup' else 3}, {protocol}: {name}",
                      answers() == wanted, answers())


# --- 6.4.3: Active ----------------------------------------------------------

@both
def master_zero(b, family):
    """A master hears priority 0."""
    what = family["name"]
    b.master("priority 100 interval 500ms", family)
    b.wire.watch(1.1)       # the addresses may be announced again
    b.wire.mark()
    first = b.advert()
    b.wire.watch(0.25)      # half way to the next one
    last = b.say(0)
    p = b.after(f"RFC 9568 6.4.3, {what}: priority 0 heard as master: an advert at once",
                last, 0)
    if first and p:
        b.after(f"RFC 9568 6.4.3, {what}: and the timer starts again from there",
                p.time, 0.5)
    tap.check(f"RFC 9568 6.4.3, {what}: it is counted and changes no state",
              b.a.state() == "master" and b.a.get()["stats"]["prio0_received"] == 1)


@both
def master_yields(b, family):
    """Who is above a master, and what becomes of it."""
    what = family["name"]
    for name, preempt, priority, src in (
            ("a higher priority", "on", 101, family["below"]),
            ("the same priority and a higher address", "on", 100, family["src"]),
            ("a higher priority, preempt off", "off", 101, family["below"])):
        section = "6.1, 6.4.3" if preempt == "off" else "6.4.3"
        b.master(f"priority 100 interval 500ms preempt {preempt}", family)
        last = b.say(priority, src=src)
        b.wire.watch(0.05)
        b.wire.mark()
        tap.check(f"RFC 9568 {section}, {what}: {name}: the master becomes backup",
                  b.a.is_state("backup"), b.a.get())
        tap.check(f"RFC 9568 {section}, {what}: {name}: and lets go of the addresses",
                  wait_for(lambda: not any(map(b.has, family["all"]))))
        b.after(f"RFC 9568 {section}, {what}: {name}: and is silent for the learned down interval",
                last, down(100, 0.2))


@both
def master_wins(b, family):
    """Who is below a master."""
    what = family["name"]
    for name, preempt, priority, src in (
            ("a lower priority", "on", 99, family["src"]),
            ("the same priority and a lower address", "on", 100, family["below"]),
            ("a lower priority, preempt off", "off", 99, family["src"])):
        section = "6.1, 6.4.3" if preempt == "off" else "6.4.3"
        b.master(f"priority 100 interval 1s preempt {preempt}", family)
        b.wire.watch(0.2)
        b.after(f"RFC 9568 {section}, {what}: {name}: the master advertises at once",
                b.say(priority, src=src), 0)
        router = b.a.get()
        tap.check(f"RFC 9568 {section}, {what}: {name}: discards it and stays master",
                  router["state"] == "master" and
                  router["stats"]["become_master"] == 1 and
                  router["stats"]["lower_priority"] == 1, router)


@both
def shutdown(b, family):
    """Priority 0 from a master that ends or fails, and from nobody else."""
    what = family["name"]
    dummy = "dummy0"
    b.a.run(f"ip link del {dummy}")
    b.a.ip(f"link add {dummy} type dummy", f"link set {dummy} up")
    for name, settings, event, undo in (
            ("deleted", "", lambda: b.a.cc("vrrp del R"), None),
            ("its tracked device goes down", f"track dev {dummy}",
             lambda: b.a.ip(f"link set {dummy} down"), None),
            ("its own device goes down", "",
             lambda: b.a.ip("link set eth0 down"),
             lambda: b.a.ip("link set eth0 up", "address replace fd01::5/64 dev eth0",
                            "address replace fe80::5/64 dev eth0"))):
        # A device of its own precedes no address.
        b.master(f"priority 100 interval 500ms {settings}", family)
        event()
        p = b.advert(2, priority=0)
        tap.check(f"RFC 9568 6.4.3, {what}: {name} while master: priority 0",
                  p and p.addresses == family["all"] and p.ttl == 255)
        b.wire.watch(0.6)
        tap.check(f"RFC 9568 6.4.3, {what}: {name}: and then silence",
                  p and b.wire.all(kind="vrrp", out=False)[-1] is p)
        if undo:
            undo()
    b.a.ip(f"link del {dummy}")
    b.start("priority 100 interval 4s", family)
    b.say(200)
    b.a.flush()
    b.wire.watch(0.2)
    tap.check(f"RFC 9568 6.4.2, {what}: shut down as backup: not a word",
              not b.wire.all(kind="vrrp", out=False))


def owner_preempts(b):
    """RFC 9568, 6.1: Preempt_Mode is nothing to an owner."""
    began = b.start("priority 255 preempt off interval 1s startup-delay 1s")
    for _ in range(3):
        b.say(254)
        b.wire.watch(0.15)
    tap.check("RFC 9568 6.1: an owner that is held back by its startup delay waits",
              b.a.state() == "backup" and not b.wire.all(kind="vrrp", out=False))
    while time.time() < began + 0.9:
        b.say(254)
        b.wire.watch(0.15)
    p = b.advert(1)
    tap.check("RFC 9568 6.1: and preempts a master of 254 in spite of preempt off",
              p and p.priority == 255 and began + 1 - EARLY < p.time < began + 1.6,
              p and p.time - began)


# --- RFC 3768 ---------------------------------------------------------------

def version_2(b):
    """Whole seconds, and nothing is learned."""
    b.start("version 2 priority 100 interval 2s")
    b.says("RFC 3768 6.1: 2 s, priority 100: 3 intervals and (256 - 100) / 256 s "
           "make 6.609 s", "master_down_interval", 6609)
    b.say(200, version=2, interval=2)
    last = b.say(0, version=2, interval=2)
    b.after("RFC 3768 6.1, 6.4.2: priority 0 heard: master after the skew, 0.609 s",
            last, 156 / 256)
    b.start("version 2 priority 100 interval 1s")
    last = b.say(200, version=2, interval=1)
    b.wire.watch(1)
    b.say(200, version=2, interval=2)
    b.say(0, version=2, interval=2)
    b.after("RFC 3768 7.1: an advert of another interval is as good as none: "
            "not even its priority 0 counts", last, 3 + 156 / 256)
    b.wire.watch(0.1)
    b.wire.mark()
    b.say(200, version=2, interval=2)
    tap.check("RFC 3768 7.1: nor does its higher priority unmake a master",
              wait_for(lambda: b.a.get()["stats"]["discard_interval"] == 3) and
              b.a.state() == "master", b.a.get())
    last = b.say(50, version=2, interval=1)
    b.after("RFC 3768 6.4.3: a lower priority is answered at once", last, 0)
    b.say(200, version=2, interval=1)
    tap.check("RFC 3768 6.4.3: a higher priority makes it backup", b.a.is_state("backup"))


def main():
    """All of them, or those that are named."""
    if os.geteuid():
        tap.skip_all("needs to be root")
    bench = Bench()
    for function in (intervals, startup, backup_obeys, backup_zero, backup_preempts,
                     silent, master_zero, master_yields, master_wins, shutdown,
                     owner_preempts, version_2):
        if len(sys.argv) == 1 or function.__name__ in sys.argv[1:]:
            for family in getattr(function, "families", [None]):
                tap.trial(function, bench, *filter(None, [family]))
    tap.finish()


if __name__ == "__main__":
    main()
