# SPDX-License-Identifier: GPL-2.0-or-later
"""A smart card that is a folder: SoftHSM, with a certificate and its key on it."""

import os
import shutil
import subprocess

from users import PEOPLE

PIN = "123456"
LABEL = "lab"  # of the token; the certificate on it is called as the person


def why_no_token():
    for tool in ("softhsm2-util", "p11tool"):
        if not shutil.which(tool):
            return f"needs {tool}"
    return None


def soft_token(person, owned):
    """A token of the person's with certificate and key; the environment that shows it."""
    folder = person.home / "token"
    (folder / "tokens").mkdir(parents=True)
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    environment = {"SOFTHSM2_CONF": str(conf)}
    pkcs8 = folder / "pkcs8.key"

    def run(*words):
        subprocess.run(list(map(str, words)), env=os.environ | environment, check=True, capture_output=True)

    run("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", owned.key, "-out", pkcs8)
    run("softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "87654321")
    run("softhsm2-util", "--import", pkcs8, "--token", LABEL, "--label", person.name, "--id", "01", "--pin", PIN)
    run("p11tool", "--login", f"--set-pin={PIN}", "--write", f"--load-certificate={owned.pem}",
        f"--label={person.name}", "--id=01", f"pkcs11:token={LABEL}")  # fmt: skip
    pkcs8.unlink()
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, PEOPLE[person.name], PEOPLE[person.name])
    return environment
