#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hotels by transports: what connects from where, how, and what is said where nothing does.

In each hotel the same site is tried with each transport. The gateway takes all of them: TLS at 443,
RFC 9329 without TLS at 4500, and UDP at 500 and 4500, which are the IPsec gateway's own.
"""

import sys
import time
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

TRANSPORTS = ("tls", "tcp")
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
        hotel.arrive()
        self.environment = {"https_proxy": hotel.proxy} if hotel.proxy else {}
        why = hotel.probe()
        expect(why is None, f"this hotel is not what it says: {why}")

    def connect(self, transport):
        name = f"by-{transport}"
        address = f"{GATEWAY_IDENTITY}:{PORTS[transport]}"
        self.alice.import_site(name, self.lab.site(name, address=address, transport=transport))
        words = [self.session.desktop.build / CLIENT, "connect", name, "--password-fd", "0"]
        words = ["env", *(f"{key}={value}" for key, value in self.environment.items()), *words]
        return self.session.run(*words, input=USERS["alice"], check=False, timeout=120)

    def try_out(self, transport):
        """What it comes to: (transport or None, error or None, what is said)."""
        start = time.monotonic()
        result = self.connect(transport)
        seconds = time.monotonic() - start
        status = self.alice.status(f"by-{transport}") or {}
        print(f"# {self.hotel.words}, {transport}: exit status {result.returncode} after {seconds:.1f} s")
        for line in (result.stderr if result.returncode else "").splitlines():
            print(f"#   {line}")
        found = status.get("transport") if status.get("state") == "connected" else None
        if found:
            expect_equal(self.lab.fetch(f"http://{INSIDE}/"), PAGE.decode(), "the page")
        self.alice.disconnect(f"by-{transport}", check=False)
        return found or status.get("error"), result.stderr


def stay(kind, **wants):
    """A promise for each hotel. wants: what each transport comes to, a transport or an error's name."""

    @promise(f"{kind.words}: {', '.join(f'{key}: {wants[key]}' for key in TRANSPORTS)}")
    def play():
        with Lab() as lab:
            here = Stay(lab, kind(lab))
            for transport in TRANSPORTS:
                result, said = here.try_out(transport)
                print(f"# in a hotel: {kind.words} | {transport} | {result}")
                expect_equal(result, wants[transport], f"{transport}, {said}")


TLS, TCP, UDP = "TLS", "TCP", "UDP"
stay(Hotel, tls=TLS, tcp="TimedOut", udp="TimedOut", auto=TLS)
stay(hotels.OnlyProxy, tls=TLS, tcp="ProxyRefused", udp="x", auto=TLS)
stay(hotels.NamesAtProxy, tls=TLS, tcp="ProxyRefused", udp="x", auto=TLS)
stay(hotels.UdpDropped, tls=TLS, tcp=TCP, udp="TimedOut", auto=TLS)
stay(hotels.UdpRejected, tls=TLS, tcp=TCP, udp="Unreachable", auto=TLS)
stay(hotels.OnlySix, tls=TLS, tcp=TCP, udp=UDP, auto=UDP)
stay(hotels.SixBroken, tls=TLS, tcp=TCP, udp=UDP, auto=UDP)
stay(hotels.Inspected, tls="TlsUntrusted", tcp="TimedOut", udp="TimedOut", auto="TlsUntrusted")
stay(hotels.OnlyTls, tls=TLS, tcp="TimedOut", udp="TimedOut", auto=TLS)

main(proxies.missing)
