#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every failure that can be switched on, at every end point."""

import http.client
import json
import re
import select
import ssl
import subprocess
import unittest
import xml.etree.ElementTree as xml

import rig
import switches

NS = "{http://www.mic.gov.vn/dancu/1.0}"
SOAP_NS = "{http://schemas.xmlsoap.org/soap/envelope/}"

CONFIRM = "XacThucThongTinCongDan"
KINDS = ("soap", "lgsp", "rest")

SHARED = {}


def setUpModule():
    SHARED["rig"] = rig.Rig("--sqlite", "--count", "20",
                            stderr=subprocess.DEVNULL)
    unittest.addModuleCleanup(SHARED["rig"].close)


def numbers(root):
    return [one.findtext(f"{NS}SoDinhDanh") for one in root.iter(
        f"{NS}CongDan")]


class Case(unittest.TestCase):
    def setUp(self):
        self.rig = SHARED["rig"]
        self.rig.reset()
        self.renew()

    def renew(self):
        tokens = self.rig.lgsp_token(), self.rig.rest_token()
        self.tokens = [json.loads(reply.body)["access_token"]
                       for reply in tokens]

    def ask(self, kind, **asked):
        """One request of this kind; the reply as it came."""
        if kind == "lgsp":
            return self.rig.lgsp(self.tokens[0], **asked)
        if kind == "rest":
            return self.rig.rest(self.tokens[1], **asked)
        return self.rig.soap(**asked)

    def text(self, kind, reply):
        """The text that answers: for LGSP, what the wrapper holds."""
        if kind == "lgsp":
            return json.loads(reply.body)["data"]
        return reply.body.decode()

    def assert_whole(self, kind):
        """Nothing is switched on any more."""
        reply = self.ask(kind)
        self.assertEqual(reply.status, 200)
        text = self.text(kind, reply)
        if kind == "rest":
            found = [p["soDinhDanh"] for p in json.loads(text)["congDan"]]
        else:
            found = numbers(xml.fromstring(text))
        self.assertEqual(found, ["001199000001"])

    def with_switch(self, name, **options):
        """One spoilt reply of each kind, then a whole one."""
        for kind in KINDS:
            self.rig.switch(name, times=1, **options)
            reply = self.ask(kind)
            counts = self.rig.counters()["switched"]
            self.assertEqual(counts, {name: 1}, kind)
            yield kind, reply
            self.rig.reset()
            self.renew()
            self.assert_whole(kind)


class Texts(Case):
    """Answers that arrive and are wrong."""

    def test_wrong_xml(self):
        for kind, reply in self.with_switch("wrong_xml"):
            self.assertEqual(reply.status, 200)
            text = self.text(kind, reply)
            self.assertIn("001199000001", text)
            with self.assertRaises((xml.ParseError, ValueError)):
                if kind == "rest":
                    json.loads(text)
                xml.fromstring(text)

    def test_entity_bomb(self):
        for kind, reply in self.with_switch("entity_bomb"):
            text = self.text(kind, reply)
            if kind == "rest":
                self.assertTrue(text.startswith("[" * 50000))
                continue
            names = dict(re.findall(r'<!ENTITY (b\d) "([^"]*)">', text))
            size = len(names["b0"])
            for level in range(1, 10):
                size *= names[f"b{level}"].count(f"&b{level - 1};")
            self.assertGreater(size, 1 << 32)
            self.assertIn("&b9;", text.rpartition("]>")[2])
            self.assertLess(len(text), 4096)

    def test_wrong_namespace(self):
        for kind, reply in self.with_switch("wrong_namespace"):
            text = self.text(kind, reply)
            if kind == "rest":
                self.assertEqual(list(json.loads(text)), ["other"])
                continue
            root = xml.fromstring(text)
            self.assertEqual(numbers(root), [])
            tags = [one.tag for one in root.iter() if "CongDan" in one.tag]
            self.assertEqual(tags,
                             ["{http://example.invalid/dancu/9.9}CongDan"])

    def test_empty(self):
        for kind, reply in self.with_switch("empty"):
            self.assertEqual(reply.status, 200)
            text = self.text(kind, reply)
            if kind == "rest":
                self.assertEqual(json.loads(text), {"congDan": []})
                continue
            collection = xml.fromstring(text)[0][0]
            self.assertEqual(collection.tag, f"{NS}CongdanCollection")
            self.assertEqual(len(collection), 0)

    def test_busy_code(self):
        for kind, reply in self.with_switch("busy_code", code=17):
            self.assertEqual(reply.status, 200)
            text = self.text(kind, reply)
            if kind != "soap":
                given = json.loads(reply.body)
                self.assertEqual(given["code"], 17)
                self.assertIn("001199000001", given["message"])
            if kind == "rest":
                self.assertEqual(given["congDan"], [])
                continue
            self.assertEqual(
                [(one.tag, one.text) for one in xml.fromstring(text)[0][0]],
                [(f"{NS}MaLoi", "17")] if kind == "soap" else [])

    def test_duplicate(self):
        for kind, reply in self.with_switch("duplicate"):
            text = self.text(kind, reply)
            if kind == "rest":
                found = json.loads(text)["congDan"]
                pairs = [(p["soDinhDanh"], p["hoVaTen"]["ten"])
                         for p in found]
            else:
                pairs = [(p.findtext(f"{NS}SoDinhDanh"),
                          p.findtext(f"{NS}HoVaTen/{NS}Ten"))
                         for p in xml.fromstring(text).iter(f"{NS}CongDan")]
            self.assertEqual(pairs, [("001199000001", "Mẫu"),
                                     ("001199000001", "Khác")])

    def test_soap_fault(self):
        for status in (500, 200):
            for kind, reply in self.with_switch("soap_fault",
                                                status=status):
                self.assertEqual(reply.status, status)
                text = self.text(kind, reply)
                if kind == "rest":
                    self.assertIn("error", json.loads(text))
                    continue
                fault = xml.fromstring(text).find(f".//{SOAP_NS}Fault")
                self.assertEqual(fault.findtext("faultcode"),
                                 "soapenv:Server")

    def test_huge(self):
        size = 5 << 20
        for kind, reply in self.with_switch("huge", bytes=size):
            self.assertGreater(len(reply.body), size)
            text = self.text(kind, reply)
            if kind == "rest":
                self.assertEqual(len(json.loads(text)["filler"]), size)
            else:
                self.assertEqual(numbers(xml.fromstring(text)),
                                 ["001199000001"])

    def test_confirmations_are_spoilt_too(self):
        marks = {"empty": 0, "busy_code": 0, "duplicate": 2, "wrong_namespace": 1}
        for name, count in marks.items():
            self.rig.switch(name, times=1)
            text = self.ask("soap", operation=CONFIRM).body.decode()
            self.assertEqual(text.count("<ns1:TonTai>"), count, name)
            self.assertEqual("example.invalid" in text,
                             name == "wrong_namespace")


class Transport(Case):
    """Answers that do not arrive, or are none."""

    def test_slow(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.rig.switch("slow", times=1, seconds=0.2)
                self.assert_whole(kind)
                counts = self.rig.counters()
                self.assertEqual(counts["switched"], {"slow": 1})
                self.rig.reset()

    def test_slow_keeps_the_caller_waiting(self):
        self.rig.switch("slow", times=1, seconds=600)
        link = self.rig.connect()
        body = rig.soap_text(rig.soap_children(**rig.SPECIMEN)).encode()
        link.request("POST", "/soap", body, self.rig.soap_headers())
        rig.wait_until(lambda: self.rig.counters()["switched"] == {"slow": 1})
        self.assertEqual(select.select([link.sock], [], [], 1)[0], [])
        # Others are served meanwhile.
        self.assert_whole("soap")
        link.close()

    def test_half(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.rig.switch("half", times=1)
                with self.assertRaises((http.client.IncompleteRead, OSError)):
                    self.ask(kind)
                self.assertEqual(self.rig.counters()["switched"], {"half": 1})
                self.rig.reset()
                self.assert_whole(kind)

    def test_half_says_the_whole_length(self):
        self.rig.switch("half", times=1)
        link = self.rig.connect()
        body = rig.soap_text(rig.soap_children(**rig.SPECIMEN)).encode()
        link.request("POST", "/soap", body, self.rig.soap_headers())
        reply = link.getresponse()
        self.assertEqual(reply.status, 200)
        self.assertGreater(int(reply.headers["Content-Length"]), 1000)
        with self.assertRaises((http.client.IncompleteRead, OSError)):
            reply.read()
        link.close()

    def test_http_500(self):
        for _, reply in self.with_switch("http_500"):
            self.assertEqual(reply.status, 500)
            self.assertNotIn(b"Fault", reply.body)

    def test_unauthorized(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                self.rig.switch("unauthorized", times=1)
                reply = self.ask(kind)
                self.assertEqual(reply.status, 401)
                self.assertIn("WWW-Authenticate", reply.headers)
                # The token itself is still good.
                self.assert_whole(kind)

    def test_token_expired(self):
        for kind in ("lgsp", "rest"):
            with self.subTest(kind=kind):
                self.rig.switch("token_expired", times=1)
                self.assertEqual(self.ask(kind).status, 401)
                self.assertEqual(self.ask(kind).status, 401)
                self.renew()
                self.assert_whole(kind)

    def test_tokens_can_be_forgotten(self):
        self.rig.control("POST", "/tokens/forget")
        self.assertEqual(self.ask("rest").status, 401)

    def test_redirect(self):
        for _, reply in self.with_switch("redirect"):
            self.assertEqual(reply.status, 302)
            self.assertTrue(reply.headers["Location"].startswith("https://"))
        self.rig.post("/elsewhere", "x", {})
        self.assertEqual(self.rig.counters()["redirects_followed"], 1)

    def test_no_look_up_where_none_is_answered(self):
        for name in ("http_500", "unauthorized", "token_expired",
                     "redirect"):
            self.rig.switch(name, times=1)
            self.ask("soap")
        counts = self.rig.counters()
        self.assertEqual(counts["queries"], 0)
        self.assertEqual(counts["by_end_point"]["soap"], 4)

    def test_expired_certificate(self):
        held = self.rig.connect()
        held.request("POST", "/elsewhere", b"x")
        self.assertEqual(held.getresponse().read(), b"elsewhere\n")
        self.rig.switch("expired_certificate", times=1)
        with self.assertRaises(ssl.SSLCertVerificationError) as caught:
            self.ask("soap")
        # X509_V_ERR_CERT_HAS_EXPIRED
        self.assertEqual(caught.exception.verify_code, 10)
        counts = self.rig.counters()
        self.assertEqual(counts["switched"], {"expired_certificate": 1})
        self.assertEqual(counts["by_end_point"].get("soap", 0), 0)
        # A connection from before does not go round it.
        held.auto_open = 0
        with self.assertRaises((OSError, http.client.HTTPException)):
            held.request("POST", "/elsewhere", b"x")
            held.getresponse()
        held.close()
        self.assert_whole("soap")


class Board(Case):
    """When a switch acts."""

    def test_times(self):
        self.rig.switch("http_500", times=2)
        status = [self.ask("soap").status for _ in range(3)]
        self.assertEqual(status, [500, 500, 200])

    def test_until_turned_off(self):
        self.rig.switch("http_500")
        status = [self.ask("soap").status for _ in range(3)]
        self.assertEqual(status, [500, 500, 500])
        self.rig.control("DELETE", "/switches?name=half")
        self.assertEqual(self.ask("soap").status, 500)
        self.rig.control("DELETE", "/switches?name=http_500")
        self.assertEqual(self.ask("soap").status, 200)

    def test_by_the_request_id(self):
        reply = self.ask("soap", request_id="a.fault.http-500.1")
        self.assertEqual(reply.status, 500)
        reply = self.ask("soap", request_id="fault.empty")
        self.assertEqual(numbers(xml.fromstring(reply.body)), [])
        self.assertEqual(self.ask("soap", request_id="fault.x").status, 200)
        self.assertEqual(self.rig.counters()["switched"],
                         {"http_500": 1, "empty": 1})

    def test_for_one_number_only(self):
        self.rig.switch("http_500", number="001060000002")
        self.assertEqual(self.ask("soap").status, 200)
        self.assertEqual(self.ask("soap", number="001060000002").status, 500)
        self.assertEqual(self.ask("soap").status, 200)

    def test_a_refused_request_uses_none_up(self):
        self.rig.switch("http_500", times=1)
        headers = {**self.rig.soap_headers(), "ApiKey": "wrong"}
        self.assertEqual(self.rig.soap(headers=headers).status, 401)
        self.assertEqual(self.ask("soap").status, 500)

    def test_the_token_end_points_fail_by_themselves(self):
        wanted = {"http_500": 500, "unauthorized": 401, "redirect": 302,
                  "soap_fault": 500, "empty": 200, "wrong_xml": 200,
                  "busy_code": 200, "duplicate": 200,
                  "wrong_namespace": 200}
        for ask in (self.rig.lgsp_token, self.rig.rest_token):
            for name, status in wanted.items():
                self.rig.switch(name, times=1, at="token")
                self.assertEqual(self.ask("soap").status, 200)
                reply = ask()
                self.assertEqual(reply.status, status, name)
                try:
                    given = json.loads(reply.body)
                except ValueError:
                    given = {}
                self.assertEqual("access_token" in given,
                                 name == "duplicate", name)

    def test_every_switch_is_listed_and_documented(self):
        known = self.rig.control("GET", "/switches")["known"]
        self.assertEqual(set(known), set(switches.SWITCHES))
        readme = (rig.HERE / "README.md").read_text("utf-8")
        for name in known:
            self.assertIn(f"| `{name}` |", readme)


if __name__ == "__main__":
    unittest.main()
