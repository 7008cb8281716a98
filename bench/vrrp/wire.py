# SPDX-License-Identifier: GPL-2.0
"""What recordings of the wire tell: bench/tools/wire.c writes them.

10.1.0.1 (or 10.6.0.1) is the master that vanishes, .2 its backup.
"""

import collections
import socket
import statistics
import struct

SEEN = struct.Struct("<Q4s4sBBB5x")
OLD = {socket.inet_aton("10.1.0.1"), socket.inet_aton("10.6.0.1")}
NEW = {socket.inet_aton("10.1.0.2"), socket.inet_aton("10.6.0.2")}

# (subject, metric) -> milliseconds or counts, over all rounds of a part.
_collected = collections.defaultdict(list)


def down_ms(interval, priority=100):
    """RFC 9568, 6.1: the master-down interval."""
    return 3 * interval + (256 - priority) * interval / 256


def percentile(values, percent):
    values = sorted(values)
    return values[min(len(values) * percent // 100, len(values) - 1)]


class Wire:
    """Times in ns, by router; gratuitous ARP by address."""

    def __init__(self, data):
        self.old = collections.defaultdict(list)
        self.new = collections.defaultdict(list)
        self.announced = collections.defaultdict(list)
        self.adverts = []
        for ns, sender, target, what, vrid, _ in SEEN.iter_unpack(data):
            if what == ord("a"):
                if sender == target:
                    self.announced[sender].append(ns)
            elif sender in OLD:
                self.old[vrid].append(ns)
                self.adverts.append((ns, "old"))
            elif sender in NEW:
                self.new[vrid].append(ns)
                self.adverts.append((ns, "new"))
        self.adverts.sort()

    def switches(self):
        """How often the backup speaks after the master."""
        return sum(1 for before, after in zip(self.adverts, self.adverts[1:])
                   if before[1] == "old" and after[1] == "new")


def _first_after(times, start):
    return min((t for t in times if t > start), default=None)


def takeover(subject, wire, routers, interval, addresses, first):
    if addresses > 1:
        group = f"takeover of {addresses} addresses at {interval} ms"
    else:
        group = (f"takeover of {routers} router{'s' if routers > 1 else ''} "
                 f"at {interval} ms")
    flapping = missing = 0
    for vrid in range(1, routers + 1):
        last = max(wire.old[vrid], default=None)
        if last is None:
            missing += 1
            continue
        if any(t < last for t in wire.new[vrid]):
            flapping += 1
        advert = _first_after(wire.new[vrid], last)
        if advert is None:
            missing += 1
            continue
        _collected[subject, f"{group}: to its first advert"].append(
            (advert - last) / 1e6)
        if addresses > 1:
            firsts = [_first_after(times, last + interval * 1e6)
                      for times in wire.announced.values()]
            firsts = [t for t in firsts if t is not None]
            missing += max(addresses - len(firsts), 0)
            if firsts:
                _collected[subject, f"{group}: to the last address announced"
                           ].append((max(firsts) - last) / 1e6)
            continue
        address = bytes((10, 3, 0, vrid))
        # Frames do not tell whose announcement it is; the old master's may
        # follow its last advert at once, nobody else's comes that early.
        announced = _first_after(wire.announced[address], last + interval * 1e6)
        if announced is None:
            missing += 1
            continue
        _collected[subject, f"{group}: to the first gratuitous ARP"].append(
            (announced - last) / 1e6)
    _collected[subject, f"{group}: had rivals before, routers"].append(flapping)
    _collected[subject, f"{group}: never taken over or announced, routers"
               ].append(missing)
    if first and addresses == 1:
        off = _collected[subject, f"adverts of {routers} router"
                         f"{'s' if routers > 1 else ''} at {interval} ms: "
                         "off their time"]
        for times in wire.old.values():
            off += [abs(b - a - interval * 1e6) / 1e6
                    for a, b in zip(times, times[1:])]


def stress(subject, wire, stress_name, start, end, pair):
    # 10.6.0.x speaks through WireGuard, at 100 ms.
    way = "through WireGuard at 100 ms" if pair == "w" else "at 10 ms"
    group = f"{stress_name.replace('_', ' ')}, 1 router {way}"
    _collected[subject, f"{group}: false takeovers, count"].append(
        wire.switches())
    times = [start, *(ns for ns, who in wire.adverts
                      if who == "old" and start < ns < end), end]
    gaps = [(b - a) / 1e6 for a, b in zip(times, times[1:])]
    _collected[subject, f"{group}: longest silence of the master, gap"].append(
        max(gaps))


def recording(subject, kind, about, data):
    """Judge one recording; the figures come from summary()."""
    wire = Wire(data)
    if kind == "takeover":
        takeover(subject, wire, int(about["routers"]), int(about["interval"]),
                 int(about["addresses"]), about["round"] == "1")
    elif kind == "stress":
        stress(subject, wire, about["stress"], int(about["start"]),
               int(about["end"]), about["pair"])


def summary():
    """(subject, metric, value, unit) of all recordings since the last call."""
    for (subject, metric), values in _collected.items():
        if not values:
            continue
        words, _, counted = metric.rpartition(", ")
        if counted == "count":
            yield subject, words, sum(values), "times"
        elif counted == "routers":
            # Mostly nobody, and then not worth a line.
            if sum(values):
                yield subject, words, max(values), "routers"
        elif counted == "gap":
            yield subject, words, round(max(values), 3), "ms"
        else:
            yield (subject, f"{metric}, p50",
                   round(statistics.median(values), 3), "ms")
            if "off their time" in metric:
                yield (subject, f"{metric}, p99",
                       round(percentile(values, 99), 3), "ms")
            yield subject, f"{metric}, max", round(max(values), 3), "ms"
    _collected.clear()
