# SPDX-License-Identifier: GPL-2.0-or-later
"""A copy of /etc for one machine of the lab, with the lab's users in it."""

import os
import shutil

# People, the users that the programs run as, and one who may do nothing.
PEOPLE = {"alice": 47001, "bob": 47002}
STRANGERS = {"carol": 47003}
SERVICES = {"visitor-tunnel": 47010, "visitor-gateway": 47011}


def forget(etc, names):
    """Takes users and their groups out of a copy of /etc."""
    for file in (etc / "passwd", etc / "group"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(line for line in lines if line.split(":")[0] not in names), encoding="utf-8")


def own_etc(machine):
    """Gives the machine an /etc of its own, once; returns its folder as seen from outside."""
    folder = machine.folder / "etc"
    if folder.exists():
        return folder
    # what freeradius has there are settings in files called *.log: no logs of ours
    shutil.copytree("/etc", folder, symlinks=True, ignore=shutil.ignore_patterns("resolv.conf", "freeradius"))
    (folder / "resolv.conf").write_text("")
    users = {**PEOPLE, **STRANGERS, **SERVICES}
    forget(folder, users)  # where Visitor is installed, its users have other numbers
    for name, number in users.items():
        home = home_of(machine, name)
        home.mkdir(parents=True)
        os.chown(home, number, number)
        with open(folder / "passwd", "a", encoding="utf-8") as passwd:
            passwd.write(f"{name}:x:{number}:{number}:{name}:{home}:/bin/sh\n")
        with open(folder / "group", "a", encoding="utf-8") as group:
            group.write(f"{name}:x:{number}:\n")
    machine.run("mount", "--bind", folder, "/etc")
    return folder


def home_of(machine, user):
    return machine.folder / "home" / user
