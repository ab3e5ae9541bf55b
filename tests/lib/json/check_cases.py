# SPDX-License-Identifier: Apache-2.0
"""What the parsers take, the published schemas take, and nothing more.

check_cases.py SOURCE_DIR: every case of cases.json against its schema. The C
test of the same name holds the parsers against the same file. A case with
"schema": "takes" is beyond what a schema can say. Status 77: no jsonschema.
"""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)


def no_twins(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member stands twice")
    return dict(pairs)


def no_constant(name):
    raise ValueError(name)


def load(text):
    """As strict as the parsers: no twins, no NaN, no NUL."""
    if "\\u0000" in text:
        raise ValueError("NUL")
    return json.loads(text, object_pairs_hook=no_twins,
                      parse_constant=no_constant)


source = pathlib.Path(sys.argv[1])
cases = json.loads((source / "tests/lib/json/cases.json").read_text())
judges = {}
for kind in sorted({case["kind"] for case in cases}):
    schema = json.loads((source / f"docs/api/{kind}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    judges[kind] = jsonschema.Draft202012Validator(schema)
bad = 0
for case in cases:
    expected = case["error"] is None or case.get("schema") == "takes"
    try:
        document = case["body"] if "body" in case else load(case["text"])
        reasons = [error.message[:120]
                   for error in judges[case["kind"]].iter_errors(document)]
    except (ValueError, RecursionError) as error:
        reasons = [str(error)]
    if (not reasons) != expected:
        bad += 1
        print(f"{case['kind']}, {case['name']}: should be",
              "taken" if expected else "refused", reasons)
print(len(cases), "cases")
sys.exit(bad != 0)
