#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The main promise: import a site, connect, reach the inside, leave nothing behind."""

import os
import socket
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import INSIDE_NAME, Lab, wait_until
from network import differences, snapshot
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import PSK, PSK_USER, USERS


def fetch_all(lab, pools):
    """The inside over each family that the gateway gave an address of; by name too."""
    if "4" in pools:
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page over IPv4")
        big = lab.user.run("curl", "-sSfg", "--max-time", "20", "-o", "/dev/null", "-w",
                           "%{size_download}", f"http://{network.INSIDE}/bytes/3000000")  # fmt: skip
        expect_equal(big.stdout, "3000000", "octets of a large file")
    if "6" in pools:
        expect_equal(lab.fetch(f"http://[{network.INSIDE6}]/"), PAGE.decode(), "the page over IPv6")
    expect_equal(lab.fetch(f"http://{INSIDE_NAME}/"), PAGE.decode(), "the page by its name")


def play(*, before, site, password, pools=("4", "6"), knobs=None):
    """One connection from import to disconnect. before: starts what stands before the responder."""
    with Lab() as lab:
        responder = lab.responder(pools=pools, **(knobs or {})).start()
        before(lab)
        lab.engine()
        alice = lab.person("alice")
        alice.import_site("office", lab.site(**site))
        shot = snapshot(lab.user)
        alice.connect("office", password=password)

        status = alice.status("office")
        expect_equal(status["state"], "connected", "the state")
        addresses = " ".join(status["addresses"])
        expect_equal("10.3.0." in addresses, "4" in pools, "an IPv4 address")
        expect_equal("fd03::" in addresses, "6" in pools, "an IPv6 address")
        fetch_all(lab, pools)
        expect_equal(responder.logins(), 1, "logins")
        counters = alice.status("office")["counters"]
        expect(counters["packets-in"] > 0 and counters["packets-out"] > 0, f"counters: {counters}")
        drops = {name: n for name, n in counters.items() if name.startswith("drop-") and n}
        expect_equal(drops, {}, "packets dropped")

        alice.disconnect("office")
        wait_until(lambda: "ESTABLISHED" not in responder.associations(), "the gateway to know")
        wait_until(lambda: not differences(shot, snapshot(lab.user)), "the machine as it was")


def visitor_gateway(lab):
    lab.visitor_gateway()


def carrier(lab):
    lab.carrier()


def plain_carrier(lab):
    lab.carrier(plain=True)


EAP = {"site": {}, "password": USERS["alice"]}
BY_PSK = {"site": {"method": "psk", "user": PSK_USER}, "password": PSK}


@promise("EAP-MSCHAPv2 through visitor-gateway", shows="EAP-MSCHAPv2")
def eap_gateway():
    play(before=visitor_gateway, **EAP)


@promise("PSK through visitor-gateway", shows="PSK")
def psk_gateway():
    play(before=visitor_gateway, **BY_PSK)


@promise("EAP-MSCHAPv2 through the independent carrier")
def eap_carrier():
    play(before=carrier, **EAP)


@promise("PSK through the independent carrier")
def psk_carrier():
    play(before=carrier, **BY_PSK)


@promise("a plain RFC 9329 stream, without TLS, through visitor-gateway", shows="RFC 9329 without TLS")
def plain_gateway():
    play(before=visitor_gateway, site={"transport": "tcp"}, password=USERS["alice"])


@promise("a plain RFC 9329 stream, without TLS, through the independent carrier")
def plain_independent():
    play(before=plain_carrier, site={"transport": "tcp"}, password=USERS["alice"])


@promise("IPv4 alone")
def only_v4():
    play(before=visitor_gateway, pools=("4",), **EAP)


@promise("IPv6 alone")
def only_v6():
    play(before=visitor_gateway, pools=("6",), **EAP)


@promise("an address literal for the gateway")
def literal():
    play(before=visitor_gateway, site={"address": f"{network.GATEWAY}:443"}, password=USERS["alice"])


@promise("the gateway over IPv6")
def outer_v6():
    play(before=visitor_gateway, site={"address": f"[{network.GATEWAY6}]:443"}, password=USERS["alice"])


@promise("AES-CBC with HMAC-SHA2-256 and group 14")
def old_suite():
    knobs = {"proposals": ["aes256-sha256-modp2048"], "esp_proposals": ["aes256-sha256"]}
    play(before=visitor_gateway, knobs=knobs, **EAP)


@promise("AES-GCM with PRF SHA2-384 and group 20")
def strong_suite():
    knobs = {"proposals": ["aes256gcm16-prfsha384-ecp384"], "esp_proposals": ["aes256gcm16"]}
    play(before=visitor_gateway, knobs=knobs, **EAP)


@promise("AES-GCM with PRF SHA2-256 and group 31")
def modern_suite():
    knobs = {"proposals": ["aes256gcm16-prfsha256-x25519"], "esp_proposals": ["aes256gcm16"]}
    play(before=visitor_gateway, knobs=knobs, **EAP)


@promise("an RSA certificate of the gateway's, in one large message", shows="RSA certificate of the gateway")
def rsa():
    with_rsa = {"key": ("rsa", 3072), "flags": ("serverAuth", "ikeIntermediate")}
    with Lab() as lab:
        certificate = lab.authority.issue("rsa", ["gateway.example.test"], **with_rsa)
        lab.responder(certificate, more={"fragmentation": "no"}).start()
        lab.visitor_gateway(certificate)
        lab.engine()
        alice = lab.person("alice")
        alice.import_site("office", lab.site())
        alice.connect("office", password=USERS["alice"])
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")


def half_open(lab):
    """Somebody begins an IKE_SA_INIT from the carrier's address, and leaves it at that."""

    def payload(following, body):
        return struct.pack("!BBH", following, 0, 4 + len(body)) + body

    transforms = (
        struct.pack("!BBHBBHHH", 3, 0, 12, 1, 0, 20, 0x800E, 256)  # AES-GCM-16, 256 bits
        + struct.pack("!BBHBBH", 3, 0, 8, 2, 0, 5)  # PRF HMAC-SHA2-256
        + struct.pack("!BBHBBH", 0, 0, 8, 4, 0, 31)  # Curve25519
    )
    proposal = struct.pack("!BBHBBBB", 0, 0, 8 + len(transforms), 1, 1, 0, 3) + transforms
    body = payload(34, proposal) + payload(40, struct.pack("!HH", 31, 0) + os.urandom(32))
    body += payload(0, os.urandom(32))
    header = os.urandom(8) + bytes(8) + struct.pack("!BBBBII", 33, 0x20, 34, 8, 0, 28 + len(body))
    with lab.gateway.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.settimeout(5)
        sender.sendto(bytes(4) + header + body, ("127.0.0.1", 4500))
        expect_equal(sender.recv(4096)[20], 33, "the first payload of the answer (SA)")


@promise("COOKIE is answered when the gateway asks for one", shows="COOKIE")
def cookie():
    with Lab() as lab:
        responder = lab.responder(daemon={"cookie_threshold_ip": 1}).start()
        half_open(lab)
        lab.visitor_gateway()
        lab.engine()
        alice = lab.person("alice")
        alice.import_site("office", lab.site())
        alice.connect("office", password=USERS["alice"])
        expect(responder.count("COOKIE") > 0, "the gateway asked for no cookie")
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")


if __name__ == "__main__":
    main()
