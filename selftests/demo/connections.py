#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Three connections as people have them, and what serves them.

    connections.py serve PORT               the service: says back what it hears,
                                            and streams to who asks for it once
    connections.py download ADDRESS PORT    a file without end, over HTTP
    connections.py session ADDRESS PORT     a key each 50 ms, each with its echo
    connections.py stream ADDRESS PORT      50 datagrams a second

The last three say one line whenever they are served: the time and the number of
what came, of a datagram its own. The last line of a connection that is over is
the time and a word, "reset" or "closed".
"""

import errno
import selectors
import socket
import sys
import time

LINE_EVERY = 0.01   # seconds; a download has more to say than is worth writing


def say(*words):
    """One line, at once."""
    print(f"{time.time():.4f}", *words, flush=True)


def listener(kind, port):
    """A socket that hears IPv4 and IPv6."""
    sock = socket.socket(socket.AF_INET6, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.bind(("::", port))
    sock.setblocking(False)
    return sock


def echo(selector, sock):
    """Say back what a session typed."""
    try:
        data = sock.recv(4096)
        if data:
            sock.send(data)
    except OSError:
        data = b""
    if not data:
        selector.unregister(sock)
        sock.close()


def serve(port):
    """Sessions and streams, for ever."""
    selector = selectors.DefaultSelector()
    sessions, streams = listener(socket.SOCK_STREAM, port), \
        listener(socket.SOCK_DGRAM, port)
    sessions.listen()
    selector.register(sessions, selectors.EVENT_READ)
    selector.register(streams, selectors.EVENT_READ)
    to, count, due = None, 0, time.monotonic()
    while True:
        for key, _ in selector.select(max(0.0, due - time.monotonic())):
            if key.fileobj is sessions:
                sock = sessions.accept()[0]
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(sock, selectors.EVENT_READ)
            elif key.fileobj is streams:
                try:
                    to, count = streams.recvfrom(4096)[1], 0
                except OSError:     # somebody is not there: not our business
                    pass
            else:
                echo(selector, key.fileobj)
        if time.monotonic() < due:
            continue
        due = max(due + 0.02, time.monotonic())
        if to:
            count += 1
            try:
                streams.sendto(b"%d" % count + b"." * 160, to)
            except OSError:
                pass


def connect(address, port):
    """A TCP connection."""
    sock = socket.create_connection((address, int(port)))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def download(address, port):
    """Take what comes."""
    sock = connect(address, port)
    sock.sendall(b"GET /file HTTP/1.0\r\n\r\n")
    total, said = 0, 0.0
    while True:
        data = sock.recv(65536)
        if not data:
            return
        total += len(data)
        if time.monotonic() - said > LINE_EVERY:
            said = time.monotonic()
            say(total)


def session(address, port):
    """Type the next key when the last one is on the screen."""
    sock = connect(address, port)
    keys = 0
    while True:
        key = b"%08d" % keys
        sock.sendall(key)
        seen = b""
        while len(seen) < len(key):
            data = sock.recv(len(key) - len(seen))
            if not data:
                return
            seen += data
        if seen != key:
            say("wrong")
            sys.exit(1)
        keys += 1
        say(keys)
        time.sleep(0.05)


def stream(address, port):
    """Ask once, then only listen."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.connect((address, int(port)))
    sock.send(b"please")
    while True:
        say(int(sock.recv(4096).split(b".")[0]))


def main():
    """Be one of them."""
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    kinds = {"download": download, "session": session, "stream": stream}
    try:
        kinds[sys.argv[1]](*sys.argv[2:])
        say("closed")
    except OSError as error:
        say("reset" if error.errno in (errno.ECONNRESET, errno.EPIPE,
                                       errno.ECONNREFUSED) else "closed")


if __name__ == "__main__":
    main()
