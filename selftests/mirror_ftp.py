#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""As much of FTP as firewalls look into, with data connections that live long.

    mirror_ftp.py serve ADDRESS
        on port 21; data connections answer each line with the same
    mirror_ftp.py talk ADDRESS
        connect; then, for each word that comes on standard input:

            port    offer a port (PORT, or EPRT over IPv6)
            pasv    ask for one (PASV, or EPSV)
            retr    let there be the data connection
            use     say something over all connections

        and print "WORD ok" or "WORD failed: REASON".
"""

import re
import socket
import sys
import threading

WAIT = 8        # seconds


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def listen(address, port=0):
    sock = socket.socket(family_of(address))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    sock.listen(16)
    return sock


def echo(connection):
    """A data connection of the server."""
    connection.sendall(b"here\n")
    try:
        while data := connection.recv(4096):
            connection.sendall(data)
    except OSError:
        pass


class Session:
    """A control connection of the server."""

    def __init__(self, connection):
        self.connection = connection
        self.own = connection.getsockname()[0]
        self.target = self.listener = None

    def say(self, text):
        self.connection.sendall(text.encode() + b"\r\n")

    def run(self):
        self.say("220 ready")
        for line in self.connection.makefile():
            word, _, rest = line.strip().partition(" ")
            getattr(self, "do_" + word.lower())(rest)

    def do_user(self, _):
        self.say("230 whoever you are")

    def do_noop(self, _):
        self.say("200 still here")

    def do_port(self, text):
        n = text.split(",")
        self.target = ".".join(n[:4]), int(n[4]) * 256 + int(n[5])
        self.say("200 will connect")

    def do_eprt(self, text):
        _, _, address, port, _ = text.split("|")
        self.target = address, int(port)
        self.say("200 will connect")

    def do_pasv(self, _):
        self.listener = listen(self.own)
        port = self.listener.getsockname()[1]
        self.say(f"227 Entering Passive Mode ({self.own.replace('.', ',')},"
                 f"{port // 256},{port % 256})")

    def do_epsv(self, _):
        self.listener = listen(self.own)
        port = self.listener.getsockname()[1]
        self.say(f"229 Entering Extended Passive Mode (|||{port}|)")

    def do_retr(self, _):
        try:
            if self.listener:
                self.listener.settimeout(WAIT)
                data, _ = self.listener.accept()
            else:
                data = socket.create_connection(self.target, WAIT)
        except OSError as error:
            self.say(f"425 {error}")
            return
        self.listener = None
        data.settimeout(None)
        threading.Thread(target=echo, args=(data,), daemon=True).start()
        self.say("150 data follows")


def serve(address):
    listener = listen(address, 21)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=Session(connection).run, daemon=True).start()


class Client:
    def __init__(self, address):
        self.address = address
        self.six = ":" in address
        self.control = socket.create_connection((address, 21), WAIT)
        self.lines = self.control.makefile()
        self.own = self.control.getsockname()[0]
        self.listener = self.target = None
        self.data = []
        self.expect("220")
        # Firewalls read on from the end of a line that they have seen.
        self.ask("USER x", "230")

    def expect(self, code):
        line = self.lines.readline().strip()
        if not line.startswith(code):
            raise OSError(f"'{line}', not {code}")
        return line

    def ask(self, text, code):
        self.control.sendall(text.encode() + b"\r\n")
        return self.expect(code)

    def do_port(self):
        self.listener = listen(self.own)
        self.listener.settimeout(WAIT)
        port = self.listener.getsockname()[1]
        if self.six:
            self.ask(f"EPRT |2|{self.own}|{port}|", "200")
        else:
            self.ask(f"PORT {self.own.replace('.', ',')},{port // 256},"
                     f"{port % 256}", "200")

    def do_pasv(self):
        if self.six:
            line = self.ask("EPSV", "229")
            self.target = self.address, int(re.search(r"\|(\d+)\|", line)[1])
            return
        n = re.search(r"\(([\d,]+)\)", self.ask("PASV", "227"))[1].split(",")
        self.target = ".".join(n[:4]), int(n[4]) * 256 + int(n[5])

    def do_retr(self):
        if self.target:
            data = socket.create_connection(self.target, WAIT)
            self.ask("RETR x", "150")
        else:
            self.ask("RETR x", "150")
            data, _ = self.listener.accept()
        self.target = self.listener = None
        data.settimeout(WAIT)
        lines = data.makefile()
        if lines.readline() != "here\n":
            raise OSError("nothing came")
        self.data.append((data, lines))

    def do_use(self):
        for data, lines in self.data:
            data.sendall(b"again\n")
            if lines.readline() != "again\n":
                raise OSError("a data connection is over")
        self.ask("NOOP", "200")

    def run(self):
        print("ready", flush=True)
        for line in sys.stdin:
            word = line.strip()
            try:
                getattr(self, "do_" + word)()
                print(word, "ok", flush=True)
            except OSError as error:
                print(f"{word} failed: {error}", flush=True)


def main():
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    else:
        Client(sys.argv[2]).run()


main()
