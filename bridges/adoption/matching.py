"""Which line of somebody's sheet is which row of the table: equal texts first, then texts that are clearly alike.

A line is matched only where there is one way to do it; everything else is a question.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal

from bridges.sync.values import is_blank, read
from bridges.table import Raw, Table, TableRow
from core.plans.periods import months_named

CLEAR, APART, FAINT = 0.75, 0.15, 0.5
"""How alike two texts are (1 = equal) to be taken as one task without asking; how much less alike the next best must
be; and from where on a row is offered as an answer at all."""
COMMON = 100
"""A pair of characters that more texts than this have in common tells nothing (工作, 开展)."""
OFFERED = 3
"""Rows offered as answers to a question."""
_NUMBERED = re.compile(r"^(?:[(（][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十\d]{1,3}[、.．])")

How = Literal["same", "alike", "answered"]
Which = Literal["", "open", "last"]
"""Of the rows of a task that comes back: the period that is open, or the last that was closed."""
Months = tuple[int, int]
PERIOD, DEADLINE = "period", "deadline"


@dataclass(frozen=True)
class SheetLine:
    """A line of the sheet: its row number, and its cells by column key."""

    at: str
    cells: Mapping[str, Raw]


@dataclass(frozen=True)
class Pair:
    """A line, the row that it is, and how that is known; `sureness` in per cent."""

    at: str
    id: str
    how: How
    sureness: int = 100


@dataclass(frozen=True)
class Matching:
    """All lines, each in one list: `pairs`, `unknown` (no row is like it), `unclear` (line → rows that it may be),
    `skipped` (a person said that it is no row). `absent`: rows that stand in no line. `undated`: of the unclear lines
    those that may be several periods of one task, and nothing else."""

    pairs: tuple[Pair, ...]
    unknown: tuple[str, ...]
    unclear: Mapping[str, tuple[str, ...]]
    skipped: tuple[str, ...]
    absent: tuple[str, ...]
    undated: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Digest:
    """What a line or a row is recognised by: its texts without dress, its units, and the months of its period; of a
    line also those of its deadline, which lie in its period."""

    texts: frozenset[str]
    units: tuple[str, ...]
    period: Months | None = None
    due: Months | None = None

    def may_be(self, row: "_Digest") -> bool:
        """Whether a line that says when it is, is of the period of a row."""
        if row.period is None:
            return True
        if self.period:
            return self.period == row.period
        return self.due is None or row.period[0] <= self.due[0] <= self.due[1] <= row.period[1]


def match_rows(
    lines: Sequence[SheetLine],
    table: Table,
    rows: Mapping[str, TableRow],
    answers: Mapping[str, str],
    which: Which = "",
) -> Matching:
    """`rows`: those of one task and unit in the order of their periods. `answers`: row number → id of a row, or `skip`,
    or `new`; `which`: the period of lines that do not say theirs."""
    digests = {line.at: _of_line(line, table) for line in lines}
    known = {id_: _of_row(row, table) for id_, row in rows.items() if row.state == "active"}
    work = _Work(digests, known, answers, which)
    work.take_answers()
    work.take_equal()
    work.take_alike({id_: tuple(sorted(row.things.values())) or (id_,) for id_, row in rows.items()})
    return work.done()


class _Work:
    """Lines and rows that are not matched yet, and what was found out about the others."""

    def __init__(
        self, lines: Mapping[str, _Digest], rows: Mapping[str, _Digest], answers: Mapping[str, str], which: Which
    ) -> None:
        self.all_lines, self.lines, self.answers, self.which = lines, dict(lines), answers, which
        self.all_rows, self.rows = rows, dict(rows)
        self.order = {id_: number for number, id_ in enumerate(rows)}
        self.pairs: list[Pair] = []
        self.unclear: dict[str, tuple[str, ...]] = {}
        self.unknown: list[str] = []
        self.skipped: list[str] = []

    def pair(self, at: str, id_: str, how: How, sureness: int = 100) -> None:
        self.pairs.append(Pair(at, id_, how, sureness))
        del self.lines[at], self.rows[id_]

    def take_answers(self) -> None:
        for at in [at for at in self.lines if at in self.answers]:
            if self.answers[at] in self.rows:
                self.pair(at, self.answers[at], "answered")
            elif self.answers[at] in ("skip", "new"):
                (self.skipped if self.answers[at] == "skip" else self.unknown).append(at)
                del self.lines[at]

    def take_equal(self) -> None:
        """Equal texts: with the same unit first, then whatever is left over, one for one."""
        by_text = defaultdict(set)
        for id_, row in self.rows.items():
            for text in row.texts:
                by_text[text].add(id_)
        like = {at: self._best_equal(line, by_text) for at, line in self.lines.items()}
        equal = {at: self._of_period(at, ids) for at, ids in like.items()}
        self._one_for_one({at: self._one_period(self._of_unit(at, ids)) for at, ids in equal.items()})
        self._one_for_one({at: self._one_period(ids) for at, ids in equal.items() if at in self.lines})
        for at in [at for at in self.lines if like[at]]:
            own = self._of_unit(at, equal[at])
            if equal[at]:
                self.unclear[at] = self._in_order(own if self._are_periods(own) else equal[at])
            else:
                self.unknown.append(at)  # of a period that has no row, or whose row was put away
            del self.lines[at]

    def _best_equal(self, line: _Digest, by_text: Mapping[str, set[str]]) -> set[str]:
        counts = Counter(id_ for text in line.texts for id_ in by_text.get(text, ()))
        return {id_ for id_, count in counts.items() if count == max(counts.values())}

    def _of_unit(self, at: str, ids: Iterable[str]) -> set[str]:
        """The rows of the first unit that the line names and any of these rows has."""
        for unit in self.lines[at].units:
            if found := {id_ for id_ in ids if unit in self.all_rows[id_].units}:
                return found
        return set()

    def _of_period(self, at: str, ids: Iterable[str]) -> set[str]:
        """Without the rows of other periods than the one that the line tells."""
        return {id_ for id_ in ids if self.lines[at].may_be(self.all_rows[id_])}

    def _one_period(self, ids: set[str]) -> set[str]:
        """Of several periods of one task the one that was answered, if any was."""
        if not self.which or not self._are_periods(ids):
            return ids
        *_, last, open_ = self._in_order(ids)
        return {open_ if self.which == "open" else last}

    def _are_periods(self, ids: Collection[str]) -> bool:
        rows = [self.all_rows[id_] for id_ in ids]
        same = len({(row.texts, row.units) for row in rows}) == 1
        return same and len(rows) > 1 and len({row.period for row in rows} - {None}) == len(rows)

    def _in_order(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(ids, key=self.order.__getitem__))

    def _one_for_one(self, wanted: Mapping[str, set[str]]) -> None:
        free = {at: ids & self.rows.keys() for at, ids in wanted.items()}
        claims = Counter(id_ for ids in free.values() for id_ in ids)
        for at, ids in free.items():
            if len(ids) == 1 and claims[next(iter(ids))] == 1:
                self.pair(at, *ids, "same")

    def take_alike(self, things: Mapping[str, tuple[str, ...]]) -> None:
        """Texts that are clearly alike, each other's best, and nothing else comes near."""
        index = _Index((id_, text) for id_, row in self.rows.items() for text in row.texts)
        ranked = {at: index.ranked(line.texts) for at, line in self.lines.items()}
        likely = {at: self._likely(at, found, things) for at, found in ranked.items()}
        claims = Counter(id_ for ids in likely.values() for id_ in ids)
        for at, found in ranked.items():
            best = found[0][0] if found else 0.0
            if best < FAINT:
                self.unknown.append(at)
                del self.lines[at]
                continue
            mine = likely[at]
            others = [score for score, id_ in found if things[id_] != things[found[0][1]]]
            clear = best >= CLEAR and best - max(others, default=0.0) >= APART
            if clear and len(mine) == 1 and claims[next(iter(mine))] == 1 and mine <= self.rows.keys():
                self.pair(at, *mine, "alike", round(100 * best))
            else:
                several = clear and self._are_periods(mine)
                self.unclear[at] = self._in_order(mine) if several else tuple(id_ for _, id_ in found[:OFFERED])
                del self.lines[at]

    def _likely(self, at: str, found: Sequence[tuple[float, str]], things: Mapping[str, tuple[str, ...]]) -> set[str]:
        """The rows of the task that a line is most like, as far as its period and its units tell."""
        same = self._of_period(at, (id_ for _, id_ in found if things[id_] == things[found[0][1]]))
        return self._one_period(self._of_unit(at, same) or same)

    def done(self) -> Matching:
        order = {at: n for n, at in enumerate(self.all_lines)}
        pairs = tuple(sorted(self.pairs, key=lambda pair: order[pair.at]))
        unknown = tuple(sorted(self.unknown, key=order.__getitem__))
        unclear = dict(sorted(self.unclear.items(), key=lambda one: order[one[0]]))
        undated = frozenset(at for at, ids in unclear.items() if self._are_periods(ids))
        return Matching(pairs, unknown, unclear, tuple(self.skipped), tuple(self.rows), undated)


# ---------------------------------------------------------------- what is compared


def _of_line(line: SheetLine, table: Table) -> _Digest:
    texts, units = [], ()
    for column in table.columns:
        raw = line.cells.get(column.key)
        if is_blank(raw):
            continue
        reading = read(column, raw, table.year)
        if _tells(column.key, table):
            texts.append(str(reading.value.written))
        elif column.kind == "units":
            units = _in_order(column.words, str(reading.value.written))
    told = (line.cells.get(key) for key in (PERIOD, DEADLINE))
    return _Digest(_undressed(texts), units, *(months_named(str(raw or "")) for raw in told))


def _of_row(row: TableRow, table: Table) -> _Digest:
    texts, units = [], ()
    for column in table.columns:
        value = row.cell(column.key).value
        if value.norm is None:
            continue
        if _tells(column.key, table):
            texts.append(str(value.written))
        elif column.kind == "units":
            units = tuple(str(value.norm).split("、"))
    return _Digest(_undressed(texts), units, months_named(str(row.cell(PERIOD).value.norm or "")))


def _tells(key: str, table: Table) -> bool:
    """Texts by which a row is known: the office keeps them, and they do not go blank (the task, what it says)."""
    column = next(column for column in table.columns if column.key == key)
    return column.kind == "text" and column.owner == "office" and column.blank == "keep"


def _in_order(words: Mapping[str, str], written: str) -> tuple[str, ...]:
    names = (name for name in re.split(r"[、,，;；/|\s]+", unicodedata.normalize("NFKC", written)) if name)
    return tuple(words.get(name, name) for name in names)


def _undressed(texts: Sequence[str]) -> frozenset[str]:
    """Each text without blanks, marks and numbering, and all of them as one."""
    parts = [_plain(text) for text in texts]
    return frozenset(part for part in (*parts, "".join(parts)) if part)


def _plain(text: str) -> str:
    text = _NUMBERED.sub("", "".join(unicodedata.normalize("NFKC", text).split()))
    return "".join(char for char in text if unicodedata.category(char)[0] in "LN")


class _Index:
    """Texts by their pairs of neighbouring characters."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        pieces = [(id_, _pieces(text)) for id_, text in texts]
        counts = Counter(chain.from_iterable(own for _, own in pieces))
        self._common = {piece for piece, count in counts.items() if count > COMMON}
        self._texts = [(id_, own - self._common) for id_, own in pieces]
        self._with: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, (_, own) in enumerate(self._texts):
            for piece in own:
                self._with[piece].append(number)

    def ranked(self, texts: Iterable[str]) -> list[tuple[float, str]]:
        """(how alike, id) of the rows that have something in common with any of these texts, the best first: Dice's
        coefficient, twice what is common by all there is."""
        best: dict[str, float] = {}
        for own in (_pieces(text) - self._common for text in texts):
            common = Counter(chain.from_iterable(self._with.get(piece, ()) for piece in own))
            for number, count in common.items():
                id_, pieces = self._texts[number]
                best[id_] = max(best.get(id_, 0.0), 2 * count / (len(own) + len(pieces)))
        return sorted(((score, id_) for id_, score in best.items()), key=lambda one: (-one[0], one[1]))


def _pieces(text: str) -> set[tuple[str, str]]:
    return set(pairwise(text)) or {(text, "")}
