#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The descriptions of the interfaces hold together and describe the program.

check_openapi.py SOURCE_DIR: docs/api/openapi.json and, where it is there,
gateway-openapi.json (OpenAPI 3.1), and asyncapi.json (AsyncAPI 3.0) are held
against the rules below, against docs/api/*.schema.json and against the tables
in service/. Then each rule is shown to bite: copies of the documents are
damaged in memory, one spot at a time, and each damage must be told.
Status 77: no jsonschema here.
"""
import copy
import json
import pathlib
import re
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

METHODS = ("get", "put", "post", "delete", "options", "head", "patch",
           "trace")
HOLE = re.compile(r"\{([^{}]*)\}")
# In a description, a word in back quotes with an underscore is a code; the
# few words beside codes that look like one are members.
CODE = re.compile(r"`([a-z0-9]+(?:_[a-z0-9]+)+)`")
PLAIN = {"api_level", "session_token", "last_event_id"}
# Answers that only carry codes: every word in back quotes is one.
CODES_ONLY = re.compile(r"^(`[a-z0-9_]+`(, | or |$))+")
ALWAYS = {"GET", "POST", "DELETE"}
# What the doors or the room on the heap may answer, whatever is asked.
ANYWHERE = {"gateway-openapi.json": {"400", "403", "421", "429", "500",
                                     "503"}}


def nodes(node, path=()):
    """Every (path, node) within a document."""
    stack = [(path, node)]
    while stack:
        at, node = stack.pop()
        yield at, node
        if isinstance(node, dict):
            stack += [(at + (key,), node[key]) for key in node]
        elif isinstance(node, list):
            stack += [(at + (str(i),), each) for i, each in enumerate(node)]


def point(document, pointer):
    """What a JSON pointer (without #) points to; KeyError if to nothing."""
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list):
            document = document[int(part)]
        else:
            document = document[part]
    return document


class Lint:
    """The rules, over one set of documents."""

    def __init__(self, files, routes, commands):
        self.files = files              # name -> document
        self.routes = routes            # document -> {(METHOD, path)}
        self.commands = commands        # types that the WebSocket takes
        self.told = []
        problem = files["problem.schema.json"]
        self.codes = set(problem["properties"]["code"]["enum"])
        for name in sorted(files):
            if name.endswith("openapi.json"):
                self.openapi(name)
        self.asyncapi("asyncapi.json")

    def tell(self, rule, name, path, text):
        self.told.append((rule, f"{name}#/{'/'.join(path)}: {text}"))

    def resolve(self, name, ref):
        """(file, node) of a $ref in the file; None when it leads nowhere."""
        target, _, pointer = ref.partition("#")
        target = target or name
        try:
            return target, point(self.files[target], pointer)
        except (KeyError, IndexError, ValueError, TypeError):
            return None

    def follow(self, name, node):
        """Through one reference, which has a rule of its own."""
        if isinstance(node, dict) and "$ref" in node:
            found = self.resolve(name, node["$ref"])
            return found[1] if found else {}
        return node

    def need(self, rule, name, path, node, members):
        for member in members:
            if not node.get(member):
                self.tell(rule, name, path, f"lacks {member}")

    def everywhere(self, name):
        """References, schemas and codes, wherever they stand."""
        for path, node in nodes(self.files[name]):
            if isinstance(node, dict) and isinstance(node.get("$ref"), str):
                if self.resolve(name, node["$ref"]) is None:
                    self.tell("ref", name, path, f"no {node['$ref']}")
            if path and path[-1] in ("schema", "payload") or \
                    path[:-1] == ("components", "schemas"):
                self.schema(name, path, node)
            if path and path[-1] == "description" and isinstance(node, str):
                self.words(name, path, node)

    def schema(self, name, path, node):
        try:
            jsonschema.Draft202012Validator.check_schema(node)
        except jsonschema.SchemaError as error:
            self.tell("schema", name, path, error.message[:120])
            return
        for where, part in nodes(node):
            if isinstance(part, dict) and "properties" in part and \
                    isinstance(part["properties"], dict):
                for member in part.get("required", []):
                    if member not in part["properties"]:
                        self.tell("schema", name, path + where,
                                  f"requires {member}, not described")

    def words(self, name, path, text):
        for word in CODE.findall(text):
            if word not in self.codes | PLAIN:
                self.tell("code", name, path, f"no problem code {word}")
        # A refusal without any code that exists says nothing.
        if CODES_ONLY.match(text):
            for word in re.findall(r"`([a-z0-9_]+)`", text):
                if word not in self.codes:
                    self.tell("code", name, path, f"no problem code {word}")

    def openapi(self, name):
        document = self.files[name]
        self.need("top", name, (), document,
                  ("openapi", "info", "paths", "components"))
        self.need("top", name, ("info",), document.get("info", {}),
                  ("title", "version", "description", "license"))
        if not re.fullmatch(r"3\.1\.\d+", str(document.get("openapi"))):
            self.tell("version", name, ("openapi",), "is not 3.1")
        self.everywhere(name)
        ids = {}
        described = set()
        for route, item in document.get("paths", {}).items():
            for method in METHODS:
                if method not in item:
                    continue
                described.add((method.upper(), HOLE.sub("{}", route)))
                self.operation(name, (route, method), item, ids)
        self.declared(name)
        for extra in sorted(described - self.routes[name]):
            self.tell("route", name, extra, "the program has no such route")
        for less in sorted(self.routes[name] - described):
            self.tell("route", name, less, "is not described")

    def operation(self, name, path, item, ids):
        route, method = path
        operation = item[method]
        self.need("operation", name, path, operation,
                  ("operationId", "summary", "responses"))
        other = ids.setdefault(operation.get("operationId"), path)
        if other != path:
            self.tell("id", name, path, f"operationId of {' '.join(other)}")
        tags = {tag["name"] for tag in self.files[name].get("tags", [])}
        for tag in set(operation.get("tags", [])) - tags:
            self.tell("operation", name, path, f"tag {tag} is not listed")
        self.parameters(name, path, item.get("parameters", [])
                        + operation.get("parameters", []))
        for status, answer in operation.get("responses", {}).items():
            self.answer(name, path + (status,), status, answer)
        if not any(status[0] in "123"
                   for status in operation.get("responses", {})):
            self.tell("answer", name, path, "never succeeds")
        for status in ANYWHERE.get(name, set()) - set(
                operation.get("responses", {})):
            self.tell("answer", name, path, f"lacks {status}")

    def parameters(self, name, path, given):
        given = [self.follow(name, each) for each in given]
        declared = {each.get("name") for each in given
                    if each.get("in") == "path"}
        holes = set(HOLE.findall(path[0]))
        for each in holes ^ declared:
            self.tell("parameter", name, path,
                      f"{each} stands in the path or in parameters only")
        for each in given:
            self.need("parameter", name, path, each, ("name", "in", "schema"))
            if each.get("in") == "path" and each.get("required") is not True:
                self.tell("parameter", name, path, "must be required")

    def answer(self, name, path, status, answer):
        answer = self.follow(name, answer)
        if not re.fullmatch(r"[1-5]\d\d|default", status):
            self.tell("answer", name, path, "no status")
        if not answer.get("description"):
            self.tell("answer", name, path, "is not described")
        for kind, content in answer.get("content", {}).items():
            if "schema" not in content and kind != "image/jpeg":
                self.tell("answer", name, path, f"{kind} without a schema")
        if status[0] in "45" and "content" in answer and \
                set(answer["content"]) != {"application/problem+json"}:
            self.tell("answer", name, path, "a refusal is a problem")

    def declared(self, name):
        """What a security requirement names, and that all is used."""
        document = self.files[name]
        parts = document.get("components", {})
        schemes = parts.get("securitySchemes", {})
        for path, node in nodes(document):
            if path and path[-1] == "security" and "properties" not in path:
                for scheme in {key for each in node for key in each}:
                    if scheme not in schemes:
                        self.tell("security", name, path, f"no {scheme}")
        self.used(name, ("responses", "schemas", "parameters"))

    def used(self, name, kinds):
        refs = {node["$ref"] for _, node in nodes(self.files[name])
                if isinstance(node, dict)
                and isinstance(node.get("$ref"), str)}
        parts = self.files[name].get("components", {})
        for kind in kinds:
            for part in parts.get(kind, {}):
                if f"#/components/{kind}/{part}" not in refs:
                    self.tell("unused", name, ("components", kind, part),
                              "nothing refers to it")

    def asyncapi(self, name):
        document = self.files[name]
        self.need("top", name, (), document, ("asyncapi", "info", "servers",
                                              "channels", "operations",
                                              "components"))
        self.need("top", name, ("info",), document.get("info", {}),
                  ("title", "version", "description"))
        if not re.fullmatch(r"3\.0\.\d+", str(document.get("asyncapi"))):
            self.tell("version", name, ("asyncapi",), "is not 3.0")
        self.everywhere(name)
        self.used(name, ("messages",))
        for server, each in document.get("servers", {}).items():
            self.need("server", name, ("servers", server), each,
                      ("host", "protocol"))
        for key, channel in document.get("channels", {}).items():
            self.channel(name, ("channels", key), channel)
        for key, operation in document.get("operations", {}).items():
            self.stream(name, ("operations", key), operation)
        self.types(name)

    def channel(self, name, path, channel):
        self.need("channel", name, path, channel,
                  ("address", "servers", "messages"))
        if channel.get("address") not in self.routes[name]:
            self.tell("route", name, path, "the program has no such address")
        for key, message in channel.get("messages", {}).items():
            found = self.follow(name, message)
            self.need("message", name, path + (key,), found,
                      ("name", "summary", "payload"))

    def stream(self, name, path, operation):
        if operation.get("action") not in ("send", "receive"):
            self.tell("operation", name, path, "neither sends nor receives")
        self.need("operation", name, path, operation,
                  ("channel", "summary"))
        channel = operation.get("channel", {}).get("$ref")
        for each in operation.get("messages", []):
            if not each["$ref"].startswith(f"{channel}/messages/"):
                self.tell("message", name, path,
                          f"{each['$ref']} is of another channel")

    def types(self, name):
        """The events and commands are those of the program, by name."""
        channels = self.files[name].get("channels", {})
        events = set(self.files["event.schema.json"]["properties"]["type"]
                     ["enum"])
        told = set(channels.get("events", {}).get("messages", {}))
        taken = {key.removeprefix("command.")
                 for key in channels.get("socket", {}).get("messages", {})
                 if key.startswith("command.")} - {"hello"}
        for what, a, b in (("event", events, told),
                           ("command", self.commands, taken)):
            for each in sorted(a ^ b):
                self.tell("types", name, ("channels",),
                          f"{what} {each} stands on one side only")


def read_files(source):
    return {path.name: json.loads(path.read_text("utf-8"))
            for path in sorted((source / "docs/api").glob("*.json"))}


ROUTE = re.compile(r'\{\s*(?:LISTEN_([A-Z]+),\s*"(/[^"]*)"|'
                   r'"(/[^"]*)",\s*LISTEN_([A-Z]+))')


def table(path):
    """Routes of a C table: { LISTEN_GET, "/v1/x/{}", … }, in either order."""
    found = {(method or last, route or first) for method, route, first, last
             in ROUTE.findall(path.read_text("utf-8"))}
    if not found or {method for method, _ in found} - ALWAYS:
        sys.exit(f"{path}: the table of routes is not as it was")
    return found


def read_routes(source):
    served = table(source / "service/api/routes.c")
    doors = (source / "service/api/api.c").read_text("utf-8")
    upgraded = set(re.findall(r'"(/v1/(?:ws|agent))"', doors))
    assert upgraded == {"/v1/ws", "/v1/agent"}, upgraded
    # The agent has a door of its own, which AsyncAPI describes.
    routes = {"openapi.json": served | {("GET", "/v1/ws")},
              "asyncapi.json": {path for _, path in served} | upgraded}
    # One hole is one whole segment in the program.
    routes["openapi.json"] = {(method, path.replace(
        "/v1/schemas/{}", "/v1/schemas/{}.json"))
        for method, path in routes["openapi.json"]}
    gateway = [path for path in (source / "service/gateway").rglob("*.c")
               if ROUTE.search(path.read_text("utf-8"))]
    if gateway:
        routes["gateway-openapi.json"] = set().union(*map(table, gateway))
    return routes


def read_commands(source):
    text = (source / "service/api/socket.c").read_text("utf-8")
    found = set(re.findall(r'\{\s*"([a-z_.]+)",\s*(?:true|false),', text))
    assert "session.create" in found, found
    return found


def set_at(*path):
    """A damage: the last of @path is put where the others lead."""
    def damage(document):
        *way, last, value = path
        for key in way:
            document = document[key]
        document[last] = value
    return damage


def take(*path):
    """A damage: what @path leads to is taken away."""
    def damage(document):
        for key in path[:-1]:
            document = document[key]
        del document[path[-1]]
    return damage


SESSIONS = ("paths", "/v1/sessions", "post")
ONE = ("paths", "/v1/sessions/{id}")
DAMAGES = {
    "openapi.json": [
        ("top", take("info", "license")),
        ("top", take("paths")),
        ("version", set_at("openapi", "3.0.3")),
        ("ref", set_at(*SESSIONS, "responses", "403", "$ref",
                       "#/components/responses/Nobody")),
        ("ref", set_at(*SESSIONS, "responses", "201", "content",
                       "application/json", "schema", "$ref",
                       "sessions.schema.json")),
        ("schema", set_at("components", "schemas", "Health", "type", "text")),
        ("schema", take("components", "schemas", "Health", "properties",
                        "status")),
        ("code", set_at(*SESSIONS, "responses", "400", "description",
                        "`malformed_reqest`")),
        ("code", set_at("components", "responses", "RateLimited",
                        "description", "`slowly`")),
        ("id", set_at(*SESSIONS, "operationId", "health")),
        ("operation", take(*SESSIONS, "summary")),
        ("operation", set_at(*SESSIONS, "tags", ["cards"])),
        ("parameter", take(*ONE, "parameters")),
        ("parameter", set_at(*ONE, "parameters", 0, "name", "session")),
        ("parameter", set_at(*ONE, "parameters", 0, "required", False)),
        ("answer", take(*SESSIONS, "responses", "201", "description")),
        ("answer", take("components", "responses", "TokenInvalid",
                        "description")),
        ("answer", take(*SESSIONS, "responses", "201")),
        ("answer", take(*SESSIONS, "responses", "201", "content",
                        "application/json", "schema")),
        ("security", set_at("security", [{"cookie": []}])),
        ("unused", set_at("components", "schemas", "More", {})),
        ("route", take(*SESSIONS)),
        ("route", set_at("paths", "/v1/cards", {"get": {}})),
    ],
    "asyncapi.json": [
        ("top", take("operations")),
        ("version", set_at("asyncapi", "2.6.0")),
        ("ref", set_at("channels", "events", "messages", "heartbeat", "$ref",
                       "#/components/messages/beat")),
        ("ref", set_at("operations", "sendEvents", "channel", "$ref",
                       "#/channels/event")),
        ("ref", set_at("channels", "events", "servers", 0, "$ref",
                       "#/servers/udp")),
        ("schema", set_at("components", "messages", "heartbeat", "payload",
                          "type", "thing")),
        ("server", take("servers", "ws", "protocol")),
        ("channel", take("channels", "events", "address")),
        ("route", set_at("channels", "socket", "address", "/v1/socket")),
        ("message", take("components", "messages", "progress", "payload")),
        ("message", set_at("operations", "receiveCommands", "messages", 0,
                           "$ref", "#/channels/agent/messages/reply")),
        ("operation", set_at("operations", "sendEvents", "action", "publish")),
        ("unused", set_at("components", "messages", "more", {})),
        ("types", take("channels", "events", "messages", "heartbeat")),
        ("types", take("channels", "socket", "messages",
                       "command.session.get")),
    ],
    "gateway-openapi.json": [
        ("answer", take("paths", "/v1/health", "get", "responses", "429")),
        ("answer", take("paths", "/metrics", "get", "responses", "500")),
        ("route", take("paths", "/v1/nonces")),
        ("ref", set_at("paths", "/v1/checks", "post", {
            "responses": {"200": {"$ref": "#/components/none"}}})),
    ],
    "problem.schema.json": [
        ("code", lambda document: document["properties"]["code"]["enum"]
         .remove("rate_limited")),
    ],
}


def main():
    source = pathlib.Path(sys.argv[1])
    files = read_files(source)
    given = (read_routes(source), read_commands(source))
    if "gateway-openapi.json" in files:
        given[0].setdefault("gateway-openapi.json", set())
    bad = Lint(files, *given).told
    for rule, text in bad:
        print(f"{rule}: {text}")
    count = 0
    for name, damages in DAMAGES.items():
        for rule, damage in damages if name in files else []:
            worse = dict(files)
            worse[name] = copy.deepcopy(files[name])
            damage(worse[name])
            told = [each for each in Lint(worse, *given).told
                    if each not in bad]
            count += 1
            if rule not in {each for each, _ in told}:
                bad.append((rule, name))
                print(f"{name}: damage {count} against rule '{rule}' passes")
    print(", ".join(name for name in files if name.endswith("api.json")),
          f"hold together; {count} damages were told")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
