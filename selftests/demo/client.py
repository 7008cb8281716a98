#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
A client that fetches a page over and over, each time on a new connection, and
does not wait for one answer before it asks again.

    client.py PERIOD TIMEOUT ADDRESS...

Every fifth request goes to the second address. For each request one line:
when it began, when it ended, the address, and the name of the server that
answered, or "-".
"""

import selectors
import socket
import sys
import time

REQUEST = b"GET / HTTP/1.0\r\n\r\n"


class Fetch:
    """One request on its way."""

    def __init__(self, selector, address):
        self.selector, self.address = selector, address
        self.begin = time.time()
        self.data = b""
        self.sent = False
        self.sock = socket.socket()
        self.sock.setblocking(False)
        self.sock.connect_ex((address, 80))
        selector.register(self.sock, selectors.EVENT_WRITE, self)

    def end(self, server):
        """Report, and forget the connection at once."""
        self.selector.unregister(self.sock)
        self.sock.close()
        print(f"{self.begin:.4f} {time.time():.4f} {self.address} {server}",
              flush=True)

    def step(self):
        """The socket is ready. Returns whether this request is over."""
        try:
            if not self.sent:
                self.sock.send(REQUEST)
                self.sent = True
                self.selector.modify(self.sock, selectors.EVENT_READ, self)
                return False
            more = self.sock.recv(4096)
        except OSError:
            self.end("-")
            return True
        self.data += more
        head, _, body = self.data.partition(b"\r\n\r\n")
        if body.endswith(b"\n") or not more:
            good = head.startswith(b"HTTP/1.1 200")
            self.end(body.decode().strip() if good else "-")
            return True
        return False


def main():
    """Ask for ever."""
    period, timeout = float(sys.argv[1]), float(sys.argv[2])
    addresses = sys.argv[3:]
    selector = selectors.DefaultSelector()
    waiting = []
    count, due = 0, time.monotonic()
    while True:
        for key, _ in selector.select(max(0.0, due - time.monotonic())):
            if key.data.step():
                waiting.remove(key.data)
        now = time.time()
        while waiting and now - waiting[0].begin > timeout:
            waiting.pop(0).end("-")
        if time.monotonic() >= due:
            count += 1
            which = addresses[-1] if count % 5 == 0 else addresses[0]
            waiting.append(Fetch(selector, which))
            due = max(due + period, time.monotonic())


if __name__ == "__main__":
    main()
