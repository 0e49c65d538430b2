#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The window's sites: the first one, adding, changing, importing, exporting, removing."""

import contextlib
import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from certificates import Certificate, colons
from lab import Lab, wait_until
from programs import build
from scene import expect, expect_equal, main, promise
from session import Session
from window import Window, why_no_window

WELCOME = "Get out, safely"
BROKEN = """[site]
name=x
address=vpn.example.com
transport=pigeon
[sign-in]
method=eap-mschapv2
user=alice
"""


class Stage:
    """alice at a screen; no gateway, for nothing here needs one."""

    def __init__(self, lab):
        self.lab = lab
        lab.engine()
        self.alice = lab.person("alice")
        self.session = Session(lab, self.alice).screen()
        self.window = None

    def open(self, *sites):
        """A new window over these sites alone."""
        if self.window:
            self.window.close()
        for site in self.sites():
            self.alice.visitor("remove", site)
        for site in sites:
            self.alice.import_site(site, self.lab.site(site))
        self.window = self.lab.ends(Window(self.session))
        self.window.shows(sites[0] if sites else WELCOME)
        return self.window

    def sites(self):
        folder = self.alice.home / ".config/visitor/sites"
        return sorted(path.stem for path in folder.glob("*.conf"))

    def saved(self, site):
        """The text of a site, once there is one."""
        wait_until(lambda: site in self.sites(), f"{site}, saved")
        return self.alice.visitor("export", site).stdout

    def file(self, name, text):
        path = self.alice.home / name
        path.write_text(text)
        path.chmod(0o644)
        return path

    def import_file(self, name, text):
        """Lets a second visitor-gui hand a file over, as a double click does."""
        done = self.window.run("--import", self.file(name, text), timeout=30)
        expect_equal(done.returncode, 0, "exit status of the second visitor-gui")


@contextlib.contextmanager
def stage():
    with Lab() as lab:
        yield Stage(lab)


@promise("a newcomer types where the gateway is, is told at once what is wrong with it, and has a site")
def first_run(stage):
    window = stage.open()
    window.write("Address of the gateway", "vpn.example.com:99999")
    window.shows("port")
    expect("sensitive" not in window.find("Continue", "button")["states"], "a wrong address can be gone on with")
    window.write("Address of the gateway", "vpn.example.com:8443")
    window.press("Continue")
    window.shows("New site")
    expect_equal(window.field("Address")["text"], "vpn.example.com:8443", "the address that was typed")
    window.write("User name", "alice")
    expect_equal(stage.sites(), [], "sites before it was said to add one")
    window.press("Add")
    text = stage.saved("vpn-example-com")
    for line in ("address=vpn.example.com:8443", "user=alice"):
        expect(line in text, f"no {line} in: {text}")
    window.shows("Not connected")


@promise("a site is added and changed, and what is wrong is said under its field")
def added_and_changed(stage):
    window = stage.open("office")
    window.key("ctrl+n")
    window.write("Address", "two words")
    window.write("User name", "alice")
    expect("sensitive" not in window.find("Add", "button")["states"], "a wrong address can be saved")
    window.write("Address", "lab.example.com")
    window.write("Name", "The lab")
    window.press("Add")
    stage.saved("the-lab")
    window.shows("The lab", "heading")
    window.key("F2")
    window.shows("Edit site")
    window.click("Advanced", "list item")
    window.write("Networks", "10.9.0.0/16")
    window.write("Name", "Laboratory")
    window.press("Save")
    window.gone("Edit site")
    window.shows("Laboratory", "heading")
    text = stage.saved("the-lab")
    for line in ("name=Laboratory", "address=lab.example.com", "routes=10.9.0.0/16"):
        expect(line in text, f"no {line} in: {text}")


@promise("transport, proxy and entry points have a page each, and what is wrong there is said there")
def ways(stage):
    window = stage.open("office")
    window.key("F2")
    window.shows("Edit site")
    window.click("Transport", "list item")
    window.click("The quick way where it is open", "list item")
    leave_page(window, "The quick way where it is open")

    window.click("Proxy", "list item")
    expect("Address of the proxy" not in shown_fields(window), "a proxy can be named that is not used")
    window.click("This one", "list item")
    window.write("Address of the proxy", "ftp://proxy.example.com")
    window.shows("A proxy's URI begins with")
    window.write("Address of the proxy", "http://proxy.example.com:3128")
    window.gone("A proxy's URI begins with")
    leave_page(window, "http://proxy.example.com:3128")

    window.click("Entry points", "list item")
    for number, address in enumerate(("one.example.com", "two words"), 1):
        window.press("_Add an address")
        wait_until(lambda: len(window.fields("Another address")) == number, "a field")
        window.write("Another address", address, last=True)
    window.shows("This is no address")
    window.write("Another address", "two.example.com:8443", last=True)
    window.gone("This is no address")
    window.press_last("Try it earlier")
    wait_until(lambda: window.fields("Another address")[0]["text"].startswith("two"), "the order")
    window.click("The quickest", "list item")
    window.write("Fixed addresses", "not-one")
    window.shows("This is not an IPv4 or IPv6 address")
    window.write("Fixed addresses", "192.0.2.1, 192.0.2.2")
    window.write("Network interface", "eth0")
    window.write("Address of this computer", "192.0.2.9")
    leave_page(window, "The address above and 2 more")
    window.press("Save")
    window.gone("Edit site")
    text = stage.saved("office")
    for line in ("transport=auto", "mode=manual", "uri=http://proxy.example.com:3128",
                 "entry-points=two.example.com:8443;one.example.com", "entry-order=first-to-respond",
                 "addresses=192.0.2.1", "interface=eth0", "source=192.0.2.9"):  # fmt: skip
        expect(line in text, f"no {line} in: {text}")

    window.key("F2")
    window.click("Entry points", "list item")
    window.write("Another address", "two words", last=True)
    window.key("Escape")
    window.press("Save")
    window.shows("Back to the site")
    window.press_last("Remove this address")
    wait_until(lambda: len(window.fields("Another address")) == 1, "one field")
    window.write("Address of this computer", "2001:db8::9")
    leave_page(window, "The address above and 1 more")
    window.press("Save")
    window.shows("of its family")
    window.key("Escape", "Escape")
    window.gone("Edit site")


@promise("a site.conf shows what it would add, and nothing is saved before the yes")
def imported(stage):
    window = stage.open()
    more = "[network]\nroutes=10.1.0.0/24\n"
    site = stage.lab.site("office", more=more)
    stage.import_file("office.conf", site)
    for word in ("gateway.example.test", "alice", "10.1.0.0/24"):
        window.shows(word)
    shown = "".join(re.sub(r"[\s:]", "", node["name"]) for node in window.nodes())
    digest = colons(Certificate(stage.lab.authority.pem, None).sha256()).replace(":", "")
    expect(digest in shown, "the authority's fingerprint is not shown")
    window.press("Cancel")
    window.gone("Add site", "button")
    expect_equal(stage.sites(), [], "sites after a no")
    stage.import_file("office.conf", site)
    window.press("Add site")
    expect("routes=10.1.0.0/24" in stage.saved("office"), "the site is not what was imported")
    window.shows("office", "heading")


def shown_fields(window):
    """The names of what can be written into on the page that is shown."""
    return " ".join(node["name"] or "" for node in window.nodes() if node["text"] is not None)


def leave_page(window, summary):
    """Back to the site, where the row says in a few words what stands on the page."""
    window.key("Escape")
    window.gone("Back to the site")
    window.shows(summary)


class Giver:
    """Another program on the screen, far from the window: a file to drag, and its text in the clipboard."""

    def __init__(self, stage, file):
        self.run = stage.session.run
        self.process = stage.lab.ends(
            stage.session.start("giver", stage.session.desktop.build / "tests/ui/giver", file))  # fmt: skip
        self.process.wait_for_output("ready")
        self.run("xdotool", "search", "--sync", "--name", "^Giver$", "windowmove", "--sync", "960", "700")
        self.run("xdotool", "search", "--onlyvisible", "--name", "^Visitor$", "windowfocus", "--sync")

    def drag_to(self, x, y):
        """As a hand does: takes hold, goes there by steps, and lets go."""
        words = ["mousemove", "1060", "800", "sleep", "0.2", "mousedown", "1", "sleep", "0.1"]
        for step in range(1, 11):
            at = [str(begin + (end - begin) * step // 10) for begin, end in ((1060, x), (800, y))]
            words += ["mousemove", *at, "sleep", "0.05"]
        self.run("xdotool", *words, "sleep", "0.3", "mouseup", "1")

    def end(self):
        self.process.stop()


@promise("a file that is dragged from another program is shown, wherever on the window it is dropped")
def dropped(stage):
    window = stage.open()
    giver = Giver(stage, stage.file("dragged.conf", stage.lab.site("dragged")))
    for target in (WELCOME, "Address of the gateway"):
        giver.drag_to(*window.place(target))
        window.shows("Add site", "button")
        window.shows("gateway.example.test")
        window.press("Cancel")
        window.gone("Add site", "button")
        expect_equal(window.field("Address of the gateway")["text"], "", "the field")
    giver.drag_to(*window.place(WELCOME))
    window.press("Add site")
    stage.saved("dragged")
    giver.end()


@promise("a site that is pasted is shown, with the cursor in the first field or with sites in the list")
def pasted(stage):
    window = stage.open()
    giver = Giver(stage, stage.file("pasted.conf", stage.lab.site("pasted")))
    window.click("Address of the gateway")
    window.key("ctrl+v")
    window.press("Cancel")
    window.gone("Add site", "button")
    expect_equal(window.field("Address of the gateway")["text"], "", "the field")
    window.key("ctrl+v")
    window.press("Add site")
    stage.saved("pasted")
    window.shows("pasted", "heading")
    window.key("ctrl+v")
    window.shows("Add site", "button")
    window.press("Cancel")
    giver.end()


@promise("a broken file is told by its line, and a foreign one for what it is")
def broken(stage):
    window = stage.open()
    stage.import_file("broken.conf", BROKEN)
    window.shows("cannot be imported")
    window.shows("Line 4")
    window.press("Close")
    window.gone("cannot be imported")
    stage.import_file("letter.conf", "Dear Sir or Madam,\n")
    window.shows("cannot be imported")
    window.press("Close")
    expect_equal(stage.sites(), [], "sites after files that are none")


@promise("a strongSwan profile and one of snx-rs become sites")
def foreign(stage):
    window = stage.open()
    profile = {"uuid": "5a2ef75e-6a07-4b3b-a5ad-6f6d3c0f1d53", "name": "Far away", "type": "ikev2-eap",
               "remote": {"addr": "far.example.com", "id": "far.example.com"},
               "local": {"eap_id": "alice"}}  # fmt: skip
    stage.import_file("far.sswan", json.dumps(profile))
    window.shows("far.example.com")
    window.press("Add site")
    expect("user=alice" in stage.saved("far-away"), "the user of the profile")
    stage.import_file("snx.conf", "server-name=snx.example.com\nuser-name=bob\nlogin-type=vpn_Username_Password\n")
    window.shows("snx.example.com")
    window.press("Add site")
    wait_until(lambda: len(stage.sites()) == 2, "the second site")


@promise("an export is the site without any secret, where the person wants it")
def exported(stage):
    window = stage.open("office")
    window.key("ctrl+s")
    window.shows("Export", "button")
    target = stage.alice.home / "given-away.conf"
    window.key("ctrl+a")
    window.type(str(target))
    window.key("Return")
    wait_until(target.exists, "the file")
    text = target.read_text()
    for line in ("name=office", "address=gateway.example.test"):
        expect(line in text, f"no {line} in: {text}")


@promise("who exports a site with a key is told that the key stays")
def export_remark(stage):
    window = stage.open()
    own = stage.lab.authority.issue("alice", ["alice@example.test"], flags=("clientAuth",))
    stage.file("alice.key", own.key.read_text())
    stage.file("alice.pem", own.pem.read_text())
    site = stage.lab.site("keyed", method="certificate", more="key=alice.key\ncertificate=alice.pem\n")
    stage.alice.import_site("keyed", site.replace("user=alice\n", ""))
    window.shows("keyed", "heading")
    window.key("ctrl+s")
    window.shows("Export", "button")
    target = stage.alice.home / "keyed-away.conf"
    window.key("ctrl+a")
    window.type(str(target))
    window.key("Return")
    wait_until(target.exists, "the file")
    expect("PRIVATE KEY" not in target.read_text(), "the key is in the file")
    window.shows("The key stays here")


@promise("F10 opens the menu that can be seen, be the window wide or folded")
def menu_key(stage):
    window = stage.open("office")
    window.key("F10")
    window.shows("_Preferences", "button")
    window.key("Escape")
    window.gone("_Preferences", "button")
    stage.session.run("xdotool", "search", "--onlyvisible", "--name", "^Visitor$", "windowsize", "--sync",
                      "400", "600")  # fmt: skip
    window.click("office", "list item")
    window.shows("Connect", "button", "focused")
    window.key("F10")
    window.shows("D_uplicate", "button")


@promise("a removed site comes back by undo, and is gone once nobody wants it back")
def removed(stage):
    window = stage.open("office", "lab")
    window.click("office", "list item")
    window.shows("office", "heading")
    window.shows("Connect", "button", "focused")
    window.key("Delete")
    window.shows("is removed")
    window.gone("office", "list item")
    window.press("Undo")
    window.shows("office", "list item")
    expect_equal(stage.sites(), ["lab", "office"], "sites after the undo")
    window.key("Delete")
    window.gone("office", "list item")
    window.key("ctrl+q")
    expect_equal(window.process.wait(), 0, "exit status")
    expect_equal(stage.sites(), ["lab"], "sites in the end")


@promise("all of it goes by the keyboard alone")
def keyboard(stage):
    window = stage.open()
    window.type("keys.example.com")
    window.key("Return")
    window.shows("New site")
    window.type("alice")
    window.key("Return")
    expect("user=alice" in stage.saved("keys-example-com"), "what was typed")
    window.shows("keys.example.com", "heading")
    stage.alice.import_site("office", stage.lab.site("office"))
    window.shows("office", "list item")
    window.key("ctrl+f")
    window.type("office")
    window.gone("keys.example.com", "list item")
    window.key("Return")
    window.shows("office", "heading")
    window.key("F2")
    window.shows("Edit site")
    window.key("Escape")
    window.gone("Edit site")
    window.key("Delete")
    window.shows("is removed")
    window.key("ctrl+z")
    window.shows("office", "heading")
    window.key("ctrl+question")
    window.shows("Shortcuts")


if __name__ == "__main__":
    main(lambda: why_no_window(build()), stage=stage)
