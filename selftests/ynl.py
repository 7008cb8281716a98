#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
The family driven from its YAML alone, with the kernel's Python YNL client:
what the specification says is what the module does.
"""

import os
import socket
import subprocess
import sys
import time

from genl import HERE, Tap, unshare

TREE = os.environ.get("KC_LINUX", "/usr/share/kcluster-test/linux")
SPEC = os.path.join(HERE, "..", "uapi", "kcluster.yaml")
SCHEMA = os.path.join(TREE, "Documentation/netlink/genetlink.yaml")
tap = Tap()


def client():
    """The kernel's client, wherever this version of it lives."""
    base = os.path.join(TREE, "tools/net/ynl")
    for place in ("pyynl", "."):
        sys.path.insert(0, os.path.join(base, place))
    try:
        from lib import YnlFamily, NlError     # pylint: disable=all
    except ImportError as e:
        tap.skip_all(f"no YNL client: {e}")
    return YnlFamily, NlError


def events(ynl, seconds, enough):
    """Events until enough of them came."""
    seen = []
    end = time.monotonic() + seconds
    while time.monotonic() < end and not enough(seen):
        ynl.check_ntf()
        queue = ynl.async_msg_queue
        while len(queue) if isinstance(queue, list) else not queue.empty():
            one = queue.pop(0) if isinstance(queue, list) else queue.get()
            seen.append((one["name"], one["msg"]))
        time.sleep(0.05)
    return seen


def claims(ynl, listener):
    """What a claim can be asked and told."""
    prefixes = [{"address": socket.inet_aton("10.5.64.0"), "prefixlen": 18},
                {"address": socket.inet_aton("10.5.200.1"), "prefixlen": 32, "ifname": "later0"}]
    ynl.do("claim-add", {"name": "C", "prefix": prefixes})
    seen = events(listener, 5, lambda seen: seen)
    tap.check("an event tells of the new claim", [
        (name, msg["name"], msg["old-state"], msg["state"]) for name, msg in seen] ==
        [("claim-event", "C", "gone", "nobody")], seen)
    end = time.monotonic() + 5
    while ynl.do("claim-get", {"name": "C"})["prefixes"] != 2 and time.monotonic() < end:
        time.sleep(0.05)
    got = ynl.do("claim-get", {"name": "C"})
    tap.check("claim-get: what it is, and counters",
              (got["state"], got["prefixes"], got["configured"], got["stats"]["takeovers"]) ==
              ("nobody", 2, 1, 0), got)
    tap.check("claim-get dumps all", [c["name"] for c in ynl.dump("claim-get", {})] == ["C"], None)
    got = [p for m in ynl.dump("claim-prefix-get", {"name": "C"}) for p in m["prefix"]]
    tap.check("claim-prefix-get: what was given, in order",
              [(bytes(p["address"]), p["prefixlen"], p.get("ifname"), p["routed"]) for p in got] ==
              [(socket.inet_aton("10.5.64.0"), 18, None, 0),
               (socket.inet_aton("10.5.200.1"), 32, "later0", 0)], got)
    ynl.do("claim-set", {"name": "C", "prefix": prefixes[:1]})
    end = time.monotonic() + 5
    while ynl.do("claim-get", {"name": "C"})["prefixes"] != 1 and time.monotonic() < end:
        time.sleep(0.05)
    tap.check("claim-set: others in their place", ynl.do("claim-get", {"name": "C"})["prefixes"] ==
              1, None)
    ynl.do("claim-del", {"name": "C"})
    seen = events(listener, 5, lambda seen: any(m["state"] == "gone" for _, m in seen))
    tap.check("and that it is gone", seen[-1:] and seen[-1][1]["state"] == "gone", seen)
    ynl.do("claim-add", {"name": "D", "prefix": prefixes})
    ynl.do("claim-flush", {})
    events(listener, 5, lambda seen: any(m["state"] == "gone" for _, m in seen))
    # Its worker puts it away.
    end = time.monotonic() + 5
    while ynl.dump("claim-get", {}) and time.monotonic() < end:
        time.sleep(0.05)
    tap.check("claim-get: none is left", not ynl.dump("claim-get", {}), None)


def main():
    """info, add, get, dump, set, addresses, routes, tracks, events, del."""
    if os.geteuid():
        tap.skip_all("needs to be root")
    if not os.path.isdir(TREE):
        tap.skip_all(f"no {TREE}")
    if subprocess.run(["modprobe", "kcluster"], check=False).returncode:
        print("Bail out! kcluster.ko does not load")
        sys.exit(1)
    unshare(0x40000000)     # CLONE_NEWNET
    subprocess.run("ip link set lo up; ip link add e0 type veth peer e1; "
                   "ip link set e1 up; ip addr add 10.5.0.1/24 dev e0; "
                   "ip link set e0 up", shell=True, check=True)
    family, error = client()
    ynl = family(SPEC, SCHEMA)
    # Events on a client of their own: the one of 6.12 fails when an event
    # comes between a request and its answer.
    listener = family(SPEC, SCHEMA)
    listener.ntf_subscribe("events")

    ynl.do("peer-add", {"name": "P", "interval": 9000, "path": [
        {"address": socket.inet_aton("10.5.9.2"), "ifname": "later0"},
        {"address": socket.inet_pton(socket.AF_INET6, "fd05::2"), "ifname": "later0"}]})
    got = ynl.do("peer-get", {"name": "P"})
    tap.check("peer-get: what was given, and the defaults",
              got["interval"] == 9000 and got["lose"] == 3 and got["state"] == "added" and
              [p["ifname"] for p in got["path"]] == ["later0", "later0"], got)
    tap.check("peer-get: counters", got["stats"]["hellos-received"] == 0, got)
    ynl.do("peer-set", {"name": "P", "lose": 9})
    tap.check("peer-get dumps all", [(p["name"], p["lose"]) for p in ynl.dump("peer-get", {})] ==
              [("P", 9)], None)
    seen = events(listener, 5, lambda seen: seen)
    tap.check("an event tells of the new peer", [
        (name, msg["name"], msg["state"], msg["old-state"]) for name, msg in seen] ==
        [("peer-event", "P", "added", "gone")], seen)
    ynl.do("peer-del", {"name": "P"})
    seen = events(listener, 5, lambda seen: any(m["state"] == "gone" for _, m in seen))
    tap.check("and that it is gone", seen[-1][1]["state"] == "gone", seen)
    tap.check("peer-get: none is left", not ynl.dump("peer-get", {}), None)

    ynl.do("peer-add", {"name": "O", "observer": 1, "path": [
        {"address": socket.inet_aton("10.5.9.3"), "ifname": "later0"}]})
    info = ynl.do("info-get", {})
    tap.check("an observer is counted as such",
              (ynl.do("peer-get", {"name": "O"})["observer"], info["observers"], info["peers"]) ==
              (1, 1, 0), info)
    ynl.do("peer-flush", {})
    events(listener, 5, lambda seen: any(m["state"] == "gone" for _, m in seen))
    claims(ynl, listener)

    ynl.do("clusterip-add", {
        "name": "W", "ifname": "e0", "nodes": 10, "local": b"\x05\x02", "seed": 7,
        "hash": "source-ip-port", "mac": bytes.fromhex("01005e000101"),
        "address": [{"address": socket.inet_aton("10.5.0.200"), "prefixlen": 24},
                    {"address": socket.inet_aton("10.5.8.0"), "prefixlen": 24, "local": True}]})
    got = ynl.do("clusterip-get", {"name": "W"})
    tap.check("clusterip-get: what was given",
              (got["ifname"], got["nodes"], bytes(got["local"]), got["seed"], got["hash"],
               bytes(got["mac"]).hex(), got["addresses"], got["shares"]) ==
              ("e0", 10, b"\x05\x02", 7, "source-ip-port", "01005e000101", 2, 3), got)
    tap.check("clusterip-get: its state and counters",
              got["state"] == "serving" and got["stats"]["mine"] == 0, got)
    ynl.do("clusterip-set", {"name": "W", "local-remove": b"\xff\x03"})
    got = ynl.dump("clusterip-get", {})
    tap.check("clusterip-get dumps all", [(w["name"], w["state"]) for w in got] ==
              [("W", "idle")], got)
    got = [a for m in ynl.dump("clusterip-address-get", {"name": "W"}) for a in m["address"]]
    tap.check("clusterip-address-get: addresses, in order",
              [(bytes(a["address"]), a["state"], "local" in a and bool(a["local"])) for a in got] ==
              [(socket.inet_aton("10.5.0.200"), "held", False),
               (socket.inet_aton("10.5.8.0"), "held", True)], got)
    got = [b for m in ynl.dump("clusterip-bucket-get", {"name": "W"}) for b in m["bucket"]]
    tap.check("clusterip-bucket-get: one for each node",
              [(b["number"], b["mine"], b["packets"]) for b in got] ==
              [(i, 0, 0) for i in range(1, 11)], got)
    ynl.do("clusterip-del", {"name": "W"})
    seen = events(listener, 5, lambda seen: any(m["state"] == "gone" for _, m in seen))
    tap.check("events tell that it came, changed and went", [
        (name, msg["old-state"], msg["state"], msg["shares"]) for name, msg in seen] ==
        [("clusterip-event", "gone", "serving", 3), ("clusterip-event", "serving", "idle", 0),
         ("clusterip-event", "idle", "gone", 0)], seen)
    ynl.do("clusterip-flush", {})
    tap.check("clusterip-get: none is left", not ynl.dump("clusterip-get", {}), None)

    info = ynl.do("info-get", {})
    tap.check("info-get: no cluster IP any more", info.get("clusterips") == 0, info)
    tap.check("info-get tells the module's version", info.get("module-version"), info)
    tap.check("info-get: no router yet", info.get("routers") == 0, info)
    ynl.do("vrrp-add", {
        "name": "Y", "ifname": "e0", "vrid": 5, "version": 3, "priority": 200,
        "interval": 100, "initial-state": "master",
        "address": [{"address": socket.inet_aton("10.5.0.100"), "prefixlen": 24},
                    {"address": socket.inet_aton("10.5.0.101"), "prefixlen": 32,
                     "excluded": True}],
        "route": [{"dst": socket.inet_aton("192.0.2.0"), "prefixlen": 24,
                   "via": socket.inet_aton("10.5.0.9")}],
        "track": [{"ifname": "lo", "weight": 10}]})
    got = ynl.do("vrrp-get", {"name": "Y"})
    tap.check("vrrp-get returns what vrrp-add was given",
              (got["name"], got["ifname"], got["vrid"], got["priority"],
               got["interval"]) == ("Y", "e0", 5, 200, 100), got)
    tap.check("addresses come back, in order",
              [bytes(i["address"]) for i in got["address"]] ==
              [socket.inet_aton("10.5.0.100"), socket.inet_aton("10.5.0.101")], got["address"])
    tap.check("the excluded flag comes back on the second only",
              ["excluded" in i and bool(i["excluded"]) for i in got["address"]] == [False, True],
              got["address"])
    tap.check("the weight of a track comes back", got["track"][0]["weight"] == 10, got["track"])
    tap.check("the state is a word of the specification",
              got["state"] in ("init", "backup", "master", "fault"), got["state"])

    seen = events(listener, 10, lambda l: any(m.get("state") == "master" for _, m in l))
    tap.check("the event that it became master is heard",
              any(n == "vrrp-event" and m["name"] == "Y" and m["state"] == "master"
                  for n, m in seen), seen)
    tap.check("events are numbered without a gap",
              [m["sequence"] for _, m in seen] ==
              list(range(seen[0][1]["sequence"], seen[0][1]["sequence"] + len(seen)))
              if seen else False, seen)
    got = ynl.do("vrrp-get", {"name": "Y"})
    tap.check("statistics are there: adverts were sent", got["stats"]["adverts-sent"] > 0, got)
    tap.check("an address is held", got["address"][0]["state"] in ("held", 1), got["address"])

    ynl.do("vrrp-add", {"name": "Z", "ifname": "e0", "vrid": 6})
    names = [r["name"] for r in ynl.dump("vrrp-get", {})]
    tap.check("vrrp-get dumps both routers", sorted(names) == ["Y", "Z"], names)
    ynl.do("vrrp-set", {"name": "Z", "priority": 42})
    tap.check("vrrp-set changes the priority",
              ynl.do("vrrp-get", {"name": "Z"})["priority"] == 42)
    tap.check("and leaves the rest", ynl.do("vrrp-get", {"name": "Z"})["interval"] == 1000)
    ynl.do("vrrp-address-add", {"name": "Z", "address": [
        {"address": socket.inet_aton("10.5.0.110"), "prefixlen": 24}]})
    ynl.do("vrrp-route-add", {"name": "Z", "route": [
        {"dst": socket.inet_aton("198.51.100.0"), "prefixlen": 24,
         "via": socket.inet_aton("10.5.0.9")}]})
    ynl.do("vrrp-track-add", {"name": "Z", "track": [{"ifname": "e1", "weight": -3}]})
    got = ynl.do("vrrp-get", {"name": "Z"})
    tap.check("an address, a route and a track are added",
              [len(got.get(k, [])) for k in ("address", "route", "track")] == [1, 1, 1], got)
    ynl.do("vrrp-address-del", {"name": "Z", "address": [
        {"address": socket.inet_aton("10.5.0.110"), "prefixlen": 24}]})
    ynl.do("vrrp-route-del", {"name": "Z", "route": [
        {"dst": socket.inet_aton("198.51.100.0"), "prefixlen": 24,
         "via": socket.inet_aton("10.5.0.9")}]})
    ynl.do("vrrp-track-del", {"name": "Z", "track": [{"ifname": "e1"}]})
    got = ynl.do("vrrp-get", {"name": "Z"})
    tap.check("and deleted",
              [len(got.get(k, [])) for k in ("address", "route", "track")] == [0, 0, 0], got)
    try:
        ynl.do("vrrp-set", {"name": "Z", "priority": 0})
        tap.check("priority 0 is refused", False)
    except error as e:
        tap.check("priority 0 is refused with a text", "extack" in str(vars(e.nl_msg))
                  and e.nl_msg.extack, e)
    ynl.do("vrrp-del", {"name": "Z"})
    seen = events(listener, 10, lambda l: any(m["name"] == "Z" and m["state"] == "stop" for _, m in l))
    tap.check("vrrp-del is told as an event with state stop",
              any(m["name"] == "Z" and m["state"] == "stop" for _, m in seen), seen)
    ynl.do("value-set", {"name": "web", "state": "down", "weight": -50, "ttl": 60000})
    ynl.do("vrrp-track-add", {"name": "Y", "track": [{"value": "web"}]})
    got = ynl.do("value-get", {"name": "web"})
    tap.check("value-get returns what value-set was given",
              (got["state"], got["number"], got["weight"], got["ttl"]) == ("down", 0, -50, 60000),
              got)
    got = [t for t in ynl.do("vrrp-get", {"name": "Y"})["track"] if t.get("value") == "web"]
    tap.check("a track of a value comes back, without a weight of its own",
              len(got) == 1 and "weight" not in got[0] and got[0]["up"] == 0, got)
    tap.check("its weight counts", ynl.do("vrrp-get", {"name": "Y"})["effective-priority"] == 160)
    ynl.do("value-set", {"name": "web", "number": 7})
    tap.check("its number counts", ynl.do("vrrp-get", {"name": "Y"})["effective-priority"] == 217)
    seen = events(listener, 10, lambda l: any(m.get("state") == "up" for _, m in l))
    tap.check("value-event tells that it is up", any(
        n == "value-event" and (m["name"], m["old-state"], m["state"]) == ("web", "down", "up")
        for n, m in seen), seen)
    tap.check("value-get dumps it", [r["name"] for r in ynl.dump("value-get", {})] == ["web"])
    tap.check("info-get counts it", ynl.do("info-get", {}).get("values") == 1)
    ynl.do("value-del", {"name": "web"})
    tap.check("value-del leaves the name to the router",
              ynl.do("value-get", {"name": "web"})["state"] == "unset")
    ynl.do("vrrp-flush", {})
    tap.check("vrrp-flush leaves nothing", ynl.dump("vrrp-get", {}) == [])
    tap.finish()


if __name__ == "__main__":
    main()
