#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pages in a real Chromium before the real cccdd: who gets in, who does not.

cccdd, pcscd and a simulated card are started by tests/e2e/daemon/desk.py.
A public web page is one that Chromium is told to take for public
(--ip-address-space-overrides); it needs no network.
"""

import fcntl
import importlib.util
import json
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT / "web" / "desk"),
                str(ROOT / "tests" / "e2e" / "daemon")]

import serve  # noqa: E402
from browser import Browser, programs  # noqa: E402

POLICIES = pathlib.Path("/etc/chromium/policies/managed")
NUMBER = "001199000001"
LOCK = pathlib.Path(tempfile.gettempdir()) / "cccd-test-policy.lock"
HOST = "desk.test"
# Headers of a page that may be framed, as a hospital's own would be.
PLAIN = (("Cache-Control", "no-store"),)

# What a page learns of an address: nothing is "refused", the same for all.
PROBE = """
const told = [];
for (const path of ['/v1/health', '/v1/readers', '/v1/nothing'])
  for (const mode of ['cors', 'no-cors'])
    for (const method of mode === 'cors' ? ['GET', 'DELETE'] : ['GET'])
      try {
        const answer = await fetch(arguments[0] + path, {mode, method,
            signal: AbortSignal.timeout(arguments[1])});
        told.push(`${answer.type} ${answer.status}`);
      } catch (error) {
        told.push(error.name);
      }
told.push(await new Promise((end) => {
  const socket = new WebSocket(arguments[0].replace('http', 'ws')
      + '/v1/ws', 'cccd.v1');
  const late = setTimeout(() => end('close'), arguments[1]);
  socket.onopen = () => end('open');
  socket.onerror = () => { clearTimeout(late); end('close'); };
}));
return told;
"""
NOTHING = {"TypeError", "TimeoutError", "close"}

# One whole read by the client, from whatever frame this runs in.
READ = """
const {createClient, makeNonce} = await import('/client/cccd.js');
const {result} = await createClient({base: arguments[0]}).read({
  rp: 'desk.demo', purpose: 'reception', scopes: ['id'],
  nonce: makeNonce(), idNumber: arguments[1],
  signal: AbortSignal.timeout(45000)});
return result.overall;
"""

NODE = """
const [socketPath, idNumber, module] = process.argv.slice(1);
const {createNodeClient, makeNonce} = await import(module);
const {result, token, portrait} = await createNodeClient({socketPath}).read({
  rp: 'desk.demo', purpose: 'reception', scopes: ['id', 'portrait'],
  nonce: makeNonce(), idNumber});
console.log(result.overall, portrait.type, token.split('.').length);
"""


def page_server(files=None):
    page = serve.Server(0, "http://127.0.0.1:1", {})
    page.files.update(files or {})
    threading.Thread(target=page.serve_forever, args=(0.05,),
                     daemon=True).start()
    return page


def make_public(page, folder):
    """https, under a name of its own: what a hospital's page is."""
    pair = [f"{folder}/page.key", f"{folder}/page.crt"]
    if not os.path.exists(pair[0]):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-keyout", pair[0],
             "-out", pair[1], "-subj", f"/CN={HOST}", "-days", "2"],
            check=True, capture_output=True, timeout=60)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair[1], pair[0])
    page.socket = context.wrap_socket(page.socket, server_side=True,
                                      do_handshake_on_connect=False)
    page.hosts.add(f"{HOST}:{page.port}")
    return f"https://{HOST}:{page.port}"


class Policy:
    """LoopbackNetworkAllowedForUrls for one origin, and away with it."""

    def __init__(self, origin):
        self.path = POLICIES / "cccd-test.json"
        self.text = json.dumps({"LoopbackNetworkAllowedForUrls": [origin]})
        self.made = []

    def __enter__(self):
        # Of two files only one would count: one test of this machine at
        # a time.
        self.lock = open(LOCK, "w", encoding="utf-8")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        for folder in (*reversed(POLICIES.parents), POLICIES):
            if not folder.exists():
                folder.mkdir()
                self.made.append(folder)
        self.path.write_text(self.text, "utf-8")
        os.chmod(self.path, 0o644)
        return self

    def __exit__(self, *_):
        self.path.unlink()
        for folder in reversed(self.made):
            folder.rmdir()
        self.lock.close()


def may_write_policies():
    at = POLICIES
    while not at.exists():
        at = at.parent
    return os.access(at, os.W_OK)


class DaemonTest(unittest.TestCase):
    """One daemon and four pages; a browser for each kind of them."""

    @classmethod
    def setUpClass(cls):
        from desk import Desk  # pylint: disable=import-outside-toplevel

        cls.page = page_server()
        cls.stranger = page_server()
        cls.public = page_server()
        cls.frame = page_server({"/form": HERE / "form.html"})
        cls.top = page_server({"/form": HERE / "form.html"})
        cls.desk = Desk(slots=1, real_time=True)
        folder = cls.desk.directory
        cls.public_origin = make_public(cls.public, folder)
        cls.frame_origin = make_public(cls.frame, folder)
        cls.top_origin = make_public(cls.top, folder)
        cls.desk.parties = cls.parties("none")
        cls.desk.__enter__()
        cls.service = f"http://127.0.0.1:{cls.desk.port}"
        config = json.loads((serve.HERE / "desk.json").read_text("utf-8"))
        for page in (cls.page, cls.stranger, cls.public, cls.frame, cls.top):
            page.point(cls.service, config)
        cls.frame.headers = cls.top.headers = PLAIN
        cls.shots = os.environ.get("CCCD_WEB_SHOTS")
        if cls.shots:
            os.makedirs(cls.shots, exist_ok=True)

    @classmethod
    def parties(cls, consent):
        return [cls.desk.party(
            id="desk.demo", purposes=["reception"], consent=consent,
            origins=[cls.page.address, cls.public_origin,
                     cls.frame_origin],
            renderings=["csdldc", "bhyt", "xml130", "fhir"])]

    @classmethod
    def tearDownClass(cls):
        cls.desk.close()
        for page in (cls.page, cls.stranger, cls.public, cls.frame, cls.top):
            page.shutdown()
            page.server_close()

    def setUp(self):
        self.desk.take()
        self.desk.await_card(0, False)

    def browser(self, *arguments):
        browser = Browser(arguments)
        self.addCleanup(browser.close)
        browser.size(1280, 720)
        return browser

    def public_browser(self):
        """These pages come from the Internet, says Chromium to itself."""
        spaces = ",".join(f"127.0.0.1:{page.port}=public" for page in (
            self.public, self.frame, self.top))
        return self.browser(
            f"--ip-address-space-overrides={spaces}",
            f"--host-resolver-rules=MAP {HOST} 127.0.0.1",
            "--ignore-certificate-errors")

    def screen(self, browser, *names):
        browser.until("return arguments[0].includes("
                      "document.body.dataset.screen)", names,
                      what=f"screen {names}")

    def take(self, browser, name):
        if self.shots:
            browser.picture(f"{self.shots}/daemon-{name}.png")

    def test_a_registered_page_reads_to_the_end(self):
        browser = self.browser()
        browser.go(self.page.address + "/")
        self.screen(browser, "ready")
        browser.keys(NUMBER, "Enter")
        self.screen(browser, "waiting_card")
        self.desk.lay()
        self.screen(browser, "reading", "verifying", "done")
        self.take(browser, "reading")
        self.screen(browser, "done", "error")
        text = browser.text()
        for words in ("ĐÃ CHỨNG THỰC", "THẺ MẪU", "Nguyễn Thị Mẫu",
                      "BHYT", "XML 130"):
            self.assertIn(words, text)
        browser.until("return document.querySelector('img.portrait')"
                      "?.naturalWidth > 0")
        self.take(browser, "proven")
        token = browser.run("return desk.view.token")
        self.assertEqual(token.count("."), 2)
        self.assertEqual(browser.console(), [])
        # The next citizen has another card, and nothing of the first.
        browser.keys("F2")
        self.screen(browser, "ready")
        self.desk.take()
        self.desk.await_card(0, False)
        self.desk.lay("bad-dg1-edited")
        browser.keys(NUMBER, "Enter")
        self.screen(browser, "done", "error")
        self.assertIn("KHÔNG DÙNG", browser.text())
        self.take(browser, "failed")

    def test_a_wrong_number_is_asked_again(self):
        self.desk.lay()
        browser = self.browser()
        browser.go(self.page.address + "/")
        self.screen(browser, "ready")
        browser.keys("001199000002", "Enter")
        self.screen(browser, "ask_key", "error")
        self.assertIn("Thẻ từ chối số", browser.text())
        self.take(browser, "ask-key")
        browser.keys(NUMBER, "Enter")
        self.screen(browser, "done", "error")
        self.assertIn("ĐÃ CHỨNG THỰC", browser.text())

    def test_the_operator_takes_consent(self):
        self.desk.lay()
        self.desk.write_parties(self.parties("operator"))
        self.desk.daemon.send_signal(signal.SIGHUP)
        try:
            browser = self.browser()
            browser.go(self.page.address + "/")
            self.screen(browser, "ready")
            # Until the daemon has the new registry.
            for _ in range(20):
                browser.keys(NUMBER, "Enter")
                self.screen(browser, "consent", "done", "error")
                if "Hỏi ý kiến" in browser.text():
                    break
                browser.keys("F2")
                self.screen(browser, "ready")
            browser.keys("Tab", "Enter")
            self.screen(browser, "done", "error")
            self.assertIn("ĐÃ CHỨNG THỰC", browser.text())
        finally:
            self.desk.write_parties(self.parties("none"))
            self.desk.daemon.send_signal(signal.SIGHUP)

    def test_an_unregistered_page_learns_nothing(self):
        self.desk.lay()
        browser = self.browser()
        browser.go(self.stranger.address + "/")
        self.screen(browser, "unreachable")
        self.assertIn("cccd rp list", browser.text())
        told = browser.run_async(PROBE, self.service, 20000)["value"]
        self.assertEqual(len(told), 10)
        self.assertLessEqual(set(told), NOTHING, told)

    def in_the_middle(self, browser):
        """A read under way; one that was over too soon is begun again."""
        for _ in range(8):
            browser.keys(NUMBER, "Enter")
            self.screen(browser, "reading", "done", "error")
            if browser.run("return document.body.dataset.screen"
                           ) == "reading":
                return
            browser.keys("F2")
            self.screen(browser, "ready")
        self.fail("no read was caught in the middle")

    def test_a_reload_in_the_middle_of_a_read(self):
        self.desk.lay()
        browser = self.browser()
        browser.go(self.page.address + "/")
        self.screen(browser, "ready")
        self.in_the_middle(browser)
        browser.run("location.reload()")
        browser.until("return document.readyState === 'complete' && "
                      "document.body.dataset.screen === 'ready'")
        browser.keys(NUMBER, "Enter")
        self.screen(browser, "done", "error")
        self.assertIn("ĐÃ CHỨNG THỰC", browser.text())

    def test_leaving_frees_the_reader(self):
        self.desk.lay()
        browser = self.browser()
        browser.go(self.page.address + "/")
        self.screen(browser, "ready")
        self.in_the_middle(browser)
        browser.keys("Escape")
        self.screen(browser, "ready")
        from desk import until  # pylint: disable=import-outside-toplevel
        until("a free reader",
              lambda: self.desk.reader()["lease"] == "free")

    def test_a_read_through_the_websocket(self):
        self.desk.lay()
        browser = self.browser()
        browser.go(self.page.address + "/")
        self.screen(browser, "ready")
        got = browser.run_async(
            READ.replace("rp:", "via: 'websocket', rp:"),
            self.service, NUMBER)
        self.assertEqual(got.get("value"), "successful", got)

    def test_node_reads_over_the_unix_socket(self):
        node = shutil.which("node") or shutil.which("nodejs")
        if node is None:
            self.skipTest("no node")
        self.desk.lay()
        told = subprocess.run(
            [node, "--input-type=module", "-e", NODE, self.desk.socket,
             NUMBER, (ROOT / "web/client/node.js").as_uri()],
            capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(told.stdout, "successful image/jpeg 3\n",
                         told.stderr)

    def test_the_daemon_comes_back(self):
        browser = self.browser()
        browser.go(self.page.address + "/")
        self.screen(browser, "ready")
        port = self.desk.port
        self.desk.stop_daemon(signal.SIGKILL)
        self.screen(browser, "unreachable")
        self.desk.settings["listen"] = f"127.0.0.1:{port}"
        self.desk.write_config()
        self.desk.start_daemon()
        self.screen(browser, "ready")
        self.desk.lay()
        browser.keys(NUMBER, "Enter")
        self.screen(browser, "done", "error")
        self.assertIn("ĐÃ CHỨNG THỰC", browser.text())

    def reads_to_the_end(self, browser):
        self.screen(browser, "ready", "permission")
        if browser.run("return document.body.dataset.screen") != "ready":
            browser.keys("Enter")
        self.screen(browser, "ready")
        browser.keys(NUMBER, "Enter")
        self.screen(browser, "done", "error")
        self.assertIn("ĐÃ CHỨNG THỰC", browser.text())

    def test_a_public_page_is_blocked_without_the_policy(self):
        self.desk.lay()
        browser = self.public_browser()
        browser.go(self.public_origin + "/")
        self.screen(browser, "permission")
        self.take(browser, "permission")
        told = browser.run_async(PROBE, self.service, 4000)["value"]
        self.assertLessEqual(set(told), NOTHING, told)

    def test_a_public_page_works_where_the_person_permits(self):
        self.desk.lay()
        browser = self.public_browser()
        browser.devtools("Browser.grantPermissions", {
            "origin": self.public_origin,
            "permissions": ["loopbackNetwork"]})
        browser.go(self.public_origin + "/")
        self.reads_to_the_end(browser)

    def test_a_public_page_works_with_the_policy(self):
        if not may_write_policies():
            self.skipTest(f"{POLICIES} is not ours to write")
        self.desk.lay()
        with Policy(self.public_origin):
            browser = self.public_browser()
            browser.go(self.public_origin + "/")
            self.reads_to_the_end(browser)

    def in_frame(self, browser, allow):
        """The top page shows the frame's page; scripts run in the frame."""
        browser.go(self.top_origin + "/form")
        browser.run("const one = document.createElement('iframe');"
                    "if (arguments[1]) one.allow = arguments[1];"
                    "one.src = arguments[0];"
                    "document.querySelector('main').append(one);",
                    self.frame_origin + "/form", allow)
        frame = browser.run("return document.querySelector('iframe')")
        browser.call("POST", f"{browser.session}/frame", {"id": frame})
        browser.until("return location.pathname === '/form'")

    def test_a_frame_needs_the_policy_of_the_top_and_its_leave(self):
        if not may_write_policies():
            self.skipTest(f"{POLICIES} is not ours to write")
        self.desk.lay()
        with Policy(self.top_origin):
            browser = self.public_browser()
            self.in_frame(browser, None)
            told = browser.run_async(PROBE, self.service, 4000)["value"]
            self.assertLessEqual(set(told), NOTHING, told)
            self.in_frame(browser, "loopback-network")
            got = browser.run_async(READ, self.service, NUMBER)
            self.assertEqual(got.get("value"), "successful", got)
        # The origin that is registered is the frame's: the top has none.
        browser.call("POST", f"{browser.session}/frame", {"id": None})
        told = browser.run_async(PROBE, self.service, 20000)["value"]
        self.assertLessEqual(set(told), NOTHING, told)


if __name__ == "__main__":
    if programs() is None:
        print("no chromium or chromedriver")
        sys.exit(77)
    if importlib.util.find_spec("jsonschema") is None:
        print("no python3-jsonschema")
        sys.exit(77)
    unittest.main(verbosity=2)
