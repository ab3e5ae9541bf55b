#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How the stand-in begins and ends, and what its options change."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as xml

import postgres
import rig

NS = "{http://www.mic.gov.vn/dancu/1.0}"


def setUpModule():
    if os.environ.get("CCCD_EXPECT_POSTGRES") and not postgres.find_programs():
        raise RuntimeError("PostgreSQL was there at configuration")


def citizens(body):
    return list(xml.fromstring(body).iter(f"{NS}CongDan"))


class Options(unittest.TestCase):
    def test_the_account_is_configurable(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"timestamp": "s", "token_s": 0, "lgsp_always": True,
                       "officer_keys": {"an": "khoa"}}, file)
            file.flush()
            with rig.Rig("--sqlite", "--count", "5", "--match", "all",
                         "--accounts", file.name, "--service-url",
                         "https://adapter.example/soap",
                         stderr=subprocess.DEVNULL) as other:
                self.ask(other)

    def ask(self, other):
        def headers(stamp, key="YW46a2hvYQ=="):
            return {**other.soap_headers(stamp), "AuthHash": key}

        now = str(int(time.time()))
        other.about["end_points"]["soap"] = "https://adapter.example/soap"
        self.assertEqual(other.soap(headers=headers(now + "000")).status, 401)
        self.assertEqual(other.soap(headers=headers(now, "eDp5")).status, 401)
        reply = other.soap(headers=headers(now))
        self.assertEqual(len(citizens(reply.body)), 1)
        # --match all: name and birth are part of the question.
        reply = other.soap(headers=headers(now), birth="19990102")
        self.assertEqual(citizens(reply.body), [])
        token = json.loads(other.lgsp_token().body)["access_token"]
        self.assertEqual(other.lgsp(token).status, 401)
        self.assertEqual(other.counters()["refused"],
                         {"timestamp": 1, "authhash": 1, "token": 1})
        self.assertEqual(other.about["citizens"], 5 + 3)


class Ending(unittest.TestCase):
    def setUp(self):
        self.store = [] if postgres.find_programs() else ["--sqlite"]
        folder = tempfile.TemporaryDirectory(dir="/tmp")
        self.addCleanup(folder.cleanup)
        self.scratch = pathlib.Path(folder.name)
        # PostgreSQL's user goes through it.
        self.scratch.chmod(0o755)

    def start(self, store):
        return rig.Rig("--count", "5", "--scratch", self.scratch, *store,
                       stderr=subprocess.DEVNULL)

    def find_server(self, running):
        if self.store:
            return None
        folder = running.about["database"].split()[0].removeprefix("host=")
        lines = pathlib.Path(folder, "data/postmaster.pid").read_text()
        return int(lines.split()[0])

    def has_ended(self, pid):
        return pid is None or not pathlib.Path(f"/proc/{pid}/stat").exists()

    def test_nothing_stays(self):
        for by_signal in (False, True):
            # One of each: what ends it and what it keeps are not related.
            running = self.start(["--sqlite"] if by_signal else self.store)
            server = None if by_signal else self.find_server(running)
            self.assertTrue(any(self.scratch.iterdir()))
            self.assertEqual(running.close(by_signal), 0)
            self.assertTrue(self.has_ended(server))
            self.assertEqual(list(self.scratch.iterdir()), [])

    def test_killed_it_takes_the_server_along(self):
        running = self.start(self.store)
        server = self.find_server(running)
        running.process.kill()
        running.close()
        rig.wait_until(lambda: self.has_ended(server))

    def test_a_signal_while_it_starts(self):
        process = subprocess.Popen(
            [sys.executable, "-B", rig.HERE / "registry.py", *self.store,
             "--count", "5", "--scratch", self.scratch],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        rig.wait_until(lambda: any(self.scratch.iterdir()))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(rig.WAIT_LIMIT_S * 4), 0)
        process.stdin.close()
        self.assertEqual(list(self.scratch.iterdir()), [])

    def test_two_signals_at_once(self):
        # An interrupted demo: SIGINT of the terminal, SIGTERM of the demo.
        for _ in range(8):
            running = rig.Rig("--sqlite", "--stay", "--count", "5",
                              "--scratch", self.scratch,
                              stderr=subprocess.DEVNULL)
            running.process.send_signal(signal.SIGINT)
            self.assertEqual(running.close(by_signal=True), 0)
            self.assertEqual(list(self.scratch.iterdir()), [])

    def test_without_postgresql_it_says_so(self):
        done = subprocess.run(
            [sys.executable, "-B", rig.HERE / "registry.py", "--scratch",
             self.scratch], stdin=subprocess.DEVNULL, capture_output=True,
            env={**os.environ, "CCCD_POSTGRES_BIN": str(self.scratch)},
            timeout=rig.WAIT_LIMIT_S * 4, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"no PostgreSQL", done.stderr)
        self.assertEqual(done.stdout, b"")
        self.assertEqual(list(self.scratch.iterdir()), [])

    def test_help(self):
        done = subprocess.run(
            [sys.executable, "-B", rig.HERE / "registry.py", "--help"],
            stdin=subprocess.DEVNULL, capture_output=True,
            timeout=rig.WAIT_LIMIT_S, check=True)
        self.assertIn(b"--sqlite", done.stdout)


if __name__ == "__main__":
    unittest.main()
