"""`zwgk serve`: granian, some processes of a few threads each."""

import errno
import os
import signal
import socket
import tempfile
import threading
from ipaddress import ip_address

import click
from granian import Granian
from granian.constants import Interfaces

from core.runtime import Runtime
from core.service import process
from core.service.logs import kind_of
from core.service.reach import PROXIES, Reach, is_local
from tenants.errors import ZwgkError

ADDRESS = "127.0.0.1"
THREADS = 4


class PortTaken(ZwgkError):
    """Somebody else listens there."""

    code = "port_taken"
    sentence = "端口 {port} 已被占用。"
    by_command = "请用 --port 换一个（0 表示任选）。"


class HostInvalid(ZwgkError):
    """No address, or none of this machine."""

    code = "host_invalid"
    sentence = "“{host}”不是本机的 IP 地址。"
    by_command = "请改正 --host（0.0.0.0 表示所有地址）。"


class _Forgetful(dict):
    """When which worker was started anew. granian gives up where one dies twice within seconds; a service that is
    shot at goes on, and what cannot start at all pauses by itself (`process.make_worker`)."""

    def __setitem__(self, _worker: int, _at: float) -> None:
        """Not remembered."""


def choose_port(port: int, host: str = ADDRESS) -> int:
    """The port, or a free one for 0. Raises `PortTaken`, `HostInvalid`."""
    try:
        family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
    except ValueError:
        raise HostInvalid(host=host) from None
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise (HostInvalid(host=host) if error.errno == errno.EADDRNOTAVAIL else PortTaken(port=port)) from None
        return probe.getsockname()[1]


def serve(runtime: Runtime, port: int, host: str = ADDRESS, processes: int = 1) -> None:
    """Serve until interrupted; the address is printed once the database is open, a moment before it answers.

    Others than this machine reach it where `host` is another address, or ZWGK_PROXIES is set: there are no pages then.
    Raises `PortTaken`, `HostInvalid`, and what the environment is refused for.
    """
    port = choose_port(port, host)
    kind_of(runtime.environ), Reach.from_environ(runtime.environ)  # refused here, and not in each worker
    # Python drops an interrupt that falls into a destructor or a callback, and who saw the address may send one at
    # once: from here to the server's own handlers it is noted
    interrupted = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted.set())
    # the workers are processes of their own and find all this by the environment, as we did
    os.environ.update(runtime.environ)
    os.environ["ZWGK_HOME"] = str(runtime.home)
    if not is_local(host):
        os.environ[PROXIES] = os.environ.get(PROXIES, "").strip() or "0"
    with runtime.app.app_context():
        click.echo(_greeting(host, port, Reach.from_environ(os.environ)))
    process.prepare()
    server = Granian(
        "core.service.process:make_worker",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=processes,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=process.GRACE,
        log_enabled=False,
    )
    server.respawned_wrks = _Forgetful()
    server.on_startup(lambda: interrupted.is_set() and server.signal_handler_interrupt())
    with tempfile.TemporaryDirectory(prefix="zwgk-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        server.serve()


def _greeting(host: str, port: int, reach: Reach) -> str:
    place = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if reach.proxies is None:
        return f"页面地址：{place}/ （按 Ctrl+C 结束）"
    return f"接口地址：{place}/api/v1 （不提供页面；按 Ctrl+C 结束）"
