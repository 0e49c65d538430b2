#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `meson install` puts on a machine is complete, and works there.

The files lie over /usr of the person's machine. Nothing is started by hand but the system bus, with
Debian's own configuration: it starts the engine and polkit by their activation files, as on a
machine without systemd.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import network
from desktop import RULE
from lab import Lab, wait_until
from network import differences, snapshot
from programs import ENGINE_NAME, build
from scene import expect, expect_equal, main, promise
from servers import PAGE
from strongswan import USERS
from users import PEOPLE, SERVICES, forget, home_of, own_etc

FILES = """
usr/bin/visitor
usr/bin/visitor-gui
usr/lib/NetworkManager/VPN/nm-visitor-service.name
usr/lib/NetworkManager/nm-visitor-auth-dialog
usr/lib/NetworkManager/nm-visitor-service
usr/lib/systemd/system/visitor-engine.service
usr/lib/systemd/system/visitor-gateway.service
usr/lib/sysusers.d/visitor.conf
usr/lib/tmpfiles.d/visitor.conf
usr/lib/x86_64-linux-gnu/NetworkManager/libnm-gtk4-vpn-plugin-visitor-editor.so
usr/lib/x86_64-linux-gnu/NetworkManager/libnm-vpn-plugin-visitor-editor.so
usr/lib/x86_64-linux-gnu/NetworkManager/libnm-vpn-plugin-visitor.so
usr/libexec/visitor/visitor-engine
usr/libexec/visitor/visitor-key
usr/libexec/visitor/visitor-tunnel
usr/sbin/visitor-gateway
usr/share/applications/org.visitorvpn.Visitor.desktop
usr/share/bash-completion/completions/visitor
usr/share/dbus-1/interfaces/org.visitorvpn.Agent1.xml
usr/share/dbus-1/interfaces/org.visitorvpn.Connection1.xml
usr/share/dbus-1/interfaces/org.visitorvpn.Engine1.xml
usr/share/dbus-1/services/org.visitorvpn.Visitor.service
usr/share/dbus-1/system-services/org.visitorvpn.Engine.service
usr/share/dbus-1/system.d/org.visitorvpn.Engine.conf
usr/share/dbus-1/system.d/nm-visitor-service.conf
usr/share/doc/visitor/examples/gateway.conf
usr/share/glib-2.0/schemas/org.visitorvpn.Visitor.gschema.xml
usr/share/icons/hicolor/scalable/apps/org.visitorvpn.Visitor.svg
usr/share/icons/hicolor/symbolic/apps/org.visitorvpn.Visitor-closed-symbolic.svg
usr/share/icons/hicolor/symbolic/apps/org.visitorvpn.Visitor-symbolic.svg
usr/share/man/man1/visitor-gui.1
usr/share/man/man1/visitor.1
usr/share/man/man5/site.conf.5
usr/share/man/man5/visitor-gateway.conf.5
usr/share/man/man7/visitor-refusals.7
usr/share/man/man8/nm-visitor-service.8
usr/share/man/man8/visitor-engine.8
usr/share/man/man8/visitor-gateway.8
usr/share/metainfo/network-manager-visitor.metainfo.xml
usr/share/metainfo/org.visitorvpn.Visitor.metainfo.xml
usr/share/mime/packages/org.visitorvpn.Visitor.xml
usr/share/polkit-1/actions/org.visitorvpn.engine.policy
""".split()
PROGRAMS = ("usr/bin/", "usr/sbin/", "usr/libexec/", "usr/lib/NetworkManager/nm-", "usr/lib/x86_64-linux-gnu/")


def install(folder):
    """Installs the build there, as a package's build does."""
    done = subprocess.run(
        ["meson", "install", "-C", build(), "--no-rebuild", "--quiet", "--destdir", folder],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # fmt: skip
    expect_equal(done.returncode, 0, f"meson install: {done.stdout}{done.stderr}")


class InstalledMachine:
    """The person's machine of a lab, with the installed files in their places."""

    def __init__(self, lab):
        self.machine = lab.user
        self.etc = own_etc(self.machine)
        install(lab.folder / "dest")
        for line in (
            f"mount -t overlay -o lowerdir={lab.folder}/dest/usr:/usr overlay /usr",
            "mount -t tmpfs -o mode=755 tmpfs /var/lib",
            "mount -t tmpfs -o mode=755 tmpfs /run",
            "mkdir /run/dbus",
        ):
            self.machine.run("sh", "-c", line)
        self._create_users()
        self._allow()
        (self.etc / "resolv.conf").unlink(missing_ok=True)
        (self.etc / "resolv.conf").write_text(f"nameserver {network.HOTEL}\n")
        self.bus = self.machine.start("dbus-daemon", "dbus-daemon", "--system", "--nofork", "--nopidfile")
        wait_until(lambda: self.bus_says("ListNames"), "the system bus")

    def _create_users(self):
        """The services' users as systemd-sysusers makes them, not the lab."""
        forget(self.etc, SERVICES)
        self.machine.run("systemd-sysusers", "visitor.conf")
        self.machine.run("systemd-tmpfiles", "--create", "visitor.conf")

    def _allow(self):
        """Nobody sits at this machine, so that polkit would ask for the administrator."""
        rules = self.etc / "polkit-1" / "rules.d"
        rules.mkdir(parents=True, exist_ok=True)
        rules.chmod(0o755)
        (rules / "10-lab.rules").write_text(RULE % list(PEOPLE))

    def bus_says(self, method, *arguments):
        """The answer of the bus itself, or ''."""
        return self.machine.run(
            "gdbus", "call", "--system", "-d", "org.freedesktop.DBus", "-o", "/org/freedesktop/DBus",
            "-m", f"org.freedesktop.DBus.{method}", *arguments, check=False).stdout  # fmt: skip

    def engine(self):
        """The engine's process id, or None while the bus has not started one."""
        answer = self.bus_says("GetConnectionUnixProcessID", ENGINE_NAME)
        return int(answer.split()[1].rstrip(",)")) if answer else None

    def visitor(self, *words, user="alice", **more):
        env = {"HOME": home_of(self.machine, user), "USER": user}
        return self.machine.run("visitor", *words, user=user, env=env, **more)

    def processes(self):
        """Ids of all that runs on this machine but the lab's own."""
        here = os.readlink(f"/proc/{self.machine.holder.pid}/ns/net")
        found = []
        for each in Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(each / "ns/net") == here:
                    found.append(int(each.name))
            except OSError:
                pass  # it has just ended
        return [pid for pid in found if pid not in (self.machine.holder.pid, self.bus.pid)]

    def end(self):
        """What a bus started ends with it."""
        self.bus.stop()
        try:
            wait_until(lambda: not self.processes(), "the end of what the bus had started")
        finally:
            for pid in self.processes():
                os.kill(pid, signal.SIGKILL)


@promise("every file is where Debian has it")
def files():
    with Lab() as lab:
        folder = lab.folder / "dest"
        install(folder)
        found = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())
        found = [path for path in found if not path.endswith(("/visitor.mo", "/NetworkManager-visitor.mo"))]
        expect_equal(found, sorted(FILES), "installed files")
        for path in found:
            mode = 0o755 if path.startswith(PROGRAMS) else 0o644
            expect_equal(oct((folder / path).stat().st_mode & 0o7777), oct(mode), f"the mode of {path}")


@promise("the bus starts engine and polkit when somebody connects, and an engine again that was killed")
def activated():
    with Lab() as lab:
        lab.responder().start()
        lab.visitor_gateway()
        there = lab.ends(InstalledMachine(lab))
        site = home_of(lab.user, "alice") / "office.conf"
        site.write_text(lab.site())
        there.visitor("import", site)
        expect_equal(there.visitor("status").stdout, "Nothing is connected.\n", "the status before")
        expect(not there.engine(), "asking for the status started the engine")
        before = snapshot(lab.user)

        there.visitor("connect", "office", "--password-fd", "0", input=USERS["alice"])
        expect_equal(os.readlink(f"/proc/{there.engine()}/exe"), "/usr/libexec/visitor/visitor-engine", "it")
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page")
        os.kill(there.engine(), signal.SIGKILL)
        wait_until(lambda: not there.engine(), "the bus to lose the engine")
        expect(differences(before, snapshot(lab.user)), "nothing was left to be put back")

        there.visitor("connect", "office", "--password-fd", "0", input=USERS["alice"])
        expect_equal(lab.fetch(f"http://{network.INSIDE}/"), PAGE.decode(), "the page again")
        there.visitor("disconnect", "office")
        wait_until(lambda: not differences(before, snapshot(lab.user)), "the machine as it was")


if __name__ == "__main__":
    main()
