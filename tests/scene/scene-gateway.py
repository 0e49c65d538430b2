#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""visitor-gateway between strongSwan and strongSwan: another author's IKE and ESP at both ends."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, LabError, wait_until
from scene import expect, expect_equal, main, promise
from servers import PAGE


def reach_inside(lab):
    for url in (f"http://{network.INSIDE}/", f"http://[{network.INSIDE6}]/"):
        expect_equal(lab.fetch(url), PAGE.decode(), url)


def through(name, plain):
    with Lab() as lab:
        responder = lab.responder().start()
        lab.visitor_gateway()
        lab.client_carrier(plain=plain)
        client = lab.initiator("127.0.0.1", 14500).start()
        client.connect(name)
        reach_inside(lab)
        expect_equal(responder.logins(), 1, "logins")
        client.disconnect(name)
        wait_until(lambda: "ESTABLISHED" not in responder.associations(), "the SA's end")


@promise("strongSwan signs in by PSK through TLS and reaches the inside")
def psk():
    through("psk", plain=False)


@promise("strongSwan signs in by EAP-MSCHAPv2 through TLS and reaches the inside")
def eap():
    through("eap", plain=False)


@promise("the same port takes plain RFC 9329 streams")
def plain():
    through("psk", plain=True)


@promise("a session found again by its SPIs keeps its UDP port when the stream is reset")
def reset():
    with Lab() as lab:
        responder = lab.responder().start()
        gateway = lab.visitor_gateway()
        client_end = lab.client_carrier()
        # an IKE request soon after, which tells the gateway whose stream it is
        client = lab.initiator("127.0.0.1", 14500, more={"dpd_delay": "2s"}).start()
        client.connect("psk")
        reach_inside(lab)
        peers = set(remote_ports(responder))
        for _ in range(3):
            lab.network.reset_streams()
            streams = client_end.output().count("stream opened")
            wait_until(lambda: client_end.output().count("stream opened") > streams, "a new stream")
            wait_until(lambda: reaches(lab), "the inside, after a reset")
        expect_equal(set(remote_ports(responder)), peers, "the client's address as charon sees it")
        expect_equal(responder.logins(), 1, "logins")
        expect(gateway.process.is_alive(), "visitor-gateway has ended")


def remote_ports(responder):
    """host[port] of each peer that charon lists."""
    lines = responder.associations().splitlines()
    return [line.split("@", 1)[1].strip() for line in lines if "remote " in line and "@" in line]


def reaches(lab):
    try:
        lab.fetch(f"http://{network.INSIDE}/", seconds=1)
    except LabError:
        return False
    return True


@promise("a port that is taken is told in one sentence, and the exit status is not zero")
def taken():
    with Lab() as lab:
        lab.visitor_gateway()
        try:
            lab.visitor_gateway(listen=[f"{network.GATEWAY}:443"], port=1443)
        except LabError as error:
            expect("ended with status" in str(error), f"{error}")
            expect("status 0" not in str(error), "the exit status is 0")
        else:
            raise LabError("two gateways on one port")
        log = next(lab.gateway.folder.glob("*02-visitor-gateway.log")).read_text()
        wanted = (
            f"Visitor Mode Server failed to bind to {network.GATEWAY}:443 "
            "(either port was already taken or the IP address does not exist)"
        )
        expect(wanted in log, f"not said: {log}")


if __name__ == "__main__":
    main()
