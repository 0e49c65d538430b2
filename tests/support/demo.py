# SPDX-License-Identifier: GPL-2.0-or-later
"""The steps of tests/demo, one plain line each."""

import os
import shutil
import socket
import sys
from pathlib import Path

import network
from lab import INSIDE_NAME, Lab, LabError, wait_until, why_not
from network import differences, snapshot
from programs import GUI
from scene import expect
from servers import PAGE
from session import Session
from strongswan import GATEWAY_IDENTITY, USERS


def say(line):
    print(line, flush=True)


def show_firewall(lab):
    """The positive control: IKE over UDP does not get through, and neither does another TCP port."""
    with lab.user.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for port in (500, 4500):
            probe.sendto(b"knock", (network.GATEWAY, port))
    wait_until(lambda: lab.network.counted("ike") >= 2, "the hotel to drop IKE")
    say("The hotel lets out TCP 80 and 443 alone: it dropped what was sent to UDP 500 and 4500.")


def show_no_way(lab):
    result = lab.user.run("curl", "-sS", "--max-time", "1", f"http://{network.INSIDE}/", check=False)
    expect(result.returncode != 0, "the inside is reached without a tunnel")
    say(f"Without a tunnel http://{network.INSIDE}/ cannot be reached.")


def set_up(lab):
    """All that stands before somebody connects."""
    say("A hotel, a gateway and a protected network exist, in namespaces of their own.")
    lab.responder().start()
    say("strongSwan, the IPsec gateway, listens on the loopback of its machine only.")
    lab.visitor_gateway()
    say(f"visitor-gateway stands before it on {network.GATEWAY}, port 443.")
    show_firewall(lab)
    show_no_way(lab)

    lab.engine()
    say("visitor-engine is on the system bus of the guest's machine.")


def play(lab):
    """The command line, to the end."""
    set_up(lab)
    alice = lab.person("alice")
    before = snapshot(lab.user)
    alice.import_site("office", lab.site())
    say(f"alice imported the site \"office\": {GATEWAY_IDENTITY}:443, EAP-MSCHAPv2.")
    alice.connect("office", password=USERS["alice"])
    status = alice.status("office")
    expect(status["state"] == "connected", f"the state is {status['state']}")
    say(f"visitor connect office: connected, {' and '.join(status['addresses'])}, {status['stream']}.")

    for url in (f"http://{network.INSIDE}/", f"http://[{network.INSIDE6}]/", f"http://{INSIDE_NAME}/"):
        expect(lab.fetch(url) == PAGE.decode(), f"{url} is not the protected page")
        say(f"The protected page came from {url}")
    lab.network.reset_streams()
    say("Every TCP connection to port 443 was reset.")
    expect(lab.fetch(f"http://{network.INSIDE}/", seconds=20) == PAGE.decode(), "no page after the reset")
    say("The page came again, and nobody had to sign in.")

    alice.disconnect("office")
    wait_until(lambda: not differences(before, snapshot(lab.user)), "the machine as it was")
    say("visitor disconnect: addresses, routes, rules and name servers are as they were.")


def own_screen(alice):
    """What a program of alice's needs to draw on the screen of whoever started this."""
    screen = {"DISPLAY": os.environ["DISPLAY"], "GDK_BACKEND": "x11"}
    cookies = Path(os.environ.get("XAUTHORITY", Path.home() / ".Xauthority"))
    if cookies.is_file():
        copy = alice.home / "Xauthority"
        shutil.copyfile(cookies, copy)
        os.chown(copy, alice.home.stat().st_uid, -1)
        screen["XAUTHORITY"] = str(copy)
    for name in ("LANG", "LANGUAGE", "GDK_SCALE"):
        if name in os.environ:
            screen[name] = os.environ[name]
    return screen


def show_window(lab):
    """The window, until whoever looks at it closes it."""
    set_up(lab)
    alice = lab.person("alice")
    before = snapshot(lab.user)
    session = Session(lab, alice)
    if shutil.which("gnome-keyring-daemon"):
        session.keyring()
    session.environment |= own_screen(alice)
    session.environment |= {"GSETTINGS_SCHEMA_DIR": str(session.desktop.build / "data/desktop")}
    site = alice.home / "office.conf"
    site.write_text(lab.site())
    site.chmod(0o644)
    window = session.start("visitor-gui", session.desktop.build / GUI)
    say("The window is open, on a machine in the hotel. Add the site, connect, and sign in as alice:")
    say(f"    password: {USERS['alice']}")
    say("Close the window to end all of it.")
    status = window.wait(seconds=None)
    expect(status == 0, f"visitor-gui ended with status {status}: {window.output()}")
    alice.disconnect(check=False)
    wait_until(lambda: not differences(before, snapshot(lab.user)), "the machine as it was")
    say("Addresses, routes, rules and name servers are as they were.")


def main():
    reason = why_not()
    if reason:
        sys.exit(f"demo: {reason}")
    try:
        with Lab() as lab:
            (show_window if "--gui" in sys.argv[1:] else play)(lab)
    except LabError as error:
        sys.exit(f"demo: failed: {error}")
    except KeyboardInterrupt:
        print("demo: stopped", file=sys.stderr)
        sys.exit(130)
    say("demo: ok")


if __name__ == "__main__":
    main()
