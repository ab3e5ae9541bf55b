# SPDX-License-Identifier: Apache-2.0
"""One session of the stand-in: what it asks for, reads and tells."""

import base64
import threading
import uuid

STEPS = ("application", "sod", "dg14", "chip_auth", "dg1", "dg13",
         "passive_auth", "access_info", "portrait")

# Status, retryable, next: enough of base/error_table.c to play it.
PROBLEMS = {
    "access_key_rejected": (422, True, "ask_access_key"),
    "bad_state": (409, False, "call_support"),
    "card_mute": (424, True, "lay_card"),
    "card_not_supported": (424, False, "use_other_document"),
    "card_removed": (424, True, "lay_card"),
    "consent_refused": (422, True, "ask_consent"),
    "internal": (500, False, "call_support"),
    "malformed_request": (400, False, "mend_request"),
    "no_reader": (503, True, "check_reader"),
    "not_found": (404, False, "mend_request"),
    "reader_busy": (409, True, "wait_and_retry"),
    "result_already_delivered": (410, False, "start_again"),
    "session_not_found": (404, False, "start_again"),
    "token_invalid": (401, False, "check_token"),
}


def problem(code, **more):
    status, retryable, then = PROBLEMS[code]
    return {"type": f"urn:cccd:problem:{code}", "title": code, "code": code,
            "status": status, "retryable": retryable, "next": then,
            "tries_left": None, **more}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Session:
    """One session's state; its events live in the service's list."""

    def __init__(self, service, request):
        self.service = service
        self.request = request
        self.id = str(uuid.uuid4())
        self.token = base64url(uuid.uuid4().bytes + uuid.uuid4().bytes)
        self.state = "created"
        self.problem = None
        self.key = None
        self.tries = 5
        self.consent = None
        self.over = threading.Event()
        self.taken = set()

    def view(self):
        view = {"session_id": self.id, "state": self.state,
                "granted": self.request.get("scopes", []),
                "key_tries_left": self.tries,
                "consent": "operator" if self.service.consent else "none",
                "added_later": {"clients": "ignore this"}}
        if self.problem:
            view["problem"] = self.problem
        return view

    def enter(self, state):
        self.state = state
        self.tell("session.state", state=state)

    def tell(self, kind, /, **body):
        self.service.tell(kind, {"session_id": self.id, **body}, self.id)

    def fail(self, code, **more):
        self.problem = problem(code, **more)
        self.enter("failed")
        self.tell("session.failed", problem=self.problem)

    def wait_for(self, what):
        """Until the client or the script has done it; False: cancelled."""
        with self.service.changed:
            self.service.changed.wait_for(
                lambda: what() or self.over.is_set(), 60)
        return not self.over.is_set()

    def reach(self, point):
        """Stop here while a test holds this point."""
        self.service.reached.add(point)
        return self.wait_for(lambda: point != self.service.held)

    def run(self):
        service = self.service
        if service.consent:
            self.enter("awaiting_consent")
            self.tell("prompt.required", kind="consent")
            if not self.wait_for(lambda: self.consent is not None):
                return
            if not self.consent["granted"]:
                self.fail("consent_refused")
                return
        self.enter("awaiting_card")
        self.tell("prompt.required", kind="card")
        if not (self.wait_for(service.card_present)
                and self.reach("awaiting_card")):
            return
        if self.open_chip() and self.read():
            self.enter("ready")
            self.tell("result.ready", overall=service.result()["overall"])

    def open_chip(self):
        """Ask for keys until the card takes one."""
        refused = None
        while True:
            if self.key is None:
                self.enter("awaiting_access_key")
                self.tell("prompt.required", kind="access_key",
                          **({"problem": refused} if refused else {}))
                if not self.wait_for(lambda: self.key is not None):
                    return False
            self.enter("reading")
            for step in ("atr_info", "card_access", "pace"):
                if not self.step(step):
                    return False
            if self.service.reject_keys == 0:
                return True
            self.service.reject_keys -= 1
            self.key = None
            self.tries -= 1
            refused = problem("access_key_rejected", stage="pace")

    def read(self):
        for step in STEPS:
            if step == "portrait" and "portrait" not in self.request.get(
                    "scopes", []):
                continue
            if not self.step(step):
                return False
        self.enter("verifying")
        for check, row in self.service.result()["checks"].items():
            self.tell("step.finished", step="conclude", ms=0, check=check,
                      verdict=row["verdict"])
        return self.reach("verifying")

    def step(self, step):
        service = self.service
        self.tell("step.started", step=step)
        for done in range(0, 12001, 3000) if step == "portrait" else ():
            self.tell("progress", file="dg2", done=done, total=12000)
            if done == 6000 and not self.reach("portrait"):
                return False
        if step != "portrait" and not self.reach(step):
            return False
        if service.fail_at == step:
            self.fail(*service.fail_with, stage=step)
            return False
        self.tell("step.finished", step=step, ms=3)
        return True
