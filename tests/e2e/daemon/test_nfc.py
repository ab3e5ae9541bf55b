# SPDX-License-Identifier: Apache-2.0
"""A PC/SC reader and an NFC reader at one desk, through real libnfc."""

import os
import signal
import subprocess
import unittest

from desk import (BUILD, LIMIT_S, ORIGIN, OTHER_ORIGIN, SIM, Desk, Events,
                  until)

CHILD = os.environ.get("CCCD_NFC_CHILD", os.path.join(
    BUILD, "reader", "nfc_child", "cccd-nfc"))
SECOND_NUMBER = "079095000003"


class Antenna:
    """A simulated card before a simulated chip on a terminal line."""

    def __init__(self, *options):
        self.sim = subprocess.Popen(
            [SIM, "--pn532", "auto", "--absent"] + list(options),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.uri = "nfc:pn532_uart:" + self.hear("ready ")

    def hear(self, word):
        line = self.sim.stdout.readline()
        assert line.startswith(word), line
        return line[len(word):].strip()

    def say(self, words, answer):
        self.sim.stdin.write(words + "\n")
        self.sim.stdin.flush()
        self.hear(answer)

    def close(self):
        self.sim.kill()
        self.sim.wait(LIMIT_S)
        self.sim.stdin.close()
        self.sim.stdout.close()


def of_kind(desk, kind, present=True):
    def look():
        for reader in desk.local().call("GET", "/v1/readers").json[
                "readers"]:
            if reader["kind"] == kind and (
                    reader["card_present"] or not present):
                return reader["id"]
        return None
    return until("a card on " + kind, look)


def children_of(parent, name):
    """Processes of a name that a process has started."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid, encoding="ascii") as file:
                head, _, rest = file.read().rpartition(")")
        except OSError:
            continue
        if head.endswith("(" + name) and int(rest.split()[1]) == parent:
            found.append(int(pid))
    return found


@unittest.skipUnless(os.access(CHILD, os.X_OK), "built without libnfc")
class Nfc(unittest.TestCase):
    def setUp(self):
        os.environ["CCCD_NFC_CHILD"] = CHILD

    def test_both_kinds_at_once(self):
        antenna = Antenna()
        self.addCleanup(antenna.close)
        with Desk(slots=1, nfc=antenna.uri) as desk:
            desk.lay("cccd-2021")
            antenna.say("insert cancuoc-2024-adult", "inserted")
            readers = [of_kind(desk, kind) for kind in ("pcsc", "nfc")]
            sessions = [
                desk.page(ORIGIN).session(reader=readers[0]),
                desk.page(OTHER_ORIGIN).session(rp="clinic.example",
                                                reader=readers[1])]
            self.assertEqual(sessions[0].give().status, 202)
            self.assertEqual(
                sessions[1].give(value=SECOND_NUMBER).status, 202)
            for session in sessions:
                session.await_state("ready")
            results = [session.result().json for session in sessions]
            self.assertEqual([result["transport"]["kind"]
                              for result in results], ["pcsc", "nfc"])
            self.assertEqual([result["identity"]["document_kind"]
                              for result in results], ["cccd", "can_cuoc"])
            for result in results:
                self.assertEqual(result["overall"], "successful")

    def test_child_dies_in_the_middle_of_a_read(self):
        antenna = Antenna("--real-time")
        self.addCleanup(antenna.close)
        with Desk(slots=1, nfc=antenna.uri) as desk:
            antenna.say("insert cccd-2021", "inserted")
            reader = of_kind(desk, "nfc")
            page = desk.page()
            session = page.session(reader=reader,
                                   scopes=["id", "portrait"])
            events = Events(page, session.token)
            session.give()
            events.await_event("step.finished")
            children = children_of(desk.daemon.pid, "cccd-nfc")
            self.assertTrue(children)
            for child in children:
                os.kill(child, signal.SIGKILL)
            state = session.await_state("failed", "ready", "awaiting_card")
            if state == "failed":
                problem = session.result()
                self.assertEqual(problem.status, 424)
                self.assertIn(problem.code,
                              ("reader_lost", "card_removed"))
            session.cancel()
            events.close()
            again = page.session(reader=of_kind(desk, "nfc"))
            self.assertEqual(again.read(), "ready")
            self.assertEqual(again.result().json["overall"], "successful")


if __name__ == "__main__":
    unittest.main(verbosity=2)
