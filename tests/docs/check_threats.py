#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tests that docs/threat-model.md names exist: check_threats.py SOURCE_DIR.

Each row of its tables "threat, what stops it, shown by" names at least one
test function of tests/, each in back quotes.
"""
import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
HEAD = "| threat | what stops it | shown by |"


def functions():
    """Names of tests: handed to CMocka, or methods of unittest."""
    names = set()
    for path in sorted((SOURCE / "tests").rglob("*.[cp]*")):
        if path.suffix == ".c":
            text = path.read_text("utf-8")
            # One that is written but not run stands there once.
            names |= {name for name in re.findall(
                r"^static void (\w+)\(void \*\*", text, re.M)
                if len(re.findall(rf"\b{name}\b", text)) > 1}
        elif path.suffix == ".py":
            names |= set(re.findall(r"def (test_\w+)\(",
                                    path.read_text("utf-8")))
    return names


def main():
    tests = functions()
    bad = rows = 0
    inside = False
    for line in (SOURCE / "docs/threat-model.md").read_text(
            "utf-8").splitlines():
        inside = line == HEAD or (inside and line.startswith("|"))
        if not inside or line == HEAD or set(line) <= set("|-"):
            continue
        rows += 1
        threat, _, shown = (part.strip() for part in line.strip("|").split(
            "|"))
        named = re.findall(r"`(\w+)`", shown)
        if not named:
            print(f"no test: {threat}")
            bad += 1
        for name in named:
            if name not in tests:
                print(f"there is no test {name}: {threat}")
                bad += 1
    if rows < 20 or len(tests) < 200:
        print(f"{rows} threats, {len(tests)} tests: something is not found")
        bad += 1
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
