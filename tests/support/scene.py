# SPDX-License-Identifier: GPL-2.0-or-later
"""The frame of a scene: promises, each a function, told as TAP.

    @promise("a page is reached although only ports 80 and 443 are open")
    def page():
        ...

    @promise("a pre-shared key", shows="PSK")
    def psk():
        ...

    main()

`shows` names a way to work with a peer that nobody here wrote: tests/interop makes a table of them.
"""

import sys
import time
import traceback

from lab import LabError, why_not

promises = []


def promise(words, shows=None, peer="strongSwan", how="yes", unless=None):
    """shows: what the peer and we can do together if the promise is kept, a name or several; how far.
    unless: a function that says why this promise cannot be tried here, or None."""
    names = (shows,) if isinstance(shows, str) else shows or ()
    marks = [f"{name} | {peer} | {how}" for name in names]

    def keep(function):
        promises.append((words, function, marks, unless))
        return function

    return keep


def expect(condition, words):
    """LabError with `words` unless the condition holds."""
    if not condition:
        raise LabError(words)


def expect_equal(found, wanted, what):
    if found != wanted:
        raise LabError(f"{what}: {found!r} instead of {wanted!r}")


def main(*requirements, stage=None):
    """Tells all promises of the file; `--only WORD` those whose words contain it.

    requirements: functions that say why the scene cannot be played here, or None. stage: a function
    whose context manager holds what all promises are played on, one after the other; each is called
    with it. A promise that fails there does not keep the next from being tried.
    """
    for why in (why_not, *requirements):
        reason = why()
        if reason:
            print(f"1..0 # SKIP {reason}")
            sys.exit(0)
    only = sys.argv[2] if sys.argv[1:2] == ["--only"] else ""
    chosen = [each for each in promises if only in each[0]]
    print(f"1..{len(chosen)}", flush=True)
    if stage is None:
        sys.exit(1 if play(chosen) else 0)
    try:
        with stage() as things:
            failed = play(chosen, things)
            if failed:
                raise LabError(f"{failed} of the promises failed")  # so that the lab prints its logs
    except LabError as error:
        sys.exit(f"# {error}")


def play(chosen, *things):
    """Plays promises, each called with the things; how many failed."""
    failed = 0
    for number, (words, function, marks, unless) in enumerate(chosen, 1):
        reason = unless() if unless else None
        if reason:
            print(f"ok {number} - {words} # SKIP {reason}", flush=True)
            continue
        start = time.monotonic()
        try:
            function(*things)
            verdict = "ok"
        except Exception as error:
            verdict = "not ok"
            failed += 1
            if not isinstance(error, LabError):
                traceback.print_exc()
            for line in str(error).splitlines():
                print(f"# {line}", flush=True)
        print(f"{verdict} {number} - {words}", flush=True)
        for mark in marks if verdict == "ok" else ():
            print(f"# shown: {mark}", flush=True)
        print(f"# {time.monotonic() - start:.1f} s", flush=True)
    return failed
