# SPDX-License-Identifier: Apache-2.0
"""A gateway of the test's own: its files, its desk, its door."""
import base64
import glob
import hashlib
import http.client
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

GATEWAY = os.environ["GATEWAY_PROGRAM"]
SIGN = os.environ["SIGN_PROGRAM"]
TOKEN = "t0ken-of-the-desk-0123456789abcdefghij"
OTHER = "t0ken-of-the-other-0123456789abcdefgh"
ORIGIN = "https://agency.example"
NUMBER, NAME = "001190000001", "Nguyễn Thị Mẫu"
WAIT_S = 60


def wait_for(what, check):
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {WAIT_S} s")


def changed(members, changes):
    """A copy; None takes a member out."""
    return {name: value for name, value in {**members, **changes}.items()
            if value is not None}


class Desk:
    """Signs whatever it is told to."""

    def __init__(self):
        self.process = subprocess.Popen([SIGN], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.jwk = self.process.stdout.readline().strip()

    def sign(self, nonce, audience="", number="", overall="", issued="",
             transaction="", name="", birth="", sex=""):
        return self._ask(nonce, audience, number, overall, issued,
                         transaction, name, birth, sex)

    def _ask(self, *cells):
        self.process.stdin.write("\t".join(map(str, cells)) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    @property
    def thumbprint(self):
        """RFC 7638; the key comes in its canonical form."""
        digest = hashlib.sha256(self.jwk.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def header(self, **changes):
        """The members of a header; None takes one out."""
        return changed({"alg": "ES256", "typ": "cccd-assertion+jwt",
                        "kid": self.thumbprint}, changes)

    def claims(self, nonce, identity=None, result=None, **changes):
        """The same of a payload, of its result and of the identity there."""
        now = int(time.time())
        transaction = changes.get("txn") or str(uuid.uuid4())
        result = changed({
            "schema": "urn:cccd:result:1", "transaction": transaction,
            "overall": "successful", "identity": changed({
                "id_number": NUMBER, "full_name": NAME,
                "date_of_birth": "1990-01-01", "sex": "female"},
                identity or {})}, result or {})
        return changed({
            "iss": "urn:ietf:params:oauth:jwk-thumbprint:sha-256:" +
                   self.thumbprint,
            "aud": "urn:test:gw", "nonce": nonce, "iat": now, "nbf": now,
            "exp": now + 120, "jti": uuid.uuid4().hex,
            "origin": "https://desk.example", "purpose": "counter",
            "consent": "operator", "txn": transaction, "level": "A1",
            "result": result}, changes)

    def sign_raw(self, header, payload):
        """Over these texts or objects, whatever they say."""
        return self._ask("raw", *(
            part if isinstance(part, str) else
            json.dumps(part, ensure_ascii=False)
            for part in (header, payload)))

    def sign_claims(self, nonce, **changes):
        return self.sign_raw(self.header(), self.claims(nonce, **changes))

    def close(self):
        self.process.stdin.close()
        self.process.wait(WAIT_S)
        self.process.stdout.close()


class Postgres:
    """A server on a Unix socket, as an unprivileged user; None without."""

    def __init__(self, folder, bin_dir, user):
        self.folder, self.bin, self.user = folder, bin_dir, user

    def run(self, *command, inside=()):
        prefix = [] if os.geteuid() else [
            "setpriv", f"--reuid={self.user}", f"--regid={self.user}",
            "--clear-groups"]
        with open(self.folder / "out", "ab") as out:
            subprocess.run([*inside, *prefix, *map(str, command)],
                           check=True, cwd=self.folder,
                           stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                           timeout=2 * WAIT_S)

    @classmethod
    def start(cls):
        own = cls.make()
        if own:
            own.serve()
        return own

    @classmethod
    def make(cls):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        if not found:
            return None
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            return None
        folder = pathlib.Path(tempfile.mkdtemp(prefix="cccd-pg-"))
        if os.geteuid() == 0:
            os.chown(folder, user.pw_uid, user.pw_gid)
        own = cls(folder, os.path.dirname(found[-1]), "postgres")
        own.run(f"{own.bin}/initdb", "-U", "cccd", "-A", "trust", "-N",
                "-E", "UTF8", "--locale=C", "data")
        return own

    def serve(self, address="", inside=()):
        """On this address, too; @inside: what runs it where it shall be."""
        self.run(f"{self.bin}/pg_ctl", "-w", "-t", "120", "-D", "data", "-l",
                 "data/log", "-o", f"-c listen_addresses={address} "
                 f"-c fsync=off -k {self.folder}", "start", inside=inside)

    @property
    def conninfo(self):
        return f"host={self.folder} user=cccd dbname=postgres"

    def sql(self, statement):
        self.run(f"{self.bin}/psql", "-X", "-v", "ON_ERROR_STOP=1", "-c",
                 statement, self.conninfo)

    def halt(self):
        """All at once, as where the current fails."""
        self.run(f"{self.bin}/pg_ctl", "-D", "data", "-m", "immediate",
                 "stop")

    def stop(self):
        self.halt()
        shutil.rmtree(self.folder)


class Gateway:
    """One process; several may share a store."""

    # Judges every answer, where a test sets it; see stand_in.py.
    contract = None

    def __init__(self, folder, conninfo=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.conf = self.folder / "gateway.conf"
        self.stderr = self.folder / "stderr"
        self.conninfo = conninfo
        self.process, self.port = None, 0

    def write(self, directory, extra="", callers=None, connector=None):
        """The directory's connector, unless another section is given; a
        caller is a token, or a token and further lines of its section."""
        store = f"store = {self.folder}/gateway.db"
        if self.conninfo:
            secret = self.folder / "conninfo"
            # As an editor elsewhere ends it.
            secret.write_text(self.conninfo + "\r\n", newline="")
            secret.chmod(0o600)
            store = f"store_conninfo_file = {secret}"
        key = self.folder / "log.key"
        key.write_bytes(b"k" * 32)
        key.chmod(0o600)
        text = [f"""[gateway]
id = urn:test:gw
listen = 127.0.0.1:0
origins = {ORIGIN}
log_key = {key}
tables = none
language = en
{store}
{extra}
"""]
        text.append(connector or f"""[connector directory]
kind = directory
engine = sqlite
path = {directory}
""")
        for name, token in (callers or {"desk": TOKEN,
                                        "other": OTHER}).items():
            token, more = (token, "") if isinstance(token, str) else token
            digest = hashlib.sha256(token.encode()).hexdigest()
            text.append(f"[caller {name}]\nbearer_sha256 = {digest}\n"
                        f"rate_per_minute = 100000\n{more}\n")
        self.conf.write_text("".join(text), encoding="utf-8")
        self.conf.chmod(0o600)

    def command(self, *words, code=0, given=None):
        done = subprocess.run([GATEWAY, "--config", str(self.conf), *words],
                              capture_output=True, text=True, input=given,
                              timeout=WAIT_S, check=False)
        if done.returncode != code:
            raise AssertionError(f"{words}: {done.returncode}: {done.stderr}")
        return done.stdout

    def start(self):
        before = self.stderr.stat().st_size if self.stderr.exists() else 0
        with open(self.stderr, "ab") as err:
            self.process = subprocess.Popen(
                [GATEWAY, "--config", str(self.conf)], stderr=err,
                stdin=subprocess.DEVNULL)

        def port():
            if self.process.poll() is not None:
                raise AssertionError(self.stderr.read_text())
            return re.search(r"Serving at http://127\.0\.0\.1:(\d+)",
                             self.stderr.read_text()[before:])
        self.port = int(wait_for("the door", port).group(1))

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAIT_S) if self.process else 0

    def kill(self):
        self.process.kill()
        self.process.wait(WAIT_S)

    def call(self, method, path, body=None, token=TOKEN, **headers):
        """Status, object, header fields."""
        link = http.client.HTTPConnection("127.0.0.1", self.port,
                                          timeout=WAIT_S)
        try:
            if token:
                headers["Authorization"] = f"Bearer {token}"
            if body is not None:
                headers.setdefault("Content-Type", "application/json")
                if not isinstance(body, (str, bytes)):
                    body = json.dumps(body)
            link.request(method, path, body, headers)
            reply = link.getresponse()
            text = reply.read().decode()
            if self.contract:
                self.contract.answer(method, path, reply.status,
                                     reply.getheader("Content-Type"), text)
            return reply.status, text, dict(reply.getheaders())
        finally:
            link.close()

    def nonce(self, token=TOKEN):
        status, text, _ = self.call("POST", "/v1/nonces", {}, token)
        if status != 200:
            raise AssertionError(f"{status} {text}")
        return json.loads(text)["nonce"]

    def check(self, assertion, token=TOKEN, **more):
        status, text, _ = self.call("POST", "/v1/checks", {
            "assertion": assertion,
            "officer": {"id": "o-17", "name": "Trần Cán Bộ"}, **more}, token)
        return status, json.loads(text) if text else {}

    def log(self):
        return [json.loads(line) for line in
                self.command("log", "export").splitlines()]

    def asked(self):
        text = self.call("GET", "/metrics")[1]
        return int(re.search(r"^cccd_gateway_registry_requests_total (\d+)",
                             text, re.M).group(1))


# The pilot's own table, as docs/gateway-connectors has it.
COLUMNS = ("id_number old_number full_name date_of_birth sex nationality "
           "ethnicity religion origin residence current_residence "
           "father_name mother_name spouse_name").split()
CITIZENS = f"""CREATE TABLE citizens ({" TEXT, ".join(COLUMNS)} TEXT);
INSERT INTO citizens (id_number, full_name, date_of_birth, sex)
VALUES ('{NUMBER}', '{NAME}', '1990-01-01', 'female');
"""


def make_directory(path):
    with sqlite3.connect(path) as db:
        db.executescript(CITIZENS)
    db.close()


class House(unittest.TestCase):
    """A folder, a desk, a directory."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cccd-gw-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.directory = self.folder / "citizens.db"
        make_directory(self.directory)
        self.desk = Desk()
        self.addCleanup(self.desk.close)

    def enrol(self, gateway, desk=None):
        path = self.folder / "key.json"
        path.write_text((desk or self.desk).jwk)
        return gateway.command("device", "add", "--name", "desk-1", str(path))


def main():
    unittest.main(module=sys.modules["__main__"], verbosity=2)
