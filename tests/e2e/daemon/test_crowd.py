# SPDX-License-Identifier: Apache-2.0
"""Many at once, many after another, and bytes of those who mean harm.

CCCD_READS sets how many reads are made one after another.
"""

import json
import os
import re
import resource
import selectors
import socket
import time
import unittest

from contract import SOURCE
from desk import LIMIT_S, Desk, until

LISTENERS = 500
READS = int(os.environ.get("CCCD_READS", "200"))
WARM = 20
FILES_SLACK = 4
# Up to 256 ended sessions, and what the allocator keeps for the next.
MEMORY_SLACK_KB = 6144


def files_of(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def resident_kb(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


class Crowd(unittest.TestCase):
    def test_all_listeners_are_told(self):
        room = LISTENERS + 100
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 4 * LISTENERS
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (
                wanted if hard < 0 else min(wanted, hard), hard))
        with Desk(slots=1, max_event_listeners=LISTENERS,
                  max_connections=room,
                  max_connections_per_origin=room) as desk:
            page = desk.page()
            ask = ("GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                   "Origin: %s\r\n\r\n" % (desk.port, page.origin)).encode()
            selector = selectors.DefaultSelector()
            listeners = []
            for _ in range(LISTENERS):
                listener = socket.create_connection(
                    ("127.0.0.1", desk.port), LIMIT_S)
                self.addCleanup(listener.close)
                listener.sendall(ask)
                listeners.append(listener)
            for listener in listeners:
                self.assertIn(b" 200 ", listener.recv(4096)[:20])
                listener.setblocking(False)
                selector.register(listener, selectors.EVENT_READ,
                                  bytearray())
            self.assertEqual(page.call("GET", "/v1/events").status, 429)
            # Nobody is served worse for it.
            self.assertEqual(page.call("GET", "/v1/health").status, 200)
            desk.put()
            told = 0
            end = time.monotonic() + LIMIT_S
            while told < LISTENERS and time.monotonic() < end:
                for key, _ in selector.select(1):
                    bytes_so_far = key.data
                    bytes_so_far += key.fileobj.recv(65536)
                    if b"event: card.present" in bytes_so_far:
                        told += 1
                        selector.unregister(key.fileobj)
            self.assertEqual(told, LISTENERS)
            for listener in listeners:
                listener.close()
            until("places", lambda: page.call(
                "GET", "/v1/readers").status == 200)
            self.assertEqual(desk.stop_daemon(), 0)

    @unittest.skipUnless(os.getuid() == 0, "looks into the daemon's /proc")
    def test_reads_leave_files_and_memory_as_they_were(self):
        with Desk(slots=1, max_sessions=64) as desk:
            desk.lay()
            doors = (desk.local(), desk.page())
            before = None
            for count in range(WARM + READS):
                if count == WARM:
                    before = (files_of(desk.daemon.pid),
                              resident_kb(desk.daemon.pid))
                if count % 1000 == 999:
                    print("%d reads: %d files, %d KiB" % (
                        count + 1, files_of(desk.daemon.pid),
                        resident_kb(desk.daemon.pid)), flush=True)
                session = doors[count % 2].session(
                    scopes=["id", "demographic", "portrait"])
                self.assertEqual(session.read(), "ready")
                if count % 5 == 4:
                    self.assertEqual(session.cancel().status, 204)
                    continue
                self.assertEqual(session.result().status, 200)
                self.assertEqual(session.portrait().status, 200)
            after = (files_of(desk.daemon.pid),
                     resident_kb(desk.daemon.pid))
            print("%d reads: files %d -> %d, resident %d -> %d KiB" % (
                READS, before[0], after[0], before[1], after[1]))
            self.assertLessEqual(after[0], before[0] + FILES_SLACK)
            if "CCCD_SANITIZED" not in os.environ:
                self.assertLess(after[1], before[1] + MEMORY_SLACK_KB)
            self.assertEqual(desk.stop_daemon(), 0)
            self.assertEqual(desk.verify_audit().returncode, 0)


class Hostile(unittest.TestCase):
    """The table of the doors' own tests, before the whole daemon."""

    ADMITTED = 404

    @classmethod
    def setUpClass(cls):
        with open(os.path.join(SOURCE, "tests", "service", "listen",
                               "hostile.json"), encoding="utf-8") as file:
            cls.table = json.load(file)
        cls.desk = Desk(slots=1)
        cls.desk.parties = [cls.desk.party(
            origins=["http://127.0.0.1:8080", "https://his.example"])]
        cls.desk.__enter__()
        cls.addClassCleanup(cls.desk.close)

    def fill(self, text):
        text = text.replace("/v1/echo", "/v1/absent")
        for name, filling in (("port", str(self.desk.port)), ("nul", "\0"),
                              ("long", "a" * 300), ("8k", "a" * 8192),
                              ("fields", "X: y\r\n" * 65)):
            text = text.replace("{%s}" % name, filling)
        return text.encode()

    def ask(self, door, data):
        if door == "tcp":
            client = socket.create_connection(
                ("127.0.0.1", self.desk.port), LIMIT_S)
        else:
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(LIMIT_S)
            client.connect(self.desk.socket)
        with client:
            reply = b""
            try:
                client.sendall(data)
                while b"\r\n\r\n" not in reply:
                    more = client.recv(4096)
                    if not more:
                        break
                    reply += more
            except (BrokenPipeError, ConnectionResetError):
                pass
        return int(reply[9:12]) if reply[:9] == b"HTTP/1.1 " else 0

    def axes(self, door):
        return [axis for axis in self.table["axes"] if door in axis["doors"]]

    def compose(self, axes, chosen):
        parts = {axis["axis"]: chosen.get(axis["axis"], axis["values"][0])[
            "text"] for axis in axes}
        return self.fill("".join(parts[name]
                                 for name in self.table["order"])
                         + "\r\n" + parts["body"])

    def test_each_value_by_each_door(self):
        asked = 0
        for door in ("tcp", "unix"):
            axes = self.axes(door)
            for axis in axes:
                for value in axis["values"]:
                    status = abs(value["status"]) or self.ADMITTED
                    data = self.compose(axes, {axis["axis"]: value})
                    self.assertEqual(self.ask(door, data), status, (
                        door, axis["axis"], value["name"]))
                    asked += 1
        self.assertGreater(asked, 300)
        self.alive()

    def test_whole_requests(self):
        for request in self.table["requests"]:
            if "{port6}" in request["send"] or request["status"] < 400:
                continue
            for door in request["doors"]:
                self.assertEqual(
                    self.ask(door, self.fill(request["send"])),
                    request["status"], (door, request["name"]))
        self.alive()

    def test_bodies_of_every_command(self):
        """JSON that is none, too deep, too long or of another kind."""
        bodies = ['', '[]', 'null', '"x"', '{', '{"a":', '{"rp":1}',
                  '{"rp":"demo.example","rp":"demo.example"}',
                  "[" * 40000, '{"a":' * 9000, '{"rp":"\\ud800"}',
                  '{"type":"can","value":123456}',
                  '{"type":"can","value":"12345678901"}',
                  '{"granted":"yes"}', '{"granted":true,"x":1}',
                  '{"rp":"demo.example","nonce":"%s"}' % ("A" * 60000)]
        local = self.desk.local()
        session = local.session()
        for path in ("/v1/sessions", session.path + "/access-key",
                     session.path + "/consent"):
            for body in bodies:
                connection = local.connect()
                connection.request("POST", path, body.encode(),
                                   session.headers({
                                       "Content-Type": "application/json"}))
                status = connection.getresponse().status
                connection.close()
                self.assertIn(status, (400, 409, 422), (path, body[:40]))
        self.assertEqual(session.cancel().status, 204)
        self.alive()

    def alive(self):
        self.assertIsNone(self.desk.daemon.poll())
        answer = self.desk.local().call("GET", "/v1/health")
        self.assertEqual(answer.status, 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
