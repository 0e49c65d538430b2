#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The window's program at home on a desktop: notifications, the icon in the panel, the start at login.

Panel and notification server are python-dbusmock's: what is told to them is in their logs.
"""

import contextlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab, wait_until
from programs import build
from scene import expect, expect_equal, main, promise
from session import Session
from strongswan import USERS
from window import APPLICATION, APPLICATION_PATH, SYSTEM_PYTHON, Window, why_no_window

NOTIFICATIONS = "org.freedesktop.Notifications"
WATCHER = "org.kde.StatusNotifierWatcher"
PANEL = Path(__file__).with_name("panel.py")
ITEM = re.compile(r'RegisterStatusNotifierItem "(org\.kde\.StatusNotifierItem-\S+)"')
# A port of the lab's hotel where nobody listens.
NOWHERE = "[site]\nname=nowhere\naddress=127.0.0.1:1\n[sign-in]\nmethod=psk\nuser=alice\n"


def why_no_mock():
    if subprocess.run([SYSTEM_PYTHON, "-c", "import dbusmock"], check=False, capture_output=True).returncode:
        return "needs python3-dbusmock"
    return None


class Stage:
    """alice at a screen with a notification server, and two sites: one that answers and one that does not."""

    def __init__(self, lab):
        self.lab = lab
        lab.responder().start()
        lab.visitor_gateway()
        lab.engine()
        self.alice = lab.person("alice")
        self.alice.import_site("office", lab.site())
        self.alice.import_site("nowhere", NOWHERE)
        self.session = Session(lab, self.alice).keyring().screen()
        self.server = self.session.start("notifications", SYSTEM_PYTHON, "-m", "dbusmock", "--session",
                                         "--template", "notification_daemon")  # fmt: skip
        wait_until(lambda: self.session.has_name(NOTIFICATIONS), "the notification server")
        self.template = self.alice.home / PANEL.name
        shutil.copyfile(PANEL, self.template)
        self.template.chmod(0o644)
        self.window = None
        self.panel = None
        self.seen = 0

    def open(self, *options):
        """A new window, and nothing connected."""
        if self.window:
            self.window.end()
        self.session.run("rm", "-f", self.alice.home / ".config/glib-2.0/settings/keyfile")
        self.alice.disconnect(check=False)
        self.window = self.lab.ends(Window(self.session, *options))
        self.window.shows("Not connected")
        self.seen = len(self.server.output())
        return self.window

    def told(self, text):
        """Waits until the server was told of it, after what was seen before."""

        def found():
            return text in self.server.output()[self.seen :]

        wait_until(found, f"a notification with '{text}'")
        self.seen += self.server.output()[self.seen :].index(text) + len(text)

    def answer(self, key):
        """Somebody presses a button of the last notification."""
        last = self.server.output().count(" Notify ")
        self.session.call(NOTIFICATIONS, "/org/freedesktop/Notifications",
                          "org.freedesktop.DBus.Mock.EmitSignal", NOTIFICATIONS, "ActionInvoked", "us",
                          f"[<uint32 {last}>, <'{key}'>]")  # fmt: skip

    # The panel

    def start_panel(self):
        self.panel = self.session.start("panel", SYSTEM_PYTHON, "-m", "dbusmock", "--session",
                                        "--template", self.template)  # fmt: skip
        wait_until(lambda: self.session.has_name(WATCHER), "the panel")

    def stop_panel(self):
        self.panel.stop()
        wait_until(lambda: not self.session.has_name(WATCHER), "the panel to go")

    def icon(self):
        """The name of the icon that the panel was told of."""
        return wait_until(lambda: ITEM.search(self.panel.output()), "an icon in the panel")[1]

    def menu(self):
        """The rows of the icon's menu: its label to its number."""
        said = self.session.call(self.icon(), "/StatusNotifierItem/Menu", "com.canonical.dbusmenu.GetLayout",
                                 "0", "--", "-1", "[]")  # fmt: skip
        rows = re.findall(r"<\((\d+), \{([^}]*)\}", said)
        found = {}
        for number, properties in rows:
            label = re.search(r"'label': <'([^']*)'>", properties)
            if label:
                found[label[1]] = number
        return found

    def choose(self, label):
        row = wait_until(lambda: self.menu().get(label), f"'{label}' in the icon's menu")
        self.session.call(self.icon(), "/StatusNotifierItem/Menu", "com.canonical.dbusmenu.Event",
                          row, "clicked", "<0>", "0")  # fmt: skip

    # The program

    def look(self):
        """The window has the focus."""
        self.session.run("xdotool", "search", "--onlyvisible", "--name", "^Visitor$", "windowfocus", "--sync")

    def look_away(self):
        """Nothing has it: what the pointer is over counts, too, where there is no window manager."""
        root = self.session.run("xdotool", "search", "--maxdepth", "0", ".*").stdout.split()[0]
        self.session.run("xdotool", "mousemove", "1279", "1023", "windowfocus", root)
        self.window.gone("Visitor", "frame", "active")

    def autostart(self):
        return self.alice.home / ".config/autostart/org.visitorvpn.Visitor.desktop"


@contextlib.contextmanager
def stage():
    with Lab() as lab:
        yield Stage(lab)


@promise("what happens to a site is told by a notification while nobody looks at the window, and withdrawn after")
def notifications(stage):
    stage.open()
    stage.look_away()
    stage.alice.connect("office", password=USERS["alice"])
    stage.told("Connected to office")
    stage.alice.disconnect()
    stage.told("CloseNotification")
    stage.window.activate("app.connect", "'nowhere'")
    stage.told("nowhere could not be connected")
    stage.answer("app.connect::nowhere")
    stage.told("nowhere could not be connected")
    stage.look()
    stage.told("CloseNotification")
    stage.alice.connect("office", password=USERS["alice"])
    stage.window.shows("Connected", "list item")
    stage.alice.disconnect()
    stage.look_away()
    stage.window.activate("app.connect", "'nowhere'")
    stage.told("nowhere could not be connected")
    expect_equal(stage.server.output().count("Connected to office"), 1, "of two connections, those told of")


@promise("the icon in the panel opens the window and connects; it comes back with the panel, and without one the window is all")
def tray(stage):
    window = stage.open()
    stage.start_panel()
    expect(not ITEM.search(stage.panel.output()), "there is no icon that nobody asked for")
    window.activate("app.preferences")
    window.press("Show an icon in the panel", "check box")
    stage.icon()
    window.key("Escape")
    stage.stop_panel()
    stage.start_panel()
    stage.icon()
    stage.look()
    window.key("ctrl+w")
    wait_until(lambda: not window.nodes() or not window.has("office"), "the window to close")
    expect(window.process.is_alive(), "the program lives on where its icon is")
    stage.choose("nowhere")
    stage.told("nowhere could not be connected")
    stage.choose("Open Visitor")
    window.shows("office")
    stage.stop_panel()
    stage.look()
    window.key("ctrl+w")
    expect_equal(window.process.wait(), 0, "the end of a program without window and icon")


@promise("start at login is a file that comes and goes with the choice")
def login(stage):
    window = stage.open()
    window.activate("app.preferences")
    window.press("Start at login", "check box")
    wait_until(stage.autostart().exists, "the file in autostart")
    window.press("Connect to nowhere", "check box")
    window.press("Start at login", "check box")
    expect("--login" in stage.autostart().read_text(), "the file is there for the site")
    window.press("Connect to nowhere", "check box")
    wait_until(lambda: not stage.autostart().exists(), "the file to go")


@promise("at login the chosen sites are connected without a window, and the program goes with the last of them")
def connects_at_login(stage):
    window = stage.open()
    window.activate("app.preferences")
    window.press("Connect to nowhere", "check box")
    wait_until(stage.autostart().exists, "the file in autostart")
    window.end()
    stage.seen = len(stage.server.output())
    stage.window = None
    quiet = stage.session.start("login", *window._environment(), window.program, "--login")
    stage.told("nowhere could not be connected")
    expect_equal(quiet.wait(), 0, "the end of the program")


@promise("the desktop starts the program without a window, and asks it for a new site")
def activation(stage):
    window = stage.open()
    window.end()
    window.process = stage.session.start("service", *window._environment(), window.program,
                                         "--gapplication-service")  # fmt: skip
    wait_until(lambda: stage.session.has_name(APPLICATION), "the program's name")
    expect(not window.nodes(), "there is no window yet")
    stage.session.call(APPLICATION, APPLICATION_PATH, "org.freedesktop.Application.ActivateAction",
                       "new-site", "[]", "{}")  # fmt: skip
    window.shows("New site")


if __name__ == "__main__":
    main(lambda: why_no_window(build()), why_no_mock, stage=stage)
