#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is for the inside is never seen in the hotel while connected."""

import contextlib
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from capture import TCP, Capture
from lab import INSIDE_NAME, Lab, wait_until
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import USERS

KNOCK_PORT = 9


def knock(lab):
    """One packet to each of the inside's addresses."""
    for family, host in ((socket.AF_INET, network.INSIDE), (socket.AF_INET6, network.INSIDE6)):
        with lab.user.socket(family, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
            probe.sendto(b"knock", (host, KNOCK_PORT))


def knocks(capture):
    return capture.seen(destination_port=KNOCK_PORT)


def connected(lab, **knobs):
    """knobs: of the responder."""
    lab.responder(**knobs).start()
    gateway = lab.visitor_gateway()
    lab.engine()
    alice = lab.person("alice")
    alice.import_site("office", lab.site())
    alice.connect("office", password=USERS["alice"])
    return alice, gateway


@promise("a packet for the inside is seen in the hotel before, not while connected, and after")
def before_and_after():
    with Lab() as lab:
        capture = lab.ends(Capture(lab.hotel, "rooms"))
        knock(lab)
        wait_until(lambda: len(knocks(capture)) >= 2, "the positive control: the knocks are seen")
        alice, _ = connected(lab)
        seen = len(knocks(capture))
        for _ in range(5):
            knock(lab)
        expect_equal(lab.fetch(f"http://{INSIDE_NAME}/"), PAGE.decode(), "the page")
        expect_equal(len(knocks(capture)), seen, "knocks seen while connected")
        alice.disconnect("office")
        wait_until(lambda: alice.state("office") in (None, "disconnected"), "the end")
        knock(lab)
        wait_until(lambda: len(knocks(capture)) >= seen + 2, "the positive control, again")


@promise("nothing leaks while the stream is being made anew")
def reconnecting():
    with Lab() as lab:
        alice, gateway = connected(lab)
        capture = lab.ends(Capture(lab.hotel, "rooms"))
        gateway.process.kill()
        wait_until(lambda: alice.state("office") == "reconnecting", "the client to notice")
        for _ in range(5):
            knock(lab)
        expect_equal(knocks(capture), [], "knocks seen while reconnecting")
        gateway.start()
        wait_until(lambda: alice.state("office") == "connected", "the connection again", 40)
        expect_equal(knocks(capture), [], "knocks seen in all that time")


@promise("a host route of the hotel's catches nothing (TunnelVision, TunnelCrack)")
def tunnel_vision():
    with Lab() as lab:
        connected(lab)
        capture = lab.ends(Capture(lab.hotel, "rooms"))
        lab.user.ip("route", "add", f"{network.INSIDE}/32", "via", network.HOTEL)
        lab.user.ip("-6", "route", "add", f"{network.INSIDE6}/128", "via", network.HOTEL6)
        knock(lab)
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        expect_equal(knocks(capture), [], "knocks seen")
        routes = lab.user.ip("route", "show", "table", "main")
        expect(network.GATEWAY not in routes, f"a host route to the gateway: {routes}")


MARKER = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, 0x5649)
    probe.sendto(b"knock", (sys.argv[1], int(sys.argv[2])))
"""


@promise("the worker's mark leads around the tunnel, and a person may not use it")
def mark():
    with Lab() as lab:
        alice, _ = connected(lab)
        capture = lab.ends(Capture(lab.hotel, "rooms"))
        words = ["python3", "-c", MARKER, network.INSIDE, KNOCK_PORT]
        refused = alice.desktop.run("alice", *words, check=False)
        expect("PermissionError" in refused.stderr, f"alice may mark packets: {refused.stderr}")
        expect_equal(knocks(capture), [], "knocks seen")
        alice.desktop.run("root", *words)
        wait_until(lambda: knocks(capture), "the positive control: root's marked knock is seen")


@promise("while connected the hotel sees the one stream and nothing else")
def only_the_stream():
    with Lab() as lab:
        connected(lab)
        capture = lab.ends(Capture(lab.hotel, "rooms"))
        lab.fetch(f"http://{network.INSIDE}/")
        wait_until(lambda: capture.seen(destination=network.GATEWAY), "the stream's packets")
        others = [
            packet for packet in capture.seen(source=network.USER)
            if (packet.destination, packet.protocol, packet.destination_port) != (network.GATEWAY, TCP, 443)
        ]  # fmt: skip
        expect_equal(others, [], "packets besides the stream's")


@promise("where the tunnel takes all of IPv4 and has no IPv6, nothing leaves by IPv6 either")
def other_family():
    both = {network.INSIDE, network.INSIDE6}
    with Lab() as lab:
        capture = lab.ends(Capture(lab.hotel, "rooms"))

        def families_seen(count):
            return {knock.destination for knock in knocks(capture)[count:]} == both

        knock(lab)
        wait_until(lambda: families_seen(0), "the positive control: both knocks are seen")
        alice, _ = connected(lab, pools=("4",), child={"local_ts": ["0.0.0.0/0"]})
        seen = len(knocks(capture))
        for _ in range(5):
            knock(lab)
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        expect_equal(len(knocks(capture)), seen, "knocks seen while connected")
        alice.disconnect("office")
        wait_until(lambda: alice.state("office") in (None, "disconnected"), "the end")
        knock(lab)
        wait_until(lambda: families_seen(seen), "the positive control, again")


@promise("whoever knocks at an inner address from the hotel gets no answer")
def inner_addresses():
    with Lab() as lab:
        alice, _ = connected(lab)
        capture = lab.ends(Capture(lab.hotel, "rooms"))
        inner = [address.split("/")[0] for address in alice.status("office")["addresses"]]
        expect_equal(len(inner), 2, "inner addresses")
        for address, outer in zip(sorted(inner), (network.USER, network.USER6), strict=True):
            lab.hotel.ip("route", "add", address, "via", outer)
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            for target in (outer, address):
                with lab.hotel.socket(family, socket.SOCK_DGRAM) as probe:
                    probe.sendto(b"knock", (target, KNOCK_PORT))
            wait_until(lambda: capture.seen(destination=address), f"the knock at {address}")
            wait_until(lambda: capture.seen(source=outer, destination=hotel_of(outer)),
                       f"the positive control: port unreachable from {outer}")  # fmt: skip
            expect_equal(capture.seen(source=address), [], f"answers from {address}")


def hotel_of(address):
    """The hotel's end of the link that has the address."""
    return network.HOTEL6 if ":" in address else network.HOTEL


def filters(lab):
    """How strict the machine is about the way that a packet came, for all devices and for the uplink."""
    return [lab.user.run("sysctl", "-n", f"net.ipv4.conf.{device}.rp_filter").stdout.strip()
            for device in ("all", "wifi")]  # fmt: skip


@promise("a machine that filters strictly by the reverse path hears its gateway through a tunnel that takes all")
def strict_filter():
    with Lab() as lab:
        lab.user.run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.wifi.rp_filter=1")
        alice, gateway = connected(lab, child={"local_ts": ["0.0.0.0/0", "::/0"]})
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        gateway.process.kill()
        wait_until(lambda: alice.state("office") == "reconnecting", "the client to notice")
        gateway.start()
        wait_until(lambda: alice.state("office") == "connected", "the connection again", 40)
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page, again")
        alice.disconnect("office")
        wait_until(lambda: alice.state("office") in (None, "disconnected"), "the end")
        expect_equal(filters(lab), ["1", "1"], "the filters afterwards")


if __name__ == "__main__":
    main()
