"""A returned file without our stamp: what it may be, told from its content. It is asked about, never guessed."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from bridges.adoption.matching import SheetLine, match_rows
from bridges.excel.adopted import place_columns
from bridges.excel.export import export_workbook
from bridges.excel.locate import Found, data_rows
from bridges.excel.reader import Grid
from bridges.finding.tables import clear_winner, find_tables
from bridges.rounds.packets import Heading, lay_out
from bridges.sync.merge import empty_plan
from bridges.sync.model import OFFICE, BaseRow, Before, CopyRow, CopySnapshot
from bridges.sync.plan import AppendRow, Writes
from bridges.sync.rows import Layout
from bridges.table import Odd, Raw, Scalar, Table

TITLE = "title"


def read_table(grids: Mapping[str, Grid], table: Table, fingerprint: str) -> CopySnapshot | None:
    """The table in it, wherever it stands, its rows without ids; None where there is none, or more than one."""
    one = clear_winner(find_tables(grids.values(), table))
    if one is None:
        return None
    found = place_columns(one, table)
    rows = tuple(CopyRow(str(number), "", cells) for number, _, cells, _ in data_rows(found))
    return CopySnapshot(
        columns=tuple((key, "") for key in found.columns),
        rows=tuple(replace(row, id=id_) for row, id_ in zip(rows, _ids(found, rows), strict=True)),
        stamp="",
        fingerprint=fingerprint,
        appendable=False,
    )


def _ids(found: Found, rows: tuple[CopyRow, ...]) -> list[str]:
    """Texts of the leftmost column, where it is none of ours: our ids stood there."""
    grid = found.place.grid
    texts = [grid.cell(int(row.at), 1) if 1 not in found.columns.values() else None for row in rows]
    return [text if isinstance(text, str) else "" for text in texts]


def titles(copy: CopySnapshot) -> list[str]:
    """The tasks that it is about."""
    index = next((i for i, (key, _) in enumerate(copy.columns) if key == TITLE), None)
    return [] if index is None else [str(row.cells[index]) for row in copy.rows if row.cells[index] is not None]


def identified(copy: CopySnapshot, before: Before) -> CopySnapshot:
    """The same with the ids of a packet's rows: those that stand in it, or those of rows with the same texts. A line
    that is clearly no row of the packet is left out of what the engine sees."""
    rows = [row for row in copy.rows if row.id in before.base]
    keys = [key for key, _ in copy.columns]
    lines = [SheetLine(row.at, _cells(keys, row)) for row in copy.rows if row.id not in before.base]
    free = {id_: before.snapshot.rows[id_] for id_ in _free(before, [row.id for row in rows])}
    pairs = {pair.at: pair.id for pair in match_rows(lines, before.table, free, {}).pairs}
    rows.extend(replace(row, id=pairs[row.at]) for row in copy.rows if row.at in pairs)
    return replace(copy, rows=tuple(rows))


def _free(before: Before, taken: Collection[str]) -> list[str]:
    return [id_ for id_ in before.base if id_ in before.snapshot.rows and id_ not in taken]


def _cells(keys: list[str], row: CopyRow) -> Mapping[str, Raw]:
    return dict(zip(keys, row.cells, strict=True))


# ---------------------------------------------------------------- its answer


def as_packet(copy: CopySnapshot, before: Before, stamp: str, heading: Heading, at: datetime) -> bytes:
    """What stands in it, set out as the packet that it once was: so it can be answered like any other return."""
    layout, rows = Layout(copy, before), {row.id: row for row in copy.rows}
    shown = [AppendRow(id_, _shown(rows.get(id_), base, layout), base.note) for id_, base in before.base.items()]
    plan = replace(empty_plan(before, who=OFFICE, at=at.isoformat()), writes=Writes(rows=tuple(shown)))
    return export_workbook(lay_out(heading)(before.table, plan, stamp))


def _shown(row: CopyRow | None, base: BaseRow, layout: Layout) -> tuple[Scalar, ...]:
    """A formula would come back as its text; no one can take it for what was typed."""
    cells = layout.cells(row, base) if row else base.shown
    return tuple(left if isinstance(raw, Odd) else raw for raw, left in zip(cells, base.shown, strict=True))
