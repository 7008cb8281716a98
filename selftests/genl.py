# SPDX-License-Identifier: GPL-2.0
"""
Generic netlink from raw sockets, for tests that must be able to be wrong.

Knows nothing of the family but its header file: numbers of commands and
attributes come from uapi/linux/kcluster.h. Also KTAP output for Python tests.
"""

import ctypes
import os
import re
import socket
import struct
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
HEADER = os.path.join(HERE, "..", "uapi", "linux", "kcluster.h")

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
GENL_ID_CTRL = 16
SOL_NETLINK = 270
NESTED = 0x8000


def constants(path=HEADER):
    """Every number that the header defines, by name."""
    text = re.sub(r"/\*.*?\*/", "", open(path, encoding="ascii").read(),
                  flags=re.S)
    known = {}
    for name, value in re.findall(r"#define\s+(\w+)\s+(\d+)", text):
        known[name] = int(value)
    for body in re.findall(r"enum\s*\w*\s*\{(.*?)\}", text, flags=re.S):
        value = 0
        for item in filter(None, (i.strip() for i in body.split(","))):
            name, _, given = (s.strip() for s in item.partition("="))
            if given.isdigit():
                value = int(given)
            if not name.startswith("_") and not given.startswith("("):
                known[name] = value
            value += 1
    return known


K = constants()


class Refused(Exception):
    """The kernel said no: errno, its text, the offset of the attribute."""

    def __init__(self, error, text, offset, missing):
        super().__init__(f"{os.strerror(error)}: {text}")
        self.error, self.text = error, text
        self.offset, self.missing = offset, missing


def attr(kind, data=b""):
    """One attribute; an int is a u32, text gets its NUL."""
    if isinstance(data, str):
        data = data.encode() + b"\0"
    elif isinstance(data, int):
        data = struct.pack("=I", data)
    head = struct.pack("=HH", 4 + len(data), kind)
    return head + data + b"\0" * (-len(data) % 4)


def u8(kind, value):
    """An attribute of one byte."""
    return attr(kind, struct.pack("=B", value))


def nest(kind, *inside):
    """An attribute made of others."""
    return attr(kind | NESTED, b"".join(inside))


def parse(data):
    """[(kind, payload)] of a run of attributes."""
    found, at = [], 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if length < 4 or at + length > len(data):
            break
        found.append((kind & 0x3fff, data[at + 4:at + length]))
        at += (length + 3) & ~3
    return found


class Socket:
    """A generic netlink socket that speaks to one family."""

    def __init__(self, family="kcluster"):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.setsockopt(SOL_NETLINK, 11, 1)    # NETLINK_EXT_ACK
        self.sock.bind((0, 0))
        self.sock.settimeout(10)
        self.sequence = 0
        self.groups = {}
        self.family = self._resolve(family)

    def _resolve(self, name):
        """Ask the controller for the family's number and groups."""
        reply = self.request(3, attr(2, name), family=GENL_ID_CTRL)[0]
        found = dict(parse(reply))
        for _, group in parse(found.get(7, b"")):
            one = dict(parse(group))
            self.groups[one[1].rstrip(b"\0").decode()] = struct.unpack(
                "=I", one[2])[0]
        return struct.unpack("=H", found[1])[0]

    def subscribe(self, group):
        """Hear a multicast group."""
        self.sock.setsockopt(SOL_NETLINK, 1, self.groups[group])

    def message(self, command, body, flags=0, family=None, length=None):
        """A whole message, with an honest or a given length."""
        self.sequence += 1
        data = struct.pack("=BBH", command, 1, 0) + body
        return struct.pack("=IHHII",
                           16 + len(data) if length is None else length,
                           self.family if family is None else family,
                           NLM_F_REQUEST | flags, self.sequence, 0) + data

    def request(self, command, body=b"", flags=NLM_F_ACK, family=None):
        """Send, and gather replies until the kernel is done."""
        self.sock.send(self.message(command, body, flags, family))
        return self.answer()

    def dump(self, command):
        """All objects."""
        return self.request(command, flags=NLM_F_DUMP)

    def answer(self):
        """Replies to the last request; raises Refused."""
        replies = []
        while True:
            data = self.sock.recv(1 << 17)
            while len(data) >= 16:
                length, kind, flags, seq, _ = struct.unpack_from("=IHHII", data)
                body, data = data[16:length], data[(length + 3) & ~3:]
                if seq != self.sequence:
                    continue
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    self._check(kind, flags, body)
                    return replies
                replies.append(body[4:])

    @staticmethod
    def _check(kind, flags, body):
        """Raise what an error message says."""
        error = -struct.unpack_from("=i", body)[0] if len(body) >= 4 else 0
        if error <= 0:
            return
        at = 4
        if kind == NLMSG_ERROR:
            inner = struct.unpack_from("=I", body, 4)[0]
            at += 16 if flags & 0x100 else (inner + 3) & ~3     # NLM_F_CAPPED
        tlv = dict(parse(body[at:])) if flags & 0x200 else {}
        number = lambda k: struct.unpack("=I", tlv[k])[0] if k in tlv else None
        raise Refused(error, tlv.get(1, b"").rstrip(b"\0").decode(),
                      number(2), number(5))


def unshare(flags):
    """unshare(2); os.unshare() is too new."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


class Tap:
    """KTAP output."""

    def __init__(self):
        print("TAP version 13", flush=True)
        self.count = self.failed = 0

    def check(self, name, good, detail=""):
        """One result."""
        self.count += 1
        if not good:
            self.failed += 1
        print(f"{'ok' if good else 'not ok'} {self.count} {name}" +
              (f" # {detail}" if detail and not good else ""), flush=True)
        return good

    def skip(self, name, reason):
        """A check that cannot be made here."""
        self.count += 1
        print(f"ok {self.count} {name} # SKIP {reason}", flush=True)

    @staticmethod
    def skip_all(reason):
        """The whole test cannot run here."""
        print(f"1..0 # SKIP {reason}")
        sys.exit(4)

    def finish(self):
        """The plan, and the exit status."""
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed or not self.count else 0)
