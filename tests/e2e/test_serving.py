"""`zwgk serve` as a person starts and ends it."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ENDS_WITHIN = 20  # seconds; without a limit of its own the server would wait for ever


@pytest.mark.parametrize("asked", [False, True], ids=["while it starts", "once it has answered"])
def test_ctrl_c_ends_it_with_its_worker(database, tmp_path, asked):
    """At a terminal the signal reaches the command and its worker at once."""
    command = [sys.executable, "-m", "core.cli", "serve", "--port", "0"]
    environ = os.environ | database.as_environ() | {"ZWGK_HOME": str(tmp_path)}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True, start_new_session=True) as server:
        try:
            address = server.stdout.readline().split("：")[1].split()[0]
            if asked:
                assert "租户" in answer(address)
            os.killpg(server.pid, signal.SIGINT)
            server.wait(ENDS_WITHIN)
            with pytest.raises(ProcessLookupError):
                os.killpg(server.pid, 0)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


def answer(address):
    """The page, as soon as somebody listens."""
    while True:
        try:
            with urlopen(address) as page:
                return page.read().decode()
        except URLError:
            continue
