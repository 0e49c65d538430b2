#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The window asks whom to trust: a gateway nobody vouches for, and a key that has changed."""

import contextlib
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from certificates import colons
from lab import Lab, wait_until
from programs import build
from scene import expect, expect_equal, main, promise
from session import Session
from strongswan import GATEWAY_IDENTITY, USERS
from window import Window, why_no_window

PASSWORD = USERS["alice"]
QUESTION = "Is this your gateway?"
WARNING = "The gateway's key has changed"


class Stage:
    """alice at a screen, whose site names nobody to believe."""

    def __init__(self, lab):
        self.lab = lab
        self.charon = lab.responder().start()
        self.relay = lab.visitor_gateway()
        self.engine = lab.engine()
        self.alice = lab.person("alice")
        self.alice.import_site("office", lab.site(named=False))
        self.session = Session(lab, self.alice).keyring().screen()
        self.window = lab.ends(Window(self.session))
        self.window.shows("Not connected")

    def shows_key(self, certificate):
        """Its fingerprint is there, in whatever lines."""
        text = "".join(re.sub(r"[\s:]", "", node["name"]) for node in self.window.nodes())
        return colons(certificate.key_sha256()).replace(":", "") in text

    def saved(self):
        return self.alice.visitor("export", "office").stdout

    def other_key(self):
        certificate = self.lab.authority.issue(
            "other", [GATEWAY_IDENTITY], flags=("serverAuth", "ikeIntermediate"))  # fmt: skip
        self.relay.process.stop()
        self.relay.use(certificate)
        self.relay.start()
        return certificate


@contextlib.contextmanager
def stage():
    with Lab() as lab:
        yield Stage(lab)


@promise("a gateway nobody vouches for is shown by its fingerprint, and a no goes nowhere")
def refused(stage):
    window = stage.window
    window.press("Connect")
    window.shows(QUESTION)
    expect(stage.shows_key(stage.lab.certificate), "the fingerprint of the key is not shown")
    expect_equal(stage.charon.logins(), 0, "logins before the yes")
    window.press("Cancel")
    window.gone(QUESTION)
    for width in ("400", "820"):
        stage.session.run("xdotool", "search", "--onlyvisible", "--name", "^Visitor$", "windowsize", "--sync",
                          width, "600")  # fmt: skip
        window.press("Connect")
        window.shows(QUESTION)
        window.key("Return")
        window.gone(QUESTION)
    window.shows("Connect", "button", "sensitive")
    expect("pins=" not in stage.saved(), "a key was kept after a no")
    expect_equal(stage.charon.logins(), 0, "logins after a no")


@promise("a yes connects, keeps the key with the site, and is not asked for again")
def trusted(stage):
    window = stage.window
    window.press("Connect")
    window.shows(QUESTION)
    window.press("Trust this gateway")
    window.shows("Sign in to")
    expect("pins=" not in stage.saved(), "a key was kept before there was a connection")
    window.write("Password", PASSWORD)
    window.press("Sign in")
    window.shows("Connected", "status")
    wait_until(lambda: "pins=sha256/" in stage.saved(), "the key in the site")
    window.press("Disconnect")
    window.shows("Not connected")
    window.press("Connect")
    window.shows("Sign in to")
    expect(not window.has(QUESTION), "it asked again")
    window.press("Cancel")
    window.shows("Not connected")


@promise("a changed key is a warning of its own, with both keys, and never a mere question")
def changed(stage):
    window = stage.window
    other = stage.other_key()
    logins = stage.charon.logins()
    window.press("Connect")
    window.press("Show keys")
    window.shows(WARNING)
    expect(not window.has(QUESTION), "the harmless question is asked")
    for name, certificate in (("old", stage.lab.certificate), ("new", other)):
        expect(stage.shows_key(certificate), f"the {name} key is not shown")
    button = window.find("Trust the new key", "button")
    expect("sensitive" not in button["states"], "the new key can be trusted without a look at it")
    window.press("Keep the old key")
    window.gone(WARNING)
    expect_equal(stage.charon.logins(), logins, "logins over a stream of a stranger")


if __name__ == "__main__":
    main(lambda: why_no_window(build()), stage=stage)
