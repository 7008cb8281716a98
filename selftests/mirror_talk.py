#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Connections that live long, and whether they still do.

    mirror_talk.py serve ADDRESS [sctp:]PORT...
        answer each line over TCP and each datagram over UDP with the same;
        or each message over SCTP
    mirror_talk.py talk {tcp|udp|sctp} ADDRESS PORT COUNT
        open COUNT connections and use each once; then, for each line that
        comes on standard input, use each again and print how many answered
        and how many did not. Of TCP it is also told how many were reset.

"ready" is printed when all is open.
"""

import select
import socket
import sys
import threading

WAIT = 8        # seconds: more than a few retransmissions


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def serve_stream(address, port, protocol=0):
    listener = socket.socket(family_of(address), socket.SOCK_STREAM, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(1024)
    poll = select.epoll()
    poll.register(listener, select.EPOLLIN)
    connections = {}
    while True:
        for fd, _ in poll.poll():
            if fd == listener.fileno():
                connection, _ = listener.accept()
                connections[connection.fileno()] = connection
                poll.register(connection, select.EPOLLIN)
                continue
            try:
                data = connections[fd].recv(65536)
                if data:
                    connections[fd].sendall(data)
                    continue
            except OSError:
                pass
            poll.unregister(fd)
            connections.pop(fd).close()


def serve_udp(address, port):
    sock = socket.socket(family_of(address), socket.SOCK_DGRAM)
    sock.bind((address, port))
    while True:
        data, peer = sock.recvfrom(65536)
        sock.sendto(data, peer)


def serve(address, ports):
    for port in ports:
        if port.startswith("sctp:"):
            ways = [(serve_stream, (int(port[5:]), socket.IPPROTO_SCTP))]
        else:
            ways = [(serve_stream, (int(port),)), (serve_udp, (int(port),))]
        for function, how in ways:
            threading.Thread(target=function, args=(address, *how),
                             daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


class Talk:
    def __init__(self, kind, address, port, count):
        self.udp = kind == "udp"
        self.round = 0
        self.socks = []
        for _ in range(count):
            sock = socket.socket(family_of(address), socket.SOCK_DGRAM
                                 if self.udp else socket.SOCK_STREAM,
                                 socket.IPPROTO_SCTP if kind == "sctp" else 0)
            sock.settimeout(WAIT)
            sock.connect((address, port))
            sock.setblocking(False)
            self.socks.append(sock)

    def use(self):
        """Each is used once: answered, silent, reset."""
        self.round += 1
        text = b"%d\n" % self.round
        waiting, reset = {}, 0
        for sock in self.socks:
            try:
                sock.send(text)
                waiting[sock.fileno()] = (sock, b"")
            except OSError:
                reset += 1
        answered = 0
        while waiting:
            ready, _, _ = select.select(list(waiting), [], [], WAIT)
            if not ready:
                break
            for fd in ready:
                sock, seen = waiting[fd]
                try:
                    seen += sock.recv(65536)
                except OSError:
                    seen = None
                if not seen:
                    reset += 1
                    del waiting[fd]
                elif seen.endswith(text):
                    answered += 1
                    del waiting[fd]
                else:
                    waiting[fd] = (sock, seen)
        print("answered", answered, "silent", len(waiting), "reset", reset,
              flush=True)

    def run(self):
        self.use()
        # UDP counts as a stream when it lasts for more than a moment.
        print("ready", flush=True)
        for _ in sys.stdin:
            self.use()


def main():
    if sys.argv[1] == "serve":
        serve(sys.argv[2], sys.argv[3:])
    else:
        Talk(sys.argv[2], sys.argv[3], int(sys.argv[4]),
             int(sys.argv[5])).run()


main()
