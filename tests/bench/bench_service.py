#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measure cccdd: its start, its memory, and what it adds to a read.

    bench_service.py BUILD [RUNS [AUDIT-DIRECTORY]]

The audit log lies in memory (/dev/shm) unless a directory is named: what a
disk takes to flush a line is the disk's.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.path.abspath(sys.argv[1])
RUNS = int(sys.argv[2]) if len(sys.argv) > 2 else 200
STARTS = min(RUNS, 21)
os.environ.setdefault("CCCD_SOURCE_DIR", SOURCE)
os.environ.setdefault("CCCD_BUILD_DIR", BUILD)
sys.path.insert(0, os.path.join(SOURCE, "tests", "e2e", "daemon"))

import desk as rig  # noqa: E402


def memory_of(pid, name):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1])
    return 0


def start_ms(desk):
    """From the call to the first answer; sockets are looked for busily."""
    desk.stop_daemon()
    if os.path.exists(desk.path("api.sock")):
        os.unlink(desk.path("api.sock"))
    errors = open(desk.path("stderr"), "ab")
    begin = time.monotonic()
    desk.daemon = subprocess.Popen(
        [rig.DAEMON, "--config", desk.path("cccdd.conf")],
        env=dict(os.environ, PCSCLITE_CSOCK_NAME=desk.pcsc),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
    desk.errors = errors
    door = desk.local()
    while True:
        connection = door.connect()
        try:
            connection.request("GET", "/v1/health")
            if connection.getresponse().read():
                return 1000 * (time.monotonic() - begin)
        except OSError:
            assert desk.daemon.poll() is None, desk.said()
        finally:
            connection.close()


def main():
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    audit = tempfile.mkdtemp(
        prefix="cccdd-bench-",
        dir=sys.argv[3] if len(sys.argv) > 3 else memory)
    try:
        with rig.Desk(slots=1, audit=os.path.join(audit, "audit")) as desk:
            starts = sorted(start_ms(desk) for _ in range(STARTS))
            print("start to first answer, ms: median %.1f, worst of %d %.1f"
                  % (starts[len(starts) // 2], STARTS, starts[-1]))
            print("resident after the start: %d KiB (of it files %d)" % (
                memory_of(desk.daemon.pid, "VmRSS"),
                memory_of(desk.daemon.pid, "RssFile")))
            desk.lay()
            program = subprocess.Popen(
                [os.path.join(BUILD, "tests", "bench", "bench_service"),
                 desk.socket, desk.path("pki"), str(RUNS)],
                env=dict(os.environ, PCSCLITE_CSOCK_NAME=desk.pcsc),
                stdin=subprocess.PIPE, text=True)
            program.communicate(rig.ID_NUMBER + "\n")
            assert program.returncode == 0
            print("resident after %d reads: %d KiB (of it files %d)" % (
                RUNS + 10, memory_of(desk.daemon.pid, "VmRSS"),
                memory_of(desk.daemon.pid, "RssFile")))
    finally:
        shutil.rmtree(audit, ignore_errors=True)


main()
