#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The files by which NetworkManager, the bus and software centres find the plugin.

    installed-files.py BUILD/data/networkmanager SOURCE/data/networkmanager
"""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

NAME = "org.freedesktop.NetworkManager.visitor"
made, source = Path(sys.argv[1]), Path(sys.argv[2])
results = []


def check(words, condition, seen=""):
    results.append(bool(condition))
    print("ok" if condition else "not ok", len(results), "-", words)
    for line in str(seen).splitlines() if not condition else ():
        print("#", line)


keys = configparser.ConfigParser(interpolation=None)
keys.read(made / "nm-visitor-service.name")
check("the service's name", keys["VPN Connection"]["service"] == NAME, keys["VPN Connection"]["service"])
check("absolute paths", all(path.startswith("/") for path in (keys["VPN Connection"]["program"], keys["GNOME"]["auth-dialog"])))
for group, key in (("VPN Connection", "supports-multiple-connections"), ("VPN Connection", "supports-safe-private-file-access"),
                   ("GNOME", "supports-external-ui-mode"), ("GNOME", "supports-hints")):  # fmt: skip
    check(key, keys[group][key] == "true")
check("the plugin is found by its bare name", keys["libnm"]["plugin"] == "libnm-vpn-plugin-visitor.so")

policies = {policy.get("user") or policy.get("context"): policy for policy in ElementTree.parse(source / "nm-visitor-service.conf").getroot()}
allowed = [rule.attrib for policy in policies.values() for rule in policy if rule.tag == "allow"]
check("only root is allowed anything", all(policies["root"].find("allow") is not None and rule.tag == "deny" for rule in policies["default"]), allowed)
check("names with a number too", {"own_prefix": NAME} in allowed, allowed)

if shutil.which("appstreamcli"):
    done = subprocess.run(["appstreamcli", "validate", "--no-net", made / "network-manager-visitor.metainfo.xml"],
                          capture_output=True, text=True, check=False)  # fmt: skip
    check("AppStream takes the description", done.returncode == 0, done.stdout + done.stderr)
print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
