# SPDX-License-Identifier: Apache-2.0
"""Every operation of docs/api, its successes and its documents."""

import json
import os
import unittest

from contract import API
from desk import (Desk, Events, ID_NUMBER, ORIGIN, OTHER_ORIGIN,
                  Socket, contract, until)
from jsonschema import Draft202012Validator


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = Desk(slots=1).__enter__()
        cls.addClassCleanup(cls.desk.close)

    def get(self, path):
        answer = self.desk.page().call("GET", path)
        self.assertEqual(answer.status, 200, path)
        return answer.json

    def test_info_tells_what_this_build_is(self):
        info = self.get("/v1/info")
        self.assertEqual(info["api_levels"], [1])
        self.assertTrue(info["trust_store"]["specimen"])
        # A bare folder of specimens was never imported: no date.
        self.assertNotIn("date", info["trust_store"])
        keys = self.get("/.well-known/jwks.json")["keys"]
        self.assertEqual(info["device_key"], keys[0]["kid"])
        for key in keys:
            self.assertNotIn("d", key)
        self.assertEqual(self.get("/v1/health")["status"], "ok")

    def test_schemas_are_those_of_the_documents(self):
        served = json.dumps(self.get("/v1/openapi.json"))
        names = {part.split(".json")[0] for part in
                 served.split("schemas/")[1:] if ".json" in part[:40]}
        names.discard("{name}")
        self.assertGreater(len(names), 5)
        for name in names:
            schema = self.get("/v1/schemas/%s.json" % name)
            Draft202012Validator.check_schema(schema)
            with open(os.path.join(API, name + ".schema.json"),
                      encoding="utf-8") as file:
                self.assertEqual(schema, json.load(file))
        for path in ("/v1/schemas/nothing.json", "/v1/schemas/problem",
                     "/v1/schemas/openapi.json"):
            self.assertEqual(self.desk.page().call("GET", path).status, 404)

    def test_openapi_is_the_one_of_the_documents(self):
        served = json.dumps(self.get("/v1/openapi.json"))
        ours = json.dumps(contract.openapi)
        for name in os.listdir(API):
            if name.endswith(".schema.json"):
                short = name.replace(".schema.json", ".json")
                ours = ours.replace('"%s"' % name, '"schemas/%s"' % short)
        self.assertEqual(json.loads(served), json.loads(ours))

    def test_wrong_methods_are_405_everywhere(self):
        for pattern, item in contract.openapi["paths"].items():
            path = pattern.replace("{name}", "x").replace(
                "{reader}", "x").replace("{id}", "x")
            for method in ("GET", "POST", "DELETE"):
                if method.lower() in item or pattern == "/v1/ws":
                    continue
                connection = self.desk.local().connect()
                connection.request(method, path, b"{}" if method == "POST"
                                   else None,
                                   {"Content-Type": "application/json"})
                reply = connection.getresponse()
                connection.close()
                self.assertEqual(reply.status, 405, (method, path))
                self.assertEqual(
                    {word.lower() for word in
                     reply.getheader("Allow").split(", ")},
                    set(item) & {"get", "post", "delete"}, path)

    def test_agents_door_serves_nothing_else(self):
        local = self.desk.local()
        connection = local.connect()
        connection.path = self.desk.path("agent.sock")
        connection.request("GET", "/v1/health")
        self.assertEqual(connection.getresponse().status, 404)
        connection.close()
        for door, path, protocol in (
                (None, "/v1/agent", "cccd-agent.v1"),
                ("agent.sock", "/v1/ws", "cccd.v1"),
                ("agent.sock", "/v1/agent", "cccd.v1")):
            socket = Socket(local, path, protocol,
                            unix=door and self.desk.path(door))
            self.assertIn(socket.status, (400, 404))
            socket.close()

    def test_gap_is_told(self):
        page = self.desk.page()
        session = page.session()
        events = Events(page, session.token, last=1 << 40)
        gap = events.await_event("stream.gap")
        self.assertEqual(gap[0], 0)
        events.close()
        for odd in ("-1", "x", "1x", ""):
            events = Events(page, session.token, last=odd)
            self.assertEqual(events.status, 200)
            if odd != "":
                events.await_event("stream.gap")
            events.close()
        socket = Socket(page)
        socket.hello(session.token, last=1 << 40)
        self.assertEqual(socket.await_event("stream.gap")["seq"], 0)
        socket.close()
        self.assertEqual(session.cancel().status, 204)

    def test_events_resume_where_they_ended(self):
        page = self.desk.page()
        session = page.session()
        events = Events(page, session.token)
        first = events.await_event("session.state")
        events.close()
        session.cancel()
        again = Events(page, session.token, last=first[0])
        again.await_event("session.state",
                          lambda body: body["state"] == "cancelled")
        self.assertNotIn(first[0], [e[0] for e in again.events if e])
        again.close()

    def test_sockets_are_held_to_the_contract(self):
        for text, closes in (
                ("{", True), ("[]", True), ('"x"', True), ("{}", True),
                ('{"type":"hello"}', True),
                ('{"type":"hello","token":"%s"}' % ("A" * 43), True),
                ('{"type":"hello","token":null,"x":1}', True),
                ('{"type":"hello","token":7}', True)):
            socket = Socket(self.desk.page())
            socket.send_text(text)
            answer = socket.receive()
            while closes and not isinstance(answer, tuple):
                contract.message("reply", answer)
                self.assertEqual(answer["type"], "problem")
                answer = socket.receive()
            self.assertEqual(answer, ("close", 1008), text)
            socket.close()
        socket = Socket(self.desk.page())
        socket.hello()
        for kind, body in (("readers.list", {"x": 1}), ("nothing", {}),
                           ("session.get", {}),
                           ("session.create", {"rp": "demo.example"}),
                           ("session.result", {"session_id": "x" * 40})):
            reply = socket.command(kind, body, right=False)
            self.assertEqual(reply["type"], "problem", (kind, reply))
        socket.close()

    def test_streams_have_a_limit(self):
        with Desk(slots=1, max_event_listeners=2) as desk:
            page = desk.page()
            streams = [Events(page), Events(page)]
            answer = page.call("GET", "/v1/events")
            self.assertEqual(answer.status, 429)
            self.assertEqual(answer.code, "rate_limited")
            socket = Socket(page)
            self.assertEqual(socket.status, 429)
            socket.close()
            streams.pop().close()
            until("a place", lambda: self.free(page))
            streams.pop().close()

    def free(self, page):
        stream = Events(page)
        stream.close()
        return stream.status == 200


class Operations(unittest.TestCase):
    def test_every_success_is_seen(self):
        with Desk(slots=1) as desk:
            desk.write_parties([
                desk.party(), desk.party(id="clinic.example",
                                         origins=[OTHER_ORIGIN],
                                         local_uids=None,
                                         consent="operator")])
            desk.stop_daemon()
            desk.start_daemon()
            desk.lay()
            page = desk.page(OTHER_ORIGIN)
            for path in ("/v1/health", "/v1/info", "/v1/openapi.json",
                         "/.well-known/jwks.json", "/v1/readers",
                         "/v1/schemas/problem.json"):
                self.assertEqual(page.call("GET", path).status, 200, path)
            held = page.session(rp="clinic.example",
                                reader=desk.reader()["id"])
            lease = "/v1/readers/%s/lease" % desk.reader()["id"]
            self.assertEqual(page.call("DELETE", lease).status, 403)
            self.assertEqual(desk.local().call("DELETE", lease).status, 204)
            self.assertEqual(held.state(), "cancelled")
            self.assertEqual([line["kind"] for line in desk.audit()
                              if "lease" in line["kind"]], ["lease_broken"])
            session = page.session(rp="clinic.example",
                                   scopes=["id", "portrait"])
            events = Events(page, session.token)
            socket = Socket(page)
            self.assertEqual(socket.hello(session.token)["type"], "welcome")
            self.assertEqual(session.give().status, 202)
            answer = session.call("POST", "/consent", {
                "granted": True, "text_id": "t.1", "actor": "desk-1"})
            self.assertEqual(answer.status, 202)
            session.await_state("ready")
            self.assertEqual(session.result().status, 200)
            self.assertEqual(session.portrait().status, 200)
            self.assertEqual(session.cancel().status, 204)
            socket.close()
            events.close()
            self.assertEqual(contract.missing(), set())

    def test_consent_may_be_refused_and_narrowed(self):
        with Desk(slots=1) as desk:
            desk.write_parties([desk.party(consent="operator")])
            desk.stop_daemon()
            desk.start_daemon()
            desk.lay()
            local = desk.local()
            refused = local.session()
            answer = refused.call("POST", "/consent", {
                "granted": False, "text_id": "t.1", "actor": "desk-1"})
            self.assertEqual((answer.status, answer.code),
                             (422, "consent_refused"))
            self.assertEqual(refused.state(), "failed")
            session = local.session(scopes=["id", "demographic"])
            session.call("POST", "/consent", {
                "granted": True, "text_id": "t.1", "actor": "desk-1",
                "deselected": ["demographic"]})
            self.assertEqual(session.read(), "ready")
            identity = session.result().json["identity"]
            self.assertEqual(identity["id_number"], ID_NUMBER)
            self.assertNotIn("full_name", identity)

    def test_socket_consents_and_cancels(self):
        with Desk(slots=1) as desk:
            desk.write_parties([desk.party(consent="operator")])
            desk.stop_daemon()
            desk.start_daemon()
            desk.lay()
            socket = Socket(desk.page(ORIGIN))
            socket.hello()
            view = socket.command("session.create", {
                "rp": "demo.example", "nonce": "D" * 43, "purpose": "demo",
                "scopes": ["id"]})
            body = {"session_id": view["body"]["session_id"]}
            given = socket.command("session.consent", {
                **body, "consent": {"granted": True, "text_id": "t.1",
                                    "actor": "desk-1"}})
            self.assertEqual(given["type"], "reply", given)
            gone = socket.command("session.cancel", body)
            self.assertEqual(gone["body"]["state"], "cancelled")
            jwt = socket.command("session.result", {**body, "format": "jwt"})
            self.assertEqual(jwt["body"]["code"], "cancelled")
            socket.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
