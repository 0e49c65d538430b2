#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails where a file is taken for a site that is none, or the other way round.

usage: mime.py ORG.XML. The MIME database is made anew from the system's types and ours, in a folder
of its own, and GLib is asked what it takes each file for.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SITE = "application/x-visitor-site"
SITE_TEXT = "[site]\nname=office\naddress=vpn.example.com\n"

# name of the file, its content, what it is
CASES = [
    ("site.conf", SITE_TEXT, SITE),
    ("office.conf", "# Written for alice\n# by the office\n\n" + SITE_TEXT, SITE),
    ("dos.conf", "; x\r\n[site]\r\nname=office\r\n", SITE),
    ("office.visitor", "anything", SITE),
    ("site", SITE_TEXT, SITE),
    ("other.conf", "[global]\nsite=[site]\n", "text/plain"),
    ("sites.conf", "[sites]\nname=office\n", "text/plain"),
    ("comment.conf", "# below [site] the name\nlisten 443;\n", "text/plain"),
    ("site.txt", SITE_TEXT, "text/plain"),
    ("office.sswan", "{}", "application/vnd.strongswan.profile"),
]


def content_types(paths, env):
    """What GLib takes each file for, in the order of the paths."""
    output = subprocess.run(
        ["gio", "info", "-a", "standard::content-type", *paths],
        env=env, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [part.split()[0] for part in output.split("standard::content-type:")[1:]]


def environment(folder, ours):
    """That of a user whose whole MIME database is the system's types and ours."""
    packages = folder / "share/mime/packages"
    packages.mkdir(parents=True)
    shutil.copy("/usr/share/mime/packages/freedesktop.org.xml", packages)
    shutil.copy(ours, packages)
    env = os.environ | {
        "XDG_DATA_HOME": str(folder / "share"), "XDG_DATA_DIRS": str(folder / "none"),
        "GIO_USE_VFS": "local", "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    subprocess.run(["update-mime-database", folder / "share/mime"], env=env, check=True)
    return env


def main(ours):
    with tempfile.TemporaryDirectory(prefix="visitor-mime-") as name:
        folder = Path(name)
        env = environment(folder, ours)
        for file, text, _ in CASES:
            (folder / file).write_bytes(text.encode())
        got = content_types([folder / case[0] for case in CASES], env)
    findings = [
        f"{file} is {wanted}, and was taken for {found}"
        for (file, _, wanted), found in zip(CASES, got, strict=True)
        if found != wanted
    ]
    print("\n".join(findings) or f"{len(CASES)} files told apart")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
