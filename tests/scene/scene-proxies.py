#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A hotel that lets nothing out but through its proxies, and knows names nowhere but there.

One lab for all: the forward chain of the hotel drops everything, its name server knows no gateway. squid,
dante and haproxy stand at the hotel, each asking who goes through in its own way.
"""

import contextlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab
from process import wait_until
from programs import CLIENT
from proxies import (
    DOMAIN,
    NAMESERVER,
    PROXY_NAME,
    REALM,
    Announcer,
    Dante,
    Kdc,
    ScriptServer,
    Squid,
    SshSocks,
    detail,
    missing,
    users,
)
from scene import expect, expect_equal, main, promise
from servers import PAGE, Haproxy
from session import Session
from strongswan import GATEWAY_IDENTITY, USERS

UNREACHABLE, SIGN_IN, UNTRUSTED, NO_SECRET = 7, 9, 8, 11
TO_GATEWAY = {GATEWAY_IDENTITY: network.GATEWAY}
PROXY_USER, PROXY_PASSWORD = "alice", "Teaparty3"
PLAIN, BASIC, DIGEST, NTLM, NEGOTIATE, SOCKS, SOCKS_PASSWORD, SOCKS_SSH, TLS, TLS_BASIC = (
    3128, 3129, 3130, 3131, 3132, 1080, 1081, 1082, 8443, 8444)  # fmt: skip
DEAD = 3999
SCRIPT = f"""function FindProxyForURL (url, host) {{
  if (host == "{GATEWAY_IDENTITY}")
    return "PROXY {PROXY_NAME}:{DEAD}; PROXY {PROXY_NAME}:{PLAIN}; DIRECT";
  return "DIRECT";
}}
"""


class Hotel:
    """The lab, alice's session, and the proxies by port."""

    def __init__(self, lab):
        self.lab = lab
        lab.responder().start()
        lab.visitor_gateway()
        lab.visitor_gateway(port=1720)
        lab.engine()
        self.alice = lab.person("alice")
        self.session = Session(lab, self.alice)
        lab.hotel.run("nft", "flush", "chain", "inet", "hotel", "forward")
        del lab.nameserver.names[GATEWAY_IDENTITY]
        lab.nameserver.names[PROXY_NAME] = [network.HOTEL]
        self.proxies = self.open_proxies()

    def open_proxies(self):
        lab, machine = self.lab, self.lab.hotel
        auth = users(machine.folder / "who", PROXY_USER, PROXY_PASSWORD)
        self.kdc = lab.ends(Kdc(machine, PROXY_PASSWORD))
        squid = {PLAIN: None, BASIC: auth["basic"], DIGEST: auth["digest"], NTLM: auth["ntlm"],
                 NEGOTIATE: self.kdc.auth()}  # fmt: skip
        # No file of tokens that were seen: squid's helper may not write where a run keeps its temporary files.
        kerberos = {"KRB5_CONFIG": self.kdc.config, "KRB5RCACHENAME": "none:"}
        found = {
            port: lab.ends(Squid(machine, port, auth=lines, names=TO_GATEWAY, env=kerberos))
            for port, lines in squid.items()
        }  # fmt: skip
        found[SOCKS] = lab.ends(Dante(machine, SOCKS, names=TO_GATEWAY))
        found[SOCKS_PASSWORD] = lab.ends(Dante(machine, SOCKS_PASSWORD, password=(PROXY_USER, PROXY_PASSWORD)))
        certificate = lab.authority.issue("proxy", [PROXY_NAME], flags=("serverAuth",))
        for port, behind in ((TLS, PLAIN), (TLS_BASIC, BASIC)):
            lab.ends(Haproxy(machine, f"{network.HOTEL}:{port}", f"{network.HOTEL}:{behind}", certificate.pem,
                             certificate.key, lab.authority.pem))  # fmt: skip
        return found

    def site(self, name, proxy, *, host=GATEWAY_IDENTITY, port=443, more=""):
        inline = self.lab.authority.pem.read_text().strip().replace("\n", "\\n")
        mode = f"mode=manual\nuri={proxy}\n" if proxy else ""
        text = self.lab.site(name, address=f"{host}:{port}", more=f"[proxy]\n{mode}ca={inline}\n{more}")
        self.alice.import_site(name, text)

    def connect(self, name, *options, proxy_password=None, env=None, check=True):
        """`visitor connect` in alice's session, her password for the gateway on 0, the proxy's on 3."""
        words = [self.session.desktop.build / CLIENT, "connect", name, "--password-fd", "0", *options]
        words = ["env", *(f"{key}={value}" for key, value in (env or {}).items()), *words]
        if proxy_password is not None:
            given = self.alice.home / "proxy-password"
            given.write_text(proxy_password)
            given.chmod(0o644)
            words = ["sh", "-c", 'exec "$@" --proxy-password-fd 3 3< ' + str(given), "sh", *words]
        return self.session.run(*words, input=USERS["alice"], check=check, timeout=120)

    def expect_page(self, name, proxy, host=GATEWAY_IDENTITY):
        """The page is there, the status names the proxy; then it is left."""
        expect_equal(self.lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        status = self.alice.status(name)
        expect_equal(status.get("proxy"), proxy, detail(status))
        expect_equal(status["gateway"], f"{host}:443", "the gateway")
        self.leave(name)

    def leave(self, name):
        self.alice.disconnect(name)

    def expect_refused(self, result, code, *words):
        expect_equal(result.returncode, code, f"exit status, with {result.stderr}{result.stdout}")
        for each in words:
            expect(each in result.stderr, f"not said: '{each}', but: {result.stderr}{result.stdout}")


@contextlib.contextmanager
def hotel():
    with Lab() as lab:
        yield Hotel(lab)


def uri(scheme, port):
    return f"{scheme}://{PROXY_NAME}:{port}"


@promise("without a proxy nothing gets out of this hotel, and its name server knows no gateway")
def nothing(hotel):
    hotel.site("direct", None, more="mode=none\n")
    hotel.expect_refused(hotel.connect("direct", check=False), UNREACHABLE, "name was not found")
    hotel.alice.disconnect("direct", check=False)


@promise("an HTTP proxy is gone through, and looks the gateway's name up itself")
def plain(hotel):
    hotel.site("plain", uri("http", PLAIN))
    hotel.lab.nameserver.asked.clear()
    hotel.connect("plain")
    hotel.expect_page("plain", uri("http", PLAIN))
    expect(GATEWAY_IDENTITY not in hotel.lab.nameserver.asked, "the client asked for the gateway's name")
    expect(PROXY_NAME in hotel.lab.nameserver.asked, "nobody asked for the proxy")


@promise("SOCKS 5 is spoken, and the name goes to the proxy; SOCKS 4, of which dante knows addresses alone")
def socks(hotel):
    hotel.site("socks5", uri("socks5", SOCKS))
    hotel.connect("socks5")
    hotel.expect_page("socks5", uri("socks5", SOCKS))
    hotel.site("socks4", uri("socks4a", SOCKS), host=network.GATEWAY)
    hotel.connect("socks4")
    hotel.expect_page("socks4", uri("socks4a", SOCKS), network.GATEWAY)
    expect(GATEWAY_IDENTITY not in hotel.lab.nameserver.asked, "the client asked for the gateway's name")


@promise("SOCKS 4a with OpenSSH, to which the name goes")
def socks_by_name(hotel):
    there = hotel.lab.ends(SshSocks(hotel.lab.hotel, SOCKS_SSH, names=TO_GATEWAY))
    hotel.site("socks4a", uri("socks4a", SOCKS_SSH))
    hotel.connect("socks4a")
    hotel.expect_page("socks4a", uri("socks4a", SOCKS_SSH))
    expect(f"target {GATEWAY_IDENTITY} port 443" in there.seen(), "it did not go by name")


@promise("a proxy behind TLS is believed by its CA, and one that is somebody else's is not")
def tls(hotel):
    hotel.site("tls", uri("https", TLS))
    hotel.connect("tls")
    hotel.expect_page("tls", uri("https", TLS))
    address = f"https://{network.HOTEL}:{TLS}"  # which its certificate is not for
    hotel.site("stranger", address)
    hotel.expect_refused(hotel.connect("stranger", check=False), UNTRUSTED, "The proxy could not prove", address)


@promise("Digest: the name and the password that are given for it, and not the gateway's")
def digest(hotel):
    hotel.site("digest", uri("http", DIGEST))
    hotel.expect_refused(hotel.connect("digest", check=False), NO_SECRET, "The proxy asks who you are")
    hotel.connect("digest", proxy_password=f"{PROXY_USER}:{PROXY_PASSWORD}")
    hotel.expect_page("digest", uri("http", DIGEST))
    hotel.expect_refused(
        hotel.connect("digest", proxy_password=f"{PROXY_USER}:wrong", check=False), SIGN_IN,
        "The proxy did not accept")  # fmt: skip


@promise("NTLM: two requests on one connection")
def ntlm(hotel):
    hotel.site("ntlm", uri("http", NTLM), more="user=HOTEL\\\\alice\n")
    hotel.connect("ntlm", proxy_password=PROXY_PASSWORD)
    hotel.expect_page("ntlm", uri("http", NTLM))
    expect("alice" in hotel.proxies[NTLM].seen(), f"not by name: {hotel.proxies[NTLM].seen()}")


@promise("Negotiate: the ticket that the user has, made into a token in the user's session")
def negotiate(hotel):
    tickets = {"KRB5_CONFIG": hotel.kdc.config, "KRB5CCNAME": f"FILE:{hotel.alice.home}/tickets"}
    hotel.site("negotiate", uri("http", NEGOTIATE))
    hotel.expect_refused(hotel.connect("negotiate", env=tickets, check=False), NO_SECRET, "The proxy asks who you are")
    hotel.session.run("env", *(f"{key}={value}" for key, value in tickets.items()), "kinit", "alice",
                      input=f"{PROXY_PASSWORD}\n")  # fmt: skip
    hotel.connect("negotiate", env=tickets)
    hotel.expect_page("negotiate", uri("http", NEGOTIATE))
    seen = hotel.proxies[NEGOTIATE].seen()
    expect(f"alice@{REALM}" in seen, f"not by name: {seen}")


@promise("a password that others could read is sent by consent alone; behind TLS nobody can")
def clear(hotel):
    known = f"{PROXY_USER}:{PROXY_PASSWORD}"
    hotel.site("basic", uri("http", BASIC))
    result = hotel.connect("basic", proxy_password=known, check=False)
    hotel.expect_refused(result, NO_SECRET, "goes there unencrypted", "The proxy asks who you are")
    expect(PROXY_USER not in hotel.proxies[BASIC].seen(), "it was sent")
    hotel.connect("basic", "--proxy-in-clear", proxy_password=known)
    hotel.expect_page("basic", uri("http", BASIC))
    hotel.site("tls-basic", uri("https", TLS_BASIC))
    hotel.connect("tls-basic", proxy_password=known)
    hotel.expect_page("tls-basic", uri("https", TLS_BASIC))
    hotel.site("socks-basic", uri("socks5", SOCKS_PASSWORD))
    hotel.expect_refused(hotel.connect("socks-basic", proxy_password=known, check=False), NO_SECRET)
    hotel.connect("socks-basic", "--proxy-in-clear", proxy_password=known)
    hotel.expect_page("socks-basic", uri("socks5", SOCKS_PASSWORD))


@promise("a port that the proxy does not allow is told, with the port and the proxy")
def port(hotel):
    hotel.site("port", uri("http", PLAIN), port=1720)
    result = hotel.connect("port", check=False)
    hotel.expect_refused(
        result, UNREACHABLE, "does not let you through to the gateway's port", f"{GATEWAY_IDENTITY}:1720",
        uri("http", PLAIN))  # fmt: skip
    hotel.site("port-socks", uri("socks5", SOCKS), port=1720)
    hotel.connect("port-socks")
    hotel.leave("port-socks")


@promise("what is no proxy, and where nobody is, is told as that")
def no_proxy(hotel):
    hotel.site("not-one", uri("http", SOCKS))
    hotel.expect_refused(hotel.connect("not-one", check=False), UNREACHABLE, "is not a proxy of this kind")
    hotel.site("nobody", uri("http", DEAD))
    hotel.expect_refused(
        hotel.connect("nobody", check=False), UNREACHABLE, "The proxy of this network does not answer",
        uri("http", DEAD))  # fmt: skip


@promise("the proxy of the session's environment is found")
def environment(hotel):
    hotel.site("found", None)
    hotel.connect("found", env={"https_proxy": uri("http", PLAIN)})
    hotel.expect_page("found", uri("http", PLAIN))


@promise("a script by its URL in the desktop's settings is run, and its list tried in order")
def script(hotel):
    hotel.scripts = hotel.lab.ends(ScriptServer(hotel.lab.hotel, SCRIPT))
    hotel.session.start("pacrunner", "/usr/libexec/glib-pacrunner")
    wait_until(lambda: hotel.session.has_name("org.gtk.GLib.PACRunner"), "the runner of scripts")
    desktop = {"XDG_CURRENT_DESKTOP": "GNOME", "GSETTINGS_BACKEND": "keyfile"}
    hotel.desktop_settings = desktop
    for key, value in (("mode", "auto"), ("autoconfig-url", f"http://{network.HOTEL}/wpad.dat")):
        hotel.session.run("env", *(f"{name}={each}" for name, each in desktop.items()), "gsettings", "set",
                          "org.gnome.system.proxy", key, value)  # fmt: skip
    hotel.site("script", None)
    hotel.connect("script", env=desktop)
    hotel.expect_page("script", uri("http", PLAIN))


@promise("a script that the network announces by its name server is found, and a stream that is lost comes back")
def announced(hotel):
    announcer = hotel.lab.ends(Announcer(hotel.lab.hotel))
    hotel.session.desktop.resolv_conf.write_text(f"search {DOMAIN}\nnameserver {NAMESERVER}\n")
    hotel.site("announced", None)
    hotel.connect("announced")
    status = hotel.alice.status("announced")
    expect_equal(status.get("proxy"), uri("http", PLAIN), detail(status))
    expect("wpad" in announcer.process.output(), "nobody asked for the script")
    hotel.lab.network.reset_streams(PLAIN)
    wait_until(
        lambda: hotel.alice.status("announced")["counters"]["reconnects"] >= 1
        and hotel.alice.state("announced") == "connected",
        "the connection to come back", 60)  # fmt: skip
    hotel.expect_page("announced", uri("http", PLAIN))


main(missing, stage=hotel)
