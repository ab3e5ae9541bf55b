# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of one's own, and the few calls of libpq that it takes.

The server runs as a child in a scratch directory, on a Unix socket only,
never as root. libpq is called through ctypes: it comes with PostgreSQL, for
every Python, where psycopg2 is bound to the distribution's own.
"""

import ctypes
import glob
import os
import pathlib
import pwd
import queue
import shutil
import signal
import subprocess
import tempfile
import time

PATTERN = "/usr/lib/postgresql/*/bin"
START_LIMIT_S = 120
STOP_LIMIT_S = 60
CONNECTIONS = 8
PR_SET_PDEATHSIG = 1

CONNECTION_OK = 0
PGRES_COMMAND_OK = 1
PGRES_TUPLES_OK = 2


class Failure(Exception):
    """PostgreSQL is not there, did not start, or refused a statement."""


def find_programs():
    """Where initdb and postgres are: the newest of them, or None."""
    chosen = os.environ.get("CCCD_POSTGRES_BIN")
    folders = [chosen] if chosen else sorted(
        glob.glob(PATTERN), reverse=True,
        key=lambda path: int("0" + "".join(filter(str.isdigit, path))))
    on_path = shutil.which("initdb")
    if not chosen and on_path:
        folders.append(os.path.dirname(os.path.realpath(on_path)))
    for folder in folders:
        if all(os.access(os.path.join(folder, name), os.X_OK)
               for name in ("initdb", "postgres")):
            return pathlib.Path(folder)
    return None


def choose_user():
    """Whom the server runs as: initdb refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Failure("root, and neither postgres nor nobody is a user")


def die_with_parent():
    """Runs in the child after it changed its user: a registry that was
    killed leaves no server behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)


class Server:
    """initdb, postgres, and their end."""

    def __init__(self, scratch=None):
        self.programs = find_programs()
        if not self.programs:
            raise Failure("no PostgreSQL (initdb, postgres) was found")
        self.user = choose_user()
        # Another user must reach it, and a socket's path is short: no TMPDIR.
        self.folder = pathlib.Path(
            tempfile.mkdtemp(prefix="cccd-pg-", dir=scratch or "/tmp"))
        self.process = None
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _identity(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid,
                "extra_groups": []}

    def _initdb(self):
        command = [self.programs / "initdb", "-D", self.folder / "data",
                   "-A", "trust", "-U", "registry", "-E", "UTF8",
                   "--locale=C", "--no-sync", "--no-instructions"]
        done = subprocess.run(
            command, cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            check=False, **self._identity())
        if done.returncode != 0:
            raise Failure("initdb: " + done.stderr.decode(errors="replace"))

    def _start(self):
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self._initdb()
        settings = {"listen_addresses": "", "fsync": "off",
                    "unix_socket_directories": self.folder,
                    "unix_socket_permissions": "0700",
                    "max_connections": CONNECTIONS + 8,
                    "shared_buffers": "16MB", "autovacuum": "off",
                    "logging_collector": "off"}
        command = [self.programs / "postgres", "-D", self.folder / "data"]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent, **self._identity())
        self._wait()

    def _wait(self):
        limit = time.monotonic() + START_LIMIT_S
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                break
            try:
                Connection(self.conninfo()).close()
                return
            except Failure:
                time.sleep(0.1)
        log = (self.folder / "log").read_text("utf-8", "replace")
        raise Failure("postgres did not start: " + log[-2000:])

    def conninfo(self):
        return f"host={self.folder} user=registry dbname=postgres"

    def stop(self):
        """Ends the server and removes what it wrote; harmless twice."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def load_libpq():
    try:
        pq = ctypes.CDLL("libpq.so.5")
    except OSError as error:
        raise Failure("libpq.so.5 was not found") from error
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    texts = ctypes.POINTER(ctypes.c_char_p)
    calls = {
        "PQconnectdb": (pointer, [text]), "PQstatus": (number, [pointer]),
        "PQerrorMessage": (text, [pointer]), "PQfinish": (None, [pointer]),
        "PQexecParams": (pointer, [pointer, text, number, pointer, texts,
                                   pointer, pointer, number]),
        "PQresultStatus": (number, [pointer]),
        "PQntuples": (number, [pointer]), "PQnfields": (number, [pointer]),
        "PQgetvalue": (text, [pointer, number, number]),
        "PQclear": (None, [pointer]),
    }
    for name, (result, arguments) in calls.items():
        call = getattr(pq, name)
        call.restype, call.argtypes = result, arguments
    return pq


class Connection:
    """One connection, used by one thread at a time."""

    def __init__(self, conninfo):
        self.pq = load_libpq()
        self.handle = self.pq.PQconnectdb(conninfo.encode())
        if self.pq.PQstatus(self.handle) != CONNECTION_OK:
            reason = self._reason()
            self.close()
            raise Failure(reason)

    def _reason(self):
        return self.pq.PQerrorMessage(self.handle).decode(errors="replace")

    def run(self, statement, *values):
        """Rows of text; the values go beside the statement, never in it."""
        given = (ctypes.c_char_p * len(values))(
            *(value.encode() for value in values))
        result = self.pq.PQexecParams(self.handle, statement.encode(),
                                      len(values), None, given, None, None, 0)
        try:
            status = self.pq.PQresultStatus(result)
            if status not in (PGRES_COMMAND_OK, PGRES_TUPLES_OK):
                raise Failure(self._reason())
            return [[self.pq.PQgetvalue(result, row, column).decode()
                     for column in range(self.pq.PQnfields(result))]
                    for row in range(self.pq.PQntuples(result))]
        finally:
            self.pq.PQclear(result)

    def close(self):
        if self.handle:
            self.pq.PQfinish(self.handle)
        self.handle = None


class Pool:
    """Connections for many threads."""

    def __init__(self, conninfo, size=CONNECTIONS):
        self.free = queue.LifoQueue()
        self.size = size
        for _ in range(size):
            self.free.put(Connection(conninfo))

    def run(self, statement, *values):
        connection = self.free.get()
        try:
            return connection.run(statement, *values)
        finally:
            self.free.put(connection)

    def close(self):
        """For those that are free; a server that ends closes the rest."""
        for _ in range(self.size):
            try:
                self.free.get_nowait().close()
            except queue.Empty:
                return
