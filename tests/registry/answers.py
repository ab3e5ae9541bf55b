# SPDX-License-Identifier: Apache-2.0
"""Answers as the facts describe them, in XML and in JSON, and the same
answers broken on purpose."""

import json
from xml.sax.saxutils import escape

import people
from question import ENVELOPE

ANSWERED = "http://www.mic.gov.vn/dancu/1.0"
WRONG = "http://example.invalid/dancu/9.9"

ADDRESSES = ("NoiDangKyKhaiSinh", "QueQuan", "ThuongTru", "NoiOHienTai")
RELATIVES = ("Cha", "Me", "VoChong", "NguoiDaiDien")

BOMB = ('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE b [\n'
        '<!ENTITY b0 "bombbomb">\n'
        + "".join(f'<!ENTITY b{i} "{f"&b{i - 1};" * 10}">\n'
                  for i in range(1, 10))
        + "]>\n")


def record(person):
    """A citizen in the order of the answer: (name, text or children)."""
    rest = person["con_lai"]
    birth = [("Nam", person["nam"])]
    if person["ngay_sinh"]:
        birth.append(("NgayThangNam", person["ngay_sinh"]))
    rows = [
        ("SoDinhDanh", person["so_dinh_danh"]), ("SoCMND", person["so_cmnd"]),
        ("HoVaTen", [("Ho", person["ho"]), ("ChuDem", person["chu_dem"]),
                     ("Ten", person["ten"])]),
        ("GioiTinh", person["gioi_tinh"]), ("DanToc", person["dan_toc"]),
        ("TonGiao", person["ton_giao"]),
        ("TinhTrangHonNhan", person["hon_nhan"]),
        ("NhomMau", person["nhom_mau"]), ("NgayThangNamSinh", birth),
    ]
    rows += [(name, list(rest[name].items())) for name in ADDRESSES]
    rows.append(("QuocTich", rest["QuocTich"]))
    rows += [(name, list(rest[name].items())) for name in RELATIVES]
    rows += [("ChuHo", list(rest["ChuHo"].items())),
             ("SoSoHoKhau", rest["SoSoHoKhau"])]
    return rows


def duplicate(persons):
    """The same number twice, for two different persons."""
    if not persons:
        return persons
    return [*persons[:1], {**persons[0], "ten": "Khác", "nam": "1901",
                           "ngay_sinh": "19010101"}]


def to_xml(rows):
    parts = []
    for name, value in rows:
        inner = escape(value) if isinstance(value, str) else to_xml(value)
        parts.append(f"<ns1:{name}>{inner}</ns1:{name}>")
    return "".join(parts)


def envelope(content, head='<?xml version="1.0" encoding="UTF-8"?>\n'):
    return (f'{head}<soapenv:Envelope xmlns:soapenv="{ENVELOPE}">'
            f"<soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>")


def collection(persons, namespace=ANSWERED):
    citizens = "".join(f"<ns1:CongDan>{to_xml(record(person))}</ns1:CongDan>"
                       for person in persons)
    return (f'<ns1:CongdanCollection xmlns:ns1="{namespace}">{citizens}'
            "</ns1:CongdanCollection>")


def confirmation(exists, namespace=ANSWERED):
    word = "true" if exists else "false"
    return (f'<ns1:KetQuaXacThuc xmlns:ns1="{namespace}"><ns1:TonTai>{word}'
            "</ns1:TonTai></ns1:KetQuaXacThuc>")


def with_code(text, code):
    """A failure's number where a citizen would be."""
    return text.replace("</ns1:", f"<ns1:MaLoi>{int(code)}</ns1:MaLoi></ns1:",
                        1)


def fault(side, text):
    return envelope(f"<soapenv:Fault><faultcode>soapenv:{side}</faultcode>"
                    f"<faultstring>{escape(text)}</faultstring>"
                    "</soapenv:Fault>")


def bomb():
    return envelope(f'<ns1:CongdanCollection xmlns:ns1="{ANSWERED}">'
                    "<ns1:CongDan><ns1:SoDinhDanh>&b9;</ns1:SoDinhDanh>"
                    "</ns1:CongDan></ns1:CongdanCollection>", BOMB)


def lower(name):
    """SoDinhDanh is soDinhDanh, as the request's members are written."""
    return name[:1].lower() + name[1:]


def to_object(rows):
    return {lower(name): value if isinstance(value, str)
            else to_object(value) for name, value in rows}


def listing(persons, beside, member="congDan"):
    """The REST variant's answer. No fact gives its shape: it is the XML's,
    with the request's manner of writing names."""
    return json.dumps({member: [to_object(record(person))
                                for person in persons], **beside},
                      ensure_ascii=False)


def json_error(text):
    return json.dumps({"error": text})


def agrees(person, question):
    """Whether name and birth are the registry's: for XacThuc."""
    if people.plain(people.full_name(person)) != people.plain(question.name):
        return False
    if len(question.birth) == 4:
        return question.birth == person["nam"]
    return question.birth == person["ngay_sinh"]
