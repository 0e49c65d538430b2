#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A gateway that does whatever no honest one does gets nothing, breaks nothing, and is told why."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from capture import TCP, Capture
from lab import Lab, wait_until
from network import differences, snapshot
from process import LabError
from rogue import ECHO, NT_HASH, PASSWORD, PSK, URL, USER, RogueGateway, faults
from scene import expect, expect_equal, main, promise

SECRETS = {"psk": PSK, "eap-mschapv2": PASSWORD}
DROP = "drop-"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
RESOLVER_LINE = re.compile(r"#.*|nameserver [0-9a-f.:]+|(search|options)( [a-z0-9.:~_-]+)+|")
WORKER_ENDED = re.compile(r"worker \d+: ended \(")


class Victim:
    """Alice, an engine that logs all there is to log, and the rogue gateway that she calls."""

    def __init__(self, lab, certificate):
        self.lab = lab
        self.rogue = lab.ends(RogueGateway(lab.gateway, certificate))
        self.engine = lab.engine()
        self.alice = lab.person("alice")
        self.sites = {}
        for method, secret in SECRETS.items():
            site, password = self.alice.home / f"{method}.conf", self.alice.home / f"{method}.secret"
            site.write_text(self.rogue.site(method, method, lab.authority.pem.read_text()))
            password.write_text(secret)
            self.sites[method] = (site, password)
        self.shot = snapshot(lab.user)
        self.log_from = 0
        self.capture = lab.ends(Capture(lab.hotel, "rooms"))

    def log(self):
        """What the engine and the worker have logged since the fault began."""
        return self.engine.process.output()[self.log_from :]

    def choose(self, name):
        self.rogue.choose(name)
        self.log_from = len(self.engine.process.output())

    def call(self, *words):
        """A program of alice's that connects and stays; words: the site and the password."""
        program = self.alice.desktop.build / "tests/scene/engine-caller"
        return self.alice.desktop.start("alice", "engine-caller", program, "--debug", *words)

    def connect(self, fault):
        """The same, when it is connected or has failed."""
        caller = self.call(*self.sites[fault.method])
        wait_until(lambda: "state connected" in caller.output() or not caller.is_alive(), "a connection or its end")
        return caller

    def echoes(self, seconds=1):
        """True if what is sent into the tunnel comes back in time."""
        return self.lab.user.run("ping", "-c1", "-W", seconds, ECHO, check=False).returncode == 0

    def suffer(self, fault):
        """Plays one fault from the first octet to the last, and checks what must be."""
        self.choose(fault.name)
        caller = self.connect(fault)
        try:
            self._go_on(fault, caller)
        finally:
            caller.kill()
        self.wait_for_end()
        self._check_end(fault, caller.output())
        self._check_secrets(fault)

    def wait_for_end(self):
        """The worker has ended, of its own will, and nothing is left of it."""
        wait_until(lambda: WORKER_ENDED.search(self.log()), "the worker's end")
        expect("ended by signal" not in self.log() and "without a word" not in self.log(), "the worker died")
        wait_until(lambda: not differences(self.shot, snapshot(self.lab.user)), "the machine as it was")

    def _go_on(self, fault, caller):
        if fault.lives or fault.phase == "up":
            expect("state connected" in caller.output(), f"no connection: {caller.output()}")
            self.echoes(0.1)  # the first packet lets the rogue do it
            if fault.lives:
                wait_until(self.echoes, "a packet that comes back")
                for line in self.lab.resolver().splitlines():
                    expect(RESOLVER_LINE.fullmatch(line), f"in resolv.conf: {line!r}")
                if fault.phase == "esp":
                    counters = self.alice.status(fault.method)["counters"]
                    expect(counters.get(DROP + fault.says, 0) > 0, f"not counted: {counters}")
                self.alice.disconnect(fault.method)
        caller.wait()

    def _check_end(self, fault, said):
        log = self.log()
        expect(not CONTROL.search(log), "what the gateway sent steers the terminal that the log is read on")
        if fault.lives:
            expect("state disconnected" in said, f"how it ended: {said}")
            expect(": ended (orderly)" in log, "the worker's end was not orderly")
        else:
            expect(f"state failed {fault.error}" in said, f"{fault.error} expected: {said}")
        if fault.says and fault.phase != "esp":
            found = [line for line in log.splitlines() if fault.says in line and is_reason(line)]
            expect_equal(len(found), 1, f"lines that say '{fault.says}'")

    def _check_secrets(self, fault):
        heard, log = self.rogue.heard(), self.log()
        expect(b"IKETCP" in heard, "the positive control: the stream was heard")
        if fault.phase not in ("framing", "init"):
            expect(USER.encode() in heard, "the positive control: what was sealed was heard")
        for secret in SECRETS.values():
            expect(secret not in log, "a secret is in the log")
            expect(secret.encode() not in heard and secret.encode("utf-16-le") not in heard, "a secret was sent")
        expect(NT_HASH not in heard and NT_HASH.hex() not in log.lower(), "the password's hash is told")
        expect_equal("a proof\n" in self.rogue.said(), fault.sends_proof, "the proof was sent")


    def fetched(self):
        """Packets of the user's machine that went anywhere but into the stream."""
        stream = (network.GATEWAY, TCP, 443)
        return [
            packet for packet in self.capture.seen(source=network.USER)
            if (packet.destination, packet.protocol, packet.destination_port) != stream
        ]  # fmt: skip

    def check_nothing_fetched(self):
        """No URL of any certificate was looked at; one that is would have been seen."""
        expect_equal(self.fetched(), [], "packets besides the stream's")
        self.lab.user.run("curl", "-s", "--max-time", "2", URL, check=False)
        wait_until(self.fetched, "the positive control: a fetch is seen")


def is_reason(line):
    """True of the lines by which a worker says why it ends or why a stream does."""
    return " -> failed (" in line or "the stream is lost: " in line


def play(phase, certificate=True):
    """Every fault of a phase, one after the other; all that fail are told."""
    with Lab() as lab:
        victim = Victim(lab, lab.certificate if certificate else None)
        failures = []
        for fault in (fault for fault in faults() if fault.phase == phase):
            try:
                victim.suffer(fault)
            except LabError as error:
                failures.append(f"{fault.name}: {error}")
        expect_equal(failures, [], f"failures of {phase}")
        victim.check_nothing_fetched()


@promise("a stream that is framed wrongly, cut, or not IKE at all")
def framing():
    play("framing")


@promise("the same without TLS")
def plain_framing():
    play("framing", certificate=False)


@promise("false answers to IKE_SA_INIT")
def init():
    play("init")


@promise("false proofs, and false gifts")
def auth():
    play("auth")


@promise("a gateway that wants the password, or wants in without it")
def eap():
    play("eap")


@promise("requests that are malformed, out of turn, or too many")
def up():
    play("up")


@promise("packets that are forged, replayed, or not what they say")
def esp():
    play("esp")


@promise("a question for a secret that is taken back, or whose asker goes away")
def unanswered():
    with Lab() as lab:
        victim = Victim(lab, lab.certificate)
        for method, name in (("psk", "none"), ("eap-mschapv2", "none-eap")):
            site, _ = victim.sites[method]
            for goes_away in (False, True):
                victim.choose(name)
                caller = victim.call(site)
                caller.wait_for_output("asked")
                heard = victim.rogue.heard().removeprefix(b"IKETCP")
                if goes_away:
                    caller.kill()
                else:
                    victim.alice.disconnect(method)
                    expect_equal(caller.wait(), 0, "the caller's exit status")
                    expect("state disconnected" in caller.output(), caller.output())
                victim.wait_for_end()
                expect_equal(victim.rogue.heard().removeprefix(b"IKETCP"), heard, "what was sent after the question")
                expect("a proof" not in victim.rogue.said(), "a proof was sent without a secret")
                expect_equal(heard == b"", method == "psk", "something was sent before there was a key")


if __name__ == "__main__":
    main()
