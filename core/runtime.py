"""What a command runs in: environment, home directory, today's date, and the application once it is asked for."""

import functools
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import Flask

# Due days and reported days are days in China, wherever the server stands
CHINA = ZoneInfo("Asia/Shanghai")


def china_now() -> datetime:
    """This moment, in China."""
    return datetime.now(CHINA)


def china_today() -> date:
    """Today in China."""
    return china_now().date()


class Runtime:
    """Opened lazily, so that commands without data need no database; several commands in a row share it."""

    def __init__(self, environ: Mapping[str, str], home: Path, today: date | None = None) -> None:
        self.environ = environ
        self.home = home
        self._today = today
        self._stack = ExitStack()

    @functools.cached_property
    def app(self) -> Flask:
        """The application; opening it starts the embedded database where none is running."""
        from core.database import open_app  # half a second that `zwgk decompose` does not need

        return self._stack.enter_context(open_app(self.environ, self.home))

    @functools.cached_property
    def served(self) -> Flask:
        """The application, answering requests."""
        from core.app import serve

        return serve(self.app)

    @property
    def today(self) -> date:
        """The day that counts as today (in China, unless a test said otherwise)."""
        return self._today or china_today()

    def close(self) -> None:
        """Give the database back."""
        self._stack.close()


def with_app(function: Callable[..., Any]) -> Callable[..., Any]:
    """A command that works on data: opens the application, and passes the runtime as the first argument."""

    @click.pass_obj
    @functools.wraps(function)
    def wrapper(runtime: Runtime, *args: Any, **kwargs: Any) -> Any:
        with runtime.app.app_context():
            return function(runtime, *args, **kwargs)

    return wrapper
