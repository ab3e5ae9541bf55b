#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ask cccdd for a verified identity over its Unix socket.

    read_over_socket.py [--socket PATH] --rp ID --purpose NAME
                        [--scopes id,demographic] [--type can] < key

What a desktop program does, in the fewest lines: begin a session, give the
access key (from standard input, never an argument), follow the events, take
the result, which is given once. The person's user is registered with
`cccd rp add ID --local-user USER`. Ends with 0 for "successful", 10 for
"undetermined", 11 for "failed", 2 when it could not be found out.
"""

import argparse
import http.client
import json
import secrets
import socket
import sys

ENDS = {"successful": 0, "failed": 11, "aborted": 12}


class Service(http.client.HTTPConnection):
    """HTTP over the Unix socket: its Host is "localhost"."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def ask(path, method, target, body=None, token=None):
    """One request; what is no success ends the program with its code."""
    headers = {"Accept": "application/json"}
    if token:
        headers["Authorization"] = "Bearer " + token
    if body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(body)
    service = Service(path)
    service.request(method, target, body, headers)
    answer = service.getresponse()
    text = answer.read()
    if answer.status >= 300:
        sys.exit(complain(answer.status, text))
    return json.loads(text) if text else None


def complain(status, text):
    problem = json.loads(text) if text else {"code": status, "messages": {}}
    for message in problem["messages"].values():
        print(message, file=sys.stderr)
    print("(%s)" % problem["code"], file=sys.stderr)
    return 2


def follow(path, token):
    """Events until there is a result, or none to come."""
    service = Service(path)
    service.request("GET", "/v1/events", headers={
        "Authorization": "Bearer " + token})
    kind = ""
    for line in service.getresponse():
        name, _, value = line.decode().rstrip("\r\n").partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            body = json.loads(value)
            if kind == "step.started":
                print("  … " + body["step"], file=sys.stderr)
            elif kind == "prompt.required" and "problem" in body:
                # A lifted card may be laid back; a wrong key is wrong.
                if body["kind"] == "access_key":
                    return body["problem"]
                print(body["problem"]["messages"]["vi"], file=sys.stderr)
            elif kind in ("result.ready", "session.failed"):
                return body.get("problem")
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", default="/run/cccdd/api.sock")
    parser.add_argument("--rp", required=True)
    parser.add_argument("--purpose", required=True)
    parser.add_argument("--scopes", default="id,demographic")
    parser.add_argument("--type", default="id_number")
    args = parser.parse_args()

    session = ask(args.socket, "POST", "/v1/sessions", {
        "rp": args.rp, "purpose": args.purpose,
        "scopes": args.scopes.split(","),
        # A back end makes this one, and looks for it in the assertion.
        "nonce": secrets.token_urlsafe(32)})
    token = session["session_token"]
    target = "/v1/sessions/" + session["session_id"]
    ask(args.socket, "POST", target + "/access-key",
        {"type": args.type, "value": sys.stdin.read().rstrip("\n")}, token)
    problem = follow(args.socket, token)
    if problem is not None:
        return complain(0, json.dumps(problem))
    result = ask(args.socket, "GET", target + "/result", token=token)
    json.dump(result, sys.stdout, ensure_ascii=False, indent=2)
    print()
    return ENDS.get(result["overall"], 10)


if __name__ == "__main__":
    sys.exit(main())
