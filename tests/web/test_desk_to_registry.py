#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From the card on the desk to a citizen's row, nothing of it pretended.

Specimen card, pcscd, cccdd, signed assertion, page in Chromium, the page's
server, cccd-gateway, SOAP over mTLS, the registry's stand-in, PostgreSQL,
and the way back to the page. Each hop is asked what it saw of the check.
"""

import importlib.util
import ssl
import sys

import registry_desk
from registry_desk import OFFICER, ROOT

REGISTRY = ROOT / "tests" / "registry"
sys.path.append(str(REGISTRY))

import connector  # noqa: E402
import postgres  # noqa: E402

SOURCE = "Cơ sở dữ liệu giả lập để tập huấn"
CORE = ("Số căn cước", "Họ và tên", "Ngày sinh", "Giới tính")
# Longer than a loaded machine takes, shorter than the gateway waits itself.
REQUEST_TIME_S = 12
SLOW_S = 120
# No failure of these tests may keep the next from asking.
CONNECTOR = (f"connect_time = {REQUEST_TIME_S} s\n"
             f"request_time = {REQUEST_TIME_S} s\nbreaker_failures = 0\n")


def load_rig():
    """tests/registry/rig.py: the gateway has one of that name, too."""
    found = importlib.util.spec_from_file_location("registry_rig",
                                                   REGISTRY / "rig.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


class DeskToRegistryTest(registry_desk.RegistryDesk):
    """The gateway asks a stand-in with a PostgreSQL of its own."""

    procedure = connector.PROCEDURE

    @classmethod
    def open_registry(cls):
        cls.registry = load_rig().Rig()
        cls.section = connector.soap_section(
            cls.registry.about, cls.folder / "gateway") + CONNECTOR
        cls.gateway.write(None, connector=cls.section)

    @classmethod
    def close_registry(cls):
        if hasattr(cls, "registry"):
            cls.registry.close()

    def setUp(self):
        self.registry.reset()

    def check(self, state, card="cccd-2021", number=registry_desk.NUMBER):
        """A card is read; the page's text, the log's only new line."""
        known = len(self.gateway.log())
        self.begin(card)
        text = self.read(state, number)
        # A child's card has no portrait: the daemon says 404.
        self.assertEqual([one for one in self.browser.console()
                          if "/portrait - " not in one], [])
        line, = self.gateway.log()[known:]
        self.assertEqual(line["result"], state)
        return text, line

    def fields(self):
        """Of the panel: {label: word}."""
        return dict(self.browser.run(
            "return [...document.querySelectorAll('.registry .row')].map("
            "(row) => [...row.children].map((one) => one.innerText))"))

    def asked_once(self, line, number, found):
        """The stand-in saw this question, and no other."""
        counters = self.registry.counters()
        self.assertEqual(counters["requests"], 1)
        self.assertEqual(counters["queries"], 1)
        self.assertEqual(counters["refused"], {})
        question, = self.registry.log()
        self.assertEqual(question["request_id"], line["request_id"])
        self.assertEqual(
            {name: question[name] for name in (
                "end_point", "operation", "officer", "unit", "procedure",
                "number", "found")},
            {"end_point": "soap", "operation": "TraCuuThongTinCongDan",
             "officer": OFFICER, "unit": connector.AGENCY,
             "procedure": self.procedure, "number": number,
             "found": found})

    def one_transaction(self, line):
        """Page, the desk's audit log and the usage log mean one read."""
        result = self.browser.run("return desk.view.result")
        self.assertEqual(line["transaction_id"], result["transaction"])
        self.assertIn(result["transaction"], self.browser.run(
            "return document.querySelector('.checks').textContent"))
        audit = [(entry["kind"], entry.get("delivered"))
                 for entry in self.desk.audit()
                 if entry.get("transaction") == result["transaction"]]
        # The portrait is another delivery, where the card has one.
        self.assertEqual([one for one in audit if one[1] != "portrait"],
                         [("read", None), ("delivery", "jwt")])

    def test_a_match_leaves_one_trace_on_every_hop(self):
        text, line = self.check("match")
        self.assertEqual(self.registry.about["store"], "postgresql")
        for words in ("Khớp", SOURCE, "Nguyễn Thị Mẫu"):
            self.assertIn(words, text)
        self.assertEqual({name: self.fields()[name] for name in CORE},
                         dict.fromkeys(CORE, "khớp"))
        source, time = self.browser.run(
            "return [...document.querySelectorAll('.registry .when span')]"
            ".map((one) => one.innerText)")
        self.assertEqual(source, SOURCE)
        self.assertNotIn(line["request_id"], text)
        self.assertNotIn("Đọc lại thẻ", text)
        # As Vietnamese desks write it: 20:29 23/11/26.
        self.assertRegex(time, r"^\d\d:\d\d \d?\d/\d?\d/\d\d$")
        self.assertEqual(self.top(), "")
        self.asked_once(line, registry_desk.NUMBER, found=1)
        self.one_transaction(line)
        self.assertEqual((line["officer_id"], line["source"],
                          line["procedure_code"], line["card"]),
                         (OFFICER, connector.NAME, self.procedure,
                          "successful"))
        self.assertEqual(self.desk.verify_audit().returncode, 0)
        self.look("stand-in-match")

    def set_birth(self, day):
        """In the table itself, past the stand-in."""
        base = postgres.Connection(self.registry.about["database"])
        try:
            base.run("UPDATE cong_dan SET ngay_sinh = $1, nam = $2 "
                     "WHERE so_dinh_danh = $3", day, day[:4],
                     registry_desk.NUMBER)
        finally:
            base.close()

    def test_what_postgresql_holds_is_what_the_page_says(self):
        self.addCleanup(self.set_birth, "19990101")
        self.set_birth("20010203")
        text, line = self.check("mismatch")
        self.assertEqual(self.fields()["Ngày sinh"], "khác")
        self.assertEqual(self.fields()["Họ và tên"], "khớp")
        # That they differ is told, what the registry has is not.
        self.assertNotIn("2001", text)
        self.asked_once(line, registry_desk.NUMBER, found=1)

    def test_each_citizen_is_a_question_of_their_own(self):
        _, line = self.check("match", "cccd-2023-no-expiry", "001060000002")
        self.asked_once(line, "001060000002", found=1)
        self.one_transaction(line)

    def test_another_birth_date_is_a_mismatch(self):
        text, line = self.check("mismatch", "cancuoc-2024-adult",
                                "079095000003")
        self.assertEqual(self.top(),
                         "Cơ sở dữ liệu: không khớp — kiểm tra thủ công")
        self.assertEqual(self.fields()["Ngày sinh"], "khác")
        self.assertEqual(self.fields()["Họ và tên"], "khớp")
        self.assertIn("Không khớp", text)
        self.asked_once(line, "079095000003", found=1)
        self.one_transaction(line)
        self.look("stand-in-mismatch")

    def test_nobody_of_this_number_is_not_found(self):
        text, line = self.check("not_found", "cancuoc-2024-child",
                                "001322000004")
        self.assertEqual(self.top(),
                         "Cơ sở dữ liệu: không tìm thấy — kiểm tra thủ công")
        self.assertIn("Không tìm thấy", text)
        self.assertEqual(self.fields(), {})
        self.asked_once(line, "001322000004", found=0)
        self.one_transaction(line)
        self.look("stand-in-not-found")

    def undetermined(self, reason, words):
        """The card's proof stands; the check says why it says nothing."""
        text, line = self.check("undetermined")
        self.assertEqual(line["reason"], reason)
        for told in ("Chưa kiểm tra được", f"{words} ({reason})", SOURCE,
                     "Đọc lại thẻ; nếu vẫn vậy, làm theo quy trình khi mất "
                     "kết nối.", f"Mã yêu cầu: {line['request_id']}"):
            self.assertIn(told, text)
        self.assertEqual((self.top(), self.fields()), ("", {}))
        return line

    def test_a_slow_registry_is_named_slow(self):
        self.registry.switch("slow", seconds=SLOW_S)
        line = self.undetermined("time_out",
                                 "Cơ sở dữ liệu trả lời quá chậm.")
        self.asked_once(line, registry_desk.NUMBER, found=1)
        self.look("stand-in-slow")

    def test_a_failing_registry_is_named_failing(self):
        self.registry.switch("http_500")
        line = self.undetermined(
            "http_status",
            "Cơ sở dữ liệu báo lỗi hoặc trả lời không đọc được.")
        # It failed before it looked, and was not asked again.
        counters = self.registry.counters()
        self.assertEqual((counters["requests"], counters["queries"]), (1, 0))
        question, = self.registry.log()
        self.assertEqual(question["request_id"], line["request_id"])
        self.look("stand-in-failing")

    def test_the_client_certificate_opens_the_registry(self):
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            # With TLS 1.3 the refusal comes with the first answer.
            self.registry.post("/soap", "", self.registry.soap_headers(),
                               client=None)
        without = "".join(
            line for line in self.section.splitlines(True)
            if not line.startswith(("certificate =", "key =")))
        self.gateway.stop()
        self.addCleanup(self.restart, self.section)
        self.restart(without)
        self.registry.reset()
        self.undetermined("tls_client", "Kết nối tới cơ sở dữ liệu không "
                          "an toàn.")
        counters = self.registry.counters()
        self.assertEqual(counters["requests"], 0)
        self.assertGreater(counters["handshakes_refused"], 0)

    def restart(self, section):
        self.gateway.stop()
        self.gateway.write(None, connector=section)
        self.start_gateway()


if __name__ == "__main__":
    if postgres.find_programs() is None:
        print("no PostgreSQL server (initdb, postgres); Debian: postgresql")
        sys.exit(77)
    registry_desk.main()
