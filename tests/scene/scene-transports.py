#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""UDP, TCP and TLS: each by itself, and the one after the other without a new login."""

import re
import socket
import struct
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import GATEWAY_IDENTITY, PSK, PSK_USER, USERS
from talk import Talk

BIG = 3000000


def fetch_all(lab):
    expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page over IPv4")
    expect_equal(lab.fetch(f"http://[{network.INSIDE6}]/"), PAGE.decode(), "the page over IPv6")
    big = lab.user.run("curl", "-sSfg", "--max-time", "20", "-o", "/dev/null", "-w", "%{size_download}",
                       f"http://{network.INSIDE}/bytes/{BIG}")  # fmt: skip
    expect_equal(big.stdout, str(BIG), "octets of a large file")


class Desk:
    """Alice, an engine, and a gateway that hears UDP too."""

    def __init__(self, lab, **site):
        self.lab = lab
        self.responder = lab.responder(only_loopback=False).start()
        self.engine = lab.engine()
        self.alice = lab.person("alice")
        self.keys = {"address": GATEWAY_IDENTITY, **site}

    def imports(self, name, **site):
        self.alice.import_site(name, self.lab.site(name, **{**self.keys, **site}))

    def connect(self, name, transport, password=USERS["alice"]):
        """Connects, says for how long it took, and returns that and the status."""
        began = time.monotonic()
        self.alice.connect(name, password=password)
        took = time.monotonic() - began
        status = self.alice.status(name)
        print(f"# {name}: {status.get('transport')} after {took:.2f} s", flush=True)
        expect_equal(status["state"], "connected", "the state")
        expect_equal(status["transport"], transport, "the transport")
        return took, status

    def leave(self, name):
        self.alice.disconnect(name)
        wait_until(lambda: "ESTABLISHED" not in self.responder.associations(), "the gateway to know")

    def moves_to(self, number):
        """Another hotel, whose router is another one with the same address."""
        self.lab.hotel.ip("link", "set", "rooms", "address", f"02:00:00:00:77:{number:02}")
        self.lab.user.ip("neigh", "flush", "all")

    def remembered(self):
        return re.findall(r"here the last was (\w+)", self.engine.process.output())[-1]

    def streams(self):
        text = self.lab.user.run("ss", "-Htn", "state", "established", "dst", f"{network.GATEWAY}:443").stdout
        return len(text.splitlines())


def carries(desk, name, transport):
    """A connection, all that may go through it, and the gateway's address as the status has it."""
    _, status = desk.connect(name, transport)
    fetch_all(desk.lab)
    counters = desk.alice.status(name)["counters"]
    drops = {key: n for key, n in counters.items() if key.startswith("drop-") and n}
    expect_equal(drops, {}, "packets dropped")
    desk.leave(name)
    return status["gateway"]


def received(desk, port, source=r"\S+"):
    """Messages that charon had at a port."""
    return desk.responder.count(rf"received packet: from {source}\[\d+\] to {network.GATEWAY}\[{port}\]")


@promise("UDP to ports 500 and 4500, and through a NAT", shows="IKE and ESP over UDP (RFC 3948)")
def udp():
    with Lab() as lab:
        lab.network.datagrams("accept")
        desk = Desk(lab, transport="udp")
        desk.imports("both")
        desk.imports("marked", address=f"{GATEWAY_IDENTITY}:4500")
        expect_equal(carries(desk, "both", "UDP"), f"{network.GATEWAY}:4500", "the gateway")
        begun = received(desk, 500)
        expect(begun >= 1, "IKE_SA_INIT did not go to port 500")
        lab.network.translate()
        own = received(desk, 4500, network.USER)
        carries(desk, "marked", "UDP")
        expect_equal(received(desk, 500), begun, "messages to port 500, where 4500 is written")
        expect_equal(received(desk, 4500, network.USER), own, "messages that no NAT has changed")
        expect_equal(desk.responder.logins(), 2, "logins")


@promise("a plain stream to port 4500, through visitor-gateway", shows="RFC 9329 to TCP port 4500")
def tcp():
    with Lab() as lab:
        for way in ("dport", "sport"):
            lab.hotel.run("nft", "insert", "rule", "inet", "hotel", "forward", "tcp", way, "4500", "accept")
        desk = Desk(lab, transport="tcp")
        lab.visitor_gateway(port=4500)
        desk.imports("plain")
        expect_equal(carries(desk, "plain", "TCP"), f"{network.GATEWAY}:4500", "the gateway")


@promise("automatic: UDP where it gets through, TLS within a moment where not, and next time at once")
def automatic():
    with Lab() as lab:
        desk = Desk(lab, transport="auto")
        lab.visitor_gateway()
        desk.imports("office")
        desk.imports("shared", method="psk", user=PSK_USER)
        for name, password in (("shared", PSK), ("office", USERS["alice"])):  # UDP is dropped
            took, _ = desk.connect(name, "TLS", password)
            expect(took < 6, f"it took {took:.1f} s")
            desk.leave(name)
        expect_equal(desk.remembered(), "TLS", "the last way here")
        desk.moves_to(1)
        lab.network.datagrams("accept", ports="500")
        took, _ = desk.connect("office", "TLS")
        expect(took < 9, f"it took {took:.1f} s")
        expect_equal(desk.remembered(), "neither", "the last way elsewhere")
        desk.leave("office")
        desk.moves_to(2)
        lab.network.datagrams("accept")
        desk.connect("office", "UDP")
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        expect_equal(desk.responder.logins(), 4, "logins")


REFUSAL = """
table ip refusal {
    chain prerouting {
        type nat hook prerouting priority dstnat
        iifname "rooms" udp dport 500 redirect to :1500
    }
}
"""


class Refuser:
    """A box of the hotel's that answers whoever asks for an IKE SA over UDP, as if it were the gateway: with
    NO_PROPOSAL_CHOSEN, which nobody can tell from the gateway's own."""

    def __init__(self, hotel):
        hotel.run("nft", "-f", "-", input=REFUSAL)
        self.answered = 0
        self._socket = hotel.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("0.0.0.0", 1500))
        self._socket.settimeout(0.2)
        self._running = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while self._running:
            try:
                asked, sender = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            # HDR (RFC 7296 section 3.1): a response in IKE_SA_INIT, then N(NO_PROPOSAL_CHOSEN)
            answer = asked[:8] + bytes(8) + struct.pack("!BBBBII", 41, 0x20, 34, 0x20, 0, 36)
            self._socket.sendto(answer + struct.pack("!BBHBBH", 0, 0, 8, 0, 0, 14), sender)
            self.answered += 1

    def end(self):
        self._running = False
        self._thread.join(2)
        self._socket.close()


@promise("automatic: whoever refuses over UDP in the gateway's name keeps nobody out, and status tells of it",
         shows="Refusals over UDP that nobody vouches for (RFC 7296 section 2.21.1)")
def refused_by_whoever():
    with Lab() as lab:
        lab.network.datagrams("accept")
        refuser = lab.ends(Refuser(lab.hotel))
        desk = Desk(lab, transport="auto")
        lab.visitor_gateway()
        desk.imports("office")
        desk.imports("alone", transport="udp")
        took, status = desk.connect("office", "TLS")
        expect(refuser.answered > 0, "nobody was refused")
        expect(took < 3, f"it took {took:.1f} s")
        over_udp = [tried for tried in status["attempts"] if tried["transport"] == "UDP"]
        expect_equal([tried["error"] for tried in over_udp], ["ProposalRefused"], "what came of UDP")
        expect("NO_PROPOSAL_CHOSEN" in over_udp[0]["detail"], over_udp)
        told = desk.alice.visitor("status", "office").stdout
        for line in told.splitlines():
            print(f"# {line}")
        expect(re.search(r"TLS +none +\S+ s +The gateway answered\.", told), told)
        expect(re.search(r":500 +UDP +none +\S+ s +The gateway accepts none of the algorithms", told), told)
        desk.leave("office")
        refused = desk.alice.connect("alone", password=USERS["alice"], check=False)
        expect("accepts none of the algorithms" in refused.stderr, f"UDP alone ended otherwise: {refused.stderr}")


@promise("automatic: asking about UDP where it is dropped disturbs nobody")
def asked_in_vain():
    with Lab() as lab:
        desk = Desk(lab, transport="auto")
        lab.visitor_gateway()
        desk.imports("office")
        desk.connect("office", "TLS")
        talk = lab.ends(Talk(lab.user))
        desk.engine.process.wait_for_output("UDP does not get through yet", 30)
        took = talk.goes_on()
        expect(took < 5, f"twenty rounds took {took:.1f} s")
        wait_until(lambda: desk.responder.count(r"parsed INFORMATIONAL request .*UPD_SA_ADDR") >= 2,
                   "the gateway to hear where we are")  # fmt: skip
        talk.goes_on()
        expect_equal(desk.responder.logins(), 1, "logins")
        expect("connected -> reconnecting" not in desk.engine.process.output(), "there was a gap")


@promise("automatic: back to UDP when it gets through, on to TLS when it does not, with one login",
         shows="From TLS to UDP and back (MOBIKE, RFC 9329)")
def there_and_back():
    with Lab() as lab:
        lab.network.datagrams("reject")
        desk = Desk(lab, transport="auto")
        lab.visitor_gateway()
        desk.imports("office")
        desk.connect("office", "TLS")
        talk = lab.ends(Talk(lab.user))
        talk.goes_on()
        lab.network.datagrams("accept")
        wait_until(lambda: desk.alice.status("office")["transport"] == "UDP", "UDP to be found", 40)
        talk.goes_on()
        wait_until(lambda: desk.streams() == 0, "the stream to be left")
        expect("connected -> reconnecting" not in desk.engine.process.output(), "there was a gap")
        lab.network.datagrams("reject")
        wait_until(lambda: desk.alice.status("office")["transport"] == "TLS", "TLS to be found", 40)
        talk.goes_on()
        expect_equal(desk.responder.count(r"parsed IKE_AUTH request 1 "), 1, "logins")
        expect_equal(desk.alice.state("office"), "connected", "the state")


if __name__ == "__main__":
    main()
