# SPDX-License-Identifier: Apache-2.0
"""A desk page with a gateway behind it, for the tests in a browser.

Card, pcscd, cccdd, assertion, the page's server and cccd-gateway; the page in
a real Chromium. The daemon's side is started by tests/e2e/daemon/desk.py, the
gateway by tests/e2e/gateway/rig.py; what the gateway asks is the test's own.
"""

import importlib.util
import json
import os
import pathlib
import shutil
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
OFFICER = "o-17"
AUDIENCE = "urn:test:gw"
CHECK = (HERE / "check.js").read_text("utf-8")
SIZES = {"1280x720": (1280, 720), "1024x600": (1024, 600),
         "800x1280": (800, 1280)}


class RegistryDesk(unittest.TestCase):
    """One desk, one gateway, one browser."""

    procedure = None

    @classmethod
    def open_registry(cls):
        """What the gateway asks, and the gateway's configuration."""
        raise NotImplementedError

    @classmethod
    def close_registry(cls):
        """After the gateway has ended."""

    @classmethod
    def setUpClass(cls):
        # pylint: disable-next=import-outside-toplevel
        import rig
        from desk import Desk  # pylint: disable=import-outside-toplevel

        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="cccd-reg-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.gateway = rig.Gateway(cls.folder / "gateway")
        cls.addClassCleanup(cls.close_registry)
        cls.open_registry()
        cls.desk = Desk(slots=1)
        cls.addClassCleanup(cls.desk.close)
        cls.page = serve.Server(0, "http://127.0.0.1:1", {})
        cls.addClassCleanup(cls.page.server_close)
        cls.desk.parties = [cls.desk.party(
            id="desk.demo", purposes=["reception"],
            origins=[cls.page.address],
            audiences=[{"name": "gateway", "aud": AUDIENCE}])]
        cls.desk.__enter__()
        cls.enrol()
        cls.addClassCleanup(cls.gateway.stop)
        cls.gateway.start()
        cls.open_page(rig.TOKEN)
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
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
    def open_page(cls, token):
        cls.page.door = registry_door.Door(
            f"http://127.0.0.1:{cls.gateway.port}", token, OFFICER,
            procedure_code=cls.procedure)
        cls.page.point(
            f"http://127.0.0.1:{cls.desk.port}",
            json.loads((serve.HERE / "desk.json").read_text("utf-8")))
        threading.Thread(target=cls.page.serve_forever, args=(0.05,),
                         daemon=True).start()
        cls.addClassCleanup(cls.page.shutdown)

    @classmethod
    def start_gateway(cls):
        """Once more, where the page finds it."""
        cls.gateway.start()
        cls.page.door.open = registry_door.connector(
            f"http://127.0.0.1:{cls.gateway.port}")

    def tearDown(self):
        self.browser.go("about:blank")
        self.desk.take()
        self.desk.await_card(0, False)

    def begin(self, card="cccd-2021"):
        """A card on the desk, and a page that waits for its number."""
        self.browser.size(*SIZES["1280x720"])
        self.desk.lay(card)
        self.browser.go(self.page.address + "/")
        self.screen("ready")
        self.browser.console()

    def screen(self, *names):
        self.browser.until("return arguments[0].includes("
                           "document.body.dataset.screen)", names,
                           what=f"screen {names}")

    def read(self, state, number=NUMBER):
        """A whole read, until the panel says this."""
        self.browser.keys(number, "Enter")
        self.screen("done", "error")
        self.browser.until(
            "return document.querySelector('.registry')?.classList"
            ".contains(arguments[0])", state, what=f"registry {state}")
        text = self.browser.text()
        self.assertIn("ĐÃ CHỨNG THỰC", text)
        return text

    def look(self, name):
        """At each size of a screen; a picture where they are collected."""
        for size, (width, height) in SIZES.items():
            self.browser.size(width, height)
            self.assertEqual(self.browser.run(CHECK), [], f"{name} {size}")
            if self.shots:
                os.makedirs(self.shots, exist_ok=True)
                self.browser.picture(f"{self.shots}/{name}-{size}.png")
        self.browser.size(*SIZES["1280x720"])

    def top(self):
        return self.browser.run(
            "const one = document.querySelector('.verdict .registry-top');"
            "return one.hidden ? '' : one.innerText")


def main():
    if programs() is None:
        print("no chromium or chromedriver")
        sys.exit(77)
    if importlib.util.find_spec("jsonschema") is None:
        print("no python3-jsonschema")
        sys.exit(77)
    unittest.main(module=sys.modules["__main__"], verbosity=2)
