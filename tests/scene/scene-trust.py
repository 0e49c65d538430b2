#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A gateway for which the site names nobody: a person is asked, and nothing secret goes before the yes."""

import base64
import contextlib
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from certificates import colons
from lab import Lab, wait_until
from network import differences, snapshot
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import GATEWAY_IDENTITY, USERS

PASSWORD = USERS["alice"]
NOBODY = "Nobody whom this computer knows vouches for the gateway's certificate."
QUESTION = "Is this your gateway's key? [y/N]"
REMEMBER = "Remember the gateway's key for this site, and not ask again? [y/N]"
ASKED = "Password of alice:"
UNTRUSTED, INTERRUPTED = 8, 130
INIT = r"parsed IKE_SA_INIT request 0 "
EAP = r"parsed IKE_AUTH request 2 "


@contextlib.contextmanager
def table(tls=None, ike=None, named=False):
    """A lab with everything that stands, and alice, whose site names no CA. tls, ike: certificates."""
    with Lab() as lab:
        lab.charon = lab.responder(ike).start()
        lab.relay = lab.visitor_gateway(tls)
        lab.the_engine = lab.engine()
        alice = lab.person("alice")
        alice.import_site("office", lab.site(named=named))
        yield lab, alice


def other_key(lab, name="other", **knobs):
    """A certificate of the lab's authority with a key of its own."""
    return lab.authority.issue(
        name, [GATEWAY_IDENTITY], flags=("serverAuth", "ikeIntermediate"), **knobs)  # fmt: skip


def streams(lab):
    """TCP connections to port 443 that stand."""
    return lab.gateway.run("ss", "-Htn", "state", "established", "sport = :443").stdout.split()


def expect_shown(screen, certificate):
    """The question of the terminal is about this certificate."""
    shown = re.sub(r"\s", "", screen.output)
    expect(colons(certificate.key_sha256()) in shown, f"no fingerprint of the key in: {screen.output}")
    expect(colons(certificate.sha256()) in shown, f"no fingerprint of the certificate in: {screen.output}")


def expect_changed(lab, alice, part, shown, known):
    """Connecting ends with both keys on the screen, without a question; returns the line for the new one."""
    screen = lab.ends(alice.terminal("connect", "office"))
    screen.wait_for("The gateway's key is not the one that this site knows.")
    expect_equal(screen.wait(), UNTRUSTED, "exit status")
    for line in screen.output.splitlines():
        print(f"# {line}")
    words = re.sub(r"\s", "", screen.output)
    expect(colons(shown.key_sha256()) in words, f"the key that was shown is not in: {screen.output}")
    expect(colons(known.key_sha256()) in words, f"the key that the site knows is not in: {screen.output}")
    for question in (QUESTION, ASKED):
        expect(question not in screen.output, "it asked, although the key is another one")
    status = alice.status("office")
    expect_equal(status["error"], "KeyChanged", "the error")
    told = status["changed-key"]
    expect_equal((told["part"], told["acceptable"]), (part, True), "what is told of the key")
    expect(f"into [{part}]" in screen.output, screen.output)
    (line,) = re.findall(r"pins=sha256/\S+", screen.output)
    return line


@promise("a key is asked about once, nothing is said before the yes, and reconnects ask nothing")
def once():
    with table() as (lab, alice):
        screen = lab.ends(alice.terminal("connect", "office"))
        screen.wait_for(NOBODY)
        screen.wait_for(QUESTION)
        for line in screen.output.splitlines():
            print(f"# {line}")
        expect_shown(screen, lab.certificate)
        for word in (f"{GATEWAY_IDENTITY}, TLS", "CN=Lab CA", "Compare one of these"):
            expect(word in screen.output, f"no '{word}' in: {screen.output}")
        expect(screen.echoes(), "what is typed is not shown")
        expect_equal(streams(lab), [], "streams that stand while a person thinks")
        expect_equal(lab.charon.count(INIT), 0, "IKE messages before the yes")
        screen.type("y\n")
        screen.wait_for(ASKED)
        expect_equal(screen.output.count(QUESTION), 1, "questions about one key")
        screen.type(PASSWORD + "\n")
        screen.wait_for("office: Connected")
        screen.wait_for(REMEMBER)
        screen.type("\n")
        expect_equal(screen.wait(), 0, "exit status")
        expect_equal(lab.fetch("http://10.1.0.10/"), PAGE.decode(), "the page")
        shown = alice.visitor("show", "office").stdout
        expect("pinned" not in shown, f"kept without a yes: {shown}")
        for _ in range(3):
            wait_until(lambda: lab.network.reset_streams() >= 1, "a stream to reset")
            wait_until(lambda: alice.state("office") == "connected", "the connection again")
            expect_equal(lab.fetch("http://10.1.0.10/"), PAGE.decode(), "the page")
        expect_equal(lab.charon.logins(), 2, "logins: the one that found the key, and ours")
        alice.disconnect("office")
        screen = lab.ends(alice.terminal("connect", "office"))
        screen.wait_for(QUESTION)


@promise("two keys are two questions; what is remembered is not asked again, and another key is refused")
def two_keys():
    with table() as (lab, alice):
        tls = other_key(lab)
        lab.relay.use(tls)
        lab.relay.process.stop()
        lab.relay.start()
        screen = lab.ends(alice.terminal("connect", "office"))
        screen.wait_for(QUESTION)
        expect_shown(screen, tls)
        screen.type("yes\n")
        screen.wait_for(f"{GATEWAY_IDENTITY}, IKE")
        screen.wait_for(QUESTION)
        expect_shown(screen, lab.certificate)
        expect_equal(streams(lab), [], "streams that stand while a person thinks")
        expect_equal(lab.charon.logins(), 1, "first IKE_AUTH requests before the second yes")
        expect_equal(lab.charon.count(EAP), 0, "EAP messages before the second yes")
        expect(ASKED not in screen.output, "the password was asked for too early")
        screen.type("y\n")
        screen.wait_for(ASKED)
        screen.type(PASSWORD + "\n")
        screen.wait_for(REMEMBER)
        screen.type("y\n")
        screen.wait_for("The site has the key now")
        expect_equal(screen.wait(), 0, "exit status")
        alice.disconnect("office")

        alice.connect("office", password=PASSWORD)
        alice.disconnect("office")
        exported = alice.visitor("export", "office").stdout
        for group, certificate in (("tls", tls), ("gateway", lab.certificate)):
            text = base64.b64encode(certificate.key_sha256()).decode()
            found = re.search(rf"\[{group}\][^\[]*pins=sha256/{re.escape(text)}\n", exported)
            expect(found, f"no pin of {group} in: {exported}")

        third = other_key(lab, "third")
        lab.relay.use(third)
        lab.relay.process.stop()
        lab.relay.start()
        inits = lab.charon.count(INIT)
        expect_changed(lab, alice, "tls", shown=third, known=tls)
        expect_equal(lab.charon.count(INIT), inits, "IKE messages after another key")

        line = f"pins=sha256/{base64.b64encode(third.key_sha256()).decode()}\n"
        alice.visitor("remove", "office")
        alice.import_site("office", lab.site(named=False, gateway=line, more=f"[tls]\n{line}"))
        logins = lab.charon.count(EAP)
        taken = expect_changed(lab, alice, "gateway", shown=lab.certificate, known=third)
        expect_equal(lab.charon.count(EAP), logins, "EAP messages after another key")
        alice.visitor("remove", "office")
        alice.import_site("office", lab.site(named=False, gateway=taken + "\n", more=f"[tls]\n{line}"))
        alice.connect("office", password=PASSWORD)


@promise("a no, or no word at all, ends it with its own sentence and leaves nothing")
def no():
    with table() as (lab, alice):
        shot = snapshot(lab.user)
        for answer in ("n\n", "\n", "\x04"):
            screen = lab.ends(alice.terminal("connect", "office"))
            screen.wait_for(QUESTION)
            screen.type(answer)
            screen.wait_for("The gateway's key was not accepted.")
            expect_equal(screen.wait(), UNTRUSTED, "exit status")
            wait_until(lambda: not differences(shot, snapshot(lab.user)), "the machine as it was")
        expect_equal(lab.charon.count(INIT), 0, "IKE messages")
        for line in screen.output.splitlines():
            print(f"# {line}")


@promise("without a terminal the answer is no, and the line that is shown helps")
def no_terminal():
    with table() as (lab, alice):
        result = alice.connect("office", password=PASSWORD, check=False)
        for line in result.stderr.splitlines():
            print(f"# {line}")
        expect_equal(result.returncode, UNTRUSTED, "exit status")
        expect("there is no terminal to ask on" in result.stderr, result.stderr)
        expect("The gateway's key was not accepted." in result.stderr, result.stderr)
        expect(colons(lab.certificate.key_sha256()) in result.stderr, result.stderr)
        expect_equal(lab.charon.count(INIT), 0, "IKE messages")
        (line,) = re.findall(r"pins=sha256/\S+", result.stderr)
        alice.visitor("remove", "office")
        alice.import_site("office", lab.site(named=False, more=f"[tls]\n{line}\n"))

        result = alice.connect("office", password=PASSWORD, check=False)
        expect_equal(result.returncode, UNTRUSTED, "exit status for the IKE gateway")
        expect_equal(lab.charon.count(EAP), 0, "EAP messages")
        expect("into [gateway]" in result.stderr, result.stderr)
        alice.visitor("remove", "office")
        alice.import_site("office", lab.site(named=False, gateway=line + "\n", more=f"[tls]\n{line}\n"))
        alice.connect("office", password=PASSWORD)


@promise("who is asked can cancel, and the connection can be ended from elsewhere")
def cancelled():
    with table() as (lab, alice):
        shot = snapshot(lab.user)
        screen = lab.ends(alice.terminal("connect", "office"))
        screen.wait_for(QUESTION)
        screen.type("y\x03")
        expect_equal(screen.wait(), INTERRUPTED, "exit status")
        wait_until(lambda: alice.state("office") in (None, "disconnected", "failed"), "the end")
        screen = lab.ends(alice.terminal("connect", "office"))
        screen.wait_for(QUESTION)
        alice.disconnect("office")
        screen.wait_for("Disconnected")
        screen.wait()
        wait_until(lambda: not lab.the_engine.workers(), "the worker to end")
        wait_until(lambda: not differences(shot, snapshot(lab.user)), "the machine as it was")
        expect_equal(lab.charon.count(INIT), 0, "IKE messages")


@promise("a key that changes after the yes is not asked about, and carries nothing")
def changed():
    with table() as (lab, alice):
        screen = lab.ends(alice.terminal("connect", "--stay", "office"))
        screen.wait_for(QUESTION)
        screen.type("y\n")
        screen.wait_for(ASKED)
        screen.type(PASSWORD + "\n")
        screen.wait_for(REMEMBER)
        screen.type("n\n")
        lab.relay.process.stop()
        lab.relay.use(other_key(lab))
        lab.relay.start()
        screen.wait_for("Reconnecting")
        lab.the_engine.process.wait_for_output("issued by nobody we trust")
        expect_equal(alice.state("office"), "reconnecting", "the state before another key")
        lab.relay.process.stop()
        lab.relay.use(lab.certificate)
        lab.relay.start()
        screen.wait_for("office: Connected")
        expect_equal(lab.fetch("http://10.1.0.10/"), PAGE.decode(), "the page")
        expect_equal(screen.output.count(QUESTION), 1, "questions")
        expect_equal(lab.charon.count(EAP), 1, "logins with a password")


@promise("nobody is asked where more than the issuer is wrong")
def more_wrong():
    with table() as (lab, alice):
        wrong = [other_key(lab, "old", expired=True), lab.authority.issue("misnamed", ["other.example.test"])]
        for certificate in wrong:
            lab.relay.process.stop()
            lab.relay.use(certificate)
            lab.relay.start()
            screen = lab.ends(alice.terminal("connect", "office"))
            screen.wait_for("The TLS certificate that was shown is not from anybody you trust.")
            expect_equal(screen.wait(), UNTRUSTED, "exit status")
            expect(QUESTION not in screen.output, "it asked")


@promise("a site that names a CA refuses another gateway without a question")
def named():
    with table(named=True) as (lab, alice):
        stranger = lab.other_authority().issue("gateway", [GATEWAY_IDENTITY])
        screen = lab.ends(alice.terminal("connect", "office"))
        screen.wait_for(ASKED)  # the positive control: its own gateway is believed
        screen.type("\x03")
        screen.wait()
        lab.relay.process.stop()
        lab.relay.use(stranger)
        lab.relay.start()
        screen = lab.ends(alice.terminal("connect", "office"))
        screen.wait_for("The TLS certificate that was shown is not from anybody you trust.")
        expect_equal(screen.wait(), UNTRUSTED, "exit status")
        expect(QUESTION not in screen.output, "it asked, although the site names a CA")


if __name__ == "__main__":
    main()
