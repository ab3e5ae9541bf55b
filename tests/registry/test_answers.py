#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who is in the stand-in, what it answers, and whom it refuses."""

import base64
import concurrent.futures
import functools
import http.client
import json
import os
import re
import ssl
import tempfile
import time
import unittest
import xml.etree.ElementTree as xml

import people
import postgres
import rig
import words

NS = "{http://www.mic.gov.vn/dancu/1.0}"
DIGEST = ("5775f38c1c7f20a9365de3eb29742e6c"
          "3c0dc56e034d24799250109d3e1d4d3b")

CONFIRM = "XacThucThongTinCongDan"
ABSENT = {"number": "001322000004", "name": "PHẠM MINH MẪU",
          "birth": "20221120"}
OTHER = {"number": "079095000003", "name": "LÊ VĂN THỬ", "birth": "19950615"}

SHARED = {}


def setUpModule():
    if os.environ.get("CCCD_EXPECT_POSTGRES") and not postgres.find_programs():
        raise RuntimeError("PostgreSQL was there at configuration")
    arguments = [] if postgres.find_programs() else ["--sqlite"]
    SHARED["stderr"] = tempfile.TemporaryFile()
    unittest.addModuleCleanup(SHARED["stderr"].close)
    SHARED["rig"] = rig.Rig(*arguments, stderr=SHARED["stderr"])
    unittest.addModuleCleanup(SHARED["rig"].close)


@functools.cache
def invented():
    return people.invent()


def citizens(body):
    return list(xml.fromstring(body).iter(f"{NS}CongDan"))


def text(element, path):
    return element.findtext("/".join(NS + name for name in path.split("/")))


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.rig = SHARED["rig"]
        self.rig.reset()

    def assert_refused(self, reply, status, reason):
        self.assertEqual(reply.status, status, (reason, reply.body))
        counts = self.rig.counters()
        self.assertEqual(counts["refused"], {reason: 1})
        self.assertEqual(counts["queries"], 0)
        self.rig.reset()


class People(unittest.TestCase):
    def test_the_seed_decides(self):
        persons = invented()
        self.assertEqual(len(persons), 10000)
        self.assertEqual(people.digest(persons), DIGEST)
        self.assertNotEqual(people.invent("another", 50), persons[:50])

    def test_numbers_have_their_structure(self):
        provinces = {row[0] for row in words.PROVINCES}
        self.assertEqual(len(provinces), 63)
        self.assertEqual(len({row[1] for row in words.PROVINCES}), 34)
        persons = invented()
        for person in persons:
            number, year = person["so_dinh_danh"], int(person["nam"])
            self.assertRegex(number, r"^[0-9]{12}$")
            self.assertIn(number[:3], provinces)
            sex = int(person["gioi_tinh"]) - 1
            self.assertEqual(int(number[3]), (year // 100 - 19) * 2 + sex)
            self.assertEqual(number[4:6], person["nam"][2:])
            self.assertGreaterEqual(int(number[6:]), people.FIRST_SERIAL)
            if person["ngay_sinh"]:
                time.strptime(person["ngay_sinh"], "%Y%m%d")
                self.assertTrue(person["ngay_sinh"].startswith(person["nam"]))
        numbers = {person["so_dinh_danh"] for person in persons}
        self.assertEqual(len(numbers), len(persons))
        old = [person["so_cmnd"] for person in persons if person["so_cmnd"]]
        self.assertEqual(len(set(old)), len(old))

    def test_the_odd_ones_are_among_them(self):
        persons = invented()
        self.assertGreater(sum(not p["ngay_sinh"] for p in persons), 50)
        self.assertGreater(sum(not p["ho"] for p in persons), 50)

    def test_specimens_follow_their_cards(self):
        cards = people.read_dg13()
        known = {p["so_dinh_danh"]: p for p in people.specimens()}
        self.assertEqual(set(cards) - set(known), people.ABSENT)
        differing = set()
        for number, person in known.items():
            card = people.from_dg13(cards[number])
            self.assertEqual(people.full_name(card),
                             cards[number]["full_name"])
            changed = [name for name in card if card[name] != person[name]]
            if changed:
                differing.add(number)
                self.assertEqual(len(changed), 1)
        self.assertEqual(differing, {"079095000003"})
        self.assertIn("001199000001", known)


class Soap(Case):
    def test_look_up_finds_the_specimen(self):
        reply = self.rig.soap()
        self.assertEqual(reply.status, 200)
        found, = citizens(reply.body)
        wanted = {"SoDinhDanh": "001199000001", "SoCMND": "001000001",
                  "HoVaTen/Ho": "Nguyễn", "HoVaTen/ChuDem": "Thị",
                  "HoVaTen/Ten": "Mẫu", "GioiTinh": "2", "DanToc": "01",
                  "NgayThangNamSinh/NgayThangNam": "19990101",
                  "ThuongTru/MaTinhThanh": "01"}
        self.assertEqual({path: text(found, path) for path in wanted}, wanted)
        order = [child.tag.removeprefix(NS) for child in found]
        self.assertEqual(order, [
            "SoDinhDanh", "SoCMND", "HoVaTen", "GioiTinh", "DanToc",
            "TonGiao", "TinhTrangHonNhan", "NhomMau", "NgayThangNamSinh",
            "NoiDangKyKhaiSinh", "QueQuan", "ThuongTru", "NoiOHienTai",
            "QuocTich", "Cha", "Me", "VoChong", "NguoiDaiDien", "ChuHo",
            "SoSoHoKhau"])

    def test_look_up_by_the_old_number(self):
        found, = citizens(self.rig.soap(number="001000001").body)
        self.assertEqual(text(found, "SoDinhDanh"), "001199000001")

    def test_look_up_of_a_differing_and_an_absent_one(self):
        found, = citizens(self.rig.soap(**OTHER).body)
        self.assertEqual(text(found, "NgayThangNamSinh/NgayThangNam"),
                         "19950616")
        reply = self.rig.soap(**ABSENT)
        self.assertEqual(citizens(reply.body), [])
        self.assertIn(b"CongdanCollection", reply.body)

    def test_confirmation_wants_every_value_equal(self):
        def exists(**asked):
            reply = self.rig.soap(CONFIRM, **asked)
            self.assertEqual(reply.status, 200)
            return xml.fromstring(reply.body).find(f".//{NS}TonTai").text

        self.assertEqual(exists(), "true")
        self.assertEqual(exists(birth="1999"), "true")
        self.assertEqual(exists(birth="19990102"), "false")
        self.assertEqual(exists(name="NGUYỄN THỊ KHÁC"), "false")
        self.assertEqual(exists(**OTHER), "false")
        self.assertEqual(exists(**ABSENT), "false")

    def test_everyone_is_there(self):
        health = self.rig.control("GET", "/health")
        self.assertEqual(health["citizens"],
                         people.COUNT + len(people.specimens()))
        persons = invented()
        for person in persons[::1237]:
            found, = citizens(self.rig.soap(
                number=person["so_dinh_danh"], birth=person["nam"],
                name=people.full_name(person).upper()).body)
            name = " ".join(filter(None, (
                text(found, f"HoVaTen/{part}")
                for part in ("Ho", "ChuDem", "Ten"))))
            self.assertEqual(name, people.full_name(person))
        self.assertEqual(
            self.rig.control("GET", "/people?first=7&count=3"), persons[7:10])

    def test_a_year_stands_alone_where_no_more_is_known(self):
        person = next(p for p in invented() if not p["ngay_sinh"])
        found, = citizens(self.rig.soap(
            number=person["so_dinh_danh"], birth=person["nam"]).body)
        self.assertEqual(text(found, "NgayThangNamSinh/Nam"), person["nam"])
        self.assertIsNone(text(found, "NgayThangNamSinh/NgayThangNam"))

    def test_one_connection_serves_many_requests(self):
        link = self.rig.connect()
        body = rig.soap_text(rig.soap_children(**rig.SPECIMEN)).encode()
        for _ in range(3):
            link.request("POST", "/soap", body, self.rig.soap_headers())
            reply = link.getresponse()
            self.assertEqual(len(citizens(reply.read())), 1)
        link.close()
        self.assertEqual(self.rig.counters()["handshakes"], 1)

    def test_many_at_once_get_each_his_own(self):
        persons = invented()[:80]

        def ask(person):
            reply = self.rig.soap(
                number=person["so_dinh_danh"], birth=person["nam"],
                name=people.full_name(person).upper())
            return [text(one, "SoDinhDanh") for one in citizens(reply.body)]

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            found = list(pool.map(ask, persons))
        self.assertEqual(found, [[p["so_dinh_danh"]] for p in persons])
        self.assertEqual(self.rig.counters()["queries"], len(persons))

    def test_seconds_are_a_timestamp_too(self):
        headers = self.rig.soap_headers(str(int(time.time())))
        self.assertEqual(self.rig.soap(headers=headers).status, 200)

    def test_each_header_is_checked(self):
        old = str(int((time.time() - 3600) * 1000))
        stale = self.rig.soap_headers(old)
        good = self.rig.soap_headers()
        other = self.rig.soap_headers(str(int(good["Timestamp"]) - 1))
        for name, value, status, reason in (
                ("X-Road-Client", "VN/GOV/OTHER", 403, "x-road-client"),
                ("X-Road-Client", None, 403, "x-road-client"),
                ("ApiKey", "wrong", 401, "apikey"),
                ("ApiKey", None, 401, "apikey"),
                ("Timestamp", None, 401, "timestamp"),
                ("Timestamp", "12:00", 401, "timestamp"),
                ("Timestamp", other["Timestamp"], 401, "hash"),
                ("Authorization", None, 401, "authorization"),
                ("Authorization", "Bearer x", 401, "authorization"),
                ("Authorization", "Basic ???", 401, "authorization"),
                ("Authorization", "Basic eDp5", 401, "user"),
                ("Authorization", other["Authorization"], 401, "hash"),
                ("Content-Type", "text/plain", 415, "content-type"),
                ("SOAPAction", None, 400, "soapaction")):
            headers = {**good, name: value}
            headers = {k: v for k, v in headers.items() if v is not None}
            reply = self.rig.soap(headers=headers)
            self.assertIn(b"Fault", reply.body)
            self.assert_refused(reply, 500 if status == 400 else status,
                                reason)
        self.assert_refused(self.rig.soap(headers=stale), 401,
                            "timestamp-old")
        self.assertEqual(self.rig.soap(headers=good).status, 200)

    def test_the_hash_is_in_lower_case(self):
        headers = self.rig.soap_headers()
        basic = base64.b64decode(headers["Authorization"][6:]).decode()
        user, _, digest = basic.partition(":")
        upper = base64.b64encode(f"{user}:{digest.upper()}".encode())
        headers["Authorization"] = f"Basic {upper.decode()}"
        self.assert_refused(self.rig.soap(headers=headers), 401, "hash")

    def ask(self, body):
        return self.rig.post("/soap", body, self.rig.soap_headers())

    def test_each_element_is_checked(self):
        good = rig.soap_children(**rig.SPECIMEN)

        def changed(name, value):
            return [(n, value if n == name else v) for n, v in good]

        swapped = [good[1], good[0], *good[2:]]
        birth = "<d:NgayThangNam>{}</d:NgayThangNam>"
        for children, reason in (
                (swapped, "order:MaYeuCau"),
                (good[1:], "order:MaYeuCau"),
                (good[:-1], "order:NgayThangNamSinh"),
                (good[:5] + good[6:], "order:SoDinhDanh"),
                (good + [("More", "x")], "more"),
                (good + [good[-1]], "more"),
                (changed("MaYeuCau", "x" * 41), "length:MaYeuCau"),
                (changed("MaYeuCau", ""), "value:MaYeuCau"),
                (changed("MaDVC", "x" * 21), "length:MaDVC"),
                (changed("MaTichHop", "036"), "value:MaTichHop"),
                (changed("MaCanBo", "x" * 21), "length:MaCanBo"),
                (changed("MaDonVi", "x" * 36), "length:MaDonVi"),
                (changed("SoDinhDanh", "00119900000"), "value:SoDinhDanh"),
                (changed("SoDinhDanh", "00119900000x"), "value:SoDinhDanh"),
                (changed("HoVaTen", "Nguyễn Thị Mẫu"), "case:HoVaTen"),
                (changed("HoVaTen", "X" * 101), "length:HoVaTen"),
                (changed("NgayThangNamSinh", birth.format("1999-01-01")),
                 "value:NgayThangNam"),
                (changed("NgayThangNamSinh", "<d:Nam>99</d:Nam>"),
                 "value:Nam"),
                (changed("NgayThangNamSinh", "19990101"),
                 "order:NgayThangNam")):
            reply = self.ask(rig.soap_text(children))
            self.assert_refused(reply, 500, reason)

    def test_the_two_elements_of_one_client_are_taken(self):
        good = rig.soap_children(**rig.SPECIMEN)
        more = good[:5] + [("TaiKhoan", "a"), ("SoDienThoai", "1")] + good[5:]
        self.assertEqual(self.ask(rig.soap_text(more)).status, 200)

    def test_the_envelope_is_checked(self):
        good = rig.soap_text(rig.soap_children(**rig.SPECIMEN))
        soap = "http://schemas.xmlsoap.org/soap/envelope/"
        doctype = '<!DOCTYPE x [<!ENTITY a "b">]>'
        for body, reason in (
                (good[:-5], "xml"), ("", "xml"),
                (good.replace(soap, "urn:other"), "envelope"),
                (good.replace("dancuquocgia.bca", "other.bca"), "operation"),
                (good.replace("TraCuu", "XoaBo"), "operation"),
                (good.replace("<e:Env", doctype + "<e:Env", 1), "doctype"),
                (good.replace("<e:Body>", "<e:Body><a/>"), "envelope"),
                (good.replace("<d:MaDVC>", '<MaDVC xmlns="urn:x">')
                 .replace("</d:MaDVC>", "</MaDVC>"), "namespace"),
                (good.replace("<e:Body>", "<e:Header>" + "<a>" * 20
                              + "</a>" * 20 + "</e:Header><e:Body>"),
                 "depth")):
            self.assert_refused(self.ask(body), 500, reason)

    def test_unqualified_children_are_taken(self):
        good = rig.soap_text(rig.soap_children(**rig.SPECIMEN))
        bare = re.sub(r"(</?)d:(?!TraCuu)", r"\1", good)
        self.assertEqual(len(citizens(self.ask(bare).body)), 1)

    def test_a_body_beyond_its_limit_is_refused(self):
        reply = self.ask(" " * (65 << 10))
        self.assertEqual(reply.status, 413)
        self.assertEqual(self.rig.counters()["requests"], 0)


class Lgsp(Case):
    def token(self):
        reply = self.rig.lgsp_token()
        self.assertEqual(reply.status, 200)
        given = json.loads(reply.body)
        self.assertEqual(given["token_type"], "Bearer")
        self.assertEqual(given["expires_in"], 300)
        return given["access_token"]

    def test_both_operations_in_json(self):
        token = self.token()
        reply = self.rig.lgsp(token)
        self.assertEqual(reply.status, 200)
        found, = citizens(json.loads(reply.body)["data"])
        self.assertEqual(text(found, "SoDinhDanh"), "001199000001")
        inner = json.loads(self.rig.lgsp(token, CONFIRM).body)["data"]
        self.assertIn("<ns1:TonTai>true</ns1:TonTai>", inner)
        inner = json.loads(self.rig.lgsp(token, **ABSENT).body)["data"]
        self.assertEqual(citizens(inner), [])

    def test_a_token_wants_its_key(self):
        form = "application/x-www-form-urlencoded"
        good = {"Content-Type": form, "lgspaccesstoken":
                self.rig.lgsp_secret()}
        grant = "grant_type=client_credentials"
        for headers, body, status, reason in (
                ({"Content-Type": form}, grant, 401, "lgspaccesstoken"),
                ({**good, "lgspaccesstoken": "e30="}, grant, 401,
                 "lgspaccesstoken"),
                ({**good, "lgspaccesstoken": "?"}, grant, 401,
                 "lgspaccesstoken"),
                ({**good, "Content-Type": "application/json"}, grant, 415,
                 "content-type"),
                (good, "grant_type=password", 400, "grant_type"),
                (good, "nonsense", 400, "form")):
            reply = self.rig.post("/lgsp/token", body, headers)
            self.assert_refused(reply, status, reason)

    def test_a_request_wants_its_token(self):
        self.assert_refused(self.rig.lgsp("wrong"), 401, "token")
        rest = json.loads(self.rig.rest_token().body)["access_token"]
        self.assert_refused(self.rig.lgsp(rest), 401, "token")

    def test_the_wrapper_is_checked(self):
        headers = {"Content-Type": "application/json",
                   "Authorization": f"Bearer {self.token()}"}
        for body, reason in (("[]", "json"), ("{", "json"), ("{}", "wrapper"),
                             ('{"a":"<x/>","b":"<x/>"}', "wrapper"),
                             ('{"a":1,"a":2}', "json:twice"),
                             ('{"a":"<x/>"}', "envelope")):
            reply = self.rig.post("/lgsp/dancu", body, headers)
            self.assert_refused(reply, 400, reason)


class Rest(Case):
    def setUp(self):
        super().setUp()
        reply = self.rig.rest_token()
        self.token = json.loads(reply.body)["access_token"]

    def test_look_up(self):
        found, = json.loads(self.rig.rest(self.token).body)["congDan"]
        self.assertEqual(found["soDinhDanh"], "001199000001")
        self.assertEqual(found["hoVaTen"],
                         {"ho": "Nguyễn", "chuDem": "Thị", "ten": "Mẫu"})
        self.assertEqual(found["ngayThangNamSinh"]["ngayThangNam"],
                         "19990101")
        reply = self.rig.rest(self.token, **ABSENT)
        self.assertEqual(json.loads(reply.body), {"congDan": []})
        reply = self.rig.rest(self.token, number="001000001")
        self.assertEqual(len(json.loads(reply.body)["congDan"]), 1)

    def test_a_token_by_header_or_by_key(self):
        known = self.rig.accounts
        pair = f"{known['client_id']}:{known['client_secret']}".encode()
        for header in ({"Authorization":
                        f"Basic {base64.b64encode(pair).decode()}"},
                       {"lgspaccesstoken": self.rig.lgsp_secret()}):
            reply = self.rig.post(
                "/oauth2/token", "grant_type=client_credentials",
                {"Content-Type": "application/x-www-form-urlencoded",
                 **header})
            token = json.loads(reply.body)["access_token"]
            self.assertEqual(self.rig.rest(token).status, 200)

    def test_a_token_wants_its_client(self):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        grant = "grant_type=client_credentials"
        for body, headers in ((grant, form),
                              (grant + "&client_id=x&client_secret=y", form),
                              (grant, {**form, "Authorization":
                                       "Basic eDp5"})):
            reply = self.rig.post("/oauth2/token", body, headers)
            self.assert_refused(reply, 401, "client")

    def test_each_member_is_checked(self):
        self.assert_refused(self.rig.rest("wrong"), 401, "token")
        good = {"maYeuCau": "1", "maDVC": "1", "maCanBo": "1",
                "soDinhDanh": "001199000001", "soCMND": "",
                "hoVaTen": "NGUYỄN THỊ MẪU", "ngayThangNam": "1999"}
        headers = {"Content-Type": "application/json",
                   "Authorization": f"Bearer {self.token}"}
        for change, reason in (
                ({"maYeuCau": None}, "value:maYeuCau"),
                ({"maCanBo": "x" * 21}, "length:maCanBo"),
                ({"soDinhDanh": 1199000001}, "type:soDinhDanh"),
                ({"soDinhDanh": None}, "value:soDinhDanh"),
                ({"soCMND": "001000001"}, "value:soDinhDanh"),
                ({"hoVaTen": "Nguyễn"}, "case:hoVaTen"),
                ({"ngayThangNam": "199901"}, "value:ngayThangNam"),
                ({"other": "x"}, "more")):
            reply = self.rig.post("/rest/dancu",
                                  json.dumps({**good, **change}), headers)
            self.assert_refused(reply, 400, reason)
        reply = self.rig.post("/rest/dancu", json.dumps(good), headers)
        self.assertEqual(reply.status, 200)


class Certificates(Case):
    def test_a_client_certificate_is_required(self):
        for client in (None, "stranger", "client_expired"):
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.rig.post("/soap", "x", {}, client)
            rig.wait_until(lambda: self.rig.counters()["handshakes_refused"])
            counts = self.rig.counters()
            self.assertEqual(counts["handshakes_refused"], 1, client)
            self.assertEqual(counts["requests"], 0)
            self.rig.reset()

    def test_plain_text_is_refused(self):
        link = http.client.HTTPConnection("127.0.0.1",
                                          self.rig.about["port"], timeout=60)
        with self.assertRaises((OSError, http.client.HTTPException)):
            link.request("GET", "/soap")
            link.getresponse()
        link.close()
        self.assertEqual(self.rig.counters()["requests"], 0)


class Watching(Case):
    def test_counters_and_log_say_what_was_asked(self):
        self.rig.soap(request_id="watch-1")
        self.rig.soap(headers={**self.rig.soap_headers(), "ApiKey": "no"})
        token = json.loads(self.rig.rest_token().body)["access_token"]
        self.rig.rest(token, request_id="watch-2", **ABSENT)
        counts = self.rig.counters()
        self.assertEqual(counts["requests"], 4)
        self.assertEqual(counts["queries"], 2)
        self.assertEqual(counts["by_end_point"],
                         {"soap": 2, "rest_token": 1, "rest": 1})
        first, second = self.rig.log()
        self.assertEqual((first["request_id"], first["officer"],
                          first["number"], first["found"]),
                         ("watch-1", "officer-1", "001199000001", 1))
        self.assertEqual((second["request_id"], second["found"]),
                         ("watch-2", 0))
        self.rig.reset()
        self.assertEqual(self.rig.log(), [])
        self.assertEqual(self.rig.counters()["requests"], 0)

    def test_stderr_names_no_citizen(self):
        self.rig.soap(request_id="said-001199000001-1")
        self.rig.soap(request_id="said-2")
        SHARED["stderr"].seek(0)
        said = SHARED["stderr"].read().decode()
        self.assertIn("id=said-#-1", said)
        self.assertIn("id=said-2 found=1", said)
        for datum in ("001199000001", "001000001", "NGUYỄN", "Nguyễn",
                      "19990101", "officer-1"):
            self.assertNotIn(datum, said)

    def test_control_refuses_nonsense(self):
        for method, path, values in (
                ("GET", "/nothing", {}), ("POST", "/switches", {"name": "x"}),
                ("POST", "/switches", {"other": "x"}),
                ("POST", "/switches", {"name": "slow", "seconds": -1}),
                ("POST", "/switches", {"name": "half", "seconds": 1}),
                ("POST", "/switches", {"name": "half", "times": -1}),
                ("GET", "/people?count=x", {})):
            with self.assertRaises(ValueError):
                self.rig.control(method, path, **values)
        self.assertEqual(self.rig.control("GET", "/switches")["on"], [])


if __name__ == "__main__":
    unittest.main()
