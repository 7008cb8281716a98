# SPDX-License-Identifier: GPL-2.0
"""The virtual switch between the nodes of one run.

QEMU's dgram backend sends each frame as one datagram to a unix socket:

    node 1  qemu <-- DIR/node1 --- DIR/hub1 --> \\
    node 2  qemu <-- DIR/node2 --- DIR/hub2 -->  > this thread
    node 3  qemu <-- DIR/node3 --- DIR/hub3 --> /

It learns which node a MAC address was last seen from, like any switch, so a
gratuitous ARP moves a virtual router's MAC. Nothing touches the host's network.
"""

import selectors
import socket
import threading


class Hub:
    def __init__(self, directory, nodes):
        self.directory = directory
        self.nodes = range(1, nodes + 1)
        self.where = {}
        self.selector = selectors.DefaultSelector()
        self.sockets = {}
        for node in self.nodes:
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            sock.bind(f"{directory}/hub{node}")
            sock.setblocking(False)
            self.sockets[node] = sock
            self.selector.register(sock, selectors.EVENT_READ, node)
        threading.Thread(target=self._forward, daemon=True).start()

    def netdev(self, node):
        """The -netdev argument that plugs a node in."""
        return (f"dgram,id=lan,local.type=unix,local.path={self.directory}/node{node},"
                f"remote.type=unix,remote.path={self.directory}/hub{node}")

    def _forward(self):
        while True:
            for key, _ in self.selector.select():
                for _ in range(64):
                    try:
                        frame = key.fileobj.recv(65536)
                    except BlockingIOError:
                        break
                    self._deliver(key.data, frame)

    def _deliver(self, source, frame):
        if len(frame) < 14:
            return
        self.where[frame[6:12]] = source
        known = None if frame[0] & 1 else self.where.get(frame[0:6])
        for node in self.nodes:
            if node == source or (known is not None and known != node):
                continue
            try:
                self.sockets[node].sendto(frame, f"{self.directory}/node{node}")
            except OSError:
                pass  # not started, killed, or too busy: a switch drops
