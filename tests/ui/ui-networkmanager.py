#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A connection of NetworkManager's is edited in GNOME Settings and in nm-connection-editor, by a person and by root."""

import contextlib
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import Lab, wait_until
from networkmanager import NetworkManager, why_no_networkmanager
from programs import build
from scene import expect, expect_equal, main, promise
from session import Session
from settings import ConnectionEditor, Settings, why_no_settings
from softtoken import soft_token, why_no_token
from users import home_of
from window import why_no_window

ADDRESS = "Address of the gateway"
WRONG, RIGHT = "vpn.example.com:99999", "vpn.example.com:8443"
KEY = "pkcs11:token=card;id=%01;type=private"
COLOURS = 50  # of a window that shows something; an empty screen has one


class Stage:
    """A NetworkManager that alice may change, and a screen for each who wants to."""

    def __init__(self, lab):
        self.lab = lab
        self.manager = NetworkManager(lab, people=("alice",))
        self.sessions = {}
        self.window = None

    def session(self, user):
        """The user at a screen of their own; root has a home that is not the real one."""
        if user not in self.sessions:
            home = home_of(self.lab.user, user)
            if user == "root":
                self.lab.user.run("mkdir", "-p", home)
                self.lab.user.run("mount", "--bind", home, "/root")
            self.sessions[user] = Session(self.lab, self.lab.person(user)).screen()
        return self.sessions[user]

    def connection(self, user):
        """One VPN, called office, imported by that user; what NetworkManager keeps of it."""
        for line in self.manager.nmcli("-t", "-f", "UUID,TYPE", "connection").stdout.splitlines():
            if line.endswith(":vpn"):
                self.manager.nmcli("connection", "delete", line.split(":")[0])
        text = self.lab.site() + "[newer]\nkey=of a version to come\n"
        self.manager.import_site("office", text, user=user)
        return self.data("office")

    def data(self, name):
        """vpn.data as a table."""
        text = self.manager.nmcli("-g", "vpn.data", "--escape", "no", "connection", "show", name).stdout.strip()
        return dict(re.split(r"\s*=\s*", item, maxsplit=1) for item in text.split(", "))

    def secrets(self, name):
        """Those that NetworkManager itself keeps."""
        text = self.manager.nmcli("-s", "-g", "vpn.secrets", "connection", "show", name).stdout.strip()
        return re.sub(r"\s*=\s*", ":", text)

    def open(self, program, user, *options):
        if self.window:
            self.window.end()
        self.window = self.lab.ends(program(self.session(user), *options))
        return self.window


@contextlib.contextmanager
def stage():
    with Lab() as lab:
        yield Stage(lab)


def expect_picture(stage, window):
    """What is on the screen can be seen."""
    path = stage.lab.folder / "window.png"
    window.picture(path)
    seen = subprocess.run(["identify", "-format", "%k", path], check=True, capture_output=True, text=True)
    expect(int(seen.stdout) > COLOURS, f"a picture of {seen.stdout} colours")


def change(stage, window, save, before):
    """A wrong address is refused at once and under its field; a right one is saved, and all else stays."""
    expect_equal(window.field(ADDRESS)["text"], before["site.address"], "the address in its field")
    window.write(ADDRESS, WRONG)
    window.shows("The port is a number from 1 to 65535.", "label")
    wait_until(lambda: "sensitive" not in window.find(save, "button")["states"], "that it cannot be saved")
    expect_picture(stage, window)
    expect_equal(stage.data("office"), before, "what is kept of a wrong address")
    window.write(ADDRESS, RIGHT)
    window.wheel("Sign in by", "combo box")
    window.gone("The port is a number from 1 to 65535.", "label")
    window.press(save)
    wait_until(lambda: stage.data("office")["site.address"] == RIGHT, "the change to be saved")
    expect_equal(stage.data("office"), before | {"site.address": RIGHT}, "what is kept")


def in_settings(stage, user):
    before = stage.connection(user)
    window = stage.open(Settings, user)
    window.open("office")
    change(stage, window, "Apply", before)


def in_connection_editor(stage, user):
    before = stage.connection(user)
    window = stage.open(ConnectionEditor, user, "--edit", stage.manager.get("office", "connection.uuid"))
    change(stage, window, "Save", before)


@promise("GNOME Settings: a person changes an imported connection; a wrong address is refused under its field")
def settings(stage):
    in_settings(stage, "alice")


@promise("GNOME Settings: Visitor stands among the kinds of VPN, and a connection is made by hand")
def by_hand(stage):
    stage.connection("alice")
    window = stage.open(Settings, "alice")
    window.add()
    expect("sensitive" not in window.find("Add", "button")["states"], "nothing can be added")
    expect(not window.has("This is needed."), "who has typed nothing is blamed")
    window.write("Name", "By hand")
    window.write(ADDRESS, RIGHT)
    window.shows("This is needed.", "label")
    window.write("User name", "alice")
    window.unfold("What goes through the tunnel")
    window.write("Networks", "10.9.0.1/16")
    window.shows("The route has bits set behind its length.", "label")
    window.write("Networks", "10.9.0.0/16")
    window.press("Add")
    wait_until(lambda: "By hand" in stage.manager.nmcli("-g", "NAME", "connection").stdout, "the new connection")
    wanted = {"site.address": RIGHT, "sign-in.method": "eap-mschapv2", "sign-in.user": "alice",
              "network.routes": "10.9.0.0/16", "password-flags": "1"}  # fmt: skip
    expect_equal(stage.data("By hand"), wanted, "what is kept")


@promise("nm-connection-editor: a person changes an imported connection; a wrong address is refused under its field")
def connection_editor(stage):
    in_connection_editor(stage, "alice")


@promise("nm-connection-editor: Visitor stands among the kinds of VPN")
def kinds(stage):
    window = stage.open(ConnectionEditor, "alice", "--create", "--type=vpn")
    window.shows("Visitor", "menu item")
    window.press("Cancel")
    wait_until(lambda: not window.process.is_alive(), "its end")


def choose_authority(stage, window):
    """An authority out of a file, in the place of the one that there was."""
    other = stage.manager.file("other.pem", stage.lab.authority.pem.read_text() * 2, "alice")
    window.press("Certificate authority: remove it")
    window.shows("Those of this computer", "label")
    window.press("Certificate authority: choose a file")
    window.shows("Certificates")
    window.type(str(other))
    window.key("Return")
    window.shows("Lab CA and 1 more", "label")


def choose_certificate(stage, window, save, authorities):
    """From a password to a certificate, whose key is on a token."""
    window.choose("Sign in by", 4)
    window.shows("This is needed.", "label")
    window.write("Key of your certificate", "pkcs11:token=card?pin-value=1234")
    window.shows("A PIN must not stand in a site; it is asked for.", "label")
    window.write("Key of your certificate", KEY)
    window.press(save)
    wait_until(lambda: stage.data("office").get("sign-in.key") == KEY, "the change to be saved")
    data = stage.data("office")
    expect_equal(data["sign-in.method"], "certificate", "the method")
    expect_equal(data["gateway.ca"].count("BEGIN CERTIFICATE"), authorities, "certificates")
    expect_equal(data["pin-flags"], "2", "how the PIN is kept")


@promise("GNOME Settings: an authority is chosen, a certificate, and a key on a token")
def certificate_in_settings(stage):
    stage.connection("alice")
    window = stage.open(Settings, "alice")
    window.open("office")
    choose_authority(stage, window)
    choose_certificate(stage, window, "Apply", 2)


@promise("GNOME Settings: a key is chosen among those on tokens", unless=why_no_token)
def token(stage):
    stage.connection("alice")
    session = stage.session("alice")
    session.environment |= soft_token(session.person, stage.lab.authority.issue("alice", ["alice"]))
    window = stage.open(Settings, "alice")
    window.open("office")
    window.choose("Sign in by", 4)
    window.click("Key of your certificate: choose it on a token")
    window.shows("alice on lab")
    window.key("Return")
    wait_until(lambda: "object=alice" in window.field("Key of your certificate")["text"], "the key's URI")
    window.press("Apply")
    wait_until(lambda: "token=lab" in stage.data("office").get("sign-in.key", ""), "the change to be saved")


@promise("nm-connection-editor: a certificate is chosen, and a key on a token")
def certificate_in_connection_editor(stage):
    stage.connection("alice")
    window = stage.open(ConnectionEditor, "alice", "--edit", stage.manager.get("office", "connection.uuid"))
    choose_certificate(stage, window, "Save", 1)


@promise("a password goes where the connection says that it is kept")
def password(stage):
    stage.connection("alice")
    for flags, kept in (("0", "password:in the system"), ("1", "")):
        stage.manager.nmcli("connection", "modify", "office", "+vpn.data", f"password-flags={flags}")
        window = stage.open(ConnectionEditor, "alice", "--edit", stage.manager.get("office", "connection.uuid"))
        window.write("Password", "in the system")
        window.write(ADDRESS, f"vpn{flags}.example.com")
        window.press("Save")
        wait_until(lambda flags=flags: f"vpn{flags}" in stage.data("office")["site.address"], "the change to be saved")
        expect_equal(stage.data("office")["password-flags"], flags, "how the password is kept")
        expect_equal(stage.secrets("office"), kept, "what NetworkManager keeps")


def choose_storage(stage, window_of, save):
    """For this user (1), for all (0), asked each time (2). It is typed once; then the menu alone makes the difference."""
    stage.connection("alice")
    for before, arrow, flags, kept in (("1", "Down", "0", "password:for all"), ("0", "Down", "2", ""), ("0", "Up", "1", "")):
        stage.manager.nmcli("connection", "modify", "office", "+vpn.data", f"password-flags={before}")
        window = window_of()
        if kept:
            window.write("Password", "for all")
        window.keep("Password", arrow)
        window.press(save)
        wait_until(lambda flags=flags: stage.data("office")["password-flags"] == flags, f"{flags} to be saved")
        expect_equal(stage.secrets("office"), kept, f"what NetworkManager itself keeps with {flags}")


@promise("GNOME Settings: how a password is kept is chosen in its field")
def storage_in_settings(stage):
    def opened():
        window = stage.open(Settings, "alice")
        window.open("office")
        return window

    choose_storage(stage, opened, "Apply")


@promise("nm-connection-editor: how a password is kept is chosen in its field")
def storage_in_connection_editor(stage):
    choose_storage(stage, lambda: stage.open(
        ConnectionEditor, "alice", "--edit", stage.manager.get("office", "connection.uuid")), "Save")  # fmt: skip


@promise("root does the same in both")
def root(stage):
    in_settings(stage, "root")
    in_connection_editor(stage, "root")


if __name__ == "__main__":
    main(lambda: why_no_window(build()), lambda: why_no_settings(build()), why_no_networkmanager, stage=stage)
