#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Abuse of the netlink interface: whatever arrives and whoever sends it, the
kernel refuses it with a text that says why, changes nothing, and lives on.
What is well formed and wrong is in netlink_refusals.py.

Runs in network namespaces of its own. The random part is seeded: KC_SEED
repeats a run, KC_FUZZ is the number of messages.
"""

import ctypes
import os
import random
import struct
import subprocess

from abuse import CLONE_NEWNET, IFNAME, NAME, VRID, a, address, begin, cmd, \
    configuration, peer, refused, route, router, s32, tap, track, \
    track_neighbour, track_value, v
from genl import K, NESTED, NLM_F_ACK, Refused, Socket, attr, nest, parse, u8, \
    unshare

CLONE_NEWUSER = 0x10000000
WRITES = ["VRRP_ADD", "VRRP_SET", "VRRP_DEL", "VRRP_FLUSH",
          "VRRP_ADDRESS_ADD", "VRRP_ADDRESS_DEL", "VRRP_ROUTE_ADD",
          "VRRP_ROUTE_DEL", "VRRP_TRACK_ADD", "VRRP_TRACK_DEL",
          "VALUE_SET", "VALUE_DEL", "VALUE_FLUSH"]


def malformed(nl):
    """Messages that are not even well formed."""
    full = router("new", 9)
    refused(nl, "an unknown attribute", "VRRP_ADD", full + attr(200, b"1234"))
    refused(nl, "attribute 0", "VRRP_ADD", full + attr(0, b"1234"))
    refused(nl, "a u8 of 4 bytes", "VRRP_ADD", full + attr(a("PRIORITY"), 77))
    refused(nl, "a u32 of 1 byte", "VRRP_ADD", full + u8(a("INTERVAL"), 100))
    refused(nl, "an empty nest where an address belongs", "VRRP_ADD", full + nest(a("ADDRESS")))
    refused(nl, "an address without the nested flag", "VRRP_ADD",
            full + attr(a("ADDRESS"), attr(1, b"\x0a\0\0\x09")))
    refused(nl, "garbage in a nest", "VRRP_ADD", full + attr(a("ADDRESS") | NESTED, b"\xff" * 40))
    deep = b""
    for _ in range(40):
        deep = nest(a("ADDRESS"), deep)
    refused(nl, "40 nests in each other", "VRRP_ADD", full + deep)
    refused(nl, "an attribute longer than the message", "VRRP_ADD",
            full + struct.pack("=HH", 400, a("AUTH_PASS")) + b"12345678")
    refused(nl, "an attribute of length 2", "VRRP_ADD",
            full + struct.pack("=HH", 2, a("PRIORITY")) + b"\0" * 4)
    refused(nl, "a text without its NUL", "VRRP_ADD",
            attr(NAME, b"n" * 32) + attr(IFNAME, "lo") + u8(VRID, 9))
    try:
        nl.request(99, full)
        tap.check("an unknown command is refused", False)
    except Refused as e:
        tap.check("an unknown command is refused", e.error == 95, str(e))
    before = configuration(nl)
    whole = nl.message(cmd("VRRP_ADD"), full, NLM_F_ACK)
    for cut in range(0, len(whole)):
        nl.sock.send(whole[:cut] + b"\0" * 0 if cut else b"\0")
    drain(nl)
    tap.check("a message cut at every length changes nothing", configuration(nl) == before)
    for length in (0, 15, 17, 0x7fffffff, 0xffffffff):
        nl.sock.send(nl.message(cmd("VRRP_ADD"), full, NLM_F_ACK, length=length))
    drain(nl)
    tap.check("a message that lies about its length changes nothing", configuration(nl) == before)
    big = full + b"".join(address(f"10.8.{i >> 8}.{i & 255}", 24) for i in range(3000))
    refused(nl, "3000 addresses in one message", "VRRP_ADD", big)


def drain(nl):
    """Forget every answer that is waiting."""
    nl.sock.settimeout(0.2)
    try:
        while True:
            nl.sock.recv(1 << 16)
    except OSError:
        nl.sock.settimeout(10)


def fuzz(nl):
    """Random bytes, and real requests with a few bytes wrong."""
    seed = int(os.environ.get("KC_SEED", "20"))
    count = int(os.environ.get("KC_FUZZ", "3000"))
    rng = random.Random(seed)
    other = Socket()
    base = [router("f", 9) + address("10.0.0.9", 24) + route("10.2.0.0", 24) +
            track("lo", 5) + peer("10.0.0.3"), attr(NAME, "R"),
            attr(NAME, "R") + address("10.0.0.9", 24), attr(NAME, "R") + track(),
            attr(v("NAME"), "f") + u8(v("STATE"), 1) + s32(v("NUMBER"), 5) +
            s32(v("WEIGHT"), -5) + attr(v("TTL"), 1000) + attr(v("INITIAL")),
            attr(NAME, "R") + track_value("f"), attr(NAME, "R") + track_value("g")]
    for _ in range(count):
        if rng.random() < 0.3:
            body = bytes(rng.getrandbits(8) for _ in range(rng.randrange(200)))
        else:
            body = bytearray(rng.choice(base))
            for _ in range(rng.randrange(1, 6)):
                body[rng.randrange(len(body))] = rng.getrandbits(8)
            body = bytes(body)
        command = rng.randrange(1, cmd("VALUE_EVENT") + 1)
        if command == cmd("VRRP_FLUSH"):
            continue
        try:
            other.sock.send(other.message(command, body, NLM_F_ACK))
            other.sock.settimeout(0.001)
            other.sock.recv(1 << 16)
        except OSError:
            pass
    drain(other)
    try:
        configuration(nl)
        nl.request(cmd("VRRP_FLUSH"))
        nl.request(cmd("VALUE_FLUSH"))
        tap.check(f"{count} random messages (KC_SEED={seed}) and still answering",
                  configuration(nl) == [])
    except (Refused, OSError) as e:
        tap.check(f"{count} random messages (KC_SEED={seed}) and still answering", False, str(e))


def child(work):
    """Run it in a child process and print its results as ours."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        out = os.fdopen(writing, "w")
        status = 1
        try:
            work(lambda good, name, detail="": print(
                f"{int(bool(good))}\t{name}\t{detail}", file=out, flush=True))
            status = 0
        except BaseException as e:      # pylint: disable=broad-except
            print(f"0\t{work.__name__} ran to its end\t{e!r}", file=out, flush=True)
        os._exit(status)
    os.close(writing)
    for line in os.fdopen(reading):
        good, name, detail = line.rstrip("\n").split("\t", 2)
        tap.check(name, good == "1", detail)
    os.waitpid(pid, 0)


def unprivileged(say):
    """nobody may look, not touch, and not see the password."""
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    nl = Socket()
    bodies = {"VRRP_ADD": router("new", 9), "VRRP_FLUSH": b"", "VALUE_FLUSH": b""}
    before = configuration(nl)
    for name in WRITES:
        item = {"ADDRESS": address("10.0.0.9", 24), "ROUTE": route("10.2.0.0", 24),
                "TRACK": track("lo")}.get(name.split("_")[1], b"")
        try:
            nl.request(cmd(name), bodies.get(name, attr(NAME, "R") + item))
            say(False, f"unprivileged {name} is refused", "it was accepted")
        except Refused as e:
            say(e.error == 1 and e.text, f"unprivileged {name}: EPERM ({e.text})",
                f"errno {e.error}, text '{e.text}'")
    say(configuration(nl) == before and before, "unprivileged: reading works, nothing changed")
    shown = [k for reply in nl.dump(cmd("VRRP_GET")) for k, _ in parse(reply)]
    shown += [k for k, _ in parse(nl.request(cmd("VRRP_GET"), attr(NAME, "P"))[0])]
    say(a("AUTH_PASS") not in shown, "unprivileged: the password is not shown")
    say(b"secret" not in b"".join(nl.dump(cmd("VRRP_GET"))), "nor found anywhere in the answer")


def user_namespace(say):
    """The owner of a user namespace: 16 routers, 1 s or slower."""
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    # Whoever changed his identity does not own /proc/self until he says so.
    ctypes.CDLL(None).prctl(4, 1)       # PR_SET_DUMPABLE
    unshare(CLONE_NEWUSER | CLONE_NEWNET)
    for name, text in (("setgroups", "deny"), ("uid_map", "0 65534 1"), ("gid_map", "0 65534 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    subprocess.run("ip link set lo up; ip link add e0 type veth peer e1; "
                   "ip link set e1 up; ip addr add 10.5.0.1/24 dev e0; "
                   "ip link set e0 up", shell=True, check=True)
    nl = Socket()
    info = dict(parse(nl.request(cmd("INFO_GET"))[0]))
    at = lambda n: struct.unpack("=I", info[K["KCLUSTER_A_INFO_" + n]])[0]
    say(at("ROUTERS_MAX") == 16, "user namespace: info says 16 routers", at("ROUTERS_MAX"))
    say(at("INTERVAL_MIN") == 1000, "user namespace: info says 1 s", at("INTERVAL_MIN"))
    try:
        nl.request(cmd("VRRP_ADD"), router("fast", 1, "e0") + attr(a("INTERVAL"), 990))
        say(False, "user namespace: 990 ms is refused", "it was accepted")
    except Refused as e:
        say(e.text, f"user namespace: 990 ms is refused ({e.text})", "no text")
    for i in range(1, 17):
        nl.request(cmd("VRRP_ADD"), router(f"u{i}", i, "e0") + u8(a("INITIAL_STATE"), 2) +
                   u8(a("PRIORITY"), 254) + address(f"10.5.0.{i + 10}", 24))
    say(len(nl.dump(cmd("VRRP_GET"))) == 16, "user namespace: 16 routers at 1 s are accepted")
    try:
        nl.request(cmd("VRRP_ADD"), router("u17", 17, "e0"))
        say(False, "user namespace: the 17th is refused", "it was accepted")
    except Refused as e:
        say(e.text, f"user namespace: the 17th is refused ({e.text})", "no text")
    try:
        nl.request(cmd("VRRP_SET"), attr(NAME, "u1") + attr(a("INTERVAL"), 10))
        say(False, "user namespace: set to 10 ms is refused", "it was accepted")
    except Refused as e:
        say(e.text, f"user namespace: set to 10 ms is refused ({e.text})", "no text")
    say(at("VALUES_MAX") == 16, "user namespace: info says 16 values", at("VALUES_MAX"))
    for i in range(16):
        nl.request(cmd("VALUE_SET"), attr(v("NAME"), f"v{i}") + attr(v("TTL"), 1000))
    for what, body in (("the 17th value", attr(v("NAME"), "v16")),
                       ("a ttl of 999 ms", attr(v("NAME"), "v0") + attr(v("TTL"), 999))):
        try:
            nl.request(cmd("VALUE_SET"), body)
            say(False, f"user namespace: {what} is refused", "it was accepted")
        except Refused as e:
            say(e.text, f"user namespace: {what} is refused ({e.text})", "no text")
    ask = [track_neighbour(f"10.5.0.{i + 100}", dev="e0") for i in range(17)]
    nl.request(cmd("VRRP_TRACK_ADD"), attr(NAME, "u1") + b"".join(ask[:16]))
    nl.request(cmd("VRRP_TRACK_ADD"), attr(NAME, "u2") + ask[0])
    fast = track_neighbour("10.5.0.99", attr(K["KCLUSTER_A_TRACK_INTERVAL"], 990), dev="e0")
    for what, body in (("the 17th neighbour", ask[16]), ("a neighbour every 990 ms", fast)):
        try:
            nl.request(cmd("VRRP_TRACK_ADD"), attr(NAME, "u2") + body)
            say(False, f"user namespace: {what} is refused", "it was accepted")
        except Refused as e:
            say(e.text, f"user namespace: {what} is refused ({e.text})", "no text")
    nl.request(cmd("VRRP_TRACK_DEL"), attr(NAME, "u1") + b"".join(ask[:16]))
    nl.request(cmd("VRRP_TRACK_DEL"), attr(NAME, "u2") + ask[0])
    shown = subprocess.run("for i in $(seq 100); do ip -o addr show e0 | "
                           "grep -q 10.5.0.26/ && exit 0; sleep 0.1; done; exit 1",
                           shell=True, check=False).returncode
    say(shown == 0, "user namespace: its routers become master and hold their addresses")
    threads = subprocess.run("ps -eLo rtprio,comm | awk '$1 != \"-\"' | grep -c kcluster",
                             shell=True, capture_output=True, text=True, check=False).stdout
    say(int(threads) <= realtime_before, "user namespace: no real-time worker was started for it",
        f"{threads.strip()} now, {realtime_before} before")


def main():
    """All of it, in a namespace with two routers that must survive."""
    global realtime_before          # pylint: disable=global-statement
    nl = begin()
    malformed(nl)
    child(unprivileged)
    realtime_before = int(subprocess.run(
        "ps -eLo rtprio,comm | awk '$1 != \"-\"' | grep -c kcluster",
        shell=True, capture_output=True, text=True, check=False).stdout)
    child(user_namespace)

    # Another network namespace sees and reaches nothing of this one.
    before = configuration(nl)
    pid = os.fork()
    if pid == 0:
        unshare(CLONE_NEWNET)
        other = Socket()
        good = other.dump(cmd("VRRP_GET")) == []
        try:
            other.request(cmd("VRRP_DEL"), attr(NAME, "R"))
            good = False
        except Refused as e:
            good = good and e.error == 2
        os._exit(0 if good else 1)
    tap.check("another network namespace sees none of our routers and cannot delete one",
              os.waitpid(pid, 0)[1] == 0 and configuration(nl) == before)
    fuzz(nl)
    tap.finish()


realtime_before = 0
if __name__ == "__main__":
    main()
