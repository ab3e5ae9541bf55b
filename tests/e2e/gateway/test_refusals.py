#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is refused is not asked: the registry's stand-in counts requests."""
import base64
import hashlib
import hmac
import json
import sys
import time

import rig
import stand_in

NUMBER = stand_in.CARD["id_number"]
UNPROVEN = "t0ken-of-the-unproven-0123456789abcdef"


def letters(data):
    """Base64url without padding."""
    if isinstance(data, str):
        data = data.encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def edited(token, old, new):
    """Another payload under the signature that was there."""
    head, body, mark = token.split(".")
    text = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
    assert old in text, old
    return ".".join((head, letters(text.replace(old, new)), mark))


class Refusals(stand_in.House):
    def setUp(self):
        super().setUp()
        self.gateway = self.make("one")
        self.enrolled = self.enrol(self.gateway)
        self.gateway.start()
        self.addCleanup(self.gateway.stop)
        # Whatever is refused leaves it as good as new.
        self.nonce = self.gateway.nonce()

    def make(self, name, extra=""):
        gateway = rig.Gateway(self.folder / name)
        gateway.contract = stand_in.make_contract()
        gateway.write(None, extra, {
            "desk": rig.TOKEN, "other": rig.OTHER,
            "unproven": (UNPROVEN, "allow_unproven = yes")},
            stand_in.soap(self.registry, self.folder / name))
        return gateway

    def sign(self, nonce=None, header=None, identity=None, **claims):
        """As a desk would, but for what is said here."""
        return self.desk.sign_raw(
            self.desk.header(**(header or {})),
            self.desk.claims(nonce or self.nonce, {**stand_in.CARD,
                                                   **(identity or {})},
                             **claims))

    def check(self, assertion, token=rig.TOKEN, **more):
        return self.gateway.check(assertion, token,
                                  procedure_code=stand_in.PROCEDURE, **more)

    def judge(self, code, status, found):
        """A refusal; and nobody was asked, nothing written."""
        got, problem = found
        self.assertEqual((got, problem.get("code")), (status, code))
        self.assertNotIn(NUMBER, json.dumps(problem))
        self.assertEqual(self.requests(), self.asked)

    def refused(self, code, assertion, status=422, **more):
        self.asked = self.requests()
        self.judge(code, status, self.check(assertion, **more))

    def all_refused(self, code, assertions):
        for name, assertion in assertions.items():
            with self.subTest(name):
                self.refused(code, assertion)

    def good_at_last(self):
        """The nonce of all those refusals is spent by this alone."""
        before = self.requests(), len(self.gateway.log())
        status, reply = self.check(self.sign())
        self.assertEqual((status, reply.get("registry")), (200, "match"),
                         reply)
        self.assertEqual((self.requests(), len(self.gateway.log())),
                         (before[0] + 1, before[1] + 1))
        return reply

    def test_replay(self):
        used = self.sign()
        self.assertEqual(self.check(used)[0], 200)
        self.refused("nonce_spent", used, 409)
        self.refused("nonce_spent", self.sign(), 409)
        self.refused("nonce_spent", self.sign(), 409,
                     id_number=NUMBER)
        self.assertEqual(len(self.gateway.log()), 1)

    def test_claims(self):
        now = int(time.time())
        sign = self.sign
        self.all_refused("audience_wrong", {
            "other": sign(aud="urn:test:other"), "list":
            sign(aud=["urn:test:gw"]), "prefix": sign(aud="urn:test:g"),
            "none": sign(aud=None)})
        self.all_refused("nonce_wrong", {
            "unknown": sign(nonce="A" * 43), "short": sign(nonce="abc"),
            "other_callers": sign(nonce=self.gateway.nonce(rig.OTHER)),
            "list": sign(nonce=[self.nonce])})
        self.all_refused("assertion_expired", {
            "hour": sign(iat=now - 3600, nbf=now - 3600, exp=now - 3400),
            "leeway": sign(iat=now - 106, nbf=now - 106, exp=now - 6)})
        self.all_refused("not_yet_valid", {
            "hour": sign(iat=now + 3600, nbf=now + 3600, exp=now + 3700),
            "nbf": sign(nbf=now + 3600)})
        self.all_refused("assertion_malformed", {
            "lives_too_long": sign(exp=now + 3600), "no_exp": sign(exp=None),
            "no_nbf": sign(nbf=None), "time_as_text": sign(iat=str(now)),
            "no_jti": sign(jti=None), "no_txn": sign(txn=None),
            "issuer": sign(iss="urn:ietf:params:oauth:jwk-thumbprint:sha-256:"
                           + "A" * 43),
            "level": sign(level="A9"), "no_result": self.desk.sign_raw(
                self.desk.header(), rig.changed(self.desk.claims(self.nonce),
                                                {"result": None})),
            "other_transaction": sign(result={"transaction": "x"}),
            "number": sign(identity={"id_number": "00119900000x"})})
        self.good_at_last()

    def test_texts_that_would_forge_the_log(self):
        self.all_refused("assertion_malformed", {
            f"{name} {ord(mark):x}": self.sign(**{name: f"a{mark}b"})
            for name in ("txn", "origin", "purpose")
            for mark in "\n\x1b\x7f\x85"})
        self.all_refused("assertion_malformed", {
            name: self.sign(**{name: "a" * 1000})
            for name in ("txn", "origin", "purpose")})
        self.good_at_last()

    def test_expired_nonce(self):
        gateway = self.make("short", "nonce_time = 10 s")
        self.enrol(gateway)
        gateway.start()
        self.addCleanup(gateway.stop)
        self.gateway, nonce = gateway, gateway.nonce()
        time.sleep(11.5)
        self.refused("nonce_expired", self.sign(nonce=nonce))

    def test_devices(self):
        stranger = rig.Desk()
        self.addCleanup(stranger.close)
        self.refused("device_unknown", stranger.sign_claims(self.nonce))
        # Its key, another's name; and the other way about.
        self.refused("signature_bad", stranger.sign_raw(
            self.desk.header(), self.desk.claims(self.nonce)))
        second = rig.Desk()
        self.addCleanup(second.close)
        self.enrol(self.gateway, second)
        self.refused("signature_bad",
                     self.sign(header={"kid": second.thumbprint}))
        self.all_refused("device_unknown", {
            kid[:12]: self.sign(header={"kid": kid}) for kid in (
                "../../../../etc/passwd", "%2e%2e%2f" + "A" * 34,
                "/dev/zero", "' OR '1'='1", "", self.desk.thumbprint[:-1],
                "A" * 43)})
        self.refused("assertion_malformed", self.sign(
            header={"kid": self.desk.thumbprint + "\u0000"}))
        self.good_at_last()

    def test_revoked_while_it_runs(self):
        thumbprint = self.enrolled.splitlines()[0].split()[-1]
        self.assertEqual(thumbprint, self.desk.thumbprint)
        self.good_at_last()
        self.nonce = self.gateway.nonce()
        self.gateway.command("device", "revoke", thumbprint)
        self.refused("device_revoked", self.sign())
        path = self.folder / "key.json"
        self.gateway.command("device", "add", str(path), code=1)
        self.refused("device_revoked", self.sign())

    def test_thumbprint_is_no_option(self):
        for known in ("-" + "k" * 42, "--" + "c" * 41, "_" * 43):
            for words in (("device", "revoke", known),
                          ("device", "revoke", "--", known)):
                with self.assertRaisesRegex(AssertionError,
                                            r": 1: .*device_unknown"):
                    self.gateway.command(*words)

    def test_edited_identity(self):
        token = self.sign()
        self.all_refused("signature_bad", {
            old: edited(token, old, new) for old, new in (
                (NUMBER, "001060000002"), ("Mẫu", "Khác"),
                ("1999-01-01", "1999-01-02"), ("female", "male"))})
        failed = self.sign(result={"overall": "failed"})
        self.refused("signature_bad", edited(failed, "failed", "successful"))
        head, body, mark = token.split(".")
        other = "B" if mark[0] == "A" else "A"
        self.all_refused("signature_bad", {
            "bit": f"{head}.{body}.{other}{mark[1:]}",
            "zero": f"{head}.{body}.{'A' * 86}"})
        self.all_refused("assertion_malformed", {
            "short": f"{head}.{body}.{mark[:-4]}", "der": f"{head}.{body}." +
            letters(b"\x30\x44" + b"\x01" * 68), "no_mark": f"{head}.{body}.",
            "padding": token + "==", "blank": token + " ",
            "not_three": f"{head}.{body}"})
        self.good_at_last()

    def test_algorithms(self):
        body = letters(json.dumps(self.desk.claims(self.nonce)))
        head = letters(json.dumps(self.desk.header(alg="HS256")))
        key = json.loads(self.desk.jwk)
        point = b"\x04" + b"".join(base64.urlsafe_b64decode(key[part] + "=")
                                   for part in "xy")
        spki = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d"
                             "030107034200") + point
        pem = ("-----BEGIN PUBLIC KEY-----\n" +
               base64.encodebytes(spki).decode() +
               "-----END PUBLIC KEY-----\n").encode()
        secrets = {"jwk": self.desk.jwk.encode(), "point": point,
                   "spki": spki, "pem": pem}
        self.all_refused("algorithm_wrong", {
            f"HS256 {name}": f"{head}.{body}." + letters(hmac.new(
                secret, f"{head}.{body}".encode(), hashlib.sha256).digest())
            for name, secret in secrets.items()})
        for alg in ("none", "None", "NONE"):
            head = letters(json.dumps(self.desk.header(alg=alg)))
            self.refused("assertion_malformed", f"{head}.{body}.")
            self.refused("algorithm_wrong", f"{head}.{body}.{'A' * 86}")
        self.all_refused("algorithm_wrong", {
            alg: self.sign(header={"alg": alg}) for alg in (
                "RS256", "PS256", "ES384", "ES512", "ES256K", "es256",
                "EdDSA", "Ed25519", "ES256 ", "")})
        self.all_refused("assertion_malformed", {
            str(alg): self.sign(header={"alg": alg})
            for alg in (None, 256, ["ES256"], True)})
        self.good_at_last()

    def test_headers(self):
        key = json.loads(self.desk.jwk)
        self.all_refused("assertion_malformed", {
            name: self.sign(header={name: value}) for name, value in (
                ("crit", ["exp"]), ("crit", []), ("jwk", key),
                ("x5c", ["MIIB"]), ("jku", "https://evil.example/jwks"),
                ("x5u", "https://evil.example/x5u"), ("x5t", "AAAA"),
                ("b64", False), ("zip", "DEF"), ("cty", "JWT"),
                ("more", "x" * 4000), ("typ", None), ("kid", None),
                ("kid", 7))})
        self.all_refused("assertion_type_wrong", {
            typ: self.sign(header={"typ": typ}) for typ in (
                "JWT", "CCCD-ASSERTION+JWT", "cccd-request+jwt",
                "application/cccd-assertion+jwt")})
        self.good_at_last()

    def test_twice_said(self):
        desk, head, claims = self.desk, self.desk.header(), self.desk.claims
        payload = json.dumps(claims(self.nonce, stand_in.CARD))

        def twin(text, after):
            """A member again, first or last; JSON parsers take either."""
            for begin in (True, False):
                at = text.index(after) if begin else text.rindex(after)
                yield text[:at] + after + ", " + text[at:]

        number = f'"id_number": "{NUMBER}"'
        rows = {
            "alg": (json.dumps(head).replace("}", ', "alg": "none"}'),
                    payload),
            "kid": ("{" + f'"kid": "x", {json.dumps(head)[1:]}', payload),
            "aud": (head, payload.replace("{", '{"aud": "urn:x", ', 1)),
            "nonce": (head, payload[:-1] + ', "nonce": "' + "A" * 43 +
                      '"}'),
            "number": (head, payload.replace(
                number, '"id_number": "001060000002", ' + number)),
            "overall": (head, payload.replace(
                '"overall": "successful"',
                '"overall": "failed", "overall": "successful"')),
        }
        for text in twin(payload, '"level": "A1"'):
            rows[f"level {text.index('level')}"] = (head, text)
        self.all_refused("assertion_malformed", {
            name: desk.sign_raw(*row) for name, row in rows.items()})
        self.good_at_last()

    def test_other_serialisations(self):
        token = self.sign()
        head, body, mark = token.split(".")
        flat = {"protected": head, "payload": body, "signature": mark}
        general = {"payload": body, "signatures": [
            {"protected": head, "signature": mark},
            {"protected": head, "signature": mark}]}
        self.all_refused("assertion_malformed", {
            "two": f"{token}.{mark}", "two_tokens": f"{token},{token}",
            "flattened": json.dumps(flat), "general": json.dumps(general),
            "encrypted": f"{head}.{body}" + f".{head}" * 3, "dots": "..", "text": "x",
            "detached": f"{head}..{mark}", "unicode": "á.b.c",
            "half_a_megabyte": "A" * 500000})
        for value in (flat, general, [token], 7, None, True, "",
                      token + "\u0000", "\ud800"):
            self.refused("malformed_request", value, 400)
        self.good_at_last()

    def test_other_citizen(self):
        token = self.sign(identity={"old_numbers": ["012345678"]})
        self.refused("other_citizen", token, id_number="001060000002")
        self.refused("other_citizen", token, id_number="012345679")
        self.assertEqual(self.check(token, id_number="012345678")[0], 200)

    def test_card_that_is_not_proven(self):
        for verdict in ("failed", "undetermined", "not_supported", "aborted",
                        "not_run", "none_of_ours", None):
            with self.subTest(verdict):
                self.refused("card_not_proven",
                             self.sign(result={"overall": verdict}))
        self.good_at_last()

    def test_card_that_is_not_proven_where_that_is_allowed(self):
        for verdict in ("failed", "undetermined", "successful"):
            with self.subTest(verdict):
                before = self.requests()
                status, reply = self.check(self.sign(
                    nonce=self.gateway.nonce(UNPROVEN),
                    result={"overall": verdict}), UNPROVEN)
                self.assertEqual((status, reply["registry"]), (200, "match"))
                self.assertEqual(reply["card"], {"overall": verdict})
                self.assertEqual(self.requests(), before + 1)
                self.assertEqual(self.gateway.log()[-1]["card"], verdict)

    def test_identity_without_a_number_asks_nobody(self):
        # No refusal: the desk was not granted the number.
        before = self.requests()
        status, reply = self.check(self.sign(identity={"id_number": None}))
        self.assertEqual((status, reply["registry"], reply["reason"]),
                         (200, "undetermined", "question_incomplete"))
        self.assertEqual(self.requests(), before)

    def post(self, code, status, body, **headers):
        self.asked = self.requests()
        got, text, _ = self.gateway.call("POST", "/v1/checks", body,
                                         **headers)
        self.judge(code, status, (got, json.loads(text)))

    def test_bodies(self):
        token, officer = self.sign(), {"id": "o-17"}
        good = {"assertion": token, "officer": officer}
        text = json.dumps(good)
        rows = [
            "", " ", "{}", "[]", "null", "7", '"x"', "{", text[:-1],
            text + "x", text + text, text + "\u0000",
            ("\ufeff" + text).encode(),
            text.replace("{", "{ /* */", 1), text.replace('"', "'"),
            text[:-1] + ",}", text[:-1] + ', "officer": {"id": "x"}}',
            text.replace('"id": "o-17"', '"id": "o-17", "id": "o-18"'),
            text.encode("utf-16"), text.replace("o-17", "\\ud800"),
            text.encode().replace(b"o-17", b"o-\xff"),
            text.replace("o-17", "o\n17"), "[" * 100000, '{"a":' * 5000,
        ]
        rows += [rig.changed(good, one) for one in (
            {"officer": None}, {"officer": "o-17"}, {"officer": []},
            {"officer": {}}, {"officer": {"id": ""}}, {"officer": {"id": 7}},
            {"officer": {"name": "Cán Bộ"}}, {"officer": {"id": "o 17"}},
            {"officer": {"id": "o" * 500}}, {"assertion": None},
            {"officer": {"id": "o", "name": "a\nb"}},
            {"officer": {"id": "o", "name": ""}},
            {"officer": {"id": "o", "rank": "1"}}, {"more": 1},
            {"id_number": "1"}, {"id_number": 1199000001},
            {"id_number": "00119900000١"}, {"service_code": "a\u0000b"},
            {"service_code": "x" * 500}, {"procedure_code": {}})]
        for row in rows:
            with self.subTest(str(row)[:60]):
                self.post("malformed_request", 400, row)
        for kind in ("text/plain", "application/xml",
                     "application/x-www-form-urlencoded", "application/jso"):
            self.post("unsupported_media_type", 415, good,
                      **{"Content-Type": kind})
        self.post("too_large", 413, {**good, "assertion": "A" * 600000})
        self.post("token_invalid", 401, good, token="x" * 40)
        self.post("token_invalid", 401, good, token=None)
        self.good_at_last()


if __name__ == "__main__":
    if not stand_in.available():
        print("skipped: no openssl here")
        sys.exit(77)
    rig.main()
