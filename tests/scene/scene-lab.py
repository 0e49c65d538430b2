#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab proves itself: strongSwan at both ends, the carrier between, and a firewall that shuts."""

import signal
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from capture import UDP, Capture
from lab import INSIDE_NAME, Lab, LabError, wait_until
from scene import expect, expect_equal, main, promise
from servers import PAGE
from users import PEOPLE, STRANGERS


def send_udp(machine, host, port):
    with machine.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.sendto(b"knock", (host, port))


@promise("the hotel drops IKE over UDP and everything but ports 80 and 443")
def firewall():
    with Lab() as lab:
        outside = lab.ends(Capture(lab.gateway, "outer"))
        for port in (500, 4500, 53):
            send_udp(lab.user, network.GATEWAY, port)
        wait_until(lambda: lab.network.counted("dropped") >= 3, "three dropped packets")
        expect_equal(lab.network.counted("ike"), 2, "packets to 500 and 4500 dropped")
        expect_equal(outside.seen(protocol=UDP, source=network.USER), [], "packets behind the hotel")
        try:
            lab.user.connect(network.GATEWAY, 8080, seconds=1).close()
        except TimeoutError:
            pass
        else:
            raise LabError("port 8080 is open")
        try:
            lab.user.connect(network.GATEWAY, 443, seconds=10).close()
        except ConnectionRefusedError:
            pass  # it got there, and nobody listens yet
        expect(lab.network.counted("passed") > 0, "nothing passed on port 443")


@promise("a plain IKE client over UDP fails in the hotel")
def direct():
    with Lab() as lab:
        lab.responder(only_loopback=False).start()
        client = lab.initiator(network.GATEWAY, 500).start()
        try:
            client.connect("psk", seconds=3)
        except LabError:
            pass
        else:
            raise LabError("IKE over UDP passed the hotel")
        expect(lab.network.counted("ike") > 0, "no IKE packet reached the hotel")


def through_carriers(name, plain):
    with Lab() as lab:
        responder = lab.responder().start()
        lab.carrier(plain=plain)
        lab.client_carrier(plain=plain)
        client = lab.initiator("127.0.0.1", 14500).start()
        client.connect(name)
        expect_equal(responder.logins(), 1, "logins")
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page over IPv4")
        expect_equal(lab.fetch(f"http://[{network.INSIDE6}]/"), PAGE.decode(), "the page over IPv6")
        with lab.user.socket(socket.AF_INET, socket.SOCK_DGRAM) as resolver:
            resolver.settimeout(10)
            query = b"\0\1\1\0\0\1\0\0\0\0\0\0"
            for label in INSIDE_NAME.split("."):
                query += bytes([len(label)]) + label.encode()
            resolver.sendto(query + b"\0\0\1\0\1", (network.INSIDE, 53))
            expect(socket.inet_aton(network.INSIDE) in resolver.recv(512), "no answer from inside")


@promise("strongSwan reaches the inside by PSK, in TLS")
def psk():
    through_carriers("psk", plain=False)


@promise("strongSwan reaches the inside by EAP-MSCHAPv2, in TLS")
def eap():
    through_carriers("eap", plain=False)


@promise("strongSwan reaches the inside by PSK, in a plain stream")
def plain_stream():
    through_carriers("psk", plain=True)


@promise("the carrier's cut resets the stream and the client's end opens another")
def cut():
    with Lab() as lab:
        lab.responder().start()
        server = lab.carrier()
        client_end = lab.client_carrier()
        lab.initiator("127.0.0.1", 14500).start().connect("psk")
        server.signal(signal.SIGUSR1)
        client_end.wait_for_output("stream ended")
        expect_equal(client_end.output().count("stream opened"), 1, "streams before")
        lab.user.run("ping", "-c", "1", "-W", "1", network.INSIDE, check=False)
        wait_until(lambda: client_end.output().count("stream opened") == 2, "a second stream")


@promise("streams can be reset from the user's machine by the kernel")
def reset():
    with Lab() as lab:
        lab.responder().start()
        lab.carrier()
        client_end = lab.client_carrier()
        lab.initiator("127.0.0.1", 14500).start().connect("psk")
        expect_equal(lab.network.reset_streams(), 1, "streams reset")
        client_end.wait_for_output("stream ended")


@promise("the system bus knows its users, and their machine is a copy")
def desktop():
    with Lab() as lab:
        desktop = lab.desktop()
        for user, number in {**PEOPLE, **STRANGERS}.items():
            answer = desktop.run(user, "gdbus", "call", "--system", "-d", "org.freedesktop.DBus",
                                 "-o", "/org/freedesktop/DBus", "-m",
                                 "org.freedesktop.DBus.GetConnectionCredentials",
                                 "org.freedesktop.PolicyKit1")  # fmt: skip
            expect("UnixUserID" in answer.stdout, f"{user} got no answer: {answer.stdout}")
            expect_equal(desktop.run(user, "id", "-u").stdout.strip(), str(number), "uid")
        refused = desktop.call("alice", "org.freedesktop.DBus", "/org/freedesktop/DBus",
                               "org.freedesktop.DBus.RequestName", "org.visitorvpn.Engine", "0")  # fmt: skip
        expect(refused.returncode != 0, "a person may own the engine's name")
        desktop.run("root", "sh", "-c", "echo changed > /etc/resolv.conf; touch /run/changed")
        expect(not Path("/run/changed").exists(), "/run is the real one")
        expect_equal(lab.resolver(), "changed\n", "resolv.conf inside")


@promise("nothing is left of a lab")
def nothing_left():
    with Lab() as lab:
        folder, holder = lab.folder, lab.user.holder.pid
        expect(Path(f"/proc/{holder}").exists(), "the positive control: a lab has a holder")
    expect(not folder.exists(), f"{folder} is left")
    expect(not Path(f"/proc/{holder}").exists(), f"process {holder} is left")


if __name__ == "__main__":
    main()
