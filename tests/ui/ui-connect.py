#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The window connects: passwords right and wrong, giving up, and an engine or a window that is killed."""

import contextlib
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from desktop import no_resolved
from lab import Lab, wait_until
from network import differences, snapshot
from programs import build
from scene import expect, expect_equal, main, promise
from servers import PAGE
from session import Session
from strongswan import GATEWAY_IDENTITY, USERS
from window import Window, why_no_window

PASSWORD = USERS["alice"]
REATTACHED = 15  # seconds: many times what it takes
REFUSED = "The gateway did not accept the password."
GIVEN_UP = "The network is left as it was"
NO_STREAM = "table inet hole {\n chain in {\n  type filter hook input priority 0;\n  tcp dport 443 drop\n }\n}\n"


class Stage:
    """alice at a screen in the hotel, with one site, and all that stands behind it."""

    def __init__(self, lab):
        self.lab = lab
        lab.responder().start()
        lab.visitor_gateway()
        self.engine = lab.engine()
        self.alice = lab.person("alice")
        self.session = Session(lab, self.alice).keyring().screen()
        self.before = snapshot(lab.user)
        self.window = None

    def open(self):
        """A new window, and nothing connected."""
        if self.window:
            self.window.close()
        self.alice.disconnect(check=False)
        if "office" not in self.alice.visitor("list", check=False).stdout:
            self.alice.import_site("office", self.lab.site())
        self.window = self.lab.ends(Window(self.session))
        self.window.shows("Connect", "button", "sensitive")
        return self.window

    def sign_in(self, password=PASSWORD, remember=False):
        self.window.shows("Sign in to")
        self.window.write("Password", password)
        if remember:
            self.window.click("Remember in the keyring", "check box")
        self.window.press("Sign in")

    def connect(self, **more):
        self.window.press("Connect")
        self.sign_in(**more)
        self.window.shows("Connected", "status")

    def disconnect(self):
        self.window.press("Disconnect")
        self.window.shows("Not connected")
        self.expect_clean()

    def expect_clean(self):
        wait_until(lambda: not differences(self.before, snapshot(self.lab.user)), "the machine as it was")

    def kept(self):
        """What the keyring has."""
        return "/org/freedesktop/secrets/" in self.session.secret_service("SearchItems", "{'user': 'alice'}")


@contextlib.contextmanager
def stage():
    with Lab() as lab:
        yield Stage(lab)


@promise("a wrong password is said and asked for again; the right one connects")
def passwords(stage):
    window = stage.open()
    window.press("Connect")
    stage.sign_in("wrong")
    window.shows(REFUSED)
    stage.sign_in()
    window.shows("Connected", "status")
    expect_equal(stage.lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
    for word in ("10.3.0.", "gateway.example.test", "TLS", "10.1.0.0/24"):
        window.shows(word)
    expect(not stage.kept(), "the password was kept without a yes")
    stage.disconnect()


@promise("what is remembered is not asked for again, and goes with its site")
def remembered(stage):
    window = stage.open()
    stage.connect(remember=True)
    wait_until(stage.kept, "the password in the keyring")
    stage.disconnect()
    window.press("Connect")
    window.shows("Connected", "status")
    stage.disconnect()
    window.key("Delete")
    window.shows("is removed")
    window.key("ctrl+q")
    window.process.wait()
    expect(not stage.kept(), "the password outlives its site")


@promise("connecting can be given up while it looks for the gateway, and while it signs in")
def given_up(stage):
    window = stage.open()
    stage.lab.gateway.run("nft", "-f", "-", input=NO_STREAM)
    window.press("Connect")
    window.shows("Looking for the gateway", "status")
    window.press("Cancel")
    window.shows("Not connected")
    stage.lab.gateway.run("nft", "delete", "table", "inet", "hole")

    window.press("Connect")
    window.shows("Signing in as alice", "status")
    window.shows("Sign in to")
    window.press("Cancel")
    window.gone("Sign in to")
    window.shows("Not connected")
    stage.expect_clean()


@contextlib.contextmanager
def stopped_resolver(stage):
    """systemd-resolved is in charge of the machine's names, and stands still: it answers nobody."""
    desktop = stage.alice.desktop
    plain = desktop.resolv_conf.read_text()
    resolved = stage.lab.ends(desktop.resolved())
    desktop.run("root", "resolvectl", "dns", "wifi", network.HOTEL)
    desktop.lead_to_resolved()
    wait_until(lambda: network.HOTEL in stage.lab.resolver(), "the hotel's server in resolv.conf")
    resolved.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        resolved.signal(signal.SIGCONT)
        resolved.stop()
        desktop.resolv_conf.unlink()
        desktop.resolv_conf.write_text(plain)


@promise("connecting can be given up while the network is set up, also if a resolver hangs there",
         unless=no_resolved)  # fmt: skip
def given_up_late(stage):
    window = stage.open()
    with stopped_resolver(stage):
        window.press("Connect")
        stage.sign_in()
        window.shows("Setting up the network", "status")
        start = time.monotonic()
        window.press("Cancel")
        window.shows("Not connected")
        print(f"# it was over {time.monotonic() - start:.1f} s after the click")
        expect(GIVEN_UP in stage.engine.process.output(), "the engine waited for the resolver")
        links = stage.lab.user.ip("-br", "link")
        expect("visitor" not in links, f"a device is left: {links}")
    stage.expect_clean()
    stage.connect()
    stage.disconnect()


@promise("the ways that were tried are told where the first did not lead to the gateway, in words")
def ways(stage):
    window = stage.open()
    stage.connect()
    expect(not window.has("Ways that were tried"), "the only way is told of")
    stage.disconnect()
    closed = f"{network.GATEWAY}:80"  # the hotel lets it through, and nobody listens there
    stage.alice.visitor("remove", "office")
    stage.alice.import_site("office", stage.lab.site(
        address=closed, transport=f"tls\nentry-points={GATEWAY_IDENTITY}:443", more=f"[tls]\nname={GATEWAY_IDENTITY}\n"))
    window.shows(closed)
    stage.connect()
    window.shows("Ways that were tried")
    for words in (f"{closed} over TLS", "The gateway refused the connection.", f"{GATEWAY_IDENTITY}:443 over TLS",
                  "The gateway answered."):  # fmt: skip
        window.shows(words)
    stage.disconnect()
    stage.alice.visitor("remove", "office")


@promise("a window that is killed leaves the tunnel, and shows it when it is back")
def window_killed(stage):
    window = stage.open()
    stage.connect()
    window.kill()
    expect_equal(stage.alice.state("office"), "connected", "the state without a window")
    expect_equal(stage.lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
    start = time.monotonic()
    window.start()
    shown = time.monotonic()
    window.shows("Connected", "status", seconds=REATTACHED)
    print(f"# the state was there {time.monotonic() - start:.2f} s after the start, "
          f"{time.monotonic() - shown:.2f} s after there was a window")  # fmt: skip
    stage.disconnect()


@promise("an attempt that failed because its window was killed does not greet whoever starts the next one")
def not_greeted(stage):
    window = stage.open()
    window.press("Connect")
    window.shows("Sign in to")
    window.kill()
    wait_until(lambda: stage.alice.state("office") == "failed", "the attempt to fail without its window")
    window.start()
    window.shows("Not connected")
    window.shows("Connect", "button", "sensitive")
    time.sleep(1)  # for an engine that is asked what it has
    expect(not window.has("Try again", "button"), "the old failure is shown")
    stage.connect()
    stage.disconnect()


@promise("a connection whose site is in no list is shown, also without any site, and ended")
def unlisted(stage):
    window = stage.open()
    stage.alice.connect("office", password=PASSWORD)
    window.shows("Connected", "status")
    (stage.alice.home / ".config/visitor/sites/office.conf").unlink()
    window.shows("Get out, safely")
    window.shows("Other connections")
    window.shows("office")
    window.press("Disconnect office", "push button")
    window.gone("Disconnect office")
    wait_until(lambda: not stage.alice.statuses(), "the engine to have nothing")
    stage.expect_clean()


@promise("what the command line does is seen at once, and can be ended here")
def command_line(stage):
    window = stage.open()
    stage.alice.connect("office", password=PASSWORD)
    window.shows("Connected", "status")
    stage.alice.disconnect("office")
    window.shows("Not connected")
    stage.alice.connect("office", password=PASSWORD)
    window.shows("Connected", "status")
    stage.disconnect()


@promise("the details have the log, and the diagnostics neither a user's name nor an address")
def details(stage):
    window = stage.open()
    stage.connect()
    window.press("Details")
    window.shows("Log of the connection")
    window.key("Escape")
    window.gone("Log of the connection")
    window.key("ctrl+shift+c")
    window.shows("The diagnostics are copied")
    window.key("ctrl+f")
    window.key("ctrl+v")
    wait_until(lambda: window.field("Search the sites")["text"], "the diagnostics, pasted")
    text = window.field("Search the sites")["text"]
    expect("connected" in text, f"no state in: {text}")
    inside = stage.alice.status("office")["addresses"][0].partition("/")[0]
    for word in ("alice", PASSWORD, inside, network.GATEWAY, "gateway.example.test"):
        expect(word not in text, f"{word} in: {text}")
    window.key("Escape")
    stage.disconnect()


@promise("an engine that is killed is told, and another one connects")
def engine_killed(stage):
    window = stage.open()
    stage.connect()
    stage.engine.kill()
    window.gone("Connected", "status")
    window.shows("Visitor's engine does not answer")
    stage.engine = stage.lab.engine()
    stage.connect()
    stage.disconnect()


@promise("a locked keyring is said, and the connection comes up without it")
def locked(stage):
    window = stage.open()
    stage.connect(remember=True)
    wait_until(stage.kept, "the password in the keyring")
    stage.disconnect()
    stage.session.lock_keyring()
    window.press("Connect")
    window.shows("The keyring is locked", seconds=60)
    expect(not window.has("Remember in the keyring"), "it offers a keyring that is locked")
    stage.sign_in()
    window.shows("Connected", "status")
    stage.disconnect()


if __name__ == "__main__":
    main(lambda: why_no_window(build()), stage=stage)
