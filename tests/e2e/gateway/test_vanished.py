#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A database server that is gone without a word: nothing that is sent to it
is answered or refused. Whoever waits for it is told so within half a minute,
and when it is back no line of the log is lost or doubled."""
import concurrent.futures
import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import unittest

import rig

# It takes half a minute; without the settings that are tested here it would
# be a quarter of an hour, or two hours.
rig.WAIT_S = 90
# Who comes one by one would wait for them to be told in turn.
WORKERS, CROWD = 4, 72
HERE, THERE = "198.18.0.1", "198.18.0.2"
# Known beforehand: the next station on the way to it still stands.
MAC = "02:00:00:00:00:02"
REFUSED = (503, "store_unavailable")
WARNING = "cannot be written (store_unavailable)"
WELL = "can be written again"
CABLE = ("ip link set lo up && ip link add here type veth peer name there"
         f" address {MAC} && ip link del here")


def ip(*words, inside=()):
    subprocess.run([*inside, "ip", *words], check=True, timeout=rig.WAIT_S,
                   stdin=subprocess.DEVNULL)


class Host(rig.Postgres):
    """A server at the other end of a cable, where a Unix socket leads, too,
    for whoever wants to know what it does in the dark."""

    def boot(self):
        self.serve("0.0.0.0", ["unshare", "--net", "--"])
        pid = (self.folder / "data/postmaster.pid").read_text().split()[0]
        self.inside = ["nsenter", "--net", "--target", pid, "--"]
        ip("link", "add", "here", "type", "veth", "peer", "name", "there",
           "address", MAC, "netns", pid)
        ip("addr", "add", f"{HERE}/30", "dev", "here")
        ip("link", "set", "here", "up")
        ip("neigh", "replace", THERE, "lladdr", MAC, "dev", "here", "nud",
           "permanent")
        ip("addr", "add", f"{THERE}/30", "dev", "there", inside=self.inside)
        self.plug()

    def plug(self):
        ip("link", "set", "there", "up", inside=self.inside)

    def pull(self):
        ip("link", "set", "there", "down", inside=self.inside)

    def reboot(self):
        """What it knew of its connections is gone."""
        self.halt()
        ip("link", "del", "here")
        self.boot()

    def let_in(self):
        with open(self.folder / "data/pg_hba.conf", "a",
                  encoding="utf-8") as file:
            file.write(f"host all all {HERE}/32 trust\n")

    def psql(self, *words):
        return [f"{self.bin}/psql", "-XqAt", "-v", "ON_ERROR_STOP=1", *words,
                self.conninfo]

    def ask(self, statement):
        return subprocess.run(
            self.psql("-c", statement), check=True, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            timeout=rig.WAIT_S).stdout.strip()

    def sessions(self, condition):
        """How many of those that came over the cable."""
        return int(self.ask("SELECT count(*) FROM pg_stat_activity WHERE "
                            f"client_addr = '{HERE}' AND {condition}"))

    @staticmethod
    def has_all():
        """Whatever was sent to it, its kernel said so."""
        told = subprocess.run(
            ["ss", "-Htn", "dst", THERE], check=True, text=True,
            stdout=subprocess.PIPE, timeout=rig.WAIT_S).stdout
        return all(line.split()[2] == "0" for line in told.splitlines())

    @contextlib.contextmanager
    def holding(self, statement):
        """What a transaction with this statement keeps from others."""
        with subprocess.Popen(self.psql(), stdin=subprocess.PIPE, text=True,
                              stdout=subprocess.PIPE) as psql:
            psql.stdin.write(f"BEGIN; {statement}; SELECT 'held';\n")
            psql.stdin.flush()
            while psql.stdout.readline() != "held\n":
                if psql.poll() is not None:
                    raise AssertionError(f"not held: {statement}")
            yield

    @property
    def far(self):
        """As those across the cable know it."""
        return f"host={THERE} user=cccd dbname=postgres"


class Vanished(rig.House):
    @classmethod
    def setUpClass(cls):
        cls.host = Host.make()
        cls.addClassCleanup(shutil.rmtree, cls.host.folder)
        cls.host.let_in()
        cls.host.boot()
        cls.addClassCleanup(cls.host.halt)

    def setUp(self):
        super().setUp()
        self.pool = concurrent.futures.ThreadPoolExecutor(8 + CROWD)
        self.addCleanup(self.pool.shutdown)
        self.lock = threading.Lock()

    def make(self, name, conninfo, connector=None):
        gateway = rig.Gateway(self.folder / name, conninfo)
        gateway.write(self.directory, "check_time = 10 s\n"
                      "interrupted_after = 15 s\n"
                      f"workers = {WORKERS}", connector=connector)
        return gateway

    def begin(self, gateway):
        gateway.start()
        self.addCleanup(gateway.stop)

    def fresh(self):
        """The tables as a first start finds them."""
        self.host.ask("SET client_min_messages = warning;"
                      "DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def sign(self, nonce, transaction):
        with self.lock:
            return self.desk.sign(nonce, transaction=transaction)

    def check(self, gateway, transaction):
        """Status, and the result or why there is none."""
        return self.outcome(gateway.check(
            self.sign(gateway.nonce(), transaction)))

    @staticmethod
    def outcome(answer):
        status, reply = answer
        return status, reply.get("code") or reply["registry"]

    @staticmethod
    def ask_nonce(gateway):
        status, text, _ = gateway.call("POST", "/v1/nonces", {})
        return status, json.loads(text).get("code")

    @staticmethod
    def health(gateway):
        return json.loads(gateway.call("GET", "/v1/health",
                                       token=None)[1])["store"]

    @staticmethod
    def told(gateway):
        said = gateway.stderr.read_text(encoding="utf-8")
        return said.count(WARNING), said.count(WELL)

    def hold_up(self, gateway, assertion, statement, last):
        """A check that its store holds up, in a statement that ends so,
        until this block ends; the cable is pulled in it."""
        with self.host.holding(statement):
            held = self.pool.submit(gateway.check, assertion)
            rig.wait_for("the lock", lambda: held.done() or
                         self.host.sessions("wait_event_type = 'Lock' AND "
                                            f"query LIKE '%{last}'"))
            # What it waits for now is an answer, nothing else.
            rig.wait_for("what was sent", self.host.has_all)
            self.assertFalse(held.done())
            self.pull()
        return held

    def pull(self):
        self.host.pull()
        self.addCleanup(self.host.plug)

    @staticmethod
    def lines(gateway):
        return sorted((line["transaction_id"], line["result"],
                       line["reason"]) for line in gateway.log())

    def test_store(self):
        self.fresh()
        gateway = self.make("far", self.host.far)
        other = self.make("near", self.host.conninfo)
        self.enrol(gateway)
        self.begin(gateway)
        self.begin(other)
        # As many connections as will die.
        before = [f"before-{i}" for i in range(4)]
        self.assertEqual(set(self.pool.map(
            lambda one: self.check(gateway, one), before)), {(200, "match")})
        spent = self.sign(gateway.nonce(), "held")
        nonce = gateway.nonce()

        began = time.monotonic()
        held = self.hold_up(gateway, spent,
                            "SELECT 1 FROM usage_chain FOR UPDATE",
                            "FOR UPDATE")
        late = self.pool.submit(gateway.check, self.sign(nonce, "late"))
        crowd = [self.pool.submit(self.ask_nonce, gateway)
                 for _ in range(CROWD)]
        # Its transaction holds nobody up.
        self.assertEqual(self.check(other, "other"), (200, "match"))
        rig.wait_for("the look", lambda: self.health(gateway) ==
                     "unavailable")
        self.assertEqual({one.result() for one in crowd}, {REFUSED})
        self.assertEqual(self.outcome(late.result()), REFUSED)
        self.assertEqual(self.outcome(held.result()),
                         (503, "audit_unavailable"))
        print(f"all were told after {time.monotonic() - began:.0f} s")
        rig.wait_for("the server's own look",
                     lambda: not self.host.sessions("true"))
        self.assertEqual(self.health(gateway), "unavailable")
        rig.wait_for("the warning", lambda: self.told(gateway) == (1, 0))

        self.host.plug()
        rig.wait_for("its end", lambda: self.health(gateway) == "ok")
        rig.wait_for("the news", lambda: self.told(gateway) == (1, 1))
        # What was refused may come again, what was spent may not.
        self.assertEqual(self.outcome(gateway.check(
            self.sign(nonce, "late"))), (200, "match"))
        self.assertEqual(self.outcome(gateway.check(spent)),
                         (409, "nonce_spent"))
        after = [f"after-{i}" for i in range(4)]
        self.assertEqual(set(self.pool.map(
            lambda one: self.check(gateway, one), after)), {(200, "match")})
        wanted = [(name, "match", "")
                  for name in (*before, *after, "late", "other")]
        wanted.append(("held", "undetermined", "interrupted"))
        rig.wait_for("the recovery", lambda: len(self.lines(gateway)) >=
                     len(wanted))
        self.assertEqual(self.lines(gateway), sorted(wanted))
        self.assertIn(f"{len(wanted)} ", gateway.command("log", "verify"))

    def test_line_whose_writing_nobody_confirmed(self):
        """The server writes it, and loses its power before it can say so:
        the gateway finds its own line."""
        self.fresh()
        gateway = self.make("far", self.host.far)
        self.enrol(gateway)
        self.host.ask(
            "CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END';"
            "CREATE CONSTRAINT TRIGGER pause AFTER INSERT ON usage_log "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            "EXECUTE FUNCTION pause()")
        self.begin(gateway)
        self.assertEqual(self.check(gateway, "first"), (200, "match"))
        held = self.hold_up(gateway, self.sign(gateway.nonce(), "held"),
                            "SELECT pg_advisory_xact_lock(7)", "COMMIT")
        rig.wait_for("the line", lambda: self.host.ask(
            "SELECT count(*) FROM usage_log") == "2")
        self.assertFalse(held.done())
        self.host.reboot()
        self.assertEqual(self.outcome(held.result()), (200, "match"))
        self.assertEqual(self.lines(gateway), [("first", "match", ""),
                                               ("held", "match", "")])
        self.assertIn("2 ", gateway.command("log", "verify"))

    def test_directory(self):
        """It holds a check for the time it has, and no longer."""
        self.fresh()
        self.host.ask(rig.CITIZENS)
        known = self.folder / "directory"
        known.write_text(self.host.far + "\n")
        known.chmod(0o600)
        gateway = self.make("own", None, "[connector directory]\n"
                            "kind = directory\nengine = postgresql\n"
                            f"conninfo_file = {known}\n"
                            "connect_time = 2 s\nrequest_time = 2 s\n")
        self.enrol(gateway)
        self.begin(gateway)
        self.assertEqual(self.check(gateway, "first"), (200, "match"))
        self.pull()
        # Over the connection that there was, and then over a new one.
        dark = ["dark-0", "dark-1"]
        for name in dark:
            status, reply = gateway.check(self.sign(gateway.nonce(), name))
            self.assertEqual((status, reply["registry"], reply["reason"]),
                             (200, "undetermined", "time_out"))
        self.assertEqual(self.health(gateway), "ok")
        self.host.plug()
        self.assertEqual(self.check(gateway, "last"), (200, "match"))
        self.assertEqual(self.lines(gateway), [
            *((name, "undetermined", "time_out") for name in dark),
            ("first", "match", ""), ("last", "match", "")])
        self.assertIn("4 ", gateway.command("log", "verify"))


def with_own_network():
    """What is made goes with this process, and so does whoever runs in it;
    returns where that may not be."""
    who = ["--user", "--map-current-user", "--keep-caps"]
    how = ["unshare", *(who if os.geteuid() else []), "--net", "--pid",
           "--mount-proc", "--fork", "--kill-child", "--"]
    try:
        if subprocess.run([*how, "sh", "-c", CABLE], check=False,
                          capture_output=True,
                          timeout=rig.WAIT_S).returncode == 0:
            os.execvp(how[0], [*how, sys.executable, *sys.argv])
    except OSError:
        pass


def why_not():
    """None where it can be done."""
    if not rig.glob.glob("/usr/lib/postgresql/*/bin/initdb"):
        return "no PostgreSQL server here"
    if os.environ.get("CCCD_OWN_NETWORK") != "1":
        os.environ["CCCD_OWN_NETWORK"] = "1"
        with_own_network()
        return "no network of one's own here (unshare, ip)"
    ip("link", "set", "lo", "up")
    return None


if __name__ == "__main__":
    reason = why_not()
    if reason:
        print(f"skipped: {reason}")
        sys.exit(77)
    rig.main()
