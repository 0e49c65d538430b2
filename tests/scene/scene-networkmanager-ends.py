#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""However NetworkManager's service ends, and whoever else speaks to it: nothing is left, and the next connection comes up."""

import contextlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from networkmanager import DEVICE, PLUGIN, NetworkManager, name_of, why_no_networkmanager
from portal import Portal
from programs import TUNNEL, children_named
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import USERS

PASSWORD = USERS["alice"]
CODES = "codes@example.test"
SERVICE = "org.freedesktop.NetworkManager.visitor"
PLUGIN_PATH = "/org/freedesktop/NetworkManager/VPN/Plugin"
INTERFACE = "org.freedesktop.NetworkManager.VPN.Plugin"
SILENCE = """
table inet silence {
    chain forward { type filter hook forward priority filter - 2; policy accept; tcp dport 443 drop; }
}
"""


class Place:
    def __init__(self, lab):
        self.lab = lab
        self.charon = lab.responder(more={"mobike": False}, only_loopback=False, clients={
            "codes": {"remote": {"auth": "eap-gtc", "id": CODES, "eap_id": "%any"}},
        }).start()  # fmt: skip
        lab.visitor_gateway()
        self.portal = lab.ends(Portal(lab))
        self.manager = NetworkManager(lab)
        self.manager.import_site("office", lab.site())
        self.manager.import_site("codes", lab.site("codes", method="eap-gtc", more=f"local-identity={CODES}\n"))

    def begin(self):
        self.manager.begin()
        self.portal.open()
        self.speak()
        return self.lab, self.manager

    def silence(self):
        """The gateway cannot be heard any more."""
        self.lab.hotel.run("nft", "-f", "-", input=SILENCE)

    def speak(self):
        self.lab.hotel.run("nft", "delete", "table", "inet", "silence", check=False)

    def service(self):
        """The one that runs."""
        wait_until(self.manager.services, "the service to be there")
        (pid,) = self.manager.services()
        return pid

    def worker(self):
        pid = self.service()
        wait_until(lambda: children_named(pid, Path(TUNNEL).name), "the worker")
        return children_named(pid, Path(TUNNEL).name)[0]

    def known(self):
        """How many the gateway takes for connected; those whose worker was killed are among them."""
        return self.charon.associations().count("ESTABLISHED")

    def expect_whole(self):
        """Nothing is left, and the next one is up at once."""
        self.manager.wait_until_clean()
        self.portal.open()
        self.speak()
        wait_until(lambda: self.manager.active() == ["hotel"], "nothing but the link to be up")
        self.manager.up("office", password=PASSWORD)
        expect_equal(self.lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        self.manager.down("office")
        self.manager.wait_until_clean()


@contextlib.contextmanager
def place():
    with Lab() as lab:
        yield Place(lab)


def asks_for_password(there):
    """NetworkManager waits for the person, the service for NetworkManager."""
    screen = there.manager.terminal("-w", "60", "--ask", "connection", "up", "office")
    screen.wait_for("Password")
    return screen


def looks_for_gateway(there):
    there.silence()
    screen = there.manager.asked_up("office", PASSWORD)
    there.worker()
    return screen


def waits_for_portal(there):
    before = there.manager.said("waiting-for-portal")
    there.portal.close()
    screen = there.manager.asked_up("office", PASSWORD)
    wait_until(lambda: there.manager.said("waiting-for-portal") > before, "the portal to be seen", 30)
    return screen


def asks_for_code(there):
    screen = there.manager.terminal("-w", "60", "--ask", "connection", "up", "codes")
    screen.wait_for("Code")
    return screen


def is_up(there):
    there.manager.up("office", password=PASSWORD)


def reconnects(there):
    is_up(there)
    before = there.manager.said("reconnecting")
    there.silence()
    expect(there.lab.network.reset_streams() > 0, "no stream was there")
    wait_until(lambda: there.manager.said("reconnecting") > before, "the stream to be missed")


STATES = (asks_for_password, looks_for_gateway, waits_for_portal, asks_for_code, is_up, reconnects)


def name_for(state):
    return "codes" if state is asks_for_code else "office"


@promise("taken down in whichever state, the service is gone with all that it made, and the next connection is up")
def taken_down(there):
    for state in STATES:
        print(f"# {state.__name__}", flush=True)
        _, manager = there.begin()
        state(there)
        manager.down(name_for(state))
        there.expect_whole()


@promise("a worker that is killed in whichever state ends the connection, not the service's manners")
def worker_killed(there):
    for state in STATES[1:]:
        print(f"# {state.__name__}", flush=True)
        lab, manager = there.begin()
        state(there)
        before = manager.said("(WorkerDied)")
        lab.user.run("kill", "-KILL", there.worker())
        wait_until(lambda before=before: manager.said("(WorkerDied)") > before, "the reason in the log")
        there.expect_whole()


@promise("NetworkManager dies in whichever state: the service goes with it, the gateway hears a goodbye")
def networkmanager_dies(there):
    for state in STATES:
        print(f"# {state.__name__}", flush=True)
        _, manager = there.begin()
        screen = state(there)
        pid, known = int(there.service()), there.known()
        manager.kill()
        if screen:
            screen.type("\x03")  # or it is an agent of the next one's, which nobody answers
        wait_until(lambda pid=pid: name_of(pid) != PLUGIN[:15], "the service to go", 10)
        wait_until(lambda: not manager.devices(), "the device to go")
        if state is is_up:
            expect_goodbye(there, known)
        manager.start()
        wait_until(lambda manager=manager: "hotel" in manager.active(), "the link again")
        there.expect_whole()


def expect_goodbye(there, known):
    """One of those that the gateway knew is gone, long before it would notice by itself."""
    wait_until(lambda: there.known() == known - 1, "the goodbye", 8)


@promise("the gateway hears a goodbye before the service ends, by NetworkManager's word and by SIGTERM")
def goodbye(there):
    lab, manager = there.begin()
    for how in ("down", "SIGTERM"):
        is_up(there)
        known = there.known()
        if how == "down":
            manager.down("office")
        else:
            lab.user.run("kill", "-TERM", there.service())
        manager.wait_until_clean()
        expect_goodbye(there, known)


@promise("a device of somebody else's that took the name of ours is left alone")
def other_device(there):
    lab, manager = there.begin()
    is_up(there)
    lab.user.run("sh", "-c", f"ip link del {DEVICE} && ip tuntap add dev {DEVICE} mode tun")
    wait_until(lambda: not manager.services(), "the service to end without its device")
    expect_equal(manager.devices(), [DEVICE], "the other's device")
    lab.user.run("ip", "link", "del", DEVICE)
    there.expect_whole()


class Caller:
    """root's hand-made calls to a service that nobody else calls."""

    def __init__(self, there, name, *options):
        self.desktop = there.manager.desktop
        self.name = f"{SERVICE}.{name}"
        program = self.desktop.folder / PLUGIN
        self.process = there.lab.ends(self.desktop.start("root", name, program, "--bus-name", self.name, *options))
        wait_until(lambda: self.desktop.has_name(self.name), "the service on the bus")

    def call(self, method, *arguments):
        answer = self.desktop.call("root", self.name, PLUGIN_PATH, f"{INTERFACE}.{method}", *arguments)
        return answer.stdout + answer.stderr


def connection_text(lab, **secrets):
    """office as NetworkManager sends it, in GVariant's text."""
    items = {"site.address": f"{network.GATEWAY}:443", "site.transport": "tls", "gateway.identity": "gateway.example.test",
             "sign-in.method": "eap-mschapv2", "sign-in.user": "alice", "password-flags": "0"}  # fmt: skip

    def text(pairs):
        return "{" + ", ".join(f"'{key}': '{value}'" for key, value in pairs.items()) + "}"

    return ("{'connection': {'id': <'x'>, 'uuid': <'6e9b9c2a-3f0b-4f5c-9a37-0d4a5c1f2b11'>, 'type': <'vpn'>},"
            f" 'vpn': {{'service-type': <'{SERVICE}'>, 'data': <{text(items)}>, 'secrets': <{text(secrets)}>}}}}"
            if secrets else
            "{'connection': {'id': <'x'>, 'uuid': <'6e9b9c2a-3f0b-4f5c-9a37-0d4a5c1f2b11'>, 'type': <'vpn'>},"
            f" 'vpn': {{'service-type': <'{SERVICE}'>, 'data': <{text(items)}>}}}}")  # fmt: skip


@promise("methods out of order are refused, and hurt neither the connection that is under way nor the service")
def out_of_order(there):
    lab, _ = there.begin()
    there.silence()
    caller = Caller(there, "Lab1", "--persist")  # for each call is another peer, whose end would end it
    office = connection_text(lab, password="x")
    expect("rong" in caller.call("NewSecrets", office), "secrets for nothing were taken")
    expect("vpn" in caller.call("NeedSecrets", connection_text(lab)), "no secret is needed")
    expect_equal(caller.call("ConnectInteractive", office, "@a{sv} {}").strip(), "()", "the first connect")
    for method, more in (("ConnectInteractive", ("@a{sv} {}",)), ("Connect", ())):
        expect("rror" in caller.call(method, office, *more), f"{method} while connecting was taken")
    for secrets in ({"code": "1"}, {"password": "a\\nb"}, {"code": ""}):
        expect_equal(caller.call("NewSecrets", connection_text(lab, **secrets)).strip(), "()", "secrets that nobody asked for")
    expect_equal(len(children_named(caller.process.pid, Path(TUNNEL).name)), 1, "workers")
    expect_equal(caller.call("Disconnect").strip(), "()", "the disconnect")
    expect("rror" in caller.call("Disconnect"), "a second disconnect was taken")
    wait_until(lambda: not children_named(caller.process.pid, Path(TUNNEL).name), "the worker to go")
    expect_equal(caller.process.stop(), 0, f"exit status: {caller.process.output()}")


@promise("what is no connection, or no site, is refused with a word, and the service ends")
def nonsense(there):
    there.begin()
    newline = "{'connection': {'id': <'a\\nb'>, 'uuid': <'6e9b9c2a-3f0b-4f5c-9a37-0d4a5c1f2b11'>, 'type': <'vpn'>}, 'vpn': "
    rows = (
        ("Lab2", "@a{sa{sv}} {}", "rror"),
        ("Lab3", "{'connection': {'id': <'x'>, 'type': <'vpn'>}, 'vpn': {'data': <@a{ss} {}>}}", "rror"),
        ("Lab4", newline + f"{{'service-type': <'{SERVICE}'>, 'data': <{{'site.address': 'x'}}>}}}}", "rror"),
        ("Lab5", newline + f"{{'service-type': <'{SERVICE}'>, 'data': <{{'site.address': 'x\\n[site]'}}>}}}}", "rror"),
    )
    for name, connection, wanted in rows:
        caller = Caller(there, name)
        answer = caller.call("Connect", connection)
        expect(wanted in answer, f"{name} was taken: {answer}")
        wait_until(lambda caller=caller: not caller.process.is_alive(), f"{name} to end", 10)
        expect_equal(caller.process.wait(), 0, f"exit status: {caller.process.output()}")


main(why_no_networkmanager, stage=place)
