# SPDX-License-Identifier: GPL-2.0-or-later
"""Real proxies at the hotel: squid, dante, haproxy before squid, a KDC for squid, and who announces them."""

import json
import shutil
import subprocess

import network
from process import LabError, wait_until
from servers import listens
from users import own_etc

PROXY_NAME = "proxy.example.test"
DOMAIN = "hotel.example.test"
REALM = "HOTEL.EXAMPLE.TEST"
SQUID_HELPERS = "/usr/lib/squid"
SSHD = "/usr/sbin/sshd"
NAMESERVER = "198.51.100.53"


def missing():
    """Why no proxies can be had on this machine, or None."""
    for tool in ("squid", "danted", "dnsmasq", "krb5kdc", "kinit", "haproxy", "nginx", "sshd"):
        if not shutil.which(tool, path="/usr/sbin:/usr/bin:/sbin:/bin"):
            return f"needs {tool}"
    return None


class Squid:
    """squid, which lets CONNECT through to port 443 and no other.

    auth: lines of its configuration that say how it asks who goes through; None: it does not.
    names: what it looks up beside DNS.
    """

    def __init__(self, machine, port, *, auth=None, names=None, host=network.HOTEL, env=None):
        own_etc(machine)
        self.folder = machine.folder / f"squid-{port}"
        self.folder.mkdir()
        self.folder.chmod(0o777)
        self.listen = f"{host}:{port}"
        hosts = self.folder / "hosts"
        hosts.write_text("".join(f"{address} {name}\n" for name, address in (names or {}).items()))
        rules = "acl known proxy_auth REQUIRED\nhttp_access deny !known\n" if auth else ""
        config = self.folder / "squid.conf"
        config.write_text(
            f"http_port {self.listen}\nvisible_hostname {PROXY_NAME}\npid_filename none\n"
            "cache deny all\nnetdb_filename none\ncoredump_dir none\nshutdown_lifetime 0 seconds\n"
            f"access_log stdio:{self.folder}/access.log\ncache_log {self.folder}/cache.log\n"
            f"hosts_file {hosts}\ndns_nameservers {network.HOTEL}\nmax_filedescriptors 1024\n"
            f"{auth or ''}\nacl tls port 443\nacl through method CONNECT\n"
            f"http_access deny through !tls\n{rules}http_access allow all\n"
        )
        words = ["squid", "-N", "-f", config]
        if env:
            words = ["env", *(f"{key}={value}" for key, value in env.items()), *words]
        self.process = machine.start(f"squid-{port}", *words)
        wait_until(lambda: listens(machine, self.process, self.listen), "squid")

    def seen(self):
        """What it has answered, one line a request."""
        log = self.folder / "access.log"
        return log.read_text() if log.exists() else ""

    def end(self):
        self.process.stop(5)


def users(folder, name, password):
    """auth lines of Basic and of Digest for one user."""
    folder.mkdir(exist_ok=True)
    hashed = subprocess.run(
        ["openssl", "passwd", "-apr1", password], capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    basic, digest = folder / "basic", folder / "digest"
    basic.write_text(f"{name}:{hashed}\n")
    digest.write_text(f"{name}:{password}\n")
    return {
        "basic": f"auth_param basic program {SQUID_HELPERS}/basic_ncsa_auth {basic}\n"
        "auth_param basic children 1\nauth_param basic realm Hotel\n",
        "digest": f"auth_param digest program {SQUID_HELPERS}/digest_file_auth {digest}\n"
        "auth_param digest children 1\nauth_param digest realm Hotel\n",
        "ntlm": f"auth_param ntlm program {SQUID_HELPERS}/ntlm_fake_auth\n"
        "auth_param ntlm children 1\n",
    }


class Dante:
    """danted, which speaks SOCKS 4 and 5; password: one of its machine's users has to be named."""

    def __init__(self, machine, port, *, password=None, names=None):
        etc = own_etc(machine)
        with open(etc / "hosts", "a", encoding="utf-8") as hosts:
            hosts.writelines(f"{address} {name}\n" for name, address in (names or {}).items())
        if password:
            user, word = password
            hashed = subprocess.run(
                ["openssl", "passwd", "-6", word], capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
            with open(etc / "shadow", "a", encoding="utf-8") as shadow:
                shadow.write(f"{user}:{hashed}:19000:0:99999:7:::\n")
        self.listen = f"{network.HOTEL}:{port}"
        method = "username" if password else "none"
        config = machine.folder / f"danted-{port}.conf"
        config.write_text(
            f"logoutput: stdout\ninternal: {network.HOTEL} port = {port}\nexternal: uplink\n"
            f"clientmethod: none\nsocksmethod: {method}\nuser.privileged: root\nuser.unprivileged: nobody\n"
            "client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 log: connect error }\n"
            "socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 log: connect error }\n"
        )
        self.process = machine.start(
            f"danted-{port}", "danted", "-N", "1", "-p", machine.folder / f"danted-{port}.pid", "-f", config)  # fmt: skip
        wait_until(lambda: listens(machine, self.process, self.listen), "danted")

    def seen(self):
        return self.process.output()

    def end(self):
        self.process.stop(5)


class SshSocks:
    """OpenSSH, whose client speaks SOCKS 4a: what comes in at `port` goes out at its own server."""

    def __init__(self, machine, port, names=None):
        etc = own_etc(machine)
        with open(etc / "hosts", "a", encoding="utf-8") as hosts:
            hosts.writelines(f"{address} {name}\n" for name, address in (names or {}).items())
        folder = machine.folder / "ssh"
        folder.mkdir(mode=0o700)
        for name in ("host", "user"):
            machine.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name)
        known = folder / "known"
        known.write_text(f"[127.0.0.1]:2222 {(folder / 'host.pub').read_text()}")
        machine.run("sh", "-c", "mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/sshd")
        self.server = machine.start(
            "sshd", SSHD, "-D", "-e", "-f", "/dev/null", "-h", folder / "host", "-o", "ListenAddress=127.0.0.1:2222",
            "-o", f"AuthorizedKeysFile={folder}/user.pub", "-o", "StrictModes=no", "-o", "PidFile=none",
            "-o", "LogLevel=DEBUG1", "-o", "UsePAM=no")  # fmt: skip
        wait_until(lambda: listens(machine, self.server, "127.0.0.1:2222"), "sshd")
        self.listen = f"{network.HOTEL}:{port}"
        self.process = machine.start(
            f"ssh-{port}", "ssh", "-F", "/dev/null", "-N", "-v", "-D", self.listen, "-p", "2222", "-i", folder / "user",
            "-o", f"UserKnownHostsFile={known}", "-o", "BatchMode=yes", "root@127.0.0.1")  # fmt: skip
        wait_until(lambda: listens(machine, self.process, self.listen), "ssh")

    def seen(self):
        return self.server.output()

    def end(self):
        self.process.stop()
        self.server.stop()


class ScriptServer:
    """nginx with a proxy script, at port 80 of the hotel."""

    def __init__(self, machine, script):
        own_etc(machine)
        folder = machine.folder / "script-server"
        folder.mkdir()
        (folder / "wpad.dat").write_text(script)
        folder.chmod(0o755)
        temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{name}_temp_path {folder}/{name};" for name in temporary)
        self.log = folder / "access.log"
        (folder / "nginx.conf").write_text(
            f"daemon off; master_process off; user root; pid {folder}/pid; error_log stderr;"
            f"events {{}} http {{ access_log {self.log}; {paths} server {{ listen {network.HOTEL}:80;"
            f" root {folder}; types {{ application/x-ns-proxy-autoconfig dat; }} }} }}\n"
        )
        self.process = machine.start(
            "script-server", "nginx", "-e", "stderr", "-c", folder / "nginx.conf")  # fmt: skip
        wait_until(lambda: listens(machine, self.process, f"{network.HOTEL}:80"), "nginx")

    def end(self):
        self.process.stop()


class Announcer:
    """dnsmasq, which knows the proxy and where the script is, as `wpad` in the hotel's domain."""

    def __init__(self, machine):
        machine.ip("addr", "add", f"{NAMESERVER}/24", "dev", "rooms")
        self.process = machine.start(
            "dnsmasq", "dnsmasq", "--keep-in-foreground", "--user=root", "--conf-file=/dev/null",
            "--no-hosts", "--no-resolv", f"--listen-address={NAMESERVER}", "--bind-interfaces",
            f"--pid-file={machine.folder}/dnsmasq.pid", "--log-queries", "--log-facility=-",
            f"--address=/wpad.{DOMAIN}/{network.HOTEL}", f"--address=/{PROXY_NAME}/{network.HOTEL}")  # fmt: skip

        def ready():
            if not self.process.is_alive():
                raise LabError(f"dnsmasq ended: {self.process.output()}")
            return f"{NAMESERVER}:53" in machine.run("ss", "-Hlun").stdout

        wait_until(ready, "dnsmasq")

    def end(self):
        self.process.stop()


class Kdc:
    """A KDC with a principal for the proxy, whose key is in `keytab`, and one for alice."""

    def __init__(self, machine, password):
        own_etc(machine)
        self.folder = machine.folder / "kdc"
        self.folder.mkdir()
        self.keytab = self.folder / "proxy.keytab"
        self.config = self.folder / "krb5.conf"
        self.config.write_text(
            f"[libdefaults]\ndefault_realm = {REALM}\ndns_lookup_kdc = false\nrdns = false\n"
            "dns_canonicalize_hostname = false\n"
            f"[realms]\n{REALM} = {{\n kdc = {network.HOTEL}\n}}\n"
            f"[domain_realm]\n{PROXY_NAME} = {REALM}\n"
        )
        profile = self.folder / "kdc.conf"
        profile.write_text(
            f"[kdcdefaults]\nkdc_listen = {network.HOTEL}:88\nkdc_tcp_listen = {network.HOTEL}:88\n"
            f"[realms]\n{REALM} = {{\n database_name = {self.folder}/principal\n"
            f" key_stash_file = {self.folder}/stash\n acl_file = {self.folder}/acl\n}}\n"
        )
        self.environment = {"KRB5_CONFIG": self.config, "KRB5_KDC_PROFILE": profile}
        self._admin(machine, "kdb5_util", "create", "-s", "-P", "master")
        self._admin(machine, "kadmin.local", "-q", f"addprinc -pw {password} alice")
        self._admin(machine, "kadmin.local", "-q", f"addprinc -randkey HTTP/{PROXY_NAME}")
        self._admin(machine, "kadmin.local", "-q", f"ktadd -k {self.keytab} HTTP/{PROXY_NAME}")
        self.keytab.chmod(0o644)
        self.process = machine.start("krb5kdc", *self._words("krb5kdc", "-n", "-r", REALM,
                                                             "-P", self.folder / "pid"))  # fmt: skip
        wait_until(lambda: listens(machine, self.process, f"{network.HOTEL}:88"), "the KDC")

    def _words(self, *words):
        return ["env", *(f"{key}={value}" for key, value in self.environment.items()), *words]

    def _admin(self, machine, *words):
        machine.run(*self._words(*words))

    def auth(self):
        """auth lines for squid."""
        return (
            f"auth_param negotiate program {SQUID_HELPERS}/negotiate_kerberos_auth -k {self.keytab} "
            f"-s HTTP/{PROXY_NAME}@{REALM}\nauth_param negotiate children 1\n"
        )

    def end(self):
        self.process.stop()


def detail(status):
    """The status of a connection, for a message."""
    return json.dumps(status, indent=1)
