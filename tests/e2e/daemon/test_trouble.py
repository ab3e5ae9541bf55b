# SPDX-License-Identifier: Apache-2.0
"""What goes wrong at a desk: cccdd says so, and goes on."""

import os
import signal
import unittest

from desk import Desk, Events, ID_NUMBER, Socket, until


def read_well(desk, test):
    """A whole read that ends well: nothing is stuck."""
    session = desk.local().session()
    test.assertEqual(session.read(), "ready")
    test.assertEqual(session.result().json["overall"], "successful")


class Trouble(unittest.TestCase):
    def test_pcscd_restarted(self):
        with Desk(slots=1) as desk:
            desk.lay()
            desk.local().session().cancel()
            desk.pcscd("stop")
            until("no reader", lambda: desk.local().create().status == 503)
            desk.pcscd("start")
            desk.await_card(0, True)
            read_well(desk, self)

    def test_pcscd_gone_in_the_middle_of_a_read(self):
        with Desk(slots=1, real_time=True) as desk:
            desk.lay()
            session = desk.local().session()
            events = Events(desk.local(), session.token)
            session.give()
            events.await_event("step.finished")
            desk.pcscd("stop")
            failed = events.await_event("session.failed")
            self.assertIn(failed[2]["problem"]["code"],
                          ("reader_lost", "card_removed", "pcsc_unavailable"))
            self.assertEqual(session.result().status,
                             failed[2]["problem"]["status"])
            events.close()
            desk.pcscd("start")
            desk.await_card(0, True)
            read_well(desk, self)

    def test_killed_in_the_middle_of_a_read(self):
        with Desk(slots=1, real_time=True) as desk:
            desk.lay()
            page = desk.page()
            session = page.session(scopes=["id", "portrait"])
            events = Events(page, session.token)
            session.give()
            events.await_event("step.finished")
            desk.stop_daemon(signal.SIGKILL)
            events.close()
            desk.start_daemon()
            desk.await_card(0, True)
            self.assertEqual(page.call(
                "GET", session.path, headers=session.headers()).status, 404)
            read_well(desk, self)
            self.assertEqual(desk.stop_daemon(), 0)
            verified = desk.verify_audit()
            self.assertEqual(verified.returncode, 0, verified.stdout)

    def test_reloaded_in_the_middle_of_a_read(self):
        with Desk(slots=1, real_time=True) as desk:
            desk.lay()
            page = desk.page()
            reader = desk.reader()["id"]
            old = page.session(scopes=["id", "portrait"], reader=reader)
            events = Events(page, old.token)
            old.give()
            events.await_event("step.finished")
            events.close()
            view = until("the reader to be free", lambda: (
                lambda a: a if a.status == 201 else None)(
                    page.create(reader=reader)))
            self.assertNotEqual(view.json["session_id"], old.id)
            self.assertEqual(old.state(), "cancelled")

    def test_lost_client_is_cancelled_after_its_grace(self):
        with Desk(slots=1, grace_time="200 ms") as desk:
            desk.lay()
            page = desk.page()
            session = page.session()
            watcher = Events(page, session.token)
            self.assertEqual(session.state(), "awaiting_access_key")
            watcher.close()
            until("the reader to be free",
                  lambda: desk.reader()["lease"] == "free")
            self.assertEqual(session.state(), "cancelled")
            self.assertEqual(session.give().status, 410)

    def test_lease_runs_out(self):
        with Desk(slots=1, lease_time="1 s") as desk:
            desk.lay()
            session = desk.local().session()
            until("the reader to be free",
                  lambda: desk.reader()["lease"] == "free")
            self.assertEqual(session.state(), "expired")
            answer = session.result()
            self.assertEqual((answer.status, answer.code),
                             (410, "session_expired"))
            read_well(desk, self)

    def test_result_nobody_takes_is_gone(self):
        with Desk(slots=1, lease_time="1 s") as desk:
            desk.lay()
            session = desk.local().session()
            events = Events(desk.local(), session.token)
            session.give()
            events.await_event("result.ready")
            events.await_event("session.state",
                               lambda body: body["state"] == "expired")
            events.close()
            self.assertEqual(session.result().status, 410)

    def test_no_result_without_its_line(self):
        with Desk(slots=1) as desk:
            desk.lay()
            session = desk.local().session()
            self.assertEqual(session.read(), "ready")
            # A directory in the place of the log and of the next month's.
            for name in os.listdir(desk.path("audit")):
                if name.startswith("20") and name.endswith(".jsonl"):
                    desk.fill_disk(name)
            answer = session.result()
            self.assertEqual((answer.status, answer.code),
                             (503, "audit_unavailable"), answer.body)
            self.assertNotIn(ID_NUMBER.encode(), answer.body)
            self.assertEqual(session.state(), "failed")
            self.assertNotEqual(session.result().status, 200)
            self.assertNotEqual(session.portrait().status, 200)

    def test_of_two_agents_the_first_to_speak_is_it(self):
        desk = Desk(slots=1)
        desk.parties = [desk.party(consent="prompt")]
        with desk:
            first, second = [
                Socket(desk.local(), "/v1/agent", "cccd-agent.v1",
                       unix=desk.path("agent.sock")) for _ in range(2)]
            self.assertEqual(second.hello()["type"], "welcome")
            self.assertEqual(first.hello()["type"], "problem")
            self.assertEqual(first.receive(), ("close", 1008))
            first.close()
            # It is still the one that is asked.
            desk.lay()
            session = desk.local().session()
            asked = second.await_event("prompt")
            self.assertEqual(asked["body"]["session_id"], session.id)
            second.close()

    def test_prompt_without_agent_and_with_one(self):
        with Desk(slots=1) as desk:
            desk.write_parties([desk.party(consent="prompt",
                                           access_key_from=["agent"])])
            desk.daemon.send_signal(signal.SIGHUP)
            local = desk.local()
            desk.lay()
            answer = until("the new mode", lambda: (
                lambda a: a if a.status == 503 else None)(local.create()))
            self.assertEqual(answer.code, "agent_unavailable")
            agent = Socket(local, "/v1/agent", "cccd-agent.v1",
                           unix=desk.path("agent.sock"))
            self.assertEqual(agent.status, 101)
            self.assertEqual(agent.hello()["type"], "welcome")
            second = Socket(local, "/v1/agent", "cccd-agent.v1",
                            unix=desk.path("agent.sock"))
            self.assertNotEqual(second.status, 101)
            second.close()
            session = local.session()
            asked = agent.await_event("prompt")["body"]
            self.assertEqual(asked["kind"], "consent")
            self.assertEqual(asked["session_id"], session.id)
            # What the agent is asked, the front end cannot answer.
            self.assertEqual(session.call(
                "POST", "/consent", {"granted": True, "text_id": "t.1",
                                     "actor": "desk-1"}).status, 403)
            told = agent.command("consent.answer", {
                "session_id": session.id,
                "consent": {"granted": True, "text_id": "t.1",
                            "actor": "desk-1"}})
            self.assertEqual(told["type"], "reply", told)
            agent.await_event("prompt",
                              lambda body: body["kind"] == "access_key")
            self.assertEqual(session.give().status, 403)
            told = agent.command("access_key.answer", {
                "session_id": session.id,
                "access_key": {"type": "id_number", "value": ID_NUMBER}})
            self.assertEqual(told["type"], "reply", told)
            session.await_state("ready")
            self.assertEqual(session.result().status, 200)
            agent.await_event("session.state",
                              lambda body: body["state"] == "delivered")
            # It leaves: whoever waits for it is told, and the next one.
            waits = local.session()
            self.assertEqual(waits.state(), "awaiting_consent")
            agent.close()
            waits.await_state("failed")
            self.assertEqual(waits.result().code, "agent_unavailable")
            self.assertEqual(local.create().status, 503)


if __name__ == "__main__":
    unittest.main(verbosity=2)
