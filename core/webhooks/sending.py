"""One request to a receiver: to the very network address that was looked at, within one limit of time, and of the
answer only its beginning. Redirects are not followed."""

import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from queue import Empty, Queue
from threading import Thread
from typing import Any

from core.webhooks.reach import Networks, Target, WebhookAddressInvalid, read_address

LIMIT = 10.0
"""Seconds for all of it."""
MOST = 4096
"""Bytes of an answer's content that are read."""
READ = 65536
"""Bytes that are taken from a receiver, whatever it announces: what comes then is as if it had hung up."""
SHOWN = 500
"""Characters of it that are kept."""
INSIDE = "接收方的地址属于内部网络，未推送；确需推送的，请运维人员在 ZWGK_WEBHOOK_NETWORKS 中写明该网段。"
UNKNOWN = "接收方的域名无法解析。"
TOO_LATE = "接收方未在 10 秒内应答。"
NO_TRUST = "接收方的证书未通过验证。"
NO_ANSWER = "与接收方的连接失败或中断。"
# `http.client` takes the numbers of an answer as they come: a length of -5, or one that no machine can count
_BROKEN = (OSError, HTTPException, ValueError, ArithmeticError)
Resolve = Callable[..., list[Any]]


@dataclass(frozen=True)
class Answer:
    """What came of a request. `status`: of HTTP, None where there was no answer; `text`: its beginning, or in words why
    there was none."""

    status: int | None
    text: str
    milliseconds: int

    @property
    def is_good(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


class _Refused(Exception):
    """Not sent, for this reason."""


@dataclass(frozen=True)
class Sender:
    """`resolve`: as `socket.getaddrinfo`; `trusted`: a file of certificates in place of the machine's own."""

    networks: Networks = field(default_factory=Networks)
    resolve: Resolve = field(default=socket.getaddrinfo, repr=False)
    limit: float = LIMIT
    trusted: str | None = None

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.trusted)

    def post(self, address: str, headers: Mapping[str, str], body: str) -> Answer:
        """Send a body; whatever happens is an answer."""
        begun = time.monotonic()
        try:
            status, text = self._post(read_address(address), headers, body.encode(), begun + self.limit)
        except WebhookAddressInvalid as error:
            status, text = None, error.message
        except _Refused as refused:
            status, text = None, str(refused)
        except TimeoutError:
            status, text = None, TOO_LATE
        except ssl.SSLCertVerificationError:
            status, text = None, NO_TRUST
        except _BROKEN:
            status, text = None, NO_ANSWER
        return Answer(status, text, round((time.monotonic() - begun) * 1000))

    def _post(self, target: Target, headers: Mapping[str, str], body: bytes, until: float) -> tuple[int, str]:
        line = self._connected(target, self._addresses(target, until), until)
        try:
            connection = HTTPConnection(target.host, target.port)
            connection.sock = line
            fixed = {"Host": target.authority, "Connection": "close"}
            connection.request("POST", target.path, body, {**headers, **fixed})
            answer = connection.getresponse()
            return answer.status, _shown(answer)
        finally:
            line.end()

    def _addresses(self, target: Target, until: float) -> list[str]:
        """Where the name leads to. All of it must be admitted: who answers once so and once so is after something."""
        found = list(dict.fromkeys(one[4][0] for one in _within(until, self.resolve, target.host, target.port)))
        if not all(self.networks.admit(target, address) for address in found):
            raise _Refused(INSIDE)
        return found

    def _connected(self, target: Target, addresses: list[str], until: float) -> "_Line":
        for number, address in enumerate(addresses, 1):
            try:
                connected = socket.create_connection((address, target.port), _left(until))
                break
            except OSError:
                if number == len(addresses):
                    raise
        if not target.secure:
            return _Line(connected, until)
        with connected:  # it stays open in what is made of it, and is closed where nothing is
            connected.settimeout(_left(until))
            return _Line(self._tls.wrap_socket(connected, server_hostname=target.host), until)


class _Line(io.RawIOBase):
    """A socket as `http.client` uses it, and as what is read from it: within one limit of time and one of bytes."""

    def __init__(self, connected: socket.socket, until: float) -> None:
        self._socket, self._until, self._more = connected, until, READ

    def sendall(self, content: bytes) -> None:
        self._socket.settimeout(_left(self._until))
        self._socket.sendall(content)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(_left(self._until))
        space = memoryview(buffer)[: self._more]
        came = self._socket.recv_into(space) if space else 0
        self._more -= came
        return came

    def close(self) -> None:
        """`http.client` closes it before it has read the answer."""

    def end(self) -> None:
        self._socket.close()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _shown(answer: Any) -> str:
    """The beginning of an answer. Its status counts, even if the rest does not come."""
    try:
        read = answer.read(MOST)
    except _BROKEN:
        read = b""
    return read.decode(errors="replace").replace("\x00", "\ufffd")[:SHOWN]


def _within(until: float, resolve: Resolve, host: str, port: int) -> list[Any]:
    """What the resolver says; it knows no limit of time, so somebody else waits for it."""
    said: Queue[list[Any]] = Queue()

    def ask() -> None:
        try:
            said.put(resolve(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError):
            said.put([])

    Thread(target=ask, daemon=True).start()
    try:
        found = said.get(timeout=_left(until))
    except Empty:
        raise TimeoutError from None
    if not found:
        raise _Refused(UNKNOWN)
    return found
