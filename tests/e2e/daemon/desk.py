# SPDX-License-Identifier: Apache-2.0
"""A desk with cccdd: a pcscd of its own, two virtual readers with simulated
cards, the daemon with a configuration of its own, and front ends.

Everything is started here, on loopback or in a scratch directory, and is
stopped by its process id.
"""

import base64
import http.client
import json
import os
import queue
import re
import resource
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

from contract import Contract, SOURCE

BUILD = os.environ["CCCD_BUILD_DIR"]
SIM = os.environ.get("CCCD_SIM_PROGRAM",
                     os.path.join(BUILD, "tests", "sim", "cccd-sim"))
DAEMON = os.environ.get("CCCDD_PROGRAM",
                        os.path.join(BUILD, "service", "cccdd"))
CCCD = os.environ.get("CCCD_PROGRAM", os.path.join(BUILD, "cli", "cccd"))
RENDER = os.path.join(BUILD, "service", "render", "cccd-render")
RIG = os.path.join(SOURCE, "tests", "support", "pcscd-rig")
ID_NUMBER = "001199000001"
ORIGIN = "http://127.0.0.1:8801"
OTHER_ORIGIN = "https://clinic.example"
LIMIT_S = 60

contract = Contract()


def until(what, condition, limit=LIMIT_S):
    """The value of a condition, once it is true."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("never came: " + what)
        time.sleep(0.02)


def nonce():
    return secrets.token_urlsafe(32)


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["code"]


class _Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=LIMIT_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(LIMIT_S)
        self.sock.connect(self.path)


class Door:
    """A front end: an origin on TCP, or this user on the Unix socket."""

    def __init__(self, desk, origin=None, host=None):
        self.desk = desk
        self.origin = origin
        self.host = host

    def connect(self):
        if self.origin is None and self.host is None:
            return _Unix(self.desk.socket)
        return http.client.HTTPConnection("127.0.0.1", self.desk.port,
                                          timeout=LIMIT_S)

    def headers(self, more):
        headers = dict(more or {})
        if self.origin is not None:
            headers["Origin"] = self.origin
        if self.host is not None:
            headers["Host"] = self.host
        return headers

    def call(self, method, path, body=None, headers=None, right=True):
        headers = self.headers(headers)
        text = None
        if body is not None:
            if right:
                contract.request(method, path, body)
            text = json.dumps(body)
            headers["Content-Type"] = "application/json"
        connection = self.connect()
        try:
            connection.request(method, path, text, headers)
            response = connection.getresponse()
            data = response.read()
        finally:
            connection.close()
        contract.answer(method, path, response.status,
                        response.getheader("Content-Type"), data)
        return Answer(response.status, response.headers, data)

    def create(self, idempotency=None, **members):
        body = {"rp": "demo.example", "nonce": nonce(), "purpose": "demo",
                "scopes": ["id", "demographic"]}
        body.update(members)
        headers = {}
        if idempotency is not None:
            headers["Idempotency-Key"] = idempotency
        return self.call("POST", "/v1/sessions", body, headers)

    def session(self, **members):
        answer = self.create(**members)
        assert answer.status == 201, answer.body
        return Session(self, answer.json)


class Session:
    """One session of a front end, over HTTP."""

    def __init__(self, door, view):
        self.door = door
        self.id = view["session_id"]
        self.token = view["session_token"]
        self.path = "/v1/sessions/" + self.id

    def headers(self, more=None):
        headers = {"Authorization": "Bearer " + self.token}
        headers.update(more or {})
        return headers

    def call(self, method, rest="", body=None, headers=None):
        return self.door.call(method, self.path + rest, body,
                              self.headers(headers))

    def state(self):
        return self.call("GET").json["state"]

    def give(self, kind="id_number", value=ID_NUMBER):
        return self.call("POST", "/access-key",
                         {"type": kind, "value": value})

    def await_state(self, *states):
        return until("state " + "/".join(states),
                     lambda: (lambda s: s if s in states else None)(
                         self.state()))

    def read(self):
        answer = self.give()
        assert answer.status == 202, answer.body
        return self.await_state("ready", "failed")

    def result(self, accept="application/json"):
        return self.call("GET", "/result", headers={"Accept": accept})

    def portrait(self):
        return self.call("GET", "/portrait")

    def cancel(self):
        return self.call("DELETE")


class Events:
    """A stream of events by fetch, read on a thread of its own."""

    def __init__(self, door, token=None, last=None):
        headers = door.headers({"Accept": "text/event-stream"})
        if token is not None:
            headers["Authorization"] = "Bearer " + token
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.connection = door.connect()
        self.connection.request("GET", "/v1/events", headers=headers)
        # The stream keeps the socket; closing both ends it.
        self.socket = self.connection.sock
        self.response = self.connection.getresponse()
        self.status = self.response.status
        contract.seen.add(("GET", "/v1/events", self.status))
        self.events = []
        self.arrived = threading.Condition()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        event = {}
        try:
            for line in self.response:
                line = line.decode("utf-8").rstrip("\r\n")
                if line == "" and "data" in event:
                    self._take(event)
                    event = {}
                elif ":" in line and not line.startswith(":"):
                    name, value = line.split(":", 1)
                    event[name] = value.removeprefix(" ")
        except (OSError, ValueError, AttributeError,
                http.client.HTTPException):
            pass
        with self.arrived:
            self.events.append(None)
            self.arrived.notify_all()

    def _take(self, event):
        body = json.loads(event["data"])
        failure = None
        try:
            contract.message(event["event"], body)
        except AssertionError as error:
            failure = error
        with self.arrived:
            self.events.append((int(event["id"]), event["event"],
                                failure or body))
            self.arrived.notify_all()

    def await_event(self, kind, matches=lambda body: True):
        """The first event of a kind, from the beginning of the stream."""
        end = time.monotonic() + LIMIT_S
        with self.arrived:
            while True:
                for event in self.events:
                    if event is None:
                        continue
                    if isinstance(event[2], AssertionError):
                        raise event[2]
                    if event[1] == kind and matches(event[2]):
                        return event
                assert not (self.events and self.events[-1] is None), (
                    "the stream ended before " + kind)
                left = end - time.monotonic()
                assert left > 0, "no event " + kind
                self.arrived.wait(left)

    def ended(self):
        with self.arrived:
            return bool(self.events) and self.events[-1] is None

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            pass
        self.thread.join(LIMIT_S)
        self.connection.close()


class Socket:
    """A WebSocket by hand: RFC 6455 as a client needs it."""

    def __init__(self, door, path="/v1/ws", protocol="cccd.v1",
                 unix=None):
        if unix is not None or door.origin is None:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(LIMIT_S)
            self.socket.connect(unix or door.desk.socket)
            host = "localhost"
        else:
            self.socket = socket.create_connection(
                ("127.0.0.1", door.desk.port), LIMIT_S)
            host = "127.0.0.1:%d" % door.desk.port
        key = base64.b64encode(os.urandom(16)).decode()
        head = ("GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
                "Sec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Protocol: %s\r\n" % (path, host, key,
                                                    protocol))
        if door is not None and door.origin is not None:
            head += "Origin: %s\r\n" % door.origin
        self.socket.sendall((head + "\r\n").encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            more = self.socket.recv(4096)
            if not more:
                break
            self.buffer += more
        top, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        self.status = int(top.split(b" ")[1]) if top else 0
        contract.seen.add(("GET", path, self.status))
        self.next_id = 0
        self.events = []

    def send_text(self, text):
        data = text.encode()
        mask = os.urandom(4)
        head = b"\x81"
        if len(data) < 126:
            head += bytes([0x80 | len(data)])
        else:
            head += b"\xfe" + struct.pack(">H", len(data))
        body = bytes(b ^ mask[i % 4] for i, b in enumerate(data))
        self.socket.sendall(head + mask + body)

    def _bytes(self, count):
        while len(self.buffer) < count:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError
            self.buffer += more
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def receive(self):
        """One message; ("close", code) when it ends."""
        end = time.monotonic() + LIMIT_S
        while True:
            assert time.monotonic() < end, "nothing but pings"
            first, second = self._bytes(2)
            length = second & 0x7f
            if length == 126:
                length = struct.unpack(">H", self._bytes(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self._bytes(8))[0]
            data = self._bytes(length)
            opcode = first & 0x0f
            if opcode == 9:
                self.socket.sendall(
                    bytes([0x8a, 0x80 | len(data)]) + b"\0\0\0\0" + data)
            elif opcode == 8:
                code = struct.unpack(">H", data[:2])[0] if data else 0
                return ("close", code)
            elif opcode == 1:
                return json.loads(data)

    def hello(self, token=None, last=None):
        frame = {"type": "hello", "token": token}
        if last is not None:
            frame["last_event_id"] = str(last)
        contract.message("command.hello", frame)
        self.send_text(json.dumps(frame))
        return self.reply_to("hello")

    def reply_to(self, identifier):
        while True:
            message = self.receive()
            if isinstance(message, tuple):
                return message
            if "re" in message:
                contract.message("reply", message)
                if message["re"] == identifier:
                    return message
                continue
            contract.message("event", message)
            if message["type"] in contract.asyncapi["components"][
                    "messages"]:
                contract.message(message["type"], message["body"])
            self.events.append(message)

    def command(self, kind, body=None, right=True):
        self.next_id += 1
        frame = {"id": str(self.next_id), "type": kind}
        if body is not None:
            frame["body"] = body
        if right:
            contract.message("command." + kind, frame)
        self.send_text(json.dumps(frame))
        reply = self.reply_to(frame["id"])
        if right and reply["type"] == "reply" and "body" in reply:
            contract.reply(kind, reply["body"])
        return reply

    def await_event(self, kind, matches=lambda body: True):
        seen = 0
        while True:
            while seen < len(self.events):
                event = self.events[seen]
                seen += 1
                if event["type"] == kind and matches(event["body"]):
                    return event
            message = self.receive()
            assert not isinstance(message, tuple), message
            contract.message("event", message)
            self.events.append(message)

    def close(self):
        self.socket.close()


class Desk:
    """All of it; use as a context."""

    def __init__(self, slots=2, parties=None, real_time=False, **settings):
        self.slots = slots
        self.real_time = real_time
        self.settings = settings
        self.parties = parties
        self.rig = None
        self.sims = []
        self.daemon = None
        self.wrapper = []
        self.directory = tempfile.mkdtemp(prefix="cccdd-e2e-")

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def party(self, **members):
        entry = {"schema": "urn:cccd:relying-party:1", "id": "demo.example",
                 "origins": [ORIGIN], "local_uids": [os.getuid()],
                 "request_mode": "origin",
                 "scopes_max": ["id", "demographic", "address", "portrait"],
                 "purposes": ["demo"], "consent": "none",
                 "access_key_from": ["front_end"],
                 "formats": ["json", "jwt"], "profile": "counter",
                 "quota_per_hour": 100000}
        entry.update(members)
        return {k: v for k, v in entry.items() if v is not None}

    def write_parties(self, parties):
        directory = self.path("parties")
        shutil.rmtree(directory, ignore_errors=True)
        os.mkdir(directory, 0o700)
        for party in parties:
            with open(os.path.join(directory, party["id"] + ".json"), "w",
                      encoding="utf-8") as file:
                json.dump(party, file)

    def write_config(self):
        settings = {
            "listen": "127.0.0.1:0",
            "api_socket": self.path("api.sock"),
            "agent_socket": self.path("agent.sock"),
            "relying_parties": self.path("parties"),
            "profiles": os.path.join(SOURCE, "packaging", "profiles"),
            "trust": self.path("no-trust"),
            "demo_trust": self.path("pki"),
            "tables": os.path.join(SOURCE, "data", "tables"),
            "audit": self.path("audit"),
            "keys": self.path("keys"),
            "renderer": RENDER if os.path.exists(RENDER) else "default",
            "language": "en",
        }
        settings.update(self.settings)
        with open(self.path("cccdd.conf"), "w", encoding="utf-8") as file:
            for key, value in settings.items():
                file.write("%s = %s\n" % (key, value))

    def __enter__(self):
        os.umask(0o077)
        try:
            subprocess.run([SIM, "--make-pki", self.path("pki")],
                           check=True, stdout=subprocess.DEVNULL,
                           timeout=LIMIT_S)
            self.write_parties(self.parties or [
                self.party(),
                self.party(id="clinic.example", origins=[OTHER_ORIGIN],
                           local_uids=None)])
            self.write_config()
            self.start_rig()
            self.start_daemon()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def start_rig(self):
        self.rig = subprocess.Popen(
            [RIG], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        word, self.rig_pid, self.pcsc = self.rig.stdout.readline().split()
        assert word == "ready"
        for slot in range(self.slots):
            self.sims.append(subprocess.Popen(
                [RIG, "enter", self.rig_pid, SIM, "--slot", str(slot),
                 "--absent"] + self.sim_options(),
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                text=True))

    def sim_options(self):
        """A card in real time leaves time to act in the middle of it."""
        return ["--real-time"] if self.real_time else []

    def pcscd(self, word):
        self.rig.stdin.write(word + "\n")
        self.rig.stdin.flush()
        assert self.rig.stdout.readline()

    def start_daemon(self):
        environment = dict(os.environ, PCSCLITE_CSOCK_NAME=self.pcsc)
        self.errors = open(self.path("stderr"), "ab")
        start = self.errors.tell()
        self.daemon = subprocess.Popen(
            self.wrapper + [DAEMON, "--config", self.path("cccdd.conf")],
            env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self.errors)

        def port():
            assert self.daemon.poll() is None, self.said()
            text = self.said()[start:]
            found = re.search(r"http://127\.0\.0\.1:(\d+)", text)
            return found and "api.sock" in text and int(found.group(1))
        self.port = until("the doors", port)
        self.socket = self.path("api.sock")
        # The rig has two readers, with a card for each slot or without.
        self.reader(1)

    def said(self):
        with open(self.path("stderr"), encoding="utf-8") as file:
            return file.read()

    def stop_daemon(self, number=signal.SIGTERM):
        if self.daemon is None:
            return None
        self.daemon.send_signal(number)
        status = self.daemon.wait(LIMIT_S)
        self.daemon = None
        self.errors.close()
        return status

    def lay(self, card="cccd-2021", slot=0):
        self.sims[slot].stdin.write("insert %s\n" % card)
        self.sims[slot].stdin.flush()
        self.await_card(slot, True)

    def put(self, card="cccd-2021", slot=0):
        self.sims[slot].stdin.write("insert %s\n" % card)
        self.sims[slot].stdin.flush()

    def take(self, slot=0):
        self.sims[slot].stdin.write("remove\n")
        self.sims[slot].stdin.flush()

    def await_card(self, slot, there):
        def seen():
            readers = self.local().call("GET", "/v1/readers").json["readers"]
            return len(readers) > slot and (
                sorted(readers, key=lambda r: r["name"])[slot][
                    "card_present"] == there)
        until("card on slot %d: %s" % (slot, there), seen)

    def reader(self, slot=0):
        readers = until("readers", lambda: (lambda r: r if len(r) > slot
                                            else None)(
            self.local().call("GET", "/v1/readers").json["readers"]))
        return sorted(readers, key=lambda r: r["name"])[slot]

    def local(self):
        return Door(self)

    def page(self, origin=ORIGIN):
        return Door(self, origin)

    def audit(self):
        lines = []
        directory = self.path("audit")
        for name in sorted(os.listdir(directory)):
            if name.endswith(".jsonl"):
                with open(os.path.join(directory, name),
                          encoding="utf-8") as file:
                    lines += [json.loads(line) for line in file]
        return lines

    def verify_audit(self):
        return subprocess.run(
            [CCCD, "audit", "verify", "--dir", self.path("audit")],
            capture_output=True, timeout=LIMIT_S, check=False)

    def fill_disk(self, name):
        """No file grows any more: what a full disk is to the log."""
        if self.daemon is not None:
            resource.prlimit(self.daemon.pid, resource.RLIMIT_FSIZE, (
                os.path.getsize(self.path("audit", name)), 1 << 30))

    def close(self):
        if self.daemon is not None and self.daemon.poll() is None:
            self.stop_daemon(signal.SIGKILL)
        for sim in self.sims:
            sim.kill()
            sim.wait()
            sim.stdin.close()
        if self.rig is not None:
            self.rig.stdin.close()
            self.rig.stdout.read()
            self.rig.stdout.close()
            self.rig.wait(LIMIT_S)
        shutil.rmtree(self.directory, ignore_errors=True)
