#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The desk page with a check against a registry, nothing of it pretended:
registry_desk.py with a directory in SQLite.
"""

import sqlite3
import subprocess
import sys

import registry_desk
from registry_desk import NUMBER, OFFICER, ROOT


class RegistryTest(registry_desk.RegistryDesk):
    """A directory of the agency's own."""

    @classmethod
    def open_registry(cls):
        cls.directory = cls.folder / "citizens.db"
        subprocess.run(
            [sys.executable, "-B", ROOT / "docs/examples/make_directory.py",
             cls.directory], check=True, timeout=60)
        cls.gateway.write(cls.directory)

    def setUp(self):
        if self.gateway.process.poll() is not None:
            self.start_gateway()
        self.begin()

    def read(self, state, number=NUMBER):
        text = super().read(state, number)
        self.assertIn("Nguyễn Thị Mẫu", text)
        return text

    def look(self, name):
        super().look(f"gateway-{name}")

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
        self.assertEqual([line["officer_id"] for line in lines], [OFFICER])
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
        self.assertIn("Đọc lại thẻ; nếu vẫn vậy, làm theo quy trình", text)
        # Nobody was asked, so there is no name to ask by.
        self.assertNotIn("Mã yêu cầu", text)
        self.assertEqual(self.top(), "")
        self.look("away")


if __name__ == "__main__":
    registry_desk.main()
