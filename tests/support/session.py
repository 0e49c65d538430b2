# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person has who has logged in: a session bus, and on it what a scene asks for.

keyring() is a real gnome-keyring, unlocked; screen() an X server with nothing on it, and the bus of
assistive technology. All of it runs as the person, inside the machine's namespaces.
"""

import re
import shutil
import subprocess
from pathlib import Path

from process import LabError, wait_until

SECRETS = "org.freedesktop.secrets"
LOGIN = "/org/freedesktop/secrets/collection/login"
PHRASE = "pw"
AT_SPI_LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
COMPOSITOR = Path(__file__).with_name("compositor.py")

# What GNOME's own settings daemon would say.
GTK_SETTINGS = """[Settings]
gtk-font-name=Cantarell 11
gtk-decoration-layout=:minimize,maximize,close
gtk-enable-animations=false
"""

# It starts nothing: a keyring that it started would be a locked one, and might come first.
BUS_CONFIG = """<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Session:
    """The session of a Person; `environment` is what its programs need besides the person's own."""

    def __init__(self, lab, person):
        self.lab, self.person = lab, person
        self.desktop = lab.desktop()
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={person.home}/session-bus"}
        self._make_runtime_folder()
        self._start_bus()

    def _make_runtime_folder(self):
        folder = self.desktop.environment(self.person.name)["XDG_RUNTIME_DIR"]
        self.run("mkdir", "-p", "-m", "700", folder)

    def _start_bus(self):
        config = self.desktop.folder / f"session-bus-{self.person.name}.conf"
        config.write_text(BUS_CONFIG.format(address=self.environment["DBUS_SESSION_BUS_ADDRESS"]))
        self.start("session-bus", "dbus-daemon", "--nofork", "--nopidfile", f"--config-file={config}")
        wait_until((self.person.home / "session-bus").exists, "the session bus")

    def _words(self, words):
        return ["env", *(f"{key}={value}" for key, value in self.environment.items()), *words]

    def run(self, *words, **more):
        """Runs a program in the session to its end."""
        return self.desktop.run(self.person.name, *self._words(words), **more)

    def start(self, name, *words):
        """Starts a program in the session; a Process that the lab ends."""
        return self.lab.ends(self.desktop.start(self.person.name, name, *self._words(words)))

    def command(self, *words, environment=None):
        """The command line that runs `words` in the session."""
        everything = self.desktop.environment(self.person.name) | self.environment | (environment or {})
        return self.desktop.machine.command(*words, user=self.person.name, env=everything)

    def call(self, destination, path, method, *arguments):
        """A call on the session bus; what it says."""
        return self.run("gdbus", "call", "--session", "-d", destination, "-o", path, "-m", method,
                        *arguments, check=False).stdout  # fmt: skip

    def has_name(self, name):
        return "true" in self.call("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                   "org.freedesktop.DBus.NameHasOwner", name)  # fmt: skip

    def keyring(self):
        """An unlocked gnome-keyring."""
        phrase = self.person.home / "phrase"
        phrase.write_text(PHRASE)
        phrase.chmod(0o644)
        line = f"exec gnome-keyring-daemon --foreground --unlock --components=secrets < {phrase}"
        self.start("keyring", "sh", "-c", line)
        wait_until(lambda: "/collection/" in self.secret_service("ReadAlias", "default"), "the keyring")
        return self

    def secret_service(self, method, *arguments):
        """A call of the Secret Service; what it says."""
        return self.call(SECRETS, "/org/freedesktop/secrets", f"org.freedesktop.Secret.Service.{method}",
                         *arguments)  # fmt: skip

    def lock_keyring(self):
        answer = self.secret_service("Lock", f"['{LOGIN}']")
        if "login" not in answer:
            raise LabError(f"not locked: {answer}")

    def screen(self, size="1280x1024"):
        """An X server that draws into memory, and the accessibility bus."""
        # The machine's network is its own, and so are its abstract sockets; files in /tmp are not.
        server = self.start("xvfb", "Xvfb", "-displayfd", "1", "-screen", "0", f"{size}x24",
                            "-nolisten", "tcp", "-nolisten", "unix", "-noreset")  # fmt: skip

        def number():
            if not server.is_alive():
                raise LabError(f"Xvfb ended: {server.output()}")
            return re.search(r"^(\d+)$", server.output(), re.MULTILINE)

        found = wait_until(number, "the X server")
        # What the toolkit's libraries keep to the end is no leak of ours.
        self.environment |= {"DISPLAY": f":{found[1]}", "GDK_BACKEND": "x11", "GSK_RENDERER": "cairo",
                             "GTK_A11Y": "atspi", "GSETTINGS_BACKEND": "keyfile",
                             "LIBGL_ALWAYS_SOFTWARE": "1", "ASAN_OPTIONS": "detect_leaks=0"}  # fmt: skip
        settings = self.person.home / ".config/gtk-4.0/settings.ini"
        self.run("mkdir", "-p", settings.parent)
        self.run("tee", settings, input=GTK_SETTINGS)
        self.start("at-spi", AT_SPI_LAUNCHER, "--launch-immediately")
        wait_until(lambda: self.has_name("org.a11y.Bus"), "the accessibility bus")
        return self

    def compositor(self):
        """Lets windows have round corners and a shadow, for pictures; a Compositor."""
        return self.lab.ends(Compositor(self))


class Compositor:
    """The process that plays window manager and compositor; see compositor.py."""

    def __init__(self, session):
        self.folder = session.person.home
        source = self.folder / COMPOSITOR.name
        shutil.copyfile(COMPOSITOR, source)
        source.chmod(0o644)
        self._popen = subprocess.Popen(
            session.command("/usr/bin/python3", "-B", source), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, start_new_session=True)  # fmt: skip
        self._expect("ready")

    def _expect(self, word):
        line = self._popen.stdout.readline().strip()
        if word and line != word:
            raise LabError(f"compositor.py says '{line}'")
        return line

    def _tell(self, line):
        self._popen.stdin.write(line + "\n")
        self._popen.stdin.flush()

    def arrange(self):
        self._tell("arrange")
        self._expect("done")

    def resize(self, width, height):
        """The program's first window, without its shadow."""
        self._tell(f"resize {width} {height}")
        self._expect("done")

    def fit(self):
        """Dialogs no larger than the first window, where they can be."""
        self._tell("fit")
        self._expect("done")

    def picture(self, path):
        """What is on the screen, as a PNG with transparency at `path`, outside."""
        raw = self.folder / "picture"
        self._tell(f"picture {raw}")
        width, height = self._expect("").split()
        if width == "0":
            raise LabError("there is no window to make a picture of")
        subprocess.run(["convert", "-size", f"{width}x{height}", "-depth", "8", f"rgba:{raw}", "-strip",
                        "-define", "png:compression-level=9", path], check=True)  # fmt: skip
        raw.unlink()

    def end(self):
        self._popen.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            pipe.close()
