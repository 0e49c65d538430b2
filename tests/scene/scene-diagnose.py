#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person is told of the ways to the gateway that were tried, and of those that a diagnosis finds."""

import contextlib
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from lab import Lab, wait_until
from scene import expect, expect_equal, main, promise
from strongswan import GATEWAY_IDENTITY, USERS

PASSWORD = USERS["alice"]
CLOSED = f"{network.GATEWAY}:80"  # the hotel lets it through, and nobody listens there
OPEN = f"{GATEWAY_IDENTITY}:443"


@contextlib.contextmanager
def table():
    """A lab with everything that stands, and alice."""
    with Lab() as lab:
        lab.charon = lab.responder().start()
        lab.relay = lab.visitor_gateway()
        lab.engine()
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
    expect_equal(status.count("The gateway refused the connection."), 2, f"refusals in: {status}")
    alice.disconnect("nowhere", check=False)


main(stage=table)
