#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the modules bring into other people's programs: one symbol each, and no toolkit but the right one.

    modules.py MODULE...
"""

import re
import subprocess
import sys
from pathlib import Path

PLUGIN, FACTORY = {"nm_vpn_editor_plugin_factory"}, {"nm_vpn_editor_factory_visitor"}
WANTED = {
    "libnm-vpn-plugin-visitor.so": (PLUGIN, set()),
    "libnm-vpn-plugin-visitor-editor.so": (FACTORY, {"libgtk-3.so.0"}),
    "libnm-gtk4-vpn-plugin-visitor-editor.so": (FACTORY, {"libgtk-4.so.1"}),
}
results = []


def check(words, found, wanted):
    results.append(found == wanted)
    print("ok" if results[-1] else "not ok", len(results), "-", words)
    if not results[-1]:
        print("#", sorted(found), "instead of", sorted(wanted))


def output(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


for module in sys.argv[1:]:
    name = Path(module).name
    symbols, toolkits = WANTED[name]
    exported = {line.split()[-1] for line in output("nm", "-D", "--defined-only", module).splitlines()}
    needed = set(re.findall(r"Shared library: \[(.*)\]", output("readelf", "-d", module)))
    check(f"what {name} exports", {each for each in exported if not each.startswith("__")}, symbols)
    check(f"the toolkit of {name}", {each for each in needed if each.startswith("libgtk")}, toolkits)
print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
