# SPDX-License-Identifier: Apache-2.0
"""Where the invented citizens are kept: PostgreSQL, or SQLite for a
training room that has none. Both have one table and one look-up."""

import json
import sqlite3
import threading

import people
import postgres

TABLE = """CREATE TABLE cong_dan (
    so_dinh_danh text PRIMARY KEY, so_cmnd text NOT NULL,
    ho text NOT NULL, chu_dem text NOT NULL, ten text NOT NULL,
    gioi_tinh text NOT NULL, dan_toc text NOT NULL, ton_giao text NOT NULL,
    hon_nhan text NOT NULL, nhom_mau text NOT NULL, nam text NOT NULL,
    ngay_sinh text NOT NULL, con_lai {json} NOT NULL)"""
INDEX = "CREATE INDEX cong_dan_so_cmnd ON cong_dan (so_cmnd)"
COLUMNS = ", ".join(people.MEMBERS)


class Postgres:
    """A PostgreSQL that begins and ends with the registry."""

    name = "postgresql"

    def __init__(self, scratch=None):
        self.server = postgres.Server(scratch)
        self.pool = None
        try:
            self.pool = postgres.Pool(self.server.conninfo())
        except BaseException:
            self.close()
            raise

    def fill(self, persons):
        self.pool.run(TABLE.format(json="json"))
        self.pool.run("INSERT INTO cong_dan SELECT * FROM "
                      "json_populate_recordset(null::cong_dan, $1::json)",
                      json.dumps(persons, ensure_ascii=False))
        self.pool.run(INDEX)

    def find(self, column, number):
        rows = self.pool.run(
            "SELECT row_to_json(c) FROM cong_dan c "
            f"WHERE {column} = $1 ORDER BY so_dinh_danh LIMIT 10", number)
        return [json.loads(row[0]) for row in rows]

    def count(self):
        return int(self.pool.run("SELECT count(*) FROM cong_dan")[0][0])

    def address(self):
        """For psql, of whoever may enter the socket's directory."""
        return self.server.conninfo()

    def version(self):
        return self.pool.run("SHOW server_version")[0][0]

    def close(self):
        if self.pool:
            self.pool.close()
        self.server.stop()


class Sqlite:
    """The same in memory."""

    name = "sqlite"

    def __init__(self):
        self.base = sqlite3.connect(":memory:", check_same_thread=False)
        self.lock = threading.Lock()

    def fill(self, persons):
        rows = [[json.dumps(person[name], ensure_ascii=False)
                 if name == "con_lai" else person[name]
                 for name in people.MEMBERS] for person in persons]
        marks = ", ".join("?" * len(people.MEMBERS))
        with self.lock:
            self.base.execute(TABLE.format(json="text"))
            self.base.executemany(
                f"INSERT INTO cong_dan ({COLUMNS}) VALUES ({marks})", rows)
            self.base.execute(INDEX)

    def find(self, column, number):
        with self.lock:
            rows = self.base.execute(
                f"SELECT {COLUMNS} FROM cong_dan WHERE {column} = ? "
                "ORDER BY so_dinh_danh LIMIT 10", [number]).fetchall()
        found = [dict(zip(people.MEMBERS, row)) for row in rows]
        for person in found:
            person["con_lai"] = json.loads(person["con_lai"])
        return found

    def count(self):
        with self.lock:
            return self.base.execute(
                "SELECT count(*) FROM cong_dan").fetchone()[0]

    def address(self):
        return None

    def version(self):
        return sqlite3.sqlite_version

    def close(self):
        self.base.close()
