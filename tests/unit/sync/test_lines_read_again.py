"""Lines that a pass read and could not mark: the next pass knows each of them again, and takes none for another.

Each of these was found by a random history.
"""

from bridges.memory import MemoryCopy
from bridges.sync.model import ID
from bridges.table import Raw
from tests.support.sheets import UNIT, Desk, listed


def read_only(desk: Desk, copy: MemoryCopy) -> None:
    """A pass that reads the copy and dies before it is written."""
    desk.sync(copy.save_as())


def doubled(copy: MemoryCopy, id_: str) -> dict[str, Raw]:
    """The second line of two with this id."""
    copy.rows.append(dict(copy.row(id_)))
    return copy.rows[-1]


def typed_below(copy: MemoryCopy, **cells: Raw) -> dict[str, Raw]:
    copy.rows.append(dict.fromkeys(copy.columns) | cells)
    return copy.rows[-1]


def ids(copy: MemoryCopy) -> list[str]:
    return [row[ID] for row in copy.rows]


def comes_to_rest(desk: Desk, copy: MemoryCopy) -> bool:
    """No id stands twice, and a second pass has nothing to do."""
    return len(set(ids(copy))) == len(copy.rows) and desk.sync(copy).empty


def test_a_spare_line_emptied_of_what_was_not_understood_differs_from_how_it_was_left() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["count"] = "很多"
    spare = doubled(copy, "r0")
    desk.sync(copy)
    spare["count"] = None
    doubled(copy, spare[ID])
    plan = desk.sync(copy)
    assert listed(plan, spare[ID]) == ["added"]
    assert comes_to_rest(desk, copy)


def test_a_line_read_twice_with_more_in_it_is_known_once() -> None:
    desk = Desk()
    copy = desk.export(UNIT)
    first = typed_below(copy, title="新一", unit="乙")
    read_only(desk, copy)
    first["text"] = "又填了"
    read_only(desk, copy)
    typed_below(copy, title="新二", unit="乙")
    desk.sync(copy)
    assert comes_to_rest(desk, copy)
    whole = [proposal.cells["title"].written for proposal in desk.store.proposals if not proposal.field]
    assert set(whole) == {"新一", "新二"}


def test_what_is_typed_in_a_line_whose_row_was_taken_back_becomes_a_proposal() -> None:
    desk = Desk()
    copy = desk.export()
    line = typed_below(copy, title="新任务", unit=UNIT)
    read_only(desk, copy)
    taken_back = desk.undo(list(desk.store.passes)[-1])
    line["text"] = "后来填的"
    plan = desk.sync(copy)
    assert listed(plan, line[ID]) == ["proposals", "waiting"]
    assert desk.undo(taken_back.pass_id).records.revived == (line[ID],)
    desk.sync(copy)
    (wish,) = desk.store.proposals
    assert (wish.row, wish.field, wish.new.written) == (line[ID], "text", "后来填的")


def test_a_line_told_apart_by_its_office_columns_is_known_again_by_them() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "两行都有"
    other = doubled(copy, "r0")
    other["unit"] = "乙"
    read_only(desk, copy)
    other["text"] = "后来改的"
    desk.sync(copy)
    assert (desk.value("r0", "unit"), desk.value(other[ID], "unit")) == (UNIT, "乙")
    assert len(desk.store.rows) == 11
    assert comes_to_rest(desk, copy)


def test_a_line_that_shows_its_own_mark_is_no_other_line() -> None:
    desk = Desk()
    copy = desk.export(UNIT)
    spare = doubled(copy, "r0")
    desk.sync(copy)
    mark = spare[ID]
    spare["count"] = 88
    read_only(desk, copy)
    doubled(copy, "r0")
    desk.sync(copy)
    assert (copy.row("r0"), spare[ID]) == (copy.rows[0], mark)
    assert comes_to_rest(desk, copy)
