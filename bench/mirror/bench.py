# SPDX-License-Identifier: GPL-2.0
"""Mirroring: the parts, and what the figures are to show."""

import collections
import importlib.util
import os

# Not "import wire": the other benchmark has one, too.
_spec = importlib.util.spec_from_file_location(
    "mirror_wire", f"{os.path.dirname(os.path.realpath(__file__))}/wire.py")
wire = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(wire)

SUBJECTS = ("kcluster", "conntrackd", "conntrackd-notrack")
Part = collections.namedtuple(
    "Part", "name about script arguments machine timeout kernel",
    defaults=("6.1",))

recording = wire.recording
summary = wire.summary
PACE = 2000
ENTRIES = 100000


def parts(quick):
    smp, icount = ["-m", "1536"], ["--icount", "-m", "1536"]
    return [
        Part("wire", "octets and records", "wire.sh",
             ["0.5", f"{PACE}"] if quick else ["1", "100", "500", f"{PACE}"],
             icount, 600),
        Part("cost-icount", "instructions, and the connect rate", "cost.sh",
             ["4", f"{PACE}", "0.3" if quick else "0.7", "1"], icount, 1800),
        Part("rate", "two CPUs, real time", "rate.sh",
             ["2", "1", "32"] if quick else ["4", "3", "8", "32"], smp, 900),
        Part("rate-icount", "instructions, all on one machine", "rate.sh",
             ["0.5" if quick else "1", "1", "8"], icount, 900),
        Part("lag-icount", "until the standby knows", "lag.sh",
             ["50", "1000"] if quick else ["300", "1000"], icount, 900),
        Part("bulk-icount", "a standby that joins", "bulk.sh",
             ["10000" if quick else f"{ENTRIES}"], icount, 1800),
    ] + ([] if quick else [
        Part("bulk-million", "a standby that joins, the table is large",
             "bulk.sh", ["1000000"], ["--icount", "-m", "5120"], 3000),
    ])


def order(figures):
    """Rows as the parts come; of one part as they were measured."""
    names = [part.name for part in parts(False)]
    return sorted(figures, key=lambda figure: names.index(figure["part"]))


def goals(figures):
    """(sentence, reached) for each promise that the figures can judge."""
    found = {(f["part"], f["subject"], f["metric"]): f["value"]
             for f in figures}
    judged = []

    def promise(words, value, limit, unit=""):
        if value is not None and limit is not None:
            judged.append((f"{words}: {value:.4g}{unit and ' '}{unit}, "
                           f"promised at most {limit:.4g}", value <= limit))

    for who, times, words in (("sender", 5, "a fifth"),
                              ("receiver", 4, "a quarter")):
        metric = f"CPU per short connection: {who}"
        theirs = found.get(("cost-icount", "conntrackd", metric))
        promise(f"cost-icount: {metric}, {words} of conntrackd's",
                found.get(("cost-icount", "kcluster", metric)),
                theirs and theirs / times, "us")
    group = f"on the wire per short connection, {PACE} per second"
    for metric, limit, unit in (("octets, both ways", 200, "B"),
                                ("records", 3, "")):
        promise(f"wire: {group}: {metric}",
                found.get(("wire", "kcluster", f"{group}: {metric}")),
                limit, unit)
    for part, where in (("cost-icount", "the standby elsewhere"),
                        ("rate-icount", "all on one machine, 8 clients"),
                        ("rate", "all on one machine, 8 clients"),
                        ("rate", "all on one machine, 32 clients")):
        metric = f"connect rate, {where}: lost by mirroring"
        promise(f"{part}: {metric}", found.get((part, "kcluster", metric)),
                15, "%")
    for figure in figures:
        if (figure["subject"] == "kcluster" and
                figure["metric"].endswith(("missing after all", "never known",
                                           "not known to the standby"))):
            promise(f"{figure['part']}: {figure['metric']}", figure["value"],
                    0)
    return judged
