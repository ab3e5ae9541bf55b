# SPDX-License-Identifier: Apache-2.0
"""What leaves cccdd, for whom, and what stays behind: nothing."""

import base64
import json
import os
import shutil
import socket
import subprocess
import threading
import unittest

from desk import (BUILD, CCCD, Desk, Events, ID_NUMBER, LIMIT_S, Session,
                  nonce, until)
from contract import SOURCE

VERIFY = os.environ.get("CCCD_VERIFY_PROGRAM", os.path.join(
    BUILD, "docs", "examples", "verify_assertion"))
# A sanitizer keeps what was freed, and maps more than can be read.
SANITIZED = "CCCD_SANITIZED" in os.environ
AA_CARD = "aa-rsa-2048"
EVERYTHING = ["id", "demographic", "address", "family", "sensitive",
              "portrait", "raw"]
BACK_END = """
import { BackendKey, signRequest } from "%s/web/verifier/index.js";
import { generateKeyPairSync } from "node:crypto";
import { createInterface } from "node:readline";
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = new BackendKey(
	privateKey.export({ type: "pkcs8", format: "pem" }));
console.log(JSON.stringify(key.jwks));
for await (const line of createInterface({ input: process.stdin }))
	console.log(signRequest(key, JSON.parse(line)));
"""


class BackEnd:
    """A back end in JavaScript: its key, and requests that it signs."""

    def __init__(self):
        self.node = subprocess.Popen(
            ["node", "--input-type=module", "--eval", BACK_END % SOURCE],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.jwks = json.loads(self.node.stdout.readline())

    def sign(self, device, **members):
        request = {"nonce": nonce(), "purpose": "demo", "scopes": ["id"]}
        request.update(members)
        self.node.stdin.write(json.dumps({
            "rp": "demo.example", "device": device,
            "request": request}) + "\n")
        self.node.stdin.flush()
        return self.node.stdout.readline().strip()

    def close(self):
        self.node.stdin.close()
        self.node.stdout.close()
        self.node.wait(LIMIT_S)


class Claims(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = Desk(slots=1)
        cls.desk.parties = [cls.desk.party(
            scopes_max=EVERYTHING + ["age_over_18", "age_over_99",
                                     "valid_document", "pairwise_id"])]
        cls.desk.__enter__()
        cls.addClassCleanup(cls.desk.close)

    def tearDown(self):
        self.desk.take()
        self.desk.await_card(0, False)

    def read(self, card, scopes, **members):
        """A whole read: the session, and the steps that it took."""
        self.desk.lay(card)
        session = self.desk.local().session(scopes=scopes, **members)
        self.assertEqual(session.read(), "ready")
        return session, set(session.call("GET").json["steps"])

    def test_picture_is_read_for_those_who_may_have_it(self):
        _, steps = self.read("cccd-2021", ["id"])
        self.assertIn("dg13", steps)
        self.assertNotIn("portrait", steps)
        self.desk.take()
        self.desk.await_card(0, False)
        _, steps = self.read("cccd-2021", ["id", "portrait"])
        self.assertIn("portrait", steps)

    def test_derived_claims_say_nothing_else(self):
        session, steps = self.read("cccd-2021",
                                   ["age_over_18", "age_over_99"])
        self.assertNotIn("portrait", steps)
        body = session.result().json
        self.assertEqual(body["identity"],
                         {"age_over_18": True, "age_over_99": False})
        text = json.dumps(body, ensure_ascii=False)
        self.assertNotIn(ID_NUMBER, text)
        self.assertNotIn("1999", text)
        self.assertEqual(session.portrait().status, 404)

    def test_pairwise_id_is_the_same_and_no_number(self):
        seen = set()
        for _ in range(2):
            session, _ = self.read("cccd-2021", ["pairwise_id"])
            identity = session.result().json["identity"]
            self.assertEqual(list(identity), ["pairwise_id"])
            seen.add(identity["pairwise_id"])
            self.tearDown()
        self.assertEqual(len(seen), 1)
        self.assertNotIn(ID_NUMBER, seen.pop())

    def test_formats_are_those_of_the_entry(self):
        self.desk.lay("cccd-2021")
        session = self.desk.local().session()
        session.read()
        for accept in ("text/html", "application/dc+sd-jwt",
                       "application/json, */*"):
            self.assertEqual(session.result(accept).status, 406)
        self.assertEqual(session.result("*/*").status, 200)



@unittest.skipUnless(shutil.which("node"), "no node")
class Signed(unittest.TestCase):
    def test_signed_requests_count_and_others_do_not(self):
        back_end = BackEnd()
        other = BackEnd()
        self.addCleanup(back_end.close)
        self.addCleanup(other.close)
        desk = Desk(slots=1)
        desk.parties = [desk.party(request_mode="signed",
                                   jwks=back_end.jwks,
                                   scopes_max=["id"])]
        with desk:
            desk.lay()
            local = desk.local()
            device = local.call("GET", "/v1/info").json["device_key"]

            def ask(token):
                return local.call("POST", "/v1/sessions", {
                    "rp": "demo.example", "request_jwt": token})
            unsigned = local.create()
            self.assertEqual((unsigned.status, unsigned.code),
                             (422, "request_signature_invalid"))
            forged = back_end.sign(device)
            head, _, signature = forged.split(".")
            payload = other.sign(device, scopes=["id"]).split(".")[1]
            for token in (".".join((head, payload, signature)),
                          other.sign(device), forged[:-8] + "AAAAAAAA",
                          back_end.sign("A" * 43)):
                answer = ask(token)
                self.assertEqual((answer.status, answer.code),
                                 (422, "request_signature_invalid"))
            kinds = [line["kind"] for line in desk.audit()]
            self.assertGreaterEqual(kinds.count("request_forged"), 1)
            # Signed, and still no more than the registry grants.
            wide = ask(back_end.sign(device, scopes=["id", "portrait"]))
            self.assertEqual((wide.status, wide.code),
                             (403, "scope_not_allowed"))
            challenge = nonce()
            token = back_end.sign(device, nonce=challenge)
            answer = ask(token)
            self.assertEqual(answer.status, 201, answer.body)
            self.assertEqual(answer.json["granted"], ["id"])
            self.assertEqual(ask(token).status, 422, "used twice")
            session = Session(local, answer.json)
            self.assertEqual(session.read(), "ready")
            assertion = session.result("application/jwt").body.decode()
            claims = json.loads(base64.urlsafe_b64decode(
                assertion.split(".")[1] + "=="))
            self.assertEqual(claims["nonce"], challenge)
            self.assertEqual(claims["level"], "A2")


    def test_chip_itself_proves_at_level_a3(self):
        back_end = BackEnd()
        self.addCleanup(back_end.close)
        desk = Desk(slots=1)
        desk.parties = [desk.party(request_mode="signed",
                                   jwks=back_end.jwks,
                                   scopes_max=["id", "raw"])]
        with desk:
            desk.lay(AA_CARD)
            local = desk.local()
            device = local.call("GET", "/v1/info").json["device_key"]
            challenge = nonce()
            answer = local.call("POST", "/v1/sessions", {
                "rp": "demo.example", "request_jwt": back_end.sign(
                    device, nonce=challenge, scopes=["id", "raw"],
                    evidence="raw")})
            self.assertEqual(answer.status, 201, answer.body)
            session = Session(local, answer.json)
            self.assertEqual(session.read(), "ready")
            token = session.result("application/jwt").body
            proven = self.verify(desk, challenge, token)
            self.assertIn(b"level A3: successful", proven.stdout,
                          proven.stderr)
            self.assertIn(b"evidence: successful", proven.stdout)
            self.assertEqual(proven.returncode, 0)
            self.assertNotEqual(
                self.verify(desk, nonce(), token).returncode, 0)
            other = bytearray(token)
            other[len(other) // 2] ^= 1
            self.assertNotEqual(
                self.verify(desk, challenge, bytes(other)).returncode, 0)

    def verify(self, desk, expected, token):
        """As a back end does, with a store as its administrator has it."""
        store, jwks = desk.path("store"), desk.path("jwks")
        if not os.path.exists(store):
            subprocess.run(
                [CCCD, "trust", "import", "--trust", store,
                 desk.path("pki", "csca.der"), desk.path("pki", "crl.der")],
                stdout=subprocess.DEVNULL, timeout=LIMIT_S, check=True)
            with open(jwks, "wb") as file:
                file.write(desk.local().call(
                    "GET", "/.well-known/jwks.json").body)
        return subprocess.run(
            [VERIFY, jwks, "demo.example", expected, store], input=token,
            capture_output=True, timeout=LIMIT_S, check=False)


def texts_of(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, str):
        yield value


def forms_of(data):
    """The bytes, and how they may stand in a text."""
    yield data
    yield data.hex().encode()
    yield data.hex().upper().encode()
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + data)
        cut = text[4 if shift else 0:len(text) // 4 * 4 - 4]
        if len(cut) >= 12:
            yield cut
            yield cut.replace(b"+", b"-").replace(b"/", b"_")


def canaries_of(result, jpeg, token):
    """What may be found nowhere: of the person, and of the session."""
    identity = result["identity"]
    names = ("id_number", "document_number", "full_name", "father_name",
             "mother_name", "spouse_name", "old_numbers", "date_of_birth",
             "place_of_residence", "place_of_origin", "personal_features")
    # Of a place its words: codes and versions stand in the tables, too.
    values = [value["text"] if isinstance(value, dict) else value
              for value in map(identity.get, names)]
    words = {text for text in texts_of(values) if len(text) >= 9}
    found = {}
    for word in words:
        for data in (word.encode(), word.encode("utf-16-le"),
                     word.upper().encode()):
            for form in forms_of(data):
                found[form] = word
    for what, data in (("token", token.encode()),
                       ("picture", jpeg[1000:1032])):
        for form in forms_of(data):
            found[form] = what
    for name, text in result["evidence"]["raw"].items():
        raw = base64.urlsafe_b64decode(text + "==")
        if name in ("dg1", "dg2", "dg13"):
            at = min(len(raw) // 2, 1000)
            for form in forms_of(raw[at:at + 24]):
                found[form] = "file " + name
    return found


def memory_of(pid):
    """Each writable piece of a process's memory."""
    with open("/proc/%d/maps" % pid, encoding="ascii") as maps:
        lines = maps.read().splitlines()
    with open("/proc/%d/mem" % pid, "rb", 0) as memory:
        for line in lines:
            area, mode = line.split()[:2]
            first, last = (int(part, 16) for part in area.split("-"))
            if "w" not in mode or "[v" in line:
                continue
            try:
                memory.seek(first)
                yield line, memory.read(last - first)
            except OSError:
                pass


@unittest.skipUnless(os.getuid() == 0, "needs its own /run and all memory")
class Canary(unittest.TestCase):
    """Nothing of a person in memory, in the logs or in the journal."""

    def setUp(self):
        self.desk = Desk(slots=1)
        self.desk.parties = [self.desk.party(scopes_max=EVERYTHING)]
        self.heard = []
        journal = self.desk.path("journal")
        os.mkdir(journal)
        self.journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.journal.bind(os.path.join(journal, "socket"))
        self.desk.wrapper = [
            "unshare", "--mount", "--", "sh", "-ec",
            "mount -t tmpfs tmpfs /run; mkdir -p /run/systemd/journal; "
            "mount --bind '%s' /run/systemd/journal; exec \"$@\"" % journal,
            "sh"]
        threading.Thread(target=self.hear, daemon=True).start()
        self.addCleanup(self.journal.close)
        self.addCleanup(self.desk.close)
        self.desk.__enter__()

    def hear(self):
        try:
            while True:
                self.heard.append(self.journal.recv(1 << 18))
        except OSError:
            pass

    def look(self, canaries, places):
        seen = set()
        for place, data in places:
            for form, what in canaries.items():
                if form in data:
                    seen.add((what, place))
        return seen

    def logs(self):
        for directory in (self.desk.path("audit"),):
            for name in os.listdir(directory):
                with open(os.path.join(directory, name), "rb") as file:
                    yield name, file.read()
        with open(self.desk.path("stderr"), "rb") as file:
            yield "stderr", file.read()
        yield "journal", b"\n".join(self.heard)

    def is_forgotten(self, canaries):
        """At once: one loop answers everybody in turn. A client may have its
        bytes a moment before they are wiped; whoever is answered on a later
        connection hears from a daemon that is through with them."""
        self.assertEqual(self.desk.page().call("GET", "/v1/health").status,
                         200)
        if not SANITIZED:
            self.assertEqual(self.look(
                canaries, memory_of(self.desk.daemon.pid)), set())

    def test_nothing_stays(self):
        desk = self.desk
        desk.lay(AA_CARD)
        session = desk.page().session(scopes=EVERYTHING, evidence="raw")
        self.assertEqual(session.read(), "ready")
        pieces = []
        if not SANITIZED:
            pieces = list(memory_of(desk.daemon.pid))
        result = session.result().json
        jpeg = session.portrait().body
        canaries = canaries_of(result, jpeg, session.token)
        self.assertGreater(len(set(canaries.values())), 8)
        # The sieve holds: before it was handed out, it was there.
        self.assertTrue(SANITIZED or self.look(canaries, pieces))
        del pieces
        until("the journal", lambda: any(
            b"CCCD_TXN=" + session.id.encode() in line
            for line in self.heard))
        self.assertEqual(self.look(canaries, self.logs()), set())
        self.is_forgotten(canaries)
        # Ready and cancelled: the same.
        session = desk.page().session(scopes=EVERYTHING, evidence="raw")
        events = Events(desk.page(), session.token)
        session.give()
        events.await_event("result.ready")
        self.assertEqual(session.cancel().status, 204)
        events.close()
        for form in forms_of(session.token.encode()):
            canaries[form] = "second token"
        self.is_forgotten(canaries)
        self.assertEqual(self.look(canaries, self.logs()), set())


if __name__ == "__main__":
    unittest.main(verbosity=2)
