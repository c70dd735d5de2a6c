"""The decision tables of docs/sync.md, row by row: the page is the list of cases."""

from dataclasses import replace
from pathlib import Path

import pytest

from bridges.memory import MemoryCopy
from bridges.sync.model import ID, NOTE, OFFICE, value_key
from bridges.sync.values import read
from bridges.table import Odd, Raw
from tests.support.sheets import TABLE, UNIT, Desk, listed, markdown_table

PAGE = (Path(__file__).parents[3] / "docs" / "sync.md").read_text(encoding="utf-8")
STATUS = {"a": "进行中", "b": "已完成", "c": "未启动", "d": "取消", "e": "推进中"}
COMMON: dict[str, Raw] = {
    "?": "差不多",
    "blank": None,
    "–": None,
    "清空": "清空",
    "formula": Odd("formula", "A1"),
    "error": Odd("error", "#REF!"),
}


def cases(name: str) -> list:
    rows = markdown_table(PAGE, name)
    return [pytest.param(row, id="|".join(row.values())) for row in rows]


def word(letter: str, key: str) -> Raw:
    """What a letter of the tables stands for in a column."""
    if letter in COMMON:
        return COMMON[letter]
    return STATUS[letter] if key == "status" else letter


def field_of(case: dict[str, str]) -> str:
    """`keep` cases run on the status column, the others on the free text."""
    return "status" if case["rule"] == "keep" else "text"


# ---------------------------------------------------------------- cells


def desk_for(case: dict[str, str], key: str) -> Desk:
    columns = tuple(replace(c, owner=case["column"]) if c.key == key else c for c in TABLE.columns)
    return Desk(replace(TABLE, columns=columns))


@pytest.mark.parametrize("case", cases("cells"))
def test_cell(case: dict[str, str]) -> None:
    key, id_ = field_of(case), "r0"
    desk = desk_for(case, key)
    adoption = case["base"] == "–"
    if adoption:
        copy = desk.export(OFFICE if case["holder"] == "office" else UNIT)
        id_ = "new"
        first, *rest = case["table"].split("→")
        desk.add(id_, "new", title="新任务", unit=UNIT, **({} if first == "–" else {key: word(first, key)}))
        copy.rows.append(dict.fromkeys(copy.columns) | {ID: id_, "title": "新任务", "unit": UNIT})
    else:
        desk.put(id_, key, word(case["base"], key))
        copy = desk.export(OFFICE if case["holder"] == "office" else UNIT)
        _, *rest = ("", *([] if case["table"] == case["base"] else case["table"].split("→")))
        rest = [letter for n, letter in enumerate(rest) if n or letter != case["base"]]
    for letter in rest:
        desk.put(id_, key, word(letter, key))
    copy.row(id_)[key] = word(case["copy"], key)
    plan = desk.sync(copy)
    lists = [name for name in listed(plan, id_, key) if name != "open"]
    assert (" ".join(lists) or "–") == case["listed"]
    assert desk.value(id_, key) == word(case["table then"], key)
    assert copy.row(id_)[key] == word(case["copy then"], key)
    assert desk.sync(copy).empty


# ---------------------------------------------------------------- conflicts


@pytest.mark.parametrize("case", cases("conflicts"))
def test_conflict(case: dict[str, str]) -> None:
    key, id_ = field_of(case), "r0"
    desk = Desk()
    desk.put(id_, key, word("a", key))
    copy, older = desk.export(), desk.export()
    desk.put(id_, key, word("c", key))
    copy.row(id_)[key] = word("b", key)
    assert listed(desk.sync(copy), id_, key) == ["conflicts"]
    since, _, letter = case["since"].partition(": ")
    if since == "table":
        desk.put(id_, key, word(letter, key))
    elif since == "page":
        value = read(desk.columns[key], word(letter, key), 2024).value
        desk.settle(id_, key, None if letter == "c" else value_key(value))
    copy = copy if case["in"] == "same" else older
    if case["typed"] != "–":
        copy.row(id_)[key] = word(case["typed"], key)
    if case["chosen"] != "–":
        copy.row(id_)[NOTE] = case["chosen"]
    plan = desk.sync(copy)
    assert (" ".join(listed(plan, id_, key)) or "–") == case["listed"]
    assert desk.value(id_, key) == word(case["table then"], key)
    assert copy.row(id_)[key] == word(case["copy then"], key)
    waiting = [] if case["open then"] == "–" else [word(one, key) for one in case["open then"].split()]
    assert desk.open(id_, key) == waiting
    assert desk.sync(copy).empty


# ---------------------------------------------------------------- rows


def a_new_line(copy: MemoryCopy, **cells: Raw) -> None:
    line = {"title": "新任务", "unit": UNIT, "text": "刚开始"} | cells
    copy.rows.append(dict.fromkeys(copy.columns) | line)


def twice(copy: MemoryCopy, first: dict[str, Raw], second: dict[str, Raw]) -> None:
    twin = dict(copy.row("r1"))
    copy.row("r1").update(first)
    copy.rows.insert(5, twin | second)


def slide(copy: MemoryCopy) -> None:
    ids = [row[ID] for row in copy.rows]
    copy.rows.reverse()
    for row, id_ in zip(copy.rows, ids, strict=True):
        row[ID] = id_


def gone(desk: Desk, copy: MemoryCopy) -> None:
    copy.row("r1")["text"] = "还在做"


SCENES = {
    "sorted": lambda desk, copy: copy.rows.reverse(),
    "a row without id": lambda desk, copy: a_new_line(copy),
    "a row without id, one cell not understood": lambda desk, copy: a_new_line(copy, status="差不多"),
    "a row without id and without a required cell": lambda desk, copy: a_new_line(copy, title=None),
    "an unknown id": lambda desk, copy: a_new_line(copy, **{ID: "r99"}),
    "a row twice": lambda desk, copy: twice(copy, {}, {}),
    "a row twice, edited in both": lambda desk, copy: twice(copy, {"text": "新"}, {"status": "已完成"}),
    "a row twice, edited differently": lambda desk, copy: twice(copy, {"text": "新"}, {"text": "又新"}),
    "a row twice, one with another task": lambda desk, copy: twice(copy, {}, {"title": "另一任务"}),
    "a row twice, both with another task": lambda desk, copy: twice(copy, {"title": "一"}, {"title": "二"}),
    "two rows missing": lambda desk, copy: copy.rows.__delitem__(slice(2)),
    "four rows missing": lambda desk, copy: copy.rows.__delitem__(slice(4)),
    "texts sorted without the id column": lambda desk, copy: slide(copy),
    "a row whose id was deleted": lambda desk, copy: copy.row("r1").update({ID: None}),
    "no rows": lambda desk, copy: copy.rows.clear(),
    "no header": lambda desk, copy: copy.columns.__setitem__(slice(None), [ID, "别的"]),
    "no id column": lambda desk, copy: copy.columns.remove(ID),
    "a row of the table cancelled, then edited": lambda desk, copy: (
        desk.store.set_state("r1", "cancelled"),
        gone(desk, copy),
    ),
    "a row that left the view, then edited": lambda desk, copy: (desk.put("r1", "unit", "乙"), gone(desk, copy)),
    "a row added to the table": lambda desk, copy: desk.add("x", "x", title="新任务", unit=UNIT),
    "a row added to the table, text below the sheet": lambda desk, copy: (
        setattr(copy, "appendable", False),
        desk.add("x", "x", title="新任务", unit=UNIT),
    ),
}


@pytest.mark.parametrize("case", cases("rows"))
def test_row(case: dict[str, str]) -> None:
    desk = Desk()
    copy = desk.export(OFFICE if case["holder"] == "office" else UNIT)
    SCENES[case["seen in the copy"]](desk, copy)
    before, shown = len(desk.store.rows), copy.save_as().rows
    plan = desk.sync(copy)
    assert (plan.stopped.code if plan.stopped else "–") == case["stopped"]
    assert set(listed(plan)) - {"written"} == set(case["listed"].replace("–", "").split())
    assert len(desk.store.rows) - before == int(case["rows added"])
    if plan.stopped:
        assert copy.rows == shown
        assert plan.status == 2
    else:
        assert desk.sync(copy).empty


def test_every_scene_is_on_the_page() -> None:
    assert {case["seen in the copy"] for case in markdown_table(PAGE, "rows")} == SCENES.keys()
