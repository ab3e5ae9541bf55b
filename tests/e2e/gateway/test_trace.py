#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One check followed by its transaction: from the desk's assertion over the
gateway's journal and usage log to the registry."""
import http.server
import json
import re
import sys
import threading
import uuid

import rig
import stand_in

STAGES = ("verify", "spend", "ask", "compare", "log")


class Recorder(http.server.ThreadingHTTPServer):
    """A registry that gives tokens, notes headers and answers nothing."""

    def __init__(self):
        recorder, self.seen = self, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                recorder.seen.append((self.path, dict(self.headers)))
                token = self.path == "/token"
                body = json.dumps({"access_token": "t", "expires_in": 300,
                                   "token_type": "Bearer"}).encode()
                self.send_response(200 if token else 500)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.serve_forever)
        self.thread.start()
        self.base = f"http://127.0.0.1:{self.server_address[1]}"

    def parents(self):
        """traceparent of each request, by path; None without."""
        return [(path, headers.get("traceparent"))
                for path, headers in self.seen]

    def close(self):
        self.shutdown()
        self.server_close()
        self.thread.join()


class Trace(stand_in.House):
    def make(self, name, connector):
        gateway = rig.Gateway(self.folder / name)
        gateway.write(None, connector=connector)
        self.enrol(gateway)
        gateway.start()
        self.addCleanup(gateway.stop)
        return gateway

    def check(self, gateway, assertion=None, **more):
        """The desk's transaction, and the reply."""
        transaction = str(uuid.uuid4())
        assertion = assertion or self.desk.sign_claims(
            gateway.nonce(), identity=stand_in.CARD, txn=transaction)
        _, reply = gateway.check(assertion,
                                 procedure_code=stand_in.PROCEDURE, **more)
        return transaction, reply

    def line_of(self, gateway, **wanted):
        """The one line of the journal where these values stand."""
        found = []

        def look():
            for text in gateway.stderr.read_text().splitlines():
                pairs = dict(re.findall(r"(\w+)=(\S*)", text))
                if " check " in text and wanted.items() <= pairs.items():
                    found.append(pairs)
            return found

        rig.wait_for(f"a line with {wanted}", look)
        self.assertEqual(len(found), 1)
        return found[0]

    def stages(self, line):
        """That were begun; together they take no longer than the check."""
        begun = [name for name in STAGES if f"{name}_us" in line]
        self.assertLessEqual(sum(int(line[f"{name}_us"]) for name in begun),
                             int(line["took_us"]))
        return begun

    def lines_of(self, gateway, *words):
        return [json.loads(text) for text in gateway.command(
            "log", "export", *words).splitlines()]

    def test_one_check_from_desk_to_registry(self):
        gateway = self.make("one", stand_in.soap(self.registry, self.folder))
        others = [self.check(gateway)[0] for _ in range(3)]
        transaction, reply = self.check(gateway)
        request = reply["request_id"]
        # The reply, for the back end's own books.
        self.assertEqual((reply["registry"], reply["transaction"]),
                         ("match", transaction))
        # The journal: what came of it, and where its time went.
        line = self.line_of(gateway, transaction=transaction)
        self.assertEqual(
            [line[name] for name in ("caller", "request", "result",
                                     "outcome", "attempts", "http_status")],
            ["desk", request, "match", "found", "1", "200"])
        self.assertEqual(self.stages(line), list(STAGES))
        # The usage log, by either name.
        found = self.lines_of(gateway, "--transaction", transaction)
        self.assertEqual([one["request_id"] for one in found], [request])
        self.assertEqual(self.lines_of(gateway, "--request", request), found)
        table = gateway.command("log", "export", "--csv", "--transaction",
                                transaction)
        self.assertEqual(table.count(request), 1)
        self.assertNotIn(others[0], table)
        # The registry's own book.
        asked = [one for one in self.registry.log()
                 if one["request_id"] == request]
        self.assertEqual([one["number"] for one in asked],
                         [stand_in.CARD["id_number"]])
        self.assertEqual(len(self.registry.log()), len(others) + 1)

    def test_names_are_matched_whole_and_alone(self):
        gateway = self.make("one", stand_in.soap(self.registry, self.folder))
        transaction, reply = self.check(gateway)
        for words in (("--transaction", transaction[:-1]),
                      ("--transaction", transaction.upper()),
                      ("--transaction", "%"), ("--transaction", ""),
                      ("--request", transaction),
                      ("--transaction", reply["request_id"])):
            self.assertEqual(self.lines_of(gateway, *words), [], words)
        for words in (("--from", "2020"), ("--request", "x")):
            gateway.command("log", "export", "--transaction", "x", *words,
                            code=1)

    def test_refused_as_far_as_it_came(self):
        gateway = self.make("one", stand_in.soap(self.registry, self.folder))
        transaction, reply = self.check(gateway, id_number="001060000002")
        self.assertEqual(reply["code"], "other_citizen")
        line = self.line_of(gateway, transaction=transaction)
        self.assertEqual((line["request"], line["result"]),
                         ("", "other_citizen"))
        self.assertEqual(self.stages(line), ["verify"])
        # Not verified: what it says of itself is nobody's word.
        _, reply = self.check(gateway, self.desk.sign(
            gateway.nonce(), "urn:other"))
        line = self.line_of(gateway, result="audience_wrong")
        self.assertEqual(line["transaction"], "")
        self.assertEqual(self.stages(line), ["verify"])
        used = self.desk.sign_claims(gateway.nonce(), identity=stand_in.CARD,
                                     txn="twice")
        for _ in range(2):
            self.check(gateway, used)
        line = self.line_of(gateway, transaction="twice",
                            result="nonce_spent")
        self.assertEqual(self.stages(line), ["verify", "spend"])
        self.assertNotIn("attempts", line)
        self.assertEqual(len(self.lines_of(gateway, "--transaction",
                                           "twice")), 1)

    def test_no_answer_tells_attempts_and_status(self):
        gateway = self.make("one", stand_in.soap(
            self.registry, self.folder, "breaker_failures = 0"))
        for switch, options, wanted in (
                ("http_500", {}, ("http_status", "1", "500")),
                ("soap_fault", {"status": 503}, ("http_status", "2", "503")),
                ("unauthorized", {}, ("unauthorised", "1", "401"))):
            self.registry.switch(switch, **options)
            transaction, reply = self.check(gateway)
            self.registry.switch_off()
            line = self.line_of(gateway, transaction=transaction)
            self.assertEqual(line["result"], "undetermined")
            self.assertEqual((line["outcome"], line["attempts"],
                              line["http_status"]), wanted)
            self.assertEqual(reply["reason"], wanted[0])
            self.assertEqual(self.stages(line), list(STAGES))

    def parents_of(self, name, kind, more):
        """What a registry is told of two checks, and their transactions."""
        recorder = Recorder()
        self.addCleanup(recorder.close)
        secret = stand_in.secret_file(self.folder, "recorder", "secret")
        token = (f"token_url = {recorder.base}/token\nclient_id = c\n"
                 f"client_secret_file = {secret}\n") if kind != "soap" else ""
        gateway = self.make(name, f"[connector registry]\nkind = {kind}\n"
                            f"url = {recorder.base}/ask\nplain_http = yes\n"
                            f"agency = H01\n{token}{more}\n")
        transactions = [self.check(gateway)[0] for _ in range(2)]
        # Without this a server may pack what nobody here unpacks.
        self.assertEqual({headers.get("Accept-Encoding")
                          for _, headers in recorder.seen}, {"identity"})
        return transactions, recorder.parents()

    def test_trace_header_goes_to_the_registry_where_it_is_wanted(self):
        for kind in ("soap", "lgsp_json", "rest_oauth2"):
            with self.subTest(kind):
                transactions, found = self.parents_of(
                    kind, kind, "trace_header = yes")
                # A token is not of one check.
                self.assertEqual({parent for path, parent in found
                                  if path == "/token"}, {None}
                                 if kind != "soap" else set())
                asked = [parent for path, parent in found if path == "/ask"]
                self.assertEqual(len(asked), 2)
                for transaction, parent in zip(transactions, asked):
                    parts = re.fullmatch(
                        "00-([0-9a-f]{32})-([0-9a-f]{16})-01", parent)
                    self.assertEqual(parts.group(1),
                                     transaction.replace("-", ""))
                    self.assertNotEqual(parts.group(2), "0" * 16)

    def test_trace_header_stays_away_by_default(self):
        for more in ("", "trace_header = no"):
            _, found = self.parents_of(f"plain{len(more)}", "soap", more)
            self.assertEqual(found, [("/ask", None)] * 2)

    def test_transaction_that_is_no_uuid_makes_no_trace_header(self):
        recorder = Recorder()
        self.addCleanup(recorder.close)
        gateway = self.make("odd", "[connector registry]\nkind = soap\n"
                            f"url = {recorder.base}/ask\nplain_http = yes\n"
                            "agency = H01\ntrace_header = yes\n")
        for odd in ("twice", "0" * 32, "00000000-0000-0000-0000-000000000000",
                    str(uuid.uuid4()) + "0", str(uuid.uuid4())[:-1] + "g"):
            self.check(gateway, self.desk.sign_claims(
                gateway.nonce(), identity=stand_in.CARD, txn=odd))
        self.assertEqual(recorder.parents(), [("/ask", None)] * 5)


if __name__ == "__main__":
    if not stand_in.available():
        print("skipped: no openssl here")
        sys.exit(77)
    rig.main()
