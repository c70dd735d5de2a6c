"""What the service writes on standard error: a line per request, and what went wrong. Never a value.

ZWGK_LOG: `json` (a JSON object per line), `text` (for people), `off`; by default `text` at a terminal, else `json`.

What somebody typed may stand in the words of an exception, and secrets may stand in an address: a line has the rule of
an address, and of an exception its type and where it was raised.
"""

import logging
import sys
from collections.abc import Iterator, Mapping
from traceback import walk_tb
from types import TracebackType
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from tenants.errors import ZwgkError

KIND = "ZWGK_LOG"
REQUESTS = logging.getLogger("zwgk.request")
_MOST_FRAMES = 30


class LogKindUnknown(ZwgkError):
    """ZWGK_LOG is none of its words."""

    code = "log_kind_unknown"
    sentence = f"{KIND} 只能是 text、json 或 off。"


def set_up(environ: Mapping[str, str]) -> None:
    """Let all loggers of this process write as ZWGK_LOG says, instead of what was set up before.

    Raises `LogKindUnknown`.
    """
    logging.basicConfig(level=logging.WARNING, handlers=[_handler(environ)], force=True)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a record that cannot be written would be printed with all that is in it
    REQUESTS.setLevel(logging.INFO)


def kind_of(environ: Mapping[str, str]) -> str:
    """`text`, `json` or `off`. Raises `LogKindUnknown`."""
    kind = environ.get(KIND, "").strip() or ("text" if sys.stderr.isatty() else "json")
    if kind not in ("text", "json", "off"):
        raise LogKindUnknown
    return kind


def _handler(environ: Mapping[str, str]) -> logging.Handler:
    kind = kind_of(environ)
    if kind == "off":
        return logging.NullHandler()
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if kind == "json" else _Text())
    return handler


class _Discreet(logging.Formatter):
    """Of an exception, and of those that led to it: the types, and where; not what they say."""

    def formatException(self, ei: Any) -> str:
        return "\n".join(_told(ei[1]))


class _Json(_Discreet, JsonFormatter):
    """One JSON object per line; a request's fields beside `time`, `level`, `logger` and `message`."""

    def __init__(self) -> None:
        fields = ["timestamp", "levelname", "name", "message"]
        names = {"timestamp": "time", "levelname": "level", "name": "logger", "exc_info": "error"}
        unsaid = [*RESERVED_ATTRS, "shown"]
        super().__init__(fields, rename_fields=names, reserved_attrs=unsaid, timestamp=True, json_ensure_ascii=False)


class _Text(_Discreet):
    """A line for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s%(shown)s", "%H:%M:%S", defaults={"shown": ""})


def request_line(fields: Mapping[str, Any], error: BaseException | None) -> None:
    """Write the line of a request that was answered."""
    parts = ("method", "rule", "status", "actor", "address")
    words = " ".join(str(fields[part]) for part in parts if fields[part] is not None)
    shown = f" {words} {fields['ms']:.0f} ms"
    level = logging.ERROR if error else logging.WARNING if fields["status"] >= 500 else logging.INFO
    REQUESTS.log(level, "request", extra={**fields, "shown": shown}, exc_info=error)


def _told(error: BaseException) -> Iterator[str]:
    led = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if led is not None:
        yield from _told(led)
        yield "then:"
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    yield from _places(error.__traceback__)


def _places(trace: TracebackType | None) -> list[str]:
    frames = [(frame.f_code, line) for frame, line in walk_tb(trace)]
    return [f"  {code.co_filename}:{line} in {code.co_name}" for code, line in frames[-_MOST_FRAMES:]]
