#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, a file that went away: seen by whoever looks, told to
the operator once, and over when it is over."""
import json
import os
import resource
import sqlite3
import subprocess
import sys
import time

import rig

UNLIMITED = (resource.RLIM_INFINITY,) * 2
HOLD_S = 4
REFUSED = (503, "store_unavailable")
WARNING = "cannot be written (store_unavailable)"
WELL = "can be written again"


class Store(rig.House):
    """The database is on a disk of its own; what is said is not."""

    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        self.prepare()
        self.database = self.disk / "gateway.db"
        self.gateway = rig.Gateway(self.folder / "gateway")
        self.gateway.write(self.directory)
        conf = self.gateway.conf.read_text(encoding="utf-8")
        self.gateway.conf.write_text(conf.replace(
            str(self.gateway.folder / "gateway.db"), str(self.database)),
            encoding="utf-8")
        self.addCleanup(self.gateway.stop)

    def prepare(self):
        """Before there is any file."""

    def begin(self):
        self.enrol(self.gateway)
        self.gateway.start()
        self.assertEqual(self.check(), (200, "match"))

    def check(self):
        """Of a nonce that may be refused, too."""
        status, text, _ = self.gateway.call("POST", "/v1/nonces", {})
        if status != 200:
            return status, json.loads(text)["code"]
        status, reply = self.gateway.check(
            self.desk.sign(json.loads(text)["nonce"]))
        return status, reply.get("code") or reply["registry"]

    def health(self):
        return json.loads(self.gateway.call("GET", "/v1/health",
                                            token=None)[1])["store"]

    def told(self, what):
        return self.gateway.stderr.read_text(encoding="utf-8").count(what)

    def complaint(self, *words):
        done = subprocess.run(
            [rig.GATEWAY, "--config", str(self.gateway.conf), *words],
            capture_output=True, text=True, timeout=rig.WAIT_S, check=False,
            env={**os.environ, "LC_ALL": "en_US.UTF-8"})
        self.assertEqual((done.returncode, done.stdout), (5, ""), done.stderr)
        self.assertIn("store_unavailable", done.stderr)
        return done.stderr

    def falls_and_rises(self, fall, rise):
        fall()
        rig.wait_for("a refusal", lambda: self.check() == REFUSED)
        rig.wait_for("the warning", lambda: self.told(WARNING))
        # It looks again and again, and is not taken in by what it finds.
        end = time.monotonic() + HOLD_S
        while time.monotonic() < end:
            self.assertEqual(self.health(), "unavailable")
            time.sleep(0.1)
        self.assertEqual((self.told(WARNING), self.told(WELL)), (1, 0))
        rise()
        rig.wait_for("its end", lambda: self.health() == "ok")
        rig.wait_for("the news", lambda: self.told(WELL))
        self.assertEqual(self.check(), (200, "match"))
        self.assertEqual((self.told(WARNING), self.told(WELL)), (1, 1))
        self.assertEqual(len(self.gateway.log()), 2)
        self.assertIn("2 ", self.gateway.command("log", "verify"))

    def let_grow(self, limits):
        resource.prlimit(self.gateway.process.pid, resource.RLIMIT_FSIZE,
                         limits)


class Limits(Store):
    """Wherever one may not mount a disk."""

    def test_file_that_cannot_grow(self):
        self.begin()
        size = os.path.getsize(f"{self.database}-wal")
        self.falls_and_rises(
            lambda: self.let_grow((size, resource.RLIM_INFINITY)),
            lambda: self.let_grow(UNLIMITED))

    def test_file_that_went_away(self):
        self.begin()
        away = self.disk / "away.db"
        self.falls_and_rises(lambda: self.database.rename(away),
                             lambda: away.rename(self.database))
        self.assertFalse(away.exists())


class Disk(Store):
    def prepare(self):
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", self.disk],
            capture_output=True, check=False, timeout=rig.WAIT_S)
        if done.returncode != 0:
            self.skipTest("no mounting here")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk],
                        check=True, timeout=rig.WAIT_S)

    @property
    def ballast(self):
        return self.disk / "ballast"

    def fill(self):
        with open(self.ballast, "ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    def test_disk_that_is_full(self):
        self.begin()
        self.falls_and_rises(self.fill, self.ballast.unlink)

    def test_commands_say_what_is_wrong(self):
        self.begin()
        self.fill()
        other = rig.Desk()
        self.addCleanup(other.close)
        key = self.folder / "other.json"
        key.write_text(other.jwk)
        for words in (("device", "add", str(key)),
                      ("device", "revoke", self.desk.thumbprint)):
            said = self.complaint(*words)
            self.assertIn(str(self.database), said)
            self.assertNotIn("the key is there", said)
            self.assertNotIn("no such device", said)
        self.ballast.unlink()
        self.gateway.command("device", "add", str(key))
        self.gateway.command("device", "add", str(key), code=1)


class Commands(Store):
    READING = (("log", "verify"), ("log", "export"), ("device", "list"),
               ("device", "revoke", "x" * 43))

    def test_what_is_not_there_is_not_made(self):
        for words in self.READING:
            self.assertIn(f"{self.database}: no such file",
                          self.complaint(*words))
        self.assertEqual(list(self.disk.iterdir()), [])
        self.enrol(self.gateway)
        self.assertIn("desk-1", self.gateway.command("device", "list"))

    def test_file_of_somebody_else_is_left_alone(self):
        with sqlite3.connect(self.database) as db:
            db.execute("CREATE TABLE other (one TEXT)")
        db.close()
        before = self.database.read_bytes()
        for words in self.READING:
            self.assertIn(str(self.database), self.complaint(*words))
        self.assertEqual(self.database.read_bytes(), before)

    def test_tables_that_went_away(self):
        self.enrol(self.gateway)
        with sqlite3.connect(self.database) as db:
            db.execute("DROP TABLE usage_chain")
            db.execute("DROP TABLE usage_log")
            db.execute("DROP TABLE gateway_devices")
        db.close()
        for words in self.READING:
            said = self.complaint(*words)
            self.assertIn(f"(store_unavailable: {self.database}: ", said)
            self.assertNotIn("no such device", said)


def with_own_mounts():
    """What is mounted goes with this process; None where that may not be."""
    for how in (["--mount"], ["--map-root-user", "--mount"]):
        try:
            if subprocess.run(["unshare", *how, "--", "true"], check=False,
                              capture_output=True,
                              timeout=rig.WAIT_S).returncode == 0:
                os.execvp("unshare", ["unshare", *how, "--", sys.executable,
                                      *sys.argv])
        except OSError:
            return


if __name__ == "__main__":
    if os.environ.get("CCCD_OWN_MOUNTS") != "1":
        os.environ["CCCD_OWN_MOUNTS"] = "1"
        with_own_mounts()
    rig.main()
