# SPDX-License-Identifier: GPL-2.0-or-later
"""FreeRADIUS 3.2 as the server for sign-ins (AAA) behind the gateway, which only passes EAP on to it.

Its configuration is written here from nothing, in the machine's folder, so that no file of the package
but its dictionaries and modules counts. What had to be right: `-X` for the foreground, which logs all to
standard output; no delay of a refusal; the secret that RADIUS wants in every message; an EAP module of
its own for what is spoken inside of EAP-TTLS; a name inside that is another one than outside. It tells
what is wrong with a password (send_error) only outside of EAP-TTLS: inside it just refuses.
"""

import re
import shutil

PROGRAM = "/usr/sbin/freeradius"
IDENTITY = "aaa.example.test"
SECRET = "lab-radius-0123456789"
PROMPT = "Code of the lab's token"

CONFIG = """
libdir = /usr/lib/freeradius
raddbdir = {folder}
logdir = {folder}
run_dir = {folder}
max_request_time = 30
cleanup_delay = 1
security {{
    reject_delay = 0
    status_server = no
}}
client gateway {{
    ipaddr = 127.0.0.1
    secret = {secret}
    require_message_authenticator = yes
}}
modules {{
    pap {{ }}
    mschap {{ }}
    files {{
        usersfile = {folder}/users
    }}
    eap {{
        default_eap_type = {begin}
        timer_expire = 60
        tls-config lab {{
            private_key_file = {folder}/server.key
            certificate_file = {folder}/server.pem
            ca_file = {folder}/ca.pem
            check_cert_cn = %{{User-Name}}
            fragment_size = {fragment}
            cipher_list = "HIGH"
            ecdh_curve = ""
            tls_min_version = "{tls}"
            tls_max_version = "{tls}"
        }}
        tls {{
            tls = lab
        }}
        ttls {{
            tls = lab
            default_eap_type = mschapv2
            copy_request_to_tunnel = no
            use_tunneled_reply = no
            virtual_server = inside
        }}
        gtc {{
            challenge = "{prompt}"
            auth_type = PAP
        }}
        mschapv2 {{
            send_error = yes
        }}
    }}
    eap inner-eap {{
        default_eap_type = mschapv2
        timer_expire = 60
        md5 {{ }}
        gtc {{
            challenge = "{prompt}"
            auth_type = PAP
        }}
        mschapv2 {{ }}
    }}
}}
server outside {{
    listen {{
        type = auth
        ipaddr = 127.0.0.1
        port = 1812
    }}
    authorize {{
        eap {{
            ok = return
        }}
        files
        mschap
        pap
    }}
    authenticate {{
        Auth-Type PAP {{
            pap
        }}
        Auth-Type MS-CHAP {{
            mschap
        }}
        eap
    }}
}}
server inside {{
    authorize {{
        inner-eap {{
            ok = return
        }}
        files
        mschap
        pap
    }}
    authenticate {{
        Auth-Type PAP {{
            pap
        }}
        Auth-Type MS-CHAP {{
            mschap
        }}
        inner-eap
    }}
}}
"""


def why_not():
    return None if shutil.which(PROGRAM) else f"needs {PROGRAM}"


def knobs():
    """What makes a Responder ask this server."""
    return {"eap": "eap-radius", "plugins": {"eap-radius": {"server": "127.0.0.1", "secret": SECRET}}}


class FreeRadius:
    """freeradius on a machine, at 127.0.0.1:1812, that shows a certificate of the authority's.

    users: {name: password}. run_out: those whose password has expired. certificate: for IDENTITY.
    """

    def __init__(self, machine, authority, certificate, users, run_out=()):
        self.machine = machine
        self.folder = machine.folder / "radius"
        self.process = None
        self.folder.mkdir(mode=0o700)
        (self.folder / "dictionary").write_text("")
        for source, name in ((authority.pem, "ca.pem"), (certificate.pem, "server.pem"),
                             (certificate.key, "server.key")):  # fmt: skip
            shutil.copy(source, self.folder / name)
        flags = {name: "Ue" if name in run_out else "U" for name in users}
        (self.folder / "users").write_text("".join(
            f'{name} Cleartext-Password := "{password}", SMB-Account-CTRL-TEXT := "[{flags[name]}]"\n'
            for name, password in users.items()))  # fmt: skip

    def start(self, *, tls="1.2", begin="ttls", fragment=1024):
        """Starts it, or anew with other settings. tls: the only version; begin: the method that it proposes
        first; fragment: octets of TLS in one packet."""
        self.stop()
        text = CONFIG.format(folder=self.folder, secret=SECRET, prompt=PROMPT, tls=tls, begin=begin,
                             fragment=fragment)  # fmt: skip
        (self.folder / "radiusd.conf").write_text(text)
        self.process = self.machine.start("freeradius", PROGRAM, "-X", "-d", self.folder)
        self.process.wait_for_output("Ready to process requests")
        return self

    def says(self, text):
        """True if the one that runs has said so."""
        return text in self.process.output()

    def names(self):
        """The names that the one that runs has heard, outside and inside of tunnels."""
        return set(re.findall(r'User-Name = "([^"]*)"', self.process.output()))

    def stop(self):
        if self.process:
            self.process.stop()
            self.process = None
