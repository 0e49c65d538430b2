#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hotels by transports: what connects from where, how, and what is said where nothing does.

In each hotel the same site is tried with each transport. The gateway takes all of them: TLS at 443,
RFC 9329 without TLS at 4500, and UDP at 500 and 4500, which are the IPsec gateway's own.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import hotels
import proxies
from hotels import Hotel
from lab import Lab
from network import INSIDE
from programs import CLIENT
from scene import expect, expect_equal, main, promise
from servers import PAGE
from session import Session
from strongswan import GATEWAY_IDENTITY, USERS

TRANSPORTS = ("tls", "tcp", "udp", "auto")
WORKING = TLS, TCP, UDP = "TLS", "TCP", "UDP"
PORTS = {"tls": 443, "tcp": 4500, "udp": 500, "auto": 443}


class Stay:
    """Alice in a hotel, with everything that she connects to."""

    def __init__(self, lab, hotel):
        self.lab, self.hotel = lab, hotel
        lab.responder(only_loopback=False).start()
        lab.visitor_gateway()
        lab.visitor_gateway(port=4500)
        lab.engine()
        self.alice = lab.person("alice")
        self.session = Session(lab, self.alice)
        self.password = self.alice.home / "password"
        self.password.write_text(USERS["alice"])
        hotel.arrive()
        why = hotel.probe()
        expect(why is None, f"this hotel is not what it says: {why}")

    def start(self, transport):
        """`visitor connect` in alice's session, under way."""
        name = f"by-{transport}"
        address = f"{GATEWAY_IDENTITY}:{PORTS[transport]}"
        self.alice.import_site(name, self.lab.site(name, address=address, transport=transport))
        given = self.session.environment | ({"https_proxy": self.hotel.proxy} if self.hotel.proxy else {})
        words = [self.session.desktop.build / CLIENT, "connect", name, "--password-fd", "0"]
        self.hotel.begin()
        return self.session.desktop.start(
            "alice", name, "env", *(f"{key}={value}" for key, value in given.items()), *words,
            stdin=self.password)  # fmt: skip

    def finish(self, transport, client):
        """What it comes to: a transport or an error's name, and what is said."""
        name = f"by-{transport}"
        self.hotel.meanwhile(lambda: self.alice.state(name))
        code = client.wait(60)
        status = self.alice.status(name) or {}
        found = status.get("transport") if status.get("state") == "connected" else None
        if found:
            expect_equal(self.lab.fetch(f"http://{INSIDE}/"), PAGE.decode(), "the page")
        self.alice.disconnect(name, check=False)
        result = found or status.get("error")
        print(f"# in a hotel: {self.hotel.words} | {transport} | {result}")
        for line in client.output().splitlines() if code else ():
            print(f"#   {line}")
        return result

    def try_out(self, wants):
        """What has to fail is tried at once, the rest one after the other."""
        doomed = [each for each in TRANSPORTS if wants[each] not in WORKING]
        clients = {each: self.start(each) for each in doomed}
        return {each: self.finish(each, clients.get(each) or self.start(each)) for each in TRANSPORTS}


def stay(kind, **wants):
    """A promise for each hotel. wants: what each transport comes to, a transport or an error's name."""

    @promise(f"{kind.words}: {', '.join(f'{key}: {wants[key]}' for key in TRANSPORTS)}")
    def play():
        with Lab() as lab:
            expect_equal(Stay(lab, kind(lab)).try_out(wants), wants, "what came of it")


stay(Hotel, tls=TLS, tcp="TimedOut", udp="TimedOut", auto=TLS)
stay(hotels.OnlyProxy, tls=TLS, tcp="ProxyRefused", udp="TimedOut", auto=TLS)
stay(hotels.NamesAtProxy, tls=TLS, tcp="ProxyRefused", udp="NameNotFound", auto=TLS)
stay(hotels.UdpDropped, tls=TLS, tcp=TCP, udp="TimedOut", auto=TLS)
stay(hotels.UdpRejected, tls=TLS, tcp=TCP, udp="Unreachable", auto=TLS)
stay(hotels.OnlySix, tls=TLS, tcp=TCP, udp=UDP, auto=UDP)
stay(hotels.SixBroken, tls=TLS, tcp=TCP, udp=UDP, auto=UDP)
stay(hotels.PortalFirst, tls=TLS, tcp=TCP, udp=UDP, auto=UDP)
stay(hotels.Inspected, tls="TlsUntrusted", tcp="TimedOut", udp="TimedOut", auto="TlsUntrusted")
stay(hotels.OnlyTls, tls=TLS, tcp="TimedOut", udp="TimedOut", auto=TLS)

main(proxies.missing)
