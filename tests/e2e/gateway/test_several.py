#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two gateways on one PostgreSQL behind a TCP balancer: a nonce is spent
once, and whoever dies, no line of the log is lost or doubled."""
import collections
import concurrent.futures
import http.client
import json
import sys
import threading
import unittest
import uuid

import balancer
import rig
import stand_in

CHECKS, CLIENTS, ROUNDS = 1000, 8, 100
ATTEMPTS = 20


class Client:
    """A back end with a connection that it keeps while it lasts."""

    def __init__(self, port):
        self.port, self.link, self.broken = port, None, 0

    def post(self, path, body):
        if self.link is None:
            self.link = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=rig.WAIT_S)
        try:
            self.link.request("POST", path, json.dumps(body), {
                "Authorization": f"Bearer {rig.TOKEN}",
                "Content-Type": "application/json"})
            reply = self.link.getresponse()
            return reply.status, json.loads(reply.read())
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def insist(self, path, body):
        """The same again until there is an answer, whichever it is."""
        for _ in range(ATTEMPTS):
            try:
                return self.post(path, body)
            except (OSError, http.client.HTTPException):
                self.broken += 1
        raise AssertionError(f"no answer in {ATTEMPTS} attempts")

    def close(self):
        if self.link:
            self.link.close()
        self.link = None


class Several(rig.House):
    @classmethod
    def setUpClass(cls):
        cls.postgres = rig.Postgres.start()
        if cls.postgres is None:
            raise unittest.SkipTest("no PostgreSQL server here")
        cls.addClassCleanup(cls.postgres.stop)

    def setUp(self):
        super().setUp()
        self.lock = threading.Lock()
        self.pair = [self.make(name) for name in ("one", "two")]
        self.balancer = balancer.Balancer(self.pair)
        self.addCleanup(self.balancer.close)
        for gateway in self.pair:
            self.write(gateway)
        self.enrol(self.pair[0])
        for gateway in self.pair:
            gateway.start()

    def make(self, name):
        # Libpq's other form, in which every letter counts.
        gateway = rig.Gateway(
            self.folder / name,
            f"postgresql://cccd@/postgres?host={self.postgres.folder}")
        self.addCleanup(gateway.stop)
        return gateway

    def write(self, gateway, connector=None):
        gateway.write(self.directory, "check_time = 10 s\n"
                      "interrupted_after = 15 s\n"
                      f"hosts = 127.0.0.1:{self.balancer.port}",
                      connector=connector)

    def client(self, port):
        client = Client(port)
        self.addCleanup(client.close)
        return client

    def body(self, nonce, transaction=None):
        with self.lock:
            assertion = self.desk.sign(nonce, transaction=transaction or
                                       str(uuid.uuid4()))
        return {"assertion": assertion, "officer": {"id": "o-17"},
                "procedure_code": stand_in.PROCEDURE}

    def test_nonce_is_spent_once_across_both(self):
        before = len(self.pair[0].log())
        clients = [self.client(gateway.port) for gateway in self.pair]
        at_once = threading.Barrier(len(clients))

        def send(client, body):
            at_once.wait()
            return client.post("/v1/checks", body)[0]

        with concurrent.futures.ThreadPoolExecutor(len(clients)) as pool:
            for i in range(ROUNDS):
                # Issued by either, sent to both.
                body = self.body(self.pair[i % 2].nonce())
                found = sorted(pool.map(send, clients, [body] * 2))
                self.assertEqual(found, [200, 409])
        self.assertEqual(len(self.pair[1].log()), before + ROUNDS)
        self.assertEqual(sum(one.asked() for one in self.pair), ROUNDS)

    def test_many_at_once_spend_it_once(self):
        body = self.body(self.pair[0].nonce())
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            found = collections.Counter(pool.map(
                lambda _: self.client(self.balancer.port).post(
                    "/v1/checks", body)[0], range(200)))
        self.assertEqual(found, {200: 1, 409: 199})
        self.assertEqual(sum(one.asked() for one in self.pair), 1)
        for count in self.balancer.taken:
            self.assertGreater(count, 0)

    def die_while_asking(self):
        """A third on the same database, killed while the registry thinks:
        its nonce is spent, and nobody else can know what came of it."""
        registry = stand_in.start()
        self.addCleanup(registry.close)
        third = self.make("three")
        self.write(third, stand_in.soap(registry, third.folder))
        third.start()
        registry.switch("slow", seconds=60)
        body = self.body(third.nonce())
        client = self.client(third.port)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            answer = pool.submit(client.post, "/v1/checks", body)
            rig.wait_for("the question", lambda: registry.counters()[
                "requests"] or answer.done())
            self.assertFalse(answer.done())
            third.kill()
            with self.assertRaises((OSError, http.client.HTTPException)):
                answer.result()
        # Nor may it be asked again.
        status, problem = self.client(self.balancer.port).post(
            "/v1/checks", body)
        self.assertEqual((status, problem["code"]), (409, "nonce_spent"))
        self.assertEqual(registry.counters()["requests"], 1)

    def one_share(self, numbers, transactions, done, half):
        """What one client does; @done fills with (status, reply)."""
        client = self.client(self.balancer.port)
        for i in numbers:
            nonce = client.insist("/v1/nonces", {})[1]["nonce"]
            status, reply = client.insist(
                "/v1/checks", self.body(nonce, transactions[i]))
            done[i] = status, reply.get("request_id")
            if len(done) > CHECKS // 2:
                half.set()
        return client.broken

    def run_and_kill(self, transactions):
        """All checks by several clients; in their middle one gateway dies
        and comes back, as a service manager would have it."""
        done, half = {}, threading.Event()
        shares = [range(first, CHECKS, CLIENTS) for first in range(CLIENTS)]
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            running = [pool.submit(self.one_share, share, transactions, done,
                                   half) for share in shares]
            half.wait()
            self.pair[1].kill()
            self.pair[1].start()
            broken = sum(one.result() for one in running)
        self.assertGreater(broken, 0)
        return done

    def test_kill_in_the_middle_loses_no_line_and_doubles_none(self):
        before = {line["request_id"] for line in self.pair[0].log()}
        alone = 0
        if stand_in.available():
            self.die_while_asking()
            alone = 1
        transactions = [str(uuid.uuid4()) for _ in range(CHECKS)]
        done = self.run_and_kill(transactions)
        self.assertEqual(len(done), CHECKS)
        spent = {i for i, (status, _) in done.items() if status == 409}
        self.assertEqual({done[i][0] for i in done if i not in spent}, {200})
        self.assertLess(len(spent), 2 * CLIENTS)

        def lines():
            return [line for line in self.pair[0].log()
                    if line["request_id"] not in before]

        # Every nonce was spent by one check or another: one line for each.
        rig.wait_for("the recovery", lambda: len(lines()) >=
                     CHECKS + alone)
        found = lines()
        self.assertEqual(len(found), CHECKS + alone)
        ids = collections.Counter(line["request_id"] for line in found)
        self.assertEqual(set(ids.values()), {1})
        told = {line["transaction_id"]: line for line in found
                if line["reason"] != "interrupted"}
        for i, (status, request) in done.items():
            if status == 200:
                line = told.pop(transactions[i])
                self.assertEqual((line["request_id"], line["result"]),
                                 (request, "match"))
        # Written, but its caller never heard of it.
        late = {transactions[i] for i in spent}
        self.assertLessEqual(set(told), late)
        interrupted = [line for line in found
                       if line["reason"] == "interrupted"]
        for line in interrupted:
            self.assertNotEqual(line["transaction_id"], "")
        self.assertEqual(len(interrupted),
                         alone + len(late) - len(told))
        print(f"{len(spent)} lost their answer, {len(told)} of them have "
              f"their line, {len(interrupted)} were interrupted")
        for gateway in self.pair:
            self.assertIn(f"{len(before) + len(found)} ",
                          gateway.command("log", "verify"))


if __name__ == "__main__":
    if not rig.glob.glob("/usr/lib/postgresql/*/bin/initdb"):
        print("skipped: no PostgreSQL server here")
        sys.exit(77)
    rig.main()
