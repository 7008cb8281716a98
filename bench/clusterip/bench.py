# SPDX-License-Identifier: GPL-2.0
"""Cluster IPs: the parts, and what the figures are to show."""

import collections

SUBJECTS = ("kcluster", "floor", "leased", "router", "nft-ingress",
            "nft-prerouting", "xt_cluster", "clusterip")
SUBJECTS_OF = {
    "throughput-icount": ("kcluster", "nft-ingress", "clusterip"),
    "moves": ("kcluster", "kcluster-512", "modulo", "maglev", "clusterip"),
}
Part = collections.namedtuple(
    "Part", "name about script arguments machine timeout kernel",
    defaults=("6.1",))
MANY = 4096
NODES = (2, 3, 4, 8, 16, 32, 64)


def parts(quick):
    icount = ["--icount", "-m", "1024"]
    return [
        Part("cost-icount", "instructions per packet", "cost.sh",
             ["20", "1"] if quick else ["100", "1", f"{MANY}"], icount, 3000),
        Part("throughput-icount", "the busiest of several nodes",
             "throughput.sh", ["1024", "8000", "1", "2"] if quick else
             ["8192", "8000", "1", "2", "3", "4", "6", "8"], icount, 1800),
        Part("moves", "whom the loss of a node disturbs, computed", "moves.sh",
             ["100000" if quick else "1000000"], ["-m", "512"], 600),
    ]


def recording(_subject, kind, _pairs, _data):
    raise AssertionError(f"nothing is recorded, but there is a {kind}")


def summary():
    return ()


def order(figures):
    """Rows as the parts come; of one part as they were measured."""
    names = [part.name for part in parts(False)]
    return sorted(figures, key=lambda figure: names.index(figure["part"]))


OTHERS, OURS = "another node's", "this node's"


def group(whose, family, count):
    return (f"{whose} packet, IPv{family}, {count} "
            f"address{'' if count == 1 else 'es'}: ")


def cost_goals(found):
    """(words, value, limit) of what a packet costs. Where several figures are
    bound by one promise, it is kept if the worst keeps it."""
    def above(whose, family, count):
        """What kcluster takes more than its floor, of all modes the most."""
        prefix = group(whose, family, count)
        floor = found.get(("floor", f"{prefix}source-ip"))
        costs = [value for (subject, metric), value in found.items()
                 if subject == "kcluster" and metric.startswith(prefix)]
        return (max(costs) - floor, floor) if costs and floor else (None, None)

    for family in (4, 6):
        for count in (1, MANY):
            name = f"IPv{family}, {count} address{'' if count == 1 else 'es'}"
            yield (f"{name}: another node's packet, above nft's bare drop",
                   above(OTHERS, family, count)[0], 0)
            # The same with more addresses, and in IPv6, give or take 5 %.
            yield (f"{name}: this node's packet, above plain delivery",
                   above(OURS, family, count)[0],
                   300 if (family, count) == (4, 1) else 315)
            prefix = group(OURS, family, count)
            leased = [found.get((subject, f"{prefix}source-ip"))
                      for subject in ("leased", "router")]
            if None not in leased:
                yield (f"{name}: this node's packet, by a lease, above plain "
                       "delivery beside a virtual router",
                       leased[0] - leased[1], 350)
    # Both floors are different ones where there is more to look up, or IPv6:
    # what is the same is what kcluster adds, as a share of the whole.
    for whose in (OTHERS, OURS):
        one, floor = above(whose, 4, 1)
        for family, count in ((4, MANY), (6, 1), (6, MANY)):
            other = above(whose, family, count)[0]
            if one is not None and other is not None:
                yield (f"IPv{family}, {count}: {whose} packet compared with "
                       "IPv4 and one address, in percent of the whole",
                       abs(100 * (other - one) / (floor + one)), 5)


def goals(figures):
    """(sentence, reached) for each promise that the figures can judge."""
    found = {(f["subject"], f["metric"]): f["value"]
             for f in figures if f["value"] is not None}
    promises = list(cost_goals(found))
    for nodes in NODES:
        promises.append((
            f"clients of the others that move when one of {nodes} dies, in percent",
            found.get(("kcluster", "clients of the others that move when a "
                       f"node dies: one of {nodes}")), 0))
    promises.append((
        "the busiest of seven nodes when the eighth has died, in percent above "
        "an equal share",
        found.get(("kcluster", "busiest node, above an equal share: one of 8 "
                   "has died")), 10))
    return [(f"{words}: {value:.4g}, promised at most {limit}", value <= limit)
            for words, value, limit in promises if value is not None]
