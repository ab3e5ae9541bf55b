#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The desk page in a real Chromium, against a scripted service.

Every screen is reached by keyboard alone, checked for what people need to
use it (check.js), and photographed into CCCD_WEB_SHOTS.
"""

import json
import os
import pathlib
import sys
import threading
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "web" / "desk")]

import serve  # noqa: E402
from browser import Browser, programs  # noqa: E402
from stand_in import StandIn  # noqa: E402

SIZES = {"1280x720": (1280, 720), "1024x600": (1024, 600),
         "800x1280": (800, 1280)}
NUMBER = "001199000001"
QR = ("001199000001|001000001|Nguyễn Thị Mẫu|01011999|Nữ|"
      "Số 1 phố Mẫu, Phường Mẫu, Quận Ba Đình, Hà Nội|10052022")
CHECK = (HERE / "check.js").read_text("utf-8")


def serve_page(address, **changes):
    """The desk page on a port of its own, for the service at an address."""
    config = json.loads((serve.HERE / "desk.json").read_text("utf-8"))
    config.update(changes)
    page = serve.Server(0, address, config)
    threading.Thread(target=page.serve_forever, args=(0.05,),
                     daemon=True).start()
    return page


class DeskTest(unittest.TestCase):
    """One browser for all; service and page anew for every test."""

    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.shots = os.environ.get("CCCD_WEB_SHOTS")
        if cls.shots:
            os.makedirs(cls.shots, exist_ok=True)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def setUp(self):
        self.service = StandIn()
        self.page = serve_page(self.service.address)
        self.service.origins.add(self.page.address)
        self.browser.size(*SIZES["1280x720"])
        self.browser.devtools("Browser.grantPermissions", {
            "origin": self.page.address,
            "permissions": ["clipboardReadWrite",
                            "clipboardSanitizedWrite"]})
        self.browser.console()

    def tearDown(self):
        self.browser.go("about:blank")
        self.service.close()
        self.page.shutdown()
        self.page.server_close()

    def open(self, screen="ready"):
        self.browser.go(self.page.address + "/")
        self.screen(screen)

    def screen(self, name):
        self.browser.until(
            "return document.body.dataset.screen === arguments[0]", name,
            what=f"screen {name}")

    def read(self, key=NUMBER, screen="done"):
        self.browser.keys(key, "Enter")
        self.screen(screen)

    def next(self, key="F2"):
        self.browser.keys(key)
        self.screen("ready")

    def look(self, name, sizes=SIZES):
        """Check the screen as it stands, in every size, and take it."""
        for size in sizes:
            self.browser.size(*SIZES[size])
            # Transitions of the drawing would be taken half-way.
            self.browser.run("document.getAnimations()"
                             ".forEach((one) => one.finish && "
                             "one.effect.getComputedTiming().iterations"
                             " !== Infinity && one.finish())")
            faults = self.browser.run(CHECK)
            self.assertEqual(faults, [], f"{name} {size}")
            if self.shots:
                self.browser.picture(f"{self.shots}/{name}-{size}.png")
        self.browser.size(*SIZES["1280x720"])

    def text(self):
        return self.browser.text()

    def title(self):
        return self.browser.run(
            "return document.querySelector('h1.title').textContent")

    def test_a_whole_read_by_keyboard(self):
        self.open()
        self.look("ready")
        self.service.hold_at("awaiting_card")
        self.browser.keys(NUMBER[:7])
        self.assertIn("Đã nhập 7/12 số", self.text())
        self.look("typing", ["1280x720"])
        self.browser.keys(NUMBER[7:], "Enter")
        self.screen("waiting_card")
        self.assertEqual(self.title(), "Đặt thẻ lên đầu đọc")
        self.look("waiting")
        self.service.hold_at("dg13")
        self.service.lay_card()
        self.screen("reading")
        self.browser.until("return document.querySelector("
                           "'.step.active')?.innerText"
                           ".startsWith('Đọc thông tin')")
        self.look("reading")
        self.service.hold_at("portrait")
        self.browser.until("return document.querySelector("
                           "'.step.active')?.innerText"
                           ".startsWith('Đọc ảnh')")
        self.look("reading-portrait", ["1280x720"])
        self.service.release()
        self.screen("done")
        self.assertEqual(self.title(), "ĐÃ CHỨNG THỰC")
        text = self.text()
        for words in ("THẺ MẪU", "Nguyễn Thị Mẫu", "001\u00a0199\u00a0000",
                      "01/01/1999", "Nữ", "Hà Nội"):
            self.assertIn(words, text)
        self.browser.until("return document.querySelector("
                           "'img.portrait').naturalWidth > 0")
        self.assertTrue(self.browser.run(
            "return document.querySelector('.registry').hidden"))
        self.look("proven")
        self.browser.keys("F8")
        self.browser.until("return document.querySelector("
                           "'.checks').open")
        self.look("checks")
        self.assertEqual(self.browser.console(), [])

    def test_nothing_of_a_citizen_stays(self):
        self.service.lay_card()
        self.open()
        for key in ("F2", "Escape"):
            self.read()
            self.next(key)
            left = self.browser.run(
                "return document.documentElement.outerHTML + "
                "JSON.stringify(desk.view) + location.href + "
                "JSON.stringify([{...localStorage}, {...sessionStorage}]) + "
                "[...document.querySelectorAll('input')]"
                ".map((one) => one.value).join()")
            for secret in ("Nguy", NUMBER, "01/1999", "blob:", "eyJ"):
                self.assertNotIn(secret, left)
        for _, path, headers in self.service.log:
            self.assertNotIn("token", path)
            self.assertNotIn("?", path)
            self.assertNotIn("Cookie", headers)

    def test_idle_time_wipes(self):
        self.page.config = json.dumps(
            {**json.loads(self.page.config), "idleSeconds": 10}).encode()
        self.service.lay_card()
        self.open()
        self.browser.keys(NUMBER, "Enter")
        self.browser.until("return document.querySelector("
                           "'.count-down')?.hidden === false")
        self.browser.until("return document.body.dataset.screen === 'ready'")
        self.assertNotIn("Nguyễn", self.text())
        self.browser.until("return document.querySelector('.live')"
                           ".textContent.includes('Đã xoá')")

    def test_failed_is_covered_and_not_copied(self):
        self.service.lay_card()
        self.open()
        for sample in ("failed", "clone"):
            self.service.sample = sample
            self.read()
            self.assertEqual(self.title(), "KHÔNG DÙNG")
            self.assertNotIn("Nguyễn Thị Mẫu", self.text())
            self.assertIsNone(self.browser.run(
                "return document.querySelector('.copies')"))
            self.assertEqual(self.browser.run(
                "return document.querySelector('.slip').textContent"), "")
            self.look(sample)
            self.browser.run(
                "document.querySelector('.covered button').click()")
            self.assertIn("Nguyễn Thị Mẫu", self.text())
            self.look(f"{sample}-shown", ["1280x720"])
            self.next()

    def test_undetermined_says_why(self):
        self.service.lay_card()
        self.service.sample = "undetermined"
        self.open()
        self.read()
        self.assertEqual(self.title(), "CHƯA ĐỦ CĂN CỨ")
        self.assertIn("chưa có chứng thư CSCA", self.text())
        self.assertNotIn("THẺ MẪU", self.text())
        self.look("undetermined")

    def test_copies_and_slip(self):
        self.service.lay_card()
        self.open()
        self.read()
        self.browser.keys("F4")
        self.browser.until("return document.querySelector('.live')"
                           ".textContent.startsWith('Đã chép')")
        paste = "return await navigator.clipboard.readText()"
        self.assertEqual(self.browser.run_async(paste)["value"], NUMBER)
        self.browser.run("document.querySelectorAll('.copies button')[1]"
                         ".click()")
        self.browser.until("return document.querySelector('.live')"
                           ".textContent.includes('CSDL')")
        self.assertEqual(json.loads(
            self.browser.run_async(paste)["value"])["HoVaTen"],
            "NGUYỄN THỊ MẪU")
        self.browser.devtools("Emulation.setEmulatedMedia",
                              {"media": "print"})
        try:
            text = self.text()
            for words in ("PHIẾU ĐỌC THẺ", "THẺ MẪU", "ĐÃ CHỨNG THỰC",
                          "Nguyễn Thị Mẫu"):
                self.assertIn(words, text)
            self.assertNotIn("F2", text)
            self.look_at_paper()
        finally:
            self.browser.devtools("Emulation.setEmulatedMedia",
                                  {"media": ""})

    def look_at_paper(self):
        if self.shots:
            self.browser.picture(f"{self.shots}/slip.png")

    def test_a_scan_begins_the_next_citizen(self):
        self.service.lay_card()
        self.open()
        # As a scanner types it: fast, wherever the focus is.
        scan = ("for (const key of [...arguments[0], 'Enter']) "
                "document.activeElement.dispatchEvent(new KeyboardEvent("
                "'keydown', {key, bubbles: true, cancelable: true}))")
        self.read(QR)
        self.assertEqual(self.service.keys[-1],
                         {"type": "qr", "value": QR})
        self.service.hold_at("pace")
        self.browser.run(scan, QR)
        self.screen("reading")
        self.assertNotIn("Nguyễn Thị Mẫu", self.text())
        self.service.release()
        self.screen("done")
        self.assertEqual(len(self.service.keys), 2)

    def test_a_wrong_number_is_asked_again(self):
        self.open()
        self.browser.keys("0011", "Enter")
        self.assertIn("Có 4 số", self.text())
        self.look("fault")
        self.browser.run("document.querySelector('details').open = true")
        self.look("document")
        self.service.lay_card()
        self.service.reject_keys = 1
        self.browser.run("document.querySelector('.key-input').value = ''")
        self.read(screen="ask_key")
        self.assertIn("Thẻ từ chối số", self.text())
        self.look("ask-key")
        self.read()
        self.assertEqual(self.title(), "ĐÃ CHỨNG THỰC")

    def test_document_data_open_a_card_too(self):
        self.service.lay_card()
        self.open()
        self.browser.run("document.querySelector('summary').focus()")
        self.browser.keys("Enter", "Tab", "C1234567", "Tab", "31/12/1999",
                          "Tab", "1/2/2030", "Enter")
        self.screen("done")
        self.assertEqual(self.service.keys[-1], {
            "type": "document", "value": {
                "number": "C1234567", "birth": "1999-12-31",
                "expiry": "2030-02-01"}})

    def test_consent_is_never_by_a_habit(self):
        self.service.lay_card()
        self.service.consent = True
        self.open()
        self.browser.keys(NUMBER, "Enter")
        self.screen("consent")
        self.browser.keys("Enter", "Enter")
        self.look("consent")
        self.assertEqual(len(self.service.cancelled), 0)
        session, = self.service.sessions.values()
        self.assertIsNone(session.consent)
        self.browser.keys("Tab", "Enter")
        self.screen("done")
        self.assertEqual(session.consent, {
            "granted": True, "text_id": "reception-1", "actor": "desk-1"})
        self.next()
        self.browser.keys(NUMBER, "Enter")
        self.screen("consent")
        self.browser.keys("Tab", "Tab", "Enter")
        self.screen("error")
        self.assertIn("consent_refused", self.text())

    def test_errors_say_what_to_do(self):
        self.service.lay_card()
        self.open()
        self.service.fail_at = "dg13"
        for code in ("card_removed", "card_not_supported"):
            self.service.fail_with = (code,)
            self.read(screen="error")
            self.look(f"error-{code}")
            self.assertIn(code, self.text())
            self.browser.keys("Enter")
            self.screen("ready")

    def test_a_lifted_card_is_wanted_back(self):
        self.service.lay_card()
        self.open()
        self.service.hold_at("dg13")
        self.read(screen="reading")
        self.browser.until("return document.querySelectorAll("
                           "'.step.done').length === 2")
        self.service.lift_card()
        self.browser.until("return document.querySelector('h1.title')"
                           ".textContent.startsWith('Thẻ bị nhấc')")
        self.look("lifted")
        self.browser.keys("Escape")
        self.screen("ready")
        end = time.monotonic() + 30
        while not self.service.cancelled and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(len(self.service.cancelled), 1)

    def test_reader_and_service_come_and_go(self):
        readers = self.service.readers
        self.open()
        self.service.set_readers([])
        self.screen("no_reader")
        self.look("no-reader")
        self.service.set_readers(readers)
        self.screen("ready")
        self.service.close()
        self.screen("unreachable")
        self.look("unreachable")
        port = self.service.server.server_address[1]
        self.service = StandIn(origins={self.page.address}, port=port)
        self.screen("ready")

    def test_events_through_a_lost_stream(self):
        self.open()
        self.service.cut_streams()
        self.service.lay_card()
        self.browser.until("return document.querySelector('.pill')"
                           ".innerText.includes('Có thẻ')")
        self.service.hold_at("dg1")
        self.read(screen="reading")
        self.service.cut_streams()
        self.service.release()
        self.screen("done")

    def test_english_and_dark(self):
        self.service.lay_card()
        self.browser.devtools("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark"}]})
        try:
            self.open()
            self.look("dark-ready", ["1280x720"])
            for sample in ("proven", "failed", "undetermined"):
                self.service.sample = sample
                self.read()
                self.browser.keys("F8")
                self.look(f"dark-{sample}", ["1280x720"])
                self.next()
        finally:
            self.browser.devtools("Emulation.setEmulatedMedia",
                                  {"features": []})
        self.browser.run("document.querySelector('.top button').click()")
        self.assertEqual(self.browser.run(
            "return document.documentElement.lang"), "en")
        self.service.sample = "proven"
        self.browser.run("document.querySelector('.key-input').focus()")
        self.read()
        self.assertEqual(self.title(), "PROVEN")
        self.look("english")

    def test_what_the_registry_says(self):
        self.service.lay_card()
        self.open()
        self.read()
        answers = {
            "match": {"name": "match", "date_of_birth": "match"},
            "mismatch": {"name": "match", "date_of_birth": "differs"},
            "not_found": {}, "undetermined": {}, "pending": {}}
        words = {"match": "Khớp", "mismatch": "Không khớp",
                 "not_found": "Không tìm thấy",
                 "undetermined": "Chưa kiểm tra được", "pending": "Đang hỏi"}
        for state, fields in answers.items():
            self.browser.run("desk.registry.show(arguments[0])", {
                "registry": state, "fields": fields, "source": "thử",
                "observed_at": "2026-11-23T02:10:04Z"})
            self.assertIn(words[state], self.text())
            self.assertIn("\nthử\n", self.text())
            # What must not be overlooked stands in the banner, too.
            self.assertEqual(self.browser.run(
                "return !document.querySelector('.verdict .registry-top')"
                ".hidden"), state in ("mismatch", "not_found"))
            self.look(f"registry-{state}", ["1280x720", "1024x600"])
        self.browser.run("desk.registry.show({registry: 'of_the_future'})")
        self.assertIn(words["undetermined"], self.text())

    def test_the_focus_goes_in_order_and_is_seen(self):
        self.service.lay_card()
        self.open()
        self.read()
        seen = []
        for _ in range(14):
            self.browser.keys("Tab")
            seen.append(self.browser.run(
                "const at = document.activeElement;"
                "const box = at.getBoundingClientRect();"
                "return [at === document.body ? 'BODY' : at.innerText,"
                " getComputedStyle(at).outlineStyle,"
                " box.bottom > 0 && box.top < innerHeight]"))
        words = [word for word, *_ in seen]
        self.assertLess(words.index("Số căn cước"), words.index("FHIR"))
        self.assertTrue(any("Các kiểm tra" in word for word in words))
        for word, outline, visible in seen:
            if word == "BODY":
                continue
            self.assertEqual(outline, "solid", word)
            self.assertTrue(visible, word)

    def test_the_page_keeps_its_policy(self):
        self.open()
        self.assertEqual(self.browser.console(), [])
        refused = self.browser.run_async(
            "try { await fetch('http://127.0.0.1:9/', {mode: 'no-cors'}); "
            "return 'sent'; } catch { return 'refused'; }")
        self.assertEqual(refused["value"], "refused")
        self.assertTrue(any("Content Security Policy" in line
                            for line in self.browser.console()))
        self.browser.go(self.page.address + "/serve.py")
        self.assertIn("not here", self.text())

    def test_the_drop_in_reads_and_tells(self):
        self.service.lay_card()
        self.page.files["/form"] = HERE / "form.html"
        self.browser.go(self.page.address + "/form")
        self.browser.run(
            "window.told = [];"
            "for (const name of ['cccd-state', 'cccd-result', 'cccd-error'])"
            " addEventListener(name, (event) => told.push("
            "  [name, event.detail.screen ?? event.detail.outcome]), true);")
        self.browser.run_async(
            "await import('/client/cccd-reader.js');"
            "const one = document.createElement('cccd-reader');"
            "one.setAttribute('base', arguments[0]);"
            "one.setAttribute('rp', 'desk.demo');"
            "one.setAttribute('purpose', 'reception');"
            "one.setAttribute('scopes', 'id demographic portrait');"
            "document.querySelector('main').append(one);",
            self.service.address)
        shadow = "document.querySelector('cccd-reader').shadowRoot"
        self.browser.until(f"return {shadow}.querySelector('.key-input')")
        self.look("element-ready", ["1280x720", "800x1280"])
        self.browser.run(f"{shadow}.querySelector('.key-input').focus()")
        self.browser.keys(NUMBER, "Enter")
        self.browser.until(f"return {shadow}.querySelector('.verdict')")
        self.look("element-proven", ["1280x720", "800x1280"])
        told = self.browser.run("return told")
        self.assertIn(["cccd-result", "proven"], told)
        self.assertIn(["cccd-state", "reading"], told)
        self.browser.run("document.querySelector('cccd-reader').lang = 'en'")
        self.assertEqual(self.browser.run(
            f"return {shadow}.querySelector('h1').textContent"), "PROVEN")
        self.browser.run("document.querySelector('cccd-reader').remove()")
        self.assertEqual(self.browser.console(), [])

    def test_events_through_a_websocket(self):
        self.open()
        card = threading.Timer(0.5, self.service.lay_card)
        card.start()
        self.addCleanup(card.join)
        got = self.browser.run_async(
            "const {createClient} = await import('/client/cccd.js');"
            "const client = createClient({base: arguments[0]});"
            "const stop = new AbortController(); const seen = [];"
            "const end = client.events({via: 'websocket',"
            " signal: stop.signal, onStatus: (word) => seen.push(word),"
            " onEvent: ({type}) => { if (type === 'card.present') {"
            "  seen.push(type); stop.abort(); } }});"
            "const {result} = await client.read({via: 'websocket', rp: 'a',"
            " purpose: 'b', scopes: ['id'], nonce: 'n', can: '000001'});"
            "await end; return [result.overall, seen];",
            self.service.address)
        self.assertEqual(got.get("value"),
                         ["successful", ["open", "card.present"]], got)
        self.assertFalse(any(path == "/v1/events" and
                             "Authorization" in headers
                             for _, path, headers in self.service.log))


if __name__ == "__main__":
    if programs() is None:
        print("no chromium or chromedriver")
        sys.exit(77)
    unittest.main(verbosity=2)
