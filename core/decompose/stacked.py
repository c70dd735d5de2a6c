"""Tables with one cell a line: which lines are a row.

Merged cells are missing, at the left; so what a line holds tells its column. A table whose rows have neither a number
nor units or days at their end is not read.
"""

import re
from collections.abc import Sequence
from itertools import takewhile

from core.decompose.lines import Line
from core.decompose.names import NOTHING, Place
from core.decompose.rows import UNITS, Cell, RowReader

_LAST_NUMBER = re.compile(r"\d+")
_SPARE = 4
"""Lines by which the text of a row may be longer than its columns."""


def take_stacked(reader: RowReader, lines: Sequence[Line]) -> int:
    """Read the row at the head of `lines`; how many of them it takes, 0 where none follows."""
    numbered = "number" in reader.roles
    if _heads(reader, lines):
        reader.head(_place(lines[0]))
        return 1
    before = reader.roles.index("number") if numbered else 0
    after = reader.roles[before + numbered :]
    window = lines[: reader.columns + before + _SPARE]
    at, following = -1, None
    if numbered:
        at = _number(reader, window, reader.following, 0, before + 1)
        if at is None:
            return 0
        last = int(_LAST_NUMBER.findall(window[at].text)[-1])
        following = _number(reader, window, last + 1, at + 1, len(window))
    end = len(window) if following is None else following
    kinds, places = _kinds(reader, window[at + 1 : end])
    wanted = [role for role in after if role in UNITS or role == "deadline"]
    cut = 0
    # what closes the row tells that the last of them is not the body that signs the document
    closed = following is not None or (kinds[-1:] == ["deadline"] and window[-1].kind != "date")
    if numbered and closed and sum(role in UNITS for role in wanted) == 1:
        cut = len(kinds)
        kinds, places = _one_cell(kinds, places)
        cut -= len(kinds)
    texts = next((place for place, kind in enumerate(kinds) if kind and place), len(kinds) if not wanted else 0)
    typed = 0
    while texts + typed < len(kinds) and typed < len(wanted) and kinds[texts + typed]:
        typed += 1
    left = len(kinds) - texts - typed
    # a limit that cannot be read: more lines are left than the headings of the next row can be
    if following is not None and wanted[typed:] == ["deadline"] and left > before and "beside" not in after:
        kinds[texts + typed] = "deadline"
        typed += 1
    beside = 0
    if "beside" in after:
        left = len(kinds) - texts - typed - (before if following is not None else 0)
        beside = max(0, min(after.count("beside"), left))
    if not texts or (not numbered and ("beside" in after or window[0].kind == "signoff")):
        return 0
    cells = _placed(after, places[:texts], list(zip(kinds, places, strict=True))[texts : texts + typed])
    heads = [(line.start, line.end) for line in window[: max(at, 0)]]
    row = [*[None] * (before - len(heads)), *heads, *([_place(window[at])] if numbered else []), *(cells or ())]
    if cells is None or not reader.take(window[max(at, 0)], row):
        reader.doubts.append(("table", places[0][0], places[texts + typed - 1][1]))
        reader.take_as_text(window[max(at, 0)], max(places[:texts], key=lambda place: place[1] - place[0]))
        return end if following is not None else at + 1 + texts + typed + cut
    return at + 1 + texts + typed + beside + cut


def _heads(reader: RowReader, lines: Sequence[Line]) -> bool:
    """Whether 一、抓公开 stands alone above a row: above its number, or before a text where rows have no number."""
    headings = list(takewhile(lambda line: line.label and line.label.rank <= 2, lines))
    if not 0 < len(headings) < len(lines) or reader.roles[0] == "category":
        return False
    if "number" in reader.roles:
        return _number(reader, lines, reader.following, len(headings), len(headings) + 1) is not None
    return not any(_kinds(reader, lines[:2])[0])


def _one_cell(kinds: Sequence[str], places: Sequence[Place]) -> tuple[list[str], list[Place]]:
    """Units on lines of their own are one cell, where the table has one column of units."""
    joined: list[tuple[str, Place]] = []
    for kind, place in zip(kinds, places, strict=True):
        if kind == "units" and joined and joined[-1][0] == "units":
            joined[-1] = kind, (joined[-1][1][0], place[1])
        else:
            joined.append((kind, place))
    return [kind for kind, _ in joined], [place for _, place in joined]


def _placed(
    roles: Sequence[str | None], texts: Sequence[Place], typed: Sequence[tuple[str, Place]]
) -> list[Cell] | None:
    """A cell for each column: texts fill theirs from the right, units and days in order. None where that is a guess."""
    text_columns = [place for place, role in enumerate(roles) if role in ("text", "category")]
    unit_columns = [place for place, role in enumerate(roles) if role in UNITS]
    day_columns = [place for place, role in enumerate(roles) if role == "deadline"]
    if len(typed) == len(unit_columns) + len(day_columns):
        # none is missing: what says nothing (无) is of the kind of its column
        columns = sorted(unit_columns + day_columns)
        kinds = ["units" if column in unit_columns else "deadline" for column in columns]
        typed = [(own if kind == "nothing" else kind, place) for own, (kind, place) in zip(kinds, typed, strict=True)]
    units = [place for kind, place in typed if kind == "units"]
    days = [place for kind, place in typed if kind == "deadline"]
    if len(units) not in (0, len(unit_columns)) or len(days) > len(day_columns):
        return None
    cells: list[Cell] = [None] * len(roles)
    spare = max(0, len(texts) - len(text_columns))
    whole = [*texts[: len(texts) - spare - 1], (texts[len(texts) - spare - 1][0], texts[-1][1])]
    for column, place in zip(reversed(text_columns), reversed(whole), strict=False):
        cells[column] = place
    for column, place in [*zip(unit_columns, units, strict=False), *zip(day_columns, days, strict=False)]:
        cells[column] = place
    return cells


def _number(reader: RowReader, lines: Sequence[Line], least: int, start: int, end: int) -> int | None:
    return next((at for at in range(start, min(end, len(lines))) if reader.numbers(lines[at].text, least)), None)


def _place(line: Line) -> Place:
    return line.start, line.end


def _kinds(reader: RowReader, lines: Sequence[Line]) -> tuple[list[str], list[Place]]:
    """What each line can only be, and its place; a list of units beside another may end like a sentence."""
    kinds, places = [], []
    for line in lines:
        place = _place(line)
        kind = "nothing" if NOTHING.fullmatch(line.text) else reader.kind(*place)
        if not kind and kinds and kinds[-1] == "units" and line.text.endswith("。"):
            place = line.start, line.end - 1
            kind = reader.kind(*place)
        kinds.append(kind)
        places.append(place)
    return kinds, places
