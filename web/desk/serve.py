#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Serve the desk page of the demo on a loopback port of its own.

    web/desk/serve.py [--port 24080] [--config desk.json]
                      [--service http://127.0.0.1:24012]

For demonstrations. A hospital serves the page from its own web server, over
https. cccdd never serves a page: every request to it comes from elsewhere
and names its origin. Only the files in FILES are given out, whole, to hosts
that this server is called by. Prints "ready ADDRESS" when it listens.
"""

import argparse
import http.server
import json
import pathlib
import sys

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
    """GET and HEAD of the files of the listing."""

    protocol_version = "HTTP/1.1"
    server_version = "desk"
    sys_version = ""
    timeout = 20

    def do_GET(self):
        self.answer(True)

    def do_HEAD(self):
        self.answer(False)

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

    def __init__(self, port, service, config):
        super().__init__(("127.0.0.1", port), Handler)
        self.port = self.server_address[1]
        self.hosts = {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}
        self.files = listing()
        self.point(service, config)

    def point(self, service, config):
        """The page talks to this service, and says what the config says."""
        config = {**config, "base": service}
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


def main():
    parser = argparse.ArgumentParser(description="Serve the desk page.")
    parser.add_argument("--port", type=int, default=24080)
    parser.add_argument("--config", type=pathlib.Path,
                        default=HERE / "desk.json")
    parser.add_argument("--service", help="base address of cccdd")
    args = parser.parse_args()

    config = json.loads(args.config.read_text("utf-8"))
    server = Server(args.port, args.service or config["base"], config)
    print(f"ready {server.address}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
