#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The window in a hotel that wants a sign-in on its web page, with a browser that reads what it is sent to."""

import contextlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from portal import PAGE as PORTAL_PAGE
from portal import WELCOME, Portal
from programs import build
from scene import expect, expect_equal, main, promise
from servers import PAGE
from session import Session
from strongswan import GATEWAY_IDENTITY, USERS
from window import Window, why_no_window

URL = f"{PORTAL_PAGE}?from={GATEWAY_IDENTITY}"
WAITING = "Waiting for you to sign in to this network"
SENTENCE = "This network wants you to sign in on a web page first."
ENCLOSED = "The tunnel keeps your browser inside."
BUTTON = "Open sign-in page"
SCRIPT = '#!/bin/sh\necho "$1" >> "$HOME/opened"\ncurl -sS --max-time 20 "$1" >> "$HOME/read"\n'
DESKTOP_FILE = "[Desktop Entry]\nType=Application\nName=Browser\nExec={program} %u\nMimeType=x-scheme-handler/http;\n"
DEFAULTS = "[Default Applications]\nx-scheme-handler/http=browser.desktop\n"


class Browser:
    """What the session opens web pages with."""

    def __init__(self, session):
        self.home = session.person.home
        program = self.home / "browser"
        for path, text in (
            (program, SCRIPT),
            (self.home / ".local/share/applications/browser.desktop", DESKTOP_FILE.format(program=program)),
            (self.home / ".config/mimeapps.list", DEFAULTS),
        ):
            session.run("mkdir", "-p", path.parent)
            session.run("tee", path, input=text)
        session.run("chmod", "755", program)

    def forget(self):
        for name in ("opened", "read"):
            (self.home / name).unlink(missing_ok=True)

    def expect_page(self):
        """It was sent to the portal's page, and got there."""
        wait_until(lambda: WELCOME in self._text("read"), "the browser to read the page")
        expect_equal(self._text("opened").split(), [URL], "what was opened")

    def _text(self, name):
        path = self.home / name
        return path.read_text(encoding="utf-8") if path.exists() else ""


class Stage:
    def __init__(self, lab):
        self.lab = lab
        lab.responder(child={"local_ts": ["0.0.0.0/0", "::/0"]}).start()
        lab.visitor_gateway()
        lab.engine()
        self.portal = lab.ends(Portal(lab))
        alice = lab.person("alice")
        alice.import_site("office", lab.site())
        self.session = Session(lab, alice).keyring().screen()
        self.browser = Browser(self.session)
        self.window = lab.ends(Window(self.session))
        self.window.shows("Connect", "button", "sensitive")

    def expect_connected(self):
        self.window.shows("Connected", "status")
        self.window.gone(SENTENCE)
        expect_equal(self.lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")


@contextlib.contextmanager
def stage():
    with Lab() as lab:
        yield Stage(lab)


@promise("the window says that the network wants a sign-in, its button opens the page, and connecting goes on by itself")
def first(stage):
    window = stage.window
    stage.portal.close()
    window.press("Connect")
    window.shows(WAITING, "status")
    window.shows(SENTENCE)
    expect(not window.has(ENCLOSED), "a tunnel is told of where there is none")
    window.press(BUTTON)
    stage.browser.expect_page()
    stage.portal.open()
    window.shows("Sign in to")
    window.write("Password", USERS["alice"])
    window.press("Sign in")
    stage.expect_connected()


@promise("a tunnel that is in the browser's way is told of, and steps aside when the page is opened")
def aside(stage):
    window = stage.window
    stage.browser.forget()
    window.shows("Connected", "status")
    stage.portal.close()
    window.shows(WAITING, "status")
    window.shows(ENCLOSED)
    rules = stage.lab.user.ip("rule")
    expect("22089" in rules, f"no rule of the tunnel's before: {rules}")
    window.press(BUTTON)
    stage.browser.expect_page()
    stage.portal.open()
    stage.expect_connected()
    expect_equal(stage.lab.user.ip("rule"), rules, "the rules again")


main(lambda: why_no_window(build()), stage=stage)
