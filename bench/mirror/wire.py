# SPDX-License-Identifier: GPL-2.0
"""What recordings of tcpdump tell of a short connection on the wire.

10.6.0.1 or 10.3.0.1 sends; octets are those of IP, UDP and payload.
"""

import collections
import socket
import struct

SENDER = {socket.inet_aton("10.6.0.1"), socket.inet_aton("10.3.0.1")}
ETHERNET, RAW = 1, {12, 14, 101}
KCLUSTER_PORT, CHANNEL_LEN, MIRROR_DATA = 3780, 24, 2
SET, DEL = 1, 2
CONNTRACKD_HEADER, CONNTRACKD_CONTROL = 8, 10

# (subject, metric, unit) -> value
_collected = {}


def packets(data):
    """IP packets of a recording."""
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">"}[data[:4]]
    link, = struct.unpack(f"{order}I", data[20:24])
    skip = 0 if link in RAW else 14
    at = 24
    while at + 16 <= len(data):
        length, = struct.unpack(f"{order}I", data[at + 8:at + 12])
        if at + 16 + length > len(data):
            break
        yield data[at + 16 + skip:at + 16 + length]
        at += 16 + length


def kcluster_records(payload):
    """Types of the records in a datagram, each as often as it is there."""
    if payload[1] != MIRROR_DATA:
        return
    data = payload[CHANNEL_LEN:]
    at, = struct.unpack(">H", data[20:22])
    while at + 4 <= len(data):
        kind, _, length = struct.unpack(">BBH", data[at:at + 4])
        if length < 4:
            break
        yield {SET: "SET", DEL: "DEL"}.get(kind, "other")
        at += length


def conntrackd_records(payload):
    at = 0
    while at + CONNTRACKD_HEADER <= len(payload):
        kind, _, length = struct.unpack(">BBH", payload[at:at + 4])
        if length < CONNTRACKD_HEADER:
            break
        if kind & 15 != CONNTRACKD_CONTROL:
            yield ("NEW", "UPDATE", "DESTROY")[kind & 15] \
                if kind & 15 < 3 else "other"
        at += length


def recording(subject, kind, pairs, data):
    assert kind == "flows"
    count = int(pairs["count"])
    group = f"on the wire per short connection, {pairs['rate']} per second"
    octets, datagrams = collections.Counter(), collections.Counter()
    records = collections.Counter()
    for packet in packets(data):
        way = "out" if packet[12:16] in SENDER else "back"
        head = (packet[0] & 15) * 4
        octets[way] += struct.unpack(">H", packet[2:4])[0]
        datagrams[way] += 1
        ports = struct.unpack(">HH", packet[head:head + 4])
        payload = packet[head + 8:]
        if way == "out":
            records.update(kcluster_records(payload)
                           if KCLUSTER_PORT in ports
                           else conntrackd_records(payload))

    def figure(metric, value, unit=""):
        _collected[(subject, f"{group}: {metric}", unit)] = value / count

    figure("octets, both ways", sum(octets.values()), "B")
    figure("octets of the answers", octets["back"], "B")
    figure("datagrams, both ways", sum(datagrams.values()))
    figure("records", sum(records.values()))
    figure("not known to the standby", max(count - int(pairs["known"]), 0))
    print(f"  wire: {subject}: {dict(records)}, {dict(octets)} octets in "
          f"{dict(datagrams)} datagrams")


def summary():
    for (subject, metric, unit), value in _collected.items():
        yield subject, metric, round(value, 4), unit
    _collected.clear()
