#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every connector over HTTP against every failure of the stand-in: what the
caller is told, how often was asked, and that it goes on afterwards."""
import collections
import glob
import json
import os
import pathlib
import re
import signal
import socket
import sys
import threading
import time

import rig
import stand_in

AGREES = stand_in.CARD
DIFFERS = {"id_number": "079095000003", "full_name": "Lê Văn Thử",
           "date_of_birth": "1995-06-15", "sex": "male"}
ABSENT = {"id_number": "001322000004", "full_name": "Trần Văn Mẫu",
          "date_of_birth": "2022-01-01", "sex": "male"}
# The machine may be busy: a limit that was kept, kept with this to spare.
SPARE_S = 20
LATE_S = 2
# Of stand_in.way().
REQUEST_S = 30
MEMORY_MAX = 128 << 20

Row = collections.namedtuple("Row", "switch options reason asked tokens",
                             defaults=(1, 0))

# What becomes of a look-up; {} takes the switch's own options. A kind with
# tokens fetches one anew, and asks once more, after a 401.
ROWS = [
    Row("wrong_xml", {}, "malformed"),
    Row("entity_bomb", {}, "forbidden_markup"),
    Row("http_500", {}, "http_status"),
    Row("wrong_namespace", {}, "namespace"),
    Row("empty", {}, None),
    Row("busy_code", {}, "malformed"),
    Row("duplicate", {}, "ambiguous"),
    Row("soap_fault", {}, "fault"),
    Row("soap_fault", {"status": 403}, "refused"),
    Row("soap_fault", {"status": 404}, "http_status"),
    Row("soap_fault", {"status": 429}, "http_status"),
    # The only statuses that are asked again, once by default.
    Row("soap_fault", {"status": 502}, "http_status", 2),
    Row("soap_fault", {"status": 503}, "http_status", 2),
    Row("soap_fault", {"status": 504}, "http_status", 2),
    Row("half", {}, "broken_off", 2),
    Row("redirect", {}, "redirected"),
    Row("huge", {"bytes": 1 << 30}, "too_large"),
    Row("expired_certificate", {}, "tls_expired", 0),
    Row("unauthorized", {}, "unauthorised"),
    Row("token_expired", {}, "unauthorised"),
]
# XML's own failures are no more than bad JSON there.
PLAIN_JSON = {"entity_bomb": "malformed", "wrong_namespace": "malformed",
              "soap_fault": "http_status"}
# Authentications: nothing is asked again, whatever happened.
AUTHENTICATIONS = [
    Row("half", {}, "broken_off"),
    Row("soap_fault", {"status": 503}, "http_status"),
    Row("soap_fault", {}, "fault"),
    Row("duplicate", {}, "ambiguous"),
    Row("empty", {}, "malformed"),
    Row("busy_code", {}, "malformed"),
    Row("wrong_namespace", {}, "namespace"),
]
# The server of tokens; it is asked once and no more.
TOKENS = [
    Row("half", {}, "broken_off"),
    Row("wrong_xml", {}, "token"),
    Row("entity_bomb", {}, "token"),
    Row("http_500", {}, "http_status"),
    Row("wrong_namespace", {}, "token"),
    Row("empty", {}, "token"),
    Row("busy_code", {}, "token"),
    Row("duplicate", {}, "token"),
    Row("soap_fault", {"status": 503}, "http_status"),
    Row("unauthorized", {}, "token"),
    Row("token_expired", {}, "token"),
    Row("redirect", {}, "redirected"),
    Row("huge", {"bytes": 1 << 30}, "too_large"),
]


def has_postgres():
    """Where there is one, it has to work."""
    folder = os.environ.get("CCCD_POSTGRES_BIN", "/usr/lib/postgresql/*/bin")
    return bool(glob.glob(f"{folder}/initdb"))


def changed(section, changes):
    """A section with some keys changed; None takes one out."""
    lines = [line for line in section.splitlines()
             if line.split(" = ")[0] not in changes]
    lines += [f"{key} = {value}" for key, value in changes.items()
              if value is not None]
    return "\n".join(lines) + "\n"


def all_stopped(pid):
    """The signal is taken by one thread, which then stops the others."""
    try:
        return all(
            path.read_text().rpartition(")")[2].split()[0] in "Tt"
            for path in pathlib.Path(f"/proc/{pid}/task").glob("*/stat"))
    except OSError:
        # One ended just now.
        return False


class Told:
    """A gateway, and what it said; its own log has to say the same."""

    def __init__(self, test, name, **changes):
        self.test, self.registry = test, test.registry
        folder = test.folder / name
        self.gateway = rig.Gateway(folder)
        section = test.section(test.registry, folder)
        self.gateway.write(None, f"check_time = {test.check_time}",
                           connector=changed(section, {
                               "breaker_failures": 0, **changes}))
        test.enrol(self.gateway)
        self.gateway.start()
        test.addCleanup(self.close)
        self.replies = []

    def sign(self, card):
        return self.test.desk.sign_claims(self.gateway.nonce(),
                                          identity=card)

    def send(self, assertion):
        status, reply = self.gateway.check(
            assertion, procedure_code=stand_in.PROCEDURE)
        self.test.assertEqual(status, 200, reply)
        self.replies.append(reply)
        return reply

    def ask(self, card=None):
        return self.send(self.sign(card or AGREES))

    def peak(self):
        """Bytes of memory that were its own at once."""
        text = pathlib.Path(
            f"/proc/{self.gateway.process.pid}/status").read_text()
        return 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", text)[1])

    def health(self):
        return json.loads(self.gateway.call("GET", "/v1/health")[1])

    def metrics(self):
        return self.gateway.call("GET", "/metrics")[1]

    def outcomes(self):
        return {name: int(count) for name, count in re.findall(
            r'^cccd_gateway_registry_outcomes_total\{outcome="(\w+)"\} '
            r"(\d+)", self.metrics(), re.M)}

    def close(self):
        """Every reply has its line, and none of them names anybody."""
        try:
            told = sorted((reply["request_id"], reply["registry"],
                           reply.get("reason", "")) for reply in self.replies)
            log = sorted((line["request_id"], line["result"],
                          line.get("reason") or "")
                         for line in self.gateway.log())
            self.test.assertEqual(log, told)
            outcomes = self.outcomes()
            for reason, count in collections.Counter(
                    reply["reason"] for reply in self.replies
                    if "reason" in reply).items():
                self.test.assertEqual(outcomes[reason], count, reason)
        finally:
            self.gateway.stop()
        text = self.gateway.stderr.read_text()
        for card in (AGREES, DIFFERS, ABSENT):
            self.test.assertNotIn(card["id_number"], text)
            self.test.assertNotIn(card["full_name"], text)


class Kind:
    """The tests of every kind; a class below says which."""

    arguments = ("--sqlite",)
    check_time = "60 s"
    has_token = True
    token_end = ""

    @classmethod
    def setUpClass(cls):
        cls.registry = cls.start_registry()
        cls.addClassCleanup(cls.registry.close)

    @classmethod
    def start_registry(cls, *more):
        registry = stand_in.load("registry_rig", "tests/registry/rig.py")
        with open(os.devnull, "wb") as nowhere:
            return registry.Rig("--count", "20", *cls.arguments, *more,
                                stderr=nowhere)

    def setUp(self):
        super().setUp()
        self.registry.reset()

    def tearDown(self):
        self.assertEqual(
            self.registry.counters()["redirects_followed"], 0)
        super().tearDown()

    def open(self, name="one", **changes):
        return Told(self, name, **changes)

    def asked(self):
        """Questions and requests for tokens that came."""
        ends = self.registry.counters()["by_end_point"]
        return ends.get(self.end, 0), ends.get(self.token_end, 0)

    def expect(self, told, reason, asked, tokens=0):
        """One check that has to come to this."""
        before = self.asked()
        begun = time.monotonic()
        reply = told.ask()
        took = time.monotonic() - begun
        verdict = "undetermined" if reason else "not_found"
        self.assertEqual((reply["registry"], reply.get("reason")),
                         (verdict, reason))
        self.assertNotIn("values", reply)
        self.assertLess(took, REQUEST_S + SPARE_S)
        after = self.asked()
        self.assertEqual((after[0] - before[0], after[1] - before[1]),
                         (asked, tokens))
        return reply

    def expect_match(self, told):
        before = self.asked()[0]
        reply = told.ask()
        self.assertEqual(reply["registry"], "match", reply)
        self.assertNotIn("reason", reply)
        return self.asked()[0] - before

    def walk(self, told, rows, at="query"):
        for row in rows:
            with self.subTest(row.switch, at=at, **row.options):
                if at == "token":
                    # The one it has is void, and another has to be fetched.
                    self.registry.control("POST", "/tokens/forget")
                self.registry.switch(row.switch, at=at, **row.options)
                self.expect(told, row.reason, row.asked, row.tokens)
                self.registry.switch_off()
                self.assertIn(self.expect_match(told), (1, 2))

    def test_answers(self):
        told = self.open()
        for card, verdict in ((AGREES, "match"), (DIFFERS, "mismatch"),
                              (ABSENT, "not_found")):
            reply = told.ask(card)
            self.assertEqual(reply["registry"], verdict)
            self.assertEqual(reply["source"], "registry")
        self.assertEqual(told.replies[1]["fields"]["date_of_birth"],
                         "differs")
        self.assertEqual(self.asked(), (3, int(self.has_token)))
        self.assertEqual({one["found"] for one in self.registry.log()},
                         {0, 1})
        self.assertEqual([one["request_id"] for one in self.registry.log()],
                         [one["request_id"] for one in told.replies])

    def test_every_switch(self):
        told = self.open()
        self.expect_match(told)
        before = told.peak()
        self.walk(told, [self.row(row) for row in ROWS])
        self.assertLess(told.peak() - before, MEMORY_MAX)

    def row(self, row):
        """As this kind meets it."""
        if self.has_token and row.reason == "unauthorised":
            return row._replace(asked=2, tokens=1)
        return row

    def test_time_is_kept(self):
        """By the connector and by the gateway, whichever comes first."""
        hasty = self.open("hasty", request_time=f"{LATE_S} s")
        self.check_time = f"{LATE_S} s"
        strict = self.open("strict")
        for at in ("query", "token") if self.has_token else ("query",):
            self.be_late((hasty, strict), at)

    def be_late(self, both, at):
        def match():
            return {one.ask()["registry"] for one in both} == {"match"}

        rig.wait_for("matches in time", match)
        if at == "token":
            self.registry.control("POST", "/tokens/forget")
        # Longer than anybody may wait for it here.
        self.registry.switch("slow", at=at, seconds=2 * SPARE_S)
        signed = [(one, one.sign(AGREES)) for one in both]
        before, begun = self.asked(), time.monotonic()
        threads = [threading.Thread(target=one.send, args=(token,))
                   for one, token in signed]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(rig.WAIT_S)
        self.assertLess(time.monotonic() - begun, LATE_S + SPARE_S)
        self.assertEqual([one.replies[-1].get("reason") for one in both],
                         ["time_out"] * 2)
        # Once each and no more; not even that, if there was no time.
        for asked, earlier in zip(self.asked(), before):
            self.assertLessEqual(asked - earlier, len(both))
        self.registry.switch_off()
        rig.wait_for("matches again", match)

    def test_who_we_are(self):
        paths = self.registry.certificates
        for name in ("stranger", "client_expired"):
            told = self.open(name, certificate=paths[name],
                             key=paths[f"{name}_key"])
            self.expect(told, "tls_client", 0)
        told = self.open("nobody", certificate=None, key=None)
        self.expect(told, "tls_client", 0)
        told = self.open("other-ca", ca=paths["stranger"])
        self.expect(told, "tls_untrusted", 0)

    def test_nobody_there(self):
        # Longer than a label may be: looked up nowhere.
        told = self.open("name", url=f"https://{'a' * 64}.invalid/")
        self.expect(told, "name_unresolved", 0, int(self.has_token))
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
            told = self.open("proxy", proxy=f"http://127.0.0.1:{port}")
            self.expect(told, "unreachable", 0)
        with self.start_registry("--sqlite", "--scratch",
                                 self.folder) as self.registry:
            told = self.open("killed")
            self.expect_match(told)
            self.registry.process.kill()
            self.registry.process.wait(rig.WAIT_S)
            for _ in range(2):
                reply = told.ask()
                self.assertEqual(reply["reason"], "unreachable")
        del self.registry

    def test_breaker_opens(self):
        told = self.open(breaker_failures=3, breaker_time="10 min")
        self.registry.switch("http_500")
        for _ in range(3):
            self.assertEqual(told.health()["status"], "ok")
            self.expect(told, "http_status", 1,
                        int(self.has_token and not self.asked()[0]))
        self.registry.switch_off()
        for _ in range(3):
            self.expect(told, "circuit_open", 0)
        health = told.health()
        self.assertEqual((health["status"], health["registry_circuit"]),
                         ("degraded", "open"))
        self.assertIn("\ncccd_gateway_registry_circuit_open 1\n",
                      told.metrics())

    def test_refusals_leave_the_breaker_closed(self):
        told = self.open(breaker_failures=1, breaker_time="10 min")
        self.registry.switch("soap_fault", status=403)
        for _ in range(3):
            self.assertEqual(told.ask()["reason"], "refused")
        self.registry.switch_off()
        self.assertEqual(self.expect_match(told), 1)

    def test_breaker_closes(self):
        told = self.open(breaker_failures=1, breaker_time="500 ms",
                         connect_time="60 s", request_time="60 s")
        self.expect_match(told)
        self.registry.switch("http_500")
        self.expect(told, "http_status", 1)
        rig.wait_for("time for one question", lambda:
                     told.health()["registry_circuit"] == "half_open")
        # It fails too: that one was let through, and no more.
        self.expect(told, "http_status", 1)
        self.registry.switch_off()
        rig.wait_for("time for one more", lambda:
                     told.health()["registry_circuit"] == "half_open")
        before = self.asked()
        self.let_one_through(told)
        self.assertEqual(self.asked(), (before[0] + 1, before[1]))
        self.assertEqual(told.health()["registry_circuit"], "closed")
        self.assertIn("\ncccd_gateway_registry_circuit_open 0\n",
                      told.metrics())
        self.assertEqual(self.expect_match(told), 1)

    def let_one_through(self, told):
        """Of four at once, while the registry stands still."""
        signed = [told.sign(AGREES) for _ in range(4)]
        threads = [threading.Thread(target=told.send, args=(one,))
                   for one in signed]
        first = len(told.replies)
        process = self.registry.process
        process.send_signal(signal.SIGSTOP)
        try:
            rig.wait_for("its threads to stop",
                         lambda: all_stopped(process.pid))
            for thread in threads:
                thread.start()
            rig.wait_for("three refusals",
                         lambda: len(told.replies) == first + 3)
            self.assertEqual({one.get("reason")
                              for one in told.replies[first:]},
                             {"circuit_open"})
        finally:
            process.send_signal(signal.SIGCONT)
        for thread in threads:
            thread.join(rig.WAIT_S)
        self.assertEqual(told.replies[-1]["registry"], "match")


class WithTokens(Kind):
    def test_every_switch_of_the_token_server(self):
        told = self.open()
        self.expect_match(told)
        before = told.peak()
        self.walk(told, [row._replace(tokens=1) for row in TOKENS], "token")
        self.assertLess(told.peak() - before, MEMORY_MAX)

    def test_a_token_that_died_is_replaced_once(self):
        told = self.open()
        self.expect_match(told)
        self.registry.switch("token_expired", times=1)
        before = self.asked()
        self.assertEqual(self.expect_match(told), 2)
        self.assertEqual(self.asked()[1] - before[1], 1)

    def test_a_new_token_that_is_refused_is_not_replaced(self):
        told = self.open()
        self.registry.switch("unauthorized")
        self.expect(told, "unauthorised", 1, 1)

    def test_token_url_without_a_name(self):
        told = self.open(token_url=f"https://{'a' * 64}.invalid/")
        self.expect(told, "name_unresolved", 0)

    def test_wrong_secret(self):
        wrong = stand_in.secret_file(self.folder, "wrong", "wr0ng")
        told = self.open(**{self.secret: wrong})
        self.expect(told, "token", 0, 1)


    def test_the_code_of_the_platform(self):
        """Where it says that it failed, nobody is told "not found"."""
        with self.start_registry("--scratch", self.folder, "--code-member",
                                 "maLoi") as self.registry:
            told = self.open("looks", code_member="maLoi",
                             code_good="0 200")
            self.assertEqual(told.ask(ABSENT)["registry"], "not_found")
            self.walk(told, [
                Row("busy_code", {}, "fault"),
                Row("busy_code", {"code": 0}, None),
                Row("empty", {}, None)])
            said = json.dumps([told.replies, told.gateway.log()])
            self.assertNotIn(AGREES["id_number"], said)
            self.assertNotIn("stand-in", said)
            missing = self.open("missing", code_member="status.code",
                                code_good="0")
            self.expect(missing, "malformed", 1, 1)
            weary = self.open("weary", code_member="maLoi", code_good="0",
                              breaker_failures=2, breaker_time="10 min")
            self.registry.switch("busy_code")
            self.expect(weary, "fault", 1, 1)
            self.expect(weary, "fault", 1)
            self.expect(weary, "circuit_open", 0)
        del self.registry


class Authenticates:
    """Yes or no, without values."""

    def test_authentications(self):
        told = self.open(operation="authenticate", integration_check="038")
        self.assertEqual(told.ask()["registry"], "match")
        self.assertEqual(told.ask(DIFFERS)["registry"], "not_found")
        self.assertEqual(told.ask(ABSENT)["registry"], "not_found")
        self.assertEqual(self.registry.counters()["by_operation"],
                         {"XacThucThongTinCongDan": 3})
        self.walk(told, AUTHENTICATIONS)


class Soap(Authenticates, Kind, rig.House):
    end = "soap"
    has_token = False
    officers = {"window-3": "stand-in-officer-key"}

    @classmethod
    def setUpClass(cls):
        if has_postgres():
            cls.arguments = ()
        super().setUpClass()
        if has_postgres():
            assert cls.registry.about["store"] == "postgresql"

    @classmethod
    def start_registry(cls, *more):
        with stand_in.scratch_file(json.dumps(
                {"officer_keys": cls.officers})) as path:
            return super().start_registry("--accounts", path, *more)

    def section(self, registry, folder):
        name, key = next(iter(self.officers.items()))
        keys = stand_in.secret_file(folder, "officers",
                                    f"o-16 window-2:x\no-17 {name}:{key}")
        return stand_in.soap(registry, folder, f"officer_keys = {keys}")

    def test_credentials(self):
        def file(name, text):
            return stand_in.secret_file(self.folder, name, text)

        for name, changes, reason, asked in (
                ("api-key", {"api_key_file": file("k", "wr0ng")},
                 "unauthorised", 1),
                ("secret", {"secret_file": file("s", "wr0ng")},
                 "unauthorised", 1),
                ("user", {"user": "somebody"}, "unauthorised", 1),
                ("hash", {"service_url": "https://elsewhere.invalid/soap"},
                 "unauthorised", 1),
                ("client", {"client": "VN/GOV/OTHER/ONE"}, "refused", 1),
                ("officer", {"officer_keys": file("o", "o-16 a:b")},
                 "question_incomplete", 0),
                ("officer-key", {"officer_keys": file("w", "o-17 a:b")},
                 "unauthorised", 1)):
            with self.subTest(name):
                self.expect(self.open(name, **changes), reason, asked)

    def test_variants(self):
        for name, changes in (
                ("seconds", {"timestamp": "seconds"}),
                ("unqualified", {"elements": "unqualified"}),
                ("hashed", {"service_url":
                            self.registry.about["service_urls"][1]}),
                ("old-line", {"account": "desk", "phone": "0900000000"})):
            with self.subTest(name):
                self.expect_match(self.open(name, **changes))


class LgspJson(Authenticates, WithTokens, rig.House):
    end, token_end = "lgsp", "lgsp_token"
    secret = "secret_key_file"

    def section(self, registry, folder):
        return stand_in.lgsp(registry, folder)

    def row(self, row):
        # The code is in the wrapper, where nobody looks without a setting.
        if row.switch == "busy_code":
            return row._replace(reason=None)
        return super().row(row)

    def test_variants(self):
        for name, changes in (
                ("always", {"lgsp_header": "always"}),
                ("data", {"request_member": "data",
                          "answer_member": "data"})):
            with self.subTest(name):
                self.expect_match(self.open(name, **changes))


class RestOauth2(WithTokens, rig.House):
    end, token_end = "rest", "rest_token"
    secret = "client_secret_file"

    def section(self, registry, folder):
        return stand_in.rest(registry, folder)

    def row(self, row):
        row = super().row(row)
        if row.options and row.switch == "soap_fault":
            return row
        return row._replace(reason=PLAIN_JSON.get(row.switch, row.reason))

    def test_variants(self):
        for name, changes in (
                ("form", {"token_auth": "form"}),
                ("member", {"answer_member": "congDan"}),
                ("user", {"user_name_service": "desk"})):
            with self.subTest(name):
                self.expect_match(self.open(name, **changes))


if __name__ == "__main__":
    if not stand_in.available():
        sys.exit(77)
    rig.main()
