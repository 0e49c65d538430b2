# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person's machine has besides a network: users, a system bus, polkit, a resolver.

Inside the machine's mount namespace /run is empty and /etc a copy, so that the real machine's
users, bus and resolver are neither seen nor touched.
"""

import shutil
from pathlib import Path

import network
from process import LabError, wait_until
from users import PEOPLE, home_of, own_etc

ROOT = Path(__file__).resolve().parents[2]
BUS_SOCKET = "/run/dbus/system_bus_socket"
BUS_ADDRESS = f"unix:path={BUS_SOCKET}"
SERVICES_FOLDER = "/run/lab/services"  # of activation files; empty unless a scene puts one there
POLKITD = "/usr/lib/polkit-1/polkitd"
ACTIONS = "/usr/share/polkit-1/actions"
RESOLVED = "/lib/systemd/systemd-resolved"

RULE = """
polkit.addRule(function(action, subject) {
  if (action.id == "org.visitorvpn.engine.connect" && %s.indexOf(subject.user) >= 0)
    return polkit.Result.YES;
});
"""

BUS_CONFIG = f"""<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>{BUS_ADDRESS}</listen>
  <servicedir>{SERVICES_FOLDER}</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
    <allow send_destination="org.freedesktop.DBus"
           send_interface="org.freedesktop.DBus.Introspectable"/>
    <allow send_destination="org.freedesktop.DBus"
           send_interface="org.freedesktop.DBus.Properties"/>
  </policy>
  <policy user="root">
    <allow send_destination="org.freedesktop.DBus"
           send_interface="org.freedesktop.DBus.Monitoring"/>
  </policy>
  <includedir>/usr/share/dbus-1/system.d</includedir>
  <includedir>/etc/dbus-1/system.d</includedir>
</busconfig>
"""


def no_resolved():
    """Why there can be no systemd-resolved here, or None."""
    return None if Path(RESOLVED).exists() else f"needs {RESOLVED}"


class Desktop:
    """The desktop of one machine; `build` is where meson built, seen inside as /run/lab/build."""

    def __init__(self, machine, build):
        self.machine = machine
        self.build = Path("/run/lab/build")
        self.folder = machine.folder / "desktop"
        self.folder.mkdir()
        self.etc = own_etc(machine)
        self.resolv_conf = self.etc / "resolv.conf"
        self.resolv_conf.write_text(f"# the hotel's\nnameserver {network.HOTEL}\n")
        self.polkit = self.bus = None
        self._own_policies(Path(build))
        self._mount(Path(build))
        self.start_bus()

    def _own_policies(self, build):
        """The bus policy and polkit action as the tree has them, or meson made them."""
        actions = self.folder / "actions"
        shutil.copytree(ACTIONS, actions)
        rules = self.etc / "polkit-1" / "rules.d"
        rules.mkdir(parents=True, exist_ok=True)
        rules.chmod(0o755)
        rule = rules / "10-lab.rules"
        rule.write_text(RULE % list(PEOPLE))
        rule.chmod(0o644)
        for folder in (ROOT / "data", build / "data"):
            for path in sorted(folder.glob("**/*.policy")):
                shutil.copy(path, actions)
            for path in sorted(folder.glob("**/org.visitorvpn.*.conf")):
                shutil.copy(path, self.etc / "dbus-1" / "system.d")

    def _mount(self, build):
        for line in (
            f"mount --bind {self.folder}/actions {ACTIONS}",
            "mount -t tmpfs -o mode=755 tmpfs /run",
            f"mkdir -p /run/dbus /run/lab/build {SERVICES_FOLDER}",
            f"mount --bind {build} /run/lab/build",
        ):
            self.machine.run("sh", "-c", line)

    def start_bus(self):
        """Also after both were killed."""
        self.polkit = self.bus = None
        config = self.folder / "bus.conf"
        config.write_text(BUS_CONFIG)
        self.bus = self.machine.start(
            "dbus-daemon", "dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile",
            "--nosyslog")  # fmt: skip
        wait_until(lambda: self._has_name("org.freedesktop.DBus"), "the system bus")
        self.polkit = self.machine.start("polkitd", POLKITD, env=self.environment("root"))
        wait_until(lambda: self._has_name("org.freedesktop.PolicyKit1"), "polkit")

    def _has_name(self, name):
        for process in (self.bus, self.polkit):
            if process and not process.is_alive():
                raise LabError(f"{process.name} ended: {process.output()}")
        answer = self.call("root", "org.freedesktop.DBus", "/org/freedesktop/DBus",
                           "org.freedesktop.DBus.NameHasOwner", name)  # fmt: skip
        return answer.returncode == 0 and "true" in answer.stdout

    def resolved(self):
        """A real systemd-resolved on the bus; a Process that the caller ends."""
        self.machine.run("install", "-d", "-o", "systemd-resolve", "-g", "systemd-resolve",
                         "/run/systemd/resolve")  # fmt: skip
        process = self.start("root", "resolved", RESOLVED)
        wait_until(lambda: self.has_name("org.freedesktop.resolve1"), "resolved")
        return process

    def lead_to_resolved(self):
        """resolv.conf is the one that resolved writes."""
        self.resolv_conf.unlink()
        self.resolv_conf.symlink_to("../run/systemd/resolve/resolv.conf")

    def has_name(self, name):
        return self._has_name(name)

    def environment(self, user):
        """All the environment variables of a user's programs."""
        home = "/root" if user == "root" else str(home_of(self.machine, user))
        return {
            "HOME": home,
            "USER": user,
            "XDG_CONFIG_HOME": f"{home}/.config",
            "XDG_RUNTIME_DIR": f"{home}/.run",
            "XDG_DATA_HOME": f"{home}/.local/share",
            "XDG_STATE_HOME": f"{home}/.local/state",
            "DBUS_SYSTEM_BUS_ADDRESS": BUS_ADDRESS,
            "GIO_USE_VFS": "local",
        }

    def run(self, user, *words, **more):
        """Runs a program as a user to its end."""
        who = None if user == "root" else user
        return self.machine.run(*words, user=who, env=self.environment(user), **more)

    def start(self, user, name, *words, **more):
        who = None if user == "root" else user
        return self.machine.start(name, *words, user=who, env=self.environment(user), **more)

    def call(self, user, destination, path, method, *arguments):
        """A D-Bus call by `gdbus`; the CompletedProcess."""
        return self.run(user, "gdbus", "call", "--system", "-d", destination, "-o", path,
                        "-m", method, *arguments, check=False)  # fmt: skip

    def end(self):
        for process in (self.polkit, self.bus):
            if process:
                process.stop()
