# SPDX-License-Identifier: GPL-2.0-or-later
"""The programs under test, from the folder where meson built them ($VISITOR_BUILD, or build/)."""

import json
import os
import shutil
from pathlib import Path

import network
from process import LabError, wait_until
from strongswan import GATEWAY_IDENTITY
from terminal import Terminal
from users import SERVICES, home_of, own_etc

ROOT = Path(__file__).resolve().parents[2]

GATEWAY = "engine/gateway/visitor-gateway"
ENGINE = "engine/service/visitor-engine"
TUNNEL = "engine/tunnel/visitor-tunnel"
CLIENT = "app/cli/visitor"
GUI = "app/gtk/visitor-gui"
ENGINE_NAME = "org.visitorvpn.Engine"


def build():
    return Path(os.environ.get("VISITOR_BUILD", ROOT / "build"))


class VisitorGateway:
    """visitor-gateway before a responder, on the same machine unless `target` says another.

    plain: also takes streams without TLS. limits: keys of its group [limits].
    """

    def __init__(self, machine, certificate, *, port=443, plain=True, limits=None, listen=None,
                 target="127.0.0.1:4500"):  # fmt: skip
        own_etc(machine)
        self.machine = machine
        self.folder = machine.folder / f"visitor-gateway-{port}"
        self.folder.mkdir()
        self.process = None
        self.config = self.folder / "gateway.conf"
        self.use(certificate)
        listen = listen or [f"{network.GATEWAY}:{port}", f"[{network.GATEWAY6}]:{port}"]
        lines = ["[gateway]", f"listen={';'.join(listen)}", f"target={target}",
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

    def stop(self):
        return self.process.stop() if self.process else None


class Engine:
    """visitor-engine on the bus of a Desktop."""

    def __init__(self, desktop):
        self.desktop = desktop
        self.state = desktop.folder / "state"
        self.process = None

    def start(self, *more):
        self.process = self.desktop.start(
            "root", "visitor-engine", self.desktop.build / ENGINE, "--state-dir", self.state,
            "--tunnel-program", self.desktop.build / TUNNEL, "--tunnel-user", "visitor-tunnel",
            "--resolv-conf", "/etc/resolv.conf", "--idle-timeout", "0", "--debug", *more)  # fmt: skip

        def ready():
            if not self.process.is_alive():
                raise LabError(f"visitor-engine ended: {self.process.output()}")
            return self.desktop.has_name(ENGINE_NAME)

        wait_until(ready, "visitor-engine on the bus")
        return self

    def workers(self):
        """The process ids of its workers."""
        return children_named(self.process.pid, Path(TUNNEL).name)

    def kill(self):
        """SIGKILL, and the bus has noticed."""
        self.process.kill()
        wait_until(lambda: not self.desktop.has_name(ENGINE_NAME), "the bus to lose the engine")

    def stop(self):
        return self.process.stop() if self.process else None


class Person:
    """Somebody at the user's machine, who has the command line client."""

    def __init__(self, desktop, name):
        self.desktop = desktop
        self.name = name
        self.home = home_of(desktop.machine, name)
        self.said = ""

    def visitor(self, *words, password=None, check=True, timeout=60):
        """Runs `visitor` to its end. A password goes in through file descriptor 0."""
        more = {} if password is None else {"input": password}
        return self.desktop.run(
            self.name, self.desktop.build / CLIENT, *words, check=check, timeout=timeout, **more)

    def start(self, *words, password=None):
        """Starts `visitor`, say to monitor; a Process."""
        more = {}
        if password is not None:
            more["stdin"] = self.home / "password"
            more["stdin"].write_text(password)
        return self.desktop.start(
            self.name, "visitor", self.desktop.build / CLIENT, *words, **more)  # fmt: skip

    def terminal(self, *words, session=None):
        """`visitor` on a terminal of its own; a Terminal. session: more environment."""
        environment = self.desktop.environment(self.name) | (session or {})
        return Terminal(self.desktop.machine.command(
            self.desktop.build / CLIENT, *words, user=self.name, env=environment))  # fmt: skip

    def import_site(self, name, text):
        path = self.home / f"{name}.conf"
        path.write_text(text)
        path.chmod(0o644)
        return self.visitor("import", path)

    def connect(self, site, password=None, check=True, seconds=40):
        words = ["connect", site]
        if password is not None:
            words += ["--password-fd", "0"]
        return self.visitor(*words, password=password, check=check, timeout=seconds)

    def disconnect(self, *site, check=True):
        return self.visitor("disconnect", *site, check=check)

    def rekey(self, *options):
        """Asks for new keys of the only connection."""
        return self.visitor("rekey", *options)

    def statuses(self):
        """What `visitor status --json` says, a list of connections."""
        return json.loads(self.visitor("status", "--json").stdout)["connections"]

    def status(self, site):
        """The status of one connection; None if there is none."""
        return next((each for each in self.statuses() if site in (each["site"], each["name"])), None)

    def state(self, site):
        status = self.status(site)
        return status["state"] if status else None


def site_conf(name, ca, *, address=f"{GATEWAY_IDENTITY}:443", method="eap-mschapv2", user="alice",
              transport="tls", identity=GATEWAY_IDENTITY, site="", gateway="", more=""):  # fmt: skip
    """The text of a site. ca: the PEM text of the authority for both TLS and IKE, or None.

    site, gateway: more lines of these groups; more: what follows the group [sign-in].
    """
    inline = "ca=" + ca.strip().replace("\n", "\\n") + "\n" if ca else ""
    return (
        f"[site]\nname={name}\naddress={address}\ntransport={transport}\n{site}"
        f"[gateway]\nidentity={identity}\n{inline}{gateway}"
        f"[sign-in]\nmethod={method}\nuser={user}\n{more}"
    )


def children_named(parent, name):
    """Ids of the children of a process whose program has this name."""
    found = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        for child in (task / "children").read_text().split():
            try:
                if os.path.basename(os.readlink(f"/proc/{child}/exe")) == name:
                    found.append(int(child))
            except FileNotFoundError:
                pass
    return found
