# SPDX-License-Identifier: Apache-2.0
"""Whether something secret stands in some bytes, in any form it may take."""
import base64
import json
import re
import unicodedata
import urllib.parse


def _texts(secret):
    """The text as people and programs spell it."""
    plain = unicodedata.normalize("NFD", secret)
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    bare = bare.replace("đ", "d").replace("Đ", "D")
    spelled = {"NFC": unicodedata.normalize("NFC", secret), "NFD": plain,
               "unaccented": bare, "joined": bare.replace(" ", ""),
               "MRZ": bare.replace(" ", "<")}
    for name, text in list(spelled.items()):
        spelled[f"{name} upper"] = text.upper()
        spelled[f"{name} lower"] = text.lower()
    if secret.isdigit():
        for mark in " .-":
            for size in (3, 4):
                spelled[f"by {size} with {mark!r}"] = mark.join(
                    re.findall(f".{{1,{size}}}", secret))
    day = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", secret)
    if day:
        year, month, date = day.groups()
        for mark in ("", "/", "-", "."):
            spelled[f"year first {mark}"] = mark.join((year, month, date))
            spelled[f"day first {mark}"] = mark.join((date, month, year))
    return spelled


def _base64(data):
    """The letters that follow from the data alone, at each alignment."""
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + data)
        first = (8 * shift + 5) // 6
        last = (8 * (shift + len(data))) // 6
        yield shift, text[first:last]


def forms(secret):
    """Name and bytes of every form; at least six letters."""
    assert len(secret) >= 6, "it would be found everywhere"
    for name, text in _texts(secret).items():
        data = text.encode()
        yield name, data
        yield f"{name} backwards", text[::-1].encode()
        yield f"{name} as JSON", json.dumps(text)[1:-1].encode()
        yield f"{name} in a URL", urllib.parse.quote(text).encode()
        yield f"{name} in a form", urllib.parse.quote_plus(text).encode()
        yield f"{name} in UTF-16", text.encode("utf-16-le")
        yield f"{name} as hex", data.hex().encode()
        yield f"{name} as HEX", data.hex().upper().encode()
        for shift, part in _base64(data):
            yield f"{name} base64 {shift}", part
            yield f"{name} base64url {shift}", part.translate(
                bytes.maketrans(b"+/", b"-_"))


def sings(place, secrets):
    """"label: form" of everything in @place; @secrets by label."""
    found = []
    for label, secret in secrets.items():
        for data, name in {data: name for name, data
                           in forms(secret)}.items():
            if data in place:
                found.append(f"{label}: {name}")
    return found
