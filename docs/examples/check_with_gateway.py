#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check the person of a card against a registry, through cccd-gateway.

    check_with_gateway.py [--socket PATH] --rp ID --purpose NAME
                          [--audience gateway] [--type can]
                          --gateway PATH --bearer-file FILE --officer ID < key

A nonce of the gateway, a read of the card under it, the desk's assertion to
the gateway: cccdd and the gateway's own socket, in the fewest lines. The
front end is registered with `cccd rp add ID --audience gateway=ITS-ID`.
Prints the gateway's answer. Ends with 0 for "match", 10 for "undetermined",
11 for "mismatch" and "not_found", 2 when it could not be found out.
"""

import argparse
import json
import sys

from read_over_socket import Service, ask, complain, follow

ENDS = {"match": 0, "mismatch": 11, "not_found": 11}


def take_assertion(path, target, token):
    """The result as the desk signed it; it is given once."""
    service = Service(path)
    service.request("GET", target + "/result", headers={
        "Accept": "application/jwt", "Authorization": "Bearer " + token})
    answer = service.getresponse()
    text = answer.read().decode()
    if answer.status != 200:
        sys.exit(complain(answer.status, text))
    return text.strip()


def read_card(args, nonce, key):
    """One session of the desk, bound to the gateway's nonce."""
    session = ask(args.socket, "POST", "/v1/sessions", {
        "rp": args.rp, "purpose": args.purpose,
        "scopes": ["id", "demographic"], "format": "jwt",
        "audience": args.audience, "nonce": nonce})
    token = session["session_token"]
    target = "/v1/sessions/" + session["session_id"]
    ask(args.socket, "POST", target + "/access-key",
        {"type": args.type, "value": key}, token)
    problem = follow(args.socket, token)
    if problem is not None:
        sys.exit(complain(0, json.dumps(problem)))
    return take_assertion(args.socket, target, token)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", default="/run/cccdd/api.sock")
    parser.add_argument("--rp", required=True)
    parser.add_argument("--purpose", required=True)
    parser.add_argument("--audience", default="gateway")
    parser.add_argument("--type", default="id_number")
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--bearer-file", required=True)
    parser.add_argument("--officer", required=True)
    args = parser.parse_args()

    key = sys.stdin.read().rstrip("\n")
    with open(args.bearer_file, encoding="ascii") as file:
        bearer = file.read().strip()
    nonce = ask(args.gateway, "POST", "/v1/nonces", {}, bearer)["nonce"]
    answer = ask(args.gateway, "POST", "/v1/checks", {
        "assertion": read_card(args, nonce, key),
        "officer": {"id": args.officer}}, bearer)
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=2)
    print()
    return ENDS.get(answer["registry"], 10)


if __name__ == "__main__":
    sys.exit(main())
