# SPDX-License-Identifier: GPL-2.0-or-later
"""The programs under test, from the folder where meson built them ($VISITOR_BUILD, or build/)."""

import os
import shutil
import signal
from pathlib import Path

import network
from process import wait_until
from users import SERVICES, own_etc

ROOT = Path(__file__).resolve().parents[2]

GATEWAY = "engine/gateway/visitor-gateway"
ENGINE = "engine/service/visitor-engine"
TUNNEL = "engine/tunnel/visitor-tunnel"
CLIENT = "app/cli/visitor"


def build():
    return Path(os.environ.get("VISITOR_BUILD", ROOT / "build"))


class VisitorGateway:
    """visitor-gateway before a responder on the same machine.

    plain: also takes streams without TLS. limits: keys of its group [limits].
    """

    def __init__(self, machine, certificate, *, port=443, plain=True, limits=None, listen=None):
        own_etc(machine)
        self.machine = machine
        self.folder = machine.folder / f"visitor-gateway-{port}"
        self.folder.mkdir()
        self.process = None
        self.config = self.folder / "gateway.conf"
        self.use(certificate)
        listen = listen or [f"{network.GATEWAY}:{port}", f"[{network.GATEWAY6}]:{port}"]
        lines = ["[gateway]", f"listen={';'.join(listen)}", "target=127.0.0.1:4500",
                 f"certificate={self.folder}/tls.pem", f"key={self.folder}/tls.key",
                 f"plain-streams={str(plain).lower()}", "[limits]"]  # fmt: skip
        lines += [f"{key}={value}" for key, value in (limits or {}).items()]
        self.config.write_text("\n".join(lines) + "\n")

    def use(self, certificate):
        """The certificate that it shows from its next start or reload on."""
        shutil.copy(certificate.pem, self.folder / "tls.pem")
        shutil.copy(certificate.key, self.folder / "tls.key")
        number = SERVICES["visitor-gateway"]
        os.chown(self.folder / "tls.key", number, number)

    def start(self):
        program = build() / GATEWAY
        self.process = self.machine.start(
            "visitor-gateway", program, "--config", self.config, "--debug")  # fmt: skip
        self.process.wait_for_output("Listening on")
        return self

    def reload(self):
        self.process.signal(signal.SIGHUP)
        wait_until(lambda: "eload" in self.process.output(), "the reload")

    def stop(self):
        return self.process.stop() if self.process else None
