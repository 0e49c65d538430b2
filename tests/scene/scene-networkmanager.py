#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A real NetworkManager brings Visitor connections up and down, for root and for a person."""

import contextlib
import os
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import INSIDE_NAME, Lab, LabError, wait_until
from logind import Logind
from mobile import AFTER_A_CHANGE, took
from namespace import join
from networkmanager import DEVICE, NetworkManager, name_of, why_no_networkmanager
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import DOMAIN, ESP_PROPOSALS, GATEWAY_IDENTITY, USERS
from users import PEOPLE

PASSWORD = USERS["alice"]


UNITY_BANNER, BANNER = "28672", "For work only: the gateway."
CODES, EVERYTHING = "codes@example.test", "everything@example.test"


class Place:
    """The lab and its NetworkManager, on which all promises are played."""

    def __init__(self, lab, manager):
        self.lab = lab
        self.manager = manager

    def begin(self):
        self.manager.begin()
        return self.lab, self.manager


@contextlib.contextmanager
def place():
    """One gateway for every kind of sign-in; which it is, the identity says that the client claims."""
    everything = {"local_ts": ["0.0.0.0/0", "::/0"], "esp_proposals": ESP_PROPOSALS}
    with Lab() as lab:
        lab.charon = lab.responder(plugins={"attr": {"25": DOMAIN, UNITY_BANNER: BANNER}}, clients={
            "cert": {"remote": {"auth": "pubkey", "cacerts": lab.authority.pem.name}},
            "codes": {"remote": {"auth": "eap-gtc", "id": CODES, "eap_id": "%any"}},
            "everything": {"remote": {"auth": "eap-mschapv2", "id": EVERYTHING, "eap_id": "%any"},
                           "children": {"net": everything}},
        }).start()  # fmt: skip
        lab.visitor_gateway()
        lab.logind = lab.ends(Logind(lab.desktop()))
        manager = NetworkManager(lab, people=("alice", "bob"))
        manager.import_site("office", lab.site())
        yield Place(lab, manager)


def expect_page(lab, host=network.INSIDE):
    expect_equal(lab.fetch(f"http://{host}/"), PAGE.decode(), "the page")


def expect_no_page(lab):
    try:
        lab.fetch(f"http://{network.INSIDE}/", seconds=3)
    except LabError:
        return
    raise LabError("the page is reached outside of the tunnel")


def routes(lab):
    return {line.strip() for family in ("-4", "-6") for line in lab.user.ip(family, "route").splitlines()}


def expect_one_route(lab, start, device):
    found = [line for line in routes(lab) if line.startswith(start)]
    expect(len(found) == 1 and f"dev {device}" in found[0], f"the route {start}: {found or routes(lab)}")


def lines_of(text):
    """Lines in any order; certificates with or without a line break at their end."""
    return sorted(line.removesuffix("\\n") for line in text.splitlines() if line)


def imported_again(lab, manager):
    """Export makes the same site, and what is no site is refused at once."""
    exported = manager.desktop.folder / "exported.conf"
    manager.nmcli("connection", "export", "office", exported)
    expect_equal(lines_of(exported.read_text()), lines_of(lab.site()), "the exported site")
    foreign = manager.import_site("foreign", "client\nremote vpn.example.com 1194\n", check=False)
    expect(foreign.returncode != 0 and "OpenVPN" in foreign.stderr, f"a foreign file: {foreign.stdout}{foreign.stderr}")
    kept = manager.nmcli("-t", "-f", "NAME", "connection").stdout
    expect("foreign" not in kept, kept)


@promise("import, export, up, a page by name, routes and DNS as NetworkManager sets them, down")
def round_trip(there):
    lab, manager = there.begin()
    imported_again(lab, manager)
    before, resolver = routes(lab), lab.resolver()
    expect_no_page(lab)
    manager.up("office", password=PASSWORD)
    expect_equal(manager.active(), ["hotel", "office"], "active connections")
    expect_page(lab)
    for prefix in network.PROTECTED:
        expect_one_route(lab, prefix, DEVICE)
    expect_one_route(lab, f"{network.GATEWAY} ", "wifi")
    expect_one_route(lab, "default via 198", "wifi")
    text = lab.resolver()
    expect(f"nameserver {network.INSIDE}" in text and DOMAIN in text, text)
    wait_until(lambda: lab.user.run("getent", "ahosts", INSIDE_NAME, check=False).returncode == 0, "the inside name")
    expect_page(lab, INSIDE_NAME)
    expect(re.search(r"10\.3\.0\.\d+/32", manager.get("office", "IP4.ADDRESS")), manager.get("office", "IP4"))
    told = manager.nmcli("connection", "show", "office").stdout
    expect(f"{BANNER}\n" in told, f"no banner: {told}")
    expect_equal(manager.nmcli("-g", "GENERAL.STATE", "connection", "show", "office").stdout.strip(), "activated", "state")
    manager.down("office")
    manager.wait_until_clean()
    wait_until(lambda: "ESTABLISHED" not in lab.charon.associations(), "the gateway to have heard the goodbye")
    wait_until(lambda: routes(lab) == before, f"the routes as they were: {before}")
    expect_equal(lab.resolver(), resolver, "the resolver")


@promise("a wrong password is said to be one, and the right one works after it; nothing is left")
def wrong_password(there):
    lab, manager = there.begin()
    result = manager.up("office", password="not this one", check=False)
    expect("Invalid secrets" in result.stdout + result.stderr, f"{result.stdout}{result.stderr}")
    manager.wait_until_clean()
    result = manager.up("office", check=False)
    expect("no valid secrets" in (result.stdout + result.stderr).lower(), f"without one: {result.stdout}{result.stderr}")
    manager.wait_until_clean()
    manager.up("office", password=PASSWORD)
    expect_page(lab)
    manager.down("office")
    manager.wait_until_clean()
    untrusted(lab, manager)


def untrusted(lab, manager):
    """A gateway that nobody vouches for is refused, and the log says what to do."""
    manager.import_site("unknown", lab.site("unknown", named=False))
    logins = lab.charon.logins()
    result = manager.up("unknown", password=PASSWORD, check=False)
    expect(result.returncode != 0, "an unknown gateway was believed")
    manager.process.wait_for_output("give the connection the CA of the gateway (tls.ca)")
    expect_equal(lab.charon.logins(), logins, "logins")


@promise("a code that the gateway asks for, typed to nmcli; a wrong one is asked for once more")
def code(there):
    lab, manager = there.begin()
    manager.import_site("codes", lab.site("codes", method="eap-gtc", more=f"local-identity={CODES}\n"))
    screen = manager.terminal("-w", "60", "--ask", "connection", "up", "codes")
    screen.wait_for("The gateway says: “password”")
    screen.wait_for("Code")
    screen.type("wrong\n")
    screen.wait_for("Code")
    screen.type(PASSWORD + "\n")
    screen.wait_for("Connection successfully activated")
    expect_equal(screen.wait(), 0, "exit status")
    expect_page(lab)
    expect("code" not in manager.get("codes", "vpn.secrets"), "the code was kept")
    manager.down("codes")
    result = manager.up("codes", check=False)
    expect(result.returncode != 0, "up without a code")
    manager.wait_until_clean()


@promise("the service is killed, and NetworkManager is: the link stays, and the tunnel can be had again")
def killed(there):
    lab, manager = there.begin()
    manager.up("office", password=PASSWORD)
    (service,) = manager.services()
    lab.user.run("kill", "-KILL", service)
    wait_until(lambda: manager.active() == ["hotel"], "the VPN to be down, the link up")
    manager.wait_until_clean()
    manager.up("office", password=PASSWORD)
    expect_page(lab)
    manager.stop()
    manager.wait_until_clean()
    manager.start()
    wait_until(lambda: manager.active() == ["hotel"], "the link after a restart")
    manager.up("office", password=PASSWORD)
    services = manager.services()
    manager.kill()
    for pid in services:
        wait_until(lambda pid=pid: not Path(f"/proc/{pid}").exists(), "the service to end with NetworkManager")
    wait_until(lambda: not manager.devices(), "the device to go")
    manager.start()
    wait_until(lambda: "hotel" in manager.active(), "the link after another restart")
    manager.up("office", password=PASSWORD)
    expect_page(lab)


@promise("two connections at once; one that goes takes nothing of the other's")
def two(there):
    lab, manager = there.begin()
    manager.import_site("second", lab.site("second", user="bob"))
    # As with any VPN service of NetworkManager's, names are now asked of the first tunnel's server.
    lab.inside_nameserver.names[GATEWAY_IDENTITY] = [network.GATEWAY]
    manager.up("office", password=PASSWORD)
    manager.up("second", password=USERS["bob"])
    expect_equal(manager.active(), ["hotel", "office", "second"], "active connections")
    expect_equal(len(manager.devices()), 2, "devices")
    expect_equal(len(manager.services()), 2, "services")
    manager.down("office")
    wait_until(lambda: len(manager.devices()) == 1, "one device to go")
    expect_equal(manager.active(), ["hotel", "second"], "active connections")
    expect_page(lab)
    manager.down("second")
    manager.wait_until_clean()


@promise("a stream that breaks takes nothing down, not even where the tunnel is the default route")
def persists(there):
    lab, manager = there.begin()
    logins = lab.charon.logins()
    manager.import_site("everything", lab.site("everything", more=f"local-identity={EVERYTHING}\n"))
    manager.up("everything", password=PASSWORD)
    expect_page(lab)
    wait_until(lambda: DEVICE in lab.user.ip("route", "get", "192.0.2.1"), "the default route to lead into the tunnel")
    (service,) = manager.services()
    expect(lab.network.reset_streams() > 0, "no stream was there")
    expect_page(lab)
    # Without NetworkManager's host route the new stream would go into its own tunnel, were it not bound.
    lab.user.ip("route", "del", network.GATEWAY)
    expect(DEVICE in lab.user.ip("route", "get", network.GATEWAY), "the positive control: a socket of anybody else's")
    expect(lab.network.reset_streams() > 0, "no stream was there")
    expect_page(lab)
    expect_equal(manager.active(), ["everything", "hotel"], "active connections")
    expect_equal(manager.services(), [service], "the service")
    expect_equal(lab.charon.logins(), logins + 1, "logins")


def children(parent):
    """Process ids."""
    return [int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def uid_of(pid):
    return int(re.search(r"Uid:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


def certified(lab, manager, person):
    """A certificate and a key for a person, readable for that person alone; the key's path."""
    pem, key = lab.authority.issue(person, [f"{person}@example.test"], flags=("clientAuth",))
    manager.file(f"{person}.pem", pem.read_text(), person)
    return manager.file(f"{person}.key", key.read_text(), person)


def locked(manager, key):
    """The same key with a passphrase before it."""
    text = manager.desktop.run("root", "openssl", "pkcs8", "-topk8", "-v2", "aes256", "-in", key, "-passout", "pass:open sesame")
    return manager.file("locked.key", text.stdout, "alice")


def is_refused(lab, manager, name, why, user="alice"):
    """Nothing was signed, and the log says why."""
    logins = lab.charon.count("authentication of .* with .* successful")
    result = manager.up(name, user=user, check=False)
    expect(result.returncode != 0, f"{name} came up")
    manager.process.wait_for_output(why)
    expect_equal(lab.charon.count("authentication of .* with .* successful"), logins, "sign-ins")
    manager.wait_until_clean()


@promise("a person's own connection, by the person's own key: opened with that person's rights, and no other's")
def own_key(there):
    lab, manager = there.begin()
    key = certified(lab, manager, "alice")
    others = certified(lab, manager, "bob")
    more = "certificate=alice.pem\nkey=alice.key\n"
    manager.import_site("mine", lab.site("mine", method="certificate", user="unused", more=more), user="alice")
    manager.nmcli("connection", "modify", "mine", "connection.permissions", "user:alice", user="alice")
    expect_equal(manager.get("mine", "connection.permissions").replace("\\", ""), "user:alice", "whose it is")
    manager.up("mine", user="alice")
    expect_page(lab)
    holders = [pid for pid in children(manager.services()[0]) if name_of(pid) == "visitor-key"]
    expect_equal([os.stat(f"/proc/{pid}/mem").st_uid for pid in holders], [0], "a holder of keys shows itself to nobody")
    expect_equal([uid_of(pid) for pid in holders], [PEOPLE["alice"]], "whose process holds the key")
    manager.down("mine", user="alice")
    manager.wait_until_clean()

    def change(value):
        manager.nmcli("connection", "modify", "mine", "+vpn.data", f"sign-in.key={value}", user="alice")

    change(others)
    is_refused(lab, manager, "mine", "bob.key: Permission denied")
    link = key.with_name("link.key")
    link.symlink_to(key)
    change(link)
    is_refused(lab, manager, "mine", "link.key: Too many levels of symbolic links")
    change(key)
    manager.nmcli("connection", "modify", "mine", "connection.permissions", "")
    is_refused(lab, manager, "mine", "set connection.permissions to user:NAME")
    manager.nmcli("connection", "modify", "mine", "connection.permissions", "user:alice")
    change(locked(manager, key))
    screen = manager.terminal("-w", "60", "--ask", "connection", "up", "mine", user="alice")
    screen.wait_for("Passphrase of your key")
    screen.type("open sesame\n")
    screen.wait_for("Connection successfully activated")
    expect_page(lab)


@promise("who may not change the network may not bring a connection up")
def stranger(there):
    lab, manager = there.begin()
    result = manager.up("office", user="carol", password=PASSWORD, check=False)
    expect(result.returncode != 0 and "authorized" in (result.stdout + result.stderr).lower(), f"{result.stdout}{result.stderr}")
    expect_equal(manager.active(), ["hotel"], "active connections")
    manager.up("office", user="alice", password=PASSWORD)
    expect_page(lab)
    names = manager.desktop.call("root", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.ListNames")
    (service,) = re.findall(r"org\.freedesktop\.NetworkManager\.visitor[.\w]*", names.stdout)
    answer = manager.desktop.call("carol", service, "/org/freedesktop/NetworkManager/VPN/Plugin",
                                  "org.freedesktop.NetworkManager.VPN.Plugin.Disconnect")  # fmt: skip
    expect("AccessDenied" in answer.stderr, f"the service's bus name: {answer.stdout}{answer.stderr}")
    expect_page(lab)


@promise("the machine sleeps, and the stream dies meanwhile: after waking the tunnel goes on, without another sign-in")
def sleep(there):
    lab, manager = there.begin()
    logins = lab.charon.logins()
    manager.up("office", password=PASSWORD)
    expect_page(lab)
    lab.logind.prepare_for_sleep(True)
    wait_until(lambda: manager.state() == "asleep", "NetworkManager to sleep")
    expect(lab.network.reset_streams() > 0, "no stream was there")
    lab.logind.prepare_for_sleep(False)
    wait_until(lambda: manager.state() != "asleep", "NetworkManager to wake")
    expect_page(lab)
    # A link that is software, as the lab's is, NetworkManager keeps through a sleep, and what goes over it.
    expect_equal(manager.active(), ["hotel", "office"], "active connections")
    expect_equal(lab.charon.logins(), logins + 1, "logins")
    manager.down("office")
    manager.wait_until_clean()


@promise("from one link to another: a persistent connection goes on, without another sign-in, and is back within 3 s")
def other_link(there):
    lab, manager = there.begin()
    join(lab.user, "lte", lab.hotel, "cells")
    lab.hotel.ip("addr", "add", "192.0.2.1/24", "dev", "cells")
    manager.nmcli("connection", "modify", "office", "vpn.persistent", "yes")
    logins = lab.charon.logins()
    manager.up("office", password=PASSWORD)
    expect_page(lab)
    manager.nmcli("connection", "add", "type", "ethernet", "ifname", "lte", "con-name", "mobile", "ipv4.method", "manual",
                  "ipv4.addresses", "192.0.2.2/24", "ipv4.gateway", "192.0.2.1", "ipv4.dns", network.HOTEL,
                  "ipv4.route-metric", "900", "ipv6.method", "disabled")  # fmt: skip
    manager.nmcli("-w", "30", "connection", "up", "mobile")
    expect_page(lab)
    since = time.monotonic()
    manager.nmcli("-w", "30", "connection", "down", "hotel")
    expect_page(lab)
    took("from one link to another", time.monotonic() - since, AFTER_A_CHANGE)
    expect_equal(lab.charon.logins(), logins + 1, "logins")
    expect_equal(manager.active(), ["mobile", "office"], "active connections")
    manager.nmcli("-w", "30", "connection", "up", "hotel")
    manager.nmcli("connection", "delete", "mobile")
    expect_page(lab)
    expect_equal(lab.charon.logins(), logins + 1, "logins, back at the first link")
    manager.nmcli("connection", "modify", "office", "vpn.persistent", "no")
    manager.down("office")
    manager.wait_until_clean()


if __name__ == "__main__":
    main(why_no_networkmanager, stage=place)
