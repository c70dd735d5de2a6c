"""What looks like an accident stops the whole pass: nothing is changed, and one sentence says why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, islice

from bridges.sync.model import Before, CopySnapshot
from bridges.sync.plan import Stop
from bridges.sync.rows import Identified, Layout, Seen
from bridges.sync.values import is_blank
from bridges.table import Raw

MISSING_SHARE, MISSING_ROWS = 0.20, 3
MOST_COMPARED = 50

TROUBLE = {
    "empty": "这张表是空的，没有读到任何一行；未做任何改动。如拿错了文件，请换回原来的表再同步。",
    "no_header": "没有找到表头行（任务、责任单位等列）；未做任何改动。请恢复表头后再同步。",
    "no_id_column": "没有找到隐藏的编号列，无法辨认各行；未做任何改动。请用系统导出的表，或撤销对该列的删除。",
}


def guard(
    copy: CopySnapshot, before: Before, found: Identified, layout: Layout, confirmed: Collection[str]
) -> Stop | None:
    """Why this pass must not go on; None when it may. `confirmed`: codes that a person has confirmed for this file."""
    if copy.trouble:
        return Stop(copy.trouble, TROUBLE[copy.trouble])
    if not copy.rows and before.base:
        return Stop("empty", TROUBLE["empty"])
    if "rows_missing" not in confirmed and (stop := _missing(before, found)):
        return stop
    return None if "ids_slid" in confirmed else _slid(before, found, layout)


def _missing(before: Before, found: Identified) -> Stop | None:
    """Rows that the table still has, counted against all that this copy was left with."""

    def active(id_: str) -> bool:
        row = before.snapshot.rows.get(id_)
        return row is not None and row.state == "active"

    lost = sum(map(active, found.missing))
    if lost <= MISSING_ROWS:
        return None
    total = sum(map(before.base.is_row, before.base))
    if lost <= MISSING_SHARE * total:
        return None
    sentence = f"表中少了 {lost} 行（共 {total} 行），像是误删；未做任何改动。请恢复这些行，或确认确实删去了它们。"
    return Stop("rows_missing", sentence, confirmable=True)


# ---------------------------------------------------------------- ids that no longer stand beside their rows


def _slid(before: Before, found: Identified, layout: Layout) -> Stop | None:
    """Visible columns sorted or moved without the hidden id column: texts turn up in the wrong rows."""
    texts = [i for i, column in enumerate(before.table.columns) if column.kind == "text"]
    edited = [seen for seen in found.seen if _shows_new_text(seen, texts)]
    if not edited:
        return None
    bearers = _bearers(_left(before, found, layout), edited, texts)
    shown = {seen.id: seen.cells for seen in found.seen if seen.role in ("row", "new") and seen.base}
    gone = set(found.missing)
    for seen in edited:
        if seen.base and any(_more_like(seen, before.base[other].shown, texts) for other in _others(seen, bearers)):
            return _slid_stop(seen)
        if not seen.at.id and any(_lost(seen, i, bearers, shown, gone) for i in texts):
            return _slid_stop(seen)
    return None


def _slid_stop(seen: Seen) -> Stop:
    sentence = (
        f"第 {seen.at.at} 行的内容与另一行对调了，像是排序时漏选了隐藏的编号列；未做任何改动。"
        "请撤销排序后整表重排，或确认这些确实是修改。"
    )
    return Stop("ids_slid", sentence, confirmable=True)


def _shows_new_text(seen: Seen, texts: list[int]) -> bool:
    return seen.role in ("row", "twin", "new") and any(_is_new(seen, i) for i in texts)


def _is_new(seen: Seen, i: int) -> bool:
    return not is_blank(seen.cells[i]) and (seen.base is None or seen.cells[i] != seen.base.shown[i])


Bearers = Mapping[tuple[int, Raw], list[str]]


def _left(before: Before, found: Identified, layout: Layout) -> Iterator[tuple[str, tuple[Raw, ...]]]:
    """Each row of the base with what it was left showing: of a quiet row that is what it shows."""
    for id_ in before.base:
        row = found.quiet.get(id_)
        yield id_, before.base[id_].shown if row is None or layout.absent else layout.cells(row, None)


def _bearers(left: Iterable[tuple[str, tuple[Raw, ...]]], edited: list[Seen], texts: list[int]) -> Bearers:
    """(column, text) → ids of the rows that were left showing it, for the texts that are new somewhere."""
    wanted = {i: {seen.cells[i] for seen in edited if _is_new(seen, i)} for i in texts}
    wanted = {i: new for i, new in wanted.items() if new}
    bearers = defaultdict(list)
    for id_, shown in left:
        for i, new in wanted.items():
            if shown[i] in new:
                bearers[i, shown[i]].append(id_)
    return bearers


def _others(seen: Seen, bearers: Bearers) -> set[str]:
    """Rows that were left showing a text which this row now shows and did not show before. Rare texts first, and not
    without end: a row that slid here brought all its texts, and a word that half the table shows points nowhere."""
    new = [(i, raw) for i, raw in enumerate(seen.cells) if raw != seen.base.shown[i]]
    found = sorted((bearers[key] for key in new if key in bearers), key=len)
    return set(islice(chain.from_iterable(found), MOST_COMPARED)) - {seen.id, seen.twin_of}


def _more_like(seen: Seen, other: tuple[Raw, ...], texts: list[int]) -> bool:
    differ = [i for i, left in enumerate(seen.base.shown) if left != other[i]]
    own = sum(seen.cells[i] == seen.base.shown[i] for i in differ)
    foreign = [i for i in differ if seen.cells[i] == other[i]]
    return len(foreign) > own and any(i in texts and not is_blank(other[i]) for i in foreign)


def _lost(seen: Seen, i: int, bearers: Bearers, shown: Mapping[str, tuple[Raw, ...]], gone: set[str]) -> bool:
    """A row without id shows a text that a row with id no longer shows (or that went with a missing row)."""
    text = seen.cells[i]
    return any(id_ in gone or (id_ in shown and shown[id_][i] != text) for id_ in bearers.get((i, text), ()))
