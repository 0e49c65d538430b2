# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine with Wi-Fi and a mobile link, connected, with a conversation that is never at rest: what happens to
networks happens to it, and how long it takes is measured."""

import contextlib
import time

import network
from lab import Lab, LabError, wait_until
from logind import Logind
from namespace import join
from scene import expect, expect_equal
from strongswan import USERS
from talk import ECHO_PORT, Talk

MOBILE = "192.0.2.2"  # the machine's address at the mobile operator
MAST = "192.0.2.1"
OTHER = "203.0.113.11"  # the gateway's second address
AFTER_A_CHANGE = 3.0  # seconds, as promised
SLACK = 5.0  # seconds more, at least, for a machine that has other things to do


class MobileMachine:
    def __init__(self, lab):
        self.lab = lab
        self.user = lab.user
        join(lab.user, "lte", lab.hotel, "cells")
        lab.user.ip("addr", "add", f"{MOBILE}/24", "dev", "lte")
        lab.hotel.ip("addr", "add", f"{MAST}/24", "dev", "cells")
        self.charon = lab.responder(only_loopback=False).start()
        lab.gateway.ip("addr", "add", f"{OTHER}/24", "dev", "outer")
        lab.visitor_gateway(listen=[f"{network.GATEWAY}:443", f"{OTHER}:443"])
        self.logind = lab.ends(Logind(lab.desktop()))
        lab.engine()
        self.alice = lab.person("alice")
        self.alice.import_site("office", lab.site())
        self.alice.connect("office", password=USERS["alice"])
        self.monitor = lab.ends(self.alice.start("monitor"))
        self.talk = lab.ends(Talk(lab.user))
        self.talk.goes_on()

    def sources(self, gateway=network.GATEWAY):
        """The ends on this machine of the streams to the gateway."""
        text = self.user.run("ss", "-Htn", "state", "established", "dst", f"{gateway}:443").stdout
        return [line.split()[2] for line in text.splitlines()]

    def reconnects(self):
        return self.alice.status("office")["counters"]["reconnects"]

    def waits(self):
        return self.alice.status("office").get("waiting-for") == "network"

    def default(self, *words, check=True):
        self.user.run("ip", "route", *words, check=check)

    def goes_over(self, address, since, what, limit=AFTER_A_CHANGE):
        """A stream from that address, and no other, leads to the inside; it says after how long. The conversation
        goes on, when its own TCP tries again."""

        def moved():
            found = self.sources()
            return len(found) == 1 and found[0].startswith(f"{address}:")

        wait_until(moved, f"a stream from {address}: {self.sources()}", 60)
        self.user.connect(network.INSIDE, ECHO_PORT).close()
        took(what, time.monotonic() - since, limit)
        self.talk.goes_on(rounds=2)

    def expect_one_sign_in(self):
        wait_until(lambda: self.alice.state("office") == "connected", "the connection")
        expect_equal(self.charon.logins(), 1, "logins")
        expect(self.talk.failure is None, str(self.talk.failure))

    def home(self):
        """Wi-Fi with its default route, the mobile link without one: as every promise begins."""
        for line in (f"ip addr replace {network.USER}/24 dev wifi", f"ip addr replace {MOBILE}/24 dev lte",
                     "ip link set wifi up", "ip link set lte up",
                     f"ip route replace default via {network.HOTEL} dev wifi",
                     f"ip -6 addr replace {network.USER6}/64 dev wifi nodad",
                     f"ip -6 route replace default via {network.HOTEL6} dev wifi"):  # fmt: skip
            self.user.run("sh", "-c", line)
        with contextlib.suppress(LabError):
            self.default("del", "default", "dev", "lte")
        self.lab.hotel.run("nft", "destroy", "table", "inet", "silence", check=False)
        self.lab.hotel.run("nft", "delete", "table", "inet", "silence", check=False)
        wait_until(lambda: self.alice.state("office") == "connected", "the connection", 60)
        self.talk.goes_on()
        time.sleep(0.7)  # until the machine has seen that nothing changes any more
        return self


def took(what, seconds, limit):
    print(f"# {what}: {seconds:.2f} s, of {limit:.0f} s promised", flush=True)
    expect(seconds <= max(limit + SLACK, limit * 1.5), f"{what} took {seconds:.2f} s")


@contextlib.contextmanager
def mobile_machine():
    with Lab() as lab:
        yield MobileMachine(lab)
