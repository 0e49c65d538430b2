#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A site with two entry points, each a gateway of its own: who is used, what happens when one is of no use, and
who is gone back to; addresses that the site gives; and the way out of a machine that has two.

One lab for all. `a` is the lab's gateway, and `c`, at port 1721, another visitor-gateway before the same strongSwan;
`b` is another machine behind the hotel, at port 1720, with a strongSwan of its own, so that an SA of the one is unknown
to the other. The page inside says whose it is.
"""

import contextlib
import hashlib
import re
import socket
import ssl
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from namespace import Namespace, join
from programs import VisitorGateway
from proxies import Squid
from scene import expect, expect_equal, main, promise
from servers import PAGE, PageHandler, Server
from strongswan import GATEWAY_IDENTITY, USERS, Responder
from talk import Talk
from users import PEOPLE

UNREACHABLE = 7
A, B, C = "a.example.test", "b.example.test", "c.example.test"
AT_A, AT_B, AT_DOOR = network.GATEWAY, "192.0.2.10", "192.0.2.11"
PORT_B, PORT_C = 1720, 1721
CABLE = "100.64.7.2"
PROBED_AFTER, WELL_FOR = 5, 20  # seconds: engine/reach/entry-policy.h
HERE_IS_B = "this is b\n"
A_THEN_B = f"{A}:443\nentry-points={B}:{PORT_B}"
MOVING = "an entry point before this one is well again: moving there"
STRANGE = "staying at this entry point: the gateway behind the other does not know us"
PASSWORD = USERS["alice"]
TO_GIVE_UP = 8  # seconds at least, for an entry point that says nothing


class OtherPage(PageHandler):
    def do_GET(self):  # noqa: N802 (the name is http.server's)
        self.send_response(200)
        self.send_header("Content-Length", str(len(HERE_IS_B)))
        self.end_headers()
        self.wfile.write(HERE_IS_B.encode())


class Door:
    """A TCP server at `b`'s machine that is no gateway: it answers TLS, if it is given a certificate, and hangs up,
    or takes connections and says nothing. `met` counts who came."""

    def __init__(self, machine, port, certificate=None, silent=False):
        self.met = 0
        self._silent, self._held = silent, []
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate.pem, certificate.key)
        self._socket = machine.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((AT_DOOR, port))
        self._socket.listen(16)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                stream, _ = self._socket.accept()
                self.met += 1
                if self._silent:
                    self._held.append(stream)
                else:
                    threading.Thread(target=self._answer, args=(stream,), daemon=True).start()

    def _answer(self, stream):
        with contextlib.suppress(OSError), stream:
            stream.settimeout(5)
            if self._context:
                with self._context.wrap_socket(stream, server_side=True) as inside:
                    inside.recv(4096)
                    inside.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for each in self._held:
            each.close()


class Stage:
    def __init__(self, lab):
        self.lab = lab
        self.responder_a = lab.responder().start()
        self.at_a = lab.visitor_gateway()
        self.at_c = lab.visitor_gateway(port=PORT_C)
        self.second = lab.ends(Namespace("second", lab.folder / "second"))
        self._wire_up()
        self.certificate = lab.authority.issue("b", [GATEWAY_IDENTITY], flags=("serverAuth", "ikeIntermediate"))
        self.responder_b = lab.ends(Responder(self.second, self.certificate))
        self.responder_b.trust(lab.authority.pem)
        self.responder_b.start()
        self.at_b = lab.ends(VisitorGateway(self.second, self.certificate, port=PORT_B,
                                            listen=[f"{AT_B}:{PORT_B}"])).start()  # fmt: skip
        lab.ends(Server(self.second, network.INSIDE, 80, OtherPage))
        lab.nameserver.names |= {A: [AT_A], B: [AT_B], C: [AT_A]}
        self.engine = lab.engine()
        self.alice = lab.person("alice")

    def _wire_up(self):
        hotel, second, user = self.lab.hotel, self.second, self.lab.user
        join(hotel, "uplink2", second, "outer")
        hotel.ip("addr", "add", "192.0.2.1/24", "dev", "uplink2")
        for address in (AT_B, AT_DOOR):
            second.ip("addr", "add", f"{address}/24", "dev", "outer")
        second.ip("route", "add", "default", "via", "192.0.2.1")
        # A network of its own inside, in which charon has an address of each family.
        second.ip("link", "add", "inner", "type", "veth", "peer", "name", "lan")
        for link, addresses in (("inner", ("10.1.0.1/24", "fd01::1/64")), ("lan", (f"{network.INSIDE}/32",))):
            second.ip("link", "set", link, "up")
            for address in addresses:
                second.ip("addr", "add", address, "dev", link)
        second.ip("addr", "add", "2001:db8:3::10/64", "dev", "outer")
        second.ip("route", "add", "default", "via", "2001:db8:3::1")
        for which in ("dport", "sport"):
            for port in (PORT_B, PORT_C):
                hotel.run("nft", "insert", "rule", "inet", "hotel", "forward", "tcp", which, port, "accept")
        join(user, "cable", hotel, "desk")
        user.ip("addr", "add", f"{CABLE}/24", "dev", "cable")
        hotel.ip("addr", "add", "100.64.7.1/24", "dev", "desk")
        user.ip("route", "add", "default", "via", "100.64.7.1", "dev", "cable", "metric", "900")

    def site(self, name, address, more="", tls_name=GATEWAY_IDENTITY):
        text = self.lab.site(name, address=f"{address}{more}")
        self.alice.import_site(name, text + (f"[tls]\nname={tls_name}\n" if tls_name else ""))

    def connect(self, name, check=True, seconds=40):
        return self.alice.connect(name, password=PASSWORD, check=check, seconds=seconds)

    def expect_at(self, name, host, port, page):
        """The connection stands there, and the page is that one's."""
        status = self.alice.status(name)
        expect_equal(status["state"], "connected", f"the state, with {status}")
        expect_equal(status["entry"], f"{host}:{port}", "the entry point")
        expect_equal(self.lab.fetch(f"http://{network.INSIDE}/"), page, "the page")

    def at(self, name):
        status = self.alice.status(name) or {}
        return status.get("entry", "").split(":")[0] if status.get("state") == "connected" else None

    def comes_to(self, name, host, seconds):
        """It is connected at that entry point before long; how long it took."""
        start = time.monotonic()
        wait_until(lambda: self.at(name) == host, f"the connection to come to {host}", seconds)
        return time.monotonic() - start

    def reset(self):
        reset = self.lab.network.reset_streams(443) + self.lab.network.reset_streams(PORT_B)
        expect(reset >= 1, "there was no stream to reset")

    def reconnects(self, name):
        """Resets the stream; where it is when it is back."""
        before = self.alice.status(name)["counters"]["reconnects"]
        self.reset()
        wait_until(lambda: self.at(name) and self.alice.status(name)["counters"]["reconnects"] > before,
                   "the connection to come back", 30)  # fmt: skip
        return self.at(name)

    def says(self, words):
        """How often the worker has said that."""
        return self.engine.process.output().count(words)

    def leave(self, name):
        self.alice.disconnect(name, check=False)

    @contextlib.contextmanager
    def blackholed(self, address):
        """The hotel swallows what goes there."""
        handle = ("inet", "hotel", "forward", "ip", "daddr", address, "counter", "drop")
        self.lab.hotel.run("nft", "insert", "rule", *handle)
        try:
            yield
        finally:
            listed = self.lab.hotel.run("nft", "-a", "list", "chain", "inet", "hotel", "forward").stdout
            for line in listed.splitlines():
                if f"ip daddr {address} " in line:
                    self.lab.hotel.run("nft", "delete", "rule", "inet", "hotel", "forward", "handle", line.split()[-1])


@contextlib.contextmanager
def stage():
    with Lab() as lab:
        yield Stage(lab)


@promise("the first of the list is used; when it dies the next is, another gateway, where nobody is asked anything again; "
         "the first does not know the sign-in there, which is seen once and left alone, until that is over")  # fmt: skip
def primary_backup(stage):
    stage.site("office", A_THEN_B)
    stage.connect("office")
    stage.expect_at("office", A, 443, PAGE.decode())
    stage.at_a.stop()
    try:
        fail_over_and_back(stage)
    finally:
        stage.at_a.stop()
        stage.at_a.start()
        stage.leave("office")


def fail_over_and_back(stage):
    at_a, at_b = stage.responder_a.logins(), stage.responder_b.logins()
    stage.comes_to("office", B, 40)
    stage.expect_at("office", B, PORT_B, HERE_IS_B)
    expect_equal(stage.responder_b.logins() - at_b, 1, "logins at b")
    stage.at_a.start()
    expect_equal(stage.reconnects("office"), B, "where a stream goes while the first is only just back")
    wait_until(lambda: stage.says(STRANGE) == 1, "the first to be asked", PROBED_AFTER + WELL_FOR + 40)
    stage.expect_at("office", B, PORT_B, HERE_IS_B)
    time.sleep(2 * PROBED_AFTER)
    expect_equal(stage.reconnects("office"), B, "where a stream goes while the sign-in is good")
    expect_equal(stage.says(MOVING), 1, "how often it was tried")
    expect_equal(stage.responder_b.logins() - at_b, 1, "logins at b")
    expect_equal(stage.responder_a.logins(), at_a, "logins at a")
    stage.responder_b.control("--terminate", "--ike", "eap", check=False)
    stage.comes_to("office", A, 30)
    stage.expect_at("office", A, 443, PAGE.decode())


def spis(responder):
    """Those of the IKE SAs that it has."""
    return set(re.findall(r"ESTABLISHED, IKEv2, (\w+)_i\*? (\w+)_r", responder.associations()))


@promise("before the same gateway, the first is gone back to when it has been well for a while: beside the stream that "
         "works, with the same IKE SA and without a sign-in, and a TCP connection inside goes on")  # fmt: skip
def moves_back(stage):
    others = spis(stage.responder_a)  # of promises before this one, until it misses them
    stage.site("pair", f"{A}:443\nentry-points={C}:{PORT_C}")
    stage.connect("pair")
    talk = stage.lab.ends(Talk(stage.lab.user))
    own, logins = spis(stage.responder_a) - others, stage.responder_a.logins()
    expect_equal(len(own), 1, "IKE SAs that it has made")
    talk.goes_on()
    stage.at_a.stop()
    try:
        stage.comes_to("pair", C, 40)
    finally:
        stage.at_a.start()
    began = time.monotonic()
    talk.goes_on()
    count = stage.alice.status("pair")["counters"]["reconnects"]
    stage.comes_to("pair", A, PROBED_AFTER + WELL_FOR + 60)
    took = time.monotonic() - began
    expect(took >= WELL_FOR, f"it was gone back to after {took:.1f} s already")
    stage.expect_at("pair", A, 443, PAGE.decode())
    talk.goes_on()
    expect_equal(spis(stage.responder_a) - others, own, "the IKE SA")
    expect_equal(stage.responder_a.logins(), logins, "logins")
    expect_equal(stage.alice.status("pair")["counters"]["reconnects"], count, "streams that were lost")
    wait_until(lambda: not local_addresses(stage, PORT_C), "the stream to the backup to be closed", 20)
    talk.goes_on()
    talk.end()
    stage.leave("pair")


@promise("one that is blackholed is left for the next when one connects")
def blackholed(stage):
    stage.site("hole", A_THEN_B)
    with stage.blackholed(AT_A):
        start = time.monotonic()
        stage.connect("hole")
        took = time.monotonic() - start
    stage.expect_at("hole", B, PORT_B, HERE_IS_B)
    expect(TO_GIVE_UP < took < 30, f"it took {took:.1f} s")
    stage.leave("hole")


@promise("one where TLS stands, and nobody speaks Visitor Mode, is left for the next")
def stranger(stage):
    with Door(stage.second, 443, stage.certificate) as door:
        stage.site("stranger", f"{AT_DOOR}:443\nentry-points={B}:{PORT_B}")
        stage.connect("stranger")
        stage.expect_at("stranger", B, PORT_B, HERE_IS_B)
        expect(door.met >= 1, "nobody came to the stranger")
        stage.leave("stranger")
        stage.site("only-strangers", f"{AT_DOOR}:443\nentry-points={AT_DOOR}:443")
        result = stage.connect("only-strangers", check=False)
        expect(result.returncode != 0, "a stranger was taken for a gateway")
        expect("does not speak Visitor Mode" in result.stderr, f"not said: {result.stderr}")
        stage.leave("only-strangers")


@promise("of several addresses that DNS has for one name the next is tried where TLS fails at the first")
def several_answers(stage):
    stage.lab.nameserver.names["many.example.test"] = [AT_DOOR, AT_A]
    stage.site("many", "many.example.test:443")
    with Door(stage.second, 443) as door:
        stage.connect("many")
        expect_equal(stage.alice.status("many")["gateway"], f"{AT_A}:443", "the gateway")
        expect(door.met >= 1, "nobody came to the first address")
        stage.leave("many")


@promise("the first to respond is used, be another before it whose TCP stands and who says nothing")
def first_to_respond(stage):
    stage.site("fast", f"{AT_DOOR}:80\nentry-points={B}:{PORT_B}\nentry-order=first-to-respond")
    with Door(stage.second, 80, silent=True) as door:
        start = time.monotonic()
        stage.connect("fast")
        took = time.monotonic() - start
        stage.expect_at("fast", B, PORT_B, HERE_IS_B)
        expect(took < TO_GIVE_UP, f"it took {took:.1f} s")
        expect(door.met >= 1, "nobody came to the silent one")
        met = door.met
        expect_equal(stage.reconnects("fast"), B, "where it comes back to")
        expect_equal(door.met, met, "how often the silent one was met, with a stream that came back at once")
        stage.leave("fast")


@promise("through a proxy likewise")
def first_to_respond_through_proxy(stage):
    proxy = stage.lab.ends(Squid(stage.lab.hotel, 3128))
    more = f"[tls]\nname={GATEWAY_IDENTITY}\n[proxy]\nmode=manual\nuri=http://{network.HOTEL}:3128\n"
    address = f"{AT_DOOR}:443\nentry-points={A}:443\nentry-order=first-to-respond"
    stage.alice.import_site("proxied", stage.lab.site("proxied", address=address, more=more))
    with Door(stage.second, 443, silent=True) as door:
        start = time.monotonic()
        stage.connect("proxied")
        took = time.monotonic() - start
        stage.expect_at("proxied", A, 443, PAGE.decode())
        expect(took < TO_GIVE_UP, f"it took {took:.1f} s")
        expect(door.met >= 1, "nobody came to the silent one")
        expect_equal(stage.alice.status("proxied")["proxy"], f"http://{network.HOTEL}:3128", "the proxy")
        stage.leave("proxied")
    expect(f"CONNECT {A}:443" in proxy.seen(), f"the proxy was not asked for it: {proxy.seen()}")


@promise("at random: one or the other, and the same again for as long as the connection lasts")
def random(stage):
    stage.site("dice", A_THEN_B + "\nentry-order=random")
    seen = set()
    for turn in range(14):  # both come about, but for once in 8192 runs
        stage.connect("dice")
        at = stage.at("dice")
        seen.add(at)
        if turn < 2:
            expect_equal([stage.reconnects("dice") for _ in range(2)], [at] * 2, "where it comes back to")
        stage.leave("dice")
        if turn > 0 and len(seen) == 2:
            break
    expect_equal(seen, {A, B}, "the entry points that were used")


@promise("where the site has the addresses DNS is not asked for the gateway, and the TLS name stays the site's")
def addresses(stage):
    names, asked = stage.lab.nameserver.names, stage.lab.nameserver.asked
    known = names.pop(GATEWAY_IDENTITY)
    try:
        asked.clear()
        stage.site("by-name", f"{GATEWAY_IDENTITY}:443", tls_name=None)
        result = stage.connect("by-name", check=False)
        expect_equal(result.returncode, UNREACHABLE, f"exit status, with {result.stderr}")
        expect(GATEWAY_IDENTITY in asked, "a query would not have been seen")
        stage.leave("by-name")
        asked.clear()
        stage.site("given", f"{GATEWAY_IDENTITY}:443", f"\naddresses={AT_DOOR};{AT_A}", tls_name=None)
        stage.connect("given")
        expect_equal(stage.alice.status("given")["gateway"], f"{AT_A}:443", "the gateway")
        stage.reconnects("given")
        expect_equal([each for each in asked if each == GATEWAY_IDENTITY], [], "queries for the gateway")
        stage.leave("given")
        stage.site("misnamed", f"{GATEWAY_IDENTITY}:443", f"\naddresses={AT_A}", tls_name="other.example.test")
        result = stage.connect("misnamed", check=False)
        expect(result.returncode != 0, "another name in the certificate was taken")
        expect("another name" in result.stderr or "other name" in result.stderr, f"not said: {result.stderr}")
        stage.leave("misnamed")
    finally:
        names[GATEWAY_IDENTITY] = known


def local_addresses(stage, port=443):
    """From where the streams to that port go out."""
    lines = stage.lab.user.run("ss", "-Htn", "state", "established", "dport", "=", f":{port}").stdout.splitlines()
    return {line.split()[2].rsplit(":", 1)[0].split("%")[0] for line in lines}


@promise("the interface, and the address, by which one goes out are the site's; one that there is not is named")
def way_out(stage):
    stage.site("routes", f"{A}:443")
    stage.connect("routes")
    expect_equal(local_addresses(stage), {network.USER}, "where it goes out without a word of the site's")
    stage.leave("routes")
    for key, value in (("interface", "cable"), ("source", CABLE)):
        stage.site(key, f"{A}:443", f"\n{key}={value}")
        stage.connect(key)
        expect_equal(local_addresses(stage), {CABLE}, f"where it goes out with {key}")
        expect_equal(stage.reconnects(key), A, "where it comes back to")
        expect_equal(local_addresses(stage), {CABLE}, f"where a new stream goes out with {key}")
        expect_equal(stage.lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        stage.leave(key)
    for key, value, says in (
        ("interface", "nosuch0", "does not have the network interface"),
        ("source", "198.51.100.99", "does not have the address"),
    ):
        stage.site(f"no-{key}", f"{A}:443", f"\n{key}={value}")
        result = stage.connect(f"no-{key}", check=False)
        expect_equal(result.returncode, UNREACHABLE, f"exit status, with {result.stderr}")
        expect(says in result.stderr and value in result.stderr, f"not said: {says}, {value}: {result.stderr}")
        stage.leave(f"no-{key}")


def hears(lab):
    """True if the name server answers the user's machine."""
    query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x07example\x04test\x00\x00\x01\x00\x01"
    with lab.user.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.settimeout(1)
        own.sendto(query, (network.HOTEL, 53))
        try:
            return own.recv(512)[:2] == query[:2]
        except TimeoutError:
            return False


@contextlib.contextmanager
def deaf(stage):
    """The name server hears nothing."""
    expect(hears(stage.lab), "the name server does not answer")
    rule = ("inet", "hotel", "deaf")
    stage.lab.hotel.run("nft", "add", "chain", *rule, "{ type filter hook input priority filter; }")
    stage.lab.hotel.run("nft", "add", "rule", *rule, "udp", "dport", 53, "drop")
    try:
        expect(not hears(stage.lab), "the name server still answers")
        yield
    finally:
        stage.lab.hotel.run("nft", "flush", "chain", *rule)


def goes_where_it_was(stage, name):
    start = time.monotonic()
    stage.connect(name)
    took = time.monotonic() - start
    stage.expect_at(name, A, 443, PAGE.decode())
    expect(took < TO_GIVE_UP, f"it took {took:.1f} s")
    stage.leave(name)


@promise("with the name server dead it comes back, and another connection within a day goes where the last one was")
def no_dns(stage):
    stage.site("deaf", A_THEN_B)
    stage.connect("deaf")
    with deaf(stage):
        expect_equal(stage.reconnects("deaf"), A, "where it comes back to")
        stage.leave("deaf")
        goes_where_it_was(stage, "deaf")


@promise("so does one of an engine that was started anew after the last was killed; nobody else can read what it knows, and "
         "it is gone with the site")  # fmt: skip
def killed(stage):
    stage.site("kept", f"{A}:443")
    stage.connect("kept")
    memory = stage.engine.state / "memory"
    whose = hashlib.sha256(f"{PEOPLE['alice']} {A}".encode()).hexdigest()
    fact = f"address {whose} - {AT_A} "
    wait_until(lambda: memory.exists() and fact in memory.read_text(), "the engine to write it down", 20)
    about = memory.stat()
    expect_equal((about.st_mode & 0o7777, about.st_uid), (0o600, 0), "mode and owner of the file")
    expect(A not in memory.read_text(), "the name of the gateway is in the file")
    stage.engine.kill()
    with deaf(stage):
        stage.engine.start()
        goes_where_it_was(stage, "kept")
        stage.alice.visitor("remove", "kept")
        expect(fact not in memory.read_text(), "the engine has not forgotten it")
        stage.site("kept", f"{A}:443")
        result = stage.connect("kept", check=False)
        expect_equal(result.returncode, UNREACHABLE, f"exit status, with {result.stderr}")
        stage.leave("kept")


main(stage=stage)
