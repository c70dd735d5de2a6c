"""File names made from names of units: safe on every system, and no two alike. Pure."""

import re
import unicodedata
from collections.abc import Iterable

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)
LONGEST, LONGEST_BYTES = 60, 180
"""Characters and bytes of a name without its ending: Chinese ones take three bytes, rare ones four, and 255 bytes is
where systems end."""


def safe_name(name: str) -> str:
    """A name as a part of a file name: no separators, no hidden or reserved names, never empty."""
    text = _UNSAFE.sub("_", unicodedata.normalize("NFC", name))
    text = text.strip(" .~$")[:LONGEST].encode()[:LONGEST_BYTES].decode(errors="ignore").rstrip(" .")
    return f"_{text}" if not text or _DEVICES.match(text) else text


def file_names(names: Iterable[str], ending: str, taken: Iterable[str] = ()) -> list[str]:
    """A file name for each name, in order; alike ones (for systems that know no case) are numbered."""
    used = {_alike(name) for name in taken}
    found = []
    for name in map(safe_name, names):
        tries = (f"{name}{f'-{n}' if n > 1 else ''}{ending}" for n in range(1, len(used) + 3))
        file = next(one for one in tries if _alike(one) not in used)
        used.add(_alike(file))
        found.append(file)
    return found


def _alike(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def units_named(label: str, units: Iterable[str]) -> list[str]:
    """The units whose names stand in the name of a file, and not only as a part of the longer name of another one."""
    rest, found = unicodedata.normalize("NFC", label), []
    for unit in sorted(set(units), key=lambda name: (-len(name), name)):
        if unit in rest:
            found.append(unit)
            rest = rest.replace(unit, "\0")
    return found
