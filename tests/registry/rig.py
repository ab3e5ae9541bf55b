# SPDX-License-Identifier: Apache-2.0
"""Starts the stand-in for a test, and asks it as a caller would.

    with Rig() as rig:
        status, body = rig.soap(number="001199000001", ...)
        rig.switch("half", times=1)

Only this file and registry.py's printed line are between a test and the
program; a test in another language reads the same line.
"""

import base64
import collections
import hashlib
import http.client
import json
import pathlib
import queue
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
START_LIMIT_S = 240
STOP_LIMIT_S = 120
ASK_LIMIT_S = 60
WAIT_LIMIT_S = 60

Reply = collections.namedtuple("Reply", "status headers body")

SOAP = """<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:d="http://dancuquocgia.bca"><e:Body><d:{operation}>{children}\
</d:{operation}></e:Body></e:Envelope>"""

SPECIMEN = {"number": "001199000001", "name": "NGUYỄN THỊ MẪU",
            "birth": "19990101"}


def soap_children(number, name, birth, request_id="ask-1"):
    """The elements of a request, in the facts' order: (name, text)."""
    kind = "SoDinhDanh" if len(number) == 12 else "SoCMND"
    day = "NgayThangNam" if len(birth) == 8 else "Nam"
    return [("MaYeuCau", request_id), ("MaDVC", "1.000001"),
            ("MaTichHop", "037"), ("MaCanBo", "officer-1"),
            ("MaDonVi", "H01.01"), (kind, number), ("HoVaTen", name),
            ("NgayThangNamSinh", f"<d:{day}>{birth}</d:{day}>")]


def soap_text(children, operation="TraCuuThongTinCongDan"):
    inner = "".join(f"<d:{name}>{text}</d:{name}>" for name, text in children)
    return SOAP.format(operation=operation, children=inner)


def wait_until(condition):
    limit = time.monotonic() + WAIT_LIMIT_S
    while not condition():
        if time.monotonic() > limit:
            raise AssertionError("waited in vain")
        time.sleep(0.05)


class Rig:
    """A running stand-in; ends with the block."""

    def __init__(self, *arguments, stderr=None):
        self.process = subprocess.Popen(
            [sys.executable, "-B", HERE / "registry.py", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr)
        try:
            self.about = self._wait()
        except BaseException:
            self.close()
            raise
        self.accounts = self.about["accounts"]
        self.certificates = self.about["certificates"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _wait(self):
        lines = queue.Queue()
        threading.Thread(target=lambda: lines.put(
            self.process.stdout.readline()), daemon=True).start()
        try:
            line = lines.get(timeout=START_LIMIT_S).decode()
        except queue.Empty as error:
            raise RuntimeError("the registry did not become ready") from error
        word, _, text = line.partition(" ")
        if word != "ready":
            raise RuntimeError("the registry did not start")
        return json.loads(text)

    def close(self, by_signal=False):
        """Ends it; returns what the program returned."""
        if self.process.poll() is None:
            if by_signal:
                self.process.send_signal(signal.SIGTERM)
            else:
                self.process.stdin.close()
        try:
            result = self.process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            result = self.process.wait()
        for stream in (self.process.stdin, self.process.stdout,
                       self.process.stderr):
            if stream:
                stream.close()
        return result

    # The control port.

    def control(self, method, path, **values):
        address = urllib.parse.urlsplit(self.about["control"]).netloc
        link = http.client.HTTPConnection(address, timeout=ASK_LIMIT_S)
        try:
            link.request(method, path,
                         json.dumps(values) if values else None)
            reply = link.getresponse()
            value = json.loads(reply.read())
        finally:
            link.close()
        if reply.status != 200:
            raise ValueError(value)
        return value

    def switch(self, name, **options):
        self.control("POST", "/switches", name=name, **options)

    def switch_off(self):
        self.control("DELETE", "/switches")

    def counters(self):
        return self.control("GET", "/counters")

    def log(self):
        return self.control("GET", "/log")

    def reset(self):
        """As just started: no switch, no count, no log."""
        self.switch_off()
        self.control("POST", "/counters/reset")

    # A caller of its own.

    def context(self, client="client"):
        context = ssl.create_default_context(cafile=self.certificates["ca"])
        if client:
            context.load_cert_chain(self.certificates[client],
                                    self.certificates[f"{client}_key"])
        return context

    def connect(self, client="client", timeout=ASK_LIMIT_S):
        return http.client.HTTPSConnection(
            "localhost", self.about["port"], timeout=timeout,
            context=self.context(client))

    def post(self, path, body, headers, client="client",
             timeout=ASK_LIMIT_S):
        link = self.connect(client, timeout)
        try:
            link.request("POST", path, body.encode(), headers)
            reply = link.getresponse()
            return Reply(reply.status, reply.headers, reply.read())
        finally:
            link.close()

    def soap_headers(self, timestamp=None):
        known = self.accounts
        stamp = timestamp or str(int(time.time() * 1000))
        text = (self.about["end_points"]["soap"] + known["user"] + stamp
                + known["secret"])
        digest = hashlib.sha256(text.encode()).hexdigest()
        basic = base64.b64encode(f"{known['user']}:{digest}".encode())
        return {"Content-Type": "application/xml", "SOAPAction": '""',
                "X-Road-Client": known["x_road_client"],
                "ApiKey": known["api_key"], "Timestamp": stamp,
                "Authorization": f"Basic {basic.decode()}"}

    def soap(self, operation="TraCuuThongTinCongDan", headers=None,
             timeout=ASK_LIMIT_S, **asked):
        text = soap_text(soap_children(**{**SPECIMEN, **asked}), operation)
        return self.post("/soap", text, headers or self.soap_headers(),
                         timeout=timeout)

    def lgsp_secret(self):
        text = json.dumps(self.accounts["lgsp"])
        return base64.b64encode(text.encode()).decode()

    def lgsp_token(self):
        return self.post(
            "/lgsp/token", "grant_type=client_credentials",
            {"Content-Type": "application/x-www-form-urlencoded",
             "lgspaccesstoken": self.lgsp_secret()})

    def lgsp(self, token, operation="TraCuuThongTinCongDan", **asked):
        text = soap_text(soap_children(**{**SPECIMEN, **asked}), operation)
        return self.post("/lgsp/dancu", json.dumps({"data": text}),
                         {"Content-Type": "application/json",
                          "lgspaccesstoken": self.lgsp_secret(),
                          "Authorization": f"Bearer {token}"})

    def rest_token(self):
        form = {"grant_type": "client_credentials",
                "client_id": self.accounts["client_id"],
                "client_secret": self.accounts["client_secret"]}
        return self.post(
            "/oauth2/token", urllib.parse.urlencode(form),
            {"Content-Type": "application/x-www-form-urlencoded"})

    def rest(self, token, number=SPECIMEN["number"], name=SPECIMEN["name"],
             birth=SPECIMEN["birth"], request_id="ask-1"):
        kind = "soDinhDanh" if len(number) == 12 else "soCMND"
        body = {"maYeuCau": request_id, "maDVC": "1.000001",
                "maCanBo": "officer-1", kind: number, "hoVaTen": name,
                "ngayThangNam": birth, "userNameService": "desk"}
        return self.post("/rest/dancu", json.dumps(body),
                         {"Content-Type": "application/json",
                          "Authorization": f"Bearer {token}"})
