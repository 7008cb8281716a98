# SPDX-License-Identifier: GPL-2.0
"""VRRP: the parts, and what the figures are to show."""

import collections

import wire

SUBJECTS = ("kcluster", "keepalived", "keepalived-rt")
Part = collections.namedtuple(
    "Part", "name about script arguments machine timeout kernel",
    defaults=("6.1",))

recording = wire.recording
summary = wire.summary
STRESSES = ("busy_loops", "memory_pressure", "stopped_user_space",
            "reapplied_configuration", "udp_flood")


def parts(quick):
    cases = "1:10 255:100" if quick else "1:10 1:100 255:100 255:10"
    smp, icount = ["-m", "1536"], ["--icount", "-m", "1536"]
    return [
        Part("takeover", "two CPUs, real time", "takeover.sh",
             [cases, "1" if quick else "3", "200" if quick else "200 4096"],
             smp, 1500),
        Part("takeover-icount", "the same where the host's load is not seen",
             "takeover.sh", [cases, "1" if quick else "2"], icount, 1500),
        Part("cost-icount", "instructions", "cost.sh",
             ["100 10", "1" if quick else "2"], icount, 1200),
        Part("cost", "two CPUs, real time", "cost.sh",
             ["100 10", "2" if quick else "4"], smp, 600),
        Part("memory", "what 255 routers take", "memory.sh", [], smp, 300),
        Part("stress", "false takeovers, all subjects at once", "stress.sh",
             ["10" if quick else "60", *STRESSES], ["-m", "1024"], 900),
        Part("stress-icount", "the same where the host's load is not seen",
             "stress.sh", ["5" if quick else "20", *STRESSES],
             ["--icount", "-m", "1024"], 1500),
    ]


def order(figures):
    """Rows as the parts come; of one part as they were measured."""
    names = [part.name for part in parts(False)]
    return sorted(figures, key=lambda figure: names.index(figure["part"]))


def goals(figures):
    """(sentence, reached) for each promise that the figures can judge."""
    found = {(f["part"], f["subject"], f["metric"]): f["value"]
             for f in figures}
    judged = []

    def promise(words, value, limit, unit):
        if value is not None and limit is not None:
            judged.append((f"{words}: {value:.4g} {unit}, promised at most "
                           f"{limit:.4g}", value <= limit))

    for part in ("takeover", "takeover-icount"):
        for interval in (10, 100):
            group = f"takeover of 255 routers at {interval} ms"
            promise(f"{part}: {group}, the slowest first advert",
                    found.get((part, "kcluster",
                               f"{group}: to its first advert, max")),
                    wire.down_ms(interval) + 10, "ms")
        group = "takeover of 255 routers at 100 ms"
        metric = f"{group}: to the first gratuitous ARP, max"
        ours, theirs = (found.get((part, name, metric))
                        for name in ("kcluster", "keepalived-rt"))
        # Of what the RFC lets both wait nobody can be faster.
        if ours and theirs:
            promise(f"{part}: {group}, the slowest gratuitous ARP later than "
                    "the RFC's time, half of real-time keepalived's",
                    ours - wire.down_ms(100),
                    (theirs - wire.down_ms(100)) / 2, "ms")
    for part in ("cost-icount", "cost"):
        for who in ("master", "both"):
            metric = f"CPU of 255 routers at 100 ms: {who}, share of one core"
            theirs = found.get((part, "keepalived", metric))
            promise(f"{part}: {metric}, a third of keepalived's",
                    found.get((part, "kcluster", metric)),
                    theirs and theirs / 3, "%")
        master, both = (
            found.get((part, "kcluster", f"CPU of 255 routers at 10 ms: {who}, "
                       "share of one core")) for who in ("master", "both"))
        words = f"{part}: CPU of 255 routers at 10 ms, share of one core"
        promise(f"{words}: a master", master, 20, "%")
        # "both" are two machines and the switch between them.
        promise(f"{words}: its backup, and the switch",
                both and master and both - master, 20, "%")
    for figure in figures:
        if (figure["part"].startswith("stress")
                and figure["subject"] == "kcluster"
                and "false takeovers" in figure["metric"]):
            promise(f"{figure['part']}: {figure['metric']}", figure["value"],
                    0, "times")
    return judged
