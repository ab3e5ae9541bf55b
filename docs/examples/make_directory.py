#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make a directory for cccd-gateway, with the specimens' people in it.

    make_directory.py FILE

The table of docs/gateway-connectors.md in SQLite. Nobody in it is real.
"""

import sqlite3
import sys

TABLE = """
CREATE TABLE citizens (
	id_number text UNIQUE,
	old_number text,
	full_name text NOT NULL,
	date_of_birth text,
	sex text,
	nationality text, ethnicity text, religion text,
	origin text, residence text, current_residence text,
	father_name text, mother_name text, spouse_name text
);
CREATE INDEX citizens_old_number ON citizens (old_number);
"""

# Of tests/sim/profiles: two as on their cards, the third was born on another
# day (a mismatch), and everybody else is not found.
PEOPLE = (
    ("001199000001", "Nguyễn Thị Mẫu", "1999-01-01", "female"),
    ("001060000002", "Trần Văn Mẫu", "1960-01-01", "male"),
    ("079095000003", "Lê Văn Thử", "1995-06-16", "male"),
)


def main():
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 1
    with sqlite3.connect(sys.argv[1]) as base:
        base.executescript(TABLE)
        base.executemany("INSERT INTO citizens (id_number, full_name, "
                         "date_of_birth, sex) VALUES (?, ?, ?, ?)", PEOPLE)
    base.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
