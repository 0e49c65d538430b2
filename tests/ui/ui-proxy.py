#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The window behind a proxy that asks who goes through: a real squid, which takes Basic."""

import contextlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from programs import build
from proxies import PROXY_NAME, Squid, missing, users
from scene import expect, expect_equal, main, promise
from servers import PAGE, Haproxy
from session import Session
from strongswan import GATEWAY_IDENTITY, USERS
from window import Window, why_no_window

USER, PASSWORD = "guest", "Teaparty3"
CLEAR, TLS = 3129, 8444
QUESTION = "It is not the gateway that asks."
READABLE = "unencrypted"
REFUSED = "The proxy did not accept that."
SIGNING_IN = "Signing in as alice."


class Stage:
    """alice at a screen in a hotel that lets nothing out but through its proxy."""

    def __init__(self, lab):
        self.lab = lab
        lab.responder().start()
        lab.visitor_gateway()
        lab.engine()
        machine = lab.hotel
        machine.run("nft", "flush", "chain", "inet", "hotel", "forward")
        lab.nameserver.names[PROXY_NAME] = [network.HOTEL]
        basic = users(machine.folder / "who", USER, PASSWORD)["basic"]
        self.squid = lab.ends(
            Squid(machine, CLEAR, auth=basic, names={GATEWAY_IDENTITY: network.GATEWAY}))  # fmt: skip
        certificate = lab.authority.issue("proxy", [PROXY_NAME], flags=("serverAuth",))
        lab.ends(Haproxy(machine, f"{network.HOTEL}:{TLS}", f"{network.HOTEL}:{CLEAR}",
                         certificate.pem, certificate.key, lab.authority.pem))  # fmt: skip
        self.alice = lab.person("alice")
        self.session = Session(lab, self.alice).keyring().screen()
        self.window = None

    def open(self, name, proxy):
        """A new window, and a site whose way leads through this proxy."""
        if self.window:
            self.window.close()
        self.alice.disconnect(check=False)
        for site in ("clear", "tls"):
            self.alice.visitor("remove", site, check=False)
        inline = self.lab.authority.pem.read_text().strip().replace("\n", "\\n")
        more = f"[proxy]\nmode=manual\nuri={proxy}\nca={inline}\n"
        self.alice.import_site(name, self.lab.site(name, more=more))
        self.window = self.lab.ends(Window(self.session))
        self.window.shows("Connect", "button", "sensitive")
        return self.window

    def answer_proxy(self, password, remember=False):
        self.window.write("User name", USER)
        self.window.write("Password", password)
        if remember:
            self.window.click("Remember in the keyring", "check box")
        self.window.press("Sign in")

    def answer_gateway(self):
        self.window.shows(SIGNING_IN)
        self.window.write("Password", USERS["alice"])
        self.window.press("Sign in")
        self.window.shows("Connected", "status")
        expect_equal(self.lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")

    def disconnect(self):
        self.window.press("Disconnect")
        self.window.shows("Not connected")

    def kept(self, proxy):
        """What the keyring has for a proxy."""
        return "/org/freedesktop/secrets/" in self.session.secret_service("SearchItems", f"{{'site': '{proxy}'}}")


@contextlib.contextmanager
def stage():
    with Lab() as lab:
        yield Stage(lab)


@promise("a proxy that asks is told from the gateway; wrong is asked again, right goes on and is remembered")
def remembered(stage):
    proxy = f"https://{PROXY_NAME}:{TLS}"
    window = stage.open("tls", proxy)
    window.press("Connect")
    window.shows(QUESTION)
    window.shows(proxy)
    expect(not window.has(READABLE), "it warns of a proxy that is reached by TLS")
    stage.answer_proxy("wrong", remember=True)
    window.shows(REFUSED)
    expect(not stage.kept(proxy), "a wrong password is in the keyring")
    stage.answer_proxy(PASSWORD, remember=True)
    stage.answer_gateway()
    wait_until(lambda: stage.kept(proxy), "the proxy's password in the keyring")
    expect(USER in stage.squid.seen(), "squid let somebody else through")
    stage.disconnect()
    window.press("Connect")
    window.shows(SIGNING_IN)
    expect(not window.has(QUESTION), "the proxy's password is asked for again")
    stage.answer_gateway()
    stage.disconnect()


@promise("a password that others could read on its way is asked for with that said, and a no goes nowhere")
def readable(stage):
    window = stage.open("clear", f"http://{PROXY_NAME}:{CLEAR}")
    seen = stage.squid.seen()
    window.press("Connect")
    window.shows(QUESTION)
    window.shows(READABLE)
    window.press("Cancel")
    window.gone(QUESTION)
    window.shows("Connect", "button", "sensitive")
    expect(USER not in stage.squid.seen()[len(seen):], "it was sent")
    window.press("Connect")
    window.shows(QUESTION)
    stage.answer_proxy(PASSWORD)
    stage.answer_gateway()
    stage.disconnect()


if __name__ == "__main__":
    main(lambda: why_no_window(build()), missing, stage=stage)
