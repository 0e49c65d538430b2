#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A stream whose packets vanish without a word is given up, and one that only loses some is not."""

import os
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from cable import Cable
from lab import wait_until
from logind import why_no_logind
from mobile import mobile_machine, took
from scene import expect, expect_equal, main, promise

TO_NOTICE, TO_BE_BACK = 15.0, 20.0  # seconds, as promised
BAD_SECONDS = float(os.environ.get("VISITOR_BAD_SECONDS", "8"))  # idle on a bad cable

SILENCE = """
table inet silence {
    chain forward {
        type filter hook forward priority -10;
        ip saddr %s tcp sport %s counter drop
        ip daddr %s tcp dport %s counter drop
    }
}
"""


def silence(here):
    """From now on not one packet of the stream that stands gets through, and nobody is told; when that was."""
    source = here.sources()[0]
    host, port = source.rsplit(":", 1)
    here.lab.hotel.run("nft", "-f", "-", input=SILENCE % (host, port, host, port))
    return source, time.monotonic()


def swallowed(here):
    text = here.lab.hotel.run("nft", "list", "table", "inet", "silence").stdout
    return sum(int(number) for number in re.findall(r"packets (\d+)", text))


def blackhole(here, words):
    source, since = silence(here)
    wait_until(lambda: source not in here.sources(), "the stream to be given up", 60)
    took(f"{words}: noticed", time.monotonic() - since, TO_NOTICE)
    here.goes_over(network.USER, since, f"{words}: back", TO_BE_BACK)
    expect(swallowed(here) > 0, "nothing was swallowed")


@promise("a blackhole swallows a stream under traffic: noticed within 15 s, back within 20 s")
def blackhole_busy(here):
    here.home()
    blackhole(here, "a blackhole under traffic")
    here.expect_one_sign_in()


@promise("a blackhole swallows a stream that nothing goes over: noticed within 15 s, back within 20 s")
def blackhole_idle(here):
    here.home()
    here.talk.pause()
    time.sleep(1)
    source, since = silence(here)
    wait_until(lambda: source not in here.sources(), "the stream to be given up", 60)
    took("a blackhole of an idle stream: noticed", time.monotonic() - since, TO_NOTICE)
    wait_until(lambda: here.alice.state("office") == "connected" and here.sources(), "another stream", 60)
    took("a blackhole of an idle stream: back", time.monotonic() - since, TO_BE_BACK)
    here.talk.resume()
    here.talk.goes_on()
    here.expect_one_sign_in()


@promise("a round trip of 300 ms and one packet of twenty lost each way: no stream is given up, busy or idle")
def bad_cable(here):
    here.home()
    far, near = "192.0.3.2", "192.0.3.1"
    cable = here.lab.ends(Cable((here.user, "sat"), (here.lab.hotel, "dish"), seconds=0.15, loss=0))
    here.user.ip("addr", "add", f"{far}/24", "dev", "sat")
    here.lab.hotel.ip("addr", "add", f"{near}/24", "dev", "dish")
    since = time.monotonic()
    here.default("replace", "default", "via", near, "dev", "sat")
    here.goes_over(far, since, "from Wi-Fi to a satellite")
    source, counted = here.sources(), here.reconnects()
    cable.loss = 5
    here.talk.goes_on(rounds=5)
    here.talk.pause()
    time.sleep(BAD_SECONDS)
    here.talk.resume()
    here.talk.goes_on(rounds=5)
    print(f"# {cable.lost} of {cable.carried + cable.lost} frames were lost", flush=True)
    expect(cable.lost > 0, "nothing was lost")
    expect_equal(here.sources(), source, "the stream")
    expect_equal(here.reconnects(), counted, "reconnects")
    cable.loss = 0
    here.home()
    here.expect_one_sign_in()


if __name__ == "__main__":
    main(why_no_logind, stage=mobile_machine)
