# SPDX-License-Identifier: Apache-2.0
"""The failures that can be switched on, the counters and the log."""

import collections
import re
import threading
import time

# Name: options with their defaults.
SWITCHES = {
    "slow": {"seconds": 30},
    "half": {},
    "wrong_xml": {},
    "entity_bomb": {},
    "http_500": {},
    "expired_certificate": {},
    "wrong_namespace": {},
    "empty": {},
    "busy_code": {"code": 99},
    "duplicate": {},
    "soap_fault": {"status": 500},
    "unauthorized": {},
    "token_expired": {},
    "redirect": {},
    "huge": {"bytes": 64 << 20},
}
PLACES = ("query", "token")
SECONDS_MAX = 600
BYTES_MAX = 1 << 30
LOG_MAX = 20000

# In a request id: "fault.half.17", "slow-fault.slow.2"; hyphens for
# underscores, as some callers' ids allow no others.
IN_ID = re.compile(r"fault\.([a-z0-9_-]+)")


class Unknown(ValueError):
    """No such switch, place or option."""


def check(name, at, options):
    if name not in SWITCHES or at not in PLACES:
        raise Unknown(f"{name} at {at}")
    limits = {"seconds": SECONDS_MAX, "bytes": BYTES_MAX, "status": 599,
              "code": 9999}
    for option, value in options.items():
        if option not in SWITCHES[name]:
            raise Unknown(f"{name} has no {option}")
        number = isinstance(value, (int, float))
        if isinstance(value, bool) or not number \
                or not 0 <= value <= limits[option]:
            raise Unknown(f"{option} of {name}")
    return {**SWITCHES[name], **options}


class Board:
    """Which failures are on; shared by every connection's thread."""

    def __init__(self):
        self.lock = threading.Lock()
        self.on = []

    def turn_on(self, name, at="query", times=0, number=None, **options):
        """For the next so many requests, or until turned off; only for one
        citizen's number where that is given."""
        entry = {"name": name, "at": at, "times": times, "number": number,
                 "options": check(name, at, options)}
        if not isinstance(times, int) or isinstance(times, bool) or times < 0:
            raise Unknown("times")
        if number is not None and (at != "query"
                                   or name == "expired_certificate"):
            raise Unknown("number")
        with self.lock:
            self.on.append(entry)

    def turn_off(self, name=None):
        with self.lock:
            self.on = [entry for entry in self.on
                       if name is not None and entry["name"] != name]

    def listing(self):
        with self.lock:
            return [dict(entry) for entry in self.on]

    def _use(self, entry):
        if entry["times"] == 1:
            self.on.remove(entry)
        elif entry["times"]:
            entry["times"] -= 1
        return entry["name"], entry["options"]

    def take(self, at, request_id="", number=None):
        """The failure that this request meets, and its options; the request
        id speaks before the board."""
        asked = IN_ID.search(request_id)
        if asked:
            name = asked[1].replace("-", "_")
            if name in SWITCHES:
                return name, SWITCHES[name]
        with self.lock:
            for entry in self.on:
                if (entry["at"] == at and entry["number"] in (None, number)
                        and entry["name"] != "expired_certificate"):
                    return self._use(entry)
        return None, {}

    def take_certificate(self):
        """Whether this handshake shows the expired certificate."""
        with self.lock:
            for entry in self.on:
                if entry["name"] == "expired_certificate":
                    self._use(entry)
                    return True
        return False


class Book:
    """How often what was asked, and what exactly: for the control port."""

    def __init__(self):
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        with self.lock:
            self.counts = {
                # Requests of any kind, look-ups that reached the table.
                "requests": 0, "queries": 0,
                "by_end_point": collections.Counter(),
                "by_operation": collections.Counter(),
                "refused": collections.Counter(),
                "switched": collections.Counter(),
                "handshakes": 0, "handshakes_refused": 0,
                "redirects_followed": 0, "tokens": 0,
            }
            self.entries = collections.deque(maxlen=LOG_MAX)

    def count(self, name, key=None):
        with self.lock:
            if key is None:
                self.counts[name] += 1
            else:
                self.counts[name][key] += 1

    def write(self, **entry):
        with self.lock:
            self.entries.append({"at": round(time.time(), 3), **entry})

    def read_counts(self):
        with self.lock:
            return {name: dict(value) if isinstance(value, dict) else value
                    for name, value in self.counts.items()}

    def read_entries(self):
        with self.lock:
            return list(self.entries)
