#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the desk page's server passes on to a gateway, and what it does not.

A gateway that answers as it is told to writes down what reaches it.
"""

import contextlib
import http.client
import http.server
import json
import os
import pathlib
import socket
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent / "web" / "desk")]

import registry_door  # noqa: E402
import serve  # noqa: E402

BEARER = "bearer-of-the-test-0123456789abcdefghij"
TOKEN = "eyJh.eyJi.c2ln"
WAIT_S = 60
DONE = (200, "application/json", b'{"nonce": "n"}')


class Gateway(http.server.ThreadingHTTPServer):
    """Keeps what it is asked; answers the same every time."""

    daemon_threads = True

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.asked.append(
                (self.path, dict(self.headers), json.loads(body)))
            status, kind, text = self.server.answer
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            # One who has read enough may be gone.
            with contextlib.suppress(OSError):
                self.wfile.write(text)

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.asked = []
        self.answer = DONE


def start(server):
    threading.Thread(target=server.serve_forever, args=(0.05,),
                     daemon=True).start()
    return server


class DoorTest(unittest.TestCase):
    """A page's server before that gateway."""

    def setUp(self):
        self.gateway = start(Gateway())
        self.addCleanup(self.close, self.gateway)
        self.page = self.serve(f"http://127.0.0.1:"
                               f"{self.gateway.server_address[1]}")

    def serve(self, address):
        page = start(serve.Server(0, "http://127.0.0.1:1", {},
                                  registry_door.Door(
                                      address, BEARER, "o-17",
                                      service_code="1.000")))
        self.addCleanup(self.close, page)
        return page

    @staticmethod
    def close(server):
        server.shutdown()
        server.server_close()

    def call(self, path, body, method="POST", page=None, **headers):
        page = page or self.page
        given = {"Origin": page.address, "Content-Type": "application/json"}
        given.update({name.replace("_", "-"): value
                      for name, value in headers.items()})
        link = http.client.HTTPConnection("127.0.0.1", page.port,
                                          timeout=WAIT_S)
        try:
            link.request(method, path, body, {
                name: value for name, value in given.items()
                if value is not None})
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def refused(self, status, code, *arguments, **named):
        got, text = self.call(*arguments, **named)
        self.assertEqual(got, status, text)
        if code is not None:
            self.assertEqual(json.loads(text)["code"], code)
        self.assertEqual(self.gateway.asked, [])

    def test_two_calls_pass_with_what_the_page_does_not_know(self):
        self.assertEqual(self.call("/registry/nonce", "{}"),
                         (200, b'{"nonce": "n"}'))
        status, _ = self.call("/registry/check",
                              json.dumps({"assertion": TOKEN}),
                              Sec_Fetch_Site="same-origin")
        self.assertEqual(status, 200)
        (first, headers, nothing), (second, _, body) = self.gateway.asked
        self.assertEqual((first, second), ("/v1/nonces", "/v1/checks"))
        self.assertEqual(nothing, {})
        self.assertEqual(body, {"assertion": TOKEN,
                                "officer": {"id": "o-17"},
                                "service_code": "1.000"})
        self.assertEqual(headers["Authorization"], f"Bearer {BEARER}")
        self.assertNotIn("Origin", headers)

    def test_only_the_page_of_this_server_asks(self):
        for origin in ("https://evil.example", "null", None,
                       f"http://localhost:{self.page.port}",
                       self.page.address + "/",
                       self.page.address.replace("http", "https")):
            self.refused(403, "origin_not_registered", "/registry/nonce",
                         "{}", Origin=origin)
        self.refused(403, "origin_not_registered", "/registry/nonce", "{}",
                     Sec_Fetch_Site="cross-site")
        self.refused(421, None, "/registry/nonce", "{}",
                     Host="evil.example", Origin="http://evil.example")

    def test_nothing_else_passes(self):
        for path in ("/registry/", "/registry/nonce?a=b", "/v1/checks",
                     "/registry/check/", "/registry/../v1/checks",
                     "/metrics"):
            self.refused(404, None, path, "{}")
        self.refused(404, None, "/registry/nonce", None, method="GET")
        for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
            self.refused(501, None, "/registry/nonce", "{}", method=method)

    def test_only_an_assertion_is_taken(self):
        for body in ("", "[]", "1", '"a"', "{", "{}",
                     json.dumps({"assertion": 5}),
                     json.dumps({"assertion": "no.token"}),
                     json.dumps({"assertion": TOKEN + "\n"}),
                     json.dumps({"assertion": TOKEN, "id_number": "0"}),
                     json.dumps({"assertion": TOKEN,
                                 "officer": {"id": "other"}}),
                     "[" * 60000):
            self.refused(400, "malformed_request", "/registry/check", body)
        self.refused(400, "malformed_request", "/registry/nonce",
                     '{"a": 1}')
        self.refused(415, "unsupported_media_type", "/registry/nonce", "{}",
                     Content_Type="text/plain")
        self.refused(400, "malformed_request", "/registry/nonce",
                     iter([b"{}"]), Transfer_Encoding="chunked")

    def test_what_is_too_large_is_refused(self):
        def body(size):
            text = json.dumps({"assertion": TOKEN})
            return text[:-2] + "A" * (size - len(text)) + text[-2:]
        self.refused(413, "too_large", "/registry/check",
                     body(registry_door.BODY_MAX + 1))
        self.assertEqual(self.call("/registry/check",
                                   body(registry_door.BODY_MAX))[0], 200)

    def test_the_gateways_problems_pass(self):
        problem = b'{"code": "nonce_spent"}'
        self.gateway.answer = (409, "application/problem+json", problem)
        self.assertEqual(self.call("/registry/nonce", "{}"), (409, problem))

    def test_what_a_page_cannot_mend_is_told_so(self):
        for answer, code in (
                ((401, "application/problem+json", b"{}"),
                 "configuration_bad"),
                ((403, "text/plain", b""), "configuration_bad"),
                ((421, "text/plain", b""), "configuration_bad"),
                ((302, "application/problem+json", b"{}"), "internal"),
                ((200, "text/html", b"{}"), "internal"),
                ((500, "text/html", b"oh"), "internal"),
                ((200, "application/json",
                  b" " * (registry_door.ANSWER_MAX + 1)), "internal")):
            self.gateway.answer = answer
            status, text = self.call("/registry/nonce", "{}")
            self.assertEqual((status, json.loads(text)["code"]), (502, code))

    def test_a_gateway_that_is_away(self):
        page = self.serve("unix:/nonexistent/gateway.sock")
        status, text = self.call("/registry/nonce", "{}", page=page)
        self.assertEqual((status, json.loads(text)["code"]),
                         (503, "store_unavailable"))

    def test_problems_are_those_of_the_schema(self):
        schema = json.loads((HERE.parent.parent / "docs" / "api" /
                             "problem.schema.json").read_text("utf-8"))
        for code in registry_door.PROBLEMS:
            document = json.loads(registry_door.problem(code)[2])
            self.assertEqual(set(document), set(schema["required"]))
            for member in ("code", "next"):
                self.assertIn(document[member],
                              schema["properties"][member]["enum"])

    def test_a_page_without_a_gateway_says_so(self):
        page = start(serve.Server(0, "http://127.0.0.1:1",
                                  {"gateway": {"audience": "x"}}))
        self.addCleanup(self.close, page)
        self.assertEqual(self.call("/registry/nonce", "{}", page=page)[0],
                         404)
        for server, gateway in ((page, None),
                                (self.page, {"audience": "gateway"})):
            text = self.call("/desk.json", None, "GET", server)[1]
            self.assertEqual(json.loads(text)["gateway"], gateway)
            self.assertNotIn(BEARER.encode(), text)

    def test_a_unix_socket_is_reached(self):
        folder = tempfile.TemporaryDirectory(prefix="cccd-door-")
        self.addCleanup(folder.cleanup)
        path = f"{folder.name}/s"
        listening = socket.socket(socket.AF_UNIX)
        self.addCleanup(listening.close)
        listening.bind(path)
        listening.listen()
        said = []

        def answer():
            link, _ = listening.accept()
            with link:
                text = b""
                # Head and body may come apart.
                while not text.endswith(b"\r\n\r\n{}"):
                    text += link.recv(65536)
                said.append(text)
                link.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/"
                             b"json\r\nContent-Length: 2\r\n\r\n{}")
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        page = self.serve(f"unix:{path}")
        self.assertEqual(self.call("/registry/nonce", "{}", page=page),
                         (200, b"{}"))
        thread.join(WAIT_S)
        self.assertIn(b"\r\nHost: localhost\r\n", said[0])

    def test_only_loopback_and_sockets_are_gateways(self):
        for address in ("https://127.0.0.1:1", "http://gateway.example:80",
                        "http://127.0.0.1", "http://127.0.0.1:1/v1",
                        "http://a@127.0.0.1:1", "127.0.0.1:1"):
            with self.assertRaises(ValueError, msg=address):
                registry_door.connector(address)

    def test_a_bearer_that_others_can_read_is_none(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "bearer")
            path.write_text(BEARER + "\n", "ascii")
            os.chmod(path, 0o600)
            self.assertEqual(registry_door.read_bearer(path), BEARER)
            os.chmod(path, 0o640)
            with self.assertRaises(ValueError):
                registry_door.read_bearer(path)
            os.chmod(path, 0o600)
            path.write_text("short", "ascii")
            with self.assertRaises(ValueError):
                registry_door.read_bearer(path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
