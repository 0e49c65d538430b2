#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails on an include that the room's README.md does not grant.

A room is a folder of engine/, app/ or data/ with a README.md that has a line `May use:`, followed by the
names of rooms (`base`, `host/protocol`), of single headers of a room (`crypto/tls`) or `(nothing)`.
A file belongs to the deepest room above it and may always include its own room. Some libraries
are for one room, or one file, alone.
"""

import re

from tree import run

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
GRANT = re.compile(r"^May use:(.*)$", re.MULTILINE)

# The user's own key, and what the user chooses: the user's program alone looks at it.
CREDENTIAL = ["certificate-facts.c", "certificate-summary.c", "token-list.c",
              "credential-private.h", "credential.c", "credential-file.c", "credential-sign.c", "credential-token.c"]

# A system header's beginning, and the rooms or files that alone may include it.
LIBRARIES = {
    "gnutls/": ["engine/crypto", *(f"app/client/{name}" for name in CREDENTIAL)],
    "nettle/": ["engine/crypto"],
    "gmp": ["engine/crypto"],
    "netlink/": ["engine/host"],
    "polkit/": ["engine/service/bouncer.c"],
    "libsecret/": ["app/client/keyring.c"],
    "gssapi/": ["app/client/proxy-token.c"],
    "seccomp": ["engine/tunnel", "engine/gateway"],
    "linux/seccomp": ["engine/tunnel", "engine/gateway"],
    "idn2": ["engine/site"],
    "linux/if_tun": ["engine/host", "engine/datapath"],
    "gtk/gtk": ["app/gtk", "app/nm/editor", "tests"],
    "nma-": ["app/nm/editor"],
}
# What a pure room may include of the system; see purity.py for what it may call.
PURE_LIBRARIES = re.compile(
    r"(glib|stdint|stddef|stdbool|inttypes|limits|string|arpa/inet|netinet/in"
    r"|endian|sys/mman|sys/socket|unistd|time|idn2|errno)\.h"
)
PURE = ["engine/base", "engine/site", "engine/wire", "engine/ike", "engine/esp"]
IMPURE_FILES = ["engine/site/file.c", "engine/site/import.c", "engine/site/store.c"]
# Where the rooms are, and in which order an include of each side looks for its room.
SIDES = {"engine": ["engine", "data"], "app": ["app", "data", "engine"], "data": ["data", "engine"]}
# Of engine/, app/ may include these rooms alone, whatever a README says.
FOR_APP = ["engine/base", "engine/site"]
GENERATED = ["config.h"]


def rooms_of(tree):
    """Room -> its grants. Rooms are named with their side: "engine/base"."""
    rooms = {}
    for readme in tree.files(".md"):
        if readme.name != "README.md" or readme.parts[0] not in SIDES:
            continue
        match = GRANT.search(tree.read(readme))
        if match:
            grants = match[1].split()
            rooms[readme.parent.as_posix()] = [] if grants == ["(nothing)"] else grants
    return rooms


def deepest(rooms, path):
    """The room that a path belongs to, or None."""
    return max((r for r in rooms if path.startswith(r + "/")), key=len, default=None)


def owner_of_include(rooms, side, name):
    """The room whose header `name` is, as seen from `side`."""
    for candidate in SIDES[side]:
        room = deepest(rooms, f"{candidate}/{name}")
        if room:
            return room
    return None


def grants_header(grants, room, name):
    short = room.split("/", 1)[1]
    return short in grants or name.removesuffix(".h") in grants


def check_library(path, room, name):
    for start, allowed in LIBRARIES.items():
        if name.startswith(start):
            if not any(path == a or path.startswith(a + "/") for a in allowed):
                yield f"{path}: <{name}> is for {' and '.join(allowed)} alone"
    if room in PURE and path not in IMPURE_FILES and not PURE_LIBRARIES.fullmatch(name):
        yield f"{path}: <{name}> in a pure room"


def check_own(rooms, path, room, name):
    if name in GENERATED:
        return
    owner = owner_of_include(rooms, path.split("/", 1)[0], name)
    if owner is None:
        yield f'{path}: "{name}" names no room; includes are written as "room/header.h"'
    elif owner == room:
        return
    elif room.startswith("app/") and owner.startswith("engine/") and owner not in FOR_APP:
        yield f'{path}: "{name}": app may include only {" and ".join(FOR_APP)} of engine'
    elif not grants_header(rooms[room], owner, name):
        yield f'{path}: "{name}": {room}/README.md does not say that it may use {owner}'


def check_grants(rooms):
    """A grant names a room, or a header of a room."""
    for room, grants in rooms.items():
        for grant in grants:
            known = any(grant == r.split("/", 1)[1] for r in rooms)
            if not known and not owner_of_include(rooms, room.split("/", 1)[0], grant + ".h"):
                yield f"{room}/README.md: May use: there is no {grant}"


def check(tree):
    rooms = rooms_of(tree)
    if not rooms:
        yield "no room found: the check would be blind"
    yield from check_grants(rooms)
    for path in tree.files(".c", ".h"):
        if path.parts[0] not in SIDES:
            continue
        name = path.as_posix()
        room = deepest(rooms, name)
        if room is None:
            yield f"{name}: in no room (a README.md with a line `May use:`)"
            continue
        for own, library in INCLUDE.findall(tree.read(path)):
            yield from check_own(rooms, name, room, own) if own else check_library(
                name, room, library
            )


def rooms(**files):
    house = {
        "engine/base/README.md": "May use: (nothing)\n",
        "engine/site/README.md": "May use: base\n",
        "engine/crypto/README.md": "May use: base\n",
        "engine/gateway/README.md": "May use: base crypto/tls\n",
        "engine/host/README.md": "May use: base\n",
        "engine/host/protocol/README.md": "May use: base\n",
        "engine/tunnel/README.md": "May use: base host/protocol\n",
        "engine/service/README.md": "May use: base host\n",
        "data/dbus/README.md": "May use: base\n",
        "app/client/README.md": "May use: base site dbus\n",
    }
    house.update(files.pop("more", {}))
    return house


def example(path, line, **more):
    return rooms(more={path: line + "\n", **more})


GOOD = {
    "own room": example("engine/site/a.c", '#include "site/site.h"'),
    "granted room": example("engine/site/a.c", '#include "base/cursor.h"'),
    "granted header": example("engine/gateway/a.c", '#include "crypto/tls.h"'),
    "inner room": example("engine/tunnel/a.c", '#include "host/protocol/message.h"'),
    "app uses site": example("app/client/a.c", '#include "site/site.h"'),
    "app uses itself": example("app/client/a.c", '#include "client/keyring.h"'),
    "bus shared by both ends": example("app/client/a.c", '#include "dbus/errors.h"'),
    "gnutls in crypto": example("engine/crypto/a.c", "#include <gnutls/gnutls.h>"),
    "polkit in the bouncer": example("engine/service/bouncer.c", "#include <polkit/polkit.h>"),
    "files in the store": example("engine/site/store.c", "#include <fcntl.h>"),
}
BAD = {
    "room not granted": example("engine/site/a.c", '#include "crypto/tls.h"'),
    "other header of a room": example("engine/gateway/a.c", '#include "crypto/dh.h"'),
    "outer room by its inner one": example("engine/tunnel/a.c", '#include "host/worker.h"'),
    "inner room by its outer one": example(
        "engine/service/a.c", '#include "host/protocol/message.h"'
    ),
    "app uses host": example(
        "app/client/a.c",
        '#include "host/worker.h"',
        **{"app/client/README.md": "May use: base site host\n"},
    ),
    "bus not granted": example("engine/site/a.c", '#include "dbus/errors.h"'),
    "no room named": example("engine/site/a.c", '#include "site.h"'),
    "gnutls elsewhere": example("engine/gateway/a.c", "# include <gnutls/gnutls.h>"),
    "polkit elsewhere": example("engine/service/main.c", "#include <polkit/polkit.h>"),
    "gio in a pure room": example("engine/base/a.c", "#include <gio/gio.h>"),
    "files in a pure room": example("engine/site/a.c", "#include <fcntl.h>"),
    "unknown grant": rooms(more={"engine/site/README.md": "May use: base moon\n"}),
    "file in no room": rooms(more={"engine/attic/a.c": "\n"}),
    "no rooms at all": {"engine/base/a.c": "\n"},
}

if __name__ == "__main__":
    run(check, GOOD, BAD)
