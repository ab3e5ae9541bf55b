# SPDX-License-Identifier: Apache-2.0
"""Every shipped profile fits profiles/schema.json and bears its own name."""
import json
import pathlib
import sys

import jsonschema

directory = pathlib.Path(sys.argv[1])
schema = json.loads((directory / "schema.json").read_text())
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
bad = 0
for path in sorted(directory.glob("*.json")):
    if path.name == "schema.json":
        continue
    profile = json.loads(path.read_text())
    for error in validator.iter_errors(profile):
        print(f"{path.name}: {'/'.join(map(str, error.path))}: {error.message}")
        bad += 1
    if profile.get("name") != path.stem:
        print(f"{path.name}: name is {profile.get('name')}")
        bad += 1
sys.exit(bad != 0)
