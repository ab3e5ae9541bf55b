#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/demo --registry, with the programs of a build.

    test_demo_registry.py BUILD_DIR
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "registry"))

import postgres  # noqa: E402

RUN_LIMIT_S = 240
BUILD = ""


class DemoTest(unittest.TestCase):
    """Each with a scratch folder that must be empty afterwards."""

    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="cccd-demo-"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.out = open(self.scratch.with_suffix(".out"), "w+b")
        self.addCleanup(os.unlink, self.out.name)
        self.addCleanup(self.out.close)

    def start(self):
        """As from a terminal: a process group of its own."""
        demo = subprocess.Popen(
            [ROOT / "scripts" / "demo", "--registry", "--once", "--build",
             BUILD], stdin=subprocess.DEVNULL, stdout=self.out,
            stderr=self.out, start_new_session=True,
            env={**os.environ, "TMPDIR": str(self.scratch)})
        self.addCleanup(self.end, demo)
        return demo

    def end(self, demo):
        if demo.poll() is None:
            os.killpg(demo.pid, signal.SIGKILL)
            demo.wait()

    def said(self):
        return pathlib.Path(self.out.name).read_text("utf-8", "replace")

    def find(self, demo, pattern):
        """The first file of this name in the scratch folder."""
        limit = time.monotonic() + RUN_LIMIT_S
        while time.monotonic() < limit:
            for path in self.scratch.glob(pattern):
                return path
            self.assertIsNone(demo.poll(), self.said())
            time.sleep(0.02)
        self.fail(f"no {pattern}: {self.said()}")

    def test_the_specimen_agrees_with_the_stand_in(self):
        demo = self.start()
        self.assertEqual(demo.wait(RUN_LIMIT_S), 0, self.said())
        said = self.said()
        check = json.JSONDecoder().raw_decode(
            said, re.search(r'^\{\n  "schema": "urn:cccd:gateway-check',
                            said, re.M).start())[0]
        self.assertEqual(check["registry"], "match")
        self.assertEqual(check["source"], "stand-in")
        self.assertEqual(check["card"]["overall"], "successful")
        for field in ("id_number", "name", "date_of_birth", "sex"):
            self.assertEqual(check["fields"][field], "match", field)
        self.assertRegex(said, r"\nĐối chiếu: khớp\. Nguồn: stand-in, .*"
                         r"\nRegistry check: matches\. Source: stand-in, ")
        self.assertIn("\n1 dòng nhật ký\n", said)
        self.assertEqual(list(self.scratch.iterdir()), [])

    def test_an_interrupt_leaves_nothing(self):
        demo = self.start()
        ready = self.find(demo, "*/registry").parent / "registry"
        self.find(demo, "*/gateway.sock")
        about = json.loads(ready.read_text("utf-8").partition(" ")[2])
        data = pathlib.Path(re.search(r"host=(\S+)",
                                      about["database"]).group(1)) / "data"
        server = int((data / "postmaster.pid").read_text().split()[0])
        self.assertTrue(pathlib.Path(f"/proc/{server}").exists())
        os.killpg(demo.pid, signal.SIGINT)
        self.assertEqual(demo.wait(RUN_LIMIT_S), 130, self.said())
        self.assertEqual(list(self.scratch.iterdir()), [])
        self.assertFalse(data.parent.exists())
        self.assertFalse(pathlib.Path(f"/proc/{server}").exists())
        # Nothing of its group is left, either.
        with self.assertRaises(ProcessLookupError):
            os.killpg(demo.pid, 0)


if __name__ == "__main__":
    if postgres.find_programs() is None:
        print("no PostgreSQL server (initdb, postgres); Debian: postgresql")
        sys.exit(77)
    BUILD = sys.argv.pop(1)
    unittest.main(verbosity=2)
