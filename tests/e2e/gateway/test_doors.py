#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The gateway's doors byte by byte: who gets in, and what is said to others."""
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import stat

import rig
import stand_in

SECOND_ORIGIN = "https://clinic.example:8443"
JSON = ("Content-Type", "application/json")
BODY_MOST = 4096


class Reply:
    """Status, fields as they came, body."""

    def __init__(self, reply):
        self.status = reply.status
        self.fields = reply.getheaders()
        self.body = reply.read()

    def all(self, name):
        return [value for field, value in self.fields
                if field.lower() == name.lower()]

    def one(self, name):
        found = self.all(name)
        if len(found) != 1:
            raise AssertionError(f"{name}: {found}")
        return found[0]

    def code(self):
        return json.loads(self.body)["code"] if self.body else None


class Link:
    """A connection over which any bytes go."""

    def __init__(self, gateway, path=None):
        family = socket.AF_UNIX if path else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(rig.WAIT_S)
        self.socket.connect(str(path) if path
                            else ("127.0.0.1", gateway.port))
        self.host = "localhost" if path else f"127.0.0.1:{gateway.port}"

    def send(self, method, target, *fields, **more):
        """Fields in their order, also twice; a token of None sends none."""
        self.say(method, target, *fields, **more)
        return self.hear(method)

    def say(self, method, target, *fields, body=None, host=None,
            token=rig.TOKEN):
        lines = [f"{method} {target} HTTP/1.1",
                 f"Host: {self.host if host is None else host}"]
        if token is not None:
            lines.append(f"Authorization: Bearer {token}")
        lines += [f"{name}: {value}" for name, value in fields]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        self.socket.sendall("\r\n".join(lines).encode("latin-1") +
                            b"\r\n\r\n" + (body or b""))

    def hear(self, method):
        reply = http.client.HTTPResponse(self.socket, method=method)
        reply.begin()
        return Reply(reply)

    def close(self):
        self.socket.close()


class Doors(rig.House):
    extra = ""
    connector = None

    def setUp(self):
        super().setUp()
        self.contract = stand_in.make_contract()
        self.gateway = rig.Gateway(self.folder / "one")
        self.write()
        self.prepare()
        self.gateway.start()
        self.addCleanup(self.gateway.stop)

    def write(self, callers=None):
        self.gateway.write(self.directory, self.extra.format(self=self),
                           callers, self.connector and
                           self.connector.format(self=self))

    def prepare(self):
        """Before it starts."""

    def ask(self, method, target, *fields, path=None, **more):
        """One request on a connection of its own, held against the
        contract."""
        link = Link(self.gateway, path)
        try:
            reply = link.send(method, target, *fields, **more)
        finally:
            link.close()
        if self.contract and reply.status != 405 and \
                self.contract.operation(method, target)[1]:
            self.contract.answer(method, target, reply.status,
                                 (reply.all("Content-Type") or [None])[0],
                                 reply.body.decode())
        # No page may send a browser's own credentials, whatever came.
        self.assertEqual(reply.all("Access-Control-Allow-Credentials"), [])
        self.assertNotIn("*", reply.all("Access-Control-Allow-Origin"))
        self.assertEqual(reply.one("Vary"), "Origin")
        self.assertEqual(reply.one("Cache-Control"), "no-store")
        return reply

    def nonce(self, *fields, **more):
        return self.ask("POST", "/v1/nonces", JSON, *fields,
                        body=more.pop("body", b"{}"), **more)


class UnixDoor(Doors):
    extra = "socket = {self.folder}/one.sock"

    def prepare(self):
        self.path = self.folder / "one.sock"
        # Somebody died here.
        dead = socket.socket(socket.AF_UNIX)
        dead.bind(str(self.path))
        dead.close()

    def test_it_is_the_group_s_and_its_host_is_localhost(self):
        state = os.stat(self.path)
        self.assertTrue(stat.S_ISSOCK(state.st_mode))
        self.assertEqual(stat.S_IMODE(state.st_mode), 0o660)
        self.assertEqual(self.nonce(path=self.path).status, 200)
        health = self.ask("GET", "/v1/health", path=self.path, token=None)
        self.assertEqual(health.status, 200)
        for host in (f"127.0.0.1:{self.gateway.port}", "localhost:80",
                     "LOCALHOST", "localhost.", "evil.example", ""):
            reply = self.nonce(path=self.path, host=host)
            self.assertEqual((host, reply.status, reply.body),
                             (host, 421, b""))
        # And the bearer counts here, too.
        self.assertEqual(self.nonce(path=self.path, token=None).status, 401)

    def test_pages_have_no_business_there(self):
        for origin in (rig.ORIGIN, "null", "http://localhost", ""):
            reply = self.nonce(("Origin", origin), path=self.path)
            self.assertEqual((origin, reply.status, reply.body),
                             (origin, 403, b""))
            self.assertEqual(reply.all("Access-Control-Allow-Origin"), [])

    def test_a_dead_socket_goes_a_live_one_stays(self):
        other = rig.Gateway(self.folder / "two")
        other.write(self.directory, f"socket = {self.path}")
        with self.assertRaisesRegex(AssertionError, "one.sock"):
            other.start()
        self.assertEqual(other.process.wait(rig.WAIT_S), 5)
        self.assertEqual(self.nonce(path=self.path).status, 200)
        self.gateway.kill()
        self.assertTrue(self.path.exists())
        self.gateway.start()
        self.assertEqual(self.nonce(path=self.path).status, 200)
        self.assertEqual(self.gateway.stop(), 0)
        self.assertFalse(self.path.exists())

    def test_what_is_no_socket_is_left_alone(self):
        self.assertEqual(self.gateway.stop(), 0)
        self.path.write_text("somebody's notes")
        with self.assertRaises(AssertionError):
            self.gateway.start()
        self.assertEqual(self.gateway.process.wait(rig.WAIT_S), 5)
        self.assertEqual(self.path.read_text(), "somebody's notes")


class Origins(Doors):
    def prepare(self):
        text = self.gateway.conf.read_text().replace(
            f"origins = {rig.ORIGIN}",
            f"origins = {rig.ORIGIN} {SECOND_ORIGIN}")
        self.gateway.conf.write_text(text)

    def preflight(self, origin, target="/v1/nonces"):
        return self.ask("OPTIONS", target, ("Origin", origin),
                        ("Access-Control-Request-Method", "POST"),
                        ("Access-Control-Request-Headers",
                         "authorization,content-type"), token=None)

    def test_each_configured_origin_is_answered_with_itself(self):
        for origin in (rig.ORIGIN, SECOND_ORIGIN):
            for reply, status in (
                    (self.preflight(origin), 204),
                    (self.nonce(("Origin", origin)), 200),
                    (self.nonce(("Origin", origin), token="wrong"), 401)):
                self.assertEqual(reply.status, status)
                self.assertEqual(reply.one("Access-Control-Allow-Origin"),
                                 origin)
        reply = self.preflight(rig.ORIGIN)
        self.assertEqual(reply.body, b"")
        self.assertIn("POST", reply.one("Access-Control-Allow-Methods"))
        for name in ("authorization", "content-type"):
            self.assertIn(name, reply.one("Access-Control-Allow-Headers"))
        self.assertIn("Retry-After", self.nonce(
            ("Origin", rig.ORIGIN)).one("Access-Control-Expose-Headers"))

    def test_back_ends_send_none_and_get_none(self):
        reply = self.nonce()
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.all("Access-Control-Allow-Origin"), [])

    def test_nothing_that_is_like_an_origin_passes(self):
        host = rig.ORIGIN.removeprefix("https://")
        first = None
        for origin in (
                "null", "*", "", "https://", host, f"http://{host}",
                f"https://{host}:443", f"https://{host}:8443",
                f"https://{host}/", f"https://{host}.", f"https://{host[:-1]}",
                f"https://{host}.evil.example", f"https://{host}-evil.example",
                f"https://evil-{host}", f"https://evil.{host}",
                f"https://evil.example#{host}", f"https://{host}@evil.example",
                rig.ORIGIN.upper(), f"HTTPS://{host}",
                SECOND_ORIGIN.removesuffix(":8443"),
                f"{rig.ORIGIN} {SECOND_ORIGIN}",
                f"{rig.ORIGIN},{SECOND_ORIGIN}", "https://evil.example"):
            for reply in (self.nonce(("Origin", origin)),
                          self.preflight(origin),
                          self.preflight(origin, "/v1/citizens"),
                          self.ask("GET", "/v1/citizens",
                                   ("Origin", origin))):
                self.assertEqual((origin, reply.status), (origin, 403))
                self.assertEqual(reply.body, b"")
                self.assertEqual(reply.all("Access-Control-Allow-Origin"),
                                 [])
                # All refusals are one: there is nothing to learn from them.
                first = first or reply.fields
                self.assertEqual(reply.fields, first)

    def test_an_origin_stands_there_once(self):
        for pair in ((rig.ORIGIN, rig.ORIGIN),
                     (rig.ORIGIN, "https://evil.example"),
                     ("https://evil.example", rig.ORIGIN)):
            reply = self.nonce(*(("Origin", one) for one in pair))
            self.assertEqual((reply.status, reply.body), (403, b""))

    def test_links_and_forms_lead_nowhere(self):
        for name, value in (("Sec-Fetch-Mode", "navigate"),
                            ("Sec-Fetch-Mode", "no-cors"),
                            ("Sec-Fetch-Dest", "document"),
                            ("Sec-Fetch-Dest", "image")):
            reply = self.nonce(("Origin", rig.ORIGIN), (name, value))
            self.assertEqual((reply.status, reply.body), (403, b""))


class Requests(Doors):
    extra = f"max_body = {BODY_MOST}"

    def test_hosts_are_its_own(self):
        port = self.gateway.port
        for host, status in ((f"127.0.0.1:{port}", 200),
                             (f"localhost:{port}", 200),
                             ("127.0.0.1", 421), ("localhost", 421),
                             (f"127.0.0.1:{port + 1}", 421),
                             (f"evil.example:{port}", 421), ("", 421)):
            reply = self.nonce(host=host)
            self.assertEqual((host, reply.status), (host, status))
            self.assertTrue(status == 200 or reply.body == b"")

    def refused(self, *fields):
        reply = self.nonce(*fields, token=None)
        self.assertEqual((fields, reply.status, reply.code()),
                         (fields, 401, "token_invalid"))
        return reply

    def test_bearers_are_whole(self):
        digest = rig.hashlib.sha256(rig.TOKEN.encode()).hexdigest()
        first = self.refused()
        for value in ("", "Bearer", "Bearer ", rig.TOKEN,
                      f"Basic {rig.TOKEN}", f"Token {rig.TOKEN}",
                      f"Bearer{rig.TOKEN}", f"Bearer: {rig.TOKEN}",
                      f"Bearer {rig.TOKEN[:-1]}", f"Bearer {rig.TOKEN}x",
                      f"Bearer x{rig.TOKEN}", f"Bearer {rig.TOKEN.upper()}",
                      f"Bearer {rig.TOKEN},", f"Bearer {digest}",
                      f"Bearer {rig.TOKEN} {rig.OTHER}",
                      f'Bearer "{rig.TOKEN}"'):
            self.assertEqual(self.refused(("Authorization", value)).body,
                             first.body)
        for place in ("/metrics", "/v1/checks", "/v1/nonces"):
            method = "GET" if place == "/metrics" else "POST"
            reply = self.ask(method, place, token="x")
            self.assertEqual((place, reply.status), (place, 401))

    def test_a_scheme_has_no_case(self):
        for scheme in ("Bearer", "bearer", "BEARER"):
            reply = self.nonce(("Authorization", f"{scheme} {rig.TOKEN}"),
                               token=None)
            self.assertEqual((scheme, reply.status), (scheme, 200))

    def test_a_bearer_stands_there_once(self):
        right, wrong = f"Bearer {rig.TOKEN}", "Bearer x"
        for pair in ((right, right), (right, wrong), (wrong, right)):
            reply = self.nonce(*(("Authorization", one) for one in pair),
                               token=None)
            self.assertEqual((reply.status, reply.code()),
                             (400, "malformed_request"))

    def test_a_bearer_in_the_target_is_none(self):
        for target in (f"/v1/nonces?access_token={rig.TOKEN}",
                       f"/v1/nonces?token={rig.TOKEN}"):
            reply = self.ask("POST", target, JSON, body=b"{}", token=None)
            self.assertEqual(reply.status, 400)

    def test_methods_are_told_paths_are_not(self):
        places = {"/v1/health": "GET", "/metrics": "GET",
                  "/v1/nonces": "POST", "/v1/checks": "POST"}
        for path, right in places.items():
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD",
                           "OPTIONS", "TRACE", "BREW"):
                if method == right:
                    continue
                reply = self.ask(method, path)
                self.assertEqual((method, path, reply.status),
                                 (method, path, 405))
                self.assertIn(right, reply.one("Allow").split(", "))
        for path in ("/", "/v1", "/v1/citizens", "/v1/check", "/v1/checks/1",
                     "/v1/nonces/x", "/V1/nonces", "/metrics/x"):
            for method in ("GET", "POST"):
                reply = self.ask(method, path)
                # No path, or one that is spelled as none can be.
                self.assertIn(reply.status, (400, 404), path)
        for path in ("/v1/../metrics", "/v1//nonces", "/v1/%6eonces",
                     "/v1/nonces/", "//metrics", "/v1/nonces#x"):
            self.assertEqual(self.ask("POST", path).status, 400, path)

    def test_bodies_end_at_their_most(self):
        most = b"{" + b" " * (BODY_MOST - 2) + b"}"
        self.assertEqual(self.nonce(body=most).status, 200)
        for body in (most + b" ", b"x" * 100000):
            reply = self.nonce(body=body)
            self.assertEqual((reply.status, reply.code()),
                             (413, "too_large"))
            self.assertEqual(reply.one("Connection"), "close")
        # Nothing of it need come.
        reply = self.ask("POST", "/v1/checks", JSON,
                         ("Content-Length", "99999999"))
        self.assertEqual((reply.status, reply.code()), (413, "too_large"))
        reply = self.ask("POST", "/v1/checks", JSON, body=most)
        self.assertEqual((reply.status, reply.code()),
                         (400, "malformed_request"))

    def test_bodies_are_json_of_one_length(self):
        for fields in ((("Content-Type", "text/plain"),),
                       (("Content-Type", "application/x-www-form-urlencoded"),
                        ), (),
                       (JSON, ("Content-Encoding", "gzip"))):
            reply = self.ask("POST", "/v1/checks", *fields, body=b"{}")
            self.assertEqual((reply.status, reply.code()),
                             (415, "unsupported_media_type"))
        for fields in ((("Content-Length", "2"), ("Content-Length", "2")),
                       (("Content-Length", "2"), ("Content-Length", "3")),
                       (("Content-Length", "-1"),),
                       (("Content-Length", "0x2"),),
                       (("Transfer-Encoding", "chunked"),),
                       (("Transfer-Encoding", "chunked"),
                        ("Content-Length", "2"))):
            # No request yet: nobody knows where it would end.
            link = Link(self.gateway)
            reply = link.send("POST", "/v1/checks", JSON, *fields)
            link.close()
            self.assertEqual((fields, reply.status, reply.body),
                             (fields, 400, b""))
            self.assertEqual(reply.one("Connection"), "close")
        reply = self.ask("GET", "/v1/health", JSON, body=b"{}")
        self.assertEqual(reply.status, 400)


class Rate(Doors):
    def prepare(self):
        text = self.gateway.conf.read_text()
        self.gateway.conf.write_text(text.replace(
            "rate_per_minute = 100000", "rate_per_minute = 2"))

    def exhaust(self, token):
        """How many were served before the first refusal."""
        for served in range(100):
            reply = self.nonce(token=token)
            if reply.status != 200:
                self.assertEqual((reply.status, reply.code()),
                                 (429, "rate_limited"))
                # Two a minute: at most half a minute to the next, and
                # nothing but that wait makes one.
                wait = int(reply.one("Retry-After"))
                self.assertTrue(1 < wait <= 31, wait)
                return served
        raise AssertionError("no limit")

    def test_each_caller_has_its_own(self):
        self.assertGreaterEqual(self.exhaust(rig.TOKEN), 2)
        # A stranger is no caller, and its tries are nobody's.
        for _ in range(5):
            self.assertEqual(self.nonce(token="x").status, 401)
        self.assertGreaterEqual(self.exhaust(rig.OTHER), 2)
        for _ in range(5):
            self.assertEqual(self.ask("GET", "/v1/health").status, 200)


class Held(Doors):
    """Its directory answers when the test lets it."""

    # It waits for the directory as long as this test may take.
    connector = ("[connector directory]\nkind = directory\nengine = sqlite\n"
                 "path = {self.directory}\nconnect_time = 60 s\n"
                 "request_time = 60 s\n")

    def setUp(self):
        super().setUp()
        self.enrol(self.gateway)

    @contextlib.contextmanager
    def holding(self):
        with contextlib.closing(sqlite3.connect(
                self.directory, isolation_level=None)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            try:
                yield
            finally:
                lock.execute("ROLLBACK")

    def body(self, token=rig.TOKEN):
        return json.dumps({
            "assertion": self.desk.sign(self.gateway.nonce(token)),
            "officer": {"id": "o-17"}}).encode()

    def counted(self, name):
        text = self.ask("GET", "/metrics", token=rig.OTHER).body.decode()
        return int(re.search(rf"^cccd_gateway_{name} (\d+)$", text,
                             re.M).group(1))

    def wait_for_queue(self, count):
        rig.wait_for("the queue",
                     lambda: self.counted("waiting") == count)

    def spent(self):
        """Nonces in hand, as the store has them."""
        with contextlib.closing(sqlite3.connect(
                f"file:{self.gateway.folder}/gateway.db?mode=ro",
                uri=True)) as db:
            return db.execute("SELECT nonce FROM gateway_nonces "
                              "WHERE state <> 0").fetchall()


class Queue(Held):
    """One check at once, and four may wait, two of each caller."""

    extra = "workers = 2\nqueue = 4\ncheck_time = 60 s"

    def begin(self, body, token=rig.TOKEN):
        """A check whose answer is not waited for."""
        link = Link(self.gateway)
        self.addCleanup(link.close)
        link.say("POST", "/v1/checks", JSON, body=body, token=token)
        return link

    def assert_matched(self, link):
        reply = link.hear("POST")
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(json.loads(reply.body)["registry"], "match")

    def test_nobody_waits_for_another_s_share(self):
        bodies = [self.body() for _ in range(4)]
        others = [self.body(rig.OTHER) for _ in range(2)]
        with self.holding():
            links = [self.begin(bodies[0])]
            rig.wait_for("the check", lambda: len(self.spent()) == 1)
            links += [self.begin(body) for body in bodies[1:3]]
            self.wait_for_queue(2)
            refused = self.ask("POST", "/v1/checks", JSON, body=bodies[3])
            self.assertEqual((refused.status, refused.code()),
                             (429, "rate_limited"))
            self.assertGreaterEqual(int(refused.one("Retry-After")), 1)
            links += [self.begin(body, rig.OTHER) for body in others]
            self.wait_for_queue(4)
            # No check can end now, but cards are read on.
            for token in (rig.TOKEN, rig.OTHER) * 4:
                self.assertEqual(self.nonce(token=token).status, 200)
            self.assertEqual(self.counted("waiting"), 4)
            self.assertEqual(len(self.spent()), 1)
        for link in links:
            self.assert_matched(link)
        # What was refused was not spent.
        self.assert_matched(self.begin(bodies[3]))
        self.assertEqual([line["caller"] for line in self.gateway.log()],
                         ["desk"] * 3 + ["other"] * 2 + ["desk"])

    def test_who_hangs_up_while_waiting_may_come_again(self):
        bodies = [self.body() for _ in range(3)]
        with self.holding():
            first = self.begin(bodies[0])
            rig.wait_for("the check", lambda: len(self.spent()) == 1)
            gone = [self.begin(body) for body in bodies[1:]]
            self.wait_for_queue(2)
            for link in gone:
                link.close()
            self.wait_for_queue(0)
            self.assertEqual(self.counted("abandoned_total"), 2)
            # It left its place, too: both have room.
            again = [self.begin(body) for body in bodies[1:]]
            self.wait_for_queue(2)
            # This one is too late: its question may be asked.
            first.close()
            rig.wait_for("its end", lambda: self.counted("connections") == 3)
            self.assertEqual(self.counted("abandoned_total"), 2)
        for link in again:
            self.assert_matched(link)
        reply = self.ask("POST", "/v1/checks", JSON, body=bodies[0])
        self.assertEqual((reply.status, reply.code()), (409, "nonce_spent"))
        # One line for each question.
        self.assertEqual(self.counted("registry_requests_total"), 3)
        self.assertEqual(len(self.gateway.log()), 3)


class Reload(Held):
    extra = "workers = 1\ncheck_time = 60 s"

    def reload(self, **callers):
        before = self.gateway.stderr.stat().st_size
        self.write(callers)
        self.gateway.process.send_signal(signal.SIGHUP)
        # A request of before would wait for the worker.
        rig.wait_for("the reload", lambda: b"The callers were read again."
                     in self.gateway.stderr.read_bytes()[before:])

    def test_a_caller_goes_while_its_requests_are_in_hand(self):
        bodies = [self.body() for _ in range(2)]
        kept = Link(self.gateway)
        self.addCleanup(kept.close)
        self.assertEqual(kept.send("POST", "/v1/nonces", JSON,
                                   body=b"{}").status, 200)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            # One waits for the directory, one for the other.
            with self.holding():
                checks = [pool.submit(self.ask, "POST", "/v1/checks", JSON,
                                      body=bodies[0])]
                rig.wait_for("the check", lambda: len(self.spent()) == 1)
                checks.append(pool.submit(self.ask, "POST", "/v1/checks",
                                          JSON, body=bodies[1]))
                self.wait_for_queue(1)
                self.reload(other=rig.OTHER)
                self.assertEqual(self.nonce().status, 401)
            # What was begun by right ends by right.
            for check in checks:
                reply = check.result(rig.WAIT_S)
                self.assertEqual(reply.status, 200)
                self.assertEqual(json.loads(reply.body)["registry"],
                                 "match")
        self.assertEqual([line["caller"] for line in self.gateway.log()],
                         ["desk"] * 2)
        # A connection of before opens nothing now.
        again = kept.send("POST", "/v1/nonces", JSON, body=b"{}")
        self.assertEqual((again.status, again.code()),
                         (401, "token_invalid"))

    def test_a_bad_file_changes_nothing(self):
        before = self.gateway.stderr.stat().st_size
        self.gateway.conf.write_text("[gateway]\ncolour = red\n")
        self.gateway.process.send_signal(signal.SIGHUP)
        rig.wait_for("the complaint", lambda: b"line 2: colour: there is no "
                     b"such setting" in
                     self.gateway.stderr.read_bytes()[before:])
        self.assertEqual(self.nonce().status, 200)
        self.assertEqual(self.nonce(token=rig.OTHER).status, 200)

    def test_a_token_changes_hands(self):
        self.reload(desk=rig.OTHER)
        self.assertEqual(self.nonce().status, 401)
        self.assertEqual(self.nonce(token=rig.OTHER).status, 200)


if __name__ == "__main__":
    rig.main()
