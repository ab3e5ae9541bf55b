#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run a command with a PostgreSQL of its own; 77 where there is none.

directory_pg.py COMMAND… finds PGHOST of a socket directory in CCCD_PGHOST
and the names of a table with people in it. A byte to the descriptor in
CCCD_PGRESTART starts the server anew; a byte comes back when it listens.
"""
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TABLE = """CREATE TABLE citizens (id_number text, old_number text,
full_name text NOT NULL, date_of_birth text, sex text, nationality text,
ethnicity text, religion text, origin text, residence text,
current_residence text, father_name text, mother_name text,
spouse_name text);
INSERT INTO citizens (id_number, old_number, full_name, date_of_birth, sex,
residence) VALUES
('001090000001', '012345678', 'Nguyễn Văn An', '1990-01-31', 'male',
 'Tổ 5, Hà Nội'),
('001090000002', NULL, 'Trần Thị Bình', '1991', NULL, NULL),
('001090000003', NULL, 'Lê A', '1992', NULL, NULL),
('001090000003', NULL, 'Lê B', '1992', NULL, NULL),
('001090000004', NULL, 'Lê C', '31/01/1992', NULL, NULL);
-- A patient index: some have a card now, some had the old one only.
CREATE TABLE patients (LIKE citizens);
ALTER TABLE patients ALTER id_number TYPE char(12);
INSERT INTO patients (id_number, old_number, full_name) VALUES
(NULL, '112345670', 'Nguyễn Văn An'),
('', '112345671', 'Nguyễn Văn An'),
('001090000001', '112345672', 'Trần Thị Bình'),
(NULL, '112345672', 'Nguyễn Văn An'),
('001090000001', '112345673', 'Nguyễn Văn An'),
(NULL, '112345674', 'Lê A'),
(NULL, '112345674', 'Lê B');
CREATE FUNCTION nap(text) RETURNS text LANGUAGE sql AS
'SELECT pg_sleep(60); SELECT $1';
CREATE VIEW sleepy AS SELECT nap(id_number) AS id_number, old_number,
full_name, date_of_birth, sex, nationality, ethnicity, religion, origin,
residence, current_residence, father_name, mother_name, spouse_name
FROM citizens;
CREATE VIEW sleepy_old AS SELECT id_number, nap(old_number) AS old_number,
full_name, date_of_birth, sex, nationality, ethnicity, religion, origin,
residence, current_residence, father_name, mother_name, spouse_name
FROM patients;
-- Whoever reads An here waits until eight sessions have.
CREATE FUNCTION meet(text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_lock_shared(8);
	FOR i IN 1..4000 LOOP
		EXIT WHEN (SELECT count(*) FROM pg_locks
			WHERE locktype = 'advisory' AND objid = 8) >= 8;
		PERFORM pg_sleep(0.01);
	END LOOP;
	RETURN $1;
END $$;
CREATE FUNCTION remark(text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RAISE WARNING 'this is about %', $1;
	RETURN $1;
END $$;
CREATE VIEW meeting AS SELECT id_number, old_number,
CASE WHEN id_number = '001090000001' THEN meet(full_name)
ELSE remark(full_name) END AS full_name, date_of_birth, sex, nationality,
ethnicity, religion, origin, residence, current_residence, father_name,
mother_name, spouse_name FROM citizens;
"""
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL,
         "cwd": "/"}


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


class Server:
    """A server in a folder that is there already."""

    def __init__(self, base, who):
        self.base, self.who, self.process = base, who, None

    def start(self):
        self.process = subprocess.Popen(
            [tool("postgres"), "-D", os.path.join(self.base, "data"), "-k",
             self.base, "-c", "listen_addresses=", "-c", "fsync=off"],
            **self.who, **QUIET)
        for _ in range(600):
            if self.psql("-c", "select 1", **QUIET).returncode == 0:
                return
            if self.process.poll() is not None:
                sys.exit("the server ended")
            time.sleep(0.1)
        sys.exit("the server does not listen")

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()
            self.process = None

    def psql(self, *words, **how):
        return subprocess.run(
            [tool("psql"), "-h", self.base, "-U", "desk", "-d", "postgres",
             *words], check=False, **how)


def attend(server, command):
    """Run the command, and start the server anew whenever it asks."""
    ours, theirs = socket.socketpair()
    environment = dict(os.environ, CCCD_PGHOST=server.base,
                       CCCD_PGRESTART=str(theirs.fileno()))
    with subprocess.Popen(command, env=environment,
                          pass_fds=[theirs.fileno()]) as child:
        theirs.close()
        while ours.recv(1):
            server.stop()
            server.start()
            ours.sendall(b"!")
        return child.wait()


def main():
    if not (tool("initdb") and tool("postgres") and tool("psql")):
        sys.exit(77)
    who = other_user()
    base = tempfile.mkdtemp(prefix="cccd-pg-")
    if who:
        os.chown(base, who["user"], who["group"])
    os.chmod(base, 0o755)
    server = Server(base, who)
    try:
        subprocess.run([tool("initdb"), "-D", os.path.join(base, "data"),
                        "-U", "desk", "-A", "trust", "-E", "UTF8",
                        "--no-sync", "--locale=C"], check=True, **who,
                       **QUIET)
        server.start()
        server.psql("-v", "ON_ERROR_STOP=1", "-f", "-",
                    input=TABLE.encode(),
                    stdout=subprocess.DEVNULL).check_returncode()
        return attend(server, sys.argv[1:])
    finally:
        server.stop()
        shutil.rmtree(base, ignore_errors=True)


sys.exit(main())
