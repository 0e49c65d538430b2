# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab: a hotel, an IPsec gateway behind it, and a network worth reaching.

    with Lab() as lab:
        lab.responder().start()
        lab.carrier()
        ...

Everything that a lab starts, it ends, by process id, in reverse order, also after an exception or
Ctrl-C; if the scene fails, the end of every log is printed first. Needs root.
"""

import os
import re
import shutil
import signal
import sys
import tempfile
import traceback
from pathlib import Path

import network
from certificates import Authority
from desktop import Desktop
from network import Network
from programs import Engine, Person, VisitorGateway, build, site_conf
from process import PATIENCE, LabError, wait_until
from servers import EchoHandler, NameServer, PageHandler, Server
from strongswan import GATEWAY_IDENTITY, Initiator, Responder

CARRIER = Path(__file__).with_name("carrier.py")
INSIDE_NAME = "www.corp.example.test"
LOG_TAIL = 60
SANITIZER = re.compile(r"ERROR: (Address|Leak)Sanitizer|: runtime error: ")


def why_not():
    """Why no lab can be had on this machine, or None."""
    if os.geteuid() != 0:
        return "needs root, for network namespaces"
    if not Path("/dev/net/tun").exists():
        return "needs /dev/net/tun"
    for tool in ("ip", "nft", "nsenter", "unshare", "setpriv", "pki", "swanctl", "ss"):
        if not shutil.which(tool):
            return f"needs {tool}"
    return None


class Lab:
    """The machines of network.py, certificates, the protected servers, and what a scene adds."""

    def __init__(self):
        self._old_term = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        self.folder = Path(tempfile.mkdtemp(prefix="visitor-lab-"))
        self.folder.chmod(0o755)
        self._at_end = []
        self._desktop = None
        try:
            self._set_up()
        except BaseException:
            self._tear_down(failed=True)
            raise

    def _set_up(self):
        self.network = self.ends(Network(self.folder))
        self.user, self.hotel = self.network.user, self.network.hotel
        self.gateway, self.inside = self.network.gateway, self.network.inside
        self.authority = Authority(self.folder / "pki", "Lab CA")
        self.certificate = self.authority.issue(
            "gateway", [GATEWAY_IDENTITY, network.GATEWAY, network.GATEWAY6],
            flags=("serverAuth", "ikeIntermediate"))  # fmt: skip
        self.nameserver = self.ends(
            NameServer(
                self.hotel,
                [network.HOTEL, network.HOTEL6],
                {GATEWAY_IDENTITY: [network.GATEWAY], "both.example.test": [network.GATEWAY6, network.GATEWAY]},
            )
        )
        self.inside_nameserver = self.ends(
            NameServer(
                self.inside,
                [network.INSIDE, network.INSIDE6],
                {INSIDE_NAME: [network.INSIDE, network.INSIDE6]},
            )
        )
        self.ends(Server(self.inside, "::", 80, PageHandler))
        self.ends(Server(self.inside, "::", 7, EchoHandler))

    def ends(self, thing):
        """Sees to it that thing.end() or .stop() is called at the end; returns the thing."""
        self._at_end.append(thing)
        return thing

    def desktop(self):
        """Users, system bus and polkit on the user's machine; made when first asked for."""
        if self._desktop is None:
            self._desktop = self.ends(Desktop(self.user, build()))
        return self._desktop

    def engine(self, *more):
        """visitor-engine on the user's machine, running."""
        return self.ends(Engine(self.desktop())).start(*more)

    def person(self, name="alice"):
        return Person(self.desktop(), name)

    def site(self, name="office", *, named=True, **keys):
        """The text of a site whose gateway is this lab's; named: its CA is in the site."""
        return site_conf(name, self.authority.pem.read_text() if named else None, **keys)

    def other_authority(self):
        return Authority(self.folder / f"pki-{len(self._at_end)}", "Another CA")

    def responder(self, certificate=None, **knobs):
        """A strongSwan Responder on the gateway, not yet started."""
        responder = Responder(self.gateway, certificate or self.certificate, **knobs)
        responder.trust(self.authority.pem)
        return self.ends(responder)

    def visitor_gateway(self, certificate=None, **knobs):
        """Our gateway before the responder, listening; see programs.VisitorGateway."""
        gateway = self.ends(VisitorGateway(self.gateway, certificate or self.certificate, **knobs))
        return gateway.start()

    def initiator(self, address, port, **knobs):
        return self.ends(Initiator(self.user, self.authority, address=address, port=port, **knobs))

    def carrier(self, certificate=None, plain=False, port=443):
        """The independent carrier before the responder; a Process that waits for streams."""
        certificate = certificate or self.certificate
        words = ["serve", "--listen", f"{network.GATEWAY}:{port}", "--to", "127.0.0.1:4500"]
        words += ["--plain"] if plain else ["--cert", certificate.pem, "--key", certificate.key]
        return self._carry(self.gateway, "carrier", words)

    def client_carrier(self, plain=False, port=443):
        """The client's end of it, on the user's machine, UDP 127.0.0.1:14500."""
        words = ["join", "--listen", "127.0.0.1:14500", "--to", f"{network.GATEWAY}:{port}"]
        words += ["--plain"] if plain else ["--ca", self.authority.pem, "--name", GATEWAY_IDENTITY]
        return self._carry(self.user, "carrier", words)

    def _carry(self, machine, name, words):
        process = self.ends(machine.start(name, sys.executable, "-B", CARRIER, *words))
        process.wait_for_output("carrier: ready")
        return process

    def resolver(self):
        """What resolv.conf says on the user's machine."""
        return self.user.run("cat", "/etc/resolv.conf").stdout

    def fetch(self, url, user=None, seconds=PATIENCE):
        """What the user's machine gets from an address, as text; LabError if it gets nothing."""
        return self.user.run("curl", "-sSfg", "--max-time", seconds, url, user=user).stdout

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        findings = self._stop_all() if kind is None else []
        self._tear_down(failed=findings != [] or (kind is not None and issubclass(kind, Exception)))
        if findings:
            raise LabError(f"a sanitizer found something: {findings}")

    def _stop_all(self):
        """Ends what was started, and returns what sanitizers have said in the logs, to the end."""
        self._end_things()
        texts = (log.read_text(errors="replace") for log in self.folder.rglob("*.log"))
        return [line for text in texts for line in text.splitlines() if SANITIZER.search(line)]

    def _tear_down(self, failed):
        if failed:
            self.print_logs()
        self._end_things()
        if os.environ.get("VISITOR_LAB_KEEP"):
            print(f"# kept: {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        signal.signal(signal.SIGTERM, self._old_term)

    def _end_things(self):
        """In reverse order; each once."""
        things, self._at_end = self._at_end, []
        for thing in reversed(things):
            try:
                (thing.end if hasattr(thing, "end") else thing.stop)()
            except Exception:  # the others must still be ended
                traceback.print_exc()

    def print_logs(self):
        """The end of every log of the lab, on standard error."""
        for log in sorted(self.folder.rglob("*.log")):
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            if lines:
                print(f"# ---- {log.relative_to(self.folder)}", file=sys.stderr)
                for line in lines[-LOG_TAIL:]:
                    print(f"#   {line}", file=sys.stderr)


__all__ = ["Lab", "LabError", "wait_until", "why_not", "INSIDE_NAME"]
