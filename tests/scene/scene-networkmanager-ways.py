#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""NetworkManager's service finds the way to the gateway: proxies, portals, a network that comes late, what it was before."""

import contextlib
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from networkmanager import NetworkManager, why_no_networkmanager
from portal import PAGE as PORTAL_PAGE
from portal import WELCOME, Portal
from proxies import Squid, missing
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import GATEWAY_IDENTITY, USERS

PASSWORD = USERS["alice"]
PROXY_PORT = 3128
PORTAL = "lets nobody out before a sign-in on a web page"
NO_NETWORK, NETWORK_AGAIN = "There is no network; waiting for one", "There is a network again"


class Place:
    """The lab, its gateway, its portal and its NetworkManager."""

    def __init__(self, lab):
        self.lab = lab
        # Without MOBIKE it names no other addresses, each of which would be tried first.
        lab.charon = lab.responder(more={"mobike": False}, only_loopback=False).start()
        self.gateway = lab.visitor_gateway()
        self.portal = lab.ends(Portal(lab))
        self.manager = NetworkManager(lab)
        self.manager.import_site("office", lab.site())

    def begin(self):
        self.manager.begin()
        self.portal.open()
        return self.lab, self.manager, self.portal

    def expect_up(self, screen, seconds=45):
        screen.wait_for("Connection successfully activated", seconds)
        expect_equal(self.lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")


@contextlib.contextmanager
def place():
    with Lab() as lab:
        yield Place(lab)


@promise("behind a portal it waits for the sign-in and is connected after it; the log says so, and no name")
def portal_opens(there):
    lab, manager, portal = there.begin()
    portal.close()
    waited = manager.said(PORTAL)
    screen = manager.asked_up("office", PASSWORD)
    wait_until(lambda: manager.said(PORTAL) > waited, "the portal to be told of", 30)
    expect_equal(portal.sign_in(f"{PORTAL_PAGE}?from={GATEWAY_IDENTITY}"), WELCOME, "the portal's page")
    there.expect_up(screen)
    manager.down("office")
    manager.wait_until_clean()


@promise("a portal that nobody signs in at ends with NetworkManager's time, and the log says what was waited for")
def portal_stays(there):
    lab, manager, portal = there.begin()
    portal.close()
    given_up = f"given up while this network {PORTAL}"
    before = manager.said(given_up)
    manager.nmcli("connection", "modify", "office", "vpn.timeout", "20")
    result = manager.up("office", password=PASSWORD, check=False)
    manager.nmcli("connection", "modify", "office", "vpn.timeout", "0")
    expect(result.returncode != 0, "connected behind a portal")
    expect("Invalid secrets" not in result.stdout + result.stderr, f"the password is blamed: {result.stderr}")
    wait_until(lambda: manager.said(given_up) > before, "the reason in the log")
    manager.wait_until_clean()
    portal.open()
    manager.up("office", password=PASSWORD)
    manager.down("office")


@promise("without any network it waits for one, and is connected as soon as there is")
def network_comes(there):
    lab, manager, _ = there.begin()
    waited, came = manager.said(NO_NETWORK), manager.said(NETWORK_AGAIN)
    was = lab.user.ip("route", "show", "default").strip(), lab.user.ip("-6", "route", "show", "default").strip()
    for family, route in zip(("-4", "-6"), was):
        if route:
            lab.user.ip(family, "route", "del", "default")
    screen = manager.asked_up("office", PASSWORD)
    wait_until(lambda: manager.said(NO_NETWORK) > waited, "the network to be waited for")
    time.sleep(2)  # so that the first attempt has failed
    expect(manager.services(), "the service has given up")
    for family, route in zip(("-4", "-6"), was):
        if route:
            lab.user.ip(family, "route", "add", *route.split())
    there.expect_up(screen)
    expect(manager.said(NETWORK_AGAIN) > came, "the network was not told of")
    manager.down("office")
    manager.wait_until_clean()


@promise("through a proxy that looks the gateway's name up itself, up as without one", unless=missing)
def proxy(there):
    lab, manager, _ = there.begin()
    lab.ends(Squid(lab.hotel, PROXY_PORT, names={GATEWAY_IDENTITY: network.GATEWAY}))
    known = lab.nameserver.names.pop(GATEWAY_IDENTITY)
    group = f"[proxy]\nmode=manual\nuri=http://{network.HOTEL}:{PROXY_PORT}\n"
    manager.import_site("proxied", lab.site("proxied", more=group))
    try:
        manager.up("proxied", password=PASSWORD, seconds=30)
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        towards = lab.user.ip("route", "get", network.HOTEL)
        expect("dev wifi" in towards, f"the way to the proxy: {towards}")
        expect(lab.network.reset_streams(PROXY_PORT) > 0, "no stream was there")
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page, over another stream")
    finally:
        lab.nameserver.names[GATEWAY_IDENTITY] = known
    manager.down("proxied")
    manager.wait_until_clean()


@promise("each way that fails is one line of the log, at a level of everybody's and without names; the end counts them")
def attempts(there):
    lab, manager, _ = there.begin()
    there.gateway.stop()
    entries = f"{network.GATEWAY}:443;{network.GATEWAY}:444"
    manager.import_site("apart", lab.site("apart", address=f"{network.GATEWAY}:442", site=f"entry-points={entries}\n"))
    result = manager.up("apart", password=PASSWORD, check=False)
    expect(result.returncode != 0, "connected to nobody")
    manager.wait_until_clean()
    lines = re.findall(r"Message: [\d:.]+: (Attempt .*)", manager.log())
    for entry in (1, 2, 3):
        wanted = rf"Attempt \d+ over TLS to entry point {entry} failed after \d+\.\d\d s at the step tcp: \w+"
        expect(any(re.fullmatch(wanted, line) for line in lines), f"entry point {entry} is not in {lines}")
    expect(not any(network.GATEWAY in line for line in lines), f"an address is in {lines}")
    last = re.findall(r"The connection failed \(.*attempts that failed: (\d+)", manager.log())[-1]
    expect(int(last) >= 3, f"attempts at the end: {last}")
    there.gateway.start()


@promise("what led out of a network is where the next connection begins, although a service lives for one connection")
def memory(there):
    lab, manager, _ = there.begin()
    manager.import_site("automatic", lab.site("automatic", address=GATEWAY_IDENTITY, transport="auto"))
    for number, wanted in enumerate(("neither", "TLS")):  # the hotel drops UDP
        manager.up("automatic", password=PASSWORD)
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        told = re.findall(r"here the last was (\w+)", manager.log())
        expect_equal(told[-1], wanted, f"the last way here, at the connection {number + 1}")
        manager.down("automatic")
        manager.wait_until_clean()
    kept = manager.desktop.folder / "nm-state" / "memory"
    expect_equal(oct(kept.stat().st_mode & 0o777), "0o600", "who may read it")
    expect(GATEWAY_IDENTITY not in kept.read_text(), f"what it tells: {kept.read_text()}")


main(why_no_networkmanager, stage=place)
