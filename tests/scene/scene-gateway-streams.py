#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""visitor-gateway and its streams: cut, replaced, refused, starved, too many, and who gets what."""

import re
import signal
import socket
import ssl
import struct
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, LabError, wait_until
from process import keeps_what_it_frees
from programs import GATEWAY, VisitorGateway, build
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import GATEWAY_IDENTITY

STREAMS = 200
QUEUE = 64 * 1024


def counters(gateway):
    """The counters as of now, as a dict of numbers."""
    seen = gateway.process.output().count("counters:")
    gateway.process.signal(signal.SIGUSR1)
    wait_until(lambda: gateway.process.output().count("counters:") > seen, "the counters")
    line = [each for each in gateway.process.output().splitlines() if each.startswith("counters:")][-1]
    return {key: int(value) for key, value in re.findall(r"([a-z-]+)=(\d+)", line)}


def memory(gateway):
    """Resident octets."""
    status = Path(f"/proc/{gateway.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024


def reload(gateway, words):
    seen = gateway.process.output().count(words)
    gateway.process.signal(signal.SIGHUP)
    wait_until(lambda: gateway.process.output().count(words) > seen, f"'{words}'")


def ipsec_gateway(lab):
    """In the IPsec gateway's place a socket that shows what comes and answers what a test wants."""
    target = lab.gateway.socket(socket.AF_INET, socket.SOCK_DGRAM)
    target.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    target.bind(("127.0.0.1", 4500))
    target.settimeout(30)
    return target


def secure(lab, stream, **more):
    context = ssl.create_default_context(cafile=lab.authority.pem)
    return context.wrap_socket(stream, server_hostname=GATEWAY_IDENTITY, **more)


def shown_certificate(lab):
    with secure(lab, lab.user.connect(network.GATEWAY, 443)) as stream:
        return stream.getpeercert(binary_form=True)


def peer_ports(responder):
    """The UDP ports that charon knows its clients by."""
    return sorted(set(re.findall(r"remote .*?@ 127\.0\.0\.1\[(\d+)\]", responder.associations())))


def sa_init(spi, size=200):
    """An IKE_SA_INIT request as far as a relay reads it."""
    body = bytes(size)
    return struct.pack("!QQBBBBII", spi, 0, 33, 0x20, 34, 0x08, 0, 28 + len(body)) + body


def frame(body):
    return struct.pack("!H", len(body) + 2) + body


@promise("an IKE rekey changes the SPIs, and the session is still found")
def after_rekey():
    with Lab() as lab:
        responder = lab.responder().start()
        gateway = lab.visitor_gateway()
        client_end = lab.client_carrier()
        client = lab.initiator("127.0.0.1", 14500, more={"dpd_delay": "1s"}).start()
        client.connect("psk")
        before = peer_ports(responder)
        client.control("--rekey", "--ike", "psk")
        # The new SPIs travel encrypted: they are known from the first message that bears them.
        wait_until(lambda: responder.count(r"parsed INFORMATIONAL request 0 ") > 0, "one exchange of the new SA")
        lab.network.reset_streams()
        wait_until(lambda: "stream ended" in client_end.output(), "the end of the stream")
        wait_until(
            lambda: lab.user.run("ping", "-c1", "-W1", network.INSIDE, check=False).returncode == 0,
            "an answer from inside")  # fmt: skip
        expect_equal(peer_ports(responder), before, "the client's UDP ports")
        expect_equal(gateway.process.output().count("begins a session"), 1, "sessions")


@promise("visitor-gateway is restarted under a tunnel: traffic goes on, without a login")
def restarted():
    with Lab() as lab:
        responder = lab.responder().start()
        gateway = lab.visitor_gateway()
        lab.client_carrier()
        client = lab.initiator("127.0.0.1", 14500, more={"dpd_delay": "1s", "mobike": False}).start()
        client.connect("psk")
        expect_equal(gateway.stop(), 0, "exit status after SIGTERM")
        gateway.start()
        wait_until(
            lambda: lab.user.run("ping", "-c1", "-W1", network.INSIDE, check=False).returncode == 0,
            "an answer from inside")  # fmt: skip
        expect_equal(responder.logins(), 1, "logins")


@promise("SIGHUP shows a new certificate while streams stay; a broken one changes nothing and is said")
def new_certificate():
    with Lab() as lab:
        responder = lab.responder().start()
        gateway = lab.visitor_gateway()
        lab.client_carrier()
        lab.initiator("127.0.0.1", 14500).start().connect("psk")
        old = shown_certificate(lab)
        gateway.use(lab.authority.issue("renewed", [GATEWAY_IDENTITY]))
        reload(gateway, "Reloaded configuration and certificate")
        new = shown_certificate(lab)
        expect(new != old, "the old certificate is still shown")
        (gateway.folder / "tls.pem").write_text("-----BEGIN CERTIFICATE-----\nnonsense\n")
        reload(gateway, "Reload failed, configuration and certificate stay as they were:")
        expect_equal(shown_certificate(lab), new, "the certificate after a broken one")
        gateway.use(lab.certificate)
        (gateway.folder / "tls.key").write_bytes(lab.authority.key.read_bytes())
        reload(gateway, "Reload failed, configuration and certificate stay as they were:")
        expect_equal(shown_certificate(lab), new, "the certificate after a key of another")
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page after it all")
        expect_equal(responder.logins(), 1, "logins")
        expect_equal(gateway.process.output().count("begins a session"), 1, "sessions")


@promise("an address that is not there ends the start with the known line")
def no_such_address():
    with Lab() as lab:
        for number, listen in enumerate(("192.0.2.77:443", "[2001:db8:77::1]:8443")):
            gateway = VisitorGateway(lab.gateway, lab.certificate, listen=[listen], port=number + 1)
            try:
                gateway.start()
            except LabError:
                pass
            expect_equal(gateway.process.wait(), 1, f"exit status for {listen}")
            expect_equal(
                gateway.process.output(),
                f"Visitor Mode Server failed to bind to {listen} (either port was already taken or "
                "the IP address does not exist)\n",
                "the log")  # fmt: skip


@promise("a web browser gets an answer, and what is neither TLS nor IKETCP is closed")
def not_ours():
    with Lab() as lab:
        gateway = lab.visitor_gateway()
        for words in ([f"http://{network.GATEWAY}:443/"], ["-k", f"https://{network.GATEWAY}/"]):
            answer = lab.user.run("curl", "-sS", "-i", "--http1.1", *words).stdout
            expect("400 Bad Request" in answer and "not a web server" in answer, f"curl got {answer!r}")
        for greeting in (b"SSH-2.0-x\r\n", b"\0\0\0\0", b"IKETCX\0\2", b"IKETCP\0\1", b"IKETCP\0\0\0\0"):
            with lab.user.connect(network.GATEWAY, 443) as stream:
                stream.sendall(greeting)
                try:
                    expect_equal(stream.recv(1000)[:4] in (b"", b"HTTP"), True, f"end after {greeting}")
                except ConnectionResetError:
                    pass
        wait_until(lambda: counters(gateway)["sessions"] == 0, "no session")
        expect(gateway.process.is_alive(), "the gateway died")


@promise("no octet of a client says where datagrams go, and nobody gets another's packets")
def no_cross_talk():
    with Lab() as lab:
        gateway = lab.visitor_gateway()
        target = ipsec_gateway(lab)
        streams, ports = [], []
        for number in range(3):
            stream = lab.user.connect(network.GATEWAY, 443)
            stream.sendall(b"IKETCP" + frame(bytes(4) + sa_init(0x1111 * (number + 1))))
            data, sender = target.recvfrom(65536)
            expect_equal(data[4:12], struct.pack("!Q", 0x1111 * (number + 1)), "what came out")
            streams.append(stream)
            ports.append(sender)
        expect_equal(len(set(ports)), 3, "UDP sockets")
        # The second names the first one's SPI, with a response's SPI of its own invention.
        thief = struct.pack("!QQBBBBII", 0x1111, 0x9999, 46, 0x20, 37, 0x08, 1, 28)
        streams[1].sendall(frame(bytes(4) + thief))
        expect_equal(target.recvfrom(65536)[1], ports[1], "the thief's port")
        for port, word in zip(ports, (b"esp to the first", b"esp to the second", b"esp to the third")):
            target.sendto(word, port)
        for stream, word in zip(streams, (b"esp to the first", b"esp to the second", b"esp to the third")):
            stream.settimeout(30)
            expect_equal(stream.recv(1000), frame(word), "what came back")
        stranger = lab.gateway.socket(socket.AF_INET, socket.SOCK_DGRAM)
        stranger.sendto(b"spoofed by another", ports[0])
        streams[0].settimeout(0.5)
        try:
            raise LabError(f"a stranger's datagram got through: {streams[0].recv(100)}")
        except TimeoutError:
            pass
        streams[2].sendall(frame(b"\xff") + frame(b"") + frame(b"abc") + frame(b"12345678 an ESP packet"))
        expect_equal(target.recvfrom(65536)[0], b"12345678 an ESP packet", "what follows a keepalive")
        late = lab.user.connect(network.GATEWAY, 443)
        late.sendall(b"IKETCP" + frame(b"12345678 ESP before IKE"))
        wait_until(lambda: counters(gateway)["esp-before-ike"] == 1, "the drop to be counted")
        for each in (*streams, late, target, stranger):
            each.close()


@promise("a half-open SA is found again by the same request, and by no other with its SPI")
def half_open():
    with Lab() as lab:
        lab.visitor_gateway()
        target = ipsec_gateway(lab)
        ports = []
        for message in (sa_init(0x77), sa_init(0x77), sa_init(0x77, size=204)):
            with lab.user.connect(network.GATEWAY, 443) as stream:
                stream.sendall(b"IKETCP" + frame(bytes(4) + message))
                ports.append(target.recvfrom(65536)[1])
        expect_equal(ports[1], ports[0], "the port of the same request again")
        expect(ports[2] != ports[0], "another request with the same SPI got into the session")
        target.close()


@promise("200 streams at once; clients that do not read cost a bounded queue each")
def many():
    with Lab() as lab:
        gateway = lab.visitor_gateway(limits={"max-streams": STREAMS, "max-streams-per-address": STREAMS})
        target = ipsec_gateway(lab)
        streams, ports = [], []
        for number in range(STREAMS):
            stream = secure(lab, lab.user.connect(network.GATEWAY, 443))
            stream.sendall(b"IKETCP" + frame(bytes(4) + sa_init(number + 1)))
            ports.append(target.recvfrom(65536)[1])
            streams.append(stream)
        expect_equal(len(set(ports)), STREAMS, "UDP sockets")
        try:
            one_more = lab.user.connect(network.GATEWAY, 443)
            one_more.settimeout(30)
            expect_equal(one_more.recv(1), b"", "what the one too many gets")
        except ConnectionResetError:
            pass
        quiet = memory(gateway)
        packet = b"12345678" + bytes(1300)
        for _ in range(800):  # 1 MB for each of 200
            for port in ports:
                target.sendto(packet, port)
        wait_until(lambda: counters(gateway)["esp-queue-full"] > 0, "a full queue")
        grown = memory(gateway) - quiet
        if not keeps_what_it_frees(gateway.process.pid):
            expect(grown < STREAMS * (QUEUE + 48 * 1024) + (8 << 20), f"{grown} octets for {STREAMS} queues")
        # A message of IKE still has its place.
        before = counters(gateway)["ike-queue-full"]
        answer = struct.pack("!QQBBBBII", 1, 5, 33, 0x20, 34, 0x20, 0, 28)
        target.sendto(bytes(4) + answer, ports[0])
        expect_equal(counters(gateway)["ike-queue-full"], before, "IKE messages dropped")
        print(f"# {quiet >> 10} KiB quiet, {grown >> 10} KiB more with every queue full")
        for each in (*streams, target):
            each.close()
        wait_until(lambda: counters(gateway)["detached"] == STREAMS, "the end of all streams")


@promise("no file descriptor left: those who are in stay, and the program does not spin")
def exhausted():
    with Lab() as lab:
        gateway = VisitorGateway(lab.gateway, lab.certificate)
        gateway.process = lab.ends(
            lab.gateway.start("visitor-gateway", "prlimit", "--nofile=24:24",
                              build() / GATEWAY, "--config", gateway.config))  # fmt: skip
        gateway.process.wait_for_output("Listening on")
        streams = []
        for _ in range(60):
            streams.append(lab.user.connect(network.GATEWAY, 443))
        gateway.process.wait_for_output("No new streams for a second")

        def ticks():
            words = Path(f"/proc/{gateway.process.pid}/stat").read_text(encoding="ascii").split()
            return int(words[13]) + int(words[14])

        before = ticks()
        time.sleep(2)
        expect(ticks() - before < 100, "it is busy with nothing")  # of 200 that it could have had
        for each in streams:
            each.close()
        wait_until(lambda: "400" in lab.user.run(
            "curl", "-s", "-i", "-m", "2", f"http://{network.GATEWAY}:443/", check=False).stdout,
            "an answer after the others left")  # fmt: skip


if __name__ == "__main__":
    main()
