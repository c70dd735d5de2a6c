"""`zwgk serve`: granian on 127.0.0.1, one process, a few threads; what it serves is read-only."""

import os
import signal
import socket
import threading

import click
from granian import Granian
from granian.constants import Interfaces

from core.runtime import Runtime
from tenants.errors import ZwgkError

ADDRESS = "127.0.0.1"


class PortTaken(ZwgkError):
    """Somebody else listens there."""

    code = "port_taken"
    sentence = "端口 {port} 已被占用，请用 --port 换一个（0 表示任选）。"


def choose_port(port: int) -> int:
    """The port, or a free one for 0. Raises `PortTaken`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            raise PortTaken(port=port) from None
        return probe.getsockname()[1]


def serve(runtime: Runtime, port: int) -> None:
    """Serve until interrupted; the address is printed once the database is open, a moment before it answers.

    Raises `PortTaken`.
    """
    port = choose_port(port)
    # Python drops an interrupt that falls into a destructor or a callback, and who saw the address may send one at
    # once: from here to the server's own handlers it is noted
    interrupted = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted.set())
    with runtime.app.app_context():
        click.echo(f"页面地址：http://{ADDRESS}:{port}/ （按 Ctrl+C 结束）")
    # the worker is a process of its own and finds the database by the environment, as we did
    os.environ.update(runtime.environ)
    os.environ["ZWGK_HOME"] = str(runtime.home)
    server = Granian(
        "core.wsgi:make_app",
        address=ADDRESS,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=4,
        # until it serves, the worker has our signal handlers and misses what should end it: it is not waited for
        workers_kill_timeout=2,
        log_enabled=False,
    )
    server.on_startup(lambda: interrupted.is_set() and server.signal_handler_interrupt())
    server.serve()
