# SPDX-License-Identifier: GPL-2.0-or-later
"""NetworkManager on the lab's user machine, with our plugin, on the bus and before the polkit of its Desktop.

What had to be right: a /sys that cannot be written, or every link waits for a udevd that is not there; a state
directory of its own; its log to standard error, with the domain of VPN plugins; a connection of its own for the
link, since a VPN needs one.
"""

import json
import os
import re
import shutil
from pathlib import Path

import network
from process import LabError, wait_until
from programs import build
from terminal import Terminal
from users import PEOPLE, STRANGERS, home_of, own_etc

DAEMON = "/usr/sbin/NetworkManager"
BUS_NAME = "org.freedesktop.NetworkManager"
PLUGIN = "nm-visitor-service"
DEVICE = "nm-visitor0"

CONFIG = """[main]
plugins=keyfile
no-auto-default=*
dns=default
rc-manager=file
systemd-resolved=false
auth-polkit=true
[keyfile]
unmanaged-devices=interface-name:lo
[logging]
level=DEBUG
domains=DEFAULT,VPN,VPN_PLUGIN,SUSPEND
[connectivity]
{connectivity}
"""

FROM_DHCP = ("ipv4.method", "auto", "ipv6.method", "disabled")
AS_DHCP_WOULD = ("ipv4.method", "manual", "ipv4.addresses", f"{network.USER}/24", "ipv4.gateway", network.HOTEL,
                 "ipv4.dns", network.HOTEL, "ipv6.method", "manual", "ipv6.addresses", f"{network.USER6}/64",
                 "ipv6.gateway", network.HOTEL6)  # fmt: skip

NAME_FILE = """[VPN Connection]
name=visitor
service=org.freedesktop.NetworkManager.visitor
program={service}
supports-multiple-connections=true
supports-safe-private-file-access=true
[libnm]
plugin={build}/app/nm/libnm-vpn-plugin-visitor.so
[GNOME]
auth-dialog={build}/app/nm/nm-visitor-auth-dialog
supports-external-ui-mode=true
supports-hints=true
"""

SERVICE = """#!/bin/sh
exec {build}/engine/nm/nm-visitor-service --tunnel-program {build}/engine/tunnel/visitor-tunnel \\
  --tunnel-user visitor-tunnel --key-program {build}/app/nm/visitor-key --state-dir {state} "$@"
"""

RULE = """
polkit.addRule(function(action, subject) {
  if (action.id.indexOf("org.freedesktop.NetworkManager.") == 0 && %s.indexOf(subject.user) >= 0)
    return polkit.Result.YES;
});
"""


def name_of(pid):
    """The name of a process; None for one that is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip()
    except OSError:
        return None


def why_no_daemon():
    """Why it cannot be had on this machine, or None."""
    for tool in ("NetworkManager", "nmcli"):
        if not shutil.which(tool, path="/usr/sbin:/usr/bin"):
            return f"needs {tool}"
    return None


def why_no_networkmanager():
    """Why it cannot be had with our plugin, or None."""
    why = why_no_daemon()
    if why:
        return why
    if b"libasan.so" in (build() / "app/nm/libnm-vpn-plugin-visitor.so").read_bytes():
        return "needs a plugin that nmcli can load, one that no sanitizer watches"
    return None


class NetworkManager:
    """Running, with the hotel's link up. people: who may do what they like with it; by_dhcp: the link's
    addresses are the hotel's DHCP server's to give; check: the page by which it tells whether there is a way out,
    else it does not ask."""

    def __init__(self, lab, people=("alice",), by_dhcp=False, check=None):
        self.lab = lab
        self.machine = lab.user
        self.process = None
        self.etc = own_etc(self.machine) / "NetworkManager"
        self._configure(people, check)
        self.desktop = lab.desktop()
        self.build = self.desktop.build
        self._mount()
        self.start()
        self._take_link(FROM_DHCP if by_dhcp else AS_DHCP_WOULD)

    def _configure(self, people, check):
        shutil.rmtree(self.etc, ignore_errors=True)
        for folder in ("system-connections", "VPN", "conf.d", "dispatcher.d"):
            (self.etc / folder).mkdir(parents=True)
        (self.etc / "system-connections").chmod(0o700)
        (self.etc / "NetworkManager.conf").write_text(
            CONFIG.format(connectivity=f"uri={check}\ninterval=300" if check else "enabled=false"))  # fmt: skip
        data = Path(__file__).resolve().parents[2] / "data" / "networkmanager"
        shutil.copy(data / "nm-visitor-service.conf", self.etc.parent / "dbus-1" / "system.d")
        rules = self.etc.parent / "polkit-1" / "rules.d"
        rules.mkdir(parents=True, exist_ok=True)
        rule = rules / "11-networkmanager.rules"
        rule.write_text(RULE % list(people))
        rule.chmod(0o644)

    def _mount(self):
        for line in ("mount -t sysfs -o ro sysfs /sys",
                     "mkdir -p /var/lib/NetworkManager && mount -t tmpfs tmpfs /var/lib/NetworkManager",
                     "mkdir -p /run/NetworkManager /run/lock"):  # fmt: skip
            self.machine.run("sh", "-c", line)
        service = self.desktop.folder / PLUGIN
        service.write_text(SERVICE.format(build=self.build, state=self.desktop.folder / "nm-state"))
        service.chmod(0o755)
        name = self.etc / "VPN" / f"{PLUGIN}.name"
        name.write_text(NAME_FILE.format(service=service, build=self.build))

    def start(self):
        self.process = self.lab.ends(self.desktop.start("root", "NetworkManager", DAEMON, "--debug"))

        def ready():
            if not self.process.is_alive():
                raise LabError(f"NetworkManager ended: {self.process.output()}")
            return self.desktop.has_name(BUS_NAME) and self.nmcli("general", check=False).returncode == 0

        wait_until(ready, "NetworkManager on the bus")

    def _take_link(self, addresses):
        self.nmcli("connection", "add", "type", "ethernet", "ifname", "wifi", "con-name", "hotel", *addresses)
        self.nmcli("-w", "30", "connection", "up", "hotel")

    def nmcli(self, *words, user="root", check=True, **more):
        """Runs nmcli to its end; the CompletedProcess."""
        return self.desktop.run(user, "nmcli", *words, check=check, **more)

    def terminal(self, *words, user="root"):
        """nmcli on a terminal."""
        who = None if user == "root" else user
        command = self.machine.command("nmcli", *words, user=who, env=self.desktop.environment(user))
        return self.lab.ends(Terminal(command))

    def file(self, name, text, user="root"):
        """A file of a user's, as the machine sees it."""
        folder = self.desktop.folder if user == "root" else home_of(self.machine, user)
        path = folder / name
        path.write_text(text)
        path.chmod(0o600)
        number = {**PEOPLE, **STRANGERS}.get(user, 0)
        os.chown(path, number, number)
        return path

    def import_site(self, name, text, user="root", check=True):
        """`nmcli connection import`; named as the site is."""
        path = self.file(f"{name}.conf", text, user)
        return self.nmcli("connection", "import", "type", "visitor", "file", path, user=user, check=check)

    def up(self, name, user="root", check=True, seconds=60, **secrets):
        words = ["-w", seconds, "connection", "up", name]
        if secrets:
            text = "".join(f"vpn.secrets.{key}:{value}\n" for key, value in secrets.items())
            words += ["passwd-file", self.file("secrets", text, user)]
        return self.nmcli(*words, user=user, check=check, timeout=seconds + 30)

    def down(self, name, user="root", check=True):
        return self.nmcli("-w", "30", "connection", "down", name, user=user, check=check)

    def active(self):
        """Names of the active connections, without the one that NetworkManager makes up for a VPN's device."""
        text = self.nmcli("-t", "-f", "NAME,STATE", "connection", "show", "--active").stdout
        names = (line.split(":")[0] for line in text.splitlines() if line.endswith(":activated"))
        return sorted(name for name in names if not name.startswith("nm-visitor"))

    def state(self):
        return self.nmcli("-g", "STATE", "general").stdout.strip()

    def get(self, name, field):
        return self.nmcli("-g", field, "connection", "show", name).stdout.strip()

    def log(self):
        return self.process.output()

    def services(self):
        """Process ids of our service, those that NetworkManager has started and that are alive."""
        started = re.findall(r"VPN service has PID (\d+)", self.log())
        return [int(pid) for pid in started if name_of(pid) == PLUGIN[:15]]

    def devices(self):
        """Names of the VPN's devices."""
        links = json.loads(self.machine.ip("-j", "link"))
        return sorted(link["ifname"] for link in links if re.fullmatch(r"nm-visitor\d+", link["ifname"]))

    def wait_until_clean(self):
        """No device and no service is left."""
        wait_until(lambda: not self.devices(), "the devices to go")
        wait_until(lambda: not self.services(), "the service to end")

    def stop(self):
        """SIGTERM; NetworkManager takes its VPNs down."""
        return self.process.stop() if self.process else None

    def kill(self):
        self.process.kill()
        wait_until(lambda: not self.desktop.has_name(BUS_NAME), "the bus to lose NetworkManager")

    def begin(self):
        """As it is before anything is connected, whatever a promise before has left."""
        for name in self.active():
            if name != "hotel":
                self.down(name, check=False)
        self.wait_until_clean()

    def asked_up(self, name, password, seconds=60):
        """`nmcli connection up`, under way on a terminal."""
        words = ["-w", str(seconds), "connection", "up", name]
        return self.terminal(*words, "passwd-file", self.file("secrets", f"vpn.secrets.password:{password}\n"))

    def said(self, text):
        """How often the log has said that."""
        return self.log().count(text)
