#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an administrator types, and what is answered when it is wrong."""
import contextlib
import hashlib
import io
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import time
import unittest.mock

import rig


class Desk(rig.House):
    """A gateway that was configured, and a desk."""

    def setUp(self):
        super().setUp()
        self.gateway = rig.Gateway(self.folder / "one")
        self.gateway.write(self.directory)
        self.key = self.folder / "key.json"
        self.key.write_text(self.desk.jwk)

    def say(self, *words, code, given=None, lang="en_US.UTF-8"):
        """What it complains of; nothing may stand on standard output."""
        done = subprocess.run(
            [rig.GATEWAY, "--config", str(self.gateway.conf), *words],
            capture_output=True, text=True, input=given,
            timeout=rig.WAIT_S, check=False,
            env=os.environ | {"LC_ALL": lang})
        self.assertEqual((words, done.returncode), (words, code),
                         done.stderr)
        self.out = done.stdout
        return done.stderr

    def sql(self, statement):
        with sqlite3.connect(self.gateway.folder / "gateway.db") as db:
            db.execute(statement)
        db.close()


class Log(Desk):
    def setUp(self):
        super().setUp()
        self.enrol(self.gateway)
        self.gateway.start()
        self.addCleanup(self.gateway.stop)
        status, _ = self.gateway.check(
            self.desk.sign(self.gateway.nonce()))
        self.assertEqual(status, 200)
        self.gateway.stop()

    def test_what_was_changed_is_no_certificate(self):
        self.sql("UPDATE usage_log SET result = 'mismatch'")
        told = self.say("log", "verify", code=11)
        self.assertIn("(log_broken: ", told)
        self.assertIn("line 1", told)
        self.assertIn("Keep the log as it is", told)
        self.assertNotIn("CSCA", told)
        self.assertIn("Nhật ký đã bị sửa hoặc thiếu.",
                      self.say("log", "verify", code=11, lang="C.UTF-8"))

    def test_times_have_one_form(self):
        for text in ("yesterday", "23/11/2026", "2026-11-23T00:00:00+07:00",
                     "2026-02-30", "2026-11-23T24:00:00Z", "2026-11", "0",
                     "2026-11-23 00:00:00", "2026-11-23T00:00:00Z ",
                     "2026-13-01", "2026-1-1", "２０２６-11-23"):
            for option in ("--from", "--to"):
                told = self.say("log", "export", option, text, code=1)
                self.assertIn(f"bad_argument: {option} ", told)
                self.assertIn("YYYY-MM-DD", told)
                self.assertEqual(self.out, "")
        for option in ("--from", "--to"):
            self.say("log", "export", option, "", code=1)
            self.assertEqual(self.out, "")

    def test_times_that_leave_nothing_between(self):
        for times in (("2026-11-24", "2026-11-23"),
                      ("2026-11-24", "2026-11-24")):
            self.assertIn("not before", self.say(
                "log", "export", "--from", times[0], "--to", times[1],
                code=1))

    def test_times_are_kept_to(self):
        self.sql("UPDATE usage_log SET time = '2024-02-29T10:00:00Z'")
        for words, lines in (
                (("--from", "2024-02-29"), 1), (("--to", "2024-02-29"), 0),
                (("--from", "2024-02-29T10:00:00Z"), 1),
                (("--from", "2024-02-29T10:00:01Z"), 0),
                (("--from", "2024-02-29", "--to", "2024-03-01"), 1)):
            self.say("log", "export", *words, code=0)
            self.assertEqual((words, self.out.count("\n")), (words, lines))


class Devices(Desk):
    def test_names_are_as_people_write_them(self):
        self.say("device", "add", "--name", "Quầy 3", str(self.key), code=0)
        self.assertIn("  Quầy 3\n", self.gateway.command("device", "list"))

    def test_names_that_cannot_be_shown(self):
        for name in ("", " ", "a\tb", "a\nb", "x" * 65, "ầ" * 22, "\x1b[1m",
                     b"\xff", "\u0085"):
            told = self.say("device", "add", "--name", name, str(self.key),
                            code=1)
            self.assertIn("(bad_argument: --name: ", told)
            self.assertIn("See: cccd-gateway --help", told)
        self.say("device", "add", "--name", "x" * 64, str(self.key), code=0)

    def test_a_key_that_is_known(self):
        self.enrol(self.gateway)
        told = self.say("device", "add", str(self.key), code=1)
        self.assertIn("(device_known: ", told)
        self.assertIn("cccd-gateway device list", told)

    def test_a_key_that_was_revoked(self):
        self.enrol(self.gateway)
        self.say("device", "revoke", self.desk.thumbprint, code=0)
        told = self.say("device", "add", str(self.key), code=1)
        self.assertIn("(device_revoked: ", told)
        self.assertIn("cccd device rotate", told)

    def test_a_key_that_nobody_knows(self):
        self.enrol(self.gateway)
        told = self.say("device", "revoke", "A" * 43, code=1)
        self.assertIn("(device_unknown: ", told)
        self.assertIn("cccd-gateway device list", told)
        self.assertNotIn("cccd rp", told)

    def test_a_store_that_fails_is_no_key(self):
        self.enrol(self.gateway)
        self.sql("DROP TABLE gateway_devices")
        for words in (("add", str(self.key)), ("revoke", "A" * 43)):
            told = self.say("device", *words, code=5)
            self.assertIn("(store_unavailable", told)
            self.assertNotIn("device", told)

    def test_a_file_that_is_not_there(self):
        path = self.folder / "nofile"
        told = self.say("device", "add", str(path), code=5)
        self.assertIn(f"(file_error: {path}: ", told)
        self.assertIn("No such file", told)

    def test_a_file_that_holds_no_key(self):
        """It is named: the configuration is not what is bad."""
        private = self.desk.jwk.replace("{", '{"d":"AAAA",', 1)
        for text, cause in (("", "not a JSON object"),
                            ("-----BEGIN PUBLIC KEY-----", "not a JSON"),
                            ('{"keys":[]}', "key set"),
                            (private, "private key")):
            self.key.write_text(text)
            told = self.say("device", "add", str(self.key), code=5)
            self.assertIn(f"{self.key}: ", told)
            self.assertIn(cause, told)

    def test_no_such_command(self):
        told = self.say("device", "forget", code=1)
        self.assertIn("Usage: cccd-gateway", told)


class Callers(Desk):
    def test_a_bearer_is_hashed_whole_or_not_at_all(self):
        for end in ("", "\n", "\r\n"):
            for length in (32, 511):
                self.say("caller", "hash", given="x" * length + end, code=0)
                self.assertEqual(self.out.strip(), hashlib.sha256(
                    b"x" * length).hexdigest())
            for length in (0, 31, 512, 513, 600):
                told = self.say("caller", "hash", given="x" * length + end,
                                code=1)
                self.assertEqual((length, self.out), (length, ""))
                self.assertIn("32 to 511 letters", told)


class Strangers(Desk):
    """Who types it as another user than the service's."""

    NOBODY = 65534

    def said(self, *words):
        done = subprocess.run(
            [rig.GATEWAY, "--config", str(self.gateway.conf), *words],
            capture_output=True, text=True, timeout=rig.WAIT_S, check=False,
            env=os.environ | {"LC_ALL": "en_US.UTF-8"}, user=self.NOBODY,
            group=self.NOBODY, extra_groups=[])
        self.assertEqual(done.returncode, 5, done.stderr)
        return done.stderr

    def test_whose_it_is_is_told(self):
        if os.geteuid() != 0:
            self.skipTest("root alone can be somebody else")
        self.folder.chmod(0o711)
        self.gateway.folder.chmod(0o711)
        self.gateway.conf.chmod(0o644)
        whose = f"{self.gateway.folder}/gateway.db: belongs to user 0: run"
        # There is no file yet, then there is one, then not even a look.
        try:
            self.assertIn(whose, self.said("device", "add", "/dev/null"))
        except PermissionError:
            self.skipTest("nobody may not run the program")
        self.enrol(self.gateway)
        for words in (("device", "list"), ("log", "verify"), ()):
            self.assertIn(whose, self.said(*words))
        outside = self.folder / "gateway.conf"
        outside.write_text(self.gateway.conf.read_text())
        outside.chmod(0o644)
        self.gateway.conf = outside
        self.gateway.folder.chmod(0o700)
        self.assertIn(whose, self.said("device", "list"))


class Files(Desk):
    """Which of its files it cannot take, at the start."""

    def started(self):
        return self.say(code=5)

    def test_log_key_that_others_read(self):
        key = self.gateway.folder / "log.key"
        key.chmod(0o644)
        self.assertIn(f"configuration_bad: {key}: ", self.started())

    def test_log_key_that_cannot_be_made(self):
        text = self.gateway.conf.read_text()
        key = self.gateway.folder / "none" / "log.key"
        self.gateway.conf.write_text(text.replace(
            str(self.gateway.folder / "log.key"), str(key)))
        told = self.started()
        self.assertIn(f"file_error: {key}: ", told)
        self.assertIn("No such file", told)

    def conninfo(self, words):
        self.gateway.conninfo = words
        self.gateway.write(self.directory)
        told = self.started()
        for secret in ("hunter2", "geheim", str(self.folder / "nowhere")):
            self.assertNotIn(secret, told)
        return told

    def test_words_that_libpq_does_not_know(self):
        told = self.conninfo("geheim=1 password=hunter2")
        if "libpq" in told and "without" in told:
            self.skipTest("no libpq")
        self.assertIn("configuration_bad: store_conninfo_file", told)

    def test_server_that_is_not_there(self):
        told = self.conninfo(f"host={self.folder}/nowhere user=geheim")
        if "libpq" in told:
            self.skipTest("no libpq")
        self.assertIn("no database server answers", told)

    def test_server_that_refuses(self):
        server = rig.Postgres.start()
        if server is None:
            self.skipTest("no PostgreSQL")
        self.addCleanup(server.stop)
        told = self.conninfo(f"host={server.folder} user=geheim "
                             "password=hunter2 dbname=postgres")
        if "libpq" in told:
            self.skipTest("no libpq")
        self.assertIn("refuses this user, password or database", told)
        self.assertNotIn(str(server.folder), told)


class Manual(Desk):
    """What the manual shows."""

    docs = pathlib.Path(os.environ["CCCD_SOURCE_DIR"]) / "docs"

    def test_a_bearer_is_kept(self):
        lines, = re.findall(r"only its SHA-256.*:\n\n((?:    .*\n)+)",
                            (self.docs / "gateway.md").read_text("utf-8"))
        done = subprocess.run(
            ["sh", "-e", "-c", lines.replace("cccd-gateway", rig.GATEWAY)],
            cwd=self.folder, capture_output=True, text=True, check=True,
            timeout=rig.WAIT_S)
        kept = self.folder / "bearer"
        self.assertEqual(done.stdout.strip(), hashlib.sha256(
            kept.read_bytes()).hexdigest())
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)

    def test_the_example_tells_local_time(self):
        sys.path.insert(0, str(self.docs / "examples"))
        self.addCleanup(sys.path.pop, 0)
        with unittest.mock.patch.dict(os.environ, TZ="<+07>-7"):
            time.tzset()
            self.addCleanup(time.tzset)
            import check_with_gateway
            with contextlib.redirect_stderr(io.StringIO()) as told:
                check_with_gateway.tell({
                    "registry": "match", "source": "pilot",
                    "observed_at": "2026-11-23T20:10:04Z"})
        self.assertEqual(told.getvalue().count(
            "2026-11-24 03:10:04+07:00."), 2)


if __name__ == "__main__":
    rig.main()
