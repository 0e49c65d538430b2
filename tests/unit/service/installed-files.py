#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The files that systemd, D-Bus and polkit read say the same, and the unit is a tight one.

    installed-files.py BUILD/data SOURCE/data
"""

import configparser
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

MOST_EXPOSED = 25  # tenths, of 100
NAME = "org.visitorvpn.Engine"

made, source = Path(sys.argv[1]), Path(sys.argv[2])
results = []


def check(words, problem):
    """problem: what is wrong, or something false."""
    results.append(not problem)
    print("ok" if not problem else "not ok", len(results), "-", words)
    for line in str(problem or "").splitlines():
        print("#", line)


def unit():
    """Sections of a unit as lists: keys may come twice."""
    found = {}
    for line in (made / "visitor-engine.service").read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def aside():
    """What to run a command with that must not leave its mark in /run; for others than root, nothing."""
    words = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
             'mount -t tmpfs tmpfs /run && exec "$@"', "sh"]  # fmt: skip
    done = subprocess.run([*words, "true"], capture_output=True, check=False)
    return words if done.returncode == 0 else []


def analyze(*words):
    """systemd-analyze's complaint about a copy of the unit whose program exists, or ''.

    It reads other units of the machine on the way; what is wrong with those is not ours.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "visitor-engine.service"
        text = (made / "visitor-engine.service").read_text()
        copy.write_text(re.sub(r"^(Exec\w+)=\S+", r"\1=/bin/true", text, flags=re.MULTILINE))
        done = subprocess.run(
            [*aside(), "systemd-analyze", "--no-pager", *words, copy], capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        if "verify" in words:
            return "\n".join(line for line in said.splitlines() if copy.name in line)
        return said if done.returncode else ""


keys = unit()
activation = configparser.ConfigParser()
activation.optionxform = str
activation.read(made / "org.visitorvpn.Engine.service")
service = activation["D-BUS Service"]
check("the activation file names the bus name", service["Name"] != NAME and service["Name"])
check("and the unit", service["SystemdService"] != "visitor-engine.service" and service["SystemdService"])
check("and the same program and user", [service["Exec"], service["User"]] != keys["ExecStart"] + keys["User"])
check("the unit waits for the bus name", keys["BusName"] != [NAME] or keys["Type"] != ["dbus"])
check("and replays the journal whatever happened", keys["ExecStopPost"] != [keys["ExecStart"][0] + " --replay-only"])

policy = ElementTree.parse(source / "org.visitorvpn.Engine.conf").getroot()
owners = [p.attrib for p in policy.findall("policy") if p.find("allow[@own]") is not None]
check("root alone may own the name", owners != [{"user": "root"}] and owners)
everyone = policy.find("policy[@context='default']")
sends = [rule.attrib.get("send_interface") for rule in everyone.findall("allow")]
wanted = ["org.visitorvpn.Engine1", "org.visitorvpn.Connection1",
          "org.freedesktop.DBus.Introspectable", "org.freedesktop.DBus.Properties"]  # fmt: skip
check("everyone may call our interfaces and no other", sends != wanted and sends)

actions = ElementTree.parse(source / "org.visitorvpn.engine.policy.in").getroot().findall("action")
defaults = {a.attrib["id"]: [d.text for d in a.find("defaults")] for a in actions}
check("who may do what by default", defaults != {
    "org.visitorvpn.engine.connect": ["auth_admin", "auth_admin_keep", "yes"],
    "org.visitorvpn.engine.manage": ["auth_admin_keep"] * 3,
} and defaults)  # fmt: skip

if shutil.which("systemd-analyze"):
    check("systemd understands the unit", analyze("--man=no", "verify"))
    check(f"its exposure is at most {MOST_EXPOSED / 10}",
          analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}"))  # fmt: skip
else:
    for words in ("systemd understands the unit", "its exposure"):
        results.append(True)
        print("ok", len(results), "-", words, "# SKIP no systemd-analyze")
print(f"1..{len(results)}")
sys.exit(not all(results))
