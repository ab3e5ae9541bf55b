#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two gateways on one PostgreSQL: a nonce is spent once, no line is lost."""
import collections
import concurrent.futures
import http.client
import sys
import unittest

import rig


class Several(rig.House):
    @classmethod
    def setUpClass(cls):
        cls.postgres = rig.Postgres.start()
        if cls.postgres is None:
            raise unittest.SkipTest("no PostgreSQL server here")
        cls.addClassCleanup(cls.postgres.stop)

    def setUp(self):
        super().setUp()
        self.pair = []
        for name in ("one", "two"):
            gateway = rig.Gateway(self.folder / name, self.postgres.conninfo)
            gateway.write(self.directory)
            self.pair.append(gateway)
        self.enrol(self.pair[0])
        for gateway in self.pair:
            gateway.start()
            self.addCleanup(gateway.stop)

    def test_nonce_is_spent_once_across_both(self):
        assertion = self.desk.sign(self.pair[0].nonce())
        before = len(self.pair[0].log())
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            found = collections.Counter(pool.map(
                lambda i: self.pair[i % 2].check(assertion)[0], range(200)))
        self.assertEqual(found, {200: 1, 409: 199})
        self.assertEqual(len(self.pair[1].log()), before + 1)
        self.assertEqual(sum(one.asked() for one in self.pair), 1)

    def test_kill_loses_no_line_and_doubles_none(self):
        before = {line["request_id"] for line in self.pair[0].log()}
        tokens = [self.desk.sign(self.pair[i % 2].nonce())
                  for i in range(300)]
        answered = []

        def check(i):
            # The balancer: whoever is alive.
            if i == 100:
                self.pair[1].kill()
            for gateway in (self.pair[i % 2], self.pair[0]):
                try:
                    status, reply = gateway.check(tokens[i])
                except (OSError, http.client.HTTPException):
                    continue
                if status == 200:
                    answered.append(reply["request_id"])
                return status
            return 0

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            found = collections.Counter(pool.map(check, range(300)))
        # A check may have been under way when its gateway died: then its
        # nonce is spent, and the second asking is refused.
        self.assertEqual(found[200] + found[409], 300)
        self.assertGreater(found[200], 250)
        lines = [line["request_id"] for line in self.pair[0].log()
                 if line["request_id"] not in before]
        self.assertEqual(len(lines), len(set(lines)))
        self.assertLessEqual(set(answered), set(lines))
        self.pair[0].command("log", "verify")


if __name__ == "__main__":
    if rig.Postgres and not rig.glob.glob(
            "/usr/lib/postgresql/*/bin/initdb"):
        print("skipped: no PostgreSQL server here")
        sys.exit(77)
    rig.main()
