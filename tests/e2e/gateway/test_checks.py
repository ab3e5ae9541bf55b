#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One gateway over its real door, with a directory."""
import contextlib
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess

import rig

try:
    import jsonschema
except ImportError:
    jsonschema = None

API = pathlib.Path(os.environ["CCCD_SOURCE_DIR"]) / "docs/api"


def judge(name, thing):
    """By the published schema, where there is somebody to judge."""
    if jsonschema:
        jsonschema.validate(thing, json.loads(
            (API / f"gateway-{name}.schema.json").read_text()))


class Checks(rig.House):
    def setUp(self):
        super().setUp()
        self.gateway = rig.Gateway(self.folder / "one")
        self.gateway.write(self.directory)
        self.enrol(self.gateway)
        self.gateway.start()
        self.addCleanup(self.gateway.stop)

    def test_a_check_from_nonce_to_log(self):
        status, reply = self.gateway.check(
            self.desk.sign(self.gateway.nonce()), service_code="s1",
            id_number=rig.NUMBER)
        self.assertEqual((status, reply["registry"]), (200, "match"))
        judge("check", reply)
        self.assertEqual(reply["fields"]["name"], "match")
        self.assertEqual(reply["card"], {"overall": "successful"})
        self.assertEqual(reply["source"], "directory")
        self.assertNotIn("values", reply)
        line, = self.gateway.log()
        self.assertEqual(line["request_id"], reply["request_id"])
        self.assertEqual(line["transaction_id"], reply["transaction"])
        self.assertEqual(line["officer_id"], "o-17")
        self.assertTrue(line["subject"].startswith("hmac-sha-256:"))
        self.assertIn("1 ", self.gateway.command("log", "verify"))
        self.assertIn('"match"', self.gateway.command("log", "export",
                                                      "--csv"))
        # Nobody stands anywhere but in the reply to those who may see it.
        seen = (self.gateway.stderr.read_text() + json.dumps(line) +
                self.gateway.call("GET", "/metrics")[1])
        for secret in (rig.NUMBER, rig.NAME, "Trần Cán Bộ", rig.TOKEN):
            self.assertNotIn(secret, seen)
            self.assertNotIn(json.dumps(secret)[1:-1], seen)
        told, = (row for row in self.gateway.stderr.read_text().splitlines()
                 if reply["transaction"] in row)
        self.assertTrue(told.startswith("<6>cccd-gateway: check "), told)

    def test_what_the_registry_does_not_know(self):
        _, reply = self.gateway.check(
            self.desk.sign(self.gateway.nonce(), number="001190000009"))
        self.assertEqual(reply["registry"], "not_found")
        judge("check", reply)

    def test_who_is_known_by_the_old_number_only(self):
        self.gateway.stop()
        self.gateway.write(self.directory, "", {
            "desk": (rig.TOKEN, "scopes = id demographic")})
        self.gateway.start()

        def told(nine):
            status, reply = self.gateway.check(self.desk.sign_claims(
                self.gateway.nonce(), identity={
                    "id_number": "001190000009",
                    # An earlier one of twelve digits asks for nothing.
                    "old_numbers": ["001190000008", nine]}))
            self.assertEqual(status, 200)
            judge("check", reply)
            return reply

        with contextlib.closing(sqlite3.connect(self.directory)) as db, db:
            db.executemany(
                "INSERT INTO citizens (id_number, old_number, full_name, "
                "date_of_birth, sex) VALUES (?, ?, ?, '1990-01-01', "
                "'female')", ((None, "112345670", rig.NAME),
                              ("001190000002", "112345671", rig.NAME),
                              (None, "112345672", "Lê Văn Khác")))
        reply = told("112345670")
        self.assertEqual(reply["registry"], "match")
        self.assertEqual(reply["fields"]["id_number"], "match")
        self.assertEqual(reply["notes"]["id_number"], "old_number")
        self.assertEqual(reply["values"]["full_name"], rig.NAME)
        # Old numbers were given twice; these are somebody else.
        self.assertEqual(told("112345671")["registry"], "not_found")
        reply = told("112345672")
        self.assertEqual(reply["registry"], "mismatch")
        self.assertNotIn("values", reply)
        self.assertEqual(self.gateway.asked(), 3)
        self.assertEqual(len(self.gateway.log()), 3)

    def test_published_contract(self):
        api = json.loads((API / "gateway-openapi.json").read_text())
        for path, methods in api["paths"].items():
            for method in methods:
                status = self.gateway.call(
                    method.upper(), path,
                    {} if method == "post" else None)[0]
                self.assertIn(str(status), methods[method]["responses"])
        judge("nonce", json.loads(
            self.gateway.call("POST", "/v1/nonces", {})[1]))
        judge("health", json.loads(self.gateway.call("GET",
                                                     "/v1/health")[1]))
        judge("check-request", {"assertion": "a", "officer": {"id": "o"}})
        self.directory.unlink()
        self.directory.write_text("no database")
        status, reply = self.gateway.check(
            self.desk.sign(self.gateway.nonce()))
        self.assertEqual((status, reply["registry"]), (200, "undetermined"))
        judge("check", reply)
        codes = set(re.findall(r"`(\w+)`", json.dumps(api)))
        known = json.loads((API / "problem.schema.json").read_text())
        self.assertLessEqual(codes, set(
            known["properties"]["code"]["enum"]))

    def test_doors(self):
        call = self.gateway.call
        self.assertEqual(call("GET", "/v1/health", token=None)[0], 200)
        self.assertEqual(call("GET", "/metrics", token=None)[0], 401)
        self.assertEqual(call("POST", "/v1/nonces", {}, None)[0], 401)
        self.assertEqual(call("GET", "/v1/checks")[0], 405)
        self.assertEqual(call("GET", "/v1/citizens")[0], 404)
        self.assertEqual(call("POST", "/v1/nonces", {},
                              Origin="https://evil.example")[0], 403)
        status, _, fields = call("POST", "/v1/nonces", {}, Origin=rig.ORIGIN)
        self.assertEqual(status, 200)
        self.assertEqual(fields.get("Access-Control-Allow-Origin"),
                         rig.ORIGIN)

    def test_callers_are_read_again(self):
        self.gateway.write(self.directory, callers={"new": rig.OTHER})
        self.gateway.process.send_signal(signal.SIGHUP)
        rig.wait_for("the reload", lambda: self.gateway.call(
            "POST", "/v1/nonces", {})[0] == 401)
        self.assertTrue(self.gateway.nonce(rig.OTHER))
        self.assertEqual(self.gateway.stop(), 0)

    def look(self, extra="", connector=None, code=0):
        """--check beside the running service; what it printed."""
        other = rig.Gateway(self.folder / "look")
        other.write(self.directory, extra, connector=connector)
        (other.folder / "log.key").unlink()
        found = sorted(other.folder.iterdir())
        done = subprocess.run(
            [rig.GATEWAY, "--config", str(other.conf), "--check"],
            capture_output=True, text=True, timeout=rig.WAIT_S, check=False,
            env={**os.environ, "LC_ALL": "en_US.UTF-8"})
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(sorted(other.folder.iterdir()), found)
        return done.stderr

    def test_check_finds_what_cannot_start(self):
        self.assertEqual(self.look(), "")
        # The port is taken by the one that runs, and stays it.
        self.assertEqual(self.look(
            f"socket = {self.folder}/a.sock"), "")
        self.assertIn("there is no kind", self.look(
            connector="[connector x]\nkind = soapy\n", code=5))
        self.assertIn("there is no setting colour", self.look(
            connector="[connector x]\nkind = directory\npath = /x\n"
            "colour = red\n", code=5))
        self.assertIn("file_error", self.look(
            f"store_conninfo_file = {self.folder}/no-conninfo", code=5))
        secret = self.folder / "secret"
        secret.write_text("dbname=x\n")
        connector = ("[connector x]\nkind = directory\n"
                     f"engine = postgresql\nconninfo_file = {secret}\n")
        for mode, code in ((0o644, 5), (0o600, 0)):
            secret.chmod(mode)
            self.look(connector=connector, code=code)
            self.look(f"store_conninfo_file = {secret}", code=code)
        key = self.folder / "short.key"
        key.write_bytes(b"k" * 31)
        key.chmod(0o600)
        self.gateway.conf.write_text(self.gateway.conf.read_text().replace(
            str(self.gateway.folder / "log.key"), str(key)))
        self.gateway.command("--check", code=5)

    def test_check_stands_alone(self):
        self.gateway.command("--check", "device", "list", code=1)
        self.assertIn("--version", self.gateway.command("--help"))
        self.assertRegex(self.gateway.command("--version"),
                         r"\Acccd-gateway \d+\.\d+")

    def test_what_is_absent_is_told_at_the_start(self):
        told = self.gateway.stderr.read_text()
        self.assertNotIn("file_error", told)
        self.gateway.stop()
        self.gateway.write(self.folder / "nobody.db")
        self.gateway.conf.write_text(self.gateway.conf.read_text().replace(
            "tables = none", f"tables = {self.folder}/no-tables"))
        self.gateway.command("--check")
        self.gateway.start()
        told = self.gateway.stderr.read_text()
        self.assertRegex(told, r"<4>cccd-gateway: The directory's file "
                         r"cannot be read \(file_error: \S+/nobody.db\)")
        self.assertRegex(told, r"<4>cccd-gateway: The folder of code tables "
                         r"cannot be read \(file_error: \S+/no-tables\)")

    def test_rate_is_limited(self):
        text = self.gateway.conf.read_text().replace(
            "rate_per_minute = 100000", "rate_per_minute = 2")
        self.gateway.conf.write_text(text)
        self.gateway.stop()
        self.gateway.start()
        found = {self.gateway.call("POST", "/v1/nonces", {})[0]
                 for _ in range(5)}
        self.assertEqual(found, {200, 429})

    def test_token_is_hashed_from_standard_input(self):
        digest = self.gateway.command("caller", "hash", given=rig.TOKEN)
        self.assertIn(digest.strip(), self.gateway.conf.read_text())
        self.gateway.command("caller", "hash", given="short", code=1)


if __name__ == "__main__":
    rig.main()
