# SPDX-License-Identifier: Apache-2.0
"""cccdd over its real doors, with real pcscd and simulated cards."""

import base64
import json
import signal
import unittest

from desk import (Desk, Events, ID_NUMBER, ORIGIN, OTHER_ORIGIN, Socket,
                  contract, until)


class Sessions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = Desk().__enter__()
        cls.addClassCleanup(cls.desk.close)

    def setUp(self):
        self.desk.lay("cccd-2021")

    def tearDown(self):
        for slot in (0, 1):
            self.desk.take(slot)
            self.desk.await_card(slot, False)

    def test_page_reads_to_the_end(self):
        page = self.desk.page()
        session = page.session(scopes=["id", "demographic", "portrait"])
        events = Events(page, session.token)
        self.assertEqual(session.read(), "ready")
        ready = events.await_event("result.ready")
        self.assertEqual(ready[2]["overall"], "successful")
        answer = session.result()
        self.assertEqual(answer.status, 200)
        result = answer.json
        self.assertEqual(result["overall"], "successful")
        self.assertEqual(result["transaction"], session.id)
        self.assertEqual(result["identity"]["id_number"], ID_NUMBER)
        self.assertNotIn("place_of_residence", result["identity"])
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"],
                         ORIGIN)
        jpeg = session.portrait()
        self.assertEqual(jpeg.status, 200)
        self.assertEqual(jpeg.body[:2], b"\xff\xd8")
        for again in (session.result, session.portrait):
            self.assertEqual(again().status, 410)
            self.assertEqual(again().code, "result_already_delivered")
        events.close()

    def test_events_hold_nothing_of_the_person(self):
        page = self.desk.page()
        session = page.session()
        events = Events(page, session.token)
        session.read()
        events.await_event("result.ready")
        events.close()
        told = json.dumps([e for e in events.events if e], ensure_ascii=False)
        result = session.result().json["identity"]
        for member in ("id_number", "full_name", "document_number",
                       "date_of_birth"):
            self.assertNotIn(str(result[member]), told)

    def test_assertion_is_bound_to_nonce_and_audience(self):
        session = self.desk.local().session(nonce="A" * 43, format="jwt")
        session.read()
        token = session.result("application/jwt")
        self.assertEqual(token.status, 200)
        head, payload, _ = token.body.decode().split(".")

        def decoded(part):
            return json.loads(base64.urlsafe_b64decode(part + "=="))
        keys = self.desk.local().call("GET", "/.well-known/jwks.json").json
        self.assertEqual(decoded(head)["kid"], keys["keys"][0]["kid"])
        claims = decoded(payload)
        self.assertEqual(claims["nonce"], "A" * 43)
        self.assertEqual(claims["aud"], "demo.example")
        self.assertEqual(claims["result"]["overall"], "successful")
        contract.check(claims, {"$ref": "assertion.schema.json"},
                       "openapi.json", "assertion")

    def test_refused_key_may_be_given_again(self):
        page = self.desk.page()
        session = page.session()
        events = Events(page, session.token)
        self.assertEqual(session.give("can", "123456").status, 202)
        prompt = events.await_event("prompt.required",
                                    lambda body: "problem" in body)
        self.assertEqual(prompt[2]["problem"]["code"], "access_key_rejected")
        session.await_state("awaiting_access_key")
        self.assertEqual(session.read(), "ready")
        self.assertEqual(session.result().json["overall"], "successful")
        events.close()

    def test_a_clone_is_a_result_not_an_error(self):
        self.desk.take()
        self.desk.await_card(0, False)
        self.desk.lay("bad-clone-ca")
        session = self.desk.local().session()
        self.assertEqual(session.read(), "ready")
        result = session.result().json
        self.assertEqual(result["overall"], "failed")
        self.assertTrue(result["clone_suspicion"]["suspected"])

    def test_two_front_ends_and_two_readers_at_once(self):
        self.desk.lay("cancuoc-2024-adult", slot=1)
        first = self.desk.page().session(reader=self.desk.reader(0)["id"])
        second = self.desk.page(OTHER_ORIGIN).session(
            rp="clinic.example", reader=self.desk.reader(1)["id"])
        for session, number in ((first, ID_NUMBER), (second, "079095000003")):
            self.assertEqual(session.give(value=number).status, 202)
        for session in (first, second):
            session.await_state("ready")
        kinds = [s.result().json["identity"]["document_kind"]
                 for s in (first, second)]
        self.assertEqual(kinds, ["cccd", "can_cuoc"])

    def test_a_held_reader_is_busy_without_a_name(self):
        reader = self.desk.reader(0)["id"]
        page = self.desk.page()
        session = page.session(reader=reader)
        events = Events(page, session.token)
        answer = self.desk.page(OTHER_ORIGIN).create(rp="clinic.example",
                                                     reader=reader)
        self.assertEqual(answer.status, 409)
        self.assertEqual(answer.code, "reader_busy")
        self.assertGreater(int(answer.headers["Retry-After"]), 0)
        self.assertNotIn(b"demo", answer.body)
        self.assertEqual(session.cancel().status, 204)
        events.close()
        self.desk.page(OTHER_ORIGIN).session(rp="clinic.example",
                                             reader=reader).cancel()

    def test_idempotency_key_gives_the_same_session(self):
        page = self.desk.page()
        body = {"nonce": "B" * 43}
        first = page.create("k-1", **body)
        again = page.create("k-1", **body)
        self.assertEqual(first.status, 201)
        self.assertEqual(again.status, 201)
        self.assertEqual(first.json["session_id"], again.json["session_id"])
        other = page.create("k-1", nonce="C" * 43)
        self.assertEqual(other.status, 409)
        page.call("DELETE", "/v1/sessions/" + first.json["session_id"],
                  headers={"Authorization":
                           "Bearer " + first.json["session_token"]})

    def test_a_token_is_its_callers_own(self):
        session = self.desk.page().session()
        stranger = self.desk.page(OTHER_ORIGIN)
        for token in (session.token, "A" * 43, ""):
            answer = stranger.call(
                "GET", session.path,
                headers={"Authorization": "Bearer " + token})
            self.assertIn(answer.status, (401, 404))
        self.assertEqual(session.cancel().status, 204)

    def test_a_reload_frees_the_reader_at_once(self):
        page = self.desk.page()
        reader = self.desk.reader(0)["id"]
        old = page.session(reader=reader)
        Events(page, old.token).close()
        new = until("the reader to be free", lambda: (
            lambda a: a if a.status == 201 else None)(
                page.create(reader=reader)))
        view = new.json
        self.assertNotEqual(view["session_id"], old.id)
        page.call("DELETE", "/v1/sessions/" + view["session_id"],
                  headers={"Authorization":
                           "Bearer " + view["session_token"]})

    def test_a_card_put_back_is_read_on(self):
        self.desk.take()
        self.desk.await_card(0, False)
        page = self.desk.page()
        session = page.session(reader=self.desk.reader(0)["id"])
        events = Events(page, session.token)
        self.assertEqual(session.give().status, 202)
        session.await_state("awaiting_card")
        self.desk.put()
        events.await_event("step.finished", lambda b: b["step"] == "pace")
        self.desk.take()
        self.desk.put()
        state = session.await_state("ready", "failed")
        if state == "ready":
            self.assertEqual(session.result().json["overall"], "successful")
        else:
            answer = session.result()
            self.assertEqual(answer.status, 424)
        events.close()

    def test_socket_does_it_all(self):
        socket = Socket(self.desk.page())
        self.assertEqual(socket.status, 101)
        self.assertEqual(socket.hello()["type"], "welcome")
        readers = socket.command("readers.list", {})
        self.assertEqual(len(readers["body"]["readers"]), 2)
        view = socket.command("session.create", {
            "rp": "demo.example", "nonce": "D" * 43, "purpose": "demo",
            "scopes": ["id", "portrait"]})
        self.assertEqual(view["type"], "reply", view)
        body = {"session_id": view["body"]["session_id"]}
        reply = socket.command("session.access_key", {
            **body, "access_key": {"type": "id_number",
                                   "value": ID_NUMBER}})
        self.assertEqual(reply["type"], "reply", reply)
        ready = socket.await_event("result.ready")
        self.assertEqual(ready["body"]["overall"], "successful")
        result = socket.command("session.result", {**body, "format": "json"})
        self.assertEqual(result["body"]["identity"]["id_number"], ID_NUMBER)
        jpeg = socket.command("session.portrait", body)
        raw = base64.urlsafe_b64decode(jpeg["body"]["jpeg"] + "==")
        self.assertEqual(raw[:2], b"\xff\xd8")
        again = socket.command("session.result", body)
        self.assertEqual(again["body"]["code"], "result_already_delivered")
        other = socket.command("session.get", {"session_id": "0" * 36})
        self.assertEqual(other["body"]["code"], "session_not_found")
        bad = socket.command("session.get", {"x": 1}, right=False)
        self.assertEqual(bad["body"]["code"], "malformed_request")
        socket.close()

    def test_a_socket_says_hello_first(self):
        socket = Socket(self.desk.page())
        socket.send_text('{"id":"1","type":"readers.list"}')
        self.assertEqual(socket.receive(), ("close", 1008))
        socket.close()

    def test_strangers_learn_nothing(self):
        answers = set()
        stranger = self.desk.page("https://evil.example")
        for path in ("/v1/health", "/v1/sessions/x", "/nothing",
                     "/v1/readers"):
            answer = stranger.call("GET", path)
            answers.add((answer.status, answer.body,
                         str(sorted(answer.headers.items()))))
        self.assertEqual(len(answers), 1)
        self.assertEqual(answers.pop()[:2], (403, b""))
        lines = [l for l in self.desk.audit()
                 if l["kind"] == "unknown_origin"]
        self.assertTrue(lines)

    def test_reload_keeps_a_good_registry(self):
        page = self.desk.page("https://new.example")
        self.assertEqual(page.call("GET", "/v1/health").status, 403)
        parties = [self.desk.party(), self.desk.party(
            id="clinic.example", origins=[OTHER_ORIGIN], local_uids=None)]
        self.desk.write_parties(parties + [self.desk.party(
            id="new.example", origins=["https://new.example"],
            local_uids=None)])
        self.desk.daemon.send_signal(signal.SIGHUP)
        until("the new origin", lambda: page.call(
            "GET", "/v1/health").status == 200)
        bad = self.desk.party(id="bad.example", origins=["*"],
                              local_uids=None)
        self.desk.write_parties([bad])
        self.desk.daemon.send_signal(signal.SIGHUP)
        until("the refusal", lambda: "bad.example" in self.desk.said())
        self.assertEqual(page.call("GET", "/v1/health").status, 200)
        self.desk.write_parties(parties)
        self.desk.daemon.send_signal(signal.SIGHUP)
        until("the old ones", lambda: page.call(
            "GET", "/v1/health").status == 403)


if __name__ == "__main__":
    unittest.main(verbosity=2)
