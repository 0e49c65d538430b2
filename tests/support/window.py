# SPDX-License-Identifier: GPL-2.0-or-later
"""The window of visitor-gui, seen and worked as a person does who cannot see the screen.

    window = lab.ends(Window(session))
    window.press("Add site")
    window.write("Address", "vpn.example.com")
    window.shows("Connected for")

Whatever is looked for is waited for. A name is a part of the accessible name, but for a button: GTK 4.8
calls one with the mnemonic _Connect "_Connect Connect".
"""

import gettext
import json
import re
import select
import shutil
import subprocess
import time
from pathlib import Path

from process import PATIENCE, LabError, wait_until
from programs import GUI, build

SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's python3-gi belongs to this one
DRIVER = Path(__file__).with_name("accessibility.py")
APPLICATION = "org.visitorvpn.Visitor"
APPLICATION_PATH = "/org/visitorvpn/Visitor"
LOOK_AGAIN = 0.05
SCROLLS = 50
HEADER = 50  # pixels of a header bar, and somewhat more
# Fields of a node that is not what its widget is called, but what it is a part of.
BUTTONS = ("push button", "toggle button", "check box", "radio button", "menu item")


def why_no_window(build):
    """Why no window can be tested here, or None."""
    if not (build / GUI).exists():
        return "needs visitor-gui: configure with -Dgui=enabled"
    for tool in ("Xvfb", "xdotool", "gnome-keyring-daemon", "import"):
        if not shutil.which(tool):
            return f"needs {tool}"
    found = subprocess.run([SYSTEM_PYTHON, "-c", "import gi"], check=False, capture_output=True)
    return "needs python3-gi" if found.returncode else None


class Eyes:
    """The process that speaks with assistive technology's bus."""

    def __init__(self, session):
        self.source = session.person.home / DRIVER.name
        shutil.copyfile(DRIVER, self.source)
        self.source.chmod(0o644)
        self._popen = subprocess.Popen(
            session.command(SYSTEM_PYTHON, "-B", self.source),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)  # fmt: skip
        self._read()

    def _read(self):
        ready, _, _ = select.select([self._popen.stdout], [], [], 2 * PATIENCE)
        line = self._popen.stdout.readline() if ready else ""
        if not line:
            raise LabError("accessibility.py does not answer")
        return json.loads(line)

    def ask(self, **request):
        self._popen.stdin.write(json.dumps(request) + "\n")
        self._popen.stdin.flush()
        return self._read()

    def end(self):
        self._popen.kill()
        self._popen.wait(PATIENCE)
        for pipe in (self._popen.stdin, self._popen.stdout):
            pipe.close()


class Window:
    """A running visitor-gui. options: of its command line; dark, language: how it looks.

    Names are given in English, whatever language it speaks.
    """

    def __init__(self, session, *options, dark=False, language=None, program=GUI):
        self.session = session
        self.program = session.desktop.build / program
        self._look = self.look(dark)
        self._words = gettext.NullTranslations()
        if language:
            self._speak(language)
        if not hasattr(session, "eyes"):
            session.eyes = session.lab.ends(Eyes(session))
        self.eyes = session.eyes
        self.process = None
        self.start(*options)

    def look(self, dark):
        """What it needs in its environment."""
        return {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark" if dark else "prefer-light",
                "GSETTINGS_SCHEMA_DIR": str(self.session.desktop.build / "data/desktop"),
                "G_DEBUG": "fatal-criticals"}  # fmt: skip

    def _speak(self, language):
        """Puts the language's own file where an installed one would be, on this machine alone."""
        self._look["LANGUAGE"] = language
        made = [each / language / "LC_MESSAGES" for each in (build() / "po", build() / "po/networkmanager")]
        self._words = gettext.translation("visitor", build() / "po", [language], fallback=True)
        installed = Path(f"/usr/share/locale/{language}/LC_MESSAGES")
        machine = self.session.desktop.machine
        both = machine.folder / f"locale-{language}"
        if made[0].exists() and not both.exists():
            shutil.copytree(installed, both) if installed.exists() else both.mkdir()
            for folder in filter(Path.exists, made):
                shutil.copytree(folder, both, dirs_exist_ok=True)
            machine.run("mkdir", "-p", installed)
            machine.run("mount", "--bind", both, installed)

    def start(self, *options):
        """Also after it was killed."""
        self.process = self.session.start(self.program.name, *self._environment(), self.program, *options)
        wait_until(self._has_window, "a window")
        return self

    def _environment(self):
        return ["env", *(f"{key}={value}" for key, value in self._look.items())]

    def run(self, *options, **more):
        """Another visitor-gui beside it, to its end: it hands over to this one."""
        return self.session.run(*self._environment(), self.program, *options, **more)

    def _has_window(self):
        if not self.process.is_alive():
            raise LabError(f"{self.program.name} ended with status {self.process.popen.returncode}")
        return bool(self.nodes())

    # What is there

    def nodes(self):
        """All that is there, in reading order; see accessibility.py. Empty before the first window."""
        return self.eyes.ask(do="tree", pid=self.process.pid).get("nodes", [])

    def matching(self, nodes, name, role=None, state=None):
        """Nodes whose name has `name` in it; a button has to be called so, with or without its mnemonic."""
        name = self._words.gettext(name) if name else name

        def fits(node):
            called = node["name"] or ""
            if state is not None and state not in node["states"]:
                return False
            if role == "button":
                plain = name.replace("_", "")
                return node["role"] in BUTTONS and called.replace("_", "") in (plain, f"{plain} {plain}")
            return name in called and role in (None, node["role"])

        return [node for node in nodes if fits(node)]

    @staticmethod
    def in_front(nodes):
        """Those of the window that was opened last."""
        begins = [index for index, node in enumerate(nodes) if node["depth"] == 0]
        return nodes[begins[-1]:] if begins else []

    def has(self, name, role=None, state=None):
        return bool(self.matching(self.nodes(), name, role, state))

    def find(self, name, role=None, state=None, seconds=PATIENCE):
        """Waits for a node; the first of those that match."""
        return self._wait(lambda nodes: self.matching(nodes, name, role, state),
                          f"{role or 'anything'} named '{name}'", seconds)[0]  # fmt: skip

    shows = find

    def gone(self, name, role=None, state=None, seconds=PATIENCE):
        """Waits until nothing matches."""
        self._wait(lambda nodes: not self.matching(nodes, name, role, state), f"'{name}' to go", seconds)

    def _wait(self, condition, what, seconds):
        end = time.monotonic() + seconds
        while True:
            nodes = self.nodes()
            found = condition(nodes)
            if found:
                return found
            if not self.process.is_alive():
                raise LabError(f"{self.program.name} ended while waiting for {what}: {self.process.output()[-2000:]}")
            if time.monotonic() > end:
                raise LabError(f"waited {seconds:g} s in vain for {what}; there is:\n{describe(nodes)}")
            time.sleep(LOOK_AGAIN)

    # What a person does

    def _do(self, what, find, **more):
        """Works the node that find() finds; another one if that is gone by then, for the window was drawn anew."""
        end = time.monotonic() + PATIENCE
        while True:
            node = find()
            said = self.eyes.ask(do=what, pid=self.process.pid, node=node["id"], **more)
            if said.get("done"):
                return
            if time.monotonic() > end or "Timeout" in said.get("error", ""):  # which may have been heard
                raise LabError(f"cannot {what} {node['role']} '{node['name']}': {said}")
            time.sleep(LOOK_AGAIN)

    def _all_in_front(self, name, role, state=None):
        return self._wait(lambda nodes: self.matching(self.in_front(nodes), name, role, state),
                          f"{role or 'anything'} named '{name}' in front", PATIENCE)  # fmt: skip

    def _find_in_front(self, name, role, state=None):
        """As find(), in the newest window alone: what is behind a dialog cannot be worked."""
        return self._all_in_front(name, role, state)[0]

    def press(self, name, role="button"):
        """Presses a button or the like, once it may be pressed."""
        self._do("act", lambda: self._find_in_front(name, role, "sensitive"))

    def press_last(self, name):
        """As press(), the last of several buttons that are called so."""
        self._do("act", lambda: self._all_in_front(name, "button", "sensitive")[-1])

    def write(self, name, text, last=False):
        """Replaces what stands in the field of that name; last: of several."""
        self._do("write", lambda: self.fields(name)[-1 if last else 0], text=text)

    def field(self, name):
        """The node of a field that can be written into: it or what is around it has the name."""
        return self.fields(name)[0]

    def fields(self, name):
        """All of them, in their order; there is one at least."""
        name = self._words.gettext(name)

        def is_named(node, by_id):
            around = node
            while node["text"] is not None and around is not None:
                if name in (around["name"] or ""):
                    return True
                around = by_id.get(around["parent"])
            return False

        def look(nodes):
            by_id = {node["id"]: node for node in nodes}
            return [node for node in self.in_front(nodes) if is_named(node, by_id)]

        return self._wait(look, f"a field named '{name}'", PATIENCE)

    def activate(self, action, *parameter):
        """An action such as "app.quit" or "win.edit", as a menu does; GTK 4.8 lets nobody press those."""
        group, _, name = action.partition(".")
        path = APPLICATION_PATH if group == "app" else f"{APPLICATION_PATH}/window/1"
        return self.session.call(APPLICATION, path, "org.gtk.Actions.Activate", name,
                                 f"[{', '.join(f'<{each}>' for each in parameter)}]", "{}")  # fmt: skip

    # The mouse, the keyboard and the picture

    def click(self, name, role=None):
        """Clicks on the middle of what has that name: GTK 4.8 lets nobody press a row otherwise."""
        x, y = self.place(name, role)
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def wheel(self, name, role=None):
        """Turns the wheel over what has that name, there and back."""
        x, y = self.place(name, role)
        self._xdotool("mousemove", str(x), str(y), "click", "5", "click", "4")

    def place(self, name, role=None, part=0.5):
        """Where on the screen what has that name is, scrolled to as with a wheel: that part of the way across."""
        before = None
        for _ in range(SCROLLS):
            place, (middle_x, middle_y), off = self._place_now(name, role, part)
            if not off and place == before:
                return place
            before = place
            if off:
                self._xdotool("mousemove", str(middle_x), str(middle_y), "click", "5" if off > 0 else "4")
            time.sleep(LOOK_AGAIN)
        raise LabError(f"'{name}' cannot be scrolled to")

    def _place_now(self, name, role, part):
        """The place in it, the middle of its window, and whether it is below (1) or above (-1) what is seen."""
        node = self._find_in_front(name, role)
        nodes = {each["id"]: each for each in self.nodes()}
        frame = node
        while frame["parent"]:
            frame = nodes[frame["parent"]]
        box, whole = (self.eyes.ask(do="extents", pid=self.process.pid, node=each["id"])["box"]
                      for each in (node, frame))  # fmt: skip
        found = self._xdotool("search", "--onlyvisible", "--name", f"^{re.escape(frame['name'])}$",
                              "getwindowgeometry", "--shell", "%@").stdout  # fmt: skip
        found = dict(line.split("=") for line in found.splitlines() if "=" in line)
        left, top, width, height = (int(found[each]) for each in ("X", "Y", "WIDTH", "HEIGHT"))
        # what stands around the frame on all sides is its shadow
        left += (width - whole[2]) // 2
        top += (height - whole[3]) // 2
        across, down = box[0] + int(box[2] * part), box[1] + box[3] // 2
        is_row = node["role"] == "list item"  # which may lie behind the header, or half below
        off = (down > whole[3] - is_row * HEADER / 2) - (down < is_row * HEADER)
        return (left + across, top + down), (left + whole[2] // 2, top + whole[3] // 2), off

    def _xdotool(self, *words):
        return self.session.run("xdotool", *words)

    def key(self, *keys):
        """Presses keys, each like "ctrl+n", in the window that has the focus."""
        self._xdotool("key", "--clearmodifiers", *keys)

    def type(self, text):
        self._xdotool("type", "--clearmodifiers", "--delay", "5", text)

    def picture(self, path):
        """All of the screen, as a PNG at `path`, outside."""
        inside = self.session.person.home / "picture.png"
        self.session.run("import", "-window", "root", inside)
        shutil.move(inside, path)

    # Its end

    def close(self):
        """Closes it in an orderly way; the exit status."""
        return self.process.stop()

    def kill(self):
        return self.process.kill()

    def end(self):
        return self.process.stop() if self.process else None


def describe(nodes):
    """A tree as text, for whoever reads why a test failed."""
    lines = []
    for node in nodes:
        if node["name"] or node["text"] is not None:
            text = "" if node["text"] is None else f" = {node['text']!r}"
            insensitive = "" if "sensitive" in node["states"] else " (insensitive)"
            lines.append(f"{'  ' * min(node['depth'], 12)}{node['role']} {node['name']!r}{text}{insensitive}")
    return "\n".join(lines)
