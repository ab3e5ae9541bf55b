#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The example of docs/front-end.md, docs/examples/front_end.html, is true.

It runs in a real Chromium against a scripted service, with a back end that
notes what it is brought.
"""

import json
import pathlib
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EXAMPLES = ROOT / "docs" / "examples"
sys.path[:0] = [str(HERE), str(ROOT / "web" / "desk")]

import serve  # noqa: E402
from browser import Browser, programs  # noqa: E402
from stand_in import StandIn  # noqa: E402

NUMBER = "001199000001"
REQUEST = "signed.by.backend"


class BackEnd(serve.Handler):
    """The page's own server: POST /reception/begin and /reception/finish."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        self.server.brought.append((self.path, body))
        answer = self.server.answers.get(self.path)
        self.give(200 if answer else 404, "application/json",
                  json.dumps(answer).encode(), True)


class FrontEndTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.service = StandIn()
        self.addCleanup(self.service.close)
        self.page = serve.Server(0, self.service.address, {})
        self.page.RequestHandlerClass = BackEnd
        self.page.brought = []
        self.page.answers = {
            "/reception/begin": {"rp": "desk.demo", "requestJwt": REQUEST},
            "/reception/finish": {"proven": True, "name": "Theo máy chủ"}}
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        # As it stands, but with the port of this test's service.
        html = (EXAMPLES / "front_end.html").read_text("utf-8")
        self.assertIn('<html lang="vi">', html)
        copied = pathlib.Path(folder.name) / "front_end.html"
        copied.write_text(html.replace(
            "<html", f'<html data-cccd="{self.service.address}"'), "utf-8")
        self.page.files["/front_end.html"] = copied
        self.page.files["/front_end.js"] = EXAMPLES / "front_end.js"
        self.page.files["/favicon.ico"] = serve.HERE / "icon.svg"
        threading.Thread(target=self.page.serve_forever, args=(0.05,),
                         daemon=True).start()
        self.addCleanup(self.page.server_close)
        self.addCleanup(self.page.shutdown)
        self.service.origins.add(self.page.address)
        self.browser.console()
        self.browser.go(self.page.address + "/front_end.html")
        self.addCleanup(self.browser.go, "about:blank")

    def read(self):
        self.browser.run("document.querySelector('input').focus()")
        self.browser.keys(NUMBER, "Enter")

    def said(self, words):
        self.browser.until("return document.querySelector('#said')"
                           ".textContent.includes(arguments[0])", words,
                           what=words)

    def citizen(self):
        return self.browser.run(
            "return document.querySelector('#citizen').textContent")

    def test_the_back_end_decides(self):
        self.service.lay_card()
        self.read()
        self.said("Đã chứng thực.")
        self.assertEqual(self.citizen(), "Theo máy chủ")
        paths = [path for path, _ in self.page.brought]
        self.assertEqual(paths, ["/reception/begin", "/reception/finish"])
        self.assertEqual(self.page.brought[1][1]["token"].count("."), 2)
        # The page adds nothing to what the back end signed.
        created, = [session.request
                    for session in self.service.sessions.values()]
        self.assertEqual(created, {"rp": "desk.demo",
                                   "request_jwt": REQUEST})
        self.assertEqual(self.service.keys[-1],
                         {"type": "id_number", "value": NUMBER})
        self.page.answers["/reception/finish"] = {"proven": False,
                                                  "name": "Kẻ giả"}
        self.read()
        self.said("KHÔNG dùng thẻ này.")
        self.assertEqual(self.citizen(), "")
        self.assertEqual(self.browser.console(), [])

    def test_problems_are_told_with_the_next_step(self):
        self.service.lay_card()
        self.service.fail_at = "dg13"
        self.service.fail_with = ("card_not_supported",)
        self.read()
        self.said("(card_not_supported)")
        self.assertEqual(self.citizen(), "")
        self.assertNotIn("/reception/finish",
                         [path for path, _ in self.page.brought])

    def test_cancel_leaves_nothing(self):
        self.read()
        self.said("Đặt thẻ")
        self.browser.run("document.querySelector('#cancel').click()")
        self.said("(cancelled)")
        self.assertEqual(self.browser.run(
            "return document.querySelector('input').value"), "")


if __name__ == "__main__":
    if programs() is None:
        print("skipped: no chromium here")
        sys.exit(77)
    unittest.main(verbosity=2)
