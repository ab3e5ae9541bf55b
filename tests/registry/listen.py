# SPDX-License-Identifier: Apache-2.0
"""The sockets: TLS with required client certificates for those who ask,
plain loopback for the control port."""

import http.server
import json
import socket
import socketserver
import ssl
import threading
import urllib.parse

import switches

BODY_MAX = 64 << 10
DRAIN_MAX = 4 << 20
HANDSHAKE_LIMIT_S = 60
IDLE_LIMIT_S = 300
DRAIN_LIMIT_S = 5
CHUNK = b"x" * 65536


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """A listener on the loopback that knows its open connections."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, handler, address, port):
        super().__init__((address, port), handler)
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.open = set()
        self.thread = threading.Thread(target=self.serve_forever,
                                       kwargs={"poll_interval": 0.1})

    def start(self):
        self.thread.start()

    def port(self):
        return self.server_address[1]

    def drop_connections(self):
        """Whoever comes again makes a new handshake."""
        with self.lock:
            for connection in self.open:
                cut(connection)

    def stop(self):
        self.stopping.set()
        self.shutdown()
        self.drop_connections()
        self.server_close()
        self.thread.join()

    def handle_error(self, request, client_address):
        """A caller that went away is no news."""


def cut(connection):
    """Ends it beneath TLS, from whichever thread."""
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        pass


def drain(connection):
    """Reads on until the caller has read why it was refused: to close over
    unread bytes would reset the connection, and the alert with it."""
    try:
        connection.settimeout(DRAIN_LIMIT_S)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass
    except OSError:
        pass


def make_context(paths, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(paths[name], paths[f"{name}_key"])
    context.load_verify_locations(paths["ca"])
    context.verify_mode = ssl.CERT_REQUIRED
    # A resumed session would not show the certificate again.
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    return context


class TlsServer(Server):
    """Each connection's handshake is made in its own thread."""

    def __init__(self, registry, paths, address="127.0.0.1", port=0):
        super().__init__(Asked, address, port)
        self.registry = registry
        self.good = make_context(paths, "server")
        self.expired = make_context(paths, "server_expired")

    def finish_request(self, request, client_address):
        book = self.registry.book
        book.count("handshakes")
        request.settimeout(HANDSHAKE_LIMIT_S)
        expired = self.registry.board.take_certificate()
        if expired:
            book.count("switched", "expired_certificate")
        context = self.expired if expired else self.good
        # The handshake's failure closes the other.
        kept = request.dup()
        try:
            connection = context.wrap_socket(request, server_side=True)
        except OSError:
            book.count("handshakes_refused")
            drain(kept)
            return
        finally:
            kept.close()
        with self.lock:
            self.open.add(connection)
        try:
            self.RequestHandlerClass(connection, client_address, self)
        finally:
            with self.lock:
                self.open.discard(connection)
            connection.close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "registry-stand-in"
    sys_version = ""
    timeout = IDLE_LIMIT_S
    disable_nagle_algorithm = True

    def log_message(self, format, *args):
        """Nothing of a request line goes to stderr."""

    def read_body(self):
        """The body, or None where its length is not said or too much."""
        try:
            length = int(self.headers.get("Content-Length", "0"))
        except ValueError:
            return None
        if "Transfer-Encoding" in self.headers or not 0 <= length <= DRAIN_MAX:
            return None
        # Read to its end even if refused: to close over unread bytes would
        # reset the connection before the refusal is seen.
        body = self.rfile.read(length)
        return body if length <= BODY_MAX else None


class Asked(Handler):
    """Those who ask for citizens."""

    def do_POST(self):
        body = self.read_body()
        if body is None:
            self.close_connection = True
            self.send_error(413)
            return
        self.send(self.server.registry.answer(self.path, self.headers, body))

    def do_GET(self):
        self.do_POST()

    def send(self, answer):
        if answer.wait_s:
            self.server.stopping.wait(answer.wait_s)
        head, tail = answer.head.encode(), answer.tail.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media)
        self.send_header("Content-Length",
                         str(len(head) + answer.filler + len(tail)))
        if answer.location:
            self.send_header("Location", answer.location)
        if answer.status == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        self.end_headers()
        if answer.half:
            self.wfile.write(head[:len(head) // 2])
            self.wfile.flush()
            self.close_connection = True
            cut(self.connection)
            return
        self.wfile.write(head)
        left = answer.filler
        while left > 0:
            left -= self.connection.send(CHUNK[:left])
        self.wfile.write(tail)


class Control(Handler):
    """The one who tests: counters, log, switches."""

    def do_GET(self):
        self.route("GET")

    def do_POST(self):
        self.route("POST")

    def do_DELETE(self):
        self.route("DELETE")

    def route(self, method):
        path, _, query = self.path.partition("?")
        body = self.read_body()
        call = self.server.routes.get((method, path))
        # No page of a browser has business here.
        if body is None or not call or "Origin" in self.headers:
            self.close_connection = body is None
            self.reply(404, {"error": "no such call"})
            return
        try:
            given = json.loads(body) if body else {}
            given.update(urllib.parse.parse_qsl(query))
            self.reply(200, call(**given))
        except (TypeError, ValueError, AttributeError) as error:
            self.reply(400, {"error": str(error)})

    def reply(self, status, value):
        text = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class ControlServer(Server):
    """The control port's calls."""

    def __init__(self, registry, asked, persons, port=0):
        super().__init__(Control, "127.0.0.1", port)
        self.registry = registry
        self.asked = asked
        self.persons = persons
        book, board = registry.book, registry.board
        self.routes = {
            ("GET", "/health"): self.health,
            ("GET", "/counters"): book.read_counts,
            ("POST", "/counters/reset"): book.reset,
            ("GET", "/log"): book.read_entries,
            ("GET", "/people"): self.some_people,
            ("GET", "/switches"): self.list_switches,
            ("POST", "/switches"): self.turn_on,
            ("DELETE", "/switches"): board.turn_off,
            ("POST", "/tokens/forget"): registry.accounts.forget_tokens,
        }

    def finish_request(self, request, client_address):
        with self.lock:
            self.open.add(request)
        try:
            super().finish_request(request, client_address)
        finally:
            with self.lock:
                self.open.discard(request)

    def health(self):
        store = self.registry.store
        return {"status": "ok", "store": store.name,
                "version": store.version(), "citizens": store.count()}

    def some_people(self, first=0, count=20):
        first, count = int(first), min(int(count), 1000)
        return self.persons[first:first + count]

    def list_switches(self):
        return {"on": self.registry.board.listing(),
                "known": switches.SWITCHES}

    def turn_on(self, name, **more):
        self.registry.board.turn_on(name, **more)
        if name == "expired_certificate":
            self.asked.drop_connections()
