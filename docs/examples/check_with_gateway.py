#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check the person of a card against a registry, through cccd-gateway.

    check_with_gateway.py [--socket PATH] --rp ID --purpose NAME
                          [--audience gateway] [--type can]
                          --gateway PATH --bearer-file FILE --officer ID
                          [--procedure-code CODE] < key

A nonce of the gateway, a read of the card under it, the desk's assertion to
the gateway: cccdd and the gateway's own socket, in the fewest lines. The
front end is registered with `cccd rp add ID --audience gateway=ITS-ID`.
Prints the gateway's answer, and on standard error what it means in two
languages. Ends with 0 for "match", 10 for "undetermined", 11 for "mismatch"
and "not_found", 2 when it could not be found out.
"""

import argparse
import datetime
import json
import sys

from read_over_socket import Service, ask, complain, follow

ENDS = {"match": 0, "mismatch": 11, "not_found": 11}

# Any other word, one of the future too, is "could not be checked".
WORDS = {"match": ("khớp", "matches"),
         "mismatch": ("không khớp", "does not match"),
         "not_found": ("không tìm thấy", "not found")}
UNDETERMINED = ("chưa kiểm tra được", "could not be checked")
SENTENCES = ("Đối chiếu: {word}. Nguồn: {source}, lúc {time}.",
             "Registry check: {word}. Source: {source}, at {time}.")


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


def local(time):
    """A moment as the clock on the wall has it, with its offset."""
    moment = datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))
    return moment.astimezone().isoformat(" ", "seconds")


def tell(answer):
    """For the person at the desk, who reads no JSON."""
    words = WORDS.get(answer["registry"], UNDETERMINED)
    for sentence, word in zip(SENTENCES, words):
        if answer.get("reason"):
            word += f" ({answer['reason']})"
        print(sentence.format(word=word, source=answer["source"],
                              time=local(answer["observed_at"])), file=sys.stderr)


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
    parser.add_argument("--procedure-code", help="as some registries want it")
    args = parser.parse_args()

    key = sys.stdin.read().rstrip("\n")
    with open(args.bearer_file, encoding="ascii") as file:
        bearer = file.read().strip()
    nonce = ask(args.gateway, "POST", "/v1/nonces", {}, bearer)["nonce"]
    question = {"assertion": read_card(args, nonce, key),
                "officer": {"id": args.officer}}
    if args.procedure_code:
        question["procedure_code"] = args.procedure_code
    answer = ask(args.gateway, "POST", "/v1/checks", question, bearer)
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=2)
    print(flush=True)
    tell(answer)
    return ENDS.get(answer["registry"], 10)


if __name__ == "__main__":
    sys.exit(main())
