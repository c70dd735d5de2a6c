"""A receiver of webhooks on this machine: what it answers is said by the path that it is asked by.

It keeps what it got, and verifies signatures by itself: by the standard's words, with nothing of ours.
"""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

HERE = "127.0.0.0/8"


class Got(NamedTuple):
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> str:
        """The id of the event."""
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        """What it says."""
        return json.loads(self.body)

    def is_signed_by(self, secret: str) -> bool:
        """Whether one of its signatures is of this secret."""
        key = base64.b64decode(secret.split("_", 1)[1])
        content = b".".join([self.event.encode(), self.headers["webhook-timestamp"].encode(), self.body])
        expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return f"v1,{expected}" in self.headers["webhook-signature"].split(" ")


class Receiver(ThreadingHTTPServer):
    """`answers`: statuses that are given in turn, on `/turn`; the last one stays."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[Got] = []
        self.answers = [200]
        self.over = threading.Event()
        self.arrived = threading.Semaphore(0)

    def at(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, *_of: Any) -> None:
        """Who asked has gone: that is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        """Keep it, and answer as the path says."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(Got(self.path, {name.lower(): text for name, text in self.headers.items()}, body))
        self.server.arrived.release()
        getattr(self, f"on_{self.path[1:].partition('?')[0]}")()

    def answer(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def on_ok(self) -> None:
        self.answer(204)

    def on_turn(self) -> None:
        answers = self.server.answers
        self.answer(answers.pop(0) if len(answers) > 1 else answers[0], "坏了\x00".encode())

    def on_redirect(self) -> None:
        self.answer(302, Location=self.server.at("/ok"))

    def on_huge(self) -> None:
        self.answer(500, b"x" * 50_000_000)

    def on_early(self) -> None:
        self.close_connection = True

    def on_hang(self) -> None:
        self.server.over.wait()

    def on_drip(self) -> None:
        """A byte now and again, each well within any limit of one step."""
        while not self.server.over.wait(0.02):
            self.wfile.write(b"H")

    def on_short(self) -> None:
        """Its status, and then nothing of what it promised."""
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.server.over.wait()

    def on_chunk(self) -> None:
        """A piece whose length is what is asked for, and then more than anybody wants, as long as somebody reads."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(f"{self.path.partition('?')[2]}\r\n".encode())
        self.pour(b"x" * 1_000_000)

    def on_continue(self) -> None:
        """It never comes to the point."""
        self.pour(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

    def pour(self, content: bytes) -> None:
        with suppress(OSError):
            while not self.server.over.is_set():
                self.wfile.write(content)

    def log_message(self, *_of: Any) -> None:
        """Nothing on standard error."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that listens."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
