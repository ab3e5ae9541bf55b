# SPDX-License-Identifier: Apache-2.0
"""From a request to an answer, right or wrong on purpose; no sockets."""

import dataclasses
import json
import re
import sys

import accounts
import answers
import question
from question import Refused

XML = "text/xml; charset=utf-8"
JSON = "application/json; charset=utf-8"

# Path: end point.
END_POINTS = {"/soap": "soap", "/lgsp/token": "lgsp_token",
              "/lgsp/dancu": "lgsp", "/oauth2/token": "rest_token",
              "/rest/dancu": "rest"}
ELSEWHERE = "/elsewhere"


@dataclasses.dataclass
class Answer:
    """What goes back; filler stands so many times between head and tail."""

    status: int
    media: str
    head: str
    tail: str = ""
    filler: int = 0
    location: str = ""
    wait_s: float = 0
    half: bool = False

    def wrapped(self, member, beside):
        """The same text as the value of a JSON member, behind others."""
        def quoted(text):
            return json.dumps(text, ensure_ascii=False)[1:-1]

        return dataclasses.replace(
            self, media=JSON, tail=quoted(self.tail) + '"}',
            head="{" + "".join(f"{json.dumps(name)}: {json.dumps(value)}, "
                               for name, value in beside.items())
            + json.dumps(member) + ': "' + quoted(self.head))


def soap_answer(asked, persons, switch, options):
    """The SOAP answer, or what this switch makes of it."""
    if switch == "soap_fault":
        return Answer(int(options["status"]), XML,
                      answers.fault("Server", "stand-in: switched on"))
    if switch == "entity_bomb":
        return Answer(200, XML, answers.bomb())
    namespace = answers.ANSWERED
    if switch == "wrong_namespace":
        namespace = answers.WRONG
    if asked.operation == question.CONFIRM:
        text = confirm(asked, persons, switch, namespace)
    else:
        if switch in ("empty", "busy_code"):
            persons = []
        elif switch == "duplicate":
            persons = answers.duplicate(persons)
        text = answers.envelope(answers.collection(persons, namespace))
    if switch == "wrong_xml":
        text = text.replace("</soapenv:Body>", "</soapenv:Envelope>")
    if switch == "huge":
        head, mark, tail = text.partition("</soapenv:Body>")
        return Answer(200, XML, head + "<!-- ", " -->" + mark + tail,
                      int(options["bytes"]))
    return Answer(200, XML, text)


def confirm(asked, persons, switch, namespace):
    exists = any(answers.agrees(person, asked) for person in persons)
    text = answers.confirmation(exists, namespace)
    element = f"<ns1:TonTai>{'true' if exists else 'false'}</ns1:TonTai>"
    if switch in ("empty", "busy_code"):
        text = text.replace(element, "")
    elif switch == "duplicate":
        other = "<ns1:TonTai>" + ("false" if exists else "true")
        text = text.replace(element, element + other + "</ns1:TonTai>")
    return answers.envelope(text)


def json_answer(text, empty, switch, options):
    """JSON has no name spaces or entities: what comes nearest to them."""
    member = next(iter(json.loads(text)))
    if switch == "soap_fault":
        return Answer(int(options["status"]), JSON,
                      answers.json_error("stand-in: switched on"))
    if switch == "entity_bomb":
        text = "[" * 100000 + "]" * 100000
    elif switch == "wrong_namespace":
        text = text.replace(json.dumps(member), '"other"', 1)
    elif switch in ("empty", "busy_code"):
        text = empty
    elif switch == "wrong_xml":
        text = text[:-1] + "]"
    elif switch == "huge":
        return Answer(200, JSON, text[:-1] + ', "filler": "', '"}',
                      int(options["bytes"]))
    return Answer(200, JSON, text)


def transport_answer(switch, options, answer, base):
    """Failures beneath the text."""
    if switch == "slow":
        return dataclasses.replace(answer, wait_s=options["seconds"])
    if switch == "half":
        return dataclasses.replace(answer, half=True)
    if switch == "http_500":
        return Answer(500, "text/plain", "stand-in: switched on\n")
    if switch in ("unauthorized", "token_expired"):
        return Answer(401, JSON, json.dumps({"error": "invalid_token"}))
    if switch == "redirect":
        return Answer(302, "text/plain", "", location=base + ELSEWHERE)
    return answer


def tell(line):
    print(line, file=sys.stderr, flush=True)


def safe(request_id):
    """A request id for the log on stderr: it is the caller's text, so a
    citizen's number in it is not written."""
    return re.sub(r"\d{9,}", "#", re.sub(r"[^\w.:-]", "?", request_id))


class Registry:
    """The stand-in's parts, and what it answers at each end point."""

    def __init__(self, store, known, board, book, by="number", member=None,
                 answer_member=None, code_member=None):
        self.store = store
        self.accounts = known
        self.board = board
        self.book = book
        self.by = by
        self.member = member
        self.answer_member = answer_member
        self.code_member = code_member
        self.base = ""

    def answer(self, path, headers, body):
        """Never fails: a refusal is an answer too."""
        self.book.count("requests")
        if path == ELSEWHERE:
            self.book.count("redirects_followed")
            return Answer(200, "text/plain", "elsewhere\n")
        end_point = END_POINTS.get(path)
        if not end_point:
            return Answer(404, "text/plain", "no such end point\n")
        self.book.count("by_end_point", end_point)
        try:
            return getattr(self, f"_{end_point}")(headers, body)
        except Refused as refusal:
            self.book.count("refused", refusal.reason)
            tell(f"{end_point} refused {refusal.reason}")
            return self._refuse(end_point, refusal)

    def _refuse(self, end_point, refusal):
        if end_point == "soap":
            # SOAP 1.1 sends a fault with 500.
            status = 500 if refusal.status == 400 else refusal.status
            return Answer(status, XML,
                          answers.fault("Client", refusal.reason))
        return Answer(refusal.status, JSON,
                      answers.json_error(refusal.reason))

    def _find(self, end_point, asked, switch):
        """The look-up itself, counted and written down."""
        persons = []
        if switch not in ("http_500", "unauthorized", "token_expired",
                          "redirect"):
            self.book.count("queries")
            self.book.count("by_operation", asked.operation)
            persons = self.store.find(asked.column, asked.number)
        if self.by == "all":
            persons = [person for person in persons
                       if answers.agrees(person, asked)]
        self.book.write(end_point=end_point, switch=switch,
                        found=len(persons), **dataclasses.asdict(asked))
        tell(f"{end_point} {asked.operation} id={safe(asked.request_id)} "
             f"found={len(persons)} switch={switch or '-'}")
        return persons

    def _switch(self, at, asked=None):
        if asked:
            name, options = self.board.take(at, asked.request_id,
                                            asked.number)
        else:
            name, options = self.board.take(at)
        if name:
            self.book.count("switched", name)
        if name == "token_expired":
            self.accounts.forget_tokens()
        return name, options

    def _code(self, asked, switch, options):
        """What JSON says beside the answer of how it went. The text names
        somebody, as a careless platform's might."""
        if switch == "busy_code":
            return {self.code_member or "code": int(options["code"]),
                    "message": f"stand-in: {asked.name} {asked.number}"}
        return {self.code_member: 0} if self.code_member else {}

    def _ask_soap(self, end_point, body):
        asked = question.read_soap(body)
        switch, options = self._switch("query", asked)
        persons = self._find(end_point, asked, switch)
        answer = soap_answer(asked, persons, switch, options)
        return asked, switch, options, answer

    def _soap(self, headers, body):
        self.accounts.check_soap(headers)
        _, switch, options, answer = self._ask_soap("soap", body)
        if switch == "busy_code":
            answer.head = answers.with_code(answer.head, options["code"])
        return transport_answer(switch, options, answer, self.base)

    def _lgsp(self, headers, body):
        need_json(headers)
        always = self.accounts.settings["lgsp_always"]
        self.accounts.check_lgsp(headers, always)
        self.accounts.check_token(headers, "lgsp")
        text, member = question.read_wrapped(body, self.member)
        asked, switch, options, answer = self._ask_soap("lgsp", text)
        answer = answer.wrapped(self.answer_member or member,
                                self._code(asked, switch, options))
        return transport_answer(switch, options, answer, self.base)

    def _rest(self, headers, body):
        need_json(headers)
        self.accounts.check_token(headers, "rest")
        asked = question.read_json(body)
        switch, options = self._switch("query", asked)
        persons = self._find("rest", asked, switch)
        if switch == "duplicate":
            persons = answers.duplicate(persons)
        beside = self._code(asked, switch, options)
        answer = json_answer(answers.listing(persons, beside),
                             answers.listing([], beside), switch, options)
        return transport_answer(switch, options, answer, self.base)

    def _token(self, kind):
        switch, options = self._switch("token")
        self.book.count("tokens")
        text = json.dumps(self.accounts.give_token(kind))
        if switch == "duplicate":
            text = text[:-1] + ', "access_token": "another"}'
        answer = json_answer(text, "{}", switch, options)
        return transport_answer(switch, options, answer, self.base)

    def _lgsp_token(self, headers, body):
        self.accounts.check_lgsp(headers)
        accounts.read_form(headers, body)
        return self._token("lgsp")

    def _rest_token(self, headers, body):
        form = accounts.read_form(headers, body)
        self.accounts.check_client(headers, form)
        return self._token("rest")


def need_json(headers):
    media = headers.get("Content-Type", "").split(";")[0].strip().lower()
    if media != "application/json":
        raise Refused(415, "content-type")
