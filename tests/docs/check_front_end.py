#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What docs/front-end.md says is what the programs do.

check_front_end.py SOURCE_DIR [CCCD]: its table of problems is that of
web/client/problems.js (lint.web_words holds that to base/error_table.c) and
names every code of openapi.json; its pieces of code stand in docs/examples;
its elements and attributes stand in web/client; the options of its commands
stand in cccd(1), and CCCD takes the registration that it shows.
With --table instead of CCCD it prints the table.
"""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(sys.argv[1])
ROW = re.compile(r'^\t"([a-z0-9_]+)": \{\n\t\tstatus: (\d+), '
                 r'retryable: (true|false), next: "([a-z_]+)",\n'
                 r'\t\tvi: (".*"),\n\t\ten: "(.*)",$', re.M)
bad = 0


def complain(text):
    global bad
    bad += 1
    print(text)


def read(path):
    return (SOURCE / path).read_text("utf-8")


def problems():
    rows = {code: (status, "yes" if again == "true" else "no", then, text)
            for code, status, again, then, _, text
            in ROW.findall(read("web/client/problems.js"))}
    named = len(re.findall(r"retryable: (?:true|false), next",
                           read("web/client/problems.js")))
    assert len(rows) == named > 50, (len(rows), named)
    return rows


def told():
    """Codes that the interface names, and so a front end must know."""
    codes = set(re.findall(r"`([a-z0-9_]+)`", read("docs/api/openapi.json")))
    return sorted(code for code in codes if code in problems())


def check_table(text):
    rows = problems()
    found = re.findall(r"^\| `([a-z0-9_]+)` \| (\d+) \| (yes|no) \| "
                       r"`([a-z_]+)` \| (.*) \|$", text, re.M)
    for code, *rest in found:
        if tuple(rest) != rows.get(code):
            complain(f"{code}: {rest}, but {rows.get(code)}")
    for code in sorted(set(told()) - {code for code, *_ in found}):
        complain(f"{code}: of openapi.json, not in the table")


def check_code(text):
    examples = [read(f"docs/examples/{name}")
                for name in ("front_end.html", "front_end.js")]
    pieces = re.findall(r"^```js\n(.*?)^```$", text, re.M | re.S)
    if not pieces:
        complain("no example")
    for piece in pieces:
        if not any(piece in example for example in examples):
            complain(f"in no example: {piece[:60]!r}")
    element = read("web/client/cccd-reader.js")
    for tag in re.findall(r"<cccd-reader\b([^>]+)>", text):
        for name in re.findall(r"\b([a-z]+)=", tag):
            if f'"{name}"' not in element:
                complain(f"<cccd-reader {name}>: no such attribute")
    for name in re.findall(r"`(cccd-(?:state|result|error))`", text):
        if f'"{name}"' not in element:
            complain(f"{name}: no such event")
    client = read("web/client/cccd.d.ts") + \
        read("web/client/cccd-reader.d.ts")
    for name in re.findall(r"`(?:[a-z]+\.)?([a-zA-Z]+)\(\)`", text):
        if not re.search(rf"\b{name}\??\(|\b{name}:", client):
            complain(f"{name}(): not in the client")


def commands(text):
    blocks = re.findall(r"(?:^    .*\n)+", text, re.M)
    for line in "".join(blocks).replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["sudo"]:
            words = words[1:]
        if words[:1] == ["cccd"]:
            yield words[1:]


def check_commands(text, program):
    manual = read("docs/man/cccd.1")
    registered = 0
    for words in commands(text):
        for option in words:
            if option.startswith("--") and \
                    f"Fl -{option[2:]}" not in manual:
                complain(f"cccd {words[0]}: no {option} in cccd(1)")
        if words[:2] == ["rp", "add"] and program:
            registered += 1
            register(words, program)
    if program and registered < 2:
        complain("no registration is shown")


def register(words, program):
    with tempfile.TemporaryDirectory() as folder:
        keys = pathlib.Path(folder) / "keys"
        keys.write_text('{"keys": [{"kty": "EC", "crv": "P-256", '
                        '"kid": "his-2026", "alg": "ES256", "use": "sig", '
                        '"x": "%s", "y": "%s"}]}' % POINT)
        words = [str(keys) if word.endswith(".jwks") else word
                 for word in words]
        # No such user need be here.
        words = ["root" if word == "reception" else word for word in words]
        done = subprocess.run([program, *words, "--dir", folder + "/parties"],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            complain(f"cccd {shlex.join(words)}: {done.stderr}")


# The base point of P-256: on the curve, and nobody's key.
POINT = ("axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
         "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU")


def check_links(text):
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        if not re.match("https?:", link) and \
                not (SOURCE / "docs" / link).exists():
            complain(f"{link} is not there")


def main():
    if sys.argv[2:] == ["--table"]:
        for code in told():
            status, again, then, text = problems()[code]
            print(f"| `{code}` | {status} | {again} | `{then}` | {text} |")
        return 0
    text = read("docs/front-end.md")
    check_table(text)
    check_code(text)
    check_commands(text, sys.argv[2] if len(sys.argv) > 2 else None)
    check_links(text)
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
