# SPDX-License-Identifier: GPL-2.0
"""
A machine with virtual routers, and another one that sends what it likes and
sees everything, each in a network namespace of its own.

	   A (router)               X (the test)
	+-----------------+      +-----------------+
	| eth0 10.1.0.5   |------| eth0 10.1.0.9   |
	|      10.1.0.6   |      |      fe80::9    |
	|      fd01::5    |      |                 |
	|      fe80::5    |      |                 |
	| eth1 10.2.0.5   |------| eth1 10.2.0.9   |
	+-----------------+      +-----------------+

What is on the cable is taken apart here, without a line of the module, and
carries the time stamps of the kernel. Packets of X count as sent when they
leave X; A has received them when send() returns, or a moment later.
"""

import argparse
import atexit
import ctypes
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import vrrp_send
from genl import K, Socket, Tap, attr, parse

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
SO_TIMESTAMPNS, SO_RCVBUFFORCE = 35, 33
PACKET_OUTGOING = 4
MAC_A, MAC_X = "02:00:00:00:00:05", "02:00:00:00:00:09"

STATES = {K["KCLUSTER_VRRP_STATE_" + name]: name.lower()
          for name in ("INIT", "BACKUP", "MASTER", "FAULT", "STOP")}


def names(prefix):
    """{number: name} of the attributes that begin with it."""
    return {number: name[len(prefix):].lower() for name, number in K.items()
            if name.startswith(prefix)}


ATTRIBUTES = {number: name for number, name in names("KCLUSTER_A_VRRP_").items()
              if not name.startswith("stats_")}
STATS = names("KCLUSTER_A_VRRP_STATS_")
INFO_STATS = names("KCLUSTER_A_INFO_STATS_")


def wait_for(condition, seconds=3.0):
    """Until it is true; returns what it was last."""
    end = time.monotonic() + seconds
    while not (good := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return good


class Heart(threading.Thread):
    """Notices when the whole machine stands still, as one in an emulator does
    whose host has other things to do."""

    BEAT, LATE = 0.005, 0.025

    def __init__(self):
        super().__init__(daemon=True)
        self.longest = 0.0
        self.start()

    def run(self):
        while True:
            began = time.monotonic()
            time.sleep(self.BEAT)
            self.longest = max(self.longest, time.monotonic() - began)

    def stood_still(self):
        """For how many seconds, if it did since the last call?"""
        longest, self.longest = self.longest, 0.0
        return longest if longest > self.LATE else 0.0


class PatientTap(Tap):
    """Makes checks of time again that were made while the machine stood still."""

    TRIALS = 4

    def __init__(self):
        super().__init__()
        self.heart = None
        self.held = None

    def check(self, name, good, detail=""):
        """A result, held back while a function runs."""
        if self.held is None:
            return super().check(name, good, detail)
        self.held.append((name, good, detail))
        return good

    def trial(self, function, *args):
        """Run checks; again if one failed for which the host can be blamed."""
        self.heart = self.heart or Heart()
        for left in reversed(range(self.TRIALS)):
            self.heart.stood_still()
            self.held = []
            function(*args)
            pause = self.heart.stood_still()
            if not left or not pause or all(good for _, good, _ in self.held):
                break
            print(f"# {function.__name__}: once more, for the machine stood "
                  f"still for {pause:.3f} s", flush=True)
        held, self.held = self.held, None
        for result in held:
            self.check(*result)


# --- machines ---------------------------------------------------------------

class Node:
    """A network namespace with a name."""

    def __init__(self, name):
        self.name = f"kc{os.getpid()}-{name}"
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        atexit.register(self.remove)
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.inside = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        self._genl = None

    def __enter__(self):
        self._enter(self.inside)

    def __exit__(self, *_):
        self._enter(self.home)

    @staticmethod
    def _enter(space):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(space, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")

    def remove(self):
        """The end of the namespace; more than once does no harm."""
        if self.inside is None:
            return
        if self._genl:
            self._genl.sock.close()
        for space in (self.inside, self.home):
            os.close(space)
        self.inside = None
        subprocess.run(["ip", "netns", "del", self.name], check=False)

    def run(self, command):
        """A command line in there."""
        with self:
            return subprocess.run(command, shell=True, text=True, check=False,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)

    def ip(self, *lines):
        """Commands of ip(8), which must not fail."""
        for line in lines:
            done = self.run(f"ip {line}")
            if done.returncode:
                sys.exit(f"Bail out! ip {line}: {done.stdout}")

    def sysctl(self, name, value):
        """A setting of net/ of this namespace."""
        with self, open(f"/proc/sys/net/{name}", "w", encoding="ascii") as file:
            file.write(str(value))

    # Virtual routers of this machine.

    @property
    def genl(self):
        """The family, as seen in this namespace."""
        if not self._genl:
            with self:
                self._genl = Socket()
        return self._genl

    def cc(self, line):
        """clusterctl, which must not fail."""
        done = self.run(f"clusterctl {line}")
        if done.returncode:
            sys.exit(f"Bail out! clusterctl {line}: {done.stdout}")

    def flush(self):
        """No virtual router any more."""
        self.genl.request(K["KCLUSTER_CMD_VRRP_FLUSH"])

    def get(self, name="R"):
        """A virtual router as a dictionary."""
        body = self.genl.request(K["KCLUSTER_CMD_VRRP_GET"],
                                 attr(K["KCLUSTER_A_VRRP_NAME"], name))[0]
        router = {}
        for number, data in parse(body):
            key = ATTRIBUTES[number]
            if key == "stats":
                router[key] = {STATS[n]: value(d) for n, d in parse(data)}
            elif key in ("source", "master_address"):
                router[key] = address_text(data)
            elif key in ("name", "ifname", "reason", "auth_pass"):
                router[key] = data.rstrip(b"\0").decode()
            elif len(data) in (1, 4, 8):
                router[key] = value(data)
        router["state"] = STATES[router["state"]]
        return router

    def state(self, name="R"):
        """What state a virtual router is in."""
        return self.get(name)["state"]

    def is_state(self, state, seconds=3.0):
        """Is R in that state, or soon?"""
        return wait_for(lambda: self.state() == state, seconds)

    def info_stats(self):
        """Counters of the namespace."""
        body = self.genl.request(K["KCLUSTER_CMD_INFO_GET"])[0]
        stats = dict(parse(body))[K["KCLUSTER_A_INFO_STATS"]]
        return {INFO_STATS[n]: value(d) for n, d in parse(stats)}


def value(data):
    """A number of netlink."""
    return int.from_bytes(data, sys.byteorder)


def address_text(data):
    """An address of either family."""
    return socket.inet_ntop(socket.AF_INET if len(data) == 4 else
                            socket.AF_INET6, data)


def topology():
    """A and X with their two cables; also loads the module."""
    if subprocess.run(["modprobe", "kcluster"], check=False).returncode:
        sys.exit("Bail out! kcluster.ko does not load")
    a, x = Node("A"), Node("X")
    for node in (a, x):
        for name in ("all", "default"):
            node.sysctl(f"ipv6/conf/{name}/accept_dad", 0)
        node.ip("link set lo up")
    for dev, low in (("eth0", ""), ("eth1", "1")):
        a.ip(f"link add {dev} address 02:00:00:00:{low or 0:0>2}:05 type veth "
             f"peer name {dev} address 02:00:00:00:{low or 0:0>2}:09 netns {x.name}")
        for node in (a, x):
            # The address is given below, so that it is known.
            node.ip(f"link set {dev} addrgenmode none", f"link set {dev} up")
    a.ip("address add 10.1.0.5/24 dev eth0", "address add 10.1.0.6/24 dev eth0",
         "address add fd01::5/64 dev eth0", "address add fe80::5/64 dev eth0",
         "address add 10.2.0.5/24 dev eth1")
    x.ip("address add 10.1.0.9/24 dev eth0", "address add fe80::9/64 dev eth0",
         "address add 10.2.0.9/24 dev eth1")
    return a, x


# --- the cable --------------------------------------------------------------

DEFAULTS = vars(vrrp_send.parser().parse_args([]))


def advert(**fields):
    """A frame of vrrp_send.py: its options are the keywords."""
    return vrrp_send.frame(argparse.Namespace(**{**DEFAULTS, **fields}))


def mac_bytes(text):
    """A MAC address."""
    return bytes.fromhex(text.replace(":", ""))


def arp_request(sender, target):
    """Who has TARGET? X asks."""
    mac = mac_bytes(MAC_X)
    return (b"\xff" * 6 + mac + struct.pack("!HHHBBH", 0x806, 1, 0x800, 6, 4, 1) +
            mac + socket.inet_aton(sender) + b"\0" * 6 + socket.inet_aton(target))


def neighbour_solicitation(sender, target, unicast=False):
    """The same for IPv6, to the solicited-node group or to the target."""
    src, wanted = (socket.inet_pton(socket.AF_INET6, one)
                   for one in (sender, target))
    group = bytes.fromhex("ff0200000000000000000001ff") + wanted[13:]
    dst = wanted if unicast else group
    mac = mac_bytes(MAC_A) if unicast else b"\x33\x33" + group[12:]
    body = struct.pack("!BBHI", 135, 0, 0, 0) + wanted + b"\1\1" + mac_bytes(MAC_X)
    total = vrrp_send.checksum(src + dst + struct.pack("!IHBB", len(body), 0, 0, 58)
                               + body)
    body = body[:2] + struct.pack("!H", total) + body[4:]
    return (mac + mac_bytes(MAC_X) + b"\x86\xdd" +
            struct.pack("!IHBB", 6 << 28, len(body), 58, 255) + src + dst + body)


def decode_vrrp(p, data):
    """The fields of a VRRP message (RFC 9568, 5.2; RFC 3768, 5.3)."""
    p.kind, p.message = "vrrp", data
    p.version, p.type = data[0] >> 4, data[0] & 15
    p.vrid, p.priority, p.count = data[1:4]
    size = 4 if p.family == 4 else 16
    end = 8 + p.count * size
    p.addresses = [address_text(data[at:at + size])
                   for at in range(8, min(end, len(data) - size + 1), size)]
    p.trailer = data[end:]
    if p.version == 2:
        p.auth_type, p.interval = data[4], data[5]
    else:
        p.reserved = data[4] >> 4
        p.interval = (data[4] & 15) << 8 | data[5]
    src, dst = (socket.inet_pton(socket.AF_INET if p.family == 4 else
                                 socket.AF_INET6, one) for one in (p.src, p.dst))
    pseudo = vrrp_send.pseudo_header(p.family, src, dst, len(data))
    p.sum_plain = vrrp_send.checksum(data) == 0
    p.sum_pseudo = vrrp_send.checksum(pseudo + data) == 0


def decode(frame, moment, out):
    """A frame; kind is "vrrp", "arp", "na" or "other"."""
    p = SimpleNamespace(time=moment, out=out, kind="other", frame=frame,
                        dmac=frame[:6].hex(":"), smac=frame[6:12].hex(":"))
    ether, data = frame[12:14], frame[14:]
    if ether == b"\x08\x06":
        p.kind = "arp"
        p.op = struct.unpack_from("!H", data, 6)[0]
        p.sender_mac, p.sender = data[8:14].hex(":"), address_text(data[14:18])
        p.target = address_text(data[24:28])
    elif ether == b"\x08\x00":
        p.family, p.ttl, p.proto = 4, data[8], data[9]
        p.src, p.dst = address_text(data[12:16]), address_text(data[16:20])
        body = data[(data[0] & 15) * 4:struct.unpack_from("!H", data, 2)[0]]
        p.body = body
        if p.proto == 112 and len(body) >= 8:
            decode_vrrp(p, body)
    elif ether == b"\x86\xdd":
        p.family, p.ttl, p.proto = 6, data[7], data[6]
        p.src, p.dst = address_text(data[8:24]), address_text(data[24:40])
        body = data[40:40 + struct.unpack_from("!H", data, 4)[0]]
        p.body = body
        if p.proto == 112 and len(body) >= 8:
            decode_vrrp(p, body)
        elif p.proto == 58 and body[0] == 136:
            p.kind, p.flags = "na", body[4] >> 5
            p.target, p.option = address_text(body[8:24]), body[24:]
            p.sum_pseudo = vrrp_send.checksum(
                data[8:40] + struct.pack("!IHBB", len(body), 0, 0, 58) + body) == 0
    return p


class Wire:
    """One cable, seen from X."""

    def __init__(self, node, dev="eth0", **fields):
        self.fields = {"dev": dev, **fields}
        with node:
            self.eye = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                     socket.htons(ETH_P_ALL))
            self.hand = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self.eye.bind((dev, ETH_P_ALL))
            self.hand.bind((dev, 0))
        self.eye.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.eye.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.seen = []

    def send(self, **fields):
        """An advert; fields on top of those of the cable."""
        self.hand.send(advert(**{**self.fields, **fields}))

    def send_frame(self, frame):
        """Anything."""
        self.hand.send(frame)

    def read(self, seconds=0.0):
        """Take in what is there, waiting for the first packet at most so long."""
        timeout = seconds
        while select.select([self.eye], [], [], timeout)[0]:
            frame, control, _, sender = self.eye.recvmsg(65536, 256)
            stamp = time.time()
            for level, kind, data in control:
                if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
                    stamp = sum(n / d for n, d in
                                zip(struct.unpack("=qq", data), (1, 1e9)))
            self.seen.append(decode(frame, stamp, sender[2] == PACKET_OUTGOING))
            timeout = 0

    def mark(self):
        """What was seen until now no longer counts."""
        self.read()
        self.seen.clear()

    def all(self, **wanted):
        """Every packet since the mark with these fields."""
        self.read()
        return [p for p in self.seen if matches(p, wanted)]

    def wait(self, seconds=3.0, after=0.0, **wanted):
        """The first packet with these fields later than AFTER, or None."""
        end = time.monotonic() + seconds
        while True:
            for p in self.seen:
                if p.time > after and matches(p, wanted):
                    return p
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.read(left)

    def watch(self, seconds):
        """Look for so long: for what must not come."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)


def matches(p, wanted):
    """Has the packet these fields?"""
    return all(getattr(p, key, None) == want for key, want in wanted.items())


class Log:
    """What the kernel says from now on."""

    def __init__(self):
        self.file = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        self.text = ""
        self.forget()

    def forget(self):
        """From now on."""
        os.lseek(self.file, 0, os.SEEK_END)
        self.text = ""

    def says(self, text, seconds=2.0):
        """Does it contain that, or soon?"""
        return wait_for(lambda: text in self.read(), seconds)

    def read(self):
        """All of it."""
        while True:
            try:
                self.text += os.read(self.file, 8192).decode(errors="replace")
            except BlockingIOError:
                return self.text
            except BrokenPipeError:
                continue        # overrun: the next one is there
