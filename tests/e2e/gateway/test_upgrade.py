#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A store that an earlier version left: it is brought up to date, nothing of
it is lost, and the chain of its log goes on."""
import pathlib
import sqlite3
import unittest

import rig

OLD = (pathlib.Path(__file__).parent / "store_v1.sql").read_text(
    encoding="utf-8")
DIED = "died-with-its-gateway0"
TRANSACTION = "0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11"


class Upgrade(rig.House):
    def make(self, conninfo=None):
        gateway = rig.Gateway(self.folder / "gateway", conninfo)
        self.addCleanup(gateway.stop)
        gateway.write(self.directory)
        return gateway

    def goes_on(self, gateway):
        self.enrol(gateway)
        self.assertEqual(
            len(gateway.command("device", "list").splitlines()), 2)
        gateway.start()
        status, reply = gateway.check(self.desk.sign(gateway.nonce()))
        self.assertEqual((status, reply["registry"]), (200, "match"))

        def told():
            return [line for line in gateway.log()
                    if line["request_id"] == DIED]
        line, = rig.wait_for("the check that died", told)
        self.assertEqual((line["result"], line["reason"]),
                         ("undetermined", "interrupted"))
        self.assertIn("5 ", gateway.command("log", "verify"))
        found = gateway.command("log", "export", "--transaction",
                                TRANSACTION).splitlines()
        self.assertEqual(len(found), 4)
        # Twice is no more than once.
        gateway.stop()
        gateway.start()
        self.assertIn("5 ", gateway.command("log", "verify"))

    def test_sqlite(self):
        gateway = self.make()
        path = gateway.folder / "gateway.db"
        with sqlite3.connect(path) as db:
            db.executescript(OLD + "PRAGMA user_version = 1;")
        db.close()
        path.chmod(0o600)
        self.goes_on(gateway)

    def test_postgresql(self):
        postgres = rig.Postgres.start()
        if postgres is None:
            self.skipTest("no PostgreSQL server here")
        self.addCleanup(postgres.stop)
        postgres.sql(OLD + "CREATE TABLE gateway_schema"
                     " (version BIGINT NOT NULL);"
                     "INSERT INTO gateway_schema VALUES (1);")
        self.goes_on(self.make(postgres.conninfo))

    def test_what_a_later_version_left_is_refused(self):
        gateway = self.make()
        path = gateway.folder / "gateway.db"
        with sqlite3.connect(path) as db:
            db.executescript(OLD + "PRAGMA user_version = 1000;")
        db.close()
        path.chmod(0o600)
        gateway.command("log", "verify", code=5)
        with sqlite3.connect(path) as db:
            self.assertEqual(
                db.execute("PRAGMA user_version").fetchone(), (1000,))
        db.close()


if __name__ == "__main__":
    rig.main()
