#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Serve the desk page of the demo on a loopback port of its own.

    web/desk/serve.py [--port 24080] [--config desk.json]
                      [--service http://127.0.0.1:24012]
                      [--gateway unix:PATH --gateway-bearer-file FILE
                       --officer ID [--service-code CODE]
                       [--procedure-code CODE]]

For demonstrations. A hospital serves the page from its own web server, over
https. cccdd never serves a page: every request to it comes from elsewhere
and names its origin. Only the files in FILES are given out, whole, to hosts
that this server is called by. Prints "ready ADDRESS" when it listens. With a
gateway it stands for the agency's back end, too: see registry_door.py.
"""

import argparse
import http.server
import json
import pathlib
import sys

import registry_door

# Of a body that is refused, at most this is read and forgotten.
DROPPED_MAX = 1 << 20

HERE = pathlib.Path(__file__).resolve().parent

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


def listing():
    """Address to file: everything that the page may load, nothing else."""
    files = {}
    for folder, address in ((HERE, "/"), (HERE.parent / "client", "/client/")):
        for path in sorted(folder.iterdir()):
            if path.suffix in TYPES and path.suffix != ".json":
                files[address + path.name] = path
    # The page says "../client/"; at the root that is "/client/".
    files["/"] = HERE / "index.html"
    return files


def policy(service):
    """A Content-Security-Policy: own files, and the service."""
    socket = service.replace("http", "ws", 1)
    return "; ".join((
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        f"connect-src 'self' {service} {socket}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ))


class Handler(http.server.BaseHTTPRequestHandler):
    """GET and HEAD of the files of the listing, POST to the gateway."""

    protocol_version = "HTTP/1.1"
    server_version = "desk"
    sys_version = ""
    timeout = 20

    def do_GET(self):
        self.answer(True)

    def do_HEAD(self):
        self.answer(False)

    def do_POST(self):
        """Two calls to the gateway. A body that is not read ends all."""
        door, host = self.server.door, self.headers.get("Host", "")
        self.close_connection = True
        if host not in self.server.hosts:
            self.drop_body()
            self.give(421, "text/plain", b"", True)
            return
        if door is None or self.path not in registry_door.PLACES:
            self.drop_body()
            self.give(404, "text/plain", b"not here\n", True)
            return
        refused = door.refusal(self.headers, f"http://{host}")
        if refused is not None:
            self.drop_body()
            self.give(*refused, True)
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.give(*door.take(self.path, body), True)

    def drop_body(self):
        """What is left unread when a connection ends may take the answer
        along."""
        length = self.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and len(length) < 8:
            self.rfile.read(min(int(length), DROPPED_MAX))

    def answer(self, with_body):
        server = self.server
        if self.headers.get("Host", "") not in server.hosts:
            self.give(421, "text/plain", b"", with_body)
            return
        address = self.path.split("?", 1)[0]
        if address == "/desk.json":
            self.give(200, TYPES[".json"], server.config, with_body)
            return
        path = server.files.get(address)
        if path is None:
            self.give(404, "text/plain", b"not here\n", with_body)
            return
        self.give(200, TYPES[path.suffix], path.read_bytes(), with_body)

    def give(self, status, kind, body, with_body):
        self.send_response(status)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.server.headers:
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *_):
        """Nobody's visit is written down."""


class Server(http.server.ThreadingHTTPServer):
    """The port, and what is given out there."""

    daemon_threads = True

    def __init__(self, port, service, config, door=None):
        super().__init__(("127.0.0.1", port), Handler)
        self.door = door
        self.port = self.server_address[1]
        self.hosts = {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}
        self.files = listing()
        self.point(service, config)

    def point(self, service, config):
        """The page talks to this service, and says what the config says."""
        config = {**config, "base": service,
                  "gateway": self.door.config if self.door else None}
        self.config = json.dumps(config, ensure_ascii=False).encode()
        self.headers = (
            ("Content-Security-Policy", policy(service)),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
        )

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"


def door_of(args, parser):
    """The gateway of the arguments, or None."""
    if args.gateway is None:
        return None
    if args.gateway_bearer_file is None or args.officer is None:
        parser.error("--gateway wants --gateway-bearer-file and --officer")
    try:
        return registry_door.Door(
            args.gateway, registry_door.read_bearer(args.gateway_bearer_file),
            args.officer, service_code=args.service_code,
            procedure_code=args.procedure_code)
    except (OSError, ValueError) as error:
        parser.error(str(error))


def main():
    parser = argparse.ArgumentParser(description="Serve the desk page.")
    parser.add_argument("--port", type=int, default=24080)
    parser.add_argument("--config", type=pathlib.Path,
                        default=HERE / "desk.json")
    parser.add_argument("--service", help="base address of cccdd")
    parser.add_argument("--gateway", help="unix:PATH or "
                        "http://127.0.0.1:PORT of cccd-gateway")
    parser.add_argument("--gateway-bearer-file", type=pathlib.Path,
                        help="its bearer, mode 0600")
    parser.add_argument("--officer", help="in whose name it is asked")
    parser.add_argument("--service-code")
    parser.add_argument("--procedure-code")
    args = parser.parse_args()

    config = json.loads(args.config.read_text("utf-8"))
    server = Server(args.port, args.service or config["base"], config,
                    door_of(args, parser))
    print(f"ready {server.address}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
