# SPDX-License-Identifier: Apache-2.0
"""Streams over the real doors: who hears what, and when one ends."""

import signal
import unittest

from desk import Desk, Events, OTHER_ORIGIN, Socket, until


class Streams(unittest.TestCase):
    def test_own_events_are_told_however_many_there_were(self):
        """The memory of events is round: what fell out of it was others'."""
        with Desk(slots=1, events_kept="8") as desk:
            desk.lay()
            page = desk.page()
            for _ in range(8):
                page.session().cancel()
            session = page.session()
            session.await_state("awaiting_access_key")
            events = Events(page, session.token)
            events.await_event("prompt.required")
            events.close()

    def test_a_socket_makes_one_session_after_another(self):
        with Desk(slots=1) as desk:
            desk.lay()
            socket = Socket(desk.page())
            socket.hello()
            for _ in range(9):
                view = socket.command("session.create", {
                    "rp": "demo.example", "nonce": "A" * 43,
                    "purpose": "demo", "scopes": ["id"]})
                self.assertEqual(view["type"], "reply", view)
                of = {"session_id": view["body"]["session_id"]}
                told = socket.command("session.cancel", of)
                self.assertEqual(told["type"], "reply", told)
            socket.close()

    def test_a_removed_party_is_cut_off(self):
        with Desk(slots=1) as desk:
            desk.lay()
            kept = desk.page()
            gone = desk.page(OTHER_ORIGIN)
            own = Events(kept)
            session = gone.session(rp="clinic.example")
            events = Events(gone, session.token)
            socket = Socket(gone)
            socket.hello(session.token)
            desk.write_parties([desk.party()])
            desk.daemon.send_signal(signal.SIGHUP)
            events.await_event("session.state",
                               lambda body: body["state"] == "cancelled")
            until("the end of the stream", events.ended)
            events.close()
            while not isinstance(socket.receive(), tuple):
                pass
            socket.close()
            self.assertEqual(desk.reader()["lease"], "free")
            self.assertEqual(gone.call("GET", "/v1/health").status, 403)
            self.assertFalse(own.ended())
            own.close()

    def test_an_agent_that_leaves_is_told(self):
        party = Desk.party(Desk(), consent="prompt",
                           access_key_from=["agent"])
        with Desk(slots=1, parties=[party]) as desk:
            desk.lay()
            agent = Socket(desk.local(), "/v1/agent", "cccd-agent.v1",
                           unix=desk.path("agent.sock"))
            agent.hello()
            page = desk.page()
            session = page.session()
            events = Events(page, session.token)
            agent.await_event("prompt")
            agent.close()
            failed = events.await_event("session.failed")
            self.assertEqual(failed[2]["problem"]["code"],
                             "agent_unavailable")
            events.close()
            self.assertEqual(page.create().code, "agent_unavailable")


if __name__ == "__main__":
    unittest.main(verbosity=2)
