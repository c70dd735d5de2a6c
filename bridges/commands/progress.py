"""How far a long command is, on one line of standard error that is overwritten; and its end by Ctrl-C."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from bridges.rounds.errors import Interrupted
from core.terminal import clip, flat

WIDEST = 76
CLEAR = "\r\x1b[2K"

progress_option = click.option(
    "--progress/--no-progress", default=None, help="是否在标准错误上显示进度，默认只在终端上显示。"
)


class Progress:
    """`wanted` None: on a terminal only. Elsewhere (a log) each step is a line of its own."""

    def __init__(self, wanted: bool | None) -> None:
        self._terminal = sys.stderr.isatty()
        self._wanted = self._terminal if wanted is None else wanted

    def step(self, what: str, number: int, total: int, name: str) -> None:
        """Before one of `total` steps, of which `number` are done."""
        if self._wanted:
            line = clip(f"{what} {number + 1}/{total} {flat(name)}", WIDEST)
            click.echo(f"{CLEAR}{line}" if self._terminal else line, nl=not self._terminal, err=True)

    @contextmanager
    def until_interrupted(self, done: Callable[[], int]) -> Iterator[None]:
        """Around the work. `done`: how much of it is finished; raises `Interrupted` with that at Ctrl-C."""
        try:
            yield
        except KeyboardInterrupt:
            raise Interrupted(done=done()) from None
        finally:
            if self._wanted and self._terminal:
                click.echo(CLEAR, nl=False, err=True)
