#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails if a pure room's archive calls the world.

    purity.py ARCHIVE...     the archives of the pure rooms, as meson built them
    purity.py --self-test CC

`nm -u` lists what an archive wants from elsewhere. A pure room may want memory and strings; it may
want no socket, clock, random source, file, environment, process, thread or main loop, and none of
our own functions that would fetch it one. base/secret.c may lock memory.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

IMPURE = {
    "socket": r"socket|socketpair|connect|bind|listen|accept4?|send|sendto|sendm?msg|recv|recvfrom"
    r"|recvm?msg|[gs]etsockopt|shutdown|getaddrinfo|gethostby\w+|res_\w+|g_socket\w*"
    r"|if_nametoindex|ioctl",
    "clock": r"time|gettimeofday|clock\w*|nanosleep|u?sleep|timer\w*|g_get_(monotonic|real)_time"
    r"|g_date_time_new_now\w*|g_get_current_time|g_usleep|g_timer_\w+",
    "random source": r"s?rand(om)?(_r)?|getrandom|getentropy|arc4random\w*|g_rand\w+|gnutls_rnd"
    r"|g_uuid_string_random|crypto_random",
    "file": r"f?open(64|at|at64)?|creat(64)?|read|write|pread(64)?|pwrite(64)?|readv|writev|close"
    r"|f(read|write|puts|putc|gets|close|printf)|v?fprintf|v?printf|puts|putchar"
    r"|__v?f?printf_chk|rename\w*|unlink\w*|remove|mkdir\w*|l?f?stat(64|at|at64)?|opendir|readdir\w*"
    r"|fsync|g_(file|dir|io_channel|mkdir|mkstemp|unlink|rename|open|fopen|stat|access)_?\w*"
    r"|g_key_file_(load_from_(file|dirs|data_dirs)|save_to_file)|g_print\w*",
    "environment": r"(secure_)?getenv|setenv|putenv|environ|g_(get|set)env|g_get_(user|home|host"
    r"|tmp|system)_\w+|getuid|geteuid|getpw\w+|setlocale|nl_langinfo",
    "process or thread": r"fork|vfork|clone|exec\w+|posix_spawn\w*|system|popen|kill|raise|signal"
    r"|sigaction|pthread_create|g_spawn\w*|g_subprocess\w*|g_thread_(try_)?new|_?exit",
    "main loop": r"poll|ppoll|select|pselect|epoll\w*|g_(main|source|timeout|idle|unix_fd|unix_signal)"
    r"_\w+",
    "object or bus": r"g_(object|dbus|bus|task|cancellable|input_stream|output_stream)_\w+",
}
COMPILED = {what: re.compile(rf"(?:{pattern})") for what, pattern in IMPURE.items()}


def wanted(archive):
    """Yields (member, symbol) for each undefined symbol of the archive."""
    text = subprocess.run(
        ["nm", "-A", "-u", str(archive)], capture_output=True, text=True, check=True
    ).stdout
    for line in text.splitlines():
        place, symbol = re.fullmatch(r"(.*):\s+[Uwv] (\S+)", line).groups()
        yield place.rsplit(":", 1)[1].rsplit("/", 1)[-1], symbol.split("@")[0]


def check(archive):
    """One line per impure symbol."""
    seen = 0
    for member, symbol in wanted(archive):
        seen += 1
        for what, pattern in COMPILED.items():
            if pattern.fullmatch(symbol):
                yield f"{Path(archive).name}: {member} uses a {what}: {symbol}"
    if not seen:
        yield f"{archive}: wants nothing at all: the check would be blind"


def compile_archive(cc, folder, calls):
    """An archive whose one function calls each of `calls`."""
    source = Path(folder) / "thing.c"
    lines = [f"extern int {name} ();" for name in calls]
    lines += ["int thing (void)", "{", "  return 0"]
    lines += [f"    + {name} ()" for name in calls] + ["  ;", "}"]
    source.write_text("\n".join(lines))
    thing = Path(folder) / "thing.o"
    subprocess.run([*cc, "-w", "-fno-builtin", "-c", source, "-o", thing], check=True)
    archive = Path(folder) / "libthing.a"
    archive.unlink(missing_ok=True)
    subprocess.run(["ar", "rcs", archive, thing], check=True)
    return archive


def self_test(cc):
    bad = [
        "socket", "recvmsg", "clock_gettime", "g_get_monotonic_time", "getrandom", "crypto_random",
        "open64", "g_file_get_contents", "g_key_file_save_to_file", "printf", "getenv",
        "g_get_user_name", "g_timeout_add_full", "epoll_wait", "g_main_loop_run", "fork",
        "g_dbus_connection_call", "pthread_create",
    ]  # fmt: skip
    good = ["memcpy", "g_malloc", "g_key_file_load_from_data", "strchr", "inet_pton", "mlock"]
    with tempfile.TemporaryDirectory(prefix="visitor-lint-") as folder:
        for name in bad:
            if not list(check(compile_archive(cc, folder, [name]))):
                yield f"bad example '{name}' was not found"
        yield from check(compile_archive(cc, folder, good))
        if not list(check(compile_archive(cc, folder, []))):
            yield "an empty archive was not found"


def main():
    if sys.argv[1:2] == ["--self-test"]:
        findings = list(self_test(sys.argv[2:] or ["cc"]))
    else:
        findings = [line for archive in sys.argv[1:] for line in check(archive)]
    print("\n".join(findings) or "nothing found")
    sys.exit(1 if findings or len(sys.argv) == 1 else 0)


if __name__ == "__main__":
    main()
