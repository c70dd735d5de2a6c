"""A program that asks over a real connection, as others do at the same moment."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.http import ROOT

PATIENCE = 60  # seconds for an answer


class Answer(NamedTuple):
    """Status, headers (however they are written), and what was in it (None: nothing)."""

    status: int
    headers: Mapping[str, str]
    content: Any


class Wire:
    """One program with one connection at a time."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._headers = {"Content-Type": "application/json", **headers}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask(self, method: str, path: str, content: Any = None, **headers: str) -> Answer:
        """The answer; whatever goes wrong on the way is raised, and the next request connects anew."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = None if content is None else json.dumps(content)
        try:
            self._connection.request(method, f"{ROOT}{path}", body, {**self._headers, **named})
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        return Answer(response.status, response.headers, json.loads(text) if text else None)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def listening(app: Flask) -> Iterator[int]:
    """The application on 127.0.0.1, each request in a thread of its own; gives the port."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def at_once(number: int, do: Callable[[int], Any]) -> list[Any]:
    """Do it so many times at the same moment; gives what came of each."""
    ready = threading.Barrier(number)

    def one(n: int) -> Any:
        ready.wait()
        return do(n)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))
