# SPDX-License-Identifier: GPL-2.0-or-later
"""rogue-gateway on the lab's gateway: a peer that does one fault after the other, as it is told."""

import os
import subprocess
from typing import NamedTuple

import network
from process import wait_until
from programs import build, site_conf

IDENTITY = "gw.example.test"
USER, PASSWORD = "alice", "Wonderland1"
NT_HASH = bytes.fromhex("33c6de0415a8493f3a1becc46009e927")  # MD4 of the password in UTF-16LE
PSK = "a pre-shared key for tests"
ECHO = "10.1.0.7"  # whatever is sent there, inside the tunnel, comes back
URL = "http://198.51.100.1/rogue"  # what its certificates name: a port of the hotel's

PROGRAM = "tests/support/responder/rogue-gateway"


class Fault(NamedTuple):
    name: str
    phase: str
    method: str
    error: str  # "" where the client goes on
    sends_proof: bool
    says: str

    @property
    def lives(self):
        return not self.error


def faults():
    """All that the program can do wrong."""
    words = [build() / PROGRAM, "--list-faults"]
    text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in text.splitlines()]
    return [Fault(*row[:3], "" if row[3] == "-" else row[3], row[4] == "1", row[5]) for row in rows]


class RogueGateway:
    """Listens at `address` of a machine. certificate: for TLS; None is plain TCP."""

    def __init__(self, machine, certificate, address=network.GATEWAY, port=443):
        self.address = f"{address}:{port}"
        folder = machine.folder / f"rogue-{address}-{port}"
        folder.mkdir()
        self.certificate = certificate
        self._ca = folder / "ca.pem"
        self._record = folder / "record"
        self._fifo = folder / "commands"
        os.mkfifo(self._fifo)
        self._commands = os.open(self._fifo, os.O_RDWR | os.O_CLOEXEC)
        words = ["--listen", self.address, "--ca", self._ca, "--record", self._record]
        if certificate:
            words += ["--tls-cert", certificate.pem, "--tls-key", certificate.key]
        self.process = machine.start("rogue-gateway", build() / PROGRAM, *words, stdin=self._fifo)
        self.process.wait_for_output("ready: none")
        self._from = self._heard_from = 0

    def site(self, name, method, more_ca=""):
        """The text of a site that leads here, and asks nobody for a captive portal."""
        user = USER if method == "eap-mschapv2" else "alice@example.test"
        transport = "tls" if self.certificate else "tcp"
        return site_conf(name, self._ca.read_text() + more_ca, address=self.address, method=method,
                         user=user, identity=IDENTITY, transport=transport, site="portal-check=none\n",
                         more=f"[tls]\nname={network.GATEWAY}\n" if self.certificate else "")  # fmt: skip

    def choose(self, name):
        """From now on it does this, to a client that it has never seen."""
        self._from = len(self.process.output())
        self._heard_from = self._record.stat().st_size
        os.write(self._commands, f"{name}\n".encode())
        wait_until(lambda: f"ready: {name}\n" in self.said() or not self.process.is_alive(), f"fault {name}")
        assert self.process.is_alive(), self.process.output()

    def said(self):
        """What the program has said since the fault was chosen."""
        return self.process.output()[self._from :]

    def heard(self):
        """Every octet that the client has sent since, as it came out of TLS and out of IKE."""
        with open(self._record, "rb") as record:
            record.seek(self._heard_from)
            return record.read()

    def end(self):
        self.process.stop()
        os.close(self._commands)
