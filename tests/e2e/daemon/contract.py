# SPDX-License-Identifier: Apache-2.0
"""Holds what goes over the wire against docs/api: OpenAPI and AsyncAPI."""

import json
import os
import re
import warnings

warnings.simplefilter("ignore")
from jsonschema import Draft202012Validator, RefResolver  # noqa: E402

SOURCE = os.environ.get(
    "CCCD_SOURCE_DIR",
    os.path.join(os.path.dirname(__file__), "..", "..", ".."))
API = os.path.join(SOURCE, "docs", "api")


def load(name):
    with open(os.path.join(API, name), encoding="utf-8") as file:
        return json.load(file)


def by_name(node, names):
    """The same schema with the files' names in place of their ids."""
    if isinstance(node, list):
        return [by_name(item, names) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: names.get(value, value)
            if key == "$ref" and isinstance(value, str)
            else by_name(value, names) for key, value in node.items()}


class Contract:
    """The documents, and every breach of them that was seen."""

    def __init__(self):
        self.openapi = load("openapi.json")
        self.asyncapi = load("asyncapi.json")
        self.seen = set()
        schemas = {name: load(name) for name in os.listdir(API)
                   if name.endswith(".schema.json")}
        # References are looked up in files: a URN is no base for "#/…".
        names = {schema.pop("$id"): name for name, schema in schemas.items()}
        store = {"file:///" + name: by_name(schema, names)
                 for name, schema in schemas.items()}
        store["file:///openapi.json"] = self.openapi
        store["file:///asyncapi.json"] = self.asyncapi
        self.store = store

    def check(self, value, schema, base, what):
        resolver = RefResolver("file:///" + base, self.store[
            "file:///" + base], store=self.store)
        validator = Draft202012Validator(schema, resolver=resolver)
        for error in validator.iter_errors(value):
            raise AssertionError("%s: %s at /%s" % (
                what, error.message[:300],
                "/".join(map(str, error.absolute_path))))

    def resolve(self, node, base_document):
        while "$ref" in node:
            node_path = node["$ref"].removeprefix("#/").split("/")
            node = base_document
            for part in node_path:
                node = node[part.replace("~1", "/")]
        return node

    def operation(self, method, path):
        for pattern, item in self.openapi["paths"].items():
            regex = re.sub(r"\{[a-z]+\}", "[^/]+", pattern)
            if re.fullmatch(regex, path) and method.lower() in item:
                return pattern, item[method.lower()]
        return None, None

    def request(self, method, path, body):
        """What we send where we mean it to be right."""
        pattern, operation = self.operation(method, path)
        assert operation is not None, "%s %s is not described" % (
            method, path)
        if body is None:
            return
        schema = operation["requestBody"]["content"]["application/json"][
            "schema"]
        self.check(body, schema, "openapi.json", "request " + pattern)

    def answer(self, method, path, status, content_type, body):
        pattern, operation = self.operation(method, path)
        if operation is None:
            assert status in (404, 405) or (
                status in (400, 403, 415, 421) and not body), (path, status)
            return
        self.seen.add((method, pattern, status))
        responses = operation["responses"]
        assert str(status) in responses, "%s %s: %d is not described" % (
            method, pattern, status)
        response = self.resolve(responses[str(status)], self.openapi)
        content = response.get("content", {})
        if not body:
            assert not content or status in (403, 404), (
                method, pattern, status)
            return
        kind = (content_type or "").split(";")[0]
        assert kind in content, "%s %s: %s is not described" % (
            method, pattern, content_type)
        if kind.endswith("json"):
            value = json.loads(body)
            schema = content[kind].get("schema", {})
            self.check(value, schema, "openapi.json",
                       "answer %s %d" % (pattern, status))

    def missing(self):
        """Successes that are described and were never seen."""
        wanted = {(method.upper(), pattern, int(status))
                  for pattern, item in self.openapi["paths"].items()
                  for method, operation in item.items()
                  if "responses" in operation
                  for status in operation["responses"] if status < "300"}
        return wanted - self.seen

    def reply(self, command, body):
        """The body of a socket's answer to a command."""
        schemas = {"readers.list": "readers-service", "hello": None,
                   "session.result": "result", "session.portrait": None}
        name = schemas.get(command, "session")
        if command in schemas and name is None or "token" in body:
            return
        self.check(body, {"$ref": name + ".schema.json"}, "asyncapi.json",
                   "reply to " + command)

    def message(self, name, value):
        """A payload of asyncapi.json."""
        messages = self.asyncapi["components"]["messages"]
        assert name in messages, "%s is not described" % name
        self.check(value, messages[name]["payload"], "asyncapi.json",
                   "message " + name)
