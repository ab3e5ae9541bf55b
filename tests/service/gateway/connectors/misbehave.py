#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Servers that answer connectors well and in every bad way.

misbehave.py DIR writes certificates and the list of requests into DIR, says
its ports on standard output, one "name port" a line and "ready" last, and
ends with its standard input. The path of a request says what happens:
/KIND/CASE with KIND soap, lgsp, rest or token; in JSON, CASE.X has X for
the platform's code, and xml_CASE is what was unwrapped.
"""
import base64
import hashlib
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

ANSWER = "http://www.mic.gov.vn/dancu/1.0"
REQUEST = "http://dancuquocgia.bca"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
NUMBER = "001090000001"
DIR = sys.argv[1]
LOCK = threading.Lock()
STATE = {"tokens": 0, "issued": set(), "used": {}, "seen": {}, "plain": 0}

CITIZEN = """<ns1:CongDan>
<SoDinhDanh>{number}</SoDinhDanh><SoCMND>012345678</SoCMND>
<HoVaTen><Ho></Ho><ChuDem/><Ten>{name}</Ten></HoVaTen>
<GioiTinh>1</GioiTinh><DanToc>01</DanToc><TonGiao>00</TonGiao>
<NgayThangNamSinh><Nam>1990</Nam><NgayThangNam>19900131</NgayThangNam>
</NgayThangNamSinh>
<ThuongTru><MaTinhThanh>01</MaTinhThanh><MaQuanHuyen>001</MaQuanHuyen>
<MaPhuongXa>00001</MaPhuongXa><ChiTiet>Tổ 5 &amp; 6</ChiTiet>
<QuocGia>VN</QuocGia></ThuongTru>
<Cha><HoVaTen><Ho>Nguyễn</Ho><ChuDem>Văn</ChuDem><Ten>Bình</Ten></HoVaTen>
<SoDinhDanh>001060000001</SoDinhDanh></Cha>
</ns1:CongDan>"""


def envelope(body):
    return (f'<?xml version="1.0" encoding="UTF-8"?><e:Envelope '
            f'xmlns:e="{ENVELOPE}"><e:Header/><e:Body>{body}</e:Body>'
            f'</e:Envelope>')


def collection(*people, namespace=ANSWER):
    return envelope(f'<ns1:CongdanCollection xmlns:ns1="{namespace}">'
                    + "".join(people) + "</ns1:CongdanCollection>")


def citizen(number=NUMBER, name="NGUYỄN VĂN AN"):
    return CITIZEN.format(number=number, name=name)


def laughs():
    entities = ['<!ENTITY a "haha">']
    for below, name in zip("abcdefghij", "bcdefghijk"):
        entities.append(f'<!ENTITY {name} "' + f"&{below};" * 10 + '">')
    return ("<?xml version=\"1.0\"?><!DOCTYPE x [" + "".join(entities) + "]>"
            + collection(citizen(name="&k;")).split("?>", 1)[1])


def external():
    port = STATE["plain"]
    return ('<?xml version="1.0"?><!DOCTYPE x SYSTEM '
            f'"http://127.0.0.1:{port}/fetched/dtd" [<!ENTITY % p SYSTEM '
            f'"http://127.0.0.1:{port}/fetched/parameter"> %p; '
            f'<!ENTITY e SYSTEM "http://127.0.0.1:{port}/fetched/entity">'
            '<!ENTITY f SYSTEM "file:///etc/passwd">]>'
            + collection(citizen(name="&e;&f;")).split("?>", 1)[1])


def fault(code):
    return envelope(f"<e:Fault><faultcode>e:{code}</faultcode><faultstring>"
                    f"NGUYEN VAN AN {NUMBER}</faultstring></e:Fault>")


def exists(word, namespace=REQUEST):
    return envelope(f'<x:KetQuaXacThuc xmlns:x="{namespace}"><x:TonTai>{word}'
                    "</x:TonTai></x:KetQuaXacThuc>")


def xml_of(case):
    """The SOAP document of a case; None: the case is not about that."""
    made = {
        "found": collection(citizen()),
        "wrapped": envelope(
            f'<r:TraCuuThongTinCongDanResponse xmlns:r="{REQUEST}">'
            f'<ns1:CongdanCollection xmlns:ns1="{ANSWER}">{citizen()}'
            "</ns1:CongdanCollection></r:TraCuuThongTinCongDanResponse>"),
        "mismatch": collection(citizen(name="TRẦN THỊ BÌNH")),
        "other": collection(citizen(number="001090000002")),
        "empty": collection(),
        "blank": collection("\n\t<!-- nobody -->\r\n"),
        "counted": collection("<ns1:TongSo>1</ns1:TongSo>", citizen()),
        "nobody": collection("<ns1:CongDan/>"),
        "coded": collection("<MaLoi>99</MaLoi><MoTa>error</MoTa>"),
        "message": collection("Internal error"),
        "spelling": collection(citizen().replace("CongDan", "Congdan")),
        "before": collection(citizen(number="junk<x/>" + NUMBER)),
        "behind": collection(citizen(number="<x/>" + NUMBER)),
        "between": collection(citizen().replace("<GioiTinh>",
                                                "junk<GioiTinh>")),
        "attributes": collection(citizen()).replace("<ns1:CongDan>", "".join(
            ["<ns1:CongDan"] + [f" a{i}=''" for i in range(300)] + [">"])),
        "twice": collection(citizen(), citizen()),
        "collections": collection(citizen()).replace(
            "</e:Body>", f'<ns1:CongdanCollection xmlns:ns1="{ANSWER}"/>'
            "</e:Body>"),
        "malformed": collection(citizen())[:-40],
        "garbage": "not a document at all",
        "trailing": collection(citizen()) + "<more/>",
        "namespace": collection(citizen(), namespace="urn:another"),
        "number": collection(citizen(number="1090000001")),
        "date": collection(citizen().replace("19900131", "19900231")),
        "years": collection(citizen().replace("<Nam>1990", "<Nam>1991")),
        "tens": collection(citizen().replace(
            "<ChuDem/>", "<Ten>Hai</Ten><ChuDem/>")),
        "long": collection(citizen(name="A" * 300)),
        "deep": collection("<a>" * 400 + "</a>" * 400),
        "bomb": laughs(),
        "external": external(),
        "utf16": collection(citizen()).replace("UTF-8", "utf-16"),
        "photo": collection(citizen().replace(
            "<GioiTinh>", "<Anh>" + "A" * 5000 + "</Anh><GioiTinh>")),
        "latin": collection(citizen()).replace("UTF-8", "ISO-8859-1"),
        "fault": fault("Server"),
        "blame": fault("Client"),
        "fault_500": fault("Server"),
        "blame_500": fault("Client"),
        "true": exists("true"),
        "false": exists("false", ANSWER),
        "maybe": exists("maybe"),
        "foreign": exists("true", "urn:another"),
    }
    return made.get(case)


def person():
    return {"soDinhDanh": NUMBER, "soCMND": "012345678",
            "hoVaTen": {"ho": "Nguyễn", "chuDem": "Văn", "ten": "An"},
            "gioiTinh": 1, "ngayThangNamSinh": {"nam": "1990",
                                                "ngayThangNam": "19900131"},
            "thuongTru": {"maTinhThanh": "01", "chiTiet": "Tổ 5 & 6"},
            "cha": {"hoVaTen": "Nguyễn Văn Bình"}}


def json_of(case):
    other = dict(person(), soDinhDanh="001090000002")
    named = dict(person(), hoVaTen="TRẦN THỊ BÌNH")
    number = dict(person(), soDinhDanh=1090000001)
    text = json.dumps({"congdanCollection": {"congDan": person()}})
    made = {
        "found": text,
        "wrapped": json.dumps({"congDan": [person()]}),
        "flat": json.dumps(person()),
        "mismatch": json.dumps({"congDan": named}),
        "photo": json.dumps({"congDan": dict(person(), anh="A" * 5000)}),
        "other": json.dumps({"congDan": other}),
        "empty": json.dumps({"congdanCollection": {"congDan": []}}),
        "null": json.dumps({"congDan": None}),
        "nobody": json.dumps({"congDan": {"hoVaTen": ""}}),
        "twice": json.dumps({"congDan": [person(), person()]}),
        "malformed": text[:-5],
        "garbage": "not a document at all",
        "trailing": text + "{}",
        "number": json.dumps({"congDan": number}),
        "deep": "[" * 4000 + "]" * 4000,
        "bare": "{}",
        "error": json.dumps({"error": f"NGUYEN VAN AN {NUMBER}"}),
        "coded": json.dumps({"congDan": [], "maLoi": 99,
                             "thongBao": f"NGUYEN VAN AN {NUMBER}"}),
        "twins": text[:-1] + ',"congDan":null,"congDan":null}',
        "true": json.dumps({"ketQuaXacThuc": {"tonTai": True}}),
        "false": json.dumps({"tonTai": "false"}),
        "maybe": json.dumps({"tonTai": 1}),
    }
    return made.get(case)


def with_code(text, code):
    """The document with a code beside the answer."""
    try:
        code = json.loads(code)
    except ValueError:
        pass
    return json.dumps({**json.loads(text), "thongBao":
                       f"NGUYEN VAN AN {NUMBER}", "status": {"code": code}})


def order_is_right(text):
    names = re.findall(r"<dan:(\w+)>", text)
    wanted = ["MaYeuCau", "MaDVC", "MaTichHop", "MaCanBo", "MaDonVi",
              "SoDinhDanh", "HoVaTen", "NgayThangNamSinh", "NgayThangNam"]
    return (names[0] in ("TraCuuThongTinCongDan", "XacThucThongTinCongDan")
            and [n for n in names[1:] if n != "MaTichHop"]
            == [n for n in wanted if n != "MaTichHop"]
            and (names[0][0] == "X" or names[3] == "MaTichHop")
            and f">{NUMBER}<" in text and ">NGUYỄN VĂN AN<" in text
            and ">19900131<" in text and f'xmlns:dan="{REQUEST}"' in text)


def headers_are_right(handler):
    stamp = handler.headers.get("Timestamp", "")
    text = "https://service.example/soap" + "desk" + stamp + "s3cret"
    word = hashlib.sha256(text.encode()).hexdigest()
    basic = base64.b64encode(f"desk:{word}".encode()).decode()
    return (handler.headers.get("SOAPAction") == '""'
            and handler.headers.get("Content-Type") == "application/xml"
            and handler.headers.get("X-Road-Client") == "VN/GOV/1/unit"
            and handler.headers.get("ApiKey") == "key-0001"
            and handler.headers.get("Authorization") == f"Basic {basic}"
            and abs(int(stamp) / 1000 - time.time()) < 600
            and handler.headers.get("AuthHash")
            == base64.b64encode(b"name:pass").decode())


def note(path):
    with LOCK:
        seen = STATE["seen"].get(path, 0) + 1
        STATE["seen"][path] = seen
        with open(os.path.join(DIR, "requests"), "a",
                  encoding="utf-8") as file:
            file.write(path + "\n")
    return seen


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def reply(self, status, kind, body, headers=()):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.note()
        self.reply(200, "text/plain", "fetched")

    def note(self):
        return note(self.path)

    def do_POST(self):
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length).decode()
        seen = self.note()
        _, kind, case = self.path.split("/")[:3]
        if kind == "token":
            self.token(case, body)
        else:
            self.answer(kind, case, body, seen)

    def token(self, case, body):
        form = parse_qs(body)
        good = form.get("grant_type") == ["client_credentials"]
        if case == "lgsp":
            header = self.headers.get("lgspaccesstoken", "")
            good = good and json.loads(base64.b64decode(header)) == {
                "AccessKey": "access", "SecretKey": "s3cret",
                "AppName": "desk", "PartnerCode": "P1",
                "PartnerCodeCus": "C1"}
        elif case != "form":
            good = good and self.headers.get("Authorization") == (
                "Basic " + base64.b64encode(b"client:s3cret").decode())
        else:
            good = good and form.get("client_secret") == ["s3cret"]
        if case == "lazy":
            time.sleep(0.3)
        if case == "refuse" or not good:
            self.reply(401, "application/json", '{"error":"invalid_client"}')
        elif case == "broken":
            self.reply(200, "application/json", '{"access_token":""}')
        else:
            with LOCK:
                STATE["tokens"] += 1
                token = f"token-{STATE['tokens']}"
                STATE["issued"].add(token)
            self.reply(200, "application/json", json.dumps(
                {"access_token": token, "token_type": "bearer",
                 "expires_in": 3600}))

    def is_right(self, kind, body):
        if kind == "soap":
            return headers_are_right(self) and order_is_right(body)
        token = self.headers.get("Authorization", "")[len("Bearer "):]
        if token not in STATE["issued"]:
            return False
        data = json.loads(body)
        if kind == "lgsp":
            return order_is_right(data["body"])
        return (data["soDinhDanh"] == NUMBER and data["maCanBo"] == "CB01"
                and data["hoVaTen"] == "NGUYỄN VĂN AN"
                and data["ngayThangNam"] == "19900131"
                and data["maYeuCau"] == "req-1" and data["maDVC"] == "1.0001")

    def used_before(self):
        token = self.headers.get("Authorization", "")
        with LOCK:
            STATE["used"][token] = STATE["used"].get(token, 0) + 1
            return STATE["used"][token] > 1

    def answer(self, kind, case, body, seen):
        good = json_of("found") if kind == "rest" else xml_of("found")
        media = "application/xml"
        if not self.is_right(kind, body):
            self.reply(418, "text/plain", "wrong request")
            return
        case, _, code = case.partition(".")
        unwrapped = case.startswith("xml_")
        case = case.removeprefix("xml_")
        text = json_of(case) if kind == "rest" else xml_of(case)
        if text is None:
            text = good
        if kind == "lgsp" and not unwrapped:
            text = json.dumps({"body": text})
        if kind != "soap" and not unwrapped:
            media = "application/json"
        if code:
            text = with_code(text, code)
        if case == "flip":
            case = "status_500" if seen <= 2 else "found"
        if case == "once" and self.used_before():
            case = "status_401"
        self.send(case, media, text)

    def send(self, case, media, text):
        status = re.fullmatch(r"status_(\d+)", case)
        if case == "slow":
            time.sleep(30)
        elif case == "drop":
            self.close_connection = True
        elif case == "half":
            data = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[:len(data) // 2])
            self.close_connection = True
        elif case == "huge":
            self.reply(200, media, text + " " * 300000)
        elif case == "wide":
            self.reply(200, media, text.encode("utf-16"))
        elif case == "wide_be":
            self.reply(200, media, text.encode("utf-16-be"))
        elif case == "type":
            self.reply(200, "text/html; charset=utf-8", text)
        elif case.endswith("_500") and case != "status_500":
            self.reply(500, media, text)
        elif case in ("fault", "blame"):
            self.reply(500 if media == "application/xml" else 200, media,
                       text)
        elif status and status[1] == "302":
            self.reply(302, media, "", [("Location", (
                f"http://127.0.0.1:{STATE['plain']}/fetched/redirect"))])
        elif status:
            self.reply(int(status[1]), "text/html", "<h1>no</h1>")
        else:
            self.reply(200, media + "; charset=utf-8", text)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    context = None

    def handle_error(self, request, client_address):
        pass

    def finish_request(self, request, client_address):
        note("/connection")
        if self.context is None:
            super().finish_request(request, client_address)
            return
        # Kept open, so that an alert is read before the end is seen.
        kept = request.dup()
        try:
            request = self.context.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)
            request.unwrap()
        except (OSError, ValueError):
            self.drain(kept)
        finally:
            request.close()
            kept.close()

    @staticmethod
    def drain(kept):
        try:
            kept.settimeout(5)
            kept.shutdown(socket.SHUT_WR)
            while kept.recv(4096):
                pass
        except OSError:
            pass


def openssl(*args):
    subprocess.run(["openssl", *args], cwd=DIR, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


CONFIG = """[ca]
default_ca = it
[it]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[server]
subjectAltName = IP:127.0.0.1
[client]
extendedKeyUsage = clientAuth
"""


def make_certificates():
    with open(os.path.join(DIR, "ca.cnf"), "w", encoding="utf-8") as file:
        file.write(CONFIG)
    for name in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", f"/CN=test {name}", "-addext",
                "basicConstraints=critical,CA:TRUE", "-keyout",
                f"{name}.key", "-out", f"{name}.pem")
    for name, ca, start, end, kind in (
            ("server", "ca", "20200101000000Z", "20991231000000Z", "server"),
            ("expired", "ca", "20200101000000Z", "20200102000000Z", "server"),
            ("untrusted", "other", "20200101000000Z", "20991231000000Z",
             "server"),
            ("client", "ca", "20200101000000Z", "20991231000000Z", "client")):
        with open(os.path.join(DIR, "index.txt"), "w", encoding="utf-8"):
            pass
        with open(os.path.join(DIR, "serial"), "w", encoding="utf-8") as file:
            file.write(os.urandom(8).hex())
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key",
                "-out", f"{name}.csr")
        openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-cert",
                f"{ca}.pem", "-keyfile", f"{ca}.key", "-startdate", start,
                "-enddate", end, "-extensions", kind, "-in", f"{name}.csr",
                "-out", f"{name}.pem")
    os.chmod(os.path.join(DIR, "client.key"), 0o600)


def start(certificate=None, asks_client=False):
    server = Server(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(DIR, certificate + ".pem"),
                                os.path.join(DIR, certificate + ".key"))
        if asks_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(os.path.join(DIR, "ca.pem"))
        server.context = context
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def main():
    make_certificates()
    with open(os.path.join(DIR, "requests"), "w", encoding="utf-8"):
        pass
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))
    STATE["plain"] = start()
    ports = {
        "plain": STATE["plain"],
        "tls": start("server"),
        "expired": start("expired"),
        "untrusted": start("untrusted"),
        "mutual": start("server", True),
        "closed": closed.getsockname()[1],
    }
    for name, port in ports.items():
        print(name, port)
    print("ready", flush=True)
    sys.stdin.read()


main()
