#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Requests about claims that are wrong: each is refused with a text and changes nothing.
"""

import socket
import struct
import time

from abuse import attr, begin, cmd, n, nest, parse, refused, tap, u8
from genl import K

EINVAL, EEXIST, ENOENT, E2BIG, ERANGE, ENOSPC = 22, 17, 2, 7, 34, 28


def c(name):
    """Number of a claim's attribute."""
    return K["KCLUSTER_A_CLAIM_" + name]


def prefix(octets, length=None, *more):
    """A prefix as nested attribute."""
    inside = [attr(c("PREFIX_ADDRESS"), octets)] if octets is not None else []
    if length is not None:
        inside.append(u8(c("PREFIX_PREFIXLEN"), length))
    return nest(c("PREFIX"), *inside, *more)


def claims(nl):
    """What was claimed, by name, and of each how many prefixes."""
    found = []
    for reply in nl.dump(cmd("CLAIM_GET")):
        attributes = dict(parse(reply))
        found.append((attributes[c("NAME")], attributes.get(c("PREFIXES"))))
    return found


def wait(condition):
    """Until it is so, or five seconds have passed; the worker does what was asked for."""
    end = time.monotonic() + 5
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def wrong_prefixes(nl, name):
    """What a prefix cannot be."""
    good = bytes([10, 8, 0, 0])
    refused(nl, "a prefix without an address", "CLAIM_ADD", name + prefix(None, 16), EINVAL)
    for length in (0, 3, 5, 15, 17):
        refused(nl, f"an address of {length} octets", "CLAIM_ADD",
                name + prefix(bytes([10] * length)), EINVAL)
    refused(nl, "33 bits", "CLAIM_ADD", name + prefix(good, 33), ERANGE)
    refused(nl, "129 bits", "CLAIM_ADD", name + prefix(bytes([0xfd] + [0] * 15), 129), ERANGE)
    refused(nl, "bits behind the prefix", "CLAIM_ADD", name + prefix(bytes([10, 8, 0, 1]), 24),
            EINVAL)
    refused(nl, "the same of IPv6", "CLAIM_ADD",
            name + prefix(bytes([0xfd] + [0] * 14 + [1]), 64), EINVAL)
    refused(nl, "the same prefix twice", "CLAIM_ADD", name + prefix(good, 16) * 2, EEXIST)
    refused(nl, "a device with a slash", "CLAIM_ADD",
            name + prefix(good, 16, attr(c("PREFIX_IFNAME"), "../x")), EINVAL)
    refused(nl, "a device of 16 characters", "CLAIM_ADD",
            name + prefix(good, 16, attr(c("PREFIX_IFNAME"), "d" * 16)))
    for kind in ("ROUTED", "ROUTER"):
        refused(nl, f"a prefix that says {kind}", "CLAIM_ADD",
                name + prefix(good, 16, u8(c("PREFIX_" + kind), 1)))
    refused(nl, "a prefix with a flaw", "CLAIM_ADD",
            name + prefix(good, 16, attr(c("PREFIX_FLAW"), "none")))
    refused(nl, "4097 prefixes", "CLAIM_ADD",
            name + b"".join(prefix(bytes([10, 8, i >> 8, i & 255])) for i in range(4097)), E2BIG)
    refused(nl, "the address of a peer", "CLAIM_ADD", name + prefix(bytes([10, 6, 0, 2])), EINVAL)


def wrong_claims(nl):
    """What a claim cannot be, and what cannot be done to one."""
    name, some = attr(c("NAME"), "api"), prefix(bytes([10, 8, 0, 0]), 16)

    refused(nl, "a claim without a name", "CLAIM_ADD", some, EINVAL)
    refused(nl, "a claim without a prefix", "CLAIM_ADD", name, EINVAL)
    for text in ("", "a b"):
        refused(nl, f"a name '{text}'", "CLAIM_ADD", attr(c("NAME"), text) + some, EINVAL)
    refused(nl, "a name of 32 characters", "CLAIM_ADD", attr(c("NAME"), "c" * 32) + some)
    for kind in ("STATE", "CONFIGURED"):
        refused(nl, f"{kind} as asked for", "CLAIM_ADD", name + some + u8(c(kind), 1))
    for command in ("CLAIM_SET", "CLAIM_DEL", "CLAIM_GET"):
        body = some if command == "CLAIM_SET" else b""
        refused(nl, f"{command} without a name", command, body, EINVAL)
        refused(nl, f"{command} of one that is not there", command, name + body, ENOENT)
    wrong_prefixes(nl, name)
    tap.check("nothing was added by any of it", claims(nl) == [], claims(nl))


def among_others(nl):
    """What one claim has another cannot have; there may be so many of them."""
    name, some = attr(c("NAME"), "api"), prefix(bytes([10, 8, 0, 0]), 16)
    other = attr(c("NAME"), "two")

    nl.request(cmd("CLAIM_ADD"), name + some)
    refused(nl, "the name of another one", "CLAIM_ADD", name + prefix(bytes([10, 9, 0, 0]), 16),
            EEXIST)
    # Prefixes are taken over by the worker.
    wait(lambda: claims(nl)[0][1] == struct.pack("=I", 1))
    refused(nl, "the prefix of another one", "CLAIM_ADD", other + some, EEXIST)
    refused(nl, "set to nothing", "CLAIM_SET", name, EINVAL)
    for i in range(63):
        nl.request(cmd("CLAIM_ADD"), attr(c("NAME"), f"c{i}") + prefix(bytes([10, 9, i, 0]), 24))
    refused(nl, "the 65th claim", "CLAIM_ADD", other + prefix(bytes([10, 10, 0, 0]), 16), ENOSPC)
    tap.check("64 are there", len(claims(nl)) == 64, len(claims(nl)))
    nl.request(cmd("CLAIM_FLUSH"))
    tap.check("flushed", wait(lambda: claims(nl) == []), claims(nl))


def main():
    """All of it, beside a peer."""
    nl = begin()
    octets = socket.inet_aton("10.6.0.2")
    nl.request(cmd("PEER_ADD"), attr(n("NAME"), "P") +
               nest(n("PATH"), attr(n("PATH_ADDRESS"), octets),
                    attr(n("PATH_IFNAME"), "later0")) + attr(n("INTERVAL"), 10000) +
               u8(n("LOSE"), 20) + u8(n("OBSERVER"), 1))
    for wrong in (2, 255):
        refused(nl, f"an observer that is {wrong}", "PEER_ADD", attr(n("NAME"), "Q") +
                nest(n("PATH"), attr(n("PATH_ADDRESS"), socket.inet_aton("10.6.0.3")),
                     attr(n("PATH_IFNAME"), "later0")) + u8(n("OBSERVER"), wrong))
    refused(nl, "making an observer of a peer", "PEER_SET",
            attr(n("NAME"), "P") + u8(n("OBSERVER"), 0))
    wrong_claims(nl)
    among_others(nl)
    tap.finish()


if __name__ == "__main__":
    main()
