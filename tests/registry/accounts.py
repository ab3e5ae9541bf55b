# SPDX-License-Identifier: Apache-2.0
"""Who may ask: the headers of the SOAP contract, and the tokens of LGSP and
OAuth2. The values are of the stand-in and open nothing else."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import threading
import time
import urllib.parse

from question import Refused

CLOCK_SKEW_S = 300
UNITS = {"s": (10, 1), "ms": (13, 1000)}

DEFAULTS = {
    "x_road_client": "VN/GOV/DEMO/CLINIC",
    "api_key": "stand-in-api-key",
    "user": "stand-in-user",
    "secret": "stand-in-secret",
    "timestamp": "either",
    "officer_keys": {},
    "lgsp": {"AccessKey": "stand-in-access", "SecretKey": "stand-in-secret",
             "AppName": "stand-in", "PartnerCode": "000.00.00.G00",
             "PartnerCodeCus": "000.00.00.G00"},
    # Whether each request carries lgspaccesstoken, or only that for a token:
    # the facts leave both open.
    "lgsp_always": False,
    "client_id": "stand-in-client",
    "client_secret": "stand-in-client-secret",
    "token_s": 300,
}


def equal(given, wanted):
    return hmac.compare_digest(given.encode(), wanted.encode())


def from_base64(text):
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise Refused(401, "authorization") from error


def password(url, user, timestamp, secret):
    """The Basic header's second half."""
    return hashlib.sha256(f"{url}{user}{timestamp}{secret}".encode()
                          ).hexdigest()


class Accounts:
    """What the callers must know, and the tokens given to them."""

    def __init__(self, settings):
        self.settings = {**DEFAULTS, **settings}
        # Set when the port is known.
        self.service_urls = []
        self.lock = threading.Lock()
        self.tokens = {}

    # (a) the SOAP contract

    def check_soap(self, headers):
        """Each header by itself, so that a refusal names it."""
        media = headers.get("Content-Type", "").split(";")[0].strip().lower()
        if media != "application/xml":
            raise Refused(415, "content-type")
        if headers.get("SOAPAction") != '""':
            raise Refused(400, "soapaction")
        wanted = self.settings["x_road_client"]
        if not equal(headers.get("X-Road-Client", ""), wanted):
            raise Refused(403, "x-road-client")
        if not equal(headers.get("ApiKey", ""), self.settings["api_key"]):
            raise Refused(401, "apikey")
        timestamp = self.check_timestamp(headers.get("Timestamp", ""))
        self.check_basic(headers.get("Authorization", ""), timestamp)
        self.check_officer(headers.get("AuthHash", ""))

    def check_timestamp(self, text):
        units = self.settings["timestamp"]
        allowed = UNITS if units == "either" else {units: UNITS[units]}
        for digits, scale in allowed.values():
            if len(text) == digits and text.isascii() and text.isdigit():
                if abs(int(text) / scale - time.time()) > CLOCK_SKEW_S:
                    raise Refused(401, "timestamp-old")
                return text
        raise Refused(401, "timestamp")

    def check_basic(self, header, timestamp):
        scheme, _, text = header.partition(" ")
        if scheme != "Basic":
            raise Refused(401, "authorization")
        user, _, given = from_base64(text).partition(":")
        if not equal(user, self.settings["user"]):
            raise Refused(401, "user")
        for url in self.service_urls:
            if equal(given, password(url, user, timestamp,
                                     self.settings["secret"])):
                return
        raise Refused(401, "hash")

    def check_officer(self, header):
        keys = self.settings["officer_keys"]
        if not keys:
            return
        name, _, given = from_base64(header).partition(":")
        if name not in keys or not equal(given, keys[name]):
            raise Refused(401, "authhash")

    # (b) LGSP

    def check_lgsp(self, headers, needed=True):
        header = headers.get("lgspaccesstoken")
        if header is None and not needed:
            return
        try:
            given = json.loads(from_base64(header or ""))
        except (Refused, ValueError) as error:
            raise Refused(401, "lgspaccesstoken") from error
        if given != self.settings["lgsp"]:
            raise Refused(401, "lgspaccesstoken")

    # (c) OAuth2

    def check_client(self, headers, form):
        """Client credentials, in the header or in the form; a platform that
        asks for lgspaccesstoken here too is known."""
        if headers.get("lgspaccesstoken") is not None:
            self.check_lgsp(headers)
            return
        header = headers.get("Authorization")
        if header:
            scheme, _, text = header.partition(" ")
            if scheme != "Basic":
                raise Refused(401, "client")
            name, _, given = from_base64(text).partition(":")
            name, given = map(urllib.parse.unquote_plus, (name, given))
        else:
            name = form.get("client_id", "")
            given = form.get("client_secret", "")
        if not (equal(name, self.settings["client_id"])
                and equal(given, self.settings["client_secret"])):
            raise Refused(401, "client")

    # Tokens of both.

    def give_token(self, kind):
        token = secrets.token_urlsafe(24)
        now = time.monotonic()
        with self.lock:
            self.tokens = {name: row for name, row in self.tokens.items()
                           if row[1] > now}
            self.tokens[token] = (kind, now + self.settings["token_s"])
        return {"access_token": token, "token_type": "Bearer",
                "expires_in": self.settings["token_s"]}

    def check_token(self, headers, kind):
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            raise Refused(401, "bearer")
        with self.lock:
            known, until = self.tokens.get(token, (None, 0))
        if known != kind or until <= time.monotonic():
            raise Refused(401, "token")

    def forget_tokens(self):
        with self.lock:
            self.tokens.clear()


def read_form(headers, body):
    """grant_type=client_credentials, form-encoded, and what stands by it."""
    media = headers.get("Content-Type", "").split(";")[0].strip().lower()
    if media != "application/x-www-form-urlencoded":
        raise Refused(415, "content-type")
    try:
        form = dict(urllib.parse.parse_qsl(body.decode("ascii"),
                                           strict_parsing=True))
    except ValueError as error:
        raise Refused(400, "form") from error
    if form.get("grant_type") != "client_credentials":
        raise Refused(400, "grant_type")
    return form
