"""`zwgk serve` as an operator runs it: a process of its own, real workers, on 127.0.0.1; its log goes to a file."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ENDS_WITHIN = 20  # seconds; without a limit of its own the server would wait for its requests
LISTENS_WITHIN = 60  # seconds


class Served:
    """A server that runs. `ask` waits as long as nobody listens."""

    def __init__(self, process: subprocess.Popen, address: str, log: Path) -> None:
        self.process = process
        self.port = urlsplit(address).port
        self._log = log

    def ask(self, path: str, method: str = "GET", patient: bool = True, **headers: str) -> tuple[int, str]:
        """Status and text of an answer, over a connection of its own."""
        until = time.monotonic() + LISTENS_WITHIN
        while True:
            try:
                return self.once(path, method, None, headers)
            except (ConnectionError, http.client.RemoteDisconnected):
                if not patient or self.process.poll() is not None or time.monotonic() > until:
                    raise

    def once(
        self, path: str, method: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """As `ask`, without patience, with a content."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, content, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    @property
    def workers(self) -> list[int]:
        """The processes of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in children.split()]

    @property
    def lines(self) -> list[str]:
        """What it has written on standard error."""
        return self._log.read_text(encoding="utf-8").splitlines()

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The lines of requests."""
        return [line for line in map(json.loads, self.lines) if line["logger"] == "zwgk.request"]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(ENDS_WITHIN)


@contextmanager
def served(environ: Mapping[str, str], folder: Path, *options: str) -> Iterator[Served]:
    """A server that runs with these options, ended with all its workers."""
    command = [sys.executable, "-m", "core.cli", "serve", "--port", "0", *options]
    log, everything = folder / "serve.log", os.environ | environ | {"ZWGK_HOME": str(folder)}
    with (
        log.open("w") as errors,
        subprocess.Popen(command, env=everything, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            address = process.stdout.readline().split("：")[1].split()[0]
            yield Served(process, address, log)
        finally:
            with suppress(ProcessLookupError):
                process.kill()  # the workers end with it
