#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A person at a terminal: passwords are asked for without echo, kept when agreed, and seen nowhere."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from network import differences, snapshot
from process import PATIENCE
from programs import CLIENT
from scene import expect, expect_equal, main, promise
from session import Session
from strongswan import USERS

PASSWORD = USERS["alice"]
ASKED = "Password of alice:"
INTERRUPTED, SIGN_IN, NO_SECRET, ENGINE, NOT_CONNECTED, BUSY, NO_SITE = 130, 9, 11, 12, 14, 16, 3


def why_no_keyring():
    for tool in ("gnome-keyring-daemon", "gdbus"):
        if not shutil.which(tool):
            return f"needs {tool}"
    return None


@contextlib.contextmanager
def table(start_gateway=True):
    """A lab with everything that stands, and alice, who has the site."""
    with Lab() as lab:
        lab.charon = lab.responder().start()
        if start_gateway:
            lab.visitor_gateway()
        lab.the_engine = lab.engine()
        alice = lab.person("alice")
        alice.import_site("office", lab.site())
        yield lab, alice


def terminal(lab, person, *words, session=None):
    """`visitor` on a terminal of the person's."""
    return lab.ends(person.terminal(*words, session=session.environment if session else None))


def expect_nowhere(word):
    """No process that runs has the word among its arguments or in its environment."""
    for process in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                if process.name != str(os.getpid()):
                    expect(word.encode() not in (process / name).read_bytes(), f"{word} in {process}/{name}")


@promise("a password is typed unseen, accepted, and seen nowhere else")
def typed():
    with table() as (lab, alice):
        screen = terminal(lab, alice, "connect", "office")
        screen.wait_for(ASKED)
        wait_until(lambda: not screen.echoes(), "the echo to be off")
        screen.type(PASSWORD + "\n")
        screen.wait_for("office: Connected")
        expect(screen.echoes(), "the echo was left off")
        expect_nowhere(PASSWORD)
        expect_equal(screen.wait(), 0, "exit status")
        expect(PASSWORD not in screen.output, "the password was shown")
        expect("Keep the password" not in screen.output, "it offered a keyring that is not there")
        expect_equal(alice.state("office"), "connected", "the state after the program has gone")
        for log in lab.user.folder.glob("*.log"):
            expect(PASSWORD not in log.read_text(errors="replace"), f"the password is in {log.name}")
        alice.disconnect("office")
        expect_equal(alice.visitor("status", "office", check=False).returncode, NOT_CONNECTED, "status")


@promise("a refused password is asked for again, and the right one connects")
def second_try():
    with table() as (lab, alice):
        screen = terminal(lab, alice, "connect", "office")
        screen.wait_for(ASKED)
        screen.type("wrong\n")
        screen.wait_for("The gateway did not accept that.")
        screen.wait_for(ASKED)
        expect(not screen.echoes(), "the echo is on")
        screen.type(PASSWORD + "\n")
        screen.wait_for("office: Connected")
        expect_equal(screen.wait(), 0, "exit status")
        alice.disconnect("office")


@promise("a refused password is said, and nothing is left of the attempt")
def refused():
    with table() as (lab, alice):
        shot = snapshot(lab.user)
        screen = terminal(lab, alice, "connect", "office")
        screen.wait_for(ASKED)
        screen.type("wrong\n")
        screen.wait_for("Try once more")
        screen.wait_for(ASKED)
        screen.type("\n")
        expect_equal(screen.wait(), SIGN_IN, "exit status")
        expect("The gateway did not accept the password." in screen.output, screen.output)
        expect("Keep the password" not in screen.output, "a wrong password was offered to be kept")
        wait_until(lambda: not differences(shot, snapshot(lab.user)), "the machine as it was")


@promise("a profile of another program is imported, and one that names no user is not")
def profiles():
    with Lab() as lab:
        alice = lab.person("alice")
        profile = {"uuid": "5a2ef75e-6a07-4b3b-a5ad-6f6d3c0f1d53", "name": "Far away", "type": "ikev2-eap",
                   "remote": {"addr": "far.example.com", "id": "far.example.com"}, "local": {}}  # fmt: skip
        path = alice.home / "far.sswan"
        path.write_text(json.dumps(profile))
        path.chmod(0o644)
        result = alice.visitor("import", path, check=False)
        expect(result.returncode != 0 and "names no user" in result.stderr, f"{result.stderr}{result.stdout}")
        expect("far-away" not in alice.visitor("list").stdout, "half a site was saved")
        profile["local"]["eap_id"] = "alice"
        path.write_text(json.dumps(profile))
        expect("far.example.com" in alice.visitor("import", path).stdout, "it does not say what was added")
        text = alice.visitor("export", "far-away").stdout
        for line in ("name=Far away", "address=far.example.com", "user=alice"):
            expect(line in text, f"no {line} in: {text}")


@promise("Ctrl-C while being asked cancels, and gives the terminal back")
def interrupted():
    with table() as (lab, alice):
        shot = snapshot(lab.user)
        screen = terminal(lab, alice, "connect", "office")
        screen.wait_for(ASKED)
        screen.type("half\x03")
        expect_equal(screen.wait(), INTERRUPTED, "exit status")
        expect(screen.echoes(), "the echo was left off")
        wait_until(lambda: not differences(shot, snapshot(lab.user)), "the machine as it was")
        expect(alice.state("office") in (None, "disconnected", "failed"), "something goes on")


def at_password(lab, alice):
    screen = terminal(lab, alice, "connect", "office")
    screen.wait_for(ASKED)
    wait_until(lambda: not screen.echoes(), "the echo to be off")
    return screen


@promise("whatever ends, stops or outruns a question for a password gives the terminal back, with a line of its own")
def given_back():
    with table() as (lab, alice):
        for name, keys, number in (("Ctrl-\\", "\x1c", signal.SIGQUIT), ("SIGHUP", None, signal.SIGHUP)):
            screen = at_password(lab, alice)
            if keys:
                screen.type(keys)
            else:
                os.kill(screen.pid, number)
            expect_equal(screen.wait(), -number, f"exit status after {name}")
            expect(screen.echoes(), f"the echo was left off by {name}")

        screen = at_password(lab, alice)
        screen.type("\x1a")
        wait_until(screen.echoes, "the echo while it is stopped")
        os.kill(screen.pid, signal.SIGCONT)
        wait_until(lambda: not screen.echoes(), "the echo to be off again")
        screen.type(PASSWORD + "\n")
        screen.wait_for("office: Connected")
        expect_equal(screen.wait(), 0, "exit status after a stop")
        expect(PASSWORD not in screen.output, "the password was shown")
        alice.disconnect("office")

        screen = at_password(lab, alice)
        alice.disconnect("office")
        expect_equal(screen.wait(), NOT_CONNECTED, "exit status after the end of the connection")
        expect(f"{ASKED} \noffice: Disconnect" in screen.output, f"no line of its own: {screen.output!r}")
        expect(screen.echoes(), "the echo was left off")


@promise("Ctrl-C while looking for the gateway cancels")
def interrupted_early():
    with table(start_gateway=False) as (lab, alice):
        lab.gateway.run("nft", "-f", "-", input="table inet hole {\n chain in {\n"
                        "  type filter hook input priority 0;\n  tcp dport 443 drop\n }\n}\n")  # fmt: skip
        screen = terminal(lab, alice, "connect", "office")
        screen.wait_for("Looking for the gateway")
        screen.type("\x03")
        expect_equal(screen.wait(), INTERRUPTED, "exit status")
        expect(alice.state("office") in (None, "disconnected", "failed"), "something goes on")


@promise("with --stay the connection is there as long as the program, and Ctrl-C ends both")
def stay():
    with table() as (lab, alice):
        shot = snapshot(lab.user)
        screen = terminal(lab, alice, "connect", "--stay", "office")
        screen.wait_for(ASKED)
        screen.type(PASSWORD + "\n")
        screen.wait_for("office: Connected")
        expect_equal(alice.state("office"), "connected", "the state")
        expect_equal(alice.visitor("connect", "office", check=False).returncode, 16, "connecting twice")
        screen.type("\x03")
        screen.wait_for("Disconnected")
        expect_equal(screen.wait(), 0, "exit status")
        wait_until(lambda: not differences(shot, snapshot(lab.user)), "the machine as it was")


@promise("without a terminal and a password it says so, and does not wait")
def nobody_there():
    with table() as (lab, alice):
        result = alice.visitor("connect", "office", check=False)
        expect_equal(result.returncode, NO_SECRET, "exit status")
        expect("No password was given." in result.stderr, result.stderr)
        expect("No keyring can be used here" in result.stderr, result.stderr)


@promise("monitor tells of what comes and goes, status tells all of it as JSON")
def watching():
    with table() as (lab, alice):
        monitor = lab.ends(alice.start("monitor"))
        monitor.wait_for_output("Nothing is connected.")
        alice.connect("office", password=PASSWORD)
        monitor.wait_for_output("office: Connected")
        lab.fetch(f"http://{network.INSIDE}/")
        status = json.loads(alice.visitor("status", "--json", "office").stdout)["connections"][0]
        for key in ("site", "name", "state", "since", "connected", "interface", "addresses", "routes", "dns",
                    "mtu", "transport", "stream", "gateway", "ike", "child", "counters"):  # fmt: skip
            expect(key in status, f"no {key} in {status}")
        text = alice.visitor("status").stdout
        for word in ("office: Connected", "Addresses: 10.3.0.", "Name servers:", "Received:", "TLS"):
            expect(word in text, f"no '{word}' in: {text}")
        alice.disconnect()
        monitor.wait_for_output("office: Disconnected")
        expect_equal(monitor.stop(), 0, "exit status of monitor")


def answer(alice, status, words, *command):
    """Runs a verb that has no success to tell: this exit status, and these words to the person."""
    result = alice.visitor(*command, check=False)
    said = result.stdout + result.stderr
    expect_equal(result.returncode, status, f"exit status of {command}: {said}")
    expect(words in said, f"no '{words}' from {command}: {said}")
    return said


@promise("what fails stays told with its reason and what to do, until it is dismissed; a name that is no site's is said")
def told():
    with table() as (lab, alice):
        alice.connect("office", password="wrong\n", check=False)
        failed = answer(alice, NOT_CONNECTED, "office: Failed", "status", "OFFICE")
        for line in ("Reason: The gateway did not accept the password.", "What to do: Connect again and type it anew.",
                     "Error: PasswordRefused"):  # fmt: skip
            expect(f"  {line}\n" in failed, f"no '{line}' in: {failed}")
        expect_equal(json.loads(alice.visitor("status", "--json", "office", check=False).stdout)["connections"][0]["state"],
                     "failed", "the state for scripts")  # fmt: skip
        answer(alice, NOT_CONNECTED, "Nothing is connected.", "rekey")
        answer(alice, NOT_CONNECTED, "is not told any more", "disconnect", "office")
        answer(alice, 0, "Nothing is connected.", "status")
        answer(alice, NOT_CONNECTED, "“office” is not connected.", "disconnect", "office")
        answer(alice, 0, "Nothing is connected.", "disconnect", "--all")
        for verb in ("status", "disconnect", "rekey", "portal"):
            answer(alice, NO_SITE, "None of your sites is called “ofice”.", verb, "ofice")

        alice.connect("office", password=PASSWORD)
        answer(alice, BUSY, "“office” is connected already. “visitor disconnect office” ends it.", "connect", "office")
        answer(alice, 0, "The gateway of “office” is asked for new keys.", "rekey", "Office")
        answer(alice, 0, "It is still connected. “visitor disconnect office” ends that.", "remove", "office")
        answer(alice, 0, "“office” is disconnected.", "disconnect", "office")

        alice.import_site("office", lab.site())
        alice.connect("office", password=PASSWORD)
        expect("Interface: visitor" in alice.visitor("status", "office").stdout, "no interface while it is connected")
        lab.charon.stop()  # says goodbye
        wait_until(lambda: alice.state("office") == "failed", "the end of the connection")
        failed = answer(alice, NOT_CONNECTED, "Reason: The gateway ended the connection.", "status", "office")
        for word in ("Interface:", "Addresses:", "Name servers:", "ESP:"):
            expect(word not in failed, f"'{word}' of what stands no more: {failed}")


@promise("monitor ends when nobody reads it any more")
def unread():
    with table() as (lab, alice):
        desktop = lab.desktop()
        command = lab.user.command("sh", "-c", f"{desktop.build / CLIENT} monitor | head -1",
                                   user="alice", env=desktop.environment("alice"))  # fmt: skip
        first = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
        expect_equal((first.stdout, first.stderr), ("Nothing is connected.\n", ""), "one line of monitor")


@promise("an engine that is killed is told at once, and a new one is watched")
def engine_gone():
    with table() as (lab, alice):
        shot = snapshot(lab.user)
        monitor = lab.ends(alice.start("monitor"))
        monitor.wait_for_output("Nothing is connected.")
        screen = terminal(lab, alice, "connect", "--stay", "office")
        screen.wait_for(ASKED)
        screen.type(PASSWORD + "\n")
        screen.wait_for("office: Connected")
        # Each program is told by a message of its own, and the engine may be killed between the two.
        monitor.wait_for_output("office: Connected")
        lab.the_engine.kill()
        screen.wait_for("Visitor's engine does not answer.")
        expect_equal(screen.wait(), ENGINE, "exit status")
        monitor.wait_for_output("office: Failed")
        expect_equal(alice.statuses(), [], "connections without an engine")

        lab.engine()
        wait_until(lambda: not differences(shot, snapshot(lab.user)), "the machine as it was")
        alice.connect("office", password=PASSWORD)
        wait_until(lambda: monitor.output().count("office: Connected") == 2, "monitor to see it")
        alice.disconnect()


@promise("a password is kept in a real keyring when agreed, and used; a locked keyring is said")
def kept():
    with table() as (lab, alice):
        session = Session(lab, alice).keyring()
        screen = terminal(lab, alice, "connect", "office", session=session)
        screen.wait_for(ASKED)
        screen.type(PASSWORD + "\n")
        screen.wait_for("Keep the password in the keyring? [y/N]")
        screen.type("y\n")
        screen.wait_for("The password is kept in the keyring.")
        expect_equal(screen.wait(), 0, "exit status")
        alice.disconnect("office")

        screen = terminal(lab, alice, "connect", "office", session=session)
        screen.wait_for("office: Connected")
        expect_equal(screen.wait(), 0, "exit status")
        expect(ASKED not in screen.output, "it asked although the keyring has the password")
        alice.disconnect("office")

        session.lock_keyring()
        screen = terminal(lab, alice, "connect", "office", session=session)
        screen.wait_for("The keyring is locked", seconds=45)
        screen.wait_for(ASKED)
        screen.type(PASSWORD + "\n")
        screen.wait_for("office: Connected")
        expect_equal(screen.wait(), 0, "exit status")
        expect("Keep the password" not in screen.output, "it offered a keyring that is locked")
        alice.disconnect("office")


@promise("a kept password is forgotten with its site")
def forgotten():
    with table() as (lab, alice):
        session = Session(lab, alice).keyring()
        visitor = lab.desktop().build / CLIENT
        session.run(visitor, "connect", "--remember", "--password-fd", "0", "office", input=PASSWORD)
        alice.disconnect("office")
        again = session.run(visitor, "connect", "office")
        expect("office: Connected" in again.stdout, again.stdout)
        alice.disconnect("office")
        removed = session.run(visitor, "remove", "office").stdout
        expect("Its password was removed from the keyring." in removed, removed)
        alice.import_site("office", lab.site())
        result = session.run(visitor, "connect", "office", check=False)
        expect_equal(result.returncode, NO_SECRET, "exit status without the password")


if __name__ == "__main__":
    main(why_no_keyring)
