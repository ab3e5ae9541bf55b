#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for cccdd: the contract's words, played from a script.

It knows the API's shape (docs/api/openapi.json, asyncapi.json) and nothing
of cards. A test sets what shall happen and holds it at any point:

    with StandIn(origins={page}) as service:
        service.sample = "failed"
        service.hold_at("dg13")

As a program it serves Node's tests: stand_in.py --socket PATH prints
"ready PATH", answers commands, and ends with its standard input.
"""

import base64
import copy
import hashlib
import http.server
import json
import pathlib
import socketserver
import struct
import sys
import threading

from stand_in_session import Session, base64url, problem

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PORTRAIT = ROOT / "tests/sim/profiles/specimen.jpg"

REQUEST_MEMBERS = {"rp", "nonce", "purpose", "scopes", "required_checks",
                   "audience", "reader", "evidence", "format", "request_jwt"}


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection: the door first, then the routes."""

    protocol_version = "HTTP/1.1"
    server_version = "stand-in"
    sys_version = ""

    def address_string(self):
        return "local"

    @property
    def service(self):
        return self.server.service

    def log_message(self, *_):
        pass

    def do_OPTIONS(self):
        self.handle_one(self.preflight)

    def do_GET(self):
        self.handle_one(self.get)

    def do_POST(self):
        self.handle_one(self.post)

    def do_DELETE(self):
        self.handle_one(self.delete)

    def handle_one(self, route):
        service = self.service
        length = int(self.headers.get("Content-Length", "0"))
        self.body = self.rfile.read(length)
        service.log.append((self.command, self.path, dict(self.headers)))
        origin = self.headers.get("Origin")
        if not self.server.local and origin not in service.origins:
            self.give(403, None)
            return
        route()

    def give(self, status, body, kind="application/json", headers=()):
        data = body if isinstance(body, bytes) else (
            b"" if body is None else json.dumps(body).encode())
        self.send_response(status)
        if body is not None:
            self.send_header("Content-Type", kind)
        if status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.doors()
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def doors(self):
        origin = self.headers.get("Origin")
        self.send_header("Vary", "Origin")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        if origin in self.service.origins:
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Expose-Headers",
                             "Location, Retry-After")

    def refuse(self, code, headers=(), **more):
        body = problem(code, **more)
        self.give(body["status"], body, "application/problem+json", headers)

    def preflight(self):
        self.give(204, None, headers=(
            ("Access-Control-Allow-Methods", "GET, POST, DELETE"),
            ("Access-Control-Allow-Headers", "Authorization, Content-Type, "
             "Idempotency-Key, Last-Event-ID"),
            ("Access-Control-Max-Age", "600")))

    def session(self):
        """The session of the path, by its token, or None and an answer."""
        found = self.service.sessions.get(self.path.split("/")[3])
        given = self.headers.get("Authorization", "")
        if found is None:
            self.refuse("session_not_found")
        elif given != f"Bearer {found.token}":
            self.refuse("token_invalid")
            found = None
        return found

    def get(self):
        path = self.path
        if path == "/v1/health":
            self.give(200, {"status": "ok", "api_level": 1, "new": True})
        elif path == "/v1/readers":
            self.give(200, {"readers": self.service.readers})
        elif path == "/v1/events":
            self.events()
        elif path == "/v1/ws":
            self.websocket()
        elif path.startswith("/v1/sessions/"):
            session = self.session()
            if session is not None:
                self.of_session(session, path.split("/")[4:])
        else:
            self.refuse("not_found")

    def of_session(self, session, rest):
        if not rest:
            self.give(200, session.view())
        elif rest == ["result"]:
            self.result(session)
        elif rest == ["portrait"]:
            self.portrait(session)
        else:
            self.refuse("not_found")

    def result(self, session):
        if session.state not in ("ready", "delivered"):
            self.refuse("bad_state")
        elif "result" in session.taken:
            self.refuse("result_already_delivered")
        else:
            session.taken.add("result")
            session.enter("delivered")
            result = self.service.result()
            if self.headers.get("Accept") != "application/jwt":
                self.give(200, result)
                return
            parts = [{"typ": "cccd-assertion+jwt", "alg": "ES256"},
                     {"nonce": session.request.get("nonce"),
                      "result": result}]
            token = ".".join(base64url(
                json.dumps(part, ensure_ascii=False).encode())
                for part in parts) + ".c2lnbmF0dXJl"
            self.give(200, token.encode(), "application/jwt")

    def portrait(self, session):
        if self.service.portrait is None or "portrait" in session.taken:
            self.refuse("result_already_delivered")
            return
        session.taken.add("portrait")
        self.give(200, self.service.portrait, "image/jpeg")

    def post(self):
        try:
            body = json.loads(self.body)
        except ValueError:
            self.refuse("malformed_request")
            return
        if self.path == "/v1/sessions":
            self.create(body)
            return
        session = self.session()
        if session is None:
            return
        if self.path.endswith("/access-key"):
            self.access_key(session, body)
        elif self.path.endswith("/consent"):
            with self.service.changed:
                session.consent = body
                self.service.changed.notify_all()
            self.give(202, session.view())
        else:
            self.refuse("not_found")

    def create(self, body):
        service = self.service
        if not set(body) <= REQUEST_MEMBERS:
            self.refuse("malformed_request")
        elif service.create_problem:
            self.refuse(service.create_problem, (("Retry-After", "2"),))
        else:
            key = self.headers.get("Idempotency-Key", "")
            session = service.begin(body, key)
            self.give(201, {**session.view(),
                            "session_token": session.token}, headers=(
                ("Location", f"/v1/sessions/{session.id}"),))

    def access_key(self, session, body):
        service = self.service
        if set(body) != {"type", "value"}:
            self.refuse("malformed_request")
        elif session.state not in ("created", "awaiting_consent",
                                   "awaiting_card", "awaiting_access_key"):
            self.refuse("bad_state")
        else:
            service.keys.append(body)
            with service.changed:
                session.key = body
                service.changed.notify_all()
            self.give(202, session.view())

    def delete(self):
        session = self.session()
        if session is None:
            return
        self.service.cancelled.append(session.id)
        with self.service.changed:
            session.over.set()
            self.service.changed.notify_all()
        if session.state not in ("delivered", "failed"):
            session.enter("cancelled")
        self.give(204, None)

    def owner(self, token):
        for session in self.service.sessions.values():
            if token and session.token == token:
                return session.id
        return ""

    def events(self):
        given = self.headers.get("Authorization", "")
        owner = self.owner(given.removeprefix("Bearer "))
        if given and not owner:
            self.refuse("token_invalid")
            return
        since = self.since(self.headers.get("Last-Event-ID"))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.doors()
        self.end_headers()
        self.close_connection = True
        self.stream(owner, since,
                    lambda seq, kind, body: self.wfile.write(
                        f"id: {seq}\nevent: {kind}\ndata: "
                        f"{json.dumps(body)}\n\n".encode()))

    def since(self, last):
        """Where a stream begins; taken before its opening is seen."""
        service = self.service
        return (len(service.events) if last is None else int(last),
                service.cuts)

    def stream(self, owner, since, put):
        service = self.service
        last, cut = since
        try:
            while not service.closing and cut == service.cuts:
                for seq, kind, body, whose in service.after(last):
                    last = seq
                    if whose in ("", owner):
                        put(seq, kind, body)
        except OSError:
            pass

    def websocket(self):
        key = self.headers.get("Sec-WebSocket-Key", "").encode()
        accept = base64.b64encode(hashlib.sha1(
            key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"),
                            ("Connection", "Upgrade"),
                            ("Sec-WebSocket-Accept", accept),
                            ("Sec-WebSocket-Protocol", "cccd.v1")):
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        hello = json.loads(self.frame())
        token = hello.get("token")
        owner = self.owner(token)
        if token and not owner:
            self.put_frame({"re": "hello", "type": "problem",
                            "body": problem("token_invalid")})
            return
        since = self.since(hello.get("last_event_id"))
        self.put_frame({"re": "hello", "type": "welcome", "body": {}})
        self.stream(owner, since,
                    lambda seq, kind, body: self.put_frame(
                        {"type": kind, "seq": seq, "body": body}))

    def frame(self):
        _, size = self.rfile.read(2)
        size &= 0x7F
        if size == 126:
            size, = struct.unpack(">H", self.rfile.read(2))
        mask = self.rfile.read(4)
        data = self.rfile.read(size)
        return bytes(c ^ mask[i % 4] for i, c in enumerate(data))

    def put_frame(self, body):
        data = json.dumps(body).encode()
        head = (bytes((0x81, len(data))) if len(data) < 126
                else b"\x81\x7e" + struct.pack(">H", len(data)))
        self.wfile.write(head + data)


class TcpServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    local = False


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    local = True

    def get_request(self):
        request, _ = super().get_request()
        return request, ("local", 0)


class StandIn:
    """What the service knows, and what the test wants of it."""

    def __init__(self, origins=(), socket_path=None, port=0):
        self.origins = set(origins)
        self.sessions = {}
        self.by_key = {}
        self.events = []
        self.changed = threading.Condition()
        self.log = []
        self.keys = []
        self.cancelled = []
        self.reached = set()
        self.closing = False
        self.cuts = 0
        self.held = None
        self.sample = "proven"
        self.consent = False
        self.reject_keys = 0
        self.fail_at = None
        self.fail_with = ("card_mute",)
        self.create_problem = None
        self.portrait = PORTRAIT.read_bytes()
        self.readers = [{"id": "usb-1", "name": "ACR1252", "kind": "pcsc",
                         "state": "idle", "card_present": False,
                         "lease": "free"}]
        if socket_path:
            self.server = UnixServer(socket_path, Handler)
            self.address = "http://localhost"
        else:
            self.server = TcpServer(("127.0.0.1", port), Handler)
            self.address = (
                f"http://127.0.0.1:{self.server.server_address[1]}")
        self.server.service = self
        threading.Thread(target=self.server.serve_forever,
                         args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with self.changed:
            self.closing = True
            for session in self.sessions.values():
                session.over.set()
            self.changed.notify_all()
        self.server.shutdown()
        self.server.server_close()

    def result(self):
        sample = HERE / "samples" / f"{self.sample}.json"
        return json.loads(sample.read_text("utf-8"))

    def begin(self, request, key):
        with self.changed:
            if key and key in self.by_key:
                return self.by_key[key]
            session = Session(self, request)
            self.sessions[session.id] = session
            self.by_key[key] = session
        threading.Thread(target=session.run, daemon=True).start()
        return session

    def tell(self, kind, body, whose=""):
        with self.changed:
            self.events.append(
                (len(self.events) + 1, kind, copy.deepcopy(body), whose))
            self.changed.notify_all()

    def after(self, last):
        """Events after one; waits a moment for the next."""
        with self.changed:
            self.changed.wait_for(
                lambda: self.closing or len(self.events) > last, 0.5)
            found = self.events[last:]
        return found or [(last, "heartbeat",
                          {"time": "2026-11-23T02:10:04Z"}, "")]

    def cut_streams(self):
        """Every stream ends as if the network had."""
        with self.changed:
            self.cuts += 1
            self.changed.notify_all()

    def card_present(self):
        return any(reader["card_present"] for reader in self.readers)

    def lift_card(self):
        """In the middle of a read: the card is wanted back."""
        self.lay_card(False)
        for session in self.sessions.values():
            if session.state == "reading":
                session.tell("prompt.required", kind="card",
                             problem=problem("card_removed"))

    def lay_card(self, here=True):
        for reader in self.readers:
            reader["card_present"] = here
            self.tell("card.present" if here else "card.removed",
                      {"reader": {k: reader[k]
                                  for k in ("id", "name", "kind")}})

    def set_readers(self, readers):
        gone, self.readers = self.readers, readers
        for kind, those in (("reader.removed", gone),
                            ("reader.added", readers)):
            for reader in those:
                self.tell(kind, {"reader": {k: reader[k] for k in
                                            ("id", "name", "kind")}})

    def hold_at(self, point):
        with self.changed:
            self.reached.discard(point)
            self.held = point
            self.changed.notify_all()

    def release(self):
        self.hold_at(None)


def command(service, line):
    """One line, "NAME" or "NAME JSON": call it, set it, tell it."""
    name, *values = line.split(None, 1)
    values = [json.loads(value) for value in values]
    if callable(getattr(service, name)):
        return getattr(service, name)(*values)
    if values:
        setattr(service, name, *values)
    return getattr(service, name)


def main():
    path = sys.argv[sys.argv.index("--socket") + 1]
    with StandIn(socket_path=path) as service:
        service.lay_card()
        print(f"ready {path}", flush=True)
        for line in sys.stdin:
            print(json.dumps(command(service, line)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
