#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run a command with a PostgreSQL of its own; 77 where there is none.

directory_pg.py COMMAND… finds PGHOST of a socket directory in CCCD_PGHOST
and the names of a table with people in it.
"""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

TABLE = """CREATE TABLE citizens (id_number text, old_number text,
full_name text NOT NULL, date_of_birth text, sex text, nationality text,
ethnicity text, religion text, origin text, residence text,
current_residence text, father_name text, mother_name text,
spouse_name text);
INSERT INTO citizens (id_number, old_number, full_name, date_of_birth, sex,
residence) VALUES
('001090000001', '012345678', 'Nguyễn Văn An', '1990-01-31', 'male',
 'Tổ 5, Hà Nội'),
('001090000003', NULL, 'Lê A', '1992', NULL, NULL),
('001090000003', NULL, 'Lê B', '1992', NULL, NULL),
('001090000004', NULL, 'Lê C', '31/01/1992', NULL, NULL);
CREATE FUNCTION nap(text) RETURNS text LANGUAGE sql AS
'SELECT pg_sleep(60); SELECT $1';
CREATE VIEW sleepy AS SELECT nap(id_number) AS id_number, old_number,
full_name, date_of_birth, sex, nationality, ethnicity, religion, origin,
residence, current_residence, father_name, mother_name, spouse_name
FROM citizens;
"""


def tool(name):
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    return found[-1] if found else shutil.which(name)


def other_user():
    """initdb refuses root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid,
                    "extra_groups": []}
        except KeyError:
            pass
    sys.exit(77)


def main():
    initdb, postgres, psql = tool("initdb"), tool("postgres"), tool("psql")
    if not (initdb and postgres and psql):
        sys.exit(77)
    who = other_user()
    base = tempfile.mkdtemp(prefix="cccd-pg-")
    data = os.path.join(base, "data")
    if who:
        os.chown(base, who["user"], who["group"])
    os.chmod(base, 0o755)
    server = None
    try:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL,
                 "cwd": "/"}
        subprocess.run([initdb, "-D", data, "-U", "desk", "-A", "trust",
                        "-E", "UTF8", "--no-sync", "--locale=C"], check=True,
                       **who, **quiet)
        server = subprocess.Popen(
            [postgres, "-D", data, "-k", base, "-c", "listen_addresses=",
             "-c", "fsync=off"], **who, **quiet)
        for _ in range(600):
            if subprocess.run([psql, "-h", base, "-U", "desk", "-d",
                               "postgres", "-c", "select 1"], check=False,
                              **quiet).returncode == 0:
                break
            if server.poll() is not None:
                sys.exit("the server ended")
            subprocess.run(["sleep", "0.1"], check=False)
        subprocess.run([psql, "-h", base, "-U", "desk", "-d", "postgres",
                        "-v", "ON_ERROR_STOP=1", "-f", "-"], check=True,
                       input=TABLE.encode(), stdout=subprocess.DEVNULL)
        environment = dict(os.environ, CCCD_PGHOST=base)
        return subprocess.run(sys.argv[1:], env=environment,
                              check=False).returncode
    finally:
        if server:
            server.send_signal(signal.SIGINT)
            server.wait()
        shutil.rmtree(base, ignore_errors=True)


sys.exit(main())
