#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person is told of the ways to the gateway that were tried, and of those that a diagnosis finds."""

import contextlib
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from process import PATIENCE
from programs import CLIENT
from proxies import Squid, missing, users
from scene import expect, expect_equal, main, promise
from servers import PageHandler, Server
from strongswan import GATEWAY_IDENTITY, USERS
from terminal import Terminal

PASSWORD = USERS["alice"]
UNREACHABLE, UNTRUSTED, NO_SECRET, NOT_AUTHORIZED, INTERRUPTED = 7, 8, 11, 13, 130
CLOSED = f"{network.GATEWAY}:80"  # the hotel lets it through, and nobody listens there
OPEN = f"{GATEWAY_IDENTITY}:443"


@contextlib.contextmanager
def table():
    """A lab with everything that stands, and alice."""
    with Lab() as lab:
        lab.charon = lab.responder(only_loopback=False).start()
        lab.relay = lab.visitor_gateway()
        lab.the_engine = lab.engine()
        lab.alice = lab.person("alice")
        yield lab


def show(text):
    for line in text.splitlines():
        print(f"# {line}")


@promise("status names the entry point that failed and the one that answered, and monitor tells of each as it ends")
def attempts(lab):
    alice = lab.alice
    site = lab.site(address=CLOSED, transport=f"tls\nentry-points={OPEN}",
                    more=f"[tls]\nname={GATEWAY_IDENTITY}\n")  # fmt: skip
    alice.import_site("office", site)
    watcher = lab.ends(alice.start("monitor"))
    watcher.wait_for_output("Nothing is connected.")
    alice.connect("office", password=PASSWORD)
    watcher.wait_for_output("The gateway answered.")
    status = alice.visitor("status", "office").stdout
    show(status)
    show(watcher.output())
    refused = rf"{re.escape(CLOSED)} +TLS +none +\d+\.\d\d s +The gateway refused the connection\."
    answered = rf"{re.escape(OPEN)} +TLS +none +\d+\.\d\d s +The gateway answered\."
    expect(re.search(rf"{refused}\n +{answered}\n", status), f"no such table in: {status}")
    for line in (rf"office: {re.escape(CLOSED)} over TLS, .*refused", rf"office: {re.escape(OPEN)} over TLS, .*answered"):
        expect_equal(len(re.findall(line, watcher.output())), 1, f"lines of the monitor like {line}")

    first, second = alice.status("office")["attempts"]
    expect_equal((first["number"], first["error"], first["stage"]), (1, "Refused", "tcp"), "the first")
    expect(network.GATEWAY in first["detail"], first)
    expect("address" not in first and "error" not in second, (first, second))
    expect_equal((second["number"], second["address"]), (2, network.GATEWAY), "the second")
    expect_equal(set(second["stages"]), {"lookup", "tcp", "tls", "ike"}, "the steps of the second")

    lab.network.reset_streams()
    wait_until(lambda: watcher.output().count("office: Connected") == 2, "the connection again")
    short = alice.visitor("status", "office").stdout
    expect("Ways that were tried" not in short, f"the first way is worth no table: {short}")
    full = alice.visitor("status", "--verbose", "office").stdout
    show(full)
    expect_equal(full.count("The gateway answered."), 2, f"ways that worked in: {full}")
    expect(re.search(r"TCP \d+ ms, TLS \d+ ms, IKE \d+ ms", full), full)
    alice.disconnect("office")


@promise("a connection that failed says what became of every way")
def failed(lab):
    alice = lab.alice
    site = lab.site("nowhere", address=CLOSED, transport=f"tls\nentry-points=gone.example.test:443;{CLOSED}")
    alice.import_site("nowhere", site)
    result = alice.connect("nowhere", password=PASSWORD, check=False)
    expect_equal(result.returncode, 7, f"exit status of connect: {result.stderr}")
    status = alice.visitor("status").stdout
    show(status)
    expect("The gateway's name was not found." in status, status)
    expect_equal(status.count(" s  The gateway refused the connection."), 2, f"refusals in: {status}")
    expect("  Reason: The gateway refused the connection." in status, f"no reason in: {status}")
    alice.disconnect("nowhere", check=False)


def at_terminal(lab, what):
    """`visitor diagnose` on a terminal of alice's."""
    desktop = lab.desktop()
    command = lab.user.command(
        desktop.build / CLIENT, "diagnose", what, user="alice", env=desktop.environment("alice"))  # fmt: skip
    return lab.ends(Terminal(command))


def answer_proxy(screen, password):
    screen.wait_for("User name for the proxy")
    screen.type("alice\n")
    screen.wait_for("Password")
    wait_until(lambda: not screen.echoes(), "the echo to be off")
    screen.type(password + "\n")


def last_line(report):
    return report.rstrip("\n").rpartition("\n")[2]


def diagnose(lab, what, *options, **knobs):
    """The report and the exit status; both are printed."""
    result = lab.alice.visitor("diagnose", *options, what, check=False, **knobs)
    show(result.stdout + result.stderr)
    return result.stdout, result.returncode


@promise("where all is well the report tells of names, TCP, TLS and IKE, and nobody signs in")
def well(lab):
    logins = lab.charon.logins()
    lab.alice.import_site("well", lab.site("well"))
    report, status = diagnose(lab, "well")
    expect_equal(status, 0, "exit status")
    for pattern in (
        rf"{GATEWAY_IDENTITY} A +{network.GATEWAY} \(from {network.HOTEL}, \d+ ms\)",
        rf"TCP to {network.GATEWAY} +works, \d+ ms",
        r"TLS +works, \d+ ms\n +Algorithms +TLS1\.3",
        r"Issued by +CN=Lab CA",
        r"Trusted +yes",
        r"IKE +works, \d+ ms\n +Algorithms +AES",
        r"NAT +at both ends",
        r"Verdict\n +The gateway answers: nothing",
    ):
        expect(re.search(pattern, report), f"no {pattern} in the report")
    expect_equal(lab.charon.logins(), logins, "logins")
    expect_equal(lab.alice.status("well"), None, "a connection")
    report, status = diagnose(lab, OPEN)
    expect_equal(status, 0, "exit status")
    expect("Nobody vouches for it" in report and "compare it before" in report, "the key that nobody knows")
    expect(re.search(r"if this key is the gateway's: sha256/\S{44}\. .*“CN=Lab CA[^”]*”", last_line(report)), "no condition in the verdict")


def expect_lines(report, *patterns):
    for pattern in patterns:
        expect(re.search(pattern, report), f"no {pattern} in the report")


@promise("a port that is closed and one behind which everything is dropped are told apart")
def ports(lab):
    site = lab.site("ports", address=CLOSED, transport=f"tls\nentry-points={network.GATEWAY}:444",
                    more=f"[tls]\nname={GATEWAY_IDENTITY}\n")  # fmt: skip
    lab.alice.import_site("ports", site)
    report, status = diagnose(lab, "ports")
    expect_equal(status, UNREACHABLE, "exit status")
    expect_lines(
        report,
        rf"Way 1: {re.escape(CLOSED)} over TLS.*\n +TCP to {network.GATEWAY} +FAILED after \d+ ms\n.*refused",
        rf"Way 2: {network.GATEWAY}:444 over TLS.*\n +TCP to {network.GATEWAY} +FAILED after 1\d{{4}} ms\n.*in time",
        r"Verdict\n +No way leads to the gateway\. ",
    )


@promise("UDP that a network drops, and TLS beside it, are two ways of which one works")
def datagrams(lab):
    lab.alice.import_site("beside", lab.site("beside", transport="auto"))
    report, status = diagnose(lab, "beside")
    expect_equal(status, 0, "exit status")
    expect_lines(report, rf"Way 1: {GATEWAY_IDENTITY}:500 over UDP without a proxy\n +Address +{network.GATEWAY}\n +IKE +FAILED",
                 rf"Way 2: {OPEN} over TLS without", r"answers on 1 of 2 ways")  # fmt: skip
    lab.network.datagrams("accept")  # kernel-libipsec always says that there is a NAT
    report, status = diagnose(lab, "beside")
    expect_equal(status, 0, "exit status")
    expect_lines(report, r"Way 1: .* over UDP.*\n.*\n +IKE +works", r"NAT +before the gateway", "nothing between is in the way")


def slow_one(report):
    """How long UDP was waited for, in seconds, as the report has it."""
    return int(re.search(r"Way 1: .* over UDP(?:.*\n)*? +IKE +FAILED after (\d+) ms", report)[1]) / 1000


@promise("each finding is told when it is known: TLS is, long before UDP that a hotel drops is given up")
def told(lab):
    lab.network.datagrams("drop")
    lab.alice.import_site("told", lab.site("told", transport="auto"))
    begun = time.monotonic()
    running = lab.ends(lab.alice.start("diagnose", "told"))
    running.wait_for_output("This network")
    running.wait_for_output("Way 2: ")
    early = time.monotonic()
    seen = running.output()
    expect("Way 1: " not in seen and "Verdict" not in seen, f"the slow way was told with the quick one: {seen}")
    expect_equal(running.wait(), 0, "exit status")
    ended = time.monotonic()
    report = running.output()
    show(report)
    expect(report.startswith(seen), "what was told is not the beginning of the report")
    expect_lines(report, r"This network\n(?:.*\n)+\nWay 2: (?:.*\n)+\nWay 1: (?:.*\n)+\nVerdict\n +The gateway answers on 1 of 2")
    expect(ended - early > slow_one(report) / 4, f"told after {early - begun:.1f} s of {ended - begun:.1f} s")


@promise("Ctrl-C ends a diagnosis with what was found till then, for people and for scripts, and so does a closed pipe")
def interrupted(lab):
    lab.network.datagrams("drop")
    lab.alice.import_site("left", lab.site("left", transport="auto"))
    running = lab.ends(lab.alice.start("diagnose", "left"))
    script = lab.ends(lab.alice.start("diagnose", "--json", "left"))
    running.wait_for_output("Way 2: ")
    wait_until(lambda: len(lab.the_engine.workers()) == 2, "both workers")
    for one in (running, script):
        one.signal(signal.SIGINT)
        expect_equal(one.wait(), INTERRUPTED, "exit status after Ctrl-C")
    wait_until(lambda: not lab.the_engine.workers(), "the workers to end")
    show(running.output())
    expect_lines(running.output(), r"Verdict\n +You ended this early.*\n +The gateway answers on 1 of 1 way")
    expect("Way 1: " not in running.output(), "UDP was given up before")
    report = json.loads(script.output())
    expect_equal(report["complete"], False, "complete")

    whole = lab.alice.visitor("diagnose", "--json", "left")
    expect_equal(whole.stdout.count("\n"), 1, "lines of JSON")
    report = json.loads(whole.stdout)
    ways = [finding["attempt"]["transport"] for finding in report["findings"] if finding["kind"] == "way"]
    expect_equal((report["complete"], ways), (True, ["TLS", "UDP"]), "what a script gets")

    desktop = lab.desktop()
    piped = lab.user.command("sh", "-c", f"{desktop.build / CLIENT} diagnose left | head -1",
                             user="alice", env=desktop.environment("alice"))  # fmt: skip
    first = subprocess.run(piped, capture_output=True, text=True, timeout=PATIENCE, check=True)
    expect_equal((first.stdout, first.stderr), ("The way to left\n", ""), "one line of it")
    wait_until(lambda: not lab.the_engine.workers(), "the worker to end")


@promise("a proxy that does not let a port through is named, and one that does is a way that works")
def proxy(lab):
    lab.ends(Squid(lab.hotel, 3128, names={GATEWAY_IDENTITY: network.GATEWAY}))
    group = f"[proxy]\nmode=manual\nuri=http://{network.HOTEL}:3128\n"
    lab.alice.import_site("proxied", lab.site("proxied", more=group))
    report, status = diagnose(lab, "proxied")
    expect_equal(status, 0, "exit status")
    expect_lines(report, rf"Way 1: {OPEN} over TLS through http://{network.HOTEL}:3128",
                 rf"TCP to {network.HOTEL} +works", r"\n +Proxy +works", r"\n +IKE +works")  # fmt: skip
    lab.alice.import_site("refused", lab.site("refused", address=f"{GATEWAY_IDENTITY}:8443", more=group))
    report, status = diagnose(lab, "refused")
    expect_equal(status, UNREACHABLE, "exit status")
    expect_lines(report, r"\n +Proxy +FAILED", "does not let you through to the gateway's port",
                 r"Details +proxy http://198\.51\.100\.1:3128: .*403")  # fmt: skip


@promise("a proxy that asks who we are gets what was given for it, else what the person at the terminal types")
def asking(lab):
    auth = users(lab.hotel.folder / "who", "alice", "Teaparty3")["digest"]
    lab.ends(Squid(lab.hotel, 3130, auth=auth, names={GATEWAY_IDENTITY: network.GATEWAY}))
    group = f"[proxy]\nmode=manual\nuri=http://{network.HOTEL}:3130\n"
    lab.alice.import_site("asking", lab.site("asking", more=group))
    report, status = diagnose(lab, "asking")
    expect_equal(status, NO_SECRET, "exit status")
    expect_lines(report, r"\n +Proxy +FAILED", "nobody has said", "--proxy-password-fd")
    report, status = diagnose(lab, "asking", "--proxy-password-fd", "0", password="alice:Teaparty3")
    expect_equal(status, 0, "exit status")
    expect_lines(report, r"\n +Proxy +works", r"\n +IKE +works")
    expect("Teaparty3" not in report, "the password is in the report")
    screen = at_terminal(lab, "asking")
    answer_proxy(screen, "wrong")
    answer_proxy(screen, "Teaparty3")
    screen.wait_for("Verdict")
    expect_equal(screen.wait(), 0, "exit status at the terminal")
    show(screen.output)
    expect("Teaparty3" not in screen.output, "the password was shown")
    screen = at_terminal(lab, "asking")
    screen.wait_for("User name for the proxy")
    screen.type("\x03")
    expect_equal(screen.wait(), INTERRUPTED, "exit status after Ctrl-C")
    wait_until(lambda: not lab.the_engine.workers(), "the worker to end")


@promise("a network that inspects TLS is known by the CA that it has put in the place of ours")
def inspected(lab):
    foreign = lab.other_authority().issue("inspector", [GATEWAY_IDENTITY], flags=("serverAuth",))
    lab.ends(Server(lab.hotel, network.HOTEL, 9443, PageHandler, foreign))
    lab.hotel.run("nft", "-f", "-", input="""
        table ip inspector {
            chain prerouting {
                type nat hook prerouting priority dstnat;
                iif rooms tcp dport 443 redirect to :9443
            }
        }""")  # fmt: skip
    lab.alice.import_site("inspected", lab.site("inspected"))
    try:
        report, status = diagnose(lab, "inspected")
        expect_equal(status, UNTRUSTED, "exit status")
        expect_lines(report, r"TLS +FAILED", r"Issued by +CN=Another CA", r"Trusted +NO",
                     r"If “CN=Another CA[^”]*” is not your gateway's CA", r"from anybody you trust")  # fmt: skip
        expect("IKE  " not in report, "IKE was spoken with somebody who is not believed")
        expect("If “CN=Another CA" in last_line(report), "the verdict does not name the issuer")
        lab.network.datagrams("accept")
        lab.alice.import_site("half", lab.site("half", transport="auto"))
        report, status = diagnose(lab, "half")
        expect_equal(status, UNTRUSTED, "exit status where UDP works beside an inspector")
        expect_lines(last_line(report), r"answers on 1 of 2 ways.*from anybody you trust.*If “CN=Another CA")
    finally:
        lab.hotel.run("nft", "delete", "table", "ip", "inspector")


@promise("a web server that is no gateway is told from one")
def web(lab):
    certificate = lab.authority.issue("web", [GATEWAY_IDENTITY], flags=("serverAuth",))
    lab.ends(Server(lab.hotel, network.HOTEL, 443, PageHandler, certificate))
    site = lab.site("web", address=f"{network.HOTEL}:443", more=f"[tls]\nname={GATEWAY_IDENTITY}\n")
    lab.alice.import_site("web", site)
    report, status = diagnose(lab, "web")
    expect_equal(status, UNREACHABLE, "exit status")
    expect_lines(report, r"TLS +works", r"IKE +FAILED", "is not a gateway for Visitor", "may be a web server")


@promise("a name that nobody knows, and a caller who leaves before the end")
def nameless(lab):
    report, status = diagnose(lab, "gone.example.test")
    expect_equal(status, UNREACHABLE, "exit status")
    expect_lines(report, r"gone\.example\.test A +There is no such name", r"Name +FAILED", "name was not found")
    leaver = lab.ends(lab.alice.start("diagnose", f"{network.GATEWAY}:444"))
    wait_until(lambda: lab.the_engine.workers(), "a worker")
    leaver.kill()
    wait_until(lambda: not lab.the_engine.workers(), "the worker to end")


@promise("who may not connect may not diagnose either")
def refused(lab):
    carol = lab.person("carol")
    result = carol.visitor("diagnose", OPEN, check=False)
    expect_equal(result.returncode, NOT_AUTHORIZED, f"exit status: {result.stdout}{result.stderr}")
    expect("no program of this session could ask" in result.stderr, f"why not: {result.stderr}")
    expect_equal(lab.the_engine.workers(), [], "workers")


main(missing, stage=table)
