#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tell cccd-gateway how to ask a running stand-in, over SOAP.

    connector.py FOLDER < READY-LINE

Prints the section of cccd-gateway.conf(5) that goes with the line that
registry.py printed; the secrets go into files in FOLDER. The section's name,
"stand-in", is the source that every answer and every line of the usage log
gives.
"""

import json
import os
import pathlib
import sys

NAME = "stand-in"
# Invented, as everything of the stand-in.
AGENCY = "H01.01"
PROCEDURE = "1.000001"


def read_ready(line):
    """What the program says of itself."""
    word, _, text = line.partition(" ")
    if word != "ready":
        raise ValueError("not the line of a stand-in that serves")
    return json.loads(text)


def write_secret(path, text):
    """A file that only its owner reads."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
              "w", encoding="ascii") as file:
        file.write(text + "\n")
    return path


def soap_section(about, folder):
    """The connector's section; FOLDER must not hold one already."""
    folder = pathlib.Path(folder).resolve()
    known, paths = about["accounts"], about["certificates"]
    api_key = write_secret(folder / "stand-in.api-key", known["api_key"])
    secret = write_secret(folder / "stand-in.secret", known["secret"])
    settings = {
        "kind": "soap", "url": about["end_points"]["soap"],
        "ca": paths["ca"], "certificate": paths["client"],
        "key": paths["client_key"], "client": known["x_road_client"],
        "api_key_file": api_key, "user": known["user"],
        "secret_file": secret, "agency": AGENCY,
    }
    return f"[connector {NAME}]\n" + "".join(
        f"{key} = {value}\n" for key, value in settings.items())


def main():
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 1
    print(soap_section(read_ready(sys.stdin.readline()), sys.argv[1]),
          end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
