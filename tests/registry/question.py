# SPDX-License-Identifier: Apache-2.0
"""What a request asks, read strictly from its XML or JSON.

The facts give the elements, their order and their longest values; whatever
breaks them is refused with a reason of its own.
"""

import dataclasses
import json
import xml.etree.ElementTree as xml

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ASKED = "http://dancuquocgia.bca"
LOOK_UP = "TraCuuThongTinCongDan"
CONFIRM = "XacThucThongTinCongDan"
INTEGRATION_LOOK_UP = "037"
DEPTH_MAX = 16

# Element, longest value; None stands for the birth date's own children.
BEFORE = (("MaYeuCau", 40), ("MaDVC", 20), ("MaTichHop", 20),
          ("MaCanBo", 20), ("MaDonVi", 35))
OPTIONAL = (("TaiKhoan", 100), ("SoDienThoai", 20))
NUMBERS = (("SoDinhDanh", 12, "so_dinh_danh"), ("SoCMND", 9, "so_cmnd"))
NAME_MAX = 100

JSON_MEMBERS = {"maYeuCau": 40, "maDVC": 20, "maCanBo": 20,
                "soDinhDanh": 12, "soCMND": 9, "hoVaTen": NAME_MAX,
                "ngayThangNam": 8, "userNameService": 100}


class Refused(Exception):
    """A request that is not as the facts say: status and reason."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclasses.dataclass
class Question:
    operation: str
    request_id: str
    officer: str
    unit: str
    procedure: str
    column: str
    number: str
    name: str
    birth: str


def check_text(name, value, longest):
    if not value or value != value.strip():
        raise Refused(400, f"value:{name}")
    if len(value) > longest:
        raise Refused(400, f"length:{name}")
    return value


def check_number(name, value, digits):
    if len(value) != digits or not (value.isascii() and value.isdigit()):
        raise Refused(400, f"value:{name}")
    return value


def check_name(name, value):
    check_text(name, value, NAME_MAX)
    if value != value.upper():
        raise Refused(400, f"case:{name}")
    return value


def check_birth(name, value, digits):
    if len(value) not in digits:
        raise Refused(400, f"value:{name}")
    return check_number(name, value, len(value))


class Guard(xml.TreeBuilder):
    """Refuses what no honest request holds, before it is built."""

    def __init__(self):
        super().__init__()
        self.depth = 0

    def doctype(self, *_):
        raise Refused(400, "doctype")

    def start(self, tag, attrs):
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise Refused(400, "depth")
        return super().start(tag, attrs)

    def end(self, tag):
        self.depth -= 1
        return super().end(tag)


def parse_xml(body):
    try:
        return xml.fromstring(body, parser=xml.XMLParser(target=Guard()))
    except (xml.ParseError, ValueError, LookupError) as error:
        raise Refused(400, "xml") from error


def find_operation(root):
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        raise Refused(400, "envelope")
    children = [child for child in root
                if child.tag != f"{{{ENVELOPE}}}Header"]
    if len(children) != 1 or children[0].tag != f"{{{ENVELOPE}}}Body":
        raise Refused(400, "envelope")
    body = children[0]
    if len(body) != 1:
        raise Refused(400, "envelope")
    for name in (LOOK_UP, CONFIRM):
        if body[0].tag == f"{{{ASKED}}}{name}":
            return name, body[0]
    raise Refused(400, "operation")


class Reader:
    """Takes the children of one element in their order."""

    def __init__(self, element):
        self.left = list(element)

    def next_name(self):
        """Local name; children are unqualified or of the operation's
        namespace, as the facts do not say which."""
        if not self.left:
            return None
        tag = self.left[0].tag
        if tag.startswith(f"{{{ASKED}}}"):
            return tag[len(ASKED) + 2:]
        if tag.startswith("{"):
            raise Refused(400, "namespace")
        return tag

    def take(self, name):
        if self.next_name() != name:
            raise Refused(400, f"order:{name}")
        return self.left.pop(0)

    def take_text(self, name, longest):
        element = self.take(name)
        if len(element):
            raise Refused(400, f"value:{name}")
        return check_text(name, element.text or "", longest)

    def end(self):
        if self.left:
            raise Refused(400, "more")


def read_birth(reader):
    inner = Reader(reader.take("NgayThangNamSinh"))
    name = inner.next_name()
    digits = {"NgayThangNam": (8,), "Nam": (4,)}.get(name)
    if not digits:
        raise Refused(400, "order:NgayThangNam")
    text = check_birth(name, inner.take_text(name, 10), digits)
    inner.end()
    return text


def read_number(reader):
    for name, digits, column in NUMBERS:
        if reader.next_name() == name:
            text = reader.take_text(name, digits)
            return column, check_number(name, text, digits)
    raise Refused(400, "order:SoDinhDanh")


def read_soap(body):
    """The Question in a SOAP envelope."""
    operation, element = find_operation(parse_xml(body))
    reader = Reader(element)
    head = {name: reader.take_text(name, longest)
            for name, longest in BEFORE}
    for name, longest in OPTIONAL:
        if reader.next_name() == name:
            reader.take_text(name, longest)
    column, number = read_number(reader)
    name = check_name("HoVaTen", reader.take_text("HoVaTen", NAME_MAX))
    birth = read_birth(reader)
    reader.end()
    if operation == LOOK_UP and head["MaTichHop"] != INTEGRATION_LOOK_UP:
        raise Refused(400, "value:MaTichHop")
    return Question(operation, head["MaYeuCau"], head["MaCanBo"],
                    head["MaDonVi"], head["MaDVC"], column, number, name,
                    birth)


def parse_json(body):
    def unique(pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            raise Refused(400, "json:twice")
        return dict(pairs)

    try:
        value = json.loads(body, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "json") from error
    if not isinstance(value, dict):
        raise Refused(400, "json")
    return value


def read_json(body):
    """The Question in the JSON of the REST variant."""
    given = parse_json(body)
    for name, value in given.items():
        if name not in JSON_MEMBERS:
            raise Refused(400, "more")
        # A number that travels as a number loses its leading zero.
        if value is not None and not isinstance(value, str):
            raise Refused(400, f"type:{name}")
    given = {name: value for name, value in given.items() if value}
    for name in ("maYeuCau", "maDVC", "maCanBo", "hoVaTen", "ngayThangNam"):
        check_text(name, given.get(name, ""), JSON_MEMBERS[name])
    if ("soDinhDanh" in given) == ("soCMND" in given):
        raise Refused(400, "value:soDinhDanh")
    name = "soDinhDanh" if "soDinhDanh" in given else "soCMND"
    number = check_number(name, given[name], JSON_MEMBERS[name])
    return Question(
        LOOK_UP, given["maYeuCau"], given["maCanBo"], "", given["maDVC"],
        {"soDinhDanh": "so_dinh_danh", "soCMND": "so_cmnd"}[name], number,
        check_name("hoVaTen", given["hoVaTen"]),
        check_birth("ngayThangNam", given["ngayThangNam"], (4, 8)))


def read_wrapped(body, member):
    """The SOAP text in a JSON object, and the member that held it. Its name
    is in no fact: without one given, the only text that begins like XML."""
    given = parse_json(body)
    texts = [name for name, value in given.items()
             if isinstance(value, str) and value.lstrip().startswith("<")
             and member in (None, name)]
    if len(texts) != 1:
        raise Refused(400, "wrapper")
    return given[texts[0]], texts[0]
