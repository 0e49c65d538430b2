# SPDX-License-Identifier: GPL-2.0-or-later
"""Small servers in threads of the scene, on sockets of the lab's machines."""

import http.server
import selectors
import shutil
import socket
import socketserver
import ssl
import struct
import tempfile
import threading
from pathlib import Path

import network
from process import LabError, wait_until
from users import own_etc

PAGE = b"<h1>The protected page</h1>\n"


def listen(machine, host, port):
    """A listening TCP socket of a machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = machine.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind((host, port))
    listener.listen(64)
    return listener


class PageHandler(http.server.BaseHTTPRequestHandler):
    """GET / is PAGE; GET /bytes/N is N octets, each the low octet of its index."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802 (the name is http.server's)
        if self.path.startswith("/bytes/"):
            size = int(self.path.rsplit("/", 1)[1])
            body = (bytes(range(256)) * (size // 256 + 1))[:size]
        elif self.path == "/":
            body = PAGE
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Keeps the scene's output for the scene."""


class EchoHandler(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while data := self.request.recv(65536):
                self.request.sendall(data)
        except OSError:
            pass


class Server:
    """A threading server of any handler; `certificate` makes it speak TLS."""

    def __init__(self, machine, host, port, handler, certificate=None):
        kind = http.server.ThreadingHTTPServer if handler is PageHandler else Threaded
        self.server = kind((host, port), handler, bind_and_activate=False)
        self.server.socket.close()
        self.server.socket = listen(machine, host, port)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.pem, certificate.key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.handle_error = lambda *_: None
        threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True).start()

    def end(self):
        self.server.shutdown()
        self.server.server_close()


class Threaded(socketserver.ThreadingTCPServer):
    daemon_threads = True


class Nginx:
    """nginx on port 443 of a machine, with TLS if it is given a certificate."""

    def __init__(self, machine, certificate=None):
        own_etc(machine)
        folder = machine.folder / "nginx"
        folder.mkdir()
        listen, tls = f"{network.GATEWAY}:443", ""
        if certificate:
            listen += " ssl"
            tls = f"ssl_certificate {certificate.pem}; ssl_certificate_key {certificate.key};"
        temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{name}_temp_path {folder}/{name};" for name in temporary)
        (folder / "nginx.conf").write_text(
            f"daemon off; master_process off; user root; pid {folder}/pid; error_log stderr;"
            f"events {{}} http {{ access_log off; {paths} server {{"
            f"listen {listen}; {tls} return 200; }} }}\n"
        )
        self.process = machine.start("nginx", "nginx", "-e", "stderr", "-c", folder / "nginx.conf")
        wait_until(lambda: listens(machine, self.process, f"{network.GATEWAY}:443"), "nginx")

    def end(self):
        self.process.stop()


class Haproxy:
    """haproxy, which passes on what comes in.

    chain: it is the TLS server, with what PEM files have; staple: a response that it shows with them.
    conditions: lines on what it takes.
    """

    def __init__(self, machine, listen, target, *chain, staple=None, conditions=()):
        folder = Path(tempfile.mkdtemp(prefix="haproxy-", dir=machine.folder))
        pem = folder / "tls.pem"
        pem.write_text("".join(path.read_text() for path in chain))
        if staple:
            shutil.copy(staple, folder / "tls.pem.ocsp")
        more = "".join(f" {line}\n" for line in conditions)
        (folder / "haproxy.cfg").write_text(
            "defaults\n mode tcp\n timeout connect 5s\n timeout client 1h\n timeout server 1h\n"
            f"listen one\n bind {listen}{f' ssl crt {pem}' if chain else ''}\n{more} server one {target}\n"
        )
        self.process = machine.start("haproxy", "haproxy", "-db", "-f", folder / "haproxy.cfg")
        wait_until(lambda: listens(machine, self.process, listen), "haproxy")

    def end(self):
        self.process.stop()


def listens(machine, process, address):
    if not process.is_alive():
        raise LabError(f"{process.name} ended: {process.output()}")
    return f" {address} " in machine.run("ss", "-Hltn").stdout


class NameServer:
    """Answers A and AAAA from a dict of name to addresses, everything else with NXDOMAIN.

    `asked` holds each name that was asked for.
    """

    def __init__(self, machine, addresses, names):
        self.names = names
        self.asked = []
        self._sockets = []
        self._selector = selectors.DefaultSelector()
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            own = machine.socket(family, socket.SOCK_DGRAM)
            own.bind((address, 53))
            self._sockets.append(own)
            self._selector.register(own, selectors.EVENT_READ)
        self._running = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while self._running:
            for key, _ in self._selector.select(0.2):
                query, sender = key.fileobj.recvfrom(4096)
                try:
                    key.fileobj.sendto(self._answer(query), sender)
                except (OSError, IndexError, struct.error):
                    pass

    def _answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
            at += query[at] + 1
        name = ".".join(labels).lower()
        (kind,) = struct.unpack_from("!H", query, at + 1)
        question = query[12 : at + 5]
        self.asked.append(name)
        family = {1: socket.AF_INET, 28: socket.AF_INET6}.get(kind)
        known = self.names.get(name)
        answers = b""
        count = 0
        for address in known or []:
            if family == (socket.AF_INET6 if ":" in address else socket.AF_INET):
                packed = socket.inet_pton(family, address)
                answers += struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(packed)) + packed
                count += 1
        flags = 0x8180 if known is not None else 0x8183
        return query[:2] + struct.pack("!HHHHH", flags, 1, count, 0, 0) + question + answers

    def end(self):
        self._running = False
        self._thread.join(2)
        self._selector.close()
        for each in self._sockets:
            each.close()
