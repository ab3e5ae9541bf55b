#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The desk page with a check against a registry, nothing of it pretended.

Card, cccdd, assertion, the page's server, cccd-gateway and a directory in
SQLite; the page in a real Chromium. The daemon's side is started by
tests/e2e/daemon/desk.py, the gateway by tests/e2e/gateway/rig.py.
"""

import importlib.util
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT / "web" / "desk"),
                str(ROOT / "tests" / "e2e" / "daemon"),
                str(ROOT / "tests" / "e2e" / "gateway")]
# Nothing is signed here but by the daemon.
os.environ.setdefault("SIGN_PROGRAM", "")

import registry_door  # noqa: E402
import serve  # noqa: E402
from browser import Browser, programs  # noqa: E402

NUMBER = "001199000001"
CHECK = (HERE / "check.js").read_text("utf-8")
SIZES = {"1280x720": (1280, 720), "1024x600": (1024, 600),
         "800x1280": (800, 1280)}


class RegistryTest(unittest.TestCase):
    """One desk, one gateway, one browser."""

    @classmethod
    def setUpClass(cls):
        # pylint: disable-next=import-outside-toplevel
        import rig
        from desk import Desk  # pylint: disable=import-outside-toplevel

        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="cccd-reg-"))
        cls.directory = cls.folder / "citizens.db"
        subprocess.run(
            [sys.executable, "-B", ROOT / "docs/examples/make_directory.py",
             cls.directory], check=True, timeout=60)
        cls.gateway = rig.Gateway(cls.folder / "gateway")
        cls.gateway.write(cls.directory)
        cls.desk = Desk(slots=1)
        cls.page = serve.Server(0, "http://127.0.0.1:1", {})
        cls.desk.parties = [cls.desk.party(
            id="desk.demo", purposes=["reception"],
            origins=[cls.page.address],
            audiences=[{"name": "gateway", "aud": "urn:test:gw"}])]
        cls.desk.__enter__()
        cls.enrol()
        cls.gateway.start()
        cls.page.door = registry_door.Door(
            f"http://127.0.0.1:{cls.gateway.port}", rig.TOKEN, "o-17")
        cls.page.point(
            f"http://127.0.0.1:{cls.desk.port}",
            json.loads((serve.HERE / "desk.json").read_text("utf-8")))
        threading.Thread(target=cls.page.serve_forever, args=(0.05,),
                         daemon=True).start()
        cls.browser = Browser()
        cls.shots = os.environ.get("CCCD_WEB_SHOTS")

    @classmethod
    def enrol(cls):
        """As the manual says: what the desk prints goes to the gateway."""
        import desk  # pylint: disable=import-outside-toplevel

        keys = cls.folder / "desk.jwks"
        keys.write_bytes(subprocess.run(
            [desk.CCCD, "device", "show", "--jwks", "--keys",
             cls.desk.path("keys")], check=True, stdout=subprocess.PIPE,
            timeout=60).stdout)
        cls.gateway.command("device", "add", "--name", "desk-1", str(keys))

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.gateway.stop()
        cls.desk.close()
        cls.page.shutdown()
        cls.page.server_close()
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.browser.size(*SIZES["1280x720"])
        if self.gateway.process.poll() is not None:
            self.gateway.start()
            self.page.door.open = registry_door.connector(
                f"http://127.0.0.1:{self.gateway.port}")
        self.desk.lay()
        self.browser.go(self.page.address + "/")
        self.screen("ready")
        self.browser.console()

    def tearDown(self):
        self.browser.go("about:blank")
        self.desk.take()
        self.desk.await_card(0, False)

    def screen(self, *names):
        self.browser.until("return arguments[0].includes("
                           "document.body.dataset.screen)", names,
                           what=f"screen {names}")

    def read(self, state):
        """A whole read, until the panel says this."""
        self.browser.keys(NUMBER, "Enter")
        self.screen("done", "error")
        self.browser.until(
            "return document.querySelector('.registry')?.classList"
            ".contains(arguments[0])", state, what=f"registry {state}")
        text = self.browser.text()
        self.assertIn("ĐÃ CHỨNG THỰC", text)
        self.assertIn("Nguyễn Thị Mẫu", text)
        return text

    def look(self, name):
        for size, (width, height) in SIZES.items():
            self.browser.size(width, height)
            self.assertEqual(self.browser.run(CHECK), [], f"{name} {size}")
            if self.shots:
                os.makedirs(self.shots, exist_ok=True)
                self.browser.picture(
                    f"{self.shots}/gateway-{name}-{size}.png")
        self.browser.size(*SIZES["1280x720"])

    def top(self):
        return self.browser.run(
            "const one = document.querySelector('.verdict .registry-top');"
            "return one.hidden ? '' : one.innerText")

    def edit(self, column, value):
        """Change the citizen's row until the test is over."""
        with sqlite3.connect(self.directory) as base:
            old, = base.execute(f"SELECT {column} FROM citizens WHERE "
                                "id_number = ?", (NUMBER,)).fetchone()
            base.execute(f"UPDATE citizens SET {column} = ? WHERE "
                         "id_number = ?", (value, NUMBER))
        base.close()
        return old

    def lines(self):
        return self.gateway.log()

    def test_a_match_and_no_second_question(self):
        before = len(self.lines())
        text = self.read("match")
        for words in ("Khớp", "directory"):
            self.assertIn(words, text)
        self.assertEqual(self.top(), "")
        self.look("match")
        # Another language draws all anew, and asks nobody anything.
        self.browser.run("document.querySelector('.top button').click()")
        self.browser.until("return document.querySelector('.registry')"
                           ".innerText.includes('Matches')")
        lines = self.lines()[before:]
        self.assertEqual([line["officer_id"] for line in lines], ["o-17"])
        self.assertEqual(self.browser.console(), [])
        # The bearer is nowhere in the page.
        self.assertNotIn("t0ken", self.browser.run(
            "return document.documentElement.outerHTML"))
        # The next citizen has a nonce of their own.
        self.browser.run("document.querySelector('.top button').click()")
        self.browser.keys("F2")
        self.screen("ready")
        self.read("match")
        self.assertEqual(len(self.lines()), before + 2)

    def test_a_mismatch_is_seen_at_the_top(self):
        old = self.edit("date_of_birth", "1998-12-31")
        self.addCleanup(self.edit, "date_of_birth", old)
        text = self.read("mismatch")
        self.assertEqual(self.top(),
                         "Cơ sở dữ liệu: không khớp — kiểm tra thủ công")
        row = self.browser.run("return document.querySelector("
                               "'.registry .differs').innerText")
        self.assertIn("Ngày sinh", row)
        self.assertNotIn("1998", text)
        self.look("mismatch")

    def test_nobody_found_is_seen_at_the_top(self):
        self.edit("id_number", "001199000009")
        self.addCleanup(self.restore_number)
        self.read("not_found")
        self.assertEqual(self.top(),
                         "Cơ sở dữ liệu: không tìm thấy — kiểm tra thủ công")
        self.look("not-found")

    def restore_number(self):
        with sqlite3.connect(self.directory) as base:
            base.execute("UPDATE citizens SET id_number = ? WHERE "
                         "id_number = ?", (NUMBER, "001199000009"))
        base.close()

    def test_a_gateway_that_is_away_does_not_stop_the_read(self):
        self.gateway.stop()
        text = self.read("undetermined")
        self.assertIn("Chưa kiểm tra được", text)
        self.assertIn("Không kết nối được cổng tra cứu.", text)
        self.assertEqual(self.top(), "")
        self.look("away")


if __name__ == "__main__":
    if programs() is None:
        print("no chromium or chromedriver")
        sys.exit(77)
    if importlib.util.find_spec("jsonschema") is None:
        print("no python3-jsonschema")
        sys.exit(77)
    unittest.main(verbosity=2)
