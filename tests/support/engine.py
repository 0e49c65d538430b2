# SPDX-License-Identifier: GPL-2.0-or-later
"""visitor-engine on the lab's system bus, with a worker that does what the site's name says."""

import re

from desktop import SERVICES_FOLDER
from process import PATIENCE, wait_until
from programs import ENGINE, build

BUS_NAME = "org.visitorvpn.Engine"
ENGINE_PATH = "/org/visitorvpn/Engine"
NO_OPTIONS = "{}"
NOBODY = "/org/visitorvpn/Nobody"

SITE = """[site]
name={script}
address={address}
[sign-in]
method=eap-mschapv2
user=alice
"""


class Engine:
    """The engine of one desktop. `worker` is what it starts; None is the installed one."""

    def __init__(self, desktop, *options, worker="tests/scene/scripted-worker"):
        self.desktop = desktop
        self.options = ["--state-dir", "/run/visitor-state", "--debug", *options]
        if worker:
            self.options += ["--tunnel-program", desktop.build / worker]
        self.process = None
        self.sites = 0

    def start(self, *before):
        """before: words of a command line that runs the engine's own."""
        self.process = self.desktop.start(
            "root", "visitor-engine", *before, self.desktop.build / ENGINE, *self.options
        )
        wait_until(lambda: self.has_name() or not self.process.is_alive(), "the engine's bus name")
        return self

    def activate(self):
        """Lets the bus start the engine by the activation file that is installed."""
        text = (build() / "data" / "org.visitorvpn.Engine.service").read_text()
        command = " ".join(str(word) for word in [self.desktop.build / ENGINE, *self.options])
        text = re.sub(r"^Exec=.*$", f"Exec={command}", text, flags=re.MULTILINE)
        self.desktop.run("root", "tee", f"{SERVICES_FOLDER}/{BUS_NAME}.service", input=text)
        self.desktop.call("root", "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus.ReloadConfig")  # fmt: skip

    def has_name(self):
        return self.desktop.has_name(BUS_NAME)

    def replay(self):
        """What an engine does that was started to put the network back."""
        return self.desktop.run(
            "root", self.desktop.build / ENGINE, *self.options, "--replay-only", check=False
        )

    def call(self, user, method, *arguments, path=ENGINE_PATH):
        return self.desktop.call(user, BUS_NAME, path, f"org.visitorvpn.{method}", *arguments)

    def connect(self, user, script, address="vpn.example.test"):
        """Calls Connect without an agent; the CompletedProcess."""
        site = SITE.format(script=script, address=address)
        return self.call(user, "Engine1.Connect", site, NOBODY, NO_OPTIONS)

    def connected(self, user, script, **more):
        """The path of a new connection that must have been let through."""
        answer = self.connect(user, script, **more)
        assert answer.returncode == 0, answer.stderr
        return re.search(r"'(/\S+)'", answer.stdout)[1]

    def status(self, path, user="root"):
        """The status as text; empty when the connection is gone or closed to the user."""
        return self.call(user, "Connection1.GetStatus", path=path).stdout

    def state(self, path):
        found = re.search(r"'state': <'([a-z-]+)'>", self.status(path))
        return found[1] if found else "gone"

    def wait_for_state(self, path, state, seconds=PATIENCE):
        wait_until(lambda: self.state(path) == state, f"{path}: {state}", seconds)

    def error(self, path):
        """The error's name and detail of a connection that failed."""
        self.wait_for_state(path, "failed")
        status = self.status(path)
        detail = re.search(r"'error-detail': <['\"](.*?)['\"]>", status)[1]
        return re.search(r"'error': <'(\w+)'>", status)[1], detail

    def caller(self, user, script, password=None, strand=0):
        """Starts a program that connects with an agent, and stays. strand: that often before, with a question
        for a password that is never answered."""
        self.sites += 1
        site = self.desktop.folder / f"site-{self.sites}.conf"
        site.write_text(SITE.format(script=script, address="vpn.example.test"))
        words = [self.desktop.build / "tests/scene/engine-caller", site]
        if strand:
            words[1:1] = ["--strand", strand]
        if password:
            secret = self.desktop.folder / f"password-{self.sites}"
            secret.write_text(password)
            words.append(secret)
        return self.desktop.start(user, "engine-caller", *words)

    def workers(self):
        """The process ids of the engine's workers."""
        found = self.desktop.run("root", "pgrep", "-P", str(self.pid()), check=False).stdout
        return [int(word) for word in found.split()]

    def pid(self):
        """The engine's own process id: it takes the place of the lab's wrapper."""
        return self.process.pid

    def stop(self):
        return self.process.stop(15) if self.process else None
