#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""UDP, TCP and TLS: each by itself, and the one after the other without a new login."""

import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import GATEWAY_IDENTITY, PSK, PSK_USER, USERS

BIG = 3000000


def fetch_all(lab):
    expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page over IPv4")
    expect_equal(lab.fetch(f"http://[{network.INSIDE6}]/"), PAGE.decode(), "the page over IPv6")
    big = lab.user.run("curl", "-sSfg", "--max-time", "20", "-o", "/dev/null", "-w", "%{size_download}",
                       f"http://{network.INSIDE}/bytes/{BIG}")  # fmt: skip
    expect_equal(big.stdout, str(BIG), "octets of a large file")


def prepare(lab, transport, **site):
    """A gateway that hears UDP too, and alice, who has the site."""
    responder = lab.responder(only_loopback=False).start()
    engine = lab.engine()
    alice = lab.person("alice")
    alice.import_site("office", lab.site(transport=transport, **{"address": GATEWAY_IDENTITY, **site}))
    return responder, alice, engine


def connect(alice, transport):
    alice.connect("office", password=USERS["alice"])
    status = alice.status("office")
    expect_equal(status["state"], "connected", "the state")
    expect_equal(status["transport"], transport, "the transport")
    return status


def by_udp(lab, **site):
    lab.network.datagrams("accept")
    responder, alice, _ = prepare(lab, "udp", **site)
    status = connect(alice, "UDP")
    fetch_all(lab)
    expect_equal(responder.logins(), 1, "logins")
    drops = {name: n for name, n in status["counters"].items() if name.startswith("drop-") and n}
    expect_equal(drops, {}, "packets dropped")
    return responder, alice, status


@promise("UDP to ports 500 and 4500, without a NAT between", shows="IKE and ESP over UDP (RFC 3948)")
def udp():
    with Lab() as lab:
        responder, alice, status = by_udp(lab)
        expect_equal(status["gateway"], f"{network.GATEWAY}:4500", "the gateway")
        expect(responder.count(rf"received packet: from {network.USER}\[\d+\] to {network.GATEWAY}\[500\]") >= 1,
               "IKE_SA_INIT did not go to port 500")  # fmt: skip
        alice.disconnect("office")
        wait_until(lambda: "ESTABLISHED" not in responder.associations(), "the gateway to know")


@promise("UDP through a NAT, with markers from the start where port 4500 is written")
def udp_nat():
    with Lab() as lab:
        lab.network.translate()
        responder, alice, _ = by_udp(lab, address=f"{GATEWAY_IDENTITY}:4500")
        expect_equal(responder.count(rf"received packet: .* to {network.GATEWAY}\[500\]"), 0, "messages to port 500")
        expect(responder.count(rf"received packet: from {network.USER}") == 0, "there was no NAT")
        expect_equal(alice.state("office"), "connected", "the state")


@promise("UDP over IPv6")
def udp6():
    with Lab() as lab:
        by_udp(lab, address=f"[{network.GATEWAY6}]:500")


@promise("UDP that gets no answer is an answer soon, and one that is refused at once")
def udp_blocked():
    for verdict, text, seconds in (("drop", "does not answer over UDP", 12), ("reject", "refused", 5)):
        with Lab() as lab:
            lab.network.datagrams(verdict)
            _, alice, _ = prepare(lab, "udp")
            began = time.monotonic()
            done = alice.connect("office", password=USERS["alice"], check=False)
            took = time.monotonic() - began
            expect(done.returncode != 0, "it connected")
            expect(took < seconds, f"{verdict}: it took {took:.1f} s")
            expect(text in done.stderr, f"{verdict}: it says {done.stderr}")


@promise("a plain stream to port 4500, through visitor-gateway", shows="RFC 9329 to TCP port 4500")
def tcp():
    with Lab() as lab:
        for way in ("dport", "sport"):
            lab.hotel.run("nft", "insert", "rule", "inet", "hotel", "forward", "tcp", way, "4500", "accept")
        responder, alice, _ = prepare(lab, "tcp")
        lab.visitor_gateway(port=4500)
        status = connect(alice, "TCP")
        expect_equal(status["gateway"], f"{network.GATEWAY}:4500", "the gateway")
        fetch_all(lab)
        expect_equal(responder.logins(), 1, "logins")


def by_auto(verdict, transport, seconds, ports="500, 4500", **site):
    """How long it takes to connect where the hotel does that with UDP."""
    with Lab() as lab:
        lab.network.datagrams(verdict, ports)
        responder, alice, _ = prepare(lab, "auto", **site)
        lab.visitor_gateway()
        password = PSK if site else USERS["alice"]
        began = time.monotonic()
        alice.connect("office", password=password)
        took = time.monotonic() - began
        print(f"# UDP {verdict}: {took:.2f} s", flush=True)
        expect_equal(alice.status("office")["transport"], transport, "the transport")
        expect(took < seconds, f"it took {took:.1f} s")
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        expect_equal(responder.logins(), 1, "logins")


@promise("automatic: UDP where it gets through")
def auto_udp():
    by_auto("accept", "UDP", 4)


@promise("automatic: TLS within a moment where UDP is dropped, with a pre-shared key")
def auto_dropped():
    by_auto("drop", "TLS", 4, method="psk", user=PSK_USER)


@promise("automatic: TLS where UDP is refused")
def auto_refused():
    by_auto("reject", "TLS", 4)


@promise("automatic: TLS where UDP gets no further than port 500")
def auto_half():
    by_auto("accept", "TLS", 13, ports="500")


@promise("automatic: what was the way out of a network is remembered there")
def remembered():
    with Lab() as lab:
        _, alice, engine = prepare(lab, "auto")
        lab.visitor_gateway()
        for last in ("neither", "TLS"):
            connect(alice, "TLS")
            said = re.findall(r"here the last was (\w+)", engine.process.output())
            expect_equal(said[-1], last, "what was remembered")
            alice.disconnect("office")
        lab.hotel.ip("link", "set", "rooms", "address", "02:00:00:00:00:77")  # another hotel
        lab.user.ip("neigh", "flush", "all")
        connect(alice, "TLS")
        said = re.findall(r"here the last was (\w+)", engine.process.output())
        expect_equal(said[-1], "neither", "what was remembered elsewhere")


if __name__ == "__main__":
    main()
