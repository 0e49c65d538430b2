# SPDX-License-Identifier: GPL-2.0-or-later
"""Network and mount namespaces without names: each lives as long as its holder process.

Nothing is left in /run/netns or among the machine's links, whatever becomes of the scene, and two
labs can never meet.
"""

import contextlib
import ctypes
import os
import socket
import subprocess
import threading

from process import DIE_WITH_PARENT, PATIENCE, LabError, Process, wait_until

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def setns(path, kind):
    """Moves the calling thread into the namespace at `path`."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(fd, kind) != 0:
            raise OSError(ctypes.get_errno(), f"setns {path}")
    finally:
        os.close(fd)


class Namespace:
    """One machine of the lab."""

    def __init__(self, name, folder):
        self.name = name
        self.folder = folder
        self.folder.mkdir()
        self._count = 0
        command = ["unshare", "--net", "--mount", "--propagation", "private", "sleep", "infinity"]
        self.holder = Process(f"{name} holder", DIE_WITH_PARENT + command, folder / "holder.log")
        own = os.readlink("/proc/self/ns/net")
        wait_until(lambda: self._link() not in (own, None), f"namespace {name}")
        self.run("sysctl", "-qw", "net.ipv6.conf.all.accept_dad=0",
                 "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.accept_ra=0",
                 "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0")  # fmt: skip
        self.ip("link", "set", "lo", "up")

    def _link(self):
        """What the holder's name says once it is `sleep`, that is, inside."""
        try:
            with open(f"/proc/{self.holder.pid}/comm", encoding="ascii") as file:
                if file.read().strip() != "sleep":
                    return None
            return os.readlink(f"/proc/{self.holder.pid}/ns/net")
        except FileNotFoundError:
            raise LabError(f"namespace {self.name} could not be made: {self.holder.output()}") from None

    def command(self, *words, user=None, env=None):
        """The command line that runs `words` in here, as `user` with nothing but `env` if given."""
        line = ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net",
                f"--mount=/proc/{self.holder.pid}/ns/mnt", "--"]  # fmt: skip
        if user:
            line += ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]
        line += DIE_WITH_PARENT
        if env is not None:
            base = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
            line += ["env", "-i", *(f"{key}={value}" for key, value in {**base, **env}.items())]
        return line + [str(word) for word in words]

    def run(self, *words, user=None, env=None, check=True, **more):
        """Runs to the end, without a terminal; the CompletedProcess, its output as text."""
        more.setdefault("stdin", subprocess.DEVNULL) if "input" not in more else None
        more.setdefault("timeout", 60)
        line = " ".join(str(word) for word in words)
        try:
            result = subprocess.run(
                self.command(*words, user=user, env=env),
                capture_output=True, text=True, check=False, start_new_session=True, **more)  # fmt: skip
        except subprocess.TimeoutExpired:
            raise LabError(f"{self.name}: {line}: no end in {more['timeout']} s") from None
        if check and result.returncode:
            raise LabError(f"{self.name}: {line}: {(result.stdout + result.stderr).strip()}")
        return result

    def ip(self, *words):
        return self.run("ip", *words).stdout

    def start(self, name, *words, user=None, env=None, stdin=os.devnull):
        """Starts a Process whose log is in the namespace's folder; stdin is a file's path."""
        self._count += 1
        log = self.folder / f"{self._count:02}-{name}.log"
        return Process(name, self.command(*words, user=user, env=env), log, stdin)

    @contextlib.contextmanager
    def entered(self):
        """The calling thread is in this network until the end of the `with`."""
        home = f"/proc/self/task/{threading.get_native_id()}/ns/net"
        fd = os.open(home, os.O_RDONLY | os.O_CLOEXEC)
        setns(f"/proc/{self.holder.pid}/ns/net", CLONE_NEWNET)
        try:
            yield
        finally:
            libc.setns(fd, CLONE_NEWNET)
            os.close(fd)

    def socket(self, family, kind, protocol=0):
        """A socket of this network, to be used from anywhere."""
        with self.entered():
            return socket.socket(family, kind, protocol)

    def connect(self, host, port, seconds=PATIENCE):
        """A TCP connection from here to an address literal."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        stream = self.socket(family, socket.SOCK_STREAM)
        stream.settimeout(seconds)
        try:
            stream.connect((host, port))
        except OSError:
            stream.close()
            raise
        return stream

    def end(self):
        self.holder.kill()


def join(first, first_link, second, second_link):
    """A cable: a pair of veth links, up."""
    first.ip("link", "add", first_link, "type", "veth", "peer", "name", second_link,
             "netns", str(second.holder.pid))  # fmt: skip
    first.ip("link", "set", first_link, "up")
    second.ip("link", "set", second_link, "up")
