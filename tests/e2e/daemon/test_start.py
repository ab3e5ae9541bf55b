# SPDX-License-Identifier: Apache-2.0
"""cccdd that cannot start says why, where and what to do, and ends with
the right status; one that is told to end, ends."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from desk import (DAEMON, LIMIT_S, SOURCE, Desk, Events, Socket, until)

NEXT = {"configuration_bad": ("Mend the configuration", "Sửa cấu hình"),
        "audit_unavailable": ("administrator", "người quản trị"),
        "trust_store_missing": ("cccd trust import", "cccd trust import")}


class Start(unittest.TestCase):
    def setUp(self):
        os.umask(0o077)
        self.directory = tempfile.mkdtemp(prefix="cccdd-start-")
        self.addCleanup(shutil.rmtree, self.directory, True)
        os.mkdir(self.path("parties"))

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def run_with(self, language="en", arguments=(), more="", **settings):
        values = {"listen": "127.0.0.1:0",
                  "api_socket": self.path("api.sock"),
                  "agent_socket": "none",
                  "relying_parties": self.path("parties"),
                  "trust": self.path("no-trust"),
                  "tables": os.path.join(SOURCE, "data", "tables"),
                  "audit": self.path("audit"), "keys": self.path("keys"),
                  "pcsc": "no", "language": language}
        values.update(settings)
        self.write("conf", "".join(
            "%s = %s\n" % pair for pair in values.items()) + more)
        return subprocess.Popen(
            [DAEMON, "--config", self.path("conf")] + list(arguments),
            env=dict(os.environ, LC_ALL=language), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, encoding="utf-8")

    def refused(self, code, reason, **settings):
        """In both languages; five is bad configuration."""
        for index, language in enumerate(("en", "vi")):
            process = self.run_with(language, **settings)
            _, said = process.communicate(timeout=LIMIT_S)
            self.assertEqual(process.returncode, 5, said)
            last = said.strip().splitlines()[-1]
            self.assertTrue(last.startswith("<3>cccdd: "), last)
            self.assertIn("(%s: " % code, last)
            self.assertIn(reason, last)
            if code in NEXT:
                self.assertIn(NEXT[code][index], last)

    def test_bad_line(self):
        self.refused("configuration_bad", "conf, line 11: there is no such",
                     more="nonsense = 1\n")
        self.refused("configuration_bad", "line 11", more="lease_time = 1 d\n")
        self.refused("configuration_bad", "line 1: listen",
                     listen="0.0.0.0:24012")

    def test_no_file(self):
        process = subprocess.run(
            [DAEMON, "--config", self.path("nothing")], capture_output=True,
            timeout=LIMIT_S, check=False)
        self.assertEqual(process.returncode, 5)
        self.assertIn(self.path("nothing").encode(), process.stderr)

    def test_bad_registry(self):
        self.write("parties/bad.json", '{"schema":"urn:cccd:relying-party:1",\n'
                   '"origin":"https://a.example"}')
        self.refused("configuration_bad", "bad.json: line 2")

    def test_port_is_taken(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            self.refused("configuration_bad",
                         "127.0.0.1 port %d: another program has it" % port,
                         listen="127.0.0.1:%d" % port)

    def test_socket_paths(self):
        self.refused("configuration_bad",
                     "line 2: api_socket: the path is longer than 107 bytes",
                     api_socket="/" + "a" * 120)
        self.refused("configuration_bad", "its directory is not there",
                     api_socket=self.path("none", "api.sock"))
        self.write("api.sock", "a file of somebody's")
        self.refused("configuration_bad", "api.sock is in use")
        with open(self.path("api.sock"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "a file of somebody's")

    def test_keys_are_bad(self):
        os.mkdir(self.path("keys"))
        self.write("keys/device-key.pem", "no key\n")
        self.refused("configuration_bad", "device key")
        self.refused("file_error", "key directory", keys=self.path("conf"))

    def test_trust_is_not_there(self):
        self.refused("trust_store_missing", "trust store",
                     demo_trust=self.path("nothing"))

    def test_log_is_anothers(self):
        first = self.run_with()
        try:
            for line in first.stderr:
                if "api.sock" in line:
                    break
            self.refused("audit_unavailable", "another",
                         api_socket=self.path("second.sock"))
        finally:
            first.send_signal(signal.SIGTERM)
            first.communicate(timeout=LIMIT_S)
        self.assertEqual(first.returncode, 0)
        self.refused("audit_unavailable", "directory",
                     audit=self.path("conf", "x"))

    def test_check_only_looks(self):
        process = self.run_with(arguments=["--check"])
        _, said = process.communicate(timeout=LIMIT_S)
        self.assertEqual((process.returncode, said), (0, ""))
        self.assertFalse(os.path.exists(self.path("keys")))
        self.assertFalse(os.path.exists(self.path("audit")))
        self.write("parties/bad.json", "{")
        process = self.run_with(arguments=["--check"])
        self.assertIn("bad.json", process.communicate(timeout=LIMIT_S)[1])
        self.assertEqual(process.returncode, 5)

    def test_calls(self):
        for arguments, status, stream in (
                (["--bogus"], 1, "stderr"), (["extra"], 1, "stderr"),
                (["--help"], 0, "stdout"), (["--version"], 0, "stdout")):
            for language in ("en", "vi"):
                process = subprocess.run(
                    [DAEMON] + arguments, capture_output=True, text=True,
                    env=dict(os.environ, LC_ALL=language), timeout=LIMIT_S,
                    encoding="utf-8", check=False)
                self.assertEqual(process.returncode, status, arguments)
                self.assertTrue(getattr(process, stream), arguments)


class Times(unittest.TestCase):
    """What cccdd.conf(5) says of times has its effect."""

    def test_heartbeat(self):
        with Desk(slots=1, heartbeat_time="100 ms") as desk:
            events = Events(desk.page())
            events.await_event("heartbeat")
            events.close()

    def test_session_and_card_time(self):
        with Desk(slots=1, card_time="1 s") as desk:
            session = desk.local().session(reader=desk.reader()["id"])
            session.await_state("failed")
            self.assertEqual(session.result().code, "no_card")
        with Desk(slots=1, session_time="1 s") as desk:
            desk.lay()
            session = desk.local().session()
            # Asked for again and again it is active, and yet it ends.
            session.await_state("expired")

    def test_idle_and_hello(self):
        with Desk(slots=1, idle_time="200 ms", hello_time="200 ms",
                  head_time="200 ms") as desk:
            mute = Socket(desk.page())
            self.assertEqual(mute.receive(), ("close", 1008))
            mute.close()
            slow = socket.create_connection(("127.0.0.1", desk.port),
                                            LIMIT_S)
            slow.sendall(b"GET /v1/he")
            slow.settimeout(LIMIT_S)
            while slow.recv(4096):
                pass
            slow.close()

    def test_ends_with_streams_open(self):
        with Desk(slots=1) as desk:
            desk.lay()
            page = desk.page()
            session = page.session()
            events = Events(page, session.token)
            held = Socket(page)
            held.hello(session.token)
            agent = Socket(desk.local(), "/v1/agent", "cccd-agent.v1",
                           unix=desk.path("agent.sock"))
            agent.hello()
            self.assertEqual(desk.stop_daemon(), 0, desk.said())
            until("the end", events.ended)
            for client in (held, agent):
                client.close()
            events.close()
            verified = desk.verify_audit()
            self.assertEqual(verified.returncode, 0, verified.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
