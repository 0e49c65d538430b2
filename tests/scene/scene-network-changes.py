#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks change, vanish and fall silent, and machines sleep: one sign-in lasts through all of it."""

import contextlib
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, LabError, wait_until
from logind import Logind, why_no_logind
from namespace import join
from scene import expect, expect_equal, main, promise
from strongswan import USERS
from talk import ECHO_PORT, Talk

MOBILE = "192.0.2.2"  # the machine's address at the mobile operator
MAST = "192.0.2.1"
AFTER_A_CHANGE, TO_NOTICE, AFTER_A_BLACKHOLE = 3.0, 15.0, 20.0  # seconds, as promised
SLACK = 1.5  # for a machine that has other things to do

SILENCE = """
table inet silence {
    chain forward {
        type filter hook forward priority -10;
        ip saddr %s tcp sport %s counter drop
        ip daddr %s tcp dport %s counter drop
    }
}
"""


class Place:
    """One machine with Wi-Fi and a mobile link, connected, with a conversation that is never at rest."""

    def __init__(self, lab):
        self.lab = lab
        self.user = lab.user
        join(lab.user, "lte", lab.hotel, "cells")
        lab.user.ip("addr", "add", f"{MOBILE}/24", "dev", "lte")
        lab.hotel.ip("addr", "add", f"{MAST}/24", "dev", "cells")
        self.charon = lab.responder().start()
        lab.visitor_gateway()
        self.logind = lab.ends(Logind(lab.desktop()))
        lab.engine()
        self.alice = lab.person("alice")
        self.alice.import_site("office", lab.site())
        self.alice.connect("office", password=USERS["alice"])
        self.monitor = lab.ends(self.alice.start("monitor"))
        self.talk = lab.ends(Talk(lab.user))
        self.talk.goes_on()

    def sources(self):
        """The ends on this machine of the streams to the gateway."""
        text = self.user.run("ss", "-Htn", "state", "established", "dst", f"{network.GATEWAY}:443").stdout
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
        expect_equal(self.charon.logins(), 1, "logins")
        expect_equal(self.alice.state("office"), "connected", "the state")
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
    expect(seconds <= limit * SLACK, f"{what} took {seconds:.2f} s")


@contextlib.contextmanager
def place():
    with Lab() as lab:
        yield Place(lab)


@promise("from Wi-Fi to the mobile network and back: the default route moves, and the stream with it within 3 s")
def moves(here):
    here.home()
    since = time.monotonic()
    here.default("replace", "default", "via", MAST, "dev", "lte")
    here.goes_over(MOBILE, since, "from Wi-Fi to the mobile network")
    since = time.monotonic()
    here.default("replace", "default", "via", network.HOTEL, "dev", "wifi")
    here.goes_over(network.USER, since, "and back")
    here.expect_one_sign_in()


@promise("the machine's address is another: the stream is made anew within 3 s")
def address(here):
    here.home()
    other = "198.51.100.77"
    since = time.monotonic()
    here.user.ip("addr", "add", f"{other}/24", "dev", "wifi")
    here.user.ip("addr", "del", f"{network.USER}/24", "dev", "wifi")
    here.user.ip("addr", "replace", f"{other}/24", "dev", "wifi")
    here.default("replace", "default", "via", network.HOTEL, "dev", "wifi")
    here.goes_over(other, since, "with another address")
    here.user.ip("addr", "del", f"{other}/24", "dev", "wifi")
    here.home()
    here.expect_one_sign_in()


@promise("a lease that is renewed, a route that has nothing to do with it, cost no stream")
def renewal(here):
    here.home()
    before, counted = here.sources(), here.reconnects()
    for line in (f"ip addr change {network.USER}/24 dev wifi valid_lft 3600 preferred_lft 3600",
                 f"ip route replace default via {network.HOTEL} dev wifi",
                 "ip route add 10.77.0.0/16 via 192.0.2.1", "ip link add other type veth peer name further", "ip link set further up",
                 "ip link set other up",
                 "ip addr add 10.99.0.1/24 dev other", "ip link del other", "ip route del 10.77.0.0/16",
                 f"ip addr change {network.USER}/24 dev wifi valid_lft forever preferred_lft forever"):  # fmt: skip
        here.user.run("sh", "-c", line)
        time.sleep(0.2)
    time.sleep(0.7)
    here.talk.goes_on()
    expect_equal(here.sources(), before, "the stream")
    expect_equal(here.reconnects(), counted, "reconnects")
    since = time.monotonic()  # and a change is seen
    here.default("replace", "default", "via", MAST, "dev", "lte")
    here.goes_over(MOBILE, since, "a change after all that")
    here.expect_one_sign_in()


@promise("no network for 10 s: it is waited for, nothing is tried, and then the tunnel is back within 3 s")
def away(here):
    here.home()
    attempts = len(here.alice.status("office").get("attempts", []))
    since = time.monotonic()
    here.user.ip("link", "set", "wifi", "down")
    wait_until(here.waits, "the client to wait for a network", 10)
    took("the missing network is noticed", time.monotonic() - since, AFTER_A_CHANGE)
    expect_equal(here.alice.state("office"), "reconnecting", "the state")
    here.monitor.wait_for_output("Waiting for a network")
    time.sleep(10)
    tried = here.alice.status("office").get("attempts", [])
    expect(here.waits(), "it does not wait any more")
    expect(len(tried) <= attempts + 1, f"what was tried without a network: {tried}")
    since = time.monotonic()
    here.user.ip("link", "set", "wifi", "up")
    here.default("replace", "default", "via", network.HOTEL, "dev", "wifi")
    here.goes_over(network.USER, since, "the network is back")
    expect(not here.waits(), "it still waits")
    here.expect_one_sign_in()


@promise("the route vanishes while the address stays, and comes back")
def no_route(here):
    here.home()
    here.user.run("ip", "-6", "route", "del", "default")
    here.default("del", "default", "dev", "wifi")
    wait_until(here.waits, "the client to wait for a network", 10)
    since = time.monotonic()
    here.default("add", "default", "via", network.HOTEL, "dev", "wifi")
    here.goes_over(network.USER, since, "the route is back")
    here.expect_one_sign_in()


@promise("the machine sleeps and wakes up in another network; also where nothing but the sleep is to be noticed")
def sleeps(here):
    here.home()
    old = here.sources()
    here.logind.prepare_for_sleep(True)
    here.talk.goes_on()
    expect_equal(here.sources(), old, "the stream, before the machine sleeps")
    since = time.monotonic()
    here.logind.prepare_for_sleep(False)
    wait_until(lambda: here.sources() and here.sources() != old, "another stream")
    here.goes_over(network.USER, since, "awake in the same network")
    here.logind.prepare_for_sleep(True)
    here.user.ip("link", "set", "wifi", "down")
    here.default("replace", "default", "via", MAST, "dev", "lte")
    since = time.monotonic()
    here.logind.prepare_for_sleep(False)
    here.goes_over(MOBILE, since, "awake in another network")
    here.home()
    here.expect_one_sign_in()


def silence(here):
    """From now on not one packet of the stream that stands gets through, and nobody is told; when that was."""
    source = here.sources()[0]
    host, port = source.rsplit(":", 1)
    here.lab.hotel.run("nft", "-f", "-", input=SILENCE % (host, port, host, port))
    return source, time.monotonic()


def swallowed(here):
    text = here.lab.hotel.run("nft", "list", "table", "inet", "silence").stdout
    return sum(int(number) for number in re.findall(r"packets (\d+)", text))


def blackhole(here, words):
    source, since = silence(here)
    wait_until(lambda: source not in here.sources(), "the stream to be given up", 60)
    took(f"{words}: noticed", time.monotonic() - since, TO_NOTICE)
    here.goes_over(network.USER, since, f"{words}: back", AFTER_A_BLACKHOLE)
    expect(swallowed(here) > 0, "nothing was swallowed")


@promise("a blackhole swallows a stream under traffic: noticed within 15 s, back within 20 s")
def blackhole_busy(here):
    here.home()
    blackhole(here, "a blackhole under traffic")
    here.expect_one_sign_in()


@promise("a blackhole swallows a stream that nothing goes over: noticed within 15 s, back within 20 s")
def blackhole_idle(here):
    here.home()
    here.talk.pause()
    time.sleep(1)
    source, since = silence(here)
    wait_until(lambda: source not in here.sources(), "the stream to be given up", 60)
    took("a blackhole of an idle stream: noticed", time.monotonic() - since, TO_NOTICE)
    wait_until(lambda: here.alice.state("office") == "connected" and here.sources(), "another stream", 60)
    took("a blackhole of an idle stream: back", time.monotonic() - since, AFTER_A_BLACKHOLE)
    here.talk.resume()
    here.talk.goes_on()
    here.expect_one_sign_in()


if __name__ == "__main__":
    main(why_no_logind, stage=place)
