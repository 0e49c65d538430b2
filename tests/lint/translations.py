#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails where a language of a LINGUAS below po/ does not say everything that the program says.

The texts are taken from the sources anew, so that one which has been added or changed is missed here
before somebody misses it on the screen. Each translation must also keep the format's arguments, the
plural forms of its language and the mnemonics.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from tree import run

# Each is a gettext domain of its own; the first one has to be there.
FOLDERS = ("po", "po/networkmanager")
# As meson's i18n.gettext has them by its preset "glib".
KEYWORDS = ("_", "N_", "C_:1c,2", "NC_:1c,2", "g_dcgettext:2", "g_dngettext:2,3", "g_dpgettext2:2c,3")
FLAGS = (
    "N_:1:pass-c-format", "C_:2:pass-c-format", "NC_:2:pass-c-format", "g_dngettext:2:pass-c-format",
    "g_strdup_printf:1:c-format", "g_string_printf:2:c-format", "g_string_append_printf:2:c-format",
    "g_set_error:4:c-format", "g_print:1:c-format", "g_printerr:1:c-format",
)  # fmt: skip
ENTRY = re.compile(r'^msgid "(.*)"$', re.MULTILINE)


def gettext(*command, **options):
    env = os.environ | {"LC_ALL": "C.UTF-8"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env, **options)


def names_in(tree, path):
    lines = tree.read(path).splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def extract(tree, folder, template):
    """The texts of the sources. Returns what is wrong, or nothing."""
    listed = template.with_suffix(".files")
    listed.write_text("\n".join(names_in(tree, f"{folder}/POTFILES.in")) + "\n", encoding="utf-8")
    result = gettext(
        "xgettext", "--from-code=UTF-8", f"--directory={tree.root}", f"--files-from={listed}",
        *(f"--keyword={keyword}" for keyword in KEYWORDS), *(f"--flag={flag}" for flag in FLAGS),
        f"--output={template}",
    )  # fmt: skip
    return result.stderr.strip() if result.returncode or not template.exists() else ""


def check_language(tree, name, template):
    """What the language of the file does not say, or says wrongly."""
    path = tree.root / name
    merged = template.with_name(path.name)
    result = gettext(
        "msgmerge", "--quiet", "--no-fuzzy-matching", f"--output-file={merged}", path, template
    )
    if result.returncode:
        yield f"{name}: {result.stderr.strip()}"
        return
    result = gettext("msgfmt", "--check", "--check-accelerators=_", "--output-file=/dev/null", merged)
    if result.returncode:
        yield from (f"{name}: {line}" for line in result.stderr.splitlines())
    for option, what in (("--untranslated", "is not translated"), ("--only-fuzzy", "is fuzzy")):
        left = gettext("msgattrib", "--no-obsolete", "--no-wrap", option, merged).stdout
        for text in ENTRY.findall(left):
            if text:
                yield f'{name}: "{text}" {what}'


def check_folder(tree, folder, names):
    listed = " ".join(names_in(tree, f"{folder}/LINGUAS")).split()
    files = [Path(name).stem for name in names if re.fullmatch(rf"{folder}/[^/]+\.po", name)]
    for language in sorted(set(listed) ^ set(files)):
        yield f"{language}: stands in {folder}/LINGUAS or as {folder}/{language}.po, not as both"
    with tempfile.TemporaryDirectory(prefix="visitor-po-") as scratch:
        template = Path(scratch) / "texts.pot"
        problem = extract(tree, folder, template)
        if problem:
            yield problem
            return
        for language in sorted(set(listed) & set(files)):
            yield from check_language(tree, f"{folder}/{language}.po", template)


def check(tree):
    names = [path.as_posix() for path in tree.files()]
    for folder in FOLDERS:
        if f"{folder}/LINGUAS" in names and f"{folder}/POTFILES.in" in names:
            yield from check_folder(tree, folder, names)
        elif folder == FOLDERS[0]:
            yield f"no {folder}/LINGUAS or no {folder}/POTFILES.in: the check would be blind"
    languages = {tuple(names_in(tree, f"{folder}/LINGUAS")) for folder in FOLDERS
                 if f"{folder}/LINGUAS" in names}  # fmt: skip
    if len(languages) > 1:
        yield f"the domains are not in the same languages: {sorted(languages)}"


HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Language: de\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
SOURCE = 'f (_ ("_Yes"));\nf (g_dngettext (D, "%u day", "%u days", n));\n'
YES = 'msgid "_Yes"\nmsgstr "_Ja"\n\n'
DAYS = 'msgid "%u day"\nmsgid_plural "%u days"\nmsgstr[0] "%u Tag"\nmsgstr[1] "%u Tage"\n'


def house(translation, source=SOURCE, linguas="de\n"):
    return {
        "po/LINGUAS": linguas, "po/POTFILES.in": "app/a.c\n", "po/de.po": HEADER + translation,
        "app/a.c": source,
    }  # fmt: skip


def with_plugin(translation, linguas="de\n"):
    return house(YES + DAYS) | {
        "po/networkmanager/LINGUAS": linguas, "po/networkmanager/POTFILES.in": "app/b.c\n",
        "po/networkmanager/de.po": HEADER + translation, "app/b.c": 'f (_ ("_Yes"));\n',
    }  # fmt: skip


GOOD = {
    "complete": house(YES + DAYS),
    "another domain": with_plugin(YES),
    "more than needed": house(YES + DAYS + '\nmsgid "No"\nmsgstr "Nein"\n'),
}
BAD = {
    "untranslated": house(DAYS),
    "added later": house(YES + DAYS, SOURCE + 'f (_ ("Later"));\n'),
    "empty": house(YES.replace("_Ja", "") + DAYS),
    "fuzzy": house("#, fuzzy\n" + YES + DAYS),
    "no mnemonic": house(YES.replace("_Ja", "Ja") + DAYS),
    "one plural": house(YES + DAYS.rsplit("msgstr[1]", 1)[0]),
    "wrong argument": house(YES + "#, c-format\n" + DAYS.replace("%u Tage", "%s Tage")),
    "no file": house(YES + DAYS, linguas="de fr\n"),
    "not listed": house(YES + DAYS, linguas="# none\n"),
    "another domain": with_plugin(DAYS),
    "other languages": with_plugin(YES, "# none\n"),
    "nothing": {},
}

if __name__ == "__main__":
    run(check, GOOD, BAD)
