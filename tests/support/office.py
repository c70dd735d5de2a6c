"""LibreOffice as the person at the spreadsheet: one headless process, worked through its scripting interface.

Needs `soffice` and a Python with `uno`; on Debian: apt-get install libreoffice-calc python3-uno.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HAND, KINDS = (Path(__file__).with_name(name) for name in ("office_hand.py", "office_kinds.py"))
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xls": "MS Excel 97", ".ods": "calc8"}
PYTHONS = ("/usr/bin/python3", "/usr/lib/libreoffice/program/python", sys.executable)
LACKING = "needs LibreOffice and its scripting: apt-get install libreoffice-calc python3-uno"


def python_with_uno() -> str | None:
    """A Python that can talk to LibreOffice; None where there is none, or no LibreOffice."""
    if shutil.which("soffice") is None:
        return None
    for python in filter(shutil.which, PYTHONS):
        if subprocess.run([python, "-c", "import uno"], capture_output=True, env=_plain()).returncode == 0:
            return python
    return None


def _plain() -> dict[str, str]:
    """Our environment without what would lead another Python astray."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


class Office:
    """The running program; `edit` is one sitting of a person."""

    def __init__(self, hand: subprocess.Popen) -> None:
        self._hand = hand

    def edit(self, path: Path, *acts: Sequence[object], save: Path | None = None) -> Path:
        """Open a workbook, carry out acts (methods of `office_hand.Hand`), save it under the same or another name."""
        target = save or path
        part = target.with_name(f"part{target.suffix}")
        order = {"open": str(path), "acts": acts, "save": str(part), "filter": FILTERS[target.suffix]}
        self._hand.stdin.write(json.dumps(order) + "\n")
        self._hand.stdin.flush()
        answer = self.answer()
        assert answer == "done", answer
        return part.replace(target)

    def answer(self) -> str:
        """The next line of the hand."""
        return json.loads(self._hand.stdout.readline() or '"the hand is gone"')


def make_kinds(folder: Path, python: str) -> list[Path]:
    """Workbooks with what offices put into them, in `folder`: see `office_kinds`."""
    with listening(folder) as pipe:
        subprocess.run([python, KINDS, pipe, str(folder)], check=True, capture_output=True, timeout=100, env=_plain())
    return sorted(folder.glob("*.xlsx"))


@contextmanager
def running(folder: Path, python: str) -> Iterator[Office]:
    """The program with somebody who works it."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with listening(folder) as pipe, subprocess.Popen([python, HAND, pipe], env=_plain(), **pipes) as hand:
        program = Office(hand)
        assert program.answer() == "ready"
        yield program


@contextmanager
def listening(folder: Path) -> Iterator[str]:
    """LibreOffice with a profile of its own in `folder`, and the pipe on which it listens; ended with all that it
    started."""
    pipe = f"zwgk-{uuid.uuid4().hex}"
    options = ("--headless", "--norestore", "--nologo", "--nodefault", f"--accept=pipe,name={pipe};urp;")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    with subprocess.Popen(
        ["soffice", profile, *options], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as office:
        try:
            yield pipe
        finally:
            os.killpg(office.pid, signal.SIGKILL)
