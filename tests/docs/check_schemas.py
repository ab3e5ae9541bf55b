# SPDX-License-Identifier: Apache-2.0
"""Real documents fit docs/api, and altered ones do not.

check_schemas.py MAKE_DOCUMENTS SOURCE_DIR [PRINTER…]: every document that
the program makes, and that the printers print into $CCCD_DOCUMENTS, is held against its schema; then one unknown member is put into each of
its objects, one at a time, and one required member is taken from its root:
the schema must refuse every such copy. Status 77: no jsonschema here.
"""
import copy
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import warnings

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

warnings.simplefilter("ignore", DeprecationWarning)
# So that "#/$defs/x" is found within a schema whose name is a URN.
urllib.parse.uses_relative.append("urn")
urllib.parse.uses_fragment.append("urn")
program, source = sys.argv[1], pathlib.Path(sys.argv[2])
schemas = {}
for path in sorted((source / "docs/api").glob("*.schema.json")):
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    name = path.name.removesuffix(".schema.json")
    assert schema["$id"] == f"urn:cccd:{name}:1", path
    schemas[schema["$id"]] = schema
bad = 0
counts = {}


def complain(text):
    global bad
    bad += 1
    print(text)


def validator(name):
    schema = schemas[f"urn:cccd:{name}:1"]
    resolver = jsonschema.RefResolver.from_schema(schema, store=schemas)
    return jsonschema.Draft202012Validator(
        schema, resolver=resolver,
        format_checker=jsonschema.FormatChecker())


def objects(node):
    """The paths of all objects within a document."""
    stack = [((), node)]
    while stack:
        path, at = stack.pop()
        if isinstance(at, dict):
            yield path
            stack += [(path + (key,), at[key]) for key in at]
        elif isinstance(at, list):
            stack += [(path + (i,), item) for i, item in enumerate(at)]


def member(node, path):
    for key in path:
        node = node[key]
    return node


def without_array_indices(path):
    return tuple("*" if isinstance(key, int) else key for key in path)


def must_fit(name, label, document, closed=True):
    judge = validator(name)
    counts[name] = counts.get(name, 0) + 1
    for error in judge.iter_errors(document):
        where = "/".join(map(str, error.absolute_path))
        complain(f"{label}: {where}: {error.message[:200]}")
    for key in judge.schema["required"]:
        less = {k: v for k, v in document.items() if k != key}
        if judge.is_valid(less):
            complain(f"{label}: may lack {key}")
    if not closed:
        return
    for path in objects(document):
        if (name, without_array_indices(path)) in seen:
            continue
        seen.add((name, without_array_indices(path)))
        more = copy.deepcopy(document)
        member(more, path)["x_unknown"] = "x"
        if judge.is_valid(more):
            complain(f"{label}: {'/'.join(map(str, path))} is open")


def check_one_way(what, listed, made):
    for name in sorted(set(listed) ^ set(made)):
        complain(f"{what}: {name} stands on one side only")


seen = set()
with tempfile.TemporaryDirectory() as work:
    made = pathlib.Path(work) / "made"
    subprocess.run([program, str(made), str(source / "data/tables")],
                   check=True)
    codes = set()
    for path in sorted(made.glob("*.json")):
        name = path.name.split(".")[0]
        document = json.loads(path.read_text())
        must_fit(name, path.name, document)
        if name == "problem":
            codes.add(document["code"])
    must_fit("trust-index", "index.json",
             json.loads((made / "trust/index.json").read_text()))
    check_one_way("problem codes", codes, schemas["urn:cccd:problem:1"]
                  ["properties"]["code"]["enum"])
# What the daemon's parts print while they are tested: a name, a document.
for printer in filter(None, sys.argv[3:]):
    with tempfile.TemporaryDirectory() as work:
        printed = pathlib.Path(work) / "documents"
        subprocess.run([printer], check=True, stdout=subprocess.DEVNULL,
                       env=os.environ | {"CCCD_DOCUMENTS": str(printed)})
        alike = set()
        for line in printed.read_text().splitlines():
            # One of those that differ in numbers, ids and tokens only.
            shape = re.sub(r'"[A-Za-z0-9_-]{36,43}"|[0-9]+', "#", line)
            if shape in alike:
                continue
            alike.add(shape)
            name, document = line.split(" ", 1)
            must_fit(name, line[:60], json.loads(document))
for path in sorted((source / "packaging/profiles").glob("*.json")):
    must_fit("profile", path.name, json.loads(path.read_text()))
# The parsers are held against the same cases: tests/lib/json.
for case in json.loads((source / "tests/lib/json/cases.json").read_text()):
    if case["error"] is None and "body" in case:
        # Key sets are open: RFC 7517 says so.
        must_fit(case["kind"], case["name"], case["body"],
                 closed=not case["body"].get("jwks"))
must_fit("relying-party-list", "list", {
    "schema": "urn:cccd:relying-party-list:1",
    "relying_parties": [
        case["body"] for case in json.loads(
            (source / "tests/lib/json/cases.json").read_text())
        if case["kind"] == "relying-party" and case["error"] is None]},
         closed=False)
tables = []
for path in sorted((source / "data/tables").glob("*.json")):
    tables.append(json.loads(path.read_text()))
    must_fit("table", path.name, tables[-1], closed=False)
must_fit("table-bundle", "bundle", {"schema": "urn:cccd:table-bundle:1",
                                    "tables": tables}, closed=False)
for name in schemas:
    # A build without the gateway makes none of its documents.
    if name.startswith("urn:cccd:gateway-") and not any(
            "gateway" in printer for printer in sys.argv[3:]):
        continue
    if name.split(":")[2] not in counts:
        complain(f"{name}: no document of this kind was made")
print(", ".join(f"{counts[name]} {name}" for name in sorted(counts)),
      f"documents; {len(seen)} kinds of objects are closed")
sys.exit(bad != 0)
