#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nobody stands in what the gateway leaves behind: its lines, numbers for
Prometheus, databases and exports; nor does any secret of its own."""
import json
import pathlib
import re
import sqlite3
import sys

import canary
import rig
import stand_in

OFFICER = "Trần Quốc Cán Bộ"
PASSWORD = "c4nary-of-the-database"
WAYWARD = "t0ken-that-nobody-gave-0123456789abcdef"
SCOPES = "scopes = id demographic address family sensitive"
# What the registry does instead of answering, and so no answer is known.
TROUBLE = ("http_500", "half", "wrong_xml", "duplicate", "wrong_namespace",
           "soap_fault", "unauthorized", "redirect", "entity_bomb")


def iso(compact):
    return f"{compact[:4]}-{compact[4:6]}-{compact[6:]}"


def full_name(person):
    return " ".join(filter(None, (person["ho"], person["chu_dem"],
                                  person["ten"])))


class Privacy(stand_in.House):
    def setUp(self):
        super().setUp()
        people = [person for person in self.registry.control(
            "GET", "/people?first=0&count=40")
            if person["ngay_sinh"] and person["so_cmnd"] and person["ho"]]
        self.good, self.other = people[:2]
        self.told = []

    def card_of(self, person, **changes):
        more = person["con_lai"]
        return {"id_number": person["so_dinh_danh"],
                "old_numbers": [person["so_cmnd"]],
                "full_name": full_name(person),
                "date_of_birth": iso(person["ngay_sinh"]),
                "sex": "male" if person["gioi_tinh"] == "1" else "female",
                "place_of_residence": {"text": more["ThuongTru"]["ChiTiet"]},
                "place_of_origin": {"text": "Thôn Hoàng Yến Mẫu"},
                "father_name": more["Cha"]["HoVaTen"],
                "mother_name": "Lê Thị Kim Oanh Mẫu",
                "spouse_name": "Phan Văn Bạch Yến Mẫu", **changes}

    def secrets(self, gateway):
        """What must not be found; label: text."""
        known = self.registry.accounts
        key = pathlib.Path(self.registry.certificates["client_key"])
        found = {"bearer": rig.TOKEN, "other bearer": rig.OTHER,
                 "wayward bearer": WAYWARD, "password": PASSWORD,
                 "client secret": known["client_secret"],
                 "secret": known["secret"], "API key": known["api_key"],
                 "our key": key.read_text().splitlines()[1], "officer": OFFICER,
                 "log key": "k" * 32,
                 "mismatching name": "Hoàng Mai Kim Tước"}
        for who, person in (("good", self.good), ("other", self.other)):
            card = self.card_of(person)
            for name in ("id_number", "full_name", "date_of_birth",
                         "father_name", "mother_name", "spouse_name"):
                found[f"{who} {name}"] = card[name]
            found[f"{who} old number"] = person["so_cmnd"]
            found[f"{who} residence"] = card["place_of_residence"]["text"]
            found[f"{who} origin"] = card["place_of_origin"]["text"]
        return found

    def make(self, name, section, conninfo=None, extra=""):
        gateway = rig.Gateway(self.folder / name, conninfo)
        gateway.write(None, extra, {"desk": (rig.TOKEN, SCOPES),
                                    "other": rig.OTHER}, section(
            self.registry, gateway.folder, "breaker_failures = 0\n"
            "retries = 0"))
        self.enrol(gateway)
        gateway.start()
        self.addCleanup(gateway.stop)
        return gateway

    def check(self, gateway, identity, expected, token=rig.TOKEN, **more):
        """One check; what is no answer may hold nobody either."""
        assertion = more.pop("assertion", None) or self.desk.sign_claims(
            gateway.nonce(token), identity=identity,
            **more.pop("claims", {}))
        status, text, _ = gateway.call("POST", "/v1/checks", {
            "assertion": assertion, "officer": {"id": "o-17",
                                                "name": OFFICER},
            "procedure_code": stand_in.PROCEDURE, **more}, token)
        reply = json.loads(text)
        self.assertEqual(reply.get("registry") or reply["code"], expected,
                         reply)
        if status != 200 or expected == "undetermined":
            self.told.append(text)
        return assertion, reply

    def answers(self, gateway):
        card = self.card_of(self.good)
        used, reply = self.check(gateway, card, "match")
        # The search below can find what is there.
        found = canary.sings(json.dumps(reply).encode(), {
            "number": card["id_number"], "name": card["full_name"],
            "birth": card["date_of_birth"]})
        self.assertEqual(len({one.split(":")[0] for one in found}), 3)
        self.check(gateway, card, "match", rig.OTHER,
                   id_number=self.good["so_cmnd"])
        for change in ({"full_name": "Hoàng Mai Kim Tước"},
                       {"date_of_birth": "1961-07-29"}):
            self.check(gateway, self.card_of(self.other, **change),
                       "mismatch")
        self.check(gateway, self.card_of(self.good, id_number="0" * 11 + "1",
                                         old_numbers=[]), "not_found")
        # What the question lacked is told to the journal.
        self.check(gateway, self.card_of(self.good, id_number=None,
                                         old_numbers=[]), "undetermined")
        for name in TROUBLE:
            # A token that is refused is fetched anew, once.
            self.registry.switch(name)
            self.check(gateway, card, "undetermined")
            self.registry.switch_off()
        return used

    def refusals(self, gateway, used):
        card, number = self.card_of(self.good), self.good["so_dinh_danh"]
        name = full_name(self.good)
        self.check(gateway, None, "nonce_spent", assertion=used)
        for expected, claims in (("audience_wrong", {"aud": name}),
                                 ("nonce_wrong", {"nonce": number}),
                                 ("assertion_expired", {"iat": 5, "nbf": 5,
                                                        "exp": 9}),
                                 ("assertion_malformed", {"level": name})):
            nonce = claims.pop("nonce", None) or gateway.nonce()
            self.check(gateway, None, expected, assertion=self.desk.sign_raw(
                self.desk.header(), self.desk.claims(nonce, card, **claims)))
        for expected, head in (("device_unknown", {"kid": number}),
                               ("assertion_type_wrong", {"typ": name}),
                               ("algorithm_wrong", {"alg": name}),
                               ("assertion_malformed", {name: number})):
            self.check(gateway, None, expected, assertion=self.desk.sign_raw(
                self.desk.header(**head),
                self.desk.claims(gateway.nonce(), card)))
        self.check(gateway, card, "other_citizen",
                   id_number=self.other["so_dinh_danh"])
        self.check(gateway, card, "card_not_proven",
                   claims={"result": {"overall": "failed"}})
        self.check(gateway, card, "malformed_request", **{number: name})
        self.check(gateway, card, "malformed_request", service_code=name)
        for body in (f"{number} {name}", json.dumps({"officer": {
                "id": name, "name": number}}), json.dumps(card)):
            self.told.append(gateway.call("POST", "/v1/checks",
                                          body.encode())[1])
        self.told.append(gateway.call("POST", "/v1/checks", card,
                                      WAYWARD)[1])
        for path in (f"/v1/checks?id_number={number}", f"/v1/{number}"):
            self.told.append(gateway.call("GET", path, None, rig.TOKEN,
                                          **{"X-Citizen": number})[1])

    def left_behind(self, gateway):
        """Everything but the files that are secrets by themselves."""
        gateway.stop()
        places = {"lines": gateway.stderr.read_bytes(),
                  "export": gateway.command("log", "export").encode(),
                  "table": gateway.command("log", "export", "--csv").encode(),
                  "configuration": gateway.conf.read_bytes(),
                  "refusals": "\n".join(self.told).encode()}
        self.assertIn(b"hmac-sha-256:", places["export"])
        self.assertIn(b"check caller=desk", places["lines"])
        self.assertIn(b' detail="number" ', places["lines"])
        return places

    def while_it_runs(self, gateway):
        places = {name: gateway.call("GET", path)[1].encode() for name, path
                  in (("metrics", "/metrics"), ("health", "/v1/health"))}
        self.assertIn(b"cccd_gateway", places["metrics"])
        return places

    def assert_silent(self, places, secrets):
        for name, place in places.items():
            with self.subTest(name):
                self.assertEqual(canary.sings(place, secrets), [])

    def files(self, folder, pattern="**/*"):
        return {str(path.relative_to(folder)): path.read_bytes()
                for path in folder.glob(pattern)
                if path.is_file() and not path.is_symlink()}

    def run_all(self, gateway):
        self.refusals(gateway, self.answers(gateway))
        return self.while_it_runs(gateway)

    def test_sqlite(self):
        gateway = self.make("sqlite", stand_in.soap)
        places = self.run_all(gateway)
        # While it is open there are the log of changes and its index, too.
        open_files = self.files(gateway.folder, "gateway.db*")
        self.assertEqual(set(open_files), {
            "gateway.db", "gateway.db-wal", "gateway.db-shm"})
        self.assertIn(b"hmac-sha-256:", b"".join(open_files.values()))
        places.update(open_files)
        places.update(self.left_behind(gateway))
        places["closed"] = (gateway.folder / "gateway.db").read_bytes()
        self.assert_silent(places, self.secrets(gateway))

    def test_postgresql(self):
        postgres = rig.Postgres.start()
        if postgres is None:
            self.skipTest("no PostgreSQL server here")
        self.addCleanup(postgres.stop)
        postgres.sql("CHECKPOINT")
        before = self.files(postgres.folder / "data")
        gateway = self.make("pg", stand_in.rest, f"{postgres.conninfo} "
                            f"password={PASSWORD} application_name=gw")
        places = self.run_all(gateway)
        places.update(self.left_behind(gateway))
        postgres.sql("CHECKPOINT")
        data = self.files(postgres.folder / "data")
        for name, text in before.items():
            if data.get(name) == text:
                del data[name]
        for part in ("base/", "pg_wal/"):
            self.assertIn(b"hmac-sha-256:", b"".join(
                text for name, text in data.items()
                if name.startswith(part)))
        self.assertIn("log", data)
        # What nobody wrote need not be searched, nor empty pages.
        places["PostgreSQL"] = re.sub(b"\0{64,}", b"\0", b"\n".join(
            data.values()))
        self.assert_silent(places, self.secrets(gateway))

    def test_numbers_where_the_agency_wants_them(self):
        gateway = self.make("numbers", stand_in.soap,
                            extra="log_numbers = yes")
        card = self.card_of(self.good)
        self.check(gateway, card, "match")
        self.registry.switch("http_500", times=1)
        self.check(gateway, card, "undetermined")
        self.check(gateway, card, "card_not_proven",
                   claims={"result": {"overall": "failed"}})
        places = self.while_it_runs(gateway)
        gateway.stop()
        number = card["id_number"]
        lines = gateway.log()
        self.assertEqual([line.pop("subject") for line in lines],
                         [number] * 2)
        places["lines"] = gateway.stderr.read_bytes()
        places["rest of the log"] = json.dumps(lines).encode()
        self.assert_silent(places, self.secrets(gateway))
        # In one column of one table, and nobody else beside it.
        self.assertEqual(self.columns_with(gateway, number),
                         {("usage_log", "subject")})
        secrets = self.secrets(gateway)
        del secrets["good id_number"]
        self.assert_silent(self.files(gateway.folder, "gateway.db*"), secrets)

    def columns_with(self, gateway, text):
        found = set()
        db = sqlite3.connect(gateway.folder / "gateway.db")
        try:
            for (table,) in db.execute("SELECT name FROM sqlite_master "
                                       "WHERE type = 'table'"):
                cursor = db.execute(f"SELECT * FROM {table}")
                names = [one[0] for one in cursor.description]
                for row in cursor:
                    found |= {(table, name) for name, value in
                              zip(names, row) if text in str(value)}
        finally:
            db.close()
        return found

    def test_officers_names_only_where_they_are_wanted(self):
        gateway = self.make("officers", stand_in.soap,
                            extra="log_officer_names = yes")
        self.check(gateway, self.card_of(self.good), "match")
        self.check(gateway, None, "nonce_wrong",
                   assertion=self.desk.sign_claims("A" * 43))
        gateway.stop()
        line, = gateway.log()
        self.assertEqual(line.pop("officer_name"), OFFICER)
        self.assertTrue(re.fullmatch("hmac-sha-256:[0-9a-f]{64}",
                                     line["subject"]))
        self.assert_silent({"rest": json.dumps(line).encode(), "lines":
                            gateway.stderr.read_bytes()},
                           self.secrets(gateway))


if __name__ == "__main__":
    if not stand_in.available():
        print("skipped: no openssl here")
        sys.exit(77)
    rig.main()
