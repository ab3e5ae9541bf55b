#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for the population registry, for tests and training rooms.

Serves invented citizens over TLS with client certificates: the SOAP
contract, the same wrapped in JSON (LGSP), and JSON with OAuth2. Prints
"ready" and a JSON object when it serves; ends with its standard input or
SIGTERM. It is not the registry and reaches none.
"""

import argparse
import json
import os
import pathlib
import select
import shutil
import signal
import sys
import tempfile

import accounts
import certificates
import listen
import people
import postgres
import service
import store
import switches

STDIN = 0


def read_arguments(arguments):
    parser = argparse.ArgumentParser(
        prog="registry.py", description=__doc__.split("\n\n")[0],
        epilog="Switches: " + ", ".join(switches.SWITCHES)
        + ". See README.md beside this file.")
    parser.add_argument("--sqlite", action="store_true",
                        help="keep the citizens in SQLite, not PostgreSQL")
    parser.add_argument("--seed", default=people.SEED,
                        help="the invented citizens follow from it")
    parser.add_argument("--count", type=int, default=people.COUNT,
                        help="how many citizens beside the specimens "
                        "(default: %(default)s)")
    parser.add_argument("--port", type=int, default=0,
                        help="of the TLS end points (default: a free one)")
    parser.add_argument("--control-port", type=int, default=0,
                        help="on the loopback (default: a free one)")
    parser.add_argument("--accounts", type=pathlib.Path, metavar="FILE",
                        help="JSON object that changes the callers' "
                        "account, see README.md")
    parser.add_argument("--service-url", action="append", default=[],
                        help="what the callers hash, where it is not the "
                        "address that they call; may be given again")
    parser.add_argument("--match", choices=("number", "all"),
                        default="number", help="look up by the number "
                        "alone, or only where name and birth agree")
    parser.add_argument("--lgsp-member", metavar="NAME",
                        help="member that holds the SOAP text "
                        "(default: whichever begins like XML)")
    parser.add_argument("--lgsp-answer-member", metavar="NAME",
                        help="its member in the answer (default: the same)")
    parser.add_argument("--code-member", metavar="NAME",
                        help="member of JSON that says how it went, 0 for "
                        "well (default: none)")
    parser.add_argument("--scratch", type=pathlib.Path, metavar="FOLDER",
                        help="where the scratch directories are made")
    parser.add_argument("--stay", action="store_true",
                        help="do not end with the standard input")
    return parser.parse_args(arguments)


def read_accounts(path):
    given = json.loads(path.read_text("utf-8")) if path else {}
    unknown = set(given) - set(accounts.DEFAULTS)
    if unknown:
        raise ValueError(f"unknown accounts: {sorted(unknown)}")
    return accounts.Accounts(given)


class Program:
    """All parts of a run; close() undoes whatever was done."""

    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(tempfile.mkdtemp(
            prefix="cccd-registry-", dir=options.scratch))
        self.store = self.asked = self.control = None
        self.paths = {}

    def open(self):
        options = self.options
        self.paths = certificates.make(self.folder)
        if options.sqlite:
            self.store = store.Sqlite()
        else:
            self.store = store.Postgres(options.scratch)
        persons = people.invent(options.seed, options.count)
        persons += people.specimens()
        self.store.fill(persons)
        registry = service.Registry(
            self.store, read_accounts(options.accounts), switches.Board(),
            switches.Book(), options.match, options.lgsp_member,
            options.lgsp_answer_member, options.code_member)
        self.asked = listen.TlsServer(registry, self.paths,
                                      port=options.port)
        self.control = listen.ControlServer(registry, self.asked, persons,
                                            options.control_port)
        self._name(registry)
        self.asked.start()
        self.control.start()

    def _name(self, registry):
        port = self.asked.port()
        registry.base = f"https://localhost:{port}"
        registry.accounts.service_urls = self.options.service_url or [
            f"https://{host}:{port}/soap"
            for host in ("localhost", "127.0.0.1")]

    def describe(self):
        """What a caller must know; certificates by path."""
        registry = self.asked.registry
        paths = {name: path for path, name in service.END_POINTS.items()}
        return {
            "port": self.asked.port(), "base": registry.base,
            "end_points": {name: registry.base + path
                           for name, path in paths.items()},
            "control": f"http://127.0.0.1:{self.control.port()}",
            "certificates": self.paths,
            "accounts": registry.accounts.settings,
            "service_urls": registry.accounts.service_urls,
            "store": self.store.name, "database": self.store.address(),
            "citizens": self.store.count(),
        }

    def close(self):
        for part in (self.asked, self.control):
            if part and part.thread.is_alive():
                part.stop()
        if self.store:
            self.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def watch_signals():
    """What becomes readable when SIGTERM or SIGINT has come.

    The kernel may give a signal to a thread that cannot act on it, and the
    main thread would sleep on. While parts are being opened or closed a
    signal waits, so that nothing is left half made."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)
    return reader


def wait_for_end(signals, stay):
    """Until a signal has come or, unless it stays, standard input ends."""
    watched = [signals] if stay else [signals, STDIN]
    while signals not in (ready := select.select(watched, [], [])[0]):
        if STDIN in ready and not os.read(STDIN, 4096):
            return


def main(arguments=None):
    options = read_arguments(arguments)
    signals = watch_signals()
    program = None
    try:
        program = Program(options)
        program.open()
        print("ready", json.dumps(program.describe()), flush=True)
        wait_for_end(signals, options.stay)
    except (OSError, ValueError, certificates.Failure,
            postgres.Failure) as error:
        print(f"registry.py: {error}", file=sys.stderr)
        return 1
    finally:
        if program:
            program.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
