#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""DNS by a real systemd-resolved: told at connect, reverted at the end, whatever happens between."""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from desktop import no_resolved
from lab import Lab, wait_until
from scene import expect, expect_equal, main, promise

FULL = (
    "{'addresses': <['10.3.0.2']>, 'routes': <['0.0.0.0/0']>, 'dns': <['10.1.0.53', '10.1.0.54']>,"
    " 'domains': <['corp.example', '~lab.example']>, 'mtu': <uint32 1400>}"
)
SPLIT = (
    "{'addresses': <['10.3.0.2']>, 'routes': <['10.1.0.0/16']>, 'dns': <['10.1.0.53']>,"
    " 'domains': <['corp.example']>, 'mtu': <uint32 1400>}"
)


class Machine:
    """The lab's user machine with resolved on its bus, and netcfg at the end of a pipe."""

    def __init__(self, lab, linked=True):
        self.lab = lab
        self.desktop = lab.desktop()
        self.state = lab.folder / "state"
        self.state.mkdir()
        if linked:
            self.desktop.lead_to_resolved()
        self.resolved = self.driver = None
        self.start_resolved()
        self.start_driver()

    def start_resolved(self):
        self.resolved = self.lab.ends(self.desktop.resolved())

    def start_driver(self):
        program = self.desktop.build / "tests" / "scene" / "netcfg-driver"
        self.driver = subprocess.Popen(
            self.lab.user.command(program, self.state, "/etc/resolv.conf",
                                  env=self.desktop.environment("root")),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
        self.lab.ends(self)
        expect_equal(self.driver.stdout.readline(), "ok\n", "netcfg")

    def stop(self):
        self.driver.kill()
        self.driver.wait()
        self.driver.stdin.close()
        self.driver.stdout.close()

    def order(self, command):
        self.driver.stdin.write(command + "\n")
        self.driver.stdin.flush()
        expect_equal(self.driver.stdout.readline(), "ok\n", command)

    def ask(self, what):
        """What resolvectl says about the tunnel's link, without the link's name."""
        line = self.desktop.run("root", "resolvectl", what, "visitor0").stdout
        return line.partition(":")[2].strip()

    def status(self):
        return self.desktop.run("root", "resolvectl", "status").stdout

    def resolv_conf(self):
        return os.readlink(self.desktop.resolv_conf)


def expect_settings(machine, dns, domains, default_route):
    expect_equal(machine.ask("dns"), dns, "servers")
    expect_equal(machine.ask("domain"), domains, "domains")
    expect_equal(machine.ask("default-route"), default_route, "default route")
    expect_equal(machine.ask("llmnr"), "no", "LLMNR")
    expect_equal(machine.ask("mdns"), "no", "mDNS")


@promise("a full tunnel takes all queries, and gives them back")
def full():
    with Lab() as lab:
        machine = Machine(lab)
        before = machine.status()
        machine.order(f"apply {FULL}")
        expect_settings(machine, "10.1.0.53 10.1.0.54", "corp.example ~lab.example ~.", "yes")
        expect_equal(machine.resolv_conf(), "../run/systemd/resolve/resolv.conf", "resolv.conf")
        machine.order("undo")
        expect_equal(machine.status(), before, "status")


@promise("a split tunnel takes the queries of its domains")
def split():
    with Lab() as lab:
        machine = Machine(lab)
        before = machine.status()
        machine.order(f"apply {SPLIT}")
        expect_settings(machine, "10.1.0.53", "corp.example", "no")
        machine.order("undo")
        expect_equal(machine.status(), before, "status")


@promise("after SIGKILL nothing of it is left")
def killed():
    with Lab() as lab:
        machine = Machine(lab)
        before = machine.status()
        machine.order(f"apply {FULL}")
        machine.stop()
        machine.start_driver()
        expect_equal(machine.status(), before, "status")
        expect(not list(machine.state.glob("*.journal")), "a journal is left")


@promise("a resolved that restarts has the settings without being asked")
def restarted():
    with Lab() as lab:
        machine = Machine(lab)
        machine.order(f"apply {FULL}")
        machine.resolved.stop()
        machine.start_resolved()
        wait_until(lambda: machine.ask("dns") == "10.1.0.53 10.1.0.54", "the servers")
        expect_settings(machine, "10.1.0.53 10.1.0.54", "corp.example ~lab.example ~.", "yes")
        machine.order("undo")


@promise("without resolved a connection still ends cleanly")
def gone():
    with Lab() as lab:
        machine = Machine(lab)
        machine.order(f"apply {FULL}")
        machine.resolved.stop()
        machine.order("undo")
        expect(not list(machine.state.glob("*.journal")), "a journal is left")


@promise("where resolv.conf goes past resolved, resolv.conf is what is changed")
def passed_over():
    with Lab() as lab:
        machine = Machine(lab, linked=False)
        before = machine.desktop.resolv_conf.read_text()
        machine.order(f"apply {FULL}")
        expect_equal(machine.ask("dns"), "", "servers")
        expect("nameserver 10.1.0.53\n" in machine.desktop.resolv_conf.read_text(), "resolv.conf")
        machine.order("undo")
        expect_equal(machine.desktop.resolv_conf.read_text(), before, "resolv.conf")


main(no_resolved)
