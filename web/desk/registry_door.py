# SPDX-License-Identifier: Apache-2.0
"""What the desk page may ask of the population gateway, and how.

A browser never holds the gateway's bearer: the agency's back end does, and
here this does. Two calls pass, POST /registry/nonce and POST /registry/check,
from the page of this very server; bearer, officer and codes are added here.
"""

import http.client
import json
import os
import re
import socket
import stat
import urllib.parse

BODY_MAX = 64 * 1024
ANSWER_MAX = 256 * 1024
# Longer than the gateway takes for one question (check_time, 15 s).
WAIT_S = 25
PLACES = {"/registry/nonce": "/v1/nonces", "/registry/check": "/v1/checks"}
ASSERTION = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}")
LOOPBACK = ("127.0.0.1", "::1")
JSON = "application/json"
PROBLEM = "application/problem+json"

# Of the codes of the project, with the sentence for this place.
PROBLEMS = {
    "malformed_request": (400, "mend_request",
                          "Yêu cầu của trang không đúng.",
                          "The page's request is not right."),
    "origin_not_registered": (403, "mend_registration",
                              "Yêu cầu không đến từ trang này.",
                              "The request is not from this page."),
    "too_large": (413, "mend_request", "Yêu cầu quá lớn.",
                  "The request is too large."),
    "unsupported_media_type": (415, "mend_request",
                               "Kiểu nội dung của yêu cầu không được hỗ trợ.",
                               "The content type is not supported."),
    # Our bearer or our name, not the person's doing.
    "configuration_bad": (502, "call_support",
                          "Cổng tra cứu không nhận máy chủ của trang này.",
                          "The gateway does not admit this page's server."),
    "internal": (502, "call_support",
                 "Không hiểu câu trả lời của cổng tra cứu.",
                 "The gateway's answer is not understood."),
    "store_unavailable": (503, "call_support",
                          "Không kết nối được cổng tra cứu.",
                          "The gateway cannot be reached."),
}


def problem(code):
    """(status, type, body) of a problem document."""
    status, step, in_vietnamese, in_english = PROBLEMS[code]
    return status, PROBLEM, json.dumps({
        "type": f"urn:cccd:problem:{code}", "title": in_english,
        "status": status, "code": code,
        "retryable": code == "store_unavailable", "tries_left": None,
        "next": step,
        "messages": {"vi": in_vietnamese, "en": in_english},
    }, ensure_ascii=False).encode()


def read_bearer(path):
    """The token of a file that nobody else can read."""
    with open(path, encoding="ascii") as file:
        found = os.fstat(file.fileno())
        if (found.st_uid not in (0, os.geteuid())
                or stat.S_IMODE(found.st_mode) & 0o077):
            raise ValueError(f"{path}: others can read it")
        token = file.read(4096).strip()
    if not re.fullmatch(r"[A-Za-z0-9._~+/=-]{32,}", token):
        raise ValueError(f"{path}: no bearer")
    return token


class _Unix(http.client.HTTPConnection):
    """HTTP over a Unix socket: its Host is "localhost"."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def connector(address):
    """What opens a connection to unix:PATH or http://127.0.0.1:PORT."""
    if address.startswith("unix:"):
        path = address[len("unix:"):]
        return lambda: _Unix(path, WAIT_S)
    parts = urllib.parse.urlsplit(address)
    if (parts.scheme != "http" or parts.hostname not in LOOPBACK
            or not parts.port or parts.path not in ("", "/")
            or parts.query or parts.fragment or "@" in parts.netloc):
        raise ValueError(f"{address}: neither unix:PATH nor loopback")
    return lambda: http.client.HTTPConnection(
        parts.hostname, parts.port, timeout=WAIT_S)


class Door:
    """One gateway, and in whose name it is asked."""

    # pylint: disable-next=too-many-arguments
    def __init__(self, address, bearer, officer, *, service_code=None,
                 procedure_code=None, audience="gateway"):
        self.open = connector(address)
        self.bearer = bearer
        self.audience = audience
        self.more = {"officer": {"id": officer}}
        if service_code:
            self.more["service_code"] = service_code
        if procedure_code:
            self.more["procedure_code"] = procedure_code

    @property
    def config(self):
        """What desk.json tells the page: its name in the registration."""
        return {"audience": self.audience}

    def refusal(self, headers, origin):
        """The problem of what has been said before the body, or None."""
        if (headers.get_all("Origin") != [origin]
                or headers.get("Sec-Fetch-Site", "same-origin")
                != "same-origin"):
            return problem("origin_not_registered")
        kind = headers.get("Content-Type", "").split(";", 1)[0].strip()
        if kind.lower() != JSON:
            return problem("unsupported_media_type")
        lengths = headers.get_all("Content-Length") or []
        if ("Transfer-Encoding" in headers or len(lengths) != 1
                or not re.fullmatch(r"[0-9]{1,9}", lengths[0])):
            return problem("malformed_request")
        if int(lengths[0]) > BODY_MAX:
            return problem("too_large")
        return None

    def take(self, place, body):
        """The gateway's answer to one call of the page."""
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            return problem("malformed_request")
        if place == "/registry/nonce":
            return self.ask(place, {}) if said == {} \
                else problem("malformed_request")
        if (not isinstance(said, dict) or set(said) != {"assertion"}
                or not isinstance(said["assertion"], str)
                or not ASSERTION.fullmatch(said["assertion"])):
            return problem("malformed_request")
        return self.ask(place, {**said, **self.more})

    def ask(self, place, body):
        link = self.open()
        try:
            link.request("POST", PLACES[place], json.dumps(body), {
                "Authorization": f"Bearer {self.bearer}",
                "Content-Type": JSON, "Accept": JSON})
            answer = link.getresponse()
            text = answer.read(ANSWER_MAX + 1)
        except OSError:
            return problem("store_unavailable")
        except http.client.HTTPException:
            return problem("internal")
        finally:
            link.close()
        kind = (answer.getheader("Content-Type") or "").split(";", 1)[0]
        if answer.status in (401, 403, 421):
            return problem("configuration_bad")
        wanted = JSON if answer.status == 200 else PROBLEM
        if (len(text) > ANSWER_MAX or kind != wanted
                or not (answer.status == 200 or answer.status >= 400)):
            return problem("internal")
        return answer.status, kind, text
