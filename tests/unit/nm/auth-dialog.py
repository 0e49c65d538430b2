#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""nm-visitor-auth-dialog as NM's agents run it: the key file on standard output, and not a line more."""

import configparser
import subprocess
import sys

SERVICE = "org.freedesktop.NetworkManager.visitor"
DATA = {"site.address": "vpn.example.com", "sign-in.method": "psk", "sign-in.user": "alice"}
results = []


def check(words, condition, seen=""):
    results.append(bool(condition))
    print("ok" if condition else "not ok", len(results), "-", words)
    if not condition:
        print("#", repr(seen))


def run(*words, data=None, secrets=None, mode=True):
    lines = [f"DATA_KEY={key}\nDATA_VAL={value}\n" for key, value in (data or DATA).items()]
    lines += [f"SECRET_KEY={key}\nSECRET_VAL={value}\n" for key, value in (secrets or {}).items()]
    command = [sys.argv[1], "-u", "x", "-n", "office", "-s", SERVICE, *(["--external-ui-mode"] if mode else []), *words]
    return subprocess.run(
        command, input="\n".join(lines) + "DONE\n\nQUIT\n\n", capture_output=True, text=True, check=False, timeout=60
    )


asked = run("-i")
file = configparser.ConfigParser(interpolation=None)
file.optionxform = str
file.read_string(asked.stdout)
check("it ends well", asked.returncode == 0, asked.stderr)
check("the first line is the first group", asked.stdout.startswith("[VPN Plugin UI]\nVersion=2\n"), asked.stdout)
check("the key is asked for", file["psk"]["ShouldAsk"] == "true", asked.stdout)
check("nothing is said beside", asked.stderr == "", asked.stderr)

hinted = run("-i", "-t", "code", "-t", "x-vpn-message:Token, please", data={**DATA, "sign-in.method": "eap-gtc"})
check("a hint is followed", "[code]" in hinted.stdout and "Token, please" in hinted.stdout, hinted.stdout)
kept = run(secrets={"psk": "k"})
check("what there is comes back", "Value=k" in kept.stdout and "ShouldAsk=false" in kept.stdout, kept.stdout)
bare = run(mode=False)
check("no other mode", bare.returncode != 0 and bare.stdout == "", bare.stdout)
wrong = run(data={**DATA, "sign-in.method": "x"})
check("what is no site asks nothing", wrong.returncode != 0 and wrong.stdout == "", wrong.stdout)
print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
