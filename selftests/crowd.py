#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
A crowd of clients, and the service that each node offers it.

    crowd.py serve NAME
        answers UDP and TCP to port 7000 of any address with NAME, and what comes
        to 7001 by TCP with 200 kB
    crowd.py ask KIND TO FIRST COUNT [SECONDS [TO-COUNT]]
        COUNT clients, whose addresses begin with FIRST, ask TO, each once, or some
        of the TO-COUNT addresses from TO on; KIND is udp, tcp, icmp, frag (a
        datagram in pieces), options (UDP behind IPv6 extension headers), refused
        (a datagram to a port that nobody has: the error counts) or bulk
        (TCP to 7001). Prints "N once, M twice or more, K never" and who answered
        how many; with --each also a line per client.
    crowd.py watch TO FIRST COUNT SECONDS [EVERY]
        COUNT clients ask TO by UDP every so many milliseconds (25). Prints "began"
        when all were answered once, and in the end "N asked, M answered twice or
        more, K never", and for each of those who answered first "NAME MS": for how
        long any of its clients got no answer

Every client's source address must be one of this machine, such as those of a
local route.
"""

import ipaddress
import os
import resource
import select
import signal
import socket
import struct
import sys
import time

PORT, BULK_PORT, BULK, NO_PORT = 7000, 7001, 200000, 9
STRIDE = 7919     # so that a few clients reach all of a block
IP_PKTINFO, IPV6_RECVPKTINFO, IPV6_PKTINFO = 8, 49, 50
IPV6_HOPOPTS, IPV6_DSTOPTS = 54, 59
IP_FREEBIND, IPV6_FREEBIND = 15, 78


def family_of(text):
    """The family of an address."""
    return socket.AF_INET6 if ":" in text else socket.AF_INET


def addresses(first, count):
    """So many addresses from there on."""
    first = ipaddress.ip_address(first)
    return [str(first + i) for i in range(count)]


def udp_server(kind):
    """A socket that learns to which address a datagram came."""
    s = socket.socket(kind, socket.SOCK_DGRAM)
    if kind == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
    else:
        s.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
    s.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)    # SO_RCVBUFFORCE
    s.bind(("", PORT))
    return s


def udp_answer(s, name):
    """Answer a datagram from the address that it came to."""
    data, ancillary, _, who = s.recvmsg(65535, 256)
    info = [(level, kind, value) for level, kind, value in ancillary
            if kind in (IP_PKTINFO, IPV6_PKTINFO)][0]
    if info[1] == IP_PKTINFO:
        # The source is what it came to; the route says the device.
        dst = info[2][8:12]
        info = (info[0], info[1], struct.pack("=I4s4s", 0, dst, b"\0" * 4))
    else:
        info = (info[0], info[1], info[2][:16] + struct.pack("=I", 0))
    try:
        s.sendmsg([name.encode() + b" " + data[:8]], [info], 0, who)
    except OSError:
        pass        # the address went meanwhile, or the way back


def send_bulk(c, name):
    """In a process of its own, which ends."""
    try:
        c.settimeout(60)
        c.sendall(name.encode() + b" " + b"x" * BULK)
    finally:
        os._exit(0)


def serve(name):
    """Answer for ever."""
    udp = [udp_server(socket.AF_INET), udp_server(socket.AF_INET6)]
    tcp = [socket.create_server(("", PORT), family=socket.AF_INET6, backlog=4096,
                                dualstack_ipv6=True),
           socket.create_server(("", BULK_PORT), family=socket.AF_INET6, backlog=4096,
                                dualstack_ipv6=True)]
    print("ready", flush=True)
    while True:
        for s in select.select(udp + tcp, [], [])[0]:
            if s in udp:
                udp_answer(s, name)
                continue
            c, _ = s.accept()
            # A client may be gone, or out of reach for so much.
            try:
                if s is tcp[0]:
                    c.sendall(name.encode())
                elif not os.fork():
                    send_bulk(c, name)
            except OSError:
                pass
            c.close()


class Clients:
    """What each of them got."""

    def __init__(self, sources):
        self.answers = {source: [] for source in sources}

    def report(self, each):
        """Count."""
        got = list(self.answers.values())
        by = {}
        for names in got:
            for name in names:
                by[name] = by.get(name, 0) + 1
        print(f"{sum(len(g) == 1 for g in got)} once, {sum(len(g) > 1 for g in got)} "
              f"twice or more, {sum(not g for g in got)} never")
        print("by", *(f"{name}={by[name]}" for name in sorted(by)))
        if each:
            for source, names in self.answers.items():
                print(source, *names)


def bound(kind, sort, source, port=0, proto=0):
    """A socket of a client."""
    s = socket.socket(kind, sort, proto)
    if kind == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
    else:
        s.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
    s.bind((source, port))
    return s


def collect(clients, sockets, seconds, take):
    """Hear what comes, until all were answered and a little longer."""
    poll = select.poll()
    by = {}
    for source, s in sockets.items():
        poll.register(s, select.POLLIN)
        by[s.fileno()] = (source, s)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for fd, _ in poll.poll(50):
            take(*by[fd])
        if all(clients.answers.values()):
            # A second answer would come with the first one.
            end = min(end, time.monotonic() + 0.5)


def ask_udp(clients, to, seconds, size=8, options=False):
    """A datagram each."""
    kind = family_of(to[0])
    sockets = {}
    for i, source in enumerate(clients.answers):
        s = sockets[source] = bound(kind, socket.SOCK_DGRAM, source)
        if options:
            # An option that is to be skipped, and no more.
            empty = bytes([0, 0, 1, 4, 0, 0, 0, 0])
            s.setsockopt(socket.IPPROTO_IPV6, IPV6_HOPOPTS, empty)
            s.setsockopt(socket.IPPROTO_IPV6, IPV6_DSTOPTS, empty)
        s.sendto(b"x" * size, (to[i * STRIDE % len(to)], PORT))

    def take(source, s):
        data, who = s.recvfrom(2048)
        if who[0] in to:
            clients.answers[source].append(data.split()[0].decode())
    collect(clients, sockets, seconds, take)


def ask_icmp(clients, to, seconds):
    """An echo request each; who answered cannot be told."""
    kind = family_of(to[0])
    ipv6 = kind == socket.AF_INET6
    proto = socket.IPPROTO_ICMPV6 if ipv6 else socket.IPPROTO_ICMP
    sockets = {}
    for i, source in enumerate(clients.answers):
        s = sockets[source] = bound(kind, socket.SOCK_RAW, source, proto=proto)
        message = struct.pack("!BBHHH", 128 if ipv6 else 8, 0, 0, os.getpid() & 0xffff, i & 0xffff)
        if not ipv6:
            total = sum(struct.unpack("!4H", message))
            total = (total & 0xffff) + (total >> 16)
            message = message[:2] + struct.pack("!H", ~total & 0xffff) + message[4:]
        s.sendto(message, (to[i * STRIDE % len(to)], 0))

    def take(source, s):
        data, who = s.recvfrom(2048)
        kind_at = 0 if ipv6 else 20
        if who[0] in to and data[kind_at] == (129 if ipv6 else 0):
            clients.answers[source].append("somebody")
    collect(clients, sockets, seconds, take)


def ask_refused(clients, to, seconds):
    """A datagram each, which is in vain; who says so cannot be told."""
    kind = family_of(to[0])
    sockets = {}
    for i, source in enumerate(clients.answers):
        s = sockets[source] = bound(kind, socket.SOCK_DGRAM, source)
        s.connect((to[i * STRIDE % len(to)], NO_PORT))
        s.send(b"x")

    def take(source, s):
        try:
            s.recv(2048)
        except ConnectionRefusedError:
            clients.answers[source].append("somebody")
    collect(clients, sockets, seconds, take)


def ask_tcp(clients, to, seconds, port=PORT):
    """A connection each."""
    kind = family_of(to[0])
    sockets = {}
    got = {}
    for i, source in enumerate(clients.answers):
        s = sockets[source] = bound(kind, socket.SOCK_STREAM, source)
        s.setblocking(False)
        s.connect_ex((to[i * STRIDE % len(to)], port))
        got[source] = b""
    poll = select.poll()
    by = {s.fileno(): source for source, s in sockets.items()}
    for fd in by:
        poll.register(fd, select.POLLIN)
    end = time.monotonic() + seconds
    while by and time.monotonic() < end:
        for fd, _ in poll.poll(50):
            source = by[fd]
            try:
                data = sockets[source].recv(65536)
            except OSError:
                data = b""
            got[source] += data
            if data:
                continue
            poll.unregister(fd)
            del by[fd]
            name, _, rest = got[source].partition(b" ")
            if name and len(rest) == (BULK if port == BULK_PORT else 0):
                clients.answers[source].append(name.decode())


def ask(kind, to, first, count, seconds=5, to_count=1, each=False):
    """The crowd asks."""
    # A socket for each, and a few more.
    hard = max(resource.getrlimit(resource.RLIMIT_NOFILE)[1], int(count) + 64)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    clients = Clients(addresses(first, int(count)))
    to = addresses(to, int(to_count))
    seconds = float(seconds)
    if kind == "udp":
        ask_udp(clients, to, seconds)
    elif kind == "frag":
        ask_udp(clients, to, seconds, 4000)
    elif kind == "options":
        ask_udp(clients, to, seconds, options=True)
    elif kind == "icmp":
        ask_icmp(clients, to, seconds)
    elif kind == "refused":
        ask_refused(clients, to, seconds)
    elif kind == "tcp":
        ask_tcp(clients, to, seconds)
    elif kind == "bulk":
        ask_tcp(clients, to, seconds, BULK_PORT)
    else:
        sys.exit(f"crowd.py: there is no kind '{kind}'")
    clients.report(each)


def watch(to, first, count, seconds, every=25):
    """For how long is nobody there?"""
    kind = family_of(to)
    poll = select.poll()
    every = float(every) / 1000
    sockets, got, names = {}, {}, {}
    for source in addresses(first, int(count)):
        s = bound(kind, socket.SOCK_DGRAM, source)
        s.setblocking(False)
        sockets[s.fileno()] = s
        got[s.fileno()] = {}
        poll.register(s, select.POLLIN)
    asked, end, due, number = [], None, time.monotonic(), 0
    while not end or time.monotonic() < end + 1:
        now = time.monotonic()
        if now >= due and (not end or now < end):
            for s in sockets.values():
                s.sendto(b"%08d" % number, (to, PORT))
            asked.append(now)
            number += 1
            due = max(due + every, now)
        for fd, _ in poll.poll(max(0, min(due - time.monotonic(), every)) * 1000):
            try:
                data = sockets[fd].recv(2048).split()
            except OSError:
                continue
            names.setdefault(fd, data[0].decode())
            got[fd].setdefault(int(data[1]), []).append(data[0])
        if not end and len(names) == len(sockets):
            print("began", flush=True)
            end = time.monotonic() + float(seconds)
    twice = sum(len(names) > 1 for one in got.values() for names in one.values())
    never, longest = 0, {}
    for fd, answers in got.items():
        begun = min(answers)
        last = asked[begun]
        never += len(asked) - begun - len(answers)
        gap = 0
        for n in sorted(answers)[1:] + [len(asked)]:
            at = asked[n] if n < len(asked) else asked[-1]
            gap = max(gap, at - last)
            last = at
        longest[names[fd]] = max(longest.get(names[fd], 0), gap)
    print(f"{len(asked) * len(got)} asked, {twice} answered twice or more, {never} never")
    for name in sorted(longest):
        print(name, round(longest[name] * 1000))


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--each"]
    if words[0] == "serve":
        # Children that send much are nobody's to wait for.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        serve(words[1])
    elif words[0] == "watch":
        watch(*words[1:])
    else:
        ask(*words[1:], each="--each" in sys.argv)
